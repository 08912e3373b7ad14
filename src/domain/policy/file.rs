//! The policy documents in a JSON file: a document, a list of them, or what the AWS CLI prints.
//!
//! `get-role-policy`, `get-policy-version`, `get-role`, `get-account-authorization-details`,
//! `lambda get-policy` and their kin all hold documents under well-known names, written out, as
//! JSON in a string, or URL-encoded as IAM's own API gives them.

use percent_encoding::percent_decode_str;

use super::PolicyDocument;
use super::lint::{Finding, Kind};
use super::spanned::{Node, Spanned, mark};
use crate::domain::config::Mark;

/// Names under which a document may stand as a string.
const NAMES: [&str; 4] = ["PolicyDocument", "AssumeRolePolicyDocument", "Document", "Policy"];

/// A document of a file.
#[derive(Debug)]
pub struct Found {
    /// What it belongs to: `inline policy lfn of role shop`; nothing for a bare document.
    pub name: Option<String>,
    pub kind: Kind,
    pub document: PolicyDocument,
    /// Its place in the file: the document itself, or the string that holds it.
    place: Spanned,
}

/// Why a file holds nothing that could be checked.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable {
    pub message: String,
    pub hint: &'static str,
    pub mark: Option<Mark>,
}

/// Reads a file.
pub fn documents(text: &str) -> Result<Vec<Found>, Unreadable> {
    let plain = |message: String| Unreadable {
        message,
        hint: "it must be a policy document in JSON, or what `aws iam get-role-policy` and its kin print",
        mark: None,
    };
    if is_template(text) {
        return Err(Unreadable {
            hint: "check the policies that it makes: `aws iam get-role-policy`, or `lfn policy lint --role NAME`",
            ..plain("it is a CloudFormation template, which this command does not read".to_owned())
        });
    }
    let root = Spanned::parse(text).map_err(plain)?;
    if let Some((at, key)) = root.doubled() {
        return Err(Unreadable {
            hint: "take one of them out; JSON keeps only the last",
            mark: Some(mark(text, at)),
            ..plain(format!("`{key}` is there twice"))
        });
    }
    let mut walk = Walk { found: Vec::new() };
    let wrong = |(at, message): (usize, String)| Unreadable {
        mark: Some(mark(text, at)),
        ..plain(message)
    };
    walk.value(&root, &Owner::default()).map_err(wrong)?;
    if walk.found.is_empty() {
        // The reader of documents says best what is missing.
        let why = PolicyDocument::try_from(root.value()).err();
        let message = why.unwrap_or_else(|| "it holds no policy".to_owned());
        return Err(match root.node {
            Node::List(_) => plain("the list holds no policy".to_owned()),
            _ => plain(message),
        });
    }
    Ok(walk.found)
}

impl Found {
    /// Where a finding points: the value, else the element, else the statement.
    pub fn mark(&self, finding: &Finding, text: &str) -> Mark {
        mark(text, self.place_of(finding).unwrap_or(self.place.at))
    }

    fn place_of(&self, finding: &Finding) -> Option<usize> {
        let (first, rest) = finding.path.split_once('.').unwrap_or((&finding.path, ""));
        let Some(index) = first.strip_prefix("Statement[") else {
            return self.place.key(first);
        };
        let index: usize = index.trim_end_matches(']').parse().ok()?;
        let statement = match self.place.get("Statement")? {
            Spanned {
                node: Node::List(items),
                ..
            } => items.get(index)?,
            one => one,
        };
        let element = || statement.get(rest);
        let word = finding.word.as_deref().and_then(|word| element()?.find(word));
        Some(word.or_else(|| statement.key(rest)).unwrap_or(statement.at))
    }
}

/// YAML or JSON: only templates have these.
fn is_template(text: &str) -> bool {
    text.contains("AWSTemplateFormatVersion") || (text.contains("Resources") && text.contains("AWS::"))
}

/// Whose document it is, as far as the objects around it tell.
#[derive(Debug, Clone, Default)]
struct Owner {
    role: Option<String>,
    policy: Option<String>,
}

impl Owner {
    /// The owner with what this object says.
    fn within(&self, object: &Spanned) -> Self {
        let text = |key: &str| match object.get(key).map(|value| &value.node) {
            Some(Node::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let identity = [("RoleName", "role"), ("UserName", "user"), ("GroupName", "group")];
        let named = identity
            .iter()
            .find_map(|(key, kind)| text(key).map(|name| format!("{kind} {name}")));
        Self {
            role: named.or_else(|| self.role.clone()),
            policy: text("PolicyName").or_else(|| self.policy.clone()),
        }
    }

    fn name(&self, is_trust: bool) -> Option<String> {
        let what = match (is_trust, &self.policy) {
            (true, _) => self.role.is_some().then(|| "trust policy".to_owned()),
            (false, Some(policy)) => Some(format!("policy {policy}")),
            (false, None) => None,
        };
        match (what, &self.role) {
            (Some(what), Some(role)) => Some(format!("{what} of {role}")),
            (what, role) => what.or_else(|| role.clone()),
        }
    }
}

struct Walk {
    found: Vec<Found>,
}

impl Walk {
    fn value(&mut self, value: &Spanned, owner: &Owner) -> Result<(), (usize, String)> {
        match &value.node {
            Node::List(items) => items.iter().try_for_each(|item| self.value(item, owner)),
            Node::Object(_) if value.get("Statement").is_some() => self.document(value, value.value(), owner, None),
            Node::Object(members) => {
                let owner = owner.within(value);
                // Versions that are not in force say nothing about what is allowed.
                let in_force = value.get("IsDefaultVersion").map(Spanned::value) != Some(false.into());
                let members = members.iter().filter(|_| in_force || value.get("PolicyId").is_some());
                for (_, key, member) in members {
                    self.member(key, member, &owner)?;
                }
                Ok(())
            }
            Node::Text(_) | Node::Other(_) => Ok(()),
        }
    }

    fn member(&mut self, key: &str, member: &Spanned, owner: &Owner) -> Result<(), (usize, String)> {
        let kind = (key == "AssumeRolePolicyDocument").then_some(Kind::Trust);
        match &member.node {
            Node::Text(text) if NAMES.contains(&key) => {
                let decoded = percent_decoded(text).unwrap_or_else(|| text.clone());
                let inner = serde_json::from_str(&decoded)
                    .map_err(|error| (member.at, format!("`{key}` is not JSON: {error}")))?;
                self.document(member, inner, owner, kind)
            }
            _ if kind.is_some() => self.document(member, member.value(), owner, kind),
            _ => self.value(member, owner),
        }
    }

    fn document(
        &mut self,
        place: &Spanned,
        value: serde_json::Value,
        owner: &Owner,
        kind: Option<Kind>,
    ) -> Result<(), (usize, String)> {
        let document = PolicyDocument::try_from(value).map_err(|why| (place.at, why))?;
        let kind = kind.unwrap_or_else(|| Kind::of(&document));
        self.found.push(Found {
            name: owner.name(kind == Kind::Trust),
            kind,
            document,
            place: place.clone(),
        });
        Ok(())
    }
}

/// IAM gives documents back URL-encoded (RFC 3986). `None` when the text is not UTF-8 inside.
/// Source: IAM API reference, `GetRolePolicy`.
pub fn percent_decoded(text: &str) -> Option<String> {
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::lint::lint;

    const WIDE: &str =
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}"#;

    fn names(text: &str) -> Vec<(Option<String>, Kind)> {
        let found = documents(text).unwrap_or_else(|why| panic!("{text}: {why:?}"));
        found.into_iter().map(|found| (found.name, found.kind)).collect()
    }

    fn encoded(text: &str) -> String {
        let bytes: Vec<String> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        bytes.concat()
    }

    #[test]
    fn documents_are_found_in_what_the_cli_prints() {
        let trust = r#"{"Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}}"#;
        let quoted = serde_json::to_string(WIDE).unwrap();
        let some = |name: &str| Some(name.to_owned());
        for (text, expected) in [
            (WIDE.to_owned(), vec![(None, Kind::Identity)]),
            (
                format!("[{WIDE}, {trust}]"),
                vec![(None, Kind::Identity), (None, Kind::Trust)],
            ),
            (
                format!(r#"{{"RoleName": "shop", "PolicyName": "lfn", "PolicyDocument": {WIDE}}}"#),
                vec![(some("policy lfn of role shop"), Kind::Identity)],
            ),
            (
                format!(
                    r#"{{"RoleName": "shop", "PolicyName": "lfn", "PolicyDocument": "{}"}}"#,
                    encoded(WIDE)
                ),
                vec![(some("policy lfn of role shop"), Kind::Identity)],
            ),
            (
                format!(r#"{{"PolicyVersion": {{"Document": {WIDE}, "VersionId": "v2", "IsDefaultVersion": true}}}}"#),
                vec![(None, Kind::Identity)],
            ),
            (
                format!(r#"{{"Role": {{"RoleName": "shop", "AssumeRolePolicyDocument": {trust}}}}}"#),
                vec![(some("trust policy of role shop"), Kind::Trust)],
            ),
            (
                format!(r#"{{"Policy": {quoted}, "RevisionId": "1"}}"#),
                vec![(None, Kind::Identity)],
            ),
            (
                format!(
                    r#"{{"UserDetailList": [{{"UserName": "ann", "UserPolicyList": [{{"PolicyName": "p", "PolicyDocument": {WIDE}}}]}}],
                    "RoleDetailList": [{{"RoleName": "r", "AssumeRolePolicyDocument": {trust},
                        "RolePolicyList": [{{"PolicyName": "q", "PolicyDocument": {WIDE}}}]}}],
                    "Policies": [{{"PolicyName": "m", "PolicyVersionList": [
                        {{"VersionId": "v2", "IsDefaultVersion": true, "Document": {WIDE}}},
                        {{"VersionId": "v1", "IsDefaultVersion": false, "Document": {WIDE}}}]}}]}}"#
                ),
                vec![
                    (some("policy p of user ann"), Kind::Identity),
                    (some("trust policy of role r"), Kind::Trust),
                    (some("policy q of role r"), Kind::Identity),
                    (some("policy m"), Kind::Identity),
                ],
            ),
        ] {
            assert_eq!(names(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_policy_is_told_with_its_place() {
        for (text, says, at) in [
            ("{", "not JSON", None),
            ("[]", "no policy", None),
            ("{}", "no policy", None),
            (
                r#"{"Resources": {"R": {"Type": "AWS::IAM::Role"}}}"#,
                "CloudFormation",
                None,
            ),
            ("Resources:\n  R:\n    Type: AWS::IAM::Role\n", "CloudFormation", None),
            ("{\"Statement\": [],\n \"Statement\": []}", "twice", Some("2:2")),
            (
                "[\n {\"Statement\": [{\"Effect\": \"Alow\"}]}]",
                "`Allow` or `Deny`",
                Some("2:2"),
            ),
            (
                "{\"PolicyDocument\": \"x\"}",
                "`PolicyDocument` is not JSON",
                Some("1:20"),
            ),
        ] {
            let why = documents(text).unwrap_err();
            assert!(why.message.contains(says), "{text}: {why:?}");
            assert_eq!(why.mark.map(|mark| mark.to_string()).as_deref(), at, "{text}");
        }
    }

    #[test]
    fn findings_point_at_the_value_the_element_or_the_statement() {
        let text = "{\n  \"Version\": \"2008-10-17\",\n  \"Statement\": [{\n    \"Effect\": \"Allow\",\n    \"Action\": [\"sqs:SendMessage\",\n      \"sqs:Zap\"],\n    \"Resource\": \"*\",\n    \"Condition\": {\"StringEquals\": {\"s3:prefix\": \"x\"}}\n  }]\n}\n";
        let found = documents(text).unwrap().remove(0);
        let marks: Vec<String> = lint(&found.document, found.kind)
            .iter()
            .map(|finding| format!("{} {}", finding.rule, found.mark(finding, text)))
            .collect();
        assert_eq!(marks, ["P33 2:3", "P02 6:7", "P30 8:36"]);
        let held = format!("{{\"PolicyDocument\":\n\"{}\"}}", encoded(WIDE));
        let found = documents(&held).unwrap().remove(0);
        for finding in lint(&found.document, found.kind) {
            assert_eq!(found.mark(&finding, &held).to_string(), "2:1", "{finding:?}");
        }
    }
}
