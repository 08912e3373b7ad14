//! Rust: `cargo lambda` when it is there, else cargo for a target that runs in Lambda.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;

use super::{
    Task, WAYS_OUT, absolute, choose, cpu, looked, lying_program, newest, placed, program, program_names, require,
    several,
};
use crate::build::tool::Tool;
use crate::build::{Built, Request};
use crate::domain::config::runtime_info;
use crate::domain::function::Architecture;
use crate::error::Problem;

const MANIFEST: &str = "Cargo.toml";

const INSTALL_RUST: &str = "install Rust with rustup: https://rustup.rs";

/// Builds the program, or places the one that lies there.
pub async fn build(request: &Request<'_>) -> anyhow::Result<Built> {
    match Task::of(request) {
        Task::Build => {
            let cargo = require(request, "cargo", INSTALL_RUST)?;
            let project = Project::ask(&cargo, request.source).await?;
            let binary = project.binary(request)?;
            let path = if request.tools.find("cargo-lambda").is_some() {
                build_with_cargo_lambda(request, &cargo, &project, binary).await?
            } else {
                build_with_cargo(request, &cargo, &project, binary).await?
            };
            Ok(program(path))
        }
        Task::Place => {
            // Whoever built in a container may have no cargo here.
            let project = match request.tools.find("cargo") {
                Some(cargo) => Project::ask(&cargo, request.source).await?,
                None => Project::guess(request.source),
            };
            let looked_for = "`bootstrap` in the source folder, in `target/lambda/` and below it, and for the program's \
                 own name in `target/release/` and `target/TRIPLE/release/`";
            placed(request, project.lying(request).map(program), "program", looked_for)
        }
        Task::Look => {
            let lying = Project::guess(request.source).lying(request);
            Ok(looked(request, lying.map(program), "cargo build --release"))
        }
    }
}

/// What cargo knows about the project.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Project {
    /// The programs it can build.
    binaries: Vec<String>,
    /// The one that `cargo run` runs, when the manifest says.
    default: Option<String>,
    /// Where cargo puts what it builds.
    target: PathBuf,
    locked: bool,
}

/// A part of what `cargo metadata` prints.
/// Source: The Cargo Book, "cargo-metadata(1)", "JSON format".
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
    workspace_root: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    manifest_path: PathBuf,
    targets: Vec<CargoTarget>,
    default_run: Option<String>,
}

#[derive(Deserialize)]
struct CargoTarget {
    name: String,
    kind: Vec<String>,
}

impl Project {
    async fn ask(cargo: &Tool, source: &Path) -> anyhow::Result<Self> {
        let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
        let answer = cargo.run(source, arguments, []).await?;
        let metadata: Metadata =
            serde_json::from_str(&answer).context("`cargo metadata` printed what lfn cannot read")?;
        Ok(Self::of(metadata, &absolute(source).join(MANIFEST)))
    }

    /// In a package its programs count, at the root of a workspace those of all members.
    fn of(metadata: Metadata, manifest: &Path) -> Self {
        let own = |package: &Package| absolute(&package.manifest_path) == manifest;
        let is_package = metadata.packages.iter().any(own);
        let packages = metadata
            .packages
            .into_iter()
            .filter(|package| !is_package || own(package));
        let (mut binaries, mut default) = (Vec::new(), None);
        for package in packages {
            let targets = package.targets.into_iter();
            let programs = targets.filter(|target| target.kind.iter().any(|kind| kind == "bin"));
            binaries.extend(programs.map(|target| target.name));
            default = default.or(package.default_run);
        }
        binaries.sort();
        Self {
            binaries,
            default,
            target: metadata.target_directory,
            locked: metadata.workspace_root.join("Cargo.lock").is_file(),
        }
    }

    /// What the files alone tell: enough to find programs that were built.
    fn guess(source: &Path) -> Self {
        let source = absolute(source);
        let text = fs::read_to_string(source.join(MANIFEST)).unwrap_or_default();
        let manifest: toml::Table = text.parse().unwrap_or_default();
        let name = |table: &toml::Value| Some(table.get("name")?.as_str()?.to_owned());
        let listed = manifest.get("bin").and_then(toml::Value::as_array);
        let mut binaries: Vec<String> = manifest.get("package").and_then(name).into_iter().collect();
        binaries.extend(listed.into_iter().flatten().filter_map(name));
        let folders = source.ancestors().map(|folder| folder.join("target"));
        Self {
            binaries,
            default: None,
            target: folders
                .clone()
                .find(|folder| folder.is_dir())
                .unwrap_or_else(|| source.join("target")),
            locked: false,
        }
    }

    fn binary(&self, request: &Request<'_>) -> anyhow::Result<&str> {
        let chosen = choose(&self.binaries, request.config).or(self.default.as_ref());
        chosen
            .map(String::as_str)
            .ok_or_else(|| several(request, &self.binaries))
    }

    /// Where `cargo lambda` puts its programs, each in a folder of its own.
    fn lambda_folder(&self) -> PathBuf {
        self.target.join("lambda")
    }

    /// Where cargo puts a program that it builds for this target.
    fn release(&self, triple: &str, binary: &str) -> PathBuf {
        self.target.join(triple).join("release").join(binary)
    }

    /// The program that was built last.
    fn lying(&self, request: &Request<'_>) -> Option<PathBuf> {
        let name = self.binary(request).ok();
        let mut names = program_names(request.config);
        names.extend(name);
        let cpu = cpu(request.config.architecture);
        let triples = ["gnu", "musl"].map(|library| format!("{cpu}-unknown-linux-{library}"));
        let mut candidates: Vec<PathBuf> = lying_program(request.source, request.config).into_iter().collect();
        // `cargo lambda build --flatten`.
        candidates.push(self.lambda_folder().join("bootstrap"));
        for name in names {
            candidates.push(self.lambda_folder().join(name).join("bootstrap"));
            candidates.push(self.release("", name));
            candidates.extend(triples.iter().map(|triple| self.release(triple, name)));
        }
        newest(candidates)
    }
}

/// `cargo lambda` links with Zig, for any processor and any glibc.
async fn build_with_cargo_lambda(
    request: &Request<'_>,
    cargo: &Tool,
    project: &Project,
    binary: &str,
) -> anyhow::Result<PathBuf> {
    let config = request.config;
    let cpu = cpu(config.architecture);
    let glibc = runtime_info(&config.runtime).and_then(|info| info.glibc.as_deref());
    let glibc = glibc.map(|version| format!(".{version}")).unwrap_or_default();
    let triple = format!("{cpu}-unknown-linux-gnu{glibc}");
    let folder = project.lambda_folder();
    let mut arguments: Vec<&OsStr> = ["lambda", "build", "--release", "--bin", binary, "--target", &triple]
        .map(OsStr::new)
        .into();
    arguments.extend([OsStr::new("--lambda-dir"), folder.as_os_str()]);
    if project.locked {
        arguments.push(OsStr::new("--locked"));
    }
    (request.tell)(&format!("building `{binary}` with cargo lambda"));
    cargo.run(request.source, arguments, []).await?;
    made(folder.join(binary).join("bootstrap"))
}

async fn build_with_cargo(
    request: &Request<'_>,
    cargo: &Tool,
    project: &Project,
    binary: &str,
) -> anyhow::Result<PathBuf> {
    let rustc = require(request, "rustc", INSTALL_RUST)?;
    let toolchain = Toolchain::ask(&rustc, request.source).await?;
    let architecture = request.config.architecture;
    let triple = toolchain
        .target(architecture)
        .ok_or_else(|| toolchain.cannot_build_for(architecture))?;
    let mut arguments = vec!["build", "--release", "--bin", binary, "--target", &triple];
    if project.locked {
        arguments.push("--locked");
    }
    (request.tell)(&format!("building `{binary}` with cargo for {triple}"));
    let ran = cargo.run(request.source, arguments, []).await;
    ran.map_err(|error| linker_hint(error, &triple, &toolchain.host))?;
    made(project.release(&triple, binary))
}

fn made(program: PathBuf) -> anyhow::Result<PathBuf> {
    if program.is_file() {
        return Ok(program);
    }
    let shown = program.display();
    Err(Problem::failed(format!("cargo built no `{shown}`"))
        .hint(WAYS_OUT)
        .into())
}

/// The compiler that works in the source folder.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Toolchain {
    host: String,
    /// The targets whose standard library is installed.
    installed: Vec<String>,
}

impl Toolchain {
    async fn ask(rustc: &Tool, source: &Path) -> anyhow::Result<Self> {
        let version = rustc.run(source, ["-vV"], []).await?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: "));
        let sysroot = rustc.run(source, ["--print", "sysroot"], []).await?;
        let targets = Path::new(sysroot.trim()).join("lib").join("rustlib");
        let installed = super::names_in(&targets)
            .into_iter()
            .filter(|name| targets.join(name).join("lib").is_dir());
        Ok(Self {
            host: host.unwrap_or_default().to_owned(),
            installed: installed.collect(),
        })
    }

    /// The target to build for: static when that is installed, since such a program runs with any glibc.
    fn target(&self, architecture: Architecture) -> Option<String> {
        let cpu = cpu(architecture);
        let installed = |triple: &String| self.installed.contains(triple);
        let mut known = ["musl", "gnu"]
            .map(|library| format!("{cpu}-unknown-linux-{library}"))
            .into_iter();
        // Some distributions call their own target by a name of their own.
        let own = || {
            let fits = self.host.starts_with(cpu) && self.host.contains("-linux-");
            fits.then(|| self.host.clone())
        };
        known.find(installed).or_else(own)
    }

    fn cannot_build_for(&self, architecture: Architecture) -> Problem {
        let (host, cpu) = (&self.host, cpu(architecture));
        Problem::failed(format!(
            "this machine's Rust ({host}) cannot build for {architecture} Linux"
        ))
        .hint(format!("add a target: `rustup target add {cpu}-unknown-linux-musl`"))
        .hint("or install cargo-lambda, which brings what it needs: https://www.cargo-lambda.info")
        .hint(WAYS_OUT)
    }
}

/// A program for another processor needs a linker that knows it; the compiler only says that linking failed.
fn linker_hint(error: anyhow::Error, triple: &str, host: &str) -> anyhow::Error {
    if triple == host || !error.to_string().contains("link") {
        return error;
    }
    match error.downcast::<Problem>() {
        Ok(problem) => {
            let variable = triple.to_uppercase().replace('-', "_");
            let problem = if triple.ends_with("musl") {
                problem.hint(format!(
                    "without C code, Rust's own linker will do: set `CARGO_TARGET_{variable}_LINKER=rust-lld`"
                ))
            } else {
                problem.hint(format!(
                    "install a linker for {triple} and name it in `CARGO_TARGET_{variable}_LINKER`"
                ))
            };
            problem
                .hint("or install cargo-lambda, which brings one: https://www.cargo-lambda.info")
                .into()
        }
        Err(error) => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_one_that_runs_in_lambda() {
        let (x86, arm) = (Architecture::X86_64, Architecture::Arm64);
        for (host, installed, architecture, expected) in [
            (
                "x86_64-unknown-linux-gnu",
                vec!["x86_64-unknown-linux-gnu"],
                x86,
                Some("x86_64-unknown-linux-gnu"),
            ),
            (
                "x86_64-unknown-linux-gnu",
                vec!["x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl"],
                x86,
                Some("x86_64-unknown-linux-musl"),
            ),
            ("x86_64-unknown-linux-gnu", vec!["x86_64-unknown-linux-gnu"], arm, None),
            (
                "aarch64-apple-darwin",
                vec!["aarch64-apple-darwin", "aarch64-unknown-linux-gnu"],
                arm,
                Some("aarch64-unknown-linux-gnu"),
            ),
            ("aarch64-apple-darwin", vec!["aarch64-apple-darwin"], arm, None),
            (
                "x86_64-alpine-linux-musl",
                vec!["x86_64-alpine-linux-musl"],
                x86,
                Some("x86_64-alpine-linux-musl"),
            ),
        ] {
            let toolchain = Toolchain {
                host: host.into(),
                installed: installed.into_iter().map(str::to_owned).collect(),
            };
            assert_eq!(
                toolchain.target(architecture).as_deref(),
                expected,
                "{host} for {architecture}"
            );
        }
    }

    #[test]
    fn a_failed_link_for_another_processor_says_what_to_install() {
        let failed = || Problem::failed("linking with `cc` failed").into();
        let hints = |triple: &str| {
            let error = linker_hint(failed(), triple, "x86_64-unknown-linux-gnu");
            error.downcast::<Problem>().unwrap().hints().join("\n")
        };
        assert!(
            hints("aarch64-unknown-linux-musl").contains("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER=rust-lld")
        );
        assert!(hints("aarch64-unknown-linux-gnu").contains("install a linker for aarch64-unknown-linux-gnu"));
        assert_eq!(hints("x86_64-unknown-linux-gnu"), "");
    }
}
