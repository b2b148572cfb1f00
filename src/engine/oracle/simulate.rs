//! A small general queueing network on [`World`], with confidence intervals: what closed formulas are held against.
//!
//! ```text
//!            ┌──────────────── again, with probability `feedback` ───────────────┐
//!            ▼                                                                   │
//!   source ──┴─► station 0 ─► station 1 ─► … ─► last ────────────────────────────┴─► out     Layout::Tandem
//!   source ──► balancer ─► one of the stations ─► out                                        Layout::Parallel
//! ```
//!
//! A run is cut into batches by the number of requests that ended; each batch keeps sums, a result is a ratio of two
//! sums, and its standard error comes from how the batches differ. The run doubles until the result asked for is
//! precise enough or the budget is spent. The first eighth is warm-up and not counted.

use crate::mechanism::balancer::{Balancer, RequestOutcome};
use crate::sim::{Dist, Draws, EndKind, Entity, Purpose, Span, Time, World};
use std::collections::VecDeque;

const ARRIVAL: Purpose = Purpose::named("arrival");
const SERVICE: Purpose = Purpose::named("service");
const THINK: Purpose = Purpose::named("think");
const PICK: Purpose = Purpose::named("pick");
const ROUTE: Purpose = Purpose::named("route");

/// Kinds of entities; [`VISIT`] and [`GAP`] only name streams.
const REQUEST: u8 = 0;
const VISIT: u8 = 1;
const GAP: u8 = 2;

const ANSWERED: EndKind = EndKind(0);
const BLOCKED: EndKind = EndKind(1);

/// Where requests come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Poisson arrivals of this rate.
    Open(f64),
    /// So many clients; each thinks, sends a request and waits for its end.
    Closed(u32, Dist),
}

/// One queue (first come, first served) and the servers that it feeds.
#[derive(Clone, Debug)]
pub struct Station {
    /// How many servers.
    pub servers: u32,
    /// Places in all, those in service included; a request that finds none is turned away.
    pub places: Option<u32>,
    /// Time in service, in seconds.
    pub service: Dist,
}

/// How requests go through the stations.
#[derive(Clone, Debug)]
pub enum Layout {
    /// Through all in turn, and again with this probability.
    Tandem(f64),
    /// Through the one that the balancer picks.
    Parallel(Box<Balancer>),
}

/// A network to be simulated.
#[derive(Clone, Debug)]
pub struct Network {
    /// Where requests come from.
    pub source: Source,
    /// At least one.
    pub stations: Vec<Station>,
    /// How requests go through them.
    pub layout: Layout,
}

/// What is to be measured besides the usual, and how well.
#[derive(Clone, Debug)]
pub struct Study {
    /// Waits are counted that exceed these times, in seconds.
    pub thresholds: Vec<f64>,
    /// Stations are counted that hold at least 1, 2, … so many requests.
    pub levels: usize,
    /// Whether all times in the system are kept, for quantiles.
    pub samples: bool,
    /// Results that are to be precise, each with the standard error, relative to it, that is small enough.
    pub goals: Vec<(Metric, f64)>,
    /// Requests after which the run ends in any case.
    pub budget: u64,
}

/// A result of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Mean time in the system of requests that got in.
    Sojourn,
    /// Mean wait before a service.
    Wait,
    /// Share of services that were waited for.
    Waits,
    /// Share of services waited for longer than the threshold of this index.
    WaitExceeds(usize),
    /// Share of requests turned away.
    Blocked,
    /// Requests answered a second.
    Throughput,
    /// Mean number in the system.
    InSystem,
    /// Mean number waiting.
    Waiting,
    /// Mean number of stations that hold at least so many requests.
    AtLeast(usize),
}

/// A measured value and how far off it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The value.
    pub mean: f64,
    /// Its standard error.
    pub error: f64,
    /// What chance may add where events are so rare that batches don't show it: a dozen events in the whole run.
    pub floor: f64,
}

impl Estimate {
    /// How far off the true value may be: five standard errors. With some 27 degrees of freedom one estimate in 30,000
    /// is farther off by chance.
    pub fn tolerance(self) -> f64 {
        5.0 * self.error + self.floor
    }
}

#[derive(Clone, Copy, Hash)]
enum Event {
    Arrival,
    /// A client has thought.
    Thought,
    Departure {
        station: u32,
        request: u32,
    },
}

/// Sums of one batch, by index; thresholds and then levels follow.
const ENDED: usize = 0;
const SOJOURN: usize = 1;
const VISITS: usize = 2;
const WAIT: usize = 3;
const WAITED: usize = 4;
const OFFERED: usize = 5;
const TURNED_AWAY: usize = 6;
const TIME: usize = 7;
const AREA_IN_SYSTEM: usize = 8;
const AREA_WAITING: usize = 9;
const FURTHER: usize = 10;

type Batch = Vec<f64>;

/// How many batches a finished run has at least; twice as many at most.
const BATCHES: usize = 32;

struct Queue {
    waiting: VecDeque<(u32, Time)>,
    busy: u32,
}

struct Run<'a> {
    network: &'a mut Network,
    study: &'a Study,
    world: World<Event>,
    queues: Vec<Queue>,
    /// Sums of the current batch.
    sums: Batch,
    last: Time,
    in_system: u32,
    waiting: u32,
    /// How many stations hold at least n + 1 requests, and since when.
    levels: Vec<(u32, Time)>,
    visits: u32,
    departures: u32,
    arrivals: u32,
    samples: Vec<f32>,
}

/// What a run has shown.
pub struct Results {
    batches: Vec<Batch>,
    samples: Vec<f32>,
    service: f64,
    thresholds: usize,
}

/// Runs a network.
pub fn simulate(mut network: Network, study: &Study, seed: u64) -> Results {
    let service = network.stations.iter().map(|station| station.service.mean()).fold(0.0, f64::max);
    let stations = network.stations.len();
    let stations_servers: u32 = network.stations.iter().map(|station| station.servers).sum();
    let clients = if let Source::Closed(clients, _) = network.source { clients } else { 0 };
    let mut run = Run {
        network: &mut network,
        study,
        world: World::new(seed),
        queues: (0..stations).map(|_| Queue { waiting: VecDeque::new(), busy: 0 }).collect(),
        sums: vec![0.0; FURTHER + study.thresholds.len() + study.levels],
        last: Time::ZERO,
        in_system: 0,
        waiting: 0,
        levels: vec![(0, Time::ZERO); study.levels],
        visits: 0,
        departures: 0,
        arrivals: 0,
        samples: Vec::new(),
    };
    run.start();
    let mut results =
        Results { batches: Vec::new(), samples: Vec::new(), service, thresholds: study.thresholds.len() };
    // A batch is long enough that every server is busy several times in it: a large network has a long warm-up.
    let busy = u64::from(stations_servers) + u64::from(clients);
    let mut size = (8 * busy).max(1_000);
    let mut left = study.budget;
    loop {
        while results.batches.len() < 2 * BATCHES && left > 0 {
            let take = size.min(left);
            left -= take;
            results.batches.push(run.batch(take));
        }
        let met = |&(metric, relative): &(Metric, f64)| {
            let estimate = results.estimate(metric);
            estimate.mean > 0.0 && estimate.error <= relative * estimate.mean
        };
        if left == 0 || study.goals.iter().all(met) {
            results.samples = run.samples;
            return results;
        }
        let pairs = results.batches.chunks(2);
        results.batches =
            pairs.map(|pair| (0..pair[0].len()).map(|i| pair.iter().map(|b| b[i]).sum()).collect()).collect();
        size *= 2;
    }
}

impl Run<'_> {
    fn start(&mut self) {
        match self.network.source.clone() {
            Source::Open(_) => self.next_arrival(),
            Source::Closed(clients, _) => (0..clients).for_each(|_| self.think()),
        }
    }

    /// Runs until so many more requests have ended, and hands over the sums of that time.
    fn batch(&mut self, ends: u64) -> Batch {
        let began = self.world.now();
        let until = ends as f64;
        while self.sums[ENDED] + self.sums[TURNED_AWAY] < until {
            let Some(event) = self.world.next(Time::MAX) else { break };
            match event {
                Event::Arrival => {
                    self.next_arrival();
                    self.enter();
                }
                Event::Thought => self.enter(),
                Event::Departure { station, request } => self.depart(station as usize, request),
            }
        }
        self.account();
        for level in 0..self.levels.len() {
            self.change_level(level, 0);
        }
        let empty = vec![0.0; self.sums.len()];
        let mut batch = core::mem::replace(&mut self.sums, empty);
        batch[TIME] = self.world.now().since(began).secs();
        batch
    }

    fn draws(&self, purpose: Purpose, kind: u8, n: u32) -> Draws {
        self.world.draws(purpose, Entity::new(kind, n))
    }

    fn next_arrival(&mut self) {
        let Source::Open(rate) = self.network.source else { return };
        let gap = Dist::Exponential(1.0 / rate).span(&mut self.draws(ARRIVAL, GAP, self.arrivals));
        self.arrivals += 1;
        self.world.schedule(gap, Event::Arrival);
    }

    fn think(&mut self) {
        let Source::Closed(_, think) = &self.network.source else { return };
        let time = think.span(&mut self.draws(THINK, GAP, self.arrivals));
        self.arrivals += 1;
        self.world.schedule(time, Event::Thought);
    }

    /// Adds the time since the last change to the areas.
    fn account(&mut self) {
        let now = self.world.now();
        let time = now.since(self.last).secs();
        self.sums[AREA_IN_SYSTEM] += f64::from(self.in_system) * time;
        self.sums[AREA_WAITING] += f64::from(self.waiting) * time;
        self.last = now;
    }

    fn change_level(&mut self, level: usize, delta: i32) {
        let now = self.world.now();
        let Some((count, since)) = self.levels.get_mut(level) else { return };
        let area = f64::from(*count) * now.since(*since).secs();
        self.sums[FURTHER + self.study.thresholds.len() + level] += area;
        *count = count.wrapping_add_signed(delta);
        *since = now;
    }

    fn held(&self, station: usize) -> u32 {
        self.queues[station].busy + self.queues[station].waiting.len() as u32
    }

    fn enter(&mut self) {
        let now = self.world.now();
        self.sums[OFFERED] += 1.0;
        let request = self.world.open(REQUEST, None);
        let mut draws = self.draws(PICK, REQUEST, request.n);
        let station = match &mut self.network.layout {
            Layout::Tandem(_) => 0,
            Layout::Parallel(balancer) => {
                let decision = balancer.pick(now, u64::from(request.n), request.n, &mut draws);
                decision.map_or(0, |decision| decision.server)
            }
        };
        if self.network.stations[station].places.is_some_and(|places| self.held(station) >= places) {
            self.sums[TURNED_AWAY] += 1.0;
            self.world.close(request, BLOCKED);
            self.think();
            return;
        }
        if let Layout::Parallel(balancer) = &mut self.network.layout {
            balancer.started(now, station);
        }
        self.account();
        self.in_system += 1;
        self.join(station, request.n);
    }

    fn join(&mut self, station: usize, request: u32) {
        self.change_level(self.held(station) as usize, 1);
        if self.queues[station].busy < self.network.stations[station].servers {
            self.serve(station, request, Span::ZERO);
        } else {
            self.waiting += 1;
            self.queues[station].waiting.push_back((request, self.world.now()));
        }
    }

    fn serve(&mut self, station: usize, request: u32, wait: Span) {
        self.sums[VISITS] += 1.0;
        if wait > Span::ZERO {
            let wait = wait.secs();
            self.sums[WAITED] += 1.0;
            self.sums[WAIT] += wait;
            for (n, &threshold) in self.study.thresholds.iter().enumerate() {
                self.sums[FURTHER + n] += f64::from(u8::from(wait > threshold));
            }
        }
        self.queues[station].busy += 1;
        let mut draws = self.draws(SERVICE, VISIT, self.visits);
        self.visits += 1;
        let time = self.network.stations[station].service.span(&mut draws);
        self.world.schedule(time, Event::Departure { station: station as u32, request });
    }

    fn depart(&mut self, station: usize, request: u32) {
        self.account();
        self.change_level(self.held(station) as usize - 1, -1);
        self.queues[station].busy -= 1;
        if let Some((next, since)) = self.queues[station].waiting.pop_front() {
            self.waiting -= 1;
            self.serve(station, next, self.world.now().since(since));
        }
        let last = self.network.stations.len() - 1;
        self.departures += 1;
        let mut again = self.draws(ROUTE, VISIT, self.departures);
        match &self.network.layout {
            Layout::Tandem(_) if station < last => return self.join(station + 1, request),
            Layout::Tandem(feedback) if *feedback > 0.0 && again.chance(*feedback) => {
                return self.join(0, request);
            }
            _ => {}
        }
        let life = self.world.close(Entity::new(REQUEST, request), ANSWERED);
        if let Layout::Parallel(balancer) = &mut self.network.layout {
            balancer.finished(self.world.now(), station, RequestOutcome::Answered, life);
        }
        self.in_system -= 1;
        self.sums[ENDED] += 1.0;
        self.sums[SOJOURN] += life.secs();
        if self.study.samples {
            self.samples.push(life.secs() as f32);
        }
        self.think();
    }
}

impl Results {
    fn counted(&self) -> &[Batch] {
        &self.batches[self.batches.len() / 8..]
    }

    /// One result.
    pub fn estimate(&self, metric: Metric) -> Estimate {
        let (over, under, unit) = match metric {
            Metric::Sojourn => (SOJOURN, ENDED, self.service),
            Metric::Wait => (WAIT, VISITS, self.service),
            Metric::Waits => (WAITED, VISITS, 1.0),
            Metric::WaitExceeds(n) => (FURTHER + n, VISITS, 1.0),
            Metric::Blocked => (TURNED_AWAY, OFFERED, 1.0),
            Metric::Throughput => (ENDED, TIME, 1.0 / self.service),
            Metric::InSystem => (AREA_IN_SYSTEM, TIME, 1.0),
            Metric::Waiting => (AREA_WAITING, TIME, 1.0),
            Metric::AtLeast(n) => (FURTHER + self.thresholds + n - 1, TIME, 1.0),
        };
        // Pairs of batches, so that what one leaves over for the next counts less.
        let sum = |batches: &[Batch], i: usize| batches.iter().map(|b| b[i]).sum::<f64>();
        let pairs: Vec<(f64, f64)> =
            self.counted().chunks_exact(2).map(|b| (sum(b, over), sum(b, under))).collect();
        let (total_over, total_under) = pairs.iter().fold((0.0, 0.0), |t, p| (t.0 + p.0, t.1 + p.1));
        let mean = total_over / total_under;
        let offered = sum(self.counted(), OFFERED).max(1.0);
        Estimate { mean, error: ratio_error(&pairs, mean), floor: 12.0 * unit / offered }
    }

    /// A quantile of the time in the system; needs a study that keeps samples.
    pub fn quantile(&self, q: f64) -> Estimate {
        let samples = &self.samples[self.samples.len() / 8..];
        let of = |part: &[f32]| {
            let mut sorted = part.to_vec();
            let rank = ((q * part.len() as f64) as usize).min(part.len().saturating_sub(1));
            if sorted.is_empty() {
                f64::NAN
            } else {
                f64::from(*sorted.select_nth_unstable_by(rank, f32::total_cmp).1)
            }
        };
        let mean = of(samples);
        let pairs: Vec<_> =
            samples.chunks_exact((samples.len() / 20).max(1)).map(|part| (of(part), 1.0)).collect();
        let between = pairs.iter().map(|p| p.0).sum::<f64>() / pairs.len() as f64;
        Estimate { mean, error: ratio_error(&pairs, between), floor: 0.0 }
    }
}

/// Standard error of Σ over ÷ Σ under, from how the pairs scatter around it; raised where neighbours resemble each
/// other.
fn ratio_error(pairs: &[(f64, f64)], ratio: f64) -> f64 {
    let n = pairs.len() as f64;
    if pairs.len() < 2 {
        return f64::INFINITY;
    }
    let off: Vec<f64> = pairs.iter().map(|(over, under)| over - ratio * under).collect();
    let squares: f64 = off.iter().map(|x| x * x).sum();
    if squares == 0.0 {
        return 0.0;
    }
    let lagged: f64 = off.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let inflation = 1.0 + 2.0 * (lagged / squares).clamp(0.0, 0.5);
    let mean_under = pairs.iter().map(|pair| pair.1).sum::<f64>() / n;
    libm::sqrt(squares * inflation / (n * (n - 1.0))) / mean_under
}
