//! The worker `orders`; written by `lab generate` from `[package.metadata.workers]` in Cargo.toml.

fn main() {
    #[cfg(target_arch = "wasm32")]
    playground::worker::start(&[playground::lessons::faults::cache_failures::orders::FIGURES]);
}
