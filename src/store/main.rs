//! The store's worker, which keeps the learner's record.

fn main() {
    #[cfg(target_arch = "wasm32")]
    store::worker::start();
}
