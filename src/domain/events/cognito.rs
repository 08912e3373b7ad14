//! Cognito: the triggers of user pools, and the sync trigger of identity pools.
//!
//! Source: Cognito developer guide, "Customizing user pool workflows with Lambda triggers" and one page
//! for each trigger; responses are as empty as Cognito sends them.

use serde_json::{Value, json};

use super::values::Values;
use super::{Kind, Parameter, Service};

const USER: Parameter = Parameter::text("user", &["ada"], "The name of the user");
const ATTRIBUTES: Parameter = Parameter::pairs(
    "attribute",
    &["email=ada@example.com"],
    "An attribute of the user, in place of the usual ones",
);
const POOL: Parameter = Parameter::text("pool", &[""], "The id of the user pool; empty means one in the region");
const CLIENT: Parameter = Parameter::text("client", &["1example23456789"], "The id of the app client");
const METADATA: Parameter = Parameter::pairs("metadata", &[], "What the client hands over to triggers");
const VALIDATION: Parameter = Parameter::pairs("validation", &[], "What the client hands over to be checked");
const GROUP: Parameter = Parameter::texts("group", &[], "A group the user is in");
const SCOPE: Parameter = Parameter::texts(
    "scope",
    &["aws.cognito.signin.user.admin"],
    "A scope of the access token",
);
const CODE: Parameter = Parameter::text("code", &["{####}"], "What the message has in place of the code");

const USUAL: &[Parameter] = &[USER, ATTRIBUTES, POOL, CLIENT, METADATA];
const TOKENS: &[Parameter] = &[USER, ATTRIBUTES, GROUP, SCOPE, POOL, CLIENT, METADATA];

const SIGN_UP: &[&str] = &[
    "PreSignUp_SignUp",
    "PreSignUp_AdminCreateUser",
    "PreSignUp_ExternalProvider",
];
const CONFIRMATIONS: &[&str] = &[
    "PostConfirmation_ConfirmSignUp",
    "PostConfirmation_ConfirmForgotPassword",
];
const MESSAGES: &[&str] = &[
    "CustomMessage_SignUp",
    "CustomMessage_AdminCreateUser",
    "CustomMessage_ResendCode",
    "CustomMessage_ForgotPassword",
    "CustomMessage_UpdateUserAttribute",
    "CustomMessage_VerifyUserAttribute",
    "CustomMessage_Authentication",
];
const TOKEN_SOURCES: &[&str] = &[
    "TokenGeneration_Authentication",
    "TokenGeneration_HostedAuth",
    "TokenGeneration_NewPasswordChallenge",
    "TokenGeneration_AuthenticateDevice",
    "TokenGeneration_RefreshTokens",
];
const EMAILS: &[&str] = &[
    "CustomEmailSender_SignUp",
    "CustomEmailSender_ResendCode",
    "CustomEmailSender_ForgotPassword",
    "CustomEmailSender_UpdateUserAttribute",
    "CustomEmailSender_VerifyUserAttribute",
    "CustomEmailSender_AdminCreateUser",
    "CustomEmailSender_Authentication",
];
const TEXT_MESSAGES: &[&str] = &[
    "CustomSMSSender_SignUp",
    "CustomSMSSender_ResendCode",
    "CustomSMSSender_ForgotPassword",
    "CustomSMSSender_UpdateUserAttribute",
    "CustomSMSSender_VerifyUserAttribute",
    "CustomSMSSender_AdminCreateUser",
    "CustomSMSSender_Authentication",
];
const MIGRATIONS: &[&str] = &["UserMigration_Authentication", "UserMigration_ForgotPassword"];

/// The trigger's source, where there are several.
const fn source(words: &'static [&'static str], usual: &'static [&'static str; 1]) -> Parameter {
    Parameter::choice("source", words, usual, "What made Cognito call")
}

/// User pools and identity pools.
pub const COGNITO: Service = Service {
    name: "cognito",
    title: "Amazon Cognito",
    kinds: &[
        Kind::new(
            "pre-sign-up",
            "somebody signs up",
            &[
                source(SIGN_UP, &["PreSignUp_SignUp"]),
                USER,
                ATTRIBUTES,
                VALIDATION,
                POOL,
                CLIENT,
                METADATA,
            ],
            |values| {
                let request = json!({
                    "userAttributes": attributes(values, None),
                    "validationData": or_null(values.map("validation")),
                });
                let response = json!({ "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false });
                event(values, "1", values.text("source"), request, &response)
            },
        ),
        Kind::new(
            "post-confirmation",
            "a user was confirmed",
            &[
                source(CONFIRMATIONS, &["PostConfirmation_ConfirmSignUp"]),
                USER,
                ATTRIBUTES,
                POOL,
                CLIENT,
                METADATA,
            ],
            |values| {
                let request = json!({ "userAttributes": attributes(values, Some("CONFIRMED")) });
                event(values, "1", values.text("source"), request, &json!({}))
            },
        ),
        Kind::new(
            "pre-authentication",
            "a user signs in",
            &[USER, ATTRIBUTES, VALIDATION, POOL, CLIENT, METADATA],
            |values| {
                let request = json!({
                    "userAttributes": attributes(values, Some("CONFIRMED")),
                    "validationData": or_null(values.map("validation")),
                });
                event(values, "1", "PreAuthentication_Authentication", request, &json!({}))
            },
        ),
        Kind::new("post-authentication", "a user has signed in", USUAL, |values| {
            let request = json!({ "userAttributes": attributes(values, Some("CONFIRMED")), "newDeviceUsed": false });
            event(values, "1", "PostAuthentication_Authentication", request, &json!({}))
        }),
        Kind::new(
            "custom-message",
            "a message goes to a user",
            &[
                source(MESSAGES, &["CustomMessage_SignUp"]),
                USER,
                ATTRIBUTES,
                CODE,
                POOL,
                CLIENT,
                METADATA,
            ],
            |values| {
                let named = values.text("source") == "CustomMessage_AdminCreateUser";
                let request = json!({
                    "userAttributes": attributes(values, Some("UNCONFIRMED")),
                    "codeParameter": values.text("code"),
                    "linkParameter": "{##Click Here##}",
                    "usernameParameter": named.then_some("{username}"),
                });
                let response = json!({ "smsMessage": null, "emailMessage": null, "emailSubject": null });
                event(values, "1", values.text("source"), request, &response)
            },
        ),
        Kind::new(
            "pre-token-generation",
            "tokens are made, event version 1",
            &[
                source(TOKEN_SOURCES, &["TokenGeneration_Authentication"]),
                USER,
                ATTRIBUTES,
                GROUP,
                POOL,
                CLIENT,
                METADATA,
            ],
            |values| {
                let request = tokens(values);
                event(
                    values,
                    "1",
                    values.text("source"),
                    request,
                    &json!({ "claimsOverrideDetails": null }),
                )
            },
        ),
        Kind::new(
            "pre-token-generation-v2",
            "tokens are made, event version 2",
            &[
                source(TOKEN_SOURCES, &["TokenGeneration_Authentication"]),
                USER,
                ATTRIBUTES,
                GROUP,
                SCOPE,
                POOL,
                CLIENT,
                METADATA,
            ],
            |values| scoped_tokens(values, "2", values.text("source")),
        ),
        Kind::new(
            "pre-token-generation-v3",
            "tokens of a machine are made, event version 3",
            TOKENS,
            |values| scoped_tokens(values, "3", "TokenGeneration_ClientCredentials"),
        ),
        Kind::new(
            "define-auth-challenge",
            "the next step of a custom sign-in is wanted",
            USUAL,
            |values| {
                let request = json!({
                    "userAttributes": attributes(values, Some("CONFIRMED")),
                    "session": [{ "challengeName": "SRP_A", "challengeResult": true, "challengeMetadata": null }],
                    "userNotFound": false,
                });
                let response = json!({ "challengeName": null, "issueTokens": null, "failAuthentication": null });
                event(values, "1", "DefineAuthChallenge_Authentication", request, &response)
            },
        ),
        Kind::new(
            "create-auth-challenge",
            "a challenge of a custom sign-in is wanted",
            USUAL,
            |values| {
                let request = json!({
                    "userAttributes": attributes(values, Some("CONFIRMED")),
                    "challengeName": "CUSTOM_CHALLENGE",
                    "session": [{ "challengeName": "SRP_A", "challengeResult": true, "challengeMetadata": null }],
                    "userNotFound": false,
                });
                let response = json!({
                    "publicChallengeParameters": null,
                    "privateChallengeParameters": null,
                    "challengeMetadata": null,
                });
                event(values, "1", "CreateAuthChallenge_Authentication", request, &response)
            },
        ),
        Kind::new(
            "verify-auth-challenge",
            "an answer to a challenge is to be checked",
            &[
                Parameter::text("answer", &["42"], "The answer that was given"),
                Parameter::pairs("private", &["answer=42"], "A private parameter of the challenge"),
                USER,
                ATTRIBUTES,
                POOL,
                CLIENT,
                METADATA,
            ],
            |values| {
                let request = json!({
                    "userAttributes": attributes(values, Some("CONFIRMED")),
                    "privateChallengeParameters": values.map("private"),
                    "challengeAnswer": values.text("answer"),
                    "userNotFound": false,
                });
                let source = "VerifyAuthChallengeResponse_Authentication";
                event(values, "1", source, request, &json!({ "answerCorrect": null }))
            },
        ),
        Kind::new(
            "user-migration",
            "a user is not in the pool yet",
            &[
                source(MIGRATIONS, &["UserMigration_Authentication"]),
                USER,
                Parameter::text("password", &["example-password"], "The password that was given"),
                VALIDATION,
                POOL,
                CLIENT,
                METADATA,
            ],
            |values| {
                let request = json!({
                    "password": values.text("password"),
                    "validationData": or_null(values.map("validation")),
                    "userAttributes": null,
                });
                let response = json!({
                    "userAttributes": null,
                    "forceAliasCreation": null,
                    "enableSMSMFA": null,
                    "finalUserStatus": null,
                    "messageAction": null,
                    "desiredDeliveryMediums": null,
                });
                event(values, "1", values.text("source"), request, &response)
            },
        ),
        Kind::new(
            "custom-email-sender",
            "an email is to be sent",
            &[
                source(EMAILS, &["CustomEmailSender_SignUp"]),
                Parameter::text(
                    "code",
                    &["example-encrypted-code"],
                    "The code, encrypted, before base64",
                ),
                USER,
                ATTRIBUTES,
                POOL,
                CLIENT,
                METADATA,
            ],
            |values| sender(values, "customEmailSenderRequestV1"),
        ),
        Kind::new(
            "custom-sms-sender",
            "a text message is to be sent",
            &[
                source(TEXT_MESSAGES, &["CustomSMSSender_SignUp"]),
                Parameter::text(
                    "code",
                    &["example-encrypted-code"],
                    "The code, encrypted, before base64",
                ),
                USER,
                ATTRIBUTES,
                POOL,
                CLIENT,
                METADATA,
            ],
            |values| sender(values, "customSMSSenderRequestV1"),
        ),
        Kind::new(
            "sync",
            "a dataset of an identity pool is synchronised",
            &[
                Parameter::text("dataset", &["settings"], "The dataset"),
                Parameter::text("record", &["theme"], "The record that changes"),
                Parameter::text("old", &["light"], "Its value before"),
                Parameter::text("new", &["dark"], "Its value now"),
            ],
            sync,
        ),
    ],
};

fn event(values: &Values<'_>, version: &str, source: &str, mut request: Value, response: &Value) -> Value {
    let pool = match values.text("pool") {
        "" => format!("{}_Example01", values.region()),
        given => given.to_owned(),
    };
    let metadata = values.map("metadata");
    if metadata != json!({}) {
        request["clientMetadata"] = metadata;
    }
    json!({
        "version": version,
        "triggerSource": source,
        "region": values.region(),
        "userPoolId": pool,
        "userName": values.text("user"),
        "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": values.text("client") },
        "request": request,
        "response": response,
    })
}

/// All attributes are texts, those that say yes or no too.
fn attributes(values: &Values<'_>, status: Option<&str>) -> Value {
    let mut attributes = json!({});
    if let Some(status) = status {
        attributes["sub"] = values.uuid("user").into();
        attributes["cognito:user_status"] = status.into();
        if values.pairs("attribute").iter().any(|(name, _)| *name == "email") {
            attributes["email_verified"] = (status == "CONFIRMED").to_string().into();
        }
    }
    for (name, value) in values.pairs("attribute") {
        attributes[name] = value.into();
    }
    attributes
}

fn or_null(map: Value) -> Value {
    if map == json!({}) { Value::Null } else { map }
}

fn tokens(values: &Values<'_>) -> Value {
    json!({
        "userAttributes": attributes(values, Some("CONFIRMED")),
        "groupConfiguration": {
            "groupsToOverride": values.texts("group"),
            "iamRolesToOverride": [],
            "preferredRole": null,
        },
    })
}

fn scoped_tokens(values: &Values<'_>, version: &str, source: &str) -> Value {
    let mut request = tokens(values);
    request["scopes"] = values.texts("scope").into();
    event(
        values,
        version,
        source,
        request,
        &json!({ "claimsAndScopeOverrideDetails": null }),
    )
}

fn sender(values: &Values<'_>, kind: &str) -> Value {
    let request = json!({
        "type": kind,
        "code": super::values::base64(values.text("code")),
        "userAttributes": attributes(values, Some("UNCONFIRMED")),
    });
    event(values, "1", values.text("source"), request, &json!({}))
}

fn sync(values: &Values<'_>) -> Value {
    json!({
        "version": 2,
        "eventType": "SyncTrigger",
        "region": values.region(),
        "identityPoolId": format!("{}:{}", values.region(), values.uuid("pool")),
        "identityId": format!("{}:{}", values.region(), values.uuid("identity")),
        "datasetName": values.text("dataset"),
        "datasetRecords": {
            values.text("record"): { "oldValue": values.text("old"), "newValue": values.text("new"), "op": "replace" },
        },
    })
}
