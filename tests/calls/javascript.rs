//! Common calls, serialised by the AWS SDK for JavaScript, with what each needs.

use std::process::Command;

use crate::Sent;
use crate::support::node;

const FILES: [(&str, &str); 3] = [
    ("package.json", include_str!("javascript/package.json")),
    ("package-lock.json", include_str!("javascript/package-lock.json")),
    ("capture.mjs", include_str!("javascript/capture.mjs")),
];

#[test]
fn common_calls_of_javascript_need_what_is_expected() {
    let folder = node::installed("calls-javascript", &FILES);
    let mut capture = Command::new("node");
    capture.arg("capture.mjs").current_dir(folder);
    let all = Sent::read(&node::run(capture));
    assert!(all.len() > 70, "{}", all.len());
    let mut wrong = Vec::new();
    for sent in &all {
        let found = match sent.name() {
            Ok(call) => {
                let needs = call
                    .needs
                    .iter()
                    .map(|need| format!("{} {}", need.action, need.resource));
                (call.operation.clone(), needs.collect::<Vec<_>>())
            }
            Err(error) => (error.to_string(), Vec::new()),
        };
        let mut expected = sent.needs.clone();
        expected.sort();
        if found != (sent.operation.clone(), expected.clone()) {
            wrong.push(format!("{} {}\n  {found:?}\n  {expected:?}", sent.method, sent.url));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        all.len(),
        wrong.join("\n")
    );
}
