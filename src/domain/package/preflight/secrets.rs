//! Keys and tokens that would be uploaded with the code, found by their form. They are never shown.
//!
//! What only looks like a secret is left alone: markers without a key behind them, documented examples, keys
//! of test suites that packages bring along.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::Finding;
use crate::domain::package::Selection;
use crate::domain::package::facts::Fact;

/// What is larger is no text that a person wrote or a bundler made.
const TEXT_LIMIT: u64 = 4 << 20;
/// Binary files show it in their first bytes.
const SNIFFED: usize = 16 << 10;

type Confirm = fn(&Around<'_>) -> bool;

/// How each kind of secret begins, what it is called, and whether it is really there.
const SIGNATURES: &[(&str, &str, Confirm)] = &[
    ("PRIVATE KEY-----", "a private key", private_key),
    ("AKIA", "an AWS access key", aws_key),
    ("ghp_", "a GitHub token", |text| text.token(36, 36)),
    ("gho_", "a GitHub token", |text| text.token(36, 36)),
    ("ghs_", "a GitHub token", |text| text.token(36, 36)),
    ("ghu_", "a GitHub token", |text| text.token(36, 36)),
    ("ghr_", "a GitHub token", |text| text.token(36, 76)),
    ("github_pat_", "a GitHub token", |text| text.token(82, 82)),
    ("xoxb-", "a Slack token", |text| text.token(40, 80)),
    ("xoxp-", "a Slack token", |text| text.token(40, 80)),
    ("sk_live_", "a Stripe key", |text| text.token(24, 247)),
    ("rk_live_", "a Stripe key", |text| text.token(24, 247)),
    ("npm_", "an npm token", |text| text.token(36, 36)),
    ("_authToken=", "an npm token", |text| {
        text.token(20, 200) || text.setting()
    }),
    ("_authToken =", "an npm token", |text| text.setting()),
    ("_auth=", "the password of a package registry", |text| text.setting()),
    ("_auth =", "the password of a package registry", |text| text.setting()),
    ("_password=", "the password of a package registry", |text| {
        text.setting()
    }),
    ("_password =", "the password of a package registry", |text| {
        text.setting()
    }),
    ("npmAuthToken:", "an npm token", |text| text.setting()),
    ("npmAuthIdent:", "the password of a package registry", |text| {
        text.setting()
    }),
    ("://", "a password in a URL", |text| text.url_with_password()),
];

/// Those that a whole file shows, besides [`SIGNATURES`].
const OF_FILES: &[&str] = &[
    "a Google service account's key",
    "the password of a package index",
    "the password of a server",
];

/// A kind of secret, by its number among [`SIGNATURES`] and [`OF_FILES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Secret(u8);

impl Secret {
    /// The kind of this number, if there is one.
    pub fn numbered(number: u8) -> Option<Self> {
        (usize::from(number) < SIGNATURES.len() + OF_FILES.len()).then_some(Self(number))
    }

    pub fn number(self) -> u8 {
        self.0
    }

    fn what(self) -> &'static str {
        let number = usize::from(self.0);
        SIGNATURES
            .get(number)
            .map_or_else(|| OF_FILES[number - SIGNATURES.len()], |(_, what, _)| what)
    }

    fn at(index: usize) -> Self {
        Self(u8::try_from(index).expect("there are a few kinds"))
    }
}

static SEARCH: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let beginnings = SIGNATURES.iter().map(|(beginning, _, _)| beginning);
    // No beginning lies within another, so the kind decides nothing but the speed: with this one whole
    // stretches of a text are skipped at once.
    let mut builder = AhoCorasick::builder();
    builder.match_kind(MatchKind::LeftmostFirst);
    builder.build(beginnings).expect("a few short words")
});

/// Returns the files with secrets, but those that `allowed` names: files, or folders with everything inside.
pub fn check(selection: &Selection, facts: &[Fact], allowed: &[String]) -> Vec<Finding> {
    let is_allowed = |name: &str| {
        allowed
            .iter()
            .map(|path| path.trim_start_matches("./").trim_end_matches('/'))
            .any(|path| {
                name.strip_prefix(path)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    };
    let files = selection.files.iter().zip(facts);
    let found = files
        .filter(|(file, _)| !is_allowed(&file.name))
        .filter_map(|(file, fact)| {
            let what = by_name(&file.name).or_else(|| fact.secret.map(Secret::what))?;
            Some(finding(&file.name, what))
        });
    found.collect()
}

fn finding(name: &str, what: &str) -> Finding {
    if is_test_of_a_package(name) {
        let hint = format!("leave it out: `package.exclude: [\"/{name}\"]`");
        return Finding::warning(name, format!("`{name}` holds {what}, as tests do"), hint);
    }
    let hint = format!(
        "leave it out with `package.exclude` and read it from SSM or Secrets Manager, or write \
         `package.allow_secrets: [\"{name}\"]`"
    );
    Finding::error(name, format!("`{name}` holds {what}"), hint)
}

/// Files that hold nothing but secrets.
fn by_name(name: &str) -> Option<&'static str> {
    let base = name.rsplit('/').next().unwrap_or_default();
    if name == ".aws/credentials" || name.ends_with("/.aws/credentials") {
        return Some("AWS credentials");
    }
    matches!(base, "id_rsa" | "id_ed25519" | "id_ecdsa" | "id_dsa").then_some("a private SSH key")
}

/// The secret that a text holds. `contents` are all of the file's `size` bytes, unless it is large.
pub fn in_contents(name: &str, size: u64, contents: &[u8]) -> Option<Secret> {
    const BINARY: &[&str] = &[
        "png", "jpg", "gif", "woff2", "so", "node", "wasm", "gz", "zip", "jar", "whl", "class", "dll",
    ];
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    if !(16..=TEXT_LIMIT).contains(&size) || BINARY.contains(&end) {
        return None;
    }
    if contents[..contents.len().min(SNIFFED)].contains(&0) {
        return None;
    }
    let base = name.rsplit('/').next().unwrap_or_default();
    if base == ".pypirc" && find(contents, b"password").is_some() {
        return Some(Secret::at(SIGNATURES.len() + 1));
    }
    if matches!(base, ".netrc" | "_netrc") && find(contents, b"password").is_some() {
        return Some(Secret::at(SIGNATURES.len() + 2));
    }
    let found = SEARCH.find_iter(contents).find(|found| {
        let (_, _, confirm) = SIGNATURES[found.pattern().as_usize()];
        confirm(&Around {
            settings: is_settings(name),
            text: contents,
            start: found.start(),
            end: found.end(),
        })
    })?;
    let is_private_key = found.pattern().as_usize() == 0;
    if is_private_key && find(contents, b"\"service_account\"").is_some() {
        return Some(Secret::at(SIGNATURES.len()));
    }
    Some(Secret::at(found.pattern().as_usize()))
}

/// Test vectors and the keys of test servers are part of many published packages.
fn is_test_of_a_package(name: &str) -> bool {
    const TESTS: &[&str] = &[
        "test",
        "tests",
        "__tests__",
        "testing",
        "testdata",
        "fixtures",
        "spec",
        "example",
        "examples",
    ];
    let mut parts = name.split('/');
    let packaged = parts
        .by_ref()
        .any(|part| matches!(part, "node_modules" | "site-packages"));
    packaged && parts.any(|part| TESTS.contains(&part))
}

/// A beginning that was found, with the text around it.
struct Around<'t> {
    /// Whether these are a package manager's settings, where short words are taken for passwords too.
    settings: bool,
    text: &'t [u8],
    start: usize,
    end: usize,
}

impl Around<'_> {
    /// Whether between `least` and `most` characters of a token follow, and stand alone.
    fn token(&self, least: usize, most: usize) -> bool {
        let part_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let begun = self
            .start
            .checked_sub(1)
            .is_some_and(|before| self.text[before].is_ascii_alphanumeric());
        let rest = &self.text[self.end..];
        let length = rest.iter().position(|byte| !part_of_word(byte)).unwrap_or(rest.len());
        !begun && (least..=most).contains(&length) && is_random(&rest[..length])
    }

    /// Whether the value of a package manager's setting follows, up to the end of the line.
    fn setting(&self) -> bool {
        let before = self.text[..self.start].iter().next_back();
        if !before.is_none_or(|byte| matches!(byte, b'\n' | b':' | b' ')) {
            return false;
        }
        let rest = &self.text[self.end..];
        let line = &rest[..rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())];
        let value = line.trim_ascii();
        let value = value
            .strip_prefix(b"\"")
            .and_then(|value| value.strip_suffix(b"\""))
            .unwrap_or(value);
        let plain =
            |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-' | b'.' | b':');
        value.iter().all(plain) && self.is_password(value)
    }

    /// Whether `user:password@host` follows, as in the URL of a private package index.
    fn url_with_password(&self) -> bool {
        let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~!%+=&:@".contains(byte);
        let rest = &self.text[self.end..];
        let rest = &rest[..rest.len().min(512)];
        let authority = &rest[..rest.iter().position(|byte| !part(byte)).unwrap_or(rest.len())];
        let Some(at) = authority.iter().rposition(|byte| *byte == b'@') else {
            return false;
        };
        let (user, host) = (&authority[..at], &authority[at + 1..]);
        let Some(colon) = user.iter().position(|byte| *byte == b':') else {
            return false;
        };
        let password = &user[colon + 1..];
        // `%s` and the like are filled in later; `%40` is a character.
        let formatted = password.iter().enumerate().any(|(at, byte)| {
            let digits = password.get(at + 1..at + 3);
            *byte == b'%' && !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        });
        let ends = |end: &[u8]| host.to_ascii_lowercase().ends_with(end);
        let local = host.starts_with(b"localhost") || host.starts_with(b"127.");
        let reserved = local
            || [".com", ".org", ".net"]
                .iter()
                .any(|end| ends(format!("example{end}").as_bytes()));
        !formatted && !host.is_empty() && (self.settings || !reserved) && self.is_password(password)
    }

    fn is_password(&self, value: &[u8]) -> bool {
        if self.settings {
            value.len() >= 4 && !is_placeholder(value)
        } else {
            value.len() >= 12 && is_random(value) && !is_placeholder(value)
        }
    }
}

/// A key behind the marker: code that reads keys holds only the marker.
fn private_key(around: &Around<'_>) -> bool {
    let before = &around.text[around.start.saturating_sub(32)..around.start];
    let Some(begin) = find(before, b"-----BEGIN ") else {
        return false;
    };
    let kind = &before[begin + 11..];
    if !kind.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b' ') {
        return false;
    }
    let rest = &around.text[around.end..];
    let rest = &rest[..rest.len().min(600)];
    let rest = &rest[..find(rest, b"-----").unwrap_or(rest.len())];
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    rest.split(|byte| !base64(byte))
        .any(|run| run.len() >= 40 && is_random(run))
}

/// An access key id with a secret access key close by; an id alone is public.
fn aws_key(around: &Around<'_>) -> bool {
    let rest = &around.text[around.end..];
    let length = rest
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric())
        .unwrap_or(rest.len());
    let id = &rest[..length];
    let upper = id.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    // AWS's documents use ids that end so.
    if length != 16 || !upper || id.ends_with(b"EXAMPLE") {
        return false;
    }
    let near = &around.text[around.start.saturating_sub(300)..around.text.len().min(around.end + 300)];
    let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let hex = |run: &[u8]| run.iter().all(u8::is_ascii_hexdigit);
    near.split(|byte| !base64(byte))
        .any(|run| run.len() == 40 && !hex(run) && is_random(run))
}

/// The files that name private registries and indexes.
fn is_settings(name: &str) -> bool {
    const NAMES: &[&str] = &[
        ".npmrc",
        ".yarnrc",
        ".yarnrc.yml",
        "bunfig.toml",
        "pip.conf",
        "pip.ini",
        "uv.toml",
        "pyproject.toml",
        "Pipfile",
        "Gemfile",
    ];
    let base = name.rsplit('/').next().unwrap_or_default();
    let text = base.strip_suffix(".txt");
    let of_a_package = name.contains("node_modules/") || name.contains("site-packages/");
    !of_a_package
        && (NAMES.contains(&base)
            || text.is_some_and(|stem| stem.starts_with("requirements") || stem.starts_with("constraints")))
}

/// What documents write in the place of a password.
fn is_placeholder(value: &[u8]) -> bool {
    const WORDS: &[&str] = &[
        "password",
        "passwd",
        "passphrase",
        "pass",
        "pwd",
        "pw",
        "secret",
        "token",
        "apikey",
        "key",
        "changeme",
        "mypassword",
        "mysecret",
        "mytoken",
        "authtoken",
        "accesstoken",
        "personalaccesstoken",
        "credentials",
    ];
    let text = String::from_utf8_lossy(value).to_ascii_lowercase();
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    let constant = value.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_') && value.contains(&b'_');
    let one = value.first().is_none_or(|first| value.iter().all(|byte| byte == first));
    constant
        || one
        || WORDS.contains(&letters.as_str())
        || letters.starts_with("your")
        || ["xxx", "example", "placeholder", "..."]
            .iter()
            .any(|word| text.contains(word))
}

/// Whether this is no placeholder such as `xxxx` or `your_token_here`.
fn is_random(text: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in text {
        seen[usize::from(*byte)] = true;
    }
    let distinct = seen.iter().filter(|seen| **seen).count();
    distinct >= 10 && text.iter().any(u8::is_ascii_digit)
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::super::samples::{Tree, line};
    use super::*;

    /// Letters and digits that look drawn by lot; put together here so that no scanner takes this file for a leak.
    fn random(length: usize) -> String {
        "9aZ3kQ7mB1xT5vL8cN2hR6wY4jP0dF".chars().cycle().take(length).collect()
    }

    fn found(files: &[(&str, String)], allowed: &[&str]) -> Vec<String> {
        let tree = files
            .iter()
            .fold(Tree::new(), |tree, (name, text)| tree.with(name, text));
        let allowed: Vec<String> = allowed.iter().map(|path| (*path).to_owned()).collect();
        check(&tree.selection, &tree.facts(), &allowed)
            .iter()
            .map(line)
            .collect()
    }

    #[test]
    fn secrets_are_known_by_their_form_and_never_shown() {
        let aws = format!(
            "id = \"AKIA{}\"\nsecret = \"{}\"\n",
            random(16).to_uppercase(),
            random(40)
        );
        for (name, text, what) in [
            (
                "key.pem",
                format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n", random(64)),
                "a private key",
            ),
            (
                "config.js",
                format!("'-----BEGIN PRIVATE KEY-----\\n{}\\n'", random(64)),
                "a private key",
            ),
            (
                "google.json",
                format!(
                    "{{\"type\": \"service_account\", \"k\": \"-----BEGIN PRIVATE KEY-----\\n{}\"}}",
                    random(64)
                ),
                "a Google service account's key",
            ),
            ("config.py", aws, "an AWS access key"),
            ("a.js", format!("t = 'ghp_{}'", random(36)), "a GitHub token"),
            ("a.js", format!("t = 'github_pat_{}'", random(82)), "a GitHub token"),
            ("a.js", format!("t = 'xoxb-{}'", random(50)), "a Slack token"),
            ("a.js", format!("t = 'sk_live_{}'", random(24)), "a Stripe key"),
            (".npmrc", format!("//host/:_authToken={}\n", random(36)), "an npm token"),
            (
                ".pypirc",
                "[pypi]\nusername = a\npassword = b\n".into(),
                "the password of a package index",
            ),
            (
                ".npmrc",
                "//npm.corp.io/:_password=aHVudGVyMg==\n".into(),
                "the password of a package registry",
            ),
            (
                "sub/.npmrc",
                "_auth = \"ZGVwbG95Omh1bnRlcjI=\"\r\n".into(),
                "the password of a package registry",
            ),
            (
                ".npmrc",
                "//npm.corp.io/:_authToken=NpmToken.1f2e\n".into(),
                "an npm token",
            ),
            (
                ".yarnrc.yml",
                "npmScopes:\n  corp:\n    npmAuthToken: \"1f2e-hunter2\"\n".into(),
                "an npm token",
            ),
            (
                ".yarnrc.yml",
                "npmAuthIdent: deploy:hunter2\n".into(),
                "the password of a package registry",
            ),
            (
                ".netrc",
                "machine pypi.corp.io login deploy password hunter2\n".into(),
                "the password of a server",
            ),
            (
                "requirements.txt",
                "--extra-index-url https://deploy:hunter2@pypi.corp.io/simple\n".into(),
                "a password in a URL",
            ),
            (
                "pyproject.toml",
                "url = \"https://deploy:s3cr3t%40x@pypi.example.com/simple\"\n".into(),
                "a password in a URL",
            ),
            (
                "db.js",
                format!("c = 'postgres://app:{}@db.corp.io:5432/shop'", random(20)),
                "a password in a URL",
            ),
            (".aws/credentials", "x".into(), "AWS credentials"),
            ("keys/id_rsa", "x".into(), "a private SSH key"),
        ] {
            let told = found(&[(name, text)], &[]);
            assert_eq!(told.len(), 1, "{name}");
            assert!(
                told[0].starts_with(&format!("error: `{name}` holds {what} | ")),
                "{told:?}"
            );
            assert!(!told[0].contains(&random(12)), "{told:?}");
        }
    }

    #[test]
    fn what_only_looks_like_a_secret_is_left_alone() {
        for text in [
            "if text.startswith('-----BEGIN PRIVATE KEY-----'): pass".to_owned(),
            format!("-----BEGIN CERTIFICATE-----\n{}\n", random(64)),
            format!("-----BEGIN PUBLIC KEY-----\n{}\n", random(64)),
            format!("-----BEGIN PRIVATE KEY-----\n{}\n", "x".repeat(64)),
            format!("AKIAIOSFODNN7EXAMPLE {}", random(40)),
            format!("AKIA{} is public", random(16).to_uppercase()),
            format!(
                "AKIA{} {}",
                random(16).to_uppercase(),
                "0123456789abcdef".repeat(3).split_at(40).0
            ),
            "token = 'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'".into(),
            format!("sk_test_{}", random(24)),
            "npm_config_user_agent".into(),
            "//host/:_authToken=${NPM_TOKEN}\n".into(),
            format!("\0ghp_{}", random(36)),
            "this._auth=authenticate;this._password=password1234".into(),
            "_password=read_the_password\n".into(),
            "npmAuthToken: string;\n".into(),
            "git clone https://user:password@example.com/a.git".into(),
            "postgres://postgres:postgres@localhost:5432/test".into(),
            "see https://<user>:<password>@host/ and https://a:${TOKEN}@host/ and https://a:%s@host/".into(),
            format!("https://user:{}@example.com/", random(20)),
            "https://unpkg.com/a@1.2.3/b, http://[::1]:80/ mailto:a@b https://cdn.io:8080/@scope/x".into(),
        ] {
            assert_eq!(found(&[("a.txt", text.clone())], &[]), <[&str; 0]>::default(), "{text}");
        }
    }

    #[test]
    fn placeholders_in_settings_are_left_alone() {
        for (name, text) in [
            (
                "requirements.txt",
                "--index-url https://user:password@example.com/simple",
            ),
            (
                "requirements.txt",
                "--index-url https://<user>:<password>@pypi.corp.io/simple",
            ),
            (
                "requirements.txt",
                "--index-url https://${USER}:${PASSWORD}@pypi.corp.io/simple",
            ),
            (
                "requirements.txt",
                "--index-url https://user:PYPI_TOKEN@pypi.corp.io/simple",
            ),
            ("requirements.txt", "a @ git+https://git@github.com/a/b.git@v1.0"),
            ("requirements.txt", "a @ git+ssh://git@github.com:22/a/b.git@v1.0"),
            ("pyproject.toml", "url = \"https://pypi.corp.io:8443/simple\""),
            (".npmrc", "//npm.corp.io/:_password=${NPM_PASSWORD}\n"),
            (".npmrc", "//npm.corp.io/:_authToken=YOUR_TOKEN\n"),
            (".yarnrc.yml", "npmAuthToken: \"${NPM_TOKEN:-}\"\n"),
            (".yarnrc.yml", "npmAuthToken: <your token>\n"),
            (
                "node_modules/a/requirements.txt",
                "--index-url https://user:hunter2@pypi.corp.io/simple",
            ),
        ] {
            assert_eq!(found(&[(name, text.into())], &[]), <[&str; 0]>::default(), "{text}");
        }
    }

    #[test]
    fn some_places_are_forgiven() {
        let key = || format!("-----BEGIN PRIVATE KEY-----\n{}\n", random(64));
        let none: [&str; 0] = [];
        assert_eq!(found(&[("keys/dev.pem", key())], &["keys/dev.pem"]), none);
        assert_eq!(found(&[("keys/dev.pem", key())], &["./keys/"]), none);
        assert_eq!(found(&[("keys2/dev.pem", key())], &["keys"]).len(), 1);
        assert_eq!(
            found(&[("node_modules/tls/test/key.pem", key())], &[]),
            [
                "warning: `node_modules/tls/test/key.pem` holds a private key, as tests do | leave it out: \
              `package.exclude: [\"/node_modules/tls/test/key.pem\"]`"
            ]
        );
        assert!(found(&[("tests/key.pem", key())], &[])[0].starts_with("error"));
    }
}
