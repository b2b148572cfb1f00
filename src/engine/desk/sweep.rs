//! Sweeps: other workers run the figure with values over a control's range, with several seeds each.

use super::action_kind::ActionKind;
use super::jobs::{Batch, Progress};
use super::judge::progress_text;
use super::markup::{class, does, inside};
use super::protocol::{NewElement, Patch, element, find, selector};
use super::state::FigureState;
use super::{Desk, percent, text, tools};
use crate::player::{ControlKind, Sweep, SweepPoint, View, encode_view, sweep_values_between};
use crate::sim::clamp;

/// How many values of a number control are swept.
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

pub(super) fn progress_message(words: &str) -> Patch {
    Patch::Text(selector(class::SWEEP_PROGRESS), words.to_owned())
}

/// Resets the sweep's drawer when a sweep has ended.
pub(super) fn idle(out: &mut Vec<Patch>) {
    out.push(progress_message(""));
    out.push(super::set_visible(find(inside(class::SWEEP, &does(ActionKind::CallOff))), false));
}

impl Desk {
    /// Starts the sweep that was chosen: 'control,from,to,reading,seeds'.
    pub(super) fn sweep(&mut self, chosen: &str) {
        let mut chosen = chosen.split(',');
        let mut next = || chosen.next().unwrap_or_default();
        let (control, from, to, reading, seeds) = (next(), next(), next(), next(), next());
        let spec = self.state.spec;
        let (Some((place, control)), Some(reading)) = (spec.control(control), spec.reading(reading)) else {
            return;
        };
        let seeds = clamp(crate::sim::Unit::Count.parse(seeds).unwrap_or(5.0), 1.0, SEEDS) as u16;
        let figure = self.figure();
        let sweep = sweep_values_between(control, POINTS, (from, to))
            .and_then(|values| Sweep::new(figure, &self.state.run, &control.id, values, seeds));
        match sweep {
            Err(why) => self.extra_patches.push(progress_message(&self.state.say(&why))),
            Ok(sweep) => {
                let trials = sweep.trials();
                let sweeping = Sweeping { sweep, control: place, reading, seeds };
                self.start_batch(Batch::Sweeping(sweeping), trials);
                self.extra_patches
                    .push(super::set_visible(find(inside(class::SWEEP, &does(ActionKind::CallOff))), true));
                // A phrase may have chosen it.
                let chosen = [
                    ("1", control.id.as_ref()),
                    ("4", &spec.readings[reading].id),
                    ("5", &seeds.to_string()),
                ];
                for (place, value) in chosen {
                    let field = ["label:nth-child(", place, ") select"].concat();
                    let (field, value) = (find(inside(class::SWEEP_FIELDS, &field)), value.to_owned());
                    self.extra_patches.push(Patch::Value { field, value, forced: true });
                }
                self.update_sweep(0.0);
            }
        }
    }

    /// One more run is known.
    pub(super) fn update_sweep(&mut self, seconds: f64) {
        let Some(Batch::Sweeping(sweeping)) = &self.current_batch else { return };
        let (done, total) = sweeping.sweep.done();
        let mut out = Vec::new();
        // The shape is drawn anew with every seed, not with every run.
        if done % (total / usize::from(sweeping.seeds)).max(1) == 0 {
            write(&self.state, sweeping, &mut out);
        }
        self.extra_patches.extend(out);
        if done == total {
            self.cancel_batch();
        } else if done > 0 {
            self.extra_patches.push(progress_message(&progress_text(&Progress { done, total, seconds })));
        }
    }
}

/// The chart and its table. Values of a number stand along an axis, options of a choice below each other.
fn write(state: &FigureState, sweeping: &Sweeping, out: &mut Vec<Patch>) {
    let (control, reading) = (&state.spec.controls[sweeping.control], &state.spec.readings[sweeping.reading]);
    let points = sweeping.sweep.points(sweeping.reading);
    let high = points.iter().map(|point| point.high).filter(|high| high.is_finite()).fold(0.0, f64::max);
    let top = if high > 0.0 { high * 1.05 } else { 1.0 };
    let title = [&reading.label, ", 0 – ", reading.unit.format(top).as_str()].concat();
    let last = (points.len().max(2) - 1) as f64;
    let place = |n: usize| percent(0.02 + 0.96 * n as f64 / last);
    let share = |value: f64| clamp(value / top, 0.0, 1.0);
    let dots = points.iter().enumerate().filter(|(_, point)| point.seeds > 0);
    let dots = dots.flat_map(|(n, point)| {
        let spread = element("span", "fig-sweep-spread")
            .styled("left", place(n))
            .styled("bottom", percent(share(point.low)))
            .styled("height", percent(share(point.high) - share(point.low)));
        let dot = element("span", "fig-sweep-dot")
            .attr("title", &says_point(state, sweeping, point))
            .styled("left", place(n))
            .styled("bottom", percent(share(point.mean)));
        [spread, dot]
    });
    let ends = [points.first(), points.last()].map(|point| {
        element("span", "").text(&point.map(|point| control.show(&point.value)).unwrap_or_default())
    });
    let plot = element("div", "fig-sweep-plot").attr("aria-hidden", "true");
    let plot = if matches!(control.kind, ControlKind::Choice { .. }) {
        plot.with([element("span", "").text(&title)]).with(points.iter().filter(|point| point.seeds > 0).map(
            |point| {
                let (low, high) = (share(point.low), share(point.high));
                element("div", "fig-sweep-row").with([
                    element("span", "").text(&control.show(&point.value)),
                    element("div", "fig-sweep-track").with([
                        element("span", "fig-sweep-spread")
                            .styled("left", percent(low))
                            .styled("width", percent(high - low)),
                        element("span", "fig-sweep-dot").styled("left", percent(share(point.mean))),
                    ]),
                ])
            },
        ))
    } else {
        plot.with([
            element("span", "").text(&title),
            element("div", "fig-sweep-area").with(dots),
            element("div", "fig-sweep-ends").with(ends),
        ])
    };
    let head = ["", &reading.label, text::LOWEST_TO_HIGHEST, text::RUNS];
    let head = head.into_iter().enumerate().map(|(n, words)| {
        let words = if n == 0 { control.label.as_ref() } else { words };
        element("th", "").attr("scope", "col").text(words)
    });
    let rows = points.iter().enumerate().map(|(n, point)| {
        let cell = |words: &str| element("td", "").text(words);
        let runs = (0..sweeping.seeds).map(|k| {
            let view =
                View { run: sweeping.sweep.run(n, k), compared_controls: Vec::new(), at: state.spec.until };
            tools::view_button(&encode_view(&view), &(k + 1).to_string())
        });
        element("tr", "").with([
            element("th", "").attr("scope", "row").text(&control.show(&point.value)),
            cell(&reading.unit.format(point.mean)),
            cell(&spread(state, sweeping, point)),
            element("td", "fig-sweep-runs").with(runs),
        ])
    });
    let table = element("table", "").with([
        element("thead", "").with([element("tr", "").with(head)]),
        element("tbody", "").with(rows.collect::<Vec<NewElement>>()),
    ]);
    out.push(Patch::Children(
        selector(class::SWEEP_RESULT),
        vec![plot, element("div", "table").with([table])],
    ));
}

fn spread(state: &FigureState, sweeping: &Sweeping, point: &SweepPoint) -> String {
    let unit = state.spec.readings[sweeping.reading].unit;
    [&unit.format(point.low), "–", unit.format(point.high).as_str()].concat()
}

fn says_point(state: &FigureState, sweeping: &Sweeping, point: &SweepPoint) -> String {
    let control = &state.spec.controls[sweeping.control];
    let mean = state.spec.readings[sweeping.reading].unit.format(point.mean);
    [&control.show(&point.value), ": ", mean.as_str(), " (", &spread(state, sweeping, point), ")"].concat()
}
