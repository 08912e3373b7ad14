//! The map of an archive: one page that needs nothing but itself.
//!
//! The page's code and style are ours and lie in `data/report`. Everything from the archive enters as JSON in
//! which no `<` is left, and the page shows it as text only: a file name cannot become markup or script. The
//! content security policy names the script by its digest, so nothing else would run anyway.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::domain::package::Artifact;
use crate::domain::package::sizes::{Breakdown, Kind};

const PAGE: &str = include_str!("../../data/report/page.html");
const STYLE: &str = include_str!("../../data/report/style.css");
const SCRIPT: &str = include_str!("../../data/report/script.js");

/// How a page of lfn's begins.
pub const BEGINNING: &str = "<!doctype html>\n<!-- a map of a Lambda archive, made by lfn -->\n";

/// The page for an archive of this name.
pub fn page(breakdown: &Breakdown, artifact: &Artifact, name: &str) -> String {
    let parts = [
        ("{{policy}}", policy()),
        ("{{style}}", STYLE.to_owned()),
        ("{{script}}", SCRIPT.to_owned()),
        // Last, so that nothing in it is taken for a place of ours.
        ("{{data}}", harmless(&data(breakdown, artifact, name).to_string())),
    ];
    parts
        .iter()
        .fold(PAGE.to_owned(), |page, (place, text)| page.replacen(place, text, 1))
}

fn policy() -> String {
    let digest = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        digest(SCRIPT),
        digest(STYLE)
    )
}

/// JSON that cannot end the element it stands in. Source: HTML standard, "Restrictions for contents of script
/// elements".
fn harmless(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

fn data(breakdown: &Breakdown, artifact: &Artifact, name: &str) -> Value {
    let kind = |kind: Kind| Kind::ALL.iter().position(|each| *each == kind);
    let files = artifact.entries.iter().zip(&breakdown.files);
    let files: Vec<Value> = files
        .map(|(entry, note)| json!([entry.name, entry.size, entry.compressed, note.owner, kind(note.kind)]))
        .collect();
    let owners: Vec<Value> = breakdown
        .owners
        .iter()
        .map(|owner| {
            json!({
                "name": owner.name,
                "version": owner.version,
                "path": owner.path,
                "by": owner.needed_by,
                "own": owner.ecosystem.is_none(),
            })
        })
        .collect();
    json!({
        "name": name,
        "size": artifact.size,
        "unzipped": artifact.unzipped,
        "sha256": artifact.digest.0,
        "overhead": breakdown.overhead,
        "limits": breakdown.limits,
        "owners": owners,
        "files": files,
        "duplicates": breakdown.duplicates,
        "droppable": breakdown.droppable,
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::domain::config::{self, Inputs};
    use crate::domain::names::CodeDigest;
    use crate::domain::package::Entry;
    use crate::domain::package::sizes::{Manifests, breakdown};

    fn page_of(names: &[&str]) -> String {
        let entries = names.iter().map(|name| Entry {
            name: (*name).to_owned(),
            size: 1,
            compressed: 1,
            executable: false,
        });
        let artifact = Artifact {
            path: PathBuf::new(),
            digest: CodeDigest::from_sha256(b"x"),
            size: 10,
            unzipped: 1,
            entries: entries.collect(),
        };
        let inputs = Inputs {
            stage: None,
            place: None,
            env: &|_| None,
        };
        let text = "name: shop\nruntime: nodejs24.x\nhandler: index.handler\n";
        let config = config::load(text, &inputs).config.unwrap();
        page(&breakdown(&artifact, &config, &Manifests::default()), &artifact, "shop")
    }

    #[test]
    fn hostile_names_stay_data() {
        let plain = page_of(&["a.js"]);
        let hostile = [
            "</script><script>alert(1)</script>",
            "<!--<script>",
            "{{script}}",
            "a\"b\\c\n&amp;",
        ];
        let page = page_of(&hostile);
        for sign in ["<script", "</script", "<!--", "-->"] {
            assert_eq!(page.matches(sign).count(), plain.matches(sign).count(), "{sign}");
        }
        let (_, rest) = page.split_once("id=\"data\">").unwrap();
        let (data, _) = rest.split_once("</script>").unwrap();
        let data: Value = serde_json::from_str(data).unwrap();
        let names: Vec<&str> = data["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file[0].as_str().unwrap())
            .collect();
        assert_eq!(names, hostile);
    }

    #[test]
    fn the_page_needs_nothing_but_itself() {
        let page = page_of(&["a.js"]);
        for sign in [
            "http:",
            "https:",
            "src=",
            "url(",
            "@import",
            "{{",
            "innerHTML",
            "unsafe-inline",
        ] {
            assert!(!page.contains(sign), "{sign}");
        }
        assert!(page.contains("default-src 'none'; script-src 'sha256-"));
    }
}
