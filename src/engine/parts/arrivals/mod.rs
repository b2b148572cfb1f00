//! Where requests come from: an open stream (steady, in bursts, or a learner's own access log), or clients who think, ask,
//! and wait for the answer.
//!
//! Open arrivals don't wait for answers: the n-th comes when it comes, whatever the system does. In a closed loop a slow
//! system is asked less, which hides how slow it is. Which of the two a model has is the first question to ask of it
//! (Schroeder, Wierman, Harchol-Balter: Open versus closed, 2006).
//!
//! ```
//! use engine::parts::Arrivals;
//! use engine::sim::{Time, World};
//!
//! const REQUEST: u8 = 0;
//! #[derive(Clone, Copy, Hash)]
//! struct Arrival;
//!
//! let mut world = World::new(7);
//! let mut arrivals = Arrivals::poisson(REQUEST, 50.0, &mut world, Arrival);
//! while let Some(Arrival) = world.next(Time::from_secs(60)) {
//!     arrivals.arrived(&mut world, Arrival);
//!     world.open(REQUEST, None);
//! }
//! // Fifty a second: three thousand in a minute, give or take fifty-five.
//! assert!((2_800..3_200).contains(&world.tally(REQUEST).opened()));
//! ```

#[cfg(test)]
mod tests;

use crate::player::{Control, Data};
use crate::sim::{Bursts, Dist, Entity, Handle, Msg, Purpose, Span, Time, Unit, World};
use crate::{choices, messages};

messages! {
    /// What arrivals say of themselves.
    pub MESSAGES;
    no_log_yet();
    says_log_ended();
}

choices! {
    /// How requests follow each other.
    pub enum Pattern {
        Poisson = "poisson", "Poisson";
        Bursty = "bursty", "Bursty";
        Replay = "replay", "Your log";
    }
}

/// The control that chooses the pattern, for figures that can replay a log (`Needs::AccessLog`). The desk knows its id.
pub const ARRIVALS: Control = Control::choice("arrivals", "Arrivals", Pattern::OPTIONS, "poisson")
    .help("A steady random stream, one in bursts with the same mean, or your own access log.");

/// The control for how fast a log is replayed.
pub const COMPRESS: Control =
    Control::log_number("compress", "Log runs faster", Unit::Factor, (1.0, 1e5), 1.0)
        .help("Moves your log's arrivals closer together: real logs are mostly silence.");

const ARRIVAL: Purpose = Purpose::named("arrival");
const THINK: Purpose = Purpose::named("think");

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stream {
    /// How requests follow each other.
    pub pattern: Pattern,
    /// Requests a second in the long run; a log has its own pace.
    pub rate: f64,
    /// How many seconds of a log pass in one.
    pub compress: f64,
}

impl Stream {
    /// A steady random stream of so many requests a second.
    const fn poisson(rate: f64) -> Self {
        Self { pattern: Pattern::Poisson, rate, compress: 1.0 }
    }
}

/// An open stream. It schedules the figure's event for each arrival, one at a time.
#[derive(Clone, Debug)]
pub struct Arrivals {
    stream: Stream,
    /// Kind of what arrives, and how many have: the gap before the n-th is drawn from its own stream.
    kind: u8,
    arrived: u32,
    /// No more after so many.
    limit: u32,
    next: Option<Handle>,
    bursts: Bursts,
    data: Data,
    /// Place in the learner's log of the arrival that is scheduled.
    record: u32,
    /// What the log says of how long the last arrival took.
    took: Option<Span>,
    /// When the replay began or its pace was last changed, and the log's time then, in nanoseconds.
    replay_from: (Time, u64),
}

impl Arrivals {
    /// Begins a steady random stream of so many a second: the figure opens an entity of this kind at each `event`, and no
    /// others of the kind.
    pub fn poisson<E>(kind: u8, rate: f64, world: &mut World<E>, event: E) -> Self {
        let mut arrivals = Self::new(kind, Stream::poisson(rate), Data::default(), world.now());
        arrivals.schedule(world, event);
        arrivals
    }

    /// Begins any stream.
    ///
    /// # Errors
    /// If it is to replay a log and there is none.
    pub fn start<E>(
        kind: u8,
        stream: Stream,
        data: &Data,
        world: &mut World<E>,
        event: E,
    ) -> Result<Self, Msg> {
        let mut arrivals = Self::new(kind, stream, data.clone(), world.now());
        arrivals.check(stream)?;
        arrivals.begin_replay(world.now());
        arrivals.schedule(world, event);
        Ok(arrivals)
    }

    fn new(kind: u8, stream: Stream, data: Data, now: Time) -> Self {
        Self {
            stream,
            kind,
            arrived: 0,
            limit: u32::MAX,
            next: None,
            bursts: Bursts::default(),
            data,
            record: 0,
            took: None,
            replay_from: (now, 0),
        }
    }

    /// The same stream, which ends after so many arrivals, at least one.
    #[must_use]
    pub fn ending_after(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// How many have arrived.
    pub fn arrived_so_far(&self) -> u32 {
        self.arrived
    }

    /// Whether nothing more comes: a log has ended.
    pub fn is_over(&self) -> bool {
        self.next.is_none()
    }

    /// To be called when the event happens. The next arrival is scheduled; the answer is what the log says of this one, if
    /// it is replayed: the key that is asked for and the number of who asks.
    pub fn arrived<E>(&mut self, world: &mut World<E>, event: E) -> Option<(u64, u32)> {
        let replayed = self.stream.pattern == Pattern::Replay;
        let records = self.data.records().filter(|_| replayed);
        let who = records.and_then(|records| records.who(self.record));
        self.took = records.and_then(|records| records.duration(self.record));
        self.record += u32::from(who.is_some());
        self.arrived += 1;
        self.schedule(world, event);
        who
    }

    /// How long the last arrival took where it was logged, if it was replayed and the log says so; which durations a log has,
    /// its records know ([`crate::mechanism::access_log::Records::durations`]). It is as it was logged, however much faster the log runs.
    pub fn logged_duration(&self) -> Option<Span> {
        self.took
    }

    /// Another stream from now on. The arrival that was scheduled is drawn anew at the new pace.
    ///
    /// # Errors
    /// If it is to replay a log and there is none; then nothing has changed.
    pub fn set<E>(&mut self, stream: Stream, world: &mut World<E>, event: E) -> Result<(), Msg> {
        self.check(stream)?;
        self.change(stream, world, event);
        Ok(())
    }

    /// So many a second from now on; a log goes on at its own pace.
    pub fn set_rate<E>(&mut self, rate: f64, world: &mut World<E>, event: E) {
        self.change(Stream { rate, ..self.stream }, world, event);
    }

    fn change<E>(&mut self, stream: Stream, world: &mut World<E>, event: E) {
        let was = core::mem::replace(&mut self.stream, stream);
        if was == stream {
            return;
        }
        if let Some(handle) = self.next.take() {
            world.cancel(handle);
        }
        match (was.pattern, stream.pattern) {
            (Pattern::Replay, Pattern::Replay) => {
                let passed = world.now().since(self.replay_from.0).scale(was.compress);
                self.replay_from = (world.now(), self.replay_from.1 + passed.nanos());
            }
            (_, Pattern::Replay) => self.begin_replay(world.now()),
            _ => {}
        }
        self.schedule(world, event);
    }

    fn check(&self, stream: Stream) -> Result<(), Msg> {
        let missing = stream.pattern == Pattern::Replay && self.data.records().is_none();
        if missing { Err(no_log_yet()) } else { Ok(()) }
    }

    /// The replay begins now, with the record that is next.
    fn begin_replay(&mut self, now: Time) {
        let first = self.data.records().and_then(|records| records.arrival(self.record)).unwrap_or(0);
        self.replay_from = (now, first);
    }

    fn schedule<E>(&mut self, world: &mut World<E>, event: E) {
        self.next = self.next_time(world).map(|at| world.schedule_at(at, event));
    }

    fn next_time<E>(&mut self, world: &World<E>) -> Option<Time> {
        if self.arrived >= self.limit {
            return None;
        }
        let now = world.now();
        let unit =
            Dist::Exponential(1.0).sample(&mut world.draws(ARRIVAL, Entity::new(self.kind, self.arrived)));
        match self.stream.pattern {
            Pattern::Poisson => Some(now + Span::from_secs_f64(unit / self.stream.rate)),
            Pattern::Bursty => {
                Some(now + self.bursts.gap(now, self.stream.rate, unit, |of, entity| world.draws(of, entity)))
            }
            Pattern::Replay => {
                let at = self.data.records()?.arrival(self.record)?;
                let since = Span::from_nanos(at.saturating_sub(self.replay_from.1));
                Some((self.replay_from.0 + since.scale(1.0 / self.stream.compress)).max(now))
            }
        }
    }
}

/// Clients who think, ask, wait for the answer, and think again: a closed loop.
///
/// ```
/// use engine::parts::arrivals::ClosedLoop;
/// use engine::sim::{Dist, Entity, Span, Time, World};
///
/// const CLIENT: u8 = 0;
/// // A client asks; its answer is there.
/// #[derive(Clone, Copy, Hash)]
/// enum Event { Asks(Entity), Answered(Entity) }
///
/// let mut world = World::new(7);
/// let mut clients = ClosedLoop::start(CLIENT, 10, Dist::Exponential(0.9), &mut world, Event::Asks);
/// let mut answers = 0;
/// while let Some(event) = world.next(Time::from_secs(100)) {
///     match event {
///         Event::Asks(client) => { world.schedule(Span::from_millis(100), Event::Answered(client)); }
///         Event::Answered(client) => {
///             answers += 1;
///             clients.answered(client, &mut world, Event::Asks);
///         }
///     }
/// }
/// // The interactive response time law: ten clients ÷ (0.9 s + 0.1 s), so ten answers a second.
/// assert!((900..1_100).contains(&answers));
/// ```
#[derive(Clone, Debug)]
pub struct ClosedLoop {
    kind: u8,
    think: Dist,
    /// How many take part.
    clients: u32,
    /// Of each client that ever took part: how often it has thought, and whether it is away because others are enough.
    visits: Vec<(u32, bool)>,
}

impl ClosedLoop {
    /// So many clients (at most 65,535), entities of this kind, who begin by thinking. `asks` is the event that one asks.
    pub fn start<E>(
        kind: u8,
        clients: u32,
        think: Dist,
        world: &mut World<E>,
        asks: impl Fn(Entity) -> E,
    ) -> Self {
        let mut closed = Self { kind, think, clients: 0, visits: Vec::new() };
        closed.set_clients(clients, world, asks);
        closed
    }

    /// How many take part.
    pub fn clients(&self) -> u32 {
        self.clients
    }

    /// From now on whoever begins to think does so for as long as this says.
    pub fn set_think(&mut self, think: Dist) {
        self.think = think;
    }

    /// So many take part from now on. Those who come begin by thinking; those who go do so when they would think again.
    pub fn set_clients<E>(&mut self, clients: u32, world: &mut World<E>, asks: impl Fn(Entity) -> E) {
        self.clients = clients.min(u32::from(u16::MAX));
        for n in 0..self.clients {
            if n as usize == self.visits.len() {
                self.visits.push((0, true));
            }
            if core::mem::take(&mut self.visits[n as usize].1) {
                self.answered(Entity::new(self.kind, n), world, &asks);
            }
        }
    }

    /// A client has its answer, or the news that it gets none: it thinks, and asks again.
    pub fn answered<E>(&mut self, client: Entity, world: &mut World<E>, asks: impl Fn(Entity) -> E) {
        let Some((visits, away)) = self.visits.get_mut(client.n as usize) else { return };
        if client.n >= self.clients {
            *away = true;
            return;
        }
        // A stream for each time that it thinks.
        let of = Entity::new(self.kind, client.n ^ visits.wrapping_shl(16));
        *visits += 1;
        let thinks = self.think.span(&mut world.draws(THINK, of));
        world.schedule(thinks, asks(client));
    }
}
