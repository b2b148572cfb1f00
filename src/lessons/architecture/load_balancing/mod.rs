//! Load balancing: who gets the next request, and what one bad policy can do.

mod checks;
mod cluster;
mod hashing;
pub mod one_server;
mod power_of_two;
mod slow_server;
mod who_notices;

use crate::lessons::prelude::Figure;

/// The lesson's first figure. The others are sets of their own, so that a first visit needn't carry them.
pub const FIGURES: &[Figure] = &[Figure::of::<slow_server::SlowServer>()
    .predicted(slow_server::PREDICTIONS)
    .challenged(slow_server::CHALLENGES)];

/// The same servers under a log of one's own: a set of its own, because the reader of logs has its weight.
pub mod traffic {
    use super::{Figure, slow_server};

    /// The set.
    pub const FIGURES: &[Figure] = &[Figure::of::<slow_server::SlowServer>()
        .declared(slow_server::YOUR_TRAFFIC)
        .replaying(slow_server::capacity)];
}

/// What comes when it is scrolled to.
pub mod further {
    use super::{Figure, hashing, power_of_two};

    /// The set.
    pub const FIGURES: &[Figure] = &[
        Figure::of::<power_of_two::PowerOfTwo>().predicted(power_of_two::PREDICTIONS),
        Figure::of::<hashing::Tier>().predicted(hashing::PREDICTIONS),
    ];
}

/// What comes when it is scrolled to.
pub mod deploys {
    use super::{Figure, one_server, who_notices};

    /// The set.
    pub const FIGURES: &[Figure] = &[
        Figure::of::<who_notices::WhoNotices>().predicted(who_notices::PREDICTIONS),
        Figure::of::<one_server::OneServer>(),
    ];
}

/// Runs a bench to a moment. Its invariants go through all keys and queues, so they are checked at the end only.
#[cfg(test)]
fn quickly<X: crate::lessons::prelude::Experiment>(
    mut run: crate::player::Bench<X>,
    until: crate::sim::Time,
) -> crate::player::Bench<X> {
    while let Some(event) = run.world.next(until) {
        run.model.handle(event, &mut run.world);
    }
    run.until(until)
}
