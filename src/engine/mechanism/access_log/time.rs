//! Points of time as logs write them, in nanoseconds since 1970.

use super::bytes::cut;

/// Dates with a clock: a letter is a digit of the year, month, day, hour, minute or second, `b` the name of a month in three
/// letters, `?` what may stand between date and clock, `*` any byte.
const FORMS: [&[u8]; 5] = [
    b"YYYY-MM-DD?hh:mm:ss",
    b"DD/b/YYYY?hh:mm:ss",
    b"YYYY/MM/DD?hh:mm:ss",
    // The web framework gin.
    b"YYYY/MM/DD - hh:mm:ss",
    // C's `ctime`.
    b"*** b DD hh:mm:ss YYYY",
];
/// RFC 3164, section 4.1.2.
const WITHOUT_YEAR: &[u8] = b"b DD hh:mm:ss";
/// The year of a time that has none: only differences count, and this one has a 29 February.
const NO_YEAR: i64 = 2000;

/// Three letters each.
const MONTHS: &[u8] = b"janfebmaraprmayjunjulaugsepoctnovdec";

const SECOND: i64 = 1_000_000_000;

/// The numbers of a form (year, month, day, hour, minute, second) at the start of a text, and what follows.
fn fill<'a>(form: &[u8], mut text: &'a [u8]) -> Option<([i64; 6], &'a [u8])> {
    let mut numbers = [0; 6];
    for &sign in form {
        let (&byte, rest) = text.split_first()?;
        if let Some(which) = b"YMDhms".iter().position(|&letter| letter == sign) {
            // A day below ten may have a blank in front.
            let digit = if byte == b' ' { 0 } else { char::from(byte).to_digit(10)? };
            if let Some(number) = numbers.get_mut(which) {
                *number = *number * 10 + i64::from(digit);
            }
        } else if sign == b'b' {
            let name = text.get(..3)?;
            numbers[1] = (1..).zip(MONTHS.chunks(3)).find(|(_, month)| name.eq_ignore_ascii_case(month))?.0;
        } else if !(sign == byte || sign == b'*' || (sign == b'?' && b"Tt: \t".contains(&byte))) {
            return None;
        }
        text = if sign == b'b' { cut(text, 3).1 } else { rest };
    }
    Some((numbers, text))
}

/// A date and a clock at the start of a text, with or without a fraction of a second and a zone, and how many bytes they take:
/// `12/May/2024:00:00:17 +0200`, `2024-05-12T00:00:17.123+02:00`. No zone means UTC.
pub(super) fn leading(text: &[u8]) -> Option<(i64, usize)> {
    FORMS.iter().find_map(|form| begins(text, form))
}

/// The same of `May 12 00:00:17`.
pub(super) fn without_year(text: &[u8]) -> Option<(i64, usize)> {
    begins(text, WITHOUT_YEAR)
}

fn begins(text: &[u8], form: &[u8]) -> Option<(i64, usize)> {
    let (numbers, mut rest) = fill(form, text)?;
    let mut nanos = seconds(numbers)?.checked_mul(SECOND)?;
    let digits = rest.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count();
    let behind = rest.get(digits + 1);
    // A comma begins a fraction only as Java and Python write it, of three digits before a blank: otherwise it begins the next
    // cell of a table.
    let comma =
        rest.first() == Some(&b',') && digits == 3 && behind.is_some_and(|byte| b" ]+Z".contains(byte));
    if rest.first() == Some(&b'.') || comma {
        let mut part = SECOND;
        for digit in rest.iter().skip(1).take(digits) {
            part /= 10;
            nanos = nanos.checked_add(i64::from(digit - b'0') * part)?;
        }
        rest = if digits > 0 { cut(rest, digits + 1).1 } else { return None };
    }
    if let Some((zone, after)) =
        zone(rest.strip_prefix(b" ").unwrap_or(rest)).filter(|(_, after)| is_end(after))
    {
        nanos = nanos.checked_sub(zone * SECOND)?;
        rest = after;
    }
    is_end(rest).then_some((nanos, text.len() - rest.len()))
}

fn is_end(rest: &[u8]) -> bool {
    rest.first().is_none_or(|byte| b" \t]\",;|)".contains(byte))
}

/// `+0200`, `+02:00` or `Z`, in seconds.
fn zone(text: &[u8]) -> Option<(i64, &[u8])> {
    let (sign, text) = text.split_first()?;
    let east = match sign {
        b'Z' | b'z' => return Some((0, text)),
        b'+' => 60,
        b'-' => -60,
        _ => return None,
    };
    let ([_, _, _, hours, minutes, _], rest) = fill(b"hhmm", text).or_else(|| fill(b"hh:mm", text))?;
    (hours < 24 && minutes < 60).then_some((east * (hours * 60 + minutes), rest))
}

/// A text that is a date and a clock, and nothing else.
pub(super) fn whole(text: &[u8]) -> Option<i64> {
    leading(text).filter(|&(_, length)| length == text.len()).map(|(nanos, _)| nanos)
}

/// A date and a clock, or the time since 1970 in a unit that its size tells; a number below 10⁸ (of 1973) is no time.
pub(super) fn any(text: &[u8]) -> Option<i64> {
    whole(text).or_else(|| {
        let size = number(text, 1).filter(|&size| size >= 100_000_000)?;
        number(text, unit(size))
    })
}

/// Nanoseconds in the unit that the size of a time since 1970 tells: seconds below 10¹¹, milliseconds below 10¹⁴,
/// microseconds below 10¹⁷.
pub(super) fn unit(size: i64) -> i64 {
    match size {
        0..100_000_000_000 => 1_000_000_000,
        100_000_000_000..100_000_000_000_000 => 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000,
        _ => 1,
    }
}

/// A decimal number of units, times the nanoseconds in one; what is finer than a nanosecond is dropped.
pub(super) fn number(text: &[u8], unit: i64) -> Option<i64> {
    let positive = text.strip_prefix(b"-").unwrap_or(text);
    // Nanoseconds, or what is left of one unit for further digits.
    let (mut nanos, mut part, mut digits) = (0_i64, 0, 0);
    for &byte in positive {
        if byte == b'.' && part == 0 {
            part = unit;
            nanos = nanos.checked_mul(unit)?;
            continue;
        }
        let digit = i64::from(char::from(byte).to_digit(10)?);
        digits += 1;
        if part == 0 {
            nanos = nanos.checked_mul(10)?.checked_add(digit)?;
        } else if part > 1 {
            part /= 10;
            nanos = nanos.checked_add(digit * part)?;
        }
    }
    if part == 0 {
        nanos = nanos.checked_mul(unit)?;
    }
    (digits > 0).then_some(if positive.len() < text.len() { -nanos } else { nanos })
}

/// Seconds since 1970 of a date and clock in UTC; a leap second counts as the one after it.
fn seconds([year, month, day, hour, minute, second]: [i64; 6]) -> Option<i64> {
    let year = if year == 0 { NO_YEAR } else { year };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => 31,
    };
    let valid =
        (1..=12).contains(&month) && (1..=longest).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    // Days from civil (Howard Hinnant, *chrono-Compatible Low-Level Date Algorithms*): years begin in March.
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    valid.then_some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}
