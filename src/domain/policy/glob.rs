//! Patterns with `*` and `?` as IAM reads them, and questions about them: does a text match, does one
//! pattern match all that another does, can one text match both.
//!
//! In the resources of a statement a wildcard stays within its ARN segment, with one exception: a
//! `*` that ends its segment "can expand to match beyond the colon boundaries". What follows the
//! fifth colon is one segment. Source: IAM user guide, "IAM JSON policy elements: Resource".

use std::collections::{BTreeSet, HashSet};

/// How many pairs of states [`Pattern::includes`] looks at before it gives up. Patterns in real
/// policies need a few hundred; a row of `?` after a `*` doubles the number with each of them.
const PATIENCE: usize = 20_000;

/// A pattern, ready to match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pattern(Vec<Token>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Char(char),
    /// `?`
    One(Reach),
    /// `*`
    Run(Reach),
}

/// Whether a wildcard may stand for a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Anything,
    Segment,
}

/// Texts that the same patterns match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// For each pattern, whether it matches.
    pub matched: Vec<bool>,
    /// One of the texts, as short as there is.
    pub example: String,
}

impl Reach {
    /// Whether a wildcard may stand for this character.
    fn fits(self, symbol: Option<char>) -> bool {
        self == Self::Anything || symbol != Some(':')
    }
}

/// A piece of a pattern: text as it was written, or a value whose characters stand for themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Written(String),
    Literal(String),
}

impl Pattern {
    /// A pattern whose wildcards match anything.
    pub fn new(text: &str) -> Self {
        Self::of(&[Piece::Written(text.to_owned())])
    }

    /// A pattern of pieces whose wildcards match anything.
    pub fn of(pieces: &[Piece]) -> Self {
        Self(tokens(pieces, |_, _| Reach::Anything))
    }

    /// A resource as a statement writes it.
    pub fn resource(text: &str) -> Self {
        Self::resource_of(&[Piece::Written(text.to_owned())])
    }

    /// A resource of pieces. An ARN with fewer than six segments has `*` in the missing ones.
    /// Source: IAM user guide, "IAM identifiers".
    pub fn resource_of(pieces: &[Piece]) -> Self {
        let mut pieces = pieces.to_vec();
        let written: String = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Written(text) => text.as_str(),
                Piece::Literal(_) => "",
            })
            .collect();
        let missing = 5_usize.saturating_sub(written.matches(':').count());
        // A `*` may stand for the missing segments itself.
        if written.starts_with("arn:") && !written.contains('*') {
            pieces.push(Piece::Written(":*".repeat(missing)));
        }
        let at_end = |colons: usize, next: Option<char>| colons >= 5 || matches!(next, None | Some(':'));
        Self(tokens(&pieces, |colons, next| {
            if at_end(colons, next) {
                Reach::Anything
            } else {
                Reach::Segment
            }
        }))
    }

    /// An ARN whose wildcards keep to their segments.
    pub fn arn(text: &str) -> Self {
        let pieces = [Piece::Written(text.to_owned())];
        Self(tokens(&pieces, |colons, _| {
            if colons >= 5 { Reach::Anything } else { Reach::Segment }
        }))
    }

    /// Whether the whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        let start = self.closure([0]);
        let end = text.chars().fold(start, |states, c| self.step(&states, Some(c)));
        end.contains(&self.0.len())
    }

    /// Whether this pattern matches everything that the other one matches. Pairs of patterns that
    /// would take too long to compare count as not included.
    pub fn includes(&self, other: &Self) -> bool {
        let alphabet = self.alphabet(other);
        let mut seen: HashSet<(usize, BTreeSet<usize>)> = HashSet::new();
        let mut open: Vec<_> = (other.closure([0]).into_iter())
            .map(|theirs| (theirs, self.closure([0])))
            .collect();
        while let Some((theirs, ours)) = open.pop() {
            if theirs == other.0.len() && !ours.contains(&self.0.len()) {
                return false;
            }
            if seen.len() > PATIENCE {
                return false;
            }
            if !seen.insert((theirs, ours.clone())) {
                continue;
            }
            for symbol in &alphabet {
                let ours = self.step(&ours, *symbol);
                let after = other.step(&BTreeSet::from([theirs]), *symbol);
                open.extend(after.into_iter().map(|theirs| (theirs, ours.clone())));
            }
        }
        true
    }

    /// Whether some text matches both.
    pub fn overlaps(&self, other: &Self) -> bool {
        let alphabet = self.alphabet(other);
        let mut seen: HashSet<(usize, usize)> = HashSet::new();
        let pairs = |ours: &BTreeSet<usize>, theirs: &BTreeSet<usize>| -> Vec<(usize, usize)> {
            let theirs: Vec<usize> = theirs.iter().copied().collect();
            ours.iter().flat_map(|a| theirs.iter().map(|b| (*a, *b))).collect()
        };
        let mut open = pairs(&self.closure([0]), &other.closure([0]));
        while let Some((ours, theirs)) = open.pop() {
            if ours == self.0.len() && theirs == other.0.len() {
                return true;
            }
            if seen.insert((ours, theirs)) {
                for symbol in &alphabet {
                    let ours = self.step(&BTreeSet::from([ours]), *symbol);
                    let theirs = other.step(&BTreeSet::from([theirs]), *symbol);
                    open.extend(pairs(&ours, &theirs));
                }
            }
        }
        false
    }

    /// Sorts all texts that this pattern matches by which of the others match them too: one class for
    /// every combination that occurs. `None` when finding them all would take too long.
    pub fn classes(&self, others: &[&Self]) -> Option<Vec<Class>> {
        if let Some(text) = self.only_text() {
            let matched = others.iter().map(|other| other.matches(&text)).collect();
            let class = Class { matched, example: text };
            return Some(vec![class]);
        }
        let patterns: Vec<&Self> = [self].into_iter().chain(others.iter().copied()).collect();
        let mut alphabet = BTreeSet::from([None, Some(':')]);
        alphabet.extend(patterns.iter().flat_map(|pattern| pattern.named()));
        let start: Vec<Vec<usize>> = patterns.iter().map(|pattern| pattern.opening()).collect();
        // Breadth first, so that examples are short; each text is told by its prefix and last character.
        let mut seen = HashSet::from([start.clone()]);
        let mut reached = vec![(start, None)];
        let mut classes: Vec<(Vec<bool>, usize)> = Vec::new();
        let mut next = 0;
        while let Some((places, _)) = reached.get(next).cloned() {
            let ends = |(pattern, places): (&&Self, &Vec<usize>)| places.contains(&pattern.0.len());
            let matched: Vec<bool> = patterns.iter().zip(&places).map(ends).collect();
            if matched[0] && !classes.iter().any(|(known, _)| *known == matched[1..]) {
                classes.push((matched[1..].to_vec(), next));
            }
            for symbol in &alphabet {
                let own = self.advance(&places[0], *symbol);
                if own.is_empty() {
                    continue;
                }
                let rest = others.iter().zip(&places[1..]);
                let rest = rest.map(|(other, places)| other.advance(places, *symbol));
                let after: Vec<Vec<usize>> = [own].into_iter().chain(rest).collect();
                if seen.insert(after.clone()) {
                    reached.push((after, Some((next, *symbol))));
                }
            }
            if seen.len() > PATIENCE {
                return None;
            }
            next += 1;
        }
        let other = unnamed(&alphabet);
        let text = |mut at: usize| {
            let mut backwards = Vec::new();
            while let Some((before, symbol)) = reached[at].1 {
                backwards.push(symbol.unwrap_or(other));
                at = before;
            }
            backwards.into_iter().rev().collect()
        };
        let class = |(matched, at)| Class {
            matched,
            example: text(at),
        };
        Some(classes.into_iter().map(class).collect())
    }

    /// The places before the first character, as [`Self::advance`] has them.
    fn opening(&self) -> Vec<usize> {
        self.closure([0]).into_iter().collect()
    }

    /// The same as [`Self::step`] over lists in order, which costs less where places are few.
    fn advance(&self, places: &[usize], symbol: Option<char>) -> Vec<usize> {
        let mut after: Vec<usize> = Vec::new();
        for place in places {
            let Some(token) = self.0.get(*place) else { continue };
            let mut reached = match *token {
                Token::Char(c) if symbol == Some(c) => place + 1,
                Token::One(reach) if reach.fits(symbol) => place + 1,
                Token::Run(reach) if reach.fits(symbol) => *place,
                Token::Char(_) | Token::One(_) | Token::Run(_) => continue,
            };
            while !after.contains(&reached) {
                after.push(reached);
                if matches!(self.0.get(reached), Some(Token::Run(_))) {
                    reached += 1;
                }
            }
        }
        after.sort_unstable();
        after
    }

    /// The one text that a pattern without wildcards matches.
    pub fn only_text(&self) -> Option<String> {
        let letter = |token: &Token| match token {
            Token::Char(c) => Some(*c),
            Token::One(_) | Token::Run(_) => None,
        };
        self.0.iter().map(letter).collect()
    }

    /// Every character that a pattern names, the colon, and `None` for all others.
    fn alphabet(&self, other: &Self) -> BTreeSet<Option<char>> {
        self.named().chain(other.named()).chain([None, Some(':')]).collect()
    }

    fn named(&self) -> impl Iterator<Item = Option<char>> {
        self.0.iter().filter_map(|token| match token {
            Token::Char(c) => Some(Some(*c)),
            Token::One(_) | Token::Run(_) => None,
        })
    }

    /// The places in the pattern that can be reached without a character: `*` may match nothing.
    fn closure(&self, states: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
        let mut all = BTreeSet::new();
        for mut state in states {
            while all.insert(state) && matches!(self.0.get(state), Some(Token::Run(_))) {
                state += 1;
            }
        }
        all
    }

    /// The places after one more character; `None` is a character that no pattern names.
    fn step(&self, states: &BTreeSet<usize>, symbol: Option<char>) -> BTreeSet<usize> {
        let next = states.iter().filter_map(|state| match self.0.get(*state)? {
            Token::Char(c) => (symbol == Some(*c)).then_some(state + 1),
            Token::One(reach) => reach.fits(symbol).then_some(state + 1),
            Token::Run(reach) => reach.fits(symbol).then_some(*state),
        });
        self.closure(next.collect::<Vec<_>>())
    }
}

/// A character that stands for all that no pattern names.
fn unnamed(alphabet: &BTreeSet<Option<char>>) -> char {
    let mut candidates = ('a'..='z').chain('0'..='9').chain('\u{e000}'..='\u{f8ff}');
    let found = candidates.find(|c| !alphabet.contains(&Some(*c)));
    found.expect("patterns are shorter than the private use area")
}

/// Splits pieces into tokens; `reach` is asked with the colons so far and the next character.
fn tokens(pieces: &[Piece], reach: impl Fn(usize, Option<char>) -> Reach) -> Vec<Token> {
    let characters = pieces.iter().flat_map(|piece| {
        let (text, written) = match piece {
            Piece::Written(text) => (text, true),
            Piece::Literal(text) => (text, false),
        };
        text.chars().map(move |c| (c, written))
    });
    let mut characters = characters.peekable();
    let mut colons = 0;
    let mut tokens = Vec::new();
    while let Some((c, written)) = characters.next() {
        let next = characters.peek().map(|(c, _)| *c);
        tokens.push(match c {
            '*' if written => Token::Run(reach(colons, next)),
            '?' if written => Token::One(reach(colons, Some('?'))),
            c => Token::Char(c),
        });
        colons += usize::from(c == ':' && written);
    }
    tokens
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wildcards_match_as_iam_says() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abb", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a**b*", "ab", true),
            ("*é?", "xé漢", true),
            ("", "a", false),
            ("A", "a", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn wildcards_of_resources_keep_to_their_segment_unless_they_end_it() {
        let queue = "arn:aws:sqs:eu-west-1:111122223333:jobs";
        for (pattern, text, expected) in [
            ("arn:aws:sqs:eu-*-1:111122223333:jobs", queue, true),
            ("arn:aws:sqs:eu-west-?:111122223333:jobs", queue, true),
            // Not the last character of its segment.
            ("arn:aws:sqs:eu*3:jobs", queue, false),
            ("arn:aws:sqs:eu-west-1?111122223333:jobs", queue, false),
            // The last one.
            ("arn:aws:sqs:*:jobs", queue, true),
            ("arn:aws:sqs:eu*:jobs", queue, true),
            ("arn:aws:sqs:*", queue, true),
            ("arn:aws:sqs", queue, true),
            ("arn:aws:sns", queue, false),
            ("*", queue, true),
            ("*", "*", true),
            // The resource itself is one segment.
            (
                "arn:aws:lambda:*:*:function:f*e",
                "arn:aws:lambda:r:a:function:fn:live",
                true,
            ),
            (
                "arn:aws:lambda:*:*:function:fn?live",
                "arn:aws:lambda:r:a:function:fn:live",
                true,
            ),
        ] {
            assert_eq!(Pattern::resource(pattern).matches(text), expected, "{pattern}");
        }
    }

    #[test]
    fn literal_pieces_have_no_wildcards() {
        let pieces = [
            Piece::Written("a/".into()),
            Piece::Literal("*?".into()),
            Piece::Written("/*".into()),
        ];
        let pattern = Pattern::of(&pieces);
        assert!(pattern.matches("a/*?/x"));
        assert!(!pattern.matches("a/bc/x"));
    }

    #[test]
    fn inclusion_and_overlap() {
        for (wide, narrow, includes, overlaps) in [
            ("*", "a*", true, true),
            ("a*", "*", false, true),
            ("a*", "ab?", true, true),
            ("a?", "a*", false, true),
            ("a*b", "aXXb", true, true),
            ("a*", "b*", false, false),
            ("*a*", "*b*", false, true),
            ("?*", "*?", true, true),
            ("**", "*", true, true),
            ("ab", "ab", true, true),
        ] {
            let (wide, narrow) = (Pattern::new(wide), Pattern::new(narrow));
            assert_eq!(wide.includes(&narrow), includes, "{wide:?} {narrow:?}");
            assert_eq!(wide.overlaps(&narrow), overlaps, "{wide:?} {narrow:?}");
            assert_eq!(narrow.overlaps(&wide), overlaps, "{wide:?} {narrow:?}");
        }
        let segment = Pattern::resource("arn:aws:s3:*x:*:b");
        assert!(Pattern::resource("arn:aws:s3:*:*:b").includes(&segment));
        assert!(!segment.includes(&Pattern::resource("arn:aws:s3:*:*:b")));
    }

    #[test]
    fn comparing_patterns_ends() {
        let slow = format!("*a{}", "?".repeat(60));
        assert!(!Pattern::new(&slow).includes(&Pattern::new(&format!("*b{}", "?".repeat(60)))));
    }

    /// Every text of up to five letters of `a`, `b`, `:`.
    fn texts() -> Vec<String> {
        let mut all = vec![String::new()];
        let mut last = all.clone();
        for _ in 0..5 {
            last = last
                .iter()
                .flat_map(|text| ['a', 'b', ':'].map(|c| format!("{text}{c}")))
                .collect();
            all.extend(last.clone());
        }
        all
    }

    proptest! {
        #[test]
        fn inclusion_is_what_matching_says(wide in "[ab:*?]{0,5}", narrow in "[ab:*?]{0,4}") {
            for make in [Pattern::new, Pattern::resource] {
                let (a, b) = (make(&wide), make(&narrow));
                let texts = texts();
                let counterexample = texts.iter().find(|text| b.matches(text) && !a.matches(text));
                let shared = texts.iter().find(|text| b.matches(text) && a.matches(text));
                prop_assert!(!a.includes(&b) || counterexample.is_none(), "{counterexample:?}");
                // Patterns this short differ on short texts or on none.
                prop_assert!(a.includes(&b) || counterexample.is_some() || narrow.contains('*'));
                prop_assert!(a.overlaps(&b) || shared.is_none(), "{shared:?}");
                prop_assert_eq!(a.overlaps(&b), b.overlaps(&a));
                prop_assert!(a.includes(&a) && (!a.includes(&b) || a.overlaps(&b)));
            }
        }

        #[test]
        fn classes_are_all_that_matching_tells_apart(within in "[ab:*?]{0,4}", one in "[ab:*?]{0,4}", two in "[ab:*?]{0,4}") {
            for make in [Pattern::new, Pattern::resource] {
                let (within, others) = (make(&within), [make(&one), make(&two)]);
                let matched = |text: &str| others.iter().map(|other| other.matches(text)).collect::<Vec<_>>();
                let classes = within.classes(&[&others[0], &others[1]]).unwrap();
                for class in &classes {
                    prop_assert!(within.matches(&class.example));
                    prop_assert_eq!(matched(&class.example), &class.matched[..]);
                }
                for text in texts().iter().filter(|text| within.matches(text)) {
                    let found = classes.iter().filter(|class| class.matched == matched(text)).count();
                    prop_assert_eq!(found, 1, "{} {:?}", text, classes);
                }
            }
        }

        #[test]
        fn inclusion_goes_on_through_a_chain(a in "[ab*?]{0,5}", b in "[ab*?]{0,5}", c in "[ab*?]{0,5}") {
            let [a, b, c] = [a, b, c].map(|text| Pattern::new(&text));
            prop_assert!(!(a.includes(&b) && b.includes(&c)) || a.includes(&c));
        }
    }
}
