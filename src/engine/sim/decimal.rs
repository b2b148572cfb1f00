//! Decimal numbers, written and read with whole numbers of 128 bits.
//!
//! The standard library writes and reads every `f64` there is, and carries kilobytes of tables for it. What people read
//! and type is shorter; for that, this here gives the same digits and the same bits.

/// The largest power of ten that a `f64` holds exactly.
const EXACT: i32 = 22;

/// `value` lies between `low` and `high`, or is moved to the nearer of them; NaN stays.
///
/// Instead of `f64::clamp`, whose assertion formats its bounds and so brings in what this file does without.
#[inline]
pub fn clamp<T: PartialOrd>(value: T, low: T, high: T) -> T {
    if value < low {
        low
    } else if value > high {
        high
    } else {
        value
    }
}

/// |value| × 10^`power`, rounded to the nearest whole number, half-way cases to the even one; `None` from about 10^38
/// on, or if `power` is beyond ±22.
fn scaled(value: f64, power: i32) -> Option<u128> {
    let bits = value.to_bits();
    let (exponent, mantissa) = ((bits >> 52 & 0x7ff) as i32, u128::from(bits & ((1 << 52) - 1)));
    // value = mantissa × 2^exponent
    let (mantissa, exponent) = match exponent {
        0 => (mantissa, -1_074),
        _ => (mantissa | 1 << 52, exponent - 1_075),
    };
    let shift =
        |n: u128, by: i32| if by.max(0) as u32 > n.leading_zeros() { None } else { Some(n << by.max(0)) };
    let ten = 10_u128.pow(power.unsigned_abs().min(EXACT as u32 + 1));
    let (times, over) = if power < 0 { (1, ten) } else { (ten, 1) };
    if power.abs() > EXACT {
        return None;
    }
    let above = shift(mantissa.checked_mul(times)?, exponent)?;
    // What doesn't fit is more than twice as large as the number above it.
    let Some(below) = shift(over, -exponent) else { return Some(0) };
    let whole = above / below;
    let rest = above - whole * below;
    Some(whole + u128::from(rest > below - rest || (rest == below - rest && whole % 2 == 1)))
}

/// The number with so many digits after the point, at most 22, as `format!("{value:.decimals$}")` writes it. What is not
/// finite is written `–`, and so is what has more than 38 digits: no quantity of a model has.
pub fn format(value: f64, decimals: u8) -> String {
    let Some(mut rest) = scaled(value, decimals.into()).filter(|_| value.is_finite()) else {
        return "–".into();
    };
    let decimals = usize::from(decimals);
    // From the last digit on; the first stands before the point.
    let mut text = Vec::new();
    while rest > 0 || text.len() < decimals + 1 + usize::from(decimals > 0) {
        if decimals > 0 && text.len() == decimals {
            text.push('.');
        }
        text.push(char::from(b'0' + (rest % 10) as u8));
        rest /= 10;
    }
    if value.is_sign_negative() {
        text.push('-');
    }
    text.into_iter().rev().collect()
}

/// The number rounded to whole parts of one: 100 of them for percent, 10 for tenths.
pub fn rounded(value: f64, parts: f64) -> f64 {
    libm::round(value * parts) / parts
}

/// The number cut to so many significant digits, 1 to 15; unchanged where that takes more than 22 places either way.
pub fn significant(value: f64, digits: i32) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let most = 10_u128.pow(digits as u32);
    let mut power = digits - 1 - libm::floor(libm::log10(libm::fabs(value))) as i32;
    // The logarithm may be off by a hair at a power of ten.
    if scaled(value, power).is_some_and(|n| n > most) {
        power -= 1;
    }
    let Some(whole) = scaled(value, power) else { return value };
    // Both are exact, so the quotient or product is the number nearest to the decimal one.
    let ten = (0..power.abs()).fold(1.0, |ten, _| ten * 10.0);
    let nearest = if power < 0 { whole as f64 * ten } else { whole as f64 / ten };
    libm::copysign(nearest, value)
}

/// Reads digits with or without a sign, point and exponent; `None` for anything else. The result is the number nearest to
/// the text for up to 19 digits and 19 places before or after them, and otherwise off by a few units in the last place.
pub fn parse(text: &str) -> Option<f64> {
    let (text, sign) = match text.strip_prefix('-') {
        Some(rest) => (rest, -1.0),
        None => (text, 1.0),
    };
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let (mut mantissa, mut power) = (0_u64, exponent);
    for (digit, is_fraction) in
        whole.bytes().map(|digit| (digit, false)).chain(fraction.bytes().map(|digit| (digit, true)))
    {
        if !digit.is_ascii_digit() {
            return None;
        }
        if mantissa < 1_000_000_000_000_000_000 {
            mantissa = mantissa * 10 + u64::from(digit - b'0');
            power = power.saturating_sub(i32::from(is_fraction));
        } else {
            power = power.saturating_add(i32::from(!is_fraction));
        }
    }
    Some(sign * powered(mantissa, power))
}

/// mantissa × 10^power.
fn powered(mantissa: u64, power: i32) -> f64 {
    if mantissa == 0 {
        return 0.0;
    }
    let ten = || 10_u128.pow(power.unsigned_abs());
    match power {
        0..=19 => (u128::from(mantissa) * ten()) as f64,
        -19..0 => {
            // The quotient has 64 bits or more, of which the last stands for all that follow it: 53 are left when it is
            // rounded, once.
            let shift = mantissa.leading_zeros() + 64;
            let (above, below) = (u128::from(mantissa) << shift, ten());
            let quotient = above / below;
            let rounded = (quotient | u128::from(quotient * below != above)) as f64;
            rounded / (1_u128 << shift) as f64
        }
        _ => mantissa as f64 * libm::pow(10.0, f64::from(power)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use proptest::prelude::*;

    /// Numbers of all sizes that people meet, also such that lie half-way between two short decimals.
    fn number() -> impl Strategy<Value = f64> {
        let power = |base: f64, power: i32| libm::pow(base, f64::from(power));
        prop_oneof![
            (any::<u64>(), -30..0_i32).prop_map(move |(n, places)| n as f64 * power(10.0, places)),
            (-1_000_000..1_000_000_i32, 0..8_i32)
                .prop_map(move |(n, places)| f64::from(n) / power(10.0, places)),
            (-1_000_000..1_000_000_i32, 0..12_i32)
                .prop_map(move |(n, places)| f64::from(n) / power(2.0, places)),
            Just(0.0),
            Just(-0.0),
            Just(f64::MIN_POSITIVE),
            Just(5e-324),
        ]
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn writes_what_the_standard_library_writes(n in number(), decimals in 0..16_u8) {
            let places = usize::from(decimals);
            prop_assert_eq!(format(n, decimals), format!("{n:.places$}"));
        }

        #[test]
        fn cuts_as_the_standard_library_rounds(n in number()) {
            prop_assume!(n == 0.0 || (n.abs() > 1e-11 && n.abs() < 1e33));
            prop_assert_eq!(significant(n, 12).to_bits(), format!("{n:.11e}").parse::<f64>().unwrap().to_bits());
        }

        #[test]
        fn reads_what_the_standard_library_reads(n in number()) {
            for text in [format!("{n}"), format!("{n:e}"), format!("{n:.3}"), format!("{n:.14e}")] {
                let expected = text.parse::<f64>().unwrap();
                let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
                let digits = mantissa.bytes().filter(u8::is_ascii_digit).count();
                let after = mantissa.split_once('.').map_or(0, |(_, fraction)| i64::try_from(fraction.len()).unwrap());
                let places = after - exponent.parse::<i64>().unwrap();
                if digits <= 19 && places.abs() <= 19 {
                    prop_assert_eq!(parse(&text).map(f64::to_bits), Some(expected.to_bits()), "{}", text);
                } else {
                    let error = (parse(&text).unwrap() - expected).abs();
                    prop_assert!(error <= expected.abs() * 1e-15 + 1e-300, "{text}");
                }
            }
        }

        #[test]
        fn no_text_panics(text in "[-0-9.eE+]{0,30}") {
            prop_assert_eq!(parse(&text).is_some(), text.parse::<f64>().is_ok() && !text.starts_with('+'), "{}", text);
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in ["", "-", ".", "e5", "1e", "1.2.3", "--1", "1 ", "inf", "nan", "1e99999999999"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("1e999"), Some(f64::INFINITY));
        assert_eq!((format(f64::NAN, 2), format(1e300, 0)), ("–".into(), "–".into()));
    }
}
