//! One pace for all calls of the process that share a quota: never more in any second than the quota has,
//! first come, first served, and slower as soon as AWS says that it is too much, since others use the account too.
//!
//! What decides is pure and told the time ([`Pace`]); [`Limiter`] waits.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// A request that was sent, as a pace knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    number: u64,
    started: Instant,
}

/// How an answer speaks of the pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It says nothing of too many requests.
    Taken,
    /// There were too many requests.
    Throttled,
}

/// How many requests may start, and when the next one may.
///
/// A request counts for a second from when its answer came, since nobody knows when on its way it reached AWS;
/// while there is none, for a second and [`Pace::TRAVEL`] from its start. So no second holds more than the
/// rate, however unevenly requests travel.
///
/// Throttling takes a part of the rate at once; every answer gives a little of it back, as TCP does it.
#[derive(Debug)]
struct Pace {
    /// Requests a second at best; infinite without a limit.
    ceiling: f64,
    rate: f64,
    /// The requests of the last seconds, in the order of their starts.
    sent: VecDeque<Sent>,
    next: u64,
    /// When the rate was last lowered: answers to requests from before say nothing new.
    slowed: Option<Instant>,
}

#[derive(Debug)]
struct Sent {
    ticket: Ticket,
    /// The latest time at which it can have reached AWS.
    arrived: Instant,
    /// Whether it was answered and not throttled.
    taken: bool,
}

impl Pace {
    const SECOND: Duration = Duration::from_secs(1);
    /// How long a request may travel until it counts as arrived.
    const TRAVEL: Duration = Duration::from_millis(300);
    /// For how long a request matters to the slowest pace.
    const MEMORY: Duration = Duration::from_secs(3);
    /// Requests a second, however often AWS refuses.
    const SLOWEST: f64 = 0.5;
    /// What throttling leaves of the rate.
    const LEFT: f64 = 0.7;

    fn new(ceiling: f64) -> Self {
        Self {
            ceiling,
            rate: ceiling,
            sent: VecDeque::new(),
            next: 0,
            slowed: None,
        }
    }

    /// Starts a request, or says how long to wait before asking again.
    fn admit(&mut self, now: Instant) -> Result<Ticket, Duration> {
        while self.sent.front().is_some_and(|sent| sent.arrived + Self::MEMORY < now) {
            self.sent.pop_front();
        }
        let wait = self.wait(now);
        if !wait.is_zero() {
            return Err(wait);
        }
        let ticket = Ticket {
            number: self.next,
            started: now,
        };
        self.next += 1;
        let arrived = now + Self::TRAVEL;
        self.sent.push_back(Sent {
            ticket,
            arrived,
            taken: false,
        });
        Ok(ticket)
    }

    fn wait(&self, now: Instant) -> Duration {
        if self.rate.is_infinite() {
            return Duration::ZERO;
        }
        // Whole requests in whole seconds, as AWS counts; below one a second, one in a longer time.
        let calls = self.rate.floor().max(1.0);
        let span = Self::SECOND.div_f64(self.rate.min(1.0));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small whole number"
        )]
        let calls = calls as usize;
        let mut arrivals: Vec<Instant> = self.sent.iter().map(|sent| sent.arrived).collect();
        arrivals.sort_unstable();
        let oldest = arrivals.len().checked_sub(calls).map(|index| arrivals[index]);
        oldest.map_or(Duration::ZERO, |oldest| (oldest + span).saturating_duration_since(now))
    }

    /// Takes note of an answer.
    fn answered(&mut self, ticket: Ticket, answer: Answer, now: Instant) {
        if let Some(sent) = self.sent.iter_mut().find(|sent| sent.ticket == ticket) {
            sent.arrived = sent.arrived.min(now);
            sent.taken = answer == Answer::Taken;
        }
        match answer {
            // One request a second more for every second of full use.
            Answer::Taken => self.rate = (self.rate + (1.0 / self.rate).min(1.0)).min(self.ceiling),
            Answer::Throttled => {
                if self.slowed.is_some_and(|slowed| ticket.started <= slowed) {
                    return;
                }
                // What AWS took within the last second is a good guess at what it takes, and a bad one when
                // little was asked for: then half of what was allowed is.
                let half = if self.rate.is_finite() { self.rate / 2.0 } else { 1.0 };
                let base = self.rate.min(self.taken(now).max(half));
                self.rate = (base * Self::LEFT).max(Self::SLOWEST);
                self.slowed = Some(now);
            }
        }
    }

    /// How many requests were taken within the last second.
    fn taken(&self, now: Instant) -> f64 {
        let recent = |sent: &&Sent| sent.taken && sent.arrived + Self::SECOND > now;
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let taken = self.sent.iter().filter(recent).count() as f64;
        taken
    }
}

/// A pace that many calls keep to; clones share it.
#[derive(Debug, Clone)]
pub struct Limiter(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Who is next; tokio's mutex serves in the order of asking.
    queue: tokio::sync::Mutex<()>,
    pace: Mutex<Pace>,
    /// An answer came: the wait of who is next may be shorter now.
    answered: Notify,
}

/// Limiters live as long as the process, so several connections that share a quota share one.
static LIMITERS: LazyLock<Mutex<HashMap<String, Limiter>>> = LazyLock::new(Mutex::default);

impl Limiter {
    /// The limiter of a quota, told apart by its name and its requests a second; without a number it
    /// has no limit until AWS throttles. Profiles of different accounts share it too: slower than need
    /// be, but the account is not known before the first call.
    pub fn of(quota: &str, per_second: Option<u32>) -> Self {
        let mut limiters = LIMITERS.lock().unwrap_or_else(PoisonError::into_inner);
        let key = format!("{quota} {per_second:?}");
        limiters.entry(key).or_insert_with(|| Self::new(per_second)).clone()
    }

    fn new(per_second: Option<u32>) -> Self {
        let ceiling = per_second.map_or(f64::INFINITY, f64::from);
        Self(Arc::new(Shared {
            queue: tokio::sync::Mutex::default(),
            pace: Mutex::new(Pace::new(ceiling)),
            answered: Notify::new(),
        }))
    }

    /// Returns when the next request may be sent, which has to be at once.
    pub async fn turn(&self) -> Ticket {
        let _next = self.0.queue.lock().await;
        loop {
            let answered = self.0.answered.notified();
            let wait = match self.pace().admit(Instant::now()) {
                Ok(ticket) => return ticket,
                Err(wait) => wait,
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = answered => {}
            }
        }
    }

    /// Takes note of an answer.
    pub fn answered(&self, ticket: Ticket, answer: Answer) {
        self.pace().answered(ticket, answer, Instant::now());
        self.0.answered.notify_one();
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.0.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLISECOND: Duration = Duration::from_millis(1);

    /// An account with a quota, as AWS would count: a sliding second. Requests arrive `travel` after their start
    /// and are answered as long after that; the clock is a number.
    struct Account {
        quota: usize,
        arrivals: Vec<Instant>,
        throttled: usize,
    }

    impl Account {
        fn new(quota: usize) -> Self {
            Self {
                quota,
                arrivals: Vec::new(),
                throttled: 0,
            }
        }

        fn receive(&mut self, at: Instant) -> Answer {
            let within = self
                .arrivals
                .iter()
                .rev()
                .take_while(|&&before| before + Pace::SECOND > at);
            if within.count() >= self.quota {
                self.throttled += 1;
                return Answer::Throttled;
            }
            self.arrivals.push(at);
            Answer::Taken
        }
    }

    /// Lets `pace` send as much as it likes for some seconds. `travel` tells a request's way by its number.
    fn rush(
        pace: &mut Pace,
        account: &mut Account,
        seconds: u32,
        from: Instant,
        travel: impl Fn(u64) -> Duration,
    ) -> usize {
        let mut under_way: Vec<(Instant, Ticket, bool)> = Vec::new();
        let mut answers: HashMap<u64, Answer> = HashMap::new();
        let mut taken = 0;
        for tick in 0..seconds * 1000 {
            let now = from + MILLISECOND * tick;
            under_way.sort_by_key(|(at, ..)| *at);
            while under_way.first().is_some_and(|(at, ..)| *at <= now) {
                let (at, ticket, arrived) = under_way.remove(0);
                if arrived {
                    let answer = answers.remove(&ticket.number).expect("it has arrived");
                    taken += usize::from(answer == Answer::Taken);
                    pace.answered(ticket, answer, at);
                } else {
                    answers.insert(ticket.number, account.receive(at));
                    under_way.push((at + MILLISECOND, ticket, true));
                    under_way.sort_by_key(|(at, ..)| *at);
                }
            }
            while let Ok(ticket) = pace.admit(now) {
                under_way.push((now + travel(ticket.number), ticket, false));
                if pace.rate.is_infinite() && under_way.len() > 50 {
                    break;
                }
            }
        }
        taken
    }

    #[test]
    fn no_second_holds_more_than_the_quota_however_requests_travel() {
        for (what, travel) in [
            ("at once", (|_| MILLISECOND) as fn(u64) -> Duration),
            ("slowly", |_| MILLISECOND * 150),
            ("unevenly", |number| {
                MILLISECOND * u32::try_from(number * 73 % 190).expect("small")
            }),
        ] {
            let (mut pace, mut account) = (Pace::new(15.0), Account::new(15));
            let taken = rush(&mut pace, &mut account, 20, Instant::now(), travel);
            assert_eq!(account.throttled, 0, "{what}");
            assert!(taken >= 15 * 16, "{what}: the quota is used: {taken}");
        }
    }

    #[test]
    fn only_what_is_too_much_waits() {
        let (mut pace, start) = (Pace::new(15.0), Instant::now());
        for number in 0..15 {
            let ticket = pace
                .admit(start)
                .unwrap_or_else(|wait| panic!("{number} waits {wait:?}"));
            pace.answered(ticket, Answer::Taken, start + MILLISECOND * 10);
        }
        let at = start + MILLISECOND * 10;
        assert_eq!(pace.admit(at), Err(Pace::SECOND), "the sixteenth");
        assert!(pace.admit(at + Pace::SECOND).is_ok());
        assert!(pace.admit(start + Duration::from_secs(10)).is_ok(), "after a rest");
    }

    #[test]
    fn throttling_slows_down_once_and_recovery_is_gradual() {
        let (mut pace, start) = (Pace::new(15.0), Instant::now());
        let tickets: Vec<Ticket> = (0..15).map(|_| pace.admit(start).expect("a burst")).collect();
        for ticket in &tickets {
            pace.answered(*ticket, Answer::Throttled, start + MILLISECOND * 20);
        }
        assert!((pace.rate - 5.25).abs() < 0.01, "one burst counts once: {}", pace.rate);
        let mut now = start;
        let mut rates = vec![pace.rate];
        for _ in 0..15 {
            let second = now + Duration::from_secs(1);
            while now < second {
                match pace.admit(now) {
                    Ok(ticket) => pace.answered(ticket, Answer::Taken, now),
                    Err(wait) => now += wait,
                }
            }
            rates.push(pace.rate);
        }
        assert!(rates.is_sorted() && rates[5] < 12.0, "{rates:?}");
        assert!((pace.rate - 15.0).abs() < 0.01, "and no faster than allowed: {rates:?}");
    }

    #[test]
    fn a_quota_that_others_use_too_is_shared() {
        for ceiling in [15.0, f64::INFINITY] {
            let (mut pace, mut account) = (Pace::new(ceiling), Account::new(8));
            let taken = rush(&mut pace, &mut account, 30, Instant::now(), |_| MILLISECOND * 20);
            assert!(taken > 8 * 30 * 6 / 10, "most of what is left is used: {taken}");
            assert!(account.throttled * 3 < taken, "{} of {taken}", account.throttled);
        }
    }

    #[test]
    fn an_account_that_takes_nothing_is_asked_ever_more_seldom() {
        let (mut pace, mut account) = (Pace::new(15.0), Account::new(0));
        rush(&mut pace, &mut account, 60, Instant::now(), |_| MILLISECOND * 20);
        assert!((15..80).contains(&account.throttled), "{}", account.throttled);
        assert!((pace.rate - Pace::SLOWEST).abs() < f64::EPSILON);
    }

    #[tokio::test]
    async fn who_asks_first_is_served_first() {
        let limiter = Limiter::new(Some(50));
        let order = Mutex::new(Vec::new());
        let turns = (0..60).map(|index| {
            let (limiter, order) = (&limiter, &order);
            async move {
                let ticket = limiter.turn().await;
                order.lock().expect("not poisoned").push(index);
                limiter.answered(ticket, Answer::Taken);
            }
        });
        futures(turns).await;
        let order = order.into_inner().expect("not poisoned");
        assert_eq!(order, (0..60).collect::<Vec<_>>());
    }

    /// Waits for all of them, started in this order.
    async fn futures(all: impl Iterator<Item = impl Future<Output = ()>>) {
        let mut all: Vec<_> = all.map(Box::pin).collect();
        std::future::poll_fn(|context| {
            all.retain_mut(|future| future.as_mut().poll(context).is_pending());
            if all.is_empty() {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    }

    #[test]
    fn connections_that_share_a_quota_share_a_limiter() {
        let first = Limiter::of("lambda eu-test-1", Some(15));
        let second = Limiter::of("lambda eu-test-1", Some(15));
        assert!(Arc::ptr_eq(&first.0, &second.0));
        let other = Limiter::of("lambda eu-test-2", Some(15));
        assert!(!Arc::ptr_eq(&first.0, &other.0));
    }
}
