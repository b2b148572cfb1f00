//! How old the values are that reads find: in versions and in time, as probabilistically bounded staleness has it (P. Bailis
//! et al., VLDB 2012), from a read's first question on and against the versions that were certain by then.

use crate::lessons::prelude::*;
use crate::mechanism::version_vector::Stamp;

/// What reads have missed.
#[derive(Clone, Debug, Default)]
pub struct Age {
    /// Each version, and when as many replicas had it as must have it.
    pub stored: Vec<(Time, Stamp)>,
    /// Of each read: how many it missed, and for how long the first of them had been there.
    pub missed: Vec<(usize, Span)>,
}

impl Age {
    /// A read that began to ask then has found this.
    pub fn read(&mut self, asked: Time, found: Option<Stamp>) {
        let newer = || self.stored.iter().filter(|it| it.0 < asked && Some(it.1) > found);
        let time = newer().next().map_or(Span::ZERO, |first| asked.since(first.0));
        self.missed.push((newer().count(), time));
    }

    /// How many versions reads missed on average.
    pub fn versions(&self) -> f64 {
        self.missed.iter().map(|it| it.0 as f64).sum::<f64>() / self.missed.len() as f64
    }

    /// For how long the first of these had been there, on average of the reads that missed any.
    pub fn time(&self) -> f64 {
        let any = self.missed.iter().filter(|it| it.0 > 0);
        any.clone().map(|it| it.1.secs()).sum::<f64>() / any.count() as f64
    }
}
