//! Policies: grants and the rights they stand for, and the evaluator, held against IAM's
//! documentation case by case and against an independent evaluator on thousands of generated ones.

mod case;
mod catalogue;
mod command;
mod evaluate;
mod generate;
mod grants;
mod known;
mod lint;
mod merging;
#[path = "../support/node.rs"]
mod node;
mod oracle;
mod properties;
mod widening;
