//! `requirements.txt`, line by line.
//!
//! Source: pip documentation, "Requirements File Format". `${NAME}` is left for the installer to fill in.

use std::path::{Path, PathBuf};

use super::super::Problem;
use super::requirement::{Requirement, extras};
use super::wanted::{Item, Package, Setting, Url, redacted};
use super::wheel::is_wheel;
use super::{Target, marker::Marker};

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    Item(Box<Item>),
    /// `-r`: another file whose lines belong here.
    Include(PathBuf),
    /// `-c`: another file that holds versions for packages named elsewhere.
    Constraints(PathBuf),
    Setting(Setting),
}

/// Options with a value that decide where packages come from.
const SETTINGS: &[(&str, &str)] = &[
    ("-i", "--index-url"),
    ("--index-url", "--index-url"),
    ("--pypi-url", "--index-url"),
    ("--extra-index-url", "--extra-index-url"),
    ("-f", "--find-links"),
    ("--find-links", "--find-links"),
    ("--trusted-host", "--trusted-host"),
];

/// Options without a value that installers are told too.
const SWITCHES: &[&str] = &["--no-index", "--pre", "--require-hashes"];

/// Options about building or preferring source code: lfn takes wheels alone.
const WITHOUT_EFFECT: &[&str] = &[
    "--prefer-binary",
    "--only-binary",
    "--use-pep517",
    "--no-use-pep517",
    "--no-build-isolation",
    "--use-feature",
    "--config-settings",
    "--global-option",
    "--exclude-newer",
];

const SOURCE_ENDINGS: &[&str] = &[".tar.gz", ".tar.bz2", ".tgz", ".tar.xz", ".tar", ".zip"];
const REPOSITORIES: &[&str] = &["git+", "hg+", "svn+", "bzr+", "git://", "ssh://"];

/// Reads a file that lies in this folder. What the target does not need is left out.
pub fn parse(text: &str, folder: &Path, target: &Target) -> Result<Vec<Line>, Problem> {
    let mut lines = Vec::new();
    for (number, text) in logical_lines(text) {
        let line = one(&text, folder, target).map_err(|problem| Problem {
            message: format!("line {number}: {}", problem.message),
            hint: problem.hint,
        })?;
        lines.extend(line);
    }
    Ok(lines)
}

/// Lines without comments; one that ends with `\` goes on in the next.
fn logical_lines(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let (number, mut joined) = open.take().unwrap_or((index + 1, String::new()));
        if !line.trim_start().starts_with('#') {
            if let Some(start) = line.strip_suffix('\\') {
                joined.push_str(start);
                open = Some((number, joined));
                continue;
            }
            joined.push_str(line);
        }
        lines.push((number, joined));
    }
    lines.extend(open);
    let without_comment = |line: String| {
        let comment = line.match_indices('#').find(|(at, _)| {
            let before = line[..*at].chars().next_back();
            before.is_none_or(char::is_whitespace)
        });
        let end = comment.map_or(line.len(), |(at, _)| at);
        line[..end].trim().to_owned()
    };
    let stripped = lines.into_iter().map(|(number, line)| (number, without_comment(line)));
    stripped.filter(|(_, line)| !line.is_empty()).collect()
}

fn one(text: &str, folder: &Path, target: &Target) -> Result<Option<Line>, Problem> {
    if text.starts_with('-') {
        return option(text, folder, target);
    }
    let mut words = text.split(" --");
    let wanted = words.next().unwrap_or_default().trim();
    let hashes: Vec<String> = words
        .filter_map(|option| option.strip_prefix("hash"))
        .map(|hash| hash.trim_start_matches(['=', ' ']).trim().to_owned())
        .collect();
    requirement(wanted, hashes, folder, target).map(line)
}

fn option(text: &str, folder: &Path, target: &Target) -> Result<Option<Line>, Problem> {
    let end = text.find(['=', ' ', '\t']).unwrap_or(text.len());
    let (mut flag, mut value) = (&text[..end], text[end..].trim_start_matches(['=', ' ', '\t']));
    // `-rother.txt`: a short option and its value in one word.
    if !flag.starts_with("--") && flag.len() > 2 && flag.is_char_boundary(2) {
        (flag, value) = (&text[..2], &text[2..]);
    }
    let value = value.trim().trim_matches(['"', '\'']);
    if let Some((_, flag)) = SETTINGS.iter().find(|(other, _)| *other == flag) {
        let value = match *flag {
            "--find-links" if !value.contains("://") => joined(folder, value).display().to_string(),
            _ => value.to_owned(),
        };
        return Ok(Some(Line::Setting(Setting::new(flag, value))));
    }
    if let Some(flag) = SWITCHES.iter().find(|other| **other == flag) {
        return Ok(Some(Line::Setting(Setting { flag, value: None })));
    }
    match flag {
        "-r" | "--requirement" => Ok(Some(Line::Include(included(value, folder)?))),
        "-c" | "--constraint" => Ok(Some(Line::Constraints(included(value, folder)?))),
        "-e" | "--editable" => local_or_refused(value, Vec::new(), folder, target).map(line),
        "--no-binary" if value != ":none:" => Err(Problem::new(
            format!("`--no-binary {value}` asks for a build from source code"),
            "take the line out: wheels alone are installed for another machine",
        )),
        flag if flag == "--no-binary" || WITHOUT_EFFECT.contains(&flag) => Ok(None),
        flag => Err(Problem::new(
            format!("`{flag}` is not an option of a requirements file"),
            "the options are in pip's documentation, \"Requirements File Format\"",
        )),
    }
}

fn line(item: Option<Item>) -> Option<Line> {
    item.map(|item| Line::Item(Box::new(item)))
}

fn included(value: &str, folder: &Path) -> Result<PathBuf, Problem> {
    if value.is_empty() || value.contains("://") {
        return Err(Problem::new(
            format!("`{}` is not a file of the project", redacted(value)),
            "keep the file in the project",
        ));
    }
    Ok(joined(folder, value))
}

/// A requirement, a URL or a path.
fn requirement(text: &str, hashes: Vec<String>, folder: &Path, target: &Target) -> Result<Option<Item>, Problem> {
    let Some(requirement) = Requirement::parse(text) else {
        return local_or_refused(text, hashes, folder, target);
    };
    // `wheels/x.whl` begins with a name, and `x.whl` is one.
    let is_file = |text: &str| is_wheel(text) || SOURCE_ENDINGS.iter().any(|end| text.ends_with(end));
    if requirement.url.is_none() && is_file(&text.to_ascii_lowercase()) {
        return local_or_refused(text, hashes, folder, target);
    }
    if !requirement.holds(target, &[]) {
        return Ok(None);
    }
    let package = Package {
        hashes,
        ..Package::new(requirement)
    };
    match package.requirement.url.clone() {
        None => Ok(Some(Item::Package(package))),
        Some(Url(url)) => from_url(&url, package, folder).map(Some),
    }
}

/// What stands behind `NAME @`.
pub fn from_url(url: &str, package: Package, folder: &Path) -> Result<Item, Problem> {
    let name = &package.requirement.name;
    if let Some(path) = url.strip_prefix("file:") {
        let path = path
            .strip_prefix("//localhost")
            .or_else(|| path.strip_prefix("//"))
            .unwrap_or(path);
        return local(path, package.requirement.extras, package.hashes, folder);
    }
    refuse_repository(url)?;
    if !url.contains("://") {
        return local(url, package.requirement.extras, package.hashes, folder);
    }
    let file = url.split(['#', '?']).next().unwrap_or_default();
    if is_wheel(file) {
        return Ok(Item::Package(package));
    }
    Err(source_only(&format!("`{name}` (`{}`)", redacted(url))))
}

fn local_or_refused(text: &str, hashes: Vec<String>, folder: &Path, target: &Target) -> Result<Option<Item>, Problem> {
    let (text, marker) = match text.split_once(" ;").or_else(|| text.split_once("; ")) {
        Some((text, marker)) => (text.trim(), Some(marker)),
        None => (text, None),
    };
    if let Some(marker) = marker {
        let marker = Marker::parse(marker).ok_or_else(|| {
            Problem::new(
                format!("`{}` is not an environment marker", marker.trim()),
                "markers look like `python_version < \"3.12\"`",
            )
        })?;
        if !marker.holds(target, &[]) {
            return Ok(None);
        }
    }
    refuse_repository(text)?;
    if text.starts_with("http://") || text.starts_with("https://") {
        let file = text.split(['#', '?']).next().unwrap_or_default();
        let name = file
            .rsplit('/')
            .next()
            .and_then(|file| file.split('-').next())
            .unwrap_or_default();
        let parsed = Requirement::parse(&format!("{name} @ {text}"));
        let requirement = parsed.ok_or_else(|| unreadable(text))?;
        let package = Package {
            hashes,
            ..Package::new(requirement)
        };
        return from_url(text, package, folder).map(Some);
    }
    let (path, asked) = match text.find('[').filter(|_| text.ends_with(']')) {
        Some(at) => (&text[..at], extras(&text[at..]).ok_or_else(|| unreadable(text))?.0),
        None => (text, Vec::new()),
    };
    let path = path.strip_prefix("file://").unwrap_or(path);
    let lower = path.to_ascii_lowercase();
    let is_path = path.starts_with(['.', '/', '~'])
        || path.contains(['/', '\\'])
        || is_wheel(path)
        || SOURCE_ENDINGS.iter().any(|end| lower.ends_with(end));
    if !is_path || (path.contains(char::is_whitespace) && !is_wheel(path)) {
        return Err(unreadable(text));
    }
    local(path, asked, hashes, folder).map(Some)
}

fn local(path: &str, extras: Vec<String>, hashes: Vec<String>, folder: &Path) -> Result<Item, Problem> {
    let lower = path.to_ascii_lowercase();
    if SOURCE_ENDINGS.iter().any(|end| lower.ends_with(end)) {
        return Err(source_only(&format!("`{path}`")));
    }
    let path = joined(folder, path);
    Ok(if is_wheel(&lower) {
        Item::File { path, extras, hashes }
    } else {
        Item::Folder { path, extras }
    })
}

/// Without the `./` that files write before a path.
fn joined(folder: &Path, path: &str) -> PathBuf {
    folder.join(path).components().collect()
}

fn refuse_repository(text: &str) -> Result<(), Problem> {
    if REPOSITORIES.iter().any(|prefix| text.starts_with(prefix)) {
        return Err(Problem::new(
            format!("`{}` is a repository, and lfn installs wheels alone", redacted(text)),
            "build a wheel of it with `pip wheel --no-deps`, keep the file in the project, and name it instead: `./wheels/NAME.whl`",
        ));
    }
    Ok(())
}

/// What comes as source code alone.
fn source_only(what: &str) -> Problem {
    Problem::new(
        format!("{what} is source code, and lfn installs wheels alone"),
        "build a wheel of it with `pip wheel --no-deps`, on Amazon Linux when it has native code, and name the file \
         instead: `./wheels/NAME.whl`",
    )
}

fn unreadable(text: &str) -> Problem {
    Problem::new(
        format!("`{}` is not a requirement", redacted(text)),
        "a requirement looks like `requests==2.32.0`, `./wheels/NAME.whl` or `./lib`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::function::Architecture;

    fn told(text: &str) -> Vec<String> {
        let target = Target::new(13, Architecture::X86_64, 34);
        match parse(text, Path::new("/p"), &target) {
            Ok(lines) => lines.iter().map(show).collect(),
            Err(problem) => vec![problem.message],
        }
    }

    fn show(line: &Line) -> String {
        match line {
            Line::Item(item) => match &**item {
                Item::Package(package) => format!("{} {}", package.requirement, package.hashes.join(" ")),
                Item::File { path, extras, .. } => format!("file {} {extras:?}", path.display()),
                Item::Folder { path, extras } => format!("folder {} {extras:?}", path.display()),
            },
            Line::Include(path) => format!("include {}", path.display()),
            Line::Constraints(path) => format!("constraints {}", path.display()),
            Line::Setting(Setting { flag, value }) => {
                format!("{flag} {}", value.as_ref().map_or("", |Url(url)| url.as_str()))
            }
        }
    }

    #[test]
    fn every_kind_of_line_is_understood() {
        for (text, expected) in [
            ("\u{feff}six==1.17 # why\n\n  # alone\n", &["six==1.17 "][..]),
            (
                "a==1 \\\n    --hash=sha256:aa \\\n    --hash sha256:bb\n",
                &["a==1 sha256:aa sha256:bb"],
            ),
            ("a ; sys_platform == 'win32'\nb; python_version>='3.9'", &["b "]),
            (
                "-r other.txt\n--requirement=x/y.txt\n-cc.txt",
                &["include /p/other.txt", "include /p/x/y.txt", "constraints /p/c.txt"],
            ),
            (
                "-e .\n--editable ./lib[x,Y_z]\n../common",
                &[
                    "folder /p []",
                    "folder /p/lib [\"x\", \"y-z\"]",
                    "folder /p/../common []",
                ],
            ),
            (
                "./w/a-1-py3-none-any.whl\nw/b-1-py3-none-any.whl\nc-1-py3-none-any.whl",
                &[
                    "file /p/w/a-1-py3-none-any.whl []",
                    "file /p/w/b-1-py3-none-any.whl []",
                    "file /p/c-1-py3-none-any.whl []",
                ],
            ),
            ("./lib ; os_name == 'nt'", &[]),
            (
                "a @ file:///w/a-1-py3-none-any.whl",
                &["file /w/a-1-py3-none-any.whl []"],
            ),
            (
                "a @ https://h/a-1-py3-none-any.whl#sha256=x",
                &["a @ https://h/a-1-py3-none-any.whl#sha256=x "],
            ),
            (
                "https://h/a-1-py3-none-any.whl",
                &["a @ https://h/a-1-py3-none-any.whl "],
            ),
            (
                "-i https://u:${TOKEN}@h/simple\n--no-index\n-f wheels\n--pre",
                &[
                    "--index-url https://u:${TOKEN}@h/simple",
                    "--no-index ",
                    "--find-links /p/wheels",
                    "--pre ",
                ],
            ),
            ("--only-binary=:all:\n--no-binary :none:", &[]),
            (
                "ok\ngit+https://u:p@h/r.git",
                &["line 2: `git+https://****@h/r.git` is a repository, and lfn installs wheels alone"],
            ),
            (
                "a @ https://u:p@h/a.tar.gz",
                &["line 1: `a` (`https://****@h/a.tar.gz`) is source code, and lfn installs wheels alone"],
            ),
            (
                "--no-binary a",
                &["line 1: `--no-binary a` asks for a build from source code"],
            ),
            ("a = 1", &["line 1: `a = 1` is not a requirement"]),
            (
                "--frobnicate",
                &["line 1: `--frobnicate` is not an option of a requirements file"],
            ),
            (
                "-r https://u:p@h/r.txt",
                &["line 1: `https://****@h/r.txt` is not a file of the project"],
            ),
            ("-é", &["line 1: `-é` is not an option of a requirements file"]),
            ("a==1 \\", &["a==1 "]),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }
}
