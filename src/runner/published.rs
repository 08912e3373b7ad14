//! Runtimes that lfn has no client of its own for: Java, .NET and Ruby. They run through the client that AWS
//! publishes for each, from the function's own files or from where its users' tools put packages.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::host::Host;
use super::{Files, Function, Unrunnable};

/// One of these languages, with the version in the runtime's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Java(u32),
    Dotnet(u32),
    /// Major and minor.
    Ruby(u32, u32),
}

const JAVA_CLIENT: &str = "aws-lambda-java-runtime-interface-client";
/// What the client for Java needs beside itself.
const JAVA_LIBRARIES: [&str; 2] = ["aws-lambda-java-core", "aws-lambda-java-serialization"];
const JAVA_MAIN: &str = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";
/// The part of it that can be started, which the package for functions lacks.
const DOTNET_CLIENTS: [&str; 2] = [
    "Amazon.Lambda.RuntimeSupport.TestTool.dll",
    "Amazon.Lambda.RuntimeSupport.dll",
];

impl Language {
    pub fn of(runtime: &str) -> Option<Self> {
        let number = |text: &str| text.split('.').next().unwrap_or_default().parse().ok();
        if let Some(version) = runtime.strip_prefix("java") {
            return number(version).map(Self::Java);
        }
        // The dotnetcore* of old are gone for good.
        if let Some(version) = runtime.strip_prefix("dotnet") {
            return number(version).map(Self::Dotnet);
        }
        let (major, minor) = runtime.strip_prefix("ruby")?.split_once('.')?;
        Some(Self::Ruby(major.parse().ok()?, minor.parse().ok()?))
    }

    /// The program and its arguments.
    pub async fn command(
        self,
        host: &Host,
        files: Files<'_>,
        function: &Function,
    ) -> Result<(PathBuf, Vec<OsString>), Unrunnable> {
        let handler = function.settings.handler.as_str();
        let missing = |what, install: String| Unrunnable::MissingInterpreter {
            runtime: function.settings.runtime.clone(),
            what,
            install,
        };
        let no_client = |client, install| Unrunnable::MissingClient {
            runtime: function.settings.runtime.clone(),
            client,
            install,
        };
        match self {
            Self::Java(version) => {
                let install = format!("Java {version}");
                let java = host.java().await.ok_or_else(|| missing("`java`", install))?;
                let artifact =
                    "mvn dependency:get -Dartifact=com.amazonaws:aws-lambda-java-runtime-interface-client:RELEASE";
                let classes = class_path(host, files).ok_or_else(|| no_client(JAVA_CLIENT, artifact))?;
                let classes = std::env::join_paths(classes)
                    .map_err(|error| Unrunnable::io("list the function's jars")(std::io::Error::other(error)))?;
                // The heap is what the function's memory leaves; the collector is Lambda's.
                let memory = format!("-XX:MaxRAM={}m", function.settings.memory);
                let mut arguments: Vec<OsString> = vec![memory.into()];
                arguments.extend(["-XX:MaxRAMPercentage=70", "-XX:+UseSerialGC", "-cp"].map(OsString::from));
                arguments.extend([classes, JAVA_MAIN.into(), handler.into()]);
                Ok((java.program, arguments))
            }
            Self::Dotnet(version) => {
                let install = format!(".NET {version} (https://dotnet.microsoft.com)");
                let dotnet = host.dotnet().await.ok_or_else(|| missing("`dotnet`", install))?;
                let Some((assembly, _)) = handler.split_once(':') else {
                    return Ok(executable(files, handler, dotnet.program));
                };
                let client = dotnet_client(host, version);
                let client = client.ok_or_else(|| {
                    no_client(
                        "Amazon.Lambda.RuntimeSupport",
                        "dotnet tool install -g amazon.lambda.testtool",
                    )
                })?;
                let beside = |ending| described(files.code, assembly, ending).into_os_string();
                let mut arguments: Vec<OsString> = vec!["exec".into(), "--depsfile".into(), beside(".deps.json")];
                arguments.extend(["--runtimeconfig".into(), beside(".runtimeconfig.json")]);
                arguments.extend([client.into_os_string(), handler.into()]);
                Ok((dotnet.program, arguments))
            }
            Self::Ruby(major, minor) => {
                let install = format!("Ruby {major}.{minor} (https://www.ruby-lang.org)");
                let ruby = host.ruby().await.ok_or_else(|| missing("`ruby`", install))?;
                let own = bundled(files.code, (major, minor)).join("gems");
                let client = folders(&own, "aws_lambda_ric-").pop().map(|folder| folder.join("lib"));
                let client = client
                    .or_else(|| ruby.options.first().map(PathBuf::from))
                    .ok_or_else(|| no_client("aws_lambda_ric", "gem install aws_lambda_ric"))?;
                // Not the gem's own program: that one insists on a Gemfile.
                let mut arguments: Vec<OsString> = vec!["-I".into(), client.into()];
                arguments
                    .extend(["-r", "aws_lambda_ric", "-e", "AwsLambdaRIC::Bootstrap.new.start"].map(OsString::from));
                Ok((ruby.program, arguments))
            }
        }
    }

    /// Where packages are looked for: the variables that a function's own settings replace.
    /// Source: Lambda developer guide, "Packaging your layer content" and "Deploy Ruby Lambda functions with .zip
    /// file archives".
    pub fn folders(self, files: Files<'_>) -> Vec<(&'static str, Vec<PathBuf>)> {
        let Self::Ruby(major, minor) = self else {
            return Vec::new();
        };
        let mut gems = vec![bundled(files.code, (major, minor))];
        let mut libraries = vec![files.code.to_owned()];
        if let Some(layers) = files.layers {
            gems.push(layers.join(format!("ruby/gems/{major}.{minor}.0")));
            libraries.push(layers.join("ruby/lib"));
        }
        vec![("GEM_PATH", gems), ("RUBYLIB", libraries)]
    }
}

/// Everything on Java's class path, in the order of Lambda: the code, its `lib`, the layers; then the client
/// unless it is among those. `None` when there is no client.
fn class_path(host: &Host, files: Files<'_>) -> Option<Vec<PathBuf>> {
    let mut all = vec![files.code.to_owned()];
    all.extend(jars(&files.code.join("lib")));
    if let Some(layers) = files.layers {
        all.extend(jars(&layers.join("java/lib")));
    }
    let named = |jar: &PathBuf| {
        jar.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(JAVA_CLIENT))
    };
    let class = format!("{}.class", JAVA_MAIN.replace('.', "/"));
    if !files.code.join(class).is_file() && !all.iter().any(named) {
        all.push(newest_jar(host, JAVA_CLIENT)?);
        // Functions bring these along as a rule, and then theirs come first.
        all.extend(JAVA_LIBRARIES.iter().filter_map(|name| newest_jar(host, name)));
    }
    Some(all)
}

/// By name.
fn jars(folder: &Path) -> Vec<PathBuf> {
    let mut all = files_in(folder);
    all.retain(|path| path.extension().is_some_and(|extension| extension == "jar"));
    all
}

/// Out of Maven's local repository, or Gradle's.
fn newest_jar(host: &Host, artifact: &str) -> Option<PathBuf> {
    let home = host.home()?;
    let maven = folders(&home.join(".m2/repository/com/amazonaws").join(artifact), "");
    let gradle = folders(
        &home
            .join(".gradle/caches/modules-2/files-2.1/com.amazonaws")
            .join(artifact),
        "",
    );
    let jar = |version: &PathBuf| {
        let name = format!("{artifact}-{}.jar", version.file_name()?.to_string_lossy());
        // Gradle has a folder between, named by a digest.
        let places = std::iter::once(version.clone()).chain(folders(version, ""));
        places.map(|place| place.join(&name)).find(|path| path.is_file())
    };
    maven
        .iter()
        .rev()
        .find_map(jar)
        .or_else(|| gradle.iter().rev().find_map(jar))
}

/// The client in AWS's test tool, a global tool of .NET.
fn dotnet_client(host: &Host, version: u32) -> Option<PathBuf> {
    let tool = "amazon.lambda.testtool";
    let versions = folders(&host.home()?.join(".dotnet/tools/.store").join(tool), "");
    versions.iter().rev().find_map(|folder| {
        let package = folder.join(tool).join(folder.file_name()?);
        let content = package.join(format!("content/Amazon.Lambda.RuntimeSupport/net{version}.0"));
        DOTNET_CLIENTS
            .iter()
            .map(|name| content.join(name))
            .find(|path| path.is_file())
    })
}

/// A function that has the client in itself: an assembly, or a program.
/// Source: Lambda developer guide, "Define Lambda function handler in C#".
fn executable(files: Files<'_>, handler: &str, dotnet: PathBuf) -> (PathBuf, Vec<OsString>) {
    let assembly = files.code.join(format!("{}.dll", handler.trim_end_matches(".dll")));
    let program = files.code.join(handler);
    if !assembly.is_file() && program.is_file() {
        return (program, Vec::new());
    }
    (dotnet, vec!["exec".into(), assembly.into()])
}

/// The file that says what an assembly needs: its own, or the only one there is.
fn described(code: &Path, assembly: &str, ending: &str) -> PathBuf {
    let own = code.join(format!("{assembly}{ending}"));
    if own.is_file() {
        return own;
    }
    let mut others = files_in(code);
    others.retain(|path| path.to_string_lossy().ends_with(ending));
    match others.as_slice() {
        [only] => only.clone(),
        _ => own,
    }
}

/// Where Bundler puts a function's gems.
fn bundled(code: &Path, (major, minor): (u32, u32)) -> PathBuf {
    code.join(format!("vendor/bundle/ruby/{major}.{minor}.0"))
}

/// The files of a folder, by name.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    all.sort();
    all
}

/// The folders in a folder whose names begin so, the oldest version first.
fn folders(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
    let mut all: Vec<PathBuf> = named.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    all.sort_by_cached_key(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let numbers = name.split(|c: char| !c.is_ascii_digit());
        numbers.filter_map(|part| part.parse().ok()).collect::<Vec<u64>>()
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_by_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["2.10.0", "2.9.1", "2.8.7"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        assert!(folders(folder.path(), "").last().unwrap().ends_with("2.10.0"));
        assert!(folders(folder.path(), "3").is_empty());
    }
}
