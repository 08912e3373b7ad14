//! `lfn package`: build the archive that a deploy would upload.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Serialize;

use super::Outcome;
use super::prepare::{breakdown, build_archive, keep_to_budget};
use crate::ctx::Ctx;
use crate::domain::package::sizes::Breakdown;
use crate::domain::package::{Artifact, Entry};
use crate::error::Problem;
use crate::settings::switch;
use crate::ui::table::Table;
use crate::ui::{report, sizes, style};

/// Build the archive that a deploy would upload
#[derive(Debug, clap::Args)]
pub struct PackageArgs {
    /// Write to this file [default: .lfn/NAME.zip]
    #[arg(long, short, value_name = "FILE", env = "LFN_OUTPUT")]
    output: Option<PathBuf>,

    /// Say what takes the room: every dependency, who brings it, copies, and what could go
    #[arg(long, env = "LFN_WHY", value_parser = switch)]
    why: bool,

    /// Write a page with a map of the archive to this file
    #[arg(long, value_name = "FILE", env = "LFN_REPORT")]
    report: Option<PathBuf>,
}

#[derive(Serialize)]
struct Answer<'a> {
    file: String,
    /// Base64, as Lambda prints it.
    sha256: &'a str,
    size: u64,
    unzipped: u64,
    files: &'a [Entry],
    /// With `--why`.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a Breakdown>,
}

/// How many of the largest files are listed.
const LARGEST: usize = 8;

/// Runs `lfn package`.
pub async fn run(args: &PackageArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let project = ctx.project()?;
    let default = || ctx.at(".lfn").join(format!("{}.zip", project.offline.name));
    let path = args.output.as_ref().map_or_else(default, |output| ctx.at(output));
    let report = args.report.as_ref().map(|report| ctx.at(report));
    refuse_to_overwrite(&path, b"PK", "an archive")?;
    if let Some(report) = &report {
        refuse_to_overwrite(report, report::BEGINNING.as_bytes(), "a report of lfn's")?;
    }
    for file in [Some(&path), report.as_ref()].into_iter().flatten() {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("could not make `{}`", folder.display()))?;
        }
        if contained(file, &project.source())? {
            let file = file.display();
            ctx.ui.warn(format_args!(
                "`{file}` lies in the packaged folder: the next archive would contain it"
            ));
            ctx.ui
                .hint("write it elsewhere, such as below `.lfn/`, or leave it out with `package.exclude`");
        }
    }
    let progress = ctx.ui.progress();
    progress.doing("packaging");
    let artifact = build_archive(ctx, &project, &path).await?;
    drop(progress);
    let why = (args.why || args.report.is_some())
        .then(|| breakdown(&project, &artifact))
        .transpose()?;
    if let (Some(report), Some(why)) = (&report, &why) {
        let page = report::page(why, &artifact, project.offline.name.as_str());
        std::fs::write(report, page).with_context(|| format!("could not write `{}`", report.display()))?;
        ctx.ui
            .status(format_args!("the map of the archive is in `{}`", report.display()));
    }
    answer(ctx, &artifact, why.as_ref().filter(|_| args.why))?;
    // An archive over its budget is looked at all the same: that is when the breakdown is needed.
    keep_to_budget(&project, &artifact)?;
    Ok(Outcome::Done)
}

/// Refuses a target that is there already and is something else: a slip of the pen must not cost a file.
pub(super) fn refuse_to_overwrite(path: &Path, beginning: &[u8], kind: &str) -> anyhow::Result<()> {
    let Ok(metadata) = path.metadata() else {
        return Ok(()); // it is not there, or writing it will say what is wrong
    };
    let mut found = Vec::new();
    if metadata.is_file() {
        File::open(path)
            .and_then(|file| file.take(beginning.len() as u64).read_to_end(&mut found))
            .with_context(|| format!("could not look at `{}`", path.display()))?;
    }
    // An empty file is nobody's work: `mktemp` makes such.
    if metadata.is_file() && (found.is_empty() || found == beginning) {
        return Ok(());
    }
    Err(
        Problem::failed(format!("`{}` is there already and is not {kind}", path.display()))
            .hint("write to another file, or move this one away")
            .into(),
    )
}

fn answer(ctx: &Ctx, artifact: &Artifact, why: Option<&Breakdown>) -> anyhow::Result<()> {
    if ctx.ui.json() {
        return ctx.ui.document(&Answer {
            file: artifact.path.display().to_string(),
            sha256: &artifact.digest.0,
            size: artifact.size,
            unzipped: artifact.unzipped,
            files: &artifact.entries,
            why,
        });
    }
    match why {
        Some(why) => {
            ctx.ui.data(sizes::render(why, artifact, ctx.ui.verbose()))?;
            ctx.ui.status(format_args!("\n{}", totals(artifact)));
        }
        None => ctx.ui.status(summary(artifact)),
    }
    Ok(ctx.ui.data(artifact.path.display())?)
}

/// Whether the archive is written where its own source is; `.lfn/` is never packaged.
pub(super) fn contained(archive: &Path, root: &Path) -> anyhow::Result<bool> {
    let real = |path: &Path| {
        // `out.zip` has an empty folder, which no system call takes.
        path.join(".")
            .canonicalize()
            .with_context(|| format!("could not resolve `{}`", path.display()))
    };
    let Some(folder) = archive.parent().filter(|_| root.is_dir()) else {
        return Ok(false); // packaging says what is wrong with the source folder
    };
    let (folder, root) = (real(folder)?, real(root)?);
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
    format!("{}{others}\n\n{}", table.render(), totals(artifact))
}

fn totals(artifact: &Artifact) -> String {
    format!(
        "{}, {} zipped, {} unzipped, sha256 {}",
        style::count(artifact.entries.len(), "file"),
        style::bytes(artifact.size),
        style::bytes(artifact.unzipped),
        artifact.digest
    )
}
