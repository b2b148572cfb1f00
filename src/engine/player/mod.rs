//! Figures and their runs: declaring a figure, and everything that can be done to a run.
//!
//! A lesson implements [`Experiment`]; everything else follows from it: playing, seeking by checkpoints, inputs that
//! fork the past, explanation by replay, links. A [`Session`] holds one run behind one protocol ([`Request`],
//! [`Response`]), the same in a worker, in the terminal and in the tests. What never lives here: a lesson's name, a
//! pixel, a browser, a sentence, or wall time.
//!
//! Begin with [`Experiment`] and [`FigureSpec`]; then [`Run`], which is all that a link holds; then [`Session`].

#[cfg(not(target_arch = "wasm32"))]
mod bench;
mod bytes_text;
mod challenge;
mod control;
mod data;
mod experiment;
mod explain;
mod figure;
mod link;
mod measure;
mod options;
mod percent;
mod predict;
mod protocol;
pub mod question;
mod run;
mod search;
mod session;
mod slider;
mod spec;
mod sweep;
mod timeline;
mod trial;
mod typed;
mod value;

pub use crate::sim::Message;
#[cfg(not(target_arch = "wasm32"))]
pub use bench::Bench;
pub use bytes_text::{bytes_to_text, text_to_bytes};
pub use challenge::{Challenge, FAILURES, Failure, Incident, Judge, Verdict};
pub use control::{ChoiceOptions, Control, ControlKind, Options, Scale};
pub use data::{Data, FileReader, LOG_MESSAGES, LogReader};
pub use experiment::{About, Experiment, Readings};
pub use explain::Explanation;
pub use figure::Figure;
pub use link::{LinkError, decode_view, encode_view};
pub(crate) use options::{assigned, members, moved, place, toggled};
pub use percent::{percent_decode, percent_encode};
pub use predict::{AnswerKind, CURVE_POINTS, CurveAxis, Grading, Prediction, Truth, mean_distance};
pub use protocol::{Frame, Marker, MarkerKind, Opened, Query, Reply, Request, Response};
pub use run::{Input, InputKind, Run, View};
pub use search::{Found, Search, SearchResult, Searching};
pub use session::Session;
pub use slider::Slider;
pub use spec::{Action, Contributors, EntityKind, EntityNames, FigureSpec, Needs, Pace, Reading, Statistic};
pub use sweep::{Sweep, SweepPoint, evenly_spaced, sweep_values, sweep_values_between};
pub use trial::{HeadlessRun, RunOutcome, Setting, StartSettings, Trial, TrialResult};
pub use typed::{Choices, Controls, FromValue};
pub use value::{Value, ValueKind};
