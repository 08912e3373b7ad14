//! Keeps the arrows between lfn's modules true. The table below is the architecture; a module may
//! name what stands in its row and itself. Test modules are left out: they may build on anything.

mod file;
mod tokens;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use file::File;

/// Each module, and the modules that it may name.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("error", &[]),
    ("ports", &["domain"]),
    ("templates", &["domain"]),
    ("build", &["domain", "error"]),
    ("engine", &["ports", "domain"]),
    ("runner", &["ports", "domain"]),
    ("aws", &["ports", "domain"]),
    ("local", &["runner", "ports", "domain"]),
    ("settings", &["domain", "error"]),
    ("ui", &["engine", "settings", "ports", "domain", "error"]),
    // The choice of the target: with `cli` and `main`, the only ones that know the adapters.
    (
        "ctx",
        &[
            "aws",
            "build",
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
            "build",
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
        // The AWS settings that the SDK does not read by itself, and the machine's interpreters.
        &["src/settings", "src/main.rs", "src/aws/profile", "src/runner/host"],
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
