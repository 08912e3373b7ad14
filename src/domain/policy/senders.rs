//! AWS services that invoke functions: their principals, and what each says about its source.
//!
//! Sources: Lambda developer guide, "Viewing resource-based IAM policies in Lambda", and the guide of
//! each service.

/// A service that invokes functions by their resource policy.
#[derive(Debug, Clone, Copy)]
pub struct Sender {
    /// What lambda.yaml calls it.
    pub word: &'static str,
    pub principal: &'static str,
    /// The service in the ARN of what it acts for, and such an ARN.
    pub source: Option<(&'static str, &'static str)>,
    /// Whether it sends `aws:SourceAccount`. A condition on a key that is not sent never holds.
    pub sends_account: bool,
}

const fn sender(word: &'static str, principal: &'static str, service: &'static str, example: &'static str) -> Sender {
    Sender {
        word,
        principal,
        source: Some((service, example)),
        sends_account: true,
    }
}

/// Source of the second column: Service Authorization Reference; of the last: as above.
pub const SENDERS: &[Sender] = &[
    sender("s3", "s3.amazonaws.com", "s3", "arn:aws:s3:::BUCKET"),
    Sender {
        sends_account: false,
        ..sender("sns", "sns.amazonaws.com", "sns", "arn:aws:sns:REGION:ACCOUNT:TOPIC")
    },
    sender(
        "events",
        "events.amazonaws.com",
        "events",
        "arn:aws:events:REGION:ACCOUNT:rule/RULE",
    ),
    sender(
        "apigateway",
        "apigateway.amazonaws.com",
        "execute-api",
        "arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH",
    ),
    sender(
        "elasticloadbalancing",
        "elasticloadbalancing.amazonaws.com",
        "elasticloadbalancing",
        "arn:aws:elasticloadbalancing:REGION:ACCOUNT:targetgroup/NAME/ID",
    ),
    sender(
        "iot",
        "iot.amazonaws.com",
        "iot",
        "arn:aws:iot:REGION:ACCOUNT:rule/RULE",
    ),
    sender(
        "ses",
        "ses.amazonaws.com",
        "ses",
        "arn:aws:ses:REGION:ACCOUNT:receipt-rule-set/SET:receipt-rule/RULE",
    ),
    sender(
        "logs",
        "logs.amazonaws.com",
        "logs",
        "arn:aws:logs:REGION:ACCOUNT:log-group:GROUP:*",
    ),
    sender(
        "cognito-idp",
        "cognito-idp.amazonaws.com",
        "cognito-idp",
        "arn:aws:cognito-idp:REGION:ACCOUNT:userpool/POOL",
    ),
    sender(
        "config",
        "config.amazonaws.com",
        "config",
        "arn:aws:config:REGION:ACCOUNT:config-rule/RULE",
    ),
    sender(
        "codecommit",
        "codecommit.amazonaws.com",
        "codecommit",
        "arn:aws:codecommit:REGION:ACCOUNT:REPOSITORY",
    ),
    sender(
        "alarms",
        "lambda.alarms.cloudwatch.amazonaws.com",
        "cloudwatch",
        "arn:aws:cloudwatch:REGION:ACCOUNT:alarm:ALARM",
    ),
    sender(
        "secretsmanager",
        "secretsmanager.amazonaws.com",
        "secretsmanager",
        "arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-??????",
    ),
    // It tells the skill, and neither ARN nor account.
    // Source: Alexa Skills Kit, "Host a Custom Skill as an AWS Lambda Function".
    Sender {
        word: ALEXA,
        principal: "alexa-appkit.amazon.com",
        source: None,
        sends_account: false,
    },
];

const ALEXA: &str = "alexa";

impl Sender {
    /// The service of a word, or of a principal.
    pub fn of(name: &str) -> Option<&'static Self> {
        // Topics of regions that are off by default come from `sns.REGION.amazonaws.com`.
        let regional = name.starts_with("sns.") && name.ends_with(".amazonaws.com");
        let name = if regional { "sns" } else { name };
        SENDERS
            .iter()
            .find(|sender| sender.word == name || sender.principal == name)
    }

    /// Whether it is told apart by a token instead of its source.
    pub fn has_token(&self) -> bool {
        self.word == ALEXA
    }
}
