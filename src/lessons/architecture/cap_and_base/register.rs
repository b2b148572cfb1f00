//! A register on five replicas whose links can be cut, in four ways to agree, with a linearizability checker over what its
//! clients are told.
//!
//! ```text
//!   client ── 50 ms ── its replica ── ask ──► replicas ── the newest of enough answers ─┬─► client
//!                                     store ─► replicas ── enough have it ──────────────┘
//! ```
//!
//! *Majority*: a read stores what it found at a majority before it answers; a write first asks a majority for the newest
//! version (the multi-writer register of Attiya, Bar-Noy and Dolev). *Plain quorum*: the same majorities, stamps by clocks,
//! and no second round. *Sloppy quorum*: two of the first three replicas that can be reached, with hints for those that
//! should have it. *Anywhere*: the client's own replica alone; copies follow. Leaves out: replicas that crash, and failure
//! detectors that err (a replica knows which links are cut).

use super::audit::{Audit, Known};
use super::cluster::*;
use crate::lessons::prelude::*;
use crate::mechanism::quorum::majority;
use crate::mechanism::version_vector::{Clock, LastWriteWins, Stamp};
use crate::parts::arrivals::ClosedLoop;
use crate::parts::net;
use crate::scene::{Bar, Lane, Lanes};
use crate::sim::EntityMap;

/// A client gives up after so long.
const PATIENCE: Span = Span::from_millis(700);
/// How often hints are handed over, and how often the checker goes on.
const TICK: Span = Span::from_millis(500);
/// Replicas of a sloppy quorum, and how many of them must answer.
const HOMES: (usize, u32) = (3, 2);
/// How much of the past the lanes show, and how much room is left for what comes.
const WINDOW: (Span, Span) = (Span::from_millis(2_000), Span::from_millis(300));
const UNTIL: Time = Time::from_secs(60);
/// By how much of the skew each clock is ahead, in halves.
const AHEAD: [i64; PEERS as usize] = [-2, 1, 0, 2, -1];
const WRITES: Purpose = Purpose::named("writes");

choices! {
    /// How replicas agree.
    pub enum Mode {
        Majority = "majority", "Majority";
        Plain = "plain", "Plain quorum";
        Sloppy = "sloppy", "Sloppy quorum";
        Anywhere = "anywhere", "Anywhere";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub mode: Mode = Control::choice("mode", "Who must answer", Mode::OPTIONS, "majority")
            .help("Three of five, in two rounds; three of five in one round, newest clock wins; two of the first three that can be reached; or the client's own replica alone.").primary(),
        pub network: Network = Control::choice("network", "Network", Network::OPTIONS, "whole")
            .help("Which links are cut: none; all between A, B and the others; all of A but the one to B; or all.").primary(),
        pub rate: f64 = Control::number("rate", "Each client asks", Unit::Rate, (0.5, 5.0), 0.5, 1.5)
            .help("Operations a second of each client, if it is answered at once."),
        pub writes: f64 = Control::number("writes", "Writes", Unit::Share, (0.0, 1.0), 0.05, 0.3)
            .help("Share of operations that write; the others read."),
        pub delay: Span = Control::log_number("delay", "Between replicas", Unit::Time, (0.005, 0.2), 0.04)
            .help("Mean time of a message from one replica to another."),
        pub skew: Span = Control::number("skew", "Clocks are off by", Unit::Time, (0.0, 0.5), 0.05, 0.0)
            .help("How far the fastest clock is ahead, and the slowest behind. Only the majority doesn't ask clocks which write is newer."),
    }
}

readings! {
    READINGS;
    Reading::measured("answered", "answered", Statistic::Share, "Share of the operations that ended in the last 3 s with an answer.")
        .of(OPERATION, &[ANSWERED]).last(3.0);
    Reading::measured("time", "an answer takes", Statistic::Mean, "Mean time of the answers of the last 3 s.")
        .of(OPERATION, &[ANSWERED]).last(3.0);
    Reading::new("stale", "stale reads", Unit::Count,
        "Reads so far that returned a value although a later write had been answered before they began.").so_far().trouble_from(1.0);
    Reading::new("refused", "refused", Unit::Count, "Operations so far that got no answer within 0.7 s.").so_far().trouble_from(1.0);
    Reading::new("broken", "contradictions", Unit::Count, "1 once the history is known not to be linearizable.").so_far().trouble_from(1.0);
}

messages! {
    pub(super) MESSAGES;
    note_value(value: u32); lanes_title(); bar_write(value: u32); bar_read(value: u32); bar_refused(); bar_wrong(value: u32);
    says_fits(operations: usize); says_broken(client: Entity, value: u32, at: Time); says_unknown();
    says_against(client: Entity, value: u32); says_cut_off(replica: Entity, reached: usize);
    mark_broken(client: Entity, value: u32);
    about_replica(value: u32, reached: usize);
    about_client(); about_write(client: Entity, value: u32); about_read(client: Entity, value: u32); about_reads(client: Entity);
    about_stale(); about_contradicts(); about_refused_read(); about_refused_write();
    step_asks(replicas: u32, needed: u32); step_stores(value: u32, needed: u32); step_enough(value: u32); step_alone(value: u32);
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Asks(Entity),
    AtReplica(Entity),
    Ended(Entity),
    Told(Entity),
    GivesUp(Entity),
    Tick,
}

type Held = Option<(Stamp, u32)>;

/// What replicas write to each other, about an operation where one waits for it.
#[derive(Clone, Copy, Debug)]
enum Letter {
    Ask(Entity),
    Holds(Entity, Held),
    /// Also for somebody else, who can't be reached.
    Store(Entity, Stamp, u32, Option<u32>),
    Stored(Entity),
    Copy(Stamp, u32),
}

#[derive(Clone, Debug)]
struct Operation {
    at: usize,
    client: u32,
    mode: Mode,
    write: Option<u32>,
    needed: u32,
    /// Who has been asked, and who has answered, in this round.
    asked: Vec<u32>,
    heard: Vec<u32>,
    storing: bool,
    /// The newest that it was told, and whether everybody said the same.
    best: Held,
    same: bool,
    answer: Option<Answer>,
}

/// What a client is told: of a read the value, of a write that it is done.
#[derive(Clone, Copy, Debug)]
struct Answer {
    read: Option<u32>,
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct Register {
    controls: ControlValues,
    cluster: Cluster<Letter>,
    clients: ClosedLoop,
    replicas: [LastWriteWins<u32>; PEERS as usize],
    /// What one keeps for another that can't be reached.
    hints: [[Held; PEERS as usize]; PEERS as usize],
    operations: EntityMap<Operation>,
    pub(super) audit: Audit,
    /// Of each client the operation that it waits for.
    waits: [Option<Entity>; PEERS as usize],
    written: u32,
    stale: u32,
    refused: u32,
}

impl Register {
    fn held(&self, at: u32) -> Held {
        self.replicas[at as usize].held().copied()
    }

    fn value(&self, at: u32) -> u32 {
        self.held(at).map_or(0, |(_, value)| value)
    }

    fn begins(&mut self, client: Entity, w: &mut W) {
        let entity = w.open(OPERATION, None);
        let writes = w.draws(WRITES, entity).chance(self.controls.writes);
        self.written += u32::from(writes);
        let write = writes.then_some(self.written);
        let at = self.audit.call(client.n, entity, write, w.now());
        let operation = Operation {
            at,
            client: client.n,
            mode: self.controls.mode,
            write,
            needed: 0,
            asked: Vec::new(),
            heard: Vec::new(),
            storing: false,
            best: None,
            same: true,
            answer: None,
        };
        self.operations.insert(entity.n, operation);
        self.waits[client.n as usize] = Some(entity);
        w.schedule(HOP, Event::AtReplica(entity));
        w.schedule(PATIENCE, Event::GivesUp(entity));
    }

    fn at_replica(&mut self, entity: Entity, w: &mut W) {
        let Some(it) = self.operations.get(entity.n) else { return };
        let (at, mode, write) = (it.client, it.mode, it.write);
        match (mode, write) {
            (Mode::Anywhere, None) => {
                let value = self.value(at);
                w.record_step(entity, || (step_alone(value), None));
                self.answers(entity, Some(value), w);
            }
            (Mode::Anywhere, Some(value)) => {
                let stamp = self.stamp(at, w.now());
                self.replicas[at as usize].offer(stamp, value);
                for to in (0..PEERS).filter(|&to| to != at) {
                    self.passes_on((at, to), (stamp, value), w);
                }
                w.record_step(entity, || (step_alone(value), None));
                self.answers(entity, None, w);
            }
            (Mode::Majority, _) | (_, None) => self.asks(entity, w),
            (_, Some(value)) => {
                let stamp = self.stamp(at, w.now());
                self.stores(entity, stamp, value, w);
            }
        }
    }

    /// What a replica's clock shows.
    fn stamp(&self, at: u32, now: Time) -> Stamp {
        let ahead_ns = AHEAD[at as usize] * self.controls.skew.nanos().cast_signed() / 2;
        Stamp { time: Clock { ahead_ns, drift_ppm: 0 }.shows(now), node: at }
    }

    /// Begins a round: whom it goes to, and how many must answer.
    fn round(&mut self, entity: Entity, storing: bool) -> Option<(u32, Vec<u32>)> {
        let it = self.operations.get(entity.n)?;
        let (at, sloppy) = (it.client, it.mode == Mode::Sloppy);
        let (asked, needed) = if sloppy {
            (self.cluster.reached(at).take(HOMES.0).collect(), HOMES.1)
        } else {
            ((0..PEERS).collect::<Vec<u32>>(), majority(PEERS))
        };
        let it = self.operations.get_mut(entity.n)?;
        (it.needed, it.storing, it.asked, it.heard) = (needed, storing, asked.clone(), Vec::new());
        Some((at, asked))
    }

    fn asks(&mut self, entity: Entity, w: &mut W) {
        let Some((at, asked)) = self.round(entity, false) else { return };
        let needed = self.operations.get(entity.n).map_or(0, |it| it.needed);
        w.record_step(entity, || (step_asks(asked.len() as u32, needed), None));
        for &to in asked.iter().filter(|&&to| to != at) {
            let letter = (Letter::Ask(entity), PacketKind::Request);
            self.cluster.send((at, to), letter, Some(entity), w, Event::Ended);
        }
        if asked.contains(&at) {
            self.hears(entity, at, self.held(at), w);
        }
    }

    fn stores(&mut self, entity: Entity, stamp: Stamp, value: u32, w: &mut W) {
        let Some((at, asked)) = self.round(entity, true) else { return };
        let needed = self.operations.get(entity.n).map_or(0, |it| it.needed);
        w.record_step(entity, || (step_stores(value, needed), None));
        if let Some(it) = self.operations.get_mut(entity.n) {
            it.best = Some((stamp, value));
        }
        // Who isn't one of the first three stands in for one of them.
        let mut away = (0..HOMES.0 as u32).filter(|home| !asked.contains(home));
        for &to in &asked {
            let instead_of = if to < HOMES.0 as u32 { None } else { away.next() };
            if to == at {
                self.keeps(at, (stamp, value), instead_of);
            } else {
                let letter = (Letter::Store(entity, stamp, value, instead_of), PacketKind::Write);
                self.cluster.send((at, to), letter, Some(entity), w, Event::Ended);
            }
        }
        if asked.contains(&at) {
            self.hears(entity, at, None, w);
        }
    }

    /// A replica stores something, and a hint if it does so instead of another.
    fn keeps(&mut self, at: u32, what: (Stamp, u32), instead_of: Option<u32>) {
        self.replicas[at as usize].offer(what.0, what.1);
        if let Some(other) = instead_of {
            let hint = &mut self.hints[at as usize][other as usize];
            *hint = (*hint).max(Some(what));
        }
    }

    /// Somebody who was asked in this round has answered.
    fn hears(&mut self, entity: Entity, from: u32, held: Held, w: &mut W) {
        let Some(it) = self.operations.get_mut(entity.n).filter(|it| it.answer.is_none()) else { return };
        if !it.asked.contains(&from) || it.heard.contains(&from) {
            return;
        }
        it.heard.push(from);
        if !it.storing {
            it.same &= it.heard.len() == 1 || held == it.best;
            it.best = it.best.max(held);
        }
        if it.heard.len() as u32 != it.needed {
            return;
        }
        let (best, value) = (it.best, it.best.map_or(0, |(_, value)| value));
        let (storing, write, mode, at, same) = (it.storing, it.write, it.mode, it.client, it.same);
        match (storing, write) {
            (false, Some(value)) => {
                // A version above all that a majority knows of: no clock is asked.
                let above = best.map_or(Time::ZERO, |(stamp, _)| stamp.time) + Span::from_nanos(1);
                self.stores(entity, Stamp { time: above, node: at }, value, w);
            }
            (false, None) if mode == Mode::Majority && !same => {
                let stamp = best.map_or_else(Stamp::default, |(stamp, _)| stamp);
                self.stores(entity, stamp, value, w);
            }
            _ => {
                w.record_step(entity, || (step_enough(value), None));
                self.answers(entity, write.is_none().then_some(value), w);
            }
        }
    }

    /// The replica has an answer for its client.
    fn answers(&mut self, entity: Entity, read: Option<u32>, w: &mut W) {
        if let Some(it) = self.operations.get_mut(entity.n) {
            it.answer = Some(Answer { read });
            w.schedule(HOP, Event::Told(entity));
        }
    }

    fn told(&mut self, entity: Entity, w: &mut W) {
        let Some(it) = self.operations.remove(entity.n) else { return };
        let stale = self.audit.told(it.at, it.answer.and_then(|answer| answer.read), w.now());
        self.stale += u32::from(stale);
        w.close(entity, ANSWERED);
        if stale {
            self.checks(w);
        }
        self.goes_on(it.client, w);
    }

    fn gives_up(&mut self, entity: Entity, w: &mut W) {
        let Some(it) = self.operations.remove(entity.n) else { return };
        self.audit.refused(it.at, w.now());
        self.cluster.refuse(it.client, w.now());
        self.refused += 1;
        w.close(entity, REFUSED);
        self.goes_on(it.client, w);
    }

    fn goes_on(&mut self, at: u32, w: &mut W) {
        self.waits[at as usize] = None;
        self.clients.answered(client(at), w, Event::Asks);
    }

    /// Copies something to another replica, or keeps it until that one can be reached.
    fn passes_on(&mut self, (from, to): (u32, u32), (stamp, value): (Stamp, u32), w: &mut W) {
        if self.cluster.is_up(from, to) {
            let letter = (Letter::Copy(stamp, value), PacketKind::Copy);
            self.cluster.send((from, to), letter, None, w, Event::Ended);
        } else {
            let hint = &mut self.hints[from as usize][to as usize];
            *hint = (*hint).max(Some((stamp, value)));
        }
    }

    fn arrives(&mut self, message: Entity, w: &mut W) {
        let Some(post) = self.cluster.ended(message, w) else { return };
        let (from, to) = (post.from, post.to);
        let answer = |letter| (letter, PacketKind::Answer);
        match post.says {
            Letter::Copy(stamp, value) if post.lost => self.passes_on((from, to), (stamp, value), w),
            _ if post.lost => {}
            Letter::Ask(of) => {
                let holds = answer(Letter::Holds(of, self.held(to)));
                self.cluster.send((to, from), holds, Some(of), w, Event::Ended);
            }
            Letter::Store(of, stamp, value, instead_of) => {
                self.keeps(to, (stamp, value), instead_of);
                self.cluster.send((to, from), answer(Letter::Stored(of)), Some(of), w, Event::Ended);
            }
            Letter::Holds(of, held) => self.hears_in(of, from, false, held, w),
            Letter::Stored(of) => self.hears_in(of, from, true, None, w),
            Letter::Copy(stamp, value) => self.keeps(to, (stamp, value), None),
        }
    }

    /// An answer counts only in the round that asked for it.
    fn hears_in(&mut self, of: Entity, from: u32, storing: bool, held: Held, w: &mut W) {
        if self.operations.get(of.n).is_some_and(|it| it.storing == storing) {
            self.hears(of, from, held, w);
        }
    }

    fn tick(&mut self, w: &mut W) {
        for (from, to) in (0..PEERS).flat_map(|from| (0..PEERS).map(move |to| (from, to))) {
            if self.cluster.is_up(from, to)
                && let Some(hint) = self.hints[from as usize][to as usize].take()
            {
                self.passes_on((from, to), hint, w);
            }
        }
        self.checks(w);
        w.schedule(TICK, Event::Tick);
    }

    fn checks(&mut self, w: &mut W) {
        if self.audit.advance()
            && let Some((reader, value, _)) = self.first_wrong()
        {
            w.notable(reader, mark_broken(reader, value));
        }
    }

    /// The first answer that doesn't fit: whose, what, and when.
    fn first_wrong(&self) -> Option<(Entity, u32, Time)> {
        let it = self.audit.operation(self.audit.violation.as_ref()?.operation);
        Some((client(it.client), it.read?, it.end?))
    }

    /// The reads that contradict each other.
    fn contradicting(&self) -> &[usize] {
        let violation = self.audit.violation.as_ref();
        violation.and_then(|it| it.conflict.as_ref()).map_or(&[], |conflict| &conflict.reads)
    }

    #[cfg(test)]
    pub(super) fn refused_at(&self) -> Vec<u32> {
        (0..PEERS).map(|n| self.cluster.refused_at(n)).collect()
    }

    fn lanes(&self, now: Time) -> Panel {
        let from = now.back(WINDOW.0);
        let until = from + WINDOW.0 + WINDOW.1;
        let lane = |n: u32| Lane { entity: client(n), label: Label::Name(client(n)), bars: Vec::new() };
        let mut lanes: Vec<Lane> = (0..PEERS).map(lane).collect();
        // The latest of each client, back to the first that has left the window.
        let recent = self.audit.operations.len().saturating_sub(20 * PEERS as usize);
        for at in recent..self.audit.operations.len() {
            let (it, audited) = (self.audit.operation(at), self.audit.operations[at]);
            let end = it.end.or(audited.refused).unwrap_or(now);
            if end < from {
                continue;
            }
            let wrong = audited.stale || self.contradicting().contains(&at);
            let (label, status) = match (it.write, it.read) {
                _ if audited.refused.is_some() => (bar_refused(), Status::Down),
                (Some(value), _) => (bar_write(value), Status::Active),
                (_, Some(value)) if wrong => (bar_wrong(value), Status::Trouble),
                (_, Some(value)) => (bar_read(value), Status::Normal),
                _ => continue,
            };
            let (entity, label) = (audited.entity, Label::Words(label));
            lanes[it.client as usize].bars.push(Bar { entity, from: it.from, until: end, label, status });
        }
        Panel::Lanes(
            Lanes { title: Label::Words(lanes_title()), from, until, step: None, lanes, key: Vec::new() }
                .into(),
        )
    }

    fn about_operation(&self, entity: Entity) -> Option<About> {
        let at = entity.n as usize;
        let audited = self.audit.operations.get(at)?;
        let it = self.audit.operation(at);
        let who = client(it.client);
        let mut says = vec![match (it.write, it.read) {
            (Some(value), _) => about_write(who, value),
            (_, Some(value)) => about_read(who, value),
            _ => about_reads(who),
        }];
        let refused = if it.write.is_some() { about_refused_write() } else { about_refused_read() };
        says.extend(audited.refused.map(|_| refused));
        says.extend(audited.stale.then(about_stale));
        says.extend(self.contradicting().contains(&at).then(about_contradicts));
        Some(About::says(says))
    }

    fn says(&self) -> Vec<Msg> {
        let mut says = match (self.audit.known(), self.first_wrong()) {
            (_, Some((reader, value, at))) => vec![says_broken(reader, value, at)],
            (Known::Fits, _) => vec![says_fits(self.audit.checked)],
            _ => vec![says_unknown()],
        };
        let wrong = self.audit.violation.as_ref().map(|it| it.operation);
        let other = self.contradicting().iter().find(|&&at| Some(at) != wrong);
        says.extend(other.map(|&at| {
            let it = self.audit.operation(at);
            says_against(client(it.client), it.read.unwrap_or(0))
        }));
        let reach = |n: &u32| self.cluster.reached(*n).count();
        let least = (0..PEERS).min_by_key(reach).map(|n| (n, reach(&n)));
        says.extend(
            least.filter(|it| it.1 < PEERS as usize).map(|(n, reach)| says_cut_off(replica(n), reach)),
        );
        says
    }
}

impl Experiment for Register {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("cut-the-cable", UNTIL, ControlValues::ALL, READINGS, KINDS)
            .actions(ACTIONS)
            .still_at(Time::from_secs(4))
            .warm_up(Time::from_secs(2))
            .speed(0.3);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES, super::cluster::MESSAGES, net::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let think = Dist::Exponential(1.0 / controls.rate);
        let mut it = Self {
            controls: controls.clone(),
            cluster: Cluster::new(controls.delay),
            clients: ClosedLoop::start(CLIENT, PEERS, think, w, Event::Asks),
            replicas: Default::default(),
            hints: Default::default(),
            operations: EntityMap::default(),
            audit: Audit::new(),
            waits: [None; PEERS as usize],
            written: 0,
            stale: 0,
            refused: 0,
        };
        if controls.network != Network::Whole {
            it.cluster.set_network(controls.network, w);
        }
        w.schedule(TICK, Event::Tick);
        Ok(it)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Asks(client) => self.begins(client, w),
            Event::AtReplica(operation) => self.at_replica(operation, w),
            Event::Ended(message) => self.arrives(message, w),
            Event::Told(operation) => self.told(operation, w),
            Event::GivesUp(operation) => self.gives_up(operation, w),
            Event::Tick => self.tick(w),
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        self.clients.set_think(Dist::Exponential(1.0 / is.rate));
        self.cluster.set_delay(is.delay);
        if is.network != self.controls.network {
            self.cluster.set_network(is.network, w);
        }
        self.controls = is.clone();
        Ok(())
    }

    fn act(&mut self, action: usize, on: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        self.cluster.act(action, on, w)
    }

    fn refusal(&self, action: usize, on: Entity) -> Option<Msg> {
        self.cluster.refusal(action, on)
    }

    fn read(&self, _: &W, out: &mut Readings) {
        out.put("stale", f64::from(self.stale));
        out.put("refused", f64::from(self.refused));
        out.put("broken", f64::from(u8::from(self.audit.known() == Known::Broken)));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let newest = (0..PEERS).filter_map(|n| self.held(n)).max();
        let node = |n: u32| {
            let status = if self.held(n) == newest { Status::Normal } else { Status::Quiet };
            (Label::Words(note_value(self.value(n))), status)
        };
        scene.panels = vec![self.cluster.ring(w.now(), node), self.lanes(w.now())];
        scene.sentences = self.says();
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        match entity.kind {
            REPLICA if entity.n < PEERS => {
                let value = self.value(entity.n);
                Some(About::says([about_replica(value, self.cluster.reached(entity.n).count())]))
            }
            CLIENT if entity.n < PEERS => Some(About::says([about_client()])),
            OPERATION => self.about_operation(entity),
            _ => self.cluster.about(entity, w.now()),
        }
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.cluster.net.invariants()?;
        let (open, waiting) = (w.tally(OPERATION).under_way(), self.waits.iter().flatten().count() as u64);
        if open == waiting { Ok(()) } else { Err(format!("{open} are open and {waiting} wait")) }
    }
}
