//! What could go: files that a function does not need to run, with the patterns that leave out just these.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::Serialize;

use super::super::Entry;
use super::kind::{Kind, is_test};
use super::manifests::python_name;
use super::needs::Graph;
use super::owners::{Ecosystem, OWN, Owned};
use super::{FileNote, Sum};
use crate::domain::config::{Config, EnvSegment};
use crate::domain::function::Architecture;

/// Files that could stay out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Droppable {
    /// In a word or two, such as `source maps`.
    pub what: String,
    pub reason: String,
    #[serde(flatten)]
    pub sum: Sum,
    /// Patterns for `package.exclude` that leave out these files and no other.
    pub exclude: Vec<String>,
}

/// Finds them, the largest first. No file is in two of them.
pub fn droppable(
    entries: &[Entry],
    notes: &[FileNote],
    owned: &Owned,
    graph: &Graph,
    config: &Config,
) -> Vec<Droppable> {
    let mut search = Search {
        entries,
        taken: vec![false; entries.len()],
        found: Vec::new(),
    };
    let owners = |packages: &BTreeSet<usize>| -> Vec<bool> {
        owned.of_file.iter().map(|owner| packages.contains(owner)).collect()
    };
    let (sdk, name) = provided(owned, config);
    if !sdk.is_empty() {
        let reason = format!(
            "the {} runtime has {name} already; an own copy is needed only to fix its version",
            config.runtime
        );
        search.add("AWS SDK", reason, &owners(&graph.with_all_only_they_need(&sdk)), &[]);
    }
    search.add(
        "development dependencies",
        "package.json lists them under `devDependencies`; install with `npm ci --omit=dev`".into(),
        &owners(&graph.development),
        &[],
    );
    search.add(
        "Python installers",
        "pip, setuptools and wheel install packages; none of the others needs them".into(),
        &owners(&installers(owned, graph)),
        &[],
    );
    let elsewhere: Vec<bool> = (entries.iter())
        .map(|entry| is_for_another_system(&entry.name, config.architecture))
        .collect();
    search.add(
        "binaries for other systems",
        format!("Lambda runs this function on Linux, {}", config.architecture),
        &elsewhere,
        &[],
    );
    if !reads_source_maps(config) {
        let maps: Vec<bool> = notes.iter().map(|note| note.kind == Kind::SourceMap).collect();
        let reason =
            "Node.js reads them with `NODE_OPTIONS: --enable-source-maps` alone, and lambda.yaml does not set that";
        search.add("source maps", reason.into(), &maps, &["*.map"]);
    }
    let tests: Vec<bool> = entries.iter().map(|entry| is_test(&entry.name)).collect();
    let shapes = ["test/", "tests/", "__tests__/", "*.test.*", "*.spec.*"];
    search.add("tests", "they do not run in production".into(), &tests, &shapes);
    let types: Vec<bool> = entries.iter().map(|entry| TYPES.holds(&entry.name)).collect();
    search.add(
        "type declarations",
        "compilers and editors read them, interpreters do not".into(),
        &types,
        TYPES_LINES,
    );
    let documents: Vec<bool> = (entries.iter().zip(&owned.of_file))
        .map(|(entry, &owner)| owner != OWN && DOCUMENTS.holds(&entry.name))
        .collect();
    search.add(
        "documentation of dependencies",
        "people read it, programs do not".into(),
        &documents,
        DOCUMENTS_LINES,
    );
    search
        .found
        .sort_by_key(|droppable| std::cmp::Reverse(droppable.sum.compressed));
    search.found
}

struct Search<'a> {
    entries: &'a [Entry],
    /// Files that are counted already.
    taken: Vec<bool>,
    found: Vec<Droppable>,
}

impl Search<'_> {
    /// `shapes` are patterns that a person would write; they are used where they hold for the wanted files alone.
    fn add(&mut self, what: &str, reason: String, wanted: &[bool], shapes: &[&str]) {
        let fresh = wanted.iter().zip(&self.taken).map(|(wanted, taken)| *wanted && !taken);
        let files: Vec<usize> = fresh
            .enumerate()
            .filter_map(|(index, fresh)| fresh.then_some(index))
            .collect();
        if files.is_empty() {
            return;
        }
        for &file in &files {
            self.taken[file] = true;
        }
        let names: Vec<&str> = self.entries.iter().map(|entry| entry.name.as_str()).collect();
        self.found.push(Droppable {
            what: what.to_owned(),
            reason,
            sum: files.iter().map(|&file| Sum::from(&self.entries[file])).sum(),
            exclude: patterns(&names, wanted, shapes),
        });
    }
}

/// The AWS SDK's packages where the runtime brings them.
/// Source: Lambda developer guide, "Building Lambda functions with Node.js" (also Python, Ruby).
fn provided(owned: &Owned, config: &Config) -> (BTreeSet<usize>, &'static str) {
    let runtime = config.runtime.as_str();
    let (is_provided, name): (fn(Ecosystem, &str) -> bool, _) = if runtime.starts_with("nodejs") {
        let major: Option<u32> = runtime
            .trim_start_matches("nodejs")
            .split('.')
            .next()
            .and_then(|major| major.parse().ok());
        if major.is_some_and(|major| major < 18) {
            (
                |ecosystem, name| ecosystem == Ecosystem::Npm && name == "aws-sdk",
                "the AWS SDK for JavaScript v2",
            )
        } else {
            (
                |ecosystem, name| {
                    ecosystem == Ecosystem::Npm && (name.starts_with("@aws-sdk/") || name.starts_with("@smithy/"))
                },
                "the AWS SDK for JavaScript v3",
            )
        }
    } else if runtime.starts_with("python") {
        (
            |ecosystem, name| {
                let sdk = ["boto3", "botocore", "s3transfer"];
                ecosystem == Ecosystem::Python && sdk.contains(&python_name(name).as_str())
            },
            "boto3",
        )
    } else if runtime.starts_with("ruby") {
        (
            |ecosystem, name| {
                let parts = ["aws-sigv4", "aws-partitions", "aws-eventstream"];
                ecosystem == Ecosystem::Ruby && (name.starts_with("aws-sdk") || parts.contains(&name))
            },
            "the AWS SDK for Ruby v3",
        )
    } else {
        return (BTreeSet::new(), "");
    };
    let packages = owned.packages.iter().enumerate();
    let sdk = packages
        .filter(|(_, package)| {
            package
                .ecosystem
                .is_some_and(|ecosystem| is_provided(ecosystem, &package.name))
        })
        .map(|(index, _)| index);
    (sdk.collect(), name)
}

fn installers(owned: &Owned, graph: &Graph) -> BTreeSet<usize> {
    let packages = owned.packages.iter().enumerate();
    packages
        .filter(|(index, package)| {
            package.ecosystem == Some(Ecosystem::Python)
                && ["pip", "setuptools", "wheel"].contains(&python_name(&package.name).as_str())
                && graph.parent[*index] == OWN
        })
        .map(|(index, _)| index)
        .collect()
}

/// Whether a variable of lambda.yaml turns source maps on.
fn reads_source_maps(config: &Config) -> bool {
    let options = config.env.iter().find(|(name, _)| name.to_string() == "NODE_OPTIONS");
    options.is_some_and(|(_, value)| {
        value.0.iter().any(|segment| match segment {
            EnvSegment::Text(text) => text.contains("--enable-source-maps"),
            // Who knows what it says.
            EnvSegment::Parameter(_) => true,
        })
    })
}

/// Whether a folder on the way says another system: `@img/sharp-darwin-arm64`, `prebuilds/win32-x64`.
fn is_for_another_system(name: &str, architecture: Architecture) -> bool {
    let (ours, others): (&[&str], &[&str]) = match architecture {
        Architecture::X86_64 => (&["x64", "x86_64", "amd64"], &["arm64", "aarch64", "arm"]),
        Architecture::Arm64 => (&["arm64", "aarch64"], &["x64", "x86_64", "amd64"]),
    };
    let Some(folder) = npm_or_prebuilt(name) else {
        return false;
    };
    folder.iter().any(|part| {
        let words: Vec<&str> = part.split(['-', '+', '.']).collect();
        let has = |list: &[&str]| words.iter().any(|word| list.contains(word));
        let is_linux = has(&["linux", "linuxmusl"]);
        let other_system = has(&[
            "darwin", "win32", "android", "freebsd", "openbsd", "netbsd", "sunos", "aix",
        ]);
        let any_chip = has(ours) || has(others) || has(&["ia32", "riscv64", "ppc64", "s390x", "loong64", "universal"]);
        // Both halves must be named, so that a package that is called `win32` stays.
        any_chip && (other_system || (is_linux && !has(ours)) || has(&["linuxmusl", "musl"]))
    })
}

/// The folders of a name that may speak of systems: the package's own, and those below `prebuilds`.
fn npm_or_prebuilt(name: &str) -> Option<Vec<&str>> {
    let package = super::owners::npm_folder(name)?;
    let own = package.rsplit('/').next().unwrap_or(package);
    let inside = name[package.len()..]
        .split_once("/prebuilds/")
        .and_then(|(_, rest)| rest.split('/').next());
    Some([Some(own), inside].into_iter().flatten().collect())
}

/// Some patterns in gitignore syntax.
struct Patterns(Gitignore);

impl Patterns {
    fn new(lines: &[&str]) -> Self {
        let mut builder = GitignoreBuilder::new("");
        for line in lines {
            builder.add_line(None, line).expect("the pattern is well-formed");
        }
        Self(builder.build().expect("the patterns are well-formed"))
    }

    fn holds(&self, name: &str) -> bool {
        self.0.matched_path_or_any_parents(name, false).is_ignore()
    }
}

/// TypeScript itself reads its declarations when it runs.
const TYPES_LINES: &[&str] = &[
    "*.d.ts",
    "*.d.mts",
    "*.d.cts",
    "*.pyi",
    "!**/node_modules/typescript/lib/*.d.ts",
];
static TYPES: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(TYPES_LINES));

/// Never licences, which must go along.
const DOCUMENTS_LINES: &[&str] = &[
    "*.md",
    "*.markdown",
    "!LICEN[CS]E*",
    "!licen[cs]e*",
    "!NOTICE*",
    "!COPYING*",
    "!**/*.dist-info/**",
];
static DOCUMENTS: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(DOCUMENTS_LINES));

/// Patterns that hold for the wanted files and no others: these shapes, else folders where all goes, else file by
/// file. `names` are sorted as in an archive.
fn patterns(names: &[&str], wanted: &[bool], shapes: &[&str]) -> Vec<String> {
    let needed = shapes.iter().filter(|shape| {
        let one = Patterns::new(&[shape]);
        names
            .iter()
            .any(|name| !one.0.matched_path_or_any_parents(name, false).is_none())
    });
    let needed: Vec<&str> = needed.copied().collect();
    let chosen = Patterns::new(&needed);
    if !needed.is_empty()
        && names
            .iter()
            .zip(wanted)
            .all(|(name, &wanted)| chosen.holds(name) == wanted)
    {
        return needed.into_iter().map(str::to_owned).collect();
    }
    let mut found = Vec::new();
    let files: Vec<(&str, bool)> = names.iter().copied().zip(wanted.iter().copied()).collect();
    cover("", &files, &mut found);
    found
}

/// The shallowest folders below `folder` of which everything is wanted.
fn cover(folder: &str, files: &[(&str, bool)], found: &mut Vec<String>) {
    let mut rest = files;
    while let Some(&(name, wanted)) = rest.first() {
        let inside = &name[folder.len()..];
        let Some(end) = inside.find('/') else {
            if wanted {
                found.push(format!("/{}", literally(name)));
            }
            rest = &rest[1..];
            continue;
        };
        let inner = &name[..=folder.len() + end];
        let count = rest.iter().take_while(|(name, _)| name.starts_with(inner)).count();
        let (these, after) = rest.split_at(count);
        if these.iter().all(|(_, wanted)| *wanted) {
            found.push(format!("/{}", literally(inner)));
        } else if these.iter().any(|(_, wanted)| *wanted) {
            cover(inner, these, found);
        }
        rest = after;
    }
}

/// A path as a pattern for itself.
fn literally(path: &str) -> String {
    let mut pattern = String::with_capacity(path.len());
    for c in path.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | '\\' | '!' | '#') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    // A trailing space counts only when it is escaped.
    match pattern.strip_suffix(' ') {
        Some(start) => format!("{start}\\ "),
        None => pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_are_told_by_package_and_prebuild() {
        for (name, architecture, elsewhere) in [
            (
                "node_modules/@img/sharp-darwin-arm64/lib/sharp.node",
                Architecture::Arm64,
                true,
            ),
            (
                "node_modules/@img/sharp-linux-x64/lib/sharp.node",
                Architecture::X86_64,
                false,
            ),
            (
                "node_modules/@img/sharp-linux-x64/lib/sharp.node",
                Architecture::Arm64,
                true,
            ),
            (
                "node_modules/@img/sharp-linuxmusl-x64/lib/sharp.node",
                Architecture::X86_64,
                true,
            ),
            ("node_modules/a/prebuilds/win32-x64/a.node", Architecture::X86_64, true),
            ("node_modules/a/prebuilds/linux-x64/a.node", Architecture::X86_64, false),
            (
                "node_modules/a/prebuilds/darwin-x64+arm64/a.node",
                Architecture::X86_64,
                true,
            ),
            ("node_modules/is-win32/index.js", Architecture::X86_64, false),
            ("src/darwin-x64/a.js", Architecture::X86_64, false),
        ] {
            assert_eq!(
                is_for_another_system(name, architecture),
                elsewhere,
                "{name} {architecture}"
            );
        }
    }

    #[test]
    fn patterns_hold_for_the_wanted_files_alone() {
        let names = [
            "a.js",
            "m/@s/a/x.js",
            "m/@s/b/x.js",
            "m/c/[x].js",
            "m/c/y.js",
            "m/d/e/z.js",
        ];
        let wanted = [false, true, true, true, false, true];
        let found = super::patterns(&names, &wanted, &["x.js"]);
        assert_eq!(found, ["/m/@s/", "/m/c/\\[x\\].js", "/m/d/"]);
        let lines: Vec<&str> = found.iter().map(String::as_str).collect();
        let patterns = Patterns::new(&lines);
        for (name, wanted) in names.iter().zip(wanted) {
            assert_eq!(patterns.holds(name), wanted, "{name}");
        }
        assert_eq!(
            super::patterns(&["a.js", "a.js.map"], &[false, true], &["*.map", "*.md"]),
            ["*.map"]
        );
    }

    #[test]
    fn licences_are_no_documentation() {
        for (name, is) in [
            ("node_modules/a/README.md", true),
            ("node_modules/a/LICENSE.md", false),
            ("node_modules/a/licence.md", false),
            ("a-1.dist-info/licenses/LICENSE.md", false),
            ("node_modules/a/LICENSE", false),
            ("node_modules/a/index.js", false),
        ] {
            assert_eq!(DOCUMENTS.holds(name), is, "{name}");
        }
    }
}
