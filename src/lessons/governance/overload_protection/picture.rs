//! What is to be seen and said of the server: who waits and for how long yet, and the run's path through load and goodput.

use super::server::{self as spec, CLIENTS, Course, Guard, Overload, SERVER, Try, W};
use crate::lessons::prelude::*;
use crate::scene::{Axis, Cell, Chart, CurveLine, Curves, Grid, GridRow};
use crate::sim::decimal::rounded;

/// So many of those who are next are shown.
const SHOWN: usize = 32;
/// A bar of no height would not be seen.
const LOWEST: f64 = 0.12;
/// The chart's height, and its width: half of that where nothing of the path lies beyond it.
const HEIGHT: f64 = 130.0;
const WIDTH: f64 = 400.0;
/// From this share of work for nobody on it is the first thing to say, and from this share of refusals.
const MUCH: f64 = 0.2;

fn rate(value: f64) -> (f64, Unit) {
    (libm::round(value), Unit::Rate)
}

impl Overload {
    /// Each place of the server with the time that its client will stay: full at first, empty when it leaves.
    pub(super) fn grid(&self, now: Time) -> Panel {
        let patience = self.controls.patience.secs();
        let cell = |tried: Entity| match self.tries.get(tried.n) {
            Some(it) if it.is_awaited() => {
                let level = (it.deadline.since(now).secs() / patience).max(LOWEST) as f32;
                Cell { entity: tried, level, status: Status::Active }
            }
            _ => Cell { entity: tried, level: LOWEST as f32 * 3.0, status: Status::Trouble },
        };
        let nobody = |of: &mut dyn Iterator<Item = Entity>| {
            of.filter(|tried| self.tries.get(tried.n).is_none_or(|it| !it.is_awaited())).count()
        };
        let served = || self.workers.busy().iter().map(|job| job.of);
        let newest = self.controls.guard == Guard::Newest;
        let next = self
            .lines
            .iter()
            .flat_map(|line| (0..line.len()).map(move |n| line[if newest { line.len() - 1 - n } else { n }]));
        let (waiting, left) = (self.waiting(), nobody(&mut self.lines.iter().flatten().copied()));
        let working = spec::note_working(served().count(), nobody(&mut served()));
        let room = SHOWN.min(self.controls.room as usize) as u32;
        let empty = |row: GridRow, places: u32| {
            let mut row = row.filled_to(places);
            for cell in row.cells.iter_mut().filter(|cell| cell.status == Status::Quiet) {
                cell.level = LOWEST as f32 / 2.0;
            }
            row
        };
        let mut rows = vec![
            empty(
                GridRow::new(SERVER, spec::row_working(), working, served().map(cell)),
                self.controls.workers,
            ),
            empty(
                GridRow::new(
                    SERVER,
                    spec::row_next(),
                    spec::note_waiting(waiting, left),
                    next.take(SHOWN).map(cell),
                ),
                room,
            ),
        ];
        if 2 * left > waiting && waiting > 8 {
            rows[1].status = Status::Trouble;
        }
        let key = legend([
            (spec::key_awaited(), Status::Active),
            (spec::key_nobody(), Status::Trouble),
            (spec::key_free(), Status::Quiet),
        ]);
        let title = Label::Words(spec::grid_title());
        Panel::Grid(Grid { title, rows, columns: SHOWN as u32, tall: true, key }.into())
    }

    /// Where the run has been: load along, goodput upwards, and the two ways apart.
    pub(super) fn path_chart(&self) -> Panel {
        let ramp = self.controls.course == Course::Ramp;
        let turn = self.turn.unwrap_or(self.path.len()).min(self.path.len());
        let (up, back) = (&self.path[..turn], &self.path[turn.saturating_sub(1)..]);
        let line = |label: Msg, status, points: &[(f32, f32)], dots| CurveLine {
            label: Label::Words(label),
            status,
            points: points.to_vec(),
            dots,
        };
        let names = if ramp {
            [spec::path_up(), spec::path_back()]
        } else {
            [spec::path_before(), spec::path_since()]
        };
        let [first, second] = names;
        let capacity = self.controls.capacity() as f32;
        let far = |point: &(f32, f32)| f64::from(point.0) > WIDTH / 2.0;
        let width = if ramp || self.path.iter().any(far) { WIDTH } else { WIDTH / 2.0 };
        let knee = capacity.min(width as f32);
        let ideal = [(0.0, 0.0), (knee, knee), (width as f32, knee)];
        let mut lines = vec![line(first, Status::Active, up, true)];
        if self.turn.is_some_and(|turn| turn < self.path.len()) {
            lines.push(line(second, Status::Trouble, back, false));
        }
        lines.push(line(spec::path_ideal(), Status::Quiet, &ideal, false));
        let axis =
            |label, end| Axis { label: Label::Words(label), unit: Unit::Rate, ends: (0.0, end), log: false };
        let top = HEIGHT.max(f64::from(capacity) * 1.1);
        let (x, y) = (axis(spec::axis_load(), width), axis(spec::axis_goodput(), top));
        let now = self.path.last().map(|last| f64::from(last.0));
        Panel::Chart(Chart::Curves(
            Curves { title: Label::Words(spec::chart_path()), x, y, lines, now }.into(),
        ))
    }

    pub(super) fn say(&self, w: &W) -> Vec<Msg> {
        let now = w.now();
        let (wanted, capacity) = (self.controls.wanted(now), self.controls.capacity());
        let (asked, refused) = (self.asked.rate(now), self.refused.rate(now));
        let served = self.workers.busy();
        let nobody = served.iter().filter(|job| self.tries.get(job.of.n).is_none_or(|it| !it.is_awaited()));
        let share = nobody.count() as f64 / served.len().max(1) as f64;
        let refuses = (asked > 0.0).then(|| rounded(refused / asked, 100.0)).filter(|share| *share >= MUCH);
        let first = if share > MUCH {
            spec::says_nobody((share, Unit::Share), self.waiting())
        } else if let Some(share) = refuses {
            spec::says_refuses((share, Unit::Share))
        } else {
            spec::says_well(rate(wanted))
        };
        let second = if self.stalled {
            Some(spec::says_stalled())
        } else if wanted > capacity {
            Some(spec::says_beyond(rate(wanted), rate(capacity)))
        } else if share > MUCH && asked > capacity {
            Some(spec::says_trapped(rate(wanted), rate(asked), rate(capacity)))
        } else {
            None
        };
        [first].into_iter().chain(second).collect()
    }

    pub(super) fn tell(&self, entity: Entity, w: &W) -> Option<About> {
        let now = w.now();
        if entity == CLIENTS {
            let (wanted, asked) = (self.controls.wanted(now), self.asked.rate(now));
            return Some(About::says([spec::about_clients(rate(wanted), rate(asked))]));
        }
        if entity == SERVER {
            let served = self.workers.busy();
            let left = served.iter().filter(|job| self.tries.get(job.of.n).is_none_or(|it| !it.is_awaited()));
            let counts = spec::about_server(served.len(), left.count(), self.waiting());
            let stalled = self.stalled.then(spec::about_stalled);
            let limit = self.limit().map(spec::about_limit);
            let drops =
                (self.controls.guard == Guard::Codel && self.codel.is_dropping()).then(spec::about_dropping);
            let says = [counts].into_iter().chain(stalled).chain(limit).chain(drops);
            return Some(About::says(says.collect::<Vec<_>>()));
        }
        let Some(it) = self.tries.get(entity.n) else {
            let known = u64::from(entity.n) < w.tally(entity.kind).opened();
            return known.then(|| About::says([spec::about_try_over()]));
        };
        Some(About::says(self.about_try(entity, it, now)))
    }

    fn about_try(&self, tried: Entity, it: &Try, now: Time) -> [Msg; 3] {
        let served = self.workers.busy().iter().any(|job| job.of == tried);
        let client = if it.is_awaited() {
            spec::about_awaited(it.deadline.since(now))
        } else {
            spec::about_left(now.since(it.deadline))
        };
        let place = if served { spec::about_in_work() } else { spec::about_in_line() };
        [place, client, spec::about_try(it.request, now.since(it.sent))]
    }
}
