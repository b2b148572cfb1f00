//! Threads that share a lock, and cores: what is inside the lock happens one at a time, and waiting has its price.
//!
//! An operation is own work, then a section that loads a shared number at its beginning and stores a changed one at its end.
//! The lock is taken before the own work, before the section, or only for the store, which takes no time. Threads run on
//! cores, in turns of a time slice if there are more of them. Who waits for a spin lock keeps its core; who waits for any
//! other lock sleeps, is handed the lock in the order of coming, and gets a core 50 µs later, at once. A section that begins
//! again takes as long as before: it is the same work. Leaves out: caches (a core that spins slows the others), locks that a
//! thread passing by may take before one that is being woken, and readers that see a half-made change.

use crate::lessons::prelude::*;
use crate::parts::program::{Admits, Cores, Due, Lock, Look, Place, Traces};
use crate::sim::statistics::TimeAverage;

kinds! {
    KINDS;
    THREAD = "thread", Letters;
    OPERATION = "operation", Numbers;
}

const DONE: EndKind = EndKind(0);
const MOST_THREADS: u32 = 12;
/// An operation's own work in seconds: 4 ms on average, and hardly spread, so that rates settle soon.
pub(super) const OWN_WORK: Dist = Dist::Uniform(0.002, 0.006);
/// The length of a section, spread as own work is. If it had no bound, the longest would never end under compare-and-swap
/// (somebody has always stored before), they would pile up, and the rate would fall for ever.
pub(super) const fn section(mean: f64) -> Dist {
    Dist::Uniform(0.5 * mean, 1.5 * mean)
}
/// From a release until who was handed the lock runs: a switch of threads.
const WAKE: Span = Span::from_micros(50);
/// A thread keeps its core so long if others want one (Linux: about 3 ms).
const SLICE: Span = Span::from_millis(3);
const WINDOW: Span = Span::from_millis(60);
const UNTIL: Time = Time::from_secs(4);
/// An average over less than this would jump about.
const SOON: Span = Span::from_millis(50);
const WORKS: Purpose = Purpose::named("own work");
const CHANGES: Purpose = Purpose::named("section");
const READS: Purpose = Purpose::named("reads");

choices! {
    /// What keeps others out.
    pub enum Kind {
        None = "none", "Nothing";
        Mutex = "mutex", "Mutex";
        Spin = "spin", "Spin lock";
        ReadWrite = "read-write", "Read-write lock";
        Semaphore = "semaphore", "Semaphore of 2";
        Swap = "compare-and-swap", "Compare-and-swap";
    }
}

choices! {
    /// From where to where it does.
    pub enum Scope {
        Operation = "operation", "All";
        Section = "section", "Load to store";
        Store = "store", "Store";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub lock: Kind = Control::choice("lock", "Lock", Kind::OPTIONS, "mutex")
            .help("A thread that waits for a spin lock tries again and again; for any other lock, it sleeps. A read-write lock lets readers in together, a semaphore two threads of any kind. Compare-and-swap is no lock: it stores if nobody else has stored since the load, else the section begins again.").primary(),
        pub scope: Scope = Control::choice("scope", "Scope", Scope::OPTIONS, "operation")
            .help("What happens under the lock: the whole operation, from load to store, or only the store. Without a lock it changes nothing; compare-and-swap always goes from load to store.").primary(),
        pub threads: u32 = Control::number("threads", "Threads", Unit::Count, (1.0, MOST_THREADS as f64), 1.0, 8.0)
            .help("Each does one operation after another.").primary(),
        pub cores: u32 = Control::number("cores", "Cores", Unit::Count, (1.0, MOST_THREADS as f64), 1.0, 8.0)
            .help("Threads that can run at the same time.").primary(),
        pub section: Span = Control::log_number("section", "Length of the section", Unit::Time, (0.00001, 0.01), 0.001)
            .help("Mean time from load to store; each takes between half and one and a half of it. A thread's own work before it takes 4 ms."),
        pub reads: f64 = Control::number("reads", "Only read", Unit::Share, (0.0, 1.0), 0.05, 0.0)
            .help("Share of operations that look at the number for as long, and store nothing."),
    }
}

readings! {
    READINGS;
    Reading::new("done", "operations", Unit::Rate, "Operations a second so far, since a control was last moved.")
        .of(OPERATION, &[DONE]).so_far();
    Reading::new("lost", "updates lost", Unit::Count, "Updates that another thread's store has wiped out, since a control was last moved.")
        .so_far().trouble_from(1.0);
    Reading::new("waiting", "threads waiting", Unit::Count, "Threads that wait for the lock, on average since a control was last moved.").so_far();
    Reading::new("wasted", "cores wasted", Unit::Count,
        "Cores that spin, or run sections once more, on average since a control was last moved.").so_far().trouble_from(0.5);
}

messages! {
    pub(super) MESSAGES;
    lanes_title(threads: u32, cores: u32);
    is_own(); is_inside(); is_asleep(); is_spinning(); is_again(); is_ready(); is_stalled(); chart_done(); done();
    says_inside(inside: usize, waiting: usize); says_open(inside: usize, again: usize); says_stalled(thread: Entity, waiting: usize); says_lost(lost: u32, stores: u32);
    step_got_lock(); step_stored(value: u32); step_again(value: u32); stored_since(thread: Entity); about_again(times: u32); about_thread(operation: Entity, state: Msg); about_operation(thread: Entity, state: Msg);
    judge_done(done: (f64, Unit), bound: (f64, Unit)); judge_lost(lost: (f64, Unit), bound: (f64, Unit));
}

#[derive(Clone, Debug)]
struct Thread {
    operation: Entity,
    reads: bool,
    in_section: bool,
    /// What is left of its own work or its section; a section has not been begun while this is nothing.
    left: Span,
    /// What it has loaded, and how often it had to begin the section again.
    loaded: u32,
    again: u32,
}

/// The shared number, how often it was stored and what else was done since a control was moved.
#[derive(Clone, Debug, Default)]
struct OfLate {
    since: Time,
    number: u32,
    stores: u32,
    last_writer: u32,
    done: u32,
    waiting: TimeAverage,
    wasted: Span,
}

/// A thread's work is done, its slice is over, or it wakes up.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Event(Due);

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct Contention {
    controls: ControlValues,
    cores: Cores,
    lock: Lock,
    threads: Vec<Thread>,
    of_late: OfLate,
    traces: Traces,
}

impl Contention {
    /// All threads begin an operation, nobody has the lock, and nothing has been measured.
    fn begin(&mut self, w: &mut W) {
        self.of_late = OfLate { since: w.now(), ..OfLate::default() };
        self.cores.reset(self.controls.cores);
        self.lock = Lock::new(match self.controls.lock {
            Kind::ReadWrite => Admits::Readers,
            Kind::Semaphore => Admits::Many(2),
            _ => Admits::One,
        });
        let before = core::mem::take(&mut self.threads);
        for n in 0..self.controls.threads {
            let before = before.get(n as usize);
            let operation = before.map_or_else(|| w.open(OPERATION, None), |thread| thread.operation);
            self.threads.push(self.begun(operation, w));
            self.cores.wants(n);
        }
        self.dispatch(w);
    }

    /// A thread at the beginning of an operation.
    fn begun(&self, operation: Entity, w: &W) -> Thread {
        let reads = w.draws(READS, operation).chance(self.controls.reads);
        let left = OWN_WORK.span(&mut w.draws(WORKS, operation));
        Thread { operation, reads, in_section: false, left, loaded: 0, again: 0 }
    }

    /// Gives cores to those who want one, and remembers how everybody is seen then.
    fn dispatch(&mut self, w: &mut W) {
        while let Some(n) = self.cores.next(w.now()) {
            self.goes_on(n, w);
        }
        self.of_late.waiting.set(w.now(), self.lock.waiting().len() as f64);
        let seen: Vec<Status> = (0..self.controls.threads).map(|n| self.status(n)).collect();
        self.traces.note(w.now(), seen.into_iter());
    }

    /// Whether a thread needs the lock and hasn't got it.
    fn wants(&self, n: u32) -> bool {
        let (scope, me) = (self.controls.scope, &self.threads[n as usize]);
        let needs = scope == Scope::Operation || scope == Scope::Section && me.in_section;
        needs && !matches!(self.controls.lock, Kind::None | Kind::Swap) && !self.lock.has(n)
    }

    /// A thread with a core goes on, if the lock lets it.
    fn goes_on(&mut self, n: u32, w: &mut W) {
        let Thread { operation, reads, .. } = self.threads[n as usize];
        let spins = self.controls.lock == Kind::Spin;
        if self.wants(n) && spins {
            self.lock.tries(n, reads);
        } else if self.wants(n) && !self.lock.asks(n, reads) {
            return self.cores.sleeps(n);
        }
        let wants = self.wants(n);
        let me = &mut self.threads[n as usize];
        if me.in_section && me.left == Span::ZERO && !wants {
            me.left = section(self.controls.section.secs()).span(&mut w.draws(CHANGES, operation));
            me.loaded = self.of_late.number;
        }
        let (until, due) = self.cores.goes_on(n, (!wants).then_some(me.left), w.now());
        w.schedule_at(until, Event(due));
    }

    /// Counts what a thread with a core has done since it was looked at last.
    fn account(&mut self, n: u32, now: Time) {
        let (wants, ran) = (self.wants(n), self.cores.ran(n, now));
        let me = &mut self.threads[n as usize];
        if wants || me.again > 0 {
            self.of_late.wasted += ran;
        }
        if !wants {
            me.left = Span::from_nanos(me.left.nanos() - ran.nanos().min(me.left.nanos()));
        }
    }

    /// A thread's own work is over, or its section.
    fn has_worked(&mut self, n: u32, w: &mut W) {
        let me = &mut self.threads[n as usize];
        let value = self.of_late.number;
        if !me.in_section {
            me.in_section = true;
        } else if !me.reads && self.controls.lock == Kind::Swap && me.loaded != value {
            me.again += 1;
            let writer = Entity::new(THREAD, self.of_late.last_writer);
            w.record_step(me.operation, || (step_again(value), Some(stored_since(writer))));
        } else {
            if !me.reads {
                let it = &mut self.of_late;
                (it.number, it.stores, it.last_writer) = (me.loaded + 1, it.stores + 1, n);
                w.record_step(me.operation, || (step_stored(me.loaded + 1), None));
            }
            w.close(me.operation, DONE);
            self.of_late.done += 1;
            let next = w.open(OPERATION, None);
            self.threads[n as usize] = self.begun(next, w);
            self.leaves(n, w);
        }
        self.goes_on(n, w);
    }

    /// A thread gives the lock back. Then one who spins is in, or those who sleep, in the order of coming.
    fn leaves(&mut self, n: u32, w: &mut W) {
        self.lock.leaves(n);
        if self.controls.lock == Kind::Spin {
            let next = self.lock.waiting().find(|&n| self.cores.place(n) == Place::Running);
            if let Some(n) = next {
                self.account(n, w.now());
                self.goes_on(n, w);
            }
            return;
        }
        while let Some(n) = self.lock.admit_next() {
            let operation = self.threads[n as usize].operation;
            w.record_step(operation, || (step_got_lock(), None));
            w.schedule(WAKE, Event(self.cores.due(n)));
        }
    }

    /// What a thread can be at: how it looks, and how it is called.
    fn looks(&self) -> [Look; 6] {
        [
            (Status::Normal, is_own),
            (Status::Active, is_inside),
            (Status::Quiet, is_asleep),
            (Status::Trouble, if self.controls.lock == Kind::Swap { is_again } else { is_spinning }),
            (Status::Down, is_ready),
            (Status::Warming, is_stalled),
        ]
    }

    fn status(&self, n: u32) -> Status {
        let (me, has_lock) = (&self.threads[n as usize], self.lock.has(n));
        match self.cores.place(n) {
            Place::Asleep => Status::Quiet,
            Place::Ready if has_lock => Status::Warming,
            Place::Ready => Status::Down,
            Place::Running if self.lock.waits(n) || me.again > 0 => Status::Trouble,
            Place::Running if me.in_section || has_lock => Status::Active,
            Place::Running => Status::Normal,
        }
    }
}

impl Experiment for Contention {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("contention", UNTIL, ControlValues::ALL, READINGS, KINDS)
            .version(3)
            .still_at(Time::from_secs(1))
            .warm_up(Time::from_millis(500))
            .speed(0.05);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        (0..MOST_THREADS).for_each(|_| _ = w.open(THREAD, None));
        let mut it = Self {
            controls: controls.clone(),
            cores: Cores::new(controls.cores, SLICE, MOST_THREADS),
            lock: Lock::new(Admits::One),
            threads: Vec::new(),
            of_late: OfLate::default(),
            traces: Traces::new(WINDOW),
        };
        it.begin(w);
        Ok(it)
    }

    fn handle(&mut self, Event(due): Event, w: &mut W) {
        let (n, now) = (due.thread, w.now());
        if !self.cores.is_due(due) {
            return;
        }
        if self.cores.place(n) == Place::Running {
            self.account(n, now);
            if self.threads[n as usize].left == Span::ZERO && !self.wants(n) {
                self.has_worked(n, w);
            } else if !self.cores.gives_way(n, now) {
                self.goes_on(n, w);
            }
        } else {
            // It wakes up, and gets a core at once, if need be that of somebody who isn't inside.
            let lock = self.lock.clone();
            let may_lose = |other| !lock.has(other);
            if let Some(loser) = self.cores.loser(may_lose) {
                self.account(loser, now);
            }
            if self.cores.urgent(n, may_lose, now) {
                self.goes_on(n, w);
            }
        }
        self.dispatch(w);
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        self.controls = is.clone();
        self.begin(w);
        Ok(())
    }

    fn read(&self, w: &W, out: &mut Readings) {
        let it = &self.of_late;
        out.put("lost", f64::from(it.stores - it.number));
        let passed = w.now().since(it.since);
        let mut put = |id, sum: f64| out.put(id, (passed >= SOON).then(|| sum / passed.secs()));
        put("done", f64::from(it.done));
        put("waiting", it.waiting.area(w.now()));
        put("wasted", it.wasted.secs());
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let title = lanes_title(self.controls.threads, self.controls.cores);
        scene.panels = vec![
            self.traces.lanes(title, THREAD, w.now(), &self.looks()),
            Panel::series(chart_done(), Unit::Rate, [("done", Status::Active)], UNTIL),
        ];
        let are = |is| (0..self.controls.threads).filter(|&n| self.status(n) == is).count();
        let stalled = self.lock.inside().find(|&n| self.status(n) == Status::Warming);
        let waiting = self.lock.waiting().len();
        scene.sentences.push(match (self.controls.lock, stalled) {
            (Kind::None | Kind::Swap, _) => says_open(are(Status::Active), are(Status::Trouble)),
            (_, Some(n)) => says_stalled(Entity::new(THREAD, n), waiting),
            _ => says_inside(self.lock.inside().count(), waiting),
        });
        let lost = self.of_late.stores - self.of_late.number;
        scene.sentences.extend((lost > 0).then(|| says_lost(lost, self.of_late.stores)));
    }

    fn about(&self, entity: Entity, _: &W) -> Option<About> {
        let mut threads = (0..).zip(&self.threads).map(|(n, it)| (Entity::new(THREAD, n), it));
        let (thread, it) = threads.find(|(thread, it)| [*thread, it.operation].contains(&entity))?;
        let state = self.looks().iter().find(|look| look.0 == self.status(thread.n))?.1();
        let says = match entity.kind {
            OPERATION => about_operation(thread, state),
            _ => about_thread(it.operation, state),
        };
        let again = Some(it.again).filter(|&times| times > 0).map(about_again);
        Some(About::says([says].into_iter().chain(again).collect::<Vec<_>>()))
    }

    fn invariants(&self, _: &W) -> Result<(), String> {
        self.cores.invariants()?;
        self.lock.invariants()?;
        let OfLate { number, stores, .. } = self.of_late;
        (number <= stores).then_some(()).ok_or_else(|| format!("{number} after {stores} stores"))
    }
}
