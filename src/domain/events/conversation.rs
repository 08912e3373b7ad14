//! Speech and chat: Lex, Connect, Alexa, agents of Bedrock.
//!
//! Source: Lex V2 developer guide, "AWS Lambda input event format for Lex V2"; Connect administrator
//! guide, "Grant Amazon Connect access to your AWS Lambda functions"; Alexa Skills Kit, "Request and
//! response JSON reference" and "Smart home skill API message reference"; Bedrock user guide, "Configure
//! Lambda functions to send information an Amazon Bedrock agent elicits from the user".

use serde_json::{Map, Value, json};

use super::values::Values;
use super::{Kind, Parameter, Service};

const INTENT: Parameter = Parameter::text("intent", &["OrderFlowers"], "The intent");
const SLOT: Parameter = Parameter::pairs("slot", &["FlowerType=roses"], "A slot and what was said for it");
const UTTERANCE: Parameter = Parameter::text("text", &["I want roses"], "What was said");
const BOT: Parameter = Parameter::text("bot", &["ExampleBot"], "The bot");
const LOCALE: Parameter = Parameter::text("locale", &["en_US"], "The locale");
const SESSION_ATTRIBUTE: Parameter = Parameter::pairs("session-attribute", &[], "An attribute of the session");
const LEX_PARAMETERS: &[Parameter] = &[INTENT, SLOT, UTTERANCE, BOT, LOCALE, SESSION_ATTRIBUTE];

/// Bots of Lex V2 and V1.
pub const LEX: Service = Service {
    name: "lex",
    title: "Amazon Lex",
    kinds: &[
        Kind::new(
            "fulfillment",
            "an intent is to be fulfilled, Lex V2",
            LEX_PARAMETERS,
            |values| lex(values, "FulfillmentCodeHook", "ReadyForFulfillment", None),
        ),
        Kind::new("dialog", "a turn of a conversation, Lex V2", LEX_PARAMETERS, |values| {
            let next = json!({ "type": "Delegate" });
            lex(values, "DialogCodeHook", "InProgress", Some(next))
        }),
        Kind::new(
            "v1",
            "a turn of a conversation, Lex V1",
            &[INTENT, SLOT, UTTERANCE, BOT, SESSION_ATTRIBUTE],
            |values| {
                json!({
                    "messageVersion": "1.0",
                    "invocationSource": "DialogCodeHook",
                    "userId": values.hex("user", 0, 12),
                    "sessionAttributes": values.map("session-attribute"),
                    "requestAttributes": null,
                    "bot": { "name": values.text("bot"), "alias": "$LATEST", "version": "$LATEST" },
                    "outputDialogMode": "Text",
                    "currentIntent": {
                        "name": values.text("intent"),
                        "slots": values.map("slot"),
                        "slotDetails": {},
                        "confirmationStatus": "None",
                    },
                    "inputTranscript": values.text("text"),
                })
            },
        ),
    ],
};

fn lex(values: &Values<'_>, hook: &str, state: &str, next: Option<Value>) -> Value {
    let slots: Map<String, Value> = values
        .pairs("slot")
        .into_iter()
        .map(|(name, value)| {
            let said = json!({
                "originalValue": value,
                "interpretedValue": value,
                "resolvedValues": [value],
            });
            (name.to_owned(), json!({ "shape": "Scalar", "value": said }))
        })
        .collect();
    let intent = json!({
        "name": values.text("intent"),
        "slots": slots,
        "state": state,
        "confirmationState": "None",
    });
    let fallback = json!({
        "name": "FallbackIntent",
        "slots": {},
        "state": state,
        "confirmationState": "None",
    });
    let mut event = json!({
        "messageVersion": "1.0",
        "invocationSource": hook,
        "inputMode": "Text",
        "responseContentType": "text/plain; charset=utf-8",
        "sessionId": values.hex("session", 0, 15),
        "inputTranscript": values.text("text"),
        "invocationLabel": null,
        "bot": {
            "id": values.upper_hex("bot", 10),
            "name": values.text("bot"),
            "localeId": values.text("locale"),
            "version": "DRAFT",
            "aliasId": "TSTALIASID",
            "aliasName": "TestBotAlias",
        },
        "interpretations": [
            { "interpretationSource": "Lex", "intent": intent, "nluConfidence": 1.0 },
            { "interpretationSource": "Lex", "intent": fallback },
        ],
    });
    if let Some(action) = next {
        event["proposedNextState"] = json!({
            "intent": intent,
            "dialogAction": action,
            "prompt": { "attempt": "Initial" },
        });
    }
    event["requestAttributes"] = json!({});
    event["sessionState"] = json!({
        "sessionAttributes": values.map("session-attribute"),
        "activeContexts": [],
        "intent": intent,
        "originatingRequestId": values.uuid("request"),
    });
    event["transcriptions"] = json!([{
        "transcription": values.text("text"),
        "transcriptionConfidence": 1.0,
        "resolvedContext": { "intent": values.text("intent") },
        "resolvedSlots": slots,
    }]);
    event
}

/// Flows of Connect.
pub const CONNECT: Service = Service {
    name: "connect",
    title: "Amazon Connect",
    kinds: &[Kind::new(
        "contact-flow",
        "a flow calls the function",
        &[
            Parameter::choice(
                "channel",
                &["VOICE", "CHAT", "TASK", "EMAIL"],
                &["VOICE"],
                "How the contact came",
            ),
            Parameter::choice(
                "method",
                &["INBOUND", "OUTBOUND", "TRANSFER", "CALLBACK", "API"],
                &["INBOUND"],
                "How the contact began",
            ),
            Parameter::text("phone", &["+12065550100"], "The customer's number"),
            Parameter::text("number", &["+12065550199"], "The number that was called"),
            Parameter::pairs("attribute", &[], "An attribute of the contact"),
            Parameter::pairs("parameter", &["order=42"], "A parameter of the block that calls"),
        ],
        connect,
    )],
};

fn connect(values: &Values<'_>) -> Value {
    let contact = values.uuid("contact");
    let instance = format!("instance/{}", values.uuid("instance"));
    let endpoint = |address: &str| json!({ "Address": address, "Type": "TELEPHONE_NUMBER" });
    json!({
        "Name": "ContactFlowEvent",
        "Details": {
            "ContactData": {
                "Attributes": values.map("attribute"),
                "Channel": values.text("channel"),
                "ContactId": contact,
                "CustomerEndpoint": endpoint(values.text("phone")),
                "CustomerId": null,
                "Description": null,
                "InitialContactId": contact,
                "InitiationMethod": values.text("method"),
                "InstanceARN": values.arn("connect", &instance),
                "LanguageCode": "en-US",
                "MediaStreams": { "Customer": { "Audio": null } },
                "Name": null,
                "PreviousContactId": contact,
                "Queue": {
                    "ARN": values.arn("connect", format_args!("{instance}/queue/{}", values.uuid("queue"))),
                    "Name": "BasicQueue",
                },
                "References": {},
                "RelatedContactId": null,
                "SegmentAttributes": {},
                "SystemEndpoint": endpoint(values.text("number")),
                "Tags": {},
            },
            "Parameters": values.map("parameter"),
        },
    })
}

const SKILL: Parameter = Parameter::text("skill", &["amzn1.ask.skill.example"], "The id of the skill");
const ALEXA_LOCALE: Parameter = Parameter::text("locale", &["en-US"], "The locale");

/// Custom skills of Alexa.
pub const ALEXA_SKILL: Service = Service {
    name: "alexa-skill",
    title: "Alexa Skills Kit",
    kinds: &[
        Kind::new("launch", "a skill is opened", &[SKILL, ALEXA_LOCALE], |values| {
            skill(values, true, json!({ "type": "LaunchRequest" }))
        }),
        Kind::new(
            "intent",
            "somebody said something",
            &[INTENT, SLOT, SKILL, ALEXA_LOCALE],
            |values| {
                let slots: Map<String, Value> = values
                    .pairs("slot")
                    .into_iter()
                    .map(|(name, value)| {
                        let slot = json!({
                            "name": name,
                            "value": value,
                            "confirmationStatus": "NONE",
                            "source": "USER",
                        });
                        (name.to_owned(), slot)
                    })
                    .collect();
                let request = json!({
                    "type": "IntentRequest",
                    "intent": { "name": values.text("intent"), "confirmationStatus": "NONE", "slots": slots },
                    "dialogState": "COMPLETED",
                });
                skill(values, false, request)
            },
        ),
        Kind::new(
            "session-ended",
            "a session is over",
            &[
                Parameter::choice(
                    "reason",
                    &["USER_INITIATED", "ERROR", "EXCEEDED_MAX_REPROMPTS"],
                    &["USER_INITIATED"],
                    "Why it is over",
                ),
                SKILL,
                ALEXA_LOCALE,
            ],
            |values| {
                let request = json!({ "type": "SessionEndedRequest", "reason": values.text("reason") });
                skill(values, false, request)
            },
        ),
    ],
};

fn skill(values: &Values<'_>, new: bool, about: Value) -> Value {
    let application = json!({ "applicationId": values.text("skill") });
    let user = json!({ "userId": format!("amzn1.ask.account.{}", values.upper_hex("user", 32)) });
    let mut request = json!({
        "requestId": format!("amzn1.echo-api.request.{}", values.uuid("request")),
        "timestamp": values.iso_seconds(),
        "locale": values.text("locale"),
    });
    if let (Value::Object(request), Value::Object(about)) = (&mut request, about) {
        request.extend(about);
    }
    json!({
        "version": "1.0",
        "session": {
            "new": new,
            "sessionId": format!("amzn1.echo-api.session.{}", values.uuid("session")),
            "application": application,
            "attributes": {},
            "user": user,
        },
        "context": {
            "AudioPlayer": { "playerActivity": "IDLE" },
            "System": {
                "application": application,
                "user": user,
                "device": {
                    "deviceId": format!("amzn1.ask.device.{}", values.upper_hex("device", 32)),
                    "supportedInterfaces": { "AudioPlayer": {} },
                },
                "apiEndpoint": "https://api.amazonalexa.com",
                "apiAccessToken": "example-access-token",
            },
        },
        "request": request,
    })
}

const ENDPOINT: Parameter = Parameter::text("endpoint", &["lamp-1"], "The device");

/// Smart home skills of Alexa.
pub const ALEXA_SMART_HOME: Service = Service {
    name: "alexa-smart-home",
    title: "Alexa smart home",
    kinds: &[
        Kind::new("discover", "Alexa asks for devices", &[], |values| {
            let payload = json!({ "scope": { "type": "BearerToken", "token": "example-access-token" } });
            let header = header(values, "Alexa.Discovery", "Discover", false);
            json!({ "directive": { "header": header, "payload": payload } })
        }),
        Kind::new("turn-on", "a device is switched on", &[ENDPOINT], |values| {
            directive(values, "Alexa.PowerController", "TurnOn")
        }),
        Kind::new("turn-off", "a device is switched off", &[ENDPOINT], |values| {
            directive(values, "Alexa.PowerController", "TurnOff")
        }),
        Kind::new("report-state", "Alexa asks how a device is", &[ENDPOINT], |values| {
            directive(values, "Alexa", "ReportState")
        }),
    ],
};

fn header(values: &Values<'_>, namespace: &str, name: &str, correlated: bool) -> Value {
    let mut header = json!({
        "namespace": namespace,
        "name": name,
        "messageId": values.uuid("message"),
        "payloadVersion": "3",
    });
    if correlated {
        header["correlationToken"] = values.token("correlation", 24).into();
    }
    header
}

fn directive(values: &Values<'_>, namespace: &str, name: &str) -> Value {
    json!({
        "directive": {
            "header": header(values, namespace, name, true),
            "endpoint": {
                "scope": { "type": "BearerToken", "token": "example-access-token" },
                "endpointId": values.text("endpoint"),
                "cookie": {},
            },
            "payload": {},
        },
    })
}

const GROUP: Parameter = Parameter::text("action-group", &["ExampleActions"], "The action group");
const AGENT: Parameter = Parameter::text("agent", &["example-agent"], "The agent");
const INPUT: Parameter = Parameter::text("text", &["Where is order 42?"], "What the user wrote");
const ARGUMENT: Parameter = Parameter::pairs("parameter", &["order=42"], "A parameter that the agent found out");

/// Agents of Bedrock.
pub const BEDROCK_AGENT: Service = Service {
    name: "bedrock-agent",
    title: "Agents for Amazon Bedrock",
    kinds: &[
        Kind::new(
            "function",
            "an agent calls a function of an action group",
            &[
                Parameter::text("function", &["findOrder"], "The function of the action group"),
                ARGUMENT,
                INPUT,
                GROUP,
                AGENT,
                SESSION_ATTRIBUTE,
            ],
            |values| {
                let mut event = agent(values);
                event["function"] = values.text("function").into();
                event["parameters"] = arguments(values, "parameter").into();
                event
            },
        ),
        Kind::new(
            "api",
            "an agent calls an operation of an API schema",
            &[
                Parameter::text("path", &["/orders/{order}"], "The path of the operation"),
                Parameter::text("method", &["GET"], "The method of the operation"),
                ARGUMENT,
                Parameter::pairs("property", &[], "A property of the request body"),
                INPUT,
                GROUP,
                AGENT,
                SESSION_ATTRIBUTE,
            ],
            |values| {
                let mut event = agent(values);
                event["apiPath"] = values.text("path").into();
                event["httpMethod"] = values.text("method").into();
                event["parameters"] = arguments(values, "parameter").into();
                let properties = arguments(values, "property");
                if !properties.is_empty() {
                    event["requestBody"] = json!({ "content": { "application/json": { "properties": properties } } });
                }
                event
            },
        ),
    ],
};

fn agent(values: &Values<'_>) -> Value {
    json!({
        "messageVersion": "1.0",
        "agent": {
            "name": values.text("agent"),
            "id": values.upper_hex("agent", 10),
            "alias": "TSTALIASID",
            "version": "DRAFT",
        },
        "inputText": values.text("text"),
        "sessionId": values.hex("session", 0, 15),
        "actionGroup": values.text("action-group"),
        "sessionAttributes": values.map("session-attribute"),
        "promptSessionAttributes": {},
    })
}

fn arguments(values: &Values<'_>, name: &str) -> Vec<Value> {
    let pairs = values.pairs(name).into_iter();
    pairs
        .map(|(name, value)| json!({ "name": name, "type": "string", "value": value }))
        .collect()
}
