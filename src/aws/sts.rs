//! STS: who lfn is.

use async_trait::async_trait;
use tokio::sync::OnceCell;

use super::error::Explain;
use crate::domain::arn::{Arn, Place};
use crate::domain::names::{AccountId, Region};
use crate::ports::{Caller, ErrorKind, Identity, PortError, PortResult};

const ACTION: &str = "sts:GetCallerIdentity";

/// `GetCallerIdentity`, asked once.
#[derive(Debug)]
pub struct StsIdentity {
    client: aws_sdk_sts::Client,
    explain: Explain,
    region: Region,
    caller: OnceCell<Caller>,
}

impl StsIdentity {
    pub fn new(client: aws_sdk_sts::Client, explain: Explain, region: Region) -> Self {
        Self {
            client,
            explain,
            region,
            caller: OnceCell::new(),
        }
    }

    /// The account and region in force.
    pub async fn place(&self) -> PortResult<Place> {
        Ok(self.caller().await?.place)
    }

    async fn ask(&self) -> PortResult<Caller> {
        let answer = self
            .client
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| self.explain.call(ACTION, &"", &error))?;
        caller_of(answer.arn(), answer.account(), self.region.clone())
            .map_err(|why| PortError::new(ErrorKind::Internal, ACTION, "", why))
    }
}

fn caller_of(arn: Option<&str>, account: Option<&str>, region: Region) -> Result<Caller, String> {
    let arn = arn.ok_or("the answer has no ARN")?;
    let partition = arn.parse::<Arn>().map_err(|why| why.to_string())?.partition;
    let account = AccountId::new(account.ok_or("the answer has no account")?).map_err(|why| why.to_string())?;
    Ok(Caller {
        place: Place {
            partition,
            region,
            account,
        },
        arn: arn.to_owned(),
    })
}

#[async_trait]
impl Identity for StsIdentity {
    async fn caller(&self) -> PortResult<Caller> {
        self.caller.get_or_try_init(|| self.ask()).await.cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_partition_comes_from_the_arn() {
        let region = Region::new("cn-north-1").expect("valid");
        let caller = caller_of(
            Some("arn:aws-cn:sts::123456789012:assumed-role/ci/x"),
            Some("123456789012"),
            region.clone(),
        )
        .expect("valid");
        assert_eq!(caller.place.partition, "aws-cn");
        assert_eq!(caller.place.account.as_str(), "123456789012");
        assert!(caller_of(None, Some("123456789012"), region).is_err());
    }
}
