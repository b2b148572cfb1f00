//! Closed formulas of queueing theory: the reference curves that a simulation is held against.
//!
//! Arrivals are Poisson with rate λ, service has rate μ (mean 1/μ), both in any one unit of time; results are in that
//! unit. Formulas for a steady state assume that there is one: outside their stated range they return infinity or NaN.
//! Sources: Erlang 1917; Pollaczek 1930, Khinchine 1932; Jackson 1957; Reiser and Lavenberg 1980; Kleinrock, *Queueing
//! Systems*, vol. 1; Mitzenmacher 2001.

/// Erlang B: the share of arrivals that `servers` servers without a queue turn away at `erlangs` = λ/μ ≥ 0. Holds for
/// any distribution of service with that mean.
pub fn erlang_b(servers: u32, erlangs: f64) -> f64 {
    (1..=servers).fold(1.0, |blocked, n| erlangs * blocked / (f64::from(n) + erlangs * blocked))
}

/// The largest load in erlangs at which `servers` ≥ 1 servers turn away a share of at most `blocking`, in (0, 1).
pub fn erlang_b_load(servers: u32, blocking: f64) -> f64 {
    // Blocking grows with the load: double until it is above, then halve the interval.
    let mut low = 0.0;
    let mut high = 1.0;
    while erlang_b(servers, high) < blocking && high < 1e12 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if erlang_b(servers, middle) <= blocking {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// M/M/c: one queue before several exponential servers. In steady state for ρ = λ/(cμ) < 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mmc {
    /// How many servers, c ≥ 1.
    pub servers: u32,
    /// Arrival rate λ.
    pub lambda: f64,
    /// Service rate μ of each server.
    pub mu: f64,
}

impl Mmc {
    /// Utilisation ρ.
    pub fn rho(self) -> f64 {
        self.lambda / (f64::from(self.servers) * self.mu)
    }
    /// Erlang C: the share of arrivals that wait.
    pub fn p_wait(self) -> f64 {
        let blocked = erlang_b(self.servers, self.lambda / self.mu);
        blocked / (1.0 - self.rho() * (1.0 - blocked))
    }
    /// The rate at which waiting ends, cμ − λ.
    fn slack(self) -> f64 {
        f64::from(self.servers) * self.mu - self.lambda
    }
    /// Mean wait of all arrivals, Wq.
    pub fn wait(self) -> f64 {
        self.p_wait() / self.slack()
    }
    /// Mean time in the system, W.
    pub fn sojourn(self) -> f64 {
        self.wait() + 1.0 / self.mu
    }
    /// Mean number waiting, Lq.
    pub fn waiting(self) -> f64 {
        self.lambda * self.wait()
    }
    /// Mean number in the system, L.
    pub fn in_system(self) -> f64 {
        self.lambda * self.sojourn()
    }
    /// Share of arrivals that wait longer than `time`.
    pub fn wait_exceeds(self, time: f64) -> f64 {
        self.p_wait() * libm::exp(-self.slack() * time)
    }
}

/// Quantile `q` in [0, 1) of the time in an M/M/1 system, λ < μ: that time is exponential.
pub fn mm1_quantile(lambda: f64, mu: f64, q: f64) -> f64 {
    -libm::log1p(-q) / (mu - lambda)
}

/// Pollaczek–Khinchine: mean wait in M/G/1 with utilisation ρ < 1, by mean and squared coefficient of variation of
/// service.
pub fn mg1_wait(rho: f64, mean_service: f64, scv: f64) -> f64 {
    rho * mean_service * (1.0 + scv) / (2.0 * (1.0 - rho))
}

/// M/M/1/K: one exponential server, at most K ≥ 1 in the system, the rest turned away. Any λ, μ > 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mm1k {
    /// Places in the system, K, the one in service included.
    pub capacity: u32,
    /// Arrival rate λ.
    pub lambda: f64,
    /// Service rate μ.
    pub mu: f64,
}

impl Mm1k {
    /// Probability of `n` in the system, relative to that of none, up to a common factor that keeps it in range.
    fn weights(self) -> impl Iterator<Item = (f64, f64)> {
        let rho = self.lambda / self.mu;
        let largest = if rho > 1.0 { self.capacity } else { 0 };
        (0..=self.capacity).map(move |n| (f64::from(n), libm::pow(rho, f64::from(n) - f64::from(largest))))
    }
    /// Share of arrivals turned away.
    pub fn p_block(self) -> f64 {
        let sum: f64 = self.weights().map(|(_, weight)| weight).sum();
        self.weights().last().map_or(0.0, |(_, weight)| weight / sum)
    }
    /// Rate of arrivals that get in.
    pub fn throughput(self) -> f64 {
        self.lambda * (1.0 - self.p_block())
    }
    /// Mean number in the system, L.
    pub fn in_system(self) -> f64 {
        let (sum, moment) =
            self.weights().fold((0.0, 0.0), |(s, m), (n, weight)| (s + weight, m + n * weight));
        moment / sum
    }
    /// Mean time in the system of those that get in.
    pub fn sojourn(self) -> f64 {
        self.in_system() / self.throughput()
    }
}

/// Mean number in an open Jackson network whose customers visit every one of these exponential servers (rates `mu`) in
/// turn and, after the last, begin again with probability `feedback`. In steady state for λ/(1 − feedback) < every μ.
pub fn tandem_in_system(lambda: f64, mu: &[f64], feedback: f64) -> f64 {
    let effective = lambda / (1.0 - feedback);
    mu.iter().map(|mu| effective / (mu - effective)).sum()
}

/// Throughput and response of a closed system: `clients` that think for `think` on average and then visit every one of
/// these exponential servers, with mean service `services`, once. Exact mean value analysis.
pub fn closed_mva(clients: u32, think: f64, services: &[f64]) -> (f64, f64) {
    let mut queues = vec![0.0; services.len()];
    let mut result = (0.0, 0.0);
    for n in 1..=clients {
        let residence: Vec<f64> = services.iter().zip(&queues).map(|(s, queue)| s * (1.0 + queue)).collect();
        let response: f64 = residence.iter().sum();
        let throughput = f64::from(n) / (response + think);
        queues = residence.iter().map(|r| throughput * r).collect();
        result = (throughput, response);
    }
    result
}

/// Bounds of a closed system that hold whatever the distributions: clients that think and then visit every station once, as in
/// [`closed_mva`]. Asymptotic bounds of Denning and Buzen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosedBounds {
    /// Think time Z ≥ 0.
    pub think: f64,
    /// Service of all stations together, D > 0.
    pub total: f64,
    /// Service of the slowest one, the bottleneck: M.
    pub slowest: f64,
}

impl ClosedBounds {
    /// Of stations with these services, at least one of them above 0.
    pub fn new(think: f64, services: &[f64]) -> Self {
        let slowest = services.iter().copied().fold(0.0, f64::max);
        Self { think, total: services.iter().sum(), slowest }
    }

    /// Throughput is at most min(N/(D + Z), 1/M): nobody ever waits, or the bottleneck is never idle.
    pub fn most_throughput(self, clients: u32) -> f64 {
        (f64::from(clients) / (self.total + self.think)).min(1.0 / self.slowest)
    }

    /// Throughput is at least N/(ND + Z): everybody always waits for all others at every station.
    pub fn least_throughput(self, clients: u32) -> f64 {
        f64::from(clients) / (f64::from(clients) * self.total + self.think)
    }

    /// Response is at least max(D, N·M − Z).
    pub fn least_response(self, clients: u32) -> f64 {
        self.total.max(f64::from(clients) * self.slowest - self.think)
    }

    /// Response is at most N·D.
    pub fn most_response(self, clients: u32) -> f64 {
        f64::from(clients) * self.total
    }

    /// The knee N* = (D + Z)/M: with more clients some of them must wait.
    pub fn knee(self) -> f64 {
        (self.total + self.think) / self.slowest
    }
}

/// The supermarket model (join the shortest of `choices` random queues, infinitely many servers with unit-exponential
/// service and λ < 1 arrivals each): the share of queues with at least `length` customers.
pub fn supermarket_tail(lambda: f64, choices: u32, length: u32) -> f64 {
    // (dⁱ − 1)/(d − 1) = 1 + d + … + dⁱ⁻¹, also for d = 1.
    let exponent: f64 = (0..length).map(|i| libm::pow(f64::from(choices), f64::from(i))).sum();
    libm::pow(lambda, exponent)
}

/// Mean of the longest of `servers` queues of the supermarket model, taken as independent of each other, which they are
/// in the limit of many and with one choice; for λ < 1.
///
/// The mean of a count is the sum of the chances that it is at least 1, 2, …
pub fn supermarket_longest(lambda: f64, choices: u32, servers: u32) -> f64 {
    let (mut sum, mut tail) = (0.0, lambda);
    while tail > 1e-9 && sum < 1e6 {
        sum += 1.0 - libm::pow(1.0 - tail, f64::from(servers));
        tail = lambda * libm::pow(tail, f64::from(choices));
    }
    sum
}

/// Mean time in the system of the supermarket model.
pub fn supermarket_sojourn(lambda: f64, choices: u32) -> f64 {
    if lambda >= 1.0 {
        return f64::INFINITY;
    }
    // The mean queue length is the sum of the tails; Little's law divides it by λ. Each tail is λ times the last one
    // to the power d.
    let (mut sum, mut tail) = (0.0, lambda);
    while tail > 1e-18 * sum {
        sum += tail;
        tail = lambda * libm::pow(tail, f64::from(choices));
    }
    sum / lambda
}

/// The supermarket model: the share of customers who are in the system for longer than `time` ≥ 0, in mean service times.
///
/// One who finds i others takes the sum of i + 1 exponentials, and finds at least i where all of the `choices` queues
/// hold as many. So the share is Σ e⁻ᵗ tⁱ/i! · (share of queues with at least i)^`choices`.
pub fn supermarket_exceeds(lambda: f64, choices: u32, time: f64) -> f64 {
    let (mut i, mut sum, mut poisson, mut tail) = (0.0, 0.0, libm::exp(-time), 1.0);
    loop {
        let finds = (0..choices).fold(1.0, |all, _| all * tail);
        sum += poisson * finds;
        tail = lambda * finds;
        i += 1.0;
        poisson *= time / i;
        // All further terms together are at most the next share, and beyond the largest of Poisson's weights they shrink.
        if tail < 1e-15 * sum || (i > time && poisson * tail < 1e-15 * sum) {
            return sum;
        }
    }
}

/// The supermarket model: quantile `q` in [0, 1) of the time in the system, in mean service times, for λ < 1.
pub fn supermarket_quantile(lambda: f64, choices: u32, q: f64) -> f64 {
    // One choice is M/M/1; more choices are never slower.
    let (mut low, mut high) = (0.0, mm1_quantile(lambda, 1.0, q));
    for _ in 0..48 {
        let middle = f64::midpoint(low, high);
        if choices > 1 && supermarket_exceeds(lambda, choices, middle) <= 1.0 - q {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// Balls into bins: the distribution of the fullest bin's load after each of `balls` went into the least loaded of
/// `choices` bins drawn with replacement from `bins`; entry k is the probability that the fullest bin holds k.
///
/// Exact, by the Markov chain over occupancies; their number grows like the partitions of `balls` (8,349 for 32).
pub fn fullest_bin(balls: u32, bins: u32, choices: u32) -> Vec<f64> {
    use std::collections::BTreeMap;
    // A state counts the bins with at least k balls, k = 1, 2, …
    let mut states: BTreeMap<Vec<u32>, f64> = BTreeMap::from([(Vec::new(), 1.0)]);
    let share = |count: u32| libm::pow(f64::from(count) / f64::from(bins), f64::from(choices));
    for _ in 0..balls {
        let mut next: BTreeMap<Vec<u32>, f64> = BTreeMap::new();
        for (state, p) in states {
            for level in 0..=state.len() {
                // All draws hold at least `level` balls, and not all of them more.
                let at_least = if level == 0 { bins } else { state[level - 1] };
                let above = state.get(level).copied().unwrap_or(0);
                let step = share(at_least) - share(above);
                if step > 0.0 {
                    let mut after = state.clone();
                    if level == after.len() {
                        after.push(0);
                    }
                    after[level] += 1;
                    *next.entry(after).or_insert(0.0) += p * step;
                }
            }
        }
        states = next;
    }
    let mut fullest = vec![0.0; balls as usize + 1];
    for (state, p) in states {
        fullest[state.len()] += p;
    }
    fullest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_values_of_a_closed_system_lie_within_its_bounds() {
        let services = [0.2, 0.5, 0.1];
        let bounds = ClosedBounds::new(3.0, &services);
        assert!((bounds.knee() - 7.6).abs() < 1e-12);
        for clients in [1, 2, 7, 8, 40] {
            let (throughput, response) = closed_mva(clients, 3.0, &services);
            let least = (bounds.least_throughput(clients), bounds.least_response(clients));
            let most = (bounds.most_throughput(clients), bounds.most_response(clients));
            assert!(least.0 <= throughput + 1e-12 && throughput <= most.0 + 1e-12, "{clients}");
            assert!(least.1 <= response + 1e-12 && response <= most.1 + 1e-12, "{clients}");
        }
    }

    #[test]
    fn one_choice_is_mm1() {
        for lambda in [0.5, 0.9, 0.99] {
            for time in [0.0, 0.3, 5.0, 40.0] {
                let exact = libm::exp(-(1.0 - lambda) * time);
                let sum = supermarket_exceeds(lambda, 1, time);
                assert!(libm::fabs(sum / exact - 1.0) < 1e-9, "{lambda} {time}: {sum} for {exact}");
            }
            let exact = libm::log(100.0) / (1.0 - lambda);
            assert!(libm::fabs(supermarket_quantile(lambda, 1, 0.99) / exact - 1.0) < 1e-12);
        }
    }

    #[test]
    fn the_longest_of_many_geometric_queues_has_the_known_mean() {
        // One queue: the mean of M/M/1. Two: by inclusion and exclusion, ρ/(1 − ρ) twice, less that of the shorter one.
        let mean = |rho: f64| rho / (1.0 - rho);
        for rho in [0.3, 0.9] {
            let one = supermarket_longest(rho, 1, 1);
            assert!(libm::fabs(one / mean(rho) - 1.0) < 1e-6, "{one}");
            let two = supermarket_longest(rho, 1, 2);
            assert!(libm::fabs(two / (2.0 * mean(rho) - mean(rho * rho)) - 1.0) < 1e-6, "{two}");
        }
        assert!(supermarket_longest(0.9, 2, 60) < 6.0 && supermarket_longest(0.9, 1, 60) > 40.0);
    }

    #[test]
    fn the_time_under_more_choices_has_the_known_mean() {
        for (lambda, choices) in [(0.5, 2), (0.9, 2), (0.9, 3), (0.99, 3)] {
            // Simpson's rule over the share that takes longer; beyond 60 service times nobody does.
            let at = |n: u32| supermarket_exceeds(lambda, choices, f64::from(n) * 0.01);
            let sum: f64 = (0..3_000).map(|n| at(2 * n) + 4.0 * at(2 * n + 1) + at(2 * n + 2)).sum();
            let (mean, exact) = (sum * 0.01 / 3.0, supermarket_sojourn(lambda, choices));
            assert!(libm::fabs(mean / exact - 1.0) < 1e-8, "{lambda} {choices}: {mean} for {exact}");
            let p99 = supermarket_quantile(lambda, choices, 0.99);
            assert!(libm::fabs(supermarket_exceeds(lambda, choices, p99) - 0.01) < 1e-9);
        }
    }
}
