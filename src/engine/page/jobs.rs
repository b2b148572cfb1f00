//! Runs the jobs of a figure's desk in workers of their own, as many as there are spare cores.

use super::dom;
use super::figure::PageFigure;
use super::worker_client::WorkerClient;
use crate::desk::{DeskCommand, DeskEvent, ToWorker};
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// Seconds that a job may take: a whole run, on a slow machine.
const HUNG_AFTER: u32 = 60;
/// Most workers at a time.
const MAX_WORKERS: usize = 4;

/// The workers of a batch; they are terminated when this is dropped.
pub struct JobPool(Rc<RefCell<JobQueue>>);

struct JobQueue {
    waiting: VecDeque<Vec<u8>>,
    clients: Vec<WorkerClient>,
    since_ms: f64,
    over: bool,
}

impl JobPool {
    /// Starts workers for a batch and gives each its first job.
    pub fn start(figure: &PageFigure, address: &str, build: &str, jobs: Vec<Vec<u8>>) -> Self {
        let spare = dom::window().navigator().hardware_concurrency() as usize;
        let workers = spare.saturating_sub(1).clamp(1, MAX_WORKERS).min(jobs.len());
        let batch =
            JobQueue { waiting: jobs.into(), clients: Vec::new(), since_ms: dom::now_ms(), over: false };
        let all = Self(Rc::new(RefCell::new(batch)));
        for n in 0..workers {
            let (own, of) = (Rc::clone(&all.0), figure.clone());
            let on_event = move |told, _| {
                if let DeskEvent::JobResult(bytes) = told {
                    job_done(&own, &of, n, Some(bytes));
                }
            };
            let (own, of) = (Rc::clone(&all.0), figure.clone());
            let on_failure = move |_| job_done(&own, &of, n, None);
            let canvases = js_sys::Array::new();
            match WorkerClient::start(address, build.to_owned(), canvases, HUNG_AFTER, on_event, on_failure) {
                Ok(client) => all.0.borrow_mut().clients.push(client),
                Err(_) => job_done(&all.0, figure, n, None),
            }
            hand_out(&all.0, n);
        }
        all
    }
}

fn hand_out(batch: &RefCell<JobQueue>, n: usize) {
    let mut batch = batch.borrow_mut();
    if let Some(bytes) = batch.waiting.pop_front()
        && let Some(client) = batch.clients.get(n)
    {
        client.send(ToWorker::Command(DeskCommand::RunJob(bytes)));
    }
}

fn job_done(batch: &RefCell<JobQueue>, figure: &PageFigure, n: usize, bytes: Option<Vec<u8>>) {
    if batch.borrow().over {
        return;
    }
    let failed = bytes.is_none();
    let seconds = (dom::now_ms() - batch.borrow().since_ms) / 1e3;
    if failed {
        batch.borrow_mut().over = true;
    } else {
        hand_out(batch, n);
    }
    figure.job_done(bytes, seconds);
}

impl Drop for JobPool {
    fn drop(&mut self) {
        let mut batch = self.0.borrow_mut();
        batch.over = true;
        let clients = std::mem::take(&mut batch.clients);
        clients.iter().for_each(WorkerClient::stop);
        // Drop them later: this may run inside one of their own callbacks.
        Timeout::new(0, move || drop(clients)).forget();
    }
}
