//! How old the values are that reads find, in versions, as probabilistically bounded staleness has it (P. Bailis et al., VLDB
//! 2012), from a read's first question on and against the versions that were certain by then.

use crate::lessons::prelude::*;
use crate::mechanism::version_vector::Stamp;

/// What reads have missed.
#[derive(Clone, Debug, Default)]
pub struct Age {
    /// Each version, and when as many replicas had it as must have it.
    pub stored: Vec<(Time, Stamp)>,
    /// How many reads missed none, one, two versions, and so on.
    pub missed: Vec<u32>,
}

impl Age {
    /// A read that began to ask then has found this.
    pub fn read(&mut self, asked: Time, found: Option<Stamp>) {
        let newer = self.stored.iter().filter(|it| it.0 < asked && Some(it.1) > found).count();
        if self.missed.len() <= newer {
            self.missed.resize(newer + 1, 0);
        }
        self.missed[newer] += 1;
    }

    /// How many versions reads missed on average.
    pub fn versions(&self) -> f64 {
        let all: u32 = self.missed.iter().sum();
        let versions: u32 = (0..).zip(&self.missed).map(|(versions, reads)| versions * reads).sum();
        f64::from(versions) / f64::from(all)
    }
}
