//! A shop on five replicas: an account, carts and likes, each under a rule of its own, through a cut of the network and what
//! follows it.
//!
//! ```text
//!   client ── 60 ms ── its replica ─┬─ by itself, then copies ──► the others    last write wins · siblings · merge
//!                                   └─► the leader, C ── copies ──► a majority   majority
//! ```
//!
//! Copies that can't be sent are lost; now and then two replicas compare all that they hold (anti-entropy). Leaves out: an
//! election, if it is the leader that is cut off, and items that are taken out of a cart.

use super::cluster::{
    ACTIONS, CART, Cluster, Event, KINDS, Network, OPERATION, PEERS, POST, REPLICA, THING, W, answers,
    begins, replica,
};
use super::questions;
use super::versions::{Held, Value as Kept};
use crate::lessons::prelude::*;
use crate::mechanism::quorum::majority;
use crate::mechanism::version_vector::Stamp;
use crate::parts::net;
use crate::scene::{Cell, Grid, GridRow};
use crate::sim::EntityMap;

const PATIENCE: Span = Span::from_secs(1);
const DELAY: Span = Span::from_millis(40);
const LEADER: u32 = 2;
const UNTIL: Time = Time::from_secs(30);
/// One account, and so many carts and posts.
const OF_EACH: u32 = 8;
const KEYS: u32 = 1 + 2 * OF_EACH;
/// What is on the account at first, and what each withdrawal takes.
const BALANCE: u32 = 300;
const TAKES: u32 = 20;
/// Operations a second of each client.
const RATE: f64 = 1.5;
const WHICH: Purpose = Purpose::named("which key");
const PEER: Purpose = Purpose::named("anti-entropy peer");

choices! {
    /// What is kept.
    pub enum Thing { Account = "account", "Account"; Carts = "carts", "Carts"; Likes = "likes", "Likes" }
}

choices! {
    /// What happens to operations on both sides of a cut.
    pub enum How {
        Leader = "majority", "Majority";
        Last = "last", "Last wins";
        Siblings = "siblings", "Siblings";
        Merge = "merge", "Merge";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub account: How = Control::choice("account", "Account", How::OPTIONS, "last")
            .help("Majority: a leader decides, with three of five. The others accept anywhere: the latest write wins; or both versions are kept until the application merges them; or operations add up by themselves. A change starts everything afresh.").primary(),
        pub carts: How = Control::choice("carts", "Carts", How::OPTIONS, "last")
            .help("The rule for eight carts. From siblings the shop makes one cart with everything that is in either.").primary(),
        pub likes: How = Control::choice("likes", "Likes", How::OPTIONS, "last")
            .help("The rule for the likes of eight posts. From siblings the application takes the larger number.").primary(),
        pub network: Network = Control::choice("network", "Network", Network::OPTIONS, "whole")
            .help("Which links are cut: those that you draw a line across, or all between A, B and the others. Going back joins all.").primary(),
        pub repair: Span = Control::log_number("repair", "Anti-entropy every", Unit::Time, (1.0, 60.0), 5.0)
            .help("How often each replica compares all that it holds with another, both chosen at random.").primary(),
    }
}

impl ControlValues {
    /// The rule of each thing.
    fn rules(&self) -> [How; 3] {
        [self.account, self.carts, self.likes]
    }
}

readings! {
    READINGS;
    Reading::new("answered", "shop answers", Unit::Share,
        "Share of the operations on carts and likes so far that got an answer within a second.").so_far();
    Reading::new("apart", "keys apart", Unit::Count, "Keys, of 17, that differ between replicas.");
    Reading::new("converge", "to converge", Unit::Time,
        "From the moment at which all links were back until all replicas held the same of all that was accepted before.").so_far();
    Reading::new("lost", "lost silently", Unit::Count,
        "Operations so far that were accepted and that no replica holds any longer.").so_far().trouble_from(1.0);
    Reading::new("overdrawn", "overpaid", Unit::Money, "What was paid out beyond what was on the account.").so_far().trouble_from(1.0);
}

messages! {
    pub(super) MESSAGES;
    note_sees(balance: (f64, Unit), items: usize, likes: usize);
    grid_title(); key_same(); key_carts(); key_leads(); key_differs(); key_gone();
    table_title(); column_thing(); column_yes(); column_refused(); column_lost();
    says_cut(apart: usize); says_converging(apart: usize); says_copying(apart: usize); says_same(); says_lost(lost: usize); says_overdrawn(money: (f64, Unit));
    mark_converged(took: Span);
    about_sees(balance: (f64, Unit), items: usize, likes: usize);
    about_held(accepted: usize, a: usize, b: usize, c: usize, d: usize, e: usize);
    about_told(answered: u32, refused: u32); about_gone(gone: usize);
    judge_answered(share: (f64, Unit), bound: (f64, Unit)); judge_lost(lost: (f64, Unit), bound: (f64, Unit));
    judge_overdrawn(money: (f64, Unit), bound: (f64, Unit)); judge_converge(took: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Debug)]
enum Letter {
    /// A key, and in which round, as it stands at the sender; the leader waits for the answer.
    Copy(u32, u32, Held, Option<Entity>),
    Copied(Entity),
    Order(Entity),
    Decided(Entity, bool),
    /// All keys; to be answered in kind.
    All(u32, Vec<Held>, bool),
}

#[derive(Clone, Debug)]
struct Operation {
    client: u32,
    key: u32,
    round: u32,
    copies: u32,
    /// What its client is to be told, once that is certain: whether it was accepted.
    answer: Option<bool>,
}

/// A worker of its own: further down the page.
pub const FIGURES: &[Figure] =
    &[Figure::of::<Shop>().predicted(questions::OF_THE_SHOP).challenged(questions::CHALLENGES)];

#[derive(Clone, Debug)]
pub(super) struct Shop {
    controls: ControlValues,
    cluster: Cluster<Letter>,
    replicas: Vec<Vec<Held>>,
    /// Everything begins anew when a rule changes. What is under way of an earlier round doesn't count.
    round: u32,
    operations: EntityMap<Operation>,
    /// What was accepted of each key.
    accepted: Vec<Vec<u32>>,
    /// Of each thing: operations that were answered, and that were refused.
    told: [(u32, u32); 3],
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

/// What stands for a key in the picture.
fn entity(key: u32) -> Entity {
    match thing(key) {
        Thing::Account => Entity::new(THING, key),
        Thing::Carts => Entity::new(CART, key),
        Thing::Likes => Entity::new(POST, key - OF_EACH),
    }
}

fn keys(of: Thing) -> impl Iterator<Item = u32> {
    (0..KEYS).filter(move |&key| thing(key) == of)
}

fn money(amount: u32) -> (f64, Unit) {
    (amount.into(), Unit::Money)
}

pub(super) fn left(account: &Kept) -> u32 {
    BALANCE.saturating_sub(TAKES * account.0.len() as u32)
}

impl Shop {
    fn held(&self, at: u32, key: u32) -> &Held {
        &self.replicas[at as usize][key as usize]
    }

    pub(super) fn seen(&self, at: u32, key: u32) -> Kept {
        self.held(at, key).seen(thing(key))
    }

    /// The rule that a key is under.
    fn how(&self, key: u32) -> How {
        self.controls.rules()[thing(key) as usize]
    }

    fn begins(&mut self, client: Entity, w: &mut W) {
        let entity = begins(PATIENCE, w);
        let mut draws = w.draws(WHICH, entity);
        let (which, of_each) = (draws.below(3), draws.below(OF_EACH));
        let key = if which == 0 { 0 } else { 1 + (which - 1) * OF_EACH + of_each };
        let operation = Operation { client: client.n, key, round: self.round, copies: 0, answer: None };
        self.operations.insert(entity.n, operation);
    }

    fn at_replica(&mut self, entity: Entity, w: &mut W) {
        let Some(it) = self.operations.get(entity.n) else { return };
        let at = it.client;
        if self.how(it.key) != How::Leader {
            let yes = self.writes(entity, at, w);
            self.says(entity, yes, w);
        } else if at == LEADER {
            self.decides(entity, w);
        } else {
            let letter = (Letter::Order(entity), PacketKind::Request);
            self.cluster.send((at, LEADER), letter, Some(entity), w);
        }
    }

    /// Does an operation to what a replica holds, if the account has enough on it, and sends copies.
    fn writes(&mut self, entity: Entity, at: u32, w: &mut W) -> bool {
        let Some(it) = self.operations.get(entity.n) else { return false };
        let (key, of, leads) = (it.key, thing(it.key), self.how(it.key) == How::Leader);
        let too_little = of == Thing::Account && left(&self.seen(at, key)) < TAKES;
        if self.round != it.round || too_little {
            return false;
        }
        self.replicas[at as usize][key as usize].write(of, entity.n, Stamp { time: w.now(), node: at });
        for to in (0..PEERS).filter(|&to| to != at) {
            let of = leads.then_some(entity);
            let letter = Letter::Copy(key, self.round, self.held(at, key).clone(), of);
            self.cluster.send((at, to), (letter, PacketKind::Copy), of, w);
        }
        true
    }

    fn decides(&mut self, entity: Entity, w: &mut W) {
        if self.writes(entity, LEADER, w) {
            self.copied(entity, w);
        } else {
            self.decided(entity, false, w);
        }
    }

    /// One more replica has what the leader decided.
    fn copied(&mut self, entity: Entity, w: &mut W) {
        let Some(it) = self.operations.get_mut(entity.n) else { return };
        it.copies += 1;
        if it.copies == majority(PEERS) {
            self.decided(entity, true, w);
        }
    }

    fn decided(&mut self, entity: Entity, yes: bool, w: &mut W) {
        let Some(at) = self.operations.get(entity.n).map(|it| it.client) else { return };
        if at == LEADER {
            return self.says(entity, yes, w);
        }
        let letter = (Letter::Decided(entity, yes), PacketKind::Answer);
        self.cluster.send((LEADER, at), letter, Some(entity), w);
    }

    fn says(&mut self, entity: Entity, yes: bool, w: &mut W) {
        if let Some(it) = self.operations.get_mut(entity.n).filter(|it| it.answer.is_none()) {
            it.answer = Some(yes);
            answers(entity, w);
        }
    }

    fn told(&mut self, entity: Entity, answered: bool, w: &mut W) {
        let Some(it) = self.operations.remove(entity.n) else { return };
        if it.round == self.round {
            let told = &mut self.told[thing(it.key) as usize];
            *told = (told.0 + u32::from(answered), told.1 + u32::from(!answered));
            if answered && it.answer == Some(true) {
                self.accepted[it.key as usize].push(entity.n);
            }
        }
        self.cluster.ends(entity, it.client, answered, w);
    }

    fn arrives(&mut self, message: Entity, w: &mut W) {
        let Some(((from, to), says, lost)) = self.cluster.ended(message, w) else { return };
        match says {
            _ if lost => {}
            Letter::Copy(key, round, held, of) => {
                if round == self.round {
                    self.replicas[to as usize][key as usize].merge(&held);
                }
                if let Some(of) = of {
                    let copied = (Letter::Copied(of), PacketKind::Answer);
                    self.cluster.send((to, from), copied, Some(of), w);
                }
                self.compare(w);
            }
            Letter::Copied(of) => self.copied(of, w),
            Letter::Order(of) => self.decides(of, w),
            Letter::Decided(of, yes) => self.says(of, yes, w),
            Letter::All(round, all, answer) => {
                if round == self.round {
                    let own = self.replicas[to as usize].iter_mut();
                    own.zip(&all).for_each(|(own, other)| own.merge(other));
                }
                if answer {
                    self.sends_all((to, from), false, w);
                }
                self.compare(w);
            }
        }
    }

    fn sends_all(&mut self, (from, to): (u32, u32), answer: bool, w: &mut W) {
        let all = Letter::All(self.round, self.replicas[from as usize].clone(), answer);
        self.cluster.send((from, to), (all, PacketKind::Probe), None, w);
    }

    /// Two replicas compare all that they hold.
    fn compares(&mut self, w: &mut W) {
        let turn = (w.now().nanos() / 1_000_000) as u32;
        let mut draws = w.draws(PEER, Entity::new(REPLICA, turn));
        let (at, to) = (draws.below(PEERS), draws.below(PEERS - 1));
        self.sends_all((at, if to < at { to } else { to + 1 }), true, w);
        w.schedule(self.controls.repair.scale(1.0 / f64::from(PEERS)), Event::Tick);
    }

    /// Links may have been cut or joined: replicas are to agree again from the moment on at which all are back.
    fn links_changed(&mut self, were_whole: bool, w: &W) {
        if self.cluster.is_whole() != were_whole {
            self.healed = (!were_whole).then(|| (w.now(), w.tally(OPERATION).opened() as u32));
            self.converged = None;
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
            self.converged = Some(w.now().since(since));
            w.notable(replica(0), mark_converged(w.now().since(since)));
        }
    }

    fn agree(&self, key: u32) -> bool {
        (1..PEERS).all(|at| self.seen(at, key) == self.seen(0, key))
    }

    /// How many operations on these keys were accepted, and are held by nobody any longer.
    fn gone(&self, keys: impl Iterator<Item = u32>) -> usize {
        let held = |key, operation| (0..PEERS).any(|at| self.held(at, key).has(operation));
        keys.map(|key| self.accepted[key as usize].iter().filter(|&&it| !held(key, it)).count()).sum()
    }

    fn overdrawn(&self) -> u32 {
        (TAKES * self.accepted[0].len() as u32).saturating_sub(BALANCE)
    }

    /// What a replica sees on the account, in all carts and under all posts.
    fn sees(&self, at: u32, says: fn((f64, Unit), usize, usize) -> Msg) -> Msg {
        let sum = |of| keys(of).map(|key| self.seen(at, key).0.len()).sum();
        says(money(left(&self.seen(at, 0))), sum(Thing::Carts), sum(Thing::Likes))
    }

    /// How many of the operations on a key each replica holds.
    fn held_by_each(&self, key: u32) -> Msg {
        let [in_a, in_b, in_c, in_d, in_e] = [0, 1, 2, 3, 4].map(|at| self.seen(at, key).0.len());
        about_held(self.accepted[key as usize].len(), in_a, in_b, in_c, in_d, in_e)
    }

    fn begin_anew(&mut self) {
        self.round += 1;
        let nothing = (0..KEYS).map(|key| Held::nothing(self.how(key)));
        self.replicas = vec![nothing.collect(); PEERS as usize];
        self.accepted = vec![Vec::new(); KEYS as usize];
        self.told = Default::default();
    }

    /// What each replica holds of each key: whether all hold the same, and if not, who holds what the leader does.
    fn keys(&self) -> Panel {
        let gone: Vec<bool> = (0..KEYS).map(|key| self.gone(key..=key) > 0).collect();
        let cell = |at, key| {
            let status = match self.agree(key) {
                true if gone[key as usize] => Status::Down,
                true if thing(key) == Thing::Carts => Status::Normal,
                true => Status::Quiet,
                false if self.seen(at, key) == self.seen(LEADER, key) => Status::Active,
                false => Status::Trouble,
            };
            Cell { entity: entity(key), level: 1.0, status }
        };
        let gap = Cell::gap(entity(0));
        let groups = Thing::ALL.iter().map(|&of| keys(of).map(Some).collect::<Vec<_>>());
        let columns = groups.collect::<Vec<_>>().join(&None);
        let row = |at| {
            let cut_off = (self.cluster.reached(at).count() as u32) < majority(PEERS);
            GridRow {
                entity: replica(at),
                label: Label::Name(replica(at)),
                note: Some(Label::Words(self.sees(at, note_sees))),
                status: if cut_off { Status::Down } else { Status::Normal },
                cells: columns.iter().map(|key| key.map_or(gap, |key| cell(at, key))).collect(),
            }
        };
        let rows = (0..PEERS).map(row).collect();
        let key = legend([
            (key_same(), Status::Quiet),
            (key_carts(), Status::Normal),
            (key_leads(), Status::Active),
            (key_differs(), Status::Trouble),
            (key_gone(), Status::Down),
        ]);
        let (title, columns) = (Label::Words(grid_title()), columns.len() as u32);
        Panel::Grid(Grid { title, rows, columns, tall: false, key }.into())
    }

    fn table(&self) -> Panel {
        let row = |&of: &Thing| {
            let (answered, refused) = self.told[of as usize];
            let (entity, lost) = (Entity::new(THING, of as u32), self.gone(keys(of)) as u32);
            let count = |n: u32| Label::Value(n.into(), Unit::Count);
            let cells = [Label::Name(entity), count(answered), count(refused), count(lost)];
            let status = if lost > 0 { Status::Trouble } else { Status::Normal };
            Row { status, ..Row::new(entity, cells) }
        };
        let columns = [column_thing(), column_yes(), column_refused(), column_lost()];
        Panel::table(table_title(), columns, Thing::ALL.iter().map(row).collect::<Vec<Row>>()).unfolded()
    }

    fn sentences(&self) -> Vec<Msg> {
        let (apart, lost) = ((0..KEYS).filter(|&key| !self.agree(key)).count(), self.gone(0..KEYS));
        let mut says = vec![match self.healed {
            _ if !self.cluster.is_whole() => says_cut(apart),
            Some(_) if self.converged.is_none() => says_converging(apart),
            _ if apart > 0 => says_copying(apart),
            _ => says_same(),
        }];
        says.extend(self.cluster.still_joined());
        says.extend((lost > 0).then(|| says_lost(lost)));
        says.extend((self.overdrawn() > 0).then(|| says_overdrawn(money(self.overdrawn()))));
        says
    }
}

impl Experiment for Shop {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec = &FigureSpec::new("heal-it", UNTIL, ControlValues::ALL, READINGS, KINDS)
        .version(3)
        .actions(ACTIONS)
        .still_at(Time::from_secs(4))
        .speed(0.8);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES, super::cluster::MESSAGES, net::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let mut it = Self {
            controls: controls.clone(),
            cluster: Cluster::new(DELAY, RATE, controls.network, w),
            replicas: Vec::new(),
            round: 0,
            operations: EntityMap::default(),
            accepted: Vec::new(),
            told: Default::default(),
            healed: None,
            converged: None,
        };
        it.begin_anew();
        w.schedule(controls.repair.scale(1.0 / f64::from(PEERS)), Event::Tick);
        Ok(it)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Asks(client) => self.begins(client, w),
            Event::AtReplica(operation) => self.at_replica(operation, w),
            Event::Ended(message) => self.arrives(message, w),
            Event::Told(operation) => self.told(operation, true, w),
            Event::GivesUp(operation) => self.told(operation, false, w),
            Event::Tick => self.compares(w),
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        if was.rules() != is.rules() {
            self.begin_anew();
        }
        if was.network != is.network {
            let were_whole = self.cluster.is_whole();
            self.cluster.set_network(is.network, w);
            self.links_changed(were_whole, w);
        }
        Ok(())
    }

    fn act(&mut self, action: usize, on: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        let were_whole = self.cluster.is_whole();
        self.cluster.act(action, on, w)?;
        self.links_changed(were_whole, w);
        Ok(())
    }

    fn refusal(&self, action: usize, on: Entity) -> Option<Msg> {
        self.cluster.refusal(action, on)
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let [_, carts, likes] = &self.told;
        let (answered, all) = (carts.0 + likes.0, carts.0 + likes.0 + carts.1 + likes.1);
        out.put("apart", (0..KEYS).filter(|&key| !self.agree(key)).count() as f64);
        let converging = || self.healed.map(|(since, _)| w.now().since(since));
        out.put("converge", self.converged.or_else(converging).map(Span::secs));
        out.put("lost", self.gone(0..KEYS) as f64);
        out.put("overdrawn", f64::from(self.overdrawn()));
        out.put("answered", (all > 0).then(|| f64::from(answered) / f64::from(all)));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        scene.panels = vec![self.cluster.ring(|n| self.cluster.node(n), w.now()), self.keys(), self.table()];
        scene.sentences = self.sentences();
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        let (mut says, gone) = match entity.kind {
            REPLICA if entity.n < PEERS => return Some(About::says([self.sees(entity.n, about_sees)])),
            THING => {
                let of = *Thing::ALL.get(entity.n as usize)?;
                let (answered, refused) = self.told[of as usize];
                let held = (of == Thing::Account).then(|| self.held_by_each(0));
                ([about_told(answered, refused)].into_iter().chain(held).collect(), self.gone(keys(of)))
            }
            CART | POST => {
                let key = (1..KEYS).find(|&key| self::entity(key) == entity)?;
                (vec![self.held_by_each(key)], self.gone(key..=key))
            }
            _ => return self.cluster.about(entity, w.now()),
        };
        says.extend((gone > 0).then(|| about_gone(gone)));
        Some(About::says(says))
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.cluster.invariants(self.operations.len(), w)?;
        // Only a rule that lets one side forget the other loses anything.
        let safe = |&key: &u32| matches!(self.how(key), How::Leader | How::Merge);
        let lost = self.gone((0..KEYS).filter(safe)) as u32;
        let overdrawn = if self.controls.account == How::Leader { self.overdrawn() } else { 0 };
        if lost + overdrawn == 0 { Ok(()) } else { Err(format!("{lost} lost, {overdrawn} overdrawn")) }
    }
}
