//! The ring panel: the nodes of a flow as peers, with straight links. Nothing comes before or behind anything else, and a
//! line drawn across the ring parts the peers.

use super::plan::{FULL, MARGIN, Place, Plan, Size, name_width};
use crate::scene::builder::PictureBuilder;
use crate::scene::curve::Curve;
use crate::scene::mark::{Point, Rect, at};
use crate::scene::panel::{Node, Ring};
use crate::scene::words::Words;
use crate::sim::clamp;

/// Half the width of a ring at most.
const ACROSS: f32 = 305.0;
/// The lower ones stand nearer to the middle, so that links to those beside them are longer.
const INWARDS: f32 = 0.8;
/// Half its height, if so many peers don't find room to stand apart.
const HIGH: f32 = 260.0;
/// The least length of a link, if there is room: a line is drawn across it, and a cut shows.
const LINK: f32 = 31.0;
/// Widths of a node's box, at least and at most.
const WIDE: (f32, f32) = (92.0, 150.0);

/// Lays the ring out within `area` (its height is what is needed) and returns the height used.
pub(in crate::scene) fn lay_out(ring: &Ring, area: Rect, builder: &mut PictureBuilder) -> f32 {
    let inner = Rect::new(area.x + MARGIN, area.y + MARGIN, (area.w - 2.0 * MARGIN).max(1.0), 0.0);
    let plan = plan(ring, inner, builder.words);
    super::put(&ring.0, &plan, chord, builder)
}

/// Clockwise from the top, on an ellipse as high as the peers need to stand apart.
fn plan<'f>(ring: &'f Ring, inner: Rect, words: &Words) -> Plan<'f> {
    let nodes: Vec<&Node> = ring.0.tiers.iter().flat_map(|tier| &tier.nodes).collect();
    let name = nodes.iter().map(|node| name_width(node, Size::Full, words)).fold(0.0, f32::max);
    let wide = libm::floorf(clamp(name + 24.0, WIDE.0, WIDE.1).min(inner.w * 0.24));
    let across = ((inner.w - wide) / 2.0).min(ACROSS);
    let middle = inner.x + inner.w / 2.0;
    let boxes = |up: f32| -> Vec<Rect> {
        let turn = |k: usize| core::f32::consts::TAU * k as f32 / nodes.len() as f32;
        let place = |k: usize| {
            let (aside, high) = (across * libm::sinf(turn(k)), up * libm::cosf(turn(k)));
            at(middle + if high < 0.0 { INWARDS * aside } else { aside }, -high)
        };
        let around = |p: Point| Rect::new(p.x - wide / 2.0, p.y - FULL / 2.0, wide, FULL);
        (0..nodes.len()).map(|k| around(place(k))).collect()
    };
    let mut heights = (2..40u8).map(|more| FULL + 4.0 * f32::from(more));
    let all = boxes(heights.find(|&up| stand_apart(&boxes(up))).unwrap_or(HIGH));
    let top = all.iter().map(|it| it.y).fold(f32::INFINITY, f32::min).min(inner.y);
    let bottom = all.iter().map(Rect::bottom).fold(top, f32::max);
    let place = |(node, area): (&'f Node, Rect)| {
        // Away from the links, which are below the upper ones.
        let badge_above = area.centre().y < 0.0;
        let (x, y) = (libm::roundf(area.x), libm::roundf(area.y - top + inner.y));
        let area = Rect { x, y, ..area };
        let middle = area.centre().y;
        let (entry, exit) = (at(x, middle), at(area.right(), middle));
        Place { node, tier: 0, size: Size::Full, area, queue: None, entry, straight: x, exit, badge_above }
    };
    let places = nodes.into_iter().zip(all).map(place).collect();
    Plan { down: false, places, frames: Vec::new(), height: bottom - top + 2.0 * MARGIN + 1.0 }
}

fn stand_apart(all: &[Rect]) -> bool {
    let mut pairs = all.iter().enumerate().flat_map(|(n, a)| all[n + 1..].iter().map(move |b| (*a, *b)));
    pairs.all(|(a, b)| {
        let (from, to) = between(a, b);
        libm::hypotf(to.x - from.x, to.y - from.y) >= LINK
    })
}

fn chord(from: &Place, to: &Place, _: bool) -> Curve {
    let (from, to) = between(from.area, to.area);
    Curve::straight(from, to)
}

/// Straight from the edge of one box to the edge of the other.
fn between(from: Rect, to: Rect) -> (Point, Point) {
    let edge = |area: Rect, p: Point, q: Point| {
        let (dx, dy) = (q.x - p.x, q.y - p.y);
        let reach = |half: f32, d: f32| half / libm::fabsf(d).max(f32::MIN_POSITIVE);
        let share = reach(area.w / 2.0, dx).min(reach(area.h / 2.0, dy)).min(0.5);
        at(p.x + dx * share, p.y + dy * share)
    };
    let (a, b) = (from.centre(), to.centre());
    (edge(from, a, b), edge(to, b, a))
}
