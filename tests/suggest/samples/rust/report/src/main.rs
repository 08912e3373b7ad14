//! Writes a weekly report and mails a link to it.

use std::sync::{LazyLock, OnceLock};
use std::time::Duration;

use aws_sdk_s3 as s3;
use aws_sdk_s3::presigning::PresigningConfig;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use tokio::sync::OnceCell;

static BUCKET: LazyLock<String> = LazyLock::new(|| std::env::var("BUCKET").expect("BUCKET"));
static STAGE: OnceLock<String> = OnceLock::new();
static S3: OnceCell<s3::Client> = OnceCell::const_new();

async fn files() -> &'static s3::Client {
    S3.get_or_init(|| async { s3::Client::new(&aws_config::load_from_env().await) }).await
}

fn stage() -> &'static str {
    STAGE.get_or_init(|| std::env::var("STAGE").unwrap_or_else(|_| String::from("dev")))
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    run(service_fn(report)).await
}

async fn report(_: LambdaEvent<Value>) -> Result<(), Error> {
    let config = aws_config::load_from_env().await;
    let secrets = aws_sdk_secretsmanager::Client::new(&config);
    let parameters = aws_sdk_ssm::Client::new(&config);
    let (secret, to) = tokio::try_join!(
        async { Ok::<_, Error>(secrets.get_secret_value().secret_id("prod/warehouse").send().await?) },
        recipients(&parameters),
    )?;
    let name = format!("weekly/{}.csv", chrono::Utc::now().date_naive());
    let csv = rows(secret.secret_string().unwrap_or_default());
    files().await.put_object().bucket(BUCKET.as_str()).key(&name).body(csv.into()).send().await?;
    let link = files()
        .await
        .get_object()
        .bucket(&*BUCKET)
        .key(&name)
        .presigned(PresigningConfig::expires_in(Duration::from_secs(3600))?)
        .await?;
    mail(&aws_sdk_sesv2::Client::new(&config), &to, link.uri()).await
}

async fn recipients(ssm: &aws_sdk_ssm::Client) -> Result<String, Error> {
    let found = ssm
        .get_parameter()
        .name(["/report/", stage(), "/recipients"].concat())
        .with_decryption(true)
        .send()
        .await?;
    Ok(found.parameter.and_then(|parameter| parameter.value).unwrap_or_default())
}

async fn mail(ses: &aws_sdk_sesv2::Client, to: &str, link: &str) -> Result<(), Error> {
    use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};

    let text = |text: &str| Content::builder().data(text).build();
    let message = Message::builder()
        .subject(text("Weekly report")?)
        .body(Body::builder().text(text(link)?).build())
        .build();
    ses.send_email()
        .from_email_address("reports@shop.example")
        .destination(Destination::builder().to_addresses(to).build())
        .content(EmailContent::builder().simple(message).build())
        .send()
        .await?;
    Ok(())
}

fn rows(secret: &str) -> Vec<u8> {
    secret.as_bytes().to_vec()
}
