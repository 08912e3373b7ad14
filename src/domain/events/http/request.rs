//! One request, in the forms in which services hand it over.

use serde_json::{Map, Value, json};

use super::super::values::{Values, base64, percent};

/// A request, put together from the values that were given.
pub(super) struct Web<'a> {
    pub method: String,
    pub path: &'a str,
    query: Vec<(&'a str, &'a str)>,
    cookies: Vec<(&'a str, &'a str)>,
    headers: Vec<(String, String)>,
    body: Option<&'a str>,
    encoded: bool,
}

impl<'a> Web<'a> {
    /// The request with the headers that the service's own ones and the given ones make together.
    pub fn new(values: &'a Values<'_>, usual: &[(&str, &str)]) -> Self {
        let body = Some(values.text("body")).filter(|body| !body.is_empty());
        let method = match values.text("method") {
            "" if body.is_some() => "POST".to_owned(),
            "" => "GET".to_owned(),
            given => given.to_uppercase(),
        };
        let mut web = Self {
            method,
            path: values.text("path"),
            query: values.pairs("query"),
            cookies: values.pairs("cookie"),
            headers: Vec::new(),
            body,
            encoded: values.text("encoding") == "base64",
        };
        for (name, value) in usual {
            web.headers.push(((*name).to_owned(), (*value).to_owned()));
        }
        if let Some(body) = body {
            let is_json = serde_json::from_str::<serde::de::IgnoredAny>(body).is_ok();
            let kind = if is_json { "application/json" } else { "text/plain" };
            web.headers.push(("Content-Type".to_owned(), kind.to_owned()));
            web.headers.push(("Content-Length".to_owned(), body.len().to_string()));
        }
        let given = values.pairs("header");
        web.headers
            .retain(|(name, _)| !given.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)));
        let given = given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        web.headers.extend(given);
        web
    }

    /// The path, with a slash at its beginning.
    pub fn rooted_path(&self) -> String {
        format!("/{}", self.path.trim_start_matches('/'))
    }

    /// The query as it stands in the URL.
    pub fn raw_query(&self) -> String {
        let pairs = self.query.iter();
        pairs
            .map(|(name, value)| format!("{}={}", percent(name, ""), percent(value, "")))
            .collect::<Vec<_>>()
            .join("&")
    }

    /// The query, its names in the order in which they came; with the last value of each name.
    pub fn query(&self) -> Map<String, Value> {
        self.query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
            .collect()
    }

    /// The query with all values of a name, separated by commas.
    pub fn joined_query(&self) -> Map<String, Value> {
        joined(&lists(self.query.iter().copied()))
    }

    /// The query with all values of a name as a list.
    pub fn listed_query(&self) -> Map<String, Value> {
        listed(&lists(self.query.iter().copied()))
    }

    /// The query as a load balancer hands it over: names and values as they stand in the URL.
    pub fn encoded_query(&self) -> Vec<(String, String)> {
        let pairs = self.query.iter();
        pairs
            .map(|(name, value)| (percent(name, ""), percent(value, "")))
            .collect()
    }

    fn all_headers(&self, cookies: bool) -> Vec<(String, String)> {
        let mut headers = self.headers.clone();
        if cookies && !self.cookies.is_empty() {
            headers.push(("Cookie".to_owned(), self.cookies().join("; ")));
        }
        headers
    }

    /// The cookies, each `NAME=VALUE`.
    pub fn cookies(&self) -> Vec<String> {
        let pairs = self.cookies.iter();
        pairs.map(|(name, value)| format!("{name}={value}")).collect()
    }

    /// The headers with the last value of each.
    pub fn headers(&self) -> Map<String, Value> {
        let headers = self.all_headers(true).into_iter();
        headers.map(|(name, value)| (name, Value::from(value))).collect()
    }

    /// The headers with a list of values for each.
    pub fn listed_headers(&self) -> Map<String, Value> {
        let headers = self.all_headers(true);
        listed(&lists(headers.iter().map(|(name, value)| (&**name, &**value))))
    }

    /// The headers in lower case, the values of each separated by commas; cookies are told elsewhere
    /// when `cookies` is false.
    pub fn lower_headers(&self, cookies: bool) -> Map<String, Value> {
        let headers = self.lowered(cookies);
        joined(&lists(headers.iter().map(|(name, value)| (&**name, &**value))))
    }

    /// The headers in lower case, with a list of values for each.
    pub fn lower_listed_headers(&self) -> Map<String, Value> {
        let headers = self.lowered(true);
        listed(&lists(headers.iter().map(|(name, value)| (&**name, &**value))))
    }

    fn lowered(&self, cookies: bool) -> Vec<(String, String)> {
        let headers = self.all_headers(cookies).into_iter();
        headers.map(|(name, value)| (name.to_lowercase(), value)).collect()
    }

    /// The body as the service hands it over, if there is one.
    pub fn body(&self) -> Option<String> {
        let body = self.body?;
        Some(if self.encoded { base64(body) } else { body.to_owned() })
    }

    pub fn is_encoded(&self) -> bool {
        self.encoded && self.body.is_some()
    }
}

/// `null` in place of an empty object, as REST APIs write it.
pub(super) fn or_null(map: Map<String, Value>) -> Value {
    if map.is_empty() { Value::Null } else { map.into() }
}

/// Puts a field into an object when it has something in it, as HTTP APIs do.
pub(super) fn put_filled(event: &mut Value, name: &str, map: Map<String, Value>) {
    if !map.is_empty() {
        event[name] = map.into();
    }
}

fn lists<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, Vec<String>)> {
    let mut lists: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in pairs {
        match lists.iter_mut().find(|(other, _)| other == name) {
            Some((_, values)) => values.push(value.to_owned()),
            None => lists.push((name.to_owned(), vec![value.to_owned()])),
        }
    }
    lists
}

fn joined(lists: &[(String, Vec<String>)]) -> Map<String, Value> {
    let lists = lists.iter();
    lists
        .map(|(name, values)| (name.clone(), values.join(",").into()))
        .collect()
}

fn listed(lists: &[(String, Vec<String>)]) -> Map<String, Value> {
    let lists = lists.iter();
    lists
        .map(|(name, values)| (name.clone(), values.clone().into()))
        .collect()
}

/// The parameters that a path has where a template has `{name}`, or `{name+}` for all the rest.
pub(super) fn path_parameters(template: &str, path: &str) -> Map<String, Value> {
    let mut parameters = Map::new();
    let mut rest = path.trim_start_matches('/');
    for part in template.trim_start_matches('/').split('/') {
        let (segment, after) = rest.split_once('/').unwrap_or((rest, ""));
        let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        match name {
            Some(name) if name.ends_with('+') => {
                parameters.insert(name.trim_end_matches('+').to_owned(), json!(rest));
                return parameters;
            }
            Some(name) => {
                parameters.insert(name.to_owned(), json!(segment));
            }
            None => {}
        }
        rest = after;
    }
    parameters
}
