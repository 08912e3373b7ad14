//! Whether Lambda could assume a role: its trust policy, read the way IAM reads it.
//!
//! Only what Lambda itself sends can match: its service principal, `sts:AssumeRole`, and the
//! condition keys `aws:SourceAccount` and `aws:SourceArn`. Any other condition does not hold.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::policy::{Effect, PolicyDocument, Principal, Statement};

/// Who asks for the role.
pub(super) struct Assumer<'a> {
    pub account: &'a str,
    pub function_arn: &'a str,
}

/// Whether this trust policy lets Lambda assume the role for this function.
pub(super) fn allows(trust: &PolicyDocument, assumer: &Assumer<'_>) -> bool {
    let matching = |effect| {
        trust
            .statements
            .iter()
            .any(|statement| statement.effect == effect && applies(statement, assumer))
    };
    matching(Effect::Allow) && !matching(Effect::Deny)
}

fn applies(statement: &Statement, assumer: &Assumer<'_>) -> bool {
    let principal = match (&statement.principal, &statement.not_principal) {
        (Some(principal), _) => names_lambda(principal),
        (None, Some(others)) => !names_lambda(others),
        (None, None) => false,
    };
    let assume = |patterns: &BTreeSet<String>| {
        patterns
            .iter()
            .any(|pattern| matches(&pattern.to_lowercase(), "sts:assumerole"))
    };
    let action = if statement.actions.is_empty() {
        !statement.not_actions.is_empty() && !assume(&statement.not_actions)
    } else {
        assume(&statement.actions)
    };
    principal
        && action
        && statement
            .conditions
            .iter()
            .all(|(operator, keys)| holds(operator, keys, assumer))
}

fn names_lambda(principal: &Principal) -> bool {
    principal.iter().any(|(kind, names)| match kind.as_str() {
        "Service" => names.contains("lambda.amazonaws.com"),
        "AWS" => names.contains("*"),
        _ => false,
    })
}

fn holds(operator: &str, keys: &BTreeMap<String, BTreeSet<String>>, assumer: &Assumer<'_>) -> bool {
    keys.iter().all(|(key, values)| {
        let actual = match key.to_lowercase().as_str() {
            "aws:sourceaccount" => assumer.account,
            "aws:sourcearn" => assumer.function_arn,
            _ => return false,
        };
        match operator {
            "StringEquals" => values.contains(actual),
            "StringNotEquals" => !values.contains(actual),
            "StringLike" | "ArnLike" | "ArnEquals" => values.iter().any(|pattern| matches(pattern, actual)),
            _ => false,
        }
    })
}

/// `*` stands for any characters, `?` for one.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where to go back to when a `*` has to swallow one more character.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == '?' || pattern[p] == text[t]) {
            p += 1;
            t += 1;
        } else if let Some((star_p, star_t)) = star {
            star = Some((star_p, star_t + 1));
            p = star_p + 1;
            t = star_t + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(principal: (&str, &str), action: &str, condition: Option<(&str, &str, &str)>) -> Statement {
        let set = |text: &str| BTreeSet::from([text.to_owned()]);
        Statement {
            sid: None,
            effect: Effect::Allow,
            principal: Some(BTreeMap::from([(principal.0.to_owned(), set(principal.1))])),
            not_principal: None,
            actions: set(action),
            not_actions: BTreeSet::new(),
            resources: BTreeSet::new(),
            not_resources: BTreeSet::new(),
            conditions: condition
                .map(|(operator, key, value)| (operator.to_owned(), BTreeMap::from([(key.to_owned(), set(value))])))
                .into_iter()
                .collect(),
        }
    }

    #[test]
    fn lambda_gets_in_only_by_its_own_name_action_account_and_function() {
        const LAMBDA: (&str, &str) = ("Service", "lambda.amazonaws.com");
        let assumer = Assumer {
            account: "000000000000",
            function_arn: "arn:aws:lambda:eu-west-1:000000000000:function:thumbs",
        };
        for (expected, principal, action, condition) in [
            (true, LAMBDA, "sts:AssumeRole", None),
            (true, LAMBDA, "sts:*", None),
            (true, ("AWS", "*"), "sts:AssumeRole", None),
            (false, ("Service", "ec2.amazonaws.com"), "sts:AssumeRole", None),
            (false, LAMBDA, "sts:TagSession", None),
            (
                true,
                LAMBDA,
                "sts:AssumeRole",
                Some(("StringEquals", "aws:SourceAccount", "000000000000")),
            ),
            (
                false,
                LAMBDA,
                "sts:AssumeRole",
                Some(("StringEquals", "AWS:sourceaccount", "111111111111")),
            ),
            (
                true,
                LAMBDA,
                "sts:AssumeRole",
                Some(("ArnLike", "aws:SourceArn", "arn:aws:lambda:*:function:th?mbs")),
            ),
            (
                false,
                LAMBDA,
                "sts:AssumeRole",
                Some(("ArnLike", "aws:SourceArn", "arn:*:function:other")),
            ),
            (
                false,
                LAMBDA,
                "sts:AssumeRole",
                Some(("StringEquals", "sts:ExternalId", "x")),
            ),
        ] {
            let mut trust = PolicyDocument {
                version: "2012-10-17".into(),
                statements: vec![statement(principal, action, condition)],
            };
            assert_eq!(
                allows(&trust, &assumer),
                expected,
                "{principal:?} {action} {condition:?}"
            );
            let mut deny = statement(LAMBDA, "*", None);
            deny.effect = Effect::Deny;
            trust.statements.push(deny);
            assert!(!allows(&trust, &assumer), "a deny wins");
        }
    }
}
