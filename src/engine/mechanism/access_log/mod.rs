//! Replay of a real access log: who asked for what, and when.
//!
//! [`Parser`] is fed with the file's bytes in chunks cut anywhere, and hands over [`Records`]. It never fails on a line:
//! lines that don't parse are counted, and the first [`SHOWN`] are kept with their number and the reason. The rule:
//!
//! **Format.** The first line that parses as one or the other decides: *Common or Combined Log Format*, or *CSV*. Lines
//! end with LF or CRLF; empty ones are skipped; a byte-order mark at the start is skipped; one of more than
//! [`LONGEST_LINE`] bytes doesn't parse. Bytes need not be UTF-8.
//!
//! **Common and Combined.** `client ident user [day/Mon/year:h:m:s ±zone] "request" status bytes`, then nothing or
//! further fields after a blank, bare or in quotes that are closed (Combined's referer and agent, nginx's
//! `$http_x_forwarded_for`, a site's own). In quotes, a backslash escapes the next character. `ident user` is anything
//! up to the bracket; `status` is three digits, `bytes` a number or `-`. The key is the request line's second word, so
//! path and query, without a scheme and host before it; a request line of one word or none is its own key.
//!
//! **CSV.** Cells are separated by comma, semicolon or tab, whichever comes first in the first line; a cell may be in
//! double quotes. Without a header the first cell is the time and the second, if there, the key. A header is a first line
//! that has one of the names `time timestamp ts date datetime at arrival t` (or one of them with `_s _ms _us _ns`, its
//! unit); keys are called `key url uri path request object item id`, clients `client ip user host remote_addr`. A time is
//! RFC 3339 (a blank may stand for the T, no zone means UTC) or a number: where the header names no unit, the first
//! record's size tells seconds (below 10¹¹), milliseconds, microseconds (from 10¹⁴) and nanoseconds (from 10¹⁷) apart.
//! Without keys all records have the same one; without clients they come from one.
//!
//! **Time.** Records are sorted by time, those of equal times in the order of the file: a log is written as requests
//! end. If no record of the file has a fraction of a second, times are taken to have been cut to whole seconds, and the
//! n records of one second are spread evenly over it: at 0, 1/n, 2/n, … of it. Times count from the first record, in
//! 2³² steps over the span of the log (1 ns up to 4 s, 0.2 ms for nine days).
//!
//! **Bounds.** The first [`MOST_RECORDS`] records are kept; what follows isn't read, and [`Records::truncated`] says so.
//! Keys are told apart by 32 bits of their hash. Counts of keys and clients are exact up to [`MOST_DISTINCT`], and names
//! of keys are kept while they fit into [`NAME_BYTES`].

mod common;
mod csv;
mod records;
#[cfg(test)]
mod tests;
mod time;

pub use records::{LogError, Reason, Records, Unparsed};

use crate::sim::Numbering;
use csv::Csv;
use xxhash_rust::xxh64::xxh64;

/// A longer line doesn't parse: 16 KiB.
pub const LONGEST_LINE: usize = 16_384;
/// Records that are kept.
pub const MOST_RECORDS: usize = 4_000_000;
/// Keys and clients are counted exactly up to here.
pub const MOST_DISTINCT: usize = 1_000_000;
/// Memory for names of keys: 16 MiB.
pub const NAME_BYTES: usize = 1 << 24;
/// Lines that don't parse are kept up to here.
pub const SHOWN: usize = 20;

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq)]
struct LogLine<'a> {
    /// Nanoseconds since 1970, or since whatever a CSV's numbers count from.
    nanos: i128,
    key: &'a [u8],
    client: &'a [u8],
}

/// A record while the file is read: time in nanoseconds, key, client.
type Raw = (i64, u32, u32);

/// The file's format, once a line has shown it.
#[derive(Clone, Debug)]
enum Format {
    Unknown(Option<Csv>),
    Common,
    Csv(Csv),
}

impl Format {
    /// Reads a line, and learns the format from the first that shows it; `None` for a header, which only the `first` line
    /// can be.
    fn read<'a>(&mut self, line: &'a [u8], first: bool) -> Option<Result<LogLine<'a>, Reason>> {
        let header = match self {
            Self::Common => return Some(common::parse(line)),
            Self::Csv(csv) => return Some(csv.parse(line)),
            Self::Unknown(header) => header,
        };
        let common = common::parse(line);
        if common.is_ok() {
            *self = Self::Common;
            return Some(common);
        }
        if first && header.is_none() {
            *header = Csv::from_header(line);
            if header.is_some() {
                return None;
            }
        }
        let headed = header.is_some();
        let mut csv = header.take().unwrap_or_else(|| Csv::without_header(line));
        let parsed = csv.parse(line);
        if parsed.is_ok() {
            *self = Self::Csv(csv);
            return Some(parsed);
        }
        *header = headed.then_some(csv);
        Some(if headed { parsed } else { common })
    }
}

/// Reads a log in chunks.
#[derive(Clone, Debug)]
pub struct Parser {
    format: Format,
    /// The beginning of a line whose end is still to come; of one that is too long, a byte more than is allowed.
    partial: Vec<u8>,
    /// Lines begun, that is, the number of the current one.
    lines: u64,
    raw: Vec<Raw>,
    limit: usize,
    truncated: bool,
    unparsed: u64,
    shown: Vec<Unparsed>,
    names: Names,
    /// Clients by the hash of their name.
    clients: Numbering,
    fractions: bool,
    compressed: bool,
}

/// Names of keys, while there is room.
#[derive(Clone, Debug, Default)]
struct Names {
    text: String,
    /// Keys that have a place.
    known: Numbering,
    /// Key, and where its name begins and ends.
    places: Vec<(u32, u32, u32)>,
}

impl Default for Parser {
    fn default() -> Self {
        Self::new()
    }
}

impl Parser {
    /// A parser at the start of a file.
    pub fn new() -> Self {
        Self::with_limit(MOST_RECORDS)
    }

    /// The same, keeping fewer records.
    fn with_limit(limit: usize) -> Self {
        Self {
            format: Format::Unknown(None),
            partial: Vec::new(),
            lines: 0,
            raw: Vec::new(),
            limit,
            truncated: false,
            unparsed: 0,
            shown: Vec::new(),
            names: Names::default(),
            clients: Numbering::default(),
            fractions: false,
            compressed: false,
        }
    }

    /// How many records have been read so far.
    pub fn so_far(&self) -> usize {
        self.raw.len()
    }

    /// Takes the next bytes of the file.
    pub fn push(&mut self, chunk: &[u8]) {
        let mut rest = chunk;
        while !rest.is_empty() && !self.truncated {
            let end = rest.iter().position(|&byte| byte == b'\n');
            let piece = &rest[..end.unwrap_or(rest.len())];
            rest = &rest[end.map_or(rest.len(), |end| end + 1)..];
            if end.is_some() && self.partial.is_empty() && piece.len() <= LONGEST_LINE {
                // The usual line, whole in its chunk, is read where it lies.
                self.line(piece);
                continue;
            }
            let room = LONGEST_LINE + 1 - self.partial.len();
            self.partial.extend_from_slice(&piece[..piece.len().min(room)]);
            if end.is_some() {
                self.end_of_line();
            }
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// If nothing in it parsed; the sentence says what is allowed.
    pub fn finish(mut self) -> Result<Records, LogError> {
        if !self.partial.is_empty() {
            self.end_of_line();
        }
        if self.raw.is_empty() {
            return Err(match (self.compressed, self.lines) {
                (true, _) => LogError::Compressed,
                (false, 0) => LogError::Empty,
                (false, lines) => LogError::Nothing { lines, first: self.shown.into_iter().next() },
            });
        }
        Ok(Records::new(self))
    }

    fn end_of_line(&mut self) {
        let line = core::mem::take(&mut self.partial);
        if line.len() > LONGEST_LINE {
            self.lines += 1;
            self.refuse(Reason::TooLong, &line);
        } else {
            self.line(&line);
        }
        // The buffer is used again.
        self.partial = line;
        self.partial.clear();
    }

    fn line(&mut self, line: &[u8]) {
        self.lines += 1;
        let mut line = line.strip_suffix(b"\r").unwrap_or(line);
        if self.lines == 1 {
            self.compressed = line.starts_with(&[0x1f, 0x8b]);
            line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        if self.raw.len() >= self.limit {
            self.truncated = true;
            return;
        }
        let first = self.raw.is_empty() && self.unparsed == 0;
        let Some(parsed) = self.format.read(line, first) else { return };
        let in_range = parsed.and_then(|line| {
            let nanos = i64::try_from(line.nanos).map_err(|_| Reason::Time)?;
            Ok((nanos, line.key, line.client))
        });
        match in_range {
            Ok((nanos, key, client)) => self.keep(nanos, key, client),
            Err(reason) => self.refuse(reason, line),
        }
    }

    fn keep(&mut self, nanos: i64, key: &[u8], client: &[u8]) {
        self.fractions |= nanos % 1_000_000_000 != 0;
        let key = self.names.key(key);
        let hash = xxh64(client, 0);
        let client = if self.clients.len() < MOST_DISTINCT {
            self.clients.number(hash)
        } else {
            // Too many to number: the upper half of the numbers, by hash.
            self.clients.get(hash).unwrap_or(hash as u32 | 1 << 31)
        };
        self.raw.push((nanos, key, client));
    }

    fn refuse(&mut self, reason: Reason, line: &[u8]) {
        self.unparsed += 1;
        if self.shown.len() < SHOWN {
            let text: String = String::from_utf8_lossy(line).chars().take(200).collect();
            self.shown.push(Unparsed { line: self.lines, reason, text });
        }
    }
}

impl Names {
    /// The number of a key: half its hash. Its name is remembered while there is room.
    fn key(&mut self, name: &[u8]) -> u32 {
        let key = xxh64(name, 0) as u32;
        if self.places.len() < MOST_DISTINCT && self.known.number(key.into()) as usize == self.places.len() {
            let from = self.text.len() as u32;
            if self.text.len() + name.len() <= NAME_BYTES {
                self.text.push_str(&String::from_utf8_lossy(name));
            }
            self.places.push((key, from, self.text.len() as u32));
        }
        key
    }
}
