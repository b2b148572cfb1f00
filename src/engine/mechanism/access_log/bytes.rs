//! Cutting texts: each in one piece of code rather than wherever it is needed, and none that can panic.

/// A text before and from a place; all of it is before one that is beyond its end.
#[inline(never)]
pub(super) fn cut(text: &[u8], at: usize) -> (&[u8], &[u8]) {
    text.split_at(at.min(text.len()))
}

/// Where a byte first stands; the end of the text where it doesn't.
#[inline(never)]
pub(super) fn find(text: &[u8], wanted: u8) -> usize {
    text.iter().position(|&byte| byte == wanted).unwrap_or(text.len())
}

/// The first word, and what follows the blanks behind it.
#[inline(never)]
pub(super) fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|&byte| byte == b' ' || byte == b'\t').unwrap_or(text.len());
    let (word, rest) = cut(text, end);
    (word, rest.trim_ascii_start())
}

/// What stands before a byte and behind it, if it is there.
pub(super) fn halves(text: &[u8], by: u8) -> Option<(&[u8], &[u8])> {
    let (before, rest) = cut(text, find(text, by));
    Some((before, rest.split_first()?.1))
}

/// What stands between two quotes, if they are at the ends; or else the whole.
pub(super) fn without_quotes(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\"")).unwrap_or(text)
}

#[inline(never)]
pub(super) fn all_digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// Whether a text is one of the words of a list, in small letters or capitals.
#[inline(never)]
pub(super) fn is_one_of(text: &[u8], list: &str) -> bool {
    list.split(' ').any(|word| text.eq_ignore_ascii_case(word.as_bytes()))
}
