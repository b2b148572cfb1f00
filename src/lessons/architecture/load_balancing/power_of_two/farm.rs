//! A farm: its servers' queues, what the balancer believes of them, and which one a request joins: the shortest of d queues
//! drawn at random, or of all.
//!
//! Source: M. Mitzenmacher, *The Power of Two Choices in Randomized Load Balancing*, IEEE TPDS 2001
//! (doi 10.1109/71.963420). As in tower's `p2c` and nginx's `random two`, the drawn servers are different ones; the paper
//! draws with replacement, which makes no difference in its limit of many servers.

use crate::lessons::prelude::*;
use crate::sim::Draws;
use crate::sim::statistics::TimeAverage;
use std::collections::VecDeque;

/// Queue lengths up to here are counted.
pub(super) const DEEPEST: usize = 30;
/// Servers that a request may look at, drawn once for all farms: each looks at the first d of them.
pub(super) const DRAWN: usize = 3;

/// Different servers of `n`, in the order in which they were drawn. `n` is at least [`DRAWN`].
pub(super) fn candidates(n: u32, draws: &mut Draws) -> [u32; DRAWN] {
    let mut drawn = [0; DRAWN];
    for k in 0..DRAWN {
        // One of those that are left: each server drawn before, lowest first, moves the numbers from its own on by one.
        let mut next = draws.below(n - k as u32);
        let mut before = [drawn[0], drawn[1]];
        if before[0] > before[1] && k == 2 {
            before.swap(0, 1);
        }
        for &taken in &before[..k.min(2)] {
            next += u32::from(next >= taken);
        }
        drawn[k] = next;
    }
    drawn
}

/// A request at a server: its number, which is the same in all farms, and its service time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Job {
    pub request: u32,
    pub takes: Span,
}

/// Where a request was sent, and what spoke for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub server: u32,
    /// What the balancer believed of the servers that were drawn, in their order.
    pub seen: [u32; DRAWN],
    /// Where all were looked at: how many servers were as short.
    pub tied: u32,
}

/// One farm under one policy.
#[derive(Clone, Debug)]
pub(super) struct Farm {
    /// How many servers each request looks at; `None` for all.
    choices: Option<usize>,
    /// Who is at each server, in order, the one in service first. Servers that were taken out finish what they have.
    pub lines: Vec<VecDeque<Job>>,
    /// What the board says of each server; empty while the balancer looks at the queues themselves.
    pub board: Vec<u32>,
    /// How many servers have at least so many requests, from one on; of those that are in.
    levels: Vec<TimeAverage>,
}

impl Farm {
    /// An empty farm; its policy by its number.
    pub fn new(n: usize) -> Self {
        let choices = (n < DRAWN).then_some(n + 1);
        Self { choices, lines: Vec::new(), board: Vec::new(), levels: vec![TimeAverage::default(); DEEPEST] }
    }

    /// Requests at a server, the one in service included.
    pub fn at(&self, server: u32) -> u32 {
        self.lines[server as usize].len() as u32
    }

    /// What the balancer believes of a server.
    pub fn believed(&self, server: u32) -> u32 {
        self.board.get(server as usize).copied().unwrap_or_else(|| self.at(server))
    }

    /// The server of the first `servers` that has most requests, and how many.
    pub fn longest(&self, servers: u32) -> (u32, u32) {
        (0..servers).fold((0, 0), |longest, n| if self.at(n) > longest.1 { (n, self.at(n)) } else { longest })
    }

    /// Picks a server for a request that may look at these. Of equals it is the one drawn first, or a random one.
    pub fn pick(&self, drawn: [u32; DRAWN], servers: u32, ties: &mut Draws) -> Sent {
        let seen = drawn.map(|server| self.believed(server));
        if let Some(d) = self.choices {
            let best = (0..d).min_by_key(|&k| seen[k]).unwrap_or(0);
            return Sent { server: drawn[best], seen, tied: 0 };
        }
        let shortest = (0..servers).map(|server| self.believed(server)).min().unwrap_or(0);
        let all = || (0..servers).filter(|&server| self.believed(server) == shortest);
        let tied = all().count() as u32;
        Sent { server: all().nth(ties.below(tied.max(1)) as usize).unwrap_or(0), seen, tied }
    }

    /// Reads the queues of the first `servers` onto the board.
    pub fn renew(&mut self, servers: u32) {
        self.board.clear();
        self.board.extend(self.lines[..servers as usize].iter().map(|line| line.len() as u32));
    }

    /// A request comes to a server; true if it finds nobody there.
    pub fn join(&mut self, server: u32, job: Job, now: Time) -> bool {
        self.lines[server as usize].push_back(job);
        let here = self.at(server);
        self.level(here, now, 1.0);
        here == 1
    }

    /// The request in service at a server, of `servers` that are in, leaves.
    pub fn leave(&mut self, server: u32, servers: u32, now: Time) -> Option<Job> {
        let here = self.at(server);
        let job = self.lines[server as usize].pop_front()?;
        if server < servers {
            self.level(here, now, -1.0);
        }
        Some(job)
    }

    fn level(&mut self, requests: u32, now: Time, change: f64) {
        if let Some(level) = self.levels.get_mut(requests as usize - 1) {
            level.add(now, change);
        }
    }

    fn at_least(&self, requests: usize, servers: u32) -> f64 {
        self.lines[..servers as usize].iter().filter(|line| line.len() >= requests).count() as f64
    }

    /// Measuring begins anew, of the first `servers`.
    pub fn measure(&mut self, servers: u32, now: Time) {
        if self.lines.len() < servers as usize {
            self.lines.resize_with(servers as usize, VecDeque::new);
        }
        for at in 0..DEEPEST {
            let mut level = TimeAverage::default();
            level.set(now, self.at_least(at + 1, servers));
            self.levels[at] = level;
        }
    }

    /// The share of `servers` servers that had at least so many requests (1 to [`DEEPEST`]), averaged over the time
    /// since measuring began.
    pub fn share(&self, requests: usize, servers: u32, from: Time, now: Time) -> f64 {
        let (level, passed) = (&self.levels[requests - 1], now.since(from).secs());
        let mean = if passed > 0.0 { level.area(now) / passed } else { level.value() };
        mean / f64::from(servers)
    }

    /// Whether the counts of servers by length are those of the queues.
    pub fn levels_hold(&self, servers: u32) -> bool {
        self.levels.iter().enumerate().all(|(at, level)| level.value() == self.at_least(at + 1, servers))
    }
}
