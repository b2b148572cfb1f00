//! A table of arrival times and keys.

use super::bytes::{cut, is_one_of, without_quotes};
use super::line::Line;
use super::records::Reason;
use super::time;

const TIMES: &str = "time timestamp ts date datetime at arrival t";
const KEYS: &str = "key url uri path request object item id";
const CLIENTS: &str = "client ip user host remote_addr";
/// Units that a header may name, and nanoseconds in each.
const UNITS: [(&[u8], i64); 4] = [(b"_ms", 1_000_000), (b"_us", 1_000), (b"_ns", 1), (b"_s", 1_000_000_000)];

const NOWHERE: usize = usize::MAX;

/// What is known of the table.
#[derive(Clone, Debug)]
pub(super) struct Csv {
    separator: u8,
    /// Columns; [`NOWHERE`] for none.
    time: usize,
    key: usize,
    client: usize,
    spent: usize,
    /// The name of the column of durations.
    spent_name: Vec<u8>,
    /// Nanoseconds in a unit of the times, if they are numbers; told by the header or by the first record, 0 before.
    unit: i64,
}

impl Csv {
    /// The table below this header, if it is one.
    pub(super) fn from_header(line: &[u8]) -> Option<Self> {
        let mut table = Self {
            separator: separator(line),
            time: NOWHERE,
            key: NOWHERE,
            client: NOWHERE,
            spent: NOWHERE,
            spent_name: Vec::new(),
            unit: 0,
        };
        // From the right: the first of several counts.
        for (n, name) in cells(line, table.separator).into_iter().enumerate().rev() {
            let (mut stem, mut nanos) = (name, 0);
            for (suffix, unit) in UNITS {
                let (head, end) = cut(name, name.len().saturating_sub(suffix.len()));
                if end.eq_ignore_ascii_case(suffix) {
                    (stem, nanos) = (head, unit);
                }
            }
            if is_one_of(stem, TIMES) {
                (table.time, table.unit) = (n, nanos);
            }
            if is_one_of(name, KEYS) {
                table.key = n;
            }
            if is_one_of(name, CLIENTS) {
                table.client = n;
            }
            let mut line = Line::new();
            line.put(name, b"1");
            if line.spent().is_known() {
                table.spent = n;
                table.spent_name = name.to_vec();
            }
        }
        (table.time != NOWHERE).then_some(table)
    }

    /// A table that begins with this line, if it isn't one that logs in words, with a comma before the milliseconds.
    pub(super) fn without_header(line: &[u8]) -> Option<Self> {
        let separator = separator(line);
        let in_time = time::leading(line).is_some_and(|(_, length)| cut(line, length).0.contains(&separator));
        let [client, spent] = [NOWHERE; 2];
        let table = Self { separator, time: 0, key: 1, client, spent, spent_name: Vec::new(), unit: 0 };
        (!in_time).then_some(table)
    }

    /// Reads one line.
    pub(super) fn parse(&mut self, text: &[u8], line: &mut Line) -> Result<(), Reason> {
        let cells = cells(text, self.separator);
        let cell = |column: usize| cells.get(column).copied().unwrap_or_default();
        let stamp = cell(self.time);
        let mut nanos = time::whole(stamp);
        if nanos.is_none() {
            if self.unit == 0 {
                self.unit = time::unit(time::number(stamp, 1).ok_or(Reason::Time)?.abs());
            }
            nanos = time::number(stamp, self.unit);
        }
        line.clear();
        line.put(&self.spent_name, cell(self.spent));
        line.is(nanos.ok_or(Reason::Time)?, cell(self.key), cell(self.client), line.spent());
        Ok(())
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

/// The cells of a line, without the blanks and quotes around them.
pub(super) fn cells(line: &[u8], separator: u8) -> Vec<&[u8]> {
    let mut quoted = false;
    let mut cells = Vec::new();
    for cell in line.split(|&byte| {
        quoted ^= byte == b'"';
        !quoted && byte == separator
    }) {
        cells.push(without_quotes(cell.trim_ascii()).trim_ascii());
    }
    cells
}
