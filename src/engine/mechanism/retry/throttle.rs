//! Client-side adaptive throttling: a client that is refused much stops asking.
//!
//! Source: B. Beyer et al. (eds.), *Site Reliability Engineering*, O'Reilly 2016, chapter 21, equation 21-1. Over the
//! last two minutes a client counts `requests` (those its application wanted to make, also what it held back itself)
//! and `accepts` (those the backend took), and holds a request back with probability
//! max(0, (requests − K × accepts) ÷ (requests + 1)).

use crate::sim::{Span, Time};

/// Parameters of the throttle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ThrottleConfig {
    /// How much more than what is accepted a client sends, at least 1. Google's default: 2.
    pub k: f64,
    /// How far back is counted. Google's default: 2 min.
    pub window: Span,
}

impl Default for ThrottleConfig {
    fn default() -> Self {
        Self { k: 2.0, window: Span::from_secs(120) }
    }
}

impl ThrottleConfig {
    /// Probability with which a request is held back, after so many.
    pub fn reject_probability(&self, requests: f64, accepts: f64) -> f64 {
        ((requests - self.k * accepts) / (requests + 1.0)).max(0.0)
    }

    /// Requests a second that are sent in the long run of `offered` ones, when the backend takes at most `capacity`: where
    /// more than K times what is accepted is wanted, that is what is sent.
    pub fn steady_sent(&self, offered: f64, capacity: f64) -> f64 {
        // Sent s = K × accepted = K × min(s, capacity): with K below 1 nothing but zero solves it.
        let most = if self.k >= 1.0 { self.k * capacity } else { 0.0 };
        if self.k * offered.min(capacity) >= offered { offered } else { offered.min(most) }
    }
}

/// The window is counted in so many parts, each forgotten as a whole.
const PARTS: usize = 24;

/// The throttle of one client for one backend.
#[derive(Clone, Debug, PartialEq)]
pub struct AdaptiveThrottle {
    config: ThrottleConfig,
    /// Requests and accepts.
    parts: [(u32, u32); PARTS],
    /// Number of the newest part since the start.
    newest: u64,
}

impl AdaptiveThrottle {
    /// A throttle that has seen nothing.
    pub fn new(config: ThrottleConfig) -> Self {
        Self { config, parts: [(0, 0); PARTS], newest: 0 }
    }

    /// The application wants to make a request: whether it goes out, by a draw in [0, 1).
    pub fn request(&mut self, now: Time, draw: f64) -> bool {
        self.turn(now);
        let goes = draw >= self.reject_probability();
        let requests = &mut self.parts[self.newest as usize % PARTS].0;
        *requests = requests.saturating_add(1);
        goes
    }

    /// The backend took a request.
    pub fn accepted(&mut self, now: Time) {
        self.turn(now);
        let accepts = &mut self.parts[self.newest as usize % PARTS].1;
        *accepts = accepts.saturating_add(1);
    }

    /// Requests and accepts that are counted.
    pub fn seen(&self) -> (u64, u64) {
        let sum = |of: fn(&(u32, u32)) -> u32| self.parts.iter().map(|part| u64::from(of(part))).sum();
        (sum(|part| part.0), sum(|part| part.1))
    }

    /// Probability with which the next request is held back, as of when the throttle was last called.
    pub fn reject_probability(&self) -> f64 {
        let (requests, accepts) = self.seen();
        self.config.reject_probability(requests as f64, accepts as f64)
    }

    fn turn(&mut self, now: Time) {
        let part = now.nanos() / (self.config.window.nanos() / PARTS as u64).max(1);
        for gone in 0..part.saturating_sub(self.newest).min(PARTS as u64) {
            self.parts[(part - gone) as usize % PARTS] = (0, 0);
        }
        self.newest = self.newest.max(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Draws, Entity, Purpose};

    #[test]
    fn a_client_comes_to_send_k_times_what_is_accepted() {
        let config = ThrottleConfig::default();
        let mut throttle = AdaptiveThrottle::new(config);
        let mut draws = Draws::new(1, Purpose::named("throttle"), Entity::new(0, 0));
        let (mut sent, mut taken) = (0_u32, 0_u32);
        // 1,000 requests a second wanted, 100 a second taken.
        for i in 0..600_000_u64 {
            let now = Time::from_millis(i);
            if i % 1_000 == 0 {
                taken = 0;
            }
            if throttle.request(now, draws.unit()) {
                sent += u32::from(i >= 300_000);
                if taken < 100 {
                    taken += 1;
                    throttle.accepted(now);
                }
            }
        }
        let rate = f64::from(sent) / 300.0;
        let expected = config.steady_sent(1_000.0, 100.0);
        assert!((rate / expected - 1.0).abs() < 0.05, "{rate}, not {expected}");
    }

    #[test]
    fn what_is_older_than_the_window_is_forgotten() {
        let mut throttle = AdaptiveThrottle::new(ThrottleConfig { k: 2.0, window: Span::from_secs(24) });
        for second in 0..20 {
            assert!(throttle.request(Time::from_secs(second), 1.0));
        }
        assert_eq!(throttle.seen(), (20, 0));
        throttle.accepted(Time::from_secs(33));
        assert_eq!(throttle.seen(), (10, 1));
        throttle.accepted(Time::MAX);
        assert_eq!(throttle.seen(), (0, 1));
    }
}
