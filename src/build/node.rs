//! Node.js: dependencies by lock file, and bundling.

use super::{Built, Request};

/// Returns what the project brings besides its source files.
#[expect(clippy::unused_async, reason = "running tools comes next")]
pub async fn build(_: &Request<'_>) -> anyhow::Result<Built> {
    Ok(Built::default())
}
