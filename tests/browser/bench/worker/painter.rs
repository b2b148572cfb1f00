//! Model, layout and painter in one worker, with a canvas that the page has given away: the page passes on the frame's
//! tick and does nothing else.

use crate::model::Broken;
use playground::paint::{Palette, paint};
use playground::player::{Answer, Ask, Experiment, Figure, Request, Run, Session, Value};
use playground::scene::{Options, Patterns, Picture, Role, Words};
use playground::sim::{Seed, Time};
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, OffscreenCanvas};

const FIGURE: Figure = Figure::of::<Broken>();

/// The functions `begin(canvas, crowd, width, scale)` and `paintAt(seconds)`, which returns the number of packets.
pub fn offer() {
    let begin = Closure::<dyn FnMut(OffscreenCanvas, u32, f64, f64)>::new(|canvas, crowd, width, scale| {
        let mut painter = Painter::new(canvas, crowd, width, scale);
        let paint_at = Closure::<dyn FnMut(f64) -> u32>::new(move |secs| painter.paint(secs));
        super::put("paintAt", paint_at.as_ref());
        paint_at.forget();
    });
    super::put("begin", begin.as_ref());
    begin.forget();
}

struct Painter {
    session: Session,
    words: Words,
    palette: Palette,
    canvas: OffscreenCanvas,
    context: CanvasRenderingContext2d,
    width: f64,
    scale: f64,
}

impl Painter {
    fn new(canvas: OffscreenCanvas, crowd: u32, width: f64, scale: f64) -> Self {
        let mut session = Session::new([&FIGURE]);
        let mut run = Run::new(Broken::SPEC, Seed(1));
        run.set(Broken::SPEC, "crowd", &Value::Number(f64::from(crowd))).expect("it takes a crowd");
        let opened = session.handle(Request { id: 1, ask: Ask::Open(run) });
        assert!(matches!(opened.answer, Answer::Opened(_)));
        let context = canvas.get_context("2d").ok().flatten().expect("a canvas in a worker has a 2D context");
        let colour = |role| match role {
            Role::Ink | Role::Muted => "#333",
            Role::Accent => "#06c",
            Role::Trouble => "#c30",
            _ => "#eee",
        };
        Self {
            session,
            words: Words { patterns: Patterns::default(), kinds: Broken::SPEC.naming() },
            palette: Palette::new(|role| colour(role).to_owned()),
            canvas,
            // It has all the methods that painting calls.
            context: context.unchecked_into(),
            width,
            scale,
        }
    }

    fn paint(&mut self, secs: f64) -> u32 {
        let at = Time::from_secs_f64(secs);
        let asked = Request { id: 2, ask: Ask::Frame { at, reach: at } };
        let Answer::Frame(frame) = self.session.handle(asked).answer else { return 0 };
        let picture = Picture::new(&frame.scene, &self.words, self.width as f32, &Options::default());
        let device = |css: f32| (f64::from(css) * self.scale).round() as u32;
        let size = (device(picture.width), device(picture.height));
        if (self.canvas.width(), self.canvas.height()) != size {
            self.canvas.set_width(size.0);
            self.canvas.set_height(size.1);
        }
        paint(&self.context, &picture, &self.palette, self.scale);
        picture.dots.len() as u32
    }
}
