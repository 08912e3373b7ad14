//! Programs and bundles of the other languages: Rust, Go, Java, .NET, Ruby.

use super::{Built, Request};

/// Returns what the project brings besides its source files.
#[expect(clippy::unused_async, reason = "running tools comes next")]
pub async fn build(_: &Request<'_>) -> anyhow::Result<Built> {
    Ok(Built::default())
}
