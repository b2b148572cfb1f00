//! A free-form line cut into what stands between blanks.

use super::bytes::{all_digits, cut, find};

/// How a token is set apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bare,
    /// In double quotes; a backslash escapes the next byte.
    Quoted,
    /// In square brackets or braces.
    Bracketed,
    /// A quote that nothing closes, and all that follows it.
    Open,
}

/// One token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub kind: Kind,
    /// Without what sets it apart.
    pub text: &'a [u8],
    /// Where it begins in the line.
    pub from: usize,
}

impl Token<'_> {
    /// Three digits, bare or in quotes, that can be a status.
    pub fn is_status(&self) -> bool {
        matches!(self.kind, Kind::Bare | Kind::Quoted) && self.text.len() == 3 && all_digits(self.text)
    }
}

/// The token at a place; an empty one where there is none.
pub(super) fn token<'a>(tokens: &[Token<'a>], at: usize) -> Token<'a> {
    tokens.get(at).copied().unwrap_or(Token { kind: Kind::Bare, text: b"", from: 0 })
}

const LONGEST_BRACKET: usize = 1_024;

/// The tokens of a line. A quote or bracket closes one only before a blank or the end, so that an agent may have quotes in
/// it that nobody escaped, and `[2001:db8::1]:80` is one token. A comma at its end joins a bare token with the next: lists of
/// addresses and of times are written so. `name="a value"` is one token.
pub(super) fn split(line: &[u8]) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(32);
    let mut at = 0;
    // Once a quote isn't closed, no later one is: that is not looked for again, or a hostile line would cost its square.
    let mut unclosed = false;
    while let Some(&first) = line.get(at) {
        if is_blank(first) {
            at += 1;
            continue;
        }
        let from = at;
        let (kind, end) = match first {
            b'"' => (Kind::Quoted, if unclosed { None } else { closing_quote(line, at + 1) }),
            b'[' => (Kind::Bracketed, closing_bracket(line, at + 1, b']')),
            b'{' => (Kind::Bracketed, closing_bracket(line, at + 1, b'}')),
            _ => (Kind::Bare, None),
        };
        let (kind, text) = if let Some(end) = end {
            at = end + 1;
            (kind, between(line, from + 1, end))
        } else if kind == Kind::Quoted {
            at = line.len();
            (Kind::Open, between(line, from + 1, at))
        } else {
            at = end_of_bare(line, at, &mut unclosed);
            (Kind::Bare, between(line, from, at))
        };
        tokens.push(Token { kind, text, from });
    }
    tokens
}

fn between(line: &[u8], from: usize, to: usize) -> &[u8] {
    cut(cut(line, to).0, from).1
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn ends(line: &[u8], at: usize) -> bool {
    line.get(at).is_none_or(|&byte| is_blank(byte))
}

fn closing_quote(line: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match line.get(at)? {
            b'"' if ends(line, at + 1) => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// The first closing bracket, if the token ends there and isn't longer than any that servers write.
fn closing_bracket(line: &[u8], from: usize, closing: u8) -> Option<usize> {
    let within = cut(cut(line, from).1, LONGEST_BRACKET).0;
    let at = from + find(within, closing);
    (line.get(at) == Some(&closing) && ends(line, at + 1)).then_some(at)
}

fn end_of_bare(line: &[u8], from: usize, unclosed: &mut bool) -> usize {
    let mut at = from;
    let mut last = 0;
    while let Some(&byte) = line.get(at) {
        if is_blank(byte) {
            let next = cut(line, at).1.trim_ascii_start().len();
            if last != b',' || next == 0 {
                break;
            }
            at = line.len() - next;
        } else if byte == b'=' && line.get(at + 1) == Some(&b'"') && !*unclosed {
            let end = closing_quote(line, at + 2);
            *unclosed = end.is_none();
            at = end.unwrap_or(at) + 1;
        } else {
            at += 1;
        }
        last = byte;
    }
    at
}
