//! The learner's own file: read in chunks, with a report of what was read.

use super::markup::class;
use super::protocol::{FileChunk, NewElement, Patch, element, selector};
use super::{Desk, text};
use crate::player::DataReader;
use crate::sim::Unit;

/// The control for the source of requests, and its option for the learner's file.
pub(super) const ARRIVALS: (&str, &str) = ("arrivals", "replay");

impl Desk {
    pub(super) fn read_chunk(&mut self, chunk: &FileChunk) {
        let &FileChunk { ref name, size, ref bytes, first, last, replay } = chunk;
        if first {
            // Drop what was read of an earlier file that never ended.
            self.reader = DataReader::default();
            self.bytes_read = 0.0;
        }
        self.reader.push(bytes);
        self.bytes_read += bytes.len() as f64;
        let bytes_read = self.bytes_read;
        let (mut fingerprint, mut says) = (None, vec![self.reader.progress()]);
        if last {
            self.bytes_read = 0.0;
            match self.reader.finish() {
                Ok(data) => {
                    fingerprint = data.fingerprint();
                    says = data.summary();
                    self.session.set_data(data);
                }
                Err(why) => says = vec![why],
            }
        }
        if !replay {
            // The report was shown when the file was first read.
            return;
        }
        let says: Vec<String> = says.iter().map(|msg| self.state.say(msg)).collect();
        let mut parts = Vec::new();
        if !last {
            parts.push(progress(bytes_read, size));
        }
        if !says.is_empty() {
            parts.push(element("p", "fig-file").text(name));
            parts.push(element("ul", "").with(says.iter().map(|line| element("li", "").text(line))));
        }
        self.extra_patches.push(Patch::Children(selector(class::DATA_SAYS), parts));
        if last && fingerprint.is_some() {
            self.replay(fingerprint);
        }
    }
}

fn progress(taken: f64, size: f64) -> NewElement {
    let words = text::fill(text::LOG_READING, &[&Unit::Bytes.format(taken), &Unit::Bytes.format(size)]);
    let share = (taken / size.max(1.0) * 100.0) as u32;
    let bar = element("progress", "").attr("max", "100").attr("value", &share.to_string());
    element("p", "").with([bar.attr("aria-label", &words)]).text(" ").text(&words)
}
