//! Packages of Node that a test runs, installed once as their lock file says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Returns the folder with these files, `package-lock.json` among them, and the packages they name.
pub fn installed(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let is_current = |(name, text): &(&str, &str)| fs::read_to_string(folder.join(name)).is_ok_and(|now| now == *text);
    if files.iter().all(is_current) && folder.join("installed").exists() {
        return folder;
    }
    fs::create_dir_all(&folder).expect("the target folder can be written to");
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("the target folder can be written to");
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&folder);
    run(npm);
    fs::write(folder.join("installed"), "").expect("the target folder can be written to");
    folder
}

/// Runs a command and returns what it prints.
pub fn run(mut command: Command) -> String {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().unwrap_or_else(|error| {
        panic!("`{name}` does not run ({error}); this test needs Node.js 20 or newer with npm, and Python 3")
    });
    assert!(
        output.status.success(),
        "`{name}` failed; this test needs the npm registry once:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}
