//! Threads add one to the same variable, and the learner says whose turn it is.
//!
//! Each runs three instructions for every increment (load, add, store), and what guards them, if anything does: a lock,
//! compare-and-swap, or Peterson's algorithm, which has nothing but loads and stores. They run on a [`Machine`], whose memory
//! is sequentially consistent or x86-TSO. Leaves out: compilers that reorder, weaker processors, one instruction that adds.

use crate::lessons::prelude::*;
use crate::parts::program::{
    self, Explored, Machine, MachineThread, Op, Program, SCHEDULER, Scheduler, SmallState,
};
use crate::player::Found;

kinds! {
    KINDS;
    THREAD = "thread", Letters;
    INSTRUCTION = "instruction", Numbers;
    VARIABLE = "variable", Words(&[
        Cow::Borrowed("variable-x"), Cow::Borrowed("variable-lock"), Cow::Borrowed("variable-flag-a"),
        Cow::Borrowed("variable-flag-b"), Cow::Borrowed("variable-turn"),
    ]);
    BUFFER = "buffer", Words(&[Cow::Borrowed("buffer-a"), Cow::Borrowed("buffer-b"), Cow::Borrowed("buffer-c")]);
}

/// The variables, as numbers of `VARIABLE`.
const X: u8 = 0;
const LOCK: u8 = 1;
const FLAGS: [u8; 2] = [2, 3];
const TURN: u8 = 4;
const NAMES: [&str; 5] = ["x", "m", "flagA", "flagB", "turn"];
const MOST_THREADS: u32 = 3;
/// One step of the schedule.
const STEP: Span = Span::from_secs(1);

/// An instruction as it is written and as it runs, in thread A and in thread B. Thread C runs A's.
type Line = [(&'static str, Op); 2];
const LOAD: Line = [("r = x", Op::Load(X)); 2];
const ADD: Line = [("r = r + 1", Op::Add(1)); 2];
const STORE: Line = [("x = r", Op::Store(X)); 2];
const SWAP: Line = [("cas(x, r - 1, r)", Op::CompareAndSwap(X, -2)); 2];
const TAKE: Line = [("lock(m)", Op::Lock(LOCK)); 2];
const SPIN: Line = [("while swap(m, 1) {}", Op::Spin(LOCK)); 2];
const UNLOCK: Line = [("unlock(m)", Op::Unlock(LOCK)); 2];
const FREE: Line = [("m = 0", Op::Set(LOCK, 0)); 2];
const RAISE: Line = [("flagA = 1", Op::Set(FLAGS[0], 1)), ("flagB = 1", Op::Set(FLAGS[1], 1))];
const LOWER: Line = [("flagA = 0", Op::Set(FLAGS[0], 0)), ("flagB = 0", Op::Set(FLAGS[1], 0))];
const YIELD: Line = [("turn = B", Op::Set(TURN, 1)), ("turn = A", Op::Set(TURN, 0))];
const FENCE: Line = [("mfence", Op::Fence); 2];
const LOOK: Line = [("while flagB", Op::Skip(FLAGS[1], 0, 2)), ("while flagA", Op::Skip(FLAGS[0], 0, 2))];
const ASK: Line =
    [("  && turn == B {}", Op::Skip(TURN, 1, -1)), ("  && turn == A {}", Op::Skip(TURN, 0, -1))];

type Code = (&'static [&'static str], &'static [Op]);

macro_rules! code {
    ($($line:ident)*) => { [(&[$($line[0].0),*], &[$($line[0].1),*]), (&[$($line[1].0),*], &[$($line[1].1),*])] };
}

choices! {
    /// What keeps the others out, and from where to where.
    pub enum Guard {
        None = "none", "Nothing";
        Store = "store", "Mutex around the store";
        Mutex = "mutex", "Mutex, load to store";
        Whole = "whole", "Mutex, the whole thread";
        Spin = "spin", "Spin lock, load to store";
        Swap = "compare-and-swap", "Compare-and-swap";
        Peterson = "peterson", "Peterson’s algorithm";
        Between = "fence-between", "Peterson, fence between the stores";
        After = "fence-after", "Peterson, fence after the stores";
    }
}

impl Guard {
    const fn code(self) -> [Code; 2] {
        match self {
            Self::None => code! { LOAD ADD STORE },
            Self::Store => code! { LOAD ADD TAKE STORE UNLOCK },
            Self::Mutex | Self::Whole => code! { TAKE LOAD ADD STORE UNLOCK },
            Self::Spin => code! { SPIN LOAD ADD STORE FREE },
            Self::Swap => code! { LOAD ADD SWAP },
            Self::Peterson => code! { RAISE YIELD LOOK ASK LOAD ADD STORE LOWER },
            Self::Between => code! { RAISE FENCE YIELD LOOK ASK LOAD ADD STORE LOWER },
            Self::After => code! { RAISE YIELD FENCE LOOK ASK LOAD ADD STORE LOWER },
        }
    }

    /// The variables that its code uses.
    const fn variables(self) -> &'static [u8] {
        match self {
            Self::None | Self::Swap => &[X],
            Self::Store | Self::Mutex | Self::Whole | Self::Spin => &[X, LOCK],
            Self::Peterson | Self::Between | Self::After => &[X, FLAGS[0], FLAGS[1], TURN],
        }
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub scheduler: Scheduler = SCHEDULER,
        pub guard: Guard = Control::choice("guard", "Guard", Guard::OPTIONS, "none")
            .help("What keeps other threads out, and from which instruction to which. Another guard starts the threads afresh.").primary(),
        pub buffers: bool = Control::flag("store-buffers", "Store buffers", false)
            .help("On, as on an x86 (TSO): a store waits in its thread’s buffer before others see it. Off: everybody sees it at once. Switching it starts the threads afresh.").primary(),
        pub threads: u32 = Control::number("threads", "Threads", Unit::Count, (2.0, MOST_THREADS as f64), 1.0, 2.0)
            .help("Threads that add to x; Peterson’s algorithm is for two. Another number starts them afresh."),
        pub times: u32 = Control::number("times", "Increments of each thread", Unit::Count, (1.0, 2.0), 1.0, 1.0)
            .help("How often each thread adds one. Another number starts them afresh."),
    }
}

impl ControlValues {
    fn threads(&self) -> u32 {
        if self.guard.variables().contains(&TURN) { 2 } else { self.threads }
    }
}

readings! {
    READINGS;
    Reading::new("x", "x", Unit::Count, "The shared variable now.");
    Reading::new("stored", "increments done", Unit::Count, "Increments whose store has reached memory.");
    Reading::new("lost", "updates lost", Unit::Count, "Increments that another thread's store wiped out.")
        .trouble_from(1.0);
    Reading::new("schedules", "schedules left", Unit::Count,
        "Every order in which what is left can happen; nothing where it can go on without end. Turns in which a thread only spins aren't counted.");
    Reading::new("wrong", "of them wrong", Unit::Count, "Schedules from here that lose an update, or have two threads in the section.")
        .trouble_from(1.0);
    Reading::new("nearest", "steps to a wrong state", Unit::Count, "Steps of the shortest way to a wrong state; nothing where there is no way to one.")
        .trouble_at_zero();
}

const ACTIONS: &[Action] = &[Action::new("step", "Run the next step", &[THREAD, BUFFER])];
/// What a buffer does, as often as it holds something.
const DRAINS: &[&str] = &["drain"];

messages! {
    MESSAGES;
    wrote_since(other: Entity); lost_update(thread: Entity, other: Entity); mark_two_inside(); register_is(value: u32);
    memory_title(); is_two_inside(); is_right(); is_lost(lost: u32); variable_x(); variable_lock(); variable_flag_a(); variable_flag_b(); variable_turn();
    buffer_a(); buffer_b(); buffer_c();
    says_start(times: u32); says_so_far(x: u32, stored: u32); says_right(x: u32);
    says_lost(x: u32, stored: u32, lost: u32); says_two_inside();
    says_all_wrong(all: u64); says_some_wrong(all: u64, wrong: u64); says_none_wrong(all: u64);
    says_try_guard(); says_try_between(); says_way(nearest: u32); says_no_way(states: usize);
    about_place(value: String, stores: u32); about_buffer(stores: usize);
}

/// What can happen by itself: the random scheduler's next turn.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Turn(u32);

/// Every store should have made x larger by one, so what x lacks of their number is lost. One store can lose several.
fn lost(machine: &Machine) -> u32 {
    machine.stored(X) - machine.value(X)
}

/// Whether two threads have got in, past what they ran before the load to keep each other out.
fn two_inside(machine: &Machine) -> bool {
    let is_inside = |thread: &&MachineThread| {
        let load = thread.code.iter().position(|op| *op == LOAD[0].1).unwrap_or_default();
        load > 0 && (load..load + 3).contains(&thread.line.into())
    };
    machine.threads.iter().filter(is_inside).count() > 1
}

fn is_wrong(machine: &Machine) -> bool {
    lost(machine) > 0 || two_inside(machine)
}

/// How a value is written: `turn` and the lock have threads in them.
fn value_text(place: u8, value: u8) -> String {
    match (place, value) {
        (TURN, _) => char::from(b'A' + value).to_string(),
        (LOCK, 1..) => char::from(b'A' + value - 1).to_string(),
        _ => value.to_string(),
    }
}

fn store_text(place: u8, value: u8) -> String {
    [NAMES[usize::from(place)], "=", &value_text(place, value)].concat()
}

/// The world of the figure.
#[derive(Clone, Debug)]
pub(super) struct TwoThreads {
    controls: ControlValues,
    /// The threads, and with store buffers these as well.
    threads: Explored<Machine>,
    /// The thread of the last store.
    last_writer: u32,
}

impl TwoThreads {
    fn begin(controls: &ControlValues, world: &mut World<Turn>) -> Self {
        let (codes, threads) = (controls.guard.code(), controls.threads() as usize);
        let (mut texts, ops): (Vec<_>, Vec<_>) = (0..threads).map(|n| codes[n % 2]).unzip();
        if controls.buffers {
            texts.extend(vec![DRAINS; threads]);
        }
        // With a lock for the whole thread, all increments happen under it.
        let repeated = if controls.guard == Guard::Whole { 1..4 } else { 0..ops[0].len() as u8 };
        let machine = Machine::new(&ops, repeated, controls.times as u8, controls.buffers);
        let program = Program::new((THREAD, INSTRUCTION), STEP, &texts).with_helpers(threads as u32, BUFFER);
        let threads = Explored::start(program, machine, is_wrong, controls.scheduler, world, Turn);
        Self { controls: controls.clone(), threads, last_writer: 0 }
    }

    /// Runs the next step of a thread or a buffer.
    fn run(&mut self, n: u32, world: &mut World<Turn>) {
        let op = self.threads.state.op(n);
        let breaks = |was: &Machine, is: &Machine| lost(is) > lost(was) || two_inside(is) && !two_inside(was);
        let retries = |was: &Machine, is: &Machine| {
            matches!(op, Some(Op::CompareAndSwap(..))) && is.stored(X) == was.stored(X)
        };
        let status = |was: &Machine, is: &Machine| {
            let bad = is == was || retries(was, is) || breaks(was, is);
            if bad { Status::Trouble } else { Status::Active }
        };
        let Some(was) = self.threads.step(n, status, world, Turn) else { return };
        let (is, program) = (&self.threads.state, &self.threads.program);
        let (thread, other) = (program.thread(n), program.thread(self.last_writer));
        let loses = lost(is) > lost(&was);
        let why = (loses || retries(&was, is)).then(|| wrote_since(other));
        let line = was.line(n).unwrap_or_default();
        let did = || was.did(is, n, program.code(n)[line as usize], store_text);
        world.record_step(thread, || (did(), why.clone()));
        world.record_step(program.instruction(n, line), || (did(), why));
        if breaks(&was, is) {
            world.notable(thread, if loses { lost_update(thread, other) } else { mark_two_inside() });
        }
        if was.stored(X) < is.stored(X) {
            self.last_writer = n % is.threads.len() as u32;
        }
    }

    /// What a line left behind, while its increment is under way.
    fn note(&self, n: usize, line: u32) -> Option<Label> {
        let me = &self.threads.state.threads[n];
        let value = match me.code[line as usize] {
            Op::Load(_) => me.loaded,
            Op::Add(_) => me.register,
            _ => return None,
        };
        (line < me.line.into()).then(|| Label::Words(register_is(value.into())))
    }

    /// Memory and store buffers; beside them, how it came out.
    fn values(&self) -> Panel {
        let machine = &self.threads.state;
        let wrong = |variable| variable == X && lost(machine) > 0;
        let variables = self.controls.guard.variables().iter();
        let memory = variables.map(|&n| (Entity::new(VARIABLE, n.into()), wrong(n)));
        let verdict = match lost(machine) {
            0 if two_inside(machine) => Some((is_two_inside(), Status::Trouble)),
            0 => self.threads.is_over().then(|| (is_right(), Status::Active)),
            lost => Some((is_lost(lost), Status::Trouble)),
        };
        self.threads.values(memory_title(), memory, store_text, verdict)
    }

    /// What is wrong with the present state, if anything is.
    fn says_wrong(&self) -> Msg {
        let machine = &self.threads.state;
        match lost(machine) {
            0 => says_two_inside(),
            lost => says_lost(machine.value(X), machine.stored(X), lost),
        }
    }

    /// What lies ahead, in a sentence.
    fn says_ahead(&self) -> Option<Msg> {
        let ahead = self.threads.ahead()?;
        let (all, wrong) = (ahead.all as u64, ahead.wrong as u64);
        match ahead.nearest {
            Some(0) => None,
            _ if self.threads.is_over() => None,
            Some(nearest) if ahead.all.is_infinite() => Some(says_way(nearest)),
            None if ahead.all.is_infinite() => Some(says_no_way(self.threads.states()?)),
            None => Some(says_none_wrong(all)),
            _ if wrong >= all => Some(says_all_wrong(all)),
            _ => Some(says_some_wrong(all, wrong)),
        }
    }
}

impl Experiment for TwoThreads {
    type Controls = ControlValues;
    type Event = Turn;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("two-threads", Time::from_secs(36), ControlValues::ALL, READINGS, KINDS)
            .version(4)
            .by_steps(STEP)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES, program::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, world: &mut World<Turn>) -> Result<Self, Msg> {
        for kind in [THREAD, BUFFER] {
            (0..MOST_THREADS).for_each(|_| _ = world.open(kind, None));
        }
        Ok(Self::begin(controls, world))
    }

    fn handle(&mut self, Turn(turn): Turn, world: &mut World<Turn>) {
        if let Some(thread) = self.threads.turn(turn, world) {
            self.run(thread, world);
        }
    }

    fn set(&mut self, is: &ControlValues, world: &mut World<Turn>) -> Result<(), Msg> {
        self.controls.scheduler = is.scheduler;
        if self.controls == *is {
            self.threads.set_scheduler(is.scheduler, world, Turn);
        } else {
            *self = Self::begin(is, world);
        }
        Ok(())
    }

    fn refusal(&self, _: usize, on: Entity) -> Option<Msg> {
        self.threads.refusal(on)
    }

    fn act(&mut self, _: usize, on: &[Entity], _: &Value, world: &mut World<Turn>) -> Result<(), Msg> {
        let thread = self.threads.by_hand(on, world.now())?;
        self.run(thread, world);
        Ok(())
    }

    fn read(&self, _: &World<Turn>, out: &mut Readings) {
        let (machine, ahead) = (&self.threads.state, self.threads.ahead());
        out.put("x", f64::from(machine.value(X)));
        out.put("stored", f64::from(machine.stored(X)));
        out.put("lost", f64::from(lost(machine)));
        out.put("schedules", ahead.map(|ahead| ahead.all).filter(|all| all.is_finite()));
        out.put("wrong", ahead.map(|ahead| ahead.wrong).filter(|wrong| wrong.is_finite()));
        out.put("nearest", ahead.and_then(|ahead| ahead.nearest).map(f64::from));
    }

    fn draw(&self, _: &World<Turn>, scene: &mut Scene) {
        let (machine, program) = (&self.threads.state, &self.threads.program);
        let threads = self.controls.threads();
        scene
            .panels
            .extend((0..threads).map(|n| self.threads.listing(n, |line| self.note(n as usize, line))));
        scene.panels.push(self.values());
        let increments = self.controls.times * threads;
        scene.panels.push(self.threads.lanes(u64::from(increments) * program.code(0).len() as u64));
        scene.choices = self.threads.choices("step");
        scene.sentences.push(match self.threads.is_over() {
            _ if is_wrong(machine) => self.says_wrong(),
            true => says_right(machine.value(X)),
            false if program.history().is_empty() => says_start(increments),
            false => says_so_far(machine.value(X), machine.stored(X)),
        });
        scene.sentences.extend(self.says_ahead());
        // What the figure is there to show has been done, or could be.
        if self.threads.is_over() && self.controls.guard == Guard::None {
            scene.sentences.push(if is_wrong(machine) { says_try_guard() } else { says_try_between() });
        }
    }

    fn about(&self, entity: Entity, _: &World<Turn>) -> Option<About> {
        let (machine, n) = (&self.threads.state, entity.n as usize);
        Some(match entity.kind {
            VARIABLE if n < NAMES.len() => {
                let variable = entity.n as u8;
                let value = value_text(variable, machine.value(variable) as u8);
                About::says([about_place(value, machine.stored(variable))])
            }
            BUFFER => About::says([about_buffer(machine.threads.get(n)?.buffer.len())]),
            _ => self.threads.about(entity, &NAMES)?,
        })
    }

    fn found_in(&self) -> Option<Found> {
        Some(self.threads.found(|| self.says_wrong()))
    }

    fn invariants(&self, _: &World<Turn>) -> Result<(), String> {
        self.threads.invariants()?;
        let (machine, all) = (&self.threads.state, self.controls.times * self.controls.threads());
        let right = !self.threads.is_over() || machine.stored(X) == all;
        if right { Ok(()) } else { Err(format!("of {all} increments: {machine:?}")) }
    }
}
