//! The stills of a lesson's figures, which are shown before any script runs. Each run is really computed up to the
//! moment of its still.

use super::cache::Cache;
use crate::course::blocks::{Block, Body, FigureBlock};
use crate::course::{Course, Lesson, Problem, done, words};
use crate::lessons;
use crate::parts;
use crate::player::{
    Figure, FigureSpec, Frame, Input, LOG_MESSAGES, Needs, Query, Reply, Request, Run, SearchResult, Session,
    Value, View, encode_view,
};
use crate::scene::{PacketKind, Panel, Words};
use crate::sim::{Message, Seed, Span, Time};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The seed that every figure starts with.
const FIRST_SEED: &str = "k7-otter";

/// Kinds of packets are looked for at so many moments of a run, so far apart.
const MOMENTS: u32 = 12;
const APART: Span = Span::from_millis(170);

/// The figures of one lesson, by their ids on its page.
pub struct Stills<'a> {
    lesson: &'a Lesson,
    figures: BTreeMap<&'a str, Still>,
}

/// A figure's still: its run at a moment.
pub struct Still {
    /// What is registered.
    pub figure: &'static Figure,
    /// Its sentences.
    pub words: Words,
    /// The run, and the moment of the still.
    pub view: View,
    session: RefCell<Session>,
    /// Frames of earlier builds, and the lesson that the figure is registered for.
    cache: Rc<Cache>,
    lesson: &'static str,
}

impl<'a> Stills<'a> {
    /// The stills of a lesson. A block without a registered figure has none.
    pub fn new(course: &Course, lesson: &'a Lesson, cache: &Rc<Cache>) -> Self {
        let shown = |(id, block): (&'a str, &FigureBlock)| {
            let cache = Rc::clone(cache);
            Some((id, Still { cache, ..Still::new(course, lesson, block)? }))
        };
        let figures = lesson.figures().map(|(block, figure)| (block.id.as_str(), figure));
        Self { lesson, figures: figures.filter_map(shown).collect() }
    }

    /// Every figure with its id on the page, in the order of their ids.
    pub fn all(&self) -> impl Iterator<Item = (&'a str, &Still)> {
        self.figures.iter().map(|(id, shown)| (*id, shown))
    }

    /// The still of a block.
    pub fn get(&self, block: &str) -> Option<&Still> {
        self.figures.get(block)
    }

    /// A reading at a moment, by default that of the still: `843 ms`.
    pub fn reading(&self, block: &str, reading: &str, at: Option<Time>) -> String {
        let value = || {
            let shown = self.get(block)?;
            let place = shown.figure.spec.reading(reading)?;
            let value = *shown.frame(at.unwrap_or(shown.view.at))?.readings.get(place)?;
            Some(shown.figure.spec.readings[place].unit.format(value))
        };
        value().unwrap_or_else(|| "–".to_owned())
    }

    /// How a control writes a value: `480/s`.
    pub fn control(&self, block: &str, control: &str, value: &str) -> String {
        let spec = self.get(block).map(|shown| shown.figure.spec);
        let control = spec.and_then(|spec| spec.control(control)).map(|(_, control)| control);
        let shown = control.and_then(|control| Some(control.show(&control.parse(value).ok()?)));
        shown.unwrap_or_else(|| value.to_owned())
    }

    /// Whether a question stands in a figure, which it gates, rather than in the text.
    pub fn asks_in_figure(&self, block: &str, question: &str) -> bool {
        self.get(block).is_some() && self.gating_predictions(block).first() == Some(&question)
    }

    /// Ids of the predictions about a figure that come before it, and gate it.
    pub fn gating_predictions(&self, block: &str) -> Vec<&'a str> {
        let before = self
            .lesson
            .blocks()
            .take_while(|other| other.id != block || !matches!(other.body, Body::Figure(_)));
        let about = before
            .filter(|other| matches!(&other.body, Body::Predict(predict) if predict.figure.text == block));
        about.map(|other| other.id.as_str()).collect()
    }
}

/// Figures that refuse to start with what their blocks set, although each control takes its value: a text may say what the
/// experiment doesn't understand.
pub fn refused(course: &Course) -> Vec<Problem> {
    let refused = |lesson: &Lesson, block: &Block, figure: &FigureBlock| {
        let (figure, words, view) = Still::described(course, lesson, figure)?;
        let query = Query::Open(view.run);
        match Session::new([figure]).handle(Request { id: 0, query }).reply {
            Reply::Refused(why) => Some(Problem {
                file: lesson.file.clone(),
                line: block.line,
                field: format!("figure {}.set", block.id),
                says: words.say(&why),
            }),
            _ => None,
        }
    };
    let figures = course.lessons.iter().flat_map(|lesson| lesson.figures().map(move |it| (lesson, it)));
    figures.filter_map(|(lesson, (block, figure))| refused(lesson, block, figure)).collect()
}

impl Still {
    fn new(course: &Course, lesson: &Lesson, block: &FigureBlock) -> Option<Self> {
        let (figure, words, view) = Self::described(course, lesson, block)?;
        Self::of(figure, words, view)
    }

    /// The figure of a block, its words, and its run at the moment of the still.
    fn described(
        course: &Course,
        lesson: &Lesson,
        block: &FigureBlock,
    ) -> Option<(&'static Figure, Words, View)> {
        let (_, figure) = lessons::figure(&block.shows.text)?;
        let spec = figure.spec;
        let mut run = Run::new(spec, FIRST_SEED.parse().unwrap_or(Seed(0)));
        for (id, value) in &block.set {
            let (_, control) = spec.control(id)?;
            run.set(spec, id, &control.parse(&value.text).ok()?).ok()?;
        }
        for (at, what) in &block.does {
            let change = done::change(&what.text, &spec.actions, &spec.kinds).ok()?;
            run.inputs.push(Input { at: *at, change });
        }
        // A page doesn't carry the sentences of parts that its figure isn't made of, nor those of the lesson's other figures.
        let declared =
            |tables: &[&[Message]], id: &str| tables.iter().any(|all| all.iter().any(|it| it.0 == id));
        let patterns = words::patterns(course, lesson, &spec.id).into_iter();
        let elsewhere = |id: &str| lessons::all().any(|(_, other)| declared(other.messages, id));
        let of_a_log = |id: &str| spec.needs != Needs::AccessLog && LOG_MESSAGES.contains(&id);
        let of_others = |id: &str| declared(parts::MESSAGES, id) || elsewhere(id) || of_a_log(id);
        let is_said = |id: &str| declared(figure.messages, id) || !of_others(id);
        let patterns = patterns.filter(|(id, _)| is_said(id)).collect();
        let words = Words { patterns, kinds: spec.naming() };
        let view = View { run, compared_controls: Vec::new(), at: block.at.unwrap_or(spec.still_at) };
        Some((figure, words, view))
    }

    /// A figure at a moment of a run; `None` if it refuses the run.
    pub fn of(figure: &'static Figure, words: Words, view: View) -> Option<Self> {
        let mut session = Session::new([figure]);
        let opened = session.handle(Request { id: 0, query: Query::Open(view.run.clone()) });
        let opens = matches!(opened.reply, Reply::Opened(_));
        let lesson = lessons::figure(&figure.spec.id).map_or("", |(lesson, _)| lesson);
        let session = RefCell::new(session);
        opens.then(|| Self { figure, words, view, session, cache: Rc::default(), lesson })
    }

    /// The run that a phrase of the text asks for: these settings, and these actions. What has been done in the figure's own
    /// run was done under its own settings, and isn't in a run with others. `None` if the figure doesn't accept that.
    pub fn view_with(
        &self,
        set: &[(String, String)],
        does: &[(Time, String)],
        at: Option<Time>,
    ) -> Option<View> {
        let (spec, mut view) = (self.figure.spec, self.view.clone());
        if !(set.is_empty() && does.is_empty()) {
            view.run.inputs.clear();
        }
        for (id, value) in set {
            let (_, control) = spec.control(id)?;
            view.run.set(spec, id, &control.parse(value).ok()?).ok()?;
        }
        for (at, what) in does {
            let change = done::change(what, &spec.actions, &spec.kinds).ok()?;
            view.run.inputs.push(Input { at: *at, change });
        }
        view.run.inputs.sort_by_key(|input| input.at);
        view.at = at.unwrap_or(view.at);
        Some(view)
    }

    /// The shortest way to a state that must never be, with these settings, at its end; `None` if there is none.
    pub fn view_found(&self, set: &[(String, String)]) -> Option<View> {
        let view = self.view_with(set, &[], None)?;
        let mut search = self.figure.search?(self.figure, &view.run).ok()?;
        match search(usize::MAX)? {
            SearchResult::Way { view, .. } => Some(view),
            _ => None,
        }
    }

    /// The run at a moment.
    pub fn frame(&self, at: Time) -> Option<Frame> {
        let view = View { at, ..self.view.clone() };
        self.cache.get_or(&self.cache.frame_key(self.lesson, &encode_view(&view)), || self.computed(at))
    }

    /// The kinds of packets that are under way at some moment of the next seconds.
    pub fn packets_from(&self, at: Time) -> Vec<PacketKind> {
        let moments = (0..=MOMENTS).map(|n| at + APART.scale(f64::from(n)));
        let mut kinds = Vec::new();
        for frame in moments.take_while(|at| *at <= self.figure.spec.until).map_while(|at| self.frame(at)) {
            let mut flows = frame.scene.panels.iter().filter_map(Panel::flow).peekable();
            if flows.peek().is_none() {
                break;
            }
            kinds.extend(flows.flat_map(|flow| &flow.packets).map(|packet| packet.kind));
        }
        kinds
    }

    fn computed(&self, at: Time) -> Option<Frame> {
        let mut session = self.session.borrow_mut();
        loop {
            match session.handle(Request { id: 0, query: Query::Frame { at, reach: at } }).reply {
                Reply::Frame(frame) if frame.reached => return Some(*frame),
                Reply::Frame(_) => {}
                _ => return None,
            }
        }
    }

    /// The value that a control has in the still.
    pub fn value(&self, control: &str) -> Option<Value> {
        let set = self.view.run.controls.iter().find(|(id, _)| id == control).map(|(_, value)| value.clone());
        set.or_else(|| Some(self.figure.spec.control(control)?.1.default()))
    }

    /// Whether something has been done in the run that it opens with.
    pub fn opens_with_actions(&self) -> bool {
        !self.view.run.inputs.is_empty()
    }

    /// The figure's declaration.
    pub fn spec(&self) -> &'static FigureSpec {
        self.figure.spec
    }
}
