//! A linearizability checker for registers with read, write and compare-and-set.
//!
//! ```text
//!   call ──► answer · fail        History
//!                                    │
//!   advance ──► advance ──► …      Check ──► verdict · order · violation · progress
//! ```
//!
//! A history is *linearizable* if every operation can be given a moment between its call and its answer at which it takes
//! effect, such that each read finds what was written last. [`Check`] looks for such an order; it works in slices, can be
//! cloned between them, and gives up at its [`Limits`] with [`Verdict::Unknown`], never with 'fine'. Where there is no
//! order it says how far the history is linearizable, which answer can't follow, and which reads contradict each other.
//!
//! Begin with [`History`]. The search is in `search.rs`, the contradictions in `conflict.rs`.
//!
//! Conventions:
//! - Intervals are closed, as in Porcupine: operations that touch are concurrent, and one may take no time. A client's own
//!   operations are in order even where they touch. Such an order is none of real time, and two laws hold only without
//!   it: that registers can be judged one by one, and that what contradicts itself in a prefix does so in the whole.
//! - An operation without an answer may take effect at any moment after its call, or never (Jepsen's `info`); one that
//!   failed has no effect (`fail`). Porcupine's model of etcd reads the failure of a compare-and-set as an observation
//!   instead, 'the register held something else': that is [`Answer::Refused`].
//! - No write is ever left out to explain a violation: that would make reads contradict what is no longer there.

mod check;
mod conflict;
mod history;
mod memo;
mod search;
#[cfg(test)]
mod tests;

pub use check::{Check, Conflict, Consistency, Limits, Verdict, Violation};
pub use history::{Answer, History, Operation, Outcome, Request, Value};
