//! M/M/1 at λ = 0.9 and μ = 1, from empty to empty: through the interface that lessons use, and on a bare heap.

use crate::lessons::architecture::load_balancing::one_server::{ControlValues, OneServer};
use crate::player::Experiment;
use crate::sim::{Dist, Draws, Entity, Purpose, Seed, Span, Time, World};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

const LOAD: f64 = 0.9;
const SERVICE_SECS: f64 = 1.0;

/// What a run of `customers` gave.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// An arrival and a departure each.
    pub events: u64,
    /// Wall time of the run.
    pub elapsed: Duration,
    /// Mean wait before service, in seconds.
    pub mean_wait: f64,
}

impl Measured {
    /// Events a second.
    pub fn rate(&self) -> f64 {
        self.events as f64 / self.elapsed.as_secs_f64()
    }
}

/// The figure `one-server` in its world: hash, histogram, books and all.
pub fn kernel(customers: u32, seed: Seed) -> Measured {
    let controls = ControlValues { load: LOAD, service: Span::from_secs_f64(SERVICE_SECS) };
    let start = Instant::now();
    let mut world = World::new(seed.0);
    let mut model = OneServer::with_limit(&controls, customers, &mut world);
    while let Some(event) = world.next(Time::MAX) {
        model.handle(event, &mut world);
    }
    Measured { events: world.events(), elapsed: start.elapsed(), mean_wait: model.mean_wait() }
}

/// A pending event of the bare loop: time in nanoseconds, sequence number, and whether it is an arrival.
type Pending = (u64, u64, bool);

/// A 4-ary heap of events in the order of time, then sequence, and nothing else.
#[derive(Default)]
struct BareHeap {
    heap: Vec<Pending>,
    pushed: u64,
}

impl BareHeap {
    #[inline]
    fn push(&mut self, time: u64, arrival: bool) {
        let item = (time, self.pushed, arrival);
        self.pushed += 1;
        let mut at = self.heap.len();
        self.heap.push(item);
        while at > 0 {
            let parent = (at - 1) / 4;
            if self.heap[parent] <= item {
                break;
            }
            self.heap[at] = self.heap[parent];
            at = parent;
        }
        self.heap[at] = item;
    }

    #[inline]
    fn pop(&mut self) -> Option<Pending> {
        let last = self.heap.pop()?;
        let Some(&front) = self.heap.first() else { return Some(last) };
        let mut at = 0;
        loop {
            let child = 4 * at + 1;
            if child >= self.heap.len() {
                break;
            }
            let mut smallest = child;
            for other in child + 1..(child + 4).min(self.heap.len()) {
                if self.heap[other] < self.heap[smallest] {
                    smallest = other;
                }
            }
            if last <= self.heap[smallest] {
                break;
            }
            self.heap[at] = self.heap[smallest];
            at = smallest;
        }
        self.heap[at] = last;
        Some(front)
    }
}

/// The same run on a bare loop: the same random numbers and logarithm, but no hash, histogram, books or interface.
pub fn bare(customers: u32, seed: Seed) -> Measured {
    const ARRIVAL: Purpose = Purpose::named("arrival");
    const SERVICE: Purpose = Purpose::named("service");
    let (gap, service) = (Dist::Exponential(SERVICE_SECS / LOAD), Dist::Exponential(SERVICE_SECS));
    let draw =
        |dist: &Dist, purpose, n| dist.span(&mut Draws::new(seed.0, purpose, Entity::new(0, n))).nanos();
    let start = Instant::now();
    let mut heap = BareHeap::default();
    let mut line: VecDeque<u64> = VecDeque::new();
    let (mut arrived, mut served, mut events, mut waited) = (0_u32, 0_u32, 0_u64, 0_u128);
    if customers > 0 {
        heap.push(draw(&gap, ARRIVAL, 0), true);
    }
    while let Some((now, _, arrival)) = heap.pop() {
        events += 1;
        if arrival {
            arrived += 1;
            line.push_back(now);
            if arrived < customers {
                heap.push(now + draw(&gap, ARRIVAL, arrived), true);
            }
        } else {
            line.pop_front();
        }
        // Somebody starts service: who came to an empty line, or who is first behind the one that left.
        if let Some(&since) = line.front().filter(|_| !arrival || line.len() == 1) {
            waited += u128::from(now - since);
            heap.push(now + draw(&service, SERVICE, served), false);
            served += 1;
        }
    }
    Measured {
        events,
        elapsed: start.elapsed(),
        mean_wait: waited as f64 / 1e9 / f64::from(customers.max(1)),
    }
}
