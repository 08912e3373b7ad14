//! Versions and what a requirement demands of them.
//!
//! Source: packaging.python.org, "Version specifiers". Which of several versions is taken is left to the
//! installer; here is only asked whether one fits.

use std::cmp::Ordering;

/// A version such as `1.0rc1.post2+cpu`.
#[derive(Debug, Clone)]
pub struct Version {
    epoch: u64,
    release: Vec<u64>,
    /// `a`, `b` or `rc`, as 0, 1 or 2, and its number.
    pre: Option<(u8, u64)>,
    post: Option<u64>,
    dev: Option<u64>,
    local: Vec<Part>,
}

/// A part of a local version: numbers come after words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Word(String),
    Number(u64),
}

impl Version {
    /// Reads a version in any of the accepted spellings.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.trim().to_ascii_lowercase();
        let text = lower.strip_prefix('v').unwrap_or(&lower);
        let (public, local) = match text.split_once('+') {
            Some((public, local)) => (public, local.split(['.', '-', '_']).map(part).collect::<Option<_>>()?),
            None => (text, Vec::new()),
        };
        let (epoch, rest) = match public.split_once('!') {
            Some((epoch, rest)) => (epoch.parse().ok()?, rest),
            None => (0, public),
        };
        let mut reader = Reader(rest);
        let mut release = vec![reader.number()?];
        while let Some(number) = reader.dotted_number() {
            release.push(number);
        }
        let pre = reader.labelled(&[
            ("alpha", 0),
            ("beta", 1),
            ("preview", 2),
            ("pre", 2),
            ("rc", 2),
            ("a", 0),
            ("b", 1),
            ("c", 2),
        ]);
        let implicit = reader.implicit_post();
        let post = implicit.or_else(|| {
            reader
                .labelled(&[("post", 0), ("rev", 0), ("r", 0)])
                .map(|(_, number)| number)
        });
        let dev = reader.labelled(&[("dev", 0)]).map(|(_, number)| number);
        reader.0.is_empty().then_some(Self {
            epoch,
            release,
            pre,
            post,
            dev,
            local,
        })
    }

    fn without_local(&self) -> Self {
        Self {
            local: Vec::new(),
            ..self.clone()
        }
    }

    fn is_pre(&self) -> bool {
        self.pre.is_some() || self.dev.is_some()
    }

    fn same_release(&self, other: &Self) -> bool {
        self.epoch == other.epoch && trimmed(&self.release) == trimmed(&other.release)
    }

    fn release_begins_with(&self, prefix: &[u64]) -> bool {
        prefix
            .iter()
            .enumerate()
            .all(|(index, number)| self.release.get(index).unwrap_or(&0) == number)
    }
}

/// Compares by the rules of the specification: `1.0.dev1 < 1.0a1 < 1.0 < 1.0+cpu < 1.0.post1`.
impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |version: &Self| {
            let pre = match (version.pre, version.post, version.dev) {
                (Some((label, number)), _, _) => (1, label, number),
                (None, None, Some(_)) => (0, 0, 0),
                (None, _, _) => (2, 0, 0),
            };
            let post = version.post.map_or((0, 0), |number| (1, number));
            let dev = version.dev.map_or((1, 0), |number| (0, number));
            (pre, post, dev)
        };
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| trimmed(&self.release).cmp(trimmed(&other.release)))
            .then_with(|| key(self).cmp(&key(other)))
            .then_with(|| self.local.cmp(&other.local))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

fn trimmed(release: &[u64]) -> &[u64] {
    let end = release
        .iter()
        .rposition(|number| *number != 0)
        .map_or(0, |last| last + 1);
    &release[..end]
}

fn part(text: &str) -> Option<Part> {
    if text.is_empty() {
        return None;
    }
    Some(text.parse().map_or_else(|_| Part::Word(text.to_owned()), Part::Number))
}

struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn number(&mut self) -> Option<u64> {
        let end = self.0.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.0.len());
        let number = self.0[..end].parse().ok()?;
        self.0 = &self.0[end..];
        Some(number)
    }

    fn dotted_number(&mut self) -> Option<u64> {
        let rest = self.0.strip_prefix('.')?;
        if !rest.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        self.0 = rest;
        self.number()
    }

    /// A label with its number, which is 0 when it is not there.
    fn labelled(&mut self, labels: &[(&str, u8)]) -> Option<(u8, u64)> {
        let rest = self.0.trim_start_matches(['.', '-', '_']);
        let (label, value) = labels.iter().find(|(label, _)| rest.starts_with(label))?;
        let rest = &rest[label.len()..];
        let numbered = rest.trim_start_matches(['.', '-', '_']);
        let has_number = numbered.starts_with(|c: char| c.is_ascii_digit());
        self.0 = if has_number { numbered } else { rest };
        Some((*value, self.number().unwrap_or(0)))
    }

    /// `1.0-1` is `1.0.post1`.
    fn implicit_post(&mut self) -> Option<u64> {
        let rest = self.0.strip_prefix('-')?;
        if !rest.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        self.0 = rest;
        self.number()
    }
}

/// What is demanded of a version, such as `>=1.2,!=1.3.*`; all of it must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Specifiers(Vec<(Operator, String)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Exactly,
    Equal,
    NotEqual,
    Compatible,
    AtLeast,
    AtMost,
    Above,
    Below,
}

/// Longer ones first, since the shorter ones begin like them.
const OPERATORS: &[(&str, Operator)] = &[
    ("===", Operator::Exactly),
    ("==", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("~=", Operator::Compatible),
    (">=", Operator::AtLeast),
    ("<=", Operator::AtMost),
    (">", Operator::Above),
    ("<", Operator::Below),
];

impl Specifiers {
    /// Reads demands that are separated by commas.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
            .unwrap_or(text);
        let demands = text.split(',').map(str::trim).filter(|demand| !demand.is_empty());
        demands.map(one).collect::<Option<_>>().map(Self)
    }

    /// Whether a version fits.
    pub fn contain(&self, version: &Version) -> bool {
        self.0
            .iter()
            .all(|(operator, wanted)| fits(version, *operator, wanted).unwrap_or(false))
    }

    /// The version that alone fits, if there is only one.
    pub fn pinned(&self) -> Option<&str> {
        match &self.0[..] {
            [(Operator::Equal | Operator::Exactly, version)] if !version.ends_with(".*") => Some(version),
            _ => None,
        }
    }
}

impl std::fmt::Display for Specifiers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (operator, version)) in self.0.iter().enumerate() {
            let sign = OPERATORS
                .iter()
                .find(|(_, other)| other == operator)
                .map_or("", |(sign, _)| sign);
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{sign}{version}")?;
        }
        Ok(())
    }
}

fn one(demand: &str) -> Option<(Operator, String)> {
    let (sign, operator) = OPERATORS.iter().find(|(sign, _)| demand.starts_with(sign))?;
    let version = demand[sign.len()..].trim();
    let known = *operator == Operator::Exactly || Version::parse(version.trim_end_matches(".*")).is_some();
    (known && !version.is_empty()).then(|| (*operator, version.to_owned()))
}

/// `None` when the wanted version makes no sense.
fn fits(version: &Version, operator: Operator, wanted: &str) -> Option<bool> {
    if let Some(prefix) = wanted.strip_suffix(".*") {
        let prefix = Version::parse(prefix)?;
        let begins = version.epoch == prefix.epoch && version.release_begins_with(&prefix.release);
        return Some(match operator {
            Operator::NotEqual => !begins,
            _ => begins,
        });
    }
    let wanted_version = Version::parse(wanted)?;
    let public = version.without_local();
    let equal = if wanted_version.local.is_empty() {
        public == wanted_version
    } else {
        *version == wanted_version
    };
    Some(match operator {
        Operator::Exactly | Operator::Equal => equal,
        Operator::NotEqual => !equal,
        Operator::AtLeast => public >= wanted_version,
        Operator::AtMost => public <= wanted_version,
        // Not the wanted version's own post releases, unless a post release was named.
        Operator::Above => {
            let own_post =
                version.post.is_some() && wanted_version.post.is_none() && version.same_release(&wanted_version);
            public > wanted_version && !own_post
        }
        // Not the wanted version's own pre-releases, unless a pre-release was named.
        Operator::Below => {
            let own_pre = version.is_pre() && !wanted_version.is_pre() && version.same_release(&wanted_version);
            public < wanted_version && !own_pre
        }
        Operator::Compatible => {
            let (_, prefix) = wanted_version.release.split_last()?;
            public >= wanted_version && version.release_begins_with(prefix)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_order() {
        let ordered = [
            "1.0.dev1",
            "1.0a1.dev1",
            "1.0a1",
            "1.0b2",
            "1.0rc1",
            "1.0",
            "1.0+cpu",
            "1.0+1",
            "1.0.post1",
            "1.0.1",
            "1.10",
            "1!0.1",
        ];
        for pair in ordered.windows(2) {
            let (lower, higher) = (Version::parse(pair[0]).unwrap(), Version::parse(pair[1]).unwrap());
            assert!(lower < higher, "{pair:?}");
        }
        for (one, other) in [
            ("1.0", "1"),
            ("v1.0-1", "1.post1"),
            ("1.0-alpha.2", "1a2"),
            ("1.0c1", "1.0RC1"),
            ("2004d", "nonsense"),
        ] {
            assert_eq!(Version::parse(one), Version::parse(other), "{one} {other}");
        }
    }

    #[test]
    fn demands_are_held_against_versions() {
        for (demand, version, expected) in [
            ("", "1.0", true),
            ("==1.0", "1.0.0", true),
            ("==1.0", "1.0+cpu", true),
            ("==1.0+cpu", "1.0", false),
            ("==1.*", "1.9.3", true),
            ("==1.1.*", "1.0", false),
            ("!=1.1.*", "1.1.2", false),
            (">=2.7,!=3.0.*,<4", "3.13.0", true),
            (">=1,<2", "2.0rc1", false),
            (">1.0", "1.0.post1", false),
            ("~=1.4.2", "1.4.9", true),
            ("~=1.4.2", "1.5", false),
            ("~=1.4", "1.9", true),
            ("(>=1.0)", "1.1", true),
            ("<=1.0", "1.0+local", true),
        ] {
            let version = Version::parse(version).unwrap();
            assert_eq!(
                Specifiers::parse(demand).unwrap().contain(&version),
                expected,
                "{demand} {version:?}"
            );
        }
        assert_eq!(Specifiers::parse("1.0"), None);
        assert_eq!(Specifiers::parse(">=1, <2").unwrap().to_string(), ">=1,<2");
        assert_eq!(Specifiers::parse("==1.0").unwrap().pinned(), Some("1.0"));
        assert_eq!(Specifiers::parse("==1.*").unwrap().pinned(), None);
    }
}
