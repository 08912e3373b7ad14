//! Dependencies that were installed, of which the user's own patterns leave out every file.

use super::{Finding, Subject};
use crate::domain::package::Selection;

/// Returns what was installed for nothing. A layer may bring it.
pub fn check(selection: &Selection, subject: &Subject<'_>) -> Vec<Finding> {
    if subject.layered {
        return Vec::new();
    }
    let dropped = selection.dropped.iter().map(|dropped| {
        let what = match dropped.folder.as_str() {
            "" => "the installed dependencies".to_owned(),
            folder => format!("what was installed for `{folder}`"),
        };
        Finding::note(
            &format!("nothing of {what} is packaged: {} leaves it out", dropped.by),
            "remove the pattern: lfn installs just what the function needs; or write `package: { dependencies: none }` \
             if it needs none, or a layer brings them",
        )
    });
    dropped.collect()
}

#[cfg(test)]
mod tests {
    use super::super::samples::line;
    use super::*;
    use crate::domain::config::PackageConfig;
    use crate::domain::function::Architecture;
    use crate::domain::names::RuntimeId;
    use crate::domain::package::{Ingredients, Tree, select};

    fn told(ignored: &str, exclude: &[&str], trees: &[&str], layered: bool) -> Vec<String> {
        let source = tempfile::tempdir().unwrap();
        std::fs::write(source.path().join("index.mjs"), "").unwrap();
        std::fs::write(source.path().join(".lfnignore"), ignored).unwrap();
        let installed = tempfile::tempdir().unwrap();
        std::fs::create_dir(installed.path().join("dep")).unwrap();
        std::fs::write(installed.path().join("dep/index.js"), "").unwrap();
        let rules = PackageConfig {
            exclude: exclude.iter().map(ToString::to_string).collect(),
            ..PackageConfig::default()
        };
        let ingredients = Ingredients {
            trees: trees
                .iter()
                .map(|prefix| Tree::new(installed.path(), *prefix))
                .collect(),
            ..Ingredients::default()
        };
        let selection = select(source.path(), &rules, &ingredients).unwrap();
        let runtime = RuntimeId::new("nodejs24.x").unwrap();
        let subject = Subject {
            runtime: &runtime,
            handler: "index.handler",
            architecture: Architecture::X86_64,
            layered,
            allow_secrets: &[],
        };
        check(&selection, &subject).iter().map(line).collect()
    }

    #[test]
    fn what_was_installed_for_nothing_is_told_with_the_pattern() {
        let hint = "remove the pattern: lfn installs just what the function needs; or write `package: { dependencies: none }` \
                    if it needs none, or a layer brings them";
        let modules = ["node_modules/"];
        for (ignored, exclude, trees, what) in [
            (
                "node_modules/\n",
                &[][..],
                &modules[..],
                "what was installed for `node_modules/` is packaged: `node_modules/` in `.lfnignore`",
            ),
            (
                "",
                &["/node_modules/**"],
                &modules,
                "what was installed for `node_modules/` is packaged: `/node_modules/**` in `package.exclude`",
            ),
            (
                "node_modules\n",
                &[],
                &["node_modules/a/", "node_modules/b/"],
                "what was installed for `node_modules/` is packaged: `node_modules` in `.lfnignore`",
            ),
            (
                "*\n!index.mjs\n",
                &[],
                &[""],
                "the installed dependencies is packaged: `*` in `.lfnignore`",
            ),
        ] {
            let expected = format!("warning: nothing of {what} leaves it out | {hint}");
            assert_eq!(told(ignored, exclude, trees, false), [expected]);
        }
        assert_eq!(
            told("node_modules/\n", &[], &modules, true).len(),
            0,
            "a layer may bring it"
        );
        assert_eq!(told("*.md\n", &[], &modules, false).len(), 0);
        let some = told(
            "/node_modules/a/\n",
            &[],
            &["node_modules/a/", "node_modules/b/"],
            false,
        );
        assert_eq!(some.len(), 0, "one package of several");
    }
}
