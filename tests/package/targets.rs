//! Where an archive and its map are written: never over a file of the user's, and never into the next archive.

use std::fs;

use crate::support::command::Project;
use crate::support::{lfn, project};

fn function() -> Project {
    let project = project();
    project.write("lambda.yaml", "name: fn\nruntime: nodejs24.x\nhandler: index.handler\n");
    project.write("index.mjs", "export const handler = async () => 1;\n");
    project
}

#[test]
fn an_own_file_is_not_overwritten() {
    let project = function();
    project.write("notes", "mine");
    for arguments in [
        ["-o", "lambda.yaml"],
        ["-o", "notes"],
        ["-o", "."],
        ["-o", "/dev/null"],
        ["--report", "index.mjs"],
        ["--report", "notes"],
    ] {
        let refused = lfn(&project).args(["package"]).args(arguments).run().exits_with(1);
        assert!(refused.stderr.contains("is there already and is not"), "{refused}");
    }
    assert_eq!(project.read("notes"), "mine");
    assert!(project.read("lambda.yaml").starts_with("name: fn") && project.read("index.mjs").starts_with("export"));
    for _ in 0..2 {
        let arguments = ["package", "-o", ".lfn/own.zip", "--report", ".lfn/own.html"];
        lfn(&project).args(arguments).run().success();
    }
}

#[test]
fn a_cache_in_the_project_stays_out_of_the_archive() {
    let project = function();
    let digest = |cache: &str| {
        let run = lfn(&project)
            .args(["package", "--format", "json", "--cache-dir", cache])
            .run();
        run.success().json()["sha256"].clone()
    };
    let elsewhere = digest(&project.home().join("cache").display().to_string());
    for _ in 0..2 {
        assert_eq!(digest("kept/of [lfn]"), elsewhere);
    }
    assert!(
        fs::read_dir(project.path().join("kept/of [lfn]")).unwrap().count() > 0,
        "it is in use"
    );
}
