//! What others put before a server's line: syslog, journald, a container's runtime, Compose.
//!
//! Sources: RFC 3164 (section 4.1), RFC 5424 (section 6), the *CRI logging format* of Kubernetes, and what `docker compose logs`
//! and `journalctl -o short-iso` print.

use super::bytes::{all_digits, cut, halves, word};
use super::shape::is_level;
use super::time;

/// The line behind all prefixes, and the time that the last of them has.
pub(super) fn pass_over(line: &[u8]) -> (&[u8], Option<i64>) {
    let (mut rest, mut time) = (line, None);
    while let Some((after, at)) = one(rest) {
        rest = after;
        time = at.or(time);
    }
    (rest, time)
}

fn one(line: &[u8]) -> Option<(&[u8], Option<i64>)> {
    let (first, after) = word(line);
    if let Some(after) = after.strip_prefix(b"| ") {
        // `web-1  | `
        return (is_name(first)).then(|| (after.trim_ascii_start(), None));
    }
    // `<190>`, before which Heroku's drains count the bytes (RFC 6587, section 3.4.1).
    let counted = line.iter().take_while(|&&byte| byte.is_ascii_digit() || byte == b' ').count();
    let prioritized = cut(line, counted).1.strip_prefix(b"<").and_then(|line| halves(line, b'>'));
    let prioritized = prioritized.filter(|(priority, _)| all_digits(priority)).map(|(_, rest)| rest);
    let rest = prioritized.unwrap_or(line);
    // RFC 5424 has a version, and behind the time always a host, a program, its process, a kind of message and data.
    let versioned = prioritized.and_then(|rest| rest.strip_prefix(b"1 "));
    let rest = versioned.unwrap_or(rest);
    let by_month = time::without_year(rest);
    let (nanos, length) = by_month.or_else(|| time::leading(rest))?;
    let mut rest = cut(rest, length).1.trim_ascii_start();
    let (first, after) = word(rest);
    let words = if versioned.is_some() {
        4
    } else if is_tag(first) {
        1
    } else if matches!(first, b"stdout" | b"stderr") || is_tag(word(after).0) {
        2
    } else if by_month.is_some() || prioritized.is_some() {
        0
    } else {
        // Without a tag there is no saying where the prefix ends: the time may be the line's own.
        return None;
    };
    for _ in 0..words {
        rest = word(rest).1;
    }
    if versioned.is_some() {
        let data = rest.strip_prefix(b"[").and_then(|rest| halves(rest, b']'));
        rest = data.map_or(rest, |(_, rest)| rest.trim_ascii_start());
        rest = rest.strip_prefix(b"- ").unwrap_or(rest);
    }
    Some((rest, Some(nanos)))
}

/// `nginx[12]:`
fn is_tag(word: &[u8]) -> bool {
    word.strip_suffix(b":").is_some_and(|word| is_name(word) && !is_level(word))
}

fn is_name(word: &[u8]) -> bool {
    word.first().is_some_and(u8::is_ascii_alphabetic)
        && word.iter().all(|&byte| byte.is_ascii_alphanumeric() || b"-_./[]@()".contains(&byte))
}
