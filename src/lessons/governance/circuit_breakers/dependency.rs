//! Something that is called and whose health the learner bends: workers with a queue that are well, slow, failing, hung or
//! flapping.

use crate::lessons::prelude::*;
use crate::mechanism::breaker::{Aggregation, Breaker, RateConfig, State};
use crate::parts::station::Fault;
use crate::scene::{Cell, GridRow};

choices! {
    /// How it fares.
    pub enum Health {
        Well = "well", "Well";
        Slow = "slow", "Slow";
        Failing = "failing", "Failing";
        Hung = "hung", "Hung";
        Flapping = "flapping", "Flapping";
    }
}

messages! {
    pub(super) HEALTH;
    well(); slow(); failing(); hung(); flapping();
    half_open(); about_health(health: &'static str); about_at_work(busy: usize, waiting: usize); about_unanswered(calls: u32);
    note_closed(failed: u32, calls: u32); note_open(left: Span);
    mark_opens(of: Entity, calls: u32, failed: u32, slow: u32); mark_half_open(of: Entity); mark_closes(of: Entity);
}

/// Work takes so many times as long at one that is slow.
const SLOWER: f64 = 20.0;
/// An error is told after so long.
const ERROR: Span = Span::from_millis(5);
/// A flapping one is well for so long, then fails for so long.
const FLAP: Span = Span::from_secs(2);
/// Work takes this on average when it is well.
const WORK: Dist = Dist::Erlang { stages: 8, mean: 0.06 };
/// Such a share of calls fails at one that is well.
const NOISE: f64 = 0.002;
const TAKES: Purpose = Purpose::named("the dependency's work");
const FAILS: Purpose = Purpose::named("fails by chance");

/// The dependency, or one of its shards. `E` is the figure's event.
#[derive(Clone, Debug)]
pub(super) struct Dependency<E> {
    pub station: Station<E>,
    health: Health,
    /// Calls that it has taken and never answers.
    lost: u32,
}

impl<E> Dependency<E> {
    pub fn new(entity: Entity, workers: u32) -> Self {
        Self { station: Station::new(entity, workers, None), health: Health::Well, lost: 0 }
    }

    pub fn health(&self) -> Health {
        self.health
    }

    /// Whether it answers: all but the few that fail by chance, and in time.
    pub fn is_well(&self, now: Time) -> bool {
        self.health == Health::Well || self.health == Health::Flapping && !self.fails(now)
    }

    fn fails(&self, now: Time) -> bool {
        let flaps = self.health == Health::Flapping && now.nanos() / FLAP.nanos() % 2 == 1;
        self.health == Health::Failing || flaps
    }

    /// From now on it fares so. What a hung one has is never answered, not even when it is well again: nobody is told that
    /// the connection has died.
    pub fn set_health(&mut self, health: Health, w: &mut World<E>) {
        if self.health == health {
            return;
        }
        self.health = health;
        self.station.restore();
        self.station.set_slower(if health == Health::Slow { SLOWER } else { 1.0 });
        if health == Health::Hung {
            self.lost += self.station.fail(Fault::Down, w).len() as u32;
        }
    }

    /// A call has come: one of these happens, or nothing ever.
    pub fn ask(&mut self, call: Entity, w: &mut World<E>, done: E, failed: E) {
        if self.health == Health::Hung {
            self.lost += 1;
            return;
        }
        if self.fails(w.now()) || w.draws(FAILS, call).chance(NOISE) {
            w.schedule(ERROR, failed);
            return;
        }
        let takes = WORK.span(&mut w.draws(TAKES, call));
        let offer = self.station.offer(call, takes, w, done);
        debug_assert!(offer.is_accepted(), "its queue has no bound");
    }

    /// Its node, with a word on how it fares.
    pub fn node(&self, now: Time) -> Node {
        let status = match self.health {
            _ if self.is_well(now) => Status::Normal,
            Health::Hung => Status::Down,
            _ => Status::Trouble,
        };

        Node {
            status,
            shape: Shape::Database,
            ..self.station.node(Some(Label::words(self.health.id())), now)
        }
    }

    pub fn about(&self) -> About {
        let about = about_health(self.health.id());
        let at_work = about_at_work(self.station.busy().len(), self.station.waiting().len());
        let lost = (self.lost > 0).then(|| about_unanswered(self.lost));
        About::says([about, at_work].into_iter().chain(lost).collect::<Vec<_>>())
    }
}

/// Calls that a half-open breaker lets through.
pub(super) const PERMITTED: u32 = 3;

/// resilience4j's rule over the last `window` calls, and no fewer: from this share of failed or of slow ones on it opens.
pub(super) fn rates(window: u32, threshold: f64, slow: Span, wait: Span) -> RateConfig {
    RateConfig {
        failure_rate_threshold: threshold as f32 * 100.0,
        slow_call_rate_threshold: threshold as f32 * 100.0,
        slow_call_duration_threshold: slow,
        permitted_number_of_calls_in_half_open_state: PERMITTED,
        sliding_window_size: window,
        minimum_number_of_calls: window,
        wait_duration_in_open_state: wait,
        ..RateConfig::default()
    }
}

/// How a breaker stands, for a node.
pub(super) fn standing(breaker: &Breaker, now: Time) -> (Msg, Status) {
    match breaker.state() {
        State::Open => {
            let until = breaker.open_until().unwrap_or(now);
            (note_open(until.since(now)), Status::Down)
        }
        State::HalfOpen => (half_open(), Status::Warming),
        _ => {
            let seen = breaker.total(now);
            (note_closed(seen.failed, seen.calls), Status::Normal)
        }
    }
}

/// A breaker has come into a state, with this in its window.
pub(super) fn mark(of: Entity, to: State, seen: Aggregation) -> Msg {
    match to {
        State::Open => mark_opens(of, seen.calls, seen.failed, seen.slow),
        State::HalfOpen => mark_half_open(of),
        _ => mark_closes(of),
    }
}

pub(super) const fn cell(entity: Entity, status: Status) -> Cell {
    Cell { entity, level: 1.0, status }
}

/// The slots of a breaker's window, from the one that is emptied next to the newest.
pub(super) fn slots(entity: Entity, breaker: &Breaker, now: Time) -> impl Iterator<Item = Cell> {
    breaker.slots(now).into_iter().map(move |slot| {
        cell(
            entity,
            match slot.calls {
                calls if calls.calls == 0 => Status::Quiet,
                calls if calls.failed > 0 => Status::Trouble,
                calls if calls.slow > 0 => Status::Active,
                _ => Status::Normal,
            },
        )
    })
}

/// A row of cells, with empty ones behind them up to a number.
pub(super) fn row(
    entity: Entity,
    label: Msg,
    note: Msg,
    cells: impl Iterator<Item = Cell>,
    to: u32,
) -> GridRow {
    let mut cells: Vec<Cell> = cells.collect();
    cells.resize(cells.len().max(to as usize), cell(entity, Status::Quiet));
    let (label, note) = (Label::Words(label), Some(Label::Words(note)));
    GridRow { entity, label, note, status: Status::Normal, cells }
}
