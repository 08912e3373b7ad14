//! Warm environments of one edition of a function: kept between calls, as many as there are calls at
//! the same time, and gone when the pool is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::environment::Environment;
use super::host::Host;
use super::launch::Launch;
use super::scratch::Scratch;
use super::unpacked::Unpacked;
use super::{Event, Files, Function, Outcome, Parts, Unrunnable};

/// A function with the files it runs from.
pub struct Edition {
    pub function: Function,
    pub code: Unpacked,
    /// None when the function has no layers.
    pub layers: Option<Unpacked>,
}

impl Edition {
    /// What its environments run from.
    pub fn files(&self) -> Files<'_> {
        Files {
            code: self.code.path(),
            layers: self.layers.as_ref().map(Unpacked::path),
        }
    }
}

/// Environments that are ready. Shared by all who call the function.
///
/// A call takes one that rests, or starts another. Between calls processes are stopped. An
/// environment whose runtime crashed or timed out is kept as Lambda keeps it: the next call in it
/// starts the runtime again, and `/tmp` is as it was.
pub struct Pool {
    // Before the files: processes must be gone when these are removed.
    resting: Mutex<Vec<Environment>>,
    host: Host,
    edition: Edition,
}

impl Pool {
    /// Starts nothing yet.
    pub fn new(host: Host, edition: Edition) -> Arc<Self> {
        // In a moment that nobody waits for: what other runs left behind when they were killed.
        std::thread::spawn(super::sweep);
        Arc::new(Self {
            host,
            edition,
            resting: Mutex::default(),
        })
    }

    /// Runs one call.
    pub async fn invoke(&self, event: &Event) -> Result<Outcome, Unrunnable> {
        self.invoke_with(event, None).await
    }

    /// The same; the parts of a streamed response are passed on while they come. When the future is
    /// dropped before its end, the environment goes with it.
    pub async fn invoke_with(&self, event: &Event, parts: Option<&Parts>) -> Result<Outcome, Unrunnable> {
        let rested = self.resting().pop();
        let mut environment = match rested {
            Some(environment) => environment,
            None => self.start().await?,
        };
        let outcome = environment.invoke_with(event, parts).await?;
        environment.freeze();
        self.resting().push(environment);
        Ok(outcome)
    }

    /// Starts an environment ahead of the first call.
    pub async fn warm_up(&self) -> Result<(), Unrunnable> {
        let environment = self.start().await?;
        environment.freeze();
        self.resting().push(environment);
        Ok(())
    }

    /// Whether this machine has what the function is run with; starts nothing of it.
    pub async fn check(&self) -> Result<(), Unrunnable> {
        let scratch = Scratch::new().map_err(Unrunnable::io("make a temporary folder"))?;
        let function = &self.edition.function;
        let launch = Launch::prepare(&self.host, self.edition.files(), scratch.path(), function);
        launch.await.map(|_| ())
    }

    /// The function that is run.
    pub fn function(&self) -> &Function {
        &self.edition.function
    }

    /// Ends the environments that rest; extensions are told. Those at work end with their calls' futures.
    pub async fn close(&self) {
        let resting = std::mem::take(&mut *self.resting());
        for environment in resting {
            environment.close().await;
        }
    }

    async fn start(&self) -> Result<Environment, Unrunnable> {
        Environment::start(&self.host, self.edition.files(), self.edition.function.clone()).await
    }

    /// Whole after every statement.
    fn resting(&self) -> MutexGuard<'_, Vec<Environment>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
