//! Which of the ways to read a line is tried when.

use super::bytes::cut;
use super::csv::Csv;
use super::line::Line;
use super::records::Reason;
use super::w3c::Columns;
use super::{json, prefix, shape};

/// What is known of a file from the lines so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Reader {
    /// The table that it is, or may be.
    table: Option<Csv>,
    /// Whether that is known: the first line that is a record tells.
    decided: bool,
    columns: Columns,
}

impl Reader {
    /// Reads a line; `None` for one that only tells how to read others. A table's header can only be the `first`.
    pub fn read(&mut self, text: &[u8], first: bool, line: &mut Line) -> Option<Result<(), Reason>> {
        let headed = self.table.is_some();
        let mut parsed = Ok(());
        if !headed || !self.decided {
            if self.columns.takes(text) {
                return None;
            }
            parsed = self.log_line(text, line);
            if parsed.is_ok() {
                self.table = None;
                self.decided = true;
            }
            if self.decided {
                return Some(parsed);
            }
            if first && !headed {
                self.table = Csv::from_header(text);
                if self.table.is_some() {
                    return None;
                }
            }
            if !headed {
                self.table = Csv::without_header(text);
            }
        }
        let Some(table) = &mut self.table else { return Some(parsed) };
        let cells = table.parse(text, line);
        self.decided |= cells.is_ok();
        if self.decided || headed {
            return Some(cells);
        }
        self.table = None;
        Some(parsed)
    }

    /// A line of any server's log.
    fn log_line(&self, text: &[u8], line: &mut Line) -> Result<(), Reason> {
        if self.columns.are_known() && self.columns.read(text, line).is_ok() {
            return Ok(());
        }
        let (text, time) = prefix::pass_over(text);
        // An object may stand behind whatever a collector puts there.
        let from = if text.starts_with(b"{") {
            Some(0)
        } else if text.ends_with(b"}") {
            text.windows(2).position(|two| two == b"{\"")
        } else {
            None
        };
        if let Some(from) = from {
            let parsed = json::read(cut(text, from).1, time, false, line);
            if from == 0 || parsed.is_ok() {
                return parsed;
            }
        }
        shape::read(text, time, line)
    }
}
