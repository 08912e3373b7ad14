//! The verbs of short grants, from `data/grants.json`: one entry per service.
//!
//! A service has forms. A form says how a target is written, what its ARN looks like, and which
//! actions each verb stands for; `{p}`, `{r}` and `{a}` are partition, region and account, every
//! other `{part}` comes from the target. Forms are tried in order, the more specific ones first.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::index::Level;
use crate::domain::names::{AccountId, Region};

/// Every service by the name that grants use.
pub type Catalog = BTreeMap<String, Service>;

/// The catalogue that lfn ships with.
pub fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../../data/grants.json")).expect("the embedded catalogue parses")
    });
    &CATALOG
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// What targets begin with when it is not `NAME:`.
    scheme: Option<String>,
    /// A target, for error messages.
    pub example: String,
    /// What else people call it, for error messages.
    #[serde(default)]
    pub called: Vec<String>,
    /// The service as KMS knows it, `{via}.REGION.amazonaws.com`, where it uses keys with the caller's rights.
    pub via: Option<String>,
    /// What whoever chooses a verb should know.
    pub note: Option<String>,
    pub parts: BTreeMap<String, Part>,
    pub forms: Vec<Form>,
}

/// One way to write a target.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// What follows the scheme. Absent when only an ARN will do; empty when the name of the service is
    /// the whole target.
    pub target: Option<String>,
    /// The ARN that may be written instead.
    pub arn: Option<String>,
    /// What a target that is no ARN stands for, when it is not `arn`.
    resource: Option<String>,
    pub verbs: BTreeMap<String, Verb>,
}

/// The rights one verb stands for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verb {
    /// The most that any of the actions does, in the words of the Service Authorization Reference.
    pub level: Level,
    pub actions: Vec<String>,
    /// The resources, when they are not those that the target stands for.
    pub resources: Option<Vec<String>>,
    #[serde(default)]
    pub condition: Condition,
    /// Rights that differ in resource or condition.
    #[serde(default)]
    also: Vec<Rights>,
    /// What the verb needs of the key that what it acts on is encrypted with.
    #[serde(default)]
    pub key: Vec<String>,
}

/// Rights beside those of the verb itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rights {
    actions: Vec<String>,
    resources: Option<Vec<String>>,
    #[serde(default)]
    condition: Condition,
}

/// Operator → key → value.
pub type Condition = BTreeMap<String, BTreeMap<String, String>>;

/// What becomes one statement.
#[derive(Debug, Clone, Copy)]
pub struct Stated<'a> {
    pub actions: &'a [String],
    pub resources: Option<&'a [String]>,
    pub condition: &'a Condition,
}

impl Form {
    /// The resource that a target stands for, unless the verb names others.
    pub fn resource(&self) -> Option<&str> {
        self.resource.as_deref().or(self.arn.as_deref())
    }
}

impl Verb {
    /// What the verb stands for, one statement each.
    pub fn statements(&self) -> impl Iterator<Item = Stated<'_>> {
        let own = Stated {
            actions: &self.actions,
            resources: self.resources.as_deref(),
            condition: &self.condition,
        };
        let others = self.also.iter().map(|rights| Stated {
            actions: &rights.actions,
            resources: rights.resources.as_deref(),
            condition: &rights.condition,
        });
        std::iter::once(own).chain(others)
    }
}

/// A verb of a form of a service.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    pub name: &'static str,
    pub service: &'static Service,
    pub form: &'static Form,
    pub verb: &'static str,
    pub rights: &'static Verb,
}

/// Every verb of every form.
pub fn ways() -> impl Iterator<Item = Way> {
    let forms = catalog()
        .iter()
        .flat_map(|(name, service)| service.forms.iter().map(move |form| (name, service, form)));
    forms.flat_map(|(name, service, form)| {
        form.verbs.iter().map(move |(verb, rights)| Way {
            name,
            service,
            form,
            verb,
            rights,
        })
    })
}

/// The verbs that name an action, in any case.
pub fn ways_to(action: &str) -> &'static [Way] {
    static WAYS: LazyLock<HashMap<String, Vec<Way>>> = LazyLock::new(|| {
        let mut by_action: HashMap<String, Vec<Way>> = HashMap::new();
        for way in ways() {
            for action in way.rights.statements().flat_map(|rights| rights.actions) {
                let known = by_action.entry(action.to_ascii_lowercase()).or_default();
                // A verb may name an action twice, under different conditions.
                if !known.last().is_some_and(|last| std::ptr::eq(last.rights, way.rights)) {
                    known.push(way);
                }
            }
        }
        by_action
    });
    WAYS.get(&action.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
}

/// What a part of a target may look like.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// A noun with its article.
    what: String,
    /// Allowed beside letters and digits.
    #[serde(default)]
    chars: String,
    #[serde(default)]
    min: usize,
    max: usize,
    /// No capital letters.
    #[serde(default)]
    lower: bool,
    /// A leading character that means nothing, since the ARN has it anyway.
    strip: Option<char>,
    /// The only values, when there are few.
    #[serde(default)]
    words: Vec<String>,
    #[serde(default)]
    wildcard: Wildcard,
}

/// Where `*` may stand.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Wildcard {
    #[default]
    Never,
    /// As a whole segment of a path that has other segments too.
    Below,
    /// As a whole segment, even the only one.
    Alone,
}

/// The values of the parts of one target.
pub type Values = BTreeMap<String, String>;

impl Service {
    /// What targets of this service begin with.
    pub fn scheme(&self, name: &str) -> String {
        self.scheme.clone().unwrap_or_else(|| format!("{name}:"))
    }

    /// A target of this service: its name alone, or what targets begin with and the rest.
    pub fn written(&self, name: &str, target: &str) -> String {
        if target.is_empty() {
            name.to_owned()
        } else {
            format!("{}{target}", self.scheme(name))
        }
    }

    /// The verbs of all forms, sorted.
    pub fn verbs(&self) -> Vec<&str> {
        let mut verbs: Vec<&str> = self
            .forms
            .iter()
            .flat_map(|form| form.verbs.keys().map(String::as_str))
            .collect();
        verbs.sort_unstable();
        verbs.dedup();
        verbs
    }

    /// Reads `text` as `pattern`, or `None` when no reading gives every part a valid value.
    pub fn read(&self, pattern: &str, text: &str) -> Option<Values> {
        let mut values = Values::new();
        capture(
            pattern,
            text,
            &|part, value| self.check(part, value).is_ok(),
            &mut values,
        )
        .then(|| self.strip(values))
    }

    /// What keeps `text` from being read as `pattern`, when its outline is right.
    pub fn complaint(&self, pattern: &str, text: &str) -> Option<String> {
        let mut values = Values::new();
        capture(pattern, text, &|_, _| true, &mut values).then_some(())?;
        values.iter().find_map(|(part, value)| self.check(part, value).err())
    }

    fn strip(&self, values: Values) -> Values {
        let strip = |(part, value): (String, String)| {
            let stripped = self
                .parts
                .get(&part)
                .map_or(value.as_str(), |rules| rules.stripped(&value));
            let stripped = stripped.to_owned();
            (part, stripped)
        };
        values.into_iter().map(strip).collect()
    }

    fn check(&self, part: &str, value: &str) -> Result<(), String> {
        match (part, self.parts.get(part)) {
            (_, Some(rules)) => rules.check(value),
            ("p", None) if value.starts_with("aws") => Ok(()),
            ("r", None) => Region::new(value).map(drop).map_err(|error| error.0),
            ("a", None) => AccountId::new(value).map(drop).map_err(|error| error.0),
            (other, None) => Err(format!("`{value}` does not fit `{{{other}}}`")),
        }
    }
}

impl Part {
    fn stripped<'a>(&self, value: &'a str) -> &'a str {
        self.strip.and_then(|c| value.strip_prefix(c)).unwrap_or(value)
    }

    fn check(&self, value: &str) -> Result<(), String> {
        let Self { what, chars, .. } = self;
        let value = self.stripped(value);
        if value.is_empty() {
            return Err(format!("{what} is missing"));
        }
        if self.strip.is_some_and(|c| value.split(c).any(str::is_empty)) {
            return Err(format!("{what} must not have an empty segment: `{value}`"));
        }
        if !self.words.is_empty() {
            let known = self.words.iter().any(|word| word == value);
            return if known {
                Ok(())
            } else {
                Err(format!("{what} is one of {}, not `{value}`", self.words.join(", ")))
            };
        }
        self.check_wildcards(value)?;
        let allowed = |c: &char| c.is_ascii_alphanumeric() || *c == '*' || chars.contains(*c);
        if let Some(bad) = value.chars().find(|c| !allowed(c)) {
            let extra = if chars.is_empty() {
                String::new()
            } else {
                format!(" and `{chars}`")
            };
            return Err(format!(
                "{what} must not contain `{bad}`; letters, digits{extra} are allowed"
            ));
        }
        if self.lower && value.contains(|c: char| c.is_ascii_uppercase()) {
            return Err(format!("{what} must not have capital letters: `{value}`"));
        }
        let length = value.len();
        if length < self.min || length > self.max {
            let (min, max) = (self.min.max(1), self.max);
            let right = if min == max {
                max.to_string()
            } else {
                format!("{min} to {max}")
            };
            return Err(format!("{what} has {right} characters; `{value}` has {length}"));
        }
        Ok(())
    }

    /// A `*` within a segment is refused since it grants more than it seems to: `f*` matches `foo` too.
    fn check_wildcards(&self, value: &str) -> Result<(), String> {
        let what = &self.what;
        if !value.contains('*') {
            return Ok(());
        }
        if self.wildcard == Wildcard::Never {
            return Err(format!(
                "`*` is not allowed in {what}; name each one, or write the statement out with `actions` and `resources`"
            ));
        }
        if let Some(segment) = value.split('/').find(|s| s.contains('*') && *s != "*") {
            let stem: String = segment.chars().take_while(|c| *c != '*').collect();
            return Err(format!(
                "`{segment}` would match more than it seems to (`{stem}-other` as well); `*` must be a whole path \
                 segment, as in `folder/*`"
            ));
        }
        if self.wildcard == Wildcard::Below && value.split('/').all(|s| s == "*") {
            return Err(format!("`*` alone is not {what}; put a path before it, as in `shop/*`"));
        }
        Ok(())
    }
}

/// Matches `text` against `pattern`, trying every place where a part can end.
fn capture(pattern: &str, text: &str, fits: &dyn Fn(&str, &str) -> bool, values: &mut Values) -> bool {
    let Some(open) = pattern.find('{') else {
        return pattern == text;
    };
    let (Some(text), Some((part, rest))) = (text.strip_prefix(&pattern[..open]), pattern[open + 1..].split_once('}'))
    else {
        return false;
    };
    let literal = rest.split('{').next().unwrap_or_default();
    let ends: Vec<usize> = if literal.is_empty() {
        vec![text.len()]
    } else {
        text.match_indices(literal).map(|(at, _)| at).collect()
    };
    ends.into_iter().any(|end| {
        let value = &text[..end];
        let matched = fits(part, value) && capture(rest, &text[end..], fits, values);
        if matched {
            values.insert(part.to_owned(), value.to_owned());
        }
        matched
    })
}

/// Puts values into a pattern; parts without a value stay as they are.
pub fn fill<'a>(pattern: &str, values: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    values.into_iter().fold(pattern.to_owned(), |text, (part, value)| {
        text.replace(&format!("{{{part}}}"), value)
    })
}

/// The candidate most like `word`, when one is like it at all.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_ascii_lowercase();
    let scored = candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_ascii_lowercase()), candidate));
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (best.0 >= 0.8).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_end_where_their_values_stay_valid() {
        let read = |service: &str, pattern: &str, text: &str| catalog()[service].read(pattern, text);
        let values = read("secret", "x:{secret}-{suffix}", "x:prod/my-key-AbCdEf").unwrap();
        assert_eq!(
            (values["secret"].as_str(), values["suffix"].as_str()),
            ("prod/my-key", "AbCdEf")
        );
        assert_eq!(read("secret", "x:{secret}-{suffix}", "x:prod/my-key-AbCdE"), None);
        let values = read("s3", "{bucket}/{key}", "photos/a/b").unwrap();
        assert_eq!((values["bucket"].as_str(), values["key"].as_str()), ("photos", "a/b"));
    }

    #[test]
    fn the_nearest_candidate_must_be_near() {
        assert_eq!(nearest("recieve", ["send", "receive"]), Some("receive"));
        assert_eq!(nearest("GET", ["get", "put"]), Some("get"));
        assert_eq!(nearest("xyz", ["get", "put"]), None);
    }
}
