//! Functions that look after an account: CloudFormation, Config, Secrets Manager, Transfer Family.
//!
//! Source: CloudFormation user guide, "Custom resource reference" and "Create a CloudFormation
//! macro definition"; Transfer Family user guide, "Using AWS Lambda to integrate your identity provider"; Config developer guide, "Example events
//! for AWS Config rules"; Secrets Manager user guide, "How rotation works".

use serde_json::{Value, json};

use super::values::{Values, md5};
use super::{Kind, Parameter, Service};

const STACK: Parameter = Parameter::text("stack", &["example-stack"], "The stack");
const RESOURCE: Parameter = Parameter::text("resource", &["ExampleResource"], "The logical id of the resource");
const TYPE: Parameter = Parameter::text("resource-type", &["Custom::Example"], "The type of the resource");
const PROPERTIES: Parameter = Parameter::json("properties", &[r#"{"Size":"2"}"#], "The properties of the resource");
const OLD: Parameter = Parameter::json(
    "old-properties",
    &[r#"{"Size":"1"}"#],
    "The properties before the update",
);
const PHYSICAL: Parameter = Parameter::text(
    "physical-id",
    &["example-1"],
    "The physical id, as the function gave it",
);
const FUNCTION: Parameter = Parameter::text("function", &["example-function"], "The function");

/// Custom resources of CloudFormation.
pub const CLOUDFORMATION: Service = Service {
    name: "cloudformation",
    title: "CloudFormation custom resources and macros",
    kinds: &[
        Kind::new(
            "create",
            "a custom resource is created",
            &[STACK, RESOURCE, TYPE, PROPERTIES, FUNCTION],
            |values| custom_resource(values, "Create"),
        ),
        Kind::new(
            "update",
            "a custom resource is updated",
            &[STACK, RESOURCE, TYPE, PROPERTIES, OLD, PHYSICAL, FUNCTION],
            |values| {
                let mut event = custom_resource(values, "Update");
                event["PhysicalResourceId"] = values.text("physical-id").into();
                event["OldResourceProperties"] = with_token(values, values.json("old-properties"));
                event
            },
        ),
        Kind::new(
            "delete",
            "a custom resource is deleted",
            &[STACK, RESOURCE, TYPE, PROPERTIES, PHYSICAL, FUNCTION],
            |values| {
                let mut event = custom_resource(values, "Delete");
                event["PhysicalResourceId"] = values.text("physical-id").into();
                event
            },
        ),
        Kind::new(
            "macro",
            "a template is to be worked on by a macro",
            &[
                Parameter::text("name", &["Example"], "The macro"),
                Parameter::json(
                    "fragment",
                    &[r#"{"Resources":{"Topic":{"Type":"AWS::SNS::Topic"}}}"#],
                    "The template, or the part that the macro is for",
                ),
                Parameter::json("params", &["{}"], "The parameters of `Fn::Transform`"),
                Parameter::json("template-parameters", &["{}"], "The parameters of the template"),
            ],
            |values| {
                json!({
                    "region": values.region(),
                    "accountId": values.account(),
                    "fragment": values.json("fragment"),
                    "transformId": format!("{}::{}", values.account(), values.text("name")),
                    "params": values.json("params"),
                    "requestId": values.uuid("request"),
                    "templateParameterValues": values.json("template-parameters"),
                })
            },
        ),
    ],
};

fn function(values: &Values<'_>) -> String {
    values.arn("lambda", format_args!("function:{}", values.text("function")))
}

/// The properties as CloudFormation hands them over: with the token that named the function.
fn with_token(values: &Values<'_>, properties: Value) -> Value {
    let mut all = json!({ "ServiceToken": function(values) });
    if let (Value::Object(all), Value::Object(properties)) = (&mut all, properties) {
        all.extend(properties);
    }
    all
}

fn custom_resource(values: &Values<'_>, request: &str) -> Value {
    let stack = format!("stack/{}/{}", values.text("stack"), values.uuid("stack"));
    let bucket = format!(
        "cloudformation-custom-resource-response-{}",
        values.region().replace('-', "")
    );
    json!({
        "RequestType": request,
        "ServiceToken": function(values),
        "ResponseURL": format!(
            "https://{bucket}.s3.{}.{}/example?X-Amz-Signature=example", values.region(), values.domain()
        ),
        "StackId": values.arn("cloudformation", stack),
        "RequestId": values.uuid("request"),
        "LogicalResourceId": values.text("resource"),
        "ResourceType": values.text("resource-type"),
        "ResourceProperties": with_token(values, values.json("properties")),
    })
}

const RULE: Parameter = Parameter::text("rule", &["example-rule"], "The rule");
const RULE_PARAMETERS: Parameter =
    Parameter::json("parameters", &[r#"{"allowed":"t3.micro"}"#], "The rule's parameters");
const INSTANCE: Parameter = Parameter::text("resource-id", &["i-0123456789abcdef0"], "The id of the resource");
const RESOURCE_TYPE: Parameter = Parameter::text("resource-type", &["AWS::EC2::Instance"], "The type of the resource");

/// Rules of Config.
pub const CONFIG: Service = Service {
    name: "config",
    title: "AWS Config rules",
    kinds: &[
        Kind::new(
            "change",
            "a resource was changed",
            &[
                RULE,
                RULE_PARAMETERS,
                INSTANCE,
                RESOURCE_TYPE,
                Parameter::json(
                    "configuration",
                    &[r#"{"instanceType":"t3.large"}"#],
                    "The resource as it is now",
                ),
            ],
            |values| {
                let mut item = item(values);
                item["tags"] = json!({});
                item["relatedEvents"] = json!([]);
                item["relationships"] = json!([]);
                item["configuration"] = values.json("configuration");
                item["supplementaryConfiguration"] = json!({});
                let message = json!({
                    "configurationItemDiff": null,
                    "configurationItem": item,
                    "notificationCreationTime": values.iso(),
                    "messageType": "ConfigurationItemChangeNotification",
                    "recordVersion": "1.3",
                });
                rule(values, &message)
            },
        ),
        Kind::new(
            "oversized",
            "a resource was changed, and is too large to be told",
            &[RULE, RULE_PARAMETERS, INSTANCE, RESOURCE_TYPE],
            |values| {
                let mut summary = item(values);
                summary["changeType"] = "UPDATE".into();
                let message = json!({
                    "configurationItemSummary": summary,
                    "messageType": "OversizedConfigurationItemChangeNotification",
                    "notificationCreationTime": values.iso(),
                    "recordVersion": "1.0",
                });
                rule(values, &message)
            },
        ),
        Kind::new(
            "periodic",
            "it is time to look again",
            &[RULE, RULE_PARAMETERS],
            |values| {
                let message = json!({
                    "awsAccountId": values.account(),
                    "notificationCreationTime": values.iso(),
                    "messageType": "ScheduledNotification",
                    "recordVersion": "1.0",
                });
                rule(values, &message)
            },
        ),
    ],
};

fn item(values: &Values<'_>) -> Value {
    let (id, kind) = (values.text("resource-id"), values.text("resource-type"));
    let words: Vec<String> = kind.split("::").skip(1).map(str::to_lowercase).collect();
    let (service, resource) = (words.first().cloned(), words.get(1).cloned());
    let name = format!("{}/{id}", resource.unwrap_or_else(|| "resource".into()));
    json!({
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": values.iso(),
        "configurationStateId": values.millis(),
        "awsAccountId": values.account(),
        "configurationItemStatus": "OK",
        "resourceType": kind,
        "resourceId": id,
        "resourceName": null,
        "ARN": values.arn(&service.unwrap_or_else(|| "config".into()), name),
        "awsRegion": values.region(),
        "availabilityZone": format!("{}a", values.region()),
        "configurationStateMd5Hash": md5(id),
        "resourceCreationTime": values.iso(),
    })
}

/// The envelope of all rules; the message and the parameters are JSON in texts.
fn rule(values: &Values<'_>, message: &Value) -> Value {
    let id = format!("config-rule-{}", values.hex("rule", 0, 6));
    json!({
        "version": "1.0",
        "invokingEvent": message.to_string(),
        "ruleParameters": values.json("parameters").to_string(),
        "resultToken": values.token("result", 32),
        "eventLeftScope": false,
        "executionRoleArn": values.global_arn(
            "iam", "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
        ),
        "configRuleArn": values.arn("config", format_args!("config-rule/{id}")),
        "configRuleName": values.text("rule"),
        "configRuleId": id,
        "accountId": values.account(),
        "evaluationMode": "DETECTIVE",
    })
}

/// Rotation of secrets.
pub const SECRETS_MANAGER: Service = Service {
    name: "secretsmanager",
    title: "Secrets Manager rotation",
    kinds: &[Kind::new(
        "rotate",
        "a secret is to be rotated, step by step",
        &[
            Parameter::text("secret", &["example"], "The name of the secret"),
            Parameter::choice(
                "step",
                &["createSecret", "setSecret", "testSecret", "finishSecret"],
                &["createSecret"],
                "The step",
            ),
        ],
        |values| {
            let secret = format!("secret:{}-{}", values.text("secret"), values.hex("secret", 0, 6));
            json!({
                "SecretId": values.arn("secretsmanager", secret),
                "ClientRequestToken": values.uuid("request"),
                "Step": values.text("step"),
                "RotationToken": values.uuid("rotation"),
            })
        },
    )],
};

const USER: Parameter = Parameter::text("user", &["example-user"], "Who wants to be let in");
const PROTOCOL: Parameter = Parameter::choice("protocol", &["SFTP", "FTPS", "FTP"], &["SFTP"], "The protocol");
const SERVER: Parameter = Parameter::text("server", &["s-0123456789abcdef0"], "The server");
const SOURCE_IP: Parameter = Parameter::text("source-ip", &["203.0.113.12"], "The address of the client");

/// Servers of Transfer Family that ask a function about their users.
pub const TRANSFER: Service = Service {
    name: "transfer",
    title: "AWS Transfer Family",
    kinds: &[
        Kind::new(
            "password",
            "a user comes with a password",
            &[
                USER,
                Parameter::text("password", &["example-password"], "The password"),
                PROTOCOL,
                SERVER,
                SOURCE_IP,
            ],
            |values| {
                let mut event = login(values, values.text("protocol"));
                event["password"] = values.text("password").into();
                event
            },
        ),
        Kind::new(
            "public-key",
            "a user comes with a key, and the server asks which ones are known",
            &[USER, SERVER, SOURCE_IP],
            |values| login(values, "SFTP"),
        ),
    ],
};

fn login(values: &Values<'_>, protocol: &str) -> Value {
    json!({
        "username": values.text("user"),
        "protocol": protocol,
        "serverId": values.text("server"),
        "sourceIp": values.text("source-ip"),
    })
}
