//! Whether two hosts behind translators can talk directly: UDP hole punching.
//!
//! Source: RFC 5128, section 3.3. Both register with a server that both can reach, and it tells each the *reflexive* endpoint of
//! the other: the one it saw. Then each sends to that endpoint, which opens its own translator, and whoever hears something
//! answers to where that came from. The kinds have the names of RFC 3489, with what they are in RFC 4787's terms. Leaves out:
//! guessing the next port, hairpinning, and ports that are kept by luck.

use super::{Behaviour, Endpoint, Inbound, Nat, NatConfig};
use crate::sim::Time;

/// The classic kinds of translators, and none at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// No translator.
    Open,
    /// Neither mapping nor filtering depends on the remote endpoint.
    FullCone,
    /// Filtering depends on the remote address.
    AddressRestricted,
    /// Filtering depends on the remote address and port.
    PortRestricted,
    /// Mapping and filtering both depend on the remote address and port.
    Symmetric,
}

impl Kind {
    /// All of them, from the most to the least open.
    pub const ALL: [Self; 5] =
        [Self::Open, Self::FullCone, Self::AddressRestricted, Self::PortRestricted, Self::Symmetric];

    /// Its usual name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::FullCone => "full cone",
            Self::AddressRestricted => "address-restricted",
            Self::PortRestricted => "port-restricted",
            Self::Symmetric => "symmetric",
        }
    }

    /// Its mapping and its filtering; nothing without a translator.
    pub const fn behaviours(self) -> Option<[Behaviour; 2]> {
        use Behaviour::{AddressAndPortDependent, AddressDependent, EndpointIndependent};
        match self {
            Self::Open => None,
            Self::FullCone => Some([EndpointIndependent, EndpointIndependent]),
            Self::AddressRestricted => Some([EndpointIndependent, AddressDependent]),
            Self::PortRestricted => Some([EndpointIndependent, AddressAndPortDependent]),
            Self::Symmetric => Some([AddressAndPortDependent, AddressAndPortDependent]),
        }
    }
}

/// A host, behind a translator or not.
#[derive(Clone, Debug)]
pub struct Peer {
    /// As whom it sends, on its own side.
    pub inside: Endpoint,
    /// What stands between it and the others.
    pub nat: Option<Nat>,
    /// Where it sends what is for the other peer: at first what the server told, then where something came from.
    pub target: Option<Endpoint>,
}

impl Peer {
    /// A peer that knows nobody.
    pub const fn new(inside: Endpoint, nat: Option<Nat>) -> Self {
        Self { inside, nat, target: None }
    }

    /// It sends: the source that the receiver will see, or none if there is no port for it.
    pub fn sends(&mut self, to: Endpoint, now: Time) -> Option<Endpoint> {
        match &mut self.nat {
            Some(nat) => nat.outbound(self.inside, to, now),
            None => Some(self.inside),
        }
    }

    /// Something comes to its outside: whether it is let in.
    pub fn lets_in(&mut self, from: Endpoint, to: Endpoint, now: Time) -> Inbound {
        match &mut self.nat {
            Some(nat) => nat.inbound(from, to, now),
            None if to == self.inside => Inbound::To(to),
            None => Inbound::NoMapping,
        }
    }
}

/// Where the server of the replay listens.
const SERVER: Endpoint = Endpoint::new([192, 0, 2, 9], 3_478);

/// Whether two peers behind translators with these behaviours (mapping, filtering) hear each other in the end.
pub fn punched_by(behaviours: [Option<[Behaviour; 2]>; 2]) -> bool {
    let hosts = [([10, 0, 0, 2], [203, 0, 113, 1]), ([192, 168, 1, 3], [198, 51, 100, 7])];
    let mut peers = [0, 1].map(|n| {
        let (inside, outside) = hosts[n];
        let Some([mapping, filtering]) = behaviours[n] else {
            return Peer::new(Endpoint::new(outside, 5_000), None);
        };
        let nat = Nat::new(NatConfig { mapping, filtering, outside, ..NatConfig::default() });
        Peer::new(Endpoint::new(inside, 5_000), Some(nat))
    });
    for n in 0..2 {
        peers[1 - n].target = peers[n].sends(SERVER, Time::ZERO);
    }
    let mut heard = [false; 2];
    // The first round opens both sides, the second goes through, the third answers to what was seen.
    for n in [0, 1, 0, 1, 0, 1] {
        let Some(to) = peers[n].target else { continue };
        let Some(from) = peers[n].sends(to, Time::ZERO) else { continue };
        if let Inbound::To(_) = peers[1 - n].lets_in(from, to, Time::ZERO) {
            heard[1 - n] = true;
            peers[1 - n].target = Some(from);
        }
    }
    heard == [true; 2]
}

/// The same for two of the classic kinds.
pub fn punched(a: Kind, b: Kind) -> bool {
    punched_by([a.behaviours(), b.behaviours()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_symmetric_with_symmetric_or_port_restricted_needs_a_relay() {
        for a in Kind::ALL {
            for b in Kind::ALL {
                let strict = |it| matches!(it, Kind::Symmetric | Kind::PortRestricted);
                let fails = strict(a) && strict(b) && (a == Kind::Symmetric || b == Kind::Symmetric);
                assert_eq!(punched(a, b), !fails, "{a:?} {b:?}");
            }
        }
    }
}
