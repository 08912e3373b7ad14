//! Tables of texts before and after, and random files that must come back as they were.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

fn short(lines: &[&str]) -> Vec<NewLine> {
    lines.iter().map(|line| NewLine::read(line)).collect()
}

const STATEMENT: &str = "{ actions: [textract:DetectDocumentText], resources: [\"*\"], when: { StringEquals: \
                         { aws:x: [y] } }, because: \"it: has no # resource types\", accept: [P50] }";

fn stage(name: &str) -> Option<StageName> {
    (!name.is_empty()).then(|| StageName::new(name).unwrap())
}

const WHOLE: &str = "\
# the shop
name: shop
env:
  A: b
  # C: d

# comes from
on:
  - sqs: in
";

#[test]
fn lines_are_added_where_they_belong() {
    for (at, before, after) in [
        ("", "allow:\n  - get s3://a/*\n", "allow:\n  - get s3://a/*\n  - NEW\n"),
        (
            "",
            "allow:\n- get s3://a/*\nvpc: x\n",
            "allow:\n- get s3://a/*\n- NEW\nvpc: x\n",
        ),
        ("", "allow:\n    -   a # why\n", "allow:\n    -   a # why\n    - NEW\n"),
        ("", "allow:\r\n  - a\r\n", "allow:\r\n  - a\r\n  - NEW\r\n"),
        ("", "\u{feff}allow:\n  - a", "\u{feff}allow:\n  - a\n  - NEW"),
        (
            "",
            "allow:\n  # one\n  - a\n\n  # two\n  - b\n\n  # end\nvpc: x\n",
            "allow:\n  # one\n  - a\n\n  # two\n  - b\n  - NEW\n\n  # end\nvpc: x\n",
        ),
        (
            "",
            "allow:\n  - a\n    # of a\n  # of none\n",
            "allow:\n  - a\n    # of a\n  - NEW\n  # of none\n",
        ),
        (
            "",
            "allow:\n  - actions: [x:Y]\n    resources:\n\n      - \"*\"\n# on\n",
            "allow:\n  - actions: [x:Y]\n    resources:\n\n      - \"*\"\n  - NEW\n# on\n",
        ),
        (
            "",
            "\"allow\" : [a, 'b, ]']  # all\n",
            "\"allow\" : [a, 'b, ]', NEW]  # all\n",
        ),
        ("", "allow: [ ]\n", "allow: [NEW ]\n"),
        ("", "allow: [a,]\n", "allow: [a, NEW,]\n"),
        (
            "",
            "allow: [{ actions: [x:Y], resources: [\"*\"] }]\n",
            "allow: [{ actions: [x:Y], resources: [\"*\"] }, NEW]\n",
        ),
        ("", "allow: []", "allow: [NEW]"),
        ("", "name: x\nallow:\nvpc: y\n", "name: x\nallow:\n  - NEW\nvpc: y\n"),
        (
            "",
            "allow: # none\n  # - a\nvpc: y\n",
            "allow: # none\n  - NEW\n  # - a\nvpc: y\n",
        ),
        ("", "allow: ~ # none\n", "allow: # none\n  - NEW\n"),
        ("", "allow: null\n", "allow:\n  - NEW\n"),
        ("", "{ name: x, allow: [a] }\n", "{ name: x, allow: [a, NEW] }\n"),
        // The key is absent: it follows the last key that the documentation puts before it.
        ("", "name: shop", "name: shop\nallow:\n  - NEW"),
        (
            "",
            "# a\nname: x\n\n# b\nvpc: y\n",
            "# a\nname: x\n\nallow:\n  - NEW\n\n# b\nvpc: y\n",
        ),
        (
            "",
            "vpc: y\nname: x\nrole: auto\n",
            "vpc: y\nname: x\nallow:\n  - NEW\nrole: auto\n",
        ),
        ("", "---\nname: x\n...\n", "---\nname: x\nallow:\n  - NEW\n...\n"),
        (
            "",
            "layers:\n- a\nenv:\n  A: b\n  # C: d\n# role\nrole: auto\n",
            "layers:\n- a\nenv:\n  A: b\n  # C: d\nallow:\n- NEW\n# role\nrole: auto\n",
        ),
        ("", "stages:\n  p: ~\n", "stages:\n  p: ~\nallow:\n  - NEW\n"),
        // A stage's own list, else the file's.
        (
            "p",
            "allow: [a]\nstages:\n  p:\n    allow:\n      - b\n",
            "allow: [a]\nstages:\n  p:\n    allow:\n      - b\n      - NEW\n",
        ),
        (
            "p",
            "allow: [a]\nstages:\n  p: { allow: [b] }\n",
            "allow: [a]\nstages:\n  p: { allow: [b, NEW] }\n",
        ),
        (
            "p",
            "allow: [a]\nstages:\n  p:\n    allow: ~\n",
            "allow: [a]\nstages:\n  p:\n    allow:\n      - NEW\n",
        ),
        (
            "p",
            "allow: [a]\nstages:\n  p:\n    memory: 1GB\n",
            "allow: [a, NEW]\nstages:\n  p:\n    memory: 1GB\n",
        ),
        (
            "q",
            "allow: [a]\nstages:\n  p: { allow: [b] }\n",
            "allow: [a, NEW]\nstages:\n  p: { allow: [b] }\n",
        ),
    ] {
        let stage = stage(at);
        let added = add(before, stage.as_ref(), &short(&["send sqs:b"]));
        assert_eq!(
            added.as_deref(),
            Ok(after.replace("NEW", "send sqs:b").as_str()),
            "{before}"
        );
    }
}

#[test]
fn what_needs_quotes_is_quoted_and_statements_are_written_out() {
    let text = "allow:\n  - a\n";
    let new = short(&["get s3://a-${stage}/*", "#b", "c: d", STATEMENT]);
    let after = "\
allow:
  - a
  - get s3://a-${stage}/*
  - \"#b\"
  - \"c: d\"
  - actions: [textract:DetectDocumentText]
    resources: [\"*\"]
    when: { StringEquals: { aws:x: [y] } }
    because: \"it: has no # resource types\"
    accept: [P50]
";
    assert_eq!(add(text, None, &new).as_deref(), Ok(after));
    let after = format!("allow: [\"get s3://a-${{stage}}/*\", \"#b\", \"c: d\", {STATEMENT}]\n");
    assert_eq!(add("allow: []\n", None, &new), Ok(after));
}

#[test]
fn lines_are_removed_with_what_speaks_of_them_alone() {
    for (before, lines, after) in [
        ("allow:\n  - a\n  - b\n", &[0][..], "allow:\n  - b\n"),
        ("allow:\n  - a\n  - b", &[1], "allow:\n  - a"),
        // Of a group, the comment goes with the last.
        (
            "allow:\n  # both\n  - a\n  - b\n  - c\n",
            &[0],
            "allow:\n  # both\n  - b\n  - c\n",
        ),
        (
            "allow:\n  # both\n  - a\n  - b\n\n  - c\n",
            &[0, 1],
            "allow:\n\n  - c\n",
        ),
        (
            "allow:\n  # one\n  - a # it\n    # more\n  # two\n  - b\n",
            &[0],
            "allow:\n  # two\n  - b\n",
        ),
        (
            "allow:\n  - actions: [x:Y]\n    # so\n    resources: [\"*\"]\n  - b\n",
            &[0],
            "allow:\n  - b\n",
        ),
        ("allow: [a, b, c]\n", &[0], "allow: [b, c]\n"),
        ("allow: [a, b, c]\n", &[1], "allow: [a, c]\n"),
        ("allow: [ a, b, c ] # x\n", &[1, 2], "allow: [ a ] # x\n"),
        ("allow: [a,]\n", &[0], "allow: []\n"),
        // The last line takes the key with it, where nothing is said about the key.
        ("name: x\nallow:\n  - a\nvpc: y\n", &[0], "name: x\nvpc: y\n"),
        ("name: x\n\nallow:\n  - a\n\nvpc: y\n", &[0], "name: x\n\nvpc: y\n"),
        (
            "name: x\n# rights\nallow:\n  - a\n",
            &[0],
            "name: x\n# rights\nallow: []\n",
        ),
        (
            "name: x\nallow: # rights\n  - a\n",
            &[0],
            "name: x\nallow: [] # rights\n",
        ),
        (
            "name: x\nallow:\n  # later\n\n  - a\n",
            &[0],
            "name: x\nallow: []\n  # later\n\n",
        ),
    ] {
        let lines = lines.iter().copied().collect();
        assert_eq!(remove(before, None, &lines).as_deref(), Ok(after), "{before}");
    }
    // Without the key, the stage would get the list of the file.
    let text = "allow: [a]\nstages:\n  p:\n    allow:\n      - b\n    memory: 1GB\n";
    let removed = remove(text, stage("p").as_ref(), &[0].into());
    let after = "allow: [a]\nstages:\n  p:\n    allow: []\n    memory: 1GB\n";
    assert_eq!(removed.as_deref(), Ok(after));
}

#[test]
fn a_line_is_replaced_in_its_place() {
    for (before, after) in [
        (
            "allow:\n  # x\n  - \"a\"  # y\n  - b\n",
            "allow:\n  # x\n  - send sqs:b  # y\n  - get s3://c/*\n  - b\n",
        ),
        ("allow: [ a, b ]\n", "allow: [ send sqs:b, get s3://c/*, b ]\n"),
    ] {
        let replaced = replace(before, None, 0, &short(&["send sqs:b", "get s3://c/*"]));
        assert_eq!(replaced.as_deref(), Ok(after));
    }
    for (before, after) in [
        (
            "allow:\n  - a\n  - actions:\n      - x:Y # y\n      # z\n      - x:Z\n    resources: [\"*\"]\n",
            "allow:\n  - a\n  - actions:\n      - x:Y # y\n    resources: [\"*\"]\n",
        ),
        (
            "allow: [a, { actions: [x:Y, x:Z], resources: [\"*\"] }]\n",
            "allow: [a, { actions: [x:Y], resources: [\"*\"] }]\n",
        ),
    ] {
        assert_eq!(remove_actions(before, None, 1, &[1].into()).as_deref(), Ok(after));
    }
}

#[test]
fn what_cannot_be_changed_safely_is_left_alone_with_the_line() {
    for (at, before, complaint) in [
        (
            "",
            "allow: [\n  a\n]\n",
            "line 1: the list in brackets is not closed on its line",
        ),
        (
            "",
            "name: x\nallow:\n  [a]\n",
            "line 2: the list below this key is written in an unusual way",
        ),
        (
            "",
            "x: &l [a]\nallow: *l\n",
            "line 2: the list is an anchor or an alias",
        ),
        (
            "",
            "allow: &l [a]\nx: *l\n",
            "line 1: the list is an anchor or an alias",
        ),
        ("", "allow: a\n", "line 1: there is no list here"),
        ("", "? allow\n: [a]\n", "line 1: the key is written in an unusual way"),
        (
            "",
            "{ name: x }\n",
            "line 1: the keys of the file do not begin their lines",
        ),
        ("", "- a\n", "line 1: the file is no map of keys"),
        ("", "a: [\n", "line 1: the file cannot be read"),
        // The list of a stage that is an alias is the list of the other stage too.
        (
            "q",
            "stages:\n  p: &p\n    allow: [a]\n  q: *p\n",
            "line 3: a change here would change more than the list",
        ),
        // A text that keeps its last empty lines would get another one.
        (
            "",
            "description: |+\n  x\n\n\nvpc: y\n",
            "line 4: a change here would change more than the list",
        ),
    ] {
        let left = add(before, stage(at).as_ref(), &short(&["send sqs:b"])).unwrap_err();
        assert_eq!(left.to_string(), complaint, "{before}");
    }
    for (before, line) in [
        ("allow: [a]\n", 1),
        ("name: x\n", 0),
        ("allow: []\n", 0),
        ("allow:\n  - a\n", 3),
    ] {
        assert!(remove(before, None, &[line].into()).is_err(), "{before}");
    }
    // An anchor that something else needs.
    assert!(remove("allow:\n  - &a b\n  - c\nx: *a\n", None, &[0].into()).is_err());
}

/// A safety net that nothing falls through: each of these edits is wrong in one way.
#[test]
fn an_edit_that_means_something_else_is_refused() {
    let before = read(WHOLE).unwrap();
    let new = short(&["a"]);
    let wanted = wanted(&before, None, &Change::Add(&new));
    let right = format!("{WHOLE}allow: [a]\n");
    assert_eq!(check(&right, &wanted, 0), Ok(()));
    for (from, to) in [
        ("name: shop", "name: shops"),
        ("  A: b\n", "  A: \"b\"\n  B: c\n"),
        ("  A: b\n", "  A: 1\n"),
        ("- sqs: in", "- sqs: [in]"),
        ("allow: [a]", "allow: [a, b]"),
        ("allow: [a]", "allow: [b]"),
        ("allow: [a]\n", ""),
        ("allow: [a]", "allow: [a"),
        ("on:", "off:"),
    ] {
        let wrong = right.replacen(from, to, 1);
        assert_ne!(wrong, right);
        assert!(check(&wrong, &wanted, 0).is_err(), "{wrong}");
    }
}

/// Parts of a file around the list: keys, comments and empty lines.
fn around() -> impl Strategy<Value = Vec<&'static str>> {
    let part = select(vec![
        "# a comment",
        "",
        "description: \"a # b\"",
        "package:\n  exclude: [a, b]\n  # later: c",
        "package:\n  exclude:\n  - a # b\n\n  -  'c # d'",
        "env:\n  A: 1.10 # as is\n\n  # B: x\n  C: \"y: z\"",
        "tags: { a: b }   # spaces behind  ",
        "vpc:\n# at the edge\n  subnets: [s]",
    ]);
    vec(part, 0..6)
}

/// The lines of these parts; of two with the same key the first counts.
fn lines_of(parts: &[&'static str], seen: &mut Vec<&'static str>) -> Vec<String> {
    let mut lines = Vec::new();
    for part in parts {
        let key = part.split(':').next().unwrap_or_default();
        if part.is_empty() || part.starts_with('#') || !seen.contains(&key) {
            seen.push(key);
            lines.extend(part.split('\n').map(str::to_owned));
        }
    }
    lines
}

/// The list itself; none when it is empty.
fn list() -> impl Strategy<Value = Vec<String>> {
    let line = || {
        select(vec![
            "get s3://a/*",
            "'read dynamodb:b'",
            "{ actions: [x:Y], resources: [\"*\"] }",
        ])
    };
    let commented = prop_oneof![line(), Just("\"send sqs:c\" # why")];
    let between = select(vec!["", "#", "  # deeper", "-"]);
    let block = (0..5_usize, vec((commented, between), 1..5)).prop_map(|(indent, items)| {
        let mut lines = vec!["allow:".to_owned()];
        let before = " ".repeat(indent);
        for (item, between) in items {
            match between {
                "" => lines.push(String::new()),
                "-" => {}
                comment => lines.push(format!("{before}{comment}")),
            }
            lines.push(format!("{before}- {item}"));
        }
        lines
    });
    let flow = vec(line(), 0..4).prop_map(|items| vec![format!("allow: [{}]", items.join(", "))]);
    prop_oneof![4 => block, 2 => flow, 1 => Just(Vec::new())]
}

proptest! {
    #[test]
    fn a_line_that_is_added_and_removed_leaves_every_byte(
        above in around(),
        list in list(),
        below in around(),
        crlf in any::<bool>(),
        open in any::<bool>(),
        new in vec(select(vec!["put events:x", "send sqs:${stage}-a", "x: y"]), 1..4),
        written_out in any::<bool>(),
    ) {
        let mut seen = Vec::new();
        let (above, below) = (lines_of(&above, &mut seen), lines_of(&below, &mut seen));
        let lines = [vec!["name: shop".to_owned()], above, list.clone(), below].concat();
        let ending = if crlf { "\r\n" } else { "\n" };
        let mut text = lines.join(ending);
        if !open {
            text.push_str(ending);
        }
        let mut new = short(&new);
        if written_out {
            new.push(NewLine::read(STATEMENT));
        }
        let count = |text: &str| match read(text).unwrap().get(ALLOW).map(|node| node.kind.clone()) {
            Some(Kind::List(items)) => items.len(),
            _ => 0,
        };
        let had = count(&text);
        let added = add(&text, None, &new).unwrap();
        prop_assert_eq!(count(&added), had + new.len());
        let mut rest = added.split('\n');
        for line in text.split('\n').filter(|line| !line.starts_with("allow: [") && !line.trim().is_empty()) {
            let bare = line.trim_end_matches('\r');
            prop_assert!(rest.any(|other| other.trim_end_matches('\r') == bare), "`{}` is lost in\n{}", line, added);
        }
        prop_assert!(!crlf || !text.contains(ending) || added.matches('\n').count() == added.matches("\r\n").count());
        let removed = remove(&added, None, &(had..had + new.len()).collect()).unwrap();
        prop_assert_eq!(removed, text);
    }
}
