//! Which file a module's name means: from the project's folder, from any folder that has it, or from beside it.

use super::syntax::Source;

/// Finds modules by name.
pub(super) struct Modules {
    /// Each file's path in segments, without `.py` and `/__init__`.
    paths: Vec<Vec<String>>,
    packages: Vec<bool>,
}

impl Modules {
    pub fn new(sources: &[Source<'_>]) -> Self {
        let mut modules = Self {
            paths: Vec::new(),
            packages: Vec::new(),
        };
        for source in sources {
            let stem = source.file.path.trim_end_matches(".py");
            let mut path: Vec<String> = stem.split('/').map(str::to_owned).collect();
            let is_package = path.last().is_some_and(|name| name == "__init__");
            if is_package {
                path.pop();
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
        let ends_so = |path: &Vec<String>| path.len() >= names.len() && path[path.len() - names.len()..] == names[..];
        let mut ending = (0..self.paths.len()).filter(|index| ends_so(&self.paths[*index]));
        let found = ending.next()?;
        (!names.is_empty() && ending.next().is_none()).then_some(found)
    }

    fn at(&self, folder: &[String], names: &[&str]) -> Option<usize> {
        let is_it = |path: &Vec<String>| {
            path.len() == folder.len() + names.len() && path.starts_with(folder) && path[folder.len()..] == *names
        };
        (0..self.paths.len()).find(|index| is_it(&self.paths[*index]))
    }
}
