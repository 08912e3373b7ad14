//! `lfn init`: a new function from an embedded template.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Outcome;
use crate::ctx::{Ctx, FILE};
use crate::domain::names::FunctionName;
use crate::error::{Kind, Problem};
use crate::templates::{self, TemplateFile};
use crate::ui::style;

/// Make a new function from a template
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// The folder to make it in
    #[arg(default_value = ".", hide_default_value = true, value_name = "DIR")]
    folder: PathBuf,

    /// The template: node, python or custom
    #[arg(long, short, env = "LFN_TEMPLATE", value_name = "TEMPLATE")]
    template: Option<String>,

    /// The function's name [default: the folder's]
    #[arg(long, env = "LFN_NAME", value_name = "NAME")]
    name: Option<FunctionName>,
}

/// Runs `lfn init`.
pub async fn run(args: &InitArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let folder = if args.folder == Path::new(".") {
        ctx.dir().to_path_buf()
    } else {
        ctx.at(&args.folder)
    };
    let name = args.name.clone().map_or_else(|| name_of(&folder), Ok)?;
    let template = template(args, ctx).await?;
    let files = templates::render(&template, name.as_str()).ok_or_else(|| unknown(&template))?;
    refuse_overwriting(&folder, &files)?;
    for file in &files {
        write(&folder, file)?;
    }
    for file in &files {
        ctx.ui.status(format_args!(
            "  {} {}",
            style::added("+"),
            within(&folder, &file.path).display()
        ));
    }
    let there = if folder == Path::new(".") {
        String::new()
    } else {
        format!("-C {} ", folder.display())
    };
    ctx.ui.hint(format_args!(
        "`lfn {there}deploy --local` packages, deploys and releases it on this machine, with no account"
    ));
    ctx.ui.data(within(&folder, Path::new(FILE)).display())?;
    Ok(Outcome::Done)
}

/// A path in a folder, without the `./` that says nothing.
fn within(folder: &Path, path: &Path) -> PathBuf {
    if folder == Path::new(".") {
        path.to_path_buf()
    } else {
        folder.join(path)
    }
}

async fn template(args: &InitArgs, ctx: &Ctx) -> anyhow::Result<String> {
    if let Some(name) = &args.template {
        return Ok(name.clone());
    }
    let choices = templates::names()
        .iter()
        .map(|info| format!("{:<8} {}", info.name, info.description))
        .collect();
    let chosen = ctx.ui.choose("Which template", choices, "template NAME").await?;
    Ok(templates::names()[chosen].name.to_owned())
}

fn unknown(template: &str) -> Problem {
    let names: Vec<&str> = templates::names().iter().map(|info| info.name).collect();
    Problem::new(Kind::Usage, format!("there is no template `{template}`"))
        .hint(format!("choose one of {}", names.join(", ")))
}

/// The folder's own name, with what Lambda does not allow in a name turned into `-`.
fn name_of(folder: &Path) -> anyhow::Result<FunctionName> {
    // A folder that is there may be named `..`; one that is not has only the name that was given.
    let absolute = std::fs::canonicalize(folder)
        .or_else(|_| std::path::absolute(folder))
        .with_context(|| format!("could not resolve `{}`", folder.display()))?;
    let base = absolute
        .components()
        .next_back()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .unwrap_or_default();
    let allowed = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
            c
        } else {
            '-'
        }
    };
    let cleaned: String = base.chars().map(allowed).take(64).collect();
    FunctionName::new(cleaned.trim_matches('-')).map_err(|error| {
        Problem::failed(format!("the folder's name `{base}` makes no function name"))
            .hint("name the function with `--name`")
            .caused_by(error)
            .into()
    })
}

fn refuse_overwriting(folder: &Path, files: &[TemplateFile]) -> anyhow::Result<()> {
    let there: Vec<String> = files
        .iter()
        .map(|file| file.path.display().to_string())
        .filter(|path| folder.join(path).exists())
        .collect();
    if there.is_empty() {
        return Ok(());
    }
    let place = if folder == Path::new(".") {
        "this folder".to_owned()
    } else {
        format!("`{}`", folder.display())
    };
    let message = format!("{place} has {} already; nothing was written", there.join(", "));
    Err(Problem::failed(message)
        .hint("name another folder: `lfn init DIR`")
        .into())
}

fn write(folder: &Path, file: &TemplateFile) -> anyhow::Result<()> {
    let path = folder.join(&file.path);
    let failed = || format!("could not write `{}`", path.display());
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).with_context(failed)?;
    }
    std::fs::write(&path, &file.contents).with_context(failed)?;
    #[cfg(unix)]
    if file.executable {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).with_context(failed)?;
    }
    Ok(())
}
