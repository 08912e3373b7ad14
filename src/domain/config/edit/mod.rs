//! Changes of `allow` in the text of a lambda.yaml; every other byte stays as it is.
//!
//! A change is made to lines of text, since no YAML library writes back what it read. What comes out
//! is read again: it must mean what the file meant, with exactly this change, or nothing is changed.
//!
//! Comments: one that stands directly above a line of `allow` goes with it, unless another line follows
//! directly, of which it may speak too. One behind a line, or below it and indented deeper, goes with it.

mod absent;
mod block;
mod flow;
mod lines;
#[cfg(test)]
mod tests;
mod written;

use std::collections::BTreeSet;

use self::lines::Lines;
use super::node::{Entry, Kind, Node, Path, Step};
use super::yaml::{self, Spot};
use crate::domain::names::StageName;

const ALLOW: &str = "allow";

/// A line of `allow` to write.
#[derive(Clone, PartialEq)]
pub struct NewLine(Node);

impl NewLine {
    /// A line such as `get s3://shop-photos/in/*`, or a statement such as `{ actions: […], resources: […] }`.
    pub fn read(line: &str) -> Self {
        let statement = line.starts_with('{').then(|| read(line)).flatten();
        Self(statement.unwrap_or_else(|| Node::new(Path::default(), Kind::Text(line.to_owned()))))
    }
}

/// Why a text was left alone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct LeftAlone {
    /// Where the change would have been made, from 1.
    pub line: usize,
    pub why: &'static str,
}

impl LeftAlone {
    fn at(line: usize, why: &'static str) -> Self {
        Self { line: line + 1, why }
    }
}

/// The text with these lines at the end of `allow`: of the stage's own list when it has one.
pub fn add(text: &str, stage: Option<&StageName>, new: &[NewLine]) -> Result<String, LeftAlone> {
    change(text, stage, &Change::Add(new))
}

/// The text without these lines of `allow`, which are counted from 0.
pub fn remove(text: &str, stage: Option<&StageName>, lines: &BTreeSet<usize>) -> Result<String, LeftAlone> {
    let mut text = text.to_owned();
    for line in lines.iter().rev() {
        text = change(&text, stage, &Change::Replace(*line, &[]))?;
    }
    Ok(text)
}

/// The text with other lines in the place of one.
pub fn replace(text: &str, stage: Option<&StageName>, line: usize, new: &[NewLine]) -> Result<String, LeftAlone> {
    change(text, stage, &Change::Replace(line, new))
}

/// The text without these actions of a statement that is written out; both are counted from 0.
pub fn remove_actions(
    text: &str,
    stage: Option<&StageName>,
    line: usize,
    actions: &BTreeSet<usize>,
) -> Result<String, LeftAlone> {
    let mut text = text.to_owned();
    for action in actions.iter().rev() {
        text = change(&text, stage, &Change::RemoveAction { line, action: *action })?;
    }
    Ok(text)
}

/// One change of one list.
enum Change<'a> {
    Add(&'a [NewLine]),
    Replace(usize, &'a [NewLine]),
    RemoveAction { line: usize, action: usize },
}

/// How a list is written.
enum Written {
    Block(block::Block),
    Flow(flow::Flow),
}

fn change(text: &str, stage: Option<&StageName>, change: &Change<'_>) -> Result<String, LeftAlone> {
    let bare = super::render::without_mark(text);
    let mark = &text[..text.len() - bare.len()];
    let root = read(bare).ok_or(LeftAlone::at(0, "the file cannot be read"))?;
    let list = list_of(&root, stage);
    let mut lines = Lines::split(bare);
    let wanted = wanted(&root, list, change);
    let line = match list {
        None => match change {
            Change::Add(new) => absent::add(&mut lines, bare, &root, new)?,
            Change::Replace(..) | Change::RemoveAction { .. } => return Err(LeftAlone::at(0, "there is no such line")),
        },
        Some(list) => edit(&mut lines, bare, list, change)?,
    };
    let edited = lines.joined();
    check(&edited, &wanted, line)?;
    Ok(format!("{mark}{edited}"))
}

/// Makes the change to a list that is there, and says in which line.
fn edit(lines: &mut Lines, text: &str, list: &Node, change: &Change<'_>) -> Result<usize, LeftAlone> {
    let mut at = list.at.clone();
    if let Change::RemoveAction { line, .. } = change {
        at = at.item(*line).key("actions");
    }
    let place = yaml::locate(text, &at, Spot::Key).ok_or(LeftAlone::at(0, "there is no such line"))?;
    let (line, column) = (place.0 - 1, place.1 - 1);
    match (written(lines, line, column)?, change) {
        (Written::Block(block), Change::Add(new)) => block.add(lines, new),
        (Written::Block(block), Change::Replace(item, new)) if !new.is_empty() => block.replace(lines, *item, new)?,
        (Written::Block(block), Change::Replace(item, _)) => block.remove(lines, *item, at.0.len() == 1)?,
        (Written::Block(block), Change::RemoveAction { action, .. }) => block.remove(lines, *action, false)?,
        (Written::Flow(flow), Change::Add(new)) => flow.add(lines, new),
        (Written::Flow(flow), Change::Replace(item, new)) if !new.is_empty() => flow.replace(lines, *item, new)?,
        (Written::Flow(flow), Change::Replace(item, _) | Change::RemoveAction { action: item, .. }) => {
            flow.remove(lines, *item)?;
        }
    }
    Ok(line)
}

/// How the list of the key at this place is written.
fn written(lines: &mut Lines, line: usize, column: usize) -> Result<Written, LeftAlone> {
    let refused = |why| LeftAlone::at(line, why);
    let text = lines.text(line);
    let key = lines::byte(text, column);
    let colon = lines::after_key(&text[key..]).ok_or(refused("the key is written in an unusual way"))?;
    let after = key + colon;
    let value = text[after..].trim_start();
    let start = text.len() - value.len();
    match value.chars().next() {
        None | Some('#') => block::Block::read(lines, line, key, after).map(Written::Block),
        Some('[') => flow::Flow::read(text, line, start)
            .map(Written::Flow)
            .ok_or(refused("the list in brackets is not closed on its line")),
        Some('&' | '*') => Err(refused("the list is an anchor or an alias")),
        Some(_) => {
            let end = start + written::scalar_end(value);
            let word = &text[start..end];
            if !matches!(word, "~" | "null" | "Null" | "NULL") {
                return Err(refused("there is no list here"));
            }
            let rest = text[end..].to_owned();
            let text = format!("{}{rest}", text[..after].trim_end());
            lines.set(line, text);
            block::Block::read(lines, line, key, after).map(Written::Block)
        }
    }
}

fn read(text: &str) -> Option<Node> {
    yaml::parse(text).ok().map(|document| document.root)
}

/// The list that holds at this stage; `None` when the file has no such key.
fn list_of<'n>(root: &'n Node, stage: Option<&StageName>) -> Option<&'n Node> {
    let own = stage.and_then(|stage| root.get("stages")?.get(stage.as_str())?.get(ALLOW));
    own.or_else(|| root.get(ALLOW))
}

/// What the file should mean afterwards.
fn wanted(root: &Node, list: Option<&Node>, change: &Change<'_>) -> Node {
    let mut wanted = root.clone();
    let Some(list) = list else {
        if let (Kind::Map(entries), Change::Add(new)) = (&mut wanted.kind, change) {
            entries.push(Entry {
                key: ALLOW.to_owned(),
                node: list_node(new),
            });
        }
        return wanted;
    };
    let Some(node) = below(&mut wanted, &list.at.0) else {
        return wanted;
    };
    if let Kind::Null = node.kind {
        *node = list_node(&[]);
    }
    if let Kind::List(items) = &mut node.kind {
        match change {
            Change::Add(new) => items.extend(new.iter().map(|line| line.0.clone())),
            Change::Replace(item, new) if *item < items.len() => {
                items.splice(item..=item, new.iter().map(|line| line.0.clone()));
            }
            Change::RemoveAction { line, action } => {
                let path = Path::default().item(*line).key("actions");
                if let Some(Kind::List(actions)) = below(node, &path.0).map(|node| &mut node.kind)
                    && *action < actions.len()
                {
                    actions.remove(*action);
                }
            }
            Change::Replace(..) => {}
        }
    }
    wanted
}

fn list_node(new: &[NewLine]) -> Node {
    Node::new(
        Path::default(),
        Kind::List(new.iter().map(|line| line.0.clone()).collect()),
    )
}

fn below<'n>(node: &'n mut Node, steps: &[Step]) -> Option<&'n mut Node> {
    let [first, rest @ ..] = steps else {
        return Some(node);
    };
    let inner = match (&mut node.kind, first) {
        (Kind::Map(entries), Step::Key { name, .. }) => {
            entries.iter_mut().find(|entry| entry.key == *name).map(|e| &mut e.node)
        }
        (Kind::List(items), Step::Item(index)) => items.get_mut(*index),
        _ => None,
    };
    below(inner?, rest)
}

/// Reads the edited text again: it must mean what is wanted and nothing else.
fn check(edited: &str, wanted: &Node, line: usize) -> Result<(), LeftAlone> {
    let wanted = plain(wanted.clone());
    if read(edited).is_some_and(|root| alike(&plain(root), &wanted)) {
        return Ok(());
    }
    Err(LeftAlone::at(line, "a change here would change more than the list"))
}

/// The file with one spelling for no rights: without the key, but in a stage, where the key counts,
/// with an empty list. The key comes last, since it may have been put between others.
fn plain(mut root: Node) -> Node {
    let Kind::Map(entries) = &mut root.kind else {
        return root;
    };
    entries.retain(|entry| {
        let is_empty = match &entry.node.kind {
            Kind::Null => true,
            Kind::List(items) => items.is_empty(),
            _ => false,
        };
        entry.key != ALLOW || !is_empty
    });
    entries.sort_by_key(|entry| entry.key == ALLOW);
    let stages = entries.iter_mut().find(|entry| entry.key == "stages");
    if let Some(Kind::Map(stages)) = stages.map(|entry| &mut entry.node.kind) {
        for stage in stages {
            if let Some(list) = below(&mut stage.node, &Path::default().key(ALLOW).0)
                && list.kind == Kind::Null
            {
                *list = list_node(&[]);
            }
        }
    }
    root
}

/// Whether two texts mean the same, wherever the values stand.
fn alike(one: &Node, other: &Node) -> bool {
    match (&one.kind, &other.kind) {
        (Kind::Map(ones), Kind::Map(others)) => {
            let pairs = || ones.iter().zip(others);
            ones.len() == others.len()
                && pairs().all(|(one, other)| one.key == other.key && alike(&one.node, &other.node))
        }
        (Kind::List(ones), Kind::List(others)) => {
            ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| alike(one, other))
        }
        (one_kind, other_kind) => one_kind == other_kind && one.written == other.written,
    }
}
