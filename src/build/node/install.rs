//! Running a package manager on the copies, and keeping what the function needs of the result.
//!
//! Install scripts are not run: they would run on this machine, not on the target, and whatever the
//! registry sends would run with the user's rights. Native packages bring their binaries as packages of
//! their own, chosen by `os`, `cpu` and `libc`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};

use super::super::tool::Tool;
use super::project::Project;
use super::stage::Staged;
use super::tree::Graph;
use crate::domain::config::yaml_value;
use crate::domain::package::node::{Flavor, Platform};
use crate::error::Problem;

/// How much of a manager's complaint is shown.
const SHOWN_LINES: usize = 40;

/// Changes when the same command makes something else, so that what earlier editions left is not taken.
pub const EDITION: &str = "2";

/// What a package manager is asked to do.
#[derive(Debug)]
pub struct Command {
    flavor: Flavor,
    arguments: Vec<String>,
}

impl Command {
    /// As one would type it.
    pub fn shown(&self) -> String {
        format!("{} {}", self.flavor.program(), self.arguments.join(" "))
    }
}

/// The command that installs production dependencies for a platform, by the lock file alone.
pub fn command(flavor: Flavor, platform: Platform, project: &Project) -> Command {
    let Platform { os, cpu, libc } = platform;
    let target = [format!("--os={os}"), format!("--cpu={cpu}")];
    let libc = format!("--libc={libc}");
    let member = project.package.strip_prefix(&project.root).ok();
    let member = member.filter(|member| !member.as_os_str().is_empty());
    let member = member.map(|member| member.to_string_lossy().replace('\\', "/"));
    let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<String>>();
    let arguments = match flavor {
        Flavor::Npm => {
            let mut all = words(&[
                "ci",
                "--omit=dev",
                "--ignore-scripts",
                "--no-bin-links",
                "--no-audit",
                "--no-fund",
            ]);
            all.extend(target);
            all.push(libc);
            all.extend(member.map(|member| format!("--workspace={member}")));
            all
        }
        Flavor::Pnpm => {
            let filter = member.map(|member| ["--filter".into(), format!("{{{member}}}...")]);
            let mut all: Vec<String> = filter.into_iter().flatten().collect();
            all.extend(words(&[
                "install",
                "--prod",
                "--frozen-lockfile",
                "--ignore-scripts",
                "--config.node-linker=isolated",
            ]));
            all
        }
        // It cannot install for another platform, so it takes all of them, and the others are left out later.
        Flavor::YarnClassic => words(&[
            "install",
            "--production",
            "--frozen-lockfile",
            "--ignore-scripts",
            "--ignore-platform",
            "--ignore-engines",
            "--non-interactive",
            "--no-progress",
            "--no-bin-links",
        ]),
        Flavor::YarnBerry => words(&["install", "--immutable", "--mode=skip-build"]),
        // Source: tried with bun 1.4; bun 1.2 ignores `--os` and `--cpu` with a frozen lock file.
        Flavor::Bun => {
            let mut all = words(&[
                "install",
                "--production",
                "--frozen-lockfile",
                "--ignore-scripts",
                "--linker=hoisted",
            ]);
            all.extend(words(&["--no-progress", "--no-summary"]));
            all.extend(target);
            all
        }
    };
    Command { flavor, arguments }
}

/// Which version a program is, without running it: by the package it belongs to, or by its file.
pub fn identity(tool: &Tool) -> String {
    let program = tool
        .program()
        .canonicalize()
        .unwrap_or_else(|_| tool.program().to_path_buf());
    let package = program.ancestors().skip(1).take(4).find_map(|folder| {
        let text = fs::read_to_string(folder.join("package.json")).ok()?;
        let value: Value = serde_json::from_str(&text).ok()?;
        Some(format!(
            "{} {}",
            value.get("name")?.as_str()?,
            value.get("version")?.as_str()?
        ))
    });
    package.unwrap_or_else(|| {
        let metadata = program.metadata().ok();
        let changed = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
        format!(
            "{} {:?} {changed:?}",
            program.display(),
            metadata.map(|metadata| metadata.len())
        )
    })
}

/// Installs into an unfinished folder of the cache.
pub async fn install(
    tool: Tool,
    command: Command,
    staged: &Staged,
    project: &Project,
    folder: PathBuf,
    (platform, only): (Platform, Option<&[String]>),
) -> anyhow::Result<()> {
    let folder = folder
        .canonicalize()
        .context("could not find the folder that was just made")?;
    let work = folder.join("work");
    staged.write(&work)?;
    let here = |path: &Path| work.join(path.strip_prefix(&staged.base).unwrap_or(path));
    let root = here(&project.root);
    let arguments = match command.flavor {
        Flavor::Pnpm => prepare_pnpm(&root, platform, &command.arguments)?,
        Flavor::YarnBerry => prepare_berry(&root, platform, &command.arguments)?,
        Flavor::Npm | Flavor::YarnClassic | Flavor::Bun => command.arguments.clone(),
    };
    let run = tool.attempt(&root, arguments, variables()).await?;
    run.map_err(|said| complaint(&said, &command))?;
    let package = here(&project.package);
    let graph = Graph::read(&package, &project.manifest, &work, (platform, only))?;
    let target = folder.clone();
    tokio::task::spawn_blocking(move || graph.write(&target))
        .await
        .expect("copying files does not panic")?;
    fs::remove_dir_all(&work).with_context(|| format!("could not remove `{}`", work.display()))
}

/// No questions, no colours, no news, no scripts.
fn variables() -> impl Iterator<Item = (&'static str, String)> {
    [
        ("CI", "true"),
        ("NO_COLOR", "1"),
        ("NODE_ENV", "production"),
        ("npm_config_update_notifier", "false"),
        ("npm_config_progress", "false"),
        // The managers' own value is ten seconds and then a minute, without a word.
        ("npm_config_fetch_retry_mintimeout", "1000"),
        ("npm_config_fetch_retry_maxtimeout", "5000"),
        ("pnpm_config_fetch_retry_mintimeout", "1000"),
        ("pnpm_config_fetch_retry_maxtimeout", "5000"),
        ("COREPACK_ENABLE_DOWNLOAD_PROMPT", "0"),
        ("YARN_ENABLE_TELEMETRY", "0"),
        ("YARN_ENABLE_PROGRESS_BARS", "0"),
        ("YARN_ENABLE_GLOBAL_CACHE", "true"),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.to_owned()))
}

/// pnpm reads the platform from pnpm-workspace.yaml since version 10, from package.json up to version 10.
/// Source: pnpm documentation, settings, `supportedArchitectures`; tried with 10 and 12.
fn prepare_pnpm(root: &Path, platform: Platform, arguments: &[String]) -> anyhow::Result<Vec<String>> {
    let wanted = architectures(platform);
    let path = root.join("package.json");
    let text = fs::read_to_string(&path).unwrap_or_else(|_| "{}".into());
    let mut manifest: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_else(|_| json!({}));
    manifest["pnpm"]["supportedArchitectures"] = wanted.clone();
    write(&path, &manifest)?;
    let path = root.join("pnpm-workspace.yaml");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let mut settings = yaml_value(&text).filter(Value::is_object).unwrap_or_else(|| json!({}));
    settings["supportedArchitectures"] = wanted;
    // pnpm 9 refuses the file without packages.
    if settings.get("packages").is_none() {
        settings["packages"] = json!(["."]);
    }
    write(&path, &settings)?;
    Ok(arguments.to_vec())
}

/// Berry reads the platform from `.yarnrc.yml`, and installs all kinds of dependencies with `--immutable`.
/// Source: Yarn documentation, `.yarnrc.yml`, `supportedArchitectures`.
fn prepare_berry(root: &Path, platform: Platform, arguments: &[String]) -> anyhow::Result<Vec<String>> {
    let path = root.join(".yarnrc.yml");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let mut settings = yaml_value(&text).filter(Value::is_object).unwrap_or_else(|| json!({}));
    settings["nodeLinker"] = "node-modules".into();
    settings["supportedArchitectures"] = architectures(platform);
    settings["enableScripts"] = false.into();
    write(&path, &settings)?;
    Ok(arguments.to_vec())
}

fn architectures(platform: Platform) -> Value {
    json!({ "os": [platform.os], "cpu": [platform.cpu], "libc": [platform.libc] })
}

/// JSON is YAML too.
fn write(path: &Path, value: &Value) -> anyhow::Result<()> {
    fs::write(path, format!("{value:#}\n")).with_context(|| format!("could not write `{}`", path.display()))
}

/// A manager's complaint with the next move.
fn complaint(said: &str, command: &Command) -> anyhow::Error {
    let lines: Vec<&str> = said
        .lines()
        // npm goes on with its whole help.
        .take_while(|line| !line.contains("Clean install a project"))
        .filter(|line| !line.trim().is_empty() && !line.contains("    at "))
        .take(SHOWN_LINES)
        .collect();
    Problem::failed(format!("`{}` failed:\n  {}", command.shown(), lines.join("\n  ")))
        .hint(advice(said, command.flavor.program()))
        .into()
}

/// The next move after what a manager said.
/// Source: the managers' own messages, npm 11, pnpm 10 and 12, yarn 1 and 4, bun 1.
fn advice(said: &str, name: &str) -> String {
    let says = |texts: &[&str]| texts.iter().any(|text| said.contains(text));
    if says(&[
        "`npm ci` can only install packages when",
        "ERR_PNPM_OUTDATED_LOCKFILE",
        "ERR_PNPM_LOCKFILE_CONFIG_MISMATCH",
        "Your lockfile needs to be updated",
        "YN0028",
        "lockfile had changes, but lockfile is frozen",
    ]) {
        format!("the lock file does not fit package.json: run `{name} install`, and commit the lock file")
    } else if says(&[
        "ERR_PNPM_NO_LOCKFILE",
        "ERR_PNPM_BROKEN_LOCKFILE",
        "ERR_PNPM_LOCKFILE_BREAKING_CHANGE",
        "ERR_PNPM_LOCKFILE_MISSING_DEPENDENCY",
        "can only install with an existing package-lock.json",
    ]) {
        format!("this {name} cannot use the lock file: run `{name} install`, and commit the lock file")
    } else if says(&[
        "ECONNREFUSED",
        "ECONNRESET",
        "ENOTFOUND",
        "ETIMEDOUT",
        "EAI_AGAIN",
        "ENETUNREACH",
        "ConnectionRefused",
        "trouble with your network connection",
    ]) {
        "the registry cannot be reached: check the network, `HTTPS_PROXY`, and the registry in `.npmrc`".to_owned()
    } else {
        format!("this is what {name} says; nothing in the project was touched")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_ends_with_the_next_move_and_holds_no_stack() {
        for (said, expected) in [
            ("npm error code ECONNREFUSED", "the registry cannot be reached"),
            (
                "RequestError: getaddrinfo EAI_AGAIN x",
                "the registry cannot be reached",
            ),
            ("ERR_PNPM_NO_LOCKFILE  Cannot install", "run `pnpm install`, and commit"),
            ("YN0028: The lockfile would have been", "does not fit package.json"),
            ("no space left", "this is what pnpm says"),
        ] {
            assert!(advice(said, "pnpm").contains(expected), "{said}");
        }
        let command = Command {
            flavor: Flavor::Npm,
            arguments: vec!["ci".into()],
        };
        let said = "npm error network down\nnpm error     at emit (node:events:508:28)\n";
        assert_eq!(
            complaint(said, &command).to_string(),
            "`npm ci` failed:\n  npm error network down"
        );
    }
}
