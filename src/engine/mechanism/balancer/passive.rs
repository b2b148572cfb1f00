//! Passive health: a server that fails requests is left alone for a while.
//!
//! Source: nginx, `max_fails` and `fail_timeout` of the `server` directive
//! (`ngx_http_upstream_round_robin.c`, `get_peer` and `free_peer`): after `max_fails` failures a server is passed over
//! until `fail_timeout` has gone by since the last check; then one request a `fail_timeout` tries it, and a success
//! makes it live. Failures count together only if no success after a check came between them.

use crate::sim::{Span, Time};

/// Parameters of passive ejection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxFails {
    /// Failures that eject, at least 1. nginx's default: 1.
    pub max_fails: u32,
    /// How long. nginx's default: 10 s.
    pub fail_timeout: Span,
}

impl Default for MaxFails {
    fn default() -> Self {
        Self { max_fails: 1, fail_timeout: Span::from_secs(10) }
    }
}

/// What is remembered of one server's failures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    fails: u32,
    accessed: Time,
    checked: Time,
}

impl Failures {
    /// Whether requests may go there now.
    pub fn admits(&self, now: Time, rule: MaxFails) -> bool {
        self.fails < rule.max_fails || now.since(self.checked) > rule.fail_timeout
    }
    /// Failures that count at present.
    pub fn fails(&self) -> u32 {
        self.fails
    }
    /// A request is sent there: when the time is up, this is the one that tries.
    pub fn picked(&mut self, now: Time, rule: MaxFails) {
        if now.since(self.checked) > rule.fail_timeout {
            self.checked = now;
        }
    }
    /// A request failed there.
    pub fn failed(&mut self, now: Time) {
        self.fails = self.fails.saturating_add(1);
        self.accessed = now;
        self.checked = now;
    }
    /// A request succeeded there.
    pub fn succeeded(&mut self) {
        if self.accessed < self.checked {
            self.fails = 0;
        }
    }
}
