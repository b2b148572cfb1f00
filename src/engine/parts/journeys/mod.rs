//! What is under way: where each request is, who still waits for it, how it ends, and where those were lost that end
//! without an answer.
//!
//! A journey begins somewhere, is sent from place to place, and ends. What becomes of it may be known before that: a server
//! refuses it, and the refusal has to travel back. Whoever waits for it may give up; then it has ended, but those who have
//! it don't know and go on working. The part keeps count of what was lost, by cause and by place: a badge at the place and
//! a table for the whole figure, which add up to the same number.
//!
//! ```
//! use engine::parts::journeys::Journeys;
//! use engine::sim::{EndKind, Entity, Span, Time, World};
//! use engine::{kinds, losses};
//!
//! kinds! {
//!     KINDS;
//!     REQUEST = "request", Numbers;
//!     SHOP = "shop", Only;
//!     CLIENT = "client", Only;
//!     CAUSE = "cause", Words(LOSSES.names);
//! }
//! losses! {
//!     LOSSES of CAUSE;
//!     REFUSED = 1, "queue-full";
//! }
//! const ANSWERED: EndKind = EndKind(0);
//! let (shop, client) = (Entity::new(SHOP, 0), Entity::new(CLIENT, 0));
//!
//! #[derive(Clone, Copy, Hash)]
//! enum Event { AtShop(Entity), AtClient(Entity) }
//!
//! let mut world = World::new(1);
//! let mut journeys = Journeys::new(REQUEST, LOSSES);
//! let there = Span::from_millis(20);
//! for _ in 0..3 {
//!     let request = journeys.begin((), client, &mut world);
//!     journeys.send(request, shop, there, &mut world, Event::AtShop(request));
//! }
//! while let Some(event) = world.next(Time::from_secs(1)) {
//!     match event {
//!         Event::AtShop(request) => {
//!             journeys.arrive(request, world.now());
//!             // The shop serves every second one.
//!             journeys.turn_back(request, if request.n % 2 == 0 { ANSWERED } else { REFUSED });
//!             journeys.send(request, client, there, &mut world, Event::AtClient(request));
//!         }
//!         Event::AtClient(request) => { journeys.end(request, &mut world); }
//!     }
//! }
//! assert_eq!((journeys.lost(), journeys.lost_at(shop), journeys.invariants(&world)), (1, 1, Ok(())));
//! ```

mod shown;
#[cfg(test)]
mod tests;

use crate::messages;
use crate::player::Control;
use crate::sim::{EndKind, Entity, EntityMap, Handle, Span, Time, Unit, World};
use std::borrow::Cow;
use std::collections::VecDeque;

messages! {
    /// What is said of journeys.
    pub MESSAGES;
    step_answered();
    step_unanswered(cause: Entity);
    step_gave_up();
    why_gave_up(patience: Span);
    badge_lost(lost: u64, cause: Entity);
    badge_lost_in_all(lost: u64);
    ledger_title(lost: u64);
    column_cause();
    column_requests();
    column_most_at();
    ledger_nowhere();
    answers_title(answered: u64);
    column_answer();
    column_share();
    about_at(place: Entity);
    about_on_its_way(from: Entity, to: Entity);
    about_coming_back(from: Entity, to: Entity);
    about_coming_back_lost(to: Entity, cause: Entity);
    about_abandoned();
    about_age(age: Span);
    about_ended();
    about_cause(lost: u64);
    about_cause_at(place: Entity, lost: u64);
    about_cause_last(last: Vec<Entity>);
}

/// The control for how long somebody waits for an answer: the mean, from which [`Journeys::expect`] may be given any spread.
pub const PATIENCE: Control = Control::log_number("patience", "Clients wait", Unit::Time, (0.1, 30.0), 5.0)
    .help("How long a client waits, on average, before it gives up.");

/// A place's badge is in trouble for so long after something was lost there.
const FRESH: Span = Span::from_secs(1);
/// So many of those who were lost last are shown for their causes.
const RECENT: usize = 60;
/// And so many of them are named.
const LAST: usize = 6;

/// The ways in which journeys can end without an answer, declared by [`losses!`](crate::losses).
#[derive(Debug)]
pub struct Losses {
    /// The kind of these causes as entities, so that they can be looked at: the n-th way is number n of it.
    pub kind: u8,
    /// The ways.
    pub ends: &'static [EndKind],
    /// The ids of their words, short enough for a badge: 'queue full'.
    pub names: &'static [Cow<'static, str>],
    /// The same as messages, for `Experiment::MESSAGES`.
    pub messages: &'static [crate::sim::Message],
}

impl Losses {
    /// A way as an entity; `None` if it isn't one of these.
    pub fn cause(&self, end_kind: EndKind) -> Option<Entity> {
        let at = self.ends.iter().position(|&end| end == end_kind)?;
        Some(Entity::new(self.kind, at as u32))
    }
}

/// Declares how journeys can end without an answer: a constant for each way, with its number and the id of its words, and
/// the table of them. `of` names the figure's kind for them, whose names are `Words(TABLE.names)`.
///
/// ```
/// use engine::{losses, sim::EndKind};
/// const CAUSE: u8 = 3;
/// losses! {
///     /// Why a request is lost.
///     LOSSES of CAUSE;
///     REFUSED = 1, "queue-full";
///     GAVE_UP = 2, "gave-up";
/// }
/// assert_eq!(LOSSES.ends, [REFUSED, GAVE_UP]);
/// assert_eq!(LOSSES.cause(GAVE_UP).unwrap().n, 1);
/// assert_eq!(LOSSES.cause(EndKind(0)), None);
/// ```
#[macro_export]
macro_rules! losses {
    ($(#[$meta:meta])* $vis:vis $table:ident of $kind:expr; $($(#[$end_meta:meta])* $end:ident = $n:literal, $word:literal);* $(;)?) => {
        $($(#[$end_meta])* #[doc = concat!("Ended without an answer: `", $word, "`.")]
        $vis const $end: $crate::sim::EndKind = $crate::sim::EndKind($n);)*
        $(#[$meta])*
        $vis const $table: &$crate::parts::journeys::Losses = &$crate::parts::journeys::Losses {
            kind: $kind,
            ends: &[$($end),*],
            names: &[$(std::borrow::Cow::Borrowed($word)),*],
            messages: &[$(($word, &[])),*],
        };
    };
}

/// Where something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At a node.
    At(Entity),
    /// On its way from one node to another.
    Between {
        /// The node that it left.
        from: Entity,
        /// The node that it goes to.
        to: Entity,
        /// When it gets there.
        arrives: Time,
    },
}

impl Place {
    /// The node: the one that it goes to, if it is on its way.
    pub fn node(self) -> Entity {
        match self {
            Self::At(node) | Self::Between { to: node, .. } => node,
        }
    }
}

/// One that is under way.
#[derive(Clone, Copy, Debug)]
pub struct Journey<T> {
    /// What the figure has it carry.
    pub carries: T,
    /// When it began.
    pub began: Time,
    /// Where it is.
    pub place: Place,
    /// Since when.
    pub since: Time,
    /// What becomes of it, once that is known.
    pub outcome: Option<EndKind>,
    /// Whether somebody waits for it. What nobody waits for has ended in the world's books, but not where it is.
    pub awaited: bool,
    patience: Option<(Handle, Span)>,
    lost_at: Option<Entity>,
}

/// What was lost at a place for a cause.
#[derive(Clone, Copy, Debug)]
struct Lost {
    place: Entity,
    cause: Entity,
    count: u64,
    last: Time,
}

/// All that are under way, and what was lost.
#[derive(Clone, Debug)]
pub struct Journeys<T> {
    kind: u8,
    losses: &'static Losses,
    under_way: EntityMap<Journey<T>>,
    lost: Vec<Lost>,
    /// Who was lost of late, and why.
    recent: VecDeque<(Entity, Entity)>,
}

impl<T> Journeys<T> {
    /// None yet. `kind` is the figure's kind for them: nobody else opens or closes entities of it.
    pub fn new(kind: u8, losses: &'static Losses) -> Self {
        Self { kind, losses, under_way: EntityMap::default(), lost: Vec::new(), recent: VecDeque::new() }
    }

    /// One begins at a node.
    pub fn begin<E>(&mut self, carries: T, at: Entity, world: &mut World<E>) -> Entity {
        let (now, entity) = (world.now(), world.open(self.kind, None));
        let journey = Journey {
            carries,
            began: now,
            place: Place::At(at),
            since: now,
            outcome: None,
            awaited: true,
            patience: None,
            lost_at: None,
        };
        self.under_way.insert(entity.n, journey);
        entity
    }

    /// One that is under way.
    pub fn get(&self, of: Entity) -> Option<&Journey<T>> {
        self.under_way.get(of.n)
    }

    /// What it carries, to be changed.
    pub fn carried(&mut self, of: Entity) -> Option<&mut T> {
        self.under_way.get_mut(of.n).map(|journey| &mut journey.carries)
    }

    /// All that are under way, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (Entity, &Journey<T>)> {
        self.under_way.iter().map(|(n, journey)| (Entity::new(self.kind, n), journey))
    }

    /// How many are at a node, whether or not somebody waits for them.
    pub fn at(&self, node: Entity) -> usize {
        self.iter().filter(|(_, journey)| journey.place == Place::At(node)).count()
    }

    /// It sets out for another node; `event` says that it gets there.
    pub fn send<E>(&mut self, of: Entity, to: Entity, takes: Span, world: &mut World<E>, event: E) {
        let now = world.now();
        let Some(journey) = self.under_way.get_mut(of.n) else { return };
        journey.place = Place::Between { from: journey.place.node(), to, arrives: now + takes };
        journey.since = now;
        world.schedule(takes, event);
    }

    /// It has got to where it was sent.
    pub fn arrive(&mut self, of: Entity, now: Time) {
        let Some(journey) = self.under_way.get_mut(of.n) else { return };
        journey.place = Place::At(journey.place.node());
        journey.since = now;
    }

    /// It goes on at another node at once: what takes no time isn't seen on its way.
    pub fn enter(&mut self, of: Entity, node: Entity, now: Time) {
        let Some(journey) = self.under_way.get_mut(of.n) else { return };
        journey.place = Place::At(node);
        journey.since = now;
    }

    /// Whoever waits for it does so for so long, and then gives up: `event` says so.
    pub fn expect<E>(&mut self, of: Entity, patience: Span, world: &mut World<E>, event: E) {
        let Some(journey) = self.under_way.get_mut(of.n) else { return };
        journey.patience = Some((world.schedule(patience, event), patience));
    }

    /// It is known now, where it is, what becomes of it: an answer, or one of the losses. It ends when it is back.
    pub fn turn_back(&mut self, of: Entity, outcome: EndKind) {
        let cause = self.losses.cause(outcome);
        let Some(journey) = self.under_way.get_mut(of.n) else { return };
        journey.outcome = Some(outcome);
        journey.lost_at = cause.map(|_| journey.place.node());
    }

    /// Whoever was asked answers: that sets out for `to` if somebody waits for it; else it is gone.
    pub fn reply<E>(
        &mut self,
        of: Entity,
        outcome: EndKind,
        (to, takes): (Entity, Span),
        world: &mut World<E>,
        event: E,
    ) {
        if self.get(of).is_some_and(|journey| journey.awaited) {
            self.turn_back(of, outcome);
            self.send(of, to, takes, world, event);
        } else {
            self.forget(of);
        }
    }

    /// Whoever has it back tries again: what had become of it is forgotten, and it can be sent once more. It is one journey
    /// with one patience however often it is tried, and only how it ends is in the ledger.
    pub fn retry(&mut self, of: Entity) {
        let Some(journey) = self.under_way.get_mut(of.n) else { return };
        journey.outcome = None;
        journey.lost_at = None;
    }

    /// It is back, and ends as was known. If nobody waits for it any more, it just goes. False if it isn't under way, or if
    /// it isn't known what becomes of it.
    pub fn end<E>(&mut self, of: Entity, world: &mut World<E>) -> bool {
        let outcome = self.under_way.get(of.n).and_then(|journey| journey.outcome);
        let Some(outcome) = outcome else { return false };
        self.end_as(of, outcome, world)
    }

    /// It ends here and now in this way. False if it isn't under way.
    pub fn end_as<E>(&mut self, of: Entity, end_kind: EndKind, world: &mut World<E>) -> bool {
        let Some(&Journey { awaited, .. }) = self.under_way.get(of.n) else { return false };
        if awaited {
            world.record_step(of, || {
                (self.losses.cause(end_kind).map_or_else(step_answered, step_unanswered), None)
            });
            self.close(of, end_kind, world);
        }
        self.under_way.remove(of.n);
        true
    }

    /// Whoever waits for it gives up: to be called when the event of [`Self::expect`] happens. What is on its way back then
    /// reaches nobody; everything else goes on.
    pub fn give_up<E>(&mut self, of: Entity, end_kind: EndKind, world: &mut World<E>) {
        let Some(&Journey { patience, awaited: true, .. }) = self.under_way.get(of.n) else { return };
        world.record_step(of, || (step_gave_up(), patience.map(|(_, span)| why_gave_up(span))));
        self.abandon(of, end_kind, world);
    }

    /// It is lost where it is, but whoever has it doesn't know. What is on its way back reaches nobody; everything else
    /// goes on.
    pub fn abandon<E>(&mut self, of: Entity, end_kind: EndKind, world: &mut World<E>) {
        self.close(of, end_kind, world);
        if self.under_way.get(of.n).is_some_and(|journey| journey.outcome.is_some()) {
            self.under_way.remove(of.n);
        }
    }

    /// It is done with where it is, and nobody waits for it.
    pub fn forget(&mut self, of: Entity) {
        self.under_way.remove(of.n);
    }

    /// Nobody waits for it any more: the world and the ledger have it.
    fn close<E>(&mut self, of: Entity, end_kind: EndKind, world: &mut World<E>) {
        let Some(journey) = self.under_way.get_mut(of.n).filter(|journey| journey.awaited) else { return };
        journey.awaited = false;
        if let Some((handle, _)) = journey.patience.take() {
            world.cancel(handle);
        }
        world.close(of, end_kind);
        let Some(cause) = self.losses.cause(end_kind) else { return };
        let known = journey.lost_at.filter(|_| journey.outcome == Some(end_kind));
        let place = known.unwrap_or_else(|| journey.place.node());
        match self.lost.iter_mut().find(|lost| (lost.place, lost.cause) == (place, cause)) {
            Some(lost) => {
                lost.count += 1;
                lost.last = world.now();
            }
            None => self.lost.push(Lost { place, cause, count: 1, last: world.now() }),
        }
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back((of, cause));
    }

    /// How many were lost so far.
    pub fn lost(&self) -> u64 {
        self.lost.iter().map(|lost| lost.count).sum()
    }

    /// How many were lost at a place so far.
    pub fn lost_at(&self, place: Entity) -> u64 {
        self.lost.iter().filter(|lost| lost.place == place).map(|lost| lost.count).sum()
    }

    /// How many were lost for a cause so far, and at which place the most of them.
    pub fn lost_by(&self, cause: Entity) -> (u64, Option<Entity>) {
        let of = self.lost.iter().filter(|lost| lost.cause == cause);
        (of.clone().map(|lost| lost.count).sum(), of.max_by_key(|lost| lost.count).map(|lost| lost.place))
    }

    /// Nothing vanishes: whoever began has ended or is under way with somebody waiting, and the ledger has all that were
    /// lost.
    ///
    /// # Errors
    /// Which of them is broken.
    pub fn invariants<E>(&self, world: &World<E>) -> Result<(), String> {
        let tally = world.tally(self.kind);
        let awaited = self.iter().filter(|(_, journey)| journey.awaited).count() as u64;
        if tally.opened() != tally.closed_in_all() + awaited {
            let (opened, closed) = (tally.opened(), tally.closed_in_all());
            return Err(format!(
                "{opened} began and {closed} ended, but {awaited} are under way and awaited"
            ));
        }
        let closed: u64 = self.losses.ends.iter().map(|&end| tally.closed(end)).sum();
        if closed != self.lost() {
            return Err(format!("{closed} ended without an answer, and the ledger has {}", self.lost()));
        }
        Ok(())
    }
}
