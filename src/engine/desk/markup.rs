//! The names that markup, desk and page share: by them the desk's patches and the page's listeners find the elements that
//! `site` has written. Each stands here and nowhere else in Rust; style sheets use the same.
//!
//! A patch that finds no element does nothing, silently. So a test operates every figure and looks for every part that is
//! patched in the page as it is rendered.

use super::action_kind::ActionKind;

/// Classes of a figure's elements.
pub mod class {
    /// Around the picture.
    pub const PICTURE: &str = "fig-picture";
    /// Around the charts.
    pub const CHARTS: &str = "fig-charts";
    /// The names of two pictures that are compared.
    pub const SIDE_NAME: &str = "fig-side-name";
    /// Rings around what is selected.
    pub const RING: &str = "fig-ring";
    /// Rings around what is chosen.
    pub const CHOSEN: &str = "fig-chosen";
    /// A line that is being drawn across the picture.
    pub const STROKE: &str = "fig-stroke";
    /// Around the places that the keyboard goes to in the picture.
    pub const WALK: &str = "fig-walk";
    /// Such a place.
    pub const SPOT: &str = "fig-spot";
    /// The invitation to do something first.
    pub const INVITATION: &str = "fig-invitation";
    /// Around the readings.
    pub const READINGS: &str = "fig-readings";
    /// A reading: its number in a `b`, its unit in the `span` behind that.
    pub const READING: &str = "fig-reading";
    /// What a reading is in the run that is compared with.
    pub const AGAINST: &str = "fig-against";
    /// The sentences under the readings.
    pub const SAYS: &str = "fig-says";
    /// The same for screen readers.
    pub const SPOKEN: &str = "fig-spoken";
    /// Around what there is to say about an entity.
    pub const EXPLAIN: &str = "fig-explain";
    /// What can be done to it.
    pub const ACTIONS: &str = "fig-actions";
    /// What has been chosen for an action.
    pub const CHOICE: &str = "fig-choice";
    /// What happened to it.
    pub const STORY: &str = "fig-story";

    /// Playback and controls.
    pub const BAR: &str = "fig-bar";
    /// The button that plays.
    pub const PLAY: &str = "fig-play";
    /// Around the buttons for what can happen next.
    pub const CHOICES: &str = "fig-choices";
    /// The clock.
    pub const TIME: &str = "fig-time";
    /// The time line, with a slider in it.
    pub const LINE: &str = "fig-line";
    /// How much of it was seen.
    pub const LINE_SEEN: &str = "fig-line-seen";
    /// How much of it lies before the moment shown.
    pub const LINE_DONE: &str = "fig-line-done";
    /// Marks on it.
    pub const MARKS: &str = "fig-marks";
    /// Around the choice of speed.
    pub const SPEED: &str = "fig-speed";

    /// What a slider has behind it.
    pub const SLIDER_FILLED: &str = "fig-slider-filled";
    /// The field beside a slider.
    pub const NUMBER: &str = "fig-number";
    /// What is wrong with what was typed.
    pub const ERROR: &str = "fig-error";
    /// A thing of a control that is dragged by its name.
    pub const THING: &str = "fig-thing";
    /// The list of an order.
    pub const ORDER: &str = "fig-order";
    /// Around the things of a group.
    pub const MEMBERS: &str = "fig-members";
    /// What has just become of a thing, for screen readers.
    pub const ANNOUNCED: &str = "fig-announced";
    /// A text of the learner's.
    pub const TYPED: &str = "fig-typed";
    /// How a control differs between two runs that are compared.
    pub const DIFFERS: &str = "fig-differs";
    /// The seed's control.
    pub const SEED_CONTROL: &str = "seed";
    /// Around the seed's field.
    pub const SEED: &str = "fig-seed";

    /// Beside the caption.
    pub const TOOLS: &str = "fig-tools";
    /// What can be taken back.
    pub const AFTERMATH: &str = "fig-aftermath";
    /// What a tool opens.
    pub const DRAWER: &str = "fig-drawer";
    /// Around the link's field.
    pub const COPY: &str = "fig-copy";
    /// The field for a file with a run.
    pub const RUN_FILE: &str = "fig-run-file";
    /// What happened so far.
    pub const MOMENTS: &str = "fig-moments";
    /// The bar of a comparison.
    pub const COMPARE: &str = "fig-compare";
    /// The drawer with a sweep.
    pub const SWEEP: &str = "fig-sweep";
    /// Its fields.
    pub const SWEEP_FIELDS: &str = "fig-sweep-fields";
    /// How far it is.
    pub const SWEEP_PROGRESS: &str = "fig-sweep-progress";
    /// The result of a job.
    pub const SWEEP_RESULT: &str = "fig-sweep-result";
    /// Says that a challenge was passed on an earlier visit, and offers its setting.
    pub const PASSED_BEFORE: &str = "passed-before";
    /// Says why nothing that the learner does is kept.
    pub const KEPT: &str = "not-kept";
    /// Where notices stand.
    pub const NOTICE_PLACE: &str = "fig-notice-place";
    /// A notice.
    pub const NOTICE: &str = "fig-notice";
    /// The place for a file of the learner's.
    pub const DATA: &str = "fig-data";
    /// What was read of it.
    pub const DATA_SAYS: &str = "fig-data-says";
    /// A table of the figure's own, which folds away.
    pub const OWN_TABLE: &str = "fig-own-table";
    /// Its rows.
    pub const OWN_ROWS: &str = "fig-own-rows";
    /// The picture as tables, which open and close.
    pub const TABLES: &str = "fig-tables";
    /// Around all tables.
    pub const TABLES_ALL: &str = "fig-tables-all";

    /// A prediction, challenge or question.
    pub const ACTIVITY: &str = "activity";
    /// Why an answer isn't taken.
    pub const ANSWER_ERROR: &str = "answer-error";
    /// How a number was understood.
    pub const ANSWER_READ: &str = "answer-read";
    /// The buttons under an answer.
    pub const ANSWER_BUTTONS: &str = "answer-buttons";
    /// A list that is put in order.
    pub const ANSWER_ORDER: &str = "answer-order";
    /// What came of an answer.
    pub const ANSWER_VERDICT: &str = "answer-verdict";
    /// What an option turned out to be.
    pub const MARK: &str = "mark";
    /// Where a curve is drawn.
    pub const SKETCH_AREA: &str = "sketch-area";
    /// The learner's curve.
    pub const YOURS: &str = "yours";
    /// The run's curve.
    pub const TRUTH: &str = "truth";
    /// What a setting costs.
    pub const JUDGE_COST: &str = "judge-cost";
    /// How far a judgement is.
    pub const JUDGE_PROGRESS: &str = "judge-progress";
    /// The result of a job.
    pub const JUDGE_RESULT: &str = "judge-result";
    /// The run that shows it.
    pub const JUDGE_RUN: &str = "judge-run";

    /// A number of the text that a figure writes.
    pub const LIVE: &str = "live";
    /// Such a number while it would give a prediction away.
    pub const MASKED: &str = "masked";
    /// A number of the text that moves a control.
    pub const DRAG: &str = "drag";
    /// A phrase of the text that leads to a run.
    pub const RUN: &str = "run";
}

/// Attributes. (The markup's macro takes names of attributes only as they are written, so `site` writes these out.)
pub mod attr {
    /// What an element does: the name of a [`ActionKind`](super::ActionKind).
    pub const DO: &str = "data-do";
    /// What it concerns: an entity, a control, a drawer.
    pub const ON: &str = "data-on";
    /// A group of a control: its id.
    pub const GROUP: &str = "data-group";
    /// A picture that lines are drawn across: the action that this does.
    pub const DRAWS: &str = "data-draws";
    /// Which of several: an action's id, a format.
    pub const WAY: &str = "data-way";
    /// A text that goes with it.
    pub const TEXT: &str = "data-text";
    /// A number that goes with it.
    pub const NUMBER: &str = "data-number";
    /// A button takes what stands in the field that names the same action by [`WITH_OF`].
    pub const WITH: &str = "data-with";
    /// See [`WITH`].
    pub const WITH_OF: &str = "data-with-of";
    /// What is wrong with that field: names the action too.
    pub const ERROR_OF: &str = "data-error-of";
    /// A button takes what stands in the fields within the element of this class.
    pub const FIELDS: &str = "data-fields";
    /// A button opens this drawer.
    pub const DRAWER: &str = "data-drawer";
    /// This is the drawer of that name.
    pub const DRAWER_OF: &str = "data-drawer-of";
    /// A control's widget: its id.
    pub const CONTROL: &str = "data-control";
    /// A figure: its id on the page. Also on what belongs to one.
    pub const FIGURE: &str = "data-figure";
    /// A reading: its id.
    pub const READING: &str = "data-reading";
    /// A moment, in nanoseconds.
    pub const AT: &str = "data-at";
    /// A prediction: its id.
    pub const PREDICT: &str = "data-predict";
    /// A challenge: its id.
    pub const CHALLENGE: &str = "data-challenge";
    /// What is said for this verdict of a challenge.
    pub const VERDICT: &str = "data-verdict";
    /// How far an activity is.
    pub const STAGE: &str = "data-stage";
    /// Settings that a phrase takes its figure to: `policy=random&load=480/s`.
    pub const SET: &str = "data-set";
    /// A run and moment that a phrase takes its figure to, as a link holds them.
    pub const CODE: &str = "data-code";
    /// What a phrase sweeps: what the drawer's fields would hold.
    pub const SWEPT: &str = "data-sweep";
    /// What a figure's still shows: run and moment, as a link holds them.
    pub const VIEW: &str = "data-view";
    /// The predictions that a figure waits for.
    pub const GATED_BY: &str = "data-after";
    /// The set of figures that a figure belongs to.
    pub const FIGURE_SET: &str = "data-figure-set";
    /// The sets of figures that a worker holds.
    pub const SETS: &str = "data-sets";
    /// The words of a figure's lesson, in the page.
    pub const FACTS: &str = "data-facts";
    /// The figure that they are for.
    pub const FACTS_OF: &str = "data-facts-of";
    /// The file with them.
    pub const FACTS_AT: &str = "data-facts-at";
    /// The page, or a figure, can be operated.
    pub const LIVE: &str = "data-live";
    /// What the heights of a curve that is drawn are, step by step.
    pub const STEPS: &str = "data-steps";
    /// A figure waits for a prediction.
    pub const WAITS: &str = "data-waits";
    /// A figure has its question in it: `open`, or `answered` while that is still shown.
    pub const ASKS: &str = "data-asks";
    /// A figure that the text has led to: where its reader was, in pixels from the page's top.
    pub const FROM: &str = "data-from";
    /// A figure plays as soon as it is there.
    pub const PLAYS: &str = "data-plays";
    /// A number that would give a prediction away, for when it no longer does.
    pub const SAYS: &str = "data-says";
    /// A lesson's path.
    pub const LESSON_PAGE: &str = "data-lesson-page";
    /// A question: its id.
    pub const QUIZ: &str = "data-quiz";
    /// The ids of its right answers.
    pub const CORRECT: &str = "data-correct";
    /// A point of a curve that has been drawn.
    pub const DRAWN: &str = "data-drawn";
    /// An option, or a thing of a control: its id.
    pub const OPTION: &str = "data-option";
}

/// The selector of the elements that do this.
pub fn does(kind: ActionKind) -> String {
    with(attr::DO, kind.name())
}

/// The selector of a class.
pub fn css(class: &str) -> String {
    [".", class].concat()
}

/// The selector of what a second one finds inside the elements of a class.
pub fn inside(class: &str, inner: &str) -> String {
    [".", class, " ", inner].concat()
}

/// The selector of the elements that have this attribute.
pub fn any(attribute: &str) -> String {
    ["[", attribute, "]"].concat()
}

/// The selector of the elements whose attribute has this value.
pub fn with(attribute: &str, value: &str) -> String {
    ["[", attribute, "=\"", value, "\"]"].concat()
}
