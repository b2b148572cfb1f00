//! What a balancer answers: a server, and the rule with its numbers.

use crate::sim::Span;

/// A pick and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// Index of the server.
    pub server: usize,
    /// The rule that chose it, with its numbers.
    pub rule: Rule,
}

/// Why a server was picked. Other servers are named by their index.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// Drawn at random from those that take requests.
    Drawn {
        /// How many took requests.
        of: u32,
    },
    /// It was its turn.
    Turn {
        /// Who had the turn before; none at the start.
        after: Option<u32>,
    },
    /// It had the largest current weight of the smooth weighted round robin.
    LargestCurrentWeight {
        /// Its current weight before the pick, in units of the configured weights.
        current: f64,
        /// Sum of the weights that took part, taken off it by the pick.
        total: f64,
    },
    /// It had the fewest requests under way per weight.
    FewestConnections {
        /// How many it had.
        connections: u32,
        /// How many servers shared that minimum, itself included; above 1 their smooth weighted turn decided.
        tied: u32,
    },
    /// It had the least load of those drawn.
    LeastOfDrawn {
        /// How many it had under way.
        connections: u32,
        /// The least loaded of the others drawn (itself, if it was drawn every time).
        other: u32,
        /// How many that had under way.
        other_connections: u32,
        /// How many were drawn.
        choices: u8,
    },
    /// It had the lower cost of two drawn: latency estimate × (requests under way + 1).
    LowerCost {
        /// Its cost.
        cost: Span,
        /// The other one drawn (itself, when there was only one to draw).
        other: u32,
        /// The cost of the other.
        other_cost: Span,
    },
    /// Its point is the first on the ring at or after the key's hash.
    RingPoint {
        /// Hash of the key.
        hash: u64,
        /// Hash of the point.
        point: u64,
    },
    /// It owns the slot of the table that the key's hash falls into.
    TableSlot {
        /// Hash of the key.
        hash: u64,
        /// The slot: hash modulo the table's size.
        slot: u32,
        /// The table's size.
        size: u32,
    },
    /// The client was bound to it by an earlier request.
    Bound {
        /// Whether it is draining, so that only clients bound to it still come.
        draining: bool,
    },
    /// The client is bound to it from now on.
    NewlyBound {
        /// The server the client was bound to before, which is no longer up.
        instead_of: Option<u32>,
    },
}
