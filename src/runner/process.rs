//! One program with everything it starts: a process group, stopped, woken and killed as one.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::{Child, Command};

use super::memory;

pub(super) struct Process {
    child: Child,
    id: Option<u32>,
}

impl Process {
    pub async fn start(mut command: Command) -> io::Result<Self> {
        command.stdin(std::process::Stdio::null()).kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let child = spawn(&mut command).await?;
        let id = child.id();
        Ok(Self { child, id })
    }

    /// Waits until the process ends by itself.
    pub async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Whether it has ended already.
    pub fn is_over(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// The most memory the process has used so far, in megabytes.
    pub fn peak_memory(&self) -> Option<u64> {
        memory::peak(self.id?)
    }

    /// What it uses now together with its children, in megabytes.
    pub fn memory(&self) -> Option<u64> {
        memory::used(self.id?)
    }

    /// Lets the group rest. Where a system has no such thing, it goes on.
    pub fn stop(&self) {
        #[cfg(unix)]
        self.signal(rustix::process::Signal::STOP);
    }

    /// Wakes the group.
    pub fn wake(&self) {
        #[cfg(unix)]
        self.signal(rustix::process::Signal::CONT);
    }

    /// Asks the group to end.
    pub fn ask_to_end(&self) {
        #[cfg(unix)]
        self.signal(rustix::process::Signal::TERM);
    }

    /// Kills the whole group. What is gone already cannot be killed, and that is fine.
    pub fn kill(&mut self) {
        #[cfg(unix)]
        self.signal(rustix::process::Signal::KILL);
        let _ = self.child.start_kill();
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        let id = self.id.and_then(|id| i32::try_from(id).ok());
        if let Some(group) = id.and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process_group(group, signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Starts the command. A program that was just written cannot be started while another thread's
/// child still holds the file open between its fork and its exec; that passes in a moment.
async fn spawn(command: &mut Command) -> io::Result<Child> {
    let mut left = 50;
    loop {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy && left > 0 => {
                left -= 1;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            other => return other,
        }
    }
}
