//! The way from text to configuration: read, lay a stage over it, put in variables, check.

use super::findings::{Complaint, Place as Marked, Sink};
use super::marks::Mark;
use super::model::Unsupported;
use super::node::{Kind, Node, Path};
use super::overlay::overlaid;
use super::raw::File;
use super::render::source_lines;
use super::shape::{Shape as _, entries};
use super::validate::{Surroundings, Valid, unknown_stage, validate};
use super::variables::Variables;
use super::yaml::{self, Document, Spot};
use super::{Finding, Inputs, Loaded, Severity, syntax};
use crate::domain::arn::{Place, partition_of};
use crate::domain::names::{AccountId, Region, StageName};

/// Reads the text of a lambda.yaml, which has no byte order mark any more.
pub fn load(text: &str, inputs: &Inputs<'_>) -> Loaded {
    let Document { root, duplicates } = match yaml::parse(text) {
        Ok(document) => document,
        Err(error) => return unreadable(text, &error),
    };
    let sink = Sink::default();
    for at in &duplicates {
        let complaint = Complaint::new(format!("`{}` stands here twice", at.leaf()));
        sink.error_at_key(at, complaint.hint("a key has one value; remove one of the two"));
    }
    let valid = match &root.kind {
        Kind::Null => {
            let complaint = Complaint::new("the file is empty");
            sink.error(
                &root.at,
                complaint.hint("it needs at least `name`, `runtime` and `handler`"),
            );
            None
        }
        _ => read(&root, inputs, &sink),
    };
    let config = valid.filter(|_| !sink.has_errors()).map(
        |Valid {
             mut config,
             callers,
             unsupported,
         }| {
            let lines = source_lines(text);
            let mark = |at: &Path, spot: Spot| {
                let Marked { line, column, .. } = Marked::of(text, &lines, &root, at, spot);
                Mark { line, column }
            };
            let located = |at: &Path| {
                let Mark { line, column } = mark(at, Spot::Key);
                Unsupported {
                    path: at.to_string(),
                    line,
                    column,
                }
            };
            let callers = callers.into_iter();
            config.callers = callers.map(|(at, caller)| (mark(&at, Spot::Value), caller)).collect();
            config.unsupported = unsupported.iter().map(located).collect();
            config
        },
    );
    Loaded {
        config,
        findings: sink.into_findings(text, &root),
    }
}

fn unreadable(text: &str, error: &yaml::Unreadable) -> Loaded {
    let error = syntax::explain(text, error);
    let finding = Finding {
        severity: Severity::Error,
        path: String::new(),
        line: error.line,
        column: error.column,
        length: error.length,
        message: error.complaint.message,
        hint: error.complaint.hint,
        rule: None,
    };
    Loaded {
        config: None,
        findings: vec![finding],
    }
}

/// Reads the chosen stage in full, and checks what the other stages say.
fn read(root: &Node, inputs: &Inputs<'_>, sink: &Sink) -> Option<Valid> {
    entries(root, sink)?;
    let base = without_stages(root);
    let stages = stages(root, sink);
    let chosen = inputs
        .stage
        .and_then(|stage| stages.iter().find(|(name, _)| name == stage));
    if let (Some(stage), None) = (inputs.stage, chosen) {
        let known: Vec<&str> = stages.iter().map(|(name, _)| name.as_str()).collect();
        sink.error_at_key(&root.at.key("stages"), unknown_stage(stage, &known));
    }
    let effective = chosen.map_or_else(|| base.clone(), |(_, body)| overlaid(&base, body));
    let valid = read_stage(effective, inputs, inputs.stage, false, sink);
    for (name, body) in stages.iter().filter(|(name, _)| Some(name) != inputs.stage) {
        let other = Sink::default();
        read_stage(overlaid(&base, body), inputs, Some(name), true, &other);
        sink.adopt(other, &body.at);
    }
    valid
}

fn read_stage(
    mut root: Node,
    inputs: &Inputs<'_>,
    stage: Option<&StageName>,
    lenient: bool,
    sink: &Sink,
) -> Option<Valid> {
    let (place, region_is_known) = place_of(&root, inputs);
    let variables = Variables {
        stage: stage.map(StageName::as_str),
        account: place.account.as_str(),
        region: place.region.as_str(),
        env: inputs.env,
        lenient,
    };
    variables.expand(&mut root, sink);
    let file = File::read(&root, sink)?;
    let around = Surroundings {
        place: &place,
        region_is_known,
        stage,
        sink,
    };
    validate(file, &around)
}

/// The file without its stages.
pub fn without_stages(root: &Node) -> Node {
    let mut base = root.clone();
    if let Kind::Map(entries) = &mut base.kind {
        entries.retain(|entry| entry.key != "stages");
    }
    base
}

/// The stages of the file, those with proper names and bodies.
pub fn stages(root: &Node, sink: &Sink) -> Vec<(StageName, Node)> {
    let Some(entries) = root.get("stages").and_then(|node| entries(node, sink)) else {
        return Vec::new();
    };
    let mut stages = Vec::new();
    for entry in entries {
        match (StageName::new(entry.key.clone()), &entry.node.kind) {
            (Err(why), _) => {
                let complaint = Complaint::new(why.to_string());
                sink.error_at_key(&entry.node.at, complaint.hint("choose a short name such as `prod`"));
            }
            (Ok(name), Kind::Map(keys)) => {
                for nested in keys.iter().filter(|key| key.key == "stages") {
                    let complaint = Complaint::new("a stage cannot hold stages");
                    sink.error_at_key(&nested.node.at, complaint.hint("put the stages side by side"));
                }
                stages.push((name, without_stages(&entry.node)));
            }
            (Ok(name), Kind::Null) => {
                let kind = Kind::Map(Vec::new());
                stages.push((name, Node::new(entry.node.at.clone(), kind)));
            }
            (Ok(_), _) => sink.wrong_kind(
                &entry.node,
                "a map of keys that this stage changes, such as `memory: 1GB`",
            ),
        }
    }
    stages
}

/// Where the function goes: where it is deployed to, else what the file says, else stand-ins.
fn place_of(root: &Node, inputs: &Inputs<'_>) -> (Place, bool) {
    if let Some(place) = inputs.place {
        return (place.clone(), true);
    }
    let written = |key: &str| root.get(key).and_then(Node::text).map(str::to_owned);
    let account = written("account").and_then(|text| AccountId::new(text).ok());
    let region = written("region").and_then(|text| Region::new(text).ok());
    let known = region.is_some();
    let region = region.unwrap_or_else(|| Region::new("us-east-1").expect("a region's name"));
    let place = Place {
        partition: partition_of(&region).to_owned(),
        account: account.unwrap_or_else(|| AccountId::new("123456789012").expect("twelve digits")),
        region,
    };
    (place, known)
}
