//! Senders, a line that they share with a buffer before it, and receivers: the world of both figures.
//!
//! A packet goes from its sender to the line, waits there if it must, passes it, and goes on to its receiver; the
//! acknowledgement goes back and is never lost. Every packet is acknowledged by itself.

use crate::lessons::prelude::*;
use crate::mechanism::codel::{Codel, CodelConfig};
use crate::mechanism::congestion::{
    Controller, Cubic, CubicConfig, Held, ModelBased, Receiver, Reno, RtoConfig, Sender, SenderConfig, Sent,
};
use crate::sim::{EntityMap, Handle};
use std::collections::VecDeque;

kinds! {
    pub(super) KINDS;
    PACKET = "packet", Numbers; SENDER = "sender", Letters; LINE_KIND = "line", Only; RECEIVER_KIND = "receiver", Only;
    PIECE = "piece", Numbers;
}

pub(super) const LINE: Entity = Entity::new(LINE_KIND, 0);
pub(super) const RECEIVER: Entity = Entity::new(RECEIVER_KIND, 0);
/// How a packet ends: acknowledged, turned away where the line begins, or lost on the line.
pub(super) const ACKNOWLEDGED: EndKind = EndKind(0);
pub(super) const DROPPED: EndKind = EndKind(1);
pub(super) const LOST: EndKind = EndKind(2);

/// RFC 6928.
const INITIAL_WINDOW: f64 = 10.0;
/// No two computers are equally quick: up to this much passes before a packet leaves.
const JITTER: f64 = 0.002;
const QUICKNESS: Purpose = Purpose::named("quickness");
const NOISE: Purpose = Purpose::named("noise");

choices! {
    /// How a sender finds its window.
    pub enum Algorithm {
        Reno = "reno", "Reno";
        Cubic = "cubic", "CUBIC";
        Model = "model", "Model-based";
    }
}

choices! {
    /// Which packets are dropped where the line begins.
    pub enum Discipline {
        DropTail = "drop-tail", "Drop-tail";
        Codel = "codel", "CoDel";
    }
}

impl Algorithm {
    /// A controller that knows nothing yet.
    fn begin(self, flow: usize) -> Controller {
        match self {
            Self::Reno => Controller::Reno(Reno::new(INITIAL_WINDOW)),
            Self::Cubic => Controller::Cubic(Cubic::new(CubicConfig::default(), INITIAL_WINDOW)),
            // Far apart in their cycles.
            Self::Model => Controller::ModelBased(ModelBased::new(INITIAL_WINDOW, 2 + 3 * flow)),
        }
    }
}

/// What can happen on the way.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    /// A sender begins, or may send the next of the packets that it spreads.
    Sends(u32),
    /// A packet comes to the line.
    Comes(Entity),
    /// The line has passed a packet on.
    Passed,
    /// A packet comes to its receiver.
    Arrives(Entity),
    /// Its acknowledgement comes to the sender.
    Acked(Entity),
    /// The news comes to the sender that its receiver has room again.
    Opened(u32),
    /// A sender's timer runs out.
    Timer(u32),
    /// The application reads a packet out of the receiver's buffer.
    Reads,
    /// The figure takes down what is to be seen.
    Noted,
}

pub(super) type W = World<Event>;

/// The shared line and the buffer before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Line {
    /// Packets a second.
    pub rate: f64,
    /// Packets that find room to wait.
    pub room: u32,
    pub discipline: Discipline,
    /// What `CoDel` puts up with.
    pub codel: CodelConfig,
    /// Share of packets that the line itself loses.
    pub noise: f64,
}

/// One sender and its receiver.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    pub sender: Sender,
    pub receiver: Receiver,
    pub algorithm: Algorithm,
    /// There and back without any waiting.
    pub rtt: Span,
    /// Whether it sends; how often it has begun anew. What was sent before then concerns it no more.
    pub active: bool,
    begun: u32,
    wake: Option<Time>,
    timer: Option<(Handle, Time)>,
    /// Packets of a sender don't overtake each other.
    last_comes: Time,
    /// The next packet is lost on the line.
    lose_next: bool,
    /// Packets acknowledged, over the last while.
    goodput: RecentCount,
}

/// A packet under way.
#[derive(Clone, Copy, Debug)]
struct Transit {
    flow: u32,
    begun: u32,
    sent: Sent,
    queued: Time,
    /// What the receiver said: up to where everything has arrived, from where on it has no room, and whether it took it.
    says: Option<(u64, u64, bool)>,
    leg: Option<(Entity, Entity, Time, Time)>,
}

/// Everything between the senders and the receivers.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub line: Line,
    pub flows: Vec<Flow>,
    queue: VecDeque<Entity>,
    passing: Option<Entity>,
    codel: Codel,
    packets: EntityMap<Transit>,
    passed: RecentCount,
    dropped: u64,
}

impl Path {
    /// Nobody sends yet.
    pub fn new(line: Line) -> Self {
        Self {
            line,
            flows: Vec::new(),
            queue: VecDeque::new(),
            passing: None,
            codel: Codel::new(line.codel),
            packets: EntityMap::default(),
            passed: RecentCount::over(Span::from_secs(5)),
            dropped: 0,
        }
    }

    /// The line is another now; who waits goes on waiting.
    pub fn set_line(&mut self, line: Line) {
        if line.codel != self.line.codel {
            self.codel = Codel::new(line.codel);
        }
        self.line = line;
    }

    /// Adds a sender that begins then; its receiver has room for so many packets.
    pub fn add(&mut self, algorithm: Algorithm, rtt: Span, room: u64, begins: Time, w: &mut W) {
        let flow = self.flows.len() as u32;
        let active = begins <= w.now();
        self.flows.push(Flow {
            sender: new_sender(algorithm, flow, room, begins),
            receiver: Receiver::new(room),
            algorithm,
            rtt,
            active,
            begun: 0,
            wake: Some(begins),
            timer: None,
            last_comes: Time::ZERO,
            lose_next: false,
            goodput: RecentCount::over(Span::from_secs(5)),
        });
        w.schedule_at(begins, Event::Sends(flow));
    }

    /// A sender stops, or begins again knowing nothing.
    pub fn set_active(&mut self, flow: u32, active: bool, w: &mut W) {
        let it = &mut self.flows[flow as usize];
        it.active = active;
        if active {
            it.begun += 1;
            it.sender = new_sender(it.algorithm, flow, it.receiver.room(), w.now());
            it.receiver = Receiver::new(it.receiver.room());
            self.send_all(flow, w);
        }
    }

    /// Another way of finding the window, from now on.
    pub fn set_algorithm(&mut self, flow: usize, algorithm: Algorithm) {
        let it = &mut self.flows[flow];
        if it.algorithm != algorithm {
            it.algorithm = algorithm;
            it.sender.set_controller(algorithm.begin(flow));
        }
    }

    /// The receiver has another room; what is told already stays.
    pub fn set_room(&mut self, flow: usize, room: u64) {
        self.flows[flow].receiver.set_room(room);
    }

    /// The next packet of a sender that passes the line is lost.
    pub fn lose_next(&mut self, flow: usize) {
        self.flows[flow].lose_next = true;
    }

    pub fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Sends(flow) => {
                let it = &mut self.flows[flow as usize];
                // Whoever hasn't begun does so now.
                it.active |= it.begun == 0 && it.sender.sequence().1 == 0;
                it.wake = None;
                self.send_all(flow, w);
            }
            Event::Comes(packet) => self.comes(packet, w),
            Event::Passed => self.pass_on(w),
            Event::Arrives(packet) => self.arrives(packet, w),
            Event::Acked(packet) => self.acked(packet, w),
            Event::Opened(flow) => {
                let it = &mut self.flows[flow as usize];
                let (arrived, edge) = it.receiver.told();
                it.sender.on_window(arrived, edge);
                self.send_all(flow, w);
            }
            Event::Timer(flow) => {
                let it = &mut self.flows[flow as usize];
                it.timer = None;
                it.sender.on_timer(w.now());
                self.send_all(flow, w);
            }
            Event::Reads => self.read(w),
            Event::Noted => {}
        }
    }

    /// A sender sends as much as it may, and sets its timer.
    fn send_all(&mut self, flow: u32, w: &mut W) {
        let now = w.now();
        while self.flows[flow as usize].active {
            match self.flows[flow as usize].sender.held(now) {
                None => self.send(flow, w),
                Some(Held::Until(at)) => {
                    let it = &mut self.flows[flow as usize];
                    if it.wake.is_none_or(|wake| wake <= now) {
                        it.wake = Some(at);
                        w.schedule_at(at, Event::Sends(flow));
                    }
                    break;
                }
                Some(Held::ByNetwork | Held::ByReceiver) => break,
            }
        }
        let it = &mut self.flows[flow as usize];
        let due = it.sender.timer().filter(|_| it.active);
        // One that comes too early is set again; one that is gone, or would come too late, is replaced.
        if let Some((handle, at)) = it.timer
            && due.is_none_or(|due| due < at)
        {
            w.cancel(handle);
            it.timer = None;
        }
        if let (Some(due), None) = (due, it.timer) {
            let at = due.max(now + Span::from_nanos(1));
            it.timer = Some((w.schedule_at(at, Event::Timer(flow)), at));
        }
    }

    fn send(&mut self, flow: u32, w: &mut W) {
        let packet = w.open(PACKET, None);
        let it = &mut self.flows[flow as usize];
        let sent = it.sender.send(w.now());
        let busy = Span::from_secs_f64(JITTER * w.draws(QUICKNESS, packet).unit());
        let comes = (w.now() + busy + it.rtt.scale(0.25)).max(it.last_comes);
        it.last_comes = comes;
        let leg = Some((Entity::new(SENDER, flow), LINE, w.now(), comes));
        let transit = Transit { flow, begun: it.begun, sent, queued: comes, says: None, leg };
        self.packets.insert(packet.n, transit);
        w.schedule_at(comes, Event::Comes(packet));
    }

    fn comes(&mut self, packet: Entity, w: &mut W) {
        if let Some(it) = self.packets.get_mut(packet.n) {
            (it.queued, it.leg) = (w.now(), None);
        }
        if self.passing.is_some() && self.queue.len() >= self.line.room as usize {
            self.dropped += 1;
            return self.end(packet, DROPPED, w);
        }
        self.queue.push_back(packet);
        if self.passing.is_none() {
            self.pass_next(w);
        }
    }

    fn pass_next(&mut self, w: &mut W) {
        let mut dropped = Vec::new();
        let (now, packets, queue) = (w.now(), &self.packets, &mut self.queue);
        self.passing = match self.line.discipline {
            Discipline::DropTail => queue.pop_front(),
            Discipline::Codel => {
                let next = || {
                    let packet = queue.pop_front()?;
                    let waited = now.since(packets.get(packet.n).map_or(now, |it| it.queued));
                    // One more behind it keeps the line busy, and no more.
                    Some((packet, waited, queue.len() <= 1))
                };
                self.codel.take(now, next, |packet| dropped.push(packet))
            }
        };
        for packet in dropped {
            self.dropped += 1;
            self.end(packet, DROPPED, w);
        }
        if self.passing.is_some() {
            w.schedule(Span::from_secs_f64(1.0 / self.line.rate), Event::Passed);
        }
    }

    fn pass_on(&mut self, w: &mut W) {
        if let Some(packet) = self.passing.take() {
            self.passed.record(w.now());
            let flow = self.packets.get(packet.n).map_or(0, |it| it.flow as usize);
            let noise = w.draws(NOISE, packet).chance(self.line.noise);
            if core::mem::take(&mut self.flows[flow].lose_next) || noise {
                self.end(packet, LOST, w);
            } else {
                self.goes(packet, (LINE, RECEIVER), 0.25, Event::Arrives(packet), w);
            }
        }
        self.pass_next(w);
    }

    /// A packet goes on its way, which takes a share of the round trip.
    fn goes(&mut self, packet: Entity, (from, to): (Entity, Entity), share: f64, event: Event, w: &mut W) {
        let Some(it) = self.packets.get_mut(packet.n) else { return };
        let at = w.now() + self.flows[it.flow as usize].rtt.scale(share);
        it.leg = Some((from, to, w.now(), at));
        w.schedule_at(at, event);
    }

    fn arrives(&mut self, packet: Entity, w: &mut W) {
        let Some(it) = self.packets.get_mut(packet.n) else { return };
        let flow = &mut self.flows[it.flow as usize];
        if it.begun == flow.begun {
            let taken = flow.receiver.takes(it.sent.data);
            let (arrived, edge) = flow.receiver.told();
            it.says = Some((arrived, edge, taken));
        }
        let sender = Entity::new(SENDER, it.flow);
        self.goes(packet, (RECEIVER, sender), 0.5, Event::Acked(packet), w);
    }

    fn acked(&mut self, packet: Entity, w: &mut W) {
        let Some(it) = self.packets.get(packet.n).copied() else { return };
        let flow = &mut self.flows[it.flow as usize];
        match it.says.filter(|_| it.begun == flow.begun) {
            Some((arrived, edge, true)) => {
                flow.goodput.record(w.now());
                flow.sender.on_ack(w.now(), it.sent.number, arrived, edge);
            }
            Some((arrived, edge, false)) => flow.sender.on_refused(it.sent.number, arrived, edge),
            None => {}
        }
        self.end(packet, ACKNOWLEDGED, w);
        self.send_all(it.flow, w);
    }

    /// The application of the first receiver reads a packet, if there is one.
    fn read(&mut self, w: &mut W) {
        let it = &mut self.flows[0];
        if it.receiver.read() {
            w.schedule(it.rtt.scale(0.5), Event::Opened(0));
        }
    }

    fn end(&mut self, packet: Entity, how: EndKind, w: &mut W) {
        self.packets.remove(packet.n);
        w.close(packet, how);
    }

    /// Who waits before the line, next to pass first.
    pub fn queue(&self) -> impl ExactSizeIterator<Item = Entity> {
        self.queue.iter().copied()
    }

    /// Packets turned away or thrown out before the line so far.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Which packet is being put on the line.
    pub const fn passing(&self) -> Option<Entity> {
        self.passing
    }

    /// How long a packet that comes now waits.
    pub fn wait(&self) -> f64 {
        self.queue.len() as f64 / self.line.rate
    }

    /// The share of the last 5 s in which the line was busy.
    pub fn used(&self, now: Time) -> f64 {
        (self.passed.rate(now) / self.line.rate).min(1.0)
    }

    /// Packets of a sender that were acknowledged a second, over the last 5 s.
    pub fn goodput(&self, flow: usize, now: Time) -> f64 {
        self.flows[flow].goodput.rate(now)
    }

    /// Those on their way between two places. Acknowledgements go back past the line.
    pub fn on_their_way(&self, now: Time) -> impl Iterator<Item = Packet> {
        self.packets.iter().filter_map(move |(n, it)| {
            let (from, to, left, arrives) = it.leg?;
            let entity = Entity::new(PACKET, n);
            if from != RECEIVER {
                return Some(Packet { entity, from, to, left, arrives, kind: PacketKind::Request });
            }
            let middle = left + arrives.since(left).scale(0.5);
            let leg = if now < middle { (from, LINE, left, middle) } else { (LINE, to, middle, arrives) };
            let (from, to, left, arrives) = leg;
            Some(Packet { entity, from, to, left, arrives, kind: PacketKind::Answer })
        })
    }

    /// Whose packet it is, and which piece of that stream it carries.
    pub fn carried(&self, packet: Entity) -> Option<(Entity, u64)> {
        self.packets.get(packet.n).map(|it| (Entity::new(SENDER, it.flow), it.sent.data))
    }

    /// What must always hold.
    ///
    /// # Errors
    /// Which invariant is broken.
    pub fn invariants(&self, w: &W) -> Result<(), String> {
        let (here, open) = (self.packets.len() as u64, w.tally(PACKET).under_way());
        if here != open {
            return Err(format!("{here} packets are somewhere, and {open} under way"));
        }
        if !self.queue.is_empty() && self.passing.is_none() {
            return Err("packets wait before an idle line".to_owned());
        }
        if self.flows.iter().all(|it| it.receiver.is_sound()) {
            return Ok(());
        }
        Err("a receiver holds more than it said it had room for".to_owned())
    }
}

fn new_sender(algorithm: Algorithm, flow: u32, room: u64, now: Time) -> Sender {
    // Linux waits 200 ms at least; its timer is not the RFC's second.
    let rto = RtoConfig { min: Span::from_millis(200), ..RtoConfig::default() };
    Sender::new(SenderConfig { rto }, algorithm.begin(flow as usize), room, now)
}
