//! URLs of queues, which AWS's SDK for JavaScript takes for the address to call: inside the function they lead to
//! the endpoint, outside they are what they were.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// Where answers of SQS have URLs.
const IN_ANSWERS: [&str; 3] = ["QueueUrl", "QueueUrls", "queueUrls"];

/// The endpoint, and the URLs that lead to it in place of where they led.
pub struct Queues {
    endpoint: String,
    /// By path.
    before: Mutex<BTreeMap<String, String>>,
}

impl Queues {
    pub fn new(endpoint: String) -> Self {
        Self {
            endpoint,
            before: Mutex::default(),
        }
    }

    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The queue's URL at the endpoint; a text that is no such URL as it is.
    pub fn inward(&self, text: &str) -> String {
        let Some(path) = path(text) else {
            return text.to_owned();
        };
        let inward = format!("{}{path}", self.endpoint);
        if inward != text {
            let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
            before.insert(path.to_owned(), text.to_owned());
        }
        inward
    }

    /// A request of SQS as it would be without the endpoint; `None` when it is that already.
    pub fn outward(&self, body: &[u8]) -> Option<Vec<u8>> {
        let mut request: Value = serde_json::from_slice(body).ok()?;
        let url = request.get_mut("QueueUrl")?;
        let path = url.as_str()?.strip_prefix(&self.endpoint)?;
        let before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        *url = before.get(path)?.as_str().into();
        Some(request.to_string().into_bytes())
    }

    /// An answer of SQS with URLs that lead to the endpoint; `None` when it has none.
    pub fn answer(&self, body: &[u8]) -> Option<Vec<u8>> {
        let mut answer: Value = serde_json::from_slice(body).ok()?;
        let mut changed = false;
        for name in IN_ANSWERS {
            let urls = match answer.get_mut(name) {
                Some(Value::Array(urls)) => urls.as_mut_slice(),
                Some(url) => std::slice::from_mut(url),
                None => continue,
            };
            for url in urls {
                if let Some(text) = url.as_str() {
                    *url = self.inward(text).into();
                    changed = true;
                }
            }
        }
        changed.then(|| answer.to_string().into_bytes())
    }
}

/// `/123456789012/fulfil` of the URL of a queue.
fn path(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let path = &rest[rest.find('/')?..];
    let (account, name) = path[1..].split_once('/')?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (is_account && !name.is_empty() && name.bytes().all(is_name)).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://sqs.eu-west-1.amazonaws.com/123456789012/fulfil.fifo";

    #[test]
    fn urls_lead_to_the_endpoint_inside_and_back_outside() {
        let queues = Queues::new("http://127.0.0.1:1".into());
        let inside = "http://127.0.0.1:1/123456789012/fulfil.fifo";
        let send = |url: &str| format!("{{\"QueueUrl\":\"{url}\",\"MessageBody\":\"{URL}\"}}");
        assert_eq!(
            queues.outward(send(inside).as_bytes()),
            None,
            "nobody told where it led"
        );
        assert_eq!(queues.inward(URL), inside);
        assert_eq!(queues.inward(inside), inside);
        assert_eq!(queues.outward(send(inside).as_bytes()), Some(send(URL).into_bytes()));
        assert_eq!(queues.outward(send(URL).as_bytes()), None);
        for (answer, changed) in [
            (
                format!("{{\"QueueUrl\":\"{URL}\"}}"),
                Some(format!("{{\"QueueUrl\":\"{inside}\"}}")),
            ),
            (
                format!("{{\"QueueUrls\":[\"{URL}\"]}}"),
                Some(format!("{{\"QueueUrls\":[\"{inside}\"]}}")),
            ),
            (format!("{{\"MessageId\":\"{URL}\"}}"), None),
            ("not json".to_owned(), None),
        ] {
            assert_eq!(
                queues.answer(answer.as_bytes()),
                changed.map(String::into_bytes),
                "{answer}"
            );
        }
    }

    #[test]
    fn other_texts_stay() {
        let queues = Queues::new("http://127.0.0.1:1".into());
        for text in [
            "",
            "https://shop.example/123456789012",
            "https://shop.example/orders/fulfil",
            "https://shop.example/123456789012/a/b",
            "ftp://x/123456789012/a",
            "arn:aws:sqs:eu-west-1:123456789012:fulfil",
        ] {
            assert_eq!(queues.inward(text), text);
        }
    }
}
