//! One file of the handler and all it imports, made by the project's own esbuild.
//!
//! The result lies in the cache under the name of its content. Packages that stay outside are installed with
//! what they need; those of the AWS SDK are in Lambda's runtimes already.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use globset::GlobBuilder;
use serde_json::Value;
use walkdir::WalkDir;

use super::super::cache::Key;
use super::super::tool::Tool;
use super::super::{Built, Effort, Request};
use super::project::Project;
use super::{OWN_FOLDER, Wanted, dependencies};
use crate::domain::config::{Bundle, Dependencies, ModuleFormat, SourceMaps};
use crate::domain::package::{Ingredients, SourcePart, Tree};
use crate::error::Problem;

/// What a handler's file may be called, best first.
const ENDINGS: &[&str] = &["ts", "mts", "cts", "tsx", "mjs", "js", "cjs", "jsx"];

/// Lets `CommonJS` packages inside an ES module find what they expect. Global, so that it collides with no
/// declaration of the code's own.
const BANNER: &str = "import{createRequire as lfnRequire}from\"node:module\";import{fileURLToPath as lfnPath}from\"node:url\";\
    import{dirname as lfnFolder}from\"node:path\";globalThis.require??=lfnRequire(import.meta.url);\
    globalThis.__filename??=lfnPath(import.meta.url);globalThis.__dirname??=lfnFolder(globalThis.__filename);";

/// Bundles, and brings what stays outside.
pub async fn build(request: &Request<'_>, project: Option<&Project>, options: &Bundle) -> anyhow::Result<Built> {
    let source = request
        .source
        .canonicalize()
        .with_context(|| format!("could not open the source folder `{}`", request.source.display()))?;
    let (entry, output) = names(request, &source, options)?;
    let wanted = outside(request, project, options).await?;
    if request.effort == Effort::Look {
        let mut pending = wanted.pending;
        pending.push(format!("esbuild {}", shown(&entry, &source)));
        return Ok(Built {
            ingredients: Ingredients {
                source: SourcePart::Whole {
                    replaced: vec![OWN_FOLDER.to_owned()],
                },
                trees: Vec::new(),
            },
            pending,
            makes_handler: true,
            notes: wanted.notes,
        });
    }
    let tool = esbuild(request, &source)?;
    let unfinished = tempfile::tempdir().context("could not make a temporary folder for the bundle")?;
    let format = format(options, project, &entry);
    let ending = if format == ModuleFormat::Esm { "mjs" } else { "cjs" };
    // `.cjs` and `.mjs` mean the same whatever package.json says.
    let file = unfinished.path().join("out").join(format!("{output}.{ending}"));
    let meta = unfinished.path().join("meta.json");
    let mut arguments = arguments(request, options, format);
    arguments.extend([
        format!("--outfile={}", file.display()),
        format!("--metafile={}", meta.display()),
        entry.display().to_string(),
    ]);
    (request.tell)(&format!("bundling {} with esbuild", shown(&entry, &source)));
    let folder = project.map_or(source.as_path(), |project| project.package.as_path());
    tool.attempt(folder, arguments, [])
        .await?
        .map_err(|said| complaint(&said, &shown(&entry, &source)))?;
    let kept = keep(request, unfinished.path(), folder, options.source_maps).await?;
    let mut trees = vec![Tree::new(kept.join("out"), "")];
    trees.extend(wanted.trees);
    Ok(Built {
        ingredients: Ingredients {
            source: SourcePart::Included,
            trees,
        },
        notes: wanted.notes,
        ..Built::default()
    })
}

/// The file to begin with, and the name of the result without its ending: the handler's own.
fn names(request: &Request<'_>, source: &Path, options: &Bundle) -> anyhow::Result<(PathBuf, String)> {
    let handler = request.config.handler.as_str();
    let (folder, name) = handler
        .rsplit_once('/')
        .map_or(("", handler), |(folder, name)| (folder, name));
    let module = name.split('.').next().unwrap_or(name);
    let output = Path::new(folder.trim_start_matches("./")).join(module);
    let output = output.to_string_lossy().replace('\\', "/");
    if let Some(entry) = &options.entry {
        let path = source.join(entry);
        if path.is_file() {
            return Ok((path, output));
        }
        return Err(
            Problem::failed(format!("there is no file `{entry}` in `{}`", source.display()))
                .hint("`package.bundle.entry` in lambda.yaml is relative to `package.source`")
                .into(),
        );
    }
    let stems = [output.clone(), format!("src/{output}")];
    let candidates = stems
        .iter()
        .flat_map(|stem| ENDINGS.iter().map(move |end| format!("{stem}.{end}")));
    let found = candidates.map(|name| source.join(name)).find(|path| path.is_file());
    let Some(entry) = found else {
        let message = format!(
            "the handler `{handler}` needs `{output}.ts`, `.mts`, `.js` or the like to bundle, and there is none"
        );
        return Err(Problem::failed(message)
            .hint("check `handler`, or name the file in `package.bundle.entry`")
            .into());
    };
    Ok((entry, output))
}

/// What is not bundled and not in the runtime.
async fn outside(request: &Request<'_>, project: Option<&Project>, options: &Bundle) -> anyhow::Result<Wanted> {
    let Some(project) = project.filter(|_| request.config.package.dependencies != Dependencies::None) else {
        return Ok(Wanted::default());
    };
    let (required, perhaps) = project.manifest.needs();
    let mut only = Vec::new();
    for pattern in options.external.iter().filter(|pattern| !in_runtime(pattern)) {
        let glob = GlobBuilder::new(pattern)
            .build()
            .with_context(|| format!("could not read `{pattern}` in `package.bundle.external`"))?
            .compile_matcher();
        let names = required.iter().chain(&perhaps);
        only.extend(names.filter(|name| glob.is_match(name)).cloned());
    }
    if only.is_empty() {
        return Ok(Wanted::default());
    }
    only.sort();
    only.dedup();
    dependencies(request, project, Some(&only)).await
}

/// Source: Lambda developer guide, "Runtime-included SDK versions": version 3 of the SDK for JavaScript.
fn in_runtime(pattern: &str) -> bool {
    ["@aws-sdk/", "@smithy/"].iter().any(|scope| pattern.starts_with(scope))
}

/// By the entry's ending, else by package.json; TypeScript is written with `import` and becomes ESM.
fn format(options: &Bundle, project: Option<&Project>, entry: &Path) -> ModuleFormat {
    let module = project.is_some_and(|project| project.manifest.is_module());
    let ending = entry.extension().and_then(std::ffi::OsStr::to_str).unwrap_or_default();
    options.format.unwrap_or(match ending {
        "cts" | "cjs" => ModuleFormat::CommonJs,
        "js" | "jsx" if !module => ModuleFormat::CommonJs,
        _ => ModuleFormat::Esm,
    })
}

fn arguments(request: &Request<'_>, options: &Bundle, format: ModuleFormat) -> Vec<String> {
    let runtime = request.config.runtime.as_str();
    let version = runtime
        .trim_start_matches("nodejs")
        .split('.')
        .next()
        .unwrap_or_default();
    let target = options.target.clone().unwrap_or_else(|| format!("node{version}"));
    let mut arguments: Vec<String> = ["--bundle", "--platform=node", "--log-level=warning", "--color=false"]
        .map(str::to_owned)
        .into();
    arguments.push(format!("--target={target}"));
    match format {
        ModuleFormat::Esm => arguments.extend(["--format=esm".into(), format!("--banner:js={BANNER}")]),
        ModuleFormat::CommonJs => arguments.push("--format=cjs".into()),
    }
    if options.minify {
        arguments.push("--minify".into());
    }
    match options.source_maps {
        // Stack traces need no copy of the sources. An inline map is put in later, by `keep`.
        SourceMaps::Linked | SourceMaps::Inline => {
            arguments.extend(["--sourcemap=linked".into(), "--sources-content=false".into()]);
        }
        SourceMaps::None => {}
    }
    arguments.extend(options.external.iter().map(|name| format!("--external:{name}")));
    arguments.extend(options.args.iter().cloned());
    arguments
}

/// The project's own esbuild, found as Node finds packages.
fn esbuild(request: &Request<'_>, source: &Path) -> anyhow::Result<Tool> {
    let name = if cfg!(windows) { "esbuild.cmd" } else { "esbuild" };
    let candidates = source
        .ancestors()
        .map(|folder| folder.join("node_modules/.bin").join(name));
    let found = candidates.into_iter().find(|path| path.is_file());
    let Some(program) = found else {
        return Err(Problem::failed("`package.bundle` uses the project's own esbuild, and there is none in `node_modules`")
            .hint("add it with `npm install --save-dev esbuild`, or install what package.json names, for example with `npm ci`")
            .into());
    };
    Ok(request.tools.at("esbuild", program))
}

/// What esbuild says, without the long command line.
fn complaint(said: &str, entry: &str) -> anyhow::Error {
    let lines: Vec<&str> = said.lines().collect();
    Problem::failed(format!("esbuild could not bundle `{entry}`:\n  {}", lines.join("\n  ")))
        .hint("correct what it points at; a package that cannot be bundled goes into `package.bundle.external`")
        .into()
}

/// Moves the result into the cache under the name of its content.
async fn keep(request: &Request<'_>, unfinished: &Path, from: &Path, maps: SourceMaps) -> anyhow::Result<PathBuf> {
    const CANNOT: &str = "could not read what esbuild wrote";
    let unfinished = unfinished.canonicalize().context(CANNOT)?;
    let out = unfinished.join("out");
    let mut files = BTreeMap::new();
    for entry in WalkDir::new(&out).sort_by_file_name() {
        let entry = entry.context(CANNOT)?;
        if entry.file_type().is_file() {
            let mut content = fs::read(entry.path()).context(CANNOT)?;
            if entry.path().extension().is_some_and(|ending| ending == "map") {
                let folder = entry.path().parent().unwrap_or(&out);
                content = with_short_names(&content, folder, from).context(CANNOT)?;
            }
            let name = entry.path().strip_prefix(&unfinished).unwrap_or(entry.path());
            files.insert(name.to_path_buf(), content);
        }
    }
    if maps == SourceMaps::Inline {
        inline_maps(&mut files);
    }
    let key = files.iter().fold(Key::default(), |key, (name, content)| {
        key.with(&name.to_string_lossy(), content)
    });
    // It names the temporary folder, so it does not count; sizes by file are the same.
    files.insert(
        "meta.json".into(),
        fs::read(unfinished.join("meta.json")).context(CANNOT)?,
    );
    let write = |folder: PathBuf| async move {
        for (name, content) in files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap_or(&folder))?;
            fs::write(path, content)?;
        }
        Ok(())
    };
    request.cache.folder_or_make("bundle", &key, write).await
}

/// A source map whose sources are named from the project, so that every machine makes the same one.
fn with_short_names(map: &[u8], folder: &Path, from: &Path) -> anyhow::Result<Vec<u8>> {
    let mut map: Value = serde_json::from_slice(map)?;
    for source in map
        .get_mut("sources")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(path) = source.as_str() {
            let path = straight(&folder.join(path));
            *source = relative(&path, from).into();
        }
    }
    Ok(serde_json::to_vec(&map)?)
}

/// Puts each map into the file it belongs to.
fn inline_maps(files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    let maps: Vec<PathBuf> = files
        .keys()
        .filter(|path| path.extension() == Some("map".as_ref()))
        .cloned()
        .collect();
    for map in maps {
        let Some(name) = map.file_name().map(|name| name.to_string_lossy().into_owned()) else {
            continue;
        };
        let content = files.remove(&map).unwrap_or_default();
        if let Some(script) = files.get_mut(&map.with_extension("")) {
            let url = format!("data:application/json;base64,{}", STANDARD.encode(content));
            let text = String::from_utf8_lossy(script);
            let text = text.replace(
                &format!("//# sourceMappingURL={name}"),
                &format!("//# sourceMappingURL={url}"),
            );
            *script = text.into_bytes();
        }
    }
}

/// Without `.` and `..`.
fn straight(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut path, part| {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir => {}
            part => path.push(part),
        }
        path
    })
}

/// The way from a folder to a file, with `/`.
fn relative(path: &Path, from: &Path) -> String {
    let common = from.ancestors().find(|folder| path.starts_with(folder)).unwrap_or(from);
    let up = from.strip_prefix(common).map_or(0, |rest| rest.components().count());
    let down = path.strip_prefix(common).unwrap_or(path);
    format!("{}{}", "../".repeat(up), down.to_string_lossy().replace('\\', "/"))
}

fn shown(entry: &Path, source: &Path) -> String {
    entry.strip_prefix(source).unwrap_or(entry).display().to_string()
}
