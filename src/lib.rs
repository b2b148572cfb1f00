//! Backend Playground: learn how backend systems behave by running them, breaking them and repairing them.
//!
//! `ARCHITECTURE.md` has the bird's-eye view. Layers point down: `page` and `worker` use the rest, `lessons` use
//! `mechanism`, `scene` and `player`, and everything stands on [`sim`].

#[cfg(not(target_arch = "wasm32"))]
pub mod course;
pub mod desk;
#[cfg(not(target_arch = "wasm32"))]
pub mod lab;
pub mod learner;
pub mod lessons;
pub mod mechanism;
#[cfg(not(target_arch = "wasm32"))]
pub mod oracle;
#[cfg(target_arch = "wasm32")]
pub mod page;
#[cfg(target_arch = "wasm32")]
pub mod paint;
/// What a run of the tests picks: shared with the binaries in `tests`.
#[cfg(test)]
#[path = "../tests/shared/pick.rs"]
mod pick;
pub mod player;
pub mod scene;
pub mod sim;
#[cfg(not(target_arch = "wasm32"))]
pub mod site;
#[cfg(target_arch = "wasm32")]
pub mod worker;

/// The browser's allocator: constant time, and a fifth of the code of the standard one.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
