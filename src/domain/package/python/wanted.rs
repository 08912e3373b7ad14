//! What an installer is asked for: packages, files and folders, with markers answered already.

use std::fmt;
use std::path::PathBuf;

use super::requirement::{Requirement, normalized};
use super::wheel::Target;

/// All that a project needs on the target.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    pub items: Vec<Item>,
    /// Versions that hold for packages nobody named, from `-c` files.
    pub constraints: Vec<Requirement>,
    pub settings: Vec<Setting>,
    /// Whether the packages that these packages need are here too, as in a lock file.
    pub complete: bool,
}

/// One thing to install.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Package(Package),
    /// A wheel on this machine.
    File {
        path: PathBuf,
        extras: Vec<String>,
        hashes: Vec<String>,
    },
    /// A project on this machine.
    Folder {
        path: PathBuf,
        extras: Vec<String>,
    },
}

/// A package of an index or from a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    pub requirement: Requirement,
    /// Such as `sha256:ab12`; empty when nobody wrote them down.
    pub hashes: Vec<String>,
    /// The names of its files, when the lock file says them.
    pub files: Option<Vec<String>>,
    /// The packages that it needs, by normalized name, when the lock file says them.
    pub needs: Vec<String>,
}

impl Package {
    /// A package without anything that a lock file says.
    pub fn new(requirement: Requirement) -> Self {
        Self {
            requirement,
            hashes: Vec::new(),
            files: None,
            needs: Vec::new(),
        }
    }

    /// One version of a package.
    pub fn pinned(name: &str, version: &str) -> Option<Self> {
        Requirement::parse(&format!("{name}=={version}")).map(Self::new)
    }
}

/// A URL, which may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Url(pub String);

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redacted(&self.0))
    }
}

/// A setting of the installer, such as `--index-url` and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub flag: &'static str,
    pub value: Option<Url>,
}

impl Setting {
    pub fn new(flag: &'static str, value: impl Into<String>) -> Self {
        Self {
            flag,
            value: Some(Url(value.into())),
        }
    }
}

/// A package of which no wheel can be loaded on the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    pub name: String,
    pub version: Option<String>,
    /// The package that needs it, if any.
    pub needed_by: Option<String>,
    /// Whether it comes as source code alone.
    pub source_only: bool,
}

impl Wanted {
    /// The packages whose lock file says that no wheel fits.
    pub fn missing(&self, target: &Target) -> Vec<Missing> {
        let packages = || {
            self.items.iter().filter_map(|item| match item {
                Item::Package(package) => Some(package),
                Item::File { .. } | Item::Folder { .. } => None,
            })
        };
        let fits = |files: &Vec<String>| files.iter().any(|file| target.fits(file) == Some(true));
        packages()
            .filter(|package| package.files.as_ref().is_some_and(|files| !fits(files)))
            .map(|package| {
                let name = normalized(&package.requirement.name);
                let needed_by = packages().find(|other| other.needs.contains(&name));
                Missing {
                    version: package.requirement.specifiers.pinned().map(str::to_owned),
                    needed_by: needed_by.map(|other| other.requirement.name.clone()),
                    source_only: !package.files.iter().flatten().any(|file| file.ends_with(".whl")),
                    name: package.requirement.name.clone(),
                }
            })
            .collect()
    }

    /// Whether every package has its hashes. Those of files and folders are worked out here.
    pub fn is_hashed(&self) -> bool {
        let mut packages = self.items.iter().filter_map(|item| match item {
            Item::Package(package) => Some(package),
            Item::File { .. } | Item::Folder { .. } => None,
        });
        let some = packages.clone().next().is_some();
        some && packages.all(|package| !package.hashes.is_empty())
    }

    /// The names of the packages whose version is left to the day of the installation.
    pub fn unpinned(&self) -> Vec<&str> {
        let loose = self.items.iter().filter_map(|item| match item {
            Item::Package(package) if package.requirement.url.is_none() => Some(&package.requirement),
            Item::Package(_) | Item::File { .. } | Item::Folder { .. } => None,
        });
        loose
            .filter(|requirement| requirement.specifiers.pinned().is_none())
            .map(|requirement| requirement.name.as_str())
            .collect()
    }
}

/// The text without the user and password of the URLs in it.
pub fn redacted(text: &str) -> String {
    let mut parts = text.split("://");
    let mut shown = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        shown.push_str("://");
        let end = part
            .find(|c: char| c == '/' || c.is_whitespace() || "'\"`<>".contains(c))
            .unwrap_or(part.len());
        match part[..end].rfind('@') {
            Some(at) => {
                shown.push_str("****");
                shown.push_str(&part[at..]);
            }
            None => shown.push_str(part),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_urls_are_hidden() {
        for (text, expected) in [
            ("no url", "no url"),
            (
                "at https://user:pa@ss@host/simple and more",
                "at https://****@host/simple and more",
            ),
            (
                "`https://token@host`, https://host/a@b",
                "`https://****@host`, https://host/a@b",
            ),
        ] {
            assert_eq!(redacted(text), expected);
        }
        let setting = Setting::new("--index-url", "https://user:secret@host/");
        assert!(!format!("{setting:?}").contains("secret"));
    }
}
