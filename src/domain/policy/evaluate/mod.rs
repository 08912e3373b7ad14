//! What a request may do under given policies, the way IAM decides it, and why.
//!
//! Every statement of every policy is held against the request; the layers are then put together:
//! a denial anywhere wins; a boundary narrows what an identity's policies allow and grants nothing;
//! in its own account a resource's policy is enough when it names the caller, elsewhere both sides
//! must allow. Source: IAM user guide, "Policy evaluation logic".

mod condition;
mod context;
mod operator;
mod principal;
mod statement;
mod value;

use serde::Serialize;

pub use context::{Context, ContextValue};
pub use operator::{Comparison, Operator, SetOperator};
pub use principal::{Caller, Naming};

use self::statement::{About, examine};
use super::{Effect, PolicyDocument};

/// One call that someone makes.
#[derive(Debug, Clone)]
pub struct Request {
    pub caller: Caller,
    /// `s3:GetObject`; its case makes no difference.
    pub action: String,
    /// The ARN of what is acted on, or `*` for actions that take no resource.
    pub resource: String,
    /// The account that owns the resource; a bucket's ARN does not say.
    pub resource_account: String,
    pub context: Context,
}

/// The policies that have a say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policies<'a> {
    /// Of the caller: inline and attached.
    pub identity: &'a [PolicyDocument],
    pub boundary: Option<&'a PolicyDocument>,
    /// Of what is acted on; the trust policy when that is a role to assume.
    pub resource: Option<&'a PolicyDocument>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Verdict {
    Allowed,
    /// Nothing allows it.
    ImplicitlyDenied,
    /// A statement denies it.
    ExplicitlyDenied,
}

/// The kind of policy a statement stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    Identity,
    Boundary,
    Resource,
    Trust,
}

/// A part of a statement that does not fit the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Miss {
    Principal,
    Action,
    Resource,
    Condition {
        operator: String,
        key: String,
        wanted: Vec<String>,
        /// Absent when the request has no such key.
        had: Option<Vec<String>>,
    },
}

/// What one statement said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub layer: Layer,
    /// Which of the identity's policies; 0 in the other layers.
    pub policy: usize,
    /// Which statement, in the order of the document.
    pub statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    pub effect: Effect,
    /// Empty when the statement applies.
    pub misses: Vec<Miss>,
    #[serde(skip)]
    naming: Option<Naming>,
}

impl Finding {
    /// Whether the statement applies to the request.
    pub fn applies(&self) -> bool {
        self.misses.is_empty()
    }
}

/// A verdict and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    pub verdict: Verdict,
    /// The layer that decided: it allowed, it denied, or it is the one whose permission is missing.
    pub layer: Layer,
    /// Every statement, in the order of the layers.
    pub findings: Vec<Finding>,
}

impl Decision {
    pub fn is_allowed(&self) -> bool {
        self.verdict == Verdict::Allowed
    }

    /// The statements that the verdict rests on: those that deny, else those that allow.
    pub fn grounds(&self) -> Vec<&Finding> {
        let effect = match self.verdict {
            Verdict::ExplicitlyDenied => Effect::Deny,
            Verdict::Allowed | Verdict::ImplicitlyDenied => Effect::Allow,
        };
        let applying = self.findings.iter().filter(|f| f.applies() && f.effect == effect);
        applying.collect()
    }

    /// The permissions of the deciding layer that came nearest to applying: those that miss the
    /// fewest parts, and of these the ones about the same action first.
    pub fn nearest(&self) -> Vec<&Finding> {
        let misses = |finding: &Finding| {
            let far = finding.misses.contains(&Miss::Action);
            (far, finding.misses.len())
        };
        let candidates = self
            .findings
            .iter()
            .filter(|finding| finding.layer == self.layer && finding.effect == Effect::Allow && !finding.applies());
        let candidates: Vec<&Finding> = candidates.collect();
        let least = candidates.iter().map(|finding| misses(finding)).min();
        candidates
            .into_iter()
            .filter(|finding| Some(misses(finding)) == least && !misses(finding).0)
            .collect()
    }
}

/// Decides a request.
pub fn decide(request: &Request, policies: Policies<'_>) -> Decision {
    let findings = findings(request, policies);
    let said = |layer: Layer, effect: Effect| {
        findings
            .iter()
            .filter(move |finding| finding.layer == layer && finding.effect == effect && finding.applies())
    };
    let of_resource = request.resource_layer();
    let denial = findings.iter().find(|f| f.effect == Effect::Deny && f.applies());
    let (verdict, layer) = if let Some(denial) = denial {
        (Verdict::ExplicitlyDenied, denial.layer)
    } else {
        let identity = said(Layer::Identity, Effect::Allow).next().is_some();
        let bounded = policies.boundary.is_none() || said(Layer::Boundary, Effect::Allow).next().is_some();
        let naming = said(of_resource, Effect::Allow).filter_map(|f| f.naming).max();
        match permission(request, identity, bounded, naming) {
            Ok(layer) => (Verdict::Allowed, layer),
            Err(layer) => (Verdict::ImplicitlyDenied, layer),
        }
    };
    Decision {
        verdict,
        layer,
        findings,
    }
}

/// The layer that allows, or the one whose permission is missing.
fn permission(request: &Request, identity: bool, bounded: bool, naming: Option<Naming>) -> Result<Layer, Layer> {
    let of_resource = request.resource_layer();
    let Some(account) = request.caller.account() else {
        // Services, providers and strangers have no policies of their own.
        return naming.map(|_| of_resource).ok_or(of_resource);
    };
    let by_identity = match (identity, bounded) {
        (true, true) => Ok(Layer::Identity),
        (true, false) => Err(Layer::Boundary),
        (false, _) => Err(Layer::Identity),
    };
    if account != request.resource_account {
        return naming.map_or(Err(of_resource), |_| by_identity);
    }
    match naming {
        // In the same account a policy that names the caller is enough, and the caller's boundary does not narrow it…
        Some(Naming::Itself | Naming::Everyone) => Ok(of_resource),
        // …unless it names the role and not the session.
        Some(Naming::Role) if bounded => Ok(of_resource),
        Some(Naming::Role) => Err(Layer::Boundary),
        None if request.needs_resource_policy() => Err(of_resource),
        Some(Naming::Account) | None => by_identity,
    }
}

impl Request {
    /// Whether a role is what the request is for.
    fn is_assumption(&self) -> bool {
        self.action.to_ascii_lowercase().starts_with("sts:assumerole")
    }

    fn resource_layer(&self) -> Layer {
        if self.is_assumption() {
            Layer::Trust
        } else {
            Layer::Resource
        }
    }

    /// Roles and keys are closed even to their own account unless their own policy opens them.
    /// Source: IAM user guide, "Policy evaluation logic"; KMS developer guide, "Key policies".
    fn needs_resource_policy(&self) -> bool {
        let is_key = self.resource.split(':').nth(2) == Some("kms") && self.resource.contains(":key/");
        self.is_assumption() || is_key
    }
}

fn findings(request: &Request, policies: Policies<'_>) -> Vec<Finding> {
    let of_resource = request.resource_layer();
    // Only identities have policies of their own.
    let own = request.caller.account().is_some();
    let bounded = own && policies.boundary.is_some();
    let identity = policies.identity.iter().enumerate().filter(|_| own);
    let identity = identity.map(|(index, document)| (Layer::Identity, index, document));
    let boundary = policies
        .boundary
        .filter(|_| own)
        .map(|document| (Layer::Boundary, 0, document));
    let resource = policies.resource.map(|document| (of_resource, 0, document));
    identity
        .chain(boundary)
        .chain(resource)
        .flat_map(|(layer, policy, document)| {
            let about = if layer == of_resource {
                About::Resource {
                    caller_is_bounded: bounded,
                }
            } else {
                About::Caller
            };
            document.statements.iter().enumerate().map(move |(index, statement)| {
                let found = examine(document, statement, about, request);
                Finding {
                    layer,
                    policy,
                    statement: index,
                    sid: statement.sid.clone(),
                    effect: statement.effect,
                    misses: found.misses,
                    naming: found.naming,
                }
            })
        })
        .collect()
}
