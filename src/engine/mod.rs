//! Observe, plan, check, apply, wait: the reconciler, over ports and without printing.
//!
//! A plan is a plain value: it can be shown, tested or stopped at without a second code path.

pub mod apply;
pub mod beside;
pub mod callers;
pub mod check;
mod creation;
pub mod desired;
pub mod destroy;
pub mod layers;
pub mod observe;
pub mod plan;
pub mod planner;
pub mod release;
mod rights;
pub mod shift;
pub mod wait;
pub mod widening;
