//! `CoDel`: drops by how long packets *waited*, not by how many wait.
//!
//! Source: RFC 8289 §5, whose pseudocode this follows name by name. A queue may be long for a moment, since that is what it is
//! for; if the wait hasn't been below `target` for a whole `interval`, one packet is dropped, and then the next one sooner and
//! sooner, until it is.

use crate::sim::{Span, Time};
use std::collections::VecDeque;

/// Parameters, with the RFC's values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CodelConfig {
    /// A wait that is acceptable for good. 5 ms.
    pub target: Span,
    /// A round trip that is long enough for nearly everybody. 100 ms.
    pub interval: Span,
}

impl Default for CodelConfig {
    fn default() -> Self {
        Self { target: Span::from_millis(5), interval: Span::from_millis(100) }
    }
}

/// The state of one queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Codel {
    config: CodelConfig,
    /// When the wait will have been too long for an interval.
    first_above: Option<Time>,
    drop_next: Time,
    count: u32,
    last_count: u32,
    dropping: bool,
}

impl Codel {
    /// A queue that has had no trouble yet.
    pub const fn new(config: CodelConfig) -> Self {
        let zero = Time::ZERO;
        Self { config, first_above: None, drop_next: zero, count: 0, last_count: 0, dropping: false }
    }

    /// Takes the next packet to be sent out of the queue; `entered` knows when each came. Those that are dropped on the way
    /// are added to `dropped`.
    pub fn dequeue<T>(
        &mut self,
        now: Time,
        queue: &mut VecDeque<T>,
        entered: impl Fn(&T) -> Time,
        dropped: &mut Vec<T>,
    ) -> Option<T> {
        let (mut packet, mut too_long) = self.take(now, queue, &entered);
        if self.dropping {
            self.dropping = too_long;
            while self.dropping && now >= self.drop_next {
                dropped.extend(packet);
                self.count += 1;
                (packet, too_long) = self.take(now, queue, &entered);
                self.dropping = too_long;
                if too_long {
                    self.drop_next = self.control_law(self.drop_next);
                }
            }
        } else if too_long {
            dropped.extend(packet);
            (packet, _) = self.take(now, queue, &entered);
            self.dropping = true;
            // Where it has dropped a short while ago, it goes on at about the rate that was right then.
            let more = self.count - self.last_count;
            let lately = now.since(self.drop_next) < self.config.interval.scale(16.0);
            self.count = if more > 1 && lately { more } else { 1 };
            self.drop_next = self.control_law(now);
            self.last_count = self.count;
        }
        packet
    }

    /// The next packet, and whether waits have been too long for so long that it may be dropped.
    fn take<T>(
        &mut self,
        now: Time,
        queue: &mut VecDeque<T>,
        entered: &impl Fn(&T) -> Time,
    ) -> (Option<T>, bool) {
        let Some(packet) = queue.pop_front() else {
            self.first_above = None;
            return (None, false);
        };
        // A queue of a single packet keeps the line busy and no more.
        if now.since(entered(&packet)) < self.config.target || queue.len() <= 1 {
            self.first_above = None;
            return (Some(packet), false);
        }
        let first_above = *self.first_above.get_or_insert(now + self.config.interval);
        (Some(packet), now >= first_above)
    }

    /// The next drop: sooner with the square root of their number, since that is how a loss moves Reno's rate.
    fn control_law(&self, from: Time) -> Time {
        from + self.config.interval.scale(1.0 / libm::sqrt(f64::from(self.count.max(1))))
    }
}
