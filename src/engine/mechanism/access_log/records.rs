//! What came out of a log: arrivals in the order of time, with what they ask for and who asks.

use super::{MOST_DISTINCT, Parser, Raw};
use crate::sim::sort::sort_by_key;
use crate::sim::{Span, TraceHasher};
use core::fmt;
use core::hash::Hasher;

/// Why a line doesn't parse: what was missing or wrong, in the order in which a line is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No client at the start.
    Client,
    /// No time, or not one in a known form.
    Time,
    /// No request line in quotes.
    Request,
    /// No status of three digits.
    Status,
    /// No number of bytes, nor `-`.
    Bytes,
    /// Further fields are not set apart by blanks, or a quote is not closed.
    Further,
    /// Longer than [`super::LONGEST_LINE`].
    TooLong,
}

impl Reason {
    /// Permanent id, in kebab-case.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Client => "no-client",
            Self::Time => "no-time",
            Self::Request => "no-request",
            Self::Status => "no-status",
            Self::Bytes => "no-bytes",
            Self::Further => "broken-field",
            Self::TooLong => "too-long",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "no client at the start",
            Self::Time => "no time in a known form",
            Self::Request => "no request line in quotes",
            Self::Status => "no status of three digits",
            Self::Bytes => "no number of bytes",
            Self::Further => "a further field is broken",
            Self::TooLong => "longer than 16,384 bytes",
        })
    }
}

/// A line that doesn't parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unparsed {
    /// Its number in the file, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub reason: Reason,
    /// Its first 200 characters.
    pub text: String,
}

/// Why a file holds no records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogError {
    /// It is empty.
    Empty,
    /// It is compressed with gzip.
    Compressed,
    /// No line parses.
    Nothing {
        /// How many lines there are.
        lines: u64,
        /// The first of them that isn't empty.
        first: Option<Unparsed>,
    },
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ALLOWED: &str = "an access log in Common or Combined Log Format is allowed, or a CSV file whose first \
                               column is the time (seconds, milliseconds or 2024-05-12T00:00:17Z) and whose second is a key";
        match self {
            Self::Empty => write!(f, "the file is empty; {ALLOWED}"),
            Self::Compressed => write!(f, "the file is compressed with gzip: unpack it first; {ALLOWED}"),
            Self::Nothing { lines, first: Some(first) } => {
                write!(
                    f,
                    "none of {lines} lines can be read (line {}: {}); {ALLOWED}",
                    first.line, first.reason
                )
            }
            Self::Nothing { .. } => write!(f, "the file holds no record; {ALLOWED}"),
        }
    }
}
impl core::error::Error for LogError {}

/// The records of a log, by time. Twelve bytes each; hand it round in an `Arc`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records {
    /// Arrival, in steps of `step` nanoseconds after the first.
    times: Vec<u32>,
    step: u64,
    keys: Vec<u32>,
    clients: Vec<u32>,
    /// Key, and where its name lies in `names`; by key.
    places: Vec<(u32, u32, u32)>,
    names: String,
    /// Distinct clients, up to [`MOST_DISTINCT`].
    distinct_clients: usize,
    lines: u64,
    unparsed: u64,
    shown: Vec<Unparsed>,
    truncated: bool,
    fingerprint: u64,
}

impl Records {
    pub(super) fn new(parser: Parser) -> Self {
        let Parser { mut raw, names, clients, lines, unparsed, shown, truncated, fractions, .. } = parser;
        sort_by_key(&mut raw, |record| record.0);
        let first = raw[0].0;
        let offsets = offsets(&raw, fractions);
        // The last record's offset must fit into 32 bits of steps.
        let last = raw.last().map_or(0, |record| record.0.abs_diff(first)).saturating_add(1_000_000_000);
        let step = (last >> 32) + 1;
        let times: Vec<u32> = offsets.map(|nanos| (nanos / step) as u32).collect();
        let (keys, clients_of): (Vec<u32>, Vec<u32>) =
            raw.iter().map(|&(_, key, client)| (key, client)).unzip();
        let mut hash = TraceHasher::default();
        hash.fold(step);
        for (time, (key, client)) in times.iter().zip(keys.iter().zip(&clients_of)) {
            hash.fold(u64::from(*time) << 32 | u64::from(*key));
            hash.fold(u64::from(*client));
        }
        let mut places = names.places;
        sort_by_key(&mut places, |place| place.0);
        Self {
            times,
            step,
            keys,
            clients: clients_of,
            places,
            names: names.text,
            distinct_clients: clients.len(),
            lines,
            unparsed,
            shown,
            truncated,
            fingerprint: hash.finish(),
        }
    }

    /// How many records, at least one.
    #[allow(clippy::len_without_is_empty, reason = "there is always one")]
    pub fn len(&self) -> usize {
        self.times.len()
    }
    /// When record `n` arrives, in nanoseconds after the first.
    pub fn arrival(&self, n: u32) -> Option<u64> {
        self.times.get(n as usize).map(|&time| u64::from(time) * self.step)
    }
    /// What record `n` asks for, and which client asks.
    pub fn who(&self, n: u32) -> Option<(u64, u32)> {
        let client = *self.clients.get(n as usize)?;
        self.keys.get(n as usize).map(|&key| (u64::from(key), client))
    }
    /// The name of a key (path and query, say), if it was kept.
    pub fn name(&self, key: u64) -> Option<&str> {
        let at = self.places.binary_search_by_key(&key, |place| u64::from(place.0)).ok()?;
        let (_, from, to) = self.places[at];
        self.names.get(from as usize..to as usize).filter(|name| !name.is_empty())
    }
    /// From the first arrival to the last.
    pub fn span(&self) -> Span {
        Span::from_nanos(self.arrival(self.len() as u32 - 1).unwrap_or(0))
    }
    /// The second with the most arrivals: its start after the first arrival, in seconds, and how many.
    pub fn busiest_second(&self) -> (u64, u64) {
        let second = |time: &u32| u64::from(*time) * self.step / 1_000_000_000;
        let runs = self.times.chunk_by(|a, b| second(a) == second(b));
        let counts = runs.map(|run| (second(&run[0]), run.len() as u64));
        // The first of equals.
        counts.fold((0, 0), |best, next| if next.1 > best.1 { next } else { best })
    }
    /// How many different keys; up to [`MOST_DISTINCT`].
    pub fn distinct_keys(&self) -> usize {
        self.places.len().min(MOST_DISTINCT)
    }
    /// How many different clients; up to [`MOST_DISTINCT`].
    pub fn distinct_clients(&self) -> usize {
        self.distinct_clients
    }
    /// How many lines were read.
    pub fn lines(&self) -> u64 {
        self.lines
    }
    /// How many lines don't parse.
    pub fn unparsed(&self) -> u64 {
        self.unparsed
    }
    /// The first of them.
    pub fn first_unparsed(&self) -> &[Unparsed] {
        &self.shown
    }
    /// Whether the file has more records than are kept; what follows them was not read.
    pub fn truncated(&self) -> bool {
        self.truncated
    }
    /// Tells these records from others: a hash over all arrivals, keys and clients.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }
}

/// Arrivals after the first, in nanoseconds; if no time has a fraction of a second, those of one second are spread over
/// it.
fn offsets(raw: &[Raw], fractions: bool) -> impl Iterator<Item = u64> {
    let first = raw[0].0;
    raw.chunk_by(move |a, b| !fractions && a.0 == b.0).flat_map(move |same| {
        let n = same.len() as u64;
        (0..).zip(same).map(move |(i, record)| {
            record.0.abs_diff(first).saturating_add(if n > 1 { i * 1_000_000_000 / n } else { 0 })
        })
    })
}
