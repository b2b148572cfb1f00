//! The suites about circuit breakers.

use super::Suite;
use super::case::Case;
use super::claim::{Claim, Measured};
use crate::mechanism::breaker::{
    Aggregation, Breaker, CallOutcome, Config, CountConfig, Counts, Metrics, Permit, RateConfig, Refusal,
    SlidingWindowType, State, Trip, Window,
};
use crate::sim::{Span, Time};
use serde_json::Value;
use std::collections::VecDeque;

pub(super) const SUITES: &[Suite] = &[
    Suite {
        id: "r4j_count_window",
        inputs: WINDOW_INPUTS,
        measure: |case| r4j_window(case, SlidingWindowType::CountBased),
    },
    Suite {
        id: "r4j_time_window",
        inputs: WINDOW_INPUTS,
        measure: |case| r4j_window(case, SlidingWindowType::TimeBased),
    },
    Suite {
        id: "r4j_metrics_threshold",
        inputs: &[
            "window_size",
            "minimum_calls",
            "failure_threshold_pct",
            "steps/*/feed",
            "steps/*/notPermitted",
        ],
        measure: r4j_metrics_threshold,
    },
    Suite {
        id: "r4j_state_machine",
        inputs: &[
            "config",
            "steps/*/op",
            "steps/*/ms",
            "steps/*/timers",
            "steps/*/duration_ms",
            "steps/*/exception",
            "steps/*/takes_ms",
            "steps/*/result",
            "steps/*/metric",
        ],
        measure: r4j_state_machine,
    },
    Suite {
        id: "gobreaker",
        inputs: &["config", "steps/*/op", "steps/*/ms", "steps/*/outcome", "steps/*/counted_as"],
        measure: gobreaker,
    },
];

const WINDOW_INPUTS: &[&str] =
    &["window_size", "steps/*/op", "steps/*/ms", "steps/*/duration_ms", "steps/*/outcome"];

/// More than a century, in milliseconds.
const LONG: f64 = 4e12;

/// A length of time that must be there, in milliseconds; fractions down to nanoseconds.
fn millis(case: Case, name: &str) -> Result<Span, String> {
    Ok(Span::from_secs_f64(case.number(name, 0.0, LONG)? / 1e3))
}

fn or_millis(case: Case, name: &str, otherwise: Span) -> Result<Span, String> {
    if case.get(name).is_some() { millis(case, name) } else { Ok(otherwise) }
}

/// What was computed in single precision and printed.
fn single(measured: &mut Measured, path: String, value: f32) {
    measured.claim(path, Claim::Exact { value: value.into(), relative: 1e-6, absolute: 0.0 });
}

fn r4j_window(case: Case, kind: SlidingWindowType) -> Result<Measured, String> {
    let mut now = Time::ZERO;
    let mut window = Window::new(kind, case.count("window_size", 1, 1_000_000)?, now);
    let mut measured = Measured::default();
    for (i, step) in case.list("steps")?.iter().enumerate() {
        let step = Case(step);
        match step.text("op") {
            "advance" => now += millis(step, "ms")?,
            "record" => {
                let (slow, failed) = match step.text("outcome") {
                    "SUCCESS" => (false, false),
                    "ERROR" => (false, true),
                    "SLOW_SUCCESS" => (true, false),
                    "SLOW_ERROR" => (true, true),
                    other => return Err(format!("there is no outcome {other}")),
                };
                window.record(now, Aggregation::of(failed, slow, millis(step, "duration_ms")?));
            }
            "snapshot" => {}
            other => return Err(format!("there is no step {other}")),
        }
        snapshot(&mut measured, &format!("steps/{i}/expect"), &window.total(now));
    }
    Ok(measured)
}

fn snapshot(measured: &mut Measured, path: &str, total: &Aggregation) {
    for (name, value) in [
        ("totalNumberOfCalls", total.calls),
        ("numberOfSuccessfulCalls", total.successful()),
        ("numberOfFailedCalls", total.failed),
        ("totalNumberOfSlowCalls", total.slow),
        ("numberOfSlowSuccessfulCalls", total.slow_successful()),
        ("numberOfSlowFailedCalls", total.slow_failed),
    ] {
        measured.integer(format!("{path}/{name}"), value.into());
    }
    // The snapshot has durations in whole milliseconds.
    for (name, span) in
        [("totalDuration_ms", total.duration), ("averageDuration_ms", total.average_duration())]
    {
        measured.integer(format!("{path}/{name}"), (span.nanos() / 1_000_000) as f64);
    }
    single(measured, format!("{path}/failureRate"), total.failure_rate());
    single(measured, format!("{path}/slowCallRate"), total.slow_call_rate());
}

fn r4j_metrics_threshold(case: Case) -> Result<Measured, String> {
    let config = RateConfig {
        sliding_window_size: case.count("window_size", 1, 10_000)?,
        minimum_number_of_calls: case.count("minimum_calls", 1, u32::MAX)?,
        failure_rate_threshold: case.number("failure_threshold_pct", 0.0, 100.0)? as f32,
        ..RateConfig::default()
    };
    let mut metrics = Metrics::for_closed(&config, Time::ZERO);
    let mut measured = Measured::default();
    for (i, step) in case.list("steps")?.iter().enumerate() {
        let step = Case(step);
        let mut verdict = metrics.verdict(&config, Time::ZERO);
        for letter in step.text("feed").chars() {
            let failed = match letter {
                'S' => false,
                'F' => true,
                other => return Err(format!("`feed` has the letter {other}; it can have S and F")),
            };
            verdict = metrics.record(&config, Time::ZERO, failed, Span::ZERO);
        }
        let refused =
            if step.get("notPermitted").is_some() { step.count("notPermitted", 0, 1_000_000)? } else { 0 };
        (0..refused).for_each(|_| metrics.refuse());
        let path = format!("steps/{i}/expect");
        metric_claims(&mut measured, &path, &metrics, Time::ZERO);
        measured.claim(format!("{path}/result"), Claim::Text(shouted(&format!("{verdict:?}"))));
        measured.claim(format!("{path}/exceeded"), Claim::Flag(verdict.exceeded()));
    }
    Ok(measured)
}

/// `BelowThresholds` as `BELOW_THRESHOLDS`.
fn shouted(name: &str) -> String {
    let mut shouted = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !shouted.is_empty() {
            shouted.push('_');
        }
        shouted.push(letter.to_ascii_uppercase());
    }
    shouted
}

/// Everything that a breaker's metrics say, under the short names and under resilience4j's own.
fn metric_values(metrics: &Metrics, now: Time) -> Vec<(&'static [&'static str], f64)> {
    let total = metrics.total(now);
    let rate = |rate: Option<f32>| f64::from(rate.unwrap_or(-1.0));
    vec![
        (&["buffered", "numberOfBufferedCalls"], total.calls.into()),
        (&["failed", "numberOfFailedCalls"], total.failed.into()),
        (&["successful", "numberOfSuccessfulCalls"], total.successful().into()),
        (&["slow", "numberOfSlowCalls"], total.slow.into()),
        (&["slowSuccessful", "numberOfSlowSuccessfulCalls"], total.slow_successful().into()),
        (&["slowFailed", "numberOfSlowFailedCalls"], total.slow_failed.into()),
        (&["notPermitted", "numberOfNotPermittedCalls"], metrics.not_permitted() as f64),
        (&["failureRate"], rate(metrics.failure_rate(now))),
        (&["slowCallRate"], rate(metrics.slow_call_rate(now))),
    ]
}

fn metric_claims(measured: &mut Measured, path: &str, metrics: &Metrics, now: Time) {
    for (names, value) in metric_values(metrics, now) {
        for name in names {
            single(measured, format!("{path}/{name}"), value as f32);
        }
    }
}

/// The parameters of a case, and how a call ends that ends with an exception of some name.
struct R4jConfig {
    config: RateConfig,
    ignored: Vec<String>,
    recorded: Option<Vec<String>>,
}

impl R4jConfig {
    fn outcome(&self, exception: &str) -> CallOutcome {
        let is_in = |list: &[String]| list.iter().any(|name| name == exception);
        if is_in(&self.ignored) {
            CallOutcome::Ignored
        } else if self.recorded.as_ref().is_none_or(|recorded| is_in(recorded)) {
            CallOutcome::Failure
        } else {
            CallOutcome::Success
        }
    }
}

fn r4j_config(config: Case) -> Result<R4jConfig, String> {
    let otherwise = RateConfig::default();
    let percent = |name: &str, otherwise: f32| -> Result<f32, String> {
        Ok(config.optional(name, 0.0, 100.0)?.map_or(otherwise, |rate| rate as f32))
    };
    let names = |name: &str| {
        config.list(name).ok().map(|list| list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    };
    let flag = |name: &str| config.get(name).and_then(Value::as_bool).unwrap_or(false);
    let state = |name: &str, otherwise: State| match config.text(name) {
        "" => Ok(otherwise),
        text => named_state(text),
    };
    let window = Case(config.get("slidingWindow").unwrap_or(&Value::Null));
    let count = |case: Case, name: &str, otherwise: u32| {
        if case.get(name).is_some() { case.count(name, 0, u32::MAX) } else { Ok(otherwise) }
    };
    let (wait, wait_multiplier) = wait(config, otherwise.wait_duration_in_open_state)?;
    let parameters = RateConfig {
        failure_rate_threshold: percent("failureRateThreshold_pct", otherwise.failure_rate_threshold)?,
        slow_call_rate_threshold: percent("slowCallRateThreshold_pct", otherwise.slow_call_rate_threshold)?,
        slow_call_duration_threshold: or_millis(
            config,
            "slowCallDurationThreshold_ms",
            otherwise.slow_call_duration_threshold,
        )?,
        permitted_number_of_calls_in_half_open_state: count(
            config,
            "permittedNumberOfCallsInHalfOpenState",
            otherwise.permitted_number_of_calls_in_half_open_state,
        )?,
        max_wait_duration_in_half_open_state: or_millis(
            config,
            "maxWaitDurationInHalfOpenState_ms",
            Span::ZERO,
        )?,
        transition_to_state_after_wait_duration: state("transitionToStateAfterWaitDuration", State::Open)?,
        sliding_window_type: match window.text("type") {
            "TIME_BASED" => SlidingWindowType::TimeBased,
            _ => SlidingWindowType::CountBased,
        },
        sliding_window_size: match window.get("size_s") {
            Some(_) => window.count("size_s", 0, u32::MAX)?,
            None => count(window, "size", otherwise.sliding_window_size)?,
        },
        minimum_number_of_calls: count(window, "minimumNumberOfCalls", otherwise.minimum_number_of_calls)?,
        wait_duration_in_open_state: wait,
        wait_multiplier,
        max_wait_duration_in_open_state: Span::MAX,
        automatic_transition_from_open_to_half_open_enabled: flag(
            "automaticTransitionFromOpenToHalfOpenEnabled",
        ),
        initial_state: state("initialState", State::Closed)?,
    };
    Ok(R4jConfig {
        config: parameters,
        ignored: names("ignoreExceptions").unwrap_or_default(),
        recorded: names("recordExceptions"),
    })
}

/// The wait in the open state and the factor for each further opening; either a number, or a sentence that begins with
/// the number and names the factor, as in `5000 ms, then grows by x1.5`.
fn wait(config: Case, otherwise: Span) -> Result<(Span, f64), String> {
    let name = "waitDurationInOpenState";
    let text = config.text(name);
    if text.is_empty() {
        let in_millis = format!("{name}_ms");
        let numeric = if config.get(&in_millis).is_some() { in_millis.as_str() } else { name };
        return Ok((or_millis(config, numeric, otherwise)?, 1.0));
    }
    let number = |text: &str| {
        let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
        text[..end].parse::<f64>().ok()
    };
    let first = number(text).filter(|millis| (0.0..=LONG).contains(millis));
    let first = first.ok_or_else(|| format!("`{name}` doesn't begin with milliseconds"))?;
    let multiplier = text.split(" x").nth(1).and_then(number).unwrap_or(1.0);
    Ok((Span::from_secs_f64(first / 1e3), multiplier))
}

fn named_state(text: &str) -> Result<State, String> {
    let id = text.to_ascii_lowercase().replace('_', "-");
    State::from_id(&id).ok_or_else(|| format!("there is no state {text}"))
}

fn r4j_state_machine(case: Case) -> Result<Measured, String> {
    let config = case.need("config")?;
    if !config.is_object() {
        return Err(format!("`config` is {config}, and the suite has no such configuration"));
    }
    let parameters = r4j_config(Case(config))?;
    let mut now = Time::ZERO;
    let mut breaker =
        Breaker::new(Config::Rates(parameters.config), now).map_err(|error| error.to_string())?;
    let mut measured = Measured::default();
    for (i, step) in case.list("steps")?.iter().enumerate() {
        let step = Case(step);
        let path = format!("steps/{i}");
        let expect = format!("{path}/expect");
        let op = step.text("op");
        match op {
            "advance" => {
                now += millis(step, "ms")?;
                // The timers of resilience4j run on real time, not on the clock that its tests turn.
                if step.get("timers").and_then(Value::as_bool) == Some(true) {
                    while breaker.tick(now).is_some() {}
                }
            }
            "tryAcquirePermission" | "acquirePermission" => {
                measured.claim(expect, Claim::Flag(breaker.try_acquire(now).permit.is_ok()));
            }
            "releasePermission" => {
                breaker.release(now, Permit::default());
            }
            "onSuccess" => {
                breaker.record(now, Permit::default(), CallOutcome::Success, millis(step, "duration_ms")?);
            }
            "onError" => {
                let outcome = parameters.outcome(step.text("exception"));
                breaker.record(now, Permit::default(), outcome, millis(step, "duration_ms")?);
            }
            "call" => {
                let permit = breaker.try_acquire(now).permit;
                measured.claim(expect, Claim::Flag(permit.is_ok()));
                if let Ok(permit) = permit {
                    let takes = millis(step, "takes_ms")?;
                    now += takes;
                    let outcome = match step.text("result") {
                        "success" => CallOutcome::Success,
                        _ => parameters.outcome(step.text("exception")),
                    };
                    breaker.record(now, permit, outcome, takes);
                }
            }
            "reset" => {
                breaker.reset(now);
            }
            "expectState" => {
                let state = breaker.state().id().to_ascii_uppercase().replace('-', "_");
                measured.claim(format!("{path}/state"), Claim::Text(state));
            }
            "expectMetric" | "expectMetrics" => {
                let metrics = breaker.metrics().ok_or("a breaker by rates has metrics")?;
                metric_claims(&mut measured, &path, metrics, now);
                let asked = step.text("metric");
                let known = metric_values(metrics, now).into_iter().find(|(names, _)| names.contains(&asked));
                if let Some((_, value)) = known {
                    single(&mut measured, format!("{path}/value"), value as f32);
                }
            }
            _ => {
                let to = op.strip_prefix("transitionTo").and_then(|rest| {
                    rest.strip_suffix("State")
                        .or(rest.strip_suffix("StateFor"))
                        .or(rest.strip_suffix("StateUntil"))
                });
                let to = to.and_then(|name| named_state(&shouted(name)).ok());
                let to = to.ok_or_else(|| format!("there is no step {op}"))?;
                let changed = if step.get("ms").is_some() {
                    breaker.open_until_time(now, now + millis(step, "ms")?)
                } else {
                    breaker.transition(now, to)
                };
                if changed.is_err() {
                    measured.claim(expect, Claim::Text("IllegalStateTransitionException".to_owned()));
                }
            }
        }
    }
    Ok(measured)
}

fn gobreaker(case: Case) -> Result<Measured, String> {
    let config = Case(case.need("config")?);
    let ready_to_trip = match config.text("trip") {
        "" => Trip::default(),
        rule => trip(rule)?,
    };
    let parameters = CountConfig {
        max_requests: config.count("maxRequestsHalfOpen", 0, u32::MAX)?,
        interval: or_millis(config, "interval_ms", Span::ZERO)?,
        bucket_period: or_millis(config, "bucketPeriod_ms", Span::ZERO)?,
        timeout: or_millis(config, "timeout_ms", Span::ZERO)?,
        ready_to_trip,
    };
    let mut now = Time::ZERO;
    let mut breaker = Breaker::new(Config::Counts(parameters), now).map_err(|error| error.to_string())?;
    let mut under_way = VecDeque::new();
    let mut measured = Measured::default();
    for (i, step) in case.list("steps")?.iter().enumerate() {
        let step = Case(step);
        let path = format!("steps/{i}");
        let outcome = |name: &str| match name {
            "succeed" | "success" => Ok(CallOutcome::Success),
            "fail" | "failure" => Ok(CallOutcome::Failure),
            "exclude" | "exclusion" | "excluded" => Ok(CallOutcome::Ignored),
            other => Err(format!("there is no step or outcome {other}")),
        };
        match step.text("op") {
            "advance" => now += millis(step, "ms")?,
            "clearCounts" => breaker.clear_counts(),
            "end" => {
                let permit = under_way.pop_front().ok_or("`end` without a request that began")?;
                breaker.record(now, permit, outcome(step.text("outcome"))?, Span::ZERO);
            }
            "expect" => {
                breaker.tick(now);
                measured.claim(format!("{path}/state"), Claim::Text(breaker.state().id().to_owned()));
                counts(&mut measured, &format!("{path}/counts"), &breaker.counts(now).unwrap_or_default());
            }
            op => {
                let permit = breaker.try_acquire(now).permit;
                let said = match permit {
                    Ok(_) => "accepted",
                    Err(Refusal::Open { .. }) => "rejected_open",
                    Err(Refusal::TooManyCalls) => "rejected_too_many",
                };
                measured.claim(format!("{path}/expect"), Claim::Text(said.to_owned()));
                let counted_as = step.text("counted_as");
                match permit {
                    Ok(permit) if op == "begin" => under_way.push_back(permit),
                    Ok(permit) => {
                        let outcome = outcome(if counted_as.is_empty() { op } else { counted_as })?;
                        breaker.record(now, permit, outcome, Span::ZERO);
                    }
                    Err(_) => {}
                }
            }
        }
    }
    Ok(measured)
}

fn counts(measured: &mut Measured, path: &str, counts: &Counts) {
    for (name, value) in [
        ("requests", counts.requests),
        ("totalSuccesses", counts.total_successes),
        ("totalFailures", counts.total_failures),
        ("totalExclusions", counts.total_exclusions),
        ("consecutiveSuccesses", counts.consecutive_successes),
        ("consecutiveFailures", counts.consecutive_failures),
    ] {
        measured.integer(format!("{path}/{name}"), value.into());
    }
}

/// A rule such as `(requests - exclusions) >= 3 and totalFailures/(requests - exclusions) >= 0.6`.
fn trip(rule: &str) -> Result<Trip, String> {
    let mut trip = Trip::ALWAYS;
    for clause in rule.replace("&&", " and ").split(" and ") {
        let wrong = || format!("the rule `{clause}` of `trip` is not known");
        let bare: String =
            clause.chars().filter(|letter| !letter.is_whitespace() && !"()".contains(*letter)).collect();
        let (what, bound) = bare.split_once('>').ok_or_else(wrong)?;
        let (bound, or_equal) = bound.strip_prefix('=').map_or((bound, false), |bound| (bound, true));
        let bound: f64 = bound.parse().map_err(|_| wrong())?;
        // The least whole number that is enough.
        let least = if or_equal { libm::ceil(bound) } else { libm::floor(bound) + 1.0 } as u32;
        match what {
            "requests" | "requests-exclusions" => trip.requests = least,
            "totalFailures" => trip.failures = least,
            "consecutiveFailures" => trip.consecutive_failures = least,
            "totalFailures/requests" | "totalFailures/requests-exclusions" => {
                trip.failure_ratio = if or_equal { bound } else { bound.next_up() };
            }
            _ => return Err(wrong()),
        }
    }
    Ok(trip)
}
