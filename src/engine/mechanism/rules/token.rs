//! A line of a rule as words, numbers and signs.

use super::error::{RuleError, What};
use crate::sim::decimal;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Word(String),
    Number(f64),
    Sign(&'static str),
}

/// The longer ones first, or `<` would be found in `<=`.
const SIGNS: &[&str] = &["<=", ">=", "==", "!=", "<", ">", "=", "+", "-", "*", "/", "(", ")", ",", ":"];

/// A token, and the column at which it begins, from 1.
pub(super) type Placed = (Token, u32);

/// The tokens of a line, numbered from 1 for errors.
pub(super) fn tokens(line: &str, number: u32) -> Result<Vec<Placed>, RuleError> {
    let line: Vec<char> = line.split('#').next().unwrap_or_default().chars().collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(&first) = line.get(at) {
        let column = at as u32 + 1;
        let end = |is: fn(char) -> bool| at + line[at..].iter().take_while(|&&c| is(c)).count();
        if first.is_whitespace() {
            at += 1;
        } else if first.is_ascii_alphabetic() {
            let end = end(|c| c.is_ascii_alphanumeric() || c == '_');
            found.push((Token::Word(line[at..end].iter().collect()), column));
            at = end;
        } else if first.is_ascii_digit() {
            let end = end(|c| c.is_ascii_digit() || c == '.');
            let text: String = line[at..end].iter().collect();
            let value = decimal::parse(&text)
                .ok_or_else(|| RuleError::new(number, column, What::Unreadable(text)))?;
            found.push((Token::Number(value), column));
            at = end;
        } else {
            let fits = |sign: &&&str| sign.chars().enumerate().all(|(n, c)| line.get(at + n) == Some(&c));
            let Some(sign) = SIGNS.iter().find(fits) else {
                return Err(RuleError::new(number, column, What::Unreadable(first.to_string())));
            };
            found.push((Token::Sign(sign), column));
            at += sign.len();
        }
    }
    Ok(found)
}
