//! What is to be seen and said of the tier.

use super::keys::{Change, Key, Moves};
use super::spec::{self, HOT, KEY, MISS, REQUEST, SERVER};
use super::{Presence, Tier, W, key, server};
use crate::lessons::prelude::*;
use crate::scene::{Cell, Grid, GridRow};
use crate::sim::Endings;
use crate::sim::decimal::rounded;

/// Of each server's keys every so many-th stands in the picture.
const EVERY_NTH: u32 = 8;
/// A key that has moved stands out for so long.
const FRESH: Span = Span::from_secs(3);
/// Rows of the grid have room for so many cells at least, so that cells rarely change their width.
const ACROSS: usize = 48;

impl Tier {
    pub(super) fn picture(&self, w: &W, scene: &mut Scene) {
        let misses = [("misses", Status::Active)];
        scene.panels = vec![
            Panel::Grid(self.grid(w.now()).into()),
            Panel::series(spec::chart_misses(), Unit::Rate, misses, Self::SPEC.until),
            self.table(w.now()),
        ];
        self.say(w, scene);
    }

    fn grid(&self, now: Time) -> Grid {
        let fresh = self.keys.moves.is_some_and(|moves| now.since(moves.at) < FRESH);
        let cell = |n: u32, it: &Key| Cell {
            entity: key(n),
            level: 1.0,
            status: match it {
                _ if key(n) == HOT && self.controls.hot > 0.0 => Status::Trouble,
                it if it.moved && fresh => Status::Active,
                it if !it.held => Status::Quiet,
                _ => Status::Normal,
            },
        };
        let row = |n: u32| {
            let its = (0..).zip(&self.keys.all).filter(|(_, it)| it.owner.map(u32::from) == Some(n));
            // Of each server's own, so that rows are as long as they have keys; a sample of all would be off by chance.
            let cells = its.step_by(EVERY_NTH as usize);
            let (note, status) = if self.is_there(n) {
                (Label::Value(rounded(self.share(n, now), 100.0), Unit::Share), Status::Normal)
            } else {
                (Label::Words(spec::note_away()), Status::Down)
            };
            GridRow {
                entity: server(n),
                label: Label::Name(server(n)),
                note: Some(note),
                status,
                cells: cells.map(|(n, it)| cell(n, it)).collect(),
            }
        };
        let rows: Vec<GridRow> = (0..self.controls.servers).map(row).collect();
        let columns = rows.iter().map(|row| row.cells.len()).fold(ACROSS, usize::max) as u32;
        let key = legend([
            (spec::key_held(), Status::Normal),
            (spec::key_missing(), Status::Quiet),
            (spec::key_moved(), Status::Active),
            (spec::key_hot(), Status::Trouble),
        ]);
        Grid { title: Label::Words(spec::grid_keys(EVERY_NTH)), rows, columns, tall: false, key }
    }

    fn table(&self, now: Time) -> Panel {
        let counts = self.keys.count();
        let row = |n: u32| {
            let (keys, held) = counts[n as usize];
            let [keys, held] = [keys, held].map(|count| Label::Value(count.into(), Unit::Count));
            let rate = Label::Value(libm::round(self.servers[n as usize].sent.rate(now)), Unit::Rate);
            let status = if self.is_there(n) { Status::Normal } else { Status::Down };
            Row { status, ..Row::new(server(n), [Label::Name(server(n)), keys, held, rate]) }
        };
        let columns =
            [spec::column_server(), spec::column_keys(), spec::column_held(), spec::column_requests()];
        let rows: Vec<Row> = (0..self.controls.servers).map(row).collect();
        Panel::table(spec::table_servers(), columns, rows)
    }

    pub(super) fn says_change(&self, moves: &Moves) -> Msg {
        let &Moves { change, moved, least, .. } = moves;
        match change {
            Change::Left(n) => spec::says_left(server(n), moved, least),
            Change::Back(n) => spec::says_back(server(n), moved, least),
            Change::Servers => spec::says_resized(self.controls.servers, moved, least),
            Change::Policy => spec::says_rearranged(moved),
        }
    }

    fn say(&self, w: &W, scene: &mut Scene) {
        let (now, share) = (w.now(), |n: f64| (rounded(n, 100.0), Unit::Share));
        if self.balancer.available() == 0 {
            return scene.sentences.push(spec::says_nobody());
        }
        let unmoved = || spec::says_unmoved(self.controls.servers);
        scene.sentences.push(self.keys.moves.as_ref().map_or_else(unmoved, |it| self.says_change(it)));
        let misses = Endings { kind: REQUEST, end_kinds: &[MISS], window: Some(Span::from_secs(1)) };
        scene.sentences.push(match w.gauge(&misses).map_or(0.0, |gauge| libm::round(gauge.rate(now))) {
            0.0 => spec::says_no_misses(),
            misses => spec::says_misses((misses, Unit::Rate)),
        });
        let owner = self.keys.all[HOT.n as usize].owner.map(u32::from);
        if let Some(n) = owner.filter(|_| self.controls.hot > 0.0) {
            let hot = spec::says_hot(HOT, share(self.controls.hot), server(n), share(self.share(n, now)));
            scene.sentences.push(hot);
        } else if let Some((n, factor)) = self.busiest(now) {
            let factor = (rounded(factor, 100.0), Unit::Factor);
            scene.sentences.push(spec::says_busiest(server(n), share(self.share(n, now)), factor));
        }
    }

    pub(super) fn tell(&self, entity: Entity, w: &W) -> Option<About> {
        let Entity { kind, n } = entity;
        match kind {
            REQUEST => match self.requests.get(n) {
                Some(it) if it.hit => Some(About::says([spec::about_hit(server(it.server))])),
                Some(it) => {
                    Some(About::says([spec::about_fetching(server(it.server), w.now().since(it.since))]))
                }
                None => {
                    (w.tally(REQUEST).opened() > u64::from(n)).then(|| About::says([spec::about_ended()]))
                }
            },
            SERVER => {
                let it = self.servers.get(n as usize).filter(|it| it.presence != Presence::None)?;
                if it.presence != Presence::There {
                    return Some(About::says([spec::about_away()]));
                }
                let (keys, held) = self.keys.count()[n as usize];
                let share = (rounded(self.share(n, w.now()), 100.0), Unit::Share);
                Some(About::says([spec::about_server(keys, held, share)]))
            }
            KEY => {
                let it = self.keys.all.get(n as usize)?;
                let asked = spec::about_asked(it.asked);
                let Some(at) = it.owner.map(|at| server(at.into())) else {
                    return Some(About::says([spec::about_no_owner(), asked]));
                };
                let owned = if it.held { spec::about_held(at) } else { spec::about_not_held(at) };
                let name = self.keys.names[n as usize];
                let picked = self.balancer.clone().pick(w.now(), name, 0, &mut w.draws(super::PICK, entity));
                let why = picked.and_then(|decision| self.reason(&decision.rule));
                let why = why.map(|[_, why]| why);
                let says: Vec<Msg> = [owned].into_iter().chain(why).chain([asked]).collect();
                Some(About::says(says))
            }
            _ => None,
        }
    }
}
