//! The checker against the definition: every order of small histories is tried.

use super::*;
use crate::pick::cases;
use crate::sim::{Draws, Entity, Purpose, Time};
use proptest::prelude::*;

fn at(millis: u64) -> Time {
    Time::from_millis(millis)
}

fn finished(mut check: Check) -> Check {
    while !check.advance(7) {}
    check
}

fn linearizable(history: &History) -> Check {
    finished(Check::linearizable(history.clone(), Limits::default()))
}

/// One client a line: operations as `w1 0-5` or `r1 0-5`, with `-` and no end for a pending one.
fn history(lines: &[&str]) -> History {
    let mut history = History::new(Some(0));
    for (client, line) in (0..).zip(lines) {
        for operation in line.split(", ") {
            let (what, when) = operation.split_once(' ').unwrap();
            let value = Some(what[1..].parse().unwrap());
            let (call, end) = when.split_once('-').unwrap();
            let request = if what.starts_with('w') { Request::Write(value) } else { Request::Read };
            let number = history.call(client, 0, request, at(call.parse().unwrap()));
            if let Ok(end) = end.parse() {
                let answer = if request == Request::Read { Answer::Read(value) } else { Answer::Done };
                history.answer(number, answer, at(end));
            }
        }
    }
    history
}

#[test]
fn a_read_that_goes_back_can_not_follow_and_contradicts_the_one_before() {
    // The new value is read during the write, then the old one: what R + W > N without write-back allows.
    let history = history(&["w1 0-100", "r1 10-30", "r0 40-60, r1 70-80"]);
    let check = linearizable(&history);
    assert_eq!(check.verdict(), Some(Verdict::Violated));
    let violation = check.violation().unwrap();
    assert_eq!((violation.operation, &violation.order[..]), (2, &[0, 1][..]));
    assert_eq!(violation.conflict.as_ref().unwrap().reads, [1, 2]);
    assert_eq!(violation.smaller, None);
    assert_eq!(check.order(0), None);
}

#[test]
fn a_pending_write_may_take_effect_late_or_never() {
    for (last, verdict) in [("r0 90-99", Verdict::Violated), ("r1 90-99", Verdict::Holds)] {
        let history = history(&["w1 0-", "r0 10-20", &format!("r1 30-40, {last}")]);
        assert_eq!(linearizable(&history).verdict(), Some(verdict));
    }
    let check = linearizable(&history(&["w1 0-", "r0 10-20, r0 90-99"]));
    assert_eq!((check.verdict(), check.order(0)), (Some(Verdict::Holds), Some(&[1, 2][..])));
}

#[test]
fn a_value_from_nowhere_contradicts_all_by_itself_wherever_it_stands() {
    let history = history(&["w1 0-10", "r1 20-30", "r0 40-50, r7 60-70"]);
    let violation = linearizable(&history).violation().unwrap().clone();
    // The first that can't follow needs no other read: the write is over.
    assert_eq!((violation.operation, violation.conflict.unwrap().reads), (2, vec![2]));
}

#[test]
fn a_conflict_elsewhere_is_named_if_it_is_smaller() {
    let history = history(&["w1 0-100", "r1 10-20", "r0 30-40, r7 60-70"]);
    let violation = linearizable(&history).violation().unwrap().clone();
    assert_eq!((violation.operation, violation.conflict.unwrap().reads), (2, vec![1, 2]));
    assert_eq!(violation.smaller.unwrap().reads, [3]);
}

#[test]
fn operations_that_touch_are_concurrent_but_not_a_clients_own() {
    assert_eq!(linearizable(&history(&["w1 0-10", "r0 10-20"])).verdict(), Some(Verdict::Holds));
    assert_eq!(linearizable(&history(&["w1 0-10, r0 10-20"])).verdict(), Some(Verdict::Violated));
}

#[test]
fn registers_are_judged_by_themselves_but_not_for_sequential_consistency() {
    // Each client sees its own write and not yet the other's, each on a register of its own.
    let mut history = History::new(Some(0));
    for (client, key) in [(0, 0), (1, 1)] {
        let write = history.call(client, key, Request::Write(Some(1)), at(0));
        history.answer(write, Answer::Done, at(10));
        let read = history.call(client, 1 - key, Request::Read, at(20));
        history.answer(read, Answer::Read(Some(0)), at(30));
    }
    let sequential = |history: &History| {
        finished(Check::sequential(history.clone(), Limits::default())).verdict().unwrap()
    };
    assert_eq!(sequential(&history), Verdict::Violated);
    let check = linearizable(&history);
    // The reads are answered at one instant: the earlier call counts as the first, then the place in the history.
    assert_eq!(check.violation().map(|it| (it.key, it.operation)), Some((1, 1)));
    for read in [1, 3] {
        let mut one = history.clone();
        one.operations[read].outcome = Outcome::Pending;
        assert_eq!(sequential(&one), Verdict::Holds);
    }
}

#[test]
fn a_comparison_that_succeeds_twice_is_a_contradiction_without_reads() {
    let mut history = History::new(Some(0));
    for client in 0..3 {
        let cas = history.call(client, 0, Request::CompareAndSet { from: Some(0), to: Some(1) }, at(0));
        history.answer(cas, if client == 1 { Answer::Refused } else { Answer::Done }, at(10));
    }
    let conflict = linearizable(&history).violation().unwrap().conflict.clone().unwrap();
    assert_eq!((conflict.reads, conflict.comparisons), (vec![], vec![0, 2]));
}

#[test]
fn a_comparison_that_is_refused_later_is_open_until_then() {
    let mut history = History::new(Some(0));
    let cas = history.call(0, 0, Request::CompareAndSet { from: Some(0), to: Some(1) }, at(0));
    let read = history.call(1, 0, Request::Read, at(2));
    history.answer(read, Answer::Read(Some(1)), at(3));
    history.answer(cas, Answer::Refused, at(10));
    let violation = linearizable(&history).violation().unwrap().clone();
    assert_eq!((violation.operation, &violation.order[..]), (0, &[0, 1][..]));
}

/// A history of a register that works: operations take effect at a moment within their interval. `pending` of ten writes
/// and comparisons are never answered, and take effect or not.
fn recorded(seed: u32, clients: u32, length: u32, values: u32, pending: u32) -> History {
    let mut history = History::new(None);
    let mut draws = Draws::new(7, Purpose::named("linearizability-test"), Entity::new(0, seed));
    let mut held = None;
    let mut open: Vec<Option<(usize, Option<Answer>)>> = vec![None; clients as usize];
    for now in 0..u64::from(length) * 3 {
        let slot = draws.below(clients) as usize;
        let value = Some(i64::from(draws.below(values)));
        match open[slot] {
            None => {
                let request = match draws.below(3) {
                    0 => Request::Read,
                    1 => Request::Write(value),
                    _ => Request::CompareAndSet { from: value, to: Some(i64::from(draws.below(values))) },
                };
                open[slot] = Some((history.call(slot as u32, 0, request, at(now)), None));
            }
            Some((number, None)) => {
                let is_pending =
                    draws.below(10) < pending && history.operations[number].request != Request::Read;
                if is_pending && draws.below(2) == 0 {
                    open[slot] = None;
                    continue;
                }
                let answer = match history.operations[number].request {
                    Request::Read => Answer::Read(held),
                    Request::Write(value) => {
                        held = value;
                        Answer::Done
                    }
                    Request::CompareAndSet { from, to } if from == held => {
                        held = to;
                        Answer::Done
                    }
                    Request::CompareAndSet { .. } => Answer::Refused,
                };
                open[slot] = (!is_pending).then_some((number, Some(answer)));
            }
            Some((number, Some(answer))) => {
                history.answer(number, answer, at(now));
                open[slot] = None;
            }
        }
    }
    history
}

#[test]
fn long_histories_with_many_pending_operations_are_judged() {
    for (clients, length, values, pending) in [(5, 100, 5, 1), (5, 300, 1_000, 2), (8, 600, 5, 2)] {
        let mut history = recorded(0, clients, length, values, pending);
        let check = linearizable(&history);
        assert_eq!(check.verdict(), Some(Verdict::Holds), "{length}");
        if length > 300 {
            // To show of this one that something is wrong takes too long for a test.
            continue;
        }
        // A late read of what was never written, and one of nil, which is long gone.
        for value in [Some(-1), None] {
            let last = history.operations.len() as u64 * 4;
            let read = history.call(99, 0, Request::Read, at(last));
            history.answer(read, Answer::Read(value), at(last + 1));
            let check = linearizable(&history);
            assert_eq!(check.verdict(), Some(Verdict::Violated), "{length}");
            let violation = check.violation().unwrap();
            assert_eq!(violation.operation, read);
            let conflict = violation.conflict.as_ref().unwrap();
            assert_eq!(conflict.reads, [read]);
            assert!(value.is_none() || conflict.comparisons.is_empty());
            history.operations.pop();
        }
    }
}

#[test]
fn a_check_that_comes_to_its_limit_says_that_it_does_not_know() {
    let history = recorded(1, 8, 200, 5, 2);
    for limits in [
        Limits { configurations: 20, steps: u64::MAX },
        Limits { configurations: usize::MAX, steps: 20 },
        Limits { configurations: 0, steps: 0 },
    ] {
        for check in [Check::linearizable, Check::sequential] {
            let check = finished(check(history.clone(), limits));
            assert_eq!((check.verdict(), check.order(0)), (Some(Verdict::Unknown), None));
        }
    }
}

// --- The definition ---

/// What the definition sees of an operation: `Some(true)` must be ordered, `Some(false)` may be.
fn part(history: &History, n: usize, counts: &dyn Fn(usize) -> bool) -> Option<bool> {
    let it = &history.operations[n];
    match (it.request, it.outcome) {
        (_, Outcome::Failed) | (Request::Read, Outcome::Pending) => None,
        (Request::Read, Outcome::Answered { .. }) => counts(n).then_some(true),
        (Request::Write(_), outcome) => Some(outcome != Outcome::Pending),
        (Request::CompareAndSet { .. }, outcome) => Some(outcome != Outcome::Pending && counts(n)),
    }
}

fn end_of(operation: &Operation) -> Option<Time> {
    match operation.outcome {
        Outcome::Answered { at, .. } => Some(at),
        _ => None,
    }
}

fn before(history: &History, a: usize, b: usize, real_time: bool) -> bool {
    let (x, y) = (&history.operations[a], &history.operations[b]);
    // A client's operations don't overlap here, and stand in order.
    let own = x.client == y.client && a < b;
    end_of(x).is_some_and(|end| real_time && end < y.call || own)
}

/// Whether there is an order, by trying all of them.
fn exists(history: &History, real_time: bool, counts: &dyn Fn(usize) -> bool) -> bool {
    fn go(
        history: &History,
        parts: &[(usize, bool, bool)],
        taken: u32,
        held: &mut Vec<(u32, Value)>,
        real_time: bool,
    ) -> bool {
        let open = |i: &usize| taken >> i & 1 == 0;
        if (0..parts.len()).filter(open).all(|i| !parts[i].1) {
            return true;
        }
        (0..parts.len()).filter(open).any(|i| {
            let (n, _, counted) = parts[i];
            let waits = |j: usize| parts[j].1 && before(history, parts[j].0, n, real_time);
            if (0..parts.len()).filter(open).any(waits) {
                return false;
            }
            let operation = &history.operations[n];
            let held_here = held.iter().rev().find(|(key, _)| *key == operation.key);
            let value = held_here.map_or(history.initial, |(_, value)| *value);
            let answer = match operation.outcome {
                Outcome::Answered { answer, .. } if counted => Some(answer),
                _ => None,
            };
            let next = match (operation.request, answer) {
                (Request::Read, Some(Answer::Read(read))) if read != value => return false,
                (Request::Read, _) => value,
                (Request::Write(value), _) => value,
                (Request::CompareAndSet { from, .. }, Some(Answer::Done)) if from != value => return false,
                (Request::CompareAndSet { from, .. }, Some(Answer::Refused)) if from == value => {
                    return false;
                }
                (Request::CompareAndSet { from, to }, _) => {
                    if from == value {
                        to
                    } else {
                        value
                    }
                }
            };
            held.push((operation.key, next));
            let found = go(history, parts, taken | 1 << i, held, real_time);
            held.pop();
            found
        })
    }
    let all = 0..history.operations.len();
    let parts: Vec<_> =
        all.filter_map(|n| part(history, n, counts).map(|must| (n, must, counts(n)))).collect();
    go(history, &parts, 0, &mut Vec::new(), real_time)
}

/// The history up to an operation's answer: what was answered later is pending.
fn prefix(history: &History, last: usize, with_it: bool) -> History {
    let rank = |n: usize| (end_of(&history.operations[n]), history.operations[n].call, n);
    let mut cut = history.clone();
    for n in 0..cut.operations.len() {
        if end_of(&cut.operations[n]).is_some() && (rank(n) > rank(last) || n == last && !with_it) {
            cut.operations[n].outcome = Outcome::Pending;
        }
    }
    let until = end_of(&history.operations[last]).unwrap();
    for n in 0..cut.operations.len() {
        // A client that waits for an answer hasn't called what comes next, even if that is at the same instant.
        let waits = |earlier: usize| {
            let it = &history.operations[earlier];
            it.client == history.operations[n].client
                && end_of(it).is_some()
                && end_of(&cut.operations[earlier]).is_none()
        };
        if cut.operations[n].call > until || (0..n).any(waits) {
            cut.operations[n].outcome = Outcome::Failed;
        }
    }
    cut
}

/// The size of a smallest set of answered reads that contradict each other, given the comparisons of which `kept` is true.
fn smallest(history: &History, kept: &dyn Fn(usize) -> bool) -> Option<u32> {
    let is_read = |&n: &usize| {
        history.operations[n].request == Request::Read && end_of(&history.operations[n]).is_some()
    };
    let reads: Vec<usize> = (0..history.operations.len()).filter(is_read).collect();
    let place = |n: usize| reads.iter().position(|&read| read == n);
    let contradicts = |set: &u32| {
        let counts = |n: usize| place(n).map_or(kept(n), |place| set >> place & 1 == 1);
        !exists(history, true, &counts)
    };
    (0..1_u32 << reads.len()).filter(contradicts).map(u32::count_ones).min()
}

/// Up to eight operations of three clients, many of which touch or take no time. A client waits at least `pause` between
/// its own.
fn small(keys: u32, pause: u64) -> impl Strategy<Value = History> {
    let operation = (0..3_u32, 0..keys, 0..6_u8, 0..3_i64, 0..3_i64, pause..pause + 2, 0..4_u64, 0..12_u8);
    prop::collection::vec(operation, 1..9).prop_map(|operations| {
        let mut history = History::new(Some(0));
        let mut free = [0_u64; 3];
        for (client, key, kind, a, b, wait, takes, end) in operations {
            let call = free[client as usize] + wait;
            let request = match kind {
                0..=2 => Request::Read,
                3 | 4 => Request::Write(Some(a)),
                _ => Request::CompareAndSet { from: Some(a), to: Some(b) },
            };
            let n = history.call(client, key, request, at(call));
            let answer = match request {
                Request::Read => Answer::Read(Some(a)),
                Request::CompareAndSet { .. } if end % 2 == 0 => Answer::Refused,
                _ => Answer::Done,
            };
            free[client as usize] = call + takes;
            match end {
                0 => {}
                1 => history.fail(n),
                _ => history.answer(n, answer, at(call + takes)),
            }
        }
        history
    })
}

fn verdict(holds: bool) -> Verdict {
    if holds { Verdict::Holds } else { Verdict::Violated }
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn verdicts_prefixes_and_conflicts_are_those_of_the_definition(history in small(1, 1)) {
        let holds = exists(&history, true, &|_| true);
        let check = linearizable(&history);
        prop_assert_eq!(check.verdict(), Some(verdict(holds)));
        let Some(violation) = check.violation() else {
            prop_assert!(holds);
            return Ok(());
        };
        let last = violation.operation;
        prop_assert!(exists(&prefix(&history, last, false), true, &|_| true));
        let cut = prefix(&history, last, true);
        prop_assert!(!exists(&cut, true, &|_| true));
        let conflict = violation.conflict.as_ref().unwrap();
        let counts = |n: usize| conflict.reads.contains(&n) || conflict.comparisons.contains(&n);
        prop_assert!(!exists(&cut, true, &counts));
        prop_assert!(counts(last), "{:?}", conflict);
        let size = conflict.reads.len() as u32;
        prop_assert_eq!(Some(size), smallest(&cut, &|_| true));
        for left_out in conflict.reads.iter().chain(&conflict.comparisons) {
            prop_assert!(exists(&cut, true, &|n| counts(n) && n != *left_out));
        }
        let least = violation.smaller.as_ref().map_or(size, |smaller| smaller.reads.len() as u32);
        prop_assert_eq!(Some(least), smallest(&history, &|_| true));
        prop_assert!(violation.smaller.is_none() || least < size);
    }

    #[test]
    fn verdicts_are_those_of_the_definition_where_operations_touch(history in small(1, 0)) {
        prop_assert_eq!(linearizable(&history).verdict(), Some(verdict(exists(&history, true, &|_| true))));
        let sequential = finished(Check::sequential(history.clone(), Limits::default()));
        prop_assert_eq!(sequential.verdict(), Some(verdict(exists(&history, false, &|_| true))));
    }

    #[test]
    fn verdicts_on_several_registers_are_those_of_the_definition(history in small(2, 1)) {
        prop_assert_eq!(linearizable(&history).verdict(), Some(verdict(exists(&history, true, &|_| true))));
        let sequential = finished(Check::sequential(history.clone(), Limits::default()));
        prop_assert_eq!(sequential.verdict(), Some(verdict(exists(&history, false, &|_| true))));
    }

    #[test]
    fn what_a_register_did_is_linearizable_and_slices_change_nothing(seed in any::<u32>(), slice in 1..50_u64) {
        let history = recorded(seed, 5, 40, 3, 2);
        let check = linearizable(&history);
        prop_assert_eq!(check.verdict(), Some(Verdict::Holds));
        let mut sliced = Check::linearizable(history, Limits::default());
        while !sliced.advance(slice) {
            sliced = sliced.clone();
        }
        prop_assert_eq!(sliced.order(0), check.order(0));
    }
}
