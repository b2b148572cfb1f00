//! What is asked about the figures.

use crate::lessons::prelude::*;

pub const OF_POOL: &[Prediction] = &[];
