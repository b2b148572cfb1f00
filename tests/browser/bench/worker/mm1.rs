//! M/M/1 through the interface that lessons use, as `lab bench` has it natively: hash, histogram, books and all.

use js_sys::Array;
use playground::lessons::architecture::load_balancing::one_server::{ControlValues, OneServer};
use playground::player::Experiment;
use playground::sim::{Span, Time, World};
use wasm_bindgen::prelude::*;

/// The function `kernel(customers, seed)`, which returns the number of events and the mean wait in seconds.
pub fn offer() {
    let kernel = Closure::<dyn FnMut(u32, u32) -> Array>::new(|customers, seed| {
        let (events, mean_wait) = kernel(customers, seed);
        Array::of2(&events.into(), &mean_wait.into())
    });
    super::put("kernel", kernel.as_ref());
    kernel.forget();
}

fn kernel(customers: u32, seed: u32) -> (f64, f64) {
    let controls = ControlValues { load: 0.9, service: Span::from_secs_f64(1.0) };
    let mut world = World::new(u64::from(seed));
    let mut model = OneServer::with_limit(&controls, customers, &mut world);
    while let Some(event) = world.next(Time::MAX) {
        model.handle(event, &mut world);
    }
    (world.events() as f64, model.mean_wait())
}
