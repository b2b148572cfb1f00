//! Errands of a figure's desk, run by workers of their own: as many at a time as the machine has cores to spare.

use super::dom;
use super::figure::Figure;
use super::worker_client::Client;
use crate::desk::{Tell, ToWorker, Told};
use gloo_timers::callback::Timeout;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// Seconds that one errand may take: a whole run in one go, on a slow machine.
const PATIENCE: u32 = 60;
/// Most workers at a time.
const MOST: usize = 4;

/// A batch under way; ends when it is dropped.
pub struct Errands(Rc<RefCell<Batch>>);

struct Batch {
    waiting: VecDeque<Vec<u8>>,
    clients: Vec<Client>,
    since_ms: f64,
    over: bool,
}

impl Errands {
    /// Starts workers for a batch, and hands the errands out.
    pub fn start(figure: &Figure, address: &str, build: &str, errands: Vec<Vec<u8>>) -> Self {
        let spare = dom::window().navigator().hardware_concurrency() as usize;
        let workers = spare.saturating_sub(1).clamp(1, MOST).min(errands.len());
        let batch =
            Batch { waiting: errands.into(), clients: Vec::new(), since_ms: dom::now_ms(), over: false };
        let all = Self(Rc::new(RefCell::new(batch)));
        for n in 0..workers {
            let (own, of) = (Rc::clone(&all.0), figure.clone());
            let on_told = move |told, _| {
                if let Told::Errand(bytes) = told {
                    returned(&own, &of, n, Some(bytes));
                }
            };
            let (own, of) = (Rc::clone(&all.0), figure.clone());
            let on_broken = move |_| returned(&own, &of, n, None);
            let canvases = js_sys::Array::new();
            match Client::start(address, build.to_owned(), canvases, PATIENCE, on_told, on_broken) {
                Ok(client) => all.0.borrow_mut().clients.push(client),
                Err(_) => returned(&all.0, figure, n, None),
            }
            hand_out(&all.0, n);
        }
        all
    }
}

fn hand_out(batch: &RefCell<Batch>, n: usize) {
    let mut batch = batch.borrow_mut();
    if let Some(bytes) = batch.waiting.pop_front()
        && let Some(client) = batch.clients.get(n)
    {
        client.tell(ToWorker::Tell(Tell::Errand(bytes)));
    }
}

fn returned(batch: &RefCell<Batch>, figure: &Figure, n: usize, bytes: Option<Vec<u8>>) {
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
    figure.returned(bytes, seconds);
}

impl Drop for Errands {
    fn drop(&mut self) {
        let mut batch = self.0.borrow_mut();
        batch.over = true;
        let clients = std::mem::take(&mut batch.clients);
        clients.iter().for_each(Client::stop);
        // This may be running in one of their own listeners.
        Timeout::new(0, move || drop(clients)).forget();
    }
}
