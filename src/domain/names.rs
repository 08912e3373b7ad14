//! The names lfn passes around, each parsed once at the edge and valid ever after.
//!
//! Patterns come from the Lambda API reference; where the SDK model is wider than what an
//! ordinary function accepts, the narrower rule is used.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a string is not the name it should be: one sentence that can follow "because".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidName(pub String);

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// Parses the name, or says in one sentence what is wrong with it.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidName> {
                let text = text.into();
                let check: fn(&str) -> Result<(), String> = $check;
                check(&text).map_err(InvalidName)?;
                Ok(Self(text))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $type {
            type Err = InvalidName;
            fn from_str(text: &str) -> Result<Self, InvalidName> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $type {
            type Error = InvalidName;
            fn try_from(text: String) -> Result<Self, InvalidName> {
                Self::new(text)
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> String {
                name.0
            }
        }
    };
}

fn charset(text: &str, what: &str, max: usize, extra: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err(format!("{what} must not be empty"));
    }
    let length = text.chars().count();
    if length > max {
        return Err(format!("{what} is {length} characters long; at most {max} are allowed"));
    }
    match text.chars().find(|c| !c.is_ascii_alphanumeric() && !extra.contains(*c)) {
        Some(bad) => Err(format!(
            "{what} must not contain `{bad}`; letters, digits and `{extra}` are allowed"
        )),
        None => Ok(()),
    }
}

name! {
    /// A Lambda function's bare name: 1 to 64 letters, digits, `-` and `_`.
    FunctionName, |text| charset(text, "a function name", 64, "-_")
}
name! {
    /// An alias: 1 to 128 letters, digits, `-` and `_`, and not a number, since that names a version.
    AliasName, |text| {
        charset(text, "an alias name", 128, "-_")?;
        if text.bytes().all(|b| b.is_ascii_digit()) {
            return Err("an alias name must not be a number; numbers name versions".into());
        }
        Ok(())
    }
}
name! {
    /// A stage of the file: 1 to 32 letters, digits, `-` and `_`.
    StageName, |text| charset(text, "a stage name", 32, "-_")
}
name! {
    /// An AWS account: twelve digits.
    AccountId, |text| {
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(())
        } else {
            Err("an account id is twelve digits, in quotes".into())
        }
    }
}
name! {
    /// An AWS region, such as `eu-west-1`.
    Region, |text| {
        let parts: Vec<&str> = text.split('-').collect();
        let shaped = parts.len() >= 3
            && parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
            && parts.last().is_some_and(|p| p.len() == 1 && p.bytes().all(|b| b.is_ascii_digit()));
        if shaped { Ok(()) } else { Err("a region looks like `eu-west-1`".into()) }
    }
}
name! {
    /// A layer's bare name: 1 to 140 letters, digits, `-` and `_`.
    LayerName, |text| charset(text, "a layer name", 140, "-_")
}
name! {
    /// An IAM role's name, without its path: 1 to 64 characters.
    RoleName, |text| charset(text, "a role name", 64, "-_+=,.@")
}
name! {
    /// A CloudWatch log group's name: 1 to 512 characters.
    LogGroupName, |text| charset(text, "a log group name", 512, ".-_/#")
}
name! {
    /// An S3 bucket: 3 to 63 lower-case letters, digits, `.` and `-`, beginning and ending with a letter or digit.
    BucketName, |text| {
        let ends_well = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        if !(3..=63).contains(&text.len()) {
            return Err("a bucket name has 3 to 63 characters".into());
        }
        if !text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-') {
            return Err("a bucket name holds lower-case letters, digits, `.` and `-` only".into());
        }
        if !ends_well(text.chars().next()) || !ends_well(text.chars().last()) {
            return Err("a bucket name begins and ends with a letter or a digit".into());
        }
        if text.contains("..") {
            return Err("a bucket name must not have two dots side by side".into());
        }
        Ok(())
    }
}
name! {
    /// A runtime identifier such as `nodejs24.x`. Any well-formed word is accepted: Lambda
    /// gains runtimes faster than tools gain releases, so an unknown one is a warning.
    RuntimeId, |text| charset(text, "a runtime", 64, ".-")
}
name! {
    /// An environment variable's name: a letter, then one or more letters, digits and `_`.
    EnvName, |text| {
        let mut chars = text.chars();
        if !chars.next().is_some_and(|c| c.is_ascii_alphabetic()) {
            return Err("an environment variable's name begins with a letter".into());
        }
        if text.len() < 2 {
            return Err("an environment variable's name has at least two characters (a Lambda rule)".into());
        }
        match chars.find(|c| !c.is_ascii_alphanumeric() && *c != '_') {
            Some(bad) => Err(format!("an environment variable's name must not contain `{bad}`")),
            None => Ok(()),
        }
    }
}

/// The number of a published version. Never reused by Lambda, even after the function is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u64);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Version {
    type Err = InvalidName;
    fn from_str(text: &str) -> Result<Self, InvalidName> {
        match text.parse() {
            Ok(number) if number > 0 => Ok(Self(number)),
            _ => Err(InvalidName(format!(
                "`{text}` is not a version; versions are numbers from 1 up"
            ))),
        }
    }
}

/// Which edition of a function is meant: the editable one, a published version, or an alias.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Qualifier {
    Latest,
    Version(Version),
    Alias(AliasName),
}

impl fmt::Display for Qualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("$LATEST"),
            Self::Version(version) => version.fmt(f),
            Self::Alias(alias) => alias.fmt(f),
        }
    }
}

impl FromStr for Qualifier {
    type Err = InvalidName;
    fn from_str(text: &str) -> Result<Self, InvalidName> {
        if text == "$LATEST" {
            Ok(Self::Latest)
        } else if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            text.parse().map(Self::Version)
        } else {
            AliasName::new(text).map(Self::Alias)
        }
    }
}

impl TryFrom<String> for Qualifier {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

impl From<Qualifier> for String {
    fn from(qualifier: Qualifier) -> String {
        qualifier.to_string()
    }
}

/// The SHA-256 of an archive as Lambda prints it: standard padded base64.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CodeDigest(pub String);

impl CodeDigest {
    /// The digest of these bytes' finished hash.
    pub fn from_sha256(hash: &[u8]) -> Self {
        use base64::Engine as _;
        Self(base64::engine::general_purpose::STANDARD.encode(hash))
    }

    /// Hexadecimal form, safe in file names and object keys.
    pub fn to_hex(&self) -> String {
        use base64::Engine as _;
        use std::fmt::Write as _;
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(&self.0)
            .unwrap_or_else(|_| self.0.clone().into_bytes());
        bytes.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("writing to a String cannot fail");
            hex
        })
    }

    /// The first characters, enough for a person to tell two archives apart.
    pub fn short(&self) -> String {
        self.to_hex().chars().take(12).collect()
    }
}

impl fmt::Display for CodeDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_lambdas_patterns() {
        for good in ["thumbs", "a", "Thumbs_2-x"] {
            assert!(FunctionName::new(good).is_ok(), "{good}");
        }
        for bad in ["", "a b", "thumbs.prod", "ü", &"x".repeat(65)] {
            assert!(FunctionName::new(bad).is_err(), "{bad}");
        }
        assert!(AliasName::new("live").is_ok());
        assert!(AliasName::new("12").is_err(), "a number names a version");
        assert!(EnvName::new("A").is_err(), "single letters are refused by Lambda");
        assert!(EnvName::new("_A").is_err());
        assert!(EnvName::new("LOG_LEVEL").is_ok());
        assert!(Region::new("us-gov-east-1").is_ok());
        assert!(Region::new("Ireland").is_err());
        assert!(BucketName::new("shop-photos").is_ok());
        assert!(BucketName::new("Shop").is_err());
        assert!(BucketName::new("a..b").is_err());
        assert!(AccountId::new("12345678901").is_err());
    }

    #[test]
    fn a_qualifier_is_latest_a_number_or_an_alias() {
        assert_eq!("$LATEST".parse(), Ok(Qualifier::Latest));
        assert_eq!("12".parse(), Ok(Qualifier::Version(Version(12))));
        assert_eq!(
            "live".parse(),
            Ok(Qualifier::Alias(AliasName::new("live").expect("valid")))
        );
        assert!("".parse::<Qualifier>().is_err());
        assert!("0".parse::<Qualifier>().is_err());
    }

    #[test]
    fn a_digest_has_a_hexadecimal_form() {
        let digest = CodeDigest::from_sha256(&[0xde, 0xad, 0xbe, 0xef]);
        assert_eq!(digest.0, "3q2+7w==");
        assert_eq!(digest.to_hex(), "deadbeef");
    }
}
