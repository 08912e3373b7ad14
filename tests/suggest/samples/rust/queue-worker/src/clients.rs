use aws_sdk_eventbridge::Client as Events;
use aws_sdk_s3::Client as S3;

pub struct Clients {
    pub s3: S3,
    pub events: Events,
    pub sqs: aws_sdk_sqs::Client,
    pub sns: aws_sdk_sns::Client,
}

impl Clients {
    pub async fn load() -> Self {
        let config = aws_config::load_from_env().await;
        Self {
            s3: S3::from_conf(aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build()),
            events: Events::new(&config),
            sqs: aws_sdk_sqs::Client::new(&config),
            sns: aws_sdk_sns::Client::new(&config),
        }
    }
}
