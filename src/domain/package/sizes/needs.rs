//! Who needs whom: the shortest way from the function to each dependency.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::manifests::{Manifests, python_name};
use super::owners::{Ecosystem, OWN, Owned};

/// The needs of all packages.
#[derive(Debug, Clone)]
pub struct Graph {
    needs: Vec<Vec<usize>>,
    /// What the function itself needs, first what it names.
    roots: Vec<usize>,
    /// What is needed for development alone.
    pub development: BTreeSet<usize>,
    /// Whom each package is shown below: `OWN` for what the function itself needs.
    pub parent: Vec<usize>,
}

impl Graph {
    /// Reads the needs out of the manifests.
    pub fn of(owned: &Owned, manifests: &Manifests) -> Self {
        let packages = &owned.packages;
        let by_path: HashMap<&str, usize> = (packages.iter().enumerate().skip(1))
            .map(|(index, package)| (package.path.as_str(), index))
            .collect();
        let python: HashMap<String, usize> = (packages.iter().enumerate())
            .filter(|(_, package)| package.ecosystem == Some(Ecosystem::Python))
            .map(|(index, package)| (python_name(&package.name), index))
            .collect();
        let needs: Vec<Vec<usize>> = (packages.iter())
            .map(|package| match package.ecosystem {
                Some(Ecosystem::Npm) => {
                    let manifest = manifests.node(&package.path).unwrap_or_default();
                    let names = manifest.dependencies.keys().chain(manifest.optional.keys());
                    names
                        .chain(manifest.peer.keys())
                        .filter_map(|name| resolve(&by_path, &package.path, name))
                        .collect()
                }
                Some(Ecosystem::Python) => {
                    let manifest = manifests.python(&package.path).unwrap_or_default();
                    manifest
                        .needs
                        .iter()
                        .filter_map(|name| python.get(name).copied())
                        .collect()
                }
                Some(Ecosystem::Java | Ecosystem::Ruby) | None => Vec::new(),
            })
            .collect();
        let own = manifests.node("");
        let named = |names: &mut dyn Iterator<Item = &String>| -> Vec<usize> {
            names.filter_map(|name| resolve(&by_path, "", name)).collect()
        };
        let (roots, development) = own.as_ref().map_or_else(Default::default, |own| {
            let wanted = named(
                &mut own
                    .dependencies
                    .keys()
                    .chain(own.optional.keys())
                    .chain(own.peer.keys()),
            );
            (wanted, named(&mut own.development.keys()))
        });
        Self::new(needs, roots, development)
    }

    fn new(needs: Vec<Vec<usize>>, mut roots: Vec<usize>, development: Vec<usize>) -> Self {
        let count = needs.len();
        let wanted = reachable(&needs, &roots, &BTreeSet::new());
        let for_development = reachable(&needs, &development, &BTreeSet::new());
        let development_only: BTreeSet<usize> = for_development.difference(&wanted).copied().collect();
        // Nobody's manifest leads to the others; those that no other needs come first.
        let mut needed = vec![false; count];
        for (index, needs) in needs.iter().enumerate() {
            for &other in needs.iter().filter(|&&other| other != index) {
                needed[other] = true;
            }
        }
        roots.extend(development);
        roots.extend((1..count).filter(|&index| !needed[index]));
        let mut seen = reachable(&needs, &roots, &BTreeSet::new());
        for index in 1..count {
            if !seen.contains(&index) {
                roots.push(index); // a ring
                seen.extend(reachable(&needs, &[index], &BTreeSet::new()));
            }
        }
        let parent = parents(&needs, &roots);
        Self {
            needs,
            roots,
            development: development_only,
            parent,
        }
    }

    /// The names of those who bring a package, from the function's own need down.
    pub fn chain(&self, index: usize, owned: &Owned) -> Vec<String> {
        let mut chain = Vec::new();
        let mut at = self.parent[index];
        while at != OWN {
            chain.push(owned.packages[at].name.clone());
            at = self.parent[at];
        }
        chain.reverse();
        chain
    }

    /// These packages, and what nobody else needs any more without them.
    pub fn with_all_only_they_need(&self, gone: &BTreeSet<usize>) -> BTreeSet<usize> {
        let roots: Vec<usize> = self.roots.iter().copied().filter(|root| !gone.contains(root)).collect();
        let kept = reachable(&self.needs, &roots, gone);
        (1..self.needs.len()).filter(|index| !kept.contains(index)).collect()
    }
}

/// Node's way to a package: the `node_modules` of the folder itself, then those of the folders above.
fn resolve(by_path: &HashMap<&str, usize>, from: &str, name: &str) -> Option<usize> {
    let mut folder = from;
    loop {
        let candidate = if folder.is_empty() {
            format!("node_modules/{name}")
        } else {
            format!("{folder}/node_modules/{name}")
        };
        if let Some(&index) = by_path.get(candidate.as_str()) {
            return Some(index);
        }
        if folder.is_empty() {
            return None;
        }
        folder = folder.rsplit_once('/').map_or("", |(parent, _)| parent);
        folder = folder.strip_suffix("/node_modules").unwrap_or(folder);
    }
}

fn reachable(needs: &[Vec<usize>], from: &[usize], without: &BTreeSet<usize>) -> BTreeSet<usize> {
    let mut seen: BTreeSet<usize> = from.iter().copied().filter(|index| !without.contains(index)).collect();
    let mut queue: VecDeque<usize> = seen.iter().copied().collect();
    while let Some(index) = queue.pop_front() {
        for &other in &needs[index] {
            if !without.contains(&other) && seen.insert(other) {
                queue.push_back(other);
            }
        }
    }
    seen
}

fn parents(needs: &[Vec<usize>], roots: &[usize]) -> Vec<usize> {
    let mut parent = vec![OWN; needs.len()];
    let mut seen: BTreeSet<usize> = roots.iter().copied().chain([OWN]).collect();
    let mut queue: VecDeque<usize> = roots.iter().copied().collect();
    while let Some(index) = queue.pop_front() {
        for &other in &needs[index] {
            if seen.insert(other) {
                parent[other] = index;
                queue.push_back(other);
            }
        }
    }
    parent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_hangs_below_the_shortest_way_to_it() {
        // 1 needs 2 needs 3 needs 1; 4 needs 3; 5 is needed by development's 6 and by 4; 7 and 8 need each other.
        let needs = vec![
            vec![],
            vec![2],
            vec![3],
            vec![1],
            vec![3, 5],
            vec![],
            vec![5],
            vec![8],
            vec![7],
        ];
        let graph = Graph::new(needs, vec![1, 4], vec![6]);
        assert_eq!(graph.parent, [0, 0, 1, 4, 0, 4, 0, 0, 7]);
        assert_eq!(graph.development, BTreeSet::from([6]));
        assert_eq!(graph.with_all_only_they_need(&BTreeSet::from([4])), BTreeSet::from([4]));
        let without = graph.with_all_only_they_need(&BTreeSet::from([4, 6]));
        assert_eq!(without, BTreeSet::from([4, 5, 6]));
    }

    #[test]
    fn a_name_is_looked_up_as_node_does() {
        let paths = [
            "node_modules/a",
            "node_modules/a/node_modules/b",
            "node_modules/b",
            "node_modules/@s/c",
        ];
        let by_path = paths.iter().zip(1..).map(|(path, index)| (*path, index)).collect();
        for (from, name, found) in [
            ("", "a", Some(1)),
            ("", "b", Some(3)),
            ("node_modules/a", "b", Some(2)),
            ("node_modules/a/node_modules/b", "a", Some(1)),
            ("node_modules/@s/c", "b", Some(3)),
            ("node_modules/b", "@s/c", Some(4)),
            ("node_modules/b", "d", None),
        ] {
            assert_eq!(resolve(&by_path, from, name), found, "{name} from {from}");
        }
    }
}
