//! Which files go into the archive: a walk that looks at everything and reports all problems at once.
//!
//! What the rules say is decided in `rules`; nothing but `.lfnignore` is read here.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::{io, mem, thread};

use ignore::gitignore::Gitignore;
use walkdir::{DirEntry, WalkDir};

use super::combine::combine;
use super::ingredients::{Ingredients, SourcePart, Tree};
use super::names::{Flaw, archive_name, pattern, shown};
use super::rules::{IGNORE_FILE, IgnoreFile, Rules, Verdict, compile};
use super::slim::slimmed;
use super::source::Identity;
use crate::domain::config::PackageConfig;

/// A real tree stays far below these. Folders that link to each other can double the files at every level,
/// and such a walk would never end.
const MOST_ENTRIES: usize = 500_000;
const MOST_FOLDER_LINKS: usize = 20_000;
/// Links in a folder that a link leads to, and so on.
const MOST_NESTED_LINKS: usize = 16;
/// So many files are handed over at once to be looked at.
const HANDED_OVER: usize = 128;

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
    /// What was installed, but no file of it packaged.
    pub dropped: Vec<Dropped>,
}

/// Trees whose files the user's patterns leave out to the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The folder in the archive, with a `/`; empty for its root.
    pub folder: String,
    /// The pattern and where it stands.
    pub by: String,
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
    let ingredients = &slimmed(&rules.slim, ingredients);
    let rules = Rules::new(rules)?;
    let mut source = Walk::of_source(source_folder(root)?, &rules, &ingredients.source);
    source.run();
    let (mut files, mut problems) = (source.files, source.problems);
    let (mut dropped, mut kept) = (Vec::new(), HashSet::new());
    for tree in &ingredients.trees {
        match Walk::of_tree(tree, &rules, source.root_ignore_file.clone()) {
            Ok(mut walk) => {
                walk.run();
                // Each package may be a tree of its own: leaving out some of them is nothing to tell.
                let folder = tree.prefix.split_inclusive('/').next().unwrap_or_default();
                if !walk.files.is_empty() {
                    kept.insert(folder);
                } else if let Some(by) = walk.excluded_by() {
                    dropped.push((folder, by));
                }
                files.append(&mut walk.files);
                problems.append(&mut walk.problems);
            }
            Err(problem) => problems.push(problem),
        }
    }
    problems.append(&mut combine(&mut files));
    if files.is_empty() && problems.is_empty() {
        problems.push(Problem::new(
            format!("there is nothing to package in `{}`", root.display()),
            format!("check `package.source` and `package.exclude` in lambda.yaml, and `{IGNORE_FILE}`"),
        ));
    }
    if problems.is_empty() {
        dropped.retain(|(folder, _)| !kept.contains(folder));
        dropped.dedup_by_key(|(folder, _)| *folder);
        let dropped = dropped.into_iter().map(|(folder, by)| Dropped {
            folder: folder.to_owned(),
            by,
        });
        return Ok(Selection {
            files,
            dropped: dropped.collect(),
        });
    }
    problems.sort_by(|a, b| a.message.cmp(&b.message));
    Err(problems)
}

fn source_folder(root: &Path) -> Result<PathBuf, Vec<Problem>> {
    let problem = |message| vec![Problem::new(message, "check `package.source` in lambda.yaml")];
    let shown = root.display();
    let resolved = root
        .canonicalize()
        .map_err(|error| problem(format!("cannot open the source folder `{shown}`: {error}")))?;
    if resolved.is_dir() {
        Ok(resolved)
    } else {
        Err(problem(format!("`{shown}` is not a folder")))
    }
}

/// A file that the rules let in, not yet looked at.
struct Chosen {
    name: String,
    path: PathBuf,
}

/// A folder the walk is in.
struct Folder {
    is_link: bool,
    verdict: Verdict,
    ignore_file: Option<IgnoreFile>,
}

struct Walk<'a> {
    /// Free of links, so that a link's target can be compared with it.
    root: PathBuf,
    /// Put before the names of a tree besides the source folder.
    prefix: &'a Path,
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
    /// How many were seen.
    entries: usize,
    folder_links: usize,
    chosen: Vec<Chosen>,
    files: Vec<SelectedFile>,
    problems: Vec<Problem>,
}

impl<'a> Walk<'a> {
    fn of_source(root: PathBuf, rules: &'a Rules, part: &SourcePart) -> Self {
        let (verdict, replaced) = match part {
            SourcePart::Whole { replaced } => (Verdict::Packaged, replaced.as_slice()),
            SourcePart::Included => (Verdict::Excluded, [].as_slice()),
        };
        let mut walk = Self::new(root, rules, replaced);
        walk.verdict = verdict;
        walk.is_source = true;
        // Read in any case: it holds for the trees too.
        walk.root_ignore_file = walk.read_ignore_file(Path::new(""));
        walk
    }

    fn of_tree(tree: &'a Tree, rules: &'a Rules, root_ignore_file: Option<IgnoreFile>) -> Result<Self, Problem> {
        let problem = |why: &dyn std::fmt::Display| {
            Problem::new(
                format!("cannot package `{}`: {why}", tree.folder.display()),
                "it was there a moment ago: run the command again",
            )
        };
        let root = tree.folder.canonicalize().map_err(|error| problem(&error))?;
        // A file has a whole name instead of a prefix.
        let is_named_file = root.is_file() && !tree.prefix.is_empty() && !tree.prefix.ends_with('/');
        if !root.is_dir() && !is_named_file {
            return Err(problem(&"it is not a folder"));
        }
        let is_dir = root.is_dir();
        let mut walk = Self::new(root, rules, &tree.exclude);
        walk.prefix = Path::new(tree.prefix.trim_end_matches('/'));
        walk.root_ignore_file = root_ignore_file;
        // What the rules say of the folders that the prefix names holds for what is put into them.
        let mut around: Vec<&Path> = walk.prefix.ancestors().collect();
        around.pop(); // the archive itself
        walk.verdict = around.into_iter().rev().fold(Verdict::Packaged, |verdict, folder| {
            let is_dir = is_dir || folder != walk.prefix;
            rules.decide(folder, is_dir, verdict, walk.root_ignore_file.iter())
        });
        let links_into = tree.links_into.iter();
        walk.links_into = links_into.filter_map(|folder| folder.canonicalize().ok()).collect();
        Ok(walk)
    }

    fn new(root: PathBuf, rules: &'a Rules, left_out: &[String]) -> Self {
        let mut problems = Vec::new();
        let patterns = left_out.iter().map(String::as_str);
        let left_out = compile(patterns, |index| format!("left out: {index}"), &mut problems);
        Self {
            root,
            prefix: Path::new(""),
            is_source: false,
            links_into: Vec::new(),
            rules,
            verdict: Verdict::Packaged,
            left_out,
            root_ignore_file: None,
            folders: Vec::new(),
            entries: 0,
            folder_links: 0,
            chosen: Vec::new(),
            files: Vec::new(),
            problems,
        }
    }

    /// Asking the system what each file is takes as long as the walk itself: another thread does it meanwhile.
    fn run(&mut self) {
        let (chosen, waiting) = channel::<Vec<Chosen>>();
        let (is_bearable, looked) = thread::scope(|scope| {
            let looking = scope.spawn(move || waiting.into_iter().flatten().map(inspect).collect::<Vec<_>>());
            let is_bearable = self.walk(&chosen);
            drop(chosen);
            (is_bearable, looking.join().expect("looking at a file does not panic"))
        });
        if !is_bearable {
            return self.refuse_crowd();
        }
        self.files.reserve(looked.len());
        for result in looked {
            match result {
                Ok(file) => self.files.push(file),
                Err((path, error)) => self.unreadable(&self.relative(&path), &error.to_string()),
            }
        }
    }

    /// Goes through the tree, and hands over what is chosen. False when the tree is too large.
    fn walk(&mut self, chosen: &Sender<Vec<Chosen>>) -> bool {
        let hand_over = |files| chosen.send(files).expect("the other thread ends after this one");
        let mut entries = WalkDir::new(&self.root).follow_links(true).into_iter();
        while let Some(entry) = entries.next() {
            if self.is_too_much(entry.as_ref().ok()) {
                return false;
            }
            let enter = match entry {
                Ok(entry) if entry.file_type().is_dir() => self.folder(&entry),
                Ok(entry) => {
                    self.file(entry);
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
            if self.chosen.len() == HANDED_OVER {
                hand_over(mem::take(&mut self.chosen));
            }
        }
        hand_over(mem::take(&mut self.chosen));
        true
    }

    /// Counts an entry, if it is one that could be read.
    fn is_too_much(&mut self, entry: Option<&DirEntry>) -> bool {
        self.entries += 1;
        let link = entry.filter(|entry| entry.path_is_symlink() && entry.file_type().is_dir());
        let nested = link.map_or(0, |link| {
            let around = self.folders.iter().take(link.depth());
            around.filter(|folder| folder.is_link).count()
        });
        self.folder_links += usize::from(link.is_some());
        self.entries > MOST_ENTRIES || self.folder_links > MOST_FOLDER_LINKS || nested > MOST_NESTED_LINKS
    }

    /// Decides about a path, after leaving the folders that do not hold it.
    fn decide(&mut self, relative: &Path, is_dir: bool) -> Verdict {
        self.folders.truncate(relative.components().count());
        let Some(parent) = self.folders.last() else {
            return self.verdict;
        };
        if self.is_left_out(relative, is_dir) {
            return Verdict::Excluded;
        }
        let own = self.folders.iter().filter_map(|folder| folder.ignore_file.as_ref());
        let ignore_files = self.root_ignore_file.iter().chain(own);
        self.rules
            .decide(&self.named(relative), is_dir, parent.verdict, ignore_files)
    }

    fn is_left_out(&self, relative: &Path, is_dir: bool) -> bool {
        self.left_out.matched(relative, is_dir).is_ignore()
    }

    /// Whether a file inside an excluded folder may come in all the same.
    fn may_include_inside(&self, relative: &Path) -> bool {
        let is_root = relative.as_os_str().is_empty();
        (is_root && self.is_source)
            || (!self.is_left_out(relative, true) && self.rules.may_include_inside(&self.named(relative)))
    }

    /// The user's pattern that leaves out something in the root.
    fn excluded_by(&self) -> Option<String> {
        let inside = fs::read_dir(&self.root).ok()?.flatten();
        let mut inside: Vec<PathBuf> = inside.map(|entry| entry.path()).collect();
        inside.sort();
        inside.iter().find_map(|path| {
            let relative = self.relative(path);
            self.rules
                .excluder(&self.named(&relative), path.is_dir(), self.root_ignore_file.as_ref())
        })
    }

    /// The path in the archive.
    fn named<'p>(&self, relative: &'p Path) -> Cow<'p, Path> {
        if self.prefix.as_os_str().is_empty() {
            Cow::Borrowed(relative)
        } else {
            Cow::Owned(self.prefix.join(relative))
        }
    }

    /// Notes a folder and says whether to look inside.
    fn folder(&mut self, entry: &DirEntry) -> bool {
        let relative = self.relative(entry.path());
        let verdict = self.decide(&relative, true);
        if verdict == Verdict::Excluded && !self.may_include_inside(&relative) {
            return false;
        }
        if let Err(flaw) = archive_name(&self.named(&relative)) {
            self.problems.push(flaw.problem(&self.named(&relative)));
            return false;
        }
        if entry.path_is_symlink() && !self.stays_inside(entry.path(), &relative) {
            return false;
        }
        let is_root = relative.as_os_str().is_empty();
        let ignore_file = match verdict {
            Verdict::Packaged if self.is_source && !is_root => self.read_ignore_file(&relative),
            Verdict::Packaged | Verdict::Included | Verdict::Excluded => None,
        };
        self.folders.push(Folder {
            is_link: entry.path_is_symlink(),
            verdict,
            ignore_file,
        });
        true
    }

    fn file(&mut self, entry: DirEntry) {
        let relative = self.relative(entry.path());
        if self.decide(&relative, false) == Verdict::Excluded {
            return;
        }
        let name = match archive_name(&self.named(&relative)) {
            Ok(name) => name,
            Err(flaw) => return self.problems.push(flaw.problem(&self.named(&relative))),
        };
        if entry.path_is_symlink() && !self.stays_inside(entry.path(), &relative) {
            return;
        }
        // Before anything is opened: opening a FIFO would wait for a writer.
        if !entry.file_type().is_file() {
            return self.problems.push(Problem::new(
                format!("`{name}` is neither a file nor a folder, so it cannot be packaged"),
                exclude_hint(name.as_ref()),
            ));
        }
        self.chosen.push(Chosen {
            name,
            path: entry.into_path(),
        });
    }

    /// Reports what `walkdir` could not read, unless the rules leave it out anyway.
    fn failure(&mut self, error: &walkdir::Error) {
        let path = error.path().unwrap_or(&self.root).to_path_buf();
        let relative = self.relative(&path);
        let is_dir = error.loop_ancestor().is_some() || path.is_dir();
        if self.decide(&relative, is_dir) == Verdict::Excluded {
            return;
        }
        let named = self.named(&relative);
        let link = shown(&named);
        let target = fs::read_link(&path).map(|target| shown(&target));
        let io_kind = error.io_error().map(std::io::Error::kind);
        match (error.loop_ancestor(), target) {
            (Some(_), Ok(target)) => self.problems.push(Problem::new(
                format!("the link `{link}` points to `{target}`, a folder that holds the link itself"),
                exclude_hint(&named),
            )),
            (None, Ok(target)) if io_kind == Some(std::io::ErrorKind::NotFound) => self.problems.push(Problem::new(
                format!("the link `{link}` points to `{target}`, which does not exist"),
                exclude_hint(&named),
            )),
            (None, Ok(target)) => self.problems.push(Problem::new(
                format!("the link `{link}` to `{target}` cannot be followed: {}", cause(error)),
                exclude_hint(&named),
            )),
            (_, Err(_)) if io_kind == Some(std::io::ErrorKind::InvalidFilename) => {
                self.problems.push(Flaw::TooLong.problem(&named));
            }
            (_, Err(_)) => self.unreadable(&relative, &cause(error)),
        }
    }

    /// Whether a link's target lies in this tree or where its links may lead; a problem is noted when not.
    fn stays_inside(&mut self, path: &Path, relative: &Path) -> bool {
        match path.canonicalize() {
            Ok(target) if target.starts_with(&self.root) => return true,
            Ok(target) if self.links_into.iter().any(|folder| target.starts_with(folder)) => return true,
            Ok(resolved) => {
                let target = fs::read_link(path).unwrap_or(resolved);
                let (link, target) = (shown(&self.named(relative)), shown(&target));
                let outside = if self.is_source {
                    "the source folder".to_owned()
                } else {
                    format!("`{}`", self.root.display())
                };
                self.problems.push(Problem::new(
                    format!("the link `{link}` points to `{target}`, outside {outside}"),
                    format!(
                        "copy what it points to into the source folder, or exclude it: add `{}` to `{IGNORE_FILE}`",
                        pattern(&self.named(relative))
                    ),
                ));
            }
            Err(error) => self.unreadable(relative, &error.to_string()),
        }
        false
    }

    /// Reads the list of a folder, which is relative to the root.
    fn read_ignore_file(&mut self, folder: &Path) -> Option<IgnoreFile> {
        let path = self.root.join(folder).join(IGNORE_FILE);
        if !path.is_file() {
            return None;
        }
        let shown = shown(&folder.join(IGNORE_FILE));
        match fs::read_to_string(&path) {
            Ok(text) => {
                let lines = text.strip_prefix('\u{feff}').unwrap_or(&text).lines();
                let patterns = compile(lines, |index| format!("{shown}:{}", index + 1), &mut self.problems);
                Some(IgnoreFile {
                    folder: folder.to_path_buf(),
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
        let named = self.named(relative);
        let problem = if relative.as_os_str().is_empty() {
            Problem::new(
                format!("cannot read `{}`: {why}", self.root.display()),
                "make it readable",
            )
        } else {
            Problem::new(
                format!("cannot read `{}`: {why}", shown(&named)),
                format!(
                    "make it readable, or exclude it: add `{}` to `{IGNORE_FILE}`",
                    pattern(&named)
                ),
            )
        };
        self.problems.push(problem);
    }

    /// The only problem then: the others would be as many.
    fn refuse_crowd(&mut self) {
        self.files.clear();
        self.problems = vec![Problem::new(
            format!(
                "`{}` has more than {MOST_ENTRIES} files and folders, {MOST_FOLDER_LINKS} links to folders, or \
                 {MOST_NESTED_LINKS} links one inside the other",
                self.root.display()
            ),
            "leave out what the function does not read with `package.exclude`, above all links between folders that \
             lead to the same files again and again",
        )];
    }

    fn relative(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.root).unwrap_or(path).to_path_buf()
    }
}

fn exclude_hint(path: &Path) -> String {
    format!("remove it, or exclude it: add `{}` to `{IGNORE_FILE}`", pattern(path))
}

/// The system's own words, without the path that the message shows already.
fn cause(error: &walkdir::Error) -> String {
    error.io_error().map_or_else(|| error.to_string(), ToString::to_string)
}

/// Finds out what a file is, and whether it is to be executable as far as its name and mode say.
fn inspect(Chosen { name, path }: Chosen) -> Result<SelectedFile, (PathBuf, io::Error)> {
    let metadata = match fs::metadata(&path) {
        Ok(metadata) => metadata,
        Err(error) => return Err((path, error)),
    };
    let identity = Identity::of(&metadata);
    Ok(SelectedFile {
        executable: name == "bootstrap" || owner_executes(&metadata),
        size: identity.size,
        name,
        path,
        identity,
    })
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
