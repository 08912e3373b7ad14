//! SSM parameters. Values go to the caller and nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_ssm::types::Parameter;

use super::error::Explain;
use crate::ports::{ErrorKind, Parameters, PortError, PortResult};

const ACTION: &str = "ssm:GetParameters";
/// Source: SSM API reference, `GetParameters`.
const NAMES_PER_CALL: usize = 10;

/// Parameters through the SDK.
#[derive(Debug)]
pub struct SsmParameters {
    pub client: aws_sdk_ssm::Client,
    pub explain: Explain,
}

#[async_trait]
impl Parameters for SsmParameters {
    async fn parameters(&self, names: &[String]) -> PortResult<BTreeMap<String, String>> {
        let wanted: Vec<&String> = names.iter().collect::<BTreeSet<_>>().into_iter().collect();
        let mut values = BTreeMap::new();
        for batch in wanted.chunks(NAMES_PER_CALL) {
            let listed = batch.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
            let answer = self
                .client
                .get_parameters()
                .set_names(Some(batch.iter().map(ToString::to_string).collect()))
                .with_decryption(true)
                .send()
                .await
                .map_err(|error| self.explain.call(ACTION, &listed, &error))?;
            for parameter in answer.parameters() {
                let asked = batch.iter().find(|asked| is_answer_to(parameter, asked));
                if let (Some(asked), Some(value)) = (asked, parameter.value()) {
                    values.insert((*asked).clone(), value.to_owned());
                }
            }
        }
        let missing: Vec<&str> = wanted
            .iter()
            .map(|name| name.as_str())
            .filter(|name| !values.contains_key(*name))
            .collect();
        match missing.as_slice() {
            [] => Ok(values),
            [name] => Err(missing_error(name, format!("there is no SSM parameter `{name}`"))),
            names => Err(missing_error(
                &names.join(", "),
                format!("there are no SSM parameters `{}`", names.join("`, `")),
            )),
        }
    }
}

fn missing_error(names: &str, message: String) -> PortError {
    PortError::new(ErrorKind::NotFound, ACTION, names, message)
}

/// A parameter may be asked for by name, by ARN, and with a version or label (`name:3`); the answer
/// has these in separate fields.
fn is_answer_to(parameter: &Parameter, asked: &str) -> bool {
    let selector = parameter.selector().unwrap_or("");
    [parameter.name(), parameter.arn()]
        .into_iter()
        .flatten()
        .any(|known| asked == known || asked.strip_prefix(known).is_some_and(|rest| rest == selector))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_found_by_name_version_and_arn() {
        let parameter = Parameter::builder()
            .name("/shop/key")
            .selector(":3")
            .arn("arn:aws:ssm:eu-west-1:123456789012:parameter/shop/key")
            .build();
        for asked in [
            "/shop/key",
            "/shop/key:3",
            "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/key",
        ] {
            assert!(is_answer_to(&parameter, asked), "{asked}");
        }
        for asked in ["/shop/key:4", "/shop/key2", "/shop"] {
            assert!(!is_answer_to(&parameter, asked), "{asked}");
        }
    }
}
