//! Which file a module's name means: from the project's folder, from any folder that has it, or from beside it.

use std::collections::HashMap;

use crate::domain::suggest::call::SourceFile;

/// Finds modules by name.
pub(super) struct Modules {
    /// Each file's path in segments, without `.py` and `/__init__`.
    paths: Vec<Vec<String>>,
    packages: Vec<bool>,
    /// The same paths, joined by `/`.
    whole: HashMap<String, usize>,
    /// The ends of paths, and the module if there is only one.
    ends: HashMap<String, Option<usize>>,
}

impl Modules {
    pub fn new(files: &[&SourceFile]) -> Self {
        let mut modules = Self {
            paths: Vec::new(),
            packages: Vec::new(),
            whole: HashMap::new(),
            ends: HashMap::new(),
        };
        for (index, file) in files.iter().enumerate() {
            let stem = file.path.trim_end_matches(".py");
            let mut path: Vec<String> = stem.split('/').map(str::to_owned).collect();
            let is_package = path.last().is_some_and(|name| name == "__init__");
            if is_package {
                path.pop();
            }
            modules.whole.entry(path.join("/")).or_insert(index);
            for start in 0..path.len() {
                let end = modules.ends.entry(path[start..].join("/"));
                end.and_modify(|module| *module = None).or_insert(Some(index));
            }
            modules.paths.push(path);
            modules.packages.push(is_package);
        }
        modules
    }

    /// The module of this dotted name; with `level` points before it, from the package of the module `from`.
    pub fn find(&self, dotted: &str, level: usize, from: usize) -> Option<usize> {
        let names: Vec<&str> = dotted.split('.').filter(|name| !name.is_empty()).collect();
        let mut folder = self.paths.get(from)?.clone();
        if !self.packages[from] {
            folder.pop();
        }
        if level > 0 {
            for _ in 1..level {
                folder.pop()?;
            }
            return self.at(&folder, &names);
        }
        // What lies beside the importer's own folder or above it comes first; `src/` and the like come last.
        loop {
            if let Some(found) = self.at(&folder, &names) {
                return Some(found);
            }
            if folder.pop().is_none() {
                break;
            }
        }
        self.ends.get(&names.join("/")).copied().flatten()
    }

    fn at(&self, folder: &[String], names: &[&str]) -> Option<usize> {
        let path: Vec<&str> = folder.iter().map(String::as_str).chain(names.iter().copied()).collect();
        self.whole.get(&path.join("/")).copied()
    }
}
