//! Jars: which one is meant, what is inside, and a copy that is the same each time.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use crate::build::compiled::names_in;
use crate::error::Problem;

/// How the names of jars without a program end, or begin in the case of what the shade plugin leaves behind.
const OTHERS: [&str; 4] = ["-sources.jar", "-javadoc.jar", "-tests.jar", "-plain.jar"];
const BEFORE_SHADING: &str = "original-";

/// The archive in these folders that holds the class of this handler: the one with the most in it, when the
/// others are parts of it by their names (`app-1.0.jar` of `app-1.0-all.jar`).
pub fn find(folders: &[PathBuf], handler: &str) -> anyhow::Result<Option<PathBuf>> {
    let class = handler.split("::").next().unwrap_or_default().replace('.', "/") + ".class";
    let (mut holding, mut jars) = (Vec::new(), Vec::new());
    for path in folders.iter().flat_map(|folder| archives_in(folder)) {
        let is_jar = path.extension().is_some_and(|end| end == "jar");
        let names = entries(&path)?;
        // What is to be unpacked may have the class in a jar of its own.
        let in_lib = |name: &str| !is_jar && name.starts_with("lib/") && name.ends_with(".jar");
        let holds = names.iter().any(|name| *name == class || in_lib(name));
        let size = fs::metadata(&path).map(|metadata| metadata.len()).unwrap_or_default();
        if holds {
            holding.push((size, path));
        } else if is_jar {
            jars.push((size, path));
        }
    }
    // Without the class in any of them, the check of the handler says so.
    let mut candidates = if holding.is_empty() { jars } else { holding };
    candidates.sort();
    let Some((_, largest)) = candidates.pop() else {
        return Ok(None);
    };
    let of_another = candidates.iter().find(|(_, path)| !is_part(path, &largest));
    match of_another {
        None => Ok(Some(largest)),
        Some((_, other)) => {
            let (one, other) = (largest.display(), other.display());
            Err(
                Problem::failed(format!("`{one}` and `{other}` could both be the function"))
                    .hint("remove what an earlier build left, such as with `mvn clean` or `gradle clean`")
                    .into(),
            )
        }
    }
}

/// Whether one name is the other's with something added.
fn is_part(path: &Path, of: &Path) -> bool {
    let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let (one, other) = (stem(path), stem(of));
    one.starts_with(&other) || other.starts_with(&one)
}

fn archives_in(folder: &Path) -> Vec<PathBuf> {
    let is_program = |name: &String| {
        let is_archive = name.ends_with(".jar") || (name.ends_with(".zip") && folder.ends_with("distributions"));
        is_archive && !name.starts_with(BEFORE_SHADING) && !OTHERS.iter().any(|end| name.ends_with(end))
    };
    let names = names_in(folder).into_iter().filter(is_program);
    names
        .map(|name| folder.join(name))
        .filter(|path| path.is_file())
        .collect()
}

/// The classes that a jar holds.
pub fn classes(jar: &Path) -> anyhow::Result<Vec<String>> {
    // Below `META-INF` are variants of classes for newer machines.
    let is_class = |name: &String| name.ends_with(".class") && !name.starts_with("META-INF/");
    Ok(entries(jar)?.into_iter().filter(is_class).collect())
}

/// The names in an archive, in its own order.
fn entries(path: &Path) -> anyhow::Result<Vec<String>> {
    let archive = open(path)?;
    let names = archive.file_names().map(|name| name.map(std::borrow::Cow::into_owned));
    names
        .collect::<Result<_, _>>()
        .with_context(|| format!("could not read `{}`", path.display()))
}

/// Copies a jar so that the same contents give the same bytes: tools put the time into each of its entries.
/// Uncompressed, since the archive around it compresses.
pub fn rewrite(jar: &Path, into: &Path) -> anyhow::Result<()> {
    let cannot = || format!("could not copy `{}` into the cache", jar.display());
    let mut archive = open(jar)?;
    let mut names = entries(jar)?;
    // Readers of streams expect the manifest first.
    names.sort_by(|one, other| {
        let rank = |name: &str| (name != "META-INF/MANIFEST.MF", !name.starts_with("META-INF/"));
        rank(one).cmp(&rank(other)).then_with(|| one.cmp(other))
    });
    let mut copy = ZipWriter::new(BufWriter::new(File::create(into).with_context(cannot)?));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default());
    for name in names.iter().filter(|name| !name.ends_with('/')) {
        let mut entry = archive.by_name(name).with_context(cannot)?;
        copy.start_file(name.as_str(), options).with_context(cannot)?;
        io::copy(&mut entry, &mut copy).with_context(cannot)?;
    }
    copy.finish()
        .with_context(cannot)?
        .into_inner()
        .map_err(io::IntoInnerError::into_error)
        .with_context(cannot)?;
    Ok(())
}

/// Unpacks a ZIP that is laid out for Lambda.
pub fn unpack(archive: &Path, into: &Path) -> anyhow::Result<()> {
    let cannot = || format!("could not unpack `{}`", archive.display());
    open(archive)?.extract(into).with_context(cannot)
}

fn open(path: &Path) -> anyhow::Result<ZipArchive<BufReader<File>>> {
    let cannot = || format!("could not read `{}`", path.display());
    let file = File::open(path).with_context(cannot)?;
    ZipArchive::new(BufReader::new(file)).with_context(cannot)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn archive(path: &Path, time: DateTime, entries: &[(&str, &str)]) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut zip = ZipWriter::new(File::create(path).unwrap());
        for (name, text) in entries {
            zip.start_file(*name, SimpleFileOptions::default().last_modified_time(time))
                .unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap();
    }

    #[test]
    fn the_jar_with_the_handler_and_the_most_in_it_is_meant() {
        const CLASS: &str = "shop/Orders.class";
        let more = "dependency".repeat(100);
        let fat: &[(&str, &str)] = &[(CLASS, ""), ("other/A.class", &more)];
        let thin: &[(&str, &str)] = &[(CLASS, "")];
        let other: &[(&str, &str)] = &[("other/A.class", "")];
        for (jars, expected) in [
            (vec![("libs/app.jar", thin)], Ok(Some("libs/app.jar"))),
            (
                vec![("libs/app-1.jar", thin), ("libs/app-1-all.jar", fat)],
                Ok(Some("libs/app-1-all.jar")),
            ),
            (
                vec![("libs/app-1.jar", fat), ("libs/original-app-1.jar", thin)],
                Ok(Some("libs/app-1.jar")),
            ),
            (
                vec![("libs/app-1.jar", thin), ("libs/app-1-sources.jar", fat)],
                Ok(Some("libs/app-1.jar")),
            ),
            (
                vec![("libs/app-1.jar", thin), ("libs/other-1.jar", other)],
                Ok(Some("libs/app-1.jar")),
            ),
            (vec![("libs/app-1.jar", other)], Ok(Some("libs/app-1.jar"))),
            (vec![("libs/app-1.jar", thin), ("libs/app-2.jar", thin)], Err(())),
            (
                vec![
                    ("libs/app.jar", thin),
                    (
                        "distributions/app.zip",
                        &[(CLASS, ""), ("lib/a.jar", "more than the jar")],
                    ),
                ],
                Ok(Some("distributions/app.zip")),
            ),
            (
                vec![
                    ("libs/app.jar", thin),
                    ("distributions/app.zip", &[("app/lib/a.jar", "")]),
                ],
                Ok(Some("libs/app.jar")),
            ),
            (vec![], Ok(None)),
        ] {
            let folder = tempfile::tempdir().unwrap();
            for (name, entries) in &jars {
                archive(&folder.path().join(name), DateTime::default(), entries);
            }
            let folders = ["libs", "distributions"].map(|name| folder.path().join(name));
            let found = find(&folders, "shop.Orders::handle");
            let expected = expected.map(|name| name.map(|name| folder.path().join(name)));
            assert_eq!(
                found.map_err(drop),
                expected,
                "{:?}",
                jars.iter().map(|(name, _)| name).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn a_copy_tells_nothing_of_when_and_how_the_jar_was_packed() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other, copy, again] = ["one.jar", "other.jar", "copy", "again"].map(|name| folder.path().join(name));
        let manifest = ("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n");
        let time = DateTime::from_date_and_time(2026, 1, 2, 3, 4, 6).unwrap();
        archive(&one, time, &[manifest, ("a/B.class", "b"), ("META-INF/x", "x")]);
        archive(
            &other,
            DateTime::default(),
            &[("META-INF/x", "x"), ("a/B.class", "b"), manifest],
        );
        rewrite(&one, &copy).unwrap();
        rewrite(&other, &again).unwrap();
        assert_eq!(fs::read(&copy).unwrap(), fs::read(&again).unwrap());
        assert_eq!(
            entries(&copy).unwrap(),
            ["META-INF/MANIFEST.MF", "META-INF/x", "a/B.class"]
        );
        assert_eq!(classes(&copy).unwrap(), ["a/B.class"]);
    }
}
