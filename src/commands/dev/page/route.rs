//! What a request asks for: method and path, read into a value.

use super::files::File;
use crate::domain::names::{FunctionName, Qualifier};
use crate::runner::http::decode;

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    File(&'static File),
    /// Functions, addresses and state.
    Overview,
    /// The events that can be chosen.
    Events,
    /// A saved event, by its path.
    Saved(String),
    Sample {
        service: String,
        kind: String,
    },
    /// Keep the body as the event of this name.
    Save {
        name: String,
        replace: bool,
    },
    /// Call with the body.
    Invoke(Callee),
    Calls,
    Forget,
    Call(u64),
    /// What happens, as it happens.
    News,
}

/// Whom to call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Callee {
    /// The function of the folder.
    Folder(Qualifier),
    /// One that is deployed to this machine.
    Deployed(FunctionName, Qualifier),
}

/// A request that asks for nothing there is: status, and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong(pub u16, pub String);

impl Route {
    /// Reads method and path, with the query.
    pub fn read(method: &str, path: &str) -> Result<Self, Wrong> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let value = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| decode(value))
        };
        let needed = |name: &str| value(name).ok_or_else(|| Wrong(400, format!("`{name}` is missing in the query")));
        // What never ends has no head alone.
        let method = if method == "HEAD" && path != "/api/news" {
            "GET"
        } else {
            method
        };
        Ok(match (method, path) {
            ("GET", "/api/overview") => Self::Overview,
            ("GET", "/api/events") => Self::Events,
            ("GET", "/api/events/saved") => Self::Saved(needed("path")?),
            ("GET", "/api/events/sample") => Self::Sample {
                service: needed("service")?,
                kind: needed("kind")?,
            },
            ("PUT", "/api/events/saved") => Self::Save {
                name: needed("name")?,
                replace: value("replace").as_deref() == Some("yes"),
            },
            ("POST", "/api/invoke") => Self::Invoke(callee(value("function"), &needed("qualifier")?)?),
            ("GET", "/api/calls") => Self::Calls,
            ("DELETE", "/api/calls") => Self::Forget,
            ("GET", "/api/news") => Self::News,
            ("GET", other) => {
                let call = other.strip_prefix("/api/calls/").and_then(|number| number.parse().ok());
                let file = || File::find(other).map(Self::File);
                call.map(Self::Call)
                    .or_else(file)
                    .ok_or_else(|| Wrong(404, format!("there is nothing at `{other}`")))?
            }
            (other, _) => return Err(Wrong(405, format!("`{other}` is not allowed here"))),
        })
    }
}

fn callee(function: Option<String>, qualifier: &str) -> Result<Callee, Wrong> {
    let qualifier = qualifier
        .parse()
        .map_err(|_| Wrong(400, format!("`{qualifier}` is no version, alias or `$LATEST`")))?;
    let Some(function) = function else {
        return Ok(Callee::Folder(qualifier));
    };
    let name = FunctionName::new(function).map_err(|invalid| Wrong(400, invalid.to_string()))?;
    Ok(Callee::Deployed(name, qualifier))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::names::Version;

    #[test]
    fn paths_name_what_there_is() {
        let read = |method, path| Route::read(method, path).unwrap();
        assert!(matches!(read("GET", "/"), Route::File(_)));
        assert_eq!(read("GET", "/api/calls/12"), Route::Call(12));
        assert_eq!(
            read("GET", "/api/events/saved?path=events%2Fa%20b.json"),
            Route::Saved("events/a b.json".into())
        );
        assert_eq!(
            read("PUT", "/api/events/saved?name=a&replace=yes"),
            Route::Save {
                name: "a".into(),
                replace: true
            }
        );
        let latest = Route::Invoke(Callee::Folder(Qualifier::Latest));
        assert_eq!(read("POST", "/api/invoke?qualifier=%24LATEST"), latest);
        let deployed = read("POST", "/api/invoke?qualifier=3&function=thumbs");
        let third = Qualifier::Version(Version(3));
        let name = FunctionName::new("thumbs").unwrap();
        assert_eq!(deployed, Route::Invoke(Callee::Deployed(name, third)));
    }

    #[test]
    fn everything_else_says_what_is_wrong() {
        for (method, path, status) in [
            ("GET", "/api/calls/x", 404),
            ("GET", "/../Cargo.toml", 404),
            ("GET", "/page.html", 404),
            ("POST", "/api/calls", 405),
            ("HEAD", "/api/news", 405),
            ("OPTIONS", "/api/invoke", 405),
            ("GET", "/api/events/saved", 400),
            ("POST", "/api/invoke?qualifier=a%20b", 400),
            ("POST", "/api/invoke?qualifier=1&function=a/b", 400),
            ("POST", "/api/invoke", 400),
        ] {
            let Wrong(found, why) = Route::read(method, path).unwrap_err();
            assert_eq!(found, status, "{method} {path}: {why}");
        }
    }
}
