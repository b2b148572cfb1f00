//! Who holds the address that clients send to: one balancer, or the active one of a pair.
//!
//! Source: VRRP version 3, RFC 5798 §6.1 and §6.4 (RFC 9568 since 2024, with 'active' for 'master'), and keepalived's
//! defaults: an advertisement every second; a backup that hears none for three of them and a skew, (256 − priority) ÷
//! 256 of one, takes the address over; a balancer of higher priority takes it back when it returns (`nopreempt` is not
//! set). It starts as a backup and ignores advertisements of lower priority, so that it takes as long as after a death.
//!
//! The one that takes over knows nothing of requests under way. The packets of those that are open through the other
//! one reach it now, and it answers them with a reset.

use super::spec::{self, Balancers};
use super::{Event, W, WhoNotices, balancer};
use crate::lessons::prelude::*;
use crate::sim::Handle;

/// Between two advertisements (keepalived's `advert_int`).
const ADVERT: Span = Span::from_secs(1);
/// The balancers' priorities. A pair is set up with two that differ; keepalived's default is 100.
pub(super) const PRIORITIES: [u64; 2] = [101, 100];

const PHASE: Purpose = Purpose::named("advert-phase");

/// After how long without an advertisement a backup of this priority takes over.
pub(super) fn down_interval(priority: u64) -> Span {
    let skew = Span::from_nanos(ADVERT.nanos() * (256 - priority) / 256);
    ADVERT * 3 + skew
}

/// The balancers.
#[derive(Clone, Debug, Default)]
pub(super) struct Pair {
    pub alive: [bool; 2],
    pub active: Option<u32>,
    /// The one that requests go through, or last went through.
    pub front: u32,
    /// When each takes over, if it hears nothing until then.
    timers: [Option<Handle>; 2],
    next_advert: Option<Handle>,
    /// The last advertisement.
    pub said: Option<Time>,
}

impl WhoNotices {
    /// The balancers at the start: the first is active.
    pub(super) fn first_balancers(&mut self, w: &mut W) {
        self.pair.alive = [true, self.controls.balancers == Balancers::Pair];
        self.activate(0, w);
        // It has been active for long: the next advertisement comes at any moment of the interval, not at full seconds.
        let phase = ADVERT.scale(w.draws(PHASE, balancer(0)).unit());
        self.advertise_after(phase, 0, w);
    }

    /// The second one comes or goes.
    pub(super) fn more_or_fewer_balancers(&mut self, w: &mut W) {
        if self.controls.balancers == Balancers::Pair {
            return self.boot(1, w);
        }
        self.power_off(1, w);
        if self.pair.alive[0] && self.pair.active.is_none() {
            self.activate(0, w);
        }
    }

    pub(super) fn power_off(&mut self, n: u32, w: &mut W) {
        self.pair.alive[n as usize] = false;
        self.set_timer(n, None, w);
        if self.pair.active == Some(n) {
            self.step_down(w);
        }
    }

    /// A balancer starts. If none was there that could have told it, it takes all servers for up until they are checked.
    pub(super) fn boot(&mut self, n: u32, w: &mut W) {
        if self.pair.alive == [false; 2] {
            self.cluster.checks.take_for_up(false);
            self.upkeep.iter_mut().for_each(|it| it.ramp_from = None);
            self.refresh(w.now());
        }
        self.pair.alive[n as usize] = true;
        match self.controls.balancers {
            Balancers::One => self.activate(n, w),
            Balancers::Pair => self.set_timer(n, Some(down_interval(PRIORITIES[n as usize])), w),
        }
    }

    pub(super) fn take_over(&mut self, n: u32, w: &mut W) {
        self.pair.timers[n as usize] = None;
        w.notable(balancer(n), spec::mark_takes_over(balancer(n)));
        self.activate(n, w);
    }

    /// Balancer `n` holds the address from now on.
    fn activate(&mut self, n: u32, w: &mut W) {
        if self.pair.active.is_some() {
            self.step_down(w);
        }
        self.set_timer(n, None, w);
        (self.pair.active, self.pair.front) = (Some(n), n);
        self.advertise(n, w);
    }

    /// The active one is so no more, and what was open through it is lost. Servers go on working for nobody. The next one
    /// begins with empty books.
    fn step_down(&mut self, w: &mut W) {
        self.pair.active = None;
        if let Some(advert) = self.pair.next_advert.take() {
            w.cancel(advert);
        }
        let open: Vec<Entity> = self.cluster.open().collect();
        for request in open {
            self.cluster.uncount(request, w.now());
            w.record_step(request, || (spec::step_cut_off(self.front()), None));
            self.cluster.journeys.abandon(request, spec::CUT_OFF, w);
        }
        self.cluster.balancer = super::new_balancer();
        self.refresh(w.now());
    }

    /// The active one says that it is there, to a backup that minds it if its own priority is lower.
    pub(super) fn advertise(&mut self, n: u32, w: &mut W) {
        let backup = 1 - n;
        if self.pair.alive[backup as usize] {
            self.pair.said = Some(w.now());
            if PRIORITIES[backup as usize] < PRIORITIES[n as usize] {
                self.set_timer(backup, Some(down_interval(PRIORITIES[backup as usize])), w);
            }
        }
        // The one before has just happened.
        self.pair.next_advert = None;
        self.advertise_after(ADVERT, n, w);
    }

    fn advertise_after(&mut self, span: Span, n: u32, w: &mut W) {
        if let Some(before) = self.pair.next_advert.replace(w.schedule(span, Event::Advert(n))) {
            w.cancel(before);
        }
    }

    fn set_timer(&mut self, n: u32, after: Option<Span>, w: &mut W) {
        if let Some(timer) = self.pair.timers[n as usize].take() {
            w.cancel(timer);
        }
        self.pair.timers[n as usize] = after.map(|after| w.schedule(after, Event::TakesOver(n)));
    }
}
