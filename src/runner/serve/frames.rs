//! The framing of `application/vnd.amazon.eventstream`, as far as a streamed `Invoke` needs it.
//!
//! Source: AWS SDKs, "Amazon event stream specification": lengths, headers, payload, two checksums.

/// An event with a payload of its own.
pub(super) fn event(kind: &str, content_type: &str, payload: &[u8]) -> Vec<u8> {
    let headers: Vec<u8> = [
        (":event-type", kind),
        (":content-type", content_type),
        (":message-type", "event"),
    ]
    .into_iter()
    .flat_map(|(name, value)| header(name, value))
    .collect();
    // Lengths and checksums around headers and payload.
    let total = 12 + headers.len() + payload.len() + 4;
    let mut frame = Vec::with_capacity(total);
    frame.extend_from_slice(&length(total));
    frame.extend_from_slice(&length(headers.len()));
    frame.extend_from_slice(&crc32fast::hash(&frame).to_be_bytes());
    frame.extend_from_slice(&headers);
    frame.extend_from_slice(payload);
    frame.extend_from_slice(&crc32fast::hash(&frame).to_be_bytes());
    frame
}

/// Name, type 7 (text), value.
fn header(name: &str, value: &str) -> Vec<u8> {
    let short = |text: &str| u8::try_from(text.len()).expect("the names are ours and short");
    let long = u16::try_from(value.len()).expect("the values are ours and short");
    let mut bytes = vec![short(name)];
    bytes.extend_from_slice(name.as_bytes());
    bytes.push(7);
    bytes.extend_from_slice(&long.to_be_bytes());
    bytes.extend_from_slice(value.as_bytes());
    bytes
}

fn length(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes)
        .expect("parts of a response are far smaller")
        .to_be_bytes()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_frame_counts_itself_and_ends_with_its_checksum() {
        let frame = super::event("PayloadChunk", "application/octet-stream", b"abc");
        let number = |at: usize| u32::from_be_bytes(frame[at..at + 4].try_into().unwrap());
        assert_eq!(number(0) as usize, frame.len());
        assert_eq!(number(8), crc32fast::hash(&frame[..8]));
        assert_eq!(number(frame.len() - 4), crc32fast::hash(&frame[..frame.len() - 4]));
        assert!(frame[..frame.len() - 4].ends_with(b"abc"));
    }
}
