//! One breaker, call by call: its state, its window slot by slot, and how far its rates are from their thresholds.
//!
//! Each step is a second in which one call is made, or none. The learner says how it ends, or a dependency does. Leaves out:
//! calls that overlap. So each has ended when the next one begins.

use crate::lessons::prelude::*;
use crate::mechanism::breaker::{
    self, Aggregation, Breaker, CallOutcome, Config, CountConfig, Permit, RateConfig, SlidingWindowType,
    State, Trip,
};
use crate::scene::{Bar, Cell, Choice, Grid, GridRow, Lane, Lanes, MachineState, States, Token, Transition};

kinds! {
    KINDS;
    BREAKER_KIND = "breaker", Only;
    STATE = "state", Words(&[Cow::Borrowed("closed"), Cow::Borrowed("open"), Cow::Borrowed("half-open")]);
    WAY = "way", Numbers; SLOT = "slot", Numbers; CALL = "call", Numbers;
}

const BREAKER: Entity = Entity::new(BREAKER_KIND, 0);
const STEP: Span = Span::from_secs(1);
const SUCCEEDED: EndKind = EndKind(0);
const FAILED: EndKind = EndKind(1);
const REFUSED: EndKind = EndKind(2);
/// How long a call takes, and a slow one; a call that takes longer than the bound between them is slow.
const TAKES: [Span; 2] = [Span::from_millis(100), Span::from_secs(3)];
const SLOW: Span = Span::from_secs(2);
/// When the dependency is sick.
const SICK: [Time; 2] = [Time::from_secs(20), Time::from_secs(40)];
/// gobreaker opens after so many failures in a row.
const IN_A_ROW: u32 = 6;
const RESULT: Purpose = Purpose::named("result");

choices! {
    /// When it opens.
    pub enum Rule {
        Calls = "calls", "resilience4j, last calls";
        Seconds = "seconds", "resilience4j, last seconds";
        InARow = "in-a-row", "gobreaker";
        Own = "own", "My own rule";
    }
}
choices! {
    /// Who says how calls end.
    pub enum Source {
        Hand = "hand", "By hand";
        Sick = "sick", "A dependency, sick from 20 s to 40 s";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub source: Source = Control::choice("source", "Calls end", Source::OPTIONS, "hand")
            .help("As you say, or as a dependency has it that is called every second and is sick for twenty of them."),
        pub rule: Rule = Control::choice("rule", "Rule", Rule::OPTIONS, "calls")
            .help("resilience4j opens by rates over the last calls, or over those of the last seconds; gobreaker after six failures in a row; your own rule when it says so. Another rule begins closed and empty.").primary(),
        pub window: u32 = Control::number("window", "Window", Unit::Count, (1.0, 20.0), 1.0, 10.0)
            .help("Calls or seconds that resilience4j looks at (sliding window size).").primary(),
        pub minimum: u32 = Control::number("minimum", "Calls at least", Unit::Count, (1.0, 20.0), 1.0, 5.0)
            .help("With fewer calls in the window, resilience4j doesn't judge (minimum number of calls)."),
        pub threshold: f64 = Control::number("threshold", "Failed, opens at", Unit::Share, (0.05, 1.0), 0.05, 0.5)
            .help("resilience4j's failure rate threshold. A rate that equals it opens."),
        pub slow: f64 = Control::number("slow", "Slow, opens at", Unit::Share, (0.05, 1.0), 0.05, 1.0)
            .help("resilience4j's slow call rate threshold. Here a call is slow that takes longer than 2 s."),
        pub wait: Span = Control::number("wait", "Stays open for", Unit::Time, (1.0, 20.0), 1.0, 5.0)
            .help("The first call after that finds the breaker half-open."),
        pub permitted: u32 = Control::number("permitted", "Calls when half-open", Unit::Count, (1.0, 10.0), 1.0, 3.0)
            .help("resilience4j judges after so many; gobreaker closes after so many successes in a row, and opens with the first failure."),
        pub failing: f64 = Control::number("failing", "Sick: share that fails", Unit::Share, (0.0, 1.0), 0.05, 1.0)
            .help("Share of the calls to the sick dependency that fail. A well one answers all."),
        pub own: String = Control::text("own", "My own rule", 200, "on success: n = 0\non failure: n = n + 1\nif n >= 3: open")
            .rows(4)
            .help("Runs for each result while the breaker is closed; `open` opens it. There are `now` and `took`, in seconds. All else is gobreaker's."),
    }
}

impl ControlValues {
    fn breaker(&self, now: Time) -> Result<Breaker, Msg> {
        let counts = CountConfig {
            max_requests: self.permitted,
            timeout: self.wait,
            ready_to_trip: Trip { consecutive_failures: IN_A_ROW, ..Trip::ALWAYS },
            ..CountConfig::default()
        };
        let config = match self.rule {
            Rule::Own => {
                return Breaker::by_rules(&self.own, counts, now).map_err(|why| own_rule(why.to_string()));
            }
            Rule::InARow => Config::Counts(counts),
            Rule::Calls | Rule::Seconds => Config::Rates(RateConfig {
                failure_rate_threshold: self.threshold as f32 * 100.0,
                slow_call_rate_threshold: self.slow as f32 * 100.0,
                slow_call_duration_threshold: SLOW,
                permitted_number_of_calls_in_half_open_state: self.permitted,
                sliding_window_type: match self.rule {
                    Rule::Seconds => SlidingWindowType::TimeBased,
                    _ => SlidingWindowType::CountBased,
                },
                sliding_window_size: self.window,
                minimum_number_of_calls: self.minimum,
                wait_duration_in_open_state: self.wait,
                ..RateConfig::default()
            }),
        };
        Ok(Breaker::new(config, now).expect("controls within their ranges"))
    }
}

readings! {
    READINGS;
    Reading::new("failed", "failed", Unit::Share, "Share of the calls in the window that failed.");
    Reading::new("slow", "slow", Unit::Share, "Share of the calls in the window that took longer than 2 s.");
    Reading::new("to-open", "failures to open", Unit::Count, "Failures one after another, a second apart, that would open the closed breaker from here.");
    Reading::new("openings", "openings", Unit::Count, "How often it has opened so far, from closed or half-open.").so_far();
    Reading::measured("answered", "answered", Statistic::Count, "Calls so far that were let through and succeeded.").of(CALL, &[SUCCEEDED]).so_far();
    Reading::measured("failures", "failed calls", Statistic::Count, "Calls so far that were let through and failed.").of(CALL, &[FAILED]).so_far();
    Reading::measured("refused", "refused", Statistic::Count, "Calls so far that the breaker didn't let through.").of(CALL, &[REFUSED]).so_far();
}

const ACTIONS: &[Action] = &[
    Action::new("succeed", "A call that succeeds", &[BREAKER_KIND]),
    Action::new("fail", "A call that fails", &[BREAKER_KIND]),
    Action::new("slow", "A slow call that succeeds", &[BREAKER_KIND]),
    Action::new("none", "No call for a second", &[BREAKER_KIND]),
];

messages! {
    MESSAGES;
    closed(); open(); half_open();
    own_rule(why: String); not_by_hand();
    choice_succeed(); choice_fail(); choice_slow(); choice_none();
    states_title(); way_opens(); way_own(); way_wait(wait: Span); way_fails(); way_well();
    window_title(calls: u32); counts_title(); row_results(); row_failed(); row_slow(); row_in_a_row(); row_probes();
    note_calls(calls: u32, minimum: u32); note_rate(rate: (f64, Unit), threshold: (f64, Unit)); note_of(have: u32, need: u32);
    lanes_title(); lane_state(); lane_calls();
    bar_succeeded(); bar_failed(); bar_slow(); bar_refused();
    says_too_few(calls: u32, minimum: u32); says_rates(failed: u32, calls: u32, need: u32); says_counts(failed: u32);
    says_own(failed: u32); says_open(left: Span); says_wait_over(); says_half_open(done: u32, of: u32); says_probing(done: u32, of: u32);
    mark_opens(from: &'static str); mark_half_open(); mark_closes();
    step_outcome(outcome: &'static str);
    about_breaker(calls: u32, failed: u32, slow: u32); about_call(outcome: &'static str, at: Time);
}

/// The dependency's next call; the number tells one round of them from the next.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Next(u32);

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Became {
    Succeeded,
    Failed,
    Slow,
    Refused,
}

impl Became {
    fn id(self) -> &'static str {
        ["bar-succeeded", "bar-failed", "bar-slow", "bar-refused"][self as usize]
    }

    fn status(self) -> Status {
        [Status::Normal, Status::Trouble, Status::Active, Status::Down][self as usize]
    }

    /// A call that was let through ends so.
    fn record(self, breaker: &mut Breaker, permit: Permit, now: Time) -> Option<breaker::Transition> {
        let outcome = if self == Self::Failed { CallOutcome::Failure } else { CallOutcome::Success };
        breaker.record(now, permit, outcome, TAKES[usize::from(self == Self::Slow)])
    }
}

#[derive(Clone, Debug)]
pub(super) struct Machine {
    controls: ControlValues,
    pub(super) breaker: Breaker,
    /// What became of each call, and when it was made.
    calls: Vec<(Time, Became)>,
    /// The states it was in, each with when it came into it.
    was: Vec<(Time, State)>,
    openings: u32,
    round: u32,
}

fn place(state: State) -> usize {
    match state {
        State::Open => 1,
        State::HalfOpen => 2,
        _ => 0,
    }
}

fn state(n: usize) -> Entity {
    Entity::new(STATE, n as u32)
}

impl Machine {
    fn begin(controls: &ControlValues, w: &mut World<Next>, round: u32) -> Result<Self, Msg> {
        let breaker = controls.breaker(w.now())?;
        if controls.source == Source::Sick {
            w.schedule(STEP, Next(round));
        }
        let was = vec![(w.now(), State::Closed)];
        let controls = controls.clone();
        Ok(Self { controls, breaker, calls: Vec::new(), was, openings: 0, round })
    }

    /// A second passes, with a call or without.
    fn step(&mut self, call: Option<Became>, w: &mut World<Next>) {
        let now = w.now();
        if let Some(mut became) = call {
            let entity = w.open(CALL, None);
            let admission = self.breaker.try_acquire(now);
            self.changed(admission.transition, w);
            match admission.permit {
                Ok(permit) => {
                    let transition = became.record(&mut self.breaker, permit, now);
                    self.changed(transition, w);
                }
                Err(_) => became = Became::Refused,
            }
            w.record_step(entity, || (step_outcome(became.id()), None));
            w.close(entity, [SUCCEEDED, FAILED, SUCCEEDED, REFUSED][became as usize]);
            self.calls.push((now, became));
        }
        while let Some(transition) = self.breaker.tick(now) {
            self.changed(Some(transition), w);
        }
    }

    fn changed(&mut self, transition: Option<breaker::Transition>, w: &mut World<Next>) {
        let Some(breaker::Transition { from, to, .. }) = transition else { return };
        self.openings += u32::from(to == State::Open);
        self.was.push((w.now(), to));
        let mark = match to {
            State::Open => mark_opens(from.id()),
            State::HalfOpen => mark_half_open(),
            _ => mark_closes(),
        };
        w.notable(BREAKER, mark);
    }

    /// Failures in a row, a second apart, that would open the closed breaker from here.
    fn to_open(&self, now: Time) -> Option<u32> {
        if self.breaker.state() != State::Closed {
            return None;
        }
        let mut ahead = self.breaker.clone();
        (1..=60).find(|&n| {
            let at = now + STEP * u64::from(n);
            let permit = ahead.try_acquire(at).permit.ok();
            permit.and_then(|permit| Became::Failed.record(&mut ahead, permit, at)).is_some()
        })
    }

    fn by_rates(&self) -> bool {
        matches!(self.controls.rule, Rule::Calls | Rule::Seconds)
    }

    /// So many of the calls that are in the window now have to fail, or be slow, for it to open.
    fn needed(total: &Aggregation, threshold: f64) -> u32 {
        let rate = threshold as f32 * 100.0;
        (0..=total.calls)
            .find(|&n| Aggregation { failed: n, ..*total }.failure_rate() >= rate)
            .unwrap_or(total.calls)
    }

    fn states(&self, now: Time) -> Panel {
        let current = self.breaker.state();
        let names = [("closed", Status::Normal), ("open", Status::Trouble), ("half-open", Status::Normal)];
        let states = names.iter().enumerate().map(|(n, &(id, status))| MachineState {
            entity: Some(state(n)),
            label: Label::words(id),
            status: if n == place(current) { status } else { Status::Quiet },
        });
        let opens = if self.controls.rule == Rule::Own { way_own() } else { way_opens() };
        let ways = [
            (State::Closed, State::Open, opens),
            (State::Open, State::HalfOpen, way_wait(self.controls.wait)),
            (State::HalfOpen, State::Open, way_fails()),
            (State::HalfOpen, State::Closed, way_well()),
        ];
        let change = |it: &[(Time, State)]| (it[0].1, it[1].1, it[1].0);
        let last = self.was.windows(2).last().map(change).filter(|&(.., at)| now.since(at) < STEP * 2);
        let transitions = (0..).zip(ways).map(|(n, (from, to, label))| Transition {
            entity: Some(Entity::new(WAY, n)),
            from: place(from),
            to: place(to),
            label: Label::Words(label),
            taken: last.filter(|&(was, is, _)| (was, is) == (from, to)).map(|(.., at)| at),
        });
        let since = self.was.last().map(|(since, _)| *since);
        let token = Token {
            entity: BREAKER,
            state: place(current),
            label: Label::Name(BREAKER),
            since,
            status: if current == State::Open { Status::Trouble } else { Status::Normal },
        };
        Panel::States(
            States {
                title: Label::Words(states_title()),
                states: states.collect(),
                transitions: transitions.collect(),
                tokens: vec![token],
            }
            .into(),
        )
    }

    /// The window slot by slot, and how far its counts are from what opens.
    fn window(&self, now: Time) -> Panel {
        let (total, columns) =
            (self.breaker.total(now), self.controls.window.max(self.controls.permitted).max(IN_A_ROW));
        let (title, rows) = if let (false, Some(counts)) = (self.by_rates(), self.breaker.counts(now)) {
            let probing = self.breaker.state() == State::HalfOpen;
            let (label, have, need) = if probing {
                (row_probes(), counts.consecutive_successes, self.controls.permitted)
            } else {
                (row_in_a_row(), counts.consecutive_failures, IN_A_ROW)
            };
            let status = if probing { Status::Normal } else { Status::Trouble };
            // What a rule of one's own asks for nobody knows but it.
            let need = if self.controls.rule == Rule::Own && !probing { have } else { need };
            let note = note_of(have, need);
            (counts_title(), vec![meter(label, have, need.max(have), status, note)])
        } else {
            let half_open = self.breaker.state() == State::HalfOpen;
            let minimum = self.breaker.metrics().map_or(0, breaker::Metrics::minimum);
            let results = GridRow {
                entity: BREAKER,
                label: Label::Words(if half_open { row_probes() } else { row_results() }),
                note: Some(Label::Words(note_calls(total.calls, minimum))),
                status: Status::Normal,
                cells: self.slots(now),
            };
            let rate = |share: f32, threshold: f64| {
                note_rate((f64::from(share) / 100.0, Unit::Share), (threshold, Unit::Share))
            };
            let ControlValues { threshold, slow, .. } = self.controls;
            let meters = [
                (
                    row_failed(),
                    total.failed,
                    threshold,
                    Status::Trouble,
                    rate(total.failure_rate(), threshold),
                ),
                (row_slow(), total.slow, slow, Status::Active, rate(total.slow_call_rate(), slow)),
            ];
            let meters = meters.map(|(label, have, threshold, status, note)| {
                meter(label, have, Self::needed(&total, threshold).max(have), status, note)
            });
            (window_title(total.calls), [results].into_iter().chain(meters).collect())
        };
        Panel::Grid(Grid { title: Label::Words(title), rows, columns, tall: false, key: Vec::new() }.into())
    }

    fn slots(&self, now: Time) -> Vec<Cell> {
        let cell = |slot: breaker::Slot| {
            let calls = slot.calls;
            let (level, status) = match calls {
                _ if calls.calls == 0 => (1.0, Status::Draining),
                _ if calls.failed > 0 => (1.0, Status::Trouble),
                _ if calls.slow > 0 => (1.0, Status::Active),
                _ => (1.0, Status::Normal),
            };
            Cell { entity: Entity::new(SLOT, slot.position), level, status }
        };
        self.breaker.slots(now).into_iter().map(cell).collect()
    }

    fn lanes(&self, now: Time) -> Panel {
        let ends = self.was.iter().skip(1).map(|(at, _)| *at).chain([now]);
        let states = self.was.iter().zip(ends).filter(|((from, _), until)| from < until).map(
            |(&(from, it), until)| Bar {
                entity: state(place(it)),
                from,
                until,
                label: Label::words(["closed", "open", "half-open"][place(it)]),
                status: [Status::Normal, Status::Trouble, Status::Active][place(it)],
            },
        );
        let calls = (0..).zip(&self.calls).map(|(n, &(at, became))| Bar {
            entity: Entity::new(CALL, n),
            from: Time::from_nanos(at.nanos().saturating_sub(STEP.nanos() * 7 / 10)),
            until: at,
            label: Label::words(became.id()),
            status: became.status(),
        });
        let lane = |label, bars| Lane { entity: BREAKER, label: Label::Words(label), bars };
        Panel::Lanes(
            Lanes {
                title: Label::Words(lanes_title()),
                from: Time::ZERO,
                until: Self::SPEC.until,
                step: Some(STEP),
                lanes: vec![lane(lane_state(), states.collect()), lane(lane_calls(), calls.collect())],
                key: Vec::new(),
            }
            .into(),
        )
    }

    fn say(&self, now: Time) -> Msg {
        let total = self.breaker.total(now);
        match self.breaker.state() {
            State::Open => match self.breaker.open_until() {
                Some(until) if until >= now => says_open(until.since(now)),
                _ => says_wait_over(),
            },
            State::HalfOpen => {
                let of = self.controls.permitted;
                let done = of.saturating_sub(self.breaker.permissions_left().unwrap_or_default());
                if self.by_rates() { says_half_open(done, of) } else { says_probing(done, of) }
            }
            _ => match self.breaker.metrics().map(engine::mechanism::breaker::Metrics::minimum) {
                Some(minimum) if total.calls < minimum => says_too_few(total.calls, minimum),
                Some(_) => {
                    says_rates(total.failed, total.calls, Self::needed(&total, self.controls.threshold))
                }
                None => {
                    let in_a_row = self.breaker.counts(now).map_or(0, |counts| counts.consecutive_failures);
                    if self.controls.rule == Rule::Own { says_own(in_a_row) } else { says_counts(in_a_row) }
                }
            },
        }
    }
}

/// A row with as many cells as are needed, some of them filled.
fn meter(label: Msg, have: u32, need: u32, status: Status, note: Msg) -> GridRow {
    let cell =
        |n| Cell { entity: BREAKER, level: 1.0, status: if n < have { status } else { Status::Draining } };
    GridRow {
        entity: BREAKER,
        label: Label::Words(label),
        note: Some(Label::Words(note)),
        status: if have >= need && have > 0 && status == Status::Trouble {
            Status::Trouble
        } else {
            Status::Normal
        },
        cells: (0..need).map(cell).collect(),
    }
}

impl Experiment for Machine {
    type Controls = ControlValues;
    type Event = Next;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("breaker-machine", Time::from_secs(60), ControlValues::ALL, READINGS, KINDS)
            .by_steps(STEP)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut World<Next>) -> Result<Self, Msg> {
        w.open(BREAKER_KIND, None);
        Self::begin(controls, w, 0)
    }

    fn handle(&mut self, Next(round): Next, w: &mut World<Next>) {
        if round != self.round {
            return;
        }
        w.schedule(STEP, Next(round));
        let (now, next) = (w.now(), Entity::new(CALL, w.tally(CALL).opened() as u32));
        let sick = SICK[0] <= now && now < SICK[1];
        let fails = sick && w.draws(RESULT, next).chance(self.controls.failing);
        self.step(Some(if fails { Became::Failed } else { Became::Succeeded }), w);
    }

    fn set(&mut self, is: &ControlValues, w: &mut World<Next>) -> Result<(), Msg> {
        let rule = |it: &ControlValues| ControlValues { source: Source::Hand, failing: 0.0, ..it.clone() };
        if rule(&self.controls) != rule(is) {
            self.breaker = is.breaker(w.now())?;
            if self.was.last().is_some_and(|(_, state)| *state != State::Closed) {
                self.was.push((w.now(), State::Closed));
            }
        }
        if self.controls.source != is.source {
            self.round += 1;
            if is.source == Source::Sick {
                w.schedule(STEP, Next(self.round));
            }
        }
        self.controls = is.clone();
        Ok(())
    }

    fn act(&mut self, action: usize, _: &[Entity], _: &Value, w: &mut World<Next>) -> Result<(), Msg> {
        if self.controls.source != Source::Hand {
            return Err(not_by_hand());
        }
        let became = [Some(Became::Succeeded), Some(Became::Failed), Some(Became::Slow), None];
        self.step(became[action], w);
        Ok(())
    }

    fn read(&self, w: &World<Next>, out: &mut Readings) {
        let total = self.breaker.total(w.now());
        let share = |rate: f32| (total.calls > 0).then_some(f64::from(rate) / 100.0);
        out.put("failed", share(total.failure_rate()));
        out.put("slow", share(total.slow_call_rate()));
        out.put("to-open", self.to_open(w.now()).map(f64::from));
        out.put("openings", f64::from(self.openings));
    }

    fn draw(&self, w: &World<Next>, scene: &mut Scene) {
        let now = w.now();
        scene.panels = vec![self.states(now), self.window(now), self.lanes(now)];
        scene.sentences.push(self.say(now));
        if self.controls.source == Source::Hand {
            let says = [choice_succeed, choice_fail, choice_slow, choice_none];
            scene.choices = ACTIONS
                .iter()
                .zip(says)
                .map(|(action, says)| Choice {
                    action: action.id.clone(),
                    on: BREAKER,
                    pressed: BREAKER,
                    says: says(),
                })
                .collect();
        }
    }

    fn about(&self, entity: Entity, w: &World<Next>) -> Option<About> {
        if entity.kind == CALL {
            let &(at, became) = self.calls.get(entity.n as usize)?;
            return Some(About::says([about_call(became.id(), at)]));
        }
        let slot =
            self.breaker.slots(w.now()).into_iter().find(|slot| entity == Entity::new(SLOT, slot.position));
        let it = slot.map_or_else(|| self.breaker.total(w.now()), |slot| slot.calls);
        Some(About::says([about_breaker(it.calls, it.failed, it.slow)]))
    }

    fn invariants(&self, w: &World<Next>) -> Result<(), String> {
        let (made, told) = (w.tally(CALL).closed_in_all(), self.calls.len() as u64);
        let state = self.was.last().map(|(_, state)| *state);
        if made != told || state != Some(self.breaker.state()) {
            return Err(format!("{made} calls and {told} told; {state:?}, but {:?}", self.breaker.state()));
        }
        Ok(())
    }
}
