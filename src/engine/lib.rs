//! What every lesson of the playground stands on, and what knows none of them.
//!
//! `ARCHITECTURE.md` has the bird's-eye view. Layers point down: [`page`] and [`worker`] use the rest, lessons use
//! [`mechanism`], [`scene`] and [`player`], and everything stands on [`sim`]. It is a crate of its own so that a change to a
//! lesson doesn't compile it again.

#[cfg(not(target_arch = "wasm32"))]
pub mod course;
pub mod desk;
pub mod learner;
pub mod mechanism;
#[cfg(not(target_arch = "wasm32"))]
pub mod oracle;
#[cfg(target_arch = "wasm32")]
pub mod page;
#[cfg(target_arch = "wasm32")]
pub mod paint;
pub mod parts;
/// What a run of the tests picks: shared with the binaries in `tests`.
#[cfg(test)]
#[path = "../../tests/shared/pick.rs"]
mod pick;
pub mod player;
pub mod scene;
#[cfg(any(feature = "search", not(target_arch = "wasm32")))]
pub mod search;
pub mod sim;
#[cfg(target_arch = "wasm32")]
pub mod worker;
