//! Fewer statements with the same rights.
//!
//! Two statements that differ only in their resources, or only in their actions, are one statement
//! with both. Ids have no say in it: an id survives when everything that was merged carries it.

use std::collections::{BTreeMap, BTreeSet};

use super::Statement;

/// Merges until nothing more can be merged. The result does not depend on the order of the input.
pub fn merge(statements: impl IntoIterator<Item = Statement>) -> Vec<Statement> {
    let mut merged: Vec<Statement> = statements.into_iter().collect();
    loop {
        let before = merged.len();
        merged = union(merged, |statement| &mut statement.resources);
        merged = union(merged, |statement| &mut statement.actions);
        if merged.len() == before {
            return merged;
        }
    }
}

/// Joins the statements that are alike in everything but one set and the id.
fn union(statements: Vec<Statement>, set: fn(&mut Statement) -> &mut BTreeSet<String>) -> Vec<Statement> {
    // An empty set means that the element is absent, as in a trust policy. Such a statement must not
    // gain values from one that has them, so whether the set is empty is part of being alike.
    let mut groups: BTreeMap<(bool, Statement), (Option<String>, BTreeSet<String>)> = BTreeMap::new();
    for mut statement in statements {
        let sid = statement.sid.take();
        let values = std::mem::take(set(&mut statement));
        let group = groups
            .entry((values.is_empty(), statement))
            .or_insert_with(|| (sid.clone(), BTreeSet::new()));
        group.0 = group.0.take().filter(|kept| Some(kept) == sid.as_ref());
        group.1.extend(values);
    }
    let rebuilt = groups.into_iter().map(|((_, mut statement), (sid, values))| {
        *set(&mut statement) = values;
        statement.sid = sid;
        statement
    });
    rebuilt.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_differ_in_one_set_become_one() {
        let get = |resource: &str| Statement::allow(["s3:GetObject"], [resource]);
        assert_eq!(
            merge([get("x"), get("y")]),
            [Statement::allow(["s3:GetObject"], ["x", "y"])]
        );
        let put = Statement::allow(["s3:PutObject"], ["x"]);
        assert_eq!(
            merge([get("x"), put]),
            [Statement::allow(["s3:GetObject", "s3:PutObject"], ["x"])]
        );
    }

    #[test]
    fn merging_goes_on_until_nothing_is_left_to_merge() {
        let pairs = ["x", "y"]
            .into_iter()
            .flat_map(|r| ["a:A", "a:B"].map(|a| Statement::allow([a], [r])));
        assert_eq!(merge(pairs), [Statement::allow(["a:A", "a:B"], ["x", "y"])]);
    }

    #[test]
    fn rights_are_never_widened() {
        for (one, two) in [
            (Statement::allow(["a:A"], ["x"]), Statement::allow(["a:B"], ["y"])),
            (Statement::allow(["a:A"], ["x"]), Statement::deny(["a:A"], ["y"])),
            (
                Statement::allow(["a:A"], ["x"]),
                Statement::allow(["a:A"], ["y"]).when("Bool", "aws:SecureTransport", "true"),
            ),
        ] {
            assert_eq!(merge([one.clone(), two.clone()]).len(), 2, "{one:?} {two:?}");
        }
        let none: [&str; 0] = [];
        let not = |action: &str| Statement {
            not_actions: [action.to_owned()].into(),
            ..Statement::deny(none, ["x"])
        };
        assert_eq!(merge([not("a:A"), not("a:B")]).len(), 2);
        assert_eq!(merge([not("a:A"), Statement::deny(["a:B"], ["x"])]).len(), 2);
    }

    #[test]
    fn ids_decide_nothing_and_stay_only_when_shared() {
        let send = |queue: &str| Statement::allow(["sqs:SendMessage"], [queue]);
        let both = send("x").resources.into_iter().chain(send("y").resources);
        let both = Statement::allow(["sqs:SendMessage"], both);
        assert_eq!(merge([send("x").sid("A"), send("y").sid("A")]), [both.clone().sid("A")]);
        for (one, two) in [
            (send("x").sid("A"), send("y").sid("B")),
            (send("x").sid("A"), send("y")),
            (send("x"), send("y").sid("B")),
        ] {
            let merged = vec![both.clone()];
            assert_eq!(merge([one.clone(), two.clone()]), merged);
            assert_eq!(merge([two, one]), merged);
        }
        let three = merge([send("x").sid("A"), send("y").sid("B"), send("z").sid("B")]);
        assert_eq!(three[0].sid, None, "a third statement does not bring an id back");
    }
}
