//! The hash of a run: equal natively and in every browser, or the two runs were not the same.

use core::hash::Hasher;

/// Folds everything that happens into 64 bits, in fixed widths whatever the machine's word is.
///
/// One multiplication and one rotation a word, after the scheme of rustc's FxHash; [`Hasher::finish`] mixes the result
/// with the finaliser of MurmurHash3, so that close states have unlike hashes. It tells runs apart; it resists nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TraceHasher(u64);

impl TraceHasher {
    /// Folds one word in.
    #[inline]
    pub fn fold(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for TraceHasher {
    fn finish(&self) -> u64 {
        let mut h = self.0;
        h = (h ^ (h >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        h = (h ^ (h >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        h ^ (h >> 33)
    }
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.fold(u64::from_le_bytes(word));
        }
    }
    #[inline]
    fn write_u8(&mut self, i: u8) {
        self.fold(i.into());
    }
    #[inline]
    fn write_u16(&mut self, i: u16) {
        self.fold(i.into());
    }
    #[inline]
    fn write_u32(&mut self, i: u32) {
        self.fold(i.into());
    }
    #[inline]
    fn write_u64(&mut self, i: u64) {
        self.fold(i);
    }
    #[inline]
    fn write_usize(&mut self, i: usize) {
        self.fold(i as u64);
    }
    #[inline]
    fn write_isize(&mut self, i: isize) {
        self.fold(i as i64 as u64);
    }
}
