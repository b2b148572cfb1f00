//! A window's summary in place of every request.
//!
//! Source: Netflix `concurrency-limits`, `WindowedLimit`, `ImmutableAverageSampleWindow`, `ImmutablePercentileSampleWindow`.

use super::{ConcurrencyLimit, Sample};
use crate::sim::sort::sort_by_key;
use crate::sim::{Span, Time, clamp};

/// What is kept of a window.
pub trait SampleWindow: Clone {
    /// Adds what is known of a request.
    fn add(&mut self, rtt: Span);
    /// The time that stands for all of them; zero if there are none.
    fn tracked(&self) -> Span;
}

/// The mean, cut to whole nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Average {
    nanos: u128,
    count: u32,
}

impl SampleWindow for Average {
    fn add(&mut self, rtt: Span) {
        self.nanos += u128::from(rtt.nanos());
        self.count += 1;
    }

    fn tracked(&self) -> Span {
        Span::from_nanos((self.nanos / u128::from(self.count.max(1))) as u64)
    }
}

/// A quantile of the first samples of a window, as many as it has room for.
#[derive(Clone, Debug, PartialEq)]
pub struct Percentile {
    share: f64,
    room: usize,
    rtts: Vec<Span>,
}

impl Percentile {
    /// The quantile at `share` of [0, 1], of at most `room` samples.
    pub fn new(share: f64, room: usize) -> Self {
        Self { share, room, rtts: Vec::new() }
    }
}

impl SampleWindow for Percentile {
    fn add(&mut self, rtt: Span) {
        if self.rtts.len() < self.room {
            self.rtts.push(rtt);
        }
    }

    fn tracked(&self) -> Span {
        let mut sorted = self.rtts.clone();
        sort_by_key(&mut sorted, |rtt| rtt.nanos());
        // Halves are rounded up, as `Math.round` does.
        let rank = libm::floor(sorted.len() as f64 * self.share + 0.5) as usize;
        sorted.get(rank.saturating_sub(1)).copied().unwrap_or(Span::ZERO)
    }
}

/// How long a window is, with the library's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowedConfig {
    /// A window is twice the shortest time in it, and at least this long. Default 1 s.
    pub min_window: Span,
    /// And at most this long. Default 1 s.
    pub max_window: Span,
    /// A window with fewer samples is passed over. Default 10.
    pub window_size: u32,
    /// Samples that took less are passed over. Default 100 µs.
    pub min_rtt: Span,
}

impl Default for WindowedConfig {
    fn default() -> Self {
        Self {
            min_window: Span::from_secs(1),
            max_window: Span::from_secs(1),
            window_size: 10,
            min_rtt: Span::from_micros(100),
        }
    }
}

/// A limit that is told of windows.
#[derive(Clone, Debug, PartialEq)]
pub struct Windowed<L, W> {
    config: WindowedConfig,
    limit: L,
    empty: W,
    window: W,
    count: u32,
    shortest: Span,
    most_in_flight: u32,
    dropped: bool,
    /// When the window ends.
    ends: Time,
}

impl<L: ConcurrencyLimit, W: SampleWindow> Windowed<L, W> {
    /// Feeds `limit` with windows such as this empty one.
    pub fn new(config: WindowedConfig, limit: L, empty: W) -> Self {
        Self {
            config,
            limit,
            window: empty.clone(),
            empty,
            count: 0,
            shortest: Span::MAX,
            most_in_flight: 0,
            dropped: false,
            ends: Time::ZERO,
        }
    }

    /// How many may be under way, now.
    pub fn limit(&self) -> u32 {
        self.limit.limit()
    }

    /// A request has ended, now.
    pub fn on_sample(&mut self, now: Time, sample: &Sample) {
        if sample.rtt < self.config.min_rtt {
            return;
        }
        self.window.add(sample.rtt);
        self.count += 1;
        self.shortest = self.shortest.min(sample.rtt);
        self.most_in_flight = self.most_in_flight.max(sample.in_flight);
        self.dropped |= sample.dropped;
        if now <= self.ends {
            return;
        }
        let twice = Span::from_nanos(self.shortest.nanos().saturating_mul(2));
        let it = &self.config;
        self.ends = now + clamp(twice, it.min_window.min(it.max_window), it.max_window);
        if self.count >= it.window_size {
            self.limit.on_sample(&Sample {
                rtt: self.window.tracked(),
                in_flight: self.most_in_flight,
                dropped: self.dropped,
            });
        }
        self.window = self.empty.clone();
        (self.count, self.shortest, self.most_in_flight, self.dropped) = (0, Span::MAX, 0, false);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Aimd, AimdConfig};
    use super::*;

    #[test]
    fn a_limit_hears_once_a_window_and_of_every_loss_in_it() {
        let mut windowed =
            Windowed::new(WindowedConfig::default(), Aimd::new(AimdConfig::default()), Average::default());
        for i in 1..=1_000_u64 {
            let sample = Sample { rtt: Span::from_millis(10), in_flight: 20, dropped: i == 350 };
            windowed.on_sample(Time::from_millis(i * 10), &sample);
        }
        // The first window has one sample and doesn't count. Of the nine others the fourth has the loss: 23 × 0.9 is 20.
        assert_eq!(windowed.limit(), 20 + 5);
    }
}
