//! State machines, and what runs of them.

use super::Need;
use super::asked::Asked;

pub(super) fn needs(asked: &Asked<'_>) -> Option<Vec<Need>> {
    let operation = asked.operation.as_str();
    match operation {
        // A version or an alias is not part of the resource but a condition key.
        // Source: Step Functions developer guide, "Authorization for versions and aliases in Step Functions workflows".
        "StartExecution" | "StartSyncExecution" => {
            let (machine, qualifier) = parted(asked.text("stateMachineArn")?);
            let need = Need::new(asked.action(operation), machine);
            Some(vec![need.with("states:StateMachineQualifier", qualifier)])
        }
        "CreateStateMachine" => {
            let machine = asked.arn(format_args!("stateMachine:{}", asked.text("name")?));
            Some(vec![Need::new(asked.action(operation), machine)])
        }
        _ => None,
    }
}

/// `arn:aws:states:REGION:ACCOUNT:stateMachine:NAME[:QUALIFIER]`
fn parted(arn: &str) -> (&str, Option<&str>) {
    let end = arn.match_indices(':').nth(6).map(|(at, _)| at);
    match end {
        Some(end) => (&arn[..end], Some(&arn[end + 1..])),
        None => (arn, None),
    }
}
