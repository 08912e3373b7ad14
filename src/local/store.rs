//! Files: one readable JSON document per thing, replaced whole.
//!
//! A document is written beside its place, synced and renamed over it, so a reader sees the old
//! one or the new one and a crash leaves one of the two. Writers of every lfn process take turns
//! through one advisory lock; readers need none.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The folder, and where each kind of thing lives in it.
pub(super) struct Store {
    root: PathBuf,
}

/// The kinds of document; each has a folder of its own.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Functions,
    /// The highest version number a function name ever had; outlives the function.
    Counters,
    Layers,
    Roles,
    LogGroups,
    Buckets,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Functions,
        Self::Counters,
        Self::Layers,
        Self::Roles,
        Self::LogGroups,
        Self::Buckets,
    ];

    fn folder(self) -> &'static str {
        match self {
            Self::Functions => "functions",
            Self::Counters => "counters",
            Self::Layers => "layers",
            Self::Roles => "roles",
            Self::LogGroups => "log-groups",
            Self::Buckets => "buckets",
        }
    }
}

/// The right to write, held by one process and thread at a time.
pub(super) struct Writer<'a> {
    store: &'a Store,
    // Closing the file releases the lock, also when the process dies.
    _lock: File,
}

impl Store {
    /// Looks at the folder and makes nothing: a store that is not there is an empty one.
    pub fn open(root: PathBuf) -> io::Result<Self> {
        match fs::metadata(&root) {
            Ok(found) if !found.is_dir() => Err(io::ErrorKind::NotADirectory.into()),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(_) | Err(_) => Ok(Self { root }),
        }
    }

    /// Makes what is missing of the folders.
    fn furnish(&self) -> io::Result<()> {
        for kind in Kind::ALL {
            fs::create_dir_all(self.root.join(kind.folder()))?;
        }
        fs::create_dir_all(self.archives())?;
        fs::create_dir_all(self.events_folder())?;
        // Settings hold environment values in the clear: keep the folder out of every repository.
        let ignore = self.root.join(".gitignore");
        if !ignore.exists() {
            fs::write(ignore, "*\n")?;
        }
        Ok(())
    }

    /// Where archives are, one file per digest.
    pub fn archives(&self) -> PathBuf {
        self.root.join("archives")
    }

    /// The parameters, kept by hand: one object of names and values.
    pub fn parameters(&self) -> PathBuf {
        self.root.join("parameters.json")
    }

    /// The states of alarms by name, kept by hand as well.
    pub fn alarms(&self) -> PathBuf {
        self.root.join("alarms.json")
    }

    /// The calls of a function, one JSON object a line.
    pub fn calls(&self, function: &str) -> PathBuf {
        self.root.join("calls").join(format!("{}.ndjson", file_name(function)))
    }

    /// The log events of a group, one JSON object a line.
    pub fn events(&self, group: &str) -> PathBuf {
        self.events_folder().join(format!("{}.ndjson", file_name(group)))
    }

    fn events_folder(&self) -> PathBuf {
        self.root.join("log-events")
    }

    fn path(&self, kind: Kind, name: &str) -> PathBuf {
        self.root.join(kind.folder()).join(format!("{}.json", file_name(name)))
    }

    /// Waits until no other thread or process writes. The first to do so makes the folders.
    pub fn lock(&self) -> io::Result<Writer<'_>> {
        self.furnish()?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.root.join("lock"))?;
        lock.lock()?;
        Ok(Writer {
            store: self,
            _lock: lock,
        })
    }

    /// One document, or `None` when there is none.
    pub fn read<T: DeserializeOwned>(&self, kind: Kind, name: &str) -> io::Result<Option<T>> {
        read_document(&self.path(kind, name))
    }

    /// Every document of a kind.
    pub fn read_all<T: DeserializeOwned>(&self, kind: Kind) -> io::Result<Vec<T>> {
        let mut documents = Vec::new();
        let folder = match fs::read_dir(self.root.join(kind.folder())) {
            Ok(folder) => folder,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(documents),
            Err(error) => return Err(error),
        };
        for entry in folder {
            let path = entry?.path();
            // Half-written files have no such ending; a file removed since is simply gone.
            if path.extension().is_some_and(|ending| ending == "json") {
                documents.extend(read_document(&path)?);
            }
        }
        Ok(documents)
    }
}

impl Writer<'_> {
    /// Replaces a document, or makes it.
    pub fn write<T: Serialize>(&self, kind: Kind, name: &str, document: &T) -> io::Result<()> {
        let folder = self.store.root.join(kind.folder());
        let mut file = tempfile::Builder::new().suffix(".new").tempfile_in(folder)?;
        serde_json::to_writer_pretty(&mut file, document)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(self.store.path(kind, name))
            .map_err(|failed| failed.error)?;
        Ok(())
    }

    /// Removes a document, which may be gone already.
    pub fn remove(&self, kind: Kind, name: &str) -> io::Result<()> {
        remove_file(&self.store.path(kind, name))
    }
}

/// Removes a file, which may be gone already.
pub(super) fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Reads a JSON file, or `None` when there is none.
pub(super) fn read_document<T: DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    serde_json::from_slice(&text).map(Some).map_err(|error| {
        // Where, not what: the text may hold secrets.
        let (line, column) = (error.line(), error.column());
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!(
                "`{}` is not what lfn wrote (line {line}, column {column}); put it right or remove it",
                path.display()
            ),
        )
    })
}

/// A name as a file name on every system: capitals and everything unusual are spelled in
/// hexadecimal, since some file systems take `Thumbs` and `thumbs` for the same file.
fn file_name(name: &str) -> String {
    use std::fmt::Write as _;
    let mut file = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => file.push(char::from(byte)),
            _ => write!(file, "%{byte:02X}").expect("writing to a String cannot fail"),
        }
    }
    // File systems allow 255 bytes; a log group's name may need more.
    if file.len() > 200 {
        use sha2::Digest as _;
        let digest = crate::domain::names::CodeDigest::from_sha256(&sha2::Sha256::digest(name));
        file.truncate(120);
        file.push('-');
        file.push_str(&digest.to_hex());
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_distinct_even_where_case_does_not_count() {
        assert_eq!(file_name("thumbs-2_x"), "thumbs-2_x");
        assert_eq!(file_name("/aws/lambda/thumbs"), "%2Faws%2Flambda%2Fthumbs");
        assert_ne!(file_name("Thumbs").to_lowercase(), file_name("thumbs").to_lowercase());
        let (one, two) = ("x".repeat(500) + "1", "x".repeat(500) + "2");
        assert!(file_name(&one).len() <= 200);
        assert_ne!(file_name(&one), file_name(&two));
    }

    #[test]
    fn a_damaged_document_is_named_without_its_contents() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        fs::write(&path, r#"{"KEY": "s3cret"#).unwrap();
        let error = read_document::<serde_json::Value>(&path).unwrap_err().to_string();
        assert!(error.contains("x.json") && !error.contains("s3cret"), "{error}");
    }
}
