//! What the record says about the learner, in a few calm numbers.

use super::schedule::first_of_each;
use super::{CardId, Day, Entry, Grade, Guess, Record, Schedule, Task, Visit};
use crate::sim::Unit;
use crate::sim::sort::sort_by;
use std::collections::BTreeMap;

/// Days that the forecast looks ahead, today included.
pub const FORECAST_DAYS: usize = 14;
/// Days that [`Statistics::kept`] looks back.
const KEPT_DAYS: u32 = 30;
/// From so many guesses on something is said about them.
pub const GUESSES_NEEDED: usize = 3;

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Those that are meant.
    pub of_them: usize,
    /// All.
    pub all: usize,
}

/// What was guessed of numbers with one unit, against what they were.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// The unit.
    pub unit: Unit,
    /// How many guesses: the first of each prediction.
    pub guesses: usize,
    /// The median of guess over truth: below 1, what is asked is underestimated.
    pub ratio: f64,
}

/// Shares of the truth, smallest first, and how they are said.
const SHARES: [(f64, &str); 7] = [
    (0.1, "a tenth"),
    (0.2, "a fifth"),
    (0.25, "a quarter"),
    (1.0 / 3.0, "a third"),
    (0.5, "half"),
    (2.0 / 3.0, "two thirds"),
    (0.8, "four fifths"),
];
/// Multiples of the truth, greatest first, and how they are said.
const MULTIPLES: [(f64, &str); 6] = [
    (10.0, "ten times"),
    (5.0, "five times"),
    (3.0, "three times"),
    (2.0, "twice"),
    (1.5, "one and a half times"),
    (1.25, "one and a quarter times"),
];

impl Calibration {
    /// What is said of it.
    pub fn sentence(&self) -> String {
        let asked = match self.unit {
            Unit::Time => "times",
            Unit::Rate => "rates",
            Unit::Share => "shares",
            Unit::Bytes => "sizes",
            Unit::Count => "counts",
            Unit::Money => "costs",
            Unit::Factor => "factors",
        };
        if let Some((_, share)) = SHARES.iter().find(|(share, _)| self.ratio <= *share) {
            return format!(
                "You underestimate {asked}: half of your guesses were {share} of what was, or less."
            );
        }
        if let Some((_, multiple)) = MULTIPLES.iter().find(|(multiple, _)| self.ratio >= *multiple) {
            return format!(
                "You overestimate {asked}: half of your guesses were {multiple} what was, or more."
            );
        }
        format!("You judge {asked} well: your middle guess was close to what was.")
    }
}

/// What the record says.
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    /// Of the reviews of the last 30 days that came a day or more after the one before: those in which the card was known.
    pub kept: Share,
    /// Cards that are due today.
    pub due: usize,
    /// Cards that are due on each of the next days, today first, if all are known when they come.
    pub forecast: [usize; FORECAST_DAYS],
    /// Predictions that were answered, and those that were right at first.
    pub predicted: Share,
    /// How the learner's numbers lie against those of the runs, by unit.
    pub calibration: Vec<Calibration>,
    /// The seconds spent in each lesson, `chapter/slug`: most first.
    pub time: Vec<(String, u64)>,
}

impl Statistics {
    /// Computes them. `exists` says whether the course still has a card.
    pub fn of(schedule: &Schedule, record: &Record, today: Day, exists: impl Fn(&CardId) -> bool) -> Self {
        let recent = schedule.recalls().iter().filter(|it| it.after > 0 && today.since(it.day) < KEPT_DAYS);
        let (mut kept, mut forecast) = (Share::default(), [0; FORECAST_DAYS]);
        for recall in recent {
            kept.all += 1;
            kept.of_them += usize::from(recall.known);
        }
        for (_, state) in schedule.cards().filter(|(card, _)| exists(card)) {
            if let Some(day) = forecast.get_mut(state.due().since(today) as usize) {
                *day += 1;
            }
        }
        let first = first_predictions(&record.attempts);
        let predicted = Share {
            of_them: first.iter().filter(|entry| entry.attempt.grade == Grade::Right).count(),
            all: first.len(),
        };
        let (calibration, time) = (calibration(&first), time_spent(&record.visits));
        Self { kept, due: forecast[0], forecast, predicted, calibration, time }
    }
}

/// The first answer to each prediction.
fn first_predictions(entries: &[Entry]) -> Vec<&Entry> {
    let answered =
        |entry: &&Entry| entry.attempt.task == Task::Prediction && entry.attempt.grade != Grade::Skipped;
    first_of_each(entries.iter().filter(answered))
}

fn time_spent(visits: &[Visit]) -> Vec<(String, u64)> {
    let mut seconds: BTreeMap<&str, u64> = BTreeMap::new();
    for visit in visits {
        *seconds.entry(&visit.lesson).or_default() += u64::from(visit.seconds);
    }
    let mut time: Vec<_> =
        seconds.into_iter().map(|(lesson, seconds)| (lesson.to_owned(), seconds)).collect();
    sort_by(&mut time, |a, b| b.1.cmp(&a.1));
    time
}

fn calibration(first: &[&Entry]) -> Vec<Calibration> {
    let guesses: Vec<_> =
        first.iter().filter_map(|entry| Guess::from_text(entry.attempt.guess.as_deref()?)).collect();
    let of_unit = |unit: Unit| {
        let comparable = guesses.iter().filter(|it| it.unit == unit && it.guessed > 0.0 && it.was > 0.0);
        let mut ratios: Vec<f64> = comparable.map(|it| it.guessed / it.was).collect();
        sort_by(&mut ratios, f64::total_cmp);
        let ratio = *ratios.get(ratios.len() / 2)?;
        (ratios.len() >= GUESSES_NEEDED).then_some(Calibration { unit, guesses: ratios.len(), ratio })
    };
    [Unit::Time, Unit::Rate, Unit::Share, Unit::Bytes, Unit::Count, Unit::Money, Unit::Factor]
        .into_iter()
        .filter_map(of_unit)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests_support::{DAY, entry, review};
    use super::super::{Calendar, Guess, Key, Rating};
    use super::*;

    const UTC: Calendar = Calendar { ahead_minutes: 0 };

    #[test]
    fn what_was_known_counts_only_a_day_later() {
        let reviews = [
            review(1, "a/b#c", DAY, Rating::Good),
            review(2, "a/b#c", DAY + 1, Rating::Good),
            review(3, "a/b#c", 4 * DAY, Rating::Good),
            review(4, "a/b#c", 9 * DAY, Rating::Again),
        ];
        let schedule = Schedule::replay(UTC, &[], &reviews);
        let on = |day: Day| Statistics::of(&schedule, &Record::default(), day, |_| true);
        let today = UTC.day(9 * DAY);
        assert_eq!(on(today).kept, Share { of_them: 1, all: 2 });
        assert_eq!(on(today).forecast.iter().sum::<usize>(), 1);
        assert_eq!(on(today.plus(90)).kept, Share::default());
        assert_eq!(on(today.plus(90)).due, 1);
    }

    #[test]
    fn guesses_are_told_by_their_unit_once_there_are_enough_of_them() {
        let guess = |n: u8, unit, guessed, was| {
            let mut entry = entry(n, "a/b", &n.to_string(), u64::from(n), Grade::Wrong);
            entry.attempt.guess = Some(Guess { unit, guessed, was }.to_text());
            entry
        };
        let mut entries = vec![
            guess(1, Unit::Time, 1.0, 4.0),
            guess(2, Unit::Time, 1.0, 2.0),
            guess(3, Unit::Time, 9.0, 3.0),
            guess(4, Unit::Share, 0.5, 0.1),
            guess(5, Unit::Time, 1.0, 0.0),
        ];
        // Who answers again has seen the run.
        entries.push(Entry { when: 99, ..guess(1, Unit::Time, 4.0, 4.0) });
        let schedule = Schedule::replay(UTC, &entries, &[]);
        let record = Record { attempts: entries, ..Record::default() };
        let statistics = Statistics::of(&schedule, &record, Day(1), |_| true);
        assert_eq!(statistics.calibration, [Calibration { unit: Unit::Time, guesses: 3, ratio: 0.5 }]);
        assert_eq!(statistics.predicted, Share { of_them: 0, all: 5 });
    }

    #[test]
    fn guesses_are_said_to_be_low_high_or_good() {
        let said = |unit, ratio| Calibration { unit, guesses: 5, ratio }.sentence();
        assert_eq!(
            said(Unit::Time, 0.3),
            "You underestimate times: half of your guesses were a third of what was, or less."
        );
        assert!(said(Unit::Share, 0.01).contains("shares: half of your guesses were a tenth"));
        assert!(said(Unit::Rate, 0.8).contains("four fifths"));
        for fair in [0.81, 1.0, 1.24] {
            assert!(said(Unit::Count, fair).contains("judge counts well"), "{fair}");
        }
        assert!(
            said(Unit::Bytes, 2.4).contains("overestimate sizes: half of your guesses were twice what was")
        );
        assert!(said(Unit::Money, 400.0).contains("ten times"));
    }

    #[test]
    fn time_is_added_up_by_lesson() {
        let visit = |n: u8, lesson: &str, seconds| Visit {
            key: Key::new([n; 16]),
            lesson: lesson.to_owned(),
            when: 0,
            seconds,
        };
        let visits = [visit(1, "a/b", 60), visit(2, "a/c", 100), visit(3, "a/b", 90)];
        assert_eq!(time_spent(&visits), [("a/b".to_owned(), 150), ("a/c".to_owned(), 100)]);
    }
}
