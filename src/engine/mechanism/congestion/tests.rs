//! The controllers against windows step by step, and against the laws that follow from them.

use super::*;
use std::collections::VecDeque;

fn millis(at: u64) -> Time {
    Time::from_millis(at)
}

fn ack(now: u64, sent: u64) -> Ack {
    Ack { now: millis(now), sent: millis(sent), rtt: Span::from_millis(now - sent), ..Ack::default() }
}

/// One window after another, a round trip each, in which every `1/p`-th packet is lost: the mean window.
fn mean_window(mut controller: Controller, rtt: f64, p: f64, packets: f64) -> f64 {
    let (mut now, mut sent, mut sum, mut rounds) = (0.0, 0.0, 0.0, 0.0);
    let mut next_loss = 1.0 / p;
    while sent < packets {
        let window = libm::floor(controller.window());
        let left = Time::from_secs_f64(now);
        now += rtt;
        let mut lost = false;
        for n in 0..window as u32 {
            sent += 1.0;
            let ack = Ack {
                now: Time::from_secs_f64(now + 1e-6 * f64::from(n)),
                sent: left,
                rtt: Span::from_secs_f64(rtt),
                ..Ack::default()
            };
            if sent >= next_loss {
                next_loss += 1.0 / p;
                lost = true;
            } else {
                controller.on_ack(&ack);
            }
        }
        if lost {
            controller.on_loss(Time::from_secs_f64(now), left);
        }
        // The first half finds the way in: slow start had gone far beyond.
        if sent > packets / 2.0 {
            (sum, rounds) = (sum + window, rounds + 1.0);
        }
    }
    sum / rounds
}

#[test]
fn reno_has_the_window_of_the_square_root_law() {
    for p in [1e-3, 1e-4, 1e-5] {
        let measured = mean_window(Controller::Reno(Reno::new(10.0)), 0.1, p, 400.0 / p);
        let expected = formulas::reno_window(p);
        assert!((measured / expected - 1.0).abs() < 0.05, "p = {p}: {measured}, the law says {expected}");
    }
}

#[test]
fn cubic_has_the_window_of_its_response_function_and_reno_s_where_that_is_larger() {
    for (rtt, p) in [(0.1, 1e-5), (0.1, 1e-4), (0.2, 1e-4), (0.01, 1e-3), (0.01, 1e-4)] {
        // The formula is of a single flow for which all losses are at the same window.
        let config = CubicConfig { fast_convergence: false, ..CubicConfig::default() };
        let cubic = Controller::Cubic(Cubic::new(config, 10.0));
        let measured = mean_window(cubic, rtt, p, 400.0 / p);
        let expected = formulas::cubic_window(p, rtt, 0.4);
        assert!(
            (measured / expected - 1.0).abs() < 0.1,
            "{rtt} s, p = {p}: {measured}, the RFC says {expected}"
        );
    }
}

#[test]
fn all_losses_of_one_window_are_one_reduction() {
    // RFC 6582: until what was sent before it is accounted for, further losses change nothing and acknowledgements don't
    // make the window grow.
    for (mut it, left) in [
        (Controller::Reno(Reno::new(20.0)), 10.0),
        (Controller::Cubic(Cubic::new(CubicConfig::default(), 20.0)), 14.0),
    ] {
        it.on_loss(millis(100), millis(0));
        it.on_loss(millis(120), millis(50));
        (0..20).for_each(|_| it.on_ack(&ack(150, 80)));
        assert_eq!(it.window(), left);
        it.on_loss(millis(300), millis(150));
        assert!(it.window() < left);
    }
}

#[test]
fn a_timeout_begins_again_with_one_packet_and_slow_start() {
    let mut reno = Controller::Reno(Reno::new(40.0));
    reno.on_timeout();
    assert_eq!(reno.window(), 1.0);
    (0..19).for_each(|_| reno.on_ack(&ack(200, 100)));
    assert!(!reno.is_starting(), "up to half of what was there, then one packet a round trip");
    assert_eq!(reno.window(), 20.0);
}

#[test]
fn a_window_that_is_not_used_does_not_grow() {
    for mut it in
        [Controller::Reno(Reno::new(10.0)), Controller::Cubic(Cubic::new(CubicConfig::default(), 10.0))]
    {
        it.on_ack(&Ack { limited: true, ..ack(100, 0) });
        assert_eq!(it.window(), 10.0);
    }
}

/// A line that passes a packet each millisecond, then takes 40 ms there and 40 ms back; at most `room` packets wait.
/// Answers the share of the line used and the mean number waiting, over the last 20 of 40 seconds.
fn alone(controller: Controller, room: usize) -> (f64, f64) {
    let mut sender = Sender::new(SenderConfig::default(), controller, u64::MAX, Time::ZERO);
    let mut queue: VecDeque<Sent> = VecDeque::new();
    let mut acks: VecDeque<(u64, u64)> = VecDeque::new();
    let (mut passed, mut waited) = (0.0, 0.0);
    for now in 0..40_000 {
        while acks.front().is_some_and(|(at, _)| *at == now) {
            let (_, number) = acks.pop_front().unwrap();
            sender.on_ack(millis(now), number, 0, u64::MAX);
        }
        sender.on_timer(millis(now));
        while sender.held(millis(now)).is_none() {
            let sent = sender.send(millis(now));
            if queue.len() < room {
                queue.push_back(sent);
            }
        }
        if now >= 20_000 {
            waited += queue.len() as f64;
            passed += f64::from(u8::from(!queue.is_empty()));
        }
        if let Some(sent) = queue.pop_front() {
            acks.push_back((now + 80, sent.number));
        }
    }
    (passed / 20_000.0, waited / 20_000.0)
}

#[test]
fn the_model_based_controller_fills_the_line_and_leaves_the_buffer_empty() {
    // The pipe holds 80 packets, the buffer ten times that.
    let (used, waiting) = alone(Controller::ModelBased(ModelBased::new(10.0, 2)), 800);
    assert!(used >= 0.9, "{used}");
    assert!(waiting < 40.0, "{waiting} wait, half a pipe is 40");
    let (used, waiting) = alone(Controller::Reno(Reno::new(10.0)), 800);
    assert!(used > 0.99 && waiting > 200.0, "Reno fills both: {used}, {waiting}");
}

#[test]
fn reno_needs_a_buffer_of_one_pipe_and_has_three_quarters_of_the_line_without() {
    let (full, _) = alone(Controller::Reno(Reno::new(10.0)), 80);
    // Room for what is sent together, and no more.
    let (bare, _) = alone(Controller::Reno(Reno::new(10.0)), 6);
    assert!(full > 0.98, "{full}");
    assert!((bare - 0.75).abs() < 0.05, "{bare}");
}

#[test]
fn a_closed_window_is_asked_after_and_opened() {
    let reno = Controller::Reno(Reno::new(10.0));
    let mut sender = Sender::new(SenderConfig::default(), reno, 2, Time::ZERO);
    let numbers: Vec<u64> = (0..2).map(|_| sender.send(millis(0)).number).collect();
    assert_eq!(sender.held(millis(0)), Some(Held::ByReceiver));
    for number in numbers {
        sender.on_ack(millis(100), number, 2, 2);
    }
    assert_eq!((sender.receive_window(), sender.in_flight()), (0, 0));
    let asks = sender.timer().expect("a closed window has a timer");
    assert!(!sender.on_timer(asks), "nothing is given up");
    let probe = sender.send(asks);
    sender.on_refused(probe.number, 2, 2);
    assert_eq!(sender.held(asks), Some(Held::ByReceiver));
    sender.on_window(2, 4);
    assert_eq!(sender.send(asks).data, 2, "what was refused is sent again");
    assert_eq!(sender.losses(), (0, 0));
}

#[test]
fn three_later_acknowledgements_tell_a_loss_and_it_goes_first() {
    let reno = Controller::Reno(Reno::new(10.0));
    let mut sender = Sender::new(SenderConfig::default(), reno, u64::MAX, Time::ZERO);
    for _ in 0..10 {
        sender.send(millis(0));
    }
    let lost: Vec<u64> = [1, 2, 3].map(|number| sender.on_ack(millis(100), number, 0, u64::MAX)).into();
    assert_eq!(lost, [0, 0, 1]);
    while sender.held(millis(100)).is_some() {
        let first = 10 - u64::from(sender.in_flight());
        sender.on_ack(millis(101), first, 0, u64::MAX);
    }
    assert_eq!(sender.send(millis(101)).data, 0);
}
