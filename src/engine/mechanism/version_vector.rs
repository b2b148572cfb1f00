//! Which of two versions is newer, if either is: version vectors, and last-write-wins, which asks clocks instead.
//!
//! Sources: D. S. Parker et al., Detection of mutual inconsistency in distributed systems, 1983 (version vectors); C. Fidge
//! 1988 and F. Mattern 1989 (the same comparison of events); N. Preguiça et al., Dotted version vectors, 2010, as Riak has
//! them (siblings). Last-write-wins is Cassandra's only rule and one of Riak's.

use crate::sim::{Span, Time};

/// How two versions stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Causality {
    /// The first is in the past of the second.
    Before,
    /// The second is in the past of the first.
    After,
    /// They are the same.
    Equal,
    /// Neither knew of the other.
    Concurrent,
}

/// How many changes at each node a version knows of. Nodes are numbered from 0; one that isn't listed has made none.
///
/// ```
/// use engine::mechanism::version_vector::{Causality, VersionVector};
/// let mut ours = VersionVector::default();
/// ours.increment(0);
/// let mut theirs = ours.clone();
/// theirs.increment(1);
/// assert_eq!(ours.compare(&theirs), Causality::Before);
/// ours.increment(0);
/// assert_eq!(ours.compare(&theirs), Causality::Concurrent);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct VersionVector(Vec<u64>);

impl VersionVector {
    /// With these counts.
    pub fn new(mut counts: Vec<u64>) -> Self {
        // Nodes that have made no change don't count, so that equal vectors are one value.
        let len = counts.iter().rposition(|&count| count > 0).map_or(0, |last| last + 1);
        counts.truncate(len);
        Self(counts)
    }
    /// The changes of a node that it knows of.
    pub fn count(&self, node: usize) -> u64 {
        self.0.get(node).copied().unwrap_or(0)
    }
    /// The counts of the nodes 0, 1, …, up to the last that has made a change.
    pub fn counts(&self) -> &[u64] {
        &self.0
    }
    /// A node makes a change.
    pub fn increment(&mut self, node: usize) {
        self.raise(node, self.count(node).saturating_add(1));
    }
    /// Learns of everything that another knows of.
    pub fn merge(&mut self, other: &Self) {
        for (node, &count) in other.0.iter().enumerate() {
            self.raise(node, count);
        }
    }
    /// How it stands to another.
    pub fn compare(&self, other: &Self) -> Causality {
        let lacks = |a: &Self, b: &Self| b.0.iter().enumerate().any(|(node, &count)| a.count(node) < count);
        match (lacks(self, other), lacks(other, self)) {
            (false, false) => Causality::Equal,
            (true, false) => Causality::Before,
            (false, true) => Causality::After,
            (true, true) => Causality::Concurrent,
        }
    }
    /// Whether it knows of a change.
    pub fn contains(&self, dot: Dot) -> bool {
        dot.count <= self.count(dot.node)
    }

    fn raise(&mut self, node: usize, count: u64) {
        if count > self.count(node) {
            if self.0.len() <= node {
                self.0.resize(node + 1, 0);
            }
            self.0[node] = count;
        }
    }
}

/// One change: the `count`-th of a node, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dot {
    /// The node that made it.
    pub node: usize,
    /// Which of its changes.
    pub count: u64,
}

/// A version of a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sibling<T> {
    /// The change that made it.
    pub dot: Dot,
    /// What its writer had seen.
    pub past: VersionVector,
    /// The value.
    pub value: T,
}

/// What a replica holds of a key: the versions of which none is in the past of another.
///
/// A version is told by the one change that made it (its *dot*) and not only by a vector, so that two clients that write
/// through the same node without having seen each other's value become siblings too. With plain vectors the second would
/// silently replace the first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Siblings<T> {
    versions: Vec<Sibling<T>>,
}

impl<T> Default for Siblings<T> {
    fn default() -> Self {
        Self { versions: Vec::new() }
    }
}

impl<T: Clone> Siblings<T> {
    /// The versions, by their dots.
    pub fn versions(&self) -> &[Sibling<T>] {
        &self.versions
    }

    /// Everything that is known here: what a reader is given, and gives back with what it writes.
    pub fn context(&self) -> VersionVector {
        let mut context = VersionVector::default();
        for version in &self.versions {
            context.merge(&version.past);
            context.raise(version.dot.node, version.dot.count);
        }
        context
    }

    /// A client that has seen `context` writes through this replica, which is `node`. Replaces what it has seen; what it
    /// hasn't stays beside it.
    pub fn write(&mut self, node: usize, context: &VersionVector, value: T) -> Dot {
        let known = self.context().count(node).max(context.count(node));
        let dot = Dot { node, count: known.saturating_add(1) };
        self.versions.retain(|version| !context.contains(version.dot));
        self.add(Sibling { dot, past: context.clone(), value });
        dot
    }

    /// Takes over what another replica holds: read repair, anti-entropy, a hint that is handed over.
    pub fn merge(&mut self, other: &Self) {
        let replaced = |dot: Dot, by: &Self| by.versions.iter().any(|version| version.past.contains(dot));
        let news: Vec<Sibling<T>> = other
            .versions
            .iter()
            .filter(|theirs| !replaced(theirs.dot, self))
            .filter(|theirs| !self.versions.iter().any(|ours| ours.dot == theirs.dot))
            .cloned()
            .collect();
        self.versions.retain(|ours| !replaced(ours.dot, other));
        for version in news {
            self.add(version);
        }
    }

    fn add(&mut self, version: Sibling<T>) {
        let place = self.versions.partition_point(|other| other.dot < version.dot);
        self.versions.insert(place, version);
    }
}

/// When a write happened, by its writer's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// What the clock showed.
    pub time: Time,
    /// Which node wrote: the higher one wins when clocks show the same, as good a rule as any. (Cassandra lets the
    /// greater value win.)
    pub node: u32,
}

/// A register of which the write with the latest stamp wins, wherever and in whatever order writes arrive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LastWriteWins<T> {
    held: Option<(Stamp, T)>,
}

impl<T> LastWriteWins<T> {
    /// What it holds, if anything was ever written.
    pub fn held(&self) -> Option<&(Stamp, T)> {
        self.held.as_ref()
    }

    /// A write arrives. Returns the one that is dropped, if any: the one held before, or this one if its stamp isn't later.
    /// No client hears of it; a world that has [`VersionVector`]s too can tell whether it had been seen.
    pub fn offer(&mut self, stamp: Stamp, value: T) -> Option<(Stamp, T)> {
        match &mut self.held {
            Some(held) if stamp <= held.0 => (stamp != held.0).then_some((stamp, value)),
            held => held.replace((stamp, value)),
        }
    }
}

/// A node's clock, which is off and runs off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Clock {
    /// How far it was ahead at time zero, in nanoseconds; negative is behind.
    pub ahead_ns: i64,
    /// How much it gains, in parts per million; negative loses. A quartz without NTP: some 10 to 100.
    pub drift_ppm: i32,
}

impl Clock {
    /// What it shows at a moment, but never less than zero.
    pub fn shows(self, now: Time) -> Time {
        let now = i128::from(now.nanos());
        let shown = now + i128::from(self.ahead_ns) + now * i128::from(self.drift_ppm) / 1_000_000;
        Time::from_nanos(u64::try_from(shown.max(0)).unwrap_or(u64::MAX))
    }

    /// Sets it right to within `error`, as NTP does: it goes on from there at its own rate.
    pub fn synchronise(&mut self, now: Time, error_ns: i64) {
        let drifted = i128::from(now.nanos()) * i128::from(self.drift_ppm) / 1_000_000;
        let ahead = i128::from(error_ns) - drifted;
        self.ahead_ns = i64::try_from(ahead).unwrap_or(if ahead < 0 { i64::MIN } else { i64::MAX });
    }

    /// How far two clocks are apart at a moment.
    pub fn skew(self, other: Self, now: Time) -> Span {
        let (a, b) = (self.shows(now), other.shows(now));
        if a > b { a.since(b) } else { b.since(a) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use proptest::prelude::*;

    fn values(siblings: &Siblings<u32>) -> Vec<u32> {
        siblings.versions().iter().map(|version| version.value).collect()
    }

    #[test]
    fn two_who_have_not_seen_each_other_become_siblings_and_one_who_saw_both_replaces_them() {
        let (mut a, mut b) = (Siblings::default(), Siblings::default());
        a.write(0, &VersionVector::default(), 1);
        b.write(1, &VersionVector::default(), 2);
        a.merge(&b);
        b.merge(&a);
        assert_eq!(a, b);
        assert_eq!(values(&a), [1, 2]);
        let seen = a.context();
        a.write(0, &seen, 3);
        b.merge(&a);
        assert_eq!(values(&b), [3]);
        // An old copy that comes back doesn't bring anything back.
        let mut old = Siblings::default();
        old.write(1, &VersionVector::default(), 2);
        b.merge(&old);
        assert_eq!(values(&b), [3]);
    }

    #[test]
    fn two_who_write_blindly_through_one_node_become_siblings() {
        let mut a = Siblings::default();
        a.write(0, &VersionVector::default(), 1);
        a.write(0, &VersionVector::default(), 2);
        assert_eq!(values(&a), [1, 2]);
    }

    #[test]
    fn a_clock_that_is_behind_loses_a_later_write() {
        let behind = Clock { ahead_ns: -50_000_000, drift_ppm: 0 };
        let stamp = |clock: Clock, node, millis| Stamp { time: clock.shows(Time::from_millis(millis)), node };
        let mut register = LastWriteWins::default();
        assert_eq!(register.offer(stamp(Clock::default(), 0, 1_000), "old"), None);
        let new = stamp(behind, 1, 1_040);
        assert_eq!(register.offer(new, "new"), Some((new, "new")));
        assert_eq!(register.held().unwrap().1, "old");
        // The same write once more is no other.
        let held = register.held().unwrap().0;
        assert_eq!(register.offer(held, "old"), None);
    }

    #[test]
    fn a_clock_drifts_and_is_set_right() {
        let mut clock = Clock { ahead_ns: 1_000, drift_ppm: 100 };
        assert_eq!(clock.shows(Time::from_secs(10)).nanos(), 10_001_001_000);
        assert_eq!(clock.skew(Clock::default(), Time::from_secs(10)), Span::from_nanos(1_001_000));
        clock.synchronise(Time::from_secs(10), -5);
        assert_eq!(clock.shows(Time::from_secs(10)).nanos(), 9_999_999_995);
        let wild = Clock { ahead_ns: i64::MIN, drift_ppm: i32::MAX };
        assert_eq!(wild.shows(Time::ZERO), Time::ZERO);
        assert_eq!(wild.shows(Time::MAX), Time::MAX);
    }

    #[derive(Clone, Debug)]
    enum Op {
        Write { node: usize, informed: bool },
        Merge { to: usize, from: usize },
    }

    fn op() -> impl Strategy<Value = Op> {
        prop_oneof![
            (0..3_usize, any::<bool>()).prop_map(|(node, informed)| Op::Write { node, informed }),
            (0..3_usize, 0..3_usize).prop_map(|(to, from)| Op::Merge { to, from }),
        ]
    }

    proptest! {
        #![proptest_config(cases(100))]

        /// Against the definition: sets of the writes that each write had seen.
        #[test]
        fn only_what_a_writer_had_seen_is_ever_replaced(ops in prop::collection::vec(op(), 0..40)) {
            let mut replicas = vec![Siblings::default(); 3];
            // What each replica has heard of, and for each write what its writer had seen.
            let (mut heard, mut pasts) = (vec![0_u64; 3], Vec::new());
            for op in ops {
                match op {
                    Op::Write { node, informed } => {
                        let context = if informed { replicas[node].context() } else { VersionVector::default() };
                        let n = pasts.len() as u32;
                        replicas[node].write(node, &context, n);
                        pasts.push(if informed { heard[node] } else { 0 });
                        heard[node] |= 1 << n;
                    }
                    Op::Merge { to, from } => {
                        let other = replicas[from].clone();
                        replicas[to].merge(&other);
                        heard[to] |= heard[from];
                    }
                }
                for (replica, heard) in replicas.iter().zip(&heard) {
                    let is_heard = |n: &u32| heard >> n & 1 == 1;
                    let all = || (0..pasts.len() as u32).filter(is_heard);
                    let replaced = |n: u32| all().any(|by| pasts[by as usize] >> n & 1 == 1);
                    let mut kept = values(replica);
                    kept.sort_unstable();
                    prop_assert_eq!(kept, all().filter(|&n| !replaced(n)).collect::<Vec<_>>());
                }
            }
            let mut last = replicas[0].clone();
            last.merge(&replicas[1]);
            let mut other = replicas[1].clone();
            other.merge(&replicas[0]);
            prop_assert_eq!(last, other);
        }
    }
}
