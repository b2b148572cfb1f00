//! The worker that is measured: the kernel on M/M/1. Its simulations are
//! functions on the worker's global, which `worker.js` calls. Built by `./dev bench` and never part of the site.

#![allow(missing_docs)]
#![cfg_attr(not(target_arch = "wasm32"), allow(dead_code))]

#[cfg(target_arch = "wasm32")]
mod mm1;

fn main() {
    #[cfg(target_arch = "wasm32")]
    mm1::offer();
}

/// Puts a function on the worker's global.
#[cfg(target_arch = "wasm32")]
fn put(name: &str, function: &wasm_bindgen::JsValue) {
    js_sys::Reflect::set(&js_sys::global(), &name.into(), function).expect("a worker's global takes names");
}
