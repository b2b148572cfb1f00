//! One control over its range, several seeds at each value, run by other workers.

use super::action_kind::ActionKind;
use super::errands::{Progress, Undertaking};
use super::judge::so_far;
use super::markup::{class, does, inside};
use super::protocol::{Node, Patch, find, node, part};
use super::state::State;
use super::{Desk, moments, percent, text};
use crate::player::{ControlKind, Sweep, SweepPoint, View, encode_view, swept_between};
use crate::sim::within;

/// Values of a number that is swept.
const POINTS: usize = 11;
/// Most seeds at a value.
const SEEDS: f64 = 50.0;

/// A sweep under way.
pub(super) struct Sweeping {
    pub sweep: Sweep,
    control: usize,
    reading: usize,
    seeds: u16,
}

pub(super) fn says(words: &str) -> Patch {
    Patch::Text(part(class::SWEEP_PROGRESS), words.to_owned())
}

/// Nothing is swept any more.
pub(super) fn idle(out: &mut Vec<Patch>) {
    out.push(says(""));
    out.push(super::shown(find(inside(class::SWEEP, &does(ActionKind::CallOff))), false));
}

impl Desk {
    /// Sweeps what was chosen: 'control,from,to,reading,seeds'.
    pub(super) fn sweep(&mut self, chosen: &str) {
        let mut chosen = chosen.split(',');
        let mut next = || chosen.next().unwrap_or_default();
        let (control, from, to, reading, seeds) = (next(), next(), next(), next(), next());
        let spec = self.state.spec;
        let (Some((place, control)), Some(reading)) = (spec.control(control), spec.reading(reading)) else {
            return;
        };
        let seeds = within(crate::sim::Unit::Count.parse(seeds).unwrap_or(5.0), 1.0, SEEDS) as u16;
        let figure = self.figure();
        let sweep = swept_between(control, POINTS, (from, to))
            .and_then(|values| Sweep::new(figure, &self.state.run, &control.id, values, seeds));
        match sweep {
            Err(why) => self.extra.push(says(&self.state.say(&why))),
            Ok(sweep) => {
                let trials = sweep.trials();
                let sweeping = Sweeping { sweep, control: place, reading, seeds };
                self.send_out(Undertaking::Sweeping(sweeping), trials);
                self.extra.push(super::shown(find(inside(class::SWEEP, &does(ActionKind::CallOff))), true));
                self.swept(0.0);
            }
        }
    }

    /// One more run is known.
    pub(super) fn swept(&mut self, seconds: f64) {
        let Some(Undertaking::Sweeping(sweeping)) = &self.undertaking else { return };
        let (done, of) = sweeping.sweep.done();
        let mut out = Vec::new();
        // The shape is drawn anew with every seed, not with every run.
        if done % (of / usize::from(sweeping.seeds)).max(1) == 0 {
            write(&self.state, sweeping, &mut out);
        }
        self.extra.extend(out);
        if done == of {
            self.call_off();
        } else if done > 0 {
            self.extra.push(says(&so_far(&Progress { done, of, seconds })));
        }
    }
}

/// The chart and its table. Values of a number stand along an axis, options of a choice below each other.
fn write(state: &State, sweeping: &Sweeping, out: &mut Vec<Patch>) {
    let (control, reading) = (&state.spec.controls[sweeping.control], &state.spec.readings[sweeping.reading]);
    let points = sweeping.sweep.points(sweeping.reading);
    let high = points.iter().map(|point| point.high).filter(|high| high.is_finite()).fold(0.0, f64::max);
    let top = if high > 0.0 { high * 1.05 } else { 1.0 };
    let title = [&reading.label, ", 0 – ", reading.unit.format(top).as_str()].concat();
    let last = (points.len().max(2) - 1) as f64;
    let place = |n: usize| percent(0.02 + 0.96 * n as f64 / last);
    let share = |value: f64| within(value / top, 0.0, 1.0);
    let dots = points.iter().enumerate().filter(|(_, point)| point.seeds > 0);
    let dots = dots.flat_map(|(n, point)| {
        let spread = node("span", "fig-sweep-spread")
            .styled("left", place(n))
            .styled("bottom", percent(share(point.low)))
            .styled("height", percent(share(point.high) - share(point.low)));
        let dot = node("span", "fig-sweep-dot")
            .attr("title", &says_point(state, sweeping, point))
            .styled("left", place(n))
            .styled("bottom", percent(share(point.mean)));
        [spread, dot]
    });
    let ends = [points.first(), points.last()].map(|point| {
        node("span", "").text(&point.map(|point| control.show(&point.value)).unwrap_or_default())
    });
    let plot = node("div", "fig-sweep-plot").attr("aria-hidden", "true");
    let plot = if matches!(control.kind, ControlKind::Choice { .. }) {
        plot.with([node("span", "").text(&title)]).with(points.iter().filter(|point| point.seeds > 0).map(
            |point| {
                let (low, high) = (share(point.low), share(point.high));
                node("div", "fig-sweep-row").with([
                    node("span", "").text(&control.show(&point.value)),
                    node("div", "fig-sweep-track").with([
                        node("span", "fig-sweep-spread")
                            .styled("left", percent(low))
                            .styled("width", percent(high - low)),
                        node("span", "fig-sweep-dot").styled("left", percent(share(point.mean))),
                    ]),
                ])
            },
        ))
    } else {
        plot.with([
            node("span", "").text(&title),
            node("div", "fig-sweep-area").with(dots),
            node("div", "fig-sweep-ends").with(ends),
        ])
    };
    let head = ["", &reading.label, text::LOWEST_TO_HIGHEST, text::RUNS];
    let head = head.into_iter().enumerate().map(|(n, words)| {
        let words = if n == 0 { control.label.as_ref() } else { words };
        node("th", "").attr("scope", "col").text(words)
    });
    let rows = points.iter().enumerate().map(|(n, point)| {
        let cell = |words: &str| node("td", "").text(words);
        let runs = (0..sweeping.seeds).map(|k| {
            let view = View { run: sweeping.sweep.run(n, k), against: Vec::new(), at: state.spec.until };
            moments::open_view(&encode_view(&view), &(k + 1).to_string())
        });
        node("tr", "").with([
            node("th", "").attr("scope", "row").text(&control.show(&point.value)),
            cell(&reading.unit.format(point.mean)),
            cell(&spread(state, sweeping, point)),
            node("td", "fig-sweep-runs").with(runs),
        ])
    });
    let table = node("table", "").with([
        node("thead", "").with([node("tr", "").with(head)]),
        node("tbody", "").with(rows.collect::<Vec<Node>>()),
    ]);
    out.push(Patch::Fill(part(class::SWEEP_RESULT), vec![plot, node("div", "table").with([table])]));
}

fn spread(state: &State, sweeping: &Sweeping, point: &SweepPoint) -> String {
    let unit = state.spec.readings[sweeping.reading].unit;
    [&unit.format(point.low), "–", unit.format(point.high).as_str()].concat()
}

fn says_point(state: &State, sweeping: &Sweeping, point: &SweepPoint) -> String {
    let control = &state.spec.controls[sweeping.control];
    let mean = state.spec.readings[sweeping.reading].unit.format(point.mean);
    [&control.show(&point.value), ": ", mean.as_str(), " (", &spread(state, sweeping, point), ")"].concat()
}
