//! Which files a function is made of, as far as they can be told without building it: rather too many than too few,
//! since a plan that finds nothing to do costs a moment and a change that is missed costs a release.

use std::path::{Component, Path, PathBuf};

use walkdir::WalkDir;

use crate::ctx::FILE;
use crate::domain::config::{Config, Dependencies};

/// Files that tell what belongs to a project, and may point outside its folder with `../`.
const MANIFESTS: &[&str] = &[
    FILE,
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "go.mod",
    "Cargo.toml",
    "Gemfile",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "settings.gradle",
    "settings.gradle.kts",
    "tsconfig.json",
];

/// Code that a bundler follows the imports of.
const BUNDLED: &[&str] = &["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"];

/// Where a function's files come from.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// All of these.
    folders: Vec<PathBuf>,
    /// The folder of a workspace: of it, what belongs to no other function.
    around: Option<PathBuf>,
}

impl Inputs {
    /// What is known of a function: its folder, its source folder, what its manifests name outside them, and its
    /// workspace. `top` is where looking for one ends. Paths are free of links.
    pub fn of(folder: &Path, source: &Path, config: &Config, top: &Path) -> Self {
        let mut folders = vec![folder.to_path_buf(), source.to_path_buf()];
        for home in [folder, source] {
            for manifest in MANIFESTS {
                let text = std::fs::read_to_string(home.join(manifest)).unwrap_or_default();
                folders.extend(outside(&text, home, folder));
            }
        }
        let follows = config.package.bundle.is_some() && imports_outside(source, folder);
        let around = if follows {
            Some(top.to_path_buf())
        } else {
            workspace(source, config, top)
        };
        Self {
            folders,
            around: around.filter(|root| root != folder),
        }
    }

    /// Whether a change of this file may be one of the function.
    pub fn hold(&self, file: &Path) -> bool {
        // A submodule changes as one file.
        let within = |folder: &PathBuf| file.starts_with(folder) || folder.starts_with(file);
        self.folders.iter().any(within)
            || self.around.as_deref().is_some_and(|root| {
                let between = file.ancestors().skip(1).take_while(|folder| folder.starts_with(root));
                file.starts_with(root)
                    && !between
                        .filter(|folder| *folder != root)
                        .any(|folder| folder.join(FILE).is_file())
            })
    }
}

/// The paths in a text that begin with `../` and leave the folder.
fn outside(text: &str, home: &Path, folder: &Path) -> Vec<PathBuf> {
    let ends = |symbol: char| symbol.is_whitespace() || "\"'`,;()[]{}<>&|".contains(symbol);
    text.split(ends)
        .filter_map(|word| Some(&word[word.find("../")?..]))
        .map(|path| resolved(&home.join(path)))
        .filter(|path| !path.starts_with(folder) && !folder.starts_with(path))
        .collect()
}

/// The path without `.` and `..`. What it names may be gone, so the file system is not asked.
fn resolved(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(whole.pop()),
            Component::CurDir => {}
            other => whole.push(other),
        }
    }
    whole
}

fn imports_outside(source: &Path, folder: &Path) -> bool {
    let files = WalkDir::new(source)
        .into_iter()
        .filter_entry(|entry| entry.file_name() != "node_modules");
    let code = files.flatten().filter(|entry| {
        let ending = entry.path().extension().and_then(|ending| ending.to_str());
        entry.file_type().is_file() && ending.is_some_and(|ending| BUNDLED.contains(&ending))
    });
    code.into_iter().any(|entry| {
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        let home = entry.path().parent().unwrap_or(source);
        !outside(&text, home, folder).is_empty()
    })
}

/// The outermost folder around the source that holds it together with others: it has a lock file or a
/// workspace of the runtime's own tools.
fn workspace(source: &Path, config: &Config, top: &Path) -> Option<PathBuf> {
    if config.package.dependencies == Dependencies::None {
        return None;
    }
    let runtime = config.runtime.as_str();
    let marks: &[&str] = if runtime.starts_with("nodejs") {
        &[
            "package-lock.json",
            "npm-shrinkwrap.json",
            "pnpm-lock.yaml",
            "yarn.lock",
            "bun.lock",
            "pnpm-workspace.yaml",
        ]
    } else if runtime.starts_with("python") {
        &["uv.lock", "poetry.lock", "Pipfile.lock"]
    } else if runtime.starts_with("java") {
        &["pom.xml", "settings.gradle", "settings.gradle.kts"]
    } else if runtime.starts_with("dotnet") {
        &["Directory.Build.props", "Directory.Packages.props"]
    } else if runtime.starts_with("ruby") {
        &["Gemfile.lock"]
    } else {
        &["go.work", "go.mod", "Cargo.lock", "Cargo.toml"]
    };
    let around = source.ancestors().take_while(|folder| folder.starts_with(top));
    around
        .filter(|folder| marks.iter().any(|mark| folder.join(mark).is_file()))
        .last()
        .map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::config::{self, Inputs as Given};

    fn inputs(top: &Path, folder: &str, yaml: &str) -> Inputs {
        let given = Given {
            stage: None,
            place: None,
            env: &|_| None,
        };
        let text = format!("name: a\nhandler: index.handler\n{yaml}");
        let config = config::load(&text, &given).config.expect("a valid file");
        let folder = top.join(folder);
        std::fs::write(folder.join(FILE), &text).expect("writable");
        let source = resolved(&folder.join(&config.package.source));
        Inputs::of(&folder, &source, &config, top)
    }

    fn tree(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().expect("the temporary folder is writable");
        let top = dir.path().canonicalize().expect("it is there");
        for (path, text) in files {
            let path = top.join(path);
            std::fs::create_dir_all(path.parent().expect("it has one")).expect("writable");
            std::fs::write(path, text).expect("writable");
        }
        (dir, top)
    }

    #[test]
    fn a_function_is_its_folder_and_its_source() {
        let (_dir, top) = tree(&[("a/x", ""), ("b/lambda.yaml", ""), ("code/a/index.mjs", "")]);
        let inputs = inputs(&top, "a", "runtime: nodejs24.x\npackage:\n  source: ../code/a\n");
        for (file, held) in [
            ("a/index.mjs", true),
            ("a/deep/er", true),
            ("code/a/index.mjs", true),
            ("code/b/index.mjs", false),
            ("b/index.mjs", false),
            ("ab/index.mjs", false),
            ("README.md", false),
            ("a", true),
        ] {
            assert_eq!(inputs.hold(&top.join(file)), held, "{file}");
        }
    }

    #[test]
    fn what_manifests_name_elsewhere_counts() {
        let (_dir, top) = tree(&[("functions/a/requirements.txt", "-e ../../lib/shared\nboto3\n")]);
        let inputs = inputs(&top, "functions/a", "runtime: python3.13\n");
        assert!(inputs.hold(&top.join("lib/shared/x.py")));
        assert!(!inputs.hold(&top.join("lib/other/x.py")));
    }

    #[test]
    fn a_workspace_counts_without_the_other_functions() {
        let (_dir, top) = tree(&[
            ("package-lock.json", "{}"),
            ("functions/a/package.json", "{}"),
            ("functions/b/lambda.yaml", ""),
        ]);
        let of_node = inputs(&top, "functions/a", "runtime: nodejs24.x\n");
        assert!(of_node.hold(&top.join("packages/shared/index.js")));
        assert!(of_node.hold(&top.join("package-lock.json")));
        assert!(!of_node.hold(&top.join("functions/b/index.mjs")));
        let of_python = inputs(&top, "functions/a", "runtime: python3.13\n");
        assert!(!of_python.hold(&top.join("package-lock.json")), "npm is not its tool");
    }

    #[test]
    fn a_bundle_follows_imports_out_of_its_folder() {
        let bundled = "runtime: nodejs24.x\npackage:\n  bundle: true\n";
        let (_dir, top) = tree(&[
            ("a/src/index.mjs", "import { x } from '../../shared/x.mjs'"),
            ("shared/x.mjs", ""),
        ]);
        assert!(inputs(&top, "a", bundled).hold(&top.join("shared/y.mjs")));
        let (_dir, top) = tree(&[
            ("a/src/index.mjs", "import { x } from '../lib/x.mjs'"),
            ("a/lib/x.mjs", ""),
        ]);
        assert!(!inputs(&top, "a", bundled).hold(&top.join("shared/y.mjs")));
    }
}
