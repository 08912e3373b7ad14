//! What the page is made of, embedded from `data/dev`: written by hand and served as it is.

use crate::runner::http::Response;

/// A file of the page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File {
    path: &'static str,
    kind: &'static str,
    text: &'static str,
}

macro_rules! file {
    ($path:literal, $name:literal, $kind:literal) => {
        File {
            path: $path,
            kind: $kind,
            text: include_str!(concat!("../../../../data/dev/", $name)),
        }
    };
}

const FILES: &[File] = &[
    file!("/", "page.html", "text/html; charset=utf-8"),
    file!("/style.css", "style.css", "text/css; charset=utf-8"),
    file!("/icon.svg", "icon.svg", "image/svg+xml"),
    file!("/page.js", "page.js", "text/javascript; charset=utf-8"),
    file!("/server.js", "server.js", "text/javascript; charset=utf-8"),
    file!("/elements.js", "elements.js", "text/javascript; charset=utf-8"),
    file!("/json.js", "json.js", "text/javascript; charset=utf-8"),
    file!("/functions.js", "functions.js", "text/javascript; charset=utf-8"),
    file!("/events.js", "events.js", "text/javascript; charset=utf-8"),
    file!("/editor.js", "editor.js", "text/javascript; charset=utf-8"),
    file!("/result.js", "result.js", "text/javascript; charset=utf-8"),
    file!("/calls.js", "calls.js", "text/javascript; charset=utf-8"),
    file!("/chart.js", "chart.js", "text/javascript; charset=utf-8"),
    file!("/commands.js", "commands.js", "text/javascript; charset=utf-8"),
];

impl File {
    pub fn find(path: &str) -> Option<&'static Self> {
        FILES.iter().find(|file| file.path == path)
    }

    pub fn response(&self) -> Response {
        let response = Response {
            status: 200,
            headers: Vec::new(),
            body: self.text.into(),
        };
        response.with("Content-Type", self.kind)
    }
}

/// What a browser may do with anything that is served here: load the page's own files, talk to its own server,
/// and never make markup or script of a text.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

/// The answer as browsers may have it.
pub(super) fn secured(response: Response) -> Response {
    let headers = [
        ("Content-Security-Policy", POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
    ];
    headers
        .iter()
        .fold(response, |response, (name, value)| response.with(name, *value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_the_page_names_is_there_and_none_lies_elsewhere() {
        let name = |text: &str| text.split(['"', '\'']).next().unwrap_or_default().to_owned();
        for file in FILES {
            let named = ["href=\"", "src=\"", "from \"", "import \""]
                .iter()
                .flat_map(|before| file.text.split(before).skip(1).map(name));
            for named in named.filter(|named| !named.starts_with('#')) {
                let path = named.trim_start_matches("./").trim_start_matches('/');
                assert!(
                    File::find(&format!("/{path}")).is_some(),
                    "{} names `{named}`",
                    file.path
                );
            }
            let foreign = file.text.replace("http://www.w3.org/2000/svg", "");
            assert!(!foreign.contains("http"), "{} names an address", file.path);
        }
    }
}
