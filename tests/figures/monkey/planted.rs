//! Figures with a bug in them, for the monkey to find: a queue like any other, until it is in a certain state.

use crate::shared::watched::{Watch, Watched};
use playground::lessons::architecture::load_balancing::one_server::{ControlValues, Event};
use playground::sim::World;

/// Where the bug is.
pub const IN_ON: u8 = 0;
/// See [`IN_ON`].
pub const IN_DRAW: u8 = 1;
const REQUEST: u8 = 0;

/// One server, with a bug.
pub type Planted<const BUG: u8> = Watched<Bug<BUG>>;

/// The bug.
pub struct Bug<const BUG: u8>;

impl<const BUG: u8> Watch for Bug<BUG> {
    fn handled(controls: &ControlValues, world: &World<Event>) {
        // Only when the load was turned up to the end, and only for a while.
        assert!(
            BUG != IN_ON || controls.load < 1.15 || world.tally(REQUEST).under_way() < 30,
            "the planted bug: a queue that nobody thought of"
        );
    }

    fn drawn(controls: &ControlValues, world: &World<Event>) {
        let waiting = world.tally(REQUEST).under_way();
        assert!(
            BUG != IN_DRAW || waiting != 17 || controls.service.secs() < 0.2,
            "the planted bug: a picture that can't be drawn"
        );
    }
}

/// A decoder that trusts the text to be at least so long, and cuts it wherever that is.
pub fn decodes_badly(text: &str) {
    let (form, rest) = text.trim().split_at(text.len().min(1));
    if form == "a" && rest.len() > 2 {
        let _ = &rest[..rest.len() - 2];
    }
}
