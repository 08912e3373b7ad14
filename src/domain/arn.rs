//! Amazon Resource Names, and the place (partition, region, account) that short names expand in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::names::{AccountId, FunctionName, InvalidName, Qualifier, Region};

/// `arn:partition:service:region:account:resource`, kept in its parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn {
    pub partition: String,
    pub service: String,
    pub region: String,
    pub account: String,
    pub resource: String,
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            partition,
            service,
            region,
            account,
            resource,
        } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

/// Services whose resources may have spaces in their names.
/// Source: S3 user guide, "Naming Amazon S3 objects"; CloudWatch API reference, `PutMetricAlarm`.
const SPACED: [&str; 2] = ["s3", "cloudwatch"];

impl FromStr for Arn {
    type Err = InvalidName;
    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let invalid = || {
            InvalidName(format!(
                "`{text}` is not an ARN; an ARN has six parts: `arn:aws:service:region:account:resource`"
            ))
        };
        let [arn, partition, service, region, account, resource] = parts[..] else {
            return Err(invalid());
        };
        if arn != "arn"
            || partition.is_empty()
            || service.is_empty()
            || resource.is_empty()
            || text.contains(|c: char| c.is_whitespace() && c != ' ')
            || text[..text.len() - resource.len()].contains(' ')
            || (resource.contains(' ') && !SPACED.contains(&service))
        {
            return Err(invalid());
        }
        Ok(Self {
            partition: partition.into(),
            service: service.into(),
            region: region.into(),
            account: account.into(),
            resource: resource.into(),
        })
    }
}

impl TryFrom<String> for Arn {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<Arn> for String {
    fn from(arn: Arn) -> String {
        arn.to_string()
    }
}

/// Where a deploy happens: what `${account}`, `${region}` and short resource names expand to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    pub partition: String,
    pub region: Region,
    pub account: AccountId,
}

impl Place {
    /// The ARN of a resource in this account and region.
    pub fn arn(&self, service: &str, resource: impl fmt::Display) -> Arn {
        Arn {
            partition: self.partition.clone(),
            service: service.into(),
            region: self.region.to_string(),
            account: self.account.to_string(),
            resource: resource.to_string(),
        }
    }

    /// The ARN of a resource that has no region, such as an IAM role.
    pub fn global_arn(&self, service: &str, resource: impl fmt::Display) -> Arn {
        Arn {
            region: String::new(),
            ..self.arn(service, resource)
        }
    }

    /// The unqualified ARN of a function here.
    pub fn function_arn(&self, name: &FunctionName) -> Arn {
        self.arn("lambda", format_args!("function:{name}"))
    }

    /// The ARN of one edition of a function here.
    pub fn qualified_arn(&self, name: &FunctionName, qualifier: &Qualifier) -> Arn {
        self.arn("lambda", format_args!("function:{name}:{qualifier}"))
    }
}

/// The partition a region belongs to.
/// Source: AWS General Reference, "AWS partitions".
pub fn partition_of(region: &Region) -> &'static str {
    match region.as_str() {
        name if name.starts_with("cn-") => "aws-cn",
        name if name.starts_with("us-gov-") => "aws-us-gov",
        name if name.starts_with("us-iso-") => "aws-iso",
        name if name.starts_with("us-isob-") => "aws-iso-b",
        name if name.starts_with("eusc-") => "aws-eusc",
        _ => "aws",
    }
}

/// How the names of AWS's hosts end in a partition.
/// Source: AWS General Reference, "AWS service endpoints".
pub fn domain_of(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "amazonaws.com.cn",
        "aws-iso" => "c2s.ic.gov",
        "aws-iso-b" => "sc2s.sgov.gov",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_round_trip_and_keep_colons_in_the_resource() {
        let text = "arn:aws:lambda:eu-west-1:123456789012:function:thumbs:live";
        let arn: Arn = text.parse().expect("valid");
        assert_eq!(arn.resource, "function:thumbs:live");
        assert_eq!(arn.to_string(), text);
        assert!("arn:aws:s3:::b/c d".parse::<Arn>().is_ok());
        for bad in [
            "",
            "thumbs",
            "arn:aws:lambda",
            "arn:aws:sqs:eu-west-1:1:",
            "arn:aws:sqs:a:b:c d",
            "arn:aws:s3: ::b/c d",
            "arn:aws:s3:::b/c\td",
        ] {
            assert!(bad.parse::<Arn>().is_err(), "{bad}");
        }
    }

    #[test]
    fn partitions_follow_regions() {
        for (region, partition) in [
            ("eu-west-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-east-1", "aws-us-gov"),
        ] {
            assert_eq!(partition_of(&Region::new(region).expect("valid")), partition);
        }
    }
}
