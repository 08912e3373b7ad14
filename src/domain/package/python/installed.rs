//! Packages that are installed in a folder: what they say about themselves, and what of it depends on the
//! machine that installed them.
//!
//! Source: packaging.python.org, "Core metadata specifications" and "Recording installed projects".

use std::collections::{BTreeMap, BTreeSet};

use super::Target;
use super::requirement::{Requirement, normalized};
use super::version::Version;

/// An installed package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    pub name: String,
    pub version: Version,
    pub requires: Vec<Requirement>,
}

impl Installed {
    /// Reads a `METADATA` file.
    pub fn parse(metadata: &str) -> Option<Self> {
        let mut fields = metadata
            .lines()
            .take_while(|line| !line.trim().is_empty())
            .filter_map(|line| line.split_once(':'));
        let mut installed = (None, None, Vec::new());
        for (key, value) in fields.by_ref() {
            match key {
                "Name" => installed.0 = Some(value.trim().to_owned()),
                "Version" => installed.1 = Version::parse(value),
                "Requires-Dist" => installed.2.extend(Requirement::parse(value)),
                _ => {}
            }
        }
        Some(Self {
            name: installed.0?,
            version: installed.1?,
            requires: installed.2,
        })
    }

    /// Whether it is what this requirement asks for.
    pub fn satisfies(&self, requirement: &Requirement) -> bool {
        normalized(&self.name) == normalized(&requirement.name) && requirement.specifiers.contain(&self.version)
    }
}

/// What the roots need on the target, by normalized name, among what is installed and beyond: pip asks markers
/// of its own machine, so it may have left packages out or brought too many.
pub fn needed(roots: &[Requirement], installed: &[Installed], target: &Target) -> BTreeMap<String, Requirement> {
    let mut needed = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut queue: Vec<Requirement> = roots.to_vec();
    while let Some(requirement) = queue.pop() {
        let name = normalized(&requirement.name);
        if !seen.insert((name.clone(), requirement.extras.clone())) {
            continue;
        }
        if let Some(package) = installed.iter().find(|package| normalized(&package.name) == name) {
            let holding = package
                .requires
                .iter()
                .filter(|next| next.holds(target, &requirement.extras));
            queue.extend(holding.cloned());
        }
        needed.entry(name).or_insert(requirement);
    }
    needed
}

/// `RECORD` with the files that are still there, in one order.
pub fn tidy_record(record: &str, is_there: impl Fn(&str) -> bool) -> String {
    let lines = record.lines().filter(|line| recorded(line).is_some_and(&is_there));
    let lines: BTreeSet<&str> = lines.collect();
    lines.into_iter().map(|line| format!("{line}\n")).collect()
}

/// The file that a line of `RECORD` is about.
pub fn recorded(line: &str) -> Option<&str> {
    match line.strip_prefix('"') {
        Some(rest) => rest.split_once('"').map(|(path, _)| path),
        None => line.split(',').next(),
    }
    .filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::function::Architecture;

    fn package(name: &str, requires: &[&str]) -> Installed {
        let requires: String = requires.iter().map(|text| format!("Requires-Dist: {text}\n")).collect();
        Installed::parse(&format!(
            "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requires}\nName: text\n"
        ))
        .unwrap()
    }

    #[test]
    fn the_target_decides_what_is_needed() {
        let installed = [
            package(
                "Click",
                &[
                    "colorama; platform_system == 'Windows'",
                    "importlib-metadata; python_version < '3.8'",
                ],
            ),
            package(
                "requests",
                &[
                    "certifi",
                    "PySocks>=1.5; extra == 'socks'",
                    "tomli; python_version < '3.12'",
                ],
            ),
            package("colorama", &[]),
        ];
        let roots = ["click", "requests[socks]"].map(|text| Requirement::parse(text).unwrap());
        let target = Target::new(11, Architecture::X86_64, 26);
        let needed = needed(&roots, &installed, &target);
        let names: Vec<&str> = needed.keys().map(String::as_str).collect();
        assert_eq!(names, ["certifi", "click", "pysocks", "requests", "tomli"]);
        assert!(installed[0].satisfies(&Requirement::parse("CLICK>=1").unwrap()));
        assert!(!installed[0].satisfies(&Requirement::parse("click>=2").unwrap()));
    }

    #[test]
    fn a_record_names_what_is_there_in_one_order() {
        let record = "b.py,sha256=x,1\n../../bin/tool,sha256=y,2\n\"a,b.py\",,\na.py,,\n";
        let tidy = tidy_record(record, |path| !path.starts_with(".."));
        assert_eq!(tidy, "\"a,b.py\",,\na.py,,\nb.py,sha256=x,1\n");
    }
}
