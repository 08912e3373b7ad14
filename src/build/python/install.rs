//! Running `uv` or `pip`: which of them, with what, and again when pip left something out.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::project::Found;
use super::{failure, lying, tidy};
use crate::build::cache::unwritable;
use crate::build::tool::{Tool, Tools};
use crate::domain::package::python::{Item, Requirement, Setting, Target, Url, Wanted, needed, normalized};
use crate::error::Problem;

/// How often pip is asked again for what it left out.
const ROUNDS: usize = 4;

/// The program that installs.
pub struct Installer {
    tool: Tool,
    kind: Kind,
    pub version: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Uv,
    /// `python3 -m pip`, or `pip` itself.
    Pip {
        module: bool,
    },
}

/// A wheel of this machine that enters too.
pub struct LocalWheel {
    pub path: PathBuf,
    pub extras: Vec<String>,
    pub hashes: Vec<String>,
}

impl LocalWheel {
    /// The package's name, which a wheel's file name begins with.
    fn name(&self) -> String {
        let file = self.path.file_name().unwrap_or_default().to_string_lossy();
        file.split('-').next().unwrap_or_default().to_owned()
    }

    fn requirement(&self) -> Requirement {
        Requirement {
            extras: self.extras.clone(),
            url: Some(Url(file_url(&self.path))),
            ..Requirement::named(&self.name())
        }
    }
}

impl Installer {
    /// uv when it is there, else pip.
    pub async fn find(tools: &Tools, only_pip: bool) -> anyhow::Result<Self> {
        if let Some(tool) = tools.find("uv").filter(|_| !only_pip) {
            let version = tool.version("--version").await?;
            return Ok(Self {
                tool,
                kind: Kind::Uv,
                version,
            });
        }
        for (name, module) in [("python3", true), ("python", true), ("pip3", false), ("pip", false)] {
            let Some(tool) = tools.find(name) else { continue };
            let arguments: &[&str] = if module {
                &["-m", "pip", "--version"]
            } else {
                &["--version"]
            };
            // An interpreter may lack pip, and a shim its interpreter.
            if let Ok(said) = tool.run(Path::new("."), arguments, []).await {
                // `pip 26.0 from /where/it/is (python 3.13)`
                let version = said.split_whitespace().nth(1).unwrap_or_default().to_owned();
                let kind = Kind::Pip { module };
                return Ok(Self { tool, kind, version });
            }
        }
        let what = if only_pip {
            "`pip` is not"
        } else {
            "neither `uv` nor `pip` is"
        };
        Err(Problem::failed(format!("the project needs packages, and {what} on the PATH"))
            .hint("install uv or Python with pip, or package the folder as it lies there: `package.dependencies: none`")
            .into())
    }

    pub fn name(&self) -> &'static str {
        match self.kind {
            Kind::Uv => "uv",
            Kind::Pip { .. } => "pip",
        }
    }

    /// Installs all that is wanted into this empty folder.
    pub async fn install(
        &self,
        found: &Found,
        wheels: &[LocalWheel],
        target: &Target,
        scratch: &Path,
        folder: &Path,
    ) -> anyhow::Result<()> {
        let wanted = &found.wanted;
        let mut more: Vec<Requirement> = Vec::new();
        for round in 0..ROUNDS {
            let place = scratch.join(format!("round-{round}"));
            self.write_list(wanted, wheels, &more, scratch)?;
            let arguments = self.arguments(wanted, target, scratch, &place);
            let ran = self
                .tool
                .attempt(&found.folder, arguments, self.variables(target))
                .await?;
            ran.map_err(|said| failure::explain(&said, found, target))?;
            let done = self.kind == Kind::Uv || wanted.complete;
            if done || corrected(wanted, wheels, target, &place, &mut more)? {
                return move_into(&place, folder);
            }
        }
        Err(Problem::failed(format!(
            "pip does not find all that the packages of `{}` need",
            found.name
        ))
        .hint("install uv, which resolves for another machine, or make a lock file with it (`uv lock`)")
        .into())
    }

    /// Builds a wheel of a project into `out`.
    pub async fn build_wheel(&self, project: &Path, out: &Path) -> anyhow::Result<()> {
        let (project, out) = (project.display().to_string(), out.display().to_string());
        let arguments = match self.kind {
            Kind::Uv => vec![
                "build",
                "--wheel",
                "--no-progress",
                "--color",
                "never",
                "--out-dir",
                &out,
                &project,
            ],
            Kind::Pip { module } => {
                let lead: &[&str] = if module { &["-m", "pip"] } else { &[] };
                let rest = ["wheel", "--no-deps", "--no-input", "--wheel-dir", &out, &project];
                lead.iter().copied().chain(rest).collect()
            }
        };
        let folder = Path::new(&out).parent().unwrap_or(Path::new("."));
        let variables = [("PYTHONDONTWRITEBYTECODE", "1".into())];
        let ran = self.tool.attempt(folder, arguments, variables).await?;
        ran.map_err(|said| failure::shortened(&said))?;
        Ok(())
    }

    /// Writes the list. Indexes stand in it and not on the command line: they may hold passwords.
    fn write_list(
        &self,
        wanted: &Wanted,
        wheels: &[LocalWheel],
        more: &[Requirement],
        scratch: &Path,
    ) -> anyhow::Result<()> {
        let mut list = String::new();
        for Setting { flag, value } in &wanted.settings {
            let line = match value {
                Some(Url(value)) => format!("{flag} {value}"),
                None => (*flag).to_owned(),
            };
            // uv takes these as arguments alone.
            if self.kind != Kind::Uv || !matches!(*flag, "--trusted-host" | "--pre") {
                list.push_str(&line);
                list.push('\n');
            }
        }
        let mut add = |requirement: &Requirement, hashes: &[String]| {
            let hashes = hashes.iter().fold(String::new(), |mut all, hash| {
                write!(all, " --hash={hash}").expect("writing to a string does not fail");
                all
            });
            writeln!(list, "{requirement}{hashes}").expect("writing to a string does not fail");
        };
        for item in &wanted.items {
            if let Item::Package(package) = item {
                add(&package.requirement, &package.hashes);
            }
        }
        for wheel in wheels {
            let hashes = if wanted.is_hashed() {
                wheel.hashes.as_slice()
            } else {
                &[]
            };
            add(&wheel.requirement(), hashes);
        }
        for requirement in more {
            add(requirement, &[]);
        }
        let constraints: Vec<String> = wanted.constraints.iter().map(ToString::to_string).collect();
        fs::write(scratch.join("requirements.txt"), list)
            .and_then(|()| fs::write(scratch.join("constraints.txt"), constraints.join("\n")))
            .context("could not write the list of packages")
    }

    fn arguments(&self, wanted: &Wanted, target: &Target, scratch: &Path, place: &Path) -> Vec<String> {
        let place = place.display().to_string();
        let python = target.python();
        let platform = target.uv_platform();
        let mut arguments: Vec<&str> = match self.kind {
            Kind::Uv => vec![
                "pip",
                "install",
                "--python-platform",
                &platform,
                "--color",
                "never",
                "--no-progress",
            ],
            Kind::Pip { module } => {
                let lead: &[&str] = if module { &["-m", "pip"] } else { &[] };
                let rest = [
                    "install",
                    "--implementation",
                    "cp",
                    "--no-compile",
                    "--no-input",
                    "--no-color",
                ];
                lead.iter().copied().chain(rest).collect()
            }
        };
        arguments.extend([
            "--target",
            &place,
            "--python-version",
            &python,
            "--only-binary",
            ":all:",
        ]);
        if wanted.complete {
            arguments.push("--no-deps");
        }
        let mut hosts = Vec::new();
        if self.kind == Kind::Uv {
            // Links would share later damage with uv's own cache, and with every environment made from it.
            arguments.extend(["--no-compile-bytecode", "--link-mode", "copy"]);
            if wanted.complete && wanted.is_hashed() {
                // Versions and hashes are given: it does not matter which index has the file.
                arguments.extend(["--require-hashes", "--index-strategy", "unsafe-best-match"]);
            }
            for setting in &wanted.settings {
                match (setting.flag, &setting.value) {
                    ("--pre", _) => arguments.extend(["--prerelease", "allow"]),
                    ("--trusted-host", Some(Url(host))) => hosts.extend(["--allow-insecure-host", host.as_str()]),
                    _ => {}
                }
            }
        }
        arguments.extend(hosts);
        let list = scratch.join("requirements.txt").display().to_string();
        let constraints = scratch.join("constraints.txt").display().to_string();
        arguments.extend(["-r", &list]);
        if !wanted.constraints.is_empty() {
            arguments.extend(["-c", &constraints]);
        }
        arguments.into_iter().map(str::to_owned).collect()
    }

    /// pip is told its platforms here, since there are thirty of them. The rest keeps the user's own settings
    /// from what contradicts installing into a folder.
    fn variables(&self, target: &Target) -> Vec<(&'static str, String)> {
        match self.kind {
            Kind::Uv => Vec::new(),
            Kind::Pip { .. } => vec![
                ("PIP_PLATFORM", target.platforms().join(" ")),
                ("PIP_USER", "0".into()),
                ("PIP_REQUIRE_VIRTUALENV", "0".into()),
                ("PIP_DISABLE_PIP_VERSION_CHECK", "1".into()),
                ("PIP_PROGRESS_BAR", "off".into()),
                ("PYTHONDONTWRITEBYTECODE", "1".into()),
            ],
        }
    }
}

/// Makes up for pip's asking markers of its own machine: takes away what the target does not need, and says
/// whether all that it needs is there; what is not is added to `more`.
fn corrected(
    wanted: &Wanted,
    wheels: &[LocalWheel],
    target: &Target,
    place: &Path,
    more: &mut Vec<Requirement>,
) -> anyhow::Result<bool> {
    let installed = lying::packages(place);
    let packages: Vec<_> = installed.iter().map(|lying| lying.package.clone()).collect();
    let mut roots: Vec<Requirement> = more.clone();
    roots.extend(wheels.iter().map(LocalWheel::requirement));
    roots.extend(wanted.items.iter().filter_map(|item| match item {
        Item::Package(package) => Some(package.requirement.clone()),
        Item::File { .. } | Item::Folder { .. } => None,
    }));
    let needed = needed(&roots, &packages, target);
    let is_there = |name: &str| packages.iter().any(|package| normalized(&package.name) == name);
    let absent: Vec<Requirement> = needed
        .iter()
        .filter(|(name, _)| !is_there(name))
        .map(|(_, requirement)| requirement.clone())
        .collect();
    if !absent.is_empty() {
        more.extend(absent);
        return Ok(false);
    }
    for lying in installed {
        if !needed.contains_key(&normalized(&lying.package.name)) {
            tidy::remove(place, &lying)?;
        }
    }
    Ok(true)
}

/// Moves all that is in a folder into an empty one beside it.
fn move_into(from: &Path, to: &Path) -> anyhow::Result<()> {
    let cannot = |error| unwritable(to, error);
    for entry in fs::read_dir(from).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        fs::rename(entry.path(), to.join(entry.file_name())).map_err(cannot)?;
    }
    Ok(())
}

fn file_url(path: &Path) -> String {
    let text = path.display().to_string().replace('\\', "/");
    let mut url = String::from(if text.starts_with('/') { "file://" } else { "file:///" });
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~:+".contains(&byte) {
            url.push(char::from(byte));
        } else {
            write!(url, "%{byte:02X}").expect("writing to a string does not fail");
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_urls() {
        assert_eq!(file_url(Path::new("/a b/c+1.whl")), "file:///a%20b/c+1.whl");
        assert_eq!(file_url(Path::new("/é#")), "file:///%C3%A9%23");
    }
}
