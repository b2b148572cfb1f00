//! Points of time as logs write them, in nanoseconds since 1970.

const MONTHS: [&[u8]; 12] =
    [b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"];

const SECOND: i128 = 1_000_000_000;

/// `12/May/2024:00:00:17 +0200`.
pub(super) fn log_time(text: &[u8]) -> Option<i128> {
    let mut fields = text.split(|&byte| matches!(byte, b'/' | b':' | b' '));
    let mut next = || fields.next();
    let day = digits(next()?, 2)?;
    let name = next()?.to_ascii_lowercase();
    let month = (1..).zip(MONTHS).find(|(_, month)| *month == name)?.0;
    let year = digits(next()?, 4)?;
    let clock = [digits(next()?, 2)?, digits(next()?, 2)?, digits(next()?, 2)?];
    let zone = zone(next()?)?;
    if next().is_some() {
        return None;
    }
    Some(i128::from(seconds(year, month, day, clock)? - zone) * SECOND)
}

/// `2024-05-12T00:00:17.123+02:00`; a blank or a small t may stand for the T, no zone means UTC.
pub(super) fn rfc3339(text: &[u8]) -> Option<i128> {
    let (date, rest) = text.split_at_checked(10)?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *date else { return None };
    let (&between, rest) = rest.split_first()?;
    if !matches!(between, b'T' | b't' | b' ') {
        return None;
    }
    let (clock, rest) = rest.split_at_checked(8)?;
    let [h1, h2, b':', n1, n2, b':', s1, s2] = *clock else { return None };
    let (fraction, zone_text) = if let Some(rest) = rest.strip_prefix(b".") {
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let kept = &rest[..length.min(9)];
        if length == 0 {
            return None;
        }
        (value(kept) * 10_u64.pow(9 - kept.len() as u32), &rest[length..])
    } else {
        (0, rest)
    };
    let zone = match zone_text {
        b"" | b"Z" | b"z" => 0,
        [sign, h1, h2, b':', m1, m2] => zone(&[*sign, *h1, *h2, *m1, *m2])?,
        other => zone(other)?,
    };
    let clock = [digits(&[h1, h2], 2)?, digits(&[n1, n2], 2)?, digits(&[s1, s2], 2)?];
    let whole = seconds(digits(&[y1, y2, y3, y4], 4)?, digits(&[m1, m2], 2)?, digits(&[d1, d2], 2)?, clock)?;
    Some(i128::from(whole - zone) * SECOND + i128::from(fraction))
}

/// A decimal number of units, times the nanoseconds in one; what is finer than a nanosecond is dropped.
pub(super) fn number(text: &[u8], unit: i64) -> Option<i128> {
    let (negative, text) = text.strip_prefix(b"-").map_or((false, text), |rest| (true, rest));
    let point = text.iter().position(|&byte| byte == b'.').unwrap_or(text.len());
    let (whole, fraction) = (&text[..point], text.get(point + 1..).unwrap_or_default());
    let is_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    // Eighteen digits hold nanoseconds since 1970 until the year 33658.
    if whole.len() + fraction.len() == 0 || whole.len() > 19 || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let fraction = &fraction[..fraction.len().min(9)];
    let parts = value(fraction) * unit.unsigned_abs() / 10_u64.pow(fraction.len() as u32);
    let nanos = i128::from(value(whole)) * i128::from(unit) + i128::from(parts);
    Some(if negative { -nanos } else { nanos })
}

/// The number that at most 19 digits stand for.
fn value(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
}

fn digits(text: &[u8], length: usize) -> Option<i64> {
    (text.len() == length && text.iter().all(u8::is_ascii_digit)).then(|| value(text).cast_signed())
}

/// `+0200`, in seconds.
fn zone(text: &[u8]) -> Option<i64> {
    let [sign, h1, h2, m1, m2] = *text else { return None };
    let (hours, minutes) = (digits(&[h1, h2], 2)?, digits(&[m1, m2], 2)?);
    let east = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(east * (hours * 3_600 + minutes * 60))
}

/// Seconds since 1970 of a date and clock in UTC; a leap second counts as the one after it.
fn seconds(year: i64, month: i64, day: i64, [hour, minute, second]: [i64; 3]) -> Option<i64> {
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
