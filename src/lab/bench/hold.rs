//! The hold model (Jones 1986): so many events pending, each of which schedules itself again.

use crate::sim::{Dist, Entity, Purpose, Seed, Time, World};
use std::time::Instant;

const GAP: Purpose = Purpose::named("gap");

/// Events a second with `pending` events pending, over `events` events after the queue was filled.
pub fn rate(pending: u32, events: u64, seed: Seed) -> f64 {
    let gap = Dist::Exponential(1.0);
    let mut world: World<u32> = World::new(seed.0);
    let mut draws = world.draws(GAP, Entity::new(0, 0));
    for n in 0..pending {
        world.schedule(gap.span(&mut draws), n);
    }
    let start = Instant::now();
    for _ in 0..events {
        let Some(event) = world.next(Time::MAX) else { break };
        world.schedule(gap.span(&mut draws), event);
    }
    world.events() as f64 / start.elapsed().as_secs_f64()
}
