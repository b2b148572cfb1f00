//! Writes ratings into the store.

use super::super::known;
use engine::learner::{Record, Review, Trouble};
use engine::page::dom;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::rc::Rc;
use store::Store;

/// Where ratings stand in local storage while they are on their way into the store: a page that is left may not live to see them
/// there.
const ON_THE_WAY: &str = "playground-reviews";

/// Ratings that a page which was left may not have written.
pub fn on_the_way() -> Vec<Review> {
    let text = dom::local_storage().and_then(|storage| storage.get_item(ON_THE_WAY).ok().flatten());
    text.and_then(|text| Record::from_json(&text).ok()).map(|record| record.reviews).unwrap_or_default()
}

/// Forgets them.
pub fn forget_on_the_way() {
    if let Some(storage) = dom::local_storage() {
        let _ = storage.remove_item(ON_THE_WAY);
    }
}

/// What is to be written, and the store that stays open for it: who leaves the page leaves no time to open one.
#[derive(Clone)]
pub struct Keeper {
    unwritten: Rc<RefCell<Vec<Review>>>,
    store: Rc<RefCell<Option<Rc<Store>>>>,
    /// Why the last writing failed. What wasn't written is tried again with the next.
    pub trouble: RwSignal<Option<Trouble>>,
}

impl Keeper {
    /// With what was on its way when the page was left.
    pub fn new() -> Self {
        let unwritten = Rc::new(RefCell::new(on_the_way()));
        Self { unwritten, store: Rc::default(), trouble: RwSignal::new(None) }
    }

    /// Opens the store, so that it is there when something is to be written, and writes what already is.
    pub fn open(&self) {
        let keeper = self.clone();
        spawn_local(async move {
            drop(keeper.opened().await);
            keeper.keep(Vec::new());
        });
    }

    fn note_on_the_way(&self) {
        let reviews = self.unwritten.borrow().clone();
        if reviews.is_empty() {
            return forget_on_the_way();
        }
        if let Some(storage) = dom::local_storage() {
            let record = Record { reviews, ..Record::default() };
            let _ = storage.set_item(ON_THE_WAY, &record.to_json());
        }
    }

    /// Writes these reviews, and those that couldn't be written before.
    pub fn keep(&self, reviews: Vec<Review>) {
        self.unwritten.borrow_mut().extend(reviews);
        let reviews = self.unwritten.borrow().clone();
        if reviews.is_empty() {
            return;
        }
        self.note_on_the_way();
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
                keeper.note_on_the_way();
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
