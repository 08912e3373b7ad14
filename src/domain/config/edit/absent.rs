//! A file that has no `allow` yet: the key goes where the documentation's order puts it.

use super::super::node::{Kind, Node};
use super::super::schema;
use super::super::yaml::{self, Spot};
use super::block::{self, Block};
use super::lines::Lines;
use super::{ALLOW, LeftAlone, NewLine};

/// Writes the key with these lines, and says in which line.
pub fn add(lines: &mut Lines, text: &str, root: &Node, new: &[NewLine]) -> Result<usize, LeftAlone> {
    let Kind::Map(entries) = &root.kind else {
        return Err(LeftAlone::at(0, "the file is no map of keys"));
    };
    let order = documented();
    let rank = |key: &str| order.iter().position(|known| known == key);
    let allow = rank(ALLOW);
    let mut keys: Vec<(usize, &str)> = Vec::new();
    for entry in entries {
        match yaml::locate(text, &entry.node.at, Spot::Key) {
            Some((line, 1)) => keys.push((line - 1, &entry.key)),
            _ => return Err(LeftAlone::at(0, "the keys of the file do not begin their lines")),
        }
    }
    keys.sort_unstable();
    let earlier = keys.iter().filter(|(_, key)| rank(key) < allow);
    let nearest = earlier.max_by_key(|(_, key)| rank(key)).or(keys.last());
    let Some(&(key, _)) = nearest else {
        return Err(LeftAlone::at(0, "the file has no keys"));
    };
    let next = keys.iter().map(|(line, _)| *line).find(|line| *line > key);
    let next = next.unwrap_or(lines.len());
    let next = (key + 1..next)
        .find(|line| block::ends_document(lines, *line))
        .unwrap_or(next);
    let is_of_key = |line: &usize| !lines.is_blank(*line) && (lines.is_content(*line) || lines.indent(*line) > 0);
    let at = (key..next).rev().find(is_of_key).unwrap_or(key) + 1;
    let apart = at < lines.len() && lines.is_blank(at);
    let head = apart.then(String::new).into_iter().chain([format!("{ALLOW}:")]);
    lines.insert(at, head);
    let line = at + usize::from(apart);
    let block = Block::read(lines, line, 0, ALLOW.len() + 1)?;
    block.add(lines, new);
    Ok(line)
}

/// The keys of the file in the order of its documentation, which is the schema's.
fn documented() -> Vec<String> {
    let schema = schema::schema();
    let keys = schema["properties"].as_object();
    keys.into_iter().flat_map(|keys| keys.keys().cloned()).collect()
}
