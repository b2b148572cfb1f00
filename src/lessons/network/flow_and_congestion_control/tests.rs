//! The points of the figures, and what is known of them from elsewhere.

use super::one_transfer::OneTransfer;
use super::path::RECEIVER;
use super::two_flows::{PIPE, RATE, TwoFlows};
use crate::lessons::prelude::*;
use crate::mechanism::congestion::formulas;
use crate::player::Bench;

fn two(settings: &[(&str, &str)], seed: u64) -> Bench<TwoFlows> {
    Bench::new(settings, seed).until(Time::from_secs(40))
}

/// Means of a reading, over the second half of the run.
fn mean(settings: &[(&str, &str)], reading: &str) -> f64 {
    let mut bench = Bench::<TwoFlows>::new(settings, 5).until(Time::from_secs(20));
    let mut sum = 0.0;
    for _ in 0..80 {
        bench = bench.on_for(Span::from_millis(250));
        sum += bench.reading(reading);
    }
    sum / 80.0
}

#[test]
fn two_of_a_kind_share_the_line_however_they_began() {
    for algorithm in ["reno", "cubic", "model"] {
        let share = mean(&[("a", algorithm), ("b", algorithm)], "weaker");
        assert!(share > 0.38, "{algorithm}: {share}");
    }
}

#[test]
fn the_model_fills_the_line_and_half_a_pipe_of_queue_is_more_than_it_needs() {
    let deep = [("a", "model"), ("b", "model"), ("buffer", "10")];
    let (used, wait) = (mean(&deep, "used"), mean(&deep, "wait"));
    assert!(used >= 0.9 && wait * RATE < PIPE / 2.0, "{used}, {wait}");
    // What is measured by losses fills the buffer, too.
    for algorithm in ["reno", "cubic"] {
        let wait = mean(&[("a", algorithm), ("b", algorithm), ("buffer", "10")], "wait");
        assert!(wait > 0.3, "{algorithm}: {wait}");
    }
}

#[test]
fn noise_leaves_reno_the_window_of_the_square_root_law() {
    // Alone, on a line that is never full: 1 % lost.
    let noisy = [("noise", "10"), ("rtt", "0.08")];
    let gets = mean(&noisy, "a-gets");
    // A round trip, what is spent on getting a packet out, and its own time on the line.
    let rtt = 0.08 + 0.001 + 1.0 / RATE;
    let expected = formulas::reno_window(0.01) / rtt;
    assert!((gets / expected - 1.0).abs() < 0.25, "{gets}, the law says {expected}");
    let model = mean(&[("noise", "10"), ("a", "model"), ("b", "model")], "used");
    assert!(model > 0.9, "the model doesn't take losses for congestion: {model}");
}

#[test]
fn codel_keeps_a_deep_buffer_short() {
    let cubic =
        [("a", "cubic"), ("b", "cubic"), ("buffer", "10"), ("discipline", "codel"), ("target", "0.012")];
    let (used, wait) = (mean(&cubic, "used"), mean(&cubic, "wait"));
    assert!(used > 0.97 && wait < 0.01, "{used}, {wait}");
}

#[test]
fn a_lost_packet_halves_the_window_within_a_round_trip_and_a_half() {
    let before = Bench::<TwoFlows>::new(&[], 3).until(Time::from_millis(4_500));
    let had = before.model.window(0).unwrap();
    let after = before.act("lose", &[Entity::new(super::path::SENDER, 0)], &Value::None);
    let after = after.on_for(Span::from_millis(350));
    assert!(after.model.window(0).unwrap() <= had / 2 + 3, "{had}, {:?}", after.model.window(0));
}

#[test]
fn who_stops_leaves_the_line_to_the_other() {
    let b = [Entity::new(super::path::SENDER, 1)];
    let bench = Bench::<TwoFlows>::new(&[], 3).until(Time::from_secs(15)).act("stop", &b, &Value::None);
    let bench = bench.on_for(Span::from_secs(12));
    assert!(bench.reading("a-gets") > 0.95 * RATE && bench.reading("b-gets") == 0.0);
    let bench = bench.act("start", &b, &Value::None).on_for(Span::from_secs(10));
    assert!(bench.reading("b-gets") > 0.2 * RATE);
}

#[test]
fn the_receiver_s_window_bounds_the_rate() {
    for (room, rtt) in [("8", "0.2"), ("16", "0.4"), ("4", "0.1")] {
        let bench = Bench::<OneTransfer>::new(&[("room", room), ("rtt", rtt)], 3).until(Time::from_secs(20));
        // When a packet is acknowledged it still lies in the buffer.
        let window = room.parse::<f64>().unwrap() - 1.0;
        let expected = window / (rtt.parse::<f64>().unwrap() + 0.011);
        let arrives = bench.reading("arrives");
        assert!((arrives / expected - 1.0).abs() < 0.03, "{room}, {rtt}: {arrives}, {expected}");
    }
}

#[test]
fn a_reader_that_stops_closes_the_window_and_one_that_goes_on_opens_it() {
    let bench = Bench::<OneTransfer>::new(&[], 3).until(Time::from_secs(5));
    let bench = bench.act("pause", &[RECEIVER], &Value::None).on_for(Span::from_secs(6));
    assert_eq!((bench.reading("rwnd"), bench.reading("arrives")), (0.0, 0.0));
    assert_eq!(bench.model.path.flows[0].sender.losses(), (0, 0), "a closed window is no loss");
    let bench = bench.act("resume", &[RECEIVER], &Value::None).on_for(Span::from_secs(8));
    assert!(bench.reading("arrives") > 90.0, "{}", bench.reading("arrives"));
}

#[test]
fn settings_at_the_end_of_a_run_hold_what_a_run_must() {
    for seed in 0..3 {
        two(&[("a", "cubic"), ("b", "model"), ("noise", "50"), ("buffer", "0.1")], seed);
    }
}
