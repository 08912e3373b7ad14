//! Triggers that answer HTTP requests: function URLs and API Gateway.

use serde_json::{Value, json};

use super::{Checked, Meaning};
use crate::domain::config::findings::{Complaint, Sink, listed};
use crate::domain::config::node::{Kind, Node};
use crate::domain::config::scalars::{Flag, Text, VARIABLE, choice};
use crate::domain::config::shape::{Definitions, Field, OneOrMany, Shape, shape};
use crate::domain::config::units::Seconds;
use crate::domain::url::{self, FunctionUrl, UrlAuth, UrlMode};

shape! {
    /// A function URL.
    UrlTrigger {
        /// Who may call it: `iam` (signed requests) or `none` (everybody).
        auth (required): UrlAuth,
        /// Which web pages may call it.
        cors: Cors,
        /// How it answers: `buffered` (the default) or `stream`.
        mode: UrlMode,
    }
}

impl Checked for UrlTrigger {
    fn check(&self, _: &Node, sink: &Sink) {
        if let Some(cors) = &self.cors.value {
            cors.check(sink);
        }
    }

    fn meaning(&self) -> Meaning {
        let url = self.auth.value.map(|auth| FunctionUrl {
            auth,
            mode: self.mode.value.unwrap_or_default(),
            cors: self.cors.value.as_ref().map(Cors::cors),
        });
        url.map_or(Meaning::Other, Meaning::Url)
    }
}

shape! {
    /// Which web pages may call a function URL.
    Cors {
        /// Such as `https://shop.example`, or `*`.
        origins: OneOrMany<Text>,
        /// Such as `GET`, or `*`.
        methods: OneOrMany<Text>,
        /// Request headers that pages may send.
        headers: OneOrMany<Text>,
        /// Response headers that pages may read.
        expose: OneOrMany<Text>,
        /// Whether cookies are sent.
        credentials: Flag,
        /// How long browsers remember the answer.
        max_age: Seconds<0, 86_400>,
    }
}

const METHODS: [&str; 8] = ["GET", "PUT", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "ANY"];

impl Cors {
    fn cors(&self) -> url::Cors {
        let texts = |field: &Field<OneOrMany<Text>>| {
            let items = field.value.iter().flat_map(|OneOrMany(items)| items);
            items.map(|(_, Text(text))| text.clone()).collect()
        };
        url::Cors {
            origins: texts(&self.origins),
            methods: texts(&self.methods),
            headers: texts(&self.headers),
            expose: texts(&self.expose),
            credentials: self.credentials.value == Some(Flag(true)),
            max_age: self.max_age.value.map(|Seconds(length)| length),
        }
    }

    /// Source: Lambda API reference, `Cors`.
    fn check(&self, sink: &Sink) {
        for (at, Text(method)) in self.methods.value.iter().flat_map(|OneOrMany(methods)| methods) {
            if method != "*" && (method == "ANY" || !METHODS.contains(&method.as_str())) {
                sink.error(
                    at,
                    Complaint::new(format!("`{method}` is not an HTTP method"))
                        .hint("write such as `GET` or `POST` in capitals, or `*`"),
                );
            }
        }
        let mut any_origin = false;
        for (at, Text(origin)) in self.origins.value.iter().flat_map(|OneOrMany(origins)| origins) {
            any_origin |= origin == "*";
            if let Some((wrong, instead)) = url::wrong_origin(origin) {
                let complaint = Complaint::new(format!("the origin `{origin}` {wrong}"));
                sink.error(at, complaint.hint(format!("write `{instead}`")));
            }
        }
        if any_origin && self.credentials.value == Some(Flag(true)) {
            let complaint = Complaint::new("browsers refuse `credentials` together with the origin `*`");
            sink.error(&self.credentials.at, complaint.hint("name the origins"));
        }
    }
}

/// Routes of an API: one, or a list.
#[derive(Debug, Clone)]
pub struct Routes(OneOrMany<Text>);

impl Shape for Routes {
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        OneOrMany::read(node, sink).map(Self)
    }

    fn schema(_: &mut Definitions) -> Value {
        let route = json!({
            "type": "string",
            "pattern": format!("^({}) /|^\\$default$|{VARIABLE}", METHODS.join("|")),
        });
        json!({ "anyOf": [route.clone(), { "type": "array", "items": route, "minItems": 1 }] })
    }
}

impl Checked for Routes {
    /// Source: API Gateway developer guide, "Working with routes for HTTP APIs".
    fn check(&self, node: &Node, sink: &Sink) {
        if self.0.0.is_empty() && node.kind == Kind::List(Vec::new()) {
            sink.error(
                &node.at,
                Complaint::new("there is no route").hint("add one, such as `GET /orders/{id}`"),
            );
        }
        for (at, Text(route)) in &self.0.0 {
            if let Err(complaint) = check_route(route) {
                sink.error(at, complaint);
            }
        }
    }
}

fn check_route(route: &str) -> Result<(), Complaint> {
    let complaint = Complaint::new(format!("`{route}` is not a route"));
    if route == "$default" {
        return Ok(());
    }
    let Some((method, path)) = route.split_once(' ') else {
        let hint = if route.starts_with('/') {
            format!("write `GET {route}`")
        } else {
            "write `GET /path`".into()
        };
        return Err(complaint.hint(hint));
    };
    if !METHODS.contains(&method) {
        let upper = method.to_uppercase();
        return Err(if METHODS.contains(&upper.as_str()) {
            complaint.hint(format!("write `{upper} {path}`"))
        } else {
            complaint.hint(format!("the method is one of {}", listed(METHODS, "and")))
        });
    }
    if !path.starts_with('/') || path.contains(char::is_whitespace) {
        return Err(complaint.hint(format!("write `{method} /{}`", path.trim().trim_start_matches('/'))));
    }
    let segments: Vec<&str> = path[1..].split('/').collect();
    for (position, segment) in segments.iter().enumerate() {
        let named = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        match named {
            Some("" | "+") => return Err(complaint.hint("give the parameter a name: `{id}`")),
            Some(name) if name.ends_with('+') && position + 1 < segments.len() => {
                return Err(complaint.hint(format!("`{segment}` takes the rest of the path, so it stands last")));
            }
            None if segment.starts_with(':') => {
                return Err(complaint.hint(format!("a parameter is written `{{{}}}`", &segment[1..])));
            }
            None if segment.contains(['{', '}']) => {
                return Err(complaint.hint("a parameter fills a whole segment: `/{id}/`"));
            }
            _ => {}
        }
    }
    Ok(())
}

choice! {
    UrlAuth, "`iam` or `none`", ["iam" => UrlAuth::Iam, "none" => UrlAuth::None];
    UrlMode, "`buffered` or `stream`", ["buffered" => UrlMode::Buffered, "stream" => UrlMode::Stream];
}
