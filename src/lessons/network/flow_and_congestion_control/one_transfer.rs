//! One sender, one receiver: what may be under way is the smaller of what the receiver has room for and what the sender
//! believes the network carries.
//!
//! Slow enough to follow single packets. The application on the receiver's side reads at a pace of its own; what it hasn't
//! read takes room in the receiver's buffer.

use super::path::{
    Algorithm, DROPPED, Discipline, Event, KINDS, LINE, LOST, Line, PACKET, PIECE, Path, RECEIVER, SENDER, W,
};
use crate::lessons::prelude::*;
use crate::mechanism::codel::CodelConfig;
use crate::mechanism::congestion::Held;
use crate::scene::{Slots, Workers};

const ONE: Entity = Entity::new(SENDER, 0);
/// Packets that may wait before the line.
const BUFFER: u32 = 20;

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub room: u32 = Control::log_number("room", "Receive buffer", Unit::Count, (2.0, 256.0), 32.0)
            .help("Packets that the receiver keeps for its application. What is free of it, it tells the sender: rwnd.").primary(),
        pub reads: f64 = Control::log_number("reads", "Application reads", Unit::Rate, (10.0, 500.0), 200.0)
            .help("Packets a second that the application takes out of the receive buffer, if there are any.").primary(),
        pub rtt: Span = Control::number("rtt", "Round trip", Unit::Time, (0.05, 0.5), 0.05, 0.2)
            .help("There and back without waiting.").primary(),
        pub rate: f64 = Control::number("rate", "Line", Unit::Rate, (25.0, 200.0), 25.0, 100.0)
            .help("Packets a second that the line passes. Twenty more may wait before it."),
        pub algorithm: Algorithm = Control::choice("algorithm", "Sender", Algorithm::OPTIONS, "reno")
            .help("How the sender finds its own window, cwnd."),
    }
}

impl ControlValues {
    fn line(&self) -> Line {
        let codel = CodelConfig::default();
        Line { rate: self.rate, room: BUFFER, discipline: Discipline::DropTail, codel, noise: 0.0 }
    }
}

readings! {
    READINGS;
    Reading::new("arrives", "arrives", Unit::Rate, "Packets a second that the receiver took, over the last 5 s.");
    Reading::new("used", "line used", Unit::Share, "Share of the last 5 s in which a packet was on the line.");
    Reading::new("wait", "wait", Unit::Time, "How long a packet that comes to the line now waits for it.").trouble_from(0.15);
    Reading::new("rwnd", "rwnd", Unit::Count, "Packets beyond what has arrived that the receiver has room for, as far as the sender knows.").trouble_at_zero();
    Reading::new("cwnd", "cwnd", Unit::Count, "Packets that the sender believes the network carries.");
    Reading::new("under-way", "under way", Unit::Count, "Packets sent and not yet acknowledged.");
    Reading::measured("lost", "lost", Statistic::Share, "Share of the packets of the last 5 s that were dropped or lost.")
        .of(PACKET, &[DROPPED, LOST]).last(5.0).trouble_from(0.05);
}

const ACTIONS: &[Action] = &[
    Action::new("pause", "Stop reading", &[super::path::RECEIVER_KIND]),
    Action::new("resume", "Read again", &[super::path::RECEIVER_KIND]),
    Action::new("lose", "Lose its next packet", &[SENDER]),
];
const PAUSE: usize = 0;
const RESUME: usize = 1;

messages! {
    pub(super) MESSAGES;
    chart_windows(); rwnd(); cwnd(); under_way();
    note_may(packets: u32); note_by_network(); note_by_receiver(); note_closed(); note_spreads(); note_paused(); note_unread(packets: u32);
    did_pause(); did_resume(); did_lose(); refuses_paused(); refuses_reading();
    says_closed(); says_by_receiver(rwnd: u32, cwnd: u32); says_by_network(rwnd: u32, cwnd: u32); says_delivers(used: (f64, Unit), queue: u32);
    about_sender(sent: u32, rwnd: u32, cwnd: u32); about_probes(); about_losses(lost: u64, timeouts: u64);
    about_line(queue: u32, room: u32, dropped: u64); about_receiver(unread: u32, room: u32); about_paused();
    about_packet(sender: Entity, data: u64); about_piece();
    judge_arrives(arrives: (f64, Unit), bound: (f64, Unit)); judge_wait(wait: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Debug)]
pub(super) struct OneTransfer {
    controls: ControlValues,
    pub(super) path: Path,
    paused: bool,
}

impl OneTransfer {
    fn rwnd(&self) -> u32 {
        self.path.flows[0].sender.receive_window() as u32
    }

    fn cwnd(&self) -> u32 {
        self.path.flows[0].sender.controller().window() as u32
    }

    /// What the sender waits for, as a note beside it.
    fn held(&self, now: Time) -> Msg {
        let sender = &self.path.flows[0].sender;
        match sender.held(now) {
            _ if self.rwnd() == 0 => note_closed(),
            Some(Held::ByReceiver) => note_by_receiver(),
            Some(Held::ByNetwork) => note_by_network(),
            Some(Held::Until(_)) => note_spreads(),
            None => note_may(self.rwnd().min(self.cwnd()).saturating_sub(sender.in_flight())),
        }
    }

    fn flow(&self, now: Time) -> Panel {
        let queue: Vec<Entity> = self.path.queue().collect();
        let status = if queue.len() >= BUFFER as usize { Status::Trouble } else { Status::Normal };
        let line = Node {
            queue: Some(Slots { waiting: queue, capacity: Some(BUFFER), status }),
            workers: Some(Workers {
                busy: self.path.passing().map(|packet| (packet, now)).into_iter().collect(),
                total: 1,
            }),
            ..Node::new(LINE).shaped(Shape::Queue)
        };
        let unread: Vec<Entity> =
            self.path.flows[0].receiver.unread().map(|n| Entity::new(PIECE, n as u32)).collect();
        let full = self.rwnd() == 0;
        let note = if self.paused { note_paused() } else { note_unread(unread.len() as u32) };
        let receiver = Node {
            queue: Some(Slots {
                waiting: unread,
                capacity: Some(self.controls.room),
                status: if full { Status::Trouble } else { Status::Normal },
            }),
            status: if self.paused { Status::Down } else { Status::Normal },
            ..Node::new(RECEIVER).shaped(Shape::Client).note(Label::Words(note))
        };
        let sender = Node {
            status: if full { Status::Trouble } else { Status::Active },
            ..Node::new(ONE).shaped(Shape::Server).note(Label::Words(self.held(now)))
        };
        Panel::Flow(Flow::through([vec![sender], vec![line], vec![receiver]], self.path.on_their_way(now)))
    }
}

impl Experiment for OneTransfer {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("one-transfer", Time::from_secs(40), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_millis(9_300))
            .warm_up(Time::from_secs(10))
            .speed(0.5)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let mut path = Path::new(controls.line());
        path.add(controls.algorithm, controls.rtt, controls.room.into(), w.now(), w);
        w.schedule(Span::from_secs_f64(1.0 / controls.reads), Event::Reads);
        Ok(Self { controls: controls.clone(), path, paused: false })
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        if matches!(event, Event::Reads) {
            w.schedule(Span::from_secs_f64(1.0 / self.controls.reads), Event::Reads);
            if self.paused {
                return;
            }
        }
        self.path.handle(event, w);
    }

    fn set(&mut self, is: &ControlValues, _: &mut W) -> Result<(), Msg> {
        self.path.set_line(is.line());
        self.path.set_algorithm(0, is.algorithm);
        self.path.set_room(0, is.room.into());
        self.path.flows[0].rtt = is.rtt;
        self.controls = is.clone();
        Ok(())
    }

    fn act(&mut self, action: usize, on: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        if let Some(why) = self.refusal(action, on[0]) {
            return Err(why);
        }
        let did = match action {
            PAUSE => did_pause(),
            RESUME => did_resume(),
            _ => did_lose(),
        };
        match action {
            PAUSE | RESUME => self.paused = action == PAUSE,
            _ => self.path.lose_next(0),
        }
        w.notable(on[0], did);
        Ok(())
    }

    fn refusal(&self, action: usize, on: Entity) -> Option<Msg> {
        match (action, self.paused) {
            _ if on.n > 0 => Some(Msg::new("no-such-entity").of("entity", on)),
            (PAUSE, true) => Some(refuses_paused()),
            (RESUME, false) => Some(refuses_reading()),
            _ => None,
        }
    }

    fn read(&self, w: &W, out: &mut Readings) {
        out.put("arrives", self.path.goodput(0, w.now()));
        out.put("used", self.path.used(w.now()));
        out.put("wait", self.path.wait());
        out.put("rwnd", f64::from(self.rwnd()));
        out.put("cwnd", f64::from(self.cwnd()));
        out.put("under-way", f64::from(self.path.flows[0].sender.in_flight()));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let windows = [("rwnd", Status::Normal), ("cwnd", Status::Active), ("under-way", Status::Draining)];
        scene.panels =
            vec![self.flow(w.now()), Panel::series(chart_windows(), Unit::Count, windows, Self::SPEC.until)];
        let (rwnd, cwnd) = (self.rwnd(), self.cwnd());
        let found = match () {
            () if rwnd == 0 => says_closed(),
            () if rwnd < cwnd => says_by_receiver(rwnd, cwnd),
            () => says_by_network(rwnd, cwnd),
        };
        let used = (self.path.used(w.now()), Unit::Share);
        scene.sentences = vec![found, says_delivers(used, self.path.queue().len() as u32)];
    }

    fn about(&self, entity: Entity, _: &W) -> Option<About> {
        let it = &self.path.flows[0];
        let room = self.controls.room;
        Some(About::says(match entity.kind {
            SENDER if entity == ONE => {
                let (lost, timeouts) = it.sender.losses();
                let windows = about_sender(it.sender.in_flight(), self.rwnd(), self.cwnd());
                let closed = (self.rwnd() == 0).then(about_probes);
                [Some(windows), closed, Some(about_losses(lost, timeouts))]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
            }
            PACKET => {
                let (sender, data) = self.path.carried(entity)?;
                vec![about_packet(sender, data)]
            }
            PIECE => it.receiver.unread().any(|n| n as u32 == entity.n).then(|| vec![about_piece()])?,
            _ if entity == LINE => {
                vec![about_line(self.path.queue().len() as u32, BUFFER, self.path.dropped())]
            }
            _ if entity == RECEIVER => {
                let unread = about_receiver(it.receiver.unread().count() as u32, room);
                self.paused.then(about_paused).into_iter().chain([unread]).collect()
            }
            _ => return None,
        }))
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        let sender = &self.path.flows[0].sender;
        // Probes into a closed window apart, nothing is sent that there is no room for.
        if u64::from(sender.in_flight()) > sender.receive_window() + 1
            && self.path.flows[0].sender.losses() == (0, 0)
        {
            return Err(format!("{} under way, rwnd {}", sender.in_flight(), sender.receive_window()));
        }
        self.path.invariants(w)
    }
}
