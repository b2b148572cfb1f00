//! Two threads add one to the same variable, and the learner says whose turn it is.
//!
//! Each thread runs three instructions for every increment: load, add, store. Memory is sequentially consistent: one
//! instruction happens at a time and everybody sees it at once. Leaves out: caches and store buffers, compilers that
//! reorder, and processors that add in one instruction.

use crate::lessons::prelude::*;
use crate::parts::program::{self, Next, Program, SCHEDULER, Scheduler};
use crate::player::Found;
use crate::sim::{Cause, TraceHasher};
use core::hash::{Hash, Hasher};

kinds! {
    KINDS;
    THREAD = "thread", Letters;
    INSTRUCTION = "instruction", Numbers;
    VARIABLE = "variable", Words(&[Cow::Borrowed("variable-x")]);
}

const X: Entity = Entity::new(VARIABLE, 0);
const THREADS: usize = 2;
/// One step of the schedule.
const STEP: Span = Span::from_secs(1);
/// Most increments of a thread; two threads of three instructions each then fill the run.
const MOST_INCREMENTS: u32 = 2;
const UNTIL: Time = Time::from_secs((THREADS * CODE.len()) as u64 * MOST_INCREMENTS as u64);
const CODE: &[&str] = &["r = x", "r = r + 1", "x = r"];

controls! {
    /// What can be turned.
    pub struct ControlValues {
        /// Who schedules.
        pub scheduler: Scheduler = SCHEDULER,
        /// Increments of each thread.
        pub times: u32 = Control::number("times", "Increments of each thread", Unit::Count,
            (1.0, MOST_INCREMENTS as f64), 1.0, 1.0)
            .help("How often each thread adds one."),
    }
}

readings! {
    READINGS;
    Reading::new("x", "x", Unit::Count, "The shared variable now.");
    Reading::new("stored", "increments done", Unit::Count, "Increments whose last instruction has run.");
    Reading::new("lost", "updates lost", Unit::Count, "Increments that another thread's store wiped out.")
        .trouble_from(1.0);
}

const ACTIONS: &[Action] = &[Action::new("step", "Run its next instruction", &[THREAD])];

messages! {
    MESSAGES;
    loads(value: u32); adds(value: u32); writes(value: u32);
    wrote_since(other: Entity);
    lost_update(thread: Entity, other: Entity);
    register_is(value: u32); register_of(thread: Entity);
    memory(); place(); value(); variable_x();
    says_start(times: u32);
    says_so_far(x: u32, stored: u32);
    says_right(x: u32);
    says_lost(x: u32, stored: u32, lost: u32);
    about_register(register: u32);
    about_x(x: u32, writes: u32);
}

/// What can happen by itself: the random scheduler's next turn.
#[derive(Clone, Copy, Debug, Hash)]
pub struct Turn(u32);

/// What a thread keeps to itself.
#[derive(Clone, Copy, Debug, Default)]
struct Thread {
    register: u32,
    /// Increments whose store has run.
    stored: u32,
}

/// The world of the figure.
#[derive(Clone, Debug)]
pub struct TwoThreads {
    controls: ControlValues,
    program: Program,
    threads: [Thread; THREADS],
    x: u32,
    /// Number of stores so far, and the thread of the last.
    stores: u32,
    last_writer: u32,
    lost: u32,
}

impl TwoThreads {
    /// Runs the next instruction of a thread.
    fn run(&mut self, n: u32, world: &mut World<Turn>) {
        let (thread, line) = (self.program.thread(n), self.program.line(n));
        let me = &mut self.threads[n as usize];
        let (mut next, mut status) = (Next::Following, Status::Active);
        match line {
            0 => {
                me.register = self.x;
                let value = me.register;
                world.record_step(thread, || (loads(value), Some(X), None));
            }
            1 => {
                me.register += 1;
                let value = me.register;
                world.record_step(thread, || (adds(value), None, None));
            }
            _ => {
                me.stored += 1;
                next = if me.stored < self.controls.times { Next::Line(0) } else { Next::Finished };
                if self.store(n, world) {
                    status = Status::Trouble;
                }
            }
        }
        self.program.ran(n, next, status, world.now());
    }

    /// A thread stores its register; true if an update is lost with that. Every store should have made x larger by one, so
    /// what x lacks of their number is lost. One store can lose two increments of the other thread.
    fn store(&mut self, n: u32, world: &mut World<Turn>) -> bool {
        let (thread, other) = (self.program.thread(n), self.program.thread(self.last_writer));
        self.x = self.threads[n as usize].register;
        self.stores += 1;
        let missing = self.stores - self.x;
        let lost = missing > self.lost;
        let value = self.x;
        world.record_step(thread, || {
            let because = lost.then(|| Cause { rule: wrote_since(other), other: Some(other) });
            (writes(value), Some(X), because)
        });
        if lost {
            world.notable(thread, lost_update(thread, other));
        }
        self.lost = missing;
        self.last_writer = n;
        lost
    }

    /// Increments that have been stored.
    fn stored(&self) -> u32 {
        self.threads.iter().map(|thread| thread.stored).sum()
    }

    /// What a line left behind, while its increment is under way.
    fn note(&self, n: u32, line: u32) -> Option<Label> {
        let (register, at) = (self.threads[n as usize].register, self.program.line(n));
        let over = self.program.is_finished(n);
        let value = match line {
            0 if at > 1 || over => register.checked_sub(1),
            0 | 1 => Some(register),
            _ => None,
        };
        value.filter(|_| line < at || over).map(|value| Label::Words(register_is(value)))
    }
}

impl Experiment for TwoThreads {
    type Controls = ControlValues;
    type Event = Turn;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("two-threads", UNTIL, ControlValues::ALL, READINGS, KINDS)
            .version(3)
            .by_steps(STEP)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES, program::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, world: &mut World<Turn>) -> Result<Self, Msg> {
        for _ in 0..THREADS {
            world.open(THREAD, None);
        }
        let program = Program::new((THREAD, INSTRUCTION), STEP, &[CODE; THREADS]);
        if controls.scheduler == Scheduler::Random {
            program.schedule(Span::ZERO, world, Turn);
        }
        Ok(Self {
            controls: controls.clone(),
            program,
            threads: Default::default(),
            x: 0,
            stores: 0,
            last_writer: 0,
            lost: 0,
        })
    }

    fn handle(&mut self, Turn(turn): Turn, world: &mut World<Turn>) {
        // A turn that was scheduled before the learner took over is none.
        if self.controls.scheduler == Scheduler::Random
            && let Some(thread) = self.program.pick(turn, |_| true, world)
        {
            self.run(thread, world);
            self.program.schedule(STEP, world, Turn);
        }
    }

    fn set(&mut self, is: &ControlValues, world: &mut World<Turn>) -> Result<(), Msg> {
        let had_turns = self.controls.scheduler == Scheduler::Random && !self.program.is_over();
        self.controls = is.clone();
        for (n, thread) in (0..).zip(&self.threads) {
            self.program.set_finished(n, self.program.line(n) == 0 && thread.stored >= is.times);
        }
        if is.scheduler == Scheduler::Random && !had_turns && !self.program.is_over() {
            self.program.schedule(Span::ZERO, world, Turn);
        }
        Ok(())
    }

    fn act(&mut self, _: usize, on: &[Entity], _: &Value, world: &mut World<Turn>) -> Result<(), Msg> {
        let thread = self.program.step_by_hand(on, self.controls.scheduler, |_| true, world.now())?;
        self.run(thread, world);
        Ok(())
    }

    fn read(&self, _: &World<Turn>, out: &mut Readings) {
        out.put("x", f64::from(self.x));
        out.put("stored", f64::from(self.stored()));
        out.put("lost", f64::from(self.lost));
    }

    fn draw(&self, _: &World<Turn>, scene: &mut Scene) {
        for n in 0..THREADS as u32 {
            scene.panels.push(self.program.listing(n, |line| self.note(n, line)));
        }
        let row = |entity, name, value: u32, status| {
            let cells = [name, Label::Value(value.into(), Unit::Count)];
            Row { status, ..Row::new(entity, cells) }
        };
        let shared = if self.lost > 0 { Status::Trouble } else { Status::Active };
        let registers = (0..).zip(&self.threads).map(|(n, me)| {
            let thread = self.program.thread(n);
            row(thread, Label::Words(register_of(thread)), me.register, Status::Normal)
        });
        let rows: Vec<Row> =
            std::iter::once(row(X, Label::Name(X), self.x, shared)).chain(registers).collect();
        scene.panels.push(Panel::table(memory(), [place(), value()], rows).unfolded());
        let increments = self.controls.times * THREADS as u32;
        scene.panels.push(self.program.lanes(u64::from(increments) * CODE.len() as u64));
        scene.choices = self.program.choices("step", self.controls.scheduler, |_| true);
        scene.sentences.push(match (self.lost, self.program.is_over()) {
            (0, false) if self.program.history().is_empty() => says_start(increments),
            (0, false) => says_so_far(self.x, self.stored()),
            (0, true) => says_right(self.x),
            (lost, _) => says_lost(self.x, self.stored(), lost),
        });
    }

    fn about(&self, entity: Entity, _: &World<Turn>) -> Option<About> {
        let mut sentences = match entity {
            X => vec![about_x(self.x, self.stores)],
            _ => vec![self.program.about(entity)?],
        };
        if entity.kind == THREAD && !self.program.is_finished(entity.n) {
            sentences.push(about_register(self.threads[entity.n as usize].register));
        }
        Some(About::says(sentences))
    }

    fn found_in(&self) -> Option<Found> {
        let mut hasher = TraceHasher::default();
        self.program.hash_places(&mut hasher);
        (self.x, self.stores, self.last_writer).hash(&mut hasher);
        for thread in &self.threads {
            (thread.register, thread.stored).hash(&mut hasher);
        }
        let wrong = (self.lost > 0).then(|| says_lost(self.x, self.stored(), self.lost));
        Some(Found { key: hasher.finish(), wrong })
    }

    fn invariants(&self, _: &World<Turn>) -> Result<(), String> {
        self.program.invariants()?;
        if self.x + self.lost != self.stores || self.stores != self.stored() {
            return Err(format!("x = {}, {} stored, {} lost", self.x, self.stored(), self.lost));
        }
        Ok(())
    }
}
