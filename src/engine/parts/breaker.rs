//! What is to be seen of a circuit breaker in a figure, and said of it. The breaker itself is a mechanism
//! ([`mechanism::breaker`](crate::mechanism::breaker)), and whose it is and what it guards is the figure's business.
//!
//! ```
//! use engine::mechanism::breaker::{Breaker, CallOutcome, Config, RateConfig};
//! use engine::parts::breaker;
//! use engine::scene::Status;
//! use engine::sim::{Entity, Span, Time};
//!
//! let config = RateConfig { sliding_window_size: 3, minimum_number_of_calls: 3, ..RateConfig::default() };
//! let mut guard = Breaker::new(Config::Rates(config), Time::ZERO).unwrap();
//! let looks = |guard: &Breaker| -> Vec<Status> {
//!     breaker::slots(Entity::new(0, 0), guard, Time::ZERO).map(|cell| cell.status).collect()
//! };
//! assert_eq!(looks(&guard), [Status::Quiet; 3]);
//! let permit = guard.try_acquire(Time::ZERO).permit.unwrap();
//! guard.record(Time::ZERO, permit, CallOutcome::Failure, Span::ZERO);
//! // The newest comes last.
//! assert_eq!(looks(&guard), [Status::Quiet, Status::Quiet, Status::Trouble]);
//! assert_eq!(breaker::standing(&guard, Time::ZERO).1, Status::Normal);
//! ```

use crate::mechanism::breaker::{Breaker, State, Transition};
use crate::messages;
use crate::scene::{Cell, Status};
use crate::sim::{Entity, Msg, Span, Time};

messages! {
    /// What is said of breakers.
    pub MESSAGES;
    half_open();
    row_window();
    note_closed(failed: u32, calls: u32);
    note_open(left: Span);
    mark_opens(of: Entity, calls: u32, failed: u32, slow: u32);
    mark_opens_again(of: Entity);
    mark_half_open(of: Entity);
    mark_closes(of: Entity);
    about_breaker(calls: u32, failed: u32, slow: u32);
}

/// How it stands, for the node that it belongs to.
pub fn standing(breaker: &Breaker, now: Time) -> (Msg, Status) {
    match breaker.state() {
        State::Open => {
            let until = breaker.open_until().unwrap_or(now);
            (note_open(until.since(now)), Status::Trouble)
        }
        State::HalfOpen => (half_open(), Status::Warming),
        _ => {
            let seen = breaker.total(now);
            (note_closed(seen.failed, seen.calls), Status::Normal)
        }
    }
}

/// The mark for a transition of `of`'s breaker.
pub fn mark(of: Entity, transition: &Transition) -> Msg {
    let seen = transition.seen;
    match transition.to {
        State::Open if transition.from == State::HalfOpen => mark_opens_again(of),
        State::Open => mark_opens(of, seen.calls, seen.failed, seen.slow),
        State::HalfOpen => mark_half_open(of),
        _ => mark_closes(of),
    }
}

/// The slots of its window as cells of an entity, from the one that is emptied next to the newest: quiet while empty, in
/// trouble with a failure, active with a slow success.
pub fn slots(entity: Entity, breaker: &Breaker, now: Time) -> impl Iterator<Item = Cell> {
    breaker.slots(now).into_iter().map(move |slot| {
        let status = match slot.calls {
            calls if calls.calls == 0 => Status::Quiet,
            calls if calls.failed > 0 => Status::Trouble,
            calls if calls.slow > 0 => Status::Active,
            _ => Status::Normal,
        };
        Cell::new(entity, status)
    })
}

/// What its window holds.
pub fn about(breaker: &Breaker, now: Time) -> Msg {
    let seen = breaker.total(now);
    about_breaker(seen.calls, seen.failed, seen.slow)
}
