//! IAM documents: what a function may do, and who may assume its role.
//!
//! Grants and the rest of lambda.yaml become statements here; nothing is written by hand.

mod catalog;
mod deployer;
mod diff;
mod document;
pub mod evaluate;
mod glob;
mod grants;
pub mod index;
pub mod lint;
mod merge;
mod parse;
mod raw;
mod rights;
mod role;
#[cfg(test)]
pub(in crate::domain) mod samples;
pub mod sdk;
mod suggest;
pub mod tighten;
pub mod why;

pub use deployer::{Archives, Work, deployer_policy};
pub use diff::{AccessChange, AccessLine};
pub use document::{
    Conditions, Effect, INLINE_POLICY_LIMIT, POLICY_VERSION, PolicyDocument, Principal, Statement, statement_json,
};
pub use glob::Pattern;
pub use grants::Grant;
pub use raw::{Part, RawStatement};
pub use rights::{Source, sources};
pub use role::{INLINE_POLICY, RoleSpec, role_name, role_spec};
pub use suggest::{Wanted, line_for, lines_allowing, resource_of, with_variables};
