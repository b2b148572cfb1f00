//! A table of arrival times and keys.

use super::records::Reason;
use super::{LogLine, time};

const TIMES: [&str; 8] = ["time", "timestamp", "ts", "date", "datetime", "at", "arrival", "t"];
const KEYS: [&str; 8] = ["key", "url", "uri", "path", "request", "object", "item", "id"];
const CLIENTS: [&str; 5] = ["client", "ip", "user", "host", "remote_addr"];
/// Units that a header may name, and nanoseconds in each.
const UNITS: [(&str, i64); 4] = [("_s", 1_000_000_000), ("_ms", 1_000_000), ("_us", 1_000), ("_ns", 1)];

/// What is known of the table.
#[derive(Clone, Debug)]
pub(super) struct Csv {
    separator: u8,
    time: usize,
    key: Option<usize>,
    client: Option<usize>,
    /// Nanoseconds in a unit of the times, if they are numbers; told by the header or by the first record.
    unit: Option<i64>,
}

impl Csv {
    /// The table below this header, if it is one.
    pub(super) fn from_header(line: &[u8]) -> Option<Self> {
        let separator = separator(line);
        let is =
            |name: &[u8], wanted: &[&str]| wanted.iter().any(|it| name.eq_ignore_ascii_case(it.as_bytes()));
        let place = |wanted: &[&str]| cells(line, separator).position(|name| is(name.trim_ascii(), wanted));
        let units = || UNITS.iter().map(|&(suffix, nanos)| (suffix, Some(nanos)));
        let time_in = |name: &[u8]| {
            let mut endings = units().chain([("", None)]);
            endings.find_map(|(suffix, unit)| {
                let (stem, end) = name.split_at_checked(name.len().checked_sub(suffix.len())?)?;
                (is(end, &[suffix]) && is(stem, &TIMES)).then_some(unit)
            })
        };
        let (time, unit) =
            (0..).zip(cells(line, separator)).find_map(|(n, name)| Some((n, time_in(name.trim_ascii())?)))?;
        Some(Self { separator, time, key: place(&KEYS), client: place(&CLIENTS), unit })
    }

    /// A table that begins with this line.
    pub(super) fn without_header(line: &[u8]) -> Self {
        Self { separator: separator(line), time: 0, key: Some(1), client: None, unit: None }
    }

    /// Reads one line.
    pub(super) fn parse<'a>(&mut self, line: &'a [u8]) -> Result<LogLine<'a>, Reason> {
        let cell = |wanted: usize| cells(line, self.separator).nth(wanted).map(<[u8]>::trim_ascii);
        let of_column = |column: Option<usize>| column.and_then(cell).unwrap_or_default();
        let (key, client) = (of_column(self.key), of_column(self.client));
        let text = cell(self.time).unwrap_or_default();
        let nanos = if let Some(nanos) = time::rfc3339(text) {
            nanos
        } else {
            let size = time::number(text, 1).ok_or(Reason::Time)?.abs();
            let unit = *self.unit.get_or_insert(match size {
                0..100_000_000_000 => 1_000_000_000,
                100_000_000_000..100_000_000_000_000 => 1_000_000,
                100_000_000_000_000..100_000_000_000_000_000 => 1_000,
                _ => 1,
            });
            time::number(text, unit).ok_or(Reason::Time)?
        };
        Ok(LogLine { nanos, key, client })
    }
}

/// The first separator outside quotes; a comma where there is none.
fn separator(line: &[u8]) -> u8 {
    let mut quoted = false;
    let found = line.iter().copied().find(|&byte| {
        quoted ^= byte == b'"';
        !quoted && matches!(byte, b',' | b';' | b'\t')
    });
    found.unwrap_or(b',')
}

/// The cells of a line, without the quotes around them.
fn cells(line: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    let split = line.split(move |&byte| {
        quoted ^= byte == b'"';
        !quoted && byte == separator
    });
    split.map(|cell| {
        let cell = cell.trim_ascii();
        cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\"")).unwrap_or(cell)
    })
}
