//! `lfn package`: build the archive that a deploy would upload.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;

use super::Outcome;
use super::prepare::pack;
use crate::ctx::{Ctx, Project};
use crate::domain::package::{Artifact, Entry};
use crate::ui::style;
use crate::ui::table::Table;

/// Build the archive that a deploy would upload
#[derive(Debug, clap::Args)]
pub struct PackageArgs {
    /// Write to this file [default: .lfn/NAME.zip]
    #[arg(long, short, value_name = "FILE", env = "LFN_OUTPUT")]
    output: Option<PathBuf>,
}

#[derive(Serialize)]
struct Answer<'a> {
    file: String,
    /// Base64, as Lambda prints it.
    sha256: &'a str,
    size: u64,
    unzipped: u64,
    files: &'a [Entry],
}

/// How many of the largest files are listed.
const LARGEST: usize = 8;

/// Runs `lfn package`.
pub async fn run(args: &PackageArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let project = ctx.project()?;
    let default = || ctx.at(".lfn").join(format!("{}.zip", project.offline.name));
    let path = args.output.as_ref().map_or_else(default, |output| ctx.at(output));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("could not make `{}`", folder.display()))?;
    }
    if contained(&path, &project)? {
        let file = path.display();
        ctx.ui.warn(format_args!(
            "`{file}` lies in the packaged folder: the next archive would contain it"
        ));
        ctx.ui
            .hint("write it elsewhere, or leave it out with `package.exclude`");
    }
    let progress = ctx.ui.progress();
    progress.doing("packaging");
    let artifact = pack(ctx, &project, &path).await?;
    drop(progress);
    if ctx.ui.json() {
        let Artifact {
            path,
            digest,
            size,
            unzipped,
            entries,
        } = &artifact;
        let file = path.display().to_string();
        ctx.ui.document(&Answer {
            file,
            sha256: &digest.0,
            size: *size,
            unzipped: *unzipped,
            files: entries,
        })?;
    } else {
        ctx.ui.status(summary(&artifact));
        ctx.ui.data(artifact.path.display())?;
    }
    Ok(Outcome::Done)
}

/// Whether the archive is written where its own source is; `.lfn/` is never packaged.
fn contained(archive: &Path, project: &Project) -> anyhow::Result<bool> {
    let real = |path: &Path| {
        // `out.zip` has an empty folder, which no system call takes.
        path.join(".")
            .canonicalize()
            .with_context(|| format!("could not resolve `{}`", path.display()))
    };
    let Some(folder) = archive.parent() else {
        return Ok(false);
    };
    let root = project.dir.join(&project.offline.package.source);
    let (folder, root) = (real(folder)?, real(&root)?);
    Ok(folder
        .strip_prefix(&root)
        .is_ok_and(|inside| !inside.starts_with(".lfn")))
}

fn summary(artifact: &Artifact) -> String {
    let mut largest: Vec<&Entry> = artifact.entries.iter().collect();
    largest.sort_by_key(|entry| std::cmp::Reverse(entry.compressed));
    let mut table = Table::new(&["in archive", "unzipped", "file"]);
    for entry in largest.iter().take(LARGEST) {
        table.row(vec![
            style::bytes(entry.compressed),
            style::bytes(entry.size),
            entry.name.clone(),
        ]);
    }
    let others = largest.len().saturating_sub(LARGEST);
    let others = if others == 0 {
        String::new()
    } else {
        format!(
            "\n{}",
            style::dim(format_args!("… and {}", style::count(others, "more file")))
        )
    };
    format!(
        "{}{others}\n\n{}, {} zipped, {} unzipped, sha256 {}",
        table.render(),
        style::count(artifact.entries.len(), "file"),
        style::bytes(artifact.size),
        style::bytes(artifact.unzipped),
        artifact.digest
    )
}
