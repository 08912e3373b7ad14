//! Queues, which calls name by their address.

use super::Need;
use super::asked::Asked;

pub(super) fn needs(asked: &Asked<'_>) -> Option<Vec<Need>> {
    let queue = queue(asked);
    let action = match asked.operation.as_str() {
        "SendMessageBatch" => "SendMessage",
        "DeleteMessageBatch" => "DeleteMessage",
        "ChangeMessageVisibilityBatch" => "ChangeMessageVisibility",
        // A move takes messages from one queue and sends them to another.
        // Source: SQS developer guide, "Configure queue permissions for dead-letter queue redrive".
        "StartMessageMoveTask" => {
            let source = asked.text("SourceArn").unwrap_or("*");
            let from = ["StartMessageMoveTask", "ReceiveMessage", "DeleteMessage"].map(|name| (name, source));
            let to = asked.text("DestinationArn").map(|queue| ("SendMessage", queue));
            let both = from.into_iter().chain(to);
            return Some(both.map(|(name, queue)| Need::new(asked.action(name), queue)).collect());
        }
        other => other,
    };
    Some(vec![Need::new(asked.action(action), queue?)])
}

/// The ARN of the queue.
fn queue(asked: &Asked<'_>) -> Option<String> {
    let Some(url) = asked.text("QueueUrl") else {
        let name = asked.text("QueueName")?;
        let owner = asked.text("QueueOwnerAWSAccountId");
        let owner = owner.unwrap_or(asked.place.account.as_str());
        return Some(arn(asked, asked.place.region.as_str(), owner, name));
    };
    // `https://sqs.eu-west-1.amazonaws.com/123456789012/jobs`; old SDKs give the path alone.
    let address = url.split_once("://").map_or(url, |(_, address)| address);
    let mut parts = address.trim_end_matches('/').rsplit('/');
    let name = parts.next()?;
    let account = parts.next().filter(|text| is_account(text));
    let host = address.split('/').next().unwrap_or_default();
    let labels: Vec<&str> = host.split('.').collect();
    // `sqs.REGION.amazonaws.com`, or as it once was, `REGION.queue.amazonaws.com`.
    let region = match labels[..] {
        ["sqs" | "sqs-fips", region, "amazonaws" | "api", ..] | [region, "queue", "amazonaws", ..] => region,
        _ => asked.place.region.as_str(),
    };
    let account = account.unwrap_or(asked.place.account.as_str());
    Some(arn(asked, region, account, name))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn arn(asked: &Asked<'_>, region: &str, account: &str, name: &str) -> String {
    format!("arn:{}:sqs:{region}:{account}:{name}", asked.place.partition)
}
