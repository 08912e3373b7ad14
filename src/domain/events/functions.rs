//! Plain inputs and records about functions: destinations, Step Functions, Batch, SageMaker, Rekognition, Redshift.
//!
//! Source: Lambda developer guide, "Retaining records of asynchronous invocations"; Step Functions
//! developer guide, "Invoke an AWS Lambda function"; SageMaker developer guide, "Processing with AWS Lambda";
//! Redshift database developer guide, "Scalar Lambda UDFs".

use serde_json::{Value, json};

use super::values::{Values, iso};
use super::{Kind, Parameter, Service};

const FUNCTION: Parameter = Parameter::text("function", &["example-function"], "The function that was called");
const QUALIFIER: Parameter = Parameter::text("executed-version", &["$LATEST"], "The version that ran");
const REQUEST: Parameter = Parameter::json("request", &[r#"{"order":42}"#], "The event it was called with");

/// Records of asynchronous invocations.
pub const DESTINATION: Service = Service {
    name: "destination",
    title: "Lambda destinations",
    kinds: &[
        Kind::new(
            "success",
            "another function has succeeded",
            &[
                FUNCTION,
                QUALIFIER,
                REQUEST,
                Parameter::json("response", &[r#"{"stored":true}"#], "What it returned"),
            ],
            |values| record(values, "Success", 1, None, &values.json("response")),
        ),
        Kind::new(
            "failure",
            "another function has failed as often as it may",
            &[
                FUNCTION,
                QUALIFIER,
                REQUEST,
                Parameter::text("error-type", &["ValueError"], "The type of its error"),
                Parameter::text("error-message", &["no such order"], "The message of its error"),
            ],
            |values| {
                let response = json!({
                    "errorMessage": values.text("error-message"),
                    "errorType": values.text("error-type"),
                    "stackTrace": [],
                });
                record(values, "RetriesExhausted", 3, Some("Unhandled"), &response)
            },
        ),
    ],
};

fn record(values: &Values<'_>, condition: &str, count: u32, error: Option<&str>, response: &Value) -> Value {
    let function = format!(
        "function:{}:{}",
        values.text("function"),
        values.text("executed-version")
    );
    let mut context = json!({ "statusCode": 200, "executedVersion": values.text("executed-version") });
    if let Some(error) = error {
        context["functionError"] = error.into();
    }
    json!({
        "version": "1.0",
        "timestamp": values.iso(),
        "requestContext": {
            "requestId": values.uuid("request"),
            "functionArn": values.arn("lambda", function),
            "condition": condition,
            "approximateInvokeCount": count,
        },
        "requestPayload": values.json("request"),
        "responseContext": context,
        "responsePayload": response,
    })
}

/// Tasks of state machines: the event is the input of the state.
pub const STEP_FUNCTIONS: Service = Service {
    name: "stepfunctions",
    title: "Step Functions",
    kinds: &[
        Kind::new(
            "task",
            "a task, with the input of its state",
            &[Parameter::json("input", &[r#"{"order":42}"#], "The input of the state")],
            |values| values.json("input"),
        ),
        Kind::new(
            "wait-for-token",
            "a task that waits for its token to come back",
            &[Parameter::json("input", &[r#"{"order":42}"#], "The input of the state")],
            |values| json!({ "input": values.json("input"), "taskToken": values.token("task", 32) }),
        ),
        Kind::new(
            "error",
            "the output of a state that has failed",
            &[
                Parameter::text("error", &["Lambda.Unknown"], "The name of the error"),
                Parameter::text("cause", &["the task failed"], "What it says"),
            ],
            |values| json!({ "Error": values.text("error"), "Cause": values.text("cause") }),
        ),
        Kind::new(
            "context",
            "the input of a state together with its context object",
            &[
                Parameter::json("input", &[r#"{"order":42}"#], "The input of the state"),
                Parameter::text("machine", &["example-machine"], "The state machine"),
                Parameter::text("state", &["Store"], "The state"),
            ],
            |values| {
                let (machine, execution) = (values.text("machine"), values.uuid("execution"));
                json!({
                    "input": values.json("input"),
                    "context": {
                        "Execution": {
                            "Id": values.arn("states", format_args!("execution:{machine}:{execution}")),
                            "Input": values.json("input"),
                            "StartTime": values.iso(),
                            "Name": execution,
                            "RoleArn": values.global_arn("iam", format_args!("role/{machine}")),
                            "RedriveCount": 0,
                        },
                        "StateMachine": {
                            "Id": values.arn("states", format_args!("stateMachine:{machine}")),
                            "Name": machine,
                        },
                        "State": { "Name": values.text("state"), "EnteredTime": values.iso(), "RetryCount": 0 },
                    },
                })
            },
        ),
    ],
};

/// Jobs of Batch, as examples of functions for it have them.
pub const BATCH: Service = Service {
    name: "batch",
    title: "AWS Batch",
    kinds: &[
        Kind::new(
            "submit-job",
            "a job is to be submitted",
            &[
                Parameter::text("job", &["example"], "The job"),
                Parameter::text("queue", &["default"], "The queue"),
                Parameter::text("definition", &["example"], "The definition of the job"),
            ],
            |values| {
                json!({
                    "jobName": values.text("job"),
                    "jobQueue": values.text("queue"),
                    "jobDefinition": values.text("definition"),
                })
            },
        ),
        Kind::new(
            "get-job",
            "a job is asked about",
            &[],
            |values| json!({ "jobId": values.uuid("job") }),
        ),
    ],
};

/// Functions of Redshift's SQL.
pub const REDSHIFT: Service = Service {
    name: "redshift",
    title: "Amazon Redshift",
    kinds: &[Kind::new(
        "udf",
        "a query calls a function for rows",
        &[
            Parameter::json("arguments", &["[[1,2],[3,null]]"], "The arguments, a list for each row"),
            Parameter::text("external-function", &["public.example"], "The function in SQL"),
            Parameter::text("cluster", &["example-cluster"], "The cluster"),
            Parameter::text("database", &["dev"], "The database"),
            Parameter::text("user", &["awsuser"], "Who runs the query"),
            Parameter::number("query", &["5678234"], "The number of the query"),
        ],
        |values| {
            let rows = values.json("arguments");
            json!({
                "request_id": values.uuid("request").to_uppercase(),
                "cluster": values.arn("redshift", format_args!("cluster:{}", values.text("cluster"))),
                "user": values.text("user"),
                "database": values.text("database"),
                "external_function": values.text("external-function"),
                "query_id": values.number("query"),
                "num_records": rows.as_array().map_or(1, Vec::len),
                "arguments": rows,
            })
        },
    )],
};

/// Images that functions have Rekognition look at: an upload to S3.
pub const REKOGNITION: Service = Service {
    name: "rekognition",
    title: "Amazon Rekognition",
    kinds: &[super::storage::S3.kinds[0]],
};

const JOB: Parameter = Parameter::text("job", &["example-job"], "The labeling job");

/// Labeling jobs of SageMaker Ground Truth.
pub const SAGEMAKER: Service = Service {
    name: "sagemaker",
    title: "SageMaker Ground Truth",
    kinds: &[
        Kind::new(
            "pre-human",
            "an object goes to workers",
            &[
                JOB,
                Parameter::text("source", &["s3://example-bucket/image.jpg"], "The object"),
            ],
            |values| {
                json!({
                    "version": "2018-10-16",
                    "labelingJobArn": labeling_job(values),
                    "dataObject": { "source-ref": values.text("source") },
                })
            },
        ),
        Kind::new(
            "consolidate",
            "the answers of workers are to be made one",
            &[
                JOB,
                Parameter::text("label", &["category"], "The name of the label"),
                Parameter::text("output-path", &["s3://example-bucket/output"], "Where the job writes"),
                Parameter::text("role", &["example-role"], "The role of the job"),
            ],
            |values| {
                let file = format!(
                    "{}/{}/annotations/consolidated-annotation/consolidation-request/iteration-1/{}.json",
                    values.text("output-path"),
                    values.text("job"),
                    iso(values.time()),
                );
                json!({
                    "version": "2018-10-16",
                    "labelingJobArn": labeling_job(values),
                    "labelCategories": [],
                    "labelAttributeName": values.text("label"),
                    "roleArn": values.global_arn("iam", format_args!("role/{}", values.text("role"))),
                    "payload": { "s3Uri": file },
                })
            },
        ),
    ],
};

fn labeling_job(values: &Values<'_>) -> String {
    values.arn("sagemaker", format_args!("labeling-job/{}", values.text("job")))
}
