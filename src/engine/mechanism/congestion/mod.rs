//! Congestion control: how much a sender of TCP may have under way, when nobody tells it what the path can carry.
//!
//! What lives here: a [`Sender`] that keeps account of what is under way and finds losses ([RFC 6675]'s three later
//! acknowledgements, [RFC 6298]'s timer), a [`Receiver`] that says how much room it has, and the [`Controller`]s that it asks for a window, a file each:
//!
//! - [`Reno`]: one packet more each round trip, half as many after a loss ([RFC 5681], [RFC 6582]).
//! - [`Cubic`]: back to where the last loss was along a cubic curve of *time* ([RFC 9438]); Linux's default.
//! - [`ModelBased`]: measures the path's rate and its shortest round trip, and sends what these two make. It has the four
//!   states of BBR, in outline; it is *not* any released version of BBR.
//!
//! On the router's side there is [`codel`](super::codel), which drops by how long packets waited; what theory expects of all
//! that is in [`formulas`]. Windows are counted in full packets; a share of a packet is credit for the next one.
//!
//! ```
//! use engine::mechanism::congestion::{Ack, Controller, Reno};
//! use engine::sim::{Span, Time};
//! let mut reno = Controller::Reno(Reno::new(10.0));
//! let ack = |now: u64, sent: u64| Ack {
//!     now: Time::from_millis(now),
//!     sent: Time::from_millis(sent),
//!     rtt: Span::from_millis(100),
//!     ..Ack::default()
//! };
//! // Slow start: each acknowledgement is worth a packet, so a round trip doubles the window.
//! (0..10).for_each(|_| reno.on_ack(&ack(100, 0)));
//! assert_eq!(reno.window(), 20.0);
//! // A loss halves it, once for all that was under way.
//! reno.on_loss(Time::from_millis(200), Time::from_millis(100));
//! reno.on_loss(Time::from_millis(210), Time::from_millis(110));
//! assert_eq!(reno.window(), 10.0);
//! ```
//!
//! [RFC 5681]: https://www.rfc-editor.org/rfc/rfc5681
//! [RFC 6298]: https://www.rfc-editor.org/rfc/rfc6298
//! [RFC 6582]: https://www.rfc-editor.org/rfc/rfc6582
//! [RFC 6675]: https://www.rfc-editor.org/rfc/rfc6675
//! [RFC 9438]: https://www.rfc-editor.org/rfc/rfc9438

mod cubic;
pub mod formulas;
mod model_based;
mod receiver;
mod reno;
mod rto;
mod sender;
#[cfg(test)]
mod tests;

pub use cubic::{Cubic, CubicConfig, CubicCurve};
pub use model_based::{ModelBased, ModelState};
pub use receiver::Receiver;
pub use reno::Reno;
pub use rto::{Rto, RtoConfig};
pub use sender::{Held, Sender, SenderConfig, Sent};

use crate::sim::{Span, Time};

/// The smallest window after a loss: RFC 5681, equation 4.
pub const MIN_WINDOW: f64 = 2.0;

/// What the acknowledgement of one packet tells a controller.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ack {
    /// When it came.
    pub now: Time,
    /// When the packet had been sent.
    pub sent: Time,
    /// The round trip just measured.
    pub rtt: Span,
    /// Packets still under way.
    pub under_way: u32,
    /// Whether something other than this window held the sender back (its application, the receiver): then the
    /// acknowledgement says nothing about a larger window, and doesn't make it grow (RFC 9438 §5.8, RFC 9002 §7.8).
    pub limited: bool,
    /// Packets a second that were delivered between the packet's departure and now, if that can be told.
    pub rate: Option<f64>,
    /// Whether a round trip has ended: the packet was sent after the one that ended the last round had come.
    pub round: bool,
}

/// One of the controllers.
#[derive(Clone, Debug, PartialEq)]
pub enum Controller {
    /// Additive increase, multiplicative decrease.
    Reno(Reno),
    /// A cubic function of time since the last loss.
    Cubic(Cubic),
    /// The path's rate and shortest round trip.
    ModelBased(ModelBased),
}

impl Controller {
    /// A packet has been acknowledged.
    pub fn on_ack(&mut self, ack: &Ack) {
        match self {
            Self::Reno(it) => it.on_ack(ack),
            Self::Cubic(it) => it.on_ack(ack),
            Self::ModelBased(it) => it.on_ack(ack),
        }
    }

    /// A packet that had been sent then was found lost. Losses of one window are one sign of congestion: of packets sent
    /// before the last reduction no controller takes notice (RFC 6582's `recover`).
    pub fn on_loss(&mut self, now: Time, sent: Time) {
        match self {
            Self::Reno(it) => it.on_loss(now, sent),
            Self::Cubic(it) => it.on_loss(now, sent),
            // What it believes of the path doesn't come from losses.
            Self::ModelBased(_) => {}
        }
    }

    /// Nothing has been acknowledged for so long that everything under way counts as lost.
    pub fn on_timeout(&mut self) {
        match self {
            Self::Reno(it) => it.on_timeout(),
            Self::Cubic(it) => it.on_timeout(),
            Self::ModelBased(it) => it.on_timeout(),
        }
    }

    /// The most packets that may be under way, cwnd; at least 1.
    pub fn window(&self) -> f64 {
        match self {
            Self::Reno(it) => it.window(),
            Self::Cubic(it) => it.window(),
            Self::ModelBased(it) => it.window(),
        }
    }

    /// Packets a second that it sends at most, spread evenly; `None` where each acknowledgement releases the next at once.
    pub fn pacing_rate(&self) -> Option<f64> {
        if let Self::ModelBased(it) = self { it.pacing_rate() } else { None }
    }

    /// Whether it is in slow start, or the like: still looking for the path's limit.
    pub fn is_starting(&self) -> bool {
        match self {
            Self::Reno(it) => it.window() < it.ssthresh(),
            Self::Cubic(it) => it.window() < it.ssthresh(),
            Self::ModelBased(it) => it.state() == ModelState::Startup,
        }
    }
}

/// The last reduction of a window: of packets sent before it nothing counts any more.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Recovery(Option<Time>);

impl Recovery {
    /// Whether a packet sent then was under way when the window was reduced.
    fn covers(self, sent: Time) -> bool {
        self.0.is_some_and(|began| sent <= began)
    }
}
