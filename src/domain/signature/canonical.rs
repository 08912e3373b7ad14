//! The one text that all who sign a request agree on.

use super::Scope;
use super::query::{Pairs, encode};
use crate::domain::calls::{Request, decoded};

/// Source: IAM user guide, "Create a signed AWS API request", step 1.
pub(super) fn canonical(request: &Request<'_>, scope: &Scope, headers: &[String], payload: &str) -> String {
    let path = if request.path.is_empty() { "/" } else { request.path };
    let path = if scope.service.starts_with("s3") {
        // S3 takes paths as they are meant, the other services as they are sent.
        encode(&decoded(path), true)
    } else {
        encode(path, true)
    };
    let query = Pairs::read(request.query).without(|name| name == "X-Amz-Signature");
    let values = headers.iter().map(|name| format!("{name}:{}\n", value(request, name)));
    format!(
        "{}\n{path}\n{}\n{}\n{}\n{payload}",
        request.method,
        query.canonical(),
        values.collect::<String>(),
        headers.join(";"),
    )
}

/// All values of a header, each without needless spaces.
fn value(request: &Request<'_>, name: &str) -> String {
    let values = request.headers.iter().filter(|(known, _)| known == name);
    let values = values.map(|(_, value)| value.split_whitespace().collect::<Vec<_>>().join(" "));
    values.collect::<Vec<_>>().join(",")
}
