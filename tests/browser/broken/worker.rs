//! The worker of the figure that fails, and of the sample with every kind of control. Built by `./dev test` and never part of the site.

#![allow(missing_docs)]
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]

mod model;
#[path = "../../../src/site/sample/model.rs"]
mod sample;

#[cfg(target_arch = "wasm32")]
const FIGURES: &[playground::player::Figure] = &[
    playground::player::Figure::of::<model::Broken>(),
    playground::player::Figure::of::<sample::Services>(),
];

fn main() {
    #[cfg(target_arch = "wasm32")]
    playground::worker::start(&[FIGURES]);
}
