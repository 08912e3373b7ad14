//! The body of a request without what it is packed in: gzip, and S3's chunks.

use std::borrow::Cow;

use libdeflater::{DecompressionError, Decompressor};

use super::{Request, chunks};

/// The most that a body may unpack to; no call that is compressed may be larger than a megabyte.
/// Source: CloudWatch API reference, `PutMetricData`: "Each `PutMetricData` request is limited to 1 MB".
const MOST: usize = 16 << 20;

/// The body as the operation's parameters are written in it, or why it cannot be read.
pub(super) fn read<'a>(request: &Request<'a>) -> Result<Cow<'a, [u8]>, String> {
    let encodings = request.header("content-encoding").unwrap_or_default();
    let mut body = Cow::Borrowed(request.body);
    for encoding in encodings.split(',').map(str::trim).rev() {
        body = match encoding {
            "gzip" => Cow::Owned(unzipped(&body)?),
            "aws-chunked" => {
                let plain = chunks::read(&body).ok_or("it is not in chunks, as its headers say")?;
                Cow::Owned(plain.body)
            }
            _ => body,
        };
    }
    Ok(body)
}

fn unzipped(body: &[u8]) -> Result<Vec<u8>, String> {
    let mut gzip = Decompressor::new();
    let mut size = (body.len() * 8).clamp(4096, MOST);
    loop {
        let mut unpacked = vec![0; size];
        match gzip.gzip_decompress(body, &mut unpacked) {
            Ok(length) => {
                unpacked.truncate(length);
                return Ok(unpacked);
            }
            Err(DecompressionError::InsufficientSpace) if size < MOST => size = (size * 4).min(MOST),
            Err(DecompressionError::InsufficientSpace) => {
                return Err(format!("it unpacks to more than {} MB", MOST >> 20));
            }
            Err(DecompressionError::BadData) => return Err("it is not valid gzip".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use libdeflater::{CompressionLvl, Compressor};

    use super::*;

    fn encoded(encoding: &str, body: &[u8]) -> Result<Vec<u8>, String> {
        let headers = [("content-encoding".to_owned(), encoding.to_owned())];
        let request = Request {
            method: "POST",
            path: "/",
            query: "",
            headers: &headers,
            body,
        };
        read(&request).map(Cow::into_owned)
    }

    fn zipped(body: &[u8]) -> Vec<u8> {
        let mut gzip = Compressor::new(CompressionLvl::fastest());
        let mut packed = vec![0; gzip.gzip_compress_bound(body.len())];
        let length = gzip.gzip_compress(body, &mut packed).unwrap();
        packed.truncate(length);
        packed
    }

    #[test]
    fn packed_bodies_are_unpacked() {
        assert_eq!(encoded("", b"plain").unwrap(), b"plain");
        let long = vec![b'a'; 1 << 20];
        assert_eq!(encoded("gzip", &zipped(&long)).unwrap(), long);
        assert!(encoded("gzip", b"plain").unwrap_err().contains("gzip"));
        assert!(
            encoded("gzip", &zipped(&vec![0; MOST + 1]))
                .unwrap_err()
                .contains("16 MB")
        );
        let chunks = b"5;chunk-signature=0\r\nhello\r\n1\r\n!\r\n0\r\nx-amz-checksum-crc32:AA==\r\n\r\n";
        assert_eq!(encoded("aws-chunked", chunks).unwrap(), b"hello!");
        for broken in [&b"hello"[..], b"5\r\nhel", b"", b"ffffffffffffffff\r\nx", b"-1\r\n"] {
            assert!(encoded("aws-chunked", broken).is_err());
        }
    }
}
