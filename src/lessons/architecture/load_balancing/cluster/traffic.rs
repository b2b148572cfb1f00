//! Where requests come from: an open stream of arrivals, or a learner's access log.

use super::spec::{Arrivals, ControlValues};
use crate::player::Data;
use crate::sim::{Bursts, Dist, Entity, Msg, Purpose, Span, Time, World, Zipf};

pub(super) const ARRIVAL: Purpose = Purpose::named("arrival");
const KEY: Purpose = Purpose::named("key");
const CLIENT: Purpose = Purpose::named("client");
const SIZE: Purpose = Purpose::named("size");
const PATIENCE: Purpose = Purpose::named("patience");

/// How many keys there are, and how unevenly they are asked for (Zipf's exponent).
const KEYS: (u32, f64) = (1_000, 0.9);
/// Who sends how much: web, mobile, jobs.
const CLIENT_SHARES: [f64; 3] = [0.5, 0.8, 1.0];
/// Bursts: peak as a multiple of the mean, share of time, mean length.
const BURSTS: (f64, f64, Span) = (3.0, 0.2, Span::from_secs(2));
/// Squared coefficient of variation of heavy-tailed sizes is without bound in practice; these are cut at 1,000 times
/// the smallest.
const PARETO: (f64, f64) = (1.5, 1_000.0);

/// What a request brings along. It depends on the seed and the request's number alone, not on any policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// What it asks for; a hash policy sends equal keys to the same server.
    pub key: u64,
    /// Which of the clients it comes from.
    pub client: u32,
    /// Which of a client's users it comes from: sticky balancing keeps them apart.
    pub user: u32,
    /// How long it keeps a worker of a server at full speed.
    pub size: Span,
    /// How long its sender waits for the answer.
    pub patience: Span,
}

/// The stream of arrivals.
#[derive(Clone, Debug)]
pub(super) struct Traffic {
    bursts: Bursts,
    keys: Zipf,
    data: Data,
    /// Place in the learner's log.
    next_record: u32,
    /// When the replay began or its pace was last changed, and the log's time then.
    replay_from: (Time, u64),
}

impl Traffic {
    pub fn new(data: &Data) -> Result<Self, Msg> {
        let (peak, share, length) = BURSTS;
        let bursts = Bursts::new(peak, share, length)
            .map_err(|error| Msg::new("model-fault").text("why", error.to_string()))?;
        let keys = Zipf::new(KEYS.0, KEYS.1)
            .map_err(|error| Msg::new("model-fault").text("why", error.to_string()))?;
        Ok(Self { bursts, keys, data: data.clone(), next_record: 0, replay_from: (Time::ZERO, 0) })
    }

    /// Whether there is a log to replay.
    pub fn has_log(&self) -> bool {
        self.data.records().is_some()
    }

    /// When request `n` arrives, if another does. Called once for each request, in order.
    pub fn next_arrival<E>(&mut self, n: u32, controls: &ControlValues, world: &World<E>) -> Option<Time> {
        let now = world.now();
        let unit = Dist::Exponential(1.0).sample(&mut world.draws(ARRIVAL, Entity::new(0, n)));
        match controls.arrivals {
            Arrivals::Poisson => Some(now + Span::from_secs_f64(unit / controls.load)),
            Arrivals::Bursty => {
                Some(now + self.bursts.gap(now, controls.load, unit, |p, e| world.draws(p, e)))
            }
            Arrivals::Replay => {
                let at = self.data.records()?.arrival(self.next_record)?;
                let since =
                    Span::from_nanos(at.saturating_sub(self.replay_from.1)).scale(1.0 / controls.compress);
                Some((self.replay_from.0 + since).max(now))
            }
        }
    }

    /// The learner's log goes on at another pace from now.
    pub fn change_pace(&mut self, now: Time, was: f64) {
        let passed = now.since(self.replay_from.0).scale(was);
        self.replay_from = (now, self.replay_from.1 + passed.nanos());
    }

    /// The replay begins now, with the record that is next.
    pub fn begin_replay(&mut self, now: Time) {
        let first = self.data.records().and_then(|records| records.arrival(self.next_record)).unwrap_or(0);
        self.replay_from = (now, first);
    }

    /// What request `n` brings along.
    pub fn demand<E>(&mut self, n: u32, controls: &ControlValues, world: &World<E>) -> Demand {
        let entity = Entity::new(0, n);
        let draw = |purpose| world.draws(purpose, entity);
        let size = controls.sizes.dist(controls.service.secs()).span(&mut draw(SIZE));
        // Patience is spread by a half around its mean, so that those who gave up don't all give up together.
        let patience = Dist::Uniform(0.5, 1.5).sample(&mut draw(PATIENCE));
        let mut demand =
            Demand { key: 0, client: 0, user: 0, size, patience: controls.patience.scale(patience) };
        if controls.arrivals == Arrivals::Replay
            && let Some(records) = self.data.records()
            && let Some((key, user)) = records.who(self.next_record)
        {
            demand.key = key;
            demand.user = user;
            demand.client = user % CLIENT_SHARES.len() as u32;
            self.next_record += 1;
            return demand;
        }
        let mut client = draw(CLIENT);
        let share = client.unit();
        demand.client = CLIENT_SHARES.iter().position(|&upper| share < upper).unwrap_or(0) as u32;
        demand.user = client.below(200);
        demand.key = self.keys.sample(&mut draw(KEY)).into();
        demand
    }
}

impl super::spec::Sizes {
    /// The distribution of sizes with this mean.
    pub(super) fn dist(self, mean: f64) -> Dist {
        match self {
            Self::Fixed => Dist::Fixed(mean),
            Self::Exponential => Dist::Exponential(mean),
            Self::LogNormal => Dist::log_normal(mean, 2.0),
            Self::Pareto => Dist::bounded_pareto(mean, PARETO.0, PARETO.1),
        }
    }
}
