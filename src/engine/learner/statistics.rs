//! What the record says about the learner, in a few calm numbers.

use super::schedule::first_of_each;
use super::{CardId, Day, Entry, Grade, Schedule, Task};
use crate::sim::Unit;
use crate::sim::sort::sort_by;

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
}

impl Statistics {
    /// Computes them. `exists` says whether the course still has a card.
    pub fn of(schedule: &Schedule, entries: &[Entry], today: Day, exists: impl Fn(&CardId) -> bool) -> Self {
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
        let first = first_predictions(entries);
        let predicted = Share {
            of_them: first.iter().filter(|entry| entry.attempt.grade == Grade::Right).count(),
            all: first.len(),
        };
        Self { kept, due: forecast[0], forecast, predicted, calibration: calibration(&first) }
    }
}

/// The first answer to each prediction.
fn first_predictions(entries: &[Entry]) -> Vec<&Entry> {
    let answered =
        |entry: &&Entry| entry.attempt.task == Task::Prediction && entry.attempt.grade != Grade::Skipped;
    first_of_each(entries.iter().filter(answered))
}

fn calibration(first: &[&Entry]) -> Vec<Calibration> {
    let guesses: Vec<_> = first.iter().filter_map(|entry| entry.guess).collect();
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
    use super::super::{Calendar, Guess, Rating};
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
        let today = UTC.day(9 * DAY);
        let statistics = Statistics::of(&schedule, &[], today, |_| true);
        assert_eq!(statistics.kept, Share { of_them: 1, all: 2 });
        assert_eq!(statistics.forecast.iter().sum::<usize>(), 1);
        assert_eq!(Statistics::of(&schedule, &[], today.plus(90), |_| true).kept, Share::default());
        assert_eq!(Statistics::of(&schedule, &[], today.plus(90), |_| true).due, 1);
    }

    #[test]
    fn guesses_are_told_by_their_unit_once_there_are_enough_of_them() {
        let guess = |n: u8, unit, guessed, was| {
            let mut entry = entry(n, "a/b", &n.to_string(), u64::from(n), Grade::Wrong);
            entry.guess = Some(Guess { unit, guessed, was });
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
        let statistics = Statistics::of(&schedule, &entries, Day(1), |_| true);
        assert_eq!(statistics.calibration, [Calibration { unit: Unit::Time, guesses: 3, ratio: 0.5 }]);
        assert_eq!(statistics.predicted, Share { of_them: 0, all: 5 });
    }
}
