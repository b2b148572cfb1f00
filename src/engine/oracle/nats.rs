//! The suites about address translation: mapping and filtering, lifetimes, hole punching by kind, and how far ports go.

use super::Suite;
use super::case::Case;
use super::claim::{Claim, Measured};
use crate::mechanism::nat::punch::{Kind, punched};
use crate::mechanism::nat::{
    Address, Behaviour, Endpoint, Inbound, Nat, NatConfig, OneToOne, connections_per_second, ports_between,
};
use crate::sim::{Span, Time};
use serde_json::Value;

pub(super) const SUITES: &[Suite] = &[
    Suite {
        id: "pion_vnet",
        inputs: &["name", "mapping", "filtering", "outbound", "static"],
        measure: behaviour,
    },
    Suite {
        id: "pion_timeout",
        inputs: &["name", "lifetime_ms", "steps/*/op", "steps/*/ms"],
        measure: timeout,
    },
    Suite { id: "hole_punching", inputs: &["a", "b"], measure: hole_punching },
    Suite {
        id: "port_exhaustion",
        inputs: &["range", "ports", "hold_s", "mapping", "note"],
        measure: exhaustion,
    },
];

fn address(text: &str) -> Result<Address, String> {
    text.parse::<std::net::Ipv4Addr>().map(|it| it.octets()).map_err(|_| format!("`{text}` is no address"))
}

fn endpoint(value: &Value) -> Result<Endpoint, String> {
    let text = value.as_str().unwrap_or_default();
    let (host, port) = text.split_once(':').ok_or_else(|| format!("{value} is no address and port"))?;
    Ok(Endpoint::new(address(host)?, port.parse().map_err(|_| format!("`{port}` is no port"))?))
}

fn kind_of(case: Case, field: &str) -> Result<Behaviour, String> {
    match case.text(field) {
        "endpoint-independent" => Ok(Behaviour::EndpointIndependent),
        "address-dependent" => Ok(Behaviour::AddressDependent),
        "address-and-port-dependent" => Ok(Behaviour::AddressAndPortDependent),
        other => Err(format!("`{field}` is `{other}`, which is none of the three behaviours")),
    }
}

fn behaviour(case: Case) -> Result<Measured, String> {
    if case.get("static").is_some() {
        return one_to_one(case);
    }
    let (mapping, filtering) = (kind_of(case, "mapping")?, kind_of(case, "filtering")?);
    let mut nat = Nat::new(NatConfig { mapping, filtering, ..NatConfig::default() });
    let mut ports = Vec::new();
    for (n, packet) in case.list("outbound")?.iter().enumerate() {
        let from = endpoint(&packet[0])?;
        let port = nat.outbound(from, endpoint(&packet[1])?, Time::ZERO).ok_or("there is no port left")?;
        ports.push((n, port));
    }
    let mut measured = Measured::default();
    measured.integer("expect_mappings", nat.table(Time::ZERO).count() as f64);
    if case.get("expect_ports").is_some() {
        measured.claim("expect_ports", Claim::Text(relations(case.text("expect_ports"), &ports)?));
    }
    let first = ports.first().ok_or("nothing is sent")?.1;
    if case.get("inbound").is_none() {
        return Ok(measured);
    }
    for (n, packet) in case.list("inbound")?.iter().enumerate() {
        let name = packet[1].as_str().unwrap_or_default();
        let to = match name.strip_prefix('M') {
            Some("") => first,
            Some(more) => {
                let more: i32 = more.parse().map_err(|_| format!("`{name}` is no mapping"))?;
                Endpoint { port: (i32::from(first.port) + more) as u16, ..first }
            }
            None => endpoint(&packet[1])?,
        };
        let came = matches!(nat.inbound(endpoint(&packet[0])?, to, Time::ZERO), Inbound::To(_));
        measured.claim(format!("inbound/{n}/0"), Claim::Given);
        measured.claim(format!("inbound/{n}/1"), Claim::Given);
        measured.flag(format!("inbound/{n}/2"), came);
    }
    Ok(measured)
}

/// The same statements about ports (`p1 != p2, p1 == p3`), each with the relation that holds.
fn relations(text: &str, ports: &[(usize, Endpoint)]) -> Result<String, String> {
    let port = |name: &str| {
        let n = name.strip_prefix('p').and_then(|n| n.parse::<usize>().ok()).and_then(|n| n.checked_sub(1));
        n.and_then(|n| ports.get(n)).map(|it| it.1).ok_or_else(|| format!("`{name}` is no port"))
    };
    let parts: Result<Vec<String>, String> = text
        .split(", ")
        .map(|part| {
            let words: Vec<&str> = part.split(' ').collect();
            let [a, _, b] = words[..] else { return Err(format!("`{part}` is not a relation")) };
            let relation = if port(a)? == port(b)? { "==" } else { "!=" };
            Ok(format!("{a} {relation} {b}"))
        })
        .collect();
    Ok(parts?.join(", "))
}

/// Whether the port is kept and the way back leads home, in the words of the file, with the pairs of the case.
fn one_to_one(case: Case) -> Result<Measured, String> {
    let pairs: Result<Vec<(Address, Address)>, String> = case
        .list("static")?
        .iter()
        .map(|it| Ok((address(it[0].as_str().unwrap_or(""))?, address(it[1].as_str().unwrap_or(""))?)))
        .collect();
    let nat = OneToOne(pairs?);
    let mut says = Vec::new();
    for (inside, _) in &nat.0 {
        let from = Endpoint::new(*inside, 1_234);
        let out = nat.outbound(from).ok_or("an inside address has no outside one")?;
        if nat.inbound(out) != Some(from) {
            return Err(format!("what comes to {out} doesn't reach {from}"));
        }
        let leaves = if says.is_empty() { " leaves" } else { "" };
        says.push(format!("{from}{leaves} as {out}"));
    }
    let text = format!(
        "source {} (port kept); inbound to the external address reaches the local one; no dynamic mappings",
        says.join(", ")
    );
    let mut measured = Measured::default();
    measured.claim("expect", Claim::Text(text));
    Ok(measured)
}

fn timeout(case: Case) -> Result<Measured, String> {
    let lifetime = Span::from_secs_f64(case.number("lifetime_ms", 1.0, 1e9)? / 1e3);
    let mut nat = Nat::new(NatConfig { lifetime, ..NatConfig::default() });
    let (from, to) = (Endpoint::new([192, 168, 0, 2], 1_234), Endpoint::new([5, 6, 7, 8], 5_678));
    let (mut now, mut last, mut measured) = (Time::ZERO, None, Measured::default());
    for (n, step) in case.list("steps")?.iter().enumerate() {
        let step = Case(step);
        match step.text("op") {
            "wait" => now += Span::from_secs_f64(step.number("ms", 0.0, 1e9)? / 1e3),
            "out" => {
                let port = nat.outbound(from, to, now);
                let count = nat.table(now).count();
                let plural = if count == 1 { "" } else { "s" };
                let (age, joint) = if port == last { ("same", ",") } else { ("new", ";") };
                let text = format!("{age} external port{joint} {count} mapping{plural}");
                measured.claim(format!("steps/{n}/expect"), Claim::Text(text));
                last = port;
            }
            other => return Err(format!("`{other}` is no step; `out` and `wait` are")),
        }
    }
    measured.claim("steps", Claim::Given);
    Ok(measured)
}

fn hole_punching(case: Case) -> Result<Measured, String> {
    let kind = |field| {
        let name = case.text(field);
        Kind::ALL.into_iter().find(|it| it.name() == name).ok_or_else(|| format!("`{name}` is no kind"))
    };
    let mut measured = Measured::default();
    measured.flag("expect_success", punched(kind("a")?, kind("b")?));
    Ok(measured)
}

/// The last two numbers that stand in a range's name: `Linux default 32768-60999`.
fn range(text: &str) -> Result<(u16, u16), String> {
    let found = text.split_whitespace().find_map(|word| {
        let (first, last) = word.split_once('-')?;
        Some((first.parse().ok()?, last.parse().ok()?))
    });
    found.ok_or_else(|| format!("`{text}` has no range of ports"))
}

fn exhaustion(case: Case) -> Result<Measured, String> {
    let mut measured = Measured::default();
    if case.get("range").is_some() {
        let (first, last) = range(case.text("range"))?;
        measured.integer("expect_ports", ports_between(first, last).into());
        return Ok(measured);
    }
    let ports = case.count("ports", 1, 65_536)?;
    if case.get("hold_s").is_some() {
        let hold = case.number("hold_s", 1e-6, 1e9)?;
        let rate = connections_per_second(ports.into(), hold);
        measured.exact("expect_max_new_conn_per_s_per_destination", rate);
        return Ok(measured);
    }
    // How many of its ports an inside endpoint takes that talks to two hosts.
    let mut nat = Nat::new(NatConfig { mapping: kind_of(case, "mapping")?, ..NatConfig::default() });
    for host in [8, 9] {
        nat.outbound(Endpoint::new([10, 0, 0, 2], 5_000), Endpoint::new([5, 6, 7, host], 53), Time::ZERO);
    }
    let each = nat.table(Time::ZERO).count();
    measured.integer("expect", libm::floor(f64::from(ports) / each as f64));
    Ok(measured)
}
