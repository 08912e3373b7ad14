//! Parameters: one JSON object of names and values, kept by hand.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::Target;
use super::refusal::Refusal;
use super::store::read_document;
use crate::ports::{ErrorKind, Parameters, PortResult};

#[async_trait]
impl Parameters for Target {
    async fn parameters(&self, names: &[String]) -> PortResult<BTreeMap<String, String>> {
        let names = names.to_vec();
        self.call("ssm:GetParameters", names.join(", "), move |local| {
            let file = local.store.parameters();
            let all: BTreeMap<String, String> = read_document(&file)?.unwrap_or_default();
            let find = |name: String| match all.get(&name) {
                Some(value) => Ok((name, value.clone())),
                None => Err(Refusal::new(
                    ErrorKind::NotFound,
                    "ParameterNotFound",
                    format!(
                        "Parameter {name} not found; local parameters are kept in `{}`, an object of names and values",
                        file.display()
                    ),
                )),
            };
            names.into_iter().map(find).collect()
        })
        .await
    }
}
