//! Dependencies in a layer: a real package, published once, and a function that uses it.

use serde_json::json;

use crate::shop::{install_npm, noise, run};
use crate::support::command::Project;
use crate::support::lfn;
use crate::support::proxy::FaultProxy;
use crate::support::proxy::rule::{Fault, on};
use crate::support::servers::{MiniStack, Server as _};
use crate::support::{project, witness};

const SETTINGS: &str = "name: shop\nruntime: nodejs22.x\nhandler: index.handler\ntimeout: 10s\n";
/// `ms` is found by `require` and by `import` alike.
const HANDLER: &str = "\
import ms from 'ms';
import { createRequire } from 'node:module';
const required = createRequire(import.meta.url)('ms');
export const handler = async (event) => [ms(event.t), required(event.t)];
";

fn shop() -> Project {
    let project = project();
    project.write("lambda.yaml", SETTINGS);
    project.write("index.mjs", HANDLER);
    project.write(
        "package.json",
        r#"{ "name": "shop", "version": "1.0.0", "private": true }"#,
    );
    install_npm("ms@2.1.3", &project.path());
    project
}

#[test]
fn a_function_imports_a_real_package_from_its_layer_on_this_machine() {
    let project = shop();
    let published = lfn(&project)
        .args(["layer", "publish", "--local", "--yes"])
        .run()
        .success();
    let arn = published.stdout.trim();
    assert_eq!(arn, "arn:aws:lambda:us-east-1:000000000000:layer:shop-deps:1");
    let layered =
        format!("{SETTINGS}layers: [\"{arn}\"]\npackage: {{ dependencies: none, exclude: [node_modules/] }}\n");
    project.write("lambda.yaml", layered);
    let packaged = lfn(&project)
        .args(["package", "--format", "json"])
        .run()
        .success()
        .json();
    let names: Vec<&str> = packaged["files"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|file| file["name"].as_str())
        .filter(|name| name.contains("node_modules"))
        .collect();
    assert_eq!(names, [""; 0], "the package is in the layer alone");
    lfn(&project).args(["deploy", "--local", "--yes"]).run().success();
    let invoked = lfn(&project)
        .args(["invoke", "--local", "-e", r#"{"t": 60000}"#])
        .run()
        .success();
    assert_eq!(invoked.json(), json!(["1m", "1m"]), "{invoked}");
}

#[test]
fn an_unchanged_layer_is_read_and_not_written() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    let project = shop();
    let said = "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: lambda:PublishLayerVersion on \
                resource: arn:aws:lambda:us-east-1:123456789012:layer:shop-deps because no identity-based policy allows \
                the lambda:PublishLayerVersion action";
    proxy.inject(
        on("lambda:PublishLayerVersion"),
        Fault::refuse(403, "AccessDeniedException", said),
    );
    let denied = run(&through, &project, &["layer", "publish", "--yes"]).exits_with(1);
    let hint = "hint: allow `lambda:PublishLayerVersion` on `arn:aws:lambda:us-east-1:123456789012:layer:shop-deps`";
    assert!(denied.stderr.contains(hint), "{denied}");

    // The version is made, and nobody hears of it; the SDK asks again, or the next run finds it.
    proxy.inject(on("lambda:PublishLayerVersion"), Fault::DropAfter);
    run(&through, &project, &["layer", "publish", "--yes"]);
    let found = run(&through, &project, &["layer", "publish", "--yes"]).success();
    let before = proxy.names().len();
    let again = run(&through, &project, &["layer", "publish"]).success();
    assert_eq!(again.stdout, found.stdout, "{again}");
    let calls: Vec<String> = proxy.names()[before..].to_vec();
    assert_eq!(
        calls,
        [
            "sts:GetCallerIdentity",
            "lambda:ListLayerVersions",
            "lambda:GetLayerVersion"
        ]
    );
}

#[test]
fn a_large_layer_goes_through_the_bucket() {
    let account = MiniStack::shared().account();
    let project = project();
    project.write("lambda.yaml", SETTINGS);
    project.write("opt/lib/model.bin", noise(53_000_000));
    let published = run(
        &account,
        &project,
        &["layer", "publish", "--yes", "--from", "opt", "--name", "model"],
    )
    .success();
    let bucket = format!("lfn-artifacts-{}-us-east-1", account.id);
    assert!(
        published.stderr.contains(&format!("bucket             {bucket}")),
        "{published}"
    );
    let objects = witness(&account, &["objects", &bucket]);
    let keys: Vec<_> = objects.as_object().expect("sizes by key").keys().collect();
    assert!(keys.len() == 1 && keys[0].starts_with("lfn/shop/"), "{keys:?}");
    let again = run(
        &account,
        &project,
        &["layer", "publish", "--from", "opt", "--name", "model"],
    )
    .success();
    assert_eq!(again.stdout, published.stdout);
}
