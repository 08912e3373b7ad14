//! The package managers, installed once from pinned versions into cargo's target folder.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::command::Project;
use crate::support::python::cache;

const PINS: &[&str] = &[
    "pnpm@npm:pnpm@10.34.8",
    "pnpm12@npm:pnpm@12.21.0",
    "classic@npm:yarn@1.22.22",
    "berry@npm:@yarnpkg/cli-dist@4.9.2",
    if cfg!(target_arch = "aarch64") {
        "bun@npm:@oven/bun-linux-aarch64@1.4.5"
    } else {
        "bun@npm:@oven/bun-linux-x64@1.4.5"
    },
];

/// What is called how: the manager, its program, and the file in its package.
const PROGRAMS: &[(&str, &str, &str)] = &[
    ("pnpm", "pnpm", "bin/pnpm.cjs"),
    ("pnpm12", "pnpm", "bin/pnpm.mjs"),
    ("classic", "yarn", "bin/yarn.js"),
    ("berry", "yarn", "bin/yarn.js"),
    ("bun", "bun", "bin/bun"),
];

/// A `PATH` with Node.js and one package manager: `npm`, `pnpm`, `pnpm12`, `classic`, `berry` or `bun`; with Node.js
/// alone for `node`.
pub fn path(manager: &str) -> String {
    let folder = cache().join("node-tools");
    fs::create_dir_all(&folder).expect("the target folder is writable");
    let lock = File::create(folder.join("lock")).expect("the target folder is writable");
    lock.lock().expect("the target folder's file system has file locks");
    let ready = folder.join("ready");
    if fs::read_to_string(&ready).ok() != Some(PINS.join("\n")) {
        let status = Command::new("npm")
            .args([
                "install",
                "--silent",
                "--no-save",
                "--no-package-lock",
                "--ignore-scripts",
                "--prefix",
            ])
            .arg(&folder)
            .args(PINS)
            .status();
        assert!(
            status.expect("npm comes with Node.js").success(),
            "npm installs {PINS:?}"
        );
        for (manager, program, file) in PROGRAMS {
            let file = folder.join("node_modules").join(manager).join(file);
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("the file was just installed");
            link(&file, &folder.join("bin").join(manager).join(program));
        }
        for name in ["node", "npm"] {
            link(&on_path(name), &folder.join("bin").join(name).join(name));
        }
        fs::write(&ready, PINS.join("\n")).expect("the target folder is writable");
    }
    let bin = |name: &str| folder.join("bin").join(name).display().to_string();
    format!("{}:{}:/usr/bin-of-nobody", bin(manager), bin("node"))
}

/// Has the manager make the lock file of a project, or what else it is told.
pub fn manage(project: &Project, manager: &str, program: &str, arguments: &[&str]) {
    let search = path(manager);
    let folder = std::env::split_paths(&search).next().expect("a path has folders");
    let output = Command::new(folder.join(program))
        .args(arguments)
        .current_dir(project.path())
        .env_clear()
        // The managers' own scripts begin with `env`.
        .env("PATH", format!("{search}:/usr/bin:/bin"))
        .env("HOME", project.home())
        .envs(network())
        .output()
        .expect("the manager was just installed");
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}",
        String::from_utf8_lossy(&said)
    );
}

/// What a machine needs to reach registries: proxies, and whom it trusts.
pub fn network() -> Vec<(String, String)> {
    let wanted = |name: &str| {
        let name = name.to_uppercase();
        name.ends_with("_PROXY")
            || name.ends_with("_CERT_FILE")
            || name.ends_with("_CA_CERTS")
            || name == "SSL_CERT_DIR"
    };
    std::env::vars().filter(|(name, _)| wanted(name)).collect()
}

fn link(file: &Path, at: &Path) {
    fs::create_dir_all(at.parent().expect("a link has a folder")).expect("the target folder is writable");
    drop(fs::remove_file(at));
    symlink(file, at).expect("the target folder is writable");
}

fn on_path(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.exists());
    found.unwrap_or_else(|| panic!("`{name}` is on the PATH"))
}
