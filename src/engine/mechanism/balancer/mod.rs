//! A load balancer: which server gets the next request.
//!
//! ```text
//!   pick ──► decision ──► started ──► … ──► finished      set_standing · set_weight · set_share
//! ```
//!
//! [`Balancer`] holds the servers' book (weights, standing, requests under way) and one [`Policy`]'s state; each
//! policy has a file that names its source. [`Health`], [`SlowStart`] and [`MaxFails`] decide when a server takes
//! requests and how many; the world around calls them and hands the result in.
//!
//! Invariants: a server that is down, draining, ejected or of weight zero gets no new request (but for draining ones
//! and clients that are bound to them); requests under way are `started` minus `finished`; the only randomness is the
//! stream handed to `pick`.

mod decision;
mod health;
mod least_connections;
pub mod maglev;
mod passive;
mod peak_ewma;
mod policy;
pub mod ring_hash;
mod sampling;
mod servers;
mod slow_start;
mod smooth_weighted;
mod sticky;
#[cfg(test)]
mod tests;

pub use decision::{Decision, Rule};
pub use health::{Health, HealthChange, HealthConfig};
pub use passive::{Failures, MaxFails};
pub use peak_ewma::{EwmaConfig, PeakEwma};
pub use policy::{Config, ConfigError, Policy};
pub use servers::{Server, Standing};
pub use slow_start::SlowStart;

use crate::sim::{Draws, Span, Time};
use ring_hash::Ring;
use servers::{Servers, UNITS};
use smooth_weighted::SmoothWeighted;
use std::sync::Arc;
use sticky::Sticky;
use xxhash_rust::xxh64::xxh64;

/// How a request ended, for its balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestOutcome {
    /// With an answer.
    Answered,
    /// With an error, a refusal or no answer in time.
    Failed,
}

/// What a policy remembers. Tables are shared between clones and replaced as a whole.
#[derive(Clone, Debug)]
enum ServerState {
    Random,
    RoundRobin { last: Option<u32> },
    SmoothWeighted(SmoothWeighted),
    LeastConnections(SmoothWeighted),
    TwoChoices,
    PeakEwma(Vec<PeakEwma>),
    RingHash(Arc<Ring>),
    Maglev(Arc<[u32]>),
    Modulo(Arc<[u32]>),
    Sticky(Sticky),
}

/// A balancer over a fixed list of servers.
#[derive(Clone, Debug)]
pub struct Balancer {
    policy: Policy,
    config: Config,
    servers: Servers,
    /// The servers' names, for the consistent hashes.
    names: Arc<[String]>,
    failures: Vec<Failures>,
    state: ServerState,
}

impl Balancer {
    /// A balancer at time zero over servers of these weights (0 to 1,000), all up.
    ///
    /// # Errors
    /// If there is no server or more than 10,000, a weight is above 1,000, or a parameter is out of its range.
    pub fn new(policy: Policy, config: Config, weights: &[u32]) -> Result<Self, ConfigError> {
        config.check(weights)?;
        let n = weights.len();
        let state = match policy {
            Policy::Random => ServerState::Random,
            Policy::RoundRobin => ServerState::RoundRobin { last: None },
            Policy::WeightedRoundRobin => ServerState::SmoothWeighted(SmoothWeighted::new(n)),
            Policy::LeastConnections => ServerState::LeastConnections(SmoothWeighted::new(n)),
            Policy::TwoChoices => ServerState::TwoChoices,
            Policy::PeakEwma => ServerState::PeakEwma(vec![PeakEwma::new(config.ewma, Time::ZERO); n]),
            Policy::RingHash => ServerState::RingHash(Arc::default()),
            Policy::Maglev => ServerState::Maglev(Arc::default()),
            Policy::Modulo => ServerState::Modulo(Arc::default()),
            Policy::Sticky => ServerState::Sticky(Sticky::new(n)),
        };
        let names = (0..n).map(|i| format!("10.0.{}.{}:80", i / 250, i % 250 + 1)).collect();
        let mut balancer = Self {
            policy,
            config,
            servers: Servers::new(weights),
            names,
            failures: vec![Failures::default(); n],
            state,
        };
        balancer.rebuild_ring();
        balancer.rebuild();
        Ok(balancer)
    }

    /// The policy.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// All servers, in the order of their indices.
    pub fn servers(&self) -> &[Server] {
        &self.servers.all
    }

    /// How many servers take new requests.
    pub fn available(&self) -> usize {
        self.servers.open().len()
    }

    /// Picks a server for a request with this key from this client; `None` when no server takes requests. Nothing is
    /// counted until [`Balancer::started`].
    pub fn pick(&mut self, now: Time, key: u64, client: u32, draws: &mut Draws) -> Option<Decision> {
        self.eject(now);
        let Self { servers, config, .. } = self;
        let decision = match &mut self.state {
            ServerState::Random => sampling::random(servers, draws),
            ServerState::RoundRobin { last } => round_robin(servers, last),
            ServerState::SmoothWeighted(turns) => weighted_turn(servers, turns),
            ServerState::LeastConnections(turns) => least_connections::pick(servers, turns),
            ServerState::TwoChoices => sampling::least_of(servers, config.choices, draws),
            ServerState::PeakEwma(estimates) => peak_ewma::pick(servers, estimates, now, draws),
            ServerState::RingHash(ring) => {
                let hash = hash_of(key);
                let found = if servers.open().is_empty() {
                    None
                } else {
                    ring.lookup(hash, |server| servers.is_open(server))
                };
                found.map(|(point, server)| Decision {
                    server: server as usize,
                    rule: Rule::RingPoint { hash, point },
                })
            }
            ServerState::Maglev(table) | ServerState::Modulo(table) => table_slot(table, key),
            ServerState::Sticky(sticky) => sticky.pick(servers, client),
        }?;
        if let Some(rule) = config.max_fails {
            self.failures[decision.server].picked(now, rule);
        }
        Some(decision)
    }

    /// A request was sent to a server.
    pub fn started(&mut self, _now: Time, server: usize) {
        self.servers.all[server].connections += 1;
    }

    /// A request at a server ended, `latency` after it was sent.
    ///
    /// # Panics
    /// If none was under way there: the world would have lost count.
    pub fn finished(&mut self, now: Time, server: usize, outcome: RequestOutcome, latency: Span) {
        let connections = &mut self.servers.all[server].connections;
        *connections = connections.checked_sub(1).expect("a request ends once, after it was started");
        if let ServerState::PeakEwma(estimates) = &mut self.state {
            estimates[server].observe(now, latency);
        }
        let Some(rule) = self.config.max_fails else { return };
        match outcome {
            RequestOutcome::Answered => self.failures[server].succeeded(),
            RequestOutcome::Failed => {
                self.failures[server].failed(now);
                let weight = self.servers.weight(server as u32);
                if let ServerState::SmoothWeighted(turns) | ServerState::LeastConnections(turns) =
                    &mut self.state
                {
                    turns.failed(server as u32, weight, rule.max_fails);
                }
            }
        }
    }

    /// Changes whether a server takes requests. Requests under way there stay counted until they finish.
    pub fn set_standing(&mut self, server: usize, standing: Standing) {
        self.servers.all[server].standing = standing;
        self.refresh();
    }

    /// Changes a server's weight; more than 1,000 is taken as 1,000.
    pub fn set_weight(&mut self, server: usize, weight: u32) {
        self.servers.all[server].weight = weight.min(1_000);
        self.servers.refresh();
        self.rebuild_ring();
        self.rebuild();
    }

    /// Changes the share of a server's weight that counts, 0 to 1 (see [`SlowStart`]). Policies that don't look at
    /// weights, and the hashes, take no notice.
    pub fn set_share(&mut self, server: usize, share: f64) {
        self.servers.all[server].share = if share >= 0.0 { share.min(1.0) } else { 1.0 };
    }

    /// The current weights of the smooth weighted round robin, in units of the configured weights; empty for policies
    /// that don't use it.
    pub fn current_weights(&self) -> Vec<f64> {
        match &self.state {
            ServerState::SmoothWeighted(turns) | ServerState::LeastConnections(turns) => {
                turns.currents().map(|current| current as f64 / UNITS as f64).collect()
            }
            ServerState::Sticky(sticky) => {
                sticky.turns.currents().map(|current| current as f64 / UNITS as f64).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Brings passive ejection up to date: its end is a matter of time alone.
    fn eject(&mut self, now: Time) {
        let Some(rule) = self.config.max_fails else { return };
        let mut changed = false;
        for (server, failures) in self.servers.all.iter_mut().zip(&self.failures) {
            let ejected = !failures.admits(now, rule);
            changed |= ejected != server.ejected;
            server.ejected = ejected;
        }
        if changed {
            self.refresh();
        }
    }

    fn refresh(&mut self) {
        if self.servers.refresh() {
            self.rebuild();
        }
    }

    /// Makes the ring anew over all servers: it changes with their weights only.
    fn rebuild_ring(&mut self) {
        if let ServerState::RingHash(ring) = &mut self.state {
            let hosts = (0..).zip(&self.servers.all).map(|(server, state)| (server, state.weight));
            let named = hosts.map(|(server, weight)| (server, self.names[server as usize].as_str(), weight));
            *ring = Arc::new(Ring::new(named, self.config.points_per_weight));
        }
    }

    /// Makes the other hashes' tables anew over the servers that take requests.
    fn rebuild(&mut self) {
        let Self { servers, names, config, .. } = self;
        let open = servers.open();
        let weight = |server: u32| servers.all[server as usize].weight;
        let hosts =
            open.iter().map(|&server| (server, names[server as usize].as_str(), f64::from(weight(server))));
        match &mut self.state {
            ServerState::Maglev(table) => *table = maglev::table(hosts, config.table_size).into(),
            ServerState::Modulo(table) => {
                // HAProxy's map: every server as often as its weight says, one round of all after the other.
                let rounds = open.iter().map(|&server| weight(server)).max().unwrap_or(0);
                let round = |r: u32| open.iter().copied().filter(move |&server| weight(server) > r);
                *table = (0..rounds).flat_map(round).collect();
            }
            _ => {}
        }
    }
}

fn round_robin(servers: &Servers, last: &mut Option<u32>) -> Option<Decision> {
    let open = servers.open();
    let at = last.map_or(0, |last| open.partition_point(|&server| server <= last));
    let &server = open.get(at).or(open.first())?;
    let after = last.replace(server);
    Some(Decision { server: server as usize, rule: Rule::Turn { after } })
}

fn weighted_turn(servers: &Servers, turns: &mut SmoothWeighted) -> Option<Decision> {
    let turn = turns.turn(servers.open().iter().map(|&server| (server, servers.weight(server))))?;
    let units = UNITS as f64;
    let rule =
        Rule::LargestCurrentWeight { current: turn.current as f64 / units, total: turn.total as f64 / units };
    Some(Decision { server: turn.server as usize, rule })
}

/// The owner of the key's slot, in a table of servers: Maglev's, or `HAProxy`'s map for `hash-type map-based`, which any
/// change of the servers that are up or of their weights rearranges.
fn table_slot(table: &[u32], key: u64) -> Option<Decision> {
    let hash = hash_of(key);
    let slot = hash.checked_rem(table.len() as u64)? as u32;
    let rule = Rule::TableSlot { hash, slot, size: table.len() as u32 };
    Some(Decision { server: table[slot as usize] as usize, rule })
}

/// Where a key falls: xxHash64 of its eight bytes, as Envoy hashes a header's.
fn hash_of(key: u64) -> u64 {
    xxh64(&key.to_le_bytes(), 0)
}
