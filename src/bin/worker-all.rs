//! The worker with all figures, for development: `./dev serve` and `./dev build --quick`.

fn main() {
    #[cfg(target_arch = "wasm32")]
    playground::worker::start(
        &playground::lessons::SETS.iter().map(|(_, figures)| *figures).collect::<Vec<_>>(),
    );
}
