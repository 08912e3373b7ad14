//! The few texts that rights hang on, out of S3's bodies in XML. They have no attributes or sections that matter.

/// Whether a body has nothing in it that a parser would take for more than elements and texts: comments, sections,
/// instructions and names with a prefix, which may hide elements or make others of them. S3's clients write none.
pub(super) fn check(body: &str) -> Result<(), String> {
    let body = body.trim_start_matches('\u{feff}').trim_start();
    let body = match body.strip_prefix("<?xml") {
        Some(prolog) => {
            let (prolog, rest) = prolog.split_once("?>").ok_or("its first line has no end")?;
            let encoding = prolog.to_ascii_lowercase();
            if encoding.contains("encoding") && !encoding.contains("utf-8") {
                return Err("it is not in UTF-8".to_owned());
            }
            rest
        }
        None => body,
    };
    for (at, _) in body.match_indices('<') {
        let tag = &body[at + 1..];
        let name = tag.strip_prefix('/').unwrap_or(tag);
        let end = name.find(|c: char| c == '>' || c == '/' || c.is_ascii_whitespace());
        let name = &name[..end.unwrap_or(name.len())];
        if !name.starts_with(|c: char| c.is_ascii_alphabetic())
            || !name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        {
            return Err("it has more in it than plain elements".to_owned());
        }
    }
    Ok(())
}

/// The text of the only element of this name; none when there is no such element.
pub(super) fn only(body: &str, name: &str) -> Result<Option<String>, String> {
    match &elements(body, name)[..] {
        [] => Ok(None),
        [text] if !text.contains('<') => Ok(Some(unescaped(text))),
        _ => Err(format!("`{name}` stands in it twice")),
    }
}

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
        assert_eq!(check(body), Ok(()));
        for broken in ["<Key>a", "<Key", "<", "</Key>", "<Key></Ke"] {
            assert_eq!(texts(broken, "Key"), <[String; 0]>::default(), "{broken}");
        }
    }

    #[test]
    fn what_hides_elements_is_seen() {
        for hidden in [
            "<Object><!--<Key>tmp/x</Key>--><Key>in/a.jpg</Key></Object>",
            "<Key><![CDATA[a]]></Key>",
            "<!DOCTYPE a [<!ENTITY b 'c'>]><Key>&b;</Key>",
            "<Object><?a <Key>b</Key>?></Object>",
            "<a:Key>b</a:Key>",
            "< Key>b</Key>",
            "<?xml version='1.0' encoding='UTF-7'?><Key>b</Key>",
            "<?xml version='1.0'",
        ] {
            assert!(check(hidden).is_err(), "{hidden}");
        }
        assert_eq!(only("<Key>a</Key>", "Key"), Ok(Some("a".to_owned())));
        assert_eq!(only("<Tag/>", "Key"), Ok(None));
        assert!(only("<Key>a</Key><Key>b</Key>", "Key").is_err());
        assert!(only("<Key>a<Key>b</Key></Key>", "Key").is_err());
    }
}
