//! The suites about connection pools: sizing rules, what reuse saves, and Erlang's formula against the pool itself.

use super::Suite;
use super::case::Case;
use super::claim::Measured;
use super::simulate::Estimate;
use crate::mechanism::connection_pool::{
    Acquired, ConnectionPool, PoolConfig, mean_with_reuse, starting_size,
};
use crate::mechanism::queueing::Mmc;
use crate::sim::statistics::Interval;
use crate::sim::{Dist, Draws, Entity, Purpose, Span, Time, World};

pub(super) const SUITES: &[Suite] = &[
    Suite { id: "pool_formula", inputs: &["cores", "spindles"], measure: pool_formula },
    Suite { id: "pool_erlang_c", inputs: &["pool", "rate_per_s", "hold_ms"], measure: pool_erlang_c },
    Suite {
        id: "pool_amortisation",
        inputs: &["rtt_ms", "handshake_rtts", "requests_per_connection", "service_ms"],
        measure: pool_amortisation,
    },
];

fn pool_formula(case: Case) -> Result<Measured, String> {
    let (cores, spindles) = (case.count("cores", 1, 100_000)?, case.count("spindles", 0, 100_000)?);
    let mut measured = Measured::default();
    measured.integer("expect", starting_size(cores, spindles).into());
    Ok(measured)
}

fn pool_amortisation(case: Case) -> Result<Measured, String> {
    let number = |name| case.number(name, 0.0, 1e9);
    let requests = case.number("requests_per_connection", 1.0, 1e9)?;
    let mean = mean_with_reuse(number("rtt_ms")?, number("handshake_rtts")?, requests, number("service_ms")?);
    let mut measured = Measured::default();
    measured.exact("expect_mean_ms", mean);
    Ok(measured)
}

/// Shares of callers who wait longer than a time have the time in their name.
fn beyond(name: &str) -> Option<f64> {
    name.strip_prefix("P_wait_gt_timeout_")?.strip_suffix("ms")?.parse().ok()
}

fn pool_erlang_c(case: Case) -> Result<Measured, String> {
    let servers = case.count("pool", 1, 10_000)?;
    let hold = case.number("hold_ms", 1e-6, 1e9)? / 1e3;
    let rate = case.number("rate_per_s", 1e-9, 1e9)?;
    let queue = Mmc { servers, lambda: rate, mu: 1.0 / hold };
    if queue.rho() >= 1.0 {
        return Err(format!(
            "there is no steady state at a utilisation of {}; it must be below 1",
            queue.rho()
        ));
    }
    let mut measured = Measured::default();
    measured.exact("expect/utilisation", queue.rho());
    let waits = simulate(servers, rate, hold);
    let mut both = |name: &str, exact: f64, scale: f64, of: &dyn Fn(f64) -> f64| {
        measured.exact(format!("expect/{name}"), exact);
        measured.near(format!("expect/{name}"), estimate(&waits, scale, of));
    };
    both("P_wait", queue.p_wait(), 1.0, &|wait| f64::from(wait > 0.0));
    both("mean_wait_ms", queue.wait() * 1e3, hold * 1e3, &|wait| wait * 1e3);
    for (name, time) in case.keys("expect").filter_map(|name| Some((name, beyond(name)? / 1e3))) {
        both(name, queue.wait_exceeds(time), 1.0, &|wait| f64::from(wait > time));
    }
    Ok(measured)
}

#[derive(Clone, Copy, Hash)]
enum Event {
    Arrival,
    Done { connection: u32, caller: u64 },
}

const CALLERS: u64 = 400_000;
const BATCHES: usize = 20;

/// How long each caller waits for a connection of a pool of a fixed size, in seconds, after a warm-up.
fn simulate(servers: u32, rate: f64, hold: f64) -> Vec<f64> {
    let config = PoolConfig {
        maximum_pool_size: servers,
        connection_timeout: Span::MAX,
        max_lifetime: Span::ZERO,
        ..PoolConfig::default()
    };
    let mut world = World::new(1);
    let mut pool = ConnectionPool::filled(config, Time::ZERO);
    let stream =
        |name, world: &World<Event>| -> Draws { world.draws(Purpose::named(name), Entity::new(0, 0)) };
    let (mut gaps, mut holds) = (stream("gaps", &world), stream("holds", &world));
    let mut came: Vec<Time> = Vec::new();
    let mut waits = Vec::new();
    world.schedule(Span::ZERO, Event::Arrival);
    while let Some(event) = world.next(Time::MAX) {
        let now = world.now();
        let begins = match event {
            Event::Arrival => {
                let caller = came.len() as u64;
                if caller == CALLERS {
                    break;
                }
                came.push(now);
                world.schedule(Dist::Exponential(1.0 / rate).span(&mut gaps), Event::Arrival);
                match pool.acquire(caller, now) {
                    Acquired::Has(connection) => Some((connection, caller)),
                    Acquired::Waits { .. } => None,
                }
            }
            Event::Done { connection, caller } => {
                pool.release(connection, caller, now).map(|next| (connection, next))
            }
        };
        if let Some((connection, caller)) = begins {
            waits.push(now.since(came[caller as usize]).secs());
            world.schedule(Dist::Exponential(hold).span(&mut holds), Event::Done { connection, caller });
        }
    }
    waits.split_off(waits.len() / 10)
}

/// The mean of something over all waits, with its standard error from batches; `unit` is the size of a single event.
fn estimate(waits: &[f64], unit: f64, of: &dyn Fn(f64) -> f64) -> Estimate {
    let mean = |part: &[f64]| part.iter().map(|wait| of(*wait)).sum::<f64>() / part.len() as f64;
    let batches: Vec<f64> = waits.chunks_exact(waits.len() / BATCHES).map(mean).collect();
    // The half-width of an interval of 95 % is about two standard errors.
    let error = Interval::of(&batches).map_or(f64::INFINITY, |interval| interval.half_width / 2.0);
    Estimate { mean: mean(waits), error, floor: 12.0 * unit / waits.len() as f64 }
}
