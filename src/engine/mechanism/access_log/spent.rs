//! How long a request took, where a line says so without a name, by the patterns that servers write.
//!
//! Sources: the *Configuration Manual* of HAProxy (section 8.2.3, *HTTP log format*), *Access logs for your Application Load
//! Balancer* and *… Classic Load Balancer* of AWS, *Amazon S3 server access log format*, Envoy's *Access logging* (default
//! format), Squid's *Native log format*, nginx `ngx_http_upstream_module`, Traefik's *Access logs*.

use super::bytes::{all_digits, halves};
use super::line::{Spent, address};
use super::names::{MS, NONE, S, micros};
use super::token::{Kind, Token, token};

/// What the tokens of a line say, with the request at `asked`: the first pattern that is there. `named` is what they say by
/// name.
pub(super) fn of(tokens: &[Token<'_>], asked: usize, named: Spent) -> Spent {
    let (mut longest, mut unit) = (Spent::UNKNOWN, Spent::UNKNOWN);
    for (at, token) in tokens.iter().enumerate() {
        if !token.text.first().is_some_and(|byte| b"-[0123456789".contains(byte)) {
            continue;
        }
        let found = haproxy(token).or_else(|| if at < asked { balancer(tokens, at) } else { None });
        if let Some(spent) = found {
            return spent;
        }
        if is_decimal(token.text) {
            nginx(&mut longest, micros(token.text, S));
        } else if token.kind == Kind::Bare && token.text.ends_with(b"s") {
            // `3ms`, as Traefik has it at the end and Go's frameworks anywhere.
            unit.total = micros(token.text, MS).min(unit.total);
        }
    }
    let patterns =
        [squid(tokens), five(tokens, asked).map_or(Spent::UNKNOWN, |(_, spent)| spent), named, longest];
    patterns.into_iter().find(|spent| spent.is_known()).unwrap_or(unit)
}

/// `Tq/Tw/Tc/Tr/Tt`, since 1.8 `TR/Tw/Tc/Tr/Ta`: milliseconds, -1 for what didn't happen, a plus before what goes on. The
/// stamp is when the request was accepted.
fn haproxy(token: &Token<'_>) -> Option<Spent> {
    let mut times = [NONE; 5];
    let mut parts = token.text.split(|&byte| byte == b'/');
    for time in &mut times {
        let part = parts.next()?;
        let part = part.strip_prefix(b"+").unwrap_or(part);
        if part != b"-1" {
            *time = if all_digits(part) { micros(part, MS) } else { return None };
        }
    }
    let [_, _, _, upstream, total] = times;
    parts.next().is_none().then_some(Spent { upstream, total, ended: false })
}

/// The target's address, and then request, target and response processing time in seconds, -1 for none. Stamps are of the
/// response, but of the request where no type of the connection stands before them (Classic Load Balancer).
fn balancer(tokens: &[Token<'_>], at: usize) -> Option<Spent> {
    let target = token(tokens, at).text;
    let times = [1, 2, 3].map(|n| token(tokens, at + n).text);
    let is_time = |text: &&[u8]| *text == b"-1" || is_decimal(text);
    if !times.iter().all(is_time) || (address(target).is_none() && target != b"-") {
        return None;
    }
    let times = times.map(|text| micros(text, S));
    let known = times.into_iter().filter(|time| *time != NONE);
    Some(Spent {
        upstream: times[1],
        total: known.reduce(u32::saturating_add).unwrap_or(NONE),
        ended: at > 3,
    })
}

/// `time elapsed client code/status …`: the stamp is a number, and that of the end; milliseconds.
fn squid(tokens: &[Token<'_>]) -> Spent {
    match tokens {
        [stamp, elapsed, ..] if is_decimal(stamp.text) && all_digits(elapsed.text) => {
            Spent { upstream: NONE, total: micros(elapsed.text, MS), ended: true }
        }
        _ => Spent::UNKNOWN,
    }
}

/// nginx' times in seconds, in a format of the learner's own: numbers with three decimal places or more. A connection is there
/// before the first byte of an answer, that before the last, and the request ends after all of them. So the longest is the
/// request's time and the next the time of the server behind, whichever are logged and in whatever order.
fn nginx(longest: &mut Spent, time: u32) {
    // Not the time since 1970.
    if time > 4_000_000_000 {
        return;
    }
    longest.ended = true;
    if longest.total == NONE || time >= longest.total {
        *longest = Spent { total: time, upstream: longest.total, ended: true };
    } else if longest.upstream == NONE || time > longest.upstream {
        longest.upstream = time;
    }
}

/// `0.003`, or several of such, as nginx writes the times of several tries.
fn is_decimal(text: &[u8]) -> bool {
    let ends = text.last().is_some_and(|last| last.is_ascii_digit() || *last == b'-');
    ends && halves(text, b'.').is_some_and(|(whole, parts)| all_digits(whole) && parts.len() > 2)
        && micros(text, S) != NONE
}

/// Five tokens behind the status and what may follow it: bytes in and out, how long it took, how long the server behind took,
/// in milliseconds, and one in quotes. That is Envoy's format (the quotes have the forwarded addresses) and S3's, whose
/// server behind is S3 itself. Answers the place of the last, and the times. Stamps are of the start.
pub(super) fn five(tokens: &[Token<'_>], asked: usize) -> Option<(usize, Spent)> {
    let is_count = |token: &Token<'_>| token.text == b"-" || all_digits(token.text);
    let mut counts = 0;
    for (at, one) in tokens.iter().enumerate().skip(asked + 3) {
        if one.kind == Kind::Quoted && counts > 3 {
            let [total, upstream] = [2, 1].map(|back| micros(token(tokens, at - back).text, MS));
            return (total != NONE).then_some((at, Spent { upstream, total, ended: false }));
        }
        counts = if is_count(one) { counts + 1 } else { 0 };
    }
    None
}
