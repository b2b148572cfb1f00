//! How old the values are that reads find: in versions and in time, as probabilistically bounded staleness has it (P. Bailis
//! et al., VLDB 2012), from a read's first question on and against the versions that were certain by then.

use crate::lessons::prelude::*;
use crate::mechanism::version_vector::Stamp;

/// What reads have missed.
#[derive(Clone, Debug, Default)]
pub struct Age {
    /// Each version, and when as many replicas had it as must have it.
    pub stored: Vec<(Time, Stamp)>,
    pub reads: u32,
    /// Of each read that missed any: how many, and for how long the first of them had been there.
    pub missed: Vec<(usize, Span)>,
}

impl Age {
    /// A read that began to ask then has found this.
    pub fn read(&mut self, asked: Time, found: Option<Stamp>) {
        let newer = || self.stored.iter().filter(|it| it.0 < asked && Some(it.1) > found);
        let missed = newer().next().map(|it| (newer().count(), asked.since(it.0)));
        self.reads += 1;
        self.missed.extend(missed);
    }

    /// How many versions reads missed on average.
    pub fn versions(&self) -> Option<f64> {
        let missed: usize = self.missed.iter().map(|it| it.0).sum();
        (self.reads > 0).then(|| missed as f64 / f64::from(self.reads))
    }

    /// For how long the first of these had been there, on average of the reads that missed any.
    pub fn time(&self) -> Option<f64> {
        let time: f64 = self.missed.iter().map(|it| it.1.secs()).sum();
        (!self.missed.is_empty()).then(|| time / self.missed.len() as f64)
    }
}
