//! Which operation a request asks for: five protocols, told apart by what they put where.

use serde_json::{Map, Value};

use super::asked::Asked;
use super::{Place, Protocol, Request, Service, Unnamed, body, cbor, form, request, routes, s3};

/// The protocol of a request, and what it asks for.
pub(super) fn read<'a>(
    request: &Request<'a>,
    service: &Service,
    place: &Place,
) -> Result<(Protocol, Asked<'a>), Unnamed> {
    let (protocol, operation, parameters) = parts(request, service)?;
    let is_name = operation.len() <= 128 && operation.chars().all(|c| c.is_ascii_alphanumeric());
    if operation.is_empty() || !is_name {
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
                routes::find("lambda", request, request.path).ok_or_else(|| unknown(request, service))?;
            // What is sent to a function is its own business.
            if !operation.starts_with("Invoke") {
                let body = body::read(request).map_err(unreadable)?;
                parameters.extend(json(&body).map_err(unreadable)?);
            }
            return Ok((Protocol::RestJson, operation.to_owned(), parameters));
        }
        _ => {}
    }
    let body = body::read(request).map_err(unreadable)?;
    // `/service/GraniteServiceVersion20100801/operation/PutMetricData`
    if request.header("smithy-protocol").is_some() {
        let operation = request.path.rsplit_once("/operation/").map(|(_, name)| name.to_owned());
        let operation = operation.ok_or_else(|| unknown(request, service))?;
        let is_json = request.header("smithy-protocol") == Some("rpc-v2-json");
        let parameters = if is_json { json(&body) } else { cbor::read(&body) }.map_err(unreadable)?;
        let protocol = if is_json { Protocol::Json } else { Protocol::Cbor };
        return Ok((protocol, operation, parameters));
    }
    // `DynamoDB_20120810.GetItem`
    if let Some(target) = request.header("x-amz-target") {
        let operation = target.rsplit_once('.').map_or(target, |(_, operation)| operation);
        let parameters = json(&body).map_err(unreadable)?;
        return Ok((Protocol::Json, operation.to_owned(), parameters));
    }
    let text = std::str::from_utf8(&body).map_err(|_| unreadable("it is no form".to_owned()))?;
    let mut parameters = form::read(request.parameters().chain(request::pairs(text)));
    match parameters.remove("Action") {
        Some(Value::String(operation)) => Ok((Protocol::Query, operation, parameters)),
        _ => Err(unknown(request, service)),
    }
}

fn of_s3(request: &Request<'_>) -> Result<Parts, Unnamed> {
    // S3 Control is signed as S3 and names no bucket in its paths.
    if request.header("x-amz-account-id").is_some() {
        return Err(Unnamed::OtherService {
            service: "s3-control".to_owned(),
        });
    }
    let path = s3::canonical_path(request);
    let (operation, parameters) = routes::find("s3", request, &path).ok_or_else(|| unknown(request, &Service::S3))?;
    Ok((Protocol::RestXml, operation.to_owned(), parameters))
}

/// The members of a body in JSON; none in an empty one.
fn json(body: &[u8]) -> Result<Map<String, Value>, String> {
    if body.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
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
