//! The lists of patterns that decide whether a path is packaged.
//!
//! Nothing here touches the disk; the order of the lists is told in the parent module.

use std::path::Path;

use globset::{GlobBuilder, GlobMatcher};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder, Glob};

use super::Problem;
use crate::domain::config::PackageConfig;

/// The file in any folder that lists what to leave out.
pub const IGNORE_FILE: &str = ".lfnignore";

/// How lfn's unfinished archives begin, should one be left behind by a killed process.
pub const UNFINISHED_PREFIX: &str = ".lfn-unfinished-";

/// Left out unless the user says otherwise. Never `*.so`: native modules are code.
const BUILT_IN: &[&str] = &[
    // lfn's own
    "/lambda.yaml",
    "/lambda.schema.json",
    ".lfn/",
    IGNORE_FILE,
    ".lfn-unfinished-*",
    "*.lfn",
    // version control
    ".git",
    ".gitignore",
    ".gitattributes",
    ".gitmodules",
    ".hg/",
    ".hgignore",
    ".svn/",
    // secrets of the developer's machine
    ".env*",
    // settings of package managers, which hold the passwords of registries
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    "bunfig.toml",
    ".pypirc",
    "pip.conf",
    "pip.ini",
    "uv.toml",
    ".netrc",
    "_netrc",
    ".git-credentials",
    // What was locked for development must not change the code's digest. Not `package.json`, which says what kind
    // of modules there are, nor Bundler's files, which are read in Lambda.
    "/package-lock.json",
    "/npm-shrinkwrap.json",
    "/pnpm-lock.yaml",
    "/pnpm-workspace.yaml",
    "/yarn.lock",
    "/bun.lock",
    "/bun.lockb",
    "/uv.lock",
    "/poetry.lock",
    "/Pipfile",
    "/Pipfile.lock",
    // Python: bytecode goes stale, the rest belongs to tools
    "__pycache__/",
    "*.pyc",
    ".pytest_cache/",
    ".mypy_cache/",
    ".ruff_cache/",
    ".tox/",
    ".nox/",
    ".venv/",
    ".coverage",
    // left in its target by `uv pip install --target`
    "/.lock",
    // Node: `.bin` holds links for command lines, the others are bookkeeping, some of it with the time of day
    "**/node_modules/.bin/",
    "**/node_modules/.cache/",
    "**/node_modules/.package-lock.json",
    "**/node_modules/.modules.yaml",
    "**/node_modules/.pnpm-workspace-state*.json",
    "**/node_modules/.yarn-state.yml",
    "**/node_modules/.yarn-integrity",
    // other deployment tools
    ".aws-sam/",
    ".serverless/",
    ".chalice/",
    // editors and desktops
    ".idea/",
    ".vscode/",
    "*.swp",
    ".DS_Store",
    "Thumbs.db",
    "desktop.ini",
];

/// What was decided about a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Packaged,
    /// `package.include` named it or a folder around it: only the built-in list is asked for what is inside.
    Included,
    Excluded,
}

/// One folder's `.lfnignore`.
#[derive(Debug, Clone)]
pub struct IgnoreFile {
    /// The folder, relative to the root.
    pub folder: std::path::PathBuf,
    pub patterns: Gitignore,
}

/// The lists that hold for the whole tree.
#[derive(Debug)]
pub struct Rules {
    built_in: Gitignore,
    exclude: Gitignore,
    include: Gitignore,
    /// For each pattern of `include` that names folders: a matcher for each of its components, the last left out.
    reaches: Vec<Vec<Component>>,
}

#[derive(Debug)]
enum Component {
    /// `**`
    AnyDepth,
    One(GlobMatcher),
}

impl Rules {
    /// Compiles the lists; every pattern that is wrong is a problem.
    pub fn new(config: &PackageConfig) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let built_in = compile(BUILT_IN.iter().copied(), |_| String::new(), &mut problems);
        let exclude = compile(
            config.exclude.iter().map(String::as_str),
            |index| format!("package.exclude[{index}]"),
            &mut problems,
        );
        let include = compile(
            config.include.iter().map(String::as_str),
            |index| format!("package.include[{index}]"),
            &mut problems,
        );
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            built_in,
            exclude,
            include,
            reaches: config.include.iter().filter_map(|pattern| reach(pattern)).collect(),
        })
    }

    /// Decides about a path whose folder was given `folder` as its verdict. `ignore_files` are those of the
    /// folders around it, outermost first.
    pub fn decide<'a>(
        &self,
        path: &Path,
        is_dir: bool,
        folder: Verdict,
        ignore_files: impl DoubleEndedIterator<Item = &'a IgnoreFile>,
    ) -> Verdict {
        let mut folder = folder;
        match self.include.matched(path, is_dir) {
            Match::Ignore(_) => return Verdict::Included,
            // A `!` in `include` takes back what an earlier pattern of it brought.
            Match::Whitelist(_) if folder == Verdict::Included => folder = Verdict::Packaged,
            Match::Whitelist(_) | Match::None => {}
        }
        match folder {
            Verdict::Excluded => return Verdict::Excluded,
            Verdict::Included => {
                return match self.built_in.matched(path, is_dir) {
                    Match::Ignore(_) => Verdict::Excluded,
                    Match::Whitelist(_) | Match::None => Verdict::Included,
                };
            }
            Verdict::Packaged => {}
        }
        let opinions = [self.exclude.matched(path, is_dir)]
            .into_iter()
            .chain(ignore_files.rev().map(|file| {
                file.patterns
                    .matched(path.strip_prefix(&file.folder).unwrap_or(path), is_dir)
            }));
        opinions
            .chain([self.built_in.matched(path, is_dir)])
            .find_map(|found| verdict(&found))
            .unwrap_or(Verdict::Packaged)
    }

    /// The user's pattern that leaves out this path or a folder around it, and where it stands.
    pub fn excluder(&self, path: &Path, is_dir: bool, ignore_file: Option<&IgnoreFile>) -> Option<String> {
        let by = |patterns: &Gitignore, origin| match patterns.matched_path_or_any_parents(path, is_dir) {
            Match::Ignore(glob) => Some(format!("`{}` in `{origin}`", glob.original())),
            Match::Whitelist(_) | Match::None => None,
        };
        by(&self.exclude, "package.exclude").or_else(|| by(&ignore_file?.patterns, IGNORE_FILE))
    }

    /// Whether a pattern of `package.include` may match something inside this excluded folder.
    pub fn may_include_inside(&self, folder: &Path) -> bool {
        self.reaches.iter().any(|components| may_reach(components, folder))
    }
}

fn verdict(found: &Match<&Glob>) -> Option<Verdict> {
    match found {
        Match::Ignore(_) => Some(Verdict::Excluded),
        Match::Whitelist(_) => Some(Verdict::Packaged),
        Match::None => None,
    }
}

/// Compiles one list. `origin` names where the pattern at an index was written.
pub fn compile<'a>(
    patterns: impl Iterator<Item = &'a str>,
    origin: impl Fn(usize) -> String,
    problems: &mut Vec<Problem>,
) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for (index, pattern) in patterns.enumerate() {
        if let Err(error) = builder.add_line(None, pattern) {
            problems.push(Problem::new(
                format!(
                    "{}: the pattern `{pattern}` cannot be read: {}",
                    origin(index),
                    reason(&error)
                ),
                "patterns are written as in .gitignore; put a `\\` before a special character that is meant literally",
            ));
        }
    }
    builder.build().unwrap_or_else(|error| {
        problems.push(Problem::new(
            format!("{}: the patterns cannot be used together: {error}", origin(0)),
            "use fewer or simpler patterns",
        ));
        Gitignore::empty()
    })
}

/// The error without the pattern, which the message shows already.
fn reason(error: &ignore::Error) -> String {
    match error {
        ignore::Error::Glob { err, .. } => err.clone(),
        other => other.to_string(),
    }
}

/// The folders a pattern of `include` walks through, or `None` when it names no folder.
fn reach(pattern: &str) -> Option<Vec<Component>> {
    let pattern = pattern.trim_end();
    if pattern.starts_with(['!', '#']) {
        return None;
    }
    let mut names: Vec<&str> = pattern.trim_matches('/').split('/').collect();
    // The last name is what is looked for, not a folder on the way; `dist/**` looks at every depth.
    if names.last() != Some(&"**") {
        names.pop();
    }
    if names.iter().all(|name| *name == "**") {
        return None;
    }
    Some(names.into_iter().map(component).collect())
}

fn component(name: &str) -> Component {
    if name == "**" {
        return Component::AnyDepth;
    }
    // `include` compiled as a whole, so only a class that spans a `/` can fail here: then look everywhere.
    GlobBuilder::new(name)
        .backslash_escape(true)
        .allow_unclosed_class(true)
        .build()
        .map_or(Component::AnyDepth, |glob| Component::One(glob.compile_matcher()))
}

fn may_reach(components: &[Component], folder: &Path) -> bool {
    let mut components = components.iter();
    for name in folder.components() {
        match components.next() {
            // Whatever follows may lie at any depth below.
            Some(Component::AnyDepth) => return true,
            Some(Component::One(glob)) if glob.is_match(Path::new(name.as_os_str())) => {}
            Some(Component::One(_)) | None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(include: &[&str], exclude: &[&str]) -> Rules {
        Rules::new(&PackageConfig {
            include: include.iter().map(ToString::to_string).collect(),
            exclude: exclude.iter().map(ToString::to_string).collect(),
            ..PackageConfig::default()
        })
        .unwrap()
    }

    /// Decides about a path the way the walk does: folder by folder.
    fn decide(rules: &Rules, ignore_files: &[IgnoreFile], path: &str) -> Verdict {
        let mut verdict = Verdict::Packaged;
        let mut ancestors: Vec<_> = Path::new(path)
            .ancestors()
            .filter(|a| !a.as_os_str().is_empty())
            .collect();
        ancestors.reverse();
        for ancestor in ancestors {
            let around = ignore_files
                .iter()
                .filter(|file| ancestor.starts_with(&file.folder) && ancestor != file.folder);
            verdict = rules.decide(
                ancestor,
                ancestor != Path::new(path),
                verdict,
                around.collect::<Vec<_>>().into_iter(),
            );
        }
        verdict
    }

    fn packaged(rules: &Rules, ignore_files: &[IgnoreFile], path: &str) -> bool {
        decide(rules, ignore_files, path) != Verdict::Excluded
    }

    fn ignore_file(folder: &str, lines: &[&str]) -> IgnoreFile {
        let mut problems = Vec::new();
        let patterns = compile(lines.iter().copied(), |_| String::new(), &mut problems);
        assert!(problems.is_empty());
        IgnoreFile {
            folder: folder.into(),
            patterns,
        }
    }

    #[test]
    fn built_in_exclusions() {
        let rules = rules(&[], &[]);
        for left_out in [
            "lambda.yaml",
            ".lfn/local/x",
            ".lfnignore",
            "a/.lfnignore",
            ".lfn-unfinished-x",
            "plan.lfn",
            "deploy/prod.lfn",
            ".git",
            ".git/config",
            "sub/.git/config",
            ".gitignore",
            ".hg/x",
            ".svn/x",
            ".env",
            ".env.local",
            "a/.envrc",
            ".DS_Store",
            "__pycache__/a.pyc",
            "a/__pycache__/x",
            "a.pyc",
            ".pytest_cache/x",
            ".mypy_cache/x",
            ".ruff_cache/x",
            ".tox/x",
            ".nox/x",
            ".venv/bin/python",
            "node_modules/.cache/x",
            "a/node_modules/.bin/x",
            "node_modules/.modules.yaml",
            "node_modules/.pnpm-workspace-state-v1.json",
            "node_modules/.yarn-state.yml",
            ".lock",
            ".aws-sam/x",
            ".serverless/x",
            ".idea/x",
            ".vscode/x",
            ".npmrc",
            "a/.npmrc",
            ".yarnrc",
            ".yarnrc.yml",
            "bunfig.toml",
            ".pypirc",
            "pip.conf",
            "pip.ini",
            "uv.toml",
            ".netrc",
            "_netrc",
            ".git-credentials",
            "package-lock.json",
            "npm-shrinkwrap.json",
            "pnpm-lock.yaml",
            "pnpm-workspace.yaml",
            "yarn.lock",
            "bun.lock",
            "bun.lockb",
            "uv.lock",
            "poetry.lock",
            "Pipfile",
            "Pipfile.lock",
        ] {
            assert!(!packaged(&rules, &[], left_out), "{left_out}");
        }
        for kept in [
            "index.mjs",
            "sub/lambda.yaml",
            "sub/.lock",
            "a.lock",
            "native.so",
            "node_modules/a/index.js",
            "bin/tool",
            "env",
            "a/.bin/x",
            "package.json",
            "pyproject.toml",
            "requirements.txt",
            "Gemfile",
            "Gemfile.lock",
            "vendor/yarn.lock",
            "build/x",
            "venv.py",
            "node_modules/a/.cache/x",
        ] {
            assert!(packaged(&rules, &[], kept), "{kept}");
        }
    }

    #[test]
    fn later_lists_win() {
        let root = || ignore_file("", &["*.md", "!.env.example", "docs/", "!keep.md"]);
        let nested = || ignore_file("sub", &["!*.md", "/own.txt"]);
        let cases: &[(&[&str], &[&str], &str, bool)] = &[
            (&[], &[], "a.md", false),
            (&[], &[], "keep.md", true),
            (&[], &[], "sub/a.md", true),
            (&[], &[], "sub/own.txt", false),
            (&[], &[], "sub/deeper/own.txt", true),
            (&[], &[], "own.txt", true),
            (&[], &[], ".env.example", true),
            (&[], &[], "docs/keep.md", false),
            (&[], &["sub/*.md"], "sub/a.md", false),
            (&[], &["!a.md"], "a.md", true),
            (&[], &["*.txt", "!b.txt"], "b.txt", true),
            (&["a.md"], &["*.md"], "a.md", true),
            (&["*.md", "!b.md"], &["*.md"], "b.md", false),
            (&[".env.test"], &[".env*"], ".env.test", true),
            (&["docs/"], &[], "docs/deep/a.md", true),
            (&["docs/"], &["docs/**"], "docs/a.txt", true),
            (&["docs/", "!docs/private/"], &["*.txt"], "docs/private/a.txt", false),
            (&["docs/"], &[], "docs/.git/config", false),
            (&["docs/**"], &[], "docs/.git/config", true),
            (&["docs/a.txt"], &[], "docs/a.txt", true),
            (&["docs/a.txt"], &[], "docs/b.txt", false),
        ];
        for (include, exclude, path, expected) in cases {
            let rules = rules(include, exclude);
            let found = packaged(&rules, &[root(), nested()], path);
            assert_eq!(found, *expected, "include {include:?}, exclude {exclude:?}: {path}");
        }
    }

    #[test]
    fn excluded_folders_are_entered_only_for_patterns_that_name_a_folder() {
        let cases = [
            ("dist/keep.js", "dist", true),
            ("/dist/keep.js", "dist", true),
            ("dist/a/keep.js", "dist/a", true),
            ("dist/a/keep.js", "dist/b", false),
            ("dist/keep.js", "dist/a", false),
            ("dist/**", "dist/a/b", true),
            ("d*t/x", "dist", true),
            ("**/dist/x", "a/b", true),
            ("*.js", "dist", false),
            ("**/*.js", "dist", false),
            ("!dist/keep.js", "dist", false),
            ("keep/", "dist", false),
        ];
        for (pattern, folder, expected) in cases {
            assert_eq!(
                rules(&[pattern], &[]).may_include_inside(Path::new(folder)),
                expected,
                "{pattern} in {folder}"
            );
        }
    }

    #[test]
    fn every_wrong_pattern_is_named() {
        let config = PackageConfig {
            include: vec!["a{b".into()],
            exclude: vec!["fine".into(), "x{y".into()],
            ..PackageConfig::default()
        };
        let problems = Rules::new(&config).unwrap_err();
        let messages: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(messages.len(), 2, "{messages:?}");
        assert!(
            messages[0].starts_with("package.exclude[1]: the pattern `x{y`"),
            "{messages:?}"
        );
        assert!(
            messages[1].starts_with("package.include[0]: the pattern `a{b`"),
            "{messages:?}"
        );
    }
}
