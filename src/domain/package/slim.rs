//! `package.slim`: what packages bring that a function does not read, by part.
//!
//! Patterns hold for what was installed, and for `node_modules` in the source folder, never for the project's own
//! files. They are about files inside packages: a package that is itself called `tests` stays.

use super::ingredients::{Ingredients, SourcePart};
use crate::domain::config::SlimPart;

/// What stays whatever a pattern says: manifests that loaders read, licences, and code.
const KEPT: &[&str] = &[
    "!package.json",
    "!LICEN[CS]E*",
    "!NOTICE*",
    "!COPYING*",
    "!/*.dist-info/licenses/**",
    "!METADATA",
    "!entry_points.txt",
    "!*.so",
    "!*.node",
    "!*.wasm",
];

/// The patterns of a part, relative to the folder that holds the packages.
fn of_part(part: SlimPart) -> &'static [&'static str] {
    match part {
        // Folders by what is in them, so that what must stay can stay. `test` holds code in some Python packages
        // (`django.test`), so only JavaScript goes from there. Packages of these names are not meant.
        SlimPart::Tests => &[
            "*/**/tests/**",
            "*/**/__tests__/**",
            "*/**/test/**/*.{js,cjs,mjs,jsx,ts,tsx,snap}",
            "*/**/conftest.py",
            "!/@*/tests/**",
            "!/@*/test/**",
            "!**/node_modules/tests/**",
            "!**/node_modules/test/**",
            "!*/**/tests/**/",
            "!*/**/__tests__/**/",
        ],
        // What installers and builders keep for themselves. `METADATA` and `entry_points.txt` are read at run
        // time (`importlib.metadata`).
        SlimPart::Metadata => &[
            "/*.dist-info/RECORD",
            "/*.dist-info/WHEEL",
            "/*.dist-info/top_level.txt",
            "/*.dist-info/zip-safe",
            "/*.dist-info/namespace_packages.txt",
            "/*.dist-info/sboms/**",
            "!/*.dist-info/sboms/**/",
            ".github/**",
            "!.github/**/",
            ".npmignore",
            ".eslintrc*",
            ".prettierrc*",
            ".editorconfig",
            ".travis.yml",
        ],
        // For type checkers and editors. `__init__.pyi` is read at run time by packages that load lazily
        // (`lazy_loader.attach_stub`).
        SlimPart::Types => &[
            "*.d.ts",
            "*.d.mts",
            "*.d.cts",
            "*.js.flow",
            "*.pyi",
            "py.typed",
            "!__init__.pyi",
        ],
        // For debuggers. A bare `*.map` may be a game's.
        SlimPart::Maps => &[
            "*.js.map",
            "*.mjs.map",
            "*.cjs.map",
            "*.ts.map",
            "*.mts.map",
            "*.cts.map",
            "*.css.map",
        ],
        // For people. Not folders called `docs`: `botocore.docs` is code that botocore needs.
        SlimPart::Docs => &[
            "*.md",
            "*.markdown",
            "*.rst",
            "*/**/{doc,docs,example,examples}/**/*.{html,css,png,jpg,jpeg,gif,svg,pdf,ipynb}",
        ],
    }
}

/// The patterns of these parts, in gitignore syntax, relative to the folder that holds the packages.
pub fn patterns(parts: &[SlimPart]) -> Vec<String> {
    if parts.is_empty() {
        return Vec::new();
    }
    let chosen = parts.iter().flat_map(|part| of_part(*part));
    chosen.chain(KEPT).map(|pattern| (*pattern).to_owned()).collect()
}

/// The ingredients without these parts of the packages in them.
pub fn slimmed(parts: &[SlimPart], ingredients: &Ingredients) -> Ingredients {
    let mut slim = ingredients.clone();
    let patterns = patterns(parts);
    if let SourcePart::Whole { replaced } = &mut slim.source {
        // What a tree replaces is named after these, so that no `!` brings it back.
        let own = std::mem::take(replaced);
        replaced.extend(patterns.iter().map(|pattern| in_node_modules(pattern)));
        replaced.extend(own);
    }
    for tree in &mut slim.trees {
        let own = std::mem::take(&mut tree.exclude);
        tree.exclude.extend(patterns.iter().cloned());
        tree.exclude.extend(own);
    }
    slim
}

/// The same pattern, inside any `node_modules`.
fn in_node_modules(pattern: &str) -> String {
    let (sign, pattern) = match pattern.strip_prefix('!') {
        Some(pattern) => ("!", pattern),
        None => ("", pattern),
    };
    let pattern = pattern.strip_prefix('/').map_or_else(
        || {
            let named = pattern.trim_end_matches('/').contains('/');
            if named {
                pattern.to_owned()
            } else {
                format!("**/{pattern}")
            }
        },
        str::to_owned,
    );
    format!("{sign}**/node_modules/{pattern}")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{Tree, select};
    use super::*;
    use crate::domain::config::PackageConfig;

    const FILES: &[&str] = &[
        "a/index.js",
        "a/index.js.map",
        "a/index.d.ts",
        "a/README.md",
        "a/LICENSE.md",
        "a/package.json",
        "a/tests/one.py",
        "a/tests/deep/two.py",
        "a/tests/deep/native.so",
        "a/tests/package.json",
        "a/test/data.js",
        "a/test/code.py",
        "a/docs/code.py",
        "a/docs/logo.png",
        "a/__init__.pyi",
        "a/types.pyi",
        "a/game.map",
        "tests/index.js",
        "@x/test/index.js",
        "a/node_modules/test/index.js",
        "a-1.dist-info/METADATA",
        "a-1.dist-info/RECORD",
        "a-1.dist-info/WHEEL",
        "a-1.dist-info/entry_points.txt",
        "a-1.dist-info/licenses/README.md",
    ];

    /// The files of a tree that are left out.
    fn left_out(prefix: &str, parts: &[SlimPart]) -> Vec<&'static str> {
        let (source, tree) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(source.path().join("README.md"), "the project's own").unwrap();
        for file in FILES {
            let path = tree.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let config = PackageConfig {
            slim: parts.to_vec(),
            ..PackageConfig::default()
        };
        let ingredients = if prefix == "source" {
            fs::rename(tree.path(), source.path().join("node_modules")).unwrap();
            fs::create_dir(tree.path()).unwrap();
            Ingredients::default()
        } else {
            Ingredients {
                trees: vec![Tree::new(tree.path(), prefix)],
                ..Ingredients::default()
            }
        };
        let prefix = if prefix == "source" { "node_modules/" } else { prefix };
        let selected = select(source.path(), &config, &ingredients).unwrap();
        assert!(
            selected.files.iter().any(|file| file.name == "README.md"),
            "the project's own files stay"
        );
        let is_there = |file: &str| {
            selected
                .files
                .iter()
                .any(|selected| selected.name == format!("{prefix}{file}"))
        };
        FILES.iter().copied().filter(|file| !is_there(file)).collect()
    }

    #[test]
    fn each_part_takes_its_own_files_and_nothing_that_runs() {
        let cases: &[(&[SlimPart], &[&str])] = &[
            (&[], &[]),
            (
                &[SlimPart::Tests],
                &["a/tests/one.py", "a/tests/deep/two.py", "a/test/data.js"],
            ),
            (&[SlimPart::Metadata], &["a-1.dist-info/RECORD", "a-1.dist-info/WHEEL"]),
            (
                &[SlimPart::Types, SlimPart::Maps],
                &["a/index.js.map", "a/index.d.ts", "a/types.pyi"],
            ),
            (&[SlimPart::Docs], &["a/README.md", "a/docs/logo.png"]),
        ];
        for (parts, expected) in cases {
            for place in ["", "node_modules/", "source"] {
                assert_eq!(left_out(place, parts), *expected, "{parts:?} in `{place}`");
            }
        }
    }
}
