//! The few fields of a program's headers that say where it runs.
//!
//! Layout: System V ABI, "Object Files"; versions: LSB 5, "Symbol Versioning". Nothing is believed: every
//! offset is checked, and a file that makes no sense has no answer.

use std::io::{Read, Seek, SeekFrom};

/// `SHT_GNU_verneed`
const VERSIONS_NEEDED: u32 = 0x6fff_fffe;
/// No honest table of names or versions is larger.
const TABLE_LIMIT: u64 = 1 << 20;

/// The processor a program is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    X86_64,
    Arm64,
    /// `e_machine`, for one that Lambda does not have.
    Other(u16),
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
            Self::Other(3) => "32-bit x86",
            Self::Other(40) => "32-bit Arm",
            Self::Other(_) => "another processor",
        })
    }
}

/// The versions of glibc compare as numbers.
pub type Version = (u32, u32);

/// A program or library in ELF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elf {
    pub machine: Machine,
    /// The newest `GLIBC_` version that it needs.
    pub glibc: Option<Version>,
}

/// Reads the headers; `None` when this is not ELF or makes no sense.
pub fn read(mut file: impl Read + Seek) -> Option<Elf> {
    let mut header = [0; 64];
    file.read_exact(&mut header).ok()?;
    if !header.starts_with(b"\x7fELF") {
        return None;
    }
    let little = header[5] == 1;
    let machine = match number(&header, 18, 2, little)? {
        62 => Machine::X86_64,
        183 => Machine::Arm64,
        other => Machine::Other(u16::try_from(other).ok()?),
    };
    // Where Lambda runs is 64 bits and little-endian; of others only the processor matters.
    let glibc = (header[4] == 2 && little)
        .then(|| newest_glibc(&mut file, &header))
        .flatten();
    Some(Elf { machine, glibc })
}

fn newest_glibc(file: &mut (impl Read + Seek), header: &[u8]) -> Option<Version> {
    let (sections, size) = (number(header, 40, 8, true)?, number(header, 58, 2, true)?);
    let count = number(header, 60, 2, true)?;
    if size < 64 {
        return None;
    }
    let table = part(file, sections, size.checked_mul(count)?)?;
    let sections: Vec<&[u8]> = table.chunks_exact(usize::try_from(size).ok()?).collect();
    let needs = sections
        .iter()
        .find(|section| number(section, 4, 4, true) == Some(u64::from(VERSIONS_NEEDED)))?;
    let names = sections.get(usize::try_from(number(needs, 40, 4, true)?).ok()?)?;
    let contents =
        |section: &[u8], file: &mut _| part(file, number(section, 24, 8, true)?, number(section, 32, 8, true)?);
    let (needs, names) = (contents(needs, file)?, contents(names, file)?);
    versions(&needs, &names).max()
}

/// Walks the list of libraries, and for each the list of its versions.
fn versions<'d>(needs: &'d [u8], names: &'d [u8]) -> impl Iterator<Item = Version> + 'd {
    let mut library = Some(0_usize);
    let mut version: Option<usize> = None;
    std::iter::from_fn(move || {
        loop {
            if let Some(at) = version {
                let field = |offset| usize::try_from(number(needs, at + offset, 4, true)?).ok();
                let (name, next) = (field(8)?, field(12)?);
                version = (next > 0).then_some(at + next);
                let Some(found) = glibc(names.get(name..)?) else {
                    continue;
                };
                return Some(found);
            }
            let at = library?;
            let field = |offset| usize::try_from(number(needs, at + offset, 4, true)?).ok();
            let (first, next) = (field(8)?, field(12)?);
            library = (next > 0).then_some(at + next);
            version = (first > 0).then_some(at + first);
        }
    })
}

/// `GLIBC_2.34` at the start of a table of names; `GLIBC_PRIVATE` has no number.
fn glibc(names: &[u8]) -> Option<Version> {
    let name = names.split(|byte| *byte == 0).next()?;
    parse_version(std::str::from_utf8(name).ok()?.strip_prefix("GLIBC_")?)
}

/// `2.34`, `2.2.5`.
pub fn parse_version(text: &str) -> Option<Version> {
    let mut numbers = text.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn part(file: &mut (impl Read + Seek), at: u64, length: u64) -> Option<Vec<u8>> {
    if length > TABLE_LIMIT {
        return None;
    }
    let mut bytes = vec![0; usize::try_from(length).ok()?];
    file.seek(SeekFrom::Start(at)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn number(bytes: &[u8], at: usize, length: usize, little: bool) -> Option<u64> {
    let field = bytes.get(at..at.checked_add(length)?)?;
    let fold = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
    Some(if little {
        field.iter().rev().fold(0, fold)
    } else {
        field.iter().fold(0, fold)
    })
}

#[cfg(test)]
pub mod tests {
    use std::io::Cursor;

    use super::*;

    /// A library for this `e_machine` that needs these versions of one library.
    pub fn library(machine: u16, versions: &[&str]) -> Vec<u8> {
        let (mut names, mut needs) = (vec![0], Vec::new());
        needs.extend([
            1,
            0,
            u8::try_from(versions.len()).unwrap(),
            0,
            0,
            0,
            0,
            0,
            16,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
        ]);
        for (index, version) in versions.iter().enumerate() {
            let next = if index + 1 < versions.len() { 16_u32 } else { 0 };
            needs.extend([0; 8]);
            needs.extend(u32::try_from(names.len()).unwrap().to_le_bytes());
            needs.extend(next.to_le_bytes());
            names.extend(version.bytes().chain([0]));
        }
        let mut file = vec![0; 64];
        file[..6].copy_from_slice(b"\x7fELF\x02\x01");
        file[16] = 3;
        file[18..20].copy_from_slice(&machine.to_le_bytes());
        let sections = 64 + needs.len() + names.len();
        file[40..48].copy_from_slice(&(sections as u64).to_le_bytes());
        file[58] = 64;
        file[60] = 3;
        let mut table = vec![0; 3 * 64];
        for (index, kind, at, length) in [
            (1, VERSIONS_NEEDED, 64, needs.len()),
            (2, 3, 64 + needs.len(), names.len()),
        ] {
            let section = &mut table[index * 64..];
            section[4..8].copy_from_slice(&kind.to_le_bytes());
            section[24..32].copy_from_slice(&(at as u64).to_le_bytes());
            section[32..40].copy_from_slice(&(length as u64).to_le_bytes());
            section[40] = 2; // where the names are
        }
        [file, needs, names, table].concat()
    }

    #[test]
    fn machine_and_newest_version_are_read() {
        for (machine, versions, expected) in [
            (
                62,
                vec!["GLIBC_2.2.5", "GLIBC_2.34", "GLIBC_2.9"],
                (Machine::X86_64, Some((2, 34))),
            ),
            (
                183,
                vec!["GLIBC_2.17", "GLIBC_PRIVATE", "OTHER_9.9"],
                (Machine::Arm64, Some((2, 17))),
            ),
            (40, vec![], (Machine::Other(40), None)),
        ] {
            let elf = read(Cursor::new(library(machine, &versions))).unwrap();
            assert_eq!((elf.machine, elf.glibc), expected);
        }
    }

    #[test]
    fn broken_files_have_no_answer_and_never_panic() {
        assert_eq!(read(Cursor::new(b"#!/bin/sh\n")), None);
        let whole = library(62, &["GLIBC_2.34", "GLIBC_2.4"]);
        for length in 0..whole.len() {
            read(Cursor::new(&whole[..length]));
        }
        for at in 0..whole.len() {
            let mut broken = whole.clone();
            broken[at] = 0xff;
            read(Cursor::new(&broken));
        }
    }

    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn this_very_program_is_understood() {
        let file = std::fs::File::open(std::env::current_exe().unwrap()).unwrap();
        let elf = read(file).unwrap();
        let here = if cfg!(target_arch = "aarch64") {
            Machine::Arm64
        } else {
            Machine::X86_64
        };
        assert_eq!(elf.machine, here);
        assert!(elf.glibc.is_some_and(|version| version >= (2, 17)), "{elf:?}");
        let shell = read(std::fs::File::open("/bin/sh").unwrap()).unwrap();
        assert_eq!(shell.machine, here);
    }
}
