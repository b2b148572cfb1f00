//! Two senders and one line: their windows, the queue and the losses, over the same time.
//!
//! Nobody tells the two how fast the line is, nor of each other. What they do about it is drawn as a skyline, a column each
//! quarter of a second. Leaves out: what the mechanism and the path leave out; a sender always has data.

use super::path::{Algorithm, DROPPED, Discipline, Event, KINDS, LINE, LOST, Line, PACKET, Path, SENDER, W};
use crate::lessons::prelude::*;
use crate::mechanism::codel::CodelConfig;
use crate::mechanism::congestion::Receiver;
use crate::scene::{Cell, Grid, GridRow};

/// What the line passes, in packets a second, and the round trip that the buffer is measured by: the pipe holds 40 packets.
pub(super) const RATE: f64 = 500.0;
const RTT: Span = Span::from_millis(80);
pub(super) const PIPE: f64 = 40.0;
/// B comes later, when A has found its way.
const B_BEGINS: Time = Time::from_secs(6);
/// A column of the picture, and how many there are.
const COLUMN: Span = Span::from_millis(250);
const COLUMNS: u32 = 160;
const NAMES: [Entity; 2] = [Entity::new(SENDER, 0), Entity::new(SENDER, 1)];

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub a: Algorithm = Control::choice("a", "A", Algorithm::OPTIONS, "reno")
            .help("How A finds its window. The model-based one has BBR's states in outline.").primary(),
        pub b: Algorithm = Control::choice("b", "B", Algorithm::OPTIONS, "reno")
            .help("How B finds its window.").primary(),
        pub buffer: f64 = Control::log_number("buffer", "Buffer", Unit::Factor, (0.1, 10.0), 1.0)
            .help("Packets that may wait before the line, as a multiple of the 40 that are under way when it is full and nobody waits.").primary(),
        pub discipline: Discipline = Control::choice("discipline", "Drops", Discipline::OPTIONS, "drop-tail")
            .help("What the router throws away: what finds the buffer full, or, with CoDel, also packets of a queue that has stood for 100 ms.").primary(),
        pub target: Span = Control::log_number("target", "CoDel's target", Unit::Time, (0.001, 0.1), 0.005)
            .help("The wait that CoDel puts up with for good.").only_with("discipline", "codel"),
        pub rtt: Span = Control::number("rtt", "B's round trip", Unit::Time, (0.02, 0.4), 0.02, 0.08)
            .help("There and back without waiting. A's is 80 ms."),
        pub noise: f64 = Control::number("noise", "Line loses", Unit::Count, (0.0, 50.0), 1.0, 0.0)
            .help("Of 1,000 packets, so many are lost by the line itself, as on a bad radio link. No queue has anything to do with it."),
    }
}

impl ControlValues {
    fn line(&self) -> Line {
        let room = libm::round(self.buffer * PIPE) as u32;
        let codel = CodelConfig { target: self.target, ..CodelConfig::default() };
        Line { rate: RATE, room, discipline: self.discipline, codel, noise: self.noise / 1_000.0 }
    }
}

readings! {
    READINGS;
    Reading::new("used", "line used", Unit::Share, "Share of the last 5 s in which a packet was on the line.");
    Reading::new("wait", "wait", Unit::Time, "How long a packet that comes to the line now waits for it.").trouble_from(0.2);
    Reading::new("a-gets", "A gets", Unit::Rate, "A's packets a second that arrived, over the last 5 s.");
    Reading::new("b-gets", "B gets", Unit::Rate, "B's packets a second that arrived, over the last 5 s.");
    Reading::new("weaker", "weaker one's share", Unit::Share, "Of what both got in the last 5 s; 50 % is fair.");
    Reading::measured("lost", "lost", Statistic::Share, "Share of the packets of the last 5 s that were dropped before the line or lost on it.")
        .of(PACKET, &[DROPPED, LOST]).last(5.0).trouble_from(0.05);
}

const ACTIONS: &[Action] = &[
    Action::new("lose", "Lose its next packet", &[SENDER]),
    Action::new("stop", "Stop it", &[SENDER]),
    Action::new("start", "Let it send", &[SENDER]),
];
const LOSE: usize = 0;
const STOP: usize = 1;

messages! {
    pub(super) MESSAGES;
    skyline(); row_a(); row_b(); row_queue(); note_window(packets: u32); note_silent(); note_queue(packets: u32, room: u32);
    key_window(); key_starting(); key_loss();
    did_lose(); did_stop(); did_start(); refuses_silent(); refuses_sending();
    says_bloat(wait: Span, way: Span); says_idle(used: (f64, Unit)); says_full(); says_windows(a: u32, b: u32, queue: u32);
    says_alone(a: u32, queue: u32);
    about_window(packets: u32, sent: u32); about_starting(); about_avoiding(); about_losses(lost: u64, timeouts: u64);
    about_silent(); about_line(queue: u32, room: u32, dropped: u64); about_packet(sender: Entity, data: u64);
    judge_used(used: (f64, Unit), bound: (f64, Unit)); judge_wait(wait: (f64, Unit), bound: (f64, Unit));
    judge_weaker(share: (f64, Unit), bound: (f64, Unit));
}

/// What a column of the picture shows.
#[derive(Clone, Copy, Debug)]
struct Column {
    windows: [f32; 2],
    starting: [bool; 2],
    lost: [bool; 2],
    queue: f32,
    dropped: bool,
}

#[derive(Clone, Debug)]
pub(super) struct TwoFlows {
    controls: ControlValues,
    pub(super) path: Path,
    columns: Vec<Column>,
    /// Losses of each sender, and packets dropped, when the last column was taken down.
    counted: ([u64; 2], u64),
}

impl TwoFlows {
    /// The window of a sender; none while it is silent.
    pub(super) fn window(&self, flow: usize) -> Option<u32> {
        let it = &self.path.flows[flow];
        it.active.then(|| it.sender.controller().window() as u32)
    }

    fn note(&mut self) {
        let lost = [0, 1].map(|n| self.path.flows[n].sender.losses().0);
        let (before, dropped) = self.counted;
        self.columns.push(Column {
            windows: [0, 1].map(|n| self.window(n).unwrap_or(0) as f32),
            starting: [0, 1].map(|n: usize| self.path.flows[n].sender.controller().is_starting()),
            lost: [0, 1].map(|n: usize| lost[n] > before[n]),
            queue: self.path.queue().len() as f32,
            dropped: self.path.dropped() > dropped,
        });
        self.counted = (lost, self.path.dropped());
    }

    /// The skyline. Both windows have one scale: what the pipe and the buffer hold together is its full height.
    fn skyline(&self) -> Panel {
        let most = (PIPE + f64::from(self.path.line.room)) as f32;
        let window = |n: usize| {
            let cell = move |it: &Column| {
                let status = match (it.lost[n], it.starting[n]) {
                    (true, _) => Status::Trouble,
                    (false, true) => Status::Warming,
                    (false, false) => Status::Normal,
                };
                Cell { entity: NAMES[n], level: it.windows[n] / most, status }
            };
            let note = self.window(n).map_or_else(note_silent, note_window);
            GridRow::new(NAMES[n], [row_a(), row_b()][n].clone(), note, self.columns.iter().map(cell))
        };
        let room = self.path.line.room;
        let queue = |it: &Column| {
            let status = if it.dropped { Status::Trouble } else { Status::Normal };
            Cell { entity: LINE, level: it.queue / room.max(1) as f32, status }
        };
        let note = note_queue(self.path.queue().len() as u32, room);
        let queue = GridRow::new(LINE, row_queue(), note, self.columns.iter().map(queue));
        let key = [
            (key_window(), Status::Normal),
            (key_starting(), Status::Warming),
            (key_loss(), Status::Trouble),
        ];
        let rows = vec![window(0), window(1), queue];
        Panel::Grid(
            Grid { title: Label::Words(skyline()), rows, columns: COLUMNS, tall: true, key: legend(key) }
                .into(),
        )
    }

    fn say(&self, w: &W) -> Vec<Msg> {
        let queue = self.path.queue().len() as u32;
        let (used, wait) = (self.path.used(w.now()), Span::from_secs_f64(self.path.wait()));
        let found = match () {
            () if wait > RTT + RTT => says_bloat(wait, RTT),
            () if used < 0.9 && w.now() > B_BEGINS => says_idle((used, Unit::Share)),
            () => says_full(),
        };
        let windows = match (self.window(0), self.window(1)) {
            (Some(a), Some(b)) => says_windows(a, b, queue),
            (Some(one), None) | (None, Some(one)) => says_alone(one, queue),
            (None, None) => return vec![found],
        };
        vec![found, windows]
    }

    fn shares(&self, now: Time) -> Option<f64> {
        let (a, b) = (self.path.goodput(0, now), self.path.goodput(1, now));
        (now > B_BEGINS && a + b > 0.0).then(|| a.min(b) / (a + b))
    }
}

impl Experiment for TwoFlows {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("two-flows", Time::from_secs(40), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_secs(24))
            .warm_up(Time::from_secs(20))
            .speed(2.0)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let mut path = Path::new(controls.line());
        path.add(controls.a, RTT, Receiver::ENDLESS, w.now(), w);
        path.add(controls.b, controls.rtt, Receiver::ENDLESS, B_BEGINS, w);
        w.schedule(COLUMN, Event::Noted);
        Ok(Self { controls: controls.clone(), path, columns: Vec::new(), counted: Default::default() })
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        if matches!(event, Event::Noted) {
            self.note();
            w.schedule(COLUMN, Event::Noted);
        }
        self.path.handle(event, w);
    }

    fn set(&mut self, is: &ControlValues, _: &mut W) -> Result<(), Msg> {
        self.path.set_line(is.line());
        self.path.set_algorithm(0, is.a);
        self.path.set_algorithm(1, is.b);
        self.path.flows[1].rtt = is.rtt;
        self.controls = is.clone();
        Ok(())
    }

    fn act(&mut self, action: usize, on: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        let flow = on[0].n;
        if let Some(why) = self.refusal(action, on[0]) {
            return Err(why);
        }
        let did = if action == LOSE {
            self.path.lose_next(flow as usize);
            did_lose()
        } else {
            self.path.set_active(flow, action != STOP, w);
            if action == STOP { did_stop() } else { did_start() }
        };
        w.notable(on[0], did);
        Ok(())
    }

    fn refusal(&self, action: usize, on: Entity) -> Option<Msg> {
        let Some(sends) = self.path.flows.get(on.n as usize).map(|it| it.active) else {
            return Some(Msg::new("no-such-entity").of("entity", on));
        };
        match (action == LOSE || action == STOP, sends) {
            (true, false) => Some(refuses_silent()),
            (false, true) => Some(refuses_sending()),
            _ => None,
        }
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let now = w.now();
        out.put("used", self.path.used(now));
        out.put("wait", self.path.wait());
        out.put("a-gets", self.path.goodput(0, now));
        out.put("b-gets", self.path.goodput(1, now));
        out.put("weaker", self.shares(now));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        scene.panels = vec![self.skyline()];
        scene.sentences = self.say(w);
    }

    fn about(&self, entity: Entity, _: &W) -> Option<About> {
        if entity == LINE {
            let queue = self.path.queue().len() as u32;
            return Some(About::says([about_line(queue, self.path.line.room, self.path.dropped())]));
        }
        if entity.kind == PACKET {
            let (sender, data) = self.path.carried(entity)?;
            return Some(About::says([about_packet(sender, data)]));
        }
        let it = self.path.flows.get(entity.n as usize).filter(|_| entity.kind == SENDER)?;
        let (lost, timeouts) = it.sender.losses();
        let losses = about_losses(lost, timeouts);
        if !it.active {
            return Some(About::says([about_silent(), losses]));
        }
        let window = about_window(it.sender.controller().window() as u32, it.sender.in_flight());
        let phase = if it.sender.controller().is_starting() { about_starting() } else { about_avoiding() };
        Some(About::says([window, phase, losses]))
    }

    fn kept_bytes(&self) -> usize {
        self.columns.len() * size_of::<Column>()
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        self.path.invariants(w)
    }
}
