//! Rights gained, lost and narrowed: actions on the same resource under the same condition share a
//! line, what weighs most comes first, and columns line up.

use std::collections::BTreeMap;

use super::style;
use crate::domain::policy::index::Level;
use crate::domain::policy::{AccessChange, AccessLine, Change};

/// Lists of actions are broken after so many characters.
const LIST: usize = 32;
/// The widest that a column is made for the sake of lining up.
const WIDEST: [usize; 2] = [44, 30];

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
    let width = |cell: fn(&Row) -> usize, most: usize| rows.iter().map(cell).max().unwrap_or(0).min(most);
    let widths = [
        width(|row| row.what[0].chars().count(), WIDEST[0]),
        width(|row| row.on.chars().count(), WIDEST[1]),
    ];
    rows.iter().flat_map(|row| row.lines(widths)).collect()
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
            if of.eq_ignore_ascii_case(service) {
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
    /// The actions, in as many lines as they need.
    what: Vec<String>,
    on: String,
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
    groups
        .iter()
        .map(|(group, actions)| row(group, actions, home))
        .collect()
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
    Row {
        kind: group.kind,
        what: wrapped(opening, &without_service(actions, group.service)),
        on: match group.resource {
            "" => String::new(),
            "*" => "on anything".to_owned(),
            resource => format!("on {}", short(resource, group.service, home)),
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

fn wrapped(opening: String, words: &[String]) -> Vec<String> {
    let mut lines = vec![opening];
    for (index, word) in words.iter().enumerate() {
        let word = if index + 1 < words.len() {
            format!("{word},")
        } else {
            word.clone()
        };
        let line = lines.last_mut().expect("there is always a line");
        if index == 0 {
            line.push_str(&word);
        } else if line.chars().count() + 1 + word.chars().count() <= LIST {
            line.push(' ');
            line.push_str(&word);
        } else {
            lines.push(format!("  {word}"));
        }
    }
    lines
}

impl Row {
    fn lines(&self, widths: [usize; 2]) -> Vec<String> {
        let (sign, paint): (_, fn(String) -> String) = match self.kind {
            Change::Gained => ("+", |text| style::added(text)),
            Change::Lost => ("-", |text| style::removed(text)),
            Change::Narrowed => ("~", |text| style::changed(text)),
        };
        let [what, on] = widths;
        let head = format!("{sign} {:<what$}", self.what[0]);
        let level = match self.level {
            Some(level @ Level::PermissionsManagement) => style::strong(level.word()),
            Some(level @ Level::Write) => level.word().to_owned(),
            Some(level) => style::dim(level.word()),
            None => String::new(),
        };
        let mut lines = vec![format!("{}  {:<on$}  {level}", paint(head), self.on)];
        let more = self.what[1..].iter().map(|line| paint(format!("  {line}")));
        let notes = self.notes.iter().map(|note| format!("    {}", style::dim(note)));
        lines.extend(more.chain(notes));
        lines.iter().map(|line| line.trim_end().to_owned()).collect()
    }
}
