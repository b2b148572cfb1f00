//! The worker `registries`; written by `lab generate` from `[package.metadata.workers]` in Cargo.toml.

fn main() {
    #[cfg(target_arch = "wasm32")]
    playground::worker::start(&[playground::lessons::governance::service_discovery::FIGURES]);
}
