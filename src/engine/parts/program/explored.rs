//! A program whose whole state is a small value: it is stepped by hand or at random, and all its schedules are known.

use super::{Ahead, Next, Program, Scheduler, Schedules};
use crate::player::Found;
use crate::scene::{Choice, Label, Panel, Status};
use crate::sim::{Entity, Msg, Span, Time, TraceHasher, World};
use core::hash::{Hash, Hasher};
use std::sync::Arc;

/// All that matters for what can happen from here on: memory, registers, where each thread is. Small enough that every
/// state that can be reached is looked at before the first step; ten thousand of them take some milliseconds.
pub trait SmallState: Clone + Ord + Hash {
    /// The line that a thread runs next; `None` if it has finished.
    fn line(&self, thread: u32) -> Option<u32>;
    /// The state after a thread's next step; `None` if it has finished, or waits. A thread that spins has a step, which
    /// changes nothing.
    fn step(&self, thread: u32) -> Option<Self>;
}

/// A program and the state that it is in.
#[derive(Clone, Debug)]
pub struct Explored<S> {
    /// The threads, their code, and what has run.
    pub program: Program,
    /// The state.
    pub state: S,
    scheduler: Scheduler,
    /// When it was started: later than the run, if the threads were started afresh.
    began: Time,
    /// None if there are too many states.
    schedules: Option<Arc<Schedules<S>>>,
    wrong: fn(&S) -> bool,
}

impl<S: SmallState> Explored<S> {
    /// Threads at their first lines, in this state, now. `wrong` says which states must never be; `turn` makes an event of the number of a turn, which is given to
    /// [`Self::turn`] when it happens.
    pub fn start<E>(
        program: Program,
        state: S,
        wrong: fn(&S) -> bool,
        scheduler: Scheduler,
        world: &mut World<E>,
        turn: impl Fn(u32) -> E,
    ) -> Self {
        let threads = program.threads.len() as u32;
        let next = |state: &S| (0..threads).filter_map(|n| state.step(n)).collect();
        let schedules = Schedules::explore(state.clone(), next, wrong).map(Arc::new);
        let it = Self { program, state, scheduler, began: world.now(), schedules, wrong };
        it.schedule(Span::ZERO, world, turn);
        it
    }

    /// Who schedules from now on.
    pub fn set_scheduler<E>(&mut self, scheduler: Scheduler, world: &mut World<E>, turn: impl Fn(u32) -> E) {
        if core::mem::replace(&mut self.scheduler, scheduler) != scheduler {
            self.schedule(Span::ZERO, world, turn);
        }
    }

    fn schedule<E>(&self, after: Span, world: &mut World<E>, turn: impl Fn(u32) -> E) {
        if self.scheduler == Scheduler::Random && !self.is_over() {
            self.program.schedule(after, world, turn);
        }
    }

    /// Whether they were started afresh, later than the run.
    pub fn is_anew(&self) -> bool {
        self.began > Time::ZERO
    }

    /// Whether a thread can run.
    pub fn can_run(&self, thread: u32) -> bool {
        self.state.step(thread).is_some()
    }

    /// Whether nothing can happen any more.
    pub fn is_over(&self) -> bool {
        !(0..self.program.threads.len() as u32).any(|n| self.can_run(n))
    }

    /// Whose turn it is, if this turn of the random scheduler still counts.
    pub fn turn<E>(&self, turn: u32, world: &World<E>) -> Option<u32> {
        // A turn that was scheduled before the learner took over is none.
        let at_random = self.scheduler == Scheduler::Random;
        at_random.then(|| self.program.pick(turn, |n| self.can_run(n), world)).flatten()
    }

    /// The thread that the learner steps.
    ///
    /// # Errors
    /// Why it can't be stepped now.
    pub fn by_hand(&self, on: &[Entity], now: Time) -> Result<u32, Msg> {
        self.program.step_by_hand(on, self.scheduler, |n| self.can_run(n), now)
    }

    /// Why the learner couldn't step a thread at the moment shown, at which no step has been taken yet.
    pub fn refusal(&self, on: Entity) -> Option<Msg> {
        self.by_hand(&[on], Time::MAX).err()
    }

    /// Runs the next step of a thread that can run, which is shown as `status` says of the states before and after, and
    /// schedules the next turn; the state before it.
    pub fn step<E>(
        &mut self,
        thread: u32,
        status: impl Fn(&S, &S) -> Status,
        world: &mut World<E>,
        turn: impl Fn(u32) -> E,
    ) -> Option<S> {
        let next = self.state.step(thread)?;
        let was = core::mem::replace(&mut self.state, next);
        let next = self.state.line(thread).map_or(Next::Finished, Next::Line);
        self.program.ran(thread, next, status(&was, &self.state), world.now());
        self.schedule(self.program.step, world, turn);
        Some(was)
    }

    /// What lies ahead of the present state; `None` if there are too many states to look at.
    pub fn ahead(&self) -> Option<Ahead> {
        self.schedules.as_ref()?.from(&self.state)
    }

    /// How many states can be reached from where the threads started; `None` if there are too many.
    pub fn states(&self) -> Option<usize> {
        self.schedules.as_ref().map(|schedules| schedules.states())
    }

    /// What the learner can have happen next, by this action.
    pub fn choices(&self, action: &'static str) -> Vec<Choice> {
        self.program.choices(action, self.scheduler, |n| self.can_run(n))
    }

    /// A thread's code, with what stands beside a line.
    pub fn listing(&self, n: u32, note: impl Fn(u32) -> Option<Label>) -> Panel {
        self.program.listing(n, self.can_run(n), note)
    }

    /// What has run since the threads were started, with room for so many steps.
    pub fn lanes(&self, steps: u64) -> Panel {
        self.program.lanes(self.began, steps)
    }

    /// What a search is told of the present state, and what is wrong with it, if it must never be.
    pub fn found(&self, says: impl FnOnce() -> Msg) -> Found {
        let mut hasher = TraceHasher::default();
        self.state.hash(&mut hasher);
        Found { key: hasher.finish(), wrong: (self.wrong)(&self.state).then(says) }
    }

    /// The program's invariants, and that each thread is where the state says.
    ///
    /// # Errors
    /// Which of them is broken.
    pub fn invariants(&self) -> Result<(), String> {
        self.program.invariants()?;
        for (n, thread) in (0..).zip(&self.program.threads) {
            let line = (!thread.finished).then_some(thread.line);
            if self.state.line(n) != line {
                return Err(format!("thread {n} is at {line:?}, in the state at {:?}", self.state.line(n)));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two threads that wait for each other after their first lines.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    struct Meet([u32; 2]);

    impl SmallState for Meet {
        fn line(&self, thread: u32) -> Option<u32> {
            Some(self.0[thread as usize]).filter(|&line| line < 2)
        }
        fn step(&self, thread: u32) -> Option<Self> {
            let mut next = self.clone();
            let (me, other) = (thread as usize, 1 - thread as usize);
            (self.0[me] <= self.0[other] && self.0[me] < 2).then(|| {
                next.0[me] += 1;
                next
            })
        }
    }

    const STEP: Span = Span::from_secs(1);

    fn start(scheduler: Scheduler, world: &mut World<u32>) -> Explored<Meet> {
        let program = Program::new((0, 1), STEP, &[&["a", "b"], &["a", "b"]]);
        Explored::start(program, Meet([0, 0]), |it| it.0 == [1, 2], scheduler, world, |turn| turn)
    }

    #[test]
    fn what_lies_ahead_shrinks_with_every_step_of_a_random_schedule() {
        for seed in 0..20 {
            let mut world = World::new(seed);
            let mut it = start(Scheduler::Random, &mut world);
            let ahead = it.ahead().unwrap();
            assert_eq!((ahead.all, ahead.wrong, it.states()), (4.0, 2.0, Some(7)));
            while let Some(turn) = world.next(Time::from_secs(9)) {
                let Some(thread) = it.turn(turn, &world) else { continue };
                let before = it.ahead().unwrap().all;
                it.step(thread, |_, _| Status::Active, &mut world, |turn| turn);
                assert!(it.ahead().unwrap().all <= before);
                it.invariants().unwrap();
            }
            assert!(it.is_over() && it.program.is_over());
            assert_eq!(it.program.history().len(), 4);
        }
    }

    #[test]
    fn whoever_waits_is_no_choice_and_threads_can_start_later() {
        let mut world: World<u32> = World::new(1);
        assert!(!start(Scheduler::ByHand, &mut world).is_anew());
        world.settle(Time::from_secs(5));
        let mut it = start(Scheduler::ByHand, &mut world);
        assert!(it.is_anew());
        assert_eq!(it.choices("go").len(), 2);
        it.step(0, |_, _| Status::Active, &mut world, |turn| turn);
        assert_eq!(it.choices("go").iter().map(|choice| choice.on.n).collect::<Vec<_>>(), [1]);
        let Panel::Lanes(lanes) = it.lanes(4) else { panic!("lanes are lanes") };
        assert_eq!((lanes.from, lanes.until), (Time::from_secs(5), Time::from_secs(9)));
        assert_eq!(it.by_hand(&[it.program.thread(0)], Time::from_secs(6)).unwrap_err().id, "thread-waits");
        it.set_scheduler(Scheduler::Random, &mut world, |turn| turn);
        assert_eq!((world.next_time(), it.choices("go").len()), (Some(Time::from_secs(6)), 0));
        // Nobody moves for a while: there is room for what then runs.
        let mut world: World<u32> = World::new(1);
        let mut it = start(Scheduler::ByHand, &mut world);
        world.settle(Time::from_secs(20));
        it.step(1, |_, _| Status::Active, &mut world, |turn| turn);
        let Panel::Lanes(lanes) = it.lanes(4) else { panic!("lanes are lanes") };
        assert_eq!((lanes.from, lanes.until), (Time::ZERO, Time::from_secs(21)));
    }
}
