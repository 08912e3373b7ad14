//! Archives, stored once by digest: taken in, checked as Lambda checks them, unpacked, swept.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::documents::{BucketDocument, FunctionDocument, LayerDocument};
use super::refusal::{Answer, Refusal};
use super::store::{Kind, Store, Writer, remove_file};
use crate::domain::function::DIRECT_UPLOAD_LIMIT;
use crate::domain::names::CodeDigest;
use crate::domain::package::directory::{self, Listed};
use crate::ports::{CodeSource, ErrorKind};

/// What a request may measure as a whole, its archive in base64. Source: Lambda's own error text.
const REQUEST_LIMIT: u64 = 70_167_211;

/// An archive that is in the store.
pub(super) struct Stored {
    pub digest: CodeDigest,
    pub size: u64,
}

fn path(store: &Store, digest: &CodeDigest) -> PathBuf {
    store.archives().join(format!("{}.zip", digest.to_hex()))
}

/// Takes the code of a function or layer in, or refuses it. Takes the writer, since [`sweep`] would remove
/// an archive that no document refers to yet. `room` is what it may unpack to.
pub(super) fn accept(
    store: &Store,
    held: &Writer<'_>,
    source: &CodeSource,
    operation: &str,
    room: u64,
) -> Answer<Stored> {
    let stored = match source {
        CodeSource::Direct(file) => {
            let size = fs::metadata(file).map_err(|error| named(file, &error))?.len();
            if size.div_ceil(3) * 4 > REQUEST_LIMIT {
                return Err(Refusal::new(
                    ErrorKind::Invalid,
                    "RequestEntityTooLargeException",
                    format!("Request must be smaller than {REQUEST_LIMIT} bytes for the {operation} operation"),
                ));
            }
            if size > DIRECT_UPLOAD_LIMIT {
                return Err(Refusal::invalid(format!(
                    "Zipped size must be smaller than {DIRECT_UPLOAD_LIMIT} bytes"
                )));
            }
            take_in(store, held, file, |_| {})?
        }
        CodeSource::Bucket { bucket, key } => {
            let no_such = |code: &str, message: &str| {
                Refusal::invalid(format!(
                    "Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}"
                ))
            };
            let found: Option<BucketDocument> = store.read(Kind::Buckets, bucket.as_str())?;
            let mut document = found.ok_or_else(|| no_such("NoSuchBucket", "The specified bucket does not exist"))?;
            let object = document
                .objects
                .remove(key)
                .ok_or_else(|| no_such("NoSuchKey", "The specified key does not exist."))?;
            Stored {
                digest: object.digest,
                size: object.size,
            }
        }
    };
    if unzipped(store, &stored.digest)? > room {
        return Err(Refusal::invalid(format!(
            "Unzipped size must be smaller than {room} bytes"
        )));
    }
    Ok(stored)
}

/// Copies a file into the store under the digest of its bytes, telling how far it is.
pub(super) fn take_in(store: &Store, _held: &Writer<'_>, file: &Path, mut sent: impl FnMut(u64)) -> Answer<Stored> {
    let mut from = File::open(file).map_err(|error| named(file, &error))?;
    let mut to = tempfile::Builder::new().suffix(".new").tempfile_in(store.archives())?;
    let mut hash = Sha256::new();
    let mut size = 0;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = from.read(&mut buffer).map_err(|error| named(file, &error))?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        size += read as u64;
        sent(size);
    }
    let digest = CodeDigest::from_sha256(&hash.finalize());
    let target = path(store, &digest);
    if !target.exists() {
        to.as_file().sync_all()?;
        to.persist(target).map_err(|failed| failed.error)?;
    }
    Ok(Stored { digest, size })
}

fn named(file: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("`{}`: {error}", file.display()))
}

/// What an archive unpacks to, or why Lambda would not take it.
pub(super) fn unzipped(store: &Store, digest: &CodeDigest) -> Answer<u64> {
    let broken =
        |_| Refusal::invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
    let mut archive = zip::ZipArchive::new(File::open(path(store, digest))?).map_err(broken)?;
    if archive.is_empty() {
        return Err(Refusal::invalid("Uploaded file must be a non-empty zip"));
    }
    let mut unzipped: u64 = 0;
    for index in 0..archive.len() {
        let size = archive.by_index_raw(index).map_err(broken)?.size();
        unzipped = unzipped.saturating_add(size);
    }
    Ok(unzipped)
}

/// The files in an archive.
pub(super) fn list(store: &Store, digest: &CodeDigest) -> Answer<Vec<Listed>> {
    Ok(directory::list(&path(store, digest))?)
}

/// Unpacks an archive over what is there; `None` when it is gone, since the function was deleted meanwhile.
pub(super) fn unpack(store: &Store, digest: &CodeDigest, to: &Path) -> Answer<Option<()>> {
    let file = match File::open(path(store, digest)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    zip::ZipArchive::new(file)
        .and_then(|mut archive| archive.extract(to))
        .map_err(|error| Refusal::from(io::Error::other(format!("could not unpack the code: {error}"))))?;
    Ok(Some(()))
}

/// Removes archives that nothing refers to any more.
pub(super) fn sweep(store: &Store, _held: &Writer<'_>) -> Answer<()> {
    let functions: Vec<FunctionDocument> = store.read_all(Kind::Functions)?;
    let buckets: Vec<BucketDocument> = store.read_all(Kind::Buckets)?;
    let layers: Vec<LayerDocument> = store.read_all(Kind::Layers)?;
    let code = functions.iter().flat_map(FunctionDocument::digests);
    let objects = buckets.iter().flat_map(|bucket| bucket.objects.values());
    let layers = layers.iter().flat_map(|layer| layer.versions.values());
    let needed: BTreeSet<PathBuf> = code
        .chain(objects.map(|object| &object.digest))
        .chain(layers.map(|version| &version.digest))
        .map(|digest| path(store, digest))
        .collect();
    for entry in fs::read_dir(store.archives())? {
        let archive = entry?.path();
        if !needed.contains(&archive) {
            remove_file(&archive)?;
        }
    }
    Ok(())
}
