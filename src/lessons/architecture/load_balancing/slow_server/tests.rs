//! What the policies make of a slow server, and that they all meet the same requests.

use super::*;
use crate::player::Bench;

type Run = Bench<SlowServer>;

fn bench(settings: &[(&str, &str)], until: u64) -> Run {
    Bench::new(settings, 1).until(Time::from_secs(until))
}

fn lost(policy: &str) -> f64 {
    bench(&[("policy", policy)], 60).reading("lost-share")
}

#[test]
fn round_robin_drowns_the_slow_server_and_least_connections_steers_around_it() {
    // C is sent a quarter of 120/s and finishes 12.5.
    let share = (30.0 - 12.5) / 120.0;
    assert!((lost("round-robin") - share).abs() < 0.03, "{}", lost("round-robin"));
    for blind in ["random", "ring-hash", "maglev"] {
        assert!(lost(blind) > 0.05, "{blind}");
    }
    assert!(lost("least-connections") < 0.005 && lost("peak-ewma") < 0.005 && lost("two-choices") < 0.03);
}

#[test]
fn who_fails_at_once_is_sent_half_of_everything_by_least_connections_and_a_quarter_in_turn() {
    for (policy, share) in [("least-connections", 0.5), ("round-robin", 0.25)] {
        let settings = [("policy", policy), ("slower", "1"), ("service", "200ms"), ("load", "30")];
        let run = bench(&settings, 8).act("fail-fast", &[server(3)], &Value::None);
        let run = run.on_for(Span::from_secs(30));
        let sent = |n: usize| run.model.sent[n].rate(run.world.now());
        let all: f64 = (0..4).map(sent).sum();
        assert!((sent(3) / all - share).abs() < 0.12, "{policy}: {} of {all}", sent(3));
    }
}

#[test]
fn the_table_is_of_the_last_five_seconds() {
    let killed = bench(&[], 20).act("kill", &[server(0)], &Value::None).on_for(Span::from_secs(6));
    let row = |run: &Run, n: usize| {
        let mut scene = Scene::default();
        run.model.draw(&run.world, &mut scene);
        let Panel::Table(table) = &scene.panels[2] else { panic!("the table comes third") };
        table.rows[n].cells[1..4].to_vec()
    };
    // It is still sent requests when its three checks have failed, and is never busy.
    let [_, finished, busy] = &row(&killed, 0)[..] else { panic!() };
    assert_eq!((finished, busy), (&Label::Value(0.0, Unit::Rate), &Label::Plain("–".into())));
    let restored = killed.act("restore", &[server(0)], &Value::None).on_for(Span::from_secs(12));
    let [Label::Value(sent, _), Label::Value(finished, _), Label::Value(busy, _)] = row(&restored, 0)[..]
    else {
        panic!()
    };
    // Two workers at 40 ms: what it finishes is what keeps it busy.
    assert!((sent - 30.0).abs() <= 5.0, "{sent}");
    assert!((finished * 0.04 / 2.0 - busy).abs() < 0.2, "{finished} {busy}");
}

#[test]
fn another_policy_meets_the_very_same_requests() {
    let demands = |policy: &str, mut action: Option<usize>| {
        let mut run = Run::new(&[("policy", policy)], 77);
        let mut seen = Vec::new();
        while let Some(event) = run.world.next(Time::from_secs(20)) {
            if let Some(action) = action.take_if(|_| run.world.now() > Time::from_secs(5)) {
                run.model.act(action, &[server(0)], &Value::Number(9.0), &mut run.world).unwrap();
            }
            run.model.handle(event, &mut run.world);
            if matches!(event, Event::Arrival) {
                let newest = request(run.world.tally(REQUEST).opened() as u32 - 1);
                let journey = run.model.cluster.journeys.get(newest).unwrap();
                seen.push((journey.began, journey.carries));
            }
        }
        seen
    };
    let first = demands("round-robin", None);
    assert!(first.len() > 2_000);
    for policy in &Policy::ALL[1..] {
        assert_eq!(demands(policy.id(), None), first, "{policy:?}");
    }
    assert_eq!(demands("two-choices", Some(KILL)), first, "a server was killed");
}

#[test]
fn a_request_that_vanishes_is_missed() {
    let mut run = bench(&[], 5);
    // Somebody ends a request behind the model's back.
    let open = (0..1_000_000).find(|&n| run.world.tally(REQUEST).is_open(n)).unwrap();
    run.world.close(request(open), ANSWERED);
    assert!(run.model.invariants(&run.world).is_err());
}
