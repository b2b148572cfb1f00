//! The worker `heals`; written by `lab generate` from `[package.metadata.workers]` in Cargo.toml.

fn main() {
    #[cfg(target_arch = "wasm32")]
    playground::worker::start(&[playground::lessons::architecture::cap_and_base::heal::FIGURES]);
}
