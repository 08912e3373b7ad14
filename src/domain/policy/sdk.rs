//! What the SDKs call things, and what IAM calls them, from `data/sdk.json`.
//!
//! A service has several names among the SDKs (`stepfunctions`, `sfn`) and one in IAM (`states`). Most
//! operations are actions of the same name; `operations` lists the others. `resources` says which
//! arguments of a call name what the call acts on: see [`Resources`].

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::index;

/// Everything about the SDKs that lfn ships with.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// IAM's prefix → the names that SDKs have for the service, in the form of [`normal`].
    names: BTreeMap<String, Vec<String>>,
    /// By IAM's prefix: operation → the waiters that call it again and again.
    waiters: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// By IAM's prefix.
    services: BTreeMap<String, Service>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Operations that are not the one action of the same name.
    #[serde(default)]
    operations: BTreeMap<String, Vec<Step>>,
    /// The first that fits a call holds.
    #[serde(default)]
    pub resources: Vec<Resources>,
}

/// A right that an operation needs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Step {
    /// An action of the service itself, or `SERVICE:ACTION`.
    Action(String),
    /// An action on something else than its arguments usually name.
    On { action: String, resource: Vec<String> },
    /// An action for each entry of an argument: by the entry's only key, or by the first word of a statement.
    Each {
        each: String,
        #[serde(rename = "as")]
        kinds: BTreeMap<String, String>,
    },
}

/// How the arguments of a call name what it acts on.
///
/// In the ARNs, `{p}`, `{r}` and `{a}` are partition, region and account. `{table=TableName|Table:orders}`
/// is the value of the first of these parameters that the call has, else `orders`, else a hole named
/// `table`. In `{key*=Key}`, a value of which only the beginning is known stands for all that begin so,
/// and in `{instance?=InstanceIds}`, a name that AWS makes up, a value that is not known stands for all.
/// A path such as `Entries.EventBusName` goes into lists and maps; `@` means the keys of a map.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resources {
    /// Actions, or types of resources of the index.
    pub of: Vec<String>,
    /// Parameter → what its value must begin with.
    #[serde(default, rename = "if")]
    pub begins: BTreeMap<String, String>,
    pub arn: Vec<String>,
    /// Whether the action needs all of `arn`; otherwise the first whose parameters the call has.
    #[serde(default)]
    pub all: bool,
    /// Operator → key → value.
    #[serde(default)]
    pub when: BTreeMap<String, BTreeMap<String, String>>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../data/sdk.json")).expect("the embedded table parses"));

/// A name without what SDKs spell differently: lower case, letters and digits only.
pub fn normal(name: &str) -> String {
    let kept = name.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|c| c.to_ascii_lowercase()).collect()
}

/// IAM's prefix of the service that an SDK calls so.
pub fn prefix(name: &str) -> Option<&'static str> {
    let name = normal(name);
    let known = TABLE.names.iter().find(|(_, names)| names.contains(&name));
    let known = known.map(|(prefix, _)| prefix.as_str());
    known.or_else(|| index::prefixes().find(|prefix| normal(prefix) == name))
}

/// What is special about a service.
pub fn service(prefix: &str) -> Option<&'static Service> {
    TABLE.services.get(&prefix.to_ascii_lowercase())
}

/// The rights that an operation needs where they are not the one action of the same name.
pub fn steps(prefix: &str, operation: &str) -> Option<&'static [Step]> {
    let name = normal(operation);
    let found = service(prefix)?
        .operations
        .iter()
        .find(|(known, _)| normal(known) == name);
    found.map(|(_, steps)| steps.as_slice())
}

/// The operation that a waiter calls: `object_exists` of S3 calls `HeadObject`.
pub fn waited_for(prefix: &str, waiter: &str) -> Option<&'static str> {
    let name = normal(waiter);
    let operations = TABLE.waiters.get(prefix)?;
    let found = operations
        .iter()
        .find(|(_, waiters)| waiters.iter().any(|known| normal(known) == name));
    found.map(|(operation, _)| operation.as_str())
}

/// The actions that an operation needs where IAM has none of its name: `s3:HeadObject` needs `s3:GetObject`.
pub fn actions_of_operation(operation: &str) -> Vec<String> {
    let Some((prefix, name)) = operation.split_once(':') else {
        return Vec::new();
    };
    let prefix = prefix.to_ascii_lowercase();
    let own = |action: &String| full(&prefix, action);
    let actions = steps(&prefix, name)
        .unwrap_or_default()
        .iter()
        .flat_map(|step| match step {
            Step::Action(action) | Step::On { action, .. } => vec![own(action)],
            Step::Each { kinds, .. } => kinds.values().map(own).collect(),
        });
    actions.collect()
}

/// `SERVICE:ACTION`
pub fn full(prefix: &str, action: &str) -> String {
    if action.contains(':') {
        action.to_owned()
    } else {
        format!("{prefix}:{action}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exists(action: &str) -> bool {
        let (prefix, name) = action.split_once(':').unwrap();
        index::service(prefix).is_some_and(|service| service.actions.iter().any(|known| known.name == name))
    }

    #[test]
    fn everything_in_the_table_exists() {
        for (prefix, names) in &TABLE.names {
            assert!(index::service(prefix).is_some(), "{prefix}");
            for name in names {
                assert_eq!((&normal(name), Some(prefix.as_str())), (name, super::prefix(name)));
            }
        }
        for (prefix, service) in &TABLE.services {
            for operation in service.operations.keys() {
                for action in actions_of_operation(&format!("{prefix}:{operation}")) {
                    assert!(exists(&action), "{operation}: {action}");
                }
            }
            let known = index::service(prefix).unwrap();
            for of in service.resources.iter().flat_map(|resources| &resources.of) {
                let is_type = known.resources.iter().any(|kind| kind.name == *of);
                assert!(is_type || exists(&format!("{prefix}:{of}")), "{prefix}: {of}");
            }
        }
    }

    #[test]
    fn services_are_known_by_the_names_of_every_sdk() {
        for (name, prefix) in [
            ("s3", "s3"),
            ("stepfunctions", "states"),
            ("sfn", "states"),
            ("SFN", "states"),
            ("client-eventbridge", ""),
            ("eventbridge", "events"),
            ("CloudWatchEvents", "events"),
            ("cloudwatchlogs", "logs"),
            ("cognito-idp", "cognito-idp"),
            ("CognitoIdentityServiceProvider", "cognito-idp"),
            ("cognitoidentityprovider", "cognito-idp"),
            ("sesv2", "ses"),
            ("bedrock-runtime", "bedrock"),
            ("iot-data", "iot"),
            ("iotdataplane", "iot"),
            ("apigatewaymanagementapi", "execute-api"),
            ("secrets-manager", "secretsmanager"),
            ("elbv2", "elasticloadbalancing"),
            ("ELBv2", "elasticloadbalancing"),
            ("DocumentClient", "dynamodb"),
            ("dynamodbstreams", "dynamodb"),
            ("opensearch", "es"),
        ] {
            assert_eq!(super::prefix(name).unwrap_or_default(), prefix, "{name}");
        }
    }

    #[test]
    fn operations_of_another_name_are_known() {
        let actions = |operation| actions_of_operation(operation).join(" ");
        assert_eq!(actions("s3:HeadObject"), "s3:GetObject");
        assert_eq!(actions("S3:listObjectsV2"), "s3:ListBucket");
        assert_eq!(actions("s3:CopyObject"), "s3:GetObject s3:PutObject");
        assert_eq!(actions("s3:GetObject"), "");
        assert_eq!(waited_for("s3", "object_exists"), Some("HeadObject"));
        assert_eq!(waited_for("ec2", "instance_stopped"), Some("DescribeInstances"));
        assert_eq!(waited_for("s3", "get_object"), None);
    }
}
