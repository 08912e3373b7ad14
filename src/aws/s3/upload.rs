//! One upload: in one call when the file is small, else in parts, a few at a time.
//!
//! A multipart upload shows in the bucket only once it is complete. When it fails, or is dropped
//! half-way, its parts are given up so that nobody pays for them.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use aws_smithy_types::byte_stream::ByteStream;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;

use super::super::error::Explain;
use super::super::retry;
use crate::ports::{ErrorKind, PortError, PortResult};

const PUT: &str = "s3:PutObject";
const MIB: u64 = 1024 * 1024;
/// Up to here one call is sent.
const SINGLE: u64 = 16 * MIB;
const PART: u64 = 8 * MIB;
/// Source: S3 user guide, "Multipart upload limits".
const MOST_PARTS: u64 = 10_000;
/// Parts in flight; with their size this bounds the memory.
const AT_ONCE: usize = 3;

/// What is uploaded where.
pub struct Upload<'a> {
    pub client: &'a Client,
    pub explain: &'a Explain,
    pub timeout: Duration,
    pub owner: String,
    pub bucket: &'a str,
    pub key: &'a str,
    pub file: &'a Path,
}

/// A stretch of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    number: i32,
    offset: u64,
    length: u64,
}

/// Cuts a file into equal parts, as few as their size and the limit of parts allow.
fn parts(length: u64) -> impl Iterator<Item = Part> {
    let size = PART.max(length.div_ceil(MOST_PARTS));
    (1..=MOST_PARTS)
        .map(move |number| (number, (number - 1) * size))
        .take_while(move |(_, offset)| *offset < length)
        .map(move |(number, offset)| Part {
            number: i32::try_from(number).expect("there are at most ten thousand parts"),
            offset,
            length: size.min(length - offset),
        })
}

impl Upload<'_> {
    /// Uploads the file and tells `sent` how many bytes have arrived.
    pub async fn run(&self, sent: &(dyn Fn(u64) + Send + Sync)) -> PortResult<()> {
        let length = tokio::fs::metadata(self.file)
            .await
            .map_err(|why| self.unreadable(&why))?
            .len();
        sent(0);
        if length <= SINGLE {
            self.whole(length).await?;
            sent(length);
            return Ok(());
        }
        let unfinished = self.begin().await?;
        let result = match self.in_parts(&unfinished.id, length, sent).await {
            Ok(done) => self.complete(&unfinished.id, done).await,
            Err(error) => Err(error),
        };
        match result {
            Ok(()) => unfinished.finished(),
            Err(_) => unfinished.abort().await,
        }
        result
    }

    fn resource(&self) -> String {
        format!("{}/{}", self.bucket, self.key)
    }

    fn unreadable(&self, why: &std::io::Error) -> PortError {
        let message = format!("cannot read `{}`: {why}", self.file.display());
        PortError::new(ErrorKind::Invalid, PUT, self.resource(), message)
    }

    fn patience(&self, bytes: u64) -> Builder {
        Builder::new().timeout_config(retry::upload(self.timeout, bytes))
    }

    async fn whole(&self, length: u64) -> PortResult<()> {
        let part = Part {
            number: 1,
            offset: 0,
            length,
        };
        let bytes = read(self.file.to_owned(), part)
            .await
            .map_err(|why| self.unreadable(&why))?;
        self.client
            .put_object()
            .bucket(self.bucket)
            .key(self.key)
            .expected_bucket_owner(&self.owner)
            .checksum_sha256(STANDARD.encode(Sha256::digest(&bytes)))
            .body(ByteStream::from(bytes))
            .customize()
            .config_override(self.patience(length))
            .send()
            .await
            .map(drop)
            .map_err(|error| self.explain.call(PUT, &self.resource(), &error))
    }

    async fn begin(&self) -> PortResult<Unfinished> {
        let answer = self
            .client
            .create_multipart_upload()
            .bucket(self.bucket)
            .key(self.key)
            .expected_bucket_owner(&self.owner)
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .send()
            .await
            .map_err(|error| self.explain.call(PUT, &self.resource(), &error))?;
        let id = answer
            .upload_id
            .ok_or_else(|| PortError::new(ErrorKind::Internal, PUT, self.resource(), "the answer has no upload id"))?;
        Ok(Unfinished {
            client: self.client.clone(),
            owner: self.owner.clone(),
            bucket: self.bucket.to_owned(),
            key: self.key.to_owned(),
            id,
            open: true,
        })
    }

    async fn in_parts(
        &self,
        id: &str,
        length: u64,
        sent: &(dyn Fn(u64) + Send + Sync),
    ) -> PortResult<Vec<CompletedPart>> {
        let mut waiting = parts(length);
        // Dropping the set ends the tasks in it.
        let mut running: JoinSet<PortResult<(CompletedPart, u64)>> = JoinSet::new();
        let mut done = Vec::new();
        let mut arrived = 0;
        loop {
            while running.len() < AT_ONCE {
                let Some(part) = waiting.next() else { break };
                running.spawn(self.part(id, part));
            }
            let Some(finished) = running.join_next().await else {
                break;
            };
            let (part, bytes) = finished.map_err(|why| {
                PortError::new(
                    ErrorKind::Internal,
                    PUT,
                    self.resource(),
                    format!("a part was not sent: {why}"),
                )
            })??;
            arrived += bytes;
            sent(arrived);
            done.push(part);
        }
        done.sort_unstable_by_key(CompletedPart::part_number);
        Ok(done)
    }

    fn part(
        &self,
        id: &str,
        part: Part,
    ) -> impl Future<Output = PortResult<(CompletedPart, u64)>> + Send + 'static + use<> {
        let (explain, resource, path) = (self.explain.clone(), self.resource(), self.file.to_owned());
        let patience = self.patience(part.length);
        let call = self
            .client
            .upload_part()
            .bucket(self.bucket)
            .key(self.key)
            .expected_bucket_owner(&self.owner)
            .upload_id(id)
            .part_number(part.number);
        async move {
            let bytes = read(path.clone(), part).await.map_err(|why| {
                let message = format!("cannot read `{}`: {why}", path.display());
                PortError::new(ErrorKind::Invalid, PUT, resource.clone(), message)
            })?;
            let checksum = STANDARD.encode(Sha256::digest(&bytes));
            let answer = call
                .checksum_sha256(&checksum)
                .body(ByteStream::from(bytes))
                .customize()
                .config_override(patience)
                .send()
                .await
                .map_err(|error| explain.call(PUT, &resource, &error))?;
            let completed = CompletedPart::builder()
                .part_number(part.number)
                .set_e_tag(answer.e_tag)
                .checksum_sha256(checksum)
                .build();
            Ok((completed, part.length))
        }
    }

    async fn complete(&self, id: &str, parts: Vec<CompletedPart>) -> PortResult<()> {
        self.client
            .complete_multipart_upload()
            .bucket(self.bucket)
            .key(self.key)
            .expected_bucket_owner(&self.owner)
            .upload_id(id)
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build())
            .send()
            .await
            .map(drop)
            .map_err(|error| self.explain.call(PUT, &self.resource(), &error))
    }
}

/// Reads a stretch of the file. A file that became shorter meanwhile is an error.
async fn read(file: PathBuf, part: Part) -> std::io::Result<Vec<u8>> {
    let reading = tokio::task::spawn_blocking(move || {
        let mut file = std::fs::File::open(file)?;
        file.seek(SeekFrom::Start(part.offset))?;
        let length = usize::try_from(part.length).map_err(std::io::Error::other)?;
        let mut bytes = vec![0; length];
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    });
    reading.await.map_err(std::io::Error::other)?
}

/// A multipart upload that is not complete. Dropping it gives it up in the background.
struct Unfinished {
    client: Client,
    owner: String,
    bucket: String,
    key: String,
    id: String,
    open: bool,
}

impl Unfinished {
    fn finished(mut self) {
        self.open = false;
    }

    async fn abort(mut self) {
        self.open = false;
        // The first error is the one to report; what stays behind is invisible.
        let _ = self.giving_up().await;
    }

    fn giving_up(&self) -> impl Future<Output = bool> + Send + 'static + use<> {
        let call = self
            .client
            .abort_multipart_upload()
            .bucket(&self.bucket)
            .key(&self.key)
            .expected_bucket_owner(&self.owner)
            .upload_id(&self.id);
        async move { call.send().await.is_ok() }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(self.giving_up());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_the_file_without_gaps() {
        for length in [
            SINGLE + 1,
            20 * MIB,
            100 * MIB + 7,
            PART * MOST_PARTS,
            PART * MOST_PARTS + 1,
            500_000 * MIB,
        ] {
            let mut next = 0;
            let mut count = 0;
            for part in parts(length) {
                assert_eq!(part.offset, next);
                assert!(part.length > 0);
                next += part.length;
                count += 1;
                assert_eq!(part.number, count);
            }
            assert_eq!(next, length);
            assert!(u64::try_from(count).unwrap() <= MOST_PARTS, "{length}: {count}");
        }
    }

    #[test]
    fn parts_of_ordinary_files_are_eight_megabytes() {
        assert!(parts(100 * MIB).all(|part| part.length <= PART));
    }

    #[tokio::test]
    async fn a_file_that_shrinks_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"hello").unwrap();
        let part = Part {
            number: 1,
            offset: 2,
            length: 3,
        };
        assert_eq!(read(file.path().to_owned(), part).await.unwrap(), b"llo");
        let part = Part { length: 4, ..part };
        assert!(read(file.path().to_owned(), part).await.is_err());
    }
}
