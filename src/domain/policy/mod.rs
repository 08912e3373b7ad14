//! IAM documents: what a function may do, and who may assume its role.
//!
//! Grants and the rest of lambda.yaml become statements here; nothing is written by hand.

pub mod callers;
mod catalog;
pub mod denial;
mod deployer;
mod diff;
mod document;
pub mod evaluate;
pub mod file;
mod glob;
mod grants;
pub mod index;
pub mod lint;
mod merge;
mod page;
mod parse;
mod raw;
mod rights;
mod role;
#[cfg(test)]
pub(crate) mod samples;
pub mod sdk;
pub mod senders;
pub mod spanned;
mod suggest;
pub mod tighten;
pub mod why;

pub use deployer::{Archives, Work, deployer_policy};
pub use diff::{AccessChange, AccessLine, Change, same_access};
pub use document::{
    Conditions, Effect, INLINE_POLICY_LIMIT, POLICY_VERSION, PolicyDocument, Principal, Statement, statement_json,
};
pub use glob::Pattern;
pub use grants::Grant;
pub use merge::merge;
pub use page::grants_page;
pub use raw::{Part, RawStatement};
pub use rights::{Source, sources};
pub use role::{INLINE_POLICY, RoleSpec, TRUST_LIMITS, role_name, role_spec};
pub use suggest::{Wanted, known_to_iam, line_for, lines_allowing, narrowings, resource_of, with_variables};
