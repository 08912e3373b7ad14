//! What a process and its children use of the machine's memory. Linux alone tells.

use std::fs;
use std::io::Read as _;

/// Megabytes in use by the process and everything below it.
pub(super) fn used(process: u32) -> Option<u64> {
    let mut total = resident(process)?;
    let mut left = children(process);
    while let Some(child) = left.pop() {
        // One that has just ended uses nothing.
        total += resident(child).unwrap_or_default();
        left.extend(children(child));
    }
    Some(total.div_ceil(1024))
}

/// Kilobytes. What is shared with files (programs, libraries) is counted for each process, as `top` does.
fn resident(process: u32) -> Option<u64> {
    kilobytes(process, "VmRSS:")
}

/// The most that the process itself has ever used, in megabytes.
pub(super) fn peak(process: u32) -> Option<u64> {
    kilobytes(process, "VmHWM:").map(|peak| peak.div_ceil(1024))
}

fn kilobytes(process: u32, field: &str) -> Option<u64> {
    // In one read, which takes all of the kernel's text: this is asked after every call.
    let mut buffer = [0; 8192];
    let mut file = fs::File::open(format!("/proc/{process}/status")).ok()?;
    let count = file.read(&mut buffer).ok()?;
    let status = String::from_utf8_lossy(&buffer[..count]);
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

fn children(process: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else {
        return Vec::new();
    };
    let lists = threads
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    lists
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|id| id.parse().ok())
                .collect::<Vec<u32>>()
        })
        .collect()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn a_process_is_counted_with_its_children() {
        let own = super::used(std::process::id()).unwrap();
        assert!(own > 0 && super::peak(std::process::id()).unwrap() > 0);
        assert_eq!(super::used(u32::MAX), None);
    }
}
