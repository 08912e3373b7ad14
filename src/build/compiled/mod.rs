//! Programs and bundles of the other languages: Rust, Go, Java, .NET, Ruby.
//!
//! The runtime and the files of the source folder say which one it is. Whether something has to be compiled
//! again is the language's own tool to decide, so it is run each time. With `package.build` the program is
//! made already: then it is only found and put where Lambda looks for it.

mod dotnet;
mod go;
mod java;
mod ruby;
mod rust;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::cache::Key;
use super::tool::Tool;
use super::{Built, Effort, Request};
use crate::domain::config::Config;
use crate::domain::function::Architecture;
use crate::domain::package::{Ingredients, SourcePart, Tree};
use crate::error::Problem;

/// The other way, for whoever does not want lfn to build.
const WAYS_OUT: &str = "or build without lfn: name a command in `package.build`, or write `package.dependencies: none` \
     to package the source folder as it lies";

/// Returns what the project brings besides its source files.
pub async fn build(request: &Request<'_>) -> anyhow::Result<Built> {
    // Boxed: each may run several tools, and the callers hold it beside much else.
    match Language::of(request.config.runtime.as_str(), &names_in(request.source)) {
        Some(Language::Rust) => Box::pin(rust::build(request)).await,
        Some(Language::Go) => Box::pin(go::build(request)).await,
        Some(Language::Java) => Box::pin(java::build(request)).await,
        Some(Language::Dotnet) => Box::pin(dotnet::build(request)).await,
        Some(Language::Ruby) => Box::pin(ruby::build(request)).await,
        None => Ok(Built::default()),
    }
}

/// What a project is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    Rust,
    Go,
    Java,
    Dotnet,
    Ruby,
}

impl Language {
    /// The language of a source folder that holds these names; `None` when it is packaged as it lies.
    fn of(runtime: &str, names: &[String]) -> Option<Self> {
        let has = |wanted: &str| names.iter().any(|name| name == wanted);
        let ends = |end: &str| names.iter().any(|name| name.ends_with(end));
        let dotnet = dotnet::PROJECTS.iter().any(|end| ends(end));
        if runtime.starts_with("provided") {
            // A Go program may lie in a folder below its `go.mod`.
            return match () {
                () if has("Cargo.toml") => Some(Self::Rust),
                () if has("go.mod") || ends(".go") => Some(Self::Go),
                () if dotnet => Some(Self::Dotnet),
                () => None,
            };
        }
        let java = || java::Tool::of(names).is_some() || java::is_a_jar_alone(names);
        match runtime.trim_end_matches(|c: char| !c.is_ascii_alphabetic()) {
            family if family.starts_with("java") && java() => Some(Self::Java),
            "dotnet" | "dotnetcore" if dotnet => Some(Self::Dotnet),
            "ruby" if has("Gemfile") => Some(Self::Ruby),
            _ => None,
        }
    }
}

/// What is to be done about a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    /// Run the language's tool, then place what it made.
    Build,
    /// `package.build` has made it.
    Place,
    /// Run nothing.
    Look,
}

impl Task {
    fn of(request: &Request<'_>) -> Self {
        match (request.effort, &request.config.package.build) {
            (Effort::Look, _) => Self::Look,
            (Effort::Make, Some(_)) => Self::Place,
            (Effort::Make, None) => Self::Build,
        }
    }
}

/// Only these, and what `package.include` names.
fn only(trees: Vec<Tree>) -> Built {
    let source = SourcePart::Included;
    Built {
        ingredients: Ingredients { source, trees },
        ..Built::default()
    }
}

/// Only this program, by the name under which custom runtimes start it.
fn program(path: impl Into<PathBuf>) -> Built {
    only(vec![Tree::file(path, "bootstrap")])
}

/// What lies there, when nothing may run. `command` is what a deploy runs, unless `package.build` does.
fn looked(request: &Request<'_>, lying: Option<Built>, command: &str) -> Built {
    let mut built = lying.unwrap_or_else(|| only(Vec::new()));
    if request.config.package.build.is_none() {
        built.pending = vec![command.to_owned()];
    }
    built
}

/// What `package.build` left, or the error that it left nothing.
fn placed(request: &Request<'_>, lying: Option<Built>, what: &str, looked_for: &str) -> anyhow::Result<Built> {
    lying.ok_or_else(|| {
        let source = shown(request.source);
        Problem::failed(format!("`package.build` left no {what} in `{source}` that lfn can place"))
            .hint(format!("looked for {looked_for}"))
            .hint("write `package.dependencies: none` to package the source folder as it lies, and `package.source` to name another")
            .into()
    })
}

/// The tool of a language, or the error that it is missing.
fn require(request: &Request<'_>, name: &str, install: &str) -> anyhow::Result<Tool> {
    request
        .tools
        .find(name)
        .ok_or_else(|| missing(request, name, install).into())
}

fn missing(request: &Request<'_>, name: &str, install: &str) -> Problem {
    let function = &request.config.name;
    Problem::failed(format!(
        "building `{function}` needs `{name}`, which is not on the PATH"
    ))
    .hint(install)
    .hint(WAYS_OUT)
}

/// The folder for what is built for this function and that no tool has a place of its own for.
fn outputs(request: &Request<'_>) -> PathBuf {
    let key = Key::default()
        .with("source", absolute(request.source).as_os_str().as_encoded_bytes())
        .with("name", request.config.name.as_str())
        .with("runtime", request.config.runtime.as_str())
        .with("architecture", request.config.architecture.to_string());
    request.cache.outputs("programs", &key)
}

/// An empty folder at this place.
fn emptied(folder: PathBuf) -> anyhow::Result<PathBuf> {
    let done = match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => fs::create_dir_all(&folder),
    };
    done.map_err(|error| super::cache::unwritable(&folder, error))?;
    Ok(folder)
}

/// A path without `/.` at its end.
fn shown(path: &Path) -> String {
    path.components().collect::<PathBuf>().display().to_string()
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

/// The names that a program of this function may have, the surest first.
fn program_names(config: &Config) -> Vec<&str> {
    let name = config.name.as_str();
    let stage = config.stage.as_ref().map(|stage| format!("-{stage}"));
    let without_stage = stage.and_then(|stage| name.strip_suffix(&stage));
    // Custom runtimes are free to use the handler's text: most write `bootstrap` there.
    let handler = Some(config.handler.as_str()).filter(|handler| *handler != "bootstrap");
    handler.into_iter().chain([name]).chain(without_stage).collect()
}

/// The one of several programs that is meant; `None` when that is not to be known.
fn choose<'p>(programs: &'p [String], config: &Config) -> Option<&'p String> {
    let wanted = program_names(config);
    let named = wanted
        .iter()
        .find_map(|wanted| programs.iter().find(|program| program == wanted));
    named.or(match programs {
        [only] => Some(only),
        _ => None,
    })
}

/// The error that several programs could be meant.
fn several(request: &Request<'_>, programs: &[String]) -> anyhow::Error {
    let (source, function) = (shown(request.source), &request.config.name);
    let programs: Vec<String> = programs.iter().map(|program| format!("`{program}`")).collect();
    if programs.is_empty() {
        return Problem::failed(format!("the project in `{source}` has no program to run"))
            .hint("point `package.source` at the project of the program")
            .hint(WAYS_OUT)
            .into();
    }
    let message = format!(
        "the project in `{source}` has several programs, and none is called `{function}`: {}",
        programs.join(", ")
    );
    Problem::failed(message)
        .hint("name the one to run in `handler`, which custom runtimes do not use otherwise")
        .into()
}

/// A program that a build left in one of the usual folders, below the name it is run or called by.
fn lying_program(source: &Path, config: &Config) -> Option<PathBuf> {
    let mut names: Vec<PathBuf> = vec!["bootstrap".into()];
    for name in program_names(config) {
        names.push(Path::new(name).join("bootstrap"));
        names.push(name.into());
    }
    let folders = ["", "bin", "build", "dist", "out"].map(|folder| source.join(folder));
    newest(
        folders
            .iter()
            .flat_map(|folder| names.iter().map(|name| folder.join(name))),
    )
}

/// Of several files, the one written last: an earlier way of building may have left its own.
fn newest(files: impl IntoIterator<Item = PathBuf>) -> Option<PathBuf> {
    let written = |file: PathBuf| {
        let metadata = fs::metadata(&file).ok().filter(fs::Metadata::is_file)?;
        Some((metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), file))
    };
    let files = files.into_iter().filter_map(written);
    files.max_by_key(|(written, _)| *written).map(|(_, file)| file)
}

/// What the tools of Rust call a processor.
fn cpu(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::X86_64 => "x86_64",
        Architecture::Arm64 => "aarch64",
    }
}

/// The names in a folder, sorted; none when it cannot be read, which packaging it reports.
fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtime_and_the_files_tell_the_language() {
        for (runtime, names, expected) in [
            ("provided.al2023", "Cargo.toml src", Some(Language::Rust)),
            ("provided.al2", "go.mod main.go", Some(Language::Go)),
            ("provided.al2023", "lambda.yaml main.go", Some(Language::Go)),
            ("provided.al2023", "App.csproj", Some(Language::Dotnet)),
            ("provided.al2023", "bootstrap lambda.yaml", None),
            ("java21", "pom.xml src", Some(Language::Java)),
            ("java17.al2023", "build.gradle.kts", Some(Language::Java)),
            ("java8.al2", "app.jar lambda.yaml", Some(Language::Java)),
            ("java21", "app.jar lib", None),
            ("java21", "shop Main.class app.jar", None),
            ("dotnet10", "App.fsproj", Some(Language::Dotnet)),
            ("dotnetcore3.1", "App.csproj", Some(Language::Dotnet)),
            ("dotnet8", "App.dll", None),
            ("ruby3.4", "Gemfile Gemfile.lock app.rb", Some(Language::Ruby)),
            ("ruby3.4", "app.rb", None),
            ("rust1", "Cargo.toml", None),
        ] {
            let names: Vec<String> = names.split(' ').map(str::to_owned).collect();
            assert_eq!(Language::of(runtime, &names), expected, "{runtime} {names:?}");
        }
    }
}
