//! Whether Lambda could assume a role: its trust policy, held against what Lambda itself would send.
//!
//! Lambda comes by its service principal, with the condition keys `aws:SourceAccount` and
//! `aws:SourceArn` and no others.

use crate::domain::policy::PolicyDocument;
use crate::domain::policy::evaluate::{Caller, Context, Policies, Request, decide};

/// Who asks for the role.
pub(super) struct Assumer<'a> {
    pub account: &'a str,
    pub function_arn: &'a str,
    pub role_arn: &'a str,
}

/// Whether this trust policy lets Lambda assume the role for this function.
pub(super) fn allows(trust: &PolicyDocument, assumer: &Assumer<'_>) -> bool {
    let request = Request {
        caller: Caller::Service("lambda.amazonaws.com".to_owned()),
        action: "sts:AssumeRole".to_owned(),
        resource: assumer.role_arn.to_owned(),
        resource_account: assumer.account.to_owned(),
        context: Context::default()
            .with("aws:SourceAccount", assumer.account)
            .with("aws:SourceArn", assumer.function_arn),
    };
    let policies = Policies {
        resource: Some(trust),
        ..Policies::default()
    };
    decide(&request, policies).is_allowed()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn trust(changes: &Value) -> PolicyDocument {
        let mut statement = json!({
            "Effect": "Allow",
            "Principal": { "Service": "lambda.amazonaws.com" },
            "Action": "sts:AssumeRole",
        });
        for (key, value) in changes.as_object().unwrap() {
            statement[key] = value.clone();
        }
        json!({ "Version": "2012-10-17", "Statement": [statement] })
            .try_into()
            .unwrap()
    }

    #[test]
    fn lambda_gets_in_only_by_its_own_name_action_account_and_function() {
        let assumer = Assumer {
            account: "000000000000",
            function_arn: "arn:aws:lambda:eu-west-1:000000000000:function:thumbs",
            role_arn: "arn:aws:iam::000000000000:role/thumbs",
        };
        let when = |operator: &str, key: &str, value: &str| json!({ "Condition": { operator: { key: value } } });
        for (expected, changes) in [
            (true, json!({})),
            (true, json!({ "Action": "sts:*" })),
            (true, json!({ "Action": ["sts:TagSession", "sts:assumerole"] })),
            (true, json!({ "Principal": "*" })),
            (
                true,
                json!({ "Principal": { "Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"] } }),
            ),
            (false, json!({ "Principal": { "Service": "ec2.amazonaws.com" } })),
            (false, json!({ "Principal": { "AWS": "000000000000" } })),
            (false, json!({ "Action": "sts:TagSession" })),
            (false, json!({ "Effect": "Deny" })),
            (true, when("StringEquals", "aws:SourceAccount", "000000000000")),
            (false, when("StringEquals", "AWS:sourceaccount", "111111111111")),
            (false, when("StringNotEquals", "aws:SourceAccount", "000000000000")),
            (true, when("StringEqualsIfExists", "aws:PrincipalOrgID", "o-1")),
            (
                true,
                when("ArnLike", "aws:SourceArn", "arn:aws:lambda:*:*:function:th?mbs"),
            ),
            // Each part of an ARN is compared on its own.
            (
                false,
                when("ArnLike", "aws:SourceArn", "arn:aws:lambda:*:function:thumbs"),
            ),
            (
                false,
                when("ArnLike", "aws:SourceArn", "arn:aws:lambda:*:*:function:other"),
            ),
            (false, when("StringEquals", "sts:ExternalId", "x")),
        ] {
            let mut trust = trust(&changes);
            assert_eq!(allows(&trust, &assumer), expected, "{changes}");
            let deny = json!({ "Effect": "Deny", "Principal": "*", "Action": "*" });
            let deny: PolicyDocument = json!({ "Statement": [deny] }).try_into().unwrap();
            trust.statements.extend(deny.statements);
            assert!(!allows(&trust, &assumer), "a deny wins: {changes}");
        }
    }
}
