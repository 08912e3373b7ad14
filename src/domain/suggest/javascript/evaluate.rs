//! Expressions to things: literals, operators, properties. Names are in `names`, calls in `functions`.
//!
//! Evaluation is on demand and gives up early: a cycle leads to nothing, and a question that takes too many
//! steps has no answer.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::super::call::{Piece, Text};
use super::functions::Caller;
use super::modules::{File, FileId, Program};
use super::syntax::{CLASSES, FUNCTIONS};
use super::things::{Context, Place, Thing};

/// Answers what an expression stands for.
pub struct Reader<'p, 'a> {
    pub program: &'p Program<'a>,
    /// Last name of what is called → the calls.
    pub sites: HashMap<&'a str, Vec<Place>>,
    pub callers: HashMap<Place, Rc<Vec<Caller>>>,
    /// Names that are being looked up in the exports of files.
    pub exporting: Vec<(FileId, String)>,
    /// Answers that hold for all callers.
    known: HashMap<Place, Thing>,
    active: HashSet<(Place, usize)>,
    depth: usize,
    /// Steps of this question, and of all questions.
    steps: usize,
    all_steps: usize,
    /// How often evaluation was cut short: what comes of it is no answer to keep.
    cuts: usize,
}

const MAX_DEPTH: usize = 60;
const MAX_STEPS: usize = 4_000;
/// After so many steps for a whole program, as bundles take, a question gets few of them; then none.
const MANY_STEPS: usize = 500_000;
const FEW_STEPS: usize = 200;
const MOST_STEPS: usize = 700_000;
const MAX_FRAMES: usize = 10;

impl<'p, 'a> Reader<'p, 'a> {
    pub fn of(program: &'p Program<'a>) -> Self {
        let mut reader = Self {
            program,
            sites: HashMap::new(),
            callers: HashMap::new(),
            exporting: Vec::new(),
            known: HashMap::new(),
            active: HashSet::new(),
            depth: 0,
            steps: 0,
            all_steps: 0,
            cuts: 0,
        };
        reader.index_sites();
        reader
    }

    pub fn file(&self, place: Place) -> &'p File<'a> {
        &self.program.files[place.file]
    }

    /// Whether questions get short answers.
    pub fn is_tired(&self) -> bool {
        self.all_steps >= MANY_STEPS
    }

    /// Whether questions get no answers.
    pub fn is_spent(&self) -> bool {
        self.all_steps >= MOST_STEPS
    }

    /// Starts a question of its own, with all its steps before it.
    pub fn ask(&mut self, at: Place, context: &Context) -> Thing {
        self.steps = 0;
        self.evaluate(at, context)
    }

    /// What an expression stands for in the calls that are being looked into.
    pub fn evaluate(&mut self, at: Place, context: &Context) -> Thing {
        let everywhere = Context::default();
        let context = if self.matters(at, context) {
            context
        } else {
            &everywhere
        };
        if context.0.is_none()
            && let Some(thing) = self.known.get(&at)
        {
            return thing.clone();
        }
        let key = (at, context.0.as_ref().map_or(0, |frame| Rc::as_ptr(frame) as usize));
        self.steps += 1;
        self.all_steps += 1;
        let most = match self.all_steps {
            ..MANY_STEPS => MAX_STEPS,
            MANY_STEPS..MOST_STEPS => FEW_STEPS,
            _ => 0,
        };
        if self.depth > MAX_DEPTH || self.steps > most || context.frames().count() > MAX_FRAMES {
            self.cuts += 1;
            return Thing::Unknown;
        }
        if !self.active.insert(key) {
            self.cuts += 1;
            return Thing::Nothing;
        }
        self.depth += 1;
        let cuts = self.cuts;
        let thing = self.expression(at, context);
        self.depth -= 1;
        self.active.remove(&key);
        if context.0.is_none() && (self.cuts == cuts || self.depth == 0) {
            self.known.insert(at, thing.clone());
        }
        thing
    }

    /// Whether this stands in one of the functions that are being looked into.
    fn matters(&self, at: Place, context: &Context) -> bool {
        let tree = &self.file(at).tree;
        context
            .frames()
            .any(|frame| frame.function.file == at.file && tree.holds(frame.function.node, at.node))
    }

    fn expression(&mut self, at: Place, context: &Context) -> Thing {
        let tree = &self.file(at).tree;
        let field = |name| tree.field(at.node, name).map(|node| Place { node, ..at });
        let mut part = |name| field(name).map_or(Thing::Unknown, |place| self.evaluate(place, context));
        match tree.kind(at.node) {
            "identifier" | "shorthand_property_identifier" => self.name(at, tree.text(at.node), context),
            "this" => self.this(at, context),
            "null" | "undefined" => Thing::Nothing,
            "number" | "true" | "false" => Thing::literal(tree.text(at.node)),
            "string" => tree.string(at.node).map_or(Thing::Unknown, Thing::literal),
            "template_string" => self.template(at, context),
            "object" => self.object(at, context),
            "array" => self.array(at, context),
            "call_expression" => self.call(at, context),
            "new_expression" => self.construction(at, context),
            "member_expression" => {
                let object = part("object");
                let Some(property) = field("property") else {
                    return Thing::Unknown;
                };
                self.member(&object, tree.text(property.node))
            }
            "subscript_expression" => {
                let (object, index) = (part("object"), part("index"));
                self.subscript(&object, &index)
            }
            "binary_expression" => self.binary(at, context),
            "ternary_expression" => match part("consequence") {
                // `process.env.T ? process.env.T : "orders"`
                Thing::Text(text) if text.is_env() => or_default(&Thing::Text(text), || part("alternative")),
                consequence => Thing::any([consequence, part("alternative")]),
            },
            "assignment_expression" => part("right"),
            // `+=` and the like make what is not followed.
            "augmented_assignment_expression" => match field("operator").map(|operator| tree.text(operator.node)) {
                Some("??=" | "||=" | "&&=") => part("right"),
                _ => Thing::Unknown,
            },
            "sequence_expression" => tree
                .children(at.node)
                .last()
                .map_or(Thing::Unknown, |node| self.evaluate(Place { node, ..at }, context)),
            "parenthesized_expression"
            | "await_expression"
            | "as_expression"
            | "satisfies_expression"
            | "non_null_expression"
            | "instantiation_expression" => self.first_child(at, context),
            "type_assertion" => tree
                .children(at.node)
                .last()
                .map_or(Thing::Unknown, |node| self.evaluate(Place { node, ..at }, context)),
            kind if FUNCTIONS.contains(&kind) => Thing::Function(at, context.clone()),
            kind if CLASSES.contains(&kind) => Thing::Class(at),
            "enum_declaration" => self.enumeration(at),
            _ => Thing::Unknown,
        }
    }

    fn first_child(&mut self, at: Place, context: &Context) -> Thing {
        match self.file(at).tree.first(at.node) {
            Some(node) => self.evaluate(Place { node, ..at }, context),
            None => Thing::Unknown,
        }
    }

    fn template(&mut self, at: Place, context: &Context) -> Thing {
        let tree = &self.file(at).tree;
        let parts: Vec<Thing> = tree
            .children(at.node)
            .map(|part| match tree.kind(part) {
                "template_substitution" => self.first_child(Place { node: part, ..at }, context),
                _ => Thing::literal(tree.fragment(part)),
            })
            .collect();
        Thing::concatenation(&parts)
    }

    fn binary(&mut self, at: Place, context: &Context) -> Thing {
        let tree = &self.file(at).tree;
        let operator = |node| tree.field(node, "operator").map(|operator| tree.text(operator));
        let mut side = |node, name| match tree.field(node, name) {
            Some(node) => self.evaluate(Place { node, ..at }, context),
            None => Thing::Unknown,
        };
        match operator(at.node) {
            Some("??" | "||") => {
                let left = side(at.node, "left");
                or_default(&left, || side(at.node, "right"))
            }
            Some("&&") => side(at.node, "right"),
            Some("+") => {
                // Long sums lean to the left: walked instead of recursed into.
                let mut parts = Vec::new();
                let mut node = at.node;
                while tree.kind(node) == "binary_expression" && operator(node) == Some("+") {
                    parts.push(side(node, "right"));
                    let Some(left) = tree.field(node, "left") else { break };
                    node = left;
                }
                parts.push(self.evaluate(Place { node, ..at }, context));
                parts.reverse();
                Thing::concatenation(&parts)
            }
            _ => Thing::Unknown,
        }
    }

    fn array(&mut self, at: Place, context: &Context) -> Thing {
        let tree = &self.file(at).tree;
        let mut elements = Vec::new();
        for node in tree.children(at.node) {
            if tree.kind(node) != "spread_element" {
                elements.push(self.evaluate(Place { node, ..at }, context));
                continue;
            }
            match self.first_child(Place { node, ..at }, context) {
                Thing::List(inner) => elements.extend(inner.iter().cloned()),
                other => elements.push(other.element()),
            }
        }
        Thing::list(elements)
    }

    fn object(&mut self, at: Place, context: &Context) -> Thing {
        let tree = &self.file(at).tree;
        let mut properties: Vec<(Text, Thing)> = Vec::new();
        for node in tree.children(at.node) {
            let place = Place { node, ..at };
            match tree.kind(node) {
                "pair" => {
                    let (Some(key), Some(value)) = (tree.field(node, "key"), tree.field(node, "value")) else {
                        continue;
                    };
                    let value = self.evaluate(Place { node: value, ..at }, context);
                    for key in self.key(Place { node: key, ..at }, context) {
                        set(&mut properties, key, value.clone());
                    }
                }
                "shorthand_property_identifier" => {
                    let value = self.evaluate(place, context);
                    set(&mut properties, Text::literal(tree.text(node)), value);
                }
                "method_definition" => {
                    if let Some(name) = tree.field(node, "name").and_then(|name| tree.property_name(name)) {
                        let value = if tree.has_token(node, "get") {
                            self.returned(place, context)
                        } else {
                            Thing::Function(place, context.clone())
                        };
                        set(&mut properties, Text::literal(name), value);
                    }
                }
                "spread_element" => {
                    let spread = self.first_child(place, context);
                    merge(&mut properties, &spread);
                }
                _ => {}
            }
        }
        Thing::Object(Rc::new(properties))
    }

    fn key(&mut self, at: Place, context: &Context) -> Vec<Text> {
        let tree = &self.file(at).tree;
        match tree.property_name(at.node) {
            Some(name) => vec![Text::literal(name)],
            None => self.first_child(at, context).texts(),
        }
    }

    fn enumeration(&mut self, at: Place) -> Thing {
        let tree = &self.file(at).tree;
        let mut properties = Vec::new();
        let members = tree
            .field(at.node, "body")
            .into_iter()
            .flat_map(|body| tree.children(body));
        for member in members {
            let name = tree.field(member, "name").unwrap_or(member);
            let value = match tree.field(member, "value") {
                Some(node) => self.evaluate(Place { node, ..at }, &Context::default()),
                None => Thing::Unknown,
            };
            if let Some(name) = tree.property_name(name) {
                set(&mut properties, Text::literal(name), value);
            }
        }
        Thing::Object(Rc::new(properties))
    }

    /// `object.name`
    pub fn member(&mut self, object: &Thing, name: &str) -> Thing {
        let parts: Vec<Thing> = object
            .alternatives()
            .iter()
            .map(|one| self.member_of(one, name))
            .collect();
        Thing::any(parts)
    }

    fn member_of(&mut self, object: &Thing, name: &str) -> Thing {
        match object {
            Thing::Object(properties) => property(properties, name),
            Thing::Environment => Thing::env(name),
            Thing::Package(package) => {
                let path = package.path.iter().cloned().chain([name.to_owned()]);
                Thing::package(&package.name, path)
            }
            Thing::File(file) => self.exported(*file, name),
            Thing::Instance(class, construction) => self.class_member(*class, name, construction, object),
            Thing::Class(class) => self.class_member(*class, name, &Context::default(), object),
            Thing::Typed(place) => self.typed_member(*place, name),
            Thing::Client(client) => Thing::Operation(Rc::clone(client), name.into()),
            Thing::Nothing => Thing::Nothing,
            Thing::Unknown
            | Thing::Text(_)
            | Thing::List(_)
            | Thing::Any(_)
            | Thing::Function(..)
            | Thing::Operation(..) => Thing::Unknown,
        }
    }

    /// `object[index]`
    pub fn subscript(&mut self, object: &Thing, index: &Thing) -> Thing {
        let mut parts = Vec::new();
        for one in object.alternatives() {
            for key in index.alternatives() {
                parts.push(match (one, key.as_literal()) {
                    (Thing::List(elements), Some(position)) => position
                        .parse()
                        .ok()
                        .and_then(|position: usize| elements.get(position))
                        .map_or_else(|| one.element(), Clone::clone),
                    (Thing::List(_), None) => one.element(),
                    (Thing::Object(properties), None) => Thing::any(properties.iter().map(|(_, value)| value.clone())),
                    (_, Some(name)) => self.member_of(one, name),
                    (_, None) => Thing::Unknown,
                });
            }
        }
        Thing::any(parts)
    }
}

/// `left ?? right`. An environment variable is taken to be set: lambda.yaml says to what.
pub fn or_default(left: &Thing, right: impl FnOnce() -> Thing) -> Thing {
    match left {
        Thing::Nothing => right(),
        Thing::Unknown => Thing::any([Thing::Unknown, right()]),
        Thing::Text(variable) if variable.is_env() => match right() {
            Thing::Nothing => left.clone(),
            right => Thing::any(right.texts().iter().map(|text| Thing::Text(variable.clone().or(text)))),
        },
        known => known.clone(),
    }
}

/// Sets a property, in place of an earlier one of the same name.
pub fn set(properties: &mut Vec<(Text, Thing)>, name: Text, value: Thing) {
    match properties.iter_mut().find(|(known, _)| *known == name) {
        Some((_, old)) => *old = value,
        None => properties.push((name, value)),
    }
}

/// `...spread` in an object.
pub fn merge(properties: &mut Vec<(Text, Thing)>, spread: &Thing) {
    let alternatives = spread.alternatives();
    for one in alternatives {
        match one {
            Thing::Object(more) => {
                for (name, value) in more.iter() {
                    let old = properties
                        .iter()
                        .find(|(known, _)| known == name)
                        .map(|(_, old)| old.clone());
                    let value = match old {
                        Some(old) if alternatives.len() > 1 => Thing::any([old, value.clone()]),
                        _ => value.clone(),
                    };
                    set(properties, name.clone(), value);
                }
            }
            Thing::Nothing | Thing::Text(_) => {}
            // It may hold properties of any name.
            _ => set(properties, Text(vec![Piece::Unknown]), Thing::Unknown),
        }
    }
}

fn property(properties: &[(Text, Thing)], name: &str) -> Thing {
    let wanted = Text::literal(name);
    match properties.iter().find(|(known, _)| *known == wanted) {
        Some((_, value)) => value.clone(),
        None if properties
            .iter()
            .all(|(known, _)| matches!(known.0.as_slice(), [Piece::Literal(_)])) =>
        {
            Thing::Nothing
        }
        None => Thing::Unknown,
    }
}
