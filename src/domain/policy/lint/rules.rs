//! The rules by name: what each is about, why it matters and what to do. `docs/lint.md` has examples.

use serde::Serialize;

use super::Severity::{self, Error, Info, Warning};

/// A rule, for people and for tools that show findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rule {
    pub id: &'static str,
    /// For tools: a word or two without spaces.
    pub name: &'static str,
    /// What it finds.
    pub summary: &'static str,
    /// The usual severity; single findings may be milder or worse.
    pub severity: Severity,
    pub why: &'static str,
    pub fix: &'static str,
}

const fn rule(id: &'static str, severity: Severity, [name, summary, why, fix]: [&'static str; 4]) -> Rule {
    Rule {
        id,
        name,
        summary,
        severity,
        why,
        fix,
    }
}

/// All rules, by id.
pub static RULES: [Rule; 22] = [
    rule(
        "P01",
        Error,
        [
            "unknown-service",
            "no service has this prefix",
            "IAM takes the policy and the statement never matches",
            "write the prefix as the service has it: `SERVICE:Action`",
        ],
    ),
    rule(
        "P02",
        Error,
        [
            "unknown-action",
            "the service has no such action",
            "IAM takes the policy and the action is never allowed; one that is not near any other may only be newer than lfn",
            "write the action as the service has it",
        ],
    ),
    rule(
        "P03",
        Error,
        [
            "operation-as-action",
            "an SDK's operation stands where an action belongs",
            "some operations need an action of another name, so that the statement never matches the call",
            "write the action that the operation needs",
        ],
    ),
    rule(
        "P10",
        Error,
        [
            "all-actions",
            "every action of a service, or of all services",
            "it allows what AWS adds later, deleting and giving away included",
            "list the actions that are called",
        ],
    ),
    rule(
        "P11",
        Warning,
        [
            "action-wildcard",
            "a wildcard in an action",
            "it grows as AWS adds actions; an error when one of them changes who may do what",
            "list the actions that are called",
        ],
    ),
    rule(
        "P12",
        Error,
        [
            "any-resource",
            "`*` where single resources can be named",
            "a mistake in the code reaches everything in the account; a warning for reading",
            "name the resources",
        ],
    ),
    rule(
        "P13",
        Warning,
        [
            "wide-resource",
            "a wildcard in an account, a region, a bucket, or in the middle of a name",
            "`orders*` is `orders-archive` too, and a bucket of somebody else's may have the name",
            "write the part out, or put the wildcard behind a separator: `orders/*`",
        ],
    ),
    rule(
        "P14",
        Error,
        [
            "wrong-resource",
            "no resource here is of a kind that the action acts on",
            "the action is never allowed",
            "write the ARN of what the action acts on",
        ],
    ),
    rule(
        "P15",
        Warning,
        [
            "resource-ignored",
            "an ARN for an action that takes no resource but `*`",
            "the statement never matches",
            "give these actions a statement of their own, with `*`",
        ],
    ),
    rule(
        "P20",
        Error,
        [
            "allow-except",
            "`NotAction`, `NotResource` or `NotPrincipal` in an `Allow`",
            "it allows everything that is not listed",
            "list what is allowed",
        ],
    ),
    rule(
        "P21",
        Error,
        [
            "pass-any-role",
            "`iam:PassRole` for any role, or to any service",
            "whoever hands over a stronger role than their own has its rights",
            "name the role, and the service under `iam:PassedToService`",
        ],
    ),
    rule(
        "P22",
        Error,
        [
            "escalation",
            "actions that together give more rights than the policy says",
            "each looks harmless alone; together they end in any rights that some role has",
            "take an action away, name the roles and resources, or insist on a boundary",
        ],
    ),
    rule(
        "P23",
        Warning,
        [
            "permissions-management",
            "an action that changes who may do what",
            "code that can change policies decides its own rights",
            "leave it to the pipeline; accept it where managing rights is the work",
        ],
    ),
    rule(
        "P24",
        Error,
        [
            "every-secret",
            "secrets, parameters or keys without a name",
            "one mistake in the code gives away every secret of the account",
            "name the ones that are needed",
        ],
    ),
    rule(
        "P30",
        Warning,
        [
            "condition",
            "a condition that cannot hold, or always does",
            "an unknown operator is refused, a key that no action sends never holds, and `ForAllValues` holds without the key",
            "use a key that the action sends, an operator of its kind, and a `Null` guard",
        ],
    ),
    rule(
        "P31",
        Error,
        [
            "open-to-service",
            "a service may come on anybody's behalf",
            "services act for every account; without a source, a stranger's bucket or topic gets in",
            "add a condition on `aws:SourceArn` or `aws:SourceAccount`",
        ],
    ),
    rule(
        "P32",
        Error,
        [
            "open-to-everybody",
            "`*` as principal without a condition that limits it",
            "it is everybody, in every account",
            "name the account, or add a condition on `aws:PrincipalOrgID`",
        ],
    ),
    rule(
        "P33",
        Error,
        [
            "old-version",
            "a version of the language other than 2012-10-17",
            "variables such as `${aws:username}` are plain text in it, and no version at all is the old one",
            "write `\"Version\": \"2012-10-17\"`",
        ],
    ),
    rule(
        "P34",
        Warning,
        [
            "open-trust",
            "Lambda, or whoever has a token of a shared issuer, may assume the role without a condition",
            "statements are alternatives: an open one beside a conditioned one makes the condition worthless, which is an error",
            "add a condition on `aws:SourceAccount` to each statement",
        ],
    ),
    rule(
        "P40",
        Error,
        [
            "size",
            "the document is larger than AWS takes, or has a character that it refuses",
            "the deploy would fail; above 80 % it is a warning",
            "merge statements, use a wildcard behind a separator, or split the function",
        ],
    ),
    rule(
        "P41",
        Info,
        [
            "redundant",
            "another statement allows all of this already",
            "it takes room and misleads whoever reads it",
            "take it out",
        ],
    ),
    rule(
        "P50",
        Warning,
        [
            "unused-right",
            "the code calls what the policy does not allow, or the policy allows what no code calls",
            "the call will be refused, or whoever takes the function over can do more than it ever needs",
            "run `lfn policy suggest`, or take the line out; `lfn policy suggest --check` finds it",
        ],
    ),
];

/// The rule of this id.
pub fn rule_of(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}
