//! Texts: literals, f-strings, `%`, `format`, `+` and the methods of strings.

use tree_sitter::Node;

use super::arguments::Arguments;
use super::evaluate::{Evaluator, In};
use super::syntax::{children, field};
use super::thing::{MOST, Thing, Things, add, joined, literal, texts};
use crate::domain::suggest::call::{Piece, Text, Value};

fn unknown() -> Text {
    Text(vec![Piece::Unknown])
}

fn of_texts(texts: Vec<Text>) -> Things {
    let mut things = Things::new();
    add(
        &mut things,
        texts.into_iter().map(|text| Thing::Value(Value::Text(text))),
    );
    things
}

/// The texts of a part, at least one.
fn of_part(things: &[Thing]) -> Vec<Text> {
    let texts = texts(things);
    if texts.is_empty() { vec![unknown()] } else { texts }
}

/// One part after the other, in every combination.
pub(super) fn concatenated(parts: &[Things]) -> Things {
    let mut so_far = vec![Text::default()];
    for part in parts {
        let more = of_part(part);
        let both = so_far
            .iter()
            .flat_map(|before| more.iter().map(move |text| joined([before.clone(), text.clone()])));
        so_far = both.take(MOST).collect();
    }
    of_texts(so_far)
}

/// A string literal, with the values of an f-string.
pub(super) fn string<'t>(evaluator: &mut Evaluator<'_, 't>, node: Node<'t>, scope: usize, frame: &In<'t>) -> Things {
    let start = children(node)
        .first()
        .map_or("", |start| evaluator.project.text(*start, scope));
    let is_raw = start.contains(['r', 'R']);
    let mut parts = Vec::new();
    for child in children(node) {
        match child.kind() {
            "string_content" => {
                let text = evaluator.project.text(child, scope);
                let text = if is_raw { text.to_owned() } else { unescaped(text) };
                let is_format = start.contains(['f', 'F']);
                let text = if is_format {
                    text.replace("{{", "{").replace("}}", "}")
                } else {
                    text
                };
                parts.push(vec![Thing::text(&text)]);
            }
            "interpolation" => {
                let inner = field(child, "expression").or_else(|| child.named_child(0));
                // `{price:>10.2f}` changes what is put in.
                let is_plain = !children(child).iter().any(|part| part.kind() == "format_specifier");
                parts.push(match inner {
                    Some(inner) if is_plain => evaluator.eval(inner, scope, frame),
                    _ => vec![Thing::Value(Value::Unknown)],
                });
            }
            _ => {}
        }
    }
    concatenated(&parts)
}

fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('\n') | None => {}
            Some(quoted @ ('\\' | '\'' | '"')) => plain.push(quoted),
            Some(other) => plain.extend(['\\', other]),
        }
    }
    plain
}

/// `"%s/%s" % (a, b)` and `"%(a)s" % {"a": …}`
pub(super) fn formatted(template: &[Thing], values: &[Thing]) -> Things {
    let Some(template) = literal(template) else {
        return of_texts(vec![unknown()]);
    };
    let mut values_left: Vec<Things> = match values {
        [Thing::List(all)] => all.clone(),
        other => vec![other.to_vec()],
    };
    values_left.reverse();
    let mut parts = Vec::new();
    let mut pieces = template.split('%');
    parts.push(vec![Thing::text(pieces.next().unwrap_or_default())]);
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        if piece.is_empty() {
            // `%%` is one.
            let after = pieces.next().unwrap_or_default();
            parts.push(vec![Thing::text(&format!("%{after}"))]);
            continue;
        }
        let (name, rest) = match piece.strip_prefix('(').and_then(|piece| piece.split_once(')')) {
            Some((name, rest)) => (Some(name), rest),
            None => (None, piece),
        };
        let end = rest.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(0);
        let (letter, after) = rest.split_at((end + 1).min(rest.len()));
        let value = match name {
            Some(name) => super::evaluate::item(values, &[Thing::text(name)]),
            None => values_left.pop().unwrap_or_default(),
        };
        let is_plain = matches!(letter, "s" | "d" | "i");
        parts.push(if is_plain {
            value
        } else {
            vec![Thing::Value(Value::Unknown)]
        });
        parts.push(vec![Thing::text(after)]);
    }
    concatenated(&parts)
}

/// `"{}/{name}".format(a, name=b)`
fn format(template: &str, arguments: &Arguments) -> Things {
    let template = template.replace("{{", "\u{1}").replace("}}", "\u{2}");
    let plain = |text: &str| vec![Thing::text(&text.replace('\u{1}', "{").replace('\u{2}', "}"))];
    let mut parts = Vec::new();
    let mut next = 0;
    let mut rest = template.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        parts.push(plain(before));
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        rest = after;
        let value = if name.is_empty() {
            next += 1;
            arguments.positional.get(next - 1)
        } else if let Ok(place) = name.parse::<usize>() {
            arguments.positional.get(place)
        } else {
            arguments.named(name)
        };
        parts.push(value.cloned().unwrap_or_else(|| vec![Thing::Value(Value::Unknown)]));
    }
    parts.push(plain(rest));
    concatenated(&parts)
}

/// What a method of a value gives back.
pub(super) fn method(of: &Thing, name: &str, arguments: &Arguments) -> Things {
    let own = std::slice::from_ref(of);
    let first = arguments.positional.first();
    match (of, name) {
        (Thing::Map(_), "get" | "pop" | "setdefault") => {
            let key = first.cloned().unwrap_or_default();
            let mut things = super::evaluate::item(own, &key);
            let is_there = things.iter().any(|thing| *thing != Thing::Value(Value::Unknown));
            if let (false, Some(default)) = (is_there, arguments.positional.get(1)) {
                things.clone_from(default);
            }
            things
        }
        (Thing::Map(entries), "values") => {
            vec![Thing::List(entries.iter().map(|(_, value)| value.clone()).collect())]
        }
        (Thing::Map(entries), "items") => {
            let pairs = entries.iter().map(|(key, value)| {
                let key = vec![Thing::Value(Value::Text(key.clone()))];
                vec![Thing::List(vec![key, value.clone()])]
            });
            vec![Thing::List(pairs.collect())]
        }
        (Thing::Map(_) | Thing::List(_), "copy") => own.to_vec(),
        (Thing::Value(_), "format") => match literal(own) {
            Some(template) => format(&template, arguments),
            None => of_texts(vec![unknown()]),
        },
        (Thing::Value(_), "join") => {
            let Some([Thing::List(elements)]) = first.map(Vec::as_slice) else {
                return of_texts(vec![unknown()]);
            };
            let mut parts = Vec::new();
            for element in elements {
                if !parts.is_empty() {
                    parts.push(own.to_vec());
                }
                parts.push(element.clone());
            }
            concatenated(&parts)
        }
        // A key without its slashes, a name without white space: what is known of it stays true but for its ends.
        (Thing::Value(Value::Text(_)), "strip" | "lstrip" | "rstrip") => {
            let characters = first.and_then(|things| literal(things));
            let ends = |c: char| characters.as_ref().map_or(c.is_whitespace(), |all| all.contains(c));
            let cut = |text: Text| match text.as_literal() {
                Some(text) => Text::literal(match name {
                    "strip" => text.trim_matches(ends),
                    "lstrip" => text.trim_start_matches(ends),
                    _ => text.trim_end_matches(ends),
                }),
                None => text,
            };
            of_texts(texts(own).into_iter().map(cut).collect())
        }
        (Thing::Value(Value::Text(_)), "lower" | "upper") => {
            let changed = |text: Text| match text.as_literal() {
                Some(text) if name == "lower" => Text::literal(text.to_lowercase()),
                Some(text) => Text::literal(text.to_uppercase()),
                None => unknown(),
            };
            of_texts(texts(own).into_iter().map(changed).collect())
        }
        _ => vec![Thing::Value(Value::Unknown)],
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::of;

    #[test]
    fn texts_are_put_together_from_what_is_known() {
        for (expression, expected) in [
            ("'a' 'b'", "ab"),
            ("'a\\'b'", "a'b"),
            ("r'a\\b'", "a\\b"),
            ("'a/' + x", "a/?"),
            ("f'a/{x}/{B}'", "a/?/bee"),
            ("f'{{{B}}}'", "{bee}"),
            ("f'{x:>4}'", "?"),
            ("'%s/%d' % (B, x)", "bee/?"),
            ("'%(b)s%%' % {'b': B}", "bee%"),
            ("'{}/{b}'.format(x, b=B)", "?/bee"),
            ("'{1}{0}'.format('a', 'b')", "ba"),
            ("'/'.join(['a', x, B])", "a/?/bee"),
            ("os.path.join('a', B)", "a/bee"),
            ("' a '.strip()", "a"),
            ("'/a/'.strip('/').upper()", "A"),
            ("str(B)", "bee"),
            ("os.environ['E']", "$E"),
            ("os.environ.get('E', 'd')", "$E|d"),
            ("os.getenv('E', default=B)", "$E|bee"),
            ("os.getenv('E') or 'd'", "$E|d"),
            ("os.getenv('E', '')", "$E"),
            ("os.getenv('E', x)", "$E"),
            ("os.getenv('E', os.getenv('F', 'd'))", "$E|$F|d"),
            ("os.environ['E'] if 'E' in os.environ else 'd'", "$E|d"),
            ("os.environ[NAME]", "$E"),
            ("'a' if x else B", "(a|bee)"),
            ("{'k': 'v'}['k']", "v"),
            ("{'k': 'v'}.get('k')", "v"),
            ("{'k': 'v'}.get('z', B)", "bee"),
            ("{'k': 'v'}[x]", "v"),
            ("['a', B][1]", "bee"),
            ("[n for n in ['a', B]]", "[(a|bee)]"),
            ("dict(a=B)", "{a:bee}"),
            ("{**{'a': 'b'}, 'c': x}", "{a:b,c:?}"),
            ("B.encode()", "?"),
            ("x", "?"),
        ] {
            let text = format!("B = 'bee'\nNAME = 'E'\ndef f(x):\n  boto3.client('s3').go(A={expression})");
            assert_eq!(of(&text), [format!("s3 go A={expected}")], "{expression}");
        }
    }
}
