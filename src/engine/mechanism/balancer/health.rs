//! Active health checks.
//!
//! Source: `HAProxy`, configuration manual, server options `inter`, `fall`, `rise`, `timeout check`; the counter is that
//! of its `src/check.c`: health runs from 0 to rise + fall − 1, and a server is up from `rise` on. `fall` failures in a
//! row take a server down, `rise` successes in a row bring it back; a server begins up, and its first check, if it
//! fails, takes it down. (Envoy differs at the start: there a host begins down, and one success brings it up.)

use crate::sim::Span;

/// Parameters of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealthConfig {
    /// From the start of one check to the start of the next. Default 2 s (`inter`).
    pub interval: Span,
    /// A check without an answer for so long has failed; at most the interval. Default 2 s: `HAProxy` takes `inter`.
    pub timeout: Span,
    /// Successes in a row that bring a server back, at least 1. Default 2.
    pub rise: u32,
    /// Failures in a row that take it down, at least 1. Default 3.
    pub fall: u32,
}

impl Default for HealthConfig {
    fn default() -> Self {
        Self { interval: Span::from_secs(2), timeout: Span::from_secs(2), rise: 2, fall: 3 }
    }
}

/// What a check's result changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthChange {
    /// The server is up again.
    WentUp,
    /// The server is down.
    WentDown,
}

/// The health of one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// 0 to rise + fall − 1.
    counter: u32,
}

impl Health {
    /// A server not checked yet: up, but only just.
    pub fn new(config: HealthConfig) -> Self {
        Self { counter: config.rise.max(1) }
    }

    /// Whether the server counts as up.
    pub fn is_up(self, config: HealthConfig) -> bool {
        self.counter >= config.rise.max(1)
    }

    /// How many results in a row are still missing until the server changes sides.
    pub fn missing(self, config: HealthConfig) -> u32 {
        let rise = config.rise.max(1);
        if self.is_up(config) { self.counter - rise + 1 } else { rise - self.counter }
    }

    /// A check ended: an answer in time, or not.
    pub fn checked(&mut self, passed: bool, config: HealthConfig) -> Option<HealthChange> {
        let (rise, fall) = (config.rise.max(1), config.fall.max(1));
        let best = rise + fall - 1;
        let was_up = self.is_up(config);
        match (passed, was_up) {
            // A success makes good all failures so far: they have to come in a row.
            (true, true) => self.counter = best,
            (true, false) => {
                self.counter += 1;
                if self.counter >= rise {
                    self.counter = best;
                }
            }
            (false, true) if self.counter > rise => self.counter -= 1,
            (false, _) => self.counter = 0,
        }
        match (was_up, self.is_up(config)) {
            (false, true) => Some(HealthChange::WentUp),
            (true, false) => Some(HealthChange::WentDown),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    const CONFIG: HealthConfig =
        HealthConfig { interval: Span::from_secs(2), timeout: Span::from_secs(2), rise: 2, fall: 3 };

    /// Results as letters: `+` passed, `-` failed; the answer marks where the server went up (U) or down (D).
    fn story(results: &str) -> String {
        let mut health = Health::new(CONFIG);
        let letter = |change| match change {
            Some(HealthChange::WentUp) => 'U',
            Some(HealthChange::WentDown) => 'D',
            None => '.',
        };
        results.chars().map(|result| letter(health.checked(result == '+', CONFIG))).collect()
    }

    #[test]
    fn fall_failures_in_a_row_take_down_and_rise_successes_bring_back() {
        assert_eq!(story("+---++"), "...D.U");
        assert_eq!(story("+--+--+---"), ".........D");
        assert_eq!(story("+---+-++"), "...D...U");
    }

    #[test]
    fn a_server_never_checked_goes_down_with_its_first_failure() {
        assert_eq!(story("-"), "D");
        assert_eq!(story("-++---"), "D.U..D");
    }

    #[test]
    fn missing_counts_down_to_the_change() {
        let mut health = Health::new(CONFIG);
        health.checked(true, CONFIG);
        assert_eq!(health.missing(CONFIG), 3);
        health.checked(false, CONFIG);
        assert_eq!(health.missing(CONFIG), 2);
        health.checked(false, CONFIG);
        health.checked(false, CONFIG);
        assert_eq!((health.is_up(CONFIG), health.missing(CONFIG)), (false, 2));
    }
}
