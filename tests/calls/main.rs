//! Naming calls, judged by real clients: what they send is read back as what they were asked for.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod javascript;
mod properties;
mod python;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lfn::domain::arn::Place;
use lfn::domain::calls::{Call, Request, Unnamed, name};
use lfn::domain::names::{AccountId, Region};
use lfn::domain::policy::index;
use serde::Deserialize;

/// A request that a client would have sent.
#[derive(Debug, Deserialize)]
struct Sent {
    #[serde(default)]
    service: String,
    #[serde(default)]
    style: String,
    operation: String,
    /// `ACTION RESOURCE`, sorted.
    #[serde(default)]
    needs: Vec<String>,
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Sent {
    fn read(lines: &str) -> Vec<Self> {
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn name(&self) -> Result<Call, Unnamed> {
        let (_, address) = self.url.split_once("://").unwrap();
        let (host, path) = address.split_at(address.find('/').unwrap_or(address.len()));
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let headers = self.headers.iter();
        let mut headers: Vec<(String, String)> = headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
            .collect();
        // Botocore leaves it to the connection.
        if !headers.iter().any(|(name, _)| name == "host") {
            headers.push(("host".to_owned(), host.to_owned()));
        }
        let body = STANDARD.decode(&self.body).unwrap();
        let request = Request {
            method: &self.method,
            path,
            query,
            headers: &headers,
            body: &body,
        };
        name(&request, &place())
    }
}

fn place() -> Place {
    Place {
        partition: "aws".into(),
        region: Region::new("eu-west-1").unwrap(),
        account: AccountId::new("123456789012").unwrap(),
    }
}

/// Whether IAM has this action, as it is spelt.
fn exists(action: &str) -> bool {
    let (prefix, name) = action.split_once(':').unwrap();
    index::service(prefix).is_some_and(|service| service.actions.iter().any(|known| known.name == name))
}
