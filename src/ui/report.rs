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
