//! Which server a request is sent to: the shortest of d queues drawn at random, or of all.
//!
//! Sources: M. Mitzenmacher, *The Power of Two Choices in Randomized Load Balancing*, IEEE TPDS 2001
//! (doi 10.1109/71.963420). As in tower's `p2c` and nginx's `random two`, the drawn servers are different ones; the paper
//! draws with replacement, which makes no difference in its limit of many servers.

use crate::sim::Draws;

/// Servers that a request may look at, drawn once for all rules: each looks at the first d of them.
pub(super) const DRAWN: usize = 3;

/// Different servers of `n`, in the order in which they were drawn. `n` is at least [`DRAWN`].
pub(super) fn candidates(n: u32, draws: &mut Draws) -> [u32; DRAWN] {
    let mut drawn = [0; DRAWN];
    for k in 0..DRAWN {
        // One of those that are left: each server drawn before, lowest first, moves the numbers from its own on by one.
        let mut next = draws.below(n - k as u32);
        let mut before = [drawn[0], drawn[1]];
        if before[0] > before[1] && k == 2 {
            before.swap(0, 1);
        }
        for &taken in &before[..k.min(2)] {
            next += u32::from(next >= taken);
        }
        drawn[k] = next;
    }
    drawn
}

/// The shortest of these queues; of equals the one drawn first, which is a random one.
pub(super) fn shortest_of(drawn: &[u32], length: impl Fn(u32) -> u32) -> u32 {
    let mut best = drawn[0];
    for &next in &drawn[1..] {
        if length(next) < length(best) {
            best = next;
        }
    }
    best
}

/// The shortest of all `n` ≥ 1 queues, how long it is, and how many are as short: among those it is a random one.
pub(super) fn shortest_of_all(n: u32, length: impl Fn(u32) -> u32, draws: &mut Draws) -> (u32, u32, u32) {
    let (mut shortest, mut tied) = (u32::MAX, 0);
    for server in 0..n {
        let its = length(server);
        if its < shortest {
            shortest = its;
            tied = 0;
        }
        tied += u32::from(its == shortest);
    }
    let nth = draws.below(tied.max(1)) as usize;
    let found = (0..n).filter(|&server| length(server) == shortest).nth(nth);
    (found.unwrap_or(0), shortest, tied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Entity, Purpose};

    fn draws(n: u32) -> Draws {
        Draws::new(5, Purpose::named("test"), Entity::new(0, n))
    }

    #[test]
    fn every_triple_of_different_servers_is_drawn_equally_often() {
        let mut counts = [0_u32; 125];
        for n in 0..60_000 {
            let [a, b, c] = candidates(5, &mut draws(n));
            assert!(a != b && b != c && a != c && a.max(b).max(c) < 5, "{a} {b} {c}");
            counts[(a * 25 + b * 5 + c) as usize] += 1;
        }
        let drawn: Vec<f64> = counts.iter().filter(|&&n| n > 0).map(|&n| f64::from(n)).collect();
        assert_eq!(drawn.len(), 60);
        let chi: f64 = drawn.iter().map(|n| (n - 1_000.0) * (n - 1_000.0) / 1_000.0).sum();
        assert!(chi < 98.3, "{chi}: 59 degrees of freedom stay below 98.3 with probability 0.999");
    }

    #[test]
    fn the_shortest_wins_and_ties_are_broken_evenly() {
        let lengths = [3, 1, 2, 1, 5, 1];
        let length = |n: u32| lengths[n as usize];
        assert_eq!((shortest_of(&[0, 2, 4], length), shortest_of(&[3, 1], length)), (2, 3));
        let mut counts = [0_u32; 6];
        for n in 0..3_000 {
            let (server, shortest, tied) = shortest_of_all(6, length, &mut draws(n));
            assert_eq!((shortest, tied), (1, 3));
            counts[server as usize] += 1;
        }
        // Four standard deviations of a share of a third.
        assert!([1, 3, 5].iter().all(|&k: &usize| counts[k].abs_diff(1_000) < 104), "{counts:?}");
    }
}
