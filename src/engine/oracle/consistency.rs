//! The suites about consistency: verdicts on histories, quorums, vectors of versions.

use super::Suite;
use super::case::Case;
use super::claim::{Claim, Measured};
use crate::mechanism::linearizability::{
    Answer, Check, History, Limits, Operation, Outcome, Request, Value, Verdict,
};
use crate::mechanism::quorum::{self, Quorum};
use crate::mechanism::version_vector::{Causality, VersionVector};
use crate::sim::Time;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const SUITES: &[Suite] = &[
    Suite { id: "porcupine_register", inputs: &["init", "history"], measure: register_history },
    Suite { id: "litmus_exhaustive", inputs: &["init", "history"], measure: register_history },
    Suite { id: "jepsen_etcd", inputs: &["init", "history", super::DATA_FILE], measure: jepsen_etcd },
    Suite { id: "quorum_intersection", inputs: &["N", "R", "W"], measure: quorum_intersection },
    Suite { id: "majority_faults", inputs: &["nodes"], measure: majority_faults },
    Suite { id: "vector_clock", inputs: &["a", "b"], measure: vector_clock },
];

/// Whatever values a history has, by numbers of ours; null is nil.
#[derive(Default)]
struct Values(BTreeMap<String, u32>);

impl Values {
    fn of(&mut self, value: &Json) -> Value {
        let next = self.0.len() as u32;
        (!value.is_null()).then(|| (*self.0.entry(value.to_string()).or_insert(next)).into())
    }

    /// The two values of a comparison.
    fn pair(&mut self, value: &Json) -> Result<Request, String> {
        match value.as_array().map(Vec::as_slice) {
            Some([from, to]) => Ok(Request::CompareAndSet { from: self.of(from), to: self.of(to) }),
            _ => Err(format!("{value} is not the pair of a compare-and-set")),
        }
    }
}

/// Runs a check to its end.
fn verdict(mut check: Check) -> Result<bool, String> {
    while !check.advance(1 << 16) {}
    match check.verdict() {
        Some(Verdict::Holds) => Ok(true),
        Some(Verdict::Violated) => Ok(false),
        Some(Verdict::Unknown) | None => Err(format!("the check gave up after {} steps", check.steps())),
    }
}

/// A history of operations with the times of their calls and answers.
fn register_history(case: Case) -> Result<Measured, String> {
    let mut values = Values::default();
    let initial = values.of(case.get("init").unwrap_or(&Json::Null));
    let list = case.list("history")?;
    // Whatever the unit: what counts is the order.
    let fields = || list.iter().flat_map(|it| ["call", "return"].into_iter().filter_map(|f| Case(it).get(f)));
    let instants: BTreeSet<i128> = fields().filter_map(instant).collect();
    let ranks = (0..).map(Time::from_nanos).zip(&instants).map(|(time, instant)| (*instant, time)).collect();
    let operations = list.iter().map(|operation| timed_operation(Case(operation), &ranks, &mut values));
    let history = History { initial, operations: operations.collect::<Result<_, _>>()? };
    let mut measured = Measured::default();
    let linearizable = verdict(Check::linearizable(history.clone(), Limits::default()))?;
    measured.flag("expect_linearizable", linearizable);
    if case.get("expect_sequentially_consistent").is_some() {
        let sequential = verdict(Check::sequential(history, Limits::default()))?;
        measured.flag("expect_sequentially_consistent", sequential);
        if linearizable && !sequential {
            return Err("what is linearizable is sequentially consistent too".to_owned());
        }
    }
    Ok(measured)
}

/// A point of time in millionths of the file's unit.
fn instant(time: &Json) -> Option<i128> {
    let whole = || time.as_i64().map(|units| i128::from(units) * 1_000_000);
    whole().or_else(|| time.as_f64().map(|units| libm::round(units * 1e6) as i128))
}

fn timed_operation(it: Case, ranks: &BTreeMap<i128, Time>, values: &mut Values) -> Result<Operation, String> {
    let mut of = |field: &str| values.of(it.get(field).unwrap_or(&Json::Null));
    let result = it.get("result").or(it.get("ok"));
    let (request, answer) = match it.text("op").to_lowercase().as_str() {
        "read" | "get" => (Request::Read, Answer::Read(of("result"))),
        "write" | "put" => (Request::Write(of("value")), Answer::Done),
        "cas" | "compare_and_set" => {
            let refused = result.and_then(Json::as_bool) == Some(false);
            let request = match it.get("value") {
                Some(pair) => values.pair(pair)?,
                None => Request::CompareAndSet { from: of("from"), to: of("to") },
            };
            (request, if refused { Answer::Refused } else { Answer::Done })
        }
        other => return Err(format!("an operation is `{other}`; it can be read, write or cas")),
    };
    let time = |value: &Json| {
        instant(value).and_then(|it| ranks.get(&it).copied()).ok_or_else(|| format!("{value} is not a time"))
    };
    let call = time(it.need("call")?)?;
    let at = it.get("return").map(time).transpose()?;
    if at.is_some_and(|at| at < call) {
        return Err("an operation returns before its call".to_owned());
    }
    let outcome = at.map_or(Outcome::Pending, |at| Outcome::Answered { at, answer });
    let number = |field: &str| it.get(field).map_or(Ok(0), |_| it.count(field, 0, u32::MAX));
    Ok(Operation { client: number("client")?, key: number("key")?, request, call, outcome })
}

/// A history of events, in the case itself or under a number in the data file.
fn jepsen_etcd(case: Case) -> Result<Measured, String> {
    let named = case.need("history")?;
    let file: Json;
    let events = if named.is_array() {
        named
    } else {
        let path = case.text(super::DATA_FILE);
        let text =
            std::fs::read_to_string(path).map_err(|error| format!("`{path}` can't be read: {error}"))?;
        file = serde_json::from_str(&text).map_err(|error| format!("{path} is not JSON: {error}"))?;
        let name = named.as_str().map_or_else(|| named.to_string(), str::to_owned);
        let histories = Case(&file).need("histories")?;
        histories.get(&name).ok_or_else(|| format!("{path} has no history {name}"))?
    };
    let events = events.as_array().ok_or("a history is a list of events")?;
    let history = events_history(case.get("init"), events)?;
    let mut measured = Measured::default();
    measured.integer("events", events.len() as f64);
    measured.flag("expect_linearizable", verdict(Check::linearizable(history, Limits::default()))?);
    Ok(measured)
}

/// Jepsen's events: `[process, invoke | ok | fail | info, read | write | cas, value]`.
fn events_history(initial: Option<&Json>, events: &[Json]) -> Result<History, String> {
    let mut values = Values::default();
    let mut history = History::new(values.of(initial.unwrap_or(&Json::Null)));
    let mut under_way: BTreeMap<u32, usize> = BTreeMap::new();
    for (n, event) in events.iter().enumerate() {
        let wrong = || format!("event {} is {event}", n + 1);
        let parts = event.as_array().filter(|parts| parts.len() == 4).ok_or_else(wrong)?;
        let process = parts[0].as_u64().and_then(|it| u32::try_from(it).ok()).ok_or_else(wrong)?;
        let (kind, name, value) = (parts[1].as_str(), parts[2].as_str(), &parts[3]);
        let now = Time::from_nanos(n as u64);
        if kind == Some("invoke") {
            let request = match name {
                Some("read") => Request::Read,
                Some("write") => Request::Write(values.of(value)),
                Some("cas") => values.pair(value)?,
                _ => return Err(wrong()),
            };
            // What was under way stays so: its process has crashed.
            under_way.insert(process, history.call(process, 0, request, now));
            continue;
        }
        let operation = under_way.remove(&process).ok_or_else(wrong)?;
        match (kind, name) {
            (Some("ok"), Some("read")) => history.answer(operation, Answer::Read(values.of(value)), now),
            (Some("ok"), _) => history.answer(operation, Answer::Done, now),
            (Some("fail"), _) => history.fail(operation),
            (Some("info"), _) => {}
            _ => return Err(wrong()),
        }
    }
    Ok(history)
}

fn quorum_intersection(case: Case) -> Result<Measured, String> {
    let replicas = case.count("N", 1, 100_000)?;
    let quorum = Quorum::new(replicas, case.count("R", 1, replicas)?, case.count("W", 1, replicas)?);
    let quorum = quorum.ok_or("R and W are 1 to N")?;
    let mut measured = Measured::default();
    measured.flag("expect/strict", quorum.reads_meet_writes());
    measured.flag("expect/write_write_overlap", quorum.writes_meet_writes());
    measured.exact("expect/P_miss", quorum.miss());
    measured.integer("expect/read_tolerates_failures", f64::from(quorum.read_faults()));
    measured.integer("expect/write_tolerates_failures", f64::from(quorum.write_faults()));
    let expected = Case(case.need("expect")?);
    for key in expected.keys("P_within_k_versions") {
        let versions: u32 =
            key.parse().map_err(|_| format!("`P_within_k_versions` has the key {key}, not a number"))?;
        measured.exact(format!("expect/P_within_k_versions/{key}"), quorum.fresh_within(versions));
    }
    Ok(measured)
}

fn majority_faults(case: Case) -> Result<Measured, String> {
    let nodes = case.count("nodes", 1, u32::MAX)?;
    let mut measured = Measured::default();
    measured.integer("quorum", f64::from(quorum::majority(nodes)));
    measured.integer("tolerated_crash", f64::from(quorum::crash_faults(nodes)));
    measured.integer("byzantine_tolerated_3f+1", f64::from(quorum::byzantine_faults(nodes)));
    Ok(measured)
}

fn vector_clock(case: Case) -> Result<Measured, String> {
    let vector = |name: &str| -> Result<VersionVector, String> {
        Ok(VersionVector::new(case.counts(name, 0, u32::MAX)?.into_iter().map(u64::from).collect()))
    };
    let (a, b) = (vector("a")?, vector("b")?);
    let text = match a.compare(&b) {
        Causality::Before => "before",
        Causality::After => "after",
        Causality::Equal => "equal",
        Causality::Concurrent => "concurrent",
    };
    let mut measured = Measured::default();
    measured.claim("expect", Claim::Text(text.to_owned()));
    let mut merged = a.clone();
    merged.merge(&b);
    let width = case.len("a").max(case.len("b"));
    measured.list("merge", (0..width).map(|node| merged.count(node) as f64).collect::<Vec<_>>().into_iter());
    Ok(measured)
}
