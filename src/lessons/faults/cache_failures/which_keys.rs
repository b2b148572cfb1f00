//! Which keys to keep: one stream of requests through caches of one size, one of them by a rule that the learner writes.
//!
//! The stream is known in advance, so that it can also be held against the bound that no policy beats (Belady) and against
//! the formula for LRU (Che). Leaves out: expiry, sizes and costs of entries, what a policy's own bookkeeping takes.

use super::behind_the_cache::SKEW;
use crate::lessons::prelude::*;
use crate::mechanism::cache::{Cache, Policy, clairvoyant::Stream, reference_model::Che};
use crate::scene::{Axis, Cell, Chart, CurveLine, Curves, Grid, GridRow};
use crate::sim::{Zipf, decimal::rounded, sort::sort_by_key};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

kinds! {
    KINDS;
    KEY = "key", Numbers;
    POLICY = "policy", Words(&[
        Cow::Borrowed("fifo"), Cow::Borrowed("lru"), Cow::Borrowed("lfu"), Cow::Borrowed("clock"), Cow::Borrowed("sieve"),
        Cow::Borrowed("arc"), Cow::Borrowed("w-tinylfu"), Cow::Borrowed("yours"), Cow::Borrowed("bound"),
    ]);
}

/// Rows of the words above: the built-in policies stand there in the order of [`Named`].
const LRU: u32 = Named::Lru as u32;
const YOURS: u32 = Named::ALL.len() as u32;
const BOUND: u32 = YOURS + 1;

/// Requests of a made stream, and of a log at most; how long they take to pass, and in how many ticks.
const REQUESTS: u32 = 12_000;
const MOST: u32 = 20_000;
const TICKS: usize = 600;
const TICK: Span = Span::from_millis(50);
/// Popular keys of a made stream. After so many requests for them a scan asks for so many others, each once.
const POPULAR: u32 = 1_000;
const SCANS: (u32, u32) = (1_500, 500);
/// By how much the popular keys change, and after how many requests.
const CHANGE: (u32, u32) = (250, 3_000);
/// Keys that are seen one by one, each as high as it was asked for in the last so many requests.
const SEEN: u32 = 48;
const LATE: usize = 1_000;
/// Even what nobody asks for is seen.
const LOWEST: f32 = 0.08;
/// How many sizes the curves are computed at, from which on; the last is where everything fits.
const SIZES: (u32, f64) = (8, 10.0);
const CHOOSES: Purpose = Purpose::named("key");

choices! {
    /// Where the requests come from.
    pub enum Requests {
        Zipf = "zipf", "Popular keys";
        Scans = "scans", "Popular keys, and scans";
        Change = "change", "Popular keys that change";
        Replay = "replay", "Your log";
    }
}

choices! {
    /// The built-in policies, by the ids of [`Policy`].
    pub enum Named {
        Fifo = "fifo", "FIFO";
        Lru = "lru", "LRU";
        Lfu = "lfu", "LFU";
        Clock = "clock", "Clock";
        Sieve = "sieve", "SIEVE";
        Arc = "arc", "ARC";
        WTinyLfu = "w-tinylfu", "W-TinyLFU";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub policy: Named = Control::choice("policy", "Policy", Named::OPTIONS, "sieve")
            .help("Which key a full cache throws out.").primary(),
        pub requests: Requests = Control::choice("arrivals", "Requests", Requests::OPTIONS, "scans")
            .help("Drawn by Zipf’s law; with a scan of 500 other keys now and then; with other popular keys every few seconds; or your own access log in its order, each URL a key (its first 20,000 requests).").primary(),
        pub places: u32 = Control::log_number("places", "Cache holds", Unit::Count, (1.0, 5_000.0), 150.0).help("Keys that fit."),
        pub rule: String = Control::text("rule", "Your policy", 400, "on insert, hit:\n  uses = uses + 1\n  rank = uses + evicted").rows(4)
            .help("Runs when a key comes in (insert) and when it is used (hit), and sets its rank; the lowest rank goes. There are now, evicted (the rank of what went last), variables of your own, if, min and max.").primary(),
    }
}

readings! {
    READINGS;
    Reading::new("hits", "hit ratio", Unit::Share, "Share of the requests so far that the chosen policy has answered.").so_far();
    Reading::new("lru", "with LRU", Unit::Share, "The same with LRU.").so_far();
    Reading::new("yours", "with yours", Unit::Share, "The same with your policy.").so_far();
    Reading::new("bound", "no policy beats", Unit::Share, "Share of the whole stream that is answered if what is needed last is always thrown out (Belady).");
}

messages! {
    MESSAGES;
    fifo(); lru(); lfu(); clock(); sieve(); arc(); w_tinylfu(); yours(); bound();
    keys_title(requests: usize); key_kept(); key_gone(); chart_title(); axis_places(); axis_hits(); line_che();
    says_at(requests: usize, all: usize); rule_wrong(why: String); mark_scan();
    about_policy(hits: (f64, Unit)); about_key(name: String, asked: u32, late: u32, kept: usize);
}

#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Tick;

type W = World<Tick>;

/// The whole stream with all that becomes of it: nothing changes as requests pass but how far they are.
#[derive(Debug)]
pub(super) struct Known {
    controls: ControlValues,
    data: Data,
    keys: Vec<u64>,
    /// Keys with how often they are asked for: first those that are seen, then the others, the most popular first.
    counts: Vec<(u64, u32)>,
    stream: Stream,
    /// The chosen policy, LRU unless it is that, and the learner's.
    pub(super) lanes: Vec<Lane>,
    /// No policy has more.
    most_hits: usize,
    /// Takes long to compute.
    chart: OnceLock<Panel>,
}

/// What a policy makes of the stream.
#[derive(Debug)]
pub(super) struct Lane {
    of: u32,
    /// After each tick: the hits so far, and which of the keys that are seen are kept, a bit each.
    pub(super) after: Vec<(usize, u64)>,
}

#[derive(Clone, Debug)]
pub(super) struct WhichKeys {
    pub(super) known: Arc<Known>,
    ticks: usize,
}

fn policy(n: u32) -> Entity {
    Entity::new(POLICY, n)
}

fn ratio(hits: usize, of: usize) -> f64 {
    rounded(hits as f64 / of.max(1) as f64, 1000.0)
}

/// A stream by Zipf's law, with what the learner has chosen.
fn made(controls: &ControlValues, w: &W) -> Vec<u64> {
    let zipf = Zipf::new(POPULAR, SKEW).expect("there are keys");
    let key = |n: u32| {
        let rank = zipf.sample(&mut w.draws(CHOOSES, Entity::new(KEY, n)));
        match controls.requests {
            Requests::Scans if n % (SCANS.0 + SCANS.1) >= SCANS.0 => POPULAR + n,
            Requests::Change => (rank + CHANGE.0 * (n / CHANGE.1)) % POPULAR,
            _ => rank,
        }
    };
    (0..REQUESTS).map(|n| key(n).into()).collect()
}

impl Known {
    fn new(controls: &ControlValues, data: &Data, w: &W) -> Result<Arc<Self>, Msg> {
        let keys: Vec<u64> = match (controls.requests, data.records()) {
            (Requests::Replay, None) => return Err(Msg::new("no-log-yet")),
            (Requests::Replay, Some(log)) => (0..MOST).map_while(|n| Some(log.who(n)?.0)).collect(),
            _ => made(controls, w),
        };
        let mut counts = BTreeMap::new();
        for &key in &keys {
            *counts.entry(key).or_default() += 1;
        }
        let mut counts: Vec<(u64, u32)> = counts.into_iter().collect();
        sort_by_key(&mut counts, |&(_, count)| core::cmp::Reverse(count));
        if controls.requests != Requests::Replay {
            // By their numbers those stand together that are popular at the same time.
            let seen = counts.len().min(SEEN as usize);
            sort_by_key(&mut counts[..seen], |&(key, _)| key);
        }
        let (controls, data, stream) = (controls.clone(), data.clone(), Stream::new(keys.iter().copied()));
        let (lanes, chart) = (Vec::new(), OnceLock::new());
        let mut it = Self { controls, data, keys, counts, stream, lanes, most_hits: 0, chart };
        it.most_hits = it.hits(BOUND, it.controls.places);
        let chosen = Some(it.controls.policy as u32).filter(|&chosen| chosen != LRU);
        let lanes = chosen.into_iter().chain([LRU, YOURS]).map(|of| it.lane(of));
        it.lanes = lanes.collect::<Result<_, _>>()?;
        Ok(it.into())
    }

    fn cache(&self, of: u32, places: u32) -> Result<Cache, Msg> {
        match Named::ALL.get(of as usize).and_then(|named| Policy::from_id(named.id())) {
            Some(policy) => Ok(Cache::new(policy, places)),
            None => Cache::by_rules(&self.controls.rule, places).map_err(|why| rule_wrong(why.to_string())),
        }
    }

    fn lane(&self, of: u32) -> Result<Lane, Msg> {
        let (mut cache, mut hits) = (self.cache(of, self.controls.places)?, 0);
        let after = |tick: usize| {
            let passed = &self.keys[self.passed_after(tick.saturating_sub(1))..self.passed_after(tick)];
            hits += passed.iter().filter(|&&key| cache.request(key).hit).count();
            (hits, self.seen().map(|(n, (key, _))| u64::from(cache.contains(key)) << n).sum())
        };
        Ok(Lane { of, after: (0..=TICKS).map(after).collect() })
    }

    fn passed_after(&self, ticks: usize) -> usize {
        self.keys.len() * ticks / TICKS
    }

    /// The keys that are seen, with how often they are asked for.
    pub(super) fn seen(&self) -> impl Iterator<Item = (u32, (u64, u32))> {
        (0..SEEN).zip(self.counts.iter().copied())
    }

    /// How often a key was asked for in the last requests before a tick.
    pub(super) fn asked_of_late(&self, key: u64, ticks: usize) -> u32 {
        let passed = self.passed_after(ticks);
        self.keys[passed.saturating_sub(LATE)..passed].iter().filter(|&&other| other == key).count() as u32
    }

    /// The hits of a policy in the whole stream, or the most that are possible.
    fn hits(&self, of: u32, places: u32) -> usize {
        match self.cache(of, places) {
            Ok(mut cache) if of != BOUND => self.keys.iter().filter(|&&key| cache.request(key).hit).count(),
            _ => self.keys.len() - self.stream.fewest_misses(places),
        }
    }

    /// LRU's hit ratio by Che's formula. It is about a stream without end, and in this one each key first has to come in.
    pub(super) fn che(&self, places: u32) -> f64 {
        let all = self.keys.len() as f64;
        let shares: Vec<f64> = self.counts.iter().map(|&(_, count)| f64::from(count) / all).collect();
        let che = Che::new(&shares, places);
        shares.iter().map(|&share| (share - 1.0 / all) * che.hit_ratio_of(share)).sum()
    }

    fn chart(&self) -> Panel {
        let ((sizes, least), most) = (SIZES, (self.counts.len() as f64).max(2.0 * SIZES.1));
        let size = |n| least * libm::pow(most / least, f64::from(n) / f64::from(sizes - 1));
        let line = |label, status, dots, of: &dyn Fn(u32) -> f64| {
            let point = |n| (size(n) as f32, of(libm::round(size(n)) as u32) as f32);
            CurveLine { label, status, points: (0..sizes).map(point).collect(), dots }
        };
        let policy = |of, status| {
            let hits = |places| ratio(self.hits(of, places), self.keys.len());
            line(Label::Name(policy(of)), status, false, &hits)
        };
        let che = line(Label::Words(line_che()), Status::Normal, true, &|places| self.che(places));
        // The chosen policy may be missing, so from the end.
        let looks = [Status::Trouble, Status::Normal, Status::Active];
        let lanes = self.lanes.iter().rev().zip(looks).map(|(lane, status)| policy(lane.of, status));
        let lines = lanes.chain([policy(BOUND, Status::Quiet), che]).collect();
        let axis = |label, unit, ends, log| Axis { label: Label::Words(label), unit, ends, log };
        let x = axis(axis_places(), Unit::Count, (least, most), true);
        let y = axis(axis_hits(), Unit::Share, (0.0, 1.0), false);
        let now = Some(f64::from(self.controls.places)).filter(|now| (least..=most).contains(now));
        Panel::Chart(Chart::Curves(Curves { title: Label::Words(chart_title()), x, y, lines, now }.into()))
    }

    fn grid(&self, ticks: usize) -> Panel {
        let of_late: Vec<u32> = self.seen().map(|(_, (key, _))| self.asked_of_late(key, ticks)).collect();
        let most = f64::from(of_late.iter().copied().max().unwrap_or(0).max(1));
        let row = |lane: &Lane| {
            let (hits, kept) = lane.after[ticks];
            let cell = |(n, &count): (u32, &u32)| Cell {
                entity: Entity::new(KEY, n),
                level: (libm::cbrt(f64::from(count) / most) as f32).max(LOWEST),
                status: if kept >> n & 1 == 1 { Status::Active } else { Status::Quiet },
            };
            GridRow {
                entity: policy(lane.of),
                label: Label::Name(policy(lane.of)),
                note: Some(Label::Value(ratio(hits, self.passed_after(ticks)), Unit::Share)),
                status: Status::Normal,
                cells: (0..).zip(&of_late).map(cell).collect(),
            }
        };
        let (title, rows) = (Label::Words(keys_title(LATE)), self.lanes.iter().map(row).collect());
        let key = legend([(key_kept(), Status::Active), (key_gone(), Status::Quiet)]);
        Panel::Grid(Grid { title, rows, columns: SEEN, tall: true, key }.into())
    }
}

impl Experiment for WhichKeys {
    type Controls = ControlValues;
    type Event = Tick;
    const SPEC: &'static FigureSpec = &{
        let mut spec =
            FigureSpec::new("which-keys", Time::from_secs(30), ControlValues::ALL, READINGS, KINDS)
                .still_at(Time::from_millis(9_600))
                .speed(2.0);
        spec.needs = crate::player::Needs::AccessLog;
        spec
    };
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES, arrivals::MESSAGES];

    fn new(controls: &ControlValues, data: &Data, w: &mut W) -> Result<Self, Msg> {
        w.schedule(Span::ZERO, Tick);
        Ok(Self { known: Known::new(controls, data, w)?, ticks: 0 })
    }

    fn handle(&mut self, Tick: Tick, w: &mut W) {
        self.ticks = TICKS.min(self.ticks + 1);
        let scans = self.known.controls.requests == Requests::Scans;
        if scans && self.known.passed_after(self.ticks) as u32 % (SCANS.0 + SCANS.1) == SCANS.0 {
            w.notable(policy(LRU), mark_scan());
        }
        w.schedule(TICK, Tick);
    }

    /// As if the controls had been at these all the time.
    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        self.known = Known::new(is, &self.known.data, w)?;
        Ok(())
    }

    fn read(&self, _: &W, out: &mut Readings) {
        let known = &self.known;
        for (id, of) in [("hits", known.controls.policy as u32), ("lru", LRU), ("yours", YOURS)] {
            let lane = known.lanes.iter().find(|lane| lane.of == of);
            out.put(id, lane.map(|lane| ratio(lane.after[self.ticks].0, known.passed_after(self.ticks))));
        }
        out.put("bound", ratio(known.most_hits, known.keys.len()));
    }

    fn draw(&self, _: &W, scene: &mut Scene) {
        let known = &self.known;
        scene.panels = vec![known.grid(self.ticks), known.chart.get_or_init(|| known.chart()).clone()];
        scene.sentences = vec![says_at(known.passed_after(self.ticks), known.keys.len())];
    }

    fn about(&self, entity: Entity, _: &W) -> Option<About> {
        let known = &self.known;
        let Entity { kind: KEY, n } = entity else {
            let hits = ratio(known.hits(entity.n, known.controls.places), known.keys.len());
            return Some(About::says([about_policy((hits, Unit::Share))]));
        };
        let (_, (key, asked)) = known.seen().nth(n as usize)?;
        let kept = known.lanes.iter().filter(|lane| lane.after[self.ticks].1 >> n & 1 == 1).count();
        let log = known.data.records().filter(|_| known.controls.requests == Requests::Replay);
        let name = log.and_then(|log| log.name(key)).map_or_else(|| key.to_string(), str::to_owned);
        Some(About::says([about_key(name, asked, known.asked_of_late(key, self.ticks), kept)]))
    }

    fn invariants(&self, _: &W) -> Result<(), String> {
        let most = self.known.most_hits;
        let wrong = self.known.lanes.iter().find(|lane| lane.after[TICKS].0 > most);
        wrong.map_or(Ok(()), |lane| Err(format!("policy {} has more than {most} hits", lane.of)))
    }
}
