//! The learner's own file: read in pieces as they come, and told about.

use super::protocol::{Node, Patch, node, part};
use super::{Desk, text};
use crate::player::{Answer, Ask};
use crate::sim::Unit;

/// The control that says where requests come from, and its option for the file.
pub(super) const ARRIVALS: (&str, &str) = ("arrivals", "replay");

impl Desk {
    /// Another file begins: what was read of one that was cut off is no part of it.
    pub(super) fn forget_data(&mut self) {
        if self.taken > 0.0 {
            self.taken = 0.0;
            let _ = self.ask(Ask::Data { bytes: Vec::new(), last: true });
        }
    }

    pub(super) fn data(&mut self, name: &str, size: f64, bytes: Vec<u8>, last: bool, new: bool) {
        self.taken += bytes.len() as f64;
        let taken = self.taken;
        if last {
            self.taken = 0.0;
        }
        let (fingerprint, says) = match self.ask(Ask::Data { bytes, last }) {
            Answer::Data { fingerprint, says } => (fingerprint, says),
            Answer::Refused(why) => (None, vec![why]),
            _ => return,
        };
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
        self.extra.push(Patch::Fill(part(".fig-data-says"), parts));
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
