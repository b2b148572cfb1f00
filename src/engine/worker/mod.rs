//! A [`Desk`] in a web worker: it receives messages, and paints on canvases of the page.
//!
//! Knows web-sys, and no lesson: a worker's binary hands its figures to [`start`]. Messages are postcard in
//! transferable buffers; only the canvases come as they are. The first message from here is [`FromWorker::Ready`], with
//! the build's id, which the page compares with its own before it sends anything. Between messages the worker computes
//! ahead, one slice at a time, so that a message never waits for more than one slice.

use crate::desk::{Desk, DeskEvent, FromWorker, ToWorker};
use crate::paint::{Palette, paint};
use crate::player::Figure;
use crate::scene::Picture;
use js_sys::{Array, ArrayBuffer, Object, Reflect, RegExp, Uint8Array};
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
    let painter = Rc::new(RefCell::new(CanvasPainter::default()));
    let ahead = BackgroundWork::new(Rc::clone(&desk), Rc::clone(&painter));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let data = event.data();
        let (mut desk, mut painter) = (desk.borrow_mut(), painter.borrow_mut());
        match data.dyn_into::<ArrayBuffer>() {
            Ok(buffer) => match postcard::from_bytes::<ToWorker>(&Uint8Array::new(&buffer).to_vec()) {
                Ok(ToWorker::Command(command)) => {
                    let event = desk.handle(command, &mut |trying| post(&FromWorker::Event(trying)));
                    if let Some(pictures) = desk.take_unpainted() {
                        painter.paint(pictures);
                    }
                    if let DeskEvent::Update(shown) = &event
                        && let Some(name) = &shown.image
                    {
                        painter.send_file(&desk.whole_picture(), name);
                    }
                    post(&FromWorker::Reply(event));
                }
                Ok(ToWorker::Hidden(sleeps)) => ahead.asleep.set(sleeps),
                Ok(ToWorker::Appearance { colours, scale }) => {
                    painter.set_appearance(colours, scale);
                    painter.paint(desk.pictures());
                }
                // Page and worker are of the same build, so every message can be decoded.
                Err(_) => {}
            },
            Err(canvases) => {
                painter.surfaces = canvases.unchecked_into::<Array>().iter().map(Surface::of).collect();
            }
        }
        ahead.wake();
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&FromWorker::Ready { build: build_id(&scope) });
}

/// The build's id, which the last step of the build wrote into the worker's script.
fn build_id(scope: &DedicatedWorkerGlobalScope) -> String {
    Reflect::get(scope, &"BUILD_ID".into()).ok().and_then(|id| id.as_string()).unwrap_or_default()
}

fn post(message: &FromWorker) {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    // Plain data can't fail.
    let bytes = postcard::to_allocvec(message).unwrap_or_default();
    let buffer = Uint8Array::from(bytes.as_slice()).buffer();
    // Sending only fails if the page is gone.
    let _ = scope.post_message_with_transfer(&buffer, &Array::of1(&buffer));
}

fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        post(&FromWorker::Panicked(info.to_string()));
    }));
}

/// A canvas of the page and its context, which is asked for once: Firefox refuses it to whoever asks again once the canvas
/// has been shown.
struct Surface {
    canvas: OffscreenCanvas,
    context: Object,
}

impl Surface {
    fn of(canvas: JsValue) -> Option<Self> {
        let canvas: OffscreenCanvas = canvas.dyn_into().ok()?;
        let options = Object::new();
        let _ = Reflect::set(&options, &"willReadFrequently".into(), &shares_graphics_memory().into());
        let context = canvas.get_context_with_context_options("2d", &options).ok()??;
        Some(Self { canvas, context })
    }
}

/// Whether this is WebKit as GTK and WPE have it (2.50 for one). What a worker paints there by graphics card is let go of by
/// the page's thread, sooner or later while the worker uses the same card's memory, and the page crashes. A canvas that is
/// going to be read is painted without the card.
fn shares_graphics_memory() -> bool {
    let agent = Reflect::get(&js_sys::global(), &"navigator".into())
        .and_then(|navigator| Reflect::get(&navigator, &"userAgent".into()));
    let agent = agent.ok().and_then(|agent| agent.as_string());
    agent.is_some_and(|agent| RegExp::new("Linux.*AppleWebKit(?!.*Chrom)", "").test(&agent))
}

/// What is painted on, for picture and charts, and the appearance to paint with.
#[derive(Default)]
struct CanvasPainter {
    surfaces: Vec<Option<Surface>>,
    palette: Palette,
    scale: f64,
}

impl CanvasPainter {
    fn set_appearance(&mut self, colours: Vec<String>, scale: f64) {
        let mut colours = colours.into_iter();
        self.palette = Palette::new(|_| colours.next().unwrap_or_default());
        self.scale = crate::sim::clamp(scale, 1.0, 4.0);
    }

    fn paint(&self, pictures: &[Picture; 2]) {
        for (surface, picture) in self.surfaces.iter().zip(pictures) {
            let Some(Surface { canvas, context }) = surface.as_ref().filter(|_| picture.width > 0.0) else {
                continue;
            };
            let device = |css: f32| libm::round(f64::from(css) * self.scale) as u32;
            let size = (device(picture.width), device(picture.height));
            // Setting a size clears the canvas and costs a buffer, even if it is the same one.
            if (canvas.width(), canvas.height()) != size {
                canvas.set_width(size.0);
                canvas.set_height(size.1);
            }
            paint(context.unchecked_ref(), picture, &self.palette, self.scale);
        }
    }
}

impl CanvasPainter {
    /// Sends the picture to the page as a PNG file, in device pixels.
    fn send_file(&self, picture: &Picture, name: &str) {
        let device = |css: f32| libm::round(f64::from(css) * self.scale) as u32;
        let canvas = OffscreenCanvas::new(device(picture.width), device(picture.height));
        let Ok(canvas) = canvas else { return };
        let Ok(Some(context)) = canvas.get_context("2d") else { return };
        paint(context.unchecked_ref(), picture, &self.palette, self.scale);
        let Ok(blob) = canvas.convert_to_blob() else { return };
        let name = name.to_owned();
        let made = Closure::once_into_js(move |blob: Blob| {
            let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
            if let Ok(file) = File::new_with_blob_sequence(&Array::of1(&blob), &name) {
                let _ = scope.post_message(&file);
            }
        });
        let _ = Reflect::get(&blob, &"then".into())
            .map(|then| then.unchecked_into::<js_sys::Function>().call1(&blob, &made));
    }
}

/// Computes ahead in slices. After each it posts a message to itself, which comes after messages that are waiting and,
/// unlike a timer, without delay.
struct BackgroundWork {
    channel: MessageChannel,
    under_way: Rc<Cell<bool>>,
    asleep: Rc<Cell<bool>>,
}

impl BackgroundWork {
    fn new(desk: Rc<RefCell<Desk>>, painter: Rc<RefCell<CanvasPainter>>) -> Self {
        let channel = MessageChannel::new().expect("workers have message channels");
        let under_way = Rc::new(Cell::new(false));
        let asleep = Rc::new(Cell::new(false));
        let (again, busy, sleeps) = (channel.port2(), Rc::clone(&under_way), Rc::clone(&asleep));
        let slice = Closure::<dyn FnMut()>::new(move || {
            if sleeps.get() {
                return busy.set(false);
            }
            let mut desk = desk.borrow_mut();
            let (more, event) = desk.work();
            if let Some(event) = event {
                if let Some(pictures) = desk.take_unpainted() {
                    painter.borrow().paint(pictures);
                }
                post(&FromWorker::Event(event));
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
