//! Ruby: the bundle of `Gemfile.lock`, installed into the cache and packaged as `vendor/bundle`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{WAYS_OUT, absolute, names_in, require};
use crate::build::cache::Key;
use crate::build::{Built, Effort, Note, Request};
use crate::domain::package::{Ingredients, SourcePart, Tree};
use crate::error::Problem;

const GEMFILE: &str = "Gemfile";
const LOCK: &str = "Gemfile.lock";

/// Where Lambda looks for gems: `GEM_PATH` names `vendor/bundle/ruby/3.4.0`.
/// Source: Lambda developer guide, "Deploy Ruby Lambda functions with .zip file archives".
const BUNDLE: &str = "vendor/bundle/";

/// Installs the bundle, or finds it in the cache.
pub async fn build(request: &Request<'_>) -> anyhow::Result<Built> {
    let source = absolute(request.source);
    if request.config.package.build.is_some() {
        return Ok(Built::default());
    }
    let Ok(lock) = fs::read(source.join(LOCK)) else {
        return Ok(unlocked(&source));
    };
    let gemfile = fs::read(source.join(GEMFILE)).with_context(|| format!("could not read `{GEMFILE}`"))?;
    let key = Key::default()
        .with("lock", lock)
        .with("gemfile", gemfile)
        .with("runtime", request.config.runtime.as_str())
        .with("architecture", request.config.architecture.to_string())
        .with("host", [std::env::consts::OS, std::env::consts::ARCH].join("-"));
    if request.effort == Effort::Look {
        return Ok(match request.cache.folder("ruby", &key) {
            Some(bundle) => installed(request, &bundle),
            None => Built {
                pending: vec!["bundle install".into()],
                ..Built::default()
            },
        });
    }
    let install = |folder| install(request, &source, folder);
    let bundle = request.cache.folder_or_make("ruby", &key, install).await?;
    Ok(installed(request, &bundle))
}

/// Without a lock file nobody knows which gems are meant; what lies there may be complete all the same.
fn unlocked(source: &Path) -> Built {
    let notes = if source.join(BUNDLE).is_dir() {
        Vec::new()
    } else {
        vec![Note {
            message: format!("`{GEMFILE}` has no `{LOCK}` beside it, so its gems are not packaged"),
            hint: "run `bundle lock`, or write `package.dependencies: none` if the function needs none of them".into(),
        }]
    };
    Built {
        notes,
        ..Built::default()
    }
}

/// Nothing of this is written into the project: Bundler takes settings from variables too.
/// Source: Bundler, "bundle config", "Configuration keys".
async fn install(request: &Request<'_>, source: &Path, folder: PathBuf) -> anyhow::Result<()> {
    let bundle = require(
        request,
        "bundle",
        "install Ruby, which brings Bundler: https://www.ruby-lang.org/en/documentation/installation",
    )?;
    (request.tell)("installing gems with bundler");
    let shown = |path: &Path| path.display().to_string();
    let variables = [
        ("BUNDLE_GEMFILE", shown(&source.join(GEMFILE))),
        ("BUNDLE_PATH", shown(&folder)),
        ("BUNDLE_FROZEN", "true".into()),
        ("BUNDLE_WITHOUT", "development:test".into()),
        // The project's own settings, and where `bundle install` would write them.
        ("BUNDLE_APP_CONFIG", shown(&folder.join(".bundle"))),
        // Warns about what containers do anyway.
        ("BUNDLE_SILENCE_ROOT_WARNING", "true".into()),
    ];
    bundle.run(source, ["install"], variables).await?;
    refuse_foreign_extensions(request, &folder)
}

/// Compiled gems load only in the version of Ruby that they were compiled for.
fn refuse_foreign_extensions(request: &Request<'_>, bundle: &Path) -> anyhow::Result<()> {
    let Some(local) = version(bundle) else {
        return Ok(());
    };
    // Bundler makes the folder in any case; each compiled gem has a file there.
    let compiled = walkdir::WalkDir::new(bundle.join("ruby").join(&local).join("extensions"));
    let has_compiled = compiled.into_iter().flatten().any(|entry| entry.file_type().is_file());
    let runtime = &request.config.runtime;
    if !has_compiled || wanted(request).is_none_or(|wanted| wanted == local) {
        return Ok(());
    }
    Err(Problem::failed(format!(
        "gems were compiled for Ruby {local} here, and the function runs on `{runtime}`"
    ))
    .hint("install with the same version of Ruby: version managers such as rbenv and mise switch by folder")
    .hint(WAYS_OUT)
    .into())
}

/// The version whose gems were installed, such as `3.4.0`: the third number is of the interface and always 0.
fn version(bundle: &Path) -> Option<String> {
    names_in(&bundle.join("ruby")).into_iter().next()
}

/// The version that the runtime looks for.
fn wanted(request: &Request<'_>) -> Option<String> {
    let version = request.config.runtime.as_str().strip_prefix("ruby")?;
    Some(format!("{version}.0"))
}

fn installed(request: &Request<'_>, bundle: &Path) -> Built {
    let mut trees = Vec::new();
    if let Some(version) = version(bundle) {
        // Gems without compiled parts are the same files for all versions.
        let prefix = format!("{BUNDLE}ruby/{}/", wanted(request).unwrap_or_else(|| version.clone()));
        let mut tree = Tree::new(bundle.join("ruby").join(version), prefix);
        // Downloads, documents, and logs of compiling.
        tree.exclude = ["/cache/", "/doc/", "/build_info/", "gem_make.out", "mkmf.log"]
            .map(str::to_owned)
            .into();
        trees.push(tree);
    }
    let replaced = vec![format!("/{BUNDLE}")];
    let source = SourcePart::Whole { replaced };
    Built {
        ingredients: Ingredients { source, trees },
        ..Built::default()
    }
}
