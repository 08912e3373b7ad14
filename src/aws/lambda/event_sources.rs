//! Event source mappings: which editions of a function Lambda polls for.

use aws_sdk_lambda::types::EventSourceMappingConfiguration;

use super::LambdaFunctions;
use crate::domain::arn::Arn;
use crate::domain::names::{FunctionName, Qualifier};
use crate::ports::{EventSource, PortResult};

impl LambdaFunctions {
    /// Whether a bare name finds those of versions and aliases is not documented, so all of the region are
    /// listed. Source: Lambda API reference, `ListEventSourceMappings`.
    pub(super) async fn list_event_sources(&self, name: &FunctionName) -> PortResult<Vec<EventSource>> {
        let mut all = Vec::new();
        let mut marker = None;
        loop {
            let call = self.client.list_event_source_mappings().set_marker(marker).send();
            let page = self.paced("lambda:ListEventSourceMappings", "", call).await?;
            let listed = page.event_source_mappings();
            all.extend(listed.iter().filter_map(|mapping| event_source(mapping, name)));
            marker = page.next_marker.filter(|marker| !marker.is_empty());
            if marker.is_none() {
                return Ok(all);
            }
        }
    }
}

/// A mapping of this function: `function:NAME`, or `function:NAME:QUALIFIER`.
fn event_source(given: &EventSourceMappingConfiguration, name: &FunctionName) -> Option<EventSource> {
    let function: Arn = given.function_arn()?.parse().ok()?;
    let rest = function.resource.strip_prefix("function:")?;
    let (of, qualifier) = match rest.split_once(':') {
        Some((of, qualifier)) => (of, qualifier.parse().ok()?),
        None => (rest, Qualifier::Latest),
    };
    (of == name.as_str()).then(|| EventSource {
        id: given.uuid().unwrap_or_default().to_owned(),
        source: given.event_source_arn().map(str::to_owned),
        qualifier,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::names::{AliasName, Version};

    #[test]
    fn a_mapping_is_told_by_the_edition_that_it_invokes() {
        let thumbs = FunctionName::new("thumbs").unwrap();
        let of = |function: &str| {
            let given = EventSourceMappingConfiguration::builder()
                .uuid("1")
                .function_arn(format!("arn:aws:lambda:eu-west-1:123456789012:{function}"))
                .build();
            event_source(&given, &thumbs).map(|mapping| mapping.qualifier)
        };
        assert_eq!(of("function:thumbs"), Some(Qualifier::Latest));
        assert_eq!(of("function:thumbs:7"), Some(Qualifier::Version(Version(7))));
        let live = AliasName::new("live").unwrap();
        assert_eq!(of("function:thumbs:live"), Some(Qualifier::Alias(live)));
        assert_eq!(of("function:thumbs-2:7"), None);
        assert_eq!(of("function:other"), None);
    }
}
