//! What a call acts on: its arguments put into the ARNs of `data/sdk.json`, or of the index.
//!
//! A name that is not known becomes a hole, never a wildcard. The one exception is what an ARN leaves
//! open by its nature, keys of objects: `in/` followed by something is `in/*`.

use std::collections::BTreeMap;

use super::call::{Piece, Text, Value};
use super::need::Condition;
use super::resource::Resource;
use crate::domain::arn::Place;
use crate::domain::config::{Config, EnvSegment, EnvValue};
use crate::domain::policy::index::{self, ResourceType};
use crate::domain::policy::sdk::{self, Resources, normal};

/// What lambda.yaml says about the code's surroundings.
pub struct Around<'a> {
    pub place: &'a Place,
    /// Environment variables that are set, with their values where these are known.
    pub env: BTreeMap<String, Option<String>>,
}

impl<'a> Around<'a> {
    pub fn new(config: &Config, place: &'a Place) -> Self {
        // What Lambda sets itself.
        // Source: Lambda developer guide, "Defined runtime environment variables".
        let mut env = BTreeMap::from([
            ("AWS_REGION".to_owned(), Some(place.region.to_string())),
            ("AWS_DEFAULT_REGION".to_owned(), Some(place.region.to_string())),
            ("AWS_LAMBDA_FUNCTION_NAME".to_owned(), Some(config.name.to_string())),
        ]);
        let own = config.env.iter().map(|(name, EnvValue(segments))| {
            let texts = segments.iter().map(|segment| match segment {
                EnvSegment::Text(text) => Some(text.as_str()),
                EnvSegment::Parameter(_) => None,
            });
            (name.to_string(), texts.collect::<Option<String>>())
        });
        env.extend(own);
        Self { place, env }
    }
}

/// So many resources of one call are told apart.
const MOST: usize = 64;

type Arguments = [(String, Value)];
type Reached = Vec<(Resource, Vec<Condition>)>;

/// The resources that a call's arguments name, for one action of it.
pub(super) fn resources(action: &str, arguments: &Arguments, rule: Option<&Resources>, around: &Around<'_>) -> Reached {
    let reading = Reading { arguments, around };
    if let Some(rule) = rule {
        return reading.by_rule(rule);
    }
    let (prefix, name) = action.split_once(':').unwrap_or((action, ""));
    let known = index::service(prefix);
    let found = known.as_ref().and_then(|service| service.action(name));
    let types: Vec<&ResourceType> = match (&known, found) {
        (Some(service), Some(found)) => service.resources_of(found).collect(),
        _ => Vec::new(),
    };
    let about = |rule: &&Resources| {
        let is_of = |of: &String| of == name || types.iter().any(|kind| kind.name == *of);
        rule.of.iter().any(is_of) && reading.begins(rule)
    };
    let rules = sdk::service(prefix).map_or(&[][..], |service| &service.resources);
    let rules: Vec<&Resources> = rules.iter().filter(about).collect();
    let chosen = rules.iter().find(|rule| reading.has_all(rule)).or(rules.last());
    match (chosen, found) {
        (Some(rule), _) => reading.by_rule(rule),
        (None, Some(found)) if !types.is_empty() => {
            let required: Vec<&ResourceType> = types
                .iter()
                .zip(&found.resources)
                .filter(|(_, used)| used.required)
                .map(|(kind, _)| *kind)
                .collect();
            reading.by_types(prefix, &types, &required)
        }
        (None, _) => vec![(Resource::text("*"), Vec::new())],
    }
}

/// The values at a path such as `Entries.EventBusName`, out of lists; `None` for a map without the key.
/// Empty when the call has no such parameter.
pub(super) fn find(arguments: &Arguments, path: &str) -> Vec<Option<Value>> {
    let mut steps = path.split('.');
    let first = normal(steps.next().unwrap_or_default());
    let Some((_, value)) = arguments.iter().find(|(name, _)| normal(name) == first) else {
        return Vec::new();
    };
    let start = each(value).into_iter().map(Some).collect();
    steps.fold(start, |values: Vec<Option<Value>>, step| {
        values
            .into_iter()
            .flat_map(|value| match value {
                Some(value) => below(&value, step),
                None => vec![None],
            })
            .collect()
    })
}

/// The values of a list, and of what is one of several.
fn each(value: &Value) -> Vec<Value> {
    match value {
        Value::List(values) | Value::Any(values) => values.iter().flat_map(each).collect(),
        Value::Text(_) | Value::Map(_) | Value::Unknown => vec![value.clone()],
    }
}

fn below(value: &Value, step: &str) -> Vec<Option<Value>> {
    match value {
        Value::Map(entries) if step == "@" => entries.iter().map(|(key, _)| Some(Value::Text(key.clone()))).collect(),
        Value::Map(entries) => {
            let step = normal(step);
            let found = entries
                .iter()
                .find(|(key, _)| key.as_literal().is_some_and(|key| normal(key) == step));
            // A key that is not known may be this one.
            let hidden = entries.iter().any(|(key, _)| key.as_literal().is_none());
            match found {
                Some((_, value)) => each(value).into_iter().map(Some).collect(),
                None if hidden => vec![Some(Value::Unknown)],
                None => vec![None],
            }
        }
        // A text has nothing inside.
        Value::Text(_) => vec![None],
        Value::List(_) | Value::Any(_) | Value::Unknown => vec![Some(Value::Unknown)],
    }
}

/// A part of a pattern: `{table=TableName}`.
struct Parameter<'p> {
    label: &'p str,
    /// Whether AWS makes the name up, so that nobody can write it down.
    made_up: bool,
    /// Whether its beginning is enough.
    open: bool,
    paths: Vec<&'p str>,
    default: Option<&'p str>,
}

enum Section<'p> {
    Text(&'p str),
    Parameter(Parameter<'p>),
}

fn sections(pattern: &str) -> Vec<Section<'_>> {
    let mut sections = Vec::new();
    let mut rest = pattern;
    while let Some((text, after)) = rest.split_once('{') {
        sections.push(Section::Text(text));
        let (inside, after) = after.split_once('}').unwrap_or((after, ""));
        rest = after;
        let (label, paths) = inside.split_once('=').unwrap_or((inside, ""));
        let (paths, default) = match paths.split_once(':') {
            Some((paths, default)) => (paths, Some(default)),
            None => (paths, None),
        };
        sections.push(Section::Parameter(Parameter {
            label: label.trim_end_matches(['*', '?']),
            made_up: label.ends_with('?'),
            open: label.ends_with('*'),
            paths: paths.split('|').filter(|path| !path.is_empty()).collect(),
            default,
        }));
    }
    sections.push(Section::Text(rest));
    sections
}

struct Reading<'a> {
    arguments: &'a Arguments,
    around: &'a Around<'a>,
}

impl Reading<'_> {
    fn by_rule(&self, rule: &Resources) -> Reached {
        let patterns: Vec<&String> = if rule.all {
            rule.arn.iter().collect()
        } else {
            let fitting = rule.arn.iter().find(|pattern| self.has(pattern));
            fitting.or(rule.arn.last()).into_iter().collect()
        };
        let when = self.conditions(rule);
        let reached = patterns.into_iter().flat_map(|pattern| self.filled(pattern));
        let reached = reached.flat_map(|resource| {
            let resource = (resource, Vec::new());
            when.iter().fold(vec![resource], |so_far, condition| {
                let each = so_far.into_iter().flat_map(|(resource, when)| {
                    condition.iter().map(move |condition| {
                        let when = when.iter().chain([condition]).cloned().collect();
                        (resource.clone(), when)
                    })
                });
                each.collect()
            })
        });
        let mut reached: Reached = reached.take(MOST).collect();
        reached.sort();
        reached.dedup();
        reached
    }

    /// For each condition, the forms it can take.
    fn conditions(&self, rule: &Resources) -> Vec<Vec<Condition>> {
        let conditions = rule.when.iter().flat_map(|(operator, keys)| {
            keys.iter().map(move |(key, pattern)| {
                let values = self.filled(pattern).into_iter().map(|mut value| {
                    // A prefix that ends like a folder is one.
                    if operator == "StringLike" && value.ending().ends_with('/') {
                        value.push_text("*");
                    }
                    Condition {
                        operator: operator.clone(),
                        key: key.clone(),
                        value,
                    }
                });
                values.collect()
            })
        });
        conditions.collect()
    }

    fn begins(&self, rule: &Resources) -> bool {
        rule.begins.iter().all(|(parameter, beginning)| {
            let mut values = find(self.arguments, parameter).into_iter().flatten();
            values.any(|value| self.resource(&value, "").beginning().starts_with(beginning.as_str()))
        })
    }

    /// Whether the call has all that a rule asks for. A condition is worth having only when something is known of it.
    fn has_all(&self, rule: &Resources) -> bool {
        let narrows = |pattern: &String| {
            let is_open = sections(pattern)
                .iter()
                .any(|section| matches!(section, Section::Parameter(parameter) if parameter.open));
            !is_open || self.filled(pattern).iter().all(|value| !value.beginning().is_empty())
        };
        let conditions = rule.when.values().flat_map(BTreeMap::values);
        rule.arn.iter().any(|pattern| self.has(pattern))
            && conditions.clone().all(|pattern| self.has(pattern))
            && conditions.clone().all(narrows)
    }

    /// Whether the call has every parameter of a pattern.
    fn has(&self, pattern: &str) -> bool {
        sections(pattern).iter().all(|section| match section {
            Section::Text(_) => true,
            Section::Parameter(Parameter { paths, default, .. }) => {
                let given = |path: &&str| find(self.arguments, path).iter().any(Option::is_some);
                default.is_some() || paths.is_empty() || paths.iter().any(given)
            }
        })
    }

    /// The pattern with every combination of values.
    fn filled(&self, pattern: &str) -> Vec<Resource> {
        // With each, whether a value was an ARN itself.
        let mut so_far = vec![(Resource::default(), false)];
        for section in sections(pattern) {
            match section {
                Section::Text(text) => {
                    for (resource, is_given) in &mut so_far {
                        if !(*is_given && ends_so(resource.ending(), text)) {
                            resource.push_text(text);
                        }
                    }
                }
                Section::Parameter(parameter) => {
                    let values = self.values(&parameter);
                    let both = so_far.iter().flat_map(|(before, is_given)| {
                        values.iter().map(|value| {
                            let is_given = *is_given || value.beginning().starts_with("arn:");
                            (self.joined(before.clone(), value.clone()), is_given)
                        })
                    });
                    so_far = both.take(MOST).collect();
                }
            }
        }
        so_far.into_iter().map(|(resource, _)| resource).collect()
    }

    fn values(&self, parameter: &Parameter<'_>) -> Vec<Resource> {
        let place = &self.around.place;
        match parameter.label {
            "p" => return vec![Resource::text(&place.partition)],
            "r" => return vec![Resource::text(place.region.as_str())],
            "a" => return vec![Resource::text(place.account.as_str())],
            _ => {}
        }
        let Parameter {
            label,
            made_up,
            open,
            paths,
            default,
        } = parameter;
        let found = paths
            .iter()
            .map(|path| find(self.arguments, path))
            .find(|found| !found.is_empty());
        let hole = || Resource::hole(*label);
        let fallback = || default.map_or_else(hole, Resource::text);
        let Some(found) = found else {
            // Of a container that is not there, nothing is known either.
            let is_inside = paths.iter().all(|path| path.contains('.'));
            return vec![if is_inside { hole() } else { fallback() }];
        };
        let mut values: Vec<Resource> = found
            .iter()
            .map(|value| match value {
                Some(value) => self.resource(value, label),
                None => fallback(),
            })
            .map(|value| {
                if *open {
                    value.opened(label).unwrap_or(value)
                } else if *made_up && value == hole() {
                    Resource::text("*")
                } else {
                    value
                }
            })
            .collect();
        values.sort();
        values.dedup();
        if values.is_empty() { vec![hole()] } else { values }
    }

    /// What is known of a value, with holes.
    fn resource(&self, value: &Value, label: &str) -> Resource {
        match value {
            Value::Text(text) => self.text(text, label),
            Value::List(_) | Value::Map(_) | Value::Any(_) | Value::Unknown => Resource::hole(label),
        }
    }

    /// A text with lambda.yaml's values in it; a default of the code holds where lambda.yaml sets nothing.
    fn text(&self, Text(pieces): &Text, label: &str) -> Resource {
        let mut resource = Resource::default();
        for piece in pieces {
            resource.push(match piece {
                Piece::Literal(text) => literal(text, label),
                Piece::Env(name, default) => match self.around.env.get(name) {
                    // What is set to nothing names nothing.
                    Some(Some(value)) if !value.is_empty() => literal(value, name),
                    None if !default.0.is_empty() => self.text(default, label),
                    Some(_) | None => Resource::hole(name),
                },
                Piece::Unknown => Resource::hole(label),
            });
        }
        resource
    }

    /// A value after the beginning of an ARN. An ARN or the address of a queue says more than a name.
    fn joined(&self, mut before: Resource, value: Resource) -> Resource {
        if value.beginning().starts_with("arn:") {
            return self.here(&value);
        }
        if value.beginning().starts_with("https://") {
            return self.addressed(before, &value);
        }
        let is_path = before.ending().ends_with('/') || before.ending().ends_with(":::");
        before.push(if is_path { value.without_beginning("/") } else { value });
        before
    }

    /// An ARN in which a region or an account that is not known is this one.
    fn here(&self, arn: &Resource) -> Resource {
        let place = &self.around.place;
        let mut here = Resource::default();
        for (index, part) in arn.split(':').into_iter().enumerate() {
            if index > 0 {
                here.push_text(":");
            }
            here.push(match index {
                1 if !part.is_known() => Resource::text(&place.partition),
                3 if !part.is_known() => Resource::text(place.region.as_str()),
                4 if !part.is_known() => Resource::text(place.account.as_str()),
                _ => part,
            });
        }
        here
    }

    /// `https://sqs.eu-west-1.amazonaws.com/123456789012/orders` after `arn:aws:sqs:eu-west-1:123456789012:`.
    fn addressed(&self, before: Resource, address: &Resource) -> Resource {
        let parts = address.split('/');
        let [_, _, host, account, name] = &parts[..] else {
            let mut all = before;
            all.push(parts.into_iter().next_back().unwrap_or_default());
            return all;
        };
        let named = host.split('.').into_iter().nth(1).filter(Resource::is_known);
        let region = named.filter(|_| host.beginning().starts_with("sqs."));
        let place = &self.around.place;
        let is_account = account.is_known() && account.to_string().len() == 12;
        let mut arn = Resource::default();
        for (index, part) in before.split(':').into_iter().enumerate() {
            if index > 0 {
                arn.push_text(":");
            }
            arn.push(match index {
                3 => region.clone().unwrap_or_else(|| Resource::text(place.region.as_str())),
                4 if is_account => account.clone(),
                _ => part,
            });
        }
        arn.push(name.clone());
        arn
    }

    /// For a service without rules: parameters named like a type of resource name one.
    fn by_types(&self, prefix: &str, types: &[&ResourceType], required: &[&ResourceType]) -> Reached {
        let only = match (required, types) {
            ([only], _) | ([], [only]) => Some(only),
            _ => None,
        };
        let mut named: Vec<Resource> = types
            .iter()
            .flat_map(|kind| self.named(kind, only == Some(kind)))
            .collect();
        if named.is_empty() {
            named = match only {
                Some(kind) => vec![self.of_type(kind, &Resource::hole(hole_of(&kind.name)))],
                None => self.filled(&format!("arn:{{p}}:{prefix}:{{r}}:{{a}}:{{resource=}}")),
            };
        }
        named.sort();
        named.dedup();
        named
            .into_iter()
            .take(MOST)
            .map(|resource| (resource, Vec::new()))
            .collect()
    }

    /// What parameters such as `JobName` of `glue` say about the type `job`; `Name` does when there is no other type.
    fn named(&self, kind: &ResourceType, is_only: bool) -> Vec<Resource> {
        let word = normal(&kind.name);
        let endings = ["", "name", "id", "arn", "identifier", "names", "ids", "arns"];
        let mut names: Vec<String> = endings.iter().map(|ending| format!("{word}{ending}")).collect();
        if is_only {
            names.extend(endings[1..].iter().map(|ending| (*ending).to_owned()));
        }
        let own = self.arguments.iter().filter(|(name, _)| names.contains(&normal(name)));
        let by_name = own.flat_map(|(_, value)| each(value)).map(|value| {
            let value = self.resource(&value, &hole_of(&kind.name));
            self.of_type(kind, &value)
        });
        // An ARN says itself what it is the name of.
        let others = self.arguments.iter().flat_map(|(_, value)| each(value));
        let by_arn = others
            .filter(|value| matches!(value, Value::Text(_)))
            .filter_map(|value| {
                let value = self.resource(&value, "");
                let is_its = value.beginning().starts_with("arn:") && value.is_known();
                (is_its && kind.pattern().matches(&value.to_string())).then_some(value)
            });
        by_name.chain(by_arn).collect()
    }

    /// A type's ARN with this name at its end, and holes in the other places.
    fn of_type(&self, kind: &ResourceType, value: &Resource) -> Resource {
        if value.beginning().starts_with("arn:") {
            return self.here(value);
        }
        let pieces: Vec<&str> = kind.arn.split('*').collect();
        let last = pieces.len().saturating_sub(2);
        let mut resource = Resource::default();
        for (index, piece) in pieces.iter().enumerate() {
            for filled in self.filled(piece) {
                resource.push(filled);
            }
            if index + 1 < pieces.len() {
                resource = if index == last {
                    self.joined(resource, value.clone())
                } else {
                    // `table/*/*`: what comes before says what it is.
                    let word = piece
                        .rsplit(['/', ':'])
                        .find(|word| !word.is_empty() && !word.contains('}'));
                    resource.push(Resource::hole(hole_of(word.unwrap_or("name"))));
                    resource
                };
            }
        }
        resource
    }
}

/// A text as it stands; what IAM would take for a wildcard or a variable is left to people, by a name that
/// nothing is opened at.
/// Source: IAM user guide, "IAM policy elements: variables and tags", "Where you can use policy variables".
fn literal(text: &str, label: &str) -> Resource {
    let mut resource = Resource::default();
    let mut rest = text;
    while let Some(at) = rest.find(['*', '?', '$']) {
        let (before, after) = rest.split_at(at);
        resource.push_text(before);
        if after.starts_with('$') && !after.starts_with("${") {
            resource.push_text("$");
        } else {
            resource.push(Resource::hole(format!("{label}-as-it-is")));
        }
        rest = &after[1..];
    }
    resource.push_text(rest);
    resource
}

/// `log group` → `log-group`
fn hole_of(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

/// Whether an ARN has this end of a pattern already: `:*`, or the six random characters of a secret's.
fn ends_so(arn: &str, text: &str) -> bool {
    let suffix = arn.rsplit_once('-').map_or("", |(_, suffix)| suffix);
    let is_random = suffix.len() == 6 && suffix.chars().all(|c| c.is_ascii_alphanumeric());
    (text == ":*" && arn.ends_with(text)) || (text == "-??????" && is_random)
}

#[cfg(test)]
mod tests;
