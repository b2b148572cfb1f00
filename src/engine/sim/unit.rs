//! The closed set of units, with one parser and one formatter used everywhere: widgets, links, flags, sentences.

use super::decimal;
use core::fmt;
use serde::{Deserialize, Serialize};

/// What a number measures. The number itself is always in the unit's base (seconds, per second, bytes, …).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Unit {
    /// Seconds; written `250 ms`, `1.5 s`, `4 min`.
    Time,
    /// Events per second; written `480/s`, from ten thousand on `15k/s`.
    Rate,
    /// A share of one; written `85 %`.
    Share,
    /// Bytes; written `64 KiB`.
    Bytes,
    /// How many; written `480`, from ten thousand on `15k`.
    Count,
    /// Money per hour; written `$12`.
    Money,
    /// A multiple; written `4 ×`.
    Factor,
}

/// Why a text is not a number of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitError {
    text: String,
    unit: Unit,
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, unit } = self;
        write!(f, "'{text}' is not a {}; write it like {}", unit.noun(), unit.examples())
    }
}
impl core::error::Error for UnitError {}

/// Suffixes a unit is read with, each with its size in the unit's base. The empty suffix means the base itself.
type Suffixes = &'static [(&'static str, f64)];

const TIME: Suffixes = &[
    ("", 1.0),
    ("ns", 1e-9),
    ("µs", 1e-6),
    ("us", 1e-6),
    ("ms", 1e-3),
    ("s", 1.0),
    ("min", 60.0),
    ("m", 60.0),
    ("h", 3600.0),
];
const RATE: Suffixes =
    &[("", 1.0), ("/s", 1.0), ("k/s", 1e3), ("M/s", 1e6), ("k", 1e3), ("/min", 1.0 / 60.0)];
const SHARE: Suffixes = &[("", 1.0), ("%", 0.01)];
const BYTES: Suffixes = &[
    ("", 1.0),
    ("B", 1.0),
    ("KiB", 1024.0),
    ("MiB", 1_048_576.0),
    ("GiB", 1_073_741_824.0),
    ("kB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
];
const COUNT: Suffixes = &[("", 1.0), ("k", 1e3), ("M", 1e6)];
const MONEY: Suffixes = &[("", 1.0), ("k", 1e3)];
const FACTOR: Suffixes = &[("", 1.0), ("×", 1.0), ("x", 1.0)];

impl Unit {
    fn suffixes(self) -> Suffixes {
        match self {
            Self::Time => TIME,
            Self::Rate => RATE,
            Self::Share => SHARE,
            Self::Bytes => BYTES,
            Self::Count => COUNT,
            Self::Money => MONEY,
            Self::Factor => FACTOR,
        }
    }

    /// The unit's name in a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Rate => "rate",
            Self::Share => "share",
            Self::Bytes => "size in bytes",
            Self::Count => "count",
            Self::Money => "sum",
            Self::Factor => "factor",
        }
    }

    fn examples(self) -> &'static str {
        match self {
            Self::Time => "250 ms, 1.5 s or 4 min",
            Self::Rate => "480/s or 1.5k/s",
            Self::Share => "0.85 or 85 %",
            Self::Bytes => "512 B, 64 KiB or 1.5 GiB",
            Self::Count => "12 or 1.5k",
            Self::Money => "$12 or 1.5k",
            Self::Factor => "4 or 4x",
        }
    }

    /// Reads a number with or without a suffix of this unit, for example `250ms`, `85 %` or `1.5k/s`; the answer is in
    /// the unit's base and finite.
    ///
    /// # Errors
    /// A text that is no such number; the error's sentence says how to write one.
    pub fn parse(self, text: &str) -> Result<f64, UnitError> {
        let fail = || UnitError { text: text.chars().take(40).collect(), unit: self };
        let trimmed = text.trim().trim_start_matches('$');
        let split = trimmed
            .char_indices()
            .find(|&(at, c)| {
                let exponent_sign = (c == '+' || c == '-') && at > 0 && trimmed[..at].ends_with(['e', 'E']);
                let exponent = (c == 'e' || c == 'E')
                    && trimmed[at + 1..].starts_with(|c: char| c.is_ascii_digit() || c == '-');
                !(c.is_ascii_digit() || c == '.' || (c == '-' && at == 0) || exponent || exponent_sign)
            })
            .map_or(trimmed.len(), |(at, _)| at);
        let (number, suffix) = trimmed.split_at(split);
        let number = decimal::parse(number).ok_or_else(fail)?;
        let suffix = suffix.trim();
        let &(_, size) = self.suffixes().iter().find(|(name, _)| *name == suffix).ok_or_else(fail)?;
        let value = number * size;
        if value.is_finite() { Ok(value) } else { Err(fail()) }
    }

    /// Writes a number of this unit for people, with three significant digits at most beyond whole numbers: `250 ms`,
    /// `1500/s`, `85 %`. NaN and infinities, which mean 'nothing measured yet', are written `–`.
    pub fn format(self, value: f64) -> String {
        let (number, suffix) = self.parts(value);
        let space = match self {
            Self::Rate | Self::Count | Self::Money => "",
            _ if suffix.is_empty() => "",
            _ => "\u{a0}",
        };
        [number.as_str(), space, suffix].concat()
    }

    /// The two parts of [`Unit::format`], for a reading whose suffix is set smaller: (`250`, `ms`).
    pub fn parts(self, value: f64) -> (String, &'static str) {
        if !value.is_finite() {
            return ("–".into(), "");
        }
        // A value is written with the largest suffix that it reaches at least once; the first row also takes the rest.
        let table: Suffixes = match self {
            Self::Time => {
                &[("ns", 1e-9), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0), ("min", 60.0), ("h", 3600.0)]
            }
            Self::Rate => &[("/s", 1.0), ("k/s", 1e3), ("M/s", 1e6)],
            Self::Share => &[("%", 0.01)],
            Self::Bytes => &[("B", 1.0), ("KiB", 1024.0), ("MiB", 1_048_576.0), ("GiB", 1_073_741_824.0)],
            Self::Count => &[("", 1.0), ("k", 1e3), ("M", 1e6)],
            Self::Money => &[("", 1.0), ("k", 1e3)],
            Self::Factor => &[("×", 1.0)],
        };
        if value == 0.0 {
            let suffix = if self == Self::Time { "ms" } else { table[0].0 };
            return (if self == Self::Money { "$0" } else { "0" }.into(), suffix);
        }
        let magnitude = value.abs();
        let reaches = |size: f64, name: &str| {
            // Seconds stay seconds up to two minutes and whole counts below ten thousand stay whole: easier to compare.
            let wait = match (self, name) {
                (Self::Time, "min" | "h") => 2.0,
                (Self::Rate | Self::Count | Self::Money, "k" | "k/s") => 10.0,
                _ => 1.0,
            };
            magnitude >= size * wait * 0.9995
        };
        let &(suffix, size) =
            table.iter().rev().find(|(name, size)| reaches(*size, name)).unwrap_or(&table[0]);
        let mut number = three_digits(value / size);
        if self == Self::Money {
            if suffix.is_empty() && number.contains('.') {
                number = decimal::format(value, 2);
            }
            number = ["$", number.as_str()].concat();
        }
        (number, suffix)
    }
}

/// At most three significant digits, but whole numbers are never cut: `0.123`, `1.5`, `843`, `1234`.
fn three_digits(value: f64) -> String {
    let magnitude = libm::fabs(value);
    let decimals = if magnitude >= 99.95 {
        0
    } else if magnitude >= 9.995 {
        1
    } else if magnitude >= 0.9995 {
        2
    } else {
        3
    };
    let text = decimal::format(value, decimals);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_as_people_write() {
        let cases = [
            (Unit::Time, 0.25, "250\u{a0}ms"),
            (Unit::Time, 1.5, "1.5\u{a0}s"),
            (Unit::Time, 90.0, "90\u{a0}s"),
            (Unit::Time, 240.0, "4\u{a0}min"),
            (Unit::Time, 0.0, "0\u{a0}ms"),
            (Unit::Time, 0.843_2, "843\u{a0}ms"),
            (Unit::Rate, 480.0, "480/s"),
            (Unit::Rate, 15_000.0, "15k/s"),
            (Unit::Share, 0.85, "85\u{a0}%"),
            (Unit::Bytes, 65_536.0, "64\u{a0}KiB"),
            (Unit::Count, 1234.0, "1234"),
            (Unit::Money, 0.0, "$0"),
            (Unit::Money, 72.6, "$72.60"),
            (Unit::Money, 2.25, "$2.25"),
            (Unit::Money, 85.0, "$85"),
            (Unit::Money, 12_300.0, "$12.3k"),
            (Unit::Factor, 4.0, "4\u{a0}×"),
            (Unit::Money, 24.8, "$24.80"),
            (Unit::Money, 24.0, "$24"),
            (Unit::Money, 0.05, "$0.05"),
            (Unit::Time, f64::NAN, "–"),
        ];
        for (unit, value, text) in cases {
            assert_eq!(unit.format(value), text);
        }
    }

    #[test]
    fn reads_what_it_writes_and_what_people_type() {
        assert_eq!(Unit::Time.parse("250ms"), Ok(0.25));
        assert_eq!(Unit::Time.parse(" 1.5 s "), Ok(1.5));
        assert_eq!(Unit::Rate.parse("1.5k/s"), Ok(1500.0));
        assert_eq!(Unit::Share.parse("85 %"), Ok(0.85));
        assert_eq!(Unit::Count.parse("1e3"), Ok(1000.0));
        for text in ["", "fast", "1e999", "12 parsecs", "--3", "1.2.3"] {
            assert!(Unit::Time.parse(text).is_err(), "{text}");
        }
        let error = Unit::Time.parse("soon").unwrap_err().to_string();
        assert_eq!(error, "'soon' is not a time; write it like 250 ms, 1.5 s or 4 min");
    }
}
