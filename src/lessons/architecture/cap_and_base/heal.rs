//! A shop on five replicas: an account, carts and likes, each under a rule of its own, through a cut of the network and what
//! follows it.
//!
//! ```text
//!   client ── 50 ms ── its replica ─┬─ by itself, then copies ──► the others    last write wins · siblings · merge
//!                                   └─► the leader, C ── copies ──► a majority   majority
//! ```
//!
//! Copies that can't be sent are kept as hints and sent later, and now and then two replicas compare all that they hold
//! (anti-entropy). Leaves out: an election, if it is the leader that is cut off; hints that are lost with their holder; and
//! items that are taken out of a cart.

use super::cluster::*;
use super::versions::{Held, Value as Kept};
use crate::lessons::prelude::*;
use crate::mechanism::quorum::majority;
use crate::mechanism::version_vector::{Clock, Stamp};
use crate::parts::arrivals::ClosedLoop;
use crate::parts::net;
use crate::scene::{Cell, Grid, GridRow};
use crate::sim::EntityMap;

const PATIENCE: Span = Span::from_secs(1);
/// How often hints are looked at.
const TICK: Span = Span::from_millis(500);
const DELAY: Span = Span::from_millis(40);
const LEADER: u32 = 2;
/// When the network is cut, where a cut is set.
const CUT: Time = Time::from_secs(3);
const UNTIL: Time = Time::from_secs(30);
/// One account, and so many carts and posts.
const OF_EACH: u32 = 8;
const KEYS: u32 = 1 + 2 * OF_EACH;
/// So many operations fill a key's cell.
const FULL: f32 = 10.0;
/// What is on the account at first, and what each withdrawal takes.
const BALANCE: u32 = 300;
const TAKES: u32 = 20;
/// By how much of the skew each clock is ahead, in halves.
const AHEAD: [i64; PEERS as usize] = [-2, 1, 0, 2, -1];
const WHICH: Purpose = Purpose::named("which key");
const PEER: Purpose = Purpose::named("anti-entropy peer");

/// No links are drawn here; these are the cluster's actions on replicas, and their places among all.
const OF_REPLICAS: &[Action] =
    &[Action::new("cut", "Cut", &[REPLICA]), Action::new("heal", "Join all links", &[REPLICA])];
const OF_LINKS: [usize; 2] = [0, 2];

choices! {
    /// What is kept.
    pub enum Thing { Account = "account", "Account"; Carts = "carts", "Carts"; Likes = "likes", "Likes" }
}

choices! {
    /// What happens to operations on both sides of a cut.
    pub enum How {
        Leader = "majority", "Majority";
        Last = "last", "Last write wins";
        Siblings = "siblings", "Siblings";
        Merge = "merge", "Merge";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub how: Vec<How> = Control::assignment("how", "Who is under which rule", Thing::OPTIONS, How::OPTIONS, "account:last,carts:last,likes:last")
            .help("Majority: a leader decides, with three of five. The others accept anywhere: the latest clock wins; or both versions are kept until the application makes one of them; or operations add up by themselves. What is moved begins anew.").primary(),
        pub outage: Span = Control::number("outage", "The cut lasts", Unit::Time, (0.0, 15.0), 1.0, 5.0)
            .help("From 3 s on A and B are cut off from C, D and E for so long."),
        pub handoff: bool = Control::flag("handoff", "Hinted handoff", true)
            .help("Copies that can't be sent are kept and sent when the link is back."),
        pub repair: Span = Control::log_number("repair", "Anti-entropy every", Unit::Time, (1.0, 60.0), 60.0)
            .help("How often each replica compares all that it holds with another, chosen at random."),
        pub rate: f64 = Control::number("rate", "Each client asks", Unit::Rate, (0.5, 4.0), 0.5, 1.5)
            .help("Operations a second of each client."),
        pub skew: Span = Control::number("skew", "Clocks are off by", Unit::Time, (0.0, 2.0), 0.1, 0.0)
            .help("How far the fastest clock is ahead, and the slowest behind."),
    }
}

readings! {
    READINGS;
    Reading::new("answered", "shop answers", Unit::Share,
        "Share of the operations on carts and likes so far that got an answer within a second.").so_far();
    Reading::new("apart", "keys apart", Unit::Count, "Keys, of 17, that not all replicas hold the same of.");
    Reading::new("converge", "to converge", Unit::Time,
        "From the moment at which all links were back until all replicas held the same of all that was accepted before.").so_far();
    Reading::new("lost", "lost silently", Unit::Count,
        "Items and likes so far that were accepted and that no replica holds any longer.").so_far().trouble_from(1.0);
    Reading::new("overdrawn", "overpaid", Unit::Money, "What was paid out beyond what was on the account.").so_far().trouble_from(1.0);
}

messages! {
    pub(super) MESSAGES;
    note_sees(balance: (f64, Unit)); grid_title();
    table_title(); column_thing(); column_yes(); column_refused(); column_lost(); column_siblings();
    says_cut(apart: u32); says_converging(apart: u32); says_same(); says_apart(apart: u32); says_lost(lost: u32); says_overdrawn(money: (f64, Unit));
    mark_converged(took: Span);
    about_sees(balance: (f64, Unit), items: usize, likes: usize); about_leader(); about_hints(keys: u32);
    about_thing(keys: u32, operations: usize);
    about_client(); about_operation(thing: Entity);
    step_wrote(); step_ordered(leader: Entity); step_decided(copies: u32); step_nothing_left();
    judge_answered(share: (f64, Unit), bound: (f64, Unit)); judge_lost(lost: (f64, Unit), bound: (f64, Unit));
    judge_overdrawn(money: (f64, Unit), bound: (f64, Unit)); judge_converge(took: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Asks(Entity),
    AtReplica(Entity),
    Ended(Entity),
    Told(Entity),
    GivesUp(Entity),
    Tick,
    /// Of a replica, since the interval was set so many times.
    Compares(u32, u32),
    Cut,
    /// At the end of a cut of this length.
    Heal(Span),
}

/// How often each thing was begun anew: what is under way of before doesn't count.
type Rounds = [u32; 3];

#[derive(Clone, Debug)]
enum Letter {
    /// A key as it stands at the sender; the leader waits for the answer.
    Copy(u32, u32, Held, Option<Entity>),
    Copied(Entity),
    Order(Entity),
    Decided(Entity, bool),
    /// All keys; to be answered in kind.
    All(Box<(Rounds, Vec<Held>)>, bool),
}

#[derive(Clone, Debug)]
struct Operation {
    client: u32,
    key: u32,
    how: How,
    round: u32,
    copies: u32,
    yes: bool,
    told: bool,
}

/// What clients were told about a thing.
#[derive(Clone, Debug, Default)]
struct Told {
    answered: u32,
    refused: u32,
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct Shop {
    controls: ControlValues,
    cluster: Cluster<Letter>,
    clients: ClosedLoop,
    replicas: Vec<Vec<Held>>,
    /// Of each replica, and each other one: keys that it has to send it, as bits.
    hints: [[u32; PEERS as usize]; PEERS as usize],
    rounds: Rounds,
    intervals: u32,
    operations: EntityMap<Operation>,
    /// What was accepted of each key.
    accepted: Vec<Kept>,
    told: [Told; 3],
    /// When all links were back, and the first operation that came later.
    healed: Option<(Time, u32)>,
    converged: Option<Span>,
}

fn thing(key: u32) -> Thing {
    match key {
        0 => Thing::Account,
        key if key <= OF_EACH => Thing::Carts,
        _ => Thing::Likes,
    }
}

fn keys(of: Thing) -> impl Iterator<Item = u32> {
    (0..KEYS).filter(move |&key| thing(key) == of)
}

fn money(amount: u32) -> (f64, Unit) {
    (amount.into(), Unit::Money)
}

fn left(account: &Kept) -> u32 {
    BALANCE.saturating_sub(TAKES * account.0.len() as u32)
}

impl Shop {
    fn how(&self, of: Thing) -> How {
        self.controls.how.get(of as usize).copied().unwrap_or(How::Last)
    }

    fn held(&self, at: u32, key: u32) -> &Held {
        &self.replicas[at as usize][key as usize]
    }

    fn seen(&self, at: u32, key: u32) -> Kept {
        self.held(at, key).seen(thing(key))
    }

    fn stamp(&self, at: u32, now: Time) -> Stamp {
        let ahead_ns = AHEAD[at as usize] * self.controls.skew.nanos().cast_signed() / 2;
        Stamp { time: Clock { ahead_ns, drift_ppm: 0 }.shows(now), node: at }
    }

    fn begins(&mut self, client: Entity, w: &mut W) {
        let entity = w.open(OPERATION, None);
        let mut draws = w.draws(WHICH, entity);
        let (which, of_each) = (draws.below(3), draws.below(OF_EACH));
        let key = if which == 0 { 0 } else { 1 + (which - 1) * OF_EACH + of_each };
        let of = thing(key);
        let (how, round) = (self.how(of), self.rounds[of as usize]);
        let operation = Operation { client: client.n, key, how, round, copies: 0, yes: false, told: false };
        self.operations.insert(entity.n, operation);
        w.schedule(HOP, Event::AtReplica(entity));
        w.schedule(PATIENCE, Event::GivesUp(entity));
    }

    fn at_replica(&mut self, entity: Entity, w: &mut W) {
        let Some(it) = self.operations.get(entity.n) else { return };
        let at = it.client;
        if it.how != How::Leader {
            let stamp = self.stamp(at, w.now());
            let yes = self.writes(entity, at, stamp, w);
            self.answers(entity, yes, w);
        } else if at == LEADER {
            self.decides(entity, w);
        } else {
            w.record_step(entity, || (step_ordered(replica(LEADER)), None));
            let letter = (Letter::Order(entity), PacketKind::Request);
            self.cluster.send((at, LEADER), letter, Some(entity), w, Event::Ended);
        }
    }

    /// Does an operation to what a replica holds, if the account has enough on it, and sends copies.
    fn writes(&mut self, entity: Entity, at: u32, stamp: Stamp, w: &mut W) -> bool {
        let Some(it) = self.operations.get(entity.n) else { return false };
        let (key, of, leads) = (it.key, thing(it.key), it.how == How::Leader);
        if self.rounds[of as usize] != it.round {
            return false;
        }
        if of == Thing::Account && left(&self.seen(at, key)) < TAKES {
            w.record_step(entity, || (step_nothing_left(), None));
            return false;
        }
        w.record_step(entity, || (step_wrote(), None));
        self.replicas[at as usize][key as usize].write(of, entity.n, stamp);
        for to in (0..PEERS).filter(|&to| to != at) {
            self.copies((at, to), key, leads.then_some(entity), w);
        }
        true
    }

    /// Sends a key, or keeps it until that can be done.
    fn copies(&mut self, (from, to): (u32, u32), key: u32, of: Option<Entity>, w: &mut W) {
        if self.cluster.is_up(from, to) {
            let round = self.rounds[thing(key) as usize];
            let letter = Letter::Copy(key, round, self.held(from, key).clone(), of);
            self.cluster.send((from, to), (letter, PacketKind::Copy), of, w, Event::Ended);
        } else {
            self.keeps_hint((from, to), key);
        }
    }

    /// A leader's log is sent until it arrives, whatever is set.
    fn keeps_hint(&mut self, (from, to): (u32, u32), key: u32) {
        if self.controls.handoff || self.how(thing(key)) == How::Leader {
            self.hints[from as usize][to as usize] |= 1 << key;
        }
    }

    fn decides(&mut self, entity: Entity, w: &mut W) {
        let Some(key) = self.operations.get(entity.n).map(|it| it.key) else { return };
        let stamp = self.held(LEADER, key).next_count(LEADER);
        if self.writes(entity, LEADER, stamp, w) {
            self.copied(entity, w);
        } else {
            self.decided(entity, false, w);
        }
    }

    /// One more replica has what the leader decided.
    fn copied(&mut self, entity: Entity, w: &mut W) {
        let Some(it) = self.operations.get_mut(entity.n) else { return };
        it.copies += 1;
        let copies = it.copies;
        if copies == majority(PEERS) {
            w.record_step(entity, || (step_decided(copies), None));
            self.decided(entity, true, w);
        }
    }

    fn decided(&mut self, entity: Entity, yes: bool, w: &mut W) {
        let Some(at) = self.operations.get(entity.n).map(|it| it.client) else { return };
        if at == LEADER {
            return self.answers(entity, yes, w);
        }
        let letter = (Letter::Decided(entity, yes), PacketKind::Answer);
        self.cluster.send((LEADER, at), letter, Some(entity), w, Event::Ended);
    }

    fn answers(&mut self, entity: Entity, yes: bool, w: &mut W) {
        if let Some(it) = self.operations.get_mut(entity.n).filter(|it| !it.told) {
            (it.yes, it.told) = (yes, true);
            w.schedule(HOP, Event::Told(entity));
        }
    }

    fn told(&mut self, entity: Entity, answered: bool, w: &mut W) {
        let Some(it) = self.operations.remove(entity.n) else { return };
        let of = thing(it.key) as usize;
        if it.round == self.rounds[of] {
            let told = &mut self.told[of];
            if answered {
                told.answered += 1;
            } else {
                told.refused += 1;
            }
            if answered && it.yes {
                self.accepted[it.key as usize].0.push(entity.n);
            }
        }
        if !answered {
            self.cluster.refuse(it.client, w.now());
        }
        w.close(entity, if answered { ANSWERED } else { REFUSED });
        self.clients.answered(client(it.client), w, Event::Asks);
    }

    fn arrives(&mut self, message: Entity, w: &mut W) {
        let Some(post) = self.cluster.ended(message, w) else { return };
        let (from, to) = (post.from, post.to);
        match post.says {
            Letter::Copy(key, ..) if post.lost => self.keeps_hint((from, to), key),
            _ if post.lost => {}
            Letter::Copy(key, round, held, of) => {
                if round == self.rounds[thing(key) as usize] {
                    self.replicas[to as usize][key as usize].merge(&held);
                }
                if let Some(of) = of {
                    let letter = (Letter::Copied(of), PacketKind::Answer);
                    self.cluster.send((to, from), letter, Some(of), w, Event::Ended);
                }
                self.compare(w);
            }
            Letter::Copied(of) => self.copied(of, w),
            Letter::Order(of) => self.decides(of, w),
            Letter::Decided(of, yes) => self.answers(of, yes, w),
            Letter::All(all, answer) => {
                for (key, held) in (0..KEYS).zip(&all.1) {
                    if all.0[thing(key) as usize] == self.rounds[thing(key) as usize] {
                        self.replicas[to as usize][key as usize].merge(held);
                    }
                }
                if answer {
                    self.sends_all((to, from), false, w);
                }
                self.compare(w);
            }
        }
    }

    fn sends_all(&mut self, (from, to): (u32, u32), answer: bool, w: &mut W) {
        let all = Box::new((self.rounds, self.replicas[from as usize].clone()));
        self.cluster.send((from, to), (Letter::All(all, answer), PacketKind::Probe), None, w, Event::Ended);
    }

    fn tick(&mut self, w: &mut W) {
        for (from, to) in (0..PEERS).flat_map(|from| (0..PEERS).map(move |to| (from, to))) {
            if self.cluster.is_up(from, to) {
                let hinted = core::mem::take(&mut self.hints[from as usize][to as usize]);
                for key in (0..KEYS).filter(|key| hinted >> key & 1 == 1) {
                    self.copies((from, to), key, None, w);
                }
            }
        }
        w.schedule(TICK, Event::Tick);
    }

    fn compares(&mut self, at: u32, w: &mut W) {
        let turn = (w.now().nanos() / 1_000_000) as u32;
        let to = w.draws(PEER, Entity::new(REPLICA, turn * PEERS + at)).below(PEERS - 1);
        self.sends_all((at, if to < at { to } else { to + 1 }), true, w);
        w.schedule(self.controls.repair, Event::Compares(at, self.intervals));
    }

    /// Each replica compares for the first time at a time of its own.
    fn begin_comparing(&mut self, w: &mut W) {
        self.intervals += 1;
        for at in 0..PEERS {
            let first = self.controls.repair.scale(f64::from(at + 1) / f64::from(PEERS));
            w.schedule(first, Event::Compares(at, self.intervals));
        }
    }

    /// The network is as it has to be at this moment, by the cut that is set.
    fn cut_or_heal(&mut self, w: &mut W) {
        let end = CUT + self.controls.outage;
        let cut = CUT <= w.now() && w.now() < end;
        self.cluster.set_network(if cut { Network::Two } else { Network::Whole }, w);
        if cut {
            w.schedule_at(end, Event::Heal(self.controls.outage));
        }
        self.linked(w);
    }

    /// The links have changed.
    fn linked(&mut self, w: &W) {
        let whole = (0..PEERS).all(|n| self.cluster.reached(n).count() == PEERS as usize);
        if !whole {
            (self.healed, self.converged) = (None, None);
        } else if self.healed.is_none() {
            self.healed = Some((w.now(), w.tally(OPERATION).opened() as u32));
        }
    }

    /// Do all replicas hold the same of what was accepted before the links were back?
    fn compare(&mut self, w: &mut W) {
        let Some((since, fence)) = self.healed.filter(|_| self.converged.is_none()) else { return };
        let old = |at, key| {
            let mut seen = self.seen(at, key);
            seen.0.retain(|&operation| operation < fence);
            seen
        };
        if (0..KEYS).all(|key| (1..PEERS).all(|at| old(at, key) == old(0, key))) {
            let took = w.now().since(since);
            self.converged = Some(took);
            w.notable(replica(0), mark_converged(took));
        }
    }

    fn is_apart(&self, key: u32) -> bool {
        let first = self.seen(0, key);
        (1..PEERS).any(|at| self.seen(at, key) != first)
    }

    fn apart(&self) -> u32 {
        (0..KEYS).filter(|&key| self.is_apart(key)).count() as u32
    }

    /// Operations on a thing that were accepted and that nobody holds any longer.
    fn lost(&self, of: Thing) -> u32 {
        let nobody = |key: u32, operation: u32| !(0..PEERS).any(|at| self.held(at, key).has(operation));
        let lost =
            |key: u32| self.accepted[key as usize].0.iter().filter(move |&&it| nobody(key, it)).count();
        keys(of).map(lost).sum::<usize>() as u32
    }

    fn overdrawn(&self) -> u32 {
        (TAKES * self.accepted[0].0.len() as u32).saturating_sub(BALANCE)
    }

    /// What is on the account by all withdrawals that were accepted or are under way.
    #[cfg(test)]
    pub(super) fn left_on_account(&self) -> f64 {
        let all = (0..PEERS).fold(Kept::default(), |all, at| all.union(&self.seen(at, 0)));
        left(&all).into()
    }

    fn begin_anew(&mut self, of: Thing) {
        let how = self.how(of);
        self.rounds[of as usize] += 1;
        self.told[of as usize] = Told::default();
        for key in keys(of) {
            self.accepted[key as usize] = Kept::default();
            self.replicas.iter_mut().for_each(|held| held[key as usize] = Held::nothing(how));
            self.hints.iter_mut().flatten().for_each(|hints| *hints &= !(1 << key));
        }
    }

    /// What each replica holds of each key, and where that differs from what the leader holds.
    fn keys(&self) -> Panel {
        let cell = |at, key| {
            let seen = self.seen(at, key);
            let same = seen == self.seen(LEADER, key);
            Cell {
                entity: Entity::new(THING, thing(key) as u32),
                level: (seen.0.len() as f32 / FULL).min(1.0),
                status: if same { Status::Quiet } else { Status::Trouble },
            }
        };
        let row = |at| {
            let cut_off = (self.cluster.reached(at).count() as u32) < majority(PEERS);
            GridRow {
                entity: replica(at),
                label: Label::Name(replica(at)),
                note: Some(Label::Words(note_sees(money(left(&self.seen(at, 0)))))),
                status: if cut_off { Status::Down } else { Status::Normal },
                cells: (0..KEYS).map(|key| cell(at, key)).collect(),
            }
        };
        let rows = (0..PEERS).map(row).collect();
        Panel::Grid(
            Grid { title: Label::Words(grid_title()), rows, columns: KEYS, tall: false, key: Vec::new() }
                .into(),
        )
    }

    fn table(&self) -> Panel {
        let row = |&of: &Thing| {
            let told = &self.told[of as usize];
            let siblings = keys(of).flat_map(|key| (0..PEERS).map(move |at| self.held(at, key).siblings()));
            let siblings = siblings.max().unwrap_or(1) as u32;
            let count = |n: u32| Label::Value(n.into(), Unit::Count);
            let entity = Entity::new(THING, of as u32);
            let lost = self.lost(of);
            let cells = [
                Label::Name(entity),
                count(told.answered),
                count(told.refused),
                count(lost),
                count(siblings.max(1)),
            ];
            let status = if lost > 0 { Status::Trouble } else { Status::Normal };
            Row { status, ..Row::new(entity, cells) }
        };
        let columns = [column_thing(), column_yes(), column_refused(), column_lost(), column_siblings()];
        let rows: Vec<Row> = Thing::ALL.iter().map(row).collect();
        Panel::table(table_title(), columns, rows).unfolded()
    }

    fn says(&self) -> Vec<Msg> {
        let (apart, lost) = (self.apart(), self.lost(Thing::Carts) + self.lost(Thing::Likes));
        let whole = (0..PEERS).all(|n| self.cluster.reached(n).count() == PEERS as usize);
        let mut says = vec![match self.healed {
            _ if !whole => says_cut(apart),
            Some(_) if self.converged.is_none() => says_converging(apart),
            _ if apart == 0 => says_same(),
            _ => says_apart(apart),
        }];
        says.extend((lost > 0).then(|| says_lost(lost)));
        says.extend((self.overdrawn() > 0).then(|| says_overdrawn(money(self.overdrawn()))));
        says
    }
}

impl Experiment for Shop {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec = &FigureSpec::new("heal-it", UNTIL, ControlValues::ALL, READINGS, KINDS)
        .actions(OF_REPLICAS)
        .still_at(Time::from_secs(7))
        .speed(0.8);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES, super::cluster::MESSAGES, net::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let mut it = Self {
            controls: controls.clone(),
            cluster: Cluster::new(DELAY),
            clients: ClosedLoop::start(CLIENT, PEERS, Dist::Exponential(1.0 / controls.rate), w, Event::Asks),
            replicas: vec![vec![Held::nothing(How::Last); KEYS as usize]; PEERS as usize],
            hints: Default::default(),
            rounds: Rounds::default(),
            intervals: 0,
            operations: EntityMap::default(),
            accepted: vec![Kept::default(); KEYS as usize],
            told: Default::default(),
            healed: None,
            converged: None,
        };
        for &of in Thing::ALL {
            it.begin_anew(of);
        }
        w.schedule_at(CUT, Event::Cut);
        w.schedule(TICK, Event::Tick);
        it.begin_comparing(w);
        Ok(it)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Asks(client) => self.begins(client, w),
            Event::AtReplica(operation) => self.at_replica(operation, w),
            Event::Ended(message) => self.arrives(message, w),
            Event::Told(operation) => self.told(operation, true, w),
            Event::GivesUp(operation) => self.told(operation, false, w),
            Event::Tick => self.tick(w),
            Event::Compares(at, interval) if interval == self.intervals => self.compares(at, w),
            Event::Cut => self.cut_or_heal(w),
            Event::Heal(outage) if outage == self.controls.outage => self.cut_or_heal(w),
            Event::Compares(..) | Event::Heal(_) => {}
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        self.clients.set_think(Dist::Exponential(1.0 / is.rate));
        let was = core::mem::replace(&mut self.controls, is.clone());
        for &of in Thing::ALL.iter().filter(|&&of| was.how.get(of as usize) != is.how.get(of as usize)) {
            self.begin_anew(of);
        }
        if was.repair != is.repair {
            self.begin_comparing(w);
        }
        if was.outage != is.outage && w.now() >= CUT {
            self.cut_or_heal(w);
        }
        Ok(())
    }

    fn act(&mut self, action: usize, on: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        self.cluster.act(OF_LINKS[action], on, w)?;
        self.linked(w);
        Ok(())
    }

    fn refusal(&self, action: usize, on: Entity) -> Option<Msg> {
        self.cluster.refusal(OF_LINKS[action], on)
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let [_, carts, likes] = &self.told;
        let (answered, refused) = (carts.answered + likes.answered, carts.refused + likes.refused);
        let all = answered + refused;
        out.put("apart", f64::from(self.apart()));
        let waits = self.healed.map(|(since, _)| w.now().since(since));
        out.put("converge", self.converged.or(waits).map(Span::secs));
        out.put("lost", f64::from(self.lost(Thing::Carts) + self.lost(Thing::Likes)));
        out.put("overdrawn", f64::from(self.overdrawn()));
        out.put("answered", (all > 0).then(|| f64::from(answered) / f64::from(all)));
    }

    fn draw(&self, _: &W, scene: &mut Scene) {
        scene.panels = vec![self.keys(), self.table()];
        scene.sentences = self.says();
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        match entity.kind {
            REPLICA if entity.n < PEERS => {
                let sum = |of| keys(of).map(|key| self.seen(entity.n, key).0.len()).sum();
                let balance = money(left(&self.seen(entity.n, 0)));
                let mut says = vec![about_sees(balance, sum(Thing::Carts), sum(Thing::Likes))];
                says.extend((entity.n == LEADER).then(about_leader));
                let hinted = self.hints[entity.n as usize].iter().fold(0, |all, hints| all | hints);
                says.extend((hinted > 0).then(|| about_hints(hinted.count_ones())));
                Some(About::says(says))
            }
            CLIENT if entity.n < PEERS => Some(About::says([about_client()])),
            OPERATION => {
                let it = self.operations.get(entity.n)?;
                let of = Entity::new(THING, thing(it.key) as u32);
                Some(About::says([about_operation(of)]))
            }
            THING => {
                let of = *Thing::ALL.get(entity.n as usize)?;
                let accepted = keys(of).map(|key| self.accepted[key as usize].0.len()).sum();
                Some(About::says([about_thing(keys(of).count() as u32, accepted)]))
            }
            _ => self.cluster.about(entity, w.now()),
        }
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.cluster.net.invariants()?;
        let (open, waiting) = (w.tally(OPERATION).under_way(), self.operations.len() as u64);
        if open != waiting {
            return Err(format!("{open} are open and {waiting} wait"));
        }
        // Only a rule that lets one side forget the other loses anything.
        let safe = |of: &&Thing| matches!(self.how(**of), How::Leader | How::Merge);
        let lost: u32 = Thing::ALL.iter().filter(safe).map(|&of| self.lost(of)).sum();
        let overdrawn = if self.how(Thing::Account) == How::Leader { self.overdrawn() } else { 0 };
        if lost + overdrawn == 0 { Ok(()) } else { Err(format!("{lost} lost, {overdrawn} overdrawn")) }
    }
}
