//! Layers, and functions that use them.

use lfn::domain::function::{Architecture, FunctionSettings};
use lfn::domain::names::{BucketName, LayerName, Qualifier, RuntimeId, Version};
use lfn::ports::{CodeSource, ErrorKind, NewLayerVersion};

use crate::functions::call;
use crate::quirks::Quirk;
use crate::subject::{Subject, plain_settings};

const PACKAGE: &str = "NUMBER = 41\n";

fn layer(name: &str, content: CodeSource) -> NewLayerVersion {
    NewLayerVersion {
        name: LayerName::new(name).expect("valid"),
        description: "dependencies of thumbs".into(),
        license: "MIT".into(),
        content,
        runtimes: [RuntimeId::new("python3.13").expect("valid")].into(),
        architectures: [Architecture::X86_64].into(),
    }
}

pub async fn layers_are_numbered_and_keep_their_digest(subject: &Subject) {
    let layers = &subject.cloud.layers;
    let deps = LayerName::new("deps").expect("valid");
    assert_eq!(layers.layer_versions(&deps).await, Ok(Vec::new()));
    assert_eq!(layers.layer_content(&deps, Version(1)).await, Ok(None));

    let first = subject.archive_of("python/deps.py", PACKAGE);
    let new = layer("deps", CodeSource::Direct(first.path));
    let one = layers.publish_layer(&new).await.expect("a new layer");
    let place = subject.cloud.identity.caller().await.expect("someone").place;
    assert_eq!(one.arn, place.arn("lambda", "layer:deps:1"));
    assert_eq!(one.version, Version(1));
    assert_eq!((&one.description, &one.license), (&new.description, &new.license));
    assert_eq!(one.runtimes, new.runtimes);
    assert_eq!(one.architectures, new.architectures);

    // The same bytes make a new version all the same; through S3 as well.
    let bucket = BucketName::new(format!("{}-layers", subject.quirks.known_as())).expect("valid");
    let artifacts = &subject.cloud.artifacts;
    artifacts.create_bucket(&bucket).await.expect("a new bucket");
    let second = subject.archive_of("python/deps.py", "NUMBER = 42\n");
    let (key, file) = ("layer.zip", &second.path);
    artifacts
        .put(&bucket, key, file, &|_| {})
        .await
        .expect("the bucket is ours");
    let through_s3 = CodeSource::Bucket {
        bucket,
        key: key.into(),
    };
    for number in [2, 3] {
        let published = layers.publish_layer(&layer("deps", through_s3.clone())).await;
        assert_eq!(published.expect("a new version").version, Version(number));
    }
    let listed = layers.layer_versions(&deps).await.expect("readable");
    let numbers: Vec<u64> = listed.iter().map(|version| version.version.0).collect();
    assert_eq!(numbers, [3, 2, 1], "newest first");
    assert_eq!(listed[2].arn, one.arn);
    assert_eq!(
        (&listed[2].description, &listed[2].runtimes),
        (&one.description, &one.runtimes)
    );
    for (version, digest) in [(1, &first.digest), (2, &second.digest), (3, &second.digest)] {
        let content = layers.layer_content(&deps, Version(version)).await.expect("readable");
        assert_eq!(&content.expect("it was published").digest, digest);
    }
}

pub async fn a_function_finds_what_is_in_its_layers(subject: &Subject) {
    let functions = &subject.cloud.functions;
    let archive = subject.archive_of("python/deps.py", PACKAGE);
    let new = layer("deps", CodeSource::Direct(archive.path));
    let arn = subject.cloud.layers.publish_layer(&new).await.expect("a new layer").arn;
    let code = "import deps\ndef handler(event, context):\n    return {'n': deps.NUMBER + 1}\n";
    let code = subject.archive(code);
    let mut new = subject.new_function("thumbs", CodeSource::Direct(code.path)).await;
    new.settings.layers = vec![arn.clone()];
    functions.create_function(&new).await.expect("the layer is there");
    let made = subject.settled(&new.name).await;
    assert_eq!(made.settings.layers, std::slice::from_ref(&arn));
    let answer = functions
        .invoke(&call(&new.name, Qualifier::Latest))
        .await
        .expect("it runs");
    let payload: serde_json::Value = serde_json::from_slice(&answer.payload).expect("JSON");
    subject.quirks.check(
        Quirk::LayersNotMounted,
        payload == serde_json::json!({ "n": 42 }),
        "a function finds what is in its layers",
    );

    let mut next = arn;
    next.resource = "layer:deps:2".into();
    let wanted = FunctionSettings {
        layers: vec![next.clone()],
        ..plain_settings("thumbs", made.settings.role.clone())
    };
    let missing = functions.update_settings(&new.name, &wanted, &made.revision).await;
    assert_eq!(missing.map(drop).map_err(|error| error.kind), Err(ErrorKind::Invalid));
}
