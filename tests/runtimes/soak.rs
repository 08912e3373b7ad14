//! Thousands of calls of all kinds over eight environments: nothing is left of them, neither while lfn goes on nor
//! after its end, not even when it is killed at work. `LFN_SOAK=all` takes ten thousand.

#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::support::command::{Project, Running};
use super::support::{lfn, project};

/// Callers at the same time, and so environments.
const CALLERS: usize = 8;

/// What the memory of lfn may grow by under load, in kilobytes. Events and responses of up to six megabytes stand in memory
/// a few times over for each of eight calls at once (as the request, the event, the response, the answer), and the allocator keeps
/// for later what it got for them.
const GROWTH: u64 = 8 * 4 * 6 * 1024;

const YAML: &str = "
name: soaked
runtime: python3.12
handler: app.handler
timeout: 4s
memory: 512MB
";

const APP: &str = r#"
import os, signal, subprocess, sys, time
broken = os.path.join(os.environ["TMPDIR"], "broken")
if os.path.exists(broken):
    os.remove(broken)
    raise ValueError("broken")
def handler(event, context):
    do = event["do"]
    if do == "large": return event["payload"][:3_000_000] * 2
    if do == "raise": raise KeyError("raised")
    if do == "exit": sys.stdout.flush(); os._exit(3)
    if do == "kill": os.kill(os.getpid(), signal.SIGKILL)
    if do == "sleep": time.sleep(30)
    if do == "wait": time.sleep(0.4)
    if do == "child": subprocess.Popen(["sleep", "1000"])
    if do == "daemon": subprocess.Popen(["sleep", "1000"], start_new_session=True)
    if do == "crash with children": subprocess.Popen(["sleep", "1000"]); subprocess.Popen(["sleep", "1000"]); os._exit(4)
    if do == "print": print("x" * 200_000)
    if do == "file": open(os.path.join(os.environ["TMPDIR"], "file"), "wb").write(b"x" * 1_000_000)
    if do == "break": open(broken, "w").close(); os._exit(5)
    return "done"
"#;

/// What a call does, by its number: of a thousand, 84 are not plain.
fn deed(number: usize) -> &'static str {
    match number % 1_000 {
        n if n % 50 == 3 => "large",
        n if n % 50 == 7 => "raise",
        n if n % 100 == 11 => "print",
        n if n % 100 == 13 => "exit",
        n if n % 200 == 17 => "kill",
        n if n % 200 == 19 => "child",
        n if n % 500 == 41 => "daemon",
        n if n % 250 == 23 => "crash with children",
        n if n % 250 == 29 => "break",
        n if n % 500 == 31 => "file",
        n if n % 500 == 37 => "sleep",
        _ => "plain",
    }
}

/// lfn in a project, with a temporary folder of its own.
struct Soak {
    project: Project,
    running: Option<Running>,
    process: u32,
    port: u16,
}

impl Soak {
    fn start(project: Project) -> Self {
        let temporary = project.home().join("tmp");
        fs::create_dir_all(&temporary).unwrap();
        let (reader, writer) = std::io::pipe().unwrap();
        let running = lfn(&project)
            .args([
                "dev",
                "--port",
                "0",
                "--url-port",
                "0",
                "--page-port",
                "0",
                "--format",
                "json",
            ])
            .env("TMPDIR", temporary.to_str().unwrap())
            .within(Duration::from_mins(20))
            .stdout_to(writer)
            .start();
        let mut lines = BufReader::new(reader);
        let mut line = String::new();
        lines.read_line(&mut line).unwrap();
        let listening: Value = serde_json::from_str(&line).unwrap();
        let endpoint = listening["endpoint"].as_str().unwrap();
        let port = endpoint.rsplit(':').next().unwrap().parse().unwrap();
        // What is told of calls has to go somewhere.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        let found = processes(&temporary).into_iter().find(|(_, name)| name == "lfn");
        let (process, _) = found.unwrap();
        Self {
            project,
            running: Some(running),
            process,
            port,
        }
    }

    fn temporary(&self) -> PathBuf {
        self.project.home().join("tmp")
    }

    /// Calls with numbers up to this one, eight at a time; how many came to which end.
    fn load(&self, calls: usize, deed: impl Fn(usize) -> &'static str + Sync) -> BTreeMap<String, usize> {
        let next = AtomicUsize::new(0);
        let caller = || {
            let mut connection = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
            connection.set_nodelay(true).unwrap();
            let mut ends: BTreeMap<String, usize> = BTreeMap::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= calls {
                    return ends;
                }
                let deed = deed(number);
                let (status, body) = invoke(&mut connection, deed).unwrap();
                assert_eq!(status, 200, "{deed}: {body}");
                *ends.entry(format!("{deed}: {}", end(&body))).or_default() += 1;
            }
        };
        let mut all: BTreeMap<String, usize> = BTreeMap::new();
        std::thread::scope(|scope| {
            let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(caller)).collect();
            for ends in callers.into_iter().map(|caller| caller.join().unwrap()) {
                for (end, count) in ends {
                    *all.entry(end).or_default() += count;
                }
            }
        });
        all
    }

    /// lfn itself, with all eight environments up and none at work.
    fn at_rest(&self) -> AtRest {
        // More than once: an environment may have to fail before it is well again.
        for _ in 0..3 {
            self.load(CALLERS, |_| "wait");
        }
        let status = fs::read_to_string(format!("/proc/{}/status", self.process)).unwrap();
        let field = |name: &str| -> u64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").parse().unwrap()
        };
        AtRest {
            descriptors: fs::read_dir(format!("/proc/{}/fd", self.process)).unwrap().count(),
            folders: folders(&self.temporary()).len(),
            runtimes: count(&self.temporary(), "python3"),
            threads: field("Threads:"),
            kilobytes: field("VmRSS:"),
        }
    }
}

#[derive(Debug)]
struct AtRest {
    descriptors: usize,
    folders: usize,
    runtimes: usize,
    threads: u64,
    kilobytes: u64,
}

/// Sends a call and reads the answer.
fn invoke(connection: &mut TcpStream, deed: &str) -> std::io::Result<(u16, String)> {
    let mut event = json!({ "do": deed });
    if deed == "large" {
        event["payload"] = "x".repeat(5_000_000).into();
    }
    let event = event.to_string();
    let head = format!(
        "POST /2015-03-31/functions/soaked/invocations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\n\r\n",
        event.len()
    );
    connection.write_all(head.as_bytes())?;
    connection.write_all(event.as_bytes())?;
    let mut answer = BufReader::new(connection);
    let mut line = String::new();
    answer.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let mut length = 0;
    while line.trim() != "" {
        line.clear();
        answer.read_line(&mut line)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    answer.read_exact(&mut body)?;
    let status = status.ok_or(std::io::ErrorKind::UnexpectedEof)?;
    Ok((status, String::from_utf8(body).unwrap()))
}

/// A result by its size, an error by its type and what is the same each time in its message.
fn end(body: &str) -> String {
    match serde_json::from_str(body).unwrap() {
        Value::String(text) if text.len() > 100 => format!("{} bytes", text.len()),
        Value::String(text) => text,
        error => {
            let message = error["errorMessage"].as_str().unwrap();
            let message = message.split_once(" Error: ").map_or(message, |(_, what)| what);
            format!("{} {message}", error["errorType"].as_str().unwrap())
        }
    }
}

/// Processes that were started with this folder in their environment, with their names.
fn processes(folder: &Path) -> Vec<(u32, String)> {
    let folder = folder.to_str().unwrap();
    let all = fs::read_dir("/proc").unwrap().flatten();
    let numbers = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let ours = numbers.filter(|id| {
        let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(folder)
    });
    let named = |id: u32| {
        Some((
            id,
            fs::read_to_string(format!("/proc/{id}/comm")).ok()?.trim().to_owned(),
        ))
    };
    ours.filter_map(named).collect()
}

fn count(folder: &Path, name: &str) -> usize {
    processes(folder)
        .iter()
        .filter(|(_, found)| found.starts_with(name))
        .count()
}

fn folders(temporary: &Path) -> Vec<PathBuf> {
    fs::read_dir(temporary)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .collect()
}

/// Waits until nothing of this is left.
#[track_caller]
fn gone<T: std::fmt::Debug>(what: impl Fn() -> Vec<T>) {
    let began = Instant::now();
    loop {
        let left = what();
        if left.is_empty() {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "still there: {left:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn soaked() -> Project {
    let project = project();
    project.write("lambda.yaml", YAML).write("app.py", APP);
    project
}

#[test]
fn nothing_piles_up_over_thousands_of_calls_and_nothing_stays() {
    let calls = match std::env::var("LFN_SOAK") {
        Ok(all) if all == "all" => 10_000,
        _ => 2_000,
    };
    let mut soak = Soak::start(soaked());
    // All that is kept for later is there after a first round of everything.
    soak.load(1_000, deed);
    let before = soak.at_rest();
    let began = Instant::now();
    let ends = soak.load(calls, deed);
    let took = began.elapsed();
    let after = soak.at_rest();
    println!("{calls} calls in {took:.1?}: {ends:#?}\nbefore {before:?}\nafter  {after:?}");

    // Each call came to the end of its own, but for those that met an environment that fails to load.
    let done = |deed: &str, end: &str| ends.get(&format!("{deed}: {end}")).copied().unwrap_or_default();
    let of = |deed: &str| {
        let of = format!("{deed}: ");
        ends.iter()
            .filter(|(name, _)| name.starts_with(&of))
            .map(|(_, count)| count)
            .sum::<usize>()
    };
    let unwell: usize = ends
        .iter()
        .filter(|(name, _)| name.ends_with(": ValueError broken"))
        .map(|(_, count)| count)
        .sum();
    let mut expected = 0;
    for (deed, end) in [
        ("plain", "done"),
        ("large", "6000000 bytes"),
        ("raise", "KeyError 'raised'"),
        ("print", "done"),
        ("exit", "Runtime.ExitError Runtime exited with error: exit status 3"),
        ("kill", "Runtime.ExitError Runtime exited with error: signal: killed"),
        ("child", "done"),
        ("daemon", "done"),
        (
            "crash with children",
            "Runtime.ExitError Runtime exited with error: exit status 4",
        ),
        ("break", "Runtime.ExitError Runtime exited with error: exit status 5"),
        ("file", "done"),
        ("sleep", "Sandbox.Timedout Task timed out after 4.00 seconds"),
    ] {
        assert!(done(deed, end) > 0, "{deed}");
        expected += done(deed, end);
    }
    assert_eq!(expected + unwell, calls, "{ends:#?}");
    assert!(unwell > 0 && unwell <= of("break") + CALLERS, "{unwell}");

    // Eight environments, the code that they share, and no more of anything than before.
    assert_eq!((after.runtimes, after.folders), (CALLERS, CALLERS + 1), "{after:?}");
    // A connection that has just ended may still be open, and threads that block are kept for a while: there may be
    // some more or some fewer. What one call in a hundred left behind would be more than that.
    assert!(
        after.descriptors <= before.descriptors + CALLERS,
        "{before:?} {after:?}"
    );
    assert!(after.threads <= before.threads + CALLERS as u64, "{before:?} {after:?}");
    assert!(after.kilobytes <= before.kilobytes + GROWTH, "{before:?} {after:?}");

    let running = soak.running.take().unwrap();
    running.interrupt();
    running.wait().success();
    gone(|| processes(&soak.temporary()));
    assert_eq!(folders(&soak.temporary()), <[PathBuf; 0]>::default());
}

#[test]
fn lfn_that_was_killed_at_work_is_cleaned_up_after_by_the_next() {
    let mut soak = Soak::start(soaked());
    soak.load(CALLERS, |_| "wait");
    let temporary = soak.temporary();
    let before = folders(&temporary);
    let running = soak.running.take().unwrap();
    let port = soak.port;
    std::thread::scope(|scope| {
        for caller in 0..CALLERS {
            scope.spawn(move || {
                let mut connection = TcpStream::connect(("127.0.0.1", port)).unwrap();
                // Until lfn is gone. Some are asleep then, some have children.
                for number in 0.. {
                    let deed = ["plain", "child", "daemon", "sleep"][(caller + number) % 4];
                    if invoke(&mut connection, deed).is_err() {
                        return;
                    }
                }
            });
        }
        while count(&temporary, "sleep") < 4 {
            std::thread::sleep(Duration::from_millis(5));
        }
        running.kill();
        running.wait();
    });
    let left = processes(&temporary);
    assert!(before.len() > CALLERS && !left.is_empty(), "{before:?} {left:?}");

    let mut soak = Soak::start(soak.project);
    gone(|| {
        processes(&temporary)
            .into_iter()
            .filter(|process| left.contains(process))
            .collect()
    });
    gone(|| before.iter().filter(|folder| folder.exists()).collect());
    let running = soak.running.take().unwrap();
    running.interrupt();
    running.wait().success();
    assert_eq!(folders(&temporary), <[PathBuf; 0]>::default());
}
