//! What a dependency does with its calls, however it fares.

use super::*;
use crate::pick::cases;
use crate::sim::EndKind;
use proptest::prelude::*;

const DEPENDENCY: Entity = Entity::new(1, 0);
const ANSWERED: EndKind = EndKind(0);
const ERROR: EndKind = EndKind(1);

#[derive(Clone, Copy, Hash)]
enum Event {
    Calls,
    Becomes(Health),
    Served(Entity),
    Failed(Entity),
}

struct Played {
    dependency: Dependency<Event>,
    world: World<Event>,
    /// When each call that ended did so, and how.
    ended: Vec<(Time, EndKind)>,
}

/// So many calls a second until 20 s; then as long as something happens.
fn play(per_second: u64, changes: &[(u64, Health)], config: DependencyConfig) -> Played {
    let mut world = World::new(3);
    let mut dependency = Dependency::new(DEPENDENCY, 3, config);
    for &(millis, health) in changes {
        world.schedule(Span::from_millis(millis), Event::Becomes(health));
    }
    for n in 0..20 * per_second {
        world.schedule(Span::from_nanos(n * 1_000_000_000 / per_second), Event::Calls);
    }
    let mut ended = Vec::new();
    while let Some(event) = world.next(Time::from_secs(10_000)) {
        match event {
            Event::Calls => {
                let call = world.open(0, None);
                dependency.ask(call, &mut world, Event::Served(call), Event::Failed(call));
            }
            Event::Becomes(health) => dependency.set_health(health, &mut world),
            Event::Served(call) | Event::Failed(call) => {
                let end = if matches!(event, Event::Served(_)) { ANSWERED } else { ERROR };
                dependency.done(call, &mut world);
                world.close(call, end);
                ended.push((world.now(), end));
            }
        }
        dependency.invariants().unwrap();
    }
    Played { dependency, world, ended }
}

fn changes() -> impl Strategy<Value = Vec<(u64, Health)>> {
    let health = (0..Health::ALL.len()).prop_map(|n| Health::ALL[n]);
    prop::collection::vec((0_u64..25_000, health), 0..8)
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn every_call_is_answered_fails_or_is_never_heard_of(per_second in 1_u64..80, changes in changes()) {
        let played = play(per_second, &changes, DependencyConfig::default());
        let tally = played.world.tally(0);
        let unheard = u64::from(played.dependency.unanswered());
        prop_assert_eq!(tally.opened(), tally.closed(ANSWERED) + tally.closed(ERROR) + unheard);
        let hung = changes.iter().any(|(_, health)| *health == Health::Hung);
        prop_assert!(hung || unheard == 0, "{} are unheard of", unheard);
    }
}

#[test]
fn a_slow_one_finishes_as_few_as_its_workers_can() {
    let played = play(40, &[(0, Health::Slow)], DependencyConfig::default());
    // Three workers, 1.2 s for each call.
    let in_time = played.ended.iter().filter(|(at, _)| *at <= Time::from_secs(20)).count();
    assert!((45..=55).contains(&in_time), "{in_time}");
}

#[test]
fn a_flapping_one_fails_every_other_two_seconds() {
    let quiet = DependencyConfig { noise: 0.0, ..DependencyConfig::default() };
    let played = play(10, &[(0, Health::Flapping)], quiet.clone());
    for (at, end) in played.ended {
        let failing = at.back(quiet.error_after).nanos() / quiet.flap.nanos() % 2 == 1;
        assert!(end == ANSWERED || failing, "an error at {at}");
    }
    assert_eq!(played.world.tally(0).closed(ERROR), 100);
}

#[test]
fn what_it_says_tells_how_it_fares_and_what_it_will_never_answer() {
    let ids = |changes: &[(u64, Health)]| -> Vec<String> {
        let about = play(20, changes, DependencyConfig::default()).dependency.about();
        about.sentences.iter().map(|says| says.id.to_string()).collect()
    };
    assert_eq!(ids(&[]), ["about-health", "about-station"]);
    assert_eq!(ids(&[(15_000, Health::Hung)]), ["about-health", "about-unanswered"]);
    assert_eq!(
        ids(&[(15_000, Health::Hung), (16_000, Health::Well)]),
        ["about-health", "about-station", "about-unanswered"]
    );
}
