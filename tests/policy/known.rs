//! Where the independent evaluator differs from IAM's documentation, which settles it.

use serde_json::Value;

use crate::case::Case;

/// A difference.
pub struct Known {
    pub name: &'static str,
    /// The sentence of the IAM user guide that decides, and its page.
    pub source: &'static str,
    /// Whether a case has what the difference is about.
    pub concerns: fn(&Case) -> bool,
}

pub const KNOWN: &[Known] = &[
    Known {
        name: "a star that ends a segment",
        source: "Resource: \"If the * wildcard is the last character of a resource ARN segment, it can expand to match \
                 beyond the colon boundaries.\"",
        concerns: |case| resources(case).any(|arn| arn.matches(':').count() < 5 && arn.contains("*:")),
    },
    Known {
        name: "a wildcard in the type of a resource",
        source: "Resource: \"The asterisk (*) character can expand to replace everything within a segment, including \
                 characters like a forward slash (/)\"; segments are \"the parts separated by colons\".",
        concerns: |case| resources(case).any(|arn| arn.splitn(6, ':').nth(5).is_some_and(starts_with_wildcard)),
    },
    Known {
        name: "a variable without a value in NotResource",
        source: "Variables and tags: \"the resource that includes a policy variable with no value will not match any \
                 resource\", said of `Resource` and `NotResource`.",
        concerns: |case| {
            let mut statements = case.statements();
            statements.any(|statement| {
                statement
                    .get("NotResource")
                    .is_some_and(|it| it.to_string().contains("${"))
            })
        },
    },
    Known {
        name: "a variable without a value under a negated operator",
        source: "Variables and tags: \"Inverted condition operators like StringNotEquals or StringNotLike do match \
                 against a null value\".",
        concerns: |case| {
            case.conditions().any(|(operator, _, wanted)| {
                operator.contains("Not") && wanted.iter().any(|value| value.contains("${aws:"))
            })
        },
    },
    Known {
        name: "seconds since 1970",
        source: "Condition operators: dates are written \"in one of the W3C implementations of the ISO 8601 date formats \
                 or in epoch (UNIX) time\".",
        concerns: |case| wants(case, "1767225600"),
    },
    Known {
        name: "every address",
        source: "Condition operators: \"The value must be in the standard CIDR format\"; a prefix may be empty \
                 (RFC 4632, section 3.1).",
        concerns: |case| wants(case, "0.0.0.0/0"),
    },
    Known {
        name: "one address and one of another family",
        source: "Condition operators: `NotIpAddress` matches \"All IP addresses except the specified IP address or range\".",
        concerns: |case| {
            case.conditions()
                .any(|(operator, _, wanted)| operator.contains("NotIpAddress") && wanted.contains(&"10.1.2.3"))
        },
    },
    Known {
        name: "a default within an ARN condition",
        source: "Variables and tags: a variable may have a default value wherever it may stand, and it may stand \"in \
                 any condition that involves the string operators or the ARN operators\".",
        concerns: |case| {
            case.conditions().any(|(operator, _, wanted)| {
                operator.contains("Arn") && wanted.iter().any(|value| value.contains(", '"))
            })
        },
    },
    Known {
        name: "an escaped character where case is ignored",
        source: "Variables and tags: \"${?} - use where you need a literal ? character\".",
        concerns: |case| {
            let mut conditions = case.conditions();
            conditions.any(|(operator, _, wanted)| {
                operator.contains("IgnoreCase")
                    && wanted
                        .iter()
                        .any(|value| value.contains("${?}") || value.contains("${*}"))
            })
        },
    },
    Known {
        name: "colons in the last component of an ARN",
        source: "Condition operators: \"Each of the six colon-delimited components of the ARN is checked separately\".",
        concerns: |case| wants(case, "arn:*:*:*:*:*"),
    },
];

fn wants(case: &Case, value: &str) -> bool {
    case.conditions().any(|(_, _, wanted)| wanted.contains(&value))
}

fn resources(case: &Case) -> impl Iterator<Item = &str> {
    let elements = case
        .statements()
        .flat_map(|statement| [&statement["Resource"], &statement["NotResource"]]);
    let values = elements.flat_map(|element| match element {
        Value::Array(list) => list.iter().collect(),
        one => vec![one],
    });
    values.filter_map(Value::as_str)
}

fn starts_with_wildcard(resource: &str) -> bool {
    resource.starts_with(['*', '?']) && resource.len() > 1
}
