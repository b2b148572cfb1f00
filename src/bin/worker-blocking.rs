//! The worker `blocking`; written by `lab generate` from `[package.metadata.workers]` in Cargo.toml.

fn main() {
    #[cfg(target_arch = "wasm32")]
    playground::worker::start(&[playground::lessons::software_design::blocking_and_non_blocking::FIGURES]);
}
