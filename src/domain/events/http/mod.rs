//! Requests of the web: API Gateway, function URLs, load balancers, VPC Lattice, AppSync.

mod appsync;
mod authorizer;
mod balanced;
mod request;
mod rest;
mod v2;
mod websocket;

use super::{Kind, Parameter, Service};

const METHOD: Parameter = Parameter::text("method", &[""], "The method; empty means POST with a body, else GET");
const PATH: Parameter = Parameter::text("path", &["/orders/42"], "The path, not encoded");
const QUERY: Parameter = Parameter::pairs("query", &[], "A parameter of the query, not encoded");
const HEADER: Parameter = Parameter::pairs("header", &[], "A header, beside or instead of the usual ones");
const COOKIE: Parameter = Parameter::pairs("cookie", &[], "A cookie");
const BODY: Parameter = Parameter::text("body", &[""], "The body");
const ENCODING: Parameter = Parameter::choice(
    "encoding",
    &["text", "base64"],
    &["text"],
    "How the service hands the body over",
);
const SOURCE_IP: Parameter = Parameter::text("source-ip", &["203.0.113.12"], "The caller's address");
const USER_AGENT: Parameter = Parameter::text("user-agent", &["curl/8.11.0"], "The caller's program");
const REST_STAGE: Parameter = Parameter::text("api-stage", &["prod"], "The stage of the API");
const HTTP_STAGE: Parameter = Parameter::text("api-stage", &["$default"], "The stage of the API");
const API_ID: Parameter = Parameter::text("api-id", &["a1b2c3d4e5"], "The id of the API");
const RESOURCE: Parameter = Parameter::text(
    "resource",
    &["/{proxy+}"],
    "The path of the API's resource, which tells the path parameters",
);
const ROUTE: Parameter = Parameter::text(
    "route",
    &["$default"],
    "The route, such as `GET /orders/{id}`, which tells the path parameters",
);
const STAGE_VARIABLE: Parameter = Parameter::pairs("stage-variable", &[], "A variable of the stage");
const AUTHORIZER: Parameter = Parameter::json(
    "authorizer",
    &["null"],
    "What the authorizer found out, as the request's context has it",
);

const REST_PARAMETERS: &[Parameter] = &[
    METHOD,
    PATH,
    QUERY,
    HEADER,
    COOKIE,
    BODY,
    ENCODING,
    RESOURCE,
    REST_STAGE,
    API_ID,
    STAGE_VARIABLE,
    AUTHORIZER,
    SOURCE_IP,
    USER_AGENT,
];
const HTTP_PARAMETERS: &[Parameter] = &[
    METHOD,
    PATH,
    QUERY,
    HEADER,
    COOKIE,
    BODY,
    ENCODING,
    ROUTE,
    HTTP_STAGE,
    API_ID,
    STAGE_VARIABLE,
    AUTHORIZER,
    SOURCE_IP,
    USER_AGENT,
];
const URL_PARAMETERS: &[Parameter] = &[
    METHOD,
    PATH,
    QUERY,
    HEADER,
    COOKIE,
    BODY,
    ENCODING,
    Parameter::text("url-id", &["abcdefghijklmnopqrstuvwxyz012345"], "The id in the URL"),
    SOURCE_IP,
    USER_AGENT,
];
const BALANCED_PARAMETERS: &[Parameter] = &[
    METHOD,
    PATH,
    QUERY,
    HEADER,
    COOKIE,
    BODY,
    ENCODING,
    Parameter::text("target-group", &["lambda-orders"], "The name of the target group"),
    SOURCE_IP,
    USER_AGENT,
];
const LATTICE_PARAMETERS: &[Parameter] = &[
    METHOD, PATH, QUERY, HEADER, COOKIE, BODY, ENCODING, SOURCE_IP, USER_AGENT,
];
const SOCKET_PARAMETERS: &[Parameter] = &[
    QUERY,
    HEADER,
    Parameter::text("connection", &["L0SM9cOFvHcCIhw="], "The id of the connection"),
    REST_STAGE,
    API_ID,
    STAGE_VARIABLE,
    SOURCE_IP,
    USER_AGENT,
];
const MESSAGE_PARAMETERS: &[Parameter] = &[
    Parameter::text(
        "body",
        &[r#"{"action":"sendMessage","data":"hello"}"#],
        "What the client sent",
    ),
    Parameter::text("route", &["$default"], "The route the message took"),
    Parameter::text("connection", &["L0SM9cOFvHcCIhw="], "The id of the connection"),
    REST_STAGE,
    API_ID,
    STAGE_VARIABLE,
    SOURCE_IP,
    USER_AGENT,
];
const DISCONNECT_PARAMETERS: &[Parameter] = &[
    Parameter::text("connection", &["L0SM9cOFvHcCIhw="], "The id of the connection"),
    Parameter::number("code", &["1001"], "The status code of WebSocket that ended it"),
    Parameter::text("reason", &["Going away"], "Why it ended"),
    REST_STAGE,
    API_ID,
    STAGE_VARIABLE,
    SOURCE_IP,
    USER_AGENT,
];
const TOKEN_PARAMETERS: &[Parameter] = &[
    Parameter::text("token", &["Bearer example-token"], "The token of the caller"),
    METHOD,
    PATH,
    REST_STAGE,
    API_ID,
];

/// The REST and HTTP APIs of API Gateway.
pub const API: Service = Service {
    name: "apigateway",
    title: "API Gateway",
    kinds: &[
        Kind::new(
            "rest",
            "a request to a REST API, as a Lambda proxy integration hands it over",
            REST_PARAMETERS,
            rest::rest,
        ),
        Kind::new(
            "http",
            "a request to an HTTP API, payload format 2.0",
            HTTP_PARAMETERS,
            v2::http,
        ),
        Kind::new(
            "http-v1",
            "a request to an HTTP API, payload format 1.0",
            HTTP_PARAMETERS,
            rest::http,
        ),
    ],
};

/// Functions that decide who may call an API.
pub const AUTHORIZERS: Service = Service {
    name: "authorizer",
    title: "API Gateway authorizers",
    kinds: &[
        Kind::new(
            "token",
            "a REST API asks about a token",
            TOKEN_PARAMETERS,
            authorizer::token,
        ),
        Kind::new(
            "request",
            "a REST API asks about a request",
            REST_PARAMETERS,
            authorizer::request,
        ),
        Kind::new(
            "http",
            "an HTTP API asks about a request, format 2.0",
            HTTP_PARAMETERS,
            authorizer::http,
        ),
        Kind::new(
            "http-v1",
            "an HTTP API asks about a request, format 1.0",
            HTTP_PARAMETERS,
            authorizer::http_v1,
        ),
        Kind::new(
            "websocket",
            "a WebSocket API asks about a client that connects",
            SOCKET_PARAMETERS,
            authorizer::websocket,
        ),
    ],
};

/// Function URLs.
pub const URL: Service = Service {
    name: "url",
    title: "Lambda function URLs",
    kinds: &[
        Kind::new("request", "a request without authentication", URL_PARAMETERS, v2::url),
        Kind::new(
            "iam",
            "a request signed with IAM credentials",
            URL_PARAMETERS,
            v2::signed_url,
        ),
    ],
};

/// Application Load Balancers.
pub const ALB: Service = Service {
    name: "alb",
    title: "Application Load Balancer",
    kinds: &[
        Kind::new(
            "request",
            "a request to a target group",
            BALANCED_PARAMETERS,
            balanced::alb,
        ),
        Kind::new(
            "multi-value",
            "a request to a target group with multi-value headers",
            BALANCED_PARAMETERS,
            balanced::alb_multi_value,
        ),
    ],
};

/// VPC Lattice.
pub const LATTICE: Service = Service {
    name: "vpc-lattice",
    title: "VPC Lattice",
    kinds: &[
        Kind::new(
            "request",
            "a request to a service, event version 2.0",
            LATTICE_PARAMETERS,
            balanced::lattice,
        ),
        Kind::new(
            "v1",
            "a request to a service, event version 1.0",
            LATTICE_PARAMETERS,
            balanced::lattice_v1,
        ),
    ],
};

/// WebSocket APIs of API Gateway.
pub const WEBSOCKET: Service = Service {
    name: "websocket",
    title: "API Gateway WebSocket APIs",
    kinds: &[
        Kind::new("connect", "a client connects", SOCKET_PARAMETERS, websocket::connect),
        Kind::new(
            "message",
            "a client sent something",
            MESSAGE_PARAMETERS,
            websocket::message,
        ),
        Kind::new(
            "disconnect",
            "a client has gone",
            DISCONNECT_PARAMETERS,
            websocket::disconnect,
        ),
    ],
};

/// GraphQL APIs of AppSync.
pub const APPSYNC: Service = Service {
    name: "appsync",
    title: "AppSync",
    kinds: &[
        Kind::new(
            "resolver",
            "a direct resolver asks for a field",
            &[
                Parameter::json("arguments", &[r#"{"id":"42"}"#], "The arguments of the field"),
                Parameter::json("source", &["null"], "The parent of the field"),
                Parameter::text("type", &["Query"], "The type the field belongs to"),
                Parameter::text("field", &["getOrder"], "The field"),
                Parameter::texts("select", &["id", "total"], "A field of the answer that is asked for"),
                HEADER,
                SOURCE_IP,
            ],
            appsync::resolver,
        ),
        Kind::new(
            "authorizer",
            "an API asks about a token",
            &[
                Parameter::text("token", &["example-token"], "The token of the caller"),
                Parameter::text(
                    "query",
                    &["query GetOrder { getOrder(id: \"42\") { id } }"],
                    "The query",
                ),
                Parameter::text("operation", &["GetOrder"], "The name of the operation"),
                Parameter::json("variables", &["{}"], "The variables of the query"),
                API_ID,
            ],
            appsync::authorizer,
        ),
    ],
};
