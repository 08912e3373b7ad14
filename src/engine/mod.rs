//! Observe, plan, check, apply, wait: the reconciler, over ports and without printing.
//!
//! A plan is a plain value: it can be shown, tested or stopped at without a second code path.

pub mod apply;
pub mod beside;
pub mod callers;
pub mod check;
pub mod codedeploy;
pub mod compare;
mod creation;
pub mod desired;
pub mod destroy;
pub mod layers;
pub mod observe;
pub mod plan;
pub mod planner;
pub mod prune;
pub mod release;
pub mod reviewed;
mod rights;
pub mod shift;
pub mod stock;
pub mod trial;
pub mod wait;
pub mod widening;
