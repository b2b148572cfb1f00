//! The learner's own data for a run to replay, and reading it.

use super::run::Run;
use crate::mechanism::access_log::{Durations, LogError, Parser, Records};
use crate::sim::{Msg, Span};
use std::sync::Arc;

/// What an experiment gets beyond its controls; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Data {
    records: Option<Arc<Records>>,
}

/// A log lasts so long at least, however few requests it has: long enough to see something.
const SHORTEST: Span = Span::from_secs(20);

impl Data {
    /// A fingerprint of the data; `None` if there is none.
    pub fn fingerprint(&self) -> Option<u64> {
        self.records.as_ref().map(|records| records.fingerprint())
    }

    /// The data for a run: none if the run names none, because only the run determines what happens in it.
    ///
    /// # Errors
    /// If the run replays other data.
    pub(super) fn for_run(&self, run: &Run) -> Result<Self, Msg> {
        match run.data {
            None => Ok(Self::default()),
            named if named == self.fingerprint() => Ok(self.clone()),
            Some(_) => Err(Msg::new("run-needs-data")),
        }
    }

    /// The access log to replay.
    pub fn records(&self) -> Option<&Records> {
        self.records.as_deref()
    }

    /// How many times faster the log has to run so that about so many requests a second come: over this time, or until its
    /// last one if it hasn't that many, but for 20 s at least; never slower than it came.
    pub fn compression(&self, rate: f64, over: Span) -> f64 {
        let Some(records) = self.records() else { return 1.0 };
        let wanted = ((rate * over.secs()) as u32).min(records.len() as u32 - 1);
        let within = records.arrival(wanted).unwrap_or(0);
        // How long so many take at that rate.
        let nanos = f64::from(wanted) / rate.max(1e-9) * 1e9;
        let all = records.arrival(records.len() as u32 - 1).unwrap_or(0) as f64;
        (within as f64 / nanos.max(1.0)).min(all / SHORTEST.nanos() as f64).max(1.0)
    }
}

/// Reads a learner's file in chunks of any size. Only figures that replay a file bring a reader along, so that the workers of
/// all others don't carry it.
pub trait FileReader {
    /// Reads the next chunk.
    fn push(&mut self, bytes: &[u8]);

    /// The progress so far: how many records have been read.
    fn progress(&self) -> Msg;

    /// Ends the file; the reader is then ready for another one.
    ///
    /// # Errors
    /// A sentence, if there is not one record in it.
    fn finish(&mut self) -> Result<Data, Msg>;

    /// A report: how much was read, and of the lines that couldn't be read how many there are and which is the first.
    fn report(&self, data: &Data) -> Vec<Msg>;

    /// How many records there are in each of so many equal parts of the data's span.
    fn rates(&self, data: &Data, parts: usize) -> Vec<u32>;
}

/// Ids of the shared sentences that only figures with a log of the learner's can say, so that no other page carries them.
#[rustfmt::skip]
pub const LOG_MESSAGES: &[&str] = &[
    "log-so-far", "log-read", "log-busiest", "log-upstream", "log-total", "log-truncated", "log-unparsed",
    "log-unparsed-one", "log-empty", "log-compressed", "log-nothing", "no-time", "no-request", "no-status",
    "broken-field", "error-log", "too-long",
];

/// Reads access logs.
#[derive(Debug, Default)]
pub struct LogReader {
    parser: Option<Box<Parser>>,
}

impl FileReader for LogReader {
    fn push(&mut self, bytes: &[u8]) {
        self.parser.get_or_insert_default().push(bytes);
    }

    fn progress(&self) -> Msg {
        let records = self.parser.as_ref().map_or(0, |parser| parser.so_far());
        Msg::new("log-so-far").count("records", records as u64)
    }

    fn finish(&mut self) -> Result<Data, Msg> {
        match self.parser.take().unwrap_or_default().finish() {
            Ok(records) => Ok(Data { records: Some(Arc::new(records)) }),
            Err(LogError::Empty) => Err(Msg::new("log-empty")),
            Err(LogError::Compressed) => Err(Msg::new("log-compressed")),
            Err(LogError::Nothing { lines, first }) => {
                let (line, why) = first.map_or((1, "no-time"), |first| (first.line, first.reason.id()));
                Err(Msg::new("log-nothing").count("lines", lines).count("line", line).word("why", why))
            }
        }
    }

    fn report(&self, data: &Data) -> Vec<Msg> {
        let Some(records) = data.records() else { return Vec::new() };
        let (_, busiest) = records.busiest_second();
        let read = Msg::new("log-read")
            .count("records", records.len() as u64)
            .count("lines", records.lines())
            .count("keys", records.distinct_keys() as u64)
            .count("clients", records.distinct_clients() as u64)
            .span("span", records.span())
            .count("busiest", busiest);
        let (after, most) = records.busiest_minute();
        let minute = Msg::new("log-busiest").count("most", most.into()).span("after", after);
        let durations = match records.durations() {
            Durations::None => None,
            Durations::Upstream => Some("log-upstream"),
            Durations::Total => Some("log-total"),
        };
        let durations = durations.map(|id| Msg::new(id).count("known", records.with_duration() as u64));
        let truncated =
            records.truncated().then(|| Msg::new("log-truncated").count("records", records.len() as u64));
        let broken = records.first_unparsed().first().map(|first| {
            let id = if records.unparsed() == 1 { "log-unparsed-one" } else { "log-unparsed" };
            Msg::new(id)
                .count("unparsed", records.unparsed())
                .text("line", first.line.to_string())
                .word("why", first.reason.id())
                .text("text", first.text.clone())
        });
        [read, minute].into_iter().chain(durations).chain(truncated).chain(broken).collect()
    }

    fn rates(&self, data: &Data, parts: usize) -> Vec<u32> {
        data.records().map_or_else(Vec::new, |records| records.rates(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_runs_as_fast_as_keeps_the_servers_busy() {
        let mut reader = LogReader::default();
        // Ten requests a second for 100 s.
        for n in 0..1_000 {
            reader.push(format!("{},k\n", f64::from(n) / 10.0).as_bytes());
        }
        let data = reader.finish().expect("a log");
        let pace = |rate, over| data.compression(rate, Span::from_secs(over));
        // It has enough for 50 s at 20/s, and runs out of requests when it is to last longer than that.
        assert!((pace(20.0, 5) - 2.0).abs() < 0.1 && (pace(20.0, 600) - 2.0).abs() < 0.1);
        assert!((pace(1e6, 600) - 5.0).abs() < 0.1, "it isn't over at once");
        assert_eq!(pace(1.0, 600), 1.0, "it is never slowed down");
    }
}
