//! A network address and port translator: which mapping a packet gets on its way out, and which packet is let in.
//!
//! Source: RFC 4787 (UDP), sections 4.1 (mapping), 4.3 (mapping refresh) and 5 (filtering), in its own names; RFC 5382 has
//! the same for TCP with other timers. A mapping ties an inside endpoint to a port of the outside address. *Mapping* says for
//! which remote endpoints it is used again; *filtering* says which of them may use it inwards. The two are separate choices.
//! Ports are given in order, round the pool, and no port carries two mappings.
//!
//! Simplified: whatever a mapping lets in is remembered as long as the mapping lives; a translator may forget single remote
//! endpoints earlier. Leaves out: port preservation and parity, several outside addresses, fragments and ICMP.
//!
//! Invariants: two mappings never have the same outside port; a mapping is in use only within its lifetime.
//!
//! ```
//! use engine::mechanism::nat::{Behaviour, Endpoint, Inbound, Nat, NatConfig};
//! use engine::sim::Time;
//!
//! let config = NatConfig { filtering: Behaviour::AddressAndPortDependent, ..NatConfig::default() };
//! let mut nat = Nat::new(config);
//! let (phone, server) = (Endpoint::new([10, 0, 0, 2], 5_000), Endpoint::new([192, 0, 2, 9], 3_478));
//! let outside = nat.outbound(phone, server, Time::ZERO).unwrap();
//! assert_eq!(nat.inbound(server, outside, Time::ZERO), Inbound::To(phone));
//! let stranger = Endpoint::new([192, 0, 2, 9], 3_479);
//! assert_eq!(nat.inbound(stranger, outside, Time::ZERO), Inbound::Filtered);
//! assert_eq!(nat.inbound(server, outside, Time::from_secs(300)), Inbound::NoMapping);
//! ```

pub mod punch;

use crate::sim::{Span, Time};
use std::fmt;

/// An IPv4 address, first octet first.
pub type Address = [u8; 4];

/// An address and a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// The host.
    pub address: Address,
    /// Its port.
    pub port: u16,
}

impl Endpoint {
    /// An address and a port.
    pub const fn new(address: Address, port: u16) -> Self {
        Self { address, port }
    }

    /// Whether the address is private: RFC 1918's blocks 10/8, 172.16/12 and 192.168/16.
    pub const fn is_private(self) -> bool {
        matches!(self.address, [10, ..] | [172, 16..=31, ..] | [192, 168, ..])
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, last] = self.address;
        write!(f, "{first}.{second}.{third}.{last}:{}", self.port)
    }
}

/// What of the remote endpoint a mapping, or a filter, depends on: RFC 4787's three kinds of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Behaviour {
    /// Nothing.
    #[default]
    EndpointIndependent,
    /// Its address.
    AddressDependent,
    /// Its address and its port.
    AddressAndPortDependent,
}

impl Behaviour {
    /// Whether two remote endpoints are the same in what counts.
    pub fn same(self, a: Endpoint, b: Endpoint) -> bool {
        match self {
            Self::EndpointIndependent => true,
            Self::AddressDependent => a.address == b.address,
            Self::AddressAndPortDependent => a == b,
        }
    }
}

/// RFC 4787, REQ-5: a UDP mapping must not expire within two minutes without a packet; five are recommended.
pub const UDP_AT_LEAST: Span = Span::from_secs(120);
/// RFC 5382, REQ-5: an established TCP connection must not expire within 2 h 4 min of silence.
pub const TCP_AT_LEAST: Span = Span::from_secs(7_440);

/// How a translator behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NatConfig {
    /// For which remote endpoints a mapping is used again.
    pub mapping: Behaviour,
    /// Which remote endpoints may use a mapping inwards.
    pub filtering: Behaviour,
    /// A mapping without a packet for so long is gone. 5 min by default, as RFC 4787 recommends.
    pub lifetime: Span,
    /// Whether a packet that is let in keeps its mapping alive. REQ-6 demands this of packets going out and leaves these open.
    pub refreshed_inbound: bool,
    /// Whether a packet from inside to an outside endpoint of this translator comes back in: hairpinning, which REQ-9 demands.
    pub hairpin: bool,
    /// The outside address.
    pub outside: Address,
    /// First and last of the ports that it may use: all but the well-known ones by default, a block of them in a carrier's.
    pub ports: (u16, u16),
}

impl Default for NatConfig {
    fn default() -> Self {
        Self {
            mapping: Behaviour::EndpointIndependent,
            filtering: Behaviour::EndpointIndependent,
            lifetime: Span::from_secs(300),
            refreshed_inbound: false,
            hairpin: true,
            outside: [203, 0, 113, 1],
            ports: (1_024, 65_535),
        }
    }
}

/// A line of the translation table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mapping {
    /// Who sends, inside.
    pub inside: Endpoint,
    /// As whom it is seen outside.
    pub port: u16,
    /// To whom it has sent by this mapping; the first is the one that the mapping was made for.
    pub sent_to: Vec<Endpoint>,
    /// When it was last kept alive.
    pub used: Time,
}

/// What comes of a packet from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inbound {
    /// It goes on to this inside endpoint.
    To(Endpoint),
    /// No mapping has that port, or none any longer.
    NoMapping,
    /// There is a mapping, but whoever sent this may not use it.
    Filtered,
}

/// A translator and its table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Nat {
    config: NatConfig,
    /// In the order in which they were made.
    table: Vec<Mapping>,
    next: u16,
}

impl Nat {
    /// A translator with an empty table.
    pub const fn new(config: NatConfig) -> Self {
        Self { config, table: Vec::new(), next: config.ports.0 }
    }

    /// How it behaves.
    pub const fn config(&self) -> &NatConfig {
        &self.config
    }

    /// It behaves differently from now on; mappings that exist stay, with the new lifetime.
    pub fn set_config(&mut self, config: NatConfig) {
        self.config = config;
    }

    /// The mappings that are alive, oldest first.
    pub fn table(&self, now: Time) -> impl Iterator<Item = &Mapping> {
        self.table.iter().filter(move |it| self.left(it, now) > Span::ZERO)
    }

    /// How long a mapping lives on if nothing is sent; zero if it is dead.
    pub fn left(&self, mapping: &Mapping, now: Time) -> Span {
        (mapping.used + self.config.lifetime).since(now)
    }

    /// Drops what has expired, and says what.
    pub fn expire(&mut self, now: Time) -> Vec<Mapping> {
        let lifetime = self.config.lifetime;
        let (alive, dead) =
            core::mem::take(&mut self.table).into_iter().partition(|it| it.used + lifetime > now);
        self.table = alive;
        dead
    }

    /// A packet leaves for a remote endpoint: the outside endpoint that becomes its source, or none if no port is free.
    pub fn outbound(&mut self, inside: Endpoint, remote: Endpoint, now: Time) -> Option<Endpoint> {
        self.expire(now);
        let mapping = self.config.mapping;
        let again = |it: &&mut Mapping| it.inside == inside && mapping.same(it.sent_to[0], remote);
        let port = if let Some(it) = self.table.iter_mut().find(again) {
            it.used = now;
            if !it.sent_to.contains(&remote) {
                it.sent_to.push(remote);
            }
            it.port
        } else {
            let port = self.free_port()?;
            self.table.push(Mapping { inside, port, sent_to: vec![remote], used: now });
            port
        };
        Some(Endpoint::new(self.config.outside, port))
    }

    /// The next free port from where it left off, round the pool.
    fn free_port(&mut self) -> Option<u16> {
        let (first, last) = self.config.ports;
        let size = u32::from(last.saturating_sub(first)) + 1;
        let from = u32::from(self.next.clamp(first, last) - first);
        let free = |port: &u16| self.table.iter().all(|it| it.port != *port);
        let port = (0..size).map(|n| first + ((from + n) % size) as u16).find(free)?;
        self.next = if port == last { first } else { port + 1 };
        Some(port)
    }

    /// A packet comes from a remote endpoint to an outside one of this translator.
    pub fn inbound(&mut self, remote: Endpoint, outside: Endpoint, now: Time) -> Inbound {
        self.expire(now);
        let NatConfig { filtering, refreshed_inbound, outside: address, .. } = self.config;
        let here = |it: &&mut Mapping| it.port == outside.port && outside.address == address;
        let Some(it) = self.table.iter_mut().find(here) else { return Inbound::NoMapping };
        if !it.sent_to.iter().any(|sent_to| filtering.same(*sent_to, remote)) {
            return Inbound::Filtered;
        }
        if refreshed_inbound {
            it.used = now;
        }
        Inbound::To(it.inside)
    }

    /// A packet from inside to an outside endpoint of this same translator: seen as coming from the sender's own mapping.
    pub fn hairpin(&mut self, inside: Endpoint, outside: Endpoint, now: Time) -> Inbound {
        if !self.config.hairpin {
            return Inbound::NoMapping;
        }
        let Some(source) = self.outbound(inside, outside, now) else { return Inbound::NoMapping };
        self.inbound(source, outside, now)
    }
}

/// Addresses tied to each other one to one, ports left as they are: no table grows and nothing expires.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OneToOne(pub Vec<(Address, Address)>);

impl OneToOne {
    /// The source of a packet that leaves.
    pub fn outbound(&self, inside: Endpoint) -> Option<Endpoint> {
        let pair = self.0.iter().find(|pair| pair.0 == inside.address)?;
        Some(Endpoint { address: pair.1, ..inside })
    }

    /// The destination of a packet that comes in.
    pub fn inbound(&self, outside: Endpoint) -> Option<Endpoint> {
        let pair = self.0.iter().find(|pair| pair.1 == outside.address)?;
        Some(Endpoint { address: pair.0, ..outside })
    }
}

/// Ports from one to another, both included.
pub const fn ports_between(first: u16, last: u16) -> u32 {
    (last as u32 + 1).saturating_sub(first as u32)
}

/// New connections a second to one remote endpoint at most, where each keeps its port for so many seconds.
pub fn connections_per_second(ports: f64, hold: f64) -> f64 {
    ports / hold
}

#[cfg(test)]
mod tests {
    use super::*;
    use Behaviour::{AddressAndPortDependent, AddressDependent, EndpointIndependent};

    const PHONE: Endpoint = Endpoint::new([192, 168, 0, 2], 1_234);
    const SERVER: Endpoint = Endpoint::new([5, 6, 7, 8], 5_678);

    #[test]
    fn a_mapping_is_used_again_as_far_as_its_kind_says() {
        let (other_port, other_host) =
            (Endpoint::new([5, 6, 7, 8], 9_000), Endpoint::new([5, 6, 7, 9], 5_678));
        for (mapping, same) in [
            (EndpointIndependent, [true, true]),
            (AddressDependent, [true, false]),
            (AddressAndPortDependent, [false, false]),
        ] {
            let mut nat = Nat::new(NatConfig { mapping, ..NatConfig::default() });
            let mut to = |remote| nat.outbound(PHONE, remote, Time::ZERO).unwrap();
            let first = to(SERVER);
            assert_eq!([first == to(other_port), first == to(other_host)], same, "{mapping:?}");
        }
    }

    #[test]
    fn what_comes_in_keeps_a_mapping_alive_only_where_it_is_said() {
        for refreshed_inbound in [false, true] {
            let lifetime = Span::from_secs(30);
            let mut nat = Nat::new(NatConfig { lifetime, refreshed_inbound, ..NatConfig::default() });
            let outside = nat.outbound(PHONE, SERVER, Time::ZERO).unwrap();
            assert_eq!(nat.inbound(SERVER, outside, Time::from_secs(20)), Inbound::To(PHONE));
            let later = nat.inbound(SERVER, outside, Time::from_secs(40));
            assert_eq!(later == Inbound::To(PHONE), refreshed_inbound);
        }
    }

    #[test]
    fn a_block_of_ports_runs_out_and_a_silence_frees_it() {
        let mut nat = Nat::new(NatConfig { ports: (2_000, 2_003), ..NatConfig::default() });
        let mut opens =
            |n, at| nat.outbound(Endpoint { port: n, ..PHONE }, SERVER, Time::from_secs(at)).is_some();
        assert!((0..4).all(|n| opens(n, 0)) && !opens(4, 299) && opens(4, 300));
    }

    #[test]
    fn a_packet_to_the_own_outside_address_comes_back_in_with_the_outside_source() {
        let neighbour = Endpoint::new([192, 168, 0, 3], 80);
        for hairpin in [true, false] {
            let mut nat = Nat::new(NatConfig { hairpin, ..NatConfig::default() });
            let outside = nat.outbound(neighbour, SERVER, Time::ZERO).unwrap();
            let came = nat.hairpin(PHONE, outside, Time::ZERO);
            assert_eq!(came, if hairpin { Inbound::To(neighbour) } else { Inbound::NoMapping });
        }
    }

    #[test]
    fn private_addresses_are_rfc_1918s() {
        let private = |address| Endpoint::new(address, 1).is_private();
        assert!(private([10, 9, 8, 7]) && private([172, 31, 0, 1]) && private([192, 168, 255, 1]));
        assert!(!private([172, 32, 0, 1]) && !private([192, 169, 0, 1]) && !private([100, 64, 0, 1]));
    }
}
