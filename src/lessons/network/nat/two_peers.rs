//! Two hosts, each behind a translator, and a server that tells each where the other can be reached.
//!
//! ```text
//!   phone ── NAT A ──┬── server            register, and be told the other's endpoint
//!                    └──────── NAT B ── laptop     probes, answers, then a message of the laptop's now and then
//! ```
//!
//! The mechanism decides what becomes of each packet; here it takes a quarter of a second for each hop, so that it can be
//! followed. Leaves out: a relay for those who don't get through, loss, and anybody else who uses the translators.

use crate::lessons::prelude::*;
use crate::mechanism::nat::punch::{Kind, Peer};
use crate::mechanism::nat::{Behaviour, Endpoint, Inbound, Mapping, Nat, NatConfig};
use crate::scene::{Ladder, LadderMessage, Loss, Party, PartyNote};

kinds! {
    KINDS;
    PACKET = "packet", Numbers;
    PHONE_KIND = "phone", Only; LAPTOP_KIND = "laptop", Only; SERVER_KIND = "server", Only;
    NAT = "nat", Letters;
    PORT = "port", Numbers;
}

const ARRIVED: EndKind = EndKind(0);
const DROPPED: EndKind = EndKind(1);
const PEERS: [Entity; 2] = [Entity::new(PHONE_KIND, 0), Entity::new(LAPTOP_KIND, 0)];
const NATS: [Entity; 2] = [Entity::new(NAT, 0), Entity::new(NAT, 1)];
const SERVER: Entity = Entity::new(SERVER_KIND, 0);
const LISTENS: Endpoint = Endpoint::new([192, 0, 2, 9], 3_478);
const INSIDE: [Endpoint; 2] = [Endpoint::new([10, 0, 0, 2], 5_000), Endpoint::new([192, 168, 1, 3], 5_000)];
/// The outside addresses, and the first of the ports of each.
const OUTSIDE: [([u8; 4], u16); 2] = [([203, 0, 113, 1], 1_024), ([198, 51, 100, 7], 2_048)];
const HOP: Span = Span::from_millis(250);
/// Between two probes, and how many a peer sends at most.
const PROBES: (Span, u32) = (Span::from_millis(1_000), 5);
/// The laptop begins later, so that the phone's first probe comes too early.
const SLOWER: Span = Span::from_millis(600);
/// What the ladder shows: so much of the past.
const SHOWN: Span = Span::from_secs(6);
/// Between two messages of the laptop's: many silences are longer than a mapping lives.
const SILENCE: Dist = Dist::Exponential(20.0);
/// Before this nothing is said: by then it is clear whether the peers hear each other.
const SETTLED: Span = Span::from_secs(8);
const SILENCES: Purpose = Purpose::named("silence");
/// A time that is longer than the run stands for never.
const NEVER: f64 = 200.0;
/// Rewritten packets in the table.
const REWRITES: usize = 8;

choices! {
    /// For which remote endpoints a port is used again.
    pub enum Maps { Any = "any", "One port for all"; Address = "address", "A port per address"; Port = "port", "A port per address and port" }
}

choices! {
    /// Whom the translator lets in.
    pub enum Filters { Any = "any", "Lets anybody in"; Address = "address", "Known addresses"; Port = "port", "Known addresses and ports" }
}

choices! {
    /// Who sends keep-alives.
    pub enum Who { Phone = "phone", "Phone"; Laptop = "laptop", "Laptop"; Both = "both", "Both" }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub a_maps: Maps = Control::choice("a-maps", "NAT A: mapping", Maps::OPTIONS, "any")
            .help("Whether the phone gets a new outside port for each address, or each address and port, that it sends to. A change starts afresh.").primary(),
        pub a_filters: Filters = Control::choice("a-filters", "NAT A: filtering", Filters::OPTIONS, "port")
            .help("Whose packets NAT A lets in: anybody's, or only from addresses, or addresses and ports, that the phone has sent to.").primary(),
        pub b_maps: Maps = Control::choice("b-maps", "NAT B: mapping", Maps::OPTIONS, "any")
            .help("The same for the laptop's translator.").primary(),
        pub b_filters: Filters = Control::choice("b-filters", "NAT B: filtering", Filters::OPTIONS, "port")
            .help("The same for the laptop's translator.").primary(),
        pub lifetime: f64 = Control::number("lifetime", "Mappings live", Unit::Time, (10.0, 120.0), 1.0, 30.0)
            .help("A mapping is forgotten so long after the last packet that went out by it. Packets coming in don't count here."),
        pub every: f64 = Control::number("every", "Keep-alive every", Unit::Time, (2.0, NEVER), 1.0, NEVER)
            .help("How often a peer that is connected sends an empty packet. 200 s is longer than the run: never.").primary(),
        pub who: Who = Control::choice("who", "Keep-alives from", Who::OPTIONS, "phone")
            .help("Which of the peers sends keep-alives."),
    }
}

impl ControlValues {
    fn behaviours(&self, n: usize) -> [Behaviour; 2] {
        use Behaviour::{AddressAndPortDependent, AddressDependent, EndpointIndependent};
        let (maps, filters) = [(self.a_maps, self.a_filters), (self.b_maps, self.b_filters)][n];
        let mapping = match maps {
            Maps::Any => EndpointIndependent,
            Maps::Address => AddressDependent,
            Maps::Port => AddressAndPortDependent,
        };
        let filtering = match filters {
            Filters::Any => EndpointIndependent,
            Filters::Address => AddressDependent,
            Filters::Port => AddressAndPortDependent,
        };
        [mapping, filtering]
    }

    fn config(&self, n: usize) -> NatConfig {
        let [mapping, filtering] = self.behaviours(n);
        let (outside, first) = OUTSIDE[n];
        let lifetime = Span::from_secs_f64(self.lifetime);
        NatConfig {
            mapping,
            filtering,
            lifetime,
            outside,
            ports: (first, first + 999),
            ..NatConfig::default()
        }
    }

    fn peer(&self, n: usize) -> Peer {
        Peer::new(INSIDE[n], Some(Nat::new(self.config(n))))
    }

    /// Which of the classic kinds (without "open") a translator is, if any.
    fn kind(&self, n: usize) -> Option<usize> {
        let behaviours = Some(self.behaviours(n));
        Kind::ALL[1..].iter().position(|kind| kind.behaviours() == behaviours)
    }
}

readings! {
    READINGS;
    Reading::new("heard", "hear each other", Unit::Count, "How many of the two peers have heard the other directly: 2 is a hole punched.")
        .so_far();
    Reading::new("left-a", "NAT A forgets in", Unit::Time, "How long NAT A's mapping towards the laptop lives on if the phone stays silent.");
    Reading::new("left-b", "NAT B forgets in", Unit::Time, "How long NAT B's mapping towards the phone lives on if the laptop stays silent.");
    Reading::new("delivered", "delivered", Unit::Share, "Share of the laptop's messages so far that came to the phone.").so_far();
    Reading::new("keep-alives", "keep-alives", Unit::Count, "Keep-alives sent so far, by both.").so_far();
}

messages! {
    pub(super) MESSAGES;
    ladder_title(); nat_name(nat: Entity); private_label(port: u32); public_label(port: u32);
    note_filtered(); note_no_mapping(); note_forgets(); chart_left(); left_a(); left_b();
    table_mappings(); column_inside(); column_outside(); column_sent_to(); column_left();
    table_packets(); column_packet(); column_where(); column_before(); column_after();
    table_pairs(); column_a(); full_cone(); address_restricted(); port_restricted(); symmetric(); direct(); relay(); untried();
    registers(); tells(); probe(); answer(); data(); keeps();
    says_registering(); says_probing(); says_open(); says_failed(); says_dead(nat: Entity); says_alive(left: Span);
    mark_open(); mark_failed(); mark_forgotten(nat: Entity); mark_lost();
    about_peer(sent: u32); about_nat(mappings: usize); about_server(); about_port(left: Span);
    judge_delivered(share: (f64, Unit), bound: (f64, Unit)); judge_heard(heard: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Registers(u32),
    Hop(Entity),
    Probe(usize, u32),
    KeepAlive(u32),
    Speaks(u64),
    /// Mappings may have expired.
    Look(u32),
}

/// What a packet is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Register,
    /// The server tells a peer of the other.
    Told(Endpoint),
    Probe,
    Answer,
    Data,
    KeepAlive,
}

#[derive(Clone, Debug)]
struct Trip {
    packet: Entity,
    round: u32,
    from: Endpoint,
    to: Endpoint,
    /// Where the packet is going at the moment.
    next: Entity,
    what: What,
}

/// What a translator has done to a packet.
#[derive(Clone, Debug)]
struct Rewrite {
    packet: Entity,
    what: What,
    at: usize,
    before: [Endpoint; 2],
    /// Nothing if it was dropped.
    after: Option<[Endpoint; 2]>,
    /// Why it was dropped, if it was.
    why: Msg,
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct TwoPeers {
    controls: ControlValues,
    peers: [Peer; 2],
    heard: [bool; 2],
    probes: [u32; 2],
    /// The server's list.
    registered: [Option<Endpoint>; 2],
    under_way: Vec<Trip>,
    drawn: Vec<LadderMessage>,
    notes: [Vec<PartyNote>; 2],
    rewrites: Vec<Rewrite>,
    /// Which pairs of classic kinds got through in this run.
    tried: [[Option<bool>; 4]; 4],
    /// Everything begins anew when a translator changes.
    round: u32,
    /// Which change of the keep-alives is in force.
    beat: u32,
    messages: [u32; 2],
    kept_alive: u32,
}

impl TwoPeers {
    fn begin(&mut self, w: &mut W) {
        self.round += 1;
        self.peers = [0, 1].map(|n| self.controls.peer(n));
        (self.heard, self.probes, self.registered) = ([false; 2], [0; 2], [None; 2]);
        w.schedule(Span::from_millis(200), Event::Registers(self.round));
        w.schedule(Span::from_secs(1), Event::Look(self.round));
    }

    /// A packet sets out from a peer or from the server.
    fn send(&mut self, from: Option<usize>, to: Endpoint, what: What, w: &mut W) {
        let packet = w.open(PACKET, None);
        let (source, start, next) = match from {
            Some(n) => (INSIDE[n], PEERS[n], NATS[n]),
            None => (LISTENS, SERVER, NATS[usize::from(to.address == OUTSIDE[1].0)]),
        };
        self.under_way.push(Trip { packet, round: self.round, from: source, to, next, what });
        self.hop(packet, start, next, w);
    }

    fn hop(&mut self, packet: Entity, from: Entity, to: Entity, w: &mut W) {
        let Some(trip) = self.under_way.iter_mut().find(|it| it.packet == packet) else { return };
        trip.next = to;
        let shown = if from.kind == NAT && to.kind != NAT && to != SERVER { trip.to } else { trip.from };
        let (label, status) = if shown.is_private() {
            (private_label(shown.port.into()), Status::Normal)
        } else {
            (public_label(shown.port.into()), Status::Active)
        };
        let kind = match trip.what {
            What::Register | What::Told(_) => PacketKind::Write,
            What::Probe => PacketKind::Probe,
            What::Answer => PacketKind::Answer,
            What::Data => PacketKind::Request,
            What::KeepAlive => PacketKind::Copy,
        };
        let (sent, arrives) = (w.now(), w.now() + HOP);
        let label = Label::Words(label);
        self.drawn.retain(|it| it.arrives + SHOWN > sent);
        self.drawn.push(LadderMessage {
            entity: packet,
            from,
            to,
            sent,
            arrives,
            lost: None,
            label,
            kind,
            status,
        });
        w.schedule(HOP, Event::Hop(packet));
    }

    fn arrives(&mut self, packet: Entity, w: &mut W) {
        let Some(trip) = self.under_way.iter().find(|it| it.packet == packet).cloned() else { return };
        if trip.round != self.round {
            return self.ends(packet, DROPPED, w);
        }
        if trip.next == SERVER {
            self.ends(packet, ARRIVED, w);
            return self.at_server(trip.from, w);
        }
        if let Some(n) = PEERS.iter().position(|it| *it == trip.next) {
            self.ends(packet, ARRIVED, w);
            return self.at_peer(n, trip.from, trip.what, w);
        }
        let n = trip.next.n as usize;
        let outwards = trip.from == INSIDE[n];
        let before = [trip.from, trip.to];
        let (after, next, why) = if outwards {
            let source = self.peers[n].sends(trip.to, w.now());
            let next = if trip.to == LISTENS { SERVER } else { NATS[1 - n] };
            (source.map(|it| [it, trip.to]), next, note_no_mapping())
        } else {
            match self.peers[n].lets_in(trip.from, trip.to, w.now()) {
                Inbound::To(inside) => (Some([trip.from, inside]), PEERS[n], note_filtered()),
                Inbound::Filtered => (None, PEERS[n], note_filtered()),
                Inbound::NoMapping => (None, PEERS[n], note_no_mapping()),
            }
        };
        self.rewrites.push(Rewrite { packet, what: trip.what, at: n, before, after, why: why.clone() });
        let surplus = self.rewrites.len().saturating_sub(REWRITES);
        self.rewrites.drain(..surplus);
        let Some([from, to]) = after else {
            if let Some(last) = self.drawn.iter_mut().rev().find(|it| it.entity == packet) {
                last.lost = Some(Loss { at: last.arrives, why: Some(Label::Words(why)) });
                last.status = Status::Trouble;
            }
            if trip.what == What::Data {
                w.notable(NATS[n], mark_lost());
            }
            return self.ends(packet, DROPPED, w);
        };
        if let Some(it) = self.under_way.iter_mut().find(|it| it.packet == packet) {
            (it.from, it.to) = (from, to);
        }
        self.hop(packet, NATS[n], next, w);
    }

    fn ends(&mut self, packet: Entity, outcome: EndKind, w: &mut W) {
        // A message counts when it is known what became of it.
        let data = |it: &&Trip| it.packet == packet && it.what == What::Data;
        self.messages[0] += self.under_way.iter().filter(data).count() as u32;
        self.under_way.retain(|it| it.packet != packet);
        w.close(packet, outcome);
    }

    /// The server knows a peer by what its translator made of it, and tells both when it knows both.
    fn at_server(&mut self, seen: Endpoint, w: &mut W) {
        let n = usize::from(seen.address == OUTSIDE[1].0);
        self.registered[n] = Some(seen);
        if let [Some(a), Some(b)] = self.registered {
            self.send(None, a, What::Told(b), w);
            self.send(None, b, What::Told(a), w);
        }
    }

    fn at_peer(&mut self, n: usize, from: Endpoint, what: What, w: &mut W) {
        match what {
            What::Told(peer) => {
                self.peers[n].target = Some(peer);
                w.schedule(SLOWER * n as u64, Event::Probe(n, self.round));
            }
            What::Probe | What::Answer => {
                // Answers go to where the other was seen to come from.
                self.peers[n].target = Some(from);
                let before = core::mem::replace(&mut self.heard[n], true);
                if what == What::Probe {
                    self.send(Some(n), from, What::Answer, w);
                }
                if !before && self.is_open() && self.note_result(true) {
                    w.notable(SERVER, mark_open());
                }
            }
            What::Data => self.messages[1] += 1,
            What::KeepAlive | What::Register => {}
        }
    }

    /// Notes how this pair came out; whether that is news.
    fn note_result(&mut self, open: bool) -> bool {
        if let (Some(a), Some(b)) = (self.controls.kind(0), self.controls.kind(1)) {
            // The matrix is the same read either way.
            self.tried[b][a] = Some(open);
            return self.tried[a][b].replace(open) != Some(open) || a == b;
        }
        true
    }

    fn probe(&mut self, n: usize, w: &mut W) {
        let Some(target) = self.peers[n].target.filter(|_| !self.heard[n]) else { return };
        if self.probes[n] == PROBES.1 {
            if self.probes[1 - n] == PROBES.1 && self.note_result(false) {
                w.notable(SERVER, mark_failed());
            }
            return;
        }
        self.probes[n] += 1;
        self.send(Some(n), target, What::Probe, w);
        w.schedule(PROBES.0, Event::Probe(n, self.round));
    }

    fn is_open(&self) -> bool {
        self.heard == [true; 2]
    }

    fn speaks(&mut self, n: u64, w: &mut W) {
        let pause = SILENCE.span(&mut w.draws(SILENCES, Entity::new(PACKET, n as u32)));
        w.schedule(pause, Event::Speaks(n + 1));
        if n > 0 {
            match self.peers[1].target.filter(|_| self.is_open()) {
                Some(target) => self.send(Some(1), target, What::Data, w),
                None => self.messages[0] += 1,
            }
        }
    }

    fn keep_alive(&mut self, w: &mut W) {
        w.schedule(Span::from_secs_f64(self.controls.every), Event::KeepAlive(self.beat));
        for (n, not) in [(0, Who::Laptop), (1, Who::Phone)] {
            let Some(target) = self.peers[n].target.filter(|_| self.is_open()) else { continue };
            if self.controls.who != not {
                self.kept_alive += 1;
                self.send(Some(n), target, What::KeepAlive, w);
            }
        }
    }

    /// The mapping by which a peer is reached by the other, and how long it lives.
    fn left(&self, n: usize, now: Time) -> Option<Span> {
        let (nat, target) = (self.peers[n].nat.as_ref()?, self.peers[n].target?);
        let it = nat.table(now).find(|it| it.sent_to.contains(&target))?;
        Some(nat.left(it, now))
    }

    /// What has expired is gone, and seen to be.
    fn look(&mut self, w: &mut W) {
        w.schedule(Span::from_millis(500), Event::Look(self.round));
        for (n, nat) in NATS.into_iter().enumerate() {
            let dead = self.peers[n].nat.as_mut().map_or_else(Vec::new, |it| it.expire(w.now()));
            if !dead.is_empty() {
                let (at, label) = (w.now(), Label::Words(note_forgets()));
                self.notes[n].retain(|it| it.at + SHOWN > at);
                self.notes[n].push(PartyNote { at, label, status: Status::Trouble });
                w.notable(nat, mark_forgotten(nat));
            }
        }
    }

    fn ladder(&self, now: Time) -> Panel {
        let party = |entity: Entity| {
            let n = entity.n as usize;
            let dead = entity.kind == NAT && self.is_open() && self.left(n, now).is_none();
            Party {
                entity,
                label: if entity.kind == NAT { Label::Words(nat_name(entity)) } else { Label::Name(entity) },
                status: if dead { Status::Trouble } else { Status::Normal },
                spans: Vec::new(),
                notes: if entity.kind == NAT { self.notes[n].clone() } else { Vec::new() },
            }
        };
        let end = now.max(Time::ZERO + SHOWN);
        let ladder = Ladder {
            title: Label::Words(ladder_title()),
            from: Time::ZERO + end.since(Time::ZERO + SHOWN),
            until: end,
            step: None,
            parties: [PEERS[0], NATS[0], SERVER, NATS[1], PEERS[1]].map(party).into(),
            messages: self.drawn.clone(),
        };
        Panel::Ladder(ladder.into())
    }

    fn mappings(&self, now: Time) -> Panel {
        let row = |n: usize, nat: &Nat, it: &Mapping| {
            let sent_to = it.sent_to.iter().map(Endpoint::to_string).collect::<Vec<_>>().join(", ");
            let outside = Endpoint::new(nat.config().outside, it.port).to_string();
            let left = libm::ceil(nat.left(it, now).secs());
            let plain = [it.inside.to_string(), outside, sent_to].map(Label::Plain);
            let cells: Vec<Label> = [Label::Name(NATS[n])]
                .into_iter()
                .chain(plain)
                .chain([Label::Value(left, Unit::Time)])
                .collect();
            let status = if left <= 5.0 { Status::Trouble } else { Status::Normal };
            Row { status, ..Row::new(Entity::new(PORT, it.port.into()), cells) }
        };
        let rows: Vec<Row> = (0..2)
            .filter_map(|n| self.peers[n].nat.as_ref().map(|nat| (n, nat)))
            .flat_map(|(n, nat)| nat.table(now).map(move |it| row(n, nat, it)))
            .collect();
        let columns = [column_where(), column_inside(), column_outside(), column_sent_to(), column_left()];
        Panel::table(table_mappings(), columns, rows).unfolded()
    }

    fn packets(&self) -> Panel {
        let ends = |[from, to]: [Endpoint; 2]| Label::Plain(format!("{from} > {to}"));
        let row = |it: &Rewrite| {
            let what = match it.what {
                What::Register => registers(),
                What::Told(_) => tells(),
                What::Probe => probe(),
                What::Answer => answer(),
                What::Data => data(),
                What::KeepAlive => keeps(),
            };
            let after = it.after.map_or_else(|| Label::Words(it.why.clone()), ends);
            let status = if it.after.is_some() { Status::Normal } else { Status::Trouble };
            let cells = [Label::Words(what), Label::Name(NATS[it.at]), ends(it.before), after];
            Row { status, ..Row::new(it.packet, cells) }
        };
        let columns = [column_packet(), column_where(), column_before(), column_after()];
        Panel::table(table_packets(), columns, self.rewrites.iter().rev().map(row).collect::<Vec<_>>())
            .unfolded()
    }

    fn pairs(&self) -> Panel {
        let names = [full_cone, address_restricted, port_restricted, symmetric];
        let cell = |it: &Option<bool>| {
            Label::Words(match it {
                Some(true) => direct(),
                Some(false) => relay(),
                None => untried(),
            })
        };
        let rows: Vec<Row> = (names.iter().zip(&self.tried))
            .map(|(name, row)| {
                Row::new(
                    SERVER,
                    [Label::Words(name())].into_iter().chain(row.iter().map(cell)).collect::<Vec<_>>(),
                )
            })
            .collect();
        let columns = [column_a(), full_cone(), address_restricted(), port_restricted(), symmetric()];
        Panel::table(table_pairs(), columns, rows).unfolded()
    }

    fn say(&self, now: Time) -> Msg {
        let dead = (0..2).find(|n| self.left(*n, now).is_none());
        match (self.is_open(), dead) {
            (true, Some(n)) => says_dead(NATS[n]),
            (true, None) => says_open(),
            _ if self.probes == [PROBES.1; 2] => says_failed(),
            _ if self.probes == [0; 2] => says_registering(),
            _ => says_probing(),
        }
    }
}

impl Experiment for TwoPeers {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("two-peers", Time::from_secs(150), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_secs(4))
            .speed(1.0);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let mut it = Self {
            controls: controls.clone(),
            peers: [0, 1].map(|n| controls.peer(n)),
            heard: [false; 2],
            probes: [0; 2],
            registered: [None; 2],
            under_way: Vec::new(),
            drawn: Vec::new(),
            notes: [Vec::new(), Vec::new()],
            rewrites: Vec::new(),
            tried: [[None; 4]; 4],
            round: 0,
            beat: 0,
            messages: [0; 2],
            kept_alive: 0,
        };
        it.begin(w);
        w.schedule(SETTLED, Event::Speaks(0));
        w.schedule(Span::from_secs_f64(controls.every), Event::KeepAlive(0));
        Ok(it)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Registers(round) if round == self.round => {
                (0..2).for_each(|n| self.send(Some(n), LISTENS, What::Register, w));
            }
            Event::Hop(packet) => self.arrives(packet, w),
            Event::Probe(n, round) if round == self.round => self.probe(n, w),
            Event::KeepAlive(beat) if beat == self.beat => self.keep_alive(w),
            Event::Speaks(n) => self.speaks(n, w),
            Event::Look(round) if round == self.round => self.look(w),
            _ => {}
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        if (0..2).any(|n| was.behaviours(n) != is.behaviours(n)) {
            self.begin(w);
        }
        for n in 0..2 {
            if let Some(nat) = &mut self.peers[n].nat {
                nat.set_config(is.config(n));
            }
        }
        if was.every.to_bits() != is.every.to_bits() {
            self.beat += 1;
            w.schedule(Span::from_secs_f64(is.every), Event::KeepAlive(self.beat));
        }
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let left = |n| self.left(n, w.now()).map_or(0.0, Span::secs);
        out.put("heard", self.heard.iter().filter(|heard| **heard).count() as f64);
        out.put("left-a", left(0));
        out.put("left-b", left(1));
        let [sent, came] = self.messages.map(f64::from);
        out.put("delivered", (sent > 0.0).then(|| came / sent));
        out.put("keep-alives", f64::from(self.kept_alive));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let left = [("left-a", Status::Active), ("left-b", Status::Normal)];
        scene.panels = vec![
            self.ladder(w.now()),
            Panel::series(chart_left(), Unit::Time, left, Self::SPEC.until),
            self.packets(),
            self.mappings(w.now()),
            self.pairs(),
        ];
        scene.sentences.push(self.say(w.now()));
        if let (true, Some(a), Some(b)) = (self.is_open(), self.left(0, w.now()), self.left(1, w.now())) {
            scene.sentences.push(says_alive(a.min(b)));
        }
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        let nat = |n: u32| self.peers.get(n as usize)?.nat.as_ref();
        Some(About::says([match entity {
            SERVER => about_server(),
            Entity { kind: NAT, n } => about_nat(nat(n)?.table(w.now()).count()),
            Entity { kind: PORT, n } => {
                let mut nats = (0..2).filter_map(nat);
                let left = |nat: &Nat| {
                    nat.table(w.now()).find(|it| u32::from(it.port) == n).map(|it| nat.left(it, w.now()))
                };
                about_port(nats.find_map(left)?)
            }
            Entity { kind: PHONE_KIND | LAPTOP_KIND, .. } => about_peer(self.messages[0]),
            _ => return None,
        }]))
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        let mut ports: Vec<u16> = Vec::new();
        for nat in self.peers.iter().filter_map(|it| it.nat.as_ref()) {
            ports.extend(nat.table(w.now()).map(|it| it.port));
        }
        let twice = ports.iter().enumerate().any(|(at, port)| ports[..at].contains(port));
        if twice { Err(format!("a port carries two mappings: {ports:?}")) } else { Ok(()) }
    }
}
