//! The arguments of a call, evaluated.

use super::thing::{MOST, Thing, Things, add, value};
use crate::domain::suggest::call::Value;

/// What a call is given.
#[derive(Debug, Clone, Default)]
pub(super) struct Arguments {
    pub positional: Vec<Things>,
    pub named: Vec<(String, Things)>,
    /// Whether something is unpacked that could not be read.
    pub is_open: bool,
}

impl Arguments {
    /// The argument at this place or of this name.
    pub fn get(&self, place: usize, name: &str) -> Option<&Things> {
        self.positional.get(place).or_else(|| self.named(name))
    }

    pub fn named(&self, name: &str) -> Option<&Things> {
        let found = self.named.iter().find(|(known, _)| known == name);
        found.map(|(_, things)| things)
    }

    pub fn put(&mut self, name: &str, things: Things) {
        match self.named.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => add(known, things),
            None => self.named.push((name.to_owned(), things)),
        }
    }

    /// Adds the entries of a map that is unpacked.
    pub fn unpack(&mut self, things: &Things) {
        self.is_open |= things.is_empty();
        for thing in things.iter().take(MOST) {
            let Thing::Map(entries) = thing else {
                self.is_open = true;
                continue;
            };
            for (key, things) in entries {
                match key.as_literal() {
                    Some(key) => self.put(key, things.clone()),
                    None => self.is_open = true,
                }
            }
        }
    }

    /// Without the first positional ones.
    pub fn after(&self, count: usize) -> Self {
        Self {
            positional: self.positional.iter().skip(count).cloned().collect(),
            ..self.clone()
        }
    }

    /// As arguments of an operation, with the positional ones under these names.
    pub fn values(&self, places: &[&str]) -> Vec<(String, Value)> {
        let placed = places.iter().zip(&self.positional);
        let placed = placed.map(|(name, things)| ((*name).to_owned(), value(things)));
        let named = self.named.iter().map(|(name, things)| (name.clone(), value(things)));
        placed.chain(named).collect()
    }
}
