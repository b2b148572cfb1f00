//! The learner's own file: read in pieces as they come, and told about.

use super::markup::class;
use super::protocol::{Node, Patch, Piece, node, part};
use super::{Desk, text};
use crate::sim::Unit;

/// The control that says where requests come from, and its option for the file.
pub(super) const ARRIVALS: (&str, &str) = ("arrivals", "replay");

impl Desk {
    pub(super) fn data(&mut self, piece: &Piece) {
        let &Piece { ref name, size, ref bytes, first, last, new } = piece;
        if first {
            // What was read of one that was cut off is no part of it.
            (self.reader, self.taken) = Default::default();
        }
        self.reader.push(bytes);
        self.taken += bytes.len() as f64;
        let taken = self.taken;
        let (mut fingerprint, mut says) = (None, vec![self.reader.says()]);
        if last {
            self.taken = 0.0;
            match self.reader.finish() {
                Ok(data) => {
                    (fingerprint, says) = (data.fingerprint(), data.says());
                    self.session.take(data);
                }
                Err(why) => says = vec![why],
            }
        }
        if !new {
            // It has been told about before.
            return;
        }
        let says: Vec<String> = says.iter().map(|msg| self.state.say(msg)).collect();
        let mut parts = Vec::new();
        if !last {
            parts.push(progress(taken, size));
        }
        if !says.is_empty() {
            parts.push(node("p", "fig-file").text(name));
            parts.push(node("ul", "").with(says.iter().map(|line| node("li", "").text(line))));
        }
        self.extra.push(Patch::Fill(part(class::DATA_SAYS), parts));
        if last && fingerprint.is_some() {
            self.replay(fingerprint);
        }
    }
}

fn progress(taken: f64, size: f64) -> Node {
    let words = text::put(text::LOG_READING, &[&Unit::Bytes.format(taken), &Unit::Bytes.format(size)]);
    let share = (taken / size.max(1.0) * 100.0) as u32;
    let bar = node("progress", "").attr("max", "100").attr("value", &share.to_string());
    node("p", "").with([bar.attr("aria-label", &words)]).text(" ").text(&words)
}
