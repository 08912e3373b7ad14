//! A version that failed its release check, as a person reads it.

use super::mismatch;
use crate::engine::trial::Unfit;

/// A sentence, then what differs, then the end of the log.
pub fn told(unfit: &Unfit) -> String {
    let differences = unfit.mismatches.iter().map(mismatch::render);
    let log = Some(mismatch::log(&unfit.log)).filter(|log| !log.is_empty());
    let below = differences.chain(log).collect::<Vec<_>>().join("\n");
    let mut text = unfit.to_string();
    for line in below.lines() {
        text += "\n  ";
        text += line;
    }
    text
}
