//! A cache and a database that come to disagree: a reader and one or two writers, whose order the learner chooses.
//!
//! The reader does as cache-aside does: look, fetch, store. A writer changes the row and does something about the entry, in
//! one of several orders; the entry may expire twice. Wrong is an end with an entry that isn't what the row says. Leaves out:
//! a client that dies between two steps, replicas that lag, and what a reader sees meanwhile.

use crate::lessons::prelude::*;
use crate::parts::program::{self, Explored, Program, Ran, SCHEDULER, Scheduler, SmallState};
use crate::player::Found;
use crate::scene::{Ladder, LadderMessage, Loss, Party, PartyNote};

kinds! {
    KINDS;
    CLIENT = "client", Words(&[Cow::Borrowed("reader"), Cow::Borrowed("writer"), Cow::Borrowed("second-writer")]);
    INSTRUCTION = "instruction", Numbers;
    EXPIRY = "expiry", Only;
    CACHE_KIND = "cache", Only; DATABASE_KIND = "table", Only;
    TAKEN = "step", Numbers;
}

const CACHE: Entity = Entity::new(CACHE_KIND, 0);
const DATABASE: Entity = Entity::new(DATABASE_KIND, 0);
const STEP: Span = Span::from_secs(1);
/// How long a message is seen on its way.
const SEEN: Span = Span::from_millis(700);
const VALUES: [&str; 3] = ["old", "new", "newer"];

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Op {
    Get,
    Select,
    /// Stores in the cache what was read or written; with leases only if the entry wasn't deleted since it was missing.
    Store,
    Update,
    Delete,
    Expires,
}

type Code = (&'static [&'static str], &'static [Op]);
const READS: Code = (&["get k", "select", "set k"], &[Op::Get, Op::Select, Op::Store]);
const EXPIRES: Code = (&["the entry expires", "it expires again"], &[Op::Expires; 2]);

choices! {
    /// What a writer does, in which order.
    pub enum Order {
        DeleteFirst = "delete-first", "Delete, then write";
        WriteFirst = "write-first", "Write, then delete";
        Twice = "twice", "Delete, write, delete";
        Both = "both", "Write both";
        Lease = "lease", "Write, delete; leases";
    }
}

impl Order {
    const fn writes(self) -> Code {
        match self {
            Self::DeleteFirst => (&["del k", "update"], &[Op::Delete, Op::Update]),
            Self::WriteFirst | Self::Lease => (&["update", "del k"], &[Op::Update, Op::Delete]),
            Self::Twice => (&["del k", "update", "del k"], &[Op::Delete, Op::Update, Op::Delete]),
            Self::Both => (&["update", "set k"], &[Op::Update, Op::Store]),
        }
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub scheduler: Scheduler = SCHEDULER,
        pub order: Order = Control::choice("order", "Writers", Order::OPTIONS, "delete-first")
            .help("What a writer does about row and entry, in which order. Another order starts afresh.").primary(),
        pub writers: u32 = Control::number("writers", "Number of writers", Unit::Count, (1.0, 2.0), 1.0, 1.0)
            .help("One that writes ‘new’, or also a second that writes ‘newer’. Another number starts afresh."),
    }
}

readings! {
    READINGS;
    Reading::new("schedules", "schedules from here", Unit::Count, "Every order in which what is left can happen.");
    Reading::new("wrong", "ending wrong", Unit::Count, "Schedules from here after which the entry isn't what the row says.")
        .trouble_from(1.0);
}

const ACTIONS: &[Action] = &[Action::new("step", "Do its next step", &[CLIENT, EXPIRY])];

messages! {
    MESSAGES;
    reader(); writer(); second_writer();
    ladder_title(); note_entry(value: String); note_empty(); note_row(value: String);
    note_refused(); did_find(value: String); did_miss(); did_lease(); did_read(value: String); did_store(value: String); not_stored(value: String);
    did_update(value: String); did_delete(); did_void(); step_of(who: Entity);
    mark_stale(entry: String, row: String);
    says_so_far(entry: String, row: String); says_empty(row: String);
    says_stale(entry: String, row: String); says_agree();
    says_ahead(all: u64, wrong: u64); says_none_wrong(all: u64);
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Turn(u32);

/// One client, or the expiry: which step comes next, and what it has read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Client {
    line: u8,
    read: u8,
    leased: bool,
}

/// All that matters for what can happen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Pair {
    order: u8,
    /// The entry, by the number of its value.
    entry: Option<u8>,
    row: u8,
    /// The reader, the writers, and last the expiry.
    clients: Vec<Client>,
}

impl Pair {
    fn new(order: Order, writers: u32) -> Self {
        let clients = vec![Client { line: 0, read: 0, leased: false }; writers as usize + 2];
        Self { order: order as u8, entry: Some(0), row: 0, clients }
    }

    fn ops(&self, n: usize) -> &'static [Op] {
        let order = Order::ALL[usize::from(self.order)];
        let expiry = self.clients.len() - 1;
        match n {
            0 => READS.1,
            n if n == expiry => EXPIRES.1,
            _ => order.writes().1,
        }
    }

    fn op(&self, n: usize) -> Option<Op> {
        self.ops(n).get(usize::from(self.clients.get(n)?.line)).copied()
    }

    /// Whether the cache doesn't take what a reader is about to store: its lease is void.
    fn refuses(&self, n: usize) -> bool {
        let leases = self.order == Order::Lease as u8;
        leases && self.op(n) == Some(Op::Store) && !self.clients[n].leased
    }

    /// Whether all that clients do is done.
    fn is_over(&self) -> bool {
        (0..self.clients.len() - 1).all(|n| self.op(n).is_none())
    }

    fn is_wrong(&self) -> bool {
        self.is_over() && self.entry.is_some_and(|entry| entry != self.row)
    }
}

impl SmallState for Pair {
    fn line(&self, thread: u32) -> Option<u32> {
        self.op(thread as usize).map(|_| self.clients[thread as usize].line.into())
    }

    fn step(&self, thread: u32) -> Option<Self> {
        let n = thread as usize;
        let (op, mut next) = (self.op(n)?, self.clone());
        let me = &mut next.clients[n];
        me.line += 1;
        match op {
            Op::Get if self.entry.is_some() => me.line = self.ops(n).len() as u8,
            Op::Get => me.leased = self.order == Order::Lease as u8,
            Op::Select => me.read = self.row,
            Op::Store if self.refuses(n) => {}
            Op::Store => next.entry = Some(me.read),
            Op::Update => {
                next.row = self.row + 1;
                me.read = next.row;
            }
            Op::Delete => {
                next.entry = None;
                next.clients.iter_mut().for_each(|client| client.leased = false);
            }
            Op::Expires if self.is_over() || self.entry.is_none() => return None,
            Op::Expires => next.entry = None,
        }
        Some(next)
    }
}

fn value(n: u8) -> String {
    VALUES[usize::from(n).min(2)].to_owned()
}

/// The step that is taken at a moment: as the axis and the clock count, it is there at the next.
fn taken(at: Time) -> Entity {
    Entity::new(TAKEN, (at.nanos() / STEP.nanos()) as u32 + 1)
}

#[derive(Clone, Debug)]
pub(super) struct Disagree {
    controls: ControlValues,
    pub(super) clients: Explored<Pair>,
    began: Time,
    /// What was to be seen at the cache and at the database, from when on.
    notes: [Vec<PartyNote>; 2],
    /// When something was stored that the cache didn't take.
    refused: Vec<Time>,
}

impl Disagree {
    fn begin(controls: &ControlValues, world: &mut World<Turn>) -> Self {
        let (order, writers) = (controls.order, controls.writers as usize);
        let texts = [vec![READS.0], vec![order.writes().0; writers], vec![EXPIRES.0]].concat();
        let program =
            Program::new((CLIENT, INSTRUCTION), STEP, &texts).with_helpers(writers as u32 + 1, EXPIRY);
        let pair = Pair::new(order, controls.writers);
        let clients = Explored::start(program, pair, Pair::is_wrong, controls.scheduler, world, Turn);
        Self {
            controls: controls.clone(),
            clients,
            began: world.now(),
            notes: Default::default(),
            refused: Vec::new(),
        }
    }

    fn run(&mut self, n: u32, world: &mut World<Turn>) {
        let look = |_: &Pair, is: &Pair| if is.is_wrong() { Status::Trouble } else { Status::Active };
        let Some(was) = self.clients.step(n, look, world, Turn) else { return };
        let (is, program) = (&self.clients.state, &self.clients.program);
        let (at, status) = (world.now() + SEEN, look(&was, is));
        let note = |words| PartyNote { at, label: Label::Words(words), status };
        if was.refuses(n as usize) {
            self.refused.push(world.now());
        }
        if is.entry != was.entry {
            self.notes[0].push(note(is.entry.map_or_else(note_empty, |entry| note_entry(value(entry)))));
        }
        if is.row != was.row {
            self.notes[1].push(note(note_row(value(is.row))));
        }
        if let Some(did) = Self::effect(n, &was, is) {
            world.record_step(program.thread(n), || (did, None));
        }
        if let (true, false, Some(entry)) = (is.is_wrong(), was.is_wrong(), is.entry) {
            world.notable(CACHE, mark_stale(value(entry), value(is.row)));
        }
    }

    /// What a client's step did, given the states before and after it.
    fn effect(n: u32, was: &Pair, is: &Pair) -> Option<Msg> {
        let n = n as usize;
        let knows = value(is.clients[n].read);
        Some(match was.op(n)? {
            Op::Get if is.clients[n].leased => did_lease(),
            Op::Get => was.entry.map_or_else(did_miss, |entry| did_find(value(entry))),
            Op::Select => did_read(knows),
            Op::Store if was.refuses(n) => not_stored(knows),
            Op::Store => did_store(knows),
            Op::Update => did_update(knows),
            Op::Delete if is.order == Order::Lease as u8 => did_void(),
            Op::Delete => did_delete(),
            Op::Expires => note_empty(),
        })
    }

    /// What a step that was taken did: all before it are taken once more.
    fn about_taken(&self, step: Entity) -> Option<[Msg; 2]> {
        let mut is = Pair::new(self.controls.order, self.controls.writers);
        for ran in self.clients.program.history() {
            let next = is.step(ran.thread)?;
            let was = core::mem::replace(&mut is, next);
            if taken(ran.at) == step {
                let by = step_of(self.clients.program.thread(ran.thread));
                return Self::effect(ran.thread, &was, &is).map(|did| [did, by]);
            }
        }
        None
    }

    /// A step as a message to a store; the expiry has none.
    fn message(&self, ran: &Ran) -> Option<LadderMessage> {
        let (program, pair) = (&self.clients.program, &self.clients.state);
        let n = ran.thread as usize;
        let op = pair.ops(n)[ran.line as usize];
        let reads = matches!(op, Op::Get | Op::Select);
        (op != Op::Expires).then(|| LadderMessage {
            entity: taken(ran.at),
            from: program.thread(ran.thread),
            to: if matches!(op, Op::Select | Op::Update) { DATABASE } else { CACHE },
            sent: ran.at,
            arrives: ran.at + SEEN,
            lost: self
                .refused
                .contains(&ran.at)
                .then(|| Loss { at: ran.at + SEEN, why: Some(Label::Words(note_refused())) }),
            label: Label::Plain(program.code(ran.thread)[ran.line as usize].to_owned()),
            kind: if reads { PacketKind::Request } else { PacketKind::Write },
            status: ran.status,
        })
    }

    fn ladder(&self) -> Panel {
        let (program, pair) = (&self.clients.program, &self.clients.state);
        let party = |entity, notes, trouble| Party {
            entity,
            label: Label::Name(entity),
            status: if trouble { Status::Trouble } else { Status::Normal },
            spans: Vec::new(),
            notes,
        };
        let client = |n| party(program.thread(n), Vec::new(), false);
        let [entries, rows] = self.notes.clone();
        let stores = [party(CACHE, entries, pair.is_wrong()), party(DATABASE, rows, false)];
        let writers = (1..=self.controls.writers).map(client);
        let steps: usize = (0..pair.clients.len()).map(|n| pair.ops(n).len()).sum();
        let last = program.history().last().map_or(self.began, |ran| ran.at + STEP);
        Panel::Ladder(
            Ladder {
                title: Label::Words(ladder_title()),
                from: self.began,
                until: last.max(self.began + STEP * steps as u64),
                step: Some(STEP),
                parties: [client(0)].into_iter().chain(stores).chain(writers).collect(),
                messages: program.history().iter().filter_map(|ran| self.message(ran)).collect(),
            }
            .into(),
        )
    }

    fn says_state(&self) -> Msg {
        let pair = &self.clients.state;
        match pair.entry {
            Some(entry) if pair.is_wrong() => says_stale(value(entry), value(pair.row)),
            _ if pair.is_over() => says_agree(),
            Some(entry) => says_so_far(value(entry), value(pair.row)),
            None => says_empty(value(pair.row)),
        }
    }
}

impl Experiment for Disagree {
    type Controls = ControlValues;
    type Event = Turn;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("disagree", Time::from_secs(30), ControlValues::ALL, READINGS, KINDS)
            .by_steps(STEP)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES, program::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, world: &mut World<Turn>) -> Result<Self, Msg> {
        (0..3).for_each(|_| _ = world.open(CLIENT, None));
        world.open(EXPIRY, None);
        Ok(Self::begin(controls, world))
    }

    fn handle(&mut self, Turn(turn): Turn, world: &mut World<Turn>) {
        if let Some(client) = self.clients.turn(turn, world) {
            self.run(client, world);
        }
    }

    fn set(&mut self, is: &ControlValues, world: &mut World<Turn>) -> Result<(), Msg> {
        let was = core::mem::replace(&mut self.controls, is.clone());
        if (was.order, was.writers) == (is.order, is.writers) {
            self.clients.set_scheduler(is.scheduler, world, Turn);
        } else {
            *self = Self::begin(is, world);
        }
        Ok(())
    }

    fn act(&mut self, _: usize, on: &[Entity], _: &Value, world: &mut World<Turn>) -> Result<(), Msg> {
        let client = self.clients.by_hand(on, world.now())?;
        self.run(client, world);
        Ok(())
    }

    fn refusal(&self, _: usize, on: Entity) -> Option<Msg> {
        self.clients.refusal(on)
    }

    fn read(&self, _: &World<Turn>, out: &mut Readings) {
        let ahead = self.clients.ahead();
        out.put("schedules", ahead.map(|ahead| ahead.all));
        out.put("wrong", ahead.map(|ahead| ahead.wrong));
    }

    fn draw(&self, _: &World<Turn>, scene: &mut Scene) {
        scene.panels = vec![self.ladder()];
        scene.choices = self.clients.choices("step");
        let ahead = self.clients.ahead();
        let (all, wrong) = ahead.map_or((0, 0), |ahead| (ahead.all as u64, ahead.wrong as u64));
        scene.sentences.push(self.says_state());
        if !self.clients.state.is_over() {
            scene.sentences.push(if wrong > 0 { says_ahead(all, wrong) } else { says_none_wrong(all) });
        }
    }

    fn about(&self, entity: Entity, _: &World<Turn>) -> Option<About> {
        Some(match entity {
            CACHE | DATABASE => About::says([self.says_state()]),
            Entity { kind: TAKEN, .. } => About::says(self.about_taken(entity)?),
            _ => About::says([self.clients.program.about(entity)?]),
        })
    }

    fn found_in(&self) -> Option<Found> {
        Some(self.clients.found(|| self.says_state()))
    }

    fn invariants(&self, _: &World<Turn>) -> Result<(), String> {
        self.clients.invariants()
    }
}
