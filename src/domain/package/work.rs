//! What one thread does for the archive: read a file once, learn from it, compress it.

use super::archive::{Job, identify, threads};
use super::deflate::{PIECE, Packer};
use super::facts::{Fact, Facts};
use super::ordered::in_order;
use super::source::{self, Identity};
use super::store::{Record, Store};
use super::{Problem, SelectedFile, Selection};

/// The files, and what is known of them.
pub struct Packing<'a> {
    pub files: &'a [SelectedFile],
    pub identities: &'a [Identity],
    pub store: &'a Store,
}

/// What a thread keeps from file to file.
pub struct Tools {
    packer: Packer,
    contents: Vec<u8>,
}

/// What came of a job.
pub enum Done {
    Small {
        /// Local headers and data, one file behind the other.
        bytes: Vec<u8>,
        /// Their offsets are those in `bytes`.
        records: Vec<Result<Record, Problem>>,
    },
    Piece(Result<PieceDone, Problem>),
}

pub struct PieceDone {
    pub data: Vec<u8>,
    /// Over the contents.
    pub crc: crc32fast::Hasher,
    /// Of the whole file when this is its first piece.
    pub fact: Fact,
}

impl Packing<'_> {
    pub fn tools() -> Tools {
        Tools {
            packer: Packer::new(),
            contents: Vec::new(),
        }
    }

    /// The bytes that a job holds in memory; nothing when it takes no thread's work.
    pub fn weight(&self, job: &Job) -> u64 {
        match job {
            Job::Kept { .. } => 0,
            Job::Small(files) => self.files[files.clone()].iter().map(|file| file.size + 1).sum(),
            Job::Piece { .. } => PIECE,
        }
    }

    pub fn work(&self, tools: &mut Tools, job: &Job) -> Done {
        match job {
            Job::Kept { files, .. } | Job::Small(files) => {
                let mut bytes = Vec::new();
                let records = files.clone().map(|file| self.small(tools, file, &mut bytes)).collect();
                Done::Small { bytes, records }
            }
            Job::Piece { file, number } => Done::Piece(self.piece(tools, *file, *number)),
        }
    }

    fn small(&self, tools: &mut Tools, at: usize, bytes: &mut Vec<u8>) -> Result<Record, Problem> {
        let (file, identity) = (&self.files[at], &self.identities[at]);
        let length = usize::try_from(file.size).expect("a small file");
        source::read(file, identity, 0, length, &mut tools.contents)?;
        let contents = &tools.contents[..length];
        let fact = Fact::of(&file.name, file.size, contents);
        let crc = crc32fast::hash(contents);
        let kept = self.store.compressed(crc, contents, &mut tools.packer);
        let (method, data) = match &kept {
            Some((method, data)) => (*method, data.as_slice()),
            None => tools.packer.whole(contents),
        };
        let number = |length: usize| u32::try_from(length).expect("a small file");
        let offset = bytes.len();
        let mut record = Record {
            name: file.name.clone(),
            identity: Some(*identity).filter(|identity| self.store.is_settled(identity)),
            fact,
            executable: file.executable || fact.is_program,
            method,
            crc,
            size: number(length),
            compressed: number(data.len()),
            offset: number(offset),
            check: 0,
        };
        record.header().local(bytes);
        bytes.extend(data);
        record.check = crc32fast::hash(&bytes[offset..]);
        Ok(record)
    }

    fn piece(&self, tools: &mut Tools, at: usize, number: u64) -> Result<PieceDone, Problem> {
        let file = &self.files[at];
        let start = number * PIECE;
        let length = usize::try_from((file.size - start).min(PIECE)).expect("a piece is small");
        source::read(file, &self.identities[at], start, length, &mut tools.contents)?;
        let contents = &tools.contents[..length];
        let mut crc = crc32fast::Hasher::new();
        crc.update(contents);
        let is_last = start + PIECE >= file.size;
        Ok(PieceDone {
            fact: Fact::of(&file.name, file.size, contents),
            data: tools.packer.piece(contents, is_last),
            crc,
        })
    }
}

/// What reading the files tells, without packaging them. What the store knows is not read.
pub fn look(selection: &Selection, store: &Store) -> Result<Facts, Vec<Problem>> {
    let files = &selection.files;
    let identities = identify(files, threads())?;
    let batches: Vec<_> = (0..files.len())
        .step_by(64)
        .map(|first| first..files.len().min(first + 64))
        .collect();
    let fact = |contents: &mut Vec<u8>, at: usize| {
        let (file, identity) = (&files[at], &identities[at]);
        if let (Some(place), Some(index)) = (store.known(&file.name, identity), store.index()) {
            return Ok(index.records[place].fact);
        }
        let length = usize::try_from(file.size.min(PIECE * 2)).expect("a piece is small");
        source::read(file, identity, 0, length, contents)?;
        Ok(Fact::of(&file.name, file.size, &contents[..length]))
    };
    let (mut facts, mut problems) = (Vec::with_capacity(files.len()), Vec::new());
    let taken: Result<(), ()> = in_order(
        &batches,
        |_| 1,
        threads(),
        Vec::new,
        |contents, batch| batch.clone().map(|at| fact(contents, at)).collect::<Vec<_>>(),
        |_, done| {
            for fact in done.into_iter().flatten() {
                match fact {
                    Ok(fact) => facts.push(fact),
                    Err(problem) => problems.push(problem),
                }
            }
            Ok(())
        },
    );
    match taken {
        Ok(()) if problems.is_empty() => Ok(facts),
        Ok(()) | Err(()) => Err(problems),
    }
}
