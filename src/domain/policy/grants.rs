//! One line of `allow`: a verb and a target, such as `get s3://shop-photos/in/*`.
//!
//! Everything a line can say comes from the catalogue; there is no code per service here. Statements
//! made from grants carry no id, so that two lines about the same thing can become one statement.

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
    /// Verb and target with one space between them.
    line: String,
    /// The rights; partition, region and account are still `{p}`, `{r}` and `{a}` unless an ARN gave them.
    rights: Statement,
}

impl Grant {
    /// Parses a line, or says what is wrong and what the nearest right verb or service is.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let (verb, target) = words(text)?;
        let (rights, values) = match split_arn(target)? {
            Some((service, arn)) => by_arn(verb, service, &arn)?,
            None => by_name(verb, target)?,
        };
        Ok(Self {
            text: text.to_owned(),
            line: format!("{verb} {target}"),
            rights: statement(&rights, |pattern| {
                fill(
                    pattern,
                    values.iter().map(|(part, value)| (part.as_str(), value.as_str())),
                )
            }),
        })
    }

    /// The statements this line stands for in this account and region.
    pub fn statements(&self, place: &Place) -> Vec<Statement> {
        let values = [
            ("p", place.partition.as_str()),
            ("r", place.region.as_str()),
            ("a", place.account.as_str()),
        ];
        let mut statement = self.rights.clone();
        statement.resources = statement.resources.iter().map(|arn| fill(arn, values)).collect();
        vec![statement]
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

/// A verb, and the ARN pattern that is its resource when it names none itself.
struct Rights {
    verb: &'static Verb,
    arn: Option<&'static str>,
}

fn statement(rights: &Rights, fill: impl Fn(&str) -> String) -> Statement {
    let resources: Vec<String> = match &rights.verb.resources {
        Some(patterns) => patterns.iter().map(|pattern| fill(pattern)).collect(),
        None => rights.arn.iter().map(|pattern| fill(pattern)).collect(),
    };
    let mut statement = Statement::allow(rights.verb.actions.iter(), resources);
    for (operator, keys) in &rights.verb.condition {
        for (key, value) in keys {
            statement = statement.when(operator, key, fill(value));
        }
    }
    statement
}

fn words(text: &str) -> Result<(&str, &str), InvalidName> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words[..] {
        [verb, target] => Ok((verb, target)),
        [] => invalid("a grant is a verb and a target, such as `get s3://shop-photos/in/*`"),
        [target] if target.contains(':') => match service_of(target) {
            Ok((name, service)) => invalid(format!(
                "`{target}` needs a verb before it: {}",
                has_verbs(name, service)
            )),
            Err(error) => Err(error),
        },
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

/// A target that fits the verb, or any target when no service knows the verb.
fn example(verb: &str) -> &'static str {
    let knows = |service: &&Service| service.verbs().contains(&verb);
    let service = catalog().values().find(knows).or(catalog().get("s3"));
    service.map_or("", |service| service.example.as_str())
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

fn by_arn(verb: &str, only: Option<&str>, arn: &Arn) -> Result<(Rights, Values), InvalidName> {
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
        complaint.get_or_insert_with(|| no_such_verb(name, service, verb));
        for form in service.forms.iter().filter(is_its_arn) {
            let (Some(pattern), Some(known)) = (&form.arn, form.verbs.get(verb)) else {
                continue;
            };
            if let Some(values) = service.read(pattern, &text) {
                let arn = Some(pattern.as_str());
                return Ok((Rights { verb: known, arn }, values));
            }
            let why = service
                .complaint(pattern, &text)
                .unwrap_or_else(|| format!("`{text}` does not fit `{verb}`, which takes `{}`", outline(pattern)));
            complaint = Some(why);
        }
    }
    invalid(complaint.unwrap_or_else(|| match only {
        Some(name) => format!("`{text}` is not an ARN of `{name}`; its service is `{}`", arn.service),
        None => format!(
            "there are no verbs for resources of `{}`; write the statement out with `actions` and `resources`",
            arn.service
        ),
    }))
}

fn by_name(verb: &str, target: &str) -> Result<(Rights, Values), InvalidName> {
    let (name, service) = service_of(target)?;
    let scheme = service.scheme(name);
    let Some(rest) = target.strip_prefix(&scheme) else {
        return invalid(format!(
            "targets of `{name}` begin with `{scheme}`, as in `{}`",
            service.example
        ));
    };
    let mut outlines = Vec::new();
    let mut complaint = None;
    for form in &service.forms {
        let (Some(pattern), Some(known)) = (&form.target, form.verbs.get(verb)) else {
            continue;
        };
        if let Some(values) = service.read(pattern, rest) {
            let arn = form.arn.as_deref();
            return Ok((Rights { verb: known, arn }, values));
        }
        complaint = complaint.or_else(|| service.complaint(pattern, rest));
        outlines.push(format!("`{scheme}{}`", outline(pattern)));
    }
    invalid(if let Some(complaint) = complaint {
        complaint
    } else if outlines.is_empty() {
        no_such_verb(name, service, verb)
    } else {
        format!("`{verb}` takes {}, not `{target}`", outlines.join(" or "))
    })
}

/// The service a target begins with.
fn service_of(target: &str) -> Result<(&'static str, &'static Service), InvalidName> {
    let Some((word, _)) = target.split_once(':') else {
        return invalid(format!(
            "`{target}` does not say which service it belongs to; write `SERVICE:NAME`, such as `sqs:{target}`"
        ));
    };
    if let Some((name, service)) = catalog().get_key_value(word) {
        return Ok((name, service));
    }
    // People know services by their IAM names, `ssm` or `secretsmanager`, as well.
    let acts_as = |service: &Service| {
        let mut actions = service
            .forms
            .iter()
            .flat_map(|f| f.verbs.values())
            .flat_map(|v| &v.actions);
        actions.any(|action| action.split(':').next() == Some(word))
    };
    let known = catalog().iter().find(|(_, service)| acts_as(service));
    let known = known
        .map(|(name, _)| name.as_str())
        .or_else(|| nearest(word, catalog().keys().map(String::as_str)));
    let all: Vec<&str> = catalog().keys().map(String::as_str).collect();
    invalid(match known {
        Some(name) => format!(
            "there is no service `{word}`; did you mean `{name}`, as in `{}`?",
            catalog()[name].example
        ),
        None => format!(
            "there are no verbs for `{word}`; there are for {}; for anything else write `actions` and `resources`",
            all.join(", ")
        ),
    })
}

fn no_such_verb(name: &str, service: &Service, verb: &str) -> String {
    let has = has_verbs(name, service);
    if verb.contains('*') {
        return format!("there is no verb for everything; {has}");
    }
    match nearest(verb, service.verbs()) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::names::{AccountId, Region};
    use crate::domain::policy::PolicyDocument;
    use crate::domain::policy::index::{self, Level};
    use crate::domain::policy::lint::{Kind, Severity, lint};

    fn here() -> Place {
        Place {
            partition: "aws".into(),
            region: Region::new("eu-west-1").unwrap(),
            account: AccountId::new("123456789012").unwrap(),
        }
    }

    /// A pattern with a valid value in place of every part.
    fn sample(service: &Service, pattern: &str) -> String {
        let place = [("p", "aws"), ("r", "eu-west-1"), ("a", "123456789012")];
        fill(
            pattern,
            place
                .into_iter()
                .chain(service.parts.keys().map(|part| (part.as_str(), "sample"))),
        )
    }

    #[test]
    fn every_verb_of_the_catalogue_parses_and_names_its_own_service() {
        let mut seen = 0;
        for (name, service) in catalog() {
            for form in &service.forms {
                let target = form
                    .target
                    .as_ref()
                    .map(|t| format!("{}{}", service.scheme(name), sample(service, t)));
                let arn = form.arn.as_ref().map(|arn| sample(service, arn));
                assert!(
                    target.is_some() || arn.is_some(),
                    "{name}: a form that cannot be written"
                );
                for (verb, rights) in &form.verbs {
                    assert!(!rights.actions.is_empty(), "{name} {verb}");
                    for target in [&target, &arn].into_iter().flatten() {
                        let line = format!("{verb} {target}");
                        let grant = Grant::parse(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
                        let [statement] = &grant.statements(&here())[..] else {
                            panic!("{line}: one statement");
                        };
                        assert_eq!(statement.actions, rights.actions.iter().cloned().collect(), "{line}");
                        assert!(!statement.resources.is_empty(), "{line}");
                        let values = statement.conditions.values().flat_map(|keys| keys.values()).flatten();
                        for text in statement.resources.iter().chain(values) {
                            assert!(!text.contains('{'), "{line}: {text}");
                        }
                        for resource in statement.resources.iter().filter(|r| *r != "*") {
                            let arn: Arn = resource.parse().unwrap();
                            let own = form.arn.as_ref().or(rights.resources.as_ref().map(|r| &r[0])).unwrap();
                            assert_eq!(Some(arn.service.as_str()), own.split(':').nth(2), "{line}");
                        }
                        seen += 1;
                    }
                }
            }
        }
        assert!(seen > 40, "only {seen} ways to write a grant were tried");
    }

    #[test]
    fn every_verb_does_what_it_promises_and_reaches_its_target() {
        let reading = ["get", "list", "read", "scan", "decrypt"];
        for (name, service) in catalog() {
            for verb in service.verbs() {
                let Some(grant) = service.forms.iter().find_map(|form| {
                    let target = form.target.as_ref().filter(|_| form.verbs.contains_key(verb))?;
                    Grant::parse(&format!("{verb} {}{}", service.scheme(name), sample(service, target))).ok()
                }) else {
                    continue;
                };
                let statements = grant.statements(&here());
                for action in statements.iter().flat_map(|statement| &statement.actions) {
                    let (prefix, action_name) = action.split_once(':').unwrap();
                    let known = index::service(prefix).unwrap();
                    let level = known
                        .action(action_name)
                        .unwrap_or_else(|| panic!("{grant}: {action}"))
                        .level;
                    let most = if reading.contains(&verb) {
                        Level::Read
                    } else {
                        Level::Write
                    };
                    // The reference classes these as a write and as managing permissions.
                    assert!(
                        level <= most || ["kms:Decrypt", "rds-db:connect"].contains(&action.as_str()),
                        "{grant}: {action} is {level:?}"
                    );
                }
                let wrong: Vec<_> = lint(&PolicyDocument::new(statements), Kind::Identity)
                    .into_iter()
                    .filter(|finding| finding.severity == Severity::Error)
                    .collect();
                assert!(wrong.is_empty(), "{grant}: {wrong:#?}");
            }
        }
    }

    #[test]
    fn every_example_is_a_grant_for_some_verb() {
        for (name, service) in catalog() {
            let parsed = service
                .verbs()
                .into_iter()
                .find_map(|v| Grant::parse(&format!("{v} {}", service.example)).ok());
            assert!(parsed.is_some(), "{name}: {}", service.example);
        }
    }

    #[test]
    fn actions_are_written_in_full() {
        let verbs = catalog().values().flat_map(|s| &s.forms).flat_map(|f| f.verbs.values());
        for action in verbs.flat_map(|verb| &verb.actions) {
            let (service, name) = action.split_once(':').unwrap();
            assert!(
                !service.is_empty() && !name.is_empty() && !action.contains('*'),
                "{action}"
            );
        }
    }
}
