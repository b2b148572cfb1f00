//! The suites about processors: charts of schedules, laws of scalability, and pools of threads against an event loop.

use super::Suite;
use super::case::Case;
use super::claim::{Claim, Measured};
use super::simulate::{Layout, Metric, Network, Source, Station, Study, simulate};
use crate::mechanism::event_loop::{Awaited, Config, EventLoop, Op, Program, Step};
use crate::mechanism::scalability::{self, BlockingPool, Usl};
use crate::mechanism::scheduling::{Job, Policy, Schedule, schedule};
use crate::sim::{Dist, Span, Time};
use serde_json::Value;

pub(super) const SUITES: &[Suite] = &[
    Suite {
        id: "textbook_cpu",
        inputs: &["policy", "bursts", "arrivals", "arrival_burst", "priorities", "quantum"],
        measure: textbook_cpu,
    },
    Suite { id: "cpu_random", inputs: &["arrival_burst", "bursts", "quantum"], measure: cpu_random },
    Suite { id: "amdahl", inputs: &["p", "n"], measure: amdahl },
    Suite { id: "usl", inputs: &["sigma", "kappa", "n"], measure: usl },
    Suite { id: "blocking_vs_async", inputs: &["threads", "cores", "cpu_ms", "io_ms"], measure: blocking },
];

const LEAST: f64 = 1e-6;
const MOST: f64 = 1e6;
const SEED: u64 = 1;

/// The jobs of a case: bursts, or pairs of arrival and burst; a unit of time is a second.
fn jobs(case: Case) -> Result<Vec<Job>, String> {
    let at_zero = |bursts: Vec<f64>| bursts.into_iter().map(|burst| (0.0, burst)).collect();
    let times: Vec<(f64, f64)> = if case.get("arrival_burst").is_none() {
        let bursts = case.numbers("bursts", LEAST, MOST)?;
        if case.get("arrivals").is_some() {
            case.numbers("arrivals", 0.0, MOST)?.into_iter().zip(bursts).collect()
        } else {
            at_zero(bursts)
        }
    } else {
        case.list("arrival_burst")?.iter().map(pair).collect::<Result<_, _>>()?
    };
    let priorities = match case.get("priorities") {
        Some(_) => case.counts("priorities", 0, u32::MAX)?,
        None => vec![0; times.len()],
    };
    if priorities.len() != times.len() {
        return Err(format!("there are {} jobs and {} priorities", times.len(), priorities.len()));
    }
    let job = |((arrival, burst), priority)| Job {
        arrival: Time::from_secs_f64(arrival),
        burst: Span::from_secs_f64(burst),
        priority,
    };
    Ok(times.into_iter().zip(priorities).map(job).collect())
}

fn pair(value: &Value) -> Result<(f64, f64), String> {
    let number = |n: usize| value.get(n).and_then(Value::as_f64);
    match (number(0), number(1)) {
        (Some(arrival), Some(burst)) if (0.0..MOST).contains(&arrival) && (LEAST..MOST).contains(&burst) => {
            Ok((arrival, burst))
        }
        _ => Err(format!("`arrival_burst` holds {value}, not a pair of times")),
    }
}

fn quantum(case: Case) -> Result<Span, String> {
    Ok(Span::from_secs_f64(case.number("quantum", LEAST, MOST)?))
}

/// The rule that a case names.
fn policy(case: Case) -> Result<Policy, String> {
    let text = case.text("policy").to_lowercase();
    let has = |word: &str| text.contains(word);
    // "non-preemptive" and "nonpreemptive" are what is meant without the word.
    let preemptive = has("preemptive") && !has("non");
    if has("high number first") || has("higher number first") {
        return Err(format!("the policy `{text}` counts priorities the other way round"));
    }
    Ok(if has("priority") {
        if preemptive { Policy::PreemptivePriority } else { Policy::Priority }
    } else if has("srtf") || has("shortest remaining") || has("sjf") && preemptive {
        Policy::Srtf
    } else if has("sjf") || has("shortest job") {
        Policy::Sjf
    } else if has("fcfs") || has("fifo") || has("first come") {
        Policy::Fcfs
    } else if text.starts_with("rr") || has("round robin") || has("round-robin") {
        Policy::RoundRobin(quantum(case)?)
    } else {
        return Err(format!("the policy `{text}` isn't known"));
    })
}

fn claim_waits(measured: &mut Measured, path: &str, chart: &Schedule) {
    measured.claim(path, Claim::Length(chart.wait.len()));
    for (n, wait) in chart.wait.iter().enumerate() {
        measured.exact(format!("{path}/{n}"), wait.secs());
    }
}

fn claim_gantt(measured: &mut Measured, path: &str, chart: &Schedule) {
    measured.claim(path, Claim::Length(chart.slices.len()));
    for (n, slice) in chart.slices.iter().enumerate() {
        let path = format!("{path}/{n}");
        measured.claim(&path, Claim::Length(3));
        measured.integer(format!("{path}/0"), slice.job.into());
        measured.exact(format!("{path}/1"), slice.from.secs());
        measured.exact(format!("{path}/2"), slice.to.secs());
    }
}

fn mean(spans: &[Span]) -> f64 {
    spans.iter().map(|span| span.secs()).sum::<f64>() / spans.len().max(1) as f64
}

fn textbook_cpu(case: Case) -> Result<Measured, String> {
    let chart = schedule(policy(case)?, &jobs(case)?);
    let mut measured = Measured::default();
    claim_waits(&mut measured, "expect_waits", &chart);
    claim_gantt(&mut measured, "expect_gantt", &chart);
    measured.list("expect_order", chart.order().into_iter().map(f64::from).collect::<Vec<_>>().into_iter());
    measured.exact("expect_avg_wait", chart.mean_wait());
    measured.exact("expect_avg_turnaround", mean(&chart.turnaround));
    measured.exact("expect_avg_response", mean(&chart.response));
    // Books print two decimals, rounded or cut.
    measured.claim("book", Claim::Exact { value: chart.mean_wait(), relative: 0.0, absolute: 0.01 });
    Ok(measured)
}

fn cpu_random(case: Case) -> Result<Measured, String> {
    let jobs = jobs(case)?;
    let mut measured = Measured::default();
    for (name, policy) in [
        ("FCFS", Policy::Fcfs),
        ("SJF", Policy::Sjf),
        ("SRTF", Policy::Srtf),
        ("RR", Policy::RoundRobin(quantum(case)?)),
    ] {
        let chart = schedule(policy, &jobs);
        claim_waits(&mut measured, &format!("expect_waits/{name}"), &chart);
        claim_gantt(&mut measured, &format!("{}_gantt", name.to_lowercase()), &chart);
    }
    Ok(measured)
}

/// A value that may be infinite, which JSON can't write.
fn finite(measured: &mut Measured, path: &str, value: Option<f64>) {
    match value.filter(|value| value.is_finite()) {
        Some(value) => measured.exact(path, value),
        None => measured.claim(path, Claim::Null),
    }
}

fn amdahl(case: Case) -> Result<Measured, String> {
    let p = case.number("p", 0.0, 1.0)?;
    let n = case.number("n", 1.0, 1e12)?;
    let mut measured = Measured::default();
    measured.exact("amdahl", scalability::amdahl(p, n));
    measured.exact("gustafson", scalability::gustafson(p, n));
    finite(&mut measured, "amdahl_limit", Some(scalability::amdahl_limit(p)));
    Ok(measured)
}

fn usl(case: Case) -> Result<Measured, String> {
    let law = Usl { contention: case.number("sigma", 0.0, 1e6)?, coherency: case.number("kappa", 0.0, 1e6)? };
    let n = case.number("n", 1.0, 1e12)?;
    let mut measured = Measured::default();
    measured.exact("expect_relative_capacity", law.capacity(n));
    finite(&mut measured, "expect_peak_n", law.peak());
    Ok(measured)
}

fn blocking(case: Case) -> Result<Measured, String> {
    let threads = case.count("threads", 1, 100_000)?;
    let cores = case.count("cores", 1, 10_000)?;
    let cpu = case.number("cpu_ms", LEAST, MOST)? / 1e3;
    let wait = case.number("io_ms", 0.0, MOST)? / 1e3;
    let pool = BlockingPool { threads: threads.into(), cores: cores.into(), cpu, wait };
    let mut measured = Measured::default();
    measured.exact("expect_max_rps", pool.most());
    measured.exact("async_one_loop_rps", pool.most_of_loops(1.0));
    measured.exact("little_concurrency_needed_for_full_cpu", pool.knee());
    // The same of machines that run: threads that come back at once after each request, which the cores serve in turn.
    let network = Network {
        source: Source::Closed(threads, Dist::Fixed(wait)),
        stations: vec![Station { servers: cores, places: None, service: Dist::Fixed(cpu) }],
        layout: Layout::Tandem(0.0),
    };
    let goals = vec![(Metric::Throughput, 0.01)];
    let study = Study { thresholds: Vec::new(), levels: 0, samples: false, goals, budget: 1_000_000 };
    let estimate = simulate(network, &study, SEED).estimate(Metric::Throughput);
    // Threads that set off together make rounds, which batches cut anywhere.
    measured.claim("expect_max_rps", Claim::Near { estimate, relative: 0.02, absolute: 0.0 });
    let rate = loop_rate(cpu, wait)?;
    measured.claim("async_one_loop_rps", Claim::Exact { value: rate, relative: 0.02, absolute: 0.0 });
    Ok(measured)
}

/// Requests a second of an event loop that is never without one: each computes, and then awaits its answer.
fn loop_rate(cpu: f64, wait: f64) -> Result<f64, String> {
    let (cpu, wait) = (Span::from_secs_f64(cpu), Span::from_secs_f64(wait));
    let program = Program::new(&[&[], &[Op::Run(cpu), Op::Await(Awaited::Io(wait)), Op::Log(0)]]);
    let node = program.and_then(|program| EventLoop::new(program, Config::default()));
    let mut node = node.map_err(|error| error.to_string())?;
    let requests = 2_000;
    (0..requests).for_each(|n| node.deliver(1, n, Time::ZERO));
    let (mut now, mut computed) = (Time::ZERO, 0);
    while computed < requests {
        match node.step(now) {
            Step::Ran { op, until, .. } => {
                computed += u32::from(matches!(op, Op::Run(_)));
                now = until;
            }
            Step::Busy { until } | Step::Sleeps { until: Some(until) } => now = until,
            Step::Began { .. } => {}
            stuck => return Err(format!("the loop has served {computed} of {requests} and is at {stuck:?}")),
        }
    }
    Ok(f64::from(requests) / now.secs())
}
