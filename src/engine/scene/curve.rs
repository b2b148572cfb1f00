//! The paths of packets: Bézier curves on which packets travel at constant speed.

use super::mark::{Ink, Point, Role, at, distance_to_line};
use super::panel::{Packet, PacketKind};
use crate::sim::sort::sort_by_key;
use crate::sim::{Entity, Time, clamp};

/// How many pieces a curve's length is measured in. At this fineness the speed along a curve of a picture varies by
/// less than can be seen.
const PIECES: usize = 12;
/// How far beside the curve packets against the link's direction travel, so that they don't hide those along it.
const ASIDE: f32 = 6.0;

/// A cubic Bézier curve and how far along it each of its pieces ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    /// Start, two handles, end.
    pub points: [Point; 4],
    /// Length up to the end of each piece.
    length: [f32; PIECES],
}

impl Curve {
    /// The curve through start and end with these handles.
    pub fn new(points: [Point; 4]) -> Self {
        let mut length = [0.0; PIECES];
        let (mut sum, mut last) = (0.0, points[0]);
        for (piece, length) in length.iter_mut().enumerate() {
            let (next, _) = bezier(&points, (piece + 1) as f32 / PIECES as f32);
            sum += libm::hypotf(next.x - last.x, next.y - last.y);
            *length = sum;
            last = next;
        }
        Self { points, length }
    }

    /// A straight line.
    pub fn straight(from: Point, to: Point) -> Self {
        let part = |t: f32| at(from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t);
        Self::new([from, part(1.0 / 3.0), part(2.0 / 3.0), to])
    }

    /// Its length.
    pub fn whole(&self) -> f32 {
        self.length[PIECES - 1]
    }

    /// The same, somewhere else.
    #[must_use]
    pub fn shifted(mut self, dx: f32, dy: f32) -> Self {
        self.points = self.points.map(|p| at(p.x + dx, p.y + dy));
        self
    }

    /// The part between two shares of the length.
    #[must_use]
    pub fn part(&self, from: f32, to: f32) -> Self {
        let (a, b) = (self.parameter(from), self.parameter(to));
        let point = |ts: [f32; 3]| blossom(&self.points, ts);
        Self::new([point([a, a, a]), point([a, a, b]), point([a, b, b]), point([b, b, b])])
    }

    /// How far a point is from it.
    pub fn distance(&self, p: Point) -> f32 {
        self.pieces().map(|(a, b)| distance_to_line(p, [a, b])).fold(f32::INFINITY, f32::min)
    }

    /// Whether a straight line crosses it.
    pub fn crosses(&self, from: Point, to: Point) -> bool {
        self.pieces().any(|(a, b)| cross(a, b, from, to))
    }

    /// It as straight lines.
    fn pieces(&self) -> impl Iterator<Item = (Point, Point)> {
        let point = |piece: usize| bezier(&self.points, piece as f32 / PIECES as f32).0;
        (0..PIECES).map(move |piece| (point(piece), point(piece + 1)))
    }

    /// The point after a share of the length (0 to 1), and the direction there (not of unit length).
    pub fn along(&self, share: f32) -> (Point, Point) {
        bezier(&self.points, self.parameter(share))
    }

    /// The curve's parameter after a share of the length.
    fn parameter(&self, share: f32) -> f32 {
        let whole = self.whole();
        let wanted = clamp(share, 0.0, 1.0) * whole;
        let piece = self.length.iter().position(|&end| end >= wanted).unwrap_or(PIECES - 1);
        let before = if piece == 0 { 0.0 } else { self.length[piece - 1] };
        let within = self.length[piece] - before;
        let part = if within > 0.0 { (wanted - before) / within } else { 0.0 };
        (piece as f32 + part) / PIECES as f32
    }
}

/// The polar form of a cubic Bézier curve: of three equal parameters its point, of others a handle of a part of it.
fn blossom(points: &[Point; 4], [a, b, c]: [f32; 3]) -> Point {
    let mix = |p: Point, q: Point, t: f32| at(p.x + (q.x - p.x) * t, p.y + (q.y - p.y) * t);
    let first = [0, 1, 2].map(|n| mix(points[n], points[n + 1], a));
    let second = [mix(first[0], first[1], b), mix(first[1], first[2], b)];
    mix(second[0], second[1], c)
}

/// Whether two straight lines cross: each has the other's ends on both its sides.
fn cross(a: Point, b: Point, c: Point, d: Point) -> bool {
    let side = |p: Point, q: Point, r: Point| (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x);
    let apart = |p: Point, q: Point, ends: [Point; 2]| {
        let [first, second] = ends.map(|end| side(p, q, end) >= 0.0);
        first != second
    };
    apart(a, b, [c, d]) && apart(c, d, [a, b])
}

/// Point and direction at parameter `t`, by de Casteljau's construction.
fn bezier([start, first, second, end]: &[Point; 4], t: f32) -> (Point, Point) {
    let mix = |p: Point, q: Point| at(p.x + (q.x - p.x) * t, p.y + (q.y - p.y) * t);
    let middle = mix(*first, *second);
    let (before, behind) = (mix(mix(*start, *first), middle), mix(middle, mix(*second, *end)));
    (mix(before, behind), at(behind.x - before.x, behind.y - before.y))
}

/// Radius of a packet, half the edge of a cross.
pub const DOT: f32 = 4.5;

/// Each kind of packet with its colours, in the order in which they are painted.
pub const PACKETS: [(PacketKind, Ink); 6] = [
    (PacketKind::Probe, Ink::fill(Role::Muted)),
    (PacketKind::Copy, Ink::fill(Role::Third)),
    (PacketKind::Request, Ink::fill(Role::Accent)),
    (PacketKind::Write, Ink::fill(Role::Second)),
    (PacketKind::Answer, Ink::line(Role::Accent, 1.75).on(Role::Raised)),
    (PacketKind::Failure, Ink::line(Role::Trouble, 2.25)),
];

/// The corners of a packet that has some: a diamond, a triangle. None of the others.
pub fn corners(kind: PacketKind, Point { x, y }: Point) -> Option<Vec<Point>> {
    let r = DOT + 1.0;
    match kind {
        PacketKind::Write => Some(vec![at(x, y - r), at(x + r, y), at(x, y + r), at(x - r, y)]),
        PacketKind::Copy => Some(vec![at(x - DOT, y - DOT), at(x + r, y), at(x - DOT, y + DOT)]),
        _ => None,
    }
}

/// A packet where it is now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dot {
    /// Which request it belongs to.
    pub entity: Entity,
    /// What it is.
    pub kind: PacketKind,
    /// Where it is.
    pub at: Point,
}

/// The links of a flow as curves, by their ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Links {
    /// Ascending by its ends once [`Links::sort`] has run.
    curves: Vec<((Entity, Entity), Curve)>,
    /// Middle of every node, ascending by node, for packets that travel where no link is.
    nodes: Vec<(Entity, Point)>,
}

impl Links {
    pub(super) fn add(&mut self, from: Entity, to: Entity, curve: Curve) {
        self.curves.push(((from, to), curve));
    }
    pub(super) fn node(&mut self, node: Entity, middle: Point) {
        self.nodes.push((node, middle));
    }
    pub(super) fn sort(&mut self) {
        sort_by_key(&mut self.curves, |(ends, _)| *ends);
        sort_by_key(&mut self.nodes, |(node, _)| *node);
    }

    fn curve(&self, from: Entity, to: Entity) -> Option<&Curve> {
        let found = self.curves.binary_search_by_key(&(from, to), |(ends, _)| *ends).ok()?;
        Some(&self.curves[found].1)
    }

    fn middle(&self, node: Entity) -> Option<Point> {
        let found = self.nodes.binary_search_by_key(&node, |(node, _)| *node).ok()?;
        Some(self.nodes[found].1)
    }

    /// Where the packet is at `now`; `None` if it has not left, has arrived, or its ends are not nodes.
    pub fn place(&self, packet: &Packet, now: Time) -> Option<Dot> {
        if now < packet.left || now > packet.arrives {
            return None;
        }
        let whole = packet.arrives.since(packet.left).nanos();
        let gone = now.since(packet.left).nanos();
        let share = if whole == 0 { 1.0 } else { gone as f32 / whole as f32 };
        let at = if let Some(curve) = self.curve(packet.from, packet.to) {
            curve.along(share).0
        } else if let Some(curve) = self.curve(packet.to, packet.from) {
            let (point, direction) = curve.along(1.0 - share);
            let size = libm::hypotf(direction.x, direction.y);
            let aside = if size > 0.0 { ASIDE / size } else { 0.0 };
            at(point.x - direction.y * aside, point.y + direction.x * aside)
        } else {
            let (from, to) = (self.middle(packet.from)?, self.middle(packet.to)?);
            at(from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share)
        };
        Some(Dot { entity: packet.entity, kind: packet.kind, at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use proptest::prelude::*;

    #[test]
    fn a_line_crosses_a_curve_only_where_it_goes_through_it() {
        let curve = Curve::straight(at(0.0, 10.0), at(100.0, 10.0));
        assert!(curve.crosses(at(40.0, 0.0), at(60.0, 20.0)));
        assert!(curve.crosses(at(50.0, 20.0), at(50.0, 0.0)), "also where two pieces of it meet");
        for (from, to) in [
            (at(40.0, 0.0), at(60.0, 8.0)),
            (at(120.0, 0.0), at(120.0, 20.0)),
            (at(110.0, 10.0), at(150.0, 10.0)),
            (at(50.0, 0.0), at(50.0, 0.0)),
        ] {
            assert!(!curve.crosses(from, to), "{from:?} to {to:?}");
        }
        assert_eq!((curve.distance(at(50.0, 22.0)), curve.distance(at(103.0, 14.0))), (12.0, 5.0));
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn a_part_of_a_curve_lies_on_it(x in 50.0f32..400.0, y in -200.0f32..200.0, from in 0.0f32..0.5, to in 0.5f32..1.0) {
            let curve = Curve::new([at(0.0, 0.0), at(x / 2.0, 0.0), at(x / 2.0, y), at(x, y)]);
            let part = curve.part(from, to);
            for share in [0.0, 0.3, 0.7, 1.0] {
                prop_assert!(curve.distance(part.along(share).0) < 2.0);
            }
            let length = curve.whole() * (to - from);
            prop_assert!((part.whole() - length).abs() < 0.05 * curve.whole(), "{} of {length}", part.whole());
        }

        #[test]
        fn equal_times_are_equal_lengths(x in 50.0f32..400.0, y in -200.0f32..200.0) {
            let curve = Curve::new([at(0.0, 0.0), at(x / 2.0, 0.0), at(x / 2.0, y), at(x, y)]);
            let steps: Vec<Point> = (0..=20).map(|n| curve.along(n as f32 / 20.0).0).collect();
            let whole = curve.length[PIECES - 1];
            for pair in steps.windows(2) {
                let step = libm::hypotf(pair[1].x - pair[0].x, pair[1].y - pair[0].y);
                prop_assert!((step / (whole / 20.0) - 1.0).abs() < 0.1, "{step} of {whole}");
            }
        }
    }
}
