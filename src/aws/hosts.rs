//! Which host a signed request is for. A signature names a service in a word of its own, which several services may
//! share and which need not be their host's: `bedrock` signs for `bedrock-runtime.eu-west-1.amazonaws.com` too.

use std::sync::LazyLock;

use crate::domain::arn::{domain_of, partition_of};
use crate::domain::names::Region;
use crate::ports::Outgoing;

/// Written by `scripts/hosts`, which says what its lines mean.
static KNOWN: LazyLock<Vec<Place<'static>>> = LazyLock::new(|| {
    include_str!("../../data/hosts.txt")
        .lines()
        .filter_map(Place::read)
        .collect()
});

const SUFFIX: &str = ".amazonaws.com";

/// A service that a request may be for.
struct Place<'a> {
    /// In signatures.
    name: &'a str,
    /// With `{r}` for the region; `-` where only the caller knows.
    host: &'a str,
    /// As the names of variables have it. Source: AWS SDKs and tools reference guide, "Service-specific endpoints".
    id: &'a str,
    marks: Vec<&'a str>,
}

impl<'a> Place<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let mut words = line.split(' ').filter(|_| !line.starts_with('#'));
        Some(Self {
            name: words.next()?,
            host: words.next()?,
            id: words.next()?,
            marks: words.collect(),
        })
    }

    fn has_marks_of(&self, request: &Outgoing) -> bool {
        let target = request.headers.iter().find(|(name, _)| name == "x-amz-target");
        let target = target.and_then(|(_, target)| target.split_once('.'));
        self.marks.iter().any(|mark| match mark.strip_prefix('@') {
            Some(name) => match target {
                Some((prefix, _)) => prefix == name,
                None => begins(&request.path, &format!("/service/{name}")),
            },
            None => target.is_none() && begins(&request.path, mark),
        })
    }
}

/// Whether a path begins with these segments. `/` is no beginning but the whole.
fn begins(path: &str, mark: &str) -> bool {
    if mark == "/" {
        return path == "/";
    }
    let mut path = path.split('/');
    mark.split('/').all(|wanted| {
        path.next()
            .is_some_and(|had| wanted == had || (wanted == "*" && !had.is_empty()))
    })
}

/// The services that a request may be for: one, or several that cannot be told apart.
pub struct Hosts {
    /// The hosts, and the ids in variables.
    candidates: Vec<(String, String)>,
}

impl Hosts {
    pub fn of(request: &Outgoing) -> Self {
        let name = &request.scope.service;
        let known: Vec<&Place<'_>> = KNOWN.iter().filter(|host| host.name == name).collect();
        let told = known.iter().filter(|host| host.has_marks_of(request)).copied();
        let told: Vec<&Place<'_>> = told.collect();
        let candidates = if told.is_empty() { known } else { told };
        let mut candidates: Vec<(String, String)> = candidates
            .iter()
            .map(|host| (host.host.to_owned(), host.id.to_owned()))
            .collect();
        if candidates.is_empty() {
            let id = name.to_ascii_uppercase().replace('-', "_");
            candidates.push((format!("{name}.{{r}}{SUFFIX}"), id));
        }
        Self { candidates }
    }

    /// The endpoint that is chosen for the service.
    pub fn chosen(&self, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
        let chosen = self.candidates.iter().map(|(_, id)| format!("AWS_ENDPOINT_URL_{id}"));
        let chosen: Vec<String> = chosen.filter_map(|name| variable(&name)).collect();
        // Of several services, the user has said which one is meant.
        match &chosen[..] {
            [one] => Some(one.clone()),
            _ => None,
        }
    }

    /// AWS's own host.
    pub fn host(&self, region: &Region) -> Result<String, String> {
        let (host, _) = &self.candidates[0];
        if self.candidates.iter().any(|(other, _)| other != host) || host == "-" {
            let names = self.candidates.iter().map(|(_, id)| format!("`AWS_ENDPOINT_URL_{id}`"));
            let names = names.collect::<Vec<_>>().join(" or ");
            return Err(format!(
                "the request does not tell its host: set {names} to the address"
            ));
        }
        if !host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.{}".contains(&byte))
        {
            return Err(format!("`{host}` is no host"));
        }
        let partition = partition_of(region);
        match host.strip_suffix(SUFFIX).filter(|host| host.ends_with("{r}")) {
            Some(host) => Ok(format!(
                "{}.{}",
                host.replace("{r}", region.as_str()),
                domain_of(partition)
            )),
            None if partition == "aws" => Ok(host.replace("{r}", region.as_str())),
            None => {
                let id = &self.candidates[0].1;
                Err(format!(
                    "its host in `{partition}` is not known: set `AWS_ENDPOINT_URL_{id}` to the address"
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::signature::Scope;

    fn hosts(service: &str, path: &str, target: Option<&str>) -> Hosts {
        let headers = target.map(|target| ("x-amz-target".to_owned(), target.to_owned()));
        Hosts::of(&Outgoing {
            method: "POST".into(),
            path: path.into(),
            query: String::new(),
            headers: headers.into_iter().collect(),
            body: Vec::new(),
            scope: Scope {
                service: service.into(),
                region: "eu-west-1".into(),
            },
            host_prefix: "",
            keys: None,
        })
    }

    fn region(name: &str) -> Region {
        Region::new(name).unwrap()
    }

    /// Of botocore 1.43.
    #[test]
    fn hosts_are_those_of_the_sdks() {
        for (service, path, target, host) in [
            ("s3", "/bucket/key", None, "s3.eu-west-1.amazonaws.com"),
            ("sqs", "/", Some("AmazonSQS.SendMessage"), "sqs.eu-west-1.amazonaws.com"),
            ("monitoring", "/", None, "monitoring.eu-west-1.amazonaws.com"),
            ("ses", "/", None, "email.eu-west-1.amazonaws.com"),
            (
                "ses",
                "/v2/email/outbound-emails",
                None,
                "email.eu-west-1.amazonaws.com",
            ),
            (
                "dynamodb",
                "/",
                Some("DynamoDB_20120810.GetItem"),
                "dynamodb.eu-west-1.amazonaws.com",
            ),
            (
                "dynamodb",
                "/",
                Some("DynamoDBStreams_20120810.GetRecords"),
                "streams.dynamodb.eu-west-1.amazonaws.com",
            ),
            (
                "bedrock",
                "/model/some.model/invoke",
                None,
                "bedrock-runtime.eu-west-1.amazonaws.com",
            ),
            ("bedrock", "/foundation-models", None, "bedrock.eu-west-1.amazonaws.com"),
            (
                "bedrock",
                "/knowledgebases/KB1/retrieve",
                None,
                "bedrock-agent-runtime.eu-west-1.amazonaws.com",
            ),
            (
                "sagemaker",
                "/endpoints/e/invocations",
                None,
                "runtime.sagemaker.eu-west-1.amazonaws.com",
            ),
            (
                "sagemaker",
                "/",
                Some("SageMaker.CreateModel"),
                "api.sagemaker.eu-west-1.amazonaws.com",
            ),
            ("iotdata", "/topics/a", None, "data-ats.iot.eu-west-1.amazonaws.com"),
            (
                "ecr",
                "/",
                Some("AmazonEC2ContainerRegistry_V20150921.X"),
                "api.ecr.eu-west-1.amazonaws.com",
            ),
            ("mobiletargeting", "/v1/apps", None, "pinpoint.eu-west-1.amazonaws.com"),
            ("iam", "/", None, "iam.amazonaws.com"),
            ("route53", "/2013-04-01/hostedzone", None, "route53.amazonaws.com"),
            ("brand-new", "/", None, "brand-new.eu-west-1.amazonaws.com"),
        ] {
            let found = hosts(service, path, target).host(&region("eu-west-1"));
            assert_eq!(found.as_deref(), Ok(host), "{service} {path}");
        }
        let china = region("cn-north-1");
        let found = hosts("dynamodb", "/", Some("DynamoDB_20120810.GetItem")).host(&china);
        assert_eq!(found.as_deref(), Ok("dynamodb.cn-north-1.amazonaws.com.cn"));
    }

    #[test]
    fn a_host_that_cannot_be_told_is_not_guessed() {
        for (service, path, target, region_name, said) in [
            (
                "timestream",
                "/",
                Some("Timestream_20181101.Query"),
                "eu-west-1",
                "the request does not tell its host: set `AWS_ENDPOINT_URL_TIMESTREAM_QUERY` or \
                 `AWS_ENDPOINT_URL_TIMESTREAM_WRITE` to the address",
            ),
            (
                "iam",
                "/",
                None,
                "cn-north-1",
                "its host in `aws-cn` is not known: set `AWS_ENDPOINT_URL_IAM` to the address",
            ),
            (
                "evil.example/",
                "/",
                None,
                "eu-west-1",
                "`evil.example/.{r}.amazonaws.com` is no host",
            ),
        ] {
            let found = hosts(service, path, target).host(&region(region_name));
            assert_eq!(found, Err(said.to_owned()), "{service}");
        }
        assert!(
            hosts("execute-api", "/@connections/a", None)
                .host(&region("eu-west-1"))
                .is_err()
        );
    }

    #[test]
    fn variables_have_the_names_of_the_sdks() {
        for (service, path, variable) in [
            ("states", "/", "AWS_ENDPOINT_URL_SFN"),
            ("s3", "/", "AWS_ENDPOINT_URL_S3"),
            ("monitoring", "/", "AWS_ENDPOINT_URL_CLOUDWATCH"),
            ("secretsmanager", "/", "AWS_ENDPOINT_URL_SECRETS_MANAGER"),
            ("bedrock", "/model/m/converse", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"),
            ("timestream", "/", "AWS_ENDPOINT_URL_TIMESTREAM_QUERY"),
        ] {
            let chosen = hosts(service, path, None).chosen(|name| (name == variable).then(|| "here".to_owned()));
            assert_eq!(chosen.as_deref(), Some("here"), "{service}");
        }
        let both = hosts("timestream", "/", None).chosen(|_| Some("here".to_owned()));
        assert_eq!(both, None);
    }
}
