//! A proxy between a client and a server that writes down every call and breaks some on purpose.
//!
//! It forwards HTTP/1.1 over plain TCP, one request a connection, and leaves the `Host` header as
//! it is, so that a signature made for the proxy's address still verifies behind it.

mod operation;
mod quota;
pub mod rule;
mod wire;

use std::io::{self, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use self::quota::Quota;
use self::rule::{Fault, When};
use self::wire::{Answer, Request};
use super::servers::Account;

/// Bodies longer than this are archives, and are not kept.
const KEPT_BODY: usize = 256 * 1024;

/// One request that reached the proxy.
#[derive(Debug, Clone)]
pub struct Call {
    /// As signed: `lambda`, `iam`, `s3`, …; `unsigned` for a request without a signature.
    pub service: String,
    /// As AWS names it: `CreateFunction`; the method and path for what the proxy cannot name.
    pub operation: String,
    pub method: String,
    /// With the query.
    pub path: String,
    /// `None` while it is under way, and when the client got no answer.
    pub status: Option<u16>,
    /// When it reached the proxy.
    pub arrived: Instant,
    pub took: Duration,
    /// The size of the request's body.
    pub bytes: usize,
    body: Vec<u8>,
}

impl Call {
    /// `lambda:CreateFunction`.
    pub fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }

    /// Whether it may change something.
    pub fn is_write(&self) -> bool {
        let reads = [
            "Get",
            "List",
            "Head",
            "Describe",
            "Filter",
            "AssumeRole",
            "StartLiveTail",
        ];
        !reads.iter().any(|read| self.operation.starts_with(read))
    }

    /// The request's body; null when it is no JSON or longer than a quarter of a megabyte.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The fields of a form; nothing when the body is none.
    pub fn form(&self) -> Vec<(String, String)> {
        let pairs = str::from_utf8(&self.body).unwrap_or_default().split('&');
        let pairs = pairs.filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
    }
}

/// Percent-encoded text in plain.
pub fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text);
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let Some(byte) = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
            break;
        };
        bytes.push(byte);
        rest = &after[2..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The longest row of calls that waited for each other: each arrived after the one before it was
/// answered. Delay every call, so that calls made side by side overlap for certain.
pub fn round_trips(calls: &[Call]) -> usize {
    let mut calls: Vec<(Instant, Instant)> = calls
        .iter()
        .map(|call| (call.arrived + call.took, call.arrived))
        .collect();
    calls.sort_unstable();
    let (mut row, mut last) = (0, None);
    for (answered, arrived) in calls {
        if last.is_none_or(|last| arrived >= last) {
            row += 1;
            last = Some(answered);
        }
    }
    row
}

/// A running proxy; dropping it closes every connection that it keeps hanging.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl FaultProxy {
    /// Starts a proxy in front of the account's server.
    pub fn start(account: &Account) -> Self {
        let upstream = account
            .endpoint
            .strip_prefix("http://")
            .and_then(|address| address.parse().ok())
            .expect("test servers are reached at http://127.0.0.1:PORT");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let shared = Arc::new(Shared::default());
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                if accepting.lock().closed {
                    break;
                }
                let shared = Arc::clone(&accepting);
                // A client that goes away in mid-call is part of the game.
                thread::spawn(move || client.and_then(|client| shared.serve(&client, upstream)));
            }
        });
        Self { address, shared }
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets the tests' own stand-in answer the calls of a service, in place of the server behind.
    pub fn answer_for(&self, service: &str, stand_in: StandIn) {
        self.shared.lock().stand_ins.push((service.to_owned(), stand_in));
    }

    /// Breaks the calls that match; of several rules, the oldest that is not used up applies.
    pub fn inject(&self, when: When, fault: Fault) {
        self.shared.lock().rules.push((when, fault));
    }

    /// Allows so many calls a second to Lambda's control plane, as AWS does, and answers more of them with 429.
    pub fn limit_lambda(&self, per_second: usize) {
        self.shared.lock().quota = Some(Quota::new(per_second));
    }

    /// How many calls were answered with 429.
    pub fn throttled(&self) -> usize {
        self.calls().iter().filter(|call| call.status == Some(429)).count()
    }

    /// Every call so far, in the order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.lock().calls.clone()
    }

    /// The names of the calls so far: `lambda:CreateFunction`.
    pub fn names(&self) -> Vec<String> {
        self.calls().iter().map(Call::name).collect()
    }

    /// The names of the calls so far that may have changed something.
    pub fn writes(&self) -> Vec<String> {
        self.calls()
            .iter()
            .filter(|call| call.is_write())
            .map(Call::name)
            .collect()
    }

    /// How many calls were broken so far.
    pub fn broken(&self) -> usize {
        self.shared.lock().broken
    }

    /// Whether a call hangs: one of [`Fault::HangAfter`] has landed by then.
    pub fn is_holding(&self) -> bool {
        self.shared.lock().holding
    }

    /// Forgets the calls so far and every rule.
    pub fn reset(&self) {
        let mut state = self.shared.lock();
        state.calls.clear();
        state.rules.clear();
        state.quota = None;
        state.broken = 0;
        state.generation += 1;
    }

    /// Returns once a call of this name is under way or done.
    #[track_caller]
    pub fn wait_for(&self, name: &str, within: Duration) {
        let state = self.shared.lock();
        let waited = self
            .shared
            .changed
            .wait_timeout_while(state, within, |state| {
                !state.calls.iter().any(|call| call.name() == name)
            })
            .unwrap_or_else(PoisonError::into_inner);
        let seen: Vec<_> = waited.0.calls.iter().map(Call::name).collect();
        assert!(!waited.1.timed_out(), "no `{name}` within {within:?}; seen: {seen:?}");
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        // Wakes the accepting thread, which then sees that it is closed.
        drop(TcpStream::connect(self.address));
    }
}

/// What a stand-in says to a call: a status and a body in JSON.
pub type StandIn = Arc<dyn Fn(&Call) -> (u16, Value) + Send + Sync>;

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

#[derive(Default)]
struct State {
    rules: Vec<(When, Fault)>,
    stand_ins: Vec<(String, StandIn)>,
    quota: Option<Quota>,
    calls: Vec<Call>,
    /// Counts resets, so that a call from before one does not write into the calls after it.
    generation: usize,
    /// Counts the calls that a rule was for.
    broken: usize,
    holding: bool,
    closed: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, mut client: &TcpStream, upstream: SocketAddr) -> io::Result<()> {
        let Some(request) = Request::read(&mut BufReader::new(client), client)? else {
            return Ok(());
        };
        let started = Instant::now();
        let (call, ticket, fault) = self.arrived(&request);
        let forward = || self.answer(&call, &request, upstream);
        // Written down before the client hears it, so that who has an answer finds it in `calls`.
        let answered = |status| self.answered(ticket, status, started.elapsed());
        match fault {
            None | Some(Fault::Delay(_)) => {
                if let Some(Fault::Delay(duration)) = fault {
                    thread::sleep(duration);
                }
                let answer = forward()?;
                answered(answer.status);
                answer.copy_to(client)?;
            }
            Some(Fault::Refuse { status, code, message }) => {
                answered(status);
                client.write_all(&wire::refusal(&request, status, &code, &message))?;
            }
            Some(Fault::DropBefore) => {}
            Some(Fault::DropAfter) => forward()?.copy_to(io::sink())?,
            Some(Fault::HangBefore) => self.wait_for_the_end(),
            Some(Fault::HangAfter) => {
                forward()?.copy_to(io::sink())?;
                self.wait_for_the_end();
            }
        }
        Ok(())
    }

    /// From the stand-in of the service, or from the server.
    fn answer(&self, call: &Call, request: &Request, upstream: SocketAddr) -> io::Result<Answer> {
        let state = self.lock();
        let stand_in = state.stand_ins.iter().find(|(service, _)| *service == call.service);
        let stand_in = stand_in.map(|(_, stand_in)| Arc::clone(stand_in));
        drop(state);
        match stand_in {
            Some(stand_in) => {
                let (status, body) = stand_in(call);
                Ok(Answer::made(status, &body))
            }
            None => wire::forward(request, upstream),
        }
    }

    fn arrived(&self, request: &Request) -> (Call, (usize, usize), Option<Fault>) {
        let service = operation::service(request);
        let call = Call {
            operation: operation::name(&service, request),
            service,
            method: request.method.clone(),
            path: request.target.clone(),
            status: None,
            arrived: Instant::now(),
            took: Duration::ZERO,
            bytes: request.body.len(),
            body: if request.body.len() <= KEPT_BODY {
                request.body.clone()
            } else {
                Vec::new()
            },
        };
        let mut state = self.lock();
        let fault = state
            .rules
            .iter_mut()
            .find_map(|(when, fault)| when.applies(&call).then(|| fault.clone()));
        let fault = fault.or_else(|| state.quota.as_mut()?.refuses(&call));
        state.broken += usize::from(fault.is_some());
        state.calls.push(call.clone());
        let ticket = (state.generation, state.calls.len() - 1);
        drop(state);
        self.changed.notify_all();
        (call, ticket, fault)
    }

    fn answered(&self, (generation, index): (usize, usize), status: u16, took: Duration) {
        let mut state = self.lock();
        if state.generation == generation {
            state.calls[index].status = Some(status);
            state.calls[index].took = took;
        }
        drop(state);
        self.changed.notify_all();
    }

    fn wait_for_the_end(&self) {
        let mut state = self.lock();
        state.holding = true;
        self.changed.notify_all();
        drop(self.changed.wait_while(state, |state| !state.closed));
    }
}
