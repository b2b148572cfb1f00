//! A learner's own file: read in pieces, handed to the desk, sent nowhere.

use crate::desk::{Piece, Tell};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, File};

/// Bytes handed over at once.
const PIECE: f64 = 65_536.0;

/// A file, and how far it has been read.
#[derive(Clone)]
pub struct LearnersFile {
    file: File,
    read: Rc<Cell<f64>>,
    /// Whether a piece is on its way.
    under_way: Rc<Cell<bool>>,
    new: bool,
}

impl LearnersFile {
    /// A file that nothing has been read of. A `new` one is replayed from the start.
    pub fn new(file: File, new: bool) -> Self {
        Self { file, read: Rc::default(), under_way: Rc::default(), new }
    }

    /// The same file, for a worker that hasn't seen it.
    #[must_use]
    pub fn again(&self) -> Self {
        Self::new(self.file.clone(), false)
    }

    /// Whether both are the same reading of the same file.
    pub fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.read, &other.read)
    }

    /// Whether the run is to replay it from the start.
    pub fn is_new(&self) -> bool {
        self.new
    }

    /// Whether there is more to be handed over.
    pub fn is_being_read(&self) -> bool {
        self.read.get() >= 0.0 && !self.under_way.get()
    }

    /// Reads the next piece.
    pub fn next(self, then: impl FnOnce(Tell) + 'static) {
        let (from, size) = (self.read.get(), self.file.size());
        let until = (from + PIECE).min(size);
        let Ok(piece) = Blob::slice_with_f64_and_f64(&self.file, from, until) else { return };
        self.under_way.set(true);
        spawn_local(async move {
            // What can't be read any more has come to its end.
            let bytes = JsFuture::from(piece.array_buffer()).await;
            let last = until >= size || bytes.is_err();
            let bytes = bytes.map(|buffer| js_sys::Uint8Array::new(&buffer).to_vec()).unwrap_or_default();
            self.read.set(if last { -1.0 } else { until });
            self.under_way.set(false);
            let (first, new) = (from == 0.0, self.new);
            then(Tell::Data(Piece { name: self.file.name(), size, bytes, first, last, new }));
        });
    }
}
