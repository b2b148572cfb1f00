//! Stories in real browsers over the built site. `./dev test` builds `dist/`, installs the browsers and runs them;
//! without it: `BROWSERS="chromium firefox webkit" cargo test --features browser-tests --test browser` over an existing `dist/`.
//!
//! One file a story. A story is written once and told in every browser: see [`harness::each`].

mod driver;
mod harness;
mod remote;
mod server;

mod accessible;
mod bench;
mod broken;
mod figure;
mod instruments;
mod loads;
mod look;
mod monkey;
mod opens;
mod parked;
mod plain;
mod reach;
mod same_run;
mod share;
mod story;
mod theme;
