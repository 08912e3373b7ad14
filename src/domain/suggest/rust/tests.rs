use super::calls;
use crate::domain::suggest::syntax::testing::described;

/// Statements of a handler, with the usual imports and clients.
fn handler(statements: &str) -> Vec<String> {
    let source = format!(
        r#"use std::env;
use std::sync::LazyLock;
use aws_sdk_dynamodb as ddb;
use aws_sdk_s3::{{Client as S3, presigning::PresigningConfig}};
use lambda_runtime::{{service_fn, Error, LambdaEvent}};
const BUCKET: &str = "photos";
static TABLE: LazyLock<String> = LazyLock::new(|| env::var("TABLE").expect("TABLE"));
struct Unrelated;
impl Unrelated {{ fn get_object(&self) -> Unrelated {{ Unrelated }} fn send(&self) {{}} }}
async fn handle(event: LambdaEvent<Request>) -> Result<(), Error> {{
    let config = aws_config::load_from_env().await;
    let s3 = S3::new(&config);
    let db = ddb::Client::new(&config);
    let id = event.payload.id;
    {statements}
    Ok(())
}}
#[cfg(test)]
mod tests {{ fn f(s3: super::S3) {{ s3.put_object().bucket("test").send(); }} }}
"#
    );
    described(calls, &[("src/main.rs", &source)])
}

#[test]
fn statements_of_a_handler() {
    let cases: &[(&str, &[&str])] = &[
        (
            r#"s3.get_object().bucket(BUCKET).key(format!("in/{id}/{}.json", 5)).send().await?;"#,
            &["s3 get_object bucket=photos key=in/<?>/<?>.json"],
        ),
        (
            r#"let mut request = s3.put_object().bucket("b");
               if let Some(kind) = kind { request = request.content_type(kind); }
               request.key("k").send().await?;"#,
            &[
                "s3 put_object bucket=b content_type=? key=k",
                "s3 put_object bucket=b key=k",
            ],
        ),
        (
            r"let mut pages = db.query().table_name(TABLE.as_str()).into_paginator().page_size(5).send();",
            &["dynamodb query table_name=${TABLE}"],
        ),
        (
            r#"s3.get_object().bucket(env::var("B").unwrap_or_else(|_| "d".to_string())).presigned(p).await?;"#,
            &["s3 get_object bucket=${B|d}"],
        ),
        (
            r#"s3.wait_until_object_exists().bucket("b").key("k").wait(d).await?;"#,
            &["s3 object_exists bucket=b key=k"],
        ),
        (
            r#"let table = match env::var("T") { Ok(name) => name, Err(_) => return Err("no table".into()) };
               let put = ddb::types::Put::builder().table_name(&table).build()?;
               db.transact_write_items().transact_items(ddb::types::TransactWriteItem::builder().put(put).build()).send().await?;"#,
            &["dynamodb transact_write_items transact_items={put:{table_name:${T}}}"],
        ),
        (
            r#"let (a, b) = tokio::try_join!(s3.get_object().bucket("a").send(), s3.delete_object().bucket("b").send())?;"#,
            &["s3 delete_object bucket=b", "s3 get_object bucket=a"],
        ),
        ("Unrelated.get_object().send(); id.get_object().send();", &[]),
    ];
    for (statements, expected) in cases {
        assert_eq!(handler(statements), *expected, "{statements}");
    }
}

#[test]
fn names_lead_across_modules() {
    let main = r#"mod config;
mod store;
use std::sync::Arc;
use crate::config::Config;
use store::Store;
#[tokio::main]
async fn main() -> Result<(), Error> {
    let shared = aws_config::load_from_env().await;
    let config = Config::from_env()?;
    let store = Arc::new(Store::new(aws_sdk_dynamodb::Client::new(&shared), aws_sdk_s3::Client::new(&shared), config));
    run(service_fn(|event| handle(event, store.clone()))).await
}
async fn handle(event: Event, store: Arc<Store>) -> Result<(), Error> {
    store.save("x").await?;
    store.copy(&format!("in/{}", event.id), "out/done").await
}
"#;
    let config = r#"pub struct Config { pub table: String, pub bucket: String }
impl Config {
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self { table: required("TABLE")?, bucket: required("BUCKET")? })
    }
}
fn required(name: &str) -> Result<String, Error> {
    std::env::var(name).map_err(|_| Error::Missing(name.to_owned()))
}
"#;
    let store = r#"use super::config::Config;
use aws_sdk_dynamodb::{types::AttributeValue, Client as Dynamo};
pub struct Store { db: Dynamo, s3: aws_sdk_s3::Client, config: Config }
impl Store {
    pub fn new(db: Dynamo, s3: aws_sdk_s3::Client, config: Config) -> Self { Self { db, s3, config } }
    pub async fn save(&self, id: &str) -> Result<(), Error> {
        self.db.put_item().table_name(&self.config.table).item("id", AttributeValue::S(id.into())).send().await?;
        Ok(())
    }
    pub async fn copy(&self, from: &str, to: &str) -> Result<(), Error> {
        let bucket = &self.config.bucket;
        self.s3.copy_object().copy_source(format!("{bucket}/{from}")).bucket(bucket).key(to).send().await?;
        Ok(())
    }
}
"#;
    assert_eq!(
        described(
            calls,
            &[
                ("src/main.rs", main),
                ("src/config.rs", config),
                ("src/store.rs", store)
            ]
        ),
        [
            "dynamodb put_item item={id:?} table_name=${TABLE}",
            "s3 copy_object bucket=${BUCKET} copy_source=${BUCKET}/in/<?> key=out/done",
        ]
    );
}
