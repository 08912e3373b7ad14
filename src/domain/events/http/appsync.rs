//! GraphQL: a direct resolver asks for a field, an API asks about a token.
//!
//! Source: AppSync developer guide, "AWS AppSync JavaScript resolver context object reference" and
//! "Lambda authorization".

use serde_json::{Value, json};

use super::super::values::Values;

pub(super) fn resolver(values: &Values<'_>) -> Value {
    let mut headers = json!({
        "accept": "application/json",
        "content-type": "application/json",
        "host": format!("{}.appsync-api.{}.{}", values.hex("api", 0, 26), values.region(), values.domain()),
        "user-agent": "example-client/1.0",
        "x-amzn-trace-id": format!("Root=1-{:08x}-{}", values.time().as_second(), values.hex("trace", 0, 24)),
        "x-forwarded-for": values.text("source-ip"),
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    });
    for (name, value) in values.pairs("header") {
        headers[name.to_lowercase()] = value.into();
    }
    let select = values.texts("select");
    let arguments = values.json("arguments");
    let subject = values.uuid("user");
    let issuer = format!(
        "https://cognito-idp.{region}.{domain}/{region}_Example01",
        region = values.region(),
        domain = values.domain()
    );
    let seconds = values.time().as_second();
    json!({
        "arguments": arguments,
        "identity": {
            "claims": {
                "sub": subject,
                "iss": issuer,
                "cognito:username": "ada",
                "aud": values.hex("client", 0, 26),
                "event_id": values.uuid("event"),
                "token_use": "id",
                "auth_time": seconds,
                "exp": seconds + 3_600,
                "iat": seconds,
                "email": "ada@example.com",
                "email_verified": true,
            },
            "defaultAuthStrategy": "ALLOW",
            "groups": null,
            "issuer": issuer,
            "sourceIp": [values.text("source-ip")],
            "sub": subject,
            "username": "ada",
        },
        "source": values.json("source"),
        "request": { "headers": headers, "domainName": null },
        "prev": null,
        "info": {
            "selectionSetList": select,
            "selectionSetGraphQL": format!("{{\n  {}\n}}", select.join("\n  ")),
            "parentTypeName": values.text("type"),
            "fieldName": values.text("field"),
            "variables": {},
        },
        "stash": {},
    })
}

pub(super) fn authorizer(values: &Values<'_>) -> Value {
    json!({
        "authorizationToken": values.text("token"),
        "requestContext": {
            "apiId": values.text("api-id"),
            "accountId": values.account(),
            "requestId": values.uuid("request"),
            "queryString": values.text("query"),
            "operationName": values.text("operation"),
            "variables": values.json("variables"),
        },
        "requestHeaders": { "authorization": values.text("token"), "content-type": "application/json" },
    })
}
