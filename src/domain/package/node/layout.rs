//! Where packages go in one `node_modules` folder, so that each finds just what it found before.
//!
//! Package managers spread what a function needs over workspaces, stores and links. An archive has one
//! folder and no links, so the packages are placed anew: each as high as it can stand without hiding
//! another from those who look for it.

use std::collections::{BTreeMap, VecDeque};

/// A package, and which packages its requests lead to. The first one of a list is the function itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Package {
    /// By the name that is asked for; the number is a place in the list.
    pub finds: BTreeMap<String, usize>,
}

/// A package's place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placement {
    /// Such as `node_modules/a/node_modules/b`.
    pub at: String,
    /// A place in the list of packages.
    pub package: usize,
}

/// Packages that ask for each other's versions in a circle, which only links can express.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endless {
    pub at: String,
}

/// How often a package may lie inside itself, and how often in all, before it is taken for a circle.
const INSIDE_ITSELF: usize = 2;
const COPIES: usize = 50;

/// One copy of a package.
struct Copy {
    package: usize,
    at: String,
    /// From the function down to the copy around this one.
    around: Vec<usize>,
    /// What lies in its own `node_modules`.
    holds: BTreeMap<String, usize>,
    /// Names that somebody below finds further up: nothing else may take them here.
    passes: BTreeMap<String, usize>,
}

/// Places everything that the first package reaches. Paths are sorted.
pub fn lay_out(packages: &[Package]) -> Result<Vec<Placement>, Endless> {
    let mut copies = vec![Copy {
        package: 0,
        at: String::new(),
        around: Vec::new(),
        holds: BTreeMap::new(),
        passes: BTreeMap::new(),
    }];
    let mut waiting = VecDeque::from([0]);
    while let Some(copy) = waiting.pop_front() {
        for (name, &package) in &packages[copies[copy].package].finds {
            if let Some(new) = place(&mut copies, packages.len(), copy, (name, package))? {
                waiting.push_back(new);
            }
        }
    }
    let mut placements: Vec<Placement> = copies
        .into_iter()
        .skip(1)
        .map(|Copy { at, package, .. }| Placement { at, package })
        .collect();
    placements.sort();
    Ok(placements)
}

/// Makes sure that a copy finds this package under this name; returns the new copy when one is needed.
fn place(
    copies: &mut Vec<Copy>,
    packages: usize,
    asking: usize,
    (name, package): (&str, usize),
) -> Result<Option<usize>, Endless> {
    // From the asking copy up to the function.
    let mut way: Vec<usize> = copies[asking].around.clone();
    way.push(asking);
    way.reverse();
    let found = way.iter().position(|&copy| copies[copy].holds.contains_key(name));
    if let Some(position) = found {
        let held = copies[way[position]].holds[name];
        if copies[held].package == package {
            for &copy in &way[..position] {
                copies[copy].passes.insert(name.to_owned(), package);
            }
            return Ok(None);
        }
    }
    // Below the one that holds another package of that name, as high as nobody is disturbed.
    let reach = &way[..found.unwrap_or(way.len())];
    let free = |&&copy: &&usize| copies[copy].passes.get(name).is_none_or(|passing| *passing == package);
    let position = reach.iter().rposition(|copy| free(&copy));
    let Some(position) = position else {
        return Err(Endless {
            at: copies[asking].at.clone(),
        });
    };
    let holder = way[position];
    let mut around = copies[holder].around.clone();
    around.push(holder);
    let parent = &copies[holder].at;
    let slash = if parent.is_empty() { "" } else { "/" };
    let at = format!("{parent}{slash}node_modules/{name}");
    let inside_itself = around.iter().filter(|&&copy| copies[copy].package == package).count();
    if inside_itself >= INSIDE_ITSELF || copies.len() >= COPIES * packages {
        return Err(Endless { at });
    }
    let new = copies.len();
    copies.push(Copy {
        package,
        at,
        around,
        holds: BTreeMap::new(),
        passes: BTreeMap::new(),
    });
    copies[holder].holds.insert(name.to_owned(), new);
    for &copy in &way[..position] {
        copies[copy].passes.insert(name.to_owned(), package);
    }
    Ok(Some(new))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packages(finds: &[&[(&str, usize)]]) -> Vec<Package> {
        let package = |finds: &&[(&str, usize)]| Package {
            finds: finds.iter().map(|(name, to)| ((*name).to_owned(), *to)).collect(),
        };
        finds.iter().map(package).collect()
    }

    fn laid(finds: &[&[(&str, usize)]]) -> Vec<(String, usize)> {
        let placements = lay_out(&packages(finds)).unwrap();
        placements
            .into_iter()
            .map(|placed| (placed.at, placed.package))
            .collect()
    }

    fn expect(found: &[(String, usize)], expected: &[(&str, usize)]) {
        let found: Vec<(&str, usize)> = found.iter().map(|(at, package)| (at.as_str(), *package)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn packages_stand_side_by_side_unless_versions_differ() {
        // 0 wants ms 2 and internal; internal wants ms 3 and debug, which wants ms 3 as well.
        let found = laid(&[
            &[("ms", 1), ("internal", 2)],
            &[],
            &[("ms", 3), ("debug", 4)],
            &[],
            &[("ms", 3)],
        ]);
        expect(
            &found,
            &[
                ("node_modules/debug", 4),
                ("node_modules/debug/node_modules/ms", 3),
                ("node_modules/internal", 2),
                ("node_modules/internal/node_modules/ms", 3),
                ("node_modules/ms", 1),
            ],
        );
    }

    #[test]
    fn circles_end() {
        expect(
            &laid(&[&[("a", 1)], &[("b", 2), ("a", 1)], &[("a", 1), ("self", 0)]]),
            &[("node_modules/a", 1), ("node_modules/b", 2), ("node_modules/self", 0)],
        );
        // Two versions of a and b that ask for each other in turn: no folder without links can hold them.
        let circle: &[&[(&str, usize)]] = &[&[("a", 1)], &[("b", 2)], &[("a", 3)], &[("b", 4)], &[("a", 1)]];
        assert!(lay_out(&packages(circle)).is_err());
    }

    proptest! {
        #[test]
        fn everybody_finds_what_it_found_before(
            edges in prop::collection::vec((0..7_usize, 0..3_usize, 0..2_usize), 0..24)
        ) {
            // Three names in two versions each, after the function itself.
            let mut list = vec![Package::default(); 7];
            for (from, name, version) in edges {
                list[from].finds.insert(format!("n{name}"), 1 + name * 2 + version);
            }
            let Ok(placements) = lay_out(&list) else { return Ok(()) };
            let mut at: BTreeMap<String, usize> =
                placements.iter().map(|placed| (placed.at.clone(), placed.package)).collect();
            prop_assert_eq!(at.len(), placements.len(), "no path twice");
            at.insert(String::new(), 0);
            for (path, package) in &at {
                for (name, wanted) in &list[*package].finds {
                    let mut from = path.clone();
                    let found = loop {
                        let slash = if from.is_empty() { "" } else { "/" };
                        if let Some(found) = at.get(&format!("{from}{slash}node_modules/{name}")) {
                            break Some(found);
                        }
                        match from.rfind("node_modules/") {
                            Some(end) => from = from[..end].trim_end_matches('/').to_owned(),
                            None => break None,
                        }
                    };
                    prop_assert_eq!(found, Some(wanted), "{} asks for {}", path, name);
                }
            }
        }
    }
}
