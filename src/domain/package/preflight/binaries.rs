//! Programs and libraries that Lambda could not load: of another system, another processor, or for a newer glibc.
//!
//! Packages may bring one build for each platform and choose when they run. What is foreign is reported only
//! when the archive has no build of the same thing that fits.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read as _, Seek as _};

use super::elf::{self, Elf, Machine};
use super::{Finding, Subject};
use crate::domain::config::runtime_info;
use crate::domain::function::Architecture;
use crate::domain::package::facts::Fact;
use crate::domain::package::{SelectedFile, Selection};

/// What keeps a file from being loaded, in the words of the message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Misfit {
    System(&'static str),
    Machine(String),
    Glibc(elf::Version),
}

/// Returns what Lambda could not load. `reported` are files that another check spoke of.
pub fn check(
    selection: &Selection,
    facts: &[Fact],
    subject: &Subject<'_>,
    reported: &BTreeSet<String>,
) -> Vec<Finding> {
    let provided = runtime_info(subject.runtime)
        .and_then(|info| info.glibc.as_deref())
        .and_then(elf::parse_version);
    let mut fitting = BTreeSet::new();
    let mut misfits = Vec::new();
    let files = selection.files.iter().zip(facts);
    for (file, _) in files.filter(|(file, fact)| is_candidate(&file.name, file.executable || fact.is_program)) {
        match look(file, subject.architecture, provided) {
            Some(Ok(())) => drop(fitting.insert(family(&file.name))),
            Some(Err(misfit)) => misfits.push((file, misfit)),
            None => {}
        }
    }
    let mut groups: BTreeMap<(String, Misfit), Vec<&SelectedFile>> = BTreeMap::new();
    for (file, misfit) in misfits {
        if !fitting.contains(&family(&file.name)) && !reported.contains(&file.name) {
            groups.entry((package(&file.name), misfit)).or_default().push(file);
        }
    }
    let report = |((_, misfit), files): (_, Vec<&SelectedFile>)| finding(&files, &misfit, subject, provided);
    groups.into_iter().map(report).collect()
}

fn is_candidate(name: &str, executable: bool) -> bool {
    let name = name.rsplit('/').next().unwrap_or_default();
    let foreign = ["dll", "exe", "dylib", "py", "js", "sh", "mjs", "cjs", "rb"];
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    name.contains(".so.") || matches!(end, "so" | "node" | "pyd") || (executable && !foreign.contains(&end))
}

/// `None` for what is no program.
fn look(file: &SelectedFile, architecture: Architecture, provided: Option<elf::Version>) -> Option<Result<(), Misfit>> {
    let mut opened = File::open(&file.path).ok()?;
    let mut start = [0; 4];
    opened.read_exact(&mut start).ok()?;
    match start {
        [0xcf | 0xce, 0xfa, 0xed, 0xfe] => return Some(Err(Misfit::System("macOS"))),
        // A fat Mach-O file begins like a Java class; the suffix tells them apart.
        [0xca, 0xfe, 0xba, 0xbe] if file.name.rsplit('.').next() != Some("class") => {
            return Some(Err(Misfit::System("macOS")));
        }
        [b'M', b'Z', ..] => return Some(Err(Misfit::System("Windows"))),
        [0x7f, b'E', b'L', b'F'] => {}
        _ => return None,
    }
    opened.rewind().ok()?;
    let Elf { machine, glibc } = elf::read(opened)?;
    let fits = match architecture {
        Architecture::X86_64 => machine == Machine::X86_64,
        Architecture::Arm64 => machine == Machine::Arm64,
    };
    if !fits {
        return Some(Err(Misfit::Machine(machine.to_string())));
    }
    match (glibc, provided) {
        (Some(needed), Some(provided)) if needed > provided => Some(Err(Misfit::Glibc(needed))),
        _ => Some(Ok(())),
    }
}

/// The name without the words that tell builds of the same thing apart.
fn family(name: &str) -> String {
    const PLATFORM: &[&str] = &[
        "darwin",
        "macos",
        "macosx",
        "osx",
        "mac",
        "apple",
        "win",
        "win32",
        "win64",
        "windows",
        "msvc",
        "pc",
        "linux",
        "linuxglibc",
        "linuxmusl",
        "gnu",
        "musl",
        "glibc",
        "gnueabihf",
        "gnueabi",
        "eabihf",
        "android",
        "freebsd",
        "openharmony",
        "unknown",
        "x64",
        "x86",
        "ia32",
        "amd64",
        "64",
        "32",
        "i686",
        "i386",
        "arm",
        "armv6",
        "armv7",
        "armv7l",
        "armv8",
        "arm64",
        "aarch64",
        "ppc64",
        "ppc64le",
        "s390x",
        "riscv64",
        "loong64",
        "mips64el",
        "universal2",
        "abi3",
        "so",
        "node",
        "pyd",
        "exe",
    ];
    let words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words
        .filter(|word| !PLATFORM.contains(&word.to_ascii_lowercase().as_str()))
        .collect();
    words.join("/")
}

/// What one message speaks of: a package of Node, else a folder at the root.
fn package(name: &str) -> String {
    let (before, rest) = name.rsplit_once("node_modules/").unwrap_or(("", name));
    let parts: Vec<&str> = rest.split('/').collect();
    let depth = if rest.starts_with('@') { 2 } else { 1 };
    let folders = parts.len().saturating_sub(1).min(depth);
    if folders == 0 {
        name.to_owned()
    } else {
        format!("{before}{}", parts[..folders].join("/"))
    }
}

fn finding(files: &[&SelectedFile], misfit: &Misfit, subject: &Subject<'_>, provided: Option<elf::Version>) -> Finding {
    let name = &files[0].name;
    let these = match files.len() {
        1 => format!("`{name}` is"),
        2 => format!("`{name}` and one more file beside it are"),
        more => format!("`{name}` and {} more files beside it are", more - 1),
    };
    let (runtime, architecture) = (subject.runtime, subject.architecture);
    let message = match misfit {
        Misfit::System(system) => format!("{these} built for {system}, and Lambda runs Linux"),
        Misfit::Machine(machine) => format!("{these} built for {machine}, and the function runs on {architecture}"),
        Misfit::Glibc((major, minor)) => {
            let (has_major, has_minor) = provided.unwrap_or_default();
            format!("{these} built for glibc {major}.{minor}, and `{runtime}` has {has_major}.{has_minor}")
        }
    };
    Finding::error(name, message, remedy(name, misfit, subject, provided))
}

/// How to get a build that fits.
fn remedy(name: &str, misfit: &Misfit, subject: &Subject<'_>, provided: Option<elf::Version>) -> String {
    let runtime = subject.runtime.as_str();
    let architecture = subject.architecture;
    if name.contains("node_modules/") {
        let cpu = match architecture {
            Architecture::X86_64 => "x64",
            Architecture::Arm64 => "arm64",
        };
        return format!("install for Lambda: `npm ci --omit=dev --os=linux --cpu={cpu} --libc=glibc`");
    }
    if let Some(version) = runtime.strip_prefix("python") {
        return pip(version, architecture, provided);
    }
    let other = match architecture {
        Architecture::X86_64 => Architecture::Arm64,
        Architecture::Arm64 => Architecture::X86_64,
    };
    match misfit {
        Misfit::Glibc(_) if provided < Some((2, 34)) => {
            "build it where glibc is as old, link it statically (musl), or use a runtime on Amazon Linux 2023".into()
        }
        Misfit::Glibc(_) => {
            "build it where glibc is as old (an Amazon Linux 2023 container), or link it statically (musl)".into()
        }
        Misfit::Machine(machine) if *machine == other.to_string() => {
            format!("build it for {architecture} Linux, or write `architecture: {other}`")
        }
        Misfit::Machine(_) | Misfit::System(_) => format!("build it for {architecture} Linux"),
    }
}

/// The command that installs wheels for Lambda.
pub fn pip(version: &str, architecture: Architecture, provided: Option<elf::Version>) -> String {
    let cpu = match architecture {
        Architecture::X86_64 => "x86_64",
        Architecture::Arm64 => "aarch64",
    };
    // pip does not go from a tag to older ones by itself.
    let newest = match provided {
        Some(provided) if provided >= (2, 34) => format!("--platform manylinux_2_28_{cpu} "),
        _ => String::new(),
    };
    format!(
        "install for Lambda: `pip install --target . --upgrade --python-version {version} {newest}--platform manylinux2014_{cpu} \
         --only-binary=:all: -r requirements.txt`"
    )
}

#[cfg(test)]
mod tests {
    use super::super::elf::tests::library;
    use super::super::samples::{Tree, line};
    use super::*;

    const ARM: u16 = 183;
    const X86: u16 = 62;
    const NO_FILES: [&str; 0] = [];

    fn told(runtime: &str, architecture: Architecture, files: &[(&str, Vec<u8>)]) -> Vec<String> {
        let code = Tree::of(&[
            ("app.py", "def handler(e, c): pass"),
            ("index.js", "exports.handler = 1"),
        ]);
        let tree = files.iter().fold(code, |tree, (name, bytes)| tree.with(name, bytes));
        let handler = if runtime.starts_with("python") {
            "app.handler"
        } else {
            "index.handler"
        };
        tree.findings_on(runtime, handler, architecture)
            .iter()
            .map(line)
            .collect()
    }

    #[test]
    fn what_lambda_cannot_load_is_an_error() {
        let x86 = Architecture::X86_64;
        for (runtime, files, expected) in [
            (
                "python3.13",
                vec![
                    ("numpy/core.so", library(ARM, &[])),
                    ("numpy/libs/a.so.1", library(ARM, &[])),
                ],
                "error: `numpy/core.so` and one more file beside it are built for arm64, and the function runs on x86_64 | \
                 install for Lambda: `pip install --target . --upgrade --python-version 3.13 --platform manylinux_2_28_x86_64 \
                 --platform manylinux2014_x86_64 --only-binary=:all: -r requirements.txt`",
            ),
            (
                "python3.11",
                vec![("numpy/core.so", library(X86, &["GLIBC_2.28"]))],
                "error: `numpy/core.so` is built for glibc 2.28, and `python3.11` has 2.26 | install for Lambda: `pip install \
                 --target . --upgrade --python-version 3.11 --platform manylinux2014_x86_64 --only-binary=:all: -r requirements.txt`",
            ),
            (
                "nodejs24.x",
                vec![(
                    "node_modules/@img/sharp-darwin-arm64/lib/sharp-darwin-arm64.node",
                    b"\xcf\xfa\xed\xfe....".to_vec(),
                )],
                "error: `node_modules/@img/sharp-darwin-arm64/lib/sharp-darwin-arm64.node` is built for macOS, and Lambda runs \
                 Linux | install for Lambda: `npm ci --omit=dev --os=linux --cpu=x64 --libc=glibc`",
            ),
            (
                "nodejs24.x",
                vec![("addon.node", b"MZ......".to_vec())],
                "error: `addon.node` is built for Windows, and Lambda runs Linux | build it for x86_64 Linux",
            ),
        ] {
            assert_eq!(told(runtime, x86, &files), [expected]);
        }
    }

    #[test]
    fn a_bootstrap_is_a_program_like_any_other() {
        for (runtime, bytes, expected) in [
            ("provided.al2023", library(X86, &["GLIBC_2.34"]), None),
            (
                "provided.al2",
                library(X86, &["GLIBC_2.34"]),
                Some(
                    "error: `bootstrap` is built for glibc 2.34, and `provided.al2` has 2.26 | build it where glibc is as old, \
                      link it statically (musl), or use a runtime on Amazon Linux 2023",
                ),
            ),
            (
                "provided.al2023",
                library(ARM, &[]),
                Some(
                    "error: `bootstrap` is built for arm64, and the function runs on x86_64 | build it for x86_64 Linux, or \
                      write `architecture: arm64`",
                ),
            ),
            (
                "provided.al2023",
                b"\xcf\xfa\xed\xfe\0\0\0\0".to_vec(),
                Some("error: `bootstrap` is built for macOS, and Lambda runs Linux | build it for x86_64 Linux"),
            ),
        ] {
            let told = Tree::new().with("bootstrap", bytes).told(runtime, "bootstrap");
            assert_eq!(told, Vec::from_iter(expected));
        }
    }

    #[test]
    fn builds_for_several_platforms_are_fine_when_one_fits() {
        let mac = || b"\xcf\xfa\xed\xfe....".to_vec();
        for files in [
            vec![
                ("node_modules/x/prebuilds/darwin-arm64/x.node", mac()),
                ("node_modules/x/prebuilds/linux-arm64/x.node", library(ARM, &[])),
                ("node_modules/x/prebuilds/linux-x64/x.node", library(X86, &[])),
            ],
            vec![
                (
                    "node_modules/@img/sharp-darwin-arm64/lib/sharp-darwin-arm64.node",
                    mac(),
                ),
                (
                    "node_modules/@img/sharp-linux-x64/lib/sharp-linux-x64.node",
                    library(X86, &[]),
                ),
            ],
            vec![
                ("m/f.cpython-313-darwin.so", mac()),
                ("m/f.cpython-313-x86_64-linux-gnu.so", library(X86, &["GLIBC_2.17"])),
            ],
            vec![
                ("setuptools/cli-64.exe", b"MZ......".to_vec()),
                ("x.so", b"/* a linker script */".to_vec()),
            ],
        ] {
            assert_eq!(
                told("nodejs24.x", Architecture::X86_64, &files),
                NO_FILES,
                "{:?}",
                files[0].0
            );
        }
        assert_eq!(
            told(
                "python3.13",
                Architecture::Arm64,
                &[("a.so", library(ARM, &["GLIBC_2.34"]))]
            ),
            NO_FILES
        );
    }

    #[test]
    fn a_runtime_that_is_not_known_has_any_glibc() {
        let tree = Tree::new().with("a.so", library(X86, &["GLIBC_2.99"]));
        assert_eq!(tree.told("rust9", "a.b"), NO_FILES);
    }
}
