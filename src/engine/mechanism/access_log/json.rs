//! One JSON object a line, as far as a record needs it: names and values, nested ones too, whatever surrounds them.

use super::bytes::cut;
use super::line::Line;
use super::names::{Role, roles};
use super::records::Reason;
use super::{prefix, shape};

/// Reads an object at the start of a text; `outer` is the time of the line around it. If the object itself is no record, a
/// line or an object that it wraps may be one: Docker's `json-file` driver and collectors of logs write such. One is enough:
/// what is `wrapped` itself is only somebody's message.
pub(super) fn read(text: &[u8], outer: Option<i64>, wrapped: bool, line: &mut Line) -> Result<(), Reason> {
    line.clear();
    fields(text, line).ok_or(Reason::Further)?;
    let finished = line.finish(outer);
    let inner = line.inner();
    if finished != Err(Reason::Request) || inner.is_empty() || wrapped {
        return finished;
    }
    let (inner, time) = prefix::pass_over(&inner);
    let outer = time.or(line.time).or(outer);
    if inner.starts_with(b"{") { read(inner, outer, true, line) } else { shape::read(inner, outer, line) }
}

/// The fields of an object, if it ends. Commas and brackets of lists say nothing here: a list's members come one by one under
/// its name, and the first of equals counts.
fn fields(text: &[u8], line: &mut Line) -> Option<()> {
    // The names of the objects that are open, and how many of them lie outside the one that is skipped.
    let mut open: Vec<&[u8]> = Vec::new();
    let mut skipped = usize::MAX;
    let mut name: &[u8] = b"";
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        match byte {
            b'{' => {
                roles(name, &mut |_, role, _| {
                    if role == Role::Skip {
                        skipped = skipped.min(open.len());
                    }
                });
                open.push(name);
                name = b"";
            }
            b'}' => {
                name = open.pop()?;
                if open.len() <= skipped {
                    skipped = usize::MAX;
                }
                if open.is_empty() {
                    return Some(());
                }
            }
            b',' | b':' | b'[' | b']' | b' ' | b'\t' => {}
            _ => {
                let from = at - usize::from(byte != b'"');
                at = from;
                let ends: &[u8] = if byte == b'"' { b"\"" } else { b",:[]{} \t" };
                loop {
                    let next = text.get(at)?;
                    if ends.contains(next) {
                        break;
                    }
                    at += 1 + usize::from(*next == b'\\');
                }
                let value = cut(cut(text, at).0, from).1;
                at += usize::from(byte == b'"');
                if cut(text, at).1.trim_ascii_start().starts_with(b":") {
                    name = value;
                } else if skipped == usize::MAX {
                    line.put(name, value);
                }
            }
        }
    }
    None
}
