//! What theory expects: windows and rates as functions of losses, and sizes of pipes.
//!
//! Losses are shares of packets, in (0, 1); windows are in packets, times in seconds.

/// Mathis, Semke, Mahdavi and Ott 1997: Reno's mean window at a loss of `p`, √(3 ÷ 2p), where every packet is acknowledged.
pub fn reno_window(p: f64) -> f64 {
    libm::sqrt(1.5 / p)
}

/// The same law in the rounded form of RFC 5681's successors (RFC 3649, RFC 8312): 1.2 ÷ √p.
pub fn standard_window(p: f64) -> f64 {
    1.2 / libm::sqrt(p)
}

/// The loss at which [`standard_window`] is this.
pub fn standard_loss(window: f64) -> f64 {
    let root = 1.2 / window;
    root * root
}

/// RFC 3649 (`HighSpeed` TCP): 0.12 ÷ p^0.835, but never less than standard TCP.
pub fn high_speed_window(p: f64) -> f64 {
    (0.12 / libm::pow(p, 0.835)).max(standard_window(p))
}

/// The loss at which [`high_speed_window`] is this.
pub fn high_speed_loss(window: f64) -> f64 {
    libm::pow(0.12 / window, 1.0 / 0.835).max(standard_loss(window))
}

/// RFC 9438 §5.1: CUBIC's mean window (β = 0.7), (3.7 C ÷ 1.2)^¼ × RTT^¾ ÷ p^¾, but never less than standard TCP.
pub fn cubic_window(p: f64, rtt: f64, c: f64) -> f64 {
    (cubic_scale(rtt, c) / libm::pow(p, 0.75)).max(standard_window(p))
}

/// The loss at which [`cubic_window`] is this.
pub fn cubic_loss(window: f64, rtt: f64, c: f64) -> f64 {
    libm::pow(cubic_scale(rtt, c) / window, 4.0 / 3.0).max(standard_loss(window))
}

fn cubic_scale(rtt: f64, c: f64) -> f64 {
    libm::pow(c * 3.7 / 1.2, 0.25) * libm::pow(rtt, 0.75)
}

/// Padhye, Firoiu, Towsley and Kurose 1998, as RFC 5348 §3.1 writes it with b = 1: packets a second, timeouts included.
pub fn padhye_rate(p: f64, rtt: f64, rto: f64) -> f64 {
    let by_duplicates = rtt * libm::sqrt(2.0 * p / 3.0);
    let by_timeouts = rto * 3.0 * libm::sqrt(3.0 * p / 8.0) * p * (1.0 + 32.0 * p * p);
    1.0 / (by_duplicates + by_timeouts)
}

/// RFC 5681 §3.1: the initial window for a largest segment of so many bytes, in segments.
pub fn initial_window(mss: u32) -> u32 {
    match mss {
        ..=1095 => 4,
        1096..=2190 => 3,
        _ => 2,
    }
}

/// RFC 6928 §2: the initial window of ten segments, in bytes.
pub fn initial_window_bytes(mss: u32) -> u32 {
    mss.saturating_mul(10).min(mss.saturating_mul(2).max(14_600))
}

/// Round trips of slow start, without losses, until so many segments have been delivered: the least r with
/// `initial` (2^r − 1) ≥ `segments`; `initial` ≥ 1.
pub fn slow_start_rounds(initial: u64, segments: u64) -> u32 {
    let delivered = |rounds: u32| u128::from(initial.max(1)) * ((1 << rounds) - 1);
    (0..=64).find(|&rounds| delivered(rounds) >= u128::from(segments)).unwrap_or(64)
}

/// The bandwidth-delay product: what a path holds when it is full and nothing waits, in bytes, of bits a second.
pub fn bandwidth_delay_bytes(bits_per_second: f64, rtt: f64) -> f64 {
    bits_per_second * rtt / 8.0
}

/// The most that a window of so many bytes carries, in bits a second.
pub fn window_limited_rate(window_bytes: f64, rtt: f64) -> f64 {
    window_bytes * 8.0 / rtt
}
