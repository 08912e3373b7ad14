//! How each runtime is started: program, arguments, and the environment Lambda gives it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::debug::Debugging;
use super::failure::Failure;
use super::gateway::{Door, is_way_around};
use super::host::{Host, NODE_STRICT};
use super::published::Language;
use super::{Files, Function, Unrunnable};
use crate::domain::function::LogFormat;

const NODE_CLIENT: &str = include_str!("../../data/runtime-clients/node.cjs");
const PYTHON_CLIENT: &str = include_str!("../../data/runtime-clients/python.py");

/// A runtime that lfn can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// With the major version.
    Node(u32),
    /// Python 3 with the minor version.
    Python(Option<u32>),
    /// Through a client that AWS publishes.
    Published(Language),
    /// The archive brings its own `bootstrap`.
    Provided,
}

impl Family {
    fn of(runtime: &str) -> Option<Self> {
        if let Some(version) = runtime.strip_prefix("nodejs") {
            let major = version.split('.').next().unwrap_or_default();
            return major.parse().ok().map(Self::Node);
        }
        if let Some(version) = runtime.strip_prefix("python3") {
            return Some(Self::Python(version.trim_start_matches('.').parse().ok()));
        }
        if runtime.starts_with("provided") {
            return Some(Self::Provided);
        }
        Language::of(runtime).map(Self::Published)
    }
}

/// Everything needed to start the process, but for the address of its Runtime API.
#[derive(Debug)]
pub(super) struct Launch {
    program: PathBuf,
    arguments: Vec<OsString>,
    folder: PathBuf,
    variables: Vec<(OsString, OsString)>,
    /// Programs of layers that run beside the runtime.
    pub extensions: Vec<PathBuf>,
}

/// What extensions are not told.
/// Source: Lambda developer guide, "Using the Lambda Extensions API to create extensions".
const NOT_FOR_EXTENSIONS: [&str; 8] = [
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_XRAY_CONTEXT_MISSING",
    "AWS_XRAY_DAEMON_ADDRESS",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "_HANDLER",
];

impl Launch {
    /// Finds the program and writes lfn's client for it into `scratch`. The inner failure is the
    /// function's own: there is no usable `bootstrap`.
    pub async fn prepare(
        host: &Host,
        files: Files<'_>,
        scratch: &Path,
        function: &Function,
    ) -> Result<Result<Self, Failure>, Unrunnable> {
        let runtime = &function.settings.runtime;
        let family = Family::of(runtime.as_str()).ok_or_else(|| Unrunnable::UnsupportedRuntime(runtime.clone()))?;
        let missing = |what, install: String| Unrunnable::MissingInterpreter {
            runtime: runtime.clone(),
            what,
            install,
        };
        let client = |name: &str, text: &str| {
            let file = scratch.join("runtime").join(name);
            std::fs::write(&file, text).map_err(Unrunnable::io("write the runtime client"))?;
            Ok::<_, Unrunnable>(file)
        };
        for folder in ["runtime", "tmp", "home"] {
            std::fs::create_dir_all(scratch.join(folder)).map_err(Unrunnable::io("make a temporary folder"))?;
        }
        let variables = variables(host, files, scratch, function, family);
        let debugging = host.debugger();
        let (program, arguments) = match family {
            Family::Node(major) => {
                let install = format!("Node.js {major} (https://nodejs.org)");
                let node = host.node().await.ok_or_else(|| missing("`node`", install))?;
                let mut arguments: Vec<OsString> = Vec::new();
                if major < 24 && !asks_for_new_modules(function) {
                    arguments.extend(node.options.iter().map(OsString::from));
                }
                arguments.extend(debugging.into_iter().flat_map(Debugging::arguments));
                arguments.push(client("node.cjs", NODE_CLIENT)?.into());
                (node.program, arguments)
            }
            Family::Python(minor) => {
                let install = match minor {
                    Some(minor) => format!("Python 3.{minor} (https://www.python.org)"),
                    None => "Python 3 (https://www.python.org)".to_owned(),
                };
                let python = host.python(minor).await.ok_or_else(|| missing("`python3`", install))?;
                // Unbuffered, as in Lambda; and no byte code is left among the function's files.
                let mut arguments: Vec<OsString> = vec!["-u".into(), "-B".into()];
                if let Some(debugging) = debugging {
                    if !Host::imports(&python.program, "debugpy", files.code, &variables).await {
                        let python = python.program.display().to_string();
                        return Err(Unrunnable::MissingDebugger { python });
                    }
                    arguments.extend(debugging.arguments());
                }
                arguments.push(client("python.py", PYTHON_CLIENT)?.into());
                (python.program, arguments)
            }
            Family::Published(language) => language.command(host, files, function).await?,
            Family::Provided => match bootstrap(files) {
                Ok(program) => (program, Vec::new()),
                Err(failure) => return Ok(Err(failure)),
            },
        };
        let (program, arguments) = wrapped(function, files, family, program, arguments);
        Ok(Ok(Self {
            program,
            arguments,
            folder: files.code.to_owned(),
            variables,
            extensions: extensions(files),
        }))
    }

    /// The command, with nothing of lfn's own environment but what was put in.
    pub fn command(&self, api: std::net::SocketAddr) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .current_dir(&self.folder)
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env("AWS_LAMBDA_RUNTIME_API", api.to_string());
        command
    }

    /// The command of an extension.
    pub fn extension(&self, program: &Path, api: std::net::SocketAddr) -> Command {
        let mut command = Command::new(program);
        let known = self.variables.iter().filter(|(name, _)| {
            !NOT_FOR_EXTENSIONS
                .iter()
                .any(|hidden| name.as_os_str() == OsStr::new(hidden))
        });
        command
            .current_dir(&self.folder)
            .env_clear()
            .envs(known.map(|(name, value)| (name, value)))
            .env("AWS_LAMBDA_RUNTIME_API", api.to_string());
        command
    }
}

/// The runtime behind the script that `AWS_LAMBDA_EXEC_WRAPPER` names. Only managed runtimes heed it.
/// Source: Lambda developer guide, "Modifying the runtime environment".
fn wrapped(
    function: &Function,
    files: Files<'_>,
    family: Family,
    program: PathBuf,
    arguments: Vec<OsString>,
) -> (PathBuf, Vec<OsString>) {
    let wrapper = function.settings.environment.0.get("AWS_LAMBDA_EXEC_WRAPPER");
    let Some(wrapper) = wrapper.filter(|wrapper| !wrapper.is_empty() && family != Family::Provided) else {
        return (program, arguments);
    };
    let place = |root: &str, folder: Option<&Path>| Some(folder?.join(wrapper.strip_prefix(root)?));
    let script = place("/opt/", files.layers)
        .or_else(|| place("/var/task/", Some(files.code)))
        .unwrap_or_else(|| wrapper.into());
    let arguments = std::iter::once(program.into_os_string()).chain(arguments).collect();
    (script, arguments)
}

/// The programs in `/opt/extensions`, by name.
fn extensions(files: Files<'_>) -> Vec<PathBuf> {
    let found = files
        .layers
        .and_then(|layers| std::fs::read_dir(layers.join("extensions")).ok());
    let mut programs: Vec<PathBuf> = found
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    programs.sort();
    programs
}

/// Whether the function's own `NODE_OPTIONS` decide about the newer module features.
fn asks_for_new_modules(function: &Function) -> bool {
    let options = function.settings.environment.0.get("NODE_OPTIONS");
    options.is_some_and(|options| {
        NODE_STRICT
            .iter()
            .any(|option| options.contains(option.trim_start_matches("--no-")))
    })
}

/// The code's own `bootstrap`, else that of the layers.
fn bootstrap(files: Files<'_>) -> Result<PathBuf, Failure> {
    let places = [("/var/task", Some(files.code)), ("/opt", files.layers)];
    let found = places.into_iter().find_map(|(place, folder)| {
        let program = folder?.join("bootstrap");
        let found = std::fs::metadata(&program).ok()?;
        Some((place, program, found))
    });
    let Some((place, program, found)) = found else {
        return Err(Failure::Entrypoint(
            "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]".into(),
        ));
    };
    #[cfg(unix)]
    let executable = std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let executable = true;
    if found.is_file() && executable {
        Ok(program)
    } else {
        Err(Failure::Entrypoint(format!(
            "fork/exec {place}/bootstrap: permission denied"
        )))
    }
}

/// The environment of the function. Later entries win: defaults, the function's own, reserved.
/// Source: Lambda developer guide, "Defined runtime environment variables".
fn variables(
    host: &Host,
    files: Files<'_>,
    scratch: &Path,
    function: &Function,
    family: Family,
) -> Vec<(OsString, OsString)> {
    let settings = &function.settings;
    let mut all: Vec<(OsString, OsString)> = Vec::new();
    let mut set = |name: &str, value: OsString| all.push((name.into(), value));
    // Interpreters and tools are where this machine has them.
    set("PATH", host.path().to_owned());
    set("LANG", "en_US.UTF-8".into());
    set("TZ", ":UTC".into());
    // Not the user's own: credentials, caches and settings live there.
    set("HOME", scratch.join("home").into());
    set("TMPDIR", scratch.join("tmp").into());
    set("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR".into());
    // Where a daemon of this machine would listen; without one, what is sent there is lost.
    set("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000".into());
    for (name, value) in Host::required() {
        set(name, value);
    }
    let layers = files.layers.map(|layers| layer_folders(layers, family, host.path()));
    let packages = match family {
        Family::Published(language) => language.folders(files),
        Family::Node(_) | Family::Python(_) | Family::Provided => Vec::new(),
    };
    for (name, folders) in layers.into_iter().flatten().chain(packages) {
        // A folder that cannot stand in a list is found nowhere; the machine's own `PATH` stays.
        if let Ok(list) = std::env::join_paths(folders) {
            set(name, list);
        }
    }
    for (name, value) in &settings.environment.0 {
        if function.door.is_none() || !is_way_around(name) {
            set(name, value.into());
        }
    }
    let mut reserve = |name: &str, value: &str| set(name, value.into());
    reserve("_HANDLER", &settings.handler);
    reserve("AWS_REGION", function.region.as_str());
    reserve("AWS_DEFAULT_REGION", function.region.as_str());
    if let Some(Door { url, keys }) = &function.door {
        reserve("AWS_ENDPOINT_URL", url);
        // `sync-127.0.0.1` is no name that resolves.
        reserve("AWS_DISABLE_HOST_PREFIX_INJECTION", "true");
        reserve("AWS_ACCESS_KEY_ID", &keys.id);
        reserve("AWS_SECRET_ACCESS_KEY", &keys.secret);
        reserve("AWS_SESSION_TOKEN", keys.token.as_deref().unwrap_or_default());
    } else {
        // Obvious dummies: the caller's own rights are not the function's.
        reserve("AWS_ACCESS_KEY_ID", "LFNLOCALACCESSKEYID");
        reserve("AWS_SECRET_ACCESS_KEY", "lfn-local-secret-access-key");
        reserve("AWS_SESSION_TOKEN", "lfn-local-session-token");
    }
    reserve("AWS_LAMBDA_FUNCTION_NAME", function.name.as_str());
    reserve("AWS_LAMBDA_FUNCTION_VERSION", &function.version.to_string());
    reserve("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &settings.memory.to_string());
    reserve("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    reserve("AWS_LAMBDA_LOG_GROUP_NAME", settings.logging.group.as_str());
    reserve("AWS_LAMBDA_LOG_STREAM_NAME", &function.log_stream);
    let (format, level) = match settings.logging.format {
        LogFormat::Text => ("Text", None),
        LogFormat::Json => ("JSON", Some(settings.logging.level.unwrap_or_default())),
    };
    reserve("AWS_LAMBDA_LOG_FORMAT", format);
    if let Some(level) = level {
        reserve("AWS_LAMBDA_LOG_LEVEL", &format!("{level:?}").to_uppercase());
    }
    // Custom runtimes have no execution environment name.
    if family != Family::Provided {
        reserve("AWS_EXECUTION_ENV", &format!("AWS_Lambda_{}", settings.runtime));
    }
    set("LAMBDA_TASK_ROOT", files.code.into());
    set("LAMBDA_RUNTIME_DIR", scratch.join("runtime").into());
    all
}

/// Where programs, libraries and packages of layers are looked for: the variables that a function's own
/// settings replace, as in Lambda.
/// Source: Lambda developer guide, "Packaging your layer content" and "Defined runtime environment variables".
fn layer_folders(layers: &Path, family: Family, path: &OsStr) -> Vec<(&'static str, Vec<PathBuf>)> {
    let programs = std::env::split_paths(path).chain([layers.join("bin")]);
    let mut all = vec![("PATH", programs.collect())];
    // A folder in this list comes before the machine's own libraries, so none is there without need.
    let libraries = layers.join("lib");
    if libraries.is_dir() {
        all.push(("LD_LIBRARY_PATH", vec![libraries]));
    }
    match family {
        Family::Node(major) => {
            let versioned = format!("nodejs/node{major}/node_modules");
            all.push((
                "NODE_PATH",
                vec![layers.join(versioned), layers.join("nodejs/node_modules")],
            ));
        }
        Family::Python(minor) => {
            let minor = minor.map_or_else(String::new, |minor| format!(".{minor}"));
            let versioned = format!("python/lib/python3{minor}/site-packages");
            all.push(("PYTHONPATH", vec![layers.join(versioned), layers.join("python")]));
        }
        // What of layers these look for is beside what of the code they do.
        Family::Published(_) | Family::Provided => {}
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runtimes_fall_into_families() {
        for (runtime, family) in [
            ("nodejs24.x", Some(Family::Node(24))),
            ("nodejs8.10", Some(Family::Node(8))),
            ("python3.12", Some(Family::Python(Some(12)))),
            ("provided.al2023", Some(Family::Provided)),
            ("java21", Some(Family::Published(Language::Java(21)))),
            ("java8.al2", Some(Family::Published(Language::Java(8)))),
            ("dotnet8", Some(Family::Published(Language::Dotnet(8)))),
            ("ruby3.4", Some(Family::Published(Language::Ruby(3, 4)))),
            ("dotnetcore3.1", None),
            ("python2.7", None),
            ("go1.x", None),
        ] {
            assert_eq!(Family::of(runtime), family, "{runtime}");
        }
    }
}
