//! Code on its way: CodeCommit, CodeDeploy, CodePipeline.
//!
//! Source: Lambda developer guide, "Using AWS Lambda with CodeCommit"; CodeDeploy user guide, "AppSpec
//! 'hooks' section"; CodePipeline user guide, "Invoke an AWS Lambda function in a pipeline".

use serde_json::{Value, json};

use super::values::{Values, records};
use super::{Kind, Parameter, Service};

/// Triggers of repositories.
pub const CODECOMMIT: Service = Service {
    name: "codecommit",
    title: "CodeCommit",
    kinds: &[Kind::new(
        "push",
        "commits were pushed to a repository",
        &[
            Parameter::text("repository", &["example"], "The repository"),
            Parameter::text("reference", &["refs/heads/main"], "The branch or tag, in full"),
            Parameter::text("commit", &[""], "The commit; empty means one made up"),
            Parameter::text("trigger", &["example-trigger"], "The name of the trigger"),
            Parameter::text("custom-data", &[""], "What the trigger was given to hand over"),
            Parameter::text("user", &["ada"], "Who pushed"),
        ],
        |values| records(1, |_| push(values)),
    )],
};

fn push(values: &Values<'_>) -> Value {
    let commit = match values.text("commit") {
        "" => values.hex("commit", 0, 40),
        given => given.to_owned(),
    };
    let mut record = json!({
        "awsRegion": values.region(),
        "codecommit": { "references": [{ "commit": commit, "ref": values.text("reference") }] },
        "eventId": values.uuid("event"),
        "eventName": "ReferenceChanges",
        "eventPartNumber": 1,
        "eventSource": "aws:codecommit",
        "eventSourceARN": values.arn("codecommit", values.text("repository")),
        "eventTime": values.iso_offset(),
        "eventTotalParts": 1,
        "eventTriggerConfigId": values.uuid("trigger"),
        "eventTriggerName": values.text("trigger"),
        "eventVersion": "1.0",
        "userIdentityARN": values.global_arn("iam", format_args!("user/{}", values.text("user"))),
    });
    if !values.text("custom-data").is_empty() {
        record["customData"] = values.text("custom-data").into();
    }
    record
}

/// Hooks of deployments.
pub const CODEDEPLOY: Service = Service {
    name: "codedeploy",
    title: "CodeDeploy",
    kinds: &[Kind::new(
        "hook",
        "a deployment asks whether it may go on",
        &[Parameter::text("deployment", &["d-EXAMPLE01"], "The deployment")],
        |values| {
            json!({
                "DeploymentId": values.text("deployment"),
                "LifecycleEventHookExecutionId": values.token("hook", 32),
            })
        },
    )],
};

/// Jobs of pipelines.
pub const CODEPIPELINE: Service = Service {
    name: "codepipeline",
    title: "CodePipeline",
    kinds: &[Kind::new(
        "job",
        "a pipeline wants a job done",
        &[
            Parameter::text("function", &["example-function"], "The function of the action"),
            Parameter::text(
                "user-parameters",
                &[r#"{"stage":"prod"}"#],
                "What the action was given to hand over",
            ),
            Parameter::text("bucket", &["example-artifacts"], "The bucket of the artifacts"),
            Parameter::text("input-key", &["example/source.zip"], "The key of the input artifact"),
            Parameter::text("output-key", &["example/output.zip"], "The key of the output artifact"),
        ],
        job,
    )],
};

fn job(values: &Values<'_>) -> Value {
    let artifact = |name: &str, revision: Value, key: &str| {
        json!({
            "name": name,
            "revision": revision,
            "location": {
                "type": "S3",
                "s3Location": { "bucketName": values.text("bucket"), "objectKey": key },
            },
        })
    };
    json!({
        "CodePipeline.job": {
            "id": values.uuid("job"),
            "accountId": values.account(),
            "data": {
                "actionConfiguration": {
                    "configuration": {
                        "FunctionName": values.text("function"),
                        "UserParameters": values.text("user-parameters"),
                    },
                },
                "inputArtifacts": [
                    artifact("SourceArtifact", values.hex("revision", 0, 40).into(), values.text("input-key")),
                ],
                "outputArtifacts": [artifact("OutputArtifact", Value::Null, values.text("output-key"))],
                // Nobody's credentials: they only look like some.
                "artifactCredentials": {
                    "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
                    "secretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                    "sessionToken": "example-session-token",
                    "expirationTime": values.millis() + 3_600_000,
                },
            },
        },
    })
}
