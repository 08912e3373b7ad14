//! One move of an alias, and its text: in an alias's description and as the value of a tag.
//!
//! Tags take letters, digits, spaces and `+-=._:/@` alone, so everything else is written `=XX`, two
//! hexadecimal digits for each byte of UTF-8. The reason comes last and is cut where 256 characters end.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::domain::names::Version;
use crate::domain::printable::is_unprintable;

/// The longest description of an alias, and the longest value of a tag.
/// Source: Lambda API reference, `UpdateAlias` and `TagResource`.
const LIMIT: usize = 256;
/// What the description of an alias that lfn moved begins with.
const MARK: &str = "lfn ";
/// The longest names that are kept whole.
const WHO_LIMIT: usize = 80;
/// The longest reason, as it is written.
const REASON_LIMIT: usize = 120;

/// Where an alias points: at a version (`None` is `$LATEST`), and perhaps a share of the traffic at another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Point {
    pub version: Option<Version>,
    pub weights: BTreeMap<Version, Share>,
}

/// A share of the traffic, in hundredths of one per cent, so that it can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

/// What moved an alias.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Deploy,
    Promote,
    Rollback,
    /// In stages: one entry that is amended with every weight, and has ended when there are none.
    Canary,
}

/// One move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub kind: Kind,
    /// `None` when the alias was made.
    pub from: Option<Point>,
    pub to: Point,
    pub at: Timestamp,
    /// The identity that AWS knew the mover by.
    pub who: String,
    /// The commit that the code of the version was built from, as far as it is known.
    pub commit: Option<String>,
    /// The beginning of the SHA-256 of the version's archive, in hexadecimal digits.
    pub digest: Option<String>,
    pub because: Option<String>,
}

impl Share {
    /// All of the traffic.
    pub const ALL: Self = Self(10_000);
    /// The smallest share there is: one call in ten thousand.
    pub const SMALLEST: Self = Self(1);

    /// From a weight of 0.0 to 1.0, as Lambda has it.
    pub fn from_weight(weight: f64) -> Self {
        // A weight beyond the range of Lambda's own is cut to it, so the cast keeps the value.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to 0 to 10,000"
        )]
        Self((weight.clamp(0.0, 1.0) * 10_000.0).round() as u32)
    }

    /// So many of this share together, everything at most.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self(self.0.saturating_mul(count)).min(Self::ALL)
    }

    /// In per cent, where it is a whole number of them.
    pub fn whole_percent(self) -> Option<u8> {
        self.0
            .is_multiple_of(100)
            .then(|| u8::try_from(self.0 / 100).expect("a share is at most 100 per cent"))
    }

    /// The weight, 0.0 to 1.0.
    pub fn weight(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }
}

/// In per cent: `10`, `2.5`.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", f64::from(self.0) / 100.0)
    }
}

impl Point {
    /// All traffic at one version.
    pub fn at(version: Version) -> Self {
        Self {
            version: Some(version),
            weights: BTreeMap::new(),
        }
    }

    /// From what Lambda says of an alias.
    pub fn new(version: Option<Version>, weights: &BTreeMap<Version, f64>) -> Self {
        let share = |(version, weight): (&Version, &f64)| (*version, Share::from_weight(*weight));
        Self {
            version,
            weights: weights.iter().map(share).collect(),
        }
    }

    /// Every version that gets traffic.
    pub fn versions(&self) -> impl Iterator<Item = Version> {
        self.version.into_iter().chain(self.weights.keys().copied())
    }
}

/// `7`, `7+9:10` with ten per cent on version 9, `latest` for `$LATEST`.
impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.version {
            Some(version) => version.fmt(f)?,
            None => f.write_str("latest")?,
        }
        self.weights
            .iter()
            .try_for_each(|(version, share)| write!(f, "+{version}:{share}"))
    }
}

impl FromStr for Point {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('+');
        let version = match parts.next() {
            Some("latest") => None,
            Some(version) => Some(version.parse().map_err(drop)?),
            None => return Err(()),
        };
        let share = |part: &str| {
            let (version, share) = part.split_once(':').ok_or(())?;
            let percent: f64 = share.parse().map_err(drop)?;
            Ok((version.parse().map_err(drop)?, Share::from_weight(percent / 100.0)))
        };
        Ok(Self {
            version,
            weights: parts.map(share).collect::<Result<_, ()>>()?,
        })
    }
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Promote => "promote",
            Self::Rollback => "rollback",
            Self::Canary => "canary",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Entry {
    /// The version that the entry tells the commit and the digest of: where the alias went, or is going.
    pub fn subject(&self) -> Option<Version> {
        let going = self.to.weights.keys().next().filter(|_| self.is_under_way());
        going.copied().or(self.to.version)
    }

    /// Whether this is a canary that has not come to its end.
    pub fn is_under_way(&self) -> bool {
        self.kind == Kind::Canary && !self.to.weights.is_empty()
    }

    /// Whether this identity made the move.
    pub fn is_by(&self, who: &str) -> bool {
        self.who.chars().eq(who.chars().take(WHO_LIMIT))
    }

    /// The description of an alias whose newest entry this is.
    pub fn description(&self, number: u64) -> String {
        self.text(&format!("{MARK}{number} "))
    }

    /// The value of the entry's tag.
    pub fn tag(&self) -> String {
        self.text("")
    }

    /// The number and the entry of a description that lfn wrote.
    pub fn parse_description(text: &str) -> Option<(u64, Self)> {
        let (number, rest) = text.strip_prefix(MARK)?.split_once(' ')?;
        Some((number.parse().ok()?, Self::parse_tag(rest)?))
    }

    /// The entry of a tag.
    pub fn parse_tag(text: &str) -> Option<Self> {
        let mut words = text.splitn(8, ' ');
        let mut word = || words.next();
        let kind = match word()? {
            "deploy" => Kind::Deploy,
            "promote" => Kind::Promote,
            "rollback" => Kind::Rollback,
            "canary" => Kind::Canary,
            _ => return None,
        };
        let from = match word()? {
            "-" => None,
            point => Some(point.parse().ok()?),
        };
        let to = word()?.parse().ok()?;
        let at = word()?.parse().ok()?;
        let who = unescaped(word()?)?;
        let mut optional = || match word() {
            None | Some("-") => Some(None),
            Some(text) => unescaped(text).map(Some),
        };
        Some(Self {
            kind,
            from,
            to,
            at,
            who,
            commit: optional()?,
            digest: optional()?,
            because: match words.next() {
                None => None,
                Some(text) => Some(unescaped(text)?),
            },
        })
    }

    fn text(&self, head: &str) -> String {
        let optional = |value: &Option<String>| {
            value
                .as_ref()
                .map_or_else(|| "-".to_owned(), |text| escaped(text, false))
        };
        let from = self.from.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
        let who: String = self.who.chars().take(WHO_LIMIT).collect();
        let mut text = format!(
            "{head}{} {from} {} {:.0} {} {} {}",
            self.kind,
            self.to,
            self.at,
            escaped(&who, false),
            optional(&self.commit),
            optional(&self.digest),
        );
        if let Some(because) = &self.because {
            text.push(' ');
            for c in because.chars() {
                let piece = escaped(&c.to_string(), true);
                if text.len() + piece.len() > LIMIT {
                    break;
                }
                text.push_str(&piece);
            }
        }
        text
    }
}

/// The text in characters that a tag may have.
fn escaped(text: &str, spaces: bool) -> String {
    let piece = |byte: u8| {
        let plain = byte.is_ascii_alphanumeric() || b"+-._:/@".contains(&byte) || (spaces && byte == b' ');
        if plain {
            char::from(byte).to_string()
        } else {
            format!("={byte:02X}")
        }
    };
    text.bytes().map(piece).collect()
}

fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if *byte == b'=' {
            let digits = rest.get(..2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(*byte);
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    // Whoever may tag the function can write anything here, and it ends on a terminal.
    Some(text.replace(is_unprintable, "\u{fffd}"))
}

/// Reads a reason: one line that fits into an entry.
pub fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("say why, in one line".into());
    }
    if text.contains(is_unprintable) {
        return Err("a reason is one line of plain text".into());
    }
    let length: usize = text.chars().map(|c| escaped(&c.to_string(), true).len()).sum();
    if length > REASON_LIMIT {
        return Err(format!(
            "a reason has at most {REASON_LIMIT} characters (others than letters, digits, spaces and `+-._:/@` count \
             three for each of their bytes); this one has {length}"
        ));
    }
    Ok(text.to_owned())
}
