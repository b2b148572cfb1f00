//! Writes ratings into the store.

use super::super::known;
use engine::learner::{Record, Review, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::rc::Rc;
use store::Store;

/// What is to be written, and the store that stays open for it: who leaves the page leaves no time to open one.
#[derive(Clone)]
pub struct Keeper {
    unwritten: Rc<RefCell<Vec<Review>>>,
    store: Rc<RefCell<Option<Rc<Store>>>>,
    /// Why the last writing failed. What wasn't written is tried again with the next.
    pub trouble: RwSignal<Option<Trouble>>,
}

impl Keeper {
    /// With nothing to write.
    pub fn new() -> Self {
        Self { unwritten: Rc::default(), store: Rc::default(), trouble: RwSignal::new(None) }
    }

    /// Opens the store, so that it is there when something is to be written.
    pub fn open(&self) {
        let keeper = self.clone();
        spawn_local(async move { drop(keeper.opened().await) });
    }

    /// Writes these reviews, and those that couldn't be written before.
    pub fn keep(&self, reviews: Vec<Review>) {
        self.unwritten.borrow_mut().extend(reviews);
        let reviews = self.unwritten.borrow().clone();
        if reviews.is_empty() {
            return;
        }
        let keeper = self.clone();
        spawn_local(async move {
            let record = Record { reviews, ..Record::default() };
            let written = match keeper.opened().await {
                Ok(store) => store.add(&record).await,
                Err(trouble) => Err(trouble),
            };
            if written.is_ok() {
                // A review that two writings had in hand is under its key once.
                keeper.unwritten.borrow_mut().retain(|it| !record.reviews.contains(it));
                known::something_is_kept();
            } else {
                // Another tab may have asked for the store to be closed: the next writing opens it again.
                keeper.store.take();
            }
            keeper.trouble.set(written.err());
        });
    }

    async fn opened(&self) -> Result<Rc<Store>, Trouble> {
        if let Some(store) = &*self.store.borrow() {
            return Ok(Rc::clone(store));
        }
        let store = Rc::new(Store::open().await?);
        self.store.replace(Some(Rc::clone(&store)));
        Ok(store)
    }
}
