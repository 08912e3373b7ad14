//! The built binary against AWS-compatible servers on loopback. An outside witness says what lfn
//! left behind, a proxy counts and breaks its calls.
//!
//! No server is AWS: what one gets wrong is named beside the assertion that bends to it.

#[path = "../support/mod.rs"]
mod support;

mod archives;
mod callers;
mod canary;
mod credentials;
mod deployer;
mod drift;
mod faults;
mod interruptions;
mod invoke;
mod layers;
mod lifecycle;
mod node;
mod permissions;
mod rights;
mod settings;
mod shop;
mod trust;
