//! What a function URL tells browsers about pages of other origins.
//!
//! Source: Lambda developer guide, "Creating and managing Lambda function URLs", "Cross-origin resource sharing".

use crate::domain::url::Cors;
use crate::runner::http::{Request, Response};

/// Which pages may call the URL.
#[derive(Debug, Clone, Default)]
pub enum Pages {
    /// None is told anything; the function may do so itself.
    #[default]
    Untold,
    /// Those of these origins, with whatever they ask for.
    From(Vec<String>),
    /// As lambda.yaml says.
    Ruled(Cors),
}

impl Pages {
    /// The answer to a browser that asks before it calls; `None` when this is none, or the function's to answer.
    pub(super) fn preflight(&self, request: &Request) -> Option<Response> {
        let asks = request.method == "OPTIONS" && request.header("access-control-request-method").is_some();
        if !asks || matches!(self, Self::Untold) {
            return None;
        }
        let mut response = Response {
            status: 200,
            headers: Vec::new(),
            body: Vec::new(),
        };
        if self.origin(request).is_none() {
            return Some(response);
        }
        let asked = |name: &str| request.header(name).unwrap_or_default().to_owned();
        let mut tell = |name: &str, value: String| {
            if !value.is_empty() {
                response.headers.push((name.to_owned(), value));
            }
        };
        match self {
            Self::Untold => {}
            Self::From(_) => {
                tell("Access-Control-Allow-Methods", asked("access-control-request-method"));
                tell("Access-Control-Allow-Headers", asked("access-control-request-headers"));
            }
            Self::Ruled(cors) => {
                tell("Access-Control-Allow-Methods", cors.methods.join(","));
                tell("Access-Control-Allow-Headers", cors.headers.join(","));
                tell(
                    "Access-Control-Max-Age",
                    cors.max_age.map(|age| age.to_string()).unwrap_or_default(),
                );
            }
        }
        Some(self.told(request, response))
    }

    /// The response with what the page's browser has to know. Where lambda.yaml has a say, the function's own headers
    /// have none.
    pub(super) fn told(&self, request: &Request, mut response: Response) -> Response {
        let (Some(origin), Self::From(_) | Self::Ruled(_)) = (self.origin(request), self) else {
            return response;
        };
        let ours = [
            "access-control-allow-origin",
            "access-control-expose-headers",
            "access-control-allow-credentials",
        ];
        response
            .headers
            .retain(|(name, _)| !ours.contains(&name.to_ascii_lowercase().as_str()));
        response = response
            .with("Access-Control-Allow-Origin", origin)
            .with("Vary", "Origin");
        if let Self::Ruled(cors) = self {
            if !cors.expose.is_empty() {
                response = response.with("Access-Control-Expose-Headers", cors.expose.join(","));
            }
            if cors.credentials {
                response = response.with("Access-Control-Allow-Credentials", "true");
            }
        }
        response
    }

    /// Whether a page calls that nobody has named, and that does not come from the URL itself.
    pub(super) fn is_foreign(&self, request: &Request) -> bool {
        let own = format!("http://{}", request.header("host").unwrap_or_default());
        let origin = request.header("origin");
        origin.is_some_and(|origin| origin != own && self.origin(request).is_none())
    }

    /// The origin that called, when it may.
    fn origin(&self, request: &Request) -> Option<String> {
        let origin = request.header("origin")?;
        let allowed = match self {
            Self::Untold => return None,
            Self::From(origins) => origins,
            Self::Ruled(cors) => &cors.origins,
        };
        if allowed.iter().any(|allowed| allowed == "*") {
            return Some("*".into());
        }
        allowed.iter().find(|allowed| *allowed == origin).cloned()
    }
}
