//! Running other programs: finding them, what they say, and what to do when they fail.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use anyhow::Context as _;
use tokio::process::Command;

use crate::error::Problem;

/// How much of a failed program's output is shown.
const SHOWN_LINES: usize = 40;

/// Where programs are looked for.
#[derive(Debug, Clone)]
pub struct Tools {
    path: OsString,
}

/// A program that is there.
#[derive(Debug, Clone)]
pub struct Tool {
    pub name: String,
    program: PathBuf,
    path: OsString,
}

/// What a program wrote to its standard output.
pub type Output = String;

impl Tools {
    /// Looks in the folders of this `PATH`.
    pub fn new(path: impl Into<OsString>) -> Self {
        Self { path: path.into() }
    }

    /// The program of this name, if there is one.
    pub fn find(&self, name: &str) -> Option<Tool> {
        let endings: &[&str] = if cfg!(windows) {
            &[".exe", ".cmd", ".bat", ""]
        } else {
            &[""]
        };
        let folders = std::env::split_paths(&self.path);
        let candidates = folders.flat_map(|folder| endings.iter().map(move |end| folder.join(format!("{name}{end}"))));
        let program = candidates.into_iter().find(|path| is_program(path))?;
        Some(self.at(name, program))
    }

    /// A program at a known place, such as one of the project's own.
    pub fn at(&self, name: &str, program: impl Into<PathBuf>) -> Tool {
        Tool {
            name: name.to_owned(),
            program: program.into(),
            path: self.path.clone(),
        }
    }
}

impl Tool {
    /// Its file.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// What it prints when asked for its version, on one line.
    pub async fn version(&self, argument: &str) -> anyhow::Result<String> {
        let output = self.run(Path::new("."), [argument], []).await?;
        Ok(output.lines().next().unwrap_or_default().trim().to_owned())
    }

    /// Runs it in a folder and returns what it wrote to standard output. A failure shows the end of all it wrote.
    pub async fn run<A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: impl IntoIterator<Item = A>,
        variables: impl IntoIterator<Item = (&str, String)>,
    ) -> anyhow::Result<Output> {
        let command = self.command(folder, arguments, variables);
        let shown = shown(&self.name, &command);
        ended(command, &shown).await?.map_err(|(status, said)| {
            let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
            let end = lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n  ");
            Problem::failed(format!("`{shown}` ended with {status}:\n  {end}")).into()
        })
    }

    /// The same, for who explains a failure better: it is given all that the program wrote.
    pub async fn attempt<A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: impl IntoIterator<Item = A>,
        variables: impl IntoIterator<Item = (&str, String)>,
    ) -> anyhow::Result<Result<Output, String>> {
        let command = self.command(folder, arguments, variables);
        Ok(ended(command, &self.name).await?.map_err(|(_, said)| said))
    }

    fn command<'v, A: AsRef<OsStr>>(
        &self,
        folder: &Path,
        arguments: impl IntoIterator<Item = A>,
        variables: impl IntoIterator<Item = (&'v str, String)>,
    ) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(folder)
            .env("PATH", &self.path)
            .envs(variables)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }
}

/// Runs to the end: standard output, or how it failed and all that was written.
async fn ended(mut command: Command, shown: &str) -> anyhow::Result<Result<Output, (ExitStatus, String)>> {
    let output = command
        .output()
        .await
        .with_context(|| format!("could not run `{shown}`"))?;
    if output.status.success() {
        return Ok(Ok(String::from_utf8_lossy(&output.stdout).into_owned()));
    }
    let said = [output.stdout, output.stderr].concat();
    Ok(Err((output.status, String::from_utf8_lossy(&said).into_owned())))
}

/// The command line without the program's folder.
fn shown(name: &str, command: &Command) -> String {
    let arguments = command.as_std().get_args().map(OsStr::to_string_lossy);
    std::iter::once(name.into())
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failure_shows_what_the_program_said() {
        let tools = Tools::new("/usr/bin:/bin");
        let tool = tools.find("sh").unwrap();
        assert_eq!(
            tool.run(Path::new("/"), ["-c", "echo $A"], [("A", "b".into())])
                .await
                .unwrap(),
            "b\n"
        );
        let error = tool
            .run(Path::new("/"), ["-c", "echo out; echo why >&2; exit 3"], [])
            .await
            .unwrap_err();
        let message = error.to_string();
        assert!(message.starts_with("`sh -c echo out"), "{message}");
        assert!(message.contains("out\n  why"), "{message}");
        assert!(tools.find("no-such-program").is_none());
    }
}
