//! Buckets: a document each, with the digests of the archives that were put there.

use std::collections::BTreeMap;
use std::path::Path;

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::documents::{BucketDocument, ObjectDocument};
use super::refusal::{Answer, Refusal};
use super::store::Kind;
use super::{Local, Target, archives};
use crate::domain::names::BucketName;
use crate::ports::{Artifacts, BucketState, ErrorKind, PortResult};

impl Local {
    fn find_bucket(&self, bucket: &BucketName) -> Answer<Option<BucketDocument>> {
        Ok(self.store.read(Kind::Buckets, bucket.as_str())?)
    }

    fn create_bucket(&self, bucket: BucketName) -> Answer<()> {
        let writer = self.store.lock()?;
        if self.find_bucket(&bucket)?.is_some() {
            // As asked for already; a rerun finds its own bucket.
            return Ok(());
        }
        let document = BucketDocument {
            name: bucket,
            objects: BTreeMap::new(),
        };
        writer.write(Kind::Buckets, document.name.as_str(), &document)?;
        Ok(())
    }

    fn put(&self, bucket: &BucketName, key: String, file: &Path, sent: impl FnMut(u64)) -> Answer<()> {
        let writer = self.store.lock()?;
        let mut document = self.find_bucket(bucket)?.ok_or_else(|| {
            Refusal::new(
                ErrorKind::NotFound,
                "NoSuchBucket",
                "The specified bucket does not exist",
            )
        })?;
        let stored = archives::take_in(&self.store, &writer, file, sent)?;
        let object = ObjectDocument {
            digest: stored.digest,
            size: stored.size,
        };
        document.objects.insert(key, object);
        writer.write(Kind::Buckets, bucket.as_str(), &document)?;
        Ok(())
    }

    /// As in S3, deleting what is not there is no error.
    fn delete_object(&self, bucket: &BucketName, key: &str) -> Answer<()> {
        let writer = self.store.lock()?;
        if let Some(mut document) = self.find_bucket(bucket)?
            && document.objects.remove(key).is_some()
        {
            writer.write(Kind::Buckets, bucket.as_str(), &document)?;
            archives::sweep(&self.store, &writer)?;
        }
        Ok(())
    }
}

#[async_trait]
impl Artifacts for Target {
    async fn bucket(&self, bucket: &BucketName) -> PortResult<BucketState> {
        let (resource, bucket) = (bucket.as_str(), bucket.clone());
        self.call("s3:ListBucket", resource, move |local| {
            Ok(match local.find_bucket(&bucket)? {
                Some(_) => BucketState::Ours,
                None => BucketState::Missing,
            })
        })
        .await
    }

    async fn create_bucket(&self, bucket: &BucketName) -> PortResult<()> {
        let (resource, bucket) = (bucket.as_str(), bucket.clone());
        self.call("s3:CreateBucket", resource, move |local| local.create_bucket(bucket))
            .await
    }

    async fn has(&self, bucket: &BucketName, key: &str) -> PortResult<bool> {
        let (bucket, key) = (bucket.clone(), key.to_owned());
        self.call("s3:GetObject", format!("{bucket}/{key}"), move |local| {
            let found = local.find_bucket(&bucket)?;
            Ok(found.is_some_and(|bucket| bucket.objects.contains_key(&key)))
        })
        .await
    }

    async fn keys(&self, bucket: &BucketName, prefix: &str) -> PortResult<Vec<String>> {
        let (resource, bucket, prefix) = (bucket.as_str(), bucket.clone(), prefix.to_owned());
        self.call("s3:ListBucket", resource, move |local| {
            let found = local.find_bucket(&bucket)?;
            let keys = found.into_iter().flat_map(|bucket| bucket.objects.into_keys());
            Ok(keys.filter(|key| key.starts_with(&prefix)).collect())
        })
        .await
    }

    async fn delete(&self, bucket: &BucketName, key: &str) -> PortResult<()> {
        let (bucket, key) = (bucket.clone(), key.to_owned());
        self.call("s3:DeleteObject", format!("{bucket}/{key}"), move |local| {
            local.delete_object(&bucket, &key)
        })
        .await
    }

    async fn put(
        &self,
        bucket: &BucketName,
        key: &str,
        file: &Path,
        sent: &(dyn Fn(u64) + Send + Sync),
    ) -> PortResult<()> {
        let (bucket, key, file) = (bucket.clone(), key.to_owned(), file.to_owned());
        // The copy runs on another thread, where the borrowed callback cannot go.
        let (progress, mut progressed) = mpsc::unbounded_channel();
        let copy = self.call("s3:PutObject", format!("{bucket}/{key}"), move |local| {
            local.put(&bucket, key, &file, |bytes| {
                // Nobody listens any more when the call was given up: the copy is finished all the same.
                let _ = progress.send(bytes);
            })
        });
        let report = async {
            while let Some(bytes) = progressed.recv().await {
                sent(bytes);
            }
        };
        tokio::join!(copy, report).0
    }
}
