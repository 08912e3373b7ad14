//! Two at a time on one function: what serves traffic is never mixed of both, whoever loses is told who was
//! there and what moved, and running again ends in one release.
//!
//! Servers guard less than AWS does: MiniStack ignores `CodeSha256` and `RevisionId` when a version is published
//! (LocalEmu and the embedded target do not), and no server has a revision of a role's policy, since IAM has none.

use std::fmt;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::shop::handler;
use crate::support::command::{Finished, Lfn, Project};
use crate::support::servers::{Account, LocalEmu, MiniStack, Server as _};
use crate::support::{allow, lfn, project, user, witness};

/// What a loser is told, in one of these ways.
const TOLD: [&str; 4] = [
    "changed by someone else since lfn looked",
    "since lfn looked",
    "made by someone else",
    "someone deleted it meanwhile",
];

/// Where two compete.
enum Ring {
    /// Each with an identity of its own, so that the ledger tells them apart.
    Server(Box<[Account; 2]>),
    /// Both folders share one embedded target, where processes take turns by a lock on a file.
    Local,
}

/// Two who work on one function, each in a folder of their own.
struct Race {
    ring: Ring,
    projects: [Project; 2],
}

/// What serves traffic: the code, the memory and the variable all name one of the two.
#[derive(Debug, PartialEq, Eq)]
struct Serving {
    digest: String,
    memory: u64,
    edition: String,
}

const NAMES: [&str; 2] = ["ann", "bob"];

impl Race {
    fn on_ministack() -> Self {
        let account = MiniStack::shared_with_auth().account();
        let own = NAMES.map(|name| user(&account, name, &allow(&["*"])));
        Self::new(Ring::Server(Box::new(own)))
    }

    fn on_localemu() -> Self {
        let account = LocalEmu::shared().account();
        Self::new(Ring::Server(Box::new([account.clone(), account])))
    }

    fn locally() -> Self {
        let race = Self::new(Ring::Local);
        let [one, other] = &race.projects;
        for race in [one, other] {
            std::fs::create_dir_all(race.path().join(".lfn")).expect("the folder is ours");
        }
        std::fs::create_dir(one.path().join(".lfn/local")).expect("the folder is ours");
        std::os::unix::fs::symlink(one.path().join(".lfn/local"), other.path().join(".lfn/local"))
            .expect("the folder is ours");
        race
    }

    fn new(ring: Ring) -> Self {
        Self {
            ring,
            projects: [project(), project()],
        }
    }

    fn at(&self, who: usize, arguments: &[&str]) -> Lfn<'_> {
        let run = lfn(&self.projects[who]).args(arguments.iter().copied());
        match &self.ring {
            Ring::Server(accounts) => run.aws(&accounts[who]),
            Ring::Local => run.args(["--local"]),
        }
    }

    /// Gives this one other code and other settings.
    fn write(&self, who: usize, round: usize) {
        let (name, memory) = (NAMES[who], memory(who, round));
        let project = &self.projects[who];
        let text = format!(
            "name: shop\nruntime: python3.13\nhandler: app.handler\nmemory: {memory}MB\nenv: {{ EDITION: {name}-{round} }}\n\
             allow: [get s3://of-{name}/{round}/*]\n"
        );
        project.write("lambda.yaml", text);
        project.write("app.py", handler(&format!("{name}-{round}")));
    }

    /// Starts one, and the other so much later; waits for both.
    fn both(&self, arguments: [&[&str]; 2], first: usize, later: Duration) -> [Finished; 2] {
        let second = 1 - first;
        let running = self.at(first, arguments[first]).start();
        sleep(later);
        let other = self.at(second, arguments[second]).start();
        let (one, other) = (running.wait(), other.wait());
        if first == 0 { [one, other] } else { [other, one] }
    }

    /// `None` when nothing serves traffic.
    fn serving(&self) -> Option<Serving> {
        let edition = match &self.ring {
            Ring::Server(accounts) => {
                let account = &accounts[0];
                let aliases = witness(account, &["functions"]);
                if aliases == json!([]) || witness(account, &["aliases", "shop"])["live"].is_null() {
                    return None;
                }
                let found = witness(account, &["function", "shop", "live"])["Configuration"].clone();
                let variables = &found["Environment"]["Variables"];
                (
                    found["CodeSha256"].clone(),
                    found["MemorySize"].clone(),
                    variables["EDITION"].clone(),
                )
            }
            Ring::Local => {
                let function = self.local("functions/shop.json")?;
                let version = function["aliases"]["live"]["state"]["version"].as_u64()?.to_string();
                let edition = &function["versions"][&version];
                let settings = &edition["settings"];
                (
                    edition["digest"].clone(),
                    settings["memory"].clone(),
                    settings["environment"]["EDITION"].clone(),
                )
            }
        };
        let (digest, memory, edition) = edition;
        Some(Serving {
            digest: digest.as_str().expect("a digest is text").to_owned(),
            memory: memory.as_u64().expect("megabytes"),
            edition: edition.as_str().expect("a variable is text").to_owned(),
        })
    }

    fn local(&self, file: &str) -> Option<Value> {
        let text = std::fs::read_to_string(self.projects[0].path().join(".lfn/local").join(file)).ok()?;
        Some(serde_json::from_str(&text).expect("a document is replaced whole"))
    }

    /// Whose rights the role has, as text.
    fn rights(&self) -> String {
        match &self.ring {
            Ring::Server(accounts) => witness(&accounts[0], &["role", "shop-us-east-1"]).to_string(),
            Ring::Local => self.local("roles/shop-us-east-1.json").unwrap_or_default().to_string(),
        }
    }

    /// Runs one of them again, alone: it ends in the release of that one, and there is nothing more to do.
    #[track_caller]
    fn converges(&self, who: usize, round: usize) {
        let deployed = self.at(who, DEPLOY).run().success();
        let serving = self.serving().expect("something serves traffic");
        assert_eq!(serving.edition, format!("{}-{round}", NAMES[who]), "{deployed}");
        assert_eq!(serving.memory, memory(who, round), "{deployed}");
        let rights = self.rights();
        let own = format!("of-{}/{round}/", NAMES[who]);
        let others = format!("of-{}/", NAMES[1 - who]);
        assert!(
            rights.contains(&own) && !rights.contains(&others),
            "{rights}\n{deployed}"
        );
        let again = self.at(who, &["plan", "--exit-code"]).run();
        assert_eq!(again.code, Some(0), "{again}");
    }
}

const DEPLOY: &[&str] = &["deploy", "--yes", "--allow-widening", "--format", "json"];

fn times(step: Duration, round: usize) -> Duration {
    step * u32::try_from(round).expect("there are few rounds")
}

fn memory(who: usize, round: usize) -> u64 {
    [256, 1024][who] + u64::try_from(round).expect("there are few rounds")
}

/// The digest of the archive, by the plan that comes first.
fn digest(run: &Finished) -> Option<String> {
    let line: Value = serde_json::from_str(run.stdout.lines().next()?).ok()?;
    Some(line["plan"]["code"]["to"].as_str()?.to_owned())
}

/// A run that lost says why, and that it lost.
#[track_caller]
fn tells(run: &Finished) {
    if run.code == Some(0) {
        return;
    }
    assert!(matches!(run.code, Some(1 | 4)), "{run}");
    assert!(
        TOLD.iter().any(|told| run.stderr.contains(told)),
        "it is not told who was there: {run}"
    );
    assert!(run.stderr.contains("hint:"), "{run}");
}

/// How races went.
#[derive(Default)]
struct Score {
    rounds: usize,
    won: [usize; 2],
    both: usize,
    neither: usize,
    refused: usize,
    stopped: usize,
    /// The role's rights are not those of what serves traffic, until the next deploy.
    mixed_rights: usize,
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rounds,
            won: [ann, bob],
            both,
            neither,
            refused,
            stopped,
            mixed_rights,
        } = self;
        write!(
            f,
            "{rounds} rounds: live is ann's {ann} times and bob's {bob} times; both succeeded {both} times, neither \
             {neither} times; exit code 1 {refused} times, 4 {stopped} times; other rights {mixed_rights} times"
        )
    }
}

impl Score {
    fn count(&mut self, runs: &[Finished; 2]) {
        self.rounds += 1;
        let succeeded = runs.iter().filter(|run| run.code == Some(0)).count();
        self.both += usize::from(succeeded == 2);
        self.neither += usize::from(succeeded == 0);
        self.refused += runs.iter().filter(|run| run.code == Some(1)).count();
        self.stopped += runs.iter().filter(|run| run.code == Some(4)).count();
    }
}

/// Two deploys of different code and settings, with the second one a little later every time.
fn deploys(race: &Race, rounds: usize, step: Duration, at_most: Duration) -> Score {
    let started = Instant::now();
    let mut score = Score::default();
    for who in [0, 1] {
        race.write(who, 0);
    }
    race.at(0, DEPLOY).run().success();
    let mut before = race.serving();
    for round in 1..=rounds {
        if started.elapsed() > at_most {
            break;
        }
        for who in [0, 1] {
            race.write(who, round);
        }
        let later = times(step, round % 8);
        let runs = race.both([DEPLOY, DEPLOY], round % 2, later);
        runs.iter().for_each(tells);
        score.count(&runs);
        let serving = race.serving().expect("live traffic is never cut off");
        let of = |who: usize| Serving {
            digest: digest(&runs[who]).unwrap_or_default(),
            memory: memory(who, round),
            edition: format!("{}-{round}", NAMES[who]),
        };
        let winner = [0, 1].into_iter().find(|who| serving == of(*who));
        let shown = || format!("round {round}: {serving:?}\n{}\n{}", runs[0], runs[1]);
        if let Some(winner) = winner {
            score.won[winner] += 1;
            let own = format!("of-{}/{round}/", NAMES[winner]);
            score.mixed_rights += usize::from(!race.rights().contains(&own));
        } else {
            // Neither came as far: then what was live still is.
            assert_eq!(Some(&serving), before.as_ref(), "{}", shown());
            assert!(runs.iter().all(|run| run.code != Some(0)), "{}", shown());
        }
        if round % 4 == 0 {
            race.converges(round / 4 % 2, round);
        }
        before = race.serving();
    }
    for who in [0, 1] {
        race.write(who, rounds);
        race.converges(who, rounds);
    }
    score
}

#[test]
fn two_deploys_on_ministack_never_mix() {
    let score = deploys(
        &Race::on_ministack(),
        20,
        Duration::from_millis(90),
        Duration::from_secs(90),
    );
    assert!(score.rounds > 0, "{score}");
    println!("MiniStack: {score}");
}

#[test]
fn two_deploys_of_one_folder_never_mix() {
    let score = deploys(&Race::locally(), 30, Duration::from_millis(15), Duration::from_secs(90));
    assert!(score.rounds > 0, "{score}");
    println!("embedded: {score}");
}

#[test]
fn two_deploys_on_localemu_never_mix() {
    let score = deploys(
        &Race::on_localemu(),
        4,
        Duration::from_millis(400),
        Duration::from_secs(90),
    );
    assert!(score.rounds > 0, "{score}");
    println!("LocalEmu: {score}");
}

/// Both make the function.
#[test]
fn two_first_deploys_make_one_function() {
    for race in [Race::locally(), Race::on_ministack()] {
        for round in 1..=4 {
            for who in [0, 1] {
                race.write(who, round);
            }
            let later = times(Duration::from_millis(20), round);
            let runs = race.both([DEPLOY, DEPLOY], round % 2, later);
            runs.iter().for_each(tells);
            if let Some(serving) = race.serving() {
                let winner = [0, 1].into_iter().find(|who| {
                    let edition = format!("{}-{round}", NAMES[*who]);
                    digest(&runs[*who]).as_ref() == Some(&serving.digest)
                        && (serving.memory, &serving.edition) == (memory(*who, round), &edition)
                });
                assert!(winner.is_some(), "{serving:?}\n{}\n{}", runs[0], runs[1]);
            }
            race.converges(round % 2, round);
            race.at(0, &["destroy", "--yes"]).run().success();
        }
    }
}

/// Three versions, of which the last is live.
fn three_versions(race: &Race) {
    for round in 0..3 {
        race.write(0, round);
        race.at(0, DEPLOY).run().success();
    }
    race.write(1, 2);
}

fn edition(race: &Race) -> String {
    race.serving().expect("something serves traffic").edition
}

#[test]
fn two_promotes_end_in_one_of_the_two_and_the_loser_is_told_who_won() {
    let mut lost = 0;
    for race in [Race::on_ministack(), Race::locally()] {
        three_versions(&race);
        for round in 0..10 {
            let (one, other) = if round % 2 == 0 { ("1", "2") } else { ("2", "1") };
            let promote = |version| ["alias", "promote", "live", "--to", version, "--yes"];
            let runs = race.both(
                [&promote(one), &promote(other)],
                round % 2,
                times(Duration::from_millis(7), round),
            );
            for run in &runs {
                tells(run);
                lost += usize::from(run.code != Some(0));
                if let Ring::Server(_) = race.ring
                    && run.code != Some(0)
                {
                    let named = NAMES
                        .iter()
                        .any(|name| run.stderr.contains(&format!("by user/{name} since")));
                    assert!(named, "the ledger knows who: {run}");
                }
            }
            let now = edition(&race);
            assert!(["ann-0", "ann-1"].contains(&now.as_str()), "{now}");
            race.at(1, &promote("3")).run().success();
            assert_eq!(edition(&race), "ann-2");
        }
    }
    println!("promotes: of 20 rounds, {lost} were lost");
}

#[test]
fn a_promote_and_a_rollback_end_in_one_of_the_two() {
    for race in [Race::on_ministack(), Race::locally()] {
        three_versions(&race);
        for round in 0..6 {
            let promote: &[&str] = &["alias", "promote", "live", "--to", "1", "--yes"];
            let rollback: &[&str] = &["alias", "rollback", "live", "--yes"];
            let runs = race.both([promote, rollback], round % 2, times(Duration::from_millis(9), round));
            runs.iter().for_each(tells);
            assert!(runs.iter().any(|run| run.code == Some(0)), "{}\n{}", runs[0], runs[1]);
            let now = edition(&race);
            assert!(["ann-0", "ann-1", "ann-2"].contains(&now.as_str()), "{now}");
            race.at(0, &["alias", "promote", "live", "--to", "2", "--yes"])
                .run()
                .success();
            race.at(0, &["alias", "promote", "live", "--to", "3", "--yes"])
                .run()
                .success();
        }
    }
}

#[test]
fn a_deploy_and_a_destroy_leave_what_the_next_of_either_puts_right() {
    for race in [Race::on_ministack(), Race::locally()] {
        let step = if matches!(race.ring, Ring::Local) { 12 } else { 60 };
        for round in 1..=8 {
            race.write(0, 2 * round);
            race.at(0, DEPLOY).run().success();
            for who in [0, 1] {
                race.write(who, 2 * round + 1);
            }
            let later = times(Duration::from_millis(step), round);
            let runs = race.both([DEPLOY, &["destroy", "--yes"]], round % 2, later);
            runs.iter().for_each(tells);
            let whole = race.serving().is_none() || race.rights().contains("of-ann/");
            let told = runs.iter().any(|run| run.code != Some(0));
            assert!(whole || told, "a function without its role: {}\n{}", runs[0], runs[1]);
            if round % 2 == 0 {
                race.converges(0, 2 * round + 1);
            }
            race.at(1, &["destroy", "--yes"]).run().success();
            assert_eq!(race.serving(), None);
            assert!(!race.rights().contains("of-"), "the role is gone: {}", race.rights());
        }
    }
}
