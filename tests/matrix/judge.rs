//! One point of the matrix: the broken run, what it said, what it left, and the runs after it.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::scenario::{Scenario, Stage};
use crate::support::command::{Finished, Running};
use crate::support::proxy::rule::on;
use crate::support::proxy::{Call, FaultProxy};
use crate::way::{CALL_TIMEOUT, Way};

/// What is wrong, if anything is.
pub type Verdict = Result<(), String>;

/// A call of the undisturbed run.
#[derive(Debug, Clone)]
pub struct CallName {
    /// `lambda:CreateFunction`.
    pub name: String,
    pub write: bool,
}

/// The undisturbed run of a command.
#[derive(Debug)]
pub struct Calm {
    pub scenario: Scenario,
    pub calls: Vec<CallName>,
    /// The account before and after.
    before: Value,
    after: Value,
    /// The versions that aliases were pointed at.
    pointed: Vec<Value>,
    /// Stages on which nothing but reads have been broken.
    fresh: Mutex<Vec<Stage>>,
}

/// One call, broken in one way.
#[derive(Debug, Clone, Copy)]
pub struct Point<'a> {
    pub calm: &'a Calm,
    pub name: &'a str,
    /// How many calls of this name come first. Calls made side by side come in any order.
    pub nth: usize,
    pub write: bool,
    pub way: Way,
}

impl fmt::Display for Point<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            calm, name, nth, way, ..
        } = self;
        write!(f, "{}, {name} #{}, {way}", calm.scenario.name, nth + 1)
    }
}

impl Calm {
    /// Runs the command undisturbed and writes down its calls and its end.
    pub fn observe(scenario: Scenario) -> Self {
        let stage = scenario.stage();
        let before = stage.state();
        let proxy = FaultProxy::start(&stage.account);
        stage.command(&proxy.endpoint()).run().success();
        let calls = proxy.calls();
        let after = stage.state();
        idle(&scenario, &stage).unwrap_or_else(|why| panic!("{}, undisturbed: {why}", scenario.name));
        let points = calls.iter().filter_map(pointed_at);
        Self {
            scenario,
            pointed: points.chain(taken_back(&scenario, &before)).collect(),
            calls: calls
                .iter()
                .map(|call| CallName {
                    name: call.name(),
                    write: call.is_write(),
                })
                .collect(),
            before,
            after,
            fresh: Mutex::default(),
        }
    }

    fn fresh(&self) -> std::sync::MutexGuard<'_, Vec<Stage>> {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether two states of the account are the same, as far as they have to be.
    fn same(&self, found: &Value, expected: &Value, when: impl FnOnce() -> String) -> Verdict {
        if self.scenario.told {
            same(&without_ledger(found), &without_ledger(expected), when)
        } else {
            same(found, expected, when)
        }
    }

    /// Finishes the stages on which only reads were broken: they too end where they should.
    pub fn finish(&self) -> Verdict {
        self.fresh().drain(..).try_for_each(|stage| self.run_again(&stage))
    }

    /// The same command ends where the undisturbed run did, and once more it writes nothing.
    fn run_again(&self, stage: &Stage) -> Verdict {
        let again = stage.undisturbed();
        ensure(again.code == Some(0), || format!("the second run: {again}"))?;
        self.same(&stage.state(), &self.after, || format!("after the second run: {again}"))?;
        idle(&self.scenario, stage)
    }
}

/// One run more writes nothing, unless it is meant to go further.
fn idle(scenario: &Scenario, stage: &Stage) -> Verdict {
    if scenario.goes_further {
        return Ok(());
    }
    let proxy = FaultProxy::start(&stage.account);
    let idle = stage.command(&proxy.endpoint()).run();
    ensure(idle.code == Some(0), || format!("one more run: {idle}"))?;
    ensure(proxy.writes().is_empty(), || {
        format!("one more run writes {:?}: {idle}", proxy.writes())
    })
}

impl Point<'_> {
    /// Whether `cargo test` tries it without being asked for all. Of the commands that are much like another one,
    /// calls that only look are broken in three ways that nothing overcomes and that are nothing alike.
    pub fn is_of_the_share(&self) -> bool {
        let few = matches!(self.way, Way::Fails | Way::HangBefore | Way::KillBefore);
        self.calm.scenario.whole || self.write || few
    }

    /// Breaks the call and looks at everything that must hold.
    pub fn judge(&self) -> Verdict {
        // On a busy machine a call beside this one may have come first and have been given up; and a state that
        // is asked for again and again may be reached with one question less: the question before stands for it.
        let asks = usize::from(!self.write && self.nth > 0);
        for nth in [self.nth, self.nth, self.nth, self.nth - asks] {
            // A statement of its own: nobody else may wait while a stage is made.
            let fresh = self.calm.fresh().pop();
            let stage = fresh.unwrap_or_else(|| self.calm.scenario.stage());
            let proxy = FaultProxy::start(&stage.account);
            let when = on(self.name).after(nth);
            proxy.inject(self.way.often(when), self.way.fault());
            let broken = self.run(&stage, &proxy)?;
            if proxy.broken() > 0 {
                return self.look(stage, &proxy, &broken);
            }
        }
        Err("the call was not made".into())
    }

    fn run(&self, stage: &Stage, proxy: &FaultProxy) -> Result<Finished, String> {
        let mut command = stage.command(&proxy.endpoint());
        if matches!(self.way, Way::HangBefore | Way::HangAfter) {
            command = command.env("LFN_CALL_TIMEOUT", &format!("{}s", CALL_TIMEOUT.as_secs()));
        }
        let running = command.start();
        Ok(if self.way.kills() {
            kill(running, proxy)?
        } else {
            running.wait()
        })
    }

    fn look(&self, stage: Stage, proxy: &FaultProxy, broken: &Finished) -> Verdict {
        let Calm {
            scenario,
            before,
            after,
            pointed,
            ..
        } = self.calm;
        ensure(!broken.stderr.contains("panicked"), || format!("a panic: {broken}"))?;
        for version in proxy.calls().iter().filter_map(pointed_at) {
            ensure(pointed.contains(&version), || {
                format!("an alias was pointed at {version}: {broken}")
            })?;
        }
        let landed = proxy.calls().iter().any(Call::is_write);
        if !landed {
            ensure(broken.code != Some(0), || format!("done without a write: {broken}"))?;
            self.words(broken, None)?;
            // Nothing has changed, so the next point finds what this one did.
            self.calm.fresh().push(stage);
            return Ok(());
        }
        let left = stage.state();
        same_versions(&left, after, pointed)?;
        self.words(broken, Some(&left))?;
        match broken.code {
            Some(0) => {
                self.calm
                    .same(&left, after, || format!("it says that it is done: {broken}"))?;
                idle(scenario, &stage)
            }
            Some(1) => {
                self.calm
                    .same(&left, before, || format!("it says that nothing was changed: {broken}"))?;
                self.calm.run_again(&stage)
            }
            // Killed after its answer: it is done, and the next run may do something else.
            None if scenario.goes_further && !broken.stdout.is_empty() => {
                self.calm.same(&left, after, || format!("it had answered: {broken}"))
            }
            _ => self.calm.run_again(&stage),
        }
    }

    /// Whether the exit code and the last lines say what is the case.
    fn words(&self, broken: &Finished, state: Option<&Value>) -> Verdict {
        if self.way.kills() {
            return ensure(broken.code.is_none(), || format!("it was not killed: {broken}"));
        }
        let overcome = self.way.is_overcome(self.write);
        ensure(!overcome || broken.code == Some(0), || {
            format!("a retry would do: {broken}")
        })?;
        ensure(matches!(broken.code, Some(0 | 1 | 4)), || {
            format!("the exit code: {broken}")
        })?;
        if broken.code == Some(0) {
            return Ok(());
        }
        ensure(broken.stderr.contains("error: "), || format!("no error: {broken}"))?;
        ensure(broken.stdout.is_empty(), || format!("an answer: {broken}"))?;
        let last = broken.stderr.lines().last().unwrap_or_default();
        ensure(last.starts_with("hint: "), || format!("no next move: {broken}"))?;
        let Some(state) = state else { return Ok(()) };
        let words = &broken.stderr;
        let next = ["again", "`lfn alias list`"].iter().any(|next| words.contains(next));
        ensure(next, || format!("no next command: {broken}"))?;
        let alias = self.calm.scenario.alias;
        let serves = |state: &Value| state["functions"]["shop"]["Aliases"][alias]["FunctionVersion"].clone();
        let live = serves(state);
        let told = serving(words, alias);
        let right = match told {
            Some(Serving::Version(version)) => live == *version,
            Some(Serving::AsBefore) => live == serves(&self.calm.before),
            Some(Serving::Nothing) => live.is_null(),
            Some(Serving::Unknown) => true,
            None => false,
        };
        ensure(right, || {
            format!("`{alias}` serves {live}, and it says {told:?}: {broken}")
        })
    }
}

/// What the last lines say about traffic.
#[derive(Debug)]
enum Serving<'a> {
    Version(&'a str),
    AsBefore,
    Nothing,
    Unknown,
}

fn serving<'a>(words: &'a str, alias: &str) -> Option<Serving<'a>> {
    if words.contains("is unknown") {
        return Some(Serving::Unknown);
    }
    if words.contains("nothing serves traffic") {
        return Some(Serving::Nothing);
    }
    if words.contains("serves traffic as before") {
        return Some(Serving::AsBefore);
    }
    let (_, rest) = words.split_once(&format!("`{alias}` serves version "))?;
    Some(Serving::Version(rest.split(|c: char| !c.is_ascii_digit()).next()?))
}

/// Kills lfn as soon as the call hangs.
fn kill(mut running: Running, proxy: &FaultProxy) -> Result<Finished, String> {
    const WITHIN: Duration = Duration::from_mins(1);
    let started = Instant::now();
    while !proxy.is_holding() {
        if running.has_ended() {
            return Ok(running.wait());
        }
        ensure(started.elapsed() < WITHIN, || "no call came to be killed at".into())?;
        std::thread::sleep(Duration::from_millis(2));
    }
    running.kill();
    Ok(running.wait())
}

/// Where a call points an alias: version and weights.
fn pointed_at(call: &Call) -> Option<Value> {
    matches!(call.operation.as_str(), "CreateAlias" | "UpdateAlias").then(|| {
        let body = call.json();
        let weights = body["RoutingConfig"]["AdditionalVersionWeights"].as_object();
        json!([body["FunctionVersion"], weights.cloned().unwrap_or_default()])
    })
}

/// Where a canary that is taken back returns to.
fn taken_back(scenario: &Scenario, before: &Value) -> Option<Value> {
    let alias = &before["functions"]["shop"]["Aliases"][scenario.alias];
    scenario
        .told
        .then(|| json!([alias["FunctionVersion"], alias["Weights"]]))
}

/// A version that an alias was pointed at, or may be yet, has what the undisturbed run's has.
fn same_versions(state: &Value, after: &Value, pointed: &[Value]) -> Verdict {
    let find = |state: &Value, number: &Value| {
        let versions = state["functions"]["shop"]["Versions"].as_array()?;
        versions.iter().find(|version| version["Version"] == *number).cloned()
    };
    for point in pointed {
        let (found, expected) = (find(state, &point[0]), find(after, &point[0]));
        if let (Some(found), Some(expected)) = (found, expected) {
            same(&found, &expected, || format!("version {}", point[0]))?;
        }
    }
    Ok(())
}

/// The state without descriptions of aliases and without their copies among the tags.
fn without_ledger(state: &Value) -> Value {
    let mut state = state.clone();
    let function = &mut state["functions"]["shop"];
    if let Some(tags) = function["Tags"].as_object_mut() {
        tags.retain(|key, _| !key.starts_with("lfn:step:"));
    }
    for alias in function["Aliases"]
        .as_object_mut()
        .into_iter()
        .flat_map(|all| all.values_mut())
    {
        alias["Description"] = Value::Null;
    }
    state
}

fn ensure(holds: bool, why: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(why()) }
}

fn same(found: &Value, expected: &Value, when: impl FnOnce() -> String) -> Verdict {
    ensure(found == expected, || {
        let mut lines = Vec::new();
        differences("", found, expected, &mut lines);
        format!("{}\nfound and expected differ:\n{}", when(), lines.join("\n"))
    })
}

/// Every place in which two values differ.
fn differences(at: &str, found: &Value, expected: &Value, lines: &mut Vec<String>) {
    match (found, expected) {
        (Value::Object(one), Value::Object(other)) => {
            let keys: std::collections::BTreeSet<_> = one.keys().chain(other.keys()).collect();
            for key in keys {
                differences(&format!("{at}/{key}"), &found[key], &expected[key], lines);
            }
        }
        _ if found == expected => {}
        _ => lines.push(format!("  {at}: {found} instead of {expected}")),
    }
}
