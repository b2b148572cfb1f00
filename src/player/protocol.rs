//! What is said between whoever shows a run and whoever computes it. Encoded with postcard where it crosses a thread.

use super::explain::Explanation;
use super::run::{Change, Run};
use super::spec::FigureSpec;
use crate::scene::Scene;
use crate::sim::{Ending, Entity, Msg, Span, Time};
use serde::{Deserialize, Serialize};

/// A question, with a number by which its answer is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Comes back in the answer.
    pub id: u32,
    /// What is asked.
    pub ask: Ask,
}

/// What can be asked. Each is answered after a bounded amount of computing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Ask {
    /// What figures are there? Answered by [`Answer::Described`].
    Describe,
    /// Take up this run; what was there before is gone. Answered by [`Answer::Opened`].
    Open(Run),
    /// Show the run at a moment, with charts up to `reach`. If that needs more computing than one slice, the answer's
    /// frame is not `there` yet: ask again. Answered by [`Answer::Frame`].
    Frame {
        /// The moment.
        at: Time,
        /// The latest moment that charts show.
        reach: Time,
    },
    /// Do something to the run at a moment that has been computed: what came after is dropped. Answered by
    /// [`Answer::Changed`].
    Change {
        /// The moment.
        at: Time,
        /// What is done.
        change: Change,
    },
    /// Take the last change back, with what it dropped. Answered by [`Answer::Changed`].
    TakeBack,
    /// What happened to this entity, seen from a moment? Answered by [`Answer::Explained`].
    Explain {
        /// Who.
        entity: Entity,
        /// The moment.
        at: Time,
    },
    /// Who is behind a reading, seen from a moment? Answered by [`Answer::Behind`].
    Behind {
        /// The reading's place in the declaration.
        reading: usize,
        /// The moment.
        at: Time,
    },
    /// The readings over time, up to a moment. Answered by [`Answer::Samples`].
    Samples {
        /// The moment.
        until: Time,
    },
    /// All markers known so far. Answered by [`Answer::Markers`].
    Markers,
}

/// The answer to the request of the same number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// Number of the request.
    pub id: u32,
    /// The answer.
    pub answer: Answer,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// The figures that can be opened here.
    Described(Vec<FigureSpec>),
    /// The run is open.
    Opened(Opened),
    /// The run at a moment.
    Frame(Box<Frame>),
    /// The run is another one now.
    Changed {
        /// The run as it is now.
        run: Run,
        /// The moment to look at: the next step where the figure goes by steps, else that of the change.
        at: Time,
        /// Whether there is a change that could be taken back.
        can_take_back: bool,
    },
    /// What happened to an entity.
    Explained(Explanation),
    /// Who is behind a reading, those that explain it best first.
    Behind(Vec<Ending>),
    /// The readings at regular moments, and how far apart these are.
    Samples(Vec<Box<[f32]>>, Span),
    /// The markers known so far, ascending in time.
    Markers(Vec<Marker>),
    /// It can't be done, and why. Nothing has changed.
    Refused(Msg),
}

/// A run that has been taken up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The run as it is computed: values held to their ranges and steps.
    pub run: Run,
    /// What the learner should know ('made with an earlier model').
    pub says: Vec<Msg>,
}

/// A run at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// The moment shown.
    pub at: Time,
    /// Whether that is the moment asked for; if not, ask again.
    pub there: bool,
    /// Up to where the run has been computed.
    pub computed: Time,
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
    /// So it calls what an input did.
    Input,
    /// An input of the run that the model refused.
    Refused,
}
