//! How many calls may be at work at the same time: the function's reserved concurrency.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

#[derive(Default)]
pub(super) struct Slots {
    busy: AtomicUsize,
    freed: Notify,
}

/// The leave for one call; it ends when this is dropped.
pub(super) struct Slot(Arc<Slots>);

impl Slots {
    /// `None` when as many calls are at work as may be.
    pub fn take(self: &Arc<Self>, most: Option<u32>) -> Option<Slot> {
        let most = most.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
        let more = |busy: usize| (busy < most).then_some(busy + 1);
        let taken = self.busy.fetch_update(Ordering::AcqRel, Ordering::Acquire, more);
        taken.ok().map(|_| Slot(self.clone()))
    }

    /// How many calls are at work.
    pub fn busy(&self) -> usize {
        self.busy.load(Ordering::Acquire)
    }

    /// Waits until no call is at work any more.
    pub async fn idle(&self) {
        loop {
            let mut freed = std::pin::pin!(self.freed.notified());
            freed.as_mut().enable();
            if self.busy() == 0 {
                return;
            }
            freed.await;
        }
    }

    /// Waits until there is room.
    pub async fn wait(self: &Arc<Self>, most: Option<u32>) -> Slot {
        loop {
            let mut freed = std::pin::pin!(self.freed.notified());
            // From here on no end of a call is missed.
            freed.as_mut().enable();
            if let Some(slot) = self.take(most) {
                return slot;
            }
            freed.await;
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::AcqRel);
        self.0.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn so_many_and_no_more_until_one_is_done() {
        let slots = Arc::new(Slots::default());
        let (one, two) = (slots.take(Some(2)).unwrap(), slots.take(Some(2)).unwrap());
        assert!(slots.take(Some(2)).is_none() && slots.take(Some(0)).is_none());
        assert!(slots.take(None).is_some(), "without a limit there is always room");
        let waiting = tokio::spawn({
            let slots = slots.clone();
            async move { drop(slots.wait(Some(2)).await) }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(one);
        waiting.await.unwrap();
        let idle = tokio::spawn({
            let slots = slots.clone();
            async move { slots.idle().await }
        });
        tokio::task::yield_now().await;
        assert!(slots.busy() == 1 && !idle.is_finished());
        drop(two);
        idle.await.unwrap();
        assert_eq!(slots.busy(), 0);
    }
}
