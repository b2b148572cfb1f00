//! The layers, each at its boundary: the kernel, pictures, runs, mechanisms, lesson files, pages. What has to hold for
//! every figure is tested in `tests/figures`.

mod course;
mod explain;
mod finish;
mod kernel;
mod layers;
mod oracle;
mod player;
#[path = "../browser/runner.rs"]
mod runner;
mod scene;
mod scenes;
mod search;
#[path = "../shared/mod.rs"]
mod shared;
mod site;
mod stories;
