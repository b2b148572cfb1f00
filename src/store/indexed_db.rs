//! Where the record lies: `IndexedDB`, in transactions, through the crate `idb`.
//!
//! Each list of a [`Record`] has an object store of the same name, and each entry is one value in it: JSON under a key that
//! begins with its lesson, so that a lesson's page reads its own entries only. Entries are added and never changed, but for
//! those of which the later counts (places, settings, a visit that goes on): what happens now is later than what is stored, and
//! what is merged is compared with that in the very transaction that writes it. So tabs that write at the same time lose
//! nothing.
//!
//! What can't be read is never overwritten. An entry that this version doesn't understand stays where it is, and goes along
//! with an export as text; a store that a newer version has changed isn't opened at all, other than for
//! [`Store::read_as_text`].

use engine::learner::{Key, Place, Record, Setting, Trouble, Visit};
use idb::{
    Database, DatabaseEvent, Error, Factory, KeyRange, ObjectStoreParams, Query, Transaction, TransactionMode,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};

/// The database's name.
const NAME: &str = "backend-playground";
/// The version of its shape. A new one adds a step to [`upgrade`].
const VERSION: u32 = 1;

const ATTEMPTS: &str = "attempts";
const REVIEWS: &str = "reviews";
const VISITS: &str = "visits";
const PLACES: &str = "places";
const SETTINGS: &str = "settings";
const SET_ASIDE: &str = "set_aside";
/// All object stores.
const STORES: [&str; 6] = [ATTEMPTS, REVIEWS, VISITS, PLACES, SETTINGS, SET_ASIDE];

/// What an error of the database is to the learner.
fn trouble(error: &Error) -> Trouble {
    let exception = match error {
        Error::DomException(exception) => Some(exception.clone()),
        Error::AddFailed(value) | Error::IndexedDbOpenFailed(value) => value.clone().dyn_into().ok(),
        Error::IndexedDbNotFound(_) => return Trouble::Unavailable,
        Error::TransactionAbortError(_) => return Trouble::Full,
        _ => None,
    };
    match exception.map(|exception: web_sys::DomException| exception.name()).as_deref() {
        Some("VersionError") => Trouble::Newer,
        Some("QuotaExceededError") => Trouble::Full,
        // Firefox says so in private windows where it keeps nothing, other browsers where storage is switched off.
        Some("InvalidStateError" | "SecurityError" | "NotAllowedError") => Trouble::Unavailable,
        _ => {
            web_sys::console::warn_1(&error.to_string().into());
            Trouble::Failed
        }
    }
}

/// The learner's record in this browser.
pub struct Store {
    database: Database,
}

impl Store {
    /// Opens it, and makes it where there is none.
    pub async fn open() -> Result<Self, Trouble> {
        open().await.map_err(|error| trouble(&error))
    }

    /// Everything.
    pub async fn read(&self) -> Result<Record, Trouble> {
        self.read_range(None).await.map_err(|error| trouble(&error))
    }

    /// What belongs to one lesson.
    pub async fn read_lesson(&self, lesson: &str) -> Result<Record, Trouble> {
        self.read_range(Some(lesson)).await.map_err(|error| trouble(&error))
    }

    /// Adds what has just happened: attempts, reviews, the visit that goes on, where figures are left. Nothing is read before, so that the
    /// browser can finish it by itself: whoever leaves a page takes its worker along, and a transaction that waits for a worker
    /// that is put to sleep would keep all other pages waiting.
    pub async fn add(&self, record: &Record) -> Result<(), Trouble> {
        self.add_all(record).await.map_err(|error| trouble(&error))
    }

    /// Merges entries in one transaction. Of places, settings and visits the later stays.
    pub async fn write(&self, record: &Record) -> Result<(), Trouble> {
        self.write_all(record).await.map_err(|error| trouble(&error))
    }

    /// Deletes everything.
    pub async fn clear(&self) -> Result<(), Trouble> {
        let clear = async {
            let transaction = self.database.transaction(&STORES, TransactionMode::ReadWrite)?;
            for name in STORES {
                transaction.object_store(name)?.clear()?;
            }
            finish(transaction).await
        };
        clear.await.map_err(|error: Error| trouble(&error))
    }

    /// All values of whatever store there is, in whatever shape, as texts: for an export of what a newer version has written.
    pub async fn read_as_text() -> Result<Record, Trouble> {
        let read = async {
            let database = Factory::new()?.open(NAME, None)?.await?;
            let mut record = Record::default();
            let names = database.store_names();
            if !names.is_empty() {
                let transaction = database.transaction(&names, TransactionMode::ReadOnly)?;
                for name in names {
                    for value in transaction.object_store(&name)?.get_all(None, None)?.await? {
                        record.set_aside.push(text_of(&value));
                    }
                }
            }
            database.close();
            Ok(record)
        };
        read.await.map_err(|error: Error| trouble(&error))
    }

    async fn read_range(&self, lesson: Option<&str>) -> Result<Record, Error> {
        let transaction = self.database.transaction(&STORES, TransactionMode::ReadOnly)?;
        // Everything is asked for before anything is waited for, so that the browser can finish it by itself.
        let ask = |name: &str| {
            let range = lesson.map(range_of).transpose()?;
            transaction.object_store(name)?.get_all(range, None).map(IntoFuture::into_future)
        };
        let (attempts, visits, places) = (ask(ATTEMPTS)?, ask(VISITS)?, ask(PLACES)?);
        let (reviews, settings, set_aside) = (ask(REVIEWS)?, ask(SETTINGS)?, ask(SET_ASIDE)?);
        let done = finish(transaction);
        let mut record = Record::default();
        let aside = &mut record.set_aside;
        record.attempts = entries(attempts.await?, aside);
        record.visits = entries(visits.await?, aside);
        record.places = entries(places.await?, aside);
        record.reviews = entries(reviews.await?, aside);
        record.settings = entries(settings.await?, aside);
        aside.extend(set_aside.await?.iter().map(text_of));
        done.await.map(|()| record)
    }

    async fn add_all(&self, record: &Record) -> Result<(), Error> {
        let transaction = self.database.transaction(&STORES, TransactionMode::ReadWrite)?;
        for entry in &record.attempts {
            put(&transaction, ATTEMPTS, &key_of(&entry.lesson, entry.key.as_str()), entry)?;
        }
        for review in &record.reviews {
            put(&transaction, REVIEWS, &key_of(review.card.as_str(), review.key.as_str()), review)?;
        }
        for visit in &record.visits {
            put(&transaction, VISITS, &key_of(&visit.lesson, visit.key.as_str()), visit)?;
        }
        for place in &record.places {
            put(&transaction, PLACES, &key_of(&place.lesson, &place.figure), place)?;
        }
        finish(transaction).await
    }

    async fn write_all(&self, record: &Record) -> Result<(), Error> {
        let transaction = self.database.transaction(&STORES, TransactionMode::ReadWrite)?;
        for entry in &record.attempts {
            put(&transaction, ATTEMPTS, &key_of(&entry.lesson, entry.key.as_str()), entry)?;
        }
        for review in &record.reviews {
            put(&transaction, REVIEWS, &key_of(review.card.as_str(), review.key.as_str()), review)?;
        }
        for visit in &record.visits {
            let key = key_of(&visit.lesson, visit.key.as_str());
            put_later(&transaction, VISITS, &key, visit, |visit: &Visit| visit.seconds.into()).await?;
        }
        for place in &record.places {
            let key = key_of(&place.lesson, &place.figure);
            put_later(&transaction, PLACES, &key, place, |place: &Place| place.when).await?;
        }
        for setting in &record.settings {
            put_later(&transaction, SETTINGS, &setting.name, setting, |it: &Setting| it.when).await?;
        }
        for text in &record.set_aside {
            // Its own key, so that a second import doesn't double it.
            transaction.object_store(SET_ASIDE)?.put(&text.into(), Some(&text.into()))?;
        }
        finish(transaction).await
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.database.close();
    }
}

async fn open() -> Result<Store, Error> {
    let mut request = Factory::new()?.open(NAME, Some(VERSION))?;
    request.on_upgrade_needed(|event| {
        // If a step fails, so does the opening, and nothing has changed.
        if let (Ok(database), Ok(from)) = (event.database(), event.old_version()) {
            let _ = upgrade(&database, from);
        }
    });
    let mut database = request.await?;
    // Another tab may bring a newer version: it mustn't wait for this one.
    database.on_version_change(|event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::IdbDatabase>().ok());
        if let Some(database) = target {
            database.close();
        }
    });
    Ok(Store { database })
}

/// Brings the database from a version, 0 where there was none, to [`VERSION`].
fn upgrade(database: &Database, from: u32) -> Result<(), Error> {
    if from < 1 {
        for name in STORES {
            database.create_object_store(name, ObjectStoreParams::new())?;
        }
    }
    Ok(())
}

/// Ends a transaction whose requests are all made.
fn finish(transaction: Transaction) -> impl Future<Output = Result<(), Error>> {
    let over = transaction.commit().map(IntoFuture::into_future);
    async move {
        if over?.await?.is_committed() {
            return Ok(());
        }
        // No request has failed, and yet the browser takes all of it back: there is no room for it.
        Err(Error::TransactionAbortError(JsValue::NULL))
    }
}

/// The key of an entry: `:` comes after whatever a lesson's name may hold but before `;`.
fn key_of(lesson: &str, own: &str) -> String {
    [lesson, ":", own].concat()
}

/// The keys of a lesson's entries.
fn range_of(lesson: &str) -> Result<Query, Error> {
    let [from, to] = [":", ";"].map(|end| JsValue::from([lesson, end].concat()));
    KeyRange::bound(&from, &to, None, None).map(Query::from)
}

/// Stored values as entries; those that can't be read are set aside as texts.
fn entries<T: DeserializeOwned>(values: Vec<JsValue>, aside: &mut Vec<String>) -> Vec<T> {
    let mut list = Vec::new();
    for value in values {
        let text = text_of(&value);
        match serde_json::from_str(&text) {
            Ok(entry) => list.push(entry),
            Err(_) => aside.push(text),
        }
    }
    list
}

/// Asks for an entry to be written; what comes of it, the transaction says.
fn put<T: Serialize>(transaction: &Transaction, name: &str, key: &str, entry: &T) -> Result<(), Error> {
    // Plain fields with names: this can't fail.
    let text = serde_json::to_string(entry).unwrap_or_default();
    transaction.object_store(name)?.put(&text.into(), Some(&key.into())).map(drop)
}

/// Writes an entry unless a later one is there, or one that this version can't read.
async fn put_later<T: Serialize + DeserializeOwned>(
    transaction: &Transaction,
    name: &str,
    key: &str,
    entry: &T,
    rank: impl Fn(&T) -> u64,
) -> Result<(), Error> {
    let stored = transaction.object_store(name)?.get(JsValue::from(key))?.await?;
    let later = stored.is_none_or(|stored| {
        serde_json::from_str::<T>(&text_of(&stored)).is_ok_and(|stored| rank(&stored) < rank(entry))
    });
    if later { put(transaction, name, key, entry) } else { Ok(()) }
}

/// A stored value as text; what is none is written as JSON.
fn text_of(value: &JsValue) -> String {
    value.as_string().or_else(|| js_sys::JSON::stringify(value).ok()?.as_string()).unwrap_or_default()
}

/// A new key.
pub fn new_key() -> Key {
    let mut bytes = [0; 16];
    // Every browser that runs the site has it; were there none, keys would repeat and entries be lost.
    getrandom::fill(&mut bytes).expect("the browser's random numbers");
    Key::new(bytes)
}
