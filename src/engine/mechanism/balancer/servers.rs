//! What a balancer knows of its servers.

/// Whether a server takes requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Takes requests.
    Up,
    /// Finishes what it has and takes nothing new, but for clients that are bound to it (`HAProxy`'s state `drain`).
    Draining,
    /// Takes nothing.
    Down,
}

/// One server as its balancer sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Configured weight, 0 to 1,000. Zero takes nothing new, as while draining (`HAProxy`).
    pub weight: u32,
    /// Share of the weight that counts at present, in (0, 1]: below 1 during slow start.
    pub share: f64,
    /// Whether it takes requests.
    pub standing: Standing,
    /// Requests under way, as counted by `started` and `finished`.
    pub connections: u32,
    /// Whether passive ejection keeps requests away at present.
    pub ejected: bool,
}

/// Units of weight, so that a share of a weight is a whole number too.
pub(super) const UNITS: i64 = 1_000;

/// The servers, and which of them take new requests.
#[derive(Clone, Debug)]
pub(super) struct Servers {
    pub(super) all: Vec<Server>,
    /// Indices of those that take new requests, ascending.
    open: Vec<u32>,
}

impl Servers {
    pub(super) fn new(weights: &[u32]) -> Self {
        let server =
            |&weight| Server { weight, share: 1.0, standing: Standing::Up, connections: 0, ejected: false };
        let mut servers = Self { all: weights.iter().map(server).collect(), open: Vec::new() };
        servers.refresh();
        servers
    }

    /// Finds anew who takes requests; true if that changed.
    pub(super) fn refresh(&mut self) -> bool {
        let takes = |server: &Server| server.standing == Standing::Up && server.weight > 0 && !server.ejected;
        let open: Vec<u32> = (0..).zip(&self.all).filter(|(_, s)| takes(s)).map(|(n, _)| n).collect();
        let changed = open != self.open;
        self.open = open;
        changed
    }

    /// Indices of those that take new requests, ascending.
    pub(super) fn open(&self) -> &[u32] {
        &self.open
    }

    pub(super) fn is_open(&self, server: u32) -> bool {
        self.open.binary_search(&server).is_ok()
    }

    /// The weight that counts at present, in [`UNITS`]; at least one.
    pub(super) fn weight(&self, server: u32) -> i64 {
        let server = &self.all[server as usize];
        if server.share >= 1.0 {
            i64::from(server.weight) * UNITS
        } else {
            ((f64::from(server.weight) * server.share * UNITS as f64) as i64).max(1)
        }
    }

    pub(super) fn connections(&self, server: u32) -> u32 {
        self.all[server as usize].connections
    }
}
