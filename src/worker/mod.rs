//! A [`Desk`] behind a message port, and its pictures on canvases: what runs in a web worker.
//!
//! Knows web-sys, and no lesson: a worker's binary hands its figures to [`start`]. Messages are postcard in transferable
//! buffers; only the canvases come as they are. The first message from here is [`FromWorker::Hello`], with the build's id,
//! which the page compares with its own before it says anything. Between messages the worker computes ahead, a slice at a
//! time, so that it is never longer from its messages than one slice.

use crate::desk::{Desk, FromWorker, ToWorker, Told};
use crate::paint::{Palette, ground, paint};
use crate::player::Figure;
use crate::scene::Picture;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, DedicatedWorkerGlobalScope, File, MessageChannel, MessageEvent, OffscreenCanvas};

/// Runs a desk with these sets of figures in this worker, for as long as the worker lives.
///
/// # Panics
/// Outside a web worker.
pub fn start(sets: &[&'static [Figure]]) {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    install_panic_hook();
    let desk = Rc::new(RefCell::new(Desk::new(sets.iter().flat_map(|figures| figures.iter()))));
    let easel = Rc::new(RefCell::new(Easel::default()));
    let ahead = RunAhead::new(Rc::clone(&desk), Rc::clone(&easel));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let data = event.data();
        let (mut desk, mut easel) = (desk.borrow_mut(), easel.borrow_mut());
        match data.dyn_into::<ArrayBuffer>() {
            Ok(buffer) => match postcard::from_bytes::<ToWorker>(&Uint8Array::new(&buffer).to_vec()) {
                Ok(ToWorker::Tell(tell)) => {
                    let told = desk.tell(tell, &mut |trying| post(&FromWorker::Told(trying)));
                    if let Some(pictures) = desk.to_paint() {
                        easel.paint(pictures);
                    }
                    if let Told::Shown(shown) = &told
                        && let Some(name) = &shown.image
                    {
                        easel.offer(&desk.whole_picture(), name);
                    }
                    post(&FromWorker::Answer(told));
                }
                Ok(ToWorker::Sleep(sleeps)) => ahead.asleep.set(sleeps),
                Ok(ToWorker::Look { colours, scale }) => {
                    easel.look(colours, scale);
                    easel.paint(desk.pictures());
                }
                // The page is of the same build: it says nothing that can't be read.
                Err(_) => {}
            },
            Err(canvases) => easel.canvases = canvases.unchecked_into::<Array>().iter().collect(),
        }
        ahead.wake();
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&FromWorker::Hello { build: build_id(&scope) });
}

/// The build's id, which the last step of the build wrote into the worker's script.
fn build_id(scope: &DedicatedWorkerGlobalScope) -> String {
    js_sys::Reflect::get(scope, &"BUILD_ID".into()).ok().and_then(|id| id.as_string()).unwrap_or_default()
}

fn post(message: &FromWorker) {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let bytes = postcard::to_allocvec(message).expect("a message is plain data");
    let buffer = Uint8Array::from(bytes.as_slice()).buffer();
    // Nothing can be done here about a port that is closed: the page has gone.
    let _ = scope.post_message_with_transfer(&buffer, &Array::of1(&buffer));
}

fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        post(&FromWorker::Panicked(info.to_string()));
    }));
}

/// What is painted on, and with what.
#[derive(Default)]
struct Easel {
    canvases: Vec<JsValue>,
    palette: Palette,
    scale: f64,
}

impl Easel {
    fn look(&mut self, colours: Vec<String>, scale: f64) {
        let mut colours = colours.into_iter();
        self.palette = Palette::new(|_| colours.next().unwrap_or_default());
        self.scale = crate::sim::within(scale, 1.0, 4.0);
    }

    fn paint(&self, pictures: &[Picture; 2]) {
        for (canvas, picture) in self.canvases.iter().zip(pictures) {
            let Some(canvas) = canvas.dyn_ref::<OffscreenCanvas>().filter(|_| picture.width > 0.0) else {
                continue;
            };
            let device = |css: f32| libm::round(f64::from(css) * self.scale) as u32;
            let size = (device(picture.width), device(picture.height));
            // Setting a size clears the canvas and costs a buffer, even if it is the same one.
            if (canvas.width(), canvas.height()) != size {
                canvas.set_width(size.0);
                canvas.set_height(size.1);
            }
            if let Ok(Some(context)) = canvas.get_context("2d") {
                paint(context.unchecked_ref(), picture, &self.palette, self.scale);
            }
        }
    }
}

impl Easel {
    /// Hands the picture to the page as a file, in the pixels that it is painted with.
    fn offer(&self, picture: &Picture, name: &str) {
        let device = |css: f32| libm::round(f64::from(css) * self.scale) as u32;
        let canvas = OffscreenCanvas::new(device(picture.width), device(picture.height));
        let Ok(canvas) = canvas else { return };
        let Ok(Some(context)) = canvas.get_context("2d") else { return };
        paint(context.unchecked_ref(), picture, &self.palette, self.scale);
        ground(context.unchecked_ref(), picture, &self.palette);
        let Ok(blob) = canvas.convert_to_blob() else { return };
        let name = name.to_owned();
        let made = Closure::once_into_js(move |blob: Blob| {
            let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
            if let Ok(file) = File::new_with_blob_sequence(&Array::of1(&blob), &name) {
                let _ = scope.post_message(&file);
            }
        });
        let _ = js_sys::Reflect::get(&blob, &"then".into())
            .map(|then| then.unchecked_into::<js_sys::Function>().call1(&blob, &made));
    }
}

/// Computes ahead in slices. A message to itself comes behind those that wait already, and, unlike a timer, at once.
struct RunAhead {
    channel: MessageChannel,
    under_way: Rc<Cell<bool>>,
    asleep: Rc<Cell<bool>>,
}

impl RunAhead {
    fn new(desk: Rc<RefCell<Desk>>, easel: Rc<RefCell<Easel>>) -> Self {
        let channel = MessageChannel::new().expect("workers have message channels");
        let under_way = Rc::new(Cell::new(false));
        let asleep = Rc::new(Cell::new(false));
        let (again, busy, sleeps) = (channel.port2(), Rc::clone(&under_way), Rc::clone(&asleep));
        let slice = Closure::<dyn FnMut()>::new(move || {
            if sleeps.get() {
                return busy.set(false);
            }
            let mut desk = desk.borrow_mut();
            let (more, told) = desk.work();
            if let Some(told) = told {
                if let Some(pictures) = desk.to_paint() {
                    easel.borrow().paint(pictures);
                }
                post(&FromWorker::Told(told));
            }
            busy.set(more);
            if more {
                let _ = again.post_message(&JsValue::NULL);
            }
        });
        channel.port1().set_onmessage(Some(slice.as_ref().unchecked_ref()));
        slice.forget();
        Self { channel, under_way, asleep }
    }

    fn wake(&self) {
        if !self.under_way.replace(true) {
            let _ = self.channel.port2().post_message(&JsValue::NULL);
        }
    }
}
