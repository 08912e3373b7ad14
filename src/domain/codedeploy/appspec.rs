//! The revision that CodeDeploy is given: which alias of which function goes from which version to which.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::domain::names::{AliasName, CodeDigest, FunctionName, Version};

/// One move, as an AppSpec says it.
/// Source: CodeDeploy user guide, "AppSpec 'resources' section (Amazon ECS and AWS Lambda deployments)".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppSpec {
    pub function: FunctionName,
    pub alias: AliasName,
    pub from: Version,
    pub to: Version,
}

impl AppSpec {
    /// Its text.
    pub fn text(&self) -> String {
        let properties = json!({
            "Name": self.function.as_str(),
            "Alias": self.alias.as_str(),
            "CurrentVersion": self.from.to_string(),
            "TargetVersion": self.to.to_string(),
        });
        let resource = json!({ "Type": "AWS::Lambda::Function", "Properties": properties });
        json!({ "version": 0.0, "Resources": [{ self.function.as_str(): resource }] }).to_string()
    }

    /// Reads a text in the JSON form that lfn writes. One of somebody else's may be YAML, and says nothing here.
    pub fn parse(text: &str) -> Option<Self> {
        let document: Value = serde_json::from_str(text).ok()?;
        let resources = document["Resources"].as_array()?;
        let properties = &resources.first()?.as_object()?.values().next()?["Properties"];
        let field = |name: &str| properties[name].as_str();
        Some(Self {
            function: field("Name")?.parse().ok()?,
            alias: field("Alias")?.parse().ok()?,
            from: field("CurrentVersion")?.parse().ok()?,
            to: field("TargetVersion")?.parse().ok()?,
        })
    }

    /// The SHA-256 of a text in hexadecimal digits, which CodeDeploy compares.
    pub fn sha256(text: &str) -> String {
        CodeDigest::from_sha256(&Sha256::digest(text)).to_hex()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_is_written_and_read_back() {
        let spec = AppSpec {
            function: FunctionName::new("thumbs").unwrap(),
            alias: AliasName::new("live").unwrap(),
            from: Version(7),
            to: Version(8),
        };
        let text = spec.text();
        let properties = json!({ "Name": "thumbs", "Alias": "live", "CurrentVersion": "7", "TargetVersion": "8" });
        let expected = json!({
            "version": 0.0,
            "Resources": [{ "thumbs": { "Type": "AWS::Lambda::Function", "Properties": properties } }],
        });
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
        assert_eq!(AppSpec::parse(&text), Some(spec));
        assert_eq!(AppSpec::sha256("abc").len(), 64);
        for other in [
            "",
            "version: 0.0",
            r#"{"Resources": []}"#,
            r#"{"Resources": [{"x": {}}]}"#,
        ] {
            assert_eq!(AppSpec::parse(other), None, "{other}");
        }
    }
}
