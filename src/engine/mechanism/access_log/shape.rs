//! Lines without names: Common Log Format with whatever stands around it, and anything else with a time, a method and a path.
//!
//! Sources: Apache `mod_log_config` and nginx `ngx_http_log_module` for the shape; for what others write see [`super::spent`].

use super::bytes::{cut, halves, is_one_of, without_quotes};
use super::line::{Line, address, is_method, is_target, request};
use super::records::Reason;
use super::token::{Kind, Token, split, token};
use super::{spent, time};

/// What error logs and applications call the importance of a line that isn't of a request.
const GRAVE: &str = "error err warn warning crit critical alert emerg fatal panic severe notice";
/// What they also call that of one that is.
const LIGHT: &str = "info debug trace";

/// So many words make a line prose.
const PROSE: usize = 4;

pub(super) fn is_level(text: &[u8]) -> bool {
    is_one_of(text, GRAVE) || is_one_of(text, LIGHT)
}

/// Reads a line; `outer` is the time of what stood before it.
pub(super) fn read(text: &[u8], outer: Option<i64>, line: &mut Line) -> Result<(), Reason> {
    let tokens = split(text);
    line.clear();
    named_fields(&tokens, line);
    let stamps = || (0..).zip(&tokens);
    let bracketed = stamps().find_map(|(at, token)| Some((at, in_brackets(token)?)));
    if let (Some(_), Some((nanos, length))) = (bracketed, time::leading(text)) {
        // `docker logs -t` puts a time before the line, and nothing else.
        return read(cut(text, length).1, Some(nanos), line);
    }
    if let Some((at, nanos)) = bracketed {
        let mut asked = at + 1;
        while token(&tokens, asked).kind == Kind::Bracketed && !of_error_log(&token(&tokens, asked)) {
            asked += 1;
        }
        match token(&tokens, asked).kind {
            Kind::Quoted => return common(&tokens, nanos, at, asked, line),
            Kind::Open => return Err(Reason::Request),
            _ => {}
        }
    }
    let stamp = bracketed.or_else(|| stamps().find_map(|(at, token)| Some((at, bare(text, at, token)?))));
    free(&tokens, stamp, outer, line)
}

/// The time that a token in brackets, in quotes, or in both is; as a number only in brackets.
fn in_brackets(token: &Token<'_>) -> Option<i64> {
    let text = token.text;
    let inner = text.strip_prefix(b"[").and_then(|text| text.strip_suffix(b"]")).unwrap_or(text);
    match token.kind {
        Kind::Bracketed => time::any(inner),
        Kind::Quoted => time::whole(inner),
        Kind::Bare | Kind::Open => None,
    }
}

/// The time that begins with a token; as a number only in front, as Squid has it, or with milliseconds, as nginx' `$msec`.
fn bare(line: &[u8], at: usize, token: &Token<'_>) -> Option<i64> {
    let is_number = at == 0 || (token.text.len() == 14 && token.text[10] == b'.');
    let number = || if is_number { time::any(token.text) } else { None };
    time::leading(cut(line, token.from).1).map(|(nanos, _)| nanos).or_else(number)
}

/// `[error]` or `[core:error]`. Only applications write these in capitals, and not only of errors.
fn of_error_log(token: &Token<'_>) -> bool {
    let level = halves(token.text, b':').map_or(token.text, |(_, level)| level);
    token.kind == Kind::Bracketed && is_level(level) && level.first().is_some_and(u8::is_ascii_lowercase)
}

/// `client ident user [time] "request" status`, and further fields. The request may be anything.
fn common(tokens: &[Token<'_>], nanos: i64, at: usize, asked: usize, line: &mut Line) -> Result<(), Reason> {
    let before = tokens.get(..at).unwrap_or_default();
    if !token(tokens, asked + 1).is_status() {
        return Err(Reason::Status);
    }
    if tokens.iter().any(|token| token.kind == Kind::Open) {
        return Err(Reason::Further);
    }
    let forwarded = spent::five(tokens, asked).filter(|_| at == 0);
    let client = if let Some((from, _)) = forwarded {
        // Envoy's: the forwarded addresses, or else who is at the other end, the last in Istio's format.
        let peer = tokens.iter().rfind(|token| token.kind == Kind::Bare && address(token.text).is_some());
        Some(token(tokens, from).text).filter(|text| *text != b"-").or(peer.map(|token| token.text))
    } else if at == 0 {
        client(tokens, false)
    } else {
        client(before, true).or(Some(token(before, 0).text))
    };
    record(tokens, nanos, client, asked, line);
    Ok(())
}

fn record(tokens: &[Token<'_>], nanos: i64, client: Option<&[u8]>, asked: usize, line: &mut Line) {
    let spent = spent::of(tokens, asked, line.spent());
    line.is(nanos, token(tokens, asked).text, client.unwrap_or_default(), spent);
}

/// The first address, but one that says it is the client's before all others; and in Common Log Format not that of the server
/// that was asked, with its port, where the client comes second (Apache's `vhost_combined`).
fn client<'a>(tokens: &[Token<'a>], is_common: bool) -> Option<&'a [u8]> {
    let mut first: Option<&[u8]> = None;
    for Token { text, .. } in tokens {
        if let Some(named) = text.strip_prefix(b"Client ") {
            return Some(named);
        }
        if address(text).is_none() {
            if is_common && first.is_some() {
                break;
            }
        } else if first.is_none_or(|first| is_common && address(first) != Some(first)) {
            first = Some(text);
        }
    }
    first
}

/// A line that has a time, a method and a path, wherever they stand, or names its fields.
fn free(
    tokens: &[Token<'_>],
    stamp: Option<(usize, i64)>,
    outer: Option<i64>,
    line: &mut Line,
) -> Result<(), Reason> {
    let own = stamp.map(|(_, nanos)| nanos).or(line.time);
    if line.has_request() {
        return line.finish(own.or(outer));
    }
    let nanos = own.or(outer).ok_or(Reason::Time)?;
    if tokens.iter().any(of_error_log) {
        return Err(Reason::ErrorLog);
    }
    let (from, to) = find_request(tokens).ok_or(Reason::Request)?;
    // The request stands where an access log has it: before the status or behind a time in brackets (uWSGI).
    let in_place = token(tokens, to + 1).is_status()
        || stamp.is_some_and(|(at, _)| at + 1 == from && token(tokens, at).kind == Kind::Bracketed);
    if !in_place && is_prose(tokens) {
        return Err(Reason::ErrorLog);
    }
    // A time from elsewhere belongs to anything that was said; an answer belongs to a request.
    if own.is_none() && !tokens.iter().any(Token::is_status) {
        return Err(Reason::Status);
    }
    record(tokens, nanos, client(tokens, false), to, line);
    Ok(())
}

/// What the line says as `name=value`.
fn named_fields(tokens: &[Token<'_>], line: &mut Line) {
    for token in tokens.iter().filter(|token| token.kind == Kind::Bare) {
        let Some((name, value)) = halves(token.text, b'=') else { continue };
        if name.iter().all(|&byte| byte.is_ascii_alphanumeric() || b"_.-@".contains(&byte)) {
            line.put(name, without_quotes(value));
        }
    }
}

/// Where the request is: the tokens of its method and its target, which may be the same.
fn find_request(tokens: &[Token<'_>]) -> Option<(usize, usize)> {
    (0..tokens.len()).find_map(|from| {
        let text = token(tokens, from).text;
        if request(text) {
            return Some((from, from));
        }
        // nginx proxy manager writes scheme and host between the two.
        let mut behind = from + 1..tokens.len().min(from + 4);
        let to = behind
            .find(|&to| is_method(text) && (is_target(token(tokens, to).text) || text == b"CONNECT"))?;
        Some((from, to))
    })
}

/// Whether somebody tells something: words, or a word for how grave it is.
fn is_prose(tokens: &[Token<'_>]) -> bool {
    let mut words = 0;
    for token in tokens.iter().filter(|token| token.kind == Kind::Bare) {
        let (&last, head) = token.text.split_last().unwrap_or((&b' ', b""));
        let word = if b":,".contains(&last) { head } else { token.text };
        if is_one_of(word, GRAVE) {
            return true;
        }
        words += usize::from(word.len() > 1 && word.iter().all(u8::is_ascii_alphabetic) && !is_method(word));
    }
    words >= PROSE
}
