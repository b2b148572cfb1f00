//! Backend Playground: learn how backend systems behave by running them, breaking them and repairing them.
//!
//! `ARCHITECTURE.md` has the bird's-eye view. The engine below is a crate of its own; here are the lessons, and the
//! programs that know them all. The engine's layers are named as if they stood here.

#[cfg(not(target_arch = "wasm32"))]
pub use engine::{
    choices, controls, course, desk, kinds, learner, losses, mechanism, messages, oracle, parts, player,
    readings, scene, search, sim, steps,
};
#[cfg(target_arch = "wasm32")]
pub use engine::{
    choices, controls, desk, kinds, learner, losses, mechanism, messages, page, paint, parts, player,
    readings, scene, sim, steps, worker,
};

#[cfg(not(target_arch = "wasm32"))]
pub mod lab;
pub mod lessons;
/// What a run of the tests picks: shared with the binaries in `tests`.
#[cfg(test)]
#[path = "../tests/shared/pick.rs"]
mod pick;
#[cfg(not(target_arch = "wasm32"))]
pub mod site;

/// The browser's allocator: constant time, and a fifth of the code of the standard one.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
