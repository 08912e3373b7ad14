//! One file per verb: its flags, and a short story of load, observe, plan, show, ask, apply, report.

pub mod alias;
pub mod completions;
pub mod deploy;
pub mod destroy;
pub mod init;
pub mod invoke;
pub mod list;
pub mod package;
pub mod plan;
mod prepare;
pub mod schema;
pub mod status;
pub mod validate;
pub mod versions;
