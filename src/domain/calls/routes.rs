//! Operations of the REST services by method, path and query, from `data/routes.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::request::decoded;
use super::{Request, Unnamed};

/// Made by `scripts/routes`, which describes the format.
static TABLE: &str = include_str!("../../../data/routes.txt");

static ROUTES: LazyLock<HashMap<(&str, &str), Vec<Route>>> = LazyLock::new(|| {
    let mut routes: HashMap<_, Vec<Route>> = HashMap::new();
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let (of, route) = Route::read(line).expect("the embedded routes are well-formed");
        routes.entry(of).or_default().push(route);
    }
    routes
});

/// A parameter that may stand in a query more than once: of Lambda's `UntagResource`.
const LIST: &str = "tagKeys";

/// An operation, and its parameters.
type Found = (&'static str, Map<String, Value>);

struct Route {
    operation: &'static str,
    path: Vec<&'static str>,
    /// Parameters of the query that must be there, with the value that they must have.
    query: Vec<(&'static str, Option<&'static str>)>,
    headers: Vec<&'static str>,
}

impl Route {
    /// `SERVICE METHOD PATH[?QUERY] [HEADER …] OPERATION`
    fn read(line: &'static str) -> Option<((&'static str, &'static str), Self)> {
        let words: Vec<&str> = line.split(' ').collect();
        let [service, method, address, headers @ .., operation] = &words[..] else {
            return None;
        };
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let query = query.split('&').filter(|piece| !piece.is_empty());
        let query = query.map(|piece| match piece.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (piece, None),
        });
        let route = Self {
            operation,
            path: segments(path).collect(),
            query: query.collect(),
            headers: headers.to_vec(),
        };
        Some(((service, method), route))
    }

    /// How much of the route a request must have beside its path.
    fn demands(&self) -> usize {
        self.query.len() + self.headers.len()
    }

    /// Whether it demands all that another does.
    fn covers(&self, other: &Self) -> bool {
        let has = |(name, _): &(&str, _)| self.query.iter().any(|(known, _)| known == name);
        other.query.iter().all(has) && other.headers.iter().all(|name| self.headers.contains(name))
    }

    /// The parameters in a path that is of this route's form.
    fn captured(&self, path: &str) -> Option<Map<String, Value>> {
        let mut captured = Map::new();
        let mut rest = path.strip_prefix('/').unwrap_or(path);
        let mut is_over = rest.is_empty();
        for part in &self.path {
            if is_over {
                return None;
            }
            let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            // `{Key+}` is all that follows.
            if let Some(name) = name.and_then(|name| name.strip_suffix('+')) {
                captured.insert(name.to_owned(), decoded(rest).into());
                return Some(captured);
            }
            let (segment, after) = rest.split_once('/').unwrap_or((rest, ""));
            // A path may end with a slash.
            is_over = after.is_empty();
            match name {
                Some(name) if !segment.is_empty() => {
                    captured.insert(name.to_owned(), decoded(segment).into());
                }
                None if segment == *part => {}
                _ => return None,
            }
            rest = after;
        }
        is_over.then_some(captured)
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

/// The operation that a request asks for, and the parameters in its path and query. Of several routes, the
/// one that demands the most holds; two that each demand something of their own are two operations.
pub(super) fn find(service: &str, request: &Request<'_>, path: &str) -> Result<Option<Found>, Unnamed> {
    let ambiguous = |why: String| Err(Unnamed::Ambiguous { why });
    let query: Vec<(String, String)> = request.parameters().collect();
    let has = |(name, value): &(&str, Option<&str>)| {
        query
            .iter()
            .any(|(known, given)| known == name && value.is_none_or(|value| value == given))
    };
    let method = request.method.to_ascii_uppercase();
    let routes = ROUTES.iter().find(|((of, by), _)| *of == service && *by == method);
    let fitting = routes.into_iter().flat_map(|(_, routes)| routes).filter_map(|route| {
        let fits = route.query.iter().all(has) && route.headers.iter().all(|name| request.header(name).is_some());
        fits.then(|| Some((route, route.captured(path)?)))?
    });
    let fitting: Vec<(&Route, Map<String, Value>)> = fitting.collect();
    let Some(at) = (0..fitting.len()).max_by_key(|at| fitting[*at].0.demands()) else {
        return Ok(None);
    };
    let route = fitting[at].0;
    if let Some((other, _)) = fitting.iter().find(|(other, _)| !route.covers(other)) {
        return ambiguous(format!(
            "it asks for `{}` and for `{}`",
            route.operation, other.operation
        ));
    }
    let mut parameters = fitting[at].1.clone();
    let of_path: Vec<String> = parameters.keys().cloned().collect();
    for (name, value) in query {
        // Of the bucket or the key, nothing may be said but in the path.
        if of_path.contains(&name) || (service == "s3" && matches!(name.as_str(), "Bucket" | "Key")) {
            return ambiguous(format!("its path and its query both have a `{name}`"));
        }
        match parameters.get_mut(&name) {
            None => {
                parameters.insert(name, value.into());
            }
            // The only list that stands in a query.
            Some(known) if name.eq_ignore_ascii_case(LIST) => match known {
                Value::Array(values) => values.push(value.into()),
                first => *first = Value::Array(vec![first.take(), value.into()]),
            },
            Some(_) => return ambiguous(format!("its query has `{name}` twice")),
        }
    }
    Ok(Some((route.operation, parameters)))
}
