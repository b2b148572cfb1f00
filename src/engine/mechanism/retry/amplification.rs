//! By how much retries multiply the load.
//!
//! Source: the geometric series. A caller that tries until it succeeds, at most r times, against something that fails
//! with probability f each time on its own, makes (1 − f^r) ÷ (1 − f) attempts on average. Where each of several hops
//! retries, the last one is tried until it succeeds or has failed r^hops times: at worst the attempts multiply. (Failures
//! that come together, as in an outage, are f = 1.)

/// Mean number of attempts at a failure probability of 0 to 1 with at most `max_attempts`.
pub fn expected_attempts(fail: f64, max_attempts: f64) -> f64 {
    if max_attempts <= 0.0 {
        0.0
    } else if fail >= 1.0 {
        max_attempts
    } else if fail > 0.0 {
        -libm::expm1(max_attempts * libm::log(fail)) / (1.0 - fail)
    } else {
        1.0
    }
}

/// Probability that one of at most `max_attempts` attempts succeeds.
pub fn success(fail: f64, max_attempts: f64) -> f64 {
    1.0 - libm::pow(fail, max_attempts)
}

/// Calls that reach the last of `hops` hops at worst for one request, when each of them tries `attempts` times.
pub fn worst_case(hops: u32, attempts: u32) -> f64 {
    libm::pow(f64::from(attempts), f64::from(hops))
}

/// Mean number of calls that reach the last of `hops` hops for one request, when each tries at most `attempts` times and
/// only the last fails by itself.
pub fn over_hops(fail: f64, attempts: u32, hops: u32) -> f64 {
    expected_attempts(fail, worst_case(hops, attempts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_tries_over_three_hops_are_27_calls_in_an_outage_and_hardly_one_in_good_times() {
        assert_eq!(worst_case(3, 3), 27.0);
        assert_eq!(over_hops(1.0, 3, 3), 27.0);
        assert!((over_hops(0.01, 3, 3) - 1.0101).abs() < 1e-4);
        assert_eq!(expected_attempts(0.0, 4.0), 1.0);
        assert!((expected_attempts(1.0 - 1e-12, 4.0) - 4.0).abs() < 1e-6);
        assert_eq!(expected_attempts(0.5, 0.0), 0.0);
    }

    #[test]
    fn hops_multiply_what_each_adds() {
        // Attempts of the last hop for each call of it, times those of the one before, whose calls fail less often.
        let (fail, tries) = (0.3, 3.0);
        let second = libm::pow(fail, tries);
        let by_hop = expected_attempts(fail, tries) * expected_attempts(second, tries);
        assert!((over_hops(fail, 3, 2) - by_hop).abs() < 1e-12);
    }
}
