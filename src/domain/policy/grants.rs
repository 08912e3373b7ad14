//! One line of `allow`: a verb and a target, such as `get s3://shop-photos/in/*`.
//!
//! Everything a line can say comes from the catalogue; there is no code per service here. A line may
//! end in the key that its target is encrypted with: `get secret:prod/stripe using kms:alias/shop`.
//! Statements made from grants carry no id, so that two lines about the same thing can become one.

use std::fmt;

use super::Statement;
use super::catalog::{Form, Service, Values, Verb, catalog, fill, nearest};
use crate::domain::arn::{Arn, Place};
use crate::domain::names::InvalidName;

/// A short grant such as `get s3://shop-photos/in/*`, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The line as written.
    pub text: String,
    /// Its words with one space between them.
    line: String,
    /// The rights; partition, region and account are still `{p}`, `{r}` and `{a}` unless an ARN gave them.
    rights: Vec<Statement>,
}

impl Grant {
    /// Parses a line, or says what is wrong and what the nearest right verb or service is.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let (verb, target, key) = words(text)?;
        let found = find(verb, target)?;
        let mut line = format!("{verb} {target}");
        let mut rights = found.statements();
        if let Some(key) = key {
            rights.extend(found.key_rights(verb, key)?);
            line = format!("{line} using {key}");
        }
        Ok(Self {
            text: text.to_owned(),
            line,
            rights,
        })
    }

    /// The statements this line stands for in this account and region.
    pub fn statements(&self, place: &Place) -> Vec<Statement> {
        let values = [
            ("p", place.partition.as_str()),
            ("r", place.region.as_str()),
            ("a", place.account.as_str()),
        ];
        self.rights.iter().map(|rights| filled(rights, &values)).collect()
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

/// A verb with its target.
struct Found {
    name: &'static str,
    service: &'static Service,
    verb: &'static Verb,
    /// The resource of rights that name none.
    resource: Option<&'static str>,
    values: Values,
}

impl Found {
    fn statements(&self) -> Vec<Statement> {
        let own: Vec<String> = self.resource.into_iter().map(str::to_owned).collect();
        let outlines = self.verb.statements().map(|rights| {
            let resources = rights.resources.unwrap_or(&own);
            let mut statement = Statement::allow(rights.actions, resources);
            for (operator, keys) in rights.condition {
                for (key, value) in keys {
                    statement = statement.when(operator, key, value);
                }
            }
            statement
        });
        outlines.map(|outline| self.filled(&outline)).collect()
    }

    fn filled(&self, outline: &Statement) -> Statement {
        let values = self.values.iter();
        let values: Vec<(&str, &str)> = values.map(|(part, value)| (part.as_str(), value.as_str())).collect();
        filled(outline, &values)
    }

    /// What the verb needs of the key that its target is encrypted with, and only through the service.
    ///
    /// Source: KMS developer guide, "kms:ViaService": the name ends in `amazonaws.com` in every partition.
    fn key_rights(&self, verb: &str, key: &str) -> Result<Vec<Statement>, InvalidName> {
        let Self { name, service, .. } = self;
        let (Some(via), false) = (&service.via, self.verb.key.is_empty()) else {
            return invalid(needs_no_key(name, service, verb));
        };
        let through = |key: Statement| {
            let rights = Statement {
                actions: self.verb.key.iter().cloned().collect(),
                ..key
            };
            // Where the target is, the service is, and the key must be.
            self.filled(&rights.when("StringEquals", "kms:ViaService", format!("{via}.{{r}}.amazonaws.com")))
        };
        Ok(find_key(key)?.statements().into_iter().map(through).collect())
    }
}

/// Puts values into all that may have parts.
fn filled(outline: &Statement, values: &[(&str, &str)]) -> Statement {
    let put = |text: &String| fill(text, values.iter().copied());
    let resources: Vec<String> = outline.resources.iter().map(put).collect();
    let mut statement = Statement::allow(&outline.actions, resources);
    for (operator, keys) in &outline.conditions {
        for (key, wanted) in keys {
            for value in wanted {
                statement = statement.when(operator, &put(key), put(value));
            }
        }
    }
    statement
}

fn needs_no_key(name: &str, service: &Service, verb: &str) -> String {
    let forms = service.forms.iter().flat_map(|form| &form.verbs);
    let mut others: Vec<String> = forms
        .filter(|(_, known)| !known.key.is_empty())
        .map(|(verb, _)| format!("`{verb}`"))
        .collect();
    others.sort_unstable();
    others.dedup();
    let others = if others.is_empty() {
        String::new()
    } else {
        format!("; {} of `{name}` do", others.join(", "))
    };
    format!(
        "`{verb}` of `{name}` needs no key, so `using` has no place here{others}; a function that calls KMS by itself \
         has a line such as `decrypt kms:alias/shop`"
    )
}

/// The key after `using`.
fn find_key(key: &str) -> Result<Found, InvalidName> {
    // Any verb of keys will do: only resource and condition matter.
    match find("decrypt", key) {
        Ok(found) if found.name == "kms" => Ok(found),
        Err(why) if key.starts_with("kms:") => Err(why),
        _ if key.starts_with("alias/") => invalid(format!("a key is written with its service: `using kms:{key}`")),
        _ => invalid(format!(
            "`{key}` is not a key; after `using` stands `kms:alias/NAME`, `kms:KEY` or the ARN of a key"
        )),
    }
}

/// Verb, target and key.
fn words(text: &str) -> Result<(&str, &str, Option<&str>), InvalidName> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        [verb, target] => Ok((verb, target, None)),
        [verb, target, "using", key] => Ok((verb, target, Some(key))),
        [verb, target, "using"] => invalid(format!(
            "`using` needs a key after it, as in `{verb} {target} using kms:alias/shop`"
        )),
        [] => invalid("a grant is a verb and a target, such as `get s3://shop-photos/in/*`"),
        [target] if target.contains(':') || catalog().contains_key(target) => {
            let (name, service) = service_of("", target)?;
            invalid(format!(
                "`{target}` needs a verb before it: {}",
                has_verbs(name, service)
            ))
        }
        [verb] => invalid(format!(
            "`{verb}` needs a target after it, such as `{verb} {}`",
            example(verb)
        )),
        _ => invalid(format!(
            "a grant is one verb and one target, and neither has spaces in it; `{}` has {} words",
            text.trim(),
            words.len()
        )),
    }
}

fn find(verb: &str, target: &str) -> Result<Found, InvalidName> {
    match split_arn(target)? {
        Some((service, arn)) => by_arn(verb, service, &arn),
        None => by_name(verb, target),
    }
}

/// A target that fits the verb, or any target when no service knows the verb.
fn example(verb: &str) -> String {
    let knows = |(_, service): &(&String, &Service)| service.verbs().contains(&verb);
    let Some((name, service)) = catalog().iter().find(knows) else {
        return "s3://shop-photos/in/*".to_owned();
    };
    if Grant::parse(&format!("{verb} {}", service.example)).is_ok() {
        return service.example.clone();
    }
    let form = service.forms.iter().find(|form| form.verbs.contains_key(verb));
    let target = form.and_then(|form| form.target.as_deref()).unwrap_or_default();
    service.written(name, &outline(target))
}

/// An ARN, alone or after a service (`sqs:arn:aws:…`).
fn split_arn(target: &str) -> Result<Option<(Option<&'static str>, Arn)>, InvalidName> {
    if target.starts_with("arn:") {
        return Ok(Some((None, target.parse()?)));
    }
    let Some((before, arn)) = target.split_once("arn:") else {
        return Ok(None);
    };
    let named = catalog().iter().find(|(name, service)| service.scheme(name) == before);
    let Some((name, _)) = named else {
        return Ok(None);
    };
    Ok(Some((Some(name), format!("arn:{arn}").parse()?)))
}

fn by_arn(verb: &str, only: Option<&str>, arn: &Arn) -> Result<Found, InvalidName> {
    let text = arn.to_string();
    let is_its_arn = |form: &&Form| {
        let service = form.arn.as_deref().and_then(|pattern| pattern.split(':').nth(2));
        service == Some(&arn.service)
    };
    let services = catalog().iter().filter(|(name, service)| {
        only.is_none_or(|only| only == *name) && service.forms.iter().any(|f| is_its_arn(&f))
    });
    let mut complaint = None;
    for (name, service) in services {
        for form in service.forms.iter().filter(is_its_arn) {
            let (Some(pattern), Some(known)) = (&form.arn, form.verbs.get(verb)) else {
                continue;
            };
            if let Some(values) = service.read(pattern, &text) {
                return Ok(Found {
                    name,
                    service,
                    verb: known,
                    resource: Some(pattern),
                    values,
                });
            }
            let why = service
                .complaint(pattern, &text)
                .unwrap_or_else(|| format!("`{text}` does not fit `{verb}`, which takes `{}`", outline(pattern)));
            complaint = Some(why);
        }
        complaint.get_or_insert_with(|| unfit(name, service, verb, &text));
    }
    invalid(complaint.unwrap_or_else(|| match only {
        Some(name) => format!("`{text}` is not an ARN of `{name}`; its service is `{}`", arn.service),
        None => format!(
            "there are no verbs for resources of `{}`; write the statement out with `actions` and `resources`",
            arn.service
        ),
    }))
}

fn by_name(verb: &str, target: &str) -> Result<Found, InvalidName> {
    let (name, service) = service_of(verb, target)?;
    let scheme = service.scheme(name);
    let alone = target == name;
    let rest = match target.strip_prefix(&scheme) {
        Some(rest) => rest,
        None if alone => "",
        None => {
            return invalid(format!(
                "targets of `{name}` begin with `{scheme}`, as in `{}`",
                service.example
            ));
        }
    };
    let mut complaint = None;
    for form in &service.forms {
        let (Some(pattern), Some(known)) = (&form.target, form.verbs.get(verb)) else {
            continue;
        };
        if pattern.is_empty() != alone {
            continue;
        }
        if let Some(values) = service.read(pattern, rest) {
            return Ok(Found {
                name,
                service,
                verb: known,
                resource: form.resource(),
                values,
            });
        }
        let begins = pattern.split('{').next().unwrap_or_default();
        if !begins.is_empty() && rest.starts_with(begins) {
            // It is this form that was meant, and not a name that happens to begin like it.
            let form = service.written(name, &outline(pattern));
            let unlike = || format!("`{verb}` takes `{form}` here, not `{target}`");
            return invalid(service.complaint(pattern, rest).unwrap_or_else(unlike));
        }
        complaint = complaint.or_else(|| service.complaint(pattern, rest));
    }
    invalid(complaint.unwrap_or_else(|| unfit(name, service, verb, target)))
}

/// Why a target does not go with a verb: what the verb takes, or that there is no such verb.
fn unfit(name: &str, service: &Service, verb: &str, target: &str) -> String {
    let forms = service.forms.iter().filter(|form| form.verbs.contains_key(verb));
    let takes: Vec<String> = forms
        .filter_map(|form| form.target.as_deref())
        .map(|pattern| format!("`{}`", service.written(name, &outline(pattern))))
        .collect();
    match &takes[..] {
        [] => no_such_verb(name, service, verb),
        [one] => format!("`{verb}` takes {one}, not `{target}`"),
        [others @ .., last] => format!("`{verb}` takes {} or {last}, not `{target}`", others.join(", ")),
    }
}

/// The service a target begins with, or is.
fn service_of(verb: &str, target: &str) -> Result<(&'static str, &'static Service), InvalidName> {
    let (word, alone) = target.split_once(':').map_or((target, true), |(word, _)| (word, false));
    if let Some((name, service)) = catalog().get_key_value(word) {
        return Ok((name, service));
    }
    if let (true, Some(service)) = (alone, catalog().get(verb)) {
        return invalid(unfit(verb, service, verb, target));
    }
    if let Some(name) = meant(verb, word) {
        let example = &catalog()[name].example;
        let form = if example == name {
            String::new()
        } else {
            format!(", as in `{example}`")
        };
        return invalid(format!("there is no service `{word}`; did you mean `{name}`{form}?"));
    }
    let all: Vec<&str> = catalog().keys().map(String::as_str).collect();
    invalid(if alone {
        let queues_do = catalog().get("sqs").is_some_and(|sqs| sqs.verbs().contains(&verb));
        let example = if queues_do {
            format!("sqs:{target}")
        } else {
            example(verb)
        };
        format!("`{target}` does not say which service it belongs to; write `SERVICE:NAME`, such as `{example}`")
    } else {
        format!(
            "there are no verbs for `{word}`; there are for {}; for anything else write `actions` and `resources`",
            all.join(", ")
        )
    })
}

/// The service that was probably meant. People know services by their IAM names, `ssm` or
/// `secretsmanager`, and by what they hold; of several, the one that knows the verb.
fn meant(verb: &str, word: &str) -> Option<&'static str> {
    let acts_as = |service: &Service| {
        let verbs = service.forms.iter().flat_map(|form| form.verbs.values());
        let mut actions = verbs.flat_map(|verb| &verb.actions);
        actions.any(|action| action.split(':').next() == Some(word))
    };
    let is_it = |(_, service): &(&String, &Service)| service.called.iter().any(|name| name == word) || acts_as(service);
    let known = catalog().iter().filter(is_it);
    let best = known.max_by_key(|(name, service)| (service.verbs().contains(&verb), std::cmp::Reverse(*name)));
    best.map(|(name, _)| name.as_str())
        .or_else(|| nearest(word, catalog().keys().map(String::as_str)))
}

/// Words for much the same thing, of which each service has its own.
const LIKE: [&[&str]; 7] = [
    &[
        "get", "read", "receive", "consume", "fetch", "load", "download", "retrieve", "query",
    ],
    &[
        "put", "write", "send", "publish", "upload", "save", "store", "push", "emit", "add", "insert", "post",
    ],
    &["invoke", "start", "call", "run", "execute", "trigger", "query"],
    &["delete", "remove", "erase", "drop"],
    &["describe", "get", "show", "read", "list", "find"],
    &["detect", "analyze", "analyse", "recognize", "extract", "scan"],
    &["assume", "use", "become"],
];

fn no_such_verb(name: &str, service: &Service, verb: &str) -> String {
    let has = has_verbs(name, service);
    if verb.contains('*') {
        return format!("there is no verb for everything; {has}");
    }
    let verbs = service.verbs();
    let alike = LIKE.iter().filter(|words| words.contains(&verb));
    let alike = alike.flat_map(|words| *words).find(|word| verbs.contains(word));
    match nearest(verb, verbs.iter().copied()).or(alike.copied()) {
        Some(near) => format!("`{name}` has no verb `{verb}`; did you mean `{near}`? {has}"),
        None => format!("`{name}` has no verb `{verb}`; {has}"),
    }
}

fn has_verbs(name: &str, service: &Service) -> String {
    let verbs: Vec<String> = service.verbs().into_iter().map(|verb| format!("`{verb}`")).collect();
    format!("`{name}` has {}", verbs.join(", "))
}

/// A pattern as a person reads it: `{bucket}/{key}` is `BUCKET/KEY`.
pub(super) fn outline(pattern: &str) -> String {
    let places = [("p", "aws"), ("r", "REGION"), ("a", "ACCOUNT")];
    let text = fill(pattern, places);
    let mut inside = false;
    let letters = text.chars().filter_map(|c| {
        inside = c == '{' || (inside && c != '}');
        (c != '{' && c != '}').then(|| if inside { c.to_ascii_uppercase() } else { c })
    });
    letters.collect()
}

fn invalid<T>(message: impl Into<String>) -> Result<T, InvalidName> {
    Err(InvalidName(message.into()))
}
