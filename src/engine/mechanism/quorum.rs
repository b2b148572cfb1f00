//! Quorums: how many of the replicas must answer.
//!
//! Sources: D. Gifford, Weighted voting for replicated data, SOSP 1979 (R + W > N); P. Bailis et al., Probabilistically
//! bounded staleness for practical partial quorums, VLDB 2012 (what is left when R + W ≤ N); D. Ongaro, J. Ousterhout, In
//! search of an understandable consensus algorithm, 2014 (majorities).
//!
//! That every read quorum meets every write quorum doesn't make a register linearizable: during a write one read can find
//! the new value and a later one still the old. And a *sloppy* quorum counts nodes that aren't among the N at all, so
//! nothing here holds for it.

/// A replicated register's numbers, as in Dynamo, Cassandra and Riak.
///
/// ```
/// use engine::mechanism::quorum::Quorum;
/// let strict = Quorum::new(3, 2, 2).unwrap();
/// assert!(strict.reads_meet_writes() && strict.read_faults() == 1);
/// let partial = Quorum::new(3, 1, 1).unwrap();
/// assert!((partial.fresh_within(3) - 0.7037).abs() < 1e-4);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quorum {
    replicas: u32,
    read: u32,
    write: u32,
}

impl Quorum {
    /// N replicas, of which R answer before a read does and W before a write. `None` unless 1 ≤ R ≤ N and 1 ≤ W ≤ N.
    pub fn new(replicas: u32, read: u32, write: u32) -> Option<Self> {
        let fits = |quorum| (1..=replicas).contains(&quorum);
        (fits(read) && fits(write)).then_some(Self { replicas, read, write })
    }

    /// Majorities of N ≥ 1 replicas for both; `None` without any.
    pub fn majorities(replicas: u32) -> Option<Self> {
        Self::new(replicas, majority(replicas), majority(replicas))
    }

    /// How many replicas there are, N.
    pub fn replicas(self) -> u32 {
        self.replicas
    }
    /// How many of them a read waits for, R.
    pub fn read(self) -> u32 {
        self.read
    }
    /// How many of them a write waits for, W.
    pub fn write(self) -> u32 {
        self.write
    }

    /// Whether every set that is read from has a member of every set that was written to: R + W > N, a *strict* quorum.
    pub fn reads_meet_writes(self) -> bool {
        u64::from(self.read) + u64::from(self.write) > u64::from(self.replicas)
    }
    /// Whether two writes always have a replica in common, which can put them in order: 2W > N.
    pub fn writes_meet_writes(self) -> bool {
        2 * u64::from(self.write) > u64::from(self.replicas)
    }

    /// How many replicas may be away and reads still answer.
    pub fn read_faults(self) -> u32 {
        self.replicas - self.read
    }
    /// How many replicas may be away and writes still do.
    pub fn write_faults(self) -> u32 {
        self.replicas - self.write
    }
    /// Whether a client that reaches so many replicas can read.
    pub fn can_read(self, reachable: u32) -> bool {
        reachable >= self.read
    }
    /// Whether it can write.
    pub fn can_write(self, reachable: u32) -> bool {
        reachable >= self.write
    }

    /// The share of reads that can answer if each replica is reachable with probability `up` in [0, 1], independently of
    /// the others.
    pub fn read_availability(self, up: f64) -> f64 {
        at_least(self.read, self.replicas, up)
    }
    /// The share of writes that can.
    pub fn write_availability(self, up: f64) -> f64 {
        at_least(self.write, self.replicas, up)
    }

    /// PBS: the chance that a random set of R has no member of a random set of W, C(N − W, R) ÷ C(N, R). So much is stale
    /// at the moment of a write's answer if it has reached no more than W, and nothing repairs.
    pub fn miss(self) -> f64 {
        let without = self.replicas - self.write;
        let draw = |i: u32| f64::from(without.saturating_sub(i)) / f64::from(self.replicas - i);
        (0..self.read).map(draw).product()
    }

    /// PBS k-staleness: the chance that a read returns one of the last `versions` versions, when each reached a random set
    /// of W and nothing more. One version: the newest.
    pub fn fresh_within(self, versions: u32) -> f64 {
        1.0 - libm::pow(self.miss(), f64::from(versions))
    }

    /// By how many versions a read is behind on average, under the same conditions: 0 for a strict quorum.
    pub fn mean_versions_behind(self) -> f64 {
        // A sum of the chances to be at least 1, 2, … behind. W ≥ 1 keeps a miss from being certain.
        self.miss() / (1.0 - self.miss())
    }
}

/// The least number that is more than half of `nodes`.
pub fn majority(nodes: u32) -> u32 {
    nodes / 2 + 1
}

/// How many of `nodes` may crash and a majority still be there.
pub fn crash_faults(nodes: u32) -> u32 {
    nodes.saturating_sub(majority(nodes))
}

/// How many of `nodes` may lie and the others still agree: f of 3f + 1 (L. Lamport, R. Shostak, M. Pease, The Byzantine
/// generals problem, 1982).
pub fn byzantine_faults(nodes: u32) -> u32 {
    nodes.saturating_sub(1) / 3
}

/// The chance that at least `needed` of `nodes` are up, each with probability `up`.
fn at_least(needed: u32, nodes: u32, up: f64) -> f64 {
    let up = crate::sim::clamp(up, 0.0, 1.0);
    // How many are up, after one node after the other; so many as are needed or more stand together at the end.
    let mut chances = vec![0.0; needed as usize + 1];
    chances[0] = 1.0;
    for _ in 0..nodes {
        for n in (0..chances.len()).rev() {
            let from_below = if n == 0 { 0.0 } else { chances[n - 1] * up };
            let stays = if n + 1 == chances.len() { 1.0 } else { 1.0 - up };
            chances[n] = chances[n] * stays + from_below;
        }
    }
    chances.last().copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All sets of so many of `n`, as bits.
    fn sets(n: u32, size: u32) -> impl Iterator<Item = u32> + Clone {
        (0..1_u32 << n).filter(move |set| set.count_ones() == size)
    }

    #[test]
    fn the_formulas_are_what_counting_all_sets_gives() {
        for n in 1..=6 {
            for (r, w) in (1..=n).flat_map(|r| (1..=n).map(move |w| (r, w))) {
                let quorum = Quorum::new(n, r, w).unwrap();
                let pairs = || sets(n, w).flat_map(|written| sets(n, r).map(move |read| written & read));
                let misses = pairs().filter(|common| *common == 0).count();
                assert_eq!(quorum.reads_meet_writes(), misses == 0, "{quorum:?}");
                let share = misses as f64 / pairs().count() as f64;
                assert!(libm::fabs(quorum.miss() - share) < 1e-12, "{quorum:?}");
                let apart = sets(n, w).any(|a| sets(n, w).any(|b| a & b == 0));
                assert_eq!(quorum.writes_meet_writes(), !apart, "{quorum:?}");
                // Availability, over all sets of nodes that may be up.
                for up in [0.0, 0.3, 0.9, 1.0] {
                    let chance = |set: u32| {
                        let (on, off) = (set.count_ones(), n - set.count_ones());
                        libm::pow(up, on.into()) * libm::pow(1.0 - up, off.into())
                    };
                    let exact: f64 =
                        (0..1_u32 << n).filter(|set| quorum.can_read(set.count_ones())).map(chance).sum();
                    assert!(libm::fabs(quorum.read_availability(up) - exact) < 1e-12, "{quorum:?} {up}");
                }
            }
        }
    }

    #[test]
    fn a_quorum_needs_one_and_has_no_more_than_all() {
        assert!(
            [(0, 0, 0), (3, 0, 1), (3, 1, 0), (3, 4, 1), (3, 1, 4)]
                .into_iter()
                .all(|(n, r, w)| { Quorum::new(n, r, w).is_none() })
        );
        assert_eq!(Quorum::majorities(0), None);
        assert_eq!(Quorum::majorities(5), Quorum::new(5, 3, 3));
        assert_eq!((crash_faults(0), byzantine_faults(0)), (0, 0));
        let largest = Quorum::new(u32::MAX, 1, u32::MAX).unwrap();
        assert!(largest.reads_meet_writes() && largest.miss() == 0.0);
    }

    #[test]
    fn the_mean_of_the_versions_behind_is_the_sum_of_the_shares() {
        let quorum = Quorum::new(5, 1, 2).unwrap();
        let sum: f64 = (1..400).map(|versions| 1.0 - quorum.fresh_within(versions)).sum();
        assert!(libm::fabs(quorum.mean_versions_behind() - sum) < 1e-9);
    }
}
