//! Makes a thumbnail of every uploaded image.

use std::env;

use aws_lambda_events::event::s3::S3Event;
use aws_sdk_s3::{Client as S3, primitives::ByteStream};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};

mod images;

const SOURCE: &str = "in";

#[tokio::main]
async fn main() -> Result<(), Error> {
    let config = aws_config::load_from_env().await;
    let client = S3::new(&config);
    let bucket = env::var("BUCKET")?;
    let (client, bucket) = (&client, &bucket);
    run(service_fn(move |event: LambdaEvent<S3Event>| async move {
        handle(client, bucket, event.payload).await
    }))
    .await
}

async fn handle(client: &S3, bucket: &str, event: S3Event) -> Result<(), Error> {
    for record in event.records {
        let Some(key) = record.s3.object.url_decoded_key else { continue };
        let name = key.rsplit('/').next().unwrap_or(&key);
        let source = format!("{SOURCE}/{name}");
        let object = client.get_object().bucket(bucket).key(&source).send().await?;
        let bytes = object.body.collect().await?.into_bytes();
        let small = images::scale(&bytes)?;
        let mut put = client.put_object().bucket(bucket).key(format!("thumbs/{}.jpg", name));
        if let Some(kind) = object.content_type {
            put = put.content_type(kind);
        }
        put.body(ByteStream::from(small)).send().await.map_err(|error| {
            tracing::error!(%error, name, "could not write");
            error
        })?;
        client.delete_object().bucket(bucket).key(source).send().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn fails() {
        let client = super::S3::new(&aws_config::load_from_env().await);
        client.create_bucket().bucket("test").send().await.unwrap();
    }
}
