//! Requests and policies by the thousand, the same ones in every run: every operator, set operators,
//! `IfExists`, `Null`, the `Not…` elements, variables with and without defaults, case, ARN segments,
//! boundaries, resource policies in the same and in another account, trust.
//!
//! Values come from small pools, so that about half of all comparisons hold.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::case::Case;

const HOME: &str = "111122223333";
const AWAY: &str = "444455556666";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/fn/run-1";
const ROLE: &str = "arn:aws:iam::111122223333:role/fn";
const USER: &str = "arn:aws:iam::111122223333:user/bob";

/// Action and resource of requests.
const CALLS: [(&str, &str); 5] = [
    ("s3:GetObject", "arn:aws:s3:::orders/in/a.txt"),
    ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:jobs"),
    (
        "dynamodb:GetItem",
        "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
    ),
    ("sns:Publish", "arn:aws:sns:eu-west-1:111122223333:alerts"),
    (
        "kms:Decrypt",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
];

/// A kind of condition value: keys, operators, values of requests, values of policies.
struct Kind {
    keys: &'static [&'static str],
    operators: &'static [&'static str],
    had: &'static [&'static str],
    wanted: &'static [&'static str],
}

const KINDS: [Kind; 7] = [
    Kind {
        keys: &["aws:PrincipalTag/team", "aws:username", "aws:RequestTag/team"],
        operators: &[
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ],
        had: &["red", "RED", "blue", "r*", "r?d", "", "redder"],
        wanted: &[
            "red",
            "Red",
            "blue",
            "r*",
            "?ed",
            "*",
            "r${*}",
            "r${?}d",
            "${aws:PrincipalTag/other}",
            "${aws:PrincipalTag/other, 'red'}",
            "${aws:principaltag/TEAM}",
            "*${aws:PrincipalTag/team}",
        ],
    },
    Kind {
        keys: &["aws:MultiFactorAuthAge"],
        operators: &[
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
        ],
        had: &["0", "1", "10", "9.5", "-1", "many"],
        wanted: &["0", "1", "10", "9.5", "10.0", "-1", "many"],
    },
    Kind {
        keys: &["aws:CurrentTime", "aws:TokenIssueTime"],
        operators: &[
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
        ],
        had: &["2026-01-01T00:00:00Z", "2026-06-30T12:00:00Z", "2025-12-31T23:59:59Z"],
        wanted: &[
            "2026-01-01T00:00:00Z",
            "2026-01-01T02:00:00+02:00",
            "2026-06-30T12:00Z",
            "2026-01-01",
            "1767225600",
            "someday",
        ],
    },
    Kind {
        keys: &["aws:SecureTransport", "aws:ViaAWSService"],
        operators: &["Bool"],
        had: &["true", "false"],
        wanted: &["true", "false", "TRUE", "maybe", "${aws:SecureTransport}"],
    },
    Kind {
        keys: &["aws:SourceIp"],
        operators: &["IpAddress", "NotIpAddress"],
        had: &["10.1.2.3", "203.0.113.9", "2001:db8::1", "2001:db9::1"],
        wanted: &[
            "10.0.0.0/8",
            "10.1.2.3",
            "203.0.113.8/29",
            "2001:db8::/32",
            "0.0.0.0/0",
            "10.1.2.3/8",
        ],
    },
    Kind {
        keys: &["aws:SourceArn", "aws:PrincipalArn"],
        operators: &["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
        had: &[
            "arn:aws:sqs:eu-west-1:111122223333:jobs",
            "arn:aws:lambda:eu-west-1:111122223333:function:fn:live",
            "arn:aws:s3:::orders",
            "jobs",
        ],
        wanted: &[
            "arn:aws:sqs:eu-west-1:111122223333:jobs",
            "arn:aws:sqs:*:*:jobs",
            "arn:aws:sqs:*:jobs",
            "arn:aws:sqs:eu-*-1:1111222?3333:j*",
            "arn:aws:lambda:*:*:function:fn*",
            "arn:aws:lambda:*:*:function:fn",
            "arn:aws:s3:::*",
            "arn:*:*:*:*:*",
            "arn:aws:SQS:eu-west-1:111122223333:jobs",
            "arn:aws:s3:::${aws:PrincipalTag/team}",
            "arn:aws:sqs:eu-west-1:${aws:PrincipalTag/other, '111122223333'}:jobs",
        ],
    },
    Kind {
        keys: &["aws:PrincipalTag/blob"],
        operators: &["BinaryEquals"],
        had: &["QmluYXJ5", "b3RoZXI="],
        wanted: &["QmluYXJ5", "b3RoZXI="],
    },
];

/// Keys that may have several values.
const LISTS: [&str; 2] = ["aws:TagKeys", "aws:CalledVia"];

/// A small generator of numbers (`SplitMix64`).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).expect("small")).expect("small")
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn some<T: Copy>(&mut self, from: &[T], most: usize) -> Vec<T> {
        (0..=self.below(most)).map(|_| self.pick(from)).collect()
    }
}

/// What a case is mostly about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    Scope,
    Conditions,
    Variables,
    Boundary,
    ResourcePolicy,
    Trust,
}

pub const TOPICS: [Topic; 8] = [
    Topic::Scope,
    Topic::Conditions,
    Topic::Conditions,
    Topic::Variables,
    Topic::Boundary,
    Topic::ResourcePolicy,
    Topic::ResourcePolicy,
    Topic::Trust,
];

/// The case of this number.
pub fn case(number: usize) -> (Topic, Case) {
    let topic = TOPICS[number % TOPICS.len()];
    let mut dice = Dice::new(0x6C66_6E00 + u64::try_from(number).expect("small"));
    let dice = &mut dice;
    let (action, resource) = match topic {
        Topic::Trust => ("sts:AssumeRole", "arn:aws:iam::111122223333:role/target"),
        // The policy of a key is a topic of its own: without one nothing is allowed.
        Topic::ResourcePolicy => dice.pick(&CALLS),
        _ => dice.pick(&CALLS[..4]),
    };
    let principal = match topic {
        Topic::Trust => dice.pick(&[SESSION, USER, "lambda.amazonaws.com", "lambda.amazonaws.com", ROLE]),
        Topic::ResourcePolicy => dice.pick(&[SESSION, SESSION, USER, "s3.amazonaws.com", "*"]),
        _ => dice.pick(&[SESSION, USER]),
    };
    let away = matches!(topic, Topic::ResourcePolicy | Topic::Trust) && dice.one_in(2);
    let mut case = Case {
        id: format!("{topic:?}-{number}"),
        expect: String::new(),
        policies: Vec::new(),
        principal: principal.to_owned(),
        action: action.to_owned(),
        resource: if away {
            resource.replace(HOME, AWAY)
        } else {
            resource.to_owned()
        },
        resource_account: if away { AWAY } else { HOME }.to_owned(),
        context: context(dice, topic),
        boundary: None,
        resource_policy: None,
    };
    let has_own = principal.starts_with("arn:");
    if has_own && !(matches!(topic, Topic::ResourcePolicy | Topic::Trust) && dice.one_in(3)) {
        case.policies = (0..=dice.below(2))
            .map(|_| document(dice, topic, &case, false))
            .collect();
    }
    if has_own && (topic == Topic::Boundary || (topic == Topic::ResourcePolicy && !dice.one_in(3))) {
        case.boundary = Some(document(dice, topic, &case, false));
    }
    if matches!(topic, Topic::ResourcePolicy | Topic::Trust) {
        case.resource_policy = Some(document(dice, topic, &case, true));
    }
    (topic, case)
}

fn context(dice: &mut Dice, topic: Topic) -> BTreeMap<String, Value> {
    let mut context = BTreeMap::new();
    for kind in &KINDS {
        for key in kind.keys {
            let often = if topic == Topic::Conditions { 3 } else { 6 };
            if !dice.one_in(3) || dice.one_in(often) {
                context.insert((*key).to_owned(), json!(dice.pick(kind.had)));
            }
        }
    }
    for key in LISTS {
        if !dice.one_in(3) {
            context.insert(key.to_owned(), json!(dice.some(&["red", "blue", "RED", "redder"], 3)));
        }
    }
    if topic == Topic::Variables && dice.one_in(2) {
        context.insert(
            "aws:PrincipalTag/path".into(),
            json!(dice.pick(&["in", "*", "orders", "jobs", "i?"])),
        );
    }
    context
}

fn document(dice: &mut Dice, topic: Topic, case: &Case, of_resource: bool) -> Value {
    let count = 1 + dice.below(2);
    let mut statements: Vec<Value> = (0..count)
        .map(|n| statement(dice, topic, case, of_resource, n))
        .collect();
    // Mostly open, so that the other statement and the other layers decide.
    if !of_resource && dice.one_in(3) {
        statements.push(json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }));
    }
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn statement(dice: &mut Dice, topic: Topic, case: &Case, of_resource: bool, number: usize) -> Value {
    let mut statement = Map::new();
    let deny = number > 0 && dice.one_in(2);
    statement.insert("Effect".into(), json!(if deny { "Deny" } else { "Allow" }));
    if of_resource {
        let element = if deny && dice.one_in(3) {
            "NotPrincipal"
        } else {
            "Principal"
        };
        statement.insert(element.into(), principals(dice, topic));
    }
    let scope = topic == Topic::Scope;
    let not_action = dice.one_in(if scope { 3 } else { 8 });
    let most = if scope { 2 } else { 1 };
    let actions: Vec<String> = (0..=dice.below(most))
        .map(|_| action(dice, &case.action, scope))
        .collect();
    statement.insert(
        if not_action { "NotAction" } else { "Action" }.into(),
        one_or_list(dice, actions),
    );
    if topic != Topic::Trust || !of_resource {
        let not_resource = dice.one_in(if scope { 3 } else { 8 });
        let resources: Vec<String> = (0..=dice.below(most))
            .map(|_| resource(dice, topic, &case.resource))
            .collect();
        statement.insert(
            if not_resource { "NotResource" } else { "Resource" }.into(),
            one_or_list(dice, resources),
        );
    }
    let conditions = match topic {
        Topic::Conditions => 1 + dice.below(2),
        Topic::Scope => 0,
        _ => usize::from(dice.one_in(3)),
    };
    let mut condition = Map::new();
    for _ in 0..conditions {
        let (operator, key, values) = test(dice);
        let keys = condition.entry(operator).or_insert_with(|| json!({}));
        keys[key] = one_or_list(dice, values);
    }
    if !condition.is_empty() {
        statement.insert("Condition".into(), condition.into());
    }
    statement.into()
}

fn one_or_list(dice: &mut Dice, mut values: Vec<String>) -> Value {
    if values.len() == 1 && dice.one_in(2) {
        json!(values.remove(0))
    } else {
        json!(values)
    }
}

fn principals(dice: &mut Dice, topic: Topic) -> Value {
    let services = ["lambda.amazonaws.com", "s3.amazonaws.com", "sns.amazonaws.com"];
    match dice.below(if topic == Topic::Trust { 7 } else { 8 }) {
        0 => json!({ "AWS": SESSION }),
        1 => json!({ "AWS": [ROLE, "arn:aws:iam::111122223333:user/ann"] }),
        2 => json!({ "AWS": USER }),
        3 => json!({ "AWS": HOME }),
        4 => json!({ "AWS": "arn:aws:iam::111122223333:root" }),
        5 => json!({ "Service": dice.pick(&services) }),
        6 => json!({ "Service": services, "AWS": AWAY }),
        _ => json!(dice.pick(&["*"])),
    }
}

fn action(dice: &mut Dice, real: &str, scope: bool) -> String {
    let (service, name) = real.split_once(':').expect("an action");
    match dice.below(if scope { 9 } else { 4 }) {
        0 => "*".into(),
        1 => format!("{service}:*"),
        2 | 3 => real.into(),
        4 => real.to_uppercase(),
        5 => format!("{service}:{}*", &name[..3]),
        6 => format!("{}:?{}", service.to_uppercase(), name[1..].to_lowercase()),
        7 => format!("{service}:*{}?", &name[name.len() - 3..]),
        _ => "s3:PutObject".into(),
    }
}

fn resource(dice: &mut Dice, topic: Topic, real: &str) -> String {
    let choices = match topic {
        Topic::Scope => 12,
        Topic::Variables => 20,
        _ => 4,
    };
    let segments: Vec<&str> = real.splitn(6, ':').collect();
    let last = segments[5];
    let with = |segment: usize, text: &str| {
        let mut parts = segments.clone();
        parts[segment] = text;
        parts.join(":")
    };
    let from = if topic == Topic::Variables { 10 } else { 0 };
    match from + dice.below(choices - from) {
        0 => "*".into(),
        1 | 2 => real.into(),
        3 => with(5, "*"),
        4 => with(5, &format!("{}*", &last[..2])),
        5 => with(5, &format!("?{}", &last[1..])),
        6 => with(5, &last.to_uppercase()),
        7 => with(3, if segments[3].is_empty() { "" } else { "eu-*" }),
        8 => with(4, if segments[4].is_empty() { "*" } else { "1111222?3333" }),
        9 => with(5, &format!("{last}x")),
        10 => format!("arn:aws:{}:*", segments[2]),
        11 => format!("arn:aws:{}:*:{last}", segments[2]),
        12 => with(5, "${aws:PrincipalTag/path}*"),
        13 => with(5, "*${aws:PrincipalTag/path, 'o'}*"),
        14 => with(5, "${aws:PrincipalTag/absent, 'orders'}/in/a.txt"),
        15 => with(5, "${aws:PrincipalTag/absent}"),
        16 => with(5, "*${AWS:principalTAG/Path}*"),
        17 => with(5, "*${aws:TagKeys}*"),
        18 => with(5, "${*}*"),
        _ => with(5, "*${aws:PrincipalTag/path}/a.txt"),
    }
}

/// A whole operator, a key, and values for it.
fn test(dice: &mut Dice) -> (String, String, Vec<String>) {
    if dice.one_in(12) {
        let key = dice.pick(&[
            "aws:PrincipalTag/team",
            "aws:TagKeys",
            "AWS:secureTransport",
            "aws:absent",
        ]);
        return ("Null".into(), key.into(), vec![dice.pick(&["true", "false"]).into()]);
    }
    let kind = &KINDS[dice.below(KINDS.len())];
    let base = dice.pick(kind.operators);
    let set = dice.pick(&["", "", "ForAllValues:", "ForAnyValue:"]);
    let suffix = if dice.one_in(4) { "IfExists" } else { "" };
    let is_text = base.starts_with("String");
    let key = if is_text && (!set.is_empty() || dice.one_in(8)) {
        dice.pick(&LISTS)
    } else {
        dice.pick(kind.keys)
    };
    let key = if dice.one_in(5) {
        key.to_uppercase().replace("AWS:", "aws:")
    } else {
        key.to_owned()
    };
    let values = dice.some(kind.wanted, 2).into_iter().map(str::to_owned).collect();
    (format!("{set}{base}{suffix}"), key, values)
}
