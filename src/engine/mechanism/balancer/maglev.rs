//! Maglev hashing: a lookup table that spreads keys evenly and changes little.
//!
//! Sources: Eisenbud et al., *Maglev: A Fast and Reliable Software Network Load Balancer*, NSDI 2016, listing 1; the
//! weighted variant and the hashes of Envoy, `source/extensions/load_balancing_policies/maglev/maglev_lb.cc`. Every
//! backend goes through the slots in an order of its own and takes the next free one when it is its turn; one with a
//! third of the largest weight has every third turn. A host that is down is not in the table.

use xxhash_rust::xxh64::xxh64;

/// A backend's order of the slots: `offset + j × skip` modulo the table's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permutation {
    /// The first slot.
    pub offset: u32,
    /// Distance to the next, 1 to size − 1.
    pub skip: u32,
}

impl Permutation {
    /// The order of the host with this name in a table of `size` slots, by xxHash64 (Envoy).
    pub fn of(name: &str, size: u32) -> Self {
        let (size, name) = (u64::from(size), name.as_bytes());
        let offset = (xxh64(name, 0) % size) as u32;
        let skip = (xxh64(name, 1) % (size - 1).max(1)) as u32 + 1;
        Self { offset, skip }
    }

    /// The slot at place `j` of the order.
    pub fn slot(self, j: u32, size: u32) -> u32 {
        ((u64::from(self.offset) + u64::from(self.skip) * u64::from(j)) % u64::from(size)) as u32
    }
}

/// Marks a slot that nobody has taken yet.
const FREE: u32 = u32::MAX;

/// Fills a table of `size` slots. `backends` are (server, weight above zero) in their order of turns; `slot(b, j)` is
/// the j-th choice of the b-th of them, and every backend's choices must come to every slot.
pub fn fill(size: u32, backends: &[(u32, f64)], slot: impl Fn(usize, u32) -> u32) -> Vec<u32> {
    let mut table = vec![FREE; if backends.is_empty() { 0 } else { size as usize }];
    let largest = backends.iter().map(|backend| backend.1).fold(0.0, f64::max);
    let mut next = vec![0_u32; backends.len()];
    let mut target = vec![0.0_f64; backends.len()];
    let mut free = table.len();
    let mut round = 0.0;
    while free > 0 {
        round += 1.0;
        for (b, &(server, weight)) in backends.iter().enumerate() {
            if free == 0 || round * weight < target[b] {
                continue;
            }
            target[b] += largest;
            let at = loop {
                let at = slot(b, next[b]) as usize;
                next[b] += 1;
                if table[at] == FREE {
                    break at;
                }
            };
            table[at] = server;
            free -= 1;
        }
    }
    table
}

/// The lookup table of these hosts (server, name, weight above zero): Envoy takes their turns in the order of the names.
pub fn table<'a>(hosts: impl IntoIterator<Item = (u32, &'a str, f64)>, size: u32) -> Vec<u32> {
    let mut hosts: Vec<_> = hosts.into_iter().collect();
    crate::sim::sort::sort_by_key(&mut hosts, |host| host.1);
    let sum: f64 = hosts.iter().map(|host| host.2).sum();
    let backends: Vec<_> = hosts.iter().map(|host| (host.0, host.2 / sum)).collect();
    let orders: Vec<_> = hosts.iter().map(|host| Permutation::of(host.1, size)).collect();
    fill(size, &backends, |b, j| orders[b].slot(j, size))
}
