//! Which keys to keep: one stream of requests through caches of one size under several policies, one of them the learner's.
//!
//! The stream is known in advance, so that it can also be held against the bound that no policy beats (Belady) and against
//! the formula for LRU (Che). Every key takes the same room, and a miss costs the same for each. Leaves out: expiry, sizes,
//! and the time that a policy's own bookkeeping takes.

use crate::lessons::prelude::*;
use crate::mechanism::cache::clairvoyant::Stream;
use crate::mechanism::cache::reference_model::Che;
use crate::mechanism::cache::{Cache, Policy};
use crate::scene::{Axis, Cell, Chart, CurveLine, Curves, Grid, GridRow};
use crate::sim::decimal::rounded;
use crate::sim::sort::sort_by_key;
use crate::sim::{Numbering, Zipf};
use std::sync::{Arc, OnceLock};

kinds! {
    KINDS;
    KEY = "key", Numbers;
    POLICY = "policy", Words(&[
        Cow::Borrowed("fifo"), Cow::Borrowed("lru"), Cow::Borrowed("lfu"), Cow::Borrowed("clock"), Cow::Borrowed("sieve"),
        Cow::Borrowed("slru"), Cow::Borrowed("two-q"), Cow::Borrowed("arc"), Cow::Borrowed("lirs"), Cow::Borrowed("s3-fifo"),
        Cow::Borrowed("w-tinylfu"), Cow::Borrowed("yours"), Cow::Borrowed("bound"),
    ]);
}

/// The places of two rows behind those of the policies.
const YOURS: u32 = Policy::ALL.len() as u32;
const BOUND: u32 = YOURS + 1;
const LRU: u32 = 1;

/// Requests of a made stream, and of a log at most; how long they take to pass, and how many ticks that is.
const REQUESTS: usize = 12_000;
const MOST: usize = 20_000;
const LASTS: Time = Time::from_secs(30);
const TICKS: u64 = 600;
/// Keys of a made stream that are popular. A scan asks for so many others, each once, after so many requests.
const POPULAR: u32 = 1_000;
const ROUND: usize = 1_500;
const SCAN: usize = 500;
/// How far the popular keys move on, how often.
const DRIFT: (u64, usize) = (250, 3_000);
/// Keys that are seen one by one.
const SEEN: u32 = 48;
/// Sizes at which the curves are computed.
const SIZES: u32 = 8;
const CHOOSES: Purpose = Purpose::named("key");

choices! {
    /// Where the requests come from.
    pub enum Requests {
        Zipf = "zipf", "Popular keys";
        Scans = "scans", "Popular keys, and scans";
        Drift = "drift", "Popular keys that change";
        Replay = "replay", "Your log";
    }
}

choices! {
    /// The policies, in the order of [`Policy::ALL`].
    pub enum Named {
        Fifo = "fifo", "FIFO";
        Lru = "lru", "LRU";
        Lfu = "lfu", "LFU";
        Clock = "clock", "Clock";
        Sieve = "sieve", "SIEVE";
        Slru = "slru", "SLRU";
        TwoQ = "2q", "2Q";
        Arc = "arc", "ARC";
        Lirs = "lirs", "LIRS";
        S3Fifo = "s3-fifo", "S3-FIFO";
        WTinyLfu = "w-tinylfu", "W-TinyLFU";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub requests: Requests = Control::choice("arrivals", "Requests", Requests::OPTIONS, "scans")
            .help("A stream drawn by Zipf’s law; the same with a scan of 500 keys in between, each asked for once; popular keys that change; or the paths of your own access log, in its order.").primary(),
        pub policy: Named = Control::choice("policy", "Policy", Named::OPTIONS, "sieve")
            .help("Which key a full cache evicts.").primary(),
        pub places: u32 = Control::log_number("places", "Cache holds", Unit::Count, (1.0, 5_000.0), 150.0)
            .help("Keys that fit.").primary(),
        pub skew: f64 = Control::number("skew", "Skew", Unit::Count, (0.0, 1.5), 0.1, 0.9)
            .help("Exponent of Zipf’s law: how much more popular the popular keys are; 0 is all alike. A log has its own."),
        pub rule: String = Control::text("rule", "Your policy", 400, "on insert, hit:\n  rank = now").rows(5)
            .help("Runs when a key comes in (insert) or is used (hit) and sets its rank; the lowest rank goes. There are now, evicted (the rank of what went last), variables of your own, if, min and max."),
    }
}

readings! {
    READINGS;
    Reading::new("hits", "hit ratio", Unit::Share, "Share of the requests so far that the chosen policy has answered.").so_far();
    Reading::new("lru", "with LRU", Unit::Share, "The same with LRU.").so_far();
    Reading::new("yours", "with yours", Unit::Share, "The same with your policy.").so_far();
    Reading::new("bound", "no policy beats", Unit::Share, "Share of the whole stream that is answered if what is needed last is always evicted (Belady).").so_far();
}

messages! {
    pub(super) MESSAGES;
    fifo(); lru(); lfu(); clock(); sieve(); slru(); two_q(); arc(); lirs(); s3_fifo(); w_tinylfu(); yours(); bound();
    grid_title(); note_hits(hits: (f64, Unit)); chart_title(); axis_places(); axis_hits(); line_che();
    table_title(places: u32); column_policy(); column_hits(); column_misses(); column_of_bound();
    says_best(policy: Entity, hits: (f64, Unit)); says_yours(yours: (f64, Unit), lru: (f64, Unit)); says_at(requests: usize, all: usize);
    rule_wrong(why: String); mark_scan();
    about_policy(policy: Entity, hits: (f64, Unit), kept: u32); about_bound(); about_key(asked: u32, last: String); about_kept(kept: u32);
}

/// The next tick.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Tick(u64);

type W = World<Tick>;

/// A stream and what is known of it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) keys: Vec<u64>,
    /// Keys with how often they are asked for, the most popular first.
    counts: Vec<(u64, u32)>,
    /// Names of the most popular keys, where a log has them.
    names: Vec<String>,
    stream: Stream,
}

#[derive(Clone, Debug)]
pub(super) struct Lane {
    of: u32,
    cache: Cache,
    pub(super) hits: u32,
}

#[derive(Clone, Debug)]
pub(super) struct WhichKeys {
    pub(super) controls: ControlValues,
    data: Data,
    seed_stream: Arc<Known>,
    passed: usize,
    /// The chosen policy, LRU, the learner's.
    pub(super) lanes: Vec<Lane>,
    /// The fewest misses in the whole stream at this size.
    fewest: usize,
    /// What is drawn and takes long to compute: at the first picture.
    pictured: Arc<OnceLock<Pictured>>,
}

#[derive(Debug)]
struct Pictured {
    lines: Vec<(u32, Vec<(f32, f32)>)>,
    che: Vec<(f32, f32)>,
    all: Vec<(u32, u32)>,
}

fn policy(n: u32) -> Entity {
    Entity::new(POLICY, n)
}

fn share(hits: f64, of: usize) -> Option<f64> {
    (of > 0).then(|| hits / of as f64)
}

fn made(controls: &ControlValues, w: &W) -> Result<Vec<u64>, Msg> {
    let zipf = Zipf::new(POPULAR, controls.skew).map_err(|why| rule_wrong(format!("{why:?}")))?;
    let key = |n: usize| {
        let rank = u64::from(zipf.sample(&mut w.draws(CHOOSES, Entity::new(KEY, n as u32))));
        let (within, round) = (n % (ROUND + SCAN), n / (ROUND + SCAN));
        match controls.requests {
            Requests::Scans if within >= ROUND => u64::from(POPULAR) + (round * SCAN + within - ROUND) as u64,
            Requests::Drift => (rank + DRIFT.0 * (n / DRIFT.1) as u64) % u64::from(POPULAR),
            _ => rank,
        }
    };
    Ok((0..REQUESTS).map(key).collect())
}

impl Known {
    fn new(controls: &ControlValues, data: &Data, w: &W) -> Result<Self, Msg> {
        let records = data.records().filter(|_| controls.requests == Requests::Replay);
        let keys: Vec<u64> = match (controls.requests, records) {
            (Requests::Replay, None) => return Err(Msg::new("no-log-yet")),
            (_, Some(records)) => {
                (0..records.len().min(MOST) as u32).filter_map(|n| Some(records.who(n)?.0)).collect()
            }
            _ => made(controls, w)?,
        };
        let mut numbering = Numbering::default();
        let mut counts: Vec<(u64, u32)> = Vec::new();
        for &key in &keys {
            let n = numbering.number(key) as usize;
            if n == counts.len() {
                counts.push((key, 0));
            }
            counts[n].1 += 1;
        }
        sort_by_key(&mut counts, |&(_, count)| core::cmp::Reverse(count));
        let name = |&(key, _): &(u64, u32)| match records.and_then(|records| records.name(key)) {
            Some(name) => name.chars().take(80).collect(),
            None => key.to_string(),
        };
        let names = counts.iter().take(SEEN as usize).map(name).collect();
        let stream = Stream::new(keys.iter().copied());
        Ok(Self { keys, counts, names, stream })
    }

    fn hits(&self, mut cache: Cache) -> u32 {
        self.keys.iter().map(|&key| u32::from(cache.request(key).hit)).sum()
    }

    /// Sizes up to where everything fits.
    fn sizes(&self) -> Vec<u32> {
        let (least, most) = (10.0_f64, (self.counts.len() as f64).max(20.0));
        let at = |n: u32| {
            let exponent = f64::from(n) / f64::from(SIZES - 1);
            libm::round(least * libm::pow(most / least, exponent)) as u32
        };
        (0..SIZES).map(at).collect()
    }
}

impl WhichKeys {
    fn cache(&self, of: u32, places: u32) -> Result<Cache, Msg> {
        match Policy::ALL.get(of as usize) {
            Some(&policy) => Ok(Cache::new(policy, places)),
            None => Cache::by_rules(&self.controls.rule, places).map_err(|why| rule_wrong(why.to_string())),
        }
    }

    /// All caches as they are after what has passed.
    fn restart(&mut self) -> Result<(), Msg> {
        let places = self.controls.places;
        let lane = |of| Ok(Lane { of, cache: self.cache(of, places)?, hits: 0 });
        self.lanes =
            [self.controls.policy as u32, LRU, YOURS].into_iter().map(lane).collect::<Result<_, _>>()?;
        self.fewest = self.seed_stream.stream.fewest_misses(places);
        self.pictured = Arc::default();
        self.pass(0, self.passed);
        Ok(())
    }

    fn pass(&mut self, from: usize, until: usize) {
        for lane in &mut self.lanes {
            for &key in &self.seed_stream.keys[from..until] {
                lane.hits += u32::from(lane.cache.request(key).hit);
            }
        }
        self.passed = until;
    }

    fn bound(&self) -> Option<f64> {
        let all = self.seed_stream.keys.len();
        share((all - self.fewest) as f64, all)
    }

    fn hits(&self, lane: usize) -> Option<f64> {
        share(f64::from(self.lanes[lane].hits), self.passed)
    }

    fn picture(&self) -> &Pictured {
        self.pictured.get_or_init(|| {
            let known = &self.seed_stream;
            let all = known.keys.len();
            let sizes = known.sizes();
            let at = |places: u32, hits: f64| (places as f32, (hits / all.max(1) as f64) as f32);
            let hits = |of: u32, places| self.cache(of, places).map_or(0, |cache| known.hits(cache));
            let line = |of: u32| {
                let point = |&places: &u32| match of {
                    BOUND => at(places, (all - known.stream.fewest_misses(places)) as f64),
                    _ => at(places, f64::from(hits(of, places))),
                };
                (of, sizes.iter().map(point).collect())
            };
            let shown = [BOUND, self.controls.policy as u32, LRU, YOURS];
            let popularity: Vec<f64> =
                known.counts.iter().map(|&(_, count)| f64::from(count) / all.max(1) as f64).collect();
            let che =
                |&places: &u32| (places as f32, Che::new(&popularity, places).hit_ratio(&popularity) as f32);
            Pictured {
                lines: shown.into_iter().map(line).collect(),
                che: sizes.iter().map(che).collect(),
                all: (0..=YOURS).map(|of| (of, hits(of, self.controls.places))).collect(),
            }
        })
    }

    fn curves(&self) -> Panel {
        let pictured = self.picture();
        let looks = [Status::Quiet, Status::Active, Status::Normal, Status::Trouble];
        let mut lines: Vec<CurveLine> = Vec::new();
        for ((of, points), status) in pictured.lines.iter().zip(looks) {
            // The chosen policy may be LRU.
            if lines.iter().all(|line| line.label != Label::Name(policy(*of))) {
                lines.push(CurveLine {
                    label: Label::Name(policy(*of)),
                    status,
                    points: points.clone(),
                    dots: false,
                });
            }
        }
        let (label, points) = (Label::Words(line_che()), pictured.che.clone());
        lines.push(CurveLine { label, status: Status::Normal, points, dots: true });
        let sizes = self.seed_stream.sizes();
        let ends = (f64::from(sizes[0]), f64::from(sizes[sizes.len() - 1]));
        let axis = |label: Msg, unit, ends, log| Axis { label: Label::Words(label), unit, ends, log };
        let x = axis(axis_places(), Unit::Count, ends, true);
        let y = axis(axis_hits(), Unit::Share, (0.0, 1.0), false);
        let now = Some(f64::from(self.controls.places)).filter(|now| (ends.0..=ends.1).contains(now));
        Panel::Chart(Chart::Curves(Curves { title: Label::Words(chart_title()), x, y, lines, now }.into()))
    }

    fn grid(&self) -> Panel {
        let seen = &self.seed_stream.counts[..self.seed_stream.counts.len().min(SEEN as usize)];
        let row = |(n, lane): (usize, &Lane)| {
            let cell = |(k, &(key, _)): (u32, &(u64, u32))| {
                let kept = lane.cache.contains(key);
                let (level, status) = if kept { (1.0, Status::Active) } else { (0.0, Status::Quiet) };
                Cell { entity: Entity::new(KEY, k), level, status }
            };
            let hits = self.hits(n).unwrap_or(0.0);
            GridRow {
                entity: policy(lane.of),
                label: Label::Name(policy(lane.of)),
                note: Some(Label::Words(note_hits((rounded(hits, 1000.0), Unit::Share)))),
                status: Status::Normal,
                cells: (0..).zip(seen).map(cell).collect(),
            }
        };
        let lanes = self.lanes.iter().enumerate().filter(|(n, lane)| *n != 0 || lane.of != LRU);
        let rows = lanes.map(row).collect();
        Panel::Grid(
            Grid { title: Label::Words(grid_title()), rows, columns: SEEN, tall: true, key: Vec::new() }
                .into(),
        )
    }

    fn table(&self) -> Panel {
        let all = self.seed_stream.keys.len();
        let best = (all - self.fewest) as f64;
        let row = |of: u32, hits: f64| {
            let ratio =
                |of: f64| Label::Value(if of > 0.0 { rounded(hits / of, 1000.0) } else { 0.0 }, Unit::Share);
            let misses = Label::Value(all as f64 - hits, Unit::Count);
            Row::new(policy(of), [Label::Name(policy(of)), ratio(all as f64), misses, ratio(best)])
        };
        let mut rows: Vec<(u32, f64)> =
            self.picture().all.iter().map(|&(of, hits)| (of, f64::from(hits))).collect();
        rows.push((BOUND, best));
        sort_by_key(&mut rows, |&(_, hits)| core::cmp::Reverse(hits as u64));
        let rows: Vec<Row> = rows.into_iter().map(|(of, hits)| row(of, hits)).collect();
        let columns = [column_policy(), column_hits(), column_misses(), column_of_bound()];
        Panel::table(table_title(self.controls.places), columns, rows).unfolded()
    }
}

impl Experiment for WhichKeys {
    type Controls = ControlValues;
    type Event = Tick;
    const SPEC: &'static FigureSpec = &{
        let mut spec = FigureSpec::new("which-keys", LASTS, ControlValues::ALL, READINGS, KINDS)
            .still_at(Time::from_millis(9_600))
            .warm_up(Time::from_secs(1))
            .speed(2.0);
        spec.needs = crate::player::Needs::AccessLog;
        spec
    };
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES, arrivals::MESSAGES];

    fn new(controls: &ControlValues, data: &Data, w: &mut W) -> Result<Self, Msg> {
        w.schedule(Span::ZERO, Tick(0));
        let mut it = Self {
            controls: controls.clone(),
            data: data.clone(),
            seed_stream: Arc::new(Known::new(controls, data, w)?),
            passed: 0,
            lanes: Vec::new(),
            fewest: 0,
            pictured: Arc::default(),
        };
        it.restart()?;
        Ok(it)
    }

    fn handle(&mut self, Tick(n): Tick, w: &mut W) {
        let all = self.seed_stream.keys.len();
        let until = all * (n as usize + 1) / TICKS as usize;
        let scans = self.controls.requests == Requests::Scans;
        let scan_at = |n: usize| (n + SCAN) / (ROUND + SCAN);
        if scans && scan_at(self.passed) < scan_at(until) {
            w.notable(policy(LRU), mark_scan());
        }
        self.pass(self.passed, until);
        if n + 1 < TICKS {
            w.schedule(Span::from_nanos(LASTS.nanos() / TICKS), Tick(n + 1));
        }
    }

    fn set(&mut self, is: &ControlValues, w: &mut W) -> Result<(), Msg> {
        let mut next = self.clone();
        next.controls = is.clone();
        if (is.requests, is.skew) != (self.controls.requests, self.controls.skew) {
            let known = Known::new(is, &self.data, w)?;
            // As far as before, in another stream.
            next.passed = self.passed * known.keys.len() / self.seed_stream.keys.len().max(1);
            next.seed_stream = Arc::new(known);
        }
        next.restart()?;
        *self = next;
        Ok(())
    }

    fn read(&self, _: &W, out: &mut Readings) {
        out.put("hits", self.hits(0));
        out.put("lru", self.hits(1));
        out.put("yours", self.hits(2));
        out.put("bound", self.bound());
    }

    fn draw(&self, _: &W, scene: &mut Scene) {
        scene.panels = vec![self.grid(), self.curves(), self.table()];
        let percent = |share: Option<f64>| (rounded(share.unwrap_or(0.0), 1000.0), Unit::Share);
        let best = usize::from(self.lanes[0].hits < self.lanes[1].hits);
        scene.sentences = vec![
            says_best(policy(self.lanes[best].of), percent(self.hits(best))),
            says_yours(percent(self.hits(2)), percent(self.hits(1))),
            says_at(self.passed, self.seed_stream.keys.len()),
        ];
    }

    fn about(&self, entity: Entity, _: &W) -> Option<About> {
        match entity {
            Entity { kind: POLICY, n: BOUND } => Some(About::says([about_bound()])),
            Entity { kind: POLICY, n } => {
                let lane = self.lanes.iter().position(|lane| lane.of == n)?;
                let hits = (rounded(self.hits(lane).unwrap_or(0.0), 1000.0), Unit::Share);
                Some(About::says([about_policy(entity, hits, self.lanes[lane].cache.len())]))
            }
            Entity { kind: KEY, n } => {
                let &(key, asked) = self.seed_stream.counts.get(n as usize)?;
                let name = self.seed_stream.names.get(n as usize)?.clone();
                let kept = self.lanes.iter().filter(|lane| lane.cache.contains(key));
                let related: Vec<Entity> = kept.map(|lane| policy(lane.of)).collect();
                let says = [about_key(asked, name), about_kept(related.len() as u32)];
                Some(About::says(says))
            }
            _ => None,
        }
    }

    fn invariants(&self, _: &W) -> Result<(), String> {
        let most = self.controls.places;
        match self.lanes.iter().find(|lane| lane.cache.len() > most) {
            Some(lane) => Err(format!("policy {} keeps {} keys in {most} places", lane.of, lane.cache.len())),
            None => Ok(()),
        }
    }
}
