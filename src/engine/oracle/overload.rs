//! The suites about overload protection.

use super::Suite;
use super::case::Case;
use super::claim::{Claim, Measured};
use crate::mechanism::codel::{Codel, CodelConfig};
use crate::mechanism::overload::{
    Aimd, AimdConfig, Amount, Average, Caller, Change, ConcurrencyLimit, ExpAvg, Gradient2Config, Partitions,
    Percentile, Sample, SampleWindow, Vegas, VegasConfig, log10_root, square_root,
};
use crate::sim::{Span, Time};
use serde_json::Value;

pub(super) const SUITES: &[Suite] = &[
    Suite {
        id: "netflix_vegas",
        inputs: &["config", "samples/*/rtt_ms", "samples/*/inflight", "samples/*/dropped"],
        measure: vegas,
    },
    Suite {
        id: "netflix_aimd",
        inputs: &[
            "initial",
            "min",
            "max",
            "backoff_ratio",
            "timeout_ms",
            "samples/*/rtt_ms",
            "samples/*/inflight",
            "samples/*/dropped",
        ],
        measure: aimd,
    },
    Suite { id: "netflix_expavg", inputs: &["window", "warmup", "adds", "then_add"], measure: exp_avg },
    Suite { id: "netflix_functions", inputs: &["fn", "x", "p", "rtts", "dropped"], measure: functions },
    Suite {
        id: "netflix_partition",
        inputs: &[
            "limit",
            "shares",
            "bypass",
            "steps/*/op",
            "steps/*/partition",
            "steps/*/times",
            "steps/*/value",
        ],
        measure: partition,
    },
    Suite {
        id: "codel_control_law",
        inputs: &["interval_ms", "target_ms", "drops", "count"],
        measure: codel,
    },
    Suite {
        id: "gradient2",
        inputs: &["limit", "long_rtt", "short_rtt", "queue", "tolerance", "smoothing"],
        measure: gradient2,
    },
];

/// Milliseconds of a century.
const LONG: f64 = 3.2e12;
/// The highest limit of a case.
const MOST: u32 = 1_000_000_000;

fn span(millis: f64) -> Span {
    Span::from_secs_f64(millis / 1e3)
}

fn is_true(case: Case, name: &str) -> bool {
    case.get(name).and_then(Value::as_bool).unwrap_or(false)
}

fn optional_count(case: Case, name: &str, default: u32) -> Result<u32, String> {
    if case.get(name).is_some() { case.count(name, 0, MOST) } else { Ok(default) }
}

/// A limit after each of a case's samples, and at the end.
fn limits(case: Case, limit: &mut impl ConcurrencyLimit) -> Result<Measured, String> {
    let mut measured = Measured::default();
    for (i, sample) in case.list("samples")?.iter().enumerate() {
        let sample = Case(sample);
        limit.on_sample(&Sample {
            rtt: span(sample.optional("rtt_ms", 0.0, LONG)?.unwrap_or(0.0)),
            in_flight: optional_count(sample, "inflight", 0)?,
            dropped: is_true(sample, "dropped"),
        });
        measured.integer(format!("samples/{i}/expect_limit"), limit.limit().into());
    }
    measured.claim("samples", Claim::Given);
    measured.integer("expect_limit", limit.limit().into());
    Ok(measured)
}

/// A change as the cases write it: 'limit/2', 'limit*2', or a library's default.
fn change(config: Case, name: &str) -> Result<Change, String> {
    let text = config.text(name);
    let factor = |text: &str| text.trim().parse::<f64>().ok().filter(|it| it.is_finite() && *it > 0.0);
    let found = match text.trim().strip_prefix("limit").map(str::trim_start) {
        None if text.is_empty() => return Ok(Change::Log10),
        None => None,
        Some(rest) => match (rest.strip_prefix('/'), rest.strip_prefix('*')) {
            (Some(by), _) => factor(by).map(|by| 1.0 / by),
            (_, Some(by)) => factor(by),
            _ => None,
        },
    };
    found.map(Change::Factor).ok_or_else(|| format!("`{name}` is '{text}'; it can be limit/2 or limit*2"))
}

fn vegas(case: Case) -> Result<Measured, String> {
    let given = Case(case.need("config")?);
    let default = VegasConfig::default();
    let amount = |name: &str, default: Amount| match given.get(name) {
        Some(_) => given.count(name, 0, MOST).map(Amount::Fixed),
        None => Ok(default),
    };
    let config = VegasConfig {
        initial: optional_count(given, "initial", default.initial)?,
        max: optional_count(given, "max", default.max)?,
        alpha: amount("alpha", default.alpha)?,
        beta: amount("beta", default.beta)?,
        threshold: amount("threshold", default.threshold)?,
        increase: change(given, "increase")?,
        decrease: change(given, "decrease")?,
        smoothing: given.optional("smoothing", 0.0, 1.0)?.unwrap_or(default.smoothing),
        ..default
    };
    limits(case, &mut Vegas::new(config, 0.5))
}

fn aimd(case: Case) -> Result<Measured, String> {
    let default = AimdConfig::default();
    let config = AimdConfig {
        initial: optional_count(case, "initial", default.initial)?,
        min: optional_count(case, "min", default.min)?,
        max: optional_count(case, "max", default.max)?,
        backoff_ratio: case.optional("backoff_ratio", 0.5, 1.0)?.unwrap_or(default.backoff_ratio),
        timeout: case.optional("timeout_ms", 0.0, LONG)?.map_or(default.timeout, span),
    };
    limits(case, &mut Aimd::new(config))
}

/// The suite's average is over 100 values, of which the first ten are a plain mean.
fn exp_avg(case: Case) -> Result<Measured, String> {
    let mut average = ExpAvg::new(optional_count(case, "window", 100)?, optional_count(case, "warmup", 10)?);
    let mut measured = Measured::default();
    let near = |value, absolute| Claim::Exact { value, relative: 0.0, absolute };
    let adds = case.numbers("adds", -1e12, 1e12)?;
    measured.claim("expect_after_each", Claim::Length(adds.len()));
    let mut value = 0.0;
    for (i, add) in adds.into_iter().enumerate() {
        value = average.add(add);
        measured.claim(format!("expect_after_each/{i}"), near(value, 0.01));
    }
    if let Some(add) = case.optional("then_add", -1e12, 1e12)? {
        value = average.add(add);
    }
    measured.claim("expect", near(value, 0.1));
    Ok(measured)
}

fn functions(case: Case) -> Result<Measured, String> {
    let name = case.text("fn");
    let base = |what: &str| {
        let rest = name.strip_prefix(what)?.trim();
        rest.strip_prefix("base").unwrap_or(rest).trim().parse::<u32>().ok()
    };
    let windowed = |mut window: Box<dyn FnMut(Option<Span>) -> Span>| {
        for rtt in case.numbers("rtts", 0.0, 1e18)? {
            window(Some(Span::from_nanos(rtt as u64)));
        }
        Ok::<_, String>(window(None).nanos() as f64)
    };
    let value = match name {
        "average window" => windowed(sampling(Average::default()))?,
        "percentile window" => {
            windowed(sampling(Percentile::new(case.number("p", 0.0, 1.0)?, case.len("rtts"))))?
        }
        _ => {
            let x = case.count("x", 0, u32::MAX)?;
            let log10 = base("log10root").map(|base| log10_root(x) + base);
            let root = log10.or_else(|| base("sqrt").map(|base| square_root(x, base)));
            root.ok_or_else(|| format!("there is no function '{name}'"))?.into()
        }
    };
    let mut measured = Measured::default();
    measured.integer("expect", value);
    Ok(measured)
}

fn partition(case: Case) -> Result<Measured, String> {
    let shares = Case(case.need("shares")?);
    let names: Vec<&str> = case.keys("shares").collect();
    let each: Vec<f64> = names.iter().map(|name| shares.number(name, 0.0, 1.0)).collect::<Result<_, _>>()?;
    let mut partitions = Partitions::new(case.count("limit", 0, MOST)?, &each);
    let of = |name: &str| names.iter().position(|it| *it == name);
    let caller = |name: &str| match of(name) {
        _ if !name.is_empty() && name == case.text("bypass") => Caller::Bypass,
        Some(at) => Caller::Of(at),
        None => Caller::Unknown,
    };
    let mut measured = Measured::default();
    let limits = |partitions: &Partitions, path: &str, measured: &mut Measured| {
        for (at, name) in names.iter().enumerate() {
            measured.integer(format!("{path}expect_partition_limits/{name}"), partitions.limit_of(at).into());
        }
    };
    limits(&partitions, "", &mut measured);
    for (i, step) in case.get("steps").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let step = Case(step);
        let times = optional_count(step, "times", 1)?.max(1);
        let who = caller(step.text("partition"));
        match step.text("op") {
            "acquire" => {
                let got = (0..times).filter(|_| partitions.acquire(who)).count() as u32;
                // What is expected holds for each of them.
                let claim = match got {
                    0 => Claim::Flag(false),
                    all if all == times => Claim::Flag(true),
                    some => Claim::Text(format!("{some} of {times}")),
                };
                measured.claim(format!("steps/{i}/expect"), claim);
            }
            "release" => (0..times).for_each(|_| partitions.release(who)),
            "setLimit" => partitions.set_limit(step.count("value", 0, MOST)?),
            other => return Err(format!("there is no step {other}")),
        }
        limits(&partitions, &format!("steps/{i}/"), &mut measured);
        let in_flight = match who {
            Caller::Of(at) => partitions.in_flight_of(at),
            Caller::Unknown | Caller::Bypass => partitions.in_flight(),
        };
        measured.integer(format!("steps/{i}/expect_inflight"), in_flight.into());
    }
    measured.claim("steps", Claim::Given);
    measured.integer("expect_inflight", partitions.in_flight().into());
    Ok(measured)
}

/// Times of drops from a queue in which everybody has always waited too long, or the gap after so many drops.
fn codel(case: Case) -> Result<Measured, String> {
    let config = CodelConfig {
        interval: span(case.number("interval_ms", 1e-3, LONG)?),
        target: span(case.optional("target_ms", 0.0, LONG)?.unwrap_or(5.0)),
    };
    let mut measured = Measured::default();
    // Times of the model are whole nanoseconds.
    let near = |value| Claim::Exact { value, relative: 1e-9, absolute: 1e-4 };
    if case.get("count").is_some() {
        let gap = config.gap(case.count("count", 1, MOST)?);
        measured.claim("expect_gap_ms", near(gap.nanos() as f64 / 1e6));
    }
    if case.get("drops").is_some() {
        let drops = case.count("drops", 0, 100_000)? as usize;
        let (mut codel, mut now, mut times) = (Codel::new(config), Time::ZERO, Vec::new());
        while times.len() < drops {
            let waited = config.target + Span::from_nanos(1);
            let dropped = |()| times.push(now.nanos() as f64 / 1e6);
            codel.take(now, || Some(((), waited, false)), dropped);
            now = codel.next_drop().ok_or("nothing would ever be dropped")?;
        }
        measured.claim("expect_drop_times_ms", Claim::Length(times.len()));
        for (i, time) in times.into_iter().enumerate() {
            measured.claim(format!("expect_drop_times_ms/{i}"), near(time));
        }
    }
    Ok(measured)
}

fn gradient2(case: Case) -> Result<Measured, String> {
    let number =
        |name: &str, default: f64| Ok::<_, String>(case.optional(name, 0.0, 1e12)?.unwrap_or(default));
    let default = Gradient2Config::default();
    let config = Gradient2Config {
        queue_size: number("queue", default.queue_size)?,
        tolerance: number("tolerance", default.tolerance)?,
        smoothing: number("smoothing", default.smoothing)?,
        ..default
    };
    let (long, short) = (case.number("long_rtt", 0.0, 1e18)?, case.number("short_rtt", 1e-9, 1e18)?);
    let mut measured = Measured::default();
    measured.exact("expect_gradient", config.gradient(long, short));
    measured.exact("expect_new_limit", config.next(case.number("limit", 0.0, 1e12)?, long, short));
    Ok(measured)
}

/// A window that takes a sample, if there is one, and says what it tracks.
fn sampling<W: SampleWindow + 'static>(mut window: W) -> Box<dyn FnMut(Option<Span>) -> Span> {
    Box::new(move |rtt| {
        if let Some(rtt) = rtt {
            window.add(rtt);
        }
        window.tracked()
    })
}
