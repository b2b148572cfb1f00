//! What a desk has other workers do: runs by the hundred. The page starts workers, hands errands out and brings back what
//! came of them; it can't read either. An errand is one trial, run in one go.

use super::judge::Judging;
use super::sweep::Sweeping;
use super::{Desk, judge, sweep};
use crate::player::{Trial, Tried};
use crate::sim::Msg;
use serde::{Deserialize, Serialize};

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
    /// Seconds so far.
    pub seconds: f64,
}

impl Progress {
    /// Seconds that the rest will take, as far as one knows.
    pub fn left(&self) -> f64 {
        self.seconds / self.done.max(1) as f64 * self.of.saturating_sub(self.done) as f64
    }
}

impl Desk {
    /// Runs an errand of another desk.
    pub(super) fn run_errand(&self, bytes: &[u8]) -> Vec<u8> {
        let Ok(Errand { batch, n, trial }) = postcard::from_bytes(bytes) else { return Vec::new() };
        let figure = self.figures.iter().find(|figure| figure.spec.id == trial.run.figure);
        let tried = figure.map_or_else(|| Err(Msg::new("no-such-figure")), |figure| trial.compute(figure));
        postcard::to_allocvec(&Returned { batch, n, tried }).unwrap_or_default()
    }

    /// Sends out errands; whatever was under way before is called off.
    pub(super) fn send_out(&mut self, what: Undertaking, trials: impl IntoIterator<Item = (usize, Trial)>) {
        self.call_off();
        self.undertaking = Some(what);
        let batch = self.batch;
        let errand =
            |(n, trial)| postcard::to_allocvec(&Errand { batch, n: n as u32, trial }).unwrap_or_default();
        self.errands = Some(trials.into_iter().map(errand).collect());
    }

    /// Ends what is under way: nobody waits for it any more.
    pub(super) fn call_off(&mut self) {
        self.batch += 1;
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
        let n = returned.n as usize;
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
