use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};

use orders_api::config::Config;
use orders_api::store::{Order, Store};

#[derive(Clone)]
struct App {
    store: Arc<Store>,
    flows: aws_sdk_sfn::Client,
    state_machine: String,
}

#[tokio::main]
async fn main() -> Result<(), lambda_http::Error> {
    let shared = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let Config { table, state_machine } = Config::load();
    let app = App {
        store: Arc::new(Store::new(aws_sdk_dynamodb::Client::new(&shared), table)),
        flows: aws_sdk_sfn::Client::new(&shared),
        state_machine,
    };
    let router = Router::new()
        .route("/orders/{id}", get(one))
        .route("/orders", get(list).merge(post(create)))
        .with_state(app);
    lambda_http::run(router).await
}

async fn one(State(app): State<App>, Path(id): Path<String>) -> Json<Option<Order>> {
    Json(app.store.find(&id).await.unwrap_or(None))
}

async fn list(State(app): State<App>, Query(of): Query<String>) -> Json<Vec<Order>> {
    Json(app.store.of_customer(&of).await.unwrap_or_default())
}

async fn create(State(app): State<App>, Json(order): Json<Order>) -> Json<bool> {
    let placed = app.store.place(&order).await;
    let started = app
        .flows
        .start_execution()
        .state_machine_arn(&app.state_machine)
        .name(&order.id)
        .send()
        .await;
    Json(placed.is_ok() && started.is_ok())
}
