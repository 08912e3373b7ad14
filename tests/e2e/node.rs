//! A Node project with a real dependency tree.

use serde_json::json;

use crate::shop::{deploy, install_npm, run};
use crate::support::servers::{MiniStack, Server as _};
use crate::support::{project, witness};

const HANDLER: &str = "\
const express = require('express');

exports.handler = async (event) => {
  const app = express();
  app.get('/hello/:name', (request, response) => response.json({ hello: request.params.name }));
  const server = app.listen(0);
  try {
    const answer = await fetch(`http://127.0.0.1:${server.address().port}/hello/${event.name}`);
    return { status: answer.status, body: await answer.json() };
  } finally {
    server.close();
  }
};
";

#[test]
fn an_npm_project_runs_with_its_whole_dependency_tree() {
    let account = MiniStack::shared().account();
    let project = project();
    project.write(
        "lambda.yaml",
        "name: shop\nruntime: nodejs22.x\nhandler: index.handler\ntimeout: 10s\n",
    );
    project.write("index.js", HANDLER);
    project.write(
        "package.json",
        r#"{ "name": "shop", "version": "1.0.0", "private": true }"#,
    );
    install_npm("express@4.21.2", &project.path());

    deploy(&account, &project).success();
    let files = witness(&account, &["code", "shop"]);
    let files = files.as_object().expect("the archive's files by name");
    assert!(files.contains_key("node_modules/express/lib/express.js"));
    assert!(files.contains_key("node_modules/path-to-regexp/index.js"), "{files:?}");
    let packages = files.keys().filter(|name| name.ends_with("/package.json")).count();
    assert!(packages > 50, "{packages} packages");

    let invoked = run(&account, &project, &["invoke", "-e", r#"{"name": "Ada"}"#]).success();
    assert_eq!(
        invoked.json(),
        json!({ "status": 200, "body": { "hello": "Ada" } }),
        "{invoked}"
    );
    let again = deploy(&account, &project).success();
    assert!(again.stderr.contains("nothing to do"), "{again}");
}
