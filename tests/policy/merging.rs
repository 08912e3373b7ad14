//! Merging statements never changes what they allow, tried on generated policies.

use std::collections::BTreeSet;

use lfn::domain::policy::evaluate::{Policies, Verdict, decide};
use lfn::domain::policy::{PolicyDocument, Statement, merge};

use crate::case::Case;
use crate::generate::case;

const CASES: usize = 3_000;
/// Policies that are made one, so that there is something to merge.
const TOGETHER: usize = 3;

/// A request and the statements that decide it, in pieces: one action and one resource each.
fn pieces(number: usize) -> (Case, Vec<Statement>) {
    let cases: Vec<Case> = (number..number + TOGETHER).map(|number| case(number).1).collect();
    let documents = cases.iter().flat_map(|case| &case.policies);
    let statements = documents.flat_map(|value| PolicyDocument::try_from(value.clone()).expect("a policy").statements);
    let pieces = statements.flat_map(|statement| {
        // What stands for everything else cannot be taken apart.
        let each = |values: &BTreeSet<String>| match values.len() {
            0 => vec![BTreeSet::new()],
            _ => values.iter().map(|value| BTreeSet::from([value.clone()])).collect(),
        };
        let resources = each(&statement.resources);
        each(&statement.actions)
            .into_iter()
            .flat_map(move |actions| {
                let statement = statement.clone();
                resources.clone().into_iter().map(move |resources| Statement {
                    actions: actions.clone(),
                    resources,
                    ..statement.clone()
                })
            })
            .collect::<Vec<_>>()
    });
    (cases[0].clone(), pieces.collect())
}

fn verdict(case: &Case, statements: &[Statement]) -> Verdict {
    let identity = [PolicyDocument::new(statements.to_vec())];
    let parse = |value: &serde_json::Value| PolicyDocument::try_from(value.clone()).expect("a policy");
    let (boundary, resource) = (
        case.boundary.as_ref().map(parse),
        case.resource_policy.as_ref().map(parse),
    );
    let policies = Policies {
        identity: &identity,
        boundary: boundary.as_ref(),
        resource: resource.as_ref(),
    };
    decide(&case.request(), policies).verdict
}

#[test]
fn merging_never_changes_a_decision() {
    let (mut fewer, mut allowed, mut denied) = (0, 0, 0);
    for number in (300_000..).step_by(TOGETHER).take(CASES) {
        let (case, pieces) = pieces(number);
        let merged = merge(pieces.clone());
        let before = verdict(&case, &pieces);
        assert_eq!(verdict(&case, &merged), before, "{number}: {pieces:#?}\n{merged:#?}");
        assert!(merged.len() <= pieces.len(), "{number}");
        fewer += usize::from(merged.len() < pieces.len());
        allowed += usize::from(before == Verdict::Allowed);
        denied += usize::from(before == Verdict::ExplicitlyDenied);
    }
    assert!(fewer > CASES / 4, "something was merged in only {fewer} cases");
    assert!(allowed > 100 && denied > 100, "{allowed} allowed, {denied} denied");
}

#[test]
fn merging_again_or_in_another_order_makes_no_difference() {
    for number in (400_000..).step_by(TOGETHER).take(CASES / 10) {
        let (_, mut pieces) = pieces(number);
        let size = |statements: &[Statement]| PolicyDocument::new(statements.to_vec()).size();
        let merged = merge(pieces.clone());
        assert!(size(&merged) <= size(&pieces), "{number}");
        assert_eq!(merge(merged.clone()), merged, "{number}");
        pieces.reverse();
        let half = pieces.len() / 2;
        pieces.rotate_left(half);
        assert_eq!(merge(pieces), merged, "{number}");
    }
}
