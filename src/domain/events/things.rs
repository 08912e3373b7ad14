//! AWS IoT: rules, buttons, custom authorizers, provisioning.
//!
//! Source: IoT developer guide, "Lambda (action)", "Defining your Lambda function" (custom
//! authentication) and "Pre-provisioning hooks"; AWS IoT 1-Click developer guide.

use serde_json::json;

use super::values::base64;
use super::{Kind, Parameter, Service};

const CLICKS: &[&str] = &["SINGLE", "DOUBLE", "LONG"];

/// Devices and what they say.
pub const IOT: Service = Service {
    name: "iot",
    title: "AWS IoT",
    kinds: &[
        Kind::new(
            "rule",
            "a rule hands over what it selected from a message",
            &[Parameter::json(
                "message",
                &[r#"{"device":"sensor-1","temperature":21.5}"#],
                "What the rule selected",
            )],
            |values| values.json("message"),
        ),
        Kind::new(
            "button",
            "a button was pressed",
            &[
                Parameter::text("serial", &["G030JF0123456789"], "The serial number of the button"),
                Parameter::choice("click", CLICKS, &["SINGLE"], "How it was pressed"),
            ],
            |values| {
                json!({
                    "serialNumber": values.text("serial"),
                    "clickType": values.text("click"),
                    "batteryVoltage": "2000 mV",
                })
            },
        ),
        Kind::new(
            "one-click",
            "a device of a 1-Click placement was pressed",
            &[
                Parameter::text("serial", &["G030PM0123456789"], "The id of the device"),
                Parameter::choice("click", CLICKS, &["SINGLE"], "How it was pressed"),
                Parameter::text("project", &["example"], "The project"),
                Parameter::text("placement", &["kitchen"], "The placement"),
            ],
            |values| {
                json!({
                    "deviceEvent": {
                        "buttonClicked": { "clickType": values.text("click"), "reportedTime": values.iso() },
                    },
                    "deviceInfo": {
                        "attributes": {
                            "projectRegion": values.region(),
                            "projectName": values.text("project"),
                            "placementName": values.text("placement"),
                            "deviceTemplateName": "button",
                        },
                        "type": "button",
                        "deviceId": values.text("serial"),
                        "remainingLife": 99.9,
                    },
                    "placementInfo": {
                        "projectName": values.text("project"),
                        "placementName": values.text("placement"),
                        "attributes": {},
                        "devices": { "button": values.text("serial") },
                    },
                })
            },
        ),
        Kind::new(
            "authorizer",
            "a device wants to connect",
            &[
                Parameter::text("token", &["example-token"], "The token of the device"),
                Parameter::text("client-id", &["sensor-1"], "The MQTT client id"),
                Parameter::text("user", &["example"], "The MQTT user"),
                Parameter::text("password", &["example-password"], "The MQTT password, before base64"),
            ],
            |values| {
                json!({
                    "token": values.text("token"),
                    "signatureVerified": true,
                    "protocols": ["tls", "mqtt"],
                    "protocolData": {
                        "tls": {
                            "serverName": format!("example-ats.iot.{}.{}", values.region(), values.domain()),
                        },
                        "mqtt": {
                            "username": values.text("user"),
                            "password": base64(values.text("password")),
                            "clientId": values.text("client-id"),
                        },
                    },
                    "connectionMetadata": { "id": values.uuid("connection") },
                })
            },
        ),
        Kind::new(
            "provisioning",
            "a device wants to be provisioned",
            &[
                Parameter::text("template", &["example-template"], "The provisioning template"),
                Parameter::text("client-id", &["sensor-1"], "The MQTT client id"),
                Parameter::pairs("parameter", &["SerialNumber=sensor-1"], "A parameter of the template"),
            ],
            |values| {
                json!({
                    "claimCertificateId": values.hex("claim", 0, 64),
                    "certificateId": values.hex("certificate", 0, 64),
                    "certificatePem": "-----BEGIN CERTIFICATE-----\nexample\n-----END CERTIFICATE-----\n",
                    "templateArn": values.arn("iot", format_args!("provisioningtemplate/{}", values.text("template"))),
                    "clientId": values.text("client-id"),
                    "parameters": values.map("parameter"),
                })
            },
        ),
    ],
};
