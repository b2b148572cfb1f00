//! What a figure relies on: the quirks of resilience4j and gobreaker by name, and properties over any run of calls.

use super::*;
use crate::pick::cases;
use proptest::prelude::*;

fn rates(config: RateConfig) -> Breaker {
    Breaker::new(Config::Rates(config), Time::ZERO).unwrap()
}

fn small() -> RateConfig {
    RateConfig {
        sliding_window_size: 4,
        minimum_number_of_calls: 4,
        permitted_number_of_calls_in_half_open_state: 3,
        wait_duration_in_open_state: Span::from_secs(5),
        slow_call_duration_threshold: Span::from_secs(1),
        slow_call_rate_threshold: 75.0,
        ..RateConfig::default()
    }
}

/// Results as letters: `+` success, `-` failure, `s` slow success, `i` ignored; the states after each.
fn story(breaker: &mut Breaker, now: Time, results: &str) -> String {
    let letter = |result: char| {
        let permit = breaker.try_acquire(now).permit.unwrap_or_default();
        let (outcome, took) = match result {
            '-' => (CallOutcome::Failure, Span::ZERO),
            'i' => (CallOutcome::Ignored, Span::ZERO),
            's' => (CallOutcome::Success, Span::from_millis(1_001)),
            _ => (CallOutcome::Success, Span::from_secs(1)),
        };
        breaker.record(now, permit, outcome, took);
        match breaker.state() {
            State::Closed => 'C',
            State::Open => 'O',
            State::HalfOpen => 'H',
            _ => '?',
        }
    };
    results.chars().map(letter).collect()
}

#[test]
fn a_success_can_open_a_breaker_by_rates_and_none_by_counts() {
    assert_eq!(story(&mut rates(small()), Time::ZERO, "--++"), "CCCO");
    let ready_to_trip = Trip { requests: 4, failure_ratio: 0.5, ..Trip::ALWAYS };
    let counts = CountConfig { ready_to_trip, ..CountConfig::default() };
    let mut counts = Breaker::new(Config::Counts(counts), Time::ZERO).unwrap();
    assert_eq!(story(&mut counts, Time::ZERO, "--++"), "CCCC");
    assert_eq!(story(&mut counts, Time::ZERO, "-"), "O");
}

#[test]
fn calls_of_exactly_the_threshold_are_not_slow_and_slow_ones_open_though_none_failed() {
    assert_eq!(story(&mut rates(small()), Time::ZERO, "++++++"), "CCCCCC");
    let mut breaker = rates(small());
    assert_eq!(story(&mut breaker, Time::ZERO, "+sss"), "CCCO");
    assert_eq!(breaker.verdict(Time::ZERO), Some(Verdict::SlowCallRateAboveThresholds));
}

#[test]
fn calls_that_hang_open_nothing() {
    let mut breaker = rates(small());
    let permits: Vec<Permit> = (0..100).map(|_| breaker.try_acquire(Time::ZERO).permit.unwrap()).collect();
    assert_eq!((breaker.state(), breaker.next_timer()), (State::Closed, None));
    // A timeout ends them, and the fourth opens.
    let ended = permits
        .iter()
        .map(|&permit| breaker.record(Time::from_secs(9), permit, CallOutcome::Failure, Span::from_secs(9)));
    let opened: Vec<usize> = ended.enumerate().filter_map(|(n, change)| change.map(|_| n)).collect();
    assert_eq!(opened, [3]);
}

#[test]
fn half_open_judges_by_rates_in_resilience4j_and_by_the_first_failure_in_gobreaker() {
    let mut rates = rates(small());
    let counts = CountConfig { max_requests: 3, timeout: Span::from_secs(5), ..CountConfig::default() };
    let mut counts = Breaker::new(Config::Counts(counts), Time::ZERO).unwrap();
    assert_eq!(story(&mut rates, Time::ZERO, "----"), "CCCO");
    assert_eq!(story(&mut counts, Time::ZERO, "------"), "CCCCCO");
    let later = Time::from_millis(5_001);
    assert_eq!(story(&mut rates, later, "-++"), "HHC", "33 % are below 50 %");
    assert_eq!(story(&mut counts, later, "-"), "O");
    assert_eq!(story(&mut counts, later + Span::from_millis(5_001), "+++"), "HHC");
}

#[test]
fn half_open_decides_after_the_minimum_number_of_calls_where_that_is_smaller() {
    let mut breaker = rates(RateConfig { minimum_number_of_calls: 2, ..small() });
    breaker.transition(Time::ZERO, State::Open).unwrap();
    breaker.transition(Time::ZERO, State::HalfOpen).unwrap();
    assert_eq!(story(&mut breaker, Time::ZERO, "i+"), "HH");
    assert_eq!((breaker.permissions_left(), breaker.total(Time::ZERO).calls), (Some(2), 1));
    assert_eq!(story(&mut breaker, Time::ZERO, "+"), "C");
}

#[test]
fn a_late_result_counts_in_resilience4j_and_is_dropped_by_gobreaker() {
    for config in [Config::Rates(small()), Config::Counts(CountConfig::default())] {
        let mut breaker = Breaker::new(config, Time::ZERO).unwrap();
        let late = breaker.try_acquire(Time::ZERO).permit.unwrap();
        breaker.transition(Time::ZERO, State::Open).unwrap();
        let later = Time::from_secs(61);
        breaker.try_acquire(later).permit.unwrap();
        breaker.record(later, late, CallOutcome::Failure, Span::from_secs(61));
        let counted = breaker.total(later).calls;
        assert_eq!(counted, u32::from(matches!(config, Config::Rates(_))));
    }
}

#[test]
fn waits_grow_with_every_opening_until_the_breaker_closes() {
    let mut breaker = rates(RateConfig {
        wait_multiplier: 1.5,
        max_wait_duration_in_open_state: Span::from_secs(10),
        automatic_transition_from_open_to_half_open_enabled: true,
        max_wait_duration_in_half_open_state: Span::from_secs(1),
        ..small()
    });
    breaker.transition(Time::ZERO, State::Open).unwrap();
    let mut story = Vec::new();
    while let Some(transition) = breaker.next_timer().and_then(|due| breaker.tick(due)) {
        story.push((transition.at.nanos() / 1_000_000, transition.to));
        if story.len() == 6 {
            break;
        }
    }
    let (half, open) = (State::HalfOpen, State::Open);
    // 5 s, 7.5 s, 10 s for 11.25, with a second of half-open after each.
    let expected =
        [(5_000, half), (6_000, open), (13_500, half), (14_500, open), (24_500, half), (25_500, open)];
    assert_eq!(story, expected);
    breaker.reset(Time::from_secs(30));
    assert_eq!((breaker.state(), breaker.openings()), (State::Closed, 0));
}

#[test]
fn operators_states_let_everything_or_nothing_through() {
    let mut breaker = rates(small());
    let wrong = breaker.transition(Time::ZERO, State::HalfOpen).unwrap_err();
    assert_eq!(wrong.to_string(), "a breaker that is closed can't become half-open");
    breaker.transition(Time::ZERO, State::MetricsOnly).unwrap();
    assert_eq!(story(&mut breaker, Time::ZERO, "-----"), "?????");
    assert_eq!(breaker.verdict(Time::ZERO), Some(Verdict::FailureRateAboveThresholds));
    assert!(breaker.transition(Time::ZERO, State::Open).is_err());
    breaker.transition(Time::ZERO, State::Disabled).unwrap();
    story(&mut breaker, Time::ZERO, "-----");
    assert_eq!(breaker.total(Time::ZERO), Aggregation::default());
    breaker.transition(Time::ZERO, State::ForcedOpen).unwrap();
    assert_eq!(breaker.try_acquire(Time::MAX).permit, Err(Refusal::Open { until: None }));
    assert_eq!(breaker.not_permitted(), 1);
    for state in State::ALL {
        assert_eq!(State::from_id(state.id()), Some(state));
        assert!(state.may_become(state) && state.may_become(State::MetricsOnly));
    }
}

#[test]
fn parameters_out_of_range_are_refused_with_a_sentence() {
    let refused =
        |config: RateConfig| Breaker::new(Config::Rates(config), Time::ZERO).unwrap_err().to_string();
    assert_eq!(
        refused(RateConfig { sliding_window_size: 0, ..small() }),
        "a sliding window has 1 to 10,000 slots"
    );
    assert!(refused(RateConfig { failure_rate_threshold: f32::NAN, ..small() }).contains("failure rate"));
    let buckets = CountConfig {
        interval: Span::from_secs(60),
        bucket_period: Span::from_nanos(1),
        ..CountConfig::default()
    };
    assert!(Breaker::new(Config::Counts(buckets), Time::ZERO).is_err());
}

#[derive(Clone, Debug)]
enum Op {
    Call,
    End { which: usize, outcome: CallOutcome, took: u64 },
    Wait(u64),
    Timers,
    Hand(State),
}

fn op() -> impl Strategy<Value = Op> {
    let outcome = prop_oneof![
        3 => Just(CallOutcome::Success),
        3 => Just(CallOutcome::Failure),
        1 => Just(CallOutcome::Ignored),
    ];
    prop_oneof![
        6 => Just(Op::Call),
        6 => (any::<usize>(), outcome, 0..3_000_u64)
            .prop_map(|(which, outcome, took)| Op::End { which, outcome, took }),
        3 => (0..4_000_u64).prop_map(Op::Wait),
        1 => Just(Op::Timers),
        1 => prop::sample::select(State::ALL.to_vec()).prop_map(Op::Hand),
    ]
}

fn config() -> impl Strategy<Value = Config> {
    let kind = prop_oneof![Just(SlidingWindowType::CountBased), Just(SlidingWindowType::TimeBased)];
    let rates = (kind, 1..6_u32, 1..6_u32, 1..4_u32, any::<bool>(), 0..2_000_u64).prop_map(
        |(sliding_window_type, size, minimum, permitted, automatic, max_wait)| {
            Config::Rates(RateConfig {
                sliding_window_type,
                sliding_window_size: size,
                minimum_number_of_calls: minimum,
                permitted_number_of_calls_in_half_open_state: permitted,
                automatic_transition_from_open_to_half_open_enabled: automatic,
                max_wait_duration_in_half_open_state: Span::from_millis(max_wait),
                ..small()
            })
        },
    );
    let counts =
        (0..4_u32, 0..5_u64, 0..3_u64, 1..4_u32).prop_map(|(max_requests, interval, period, failures)| {
            Config::Counts(CountConfig {
                max_requests,
                interval: Span::from_secs(interval),
                bucket_period: Span::from_secs(period),
                timeout: Span::from_secs(3),
                ready_to_trip: Trip { consecutive_failures: failures, ..Trip::ALWAYS },
            })
        });
    prop_oneof![rates, counts]
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn an_open_breaker_lets_nothing_through_and_the_slots_add_up(
        config in config(),
        ops in prop::collection::vec(op(), 1..150),
    ) {
        let mut breaker = Breaker::new(config, Time::ZERO).unwrap();
        let (mut now, mut under_way) = (Time::ZERO, Vec::new());
        for op in ops {
            match op {
                Op::Call => {
                    let admission = breaker.try_acquire(now);
                    let state = breaker.state();
                    prop_assert!(admission.transition.is_none_or(|it| it.to == state && it.from.may_become(it.to)));
                    match admission.permit {
                        Ok(permit) => {
                            prop_assert!(!matches!(state, State::Open | State::ForcedOpen));
                            under_way.push(permit);
                        }
                        Err(Refusal::TooManyCalls) => prop_assert_eq!(breaker.permissions_left(), Some(0)),
                        Err(Refusal::Open { until }) => prop_assert!(until.is_none_or(|until| until >= now)),
                    }
                }
                Op::End { which, outcome, took } if !under_way.is_empty() => {
                    let permit = under_way.swap_remove(which % under_way.len());
                    let before = breaker.state();
                    let change = breaker.record(now, permit, outcome, Span::from_millis(took));
                    prop_assert_eq!(change.map_or(before, |it| it.to), breaker.state());
                }
                Op::End { .. } => {}
                Op::Wait(millis) => now += Span::from_millis(millis),
                Op::Timers => while breaker.tick(now).is_some() {},
                Op::Hand(to) => {
                    let before = breaker.state();
                    let changed = breaker.transition(now, to);
                    prop_assert!(changed.is_err() || before.may_become(to));
                }
            }
            let mut sum = Aggregation::default();
            for slot in breaker.slots(now) {
                sum.calls += slot.calls.calls;
                sum.failed += slot.calls.failed;
                sum.slow += slot.calls.slow;
                sum.slow_failed += slot.calls.slow_failed;
                sum.duration += slot.calls.duration;
            }
            prop_assert_eq!(sum, breaker.total(now));
        }
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn failures_in_a_row_written_as_a_rule_run_exactly_as_the_built_in_breaker(
        threshold in 1..5_u32,
        calls in prop::collection::vec((0..4_000_u64, prop::sample::select(vec!["+", "-", "-", "i"])), 1..120),
    ) {
        let ready_to_trip = Trip { consecutive_failures: threshold, ..Trip::ALWAYS };
        let config = CountConfig { timeout: Span::from_secs(5), ready_to_trip, ..CountConfig::default() };
        let rules = format!("on success: n = 0\non failure: n = n + 1\nif n >= {threshold}: open");
        let mut built_in = Breaker::new(Config::Counts(config), Time::ZERO).unwrap();
        let mut own = Breaker::by_rules(&rules, config, Time::ZERO).unwrap();
        let mut now = Time::ZERO;
        for (wait, result) in calls {
            now += Span::from_millis(wait);
            prop_assert_eq!(story(&mut own, now, result), story(&mut built_in, now, result));
            prop_assert_eq!(own.open_until(), built_in.open_until());
        }
    }
}

#[test]
fn a_rule_of_ones_own_can_say_what_counts_cannot() {
    // A rate that forgets: a quarter of each new result.
    let rules = "on failure: rate = rate + (1 - rate) / 4\non success: rate = rate - rate / 4\n\
                 on success, failure: if rate > 0.5 and now < 9: open";
    let mut breaker = Breaker::by_rules(rules, CountConfig::default(), Time::ZERO).unwrap();
    assert_eq!(story(&mut breaker, Time::ZERO, "-+"), "CC");
    assert_eq!(breaker.variables().collect::<Vec<_>>(), [("rate", 0.1875)]);
    assert_eq!(story(&mut breaker, Time::ZERO, "-+---"), "CCCOO");
    assert!(Breaker::by_rules("on failure: opne", CountConfig::default(), Time::ZERO).is_err());
}
