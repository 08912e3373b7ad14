//! What never opens more than it seems to: patterns that include others, statements that the rules call
//! redundant, boundaries over escalations. Tried on generated texts and policies.

use std::collections::BTreeSet;

use lfn::domain::policy::evaluate::Verdict;
use lfn::domain::policy::lint::{Kind, escalation, lint};
use lfn::domain::policy::{Pattern, PolicyDocument, Statement};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use crate::generate::case;

/// A part of an ARN or of a name, short enough that two of them meet.
fn part() -> impl Strategy<Value = String> {
    "[ab/*?-]{0,4}"
}

/// An ARN with wildcards in any part.
fn written() -> impl Strategy<Value = String> {
    let parts = prop::collection::vec(part(), 2..4).prop_map(|parts| parts.join(":"));
    (
        select(vec!["eu", "eu-*", "*", "e?", ""]),
        select(vec!["1", "*", "1?"]),
        parts,
    )
        .prop_map(|(region, account, parts)| format!("arn:aws:sqs:{region}:{account}:{parts}"))
}

/// One of the texts that a pattern stands for, or nearly so.
fn filled(pattern: &str, fill: &[String]) -> String {
    let mut fill = fill.iter().cycle();
    let mut text = String::new();
    for c in pattern.chars() {
        match c {
            '*' => text.push_str(fill.next().map_or("", String::as_str)),
            '?' => text.push('b'),
            c => text.push(c),
        }
    }
    text
}

proptest! {
    /// A text is a pattern without wildcards: what matches it is what includes it.
    #[test]
    fn matching_is_including_one_text(wide in written(), narrow in written(), fill in prop::collection::vec("[ab/:-]{0,3}", 1..4)) {
        for source in [&wide, &narrow] {
            let text = filled(source, &fill);
            for make in [Pattern::new, Pattern::resource] {
                let (pattern, exact) = (make(&wide), make(&text));
                prop_assert_eq!(pattern.matches(&text), pattern.includes(&exact), "{} {}", wide, text);
                prop_assert_eq!(pattern.matches(&text), pattern.overlaps(&exact), "{} {}", wide, text);
            }
        }
    }

    /// Whatever a pattern includes, it matches all texts of.
    #[test]
    fn what_is_included_is_matched(wide in written(), narrow in written(), fill in prop::collection::vec("[ab/:-]{0,3}", 1..4)) {
        let text = filled(&narrow, &fill);
        for make in [Pattern::new, Pattern::resource] {
            let (a, b) = (make(&wide), make(&narrow));
            prop_assert!(!(a.includes(&b) && b.matches(&text)) || a.matches(&text), "{} {} {}", wide, narrow, text);
        }
    }

    /// Denials and boundaries take ways to more rights away and never add one.
    #[test]
    fn less_is_never_a_new_way(
        allowed in subsequence(members(), 1..12),
        denied in subsequence(members(), 0..4),
        bounded in subsequence(members(), 0..30),
    ) {
        let ways = |document: &PolicyDocument, boundary: Option<&PolicyDocument>| -> BTreeSet<String> {
            let found = escalation::complete(std::slice::from_ref(document), boundary);
            // Of sets that contain each other the smallest is named, so that their actions are compared.
            let sets = found.values().flatten();
            sets.map(|set| set.actions().collect::<Vec<_>>().join(" ")).collect()
        };
        let allow = Statement::allow(allowed.iter().cloned(), ["*"]);
        let free = PolicyDocument::new([allow.clone()]);
        let deny = (!denied.is_empty()).then(|| Statement::deny(denied.iter().cloned(), ["*"]));
        let narrowed = PolicyDocument::new([allow].into_iter().chain(deny));
        let boundary = Statement::allow(bounded.iter().cloned().chain(["s3:GetObject".to_owned()]), ["*"]);
        let boundary = PolicyDocument::new([boundary]);
        let before = ways(&free, None);
        for after in [ways(&narrowed, None), ways(&free, Some(&boundary)), ways(&narrowed, Some(&boundary))] {
            for way in &after {
                let rests_on = |smaller: &String| smaller.split(' ').all(|action| way.split(' ').any(|other| other == action));
                prop_assert!(before.iter().any(rests_on), "{} is new", way);
            }
        }
    }
}

fn members() -> Vec<String> {
    let all: BTreeSet<String> = escalation::sets()
        .iter()
        .flat_map(|set| set.actions().map(str::to_owned))
        .collect();
    all.into_iter().collect()
}

#[test]
fn a_redundant_statement_can_go() {
    let mut gone = 0;
    for number in 200_000..200_400 {
        let mut case = case(number).1;
        let before = case.decide().verdict;
        // Twice over, and once more within something wider.
        let Some(first) = case.policies.first_mut() else {
            continue;
        };
        let wider = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        let mut statements: Vec<Value> = first["Statement"].as_array().cloned().unwrap_or_default();
        if number % 2 == 0 {
            statements.push(statements[0].clone());
        } else if before == Verdict::Allowed {
            statements.push(wider);
        }
        first["Statement"] = json!(statements);
        let with_all = case.decide().verdict;
        let document: PolicyDocument = case.policies[0].clone().try_into().expect("a policy");
        let redundant: BTreeSet<usize> = lint(&document, Kind::Identity)
            .iter()
            .filter(|finding| finding.rule == "P41")
            .filter_map(|finding| {
                finding
                    .path
                    .strip_prefix("Statement[")?
                    .trim_end_matches(']')
                    .parse()
                    .ok()
            })
            .collect();
        for index in redundant {
            let mut fewer = statements.clone();
            fewer.remove(index);
            case.policies[0]["Statement"] = json!(fewer);
            assert_eq!(
                case.decide().verdict,
                with_all,
                "{case:?} without {index} of {statements:?}"
            );
            gone += 1;
        }
    }
    assert!(gone > 100, "only {gone} statements were redundant");
}
