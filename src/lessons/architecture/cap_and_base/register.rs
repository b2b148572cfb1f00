//! A register on five replicas whose links can be cut, in three ways to agree, with a linearizability checker over what its
//! clients are told.
//!
//! ```text
//!   client ── 60 ms ── its replica ── ask ──► replicas ── the newest of enough answers ─┬─► client
//!                                     store ─► replicas ── enough have it ──────────────┘
//! ```
//!
//! *Majority*: a read stores what it found at a majority before it answers; a write first asks a majority for the newest
//! version (the multi-writer register of Attiya, Bar-Noy and Dolev). *N, R, W*: stamps by clocks, and no second round.
//! *Anywhere*: the client's own replica alone; copies follow. What a replica could not be sent is kept for it as a hint, by
//! the sender and without counting, as in Cassandra. *Sloppy*, as in Dynamo: a replica that isn't of the N stands in for one
//! that can't be reached, and counts; it answers with what it keeps, and hands it over later. *R, W at random*: nobody but R
//! or W of the N is asked at all, which is what the closed forms of [`Quorum`] suppose.
//! Leaves out: replicas that crash.

use super::age::Age;
use super::audit::{Audit, Audited};
use super::cluster::{
    ACTIONS, ANSWERED, CLIENT, Cluster, Event, KINDS, Network, OPERATION, PEERS, REPLICA, W, answers, begins,
    client, line, replica,
};
use crate::lessons::prelude::*;
use crate::mechanism::linearizability::Verdict;
use crate::mechanism::quorum::{Quorum, majority};
use crate::mechanism::version_vector::{Clock, Stamp};
use crate::parts::net;
use crate::scene::{Bar, Lane, Lanes};
use crate::sim::EntityMap;

/// A client gives up after so long.
const PATIENCE: Span = Span::from_millis(700);
/// How often hints are handed over, and how often the checker goes on.
const TICK: Span = Span::from_millis(500);
/// How much of the past the lanes show, and how much room is left for what comes.
const WINDOW: (Span, Span) = (Span::from_millis(1_150), Span::from_millis(100));
const UNTIL: Time = Time::from_secs(120);
/// By how much of the skew each clock is ahead, in halves.
const AHEAD: [i64; PEERS as usize] = [-2, 1, 0, 2, -1];
const WRITES: Purpose = Purpose::named("writes");
const ASKED: Purpose = Purpose::named("replicas asked");

choices! {
    /// How replicas agree.
    pub enum Mode {
        Majority = "majority", "Majority";
        Quorum = "quorum", "N, R, W";
        Anywhere = "anywhere", "Anywhere";
    }
}

choices! {
    /// Whom N, R and W are about.
    pub enum Whom {
        All = "all", "All";
        Sloppy = "sloppy", "Sloppy";
        Random = "random", "Random";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub mode: Mode = Control::choice("mode", "Who must answer", Mode::OPTIONS, "majority")
            .help("Three of five, in two rounds where needed; R or W of N, and the newest clock wins; or the nearest replica alone.").primary(),
        pub network: Network = Control::choice("network", "Network", Network::OPTIONS, "whole")
            .help("Which links are cut: those you draw across; all between A, B and the others; or all of A's but one.").primary(),
        pub n: u32 = Control::number("n", "N, copies", Unit::Count, (1.0, PEERS as f64), 1.0, PEERS as f64)
            .help("How many replicas are sent every write: A, then B, and so on.").primary(),
        pub r: u32 = Control::number("r", "R, read", Unit::Count, (1.0, PEERS as f64), 1.0, 3.0)
            .help("How many of the N must answer a read.").primary(),
        pub w: u32 = Control::number("w", "W, write", Unit::Count, (1.0, PEERS as f64), 1.0, 3.0)
            .help("How many of the N must have a write before it is answered.").primary(),
        pub whom: Whom = Control::choice("whom", "Who is asked", Whom::OPTIONS, "all")
            .help("All N, and the first R or W answers count; the same, with others in place of those that can't be reached; or R or W drawn at random.").primary(),
        pub rate: f64 = Control::number("rate", "Each client asks", Unit::Rate, (0.5, 5.0), 0.5, 1.5)
            .help("Operations a second from each client, if it is answered at once."),
        pub writes: f64 = Control::number("writes", "Writes", Unit::Share, (0.0, 1.0), 0.05, 0.3)
            .help("Share of operations that write; the others read."),
        pub delay: Span = Control::log_number("delay", "Between replicas", Unit::Time, (0.005, 0.2), 0.04)
            .help("Mean time of a message from one replica to another."),
        pub skew: Span = Control::number("skew", "Clocks are off by", Unit::Time, (0.0, 0.5), 0.05, 0.0)
            .help("How far D's clock is ahead and A's behind; B's and E's are off by half of it. Majority asks no clock."),
    }
}

readings! {
    READINGS;
    Reading::measured("answered", "answered", Statistic::Share, "Of the operations that ended in the last 3 s, the share that were answered.")
        .of(OPERATION, &[ANSWERED]).last(3.0);
    Reading::measured("time", "an answer takes", Statistic::Mean, "Mean time of the answers of the last 3 s.")
        .of(OPERATION, &[ANSWERED]).last(3.0);
    Reading::new("behind", "versions behind", Unit::Count,
        "How many newer versions had been stored where they must be when a read began: the mean so far.").so_far();
    Reading::new("formula", "by the formula", Unit::Count,
        "The mean, p ÷ (1 − p), if each write reached just W of the N replicas, drawn at random, and each read R.");
    Reading::new("refused", "refused", Unit::Count, "Operations so far that got no answer within 0.7 s.").so_far().trouble_from(1.0);
    Reading::new("broken", "conflicts", Unit::Count,
        "Reads so far that no order of all operations explains: somebody had had a newer value before they began.").so_far().trouble_from(1.0);
}

messages! {
    pub(super) MESSAGES;
    note_value(value: u32); note_hint(value: u32); note_none(); lanes_title(); bar_write(value: u32); bar_read(value: u32); bar_wrong(value: u32);
    bar_refused(); bar_refused_write(value: u32);
    key_write(); key_read(); key_wrong(); key_refused();
    says_alone(replica: Entity, reached: u32, asked: u32, needed: u32);
    says_all_alone(replicas: u32, needed: u32); says_enough();
    says_fits(operations: usize); says_unknown(); says_broken(client: Entity, value: u32, at: Time);
    newer_read(client: Entity, value: u32, at: Time); newer_write(client: Entity, value: u32, at: Time);
    mark_broken(client: Entity, value: u32);
    about_client(replica: Entity, refused: u32); about_replica(value: u32, reached: usize);
    about_hint(value: u32, home: Entity, reached: usize);
    about_write(client: Entity, value: u32); about_read(client: Entity, value: u32); about_reads(client: Entity);
    about_contradicts(); about_refused(heard: u32, needed: u32); about_stored(replicas: usize); about_not_stored();
    step_asks(replicas: u32, needed: u32); step_stores(value: u32, needed: u32); step_enough(value: u32);
    judge_broken(broken: (f64, Unit), bound: (f64, Unit)); judge_answered(share: (f64, Unit), bound: (f64, Unit));
}

type Version = (Stamp, u32);
type Held = Option<Version>;

/// What replicas write to each other, about an operation where one waits for it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Letter {
    Ask(Entity),
    Holds(Entity, Held),
    /// To be kept for a replica: the receiver, or one that it stands in for.
    Store(Entity, u32, Version),
    Stored(Entity),
    Copy(Version),
}

#[derive(Clone, Debug)]
struct Operation {
    client: u32,
    mode: Mode,
    write: Option<u32>,
    /// When its replica asked others first.
    asked: Time,
    /// What is to be stored in this round; nothing where replicas are only asked.
    store: Held,
    /// How many must answer in this round, and who has, with what.
    needed: u32,
    heard: Vec<(u32, Held)>,
    /// What its replica answers, once that is certain.
    answer: Option<Held>,
}

#[derive(Clone, Debug)]
pub(super) struct Register {
    controls: ControlValues,
    pub(super) cluster: Cluster<Letter>,
    /// What each replica has, and keeps for each other one that couldn't be reached.
    kept: [[Held; PEERS as usize]; PEERS as usize],
    operations: EntityMap<Operation>,
    pub(super) audit: Audit,
    written: u32,
    pub(super) age: Age,
}

fn value(held: Held) -> u32 {
    held.map_or(0, |(_, value)| value)
}

impl Register {
    /// The newest that a replica has or keeps for others.
    pub(super) fn held(&self, at: u32) -> Held {
        self.kept[at as usize].iter().copied().max().flatten()
    }

    /// What a replica without a copy of its own keeps, and for whom first.
    pub(super) fn hint(&self, at: u32) -> Option<(u32, u32)> {
        let kept = &self.kept[at as usize];
        let home = kept.iter().position(Option::is_some)?;
        kept[at as usize].is_none().then(|| (value(self.held(at)), home as u32))
    }

    /// A replica keeps something, for itself or another.
    fn keeps(&mut self, at: u32, home: u32, version: Held) {
        let kept = &mut self.kept[at as usize][home as usize];
        *kept = (*kept).max(version);
    }

    fn begins(&mut self, client: Entity, w: &mut W) {
        let entity = begins(PATIENCE, w);
        let writes = w.draws(WRITES, entity).chance(self.controls.writes);
        self.written += u32::from(writes);
        let write = writes.then_some(self.written);
        self.audit.call(client.n, write, w.now());
        let (client, mode, asked, heard) = (client.n, self.controls.mode, w.now(), Vec::new());
        let operation = Operation { client, mode, write, asked, store: None, needed: 0, heard, answer: None };
        self.operations.insert(entity.n, operation);
    }

    fn at_replica(&mut self, entity: Entity, w: &mut W) {
        let Some(it) = self.operations.get_mut(entity.n) else { return };
        it.asked = w.now();
        let ahead_ns = AHEAD[it.client as usize] * self.controls.skew.nanos().cast_signed() / 2;
        let stamp = Stamp { time: Clock { ahead_ns, drift_ppm: 0 }.shows(w.now()), node: it.client };
        let write = it.write.filter(|_| it.mode != Mode::Majority);
        self.round(entity, write.map(|value| (stamp, value)), w);
    }

    /// How many replicas must answer, and of how many.
    fn quorum(&self, mode: Mode, storing: bool) -> (u32, u32) {
        let ControlValues { n, r, w, whom, .. } = self.controls;
        match mode {
            Mode::Majority => (majority(PEERS), PEERS),
            Mode::Quorum => {
                let of = if whom == Whom::Sloppy { PEERS } else { n };
                (if storing { w } else { r }.min(n), of)
            }
            Mode::Anywhere => (1, if storing { PEERS } else { 1 }),
        }
    }

    /// Whom an operation's replica asks, or has something stored, and for whom each of them is to keep that: for itself, or
    /// for one that it stands in for.
    fn asked(&self, operation: Entity, it: &Operation, storing: bool, w: &W) -> Vec<(u32, u32)> {
        let ControlValues { n, whom, .. } = self.controls;
        let (needed, of) = self.quorum(it.mode, storing);
        let themselves = |asked: u32| (0..asked).map(|home| (home, home)).collect();
        match (it.mode, whom) {
            (Mode::Anywhere, _) if !storing => vec![(it.client, it.client)],
            (Mode::Majority | Mode::Anywhere, _) | (_, Whom::All) => themselves(of),
            (_, Whom::Sloppy) => {
                let mut asked: Vec<(u32, u32)> = themselves(n);
                let mut others = self.cluster.reached(it.client).filter(|&other| other >= n);
                for (to, home) in asked.iter_mut().filter(|away| !self.cluster.is_up(it.client, away.1)) {
                    *to = others.next().unwrap_or(*home);
                }
                asked
            }
            (_, Whom::Random) => {
                let (mut asked, mut draws): (Vec<_>, _) = (themselves(n), w.draws(ASKED, operation));
                for k in 0..needed {
                    asked.swap(k as usize, (k + draws.below(n - k)) as usize);
                }
                asked.truncate(needed as usize);
                asked
            }
        }
    }

    /// Begins a round: replicas are asked what they hold, or have something stored.
    fn round(&mut self, entity: Entity, store: Held, w: &mut W) {
        let storing = store.is_some();
        let Some(it) = self.operations.get(entity.n) else { return };
        let (at, needed) = (it.client, self.quorum(it.mode, storing).0);
        let asked = self.asked(entity, it, storing, w);
        let Some(it) = self.operations.get_mut(entity.n) else { return };
        (it.store, it.needed, it.heard) = (store, needed, Vec::new());
        w.record_step(entity, || match store {
            None => (step_asks(asked.len() as u32, needed), None),
            Some((_, value)) => (step_stores(value, needed), None),
        });
        for &(to, home) in asked.iter().filter(|it| it.0 != at) {
            let letter = match store {
                None => (Letter::Ask(entity), PacketKind::Request),
                Some(version) => (Letter::Store(entity, home, version), PacketKind::Write),
            };
            self.cluster.send((at, to), letter, Some(entity), w);
        }
        if let Some(&(_, home)) = asked.iter().find(|it| it.0 == at) {
            self.keeps(at, home, store);
            self.hears(entity, storing, (at, self.held(at)), w);
        }
    }

    /// A replica has answered. That counts only in the round that asked it.
    fn hears(&mut self, entity: Entity, storing: bool, (from, held): (u32, Held), w: &mut W) {
        let Some(it) = self.operations.get_mut(entity.n) else { return };
        let again = it.heard.iter().any(|of| of.0 == from);
        if again || it.answer.is_some() || it.store.is_some() != storing {
            return;
        }
        it.heard.push((from, held));
        if it.heard.len() as u32 != it.needed {
            return;
        }
        let newest = it.heard.iter().map(|of| of.1).max().flatten();
        let differ = it.heard.iter().any(|of| of.1 != newest);
        match (it.store, it.write) {
            (None, Some(value)) => {
                // A version above all that a majority knows of: no clock is asked.
                let time = newest.map_or(Time::ZERO, |(stamp, _)| stamp.time) + Span::from_nanos(1);
                let stamp = Stamp { time, node: it.client };
                self.round(entity, Some((stamp, value)), w);
            }
            (None, None) if it.mode == Mode::Majority && differ => self.round(entity, newest, w),
            (store, write) => {
                let found = store.or(newest);
                it.answer = Some(found);
                w.record_step(entity, || (step_enough(value(found)), None));
                let stamp = found.map(|(stamp, _)| stamp);
                match write {
                    Some(_) => self.age.stored.extend(stamp.map(|stamp| (w.now(), stamp))),
                    None => self.age.read(it.asked, stamp),
                }
                answers(entity, w);
            }
        }
    }

    /// A client has its answer, or gives up.
    fn ends(&mut self, entity: Entity, answered: bool, w: &mut W) {
        let Some(it) = self.operations.remove(entity.n) else { return };
        let (who, found) = (client(it.client), value(it.answer.flatten()));
        if !answered {
            self.audit.refused(entity.n, (it.heard.len() as u32, it.needed), w.now());
        } else if self.audit.told(entity.n, it.write.is_none().then_some(found), w.now()) {
            w.notable(who, mark_broken(who, found));
        }
        self.cluster.ends(entity, it.client, answered, w);
    }

    /// Copies something to another replica, or keeps it until that one can be reached.
    fn passes_on(&mut self, (from, to): (u32, u32), version: Version, w: &mut W) {
        if self.cluster.is_up(from, to) {
            self.cluster.send((from, to), (Letter::Copy(version), PacketKind::Copy), None, w);
        } else {
            self.keeps(from, to, Some(version));
        }
    }

    fn arrives(&mut self, message: Entity, w: &mut W) {
        let Some(((from, to), says, lost)) = self.cluster.ended(message, w) else { return };
        let answer = |letter| (letter, PacketKind::Answer);
        match says {
            Letter::Copy(version) if lost => self.passes_on((from, to), version, w),
            Letter::Store(_, home, version) if lost => self.passes_on((from, home), version, w),
            _ if lost => {}
            Letter::Ask(of) => {
                let holds = answer(Letter::Holds(of, self.held(to)));
                self.cluster.send((to, from), holds, Some(of), w);
            }
            Letter::Store(of, home, version) => {
                self.keeps(to, home, Some(version));
                self.cluster.send((to, from), answer(Letter::Stored(of)), Some(of), w);
            }
            Letter::Holds(of, held) => self.hears(of, false, (from, held), w),
            Letter::Stored(of) => self.hears(of, true, (from, None), w),
            Letter::Copy(version) => self.keeps(to, to, Some(version)),
        }
    }

    fn tick(&mut self, w: &mut W) {
        for (from, to) in (0..PEERS).flat_map(|from| (0..PEERS).map(move |to| (from, to))) {
            if from != to
                && self.cluster.is_up(from, to)
                && let Some(hint) = self.kept[from as usize][to as usize].take()
            {
                self.passes_on((from, to), hint, w);
            }
        }
        self.audit.check();
        w.schedule(TICK, Event::Tick);
    }

    fn lanes(&self, now: Time) -> Panel {
        let from = now.back(WINDOW.0);
        let until = from + WINDOW.0 + WINDOW.1;
        let lane = |n: u32| Lane { entity: client(n), label: Label::Name(client(n)), bars: Vec::new() };
        let mut lanes: Vec<Lane> = (0..PEERS).map(lane).collect();
        // The latest of each client, back to the first that has left the window.
        let recent = self.audit.operations.len().saturating_sub(20 * PEERS as usize);
        for (it, n) in self.audit.operations.iter().zip(0..).skip(recent) {
            let until = it.end.unwrap_or(now);
            if until < from {
                continue;
            }
            let (label, status) = match (it.write, it.read) {
                (Some(value), _) if it.refused.is_some() => (bar_refused_write(value), Status::Down),
                _ if it.refused.is_some() => (bar_refused(), Status::Down),
                (Some(value), _) => (bar_write(value), Status::Active),
                (_, Some(value)) if it.newer.is_some() => (bar_wrong(value), Status::Trouble),
                (_, Some(value)) => (bar_read(value), Status::Normal),
                _ => continue,
            };
            let (entity, label) = (Entity::new(OPERATION, n), Label::Words(label));
            lanes[it.client as usize].bars.push(Bar { entity, from: it.from, until, label, status });
        }
        let key = legend([
            (key_write(), Status::Active),
            (key_read(), Status::Normal),
            (key_wrong(), Status::Trouble),
            (key_refused(), Status::Down),
        ]);
        Panel::Lanes(Lanes { title: Label::Words(lanes_title()), from, until, step: None, lanes, key }.into())
    }

    /// What each replica holds; quieter where that isn't the newest.
    fn ring(&self, now: Time) -> Panel {
        let newest = (0..PEERS).filter_map(|n| self.held(n)).max();
        let note = |n| match (self.held(n), self.hint(n)) {
            (_, Some((hint, _))) => note_hint(hint),
            (None, _) if n >= self.controls.n => note_none(),
            (held, _) => note_value(value(held)),
        };
        let node = |n| Node {
            status: if self.held(n) == newest { Status::Normal } else { Status::Quiet },
            ..self.cluster.node(n).note(Label::Words(note(n)))
        };
        self.cluster.ring(node, now)
    }

    fn about_operation(&self, entity: Entity) -> Option<About> {
        let it = self.audit.operations.get(entity.n as usize)?;
        let who = client(it.client);
        let mut says = vec![match (it.write, it.read) {
            (Some(value), _) => about_write(who, value),
            (_, Some(value)) => about_read(who, value),
            _ => about_reads(who),
        }];
        if let Some((heard, needed)) = it.refused {
            says.push(about_refused(heard, needed));
            says.extend(it.write.map(|written| {
                let has = |&n: &u32| self.held(n).is_some_and(|(_, value)| value == written);
                match (0..PEERS).filter(has).count() {
                    0 => about_not_stored(),
                    replicas => about_stored(replicas),
                }
            }));
        }
        says.extend(self.newer(it));
        says.extend(it.newer.map(|_| about_contradicts()));
        Some(About::says(says))
    }

    /// The operation that an answer contradicts.
    fn newer(&self, it: &Audited) -> Option<Msg> {
        let newer = &self.audit.operations[it.newer?];
        let says = if newer.write.is_some() { newer_write } else { newer_read };
        Some(says(client(newer.client), newer.value(), newer.end?))
    }

    /// What the cut does, and what the checker has found.
    fn says(&self) -> Vec<Msg> {
        let mut says = Vec::new();
        if !self.cluster.is_whole() {
            let mode = self.controls.mode;
            let (needed, of) = self.quorum(mode, false).max(self.quorum(mode, true));
            let alone = |at| {
                let reached = self.cluster.reached(at).filter(|&to| to < of).count() as u32;
                (reached < needed).then(|| says_alone(replica(at), reached, of, needed))
            };
            says.extend((0..PEERS).filter_map(alone));
            match says.len() as u32 {
                0 => says.push(says_enough()),
                1 | 2 => {}
                all => says = vec![says_all_alone(all, needed)],
            }
            says.extend(self.cluster.still_joined());
        }
        if self.audit.broken.is_some() {
            // The last one.
            let wrong = |it: &&Audited| it.newer.is_some() && it.end.is_some();
            if let Some(it) = self.audit.operations.iter().rfind(wrong) {
                says.push(says_broken(client(it.client), it.value(), it.end.unwrap_or_default()));
                says.extend(self.newer(it));
            }
        } else {
            says.push(match self.audit.verdict {
                (Verdict::Unknown, _) => says_unknown(),
                (_, operations) => says_fits(operations),
            });
        }
        says
    }
}

impl Experiment for Register {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("cut-the-cable", UNTIL, ControlValues::ALL, READINGS, KINDS)
            .version(3)
            .actions(ACTIONS)
            .still_at(Time::from_secs(4))
            .warm_up(Time::from_secs(2))
            .speed(0.3);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES, super::cluster::MESSAGES, net::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let it = Self {
            controls: controls.clone(),
            cluster: Cluster::new(controls.delay, controls.rate, controls.network, w),
            kept: Default::default(),
            operations: EntityMap::default(),
            audit: Audit::new(),
            written: 0,
            age: Age::default(),
        };
        w.schedule(TICK, Event::Tick);
        Ok(it)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Asks(client) => self.begins(client, w),
            Event::AtReplica(operation) => self.at_replica(operation, w),
            Event::Ended(message) => self.arrives(message, w),
            Event::Told(operation) => self.ends(operation, true, w),
            Event::GivesUp(operation) => self.ends(operation, false, w),
            Event::Tick => self.tick(w),
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        self.cluster.clients.set_think(Dist::Exponential(1.0 / is.rate));
        self.cluster.net.set_lines(&line(is.delay));
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
        let count = |of: fn(&&Audited) -> bool| self.audit.operations.iter().filter(of).count() as f64;
        out.put("behind", self.age.versions());
        let ControlValues { mode, n, r, w, .. } = self.controls;
        let quorum = Quorum::new(n, r.min(n), w.min(n)).filter(|_| mode == Mode::Quorum);
        out.put("formula", quorum.map(Quorum::mean_versions_behind));
        out.put("refused", count(|it| it.refused.is_some()));
        out.put("broken", count(|it| it.newer.is_some()));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        scene.panels = vec![self.ring(w.now()), self.lanes(w.now())];
        scene.sentences = self.says();
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        match entity.kind {
            REPLICA if entity.n < PEERS => {
                let reached = self.cluster.reached(entity.n).count();
                Some(About::says([match self.hint(entity.n) {
                    Some((value, home)) => about_hint(value, replica(home), reached),
                    None => about_replica(value(self.held(entity.n)), reached),
                }]))
            }
            CLIENT if entity.n < PEERS => {
                Some(About::says([about_client(replica(entity.n), self.cluster.refused[entity.n as usize])]))
            }
            OPERATION => self.about_operation(entity),
            _ => self.cluster.about(entity, w.now()),
        }
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        if self.audit.verdict.0 == Verdict::Violated && self.audit.broken.is_none() {
            return Err("the checker finds a violation, and no answer contradicts another".into());
        }
        self.cluster.invariants(self.operations.len(), w)
    }
}
