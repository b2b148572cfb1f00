//! The suite about spaced repetition.

use super::Suite;
use super::case::Case;
use super::claim::{Claim, Measured};
use fsrs::{FSRS, FSRS6_DEFAULT_DECAY, MemoryState, current_retrievability};

pub(super) const SUITES: &[Suite] = &[Suite {
    id: "fsrs6_py_fsrs",
    inputs: &["desired_retention", "reviews/*/rating", "reviews/*/days_since_last"],
    measure,
}];

/// The crate computes with 32 bits: after a dozen reviews a stability may be off by so much, relative to itself. Intervals,
/// which are what a learner sees, are held to be exact.
const SINGLE_PRECISION: f64 = 1e-5;

fn measure(case: Case) -> Result<Measured, String> {
    let retention = case.number("desired_retention", 0.01, 0.999)? as f32;
    let mut measured = Measured::default();
    let (fsrs, mut memory) = (FSRS::default(), None::<MemoryState>);
    for (n, review) in case.list("reviews")?.iter().map(Case).enumerate() {
        let days = review.count("days_since_last", 0, 100_000)?;
        let rating = review.count("rating", 1, 4)?;
        let at = |field: &str| ["reviews/", &n.to_string(), "/", field].concat();
        if memory.is_none() {
            measured.claim(at("retrievability_before"), Claim::Null);
        }
        if let Some(memory) = memory {
            near(
                &mut measured,
                at("retrievability_before"),
                current_retrievability(memory, days as f32, FSRS6_DEFAULT_DECAY),
            );
        }
        let next = fsrs.next_states(memory, retention, days).map_err(|error| error.to_string())?;
        let next = match rating {
            1 => next.again,
            2 => next.hard,
            3 => next.good,
            _ => next.easy,
        };
        near(&mut measured, at("stability"), next.memory.stability);
        near(&mut measured, at("difficulty"), next.memory.difficulty);
        measured.integer(at("interval_days"), f64::from(libm::roundf(next.interval).max(1.0)));
        memory = Some(next.memory);
    }
    Ok(measured)
}

fn near(measured: &mut Measured, path: String, value: f32) {
    measured.claim(path, Claim::Exact { value: f64::from(value), relative: SINGLE_PRECISION, absolute: 0.0 });
}
