//! Which files go into the archive: a walk that looks at everything and reports all problems at once.
//!
//! What the rules say is decided in `rules`; nothing but `.lfnignore` is read here.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::path::{Component, Path, PathBuf};

use ignore::gitignore::Gitignore;
use walkdir::{DirEntry, WalkDir};

use super::ingredients::{Ingredients, SourcePart};
use super::rules::{IGNORE_FILE, IgnoreFile, Rules, Verdict, compile};
use super::source::Identity;
use crate::domain::config::PackageConfig;

/// A file chosen for the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectedFile {
    /// Its name in the archive: relative, with `/`.
    pub name: String,
    /// Where its bytes are.
    pub path: PathBuf,
    /// By its name or mode; what begins like a program is found when it is read.
    pub executable: bool,
    pub size: u64,
    /// What it was when it was selected.
    pub identity: Identity,
}

/// The files of an archive, in archive order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    pub files: Vec<SelectedFile>,
}

/// Why a tree cannot be packaged.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }
}

/// Walks `root` and the trees besides it and applies the rules of the file, `.lfnignore` and the built-in
/// exclusions. All problems are returned at once.
///
/// `root` is the source folder itself: the caller has joined `rules.source` to the folder of lambda.yaml.
pub fn select(root: &Path, rules: &PackageConfig, ingredients: &Ingredients) -> Result<Selection, Vec<Problem>> {
    let rules = Rules::new(rules)?;
    let resolved = source_folder(root).map_err(|problem| vec![problem])?;
    let (verdict, replaced) = match &ingredients.source {
        SourcePart::Whole { replaced } => (Verdict::Packaged, replaced.as_slice()),
        SourcePart::Included => (Verdict::Excluded, [].as_slice()),
    };
    let mut walk = Walk::new(resolved, &rules, verdict, replaced);
    walk.run();
    let (mut files, mut problems) = (walk.files, walk.problems);
    let root_ignore_file = walk.root_ignore_file;
    for tree in &ingredients.trees {
        let resolved = tree.folder.canonicalize().map_err(|error| {
            let folder = tree.folder.display();
            vec![Problem::new(
                format!("cannot open `{folder}`: {error}"),
                "run the command again",
            )]
        })?;
        let mut walk = Walk::new(resolved, &rules, Verdict::Packaged, &tree.exclude);
        walk.is_source = false;
        walk.prefix.clone_from(&tree.prefix);
        walk.links_into = tree
            .links_into
            .iter()
            .filter_map(|folder| folder.canonicalize().ok())
            .collect();
        walk.root_ignore_file.clone_from(&root_ignore_file);
        walk.run();
        files.append(&mut walk.files);
        problems.append(&mut walk.problems);
    }
    if files.is_empty() && problems.is_empty() {
        problems.push(Problem::new(
            format!("there is nothing to package in `{}`", root.display()),
            format!("check `package.source` and `package.exclude` in lambda.yaml, and `{IGNORE_FILE}`"),
        ));
    }
    if !problems.is_empty() {
        problems.sort_by(|a, b| a.message.cmp(&b.message));
        return Err(problems);
    }
    // Stable: of two files with one name, the source folder's comes first and stays.
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files.dedup_by(|later, earlier| later.name == earlier.name);
    Ok(Selection { files })
}

fn source_folder(root: &Path) -> Result<PathBuf, Problem> {
    const HINT: &str = "check `package.source` in lambda.yaml";
    let resolved = root.canonicalize().map_err(|error| {
        Problem::new(
            format!("cannot open the source folder `{}`: {error}", root.display()),
            HINT,
        )
    })?;
    if resolved.is_dir() {
        Ok(resolved)
    } else {
        Err(Problem::new(format!("`{}` is not a folder", root.display()), HINT))
    }
}

/// A folder the walk is in.
struct Folder {
    verdict: Verdict,
    ignore_file: Option<IgnoreFile>,
}

struct Walk<'a> {
    /// Free of links, so that a link's target can be compared with it.
    root: PathBuf,
    /// Put before the names of a tree besides the source folder.
    prefix: String,
    /// Whether this is the source folder itself, whose `.lfnignore` files count.
    is_source: bool,
    /// What else links may lead into, free of links.
    links_into: Vec<PathBuf>,
    rules: &'a Rules,
    /// What the root itself is, before any pattern is asked.
    verdict: Verdict,
    /// What of this tree stays out, whatever the rules say.
    left_out: Gitignore,
    /// The source folder's own, which holds for all trees.
    root_ignore_file: Option<IgnoreFile>,
    /// From the root to where the walk is.
    folders: Vec<Folder>,
    files: Vec<SelectedFile>,
    problems: Vec<Problem>,
}

impl<'a> Walk<'a> {
    fn new(root: PathBuf, rules: &'a Rules, verdict: Verdict, left_out: &[String]) -> Self {
        let mut problems = Vec::new();
        let patterns = left_out.iter().map(String::as_str);
        let left_out = compile(
            patterns,
            |index| format!("pattern {index} of what is left out"),
            &mut problems,
        );
        Self {
            root,
            prefix: String::new(),
            is_source: true,
            links_into: Vec::new(),
            rules,
            verdict,
            left_out,
            root_ignore_file: None,
            folders: Vec::new(),
            files: Vec::new(),
            problems,
        }
    }

    fn run(&mut self) {
        let mut entries = WalkDir::new(&self.root).follow_links(true).into_iter();
        while let Some(entry) = entries.next() {
            let enter = match entry {
                Ok(entry) if entry.file_type().is_dir() => self.folder(&entry),
                Ok(entry) => {
                    self.file(&entry);
                    true
                }
                Err(error) => {
                    self.failure(&error);
                    true
                }
            };
            if !enter {
                entries.skip_current_dir();
            }
        }
    }

    /// Decides about a path, after leaving the folders that do not hold it.
    fn decide(&mut self, relative: &Path, is_dir: bool) -> Verdict {
        self.folders.truncate(relative.components().count());
        let Some(parent) = self.folders.last() else {
            return self.verdict;
        };
        if self.left_out.matched(relative, is_dir).is_ignore() {
            return Verdict::Excluded;
        }
        let own = self.folders.iter().filter_map(|folder| folder.ignore_file.as_ref());
        let ignore_files = self.root_ignore_file.iter().chain(own);
        self.rules
            .decide(&self.named(relative), is_dir, parent.verdict, ignore_files)
    }

    /// The path in the archive.
    fn named(&self, relative: &Path) -> PathBuf {
        Path::new(&self.prefix).join(relative)
    }

    /// Notes a folder and says whether to look inside.
    fn folder(&mut self, entry: &DirEntry) -> bool {
        let relative = self.relative(entry.path());
        let verdict = self.decide(&relative, true);
        let is_root = relative.as_os_str().is_empty();
        if verdict == Verdict::Excluded && !is_root && !self.rules.may_include_inside(&self.named(&relative)) {
            return false;
        }
        if archive_name(&relative).is_none() {
            self.refuse_name(&relative);
            return false;
        }
        if entry.path_is_symlink() && !self.stays_inside(entry.path(), &relative) {
            return false;
        }
        let ignore_file = match verdict {
            Verdict::Packaged if self.is_source => self.read_ignore_file(entry.path(), &relative),
            Verdict::Packaged | Verdict::Included | Verdict::Excluded => None,
        };
        if is_root && let Some(ignore_file) = ignore_file {
            // Kept apart, since it holds for the trees besides the source folder too.
            self.root_ignore_file = Some(ignore_file);
            self.folders.push(Folder {
                verdict,
                ignore_file: None,
            });
        } else {
            self.folders.push(Folder { verdict, ignore_file });
        }
        true
    }

    fn file(&mut self, entry: &DirEntry) {
        let relative = self.relative(entry.path());
        if self.decide(&relative, false) == Verdict::Excluded {
            return;
        }
        let Some(name) = archive_name(&self.named(&relative)) else {
            return self.refuse_name(&relative);
        };
        if entry.path_is_symlink() && !self.stays_inside(entry.path(), &relative) {
            return;
        }
        // Before anything is opened: opening a FIFO would wait for a writer.
        if !entry.file_type().is_file() {
            return self.problems.push(Problem::new(
                format!("`{name}` is neither a file nor a folder, so it cannot be packaged"),
                exclude_hint(&name),
            ));
        }
        match inspect(entry.path(), &name) {
            Ok((executable, identity)) => self.files.push(SelectedFile {
                name,
                path: entry.path().to_path_buf(),
                executable,
                size: identity.size,
                identity,
            }),
            Err(error) => self.unreadable(&relative, &error.to_string()),
        }
    }

    /// Reports what `walkdir` could not read, unless the rules leave it out anyway.
    fn failure(&mut self, error: &walkdir::Error) {
        let path = error.path().unwrap_or(&self.root).to_path_buf();
        let relative = self.relative(&path);
        let is_dir = error.loop_ancestor().is_some() || path.is_dir();
        if self.decide(&relative, is_dir) == Verdict::Excluded {
            return;
        }
        let shown = relative.display().to_string();
        let target = fs::read_link(&path).map(|target| target.display().to_string());
        let io_kind = error.io_error().map(std::io::Error::kind);
        match (error.loop_ancestor(), target) {
            (Some(_), Ok(target)) => self.problems.push(Problem::new(
                format!("the link `{shown}` points to `{target}`, a folder that holds the link itself"),
                exclude_hint(&shown),
            )),
            (None, Ok(target)) if io_kind == Some(std::io::ErrorKind::NotFound) => self.problems.push(Problem::new(
                format!("the link `{shown}` points to `{target}`, which does not exist"),
                exclude_hint(&shown),
            )),
            (None, Ok(target)) => self.problems.push(Problem::new(
                format!("the link `{shown}` to `{target}` cannot be followed: {}", cause(error)),
                exclude_hint(&shown),
            )),
            (_, Err(_)) => self.unreadable(&relative, &cause(error)),
        }
    }

    /// Whether a link's target lies in the source folder; a problem is noted when not.
    fn stays_inside(&mut self, path: &Path, relative: &Path) -> bool {
        let shown = relative.display();
        match path.canonicalize() {
            Ok(target) if target.starts_with(&self.root) => return true,
            Ok(target) if self.links_into.iter().any(|folder| target.starts_with(folder)) => return true,
            Ok(resolved) => {
                let target = fs::read_link(path).unwrap_or(resolved);
                self.problems.push(Problem::new(
                    format!(
                        "the link `{shown}` points to `{}`, outside the source folder",
                        target.display()
                    ),
                    format!("copy what it points to into the source folder, or exclude `{shown}`"),
                ));
            }
            Err(error) => self.unreadable(relative, &error.to_string()),
        }
        false
    }

    fn read_ignore_file(&mut self, folder: &Path, relative: &Path) -> Option<IgnoreFile> {
        let path = folder.join(IGNORE_FILE);
        if !path.is_file() {
            return None;
        }
        let shown = relative.join(IGNORE_FILE).display().to_string();
        match fs::read_to_string(&path) {
            Ok(text) => {
                let lines = text.strip_prefix('\u{feff}').unwrap_or(&text).lines();
                let patterns = compile(lines, |index| format!("{shown}:{}", index + 1), &mut self.problems);
                Some(IgnoreFile {
                    folder: relative.to_path_buf(),
                    patterns,
                })
            }
            Err(error) => {
                self.problems.push(Problem::new(
                    format!("cannot read `{shown}`: {error}"),
                    "make it a readable UTF-8 file, or remove it",
                ));
                None
            }
        }
    }

    fn unreadable(&mut self, relative: &Path, why: &str) {
        let shown = relative.display().to_string();
        self.problems.push(Problem::new(
            format!("cannot read `{shown}`: {why}"),
            format!("make it readable, or exclude it: add `/{shown}` to `{IGNORE_FILE}`"),
        ));
    }

    fn refuse_name(&mut self, relative: &Path) {
        self.problems.push(Problem::new(
            format!(
                "the name `{}` is not valid UTF-8, so an archive cannot hold it",
                relative.display()
            ),
            "rename it, or exclude it with a pattern that has `*` in place of the odd bytes",
        ));
    }

    fn relative(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).unwrap_or(path).to_path_buf()
    }
}

fn exclude_hint(shown: &str) -> String {
    format!("remove it, or exclude it: add `/{shown}` to `{IGNORE_FILE}`")
}

/// The system's own words, without the path that the message shows already.
fn cause(error: &walkdir::Error) -> String {
    error.io_error().map_or_else(|| error.to_string(), ToString::to_string)
}

fn archive_name(relative: &Path) -> Option<String> {
    let names: Option<Vec<&str>> = relative
        .components()
        .map(Component::as_os_str)
        .map(OsStr::to_str)
        .collect();
    Some(names?.join("/"))
}

/// Whether a file is to be executable as far as its name and mode say, and what it is.
fn inspect(path: &Path, name: &str) -> std::io::Result<(bool, Identity)> {
    let metadata = fs::metadata(path)?;
    Ok((name == "bootstrap" || owner_executes(&metadata), Identity::of(&metadata)))
}

#[cfg(unix)]
fn owner_executes(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn owner_executes(_: &Metadata) -> bool {
    false
}
