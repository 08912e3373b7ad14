//! Secrets, which calls name by name or by ARN, and IAM by the full ARN alone.
//!
//! A secret's ARN ends with six characters that Secrets Manager makes up, and IAM compares policies with all of
//! it. A name does not tell them, so that `??????` stands in their place: `secret:prod/stripe-??????` in a policy
//! allows it, and `secret:prod/stripe-*` does.
//! Source: Secrets Manager user guide, "Authentication and access control", "Wildcards in the resource's ARN".

use super::asked::Asked;
use super::{Need, Place};

pub(super) fn needs(asked: &Asked<'_>) -> Option<Vec<Need>> {
    let need = |action: &str, id: &str| Need::new(asked.action(action), arn(&asked.place, id));
    match asked.operation.as_str() {
        // Each secret must be readable, and whoever asks by a filter must be allowed to list.
        // Source: Secrets Manager user guide, "Retrieve a group of secrets in a batch".
        "BatchGetSecretValue" => {
            let mut needs = vec![Need::new("secretsmanager:BatchGetSecretValue", "*")];
            let ids = asked.texts("SecretIdList");
            if ids.is_empty() {
                needs.push(Need::new("secretsmanager:ListSecrets", "*"));
            }
            needs.extend(ids.into_iter().map(|id| need("GetSecretValue", id)));
            Some(needs)
        }
        operation => {
            let id = asked
                .text("SecretId")
                .or_else(|| asked.text("Name").filter(|_| operation == "CreateSecret"))?;
            Some(vec![need(operation, id)])
        }
    }
}

/// The ARN of a secret as IAM sees it.
pub(super) fn arn(place: &Place, id: &str) -> String {
    let arn = if id.starts_with("arn:") {
        id.to_owned()
    } else {
        return place
            .arn("secretsmanager", format_args!("secret:{id}-??????"))
            .to_string();
    };
    // An ARN may be given without its end; AWS advises against names that end as if they had one.
    let end = arn.rsplit_once('-').map_or("", |(_, end)| end);
    let is_whole = end.len() == 6 && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_whole { arn } else { format!("{arn}-??????") }
}
