use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use lambda_runtime::Error;
use serde::Deserialize;

use super::clients::Clients;

const BUCKET: &str = concat!("shop", "-imports");

#[derive(Deserialize)]
pub struct Batch {
    keys: Vec<String>,
}

pub trait Queue {
    async fn give_back(&self, body: &str) -> Result<(), Error>;
}

pub struct Worker {
    pub clients: Clients,
    pub queue: Box<dyn Queue>,
}

impl Worker {
    pub async fn all(&self, batch: Batch) -> Result<(), Error> {
        for key in &batch.keys {
            if let Err(error) = self.one(key).await {
                self.queue.give_back(key).await?;
                self.alarm("failures", &error.to_string()).await?;
            }
        }
        self.alarm("progress", "done").await
    }

    async fn one(&self, key: &str) -> Result<(), Error> {
        let s3 = &self.clients.s3;
        s3.copy_object()
            .copy_source(format!("{BUCKET}/new/{key}"))
            .bucket(BUCKET)
            .key(format!("done/{key}"))
            .send()
            .await?;
        let listed = s3.list_objects_v2().bucket(BUCKET).prefix("done/").send().await?;
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(std::env::var("BUS").as_deref().unwrap_or("default"))
            .source("shop.imports")
            .detail(serde_json::json!({ "count": listed.key_count() }).to_string())
            .build();
        self.clients.events.put_events().entries(entry).send().await?;
        Ok(())
    }

    async fn alarm(&self, topic: &str, message: &str) -> Result<(), Error> {
        let arn = format!("arn:aws:sns:eu-west-1:123456789012:{topic}");
        self.clients.sns.publish().topic_arn(arn).message(message).send().await?;
        Ok(())
    }
}
