//! lfn takes one AWS Lambda function from a folder to production and back: it packages code,
//! keeps a least-privilege role, deploys, publishes versions and moves aliases.
//!
//! # The idea
//!
//! lfn is a small reconciler. It *observes* the account, *plans* by comparing what lambda.yaml
//! wants with what it saw, and *applies* the plan; running it again is how it recovers. The plan is
//! a plain value, so it can be printed, tested, or stopped at without a second code path. What
//! decides is pure; what touches the world is thin.
//!
//! ```text
//! lambda.yaml ─ config::load ─► Config ─┐
//! files ─ package::select, write ───────┼─► Desired ─┐
//! account ─ engine::observe ────────────┴─► Observed ┼─► planner::plan ─► Plan ─► apply ─► events ─► ui
//! ```
//!
//! # The modules, and which may name which
//!
//! ```text
//! main ─► cli ─► commands ─► ctx ─► engine ─► ports ─► domain     arrows skip floors, never turn back
//!                    └────────┴───► ui ─────► engine::plan, settings, domain
//! ctx ─► aws | local                                              nothing else names an adapter
//! local ─► runner                                                 both, and aws ─► ports, domain
//! commands ─► build ─► domain, error
//! ```
//!
//! - [`domain`]: names, configuration, policies, packages. No clock, no network, no printing.
//! - [`ports`]: what the engine needs from outside, in lfn's own words; errors are classified once.
//! - [`engine`]: observe, plan, check, apply, wait. It never prints and knows no SDK.
//! - [`aws`] and [`local`]: two adapters for the same ports, held to one conformance suite. `aws`
//!   is the only module that imports the SDK; `local` is an embedded Lambda in a folder, as strict
//!   as the real one.
//! - [`build`]: installs dependencies and builds programs with the project's own tools.
//! - [`runner`]: runs a handler in the machine's own interpreter through the Lambda Runtime API, and holds
//!   its AWS calls against its role.
//! - [`ui`]: renders and asks, never decides. stdout carries the answer, stderr the commentary.
//! - [`commands`]: one file per verb, each a short story: load, observe, plan, show, ask, apply.
//! - [`templates`]: the starters of `lfn init`.
//!
//! A test reads the sources and keeps these arrows true.
//!
//! # Habits that the rest leans on
//!
//! - Names that a rerun must find again derive from the configuration, never from chance; what lfn
//!   makes it tags, and what it did not make it neither changes nor deletes.
//! - The same source gives the same archive, so its digest says whether code changed.
//! - Writes carry what the plan saw (`RevisionId`, `CodeSha256`): a change made in between fails
//!   instead of being overwritten. A write whose answer was lost is recognised by looking.
//! - The alias that serves traffic moves last.
//! - Ports are trait objects, since the target is chosen at run time and tests stand in between.

pub mod aws;
pub mod build;
pub mod cli;
pub mod commands;
pub mod ctx;
pub mod domain;
pub mod engine;
pub mod error;
pub mod local;
pub mod ports;
pub mod runner;
pub mod settings;
pub mod templates;
pub mod ui;
