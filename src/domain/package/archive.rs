//! The bytes of the archive: the same selection gives the same bytes, whatever was kept of the one before
//! and however many threads there are.
//!
//! Each file is looked at; one that the [`Store`] knows is taken over as it is, all others are read once, for
//! the checks and for compression alike. The digest is taken while the archive grows.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::num::NonZero;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::{fmt, thread};

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::deflate::{PIECE, WHOLE, pieces};
use super::entry::{self, LIMIT};
use super::facts::Facts;
use super::ordered::in_order;
use super::rules::{IGNORE_FILE, UNFINISHED_PREFIX};
use super::source::{self, Identity};
use super::store::{Index, Record, Store};
use super::work::{Done, Packing, PieceDone};
use super::{Artifact, Entry, Problem, SelectedFile, Selection};
use crate::domain::names::CodeDigest;

/// Small files are worked on together, up to so many bytes and files.
const BATCH_BYTES: u64 = 256 << 10;
const BATCH_FILES: usize = 64;
/// Bytes that are moved at once.
const CHUNK: u64 = 1 << 20;

/// An archive that is complete but not yet under its name.
pub struct Unfinished {
    to: PathBuf,
    /// None when the archive under the name is this one already.
    file: Option<NamedTempFile>,
    store: Store,
    index: Index,
}

/// Writes the archive to `to` and returns what is in it.
///
/// The archive appears under its name when it is complete, never before; folders on the way are made.
pub fn write(selection: &Selection, to: &Path) -> Result<Artifact, Problem> {
    let packed = pack(selection, to, Store::none());
    let unfinished = packed.map_err(|mut problems| problems.swap_remove(0))?;
    unfinished.finish().map(|(artifact, _)| artifact)
}

/// Makes the archive without giving it its name. All problems are returned at once, at least one.
pub fn pack(selection: &Selection, to: &Path, store: Store) -> Result<Unfinished, Vec<Problem>> {
    pack_with(selection, to, store, threads())
}

pub(super) fn threads() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

fn pack_with(selection: &Selection, to: &Path, mut store: Store, threads: usize) -> Result<Unfinished, Vec<Problem>> {
    refuse(selection, to).map_err(|problem| vec![problem])?;
    let identities = identify(&selection.files, threads)?;
    let whole = is_unchanged(selection, &identities, &store);
    let is_there = |index: &&Index| fs::metadata(to).is_ok_and(|metadata| Identity::of(&metadata) == index.written);
    if let Some(index) = store.index().filter(|_| whole).filter(is_there) {
        return Ok(Unfinished {
            to: to.to_path_buf(),
            file: None,
            index: index.clone(),
            store,
        });
    }
    let problem = |error| vec![cannot_write(to, &error)];
    let folder = match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(problem)?;
    let file = unfinished_file(folder).map_err(problem)?;
    let index = match make(selection, &identities, &store, whole, &file, threads) {
        Err(Stop::Broken) => {
            store.forget();
            make(selection, &identities, &store, false, &file, threads)
        }
        made => made,
    };
    let index = index.map_err(|stop| match stop {
        Stop::Problems(problems) => problems,
        Stop::Write(error) => problem(error),
        Stop::Broken => unreachable!("nothing is taken over from a store that has forgotten"),
    })?;
    Ok(Unfinished {
        to: to.to_path_buf(),
        file: Some(file),
        store,
        index,
    })
}

impl Unfinished {
    /// What reading the files told, in the order of the selection.
    pub fn facts(&self) -> Facts {
        self.index.records.iter().map(|record| record.fact).collect()
    }

    /// Gives the archive its name and remembers it for the next time. What went wrong with remembering is
    /// told besides: it costs time, never the archive.
    pub fn finish(self) -> Result<(Artifact, Vec<String>), Problem> {
        let Self { to, file, store, index } = self;
        if let Some(file) = file {
            file.persist(&to).map_err(|error| cannot_write(&to, &error.error))?;
        }
        let entries: Vec<Entry> = index.records.iter().map(entry_of).collect();
        let artifact = Artifact {
            path: to,
            digest: index.digest.clone(),
            size: index.size,
            unzipped: entries.iter().map(|entry| entry.size).sum(),
            entries,
        };
        let troubles = store.keep(&artifact.path, index);
        Ok((artifact, troubles))
    }
}

fn entry_of(record: &Record) -> Entry {
    Entry {
        name: record.name.clone(),
        size: record.size.into(),
        compressed: record.compressed.into(),
        executable: record.executable,
    }
}

fn cannot_write(to: &Path, error: &dyn fmt::Display) -> Problem {
    Problem::new(
        format!("cannot write `{}`: {error}", to.display()),
        "choose a folder that can be written to and has room",
    )
}

/// Refuses what cannot become an archive before time is spent on it.
fn refuse(selection: &Selection, to: &Path) -> Result<(), Problem> {
    for file in &selection.files {
        entry::refuse_name(&file.name)?;
    }
    let size: u64 = selection.files.iter().map(|file| file.size).sum();
    let names: usize = selection.files.iter().map(|file| 2 * file.name.len() + 128).sum();
    // What does not shrink grows by five bytes for each 64 KB.
    if size.saturating_add(size / 1000).saturating_add(names as u64) > LIMIT {
        let megabytes = size >> 20;
        return Err(Problem::new(
            format!("the files take {megabytes} MB, more than an archive for Lambda can hold"),
            "Lambda allows 250 MB, unzipped; leave files out with `package.exclude`",
        ));
    }
    refuse_place(to)?;
    refuse_itself(selection, to)
}

/// The archive takes the place of what is under its name, which must be no folder and no device.
fn refuse_place(to: &Path) -> Result<(), Problem> {
    match fs::metadata(to) {
        Ok(metadata) if !metadata.is_file() => {
            let what = if metadata.is_dir() { "is a folder" } else { "is no file" };
            Err(Problem::new(
                format!("cannot write the archive to `{}`: it {what}", to.display()),
                "name a file, such as `out.zip`",
            ))
        }
        Ok(_) | Err(_) => Ok(()),
    }
}

/// An archive among its own files would differ from run to run.
fn refuse_itself(selection: &Selection, to: &Path) -> Result<(), Problem> {
    let Ok(target) = to.canonicalize() else {
        return Ok(()); // it does not exist yet
    };
    // A link may bring it in under another name, so its size tells which files are worth a look.
    let size = fs::metadata(&target).map_or(0, |metadata| metadata.len());
    let itself = selection
        .files
        .iter()
        .find(|file| file.size == size && file.path.canonicalize().is_ok_and(|path| path == target));
    match itself {
        None => Ok(()),
        Some(file) => Err(Problem::new(
            format!("the archive `{}` would contain itself", file.name),
            format!("write it elsewhere, or add `/{}` to `{IGNORE_FILE}`", file.name),
        )),
    }
}

fn unfinished_file(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED_PREFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // An ordinary file, for which the umask decides; temporary ones are private otherwise.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Looks at all files, without opening them.
pub(super) fn identify(files: &[SelectedFile], threads: usize) -> Result<Vec<Identity>, Vec<Problem>> {
    // For fewer files a thread is not worth its start.
    let share = files.len().div_ceil(threads.max(1)).max(256);
    let looked: Vec<_> = thread::scope(|scope| {
        let look = |files: &[SelectedFile]| files.iter().map(source::identify).collect::<Vec<_>>();
        let workers: Vec<_> = files
            .chunks(share)
            .map(|files| scope.spawn(move || look(files)))
            .collect();
        let results = workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("looking at a file does not panic"));
        results.collect()
    });
    if looked.iter().all(Result::is_ok) {
        Ok(looked.into_iter().flatten().collect())
    } else {
        Err(looked.into_iter().filter_map(Result::err).collect())
    }
}

/// Whether the archive before is the one that these files make.
fn is_unchanged(selection: &Selection, identities: &[Identity], store: &Store) -> bool {
    let Some(index) = store
        .index()
        .filter(|index| index.records.len() == selection.files.len())
    else {
        return false;
    };
    let mut files = selection.files.iter().zip(identities).zip(&index.records);
    files.all(|((file, identity), record)| {
        record.name == file.name
            && record.identity.as_ref() == Some(identity)
            && record.executable == (file.executable || record.fact.is_program)
    })
}

/// Why an archive was not made.
enum Stop {
    Problems(Vec<Problem>),
    Write(io::Error),
    /// What was kept is not what it was.
    Broken,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// A part of the archive.
pub(super) enum Job {
    /// These files are taken over from these records of the archive before.
    Kept {
        files: Range<usize>,
        first: usize,
    },
    Small(Range<usize>),
    Piece {
        file: usize,
        number: u64,
    },
}

fn plan(selection: &Selection, identities: &[Identity], store: &Store) -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    let mut batch = 0;
    for (at, (file, identity)) in selection.files.iter().zip(identities).enumerate() {
        match (store.known(&file.name, identity), jobs.last_mut()) {
            (Some(place), Some(Job::Kept { files, first })) if *first + files.len() == place => files.end = at + 1,
            (Some(place), _) => jobs.push(Job::Kept {
                files: at..at + 1,
                first: place,
            }),
            (None, _) if file.size > WHOLE => {
                jobs.extend((0..pieces(file.size)).map(|number| Job::Piece { file: at, number }));
            }
            (None, Some(Job::Small(files))) if files.len() < BATCH_FILES && batch + file.size <= BATCH_BYTES => {
                files.end = at + 1;
                batch += file.size;
            }
            (None, _) => {
                jobs.push(Job::Small(at..at + 1));
                batch = file.size;
            }
        }
    }
    jobs
}

fn make(
    selection: &Selection,
    identities: &[Identity],
    store: &Store,
    whole: bool,
    unfinished: &NamedTempFile,
    threads: usize,
) -> Result<Index, Stop> {
    let mut file = unfinished.as_file();
    file.set_len(0)?;
    file.rewind()?;
    let known = store.index().filter(|_| whole);
    let read_again = File::open(unfinished.path())?;
    let (grown, growing) = channel();
    thread::scope(|scope| {
        // A digest that is known already is not taken again: every byte below it has been checked.
        let hashing = known
            .is_none()
            .then(|| scope.spawn(move || follow(read_again, &growing)));
        let mut output = Output {
            file,
            at: 0,
            grown,
            records: Vec::with_capacity(selection.files.len()),
            problems: Vec::new(),
            large: None,
            selection,
            identities,
            store,
        };
        let jobs = plan(selection, identities, store);
        let packing = Packing {
            files: &selection.files,
            identities,
            store,
        };
        let weight = |job: &Job| packing.weight(job);
        in_order(
            &jobs,
            weight,
            threads,
            Packing::tools,
            |tools, job| packing.work(tools, job),
            |job, done| output.take(job, done),
        )?;
        let (size, records) = output.finish()?;
        let digest = match (hashing, known) {
            (Some(hashing), _) => hashing.join().expect("hashing does not panic")?,
            (None, known) => known.map(|index| index.digest.clone()).ok_or(Stop::Broken)?,
        };
        Ok(Index {
            digest,
            size,
            written: Identity::default(),
            records,
        })
    })
}

/// Hashes a file as far as it is told to have grown.
fn follow(mut file: File, growing: &Receiver<u64>) -> io::Result<CodeDigest> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 256 << 10];
    let mut at = 0;
    while let Ok(end) = growing.recv() {
        while at < end {
            let length = usize::try_from(end - at).unwrap_or(usize::MAX).min(buffer.len());
            file.read_exact(&mut buffer[..length])?;
            hash.update(&buffer[..length]);
            at += length as u64;
        }
    }
    Ok(CodeDigest::from_sha256(&hash.finalize()))
}

/// The archive while it grows.
struct Output<'a> {
    file: &'a File,
    at: u64,
    /// Told up to where the bytes are final.
    grown: Sender<u64>,
    records: Vec<Record>,
    problems: Vec<Problem>,
    /// The large file whose pieces come in.
    large: Option<Large>,
    selection: &'a Selection,
    identities: &'a [Identity],
    store: &'a Store,
}

struct Large {
    record: Record,
    crc: crc32fast::Hasher,
    data: crc32fast::Hasher,
}

impl Output<'_> {
    fn take(&mut self, job: &Job, done: Option<Done>) -> Result<(), Stop> {
        match (job, done) {
            (Job::Kept { files, first }, _) => self.take_over(files.clone(), *first),
            (Job::Piece { file, number }, Some(Done::Piece(piece))) => match piece {
                Ok(piece) => self.piece(*file, *number, &piece),
                Err(problem) => {
                    self.problems.push(problem);
                    Ok(())
                }
            },
            (_, Some(Done::Small { bytes, records })) => {
                for record in records {
                    match record {
                        Ok(mut record) => {
                            record.offset += self.place();
                            self.records.push(record);
                        }
                        Err(problem) => self.problems.push(problem),
                    }
                }
                self.write(&bytes)?;
                self.grow();
                Ok(())
            }
            (_, Some(Done::Piece(_)) | None) => unreachable!("each kind of job has its own result"),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    fn grow(&self) {
        // Nobody listens when the digest is known.
        let _ = self.grown.send(self.at);
    }

    fn place(&self) -> u32 {
        u32::try_from(self.at).expect("`refuse` has added everything up")
    }

    /// Copies records that lie one behind the other, and checks each.
    fn take_over(&mut self, files: Range<usize>, first: usize) -> Result<(), Stop> {
        let index = self.store.index().ok_or(Stop::Broken)?;
        let records = index.records.get(first..first + files.len()).ok_or(Stop::Broken)?;
        let taken = self.records.len();
        let mut group = 0..0;
        let mut buffer = Vec::new();
        for (number, record) in records.iter().enumerate() {
            let begun = u64::from(records[group.start].offset);
            if group.is_empty() || record.end() - begun <= CHUNK {
                group.end = number + 1;
                continue;
            }
            self.copy(&records[group.clone()], &mut buffer)?;
            group = number..number + 1;
        }
        self.copy(&records[group], &mut buffer)?;
        // The mode is in the directory alone.
        for (record, file) in self.records[taken..].iter_mut().zip(&self.selection.files[files]) {
            record.executable = file.executable || record.fact.is_program;
        }
        Ok(())
    }

    fn copy(&mut self, records: &[Record], buffer: &mut Vec<u8>) -> Result<(), Stop> {
        let (Some(first), Some(last)) = (records.first(), records.last()) else {
            return Ok(());
        };
        let (begin, end) = (u64::from(first.offset), last.end());
        let mut at = begin;
        let mut waiting = records.iter();
        let mut current = waiting.next();
        let mut check = crc32fast::Hasher::new();
        let place = self.at;
        while at < end {
            let length = (end - at).min(CHUNK);
            buffer.resize(usize::try_from(length).unwrap_or_default(), 0);
            self.store.read(at, buffer).map_err(|_| Stop::Broken)?;
            let mut rest = buffer.as_slice();
            while let Some(record) = current {
                let left = usize::try_from(record.end().checked_sub(at).ok_or(Stop::Broken)?).unwrap_or(usize::MAX);
                let left = left.saturating_sub(buffer.len() - rest.len());
                let (own, others) = rest.split_at(left.min(rest.len()));
                check.update(own);
                rest = others;
                if own.len() < left {
                    break;
                }
                let sound = std::mem::take(&mut check).finalize() == record.check;
                if !sound {
                    return Err(Stop::Broken);
                }
                current = waiting.next();
            }
            self.write(buffer)?;
            at += length;
        }
        for record in records {
            let offset = place + (u64::from(record.offset) - begin);
            self.records.push(Record {
                offset: u32::try_from(offset).expect("`refuse` has added everything up"),
                ..record.clone()
            });
        }
        self.grow();
        Ok(())
    }

    fn piece(&mut self, file: usize, number: u64, piece: &PieceDone) -> Result<(), Stop> {
        let selected = &self.selection.files[file];
        if number == 0 {
            let record = Record {
                name: selected.name.clone(),
                identity: Some(self.identities[file]).filter(|identity| self.store.is_settled(identity)),
                fact: piece.fact,
                executable: selected.executable || piece.fact.is_program,
                method: entry::Method::Deflated,
                crc: 0,
                size: u32::try_from(selected.size).expect("`refuse` has added everything up"),
                compressed: 0,
                offset: self.place(),
                check: 0,
            };
            let mut header = Vec::new();
            record.header().local(&mut header);
            self.write(&header)?;
            self.large = Some(Large {
                record,
                crc: crc32fast::Hasher::new(),
                data: crc32fast::Hasher::new(),
            });
        }
        self.write(&piece.data)?;
        // None when its beginning could not be read: there will be no archive.
        let Some(large) = &mut self.large else { return Ok(()) };
        large.crc.combine(&piece.crc);
        large.data.update(&piece.data);
        large.record.compressed += u32::try_from(piece.data.len()).expect("`refuse` has added everything up");
        if (number + 1) * PIECE < selected.size {
            return Ok(());
        }
        let Some(Large { mut record, crc, data }) = self.large.take() else {
            return Ok(());
        };
        record.crc = crc.finalize();
        let mut header = Vec::new();
        record.header().local(&mut header);
        let mut check = crc32fast::Hasher::new();
        check.update(&header);
        check.combine(&data);
        record.check = check.finalize();
        self.file.seek(SeekFrom::Start(record.offset.into()))?;
        self.file.write_all(&header)?;
        self.file.seek(SeekFrom::Start(self.at))?;
        self.records.push(record);
        self.grow();
        Ok(())
    }

    /// Writes the directory.
    fn finish(mut self) -> Result<(u64, Vec<Record>), Stop> {
        if !self.problems.is_empty() {
            return Err(Stop::Problems(self.problems));
        }
        let directory = self.place();
        let mut bytes = Vec::new();
        for record in &self.records {
            record.header().central(record.executable, record.offset, &mut bytes);
        }
        let size = u32::try_from(bytes.len()).expect("`refuse` has added everything up");
        entry::end(self.records.len(), directory, size, &mut bytes);
        self.write(&bytes)?;
        self.grow();
        Ok((self.at, self.records))
    }
}

#[cfg(test)]
mod tests;
