//! Laws of scalability: how much more work several processors or threads do than one.
//!
//! Sources: Amdahl 1967; Gustafson 1988; Gunther, *Guerrilla Capacity Planning*, 2007; Denning and Buzen 1978 (the utilisation
//! law, from which a pool's bounds follow); Lazowska and others, *Quantitative System Performance*, 1984, chapter 5 (asymptotic
//! bounds). Bounds of closed systems with several stations are in [`queueing`](super::queueing).

/// Amdahl's law: the speed-up of a job of fixed size on `n` ≥ 1 processors, of which a share `parallel` in [0, 1] can be
/// spread over all of them.
pub fn amdahl(parallel: f64, n: f64) -> f64 {
    1.0 / ((1.0 - parallel) + parallel / n)
}

/// What Amdahl's speed-up tends to with ever more processors; infinite for a job that is parallel throughout.
pub fn amdahl_limit(parallel: f64) -> f64 {
    1.0 / (1.0 - parallel)
}

/// Gustafson's law: the speed-up on `n` ≥ 1 processors of a job that grows with them, whose share `parallel` in [0, 1] *of the
/// time on n processors* is spent in parallel.
pub fn gustafson(parallel: f64, n: f64) -> f64 {
    (1.0 - parallel) + parallel * n
}

/// The Universal Scalability Law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usl {
    /// Contention σ ≥ 0: the share of the work that is done one at a time. With κ = 0 the law is Amdahl's.
    pub contention: f64,
    /// Coherency κ ≥ 0: what each pair of processors costs to agree. It makes the curve turn down.
    pub coherency: f64,
}

impl Usl {
    /// Throughput with `n` ≥ 1 processors (or clients), relative to that with one.
    pub fn capacity(self, n: f64) -> f64 {
        n / (1.0 + self.contention * (n - 1.0) + self.coherency * n * (n - 1.0))
    }

    /// The `n` with most throughput, a real number; none if more is always better.
    pub fn peak(self) -> Option<f64> {
        (self.coherency > 0.0).then(|| libm::sqrt(((1.0 - self.contention) / self.coherency).max(0.0)))
    }
}

/// A server whose threads each serve one request at a time, computing and then waiting for I/O.
///
/// ```
/// use engine::mechanism::scalability::BlockingPool;
///
/// // A millisecond of computing and nine of waiting, on four cores: 40 threads keep them busy.
/// let pool = BlockingPool { threads: 20.0, cores: 4.0, cpu: 0.001, wait: 0.009 };
/// assert!((pool.most() - 2_000.0).abs() < 1e-9);
/// assert!((pool.knee() - 40.0).abs() < 1e-9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockingPool {
    /// Threads k ≥ 1.
    pub threads: f64,
    /// Cores c ≥ 1.
    pub cores: f64,
    /// Computing S > 0 for a request, in any one unit of time.
    pub cpu: f64,
    /// Waiting W ≥ 0 for a request, during which its thread is blocked.
    pub wait: f64,
}

impl BlockingPool {
    /// Most requests that it can serve in a unit of time, min(k/(W + S), c/S). Steady requests on a scheduler that leaves no core
    /// idle reach it; where times vary it is a bound.
    pub fn most(self) -> f64 {
        (self.threads / (self.cpu + self.wait)).min(self.cores / self.cpu)
    }

    /// How many threads it takes to keep all cores busy, c(W + S)/S: Little's law at full utilisation. More of them serve no
    /// more.
    pub fn knee(self) -> f64 {
        self.cores * (self.cpu + self.wait) / self.cpu
    }

    /// Most requests that `loops` ≤ c event loops, each on a core of its own, can serve in a unit of time: 1/S each, whatever
    /// the waiting.
    pub fn most_of_loops(self, loops: f64) -> f64 {
        loops / self.cpu
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        libm::fabs(a - b) < 1e-9 * libm::fabs(b).max(1.0)
    }

    #[test]
    fn the_laws_meet_where_they_must() {
        for n in [1.0, 2.0, 7.0, 64.0] {
            // Without coherency cost the universal law is Amdahl's; a job that is parallel throughout obeys all three.
            assert!(close(Usl { contention: 0.1, coherency: 0.0 }.capacity(n), amdahl(0.9, n)));
            assert!(close(amdahl(1.0, n), n) && close(gustafson(1.0, n), n));
            assert!(close(amdahl(0.0, n), 1.0) && close(gustafson(0.0, n), 1.0));
        }
        assert!(close(amdahl(0.9, 1e12), amdahl_limit(0.9)));
        assert_eq!(amdahl_limit(1.0), f64::INFINITY);
    }

    #[test]
    fn the_peak_is_where_the_curve_turns_down() {
        let law = Usl { contention: 0.02, coherency: 0.0005 };
        let peak = law.peak().unwrap();
        assert!(close(peak, libm::sqrt(1960.0)));
        assert!([peak - 0.5, peak + 0.5].iter().all(|&n| law.capacity(n) < law.capacity(peak)));
        assert_eq!(Usl { coherency: 0.0, ..law }.peak(), None);
    }

    #[test]
    fn a_pool_grows_up_to_its_knee() {
        let pool = |threads| BlockingPool { threads, cores: 2.0, cpu: 5.0, wait: 45.0 };
        assert!(close(pool(1.0).knee(), 20.0));
        assert!(close(pool(19.0).most(), 0.38));
        assert!(close(pool(20.0).most(), 0.4) && close(pool(500.0).most(), 0.4));
        // A loop on one core does what 10 of its threads do.
        assert!(close(pool(1.0).most_of_loops(1.0), pool(10.0).most()));
    }
}
