//! Rights gained, lost and narrowed: actions on the same resource under the same condition share a
//! line, what weighs most comes first, and columns line up.

use std::collections::BTreeMap;

use super::style;
use crate::domain::policy::index::Level;
use crate::domain::policy::{AccessChange, AccessLine, Change};

/// The columns of actions, resources and levels together, so that a plan fits into 80.
const TOGETHER: usize = 68;
/// The least and the most that actions get of it.
const ACTIONS: (usize, usize) = (24, 44);
/// The widest that the column of resources is made for the sake of lining up.
const WIDEST: usize = 34;

/// Whose names are told without account and region.
#[derive(Debug, Clone, Copy)]
pub struct Home<'a> {
    pub account: &'a str,
    pub region: &'a str,
}

/// Lines such as `+ dynamodb:DeleteItem  on table/orders  write`, what is gained first.
pub fn lines(change: &AccessChange, home: Home<'_>) -> Vec<String> {
    shown(change.lines(), home)
}

/// The same for some lines.
pub fn shown<'a>(lines: impl Iterator<Item = &'a AccessLine>, home: Home<'_>) -> Vec<String> {
    let rows = rows(lines, home);
    let on = rows.iter().map(|row| longest(&row.on)).max().unwrap_or(0).min(WIDEST);
    let level = |row: &Row| row.level.map_or(0, |level| level.word().len());
    let level = rows.iter().map(level).max().unwrap_or(0);
    let room = TOGETHER.saturating_sub(on + level).clamp(ACTIONS.0, ACTIONS.1);
    let lists: Vec<Vec<String>> = rows.iter().map(|row| wrapped(&row.actions, room)).collect();
    let what = lists.iter().map(|list| longest(list)).max().unwrap_or(0).min(room);
    let lines = rows.iter().zip(&lists);
    lines.flat_map(|(row, list)| row.lines(list, [what, on])).collect()
}

/// `+2 rights (1 write), −1, 1 narrowed`, or nothing when nothing changes.
pub fn summary<'a>(lines: impl Iterator<Item = &'a AccessLine>) -> Option<String> {
    let mut counts: BTreeMap<Change, usize> = BTreeMap::new();
    let mut weighty: BTreeMap<Level, usize> = BTreeMap::new();
    // A denial that comes with what it limits is no right of its own.
    for line in lines.filter(|line| line.effect == "allow" || line.kind != Change::Narrowed) {
        *counts.entry(line.kind).or_default() += line.rights();
        if let (Change::Gained, Some(level)) = (line.kind, line.level.filter(|level| *level >= Level::Write)) {
            *weighty.entry(level).or_default() += line.rights();
        }
    }
    let weighty: Vec<String> = weighty
        .iter()
        .rev()
        .map(|(level, count)| format!("{count} {}", level.word()))
        .collect();
    let parts = counts.iter().map(|(change, count)| match change {
        Change::Gained if weighty.is_empty() => format!("+{}", style::count(*count, "right")),
        Change::Gained => format!("+{} ({})", style::count(*count, "right"), weighty.join(", ")),
        Change::Lost => format!("−{count}"),
        Change::Narrowed => format!("{count} narrowed"),
    });
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// An ARN as short as it can be told beside an action of this service: `table/orders`, `s3://photos/in/*`.
/// What lies in another account or region keeps its whole ARN.
pub fn short(resource: &str, service: &str, home: Home<'_>) -> String {
    let fields: Vec<&str> = resource.splitn(6, ':').collect();
    match fields[..] {
        ["arn", _, "s3", "", "", object] => format!("s3://{object}"),
        ["arn", _, of, region, account, name]
            if (account.is_empty() || account == home.account) && (region.is_empty() || region == home.region) =>
        {
            // A bare name says nothing of what it names.
            if of.eq_ignore_ascii_case(service) && name.contains(['/', ':']) {
                name.to_owned()
            } else {
                format!("{of}:{name}")
            }
        }
        _ => resource.to_owned(),
    }
}

/// What shares a line, apart from the actions.
#[derive(PartialEq, Eq)]
struct Group<'a> {
    widening: bool,
    effect: &'a str,
    kind: Change,
    principal: &'a str,
    resource: &'a str,
    service: &'a str,
    condition: &'a str,
    level: Option<Level>,
    part: &'a [String],
}

/// One group, in words.
struct Row {
    kind: Change,
    /// The first one with its service, and who if that is told.
    actions: Vec<String>,
    /// The resources.
    on: Vec<String>,
    level: Option<Level>,
    /// Conditions, and the part that was there or is left.
    notes: Vec<String>,
}

fn rows<'a>(lines: impl Iterator<Item = &'a AccessLine>, home: Home<'_>) -> Vec<Row> {
    let mut groups: Vec<(Group<'a>, Vec<String>)> = Vec::new();
    for line in lines {
        let service = line.action.split_once(':').map_or("", |(service, _)| service);
        let group = Group {
            widening: line.widening,
            effect: &line.effect,
            kind: line.kind,
            principal: &line.principal,
            resource: &line.resource,
            service,
            condition: &line.condition,
            level: line.level,
            part: &line.part,
        };
        match groups.iter_mut().find(|(known, _)| *known == group) {
            Some((_, actions)) => actions.push(line.action_text()),
            None => groups.push((group, vec![line.action_text()])),
        }
    }
    let mut rows: Vec<Row> = Vec::new();
    for (group, actions) in &groups {
        let row = row(group, actions, home);
        // The same on several resources.
        match rows.iter_mut().find(|known| known.same_but_for_resource(&row)) {
            Some(known) => known.on.extend(row.on),
            None => rows.push(row),
        }
    }
    rows
}

fn longest(texts: &[String]) -> usize {
    texts.iter().map(|text| text.chars().count()).max().unwrap_or(0)
}

fn row(group: &Group<'_>, actions: &[String], home: Home<'_>) -> Row {
    let mut opening = match (group.effect, group.kind) {
        ("deny", Change::Gained) => "no longer denied: ".to_owned(),
        ("deny", _) => "denied: ".to_owned(),
        _ => String::new(),
    };
    if !group.principal.is_empty() {
        opening = format!("{opening}{}: ", group.principal);
    }
    let told = |text: &str| {
        let (resource, condition) = text.split_once(" when ").map_or((text, None), |(a, b)| (a, Some(b)));
        let resource = short(resource, group.service, home);
        condition.map_or(resource.clone(), |condition| format!("{resource} when {condition}"))
    };
    let parts: Vec<String> = group.part.iter().map(|part| told(part)).collect();
    let note = match group.kind {
        Change::Gained => "was",
        Change::Lost | Change::Narrowed => "now only",
    };
    let part = (!parts.is_empty()).then(|| format!("{note} {}", parts.join(", ")));
    let condition = (!group.condition.is_empty()).then(|| group.condition.to_owned());
    let mut actions = without_service(actions, group.service);
    if let Some(first) = actions.first_mut() {
        first.insert_str(0, &opening);
    }
    Row {
        kind: group.kind,
        actions,
        on: match group.resource {
            "" => Vec::new(),
            "*" => vec!["on anything".to_owned()],
            resource => vec![format!("on {}", short(resource, group.service, home))],
        },
        level: group.level,
        notes: condition.into_iter().chain(part).collect(),
    }
}

/// The service is told once: `logs:CreateLogStream, PutLogEvents`.
fn without_service(actions: &[String], service: &str) -> Vec<String> {
    let rest = |action: &String| {
        let short = action.strip_prefix(service).and_then(|rest| rest.strip_prefix(':'));
        short.filter(|_| !service.is_empty()).unwrap_or(action).to_owned()
    };
    let first = actions.first().cloned();
    first.into_iter().chain(actions.iter().skip(1).map(rest)).collect()
}

fn wrapped(words: &[String], room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let comma = if index + 1 < words.len() { "," } else { "" };
        match lines.last_mut() {
            None => lines.push(format!("{word}{comma}")),
            Some(line) if line.chars().count() + 1 + word.chars().count() + comma.len() <= room => {
                line.extend([" ", word, comma]);
            }
            Some(_) => lines.push(format!("  {word}{comma}")),
        }
    }
    lines
}

impl Row {
    fn same_but_for_resource(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.actions == other.actions
            && self.level == other.level
            && self.notes == other.notes
    }

    fn lines(&self, list: &[String], widths: [usize; 2]) -> Vec<String> {
        let (sign, paint): (_, fn(String) -> String) = match self.kind {
            Change::Gained => ("+", |text| style::added(text)),
            Change::Lost => ("-", |text| style::removed(text)),
            Change::Narrowed => ("~", |text| style::changed(text)),
        };
        let [what, on] = widths;
        let level = match self.level {
            Some(level @ Level::PermissionsManagement) => style::strong(level.word()),
            Some(level @ Level::Write) => level.word().to_owned(),
            Some(level) => style::dim(level.word()),
            None => String::new(),
        };
        let mut lines = Vec::new();
        for index in 0..list.len().max(self.on.len()) {
            let sign = if index == 0 { sign } else { " " };
            let actions = list.get(index).map_or("", String::as_str);
            let resource = self.on.get(index).map_or("", String::as_str);
            let level = if index == 0 { &*level } else { "" };
            // What is painted ends where its words do, so that no blanks trail.
            let gap = " ".repeat(what.saturating_sub(actions.chars().count()));
            let head = paint(format!("{sign} {actions}"));
            lines.push(format!("{head}{gap}  {resource:<on$}  {level}"));
        }
        let notes = self.notes.iter().map(|note| format!("    {}", style::dim(note)));
        lines.extend(notes);
        lines.iter().map(|line| line.trim_end().to_owned()).collect()
    }
}
