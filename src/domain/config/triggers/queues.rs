//! Triggers that Lambda polls: queues and streams.

use super::events::{Pattern, check_filters};
use super::origin::{Origin, QUEUE, STREAM, TABLE};
use super::{Checked, Meaning};
use crate::domain::config::findings::{Complaint, Sink};
use crate::domain::config::node::Node;
use crate::domain::config::scalars::{Flag, Whole, choice};
use crate::domain::config::shape::{OneOrMany, shape};
use crate::domain::config::targets::{KmsKey, STREAM_FAILURE, Target, is_fifo};
use crate::domain::config::units::Seconds;

shape! {
    /// Messages of a queue.
    SqsTrigger {
        /// The queue: its name in this account, or its ARN.
        queue (required): Origin<QUEUE>,
        /// The key that the queue is encrypted with, if it is one of yours.
        kms_key: KmsKey,
        /// Messages per invocation; 10 by default.
        batch_size: Whole<1, 10_000>,
        /// How long to gather messages, up to five minutes.
        window: Seconds<0, 300>,
        /// At most this many invocations at a time.
        max_concurrency: Whole<2, 1000>,
        /// Whether the function answers with the messages that failed.
        report_failures: Flag,
        /// Only messages that match one of these patterns.
        filter: OneOrMany<Pattern>,
        /// Whether it runs; `true` by default.
        enabled: Flag,
    }
}

impl Checked for SqsTrigger {
    /// Source: Lambda API reference, `CreateEventSourceMapping`, `BatchSize` and `MaximumBatchingWindowInSeconds`.
    fn check(&self, _: &Node, sink: &Sink) {
        let fifo = self.queue.value.as_ref().is_some_and(|queue| is_fifo(queue.name()));
        let size = self.batch_size.value.map_or(10, |Whole(size)| size);
        let window = self.window.value.map_or(0, |Seconds(window)| window);
        if fifo && size > 10 {
            sink.error(
                &self.batch_size.at,
                Complaint::new("a FIFO queue gives at most 10 messages at a time").hint("lower `batch_size` to 10"),
            );
        } else if size > 10 && window == 0 {
            let complaint = Complaint::new("a batch of more than 10 messages needs a `window`");
            sink.error(&self.batch_size.at, complaint.hint("add `window: 1s`, or more"));
        }
        if fifo && window > 0 {
            sink.error(
                &self.window.at,
                Complaint::new("a FIFO queue has no `window`").hint("remove it"),
            );
        }
        check_filters(&self.filter, sink);
    }

    fn meaning(&self) -> Meaning {
        let queue = self.queue.value.as_ref();
        let polling = queue.map(|queue| queue.polling(None, self.kms_key.value.as_ref()));
        polling.map_or(Meaning::Other, |polling| Meaning::Polled(Box::new(polling)))
    }
}

/// Where reading a stream begins.
#[derive(Debug, Clone, Copy)]
pub enum From {
    Latest,
    Oldest,
}

choice! {
    From, "`latest` or `oldest`", ["latest" => From::Latest, "oldest" => From::Oldest];
}

/// Declares a trigger that reads a stream; only the key that names the source differs.
macro_rules! stream_trigger {
    ($(#[doc = $about:literal])+ $name:ident, $(#[doc = $source_about:literal])+ $source:ident: $of:ident) => {
        shape! {
            $(#[doc = $about])+
            $name {
                $(#[doc = $source_about])+
                $source (required): Origin<$of>,
                /// The key that it is encrypted with, if it is one of yours.
                kms_key: KmsKey,
                /// Where to begin: `latest` (the default) or `oldest`.
                from: From,
                /// Records per invocation; 100 by default.
                batch_size: Whole<1, 10_000>,
                /// How long to gather records, up to five minutes.
                window: Seconds<0, 300>,
                /// Invocations at a time for each shard.
                parallel: Whole<1, 10>,
                /// Retries of a failed batch; -1 means until the records expire.
                retries: Whole<-1, 10_000>,
                /// Older records are skipped.
                max_age: Seconds<60, 604_800>,
                /// Whether a failed batch is retried in halves.
                bisect: Flag,
                /// Whether the function answers with the record that failed.
                report_failures: Flag,
                /// Where records go that are given up on.
                on_failure: Target<STREAM_FAILURE>,
                /// Only records that match one of these patterns.
                filter: OneOrMany<Pattern>,
                /// Whether it runs; `true` by default.
                enabled: Flag,
            }
        }

        impl Checked for $name {
            fn check(&self, _: &Node, sink: &Sink) {
                check_filters(&self.filter, sink);
            }

            fn meaning(&self) -> Meaning {
                let (on_failure, kms_key) = (self.on_failure.value.as_ref(), self.kms_key.value.as_ref());
                let origin = self.$source.value.as_ref();
                let polling = origin.map(|origin| origin.polling(on_failure, kms_key));
                polling.map_or(Meaning::Other, |polling| Meaning::Polled(Box::new(polling)))
            }
        }
    };
}

stream_trigger! {
    /// Changes of a table, from its stream.
    DynamoTrigger,
    /// The table: its name in this account, or its stream's ARN.
    table: TABLE
}

stream_trigger! {
    /// Records of a Kinesis stream.
    KinesisTrigger,
    /// The stream: its name in this account, or its ARN.
    stream: STREAM
}
