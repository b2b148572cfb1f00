//! One breaker, call by call: its state, its window slot by slot, and how far its rates are from their thresholds.
//!
//! In each second one call is made, or none, and it ends with that second. The learner says how, by hand or as a row of
//! signs. Nothing is kept but the calls, so another rule judges the very same ones. Leaves out: calls that overlap.

use super::{PERMITTED, rates};
use crate::lessons::prelude::*;
use crate::mechanism::breaker::{
    Breaker, CallOutcome, Config, CountConfig, RateConfig, SlidingWindowType, State, Transition, Trip,
};
use crate::parts::breaker;
use crate::scene::{
    Bar, Cell, Choice, Grid, GridRow, Lane, Lanes, MachineState, States, Token, Transition as Way,
};

kinds! {
    KINDS;
    BREAKER_KIND = "breaker", Only; WINDOW_KIND = "window", Only; CALL = "call", Numbers;
    NEXT_KIND = "next-call", Only;
    STATE = "state", Words(&[Cow::Borrowed("closed"), Cow::Borrowed("open"), Cow::Borrowed("half-open")]);
    WAY = "way", Words(&[
        Cow::Borrowed("way-opens"), Cow::Borrowed("way-asks"), Cow::Borrowed("way-reopens"), Cow::Borrowed("way-closes"),
    ]);
}

const BREAKER: Entity = Entity::new(BREAKER_KIND, 0);
const WINDOW: Entity = Entity::new(WINDOW_KIND, 0);
const NEXT: Entity = Entity::new(NEXT_KIND, 0);
const STEP: Span = Span::from_secs(1);
/// A call that takes longer is slow.
const SLOW_FROM: Span = Span::from_secs(2);

/// How a call can end if it is let through: its sign, its name and look, and what the breaker is told.
const ENDS: [(char, &str, Status, CallOutcome, Span); 3] = [
    ('x', "failure", Status::Trouble, CallOutcome::Failure, Span::from_millis(100)),
    ('o', "success", Status::Normal, CallOutcome::Success, Span::from_millis(100)),
    ('~', "slow", Status::Active, CallOutcome::Success, Span::from_secs(3)),
];
const FAILS: usize = 0;
const SLOW: usize = 2;
const STATES: [(State, Status); 3] =
    [(State::Closed, Status::Normal), (State::Open, Status::Trouble), (State::HalfOpen, Status::Active)];
/// From one to another, as their places among the states.
const WAYS: [(usize, usize); 4] = [(0, 1), (1, 2), (2, 1), (2, 0)];

choices! {
    /// When it opens.
    pub enum Rule {
        Calls = "calls", "resilience4j, by calls";
        Seconds = "seconds", "resilience4j, by seconds";
        InARow = "in-a-row", "gobreaker";
        Own = "own", "My own rule";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub rule: Rule = Control::choice("rule", "Opens by", Rule::OPTIONS, "calls")
            .help("Rates over the last calls, or over those of the last seconds (resilience4j); six failures in a row (gobreaker); or your own rule. It judges the same calls, from the first on.").primary(),
        pub window: u32 = Control::number("window", "Window", Unit::Count, (1.0, 20.0), 1.0, 10.0)
            .help("Calls or seconds that resilience4j looks at (sliding window size).").only_with("rule", "calls,seconds").primary(),
        pub threshold: f64 = Control::number("threshold", "Opens at", Unit::Share, (0.05, 1.0), 0.05, 0.5)
            .help("resilience4j opens from this share of failed calls on, or of slow ones (failure rate and slow call rate threshold).").only_with("rule", "calls,seconds").primary(),
        pub minimum: u32 = Control::number("minimum", "Judges from", Unit::Count, (1.0, 20.0), 1.0, 5.0)
            .help("With fewer calls in its window resilience4j doesn't judge (minimum number of calls).").only_with("rule", "calls,seconds"),
        pub wait: Span = Control::number("wait", "Stays open for", Unit::Time, (1.0, 20.0), 1.0, 5.0)
            .help("The first call after that finds the breaker half-open; one at its very end is still refused."),
        pub calls: String = Control::text("calls", "Calls so far", 40, "ooxooxx")
            .help("A character a second: o succeeds, x fails, ~ succeeds slowly, . is a second without a call. After them it's your turn."),
        pub own: String = Control::text("own", "My own rule", 240, "on success: n = 0\non failure: n = n + 1\nif n >= 3: open")
            .rows(4)
            .help("Runs for each result while the breaker is closed; ‘open’ opens it. It can read ‘now’ and ‘took’, in seconds. All else is gobreaker's."),
    }
}

impl ControlValues {
    fn breaker(&self) -> Result<Breaker, Msg> {
        let counts = CountConfig { max_requests: PERMITTED, timeout: self.wait, ..CountConfig::default() };
        let rates = |sliding_window_type| {
            let rates = rates(self.window, self.threshold, SLOW_FROM, self.wait);
            let minimum_number_of_calls = self.minimum;
            Config::Rates(RateConfig { sliding_window_type, minimum_number_of_calls, ..rates })
        };
        let own = Breaker::by_rules(&self.own, counts, Time::ZERO);
        let own = own.map_err(|why| wrong_rule(why.to_string()))?;
        let config = match self.rule {
            Rule::Own => return Ok(own),
            Rule::InARow => Config::Counts(counts),
            Rule::Calls => rates(SlidingWindowType::CountBased),
            Rule::Seconds => rates(SlidingWindowType::TimeBased),
        };
        Ok(Breaker::new(config, Time::ZERO).expect("controls within their ranges"))
    }

    /// How the first calls end, one a second; none where there is no call.
    fn script(&self) -> Result<Vec<Option<usize>>, Msg> {
        let second = |sign: char| {
            let call = ENDS.iter().position(|ends| ends.0 == sign);
            if call.is_some() || sign == '.' { Ok(call) } else { Err(wrong_call(sign.to_string())) }
        };
        self.calls.chars().map(second).collect()
    }
}

readings! {
    READINGS;
    Reading::new("to-open", "failures to open", Unit::Count, "Failures one after another, a second apart, that would open the breaker from here.");
    Reading::new("failed", "failure rate", Unit::Share, "Share of the calls in the window that failed.");
    Reading::new("openings", "openings", Unit::Count, "How often it has opened so far, from closed or half-open.").so_far();
    Reading::new("failures", "failed so far", Unit::Count, "Calls so far that were let through and failed.").so_far();
    Reading::new("refused", "refused", Unit::Count, "Calls so far that the breaker didn't let through.").so_far();
}

const ACTIONS: &[Action] = &[
    Action::new("fail", "A call that fails", &[BREAKER_KIND]),
    Action::new("succeed", "A call that succeeds", &[BREAKER_KIND]),
    Action::new("slow", "A slow call that succeeds", &[BREAKER_KIND]),
    Action::new("none", "No call for a second", &[BREAKER_KIND]),
];

messages! {
    MESSAGES;
    closed(); open(); way_opens(); way_asks(); way_reopens(); way_closes();
    wrong_rule(why: String); wrong_call(sign: String);
    choice_fails(); choice_succeeds(); choice_slow(); choice_none();
    states_title(); way_rate(threshold: (f64, Unit)); way_in_a_row(failures: u32); way_own();
    way_wait(wait: Span); way_fails(); way_well(); way_bad(threshold: (f64, Unit)); way_good(threshold: (f64, Unit));
    window_title(); row_in_a_row(); row_well();
    note_results(calls: u32, minimum: u32); note_more(more: u32); note_never();
    lanes_title(); calls();
    success(); failure(); slow(); refused(); key_empty(); key_to_go(); key_next();
    says_rates(failed: u32, slow: u32, calls: u32); says_in_a_row(failed: u32);
    says_own(variables: String); says_own_alone(); row_to_open(); says_open(calls: u32); says_half_open(left: u32);
    about_closed(); about_open(); about_half_open(permitted: u32);
    about_opens_by_rate(threshold: (f64, Unit), minimum: u32); about_opens_in_a_row(failures: u32); about_opens_by_rule();
    about_asks(wait: Span); about_reopens(); about_closes(); about_taken(last: Time);
    about_call(how: &'static str, at: Time); about_not_counted(); about_leaves_after(results: usize);
    about_leaves_in(left: Span);
}

/// What a breaker has made of calls.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub(super) breaker: Breaker,
    now: Time,
    /// When each call ended, how, and whether it was let through.
    pub(super) calls: Vec<(Time, usize, bool)>,
    transitions: Vec<Transition>,
}

impl Judged {
    fn call(&mut self, at: Time, ends: usize) {
        self.pass(at);
        let (.., outcome, took) = ENDS[ends];
        let asked = self.breaker.try_acquire(at);
        let told = asked.permit.ok().and_then(|permit| self.breaker.record(at, permit, outcome, took));
        self.transitions.extend(asked.transition.into_iter().chain(told));
        self.calls.push((at, ends, asked.permit.is_ok()));
    }

    /// Time passes without a call.
    fn pass(&mut self, now: Time) {
        self.now = now;
        while let Some(due) = self.breaker.next_timer().filter(|due| *due <= now) {
            self.transitions.extend(self.breaker.tick(due));
        }
    }

    fn openings(&self) -> usize {
        self.transitions.iter().filter(|it| it.to == State::Open).count()
    }

    /// Calls, a second apart, that all end in one way and would open it.
    fn to_open(&self, ends: usize) -> Option<u32> {
        let mut ahead = self.clone();
        let opens = |n: &u32| {
            ahead.call(self.now + STEP * u64::from(*n), ends);
            ahead.openings() > self.openings()
        };
        (1..=40).find(opens).filter(|_| self.breaker.state() != State::Open)
    }

    /// The slots of the window: a call in each, as there is one a second at most, or none.
    fn slots(&self) -> Vec<Cell> {
        let mut slots: Vec<Cell> = breaker::slots(WINDOW, &self.breaker, self.now).collect();
        let taken = slots.iter_mut().rev().filter(|slot| slot.status != Status::Quiet);
        let counted = (0..).zip(&self.calls).filter(|(_, call)| call.2).map(|(n, _)| Entity::new(CALL, n));
        let counted: Vec<Entity> = counted.collect();
        taken.zip(counted.into_iter().rev()).for_each(|(slot, call)| slot.entity = call);
        slots
    }

    /// Calls in the coming seconds that an open breaker refuses.
    fn to_wait(&self) -> u32 {
        self.breaker.open_until().map_or(0, |until| steps(until.since(self.now)))
    }
}

fn steps(span: Span) -> u32 {
    (span.nanos() / STEP.nanos()) as u32
}

/// What calls look like.
fn looks() -> impl Iterator<Item = (Label, Status)> {
    let ended = ENDS.iter().map(|ends| (Label::words(ends.1), ends.2));
    ended.chain([(Label::Words(refused()), Status::Down)])
}

type ByHand = Vec<(Time, Option<usize>)>;

#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub(super) controls: ControlValues,
    /// As it begins.
    breaker: Breaker,
    script: Vec<Option<usize>>,
    /// What was done by hand, and when: from the first time on nothing goes by the script.
    by_hand: ByHand,
}

impl Machine {
    fn begin(controls: &ControlValues, by_hand: ByHand, w: &mut World<()>) -> Result<Self, Msg> {
        let (breaker, script) = (controls.breaker()?, controls.script()?);
        // A run plays on as long as something is to happen.
        let over = Time::ZERO + STEP * script.len() as u64;
        w.schedule_at(over.max(w.now()), ());
        Ok(Self { controls: controls.clone(), breaker, script, by_hand })
    }

    /// What there is to see at a moment. What is done at it has ended.
    pub(super) fn judged(&self, w: &World<()>) -> Judged {
        let now = self.by_hand.last().map_or(w.now(), |(at, _)| w.now().max(*at + STEP));
        let breaker = self.breaker.clone();
        let mut judged = Judged { breaker, now, calls: Vec::new(), transitions: Vec::new() };
        let until = self.by_hand.first().map_or(now, |(at, _)| *at);
        let script = (0..).map(|n| Time::ZERO + STEP * n).zip(self.script.iter().copied());
        let script = script.take_while(|(at, _)| *at + STEP <= until);
        let calls = script.chain(self.by_hand.iter().copied());
        calls.filter_map(|(at, ends)| Some((at + STEP, ends?))).for_each(|(at, ends)| judged.call(at, ends));
        judged.pass(now);
        judged
    }

    fn states(&self, it: &Judged) -> Panel {
        let place = |state| STATES.iter().position(|(it, _)| *it == state).unwrap_or_default();
        let current = place(it.breaker.state());
        let states = STATES.iter().enumerate().map(|(n, (state, status))| MachineState {
            entity: Some(Entity::new(STATE, n as u32)),
            label: Label::words(state.id()),
            status: if n == current { *status } else { Status::Quiet },
        });
        let threshold = (self.controls.threshold, Unit::Share);
        let [opens, reopens, closes] = match self.controls.rule {
            Rule::Own => [way_own(), way_fails(), way_well()],
            Rule::InARow => [way_in_a_row(Trip::default().consecutive_failures), way_fails(), way_well()],
            Rule::Calls | Rule::Seconds => [way_rate(threshold), way_bad(threshold), way_good(threshold)],
        };
        let labels = [opens, way_wait(self.controls.wait), reopens, closes];
        let last = it.transitions.last().map(|last| ((place(last.from), place(last.to)), last.at));
        let transitions = WAYS.into_iter().zip(labels).enumerate().map(|(n, (way, label))| Way {
            entity: Some(Entity::new(WAY, n as u32)),
            from: way.0,
            to: way.1,
            label: Label::Words(label),
            taken: last.filter(|(taken, _)| *taken == way).map(|(_, at)| at),
        });
        let (label, status) = (Label::Name(BREAKER), STATES[current].1);
        let token = Token { entity: BREAKER, state: current, label, since: None, status };
        let (title, states, transitions) = (states_title(), states.collect(), transitions.collect());
        Panel::States(States { title: Label::Words(title), states, transitions, tokens: vec![token] }.into())
    }

    /// What leads along a way between two states.
    fn about_way(&self, n: usize) -> Msg {
        let ControlValues { rule, threshold, minimum, wait, .. } = self.controls;
        match (n, rule) {
            (0, Rule::Own) => about_opens_by_rule(),
            (0, Rule::InARow) => about_opens_in_a_row(Trip::default().consecutive_failures),
            (0, _) => about_opens_by_rate((threshold, Unit::Share), minimum),
            (1, _) => about_asks(wait),
            (2, _) => about_reopens(),
            _ => about_closes(),
        }
    }

    /// How a call ended, and how long the window has it.
    fn about_call(&self, n: usize, it: &Judged) -> Option<About> {
        let &(at, ends, passed) = it.calls.get(n)?;
        let how = about_call(if passed { ENDS[ends].1 } else { "refused" }, at);
        let slots = it.slots();
        let leaves = match slots.iter().position(|slot| slot.entity == Entity::new(CALL, n as u32)) {
            None => about_not_counted(),
            Some(slot) if self.controls.rule == Rule::Seconds => about_leaves_in(STEP * (slot as u64 + 1)),
            Some(slot) => about_leaves_after(slot + 1),
        };
        Some(About::says([how, leaves]))
    }

    /// The window slot by slot, and how far what it holds is from what opens.
    fn window(&self, it: &Judged) -> Panel {
        let results = it.breaker.metrics().map(|metrics| {
            let note = note_results(metrics.total(it.now).calls, metrics.minimum());
            GridRow::new(WINDOW, breaker::row_window(), note, it.slots())
        });
        let rows: Vec<GridRow> = results.into_iter().chain([self.meter(it)]).collect();
        let columns = rows.iter().map(|row| row.cells.len() as u32).max().unwrap_or_default().max(10);
        let key = looks().chain(legend([(key_empty(), Status::Quiet), (key_to_go(), Status::Draining)]));
        let (title, key) = (Label::Words(window_title()), key.collect());
        Panel::Grid(Grid { title, rows, columns, tall: false, key }.into())
    }

    /// What counts now, and how much more of it changes the state.
    fn meter(&self, it: &Judged) -> GridRow {
        let (total, counts) = (it.breaker.total(it.now), it.breaker.counts(it.now).unwrap_or_default());
        let (label, look, have, more) = match (it.breaker.state(), it.breaker.metrics()) {
            (State::Open, _) => {
                let (wait, left) = (steps(self.controls.wait), it.to_wait());
                (refused(), Status::Down, wait - left, Some(left))
            }
            (_, Some(_)) if total.slow > total.failed => {
                (slow(), Status::Active, total.slow, it.to_open(SLOW))
            }
            (_, Some(_)) => (failure(), Status::Trouble, total.failed, it.to_open(FAILS)),
            (State::HalfOpen, _) => {
                let well = counts.consecutive_successes;
                (row_well(), Status::Normal, well, Some(PERMITTED - well))
            }
            // What it counts, if anything, its own variables say.
            _ if self.controls.rule == Rule::Own => (row_to_open(), Status::Trouble, 0, it.to_open(FAILS)),
            _ => (row_in_a_row(), Status::Trouble, counts.consecutive_failures, it.to_open(FAILS)),
        };
        let cells =
            (0..have + more.unwrap_or_default()).map(|n| if n < have { look } else { Status::Draining });
        let note = more.map_or_else(note_never, note_more);
        GridRow::new(WINDOW, label, note, cells.map(|status| Cell::new(WINDOW, status)))
    }

    fn lanes(it: &Judged) -> Panel {
        let bars = (0..).zip(&it.calls).map(|(n, &(until, ends, passed))| {
            let (sign, status) = if passed { (ENDS[ends].0, ENDS[ends].2) } else { ('–', Status::Down) };
            let label = Label::Plain(sign.to_string());
            Bar { entity: Entity::new(CALL, n), from: until.back(STEP), until, label, status }
        });
        let (from, until, title) = (Time::ZERO, Self::SPEC.until, Label::Words(lanes_title()));
        let (label, status) = (Label::Plain("?".into()), Status::Draining);
        let next = Bar { entity: NEXT, from: it.now, until: it.now + STEP, label, status };
        let bars = bars.chain((it.now < until).then_some(next)).collect();
        let lane = Lane { entity: WINDOW, label: Label::Words(calls()), bars };
        let key = looks().chain(legend([(key_next(), Status::Draining)])).collect();
        Panel::Lanes(Lanes { title, from, until, step: Some(STEP), lanes: vec![lane], key }.into())
    }

    fn say(&self, it: &Judged) -> Msg {
        let total = it.breaker.total(it.now);
        match (it.breaker.state(), it.breaker.metrics()) {
            (State::Open, _) => says_open(it.to_wait()),
            (State::HalfOpen, _) => says_half_open(it.breaker.permissions_left().unwrap_or_default()),
            (_, Some(_)) => says_rates(total.failed, total.slow, total.calls),
            _ if self.controls.rule == Rule::Own => {
                let variable = |(name, value)| [name, " = ", &Unit::Count.format(value)].concat();
                let variables: Vec<String> = it.breaker.variables().map(variable).collect();
                if variables.is_empty() { says_own_alone() } else { says_own(variables.join(", ")) }
            }
            _ => says_in_a_row(it.breaker.counts(it.now).unwrap_or_default().consecutive_failures),
        }
    }
}

impl Experiment for Machine {
    type Controls = ControlValues;
    type Event = ();
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("breaker-machine", Time::from_secs(40), ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_secs(7))
            .by_steps(STEP)
            .actions(ACTIONS);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES, breaker::MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut World<()>) -> Result<Self, Msg> {
        w.open(BREAKER_KIND, None);
        Self::begin(controls, Vec::new(), w)
    }

    fn handle(&mut self, (): (), _: &mut World<()>) {}

    fn set(&mut self, is: &ControlValues, w: &mut World<()>) -> Result<(), Msg> {
        let by_hand = if is.calls == self.controls.calls { self.by_hand.clone() } else { Vec::new() };
        *self = Self::begin(is, by_hand, w)?;
        Ok(())
    }

    fn act(&mut self, action: usize, _: &[Entity], _: &Value, w: &mut World<()>) -> Result<(), Msg> {
        self.by_hand.push((w.now(), (action < ENDS.len()).then_some(action)));
        Ok(())
    }

    fn read(&self, w: &World<()>, out: &mut Readings) {
        let it = self.judged(w);
        let total = it.breaker.total(it.now);
        let failed = it.calls.iter().filter(|&&(_, ends, passed)| passed && ends == FAILS);
        out.put("to-open", it.to_open(FAILS).map(f64::from));
        out.put("failed", (total.calls > 0).then(|| f64::from(total.failure_rate()) / 100.0));
        out.put("openings", it.openings() as f64);
        out.put("failures", failed.count() as f64);
        out.put("refused", it.calls.iter().filter(|(.., passed)| !passed).count() as f64);
    }

    fn draw(&self, w: &World<()>, scene: &mut Scene) {
        let it = self.judged(w);
        scene.panels = vec![self.states(&it), self.window(&it), Self::lanes(&it)];
        scene.sentences.push(self.say(&it));
        let says = [choice_fails(), choice_succeeds(), choice_slow(), choice_none()];
        let choice = |(action, says): (&Action, Msg)| {
            let action = action.id.clone();
            Choice { action, on: BREAKER, pressed: NEXT, says }
        };
        scene.choices = ACTIONS.iter().zip(says).map(choice).collect();
    }

    fn about(&self, entity: Entity, w: &World<()>) -> Option<About> {
        let (it, n) = (self.judged(w), entity.n as usize);
        let says = match entity.kind {
            CALL => return self.about_call(n, &it),
            STATE => {
                let means = [about_closed(), about_open(), about_half_open(PERMITTED)];
                let ways = (0..WAYS.len()).filter(|way| WAYS[*way].0 == n).map(|way| self.about_way(way));
                [means.get(n)?.clone()].into_iter().chain(ways).collect()
            }
            WAY => {
                let way = WAYS.get(n)?;
                let takes =
                    |taken: &&Transition| (taken.from, taken.to) == (STATES[way.0].0, STATES[way.1].0);
                let last = it.transitions.iter().rfind(takes).map(|taken| about_taken(taken.at));
                [self.about_way(n)].into_iter().chain(last).collect()
            }
            _ => vec![breaker::about(&it.breaker, it.now)],
        };
        Some(About::says(says))
    }

    fn invariants(&self, w: &World<()>) -> Result<(), String> {
        let it = self.judged(w);
        let (last, is) = (it.transitions.last().map_or(State::Closed, |last| last.to), it.breaker.state());
        if last == is { Ok(()) } else { Err(format!("it became {last:?}, and is {is:?}")) }
    }
}

/// A worker of their own: further down the page.
pub const FIGURES: &[Figure] = &[Figure::of::<Machine>()];
