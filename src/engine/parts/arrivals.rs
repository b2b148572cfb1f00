//! Where requests come from: a random stream of some pattern, or a learner's own access log.
//!
//! ```
//! use engine::parts::arrivals::{Arrivals, Pattern};
//! use engine::player::Data;
//! use engine::sim::{Time, World};
//!
//! let mut world = World::new(1);
//! let mut arrivals = Arrivals::new(&Data::default()).unwrap();
//! let mut count = 0;
//! // The gap before a request is drawn from its own stream, so it depends on the seed and the request's number alone.
//! world.schedule_at(arrivals.next(0, Pattern::Poisson, 100.0, &world).unwrap(), ());
//! while world.next(Time::from_secs(60)).is_some() {
//!     count += 1;
//!     world.schedule_at(arrivals.next(count, Pattern::Poisson, 100.0, &world).unwrap(), ());
//! }
//! assert!((5_500..6_500).contains(&count));
//! ```

use crate::choices;
use crate::player::{Control, Data};
use crate::sim::{Bursts, Dist, Entity, Msg, Purpose, Span, Time, Unit, World};

const ARRIVAL: Purpose = Purpose::named("arrival");
/// Bursts: peak as a multiple of the mean, share of time, mean length.
const BURSTS: (f64, f64, Span) = (3.0, 0.2, Span::from_secs(2));

choices! {
    /// How arrivals are spread over time.
    pub enum Pattern {
        Poisson = "poisson", "Poisson";
        Bursty = "bursty", "Bursty";
        Replay = "replay", "Your log";
    }
}

/// The control that chooses it, for a figure that can replay a log.
pub const PATTERN: Control = Control::choice("arrivals", "Arrivals", Pattern::OPTIONS, "poisson")
    .help("A steady random stream, one that comes in bursts with the same mean, or your own access log.");
/// The control of how many seconds of the log pass in a second.
pub const COMPRESS: Control =
    Control::log_number("compress", "Log runs faster", Unit::Factor, (1.0, 1e5), 1.0)
        .help("Arrivals of your log are moved together by this factor: real logs are mostly silence.");

/// A stream of arrivals.
#[derive(Clone, Debug)]
pub struct Arrivals {
    bursts: Bursts,
    data: Data,
    /// Place in the learner's log.
    next_record: u32,
    /// How many seconds of the log pass in a second.
    compress: f64,
    /// When the replay began or its pace was last changed, and the log's time then.
    replay_from: (Time, u64),
}

impl Arrivals {
    /// A stream from the start; the data holds the log to replay, if there is one.
    ///
    /// # Errors
    /// If the bursts are none that there can be; they are constants, so there is none.
    pub fn new(data: &Data) -> Result<Self, Msg> {
        let (peak, share, length) = BURSTS;
        let bursts = Bursts::new(peak, share, length)
            .map_err(|error| Msg::new("model-fault").text("why", error.to_string()))?;
        Ok(Self { bursts, data: data.clone(), next_record: 0, compress: 1.0, replay_from: (Time::ZERO, 0) })
    }

    /// Whether there is a log to replay.
    pub fn has_log(&self) -> bool {
        self.data.records().is_some()
    }

    /// When request `n` arrives, at a mean rate a second; `None` after the end of the log. To be asked once for each request,
    /// in order.
    pub fn next<E>(&mut self, n: u32, pattern: Pattern, rate: f64, world: &World<E>) -> Option<Time> {
        let now = world.now();
        let unit = Dist::Exponential(1.0).sample(&mut world.draws(ARRIVAL, Entity::new(0, n)));
        match pattern {
            Pattern::Poisson => Some(now + Span::from_secs_f64(unit / rate)),
            Pattern::Bursty => Some(now + self.bursts.gap(now, rate, unit, |p, e| world.draws(p, e))),
            Pattern::Replay => {
                let at = self.data.records()?.arrival(self.next_record)?;
                let since =
                    Span::from_nanos(at.saturating_sub(self.replay_from.1)).scale(1.0 / self.compress);
                Some((self.replay_from.0 + since).max(now))
            }
        }
    }

    /// Who sends what in the record that has just arrived: key and client. The next record is the next one to arrive.
    pub fn take_record(&mut self) -> Option<(u64, u32)> {
        let who = self.data.records()?.who(self.next_record)?;
        self.next_record += 1;
        Some(who)
    }

    /// So many seconds of the log pass in a second from now on.
    pub fn set_compress(&mut self, now: Time, compress: f64) {
        let passed = now.since(self.replay_from.0).scale(self.compress);
        self.replay_from = (now, self.replay_from.1 + passed.nanos());
        self.compress = compress;
    }

    /// The replay begins now, with the record that is next.
    pub fn begin_replay(&mut self, now: Time) {
        let first = self.data.records().and_then(|records| records.arrival(self.next_record)).unwrap_or(0);
        self.replay_from = (now, first);
    }
}
