//! What is remembered of an archive, as bytes that show by themselves whether they are whole.
//!
//! A magic word with everything that the compressed bytes depend on, the records, and a SHA-256 over it all.
//! Whatever does not fit is no index: there is nothing to repair, the archive is simply made anew.

use sha2::{Digest as _, Sha256};

use crate::domain::names::CodeDigest;
use crate::domain::package::deflate::GENERATION;
use crate::domain::package::entry::{Header, LOCAL, Method};
use crate::domain::package::facts::Fact;
use crate::domain::package::preflight::Secret;
use crate::domain::package::source::Identity;

/// A finished archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    pub digest: CodeDigest,
    pub size: u64,
    /// The archive where it was written to, and what the file was then.
    pub written: Identity,
    /// In archive order.
    pub records: Vec<Record>,
}

/// One file of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub name: String,
    /// None when the file changed so shortly before that a later change might not show.
    pub identity: Option<Identity>,
    pub fact: Fact,
    pub executable: bool,
    pub method: Method,
    pub crc: u32,
    pub size: u32,
    pub compressed: u32,
    /// Where its local header begins.
    pub offset: u32,
    /// Over the local header and the data: what is copied is checked with this.
    pub check: u32,
}

impl Record {
    pub fn header(&self) -> Header<'_> {
        Header {
            name: &self.name,
            method: self.method,
            crc: self.crc,
            size: self.size,
            compressed: self.compressed,
        }
    }

    /// Bytes of the local header and the data.
    pub fn length(&self) -> u64 {
        (LOCAL + self.name.len()) as u64 + u64::from(self.compressed)
    }

    pub fn end(&self) -> u64 {
        u64::from(self.offset) + self.length()
    }
}

const EXECUTABLE: u8 = 1;
const PROGRAM: u8 = 2;
const DEFLATED: u8 = 4;
const IDENTIFIED: u8 = 8;
const NO_SECRET: u8 = u8::MAX;

fn magic() -> Vec<u8> {
    format!("lfn archive index 2, {}, {GENERATION}\n", env!("CARGO_PKG_VERSION")).into_bytes()
}

impl Index {
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = magic();
        bytes.reserve(self.records.len() * 128);
        text(&self.digest.0, &mut bytes);
        bytes.extend(self.size.to_le_bytes());
        identity(&self.written, &mut bytes);
        bytes.extend((self.records.len() as u64).to_le_bytes());
        for record in &self.records {
            text(&record.name, &mut bytes);
            bytes.push(
                [
                    (record.executable, EXECUTABLE),
                    (record.fact.is_program, PROGRAM),
                    (record.method == Method::Deflated, DEFLATED),
                    (record.identity.is_some(), IDENTIFIED),
                ]
                .iter()
                .filter(|(is_set, _)| *is_set)
                .fold(0, |flags, (_, flag)| flags | flag),
            );
            bytes.push(record.fact.secret.map_or(NO_SECRET, Secret::number));
            if let Some(known) = &record.identity {
                identity(known, &mut bytes);
            }
            for field in [record.crc, record.size, record.compressed, record.offset, record.check] {
                bytes.extend(field.to_le_bytes());
            }
        }
        let check = Sha256::digest(&bytes);
        bytes.extend(check.as_slice());
        bytes
    }

    /// `None` for anything but what [`encode`](Self::encode) of this very version made.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (bytes, check) = bytes.split_at_checked(bytes.len().checked_sub(32)?)?;
        if Sha256::digest(bytes).as_slice() != check {
            return None;
        }
        let mut reader = Reader(bytes.strip_prefix(magic().as_slice())?);
        let digest = CodeDigest(reader.text()?);
        let (size, written) = (reader.u64()?, reader.identity()?);
        let count = usize::try_from(reader.u64()?).ok()?;
        let mut records = Vec::with_capacity(count.min(bytes.len()));
        for _ in 0..count {
            records.push(reader.record()?);
        }
        reader.0.is_empty().then_some(Self {
            digest,
            size,
            written,
            records,
        })
    }
}

fn text(text: &str, to: &mut Vec<u8>) {
    to.extend(u32::try_from(text.len()).unwrap_or(0).to_le_bytes());
    to.extend(text.as_bytes());
}

fn identity(identity: &Identity, to: &mut Vec<u8>) {
    for field in [
        identity.device,
        identity.inode,
        identity.size,
        identity.modified,
        identity.changed,
    ] {
        to.extend(field.to_le_bytes());
    }
}

/// What is left to read.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }

    fn text(&mut self) -> Option<String> {
        let length = usize::try_from(self.u32()?).ok()?;
        String::from_utf8(self.take(length)?.to_vec()).ok()
    }

    fn identity(&mut self) -> Option<Identity> {
        Some(Identity {
            device: self.u64()?,
            inode: self.u64()?,
            size: self.u64()?,
            modified: self.u64()?,
            changed: self.u64()?,
        })
    }

    fn record(&mut self) -> Option<Record> {
        let name = self.text()?;
        let (flags, secret) = (self.u8()?, self.u8()?);
        let is_set = |flag| flags & flag != 0;
        Some(Record {
            name,
            identity: if is_set(IDENTIFIED) {
                Some(self.identity()?)
            } else {
                None
            },
            fact: Fact {
                is_program: is_set(PROGRAM),
                secret: match secret {
                    NO_SECRET => None,
                    number => Some(Secret::numbered(number)?),
                },
            },
            executable: is_set(EXECUTABLE),
            method: if is_set(DEFLATED) {
                Method::Deflated
            } else {
                Method::Stored
            },
            crc: self.u32()?,
            size: self.u32()?,
            compressed: self.u32()?,
            offset: self.u32()?,
            check: self.u32()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_comes_back_whole_or_not_at_all() {
        let identity = Identity {
            device: 1,
            inode: 2,
            size: 3,
            modified: 4,
            changed: u64::MAX,
        };
        let record = |name: &str, number: u8| Record {
            name: name.into(),
            identity: (number.is_multiple_of(2)).then_some(identity),
            fact: Fact {
                is_program: number.is_multiple_of(3),
                secret: Secret::numbered(number),
            },
            executable: number.is_multiple_of(5),
            method: if number % 4 < 2 {
                Method::Stored
            } else {
                Method::Deflated
            },
            crc: number.into(),
            size: 77,
            compressed: 66,
            offset: 55,
            check: 44,
        };
        let index = Index {
            digest: CodeDigest::from_sha256(&[7; 32]),
            size: 1 << 40,
            written: identity,
            records: (0..30).map(|number| record("naïve.txt", number)).collect(),
        };
        let bytes = index.encode();
        assert_eq!(Index::decode(&bytes), Some(index));
        for length in 0..bytes.len() {
            assert_eq!(Index::decode(&bytes[..length]), None, "{length}");
        }
        for at in 0..bytes.len() {
            let mut broken = bytes.clone();
            broken[at] ^= 1;
            assert_eq!(Index::decode(&broken), None, "{at}");
        }
    }
}
