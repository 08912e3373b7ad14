//! An HTTP request as it was sent, and the parts of it that naming looks at.

use percent_encoding::percent_decode_str;

/// An HTTP request that an SDK sent to an AWS service.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    /// As sent: percent-encoded, without the query.
    pub path: &'a str,
    /// As sent, without `?`; empty when there is none.
    pub query: &'a str,
    /// Names in lower case.
    pub headers: &'a [(String, String)],
    /// The whole body; for uploads to S3, perhaps only its beginning.
    pub body: &'a [u8],
}

impl<'a> Request<'a> {
    /// The first header of this name.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim())
    }

    /// The parameters of the query, decoded.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (String, String)> + use<'a> {
        pairs(self.query)
    }

    /// The value of a parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        self.parameters()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// A header, or where a presigned address keeps it, in the query.
    pub(super) fn signed_header(&self, name: &str) -> Option<String> {
        let header = self.header(name).map(str::to_owned);
        header.or_else(|| {
            self.parameters()
                .find(|(known, _)| known.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        })
    }
}

/// The pairs of a query or of a form, decoded.
pub(super) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    let pieces = text.split('&').filter(|piece| !piece.is_empty());
    pieces.map(|piece| {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " ")))
    })
}

/// Without percent-encoding; bytes that are no UTF-8 become `�`.
pub(in crate::domain) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_text_is_decoded_and_broken_encoding_left_alone() {
        for (text, expected) in [
            ("a%2Fb", "a/b"),
            ("%C3%A9", "é"),
            ("100%", "100%"),
            ("%zz%2", "%zz%2"),
            ("%+1", "%+1"),
            ("%ff", "\u{fffd}"),
        ] {
            assert_eq!(decoded(text), expected);
        }
        let pairs: Vec<_> = pairs("a=1&&b&c=x+y%2B=z").collect();
        let expected = [("a", "1"), ("b", ""), ("c", "x y+=z")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!(pairs, expected);
    }
}
