//! Topics, phones and the applications on them.

use super::Need;
use super::asked::Asked;

pub(super) fn needs(asked: &Asked<'_>) -> Option<Vec<Need>> {
    match asked.operation.as_str() {
        // A text message has no ARN: IAM sees the number, which `*` alone allows.
        // Source: SNS developer guide, "Using identity-based policies with Amazon SNS".
        "Publish" => {
            let targets = ["TopicArn", "TargetArn", "PhoneNumber"];
            let target = targets.into_iter().find_map(|name| asked.text(name));
            Some(vec![Need::new("sns:Publish", target.unwrap_or("*"))])
        }
        _ => None,
    }
}
