//! The other runtimes: what is cheap to look at, and sure.

use std::fs::File;
use std::io::BufReader;

use zip::ZipArchive;

use super::no_file;
use crate::domain::config::nearest;
use crate::domain::package::preflight::{Finding, Subject, contents};
use crate::domain::package::{SelectedFile, Selection};

/// `provided.*` run `bootstrap` at the root, by name. Source: Lambda developer guide, "Custom runtimes".
pub fn bootstrap(selection: &Selection, subject: &Subject<'_>) -> Option<Finding> {
    const NAME: &str = "bootstrap";
    let Some(file) = contents::file(selection, NAME) else {
        if subject.layered {
            return None;
        }
        let message = format!(
            "`{}` runs `bootstrap`, which is not at the root of the archive",
            subject.runtime
        );
        let elsewhere = selection
            .files
            .iter()
            .find_map(|file| file.name.strip_suffix("/bootstrap"));
        let hint = match elsewhere {
            Some(folder) => format!("it is in `{folder}`: point `package.source` there"),
            None => "name the program `bootstrap`, and point `package.source` at its folder".into(),
        };
        return Some(Finding::missing(NAME, message, hint));
    };
    let start = contents::start(file, 256)?;
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if start.starts_with(b"#!") {
        return line.ends_with(b"\r").then(|| {
            let message = "`bootstrap` has Windows line endings, so its interpreter is not found";
            Finding::error(
                NAME,
                message,
                "save it with LF line endings; in Git: `bootstrap text eol=lf` in `.gitattributes`",
            )
        });
    }
    // Other formats of programs are looked at together with all programs of the archive.
    let text = !start.contains(&0) && !start.starts_with(b"\x7fELF") && !start.starts_with(b"MZ");
    text.then(|| {
        let message = "`bootstrap` is neither a program nor a script: it does not begin with `#!`";
        Finding::error(NAME, message, "begin a script with a line such as `#!/bin/sh`")
    })
}

/// `file.method`, or `folder/file.Class.method`.
pub fn ruby(selection: &Selection, subject: &Subject<'_>) -> Option<Finding> {
    let (stem, method) = subject.handler.split_once('.')?;
    let name = format!("{stem}.rb");
    if contents::file(selection, &name).is_some() {
        return None;
    }
    no_file(selection, subject, &[name], |file| {
        format!("{}.{method}", file.strip_suffix(".rb").unwrap_or(file))
    })
}

/// `Assembly::Namespace.Class::Method`, or the name of an executable assembly.
pub fn dotnet(selection: &Selection, subject: &Subject<'_>) -> Option<Finding> {
    let (assembly, rest) = subject.handler.split_once("::").unwrap_or((subject.handler, ""));
    let name = format!("{assembly}.dll");
    if assembly.is_empty() || contents::file(selection, &name).is_some() {
        return None;
    }
    no_file(selection, subject, &[name], |file| {
        let assembly = file.strip_suffix(".dll").unwrap_or(file);
        if rest.is_empty() {
            assembly.to_owned()
        } else {
            format!("{assembly}::{rest}")
        }
    })
}

/// `package.Class::method`: a class file at the root, or one in a jar in `lib/`; the root's own jars are not
/// on the class path. Source: Lambda developer guide, "Deploy Java Lambda functions with .zip".
pub fn java(selection: &Selection, subject: &Subject<'_>) -> Option<Finding> {
    let class = subject.handler.split("::").next().unwrap_or_default();
    let name = format!("{}.class", class.replace('.', "/"));
    if subject.layered || class.is_empty() || contents::file(selection, &name).is_some() {
        return None;
    }
    let jars = |folder: &'static str| {
        let in_folder = move |file: &&SelectedFile| {
            let rest = file
                .name
                .strip_prefix(folder)
                .and_then(|rest| rest.strip_suffix(".jar"));
            rest.is_some_and(|rest| !rest.contains('/'))
        };
        selection.files.iter().filter(in_folder)
    };
    for jar in jars("lib/") {
        if holds(jar, &name)? {
            return None;
        }
    }
    let message = format!("the archive has no class `{class}`, which `handler` names");
    let hint = match jars("").find(|jar| holds(jar, &name) == Some(true)) {
        Some(jar) => format!(
            "it is in `{0}`, where Lambda does not look: put that at `lib/{0}`",
            jar.name
        ),
        None => {
            let there = jars("lib/").chain(jars("")).flat_map(classes).collect::<Vec<_>>();
            match nearest(class, there.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `handler: {near}{}`?", &subject.handler[class.len()..]),
                None => "build it first: class files at the root of the archive, dependencies as jars in `lib/`".into(),
            }
        }
    };
    Some(Finding::missing(name, message, hint))
}

/// The classes in a jar, as `handler` writes them.
fn classes(jar: &SelectedFile) -> Vec<String> {
    let archive = File::open(&jar.path).map(|file| ZipArchive::new(BufReader::new(file)));
    let Ok(Ok(archive)) = archive else {
        return Vec::new();
    };
    let names = archive.file_names().filter_map(Result::ok);
    names
        .filter_map(|name| Some(name.strip_suffix(".class")?.replace('/', ".")))
        .collect()
}

/// Whether a jar holds this entry; `None` when it cannot be read.
fn holds(jar: &SelectedFile, name: &str) -> Option<bool> {
    let archive = ZipArchive::new(BufReader::new(File::open(&jar.path).ok()?)).ok()?;
    Some(archive.index_for_name(name).is_some())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write as _};

    use super::super::super::samples::Tree;

    fn jar(class: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(class, zip::write::SimpleFileOptions::DEFAULT).unwrap();
        zip.write_all(b"\xca\xfe\xba\xbe").unwrap();
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn a_custom_runtime_needs_a_bootstrap_that_starts() {
        for (file, text, expected) in [
            ("bootstrap", "#!/bin/sh\necho\n", None),
            (
                "bootstrap",
                "#!/bin/sh\r\necho\r\n",
                Some("`bootstrap` has Windows line endings, so its interpreter is not found"),
            ),
            (
                "bootstrap",
                "echo hello\n",
                Some("`bootstrap` is neither a program nor a script: it does not begin with `#!`"),
            ),
            (
                "out/bootstrap",
                "#!/bin/sh\n",
                Some("`provided.al2023` runs `bootstrap`, which is not at the root of the archive"),
            ),
        ] {
            let found = Tree::of(&[(file, text)]).findings("provided.al2023", "bootstrap");
            assert_eq!(
                found.iter().map(|finding| finding.message.as_str()).collect::<Vec<_>>(),
                Vec::from_iter(expected)
            );
        }
    }

    #[test]
    fn ruby_and_dotnet_need_their_file() {
        for (runtime, handler, file, hint) in [
            ("ruby3.4", "app.handler", "app.rb", None),
            ("ruby3.4", "app.Shop::Orders.handler", "app.rb", None),
            (
                "ruby3.4",
                "ap.handler",
                "app.rb",
                Some("did you mean `handler: app.handler`?"),
            ),
            ("dotnet10", "Shop::Shop.Orders::Handle", "Shop.dll", None),
            ("dotnet10", "Shop", "Shop.dll", None),
            (
                "dotnet10",
                "Shops::Shop.Orders::Handle",
                "Shop.dll",
                Some("did you mean `handler: Shop::Shop.Orders::Handle`?"),
            ),
        ] {
            let found = Tree::of(&[(file, "")]).findings(runtime, handler);
            let hints: Vec<_> = found.iter().map(|finding| finding.hint.as_deref()).collect();
            assert_eq!(hints, Vec::from_iter(hint.map(Some)), "{runtime} {handler}");
        }
    }

    #[test]
    fn java_classes_are_looked_for_at_the_root_and_in_lib() {
        let class = "shop/Orders.class";
        for (name, bytes, hint) in [
            (class, Vec::new(), None),
            ("lib/shop.jar", jar(class), None),
            ("lib/shop.jar", b"not a jar".to_vec(), None),
            (
                "shop.jar",
                jar(class),
                Some("it is in `shop.jar`, where Lambda does not look: put that at `lib/shop.jar`"),
            ),
            (
                "lib/shop.jar",
                jar("shop/Order.class"),
                Some("did you mean `handler: shop.Order::handle`?"),
            ),
            (
                "lib/other.jar",
                jar("mail/Sender.class"),
                Some("build it first: class files at the root of the archive, dependencies as jars in `lib/`"),
            ),
        ] {
            let found = Tree::new().with(name, bytes).findings("java21", "shop.Orders::handle");
            let hints: Vec<_> = found.iter().map(|finding| finding.hint.as_deref()).collect();
            assert_eq!(hints, Vec::from_iter(hint.map(Some)), "{name}");
        }
    }
}
