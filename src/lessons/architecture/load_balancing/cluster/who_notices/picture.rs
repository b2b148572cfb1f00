//! What is to be seen and said.

use super::super::spec::{SERVER, SERVERS};
use super::super::{W, server};
use super::deploy::Phase;
use super::pair::{PRIORITIES, down_interval};
use super::spec::{BALANCER, CAUSES};
use super::{Fault, WhoNotices, balancer};
use crate::mechanism::balancer::Standing;
use crate::player::{About, Experiment};
use crate::scene::{Flow, Label, Node, Panel, Scene, Status};
use crate::sim::decimal::rounded;
use crate::sim::{Arg, Entity, Msg, Time, Unit};

impl WhoNotices {
    pub(super) fn picture(&self, w: &W, scene: &mut Scene) {
        let now = w.now();
        let until = Self::SPEC.until;
        scene.panels.push(Panel::Flow(self.flow(now)));
        scene.panels.push(self.cluster.journeys.ledger());
        let charts = [("chart-lost", Unit::Rate, "lost"), ("chart-latency", Unit::Time, "p99")];
        let chart = |(title, unit, reading)| {
            Panel::series(Msg::new(title), unit, [(reading, Status::Trouble)], until)
        };
        scene.panels.extend(charts.map(chart));
        self.say(w, scene);
    }

    fn flow(&self, now: Time) -> Flow {
        let count = self.controls.balancers.count();
        let mut flow = self.cluster.flow(now, (0..count).map(|n| self.balancer_node(n, now)).collect());
        for (n, node) in (0..SERVERS).zip(&mut flow.tiers[2].nodes) {
            node.note = Some(self.note(n, now));
            let calm = matches!(node.status, Status::Normal | Status::Warming);
            if calm && self.is_failing(n) {
                node.status = Status::Trouble;
            } else if calm && self.slowness(n, now) > 1.0 {
                node.status = Status::Warming;
            }
        }
        flow
    }

    fn balancer_node(&self, n: u32, now: Time) -> Node {
        let (note, status) = if !self.pair.is_alive(n) {
            (Label::words("note-dead"), Status::Down)
        } else if self.controls.balancers.count() == 1 {
            (Label::Words(Msg::new("policy-note").word("policy", self.cluster.policy_word())), Status::Normal)
        } else if self.pair.active() == Some(n) {
            (Label::words("note-active"), Status::Normal)
        } else {
            let silence = self.pair.said.map_or(0.0, |said| now.since(said).secs());
            let silence = Arg::Number(rounded(silence, 10.0), Unit::Time);
            (Label::Words(Msg::new("note-backup").with("silence", silence)), Status::Quiet)
        };
        Node { status, ..Node::new(balancer(n)).note(note) }
    }

    /// Checks of a server that failed in a row, if it still gets requests.
    fn is_failing(&self, n: u32) -> bool {
        let failed = self.cluster.watches[n as usize].failed;
        self.controls.checks && failed > 0 && self.cluster.standing(n) == Standing::Up
    }

    fn failing(&self, id: &'static str, n: u32) -> Msg {
        let failed = self.cluster.watches[n as usize].failed.min(self.controls.fall);
        Msg::new(id).count("failed", failed.into()).count("fall", self.controls.fall.into())
    }

    fn note(&self, n: u32, now: Time) -> Label {
        let slower = self.slowness(n, now);
        let msg = match (self.cluster.servers[n as usize].station.fault(), self.cluster.standing(n)) {
            _ if self.is_failing(n) => self.failing("note-failing", n),
            (Some(Fault::Down), _) => Msg::new("note-stopped"),
            (_, Standing::Draining) => Msg::new("note-draining"),
            (_, Standing::Down) => Msg::new("note-out"),
            _ if slower > 1.0 => {
                let slower = rounded(slower, 10.0);
                Msg::new("note-starting").with("slower", Arg::Number(slower, Unit::Factor))
            }
            _ => match self.cluster.share(n, now).filter(|&share| share < 1.0) {
                Some(share) => {
                    let share = rounded(share, 100.0);
                    Msg::new("note-share").with("share", Arg::Number(share, Unit::Share))
                }
                None => Msg::new("note-in-service"),
            },
        };
        Label::Words(msg)
    }

    /// The anomaly, what the deploy does, and what was lost.
    fn say(&self, w: &W, scene: &mut Scene) {
        let now = w.now();
        let worst = self.cluster.worst(now);
        let front = self.cluster.front.node;
        self.cluster.say_of(worst, now, scene);
        scene.sentences.truncate(1);
        let slowest = (0..SERVERS).max_by(|&a, &b| self.slowness(a, now).total_cmp(&self.slowness(b, now)));
        if !self.cluster.front.open {
            scene.sentences[0] = Msg::new("says-no-balancer").of("balancer", front);
            let next = (0..2).filter(|&n| self.pair.is_alive(n)).map(balancer).next();
            scene.sentences.extend(next.map(|next| Msg::new("says-next-balancer").of("balancer", next)));
        } else if let Some(n) = slowest
            && self.slowness(n, now) > 1.0
            && matches!(scene.sentences[0].id.as_ref(), "says-idle" | "says-calm")
        {
            let slower = rounded(self.slowness(n, now), 10.0);
            let slower = Arg::Number(slower, Unit::Factor);
            scene.sentences[0] = Msg::new("says-cold").of("server", server(n)).with("slower", slower);
        }
        if scene.sentences.len() < 2 {
            scene.sentences.extend(self.deploy_now());
        }
        let journeys = &self.cluster.journeys;
        let causes = (0..CAUSES.ends.len() as u32).rev().map(|n| Entity::new(CAUSES.kind, n));
        let worst = causes.max_by_key(|&cause| journeys.lost_by(cause).0).filter(|_| journeys.lost() > 0);
        scene.sentences.push(match worst {
            Some(cause) => Msg::new("says-lost")
                .count("lost", journeys.lost())
                .of("cause", cause)
                .count("requests", journeys.lost_by(cause).0),
            None => Msg::new("says-lost-none"),
        });
    }

    fn deploy_now(&self) -> Option<Msg> {
        let deploy = self.deploy?;
        let n = deploy.server;
        let left = u64::from(self.cluster.balancer.servers()[n as usize].connections);
        Some(match deploy.phase {
            Phase::Draining => Msg::new("says-deploy-draining").of("server", server(n)).count("left", left),
            Phase::Away => Msg::new("says-deploy-away").of("server", server(n)),
            Phase::Started => Msg::new("says-deploy-started").of("server", server(n)),
        })
    }

    pub(super) fn tell(&self, entity: Entity, w: &W) -> Option<About> {
        let n = entity.n;
        match entity.kind {
            BALANCER if n < self.controls.balancers.count() => {
                let standing = if !self.pair.is_alive(n) {
                    Msg::new("about-balancer-dead")
                } else if self.pair.active() == Some(n) {
                    Msg::new("about-active")
                } else {
                    Msg::new("about-backup").span("after", down_interval(PRIORITIES[n as usize]))
                };
                let mut sentences = vec![standing];
                sentences.extend(self.cluster.tell(super::super::BALANCER, w)?.sentences);
                sentences
                    .extend(self.deploy.map(|it| Msg::new("about-deploy").of("server", server(it.server))));
                Some(About { sentences, related: (0..SERVERS).map(server).collect() })
            }
            BALANCER => None,
            SERVER if n < SERVERS && self.is_failing(n) => {
                let mut about = self.cluster.tell(entity, w)?;
                about.sentences.push(self.failing("about-failing", n));
                Some(about)
            }
            _ => self.cluster.tell(entity, w),
        }
    }
}
