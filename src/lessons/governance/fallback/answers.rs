//! The five features of the shop's page, the services that they ask, and what each can answer instead.

use crate::choices;
use crate::lessons::prelude::Status;

/// The features of the page, and the four services. Search and 'for you' ask the same one.
pub(super) const FEATURES: usize = 5;
pub(super) const SERVICES: usize = 4;
pub(super) const PRICE: usize = 0;
pub(super) const STOCK: usize = 1;
pub(super) const SEARCH: usize = 2;
pub(super) const PAYMENT: usize = 4;
/// The database's number among the services.
pub(super) const DATABASE: usize = 2;
/// Which service each feature asks.
pub(super) const ASKS: [usize; FEATURES] = [0, 1, DATABASE, DATABASE, 3];

choices! {
    /// What a feature answers when its service doesn't.
    pub enum Fallback {
        Copy = "copy", "Last copy";
        Default = "default", "Default";
        Database = "database", "Ask the database";
        Later = "later", "Later";
        Nothing = "nothing", "Leave it out";
    }
}

choices! {
    /// Which service is down.
    pub enum Down {
        None = "none", "None";
        Prices = "prices", "Prices";
        Stock = "stock", "Stock";
        Database = "database", "Database";
        Payments = "payments", "Payments";
    }
}

impl Down {
    /// The service's number.
    pub(super) fn service(self) -> Option<usize> {
        (self as usize).checked_sub(1)
    }
}

/// How a feature was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// By its own service.
    Live,
    /// With what its service said last.
    Copy,
    /// With the same for everybody: the list price, 'in stock', all categories, best sellers.
    Default,
    /// By the database, in place of a service of its own.
    Database,
    /// 'We'll tell you, or charge you, later.'
    Later,
    /// It isn't on the page.
    Missing,
    /// The fallback itself fails.
    Broken,
}

impl Answer {
    /// Every kind, in the order of the table's columns.
    pub(super) const ALL: [Self; 7] =
        [Self::Live, Self::Copy, Self::Default, Self::Database, Self::Later, Self::Missing, Self::Broken];

    /// The id of its word, and how it looks in pictures.
    pub(super) fn shown(self) -> (&'static str, Status) {
        match self {
            Self::Live => ("live", Status::Normal),
            Self::Copy => ("copy", Status::Warming),
            Self::Default => ("default", Status::Quiet),
            Self::Database => ("database", Status::Active),
            Self::Later => ("later", Status::Draining),
            Self::Missing => ("missing", Status::Down),
            Self::Broken => ("error", Status::Down),
        }
    }

    /// The share of customers who leave without an order because a feature is answered like this. These are the model's
    /// assumptions, not measurements: nobody orders without a price, a word on stock or a way to pay; 40 % came to search;
    /// hardly anybody misses recommendations.
    pub(super) fn drives_away(self, feature: usize) -> f64 {
        const WITHOUT: [f64; FEATURES] = [1.0, 1.0, 0.4, 0.01, 1.0];
        const LATER: [f64; FEATURES] = [0.25, 0.02, 0.4, 0.01, 0.01];
        match self {
            Self::Missing | Self::Broken => WITHOUT[feature],
            Self::Later => LATER[feature],
            Self::Copy if feature == SEARCH => 0.01,
            Self::Default if feature == SEARCH => 0.1,
            _ => 0.0,
        }
    }
}

/// The probability that something has changed after a time, if it changes at random moments, once in `life` on average: what
/// a copy of that age is wrong by. Both in the same unit.
pub(super) fn wrong_at(age: f64, life: f64) -> f64 {
    1.0 - libm::exp(-age / life)
}
