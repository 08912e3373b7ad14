//! What a layer holds: the function's dependencies alone, or a folder as it lies there.

use std::path::{Path, PathBuf};

use crate::commands::preflight;
use crate::commands::prepare::{all, ingredients};
use crate::ctx::{Ctx, Project};
use crate::domain::config::{Config, Dependencies, PackageConfig};
use crate::domain::names::RuntimeId;
use crate::domain::package::preflight::{Subject, check_layer};
use crate::domain::package::{self, Artifact, Ingredients, Layout, Selection, SourcePart, Store, Tree};
use crate::error::Problem;

/// A layer's archive.
pub struct Packed {
    pub artifact: Artifact,
    /// What lambda.yaml needs so that the function's own archive does not hold the same files again.
    pub instead: Option<String>,
}

/// Writes the archive of the layer: the dependencies, or the content of the folder `from`.
pub async fn pack(ctx: &Ctx, project: &Project, from: Option<&Path>, archive: PathBuf) -> anyhow::Result<Packed> {
    let source = project.source();
    let config = with_dependencies(&project.offline);
    let (selection, instead) = if let Some(folder) = from {
        (whole(ctx.at(folder)).await?, None)
    } else {
        let (found, instead) = dependencies(ctx, project, &config, &source).await?;
        (found, Some(instead))
    };
    let (selection, facts) =
        on_a_thread(move || package::look(&selection, &Store::none()).map(|facts| (selection, facts)))
            .await
            .map_err(|problems| all(&problems, &source))?;
    preflight::settle(&ctx.ui, &check_layer(&selection, &facts, &Subject::of(&config)))?;
    let selection = match from {
        Some(_) => selection,
        None => layout(&config.runtime)?.arrange(selection),
    };
    let written = on_a_thread(move || package::write(&selection, &archive)).await;
    let artifact = written.map_err(|problem| all(&[problem], &source))?;
    Ok(Packed { artifact, instead })
}

/// Everything in a folder, which is laid out as a layer.
async fn whole(folder: PathBuf) -> anyhow::Result<Selection> {
    let (root, tree) = (folder.clone(), Tree::new(&folder, ""));
    let found = on_a_thread(move || select(&root, vec![tree])).await?;
    if found.files.is_empty() {
        return Err(Problem::failed(format!("there are no files in `{}`", folder.display()))
            .hint("`--from` takes a folder with the content of the layer, such as `bin/` and `lib/`")
            .into());
    }
    Ok(found)
}

/// `dependencies: none` keeps them out of the function's own archive, which is what the layer is for.
fn with_dependencies(config: &Config) -> Config {
    let mut config = config.clone();
    if config.package.dependencies == Dependencies::None {
        config.package.dependencies = Dependencies::Auto;
    }
    config
}

/// The dependencies under the names that they would have in the function's archive: those that lfn installs,
/// else those that lie in the source folder. With it, what keeps them out of that archive.
async fn dependencies(
    ctx: &Ctx,
    project: &Project,
    config: &Config,
    source: &Path,
) -> anyhow::Result<(Selection, String)> {
    let layout = layout(&config.runtime)?;
    let Ingredients { source: part, trees } = ingredients(ctx, project, config).await?;
    let root = source.to_owned();
    let installed = on_a_thread(move || select(&root, trees)).await?;
    let installed = layout.dependencies(installed);
    if !installed.files.is_empty() {
        return Ok((installed, "package: { dependencies: none }".into()));
    }
    let Some(name) = layout.folder() else {
        return Err(none(config)
            .hint("list them in `requirements.txt`, or in `pyproject.toml` with a lock file: packages that were installed into the source folder cannot be told from your own code")
            .into());
    };
    let lying = match lying_there(source, name, &part) {
        Some(tree) => {
            let root = source.to_owned();
            on_a_thread(move || select(&root, vec![tree])).await?
        }
        None => Selection::default(),
    };
    let lying = layout.dependencies(lying);
    if lying.files.is_empty() {
        return Err(none(config)
            .hint(format!(
                "install them first, so that they lie in `{name}`, or publish a folder of your own with `--from FOLDER`"
            ))
            .into());
    }
    ctx.ui
        .status(format_args!("taking `{name}` as it lies in the source folder"));
    Ok((lying, format!("package: {{ dependencies: none, exclude: [{name}] }}")))
}

/// The folder of this name in the source, unless a build or a lock file says that the function does without.
fn lying_there(source: &Path, name: &str, part: &SourcePart) -> Option<Tree> {
    let SourcePart::Whole { replaced } = part else {
        return None;
    };
    let mut tree = Tree::new(source.join(name), name);
    let place = format!("/{name}");
    for pattern in replaced {
        if place.starts_with(pattern) {
            return None;
        }
        if let Some(inner) = pattern.strip_prefix(&place) {
            tree.exclude.push(format!("/{inner}"));
        }
    }
    // Links among packages lead through the project: a workspace's own packages, or a store beside them.
    tree.links_into.push(source.to_owned());
    Some(tree)
}

fn none(config: &Config) -> Problem {
    Problem::failed(format!("`{}` has no dependencies that a layer could hold", config.name))
}

fn layout(runtime: &RuntimeId) -> Result<Layout, Problem> {
    Layout::of(runtime).ok_or_else(|| {
        Problem::failed(format!(
            "programs for `{runtime}` bring their dependencies inside, so there are none for a layer"
        ))
        .hint("`--from FOLDER` publishes a folder as it is: programs in `bin/`, libraries in `lib/`")
    })
}

/// The files of these folders, and none of the source's own. `package.exclude` and `.lfnignore` are about the
/// function's archive, which leaves dependencies out that are in a layer; only what lfn never packages stays out.
fn select(root: &Path, trees: Vec<Tree>) -> anyhow::Result<Selection> {
    let holds_something = |tree: &Tree| {
        let mut entries = tree.folder.read_dir().into_iter().flatten();
        entries.next().is_some()
    };
    let trees: Vec<Tree> = trees.into_iter().filter(holds_something).collect();
    if trees.is_empty() {
        return Ok(Selection::default());
    }
    let ingredients = Ingredients {
        source: SourcePart::Included,
        trees,
    };
    package::select(root, &PackageConfig::default(), &ingredients).map_err(|problems| all(&problems, root))
}

async fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work)
        .await
        .expect("looking over files does not panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_needed_at_run_time_stays_where_it_lies() {
        let whole = |replaced: &[&str]| SourcePart::Whole {
            replaced: replaced.iter().map(|pattern| (*pattern).to_owned()).collect(),
        };
        for (part, folder, excluded) in [
            (whole(&[]), "node_modules/", Some(vec![])),
            (
                whole(&["/node_modules/jest/", "/other/"]),
                "node_modules/",
                Some(vec!["/jest/"]),
            ),
            (whole(&["/node_modules/"]), "node_modules/", None),
            (whole(&["/vendor/bundle/"]), "vendor/bundle/ruby/", None),
            (SourcePart::Included, "node_modules/", None),
        ] {
            let tree = lying_there(Path::new("/project"), folder, &part);
            let found = tree.map(|tree| tree.exclude);
            let excluded = excluded.map(|patterns| patterns.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(found, excluded, "{part:?}");
        }
    }
}
