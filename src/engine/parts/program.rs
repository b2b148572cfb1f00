//! Threads that run instructions, one at a time: by the learner's hand, or by a scheduler that picks at random.
//!
//! What an instruction does is the figure's; the part knows where each thread is, whose turn it is, and what has run. Where
//! the whole state of a program is a small value, as that of a [`Machine`] is, [`Explored`] also knows all its schedules.
//! [`Cores`], [`Lock`] and [`Traces`] are for threads that run in time rather than by steps.
//!
//! ```
//! use engine::parts::program::{Next, Program};
//! use engine::scene::Status;
//! use engine::sim::{Span, Time, World};
//!
//! #[derive(Clone, Copy, Hash)]
//! struct Turn(u32);
//!
//! // Two threads of two instructions each; kinds 0 and 1 are the figure's threads and instructions.
//! let mut program = Program::new((0, 1), Span::from_secs(1), &[&["x = 1", "y = x"], &["x = 2", "y = x"]]);
//! let mut world = World::new(7);
//! program.schedule(Span::ZERO, &mut world, Turn);
//! while let Some(Turn(turn)) = world.next(Time::from_secs(60)) {
//!     let Some(thread) = program.pick(turn, |_| true, &world) else { continue };
//!     let next = if program.line(thread) == 1 { Next::Finished } else { Next::Following };
//!     program.ran(thread, next, Status::Active, world.now());
//!     program.schedule(Span::from_secs(1), &mut world, Turn);
//! }
//! assert!(program.is_over());
//! assert_eq!(program.history().len(), 4);
//! ```

mod cores;
mod explored;
mod lock;
mod machine;
mod schedules;
mod shown;
mod traces;

pub use cores::{Cores, Due, Place};
pub use explored::{Explored, SmallState};
pub use lock::{Admits, Lock};
pub use machine::{Machine, MachineThread, Op};
pub use schedules::{Ahead, Schedules};
pub use traces::{Look, Traces};

use crate::player::Control;
use crate::scene::{Bar, Choice, Label, Lane, Lanes, Listing, ListingLine, Panel, Status};
use crate::sim::{Entity, Msg, Purpose, Span, Time, World};
use crate::{choices, messages};
use core::hash::{Hash, Hasher};

messages! {
    /// What a program says of itself.
    pub MESSAGES;
    one_thread_at_a_time();
    not_by_hand();
    thread_finished(thread: Entity);
    thread_waits(thread: Entity);
    thread_title(thread: Entity);
    choice_runs(thread: Entity, code: String);
    lanes_title();
    about_finished();
    about_next(code: String);
    about_instruction(thread: Entity, line: u32, code: String);
    about_runs_next();
    about_other_line(thread: Entity, line: u32);
    about_waits_for(thread: Entity);
    about_waits_for_buffer();
    waits();
    does_load(variable: String); does_add(); does_store(variable: String); does_swap(variable: String);
    does_skip(variable: String); does_lock(variable: String); does_spin(variable: String);
    does_unlock(variable: String); does_fence(); does_drain();
    step_read(code: String, cell: String); step_wrote(code: String, cell: String);
    step_buffered(code: String, cell: String); step_register(code: String, value: u32); step_passed(code: String); step_drained(cell: String);
}

choices! {
    /// Who says whose turn it is.
    pub enum Scheduler {
        ByHand = "by-hand", "By hand";
        Random = "random", "At random";
    }
}

/// The control that chooses it.
pub const SCHEDULER: Control = Control::choice("scheduler", "Schedule", Scheduler::OPTIONS, "by-hand")
    .help("You step the threads, or a scheduler with the run's seed does.")
    .primary();

const TURN: Purpose = Purpose::named("turn");
/// So many steps side by side have room for their code.
const MOST_WITH_CODE: u64 = 9;

/// Where a thread goes on after an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// With the line that follows; after the last one it has finished.
    Following,
    /// With this line.
    Line(u32),
    /// Nowhere. Should it have something to run after all ([`Program::set_finished`]), it begins at its first line.
    Finished,
}

/// An instruction that has run.
#[derive(Clone, Copy, Debug)]
pub struct Ran {
    /// When.
    pub at: Time,
    /// The thread.
    pub thread: u32,
    /// The line of its code.
    pub line: u32,
    /// How it is shown.
    pub status: Status,
}

#[derive(Clone, Debug)]
struct Thread {
    code: &'static [&'static str],
    line: u32,
    finished: bool,
}

/// Threads and what they have run.
#[derive(Clone, Debug)]
pub struct Program {
    /// The figure's kinds of threads and of instructions.
    kinds: (u8, u8),
    /// From which thread on they are helpers, and of which kind these are.
    helpers: Option<(u32, u8)>,
    own_lanes: bool,
    step: Span,
    threads: Vec<Thread>,
    history: Vec<Ran>,
}

impl Program {
    /// Threads at their first lines. `kinds` are the figure's kinds of threads and of instructions, as places in
    /// `FigureSpec::kinds`; a step of the schedule takes `step`.
    pub fn new(kinds: (u8, u8), step: Span, code: &[&'static [&'static str]]) -> Self {
        let threads = code.iter().map(|&code| Thread { code, line: 0, finished: false }).collect();
        Self { kinds, helpers: None, own_lanes: false, step, threads, history: Vec::new() }
    }

    /// The same, with threads from this one on that aren't called threads, but are of another kind: what happens beside the
    /// threads and is chosen like their steps (a store buffer reaches memory, a message arrives). There is one for each
    /// thread, in whose lane its steps are drawn.
    #[must_use]
    pub fn with_helpers(mut self, from: u32, kind: u8) -> Self {
        self.helpers = Some((from, kind));
        self
    }

    /// The same, with a lane for each helper: they do what no thread does.
    #[must_use]
    pub fn with_own_lanes(mut self) -> Self {
        self.own_lanes = true;
        self
    }

    /// Thread `n` as the figure's entity.
    pub fn thread(&self, n: u32) -> Entity {
        match self.helpers {
            Some((from, kind)) if n >= from => Entity::new(kind, n - from),
            _ => Entity::new(self.kinds.0, n),
        }
    }

    /// The number of a thread, given as the figure's entity.
    fn number(&self, entity: Entity) -> Option<u32> {
        (0..self.threads.len() as u32).find(|&n| self.thread(n) == entity)
    }

    /// A line of a thread's code as the figure's entity: lines are counted through all threads, from 1 on as people do.
    pub fn instruction(&self, thread: u32, line: u32) -> Entity {
        let before: usize = self.threads[..thread as usize].iter().map(|thread| thread.code.len()).sum();
        Entity::new(self.kinds.1, before as u32 + line + 1)
    }

    /// A thread's code.
    pub fn code(&self, thread: u32) -> &'static [&'static str] {
        self.threads[thread as usize].code
    }

    /// The line that a thread runs next.
    pub fn line(&self, thread: u32) -> u32 {
        self.threads[thread as usize].line
    }

    /// Whether a thread has nothing left to run.
    pub fn is_finished(&self, thread: u32) -> bool {
        self.threads[thread as usize].finished
    }

    /// A thread has something to run after all, or has nothing left.
    pub fn set_finished(&mut self, thread: u32, finished: bool) {
        self.threads[thread as usize].finished = finished;
    }

    /// Whether all threads are finished.
    pub fn is_over(&self) -> bool {
        self.threads.iter().all(|thread| thread.finished)
    }

    /// What has run, in order.
    pub fn history(&self) -> &[Ran] {
        &self.history
    }

    /// A thread has run the instruction that it is at.
    pub fn ran(&mut self, thread: u32, next: Next, status: Status, now: Time) {
        let state = &mut self.threads[thread as usize];
        self.history.push(Ran { at: now, thread, line: state.line, status });
        let line = match next {
            Next::Following => Some(state.line + 1),
            Next::Line(line) => Some(line),
            Next::Finished => None,
        };
        // Past the end of its code a thread has finished, too.
        let line = line.filter(|&line| (line as usize) < state.code.len());
        state.finished = line.is_none();
        state.line = line.unwrap_or(0);
    }

    /// Schedules the next turn of a random scheduler: at the beginning of a step, and not before the last instruction's step is
    /// over.
    pub fn schedule<E>(&self, after: Span, world: &mut World<E>, turn: impl Fn(u32) -> E) {
        let step = self.step.nanos();
        let due = Time::from_nanos((world.now() + after).nanos().div_ceil(step) * step);
        let over = self.history.last().map_or(Time::ZERO, |ran| ran.at + self.step);
        world.schedule_at(due.max(over), turn(self.history.len() as u32));
    }

    /// Whose turn it is, among the threads that aren't finished and are ready to run; `None` if nobody is, or the turn is out
    /// of date: an instruction has run since it was scheduled.
    pub fn pick<E>(&self, turn: u32, is_ready: impl Fn(u32) -> bool, world: &World<E>) -> Option<u32> {
        if turn != self.history.len() as u32 {
            return None;
        }
        let all = 0..self.threads.len() as u32;
        let ready: Vec<u32> = all.filter(|&thread| !self.is_finished(thread) && is_ready(thread)).collect();
        // A stream for each turn, which has no kind of its own.
        let turns = Entity::new(self.kinds.1, turn);
        let pick = (!ready.is_empty()).then(|| world.draws(TURN, turns).below(ready.len() as u32))?;
        Some(ready[pick as usize])
    }

    /// The thread that the learner steps, if it can be stepped now.
    ///
    /// # Errors
    /// Why not.
    pub fn step_by_hand(
        &self,
        on: &[Entity],
        scheduler: Scheduler,
        is_ready: impl Fn(u32) -> bool,
        now: Time,
    ) -> Result<u32, Msg> {
        let &[entity] = on else { return Err(one_thread_at_a_time()) };
        let Some(n) = self.number(entity) else {
            return Err(Msg::new("no-such-entity").of("entity", entity));
        };
        if scheduler != Scheduler::ByHand {
            return Err(not_by_hand());
        }
        if self.is_finished(n) {
            return Err(thread_finished(self.thread(n)));
        }
        if !is_ready(n) {
            return Err(thread_waits(self.thread(n)));
        }
        if self.history.last().is_some_and(|ran| ran.at == now) {
            return Err(one_thread_at_a_time());
        }
        Ok(n)
    }

    /// What the learner can have happen next: the next instruction of each thread that is ready, by this action. Nothing where
    /// a scheduler decides.
    pub fn choices(
        &self,
        action: &'static str,
        scheduler: Scheduler,
        is_ready: impl Fn(u32) -> bool,
    ) -> Vec<Choice> {
        let by_hand = (0..self.threads.len() as u32).filter(|_| scheduler == Scheduler::ByHand);
        let ready = by_hand.filter(|&n| !self.is_finished(n) && is_ready(n));
        let choice = |n: u32| {
            let thread = &self.threads[n as usize];
            let says = choice_runs(self.thread(n), thread.code[thread.line as usize].to_owned());
            Choice {
                action: action.into(),
                on: self.thread(n),
                says,
                pressed: self.instruction(n, thread.line),
            }
        };
        ready.map(choice).collect()
    }

    /// Tells where all threads are, for a search's key.
    pub fn hash_places(&self, hasher: &mut impl Hasher) {
        for thread in &self.threads {
            (thread.line, thread.finished).hash(hasher);
        }
    }

    /// Whether a line of a thread has run; a jump passes lines over that haven't.
    fn has_run(&self, n: u32, line: u32) -> bool {
        self.history.iter().any(|ran| (ran.thread, ran.line) == (n, line))
    }

    /// A thread's code as a panel; `note` says what stands beside a line, and whether the thread can run is known.
    pub fn listing(&self, n: u32, is_ready: bool, note: impl Fn(u32) -> Option<Label>) -> Panel {
        let thread = &self.threads[n as usize];
        let line = |(at, code): (u32, &&str)| {
            let is_next = !thread.finished && at == thread.line;
            let (status, note) = match () {
                () if is_next && is_ready => (Status::Active, note(at)),
                () if is_next => (Status::Normal, Some(Label::Words(waits()))),
                () if (thread.finished || at < thread.line) && self.has_run(n, at) => {
                    (Status::Quiet, note(at))
                }
                () => (Status::Normal, note(at)),
            };
            ListingLine { entity: self.instruction(n, at), code: (*code).to_owned(), note, status }
        };
        Panel::Listing(
            Listing {
                entity: self.thread(n),
                title: Label::Words(thread_title(self.thread(n))),
                lines: (0..).zip(thread.code).map(line).collect(),
            }
            .into(),
        )
    }

    /// What has run as a panel, a lane for each thread and for each helper that has its own, from when the threads started and
    /// with room for so many steps, or until the last one that has run: where nobody moves for a while, that is later. Where
    /// there is no room for code, an instruction is called by its line, unless it is the only one.
    pub fn lanes(&self, began: Time, steps: u64) -> Panel {
        let last = self.history.last().map_or(began, |ran| ran.at + self.step);
        let all = self.threads.len() as u32;
        let threads = self.helpers.map_or(all, |(from, _)| from);
        let lanes = if self.own_lanes { all } else { threads };
        let until = last.max(began + self.step * steps);
        let is_narrow = until.since(began) > self.step * MOST_WITH_CODE;
        let called = |ran: &Ran| {
            let code = self.code(ran.thread);
            let by_number = is_narrow && code.len() > 1;
            if by_number { (ran.line + 1).to_string() } else { code[ran.line as usize].to_owned() }
        };
        let bar = |ran: &Ran| Bar {
            entity: self.instruction(ran.thread, ran.line),
            from: ran.at,
            until: ran.at + self.step,
            label: Label::Plain(called(ran)),
            status: if ran.thread < threads || ran.status != Status::Active {
                ran.status
            } else {
                Status::Draining
            },
        };
        let lane = |n: u32| {
            let runs = self.history.iter().filter(|ran| ran.thread % lanes == n);
            let entity = self.thread(n);
            Lane { entity, label: Label::Name(entity), bars: runs.map(bar).collect() }
        };
        Panel::Lanes(
            Lanes {
                title: Label::Words(lanes_title()),
                from: began,
                until,
                step: Some(self.step),
                lanes: (0..lanes).map(lane).collect(),
                key: Vec::new(),
            }
            .into(),
        )
    }

    /// The thread of an instruction, and the line of its code.
    pub fn line_of(&self, instruction: Entity) -> Option<(u32, u32)> {
        let mut lines =
            (0..).zip(&self.threads).flat_map(|(n, thread)| (0..thread.code.len()).map(move |_| n));
        let place = instruction.n.checked_sub(1).filter(|_| instruction.kind == self.kinds.1)?;
        let thread = lines.nth(place as usize)?;
        Some((thread, instruction.n - self.instruction(thread, 0).n))
    }

    /// What is to be said of a thread; `None` for anything else.
    pub fn about(&self, entity: Entity) -> Option<Msg> {
        let thread = &self.threads[self.number(entity)? as usize];
        let code = thread.code.get(thread.line as usize).filter(|_| !thread.finished);
        Some(code.map_or_else(about_finished, |code| about_next((*code).to_owned())))
    }

    /// A thread that isn't finished is at a line of its code, and a moment has one instruction at most.
    ///
    /// # Errors
    /// Which of them is broken.
    pub fn invariants(&self) -> Result<(), String> {
        for (n, thread) in self.threads.iter().enumerate() {
            if !thread.finished && thread.line as usize >= thread.code.len() {
                return Err(format!("thread {n} is at line {} of {}", thread.line, thread.code.len()));
            }
        }
        if self.history.windows(2).any(|pair| pair[0].at >= pair[1].at) {
            return Err("two instructions ran at one moment".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use proptest::prelude::*;

    const STEP: Span = Span::from_secs(1);
    const CODE: &[&str] = &["a", "b", "c"];

    fn program() -> Program {
        Program::new((0, 1), STEP, &[CODE, &["x"], CODE])
    }

    /// Runs whatever a thread is at.
    fn run(program: &mut Program, thread: u32, now: Time) {
        let last = program.line(thread) as usize + 1 == program.threads[thread as usize].code.len();
        program.ran(thread, if last { Next::Finished } else { Next::Following }, Status::Active, now);
    }

    proptest! {
        #![proptest_config(cases(128))]

        #[test]
        fn any_schedule_runs_every_line_once_and_in_order(seed in any::<u64>()) {
            let (mut program, mut world) = (program(), World::new(seed));
            program.schedule(Span::ZERO, &mut world, |turn| turn);
            while let Some(turn) = world.next(Time::from_secs(60)) {
                if let Some(thread) = program.pick(turn, |_| true, &world) {
                    run(&mut program, thread, world.now());
                    program.schedule(STEP, &mut world, |turn| turn);
                    // A turn that was scheduled twice is one.
                    program.schedule(STEP, &mut world, |turn| turn);
                }
                program.invariants().map_err(TestCaseError::fail)?;
            }
            prop_assert!(program.is_over());
            for (n, lines) in [(0, vec![0, 1, 2]), (1, vec![0]), (2, vec![0, 1, 2])] {
                let of: Vec<u32> =
                    program.history().iter().filter(|ran| ran.thread == n).map(|ran| ran.line).collect();
                prop_assert_eq!(of, lines);
            }
        }
    }

    #[test]
    fn a_turn_never_comes_at_the_moment_of_a_step_that_was_taken() {
        let (mut program, mut world) = (program(), World::new(1));
        run(&mut program, 0, world.now());
        program.schedule(Span::ZERO, &mut world, |turn| turn);
        assert_eq!(world.next_time(), Some(Time::ZERO + STEP));
        // Nor in the middle of a step, when the learner hands over there.
        let mut world = World::new(1);
        world.settle(Time::from_millis(1_500));
        program.schedule(Span::ZERO, &mut world, |turn| turn);
        assert_eq!(world.next_time(), Some(Time::from_secs(2)));
    }

    #[test]
    fn a_thread_that_runs_past_its_code_has_finished() {
        let mut program = program();
        for (thread, next) in [(1, Next::Following), (0, Next::Line(7))] {
            program.ran(thread, next, Status::Active, Time::from_secs(u64::from(thread)));
            assert!(program.is_finished(thread));
            assert_eq!(program.about(program.thread(thread)), Some(about_finished()));
        }
    }

    #[test]
    fn a_step_that_cannot_be_taken_says_why() {
        let mut program = program();
        let at = |second| Time::from_secs(second);
        let step = |program: &Program, on: &[u32], scheduler, ready: bool, second| {
            let on: Vec<Entity> = on.iter().map(|&n| program.thread(n)).collect();
            program.step_by_hand(&on, scheduler, |_| ready, at(second)).map_err(|why| why.id.to_string())
        };
        assert_eq!(step(&program, &[1], Scheduler::ByHand, true, 0), Ok(1));
        run(&mut program, 1, at(0));
        for (on, scheduler, ready, second, why) in [
            (&[0, 2][..], Scheduler::ByHand, true, 1, "one-thread-at-a-time"),
            (&[7], Scheduler::ByHand, true, 1, "no-such-entity"),
            (&[0], Scheduler::Random, true, 1, "not-by-hand"),
            (&[1], Scheduler::ByHand, true, 1, "thread-finished"),
            (&[0], Scheduler::ByHand, false, 1, "thread-waits"),
            (&[0], Scheduler::ByHand, true, 0, "one-thread-at-a-time"),
        ] {
            assert_eq!(step(&program, on, scheduler, ready, second), Err(why.to_owned()));
        }
    }

    #[test]
    fn every_line_has_a_number_of_its_own_and_is_found_by_it() {
        let program = program();
        let lines = [(0, 0), (0, 1), (0, 2), (1, 0), (2, 0), (2, 1), (2, 2)];
        let numbers: Vec<u32> =
            lines.iter().map(|&(thread, line)| program.instruction(thread, line).n).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7]);
        for (place, n) in lines.into_iter().zip(1..) {
            assert_eq!(program.line_of(Entity::new(1, n)), Some(place));
        }
        assert_eq!(
            [(1, 0), (1, 8), (2, 1)].map(|(kind, n)| program.line_of(Entity::new(kind, n))),
            [None; 3]
        );
        assert_eq!(program.about(program.thread(0)), Some(about_next("a".to_owned())));
    }

    #[test]
    fn helpers_are_of_another_kind_and_run_like_threads() {
        let program = program().with_helpers(2, 5);
        let helper = Entity::new(5, 0);
        assert_eq!([0, 1, 2].map(|n| program.thread(n)), [Entity::new(0, 0), Entity::new(0, 1), helper]);
        assert_eq!(program.step_by_hand(&[helper], Scheduler::ByHand, |_| true, Time::ZERO), Ok(2));
        let second_of_its_kind = [Entity::new(5, 1)];
        assert!(program.step_by_hand(&second_of_its_kind, Scheduler::ByHand, |_| true, Time::ZERO).is_err());
        assert_eq!(program.about(helper), Some(about_next("a".to_owned())));
        assert_eq!(program.choices("go", Scheduler::ByHand, |_| true)[2].on, helper);
    }

    #[test]
    fn what_a_helper_did_is_in_a_threads_lane_or_in_its_own() {
        let mut shared = program().with_helpers(2, 5);
        run(&mut shared, 2, Time::ZERO);
        let lanes = |program: &Program| {
            let Panel::Lanes(lanes) = program.lanes(Time::ZERO, 4) else { panic!("lanes are lanes") };
            lanes.lanes.iter().map(|lane| (lane.entity, lane.bars.len())).collect::<Vec<_>>()
        };
        let threads = [Entity::new(0, 0), Entity::new(0, 1)];
        assert_eq!(lanes(&shared), [(threads[0], 1), (threads[1], 0)]);
        let own = shared.with_own_lanes();
        assert_eq!(lanes(&own), [(threads[0], 0), (threads[1], 0), (Entity::new(5, 0), 1)]);
    }
}
