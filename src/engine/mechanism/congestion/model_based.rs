//! A controller that models the path: how fast it delivers, and how short its round trip is when nothing waits.
//!
//! In outline this is BBR (Cardwell, Cheng, Gunn, Yeganeh and Jacobson, *BBR: Congestion-Based Congestion Control*, ACM Queue
//! 2016; draft-cardwell-iccrg-bbr-congestion-control-00): its two filters, its four states and its gains. It is *not* a
//! released version. Left out: restarts from idle, long-term bandwidth sampling for policers, and all reaction to losses and
//! to ECN. One thing comes from later versions: while it drains in `ProbeBw`, it does so until no more is under way than the
//! path holds. And it keeps 1.25 rather than 2 times that under way at most, since acknowledgements here come one by one.

use super::Ack;
use crate::sim::{Span, Time};
use std::collections::VecDeque;

/// What it is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelState {
    /// Doubles each round trip until deliveries get no faster.
    Startup,
    /// Lets the queue run empty that it has just built.
    Drain,
    /// Goes at the rate measured; tries a quarter more now and then, and drains again.
    ProbeBw,
    /// Sends next to nothing for a moment, to see the round trip without a queue.
    ProbeRtt,
}

/// 2 ÷ ln 2: doubles what is delivered each round trip.
const STARTUP_GAIN: f64 = 2.89;
/// One round trip each.
const CYCLE: [f64; 8] = [1.25, 0.75, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
/// Times what the path holds, at most, in `ProbeBw`.
const WINDOW_GAIN: f64 = 1.25;
/// The rate is the largest of so many rounds.
const RATE_ROUNDS: u64 = 10;
/// The shortest round trip is believed for so long.
const RTT_WINDOW: Span = Span::from_secs(10);
/// So long, with so many packets, it looks for a new one.
const PROBE_TIME: Span = Span::from_millis(200);
const PROBE_WINDOW: f64 = 4.0;
/// `Startup` ends when the rate hasn't grown by a quarter for so many rounds.
const FULL_ROUNDS: u32 = 3;
const FULL_GROWTH: f64 = 1.25;

/// The state of the controller.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelBased {
    state: ModelState,
    initial: f64,
    round: u64,
    /// Rounds and rates, the largest first; each of those behind is smaller and newer.
    rates: VecDeque<(u64, f64)>,
    min_rtt: Option<(Span, Time)>,
    full_rate: f64,
    full_rounds: u32,
    phase: usize,
    phase_from: Time,
    probe_until: Option<Time>,
}

impl ModelBased {
    /// It knows nothing yet and begins with this window, in packets (at least 4). Senders that begin together had better not
    /// try for more together: `phase` says where in the cycle it begins.
    pub fn new(window: f64, phase: usize) -> Self {
        Self {
            state: ModelState::Startup,
            initial: window.max(PROBE_WINDOW),
            round: 0,
            rates: VecDeque::new(),
            min_rtt: None,
            full_rate: 0.0,
            full_rounds: 0,
            phase: phase % CYCLE.len(),
            phase_from: Time::ZERO,
            probe_until: None,
        }
    }

    pub(super) fn on_ack(&mut self, ack: &Ack) {
        self.round += u64::from(ack.round);
        self.measure_rate(ack);
        let stale = self.measure_rtt(ack);
        match self.state {
            ModelState::Startup if ack.round => self.look_whether_full(ack.limited),
            ModelState::Drain if f64::from(ack.under_way) <= self.holds() => self.go_on(ack.now),
            ModelState::ProbeBw => self.cycle(ack),
            ModelState::ProbeRtt => self.probe(ack),
            ModelState::Startup | ModelState::Drain => {}
        }
        if stale && self.state != ModelState::ProbeRtt {
            (self.state, self.probe_until) = (ModelState::ProbeRtt, None);
        }
    }

    fn measure_rate(&mut self, ack: &Ack) {
        let best = self.rate().unwrap_or(0.0);
        let oldest = self.round.saturating_sub(RATE_ROUNDS);
        if let Some(rate) = ack.rate.filter(|rate| !ack.limited || *rate > best) {
            while self.rates.back().is_some_and(|(_, other)| *other <= rate) {
                self.rates.pop_back();
            }
            self.rates.push_back((self.round, rate));
        }
        // One that is too old is better than none.
        while self.rates.len() > 1 && self.rates[0].0 < oldest {
            self.rates.pop_front();
        }
    }

    /// Whether the shortest round trip was too old to be believed.
    fn measure_rtt(&mut self, ack: &Ack) -> bool {
        let stale = self.min_rtt.is_some_and(|(_, at)| ack.now.since(at) > RTT_WINDOW);
        if stale || self.min_rtt.is_none_or(|(rtt, _)| ack.rtt <= rtt) {
            self.min_rtt = Some((ack.rtt, ack.now));
        }
        stale
    }

    fn look_whether_full(&mut self, limited: bool) {
        let rate = self.rate().unwrap_or(0.0);
        if rate >= self.full_rate * FULL_GROWTH {
            (self.full_rate, self.full_rounds) = (rate, 0);
        } else if !limited {
            self.full_rounds += 1;
            if self.full_rounds >= FULL_ROUNDS {
                self.state = ModelState::Drain;
            }
        }
    }

    fn go_on(&mut self, now: Time) {
        (self.state, self.phase_from) = (ModelState::ProbeBw, now);
        // Never at once by draining once more.
        self.phase = if self.phase == 1 { 2 } else { self.phase };
    }

    fn cycle(&mut self, ack: &Ack) {
        let Some((rtt, _)) = self.min_rtt else { return };
        let passed = ack.now.since(self.phase_from) > rtt;
        let drained = f64::from(ack.under_way) <= self.holds();
        if if CYCLE[self.phase] < 1.0 { drained } else { passed } {
            (self.phase, self.phase_from) = ((self.phase + 1) % CYCLE.len(), ack.now);
        }
    }

    fn probe(&mut self, ack: &Ack) {
        match self.probe_until {
            None if f64::from(ack.under_way) <= PROBE_WINDOW => self.probe_until = Some(ack.now + PROBE_TIME),
            Some(until) if ack.now >= until => {
                self.min_rtt = self.min_rtt.map(|(rtt, _)| (rtt, ack.now));
                self.probe_until = None;
                if self.full_rounds >= FULL_ROUNDS {
                    self.go_on(ack.now);
                } else {
                    self.state = ModelState::Startup;
                }
            }
            _ => {}
        }
    }

    pub(super) fn on_timeout(&mut self) {
        // Everything was lost: nothing that it knows is certain.
        *self = Self::new(PROBE_WINDOW, self.phase);
    }

    /// Packets a second that the path delivers, as far as it knows.
    pub fn rate(&self) -> Option<f64> {
        self.rates.front().map(|(_, rate)| *rate)
    }

    /// The shortest round trip that it knows of.
    pub fn min_rtt(&self) -> Option<Span> {
        self.min_rtt.map(|(rtt, _)| rtt)
    }

    /// What the path holds while nothing waits, in packets: rate × shortest round trip.
    fn holds(&self) -> f64 {
        self.rate().zip(self.min_rtt()).map_or(self.initial, |(rate, rtt)| rate * rtt.secs())
    }

    /// What it is doing.
    pub const fn state(&self) -> ModelState {
        self.state
    }

    /// The most that may be under way, in packets.
    pub fn window(&self) -> f64 {
        let gain = match self.state {
            ModelState::ProbeRtt => return PROBE_WINDOW,
            ModelState::Startup | ModelState::Drain => STARTUP_GAIN,
            ModelState::ProbeBw => WINDOW_GAIN,
        };
        let window = if self.rates.is_empty() { self.initial } else { gain * self.holds() };
        window.max(PROBE_WINDOW)
    }

    /// Packets a second that it sends; `None` before it has measured anything.
    pub fn pacing_rate(&self) -> Option<f64> {
        let gain = match self.state {
            ModelState::Startup => STARTUP_GAIN,
            ModelState::Drain => 1.0 / STARTUP_GAIN,
            ModelState::ProbeBw => CYCLE[self.phase],
            ModelState::ProbeRtt => 1.0,
        };
        self.rate().map(|rate| gain * rate)
    }
}
