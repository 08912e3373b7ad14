//! Which rights a call to AWS needs: its own action on its resource, and those that AWS checks besides.
//!
//! Source: Service Authorization Reference, and the API reference of each service.

use std::collections::BTreeSet;

use ::lfn::domain::policy::index;
use serde_json::Value;

use crate::support::proxy::{Call, decoded};
use crate::support::servers::Account;

/// A right: an action, what it acts on, and what the request says about itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    pub action: String,
    pub resource: String,
    pub context: BTreeSet<(String, String)>,
}

impl Need {
    fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            resource: resource.into(),
            context: BTreeSet::new(),
        }
    }

    fn with(mut self, key: &str, value: &str) -> Self {
        self.context.insert((key.to_owned(), value.to_owned()));
        self
    }
}

/// The rights that a call needs.
pub fn needs(call: &Call, account: &Account) -> Vec<Need> {
    match call.service.as_str() {
        "lambda" => lambda(call, account),
        "iam" => iam(call, account),
        "logs" => logs(call, account),
        "ssm" => parameters(call, account),
        "s3" => vec![storage(call, account)],
        // Metrics have no resources, and composite alarms are told to those alone who may see every alarm.
        "monitoring" => vec![Need::new(call.name().replace("monitoring:", "cloudwatch:"), "*")],
        // Everybody may ask who they are, and a signed address needs no further right.
        "sts" | "unsigned" => Vec::new(),
        other => panic!("no rights are known for calls of `{other}`: {call:?}"),
    }
}

fn arn(account: &Account, service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:{}:{}:{resource}", account.region, account.id)
}

fn lambda(call: &Call, account: &Account) -> Vec<Need> {
    let (path, query) = call.path.split_once('?').unwrap_or((&call.path, ""));
    let parts: Vec<String> = path.trim_matches('/').split('/').map(decoded).collect();
    let body = call.json();
    let name = match parts.get(1).map(String::as_str) {
        // The ARN is one segment with its slashes and colons encoded.
        Some("tags") => return vec![Need::new(call.name(), parts[2..].join("/"))],
        Some("functions") => parts.get(2).map(String::as_str).or(body["FunctionName"].as_str()),
        _ => None,
    };
    let name = name.unwrap_or_else(|| panic!("no function in {call:?}"));
    let action = match call.operation.as_str() {
        "Invoke" => "lambda:InvokeFunction".to_owned(),
        _ => call.name(),
    };
    // A call about one version or alias is a call on its ARN; aliases themselves are parts of the function.
    let qualifier = query.split('&').find_map(|pair| pair.strip_prefix("Qualifier="));
    let function = match qualifier {
        Some(qualifier) => format!("function:{name}:{}", decoded(qualifier)),
        None => format!("function:{name}"),
    };
    let function = arn(account, "lambda", &function);
    let mut needed = vec![Need::new(&action, &function)];
    if let Some(role) = body["Role"].as_str() {
        needed.push(Need::new("iam:PassRole", role).with("iam:PassedToService", "lambda.amazonaws.com"));
    }
    if body["Tags"].as_object().is_some_and(|tags| !tags.is_empty()) {
        needed.push(Need::new("lambda:TagResource", &function));
    }
    for layer in body["Layers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        needed.push(Need::new("lambda:GetLayerVersion", layer));
    }
    // Tags come with the function for those who may list them, and lfn compares them.
    if call.operation == "GetFunction" {
        needed.push(Need::new(
            "lambda:ListTags",
            arn(account, "lambda", &format!("function:{name}")),
        ));
    }
    needed
}

fn iam(call: &Call, account: &Account) -> Vec<Need> {
    let form = call.form();
    let field = |wanted: &str| {
        form.iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.as_str())
    };
    let name = field("RoleName").unwrap_or_else(|| panic!("no role in {call:?}"));
    let role = format!("arn:aws:iam::{}:role/lfn/{name}", account.id);
    let mut own = Need::new(call.name(), &role);
    let boundary = format!("arn:aws:iam::{}:policy/limits", account.id);
    if sends_boundary(&call.operation) {
        own = own.with("iam:PermissionsBoundary", &boundary);
    }
    let mut needed = vec![own];
    if field("Tags.member.1.Key").is_some() && call.operation == "CreateRole" {
        needed.push(Need::new("iam:TagRole", &role));
    }
    needed
}

/// Whether a call says which boundary the role has. Without a boundary on the role the key is absent, which
/// makes no difference to a policy that does not ask for it.
fn sends_boundary(operation: &str) -> bool {
    let iam = index::service("iam").expect("the index has IAM");
    let action = iam
        .action(operation)
        .unwrap_or_else(|| panic!("IAM has no action `{operation}`"));
    action.keys.iter().any(|key| key.is("iam:PermissionsBoundary"))
}

fn logs(call: &Call, account: &Account) -> Vec<Need> {
    let body = call.json();
    let group = body["logGroupName"]
        .as_str()
        .map(|name| arn(account, "logs", &format!("log-group:{name}")));
    let name = call.name();
    match (call.operation.as_str(), group) {
        ("DescribeLogGroups", _) => vec![Need::new(name, "*")],
        ("ListTagsForResource" | "TagResource" | "UntagResource", _) => {
            let resource = body["resourceArn"]
                .as_str()
                .expect("a call about tags names its resource");
            vec![Need::new(name, resource)]
        }
        (operation, Some(group)) => {
            let mut needed = vec![Need::new(name, format!("{group}:*"))];
            if operation == "CreateLogGroup" && body["tags"].is_object() {
                needed.push(Need::new("logs:TagResource", group));
            }
            needed
        }
        (_, None) => panic!("no log group in {call:?}"),
    }
}

fn storage(call: &Call, account: &Account) -> Need {
    let (path, query) = call.path.split_once('?').unwrap_or((&call.path, ""));
    let (bucket, key) = path
        .trim_start_matches('/')
        .split_once('/')
        .unwrap_or((path.trim_matches('/'), ""));
    let action = match call.operation.as_str() {
        "HeadBucket" | "ListObjectsV2" => "s3:ListBucket",
        other => panic!("no right is known for `s3:{other}`"),
    };
    assert_eq!(key, "", "{call:?}");
    let need = Need::new(action, format!("arn:aws:s3:::{bucket}")).with("s3:ResourceAccount", &account.id);
    match query.split('&').find_map(|pair| pair.strip_prefix("prefix=")) {
        Some(prefix) => need.with("s3:prefix", &decoded(prefix)),
        None => need,
    }
}

fn parameters(call: &Call, account: &Account) -> Vec<Need> {
    let body = call.json();
    let names = body["Names"]
        .as_array()
        .expect("parameters are asked for by name")
        .iter();
    let names = names.filter_map(Value::as_str).map(|name| name.trim_start_matches('/'));
    names
        .map(|name| Need::new(call.name(), arn(account, "ssm", &format!("parameter/{name}"))))
        .collect()
}
