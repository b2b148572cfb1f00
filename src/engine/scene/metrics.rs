//! How wide a text is, without a browser: layout has to give the same answer natively, in the page and in a worker.
//!
//! The widths are those of `DejaVu Sans`, its bold and `DejaVu Sans Mono` in hundredths of the font size, rounded up.
//! That family is among the widest of the sans-serif fonts that a system hands out as its own (Segoe UI, SF, Roboto,
//! Noto and Arial are all narrower), so a text that fits here fits in every browser.

/// Which of the three faces a text is set in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Face {
    /// The system's sans-serif.
    #[default]
    Plain,
    /// The same, bold.
    Bold,
    /// The system's fixed-width face, for code.
    Mono,
}

/// Smallest size of a text in a picture, in CSS pixels.
pub const SMALLEST: f32 = 11.0;
/// From the baseline up to the top of the tallest letter, in font sizes.
pub const ASCENT: f32 = 0.78;
/// From the baseline down to the lowest letter's end, in font sizes.
pub const DESCENT: f32 = 0.24;
/// From baseline to baseline, in font sizes.
pub const LINE: f32 = 1.3;

/// Printable ASCII from the space on.
#[rustfmt::skip]
const PLAIN: [u8; 95] = [
    32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84,
    84, 84, 54, 100, 69, 69, 70, 77, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79, 61, 79, 70, 64, 62, 74, 69, 99, 69, 62,
    69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53, 40, 64, 60,
    82, 60, 60, 53, 64, 34, 64, 84,
];
#[rustfmt::skip]
const BOLD: [u8; 95] = [
    35, 46, 53, 84, 70, 101, 88, 31, 46, 46, 53, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 40, 40, 84,
    84, 84, 58, 100, 78, 77, 74, 83, 69, 69, 83, 84, 38, 38, 78, 64, 100, 84, 85, 74, 85, 77, 73, 69, 82, 78, 111, 78,
    73, 73, 46, 37, 46, 84, 50, 50, 68, 72, 60, 72, 68, 44, 72, 72, 35, 35, 67, 35, 105, 72, 69, 72, 72, 50, 60, 48, 72,
    66, 93, 65, 66, 59, 72, 37, 72, 84,
];

fn advance(c: char, face: Face) -> f32 {
    let hundredths = match (c, face) {
        (' '..='~', Face::Plain) => PLAIN[c as usize - 32],
        (' '..='~', Face::Bold) => BOLD[c as usize - 32],
        ('\u{a0}', Face::Plain | Face::Bold) => 35,
        (c, Face::Mono) if c < '\u{2e80}' => 61,
        // Latin with accents.
        (c, _) if c < '\u{370}' => 85,
        // Greek, dashes, arrows, signs.
        ('\u{370}'..'\u{400}' | '\u{2010}'..'\u{2300}', _) => 100,
        // Cyrillic, CJK, symbols, emoji.
        _ => 140,
    };
    f32::from(hundredths) / 100.0
}

/// Width of `text` at `size`, in the unit of `size`; never too small for a font that is used.
pub fn width(text: &str, size: f32, face: Face) -> f32 {
    text.chars().map(|c| advance(c, face)).sum::<f32>() * size
}

/// The text, or as much of its beginning as fits `room` with '…' behind it. Not even '…' fits: nothing.
pub fn fit(text: &str, size: f32, face: Face, room: f32) -> std::borrow::Cow<'_, str> {
    if width(text, size, face) <= room {
        return text.into();
    }
    let mut left = room - advance('…', face) * size;
    if left < 0.0 {
        return "".into();
    }
    let mut end = 0;
    for (at, c) in text.char_indices() {
        left -= advance(c, face) * size;
        if left < 0.0 {
            break;
        }
        end = at + c.len_utf8();
    }
    format!("{}…", text[..end].trim_end()).into()
}

/// The text on at most two lines, broken at a space and shortened where it still doesn't fit.
pub fn fit_two(text: &str, size: f32, face: Face, room: f32) -> (String, Option<String>) {
    if width(text, size, face) <= room {
        return (text.to_owned(), None);
    }
    let breaks = text.char_indices().filter(|&(_, c)| c == ' ').map(|(at, _)| at);
    match breaks.take_while(|&at| width(&text[..at], size, face) <= room).last() {
        Some(at) => {
            (text[..at].to_owned(), Some(fit(text[at..].trim_start(), size, face, room).into_owned()))
        }
        None => (fit(text, size, face, room).into_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use proptest::prelude::*;

    #[test]
    fn a_text_without_room_is_shortened() {
        assert_eq!(fit("balancer", 12.0, Face::Plain, 100.0), "balancer");
        assert_eq!(fit("balancer", 12.0, Face::Plain, 40.0), "bala…");
        assert_eq!(fit("balancer", 12.0, Face::Plain, 5.0), "");
        let (first, second) = fit_two("weighted round robin", 12.0, Face::Plain, 100.0);
        assert_eq!((first.as_str(), second.as_deref()), ("weighted round", Some("robin")));
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn what_fit_returns_fits(text in ".{0,40}", room in 0.0f32..300.0) {
            for face in [Face::Plain, Face::Bold, Face::Mono] {
                prop_assert!(width(&fit(&text, 12.0, face, room), 12.0, face) <= room);
                let (first, second) = fit_two(&text, 12.0, face, room);
                prop_assert!(width(&first, 12.0, face) <= room);
                prop_assert!(width(&second.unwrap_or_default(), 12.0, face) <= room);
            }
        }
    }
}
