//! Bytes as text that stays readable where it was: what is written so into a page compresses as well as the text does,
//! which base64 would spoil.

/// Added to the bytes that are not written as themselves: `U+0100` and up, letters that no markup knows.
const SHIFT: u32 = 0x100;

fn is_itself(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'&' | b'<' | b'>')
}

/// The bytes as text, without control characters, quotes, `&`, `<` and `>`: it can stand in an attribute as it is.
pub fn to_plain(bytes: &[u8]) -> String {
    let letter = |&byte: &u8| {
        let code = u32::from(byte) + if is_itself(byte) { 0 } else { SHIFT };
        char::from_u32(code).unwrap_or_default()
    };
    bytes.iter().map(letter).collect()
}

/// The bytes that a text of [`to_plain`] stands for; `None` if it stands for none.
pub fn from_plain(text: &str) -> Option<Vec<u8>> {
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
            let text = to_plain(&bytes);
            prop_assert!(!text.contains(|c: char| c.is_control() || "\"&<>".contains(c)));
            prop_assert_eq!(from_plain(&text), Some(bytes));
        }

        #[test]
        fn no_text_panics(text in ".{0,100}") {
            let _ = from_plain(&text);
        }
    }
}
