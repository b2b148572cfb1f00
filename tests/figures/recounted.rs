//! What readings say they measure, and over what time: each that the world measures is recounted from the record of
//! everything that has ended in the run, over the time that its words name.

use crate::budget::Budget;
use crate::played::{draws, some_change};
use crate::shared::{ask, frame, open};
use playground::player::{Figure, Query, Reading, Run, Session, Statistic};
use playground::sim::{Ending, Seed, Span, Time, Unit};

/// Moments at which a figure's readings are recounted.
const RECOUNTED: Budget = Budget { what: "moments of recounted readings", full: 30, least: 3, total: 240 };
/// Histograms keep values to about 3 %.
const BUCKET: f64 = 0.035;

/// The time that a reading's words name.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Says {
    Last(f64),
    SoFar,
    /// This moment, or nothing.
    Now,
}

fn says(reading: &Reading) -> Says {
    let words = format!("{}. {}", reading.label, reading.help);
    if words.contains("so far") {
        return Says::SoFar;
    }
    let Some((_, after)) = words.split_once(" last ") else { return Says::Now };
    let numbers = [("second", 1.0), ("two", 2.0), ("five", 5.0), ("ten", 10.0)];
    let first = after.split([' ', ',']).next().unwrap_or_default().trim_end_matches('.');
    let named = numbers.iter().find(|(name, _)| *name == first).map(|(_, n)| *n);
    named.or_else(|| first.parse().ok()).map_or(Says::Now, Says::Last)
}

/// A window is kept in twenty slots and the one that is filling: those that it holds at a moment, and how long they are.
fn window(at: Time, seconds: f64) -> (Time, f64) {
    let slot = Span::from_nanos(Span::from_secs_f64(seconds).nanos() / 20).nanos();
    let from = Time::from_nanos((at.nanos() / slot).saturating_sub(20) * slot);
    (from, at.since(from).secs())
}

/// What a reading is, recounted; `None` where nothing has ended that it could be about.
fn recount(reading: &Reading, statistic: Statistic, endings: &[Ending], at: Time) -> Option<f64> {
    let behind = reading.contributors.as_ref().expect("what is measured says of whom");
    let (from, seconds) = match says(reading) {
        Says::Last(seconds) => window(at, seconds),
        _ => (Time::ZERO, at.secs()),
    };
    let all: Vec<&Ending> =
        endings.iter().filter(|it| it.entity.kind == behind.kind && it.time >= from).collect();
    let counted = |it: &&&Ending| behind.end_kinds.is_empty() || behind.end_kinds.contains(&it.end_kind);
    let mut took: Vec<f64> = all.iter().filter(counted).map(|it| it.took.secs()).collect();
    took.sort_by(f64::total_cmp);
    let count = took.len() as f64;
    match statistic {
        Statistic::Count => Some(count),
        Statistic::Rate => Some(if seconds > 0.0 { count / seconds } else { 0.0 }),
        Statistic::Share => (!all.is_empty()).then(|| count / all.len() as f64),
        Statistic::Mean => (count > 0.0).then(|| took.iter().sum::<f64>() / count),
        Statistic::Quantile(q) => took.get(((q * count).ceil() as usize).max(1) - 1).copied(),
    }
}

fn readings_keep_the_time_that_their_words_name(_: &str, figure: &'static Figure) {
    let spec = figure.spec;
    for reading in spec.readings.iter() {
        let (id, said) = (format!("{}: {}", spec.id, reading.id), says(reading));
        if reading.statistic.is_some() {
            let window = reading.contributors.as_ref().map(|behind| behind.window_secs);
            let measured = if reading.so_far { Says::SoFar } else { Says::Last(window.unwrap()) };
            assert_eq!(said, measured, "{id}: its words name another time than it measures");
        }
        assert!(said != Says::SoFar || reading.so_far, "{id}: says 'so far', and isn't declared so");
        let windowed = matches!(reading.unit, Unit::Rate) && reading.contributors.is_some();
        assert!(!windowed || said != Says::Now, "{id}: a rate says over what time");
    }
    let mut draws = draws(RECOUNTED.what, figure);
    let mut session = Session::new([figure]);
    open(&mut session, &Run::new(spec, Seed(draws.bits())));
    for n in 0..RECOUNTED.of(&spec.id) {
        let at = Time::from_secs_f64(spec.until.secs() * draws.unit());
        let shown = frame(&mut session, at);
        let endings = session.endings();
        for (reading, shown) in spec.readings.iter().zip(&shown.readings) {
            let measured = reading.statistic.filter(|_| shown.is_finite());
            let Some(statistic) = measured else { continue };
            let recounted = recount(reading, statistic, &endings, at);
            let off = match statistic {
                Statistic::Quantile(_) => BUCKET * shown + 1e-9,
                _ => 1e-6 * shown.abs().max(1.0),
            };
            assert!(
                recounted.is_some_and(|it| (it - shown).abs() <= off),
                "{}: {} shows {shown} at {at} and is {recounted:?}",
                spec.id,
                reading.id
            );
        }
        if n % 5 == 4 {
            let change = some_change(figure, &mut draws);
            ask(&mut session, Query::Change { at, change });
        }
    }
}
by_chapter!(readings_keep_the_time_that_their_words_name);
