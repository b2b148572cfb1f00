//! What came out of a log: arrivals in the order of time, with what they ask for and who asks.

use super::names::NONE;
use super::{MOST_DISTINCT, Parser, Raw};
use crate::sim::sort::sort_by_key;
use crate::sim::{Span, TraceHasher};
use core::fmt;
use core::hash::Hasher;

/// Why a line doesn't parse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No time, or not one in a known form.
    Time,
    /// No request: a method and a path, or in Common Log Format anything in quotes.
    Request,
    /// No status of three digits.
    Status,
    /// A quote or an object is not closed.
    Further,
    /// A line of an error log, or somebody's prose; it may well tell of a request.
    ErrorLog,
    /// Longer than [`super::LONGEST_LINE`].
    TooLong,
}

impl Reason {
    /// Permanent id, in kebab-case.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Time => "no-time",
            Self::Request => "no-request",
            Self::Status => "no-status",
            Self::Further => "broken-field",
            Self::ErrorLog => "error-log",
            Self::TooLong => "too-long",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Time => "no time in a known format",
            Self::Request => "no request: a method and a path",
            Self::Status => "no three-digit status",
            Self::Further => "a field is not closed",
            Self::ErrorLog => "from an error log, not an access log",
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
        const ALLOWED: &str = "an access log is allowed: in Common or Combined Log Format, of nginx, Apache, HAProxy, Envoy, \
                               Traefik or a load balancer of AWS, as JSON or name=value lines, in W3C format (IIS, CloudFront), \
                               or any whose lines have a time, a method and a path; or a CSV file whose first column is the \
                               time (seconds, milliseconds or 2024-05-12T00:00:17Z) and whose second is a key";
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

/// Which durations a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Durations {
    /// None.
    None,
    /// How long the server behind took (upstream, target): what a proxy or balancer logs of it. A request that it didn't pass
    /// on has none.
    Upstream,
    /// How long requests took altogether, and so including the waiting they had.
    Total,
}

/// The records of a log, by time. Twelve bytes each, or sixteen with durations; hand it round in an `Arc`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records {
    /// Arrival, in steps of `step` nanoseconds after the first.
    times: Vec<u32>,
    step: u64,
    keys: Vec<u32>,
    clients: Vec<u32>,
    /// Microseconds, or [`NONE`]; nothing at all if the file has no durations.
    micros: Vec<u32>,
    durations: Durations,
    /// From the first stamp in the file to the last, in nanoseconds.
    stamps: u64,
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
        let Parser { mut raw, names, clients, lines, unparsed, shown, truncated, fractions, ended, .. } =
            parser;
        sort_by_key(&mut raw, |record| record.nanos);
        let stamps = raw[0].nanos.abs_diff(raw[raw.len() - 1].nanos);
        if !fractions {
            spread(&mut raw);
        }
        if ended {
            // After the spreading: the stamps are what was cut to whole seconds.
            for record in raw.iter_mut().filter(|record| record.total != NONE) {
                record.nanos = record.nanos.saturating_sub(i64::from(record.total) * 1_000);
            }
            sort_by_key(&mut raw, |record| record.nanos);
        }
        let first = raw[0].nanos;
        // The last record's offset must fit into 32 bits of steps; of the stamps it is up to a second more.
        let last = stamps.saturating_add(1_000_000_000).max(raw[raw.len() - 1].nanos.abs_diff(first));
        let step = (last >> 32) + 1;
        let times: Vec<u32> = raw.iter().map(|record| (record.nanos.abs_diff(first) / step) as u32).collect();
        let (keys, clients_of): (Vec<u32>, Vec<u32>) =
            raw.iter().map(|record| (record.key, record.client)).unzip();
        let has = |of: fn(&Raw) -> u32| raw.iter().any(|record| of(record) != NONE);
        let (durations, of): (_, fn(&Raw) -> u32) = if has(|record| record.upstream) {
            (Durations::Upstream, |record| record.upstream)
        } else {
            (if has(|record| record.total) { Durations::Total } else { Durations::None }, |record| {
                record.total
            })
        };
        let micros: Vec<u32> =
            if durations == Durations::None { Vec::new() } else { raw.iter().map(of).collect() };
        let mut hash = TraceHasher::default();
        hash.fold(step);
        for (time, (key, client)) in times.iter().zip(keys.iter().zip(&clients_of)) {
            hash.fold(u64::from(*time) << 32 | u64::from(*key));
            hash.fold(u64::from(*client));
        }
        for &micros in &micros {
            hash.fold(micros.into());
        }
        let mut places = names.places;
        sort_by_key(&mut places, |place| place.0);
        Self {
            times,
            step,
            keys,
            clients: clients_of,
            micros,
            durations,
            stamps,
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
    /// Which durations the file has.
    pub fn durations(&self) -> Durations {
        self.durations
    }
    /// How long record `n` took, as far as the file says so: of [`Self::durations`]' kind, in microseconds, at most 71
    /// minutes.
    pub fn duration(&self, n: u32) -> Option<Span> {
        let micros = self.micros.get(n as usize).filter(|&&micros| micros != NONE)?;
        Some(Span::from_nanos(u64::from(*micros) * 1_000))
    }
    /// How many records have a duration.
    pub fn with_duration(&self) -> usize {
        self.micros.iter().filter(|&&micros| micros != NONE).count()
    }
    /// From the first arrival to the last.
    pub fn span(&self) -> Span {
        Span::from_nanos(self.arrival(self.len() as u32 - 1).unwrap_or(0))
    }
    /// From the first stamp in the file to the last. The arrivals' span differs where those of one second are spread over it,
    /// and where stamps are of the ends of requests.
    pub fn stamps(&self) -> Span {
        Span::from_nanos(self.stamps)
    }
    /// How many arrive in each of so many equal parts of the span.
    pub fn rates(&self, slices: usize) -> Vec<u32> {
        let mut rates = vec![0; slices];
        // The last arrival is in the last part, though that ends with it.
        let last = self.times.last().map_or(1, |&last| u64::from(last).max(1));
        for &time in &self.times {
            let part = (u64::from(time) * slices as u64 / last) as usize;
            if let Some(rate) = rates.get_mut(part.min(slices.saturating_sub(1))) {
                *rate += 1;
            }
        }
        rates
    }
    /// The sixty seconds with the most arrivals, which begin with one: when they begin, after the first arrival, and how many;
    /// the first of equals.
    pub fn busiest_minute(&self) -> (Span, u32) {
        let at = |n: usize| u64::from(self.times[n]) * self.step;
        let (mut best, mut end) = ((0, 0), 0);
        for start in 0..self.len() {
            while end < self.len() && at(end) - at(start) < 60_000_000_000 {
                end += 1;
            }
            if end - start > best.1 {
                best = (start, end - start);
            }
        }
        (Span::from_nanos(at(best.0)), best.1 as u32)
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
    /// Tells these records from others: a hash over all arrivals, keys, clients and durations.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }
}

/// Spreads those of one second, of times that are whole seconds, evenly over it.
fn spread(raw: &mut [Raw]) {
    for same in raw.chunk_by_mut(|a, b| a.nanos == b.nanos) {
        let n = i64::from(same.len() as u32);
        for (i, record) in (0..).zip(same) {
            record.nanos = record.nanos.saturating_add(i * 1_000_000_000 / n);
        }
    }
}
