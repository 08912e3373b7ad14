//! `${...}` in text: stage, account, region, lfn's own environment, and SSM parameters in `env`.

use super::findings::{Complaint, Sink, listed, nearest};
use super::model::EnvSegment;
use super::node::{Expanded, Kind, Node};

/// What variables stand for.
pub struct Variables<'a> {
    pub stage: Option<&'a str>,
    pub account: &'a str,
    pub region: &'a str,
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// For stages that are only checked: a variable that is not set leaves its value unknown.
    pub lenient: bool,
}

const KNOWN: [&str; 5] = ["stage", "account", "region", "env:NAME", "ssm:/path"];

/// One piece of a text.
enum Piece {
    Text(String),
    Secret(String),
    Parameter(String),
    Unknown,
}

impl Variables<'_> {
    /// Puts values in place of variables in every text of the tree.
    pub fn expand(&self, root: &mut Node, sink: &Sink) {
        if let Kind::Map(entries) = &mut root.kind {
            for entry in entries {
                self.expand_below(&mut entry.node, entry.key == "env", sink);
            }
        }
    }

    fn expand_below(&self, node: &mut Node, in_env: bool, sink: &Sink) {
        match &mut node.kind {
            Kind::List(nodes) => nodes.iter_mut().for_each(|node| self.expand_below(node, false, sink)),
            Kind::Map(entries) => entries
                .iter_mut()
                .for_each(|entry| self.expand_below(&mut entry.node, in_env, sink)),
            Kind::Text(text) if text.contains("${") => {
                let text = text.clone();
                match self.pieces(&text, in_env) {
                    Ok(pieces) => assemble(node, pieces, sink),
                    Err(complaint) => {
                        sink.error(&node.at, complaint);
                        node.kind = Kind::Unknown;
                    }
                }
            }
            _ => {}
        }
    }

    fn pieces(&self, text: &str, in_env: bool) -> Result<Vec<Piece>, Complaint> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let before = &rest[..start];
            if let Some(escaped) = before.strip_suffix('$') {
                plain.push_str(escaped);
                plain.push_str("${");
                rest = &rest[start + 2..];
                continue;
            }
            plain.push_str(before);
            let Some(end) = closing(&rest[start..]) else {
                let complaint = Complaint::new("`${` is never closed");
                return Err(complaint.hint("add `}` after the variable's name, or write `$${` for the text itself"));
            };
            let name = &rest[start + 2..start + end];
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
            pieces.push(self.value(name, in_env)?);
            rest = &rest[start + end + 1..];
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        Ok(pieces)
    }

    fn value(&self, name: &str, in_env: bool) -> Result<Piece, Complaint> {
        match name.split_once(':') {
            None if name == "account" => Ok(Piece::Text(self.account.into())),
            None if name == "region" => Ok(Piece::Text(self.region.into())),
            None if name == "stage" => match self.stage {
                Some(stage) => Ok(Piece::Text(stage.into())),
                None => Err(Complaint::new("`${stage}` stands here, but no stage was chosen")
                    .hint("pass `--stage NAME`, such as `--stage dev`")),
            },
            Some(("env", variable)) => self.environment(variable),
            Some(("ssm", parameter)) => parameter_name(&self.plain(parameter)?, in_env),
            _ => Err(unknown(name)),
        }
    }

    /// The text inside another variable, in which stage, account and region may stand.
    fn plain(&self, text: &str) -> Result<String, Complaint> {
        let pieces = self.pieces(text, false)?.into_iter();
        pieces
            .map(|piece| match piece {
                Piece::Text(text) => Ok(text),
                Piece::Secret(_) | Piece::Parameter(_) | Piece::Unknown => {
                    let complaint = Complaint::new(format!("`{text}` has a variable that cannot stand inside another"));
                    Err(complaint.hint("only `${stage}`, `${account}` and `${region}` can"))
                }
            })
            .collect()
    }

    fn environment(&self, variable: &str) -> Result<Piece, Complaint> {
        let (name, default) = match variable.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (variable, None),
        };
        let named = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(named) {
            return Err(
                Complaint::new(format!("`${{env:{variable}}}` does not name an environment variable"))
                    .hint("write `${env:NAME}`, or `${env:NAME:-default}`"),
            );
        }
        match ((self.env)(name), default) {
            // An empty variable counts as absent when there is a default, as in a shell's `:-`.
            (Some(value), Some(default)) if value.is_empty() => self.plain(default).map(Piece::Text),
            (Some(value), _) => Ok(Piece::Secret(value)),
            (None, Some(default)) => self.plain(default).map(Piece::Text),
            (None, None) if self.lenient => Ok(Piece::Unknown),
            (None, None) => Err(Complaint::new(format!("the environment variable `{name}` is not set"))
                .hint(format!("set it, or give a default: `${{env:{name}:-default}}`"))),
        }
    }
}

/// Where the variable that begins this text ends: the brace that belongs to its own.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' if text[..at].ends_with('$') => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// Source: Systems Manager API reference, `PutParameter`, `Name`; a version or label may follow.
fn parameter_name(parameter: &str, in_env: bool) -> Result<Piece, Complaint> {
    let whole = format!("`${{ssm:{parameter}}}`");
    if !in_env {
        return Err(Complaint::new(format!("{whole} works inside `env` alone"))
            .hint("parameters are read when deploying; elsewhere use `${env:NAME}`"));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-/".contains(c);
    let (name, selector) = parameter.split_once(':').unwrap_or((parameter, "1"));
    let nested_well = name.starts_with('/') || !name.contains('/');
    let is_name = !name.is_empty() && name.len() <= 1011 && name.chars().all(allowed);
    if !is_name || !nested_well || name.ends_with('/') || selector.is_empty() || !selector.chars().all(allowed) {
        return Err(Complaint::new(format!("{whole} does not name a parameter"))
            .hint("write its whole name, such as `${ssm:/shop/api-key}`"));
    }
    Ok(Piece::Parameter(parameter.into()))
}

fn unknown(name: &str) -> Complaint {
    let complaint = Complaint::new(format!("unknown variable `${{{name}}}`"));
    let word = name.split(':').next().unwrap_or(name);
    let other_tool = match name.to_ascii_lowercase().as_str() {
        "aws::region" | "aws:region" | "self:provider.region" | "opt:region" => Some("region"),
        "aws::accountid" | "aws:accountid" => Some("account"),
        "self:provider.stage" | "opt:stage" | "sls:stage" => Some("stage"),
        _ => None,
    };
    let near = nearest(word, ["stage", "account", "region", "env", "ssm"]);
    if let Some(right) = other_tool {
        return complaint.hint(format!("write `${{{right}}}`"));
    }
    match near {
        Some(near @ ("env" | "ssm")) => complaint.hint(format!("did you mean `${{{near}:NAME}}`?")),
        Some(near) => complaint.hint(format!("did you mean `${{{near}}}`?")),
        None if name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_') =>
        {
            complaint.hint(format!(
                "for an environment variable write `${{env:{name}}}`; for the text itself write `$${{{name}}}`"
            ))
        }
        None => complaint.hint(format!(
            "variables are {}; for the text itself write `$${{`",
            listed(KNOWN, "and")
        )),
    }
}

/// Puts the pieces together as the node's new value.
fn assemble(node: &mut Node, pieces: Vec<Piece>, sink: &Sink) {
    if pieces.iter().any(|piece| matches!(piece, Piece::Unknown)) {
        node.kind = Kind::Unknown;
        return;
    }
    for piece in &pieces {
        if let Piece::Secret(value) = piece {
            sink.keep_secret(node, value);
            node.expanded = Expanded::Secret;
        }
    }
    if node.expanded == Expanded::No {
        node.expanded = Expanded::Plain;
    }
    let mut segments: Vec<EnvSegment> = Vec::new();
    for piece in pieces {
        match (piece, segments.last_mut()) {
            (Piece::Text(more) | Piece::Secret(more), Some(EnvSegment::Text(text))) => text.push_str(&more),
            (Piece::Text(text) | Piece::Secret(text), _) => segments.push(EnvSegment::Text(text)),
            (Piece::Parameter(name), _) => segments.push(EnvSegment::Parameter(name)),
            (Piece::Unknown, _) => {}
        }
    }
    segments.retain(|segment| !matches!(segment, EnvSegment::Text(text) if text.is_empty()));
    node.kind = match segments.as_slice() {
        [] => Kind::Text(String::new()),
        [EnvSegment::Text(text)] => Kind::Text(text.clone()),
        _ => Kind::Parts(segments),
    };
}
