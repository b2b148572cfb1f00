//! Panels that only some figures have bring the code that lays them out and describes them along. So a worker contains it
//! only if one of its figures makes such a panel: all of them together weigh a tenth of a worker.

use super::builder::PictureBuilder;
use super::chart::{curves, histogram};
use super::describe::Writer;
use super::flow::ring;
use super::mark::Rect;
use super::panel::{Curves, Frames, Grid, Histogram, Ladder, Lanes, Listing, Ring, States, Values};
use super::{frames, grid, ladder, lanes, listing, states, values};
use core::fmt;
use core::ops::{Deref, DerefMut};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A panel's data with the code for it, made by `into()`: `Panel::Lanes(lanes.into())`.
pub struct Drawn<T: 'static> {
    what: T,
    code: &'static Code<T>,
}

/// How a kind of panels is laid out and described.
struct Code<T> {
    lay_out: fn(&T, Rect, &mut PictureBuilder<'_>) -> f32,
    describe: fn(&mut Writer<'_>, &T),
}

impl<T> Drawn<T> {
    /// Lays it out within an area; the height that it took.
    pub(super) fn lay_out(&self, area: Rect, builder: &mut PictureBuilder<'_>) -> f32 {
        (self.code.lay_out)(&self.what, area, builder)
    }

    pub(super) fn describe(&self, writer: &mut Writer<'_>) {
        (self.code.describe)(writer, &self.what);
    }
}

macro_rules! drawn {
    ($($panel:ident: $module:ident;)*) => {
        $(impl From<$panel> for Drawn<$panel> {
            fn from(what: $panel) -> Self {
                const CODE: &Code<$panel> = &Code {
                    lay_out: |it, area, builder| $module::lay_out(it, area, builder),
                    describe: |writer, it| writer.$module(it),
                };
                Self { what, code: CODE }
            }
        })*
    };
}

drawn! {
    Curves: curves;
    Frames: frames;
    Grid: grid;
    Histogram: histogram;
    Ladder: ladder;
    Lanes: lanes;
    Listing: listing;
    Ring: ring;
    States: states;
    Values: values;
}

impl<T> Deref for Drawn<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.what
    }
}

impl<T> DerefMut for Drawn<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.what
    }
}

impl<T: Clone> Clone for Drawn<T> {
    fn clone(&self) -> Self {
        Self { what: self.what.clone(), code: self.code }
    }
}

impl<T: PartialEq> PartialEq for Drawn<T> {
    fn eq(&self, other: &Self) -> bool {
        self.what == other.what
    }
}

impl<T: fmt::Debug> fmt::Debug for Drawn<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.what.fmt(f)
    }
}

impl<T: Serialize> Serialize for Drawn<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.what.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de> + Into<Self>> Deserialize<'de> for Drawn<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Into::into)
    }
}
