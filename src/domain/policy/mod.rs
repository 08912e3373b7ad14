//! IAM documents: what a function may do, and who may assume its role.
//!
//! Grants and the rest of lambda.yaml become statements here; nothing is written by hand.

mod catalog;
mod deployer;
mod diff;
mod document;
mod grants;
mod merge;
mod raw;
mod rights;
mod role;
#[cfg(test)]
mod samples;

pub use deployer::{Work, deployer_policy};
pub use diff::{AccessChange, AccessLine};
pub use document::{Conditions, Effect, INLINE_POLICY_LIMIT, POLICY_VERSION, PolicyDocument, Principal, Statement};
pub use grants::Grant;
pub use raw::{Part, RawStatement};
pub use role::{INLINE_POLICY, RoleSpec, role_name, role_spec};
