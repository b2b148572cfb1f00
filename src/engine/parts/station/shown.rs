//! What is seen of a station, and said of it.

use super::{
    FULL_WITHOUT_BOUND, Fault, NEARLY_FULL, Station, TROUBLED, about_capacity, about_down, about_fails_fast,
    about_queue, about_served, about_serving, about_slower, about_station, about_waiting, about_waiting_next,
};
use crate::scene::{Label, Node, Shape, Slots, Status, Workers};
use crate::sim::{Entity, Msg, Time, Unit};

impl<E> Station<E> {
    /// How it is now: down, in trouble (full, failing), or normal.
    pub fn status(&self, now: Time) -> Status {
        let refused = self.refused_at.is_some_and(|at| now.since(at) < TROUBLED);
        let bound = self.capacity.map_or(FULL_WITHOUT_BOUND, f64::from);
        let full = !self.queue.is_empty() && self.queue.len() as f64 >= bound * NEARLY_FULL;
        if self.fault == Some(Fault::Down) {
            Status::Down
        } else if self.fault.is_some() || refused || full {
            Status::Trouble
        } else {
            Status::Normal
        }
    }

    /// Its node in a flow, with its queue and its workers.
    pub fn node(&self, note: Option<Label>, now: Time) -> Node {
        let status = self.status(now);
        Node {
            entity: self.entity,
            label: Label::Name(self.entity),
            note,
            status,
            queue: Some(Slots { waiting: self.waiting().collect(), capacity: self.capacity, status }),
            workers: Some(Workers {
                busy: self.busy.iter().map(|job| (job.of, job.since)).collect(),
                total: self.workers,
            }),
            badge: None,
            shape: Shape::Server,
        }
    }

    /// What is to be said of it.
    pub fn about(&self) -> Vec<Msg> {
        self.about_at_pace(self.slower)
    }

    /// The same of one whose pace changes by itself: it takes so many times as long now.
    pub fn about_at_pace(&self, slower: f64) -> Vec<Msg> {
        match self.fault {
            Some(Fault::Down) => return vec![about_down()],
            Some(Fault::FailsFast) => return vec![about_fails_fast()],
            None => {}
        }
        let mut says = vec![about_station(self.busy.len(), self.workers, self.queue.len())];
        says.extend(self.capacity.map(about_capacity));
        says.extend((slower > 1.0).then(|| about_slower((slower, Unit::Factor))));
        says.extend((!self.busy.is_empty()).then(|| about_serving(self.served())));
        says.extend((!self.queue.is_empty()).then(|| about_queue(self.waiting().collect())));
        says
    }

    /// What somebody here does, and behind whom; `None` for who isn't here.
    pub fn about_visitor(&self, of: Entity, now: Time) -> Option<Msg> {
        if let Some(job) = self.busy.iter().find(|job| job.of == of) {
            return Some(about_served(self.entity, now.since(job.since)));
        }
        let ahead = self.queue.iter().position(|waiting| waiting.of == of)?;
        Some(match ahead.checked_sub(1) {
            Some(before) => about_waiting(self.entity, self.queue[before].of, ahead),
            None => about_waiting_next(self.entity, self.served()),
        })
    }

    fn served(&self) -> Vec<Entity> {
        self.busy.iter().map(|job| job.of).collect()
    }
}
