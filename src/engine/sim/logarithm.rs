//! The natural logarithm, for exponential draws: the costliest step of an event when it is taken from `libm`.
//!
//! Table and polynomial, after P. T. P. Tang, 'Table-driven implementation of the logarithm function in IEEE
//! floating-point arithmetic' (1990). Only additions, multiplications and bit operations, so the result is the same
//! bit for bit on every machine, as with `libm`; unlike there, no division.

/// Bits of the mantissa that choose the table's row.
const TABLE_BITS: u32 = 6;
const ROWS: usize = 1 << TABLE_BITS;
/// Mantissas are taken from [0.6875, 1.375), so that 1 lies within a row, far from the seam.
const START: u64 = 0x3fe6_0000_0000_0000;
const MANTISSA_BITS: u32 = 52;

/// For the middle c of every row: 1/c and ln c. The row around 1 has c = 1, so that ln is exact near it.
const TABLE: [(f64, f64); ROWS] = table();

const fn table() -> [(f64, f64); ROWS] {
    let mut rows = [(1.0, 0.0); ROWS];
    let mut row = 0;
    while row < ROWS {
        let width = 1 << (MANTISSA_BITS - TABLE_BITS);
        let from = f64::from_bits(START + row as u64 * width);
        let until = f64::from_bits(START + (row as u64 + 1) * width);
        if !(from <= 1.0 && 1.0 < until) {
            let inverse = 2.0 / (from + until);
            rows[row] = (inverse, -ln_near_one(inverse));
        }
        row += 1;
    }
    rows
}

/// ln c = 2 artanh((c − 1)/(c + 1)) by its series, for the table: slow, and exact to the last bits.
const fn ln_near_one(c: f64) -> f64 {
    let s = (c - 1.0) / (c + 1.0);
    let (mut sum, mut n) = (0.0, 41);
    while n > 0 {
        sum = sum * s * s + 1.0 / n as f64;
        n -= 2;
    }
    2.0 * s * sum
}

/// ln x for a positive, normal x, with an absolute error below 4 × 10⁻¹⁶ (1 + |ln x|).
#[inline]
pub fn ln(x: f64) -> f64 {
    let offset = x.to_bits().wrapping_sub(START);
    let row = (offset >> (MANTISSA_BITS - TABLE_BITS)) as usize % ROWS;
    let exponent = offset.cast_signed() >> MANTISSA_BITS;
    let mantissa = f64::from_bits(x.to_bits().wrapping_sub(exponent.cast_unsigned() << MANTISSA_BITS));
    let (inverse, ln_c) = TABLE[row];
    // |r| ≤ 1/64, reached in the row around 1: eight terms of the series of ln(1 + r) leave r⁹/9 < 10⁻¹⁷.
    let r = mantissa * inverse - 1.0;
    let r2 = r * r;
    let tail =
        (r * (1.0 / 3.0) - 0.5) + r2 * ((r * 0.2 - 0.25) + r2 * ((r * (1.0 / 7.0) - 1.0 / 6.0) - r2 * 0.125));
    (exponent as f64 * core::f64::consts::LN_2 + ln_c) + (r + r2 * tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn agrees_with_libm(bits in 0x0010_0000_0000_0000..0x7ff0_0000_0000_0000_u64, near in 0.5..2.0_f64) {
            for x in [f64::from_bits(bits), near, 1.0 + (near - 1.0) * 1e-6] {
                let near = libm::log(x);
                // Our own error, and that of libm, which promises one unit in the last place.
                let bound = 4e-16 * (1.0 + near.abs()) + f64::EPSILON * near.abs();
                prop_assert!((ln(x) - near).abs() <= bound, "{x}: {} for {near}", ln(x));
            }
        }
    }

    #[test]
    fn one_has_the_logarithm_zero() {
        assert_eq!(ln(1.0), 0.0);
    }
}
