//! Keeps the arrows between lfn's modules true. The table below is the architecture; a module may
//! name what stands in its row and itself. Test modules are left out: they may build on anything.

mod tokens;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tokens::{Token, tokens};

/// Each module, and the modules that it may name.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("error", &[]),
    ("ports", &["domain"]),
    ("templates", &["domain"]),
    ("engine", &["ports", "domain"]),
    ("runner", &["ports", "domain"]),
    ("aws", &["ports", "domain"]),
    ("local", &["runner", "ports", "domain"]),
    ("settings", &["domain", "error"]),
    ("ui", &["engine", "ports", "domain", "error"]),
    // The choice of the target: with `cli` and `main`, the only ones that know the adapters.
    (
        "ctx",
        &[
            "aws",
            "local",
            "runner",
            "templates",
            "engine",
            "settings",
            "ui",
            "ports",
            "domain",
            "error",
        ],
    ),
    (
        "commands",
        &[
            "ctx",
            "runner",
            "templates",
            "engine",
            "settings",
            "ui",
            "ports",
            "domain",
            "error",
        ],
    ),
    (
        "cli",
        &[
            "commands", "ctx", "aws", "local", "engine", "settings", "ui", "ports", "domain", "error",
        ],
    ),
    (
        "main",
        &[
            "cli", "commands", "ctx", "aws", "local", "engine", "settings", "ui", "ports", "domain", "error",
        ],
    ),
    // Declares the modules and names none of them.
    ("lib", &[]),
];

/// Things with a single home: what to look for, the files it may stand in, and why.
const HOMES: &[(Sign, &[&str], &str)] = &[
    (Sign::Crate("aws_"), &["src/aws"], "the AWS SDK stays behind the ports"),
    (
        Sign::Crate("serde_yaml"),
        &["src/domain/config"],
        "a swap of the YAML crate stays small",
    ),
    (
        Sign::Environment,
        &["src/settings", "src/main.rs"],
        "everything else is told, and so can be tested",
    ),
    (Sign::Print, &["src/ui"], "one place decides what goes to which stream"),
];

/// What to look for.
#[derive(Debug, Clone, Copy)]
enum Sign {
    /// A path or an import that begins with a crate of this name, or of one that begins so.
    Crate(&'static str),
    /// Reading or writing environment variables.
    Environment,
    /// Writing to stdout or stderr with a macro.
    Print,
}

#[test]
fn modules_only_name_what_stands_below_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources: BTreeMap<String, String> = rust_files(&root.join("src"))
        .iter()
        .map(|path| {
            let name = path.strip_prefix(root).unwrap().display().to_string();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    assert!(sources.contains_key("src/lib.rs"), "the sources are where they were");
    let found = violations(&sources);
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn planted_violations_are_found() {
    for (path, source, expected) in [
        (
            "src/domain/names.rs",
            "use crate::ports::Functions;",
            "`domain` names `ports`",
        ),
        ("src/domain/names.rs", "use super::super::ui;", "`domain` names `ui`"),
        (
            "src/domain/mod.rs",
            "fn f() { super::engine::plan() }",
            "`domain` names `engine`",
        ),
        (
            "src/ports/mod.rs",
            "pub(crate) use crate::{domain::arn, engine::{plan, x}};",
            "`ports` names `engine`",
        ),
        (
            "src/engine/apply.rs",
            "type X = Vec<crate::ui::Ui>;",
            "`engine` names `ui`",
        ),
        ("src/engine/apply.rs", "use crate as lfn;", "`engine` renames the crate"),
        ("src/ui/render/plan.rs", "use crate::commands;", "`ui` names `commands`"),
        ("src/local/mod.rs", "use crate::aws::Cloud;", "`local` names `aws`"),
        (
            "src/commands/deploy.rs",
            "use crate::local::Folder;",
            "`commands` names `local`",
        ),
        ("src/extra.rs", "", "`extra` has no row"),
        ("src/engine/wait.rs", "use aws_sdk_lambda::Client;", "`aws_sdk_lambda`"),
        ("src/engine/wait.rs", "use aws_config as config;", "`aws_config`"),
        (
            "src/commands/init.rs",
            "let x = ::serde_yaml::to_string(&y);",
            "`serde_yaml`",
        ),
        (
            "src/ui/mod.rs",
            "if std::env::var_os(\"NO_COLOR\").is_some() {}",
            "`env::var_os`",
        ),
        ("src/ui/mod.rs", "use std::env::{self, vars};", "`env::vars`"),
        ("src/commands/logs.rs", "anstream::eprintln!(\"x\")", "`eprintln!`"),
        ("src/main.rs", "\n\nprintln!()", "src/main.rs:3"),
        (
            "src/domain/a.rs",
            "mod inner { use super::super::super::ui; }",
            "`domain` names `ui`",
        ),
        (
            "src/domain/a.rs",
            "#[cfg(test)]\nmod tests { use crate::ui; }\nuse crate::local;",
            "`domain` names `local`",
        ),
    ] {
        let found = check(path, source);
        assert!(
            found.len() == 1 && found[0].contains(expected),
            "{path}: {source}\n{found:?}"
        );
    }
}

#[test]
fn what_is_allowed_is_left_alone() {
    for (path, source) in [
        (
            "src/domain/names.rs",
            "//! See [`crate::aws`].\nuse super::arn::Arn; use crate::domain::{names, arn};",
        ),
        (
            "src/domain/names.rs",
            "let x = \"crate::ui::println!\"; // println!(crate::ui)",
        ),
        (
            "src/domain/a.rs",
            "mod inner { use super::super::names; fn f() { super::g() } } use super::names;",
        ),
        ("src/domain/config/raw.rs", "use serde_yaml::Value;"),
        (
            "src/aws/mod.rs",
            "use crate::ports::PortError; use aws_sdk_lambda::Client;",
        ),
        ("src/settings.rs", "std::env::var(\"LFN_STAGE\")"),
        (
            "src/engine/plan.rs",
            "let x = env!(\"CARGO_PKG_VERSION\"); let aws_region = 1;",
        ),
        (
            "src/engine/plan.rs",
            "#[cfg(test)]\nmod tests { use crate::local::Folder; mod deep { } use crate::aws; }",
        ),
        ("src/cli.rs", "use crate::{aws, commands::deploy, ctx::Ctx, local};"),
        (
            "src/ui/mod.rs",
            "println!(\"{}\", crate::engine::plan::Plan::default())",
        ),
    ] {
        assert_eq!(check(path, source), <[String; 0]>::default(), "{path}: {source}");
    }
    let with_test_file = BTreeMap::from([
        ("src/engine/mod.rs".to_owned(), "#[cfg(test)]\nmod tests;\n".to_owned()),
        ("src/engine/tests.rs".to_owned(), "use crate::local::Folder;".to_owned()),
        (
            "src/engine/tests/more.rs".to_owned(),
            "use crate::local::Folder;".to_owned(),
        ),
    ]);
    assert_eq!(violations(&with_test_file), <[String; 0]>::default());
}

fn check(path: &str, source: &str) -> Vec<String> {
    violations(&BTreeMap::from([(path.to_owned(), source.to_owned())]))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.expect("the sources are readable").into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// Everything in these files that breaks the table, one line each.
fn violations(sources: &BTreeMap<String, String>) -> Vec<String> {
    let files: Vec<File<'_>> = sources.iter().map(|(path, source)| File::read(path, source)).collect();
    let test_only: Vec<&[String]> = files
        .iter()
        .flat_map(|file| file.test_files.iter().map(Vec::as_slice))
        .collect();
    files
        .iter()
        .filter(|file| !test_only.iter().any(|module| file.module.starts_with(module)))
        .flat_map(|file| file.arrows().into_iter().chain(file.strays()))
        .collect()
}

/// A source file without its test modules.
struct File<'a> {
    path: &'a str,
    /// `["domain", "names"]` for `src/domain/names.rs`.
    module: Vec<String>,
    /// The tokens, each with the module that it stands in.
    tokens: Vec<(Token<'a>, Vec<String>)>,
    /// The modules that `#[cfg(test)] mod …;` declares here.
    test_files: Vec<Vec<String>>,
}

impl<'a> File<'a> {
    fn read(path: &'a str, source: &'a str) -> Self {
        let stem = path
            .trim_start_matches("src/")
            .trim_end_matches(".rs")
            .trim_end_matches("/mod");
        let module: Vec<String> = stem.split('/').map(str::to_owned).collect();
        let mut file = Self {
            path,
            module: module.clone(),
            tokens: Vec::new(),
            test_files: Vec::new(),
        };
        let tokens = tokens(source);
        // The inline modules that are open: how many braces were open around each, and whether it is for tests.
        let mut open: Vec<(usize, bool)> = Vec::new();
        let mut here = module;
        let mut braces = 0_usize;
        for (at, token) in tokens.iter().enumerate() {
            let before = |count: usize| &tokens[at.saturating_sub(count)..at];
            match token.text {
                "{" => {
                    if let [keyword, name] = before(2)
                        && keyword.text == "mod"
                    {
                        here.push(name.text.to_owned());
                        open.push((braces, is_for_tests(&tokens[..at - 2])));
                    }
                    braces += 1;
                }
                "}" => {
                    braces = braces.saturating_sub(1);
                    if open.pop_if(|(outer, _)| *outer == braces).is_some() {
                        here.pop();
                    }
                }
                ";" => {
                    if let [keyword, name] = before(2)
                        && keyword.text == "mod"
                        && is_for_tests(&tokens[..at - 2])
                    {
                        let mut declared = here.clone();
                        declared.push(name.text.to_owned());
                        file.test_files.push(declared);
                    }
                }
                _ => {}
            }
            if !open.iter().any(|(_, for_tests)| *for_tests) {
                file.tokens.push((*token, here.clone()));
            }
        }
        file
    }

    /// The first segment of the module: the name in the table.
    fn layer(&self) -> &str {
        &self.module[0]
    }

    fn text(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |(token, _)| token.text)
    }

    fn place(&self, at: usize) -> String {
        let line = self.tokens.get(at).map_or(1, |(token, _)| token.line);
        format!("{}:{line}", self.path)
    }

    fn arrows(&self) -> Vec<String> {
        let layer = self.layer();
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == layer) else {
            return vec![format!(
                "{}: `{layer}` has no row in the table of arrows",
                self.place(0)
            )];
        };
        let mut found = Vec::new();
        for at in 0..self.tokens.len() {
            if self.text(at) == "crate" && self.text(at + 1) == "as" {
                found.push(format!(
                    "{}: `{layer}` renames the crate, which hides its arrows",
                    self.place(at)
                ));
            }
            for target in self.targets(at) {
                if target != layer && !allowed.contains(&target) {
                    found.push(format!(
                        "{}: `{layer}` names `{target}`, which is not below it",
                        self.place(at)
                    ));
                }
            }
        }
        found
    }

    /// The top modules of the paths that begin here with `crate`, `super` or, in `main.rs`, `lfn`.
    fn targets(&self, at: usize) -> Vec<&'a str> {
        let begins = at == 0 || self.text(at - 1) != "::";
        let (mut next, depth) = match self.text(at) {
            "crate" => (at + 1, 0),
            "lfn" if self.layer() == "main" => (at + 1, 0),
            "super" if begins => {
                let mut ups = 1;
                while self.text(at + 2 * ups - 1) == "::" && self.text(at + 2 * ups) == "super" {
                    ups += 1;
                }
                (at + 2 * ups - 1, self.tokens[at].1.len().saturating_sub(ups))
            }
            _ => return Vec::new(),
        };
        // A path that stays inside a module of ours names no other.
        if depth > 0 || self.text(next) != "::" {
            return Vec::new();
        }
        next += 1;
        if self.text(next) != "{" {
            return ARROWS
                .iter()
                .map(|(name, _)| *name)
                .filter(|name| *name == self.text(next))
                .collect();
        }
        self.group(next)
            .into_iter()
            .filter(|name| ARROWS.iter().any(|(known, _)| known == name))
            .collect()
    }

    /// The first words of the paths in the braces that open here.
    fn group(&self, open: usize) -> Vec<&'a str> {
        let mut names = Vec::new();
        let mut depth = 0;
        for at in open..self.tokens.len() {
            match self.text(at) {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            if depth == 1 && matches!(self.text(at), "{" | ",") {
                names.push(self.text(at + 1));
            }
        }
        names
    }

    /// Things that stand outside their home.
    fn strays(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (sign, homes, why) in HOMES {
            if homes.iter().any(|home| self.path.starts_with(home)) {
                continue;
            }
            for at in 0..self.tokens.len() {
                if let Some(what) = self.shows(*sign, at) {
                    let homes = homes.join(" and ");
                    found.push(format!("{}: {what} belongs in {homes}: {why}", self.place(at)));
                }
            }
        }
        found
    }

    fn shows(&self, sign: Sign, at: usize) -> Option<String> {
        let text = self.text(at);
        let (before, after) = (if at == 0 { "" } else { self.text(at - 1) }, self.text(at + 1));
        match sign {
            Sign::Crate(name) => {
                // `::serde_yaml` is the crate too; `x::serde_yaml` is something else.
                let inner = before == "::" && at > 1 && self.text(at - 2).starts_with(char::is_alphanumeric);
                let names_crate = after == "::" || before == "use" || before == "crate";
                (text.starts_with(name) && names_crate && !inner).then(|| format!("`{text}`"))
            }
            Sign::Environment => {
                let functions = ["var", "var_os", "vars", "vars_os", "set_var", "remove_var"];
                if text != "env" || after != "::" {
                    return None;
                }
                let named = match self.text(at + 2) {
                    "{" => self.group(at + 2),
                    name => vec![name],
                };
                let function = named.into_iter().find(|name| functions.contains(name))?;
                Some(format!("`env::{function}`"))
            }
            Sign::Print => {
                let prints = after == "!" && ["print", "println", "eprint", "eprintln"].contains(&text);
                prints.then(|| format!("`{text}!`"))
            }
        }
    }
}

/// Whether the attributes right before a `mod` hold `cfg(test)`.
fn is_for_tests(before: &[Token<'_>]) -> bool {
    let words: Vec<&str> = before.iter().rev().take(40).map(|token| token.text).collect();
    let item = words
        .iter()
        .position(|word| matches!(*word, ";" | "{" | "}"))
        .unwrap_or(words.len());
    words[..item]
        .windows(4)
        .any(|window| window == [")", "test", "(", "cfg"])
}
