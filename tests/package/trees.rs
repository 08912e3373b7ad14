//! Archives of several trees: the source folder, and what a build puts beside it.

use std::path::Path;

use lfn::domain::config::PackageConfig;
use lfn::domain::package::{Ingredients, Selection, SourcePart, Tree, select};

use super::{including, put, rules, tree};

fn excluding(patterns: &[&str]) -> PackageConfig {
    PackageConfig {
        exclude: patterns.iter().map(ToString::to_string).collect(),
        ..rules()
    }
}

fn with_tree(folder: &Path, prefix: &str) -> Ingredients {
    Ingredients {
        trees: vec![Tree::new(folder, prefix)],
        ..Ingredients::default()
    }
}

fn names(selection: &Selection) -> Vec<&str> {
    selection.files.iter().map(|file| file.name.as_str()).collect()
}

#[track_caller]
fn chosen(root: &Path, rules: &PackageConfig, ingredients: &Ingredients) -> Vec<String> {
    let selection = select(root, rules, ingredients).unwrap();
    names(&selection).into_iter().map(str::to_owned).collect()
}

#[track_caller]
fn refused(root: &Path, ingredients: &Ingredients) -> Vec<(String, String)> {
    let problems = select(root, &rules(), ingredients).unwrap_err();
    let told = problems
        .into_iter()
        .map(|problem| (problem.message, problem.hint.unwrap()));
    told.collect()
}

#[test]
fn a_tree_takes_the_place_of_a_folder() {
    let root = tree(&[
        ("index.mjs", ""),
        ("node_modules/dev/index.js", ""),
        ("sub/node_modules/own/x.js", ""),
    ]);
    let installed = tree(&[("dep/index.js", ""), (".bin/dep", ""), (".package-lock.json", "")]);
    let ingredients = Ingredients {
        source: SourcePart::Whole {
            replaced: vec!["/node_modules/".into()],
        },
        ..with_tree(installed.path(), "node_modules/")
    };
    let expected = ["index.mjs", "node_modules/dep/index.js", "sub/node_modules/own/x.js"];
    assert_eq!(chosen(root.path(), &rules(), &ingredients), expected);
    // Nothing reaches into what was replaced.
    let rules = including(&["node_modules/dev/index.js", "node_modules/"]);
    assert_eq!(
        chosen(root.path(), &rules, &ingredients),
        ["index.mjs", "node_modules/dep/index.js", "sub/node_modules/own/x.js"]
    );
}

#[test]
fn the_rules_hold_for_the_names_in_the_archive() {
    let root = tree(&[("index.mjs", ""), (".lfnignore", "*.md\n/node_modules/a/test/\n")]);
    let installed = tree(&[
        ("a/index.js", ""),
        ("a/README.md", ""),
        ("a/test/x.js", ""),
        ("a/.env", ""),
        ("b/index.js", ""),
        // Not the user's, so it says nothing.
        (".lfnignore", "*.js\n"),
    ]);
    let ingredients = with_tree(installed.path(), "node_modules/");
    let all = ["index.mjs", "node_modules/a/index.js", "node_modules/b/index.js"];
    assert_eq!(chosen(root.path(), &rules(), &ingredients), all);
    let cases: &[(PackageConfig, &[&str])] = &[
        (excluding(&["node_modules/b/"]), &all[..2]),
        (excluding(&["/node_modules/"]), &all[..1]),
        (excluding(&["node_modules"]), &all[..1]),
        (excluding(&["b"]), &all[..2]),
        (
            PackageConfig {
                exclude: vec!["/node_modules/".into()],
                ..including(&["node_modules/b/index.js"])
            },
            &[all[0], all[2]],
        ),
        (
            including(&["node_modules/a/README.md"]),
            &[all[0], "node_modules/a/README.md", all[1], all[2]],
        ),
    ];
    for (rules, expected) in cases {
        let found = chosen(root.path(), rules, &ingredients);
        assert_eq!(
            found, *expected,
            "include {:?}, exclude {:?}",
            rules.include, rules.exclude
        );
    }
}

#[test]
fn a_deep_prefix_is_put_before_every_name() {
    let root = tree(&[("a", "")]);
    let made = tree(&[("deep/x", "")]);
    assert_eq!(
        chosen(root.path(), &rules(), &with_tree(made.path(), "opt/lib/")),
        ["a", "opt/lib/deep/x"]
    );
    assert_eq!(
        chosen(root.path(), &excluding(&["opt/"]), &with_tree(made.path(), "opt/lib/")),
        ["a"]
    );
}

#[test]
fn what_a_tree_leaves_out_stays_out() {
    let root = tree(&[("a", "")]);
    let made = tree(&[("bootstrap", ""), ("bootstrap.d", ""), ("deps/x.rlib", "")]);
    let mut ingredients = with_tree(made.path(), "");
    ingredients.trees[0].exclude = vec!["/*".into(), "!/bootstrap".into()];
    assert_eq!(
        chosen(root.path(), &including(&["deps/"]), &ingredients),
        ["a", "bootstrap"]
    );
}

#[test]
fn of_the_source_only_what_is_included() {
    let root = tree(&[
        ("main.go", ""),
        ("config.json", ""),
        ("templates/mail/a.html", ""),
        ("templates/mail/b.txt", ""),
        ("deep/er/x.json", ""),
        (".lfnignore", "/NOTES\n"),
    ]);
    let made = tree(&[("bootstrap", ""), ("NOTES", "")]);
    let ingredients = Ingredients {
        source: SourcePart::Included,
        ..with_tree(made.path(), "")
    };
    assert_eq!(
        chosen(root.path(), &rules(), &ingredients),
        ["bootstrap"],
        "`.lfnignore` holds"
    );
    assert_eq!(
        chosen(
            root.path(),
            &including(&["*.json", "templates/mail/*.html"]),
            &ingredients
        ),
        ["bootstrap", "config.json", "templates/mail/a.html"]
    );
    assert_eq!(
        chosen(root.path(), &including(&["templates/"]), &ingredients),
        ["bootstrap", "templates/mail/a.html", "templates/mail/b.txt"]
    );
}

#[test]
fn of_two_files_with_one_name_the_source_folders_stays_then_the_earlier_trees() {
    let root = tree(&[("x", "source"), ("only", "")]);
    let (one, two) = (tree(&[("x", "one"), ("y", "one")]), tree(&[("y", "two"), ("z", "two")]));
    let ingredients = Ingredients {
        trees: vec![Tree::new(one.path(), ""), Tree::new(two.path(), "")],
        ..Ingredients::default()
    };
    let selection = select(root.path(), &rules(), &ingredients).unwrap();
    assert_eq!(names(&selection), ["only", "x", "y", "z"]);
    let from = |name: &str| {
        let file = selection.files.iter().find(|file| file.name == name).unwrap();
        std::fs::read_to_string(&file.path).unwrap()
    };
    assert_eq!([from("x"), from("y"), from("z")], ["source", "one", "two"]);
}

#[test]
fn a_file_where_another_tree_has_a_folder_is_refused() {
    let root = tree(&[("lib", "a file"), ("lib-x", "")]);
    let made = tree(&[("lib/x.so", "")]);
    let found = refused(root.path(), &with_tree(made.path(), ""));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].0.starts_with("`lib` is a file, `"), "{found:?}");
    assert!(found[0].0.contains("/lib/x.so"), "{found:?}");
    assert!(found[0].1.contains("`/lib/` to `.lfnignore`"), "{found:?}");
    // The hint helps.
    put(root.path(), ".lfnignore", "/lib/\n");
    assert_eq!(
        chosen(root.path(), &rules(), &with_tree(made.path(), "")),
        ["lib", "lib-x"]
    );
}

#[test]
fn a_tree_that_is_gone_is_named_with_all_other_problems() {
    let root = tree(&[("a", ""), ("file", "")]);
    let ingredients = Ingredients {
        trees: vec![
            Tree::new(root.path().join("gone"), ""),
            Tree::new(root.path().join("file"), ""),
        ],
        ..Ingredients::default()
    };
    let found = refused(root.path(), &ingredients);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].0.ends_with("/file`: it is not a folder"), "{found:?}");
    assert!(found[1].0.contains("/gone`: No such file"), "{found:?}");
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_of_a_tree_lead_where_it_says() {
        let root = tree(&[("index.mjs", "")]);
        let workspace = tree(&[
            ("packages/shared/index.js", "shared"),
            ("packages/shared/README.md", ""),
        ]);
        let installed = tree(&[("dep/index.js", "")]);
        symlink(
            workspace.path().join("packages/shared"),
            installed.path().join("shared"),
        )
        .unwrap();
        let mut ingredients = with_tree(installed.path(), "node_modules/");
        let found = refused(root.path(), &ingredients);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].0.starts_with("the link `node_modules/shared` points to `"),
            "{found:?}"
        );
        assert!(found[0].1.contains("`/node_modules/shared`"), "{found:?}");

        // One that does not exist counts for nothing.
        ingredients.trees[0].links_into = vec![workspace.path().join("gone"), workspace.path().to_path_buf()];
        assert_eq!(
            chosen(root.path(), &excluding(&["*.md"]), &ingredients),
            ["index.mjs", "node_modules/dep/index.js", "node_modules/shared/index.js"]
        );
        // It holds for this tree alone.
        symlink(workspace.path().join("packages"), root.path().join("packages")).unwrap();
        assert_eq!(refused(root.path(), &ingredients).len(), 1);
    }

    #[test]
    fn a_link_of_a_tree_into_the_source_folder_needs_leave_too() {
        let root = tree(&[("index.mjs", ""), ("local/x.js", "")]);
        let installed = tempfile::tempdir().unwrap();
        symlink(root.path().join("local"), installed.path().join("local")).unwrap();
        let mut ingredients = with_tree(installed.path(), "node_modules/");
        assert_eq!(refused(root.path(), &ingredients).len(), 1);
        ingredients.trees[0].links_into = vec![root.path().to_path_buf()];
        let expected = ["index.mjs", "local/x.js", "node_modules/local/x.js"];
        assert_eq!(chosen(root.path(), &rules(), &ingredients), expected);
    }
}
