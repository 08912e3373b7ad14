//! A fingerprint of an environment: whether two are the same, without telling what is in either.
//!
//! A plain hash of a value such as `true` or a four-digit code is found by trying them all. So there is one
//! fingerprint over all variables together, which only someone who guesses every value at once can check; a
//! salt of chance, so that nothing can be worked out beforehand and no two plans can be compared; and PBKDF2
//! with so many rounds that even an environment of one weak value takes a tenth of a second for each guess.
//! It is no encryption: whoever knows all values but one, and that one is weak, can find it with patience.

use pbkdf2::Pbkdf2;

use super::function::Environment;

/// The fingerprint in hexadecimal digits; empty when there are no variables, which is no secret. The salt is
/// text made by chance.
pub fn fingerprint(environment: &Environment, salt: &str) -> String {
    if environment.0.is_empty() {
        return String::new();
    }
    let mut print = [0; 32];
    // 600,000 rounds of HMAC-SHA-256. Source: OWASP Password Storage Cheat Sheet.
    Pbkdf2::SHA256.hash_password_into(&unambiguous(environment), salt.as_bytes(), &mut print);
    hex(&print)
}

/// Names and values, each with its length before it: `A=BC` and `AB=C` are not the same.
fn unambiguous(environment: &Environment) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in environment.0.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Environment(variables.iter().map(owned).collect())
    }

    #[test]
    fn the_same_variables_and_the_same_salt_give_the_same_fingerprint() {
        let one = environment(&[("AB", "C"), ("D", "E")]);
        let print = fingerprint(&one, "salt");
        assert_eq!(print, fingerprint(&one.clone(), "salt"));
        assert_eq!(print.len(), 64);
        assert_ne!(print, fingerprint(&one, "other"), "another salt");
        let moved = environment(&[("A", "BC"), ("D", "E")]);
        assert_ne!(print, fingerprint(&moved, "salt"), "names and values are kept apart");
        assert_eq!(fingerprint(&Environment::default(), "salt"), "");
    }

    #[test]
    fn it_is_pbkdf2_as_others_compute_it() {
        // hashlib.pbkdf2_hmac('sha256', b'\0'*7 + b'\x01A' + b'\0'*7 + b'\x01B', b'salt', 600000)
        let print = fingerprint(&environment(&[("A", "B")]), "salt");
        assert_eq!(
            print,
            "bc6281802941599fccbdb58b9f436b659d58b7c5fe9a76ae05854c18ddb63fcd"
        );
    }
}
