//! A thread pool for trials: one on each core.

use crate::player::{Data, Figure, Judge, Trial, TrialResult, Verdict};
use crate::sim::Msg;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread;

/// Does each piece of work on one of the cores. `take` gets the results here, in the order in which they come, and says
/// whether the rest is still wanted; what is under way then is finished and dropped.
///
/// # Panics
/// If a piece of work panics.
pub fn each<T: Send, R: Send>(
    work: impl Iterator<Item = T> + Send,
    does: impl Fn(T) -> R + Sync,
    mut take: impl FnMut(R) -> bool,
) {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let (work, wanted) = (Mutex::new(work), AtomicBool::new(true));
    thread::scope(|scope| {
        let (send, results) = mpsc::channel();
        for _ in 0..cores {
            let (work, does, wanted, send) = (&work, &does, &wanted, send.clone());
            scope.spawn(move || {
                while wanted.load(Ordering::Relaxed) {
                    let next = work.lock().map(|mut work| work.next());
                    let Ok(Some(piece)) = next else { break };
                    if send.send(does(piece)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        for result in results {
            if !take(result) {
                wanted.store(false, Ordering::Relaxed);
                break;
            }
        }
    });
}

/// Computes trials over this data. `take` gets each one's number and what came of it, in the order in which they come, and says whether
/// the rest is still wanted.
///
/// # Errors
/// The figure's refusal of one of the runs.
pub fn trials(
    figure: &'static Figure,
    data: &Data,
    trials: impl Iterator<Item = (usize, Trial)> + Send,
    mut take: impl FnMut(usize, TrialResult) -> bool,
) -> Result<(), Msg> {
    let mut refused = Ok(());
    each(
        trials,
        |(n, trial)| (n, trial.compute(figure, data)),
        |(n, tried)| match tried {
            Ok(tried) => take(n, tried),
            Err(msg) => {
                refused = Err(msg);
                false
            }
        },
    );
    refused
}

/// Judges a setting until there is a verdict. `done` is called after every run.
///
/// # Errors
/// The figure's refusal of the setting.
///
/// # Panics
/// If all runs were judged and the judge has no verdict.
pub fn verdict(
    figure: &'static Figure,
    judge: &mut Judge,
    mut done: impl FnMut(&Judge, &TrialResult),
) -> Result<Verdict, Msg> {
    let all: Vec<(usize, Trial)> = judge.trials().enumerate().collect();
    let mut verdict = None;
    trials(figure, &Data::default(), all.into_iter(), |n, tried| {
        judge.add_result(n, tried.clone());
        done(judge, &tried);
        verdict = judge.verdict();
        verdict.is_none()
    })?;
    Ok(verdict.expect("a judge who has seen every run has a verdict"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_work_is_done_once_and_stops_when_it_is_not_wanted_any_more() {
        let mut sum = 0_u64;
        each(
            1..=1000_u64,
            |n| n * n,
            |square| {
                sum += square;
                true
            },
        );
        assert_eq!(sum, 333_833_500);
        let (begun, mut taken) = (AtomicBool::new(false), 0);
        let endless = (0_u64..).inspect(|_| begun.store(true, Ordering::Relaxed));
        each(
            endless,
            |n| n,
            |_| {
                taken += 1;
                taken < 10
            },
        );
        assert_eq!((begun.into_inner(), taken), (true, 10));
    }
}
