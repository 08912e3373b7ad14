//! Which files can have to do with the SDK: those that name it, those that import them, and all that these
//! import. The others are never parsed, so that packages beside the code cost nothing.

use std::collections::{HashMap, HashSet};

use super::modules::Modules;
use crate::domain::suggest::call::SourceFile;

/// One of these stands in every file that makes a client: of boto3, of its stubs and relatives, of Powertools.
const NAMES: [&str; 3] = ["boto", "aws_lambda_powertools", "types_aio"];

/// So much text is read; a function's own code is far smaller.
const MOST_TEXT: usize = 4_000_000;

/// The files that can matter, those that name the SDK first; and the first that was too much.
pub(super) fn around_the_sdk<'f>(files: &[&'f SourceFile]) -> (Vec<&'f SourceFile>, Option<&'f SourceFile>) {
    let modules = Modules::new(files);
    let imports: Vec<Vec<usize>> = files
        .iter()
        .enumerate()
        .map(|(index, file)| imported(&file.text, index, &modules))
        .collect();
    let mut importers: HashMap<usize, Vec<usize>> = HashMap::new();
    for (importer, imported) in imports.iter().enumerate() {
        for module in imported {
            importers.entry(*module).or_default().push(importer);
        }
    }
    let names_it = |file: &SourceFile| NAMES.iter().any(|name| file.text.contains(name));
    let naming = (0..files.len()).filter(|index| names_it(files[*index])).collect();
    let above = reached(naming, |module| importers.get(&module).map_or(&[][..], Vec::as_slice));
    let mut all = reached(above, |module| &imports[module])
        .into_iter()
        .map(|index| files[index]);
    let mut size = 0;
    let mut kept = Vec::new();
    for file in all.by_ref() {
        size += file.text.len();
        if size > MOST_TEXT {
            return (kept, Some(file));
        }
        kept.push(file);
    }
    (kept, None)
}

/// These, and then all that can be reached from them.
fn reached<'e>(start: Vec<usize>, next: impl Fn(usize) -> &'e [usize]) -> Vec<usize> {
    let mut seen: HashSet<usize> = start.iter().copied().collect();
    let mut reached = start;
    let mut at = 0;
    while let Some(module) = reached.get(at) {
        reached.extend(next(*module).iter().filter(|other| seen.insert(**other)));
        at += 1;
    }
    reached
}

/// The modules that a file's `import` lines may mean. A line inside a text does no harm.
fn imported(text: &str, from: usize, modules: &Modules) -> Vec<usize> {
    let mut found = Vec::new();
    let mut lines = text.lines().map(str::trim_start);
    while let Some(line) = lines.next() {
        if let Some(names) = line.strip_prefix("import ") {
            let dotted = names.split(',').filter_map(|name| name.split_whitespace().next());
            for name in dotted {
                found.extend(modules.find(name, 0, from));
                // `import a.b` runs `a` too.
                found.extend(name.split('.').next().and_then(|first| modules.find(first, 0, from)));
            }
        } else if let Some((module, names)) = line.strip_prefix("from ").and_then(|rest| rest.split_once(" import ")) {
            let written = module.replace(' ', "");
            let dotted = written.trim_start_matches('.');
            let level = written.len() - dotted.len();
            found.extend(modules.find(dotted, level, from));
            let mut names = names.to_owned();
            if names.contains('(') {
                while !names.contains(')')
                    && let Some(more) = lines.next()
                {
                    names.push(' ');
                    names.push_str(more.split('#').next().unwrap_or_default());
                }
            }
            let names = names.split([',', '(', ')', '\\']);
            for name in names.filter_map(|name| name.split_whitespace().next()) {
                let below = if dotted.is_empty() {
                    name.to_owned()
                } else {
                    format!("{dotted}.{name}")
                };
                found.extend(modules.find(&below, level, from));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_around_the_sdk_are_kept_and_others_are_not() {
        let files: Vec<SourceFile> = [
            (
                "app.py",
                "from shop import (\n    store,  # where orders go\n    text,\n)\n",
            ),
            ("other.py", "import json\n"),
            ("shop/__init__.py", ""),
            ("shop/store.py", "from . import clients\n"),
            ("shop/clients.py", "import boto3\n"),
            ("shop/text.py", "import words.long as w\n"),
            ("words/__init__.py", ""),
            ("words/long.py", ""),
            ("words/short.py", "import sys\n"),
            ("pip/__init__.py", "from pip import main\n"),
        ]
        .map(|(path, text)| SourceFile {
            path: path.into(),
            text: text.into(),
        })
        .into();
        let (kept, left_out) = around_the_sdk(&files.iter().collect::<Vec<_>>());
        assert_eq!(left_out, None);
        let kept: Vec<&str> = kept.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(
            kept,
            [
                "shop/clients.py",
                "shop/store.py",
                "app.py",
                "shop/__init__.py",
                "shop/text.py",
                "words/__init__.py",
                "words/long.py"
            ]
        );
    }

    #[test]
    fn what_is_too_much_is_named() {
        let file = |path: &str, size: usize| SourceFile {
            path: path.into(),
            text: format!("import boto3\n{}", "#".repeat(size)),
        };
        let (app, made) = (file("app.py", 10), file("made.py", MOST_TEXT));
        assert_eq!(around_the_sdk(&[&app, &made]), (vec![&app], Some(&made)));
    }
}
