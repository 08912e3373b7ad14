//! The table that a statement of `PartiQL` is about.
//! Source: Amazon DynamoDB developer guide, "`PartiQL` statements for DynamoDB".

use super::call::{Piece, Text};

/// A table, and an index of it.
pub type Table = (Text, Option<Text>);

/// The statement's first word in capitals, and its table: `SELECT * FROM "orders"."by-day" WHERE …`.
pub fn read(statement: &Text) -> Option<(String, Table)> {
    let words = words(statement);
    let known = |word: &Text| Some(word.as_literal()?.to_ascii_uppercase());
    let verb = known(words.first()?)?;
    let before = match verb.as_str() {
        "SELECT" | "DELETE" => "FROM",
        "INSERT" => "INTO",
        "UPDATE" => "UPDATE",
        _ => return None,
    };
    let at = words.iter().position(|word| known(word).as_deref() == Some(before))?;
    let name = words.get(at + 1)?;
    Some((verb, table(name)))
}

/// `"orders"."by-day"`, without its quotes.
fn table(name: &Text) -> Table {
    let mut parts = vec![Text::default()];
    let mut quoted = false;
    for piece in &name.0 {
        let Piece::Literal(text) = piece else {
            if let Some(last) = parts.last_mut() {
                last.0.push(piece.clone());
            }
            continue;
        };
        for c in text.chars() {
            match c {
                '"' => quoted = !quoted,
                // Names may have points in them only within quotes.
                '.' if !quoted => parts.push(Text::default()),
                _ => push(&mut parts, c),
            }
        }
    }
    let mut parts = parts.into_iter();
    (parts.next().unwrap_or_default(), parts.next())
}

fn words(text: &Text) -> Vec<Text> {
    let mut words = vec![Text::default()];
    let mut quoted = false;
    for piece in &text.0 {
        let Piece::Literal(literal) = piece else {
            if let Some(last) = words.last_mut() {
                last.0.push(piece.clone());
            }
            continue;
        };
        for c in literal.chars() {
            quoted ^= c == '"';
            if c.is_whitespace() && !quoted {
                words.push(Text::default());
            } else {
                push(&mut words, c);
            }
        }
    }
    words.retain(|word| !word.0.is_empty());
    words
}

fn push(texts: &mut [Text], c: char) {
    let Some(last) = texts.last_mut() else {
        return;
    };
    if let Some(Piece::Literal(text)) = last.0.last_mut() {
        text.push(c);
    } else {
        last.0.push(Piece::Literal(c.to_string()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_statement_is_found() {
        for (statement, expected) in [
            ("SELECT * FROM orders WHERE id = ?", Some(("SELECT", "orders", None))),
            ("select a,b from \"shop.orders\"", Some(("SELECT", "shop.orders", None))),
            (
                "SELECT * FROM \"orders\".\"by-day\"",
                Some(("SELECT", "orders", Some("by-day"))),
            ),
            ("INSERT INTO orders VALUE {'id': 1}", Some(("INSERT", "orders", None))),
            ("UPDATE orders SET a = 1", Some(("UPDATE", "orders", None))),
            ("DELETE FROM orders", Some(("DELETE", "orders", None))),
            ("EXISTS (SELECT * FROM orders)", None),
            ("", None),
        ] {
            let expected = expected.map(|(verb, table, index): (&str, &str, Option<&str>)| {
                (verb.to_owned(), (Text::literal(table), index.map(Text::literal)))
            });
            assert_eq!(read(&Text::literal(statement)), expected, "{statement}");
        }
        let statement = Text(vec![
            Piece::Literal("SELECT * FROM \"".into()),
            Piece::Env("TABLE".into(), Text::default()),
            Piece::Literal("\" WHERE id = ?".into()),
        ]);
        assert_eq!(read(&statement), Some(("SELECT".into(), (Text::env("TABLE"), None))));
    }
}
