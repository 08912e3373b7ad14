//! The page of `lfn dev`: the function, its events and its calls, in the browser of this machine.
//!
//! It has a port of its own, and so an origin of its own: nothing that the function's URL serves can reach it.
//! Files and a small API in JSON; what happens is sent to every open page as it happens.

mod answer;
mod calls;
mod files;
mod functions;
mod guard;
mod route;
mod saved;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio::task::JoinSet;

use self::calls::{Call, Calls};
use crate::commands::event;
use crate::ctx::Ctx;
use crate::domain::events;
use crate::ports::Cloud;
use crate::runner::http::{self, Request};
use crate::runner::{Caller, Endpoints, Finished, Unrunnable};
use crate::ui::problem;

/// So many messages may wait for a slow page.
const BACKLOG: usize = 256;

/// The page's server; it ends when this is dropped.
pub struct Page {
    pub address: SocketAddr,
    desk: Arc<Desk>,
    _tasks: JoinSet<()>,
}

/// What the page is about.
struct Desk {
    caller: Caller,
    /// What is deployed to this machine.
    cloud: Cloud,
    /// The project.
    folder: PathBuf,
    /// What samples are asked for with.
    sample: events::Request,
    /// The flags that lead lfn to this function, for lines to copy.
    given: Vec<String>,
    endpoint: SocketAddr,
    url: SocketAddr,
    calls: Mutex<Calls>,
    state: Mutex<State>,
    /// Messages as they go to the pages.
    news: broadcast::Sender<String>,
}

/// The function of the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
enum State {
    Up,
    /// A file has changed, and the next edition is being built.
    Building {
        path: String,
    },
    /// It could not be built or started.
    Failed {
        message: String,
    },
}

impl Page {
    /// Answers what comes to this listener.
    pub fn start(ctx: &Ctx, cloud: Cloud, endpoints: &Endpoints, listener: TcpListener) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let desk = Arc::new(Desk {
            caller: endpoints.caller(),
            cloud,
            folder: ctx.dir().to_owned(),
            sample: event::usual(ctx),
            given: given(ctx),
            endpoint: endpoints.api,
            url: endpoints.url,
            calls: Mutex::default(),
            state: Mutex::new(State::Up),
            news: broadcast::Sender::new(BACKLOG),
        });
        let mut tasks = JoinSet::new();
        let served = desk.clone();
        tasks.spawn(http::accept(listener, move |stream, _| {
            converse(stream, served.clone())
        }));
        Ok(Self {
            address,
            desk,
            _tasks: tasks,
        })
    }

    /// A call of the folder's function is over.
    pub fn called(&self, finished: &Finished) {
        let served = self.desk.caller.served();
        let function = served.pool.function();
        let of = (&function.name, function.settings.memory);
        let outcome = finished.outcome.as_ref().map_err(String::as_str);
        let call = Call::of_folder(of, &finished.how, &finished.event, outcome, Timestamp::now());
        self.desk.keep(call);
    }

    /// A file has changed.
    pub fn building(&self, path: &Path) {
        let path = path.display().to_string();
        self.desk.is(State::Building { path });
    }

    /// The function is what the files say.
    pub fn up(&self) {
        self.desk.is(State::Up);
    }

    /// It is not, and this is why.
    pub fn not_built(&self, error: &anyhow::Error) {
        let message = problem::alone(error) + "\nthe function before this change stays up";
        self.desk.is(State::Failed { message });
    }

    /// What was built does not start.
    pub fn not_started(&self, error: &Unrunnable) {
        let message = error.to_string();
        self.desk.is(State::Failed { message });
    }
}

impl Desk {
    /// Keeps a call and tells of it.
    fn keep(&self, call: Call) {
        let summary = self.calls().keep(call);
        self.tell("call", &summary);
    }

    fn is(&self, state: State) {
        let message = state.clone();
        *self.state() = state;
        self.tell("state", &message);
    }

    fn tell(&self, what: &str, value: &impl Serialize) {
        let json = serde_json::to_string(value).expect("what is told has names for keys");
        // Nobody listens when no page is open.
        let _ = self.news.send(format!("event: {what}\ndata: {json}\n\n"));
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn given(ctx: &Ctx) -> Vec<String> {
    let mut given = Vec::new();
    if ctx.dir() != Path::new(".") {
        given.extend(["-C".to_owned(), ctx.dir().display().to_string()]);
    }
    if let Some(stage) = &ctx.settings.stage {
        given.extend(["--stage".to_owned(), stage.to_string()]);
    }
    given
}

async fn converse(stream: TcpStream, desk: Arc<Desk>) {
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::new(stream);
    // Who talks nonsense gets no answer.
    while let Ok(Some(request)) = Request::read(&mut stream).await {
        let answered = match guard::refusal(&request) {
            Some(why) => {
                let refused = files::secured(answer::refused(403, why));
                refused.write(&mut stream, &request).await
            }
            None => answer::answer(&desk, &request, &mut stream).await,
        };
        if !matches!(answered, Ok(true)) {
            return;
        }
    }
}
