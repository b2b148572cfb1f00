//! The points of the figures, and what is known of them from elsewhere.

use super::machine::Machine;
use super::slow_dependency::SlowDependency;
use super::stack::Stack;
use crate::lessons::prelude::*;
use crate::mechanism::breaker::State;
use crate::mechanism::retry::amplification;
use crate::player::Bench;

fn shop(settings: &[(&str, &str)]) -> Bench<SlowDependency> {
    Bench::new(settings, 7).until(Time::from_secs(20))
}

fn stack(settings: &[(&str, &str)], at: u64) -> Bench<Stack> {
    Bench::new(settings, 7).until(Time::from_secs(at))
}

#[test]
fn one_hung_shard_of_three_takes_the_pages_with_it() {
    let calm = Bench::<SlowDependency>::new(&[], 7).until(Time::from_secs(3));
    assert!(calm.reading("pages") > 0.99 && calm.reading("held") < 8.0);
    let hung = calm.act("hang", &[Entity::new(6, 0)], &Value::None).on_for(Span::from_secs(10));
    assert_eq!((hung.reading("held"), hung.reading("pages")), (16.0, 0.0));
    let healed = hung.act("heal", &[Entity::new(6, 0)], &Value::None).on_for(Span::from_secs(10));
    assert_eq!(healed.reading("pages"), 0.0, "calls that hung keep their threads");
}

#[test]
fn errors_keep_no_thread_and_slow_calls_keep_all() {
    assert!(shop(&[("health", "failing")]).reading("pages-so-far") > 0.99);
    for health in ["slow", "hung"] {
        assert!(shop(&[("health", health)]).reading("pages-so-far") < 0.1, "{health}");
    }
}

#[test]
fn threads_held_are_the_rate_times_the_timeout() {
    // Little's law: 20 a second, each for the timeout, where nothing is refused.
    for (timeout, held) in [("0.5", 10.0), ("1", 20.0), ("2", 40.0)] {
        let mut bench = shop(&[("health", "hung"), ("timeout", timeout), ("threads", "64")]);
        let mut sum = 0.0;
        for _ in 0..250 {
            bench = bench.on_for(Span::from_millis(100));
            sum += bench.reading("held");
        }
        assert!((sum / 250.0 - held).abs() < 0.1 * held, "{timeout}: {}", sum / 250.0);
    }
}

#[test]
fn a_breaker_counts_what_has_ended() {
    let breaker = |more: &[(&str, &str)]| {
        let settings = [&[("health", "hung"), ("breaker", "on")][..], more].concat();
        shop(&settings)
    };
    let without = breaker(&[]);
    assert_eq!((without.reading("openings"), without.reading("pages")), (0.0, 0.0));
    assert_eq!(without.model.breaker.as_ref().unwrap().total(without.world.now()).calls, 0);
    let with = breaker(&[("timeout", "0.8")]);
    assert_eq!((with.reading("openings"), with.reading("pages")), (1.0, 1.0));
}

#[test]
fn a_timeout_frees_the_caller_and_only_a_breaker_the_dependency() {
    let back = |settings: &[(&str, &str)]| {
        let bench = shop(&[&[("health", "slow"), ("timeout", "0.5")][..], settings].concat());
        let waiting: usize = bench.model.shards.iter().map(|shard| shard.station().waiting().len()).sum();
        let bench = bench.set("health", "well").on_for(Span::from_secs(24));
        (waiting, bench.reading("back"))
    };
    let ((alone, late), (behind, soon)) = (back(&[]), back(&[("breaker", "on"), ("wait", "2")]));
    // 20 a second came and three shards finished one in 1.2 s each.
    assert!((alone as f64 - 20.0 * (20.0 - 2.5)).abs() < 40.0, "{alone}");
    assert!(behind < 60 && late > 8.0 && soon < late / 2.0, "{behind} {late} {soon}");
}

#[test]
fn services_that_retry_multiply() {
    for services in 1..4 {
        for tries in 1..4 {
            let (services, tries) = (services.to_string(), tries.to_string());
            let settings = [
                ("services", &*services),
                ("tries", &*tries),
                ("health", "failing"),
                ("waits", "none"),
                ("used", "timeout,retry"),
            ];
            let worst = amplification::worst_case(services.parse().unwrap(), tries.parse().unwrap());
            assert_eq!(stack(&settings, 14).reading("most"), worst, "{services} {tries}");
        }
    }
}

#[test]
fn a_retry_storm_outlives_its_cause_without_a_breaker() {
    let storm = [("health", "slow"), ("used", "timeout,retry")];
    let breaker = [("health", "slow"), ("used", "timeout,retry,breaker")];
    let (storm, breaker) = (stack(&storm, 20), stack(&breaker, 20));
    assert!(storm.reading("answered") < 0.05 && storm.reading("calls") > 50.0);
    assert!(breaker.reading("answered") > 0.95 && breaker.reading("calls") < 30.0);
}

#[test]
fn a_limiter_inside_the_retry_ends_the_storm_and_outside_it_changes_nothing() {
    let storm = |order, used| {
        let bench = stack(&[("health", "slow"), ("used", used), ("limit", "25"), ("order", order)], 29);
        ["answered", "calls"].map(|id| bench.reading(id))
    };
    let (inside, outside) =
        ("retry,limiter,timeout,breaker,bulkhead", "limiter,retry,timeout,breaker,bulkhead");
    let [answered, calls] = storm(inside, "timeout,retry,limiter");
    assert!(answered > 0.95 && calls <= 25.0, "{answered} {calls}");
    let [answered, calls] = storm(outside, "timeout,retry,limiter");
    assert!(answered < 0.05 && calls > 45.0, "{answered} {calls}");
    // In the outage itself a limiter alone lets every call through: they are too slow, and not too many.
    let in_outage =
        |used| stack(&[("health", "slow"), ("used", used), ("limit", "50")], 13).reading("in-outage");
    assert_eq!(in_outage("timeout,limiter"), in_outage("timeout"));
}

#[test]
fn each_order_has_its_own_fault() {
    let run = |order: &str| {
        let bench = stack(&[("order", order)], 30);
        ["openings", "in-outage", "calm"].map(|id| bench.reading(id))
    };
    let [openings, calls, calm] = run("retry,limiter,bulkhead,breaker,timeout");
    assert!(openings == 1.0 && calls < 45.0 && calm > 0.99, "{openings} {calls} {calm}");
    let [openings, uncounted, _] = run("retry,limiter,bulkhead,timeout,breaker");
    assert!(openings == 0.0 && uncounted > 150.0, "{openings} {uncounted}");
    assert!(run("timeout,retry,limiter,bulkhead,breaker")[2] < 0.98);
    assert_eq!(run("retry,breaker,limiter,timeout,bulkhead")[0], 2.0, "the outage, and the rush");
    assert_eq!(run("retry,bulkhead,breaker,timeout,limiter")[0], 2.0, "its refusals count as well");
    assert!(run("limiter,bulkhead,breaker,retry,timeout")[1] > 65.0);
}

/// What the machine made of calls by the end of them: by call, whether it was let through; then its state.
fn machine(settings: &[(&str, &str)], calls: &str) -> (Vec<bool>, State) {
    let settings = [settings, &[("calls", calls)]].concat();
    let bench = Bench::<Machine>::new(&settings, 7).until(Time::from_secs(calls.len() as u64));
    let judged = bench.model.judged(&bench.world);
    (judged.calls.iter().map(|(.., passed)| *passed).collect(), judged.breaker.state())
}

#[test]
fn every_transition_comes_when_the_window_says_so() {
    let state = |calls: &str| machine(&[], calls).1;
    // Half of the window, exactly, and not below five calls.
    assert_eq!(
        (state("ooxooxx"), state("ooxooxxx"), state("xxxx")),
        (State::Closed, State::Open, State::Closed)
    );
    // The wait is over *after* 5 s: five calls are refused, and three probes decide.
    let opened = "ooxooxxx";
    let (passed, state) = machine(&[], &[opened, "oooooo"].concat());
    assert_eq!((&passed[8..], state), (&[false, false, false, false, false, true][..], State::HalfOpen));
    for (probes, becomes) in
        [("ooo", State::Closed), ("oox", State::Closed), ("oxx", State::Open), ("~~o", State::Open)]
    {
        assert_eq!(machine(&[], &[opened, ".....", probes].concat()).1, becomes, "{probes}");
    }
    // A window of seconds forgets without calls.
    let by_seconds = |calls| machine(&[("rule", "seconds"), ("window", "5"), ("minimum", "1")], calls).1;
    assert_eq!((by_seconds("oox.x"), by_seconds("oox....x")), (State::Open, State::Open));
    assert_eq!((by_seconds("ooooxo"), by_seconds("ooox....o")), (State::Closed, State::Closed));
}

#[test]
fn a_rule_of_ones_own_that_counts_in_a_row_is_gobreakers() {
    let own = "on success: n = 0\non failure: n = n + 1\nif n >= 6: open";
    for calls in [
        "xxxxxxxxxxxxxxoooxxxxxxx",
        "xxxxxoxxxxxoxxxxxo",
        "oox~xxxxxx.......oo.ooxxxxxx",
        "......x.x.x.x.x.x.o",
    ] {
        let gobreakers = machine(&[("rule", "in-a-row")], calls);
        assert_eq!(machine(&[("rule", "own"), ("own", own)], calls), gobreakers, "{calls}");
    }
}

#[test]
fn what_is_done_by_hand_goes_on_from_the_calls_so_far_and_another_rule_judges_the_same() {
    let breaker = [Entity::new(0, 0)];
    let act =
        |bench: Bench<Machine>, what| bench.act(what, &breaker, &Value::None).on_for(Span::from_secs(1));
    let bench = Bench::<Machine>::new(&[], 7).until(Time::from_secs(7));
    assert_eq!((bench.reading("to-open"), bench.reading("openings")), (1.0, 0.0));
    let opened = act(act(bench, "fail"), "succeed");
    assert_eq!((opened.reading("openings"), opened.reading("refused")), (1.0, 1.0));
    let gobreakers = opened.set("rule", "in-a-row");
    assert_eq!((gobreakers.reading("openings"), gobreakers.reading("refused")), (0.0, 0.0));
    assert_eq!((gobreakers.reading("failures"), gobreakers.reading("to-open")), (4.0, 6.0));
    // By hand in the midst of the calls: those that would have come after don't come.
    let earlier = Bench::<Machine>::new(&[], 7).until(Time::from_secs(3));
    let earlier = act(earlier, "succeed").on_for(Span::from_secs(5));
    assert_eq!(earlier.reading("failures"), 1.0);
}

#[test]
fn a_rule_that_cannot_be_read_is_refused_with_its_place() {
    let refused = |id: &'static str, text: &str| {
        let bench = Bench::<Machine>::new(&[], 7).until(Time::from_secs(1));
        let mut controls = bench.model.controls.clone();
        let mut bench = bench;
        if id == "own" {
            controls.own = text.into();
        } else {
            controls.calls = text.into();
        }
        let refusal = bench.model.set(&controls, &mut bench.world).unwrap_err();
        (refusal, bench.model.controls.own == text)
    };
    let (why, kept) = refused("own", "on failure: opne");
    assert!(format!("{why:?}").contains("line 1, column 13") && !kept, "{why:?}");
    assert!(format!("{:?}", refused("calls", "oxz").0).contains('z'));
}
