//! A request's way: its key, its server, a hit or a miss.

use super::spec::{ControlValues, HIT, HIT_TAKES, HOT, MISS, MISS_TAKES, NO_SERVER, REQUEST, Rule};
use super::{ARRIVAL, Event, IS_HOT, PICK, Request, Tier, W, WHICH, key, request, server};
use crate::mechanism::balancer;
use crate::sim::{Arg, Cause, Dist, Handle, Msg, Span, Unit};

/// Schedules the next arrival. Its gap is drawn from the coming request's own stream.
pub(super) fn expect(controls: &ControlValues, w: &mut W) -> Handle {
    let n = w.tally(REQUEST).opened() as u32;
    let unit = Dist::Exponential(1.0).sample(&mut w.draws(ARRIVAL, request(n)));
    w.schedule(Span::from_secs_f64(unit / controls.load), Event::Arrival)
}

impl Tier {
    /// The balancer's reason for a key's server.
    pub(super) fn reason(&self, rule: &balancer::Rule) -> Msg {
        match *rule {
            balancer::Rule::TableSlot { slot, size, .. } => {
                let why = if self.controls.rule == Rule::Modulo { "why-modulo" } else { "why-maglev" };
                Msg::new(why).count("slot", slot.into()).count("size", size.into())
            }
            balancer::Rule::RingPoint { hash, point } => {
                let place = |hash: u64| Arg::Number(hash as f64 / u64::MAX as f64, Unit::Share);
                Msg::new("why-ring").with("hash", place(hash)).with("point", place(point))
            }
            // The rules of this figure give no other reasons.
            _ => Msg::new("about-ended"),
        }
    }

    pub(super) fn arrival(&mut self, w: &mut W) {
        let now = w.now();
        let it = w.open(REQUEST, None);
        self.next_arrival = expect(&self.controls, w);
        let hot = w.draws(IS_HOT, it).chance(self.controls.hot);
        let which = if hot { HOT.n } else { self.law.sample(&mut w.draws(WHICH, it)) };
        let wanted = &mut self.keys.all[which as usize];
        wanted.asked += 1;
        let (hit, name) = (wanted.held, self.keys.names[which as usize]);
        let Some(decision) = self.balancer.pick(now, name, 0, &mut w.draws(PICK, it)) else {
            w.record_step(it, || (Msg::new("step-no-server").of("key", key(which)), None, None));
            w.close(it, NO_SERVER);
            return;
        };
        let n = decision.server as u32;
        let at = &mut self.servers[decision.server];
        at.sent.record(now);
        at.under_way += 1;
        let life = at.lives;
        self.requests.insert(it.n, Request { key: which, server: n, hit, life, since: now });
        w.schedule(if hit { HIT_TAKES } else { MISS_TAKES }, Event::Done(it.n));
        w.record_step(it, || {
            let what = Msg::new(if hit { "step-hit" } else { "step-miss" });
            let what = what.of("key", key(which)).of("server", server(n));
            let because = Cause { rule: self.reason(&decision.rule), other: Some(key(which)) };
            (what, Some(server(n)), Some(because))
        });
    }

    pub(super) fn done(&mut self, n: u32, w: &mut W) {
        let Some(it) = self.requests.remove(n) else { return };
        let at = &mut self.servers[it.server as usize];
        at.under_way -= 1;
        let same_life = at.lives == it.life;
        let fetched = &mut self.keys.all[it.key as usize];
        // It may have moved on, or the server been restarted, while it was fetched.
        let stays = same_life && fetched.owner.is_some_and(|owner| u32::from(owner) == it.server);
        fetched.held |= stays && !it.hit;
        let (counts, fate) = if it.hit { (&mut self.hits, HIT) } else { (&mut self.misses, MISS) };
        counts.record(w.now());
        w.record_step(request(n), || {
            let what = match (it.hit, stays) {
                (true, _) => Msg::new("step-answered"),
                (false, true) => Msg::new("step-fetched"),
                (false, false) => Msg::new("step-fetched-late").of("server", server(it.server)),
            };
            (what, Some(server(it.server)), None)
        });
        w.close(request(n), fate);
    }
}
