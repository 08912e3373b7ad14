//! The page of `lfn dev` in a real browser: Chromium, driven by Playwright, which is pinned and installed into
//! the target folder. `browser/page.mjs` has what is done in each scene.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::json;

use super::dev::Dev;
use super::support::lfn;

const APP: &str = "
def handler(event, context):
    if event.get('fail'): raise ValueError(event['fail'] if isinstance(event['fail'], str) else 'out of paint')
    name = event.get('name') or 's3'
    print('greeting', name)
    return {'greeting': 'Hello, ' + name, 'large': 12345678901234567890}
";

const FILES: [(&str, &str); 7] = [
    ("package.json", include_str!("browser/package.json")),
    ("package-lock.json", include_str!("browser/package-lock.json")),
    ("page.mjs", include_str!("browser/page.mjs")),
    ("json.mjs", include_str!("browser/json.mjs")),
    ("json.js", include_str!("../../data/dev/json.js")),
    ("elements.js", include_str!("../../data/dev/elements.js")),
    ("commands.js", include_str!("../../data/dev/commands.js")),
];

/// What Chromium is called on systems that have it.
const BROWSERS: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// The folder with Playwright, installed once.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(install);

fn install() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page-browser");
    let is_current = |(name, text): &(&str, &str)| fs::read_to_string(folder.join(name)).is_ok_and(|now| now == *text);
    let lock_is_current = FILES[..2].iter().all(is_current) && folder.join("installed").exists();
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in FILES {
        fs::write(folder.join(name), text).unwrap();
    }
    if lock_is_current {
        return folder;
    }
    let output = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&folder)
        .output()
        .expect("this test needs Node.js 20 or newer with npm");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "this test needs the npm registry once:\n{said}"
    );
    fs::write(folder.join("installed"), "").unwrap();
    folder
}

fn browser() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    // A path of its own stays what it is.
    let mut all = BROWSERS
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    all.find(|file| file.is_file())
        .expect("this test needs Chromium or Chrome on the PATH: on Debian, `apt-get install chromium`")
}

fn start() -> Dev {
    let files = [
        ("lambda.yaml", yaml("128MB")),
        ("app.py", APP.into()),
        ("events/hello.json", "{\n  \"name\": \"Ada\"\n}\n".into()),
        ("events/fails.json", "{ \"fail\": true }\n".into()),
        ("events/markup.json", "[\"<script>window.taken=1</script>\"]\n".into()),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    Dev::of(&files, &[])
}

fn yaml(memory: &str) -> String {
    format!(
        "name: thumbs\nruntime: python3.12\nhandler: app.handler\nmemory: {memory}\nenv: {{ SECRET: hidden-value }}\n"
    )
}

/// Plays a scene; `ready` is done when the page waits for it.
#[track_caller]
fn play(scene: &str, dev: &Dev, ready: impl FnOnce()) {
    let binary = Path::new(env!("CARGO_BIN_EXE_lfn")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let told = json!({
        "page": dev.page(),
        "endpoint": dev.endpoint,
        "url": dev.url,
        "folder": dev.project.path(),
        "browser": browser(),
        "path": format!("{}:{path}", binary.display()),
    });
    let mut errors = tempfile::tempfile().unwrap();
    let mut node = Command::new("node")
        .args(["page.mjs", scene, &told.to_string()])
        .current_dir(&*FOLDER)
        .stdout(Stdio::piped())
        .stderr(errors.try_clone().unwrap())
        .spawn()
        .expect("this test needs Node.js 20 or newer");
    let mut lines = BufReader::new(node.stdout.take().unwrap()).lines();
    if lines.next().is_some_and(|line| line.unwrap() == "ready") {
        ready();
    }
    let ended = node.wait().unwrap();
    if !ended.success() {
        let mut said = String::new();
        std::io::Seek::rewind(&mut errors).unwrap();
        std::io::Read::read_to_string(&mut errors, &mut said).unwrap();
        panic!("the scene `{scene}` ended with {ended}:\n{said}");
    }
}

#[test]
fn an_event_is_found_run_and_its_failure_explained() {
    play("calls", &start(), || {});
}

#[test]
fn an_event_is_checked_and_saved() {
    play("saves", &start(), || {});
}

#[test]
fn calls_of_sdks_and_of_the_url_appear_at_once() {
    let dev = start();
    play("hears", &dev, || {
        let status =
            dev.boto3("print(c.invoke(FunctionName='thumbs', Payload=b'{\"name\": \"boto3\"}')['StatusCode'])");
        assert_eq!(status, 200);
    });
}

#[test]
fn a_saved_file_is_taken_up_and_a_mistake_told() {
    play("reloads", &start(), || {});
}

#[test]
fn markup_stays_text() {
    play("inert", &start(), || {});
}

#[test]
fn versions_are_called_and_terminal_lines_do_what_they_say() {
    let dev = start();
    for memory in ["128MB", "256MB"] {
        dev.project.write("lambda.yaml", yaml(memory));
        lfn(&dev.project).args(["deploy", "--local", "--yes"]).run().success();
    }
    play("deployed", &dev, || {});
}

#[test]
fn the_page_and_the_machine_agree_on_what_is_json() {
    let node = Command::new("node").arg("json.mjs").current_dir(&*FOLDER).output();
    let output = node.expect("this test needs Node.js 20 or newer");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn it_is_readable_in_light_and_dark_and_usable_with_a_keyboard() {
    play("looks", &start(), || {});
}
