//! What is to be seen and said of the four farms.

use super::farm::{DEEPEST, DRAWN, Sent};
use super::spec::{self, FARM, FARMS, LONG, SERVERS};
use super::{PowerOfTwo, W, farm, request, server};
use crate::lessons::prelude::*;
use crate::mechanism::queueing::supermarket_tail;
use crate::scene::{Axis, Cell, Chart, CurveLine, Curves, Grid, GridRow};

const NAMES: [fn() -> Msg; FARMS] =
    [spec::one_choice, spec::two_choices, spec::three_choices, spec::all_servers];
/// How each farm's curve looks.
const LOOKS: [Status; FARMS] = [Status::Trouble, Status::Active, Status::Normal, Status::Quiet];

/// Why a farm's request went where it went: to a server of which the balancer believed that it had so many.
pub(super) fn reason(k: usize, drawn: [u32; DRAWN], sent: &Sent, seen: u32, age: Span) -> Msg {
    let [first, second, third] = core::array::from_fn(|n| (drawn[n], sent.seen[n]));
    match k {
        0 => spec::why_one(),
        1 => spec::why_two(first.0, first.1, second.0, second.1, age),
        2 => spec::why_three(first.0, first.1, second.0, second.1, third.0, third.1, age),
        _ => spec::why_all(seen, sent.tied, age),
    }
}

impl PowerOfTwo {
    pub(super) fn picture(&self, now: Time, scene: &mut Scene) {
        let longest: [(u32, u32); FARMS] =
            core::array::from_fn(|k| self.farms[k].longest(self.controls.servers));
        scene.panels = vec![self.grid(&longest), self.at_least(now)];
        let [one, two, three, all] = longest.map(|(_, longest)| longest);
        let most = one.max(two).max(three).max(all);
        scene.sentences = vec![
            match longest.iter().position(|(_, longest)| *longest == most).unwrap_or(0) {
                _ if most < LONG => spec::says_level(most),
                DRAWN if self.controls.old > Span::ZERO => spec::says_herd(self.controls.old, most),
                worst => spec::says_worst(farm(worst), most),
            },
            spec::says_longest(one, two, three, all),
        ];
    }

    fn grid(&self, longest: &[(u32, u32); FARMS]) -> Panel {
        let (servers, full) = (self.controls.servers, self.scale());
        let row = |k: usize| {
            let (worst, most) = longest[k];
            let cell = |n: u32| Cell {
                entity: server(k, n),
                level: self.farms[k].at(n) as f32 / full as f32,
                status: if n == worst && most > 0 { Status::Trouble } else { Status::Normal },
            };
            GridRow {
                entity: farm(k),
                label: Label::Words(NAMES[k]()),
                note: Some(Label::Words(spec::note_longest(most))),
                status: if most >= LONG { Status::Trouble } else { Status::Normal },
                cells: (0..servers).map(cell).collect(),
            }
        };
        let title = Label::Words(spec::grid_servers(full));
        let key = legend([(spec::key_requests(), Status::Normal), (spec::key_longest(), Status::Trouble)]);
        Panel::Grid(
            Grid { title, rows: (0..FARMS).map(row).collect(), columns: servers, tall: true, key }.into(),
        )
    }

    /// Dots for what was measured, and lines for what is expected of very many servers.
    fn at_least(&self, now: Time) -> Panel {
        let (servers, load) = (self.controls.servers, self.controls.load);
        let mut lines = Vec::new();
        for (k, farm) in self.farms.iter().enumerate() {
            // What never was is no point on a logarithmic axis.
            let share = |n| (n as f32, farm.share(n, servers, self.from, now) as f32);
            let points = (1..=DEEPEST).map(share).filter(|point| point.1 > 0.0).collect();
            let label = Label::Plain(["1", "2", "3", "all"][k].into());
            lines.push(CurveLine { label, status: LOOKS[k], points, dots: true });
            if k < DRAWN && self.controls.theory {
                let tail = |n| (n as f32, supermarket_tail(load, k as u32 + 1, n) as f32);
                let points = (1..=DEEPEST as u32).map(tail).collect();
                let label = Label::Plain(String::new());
                lines.push(CurveLine { label, status: LOOKS[k], points, dots: false });
            }
        }
        let axis = |label: Msg, unit, ends, log| Axis { label: Label::Words(label), unit, ends, log };
        let x = axis(spec::axis_requests(), Unit::Count, (1.0, DEEPEST as f64), false);
        let y = axis(spec::axis_share(), Unit::Share, (1e-3, 1.0), true);
        let title = Label::Words(spec::chart_at_least());
        Panel::Chart(Chart::Curves(Curves { title, x, y, lines, now: None }.into()))
    }

    pub(super) fn tell(&self, entity: Entity, w: &W) -> Option<About> {
        let (n, servers) = (entity.n, self.controls.servers);
        match entity.kind {
            SERVERS..FARM => {
                let k = usize::from(entity.kind - SERVERS);
                let line = self.farms[k].lines.get(n as usize)?;
                let mut sentences = vec![spec::about_server(line.len())];
                if n < servers && self.controls.old > Span::ZERO {
                    sentences.push(spec::about_board(self.farms[k].believed(n), self.age(w.now())));
                }
                let waiting: Vec<Entity> = line.iter().map(|job| request(k, job.request)).collect();
                if let Some((served, waiting)) = waiting.split_first() {
                    sentences.push(station::about_serving(vec![*served]));
                    sentences.extend((!waiting.is_empty()).then(|| station::about_queue(waiting.to_vec())));
                }
                Some(About::says(sentences))
            }
            FARM => {
                let k = n as usize;
                let farm = self.farms.get(k)?;
                let here = farm.lines.iter().map(std::collections::VecDeque::len).sum();
                let (worst, most) = farm.longest(servers);
                let worst = server(k, worst);
                Some(About::says([spec::about_farm(here, servers), spec::about_worst(worst, most)]))
            }
            _ if w.tally(entity.kind).opened() <= u64::from(n) => None,
            kind => {
                let k = usize::from(kind);
                let find = |(at, line): (u32, &std::collections::VecDeque<super::Job>)| {
                    Some((at, line.iter().position(|job| job.request == n)?))
                };
                let Some((at, ahead)) = (0..).zip(&self.farms[k].lines).find_map(find) else {
                    return Some(About::says([spec::about_answered()]));
                };
                let (before, at) = (ahead.checked_sub(1), server(k, at));
                let before =
                    before.map(|before| request(k, self.farms[k].lines[at.n as usize][before].request));
                Some(About::says([match before {
                    None => spec::about_in_service(at),
                    Some(before) => station::about_waiting(at, before, ahead),
                }]))
            }
        }
    }
}
