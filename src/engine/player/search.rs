//! The shortest way to a state that must never be: every choice of what happens next is tried, the nearest states first,
//! and the way is a run like any other.
//!
//! For figures that go by steps and whose learner is the scheduler: their scenes say what can happen next
//! ([`Scene::choices`]), their experiments what tells a state from others and what is wrong with it
//! ([`Experiment::found_in`](super::Experiment::found_in)). States that were seen before are not gone through again, so
//! that what remains is finite and small; a search that finds nothing has then proved that there is nothing to find.

use super::data::Data;
use super::figure::{Figure, Model};
use super::run::{Input, InputKind, Run, View};
use super::spec::Pace;
use super::value::Value;
use crate::scene::{Choice, Scene};
use crate::sim::{Msg, Span, Time};
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

/// So many states are looked at before a search is given up.
const MOST_STATES: usize = 30_000;

/// What a state is, to a search.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Tells it from others, however it was reached: a hash of all that matters for what can happen from here on.
    pub key: u64,
    /// What is wrong with it, if it must never be.
    pub wrong: Option<Msg>,
}

/// What came of a search.
#[derive(Clone, Debug, PartialEq)]
pub enum SearchResult {
    /// The shortest way: a run whose last input leads to the state, at the moment after it.
    Way {
        /// The run and the moment.
        view: View,
        /// How many choices it takes.
        steps: usize,
        /// What is wrong then.
        wrong: Msg,
    },
    /// The run leaves nothing to choose at its start: a scheduler decides, say.
    NoChoice,
    /// Every state that can be reached was looked at, and none is wrong.
    Never {
        /// How many there are.
        states: usize,
    },
    /// There are too many states to look at all of them; none of the first was wrong.
    TooMany {
        /// How many were looked at.
        states: usize,
    },
}

/// A choice that was made, and the one before it.
struct Made {
    choice: Choice,
    before: Option<Rc<Made>>,
}

/// A state that is yet to be gone on from.
struct Open {
    model: Box<dyn Model>,
    steps: usize,
    way: Option<Rc<Made>>,
}

/// A search under way, for whoever only waits for what comes of it: goes on from at most so many states
/// ([`Search::work`]).
pub type Searching = Box<dyn FnMut(usize) -> Option<SearchResult>>;

/// A search under way.
pub struct Search {
    figure: &'static Figure,
    run: Run,
    step: Span,
    open: VecDeque<Open>,
    seen: BTreeSet<u64>,
}

impl Search {
    /// Begins a search from the start of a run, with its controls as they are at the start and nothing done to it yet.
    ///
    /// # Errors
    /// If the figure doesn't take the run, or isn't one to be searched.
    pub fn start(figure: &'static Figure, run: &Run) -> Result<Self, Msg> {
        let run = Run { inputs: Vec::new(), data: None, ..run.clone() }.validated(figure.spec)?;
        let Pace::Steps(step) = figure.spec.pace else { return Err(Msg::new("nothing-to-search")) };
        let model = figure.start(&run.values(figure.spec), run.seed, &Data::default())?;
        let Some(found) = model.found_in() else { return Err(Msg::new("nothing-to-search")) };
        let open = VecDeque::from([Open { model, steps: 0, way: None }]);
        Ok(Self { figure, run, step, open, seen: BTreeSet::from([found.key]) })
    }

    /// The same for a figure that brings the search along ([`Figure::search`]).
    pub(super) fn begin(figure: &'static Figure, run: &Run) -> Result<Searching, Msg> {
        let mut search = Self::start(figure, run)?;
        Ok(Box::new(move |budget| search.work(budget)))
    }

    /// How many different states have been seen so far.
    pub fn states(&self) -> usize {
        self.seen.len()
    }

    /// Goes on from at most so many states; what came of it, once that is known.
    pub fn work(&mut self, budget: usize) -> Option<SearchResult> {
        for _ in 0..budget {
            if self.seen.len() > MOST_STATES {
                return Some(SearchResult::TooMany { states: self.seen.len() });
            }
            let Some(Open { mut model, steps, way }) = self.open.pop_front() else {
                return Some(SearchResult::Never { states: self.seen.len() });
            };
            let at = Time::ZERO + self.step * steps as u64;
            if at >= self.figure.spec.until {
                continue;
            }
            while !model.advance(at, u64::MAX) {}
            let mut scene = Scene::default();
            model.draw(&mut scene);
            if steps == 0 && scene.choices.is_empty() {
                return Some(SearchResult::NoChoice);
            }
            for choice in scene.choices {
                let mut next = model.checkpoint();
                let Some((action, _)) = self.figure.spec.action(&choice.action) else { continue };
                if next.act(action, &[choice.on], &Value::None).is_err() {
                    continue;
                }
                let Some(found) = next.found_in() else { continue };
                if !self.seen.insert(found.key) {
                    continue;
                }
                let way = Rc::new(Made { choice, before: way.clone() });
                if let Some(wrong) = found.wrong {
                    let (steps, run) = (steps + 1, self.run_of(&way));
                    let view = View { run, at: Time::ZERO + self.step * steps as u64, ..View::default() };
                    return Some(SearchResult::Way { view, steps, wrong });
                }
                self.open.push_back(Open { model: next, steps: steps + 1, way: Some(way) });
            }
        }
        None
    }

    /// The run in which these choices are made.
    fn run_of(&self, last: &Rc<Made>) -> Run {
        let mut choices: Vec<&Choice> = Vec::new();
        let mut made = Some(last);
        while let Some(it) = made {
            choices.push(&it.choice);
            made = it.before.as_ref();
        }
        let input = |(n, choice): (u64, &Choice)| Input {
            at: Time::ZERO + self.step * n,
            change: InputKind::act(&choice.action, vec![choice.on]),
        };
        let inputs = (0..).zip(choices.into_iter().rev()).map(input).collect();
        Run { inputs, ..self.run.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls;
    use crate::player::{
        About, Action, Control, EntityKind, EntityNames, Experiment, FigureSpec, Frame, Needs, Query,
        Reading, Readings, Reply, Request, Session,
    };
    use crate::sim::{Entity, Message, Seed, Unit, World};
    use std::borrow::Cow;

    controls! {
        /// Where the wrong place is (none, if it is beyond the walk), and whether the learner chooses.
        struct ControlValues {
            by_hand: bool = Control::flag("by-hand", "By hand", true),
            wrong_at: u32 = Control::number("wrong-at", "Wrong at", Unit::Count, (0.0, 100.0), 1.0, 5.0),
        }
    }

    const ONE: Entity = Entity::new(0, 0);
    const TWO: Entity = Entity::new(0, 1);

    /// A walk by one or two places, up to nine.
    #[derive(Clone)]
    struct Walk {
        by_hand: bool,
        wrong_at: u32,
        place: u32,
    }

    impl Experiment for Walk {
        type Controls = ControlValues;
        type Event = ();
        const SPEC: &'static FigureSpec = &FigureSpec {
            id: Cow::Borrowed("walk"),
            version: 1,
            until: Time::from_secs(20),
            still_at: Time::ZERO,
            warm_up: Time::ZERO,
            pace: Pace::Steps(Span::from_secs(1)),
            speed: 1.0,
            controls: Cow::Borrowed(<ControlValues as crate::player::Controls>::ALL),
            readings: Cow::Borrowed(&[Reading::new("place", "place", Unit::Count, "Where it is.")]),
            actions: Cow::Borrowed(&[Action::new("go", "Go on", &[0])]),
            kinds: Cow::Borrowed(&[EntityKind::new("stride", EntityNames::Numbers)]),
            needs: Needs::Nothing,
        };
        const MESSAGES: &'static [&'static [Message]] = &[];
        fn new(controls: &ControlValues, _: &Data, _: &mut World<()>) -> Result<Self, Msg> {
            Ok(Self { by_hand: controls.by_hand, wrong_at: controls.wrong_at, place: 0 })
        }
        fn handle(&mut self, (): (), _: &mut World<()>) {}
        fn set(&mut self, is: &ControlValues, _: &mut World<()>) -> Result<(), Msg> {
            self.wrong_at = is.wrong_at;
            Ok(())
        }
        fn act(&mut self, _: usize, on: &[Entity], _: &Value, _: &mut World<()>) -> Result<(), Msg> {
            let place = self.place + on[0].n + 1;
            if place > 9 {
                return Err(Msg::new("too-far"));
            }
            self.place = place;
            Ok(())
        }
        fn read(&self, _: &World<()>, out: &mut Readings) {
            out.put("place", f64::from(self.place));
        }
        fn draw(&self, _: &World<()>, scene: &mut Scene) {
            let choice = |on| Choice { action: "go".into(), on, says: Msg::new("goes"), pressed: on };
            scene.choices = if self.by_hand { vec![choice(ONE), choice(TWO)] } else { Vec::new() };
        }
        fn about(&self, _: Entity, _: &World<()>) -> Option<About> {
            None
        }
        fn found_in(&self) -> Option<Found> {
            let wrong = (self.place == self.wrong_at).then(|| Msg::new("wrong"));
            Some(Found { key: self.place.into(), wrong })
        }
        fn invariants(&self, _: &World<()>) -> Result<(), String> {
            Ok(())
        }
    }

    static WALK: Figure = Figure::of::<Walk>();

    fn search(setting: &[(&str, &str)]) -> SearchResult {
        let mut run = Run::new(Walk::SPEC, Seed(1));
        run.set_all(Walk::SPEC, setting).unwrap();
        // What was done to the run so far doesn't matter.
        let change = InputKind::Act { action: "go".into(), targets: vec![ONE], arg: Value::None };
        run.inputs.push(Input { at: Time::ZERO, change });
        let mut search = Search::start(&WALK, &run).unwrap();
        loop {
            if let Some(result) = search.work(2) {
                return result;
            }
        }
    }

    #[test]
    fn the_way_is_the_shortest_and_leads_there() {
        let SearchResult::Way { view: View { run, at, .. }, steps, wrong } = search(&[("wrong-at", "5")])
        else {
            panic!("there is one")
        };
        assert_eq!((steps, run.inputs.len(), at.secs(), wrong), (3, 3, 3.0, Msg::new("wrong")));
        let mut model = WALK.start(&run.values(Walk::SPEC), run.seed, &Data::default()).unwrap();
        for input in &run.inputs {
            assert!(model.advance(input.at, u64::MAX));
            let InputKind::Act { targets, .. } = &input.change else { panic!("only steps were searched") };
            model.act(0, targets, &Value::None).unwrap();
        }
        assert!(model.found_in().unwrap().wrong.is_some());
    }

    fn frame(ask: &mut impl FnMut(Query) -> Reply, at: Time) -> Frame {
        loop {
            if let Reply::Frame(frame) = ask(Query::Frame { at, reach: at })
                && frame.reached
            {
                return *frame;
            }
        }
    }

    #[test]
    fn a_step_is_one_picture_however_one_comes_there() {
        let at = Time::from_secs;
        let mut session = Session::new([&WALK]);
        let mut ask = |query| session.handle(Request { id: 0, query }).reply;
        let act = |ask: &mut dyn FnMut(Query) -> Reply, at, on| match ask(Query::Change {
            at,
            change: InputKind::act("go", vec![on]),
        }) {
            Reply::Changed { at, .. } => at,
            other => panic!("{other:?}"),
        };
        let SearchResult::Way { view, .. } = search(&[("wrong-at", "5")]) else { panic!("there is one") };
        ask(Query::Open(Run { inputs: Vec::new(), ..view.run.clone() }));
        let mut by_hand = vec![frame(&mut ask, Time::ZERO)];
        for input in &view.run.inputs {
            let InputKind::Act { targets, .. } = &input.change else { panic!("only steps were searched") };
            let next = act(&mut ask, by_hand[by_hand.len() - 1].at, targets[0]);
            by_hand.push(frame(&mut ask, next));
        }
        let places = |frames: &[Frame]| frames.iter().map(|it| it.readings[0]).collect::<Vec<_>>();
        assert_eq!(places(&by_hand), [0.0, 1.0, 3.0, 5.0]);
        // A step back and another, there and back again, and a found way that is played.
        let back: Vec<Frame> = [3, 2, 1, 0, 2, 1].map(|n| frame(&mut ask, at(n))).into();
        assert_eq!(places(&back), [5.0, 3.0, 1.0, 0.0, 3.0, 1.0]);
        let Reply::Changed { at: before, .. } = ask(Query::Undo) else { panic!("it can be taken back") };
        assert_eq!((before, frame(&mut ask, before).hash), (at(2), by_hand[2].hash));
        ask(Query::Open(view.run));
        for (n, was) in (0..).zip(&by_hand) {
            assert_eq!(frame(&mut ask, at(n)).hash, was.hash);
        }
        // Another choice at a step drops that one and what came after; so does a control that is moved.
        assert_eq!(act(&mut ask, at(1), ONE), at(2));
        assert_eq!((frame(&mut ask, at(1)).hash, frame(&mut ask, at(3)).readings[0]), (by_hand[1].hash, 2.0));
        let change = InputKind::Set { control: "wrong-at".into(), value: Value::Number(7.0) };
        let Reply::Changed { run, at: stays, .. } = ask(Query::Change { at: at(1), change }) else {
            panic!("it is moved")
        };
        assert_eq!((run.inputs.len(), stays, frame(&mut ask, at(3)).readings[0]), (2, at(1), 1.0));
        // No step begins where the run ends.
        let change = InputKind::act("go", vec![ONE]);
        assert!(matches!(ask(Query::Change { at: Walk::SPEC.until, change }), Reply::Refused(_)));
    }

    #[test]
    fn where_there_is_no_way_every_state_was_seen() {
        assert_eq!(search(&[("wrong-at", "50")]), SearchResult::Never { states: 10 });
    }

    #[test]
    fn where_nothing_is_left_to_choose_nothing_is_proved() {
        assert_eq!(search(&[("wrong-at", "5"), ("by-hand", "off")]), SearchResult::NoChoice);
    }
}
