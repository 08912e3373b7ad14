//! What lfn knows, without asking anyone: names, configuration, packages, policies.
//!
//! Everything here is pure: no clock, no environment, no network, no printing. File contents
//! arrive as values; the one exception is [`package`], whose job is to read a source tree.

pub mod arn;
pub mod calls;
pub mod codedeploy;
pub mod config;
pub mod enforce;
pub mod events;
pub mod expect;
pub mod fingerprint;
pub mod function;
pub mod ledger;
pub mod names;
pub mod package;
pub mod policy;
pub mod printable;
pub mod report;
pub mod schedule;
pub mod shift;
pub mod signature;
pub mod spread;
pub mod suggest;
pub mod url;
