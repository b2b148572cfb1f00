//! The learner's own file: read in chunks, with a report of what was read.

use super::markup::class;
use super::protocol::{FileChunk, NewElement, Patch, element, selector};
use super::{Desk, text};
use crate::player::StartSettings;
use crate::sim::{Span, Unit};

/// The control for the source of requests, and its option for the learner's file.
pub(super) const ARRIVALS: (&str, &str) = ("arrivals", "replay");

/// The control for how many requests come, of which a log has its own.
pub(super) const LOAD: &str = "load";

/// The control for how fast it is replayed.
pub(super) const PACE: &str = "compress";

impl Desk {
    pub(super) fn read_chunk(&mut self, chunk: &FileChunk) {
        let &FileChunk { ref name, size, ref bytes, first, last, replay } = chunk;
        if first {
            // Drop what was read of an earlier file that never ended.
            self.reader = self.figures.iter().find_map(|figure| figure.reader).map(|make| make());
            self.bytes_read = 0.0;
        }
        let Some(reader) = &mut self.reader else { return };
        reader.push(bytes);
        self.bytes_read += bytes.len() as f64;
        let bytes_read = self.bytes_read;
        let (mut fingerprint, mut rates, mut says) = (None, Vec::new(), vec![reader.progress()]);
        if last {
            self.bytes_read = 0.0;
            match reader.finish() {
                Ok(data) => {
                    fingerprint = data.fingerprint();
                    says = reader.report(&data);
                    rates = reader.rates(&data, SLICES);
                    self.session.set_data(data);
                }
                Err(why) => says = vec![why],
            }
        }
        if !replay {
            // The report was shown when the file was first read.
            return;
        }
        let mut says: Vec<String> = says.iter().map(|msg| self.state.say(msg)).collect();
        let mut parts = Vec::new();
        if !last {
            parts.push(progress(bytes_read, size));
        }
        let pace = fingerprint.and_then(|_| self.fitting_pace());
        if let Some(pace) = pace.filter(|pace| *pace > 1.0) {
            says.push(text::fill(text::LOG_PACE, &[&Unit::Factor.format(pace)]));
        }
        if !says.is_empty() {
            parts.push(element("p", "fig-file").text(name));
            parts.extend((!rates.is_empty()).then(|| spark(&rates)));
            parts.push(element("ul", "").with(says.iter().map(|line| element("li", "").text(line))));
        }
        self.extra_patches.push(Patch::Children(selector(class::DATA_SAYS), parts));
        if fingerprint.is_some() {
            self.replay(fingerprint, pace);
        }
    }

    /// How many times faster the log has to run for the figure's servers to be busy, but not too much so.
    fn fitting_pace(&self) -> Option<f64> {
        let (figure, state) = (self.figure(), &self.state);
        let capacity = figure.capacity?(&StartSettings::of(figure.spec, &state.run));
        let until = Span::from_nanos(state.spec.until.nanos());
        Some(self.session.data().compression(BUSY * capacity, until))
    }
}

/// How busy a log is to make the servers that it is replayed on.
const BUSY: f64 = 0.8;
/// Parts of a log whose requests are counted, for a look at its rate.
const SLICES: usize = 60;

/// The rate of a log over its span, as bars.
fn spark(rates: &[u32]) -> NewElement {
    let most = rates.iter().copied().max().unwrap_or(0).max(1);
    let bar =
        |rate: &u32| element("span", "").styled("height", super::percent(f64::from(*rate) / f64::from(most)));
    let says = text::fill(text::LOG_RATE, &[&most.to_string(), &rates.len().to_string()]);
    element("div", "fig-spark").attr("role", "img").attr("aria-label", &says).with(rates.iter().map(bar))
}

fn progress(taken: f64, size: f64) -> NewElement {
    let words = text::fill(text::LOG_READING, &[&Unit::Bytes.format(taken), &Unit::Bytes.format(size)]);
    let share = (taken / size.max(1.0) * 100.0) as u32;
    let bar = element("progress", "").attr("max", "100").attr("value", &share.to_string());
    element("p", "").with([bar.attr("aria-label", &words)]).text(" ").text(&words)
}
