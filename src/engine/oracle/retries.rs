//! The suites about retries.

use super::Suite;
use super::case::Case;
use super::claim::{Claim, Measured};
use super::simulate::Estimate;
use crate::mechanism::retry::{
    Backoff, Budget, BudgetConfig, DelayBackoffType, Growth, Interval, Jitter, PollyDelay, ThrottleConfig,
    amplification,
};
use crate::sim::{Draws, Entity, Purpose, Span, Time, World};

pub(super) const SUITES: &[Suite] = &[
    Suite {
        id: "polly_delay",
        inputs: &["type", "jitter", "attempt", "base_s", "rand", "max_s"],
        measure: polly_delay,
    },
    Suite {
        id: "r4j_interval",
        inputs: &["fn", "initial_ms", "base_ms", "multiplier", "factor", "cap_ms", "attempts"],
        measure: r4j_interval,
    },
    Suite {
        id: "aws_backoff_sim",
        inputs: &["clients", "algorithm", "runs", "se_calls", "se_completion_ms"],
        measure: aws_backoff_sim,
    },
    Suite { id: "backoff_formulas", inputs: &["base", "cap", "n", "prev"], measure: backoff_formulas },
    Suite {
        id: "tower_budget",
        inputs: &["ttl_ms", "min_per_sec", "percent", "steps/*/op", "steps/*/ms"],
        measure: tower_budget,
    },
    Suite {
        id: "sre_throttle",
        inputs: &["requests", "accepts", "K", "backend_capacity_qps", "offered_qps"],
        measure: sre_throttle,
    },
    Suite {
        id: "retry_amplification",
        inputs: &["fail", "max_attempts", "layers", "attempts_per_layer"],
        measure: retry_amplification,
    },
];

/// Milliseconds of a century.
const LONG: f64 = 3.2e12;

fn millis(span: Span) -> f64 {
    span.nanos() as f64 / 1e6
}

fn span(millis: f64) -> Span {
    Span::from_secs_f64(millis / 1e3)
}

fn polly_delay(case: Case) -> Result<Measured, String> {
    let rule = PollyDelay {
        backoff_type: match case.text("type") {
            "constant" => DelayBackoffType::Constant,
            "linear" => DelayBackoffType::Linear,
            "exponential" => DelayBackoffType::Exponential,
            other => return Err(format!("there is no type {other}")),
        },
        use_jitter: case.need("jitter")?.as_bool().ok_or("`jitter` is true or false")?,
        delay: Span::from_secs_f64(case.number("base_s", 0.0, LONG / 1e3)?),
        max_delay: case.optional("max_s", 0.0, LONG / 1e3)?.map(Span::from_secs_f64),
    };
    let attempt = case.count("attempt", 0, u32::MAX)?;
    // Without jitter nothing is drawn, and nothing comes of a delay of zero.
    let draw = match case.optional("rand", 0.0, 1.0)? {
        Some(draw) => draw,
        None if rule.use_jitter && rule.delay > Span::ZERO => return Err("jitter needs `rand`".to_owned()),
        None => 0.0,
    };
    let mut measured = Measured::default();
    measured.exact("expect_s", rule.delay_secs(attempt, &mut 0.0, draw));
    Ok(measured)
}

fn r4j_interval(case: Case) -> Result<Measured, String> {
    let name = case.text("fn");
    let (grows, random) = match name {
        "constant" | "fixed" => (false, false),
        "randomized" => (false, true),
        "exponential" => (true, false),
        "exponential_random" => (true, true),
        other => return Err(format!("there is no function {other}")),
    };
    // resilience4j's DEFAULT_MULTIPLIER and DEFAULT_RANDOMIZATION_FACTOR.
    let or_default = |applies: bool, name: &str, most: f64, default: f64, without: f64| {
        if applies {
            Ok(case.optional(name, 0.0, most)?.unwrap_or(default))
        } else {
            Ok::<_, String>(without)
        }
    };
    let initial = if case.get("initial_ms").is_some() { "initial_ms" } else { "base_ms" };
    let initial = case.number(initial, 1.0, LONG)?;
    let interval = Interval {
        initial: span(initial),
        multiplier: or_default(grows, "multiplier", 1e6, 1.5, 1.0)?,
        randomization_factor: or_default(random, "factor", 1.0, 0.5, 0.0)?,
        max: case.optional("cap_ms", 1.0, LONG)?.map_or(Span::MAX, span),
    };
    let at = |attempt: u32, draw: f64| interval.after(attempt, draw).map(millis);
    let attempts =
        if case.get("attempts").is_some() { case.counts("attempts", 0, u32::MAX)? } else { Vec::new() };
    let mut measured = Measured::default();
    let each: Option<Vec<f64>> = attempts.iter().map(|&attempt| at(attempt, 0.0)).collect();
    match each {
        Some(each) => measured.list("expect_ms", each.into_iter()),
        None => measured.claim("expect", Claim::Text("error".to_owned())),
    }
    // Over a range of attempts: the lowest and the highest that chance can make.
    let (first, last) =
        (attempts.first().copied().unwrap_or(1).max(1), attempts.last().copied().unwrap_or(1).min(10_000));
    let ends = |draw: f64| (first..=last).filter_map(move |attempt| at(attempt, draw));
    measured.integer("expect_range_ms/0", ends(0.0).fold(f64::INFINITY, f64::min));
    measured.integer("expect_range_ms/1", ends(1.0).fold(0.0, f64::max));
    if grows && random {
        let (low, high) = (1.0 - interval.randomization_factor, 1.0 + interval.randomization_factor);
        let exact = Interval { randomization_factor: 0.0, ..interval };
        let fits = |attempt: u32| {
            let v = exact.after(attempt, 0.0).map_or(0.0, millis);
            at(attempt, 0.0).is_some_and(|least| least >= low * v - 1.0)
                && at(attempt, 1.0).is_some_and(|most| most <= high * v + 1.0)
        };
        let outside = (first..=last).find(|&attempt| !fits(attempt));
        let formula =
            format!("{low}*v-1 .. {high}*v+1 with v=floor-iterated {initial}*{}^(n-1)", interval.multiplier);
        let said = outside.map_or(formula, |attempt| format!("outside of it at attempt {attempt}"));
        measured.claim("expect_range", Claim::Text(said));
    }
    // How far it grows from the first attempt on.
    let grown = (1..100_000).take_while(|&n| at(n + 1, 0.0) > at(n, 0.0)).count();
    measured.claim("strictly_increasing_for_attempts/0", Claim::AtMost(1.0));
    measured.claim("strictly_increasing_for_attempts/1", Claim::AtLeast(grown as f64 + 1.0));
    Ok(measured)
}

fn backoff_formulas(case: Case) -> Result<Measured, String> {
    let n = case.count("n", 0, u32::MAX)?;
    let backoff = Backoff {
        base: span(case.number("base", 0.0, LONG)?),
        cap: span(case.number("cap", 0.0, LONG)?),
        growth: Growth::Exponential,
        jitter: Jitter::None,
    };
    let previous = case.optional("prev", 0.0, LONG)?.map_or(Span::ZERO, span);
    let mut measured = Measured::default();
    // A wait is a whole number of nanoseconds.
    let near = |measured: &mut Measured, path: String, value: f64| {
        measured.claim(path, Claim::Exact { value, relative: 1e-9, absolute: 1e-6 });
    };
    near(&mut measured, "expo".to_owned(), millis(backoff.ceiling(n)));
    for (names, jitter) in [
        (&["full_jitter"][..], Jitter::Full),
        (&["equal_jitter"], Jitter::Equal),
        (&["decorrelated", "decorrelated_jitter", "decorr"], Jitter::Decorrelated),
    ] {
        let backoff = Backoff { jitter, ..backoff };
        let (low, high) = backoff.range(n, previous);
        for name in names {
            near(&mut measured, format!("{name}_range/0"), millis(low));
            near(&mut measured, format!("{name}_range/1"), millis(high));
            // The wait is linear in the draw, so its mean is that of the mean draw; the cap bends decorrelated waits.
            if jitter != Jitter::Decorrelated {
                near(&mut measured, format!("{name}_mean"), millis(backoff.delay(n, previous, 0.5)));
            }
        }
    }
    Ok(measured)
}

#[derive(Clone, Copy, Hash)]
enum Event {
    Read {
        client: u32,
    },
    Write {
        client: u32,
        version: u32,
    },
    /// The version that was read, on its way back.
    HasRead {
        client: u32,
        version: u32,
    },
    /// A refused write, on its way back.
    Refused {
        client: u32,
    },
    /// An accepted one.
    Done,
}

/// Clients that each write one row once, with optimistic concurrency: calls and completion of one run, in milliseconds.
/// After aws-samples/aws-arch-backoff-simulator.
fn contention(clients: u32, backoff: &Backoff, run: u32) -> (f64, f64) {
    let mut world: World<Event> = World::new(run.into());
    let stream = |name: &str| Draws::new(7, Purpose::named(name), Entity::new(0, run));
    let (mut network, mut jitter) = (stream("network"), stream("jitter"));
    // |N(10, 2)| milliseconds, by Box and Muller.
    let mut delay = || {
        let radius = libm::sqrt(-2.0 * libm::log(network.positive_unit()));
        let normal = radius * libm::cos(core::f64::consts::TAU * network.unit());
        span((10.0 + 2.0 * normal).abs())
    };
    let mut state = vec![(0_u32, Span::ZERO); clients as usize];
    for client in 0..clients {
        world.schedule(delay(), Event::Read { client });
    }
    let (mut version, mut calls) = (0, 0_u32);
    while let Some(event) = world.next(Time::MAX) {
        match event {
            Event::Read { client } => world.schedule(delay(), Event::HasRead { client, version }),
            Event::HasRead { client, version } => world.schedule(delay(), Event::Write { client, version }),
            Event::Write { client, version: read } => {
                calls += 1;
                let accepted = read == version;
                version += u32::from(accepted);
                let answer = if accepted { Event::Done } else { Event::Refused { client } };
                world.schedule(delay(), answer)
            }
            Event::Refused { client } => {
                let (attempt, wait) = &mut state[client as usize];
                *attempt += 1;
                *wait = backoff.delay(*attempt, *wait, jitter.unit());
                world.schedule(delay() + *wait, Event::Read { client })
            }
            Event::Done => continue,
        };
    }
    (f64::from(calls), world.now().secs() * 1e3)
}

fn aws_backoff_sim(case: Case) -> Result<Measured, String> {
    let clients = case.count("clients", 1, 1_000)?;
    let (base, jitter) = match case.text("algorithm") {
        "Exponential" => (5.0, Jitter::None),
        "Decorr" => (5.0, Jitter::Decorrelated),
        "EqualJitter" => (5.0, Jitter::Equal),
        "FullJitter" => (5.0, Jitter::Full),
        "None" => (0.0, Jitter::None),
        other => return Err(format!("there is no algorithm {other}")),
    };
    let backoff = Backoff { base: span(base), cap: span(2_000.0), growth: Growth::Exponential, jitter };
    let runs = (2_000_000 / (clients * clients)).clamp(50, 4_000);
    let results: Vec<(f64, f64)> = (0..runs).map(|run| contention(clients, &backoff, run)).collect();
    let mut measured = Measured::default();
    let mut claim = |path: &str, their_error: &str, of: fn(&(f64, f64)) -> f64| -> Result<(), String> {
        let n = f64::from(runs);
        let mean = results.iter().map(of).sum::<f64>() / n;
        let squares: f64 = results.iter().map(|result| (of(result) - mean) * (of(result) - mean)).sum();
        let theirs = case.optional(their_error, 0.0, 1e12)?.unwrap_or(0.0);
        let estimate = Estimate { mean, error: libm::sqrt(squares / (n - 1.0) / n), floor: 0.0 };
        measured.claim(path, Claim::Alike { estimate, theirs });
        Ok(())
    };
    claim("mean_calls", "se_calls", |result| result.0)?;
    claim("mean_completion_ms", "se_completion_ms", |result| result.1)?;
    Ok(measured)
}

fn tower_budget(case: Case) -> Result<Measured, String> {
    let mut now = Time::ZERO;
    let config = BudgetConfig {
        ttl: span(case.number("ttl_ms", 0.0, LONG)?),
        min_per_sec: case.count("min_per_sec", 0, u32::MAX)?,
        retry_percent: case.number("percent", 0.0, 1e6)? as f32,
    };
    let mut budget = Budget::new(config, now).map_err(|error| error.to_string())?;
    let mut measured = Measured::default();
    for (i, step) in case.list("steps")?.iter().enumerate() {
        let step = Case(step);
        match step.text("op") {
            "deposit" => budget.deposit(now),
            "withdraw" => measured.claim(format!("steps/{i}/expect"), Claim::Flag(budget.withdraw(now))),
            "advance" => now += span(step.number("ms", 0.0, LONG)?),
            other => return Err(format!("there is no step {other}")),
        }
    }
    Ok(measured)
}

fn sre_throttle(case: Case) -> Result<Measured, String> {
    let throttle = ThrottleConfig { k: case.number("K", 0.0, 1e9)?, ..ThrottleConfig::default() };
    let mut measured = Measured::default();
    if case.get("requests").is_some() {
        let (requests, accepts) = (case.number("requests", 0.0, 1e15)?, case.number("accepts", 0.0, 1e15)?);
        measured.exact("expect_p", throttle.reject_probability(requests, accepts));
    }
    if case.get("offered_qps").is_some() {
        let (offered, capacity) =
            (case.number("offered_qps", 0.0, 1e15)?, case.number("backend_capacity_qps", 0.0, 1e15)?);
        measured.exact("steady_state_sent_qps", throttle.steady_sent(offered, capacity));
    }
    Ok(measured)
}

fn retry_amplification(case: Case) -> Result<Measured, String> {
    let fail = case.optional("fail", 0.0, 1.0)?;
    let mut measured = Measured::default();
    if let (Some(fail), Some(_)) = (fail, case.get("max_attempts")) {
        let most = case.number("max_attempts", 0.0, 1e9)?;
        measured.exact("expected_attempts", amplification::expected_attempts(fail, most));
        measured.exact("success", amplification::success(fail, most));
    }
    if case.get("layers").is_some() {
        let (layers, attempts) =
            (case.count("layers", 0, 1_000)?, case.count("attempts_per_layer", 0, 1_000_000)?);
        measured.exact("worst_case_backend_calls", amplification::worst_case(layers, attempts));
        if let Some(fail) = fail {
            measured.exact("expected_backend_calls", amplification::over_hops(fail, attempts, layers));
        }
    }
    Ok(measured)
}
