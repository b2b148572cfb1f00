//! One line of Common or Combined Log Format. Source: Apache httpd, *Log Files*, and nginx, `log_format combined`.

use super::records::Reason;
use super::{LogLine, time};

/// Reads one line.
pub(super) fn parse(line: &[u8]) -> Result<LogLine<'_>, Reason> {
    let client_end =
        line.iter().position(|&byte| byte == b' ').filter(|&end| end > 0).ok_or(Reason::Client)?;
    let (client, rest) = line.split_at(client_end);
    let open = find(rest, b" [").ok_or(Reason::Time)?;
    let rest = &rest[open + 2..];
    let close = rest.iter().position(|&byte| byte == b']').ok_or(Reason::Time)?;
    let nanos = time::log_time(&rest[..close]).ok_or(Reason::Time)?;
    let rest = rest[close + 1..].strip_prefix(b" \"").ok_or(Reason::Request)?;
    let end = closing_quote(rest).ok_or(Reason::Request)?;
    let (request, rest) = (&rest[..end], &rest[end + 1..]);
    let rest = rest.strip_prefix(b" ").ok_or(Reason::Status)?;
    let status = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if status != 3 {
        return Err(Reason::Status);
    }
    let rest = rest[3..].strip_prefix(b" ").ok_or(Reason::Bytes)?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let bytes = if digits == 0 && rest.first() == Some(&b'-') { 1 } else { digits };
    if bytes == 0 {
        return Err(Reason::Bytes);
    }
    further_fields(&rest[bytes..])?;
    Ok(LogLine { nanos, key: key(request), client })
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// Where a quoted text ends: at the first quote that no backslash escapes.
fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    None
}

/// Nothing, or fields after blanks, bare or in quotes.
fn further_fields(mut rest: &[u8]) -> Result<(), Reason> {
    while let Some((&blank, field)) = rest.split_first() {
        if blank != b' ' && blank != b'\t' {
            return Err(Reason::Further);
        }
        rest = if let Some(quoted) = field.strip_prefix(b"\"") {
            &quoted[closing_quote(quoted).ok_or(Reason::Further)? + 1..]
        } else {
            &field[field.iter().take_while(|&&byte| byte != b' ' && byte != b'\t').count()..]
        };
    }
    Ok(())
}

/// What a request asks for: path and query.
fn key(request: &[u8]) -> &[u8] {
    let mut words = request.split(|&byte| byte == b' ').filter(|word| !word.is_empty());
    let (first, second) = (words.next(), words.next());
    let target = second.or(first).unwrap_or_default();
    let Some(scheme) = find(target, b"://").filter(|&at| target[..at].iter().all(u8::is_ascii_alphanumeric))
    else {
        return target;
    };
    let after = &target[scheme + 3..];
    after.iter().position(|&byte| byte == b'/').map_or(b"/", |path| &after[path..])
}
