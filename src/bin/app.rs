//! The page's islands.

#[cfg(target_arch = "wasm32")]
fn main() {
    playground::page::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
