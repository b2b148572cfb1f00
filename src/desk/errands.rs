//! What a desk has other workers do: runs by the hundred. The page starts workers, hands errands out and brings back what
//! came of them; it can't read either. An errand is one trial, run in one go. Runs that replay a file of the learner's are
//! the desk's own affair: it has the file, and others don't.

use super::judge::Judging;
use super::sweep::Sweeping;
use super::{Desk, judge, sweep};
use crate::player::{Data, Trial, Tried, Unwatched};
use crate::sim::Msg;
use serde::{Deserialize, Serialize};

/// Events in a row of a trial that the desk runs itself.
const SLICE: u64 = 60_000;

/// A trial to be run.
#[derive(Serialize, Deserialize)]
struct Errand {
    /// Which batch it belongs to, and its number there.
    batch: u32,
    n: u32,
    trial: Trial,
}

/// What came of it.
#[derive(Serialize, Deserialize)]
struct Returned {
    batch: u32,
    n: u32,
    tried: Result<Tried, Msg>,
}

/// What a batch of errands is for. There is one at a time.
pub(super) enum Undertaking {
    /// A setting is judged.
    Judging(Judging),
    /// A control is swept over its range.
    Sweeping(Sweeping),
}

/// How far a batch has come, and how long the rest will take.
pub(super) struct Progress {
    pub done: usize,
    pub of: usize,
    /// Seconds so far; NaN where nobody counts them.
    pub seconds: f64,
}

impl Progress {
    /// Seconds that the rest will take, as far as one knows.
    pub fn left(&self) -> f64 {
        self.seconds / self.done.max(1) as f64 * self.of.saturating_sub(self.done) as f64
    }
}

/// Trials that the desk runs itself, the next one at the end, and the one that is under way.
#[derive(Default)]
pub(super) struct Own {
    trials: Vec<(usize, Trial)>,
    run: Option<Unwatched>,
}

impl Desk {
    /// Runs an errand of another desk.
    pub(super) fn run_errand(&self, bytes: &[u8]) -> Vec<u8> {
        let Ok(Errand { batch, n, trial }) = postcard::from_bytes(bytes) else { return Vec::new() };
        let figure = self.figures.iter().find(|figure| figure.spec.id == trial.run.figure);
        let tried = figure.map_or_else(
            || Err(Msg::new("no-such-figure")),
            |figure| trial.compute(figure, &Data::default()),
        );
        postcard::to_allocvec(&Returned { batch, n, tried }).unwrap_or_default()
    }

    /// Sends out errands; whatever was under way before is called off.
    pub(super) fn send_out(&mut self, what: Undertaking, trials: impl IntoIterator<Item = (usize, Trial)>) {
        self.call_off();
        self.undertaking = Some(what);
        if self.state.run.data.is_some() {
            self.own.trials = trials.into_iter().collect();
            self.own.trials.reverse();
            return;
        }
        let batch = self.batch;
        let errand =
            |(n, trial)| postcard::to_allocvec(&Errand { batch, n: n as u32, trial }).unwrap_or_default();
        self.errands = Some(trials.into_iter().map(errand).collect());
    }

    /// Ends what is under way: nobody waits for it any more.
    pub(super) fn call_off(&mut self) {
        self.batch += 1;
        self.own = Own::default();
        if let Some(what) = self.undertaking.take() {
            self.errands = Some(Vec::new());
            let out = &mut self.extra;
            match what {
                Undertaking::Judging(judging) => judge::idle(judging.challenge.id, out),
                Undertaking::Sweeping(_) => sweep::idle(out),
            }
        }
    }

    /// Takes what came of an errand.
    pub(super) fn returned(&mut self, bytes: Option<&[u8]>, seconds: f64) {
        let returned = bytes.and_then(|bytes| postcard::from_bytes::<Returned>(bytes).ok());
        let Some(returned) = returned else { return self.failed_at(None) };
        if returned.batch != self.batch {
            return;
        }
        let tried = match returned.tried {
            Ok(tried) => tried,
            Err(why) => return self.failed_at(Some(&why)),
        };
        self.take(returned.n as usize, tried, seconds);
    }

    fn take(&mut self, n: usize, tried: Tried, seconds: f64) {
        match &mut self.undertaking {
            Some(Undertaking::Judging(judging)) => {
                judging.judge.take(n, tried);
                self.judged(seconds);
            }
            Some(Undertaking::Sweeping(sweeping)) => {
                sweeping.sweep.take(n, tried);
                self.swept(seconds);
            }
            None => {}
        }
    }

    /// Computes on with its own trials; whether there is more to do.
    pub(super) fn run_own(&mut self) -> bool {
        let Some((n, trial)) = self.own.trials.last() else { return false };
        let n = *n;
        if self.own.run.is_none() {
            match trial.begin(self.figure(), self.session.data()) {
                Ok(run) => self.own.run = Some(run),
                Err(why) => {
                    self.failed_at(Some(&why));
                    return true;
                }
            }
        }
        let Own { trials, run } = &mut self.own;
        if let (Some(under_way), Some((_, trial))) = (run.as_mut(), trials.last())
            && under_way.work(SLICE)
        {
            let tried = trial.tried(under_way);
            trials.pop();
            *run = None;
            self.take(n, tried, f64::NAN);
        }
        true
    }

    /// A run could not be computed: the undertaking ends, and the learner is told.
    fn failed_at(&mut self, why: Option<&Msg>) {
        let why = why.map_or_else(|| super::text::ERRAND_FAILED.to_owned(), |why| self.state.say(why));
        match &self.undertaking {
            Some(Undertaking::Judging(judging)) => {
                let id = judging.challenge.id;
                self.call_off();
                self.extra.push(judge::says(id, &why));
            }
            Some(Undertaking::Sweeping(_)) => {
                self.call_off();
                self.extra.push(sweep::says(&why));
            }
            None => {}
        }
    }
}
