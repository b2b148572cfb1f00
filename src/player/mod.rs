//! A run in time: what a figure is, and everything that can be done to a run of it.
//!
//! A lesson implements [`Experiment`]; from then on the rest is given: playing, seeking by checkpoints, inputs that fork
//! the past, explanation by replay, links. A [`Session`] holds one run behind one protocol ([`Request`], [`Response`]),
//! the same in a worker, in the terminal and in the tests. What never lives here: a lesson's name, a pixel, a browser,
//! a sentence, or wall time.
//!
//! Begin with [`Experiment`] and [`FigureSpec`]; then [`Run`], which is all that a link holds; then [`Session`].

mod challenge;
mod control;
mod data;
mod experiment;
mod explain;
mod figure;
mod link;
mod plain;
mod predict;
mod protocol;
mod run;
mod session;
mod slider;
mod spec;
mod sweep;
mod timeline;
mod trial;
mod value;

pub use challenge::{Challenge, Failure, Judge, Verdict};
pub use control::{Control, ControlKind, Controls, FromValue, Options, Scale};
pub use data::{Data, DataReader};
pub use experiment::{Experiment, Explained, Message, Readings};
pub use explain::Explanation;
pub use figure::Figure;
pub use link::{LinkError, decode_view, encode_view};
pub use plain::{from_plain, to_plain};
pub use predict::{Asks, Axis, CURVE_POINTS, Grading, Prediction, apart};
pub use protocol::{Answer, Ask, Frame, Marker, MarkerKind, Opened, Request, Response};
pub use run::{Change, Input, Run, View};
pub use session::Session;
pub use slider::Slider;
pub use spec::{Action, Behind, FigureSpec, Kind, Names, Needs, Pace, Reading};
pub use sweep::{Sweep, SweepPoint, spread, swept, swept_between};
pub use trial::{Outcome, Setting, Settings, Trial, Tried, Unwatched};
pub use value::{Value, ValueKind};
