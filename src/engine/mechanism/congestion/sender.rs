//! A sender's account of what is under way: when it may send, which packets are lost, what must be sent again.
//!
//! Sources: RFC 9293 §3.8.6 (the receiver's window; zero-window probes), RFC 6675 with RFC 9002 §6.1.1 (a packet is lost when
//! one that was sent three later has arrived), RFC 6298 (the timer). Every transmission has a number of its own, as in QUIC, so
//! a round trip is never measured on the wrong one; a piece of data keeps its place however often it is sent.

use super::{Ack, Controller, Rto, RtoConfig};
use crate::sim::{Span, Time};
use std::collections::VecDeque;

/// A packet is lost when so many later ones have arrived: RFC 5681's three duplicate acknowledgements.
const REORDERING: u64 = 3;

/// Parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SenderConfig {
    /// The timer.
    pub rto: RtoConfig,
}

/// A transmission under way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sent {
    /// Its number: ascending, never used twice.
    pub number: u64,
    /// Which packet of the stream it carries.
    pub data: u64,
    /// When it left.
    pub at: Time,
    /// Packets delivered before it left, and when the last of them was: what the rate is measured from.
    delivered: u64,
    delivered_at: Time,
}

/// What keeps a sender from sending.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Held {
    /// As much is under way as its own window allows.
    ByNetwork,
    /// The receiver has no room for what comes next.
    ByReceiver,
    /// It spreads its packets: the next may go then.
    Until(Time),
}

/// One sender with endless data.
#[derive(Clone, Debug)]
pub struct Sender {
    controller: Controller,
    rto: Rto,
    next_number: u64,
    next_data: u64,
    /// Ascending by number.
    under_way: VecDeque<Sent>,
    /// Data that was lost and goes first.
    again: VecDeque<u64>,
    largest: Option<u64>,
    /// Everything before this has arrived; from `edge` on the receiver has no room.
    arrived: u64,
    edge: u64,
    delivered: u64,
    delivered_at: Time,
    /// A round ends when a packet is acknowledged that left after so many had been delivered.
    round_at: u64,
    /// When the timer was last set.
    timer_from: Time,
    /// Not before this when packets are spread.
    next_at: Time,
    /// A probe into a closed window may go.
    probe: bool,
    lost: u64,
    timeouts: u64,
}

impl Sender {
    /// Nothing sent yet; the receiver has room for so many packets.
    pub fn new(config: SenderConfig, controller: Controller, room: u64, now: Time) -> Self {
        Self {
            controller,
            rto: Rto::new(config.rto),
            next_number: 0,
            next_data: 0,
            under_way: VecDeque::new(),
            again: VecDeque::new(),
            largest: None,
            arrived: 0,
            edge: room,
            delivered: 0,
            delivered_at: now,
            round_at: 0,
            timer_from: now,
            next_at: now,
            probe: false,
            lost: 0,
            timeouts: 0,
        }
    }

    /// What keeps it from sending a packet now; `None` if nothing does.
    pub fn held(&self, now: Time) -> Option<Held> {
        if self.probe {
            return None;
        }
        if f64::from(self.in_flight()) + 1.0 > libm::floor(self.controller.window()) {
            return Some(Held::ByNetwork);
        }
        if self.again.is_empty() && self.next_data >= self.edge {
            return Some(Held::ByReceiver);
        }
        let paced = self.controller.pacing_rate().is_some() && now < self.next_at;
        paced.then_some(Held::Until(self.next_at))
    }

    /// Sends the next packet: what was lost goes first.
    pub fn send(&mut self, now: Time) -> Sent {
        let data = self.again.pop_front().unwrap_or_else(|| {
            self.next_data += 1;
            self.next_data - 1
        });
        if self.under_way.is_empty() {
            (self.timer_from, self.delivered_at) = (now, now);
        }
        if let Some(rate) = self.controller.pacing_rate() {
            self.next_at = now.max(self.next_at) + Span::from_secs_f64(1.0 / rate);
        }
        self.probe = false;
        let (number, delivered, delivered_at) = (self.next_number, self.delivered, self.delivered_at);
        let sent = Sent { number, data, at: now, delivered, delivered_at };
        self.next_number += 1;
        self.under_way.push_back(sent);
        sent
    }

    /// Transmission `number` has arrived. With it the receiver says up to where everything has, and from where on it has no
    /// room. Answers how many packets are now known to be lost.
    pub fn on_ack(&mut self, now: Time, number: u64, arrived: u64, edge: u64) -> u64 {
        self.on_window(arrived, edge);
        let Ok(place) = self.under_way.binary_search_by_key(&number, |sent| sent.number) else {
            return 0;
        };
        let before = self.in_flight();
        let Some(sent) = self.under_way.remove(place) else { return 0 };
        let rtt = now.since(sent.at);
        self.rto.measured(rtt.secs());
        self.delivered += 1;
        (self.delivered_at, self.timer_from) = (now, now);
        self.largest = self.largest.max(Some(number));
        let round = sent.delivered >= self.round_at;
        if round {
            self.round_at = self.delivered;
        }
        let lost = self.find_losses(now);
        let took = now.since(sent.delivered_at).secs();
        let rate = (took > 0.0).then(|| (self.delivered - sent.delivered) as f64 / took);
        // In slow start half a window is use enough: acknowledgements come faster than it is filled.
        let enough = if self.controller.is_starting() {
            self.controller.window() / 2.0
        } else {
            self.controller.window()
        };
        let limited = f64::from(before) < libm::floor(enough);
        let under_way = self.in_flight();
        self.controller.on_ack(&Ack { now, sent: sent.at, rtt, under_way, limited, rate, round });
        lost
    }

    /// The receiver says, without anything having arrived, up to where everything has and from where on it has no room.
    pub fn on_window(&mut self, arrived: u64, edge: u64) {
        self.arrived = self.arrived.max(arrived);
        self.edge = self.edge.max(edge);
        // What was sent again for nothing needs no third time.
        let arrived = self.arrived;
        self.again.retain(|data| *data >= arrived);
    }

    /// The receiver had no room for transmission `number`, a probe, and says so. It will be asked again.
    pub fn on_refused(&mut self, number: u64, arrived: u64, edge: u64) {
        self.on_window(arrived, edge);
        if let Some(last) = self.under_way.pop_back_if(|sent| sent.number == number) {
            self.next_data = last.data;
        }
    }

    fn find_losses(&mut self, now: Time) -> u64 {
        let mut lost = 0;
        while let Some(first) = self.under_way.front().copied()
            && self.largest.is_some_and(|largest| largest >= first.number + REORDERING)
        {
            self.under_way.pop_front();
            self.again.push_back(first.data);
            self.controller.on_loss(now, first.at);
            lost += 1;
        }
        self.lost += lost;
        lost
    }

    /// When its timer runs out: for an acknowledgement, or to ask a receiver that had no room.
    pub fn timer(&self) -> Option<Time> {
        let asks = self.again.is_empty() && self.next_data >= self.edge;
        let runs = !self.under_way.is_empty() || asks;
        runs.then(|| self.timer_from + Span::from_secs_f64(self.rto.seconds()))
    }

    /// The timer has run out, if it has. Answers whether packets under way were given up.
    pub fn on_timer(&mut self, now: Time) -> bool {
        if self.timer().is_none_or(|at| at > now) {
            return false;
        }
        self.rto.timed_out();
        self.timer_from = now;
        if self.under_way.is_empty() {
            self.probe = true;
            return false;
        }
        // A probe that a full receiver threw away is no sign of congestion.
        let probing = self.under_way.iter().all(|sent| sent.data >= self.edge);
        let all: Vec<u64> = self.under_way.drain(..).map(|sent| sent.data).collect();
        if probing {
            self.next_data = all.first().copied().unwrap_or(self.next_data);
            self.probe = true;
            return false;
        }
        self.lost += all.len() as u64;
        all.into_iter().rev().for_each(|data| self.again.push_front(data));
        self.controller.on_timeout();
        self.timeouts += 1;
        true
    }

    /// Transmissions under way.
    pub fn in_flight(&self) -> u32 {
        self.under_way.len() as u32
    }

    /// Those that the receiver has room for beyond what has arrived: rwnd.
    pub const fn receive_window(&self) -> u64 {
        self.edge.saturating_sub(self.arrived)
    }

    /// Up to where everything has arrived, and the first packet of the stream that was never sent.
    pub const fn sequence(&self) -> (u64, u64) {
        (self.arrived, self.next_data)
    }

    /// The controller.
    pub const fn controller(&self) -> &Controller {
        &self.controller
    }

    /// Another controller from now on.
    pub fn set_controller(&mut self, controller: Controller) {
        self.controller = controller;
    }

    /// The timer's estimate.
    pub const fn rto(&self) -> &Rto {
        &self.rto
    }

    /// Packets found lost so far, and how often the timer ran out.
    pub const fn losses(&self) -> (u64, u64) {
        (self.lost, self.timeouts)
    }
}
