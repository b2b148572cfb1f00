//! What is seen of journeys, and said of them: badges, the ledger, packets, explanations.

use super::{
    FRESH, Journeys, LAST, Lost, Place, about_abandoned, about_age, about_at, about_cause, about_cause_at,
    about_cause_last, about_coming_back, about_coming_back_lost, about_ended, about_on_its_way,
    answers_title, badge_lost, badge_lost_in_all, column_answer, column_cause, column_most_at,
    column_requests, column_share, ledger_nowhere, ledger_title,
};
use crate::parts::station::Station;
use crate::player::About;
use crate::scene::{Badge, Label, Node, Packet, PacketKind, Panel, Row, Status, Table};
use crate::sim::decimal::rounded;
use crate::sim::sort::sort_by_key;
use crate::sim::{EndKind, Entity, Msg, Time, Unit, World};

fn badge_of(lost: &[&Vec<Lost>], place: Entity, now: Time) -> Option<Badge> {
    let (mut all, mut last, mut cause, mut one_cause) = (0, Time::ZERO, None, true);
    for it in lost.iter().flat_map(|lost| lost.iter()).filter(|it| it.place == place) {
        all += it.count;
        last = last.max(it.last);
        one_cause &= *cause.get_or_insert(it.cause) == it.cause;
    }
    let label = if one_cause { badge_lost(all, cause?) } else { badge_lost_in_all(all) };
    let status = if now.since(last) < FRESH { Status::Trouble } else { Status::Quiet };
    Some(Badge { label: Label::Words(label), status })
}

impl<T> Journeys<T> {
    /// What is to be seen at a place of what was lost there: how many, with the cause if there is one only.
    pub fn badge(&self, place: Entity, now: Time) -> Option<Badge> {
        badge_of(&[&self.lost], place, now)
    }

    /// The same of what was lost of two kinds.
    pub fn badge_with<U>(&self, other: &Journeys<U>, place: Entity, now: Time) -> Option<Badge> {
        badge_of(&[&self.lost, &other.lost], place, now)
    }

    /// A node with its badge.
    #[must_use]
    pub fn with_badge(&self, node: Node, now: Time) -> Node {
        Node { badge: self.badge(node.entity, now), ..node }
    }

    /// The table of what was lost, by cause.
    pub fn ledger(&self) -> Panel {
        self.ledger_called(ledger_title(self.lost()))
    }

    /// The same with a title that says what was lost, in a figure that has more than one of them.
    pub fn ledger_called(&self, title: Msg) -> Panel {
        let causes = || (0..self.losses.ends.len() as u32).map(|n| Entity::new(self.losses.kind, n));
        let most = causes().map(|cause| self.lost_by(cause).0).max();
        let row = |cause: Entity| {
            let (lost, most_at) = self.lost_by(cause);
            Row {
                entity: cause,
                cells: vec![
                    Label::Name(cause),
                    Label::Value(lost as f64, Unit::Count),
                    most_at.map_or_else(|| Label::Words(ledger_nowhere()), Label::Name),
                ],
                status: match lost {
                    0 => Status::Quiet,
                    _ if most == Some(lost) => Status::Trouble,
                    _ => Status::Normal,
                },
            }
        };
        Panel::Table(Table {
            title: Label::Words(title),
            columns: [column_cause(), column_requests(), column_most_at()].map(Label::Words).into(),
            rows: causes().map(row).collect(),
            unfolded: false,
        })
    }

    /// The table of what was answered to whoever is at `to`: how many journeys ended in each of these ways, in which words,
    /// and which share that is of all that have ended.
    pub fn answers<E, const N: usize>(
        &self,
        to: Entity,
        world: &World<E>,
        ends: [(EndKind, Msg); N],
    ) -> Panel {
        let tally = world.tally(self.kind);
        let all = tally.closed_in_all().max(1) as f64;
        let answered: u64 = ends.iter().map(|(end, _)| tally.closed(*end)).sum();
        let rows = ends.map(|(end, name)| {
            let count = tally.closed(end) as f64;
            let share = Label::Value(rounded(count / all, 1000.0), Unit::Share);
            Row::new(to, [Label::Words(name), Label::Value(count, Unit::Count), share])
        });
        Panel::table(answers_title(answered), [column_answer(), column_requests(), column_share()], rows)
    }

    /// Those on their way, as packets: requests, answers, and what was lost and is on its way back.
    pub fn packets(&self) -> impl Iterator<Item = Packet> {
        self.iter().filter_map(|(entity, journey)| {
            let Place::Between { from, to, arrives } = journey.place else { return None };
            let kind = match journey.outcome {
                None => PacketKind::Request,
                Some(outcome) if self.losses.cause(outcome).is_some() => PacketKind::Failure,
                Some(_) => PacketKind::Answer,
            };
            Some(Packet { entity, from, to, left: journey.since, arrives, kind })
        })
    }

    /// What is to be said of one of them, of one that has ended, or of a cause. Of one that is at a node, `at_node` says
    /// what it does there (a station's `about_visitor`). `None` for anything else.
    pub fn about<E>(
        &self,
        entity: Entity,
        world: &World<E>,
        at_node: impl FnOnce(Entity) -> Option<Msg>,
    ) -> Option<About> {
        if entity.kind == self.losses.kind {
            return ((entity.n as usize) < self.losses.ends.len()).then(|| self.about_cause(entity));
        }
        if entity.kind != self.kind || u64::from(entity.n) >= world.tally(self.kind).opened() {
            return None;
        }
        let Some(journey) = self.get(entity) else {
            return Some(About::says([about_ended()]));
        };
        let says = match journey.place {
            Place::At(node) => at_node(node).unwrap_or_else(|| about_at(node)),
            Place::Between { from, to, .. } => {
                match journey.outcome.map(|outcome| self.losses.cause(outcome)) {
                    None => about_on_its_way(from, to),
                    Some(None) => about_coming_back(from, to),
                    Some(Some(cause)) => about_coming_back_lost(to, cause),
                }
            }
        };
        let age = about_age(world.now().since(journey.began));
        let abandoned = (!journey.awaited).then(about_abandoned);
        Some(About::says([says, age].into_iter().chain(abandoned).collect::<Vec<_>>()))
    }

    /// What is to be said of one of these stations, or of anything that [`Self::about`] knows, where journeys are at them.
    pub fn about_at<'s, E: 's>(
        &self,
        entity: Entity,
        world: &World<E>,
        stations: &(impl Iterator<Item = &'s Station<E>> + Clone),
    ) -> Option<About> {
        if let Some(station) = stations.clone().find(|station| station.entity() == entity) {
            return Some(About::says(station.about()));
        }
        self.about(entity, world, |node| {
            let station = stations.clone().find(|station| station.entity() == node)?;
            station.about_visitor(entity, world.now())
        })
    }

    fn about_cause(&self, cause: Entity) -> About {
        let mut places: Vec<&Lost> = self.lost.iter().filter(|lost| lost.cause == cause).collect();
        sort_by_key(&mut places, |lost| core::cmp::Reverse(lost.count));
        let says = places.iter().map(|lost| about_cause_at(lost.place, lost.count));
        let last = self.recent.iter().rev().filter(|(_, why)| *why == cause).map(|(who, _)| *who);
        let last: Vec<Entity> = last.take(LAST).collect();
        let last = (!last.is_empty()).then(|| about_cause_last(last));
        let all = core::iter::once(about_cause(self.lost_by(cause).0)).chain(says).chain(last);
        About::says(all.collect::<Vec<_>>())
    }
}
