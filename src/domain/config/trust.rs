//! `role.trust`: who may assume the role besides Lambda, as it is written.

use serde_json::{Value, json};

use super::callers::told;
use super::findings::{Complaint, Sink};
use super::model::{ExternalParty, TrustConfig};
use super::node::{Kind, Node};
use super::scalars::{Flag, Text, VARIABLE, text_of};
use super::shape::{Definitions, List, Scalar, Shape, shape};
use super::validate::{Surroundings, flag};
use crate::domain::names::AccountId;
use crate::domain::policy::callers::Identity;

/// The one region of functions that Lambda@Edge replicates.
/// Source: `CloudFront` developer guide, "Restrictions on Lambda@Edge".
const EDGE_REGION: &str = "us-east-1";

shape! {
    /// Who may assume the role.
    Trust {
        /// Whether only this function may (`aws:SourceArn`), instead of Lambda in this account.
        function_only: Flag,
        /// Whether Lambda@Edge may too; in us-east-1 alone.
        edge: Flag,
        /// Roles that may, such as `444455556666:role/ci`.
        roles: List<TrustedRole>,
        /// Third parties that may, each with the external id that they gave.
        external: List<ThirdParty>,
    }
}

shape! {
    /// A third party.
    ThirdParty {
        /// The account.
        account (required): AccountId,
        /// One role of it; the whole account without one.
        role: Text,
        /// The external id that the third party gave to this customer.
        external_id (required): ExternalId,
    }
}

/// Source: STS API reference, `AssumeRole`, `ExternalId`.
#[derive(Debug, Clone)]
pub struct ExternalId(String);

impl Scalar for ExternalId {
    const EXPECTED: &'static str = "2 to 1,224 letters, digits and `_+=,.@:/-`";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        Some(text_of(node)?.and_then(|text| {
            let valid = |c: char| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c);
            if (2..=1224).contains(&text.len()) && text.chars().all(valid) {
                return Ok(Self(text.to_owned()));
            }
            Err(Complaint::new(format!("`{text}` is not an external id")))
        }))
    }

    fn schema() -> Value {
        json!({ "type": "string", "pattern": format!("^[A-Za-z0-9_+=,.@:/-]{{2,1224}}$|{VARIABLE}") })
    }
}

/// A role or user, never a whole account: that would let its every administrator in.
#[derive(Debug, Clone)]
pub struct TrustedRole(Identity);

shape! {
    /// A role of an account.
    TrustedRoleMap {
        /// The account.
        account (required): AccountId,
        /// The role, with its path if it has one.
        role (required): Text,
    }
}

const ROLE: &str = "a role such as `444455556666:role/ci`, or its ARN";

impl Shape for TrustedRole {
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        if let Kind::Map(_) = node.kind {
            let map = TrustedRoleMap::read(node, sink)?;
            let (account, Text(role)) = (map.account.value?, map.role.value?);
            return told(&map.role.at, Identity::role(account, &role), "the role's name", sink).map(Self);
        }
        let Some(Ok(text)) = text_of(node) else {
            sink.wrong_kind(node, ROLE);
            return None;
        };
        let identity: Identity = told(&node.at, text.parse(), ROLE, sink)?;
        if !identity.is_one() {
            let message = format!("`{text}` is a whole account: whoever its administrators choose could use the role");
            let hint = "name the role of it, or write it below `external` when it is a third party";
            sink.error(&node.at, Complaint::new(message).hint(hint));
            return None;
        }
        Some(Self(identity))
    }

    fn schema(definitions: &mut Definitions) -> Value {
        let text = format!("^([0-9]{{12}}:|arn:[^:]+:iam::[0-9]{{12}}:)(role|user)/.+$|{VARIABLE}");
        json!({ "anyOf": [{ "type": "string", "pattern": text }, TrustedRoleMap::schema(definitions)] })
    }
}

impl Trust {
    /// What it says, once it holds in this region.
    pub fn config(self, around: &Surroundings<'_>) -> TrustConfig {
        let edge = flag(&self.edge);
        let region = &around.place.region;
        if edge && around.region_is_known && region.as_str() != EDGE_REGION {
            let complaint = Complaint::new(format!(
                "functions of Lambda@Edge are in {EDGE_REGION}, and this one is in {region}"
            ));
            around.sink.error(
                &self.edge.at,
                complaint.hint(format!("deploy it with `region: {EDGE_REGION}`, or take `edge` out")),
            );
        }
        TrustConfig {
            function_only: flag(&self.function_only),
            edge,
            roles: of(self.roles.value, |TrustedRole(identity)| Some(identity)),
            external: of(self.external.value, |party| party.with_id(around.sink)),
        }
    }
}

fn of<T, U>(list: Option<List<T>>, make: impl Fn(T) -> Option<U>) -> Vec<U> {
    let List(items) = list.unwrap_or(List(Vec::new()));
    items.into_iter().filter_map(|(_, item)| make(item)).collect()
}

impl ThirdParty {
    fn with_id(self, sink: &Sink) -> Option<ExternalParty> {
        let account = self.account.value?;
        let who = match self.role.value {
            Some(Text(role)) => told(&self.role.at, Identity::role(account, &role), "the role's name", sink)?,
            None => Identity::account(account),
        };
        let ExternalId(id) = self.external_id.value?;
        Some(ExternalParty { who, id })
    }
}
