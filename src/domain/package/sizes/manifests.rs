//! What packages say about themselves: names, versions and needs, out of small files in the archive.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read as _};

use serde::Deserialize;
use zip::ZipArchive;

use super::super::Artifact;
use super::owners::npm_folder;

/// Larger files are no manifests.
const LARGEST: u64 = 8 << 20;

/// The small files that name packages, by their name in the archive.
#[derive(Debug, Clone, Default)]
pub struct Manifests {
    texts: BTreeMap<String, String>,
    /// The `package.json` of the function itself, where the archive does not hold it.
    own: Option<String>,
}

/// The parts of a `package.json` that matter here. Whatever else is wrong with the file, it is no error.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct NodeManifest {
    pub name: Option<String>,
    pub version: Option<String>,
    pub dependencies: BTreeMap<String, serde_json::Value>,
    #[serde(rename = "optionalDependencies")]
    pub optional: BTreeMap<String, serde_json::Value>,
    #[serde(rename = "peerDependencies")]
    pub peer: BTreeMap<String, serde_json::Value>,
    #[serde(rename = "devDependencies")]
    pub development: BTreeMap<String, serde_json::Value>,
}

/// The head of a Python `METADATA` file. Source: Core metadata specifications, packaging.python.org.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PythonManifest {
    pub name: String,
    pub version: String,
    /// Names of what it needs, normalised, without what only an extra asks for.
    pub needs: Vec<String>,
}

impl Manifests {
    /// Manifests from texts; `own` is the function's `package.json` where the archive does not hold it.
    pub fn new(texts: BTreeMap<String, String>, own: Option<String>) -> Self {
        Self { texts, own }
    }

    /// Takes them out of a finished archive.
    pub fn read(artifact: &Artifact, own: Option<String>) -> io::Result<Self> {
        let mut archive = ZipArchive::new(BufReader::new(File::open(&artifact.path)?))?;
        let mut texts = BTreeMap::new();
        for entry in &artifact.entries {
            if entry.size > LARGEST || !is_manifest(&entry.name) {
                continue;
            }
            let mut bytes = Vec::new();
            archive.by_name(&entry.name)?.read_to_end(&mut bytes)?;
            texts.insert(entry.name.clone(), String::from_utf8_lossy(&bytes).into_owned());
        }
        Ok(Self { texts, own })
    }

    /// The text of a manifest.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// The `package.json` of a folder; the empty path is the function itself.
    pub fn node(&self, folder: &str) -> Option<NodeManifest> {
        let text = if folder.is_empty() {
            self.text("package.json").or(self.own.as_deref())
        } else {
            self.text(&format!("{folder}/package.json"))
        };
        text.and_then(|text| serde_json::from_str(text).ok())
    }

    /// The `METADATA` in a `.dist-info` folder.
    pub fn python(&self, dist_info: &str) -> Option<PythonManifest> {
        self.text(&format!("{dist_info}/METADATA")).map(python_manifest)
    }
}

fn is_manifest(name: &str) -> bool {
    let Some((folder, file)) = name.rsplit_once('/') else {
        return name == "package.json";
    };
    match file {
        "package.json" => npm_folder(name) == Some(folder),
        "METADATA" | "RECORD" | "top_level.txt" => folder.ends_with(".dist-info"),
        _ => false,
    }
}

fn python_manifest(text: &str) -> PythonManifest {
    let mut manifest = PythonManifest::default();
    // The description follows the first empty line.
    for line in text.lines().take_while(|line| !line.is_empty()) {
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        match key {
            "Name" => value.clone_into(&mut manifest.name),
            "Version" => value.clone_into(&mut manifest.version),
            "Requires-Dist" if !value.contains("extra ==") => {
                let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
                manifest.needs.push(python_name(&value[..end.unwrap_or(value.len())]));
            }
            _ => {}
        }
    }
    manifest
}

/// A Python package's name in the one form that all spellings share. Source: PEP 503.
pub fn python_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '-' | '_' | '.') {
            if !normal.ends_with('-') {
                normal.push('-');
            }
        } else {
            normal.push(c.to_ascii_lowercase());
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_metadata_is_read() {
        let text = "Metadata-Version: 2.1\nName: Pillow_SIMD\nVersion: 9.0\nRequires-Dist: olefile (>=0.4)\n\
                    Requires-Dist: numpy>=1 ; python_version < '3.9'\nRequires-Dist: pytest ; extra == 'tests'\n\n\
                    Requires-Dist: not-this\n";
        let expected = PythonManifest {
            name: "Pillow_SIMD".into(),
            version: "9.0".into(),
            needs: vec!["olefile".into(), "numpy".into()],
        };
        assert_eq!(python_manifest(text), expected);
        assert_eq!(python_name("Foo._-Bar"), "foo-bar");
    }
}
