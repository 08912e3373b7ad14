//! Layers: what is kept, what is refused, and that functions find what is in them.

use lfn::domain::arn::Arn;
use lfn::domain::function::{Environment, FunctionSettings, UNZIPPED_LIMIT};
use lfn::domain::names::{LayerName, RuntimeId, Version};
use lfn::ports::{CodeSource, CodeUpdate, ErrorKind, InvocationType, LayerVersion, NewLayerVersion, PortResult};
use serde_json::json;

use super::bench::{Bench, CODE, json, name, python, refused, settings};

type Files<'a> = &'a [(&'a str, &'a str)];

fn layer_name(text: &str) -> LayerName {
    LayerName::new(text).unwrap()
}

fn new(layer: &str, content: CodeSource) -> NewLayerVersion {
    NewLayerVersion {
        name: layer_name(layer),
        description: String::new(),
        license: String::new(),
        content,
        runtimes: [].into(),
        architectures: [].into(),
    }
}

async fn publish(bench: &Bench, layer: &str, files: Files<'_>) -> Arn {
    let new = new(layer, CodeSource::Direct(bench.zip(files)));
    bench.cloud.layers.publish_layer(&new).await.unwrap().arn
}

/// Runs a function with these layers once.
async fn run(layers: &[Files<'_>], settings: FunctionSettings, files: Files<'_>) -> serde_json::Value {
    let bench = Bench::new();
    let mut arns = Vec::new();
    for (index, layer) in layers.iter().enumerate() {
        arns.push(publish(&bench, &format!("layer-{index}"), layer).await);
    }
    bench
        .create(
            FunctionSettings {
                layers: arns,
                ..settings
            },
            files,
        )
        .await;
    json(&bench.invoke("$LATEST", "{}").await)
}

const COMMON: &str = "exports.where = 'common';";
const ESM: &str = "export const where = 'module';";
const ESM_PACKAGE: &str = r#"{"name": "esm", "type": "module", "exports": "./main.js"}"#;
const NODE_LAYER: Files<'static> = &[
    ("nodejs/node_modules/common/index.js", COMMON),
    ("nodejs/node_modules/esm/package.json", ESM_PACKAGE),
    ("nodejs/node_modules/esm/main.js", ESM),
    (
        "nodejs/node24/node_modules/versioned/index.js",
        "module.exports = 'for 24';",
    ),
];

#[tokio::test]
async fn node_functions_require_and_import_from_layers() {
    let required = "exports.handler = async () => [require('common').where, require('versioned')];";
    let answer = run(
        &[NODE_LAYER],
        settings("nodejs24.x", "index.handler"),
        &[("index.js", required)],
    )
    .await;
    assert_eq!(answer, json!(["common", "for 24"]));
    // Other than Node.js itself, Lambda's looks into NODE_PATH for `import` as well.
    let imported = "import { where } from 'esm'; import common from 'common';\n\
                    export const handler = async () => [where, common.where, (await import('versioned')).default];";
    let answer = run(
        &[NODE_LAYER],
        settings("nodejs24.x", "index.handler"),
        &[("index.mjs", imported)],
    )
    .await;
    assert_eq!(answer, json!(["module", "common", "for 24"]));
    let missing = "import 'nowhere'; export const handler = async () => 1;";
    let answer = run(
        &[NODE_LAYER],
        settings("nodejs24.x", "index.handler"),
        &[("index.mjs", missing)],
    )
    .await;
    let message = answer["errorMessage"].as_str().unwrap();
    assert!(message.contains("Cannot find package 'nowhere'"), "{message}");
    assert!(
        message.contains("/files/index.mjs"),
        "it names the function's own file: {message}"
    );
}

#[tokio::test]
async fn the_function_comes_before_layers_and_later_layers_before_earlier() {
    let first: Files<'_> = &[
        ("python/one.py", "where = 'first'"),
        ("python/two.py", "where = 'first'"),
        ("python/app.py", "def handler(event, context): return 'the layer'"),
    ];
    let second: Files<'_> = &[("python/two.py", "where = 'second'")];
    let app = "import one, two, sys\ndef handler(event, context): return [one.where, two.where]\n";
    let answer = run(&[first, second], python(), &[("app.py", app)]).await;
    assert_eq!(answer, json!(["first", "second"]));
    let site: Files<'_> = &[
        ("python/lib/python3.12/site-packages/three.py", "where = 'site'"),
        ("python/three.py", "where = 'plain'"),
    ];
    let app = "import three\ndef handler(event, context): return three.where\n";
    let answer = run(&[site], python(), &[("app.py", app)]).await;
    assert_eq!(answer, "site");
}

#[cfg(unix)]
#[tokio::test]
async fn programs_and_files_of_layers_are_found() {
    let layer: Files<'_> = &[("bin/answer", "#!/bin/sh\necho 42\n"), ("lib/x.txt", "")];
    let app = "import os, shutil\ndef handler(event, context):\n    \
               last = os.environ['PATH'].split(':')[-1]\n    \
               return [os.path.isfile(last + '/answer'), os.path.isfile(os.environ['LD_LIBRARY_PATH'] + '/x.txt')]\n";
    assert_eq!(run(&[layer], python(), &[("app.py", app)]).await, json!([true, true]));
    let own = FunctionSettings {
        environment: Environment([("PYTHONPATH".to_owned(), "/mine".to_owned())].into()),
        ..python()
    };
    let app = "import os\ndef handler(event, context): return os.environ['PYTHONPATH']\n";
    assert_eq!(run(&[layer], own, &[("app.py", app)]).await, "/mine");
    let bootstrap: Files<'_> = &[("bootstrap", "#!/bin/sh\nexit 7\n")];
    let answer = run(&[bootstrap], settings("provided.al2023", "x"), &[("main", "")]).await;
    assert!(
        answer["errorMessage"].as_str().unwrap().contains("exit status 7"),
        "{answer}"
    );
}

#[tokio::test]
async fn versions_are_numbered_and_outlive_functions() {
    let bench = Bench::new();
    let layers = &bench.cloud.layers;
    let (deps, other) = (layer_name("deps"), layer_name("other"));
    assert_eq!(layers.layer_versions(&deps).await.unwrap(), []);
    let one = publish(&bench, "deps", &[("python/a.py", "")]).await;
    let described = NewLayerVersion {
        description: "the second".into(),
        license: "MIT".into(),
        runtimes: [RuntimeId::new("python3.12").unwrap()].into(),
        architectures: [lfn::domain::function::Architecture::Arm64].into(),
        ..new("deps", CodeSource::Direct(bench.zip(&[("python/a.py", "")])))
    };
    let two = layers.publish_layer(&described).await.unwrap();
    assert_eq!(one.to_string(), "arn:aws:lambda:eu-west-1:000000000000:layer:deps:1");
    assert_eq!(
        two.arn.to_string(),
        "arn:aws:lambda:eu-west-1:000000000000:layer:deps:2"
    );
    let listed: Vec<LayerVersion> = bench.again().layers.layer_versions(&deps).await.unwrap();
    assert_eq!((listed.len(), &listed[0]), (2, &two), "newest first");
    assert_eq!(
        (two.description.as_str(), two.license.as_str(), two.runtimes),
        ("the second", "MIT", described.runtimes)
    );
    // Deleting a function sweeps archives that nobody needs; layers need theirs.
    bench.create(python(), &CODE).await;
    bench.cloud.functions.delete_function(&name("thumbs")).await.unwrap();
    let content = layers.layer_content(&deps, Version(1)).await.unwrap().unwrap();
    assert!(content.size > 0);
    assert_eq!(layers.layer_content(&deps, Version(3)).await, Ok(None));
    assert_eq!(layers.layer_content(&other, Version(1)).await, Ok(None));
    let app = "import a\ndef handler(event, context): return 1\n";
    let layered = FunctionSettings {
        layers: vec![one],
        ..python()
    };
    bench.create(layered, &[("app.py", app)]).await;
    assert_eq!(json(&bench.invoke("$LATEST", "{}").await), 1);
}

#[tokio::test]
async fn what_lambda_refuses_is_refused() {
    let bench = Bench::new();
    let invalid = "InvalidParameterValueException";
    for (change, code, sentence) in [
        (
            (|new| new.description = "x".repeat(257)) as fn(&mut NewLayerVersion),
            "ValidationException",
            "at 'description'",
        ),
        (
            |new| new.license = "x".repeat(513),
            "ValidationException",
            "at 'licenseInfo'",
        ),
        (
            |new| new.runtimes = [RuntimeId::new("cobol").unwrap()].into(),
            invalid,
            "Value cobol at 'runtime'",
        ),
    ] {
        let mut wrong = new("deps", CodeSource::Direct(bench.zip(&[("a", "")])));
        change(&mut wrong);
        let answer: PortResult<LayerVersion> = bench.cloud.layers.publish_layer(&wrong).await;
        let error = refused(answer, ErrorKind::Invalid, code, sentence);
        assert_eq!(
            (error.action, error.resource.as_str()),
            ("lambda:PublishLayerVersion", "deps")
        );
    }
    let text = bench.blob(5);
    let answer = bench
        .cloud
        .layers
        .publish_layer(&new("deps", CodeSource::Direct(text)))
        .await;
    refused(answer, ErrorKind::Invalid, invalid, "Could not unzip uploaded file.");

    let here = "arn:aws:lambda:eu-west-1:000000000000:layer:deps";
    publish(&bench, "deps", &[("a", "")]).await;
    publish(&bench, "deps", &[("b", "")]).await;
    let function = bench.create(python(), &CODE).await;
    for (layers, sentence) in [
        (
            vec![format!("{here}:3")],
            format!("Layer version {here}:3 does not exist."),
        ),
        (
            vec![format!("{here}:1"), format!("{here}:2")],
            format!(
                "Two different versions of the same layer are not allowed to be referenced in the same function. {here}:1 and {here}:2."
            ),
        ),
        (
            vec![format!("{here}:1").replace("eu-west-1", "us-east-1")],
            "Layers are not in the same region as the function. Layers are expected to be in region eu-west-1.".into(),
        ),
    ] {
        let wrong = FunctionSettings {
            layers: layers.iter().map(|arn| arn.parse().unwrap()).collect(),
            ..python()
        };
        let functions = &bench.cloud.functions;
        let answer = functions
            .update_settings(&function.name, &wrong, &function.revision)
            .await;
        refused(answer, ErrorKind::Invalid, invalid, &sentence);
        let mut twin = bench.new_function(wrong, &CODE);
        twin.name = name("twin");
        refused(
            functions.create_function(&twin).await,
            ErrorKind::Invalid,
            invalid,
            &sentence,
        );
    }
}

/// An archive with a file of this size, which is nothing but zeros.
fn large(bench: &Bench, size: u64) -> std::path::PathBuf {
    let mut archive = zip::ZipWriter::new(tempfile::NamedTempFile::new_in(&bench.folder).unwrap());
    archive
        .start_file("zeros", zip::write::SimpleFileOptions::DEFAULT)
        .unwrap();
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), size), &mut archive).unwrap();
    archive.finish().unwrap().keep().unwrap().1
}

#[tokio::test]
async fn code_and_layers_share_the_room() {
    let bench = Bench::new();
    let archive = large(&bench, UNZIPPED_LIMIT - 10);
    let zeros = new("zeros", CodeSource::Direct(archive));
    let layer = bench.cloud.layers.publish_layer(&zeros).await.unwrap();
    let layered = FunctionSettings {
        layers: vec![layer.arn],
        ..python()
    };
    let invalid = "InvalidParameterValueException";
    let functions = &bench.cloud.functions;
    let twin = functions
        .create_function(&bench.new_function(layered.clone(), &CODE))
        .await;
    refused(
        twin,
        ErrorKind::Invalid,
        invalid,
        "Unzipped size must be smaller than 10 bytes",
    );
    let made = bench.create(python(), &CODE).await;
    let answer = functions.update_settings(&made.name, &layered, &made.revision).await;
    let sentence = format!(
        "Function code combined with layers exceeds the maximum allowed size of {UNZIPPED_LIMIT} bytes. \
         The actual size is {} bytes.",
        UNZIPPED_LIMIT - 10 + CODE[0].1.len() as u64
    );
    refused(answer, ErrorKind::Invalid, invalid, &sentence);
    bench.update(&[("app.py", "1")]).await;
    let small = bench.latest().await;
    functions
        .update_settings(&small.name, &layered, &small.revision)
        .await
        .unwrap();
    let update = CodeUpdate {
        code: CodeSource::Direct(bench.zip(&CODE)),
        architecture: small.architecture,
        revision: bench.latest().await.revision,
    };
    let answer = functions.update_code(&small.name, &update).await;
    refused(
        answer,
        ErrorKind::Invalid,
        invalid,
        "Unzipped size must be smaller than 10 bytes",
    );
}

#[tokio::test]
async fn a_layer_of_another_account_is_noted_and_cannot_be_run() {
    let bench = Bench::new();
    let foreign = "arn:aws:lambda:eu-west-1:123456789012:layer:sharp:4";
    let layered = FunctionSettings {
        layers: vec![foreign.parse().unwrap()],
        ..python()
    };
    bench.create(layered, &CODE).await;
    let error = bench
        .call(InvocationType::RequestResponse, "$LATEST", "{}")
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(error.message.contains(foreign), "{error}");
    assert!(error.message.contains("lfn layer publish --local"), "{error}");
}
