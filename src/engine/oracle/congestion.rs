//! The suites about congestion control.

use super::Suite;
use super::case::Case;
use super::claim::{Claim, Measured};
use crate::mechanism::congestion::{
    Ack, Controller, Cubic, CubicConfig, CubicCurve, Reno, Rto, RtoConfig, formulas,
};
use crate::sim::{Span, Time};

pub(super) const SUITES: &[Suite] = &[
    Suite { id: "rfc8312_tables", inputs: &["rtt_s", "p"], measure: response_functions },
    Suite { id: "rfc8312_table3", inputs: &["mbps", "avg_window"], measure: losses_needed },
    Suite { id: "cubic_window", inputs: &["W_max", "C", "beta"], measure: cubic_window },
    Suite { id: "cubic_friendly", inputs: &["beta"], measure: cubic_friendly },
    Suite {
        id: "quiche_reno",
        inputs: SENDER_INPUTS,
        measure: |case| sender(case, Reno::new, Controller::Reno),
    },
    Suite { id: "quiche_cubic", inputs: SENDER_INPUTS, measure: quiche_cubic },
    Suite { id: "quinn_cubic", inputs: QUINN_INPUTS, measure: quinn_cubic },
    Suite { id: "mathis", inputs: &["mss", "rtt_s", "p"], measure: mathis },
    Suite { id: "padhye", inputs: &["rtt_s", "rto_s", "p"], measure: padhye },
    Suite { id: "rfc6298_rto", inputs: &["samples", "initial_rto_s", "timeouts"], measure: rto },
    Suite { id: "rfc5681_iw", inputs: &["mss"], measure: initial_windows },
    Suite { id: "slow_start_rounds", inputs: &["iw", "segments"], measure: slow_start_rounds },
    Suite { id: "bdp", inputs: &["bandwidth_bps", "window_bytes", "rtt_s"], measure: bdp },
];

const SENDER_INPUTS: &[&str] = &["name", "acked", "lost", "IW", "after", "note"];
const QUINN_INPUTS: &[&str] = &["name", "cwnd", "w_max", "loss", "unit", "credit", "acked", "idle_days"];

/// Shares and times that are allowed.
const SHARE: (f64, f64) = (1e-15, 0.999_999);
const SECONDS: (f64, f64) = (1e-9, 1e6);
const WINDOW: (f64, f64) = (1e-3, 1e12);

fn share(case: Case) -> Result<f64, String> {
    case.number("p", SHARE.0, SHARE.1)
}

fn rtt(case: Case) -> Result<f64, String> {
    case.number("rtt_s", SECONDS.0, SECONDS.1)
}

fn within(measured: &mut Measured, path: impl Into<String>, value: f64, relative: f64, absolute: f64) {
    measured.claim(path, Claim::Exact { value, relative, absolute });
}

/// Mean windows to a packet; a column of CUBIC for each C that it names.
fn response_functions(case: Case) -> Result<Measured, String> {
    let (p, rtt) = (share(case)?, rtt(case)?);
    let mut measured = Measured::default();
    within(&mut measured, "standard_tcp", formulas::standard_window(p), 0.0, 1.0);
    within(&mut measured, "hstcp", formulas::high_speed_window(p), 0.0, 1.0);
    for name in case.0.as_object().into_iter().flat_map(|fields| fields.keys()) {
        if let Some(c) = name.strip_prefix("cubic_C").and_then(|c| c.parse().ok()) {
            within(&mut measured, name, formulas::cubic_window(p, rtt, c), 0.0, 1.0);
        }
    }
    Ok(measured)
}

/// Losses that allow a window at 0.1 s. The RFC prints two digits, made with windows that were rounded before.
fn losses_needed(case: Case) -> Result<Measured, String> {
    let window = case.number("avg_window", WINDOW.0, WINDOW.1)?;
    let mut measured = Measured::default();
    for (path, loss) in [
        ("p_tcp", formulas::standard_loss(window)),
        ("p_hstcp", formulas::high_speed_loss(window)),
        ("p_cubic", formulas::cubic_loss(window, 0.1, CubicConfig::default().c)),
    ] {
        within(&mut measured, path, loss, 0.05, 0.0);
    }
    Ok(measured)
}

fn cubic_window(case: Case) -> Result<Measured, String> {
    let w_max = case.number("W_max", 1.0, WINDOW.1)?;
    let config = CubicConfig {
        c: case.number("C", 1e-6, 1e6)?,
        beta: case.number("beta", 0.01, 0.99)?,
        ..CubicConfig::default()
    };
    // The window after a loss, as long as the smallest that is allowed isn't larger.
    let mut cubic = Controller::Cubic(Cubic::new(config, w_max));
    cubic.on_loss(Time::from_secs(1), Time::ZERO);
    let curve = CubicCurve::from(config.c, w_max, w_max * config.beta);
    let mut measured = Measured::default();
    measured.exact("cwnd_after_loss", cubic.window());
    measured.exact("expect_K_s", curve.k);
    for seconds in case.keys("expect_W_cubic") {
        let at: f64 = seconds.parse().map_err(|_| format!("`{seconds}` is no time"))?;
        measured.exact(format!("expect_W_cubic/{seconds}"), curve.at(at));
    }
    Ok(measured)
}

fn cubic_friendly(case: Case) -> Result<Measured, String> {
    let config = CubicConfig { beta: case.number("beta", 0.0, 0.999)?, ..CubicConfig::default() };
    let mut measured = Measured::default();
    measured.exact("expect_alpha", config.friendly_increase());
    Ok(measured)
}

/// The round trip of quiche's tests, in milliseconds, and its initial window.
const RTT: u64 = 100;
const IW: f64 = 10.0;

fn ack(now: u64, sent: u64) -> Ack {
    let rtt = Span::from_millis(RTT);
    Ack { now: Time::from_millis(now), sent: Time::from_millis(sent), rtt, ..Ack::default() }
}

/// The first number in a text.
fn first_number(text: &str) -> Option<f64> {
    let from = text.find(|c: char| c.is_ascii_digit())?;
    let digits: String = text[from..].chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    digits.trim_end_matches('.').parse().ok()
}

/// A text whose first number is replaced.
fn with_number(text: &str, number: f64) -> String {
    let Some(from) = text.find(|c: char| c.is_ascii_digit()) else { return text.to_owned() };
    let rest = text[from..].trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{}{number}{rest}", &text[..from])
}

/// So many acknowledged, or lost, after an initial window; or a story in steps.
fn sender<T>(case: Case, new: fn(f64) -> T, of: fn(T) -> Controller) -> Result<Measured, String> {
    let initial = case.optional("IW", 1.0, 1e6)?.unwrap_or(IW);
    let mut controller = of(new(initial));
    let mut measured = Measured::default();
    if case.get("steps").is_some() {
        steps(case, controller, &mut measured)?;
        return Ok(measured);
    }
    if let Some(lost) = case.optional("lost", 1.0, 1e6)? {
        (0..lost as u32).for_each(|_| controller.on_loss(Time::from_millis(RTT), Time::ZERO));
        measured.exact("expect_cwnd_factor", controller.window() / initial);
        let text = format!("IW/{}", initial / controller.window());
        measured.claim("expect_cwnd", Claim::Text(text));
    } else {
        let acked = case.count("acked", 0, 1_000_000)?;
        (0..acked).for_each(|_| controller.on_ack(&ack(RTT, 0)));
        measured.claim("expect_cwnd", Claim::Text(format!("IW+{}", controller.window() - initial)));
    }
    Ok(measured)
}

/// Steps in words: clauses like `ack 2 -> cwnd 5`, joined by semicolons. What was sent is acknowledged or lost, oldest first,
/// a round trip later. Claims the steps with the controller's own windows in them.
fn steps(case: Case, mut controller: Controller, measured: &mut Measured) -> Result<(), String> {
    let mut now = 0;
    let mut under_way = std::collections::VecDeque::new();
    for (i, step) in case.list("steps")?.iter().enumerate() {
        let step = step.as_str().ok_or("a step is a text")?;
        let mut told = Vec::new();
        let mut sending = false;
        now += RTT;
        for clause in step.split("; ") {
            let (does, expects) =
                clause.split_once(" -> ").map_or((clause, None), |(does, expects)| (does, Some(expects)));
            let n = first_number(does).ok_or_else(|| format!("`{clause}` has no number"))? as usize;
            let sends = does.starts_with("send");
            if sending && !sends {
                now += RTT;
            }
            sending = sends;
            for _ in 0..n {
                if sends {
                    under_way.push_back(now);
                    continue;
                }
                let sent =
                    under_way.pop_front().ok_or_else(|| format!("`{clause}`: nothing is under way"))?;
                if does.starts_with("lose") {
                    controller.on_loss(Time::from_millis(now), Time::from_millis(sent));
                } else {
                    controller.on_ack(&ack(now, sent));
                }
            }
            let window = libm::floor(controller.window());
            told.push(expects.map_or_else(
                || clause.to_owned(),
                |expects| format!("{does} -> {}", with_number(expects, window)),
            ));
        }
        measured.claim(format!("steps/{i}"), Claim::Text(told.join("; ")));
    }
    Ok(())
}

fn quiche_cubic(case: Case) -> Result<Measured, String> {
    let new = |window| Cubic::new(CubicConfig::default(), window);
    let mut measured = Measured::default();
    if case.get("expect_w_max_factor_of_cwnd").is_some() {
        // A loss from a window below the last maximum.
        let after = case.text("after");
        let window = after.rsplit_once("cwnd=").and_then(|(_, text)| first_number(text));
        let window = window.ok_or("`after` says no window")?;
        let mut cubic = Cubic::at(CubicConfig::default(), window, window + 2.0, 0.0, Time::ZERO);
        claim_loss(&mut cubic);
        measured.exact("expect_w_max_factor_of_cwnd", cubic.w_max() / window);
        measured.exact("expect_cwnd_factor", cubic.window() / window);
    } else if case.get("expect").is_some() {
        // So many acknowledgements after a loss, one each round trip.
        let expects = case.text("expect");
        let acks = first_number(expects).ok_or("`expect` says no number")? as u64;
        let mut cubic = Controller::Cubic(new(IW));
        cubic.on_loss(Time::from_millis(RTT), Time::ZERO);
        let before = cubic.window();
        (0..acks).for_each(|n| cubic.on_ack(&ack((3 + n) * RTT, 2 * RTT)));
        let grown = libm::floor(cubic.window()) - before;
        let (start, rest) = expects.split_once(" by ").ok_or("`expect` says no growth")?;
        measured.claim("expect", Claim::Text(format!("{start} by {}", with_number(rest, grown))));
    } else {
        return sender(case, new, Controller::Cubic);
    }
    Ok(measured)
}

/// A loss of a packet that was sent just now.
fn claim_loss(cubic: &mut Cubic) {
    let mut controller = Controller::Cubic(cubic.clone());
    controller.on_loss(Time::from_secs(1), Time::from_millis(999));
    if let Controller::Cubic(after) = controller {
        *cubic = after;
    }
}

/// Bytes in a packet of quinn's tests.
const MSS: f64 = 1_200.0;

fn quinn_cubic(case: Case) -> Result<Measured, String> {
    let mut measured = Measured::default();
    // quinn follows RFC 8312, which bounds the reach of the curve nowhere.
    let config = CubicConfig { reach: f64::INFINITY, ..CubicConfig::default() };
    if let Some(window) = case.optional("cwnd", 2.0, 1e6)? {
        let w_max = case.number("w_max", 1.0, 1e6)?;
        let mut cubic = Cubic::at(config, window, w_max, 0.0, Time::ZERO);
        claim_loss(&mut cubic);
        measured.exact("expect/w_max", cubic.w_max());
        measured.exact("expect/ssthresh", cubic.ssthresh());
        measured.exact("expect/cwnd", cubic.window());
    } else if let Some(days) = case.optional("idle_days", 0.0, 1e4)? {
        let mut cubic = Controller::Cubic(Cubic::at(config, IW, IW, 0.0, Time::ZERO));
        let now = (days * 86.4e6) as u64;
        cubic.on_ack(&ack(now, now - RTT));
        let text = with_number("cwnd grows by exactly 0 MSS on the next ack", cubic.window() - IW);
        measured.claim("expect", Claim::Text(text));
    } else {
        // `2 MSS + 1 byte` of credit, and one acknowledgement.
        let text = case.text("credit");
        let (packets, bytes) = text.split_once(" + ").ok_or("`credit` is no sum")?;
        let [packets, bytes] = [packets, bytes].map(|part| first_number(part).unwrap_or(0.0));
        let credit = packets + bytes / MSS;
        let mut controller = Controller::Cubic(Cubic::at(config, IW, IW, credit, Time::ZERO));
        controller.on_ack(&ack(RTT, 1));
        let Controller::Cubic(after) = controller else { return Err("no CUBIC".into()) };
        let grown = after.window() - IW;
        // Rounded down to bytes: the expectation is a lower bound.
        let left = libm::floor((after.credit() * MSS).min((credit - grown) * MSS) + 1e-6);
        let text = format!(
            "cwnd + {grown} MSS, remaining credit >= {} MSS + {} byte",
            libm::floor(left / MSS),
            left % MSS
        );
        measured.claim("expect", Claim::Text(text));
    }
    Ok(measured)
}

fn mathis(case: Case) -> Result<Measured, String> {
    let window = formulas::reno_window(share(case)?);
    let mut measured = Measured::default();
    measured.exact("expect_mean_window", window);
    measured.exact("expect_Bps", window * case.number("mss", 1.0, 1e6)? / rtt(case)?);
    Ok(measured)
}

fn padhye(case: Case) -> Result<Measured, String> {
    let rate = formulas::padhye_rate(share(case)?, rtt(case)?, case.number("rto_s", SECONDS.0, SECONDS.1)?);
    let mut measured = Measured::default();
    measured.exact("expect_pps", rate);
    Ok(measured)
}

fn rto(case: Case) -> Result<Measured, String> {
    let initial = case.optional("initial_rto_s", SECONDS.0, SECONDS.1)?;
    let initial = initial.map_or(RtoConfig::default().initial, Span::from_secs_f64);
    let mut rto = Rto::new(RtoConfig { initial, ..RtoConfig::default() });
    let mut measured = Measured::default();
    if case.get("samples").is_some() {
        for (i, rtt) in case.numbers("samples", 0.0, 1e6)?.into_iter().enumerate() {
            rto.measured(rtt);
            let path = |field: &str| format!("expect/{i}/{field}");
            measured.claim(path("rtt"), Claim::Exact { value: rtt, relative: 0.0, absolute: 0.0 });
            measured.exact(path("srtt"), rto.srtt().unwrap_or(f64::NAN));
            measured.exact(path("rttvar"), rto.rttvar().unwrap_or(f64::NAN));
            measured.exact(path("rto_unclamped"), rto.unclamped());
            measured.exact(path("rto"), rto.seconds());
        }
    }
    (0..case.optional("timeouts", 0.0, 1e6)?.unwrap_or(0.0) as u32).for_each(|_| rto.timed_out());
    measured.exact("expect_rto_s", rto.seconds());
    Ok(measured)
}

fn initial_windows(case: Case) -> Result<Measured, String> {
    let mss = case.count("mss", 1, 1_000_000)?;
    let mut measured = Measured::default();
    measured.integer("expect_iw_segments", formulas::initial_window(mss).into());
    measured.integer("expect_iw10_bytes", formulas::initial_window_bytes(mss).into());
    Ok(measured)
}

fn slow_start_rounds(case: Case) -> Result<Measured, String> {
    let initial = case.count("iw", 1, u32::MAX)?;
    let segments = case.number("segments", 0.0, 1e15)? as u64;
    let mut measured = Measured::default();
    measured.integer("expect_rounds", formulas::slow_start_rounds(initial.into(), segments).into());
    Ok(measured)
}

fn bdp(case: Case) -> Result<Measured, String> {
    let rtt = rtt(case)?;
    let mut measured = Measured::default();
    if let Some(bandwidth) = case.optional("bandwidth_bps", 0.0, 1e15)? {
        measured.exact("expect_bdp_bytes", formulas::bandwidth_delay_bytes(bandwidth, rtt));
    }
    if let Some(window) = case.optional("window_bytes", 0.0, 1e15)? {
        measured.exact("expect_max_bps", formulas::window_limited_rate(window, rtt));
    }
    Ok(measured)
}
