//! What servers call the fields of a request, in JSON, logfmt, W3C columns and labels behind a line.
//!
//! Sources: nginx (`ngx_http_core_module`, `ngx_http_upstream_module`: variables), Caddy (*Logging*), Traefik (*Access logs*),
//! Envoy (*Access logging*, the default JSON of Istio too), the W3C's *Extended Log File Format* and what IIS and `CloudFront`
//! add to it, Cloudflare (*HTTP requests* of Logpush), Google's `LogEntry.HttpRequest`, AWS (API Gateway, WAF), Azure
//! (*Application Gateway*), Elastic Common Schema, Kubernetes (*Auditing*), Heroku (*HTTP routing*), and the request
//! loggers pino, echo and express.

use super::bytes::cut;
use crate::sim::decimal;

/// What a field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Target,
    Query,
    /// A whole request line, or the target alone.
    Request,
    Client,
    /// A line of another log.
    Line,
    Method,
    /// When the request began.
    Start,
    /// A time of which the name doesn't say more.
    Time,
    /// When it ended: the server writes the line then.
    Stop,
    /// How long it took.
    Total,
    /// The same of a server whose times are those of the end.
    Ending,
    /// How long the server behind took.
    Upstream,
    /// Which of a server's logs it is.
    Logger,
    /// An object whose fields aren't the request's.
    Skip,
}

const GROUPS: usize = NAMES.len();

/// Nanoseconds in a unit; where the number tells its unit, none.
pub(super) const GUESS: u32 = 0;
const NS: u32 = 1;
const US: u32 = 1_000;
pub(super) const MS: u32 = 1_000_000;
pub(super) const S: u32 = 1_000_000_000;

/// What a field says, in which unit, and its names, in small letters without what isn't a letter or digit, so that
/// `remote_addr`, `remoteAddr` and `Remote-Addr` are one; of nested fields the name alone. A name with capitals is only meant
/// as it stands. Of several fields for one thing, the one that is named first here counts. Durations and times may have a unit
/// behind their names (`duration_ms`).
const NAMES: &[(Role, u32, &[&str])] = &[
    (
        Role::Start,
        GUESS,
        &["startutc", "starttime", "startedat", "requestreceivedtimestamp", "edgestarttimestamp"],
    ),
    (Role::Time, GUESS, &["timeiso8601", "timelocal", "timestamp", "datetime", "msec", "requesttime"]),
    (Role::Stop, GUESS, &["ts"]),
    (Role::Time, GUESS, &["time", "date", "t"]),
    (
        Role::Method,
        GUESS,
        &["method", "requestmethod", "httpmethod", "csmethod", "clientrequestmethod", "verb"],
    ),
    (
        Role::Target,
        GUESS,
        &[
            "requesturi",
            "clientrequesturi",
            "requesturl",
            "requestpath",
            "originalurl",
            "original",
            "csuri",
            "uri",
            "url",
            "csuristem",
            "path",
        ],
    ),
    (Role::Query, GUESS, &["csuriquery", "querystring", "requestquery", "args", "query"]),
    (Role::Request, GUESS, &["request", "requestline"]),
    (
        Role::Client,
        GUESS,
        &[
            "clientip",
            "cip",
            "remoteaddr",
            "clienthost",
            "remoteip",
            "clientaddr",
            "clientaddress",
            "remotehost",
            "remoteaddress",
            "sourceip",
            "sourceips",
            "sourceaddress",
            "client",
            "ip",
            "fwd",
            "xforwardedfor",
            "downstreamremoteaddress",
            "remote",
        ],
    ),
    (Role::Ending, S, &["requesttime", "rt"]),
    (Role::Total, NS, &["Duration"]),
    (Role::Total, MS, &["responselatency"]),
    (Role::Total, US, &["timeelapsed"]),
    (
        Role::Total,
        GUESS,
        &["latencyhuman", "duration", "latency", "responsetime", "timetaken", "elapsed", "requestduration"],
    ),
    (Role::Upstream, NS, &["OriginDuration", "originresponsetime"]),
    (Role::Upstream, S, &["upstreamresponsetime", "urt", "serverresponselatency"]),
    (Role::Upstream, MS, &["upstreamservicetime", "integrationlatency"]),
    (Role::Upstream, GUESS, &["service", "originresponseduration", "upstreamduration", "upstreamtime"]),
    (Role::Line, GUESS, &["log", "message", "msg", "line", "textpayload"]),
    (Role::Logger, GUESS, &["logger"]),
    (
        Role::Skip,
        GUESS,
        &[
            "headers",
            "requestheaders",
            "query",
            "querystring",
            "params",
            "cookies",
            "body",
            // Elastic's, whose durations are in nanoseconds.
            "event",
            "server",
            "destination",
            "upstream",
            "host",
            "response",
            "res",
        ],
    ),
];

/// Units at the end of names, and behind numbers.
const UNITS: [(&[u8], u32); 6] =
    [(b"ms", MS), (b"us", US), (b"\xc2\xb5s", US), (b"\xce\xbcs", US), (b"ns", NS), (b"s", S)];

fn unit(name: &[u8]) -> Option<u32> {
    UNITS.iter().find(|(unit, _)| *unit == name).map(|(_, nanos)| *nanos)
}

/// Of the names only hashes reach the browser: they are smaller, and quicker to compare.
const HASHES: [u32; COUNT] = {
    let mut hashes = [0; COUNT];
    let (mut at, mut group, mut n) = (0, 0, 0);
    while group < GROUPS {
        if n == NAMES[group].2.len() {
            (group, n) = (group + 1, 0);
        } else {
            hashes[at] = hash(NAMES[group].2[n].as_bytes());
            (at, n) = (at + 1, n + 1);
        }
    }
    hashes
};

const COUNT: usize = {
    let (mut count, mut group) = (0, 0);
    while group < GROUPS {
        count += NAMES[group].2.len();
        group += 1;
    }
    count
};

/// What the names of a group say, in which unit, and how many they are.
const SAID: [(Role, u32, u8); GROUPS] = {
    let mut said = [(Role::Skip, GUESS, 0); GROUPS];
    let mut group = 0;
    while group < GROUPS {
        said[group] = (NAMES[group].0, NAMES[group].1, NAMES[group].2.len() as u8);
        group += 1;
    }
    said
};

/// FNV-1a.
const fn hash(text: &[u8]) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    let mut at = 0;
    while at < text.len() {
        hash = (hash ^ text[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
}

/// What a field says: calls `each` with the place of a name in the order in which names count, its role and its unit. Often
/// it says nothing, sometimes several things.
pub(super) fn roles(name: &[u8], each: &mut dyn FnMut(u8, Role, u32)) {
    let plain: Vec<u8> =
        name.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    let whole = [hash(&plain), hash(name)];
    let ending = UNITS.iter().find_map(|&(unit, nanos)| Some((hash(plain.strip_suffix(unit)?), nanos)));
    let mut rank = 0;
    for (role, usual, count) in SAID {
        let may_have_unit = matches!(role, Role::Time | Role::Total | Role::Ending | Role::Upstream);
        for _ in 0..count {
            let known = HASHES.get(usize::from(rank));
            if known.is_some_and(|known| whole.contains(known)) {
                each(rank, role, usual);
            } else if let Some((stem, nanos)) = ending
                && may_have_unit
                && known == Some(&stem)
            {
                each(rank, role, nanos);
            }
            rank += 1;
        }
    }
}

/// A duration that isn't known, in what [`micros`] gives.
pub(super) const NONE: u32 = u32::MAX;

/// A duration in microseconds, at most 71 minutes. It is a number in the given unit (of so many nanoseconds), or has its unit
/// behind it. With neither (0), a whole number is milliseconds, one with a point seconds. Of several between commas and
/// colons, as nginx writes those of several tries, it is the sum. Below zero and `-` are none.
pub(super) fn micros(text: &[u8], usual: u32) -> u32 {
    let mut sum = -1.0;
    for part in text.split(|byte| b", :".contains(byte)) {
        if part.is_empty() || part == b"-" {
            continue;
        }
        let is_digit = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
        let end = part.iter().rposition(is_digit).map_or(0, |last| last + 1);
        let (digits, name) = cut(part, end);
        let usual = match (usual, digits.contains(&b'.')) {
            (GUESS, true) => S,
            (GUESS, false) => MS,
            _ => usual,
        };
        let nanos = if name.is_empty() { Some(usual) } else { unit(name) };
        let number = core::str::from_utf8(digits).ok().and_then(decimal::parse);
        let (Some(nanos), Some(number)) = (nanos, number.filter(|number| *number >= 0.0)) else {
            return NONE;
        };
        sum = libm::fmax(sum, 0.0) + number * (f64::from(nanos) / 1e3);
    }
    if sum < 0.0 { NONE } else { ((sum + 0.5) as u32).min(NONE - 1) }
}
