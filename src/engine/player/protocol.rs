//! The protocol between whoever shows a run and the session that computes it. Encoded with postcard where it crosses a
//! thread.

use super::explain::Explanation;
use super::run::{InputKind, Run};
use super::spec::FigureSpec;
use crate::scene::Scene;
use crate::sim::{Ending, Entity, Msg, Span, Time};
use serde::{Deserialize, Serialize};

/// A request to a session, with an id that comes back in the response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Comes back in the response.
    pub id: u32,
    /// What is requested.
    pub query: Query,
}

/// The requests. Each is answered after a bounded amount of computing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Query {
    /// Describe all figures. Answered by [`Reply::Described`].
    Describe,
    /// Open this run; the one before is closed. Answered by [`Reply::Opened`].
    Open(Run),
    /// Show the run at a moment, with charts up to `reach`. If that takes more than one slice, the frame hasn't
    /// `reached` the moment yet: ask again. Answered by [`Reply::Frame`].
    Frame {
        /// The moment.
        at: Time,
        /// The latest moment that charts show.
        reach: Time,
    },
    /// Add an input to the run at a moment that has been computed; everything after it is dropped. Answered by
    /// [`Reply::Changed`].
    Change {
        /// The moment.
        at: Time,
        /// What is done.
        change: InputKind,
    },
    /// Undo the last change and restore what it dropped. Answered by [`Reply::Changed`].
    Undo,
    /// Explain what happened to an entity up to a moment. Answered by [`Reply::Explained`].
    Explain {
        /// Who.
        entity: Entity,
        /// The moment.
        at: Time,
    },
    /// List the entities that contributed to a reading at a moment. Answered by [`Reply::Contributors`].
    Contributors {
        /// The reading's place in the declaration.
        reading: usize,
        /// The moment.
        at: Time,
    },
    /// The readings over time, up to a moment. Answered by [`Reply::Samples`].
    Samples {
        /// The moment.
        until: Time,
    },
    /// All markers known so far. Answered by [`Reply::Markers`].
    Markers,
}

/// The answer to the request with the same id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// Number of the request.
    pub id: u32,
    /// The answer.
    pub reply: Reply,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// The figures that can be opened here.
    Described(Vec<FigureSpec>),
    /// The run is open.
    Opened(Opened),
    /// The run at a moment.
    Frame(Box<Frame>),
    /// The run has changed.
    Changed {
        /// The run as it is now.
        run: Run,
        /// The moment to look at: the next step where the figure goes by steps, else that of the change.
        at: Time,
        /// Whether there is a change that can be undone.
        can_undo: bool,
    },
    /// What happened to an entity.
    Explained(Explanation),
    /// The entities that contributed to a reading, the most telling first.
    Contributors(Vec<Ending>),
    /// The readings at regular moments, and how far apart these are.
    Samples(Vec<Box<[f32]>>, Span),
    /// The markers known so far, ascending in time.
    Markers(Vec<Marker>),
    /// The request was refused, with the reason. Nothing has changed.
    Refused(Msg),
}

/// A run that has been opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The run as it is computed: values held to their ranges and steps.
    pub run: Run,
    /// What the learner should know ('made with an earlier model').
    pub notes: Vec<Msg>,
}

/// A run at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// The moment shown.
    pub at: Time,
    /// Whether this is the moment that was asked for; if not, ask again.
    pub reached: bool,
    /// Up to where the run has been computed.
    pub computed: Time,
    /// Whether nothing happens by itself from here on.
    pub waits: bool,
    /// What is to be seen.
    pub scene: Scene,
    /// The figure's readings, in the order of its declaration; NaN where nothing has been measured.
    pub readings: Vec<f64>,
    /// Events up to the moment shown.
    pub events: u64,
    /// Hash of the run up to the moment shown.
    pub hash: u64,
    /// How many markers there are: ask for them when it changes.
    pub markers: u32,
}

/// A moment on the time line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Marker {
    /// When.
    pub time: Time,
    /// Of what kind.
    pub kind: MarkerKind,
    /// Whom it concerns.
    pub entity: Option<Entity>,
    /// What happened.
    pub what: Msg,
}

/// Kinds of markers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MarkerKind {
    /// The model calls the moment notable.
    Event,
    /// The model calls the effect of an input notable.
    Input,
    /// An input of the run that the model refused.
    Refused,
}
