//! Which files differ from a commit, for who deploys only what changed.

use std::path::{Path, PathBuf};

use super::tool::Tools;
use crate::error::Problem;

/// The files of a repository that differ from a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The top of the repository.
    pub top: PathBuf,
    /// Whole paths: committed since, staged, changed in the working tree, deleted, or untracked and not ignored.
    pub files: Vec<PathBuf>,
}

/// Compares the working tree around a folder with a commit.
pub async fn changed_since(folder: &Path, revision: &str, tools: &Tools) -> anyhow::Result<Changed> {
    let failed = |why: String| Problem::failed(format!("could not find out what changed since `{revision}`: {why}"));
    let git = tools.find("git").ok_or_else(|| {
        failed("`git` is not installed, or not on the PATH".into()).hint("name the functions to deploy instead")
    })?;
    let said = |said: &str| said.lines().next().unwrap_or("git does not say why").trim().to_owned();
    let top = git.attempt(folder, ["rev-parse", "--show-toplevel"], []).await?;
    let top = top.map_err(|why| {
        failed(said(&why)).hint("this needs a git repository around the folder; name the functions to deploy instead")
    })?;
    let top = PathBuf::from(top.trim_end_matches(['\r', '\n']));
    let top = top.canonicalize().unwrap_or(top);

    let no_commit = || {
        failed("there is no such commit in this repository".into()).hint(
            "`git log` shows what there is; a shallow clone holds only the newest: fetch more with `git fetch --unshallow`, \
             or `fetch-depth: 0` of actions/checkout",
        )
    };
    // A word that begins with a hyphen would be an option.
    if revision.is_empty() || revision.starts_with('-') {
        return Err(no_commit().into());
    }
    let commit = format!("{revision}^{{commit}}");
    let commit = git
        .attempt(&top, ["rev-parse", "--verify", "--quiet", &commit], [])
        .await?;
    let commit = commit.map_err(|_| no_commit())?;

    // `--no-optional-locks`: looking must not get in the way of the person's own git.
    let tracked = [
        "--no-optional-locks",
        "diff",
        "--name-only",
        "--no-renames",
        "-z",
        commit.trim(),
        "--",
    ];
    let untracked = ["ls-files", "--others", "--exclude-standard", "-z"];
    let (tracked, untracked) = tokio::join!(git.attempt(&top, tracked, []), git.attempt(&top, untracked, []));
    let tracked = tracked?.map_err(|why| failed(said(&why)))?;
    let untracked = untracked?.map_err(|why| failed(said(&why)))?;
    let names = tracked
        .split('\0')
        .chain(untracked.split('\0'))
        .filter(|name| !name.is_empty());
    let files = names.map(|name| top.join(name)).collect();
    Ok(Changed { top, files })
}
