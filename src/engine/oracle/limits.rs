//! The suites about rate limiters.

use super::Suite;
use super::case::Case;
use super::claim::{Claim, Measured};
use crate::mechanism::limiter::{RateLimiter, RateLimiterConfig, Reservation, TokenBucket, every};
use crate::sim::{Span, Time};

pub(super) const SUITES: &[Suite] = &[
    Suite { id: "go_rate_allow", inputs: GO_INPUTS, measure: go_rate },
    Suite { id: "go_rate_reserve", inputs: GO_INPUTS, measure: go_rate },
    Suite { id: "go_rate_misc", inputs: GO_INPUTS, measure: go_rate },
    Suite { id: "go_rate_every", inputs: &["interval_ns"], measure: go_rate_every },
    Suite {
        id: "r4j_fixed_window",
        inputs: &["timeout", "limit_per_cycle", "steps/*/at", "steps/*/op"],
        measure: r4j_fixed_window,
    },
];

const GO_INPUTS: &[&str] = &[
    "rate_per_s",
    "burst",
    "simultaneous_requests",
    "request_every_ms",
    "duration_ms",
    "deadline_ms",
    "steps/*/op",
    "steps/*/t_ms",
    "steps/*/n",
    "steps/*/id",
    "steps/*/value",
    "steps/*/max_wait_ms",
];

/// Milliseconds of a century.
const LONG: f64 = 3.2e12;
/// A case asks at most so often.
const MOST: f64 = 1e6;

fn at(millis: f64) -> Time {
    Time::from_secs_f64(millis / 1e3)
}

fn millis(time: Time) -> f64 {
    time.nanos() as f64 / 1e6
}

/// A wait is cut to whole nanoseconds.
fn near(measured: &mut Measured, path: String, value: f64) {
    measured.claim(path, Claim::Exact { value, relative: 0.0, absolute: 1e-4 });
}

fn go_rate(case: Case) -> Result<Measured, String> {
    let limit = case.number("rate_per_s", 0.0, 1e9)?;
    let burst = case.count("burst", 0, u32::MAX)?;
    let bucket = |now| TokenBucket::new(limit, burst, now).map_err(|error| error.to_string());
    let mut measured = Measured::default();
    // So many at once, or one every so often.
    let asked: Vec<Time> = match case.optional("duration_ms", 0.0, LONG)? {
        Some(length) => {
            let apart = case.number("request_every_ms", length / MOST, LONG)?;
            (0..libm::ceil(length / apart) as u32).map(|n| at(f64::from(n) * apart)).collect()
        }
        None => vec![Time::ZERO; case.optional("simultaneous_requests", 0.0, MOST)?.unwrap_or(0.0) as usize],
    };
    let mut asked_of = bucket(Time::ZERO)?;
    let admitted = asked.into_iter().filter(|now| asked_of.allow(*now, 1)).count() as f64;
    measured.integer("expect_admitted", admitted);
    measured.claim("expect_admitted_max", Claim::AtMost(admitted));
    measured.claim("expect_admitted_min", Claim::AtLeast(admitted));
    if case.get("steps").is_some() {
        go_steps(case, bucket, &mut measured)?;
    }
    Ok(measured)
}

/// Plays the steps of a case on a bucket that is full at the first of them. Whoever waits does so until the case's deadline.
fn go_steps(
    case: Case,
    new: impl Fn(Time) -> Result<TokenBucket, String>,
    measured: &mut Measured,
) -> Result<(), String> {
    let deadline = case.optional("deadline_ms", 0.0, LONG)?;
    let mut reserved: Vec<(String, Reservation)> = Vec::new();
    let mut bucket = None;
    for (i, step) in case.list("steps")?.iter().enumerate() {
        let step = Case(step);
        let now = at(step.optional("t_ms", 0.0, LONG)?.unwrap_or(0.0));
        let bucket = match &mut bucket {
            Some(bucket) => bucket,
            none => none.insert(new(now)?),
        };
        let path = |field: &str| format!("steps/{i}/{field}");
        let n = || step.count("n", 0, u32::MAX);
        let within = |millis: Option<f64>| millis.map_or(Span::MAX, |it| at(it).since(Time::ZERO));
        match step.text("op") {
            "allow" => measured.flag(path("expect"), bucket.allow(now, 1)),
            "allowN" => {
                measured.exact(path("tokens_before"), bucket.tokens(now));
                measured.flag(path("expect"), bucket.allow(now, n()?));
            }
            "reserveN" => {
                let wait = within(step.optional("max_wait_ms", 0.0, LONG)?);
                let got = bucket.reserve(now, n()?, wait);
                measured.flag(path("expect_ok"), got.is_some());
                if let Some(it) = got {
                    near(measured, path("expect_act_at_ms"), millis(it.act_at));
                    reserved.push((step.text("id").to_owned(), it));
                }
            }
            "wait" => match bucket.reserve(now, n()?, within(deadline)) {
                Some(it) => near(measured, path("expect_delay_ms"), millis(it.act_at) - millis(now)),
                None => measured.claim(path("expect"), Claim::Text("error immediately".to_owned())),
            },
            "cancel" => {
                // One that was refused has nothing to give back.
                if let Some((_, it)) = reserved.iter().find(|(id, _)| id == step.text("id")) {
                    bucket.cancel(now, *it);
                }
            }
            "setLimit" => {
                bucket.set_limit(step.number("value", 0.0, 1e9)?, now).map_err(|error| error.to_string())?;
            }
            other => return Err(format!("there is no step {other}")),
        }
    }
    Ok(())
}

fn go_rate_every(case: Case) -> Result<Measured, String> {
    let interval = Span::from_nanos(case.number("interval_ns", 1.0, 1e18)? as u64);
    let mut measured = Measured::default();
    measured.exact("rate_per_s", every(interval));
    Ok(measured)
}

/// The length of a cycle, which cases call C.
const CYCLE: u64 = 1_000_000;

/// Nanoseconds that are written as `2C+10`, or as a number.
fn nanos(case: Case, field: &str) -> Result<u64, String> {
    let wrong = || format!("`{field}` is no time in cycles");
    let value = case.need(field)?;
    if let Some(number) = value.as_u64() {
        return Ok(number);
    }
    let (cycles, more) = value.as_str().and_then(|text| text.split_once('C')).ok_or_else(wrong)?;
    let cycles: u64 = if cycles.is_empty() { 1 } else { cycles.parse().map_err(|_| wrong())? };
    let more: i64 = if more.is_empty() { 0 } else { more.parse().map_err(|_| wrong())? };
    cycles.checked_mul(CYCLE).and_then(|it| it.checked_add_signed(more)).ok_or_else(wrong)
}

/// The same the other way round.
fn in_cycles(span: Span) -> Claim {
    let (cycles, short) = (span.nanos().div_ceil(CYCLE), span.nanos().next_multiple_of(CYCLE) - span.nanos());
    let number = |n: u64| if n == 1 { String::new() } else { n.to_string() };
    match (cycles, short) {
        (0, _) => Claim::Exact { value: 0.0, relative: 0.0, absolute: 0.0 },
        (cycles, 0) => Claim::Text(format!("{}C", number(cycles))),
        (cycles, short) => Claim::Text(format!("{}C-{short}", number(cycles))),
    }
}

fn r4j_fixed_window(case: Case) -> Result<Measured, String> {
    let config = RateLimiterConfig {
        limit_for_period: case.count("limit_per_cycle", 1, u32::MAX)?,
        limit_refresh_period: Span::from_nanos(CYCLE),
        timeout_duration: Span::from_nanos(nanos(case, "timeout")?),
    };
    let mut limiter = RateLimiter::new(config, Time::ZERO).map_err(|error| error.to_string())?;
    let mut measured = Measured::default();
    // When each who had to wait may go on.
    let mut waiting: Vec<Time> = Vec::new();
    for (i, step) in case.list("steps")?.iter().enumerate() {
        let step = Case(step);
        let now = Time::from_nanos(nanos(step, "at")?);
        let path = |field: &str| format!("steps/{i}/{field}");
        match step.text("op") {
            "acquire" => measured.flag(path("expect"), limiter.reserve(now, 1).is_some()),
            "acquire_blocking" => {
                let wait = limiter.reserve(now, 1);
                waiting.extend(wait.map(|wait| now + wait));
                let says = if wait.is_some_and(|wait| wait > Span::ZERO) { "waits" } else { "doesn't wait" };
                measured.claim(path("expect"), Claim::Text(says.to_owned()));
            }
            "reserve" => measured.claim(
                path("expect"),
                match limiter.reserve(now, 1).map(Span::nanos) {
                    Some(1..=CYCLE) => Claim::Text("0 < w <= C".to_owned()),
                    Some(wait) => Claim::Exact { value: wait as f64, relative: 0.0, absolute: 0.0 },
                    None => Claim::Exact { value: -1.0, relative: 0.0, absolute: 0.0 },
                },
            ),
            "check" => {}
            other => return Err(format!("there is no step {other}")),
        }
        measured.flag(path("earlier_waiter"), waiting.iter().all(|until| *until <= now));
        measured.integer(path("waiting"), waiting.iter().filter(|until| **until > now).count() as f64);
        measured.integer(path("available"), limiter.available(now) as f64);
        measured.claim(path("nanosToWait"), in_cycles(limiter.wait(now, 1)));
    }
    Ok(measured)
}
