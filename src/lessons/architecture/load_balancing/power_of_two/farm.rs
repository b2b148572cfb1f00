//! A farm: its servers' queues, what the balancer believes of them, and what is measured of them.

use super::choice::{DRAWN, shortest_of, shortest_of_all};
use crate::sim::statistics::{Histogram, TimeAverage};
use crate::sim::{Draws, Span, Time};
use std::collections::VecDeque;

/// Queue lengths up to here are counted.
pub(super) const DEEPEST: usize = 30;

/// A request at a server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Job {
    /// Its number: the same in all farms.
    pub request: u32,
    /// Its service time.
    pub takes: Span,
}

/// Where a request was sent, and what spoke for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    pub server: u32,
    /// What the balancer believed of the servers that it looked at, in their order.
    pub seen: [u32; DRAWN],
    /// Where all were looked at: the shortest, and how many were as short.
    pub shortest: (u32, u32),
}

/// One farm under one rule.
#[derive(Clone, Debug)]
pub(super) struct Farm {
    /// How many servers each request looks at; `None` for all.
    choices: Option<usize>,
    /// Who is at each server, in order, the one in service first. Servers that were taken out finish what they have.
    pub lines: Vec<VecDeque<Job>>,
    /// What the board says of each server; empty while the news is always fresh.
    pub board: Vec<u32>,
    /// How many servers have at least so many requests, from one on; of those that are in.
    levels: Vec<TimeAverage>,
    /// The longest queue of those that are in, over time.
    fullest: TimeAverage,
    /// Times from arrival to answer since measuring began.
    pub times: Histogram,
}

impl Farm {
    /// An empty farm; its rule by its number.
    pub fn new(rule: usize) -> Self {
        Self {
            choices: (rule < DRAWN).then_some(rule + 1),
            lines: Vec::new(),
            board: Vec::new(),
            levels: vec![TimeAverage::default(); DEEPEST],
            fullest: TimeAverage::default(),
            times: Histogram::default(),
        }
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

    /// Picks a server for a request that may look at these.
    pub fn pick(&self, drawn: [u32; DRAWN], servers: u32, ties: &mut Draws) -> Sent {
        let seen = drawn.map(|server| self.believed(server));
        let believed = |server| self.believed(server);
        if let Some(d) = self.choices {
            return Sent { server: shortest_of(&drawn[..d], believed), seen, shortest: (0, 0) };
        }
        let (server, shortest, tied) = shortest_of_all(servers, believed, ties);
        Sent { server, seen, shortest: (shortest, tied) }
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
        if f64::from(here) > self.fullest.value() {
            self.fullest.set(now, here.into());
        }
        here == 1
    }

    /// The request in service at a server, of `servers` that are in, leaves.
    pub fn leave(&mut self, server: u32, servers: u32, now: Time) -> Option<Job> {
        let here = self.at(server);
        let job = self.lines[server as usize].pop_front()?;
        if server < servers {
            self.level(here, now, -1.0);
            if f64::from(here) >= self.fullest.value() {
                self.fullest.set(now, self.longest(servers).1.into());
            }
        }
        Some(job)
    }

    fn level(&mut self, requests: u32, now: Time, change: f64) {
        if let Some(level) = self.levels.get_mut(requests as usize - 1) {
            level.add(now, change);
        }
    }

    /// How many of the first `servers` have at least so many requests, counted one by one.
    fn at_least(&self, requests: usize, servers: u32) -> f64 {
        self.lines[..servers as usize].iter().filter(|line| line.len() >= requests).count() as f64
    }

    /// Measuring begins anew, of the first `servers`; there are at least as many from now on.
    pub fn measure(&mut self, servers: u32, now: Time) {
        if self.lines.len() < servers as usize {
            self.lines.resize_with(servers as usize, VecDeque::new);
        }
        for at in 0..DEEPEST {
            let mut level = TimeAverage::default();
            level.set(now, self.at_least(at + 1, servers));
            self.levels[at] = level;
        }
        self.fullest = TimeAverage::default();
        self.fullest.set(now, self.longest(servers).1.into());
        self.times.clear();
    }

    /// The longest queue, averaged over the time since measuring began.
    pub fn mean_longest(&self, from: Time, now: Time) -> f64 {
        let passed = now.since(from).secs();
        if passed > 0.0 { self.fullest.area(now) / passed } else { self.fullest.value() }
    }

    /// The share of `servers` servers that had at least so many requests (1 to [`DEEPEST`]), averaged over the time
    /// since measuring began.
    pub fn share(&self, requests: usize, servers: u32, from: Time, now: Time) -> f64 {
        let level = &self.levels[requests - 1];
        let passed = now.since(from).secs();
        let mean = if passed > 0.0 { level.area(now) / passed } else { level.value() };
        mean / f64::from(servers)
    }

    /// 99 % of the answers since measuring began took at most this long.
    pub fn p99(&self) -> Option<Span> {
        self.times.quantile(0.99)
    }

    /// Whether the counts of servers by length, and the longest, are those of the queues.
    pub fn levels_hold(&self, servers: u32) -> bool {
        if self.fullest.value() != f64::from(self.longest(servers).1) {
            return false;
        }
        self.levels.iter().enumerate().all(|(at, level)| level.value() == self.at_least(at + 1, servers))
    }
}
