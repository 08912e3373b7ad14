//! The built binary against AWS-compatible servers on loopback. An outside witness says what lfn
//! left behind, a proxy counts and breaks its calls.
//!
//! No server is AWS: what one gets wrong is named beside the assertion that bends to it.

#[path = "../support/mod.rs"]
mod support;

mod archives;
mod callers;
mod canary;
mod codedeploy;
mod credentials;
mod deployer;
mod drift;
mod enforced;
mod faults;
mod fleet;
mod interruptions;
mod invoke;
mod layers;
mod lifecycle;
mod node;
mod permissions;
mod plans;
mod races;
mod releases;
mod rights;
mod settings;
mod shop;
mod trust;
