//! Which cards are due: FSRS-6 with its published parameters, computed from the reviews each time.
//!
//! A prediction that was wrong at first is a card too, as if it had been reviewed then and not known. Reviews on the same
//! day follow FSRS-6's rule for these; there are no learning steps beside it: a card that isn't known is due again on the same
//! day, until it is.

use super::{Calendar, CardId, Day, Entry, Grade, Millis, Rating, Review, Task};
use crate::sim::clamp;
use crate::sim::sort::sort_by;
use fsrs::{FSRS, FSRS6_DEFAULT_DECAY, MemoryState, NextStates, current_retrievability};
use std::collections::{BTreeMap, BTreeSet};

/// The share of cards that is to be known still when they are due: FSRS's recommendation.
pub const RETENTION: f32 = 0.9;
/// New cards that a day brings at most.
pub const NEW_A_DAY: usize = 10;
/// The longest interval, in days: a century, as FSRS has it.
const LONGEST: f64 = 36_500.0;

/// How well a card is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CardState {
    /// When it was reviewed first, and last.
    pub first: Day,
    /// When it was reviewed last.
    pub last: Day,
    /// Days from its last review to the next; none, if it wasn't known.
    pub interval: u32,
    /// The days after which it is known with a probability of nine in ten.
    pub stability: f32,
    /// 1, the easiest, to 10.
    pub difficulty: f32,
    /// How often it was reviewed.
    pub reviews: u32,
    /// How often it had been forgotten.
    pub lapses: u32,
}

impl CardState {
    /// When it is to be reviewed next.
    pub fn due(&self) -> Day {
        self.last.plus(self.interval)
    }

    /// The probability that it is known on a day.
    pub fn retrievability(&self, day: Day) -> f32 {
        current_retrievability(self.memory(), day.since(self.last) as f32, FSRS6_DEFAULT_DECAY)
    }

    fn memory(&self) -> MemoryState {
        MemoryState { stability: self.stability, difficulty: self.difficulty }
    }
}

/// One rating in the history of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recall {
    /// The day.
    pub day: Day,
    /// Days since the review before.
    pub after: u32,
    /// Whether it was known.
    pub known: bool,
}

/// The state of every card that was reviewed.
pub struct Schedule {
    fsrs: FSRS,
    calendar: Calendar,
    cards: BTreeMap<CardId, CardState>,
    recalls: Vec<Recall>,
}

impl Schedule {
    /// Replays the record, in whatever order it comes.
    pub fn replay(calendar: Calendar, entries: &[Entry], reviews: &[Review]) -> Self {
        let mut schedule =
            Self { fsrs: FSRS::default(), calendar, cards: BTreeMap::new(), recalls: Vec::new() };
        let mut rated: Vec<(Millis, &str, CardId, Rating)> = reviews
            .iter()
            .map(|review| (review.when, review.key.as_str(), review.card.clone(), review.rating))
            .chain(
                wrong_predictions(entries)
                    .map(|(entry, card)| (entry.when, entry.key.as_str(), card, Rating::Again)),
            )
            .collect();
        sort_by(&mut rated, |a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        for (when, _, card, rating) in rated {
            schedule.rate(card, schedule.calendar.day(when), rating);
        }
        schedule
    }

    /// Notes one more review, later than all others.
    pub fn rate(&mut self, card: CardId, day: Day, rating: Rating) {
        let before = self.cards.get(&card).copied();
        let after = before.map_or(0, |state| day.since(state.last));
        let next = self.next_states(before, after);
        let next = match rating {
            Rating::Again => next.again,
            Rating::Hard => next.hard,
            Rating::Good => next.good,
            Rating::Easy => next.easy,
        };
        let known = rating != Rating::Again;
        if before.is_some() {
            self.recalls.push(Recall { day, after, known });
        }
        let state = CardState {
            first: before.map_or(day, |state| state.first),
            last: before.map_or(day, |state| state.last.max(day)),
            interval: if known { days(next.interval) } else { 0 },
            stability: next.memory.stability,
            difficulty: next.memory.difficulty,
            reviews: before.map_or(0, |state| state.reviews) + 1,
            lapses: before.map_or(0, |state| state.lapses + u32::from(!known)),
        };
        self.cards.insert(card, state);
    }

    /// The days after which the card would come again, for each rating, worst first.
    pub fn intervals(&self, card: &CardId, today: Day) -> [u32; 4] {
        let before = self.cards.get(card).copied();
        let next = self.next_states(before, before.map_or(0, |state| today.since(state.last)));
        let [hard, good, easy] = [next.hard, next.good, next.easy].map(|state| days(state.interval));
        [0, hard, good, easy]
    }

    fn next_states(&self, before: Option<CardState>, after: u32) -> NextStates {
        let next = self.fsrs.next_states(before.map(|state| state.memory()), RETENTION, after);
        // It refuses states that no review leads to, and these all come from reviews.
        next.expect("a state that reviews have led to")
    }

    /// The state of a card; nothing, if it was never reviewed.
    pub fn state(&self, card: &CardId) -> Option<&CardState> {
        self.cards.get(card)
    }

    /// All cards that were reviewed.
    pub fn cards(&self) -> impl Iterator<Item = (&CardId, &CardState)> {
        self.cards.iter()
    }

    /// All reviews of cards that had been reviewed before, oldest first.
    pub fn recalls(&self) -> &[Recall] {
        &self.recalls
    }

    /// The cards that are due, those that are most likely forgotten first. `exists` says whether the course still has a card.
    pub fn due(&self, today: Day, exists: impl Fn(&CardId) -> bool) -> Vec<CardId> {
        let mut due: Vec<_> =
            self.cards.iter().filter(|(card, state)| state.due() <= today && exists(card)).collect();
        sort_by(&mut due, |(_, a), (_, b)| a.retrievability(today).total_cmp(&b.retrievability(today)));
        due.into_iter().map(|(card, _)| card.clone()).collect()
    }

    /// The cards that today may bring for the first time, of those on offer, in their order.
    pub fn new_today(&self, today: Day, offered: impl Iterator<Item = CardId>) -> Vec<CardId> {
        let begun = self.cards.values().filter(|state| state.first == today).count();
        offered.filter(|card| !self.cards.contains_key(card)).take(NEW_A_DAY.saturating_sub(begun)).collect()
    }
}

/// An interval in whole days, at least one.
fn days(interval: f32) -> u32 {
    clamp(libm::round(f64::from(interval)), 1.0, LONGEST) as u32
}

/// The predictions that were wrong at first, as cards.
fn wrong_predictions(entries: &[Entry]) -> impl Iterator<Item = (&Entry, CardId)> {
    let first = first_of_each(entries.iter().filter(|entry| entry.attempt.task == Task::Prediction));
    let wrong = first.into_iter().filter(|entry| entry.attempt.grade == Grade::Wrong);
    wrong.map(|entry| (entry, CardId::new(&entry.lesson, &entry.attempt.id)))
}

/// The first of these attempts at each thing, oldest first: it says what the learner knew.
pub(super) fn first_of_each<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<&'a Entry> {
    let mut first: Vec<&Entry> = entries.collect();
    sort_by(&mut first, |a, b| (a.when, &a.key).cmp(&(b.when, &b.key)));
    let mut seen = BTreeSet::new();
    first.retain(|entry| seen.insert((&entry.lesson, &entry.attempt.id)));
    first
}

#[cfg(test)]
mod tests {
    use super::super::tests_support::{DAY, entry, review};
    use super::*;

    const UTC: Calendar = Calendar { ahead_minutes: 0 };

    #[test]
    fn a_card_that_is_known_comes_back_later_and_later() {
        let reviews = [review(1, "a/b#c", DAY, Rating::Good), review(2, "a/b#c", 3 * DAY, Rating::Good)];
        let schedule = Schedule::replay(UTC, &[], &reviews[..1]);
        let card = &reviews[0].card;
        let first = *schedule.state(card).expect("it was reviewed");
        assert_eq!(first.due().since(first.last), first.interval);
        assert!(schedule.due(first.due(), |_| true).contains(card));
        assert!(!schedule.due(Day(first.due().0 - 1), |_| true).contains(card));
        let both = Schedule::replay(UTC, &[], &reviews);
        let second = both.state(card).expect("it was reviewed");
        assert!(second.interval > first.interval, "{second:?}");
        assert_eq!(schedule.intervals(card, UTC.day(3 * DAY))[2], second.interval);
        assert_eq!(both.recalls().len(), 1);
    }

    #[test]
    fn the_order_in_which_two_tabs_wrote_is_of_no_matter() {
        let mut reviews: Vec<_> = (0..20)
            .map(|n| {
                review(
                    n,
                    ["a/b#c", "a/b#d"][usize::from(n % 2)],
                    u64::from(n / 3) * DAY,
                    Rating::ALL[usize::from(n % 4)],
                )
            })
            .collect();
        let schedule = Schedule::replay(UTC, &[], &reviews);
        reviews.reverse();
        let other = Schedule::replay(UTC, &[], &reviews);
        assert!(schedule.cards().eq(other.cards()));
    }

    #[test]
    fn a_prediction_that_was_wrong_at_first_is_a_card_and_one_that_was_right_is_none() {
        let entries = [
            entry(1, "a/b", "wrong", 0, Grade::Wrong),
            entry(2, "a/b", "wrong", 9, Grade::Right),
            entry(3, "a/b", "right", 5, Grade::Right),
            entry(4, "a/b", "right", 7, Grade::Wrong),
            entry(5, "a/b", "skipped", 7, Grade::Skipped),
        ];
        let schedule = Schedule::replay(UTC, &entries, &[]);
        let cards: Vec<_> = schedule.cards().map(|(card, _)| card.as_str()).collect();
        assert_eq!(cards, ["a/b#wrong"]);
        assert_eq!(schedule.due(UTC.day(2 * DAY), |_| true).len(), 1);
        assert!(schedule.due(UTC.day(2 * DAY), |_| false).is_empty());
    }

    #[test]
    fn a_day_brings_ten_new_cards_at_most() {
        let offered = || (0..15).map(|n| CardId::new("a/b", &n.to_string()));
        let mut schedule = Schedule::replay(UTC, &[], &[]);
        assert_eq!(schedule.new_today(Day(5), offered()).len(), NEW_A_DAY);
        for card in offered().take(4) {
            schedule.rate(card, Day(5), Rating::Good);
        }
        let more = schedule.new_today(Day(5), offered());
        assert_eq!((more.len(), more[0].as_str()), (NEW_A_DAY - 4, "a/b#4"));
        assert_eq!(schedule.new_today(Day(6), offered()).len(), NEW_A_DAY);
    }
}
