//! Who may ask the page's server: this machine's own browser, and of its pages this one alone.
//!
//! A page of the web can make a browser send requests to 127.0.0.1, also under a name that it points there
//! itself. What browsers say of a request tells the two apart; a header of ours makes them ask before they
//! send anything that changes something, and nobody answers that question.
//!
//! Sources: Fetch standard, "CORS protocol"; W3C, "Fetch Metadata Request Headers".

use crate::runner::http::Request;
use crate::runner::is_for_this_machine;

/// Sent by the page with everything that changes something.
const OWN: &str = "x-lfn-page";

/// Why a request is refused.
pub(super) fn refusal(request: &Request) -> Option<&'static str> {
    if !is_for_this_machine(request) {
        return Some("the host is neither `localhost` nor `127.0.0.1`");
    }
    stranger(&request.method, |name| request.header(name))
}

/// The same for what a request for this machine says of who sends it.
fn stranger<'a>(method: &str, header: impl Fn(&'static str) -> Option<&'a str>) -> Option<&'static str> {
    let host = header("host").unwrap_or_default();
    if header("origin").is_some_and(|origin| origin.strip_prefix("http://") != Some(host)) {
        return Some("another page may not call this one's server");
    }
    let reads = matches!(method, "GET" | "HEAD");
    // A link may lead here.
    let follows = reads && header("sec-fetch-mode") == Some("navigate");
    if !follows && header("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Some("another site may not call this page's server");
    }
    if !reads && header(OWN).is_none() {
        return Some("the header `X-Lfn-Page` is missing");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_itself_programs_and_links_are_let_in() {
        let own = ("x-lfn-page", "1");
        for (method, headers) in [
            ("GET", vec![]),
            ("GET", vec![("sec-fetch-site", "same-origin")]),
            (
                "GET",
                vec![("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")],
            ),
            ("POST", vec![own]),
            (
                "POST",
                vec![
                    own,
                    ("origin", "http://127.0.0.1:3002"),
                    ("sec-fetch-site", "same-origin"),
                ],
            ),
        ] {
            assert_eq!(ask(method, &headers), None, "{method} {headers:?}");
        }
    }

    #[test]
    fn other_pages_are_not_wherever_they_come_from() {
        let own = ("x-lfn-page", "1");
        for (method, headers) in [
            ("POST", vec![]),
            ("PUT", vec![("sec-fetch-site", "same-origin")]),
            ("POST", vec![own, ("origin", "https://evil.example")]),
            ("POST", vec![own, ("origin", "null")]),
            ("GET", vec![("origin", "http://127.0.0.1:3000")]),
            ("GET", vec![("origin", "https://127.0.0.1:3002")]),
            ("GET", vec![("sec-fetch-site", "same-site")]),
            ("POST", vec![own, ("sec-fetch-site", "cross-site")]),
            ("POST", vec![("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate")]),
        ] {
            assert!(ask(method, &headers).is_some(), "{method} {headers:?}");
        }
    }

    fn ask(method: &str, headers: &[(&str, &str)]) -> Option<&'static str> {
        stranger(method, |name| {
            let found = headers.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
            found.or((name == "host").then_some("127.0.0.1:3002"))
        })
    }
}
