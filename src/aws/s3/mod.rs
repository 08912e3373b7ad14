//! Archives in S3. Every call names the account that must own the bucket, so that a bucket which
//! somebody else made under the expected name is never written to, nor read.

mod upload;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::types::{
    BucketLocationConstraint, CreateBucketConfiguration, ObjectOwnership, PublicAccessBlockConfiguration,
    ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
};

use super::error::Explain;
use super::sts::StsIdentity;
use crate::domain::names::{BucketName, Region};
use crate::ports::{Artifacts, BucketState, ErrorKind, PortError, PortResult};

/// How the names of the buckets begin that lfn makes when lambda.yaml names none.
const DEFAULT_PREFIX: &str = "lfn-artifacts-";

/// Archives through the SDK.
#[derive(Debug)]
pub struct S3Artifacts {
    pub client: aws_sdk_s3::Client,
    pub explain: Explain,
    pub identity: Arc<StsIdentity>,
    pub region: Region,
    pub timeout: Duration,
}

impl S3Artifacts {
    async fn owner(&self) -> PortResult<String> {
        Ok(self.identity.place().await?.account.to_string())
    }

    async fn make(&self, bucket: &BucketName) -> PortResult<()> {
        let action = "s3:CreateBucket";
        // us-east-1 is the one region that may not be named. Source: S3 API reference, `CreateBucket`.
        let place = (self.region.as_str() != "us-east-1").then(|| {
            CreateBucketConfiguration::builder()
                .location_constraint(BucketLocationConstraint::from(self.region.as_str()))
                .build()
        });
        let made = self
            .client
            .create_bucket()
            .bucket(bucket.as_str())
            .set_create_bucket_configuration(place)
            .object_ownership(ObjectOwnership::BucketOwnerEnforced)
            .send()
            .await
            .map_err(|error| self.explain.call(action, bucket, &error));
        match made {
            // An earlier run came this far.
            Err(error) if error.code.as_deref() == Some("BucketAlreadyOwnedByYou") => Ok(()),
            other => other.map(drop),
        }
    }

    /// The public access block comes last: where it is, all of it was done.
    async fn secure(&self, bucket: &BucketName, owner: &str) -> PortResult<()> {
        self.encrypt(bucket, owner).await?;
        self.close_to_the_public(bucket, owner).await
    }

    /// Finishes what an interrupted [`Artifacts::create_bucket`] left undone. Only a bucket that lfn
    /// itself makes is touched, and only when nobody has ever set a public access block on it.
    async fn finish(&self, bucket: &BucketName, owner: &str) -> PortResult<()> {
        if !bucket.as_str().starts_with(DEFAULT_PREFIX) {
            return Ok(());
        }
        let asked = self
            .client
            .get_public_access_block()
            .bucket(bucket.as_str())
            .expected_bucket_owner(owner)
            .send()
            .await
            .map_err(|error| self.explain.call("s3:GetBucketPublicAccessBlock", bucket, &error));
        match asked {
            Err(error) if error.code.as_deref() == Some("NoSuchPublicAccessBlockConfiguration") => {
                self.secure(bucket, owner).await
            }
            // Whoever may only upload did not make the bucket, and need not be able to look at it.
            // A bucket that is gone is reported by the upload.
            Err(error) if matches!(error.kind, ErrorKind::Denied | ErrorKind::NotFound) => Ok(()),
            other => other.map(drop),
        }
    }

    async fn close_to_the_public(&self, bucket: &BucketName, owner: &str) -> PortResult<()> {
        let block = PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .ignore_public_acls(true)
            .block_public_policy(true)
            .restrict_public_buckets(true)
            .build();
        self.client
            .put_public_access_block()
            .bucket(bucket.as_str())
            .expected_bucket_owner(owner)
            .public_access_block_configuration(block)
            .send()
            .await
            .map(drop)
            .map_err(|error| self.explain.call("s3:PutBucketPublicAccessBlock", bucket, &error))
    }

    async fn encrypt(&self, bucket: &BucketName, owner: &str) -> PortResult<()> {
        let action = "s3:PutEncryptionConfiguration";
        let odd = |why: aws_sdk_s3::error::BuildError| {
            PortError::new(ErrorKind::Internal, action, bucket.as_str(), why.to_string())
        };
        let by_default = ServerSideEncryptionByDefault::builder()
            .sse_algorithm(ServerSideEncryption::Aes256)
            .build()
            .map_err(odd)?;
        let rule = ServerSideEncryptionRule::builder()
            .apply_server_side_encryption_by_default(by_default)
            .build();
        let configuration = ServerSideEncryptionConfiguration::builder()
            .rules(rule)
            .build()
            .map_err(odd)?;
        self.client
            .put_bucket_encryption()
            .bucket(bucket.as_str())
            .expected_bucket_owner(owner)
            .server_side_encryption_configuration(configuration)
            .send()
            .await
            .map(drop)
            .map_err(|error| self.explain.call(action, bucket, &error))
    }
}

#[async_trait]
impl Artifacts for S3Artifacts {
    async fn bucket(&self, bucket: &BucketName) -> PortResult<BucketState> {
        let answer = self
            .client
            .head_bucket()
            .bucket(bucket.as_str())
            .expected_bucket_owner(self.owner().await?)
            .send()
            .await;
        let Err(error) = answer else {
            return Ok(BucketState::Ours);
        };
        let status = error.raw_response().map(|raw| raw.status().as_u16());
        match status {
            Some(404) => Ok(BucketState::Missing),
            // The answer to HEAD has no body, so a foreign owner and a missing right look alike.
            Some(403) => Ok(BucketState::Foreign),
            Some(301) => Err(PortError::new(
                ErrorKind::Invalid,
                "s3:ListBucket",
                bucket.as_str(),
                format!(
                    "the bucket is in another region than {}; Lambda takes archives from its own region only",
                    self.region
                ),
            )),
            _ => Err(self.explain.call("s3:ListBucket", bucket, &error)),
        }
    }

    async fn create_bucket(&self, bucket: &BucketName) -> PortResult<()> {
        let owner = self.owner().await?;
        self.make(bucket).await?;
        self.secure(bucket, &owner).await
    }

    async fn has(&self, bucket: &BucketName, key: &str) -> PortResult<bool> {
        let answer = self
            .client
            .head_object()
            .bucket(bucket.as_str())
            .key(key)
            .expected_bucket_owner(self.owner().await?)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(error) => {
                let error = self
                    .explain
                    .call("s3:GetObject", &format_args!("{bucket}/{key}"), &error);
                if error.kind == ErrorKind::NotFound {
                    Ok(false)
                } else {
                    Err(error)
                }
            }
        }
    }

    async fn keys(&self, bucket: &BucketName, prefix: &str) -> PortResult<Vec<String>> {
        let mut pages = self
            .client
            .list_objects_v2()
            .bucket(bucket.as_str())
            .prefix(prefix)
            .expected_bucket_owner(self.owner().await?)
            .into_paginator()
            .send();
        let mut keys = Vec::new();
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => keys.extend(
                    page.contents()
                        .iter()
                        .filter_map(|object| object.key().map(str::to_owned)),
                ),
                Err(error) => {
                    let error = self.explain.call("s3:ListBucket", bucket, &error);
                    // Denied may mean a foreign bucket or a missing right: either way nobody looked.
                    return if error.kind == ErrorKind::NotFound {
                        Ok(Vec::new())
                    } else {
                        Err(error)
                    };
                }
            }
        }
        keys.sort();
        Ok(keys)
    }

    async fn delete(&self, bucket: &BucketName, key: &str) -> PortResult<()> {
        let deleting = self
            .client
            .delete_object()
            .bucket(bucket.as_str())
            .key(key)
            .expected_bucket_owner(self.owner().await?)
            .send();
        deleting.await.map(drop).map_err(|error| {
            self.explain
                .call("s3:DeleteObject", &format_args!("{bucket}/{key}"), &error)
        })
    }

    async fn put(
        &self,
        bucket: &BucketName,
        key: &str,
        file: &Path,
        sent: &(dyn Fn(u64) + Send + Sync),
    ) -> PortResult<()> {
        let owner = self.owner().await?;
        self.finish(bucket, &owner).await?;
        let upload = upload::Upload {
            client: &self.client,
            explain: &self.explain,
            timeout: self.timeout,
            owner,
            bucket: bucket.as_str(),
            key,
            file,
        };
        upload.run(sent).await
    }
}
