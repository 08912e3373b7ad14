//! Which operation a request asks for: five protocols, told apart by what they put where.

use serde_json::{Map, Value};

use super::asked::Asked;
use super::{Place, Protocol, Request, Service, Unnamed, body, cbor, form, json, request, routes, s3};

/// The protocol of a request, and what it asks for.
pub(super) fn read<'a>(
    request: &Request<'a>,
    service: &Service,
    place: &Place,
) -> Result<(Protocol, Asked<'a>), Unnamed> {
    let (protocol, operation, parameters) = parts(request, service)?;
    if !is_name(&operation) {
        return Err(unknown(request, service));
    }
    let asked = Asked {
        service: service.clone(),
        operation,
        parameters,
        request: *request,
        place: place.clone(),
    };
    Ok((protocol, asked))
}

type Parts = (Protocol, String, Map<String, Value>);

fn parts(request: &Request<'_>, service: &Service) -> Result<Parts, Unnamed> {
    let unreadable = |why: String| Unnamed::Unreadable {
        service: service.clone(),
        why,
    };
    match service {
        Service::S3 => return of_s3(request),
        Service::Lambda => {
            let (operation, mut parameters) =
                routes::find("lambda", request, request.path)?.ok_or_else(|| unknown(request, service))?;
            // What is sent to a function is its own business.
            if !operation.starts_with("Invoke") {
                let body = body::read(request).map_err(unreadable)?;
                for (name, value) in json(&body).map_err(unreadable)? {
                    if parameters.get(&name).is_some_and(|known| *known != value) {
                        let why = format!("`{name}` stands in its address and in its body");
                        return Err(Unnamed::Ambiguous { why });
                    }
                    parameters.insert(name, value);
                }
            }
            return Ok((Protocol::RestJson, operation.to_owned(), parameters));
        }
        _ => {}
    }
    let body = body::read(request).map_err(unreadable)?;
    let is_about_queue = |parameters: &Map<String, Value>| {
        // AWS's SDK for JavaScript calls queues at their own address.
        let url = parameters.get("QueueUrl").and_then(Value::as_str).unwrap_or_default();
        *service == Service::Sqs && url.trim_end_matches('/').ends_with(request.path.trim_end_matches('/'))
    };
    let (protocol, operation, parameters) = match Named::read(request, &body, true)? {
        None if std::str::from_utf8(&body).is_err() => return Err(unreadable("it is no form".to_owned())),
        None => return Err(unknown(request, service)),
        Some(Named::Path(operation)) => {
            let is_json = request.header("smithy-protocol") == Some("rpc-v2-json");
            let parameters = if is_json { json(&body) } else { cbor::read(&body) }.map_err(unreadable)?;
            let protocol = if is_json { Protocol::Json } else { Protocol::Cbor };
            return Ok((protocol, operation, parameters));
        }
        Some(Named::Target(operation)) => (Protocol::Json, operation, json(&body).map_err(unreadable)?),
        Some(Named::Form(operation)) => {
            let text = std::str::from_utf8(&body).map_err(|_| unreadable("it is no form".to_owned()))?;
            let pairs = request.parameters().chain(request::pairs(text));
            let mut parameters = form::read(pairs).map_err(|why| Unnamed::Ambiguous { why })?;
            parameters.remove("Action");
            (Protocol::Query, operation, parameters)
        }
    };
    if request.path != "/" && !is_about_queue(&parameters) {
        let why = format!(
            "the call names its operation, and its path `{}` something else",
            request.path
        );
        return Err(Unnamed::Ambiguous { why });
    }
    Ok((protocol, operation, parameters))
}

/// What names an operation where no model of the service is needed for it.
enum Named {
    /// `/service/GraniteServiceVersion20100801/operation/PutMetricData`
    Path(String),
    /// `x-amz-target: DynamoDB_20120810.GetItem`
    Target(String),
    /// `Action=Publish` in a form or a query.
    Form(String),
}

impl Named {
    /// One of the three. Of other requests than forms, only `reads_body` makes the body one.
    fn read(request: &Request<'_>, body: &[u8], reads_body: bool) -> Result<Option<Self>, Unnamed> {
        let twice = |why: &str| Unnamed::Ambiguous { why: why.to_owned() };
        let content = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let is_form = content.contains("x-www-form-urlencoded");
        let in_path = request
            .path
            .strip_prefix("/service/")
            .and_then(|path| path.split_once("/operation/"));
        let in_path = in_path.map(|(_, name)| Self::Path(name.to_owned()));
        let target = request.header("x-amz-target").map(|target| {
            let name = target.rsplit_once('.').map_or(target, |(_, name)| name);
            Self::Target(name.to_owned())
        });
        if request.header("smithy-protocol").is_some() && in_path.is_none() {
            return Err(twice("its `smithy-protocol` names no operation in the path"));
        }
        let mut of_query = request.parameters();
        let is_rpc = in_path.is_some() || target.is_some();
        if is_rpc && let Some((name, _)) = of_query.find(|(name, _)| !is_of_the_address(name)) {
            return Err(twice(&format!(
                "its body has its parameters, and its query has `{name}`"
            )));
        }
        let text = std::str::from_utf8(body)
            .ok()
            .filter(|_| is_form || (reads_body && !is_rpc));
        let pairs = request.parameters().chain(request::pairs(text.unwrap_or_default()));
        let mut actions = pairs.filter(|(name, _)| name == "Action");
        let action = actions.next().map(|(_, name)| Self::Form(name));
        if actions.next().is_some() {
            return Err(twice("it names two actions"));
        }
        let mut all = [in_path, target, action].into_iter().flatten();
        let named = all.next();
        if all.next().is_some() {
            return Err(twice("it names its operation in more ways than one"));
        }
        Ok(named)
    }
}

/// Parameters of a signed address, which are not the call's.
fn is_of_the_address(name: &str) -> bool {
    name.to_ascii_lowercase().starts_with("x-amz-")
}

/// Services of the Query protocol among those whose calls are not named: each call has its `Action`.
/// Source: the `protocols` of the models in botocore.
const QUERY: [&str; 13] = [
    "autoscaling",
    "cloudformation",
    "cloudsearch",
    "ec2",
    "elasticache",
    "elasticbeanstalk",
    "elasticloadbalancing",
    "iam",
    "importexport",
    "rds",
    "redshift",
    "sdb",
    "ses",
];
/// Of these, the ones that sign calls of a REST API by the same name.
const QUERY_AND_REST: [&str; 2] = ["cloudsearch", "ses"];

/// The operation of a service whose calls are not named, where the request tells it.
pub(super) fn operation(request: &Request<'_>, service: &str) -> Result<Option<String>, Unnamed> {
    let of = || Service::Other(service.to_owned());
    let body = body::read(request).map_err(|why| Unnamed::Unreadable { service: of(), why })?;
    let is_rest = QUERY_AND_REST.contains(&service) && request.path != "/";
    let is_query = QUERY.contains(&service) && !is_rest;
    let named = Named::read(request, &body, is_query)?;
    let operation = named.map(|named| match named {
        Named::Path(name) | Named::Target(name) | Named::Form(name) => name,
    });
    match operation {
        Some(operation) if is_name(&operation) => Ok(Some(operation)),
        None if !is_query => Ok(None),
        _ => Err(unknown(request, &of())),
    }
}

fn is_name(operation: &str) -> bool {
    (1..=128).contains(&operation.len()) && operation.chars().all(|c| c.is_ascii_alphanumeric())
}

fn of_s3(request: &Request<'_>) -> Result<Parts, Unnamed> {
    // S3 Control is signed as S3, names no bucket in its paths and has a host of its own. Its header alone says
    // nothing: S3 does not look at it.
    if request.header("x-amz-account-id").is_some() && request.path.starts_with("/v20180820/") {
        return Err(Unnamed::UnknownOperation {
            service: Service::S3,
            what: format!("`{} {}` of S3 Control", request.method, request.path),
        });
    }
    let path = s3::canonical_path(request);
    let (operation, parameters) = routes::find("s3", request, &path)?.ok_or_else(|| unknown(request, &Service::S3))?;
    Ok((Protocol::RestXml, operation.to_owned(), parameters))
}

/// The members of a body in JSON; none in an empty one.
fn json(body: &[u8]) -> Result<Map<String, Value>, String> {
    if body.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    match json::read(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err("it is no JSON object".to_owned()),
        Err(error) => Err(format!("it is not valid JSON: {error}")),
    }
}

fn unknown(request: &Request<'_>, service: &Service) -> Unnamed {
    let what = if let Some(target) = request.header("x-amz-target") {
        format!("`{target}`")
    } else {
        // Of the query, the names say what is meant; values may be secret.
        let names: Vec<String> = request.parameters().map(|(name, _)| name).collect();
        let query = if names.is_empty() {
            String::new()
        } else {
            format!("?{}", names.join("&"))
        };
        format!("`{} {}{query}`", request.method, request.path)
    };
    Unnamed::UnknownOperation {
        service: service.clone(),
        what,
    }
}
