//! A file of the learner's: read in chunks and passed to the desk; it never leaves the browser.

use crate::desk::{DeskCommand, FileChunk};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, File};

/// Bytes per chunk.
const CHUNK: f64 = 65_536.0;

/// A file, and how far it has been read.
#[derive(Clone)]
pub struct LearnersFile {
    file: File,
    read: Rc<Cell<f64>>,
    /// Whether a chunk is being read.
    under_way: Rc<Cell<bool>>,
    new: bool,
}

impl LearnersFile {
    /// A file of which nothing has been read yet. With `new` the run starts over and replays it.
    pub fn new(file: File, new: bool) -> Self {
        Self { file, read: Rc::default(), under_way: Rc::default(), new }
    }

    /// The same file from its start, for a new worker.
    #[must_use]
    pub fn reread(&self) -> Self {
        Self::new(self.file.clone(), false)
    }

    /// Whether both are the same reading of the same file.
    pub fn same_as(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.read, &other.read)
    }

    /// Whether the run is to replay it from the start.
    pub fn is_new(&self) -> bool {
        self.new
    }

    /// Whether there is a chunk to read, and none is being read.
    pub fn is_being_read(&self) -> bool {
        self.read.get() >= 0.0 && !self.under_way.get()
    }

    /// Reads the next piece.
    pub fn read_next(self, then: impl FnOnce(DeskCommand) + 'static) {
        let (from, size) = (self.read.get(), self.file.size());
        let until = (from + CHUNK).min(size);
        let Ok(chunk) = Blob::slice_with_f64_and_f64(&self.file, from, until) else { return };
        self.under_way.set(true);
        spawn_local(async move {
            // A file that can't be read any more counts as ended.
            let bytes = JsFuture::from(chunk.array_buffer()).await;
            let last = until >= size || bytes.is_err();
            let bytes = bytes.map(|buffer| js_sys::Uint8Array::new(&buffer).to_vec()).unwrap_or_default();
            self.read.set(if last { -1.0 } else { until });
            self.under_way.set(false);
            let (first, new) = (from == 0.0, self.new);
            then(DeskCommand::FileChunk(FileChunk {
                name: self.file.name(),
                size,
                bytes,
                first,
                last,
                replay: new,
            }));
        });
    }
}
