//! Every failure against every defence: a run of the first figure's world for each pair, one after the other.
//!
//! A run begins with a full cache; then one thing happens to it, and what counts is how many readers are lost in the six
//! seconds that follow. Leaves out what the first figure leaves out, and how fast a cache that was lost is trusted again.

use super::behind_the_cache::{self as behind, BehindTheCache, CACHE, EXPIRE, KILL, RESTORE};
use crate::lessons::prelude::*;
use crate::scene::{Cell, Grid, GridRow};
use crate::sim::decimal::rounded;

kinds! {
    KINDS;
    RUN = "run", Pairs(&(DEFENCE, FAILURE, FAILURES));
    FAILURE = "failure", Words(&[
        Cow::Borrowed("front-expires"), Cow::Borrowed("all-expire"), Cow::Borrowed("cache-lost"), Cow::Borrowed("unknown-pages"),
    ]);
    DEFENCE = "defence", Words(&[
        Cow::Borrowed("nothing"), Cow::Borrowed("single-flight"), Cow::Borrowed("stale-while-renewed"), Cow::Borrowed("early-renewal"),
        Cow::Borrowed("jitter-half"), Cow::Borrowed("remembers"), Cow::Borrowed("bloom-filter"), Cow::Borrowed("server-copies"),
    ]);
}

const FAILURES: u32 = 4;
const DEFENCES: u32 = 8;
const RUNS: u32 = FAILURES * DEFENCES;
/// One run is made so often.
const EVERY: Span = Span::from_millis(500);
/// What is watched after the failure, and when a lost cache is back.
const WATCHED: Span = Span::from_secs(6);
const AWAY: Span = Span::from_secs(2);
/// A failure that loses no more is survived.
const SURVIVED: f64 = 0.01;
/// Cells that stand for all readers of a run; one more sets runs apart.
const CELLS: u32 = 10;
/// Requests a second for pages that don't exist, in the runs with an attack.
const ATTACK: f64 = 2_500.0;

choices! {
    /// What is on in every run.
    pub enum Everywhere {
        Nothing = "nothing", "Nothing";
        Flight = "flight", "Single flight";
        Filter = "filter", "Single flight and filter";
    }
}

controls! {
    /// What can be turned.
    pub(super) struct ControlValues {
        pub everywhere: Everywhere = Control::choice("everywhere", "On in every run", Everywhere::OPTIONS, "nothing")
            .help("Defences that are on beside those of the column.").primary(),
    }
}

readings! {
    READINGS;
    Reading::new("runs", "runs made", Unit::Count, "Of 32, one for each failure and defence.").so_far();
    Reading::new("best", "survived by the best, of 4", Unit::Count, "Of four failures, those that the best defence so far survives.").so_far();
}

messages! {
    MESSAGES;
    front_expires(); all_expire(); cache_lost(); unknown_pages();
    nothing(); single_flight(); stale_while_renewed(); early_renewal(); jitter_half(); remembers(); bloom_filter(); server_copies();
    grid_title(); key_lost(); key_answered(); key_survived(); key_pending(); table_title(); column_defence();
    row_survived(survived: u32);
    says_best(defences: Vec<Entity>, survived: u32); says_all(survived: u32); says_first(runs: u32, failure: Entity, defence: Entity);
    about_run(defence: Entity, failure: Entity, lost: (f64, Unit), late: (f64, Unit), stale: (f64, Unit));
    about_pending(); about_defence(survived: u32, of: u32);
}

/// The next run.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Next;

type W = World<Next>;

#[derive(Clone, Debug)]
pub(super) struct Matrix {
    controls: ControlValues,
    pub(super) seed: u64,
    /// The shares of readers who were lost in each, were answered late, and stale.
    pub(super) runs: Vec<[f64; 3]>,
}

const SEED: Purpose = Purpose::named("runs");

/// Runs go through the failures of a defence before the next.
fn pair(n: u32) -> (u32, u32) {
    (n % FAILURES, n / FAILURES)
}

fn failure(n: u32) -> Entity {
    Entity::new(FAILURE, n)
}

fn defence(n: u32) -> Entity {
    Entity::new(DEFENCE, n)
}

impl ControlValues {
    /// The settings of a run.
    fn settings(&self, failure: u32, defence: u32) -> behind::ControlValues {
        let everywhere = self.everywhere as u32;
        behind::ControlValues {
            // Entries that were stored together expire after 10 s, or else during no run.
            ttl: Span::from_secs(if failure == 1 { 10 } else { 60 }),
            flight: defence == 1 || everywhere >= 1,
            filter: if defence == 6 || everywhere >= 2 { 8 } else { 0 },
            stale: Span::from_secs(if defence == 2 { 10 } else { 0 }),
            early: f64::from(u8::from(defence == 3)),
            jitter: if defence == 4 { 0.5 } else { 0.0 },
            negative: defence == 5,
            copies: defence == 7,
            ..Default::default()
        }
    }

    /// Makes a run; also how many events it had.
    pub(super) fn run(&self, failure: u32, defence: u32, seed: u64) -> ([f64; 3], u64) {
        let settings = self.settings(failure, defence);
        let mut w = World::new(seed);
        let Ok(mut it) = BehindTheCache::new(&settings, &Data::default(), &mut w) else {
            return ([f64::NAN; 3], 0);
        };
        let until = |it: &mut BehindTheCache, w: &mut World<behind::Event>, at: Time| {
            while let Some(event) = w.next(at) {
                it.handle(event, w);
            }
            w.settle(at);
        };
        let begins = if failure == 1 { Time::from_secs(10) } else { Time::from_secs(2) };
        until(&mut it, &mut w, begins);
        let before = it.ends(&w);
        let act = |it: &mut BehindTheCache, action, w: &mut _| it.act(action, &[CACHE], &Value::None, w);
        let done = match failure {
            0 => act(&mut it, EXPIRE, &mut w),
            1 => Ok(()),
            2 => {
                let killed = act(&mut it, KILL, &mut w);
                until(&mut it, &mut w, begins + AWAY);
                killed.and(act(&mut it, RESTORE, &mut w))
            }
            _ => it.set(&behind::ControlValues { attack: ATTACK, ..settings }, &mut w),
        };
        debug_assert!(done.is_ok(), "{done:?}");
        until(&mut it, &mut w, begins + WATCHED);
        (it.ends(&w).shares_since(before).unwrap_or_default(), w.events())
    }
}

impl Matrix {
    fn lost(&self, failure: u32, defence: u32) -> Option<f64> {
        self.runs.get((defence * FAILURES + failure) as usize).map(|[lost, ..]| *lost)
    }

    /// How many failures a defence survives, once all its runs are made.
    pub(super) fn by(&self, defence: u32) -> Option<u32> {
        self.lost(FAILURES - 1, defence)?;
        let lost = (0..FAILURES).filter_map(|failure| self.lost(failure, defence));
        Some(lost.filter(|&lost| lost <= SURVIVED).count() as u32)
    }

    /// How many failures the best defence survives.
    fn best(&self) -> Option<u32> {
        (0..DEFENCES).filter_map(|n| self.by(n)).max()
    }

    /// What became of the readers of a run, once it is made.
    fn says(&self, run: u32) -> Option<Msg> {
        let (of, by) = pair(run);
        let [lost, late, stale] = self.runs.get(run as usize)?.map(|it| (rounded(it, 1000.0), Unit::Share));
        Some(about_run(defence(by), failure(of), lost, late, stale))
    }

    fn grid(&self) -> Panel {
        let cell = |defence: u32, n: u32| {
            let (failure, n) = (n / (CELLS + 1), n % (CELLS + 1));
            let tenths = |lost: f64| libm::ceil(lost * f64::from(CELLS)) as u32;
            let (level, status) = match self.lost(failure, defence) {
                None => (0.0, Status::Quiet),
                Some(lost) if lost <= SURVIVED => (1.0, Status::Active),
                Some(lost) if n < tenths(lost) => (1.0, Status::Trouble),
                Some(_) => (0.3, Status::Normal),
            };
            let entity = Entity::new(RUN, defence * FAILURES + failure);
            if n == CELLS { Cell::gap(entity) } else { Cell { entity, level, status } }
        };
        let columns = FAILURES * (CELLS + 1);
        let row = |n: u32| GridRow {
            entity: defence(n),
            label: Label::Name(defence(n)),
            note: self.by(n).map(|survived| Label::Words(row_survived(survived))),
            status: Status::Normal,
            cells: (0..columns).map(|k| cell(n, k)).collect(),
        };
        let rows = (0..DEFENCES).map(row).collect();
        let key = legend([
            (key_lost(), Status::Trouble),
            (key_answered(), Status::Normal),
            (key_survived(), Status::Active),
            (key_pending(), Status::Quiet),
        ]);
        Panel::Grid(Grid { title: Label::Words(grid_title()), rows, columns, tall: false, key }.into())
    }

    /// The shares behind the blocks, under the names of the failures.
    fn table(&self) -> Panel {
        let row = |n: u32| {
            let cell = |failure| match self.lost(failure, n) {
                None => Label::Plain("…".into()),
                Some(lost) => Label::Value(rounded(lost, 1000.0), Unit::Share),
            };
            Row::new(defence(n), [Label::Name(defence(n)), cell(0), cell(1), cell(2), cell(3)])
        };
        let columns = [column_defence(), front_expires(), all_expire(), cache_lost(), unknown_pages()];
        Panel::table(table_title(), columns, (0..DEFENCES).map(row).collect::<Vec<_>>()).unfolded()
    }
}

impl Experiment for Matrix {
    type Controls = ControlValues;
    type Event = Next;
    const SPEC: &'static FigureSpec =
        &FigureSpec::new("matrix", Time::from_secs(16), ControlValues::ALL, READINGS, KINDS)
            .version(2)
            .still_at(Time::from_secs(16))
            .speed(4.0);
    const MESSAGES: &'static [&'static [Message]] = &[MESSAGES];

    fn new(controls: &ControlValues, _: &Data, w: &mut W) -> Result<Self, Msg> {
        w.schedule(Span::ZERO, Next);
        // All runs meet the same readers.
        let seed = w.draws(SEED, Entity::new(RUN, 0)).bits();
        Ok(Self { controls: controls.clone(), seed, runs: Vec::new() })
    }

    fn handle(&mut self, Next: Next, w: &mut W) {
        let n = self.runs.len() as u32;
        if n < RUNS {
            let (failure, defence) = pair(n);
            let (shares, events) = self.controls.run(failure, defence, self.seed);
            self.runs.push(shares);
            w.takes_as_long_as(events);
            // Its life ends at once, so that explaining it replays nothing else.
            let run = w.open(RUN, None);
            w.close(run, EndKind(0));
        }
        w.schedule(EVERY, Next);
    }

    fn set(&mut self, is: &ControlValues, _: &mut W) -> Result<(), Msg> {
        if core::mem::replace(&mut self.controls, is.clone()) != *is {
            self.runs.clear();
        }
        Ok(())
    }

    fn read(&self, _: &W, out: &mut Readings) {
        out.put("runs", self.runs.len() as f64);
        out.put("best", self.best().map(f64::from));
    }

    fn draw(&self, _: &W, scene: &mut Scene) {
        scene.panels = vec![self.grid(), self.table()];
        scene.sentences.push(match (self.runs.len() as u32, self.best()) {
            (RUNS, Some(survived)) => {
                let best = (0..DEFENCES).filter(|&n| self.by(n) == Some(survived)).map(defence);
                let best: Vec<Entity> = best.collect();
                if best.len() == DEFENCES as usize { says_all(survived) } else { says_best(best, survived) }
            }
            (done, _) => {
                let last = done.checked_sub(1).and_then(|last| self.says(last));
                last.unwrap_or_else(|| says_first(RUNS, failure(0), defence(0)))
            }
        });
    }

    fn about(&self, entity: Entity, _: &W) -> Option<About> {
        match entity {
            Entity { kind: RUN, n } if n < RUNS => {
                Some(About::says([self.says(n).unwrap_or_else(about_pending)]))
            }
            Entity { kind: DEFENCE, n } if n < DEFENCES => {
                Some(About::says([about_defence(self.by(n).unwrap_or(0), FAILURES)]))
            }
            _ => None,
        }
    }

    fn invariants(&self, _: &W) -> Result<(), String> {
        let wrong = self.runs.iter().flatten().find(|share| !(0.0..=1.0).contains(*share));
        wrong.map_or(Ok(()), |share| Err(format!("a share of {share} of the readers")))
    }
}
