//! One small server in six forms, stepped line by line, with the kernel's side beside it.
//!
//! Two clients send a request each, in two packets of 100 bytes; one read takes 100 bytes. The program reads both requests and
//! answers them: with reads that block, with reads that don't, with `epoll` (level-triggered, edge-triggered, and
//! edge-triggered with reading until `EAGAIN`), and with reads that the kernel does by itself and reports when they are done
//! (`io_uring`, POSIX `aio_read`). Sockets and readiness are `mechanism::event_loop`'s `Poller`. The program's next line or a
//! client's next packet is a step; every order of them is known, so a schedule that hangs can be found. Leaves out: sending
//! (it never blocks here), errors, and the time that anything takes.

use crate::lessons::prelude::*;
use crate::mechanism::event_loop::{Interest, Poller, Transfer, Trigger};
use crate::parts::program::{self, Explored, Program, SCHEDULER, Scheduler, SmallState};
use crate::player::Found;
use crate::scene::{Listing, ListingLine};
use std::collections::VecDeque;

/// The figure.
pub const FIGURES: &[Figure] = &[Figure::of::<FourCells>().predicted(super::questions::OF_CELLS).searched()];

kinds! {
    KINDS;
    THREAD = "thread", Only;
    LINE = "instruction", Numbers;
    CLIENT = "client", Letters;
    SOCKET = "socket", Letters;
    QUEUE_KIND = "queue", Only;
}

const QUEUE: Entity = Entity::new(QUEUE_KIND, 0);
const STEP: Span = Span::from_secs(1);
const PACKET_BYTES: u32 = 100;
/// A request is so many packets.
const PACKETS: u8 = 2;
/// The program is thread 0; these are the clients'.
const CLIENTS: [u32; 2] = [1, 2];
const SENDS: &[&str] = &["send(100 bytes)"; PACKETS as usize];
/// What the program calls its sockets.
const NAMES: [&str; 2] = ["a", "b"];
/// Stands for the socket that the program was told of last.
const TOLD: u8 = 2;

/// What a line does, most of them to a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    /// Reads until the request is whole, and sleeps while nothing is there.
    Block(u8),
    /// Reads what is there, if anything.
    Read(u8),
    /// Reads until nothing is there.
    Drain(u8),
    /// Answers if the request is whole.
    Answer(u8),
    /// Goes on from a line while a request isn't answered.
    Again(u8),
    Watch(Trigger),
    /// Sleeps until a watched socket is ready.
    Wait,
    Submit,
    Elsewhere,
    Complete,
    AnswerOrSubmit,
}

impl Op {
    fn reads(self) -> bool {
        matches!(self, Self::Block(_) | Self::Read(_) | Self::Drain(_))
    }
}

type Code = (&'static [&'static str], &'static [Op]);

macro_rules! code {
    ($($text:literal $op:expr;)*) => { (&[$($text),*], &[$($op),*]) };
}

/// The code of each form.
const CODES: [Code; 6] = [
    code! {
        "read(a) until whole" Op::Block(0); "answer(a)" Op::Answer(0);
        "read(b) until whole" Op::Block(1); "answer(b)" Op::Answer(1);
    },
    code! {
        "read(a, 100)" Op::Read(0); "if whole: answer(a)" Op::Answer(0); "read(b, 100)" Op::Read(1);
        "if whole: answer(b)" Op::Answer(1); "goto 1 until done" Op::Again(0);
    },
    code! {
        "watch(a, b)" Op::Watch(Trigger::Level); "s = epoll_wait()" Op::Wait; "read(s, 100)" Op::Read(TOLD);
        "if whole: answer(s)" Op::Answer(TOLD); "goto 2 until done" Op::Again(1);
    },
    code! {
        "watch(a, b, EPOLLET)" Op::Watch(Trigger::Edge); "s = epoll_wait()" Op::Wait; "read(s, 100)" Op::Read(TOLD);
        "if whole: answer(s)" Op::Answer(TOLD); "goto 2 until done" Op::Again(1);
    },
    code! {
        "watch(a, b, EPOLLET)" Op::Watch(Trigger::Edge); "s = epoll_wait()" Op::Wait;
        "read(s) until EAGAIN" Op::Drain(TOLD); "if whole: answer(s)" Op::Answer(TOLD); "goto 2 until done" Op::Again(1);
    },
    code! {
        "submit(read a, read b)" Op::Submit; "do something else" Op::Elsewhere; "s = completion()" Op::Complete;
        "answer(s) or submit" Op::AnswerOrSubmit; "goto 3 until done" Op::Again(2);
    },
];

choices! {
    /// How the program reads.
    pub enum Form {
        Block = "block", "Blocking";
        Poll = "poll", "Non-blocking";
        Level = "level", "epoll, level";
        Edge = "edge", "epoll, edge";
        Drain = "drain", "epoll, edge, drained";
        Ring = "ring", "io_uring";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub form: Form = Control::choice("form", "Reads", Form::OPTIONS, "block")
            .help("How the program reads from its two sockets. Another form starts everything afresh.").primary(),
        pub silent: bool = Control::flag("silent", "Client A says nothing", false)
            .help("Client A is connected and never sends: an idle connection. Switching it starts everything afresh.").primary(),
        pub scheduler: Scheduler = SCHEDULER,
    }
}

readings! {
    READINGS;
    Reading::new("answered", "answered", Unit::Count, "Requests that have been answered.");
    Reading::new("empty", "reads for nothing", Unit::Count, "Reads that found nothing: EAGAIN.").trouble_from(3.0);
    Reading::new("nearest", "steps to the nearest hang", Unit::Count, "Steps of the shortest way to a state in which bytes are there, the thread sleeps, and nothing more will wake it; nothing where there is no way to one.").trouble_at_zero();
}

const ACTIONS: &[Action] = &[Action::new("step", "Run the next step", &[THREAD, CLIENT])];

messages! {
    MESSAGES;
    kernel();
    holds_unread(bytes: (f64, Unit));
    note_sleeps(); note_nothing(); note_bytes(); note_told(socket: Entity); note_whole();
    mark_hang();
    says_start(); says_anew(); says_sleeps(code: String); says_ignored(socket: Entity, code: String); says_hang(socket: Entity);
    says_done(empty: u32); says_runs(code: String); says_spins(empty: u32);
    about_socket(unread: (f64, Unit)); about_queue();
}

/// The scheduler's next turn.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Turn(u32);

/// The program, the kernel, and the clients.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct State {
    form: u8,
    /// The program's next line, until it has finished.
    line: Option<u8>,
    kernel: Poller,
    /// Packets that each client has still to send, that the program has read, and whether it has answered.
    to_send: [u8; 2],
    read: [u8; 2],
    answered: [bool; 2],
    /// The socket that it was told of.
    told: u8,
    /// What the kernel reads by itself, and what it has read.
    submitted: [bool; 2],
    completed: VecDeque<u8>,
}

impl State {
    fn new(controls: &ControlValues) -> Self {
        let to_send = [if controls.silent { 0 } else { PACKETS }, PACKETS];
        Self {
            form: controls.form as u8,
            line: Some(0),
            kernel: Poller::new(2, 0),
            to_send,
            read: [0; 2],
            answered: [false; 2],
            told: 0,
            submitted: [false; 2],
            completed: VecDeque::new(),
        }
    }

    fn code(&self) -> Code {
        CODES[usize::from(self.form)]
    }

    fn op(&self) -> Option<Op> {
        self.code().1.get(usize::from(self.line?)).copied()
    }

    /// The socket that a line of the program is about.
    fn socket(&self, named: u8) -> u8 {
        if named == TOLD { self.told } else { named }
    }

    fn is_whole(&self, socket: u8) -> bool {
        self.read[usize::from(socket)] == PACKETS
    }

    fn unread(&self, socket: u8) -> u32 {
        self.kernel.received(socket.into())
    }

    /// One read; whether there was something.
    fn reads(&mut self, socket: u8) -> bool {
        let got = matches!(self.kernel.read(socket.into(), PACKET_BYTES), Transfer::Bytes(_));
        self.read[usize::from(socket)] += u8::from(got);
        got
    }

    fn answers(&mut self, socket: u8) {
        self.answered[usize::from(socket)] |= self.is_whole(socket);
    }

    /// The kernel does a read that was submitted, as soon as there is something.
    fn completes(&mut self, socket: u8) {
        if self.submitted[usize::from(socket)] && self.reads(socket) {
            self.submitted[usize::from(socket)] = false;
            self.completed.push_back(socket);
        }
    }

    /// A request that isn't whole is read on by the kernel.
    fn submits(&mut self, socket: u8) {
        self.submitted[usize::from(socket)] = !self.is_whole(socket);
        self.completes(socket);
    }

    /// The state after the program's next line, unless it sleeps there.
    fn runs(&self) -> Option<Self> {
        let (mut is, line) = (self.clone(), self.line?);
        let mut next = line + 1;
        let all = self.answered == [true; 2];
        match self.op()? {
            Op::Block(socket) => next = line + u8::from(is.reads(socket).then(|| is.is_whole(socket))?),
            Op::Read(socket) => _ = is.reads(self.socket(socket)),
            Op::Drain(socket) => next = line + u8::from(!is.reads(self.socket(socket))),
            Op::Answer(socket) => is.answers(self.socket(socket)),
            Op::Again(from) => next = if all { next } else { from },
            Op::Watch(trigger) => {
                for socket in [0, 1] {
                    is.kernel.watch(socket, Interest::READ, trigger, Time::ZERO);
                }
            }
            Op::Wait => is.told = is.kernel.wait(1, Time::ZERO).first()?.fd as u8,
            Op::Submit => [0, 1].into_iter().for_each(|socket| is.submits(socket)),
            Op::Elsewhere => {}
            Op::Complete => is.told = is.completed.pop_front()?,
            Op::AnswerOrSubmit => {
                is.answers(self.told);
                is.submits(self.told);
            }
        }
        is.line = Some(next).filter(|next| usize::from(*next) < self.code().1.len());
        Some(is)
    }

    /// The socket whose bytes nobody will ever read: the thread sleeps, and nothing more comes.
    fn hangs(&self) -> Option<u8> {
        let stuck = self.line.is_some() && self.to_send == [0; 2] && self.runs().is_none();
        [0, 1].into_iter().find(|&socket| stuck && self.unread(socket) > 0)
    }
}

impl SmallState for State {
    fn line(&self, thread: u32) -> Option<u32> {
        match thread.checked_sub(CLIENTS[0]) {
            None => self.line.map(u32::from),
            Some(client) => PACKETS
                .checked_sub(self.to_send[client as usize])
                .filter(|sent| *sent < PACKETS)
                .map(u32::from),
        }
    }

    fn step(&self, thread: u32) -> Option<Self> {
        let Some(client) = thread.checked_sub(CLIENTS[0]) else { return self.runs() };
        let mut is = self.clone();
        let left = &mut is.to_send[client as usize];
        *left = left.checked_sub(1)?;
        is.kernel.arrives(client as u16, PACKET_BYTES, Time::ZERO);
        is.completes(client as u8);
        Some(is)
    }
}

#[derive(Clone, Debug)]
pub(super) struct FourCells {
    controls: ControlValues,
    threads: Explored<State>,
    empty: u32,
    /// What the last line of the program gave.
    gave: Option<(u32, Msg)>,
}

impl FourCells {
    fn begin(controls: &ControlValues, w: &mut World<Turn>) -> Self {
        let state = State::new(controls);
        let program = Program::new((THREAD, LINE), STEP, &[state.code().0, SENDS, SENDS]);
        let mut program = program.with_helpers(CLIENTS[0], CLIENT).with_own_lanes();
        program.set_finished(CLIENTS[0], controls.silent);
        let hangs = |state: &State| state.hangs().is_some();
        let threads = Explored::start(program, state, hangs, controls.scheduler, w, Turn);
        Self { controls: controls.clone(), threads, empty: 0, gave: None }
    }

    fn run(&mut self, n: u32, w: &mut World<Turn>) {
        let op = self.threads.state.op().filter(|_| n == 0);
        let empty = |was: &State, is: &State| op.is_some_and(Op::reads) && was.read == is.read;
        let status = |was: &State, is: &State| match n {
            0 if empty(was, is) => Status::Trouble,
            0 => Status::Active,
            _ => Status::Normal,
        };
        let Some(was) = self.threads.step(n, status, w, Turn) else { return };
        let is = &self.threads.state;
        if is.hangs().is_some() {
            w.notable(self.threads.program.thread(n), mark_hang());
        }
        let Some(op) = op else { return };
        let (nothing, answered) = (empty(&was, is), was.answered != is.answered);
        let gave = match op {
            _ if nothing => Some(note_nothing()),
            _ if op.reads() => Some(note_bytes()),
            _ if answered => Some(note_whole()),
            Op::Wait | Op::Complete => Some(note_told(Entity::new(SOCKET, is.told.into()))),
            _ => None,
        };
        self.gave = was.line(0).zip(gave);
        self.empty += u32::from(nothing);
    }

    /// Where the thread sleeps, if it does.
    fn sleeps_at(&self) -> Option<u8> {
        self.threads.state.line.filter(|_| !self.threads.can_run(0))
    }

    fn note(&self, line: u32) -> Option<Label> {
        if self.sleeps_at().map(u32::from) == Some(line) {
            return Some(Label::Words(note_sleeps()));
        }
        self.gave.clone().filter(|(at, _)| *at == line).map(|(_, says)| Label::Words(says))
    }

    /// What the kernel holds: the packets of each socket, and whom it would tell the program of.
    fn kernel(&self) -> Panel {
        let state = &self.threads.state;
        let told = || state.kernel.clone().wait(2, Time::ZERO).iter().map(|event| event.fd as u8).collect();
        let queue: Option<(_, VecDeque<u8>)> = match self.controls.form {
            Form::Block | Form::Poll => None,
            Form::Ring => Some(("completions: ", state.completed.clone())),
            Form::Level | Form::Edge | Form::Drain => Some(("ready list: ", told())),
        };
        let queue = queue.map(|(title, sockets)| {
            let names: Vec<_> = sockets.iter().map(|socket| NAMES[usize::from(*socket)]).collect();
            let code = [title, &names.join(", ")].concat();
            ListingLine { entity: QUEUE, code, note: None, status: Status::Normal }
        });
        let lines = [0, 1].map(|n| self.socket(n)).into_iter().chain(queue).collect();
        Panel::Listing(Listing { entity: QUEUE, title: Label::Words(kernel()), lines }.into())
    }

    fn socket(&self, n: u8) -> ListingLine {
        let (state, at) = (&self.threads.state, usize::from(n));
        let (read, unread) = (usize::from(state.read[at]), (state.unread(n) / PACKET_BYTES) as usize);
        let to_come = usize::from(PACKETS).saturating_sub(read + unread);
        let packets = ["·".repeat(read), "■".repeat(unread), "□".repeat(to_come)].concat();
        let holds = holds_unread((f64::from(state.unread(n)), Unit::Bytes));
        ListingLine {
            entity: Entity::new(SOCKET, n.into()),
            code: [NAMES[at], ": ", &packets].concat(),
            note: Some(Label::Words(if state.answered[at] { note_whole() } else { holds })),
            status: if self.ignored() == Some(n) { Status::Trouble } else { Status::Normal },
        }
    }

    /// A socket with bytes that the sleeping thread doesn't look at.
    fn ignored(&self) -> Option<u8> {
        self.sleeps_at()?;
        [0, 1].into_iter().find(|&socket| self.threads.state.unread(socket) > 0)
    }

    fn says(&self) -> Msg {
        let state = &self.threads.state;
        let code = |line: u8| self.threads.program.code(0)[usize::from(line)].to_owned();
        let socket = |n: u8| Entity::new(SOCKET, n.into());
        match (self.sleeps_at(), state.line) {
            _ if self.threads.program.history().is_empty() && self.threads.is_anew() => says_anew(),
            _ if self.threads.program.history().is_empty() => says_start(),
            (_, None) => says_done(self.empty),
            (Some(_), _) if state.hangs().is_some() => says_hang(socket(state.hangs().unwrap_or(0))),
            (Some(line), _) => match self.ignored() {
                Some(other) => says_ignored(socket(other), code(line)),
                None => says_sleeps(code(line)),
            },
            (None, Some(_)) if self.empty > 2 => says_spins(self.empty),
            (None, Some(line)) => says_runs(code(line)),
        }
    }
}

impl Experiment for FourCells {
    type Controls = ControlValues;
    type Event = Turn;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("four-cells", Time::from_secs(120), ControlValues::ALL, READINGS, KINDS)
            .by_steps(STEP)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES, program::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut World<Turn>) -> Result<Self, Msg> {
        _ = w.open(THREAD, None);
        for kind in [CLIENT, SOCKET] {
            (0..2).for_each(|_| _ = w.open(kind, None));
        }
        Ok(Self::begin(controls, w))
    }

    fn handle(&mut self, Turn(turn): Turn, w: &mut World<Turn>) {
        if let Some(thread) = self.threads.turn(turn, w) {
            self.run(thread, w);
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut World<Turn>) -> Result<(), Msg> {
        self.controls.scheduler = is.scheduler;
        if self.controls == *is {
            self.threads.set_scheduler(is.scheduler, w, Turn);
        } else {
            *self = Self::begin(is, w);
        }
        Ok(())
    }

    fn act(&mut self, _: usize, on: &[Entity], _: &Value, w: &mut World<Turn>) -> Result<(), Msg> {
        let thread = self.threads.by_hand(on, w.now())?;
        self.run(thread, w);
        Ok(())
    }

    fn refusal(&self, _: usize, on: Entity) -> Option<Msg> {
        self.threads.refusal(on)
    }

    fn read(&self, _: &World<Turn>, out: &mut Readings) {
        let state = &self.threads.state;
        out.put("answered", state.answered.iter().filter(|answered| **answered).count() as f64);
        out.put("empty", f64::from(self.empty));
        out.put("nearest", self.threads.ahead().and_then(|ahead| ahead.nearest).map(f64::from));
    }

    fn draw(&self, _: &World<Turn>, scene: &mut Scene) {
        scene.panels =
            vec![self.threads.listing(0, |line| self.note(line)), self.kernel(), self.threads.lanes(20)];
        scene.choices = self.threads.choices("step");
        // A client sends where its socket is pressed.
        for choice in scene.choices.iter_mut().filter(|choice| choice.on.kind == CLIENT) {
            choice.pressed = Entity::new(SOCKET, choice.on.n);
        }
        scene.sentences.push(self.says());
    }

    fn about(&self, entity: Entity, _: &World<Turn>) -> Option<About> {
        Some(About::says([match entity.kind {
            SOCKET if entity.n < 2 => {
                about_socket((f64::from(self.threads.state.unread(entity.n as u8)), Unit::Bytes))
            }
            QUEUE_KIND => about_queue(),
            _ => self.threads.program.about(entity)?,
        }]))
    }

    fn found_in(&self) -> Option<Found> {
        Some(self.threads.found(|| self.says()))
    }

    fn invariants(&self, _: &World<Turn>) -> Result<(), String> {
        self.threads.invariants()?;
        let state = &self.threads.state;
        let sent = [0, 1].map(|n: u8| {
            let at = usize::from(n);
            u32::from(state.read[at] + state.to_send[at]) + state.unread(n) / PACKET_BYTES
        });
        let all = [if self.controls.silent { 0 } else { 2 }, 2];
        if sent == all { Ok(()) } else { Err(format!("packets: {sent:?}")) }
    }
}
