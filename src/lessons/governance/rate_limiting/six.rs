//! Six limiters side by side, asked about the same calls: a steady trickle, and every other second a burst.
//!
//! ```text
//!   calls ──┬── fixed window
//!           ├── sliding log
//!           ├── sliding counter      each decides by itself, for the same limit a second;
//!           ├── token bucket         nothing stands behind them
//!           ├── leaky bucket
//!           └── GCRA
//! ```
//!
//! A call has passed when it leaves its limiter: at once, but for the leaky bucket, which lets calls wait. Leaves out: what
//! the calls do, clients who try again, and the time that a limiter takes.

use crate::lessons::prelude::*;
use crate::mechanism::limiter::{FixedWindow, Gcra, LeakyBucket, SlidingCounter, SlidingLog, TokenBucket};
use crate::scene::{Bar, Lane, Lanes};
use crate::sim::Handle;
use std::collections::VecDeque;

kinds! {
    KINDS;
    CALL = "call", Numbers; CLIENTS_KIND = "clients", Only; WINDOW = "window", Numbers;
    LIMITER = "limiter", Words(&[
        Cow::Borrowed("fixed"), Cow::Borrowed("log"), Cow::Borrowed("counter"),
        Cow::Borrowed("bucket"), Cow::Borrowed("queue"), Cow::Borrowed("gcra"),
    ]);
}

pub(super) const CLIENTS: Entity = Entity::new(CLIENTS_KIND, 0);
const SECOND: Span = Span::from_secs(1);
/// A burst comes every other second.
const EVERY: u64 = 2;
/// How much of the past is drawn.
const SHOWN: Span = Span::from_millis(2_400);
/// A call's stroke in a lane is at most so wide.
const STROKE: Span = Span::from_millis(6);
/// The calls of late that can be explained.
const REMEMBERED: usize = 256;
const DONE: EndKind = EndKind(0);
/// Each reading is what passed one of the limiters within the last second.
const WITHIN: [&str; 6] = ["fixed", "log", "counter", "bucket", "queue", "gcra"];

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub limit: f64 = Control::number("limit", "Limit", Unit::Rate, (5.0, 50.0), 1.0, 20.0)
            .help("Calls a second that each of the six is to let through.").primary(),
        pub bucket: u32 = Control::number("bucket", "Bucket", Unit::Count, (1.0, 40.0), 1.0, 5.0)
            .help("How many tokens the bucket holds, how many calls GCRA lets through at once, and how many can wait in the leaky bucket.").primary(),
        pub burst: u32 = Control::number("burst", "Calls in a burst", Unit::Count, (0.0, 80.0), 5.0, 40.0)
            .help("How many calls come in a burst, evenly.").primary(),
        pub begins: Span = Control::number("begins", "Burst begins", Unit::Time, (0.0, 0.95), 0.05, 0.3)
            .help("How long after the edge of every other second its burst begins. 800 ms with a burst of 400 ms lies across the next edge.").primary(),
        pub lasts: Span = Control::number("lasts", "Burst lasts", Unit::Time, (0.05, 1.0), 0.05, 0.4)
            .help("How long a burst takes to come."),
        pub steady: f64 = Control::number("steady", "Steady calls", Unit::Rate, (0.0, 60.0), 1.0, 6.0)
            .help("Calls a second that come between the bursts and during them, at random."),
    }
}

readings! {
    READINGS;
    Reading::new("fixed", "fixed window", Unit::Count, "Calls that passed the fixed window within the last second.");
    Reading::new("log", "sliding log", Unit::Count, "Calls that passed the sliding log within the last second.");
    Reading::new("counter", "sliding counter", Unit::Count, "Calls that passed the sliding window counter within the last second.");
    Reading::new("bucket", "token bucket", Unit::Count, "Calls that passed the token bucket within the last second.");
    Reading::new("queue", "leaky bucket", Unit::Count, "Calls that left the leaky bucket within the last second.");
    Reading::new("gcra", "GCRA", Unit::Count, "Calls that passed GCRA within the last second.");
    Reading::new("most", "token bucket's most", Unit::Count, "The most calls that have passed the token bucket within any second so far.").so_far();
    Reading::new("unlike", "decided otherwise", Unit::Count, "Calls so far on which token bucket and GCRA disagreed.").so_far();
}

const ACTIONS: &[Action] = &[Action::new("burst", "Burst across the next edge", &[CLIENTS_KIND])];

messages! {
    pub(super) MESSAGES;
    fixed(); log(); counter(); bucket(); queue(); gcra();
    lanes_title(); lane_window(); lane_calls(); window_count(count: u32, limit: (f64, Unit)); nothing();
    key_call(); key_passed(); key_over(); key_refused();
    chart_within();
    table_title(); column_limiter(); column_passed(); column_refused(); column_most(); column_wait(); column_keeps();
    keeps_count(); keeps_log(limit: (f64, Unit)); keeps_counts(); keeps_bucket(); keeps_queue(bucket: u32); keeps_moment();
    says_most(limiter: Entity, most: u32, limit: (f64, Unit)); says_all_keep(limit: (f64, Unit));
    mark_burst(calls: u32);
    no_burst();
    about_clients(calls: u32); about_window(count: u32, limit: (f64, Unit));
    about_call(at: Time); about_passed(by: Vec<Entity>); about_refused(by: Vec<Entity>);
    about_fixed(count: u32, limit: (f64, Unit), left: Span); about_log(kept: u32, limit: (f64, Unit));
    about_counter(last: u32, this: u32, estimate: (f64, Unit), limit: (f64, Unit));
    about_bucket(tokens: (f64, Unit), bucket: u32); about_queue(waiting: u32, places: u32);
    about_gcra(ahead: Span, tolerance: Span);
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) enum Event {
    Steady,
    /// A burst of the pattern is due.
    Burst,
    /// A call of a burst.
    Call,
}

/// A limiter, as its own kind of rule.
#[derive(Clone, Debug)]
enum Rule {
    Fixed(FixedWindow),
    Log(SlidingLog),
    Counter(SlidingCounter),
    Bucket(TokenBucket),
    Queue(LeakyBucket),
    Gcra(Gcra),
}

impl Rule {
    /// All six, new: nothing counted yet, the bucket full, nobody waiting.
    fn all(controls: &ControlValues, now: Time) -> [Self; 6] {
        const RIGHT: &str = "controls within their ranges";
        let (limit, interval) = (controls.limit as u32, Span::from_secs_f64(1.0 / controls.limit));
        [
            Self::Fixed(FixedWindow::new(limit, SECOND).expect(RIGHT)),
            Self::Log(SlidingLog::new(limit, SECOND).expect(RIGHT)),
            Self::Counter(SlidingCounter::new(limit, SECOND).expect(RIGHT)),
            Self::Bucket(TokenBucket::new(controls.limit, controls.bucket, now).expect(RIGHT)),
            Self::Queue(LeakyBucket::new(interval, controls.bucket).expect(RIGHT)),
            Self::Gcra(Gcra::new(interval, controls.bucket - 1).expect(RIGHT)),
        ]
    }

    /// When a call that comes now passes, if it does.
    fn ask(&mut self, now: Time) -> Option<Time> {
        let passes = match self {
            Self::Queue(it) => return it.offer(now),
            Self::Fixed(it) => it.allow(now),
            Self::Log(it) => it.allow(now),
            Self::Counter(it) => it.allow(now),
            Self::Bucket(it) => it.allow(now, 1),
            Self::Gcra(it) => it.allow(now),
        };
        passes.then_some(now)
    }

    /// What it has in mind now.
    fn about(&self, controls: &ControlValues, now: Time) -> Msg {
        let limit = (controls.limit, Unit::Count);
        let left = || Span::from_nanos(SECOND.nanos() - now.nanos() % SECOND.nanos());
        match self {
            Self::Fixed(it) => about_fixed(it.count(now), limit, left()),
            Self::Log(it) => about_log(it.count(now), limit),
            Self::Counter(it) => {
                let [last, this] = it.counts(now);
                about_counter(last, this, (rounded(it.estimate(now)), Unit::Count), limit)
            }
            Self::Bucket(it) => about_bucket((rounded(it.tokens(now)), Unit::Count), controls.bucket),
            Self::Queue(it) => about_queue(it.waiting(now), controls.bucket),
            Self::Gcra(it) => about_gcra(it.ahead(now), it.tolerance()),
        }
    }
}

/// To a tenth.
fn rounded(value: f64) -> f64 {
    libm::round(value * 10.0) / 10.0
}

/// What became of a call at each limiter: when it passes, if it does.
#[derive(Clone, Copy, Debug)]
struct Call {
    entity: Entity,
    came: Time,
    passes: [Option<Time>; 6],
}

/// What has passed a limiter.
#[derive(Clone, Debug, Default)]
struct Passed {
    /// Whether it was over the limit, counted over the second before it; of the last two seconds, with those still waiting.
    calls: VecDeque<(Time, Entity, bool)>,
    /// How many in all, how many were refused, and the most that passed within any second.
    count: u32,
    refused: u32,
    most: u32,
    longest_wait: Span,
}

impl Passed {
    /// A call passes; they do so in order.
    fn record(&mut self, call: Entity, came: Time, passes: Time, limit: f64) {
        while self.calls.front().is_some_and(|(at, ..)| came.since(*at) > SHOWN + SECOND) {
            self.calls.pop_front();
        }
        let within = self.calls.iter().filter(|(at, ..)| passes.since(*at) < SECOND).count() as u32 + 1;
        self.calls.push_back((passes, call, f64::from(within) > limit));
        self.count += 1;
        self.most = self.most.max(within);
        self.longest_wait = self.longest_wait.max(passes.since(came));
    }

    /// How many passed within the second that ends now.
    fn within(&self, now: Time) -> u32 {
        self.calls.iter().filter(|(at, ..)| *at <= now && now.since(*at) < SECOND).count() as u32
    }
}

type W = World<Event>;

#[derive(Clone, Debug)]
pub(super) struct SixLimiters {
    controls: ControlValues,
    steady: Arrivals,
    rules: [Rule; 6],
    passed: [Passed; 6],
    calls: VecDeque<Call>,
    came: u32,
    unlike: u32,
    /// The second after whose edge the next burst comes, and that burst.
    due: u64,
    next: Option<Handle>,
}

fn limiter(n: usize) -> Entity {
    Entity::new(LIMITER, n as u32)
}

impl SixLimiters {
    /// A call comes to all six.
    fn call(&mut self, w: &mut W) {
        let (entity, now) = (w.open(CALL, None), w.now());
        let mut call = Call { entity, came: now, passes: [None; 6] };
        for ((rule, passed), passes) in self.rules.iter_mut().zip(&mut self.passed).zip(&mut call.passes) {
            *passes = rule.ask(now);
            match *passes {
                Some(at) => passed.record(entity, now, at, self.controls.limit),
                None => passed.refused += 1,
            }
        }
        self.unlike += u32::from(call.passes[3].is_some() != call.passes[5].is_some());
        self.came += 1;
        if self.calls.len() == REMEMBERED {
            self.calls.pop_front();
        }
        self.calls.push_back(call);
        w.close(entity, DONE);
    }

    /// So many calls, evenly over the time that a burst lasts.
    fn burst(&self, from: Time, w: &mut W) {
        let apart = self.controls.lasts.scale(1.0 / f64::from(self.controls.burst.max(1)));
        for n in 0..self.controls.burst {
            w.schedule_at(from + apart * u64::from(n), Event::Call);
        }
    }

    /// The next burst of the pattern comes as the controls say, or two seconds later if that moment is past.
    fn schedule_burst(&mut self, w: &mut W) {
        if let Some(handle) = self.next.take() {
            w.cancel(handle);
        }
        while Time::from_secs(self.due) + self.controls.begins < w.now() {
            self.due += EVERY;
        }
        self.next = Some(w.schedule_at(Time::from_secs(self.due) + self.controls.begins, Event::Burst));
    }

    /// The most that each has let through within any second so far.
    pub(super) fn most(&self) -> [u32; 6] {
        core::array::from_fn(|n| self.passed[n].most)
    }

    /// Strokes of calls, in the order of their times; each ends where the next begins.
    fn strokes(mut calls: Vec<(Time, Entity, Status)>, now: Time) -> Vec<Bar> {
        calls.retain(|(at, ..)| *at <= now && now.since(*at) <= SHOWN);
        crate::sim::sort::sort_by_key(&mut calls, |(at, ..)| *at);
        let ends: Vec<Time> = calls.iter().skip(1).map(|(at, ..)| *at).chain([Time::MAX]).collect();
        let bar = |((from, entity, status), next): ((Time, Entity, Status), Time)| {
            let until = (from + STROKE).min(next);
            Bar { entity, from, until, label: Label::Words(nothing()), status }
        };
        calls.into_iter().zip(ends).map(bar).collect()
    }

    /// What one limiter let through and refused of late.
    fn lane(&self, n: usize, now: Time) -> Lane {
        let passed = self.passed[n]
            .calls
            .iter()
            .map(|&(at, call, over)| (at, call, if over { Status::Trouble } else { Status::Active }));
        let refused = self.calls.iter().filter(|call| call.passes[n].is_none());
        let refused = refused.map(|call| (call.came, call.entity, Status::Quiet));
        let bars = Self::strokes(passed.chain(refused).collect(), now);
        Lane { entity: limiter(n), label: Label::Name(limiter(n)), bars }
    }

    /// The seconds that the fixed window counts, each with its count.
    fn windows(&self, from: Time, now: Time) -> Lane {
        let first = from.nanos() / SECOND.nanos();
        let last = now.nanos() / SECOND.nanos();
        let bars = (first..=last).map(|n| {
            let window = Entity::new(WINDOW, n as u32);
            let (begins, ends) = (Time::from_secs(n), Time::from_secs(n + 1));
            let label = Label::Words(window_count(self.counted(window), (self.controls.limit, Unit::Count)));
            Bar {
                entity: window,
                from: begins.max(from),
                until: ends.min(now),
                label,
                status: Status::Normal,
            }
        });
        Lane { entity: limiter(0), label: Label::Words(lane_window()), bars: bars.collect() }
    }

    /// How many passed the fixed window in a second.
    fn counted(&self, window: Entity) -> u32 {
        let is_in = |at: &Time| at.nanos() / SECOND.nanos() == u64::from(window.n);
        self.passed[0].calls.iter().filter(|(at, ..)| is_in(at)).count() as u32
    }

    fn lanes(&self, now: Time) -> Panel {
        let (from, until) = if now.since(Time::ZERO) > SHOWN {
            (now.back(SHOWN), now)
        } else {
            (Time::ZERO, Time::ZERO + SHOWN)
        };
        let came = self.calls.iter().map(|call| (call.came, call.entity, Status::Normal)).collect();
        let calls =
            Lane { entity: CLIENTS, label: Label::Words(lane_calls()), bars: Self::strokes(came, now) };
        let lanes = [calls, self.windows(from, now)].into_iter().chain((0..6).map(|n| self.lane(n, now)));
        let key = legend([
            (key_call(), Status::Normal),
            (key_passed(), Status::Active),
            (key_over(), Status::Trouble),
            (key_refused(), Status::Quiet),
        ]);
        let title = Label::Words(lanes_title());
        Panel::Lanes(Lanes { title, from, until, step: None, lanes: lanes.collect(), key }.into())
    }

    fn table(&self) -> Panel {
        let limit = (self.controls.limit, Unit::Count);
        let keeps = [
            keeps_count(),
            keeps_log(limit),
            keeps_counts(),
            keeps_bucket(),
            keeps_queue(self.controls.bucket),
            keeps_moment(),
        ];
        let rows: Vec<Row> = keeps
            .into_iter()
            .enumerate()
            .map(|(n, keeps)| {
                let it = &self.passed[n];
                let counts =
                    [it.count, it.refused, it.most].map(|count| Label::Value(count.into(), Unit::Count));
                let [passed, refused, most] = counts;
                let wait = Label::Value(it.longest_wait.secs(), Unit::Time);
                Row::new(
                    limiter(n),
                    [Label::Name(limiter(n)), passed, refused, most, wait, Label::Words(keeps)],
                )
            })
            .collect();
        let columns = [
            column_limiter(),
            column_passed(),
            column_refused(),
            column_most(),
            column_wait(),
            column_keeps(),
        ];
        Panel::table(table_title(), columns, rows).unfolded()
    }

    fn say(&self) -> Msg {
        let limit = (self.controls.limit, Unit::Count);
        let most = self.most();
        let first =
            (0..6).rev().max_by_key(|n| most[*n]).filter(|n| f64::from(most[*n]) > self.controls.limit);
        first.map_or_else(|| says_all_keep(limit), |n| says_most(limiter(n), most[n], limit))
    }
}

impl Experiment for SixLimiters {
    type Controls = ControlValues;
    type Event = Event;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("six-limiters", Time::from_secs(30), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_millis(3_100))
            .speed(0.5)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        let mut model = Self {
            controls: controls.clone(),
            steady: Arrivals::poisson(CALL, controls.steady.max(1e-9), w, Event::Steady),
            rules: Rule::all(controls, w.now()),
            passed: Default::default(),
            calls: VecDeque::new(),
            came: 0,
            unlike: 0,
            due: 0,
            next: None,
        };
        model.schedule_burst(w);
        Ok(model)
    }

    fn handle(&mut self, event: Event, w: &mut W) {
        match event {
            Event::Steady => {
                self.steady.arrived(w, Event::Steady);
                self.call(w);
            }
            Event::Burst => {
                self.burst(w.now(), w);
                self.due += EVERY;
                self.next = None;
                self.schedule_burst(w);
            }
            Event::Call => self.call(w),
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        if (is.limit, is.bucket) != (self.controls.limit, self.controls.bucket) {
            self.rules = Rule::all(is, w.now());
        }
        let was = core::mem::replace(&mut self.controls, is.clone());
        if was.begins != is.begins {
            self.schedule_burst(w);
        }
        self.steady.set_rate(is.steady.max(1e-9), w, Event::Steady);
        Ok(())
    }

    fn act(&mut self, action: usize, on: &[Entity], _: &Value, w: &mut W) -> Result<(), Msg> {
        if let Some(why) = on.iter().find_map(|at| self.refusal(action, *at)) {
            return Err(why);
        }
        // Half before the edge and half behind it.
        let half = self.controls.lasts.scale(0.5);
        let edge = Time::from_secs((w.now() + half).nanos().div_ceil(SECOND.nanos()));
        self.burst(edge.back(half), w);
        w.notable(CLIENTS, mark_burst(self.controls.burst));
        Ok(())
    }

    fn refusal(&self, _: usize, _: Entity) -> Option<Msg> {
        (self.controls.burst == 0).then(no_burst)
    }

    fn read(&self, w: &W, out: &mut Readings) {
        for (id, passed) in WITHIN.into_iter().zip(&self.passed) {
            out.put(id, f64::from(passed.within(w.now())));
        }
        out.put("most", f64::from(self.passed[3].most));
        out.put("unlike", f64::from(self.unlike));
    }

    fn draw(&self, w: &W, scene: &mut Scene) {
        let within = [("fixed", Status::Trouble), ("bucket", Status::Active), ("queue", Status::Normal)];
        scene.panels = vec![
            self.lanes(w.now()),
            Panel::series(chart_within(), Unit::Count, within, Self::SPEC.until),
            self.table(),
        ];
        scene.sentences.push(self.say());
    }

    fn about(&self, entity: Entity, w: &W) -> Option<About> {
        match entity.kind {
            CLIENTS_KIND => Some(About::says([about_clients(self.came)])),
            WINDOW => {
                let limit = (self.controls.limit, Unit::Count);
                Some(About::says([about_window(self.counted(entity), limit)]))
            }
            LIMITER => Some(About::says([self.rules.get(entity.n as usize)?.about(&self.controls, w.now())])),
            _ => {
                let call = self.calls.iter().find(|call| call.entity == entity)?;
                let by = |passed: bool| -> Vec<Entity> {
                    (0..6).filter(|n| call.passes[*n].is_some() == passed).map(limiter).collect()
                };
                let (passed, refused) = (by(true), by(false));
                let says = [
                    Some(about_call(call.came)),
                    (!passed.is_empty()).then(|| about_passed(passed)),
                    (!refused.is_empty()).then(|| about_refused(refused)),
                ];
                Some(About::says(says.into_iter().flatten().collect::<Vec<_>>()))
            }
        }
    }

    fn kept_bytes(&self) -> usize {
        let passed: usize = self.passed.iter().map(|it| it.calls.len()).sum();
        self.calls.len() * size_of::<Call>() + passed * size_of::<(Time, Entity, bool)>()
    }

    fn invariants(&self, w: &W) -> Result<(), String> {
        let came = w.tally(CALL).opened();
        for (n, it) in self.passed.iter().enumerate() {
            if u64::from(it.count + it.refused) != came {
                return Err(format!("limiter {n}: {} passed, {} refused, {came} came", it.count, it.refused));
            }
        }
        Ok(())
    }
}
