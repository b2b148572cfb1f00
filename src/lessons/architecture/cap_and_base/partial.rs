//! N replicas, of which W must have a write before it is answered and R are asked by a read: how stale, how slow, how
//! available.
//!
//! ```text
//!   app ── write to all, wait for W ──► replicas 1 … N ◄── read R of them, chosen at random, newest wins ── app
//! ```
//!
//! The four ways of a message (write, its acknowledgement, read, its answer) are those of the WARS model of P. Bailis et al.
//! A replica goes down and comes up by itself; whoever is down isn't asked, and a write that it missed is sent when it is
//! back. Leaves out: more than one writer, so the newest version is certain; reads that repair what they find behind.

use crate::lessons::prelude::*;
use crate::mechanism::quorum::Quorum;
use crate::parts::net::{self, Ended, Line, Net, Outgoing};
use crate::scene::{Axis, Chart, CurveLine, Curves, Tier};
use crate::sim::EntityMap;

kinds! {
    KINDS;
    APP_KIND = "app", Only;
    REPLICA = "replica", Letters;
    READ = "read", Numbers;
    WRITE = "write", Numbers;
    MESSAGE = "message", Numbers;
}

const APP: Entity = Entity::new(APP_KIND, 0);
const DONE: EndKind = EndKind(0);
/// Too few replicas were up.
const FAILED: EndKind = EndKind(1);
const ARRIVED: EndKind = EndKind(0);
const MOST: u32 = 5;
const UNTIL: Time = Time::from_secs(40);
/// Mean time that a replica is down.
const DOWN: f64 = 0.1;
/// The curve over the time since a write: so many steps of so long, in means of a message's time.
const STEPS: usize = 12;
const STEP: f64 = 0.5;
/// Rows of the table: by how many versions a read can be behind.
const BEHIND: usize = 4;
const READS: f64 = 50.0;
const CHOSEN: Purpose = Purpose::named("chosen replicas");
const LIVES: Purpose = Purpose::named("up and down");

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub n: u32 = Control::number("n", "N, replicas", Unit::Count, (1.0, MOST as f64), 1.0, 3.0)
            .help("Replicas that are to have every write.").primary(),
        pub r: u32 = Control::number("r", "R, asked by a read", Unit::Count, (1.0, MOST as f64), 1.0, 1.0)
            .help("Replicas that a read asks and waits for; no more than there are.").primary(),
        pub w: u32 = Control::number("w", "W, wait for a write", Unit::Count, (1.0, MOST as f64), 1.0, 1.0)
            .help("Replicas that must have a write before it is answered; no more than there are.").primary(),
        pub spread: bool = Control::flag("spread", "Others get it later", true)
            .help("A write goes to all N, and W of them answer first; otherwise to W of them, chosen at random, and to no other."),
        pub delay: Span = Control::log_number("delay", "A message takes", Unit::Time, (0.001, 0.2), 0.02)
            .help("Mean time of a message, each way. Some take much longer."),
        pub writes: f64 = Control::number("writes", "Writes", Unit::Rate, (1.0, 50.0), 1.0, 10.0)
            .help("Writes a second. There are 50 reads a second."),
        pub up: f64 = Control::number("up", "Replicas up", Unit::Share, (0.5, 1.0), 0.01, 1.0)
            .help("Share of the time in which a replica is up, each for itself."),
    }
}

impl ControlValues {
    fn quorum(&self) -> Quorum {
        let within = |asked: u32| asked.min(self.n);
        // N is at least one, and so are R and W.
        Quorum::new(self.n, within(self.r), within(self.w)).unwrap_or_else(|| unreachable!("1 ≤ R, W ≤ N"))
    }
}

readings! {
    READINGS;
    Reading::new("stale", "stale reads", Unit::Share,
        "Share of the reads so far that returned something older than the newest write that had been answered before they began.")
        .so_far().trouble_from(0.001);
    Reading::new("at-worst", "by the formula", Unit::Share,
        "C(N − W, R) ÷ C(N, R): the share of stale reads if a write reached no more than W.");
    Reading::measured("read-p99", "read p99", Statistic::Quantile(0.99), "99 % of the reads so far took at most this long.")
        .of(READ, &[DONE]).so_far();
    Reading::measured("write-p99", "write p99", Statistic::Quantile(0.99), "99 % of the writes so far took at most this long.")
        .of(WRITE, &[DONE]).so_far();
    Reading::new("reads", "reads answered", Unit::Share, "Share of the reads so far that found enough replicas up.").so_far();
    Reading::new("writes", "writes answered", Unit::Share, "Share of the writes so far that found enough replicas up.").so_far();
}

messages! {
    pub(super) MESSAGES;
    note_version(version: u32); chart_since(); axis_since(); axis_stale(); line_measured(); line_bound();
    table_title(); column_behind(); column_measured(); column_formula(); row_behind(versions: usize); row_reads(); row_writes();
    says_meet(r: u32, w: u32, n: u32); says_miss(r: u32, w: u32, n: u32); says_stale(stale: (f64, Unit));
    about_app(version: u32); about_version(version: u32, newest: u32); about_down(); about_waits(replicas: u32);
    step_asks(replicas: u32); step_stores(version: u32, replicas: u32); step_found(version: u32); step_too_few(up: u32);
    judge_stale(stale: (f64, Unit), bound: (f64, Unit)); judge_answered(share: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Reads,
    Writes,
    Ended(Entity),
    /// A replica goes down or comes up, for the n-th time since the share was set.
    Turns(u32, u32, u32),
}

#[derive(Clone, Copy, Debug)]
enum Letter {
    Ask(Entity),
    Holds(Entity, u32),
    Store(Option<Entity>, u32),
    Stored(Entity),
}

#[derive(Clone, Copy, Debug, Default)]
struct Waits {
    left: u32,
    /// Of a read: the newest found, and what was certain when it began. Of a write: its version.
    version: u32,
    certain: u32,
    /// When that had become certain, and the read began.
    since: Span,
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct Partial {
    controls: ControlValues,
    net: Net,
    letters: EntityMap<Letter>,
    replicas: [u32; MOST as usize],
    up: [bool; MOST as usize],
    lives: u32,
    reads: Arrivals,
    writes: Arrivals,
    asking: EntityMap<Waits>,
    storing: EntityMap<Waits>,
    /// The newest version, and the newest that was answered with the time of that.
    newest: u32,
    certain: (u32, Time),
    /// Reads by how many versions they were behind, the last for all that were further.
    pub(super) behind: [u32; BEHIND + 1],
    /// Reads by the time since the last answered write: all, and stale ones.
    pub(super) since: [(u32, u32); STEPS],
}

fn replica(n: u32) -> Entity {
    Entity::new(REPLICA, n)
}

fn line(delay: Span) -> Line {
    Line::new(Dist::Exponential(delay.secs()))
}

impl Partial {
    /// So many of the replicas that are up, chosen at random; `None` if there are too few.
    fn choose(&self, many: u32, of: Entity, w: &W) -> Option<Vec<u32>> {
        let mut up = self.are_up();
        let mut draws = w.draws(CHOSEN, of);
        let chosen = (0..many).map_while(|_| {
            let at = draws.below((up.len() as u32).max(1)) as usize;
            (at < up.len()).then(|| up.swap_remove(at))
        });
        let chosen: Vec<u32> = chosen.collect();
        (chosen.len() as u32 == many).then_some(chosen)
    }

    fn are_up(&self) -> Vec<u32> {
        (0..self.controls.n).filter(|&n| self.up[n as usize]).collect()
    }

    fn send(
        &mut self,
        (from, to): (Entity, Entity),
        says: Letter,
        kind: PacketKind,
        of: Option<Entity>,
        w: &mut W,
    ) {
        let message = w.open(MESSAGE, of);
        self.letters.insert(message.n, says);
        self.net.send(Outgoing::new(message, from, to).kind(kind), w, Event::Ended(message));
    }

    fn begins_read(&mut self, w: &mut W) {
        self.reads.arrived(w, Event::Reads);
        let read = w.open(READ, None);
        let asked = self.controls.quorum().read();
        let Some(chosen) = self.choose(asked, read, w) else {
            w.record_step(read, || (step_too_few(self.are_up().len() as u32), None));
            _ = w.close(read, FAILED);
            return;
        };
        w.record_step(read, || (step_asks(asked), None));
        let (certain, at) = self.certain;
        self.asking.insert(read.n, Waits { left: asked, version: 0, certain, since: w.now().since(at) });
        for to in chosen {
            self.send((APP, replica(to)), Letter::Ask(read), PacketKind::Request, Some(read), w);
        }
    }

    fn begins_write(&mut self, w: &mut W) {
        self.writes.arrived(w, Event::Writes);
        let write = w.open(WRITE, None);
        let needed = self.controls.quorum().write();
        let Some(chosen) = self.choose(needed, write, w) else {
            w.record_step(write, || (step_too_few(self.are_up().len() as u32), None));
            _ = w.close(write, FAILED);
            return;
        };
        self.newest += 1;
        let version = self.newest;
        let all = if self.controls.spread { self.are_up() } else { chosen };
        w.record_step(write, || (step_stores(version, all.len() as u32), None));
        self.storing.insert(write.n, Waits { left: needed, version, ..Waits::default() });
        for to in all {
            let letter = Letter::Store(Some(write), version);
            self.send((APP, replica(to)), letter, PacketKind::Write, Some(write), w);
        }
    }

    fn ended(&mut self, message: Entity, w: &mut W) {
        let Some(Ended::Arrived { at, from }) = self.net.ended(message, w) else { return };
        w.close(message, ARRIVED);
        let Some(says) = self.letters.remove(message.n) else { return };
        let n = at.n as usize;
        match says {
            Letter::Ask(read) => {
                let holds = Letter::Holds(read, self.replicas[n]);
                self.send((at, from), holds, PacketKind::Answer, Some(read), w);
            }
            Letter::Store(write, version) => {
                self.replicas[n] = self.replicas[n].max(version);
                if let Some(write) = write {
                    self.send((at, from), Letter::Stored(write), PacketKind::Answer, Some(write), w);
                }
            }
            Letter::Holds(read, version) => self.found(read, version, w),
            Letter::Stored(write) => self.stored(write, w),
        }
    }

    fn found(&mut self, read: Entity, version: u32, w: &mut W) {
        let Some(it) = self.asking.get_mut(read.n) else { return };
        it.left -= 1;
        it.version = it.version.max(version);
        if it.left > 0 {
            return;
        }
        let Waits { version, certain, since, .. } = *it;
        self.asking.remove(read.n);
        w.record_step(read, || (step_found(version), None));
        w.close(read, DONE);
        let behind = certain.saturating_sub(version) as usize;
        self.behind[behind.min(BEHIND)] += 1;
        let step = (since.secs() / (STEP * self.controls.delay.secs())) as usize;
        if let Some(of) = self.since.get_mut(step).filter(|_| certain > 0) {
            *of = (of.0 + 1, of.1 + u32::from(behind > 0));
        }
    }

    fn stored(&mut self, write: Entity, w: &mut W) {
        let Some(it) = self.storing.get_mut(write.n) else { return };
        it.left -= 1;
        if it.left == 0 {
            if it.version > self.certain.0 {
                self.certain = (it.version, w.now());
            }
            self.storing.remove(write.n);
            w.close(write, DONE);
        }
    }

    /// A replica goes down, or comes up and is sent what it has missed.
    fn turns(&mut self, n: u32, turn: u32, w: &mut W) {
        let up = &mut self.up[n as usize];
        *up = !*up;
        if *up && self.controls.spread && self.newest > 0 {
            self.send((APP, replica(n)), Letter::Store(None, self.newest), PacketKind::Copy, None, w);
        }
        self.lives_on(n, turn + 1, w);
    }

    fn lives_on(&mut self, n: u32, turn: u32, w: &mut W) {
        let share = self.controls.up;
        if share >= 1.0 {
            return;
        }
        let mean = if self.up[n as usize] { DOWN * share / (1.0 - share) } else { DOWN };
        let of = Entity::new(REPLICA, n + MOST * (turn + 1_000 * self.lives));
        let lasts = Dist::Exponential(mean).span(&mut w.draws(LIVES, of));
        w.schedule(lasts, Event::Turns(n, turn, self.lives));
    }

    fn begin_lives(&mut self, w: &mut W) {
        self.lives += 1;
        self.up = [true; MOST as usize];
        (0..MOST).for_each(|n| self.lives_on(n, 0, w));
    }

    fn forget(&mut self) {
        (self.behind, self.since) = Default::default();
    }

    /// The share of reads that were at least so many versions behind.
    pub(super) fn at_least_behind(&self, versions: usize) -> Option<f64> {
        let all: u32 = self.behind.iter().sum();
        let behind: u32 = self.behind[versions.min(BEHIND)..].iter().sum();
        (all > 0).then(|| f64::from(behind) / f64::from(all))
    }

    fn answered(w: &W, kind: u8) -> Option<f64> {
        let (done, failed) = (w.tally(kind).closed(DONE) as f64, w.tally(kind).closed(FAILED) as f64);
        (done + failed > 0.0).then(|| done / (done + failed))
    }

    fn flow(&self, now: Time) -> Panel {
        let node = |n: u32| {
            let held = self.replicas[n as usize];
            let status = match self.up[n as usize] {
                false => Status::Down,
                true if held < self.certain.0 => Status::Warming,
                true => Status::Normal,
            };
            let node = Node::new(replica(n)).shaped(Shape::Database).note(Label::Words(note_version(held)));
            Node { status, ..node }
        };
        let app = Node::new(APP).shaped(Shape::Server).note(Label::Words(note_version(self.certain.0)));
        let replicas: Vec<Node> = (0..self.controls.n).map(node).collect();
        let links = self.net.links(now);
        let links = links.into_iter().filter(|link| link.to.n < self.controls.n).collect();
        let tiers = vec![Tier { nodes: vec![app] }, Tier { nodes: replicas }];
        Panel::Flow(Flow { tiers, links, packets: self.net.packets() })
    }

    /// How stale a read is, by the time since the last write was answered.
    fn chart(&self) -> Panel {
        let step = STEP * self.controls.delay.secs();
        let point = |(k, &(all, stale)): (usize, &(u32, u32))| {
            let share = (all >= 10).then(|| f64::from(stale) / f64::from(all))?;
            Some((((k as f64 + 0.5) * step) as f32, share as f32))
        };
        let end = STEPS as f64 * step;
        let bound = self.controls.quorum().miss() as f32;
        let line =
            |label: Msg, status, points, dots| CurveLine { label: Label::Words(label), status, points, dots };
        let axis =
            |label: Msg, unit, end| Axis { label: Label::Words(label), unit, ends: (0.0, end), log: false };
        let measured = self.since.iter().enumerate().filter_map(point).collect();
        Panel::Chart(Chart::Curves(
            Curves {
                title: Label::Words(chart_since()),
                x: axis(axis_since(), Unit::Time, end),
                y: axis(axis_stale(), Unit::Share, 1.0),
                lines: vec![
                    line(line_bound(), Status::Quiet, vec![(0.0, bound), (end as f32, bound)], false),
                    line(line_measured(), Status::Active, measured, true),
                ],
                now: None,
            }
            .into(),
        ))
    }

    /// What was measured beside what the formulas say.
    fn table(&self, w: &W) -> Panel {
        let quorum = self.controls.quorum();
        let share = |value: Option<f64>| Label::Value(value.unwrap_or(f64::NAN), Unit::Share);
        let row = |name, measured, formula| {
            Row::new(APP, [Label::Words(name), share(measured), share(Some(formula))])
        };
        let mut rows: Vec<Row> = (1..BEHIND)
            .map(|k| {
                let formula = 1.0 - quorum.fresh_within(k as u32);
                row(row_behind(k), self.at_least_behind(k), formula)
            })
            .collect();
        rows.push(row(row_reads(), Self::answered(w, READ), quorum.read_availability(self.controls.up)));
        rows.push(row(row_writes(), Self::answered(w, WRITE), quorum.write_availability(self.controls.up)));
        let columns = [column_behind(), column_measured(), column_formula()];
        Panel::table(table_title(), columns, rows).unfolded()
    }
}

impl Experiment for Partial {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("turn-n-r-w", UNTIL, ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_secs(8))
            .warm_up(Time::from_secs(1))
            .speed(0.1);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES, net::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let links: Vec<(Entity, Entity)> = (0..MOST).map(|n| (APP, replica(n))).collect();
        let mut it = Self {
            controls: controls.clone(),
            net: Net::new(&links, &line(controls.delay)),
            letters: EntityMap::default(),
            replicas: Default::default(),
            up: Default::default(),
            lives: 0,
            reads: Arrivals::poisson(READ, READS, w, Event::Reads),
            writes: Arrivals::poisson(WRITE, controls.writes, w, Event::Writes),
            asking: EntityMap::default(),
            storing: EntityMap::default(),
            newest: 0,
            certain: (0, Time::ZERO),
            behind: Default::default(),
            since: Default::default(),
        };
        it.begin_lives(w);
        Ok(it)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Reads => self.begins_read(w),
            Event::Writes => self.begins_write(w),
            Event::Ended(message) => self.ended(message, w),
            Event::Turns(n, turn, lives) if lives == self.lives => self.turns(n, turn, w),
            Event::Turns(..) => {}
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        self.net.set_lines(&line(is.delay));
        self.writes.set_rate(is.writes, w, Event::Writes);
        if was.up != is.up {
            self.begin_lives(w);
        }
        // What was counted under other numbers says nothing of these.
        self.forget();
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        out.put("stale", self.at_least_behind(1));
        out.put("at-worst", self.controls.quorum().miss());
        out.put("reads", Self::answered(w, READ));
        out.put("writes", Self::answered(w, WRITE));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let quorum = self.controls.quorum();
        let (r, write, n) = (quorum.read(), quorum.write(), quorum.replicas());
        scene.panels = vec![self.flow(w.now()), self.table(w), self.chart()];
        scene.sentences =
            vec![if quorum.reads_meet_writes() { says_meet(r, write, n) } else { says_miss(r, write, n) }];
        scene.sentences.extend(self.at_least_behind(1).map(|stale| says_stale((stale, Unit::Share))));
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        match entity.kind {
            APP_KIND => Some(About::says([about_app(self.certain.0)])),
            REPLICA if entity.n < self.controls.n => {
                let n = entity.n as usize;
                let mut says = vec![about_version(self.replicas[n], self.newest)];
                says.extend((!self.up[n]).then(about_down));
                Some(About::says(says))
            }
            READ => self.asking.get(entity.n).map(|it| About::says([about_waits(it.left)])),
            WRITE => self.storing.get(entity.n).map(|it| About::says([about_waits(it.left)])),
            MESSAGE => {
                let says = self.net.about_message(entity, w.now())?;
                Some(About::says([says]))
            }
            _ => None,
        }
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.net.invariants()?;
        if self.replicas.iter().any(|&held| held > self.newest) {
            return Err("a replica holds a version that nobody has written".to_owned());
        }
        let (open, waiting) = (w.tally(READ).under_way(), self.asking.len() as u64);
        if open == waiting { Ok(()) } else { Err(format!("{open} reads are open and {waiting} wait")) }
    }
}
