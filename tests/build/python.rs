//! Python packages: real ones from the package index, and small ones made here, which need no network.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::support::command::{Finished, Lfn, Project};
use crate::support::{lfn, project, python};

/// Which installers are on the PATH.
#[derive(Clone, Copy, PartialEq)]
enum With {
    Uv,
    Pip,
    Nothing,
}

/// A project for this runtime and architecture.
fn shop(runtime: &str, architecture: &str, more: &str) -> Project {
    let project = project();
    let yaml = format!("name: shop\nruntime: {runtime}\nhandler: app.handler\narchitecture: {architecture}\n{more}");
    project
        .write("lambda.yaml", yaml)
        .write("app.py", "def handler(event, context):\n    return 1\n");
    project
}

/// lfn with these installers, and with what the machine says about the package index.
fn run<'a>(project: &'a Project, with: With, words: &str) -> Lfn<'a> {
    let bin = python::environment(python::INSTALLERS);
    let path = std::env::var("PATH").expect("the test's files are ours");
    let path = match with {
        With::Uv => format!("{}:{path}", bin.display()),
        With::Pip => {
            // A wrapper, since the environment's own folder holds uv too.
            let folder = project.home().join("bin");
            fs::create_dir_all(&folder).expect("the test's files are ours");
            let script = format!("#!/bin/sh\nexec '{}' \"$@\"\n", bin.join("python").display());
            let wrapper = folder.join("python3");
            fs::write(&wrapper, script).expect("the test's files are ours");
            fs::set_permissions(&wrapper, std::os::unix::fs::PermissionsExt::from_mode(0o755))
                .expect("the test's files are ours");
            format!("{}:/usr/bin:/bin", folder.display())
        }
        With::Nothing => project.home().join("no-tools").display().to_string(),
    };
    let ends = ["_PROXY", "_proxy"];
    let starts = ["PIP_", "UV_", "SSL_CERT_"];
    let of_index = std::env::vars().filter(|(name, _)| {
        starts.iter().any(|start| name.starts_with(start)) || ends.iter().any(|end| name.ends_with(end))
    });
    let lfn = lfn(project).args(words.split(' ')).env("PATH", &path);
    let lfn = of_index.fold(lfn, |lfn, (name, value)| lfn.env(&name, &value));
    // Downloads are shared by all tests; what lfn installs is not.
    let downloads = |tool: &str| python::cache().join(tool).display().to_string();
    lfn.env("UV_CACHE_DIR", &downloads("uv-downloads"))
        .env("PIP_CACHE_DIR", &downloads("pip-downloads"))
}

/// The files of the archive that a run wrote.
fn files(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let archive = fs::read(project.path().join(".lfn/shop.zip")).expect("the test's files are ours");
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).expect("the test's files are ours");
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).expect("the test's files are ours");
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("the test's files are ours");
        files.insert(entry.name().expect("the test's files are ours").into_owned(), content);
    }
    files
}

/// All that lies in the project's folder but what lfn keeps there.
fn lying(project: &Project) -> Vec<PathBuf> {
    let walk = walkdir::WalkDir::new(project.path()).sort_by_file_name().into_iter();
    let own = walk.filter_entry(|entry| entry.file_name() != ".lfn");
    own.map(|entry| entry.expect("the test's files are ours").into_path())
        .collect()
}

/// A folder of small wheels.
struct Index {
    folder: PathBuf,
}

impl Index {
    fn new(project: &Project) -> Self {
        let folder = project.home().join("wheels");
        fs::create_dir_all(&folder).expect("the test's files are ours");
        Self { folder }
    }

    /// Adds a wheel whose package needs these; returns its hash.
    fn add(&self, name: &str, version: &str, requires: &[&str]) -> String {
        wheel(&self.folder, name, version, requires)
    }

    /// lfn that finds packages here alone.
    fn run<'a>(&self, project: &'a Project, with: With, words: &str) -> Lfn<'a> {
        let folder = self.folder.display().to_string();
        run(project, with, words)
            .env("PIP_FIND_LINKS", &folder)
            .env("PIP_NO_INDEX", "1")
            .env("UV_FIND_LINKS", &folder)
            .env("UV_NO_INDEX", "1")
    }
}

fn wheel(folder: &Path, name: &str, version: &str, requires: &[&str]) -> String {
    let info = format!("{name}-{version}.dist-info");
    let requires: String = requires
        .iter()
        .flat_map(|text| ["Requires-Dist: ", text, "\n"])
        .collect();
    let contents = [
        (format!("{name}/__init__.py"), format!("version = '{version}'\n")),
        (format!("{name}/tests/test_it.py"), "assert True\n".to_owned()),
        (
            format!("{info}/METADATA"),
            format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}"),
        ),
        (
            format!("{info}/WHEEL"),
            "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n".into(),
        ),
        (
            format!("{info}/entry_points.txt"),
            format!("[console_scripts]\n{name} = {name}:main\n"),
        ),
    ];
    let record: String = contents.iter().flat_map(|(path, _)| [path, ",,\n"]).collect();
    let record = (format!("{info}/RECORD"), format!("{record}{info}/RECORD,,\n"));
    let path = folder.join(format!("{name}-{version}-py3-none-any.whl"));
    let mut archive = zip::ZipWriter::new(File::create(&path).expect("the test's files are ours"));
    for (path, text) in contents.iter().chain([&record]) {
        archive
            .start_file(path.as_str(), zip::write::SimpleFileOptions::default())
            .expect("the test's files are ours");
        archive.write_all(text.as_bytes()).expect("the test's files are ours");
    }
    archive.finish().expect("the test's files are ours");
    let digest = Sha256::digest(fs::read(&path).expect("the test's files are ours"));
    let hex: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{}", hex.concat())
}

/// The versions of the packages in an archive.
fn packages(project: &Project) -> Vec<String> {
    let files = files(project);
    let infos = files.keys().filter_map(|name| name.strip_suffix(".dist-info/METADATA"));
    infos.map(str::to_owned).collect()
}

#[test]
fn uv_and_pip_make_the_same_archive_and_touch_nothing() {
    let project = shop("python3.13", "arm64", "");
    let index = Index::new(&project);
    // Markers of the function's machine count, whoever installs on whatever machine.
    index.add(
        "tiny",
        "1.0",
        &[
            "deep>=1",
            "older; python_version < '3.13'",
            "newer; python_version >= '3.13'",
            "windows; sys_platform == 'win32'",
            "arm; platform_machine == 'aarch64'",
            "extra; extra == 'more'",
        ],
    );
    for name in ["deep", "older", "newer", "windows", "arm", "extra"] {
        index.add(name, "1.0", &[]);
    }
    project.write("requirements.txt", "tiny[more]==1.0\nwindows; os_name == 'nt'\n");
    let before = lying(&project);
    let mut archives = Vec::new();
    for (with, cache) in [(With::Uv, "one"), (With::Uv, "two"), (With::Pip, "three")] {
        let cache = project.home().join(cache).display().to_string();
        let finished = index
            .run(&project, with, "package")
            .env("LFN_CACHE_DIR", &cache)
            .run()
            .success();
        assert!(
            finished
                .stderr
                .contains("installing the packages of `requirements.txt`"),
            "{finished}"
        );
        archives.push(fs::read(project.path().join(".lfn/shop.zip")).unwrap());
        let again = index
            .run(&project, with, "package")
            .env("LFN_CACHE_DIR", &cache)
            .run()
            .success();
        assert!(!again.stderr.contains("installing"), "{again}");
    }
    assert_eq!(
        packages(&project),
        ["arm-1.0", "deep-1.0", "extra-1.0", "newer-1.0", "tiny-1.0"]
    );
    let names: Vec<String> = files(&project)
        .into_keys()
        .filter(|name| name.contains("tiny"))
        .collect();
    assert_eq!(
        names,
        [
            "tiny-1.0.dist-info/METADATA",
            "tiny-1.0.dist-info/RECORD",
            "tiny-1.0.dist-info/WHEEL",
            "tiny-1.0.dist-info/entry_points.txt",
            "tiny/__init__.py",
            "tiny/tests/test_it.py",
        ]
    );
    assert!(
        archives.iter().all(|archive| *archive == archives[0]),
        "the archives differ"
    );
    assert_eq!(lying(&project), before);
}

#[test]
fn slim_leaves_out_what_packages_do_not_run() {
    let project = shop("python3.13", "x86_64", "package: { slim: [tests, metadata] }\n");
    let index = Index::new(&project);
    index.add("tiny", "1.0", &[]);
    project
        .write("requirements.txt", "tiny==1.0\n")
        .write("app/tests/own.py", "");
    index.run(&project, With::Uv, "package").run().success();
    let names: Vec<String> = files(&project).into_keys().collect();
    assert_eq!(
        names,
        [
            "app.py",
            "app/tests/own.py",
            "requirements.txt",
            "tiny-1.0.dist-info/METADATA",
            "tiny-1.0.dist-info/entry_points.txt",
            "tiny/__init__.py",
        ]
    );
}

#[test]
fn lock_files_decide_versions_and_hashes() {
    let project = shop("python3.13", "x86_64", "");
    let index = Index::new(&project);
    let tiny = index.add("tiny", "1.0", &["deep; python_version > '3'"]);
    let deep = index.add("deep", "1.0", &[]);
    for name in ["tiny", "deep"] {
        index.add(name, "2.0", &[]);
    }
    let wrong = format!("sha256:{}", "0".repeat(64));
    let uv = |deep: &str| {
        let package = |name: &str, hash: &str, more: &str| {
            format!(
                "[[package]]\nname = \"{name}\"\nversion = \"1.0\"\nsource = {{ registry = \"https://index.example\" }}\n{more}\
                 wheels = [{{ url = \"https://index.example/{name}-1.0-py3-none-any.whl\", hash = \"{hash}\" }}]\n"
            )
        };
        let needs = "dependencies = [{ name = \"deep\", marker = \"python_version > '3'\" }]\n";
        let root = "version = 1\n[[package]]\nname = \"shop\"\nversion = \"0\"\nsource = { virtual = \".\" }\n\
             dependencies = [{ name = \"tiny\" }, { name = \"gone\", marker = \"sys_platform == 'win32'\" }]\n\
             [package.dev-dependencies]\ndev = [{ name = \"gone\" }]\n";
        format!(
            "{root}{}{}{}",
            package("tiny", &tiny, needs),
            package("deep", deep, ""),
            package("gone", "", "")
        )
    };
    let poetry = |deep: &str| {
        let package = |name: &str, hash: &str, groups: &str| {
            format!(
                "[[package]]\nname = \"{name}\"\nversion = \"1.0\"\noptional = false\ngroups = [\"{groups}\"]\n\
                 files = [{{ file = \"{name}-1.0-py3-none-any.whl\", hash = \"{hash}\" }}]\n"
            )
        };
        let packages = [
            package("tiny", &tiny, "main"),
            package("deep", deep, "main"),
            package("gone", "", "dev"),
        ];
        packages.concat()
    };
    let pipenv = |deep: &str| {
        serde_json::json!({
            "_meta": { "sources": [{ "name": "pypi", "url": "https://index.example", "verify_ssl": true }] },
            "default": {
                "tiny": { "version": "==1.0", "hashes": [tiny] },
                "deep": { "version": "==1.0", "hashes": [deep], "markers": "python_version > '3'" },
                "gone": { "version": "==1.0", "hashes": [], "markers": "sys_platform == 'win32'" },
            },
            "develop": { "gone": { "version": "==1.0" } },
        })
        .to_string()
    };
    let pip = |deep: &str| format!("tiny==1.0 --hash={tiny}\ndeep==1.0 \\\n  --hash={deep}\n");
    // From the last to the first: each is preferred to those before it.
    for (name, good, bad) in [
        ("requirements.txt", pip(&deep), pip(&wrong)),
        ("Pipfile.lock", pipenv(&deep), pipenv(&wrong)),
        ("poetry.lock", poetry(&deep), poetry(&wrong)),
        ("uv.lock", uv(&deep), uv(&wrong)),
    ] {
        for with in [With::Uv, With::Pip] {
            project.write(name, &bad);
            let refused = index.run(&project, with, "package").run().exits_with(1);
            assert!(refused.stderr.to_lowercase().contains("hash"), "{name}: {refused}");
            project.write(name, &good);
            let finished = index.run(&project, with, "package").run().success();
            assert_eq!(packages(&project), ["deep-1.0", "tiny-1.0"], "{name}: {finished}");
            assert!(
                finished.stderr.contains(name) && !finished.stderr.contains("warning"),
                "{finished}"
            );
        }
    }
}

#[test]
fn projects_of_this_machine_are_built_from_a_copy() {
    let project = shop("python3.12", "arm64", "package: { source: src }\n");
    let index = Index::new(&project);
    index.add("tiny", "1.0", &[]);
    let wheels = project.path().join("wheels");
    fs::create_dir(&wheels).unwrap();
    wheel(&wheels, "brought", "3.0", &[]);
    // A backend of its own, so that nothing is fetched.
    let backend = "\
import os, zipfile

def build_wheel(folder, settings=None, metadata=None):
    open('left-behind', 'w').close()
    name = 'common-1.0-py3-none-any.whl'
    with zipfile.ZipFile(os.path.join(folder, name), 'w') as wheel:
        wheel.write('common.py')
        wheel.writestr('common-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: common\\nVersion: 1.0\\n')
        wheel.writestr('common-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
        wheel.writestr('common-1.0.dist-info/RECORD', 'common.py,,\\n')
    return name
";
    project
        .write("src/app.py", "def handler(event, context):\n    return 1\n")
        .write("common/common.py", "answer = 42\n")
        .write("common/backend.py", backend)
        .write(
            "common/pyproject.toml",
            "[project]\nname = \"common\"\nversion = \"1.0\"\n[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n",
        )
        .write("pyproject.toml", "[project]\nname = \"shop\"\nversion = \"0\"\ndependencies = [\"tiny==1.0\"]\n")
        .write("requirements.txt", "-e .\n./common\nwheels/brought-3.0-py3-none-any.whl\n");
    let before = lying(&project);
    for with in [With::Uv, With::Pip] {
        index.run(&project, with, "package").run().success();
        assert_eq!(packages(&project), ["brought-3.0", "common-1.0", "tiny-1.0"]);
        assert!(files(&project).contains_key("common.py"));
        assert_eq!(lying(&project), before);
    }
    project.write("common/common.py", "answer = 43\n");
    index.run(&project, With::Uv, "package").run().success();
    assert_eq!(files(&project)["common.py"], b"answer = 43\n");
}

#[test]
fn packages_that_lie_in_the_source_folder_are_not_installed_twice() {
    let project = shop("python3.13", "x86_64", "");
    let index = Index::new(&project);
    for version in ["1.0", "2.0"] {
        index.add("tiny", version, &[]);
    }
    let lay = |version: &str| {
        project
            .write("tiny/__init__.py", format!("lying = '{version}'\n"))
            .write("tiny/only_here.py", "")
            .write(
                "tiny-1.0.dist-info/METADATA",
                format!("Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n"),
            )
            .write("tiny-1.0.dist-info/WHEEL", "Tag: py3-none-any\n")
            .write("tiny-1.0.dist-info/RECORD", "tiny/__init__.py,,\ntiny/only_here.py,,\n");
    };
    lay("1.0");
    project.write("requirements.txt", "tiny>=1,<2\n");
    let finished = index.run(&project, With::Nothing, "package").run().success();
    assert!(
        finished.stderr.contains("lie in the source folder already"),
        "{finished}"
    );
    assert_eq!(files(&project)["tiny/__init__.py"], b"lying = '1.0'\n");
    // What does not fit is replaced as a whole: two versions are never mixed.
    project.write("requirements.txt", "tiny==2.0\n");
    let finished = index.run(&project, With::Uv, "package").run().success();
    assert!(finished.stderr.contains("`tiny` in the source folder"), "{finished}");
    let files = files(&project);
    assert_eq!(files["tiny/__init__.py"], b"version = '2.0'\n");
    assert!(!files.contains_key("tiny/only_here.py") && !files.contains_key("tiny-1.0.dist-info/METADATA"));
}

#[test]
fn validate_runs_nothing_and_sees_what_was_installed() {
    let project = shop("python3.13", "x86_64", "");
    let index = Index::new(&project);
    index.add("tiny", "1.0", &[]);
    project
        .write("requirements.txt", "tiny==1.0\n")
        .write("app.py", "from tiny import handler\n");
    index.run(&project, With::Nothing, "validate").run().success();
    let none = index.run(&project, With::Nothing, "package").run().exits_with(1);
    assert!(none.stderr.contains("neither `uv` nor `pip` is on the PATH"), "{none}");
    index.run(&project, With::Uv, "package").run().success();
    index.run(&project, With::Nothing, "validate").run().success();
}

#[test]
fn a_damaged_installation_is_made_again() {
    let project = shop("python3.13", "x86_64", "");
    let index = Index::new(&project);
    index.add("tiny", "1.0", &[]);
    project.write("requirements.txt", "tiny==1.0\n");
    let cache = project.home().join("own-cache");
    let run = |with, words: &str| {
        let lfn = index.run(&project, with, words);
        lfn.env("LFN_CACHE_DIR", &cache.display().to_string()).run().success()
    };
    run(With::Uv, "package");
    let whole = files(&project);
    let installed = walkdir::WalkDir::new(cache.join("v1/python")).into_iter();
    let mut installed = installed.map(|entry| entry.unwrap().into_path());
    let file = installed.find(|path| path.ends_with("tiny/__init__.py")).unwrap();
    for damage in [|path: &Path| fs::remove_file(path), |path: &Path| fs::write(path, "")] {
        damage(&file).unwrap();
        let looked = run(With::Nothing, "validate");
        assert!(looked.stderr.contains("what `installing the packages"), "{looked}");
        let again = run(With::Uv, "package");
        assert!(again.stderr.contains("installing the packages"), "{again}");
        assert_eq!(files(&project), whole);
    }
    // Another installer makes another folder; what was made last is what counts without one.
    run(With::Pip, "package");
    fs::remove_dir_all(file.ancestors().nth(2).unwrap()).unwrap();
    let looked = run(With::Nothing, "validate");
    assert!(!looked.stderr.contains("installing the packages"), "{looked}");
}

#[test]
fn a_lock_file_that_is_older_than_its_project_is_refused() {
    let project = shop("python3.13", "x86_64", "");
    let index = Index::new(&project);
    let refused = |words: &str, name: &str, tool: &str| {
        let refused = index.run(&project, With::Nothing, words).run().exits_with(1);
        let expected = format!("the lock file `{name}` does not hold `flask`");
        assert!(
            refused.stderr.contains(&expected) && refused.stderr.contains(tool),
            "{refused}"
        );
    };
    project
        .write("Pipfile", "[packages]\nflask = \"*\"\n")
        .write("Pipfile.lock", r#"{ "default": {} }"#);
    refused("package", "Pipfile.lock", "run `pipenv lock`");
    project
        .write(
            "pyproject.toml",
            "[project]\nname = \"shop\"\nversion = \"0\"\ndependencies = [\"flask\"]\n",
        )
        .write(
            "uv.lock",
            "version = 1\n[[package]]\nname = \"shop\"\nversion = \"0\"\nsource = { virtual = \".\" }\n",
        );
    for words in ["package", "validate"] {
        refused(words, "uv.lock", "run `uv lock`");
    }
}

#[test]
fn what_cannot_be_installed_is_told_with_a_remedy() {
    let project = shop("python3.11", "arm64", "");
    let index = Index::new(&project);
    let lacking = |with, requirements: &str| -> Finished {
        project.write("requirements.txt", requirements);
        index.run(&project, with, "package").run().exits_with(1)
    };
    fs::write(
        index.folder.join("native-1.0-cp311-cp311-manylinux_2_28_aarch64.whl"),
        "",
    )
    .unwrap();
    fs::write(index.folder.join("source-1.0.tar.gz"), "").unwrap();
    index.add("asks", "1.0", &["source==1.0"]);
    for with in [With::Uv, With::Pip] {
        for (requirements, expected) in [
            (
                "native==1.0\n",
                "no wheel of `native==1.0` fits Python 3.11 on arm64 Linux with glibc 2.26",
            ),
            ("asks==1.0\n", "(needed by `asks`) fits Python 3.11"),
        ] {
            let refused = lacking(with, requirements);
            assert!(refused.stderr.contains(expected), "{refused}");
            assert!(refused.stderr.contains("build one on Amazon Linux"), "{refused}");
        }
    }
    let refused = lacking(With::Uv, "ok\ngit+https://user:secret@host/r.git\n");
    assert!(
        refused
            .stderr
            .contains("line 2: `git+https://****@host/r.git` is a repository"),
        "{refused}"
    );
    for with in [With::Uv, With::Pip] {
        // Nobody listens there.
        project.write(
            "requirements.txt",
            "--index-url http://user:secret@127.0.0.1:9/simple\ntiny==1.0\n",
        );
        let refused = run(&project, with, "package")
            .env("PIP_RETRIES", "0")
            .env("UV_HTTP_RETRIES", "0");
        let refused = refused.run().exits_with(1);
        assert!(!refused.stderr.contains("secret"), "{refused}");
        let noise = ["--python-version", "Retrying", "/./"];
        assert!(!noise.iter().any(|noise| refused.stderr.contains(noise)), "{refused}");
    }
    project.write("requirements.txt", "# the project\n-e .[extra] # itself\n");
    let refused = index.run(&project, With::Uv, "package").run().exits_with(1);
    assert!(
        refused
            .stderr
            .contains("`requirements.txt`, line 2, names the project itself"),
        "{refused}"
    );
    project.write("pyproject.toml", "[tool.poetry.dependencies]\nrequests = \"*\"\n");
    fs::remove_file(project.path().join("requirements.txt")).unwrap();
    let refused = index.run(&project, With::Uv, "package").run().exits_with(1);
    assert!(refused.stderr.contains("make one with `poetry lock`"), "{refused}");
}

#[test]
fn numpy_and_pandas_run_where_they_were_not_installed() {
    let project = shop("python3.13", "x86_64", "timeout: 60s\nmemory: 1024MB\n");
    project
        .write("requirements.txt", "numpy==2.4.0\npandas==2.3.3\n")
        .write(
            "app.py",
            "import numpy, pandas\n\ndef handler(event, context):\n    \
         return [numpy.__version__, int(pandas.Series(event).sum())]\n",
        );
    // The interpreter of the machine has its own machine and Python: skip none of the wheel's checks.
    let words = if cfg!(target_arch = "x86_64") {
        "x86_64"
    } else {
        "arm64"
    };
    let yaml = project.read("lambda.yaml").replace("x86_64", words);
    project.write("lambda.yaml", yaml).write("event.json", "[1, 2, 39]");
    run(&project, With::Uv, "deploy --local --yes").run().success();
    let answer = run(&project, With::Uv, "invoke --local --event event.json")
        .run()
        .success();
    assert_eq!(answer.json(), serde_json::json!(["2.4.0", 42]), "{answer}");
}

#[test]
fn older_runtimes_get_wheels_for_their_older_glibc() {
    for (with, architecture, machine) in [(With::Uv, "arm64", 183), (With::Pip, "x86_64", 62)] {
        let project = shop("python3.11", architecture, "");
        // Newer ones have wheels for glibc 2.27 and above only.
        project.write("requirements.txt", "numpy\n");
        let finished = run(&project, with, "package").run().success();
        assert!(finished.stderr.contains("leaves versions open (`numpy`)"), "{finished}");
        let files = files(&project);
        let native: Vec<&Vec<u8>> = files
            .iter()
            .filter(|(name, _)| Path::new(name).extension().is_some_and(|end| end == "so"))
            .map(|(_, bytes)| bytes)
            .collect();
        assert!(!native.is_empty());
        // ELF header, `e_machine`.
        assert!(
            native.iter().all(|bytes| bytes[18..20] == u16::to_le_bytes(machine)),
            "{architecture}"
        );
        let (_, wheel) = files
            .iter()
            .find(|(name, _)| name.ends_with(".dist-info/WHEEL"))
            .unwrap();
        let wheel = String::from_utf8_lossy(wheel);
        assert!(
            wheel.contains("manylinux_2_17_") || wheel.contains("manylinux2014_"),
            "{wheel}"
        );
    }
}
