//! Plan files: `lfn plan --out FILE` writes one, `lfn deploy --plan FILE` applies just that or says what moved.
//!
//! A file is readable JSON. It has what the plan showed and what it rests on, and no value of the environment.
//! Its digest tells a file that was damaged or edited by accident; it is no signature, since whoever can write
//! the file can write the digest: keep plan files where only those can write who may deploy.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::package::{contained, refuse_to_overwrite};
use super::prepare::Prepared;
use crate::ctx::Ctx;
use crate::domain::fingerprint::hex;
use crate::domain::package::directory;
use crate::engine::reviewed::{Difference, Reviewed, Sealer, Standing};
use crate::error::{Kind, Problem};
use crate::ui::plan::PlanView;

/// The format that this lfn writes and reads.
const FORMAT: u64 = 1;
/// The key of the format, which every plan file begins with.
const FORMAT_KEY: &str = "lfn_plan";
/// How every plan file begins.
const BEGINNING: &str = "{\n  \"lfn_plan\"";
const DIGEST_KEY: &str = "digest";
/// The ending that keeps a plan out of the archive.
const ENDING: &str = "lfn";
/// The target of plans for the embedded Lambda.
const LOCAL: &str = "local";
/// The version of this lfn.
const LFN: &str = env!("CARGO_PKG_VERSION");

/// A plan file.
#[derive(Debug, Serialize, Deserialize)]
pub struct PlanFile {
    lfn_plan: u64,
    /// SHA-256 of all the rest.
    digest: String,
    /// The version of lfn that made it.
    lfn: String,
    /// When: RFC 3339.
    made: String,
    /// Whether the plan takes over a function that lfn did not make.
    pub adopt: bool,
    salt: String,
    /// The plan as it was shown.
    plan: Value,
    basis: Reviewed,
}

/// Refuses a place for a plan that holds something else.
pub fn refuse_other_files(path: &Path) -> anyhow::Result<()> {
    refuse_to_overwrite(path, BEGINNING.as_bytes(), "a plan of lfn's")
}

/// Writes a plan that was shown to a file that only its owner may read, at once and whole.
pub fn write(ctx: &Ctx, path: &Path, adopt: bool, prepared: &Prepared, view: &PlanView) -> anyhow::Result<()> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Problem::failed(format!("could not get random bytes: {error}")))?;
    let salt = hex(&bytes);
    let file = PlanFile {
        lfn_plan: FORMAT,
        digest: String::new(),
        lfn: LFN.to_owned(),
        made: Timestamp::now().to_string(),
        adopt,
        plan: serde_json::to_value(view)?,
        basis: reviewed(prepared, view.target, &salt)?,
        salt,
    };
    let mut document = serde_json::to_value(&file)?;
    document[DIGEST_KEY] = digest(&document).into();
    let failed = || format!("could not write `{}`", path.display());
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let put = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        // Such files are their owner's alone.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        writeln!(file, "{}", serde_json::to_string_pretty(&document)?)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    put().with_context(failed)?;
    if path.extension().is_none_or(|ending| ending != ENDING) && contained(path, &prepared.source)? {
        ctx.ui.warn(format_args!(
            "`{}` lies in the packaged folder: the next archive would contain it, and be another than the plan's",
            path.display()
        ));
        ctx.ui.hint(format_args!(
            "name it `….{ENDING}`, which is never packaged, or write it elsewhere"
        ));
    }
    let path = path.display();
    ctx.ui.status(format_args!(
        "the plan is in `{path}`: `lfn deploy --plan {path}` applies just that"
    ));
    Ok(())
}

/// What a plan rests on.
fn reviewed(prepared: &Prepared, target: &str, salt: &str) -> anyhow::Result<Reviewed> {
    let Prepared {
        desired,
        observed,
        plan,
        ..
    } = prepared;
    let files = directory::list(&desired.artifact.path).context("could not look into the archive")?;
    let mut sealer = Sealer::new(salt);
    Ok(Reviewed::new(target, desired, observed, plan, &files, &mut sealer))
}

/// The digest of everything but the digest itself.
fn digest(document: &Value) -> String {
    let mut rest = document.clone();
    if let Some(fields) = rest.as_object_mut() {
        fields.shift_remove(DIGEST_KEY);
    }
    hex(&Sha256::digest(rest.to_string()))
}

impl PlanFile {
    /// Reads a plan file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        // Reading a FIFO would wait for a writer.
        if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
            return Err(no_plan(path, "is not a file").into());
        }
        let text = std::fs::read(path).map_err(|error| {
            Problem::failed(format!("could not read `{shown}`"))
                .hint("`lfn plan --out FILE` makes a plan file")
                .caused_by(error)
        })?;
        let document: Value = match serde_json::from_slice(&text) {
            Ok(document) => document,
            Err(error) if text.starts_with(BEGINNING.as_bytes()) => {
                let place = format!("line {}, column {}", error.line(), error.column());
                let what = if error.is_eof() {
                    "is not whole: it ends"
                } else {
                    "is damaged"
                };
                return Err(no_plan(path, &format!("{what} at {place}")).into());
            }
            Err(_) => return Err(no_plan(path, "is not a plan of lfn's").into()),
        };
        let by = document["lfn"].as_str().unwrap_or("another version");
        match document[FORMAT_KEY].as_u64() {
            Some(FORMAT) => {}
            Some(format) if format > FORMAT => {
                let message = format!(
                    "`{shown}` was written by lfn {by} in format {format}; this is lfn {LFN}, which reads {FORMAT}"
                );
                return Err(Problem::failed(message)
                    .hint("apply it with the lfn that made it, or make the plan again with this one")
                    .into());
            }
            _ => return Err(no_plan(path, "is not a plan of lfn's").into()),
        }
        if document[DIGEST_KEY].as_str() != Some(&digest(&document)) {
            return Err(no_plan(path, "was changed after lfn wrote it").into());
        }
        let broken = |error: serde_json::Error| no_plan(path, "does not have what a plan has").caused_by(error);
        Ok(serde_json::from_value(document).map_err(broken)?)
    }

    /// The context in which the plan is applied: its stage, which no flag may contradict, and no other flag
    /// that would make another plan of it.
    pub fn context(&self, ctx: &Ctx, adopt: bool) -> anyhow::Result<Ctx> {
        if (self.basis.scene.target == LOCAL) != ctx.settings.local {
            let problem = if ctx.settings.local {
                let hint = "leave `--local` (or `LFN_LOCAL`) out, or make a plan with it";
                Problem::failed("the plan is for AWS, and the command for the embedded Lambda").hint(hint)
            } else {
                Problem::failed("the plan is for the embedded Lambda, and the command for AWS").hint("pass `--local`")
            };
            return Err(problem.into());
        }
        let stage = self.basis.scene.stage.as_ref();
        if let Some(asked) = ctx.settings.stage.as_ref().filter(|asked| Some(*asked) != stage) {
            let made = stage.map_or_else(|| "no stage".to_owned(), |stage| format!("stage `{stage}`"));
            let message = format!("the plan is for {made}, and the command for stage `{asked}`");
            return Err(Problem::new(Kind::Usage, message)
                .hint("leave `--stage` (or `LFN_STAGE`) out: the plan has the stage")
                .into());
        }
        if adopt && !self.adopt {
            return Err(Problem::new(
                Kind::Usage,
                "`--adopt` cannot be added to a plan that was made without it",
            )
            .hint("pass it to `lfn plan --out`, so that the plan shows what is taken over")
            .into());
        }
        let mut settings = ctx.settings.clone();
        settings.stage = stage.cloned();
        Ok(Ctx {
            settings,
            ui: ctx.ui.clone(),
            stop: ctx.stop.clone(),
            given: ctx.given.clone(),
        })
    }

    /// Whether the plan still holds, now that everything was looked at again.
    pub fn standing(&self, prepared: &Prepared, view: &PlanView) -> anyhow::Result<Standing> {
        let now = reviewed(prepared, view.target, &self.salt)?;
        Ok(self.basis.standing(&now, &prepared.plan))
    }

    /// What is said when the plan does not hold any more.
    pub fn moved(&self, ctx: &Ctx, view: &PlanView, differences: &[Difference]) -> Problem {
        let mut message = format!(
            "the plan of `{}` does not hold any more; nothing was changed{}",
            self.basis.scene.function,
            view.moved(differences, ctx.ui.verbose())
        );
        if self.lfn != LFN {
            write!(
                message,
                "\n\nthe plan was made by lfn {}, and this is lfn {LFN}",
                self.lfn
            )
            .expect("writing to a String cannot fail");
        }
        let problem = Problem::failed(message);
        let elsewhere = differences.iter().any(|one| one.kind == "region");
        let problem = if elsewhere {
            problem.hint(format!("pass `--region {}` to apply it", self.basis.scene.region))
        } else {
            problem
        };
        problem.hint("look at it again: `lfn plan --out FILE` makes a new plan")
    }
}

fn no_plan(path: &Path, why: &str) -> Problem {
    Problem::failed(format!("`{}` {why}", path.display())).hint("`lfn plan --out FILE` makes a plan file")
}
