//! Readings that the world measures by itself, by what their declarations say.

use super::experiment::Readings;
use super::spec::{FigureSpec, Reading, Statistic};
use crate::sim::statistics::Histogram;
use crate::sim::{EndKind, Endings, Span, World};
use std::borrow::Cow;

/// How long the entities of some endings had been under way. Readings that stand side by side are often about the same ones,
/// and to merge a window's slots is most of the work.
type Merged<'a> = Option<(Endings, Cow<'a, Histogram>)>;

/// All endings of the kind that some endings are of.
fn whole(of: &Endings) -> Endings {
    Endings { end_kinds: &[], ..*of }
}

/// Has a new world measure what the figure's readings declare.
pub(super) fn begin<E>(spec: &'static FigureSpec, world: &mut World<E>) {
    for (statistic, endings) in spec.readings.iter().filter_map(Reading::endings) {
        match statistic {
            Statistic::Quantile(_) | Statistic::Mean => world.measure(endings, true),
            // Since the start of a run the world's tally has these.
            Statistic::Count => {}
            Statistic::Rate | Statistic::Share if endings.window.is_none() => {}
            Statistic::Rate => world.measure(endings, false),
            Statistic::Share => {
                world.measure(endings, false);
                world.measure(whole(&endings), false);
            }
        }
    }
}

/// Puts the present values of these readings.
pub(super) fn read<E>(spec: &'static FigureSpec, world: &World<E>, out: &mut Readings) {
    let mut merged = None;
    for reading in spec.readings.iter() {
        if let Some((statistic, endings)) = reading.endings() {
            out.put(&reading.id, value(statistic, &endings, world, &mut merged));
        }
    }
}

/// The durations of these endings, merged at most once in a row.
fn durations<'m, 'a, E>(
    of: &Endings,
    world: &'a World<E>,
    merged: &'m mut Merged<'a>,
) -> Option<&'m Histogram> {
    if merged.as_ref().is_none_or(|(last, _)| last != of) {
        *merged = world.gauge(of).and_then(|gauge| Some((*of, gauge.durations(world.now())?)));
    }
    merged.as_ref().map(|(_, durations)| durations.as_ref())
}

/// The value now; `None` while nothing has ended that it could be about.
fn value<'a, E>(
    statistic: Statistic,
    of: &Endings,
    world: &'a World<E>,
    merged: &mut Merged<'a>,
) -> Option<f64> {
    let now = world.now();
    let rate = |of: &Endings| match world.gauge(of) {
        Some(gauge) => gauge.rate(now),
        None if now.nanos() == 0 => 0.0,
        None => so_far(of, world) as f64 / now.secs(),
    };
    match statistic {
        Statistic::Quantile(q) => durations(of, world, merged)?.quantile(q).map(Span::secs),
        Statistic::Mean => durations(of, world, merged)?.mean().map(Span::secs),
        Statistic::Count => Some(so_far(of, world) as f64),
        Statistic::Rate => Some(rate(of)),
        Statistic::Share if of.window.is_none() => {
            let all = world.tally(of.kind).closed_in_all();
            (all > 0).then(|| so_far(of, world) as f64 / all as f64)
        }
        Statistic::Share => {
            let all = rate(&whole(of));
            (all > 0.0).then(|| rate(of) / all)
        }
    }
}

/// How many have ended like this since the start.
fn so_far<E>(of: &Endings, world: &World<E>) -> u64 {
    let tally = world.tally(of.kind);
    let closed = |end_kind: &EndKind| tally.closed(*end_kind);
    if of.end_kinds.is_empty() { tally.closed_in_all() } else { of.end_kinds.iter().map(closed).sum() }
}
