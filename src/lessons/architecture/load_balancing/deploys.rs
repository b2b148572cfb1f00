//! The lesson's figures of a deploy and of one server alone, which come when they are scrolled to.

use super::cluster::{WHO_NOTICES_PREDICTIONS, WhoNotices};
use super::one_server::OneServer;
use crate::player::Figure;

/// The set.
pub const FIGURES: &[Figure] =
    &[Figure::of::<WhoNotices>().predicted(WHO_NOTICES_PREDICTIONS), Figure::of::<OneServer>()];
