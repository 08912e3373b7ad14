//! The bytes of the archive: the same selection gives the same bytes.
//!
//! Files are read and compressed on all cores, batch by batch, while the batch before is written; the order
//! in the archive is that of the selection, whoever finishes first.

use std::cmp::Reverse;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Cursor, Read as _, Seek, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fmt, mem, thread};

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::entry::{Packed, Packer, STREAMED_FROM, mode};
use super::rules::{IGNORE_FILE, UNFINISHED_PREFIX};
use super::source::{self, Source};
use super::{Artifact, Entry, Problem, SelectedFile, Selection};
use crate::domain::names::CodeDigest;

/// A batch ends at this many bytes or files, whichever comes first; two batches are in memory at once.
const BATCH_BYTES: u64 = 48 << 20;
const BATCH_FILES: usize = 1024;

/// Writes the archive to `to` and returns what is in it.
///
/// The archive appears under its name when it is complete, never before; folders on the way are made.
pub fn write(selection: &Selection, to: &Path) -> Result<Artifact, Problem> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    write_with(selection, to, threads)
}

fn write_with(selection: &Selection, to: &Path, threads: usize) -> Result<Artifact, Problem> {
    refuse_itself(selection, to)?;
    let cannot_write = |error: &dyn fmt::Display| {
        Problem::new(
            format!("cannot write `{}`: {error}", to.display()),
            "choose a folder that can be written to and has room",
        )
    };
    let folder = match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(|error| cannot_write(&error))?;
    let unfinished = unfinished_file(folder).map_err(|error| cannot_write(&error))?;

    let mut output = Output {
        zip: ZipWriter::new(BufWriter::with_capacity(1 << 20, unfinished.as_file())),
        entries: Vec::with_capacity(selection.files.len()),
        cannot_write: &cannot_write,
    };
    output.fill(&selection.files, threads)?;
    let mut entries = output.finish()?;
    streamed_sizes(&mut entries, unfinished.path()).map_err(|error| cannot_write(&error))?;

    let (digest, size) = digest(unfinished.path()).map_err(|error| cannot_write(&error))?;
    unfinished.persist(to).map_err(|error| cannot_write(&error.error))?;
    Ok(Artifact {
        path: to.to_path_buf(),
        digest,
        size,
        unzipped: entries.iter().map(|entry| entry.size).sum(),
        entries,
    })
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

fn digest(path: &Path) -> io::Result<(CodeDigest, u64)> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut size = 0;
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 {
            return Ok((CodeDigest::from_sha256(&hash.finalize()), size));
        }
        hash.update(&buffer[..length]);
        size += length as u64;
    }
}

/// A file and what became of it.
type Outcome<'a> = (&'a SelectedFile, Result<Packed, Problem>);

struct Output<'a, W: Write + Seek> {
    zip: ZipWriter<W>,
    entries: Vec<Entry>,
    cannot_write: &'a dyn Fn(&dyn fmt::Display) -> Problem,
}

impl<W: Write + Seek> Output<'_, W> {
    fn fill(&mut self, files: &[SelectedFile], threads: usize) -> Result<(), Problem> {
        let mut packers: Vec<Packer> = (0..threads.max(1)).map(|_| Packer::new()).collect();
        let mut ready: Vec<Outcome<'_>> = Vec::new();
        let mut rest = files;
        while let [first, others @ ..] = rest {
            if first.size >= STREAMED_FROM {
                self.append_all(mem::take(&mut ready))?;
                self.stream(first)?;
                rest = others;
                continue;
            }
            let (batch, after) = rest.split_at(batch_length(rest));
            let before = mem::take(&mut ready);
            let (appended, packed) = pack_batch(batch, &mut packers, || self.append_all(before));
            appended?;
            ready = packed;
            rest = after;
        }
        self.append_all(ready)
    }

    fn append_all(&mut self, outcomes: Vec<Outcome<'_>>) -> Result<(), Problem> {
        for (file, packed) in outcomes {
            let packed = packed?;
            self.copy(&packed.archive)
                .map_err(|error| (self.cannot_write)(&error))?;
            self.note(file, packed.compressed);
        }
        Ok(())
    }

    fn copy(&mut self, archive: &[u8]) -> ZipResult<()> {
        let mut archive = ZipArchive::new(Cursor::new(archive))?;
        let entry = archive.by_index_raw(0)?;
        self.zip.raw_copy_file(entry)
    }

    /// Adds a file that is too large to be held in memory.
    fn stream(&mut self, file: &SelectedFile) -> Result<(), Problem> {
        let options = SimpleFileOptions::DEFAULT
            .compression_method(CompressionMethod::Deflated)
            .large_file(file.size >= u64::from(u32::MAX))
            .unix_permissions(mode(file.executable))
            .system(zip::System::Unix);
        self.zip
            .start_file(&file.name, options)
            .map_err(|error| (self.cannot_write)(&error))?;
        let mut source = Source::open(file)?;
        let mut buffer = vec![0; 1 << 20];
        loop {
            let length = source.read(&mut buffer)?;
            if length == 0 {
                break;
            }
            self.zip
                .write_all(&buffer[..length])
                .map_err(|error| (self.cannot_write)(&error))?;
        }
        source.finish()?;
        // The encoder does not tell how small it became; `streamed_sizes` reads it from the archive.
        self.note(file, 0);
        Ok(())
    }

    /// Writes the directory and everything that is still buffered.
    fn finish(self) -> Result<Vec<Entry>, Problem> {
        self.zip
            .finish()
            .map_err(io::Error::from)
            .and_then(|mut buffered| buffered.flush())
            .map_err(|error| (self.cannot_write)(&error))?;
        Ok(self.entries)
    }

    fn note(&mut self, file: &SelectedFile, compressed: u64) {
        self.entries.push(Entry {
            name: file.name.clone(),
            size: file.size,
            compressed,
            executable: file.executable,
        });
    }
}

/// Fills in the compressed sizes that only the finished archive knows.
fn streamed_sizes(entries: &mut [Entry], archive: &Path) -> ZipResult<()> {
    let mut streamed = entries
        .iter_mut()
        .filter(|entry| entry.size >= STREAMED_FROM)
        .peekable();
    if streamed.peek().is_none() {
        return Ok(());
    }
    let mut archive = ZipArchive::new(BufReader::new(File::open(archive)?))?;
    for entry in streamed {
        entry.compressed = archive.by_name(&entry.name)?.compressed_size();
    }
    Ok(())
}

/// How many files, at least one, are packed together.
fn batch_length(files: &[SelectedFile]) -> usize {
    let mut bytes = 0;
    let fitting = files.iter().take(BATCH_FILES).take_while(|file| {
        bytes += file.size;
        bytes <= BATCH_BYTES
    });
    fitting.count().max(1)
}

/// Packs the files on all threads while `meanwhile` runs on this one; returns its value and, in order, the files.
fn pack_batch<'a, T>(
    batch: &'a [SelectedFile],
    packers: &mut [Packer],
    meanwhile: impl FnOnce() -> T,
) -> (T, Vec<Outcome<'a>>) {
    // The largest first, so that no thread is left with a long one at the end.
    let mut queue: Vec<(usize, &SelectedFile)> = batch.iter().enumerate().collect();
    queue.sort_by_key(|(_, file)| Reverse(file.size));
    let next = AtomicUsize::new(0);
    let take = || queue.get(next.fetch_add(1, Ordering::Relaxed));
    thread::scope(|scope| {
        let workers: Vec<_> = packers
            .iter_mut()
            .take(batch.len())
            .map(|packer| {
                scope.spawn(|| {
                    let mut done = Vec::new();
                    while let Some((index, file)) = take() {
                        let packed = source::read(file, &mut packer.contents).and_then(|()| packer.pack(file));
                        done.push((*index, (*file, packed)));
                    }
                    done
                })
            })
            .collect();
        let value = meanwhile();
        let mut done: Vec<_> = workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("packing a file does not panic"))
            .collect();
        done.sort_by_key(|(index, _)| *index);
        (value, done.into_iter().map(|(_, outcome)| outcome).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path, contents: &[(&str, Vec<u8>)]) -> Selection {
        let files = contents.iter().map(|(name, bytes)| {
            let path = folder.join(name);
            fs::write(&path, bytes).unwrap();
            SelectedFile {
                name: (*name).to_owned(),
                path,
                executable: false,
                size: bytes.len() as u64,
            }
        });
        Selection { files: files.collect() }
    }

    /// Bytes that deflate cannot shrink.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 0x9e37_79b9_u32;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state.to_le_bytes()[0]
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn the_number_of_threads_does_not_show() {
        let folder = tempfile::tempdir().unwrap();
        let contents: Vec<(String, Vec<u8>)> = (0..2500_usize)
            .map(|index| {
                (
                    format!("{index:04}.txt"),
                    format!("{index} ").repeat(index % 97).into_bytes(),
                )
            })
            .collect();
        let contents: Vec<(&str, Vec<u8>)> = contents
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.clone()))
            .collect();
        let selection = files(folder.path(), &contents);
        let archives: Vec<_> = [1, 2, 3, 16]
            .map(|threads| write_with(&selection, &folder.path().join(format!("{threads}.zip")), threads).unwrap())
            .into();
        for archive in &archives {
            assert_eq!(archive.digest, archives[0].digest);
            assert_eq!(archive.entries, archives[0].entries);
        }
        assert_eq!(
            fs::read(&archives[0].path).unwrap(),
            fs::read(&archives[3].path).unwrap()
        );
    }

    #[test]
    fn what_does_not_shrink_is_stored() {
        let folder = tempfile::tempdir().unwrap();
        let contents = [
            ("empty", Vec::new()),
            ("noise", noise(5000)),
            ("text", vec![b'a'; 5000]),
        ];
        let selection = files(folder.path(), &contents);
        let artifact = write(&selection, &folder.path().join("out.zip")).unwrap();
        let sizes: Vec<_> = artifact
            .entries
            .iter()
            .map(|entry| (entry.size, entry.compressed))
            .collect();
        assert_eq!(sizes[0], (0, 0));
        assert_eq!(sizes[1], (5000, 5000));
        assert!(sizes[2].1 < 100, "{sizes:?}");
        assert_eq!(artifact.unzipped, 10_000);
        let mut archive = ZipArchive::new(File::open(&artifact.path).unwrap()).unwrap();
        let methods: Vec<_> = (0..3)
            .map(|index| archive.by_index(index).unwrap().compression())
            .collect();
        assert_eq!(
            methods,
            [
                CompressionMethod::Stored,
                CompressionMethod::Stored,
                CompressionMethod::Deflated
            ]
        );
    }

    #[test]
    fn a_huge_file_is_streamed() {
        let folder = tempfile::tempdir().unwrap();
        let mut selection = files(
            folder.path(),
            &[("a", b"a".to_vec()), ("huge", Vec::new()), ("z", b"z".to_vec())],
        );
        // Sparse: it takes no room on the disk.
        File::options()
            .write(true)
            .open(&selection.files[1].path)
            .unwrap()
            .set_len(STREAMED_FROM)
            .unwrap();
        selection.files[1].size = STREAMED_FROM;
        let artifact = write(&selection, &folder.path().join("out.zip")).unwrap();
        assert_eq!(artifact.unzipped, STREAMED_FROM + 2);
        assert!(
            (1..STREAMED_FROM / 100).contains(&artifact.entries[1].compressed),
            "{:?}",
            artifact.entries
        );
        let mut archive = ZipArchive::new(File::open(&artifact.path).unwrap()).unwrap();
        let names: Vec<_> = (0..3)
            .map(|index| archive.by_index(index).unwrap().name().unwrap().into_owned())
            .collect();
        assert_eq!(names, ["a", "huge", "z"]);
        let huge = archive.by_name("huge").unwrap();
        assert_eq!(huge.unix_mode(), Some(0o100_644));
        assert_eq!(huge.size(), STREAMED_FROM);
    }

    #[test]
    fn batches_are_bounded() {
        let file = |size| SelectedFile {
            name: String::new(),
            path: std::path::PathBuf::new(),
            executable: false,
            size,
        };
        assert_eq!(batch_length(&[file(BATCH_BYTES * 2), file(1)]), 1);
        assert_eq!(batch_length(&[file(BATCH_BYTES), file(1)]), 1);
        assert_eq!(batch_length(&[file(1), file(1), file(BATCH_BYTES)]), 2);
        assert_eq!(batch_length(&vec![file(0); BATCH_FILES + 5]), BATCH_FILES);
    }
}
