//! What a line says of a request, and collecting it from named fields.

use super::bytes::{cut, find, is_one_of, word};
use super::names::{GUESS, NONE, Role, S, micros, roles};
use super::records::Reason;
use super::time;

/// How long a request took, in microseconds; [`NONE`] where it isn't said.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spent {
    /// In the server behind.
    pub upstream: u32,
    /// Altogether.
    pub total: u32,
    /// Whether the line's time is that of the end.
    pub ended: bool,
}

impl Spent {
    /// It isn't said.
    pub const UNKNOWN: Self = Self { upstream: NONE, total: NONE, ended: false };

    pub fn is_known(self) -> bool {
        self.upstream.min(self.total) != NONE
    }
}

/// How many roles have texts as their values.
const TEXTS: usize = 5;

/// What a line says of a request: its fields as they are found, and then the record.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// By role.
    texts: [Vec<u8>; TEXTS],
    /// The place of the name that each of the texts, the time and the two durations have come by.
    ranks: [u8; TEXTS + 3],
    /// Nanoseconds since 1970, or since whatever a CSV's numbers count from.
    pub time: Option<i64>,
    /// What the time's name says of it.
    stamped: Role,
    spent: Spent,
    method: bool,
    /// Whether it is of a log of errors.
    error: bool,
}

impl Line {
    pub fn new() -> Self {
        Self {
            texts: Default::default(),
            ranks: [u8::MAX; TEXTS + 3],
            time: None,
            stamped: Role::Time,
            spent: Spent::UNKNOWN,
            method: false,
            error: false,
        }
    }

    /// Forgets what was found.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// Takes a field in. What is empty, `-` or `null` says nothing.
    pub fn put(&mut self, name: &[u8], value: &[u8]) {
        if !matches!(value, b"" | b"-" | b"null") {
            roles(name, &mut |rank, role, unit| self.take(rank, role, unit, value));
        }
    }

    fn take(&mut self, rank: u8, role: Role, unit: u32, value: &[u8]) {
        let place = match role {
            Role::Method => {
                self.method |= value.len() < 20 && value.iter().all(u8::is_ascii_alphabetic);
                return;
            }
            Role::Logger => {
                self.error |= value.ends_with(b"error");
                return;
            }
            Role::Skip => return,
            Role::Start | Role::Time | Role::Stop => TEXTS,
            Role::Total | Role::Ending => TEXTS + 1,
            Role::Upstream => TEXTS + 2,
            text => text as usize,
        };
        let Some(best) = self.ranks.get_mut(place).filter(|best| **best > rank) else { return };
        match role {
            Role::Start | Role::Time | Role::Stop => {
                let Some(nanos) = time::any(value) else { return };
                self.time = Some(nanos);
                self.stamped = role;
            }
            Role::Total | Role::Ending | Role::Upstream => {
                // Caddy and whatever else logs with Go's zap count in seconds, though one second is written as a whole number.
                let micros =
                    micros(value, if unit == GUESS && self.stamped == Role::Stop { S } else { unit });
                if micros == NONE {
                    return;
                }
                if role == Role::Upstream {
                    self.spent.upstream = micros;
                } else {
                    self.spent.total = micros;
                    self.spent.ended = role == Role::Ending;
                }
            }
            _ => {
                let text = unescaped(value);
                if role == Role::Target && !is_target(&text) {
                    return;
                }
                if let Some(place) = self.texts.get_mut(place) {
                    *place = text;
                }
            }
        }
        *best = rank;
    }

    /// The time is this, and that of the end.
    pub fn ended_at(&mut self, nanos: Option<i64>) {
        if nanos.is_some() {
            self.time = nanos;
            self.stamped = Role::Stop;
        }
    }

    /// The record is this, whatever else was found.
    pub fn is(&mut self, nanos: i64, request: &[u8], client: &[u8], spent: Spent) {
        self.time = Some(nanos);
        self.texts[Role::Target as usize] = request.to_vec();
        self.texts[Role::Client as usize] = client.to_vec();
        self.spent = spent;
        self.stamped = Role::Time;
    }

    /// A line of another log.
    pub fn inner(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.texts[Role::Line as usize])
    }

    /// Whether there is a request: its whole line, or a method and a path.
    pub fn has_request(&self) -> bool {
        let [target, whole] = [Role::Target, Role::Request].map(|role| &*self.texts[role as usize]);
        request(whole) || (self.method && (is_target(target) || is_target(whole)))
    }

    /// Makes a record of the fields, if there is one in them; `outer` is the time of the line around it.
    pub fn finish(&mut self, outer: Option<i64>) -> Result<(), Reason> {
        if self.error {
            return Err(Reason::ErrorLog);
        }
        if !self.has_request() {
            return Err(Reason::Request);
        }
        self.time = self.time.or(outer);
        let [target, query, whole, ..] = &mut self.texts;
        if request(whole) || target.is_empty() {
            core::mem::swap(target, whole);
        }
        // A whole line has the query in it, if there is one.
        if !query.is_empty() && !target.contains(&b'?') && !target.contains(&b' ') {
            target.push(b'?');
            target.extend_from_slice(query.strip_prefix(b"?").unwrap_or(query));
        }
        if self.time.is_some() { Ok(()) } else { Err(Reason::Time) }
    }

    /// The record's key.
    pub fn key(&self) -> &[u8] {
        key(&self.texts[Role::Target as usize])
    }

    /// The record's client: the address in its field without its port, or else the text; of a list, the first; `-` for none.
    pub fn client(&self) -> &[u8] {
        let field = &self.texts[Role::Client as usize];
        let text = address(field).unwrap_or_else(|| first_of_list(field));
        if text.is_empty() { b"-" } else { text }
    }

    /// How long it took, as far as that is known.
    pub fn spent(&self) -> Spent {
        let ended = self.stamped == Role::Stop || (self.spent.ended && self.stamped == Role::Time);
        Spent { ended, ..self.spent }
    }
}

/// A text without the escapes of JSON (RFC 8259, section 7); an unknown one stands for its letter.
pub(super) fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let Some((&letter, after)) = rest.split_first().filter(|_| byte == b'\\') else {
            out.push(byte);
            continue;
        };
        rest = after;
        match letter {
            b'n' | b'r' | b't' => out.push(b' '),
            b'u' => {
                let (digits, after) = cut(rest, 4);
                rest = after;
                let code =
                    digits.iter().try_fold(0, |sum, &digit| Some(sum * 16 + char::from(digit).to_digit(16)?));
                // Signs beyond 16 bits come in two halves. Each half is replaced: a key with such a sign loses it.
                let sign = code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend_from_slice(sign.encode_utf8(&mut [0; 4]).as_bytes());
            }
            _ => out.push(letter),
        }
    }
    out
}

/// Methods of HTTP (RFC 9110, section 9; RFC 5789), `WebDAV` (RFC 4918) and caches.
const METHODS: &str = "GET HEAD POST PUT DELETE OPTIONS PATCH CONNECT TRACE PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK \
                       REPORT PURGE";

pub(super) fn is_method(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_uppercase) && is_one_of(text, METHODS)
}

/// A path, an address with a scheme, or `*`.
pub(super) fn is_target(text: &[u8]) -> bool {
    text.first() == Some(&b'/') || text == b"*" || scheme_end(text).is_some()
}

/// Whether a text is a request line: a method and a target; CONNECT's is a host.
pub(super) fn request(line: &[u8]) -> bool {
    let (method, rest) = word(line);
    is_method(method) && (is_target(rest) || (method == b"CONNECT" && !rest.is_empty()))
}

/// What a request asks for, by its line (the second word of it) or by its target alone: path and query.
fn key(request: &[u8]) -> &[u8] {
    let (first, rest) = word(request.trim_ascii_start());
    let second = word(rest).0;
    let target = if second.is_empty() { first } else { second };
    let Some(end) = scheme_end(target) else { return target };
    let (_, after) = cut(target, end);
    let (_, path) = cut(after, find(after, b'/'));
    if path.is_empty() { b"/" } else { path }
}

/// Where a scheme and `://` end.
fn scheme_end(target: &[u8]) -> Option<usize> {
    let at = target.iter().position(|byte| !byte.is_ascii_alphanumeric())?;
    cut(target, at).1.starts_with(b"://").then_some(at + 3)
}

fn first_of_list(field: &[u8]) -> &[u8] {
    cut(field, find(field, b',')).0.trim_ascii()
}

/// The IP address that a text is, or the first in a list of them, without brackets and port.
pub(super) fn address(field: &[u8]) -> Option<&[u8]> {
    let text = first_of_list(field);
    let inner = text.strip_prefix(b"[").unwrap_or(text);
    let is_of = |byte: &u8| byte.is_ascii_hexdigit() || b":.".contains(byte);
    let length = inner.iter().take_while(|byte| is_of(byte)).count();
    let (inner, rest) = cut(inner, length);
    let count = |wanted: u8| inner.split(|&byte| byte == wanted).count() - 1;
    let colons = count(b':');
    if colons > 1 {
        // IPv6 (RFC 4291, section 2.2), as far as that tells an address from a clock; `%` begins a zone.
        let ends = rest.first().is_none_or(|byte| b"]%".contains(byte));
        let is_long = colons > 5 || inner.windows(2).any(|two| two == b"::");
        return (ends && is_long).then_some(inner);
    }
    let (host, _) = cut(inner, find(inner, b':'));
    let digits =
        host.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') && host.first() != Some(&b'.');
    (digits && rest.is_empty() && count(b'.') == 3 && host.len() < 16).then_some(host)
}
