//! A sitting: today's cards, ten at a time.
//!
//! The record only grows, so a rating can be taken back only for as long as it isn't kept: it waits until the next answer is
//! looked at, the round ends or the page is left.

use super::{
    Calendar, CardId, Day, Entry, Key, Millis, NEW_A_DAY, Rating, Record, Review, Schedule, Syllabus,
};
use std::collections::{BTreeSet, VecDeque};

/// So many cards make a round.
pub const ROUND: usize = 10;

/// Some cards, each of them asked until it is known.
#[derive(Default)]
struct Round {
    cards: Vec<CardId>,
    /// The ratings so far, in their order.
    ratings: Vec<Rating>,
}

impl Round {
    /// The cards that are still to be known, the one that is asked first: what wasn't known comes again after all others.
    fn ahead(&self) -> VecDeque<&CardId> {
        let mut ahead: VecDeque<&CardId> = self.cards.iter().collect();
        for rating in &self.ratings {
            let asked = ahead.pop_front();
            ahead.extend(asked.filter(|_| *rating == Rating::Again));
        }
        ahead
    }
}

/// What a learner does on the page of reviews.
pub struct Sitting {
    calendar: Calendar,
    entries: Vec<Entry>,
    /// All reviews, this sitting's last.
    reviews: Vec<Review>,
    /// How many of the reviews are kept, or on their way there.
    kept: usize,
    /// The cards that the lessons have.
    exist: BTreeSet<CardId>,
    /// The cards of lessons that were begun, in the order in which they are taught.
    offered: Vec<CardId>,
    schedule: Schedule,
    round: Round,
}

impl Sitting {
    /// Begins with the first round. New cards come from the lessons that were begun.
    pub fn new(calendar: Calendar, record: Record, syllabus: &Syllabus, now: Millis) -> Self {
        let begun = record.begun();
        let offered = syllabus.cards().filter(|card| begun.contains(card.lesson())).collect();
        let schedule = Schedule::replay(calendar, &record.attempts, &record.reviews);
        let mut sitting = Self {
            calendar,
            kept: record.reviews.len(),
            entries: record.attempts,
            reviews: record.reviews,
            exist: syllabus.all_cards(),
            offered,
            schedule,
            round: Round::default(),
        };
        sitting.next_round(now);
        sitting
    }

    /// The cards of today: those that are due, those most likely forgotten first, then new ones.
    pub fn today(&self, now: Millis) -> Vec<CardId> {
        let today = self.calendar.day(now);
        let mut cards = self.schedule.due(today, |card| self.exist.contains(card));
        cards.extend(self.schedule.new_today(today, self.offered.iter().cloned()));
        cards
    }

    /// The next day that brings cards, in days from now, and how many; nothing, if there are none ahead.
    pub fn next_day(&self, now: Millis) -> Option<(u32, usize)> {
        let today = self.calendar.day(now);
        let later = |card: &CardId, due: Day| due > today && self.exist.contains(card);
        let cards = self.schedule.cards().map(|(card, state)| (card, state.due()));
        let mut days: Vec<Day> = cards.filter(|(card, due)| later(card, *due)).map(|(_, due)| due).collect();
        // New cards that are too many for today.
        let new = self.offered.iter().filter(|card| self.schedule.state(card).is_none()).count();
        let waiting = new - self.schedule.new_today(today, self.offered.iter().cloned()).len();
        days.extend(std::iter::repeat_n(today.plus(1), waiting.min(NEW_A_DAY)));
        let first = days.iter().min().copied()?;
        Some((first.since(today), days.iter().filter(|day| **day == first).count()))
    }

    /// Goes on with the next cards of today.
    pub fn next_round(&mut self, now: Millis) {
        let cards = self.today(now).into_iter().take(ROUND).collect();
        self.round = Round { cards, ratings: Vec::new() };
    }

    /// The card that is asked; nothing, once all of the round are known.
    pub fn asked(&self) -> Option<CardId> {
        self.round.ahead().front().copied().cloned()
    }

    /// How many cards the round has.
    pub fn cards(&self) -> usize {
        self.round.cards.len()
    }

    /// How many of them are still to be known.
    pub fn ahead(&self) -> usize {
        self.round.ahead().len()
    }

    /// Those that weren't known when they were first asked.
    pub fn missed(&self) -> impl Iterator<Item = &CardId> {
        // What comes again comes after all others.
        let first = self.round.cards.iter().zip(&self.round.ratings);
        first.filter(|(_, rating)| **rating == Rating::Again).map(|(card, _)| card)
    }

    /// The days after which the card that is asked comes again, for each rating, worst first.
    pub fn intervals(&self, now: Millis) -> Option<[u32; 4]> {
        Some(self.schedule.intervals(&self.asked()?, self.calendar.day(now)))
    }

    /// Rates the card that is asked.
    pub fn rate(&mut self, key: Key, now: Millis, rating: Rating) {
        let Some(card) = self.asked() else { return };
        self.schedule.rate(card.clone(), self.calendar.day(now), rating);
        self.reviews.push(Review { key, card, when: now, rating });
        self.round.ratings.push(rating);
    }

    /// Whether the last rating can be taken back.
    pub fn can_undo(&self) -> bool {
        self.kept < self.reviews.len()
    }

    /// Takes the last rating back, so that its card is asked again.
    pub fn undo(&mut self) {
        if self.can_undo() {
            self.reviews.pop();
            self.round.ratings.pop();
            self.schedule = Schedule::replay(self.calendar, &self.entries, &self.reviews);
        }
    }

    /// The ratings that are to be kept now, and can't be taken back from then on.
    pub fn to_keep(&mut self) -> Vec<Review> {
        let new = self.reviews[self.kept..].to_vec();
        self.kept = self.reviews.len();
        new
    }
}

/// When a card comes again, as people say it.
pub fn when_again(days: u32) -> String {
    match days {
        0 => "again today".to_owned(),
        1 => "tomorrow".to_owned(),
        2..30 => format!("in {days} days"),
        30..45 => "in a month".to_owned(),
        45..350 => format!("in {} months", (days + 15) / 30),
        350..548 => "in a year".to_owned(),
        _ => format!("in {} years", (days + 182) / 365),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests_support::{DAY, entry, review};
    use super::super::{CardText, Grade, LessonOutline};
    use super::*;

    const UTC: Calendar = Calendar { ahead_minutes: 0 };

    /// Two lessons with so many cards each.
    fn syllabus(cards: usize) -> Syllabus {
        let card = |n: usize| CardText { id: format!("card-{n}"), front: "Why?".into(), back: "So.".into() };
        let lesson = |path: &str| LessonOutline {
            path: path.to_owned(),
            ready: true,
            cards: (0..cards).map(card).collect(),
            ..LessonOutline::default()
        };
        Syllabus { lessons: vec![lesson("a/b"), lesson("a/c")] }
    }

    /// A record in which the first lesson was begun.
    fn begun() -> Record {
        Record { attempts: vec![entry(1, "a/b", "first", 0, Grade::Right)], ..Record::default() }
    }

    fn rate(sitting: &mut Sitting, now: Millis, rating: Rating) {
        let n = u8::try_from(sitting.reviews.len()).expect("few reviews");
        sitting.rate(Key::new([100 + n; 16]), now, rating);
    }

    #[test]
    fn a_round_has_ten_cards_the_due_ones_first_and_new_ones_of_lessons_that_were_begun() {
        let mut record = begun();
        record.reviews = vec![
            review(1, "a/b#card-5", 0, Rating::Good),
            review(2, "a/b#card-6", DAY, Rating::Hard),
            review(3, "a/b#gone", 0, Rating::Hard),
        ];
        let now = 30 * DAY;
        let sitting = Sitting::new(UTC, record, &syllabus(15), now);
        assert_eq!((sitting.cards(), sitting.ahead()), (ROUND, ROUND));
        let today = sitting.today(now);
        let names: Vec<&str> = today.iter().map(CardId::as_str).collect();
        // What was known with effort is more likely forgotten, though it was asked later.
        assert_eq!(names[..4], ["a/b#card-6", "a/b#card-5", "a/b#card-0", "a/b#card-1"]);
        assert_eq!(today.len(), 2 + 10);
        assert!(Sitting::new(UTC, Record::default(), &syllabus(15), now).asked().is_none());
    }

    #[test]
    fn what_was_not_known_comes_again_after_the_others_until_it_is() {
        let mut sitting = Sitting::new(UTC, begun(), &syllabus(3), DAY);
        let first = sitting.asked().expect("a card");
        assert_eq!(sitting.intervals(DAY).expect("a card")[0], 0);
        for rating in [Rating::Again, Rating::Good, Rating::Easy] {
            rate(&mut sitting, DAY, rating);
        }
        assert_eq!((sitting.asked().as_ref(), sitting.ahead()), (Some(&first), 1));
        rate(&mut sitting, DAY, Rating::Again);
        assert_eq!(
            sitting.today(DAY),
            std::slice::from_ref(&first),
            "it is due for as long as it isn't known"
        );
        rate(&mut sitting, DAY, Rating::Hard);
        assert_eq!((sitting.asked(), sitting.ahead()), (None, 0));
        assert_eq!(sitting.missed().collect::<Vec<_>>(), [&first]);
        assert!(sitting.today(DAY).is_empty());
    }

    #[test]
    fn a_rating_is_taken_back_until_it_is_kept() {
        let mut sitting = Sitting::new(UTC, begun(), &syllabus(3), DAY);
        let (first, before) = (sitting.asked(), sitting.intervals(DAY));
        rate(&mut sitting, DAY, Rating::Easy);
        assert_ne!(sitting.asked(), first);
        sitting.undo();
        assert_eq!((sitting.asked(), sitting.intervals(DAY)), (first, before));
        assert!(!sitting.can_undo() && sitting.to_keep().is_empty());
        rate(&mut sitting, DAY, Rating::Good);
        assert_eq!(sitting.to_keep().len(), 1);
        let second = sitting.asked();
        sitting.undo();
        assert_eq!((sitting.asked(), sitting.to_keep().len()), (second, 0));
    }

    #[test]
    fn the_next_day_is_told() {
        let mut sitting = Sitting::new(UTC, begun(), &syllabus(12), DAY);
        assert_eq!(sitting.next_day(DAY), Some((1, 2)), "two new ones were too many for today");
        while sitting.asked().is_some() {
            rate(&mut sitting, DAY, Rating::Easy);
        }
        assert_eq!(sitting.next_day(DAY), Some((1, 2)));
        let mut few = Sitting::new(UTC, begun(), &syllabus(2), DAY);
        assert_eq!(few.next_day(DAY), None);
        while few.asked().is_some() {
            rate(&mut few, DAY, Rating::Good);
        }
        let (days, cards) = few.next_day(DAY).expect("they come again");
        assert!(days > 1 && cards == 2, "{days} {cards}");
    }

    #[test]
    fn a_second_round_goes_on_where_the_first_has_ended() {
        let mut record = begun();
        let name = |n: u8| format!("a/b#card-{n}");
        record.reviews = (0..12).map(|n| review(n, &name(n), 0, Rating::Good)).collect();
        let now = 30 * DAY;
        let mut sitting = Sitting::new(UTC, record, &syllabus(12), now);
        while sitting.asked().is_some() {
            rate(&mut sitting, now, Rating::Good);
        }
        assert_eq!(sitting.cards(), ROUND);
        sitting.next_round(now);
        assert_eq!(sitting.cards(), 2);
    }

    #[test]
    fn days_are_told_as_people_say_them() {
        let told = [0, 1, 2, 29, 31, 60, 349, 365, 730, 36_500].map(when_again);
        assert_eq!(
            told,
            [
                "again today",
                "tomorrow",
                "in 2 days",
                "in 29 days",
                "in a month",
                "in 2 months",
                "in 12 months",
                "in a year",
                "in 2 years",
                "in 100 years"
            ]
        );
    }
}
