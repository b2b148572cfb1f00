//! Percent-encoding of texts that stand in an address, or in a list of settings joined by `&`.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What is encoded: all but the unreserved signs (RFC 3986, section 2.3), commas, colons and slashes.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b',')
    .remove(b':')
    .remove(b'/');

/// The text, encoded.
pub fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

/// The text that was encoded. A percent sign without two digits behind it stands for itself, so that `5%` is five percent;
/// bytes that are no text become `�`.
pub fn percent_decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use proptest::prelude::*;

    #[test]
    fn only_what_needs_it_is_encoded() {
        assert_eq!(percent_encode("b,a:east"), "b,a:east");
        assert_eq!(percent_encode("p99 > 1s & ä"), "p99%20%3E%201s%20%26%20%C3%A4");
        for as_it_is in ["5%", "5%2", "%zz", "%"] {
            assert_eq!(percent_decode(as_it_is), as_it_is);
        }
        assert_eq!(percent_decode("%FF"), "\u{fffd}");
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn what_is_encoded_is_decoded_again(text in ".{0,40}") {
            let encoded = percent_encode(&text);
            prop_assert!(!encoded.contains(['&', '=', ' ', ')']));
            prop_assert_eq!(percent_decode(&encoded), text);
        }

        #[test]
        fn no_text_panics(text in "[%0-9a-fä]{0,20}") {
            let _ = percent_decode(&text);
        }
    }
}
