//! What is said between a figure's page and the desk that it is operated from. Encoded with postcard where it crosses a
//! thread.

use super::action_kind::ActionKind;
use super::markup::{attr, css};
use crate::learner::Attempt;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What a worker is told. (Its canvases come before, as an array of two.)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToWorker {
    /// What is for the desk.
    Tell(Tell),
    /// Whether nobody can see it: then nothing is computed ahead.
    Sleep(bool),
    /// What pictures are painted with.
    Look {
        /// A CSS colour for each role.
        colours: Vec<String>,
        /// Pixels of the device for one of CSS.
        scale: f64,
    },
}

/// What a worker says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromWorker {
    /// It is ready; this is its build.
    Hello {
        /// The id that the page's build has too, or the two don't speak the same protocol.
        build: String,
    },
    /// What the desk says in answer.
    Answer(Told),
    /// What it says unasked.
    Told(Told),
    /// It has panicked and says its last words.
    Panicked(String),
}

/// A piece of a file of the learner's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Piece {
    /// The file's name.
    pub name: String,
    /// Its bytes in all.
    pub size: f64,
    /// This piece.
    pub bytes: Vec<u8>,
    /// Whether it is the first one.
    pub first: bool,
    /// Whether nothing more comes.
    pub last: bool,
    /// Whether the run is to replay the file from the start; otherwise it is one that the run replays already.
    pub new: bool,
}

/// What the page tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Tell {
    /// From now on this figure is operated here.
    Open(Opening),
    /// So wide are the places of the picture and of the charts, in CSS pixels.
    Sized {
        /// The picture's.
        picture: u16,
        /// The charts'.
        charts: u16,
    },
    /// Whether motion is to be reduced: then time passes in steps.
    Calm(bool),
    /// So many seconds have passed since the last tick was sent. Sent while the figure plays.
    Tick(f64),
    /// Something was pressed, moved or typed.
    Deed(Deed),
    /// A piece of a file of the learner's, in order. The next one is sent when this one has been taken.
    Data(Piece),
    /// An errand of another desk, to be run here in one go.
    Errand(Vec<u8>),
    /// What came of an errand that this desk has sent out; nothing, if it failed whoever ran it.
    Returned {
        /// The answer to [`Tell::Errand`].
        bytes: Option<Vec<u8>>,
        /// Seconds since its batch was sent out.
        seconds: f64,
    },
    /// Says where a run is at a moment: for tests and measurements.
    Probe {
        /// The run and the moment, as a link holds them; `None`: those that are shown.
        view: Option<String>,
    },
}

/// A figure of a page, and what it shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// Its id on the page.
    pub page_id: String,
    /// The words of its lesson, as the page holds them (see [`facts`](super::facts)).
    pub facts: String,
    /// What the page shows before anything was done, as a link holds it.
    pub first: String,
    /// What is to be shown, if it is something else.
    pub view: Option<String>,
    /// Whether that comes from a link: then the learner is told how it differs.
    pub linked: bool,
    /// What the learner has to be told.
    pub notice: Option<super::Notice>,
    /// The predictions that come before the figure: it shows nothing of its run until each was committed or skipped.
    pub after: Vec<String>,
    /// What the learner has attempted in this lesson.
    pub done: Vec<Attempt>,
}

/// Something that a learner did to an element of the figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deed {
    /// What the element does.
    pub does: ActionKind,
    /// Whom or what it concerns: an entity, a control, a drawer.
    pub on: String,
    /// Which way of several, an action's id.
    pub way: String,
    /// What was typed or chosen.
    pub text: String,
    /// How much: a slider's place, steps, a moment in nanoseconds.
    pub number: f64,
    /// Where, in CSS pixels from the picture's upper left corner.
    pub point: (f32, f32),
}

impl Deed {
    /// Nothing but what is done.
    pub fn of(does: ActionKind) -> Self {
        Self {
            does,
            on: String::new(),
            way: String::new(),
            text: String::new(),
            number: 0.0,
            point: (0.0, 0.0),
        }
    }
}

/// What the page is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Told {
    /// Something is about to be done to the run at which the model may fail.
    Trying {
        /// A link to the run with it.
        culprit: String,
        /// Where to go back to if it fails, as a link holds it.
        back: String,
    },
    /// What was told has been done; this is what has to be shown.
    Shown(Box<Shown>),
    /// The answer to a probe.
    Probed(Result<Probed, String>),
    /// What came of an errand.
    Errand(Vec<u8>),
}

/// What has to be shown now.
// Its flags are independent facts, not the states of one machine.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// Whether it is the moment wanted; if not, more is shown as it is computed.
    pub there: bool,
    /// Changes of the page, in order.
    pub patches: Vec<Patch>,
    /// Whether time passes: then ticks are wanted.
    pub playing: bool,
    /// Where to begin again should this worker end.
    pub keep: Option<Keep>,
    /// Whether there is something to be seen yet.
    pub ready: bool,
    /// Whether the figure shows nothing of its run, because a prediction is open.
    pub masked: bool,
    /// Attempts to be recorded.
    pub attempts: Vec<Attempt>,
    /// A new batch of errands to be run by other workers; whatever was under way is called off.
    pub errands: Option<Vec<Vec<u8>>>,
    /// The picture is to be offered as a file of this name, in pixels.
    pub image: Option<String>,
}

/// Where to begin again, as links hold it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Keep {
    /// The run at the moment shown.
    pub now: String,
    /// Just before the last thing that was done to it: if the model fails at the run itself.
    pub before: String,
}

/// Where a run is at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probed {
    /// Events so far.
    pub events: u64,
    /// Hash of the run so far.
    pub hash: u64,
    /// The figure's readings.
    pub readings: Vec<f64>,
}

/// An element: the n-th that the selector matches, in the figure or, where `page` is set, all in the whole page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// A CSS selector.
    pub css: String,
    /// Which of those that match.
    pub n: u16,
    /// Whether it is looked for in the whole page.
    pub page: bool,
}

/// A change of the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Patch {
    /// The text of an element.
    Text(Part, String),
    /// An attribute; without a value it goes.
    Attr(Part, Cow<'static, str>, Option<String>),
    /// Whether an element has a class.
    Class(Part, Cow<'static, str>, bool),
    /// A property of an element's own style.
    Style(Part, Cow<'static, str>, String),
    /// What a field holds. Not while it is being typed in, unless `forced`.
    Value {
        /// The field.
        part: Part,
        /// Its value.
        value: String,
        /// Also while it has the keyboard.
        forced: bool,
    },
    /// Where a slider stands.
    Place(Part, f64),
    /// Whether a box is ticked.
    Checked(Part, bool),
    /// What an element holds.
    Fill(Part, Vec<Node>),
    /// The keyboard goes to this element.
    Focus(Part),
    /// A field holds the address of this page with this fragment.
    Address(Part, String),
    /// What a field holds goes to the clipboard, and the button says so.
    Copy {
        /// The field.
        from: Part,
        /// The button.
        by: Part,
    },
    /// A text is offered as a file.
    Save {
        /// The file's name.
        name: String,
        /// Its text.
        text: String,
    },
}

/// A new element. What it holds is text, never markup.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Its tag.
    pub tag: Cow<'static, str>,
    /// Its classes.
    pub class: Cow<'static, str>,
    /// Its attributes.
    pub attrs: Vec<(Cow<'static, str>, String)>,
    /// Its own style: properties and values.
    pub style: Vec<(Cow<'static, str>, String)>,
    /// What it holds.
    pub children: Vec<Child>,
}

/// What an element holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Child {
    /// Text.
    Text(String),
    /// An element.
    Node(Node),
}

/// The figure's element of this class.
pub fn part(class: &str) -> Part {
    find(css(class))
}

/// The part of the figure that the selector matches first.
pub fn find(selector: String) -> Part {
    nth(selector, 0)
}

/// The n-th part that the selector matches.
pub fn nth(selector: String, n: usize) -> Part {
    Part { css: selector, n: n as u16, page: false }
}

/// All elements of the page that the selector matches.
pub fn on_page(selector: String) -> Part {
    Part { css: selector, n: 0, page: true }
}

/// A new element.
pub fn node(tag: &'static str, class: &'static str) -> Node {
    Node { tag: Cow::Borrowed(tag), class: Cow::Borrowed(class), ..Node::default() }
}

/// A new button that does something.
pub fn button(class: &'static str, does: ActionKind, words: &str) -> Node {
    node("button", class).attr("type", "button").attr(attr::DO, does.name()).text(words)
}

impl Node {
    /// With an attribute.
    #[must_use]
    pub fn attr(mut self, name: &'static str, value: &str) -> Self {
        self.attrs.push((Cow::Borrowed(name), value.to_owned()));
        self
    }
    /// With a property of its own style.
    #[must_use]
    pub fn styled(mut self, property: &'static str, value: String) -> Self {
        self.style.push((Cow::Borrowed(property), value));
        self
    }
    /// With a text after what it holds.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.children.push(Child::Text(text.to_owned()));
        self
    }
    /// With more elements after what it holds.
    #[must_use]
    pub fn with(mut self, more: impl IntoIterator<Item = Node>) -> Self {
        self.children.extend(more.into_iter().map(Child::Node));
        self
    }
}
