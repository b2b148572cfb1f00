//! The page's own program: `src/engine/page`.

#[cfg(target_arch = "wasm32")]
fn main() {
    playground::page::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
