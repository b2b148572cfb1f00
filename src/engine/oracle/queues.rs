//! The suites about queues: every formula, and the simulation that it must agree with.

use super::Suite;
use super::case::Case;
use super::claim::{Claim, Measured};
use super::simulate::{Estimate, Layout, Metric, Network, Results, Source, Station, Study, simulate};
use crate::mechanism::balancer::{Balancer, Config, Policy};
use crate::mechanism::queueing::{self, Mm1k, Mmc};
use crate::sim::Dist;
use serde_json::Value;

pub(super) const SUITES: &[Suite] = &[
    Suite { id: "erlang_b", inputs: &["servers", "erlangs"], measure: erlang_b },
    Suite { id: "erlang_b_table", inputs: &["servers"], measure: erlang_b_table },
    Suite { id: "mmc", inputs: &["servers", "rho", "mu", "lambda"], measure: mmc },
    Suite { id: "mg1", inputs: &["rho", "service", "scv", "mean_service", "lambda", "mu"], measure: mg1 },
    Suite { id: "mm1k", inputs: &["capacity_K", "rho", "mu", "lambda"], measure: mm1k },
    Suite { id: "mm1_percentiles", inputs: &["rho", "mu", "lambda"], measure: mm1_percentiles },
    Suite { id: "pooling", inputs: &["rho", "c"], measure: pooling },
    Suite { id: "tandem", inputs: &["lambda", "mu", "feedback"], measure: tandem },
    Suite { id: "closed_mva", inputs: &["clients", "think_time", "service"], measure: closed_mva },
];

const SEED: u64 = 1;
/// Rates, times and loads are held within this range.
const LEAST: f64 = 1e-9;
const MOST: f64 = 1e9;

/// One station that open arrivals go through once.
fn single(rate: f64, servers: u32, places: Option<u32>, service: Dist) -> Network {
    Network {
        source: Source::Open(rate),
        stations: vec![Station { servers, places, service }],
        layout: Layout::Tandem(0.0),
    }
}

/// Until the standard error of each result is so small.
fn study(goals: &[(Metric, f64)]) -> Study {
    Study { thresholds: Vec::new(), levels: 0, samples: false, goals: goals.to_vec(), budget: 4_000_000 }
}

/// A hundredth of the time in the system: five of these are half of the error of 10 % that must never go unseen.
const SOJOURN: (Metric, f64) = (Metric::Sojourn, 0.01);

/// Arrival and service rate of a queue with so many servers, from whichever of λ, μ and ρ the case has.
fn rates(case: Case, servers: u32) -> Result<(f64, f64), String> {
    let mu = case.optional("mu", LEAST, MOST)?.unwrap_or(1.0);
    let capacity = f64::from(servers) * mu;
    let lambda = match case.optional("lambda", LEAST, MOST)? {
        Some(lambda) => lambda,
        None => case.number("rho", LEAST, MOST)? * capacity,
    };
    if let Some(rho) = case.optional("rho", LEAST, MOST)?
        && (lambda / capacity - rho).abs() > 1e-6 * rho
    {
        return Err(format!("`rho` is {rho}, but λ/(cμ) is {}", lambda / capacity));
    }
    Ok((lambda, mu))
}

fn steady(rho: f64) -> Result<(), String> {
    if rho < 1.0 {
        Ok(())
    } else {
        Err(format!("there is no steady state at a utilisation of {rho}; it must be below 1"))
    }
}

fn blocking(servers: u32, erlangs: f64, budget: u64) -> Estimate {
    // Any distribution of service gives the same blocking; two unlike ones in turn would hide which is wrong, so one
    // that is far from exponential is taken.
    let network = single(erlangs, servers, Some(servers), Dist::Erlang { stages: 2, mean: 1.0 });
    let goal = Study { budget, ..study(&[(Metric::Blocked, 0.01)]) };
    simulate(network, &goal, SEED).estimate(Metric::Blocked)
}

fn erlang_b(case: Case) -> Result<Measured, String> {
    let servers = case.count("servers", 1, 10_000)?;
    let erlangs = case.number("erlangs", LEAST, 1e6)?;
    let mut measured = Measured::default();
    measured.exact("expect_blocking", queueing::erlang_b(servers, erlangs));
    measured.near("expect_blocking", blocking(servers, erlangs, 400_000));
    Ok(measured)
}

fn erlang_b_table(case: Case) -> Result<Measured, String> {
    let servers = case.count("servers", 1, 10_000)?;
    let mut measured = Measured::default();
    let table = Case(case.need("max_offered_erlangs")?);
    // A table has as many decimals as its longest entry shows.
    let shown =
        |value: &Value| value.to_string().split_once('.').map_or(0, |(_, decimals)| decimals.len() as u32);
    let entries = || case.keys("max_offered_erlangs");
    let decimals = entries().filter_map(|key| table.get(key)).map(shown).max().unwrap_or(0);
    for key in entries() {
        let share = key.parse::<f64>().ok().filter(|share| *share > 0.0 && *share < 1.0);
        let share =
            share.ok_or_else(|| format!("`max_offered_erlangs` has the key {key}, not a share below 1"))?;
        let value = queueing::erlang_b_load(servers, share);
        // The load that the formula names must show the blocking that was asked for.
        let found = blocking(servers, value, 200_000);
        if (found.mean - share).abs() > found.tolerance() {
            let tolerance = found.tolerance();
            return Err(format!(
                "at {value} erlangs the simulation blocks {} ± {tolerance}, not {key}",
                found.mean
            ));
        }
        measured.claim(format!("max_offered_erlangs/{key}"), Claim::Rounded { value, decimals });
    }
    Ok(measured)
}

fn mmc(case: Case) -> Result<Measured, String> {
    let servers = case.count("servers", 1, 10_000)?;
    let (lambda, mu) = rates(case, servers)?;
    let queue = Mmc { servers, lambda, mu };
    steady(queue.rho())?;
    // Shares of waits beyond a time carry the time in their name.
    let beyond = |name: &str| name.strip_prefix("P_Wq_gt_").and_then(|time| time.parse::<f64>().ok());
    let thresholds: Vec<f64> = case.keys("expect").filter_map(beyond).collect();
    // Waits come in clumps and can be rare: where it isn't hopeless, the run goes on until enough were seen.
    let mut goals = vec![SOJOURN];
    if queue.p_wait() > 1e-4 {
        goals.extend([(Metric::Waits, 0.05), (Metric::Wait, 0.1)]);
    }
    let often = thresholds.iter().enumerate().filter(|(_, time)| queue.wait_exceeds(**time) > 1e-4);
    goals.extend(often.map(|(n, _)| (Metric::WaitExceeds(n), 0.2)));
    let study = Study { thresholds, ..study(&goals) };
    let results = simulate(single(lambda, servers, None, Dist::Exponential(1.0 / mu)), &study, SEED);
    let mut measured = Measured::default();
    let mut both = |name: &str, exact: f64, metric| {
        measured.exact(format!("expect/{name}"), exact);
        measured.near(format!("expect/{name}"), results.estimate(metric));
    };
    both("P_wait", queue.p_wait(), Metric::Waits);
    both("Wq", queue.wait(), Metric::Wait);
    both("W", queue.sojourn(), Metric::Sojourn);
    both("Lq", queue.waiting(), Metric::Waiting);
    both("L", queue.in_system(), Metric::InSystem);
    let named = case.keys("expect").filter(|name| beyond(name).is_some());
    for ((n, time), name) in study.thresholds.iter().enumerate().zip(named) {
        both(name, queue.wait_exceeds(*time), Metric::WaitExceeds(n));
    }
    littles_law(&results, lambda)?;
    Ok(measured)
}

/// L = λW, within what chance allows of the simulation's own λ.
fn littles_law(results: &Results, lambda: f64) -> Result<(), String> {
    let (number, time) = (results.estimate(Metric::InSystem), results.estimate(Metric::Sojourn));
    let (product, tolerance) = (lambda * time.mean, number.tolerance() + lambda * time.tolerance());
    if (number.mean - product).abs() <= tolerance {
        Ok(())
    } else {
        Err(format!("the simulation breaks Little's law: L is {}, λW is {product}", number.mean))
    }
}

fn mg1(case: Case) -> Result<Measured, String> {
    let mean = match case.optional("mean_service", LEAST, MOST)? {
        Some(mean) => mean,
        None => 1.0 / case.optional("mu", LEAST, MOST)?.unwrap_or(1.0),
    };
    let rho = match case.optional("lambda", LEAST, MOST)? {
        Some(lambda) => lambda * mean,
        None => case.number("rho", LEAST, MOST)?,
    };
    steady(rho)?;
    let service = service_time(case, mean)?;
    let scv = match case.optional("scv", 0.0, 1e6)? {
        Some(scv) => scv,
        None => scv_of(&service),
    };
    let (lambda, wait) = (rho / mean, queueing::mg1_wait(rho, mean, scv));
    let results = simulate(single(lambda, 1, None, service), &study(&[SOJOURN, (Metric::Wait, 0.03)]), SEED);
    let mut measured = Measured::default();
    for (name, exact, metric) in [
        ("P_wait", rho, Metric::Waits),
        ("Wq", wait, Metric::Wait),
        ("W", wait + mean, Metric::Sojourn),
        ("Lq", lambda * wait, Metric::Waiting),
        ("L", lambda * (wait + mean), Metric::InSystem),
    ] {
        // Both ways of writing occur: `expect_Wq`, and `Wq` within `expect`.
        for path in [format!("expect_{name}"), format!("expect/{name}")] {
            measured.exact(&path, exact);
            measured.near(&path, results.estimate(metric));
        }
    }
    littles_law(&results, lambda)?;
    Ok(measured)
}

/// The distribution that a case names, or one with the squared coefficient of variation that it gives. Where the two
/// don't go together, the number counts.
fn service_time(case: Case, mean: f64) -> Result<Dist, String> {
    let text = case.text("service").to_lowercase();
    let scv = case.optional("scv", 0.0, 1e6)?;
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-6 * b.max(1e-3);
    let fits = |dist: &Dist| scv.is_none_or(|scv| close(scv, scv_of(dist)));
    let named = if text.contains("hyperexp") {
        let told = text.split_once("scv=").and_then(|(_, rest)| rest.trim().parse().ok());
        scv.or(told).filter(|scv| *scv >= 1.0).map(|scv| Dist::HyperExponential { mean, scv })
    } else if text.contains("log") {
        scv.map(|scv| Dist::log_normal(mean, scv))
    } else if text.contains("erlang") {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let stages = digits.parse().ok().filter(|stages| (1..=10_000).contains(stages));
        stages.map(|stages| Dist::Erlang { stages, mean })
    } else if text.contains("uniform") {
        uniform(&text).filter(|dist| close(dist.mean(), mean)).or(Some(Dist::Uniform(0.0, 2.0 * mean)))
    } else if text.contains("determin") || text.contains("constant") || text.contains("fixed") {
        Some(Dist::Fixed(mean))
    } else if text.contains("exp") {
        Some(Dist::Exponential(mean))
    } else {
        None
    };
    if let Some(dist) = named.filter(fits) {
        return Ok(dist);
    }
    let scv = scv
        .ok_or_else(|| format!("the service `{text}` isn't known, and there is no `scv` to make one from"))?;
    let stages = libm::round(1.0 / scv.max(LEAST));
    Ok(if scv == 0.0 {
        Dist::Fixed(mean)
    } else if close(scv, 1.0) {
        Dist::Exponential(mean)
    } else if scv > 1.0 {
        Dist::HyperExponential { mean, scv }
    } else if close(1.0 / stages, scv) && stages <= 10_000.0 {
        Dist::Erlang { stages: stages as u32, mean }
    } else {
        Dist::log_normal(mean, scv)
    })
}

/// The bounds in `uniform(0,2)`.
fn uniform(text: &str) -> Option<Dist> {
    let (low, high) = text.split_once('(')?.1.split_once(')')?.0.split_once(',')?;
    let (low, high): (f64, f64) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
    (0.0 <= low && low < high && high <= MOST).then_some(Dist::Uniform(low, high))
}

/// Squared coefficient of variation of the distributions that occur here.
fn scv_of(dist: &Dist) -> f64 {
    match *dist {
        Dist::Uniform(low, high) => (high - low) * (high - low) / 3.0 / ((low + high) * (low + high)),
        Dist::Exponential(_) => 1.0,
        Dist::Erlang { stages, .. } => 1.0 / f64::from(stages),
        Dist::HyperExponential { scv, .. } => scv,
        Dist::LogNormal { sigma, .. } => libm::expm1(sigma * sigma),
        _ => 0.0,
    }
}

fn mm1k(case: Case) -> Result<Measured, String> {
    let capacity = case.count("capacity_K", 1, 100_000)?;
    let (lambda, mu) = rates(case, 1)?;
    let queue = Mm1k { capacity, lambda, mu };
    let network = single(lambda, 1, Some(capacity), Dist::Exponential(1.0 / mu));
    let goal = Study { budget: 1_000_000, ..study(&[(Metric::Sojourn, 0.005), (Metric::Blocked, 0.05)]) };
    let results = simulate(network, &goal, SEED);
    let accepted = queue.throughput();
    let mut measured = Measured::default();
    for (name, exact, metric) in [
        ("P_block", queue.p_block(), Metric::Blocked),
        ("throughput", accepted, Metric::Throughput),
        ("L", queue.in_system(), Metric::InSystem),
        ("W_accepted", queue.sojourn(), Metric::Sojourn),
        ("Lq", queue.in_system() - accepted / mu, Metric::Waiting),
        ("Wq_accepted", queue.sojourn() - 1.0 / mu, Metric::Wait),
    ] {
        measured.exact(format!("expect/{name}"), exact);
        measured.near(format!("expect/{name}"), results.estimate(metric));
    }
    littles_law(&results, accepted)?;
    Ok(measured)
}

fn mm1_percentiles(case: Case) -> Result<Measured, String> {
    let (lambda, mu) = rates(case, 1)?;
    steady(lambda / mu)?;
    let goal = Study { samples: true, ..study(&[(Metric::Sojourn, 0.005)]) };
    let results = simulate(single(lambda, 1, None, Dist::Exponential(1.0 / mu)), &goal, SEED);
    let mut measured = Measured::default();
    for key in case.keys("expect") {
        let q = key.parse::<f64>().ok().filter(|q| (0.0..1.0).contains(q));
        let q = q.ok_or_else(|| format!("`expect` has the key {key}; a quantile is 0 to below 1"))?;
        measured.exact(format!("expect/{key}"), queueing::mm1_quantile(lambda, mu, q));
        measured.near(format!("expect/{key}"), results.quantile(q));
    }
    Ok(measured)
}

/// One server of rate 1, or c of rate 1/c that share a queue, or c of rate 1/c with a queue each that arrivals choose at
/// random; each gets λ = ρ in all.
fn pooling(case: Case) -> Result<Measured, String> {
    let c = case.count("c", 1, 1_000)?;
    let rho = case.number("rho", LEAST, 1.0)?;
    steady(rho)?;
    let slow = Dist::Exponential(f64::from(c));
    let mu = 1.0 / f64::from(c);
    let server = Station { servers: 1, places: None, service: slow.clone() };
    let random = Balancer::new(Policy::Random, Config::default(), &vec![1; c as usize]);
    let random = random.map_err(|error| error.to_string())?;
    let separate = Network {
        source: Source::Open(rho),
        stations: vec![server; c as usize],
        layout: Layout::Parallel(Box::new(random)),
    };
    let fast = Mmc { servers: 1, lambda: rho, mu: 1.0 };
    let shared = Mmc { servers: c, lambda: rho, mu };
    let each = Mmc { servers: 1, lambda: rho / f64::from(c), mu };
    let mut measured = Measured::default();
    for (name, queue, network) in [
        ("one_server_rate_1", fast, single(rho, 1, None, Dist::Exponential(1.0))),
        ("shared_queue_c_servers_rate_1_over_c", shared, single(rho, c, None, slow)),
        ("c_separate_queues", each, separate),
    ] {
        let path = format!("expect_W/{name}");
        measured.exact(&path, queue.sojourn());
        measured.near(&path, simulate(network, &study(&[SOJOURN]), SEED).estimate(Metric::Sojourn));
    }
    Ok(measured)
}

fn tandem(case: Case) -> Result<Measured, String> {
    let lambda = case.number("lambda", LEAST, MOST)?;
    let mu = case.numbers("mu", LEAST, MOST)?;
    let feedback = case.optional("feedback", 0.0, 1.0)?.unwrap_or(0.0);
    let slowest = mu.iter().copied().fold(f64::INFINITY, f64::min);
    if mu.is_empty() {
        return Err("`mu` is empty; it holds a rate for each station".to_owned());
    }
    steady(lambda / (1.0 - feedback) / slowest)?;
    let station = |&mu: &f64| Station { servers: 1, places: None, service: Dist::Exponential(1.0 / mu) };
    let network = Network {
        source: Source::Open(lambda),
        stations: mu.iter().map(station).collect(),
        layout: Layout::Tandem(feedback),
    };
    let results = simulate(network, &study(&[SOJOURN]), SEED);
    let number = queueing::tandem_in_system(lambda, &mu, feedback);
    let mut measured = Measured::default();
    measured.exact("expect_L", number);
    measured.near("expect_L", results.estimate(Metric::InSystem));
    measured.exact("expect_W", number / lambda);
    measured.near("expect_W", results.estimate(Metric::Sojourn));
    littles_law(&results, lambda)?;
    Ok(measured)
}

fn closed_mva(case: Case) -> Result<Measured, String> {
    let clients = case.count("clients", 1, 10_000)?;
    let think = case.optional("think_time", 0.0, MOST)?.unwrap_or(0.0);
    // One service time, or one for each of several stations in turn.
    let services = match case.need("service")? {
        Value::Array(_) => case.numbers("service", LEAST, MOST)?,
        _ => vec![case.number("service", LEAST, MOST)?],
    };
    if services.is_empty() {
        return Err("`service` is empty; it holds a time for each station".to_owned());
    }
    let (throughput, response) = queueing::closed_mva(clients, think, &services);
    let station = |&mean: &f64| Station { servers: 1, places: None, service: Dist::Exponential(mean) };
    let network = Network {
        source: Source::Closed(clients, Dist::Exponential(think)),
        stations: services.iter().map(station).collect(),
        layout: Layout::Tandem(0.0),
    };
    let goal = Study { budget: 1_000_000, ..study(&[(Metric::Sojourn, 0.004)]) };
    let results = simulate(network, &goal, SEED);
    let (rate, time) = (results.estimate(Metric::Throughput), results.estimate(Metric::Sojourn));
    let mut measured = Measured::default();
    measured.exact("expect/throughput", throughput);
    measured.near("expect/throughput", rate);
    measured.exact("expect/response", response);
    measured.near("expect/response", time);
    measured.exact(
        "asymptotic_bound_throughput",
        queueing::ClosedBounds::new(think, &services).most_throughput(clients),
    );
    // The interactive response-time law, R = N/X − Z, of the simulation.
    let law = f64::from(clients) / rate.mean - think;
    let slack = time.tolerance() + rate.tolerance() * f64::from(clients) / (rate.mean * rate.mean);
    if (time.mean - law).abs() > slack {
        return Err(format!("the simulation's response is {}, but N/X − Z is {law}", time.mean));
    }
    Ok(measured)
}
