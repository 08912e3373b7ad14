mod clients;
mod work;

use clients::Clients;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use work::{Queue, Worker};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let clients = Clients::load().await;
    let worker = Worker {
        queue: Box::new(clients.sqs.clone()),
        clients,
    };
    let worker = &worker;
    run(service_fn(|event: LambdaEvent<work::Batch>| async move { worker.all(event.payload).await })).await
}

impl Queue for aws_sdk_sqs::Client {
    async fn give_back(&self, body: &str) -> Result<(), Error> {
        let url = std::env::var("RETRY_QUEUE")?;
        self.send_message().queue_url(url).message_body(body).send().await?;
        Ok(())
    }
}
