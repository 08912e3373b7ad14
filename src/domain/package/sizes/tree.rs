//! The tree that people read: the function's own folders, and each dependency below the one that brings it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::super::Artifact;
use super::Sum;
use super::needs::Graph;
use super::owners::{Ecosystem, OWN, Owned};

/// One line of the tree.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Part {
    pub kind: PartKind,
    pub name: String,
    pub version: Option<String>,
    /// In the archive; for Python the `.dist-info` folder, empty for the function's own code.
    pub path: String,
    /// What it takes itself.
    #[serde(flatten)]
    pub own: Sum,
    /// The same with everything below.
    pub total: Sum,
    /// The part of the archive that `total` takes, 0 to 1.
    pub share: f64,
    /// What is there because of it; the folders and files of the function's own code.
    pub brings: Vec<Part>,
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PartKind {
    /// The function's own code.
    Own,
    /// A folder, or a file at the root, of the function's own code.
    Folder,
    #[serde(untagged)]
    Dependency(Ecosystem),
}

/// The tree of an archive, the largest first.
pub fn tree(artifact: &Artifact, owned: &Owned, graph: &Graph) -> Vec<Part> {
    let mut sums = vec![Sum::default(); owned.packages.len()];
    let mut folders: BTreeMap<&str, Sum> = BTreeMap::new();
    for (entry, &owner) in artifact.entries.iter().zip(&owned.of_file) {
        sums[owner].add(Sum::from(entry));
        if owner == OWN {
            let end = entry.name.find('/').map_or(entry.name.len(), |at| at + 1);
            folders.entry(&entry.name[..end]).or_default().add(Sum::from(entry));
        }
    }
    let mut below = vec![Vec::new(); owned.packages.len()];
    for (index, &parent) in graph.parent.iter().enumerate().skip(OWN + 1) {
        below[parent].push(index);
    }
    let grow = Grow {
        owned,
        sums: &sums,
        below: &below,
        archive: artifact.size,
    };
    let mut parts: Vec<Part> = below[OWN].iter().filter_map(|&index| grow.part(index)).collect();
    if sums[OWN].files > 0 {
        let mut own = Part {
            kind: PartKind::Own,
            name: owned.packages[OWN].name.clone(),
            version: None,
            path: String::new(),
            own: sums[OWN],
            total: sums[OWN],
            share: grow.share(sums[OWN]),
            brings: folders
                .into_iter()
                .map(|(name, sum)| Part {
                    kind: PartKind::Folder,
                    name: name.to_owned(),
                    version: None,
                    path: name.to_owned(),
                    own: sum,
                    total: sum,
                    share: grow.share(sum),
                    brings: Vec::new(),
                })
                .collect(),
        };
        largest_first(&mut own.brings);
        parts.push(own);
    }
    largest_first(&mut parts);
    parts
}

fn largest_first(parts: &mut [Part]) {
    parts.sort_by_key(|part| Reverse((part.total.compressed, part.total.size)));
}

struct Grow<'a> {
    owned: &'a Owned,
    sums: &'a [Sum],
    below: &'a [Vec<usize>],
    archive: u64,
}

impl Grow<'_> {
    fn part(&self, index: usize) -> Option<Part> {
        let package = &self.owned.packages[index];
        let mut brings: Vec<Part> = self.below[index].iter().filter_map(|&index| self.part(index)).collect();
        largest_first(&mut brings);
        let own = self.sums[index];
        let mut total = own;
        for part in &brings {
            total.add(part.total);
        }
        Some(Part {
            kind: PartKind::Dependency(package.ecosystem?),
            name: package.name.clone(),
            version: package.version.clone(),
            path: package.path.clone(),
            own,
            total,
            share: self.share(total),
            brings,
        })
    }

    /// Four decimals are more than anyone reads.
    #[expect(clippy::cast_precision_loss, reason = "sizes of archives are far below 2^52")]
    fn share(&self, sum: Sum) -> f64 {
        let share = sum.compressed as f64 / self.archive.max(1) as f64;
        (share * 10_000.0).round() / 10_000.0
    }
}
