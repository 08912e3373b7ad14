//! Go: a static program for Linux.

use std::path::{Path, PathBuf};

use super::{Task, absolute, choose, looked, lying_program, outputs, placed, program, require, several};
use crate::build::tool::Tool;
use crate::build::{Built, Request};
use crate::domain::function::Architecture;

/// Builds the program, or places the one that lies there.
pub async fn build(request: &Request<'_>) -> anyhow::Result<Built> {
    let made = outputs(request).join("bootstrap");
    match Task::of(request) {
        Task::Build => {
            let go = require(request, "go", "install Go: https://go.dev/doc/install")?;
            let package = main_package(request, &go).await?;
            (request.tell)(&format!("building `{package}` with go"));
            let output = made.display().to_string();
            // Without paths and commits of this machine the same source gives the same program.
            let arguments = [
                "build",
                "-trimpath",
                "-buildvcs=false",
                "-ldflags=-s -w",
                "-o",
                &output,
                &package,
            ];
            go.run(request.source, arguments, variables(request)).await?;
            Ok(program(made))
        }
        Task::Place => {
            let lying = lying_program(request.source, request.config).map(program);
            let looked_for = "`bootstrap`, or the function's name, in the source folder and in `bin`, `build`, `dist` \
                 and `out`";
            placed(request, lying, "program", looked_for)
        }
        Task::Look => {
            let made = Some(made).filter(|made| made.is_file() && request.config.package.build.is_none());
            let lying = made.or_else(|| lying_program(request.source, request.config));
            Ok(looked(request, lying.map(program), "go build"))
        }
    }
}

/// Lambda's system. Static, since cgo would take this machine's C library for Lambda's.
fn variables(request: &Request<'_>) -> [(&'static str, String); 3] {
    let processor = match request.config.architecture {
        Architecture::X86_64 => "amd64",
        Architecture::Arm64 => "arm64",
    };
    [
        ("GOOS", "linux".into()),
        ("GOARCH", processor.into()),
        ("CGO_ENABLED", "0".into()),
    ]
}

/// The package to build: the one named like the function, else the source folder's own, else the only one below it.
async fn main_package(request: &Request<'_>, go: &Tool) -> anyhow::Result<String> {
    let format = "{{if eq .Name \"main\"}}{{.ImportPath}}\t{{.Dir}}{{end}}";
    let listed = go
        .run(
            request.source,
            ["list", "-find", "-f", format, "./..."],
            variables(request),
        )
        .await?;
    let packages: Vec<(String, PathBuf)> = listed
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(path, folder)| (path.to_owned(), PathBuf::from(folder)))
        .collect();
    let names: Vec<String> = packages
        .iter()
        .map(|(path, folder)| program_name(path, folder))
        .collect();
    let source = absolute(request.source);
    let own = || packages.iter().find(|(_, folder)| absolute(folder) == source);
    let named = choose(&names, request.config).and_then(|name| {
        let index = names.iter().position(|other| other == name)?;
        packages.get(index)
    });
    match named.or_else(own) {
        Some((path, _)) => Ok(path.clone()),
        None => Err(several(request, &names)),
    }
}

/// What `go build` calls the program.
fn program_name(import_path: &str, folder: &Path) -> String {
    let last = import_path.rsplit('/').next().unwrap_or_default();
    let is_version = last.strip_prefix('v').is_some_and(|rest| rest.parse::<u32>().is_ok());
    // `example.com/shop/v2` is the second version of `shop`.
    let named = if is_version { folder.file_name() } else { None };
    named.map_or_else(|| last.to_owned(), |name| name.to_string_lossy().into_owned())
}
