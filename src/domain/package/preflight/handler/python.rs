//! Python: `folder/module.function` or `folder.module.function`, imported from the root of the archive.
//!
//! Source: aws/aws-lambda-python-runtime-interface-client, `bootstrap.py`: the function stands after the last
//! full stop, and slashes before it are full stops.

use super::mask::{python, words};
use super::{no_file, no_symbol};
use crate::domain::package::Selection;
use crate::domain::package::preflight::{Finding, Subject, contents};

pub fn check(selection: &Selection, subject: &Subject<'_>) -> Option<Finding> {
    let (module, function) = subject.handler.rsplit_once('.')?;
    let path = module.replace('.', "/");
    let stem = path.trim_start_matches('/');
    let expected = [format!("{stem}.py"), format!("{stem}/__init__.py")];
    // A package goes before a module of its name.
    let found = expected.iter().rev().find_map(|name| contents::file(selection, name));
    let Some(file) = found else {
        // Compiled modules, and folders that are packages without being told.
        let compiled = selection.files.iter().any(|file| {
            let end = file.name.strip_prefix(stem).and_then(|end| end.strip_prefix('.'));
            end.is_some_and(|end| matches!(end.rsplit('.').next(), Some("so" | "pyc")))
        });
        let handler_of = |file: &str| {
            let stem = file
                .strip_suffix("/__init__.py")
                .or_else(|| file.strip_suffix(".py"))
                .unwrap_or(file);
            format!("{stem}.{function}")
        };
        return if compiled {
            None
        } else {
            no_file(selection, subject, &expected[..1], handler_of)
        };
    };
    let text = contents::source(file)?;
    let code = python(&text)?;
    let dynamic = ["exec", "globals", "setattr", "__getattr__"];
    if dynamic.iter().any(|word| words(&code, word).next().is_some()) || imports_everything(&code) {
        return None;
    }
    if words(&code, function).any(|at| !code[..at].trim_end().ends_with('.')) {
        return asynchronous(&code, function).then(|| {
            let message = format!(
                "`{function}` in `{}` is `async`, and Lambda does not await it",
                file.name
            );
            let hint = format!("make it a plain function that calls `asyncio.run({function}_async(event, context))`");
            Finding::warning(&file.name, message, hint)
        });
    }
    let there: Vec<&str> = code.lines().filter_map(defined).collect();
    let handler_of = |name: &str| format!("{module}.{name}");
    Some(no_symbol(&file.name, "defines", function, &there, handler_of))
}

/// The function that a line at the top level defines.
fn defined(line: &str) -> Option<&str> {
    let line = line.strip_prefix("async ").unwrap_or(line);
    let name = line.strip_prefix("def ")?.trim_start();
    let end = name.find(['(', '[', ' '])?;
    Some(&name[..end])
}

/// `from x import *`, on one line or over several.
fn imports_everything(code: &str) -> bool {
    words(code, "import").any(|at| {
        code[at + 6..]
            .trim_start_matches([' ', '\t', '(', '\\', '\r', '\n'])
            .starts_with('*')
    })
}

/// Whether the name is an undecorated `async def` at the top level, and nothing else.
fn asynchronous(code: &str, function: &str) -> bool {
    let lines: Vec<&str> = code.lines().collect();
    let is_async = |line: &&str| line.starts_with("async ") && defined(line) == Some(function);
    let Some(at) = lines.iter().position(is_async) else {
        return false;
    };
    let decorated = lines[..at].iter().rev().find(|line| !line.trim().is_empty());
    // `handler = wrap(handler)` and the like give it another meaning.
    let once = words(code, function).count() == 1;
    once && !decorated.is_some_and(|line| line.starts_with(['@', ')']))
}

#[cfg(test)]
mod tests {
    use super::super::super::samples::Tree;

    #[test]
    fn a_handler_that_is_there_is_found() {
        for (handler, file, text) in [
            ("app.handler", "app.py", "def handler(event, context):\n    pass\n"),
            ("app.handler", "app/__init__.py", "handler = make()\n"),
            ("shop/app.handler", "shop/app.py", "from .core import handler\n"),
            (
                "shop.app.handler",
                "shop/app.py",
                "from .core import (\n    main as handler,\n)\n",
            ),
            ("app.handler", "app.py", "from core import *\n"),
            ("app.handler", "app.py", "globals()['handler'] = 1\n"),
            ("app.handler", "app.py", "if True:\n    handler = 1\n"),
            ("app.handler", "app.py", "x = '''unfinished"),
            ("app.handler", "app.cpython-313-x86_64-linux-gnu.so", ""),
            (
                "app.handler",
                "app.py",
                "@wrap\nasync def handler(event, context):\n    pass\n",
            ),
            (
                "app.handler",
                "app.py",
                "async def handler(event, context):\n    pass\nhandler = wrap(handler)\n",
            ),
        ] {
            let tree = Tree::of(&[(file, text)]);
            assert_eq!(
                tree.told("python3.13", handler),
                <[&str; 0]>::default(),
                "{handler} in {file}: {text}"
            );
        }
    }

    #[test]
    fn what_is_missing_comes_with_the_nearest_name() {
        for (handler, files, expected) in [
            (
                "app.handler",
                vec![(
                    "app.py",
                    "# handler\ndef lambda_handler(event, context):\n    x.handler('handler')\n",
                )],
                "error: `app.py` does not define `handler`, which `handler` names | it defines `lambda_handler`: write \
                 `handler: app.lambda_handler`",
            ),
            (
                "app.handler",
                vec![("app.py", "def handlr(e, c): pass\ndef other(): pass\n")],
                "error: `app.py` does not define `handler`, which `handler` names | did you mean `handler: app.handlr`?",
            ),
            (
                "app.handler",
                vec![("src/app.py", "")],
                "error: the handler `app.handler` needs `app.py`, which is not in the archive | it is at `src/app.py`: write \
                 `handler: src/app.handler`, or set `package.source`",
            ),
            (
                "main.handler",
                vec![("app.py", "")],
                "error: the handler `main.handler` needs `main.py`, which is not in the archive | check `handler`, \
                 `package.source` and `package.exclude`; `lfn package` lists what goes in",
            ),
            (
                "app.handler",
                vec![("app.py", "async def handler(event, context):\n    pass\n")],
                "warning: `handler` in `app.py` is `async`, and Lambda does not await it | make it a plain function that calls \
                 `asyncio.run(handler_async(event, context))`",
            ),
        ] {
            assert_eq!(Tree::of(&files).told("python3.13", handler), [expected]);
        }
    }
}
