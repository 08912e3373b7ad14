//! Patterns with `*` and `?` as IAM reads them, and questions about them: does a text match, does one
//! pattern match all that another does, can one text match both.
//!
//! In the resources of a statement a wildcard stays within its ARN segment, with one exception: a
//! `*` that ends its segment "can expand to match beyond the colon boundaries". What follows the
//! fifth colon is one segment. Source: IAM user guide, "IAM JSON policy elements: Resource".

use std::cell::Cell;
use std::collections::{BTreeSet, HashSet};

/// What one question may cost. A row of `?` after a `*` doubles the cost with each of them, and a
/// policy may be anybody's text.
const EACH: usize = 1_000_000;

/// How much work is left for questions about patterns, counted in places looked at, so that the answer
/// is the same on every machine.
#[derive(Debug)]
pub struct Budget {
    left: Cell<usize>,
    /// What is left for the question in hand.
    here: Cell<usize>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            left: Cell::new(Self::TOTAL),
            here: Cell::new(0),
        }
    }
}

impl Budget {
    /// What all questions of one comparison may cost together.
    pub const TOTAL: usize = 4_000_000;

    /// Begins another question.
    fn begin(&self) {
        self.here.set(self.left.get().min(EACH));
    }

    /// Pays for work on the question in hand; `None` when there is no more for it.
    pub fn spend(&self, cost: usize) -> Option<()> {
        self.here.set(self.here.get().checked_sub(cost)?);
        self.left.set(self.left.get().saturating_sub(cost));
        Some(())
    }

    /// What was spent so far.
    #[cfg(test)]
    pub fn spent(&self) -> usize {
        Self::TOTAL - self.left.get()
    }
}

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

impl Token {
    /// Whether some character fits both. Two wildcards share at least one that no pattern names.
    fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Char(one), Self::Char(two)) => one == two,
            (Self::Char(c), Self::One(reach) | Self::Run(reach))
            | (Self::One(reach) | Self::Run(reach), Self::Char(c)) => reach.fits(Some(c)),
            (Self::One(_) | Self::Run(_), Self::One(_) | Self::Run(_)) => true,
        }
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
        let end = text
            .chars()
            .fold(self.closure(0), |places, c| self.advance(&places, Some(c)));
        end.last() == Some(&self.0.len())
    }

    /// Whether this pattern matches everything that the other one matches. Pairs of patterns that
    /// would take too long to compare count as not included: nobody is told that a right is there
    /// which may be missing.
    pub fn includes(&self, other: &Self) -> bool {
        self.includes_within(other, &Budget::default()).unwrap_or(false)
    }

    /// The same within a budget; `None` when that does not suffice.
    pub fn includes_within(&self, other: &Self, budget: &Budget) -> Option<bool> {
        budget.begin();
        budget.spend(1)?;
        if self == other || self.0 == [Token::Run(Reach::Anything)] {
            return Some(true);
        }
        let alphabet = self.alphabet(other);
        let mut seen: HashSet<(usize, Vec<usize>)> = HashSet::new();
        let mut open: Vec<_> = (other.closure(0).into_iter())
            .map(|theirs| (theirs, self.closure(0)))
            .collect();
        while let Some((theirs, ours)) = open.pop() {
            if theirs == other.0.len() && ours.last() != Some(&self.0.len()) {
                return Some(false);
            }
            if !seen.insert((theirs, ours.clone())) {
                continue;
            }
            budget.spend(alphabet.len() * (ours.len() + 1))?;
            for symbol in &alphabet {
                let after = other.advance(&[theirs], *symbol);
                if after.is_empty() {
                    continue;
                }
                let ours = self.advance(&ours, *symbol);
                open.extend(after.into_iter().map(|theirs| (theirs, ours.clone())));
            }
        }
        Some(true)
    }

    /// Whether some text matches both. This is always exact: it looks at each pair of places once.
    pub fn overlaps(&self, other: &Self) -> bool {
        let width = other.0.len() + 1;
        let mut seen = vec![false; (self.0.len() + 1) * width];
        let mut open = vec![(0, 0)];
        while let Some((ours, theirs)) = open.pop() {
            if std::mem::replace(&mut seen[ours * width + theirs], true) {
                continue;
            }
            let (one, two) = (self.0.get(ours), other.0.get(theirs));
            // A `*` may end here.
            open.extend(matches!(one, Some(Token::Run(_))).then_some((ours + 1, theirs)));
            open.extend(matches!(two, Some(Token::Run(_))).then_some((ours, theirs + 1)));
            let shared = match (one, two) {
                (None, None) => return true,
                (Some(one), Some(two)) => one.meets(*two),
                (Some(_), None) | (None, Some(_)) => false,
            };
            if shared {
                let after = |token: Option<&Token>, at: usize| at + usize::from(!matches!(token, Some(Token::Run(_))));
                open.push((after(one, ours), after(two, theirs)));
            }
        }
        false
    }

    /// Sorts all texts that this pattern matches by which of the others match them too: one class for
    /// every combination that occurs. `None` when the budget does not suffice to find them all.
    pub fn classes(&self, others: &[&Self], budget: &Budget) -> Option<Vec<Class>> {
        budget.begin();
        if let Some(text) = self.only_text() {
            let matched = others.iter().map(|other| other.matches(&text)).collect();
            let class = Class { matched, example: text };
            return Some(vec![class]);
        }
        let patterns: Vec<&Self> = [self].into_iter().chain(others.iter().copied()).collect();
        let mut alphabet = BTreeSet::from([None, Some(':')]);
        alphabet.extend(patterns.iter().flat_map(|pattern| pattern.named()));
        let start: Vec<Vec<usize>> = patterns.iter().map(|pattern| pattern.closure(0)).collect();
        // Breadth first, so that examples are short; each text is told by its prefix and last character.
        let mut seen = HashSet::from([start.clone()]);
        let mut reached = vec![(start, None)];
        let mut classes: Vec<(Vec<bool>, usize)> = Vec::new();
        let mut next = 0;
        while let Some((places, _)) = reached.get(next).cloned() {
            let ends = |(pattern, places): (&&Self, &Vec<usize>)| places.last() == Some(&pattern.0.len());
            let matched: Vec<bool> = patterns.iter().zip(&places).map(ends).collect();
            if matched[0] && !classes.iter().any(|(known, _)| *known == matched[1..]) {
                classes.push((matched[1..].to_vec(), next));
            }
            let width: usize = places.iter().map(|places| places.len() + 1).sum();
            budget.spend(width + classes.len())?;
            for symbol in &alphabet {
                let own = self.advance(&places[0], *symbol);
                if own.is_empty() {
                    continue;
                }
                budget.spend(width)?;
                let rest = others.iter().zip(&places[1..]);
                let rest = rest.map(|(other, places)| other.advance(places, *symbol));
                let after: Vec<Vec<usize>> = [own].into_iter().chain(rest).collect();
                if seen.insert(after.clone()) {
                    reached.push((after, Some((next, *symbol))));
                }
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

    /// The places after one more character, in order as those before it are; `None` is a character
    /// that no pattern names.
    fn advance(&self, places: &[usize], symbol: Option<char>) -> Vec<usize> {
        let mut after: Vec<usize> = Vec::with_capacity(places.len());
        for place in places {
            let reached = match self.0.get(*place) {
                Some(Token::Char(c)) if symbol == Some(*c) => place + 1,
                Some(Token::One(reach)) if reach.fits(symbol) => place + 1,
                Some(Token::Run(reach)) if reach.fits(symbol) => *place,
                _ => continue,
            };
            // What is reached from here lies behind what was reached before, or is a part of it.
            if after.last().is_none_or(|last| *last < reached) {
                after.extend(self.from(reached));
            }
        }
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

    /// The places that can be reached from one without a character: `*` may match nothing.
    fn closure(&self, place: usize) -> Vec<usize> {
        self.from(place).collect()
    }

    fn from(&self, place: usize) -> impl Iterator<Item = usize> {
        let runs = self.0[place..]
            .iter()
            .take_while(|token| matches!(token, Token::Run(_)));
        place..=place + runs.count()
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
    let mut tokens: Vec<Token> = Vec::new();
    while let Some((c, written)) = characters.next() {
        let next = characters.peek().map(|(c, _)| *c);
        let token = match c {
            '*' if written => Token::Run(reach(colons, next)),
            '?' if written => Token::One(reach(colons, Some('?'))),
            c => Token::Char(c),
        };
        // `**` is the wider of the two.
        if let (Token::Run(_), Some(Token::Run(Reach::Segment))) = (token, tokens.last()) {
            tokens.pop();
        }
        if !matches!((token, tokens.last()), (Token::Run(_), Some(Token::Run(_)))) {
            tokens.push(token);
        }
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
        let other = Pattern::new(&format!("*b{}", "?".repeat(60)));
        let (slow, budget) = (Pattern::new(&slow), Budget::default());
        assert!(!slow.includes(&other) && !slow.overlaps(&other));
        assert_eq!(slow.classes(&[&other], &budget), None);
        assert!((EACH / 2..=EACH).contains(&budget.spent()), "{}", budget.spent());
        // One hard question leaves something for others, and many do not.
        assert!(Pattern::new("a*").classes(&[&Pattern::new("*b")], &budget).is_some());
        for _ in 0..20 {
            assert_eq!(slow.classes(&[&other], &budget), None);
        }
        assert!(budget.spent() <= Budget::TOTAL);
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
                let classes = within.classes(&[&others[0], &others[1]], &Budget::default()).unwrap();
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
