//! Who holds the address that clients send to: one balancer, or the active one of a pair.
//!
//! Source: VRRP version 3, RFC 5798 §6.1 and §6.4 (RFC 9568 since 2024, with 'active' for 'master'), and keepalived's
//! defaults: an advertisement every second; a backup that hears none for three of them and a skew, (256 − priority) ÷
//! 256 of one, takes the address over; a balancer of higher priority takes it back when it returns (`nopreempt` is not
//! set). It starts as a backup and ignores advertisements of lower priority, so that it takes as long as after a death.
//!
//! The one that takes over knows nothing of requests under way. The packets of those that are open through the other
//! one reach it now, and it answers them with a reset.

use super::super::{Event, Front, W};
use super::spec::Balancers;
use super::{DeployStep, WhoNotices, balancer};
use crate::mechanism::balancer::Health;
use crate::sim::{Handle, Msg, Purpose, Span, Time};

/// Between two advertisements (keepalived's `advert_int`).
pub(super) const ADVERT: Span = Span::from_secs(1);
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
    alive: [bool; 2],
    active: Option<u32>,
    /// When each takes over, if it hears nothing until then.
    timers: [Option<Handle>; 2],
    next_advert: Option<Handle>,
    /// The last advertisement.
    pub said: Option<Time>,
}

impl Pair {
    pub fn is_alive(&self, n: u32) -> bool {
        self.alive[n as usize]
    }
    pub fn active(&self) -> Option<u32> {
        self.active
    }
}

fn other(n: u32) -> u32 {
    1 - n
}

impl WhoNotices {
    /// The balancers at the start: the first is active.
    pub(super) fn first_balancers(&mut self, w: &mut W) {
        self.pair.alive = [true, self.controls.balancers == Balancers::Pair];
        self.activate(0, w);
        // It has been active for long: the next advertisement comes at any moment of the interval, not at full seconds.
        let phase = ADVERT.scale(w.draws(PHASE, balancer(0)).unit());
        if let Some(advert) = self.pair.next_advert.take() {
            w.cancel(advert);
        }
        self.pair.next_advert = Some(w.schedule(phase, Event::Upkeep(DeployStep::Advert(0))));
    }

    /// The second one comes or goes.
    pub(super) fn more_or_fewer_balancers(&mut self, w: &mut W) {
        match self.controls.balancers {
            Balancers::Pair => self.boot(1, w),
            Balancers::One => {
                self.power_off(1, w);
                if self.pair.is_alive(0) && self.pair.active.is_none() {
                    self.activate(0, w);
                }
            }
        }
    }

    pub(super) fn kill_balancer(&mut self, n: u32, w: &mut W) {
        w.notable(balancer(n), Msg::new("mark-balancer-dead").of("balancer", balancer(n)));
        self.power_off(n, w);
    }

    pub(super) fn boot_balancer(&mut self, n: u32, w: &mut W) {
        w.notable(balancer(n), Msg::new("mark-balancer-back").of("balancer", balancer(n)));
        self.boot(n, w);
    }

    fn power_off(&mut self, n: u32, w: &mut W) {
        self.pair.alive[n as usize] = false;
        self.set_timer(n, None, w);
        if self.pair.active == Some(n) {
            self.step_down(w);
            self.cluster.front.open = false;
        }
        self.cluster.front.checks = self.pair.alive != [false; 2];
    }

    /// A balancer starts. If none was there that could have told it, it takes all servers for up until they are checked.
    fn boot(&mut self, n: u32, w: &mut W) {
        if !self.cluster.front.checks {
            self.cluster.front.checks = true;
            for watch in &mut self.cluster.watches {
                watch.health = Health::new(self.cluster.upkeep.checks);
                watch.failed = 0;
                watch.ramp_from = None;
                watch.check = None;
            }
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
        w.notable(balancer(n), Msg::new("mark-takes-over").of("balancer", balancer(n)));
        self.activate(n, w);
    }

    /// Balancer `n` holds the address from now on.
    fn activate(&mut self, n: u32, w: &mut W) {
        if self.pair.active.is_some() {
            self.step_down(w);
        }
        self.set_timer(n, None, w);
        self.pair.active = Some(n);
        self.cluster.front = Front { node: balancer(n), open: true, checks: true };
        self.advert(n, w);
    }

    /// The active one is so no more, and what was open through it is lost. The next begins with empty books.
    fn step_down(&mut self, w: &mut W) {
        self.pair.active = None;
        if let Some(advert) = self.pair.next_advert.take() {
            w.cancel(advert);
        }
        self.cluster.cut_off(w);
        if let Ok(fresh) = self.cluster.appoint(w.now()) {
            self.cluster.balancer = fresh;
            self.refresh(w.now());
        }
    }

    /// The active one says that it is there, to a backup that minds it if its own priority is lower.
    pub(super) fn advert(&mut self, n: u32, w: &mut W) {
        let backup = other(n);
        if self.pair.is_alive(backup) {
            self.pair.said = Some(w.now());
            let minds = PRIORITIES[backup as usize] < PRIORITIES[n as usize];
            if minds {
                self.set_timer(backup, Some(down_interval(PRIORITIES[backup as usize])), w);
            }
        }
        self.pair.next_advert = Some(w.schedule(ADVERT, Event::Upkeep(DeployStep::Advert(n))));
    }

    fn set_timer(&mut self, n: u32, after: Option<Span>, w: &mut W) {
        if let Some(timer) = self.pair.timers[n as usize].take() {
            w.cancel(timer);
        }
        self.pair.timers[n as usize] =
            after.map(|after| w.schedule(after, Event::Upkeep(DeployStep::TakesOver(n))));
    }
}
