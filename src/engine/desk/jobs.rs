//! Jobs for other workers: batches of hundreds of runs. The page starts the workers, distributes the jobs and returns
//! the results, as bytes that it doesn't look into. A job is one trial, computed to its end. Runs that replay a file of
//! the learner's are computed by the desk itself, because only its worker has the file.

use super::judge::Judging;
use super::sweep::Sweeping;
use super::{Desk, judge, sweep};
use crate::player::{Data, HeadlessRun, Trial, TrialResult};
use crate::sim::Msg;
use serde::{Deserialize, Serialize};

/// Events of a local trial that are computed at once.
const SLICE: u64 = 60_000;

/// A trial to be run.
#[derive(Serialize, Deserialize)]
struct Job {
    /// Its batch, and its number in the batch.
    batch: u32,
    n: u32,
    trial: Trial,
}

/// The result of a job.
#[derive(Serialize, Deserialize)]
struct JobResult {
    batch: u32,
    n: u32,
    result: Result<TrialResult, Msg>,
}

/// What a batch of jobs is for. There is one batch at a time.
pub(super) enum Batch {
    /// A setting is judged.
    Judging(Judging),
    /// A control is swept over its range.
    Sweeping(Sweeping),
}

/// How far a batch is.
pub(super) struct Progress {
    pub done: usize,
    pub total: usize,
    /// Seconds so far; NaN if they aren't measured.
    pub seconds: f64,
}

impl Progress {
    /// Estimated seconds for the rest.
    pub fn left(&self) -> f64 {
        self.seconds / self.done.max(1) as f64 * self.total.saturating_sub(self.done) as f64
    }
}

/// Trials that the desk runs itself, the next one last, and the run under way.
#[derive(Default)]
pub(super) struct LocalJobs {
    trials: Vec<(usize, Trial)>,
    run: Option<HeadlessRun>,
}

impl Desk {
    /// Runs a job of another desk.
    pub(super) fn run_job(&self, bytes: &[u8]) -> Vec<u8> {
        let Ok(Job { batch, n, trial }) = postcard::from_bytes(bytes) else { return Vec::new() };
        let figure = self.figures.iter().find(|figure| figure.spec.id == trial.run.figure);
        let result = figure.map_or_else(
            || Err(Msg::new("no-such-figure")),
            |figure| trial.compute(figure, &Data::default()),
        );
        postcard::to_allocvec(&JobResult { batch, n, result }).unwrap_or_default()
    }

    /// Starts a batch of jobs; the one under way is cancelled.
    pub(super) fn start_batch(&mut self, what: Batch, trials: impl IntoIterator<Item = (usize, Trial)>) {
        self.cancel_batch();
        self.current_batch = Some(what);
        if self.state.run.data.is_some() {
            self.local_jobs.trials = trials.into_iter().collect();
            self.local_jobs.trials.reverse();
            return;
        }
        let batch = self.batch_id;
        let job = |(n, trial)| postcard::to_allocvec(&Job { batch, n: n as u32, trial }).unwrap_or_default();
        self.new_jobs = Some(trials.into_iter().map(job).collect());
    }

    /// Cancels the batch under way.
    pub(super) fn cancel_batch(&mut self) {
        self.batch_id += 1;
        self.local_jobs = LocalJobs::default();
        if let Some(what) = self.current_batch.take() {
            self.new_jobs = Some(Vec::new());
            let out = &mut self.extra_patches;
            match what {
                Batch::Judging(judging) => judge::idle(judging.challenge.id, out),
                Batch::Sweeping(_) => sweep::idle(out),
            }
        }
    }

    /// Takes the result of a job.
    pub(super) fn job_done(&mut self, bytes: Option<&[u8]>, seconds: f64) {
        let returned = bytes.and_then(|bytes| postcard::from_bytes::<JobResult>(bytes).ok());
        let Some(returned) = returned else { return self.batch_failed(None) };
        if returned.batch != self.batch_id {
            return;
        }
        let tried = match returned.result {
            Ok(tried) => tried,
            Err(why) => return self.batch_failed(Some(&why)),
        };
        self.add_result(returned.n as usize, tried, seconds);
    }

    fn add_result(&mut self, n: usize, tried: TrialResult, seconds: f64) {
        match &mut self.current_batch {
            Some(Batch::Judging(judging)) => {
                judging.judge.add_result(n, tried);
                self.update_judging(seconds);
            }
            Some(Batch::Sweeping(sweeping)) => {
                sweeping.sweep.add_result(n, tried);
                self.update_sweep(seconds);
            }
            None => {}
        }
    }

    /// Computes one slice of the local trials; whether there was something to do.
    pub(super) fn run_local_jobs(&mut self) -> bool {
        let Some((n, trial)) = self.local_jobs.trials.last() else { return false };
        let n = *n;
        if self.local_jobs.run.is_none() {
            match trial.begin(self.figure(), self.session.data()) {
                Ok(run) => self.local_jobs.run = Some(run),
                Err(why) => {
                    self.batch_failed(Some(&why));
                    return true;
                }
            }
        }
        let LocalJobs { trials, run } = &mut self.local_jobs;
        if let (Some(under_way), Some((_, trial))) = (run.as_mut(), trials.last())
            && under_way.work(SLICE)
        {
            let tried = trial.result(under_way);
            trials.pop();
            *run = None;
            self.add_result(n, tried, f64::NAN);
        }
        true
    }

    /// A run could not be computed: the batch ends, and the learner is told.
    fn batch_failed(&mut self, why: Option<&Msg>) {
        let why = why.map_or_else(|| super::text::JOB_FAILED.to_owned(), |why| self.state.say(why));
        match &self.current_batch {
            Some(Batch::Judging(judging)) => {
                let id = judging.challenge.id;
                self.cancel_batch();
                self.extra_patches.push(judge::result_message(id, &why));
            }
            Some(Batch::Sweeping(_)) => {
                self.cancel_batch();
                self.extra_patches.push(sweep::progress_message(&why));
            }
            None => {}
        }
    }
}
