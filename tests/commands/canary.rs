//! `alias promote` in stages, as a process over the embedded Lambda, with a real handler and real calls.

use std::path::Path;
use std::time::{Duration, Instant};

use ::lfn::domain::ledger::Point;
use ::lfn::domain::names::{AliasName, FunctionName, Region};
use ::lfn::ports::{AliasState, AliasUpdate, Cloud};
use serde_json::Value;

use crate::session::{Session, words};
use crate::support::command::{Finished, Running};
use crate::support::lfn;

/// Fails once a file is there.
fn handler(marker: &Path) -> String {
    format!(
        "import os\n\ndef handler(event, context):\n    if os.path.exists({:?}):\n        raise ValueError('broken')\n    \
         return context.function_version\n",
        marker.display().to_string()
    )
}

/// `live` at version 1, which always works, and `staging` at version 2, which fails once its marker is there.
struct Release {
    session: Session,
}

impl Release {
    fn new() -> Self {
        let session = Session::deployed();
        session.edit("tags:", "release: { alias: staging }\ntags:");
        let release = Self { session };
        let code = handler(&release.marker());
        release.session.project.write("app.py", code);
        release.session.quietly("deploy --local --yes");
        release
    }

    fn marker(&self) -> std::path::PathBuf {
        self.session.project.path().join(".lfn/broken")
    }

    /// Starts a promote of `live` to version 2 with these flags, and waits until version 2 has a share.
    #[track_caller]
    fn start(&self, flags: &str, share: f64) -> Running {
        let line = format!("alias promote live --to 2 {flags} --check-every 1s --local --yes");
        let running = lfn(&self.session.project).args(words(&line)).start();
        self.wait_for(share);
        running
    }

    #[track_caller]
    fn wait_for(&self, share: f64) {
        let started = Instant::now();
        while self.live()["weights"]["2"] != share {
            assert!(started.elapsed() < Duration::from_mins(1), "{}", self.live());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The alias `live` as `alias list` tells.
    #[track_caller]
    fn live(&self) -> Value {
        let aliases = self.session.quietly("alias list --local --format json").json();
        let aliases = aliases.as_array().unwrap();
        aliases.iter().find(|alias| alias["name"] == "live").unwrap().clone()
    }

    #[track_caller]
    fn points_at(&self, version: u64) {
        let live = self.live();
        assert_eq!(live["version"], version, "{live}");
        assert_eq!(live["weights"], serde_json::json!({}), "{live}");
        assert!(live["canary"].is_null(), "{live}");
    }

    fn call(&self) -> Finished {
        lfn(&self.session.project).args(words("invoke -q live --local")).run()
    }

    fn alarms(&self, states: &str) {
        // Whole at once, as an editor would: a reader never sees half of it.
        let project = &self.session.project;
        project.write(".lfn/alarms.new", states);
        std::fs::rename(
            project.path().join(".lfn/alarms.new"),
            project.path().join(".lfn/local/alarms.json"),
        )
        .unwrap();
    }

    /// What somebody does to `live` with another tool.
    fn elsewhere(&self, change: impl FnOnce(&AliasState) -> AliasUpdate) {
        let root = self.session.project.path().join(".lfn/local");
        let cloud: Cloud = ::lfn::local::open(root, Region::new("us-east-1").unwrap()).unwrap();
        let (name, live) = (FunctionName::new("thumbs").unwrap(), AliasName::new("live").unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let found = cloud.functions.alias(&name, &live).await.unwrap().unwrap();
            let update = change(&found);
            cloud
                .functions
                .update_alias(&name, &update, &found.revision)
                .await
                .unwrap();
        });
    }
}

fn update(point: &str, description: &str) -> AliasUpdate {
    let point: Point = point.parse().unwrap();
    AliasUpdate {
        name: AliasName::new("live").unwrap(),
        version: point.version.unwrap(),
        weights: point
            .weights
            .iter()
            .map(|(version, share)| (*version, share.weight()))
            .collect(),
        description: description.to_owned(),
    }
}

#[test]
fn a_version_that_starts_to_fail_is_taken_back_by_the_next_look() {
    let release = Release::new();
    let running = release.start("--canary 50% --for 1h --format json", 0.5);
    for _ in 0..6 {
        release.call().success();
    }
    assert_eq!(release.live()["weights"]["2"], 0.5, "calls that work stop nothing");
    release.session.project.write(".lfn/broken", "");
    let failed = (0..200).find(|_| release.call().code == Some(5));
    assert!(failed.is_some(), "half of the calls go to version 2");

    let finished = running.wait().exits_with(5);
    let events: Vec<Value> = finished
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let seen = events.iter().filter(|event| event["event"] == "seen");
    let gone_on = seen.filter(|event| event["new"]["errors"] != 0).count();
    assert_eq!(gone_on, 0, "no look saw an error and went on: {finished}");
    let ended = events.last().unwrap();
    assert_eq!(
        (&ended["event"], &ended["alias"], &ended["serves"]["version"]),
        (&"ended".into(), &"restored".into(), &1.into())
    );
    for said in [
        "calls of version 2 failed in",
        "of version 1, 0 of",
        "serves version 1 again",
    ] {
        assert!(finished.stderr.contains(said), "{said}: {finished}");
    }
    release.points_at(1);
    let history = release
        .session
        .quietly("alias history live --local --format json")
        .json();
    assert_eq!(
        (&history[0]["by"], &history[1]["by"]),
        (&"rollback".into(), &"canary".into())
    );
    let because = history[0]["because"].as_str().unwrap();
    assert!(because.contains("calls of version 2 failed"), "{because}");
}

#[test]
fn an_interruption_restores_exactly_what_was_there() {
    let release = Release::new();
    release.elsewhere(|_| update("1+2:3.5", "split by hand"));
    let running = release.start("--steps 10%:1s,50%:1h", 0.5);
    running.interrupt();
    let finished = running.wait().exits_with(130);
    assert!(
        finished.stderr.contains("serves version 1 (3.5% on 2) again"),
        "{finished}"
    );
    let live = release.live();
    assert_eq!(
        (&live["version"], &live["weights"]["2"]),
        (&1.into(), &0.035.into()),
        "{live}"
    );
}

#[test]
fn a_closed_terminal_takes_it_back() {
    let release = Release::new();
    let running = release.start("--canary 10% --for 1h", 0.1);
    // The shell tells of it, and the system once more.
    running.hang_up();
    running.hang_up();
    let finished = running.wait().exits_with(130);
    assert!(finished.stderr.contains("serves version 1 again"), "{finished}");
    release.points_at(1);
}

#[test]
fn one_that_was_killed_is_rolled_back_or_gone_on_with() {
    let release = Release::new();
    let running = release.start("--steps 10%:1s,50%:1h", 0.5);
    running.kill();
    running.wait();
    let live = release.live();
    assert_eq!(
        (&live["canary"]["to"], &live["previous"]["version"]),
        (&2.into(), &1.into())
    );
    let listed = release.session.quietly("alias list --local").stdout;
    assert!(listed.contains("1 (50% on 2), a canary since"), "{listed}");
    let status = release.session.quietly("status --local").stdout;
    assert!(status.contains("live → 1 (50% on 2), a canary since"), "{status}");

    // A deploy keeps its hands off, and says what to do.
    release.session.edit("alias: staging", "alias: live");
    let deploy = lfn(&release.session.project)
        .args(words("deploy --local --yes"))
        .run()
        .exits_with(1);
    for said in [
        "a canary to version 2 is under way on `live`, started by user/local at ",
        "`lfn alias promote live --to 2`",
        "`lfn alias rollback live`",
    ] {
        assert!(deploy.stderr.contains(said), "{said}: {deploy}");
    }
    assert!(!deploy.stderr.contains("ends the split"), "it does not: {deploy}");
    release.session.quietly("alias rollback live --local --yes");
    release.points_at(1);

    // Killed once more, and gone on with where it was.
    let running = release.start("--steps 10%:1s,50%:1h", 0.5);
    running.kill();
    running.wait();
    let other = lfn(&release.session.project)
        .args(words("alias promote live --to 1 --canary 10% --for 1s --local --yes"))
        .run()
        .exits_with(1);
    assert!(other.stderr.contains("a canary to version 2 is under way"), "{other}");
    let again = "alias promote live --to 2 --steps 10%:1s,50%:1s --check-every 1s --local --yes";
    let again = release.session.quietly(again);
    assert!(again.stderr.contains("goes on with it at 50%"), "{again}");
    assert!(!again.stderr.contains("10% on version 2"), "{again}");
    release.points_at(2);
    let history = release
        .session
        .quietly("alias history live --local --format json")
        .json();
    let newest = &history[0];
    assert_eq!(
        (&newest["by"], &newest["step"]),
        (&"canary".into(), &4.into()),
        "{history}"
    );
    assert_eq!(
        (&newest["from"]["version"], &newest["to"]["version"]),
        (&1.into(), &2.into())
    );
    // Once more is nothing to do, and back is where it was before.
    let idle = release
        .session
        .quietly("alias promote live --to 2 --canary 10% --for 1s --local --yes");
    assert!(idle.stdout.contains("points at version 2 already"), "{idle}");
    release.session.quietly("alias rollback live --local --yes");
    release.points_at(1);
}

#[test]
fn a_killed_canary_can_be_finished_at_once_and_the_way_back_stays() {
    let release = Release::new();
    let running = release.start("--canary 10% --for 1h", 0.1);
    running.kill();
    running.wait();
    let finished = release.session.quietly("alias promote live --to 2 --local --yes");
    assert!(
        finished.stderr.contains("a canary to version 2 by user/local since "),
        "{finished}"
    );
    assert!(finished.stderr.contains("this ends it"), "{finished}");
    release.points_at(2);
    release.session.quietly("alias rollback live --local --yes");
    release.points_at(1);

    let running = release.start("--canary 10% --for 1h", 0.1);
    running.kill();
    running.wait();
    let deleted = release.session.quietly("alias delete live --local --yes");
    assert!(
        deleted.stderr.contains("is under way on `live` and ends with it"),
        "{deleted}"
    );
}

#[test]
fn one_that_another_lfn_goes_on_with_says_so() {
    let release = Release::new();
    let running = release.start("--canary 10% --for 1h", 0.1);
    let other = release.start("--steps 10%:1s,50%:1h", 0.5);
    let finished = running.wait().exits_with(4);
    assert!(
        finished
            .stderr
            .contains("by another lfn that goes on with this canary, begun by user/local, meanwhile"),
        "{finished}"
    );
    other.interrupt();
    let other = other.wait().exits_with(130);
    for said in [
        "a canary to version 2 by user/local since ",
        "perhaps still watched by another lfn: this goes on with it at 10%",
    ] {
        assert!(other.stderr.contains(said), "{said}: {other}");
    }
    release.points_at(1);
}

#[test]
fn an_alarm_that_is_red_from_the_start_stops_nothing_and_one_that_turns_red_does() {
    let release = Release::new();
    let canary = "alias promote live --to 2 --canary 10% --for 1s --check-every 1s --local --yes --alarm";
    let missing = lfn(&release.session.project)
        .args(words(&format!("{canary} nope")))
        .run()
        .exits_with(1);
    assert!(missing.stderr.contains("there is no alarm `nope`"), "{missing}");
    release.points_at(1);

    release
        .session
        .edit("alias: staging", "alias: staging, alarms: [orders]");
    release.alarms(r#"{"orders": "ALARM", "latency": "OK"}"#);
    let finished = release.session.quietly(&format!("{canary} latency"));
    assert!(
        finished.stderr.contains("the alarm `orders` is red already"),
        "{finished}"
    );
    release.points_at(2);
    release.session.quietly("alias rollback live --local --yes");

    let running = release.start("--canary 10% --for 1h --alarm latency", 0.1);
    release.alarms(r#"{"orders": "ALARM", "latency": "ALARM"}"#);
    let finished = running.wait().exits_with(4);
    assert!(finished.stderr.contains("the alarm `latency` went off"), "{finished}");
    release.points_at(1);
}

#[test]
fn a_stage_does_not_end_unseen() {
    let release = Release::new();
    release.alarms(r#"{"orders": "OK"}"#);
    let canary = "alias promote live --to 2 --canary 10% --for 3s --check-every 3s --alarm orders --local --yes";
    let start = || {
        let running = lfn(&release.session.project).args(words(canary)).start();
        release.wait_for(0.1);
        release.alarms("{ half a");
        running
    };
    let finished = start().wait().exits_with(4);
    assert!(
        finished
            .stderr
            .contains("the alarms could not be read 3 times in a row"),
        "{finished}"
    );
    release.points_at(1);

    // The look after the one that failed sees what it missed.
    release.alarms(r#"{"orders": "OK"}"#);
    let running = start();
    std::thread::sleep(Duration::from_secs(4));
    release.alarms(r#"{"orders": "ALARM"}"#);
    let finished = running.wait().exits_with(4);
    assert!(
        finished
            .stderr
            .contains("the alarms could not be read, and will be tried"),
        "{finished}"
    );
    release.points_at(1);
}

#[test]
fn an_alias_that_somebody_else_moves_is_left_alone() {
    let release = Release::new();
    let running = release.start("--canary 10% --for 1h", 0.1);
    release.elsewhere(|_| update("2", "by hand"));
    let finished = running.wait().exits_with(4);
    assert!(
        finished
            .stderr
            .contains("`live` was moved to version 2 by someone else meanwhile"),
        "{finished}"
    );
    release.points_at(2);
    release.session.quietly("alias promote live --to 1 --local --yes");

    // Another lfn is named.
    let running = release.start("--canary 10% --for 1h", 0.1);
    release.session.quietly("alias rollback live --local --yes");
    let finished = running.wait().exits_with(4);
    assert!(
        finished
            .stderr
            .contains("was moved to version 1 by user/local meanwhile"),
        "{finished}"
    );
    release.points_at(1);

    // One that only its words were changed of still has the weight, which goes.
    let running = release.start("--canary 10% --for 1h", 0.1);
    release.elsewhere(|found| AliasUpdate {
        description: "other words".into(),
        ..update("1+2:10", &found.description)
    });
    let finished = running.wait().exits_with(4);
    assert!(
        finished.stderr.contains("`live` was changed by someone else"),
        "{finished}"
    );
    release.points_at(1);
}

#[test]
fn what_cannot_be_shifted_is_refused_before_anything_moves() {
    let release = Release::new();
    let calls = |line: &str, code: i32| {
        let finished = lfn(&release.session.project).args(words(line)).run().exits_with(code);
        release.points_at(1);
        finished.stderr
    };
    for (flags, code, said) in [
        ("new --to 2 --canary 10% --for 1s", 1, "has no alias `new`"),
        ("live --to 9 --canary 10% --for 1s", 1, "has no version 9"),
        ("live --to 2 --canary 10%", 2, "--for"),
        ("live --to 2 --for 1s", 2, "--canary"),
        ("live --to 2 --alarm orders", 2, "--canary"),
        ("live --to 2 --check-every 1s", 2, "--canary"),
        (
            "live --to 2 --canary 10% --for 1s --linear 10%/1s",
            2,
            "cannot be used with",
        ),
        ("live --to 2 --linear 10%/1s --steps 10%:1s", 2, "cannot be used with"),
        ("live --to 2 --canary 100% --for 1s", 2, "plain promote"),
        ("live --to 2 --steps 50%:1s,10%:1s", 2, "shares rise"),
        ("live --to 2 --canary 10% --for 1s --check-every 0s", 2, "at least `1s`"),
    ] {
        let stderr = calls(&format!("alias promote {flags} --local --yes"), code);
        assert!(stderr.contains(said), "{flags}: {stderr}");
    }
    // Versions that Lambda does not put behind one alias.
    release
        .session
        .edit("timeout: 10s", "timeout: 10s\ndead_letter: sqs:failures");
    release.session.quietly("deploy --local --yes --allow-widening");
    let stderr = calls("alias promote live --to 3 --canary 10% --for 1s --local --yes", 1);
    assert!(
        stderr.contains("versions 1 and 3 differ in their dead-letter target"),
        "{stderr}"
    );
}

#[test]
fn a_dry_run_tells_the_stages_and_what_would_be_watched() {
    let release = Release::new();
    release.alarms(r#"{"orders": "OK"}"#);
    let line = "alias promote live --to 2 --canary 10% --for 2m --check-every 5s --max-errors 2% --alarm orders \
                --dry-run --local --format json";
    let found = release.session.quietly(line).json();
    assert_eq!(
        found["gradual"],
        serde_json::json!({
            "stages": [{ "share": 0.1, "seconds": 120 }, { "share": 1.0, "seconds": 0 }],
            "first": 0,
            "alarms": { "orders": "OK" },
            "check_every": 5,
            "max_errors": 0.02,
        })
    );
    let plain = "alias promote live --to 2 --dry-run --local --format json";
    assert!(release.session.quietly(plain).json()["gradual"].is_null());
    release.points_at(1);
}
