//! Work on many things, so many at a time.

use tokio::task::JoinSet;

/// Does `work` for every item, at most `jobs` at a time, and returns what came of it in the order of the items.
/// Dropped before the end, it gives up what is under way.
pub async fn side_by_side<T, R, F>(jobs: usize, items: Vec<T>, work: impl Fn(T) -> F) -> Vec<R>
where
    F: Future<Output = R> + Send + 'static,
    R: Send + 'static,
{
    let mut results: Vec<Option<R>> = items.iter().map(|_| None).collect();
    let mut waiting = items.into_iter().enumerate();
    let mut running = JoinSet::new();
    loop {
        while running.len() < jobs.max(1) {
            let Some((index, item)) = waiting.next() else { break };
            let one = work(item);
            running.spawn(async move { (index, one.await) });
        }
        match running.join_next().await {
            None => break,
            Some(Ok((index, result))) => results[index] = Some(result),
            Some(Err(error)) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => unreachable!("nobody aborts the work while it is waited for"),
            },
        }
    }
    results
        .into_iter()
        .map(|result| result.expect("each item was worked on"))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn results_keep_their_order_and_no_more_run_than_asked() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let work = |number: u64| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            async move {
                let running = now.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(running, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(20 - number)).await;
                now.fetch_sub(1, Ordering::SeqCst);
                number * 2
            }
        };
        let results = side_by_side(3, (0..10).collect(), work).await;
        assert_eq!(results, (0..10).map(|number| number * 2).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::SeqCst), 3);
        assert_eq!(
            side_by_side(3, Vec::new(), |number: u64| async move { number }).await,
            [0; 0]
        );
    }
}
