//! Which functions a command is for: paths, everything below the folder, and of those what changed since a commit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::inputs::Inputs;
use crate::build::{self, Changed};
use crate::ctx::{Ctx, FILE};
use crate::domain::config::{self, Inputs as Given};
use crate::error::{Kind, Problem};
use crate::settings::{self, switch};
use crate::ui::style;

/// Which functions, and how many at a time
#[derive(Debug, clap::Args)]
pub struct Selection {
    /// Folders of functions, or their lambda.yaml [default: this folder]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Every function below this folder; what git ignores and hidden folders are left out
    #[arg(long, env = "LFN_ALL", value_parser = switch)]
    all: bool,

    /// Of the functions named, or of all, those that changed since this commit
    #[arg(long, value_name = "REV", env = "LFN_CHANGED_SINCE")]
    changed_since: Option<String>,

    /// How many functions to work on at a time; of these, as many are packaged at once as there are cores
    #[arg(
        long,
        value_name = "N",
        env = "LFN_JOBS",
        default_value_t = 16,
        value_parser = clap::value_parser!(u16).range(1..=1000)
    )]
    jobs: u16,
}

/// What was selected.
#[derive(Debug, PartialEq, Eq)]
pub enum Selected {
    /// One function, and its folder where it is not the one to work in.
    One(Option<PathBuf>),
    /// The folders of functions, told as from the folder to work in.
    Many(Vec<PathBuf>),
}

impl Selection {
    /// How many functions to work on at a time.
    pub fn jobs(&self) -> usize {
        self.jobs.into()
    }

    /// Finds the functions. A path without one is an error, and so is the same one twice.
    pub async fn functions(&self, ctx: &Ctx) -> anyhow::Result<Selected> {
        if self.all && !self.paths.is_empty() {
            let problem = Problem::new(Kind::Usage, "`--all` is for every function, and some are named");
            return Err(problem.hint("leave out the paths, or `--all`").into());
        }
        let everything = self.all || (self.paths.is_empty() && self.changed_since.is_some());
        let folders = match (&self.paths[..], everything) {
            (_, true) => below(ctx)?,
            ([], false) => return Ok(Selected::One(None)),
            (paths, false) => paths
                .iter()
                .map(|path| folder(ctx, path))
                .collect::<anyhow::Result<_>>()?,
        };
        refuse_twice(ctx, &folders)?;
        match &self.changed_since {
            Some(revision) => Ok(Selected::Many(changed(ctx, folders, revision).await?)),
            None if self.paths.len() == 1 => Ok(Selected::One(folders.into_iter().next())),
            None => Ok(Selected::Many(folders)),
        }
    }
}

/// The folder that a path names.
fn folder(ctx: &Ctx, path: &Path) -> anyhow::Result<PathBuf> {
    let there = ctx.at(path);
    if there.is_dir() && there.join(FILE).is_file() {
        return Ok(path.to_path_buf());
    }
    if there.is_file() && path.file_name().is_some_and(|name| name == FILE) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        return Ok(folder.unwrap_or(Path::new(".")).to_path_buf());
    }
    let why = if there.is_dir() {
        format!("there is no {FILE} in `{}`", path.display())
    } else if there.exists() {
        format!("`{}` is no folder and no {FILE}", path.display())
    } else {
        format!("there is no folder `{}`", path.display())
    };
    Err(Problem::failed(why)
        .hint(format!("name folders with a {FILE}; `--all` finds them below a folder"))
        .into())
}

fn below(ctx: &Ctx) -> anyhow::Result<Vec<PathBuf>> {
    let mut walk = WalkBuilder::new(ctx.dir());
    // `.ignore` is for searching; a repository without git has its `.gitignore` all the same.
    walk.hidden(true).ignore(false).require_git(false);
    walk.filter_entry(|entry| entry.file_name() != "node_modules");
    let files = walk
        .build()
        .flatten()
        .filter(|entry| entry.file_name() == FILE && entry.path().is_file());
    let mut folders: Vec<PathBuf> = files
        .filter_map(|entry| {
            let folder = entry.path().parent()?.strip_prefix(ctx.dir()).ok()?;
            let here = folder.as_os_str().is_empty();
            Some(if here { PathBuf::from(".") } else { folder.to_path_buf() })
        })
        .collect();
    folders.sort_unstable();
    if folders.is_empty() {
        let problem = Problem::failed(format!("there is no {FILE} below `{}`", ctx.dir().display()));
        return Err(problem
            .hint("name the folders of the functions, or the folder above them with `-C DIR`")
            .into());
    }
    Ok(folders)
}

fn refuse_twice(ctx: &Ctx, folders: &[PathBuf]) -> anyhow::Result<()> {
    let mut seen = BTreeMap::new();
    for folder in folders {
        let there = ctx.at(folder);
        if let Some(before) = seen.insert(there.canonicalize().unwrap_or(there), folder) {
            let (folder, before) = (folder.display(), before.display());
            let message = format!("`{folder}` is named twice, as `{before}` and as `{folder}`");
            return Err(Problem::failed(message).hint("name each function once").into());
        }
    }
    Ok(())
}

/// Those of the functions that a change since the commit may concern.
async fn changed(ctx: &Ctx, folders: Vec<PathBuf>, revision: &str) -> anyhow::Result<Vec<PathBuf>> {
    let changed = build::changed_since(ctx.dir(), revision, &ctx.tools()).await?;
    let all = folders.len();
    let folders: Vec<PathBuf> = folders
        .into_iter()
        .filter(|folder| concerns(ctx, folder, &changed))
        .collect();
    let of = style::count(all, "function");
    ctx.ui.status(match folders.len() {
        0 => format!("none of {of} changed since `{revision}`"),
        number => format!("{number} of {of} changed since `{revision}`"),
    });
    Ok(folders)
}

fn concerns(ctx: &Ctx, folder: &Path, changed: &Changed) -> bool {
    let whole = |path: PathBuf| path.canonicalize().unwrap_or(path);
    let folder = ctx.at(folder);
    let text = std::fs::read_to_string(folder.join(FILE)).unwrap_or_default();
    let given = Given {
        stage: ctx.settings.stage.as_ref(),
        place: None,
        env: &settings::env,
    };
    // What a file with mistakes takes in is not known; who deploys has to hear of them.
    let Some(config) = config::load(&text, &given).config else {
        return true;
    };
    let source = whole(folder.join(&config.package.source));
    let inputs = Inputs::of(&whole(folder), &source, &config, &changed.top);
    changed.files.iter().any(|file| inputs.hold(file))
}
