//! Percent-encoding of texts that stand in an address, or in a list of settings joined by `&`.

/// The text with every byte encoded that isn't an unreserved sign (RFC 3986, section 2.3), a comma, a colon or a slash.
pub fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~,:/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for half in [byte >> 4, byte & 15] {
                out.push(char::from(b"0123456789ABCDEF"[usize::from(half)]));
            }
        }
    }
    out
}

/// The text that was encoded. A percent sign without two digits behind it stands for itself, so that `5%` is five percent;
/// bytes that are no text become `�`.
pub fn percent_decode(text: &str) -> String {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        let pair = if first == b'%' { after.first().copied().zip(after.get(1).copied()) } else { None };
        match pair.and_then(|(high, low)| Some(digit(high)? << 4 | digit(low)?)) {
            Some(byte) => {
                out.push(byte);
                rest = &after[2..];
            }
            None => out.push(first),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
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
