//! A limit that is shared out: each kind of caller has its share for sure, and may use what others leave.
//!
//! Source: Netflix `concurrency-limits`, `AbstractPartitionedLimiter`. A share isn't a bound: it only counts when the whole
//! limit is reached. So a kind that has been away gets in at once when it comes, and more than the limit may be under way.

/// Who wants to get in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// One of a partition, by its place among the shares.
    Of(usize),
    /// One that belongs to none: it gets in while the limit isn't reached.
    Unknown,
    /// One that is let in without being counted, such as an operator.
    Bypass,
}

/// A limit and its partitions.
#[derive(Clone, Debug, PartialEq)]
pub struct Partitions {
    limit: u32,
    /// Each with its share, 0 to 1, and how many of it are under way.
    shares: Vec<(f64, u32)>,
    unknown: u32,
}

impl Partitions {
    /// A limit with these shares, which add up to 1 at most.
    pub fn new(limit: u32, shares: &[f64]) -> Self {
        Self { limit, shares: shares.iter().map(|&share| (share, 0)).collect(), unknown: 0 }
    }

    /// So many may be under way from now on.
    pub fn set_limit(&mut self, limit: u32) {
        self.limit = limit;
    }

    /// How many a partition has for sure: its share, rounded up, at least one.
    pub fn limit_of(&self, partition: usize) -> u32 {
        let share = self.shares.get(partition).map_or(0.0, |it| it.0);
        (libm::ceil(f64::from(self.limit) * share) as u32).max(1)
    }

    /// How many of a partition are under way.
    pub fn in_flight_of(&self, partition: usize) -> u32 {
        self.shares.get(partition).map_or(0, |it| it.1)
    }

    /// How many are under way and counted.
    pub fn in_flight(&self) -> u32 {
        self.unknown + self.shares.iter().map(|it| it.1).sum::<u32>()
    }

    /// Somebody wants to get in: whether they do.
    pub fn acquire(&mut self, caller: Caller) -> bool {
        let room = self.in_flight() < self.limit;
        match caller {
            Caller::Bypass => return true,
            Caller::Unknown if room => self.unknown += 1,
            Caller::Of(at) if room || self.in_flight_of(at) < self.limit_of(at) => {
                let Some(it) = self.shares.get_mut(at) else { return false };
                it.1 += 1;
            }
            _ => return false,
        }
        true
    }

    /// Somebody who got in is done.
    pub fn release(&mut self, caller: Caller) {
        let count = match caller {
            Caller::Of(at) => self.shares.get_mut(at).map(|it| &mut it.1),
            Caller::Unknown => Some(&mut self.unknown),
            Caller::Bypass => None,
        };
        if let Some(count) = count {
            *count = count.saturating_sub(1);
        }
    }
}
