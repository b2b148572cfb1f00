//! The messages between a figure's page and its desk, encoded with postcard where they cross a thread.

use super::action_kind::ActionKind;
use super::markup::{attr, css};
use crate::learner::Attempt;
pub use crate::learner::ResumePoint;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A message from the page to a worker. (The two canvases are sent before, as an array.)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
// One is made for each thing that the page says, and sent at once.
#[allow(clippy::large_enum_variant)]
pub enum ToWorker {
    /// A command for the desk.
    Command(DeskCommand),
    /// Whether the page is hidden: then the worker computes nothing ahead.
    Hidden(bool),
    /// The colours and the pixel density to paint with.
    Appearance {
        /// A CSS colour for each role.
        colours: Vec<String>,
        /// Device pixels per CSS pixel.
        scale: f64,
    },
}

/// A message from a worker to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromWorker {
    /// The worker is ready.
    Ready {
        /// The build's id. If the page's differs, the two may not understand each other's messages.
        build: String,
    },
    /// The answer to a command. Each command gets exactly one.
    Reply(DeskEvent),
    /// An event that no command asked for.
    Event(DeskEvent),
    /// The worker has panicked with this message.
    Panicked(String),
}

/// A chunk of a file that the learner has chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileChunk {
    /// The file's name.
    pub name: String,
    /// The size of the whole file in bytes.
    pub size: f64,
    /// The bytes of this chunk.
    pub bytes: Vec<u8>,
    /// Whether this is the first chunk.
    pub first: bool,
    /// Whether this is the last chunk.
    pub last: bool,
    /// Whether the run should start over and replay this file. It is false when a restarted worker only gets the file
    /// that its run replays already.
    pub replay: bool,
}

/// A command from the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DeskCommand {
    /// Open a figure; whatever was open before is closed.
    Open(Box<OpenFigure>),
    /// The widths available to picture and charts, in CSS pixels.
    Resize {
        /// The picture's.
        picture: u16,
        /// The charts'.
        charts: u16,
    },
    /// Whether the learner prefers reduced motion: then playing advances in visible steps.
    ReduceMotion(bool),
    /// Seconds since the last tick. Sent only while the figure plays.
    Tick(f64),
    /// The learner pressed, moved or typed something.
    UserAction(UserAction),
    /// The next chunk of the learner's file. The page sends one at a time and waits for the answer.
    FileChunk(FileChunk),
    /// Run a job of another desk to its end.
    RunJob(Vec<u8>),
    /// A job that this desk had asked for is done, or has failed.
    JobDone {
        /// What [`DeskCommand::RunJob`] answered; `None` if the job failed.
        bytes: Option<Vec<u8>>,
        /// Seconds since the batch was started.
        seconds: f64,
    },
    /// Report events, hash and readings of a run at a moment; for tests and measurements.
    Probe {
        /// Run and moment as a link code; `None` for what is shown now.
        view: Option<String>,
    },
}

/// Everything that a desk needs to open a figure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OpenFigure {
    /// Its id on the page.
    pub page_id: String,
    /// The words of its lesson, encoded for an HTML attribute (see [`encode_words`](super::encode_words)).
    pub words: String,
    /// The run and moment that the page shows at first, as a link code.
    pub initial_view: String,
    /// The run and moment to open, if that is not `initial_view`.
    pub view: Option<String>,
    /// Whether `view` comes from a link: then a notice lists how it differs from `initial_view`.
    pub from_link: bool,
    /// The learner's own runs, as in a [`ResumePoint`].
    pub own_runs: Vec<String>,
    /// The challenge that the figure is set up for, as in a [`ResumePoint`].
    pub challenge: String,
    /// A notice to show from the start, for example why the worker was restarted.
    pub notice: Option<super::Notice>,
    /// Ids of the predictions that gate the figure: its run stays hidden until each has been committed or skipped.
    pub gated_by: Vec<String>,
    /// The learner's attempts in this lesson so far, of predictions only those that are asked of this figure: another one of
    /// the page may be the same with other settings.
    pub attempts: Vec<Attempt>,
    /// Whether the attempts are of an earlier visit, so that the page doesn't show what came of them.
    pub restores: bool,
    /// Whom the invitation on the picture is about, as an attribute holds it.
    pub invites: String,
    /// Whether it plays at once, because it is the first thing on its page.
    pub plays: bool,
}

/// An action of the learner on an element of the figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserAction {
    /// What the element does.
    pub kind: ActionKind,
    /// What it is applied to: an entity, a control, a drawer.
    pub target: String,
    /// Which of several variants: an action's id, a file format.
    pub variant: String,
    /// What was typed or chosen.
    pub text: String,
    /// A number: a slider's position, a count of steps, a moment in nanoseconds.
    pub number: f64,
    /// A point in CSS pixels from the picture's upper left corner.
    pub point: (f32, f32),
}

impl UserAction {
    /// Nothing but what is done.
    pub fn of(kind: ActionKind) -> Self {
        Self {
            kind,
            target: String::new(),
            variant: String::new(),
            text: String::new(),
            number: 0.0,
            point: (0.0, 0.0),
        }
    }
}

/// An event from the desk to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DeskEvent {
    /// The desk is about to change the run, and the model may panic or hang on that.
    ChangeStarting {
        /// Link code of the run with the change, for a bug report.
        culprit: String,
        /// Link code of the run to return to if the model fails.
        fallback: String,
    },
    /// The command was carried out; the page has to show this.
    Update(Box<Update>),
    /// The answer to a probe.
    Probed(Result<Probed, String>),
    /// The result of a job.
    JobResult(Vec<u8>),
}

/// What the page has to change.
// Its flags are independent of each other.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// Whether the moment that was asked for is shown. If not, further updates follow while the run is computed.
    pub reached: bool,
    /// Changes to the page's elements, in order.
    pub patches: Vec<Patch>,
    /// Whether the figure plays: then the page has to send ticks.
    pub playing: bool,
    /// Where a new worker should resume if this one ends; `None` if unchanged.
    pub resume_point: Option<ResumePoint>,
    /// Whether there is anything to show yet.
    pub ready: bool,
    /// Whether the run is hidden because a prediction is still open.
    pub masked: bool,
    /// Whether something that the learner asked for is still being computed: the truth of a prediction, a search, a batch
    /// of runs. Its worker is not to end before that.
    pub owes: bool,
    /// Attempts to add to the learner's record.
    pub attempts: Vec<Attempt>,
    /// A new batch of jobs for other workers. It replaces the batch under way; an empty one cancels it.
    pub jobs: Option<Vec<Vec<u8>>>,
    /// Offer the picture as a PNG file of this name.
    pub image: Option<String>,
}

/// What a run has come to at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probed {
    /// Events so far.
    pub events: u64,
    /// Hash of the run so far.
    pub hash: u64,
    /// The figure's readings.
    pub readings: Vec<f64>,
}

/// Selects elements of the page: the n-th match within the figure, or all matches in the whole page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selector {
    /// A CSS selector.
    pub selector: String,
    /// Which of the matching elements, from zero.
    pub nth: u16,
    /// Whether to look in the whole page and take all matches.
    pub in_whole_page: bool,
}

/// A change to elements of the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Patch {
    /// The text of an element.
    Text(Selector, String),
    /// An attribute's value; `None` removes the attribute.
    Attribute(Selector, Cow<'static, str>, Option<String>),
    /// Whether an element has a class.
    Class(Selector, Cow<'static, str>, bool),
    /// A property of an element's own style.
    Style(Selector, Cow<'static, str>, String),
    /// A field's value. A field that has the focus is left alone, unless `forced`.
    Value {
        /// The field.
        field: Selector,
        /// Its value.
        value: String,
        /// Whether to overwrite the value even while the field has the focus.
        forced: bool,
    },
    /// A slider's position.
    SliderPosition(Selector, f64),
    /// Whether a box is ticked.
    Checked(Selector, bool),
    /// Puts an element among the children of another, at a place from zero. One that is there already stays untouched, and
    /// keeps the keyboard's focus.
    Place {
        /// The element.
        element: Selector,
        /// Its parent.
        within: Selector,
        /// Its place.
        at: u16,
    },
    /// The content of an element.
    Children(Selector, Vec<NewElement>),
    /// Focus the element.
    Focus(Selector),
    /// Scroll no further than needed for the element to be in view, beside whatever sheet is open.
    Reveal(Selector),
    /// Set a field's value, or a link's target, to this page's address with this link code.
    Address(Selector, String),
    /// Copy a field's value to the clipboard; the button then says 'Copied'.
    Copy {
        /// The field.
        field: Selector,
        /// The button.
        button: Selector,
    },
    /// Offer a text as a file to download.
    Download {
        /// The file's name.
        name: String,
        /// Its text.
        text: String,
    },
}

/// A new element to create in the page. Its content is text and elements, never markup.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NewElement {
    /// Its tag.
    pub tag: Cow<'static, str>,
    /// Its classes.
    pub class: Cow<'static, str>,
    /// Its attributes.
    pub attrs: Vec<(Cow<'static, str>, String)>,
    /// Inline style: properties and values.
    pub style: Vec<(Cow<'static, str>, String)>,
    /// Its content.
    pub children: Vec<NewChild>,
}

/// The content of an element.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum NewChild {
    /// Text.
    Text(String),
    /// An element.
    Element(NewElement),
}

/// The figure's element of this class.
pub fn selector(class: &str) -> Selector {
    find(css(class))
}

/// The first match of a selector in the figure.
pub fn find(selector: String) -> Selector {
    nth(selector, 0)
}

/// The n-th match of a selector in the figure.
pub fn nth(selector: String, n: usize) -> Selector {
    Selector { selector, nth: n as u16, in_whole_page: false }
}

/// All matches of a selector in the whole page.
pub fn page_selector(selector: String) -> Selector {
    Selector { selector, nth: 0, in_whole_page: true }
}

/// A new element.
pub fn element(tag: &'static str, class: &'static str) -> NewElement {
    NewElement { tag: Cow::Borrowed(tag), class: Cow::Borrowed(class), ..NewElement::default() }
}

/// A new button with an action.
pub fn button(class: &'static str, does: ActionKind, words: &str) -> NewElement {
    element("button", class).attr(attr::DO, does.name()).text(words)
}

impl NewElement {
    /// With an attribute.
    #[must_use]
    pub fn attr(mut self, name: &'static str, value: &str) -> Self {
        self.attrs.push((Cow::Borrowed(name), value.to_owned()));
        self
    }
    /// With a property of its inline style.
    #[must_use]
    pub fn styled(mut self, property: &'static str, value: String) -> Self {
        self.style.push((Cow::Borrowed(property), value));
        self
    }
    /// With a text appended.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.children.push(NewChild::Text(text.to_owned()));
        self
    }
    /// With elements appended.
    #[must_use]
    pub fn with(mut self, more: impl IntoIterator<Item = NewElement>) -> Self {
        self.children.extend(more.into_iter().map(NewChild::Element));
        self
    }
}
