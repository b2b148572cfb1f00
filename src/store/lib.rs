//! The learner's record in the browser, and the worker that keeps it for lesson pages. Natively there is nothing in it.

#[cfg(target_arch = "wasm32")]
mod indexed_db;
#[cfg(target_arch = "wasm32")]
pub mod worker;

#[cfg(target_arch = "wasm32")]
pub use indexed_db::{Store, new_key};

/// As in the other programs for the browser: constant time, and little code.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
