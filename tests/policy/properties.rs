//! What must hold for every policy there is, tried on generated ones.

use lfn::domain::policy::evaluate::{Policies, Verdict, decide};
use lfn::domain::policy::{Pattern, PolicyDocument};
use serde_json::{Value, json};

use crate::case::Case;
use crate::generate::case;

const CASES: usize = 4_000;

fn cases() -> impl Iterator<Item = Case> {
    // Other numbers than the comparison uses.
    (100_000..100_000 + CASES).map(|number| case(number).1)
}

fn documents(values: &[Value]) -> Vec<PolicyDocument> {
    values
        .iter()
        .map(|value| value.clone().try_into().expect("a policy"))
        .collect()
}

#[test]
fn a_boundary_never_widens() {
    let mut narrowed = 0;
    for (bounded, other) in cases().zip(cases().skip(1)) {
        let free = Case {
            boundary: None,
            ..bounded.clone()
        };
        let boundary = other.policies.first().or(other.boundary.as_ref()).cloned();
        let bounded = Case { boundary, ..bounded };
        let (free, verdict) = (free.decide().verdict, bounded.decide().verdict);
        assert!(free == Verdict::Allowed || verdict != Verdict::Allowed, "{bounded:?}");
        narrowed += usize::from(free != verdict);
    }
    assert!(narrowed > 100, "boundaries narrowed only {narrowed} cases");
}

#[test]
fn grouping_and_order_never_change_a_decision() {
    for case in cases() {
        let verdict = case.decide().verdict;
        let policies = documents(&case.policies);
        let mut all: Vec<_> = policies
            .iter()
            .flat_map(|document| document.statements.clone())
            .collect();
        all.reverse();
        let resource = documents(case.resource_policy.as_slice());
        let boundary = documents(case.boundary.as_slice());
        let one = [PolicyDocument::new(all)];
        let merged = decide(
            &case.request(),
            Policies {
                identity: &one,
                boundary: boundary.first(),
                resource: resource.first(),
            },
        );
        assert_eq!(merged.verdict, verdict, "{case:?}");
    }
}

#[test]
fn one_more_denial_never_allows_and_one_more_permission_never_denies() {
    for case in cases() {
        let before = case.decide().verdict;
        let add = |effect: &str| {
            let statement = json!({ "Effect": effect, "Action": case.action, "Resource": case.resource });
            let mut case = case.clone();
            case.policies
                .push(json!({ "Version": "2012-10-17", "Statement": statement }));
            case.decide().verdict
        };
        let (denied, allowed) = (add("Deny"), add("Allow"));
        assert!(before == Verdict::Allowed || denied != Verdict::Allowed, "{case:?}");
        assert!(before != Verdict::Allowed || allowed == Verdict::Allowed, "{case:?}");
        assert_eq!(
            before == Verdict::ExplicitlyDenied,
            allowed == Verdict::ExplicitlyDenied,
            "{case:?}"
        );
    }
}

#[test]
fn a_resource_that_includes_another_covers_all_it_covers() {
    let cases: Vec<Case> = cases().collect();
    let mut resources: Vec<String> = cases
        .iter()
        .flat_map(Case::statements)
        .flat_map(|statement| match &statement["Resource"] {
            Value::Array(list) => list.clone(),
            one => vec![one.clone()],
        })
        .filter_map(|resource| resource.as_str().map(str::to_owned))
        .filter(|resource| !resource.contains("${"))
        .collect();
    resources.sort();
    resources.dedup();
    let mut requested: Vec<&str> = cases.iter().map(|case| case.resource.as_str()).collect();
    requested.sort_unstable();
    requested.dedup();
    let patterns: Vec<Pattern> = resources.iter().map(|resource| Pattern::resource(resource)).collect();
    let mut included = 0;
    for wide in &patterns {
        for narrow in patterns.iter().filter(|narrow| wide.includes(narrow)) {
            included += 1;
            let missed = requested
                .iter()
                .find(|text| narrow.matches(text) && !wide.matches(text));
            assert_eq!(missed, None, "{wide:?} {narrow:?}");
        }
    }
    assert!(included > patterns.len(), "some patterns include others");
}
