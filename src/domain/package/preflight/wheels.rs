//! Python packages that were installed for another Python or another machine, by the tags of their wheels.
//!
//! Source: packaging.python.org, "Binary distribution format" and "Platform compatibility tags". Which glibc a
//! wheel needs is left to its libraries, which know better than its tag.

use std::collections::BTreeSet;

use super::binaries::pip;
use super::{Finding, Subject, contents, elf};
use crate::domain::config::runtime_info;
use crate::domain::function::Architecture;
use crate::domain::package::{SelectedFile, Selection};

/// What was found, and the files of the packages it is about.
#[derive(Default)]
pub struct Wheels {
    pub findings: Vec<Finding>,
    pub reported: BTreeSet<String>,
}

/// How well a tag fits; the best of a wheel's tags counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Fits,
    OtherPython(String),
    OtherMachine(String),
}

/// Looks at every installed wheel.
pub fn check(selection: &Selection, subject: &Subject<'_>) -> Wheels {
    let mut wheels = Wheels::default();
    let Some(version) = subject
        .runtime
        .as_str()
        .strip_prefix("python3.")
        .and_then(|minor| minor.parse().ok())
    else {
        return wheels;
    };
    for file in &selection.files {
        let Some((folder, package)) = dist_info(&file.name) else {
            continue;
        };
        let Some(text) = contents::source(file) else { continue };
        let tags = text.lines().filter_map(|line| line.strip_prefix("Tag:")).map(str::trim);
        let fits = tags.filter_map(|tag| fit(tag, version, subject.architecture));
        let found = match fits.min() {
            None | Some(Fit::Fits) => continue,
            Some(Fit::OtherPython(python)) => {
                // Its pure part may do without the compiled one.
                let message =
                    format!("`{package}` was installed for {python}, and the function runs Python 3.{version}");
                Finding::warning(&file.name, message, remedy(subject, version))
            }
            Some(Fit::OtherMachine(machine)) => {
                let message = format!(
                    "`{package}` was installed for {machine}, and the function runs on {} Linux",
                    subject.architecture
                );
                Finding::error(&file.name, message, remedy(subject, version))
            }
        };
        wheels.findings.push(found);
        wheels.reported.extend(recorded(selection, file, folder));
    }
    wheels
}

/// The folder around a `NAME-VERSION.dist-info/WHEEL`, and `NAME VERSION`.
fn dist_info(name: &str) -> Option<(&str, String)> {
    let path = name.strip_suffix(".dist-info/WHEEL")?;
    let (folder, package) = path.rsplit_once('/').unwrap_or(("", path));
    Some((folder, package.replacen('-', " ", 1)))
}

/// The files that belong to the package.
fn recorded(selection: &Selection, wheel: &SelectedFile, folder: &str) -> Vec<String> {
    let record = format!("{}RECORD", wheel.name.strip_suffix("WHEEL").unwrap_or_default());
    let text = contents::file(selection, &record)
        .and_then(contents::source)
        .unwrap_or_default();
    let paths = text.lines().filter_map(|line| line.split(',').next());
    let inside = |path: &str| {
        if folder.is_empty() {
            path.to_owned()
        } else {
            format!("{folder}/{path}")
        }
    };
    paths.map(inside).collect()
}

/// How a tag such as `cp313-cp313-manylinux_2_17_x86_64` fits; `None` when it makes no sense.
fn fit(tag: &str, version: u32, architecture: Architecture) -> Option<Fit> {
    let mut parts = tag.split('-');
    let (pythons, abi, platforms) = (parts.next()?, parts.next()?, parts.next()?);
    let machines = platforms
        .split('.')
        .filter_map(|platform| machine(platform, architecture));
    let machine = machines.min()?;
    if machine != Fit::Fits {
        return Some(machine);
    }
    let fitting = |python: &str| {
        if matches!(python, "py3" | "cp3") {
            return true;
        }
        let Some(minor) = python.strip_prefix("cp3").or_else(|| python.strip_prefix("py3")) else {
            return false;
        };
        let Ok(minor) = minor.parse::<u32>() else { return true };
        let compatible = python.starts_with("py") || abi.contains("abi3") || abi == "none";
        minor == version || (compatible && minor <= version)
    };
    if pythons.split('.').any(fitting) {
        return Some(Fit::Fits);
    }
    let first = pythons.split('.').next()?;
    let minor = first.strip_prefix("cp3").or_else(|| first.strip_prefix("py3"));
    Some(Fit::OtherPython(match minor {
        Some(minor) => format!("Python 3.{minor}"),
        None => format!("`{first}`"),
    }))
}

/// Whether a platform fits; `None` for one that is not known.
fn machine(platform: &str, architecture: Architecture) -> Option<Fit> {
    let own = match architecture {
        Architecture::X86_64 => "x86_64",
        Architecture::Arm64 => "aarch64",
    };
    let other = if platform.starts_with("macosx") {
        "macOS"
    } else if platform.starts_with("win") {
        "Windows"
    } else if platform.starts_with("musllinux") {
        "musl, as in Alpine Linux"
    } else if platform == "any" || (platform.contains("linux") && platform.ends_with(own)) {
        return Some(Fit::Fits);
    } else if platform.contains("linux") {
        let names = [
            ("x86_64", "x86_64 Linux"),
            ("aarch64", "arm64 Linux"),
            ("i686", "32-bit Linux"),
            ("armv7l", "32-bit Arm"),
        ];
        names.iter().find(|(end, _)| platform.ends_with(end))?.1
    } else {
        return None;
    };
    Some(Fit::OtherMachine(other.to_owned()))
}

fn remedy(subject: &Subject<'_>, version: u32) -> String {
    let provided = runtime_info(subject.runtime)
        .and_then(|info| info.glibc.as_deref())
        .and_then(elf::parse_version);
    pip(&format!("3.{version}"), subject.architecture, provided)
}

#[cfg(test)]
mod tests {
    use super::super::samples::Tree;
    use super::*;

    #[test]
    fn tags_are_compared_with_the_function() {
        let (arm, x86) = (Architecture::Arm64, Architecture::X86_64);
        let python = |text: &str| Fit::OtherPython(text.into());
        let machine = |text: &str| Fit::OtherMachine(text.into());
        for (tag, architecture, expected) in [
            ("py3-none-any", x86, Some(Fit::Fits)),
            ("py2.py3-none-any", x86, Some(Fit::Fits)),
            (
                "cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64",
                x86,
                Some(Fit::Fits),
            ),
            ("cp313-cp313-manylinux_2_17_aarch64", arm, Some(Fit::Fits)),
            ("cp39-abi3-manylinux_2_28_x86_64", x86, Some(Fit::Fits)),
            ("cp314-abi3-manylinux_2_28_x86_64", x86, Some(python("Python 3.14"))),
            ("cp312-cp312-linux_x86_64", x86, Some(python("Python 3.12"))),
            ("py2-none-any", x86, Some(python("`py2`"))),
            ("cp313-cp313-manylinux_2_17_x86_64", arm, Some(machine("x86_64 Linux"))),
            ("cp313-cp313-macosx_11_0_arm64", arm, Some(machine("macOS"))),
            ("cp313-cp313-win_amd64", x86, Some(machine("Windows"))),
            (
                "cp313-cp313-musllinux_1_2_x86_64",
                x86,
                Some(machine("musl, as in Alpine Linux")),
            ),
            ("cp313-cp313-plan9", x86, None),
            ("nonsense", x86, None),
        ] {
            assert_eq!(fit(tag, 13, architecture), expected, "{tag}");
        }
    }

    #[test]
    fn a_package_is_reported_once_with_its_files() {
        let tree = Tree::of(&[
            ("app.py", "handler = 1"),
            (
                "numpy-2.4.dist-info/WHEEL",
                "Wheel-Version: 1.0\nTag: cp313-cp313-macosx_11_0_arm64\n",
            ),
            ("numpy-2.4.dist-info/RECORD", "numpy/core.so,sha256=x,8\n"),
            ("six-1.0.dist-info/WHEEL", "Tag: py2-none-any\nTag: py3-none-any\n"),
        ]);
        let told = tree
            .with("numpy/core.so", b"\xcf\xfa\xed\xfe....")
            .told("python3.13", "app.handler");
        assert_eq!(
            told,
            [
                "error: `numpy 2.4` was installed for macOS, and the function runs on x86_64 Linux | install for Lambda: `pip \
              install --target . --upgrade --python-version 3.13 --platform manylinux_2_28_x86_64 --platform \
              manylinux2014_x86_64 --only-binary=:all: -r requirements.txt`"
            ]
        );
        let older = Tree::of(&[
            ("app.py", "handler = 1"),
            ("a-1.dist-info/WHEEL", "Tag: cp312-cp312-linux_x86_64\n"),
        ]);
        let told = older.told("python3.13", "app.handler");
        assert!(
            told[0].starts_with("warning: `a 1` was installed for Python 3.12"),
            "{told:?}"
        );
    }
}
