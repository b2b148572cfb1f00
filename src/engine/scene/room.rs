//! Room for labels: what is taken in a panel, and texts that are written only where they meet none of it.

use super::builder::{PictureBuilder, TextStyle};
use super::mark::{Point, Rect, Text};
use crate::sim::Entity;

/// Between a label and what is beside it.
const AIR: f32 = 1.5;

/// What labels must keep clear of.
pub(super) struct Room {
    area: Rect,
    boxes: Vec<Rect>,
    lines: Vec<[Point; 2]>,
}

impl Room {
    /// An empty place.
    pub(super) fn new(area: Rect) -> Self {
        Self { area, boxes: Vec::new(), lines: Vec::new() }
    }

    /// A box that is drawn.
    pub(super) fn take(&mut self, area: Rect) {
        self.boxes.push(area);
    }

    /// A line that is drawn.
    pub(super) fn take_line(&mut self, line: [Point; 2]) {
        self.lines.push(line);
    }

    fn is_free(&self, area: Rect) -> bool {
        let around = area.grow(AIR);
        self.area.encloses(&area, 0.0)
            && !self.boxes.iter().any(|taken| taken.overlaps(&around))
            && !self.lines.iter().any(|&line| around.clip(line).is_some())
    }

    /// Writes a text, whole, at the first of these places where it meets nothing; nowhere if there is none.
    pub(super) fn write(
        &mut self,
        builder: &mut PictureBuilder,
        entity: Option<Entity>,
        text: &str,
        set: TextStyle,
        places: impl IntoIterator<Item = (Point, super::mark::Anchor)>,
    ) {
        if text.is_empty() {
            return;
        }
        let TextStyle { size, face, anchor, .. } = set;
        let mut at_place =
            Text { at: Point::default(), text: text.to_owned(), full: None, size, face, anchor };
        for (place, anchor) in places {
            (at_place.at, at_place.anchor) = (place, anchor);
            let bounds = at_place.bounds();
            if self.is_free(bounds) {
                self.take(bounds);
                builder.text(entity, place, f32::INFINITY, text, set.anchor(anchor));
                return;
            }
        }
    }
}
