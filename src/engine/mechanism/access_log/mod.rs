//! Replay of a real access log: who asked for what, and when.
//!
//! [`Parser`] is fed with the file's bytes in chunks cut anywhere, and hands over [`Records`]. It never fails on a line:
//! lines that don't parse are counted, and the first [`SHOWN`] are kept with their number and the reason. There is one
//! reader for all servers, which looks for what a record needs rather than for a format. The rule:
//!
//! **Lines** end with LF or CRLF; empty ones are skipped; a byte-order mark at the start is skipped; one of more than
//! [`LONGEST_LINE`] bytes doesn't parse. Bytes need not be UTF-8. What syslog (RFC 3164, RFC 5424), journald, a container's
//! runtime or Compose put before a line is passed over; its time counts where the line itself has none (`prefix`).
//!
//! **JSON.** A line that begins with an object, or ends with one, is read by the names of its fields, nested ones too (`json`,
//! `names`). It is a record if it has a time, a method and a target. One that wraps a line of text (`log`, `message`) is that
//! line. The same names are understood in `name=value` lines (logfmt).
//!
//! **W3C.** `#Fields` names the columns from there on, and may change; other lines that begin with `#` and a letter are
//! skipped (`w3c`).
//!
//! **Common Log Format** is recognised by a time in brackets (or quotes) with a quote behind it; between them may stand
//! further brackets. `client ident user [time] "request" status`, then nothing or further fields, bare or in quotes that are
//! closed. The request may be anything, since scanners send anything; the status has three digits. In quotes, a backslash
//! escapes the next character.
//!
//! **Any other line** is a record if it has a time in a known form, a method of HTTP and a path, wherever they stand (`shape`).
//! Lines of error logs have these as well: a line with a level in brackets (`[error]`, `[core:warn]`) is none, and neither is
//! one in words whose request doesn't stand right before a status.
//!
//! **Key and client.** The key is path and query, without a scheme and host before it; in Common Log Format a request line of
//! one word or none is its own key. The client is an address without its port. Only where the field for the client is a list
//! is it the first in it; a list of forwarded addresses elsewhere says nothing. Where there is no address it is the field as it
//! stands.
//!
//! **CSV** is what has no such record, if its first line or one after it parses as this: cells are separated by comma,
//! semicolon or tab, whichever comes first in the first line; a cell may be in double quotes. Without a header the first cell
//! is the time and the second, if there, the key. A header is a first line that has one of the names `time timestamp ts date
//! datetime at arrival t` (or one of them with `_s _ms _us _ns`, its unit); keys are called `key url uri path request object
//! item id`, clients `client ip user host remote_addr`, durations as in JSON. A time is a date and a clock (no zone means UTC)
//! or a number: where the header names no unit, the first record's size tells seconds (below 10¹¹), milliseconds,
//! microseconds (from 10¹⁴) and nanoseconds (from 10¹⁷) apart. Without keys all records have the same one; without clients
//! they come from one.
//!
//! **Durations** are kept where they are known, in microseconds: how long the server behind took, if any record of the file
//! says so ([`Durations::Upstream`]), and otherwise how long the request took altogether ([`Durations::Total`]), which includes
//! the waiting it had. A number that might be bytes or another unit (Apache's `%D` alone) is not taken for one (`spent`).
//!
//! **Time.** If no stamp of the file has a fraction of a second, stamps are taken to have been cut to whole seconds, and the n
//! records of one second are spread evenly over it, in the order of the file: at 0, 1/n, 2/n, … of it. nginx, Caddy, AWS' ALB,
//! Squid and W3C logs stamp a request when it ends: there the arrival is the stamp (spread, if need be) less the whole
//! duration. Records are sorted by arrival, those of equal times in the order of the file. Times count from the first
//! record, in 2³² steps over the span of the log (1 ns up to 4 s, 0.2 ms for nine days).
//!
//! **Bounds.** The first [`MOST_RECORDS`] records are kept; what follows isn't read, and [`Records::truncated`] says so.
//! Keys are told apart by 32 bits of their hash. Counts of keys and clients are exact up to [`MOST_DISTINCT`], and names
//! of keys are kept while they fit into [`NAME_BYTES`].

mod bytes;
mod csv;
mod json;
mod line;
mod names;
mod prefix;
mod reader;
mod records;
mod shape;
mod spent;
#[cfg(test)]
mod tests;
mod time;
mod token;
mod w3c;

pub use records::{Durations, LogError, Reason, Records, Unparsed};

use crate::sim::Numbering;
use line::{Line, Spent};
use reader::Reader;
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

/// A record while the file is read.
#[derive(Clone, Copy, Debug)]
struct Raw {
    nanos: i64,
    key: u32,
    client: u32,
    /// Microseconds, or [`names::NONE`].
    upstream: u32,
    total: u32,
}

/// Reads a log in chunks.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is another thing that has been seen or not")]
pub struct Parser {
    reader: Reader,
    /// The current line.
    found: Line,
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
    /// Whether stamps are of the ends of requests: a file is of one server.
    ended: bool,
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
            reader: Reader::default(),
            found: Line::new(),
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
            ended: false,
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
        match self.reader.read(line, first, &mut self.found) {
            Some(Ok(())) => self.keep(),
            Some(Err(reason)) => self.refuse(reason, line),
            None => {}
        }
    }

    fn keep(&mut self) {
        let nanos = self.found.time.unwrap_or_default();
        let Spent { upstream, total, ended } = self.found.spent();
        self.fractions |= nanos % 1_000_000_000 != 0;
        self.ended |= ended;
        let key = self.names.key(self.found.key());
        let hash = xxh64(self.found.client(), 0);
        let client = if self.clients.len() < MOST_DISTINCT {
            self.clients.number(hash)
        } else {
            // Too many to number: the upper half of the numbers, by hash.
            self.clients.get(hash).unwrap_or(hash as u32 | 1 << 31)
        };
        self.raw.push(Raw { nanos, key, client, upstream, total });
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
