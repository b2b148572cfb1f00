//! What is known of a figure now: the run, the moment shown, what is wanted.

use super::compare::Side;
use super::notice::Notice;
use super::predict::Committed;
use super::protocol::Keep;
use crate::player::{
    Change, Control, Explanation, FigureSpec, Frame, Marker, Pace, Run, Value, View, encode_view,
};
use crate::scene::{Panel, Picture, Scene, Words, capital};
use crate::sim::{Ending, Entity, Msg, Time};

/// A figure as it is operated.
// Its flags are independent facts, not the states of one machine.
#[allow(clippy::struct_excessive_bools)]
pub(super) struct State {
    /// The figure's id on its page.
    pub page_id: String,
    pub spec: &'static FigureSpec,
    pub words: Words,
    /// What the page shows before anything was done.
    pub first: View,
    pub run: Run,
    /// Moment that is shown.
    pub at: Time,
    /// Moment that is wanted.
    pub target: Time,
    /// Latest moment of this run that was ever shown: charts and markers reach so far.
    pub seen: Time,
    /// Nothing was done yet: the figure shows a moment from its middle, and will play from the start.
    pub untouched: bool,
    /// What was shown last, but for its charts.
    pub frame: Option<Box<Frame>>,
    pub charts: Option<Scene>,
    /// What is shown is not yet what is wanted.
    pub stale: bool,
    /// What is known to have happened, and how much of it there was when that was last asked for.
    pub markers: Vec<Marker>,
    pub markers_known: u32,
    pub can_take_back: bool,
    /// The moment of the last change, if something that had been seen was dropped by it.
    pub dropped_after: Option<Time>,
    /// Who is selected, what there is to say about it, and whom the panel is about that is on the page.
    pub selected: Option<Entity>,
    pub explanation: Option<Explanation>,
    pub panel_of: Option<Entity>,
    pub notice: Option<Notice>,
    /// Whether the tables are open.
    pub tables: bool,

    // Time passing.
    pub playing: bool,
    /// Model seconds in a second.
    pub speed: f64,
    /// The model can't keep up with that.
    pub slow: bool,
    /// Motion is to be reduced.
    pub calm: bool,
    /// Where playing is, in model seconds.
    pub clock: f64,
    /// Seconds that passed since playing last moved on.
    pub debt: f64,
    /// How often playing fell behind of late, from 0 to 1.
    pub behind: f64,
    /// Seconds since the numbers were read, since the entity was explained, and since the sentences were spoken.
    pub unread: f64,
    pub unexplained: f64,
    pub unspoken: f64,

    // The picture.
    /// Widths of the places of picture and charts, in CSS pixels.
    pub widths: (u16, u16),
    /// Picture and charts as they were laid out last.
    pub pictures: [Picture; 2],
    /// Which of the two buttons stands for the picture in the page's order, and whom each is about.
    pub spot: usize,
    pub spots: [Option<Entity>; 2],
    /// How many of the first picture's regions and packets are the run's own; the rest are its rival's.
    pub own: (usize, usize),
    /// The control that is being dragged in the text, and its value when that began.
    pub held: Option<(String, f64)>,

    // Predictions.
    /// Those that come before the figure, and those of the lesson that are no longer open.
    pub after: Vec<String>,
    pub done: Vec<String>,
    /// Nothing of the run is shown yet.
    pub masked: bool,
    pub committed: Vec<Committed>,
    /// The challenges that settings were judged for, once for each attempt.
    pub judged: Vec<String>,

    // A comparison.
    /// The controls of the run that is compared with, where they differ; `None` where nothing is compared.
    pub against: Option<Vec<(String, Value)>>,
    /// Whose controls are shown and moved.
    pub side: Side,

    /// The reading whose makers are shown, and these.
    pub makers: Option<(usize, Vec<Ending>)>,
}

/// Takes the charts out of a frame: they have a place of their own.
pub(super) fn take_charts(frame: &mut Frame) -> Scene {
    let (charts, panels) = frame.scene.panels.drain(..).partition(|panel| matches!(panel, Panel::Chart(_)));
    frame.scene.panels = panels;
    Scene { panels: charts, time: frame.at, says: Vec::new() }
}

impl State {
    pub fn of(spec: &'static FigureSpec) -> Self {
        Self {
            page_id: String::new(),
            spec,
            words: Words::default(),
            first: View::default(),
            run: Run::default(),
            at: Time::ZERO,
            target: Time::ZERO,
            seen: Time::ZERO,
            untouched: true,
            frame: None,
            charts: None,
            stale: true,
            markers: Vec::new(),
            markers_known: 0,
            can_take_back: false,
            dropped_after: None,
            selected: None,
            explanation: None,
            panel_of: None,
            notice: None,
            tables: false,
            playing: false,
            speed: spec.speed,
            slow: false,
            calm: false,
            clock: 0.0,
            debt: 0.0,
            behind: 0.0,
            unread: f64::INFINITY,
            unexplained: f64::INFINITY,
            unspoken: f64::INFINITY,
            widths: (0, 0),
            pictures: Default::default(),
            spot: 0,
            spots: [None, None],
            own: (usize::MAX, usize::MAX),
            held: None,
            after: Vec::new(),
            done: Vec::new(),
            masked: false,
            committed: Vec::new(),
            judged: Vec::new(),
            against: None,
            side: Side::B,
            makers: None,
        }
    }

    /// The value of a control at the moment shown; before anything was done, at the start.
    pub fn value(&self, control: &Control) -> Value {
        let id = control.id.as_ref();
        let sets = |change: &Change| match change {
            Change::Set { control, value } if control == id => Some(value.clone()),
            _ => None,
        };
        let past = self.run.inputs.iter().take_while(|input| input.at <= self.at);
        let input = past.filter_map(|input| sets(&input.change)).last();
        let start =
            || self.run.controls.iter().find(|(other, _)| other == id).map(|(_, value)| value.clone());
        input.or_else(start).unwrap_or_else(|| control.default())
    }

    /// The moment as the figure takes it: within the run, and on a step where it goes by steps.
    pub fn moment(&self, at: Time) -> Time {
        let at = at.min(self.spec.until);
        match self.spec.pace {
            Pace::Continuous => at,
            Pace::Steps(step) => Time::from_nanos(at.nanos() / step.nanos() * step.nanos()),
        }
    }

    /// What is shown, as a link holds it.
    pub fn view(&self) -> View {
        View { run: self.run.clone(), against: self.against.clone().unwrap_or_default(), at: self.at }
    }

    /// Where to begin again.
    pub fn keep(&self) -> Keep {
        let now = self.view();
        let mut before = now.clone();
        before.at = before.run.inputs.pop().map_or(Time::ZERO, |last| last.at);
        Keep { now: encode_view(&now), before: encode_view(&before) }
    }

    pub fn say(&self, msg: &Msg) -> String {
        self.words.say(msg)
    }

    /// The entity's name at the beginning of a sentence.
    pub fn title(&self, entity: Entity) -> String {
        capital(self.words.name(entity))
    }
}
