//! What makes a request ambiguous: parts that a judge and a server may each read in their own way. A request is read
//! once, and what says two things is refused rather than guessed at.
//!
//! SDKs write no such requests. What depends on the protocol, such as a member that stands twice in a body, is looked
//! at where the protocol is read.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;

use super::Request;

/// Methods of AWS's APIs; `CONNECT` would be sent on in another form.
const METHODS: [&str; 7] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/// Headers beside those of AWS that say what is asked for.
const DECIDING: [&str; 6] = [
    "authorization",
    "content-encoding",
    "content-md5",
    "content-type",
    "host",
    "smithy-protocol",
];

/// Parameters of which one means that the query is signed.
const OF_QUERY: [&str; 4] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Signature",
    "AWSAccessKeyId",
];

/// Why a request is not plain.
pub(super) fn check(request: &Request<'_>) -> Result<(), String> {
    if !METHODS.contains(&request.method) {
        return Err(format!("`{}` is no method of AWS's APIs", request.method));
    }
    path(request.path)?;
    query(request.query)?;
    headers(request.headers)?;
    signature(request)
}

/// A signature, and with it the service, stands in a header or in the query.
fn signature(request: &Request<'_>) -> Result<(), String> {
    let is_of_query = |name: &str| OF_QUERY.iter().any(|of| of.eq_ignore_ascii_case(name));
    if request.header("authorization").is_some() && request.parameters().any(|(name, _)| is_of_query(&name)) {
        return Err("it is signed in its headers and in its query".to_owned());
    }
    Ok(())
}

/// A path begins with a slash, or it would become a part of the host's name, and has one meaning.
fn path(path: &str) -> Result<(), String> {
    if !path.starts_with('/') {
        return Err(format!("its path `{path}` does not begin with a slash"));
    }
    // The bucket of a host's name stands in it by now.
    if path.contains('?') {
        return Err(format!("its path `{path}` has a query"));
    }
    encoding(path, "path")?;
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    if decoded.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err(format!("its path `{path}` has `.` or `..` between slashes"));
    }
    Ok(())
}

/// A plus sign is a space to some and itself to others; signatures want `%20` and `%2B`.
fn query(query: &str) -> Result<(), String> {
    if query.contains('+') {
        return Err("its query has a `+`, which is written `%20` or `%2B`".to_owned());
    }
    encoding(query, "query")
}

/// Headers that decide what is asked for stand once.
fn headers(headers: &[(String, String)]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let mut deciding = headers
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| decides(name));
    match deciding.find(|name| !seen.insert(*name)) {
        Some(name) => Err(format!("its header `{name}` stands there twice")),
        None => Ok(()),
    }
}

fn decides(name: &str) -> bool {
    // SDKs write each value of these lists into a header of its own.
    let is_list = name.ends_with("-object-attributes");
    DECIDING.contains(&name) || (name.starts_with("x-amz-") && !is_list)
}

/// Visible ASCII without a fragment, and percent signs that stand before two digits and decode to UTF-8.
fn encoding(text: &str, what: &str) -> Result<(), String> {
    let is_sent = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'#' | b'\\');
    if !text.bytes().all(is_sent) {
        return Err(format!("its {what} has characters that are not percent-encoded"));
    }
    let is_hex = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut signs = text.split('%').skip(1);
    let is_encoded = signs.all(|after| after.get(..2).is_some_and(is_hex));
    if !is_encoded || percent_decode_str(text).decode_utf8().is_err() {
        return Err(format!("the percent-encoding of its {what} is broken"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(method: &str, address: &str) -> Option<String> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let request = Request {
            method,
            path,
            query,
            headers: &[],
            body: b"",
        };
        check(&request).err()
    }

    #[test]
    fn targets_have_one_meaning() {
        for plain in [
            "/",
            "/shop/a%20b/%C3%A9",
            "/shop//a..b/...?acl&prefix=a%2Bb",
            "/@x:1/a~(1)!*'",
        ] {
            assert_eq!(flaw("GET", plain), None, "{plain}");
        }
        for bad in [
            "",
            "@127.0.0.1:47999/",
            ".evil.example/",
            "http://127.0.0.1:1/",
            "*",
            "/out/k#frag",
            "/out?k#frag",
            "/a\\b",
            "/a b",
            "/\u{e9}",
            "/in/../secret",
            "/in/%2e%2E/secret",
            "/in%2F..%2Fsecret",
            "/in/.",
            "/100%",
            "/a?b=%zz",
            "/shop?prefix=in+a",
            "/%ff",
        ] {
            assert!(flaw("GET", bad).is_some(), "{bad}");
        }
        assert!(flaw("CONNECT", "/").is_some() && flaw("get", "/").is_some());
    }

    #[test]
    fn headers_that_decide_stand_once() {
        for (names, is_plain) in [
            (&["x-amz-target", "x-amz-target"][..], false),
            (&["content-encoding", "x-amz-date", "content-encoding"], false),
            (&["x-amz-copy-source", "x-amz-acl"], true),
            (
                &["x-amz-object-attributes", "x-amz-object-attributes", "cookie", "cookie"],
                true,
            ),
        ] {
            let all: Vec<(String, String)> = names.iter().map(|name| ((*name).into(), "a".into())).collect();
            assert_eq!(headers(&all).is_ok(), is_plain, "{names:?}");
        }
    }

    #[test]
    fn a_request_is_signed_once() {
        let signed = [("authorization".to_owned(), "AWS4-HMAC-SHA256 x".to_owned())];
        for (query, headers, is_plain) in [
            ("acl", &signed[..], true),
            ("X-Amz-Credential=a", &[], true),
            ("X-Amz-Credential=a", &signed, false),
            ("x-amz-algorithm=a", &signed, false),
        ] {
            let request = Request {
                method: "GET",
                path: "/",
                query,
                headers,
                body: b"",
            };
            assert_eq!(check(&request).is_ok(), is_plain, "{query}");
        }
    }
}
