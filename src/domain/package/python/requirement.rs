//! One requirement as projects and packages write it: `requests[socks]>=2; python_version < "3.12"`.
//!
//! Source: packaging.python.org, "Dependency specifiers".

use super::Target;
use super::marker::Marker;
use super::version::Specifiers;
use super::wanted::Url;

/// A package that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// As written; compare by [`normalized`].
    pub name: String,
    pub extras: Vec<String>,
    pub specifiers: Specifiers,
    /// Where it comes from, when not from an index.
    pub url: Option<Url>,
    pub marker: Option<Marker>,
}

impl Requirement {
    /// Any version of a package.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            extras: Vec::new(),
            specifiers: Specifiers::default(),
            url: None,
            marker: None,
        }
    }

    /// Reads a requirement; `None` when it makes no sense.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let end = text
            .find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c))
            .unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let letter = |c: char| c.is_ascii_alphanumeric();
        if !name.starts_with(letter) || !name.ends_with(letter) {
            return None;
        }
        let (extras, rest) = extras(rest.trim_start())?;
        let rest = rest.trim_start();
        let (source, marker) = if let Some(url) = rest.strip_prefix('@') {
            // A URL may hold a semicolon; the marker's stands after a space.
            match url.trim_start().split_once(" ;") {
                Some((url, marker)) => (Err(url), Some(marker)),
                None => (Err(url.trim_start()), None),
            }
        } else {
            match rest.split_once(';') {
                Some((specifiers, marker)) => (Ok(specifiers), Some(marker)),
                None => (Ok(rest), None),
            }
        };
        let marker = match marker {
            Some(marker) => Some(Marker::parse(marker)?),
            None => None,
        };
        let (specifiers, url) = match source {
            Ok(specifiers) => (Specifiers::parse(specifiers)?, None),
            Err(url) => (Specifiers::default(), Some(Url(url.trim().to_owned()))),
        };
        Some(Self {
            name: name.to_owned(),
            extras,
            specifiers,
            url,
            marker,
        })
    }

    /// Whether the target needs it, with these extras of the package that asks.
    pub fn holds(&self, target: &Target, extras: &[String]) -> bool {
        self.marker.as_ref().is_none_or(|marker| marker.holds(target, extras))
    }
}

/// As installers read it, without the marker.
impl std::fmt::Display for Requirement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        if !self.extras.is_empty() {
            write!(f, "[{}]", self.extras.join(","))?;
        }
        match &self.url {
            Some(Url(url)) => write!(f, " @ {url}"),
            None => write!(f, "{}", self.specifiers),
        }
    }
}

/// `[a,b]` at the beginning, with normalized names, and what follows.
pub fn extras(text: &str) -> Option<(Vec<String>, &str)> {
    let Some(inside) = text.strip_prefix('[') else {
        return Some((Vec::new(), text));
    };
    let (inside, rest) = inside.split_once(']')?;
    let extras = inside.split(',').map(normalized).filter(|extra| !extra.is_empty());
    Some((extras.collect(), rest))
}

/// The name by which packages are compared: `Foo_Bar.baz` is `foo-bar-baz`.
/// Source: packaging.python.org, "Names and normalization".
pub fn normalized(name: &str) -> String {
    let words = name.trim().split(['-', '_', '.']).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::function::Architecture;

    #[test]
    fn requirements_are_read_in_all_their_spellings() {
        for (text, expected) in [
            ("six", "six"),
            (
                "Requests [socks, Use_Chardet] >= 2.8.1, == 2.8.*",
                "Requests[socks,use-chardet]>=2.8.1,==2.8.*",
            ),
            (
                "pip @ https://host/pip.whl#sha256=ab ; os_name=='nt'",
                "pip @ https://host/pip.whl#sha256=ab",
            ),
            ("a (>=1)", "a>=1"),
            ("a.b-c_d==1;python_version>'3'", "a.b-c_d==1"),
        ] {
            assert_eq!(Requirement::parse(text).unwrap().to_string(), expected, "{text}");
        }
        for text in ["", "-e .", "./lib", "a b", "a==", "a; nonsense", "a[b", "a-", "a=1"] {
            assert_eq!(Requirement::parse(text), None, "{text}");
        }
        assert_eq!(normalized("Foo__Bar.-baz"), "foo-bar-baz");
    }

    #[test]
    fn extras_decide_what_a_package_brings() {
        let target = Target::new(13, Architecture::X86_64, 34);
        let requirement = Requirement::parse("pysocks; extra == 'socks' and sys_platform == 'linux'").unwrap();
        assert!(!requirement.holds(&target, &[]));
        assert!(requirement.holds(&target, &["socks".into()]));
    }
}
