//! The state of an open figure: the run, the moment shown, and the moment asked for.

use super::compare::Side;
use super::data::{ARRIVALS, LOAD};
use super::notice::Notice;
use super::predict::Committed;
use super::protocol::ResumePoint;
use super::text;
use crate::player::{
    Challenge, Control, Explanation, FigureSpec, Frame, InputKind, Marker, Pace, Run, Value, View,
    encode_view,
};
use crate::scene::{Choice, PacketKind, Panel, Picture, Scene, Words, capitalize};
use crate::sim::{Ending, Entity, Msg, Time};

/// Most runs of the learner's own that are kept to go back to.
const MOST_OWN_RUNS: usize = 8;

/// The state of an open figure.
// Its flags are independent of each other.
#[allow(clippy::struct_excessive_bools)]
pub(super) struct FigureState {
    /// The figure's id on its page.
    pub page_id: String,
    pub spec: &'static FigureSpec,
    pub words: Words,
    /// What the page shows before anything was done.
    pub initial_view: View,
    pub run: Run,
    /// The moment shown.
    pub at: Time,
    /// The moment asked for.
    pub target: Time,
    /// The latest moment of this run that was ever shown. Charts and markers extend to here.
    pub seen: Time,
    /// Nothing was done yet: the figure shows a moment from the middle of its run, and playing will begin at the start.
    pub untouched: bool,
    /// The learner has paused it, or goes step by step.
    pub held: bool,
    /// The last frame, without its charts.
    pub frame: Option<Box<Frame>>,
    pub charts: Option<Scene>,
    /// Whether the moment shown is not yet the one asked for.
    pub stale: bool,
    /// The run's markers, and how many there were when they were last fetched.
    pub markers: Vec<Marker>,
    pub markers_known: u32,
    pub can_undo: bool,
    /// Runs of the learner's own that the figure was led away from, the last of them last; and whether it was led to the one
    /// shown by a phrase, a verdict, a challenge or a search: it isn't the learner's own until something is done to it.
    pub own_runs: Vec<View>,
    pub was_led: bool,
    /// The moment of the last change, if it dropped a later part of the run that had been shown.
    pub dropped_after: Option<Time>,
    /// The selected entity, its explanation, and the entity that the page's panel currently shows.
    pub selected: Option<Entity>,
    pub explanation: Option<Explanation>,
    pub explained_entity: Option<Entity>,
    pub notice: Option<Notice>,
    /// Whether the notice is about the moment shown, and goes when the learner leaves it.
    pub notice_passes: bool,
    /// The entities that are being chosen for an action.
    pub choosing: Option<super::choose::Choosing>,
    /// The texts that the page's fields were last given, by control: what is typed into one stays there until its control
    /// takes another.
    pub written_texts: Vec<(String, String)>,
    /// Whether the tables are open.
    pub tables_open: bool,

    /// Whether a button of the explanation says why its action would be refused.
    pub refusals_shown: bool,
    /// Whether what has just been selected is to be scrolled into view, because its panel may cover it.
    pub reveals: bool,
    /// Whom the invitation on the picture is about, until it has been taken up.
    pub invites: Option<Entity>,
    /// The readings from before a phrase or a button took the figure elsewhere, to stand beside those of there.
    pub before: Option<Vec<f64>>,

    // Time passing.
    pub playing: bool,
    /// Whether a slider or a number is being dragged: the clock stands still meanwhile.
    pub dragging: bool,
    /// The challenge that the figure was set up for: what it fixes can't be moved.
    pub set_up_for: Option<&'static Challenge>,
    /// Where playing stops: the moment that was asked for.
    pub stop_at: Option<Time>,
    /// Model seconds per second.
    pub speed: f64,
    /// Whether the model can't keep up with that speed.
    pub slow: bool,
    /// Motion is to be reduced.
    pub reduced_motion: bool,
    /// The moment that playing has reached, in model seconds.
    pub play_position: f64,
    /// Seconds of wall time that playing has not turned into model time yet.
    pub unplayed_secs: f64,
    /// How often playing was late recently, from 0 to 1.
    pub lag: f64,
    /// Seconds since the readings were updated, the selection was explained, and the sentences were announced.
    pub since_readings: f64,
    pub since_explanation: f64,
    pub since_spoken: f64,

    /// What can happen next, if the learner chooses it: the choices that have a button, by action and by whom they are about.
    pub choice_buttons: Vec<(String, Entity)>,
    /// The choices as they were last written.
    pub choices: Vec<Choice>,

    // The picture.
    /// Widths available to picture and charts, in CSS pixels.
    pub widths: (u16, u16),
    /// How many packets of each kind are on each way, smoothed: what streams are drawn from.
    pub streams: Vec<((Entity, Entity, PacketKind), f64)>,
    /// Picture and charts as last laid out.
    pub pictures: [Picture; 2],
    /// Which of the two focus buttons over the picture is in the tab order, and the entity that each is on.
    pub focused_button: usize,
    pub button_entities: [Option<Entity>; 2],
    /// Which stop of the walk through the picture that is: what was there may be gone by the next key.
    pub focused_stop: usize,
    /// How many of the first picture's regions and packets belong to the run itself; the rest are those of the compared
    /// run.
    pub own_counts: (usize, usize),
    /// The control that is being dragged in the text, and its value when the drag began.
    pub drag_start: Option<(String, f64)>,

    // Predictions.
    /// The predictions that gate the figure; and the lesson's predictions and incidents that have been answered or skipped.
    pub gated_by: Vec<String>,
    pub answered: Vec<String>,
    /// Whether the run is still hidden.
    pub masked: bool,
    pub committed: Vec<Committed>,
    /// The figure's challenges, and the ids of those that were judged, one for each attempt.
    pub challenges: &'static [Challenge],
    pub judged: Vec<String>,
    /// The challenges that were judged on this page, and the controls that were judged last.
    pub judged_controls: Vec<(&'static str, Vec<(String, Value)>)>,

    // A comparison.
    /// The controls that differ in the compared run; `None` while nothing is compared.
    pub compared_controls: Option<Vec<(String, Value)>>,
    /// Which of the two runs the controls show and change.
    pub side: Side,

    /// The entities behind a reading, under a title that says which, when and how high.
    pub contributors: Option<(String, Vec<Ending>)>,
}

/// Takes the charts out of a frame; they are laid out separately.
pub(super) fn take_charts(frame: &mut Frame) -> Scene {
    let (charts, panels) = frame.scene.panels.drain(..).partition(|panel| matches!(panel, Panel::Chart(_)));
    frame.scene.panels = panels;
    Scene { panels: charts, time: frame.at, ..Scene::default() }
}

impl FigureState {
    pub fn of(spec: &'static FigureSpec) -> Self {
        Self {
            choice_buttons: Vec::new(),
            choices: Vec::new(),
            page_id: String::new(),
            spec,
            words: Words::default(),
            initial_view: View::default(),
            run: Run::default(),
            at: Time::ZERO,
            target: Time::ZERO,
            seen: Time::ZERO,
            untouched: true,
            held: false,
            frame: None,
            charts: None,
            stale: true,
            markers: Vec::new(),
            markers_known: 0,
            can_undo: false,
            own_runs: Vec::new(),
            was_led: false,
            dropped_after: None,
            selected: None,
            explanation: None,
            explained_entity: None,
            notice: None,
            notice_passes: false,
            choosing: None,
            written_texts: Vec::new(),
            tables_open: false,
            refusals_shown: false,
            reveals: false,
            invites: None,
            before: None,
            playing: false,
            dragging: false,
            set_up_for: None,
            stop_at: None,
            speed: spec.speed,
            slow: false,
            reduced_motion: false,
            play_position: 0.0,
            unplayed_secs: 0.0,
            lag: 0.0,
            since_readings: f64::INFINITY,
            since_explanation: f64::INFINITY,
            since_spoken: f64::INFINITY,
            widths: (0, 0),
            streams: Vec::new(),
            pictures: Default::default(),
            focused_button: 0,
            button_entities: [None, None],
            focused_stop: 0,
            own_counts: (usize::MAX, usize::MAX),
            drag_start: None,
            gated_by: Vec::new(),
            answered: Vec::new(),
            masked: false,
            committed: Vec::new(),
            challenges: &[],
            judged: Vec::new(),
            judged_controls: Vec::new(),
            compared_controls: None,
            side: Side::B,
            contributors: None,
        }
    }

    /// Whether the challenge that the figure was set up for fixes a control.
    pub fn is_fixed(&self, control: &str) -> bool {
        self.set_up_for.is_some_and(|challenge| !challenge.free.contains(&control))
            || self.log_decides(control)
    }

    /// Whether the learner's own log decides instead of a control.
    pub fn log_decides(&self, control: &str) -> bool {
        let replays = |(_, it)| matches!(self.value(it), Value::Choice(is) if is == ARRIVALS.1);
        control == LOAD && self.spec.control(ARRIVALS.0).is_some_and(replays)
    }

    /// The other control that leaves this one without an effect, as it is set now.
    pub fn idle_by(&self, control: &Control) -> Option<&'static Control> {
        let (_, other) = self.spec.control(&control.only_with.as_ref()?.0)?;
        let is = self.value_on(self.side_shown(), other);
        (!control.works_with(other, &is)).then_some(other)
    }

    /// The value of a control at the moment shown.
    pub fn value(&self, control: &Control) -> Value {
        let id = control.id.as_ref();
        let sets = |change: &InputKind| match change {
            InputKind::Set { control, value } if control == id => Some(value.clone()),
            _ => None,
        };
        let past = self.run.inputs.iter().take_while(|input| input.at <= self.at);
        let input = past.filter_map(|input| sets(&input.change)).last();
        let start =
            || self.run.controls.iter().find(|(other, _)| other == id).map(|(_, value)| value.clone());
        input.or_else(start).unwrap_or_else(|| control.default())
    }

    /// The moment limited to the run's length, and rounded down to a step if the figure goes by steps.
    pub fn moment(&self, at: Time) -> Time {
        let at = at.min(self.spec.until);
        match self.spec.pace {
            Pace::Continuous => at,
            Pace::Steps(step) => Time::from_nanos(at.nanos() / step.nanos() * step.nanos()),
        }
    }

    /// From which moment on what happened at one is in the picture: what takes a step, when that is over.
    pub fn shown_from(&self, at: Time) -> Time {
        match self.spec.pace {
            Pace::Continuous => at,
            Pace::Steps(step) => self.moment(at + step),
        }
    }

    /// Whether what happens at a moment would give away an incident that the learner hasn't explained yet.
    pub fn hides(&self, at: Time) -> bool {
        let open = |it: &&Challenge| it.incident.is_some() && !self.is_answered(it.id);
        let scripted = self.challenges.iter().filter(open).flat_map(|it| (it.scripted_inputs)());
        scripted.into_iter().any(|input| input.at == at && self.run.inputs.contains(&input))
    }

    /// What is said of a moment: no more than a pager would, if that would give an incident away.
    pub fn say_of(&self, at: Time, says: String) -> String {
        if self.hides(at) { text::SOMETHING.to_owned() } else { says }
    }

    /// The run and moment shown.
    pub fn view(&self) -> View {
        View {
            run: self.run.clone(),
            compared_controls: self.compared_controls.clone().unwrap_or_default(),
            at: self.at,
        }
    }

    /// Where a new worker should resume.
    pub fn resume_point(&self) -> ResumePoint {
        let now = self.view();
        let mut before = now.clone();
        before.at = before.run.inputs.pop().map_or(Time::ZERO, |last| last.at);
        ResumePoint {
            now: encode_view(&now),
            before_last_change: encode_view(&before),
            own_runs: self.own_runs.iter().chain(self.is_own().then_some(&now)).map(encode_view).collect(),
            challenge: self.set_up_for.map(|challenge| challenge.id.to_owned()).unwrap_or_default(),
        }
    }

    /// Whether the run shown is the learner's own.
    fn is_own(&self) -> bool {
        !self.was_led && self.run != self.initial_view.run
    }

    /// Notes that the figure is led to another run. If the one that it leaves is the learner's own, there will be a way back.
    pub fn lead_to(&mut self, run: &Run) {
        if self.run == *run {
            return;
        }
        let left = self.view();
        let returns = self.own_runs.iter().any(|own| own.run == *run);
        self.own_runs.retain(|own| own.run != *run && own.run != left.run);
        if self.is_own() {
            self.own_runs.push(left);
        }
        if self.own_runs.len() > MOST_OWN_RUNS {
            self.own_runs.remove(0);
        }
        self.was_led = !returns;
    }

    pub fn say(&self, msg: &Msg) -> String {
        self.words.say(msg)
    }

    /// The entity's name at the beginning of a sentence.
    pub fn title(&self, entity: Entity) -> String {
        capitalize(self.words.name(entity))
    }
}
