//! Bodies in the `aws-chunked` form, taken apart: they are signed anew as a whole.
//!
//! Source: S3 API reference, "Signature calculations for the Authorization header: transferring payload in multiple
//! chunks", with and without trailers.

/// The body itself, and what stands behind it.
#[derive(Debug, PartialEq, Eq)]
pub struct Plain {
    pub body: Vec<u8>,
    /// Names in lower case; signatures left out.
    pub trailers: Vec<(String, String)>,
}

/// Reads chunks of `SIZE[;chunk-signature=…]`; `None` when these are none.
pub fn read(mut rest: &[u8]) -> Option<Plain> {
    let mut body = Vec::new();
    loop {
        let head = line(&mut rest)?;
        let size = usize::from_str_radix(head.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            break;
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
    let mut trailers = Vec::new();
    while let Some(trailer) = line(&mut rest) {
        let Some((name, value)) = trailer.split_once(':') else {
            break;
        };
        let name = name.trim().to_ascii_lowercase();
        if name != "x-amz-trailer-signature" {
            trailers.push((name, value.trim().to_owned()));
        }
    }
    Some(Plain { body, trailers })
}

/// Up to the end of a line, which is `\r\n`, or `\n` behind a trailer.
fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let (line, after) = (&rest[..end], &rest[end + 1..]);
    *rest = after;
    std::str::from_utf8(line).ok().map(|line| line.trim_end_matches('\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_become_one_body_and_trailers_headers() {
        let sent = b"5;chunk-signature=ab\r\nhello\r\n1;chunk-signature=cd\r\n!\r\n0;chunk-signature=ef\r\n\
                     x-amz-checksum-crc32:sOO8/Q==\nx-amz-trailer-signature:12\r\n\r\n";
        let plain = read(sent).unwrap();
        assert_eq!(plain.body, b"hello!");
        assert_eq!(
            plain.trailers,
            [("x-amz-checksum-crc32".to_owned(), "sOO8/Q==".to_owned())]
        );
        let bare = read(b"3\r\na\nb\r\n0\r\n\r\n").unwrap();
        assert_eq!((&*bare.body, bare.trailers.len()), (&b"a\nb"[..], 0));
    }

    #[test]
    fn what_is_no_chunk_is_none() {
        for bad in [
            &b""[..],
            b"hello",
            b"9\r\nabc\r\n0\r\n\r\n",
            b"3\r\nabcd\r\n0\r\n",
            b"ffffffffffffffff\r\nab",
        ] {
            assert_eq!(read(bad), None, "{}", String::from_utf8_lossy(bad));
        }
    }
}
