//! A function as one writes it with AWS's runtime crate for Rust. What it does, the event says.

use std::time::Duration;

use lambda_runtime::streaming::{Body, Response, channel};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    if std::env::var("_HANDLER").is_ok_and(|handler| handler == "stream") {
        run(service_fn(stream)).await
    } else {
        run(service_fn(answer)).await
    }
}

async fn answer(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let (payload, context) = event.into_parts();
    if payload["do"] == "nothing" {
        return Ok(json!(1));
    }
    println!("called {payload}");
    match payload["do"].as_str() {
        Some("fail") => return Err("no such thumbnail".into()),
        Some("panic") => panic!("out of paint"),
        Some("exit") => std::process::exit(7),
        Some("sleep") => tokio::time::sleep(Duration::from_secs(60)).await,
        Some(_) | None => {}
    }
    let (config, identity) = (&context.env_config, &context.identity);
    Ok(json!({
        "event": payload,
        "request_id": context.request_id,
        "arn": context.invoked_function_arn,
        "trace": context.xray_trace_id,
        "tenant": context.tenant_id,
        "custom": context.client_context.as_ref().map(|client| &client.custom),
        "identity": identity.as_ref().map(|identity| &identity.identity_id),
        "deadline": context.deadline,
        "function": [config.function_name, config.version, config.log_group, config.log_stream],
        "memory": config.memory,
    }))
}

async fn stream(_: LambdaEvent<Value>) -> Result<Response<Body>, Error> {
    let (mut parts, body) = channel();
    tokio::spawn(async move {
        for part in ["one ", "two "] {
            parts.send_data(part.into()).await.expect("somebody listens");
        }
    });
    Ok(Response::from(body))
}
