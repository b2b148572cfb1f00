//! What is to be seen and said of the tier.

use super::keys::{Cause, Key, KeyMoves};
use super::spec::{EVERY_NTH, HOT, KEY, KEYS, REQUEST, Rule, SERVER};
use super::{Presence, Tier, W, curve, key, server};
use crate::player::{About, Experiment};
use crate::scene::{
    Axis, Cell, Chart, CurveLine, Curves, Grid, GridRow, Label, Panel, Scene, Series, SeriesLine, Status,
};
use crate::sim::decimal::rounded;
use crate::sim::{Arg, Entity, Msg, Span, Time, Unit};

/// A key that has moved stands out for so long.
const FRESH: Span = Span::from_secs(3);
/// Rows of the grid have room for so many cells at least, so that cells rarely change their width.
const ACROSS: usize = 48;

impl Tier {
    pub(super) fn picture(&self, w: &W, scene: &mut Scene) {
        let now = w.now();
        scene.panels.push(Panel::Grid(self.grid(now).into()));
        scene.panels.push(Panel::Chart(Chart::Series(Series {
            title: Label::words("chart-misses"),
            unit: Unit::Rate,
            lines: vec![SeriesLine::of("misses", Status::Active)],
            until: Self::SPEC.until,
        })));
        scene.panels.push(Panel::Chart(Chart::Curves(self.balance().into())));
        self.say(now, scene);
    }

    fn grid(&self, now: Time) -> Grid {
        let fresh = self.keys.change.is_some_and(|change| now.since(change.at) < FRESH);
        let cell = |n: u32, it: &Key| Cell {
            entity: key(n),
            level: 1.0,
            status: if key(n) == HOT && self.controls.hot > 0.0 {
                Status::Trouble
            } else if it.moved && fresh {
                Status::Active
            } else if !it.held {
                Status::Quiet
            } else {
                Status::Normal
            },
        };
        let row = |n: u32| {
            let there = self.is_there(n);
            let its = (0..).zip(&self.keys.all).filter(|(_, it)| it.owner.map(u32::from) == Some(n));
            // Of each server's own, so that rows are as long as they have keys; a sample of all would be off by chance.
            let cells = its.step_by(EVERY_NTH);
            let share = Label::Value(rounded(self.share(n, now), 100.0), Unit::Share);
            GridRow {
                entity: server(n),
                label: Label::Name(server(n)),
                note: Some(if there { share } else { Label::words("note-away") }),
                status: if there { Status::Normal } else { Status::Down },
                cells: cells.map(|(n, it)| cell(n, it)).collect(),
            }
        };
        let rows: Vec<GridRow> = (0..self.controls.servers).map(row).collect();
        let columns = rows.iter().map(|row| row.cells.len()).fold(ACROSS, usize::max) as u32;
        let title = Msg::new("grid-keys").count("nth", EVERY_NTH as u64).count("keys", KEYS.into());
        Grid { title: Label::Words(title), rows, columns, tall: false }
    }

    fn balance(&self) -> Curves {
        let servers = self.controls.servers;
        let plotted = |id, status, points, dots| CurveLine { label: Label::words(id), status, points, dots };
        let measured = self.curve.measured(servers, &self.keys.names);
        let most = measured.iter().map(|point| point.1).fold(2.0, f32::max);
        Curves {
            title: Label::Words(Msg::new("chart-balance").count("servers", servers.into())),
            x: Axis { label: Label::words("axis-points"), unit: Unit::Count, ends: (1.0, 256.0), log: true },
            y: Axis {
                label: Label::words("axis-busiest"),
                unit: Unit::Factor,
                ends: (1.0, libm::ceil(f64::from(most) * 2.0) / 2.0),
                log: false,
            },
            lines: vec![
                plotted("typical-ring", Status::Quiet, curve::typical(servers, KEYS as usize), false),
                plotted("this-ring", Status::Active, measured, true),
            ],
            now: (self.controls.rule == Rule::Ring).then_some(f64::from(self.controls.points)),
        }
    }

    /// The last change as a sentence.
    pub(super) fn tell_change(&self, change: &KeyMoves) -> Msg {
        let says = match change.cause {
            Cause::Left(n) => Msg::new("change-left").of("server", server(n)),
            Cause::Back(n) => Msg::new("change-back").of("server", server(n)),
            Cause::Servers => Msg::new("change-servers").count("servers", self.controls.servers.into()),
            Cause::Rule => Msg::new("change-rule"),
            Cause::Points => Msg::new("change-points"),
        };
        let says = says.count("moved", change.moved.into()).count("keys", KEYS.into());
        match change.cause {
            Cause::Rule | Cause::Points => says,
            _ => says.count("least", change.least.into()),
        }
    }

    fn say(&self, now: Time, scene: &mut Scene) {
        let share = |n: f64| Arg::Number(rounded(n, 100.0), Unit::Share);
        if self.balancer.available() == 0 {
            scene.sentences.push(Msg::new("says-nobody"));
            return;
        }
        scene.sentences.push(match &self.keys.change {
            Some(change) => self.tell_change(change),
            None => Msg::new("no-change")
                .count("servers", self.controls.servers.into())
                .count("keys", KEYS.into()),
        });
        let (hits, misses) = (self.hits.rate(now), self.misses.rate(now));
        scene.sentences.push(if misses > 0.0 {
            let rate = Arg::Number(libm::round(misses), Unit::Rate);
            Msg::new("says-misses").with("misses", rate).with("hits", share(hits / (hits + misses)))
        } else {
            Msg::new("says-no-misses")
        });
        let owner = self.keys.all[HOT.n as usize].owner;
        if let Some(n) = owner.map(u32::from).filter(|_| self.controls.hot > 0.0) {
            let says = Msg::new("says-hot").of("key", HOT).with("hot", share(self.controls.hot));
            scene.sentences.push(says.of("server", server(n)).with("share", share(self.share(n, now))));
        } else if let Some((n, factor)) = self.busiest(now) {
            let says = Msg::new("says-busiest").of("server", server(n));
            let factor = Arg::Number(rounded(factor, 100.0), Unit::Factor);
            scene.sentences.push(says.with("share", share(self.share(n, now))).with("factor", factor));
        }
    }

    pub(super) fn tell(&self, entity: Entity, w: &W) -> Option<About> {
        let n = entity.n;
        match entity.kind {
            REQUEST => self.tell_request(n, w),
            SERVER => {
                let it = self.servers.get(n as usize).filter(|it| it.presence != Presence::None)?;
                let (keys, held) = self.keys.count()[n as usize];
                let sentences = if it.presence == Presence::There {
                    Msg::new("about-server")
                        .count("keys", keys.into())
                        .count("held", held.into())
                        .with("share", Arg::Number(rounded(self.share(n, w.now()), 100.0), Unit::Share))
                } else {
                    Msg::new("about-away")
                };
                Some(About { sentences: vec![sentences], related: Vec::new() })
            }
            KEY => {
                let it = self.keys.all.get(n as usize)?;
                let asked = Msg::new("about-asked").count("asked", it.asked.into());
                let Some(at) = it.owner.map(|at| server(at.into())) else {
                    let sentences = vec![Msg::new("about-no-owner"), asked];
                    return Some(About { sentences, related: Vec::new() });
                };
                let held = if it.held { "in-memory" } else { "not-in-memory" };
                let mut sentences = vec![Msg::new("about-owner").of("server", at).word("held", held), asked];
                let name = self.keys.names[n as usize];
                let mut unused = w.draws(super::PICK, entity);
                let picked = self.balancer.clone().pick(w.now(), name, 0, &mut unused);
                sentences.extend(picked.map(|decision| self.reason(&decision.rule)));
                Some(About { sentences, related: vec![at] })
            }
            _ => None,
        }
    }

    fn tell_request(&self, n: u32, w: &W) -> Option<About> {
        let Some(it) = self.requests.get(n) else {
            let known = w.tally(REQUEST).opened() > u64::from(n);
            return known.then(|| About { sentences: vec![Msg::new("about-ended")], related: Vec::new() });
        };
        let at = server(it.server);
        let says = if it.hit {
            Msg::new("about-hit").of("server", at)
        } else {
            Msg::new("about-miss").of("server", at).span("since", w.now().since(it.since))
        };
        Some(About { sentences: vec![says], related: vec![key(it.key), at] })
    }
}
