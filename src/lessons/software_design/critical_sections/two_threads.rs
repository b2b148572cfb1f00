//! Two threads add one to the same variable, and the learner says whose turn it is.
//!
//! Each thread runs three instructions for every increment: load, add, store. Memory is sequentially consistent: one
//! instruction happens at a time and everybody sees it at once. Leaves out: caches and store buffers, compilers that
//! reorder, and processors that add in one instruction.

use crate::player::{
    About, Action, Control, Controls, Data, EntityKind, EntityNames, Experiment, FigureSpec, Message, Needs,
    Pace, Reading, Readings, Value,
};
use crate::scene::{Bar, Label, Lane, Lanes, Listing, ListingLine, Panel, Row, Scene, Status, Table};
use crate::sim::{Cause, Entity, Msg, Purpose, Span, Time, Unit, World};
use crate::{choices, controls};
use std::borrow::Cow;

const THREAD: u8 = 0;
const INSTRUCTION: u8 = 1;
const VARIABLE: u8 = 2;
const X: Entity = Entity::new(VARIABLE, 0);
const THREADS: usize = 2;
/// One step of the schedule.
const STEP: Span = Span::from_secs(1);
/// Most increments of a thread; two threads of three instructions each then fill the run.
const MOST_INCREMENTS: u32 = 2;
const CODE: [&str; 3] = ["r = x", "r = r + 1", "x = r"];
const TURN: Purpose = Purpose::named("turn");

choices! {
    /// Who says whose turn it is.
    pub enum Scheduler {
        ByHand = "by-hand", "By hand";
        Random = "random", "At random";
    }
}

controls! {
    /// What can be turned.
    pub struct ControlValues {
        /// Who schedules.
        pub scheduler: Scheduler = Control::choice("scheduler", "Schedule", Scheduler::OPTIONS, "by-hand")
            .help("You step the threads, or a scheduler with the run's seed does.").primary(),
        /// Increments of each thread.
        pub times: u32 = Control::number("times", "Increments of each thread", Unit::Count,
            (1.0, MOST_INCREMENTS as f64), 1.0, 1.0)
            .help("How often each thread adds one."),
    }
}

/// What can happen by itself: the random scheduler's next turn.
#[derive(Clone, Copy, Debug, Hash)]
pub struct Turn(u32);

/// One thread: its register, and where it is.
#[derive(Clone, Debug, Default)]
struct Thread {
    /// Instructions done, over all increments.
    done: u32,
    register: u32,
}

/// An instruction that has run.
#[derive(Clone, Debug)]
struct Ran {
    at: Time,
    thread: u32,
    line: u32,
    lost: bool,
}

/// The world of the figure.
#[derive(Clone, Debug)]
pub struct TwoThreads {
    controls: ControlValues,
    threads: [Thread; THREADS],
    x: u32,
    /// Number of stores so far, and the thread of the last.
    version: u32,
    last_writer: u32,
    lost: u32,
    ran: Vec<Ran>,
}

fn thread(n: u32) -> Entity {
    Entity::new(THREAD, n)
}

/// Line `line` of a thread's program.
fn instruction(thread: u32, line: u32) -> Entity {
    Entity::new(INSTRUCTION, thread * CODE.len() as u32 + line)
}

impl TwoThreads {
    fn finished(&self, n: usize) -> bool {
        self.threads[n].done >= self.controls.times * CODE.len() as u32
    }

    fn line(&self, n: usize) -> u32 {
        self.threads[n].done % CODE.len() as u32
    }

    /// Runs the next instruction of a thread.
    fn run(&mut self, n: u32, world: &mut World<Turn>) {
        let line = self.line(n as usize);
        let me = &mut self.threads[n as usize];
        let mut lost = false;
        match line {
            0 => {
                me.register = self.x;
                world.record_step(thread(n), || {
                    (Msg::new("loads").count("value", self.x.into()), Some(X), None)
                });
            }
            1 => {
                me.register += 1;
                world.record_step(thread(n), || {
                    (Msg::new("adds").count("value", me.register.into()), None, None)
                });
            }
            _ => {
                // The store wipes out what another thread has stored since this one read: of that, all that x had and
                // hasn't any more. Two increments may go with one store.
                self.x = me.register;
                self.version += 1;
                let missing = self.version - self.x;
                lost = missing > self.lost;
                self.lost = missing;
                let other = thread(self.last_writer);
                let value = u64::from(me.register);
                world.record_step(thread(n), || {
                    let because = lost.then(|| Cause {
                        rule: Msg::new("wrote-since").of("other", other),
                        other: Some(other),
                    });
                    (Msg::new("stores").count("value", value), Some(X), because)
                });
                if lost {
                    world.notable(
                        thread(n),
                        Msg::new("lost-update").of("thread", thread(n)).of("other", other),
                    );
                }
                self.last_writer = n;
            }
        }
        self.threads[n as usize].done += 1;
        self.ran.push(Ran { at: world.now(), thread: n, line, lost });
    }

    fn schedule_turn(&self, world: &mut World<Turn>) {
        if self.controls.scheduler == Scheduler::Random {
            world.schedule(Span::ZERO, Turn(self.ran.len() as u32));
        }
    }

    fn total(&self) -> u32 {
        self.controls.times * THREADS as u32
    }

    fn done(&self) -> bool {
        (0..THREADS).all(|n| self.finished(n))
    }

    /// Increments that have been stored.
    fn stored(&self) -> u32 {
        self.threads.iter().map(|thread| thread.done / CODE.len() as u32).sum()
    }

    fn listing(&self, n: u32) -> Panel {
        let me = &self.threads[n as usize];
        let line = |at: u32| {
            let status = if self.finished(n as usize) {
                Status::Quiet
            } else if at == self.line(n as usize) {
                Status::Active
            } else if at < self.line(n as usize) {
                Status::Quiet
            } else {
                Status::Normal
            };
            // What the line left behind is told while its increment is under way.
            let ran = at < self.line(n as usize) || self.finished(n as usize);
            let value = match at {
                2 => None,
                0 if self.line(n as usize) > 1 || self.finished(n as usize) => me.register.checked_sub(1),
                _ => Some(me.register),
            };
            let note = value
                .filter(|_| ran)
                .map(|value| Label::Words(Msg::new("register-is").count("value", value.into())));
            ListingLine { entity: instruction(n, at), code: CODE[at as usize].to_owned(), note, status }
        };
        Panel::Listing(Listing {
            entity: thread(n),
            title: Label::Words(Msg::new("thread-title").of("thread", thread(n))),
            lines: (0..CODE.len() as u32).map(line).collect(),
        })
    }
}

impl Experiment for TwoThreads {
    type Controls = ControlValues;
    type Event = Turn;
    const SPEC: &'static FigureSpec = &FigureSpec {
        id: Cow::Borrowed("two-threads"),
        version: 2,
        until: Time::from_secs((THREADS * CODE.len()) as u64 * MOST_INCREMENTS as u64),
        still_at: Time::ZERO,
        warm_up: Time::ZERO,
        pace: Pace::Steps(STEP),
        speed: 1.0,
        controls: Cow::Borrowed(ControlValues::ALL),
        readings: Cow::Borrowed(&[
            Reading::new("x", "x", Unit::Count, "The shared variable now."),
            Reading::new(
                "stored",
                "increments done",
                Unit::Count,
                "Increments whose last instruction has run.",
            ),
            Reading::new(
                "lost",
                "updates lost",
                Unit::Count,
                "Increments that another thread's store wiped out.",
            )
            .trouble_from(1.0),
        ]),
        actions: Cow::Borrowed(&[Action::new("step", "Run its next instruction", &[THREAD])]),
        kinds: Cow::Borrowed(&[
            EntityKind::new("thread", EntityNames::Letters),
            EntityKind::new("instruction", EntityNames::Numbers),
            EntityKind::new("variable", EntityNames::Words(Cow::Borrowed(&[Cow::Borrowed("variable-x")]))),
        ]),
        needs: Needs::Nothing,
    };

    const MESSAGES: &'static [&'static [Message]] = &[&[
        ("loads", &["value"]),
        ("adds", &["value"]),
        ("stores", &["value"]),
        ("wrote-since", &["other"]),
        ("lost-update", &["thread", "other"]),
        ("register-is", &["value"]),
        ("thread-title", &["thread"]),
        ("one-thread-at-a-time", &[]),
        ("not-by-hand", &[]),
        ("thread-finished", &["thread"]),
        ("no-such-entity", &["entity"]),
        ("register-of", &["thread"]),
        ("memory", &[]),
        ("place", &[]),
        ("value", &[]),
        ("lanes-title", &[]),
        ("says-start", &["times"]),
        ("says-so-far", &["x", "stored"]),
        ("says-right", &["x"]),
        ("says-lost", &["x", "stored", "lost"]),
        ("about-finished", &["thread"]),
        ("about-thread", &["thread", "code", "register"]),
        ("about-instruction", &["code", "thread"]),
        ("about-x", &["x", "writes"]),
        ("variable-x", &[]),
    ]];

    fn new(controls: &ControlValues, _: &Data, world: &mut World<Turn>) -> Result<Self, Msg> {
        for _ in 0..THREADS {
            world.open(THREAD, None);
        }
        let model = Self {
            controls: controls.clone(),
            threads: Default::default(),
            x: 0,
            version: 0,
            last_writer: 0,
            lost: 0,
            ran: Vec::new(),
        };
        model.schedule_turn(world);
        Ok(model)
    }

    fn handle(&mut self, Turn(turn): Turn, world: &mut World<Turn>) {
        // A turn that was scheduled before the learner took over, or twice, is none.
        if self.controls.scheduler != Scheduler::Random || self.done() || turn != self.ran.len() as u32 {
            return;
        }
        let ready: Vec<u32> = (0..THREADS).filter(|&n| !self.finished(n)).map(|n| n as u32).collect();
        let pick = world.draws(TURN, instruction(0, turn)).below(ready.len() as u32);
        self.run(ready[pick as usize], world);
        world.schedule(STEP, Turn(self.ran.len() as u32));
    }

    fn set(&mut self, is: &ControlValues, world: &mut World<Turn>) -> Result<(), Msg> {
        let begins = is.scheduler == Scheduler::Random && self.controls.scheduler != Scheduler::Random;
        self.controls = is.clone();
        if begins {
            self.schedule_turn(world);
        }
        Ok(())
    }

    fn act(&mut self, _: usize, on: &[Entity], _: &Value, world: &mut World<Turn>) -> Result<(), Msg> {
        let &[Entity { n, .. }] = on else { return Err(Msg::new("one-thread-at-a-time")) };
        if n as usize >= THREADS {
            return Err(Msg::new("no-such-entity").of("entity", thread(n)));
        }
        if self.controls.scheduler != Scheduler::ByHand {
            return Err(Msg::new("not-by-hand"));
        }
        if self.finished(n as usize) {
            return Err(Msg::new("thread-finished").of("thread", thread(n)));
        }
        if self.ran.last().is_some_and(|ran| ran.at == world.now()) {
            return Err(Msg::new("one-thread-at-a-time"));
        }
        self.run(n, world);
        Ok(())
    }

    fn read(&self, _: &World<Turn>, out: &mut Readings) {
        out.put("x", f64::from(self.x));
        out.put("stored", f64::from(self.stored()));
        out.put("lost", f64::from(self.lost));
    }

    fn draw(&self, world: &World<Turn>, scene: &mut Scene) {
        for n in 0..THREADS as u32 {
            scene.panels.push(self.listing(n));
        }
        let cells = |name: &Label, value: u32| vec![name.clone(), Label::Value(value.into(), Unit::Count)];
        let register = |n: u32| Row {
            entity: thread(n),
            cells: cells(
                &Label::Words(Msg::new("register-of").of("thread", thread(n))),
                self.threads[n as usize].register,
            ),
            status: Status::Normal,
        };
        let shared = Row {
            entity: X,
            cells: cells(&Label::Name(X), self.x),
            status: if self.lost > 0 { Status::Trouble } else { Status::Active },
        };
        scene.panels.push(Panel::Table(Table {
            title: Label::words("memory"),
            columns: vec![Label::words("place"), Label::words("value")],
            rows: std::iter::once(shared).chain((0..THREADS as u32).map(register)).collect(),
        }));
        let bar = |ran: &Ran| Bar {
            entity: instruction(ran.thread, ran.line),
            from: ran.at,
            until: ran.at + STEP,
            label: Label::Plain(CODE[ran.line as usize].to_owned()),
            status: if ran.lost { Status::Trouble } else { Status::Active },
        };
        let lane = |n: u32| Lane {
            entity: thread(n),
            label: Label::Name(thread(n)),
            bars: self.ran.iter().filter(|ran| ran.thread == n).map(bar).collect(),
        };
        scene.panels.push(Panel::Lanes(Lanes {
            title: Label::words("lanes-title"),
            from: Time::ZERO,
            until: Time::ZERO + STEP * u64::from(self.total()) * CODE.len() as u64,
            step: Some(STEP),
            lanes: (0..THREADS as u32).map(lane).collect(),
        }));
        let (x, stored) = (u64::from(self.x), u64::from(self.stored()));
        scene.sentences.push(match (self.lost, self.done()) {
            (0, false) if self.ran.is_empty() => Msg::new("says-start").count("times", self.total().into()),
            (0, false) => Msg::new("says-so-far").count("x", x).count("stored", stored),
            (0, true) => Msg::new("says-right").count("x", x),
            (lost, _) => {
                Msg::new("says-lost").count("x", x).count("stored", stored).count("lost", lost.into())
            }
        });
        let _ = world;
    }

    fn about(&self, entity: Entity, _: &World<Turn>) -> Option<About> {
        let n = entity.n as usize;
        let says = match entity.kind {
            THREAD if n < THREADS && self.finished(n) => Msg::new("about-finished").of("thread", entity),
            THREAD if n < THREADS => Msg::new("about-thread")
                .of("thread", entity)
                .text("code", CODE[self.line(n) as usize])
                .count("register", self.threads[n].register.into()),
            INSTRUCTION if n < THREADS * CODE.len() => Msg::new("about-instruction")
                .text("code", CODE[n % CODE.len()])
                .of("thread", thread((n / CODE.len()) as u32)),
            VARIABLE if entity == X => {
                Msg::new("about-x").count("x", self.x.into()).count("writes", self.version.into())
            }
            _ => return None,
        };
        Some(About { sentences: vec![says], related: Vec::new() })
    }

    fn invariants(&self, _: &World<Turn>) -> Result<(), String> {
        if self.x + self.lost < self.stored() || self.x > self.stored() {
            return Err(format!("x = {}, {} stored, {} lost", self.x, self.stored(), self.lost));
        }
        Ok(())
    }
}
