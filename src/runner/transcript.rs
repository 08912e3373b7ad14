//! The function's standard output and error, in the order they were written.
//!
//! Both streams of the process share one pipe. lfn writes marks into the same pipe, so the place
//! where a call begins and ends among the output is exact, and a mark that was read proves that
//! everything before it was read too.

use std::io::{self, PipeWriter, Read as _, Write as _};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::random_id;

pub(super) struct Transcript {
    writer: PipeWriter,
    text: Arc<Mutex<Vec<u8>>>,
    /// Changes whenever more was read.
    read: watch::Receiver<()>,
}

/// A place in the transcript.
pub(super) struct Mark(Vec<u8>);

/// What was written before and after a mark.
pub(super) struct Excerpt {
    pub before: String,
    pub after: String,
}

impl Transcript {
    pub fn open() -> io::Result<Self> {
        let (mut reader, writer) = io::pipe()?;
        let text = Arc::new(Mutex::new(Vec::new()));
        let (progress, read) = watch::channel(());
        let shared = text.clone();
        // A thread rather than a task: reading a pipe blocks, and it must go on while lfn itself
        // writes a mark. It ends when the last writer is gone.
        std::thread::spawn(move || {
            let mut buffer = [0; 16 * 1024];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                lock(&shared).extend_from_slice(&buffer[..count]);
                progress.send_replace(());
            }
        });
        Ok(Self { writer, text, read })
    }

    /// A stream of the process that ends up here.
    pub fn stream(&self) -> io::Result<Stdio> {
        Ok(self.writer.try_clone()?.into())
    }

    /// Marks this moment. The write is short and the reader always reads, so it does not block.
    pub fn mark(&self) -> io::Result<Mark> {
        let mark = format!("\u{1e}lfn:{}\n", random_id()?).into_bytes();
        (&self.writer).write_all(&mark)?;
        Ok(Mark(mark))
    }

    /// Takes what was written until now, in two parts around `mark`.
    pub async fn take(&mut self, mark: &Mark) -> io::Result<Excerpt> {
        let end = self.mark()?;
        // Should never be needed: a function cannot keep the reader from reading.
        let patience = Duration::from_secs(5);
        let marked = tokio::time::timeout(patience, self.read_up_to(&end)).await;
        let text = marked.unwrap_or_else(|_| std::mem::take(&mut *lock(&self.text)));
        let (before, after) = match find(&text, &mark.0) {
            Some(at) => (&text[..at], &text[at + mark.0.len()..]),
            None => (&[][..], &text[..]),
        };
        Ok(Excerpt {
            before: lines(before),
            after: lines(after),
        })
    }

    async fn read_up_to(&mut self, end: &Mark) -> Vec<u8> {
        let mut searched: usize = 0;
        loop {
            self.read.borrow_and_update();
            {
                let mut text = lock(&self.text);
                // A mark may have come in two pieces.
                let from = searched.saturating_sub(end.0.len());
                if let Some(at) = find(&text[from..], &end.0) {
                    let taken = text[..from + at].to_vec();
                    text.drain(..from + at + end.0.len());
                    return taken;
                }
                searched = text.len();
            }
            if self.read.changed().await.is_err() {
                return std::mem::take(&mut *lock(&self.text));
            }
        }
    }
}

/// The text behind the lock; appending bytes cannot leave it half-done.
fn lock(text: &Mutex<Vec<u8>>) -> std::sync::MutexGuard<'_, Vec<u8>> {
    text.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Marks are found from the end, where they are.
fn find(text: &[u8], mark: &[u8]) -> Option<usize> {
    text.windows(mark.len()).rposition(|window| window == mark)
}

/// Whole lines: Lambda's own lines always begin on a new one.
fn lines(text: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(text).into_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn output_is_cut_at_the_marks() {
        let mut transcript = Transcript::open().unwrap();
        (&transcript.writer).write_all(b"init").unwrap();
        let mark = transcript.mark().unwrap();
        (&transcript.writer).write_all(b"one\ntwo").unwrap();
        let excerpt = transcript.take(&mark).await.unwrap();
        assert_eq!(excerpt.before, "init\n");
        assert_eq!(excerpt.after, "one\ntwo\n");
        let mark = transcript.mark().unwrap();
        let excerpt = transcript.take(&mark).await.unwrap();
        assert_eq!((excerpt.before.as_str(), excerpt.after.as_str()), ("", ""));
    }
}
