//! Compression: a file in one go, or a large one in pieces that are compressed apart and join to one stream.
//!
//! libdeflate is smaller and faster than any streaming encoder, but ends every stream it makes. [`unfinish`]
//! finds where the last block begins, takes the mark of the end away, and fills up to a whole byte, so that
//! the next piece can follow (RFC 1951, 3.2.3).

use libdeflater::{CompressionLvl, Compressor, Decompressor};

use super::entry::Method;

/// Up to here a file is compressed in one go.
pub const WHOLE: u64 = 4 << 20;
/// A larger one is cut into pieces of this size.
pub const PIECE: u64 = 2 << 20;
/// Changes when the same contents may become other bytes: what was compressed before is not used any more.
pub const GENERATION: u32 = 1;

/// How many pieces a file has.
pub fn pieces(size: u64) -> u64 {
    if size <= WHOLE { 1 } else { size.div_ceil(PIECE) }
}

/// Compresses and expands, with buffers that live as long as the thread.
pub struct Packer {
    compressor: Compressor,
    decompressor: Decompressor,
    scratch: Vec<u8>,
}

impl Packer {
    pub fn new() -> Self {
        Self {
            // Level 6: 8 and 9 take twice the time for one per cent.
            compressor: Compressor::new(CompressionLvl::new(6).expect("libdeflate has levels 0 to 12")),
            decompressor: Decompressor::new(),
            scratch: Vec::new(),
        }
    }

    /// Compresses a whole file; what does not shrink is stored.
    pub fn whole<'p>(&'p mut self, contents: &'p [u8]) -> (Method, &'p [u8]) {
        // More room than the contents themselves is never needed: then they are stored as they are.
        let room = room(&mut self.scratch, contents.len());
        match self.compressor.deflate_compress(contents, room) {
            Ok(length) if length < contents.len() => (Method::Deflated, &self.scratch[..length]),
            Ok(_) | Err(_) => (Method::Stored, contents),
        }
    }

    /// Compresses a piece of a file.
    pub fn piece(&mut self, contents: &[u8], is_last: bool) -> Vec<u8> {
        let bound = self.compressor.deflate_compress_bound(contents.len());
        let room = room(&mut self.scratch, bound);
        let length = self
            .compressor
            .deflate_compress(contents, room)
            .expect("the bound is room enough");
        let mut piece = Vec::with_capacity(length + 5);
        piece.extend(&self.scratch[..length]);
        if !is_last {
            unfinish(&mut piece).expect("libdeflate makes valid streams");
        }
        piece
    }

    /// Whether this data, once expanded, is these contents.
    pub fn holds(&mut self, method: Method, data: &[u8], contents: &[u8]) -> bool {
        match method {
            Method::Stored => data == contents,
            Method::Deflated => {
                let room = room(&mut self.scratch, contents.len());
                let expanded = self.decompressor.deflate_decompress(data, room);
                expanded == Ok(contents.len()) && self.scratch[..contents.len()] == *contents
            }
        }
    }
}

fn room(scratch: &mut Vec<u8>, length: usize) -> &mut [u8] {
    if scratch.len() < length {
        scratch.resize(length, 0);
    }
    &mut scratch[..length]
}

/// Makes a finished stream one that another can follow. `None` when it is no valid stream.
fn unfinish(stream: &mut Vec<u8>) -> Option<()> {
    let (last_block, end) = Walk::new(stream).last_block()?;
    stream[last_block / 8] &= !(1 << (last_block % 8));
    // An empty stored block: three bits of zero, filled up to a byte, then its length and the complement.
    let used = end % 8;
    if used == 0 || used > 5 {
        stream.push(0);
    }
    stream.extend([0x00, 0x00, 0xff, 0xff]);
    Some(())
}

/// Follows the symbols of a stream without expanding them.
struct Walk<'s> {
    stream: &'s [u8],
    /// The next byte to load.
    at: usize,
    bits: u64,
    count: u32,
    lengths: Codes<(u8, u8)>,
    literals: Codes<u8>,
    distances: Codes<u8>,
}

const LENGTH_EXTRA: [u8; 29] = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const DISTANCE_EXTRA: [u8; 30] = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
/// In an entry of the tables: the lower bits count those of the code and what follows it.
const BITS: u8 = 0x1f;
const IS_LENGTH: u8 = 0x20;
const IS_END: u8 = 0x40;

impl<'s> Walk<'s> {
    fn new(stream: &'s [u8]) -> Self {
        Self {
            stream,
            at: 0,
            bits: 0,
            count: 0,
            lengths: Codes::default(),
            literals: Codes::default(),
            distances: Codes::default(),
        }
    }

    /// Where the last block begins and where it ends, in bits.
    fn last_block(mut self) -> Option<(usize, usize)> {
        loop {
            let start = self.position();
            let is_last = self.take(1)? == 1;
            match self.take(2)? {
                0 => self.stored()?,
                1 => {
                    self.fixed()?;
                    self.symbols()?;
                }
                2 => {
                    self.dynamic()?;
                    self.symbols()?;
                }
                _ => return None,
            }
            if is_last {
                let end = self.position();
                return (end <= self.stream.len() * 8).then_some((start, end));
            }
        }
    }

    fn position(&self) -> usize {
        self.at * 8 - self.count as usize
    }

    /// Loads until there are more bits than a length with its distance takes. Behind the end come zeros.
    #[inline]
    fn refill(&mut self) {
        let next = self.stream.get(self.at..self.at + 8);
        if let Some(next) = next.and_then(|next| <[u8; 8]>::try_from(next).ok()) {
            self.bits |= u64::from_le_bytes(next) << self.count;
            let bytes = (63 - self.count) / 8;
            self.at += bytes as usize;
            self.count += bytes * 8;
            // What was loaded beyond whole bytes comes again with the next load.
            self.bits &= u64::MAX >> (64 - self.count);
            return;
        }
        while self.count <= 48 {
            let byte = self.stream.get(self.at).copied().unwrap_or(0);
            self.bits |= u64::from(byte) << self.count;
            self.count += 8;
            self.at += 1;
        }
    }

    #[inline]
    fn drop(&mut self, count: u32) {
        self.bits >>= count;
        self.count -= count;
    }

    fn take(&mut self, count: u32) -> Option<usize> {
        self.refill();
        let value = self.bits & ((1 << count) - 1);
        self.drop(count);
        (self.position() <= self.stream.len() * 8).then_some(usize::try_from(value).ok()?)
    }

    fn stored(&mut self) -> Option<()> {
        self.drop(self.count % 8);
        let length = self.take(16)?;
        self.take(16)?;
        self.at = self.position() / 8 + length;
        (self.bits, self.count) = (0, 0);
        (self.at <= self.stream.len()).then_some(())
    }

    fn fixed(&mut self) -> Option<()> {
        let mut lengths = [8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        self.literals.read(&lengths, literal)?;
        self.distances.read(&[5; 30], distance)
    }

    fn dynamic(&mut self) -> Option<()> {
        const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        let (literals, distances) = (self.take(5)? + 257, self.take(5)? + 1);
        let described = self.take(4)? + 4;
        let mut lengths = [0; 19];
        for place in &ORDER[..described] {
            lengths[*place] = u8::try_from(self.take(3)?).ok()?;
        }
        self.lengths
            .read(&lengths, |symbol, length| Some((u8::try_from(symbol).ok()?, length)))?;
        let mut lengths = Vec::with_capacity(320);
        while lengths.len() < literals + distances {
            self.refill();
            let (symbol, length) = self.lengths.find(self.bits)?;
            self.drop(u32::from(length));
            let (value, times) = match symbol {
                _ if length == 0 => return None,
                0..=15 => (symbol, 1),
                16 => (*lengths.last()?, 3 + self.take(2)?),
                17 => (0, 3 + self.take(3)?),
                _ => (0, 11 + self.take(7)?),
            };
            lengths.resize(lengths.len() + times, value);
        }
        self.literals.read(lengths.get(..literals)?, literal)?;
        self.distances
            .read(lengths.get(literals..literals + distances)?, distance)
    }

    fn symbols(&mut self) -> Option<()> {
        loop {
            self.refill();
            let mut symbol = self.literals.find(self.bits)?;
            // One load is enough for three literals.
            for _ in 0..2 {
                if symbol & !BITS != 0 || symbol == 0 {
                    break;
                }
                self.drop(u32::from(symbol));
                symbol = self.literals.find(self.bits)?;
            }
            if symbol == 0 || self.at > self.stream.len() + 8 {
                return None;
            }
            if symbol & IS_LENGTH != 0 {
                self.refill();
            }
            self.drop(u32::from(symbol & BITS));
            if symbol & IS_END != 0 {
                return Some(());
            }
            if symbol & IS_LENGTH != 0 {
                let distance = self.distances.find(self.bits)?;
                if distance == 0 {
                    return None;
                }
                self.drop(u32::from(distance));
            }
        }
    }
}

fn literal(symbol: usize, length: u8) -> Option<u8> {
    match symbol {
        0..=255 => Some(length),
        256 => Some(length | IS_END),
        _ => Some((length + LENGTH_EXTRA.get(symbol - 257)?) | IS_LENGTH),
    }
}

fn distance(symbol: usize, length: u8) -> Option<u8> {
    Some(length + DISTANCE_EXTRA.get(symbol)?)
}

/// Bits of the longest code.
const LONGEST: usize = 15;

/// A table from the next bits to what the code says. Small enough to stay in the processor's nearest cache.
#[derive(Default)]
struct Codes<E> {
    table: Vec<E>,
    mask: u64,
}

impl<E: Copy + Default> Codes<E> {
    /// Symbols that `entry` has no answer for are in no valid stream; their codes say nothing.
    fn read(&mut self, lengths: &[u8], entry: impl Fn(usize, u8) -> Option<E>) -> Option<()> {
        let mut counts = [0_u32; LONGEST + 1];
        for length in lengths.iter().filter(|length| **length > 0) {
            *counts.get_mut(usize::from(*length))? += 1;
        }
        let longest = counts.iter().rposition(|count| *count > 0).unwrap_or(0);
        let mut next = [0_u32; LONGEST + 2];
        for length in 1..=LONGEST {
            next[length + 1] = (next[length] + counts[length]) << 1;
        }
        self.mask = (1 << longest) - 1;
        self.table.clear();
        self.table.resize(1 << longest, E::default());
        for (symbol, length) in lengths.iter().enumerate().filter(|(_, length)| **length > 0) {
            let code = next[usize::from(*length)];
            next[usize::from(*length)] += 1;
            let Some(entry) = entry(symbol, *length) else { continue };
            // Codes are packed from their highest bit on.
            let first = (code.reverse_bits() >> (32 - u32::from(*length))) as usize;
            for place in (first..1 << longest).step_by(1 << length) {
                self.table[place] = entry;
            }
        }
        Some(())
    }

    #[inline]
    fn find(&self, bits: u64) -> Option<E> {
        self.table.get(usize::try_from(bits & self.mask).ok()?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts, noise, long runs and nothing, so that every kind of block comes up.
    fn samples() -> Vec<Vec<u8>> {
        let mut state = 0x9e37_79b9_u32;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state
        };
        let noise: Vec<u8> = (0..200_000).map(|_| next().to_le_bytes()[0]).collect();
        let letters: Vec<u8> = (0..300_000).map(|_| b'a' + next().to_le_bytes()[1] % 11).collect();
        let mut mixed = vec![0; 100_000];
        mixed.extend(&noise[..70_000]);
        mixed.extend(b"one sentence, over and over. ".repeat(5000));
        mixed.extend(&letters[..1000]);
        vec![
            b"".into(),
            b"a".into(),
            noise,
            letters,
            vec![7; 1_000_000],
            mixed,
            b"abcabcabc".into(),
        ]
    }

    #[test]
    fn pieces_join_to_one_stream() {
        let mut packer = Packer::new();
        let samples = samples();
        let last = samples.len() - 1;
        let mut stream = Vec::new();
        for (index, sample) in samples.iter().enumerate() {
            stream.extend(packer.piece(sample, index == last));
        }
        assert!(packer.holds(Method::Deflated, &stream, &samples.concat()));
        // At every length the filling falls on another bit.
        for length in 1..600 {
            let start = &samples[5][99_900..99_900 + length];
            let joined = [packer.piece(start, false), packer.piece(b"the end", true)].concat();
            assert!(
                packer.holds(Method::Deflated, &joined, &[start, b"the end"].concat()),
                "{length}"
            );
        }
    }

    #[test]
    fn a_broken_stream_has_no_end_and_never_panics() {
        let mut packer = Packer::new();
        for sample in samples() {
            let stream = packer.piece(&sample[..sample.len().min(20_000)], true);
            let step = stream.len() / 100 + 1;
            for length in (0..stream.len()).step_by(step) {
                assert!(unfinish(&mut stream[..length].to_vec()).is_none(), "{length}");
            }
            for at in (0..stream.len()).step_by(step) {
                let mut broken = stream.clone();
                broken[at] ^= 0x55;
                unfinish(&mut broken);
            }
        }
    }
}
