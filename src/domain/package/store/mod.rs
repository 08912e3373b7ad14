//! The archive that was made last, kept so that the next one takes over what did not change.
//!
//! Two files for each project: the archive as it was, and an index that says for each of its files what it
//! was made from. A file whose [`Identity`] is the same is not read again; one that was touched, moved or
//! checked out anew is read, compared and not compressed again. Nothing here is believed: the index has a
//! digest, each piece that is copied is checked, and whatever does not fit means work, never a wrong archive.
//! Files appear under their names when they are complete, so that processes cannot get in each other's way.

mod index;
mod room;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};

use super::deflate::{Packer, WHOLE};
use super::entry::{LOCAL, Method};
use super::source::Identity;
use crate::domain::names::CodeDigest;

pub use index::{Index, Record};
pub use room::make_room;

/// Below the root of lfn's cache.
pub const KIND: &str = "archives";

/// What is known of the archive before, if anything.
pub struct Store {
    place: Option<Place>,
    kept: Option<Kept>,
    /// What went wrong.
    troubles: Vec<String>,
    /// What changed later than this may change again without a sign.
    started: SystemTime,
}

/// Where a project's files are.
struct Place {
    folder: PathBuf,
    /// How their names begin.
    key: String,
}

struct Kept {
    index: Index,
    archive: Mutex<File>,
    by_name: OnceLock<HashMap<String, usize>>,
    by_content: OnceLock<HashMap<(u32, u32), usize>>,
}

impl Store {
    /// What `cache` (a folder) holds of the archive that `project` calls `label`, such as `function`.
    /// `started` is the time before any file was looked at.
    pub fn open(cache: &Path, project: &Path, label: &str, started: SystemTime) -> Self {
        let folder = cache.join(KIND);
        let project = project.canonicalize().unwrap_or_else(|_| project.to_path_buf());
        let mut hash = Sha256::new();
        hash.update(project.as_os_str().as_encoded_bytes());
        hash.update([0]);
        hash.update(label);
        let mut key = CodeDigest::from_sha256(&hash.finalize()).to_hex();
        key.truncate(32);
        let place = Place { folder, key };
        let (kept, trouble) = match place.open() {
            Ok(kept) => (kept, None),
            Err(error) => (
                None,
                Some(format!(
                    "could not read what is kept in `{}`: {error}",
                    place.folder.display()
                )),
            ),
        };
        Self {
            kept,
            place: Some(place),
            troubles: trouble.into_iter().collect(),
            started,
        }
    }

    /// Knows nothing and remembers nothing.
    pub fn none() -> Self {
        Self {
            place: None,
            kept: None,
            troubles: Vec::new(),
            started: SystemTime::UNIX_EPOCH,
        }
    }

    /// Forgets what it knows: something in it was broken.
    pub fn forget(&mut self) {
        self.kept = None;
        self.troubles
            .push("the archive that was kept is not what it was: all files were packaged anew".into());
    }

    pub fn index(&self) -> Option<&Index> {
        self.kept.as_ref().map(|kept| &kept.index)
    }

    /// The record of a file that has not changed since.
    pub fn known(&self, name: &str, identity: &Identity) -> Option<usize> {
        let kept = self.kept.as_ref()?;
        let place = *kept.by_name().get(name)?;
        (kept.index.records[place].identity.as_ref() == Some(identity)).then_some(place)
    }

    /// What these contents were compressed to, by whatever name.
    pub fn compressed(&self, crc: u32, contents: &[u8], packer: &mut Packer) -> Option<(Method, Vec<u8>)> {
        let kept = self.kept.as_ref()?;
        let size = u32::try_from(contents.len()).ok()?;
        let record = &kept.index.records[*kept.by_content().get(&(crc, size))?];
        let mut data = vec![0; usize::try_from(record.length()).ok()?];
        self.read(record.offset.into(), &mut data).ok()?;
        if crc32fast::hash(&data) != record.check {
            return None;
        }
        let data = data.split_off(LOCAL + record.name.len());
        packer
            .holds(record.method, &data, contents)
            .then_some((record.method, data))
    }

    /// Reads from the archive that was kept.
    pub fn read(&self, at: u64, buffer: &mut [u8]) -> io::Result<()> {
        let kept = self.kept.as_ref().ok_or(io::ErrorKind::NotFound)?;
        let mut archive = kept.archive.lock().expect("reading does not panic");
        archive.seek(SeekFrom::Start(at))?;
        archive.read_exact(buffer)
    }

    /// Whether the time stamps of such a file can be trusted next time.
    pub fn is_settled(&self, identity: &Identity) -> bool {
        identity.is_settled(self.started)
    }

    /// Remembers the archive at this path, and returns what went wrong since the beginning. What fails is left
    /// undone: the next run does the work again.
    pub fn keep(self, archive: &Path, mut index: Index) -> Vec<String> {
        let mut troubles = self.troubles;
        let Some(place) = &self.place else { return troubles };
        let same = self.kept.as_ref().filter(|kept| kept.index.digest == index.digest);
        // It is used: what was used longest ago goes first when room is needed.
        let touch = || {
            File::options()
                .append(true)
                .open(place.index())?
                .set_modified(self.started)
        };
        let done: io::Result<()> = (|| {
            fs::create_dir_all(&place.folder)?;
            if same.is_none() {
                place.keep_archive(archive, &index)?;
            }
            // Only now: the link counts as a change.
            index.written = Identity::of(&fs::metadata(archive)?);
            if same.is_some_and(|kept| kept.index == index) {
                return touch();
            }
            place.keep_index(&index)?;
            place.remove_others(&index);
            Ok(())
        })();
        if let Err(error) = done {
            troubles.push(format!(
                "could not keep the archive in `{}`: {error}",
                place.folder.display()
            ));
        }
        troubles
    }
}

impl Kept {
    /// Not made when nothing changed: then the order of the names is enough.
    fn by_name(&self) -> &HashMap<String, usize> {
        self.by_name.get_or_init(|| {
            let names = self.index.records.iter().enumerate();
            names.map(|(place, record)| (record.name.clone(), place)).collect()
        })
    }

    fn by_content(&self) -> &HashMap<(u32, u32), usize> {
        self.by_content.get_or_init(|| {
            let records = self.index.records.iter().enumerate();
            let small = records.filter(|(_, record)| u64::from(record.size) <= WHOLE);
            small
                .map(|(place, record)| ((record.crc, record.size), place))
                .collect()
        })
    }
}

impl Place {
    fn index(&self) -> PathBuf {
        self.folder.join(format!("{}.index", self.key))
    }

    fn archive(&self, index: &Index) -> PathBuf {
        let digest = index.digest.to_hex();
        self.folder
            .join(format!("{}-{}.zip", self.key, &digest[..digest.len().min(32)]))
    }

    /// None when nothing is kept, or by another version of lfn.
    fn open(&self) -> io::Result<Option<Kept>> {
        let absent = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => Ok(None),
            _ => Err(error),
        };
        let bytes = match fs::read(self.index()) {
            Ok(bytes) => bytes,
            Err(error) => return absent(error),
        };
        let Some(index) = Index::decode(&bytes) else {
            return Ok(None);
        };
        let archive = match File::open(self.archive(&index)) {
            Ok(archive) => archive,
            Err(error) => return absent(error),
        };
        if archive.metadata()?.len() != index.size {
            return Ok(None);
        }
        Ok(Some(Kept {
            by_name: OnceLock::new(),
            by_content: OnceLock::new(),
            archive: Mutex::new(archive),
            index,
        }))
    }

    /// The archive itself serves, at no cost, where the cache is on the same disk. Whoever writes into it
    /// later breaks what is kept, which shows.
    fn keep_archive(&self, archive: &Path, index: &Index) -> io::Result<()> {
        let unfinished = tempfile::Builder::new()
            .prefix(room::UNFINISHED)
            .tempdir_in(&self.folder)?;
        let copy = unfinished.path().join("archive");
        if fs::hard_link(archive, &copy).is_err() {
            fs::copy(archive, &copy)?;
        }
        fs::rename(&copy, self.archive(index))
    }

    fn keep_index(&self, index: &Index) -> io::Result<()> {
        let unfinished = tempfile::Builder::new()
            .prefix(room::UNFINISHED)
            .tempfile_in(&self.folder)?;
        fs::write(unfinished.path(), index.encode())?;
        unfinished.persist(self.index()).map_err(|error| error.error)?;
        Ok(())
    }

    /// Removes the archives before this one. Who is reading one has it open.
    fn remove_others(&self, index: &Index) {
        let current = self.archive(index);
        let files = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        for path in files.map(|file| file.path()).filter(|path| *path != current) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(&format!("{}-", self.key)) {
                let _ = fs::remove_file(&path);
            }
        }
    }
}

#[cfg(test)]
mod tests;
