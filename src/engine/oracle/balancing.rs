//! The suites about load balancing.

use super::Suite;
use super::case::Case;
use super::claim::{Claim, Measured};
use super::simulate::{Estimate, Layout, Metric, Network, Source, Station, Study, simulate};
use crate::mechanism::balancer::ring_hash::{Ring, point_hash};
use crate::mechanism::balancer::{Balancer, Config, EwmaConfig, PeakEwma, Policy, Standing, maglev};
use crate::mechanism::queueing;
use crate::sim::{Dist, Draws, Entity, Purpose, Span, Time};
use serde_json::Value;

pub(super) const SUITES: &[Suite] = &[
    Suite { id: "nginx_swrr", inputs: &["weights"], measure: nginx_swrr },
    Suite { id: "envoy_maglev", inputs: &["host_keys", "weights", "table_size"], measure: envoy_maglev },
    Suite { id: "maglev_paper", inputs: &["permutations", "backends", "weights"], measure: maglev_paper },
    Suite { id: "envoy_ring_hash", inputs: &["lookups/*/hash"], measure: envoy_ring_hash },
    Suite { id: "hash_disruption", inputs: &["n"], measure: hash_disruption },
    Suite { id: "d_choices_exact", inputs: &["balls", "bins", "d"], measure: d_choices_exact },
    Suite { id: "supermarket_model", inputs: &["lambda", "d"], measure: supermarket_model },
    Suite {
        id: "tower_peak_ewma",
        inputs: &["default_rtt_ms", "decay_ms", "steps/*/t_ms", "steps/*/op"],
        measure: tower_peak_ewma,
    },
];

const PICK: Purpose = Purpose::named("pick");

fn balancer(policy: Policy, config: Config, weights: &[u32]) -> Result<Balancer, String> {
    Balancer::new(policy, config, weights).map_err(|error| error.to_string())
}

fn nginx_swrr(case: Case) -> Result<Measured, String> {
    let weights = case.counts("weights", 1, 1_000)?;
    let mut balancer = balancer(Policy::WeightedRoundRobin, Config::default(), &weights)?;
    let mut draws = Draws::new(0, PICK, Entity::new(0, 0));
    let mut measured = Measured::default();
    for turn in 0..case.len("expect_picks").max(case.len("trace")) {
        let currents = balancer.current_weights();
        let before = currents.iter().zip(&weights).map(|(current, &weight)| current + f64::from(weight));
        measured.list(&format!("trace/{turn}/before_pick"), before.collect::<Vec<_>>().into_iter());
        let decision = balancer.pick(Time::ZERO, 0, 0, &mut draws).ok_or("no server takes requests")?;
        for path in [format!("expect_picks/{turn}"), format!("trace/{turn}/pick")] {
            measured.integer(path, decision.server as f64);
        }
        measured.list(&format!("trace/{turn}/after_pick"), balancer.current_weights().into_iter());
    }
    Ok(measured)
}

/// Hosts by name; where a case has none, their offsets and skips are given instead.
fn envoy_maglev(case: Case) -> Result<Measured, String> {
    let size = case.count("table_size", 2, 5_000_011)?;
    let mut measured = Measured::default();
    // Every step comes to every slot only if the size is prime.
    if !is_prime(size) {
        measured.claim("expect", Claim::Text("rejected: table size must be prime".to_owned()));
        return Ok(measured);
    }
    let named = case.get("host_keys").is_some();
    let derived = Case(case.get("derived").unwrap_or(&Value::Null));
    let hosts = if named { case.len("host_keys") } else { derived.len("offset") };
    let weights =
        if case.get("weights").is_some() { case.numbers("weights", 0.0, 1e9)? } else { vec![1.0; hosts] };
    if weights.len() != hosts || weights.iter().all(|&weight| weight == 0.0) {
        return Err(format!("there are {} weights for {hosts} hosts, or all are zero", weights.len()));
    }
    // A host of weight zero has no turn.
    let table = if named {
        let texts = case.list("host_keys")?.iter().map(|key| key.as_str().ok_or("a host key is not a text"));
        let keys = texts.collect::<Result<Vec<&str>, _>>()?;
        let orders = keys.iter().map(|key| maglev::Permutation::of(key, size));
        let (offsets, skips): (Vec<_>, Vec<_>) =
            orders.map(|order| (f64::from(order.offset), f64::from(order.skip))).unzip();
        measured.list("derived/offset", offsets.into_iter());
        measured.list("derived/skip", skips.into_iter());
        let hosts = (0..).zip(keys).zip(&weights).filter(|(_, weight)| **weight > 0.0);
        maglev::table(hosts.map(|((server, key), &weight)| (server, key, weight)), size)
    } else {
        measured.claim("derived", Claim::Given);
        let (offsets, skips) = (derived.counts("offset", 0, size - 1)?, derived.counts("skip", 1, size - 1)?);
        for (i, _) in offsets.iter().enumerate() {
            measured.claim(format!("derived/offset/{i}"), Claim::Given);
            measured.claim(format!("derived/skip/{i}"), Claim::Given);
        }
        if skips.len() != hosts {
            return Err(format!("there are {} skips for {hosts} offsets", skips.len()));
        }
        let sum: f64 = weights.iter().sum();
        let turns: Vec<_> =
            (0..).zip(&weights).filter(|(_, w)| **w > 0.0).map(|(n, w)| (n, w / sum)).collect();
        let order = |server: u32| {
            let at = server as usize;
            maglev::Permutation { offset: offsets[at], skip: skips[at] }
        };
        maglev::fill(size, &turns, |b, j| order(turns[b].0).slot(j, size))
    };
    measured.list("expect_table", table.iter().map(|&server| f64::from(server)));
    let entries = (0..hosts as u32).filter(|&server| weights[server as usize] > 0.0);
    let entries: Vec<_> = entries.map(|server| table.iter().filter(|&&s| s == server).count()).collect();
    measured.integer("min_entries", entries.iter().min().map_or(0.0, |&n| n as f64));
    measured.integer("max_entries", entries.iter().max().map_or(0.0, |&n| n as f64));
    Ok(measured)
}

fn is_prime(size: u32) -> bool {
    (2..size).take_while(|d| d * d <= size).all(|d| !size.is_multiple_of(d))
}

fn maglev_paper(case: Case) -> Result<Measured, String> {
    let rows = case.list("permutations")?;
    let row = |row: &Value| -> Option<Vec<u32>> {
        row.as_array()?.iter().map(|slot| slot.as_u64().and_then(|slot| u32::try_from(slot).ok())).collect()
    };
    let rows: Option<Vec<Vec<u32>>> = rows.iter().map(row).collect();
    let rows = rows.ok_or("a row of `permutations` is a list of slots")?;
    let size = rows.first().map_or(0, Vec::len);
    for row in &rows {
        let mut sorted = row.clone();
        sorted.sort_unstable();
        if size == 0 || sorted.len() != size || sorted.iter().enumerate().any(|(i, &slot)| i != slot as usize)
        {
            return Err("a row of `permutations` must name every slot once".to_owned());
        }
    }
    let backends = match case.get("backends") {
        Some(_) => case.counts("backends", 0, 10_000)?,
        None => (0..rows.len() as u32).collect(),
    };
    // A row belongs to the backend of its number, or to the one that stands at its place in the list.
    let by_number = backends.iter().all(|&backend| (backend as usize) < rows.len());
    if !by_number && backends.len() != rows.len() {
        return Err("`backends` must name rows of `permutations`".to_owned());
    }
    let weights = match case.get("weights") {
        Some(_) => case.numbers("weights", 1e-9, 1e9)?,
        None => vec![1.0; backends.len()],
    };
    let turns: Vec<_> = backends.iter().copied().zip(weights).collect();
    let row = |b: usize| &rows[if by_number { backends[b] as usize } else { b }];
    let table = maglev::fill(size as u32, &turns, |b, j| row(b)[j as usize]);
    let mut measured = Measured::default();
    measured.list("expect_table", table.iter().map(|&server| f64::from(server)));
    // What has changed since every backend was there, and which of it needn't have: its backend is still there.
    let all: Vec<_> = (0..rows.len() as u32).map(|backend| (backend, 1.0)).collect();
    let before = maglev::fill(size as u32, &all, |b, j| rows[b][j as usize]);
    let changed: Vec<usize> = (0..size).filter(|&slot| before[slot] != table[slot]).collect();
    let needless = changed.iter().filter(|&&slot| backends.contains(&before[slot])).map(|&slot| slot as f64);
    measured.list("changed_slots_not_owned_by_removed", needless.collect::<Vec<_>>().into_iter());
    measured.list("changed_slots", changed.iter().map(|&slot| slot as f64));
    Ok(measured)
}

fn envoy_ring_hash(case: Case) -> Result<Measured, String> {
    let entry = |value: &Value| -> Result<(u64, u32), String> {
        let pair =
            value.as_array().filter(|pair| pair.len() == 2).ok_or("a point of `ring` is [hash, port]")?;
        let port = pair[1].as_u64().and_then(|port| u32::try_from(port).ok());
        Ok((hash(&pair[0])?, port.ok_or("a port is a whole number")?))
    };
    let points = case.list("ring")?.iter().map(entry).collect::<Result<Vec<_>, String>>()?;
    let mut measured = Measured::default();
    ring_points(case.text("ring_point_hash"), &points, &mut measured);
    let ring = Ring::from_points(points);
    for (i, lookup) in case.list("lookups")?.iter().enumerate() {
        let found = ring.lookup(hash(Case(lookup).need("hash")?)?, |_| true).ok_or("`ring` is empty")?;
        measured.integer(format!("lookups/{i}/expect_port"), f64::from(found.1));
    }
    Ok(measured)
}

/// Numbers of 64 bits stand in the file as texts.
fn hash(value: &Value) -> Result<u64, String> {
    let parsed = value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
    parsed.ok_or_else(|| format!("{value} is not a hash: a whole number below 2^64"))
}

/// Claims where the points lie, if the case says that they are xxHash64 of a host's name and a number, as in
/// `xxHash64("127.0.0.1:<port>_<i>")`.
fn ring_points(rule: &str, points: &[(u64, u32)], measured: &mut Measured) {
    let host =
        rule.strip_prefix("xxHash64(\"").and_then(|rest| rest.split_once("_<i>\"")).map(|(host, _)| host);
    let mut hosts: Vec<u32> = points.iter().map(|point| point.1).collect();
    hosts.sort_unstable();
    let mut all: Vec<(u64, u32)> = Vec::new();
    if let Some(host) = host {
        for same in hosts.chunk_by(|a, b| a == b) {
            let name = host.replace("<port>", &same[0].to_string());
            all.extend((0..same.len() as u32).map(|i| (point_hash(&name, i), same[0])));
        }
        all.sort_unstable();
    }
    for i in 0..points.len() {
        let (at, port) = (format!("ring/{i}/0"), format!("ring/{i}/1"));
        if let Some(&(hash, owner)) = all.get(i) {
            measured.claim(at, Claim::Text(hash.to_string()));
            measured.integer(port, f64::from(owner));
        } else {
            measured.claim(at, Claim::Given);
            measured.claim(port, Claim::Given);
        }
    }
}

/// Keys that move when a server goes, averaged over every server's going: so the servers' unequal shares of a ring
/// don't matter.
fn hash_disruption(case: Case) -> Result<Measured, String> {
    let n = case.count("n", 1, 1_000)?;
    let keys = (2_000_000 / n).clamp(2_000, 100_000);
    let mut measured = Measured::default();
    let stays = 1.0 / f64::from(n);
    for (policy, path, expected) in [
        (Policy::RingHash, "consistent_expected_moved", stays),
        (Policy::Modulo, "modulo_expected_moved", 1.0 - stays),
    ] {
        let full = balancer(policy, Config::default(), &vec![1; n as usize])?;
        let random = |n: u32| Draws::new(1, Purpose::named("key"), Entity::new(0, n)).bits();
        let places = |mut balancer: Balancer| -> Vec<Option<usize>> {
            let mut unused = Draws::new(1, PICK, Entity::new(0, 0));
            let mut place =
                |key| balancer.pick(Time::ZERO, random(key), 0, &mut unused).map(|decision| decision.server);
            (0..keys).map(&mut place).collect()
        };
        let before = places(full.clone());
        let mut moved = 0;
        for gone in 0..n as usize {
            let mut rest = full.clone();
            rest.set_standing(gone, Standing::Down);
            moved += places(rest).iter().zip(&before).filter(|(is, was)| is != was).count();
        }
        let mean = moved as f64 / f64::from(keys) / f64::from(n);
        measured.exact(path, expected);
        // Three standard errors, as the suite asks for; an estimate's tolerance is five.
        let error = libm::sqrt(expected * (1.0 - expected) / f64::from(keys)) * 0.6;
        measured.near(path, Estimate { mean, error, floor: 0.0 });
    }
    Ok(measured)
}

fn d_choices_exact(case: Case) -> Result<Measured, String> {
    let balls = case.count("balls", 1, 100_000)?;
    let bins = case.count("bins", 1, 10_000)?;
    let d = case.count("d", 1, 255)?;
    let config = Config { choices: d as u8, ..Config::default() };
    let empty = balancer(Policy::TwoChoices, config, &vec![1; bins as usize])?;
    let runs = (4_000_000 / (balls + bins)).clamp(100, 100_000);
    let mut fullest = vec![0_u32; balls as usize + 1];
    let (mut sum, mut squares) = (0.0, 0.0);
    for run in 0..runs {
        let mut bins = empty.clone();
        let mut draws = Draws::new(1, PICK, Entity::new(0, run));
        for _ in 0..balls {
            let bin = bins.pick(Time::ZERO, 0, 0, &mut draws).ok_or("no bin")?.server;
            bins.started(Time::ZERO, bin);
        }
        let most = bins.servers().iter().map(|bin| bin.connections).max().unwrap_or(0);
        fullest[most as usize] += 1;
        sum += f64::from(most);
        squares += f64::from(most) * f64::from(most);
    }
    let runs = f64::from(runs);
    let mut measured = Measured::default();
    let error = libm::sqrt((squares / runs - sum * sum / runs / runs).max(0.0) / runs);
    measured.near("expected_max_load", Estimate { mean: sum / runs, error, floor: 1.0 / runs });
    let mut share = |path: String, mean: f64, exact: Option<f64>, absolute: f64| {
        let error = libm::sqrt(mean * (1.0 - mean) / runs);
        measured.near(&path, Estimate { mean, error, floor: 12.0 / runs });
        if let Some(value) = exact {
            measured.claim(path, Claim::Exact { value, relative: 1e-9, absolute });
        }
    };
    // More balls have too many occupancies for the exact chain.
    let exact = (balls <= 40).then(|| queueing::fullest_bin(balls, bins, d));
    for k in 0..case.len("P_max_le_k") {
        let at_most = fullest.iter().take(k + 1).sum::<u32>();
        let exact = exact.as_ref().map(|p| p.iter().take(k + 1).sum());
        // These probabilities are printed to twelve decimals.
        share(format!("P_max_le_k/{k}"), f64::from(at_most) / runs, exact, 1e-11);
    }
    for key in case.keys("P_max_eq_k") {
        let k: usize =
            key.parse().map_err(|_| format!("`P_max_eq_k` has the key {key}, not a whole number"))?;
        let equal = fullest.get(k).copied().unwrap_or(0);
        let exact = exact.as_ref().map(|p| p.get(k).copied().unwrap_or(0.0));
        share(format!("P_max_eq_k/{key}"), f64::from(equal) / runs, exact, 0.0);
    }
    if let Some(exact) = &exact {
        let mean = (0_u32..).zip(exact).map(|(k, p)| f64::from(k) * p).sum();
        measured.claim("expected_max_load", Claim::Exact { value: mean, relative: 1e-9, absolute: 0.0 });
    }
    Ok(measured)
}

/// Servers in the simulation: the formula is the limit of infinitely many. With one choice the queues are M/M/1 however
/// many there are, and a few of them can be watched for longer.
const fn supermarket_servers(choices: u32) -> u32 {
    if choices == 1 { 10 } else { 500 }
}

fn supermarket_model(case: Case) -> Result<Measured, String> {
    let lambda = case.number("lambda", 1e-3, 0.999)?;
    let d = case.count("d", 1, 255)?;
    let mut measured = Measured::default();
    measured.exact("mean_time_in_system", queueing::supermarket_sojourn(lambda, d));
    let levels = case.len("tail_P_queue_ge");
    let config = Config { choices: d as u8, ..Config::default() };
    let servers = supermarket_servers(d);
    let entry = balancer(Policy::TwoChoices, config, &vec![1; servers as usize])?;
    let server = Station { servers: 1, places: None, service: Dist::Exponential(1.0) };
    let network = Network {
        source: Source::Open(lambda * f64::from(servers)),
        stations: vec![server; servers as usize],
        layout: Layout::Parallel(Box::new(entry)),
    };
    let study = Study {
        thresholds: Vec::new(),
        levels: levels.min(40),
        samples: false,
        goals: vec![(Metric::Sojourn, 0.005)],
        budget: 2_000_000,
    };
    let results = simulate(network, &study, 1);
    // Five hundred servers are not quite infinitely many.
    let relative = if d == 1 { 0.0 } else { 0.02 };
    let near = |estimate, absolute| Claim::Near { estimate, relative, absolute };
    measured.claim("mean_time_in_system", near(results.estimate(Metric::Sojourn), 0.0));
    for i in 1..=levels {
        let path = format!("tail_P_queue_ge/{}", i - 1);
        measured.exact(&path, queueing::supermarket_tail(lambda, d, i as u32));
        if i <= study.levels {
            let all = results.estimate(Metric::AtLeast(i));
            let n = f64::from(servers);
            let share = Estimate { mean: all.mean / n, error: all.error / n, floor: all.floor / n };
            measured.claim(path, near(share, if d == 1 { 1e-4 } else { 2e-3 }));
        }
    }
    Ok(measured)
}

fn tower_peak_ewma(case: Case) -> Result<Measured, String> {
    let millis = |name| case.number(name, 1e-6, 1e9).map(|ms| Span::from_secs_f64(ms / 1e3));
    let config = EwmaConfig { default_rtt: millis("default_rtt_ms")?, decay: millis("decay_ms")? };
    let mut load = PeakEwma::new(config, Time::ZERO);
    let mut measured = Measured::default();
    let mut last = 0.0;
    // Requests under way, by name, and when each began.
    let mut pending: Vec<(&str, f64)> = Vec::new();
    for (i, step) in case.list("steps")?.iter().enumerate() {
        let t = Case(step).number("t_ms", last, 1e9)?;
        last = t;
        let now = Time::from_secs_f64(t / 1e3);
        match Case(step).text("op").split(' ').collect::<Vec<_>>()[..] {
            [""] => {}
            ["start", name] => pending.push((name, t)),
            // What follows the name is a comment: a request takes from its start to its finish.
            ["finish", name, ..] => {
                let at = pending.iter().position(|(other, _)| *other == name);
                let at = at.ok_or_else(|| format!("`steps/{i}/op` finishes {name}, which has not begun"))?;
                load.observe(now, Span::from_secs_f64((t - pending.remove(at).1) / 1e3));
            }
            _ => return Err(format!("`steps/{i}/op` can be 'start NAME' or 'finish NAME'")),
        }
        let ms = load.load(now, pending.len() as u32).secs() * 1e3;
        // Loads are kept in whole nanoseconds.
        let nanosecond = 1e-6;
        let exact = Claim::Exact { value: ms, relative: 1e-9, absolute: nanosecond };
        for (expectation, claim) in [
            ("expect_load_ms", exact),
            ("expect_load_ms_range/0", Claim::AtLeast(ms)),
            ("expect_load_ms_range/1", Claim::AtMost(ms)),
            ("expect_load_gt_ms", Claim::AtLeast(ms)),
            ("expect_load_lt_ms", Claim::AtMost(ms)),
        ] {
            measured.claim(format!("steps/{i}/{expectation}"), claim);
        }
    }
    Ok(measured)
}
