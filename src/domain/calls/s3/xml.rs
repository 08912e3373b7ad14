//! The few texts that rights hang on, out of S3's bodies in XML. They have no attributes or sections that matter.

/// The texts of all elements of this name, in order.
pub(super) fn texts(body: &str, name: &str) -> Vec<String> {
    elements(body, name).into_iter().map(unescaped).collect()
}

/// What stands in each element of this name; elements do not contain others of their own name.
pub(super) fn elements<'a>(body: &'a str, name: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut rest = body;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        let Some(attributes) = after.strip_prefix(name) else {
            continue;
        };
        if !attributes.starts_with(['>', ' ', '\t', '\r', '\n', '/']) {
            continue;
        }
        let Some((tag, inside)) = attributes.split_once('>') else {
            break;
        };
        if tag.ends_with('/') {
            found.push("");
            continue;
        }
        let Some(end) = inside.find(&format!("</{name}")) else {
            break;
        };
        found.push(&inside[..end]);
        rest = &inside[end..];
    }
    found
}

/// With the characters that references stand for.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let known = after
            .split_once(';')
            .and_then(|(name, after)| Some((character(name)?, after)));
        if let Some((character, after)) = known {
            plain.push(character);
            rest = after;
        } else {
            plain.push('&');
            rest = after;
        }
    }
    plain.push_str(rest);
    plain
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => digits.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_give_their_texts() {
        let body = "<?xml version='1.0'?><Delete xmlns=\"x\"><Object><Key>a&amp;b</Key></Object>\n\
                    <Object><Key >&#233;&#xe9;&lt;&nope;</Key ></Object><Key/><KeyCount>3</KeyCount></Delete>";
        assert_eq!(texts(body, "Key"), ["a&b", "éé<&nope;", ""]);
        assert_eq!(elements(body, "Object").len(), 2);
        for broken in ["<Key>a", "<Key", "<", "</Key>", "<Key></Ke"] {
            assert_eq!(texts(broken, "Key"), <[String; 0]>::default(), "{broken}");
        }
    }
}
