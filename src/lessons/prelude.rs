//! What nearly every figure uses: `use crate::lessons::prelude::*;`. The parts come with the modules that hold their messages
//! and controls.

pub use crate::parts::arrivals::{self, Arrivals};
pub use crate::parts::journeys::{self, Journeys, Place};
pub use crate::parts::station::{self, Station};
pub use crate::player::question::measured;
pub use crate::player::{
    About, Action, AnswerKind, Challenge, Control, Controls, CurveAxis, Data, Experiment, Failure, Figure,
    FigureSpec, Incident, Input, Prediction, Reading, Readings, RunOutcome, Setting, StartSettings,
    Statistic, TrialResult, Value,
};
pub use crate::scene::{
    Flow, Label, Link, Node, Packet, PacketKind, Panel, Row, Scene, Shape, Status, legend,
};
pub use crate::sim::statistics::{RecentCount, Recovery, ShareCount};
pub use crate::sim::{Dist, EndKind, Entity, Message, Msg, Occupancy, Purpose, Span, Time, Unit, World};
pub use crate::{choices, controls, kinds, losses, messages, readings, steps};
pub use std::borrow::Cow;
