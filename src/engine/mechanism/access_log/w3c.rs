//! The W3C's Extended Log File Format: lines whose columns a `#Fields` line names, which may change.
//!
//! Source: the W3C's working draft *Extended Log File Format* (WD-logfile-960323): `date` and `time` are those at which the
//! transaction ended.

use super::bytes::word;
use super::csv::cells;
use super::line::Line;
use super::records::Reason;
use super::time;

/// The columns in force.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    names: Vec<Vec<u8>>,
    /// The day, where it is only said once.
    date: Vec<u8>,
}

impl Columns {
    /// Whether there are any.
    pub fn are_known(&self) -> bool {
        !self.names.is_empty()
    }

    /// Takes a line that says something about the file: it begins with `#` and a letter.
    pub fn takes(&mut self, line: &[u8]) -> bool {
        let is_one = line.first() == Some(&b'#') && line.get(1).is_some_and(u8::is_ascii_alphabetic);
        if is_one {
            let (name, mut rest) = word(line);
            if name == b"#Date:" {
                self.date = word(rest).0.to_vec();
            }
            if name == b"#Fields:" {
                self.names.clear();
                while !rest.is_empty() {
                    let (name, after) = word(rest);
                    self.names.push(name.to_vec());
                    rest = after;
                }
            }
        }
        is_one
    }

    /// Reads a line. Values are set apart by tabs (`CloudFront`'s are, though its names aren't) or by blanks.
    pub fn read(&self, text: &[u8], line: &mut Line) -> Result<(), Reason> {
        let separator = if text.contains(&b'\t') { b'\t' } else { b' ' };
        let mut stamp = [&*self.date, b" ", b""];
        line.clear();
        for (name, value) in self.names.iter().zip(cells(text, separator)) {
            match &**name {
                b"date" => stamp[0] = value,
                b"time" => stamp[2] = value,
                _ => line.put(name, value),
            }
        }
        line.ended_at(time::whole(&stamp.concat()));
        line.finish(None)
    }
}
