//! A request's way: from its client to the balancer, to a server, and back.

use super::server::Warmth;
use super::server::{Admission, Job};
use super::spec::{
    ANSWERED, CUT_OFF, FAILED, GAVE_UP, HOP, NO_BALANCER, NO_SERVER, REFUSED, REQUEST, SENT_TO_DEAD,
};
use super::{CALM, Cluster, Event, PICK, Place, Request, W, client, picture, request, server};
use crate::mechanism::balancer::RequestOutcome;
use crate::sim::{Cause, EndKind, Msg, Time};

impl Cluster {
    pub(super) fn expect_arrival(&mut self, w: &mut W) {
        let n = w.tally(REQUEST).opened() as u32;
        self.next_arrival =
            self.traffic.next_arrival(n, &self.controls, w).map(|at| w.schedule_at(at, Event::Arrival));
    }

    pub(super) fn arrival(&mut self, w: &mut W) {
        let now = w.now();
        let n = w.tally(REQUEST).opened() as u32;
        let demand = self.traffic.demand(n, &self.controls, w);
        let entity = w.open(REQUEST, None);
        let gives_up = Some(w.schedule(demand.patience, Event::GivesUp(n)));
        w.record_step(entity, || {
            let what = Msg::new("step-sent").span("size", demand.size).count("key", demand.key);
            (what, Some(client(demand.client)), None)
        });
        let state = Request {
            demand,
            sent: now,
            place: Place::ToBalancer,
            since: now,
            counted: None,
            server: None,
            gives_up,
        };
        self.requests.insert(n, state);
        w.schedule(HOP, Event::AtBalancer(n));
        self.expect_arrival(w);
    }

    pub(super) fn move_to(&mut self, n: u32, place: Place, now: Time) {
        if let Some(request) = self.requests.get_mut(n) {
            request.place = place;
            request.since = now;
        }
    }

    pub(super) fn at_balancer(&mut self, n: u32, w: &mut W) {
        let now = w.now();
        let Some(&Request { demand, gives_up: Some(_), .. }) = self.requests.get(n) else {
            // Its client has gone before it came this far.
            self.requests.remove(n);
            return;
        };
        if !self.front.open {
            w.record_step(request(n), || (Msg::new("step-no-balancer"), Some(self.front.node), None));
            self.move_to(n, Place::Home(NO_BALANCER), now);
            w.schedule(HOP, Event::AtClient(n));
            return;
        }
        let mut draws = w.draws(PICK, request(n));
        let Some(decision) =
            self.balancer.pick(now, demand.key, demand.client * 1_000 + demand.user, &mut draws)
        else {
            w.record_step(request(n), || (Msg::new("step-no-server"), Some(self.front.node), None));
            self.move_to(n, Place::Home(NO_SERVER), now);
            w.schedule(HOP, Event::AtClient(n));
            return;
        };
        let picked = decision.server as u32;
        self.balancer.started(now, decision.server);
        self.sent[decision.server].record(now);
        if let Some(request) = self.requests.get_mut(n) {
            request.counted = Some((picked, now));
            request.server = Some(picked);
        }
        self.move_to(n, Place::ToServer, now);
        w.record_step(request(n), || {
            let (rule, other) = picture::reason(&decision.rule);
            (
                Msg::new("step-picked").of("server", server(picked)),
                Some(self.front.node),
                Some(Cause { rule, other }),
            )
        });
        w.schedule(HOP, Event::AtServer(n));
    }

    pub(super) fn at_server(&mut self, n: u32, w: &mut W) {
        let now = w.now();
        let Some(&Request { server: Some(at), .. }) = self.requests.get(n) else { return };
        let capacity = self.controls.queue;
        let had_refused = self.servers[at as usize].refused_at;
        let admission = self.servers[at as usize].admit(request(n), now, self.controls.workers, capacity);
        match admission {
            Admission::Served => {
                w.record_step(request(n), || (Msg::new("step-arrived"), Some(server(at)), None));
                self.serve(n, at, w);
            }
            Admission::Queued(ahead) => {
                self.move_to(n, Place::Waiting, now);
                let last = self.servers[at as usize].queue.iter().rev().nth(1).copied();
                let other = last.or_else(|| self.servers[at as usize].busy.first().map(|job| job.request));
                w.record_step(request(n), || {
                    let rule = Msg::new("why-queued")
                        .count("place", u64::from(ahead) + 1)
                        .count("capacity", capacity.into())
                        .count("workers", self.controls.workers.into());
                    (Msg::new("step-queued"), Some(server(at)), Some(Cause { rule, other }))
                });
            }
            Admission::Full => {
                w.record_step(request(n), || {
                    let rule = Msg::new("why-full")
                        .count("waiting", capacity.into())
                        .count("capacity", capacity.into());
                    (
                        Msg::new("step-refused"),
                        Some(server(at)),
                        Some(Cause { rule, other: Some(server(at)) }),
                    )
                });
                if had_refused.is_none_or(|before| now.since(before) >= CALM) {
                    let what =
                        Msg::new("mark-full").of("server", server(at)).count("capacity", capacity.into());
                    w.notable(server(at), what);
                }
                self.send_back(n, REFUSED, w);
            }
            Admission::Refused | Admission::Failed => {
                w.record_step(request(n), || {
                    let rule = if admission == Admission::Refused { "why-dead" } else { "why-fails-fast" };
                    let because =
                        Cause { rule: Msg::new(rule).of("server", server(at)), other: Some(server(at)) };
                    (Msg::new("step-failed"), Some(server(at)), Some(because))
                });
                let dead = admission == Admission::Refused;
                self.send_back(n, if dead { SENT_TO_DEAD } else { FAILED }, w);
            }
        }
    }

    /// A worker of server `at` takes request `n` up.
    pub(super) fn serve(&mut self, n: u32, at: u32, w: &mut W) {
        let now = w.now();
        let Some(state) = self.requests.get_mut(n) else { return };
        let waited = now.since(state.since);
        let was_waiting = state.place == Place::Waiting;
        state.place = Place::Served;
        state.since = now;
        let server_at = &mut self.servers[at as usize];
        if server_at.warmth == Warmth::Cold {
            server_at.warmth = Warmth::Since(now);
        }
        let slower = server_at.slowness(now, self.upkeep.warm_up);
        let takes = state.demand.size.scale(slower);
        let done = w.schedule(takes, Event::Done(n));
        server_at.start(Job { request: request(n), since: now, done, ends: now + takes }, now);
        w.record_step(request(n), || {
            let what = if was_waiting {
                Msg::new("step-served-late").span("waited", waited)
            } else {
                Msg::new("step-served")
            };
            let because = (slower > 1.0).then(|| Cause {
                rule: Msg::new("why-slow")
                    .with("slower", crate::sim::Arg::Number(slower, crate::sim::Unit::Factor))
                    .span("takes", takes),
                other: Some(server(at)),
            });
            (what, Some(server(at)), because)
        });
    }

    /// Gives free workers of a server something to do.
    pub(super) fn pump(&mut self, at: u32, w: &mut W) {
        while (self.servers[at as usize].busy.len() as u32) < self.controls.workers {
            let Some(next) = self.servers[at as usize].queue.pop_front() else { return };
            self.serve(next.n, at, w);
        }
    }

    pub(super) fn done(&mut self, n: u32, w: &mut W) {
        let now = w.now();
        let Some(&Request { server: Some(at), gives_up, .. }) = self.requests.get(n) else { return };
        self.servers[at as usize].finish(request(n), now);
        self.finished[at as usize].record(now);
        if gives_up.is_some() {
            self.servers[at as usize].answered += 1;
            w.record_step(request(n), || (Msg::new("step-done"), Some(server(at)), None));
            self.move_to(n, Place::Back(ANSWERED), now);
            w.schedule(HOP, Event::BackAtBalancer(n));
        } else {
            self.requests.remove(n);
        }
        self.pump(at, w);
    }

    /// A refusal or an error leaves server and goes back.
    pub(super) fn send_back(&mut self, n: u32, fate: EndKind, w: &mut W) {
        let now = w.now();
        let Some(&Request { server: Some(at), gives_up, .. }) = self.requests.get(n) else { return };
        self.servers[at as usize].failed += 1;
        if gives_up.is_none() {
            self.requests.remove(n);
            return;
        }
        self.move_to(n, Place::Back(fate), now);
        w.schedule(HOP, Event::BackAtBalancer(n));
    }

    pub(super) fn back_at_balancer(&mut self, n: u32, w: &mut W) {
        let now = w.now();
        let Some(state) = self.requests.get(n) else { return };
        let Place::Back(fate) = state.place else { return };
        if !state.is_awaited() {
            self.requests.remove(n);
            return;
        }
        self.uncount(n, fate == ANSWERED, now);
        self.move_to(n, Place::Home(fate), now);
        w.schedule(HOP, Event::AtClient(n));
    }

    /// The balancer's connection for a request ends.
    pub(super) fn uncount(&mut self, n: u32, answered: bool, now: Time) {
        let Some((at, since)) = self.requests.get_mut(n).and_then(|request| request.counted.take()) else {
            return;
        };
        let outcome = if answered { RequestOutcome::Answered } else { RequestOutcome::Failed };
        self.balancer.finished(now, at as usize, outcome, now.since(since));
    }

    pub(super) fn at_client(&mut self, n: u32, w: &mut W) {
        let Some(state) = self.requests.get(n) else { return };
        let Place::Home(fate) = state.place else { return };
        let (Some(gives_up), from) = (state.gives_up, state.demand.client) else {
            self.requests.remove(n);
            return;
        };
        self.requests.remove(n);
        w.cancel(gives_up);
        w.record_step(request(n), || {
            let what = match fate {
                ANSWERED => "step-answered",
                REFUSED => "step-told-refused",
                NO_SERVER => "step-told-no-server",
                NO_BALANCER => "step-told-no-balancer",
                _ => "step-told-failed",
            };
            (Msg::new(what), Some(client(from)), None)
        });
        w.close(request(n), fate);
    }

    pub(super) fn gives_up(&mut self, n: u32, w: &mut W) {
        let now = w.now();
        let Some(state) = self.requests.get_mut(n) else { return };
        state.gives_up = None;
        let (place, demand) = (state.place, state.demand);
        w.record_step(request(n), || {
            let rule = Msg::new("why-gave-up").span("patience", demand.patience);
            (Msg::new("step-gave-up"), Some(client(demand.client)), Some(Cause { rule, other: None }))
        });
        self.uncount(n, false, now);
        w.close(request(n), GAVE_UP);
        // What is on its way or being worked on goes on to be so; what is on its way back reaches nobody.
        if matches!(place, Place::Home(_) | Place::Back(_)) {
            self.requests.remove(n);
        }
    }

    /// The balancer is gone, and with it every connection that it had open. Servers go on working for nobody.
    pub(super) fn cut_off(&mut self, w: &mut W) {
        let now = w.now();
        let open = self.requests.iter().filter(|(_, request)| request.counted.is_some());
        let open: Vec<u32> = open.map(|(n, _)| n).collect();
        for n in open {
            self.uncount(n, false, now);
            let Some(state) = self.requests.get_mut(n) else { continue };
            if let Some(gives_up) = state.gives_up.take() {
                w.cancel(gives_up);
            }
            if matches!(state.place, Place::Back(_)) {
                self.requests.remove(n);
            }
            w.record_step(request(n), || (Msg::new("step-cut-off"), Some(self.front.node), None));
            w.close(request(n), CUT_OFF);
        }
    }
}
