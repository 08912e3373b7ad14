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
    let versions = ledger(&moves).versions(&point("5"));
    assert_eq!(versions, [Version(3), Version(5)].into());
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
            tags.extend(kept(&alias(), &read, (read.next(), &made), &tags).set);
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
        let change = kept(&alias(), &read, (read.next(), &made), &tags);
        tags.retain(|key, _| !change.remove.contains(key));
        tags.extend(change.set);
        assert!(tags.len() <= 50, "{}", tags.len());
    }
    let read = Ledger::read(&alias(), "", &tags);
    assert_eq!(read.entries.keys().copied().collect::<Vec<_>>(), [5, 6, 7, 8, 9]);
    // Without any room the description alone keeps the newest.
    let full: BTreeMap<String, String> = (0..50).map(|n| (format!("own{n}"), "x".to_owned())).collect();
    let change = kept(&alias(), &Ledger::default(), (1, &entry(Kind::Deploy, "-", "1")), &full);
    assert!(change.is_empty());
}

/// Deploys to `staging` leave `live` its way back, however many they are.
#[test]
fn an_alias_that_moves_often_leaves_the_others_their_ways_back() {
    let staging = AliasName::new("staging").unwrap();
    let mut tags = BTreeMap::new();
    let mut go = |alias: &AliasName, from: &str, to: &str| {
        let read = Ledger::read(alias, "", &tags);
        let made = entry(Kind::Deploy, from, to);
        let change = kept(alias, &read, (read.next(), &made), &tags);
        tags.retain(|key, _| !change.remove.contains(key));
        tags.extend(change.set);
        Ledger::read(&self::alias(), "", &tags)
    };
    for (from, to) in [("-", "1"), ("1", "2"), ("2", "3")] {
        go(&alias(), from, to);
    }
    for version in 4..60_u64 {
        let live = go(&staging, &(version - 1).to_string(), &version.to_string());
        assert_eq!(live.before(&point("3")), [&point("2"), &point("1")], "{version}");
    }
}

#[test]
fn what_lies_between_entries_that_were_kept_is_unknown_and_nobodys_doing() {
    let mut ledger = ledger(&[
        (Kind::Deploy, "-", "3"),
        (Kind::Deploy, "3", "5"),
        (Kind::Deploy, "5", "7"),
    ]);
    ledger.entries.remove(&2);
    let now = point("7");
    assert_eq!(ledger.history(&now)[1], Step::Unknown);
    // A rollback beyond all that is known leaves no way to what it took back.
    assert_eq!(
        before(&[(Kind::Deploy, "2", "3"), (Kind::Rollback, "3", "1")], "1"),
        [""; 0]
    );
}

#[test]
fn the_longest_name_of_an_alias_still_makes_a_key() {
    let long = |end: char| AliasName::new(format!("{}{end}", "a".repeat(127))).unwrap();
    let key = |alias: &AliasName| format!("{}000001", prefix(alias));
    assert!(key(&long('b')).len() <= 128);
    assert_ne!(key(&long('b')), key(&long('c')));
}

#[test]
fn a_canary_is_one_entry_and_the_way_back_leads_to_what_was_there_before_it() {
    use Kind::{Canary, Deploy, Promote, Rollback};
    let start = [(Deploy, "-", "3"), (Deploy, "3", "5")];
    for (moves, now, ways) in [
        // Under way, and at its end.
        (&[(Canary, "5", "5+7:10")][..], "5+7:10", &["5", "3"][..]),
        (&[(Canary, "5", "7")], "7", &["5", "3"]),
        // What was split before stays a way back, weights included.
        (
            &[(Promote, "5", "5+6:20"), (Canary, "5+6:20", "5+7:50")],
            "5+7:50",
            &["5+6:20", "5", "3"],
        ),
        // Taken back: by lfn itself, or later by somebody who runs `rollback`.
        (&[(Canary, "5", "5+7:50"), (Rollback, "5+7:50", "5")], "5", &["3"]),
        (
            &[(Canary, "5", "5+7:50"), (Rollback, "5+7:50", "5"), (Canary, "5", "7")],
            "7",
            &["5", "3"],
        ),
        // Killed in the middle, and finished by hand.
        (&[(Canary, "5", "5+7:50"), (Promote, "5+7:50", "7")], "7", &["5", "3"]),
        (
            &[(Canary, "5", "5+7:50"), (Promote, "5+7:50", "7"), (Rollback, "7", "5")],
            "5",
            &["3"],
        ),
        // Moved by something else in the middle.
        (&[(Canary, "5", "5+7:50")], "7", &["5", "3"]),
        (&[(Canary, "5", "5+7:50"), (Deploy, "6", "8")], "8", &["6", "5", "3"]),
    ] {
        let all = [&start[..], moves].concat();
        assert_eq!(before(&all, now), ways, "{moves:?} at {now}");
    }
}

#[test]
fn a_canary_is_under_way_until_it_has_ended_or_the_alias_has_left_it() {
    use Kind::{Canary, Promote, Rollback};
    for (moves, now, expected) in [
        (&[(Canary, "5", "5+7:10")][..], "5+7:10", Some(1)),
        (&[(Canary, "5", "5+7:10")], "5+7:20", None),
        (&[(Canary, "5", "5+7:10")], "7", None),
        (&[(Canary, "5", "7")], "7", None),
        (&[(Promote, "5", "5+7:10")], "5+7:10", None),
        (&[(Canary, "5", "5+7:10"), (Rollback, "5+7:10", "5")], "5", None),
    ] {
        let ledger = ledger(moves);
        let found = ledger.under_way(&point(now)).map(|(number, _)| number);
        assert_eq!(found, expected, "{moves:?} at {now}");
    }
}

#[test]
fn a_canary_tells_the_commit_and_the_digest_of_where_it_is_going() {
    let under_way = ledger(&[(Kind::Canary, "5", "5+7:10")]);
    assert_eq!(under_way.digest(Version(7)), Some("0011223344ff"));
    assert_eq!(under_way.digest(Version(5)), None);
    assert_eq!(
        ledger(&[(Kind::Canary, "5", "7")]).commit(Version(7)),
        Some("1a2b3c4d5e6f")
    );
}

/// Twenty stages are one tag, and leave the history before them alone.
#[test]
fn the_stages_of_a_canary_amend_one_entry() {
    let mut tags = BTreeMap::new();
    let start = Ledger::read(&alias(), "", &tags);
    tags.extend(kept(&alias(), &start, (start.next(), &entry(Kind::Deploy, "-", "1")), &tags).set);
    let ledger = Ledger::read(&alias(), "", &tags);
    let number = ledger.next();
    for to in ["1+2:5", "1+2:50", "2"] {
        let amended = entry(Kind::Canary, "1", to);
        let change = kept(&alias(), &ledger, (number, &amended), &tags);
        tags.extend(change.set);
        assert_eq!(tags.len(), 2, "{tags:?}");
        let read = Ledger::read(&alias(), &amended.description(number), &tags);
        assert_eq!(read.newest(), Some((number, &amended)));
        assert_eq!(read.before(&point(to)), [&point("1")]);
    }
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    /// What a person may do next to an alias, told from where it points.
    #[derive(Debug, Clone, Copy)]
    enum Act {
        Promote(u64),
        /// Stages that were set before it ended, was taken back, or was killed.
        Canary(u64, u8, End),
        Rollback,
    }

    #[derive(Debug, Clone, Copy)]
    enum End {
        Finished,
        TakenBack,
        Killed,
    }

    fn act() -> impl Strategy<Value = Act> {
        let end = prop_oneof![Just(End::Finished), Just(End::TakenBack), Just(End::Killed)];
        prop_oneof![
            (1..9_u64).prop_map(Act::Promote),
            (1..9_u64, 1..4_u8, end).prop_map(|(version, stages, end)| Act::Canary(version, stages, end)),
            Just(Act::Rollback),
        ]
    }

    /// An alias of a function, kept by the functions that lfn itself keeps it with.
    struct Kept {
        description: String,
        tags: BTreeMap<String, String>,
        now: Point,
    }

    impl Kept {
        fn ledger(&self) -> Ledger {
            Ledger::read(&alias(), &self.description, &self.tags)
        }

        fn write(&mut self, number: u64, made: &Entry, tag: bool) {
            let change = kept(&alias(), &self.ledger(), (number, made), &self.tags);
            if tag {
                self.tags.extend(change.set);
            }
            self.description = made.description(number);
            self.now = made.to.clone();
        }

        fn go(&mut self, kind: Kind, to: Point) {
            let made = Entry {
                from: Some(self.now.clone()),
                to,
                ..entry(kind, "-", "1")
            };
            self.write(self.ledger().next(), &made, true);
        }
    }

    proptest! {
        /// However canaries end, one rollback leads to where the alias was before the last of them.
        #[test]
        fn a_rollback_leads_to_what_was_there_before(acts in proptest::collection::vec(act(), 1..12)) {
            let mut kept = Kept { description: String::new(), tags: BTreeMap::new(), now: point("1") };
            kept.write(1, &entry(Kind::Deploy, "-", "1"), true);
            // What was live, whole, in order; a rollback takes the last of it away.
            let mut stack: Vec<Point> = Vec::new();
            let mut live = point("1");
            for act in acts {
                match act {
                    Act::Promote(version) | Act::Canary(version, ..) if live == Point::at(Version(version)) => {}
                    Act::Promote(version) => {
                        kept.go(Kind::Promote, Point::at(Version(version)));
                        stack.push(std::mem::replace(&mut live, Point::at(Version(version))));
                    }
                    Act::Canary(version, stages, end) => {
                        // One that is under way is taken back first: lfn refuses two at once.
                        if kept.ledger().under_way(&kept.now).is_some() {
                            kept.go(Kind::Rollback, live.clone());
                        }
                        let number = kept.ledger().next();
                        for stage in 1..=stages {
                            let mut to = live.clone();
                            to.weights.insert(Version(version), Share::from_weight(f64::from(stage) / 10.0));
                            let made = Entry { from: Some(live.clone()), to, ..entry(Kind::Canary, "-", "1") };
                            kept.write(number, &made, stage == 1);
                        }
                        let ledger = kept.ledger();
                        prop_assert_eq!(ledger.before(&kept.now).first().copied(), Some(&live));
                        match end {
                            End::Killed => {}
                            End::TakenBack => kept.go(Kind::Rollback, live.clone()),
                            End::Finished => {
                                let to = Point::at(Version(version));
                                let made = Entry {
                                    from: Some(live.clone()),
                                    to: to.clone(),
                                    ..entry(Kind::Canary, "-", "1")
                                };
                                kept.write(number, &made, true);
                                stack.push(std::mem::replace(&mut live, to));
                            }
                        }
                    }
                    Act::Rollback => {
                        let ledger = kept.ledger();
                        let under_way = ledger.under_way(&kept.now).is_some();
                        let back = ledger.before(&kept.now).first().map(|point| (*point).clone());
                        if under_way {
                            prop_assert_eq!(back.as_ref(), Some(&live));
                        } else {
                            // A place that was returned to twice is one place.
                            while stack.last() == Some(&live) {
                                stack.pop();
                            }
                            prop_assert_eq!(back.as_ref(), stack.last());
                            live = stack.pop().unwrap_or(live);
                        }
                        if let Some(back) = back {
                            kept.go(Kind::Rollback, back);
                        }
                    }
                }
            }
        }
    }
}

/// Several aliases of one function, moved in any order.
mod together {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone, Copy)]
    enum Act {
        Deploy(u64),
        Rollback,
    }

    fn act() -> impl Strategy<Value = (usize, Act)> {
        // The first one moves as often as all the others.
        let which = prop_oneof![Just(0_usize), 1..4_usize];
        let act = prop_oneof![3 => (1..9_u64).prop_map(Act::Deploy), 1 => Just(Act::Rollback)];
        (which, act)
    }

    fn ways(ledger: &Ledger, now: &Point) -> Vec<Point> {
        ledger.before(now).into_iter().take(WAYS_BACK).cloned().collect()
    }

    proptest! {
        /// No move of any alias costs another one, or the same, one of the last ways back that are known.
        #[test]
        fn the_last_ways_back_of_every_alias_stay_known(acts in proptest::collection::vec(act(), 1..80)) {
            let names: Vec<AliasName> = (0..4).map(|n| AliasName::new(format!("a{n}")).unwrap()).collect();
            let mut tags = BTreeMap::from([("team".to_owned(), "shop".to_owned())]);
            let mut found: Vec<Option<(String, Point)>> = vec![None; names.len()];
            for (second, (which, act)) in acts.into_iter().enumerate() {
                let read = |which: usize, tags: &BTreeMap<String, String>, found: &[Option<(String, Point)>]| {
                    let description = found[which].as_ref().map_or("", |(description, _)| description.as_str());
                    Ledger::read(&names[which], description, tags)
                };
                let ledger = read(which, &tags, &found);
                let from = found[which].as_ref().map(|(_, now)| now.clone());
                let (kind, to) = match act {
                    Act::Deploy(version) => (Kind::Deploy, Some(Point::at(Version(version)))),
                    Act::Rollback => {
                        let back = from.as_ref().and_then(|now| ways(&ledger, now).first().cloned());
                        (Kind::Rollback, back)
                    }
                };
                let Some(to) = to.filter(|to| Some(to) != from.as_ref()) else { continue };
                let at = Timestamp::from_second(i64::try_from(second).unwrap()).unwrap();
                let made = Entry { from, to: to.clone(), at, ..entry(kind, "-", "1") };
                let mut whole = ledger.clone();
                whole.entries.insert(ledger.next(), made.clone());
                let expected: Vec<Option<Vec<Point>>> = (0..names.len())
                    .map(|index| match &found[index] {
                        _ if index == which => Some(ways(&whole, &to)),
                        Some((_, now)) => Some(ways(&read(index, &tags, &found), now)),
                        None => None,
                    })
                    .collect();
                let change = kept(&names[which], &ledger, (ledger.next(), &made), &tags);
                tags.retain(|key, _| !change.remove.contains(key));
                tags.extend(change.set);
                prop_assert!(tags.len() <= KEPT + 1);
                found[which] = Some((made.description(ledger.next()), to));
                for (index, expected) in expected.into_iter().enumerate() {
                    if let (Some((_, now)), Some(expected)) = (&found[index], expected) {
                        prop_assert_eq!(ways(&read(index, &tags, &found), now), expected, "{}", names[index]);
                    }
                }
            }
        }
    }
}
