//! The worker of the figure that fails. Built by `./dev test` and never part of the site.

#![allow(missing_docs)]
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]

mod model;

#[cfg(target_arch = "wasm32")]
const FIGURES: &[playground::player::Figure] = &[playground::player::Figure::of::<model::Broken>()];

fn main() {
    #[cfg(target_arch = "wasm32")]
    playground::worker::start(&[FIGURES]);
}
