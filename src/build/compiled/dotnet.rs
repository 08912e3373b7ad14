//! .NET: what `dotnet publish` makes, with its own `bootstrap` on custom runtimes.

use std::fs;
use std::path::{Path, PathBuf};

use super::{
    Task, absolute, emptied, looked, lying_program, names_in, newest, only, outputs, placed, program, require, several,
};
use crate::build::{Built, Request};
use crate::domain::function::Architecture;
use crate::domain::package::Tree;

/// How project files end.
pub const PROJECTS: [&str; 3] = [".csproj", ".fsproj", ".vbproj"];

/// Publishes the project, or places what was published.
pub async fn build(request: &Request<'_>) -> anyhow::Result<Built> {
    let project = project(request)?;
    let made = outputs(request).join("publish");
    match Task::of(request) {
        Task::Build => {
            let dotnet = require(
                request,
                "dotnet",
                "install the .NET SDK: https://dotnet.microsoft.com/download",
            )?;
            // Emptied, since publishing leaves behind what is no longer needed.
            let made = emptied(made)?;
            (request.tell)(&format!("publishing `{project}` with dotnet"));
            let output = made.display().to_string();
            let self_contained = is_custom(request).to_string();
            let arguments = [
                "publish",
                &project,
                "--configuration",
                "Release",
                "--runtime",
                identifier(request),
                "--self-contained",
                &self_contained,
                "--output",
                &output,
                // Lambda reads how to start a library from its `.runtimeconfig.json`, which is only made on demand.
                "-p:GenerateRuntimeConfigurationFiles=true",
                "--nologo",
            ];
            let variables = [("DOTNET_CLI_TELEMETRY_OPTOUT", "1".into())];
            dotnet.run(request.source, arguments, variables).await?;
            Ok(published(request, &project, &made))
        }
        Task::Place => {
            let looked_for =
                "a folder `publish` in `bin/Release`, in the source folder and in `out`, and for `bootstrap`";
            placed(request, lying(request, &project), "published program", looked_for)
        }
        Task::Look => {
            let made = made.is_dir() && request.config.package.build.is_none();
            let lying = if made {
                Some(published(request, &project, &outputs(request).join("publish")))
            } else {
                lying(request, &project)
            };
            Ok(looked(request, lying, "dotnet publish"))
        }
    }
}

/// The only project file of the source folder.
fn project(request: &Request<'_>) -> anyhow::Result<String> {
    let is_project = |name: &String| PROJECTS.iter().any(|end| name.ends_with(end));
    let projects: Vec<String> = names_in(request.source).into_iter().filter(is_project).collect();
    let stems: Vec<String> = projects.iter().map(|project| stem(project).to_owned()).collect();
    let chosen = super::choose(&stems, request.config);
    // The handler of a managed runtime begins with the name of its assembly.
    let assembly = request.config.handler.split("::").next().unwrap_or_default();
    let chosen = stems.iter().find(|stem| *stem == assembly).or(chosen);
    let index = chosen.and_then(|chosen| stems.iter().position(|stem| stem == chosen));
    index
        .and_then(|index| projects.get(index).cloned())
        .ok_or_else(|| several(request, &stems))
}

fn stem(project: &str) -> &str {
    project.rsplit_once('.').map_or(project, |(stem, _)| stem)
}

/// Whether the program brings its own runtime.
fn is_custom(request: &Request<'_>) -> bool {
    request.config.runtime.as_str().starts_with("provided")
}

/// .NET's name for Lambda's system.
fn identifier(request: &Request<'_>) -> &'static str {
    match request.config.architecture {
        Architecture::X86_64 => "linux-x64",
        Architecture::Arm64 => "linux-arm64",
    }
}

/// What is packaged of a published folder.
fn published(request: &Request<'_>, project: &str, folder: &Path) -> Built {
    let mut all = Tree::new(folder, "");
    if !is_custom(request) {
        return only(vec![all]);
    }
    // The symbols of a native program are larger than itself, and Lambda does not read them.
    all.exclude = vec!["*.dbg".into()];
    let named = folder.join(assembly_name(request.source, project));
    if folder.join("bootstrap").exists() || !named.is_file() {
        return only(vec![all]);
    }
    let name = named.file_name().unwrap_or_default().to_string_lossy().into_owned();
    all.exclude.push(format!("/{name}"));
    only(vec![Tree::file(named, "bootstrap"), all])
}

/// What the project calls its program.
fn assembly_name(source: &Path, project: &str) -> String {
    let text = fs::read_to_string(source.join(project)).unwrap_or_default();
    let between = || text.split_once("<AssemblyName>")?.1.split_once("</AssemblyName>");
    let name = between().map(|(name, _)| name.trim());
    name.filter(|name| !name.contains('$'))
        .unwrap_or(stem(project))
        .to_owned()
}

/// What was published last.
fn lying(request: &Request<'_>, project: &str) -> Option<Built> {
    let source = absolute(request.source);
    let assembly = assembly_name(&source, project);
    let program_of = |folder: &Path| {
        let names = if is_custom(request) {
            vec!["bootstrap".to_owned(), assembly.clone()]
        } else {
            vec![format!("{assembly}.dll")]
        };
        newest(names.iter().map(|name| folder.join(name)))
    };
    let folders = publish_folders(&source);
    let found = newest(folders.iter().filter_map(|folder| program_of(folder)));
    if let Some(folder) = found.as_deref().and_then(Path::parent) {
        return Some(published(request, project, folder));
    }
    let alone = || lying_program(&source, request.config).map(program);
    is_custom(request).then(alone).flatten()
}

/// Where `dotnet publish` and its users put things: `bin/Release/net8.0/linux-x64/publish` and nearer ones.
fn publish_folders(source: &Path) -> Vec<PathBuf> {
    let mut folders = vec![
        source.join("publish"),
        source.join("out"),
        source.join("out").join("publish"),
    ];
    let release = walkdir::WalkDir::new(source.join("bin").join("Release")).max_depth(3);
    let entries = release.into_iter().flatten().map(walkdir::DirEntry::into_path);
    folders.extend(entries.filter(|path| path.ends_with("publish") && path.is_dir()));
    folders
}
