//! Node.js: `folder/file.export`, as Lambda's runtime interface client looks for it.
//!
//! Source: aws/aws-lambda-nodejs-runtime-interface-client, `UserFunction.js`: the name of the file ends at the
//! first full stop; `.js`, `.mjs` and `.cjs` are tried, then packages.

use std::collections::BTreeSet;

use super::mask::{in_name, javascript, words};
use super::{no_file, no_symbol};
use crate::domain::package::Selection;
use crate::domain::package::preflight::{Finding, Subject, contents};

/// Longer lines were written by a bundler.
const LONG_LINE: usize = 1000;

pub fn check(selection: &Selection, subject: &Subject<'_>) -> Option<Finding> {
    let handler = subject.handler;
    let (folder, name) = handler
        .rsplit_once('/')
        .map_or(("", handler), |(folder, name)| (folder, name));
    let folder = folder.trim_start_matches("./");
    let (module, symbol) = name.split_once('.')?;
    let stem = if folder.is_empty() {
        module.to_owned()
    } else {
        format!("{folder}/{module}")
    };
    let handler_of = |file: &str| {
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        format!("{stem}.{symbol}")
    };
    let found = ["", ".js", ".mjs", ".cjs"]
        .iter()
        .find_map(|end| contents::file(selection, &format!("{stem}{end}")));
    let Some(file) = found else {
        // `require` looks further: for a folder with an index, and for a package.
        let others = [
            format!("{stem}/"),
            format!("node_modules/{module}/"),
            format!("{folder}/node_modules/{module}/"),
        ];
        let data = ["json", "node"].map(|end| format!("{stem}.{end}"));
        if others.iter().any(|folder| contents::holds_folder(selection, folder))
            || data.iter().any(|name| contents::file(selection, name).is_some())
        {
            return None;
        }
        let typescript = ["ts", "mts", "cts", "tsx"].map(|end| format!("{stem}.{end}"));
        if let Some(name) = typescript.iter().find(|name| contents::file(selection, name).is_some()) {
            let message = format!("`{name}` is TypeScript, which Lambda does not run");
            let hint = "set `package: { bundle: true }`, or build it to JavaScript with `package.build` and point `package.source` or `handler` at the result";
            return (!subject.layered).then(|| Finding::missing(name, message, hint));
        }
        let expected = ["mjs", "js", "cjs"].map(|end| format!("{stem}.{end}"));
        return no_file(selection, subject, &expected, handler_of);
    };
    let wanted = symbol.split('.').next().unwrap_or(symbol);
    let text = contents::source(file)?;
    // At the top of a CommonJS file `this` is what it exports.
    if text.contains(&format!("this.{wanted}")) {
        return None;
    }
    let exports = exports(&text)?;
    if exports.contains(wanted) || wanted.is_empty() {
        return None;
    }
    let there: Vec<&str> = exports.iter().map(String::as_str).collect();
    let handler_of = |export: &str| format!("{stem}.{export}");
    Some(no_symbol(&file.name, "exports", wanted, &there, handler_of))
}

/// The names a file exports; `None` when some cannot be known from the file alone.
fn exports(text: &str) -> Option<BTreeSet<String>> {
    if text.lines().any(|line| line.len() > LONG_LINE) {
        return None;
    }
    let code = javascript(text)?;
    if ["eval", "__exportStar", "__export"]
        .iter()
        .any(|word| words(&code, word).next().is_some())
    {
        return None;
    }
    // Whoever is given the module may export anything; to compare with it gives it to nobody.
    let handed_over = words(&code, "module").any(|at| {
        let after = code[at + 6..].trim_start();
        after.starts_with(['[', ',', ')']) && !code[..at].trim_end().ends_with('=')
    });
    if handed_over {
        return None;
    }
    let mut names = BTreeSet::new();
    for at in words(&code, "export") {
        if code[..at].trim_end().ends_with('.') || code[at + 6..].trim_start().starts_with([':', '=', ',', ')', '(']) {
            continue;
        }
        statement(code[at + 6..].trim_start(), &mut names)?;
    }
    for at in words(&code, "exports") {
        common_js(&code, text, at, &mut names)?;
    }
    Some(names)
}

/// Reads what follows `export`.
fn statement(rest: &str, names: &mut BTreeSet<String>) -> Option<()> {
    if let Some(list) = rest.strip_prefix('{') {
        let (list, _) = list.split_once('}')?;
        for item in list.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let name = item.split_whitespace().next_back()?;
            // A name in quotes was blanked out.
            if item.ends_with(" as") || name == "as" {
                return None;
            }
            names.insert(name.to_owned());
        }
        return Some(());
    }
    if let Some(rest) = rest.strip_prefix('*') {
        let (name, _) = word(rest.trim_start().strip_prefix("as ")?)?;
        names.insert(name.to_owned());
        return Some(());
    }
    let (keyword, after) = word(rest)?;
    match keyword {
        "default" => names.insert("default".into()),
        "async" => {
            let (_, after) = word(after)?;
            names.insert(word(after.trim_start().trim_start_matches('*'))?.0.to_owned())
        }
        "function" => names.insert(word(after.trim_start().trim_start_matches('*'))?.0.to_owned()),
        "class" => names.insert(word(after)?.0.to_owned()),
        "const" | "let" | "var" => {
            let (name, after) = word(after)?;
            names.insert(name.to_owned());
            // `export let a, b` and `export const a = 1, b = 2`: the others are not looked for.
            let end = after.find([';', '\n']).unwrap_or(after.len());
            if after[..end].contains(',') && !after[..end].contains(['(', '{', '['])
                || after[..end].trim_end().ends_with(',')
            {
                return None;
            }
            true
        }
        _ => return None,
    };
    Some(())
}

/// Reads one use of `exports`.
fn common_js(code: &str, text: &str, at: usize, names: &mut BTreeSet<String>) -> Option<()> {
    let before = code[..at].trim_end();
    let owner = before.strip_suffix('.').map(str::trim_end);
    let of_module = |owner: &str| {
        let rest = owner.strip_suffix("module");
        rest.is_some_and(|rest| !rest.trim_end().ends_with('.') && !rest.bytes().next_back().is_some_and(in_name))
    };
    if owner.is_some_and(|owner| !of_module(owner)) {
        return Some(()); // a property of something else
    }
    // What the TypeScript compiler writes at the top of every file.
    if text[at..].starts_with("exports, \"__esModule\"") {
        return Some(());
    }
    let rest = code[at + 7..].trim_start();
    if let Some(rest) = rest.strip_prefix('.') {
        names.insert(word(rest)?.0.to_owned());
        return Some(());
    }
    let rest = rest
        .strip_prefix('=')
        .filter(|rest| !rest.starts_with(['=', '>']))?
        .trim_start();
    let chained = ["exports", "module"]
        .iter()
        .any(|name| word(rest).is_some_and(|(first, _)| first == *name));
    if chained {
        return Some(()); // `module.exports = exports = …`: the next one is looked at by itself
    }
    object(rest.strip_prefix('{')?, names)
}

/// Reads the keys of an object literal, up to its closing brace.
fn object(rest: &str, names: &mut BTreeSet<String>) -> Option<()> {
    let mut depth = 0_usize;
    let mut start = 0;
    for (at, c) in rest.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' if depth == 0 => return key(&rest[start..at], names),
            '}' | ')' | ']' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => {
                key(&rest[start..at], names)?;
                start = at + 1;
            }
            _ => {}
        }
    }
    None
}

fn key(item: &str, names: &mut BTreeSet<String>) -> Option<()> {
    let item = item.trim();
    if item.is_empty() {
        return Some(());
    }
    let (mut name, mut after) = word(item.trim_start_matches('*'))?;
    while matches!(name, "async" | "get" | "set")
        && !after.trim_start().starts_with([':', '(', ','])
        && !after.trim().is_empty()
    {
        (name, after) = word(after.trim_start().trim_start_matches('*'))?;
    }
    names.insert(name.to_owned());
    Some(())
}

/// The name that the text begins with, and the rest.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.bytes().position(|byte| !in_name(byte)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::Tree;
    use super::*;

    #[test]
    fn names_are_found_in_every_way_of_exporting() {
        for (text, expected) in [
            ("export const handler = async () => {};", vec!["handler"]),
            ("export async function handler(event, context) {}", vec!["handler"]),
            (
                "export function* pages() {}\nexport class Shop {}",
                vec!["Shop", "pages"],
            ),
            ("const a = 1;\nexport { a as handler, b };", vec!["b", "handler"]),
            ("export { handler } from './app.mjs';", vec!["handler"]),
            ("export * as shop from './shop.mjs';", vec!["shop"]),
            ("export default { fetch() {} }", vec!["default"]),
            ("exports.handler = async (event) => event;", vec!["handler"]),
            ("module.exports.main = main", vec!["main"]),
            (
                "module.exports = { handler, other: 1, async late() {}, get it() { return {a: 1} } }",
                vec!["handler", "it", "late", "other"],
            ),
            (
                "\"use strict\";\nObject.defineProperty(exports, \"__esModule\", { value: true });\nexports.run = void 0;",
                vec!["run"],
            ),
            ("module.exports = exports = { handler }", vec!["handler"]),
            ("// export const handler\nconst x = 'exports.handler = 1';", vec![]),
            ("a.exports.handler = 1", vec![]),
            ("export const handler = fn(a, b);", vec!["handler"]),
        ] {
            let found = exports(text).unwrap_or_else(|| panic!("cannot tell: {text}"));
            assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_left_alone() {
        for text in [
            "export * from './app.mjs';",
            "export const { handler } = make();",
            "export let a, handler;",
            "module.exports = require('./app');",
            "fill(module);",
            "module.exports = make();",
            "module.exports = { ...other };",
            "module.exports = { 'handler': fn };",
            "exports['handler'] = fn;",
            "Object.assign(exports, { handler });",
            "__exportStar(require('./app'), exports);",
            "export { fn as 'handler' };",
            "var x = `unfinished",
            &format!("export const other=1;{}", "x();".repeat(400)),
        ] {
            assert_eq!(exports(text), None, "{text}");
            let tree = Tree::of(&[("index.mjs", text)]);
            assert_eq!(
                tree.told("nodejs24.x", "index.handler"),
                <[&str; 0]>::default(),
                "{text}"
            );
        }
    }

    #[test]
    fn a_handler_that_is_there_is_found_wherever_node_looks() {
        for (handler, file) in [
            ("index.handler", "index.mjs"),
            ("index.handler", "index.cjs"),
            ("src/app.handler", "src/app.js"),
            ("./src/app.handler", "src/app.js"),
            ("app.handler", "node_modules/app/index.js"),
            ("lib.handler", "lib/index.js"),
            ("index.handler", "index"),
            ("index.handler.inner", "index.js"),
        ] {
            let text = if file.ends_with("app.js") {
                "this.handler = {}"
            } else {
                "exports.handler = {}"
            };
            let tree = Tree::of(&[(file, text)]);
            assert_eq!(
                tree.told("nodejs24.x", handler),
                <[&str; 0]>::default(),
                "{handler} in {file}"
            );
        }
    }

    #[test]
    fn what_is_missing_comes_with_the_nearest_name() {
        for (handler, files, expected) in [
            (
                "index.handler",
                vec![("index.mjs", "export const handlr = 1;")],
                "error: `index.mjs` does not export `handler`, which `handler` names | did you mean `handler: index.handlr`?",
            ),
            (
                "index.handler",
                vec![("index.js", "exports.main = 1;")],
                "error: `index.js` does not export `handler`, which `handler` names | it exports `main`: write `handler: index.main`",
            ),
            (
                "index.handler",
                vec![("index.js", "const handler = 1;")],
                "error: `index.js` does not export `handler`, which `handler` names | add `handler` to it, or name another file in `handler`",
            ),
            (
                "index.handler",
                vec![("src/index.mjs", "")],
                "error: the handler `index.handler` needs `index.mjs` or the like, which is not in the archive | \
                 it is at `src/index.mjs`: write `handler: src/index.handler`, or set `package.source`",
            ),
            (
                "indx.handler",
                vec![("index.mjs", "")],
                "error: the handler `indx.handler` needs `indx.mjs` or the like, which is not in the archive | \
                 did you mean `handler: index.handler`?",
            ),
            (
                "index.handler",
                vec![("index.ts", "")],
                "error: `index.ts` is TypeScript, which Lambda does not run | set `package: { bundle: true }`, or build it to \
                 JavaScript with `package.build` and point `package.source` or `handler` at the result",
            ),
        ] {
            assert_eq!(Tree::of(&files).told("nodejs24.x", handler), [expected]);
        }
    }
}
