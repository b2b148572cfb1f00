//! The suites about registries and membership: Eureka's bounds, SWIM with Lifeguard, gossip, health checks.

use super::Suite;
use super::case::Case;
use super::claim::{Claim, Measured};
use super::simulate::Estimate;
use crate::mechanism::balancer::{Health, HealthConfig};
use crate::mechanism::registry::{eviction_limit, renewal_threshold};
use crate::mechanism::swim::{
    Awareness, Suspicion, probed_in_a_period, push_pull_scale, push_rounds, retransmit_limit,
    suspicion_timeout,
};
use crate::sim::{Entity, Purpose, World};
use serde_json::Value;

pub(super) const SUITES: &[Suite] = &[
    Suite {
        id: "eureka_self_preservation",
        inputs: &["clients", "renewal_interval_s", "percent"],
        measure: preservation,
    },
    Suite {
        id: "swim_suspicion",
        inputs: &["confirmations", "k", "elapsed_s", "min_s", "max_s"],
        measure: suspicion,
    },
    Suite { id: "swim_suspicion_timer", inputs: &["accuser", "confirmations"], measure: timer },
    Suite {
        id: "swim_scaling",
        inputs: &["fn", "mult", "nodes", "nodes_range", "interval_ms", "interval_s"],
        measure: scaling,
    },
    Suite { id: "swim_detection", inputs: &["n"], measure: detection },
    Suite { id: "push_gossip", inputs: &["n"], measure: gossip },
    Suite { id: "lifeguard_awareness", inputs: &["step", "delta", "deltas"], measure: awareness },
    Suite { id: "probe_thresholds", inputs: &["rise", "fall", "start_up", "checks"], measure: probes },
];

fn preservation(case: Case) -> Result<Measured, String> {
    let clients = case.count("clients", 0, 10_000_000)?;
    let interval = case.number("renewal_interval_s", 1e-3, 1e6)?;
    let share = case.number("percent", 0.0, 1.0)?;
    let mut measured = Measured::default();
    measured.integer("expect_threshold", renewal_threshold(clients, interval, share).into());
    measured.integer("expect_eviction_limit_per_round", eviction_limit(clients, share).into());
    Ok(measured)
}

fn suspicion(case: Case) -> Result<Measured, String> {
    let seconds = |name| case.number(name, 0.0, 1e9).map(|secs| secs * 1e3);
    let mut it = Suspicion::new("accuser", case.count("k", 0, 10_000)?, seconds("min_s")?, seconds("max_s")?);
    for n in 0..case.count("confirmations", 0, 10_000)? {
        it.confirm(&n.to_string());
    }
    let mut measured = Measured::default();
    measured.integer("expect_remaining_ms", it.timeout_ms() - seconds("elapsed_s")?);
    Ok(measured)
}

/// The suite's own setting: three confirmations, 0.5 to 2 s.
fn timer(case: Case) -> Result<Measured, String> {
    let mut it = Suspicion::new(case.text("accuser"), 3, 500.0, 2000.0);
    for confirmation in case.list("confirmations")? {
        let from = confirmation.get(0).and_then(Value::as_str).ok_or("a confirmation has no name")?;
        let told =
            confirmation.get(1).and_then(Value::as_bool).ok_or("a confirmation doesn't say if it is new")?;
        let is_new = it.confirm(from);
        if is_new != told {
            return Err(format!("a confirmation from {from}: new is {is_new} here, {told} there"));
        }
    }
    let mut measured = Measured::default();
    measured.integer("expect_count", it.confirmations().into());
    measured.integer("expect_timeout_ms", it.timeout_ms());
    Ok(measured)
}

fn scaling(case: Case) -> Result<Measured, String> {
    let mult = || case.count("mult", 0, 10_000);
    let nodes = |name| case.count(name, 0, 100_000_000);
    let mut measured = Measured::default();
    match case.text("fn") {
        "suspicion_timeout/mult" => {
            // Named so by memberlist's own test, which divides by the multiplier.
            let timeout = suspicion_timeout(mult()?, nodes("nodes")?, case.number("interval_ms", 0.0, 1e9)?);
            measured.integer("expect_ms", libm::floor(timeout / f64::from(mult()?.max(1))));
        }
        "retransmit_limit" => measured.integer("expect", retransmit_limit(mult()?, nodes("nodes")?).into()),
        "push_pull_scale" => {
            let range = if case.get("nodes_range").is_some() {
                case.counts("nodes_range", 0, 100_000)?
            } else {
                vec![nodes("nodes")?; 2]
            };
            let [from, to] = range[..] else { return Err("`nodes_range` is not a pair".to_owned()) };
            let interval = case.number("interval_s", 0.0, 1e9)?;
            if push_pull_scale(from) != push_pull_scale(to) {
                return Err(format!("from {from} to {to} nodes the scale isn't the same"));
            }
            measured.integer("expect_s", interval * f64::from(push_pull_scale(to)));
        }
        other => return Err(format!("nothing is known here of `{other}`")),
    }
    Ok(measured)
}

/// The cases of `lifeguard_awareness` are steps of one run: each is given all deltas up to its own.
pub(super) fn fill_in_deltas(cases: &mut [Value], suite: &Value) {
    if suite.get("id").and_then(Value::as_str) != Some("lifeguard_awareness") {
        return;
    }
    let deltas: Vec<Value> = cases.iter().filter_map(|case| case.get("delta").cloned()).collect();
    for (n, case) in cases.iter_mut().enumerate() {
        if let Some(fields) = case.as_object_mut() {
            fields.insert("deltas".to_owned(), deltas.iter().take(n + 1).cloned().collect());
        }
    }
}

/// `memberlist`'s own test: at most 8, timeouts of a second.
fn awareness(case: Case) -> Result<Measured, String> {
    let mut it = Awareness::new(8);
    for delta in case.numbers("deltas", -1e6, 1e6)? {
        it.apply(delta as i64);
    }
    let mut measured = Measured::default();
    measured.integer("expect_score", it.score().into());
    measured.integer("expect_timeout_s", it.scale(1.0));
    Ok(measured)
}

fn probes(case: Case) -> Result<Measured, String> {
    let config = HealthConfig {
        rise: case.count("rise", 1, 1_000)?,
        fall: case.count("fall", 1, 1_000)?,
        ..HealthConfig::default()
    };
    // Fully up, or fully down, as after many checks of one kind.
    let starts_up = case.get("start_up").and_then(Value::as_bool).unwrap_or(true);
    let mut it = Health::new(config);
    (0..config.rise + config.fall).for_each(|_| _ = it.checked(starts_up, config));
    let states: String = case
        .text("checks")
        .chars()
        .map(|check| {
            it.checked(check == 'P', config);
            if it.is_up(config) { 'U' } else { 'D' }
        })
        .collect();
    let mut measured = Measured::default();
    measured.claim("expect", Claim::Text(states));
    Ok(measured)
}

const TRIALS: u32 = 40_000;

/// The mean of something over many independent trials.
fn mean_of(mut trial: impl FnMut(&World<()>, Entity) -> f64) -> Estimate {
    let world = World::<()>::new(1);
    let values: Vec<f64> = (0..TRIALS).map(|n| trial(&world, Entity::new(0, n))).collect();
    let count = f64::from(TRIALS);
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count;
    Estimate { mean, error: libm::sqrt(variance / count), floor: 12.0 / count }
}

fn detection(case: Case) -> Result<Measured, String> {
    let n = case.count("n", 2, 1_000)?;
    let exact = probed_in_a_period(n);
    let probes = Purpose::named("probes");
    let simulated = mean_of(|world, trial| {
        let mut draws = world.draws(probes, trial);
        f64::from((1..n).any(|_| draws.below(n - 1) == 0))
    });
    let mut measured = Measured::default();
    measured.exact("expect_P_per_period", exact);
    measured.near("expect_P_per_period", simulated);
    measured.exact("expect_mean_periods", 1.0 / exact);
    Ok(measured)
}

fn gossip(case: Case) -> Result<Measured, String> {
    let n = case.count("n", 2, 1_000)?;
    let rumours = Purpose::named("rumours");
    let mut measured = Measured::default();
    measured.near(
        "expect_rounds",
        mean_of(|world, trial| push_rounds(n, &mut world.draws(rumours, trial)).into()),
    );
    let many = f64::from(n);
    measured.exact("log2n_plus_lnn", libm::log2(many) + libm::log(many));
    Ok(measured)
}
