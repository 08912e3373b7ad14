//! Tests of the ledger: texts that survive, histories with gaps, ways back.

use super::*;

fn alias() -> AliasName {
    AliasName::new("live").unwrap()
}

fn point(text: &str) -> Point {
    text.parse().unwrap()
}

fn entry(kind: Kind, from: &str, to: &str) -> Entry {
    Entry {
        kind,
        from: (from != "-").then(|| point(from)),
        to: point(to),
        at: "2026-11-22T21:04:05Z".parse().unwrap(),
        who: "assumed-role/deploy/ana@shop.example".into(),
        commit: Some("1a2b3c4d5e6f".into()),
        digest: Some("0011223344ff".into()),
        because: None,
    }
}

/// A ledger of moves written `kind from to`, numbered from one, and what the alias points at now.
fn ledger(moves: &[(Kind, &str, &str)]) -> Ledger {
    let numbered = (1..).zip(moves);
    Ledger {
        entries: numbered
            .map(|(number, (kind, from, to))| (number, entry(*kind, from, to)))
            .collect(),
    }
}

fn before(moves: &[(Kind, &str, &str)], now: &str) -> Vec<String> {
    let now = point(now);
    ledger(moves)
        .before(&now)
        .into_iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn an_entry_survives_as_description_and_as_tag() {
    let mut whole = entry(Kind::Promote, "7+9:12.5", "9");
    whole.because = Some("fix #12, \"späte\" Rechnung = 50%".into());
    assert_eq!(
        Entry::parse_description(&whole.description(12)),
        Some((12, whole.clone()))
    );
    let tag = whole.tag();
    assert_eq!(Entry::parse_tag(&tag), Some(whole));
    assert!(
        tag.chars()
            .all(|c| c.is_ascii_alphanumeric() || " +-=._:/@".contains(c)),
        "{tag}"
    );

    let bare = Entry {
        commit: None,
        digest: None,
        who: String::new(),
        ..entry(Kind::Deploy, "-", "1")
    };
    assert_eq!(Entry::parse_tag(&bare.tag()), Some(bare));
    for foreign in [
        "",
        "made by hand",
        "lfn",
        "lfn x deploy - 1",
        "lfn 3 deploy - one 2026-11-22T21:04:05Z a - -",
    ] {
        assert_eq!(Entry::parse_description(foreign), None, "{foreign}");
    }
}

#[test]
fn a_long_reason_is_cut_and_never_within_a_character() {
    for (reason, least) in [("x".repeat(400), 100), ("ü".repeat(400), 10), ("é€😀".repeat(90), 3)] {
        let mut long = entry(Kind::Deploy, "1", "2");
        long.who = "é".repeat(300);
        long.because = Some(reason.clone());
        long.who.truncate(20);
        let text = long.description(123_456);
        assert!(text.len() <= 256, "{}", text.len());
        let (_, read) = Entry::parse_description(&text).unwrap();
        let kept = read.because.unwrap();
        assert!(reason.starts_with(&kept) && kept.chars().count() >= least, "{kept}");
    }
}

#[test]
fn the_way_back_leads_through_what_was_live() {
    use Kind::{Deploy, Promote, Rollback};
    let releases = [(Deploy, "-", "3"), (Deploy, "3", "5"), (Promote, "5", "7")];
    assert_eq!(before(&releases, "7"), ["5", "3"]);
    assert_eq!(before(&[], "7"), [""; 0]);
    // What was taken back is no way back, however often one goes.
    let back = [&releases[..], &[(Rollback, "7", "5")]].concat();
    assert_eq!(before(&back, "5"), ["3"]);
    let further = [&back[..], &[(Rollback, "5", "3")]].concat();
    assert_eq!(before(&further, "3"), [""; 0]);
    let two_at_once = [&releases[..], &[(Rollback, "7", "3")]].concat();
    assert_eq!(before(&two_at_once, "3"), [""; 0]);
    let and_on = [&back[..], &[(Deploy, "5", "8")]].concat();
    assert_eq!(before(&and_on, "8"), ["5", "3"]);
}

#[test]
fn splits_are_returned_to_with_their_weights() {
    use Kind::{Deploy, Promote};
    let moves = [(Deploy, "-", "3"), (Promote, "3", "3+5:10"), (Promote, "3+5:10", "5")];
    assert_eq!(before(&moves, "5"), ["3+5:10", "3"]);
    let versions = |steps| ledger(&moves).versions(&point("5"), steps);
    assert_eq!(versions(1), [Version(3), Version(5)].into());
    // A shift that was given up changed nothing.
    let given_up = [(Deploy, "-", "3"), (Deploy, "3", "5"), (Promote, "5", "5")];
    assert_eq!(before(&given_up, "5"), ["3"]);
}

#[test]
fn another_tools_moves_are_gaps_that_can_be_returned_over() {
    use Kind::Deploy;
    let moves = [(Deploy, "-", "3"), (Deploy, "4", "5")];
    assert_eq!(before(&moves, "9"), ["5", "4", "3"]);
    let ledger = ledger(&moves);
    let now = point("9");
    let told: Vec<String> = ledger
        .history(&now)
        .into_iter()
        .map(|step| match step {
            Step::Moved { number, entry } => format!("{number}: {}", entry.to),
            Step::Elsewhere { from, to } => format!("{} to {}", from.unwrap(), to.unwrap()),
            Step::Unknown => "unknown".into(),
        })
        .collect();
    assert_eq!(told, ["5 to 9", "2: 5", "3 to 4", "1: 3"]);
}

#[test]
fn where_the_alias_points_already_is_no_way_back() {
    use Kind::{Deploy, Promote};
    let made_again = [(Deploy, "-", "2"), (Deploy, "2", "3"), (Deploy, "-", "3")];
    assert_eq!(before(&made_again, "3"), ["2"]);
    let there_and_back = [(Deploy, "-", "3"), (Deploy, "3", "5"), (Promote, "5", "3")];
    assert_eq!(before(&there_and_back, "3"), ["5"]);
}

#[test]
fn a_reason_is_one_line_that_fits() {
    assert_eq!(
        reason(" see #12: späte Rechnung "),
        Ok("see #12: späte Rechnung".into())
    );
    for wrong in [
        "",
        "  ",
        "two\nlines",
        "\u{1b}[31mred",
        "a\u{202e}b",
        &"x".repeat(121),
        &"ü".repeat(21),
    ] {
        assert!(reason(wrong).is_err(), "{wrong:?}");
    }
    let mut longest = entry(Kind::Rollback, "123456+123457:12.34", "123458+123459:12.34");
    longest.who = "a".repeat(80);
    longest.because = Some("x".repeat(120));
    let (_, read) = Entry::parse_description(&longest.description(1)).unwrap();
    assert!(read.because.is_some_and(|kept| kept.len() >= 60));
    let mut dash = entry(Kind::Deploy, "1", "2");
    dash.because = Some("-".into());
    assert_eq!(Entry::parse_tag(&dash.tag()), Some(dash));
    let forged = "deploy - 1 2026-11-22T21:04:05Z ana - - a=0Ab=E2=80=AEc";
    assert_eq!(
        Entry::parse_tag(forged).unwrap().because.as_deref(),
        Some("a\u{fffd}b\u{fffd}c")
    );
}

#[test]
fn before_the_first_entry_nothing_is_known_unless_the_alias_was_made() {
    let unknown = |moves: &[(Kind, &str, &str)], now: &str| ledger(moves).history(&point(now)).contains(&Step::Unknown);
    assert!(unknown(&[], "3"));
    assert!(unknown(&[(Kind::Deploy, "2", "3")], "3"));
    assert!(!unknown(&[(Kind::Deploy, "-", "3")], "3"));
}

#[test]
fn tags_and_description_are_read_together() {
    let mut tags = BTreeMap::from([("team".to_owned(), "shop".to_owned())]);
    let mut description = String::new();
    for version in 1..=3 {
        let read = Ledger::read(&alias(), &description, &tags);
        assert_eq!(read.next(), version);
        let from = if version == 1 {
            "-".into()
        } else {
            (version - 1).to_string()
        };
        let made = entry(Kind::Deploy, &from, &version.to_string());
        description = made.description(read.next());
        // The second move was interrupted before its tag was written.
        if version != 2 {
            tags.extend(kept(&alias(), &read, &made, &tags).set);
        }
    }
    let numbers: Vec<&str> = tags
        .keys()
        .filter_map(|key| key.strip_prefix("lfn:step:live:"))
        .collect();
    assert_eq!(numbers, ["000001", "000002", "000003"]);
    let read = Ledger::read(&alias(), "somebody else's words", &tags);
    assert_eq!(read.before(&point("3")), [&point("2"), &point("1")]);
    let other = AliasName::new("staging").unwrap();
    assert_eq!(Ledger::read(&other, "", &tags), Ledger::default());
}

#[test]
fn the_oldest_entries_make_room() {
    let mut tags: BTreeMap<String, String> = (0..45).map(|n| (format!("own{n}"), "x".to_owned())).collect();
    for version in 1..=9_u64 {
        let read = Ledger::read(&alias(), "", &tags);
        let mut made = entry(Kind::Deploy, "-", &version.to_string());
        made.at = format!("2026-11-22T21:04:{version:02}Z").parse().unwrap();
        let change = kept(&alias(), &read, &made, &tags);
        tags.retain(|key, _| !change.remove.contains(key));
        tags.extend(change.set);
        assert!(tags.len() <= 50, "{}", tags.len());
    }
    let read = Ledger::read(&alias(), "", &tags);
    assert_eq!(read.entries.keys().copied().collect::<Vec<_>>(), [5, 6, 7, 8, 9]);
    // Without any room the description alone keeps the newest.
    let full: BTreeMap<String, String> = (0..50).map(|n| (format!("own{n}"), "x".to_owned())).collect();
    let change = kept(&alias(), &Ledger::default(), &entry(Kind::Deploy, "-", "1"), &full);
    assert!(change.is_empty());
}

#[test]
fn the_longest_name_of_an_alias_still_makes_a_key() {
    let long = |end: char| AliasName::new(format!("{}{end}", "a".repeat(127))).unwrap();
    let key = |alias: &AliasName| format!("{}000001", prefix(alias));
    assert!(key(&long('b')).len() <= 128);
    assert_ne!(key(&long('b')), key(&long('c')));
}
