//! Encodes bytes as text for HTML attributes. ASCII stays as it is, so the page compresses as well as the text itself;
//! base64 would spoil that.

/// Added to bytes that can't be written as they are. `U+0100` and up are letters without a meaning in HTML.
const SHIFT: u32 = 0x100;

fn is_itself(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'&' | b'<' | b'>')
}

/// The bytes as text, without control characters, quotes, `&`, `<` and `>`: it can stand in an attribute as it is.
pub fn bytes_to_text(bytes: &[u8]) -> String {
    let letter = |&byte: &u8| {
        let code = u32::from(byte) + if is_itself(byte) { 0 } else { SHIFT };
        char::from_u32(code).unwrap_or_default()
    };
    bytes.iter().map(letter).collect()
}

/// The bytes that a text of [`bytes_to_text`] stands for; `None` if it stands for none.
pub fn text_to_bytes(text: &str) -> Option<Vec<u8>> {
    let byte = |letter: char| {
        let code = u32::from(letter);
        u8::try_from(if code < SHIFT { code } else { code - SHIFT }).ok()
    };
    text.chars().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn every_byte_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let text = bytes_to_text(&bytes);
            prop_assert!(!text.contains(|c: char| c.is_control() || "\"&<>".contains(c)));
            prop_assert_eq!(text_to_bytes(&text), Some(bytes));
        }

        #[test]
        fn no_text_panics(text in ".{0,100}") {
            let _ = text_to_bytes(&text);
        }
    }
}
