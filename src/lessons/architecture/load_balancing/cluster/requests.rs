//! A request's way: from its client to the balancer, to a server, and back.

use super::server::Warmth;
use super::spec::{
    ANSWERED, CUT_OFF, FAILED, GAVE_UP, HOP, NO_BALANCER, NO_SERVER, REFUSED, REQUEST, SENT_TO_DEAD,
    step_picked, step_sent,
};
use super::{Cluster, Demand, Event, PICK, Request, W, client, picture, request, server};
use crate::mechanism::balancer::RequestOutcome;
use crate::parts::Offer;
use crate::sim::{Cause, EndKind, Msg, Time};

impl Cluster {
    pub(super) fn arrival(&mut self, w: &mut W) {
        let n = w.tally(REQUEST).opened() as u32;
        let logged = self.arrivals.arrived(w, Event::Arrival);
        let demand = Demand::of(n, logged, &self.controls, &self.keys, w);
        let from = client(demand.client);
        let entity = self.journeys.begin(Request { demand, server: None, counted: None }, from, w);
        w.record_step(entity, || (step_sent(demand.size, demand.key), Some(from), None));
        self.journeys.expect(entity, demand.patience, w, Event::GivesUp(n));
        self.journeys.send(entity, self.front.node, HOP, w, Event::AtBalancer(n));
    }

    pub(super) fn at_balancer(&mut self, n: u32, w: &mut W) {
        let now = w.now();
        let Some(journey) = self.journeys.get(request(n)) else { return };
        if !journey.awaited {
            // Its client has gone before it came this far.
            self.journeys.forget(request(n));
            return;
        }
        let demand = journey.carries.demand;
        self.journeys.arrive(request(n), now);
        if !self.front.open {
            w.record_step(request(n), || (Msg::new("step-no-balancer"), Some(self.front.node), None));
            self.send_home(n, NO_BALANCER, w);
            return;
        }
        let mut draws = w.draws(PICK, request(n));
        let Some(decision) =
            self.balancer.pick(now, demand.key, demand.client * 1_000 + demand.user, &mut draws)
        else {
            w.record_step(request(n), || (Msg::new("step-no-server"), Some(self.front.node), None));
            self.send_home(n, NO_SERVER, w);
            return;
        };
        let picked = decision.server as u32;
        self.balancer.started(now, decision.server);
        self.sent[decision.server].record(now);
        if let Some(it) = self.journeys.carried(request(n)) {
            it.counted = Some((picked, now));
            it.server = Some(picked);
        }
        w.record_step(request(n), || {
            let (rule, other) = picture::reason(&decision.rule);
            (step_picked(server(picked)), Some(self.front.node), Some(Cause { rule, other }))
        });
        self.journeys.send(request(n), server(picked), HOP, w, Event::AtServer(n));
    }

    pub(super) fn at_server(&mut self, n: u32, w: &mut W) {
        let now = w.now();
        let Some(&Request { demand, server: Some(at), .. }) =
            self.journeys.get(request(n)).map(|journey| &journey.carries)
        else {
            return;
        };
        self.journeys.arrive(request(n), now);
        self.keep_pace(at, now);
        let it = &mut self.servers[at as usize];
        match it.station.offer(request(n), demand.size, w, Event::Done(n)) {
            Offer::Served if it.warmth == Warmth::Cold => it.warmth = Warmth::Since(now),
            Offer::Served | Offer::Queued { .. } => {}
            Offer::Full => self.send_back(n, REFUSED, w),
            Offer::Down => self.send_back(n, SENT_TO_DEAD, w),
            Offer::Fails => self.send_back(n, FAILED, w),
        }
    }

    pub(super) fn done(&mut self, n: u32, w: &mut W) {
        let now = w.now();
        let Some(at) = self.journeys.get(request(n)).and_then(|journey| journey.carries.server) else {
            return;
        };
        self.keep_pace(at, now);
        self.servers[at as usize].station.done(request(n), w);
        self.finished[at as usize].record(now);
        self.send_back(n, ANSWERED, w);
    }

    /// An answer, a refusal or an error leaves the server, if somebody waits for it.
    pub(super) fn send_back(&mut self, n: u32, outcome: EndKind, w: &mut W) {
        if self.journeys.get(request(n)).is_none_or(|journey| !journey.awaited) {
            self.journeys.forget(request(n));
            return;
        }
        self.journeys.turn_back(request(n), outcome);
        self.journeys.send(request(n), self.front.node, HOP, w, Event::BackAtBalancer(n));
    }

    /// The balancer has nothing to send on: it says so to the client.
    fn send_home(&mut self, n: u32, outcome: EndKind, w: &mut W) {
        self.journeys.turn_back(request(n), outcome);
        self.forward_home(n, w);
    }

    fn forward_home(&mut self, n: u32, w: &mut W) {
        let Some(from) = self.journeys.get(request(n)).map(|journey| journey.carries.demand.client) else {
            return;
        };
        self.journeys.send(request(n), client(from), HOP, w, Event::AtClient(n));
    }

    pub(super) fn back_at_balancer(&mut self, n: u32, w: &mut W) {
        let Some(outcome) = self.journeys.get(request(n)).and_then(|journey| journey.outcome) else { return };
        self.uncount(n, outcome == ANSWERED, w.now());
        self.journeys.arrive(request(n), w.now());
        self.forward_home(n, w);
    }

    /// The balancer's connection for a request ends.
    pub(super) fn uncount(&mut self, n: u32, answered: bool, now: Time) {
        let Some((at, since)) = self.journeys.carried(request(n)).and_then(|it| it.counted.take()) else {
            return;
        };
        let outcome = if answered { RequestOutcome::Answered } else { RequestOutcome::Failed };
        self.balancer.finished(now, at as usize, outcome, now.since(since));
    }

    pub(super) fn at_client(&mut self, n: u32, w: &mut W) {
        self.journeys.arrive(request(n), w.now());
        self.journeys.end(request(n), w);
    }

    /// The client's patience ends, and its connection with it: the balancer counts it no more, the server goes on.
    pub(super) fn gives_up(&mut self, n: u32, w: &mut W) {
        self.uncount(n, false, w.now());
        self.journeys.give_up(request(n), GAVE_UP, w);
    }

    /// The balancer is gone, and with it every connection that it had open. Servers go on working for nobody.
    pub(super) fn cut_off(&mut self, w: &mut W) {
        let open: Vec<u32> = self.open_requests().collect();
        for n in open {
            self.uncount(n, false, w.now());
            w.record_step(request(n), || (Msg::new("step-cut-off"), Some(self.front.node), None));
            self.journeys.abandon(request(n), CUT_OFF, w);
        }
    }

    /// The requests that the balancer has open at servers.
    pub(super) fn open_requests(&self) -> impl Iterator<Item = u32> {
        self.journeys.iter().filter(|(_, it)| it.carries.counted.is_some()).map(|(entity, _)| entity.n)
    }
}
