//! The runtime's process with everything it starts: one group, killed as one.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::{Child, Command};

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

    /// The most memory the process has used so far, in megabytes. Linux alone tells.
    pub fn peak_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id?)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kilobytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
        Some(kilobytes.div_ceil(1024))
    }

    /// Kills the whole group. What is gone already cannot be killed, and that is fine.
    pub fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self
            .id
            .and_then(|id| i32::try_from(id).ok())
            .and_then(rustix::process::Pid::from_raw)
        {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.start_kill();
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
