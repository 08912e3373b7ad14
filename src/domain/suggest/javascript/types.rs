//! TypeScript's types, as far as they tell which client or class a value is.

use super::clients;
use super::evaluate::Reader;
use super::things::{Context, Place, Thing};

/// Types that stand for the type between their brackets.
const TRANSPARENT: &[&str] = &[
    "Promise",
    "Partial",
    "Required",
    "Readonly",
    "Pick",
    "Omit",
    "NonNullable",
];

impl Reader<'_, '_> {
    /// What a value of this type is.
    pub fn of_type(&mut self, at: Place) -> Thing {
        let tree = &self.file(at).tree;
        let inner = |node| Place { node, ..at };
        match tree.kind(at.node) {
            "type_annotation" | "parenthesized_type" | "readonly_type" => match tree.first(at.node) {
                Some(node) => self.of_type(inner(node)),
                None => Thing::Unknown,
            },
            "type_identifier" | "identifier" => {
                let named = self.type_name(at, tree.text(at.node));
                valued(&named)
            }
            "nested_type_identifier" => {
                let named = self.qualified(at);
                valued(&named)
            }
            "generic_type" => {
                let (Some(name), Some(arguments)) =
                    (tree.field(at.node, "name"), tree.field(at.node, "type_arguments"))
                else {
                    return Thing::Unknown;
                };
                match tree.first(arguments) {
                    Some(node) if TRANSPARENT.contains(&tree.text(name)) => self.of_type(inner(node)),
                    _ => self.of_type(inner(name)),
                }
            }
            "union_type" => {
                let parts: Vec<Thing> = tree.children(at.node).map(|node| self.of_type(inner(node))).collect();
                Thing::any(parts)
            }
            // One of the parts has the member; the first that is known tells most.
            "intersection_type" => {
                let parts: Vec<Thing> = tree.children(at.node).map(|node| self.of_type(inner(node))).collect();
                parts.into_iter().find(Thing::is_known).unwrap_or(Thing::Unknown)
            }
            "literal_type" => match tree.first(at.node) {
                Some(node) => match tree.kind(node) {
                    "string" => tree.string(node).map_or(Thing::Unknown, Thing::literal),
                    "null" | "undefined" => Thing::Nothing,
                    _ => Thing::Unknown,
                },
                None => Thing::Unknown,
            },
            "object_type" => Thing::Typed(at),
            _ => Thing::Unknown,
        }
    }

    /// What an interface or an alias stands for.
    pub fn declared_type(&mut self, at: Place) -> Thing {
        let tree = &self.file(at).tree;
        match tree.field(at.node, "value") {
            Some(node) => self.of_type(Place { node, ..at }),
            None => Thing::Typed(at),
        }
    }

    /// A member of a value whose type is all that is known of it.
    pub fn typed_member(&mut self, at: Place, name: &str) -> Thing {
        let tree = &self.file(at).tree;
        let body = tree.field(at.node, "body").unwrap_or(at.node);
        let annotation = tree
            .children(body)
            .filter(|&member| tree.kind(member) == "property_signature")
            .filter(|&member| tree.field(member, "name").is_some_and(|key| tree.text(key) == name))
            .find_map(|member| tree.field(member, "type"));
        match annotation {
            Some(node) => self.of_type(Place { node, ..at }),
            None => Thing::Unknown,
        }
    }

    /// `AWS.DynamoDB.DocumentClient`
    fn qualified(&mut self, at: Place) -> Thing {
        let tree = &self.file(at).tree;
        let names: Vec<&str> = tree.text(at.node).split('.').map(str::trim).collect();
        let [first, path @ ..] = names.as_slice() else {
            return Thing::Unknown;
        };
        let mut thing = self.type_name(at, first);
        for name in path {
            thing = self.member(&thing, name);
        }
        thing
    }
}

/// What a value of a type is, given what the type's name stands for.
fn valued(named: &Thing) -> Thing {
    Thing::any(named.alternatives().iter().map(|one| match one {
        Thing::Package(package) => clients::of_type(package),
        Thing::Class(class) => Thing::Instance(*class, Context::default()),
        // An enumeration: which of its members is not told.
        Thing::Object(_) => Thing::Unknown,
        known => known.clone(),
    }))
}
