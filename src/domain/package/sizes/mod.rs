//! Why an archive is as big as it is: what each dependency takes, who brings it, what is there twice, and what
//! could go.
//!
//! Pure but for [`Manifests::read`], which takes small files (`package.json`, `METADATA`, `RECORD`) out of the
//! finished archive. What a package needs comes from these, so it holds for every package manager.

mod droppable;
mod duplicates;
mod kind;
mod manifests;
mod needs;
mod owners;
mod tree;

use serde::Serialize;

use super::Artifact;
use crate::domain::config::Config;
use crate::domain::function::{DIRECT_UPLOAD_LIMIT, UNZIPPED_LIMIT};

pub use droppable::Droppable;
pub use duplicates::{Copy, Duplicate};
pub use kind::Kind;
pub use manifests::Manifests;
pub use owners::{Ecosystem, npm_folder as dependency_folder};
pub use tree::{Part, PartKind};

/// Where the bytes of an archive are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Breakdown {
    pub limits: Limits,
    /// Bytes that no file takes: the archive's own directory of names.
    pub overhead: u64,
    /// The function's own code, and every dependency below the one that brings it; the largest first.
    pub tree: Vec<Part>,
    /// Dependencies that are there more than once, the most wasteful first.
    pub duplicates: Vec<Duplicate>,
    /// What could go, the largest first. No file counts twice.
    pub droppable: Vec<Droppable>,
    /// Each kind with what it takes.
    pub kinds: Vec<KindSum>,
    /// What each file is, in the order of the archive.
    #[serde(skip)]
    pub files: Vec<FileNote>,
    /// Each dependency, and the function's own code first, as [`FileNote::owner`] counts them.
    #[serde(skip)]
    pub owners: Vec<Owner>,
}

/// What the archive may measure. Source: Lambda developer guide, "Lambda quotas".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Sent with the call itself; larger archives go through S3.
    pub direct: u64,
    /// Unzipped, layers included.
    pub unzipped: u64,
    /// `package.budget`.
    pub budget: Option<u64>,
}

/// What some files take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Sum {
    pub files: usize,
    /// Bytes, uncompressed.
    pub size: u64,
    /// Bytes in the archive.
    pub compressed: u64,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.files += other.files;
        self.size += other.size;
        self.compressed += other.compressed;
    }
}

impl From<&super::Entry> for Sum {
    fn from(entry: &super::Entry) -> Self {
        Self {
            files: 1,
            size: entry.size,
            compressed: entry.compressed,
        }
    }
}

impl std::iter::Sum for Sum {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::default(), |mut all, item| {
            all.add(item);
            all
        })
    }
}

/// What all files of one kind take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct KindSum {
    pub kind: Kind,
    #[serde(flatten)]
    pub sum: Sum,
}

/// What one file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileNote {
    /// An index into [`Breakdown::owners`].
    pub owner: usize,
    pub kind: Kind,
}

/// A dependency as a whole, or the function's own code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    pub name: String,
    pub version: Option<String>,
    /// `None` is the function's own code.
    pub ecosystem: Option<Ecosystem>,
    /// Its folder in the archive; empty where its files lie among others.
    pub path: String,
    /// Who brings it, from what the function itself needs to what needs this one.
    pub needed_by: Vec<String>,
}

/// Says where the bytes are.
pub fn breakdown(artifact: &Artifact, config: &Config, manifests: &Manifests) -> Breakdown {
    let entries = &artifact.entries;
    let owned = owners::attribute(entries, manifests);
    let graph = needs::Graph::of(&owned, manifests);
    let files: Vec<FileNote> = entries
        .iter()
        .zip(&owned.of_file)
        .map(|(entry, &owner)| FileNote {
            owner,
            kind: kind::of(entry, owner != owners::OWN),
        })
        .collect();
    let compressed: u64 = entries.iter().map(|entry| entry.compressed).sum();
    let kinds = Kind::ALL.iter().map(|&kind| {
        let of_kind = entries.iter().zip(&files).filter(|(_, note)| note.kind == kind);
        let sum = of_kind.map(|(entry, _)| Sum::from(entry)).sum();
        KindSum { kind, sum }
    });
    Breakdown {
        limits: Limits {
            direct: DIRECT_UPLOAD_LIMIT,
            unzipped: UNZIPPED_LIMIT,
            budget: config.package.budget,
        },
        overhead: artifact.size.saturating_sub(compressed),
        tree: tree::tree(artifact, &owned, &graph),
        duplicates: duplicates::duplicates(entries, &owned, &graph),
        droppable: droppable::droppable(entries, &files, &owned, &graph, config),
        kinds: kinds.filter(|kind| kind.sum.files > 0).collect(),
        owners: owned
            .packages
            .iter()
            .enumerate()
            .map(|(index, package)| Owner {
                name: package.name.clone(),
                version: package.version.clone(),
                ecosystem: package.ecosystem,
                path: package.path.clone(),
                needed_by: graph.chain(index, &owned),
            })
            .collect(),
        files,
    }
}

#[cfg(test)]
mod tests;
