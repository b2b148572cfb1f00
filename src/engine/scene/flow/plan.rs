//! Where nodes, queues and link ends stand. Values never come into it, only structure and names.

use crate::scene::mark::{Point, Rect, at};
use crate::scene::metrics::{self, Face};
use crate::scene::panel::{Flow, Label, Node, Slots, Tier};
use crate::scene::words::Words;
use crate::sim::clamp;
use crate::sim::sort::sort_by_key;

/// From this width on a flow goes from left to right, if its tiers find room.
const WIDE: f32 = 500.0;
/// Room around the flow, inside its panel.
pub(super) const MARGIN: f32 = 12.0;
/// Least height of a flow from left to right: a box, what hangs at it, and the invitation above it.
const LOW: f32 = 110.0;
/// Least and ideal distance between tiers; where there are more than three, they may stand closer.
const GAP: (f32, f32) = (56.0, 110.0);
const CLOSE: f32 = 40.0;
/// The same from top to bottom, where a picture is to fit a phone with what it is played by: up to three tiers, and more.
const GAP_DOWN: f32 = 48.0;
const CLOSE_DOWN: f32 = 32.0;
/// Length of a slot with its gap, from top to bottom.
const SLOT_DOWN: f32 = 7.5;
/// A box so wide has its workers beside its name, also where tiers stand below each other.
pub(super) const BESIDE: f32 = 160.0;
/// Further room behind the last tier for links from node to node of a tier.
const AROUND: f32 = 30.0;
/// Distance between a queue and the box that it stands before.
pub(super) const QUEUE_GAP: f32 = 10.0;
/// Height (width, downwards) of a queue.
const QUEUE_ACROSS: f32 = 18.0;
/// Height of the number over a queue that holds more than can be drawn.
const MORE: f32 = 15.0;
/// Height of a node that stands in full.
pub(super) const FULL: f32 = 60.0;
/// Slots drawn for a queue too long to draw, or without bound.
const LONG: u32 = 10;

/// How much of a node is drawn. The more nodes stand in a tier, the less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// Name, note, workers, slots.
    Full,
    /// Name, workers, slots.
    Compact,
    /// A cell of a grid: name, and how full queue and workers are.
    Cell,
    /// A dot of a grid.
    Dot,
}

impl Size {
    /// Width and height of a grid's cell; none for what stands in a row.
    fn cell(self) -> Option<(f32, f32)> {
        match self {
            Self::Full | Self::Compact => None,
            Self::Cell => Some((48.0, 34.0)),
            Self::Dot => Some((14.0, 14.0)),
        }
    }
    pub(super) fn is_cell(self) -> bool {
        self.cell().is_some()
    }
    fn cell_gap(self) -> f32 {
        if self == Self::Dot { 4.0 } else { 6.0 }
    }
}

/// The slots of a queue: so many one after another in the direction of the flow, so many side by side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Grid {
    pub along: u32,
    pub columns: u32,
    /// A number says how many wait beyond the drawn ones.
    pub long: bool,
}

impl Grid {
    /// The slots of a queue, in a flow from top to bottom or from left to right.
    fn of(slots: &Slots, size: Size, down: bool) -> Option<Self> {
        let most = if size == Size::Full { 3 } else { 1 };
        match slots.capacity {
            Some(0) => None,
            Some(n) if n <= 12 * most => {
                let columns = n.div_ceil(12);
                Some(Self { along: n.div_ceil(columns), columns, long: false })
            }
            _ if down => Some(Self { along: LONG / 2, columns: 2, long: true }),
            _ => Some(Self { along: LONG, columns: 1, long: true }),
        }
    }
}

/// Where a queue stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct QueuePlace {
    pub area: Rect,
    pub grid: Grid,
    /// Where the number of further waiting ones stands.
    pub more: Rect,
}

/// Where a node stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'f> {
    pub node: &'f Node,
    pub tier: usize,
    pub size: Size,
    /// The node's box.
    pub area: Rect,
    pub queue: Option<QueuePlace>,
    /// Where links to it end.
    pub entry: Point,
    /// Where, in the direction of the flow, links to it have finished bending: before the tier's queues.
    pub straight: f32,
    /// Where links from it begin.
    pub exit: Point,
    /// Its badge hangs at its upper edge.
    pub badge_above: bool,
}

/// Where everything stands.
#[derive(Debug)]
pub(super) struct Plan<'f> {
    /// Top to bottom instead of left to right.
    pub down: bool,
    /// In reading order.
    pub places: Vec<Place<'f>>,
    /// Around each grid of cells.
    pub frames: Vec<Rect>,
    pub height: f32,
}

/// What a tier needs in the direction of the flow, at most and at least.
struct Need {
    size: Size,
    grid: Option<Grid>,
    /// Width and height of the most room that workers of a node take; zero without workers.
    workers: (f32, f32),
    /// Width of the box.
    wide: (f32, f32),
    /// Length of one slot with its gap.
    slot: (f32, f32),
}

impl Need {
    fn new(tier: &Tier, down: bool, room: f32, words: &Words) -> Self {
        let n = tier.nodes.len() as f32;
        let size = match tier.nodes.len() {
            ..=6 if !down || (room + 8.0) / n >= 76.0 => Size::Full,
            ..=14 if !down || (room + 6.0) / n >= 46.0 => Size::Compact,
            ..=150 => Size::Cell,
            _ => Size::Dot,
        };
        let grids = tier.nodes.iter().filter_map(|node| Grid::of(node.queue.as_ref()?, size, down));
        let grid = grids.reduce(|a, b| Grid {
            along: a.along.max(b.along),
            columns: a.columns.max(b.columns),
            long: a.long || b.long,
        });
        let workers = tier
            .nodes
            .iter()
            .filter_map(|node| node.workers.as_ref().map(|workers| workers.total).filter(|&total| total > 0))
            .map(|total| (workers_width(total, size), worker_rows(total, size)))
            .fold((0.0, 0.0), |a: (f32, f32), b| (a.0.max(b.0), a.1.max(b.1)));
        let name = tier.nodes.iter().map(|node| name_width(node, size, words)).fold(0.0, f32::max);
        let workers_room = if workers.0 > 0.0 { workers.0 + 10.0 } else { 0.0 };
        let wide = match size {
            Size::Full => {
                let ideal: f32 = if workers.0 > 0.0 {
                    94.0
                } else if tier.nodes.len() == 1 {
                    132.0
                } else {
                    76.0
                };
                (
                    ideal.max(name + 24.0).min(170.0) + workers_room,
                    clamp(name + 24.0, 48.0, 110.0) + workers_room,
                )
            }
            Size::Compact => (64.0_f32.max(name + 20.0).min(120.0) + workers_room, 40.0 + workers_room),
            Size::Cell | Size::Dot => {
                let (w, _) = size.cell().unwrap_or_default();
                let columns =
                    clamp(libm::ceilf(libm::sqrtf(n * 1.4)), 5.0, if w < 20.0 { 30.0 } else { 12.0 });
                (columns * (w + size.cell_gap()), 5.0 * (w + size.cell_gap()))
            }
        };
        let grid = if size.cell().is_some() { None } else { grid };
        Self { size, grid, workers, wide, slot: (14.0, 6.0) }
    }

    /// Length of the queue with its gap, for a share between least (0) and ideal (1).
    fn queue(&self, share: f32) -> f32 {
        let Some(grid) = self.grid else { return 0.0 };
        let more = if grid.long && self.size == Size::Compact { 34.0 } else { 0.0 };
        grid.along as f32 * mix(self.slot, share) + QUEUE_GAP + more
    }
    fn length(&self, share: f32) -> f32 {
        mix(self.wide, share) + self.queue(share)
    }
}

/// From the least (0) to the ideal (1) of (ideal, least).
fn mix((ideal, least): (f32, f32), share: f32) -> f32 {
    least + (ideal - least) * share
}

pub(super) fn name_width(node: &Node, size: Size, words: &Words) -> f32 {
    match &node.label {
        // A number changes while the run goes on; its room must not.
        Label::Value(..) => 48.0,
        label => metrics::width(&words.label(label), name_size(size), Face::Bold),
    }
}

pub(super) const fn name_size(size: Size) -> f32 {
    match size {
        Size::Full => 14.0,
        Size::Compact => 12.5,
        Size::Cell | Size::Dot => metrics::SMALLEST,
    }
}

/// How the workers of a node are set: columns, rows, edge of one with its gap. Nothing where they are only a gauge.
pub(super) const fn worker_grid(total: u32, size: Size) -> Option<(u32, u32, f32)> {
    match (size, total) {
        (Size::Full, 1..=3) => Some((total, 1, 17.0)),
        (Size::Full, 4) => Some((2, 2, 17.0)),
        (Size::Full, 5..=6) => Some((3, 2, 14.0)),
        (Size::Full, 7..=16) => Some((4, total.div_ceil(4), 10.0)),
        (Size::Compact, 1..=3) => Some((total, 1, 13.0)),
        (Size::Compact, 4..=8) => Some((total.div_ceil(2), 2, 9.0)),
        _ => None,
    }
}

pub(super) fn workers_width(total: u32, size: Size) -> f32 {
    match worker_grid(total, size) {
        Some((columns, _, edge)) => columns as f32 * edge - edge * 0.2,
        None => 8.0,
    }
}

impl<'f> Plan<'f> {
    pub(super) fn new(flow: &'f Flow, area: Rect, words: &Words) -> Self {
        let mut inner = Rect::new(area.x + MARGIN, area.y + MARGIN, (area.w - 2.0 * MARGIN).max(1.0), 0.0);
        let around = if links_within_a_tier(flow) { AROUND } else { 0.0 };
        inner.w = (inner.w - around).max(1.0);
        let needs = |down| -> Vec<Need> {
            flow.tiers.iter().map(|tier| Need::new(tier, down, inner.w, words)).collect()
        };
        let gaps = flow.tiers.len().saturating_sub(1) as f32;
        let across = needs(false);
        let (least_gap, ideal_gap) = if gaps > 2.0 { (CLOSE, GAP.1) } else { GAP };
        let least: f32 = across.iter().map(|need| need.length(0.0)).sum::<f32>() + gaps * least_gap;
        if area.w >= WIDE && least <= inner.w {
            let ideal: f32 = across.iter().map(|need| need.length(1.0)).sum::<f32>() + gaps * ideal_gap;
            let share = ((inner.w - least) / (ideal - least).max(1.0)).min(1.0);
            let spare = (inner.w - ideal).max(0.0);
            // What is left over widens the gaps, up to a point; then it goes to both sides.
            let gap = mix((ideal_gap, least_gap), share) + (spare / gaps.max(1.0)).min(70.0);
            Self::across(flow, inner, &across, share, gap)
        } else {
            let mut plan = Self::down(flow, inner, &needs(true));
            plan.height += around;
            plan
        }
    }

    fn across(flow: &'f Flow, inner: Rect, needs: &[Need], share: f32, gap: f32) -> Self {
        let tall = |tier: &Tier, need: &Need| -> f32 {
            let n = tier.nodes.len();
            match (need.size, need.size.cell()) {
                (_, Some((w, h))) => {
                    let (w, h) = (w + need.size.cell_gap(), h + need.size.cell_gap());
                    n.div_ceil(columns(mix(need.wide, share), w)) as f32 * h
                }
                (Size::Full, None) => n as f32 * 88.0,
                _ => n as f32 * 40.0,
            }
        };
        let heights: Vec<f32> = flow.tiers.iter().zip(needs).map(|(tier, need)| tall(tier, need)).collect();
        let height = heights.iter().copied().fold(LOW, f32::max);
        let gaps = needs.len().saturating_sub(1) as f32;
        let used: f32 = needs.iter().map(|need| need.length(share)).sum::<f32>() + gaps * gap;
        let mut x = inner.x + ((inner.w - used) / 2.0).max(0.0);
        let mut places = Vec::new();
        for (number, (tier, need)) in flow.tiers.iter().zip(needs).enumerate() {
            let queue = need.queue(share);
            let wide = libm::floorf(mix(need.wide, share));
            let n = tier.nodes.len();
            for (k, node) in tier.nodes.iter().enumerate() {
                let mut place = Place {
                    node,
                    tier: number,
                    size: need.size,
                    area: Rect::default(),
                    queue: None,
                    entry: at(0.0, 0.0),
                    straight: x,
                    exit: at(0.0, 0.0),
                    badge_above: false,
                };
                if let Some((w, h)) = need.size.cell() {
                    place.area = cell(k, n, wide, need.size, (w, h));
                    place.area.x += x;
                    place.area.y += inner.y + (height - heights[number]) / 2.0;
                } else {
                    let middle = inner.y + height * (k as f32 + 0.5) / n as f32;
                    let tall = if need.size == Size::Full { FULL } else { 32.0 };
                    place.area =
                        Rect::new(libm::roundf(x + queue), libm::roundf(middle - tall / 2.0), wide, tall);
                }
                let middle = place.area.centre().y;
                place.exit = at(place.area.right(), middle);
                place.entry = at(place.area.x, middle);
                if let Some(grid) = node.queue.as_ref().and_then(|slots| Grid::of(slots, need.size, false))
                    && need.size.cell().is_none()
                {
                    let long = grid.along as f32 * mix(need.slot, share);
                    let thick = if need.size == Size::Full { QUEUE_ACROSS + 4.0 } else { 14.0 };
                    let (x, y) = (place.area.x - QUEUE_GAP - long, middle - thick / 2.0);
                    let area = Rect::new(x, y, long, thick);
                    let more = if need.size == Size::Full {
                        Rect::new(x, y - MORE, long, MORE)
                    } else {
                        Rect::new(x - 34.0, y, 32.0, thick)
                    };
                    place.queue = Some(QueuePlace { area, grid, more });
                    let left = if grid.long && need.size == Size::Compact { more.x } else { x };
                    place.entry.x = left - 5.0;
                }
                places.push(place);
            }
            x += need.length(share) + gap;
        }
        Self { down: false, places, frames: Vec::new(), height: height + 2.0 * MARGIN }.framed()
    }

    /// Grids get a frame, and links to and from their cells end at it: packets would hide what the cells say.
    fn framed(mut self) -> Self {
        let mut rest = self.places.as_mut_slice();
        while let Some(first) = rest.first() {
            let (tier, size) = (first.tier, first.size);
            let (cells, after) = rest.split_at_mut(rest.partition_point(|place| place.tier == tier));
            rest = after;
            if !size.is_cell() {
                continue;
            }
            let all = cells.iter().map(|place| place.area).reduce(|all, area| all.union(&area));
            let frame = all.unwrap_or_default().grow(size.cell_gap());
            for place in cells {
                if self.down {
                    place.entry.y = frame.y;
                    place.exit.y = frame.bottom();
                } else {
                    place.entry.x = frame.x;
                    place.exit.x = frame.right();
                }
            }
            self.frames.push(frame);
        }
        self
    }

    fn down(flow: &'f Flow, inner: Rect, needs: &[Need]) -> Self {
        let mut y = inner.y;
        let between = if needs.len() > 3 { CLOSE_DOWN } else { GAP_DOWN };
        let mut places = Vec::new();
        for (number, (tier, need)) in flow.tiers.iter().zip(needs).enumerate() {
            if number > 0 {
                y += between;
            }
            let n = tier.nodes.len();
            let queue = need.grid.map_or(0.0, |grid| {
                grid.along as f32 * SLOT_DOWN + QUEUE_GAP + if grid.long { MORE } else { 0.0 }
            });
            let pitch = inner.w / n.max(1) as f32;
            let gap = if need.size == Size::Full { 8.0 } else { 6.0 };
            let most = if n == 1 { 190.0 } else { 150.0 };
            let wide = libm::floorf((pitch - gap).min(most).max(1.0));
            let rows = if need.workers.1 > 0.0 && wide < BESIDE { need.workers.1 + 4.0 } else { 0.0 };
            let tall = rows + if need.size == Size::Full { 50.0 } else { 26.0 };
            let mut bottom = y + queue + tall;
            for (k, node) in tier.nodes.iter().enumerate() {
                let mut area;
                if let Some(size) = need.size.cell() {
                    area = cell(k, n, inner.w, need.size, size);
                    area.x += inner.x;
                    area.y += y;
                    bottom = bottom.max(area.bottom());
                    if k == 0 {
                        bottom = area.bottom();
                    }
                } else {
                    let middle = inner.x + pitch * (k as f32 + 0.5);
                    area = Rect::new(libm::roundf(middle - wide / 2.0), libm::roundf(y + queue), wide, tall);
                }
                let middle = area.centre().x;
                let mut place = Place {
                    node,
                    tier: number,
                    size: need.size,
                    area,
                    queue: None,
                    entry: at(middle, area.y),
                    straight: y,
                    exit: at(middle, area.bottom()),
                    badge_above: false,
                };
                if let Some(grid) = node.queue.as_ref().and_then(|slots| Grid::of(slots, need.size, true))
                    && need.size.cell().is_none()
                {
                    let (long, thick) = (grid.along as f32 * SLOT_DOWN, QUEUE_ACROSS.min(wide));
                    let thick = if grid.columns > 1 { (thick * 1.8).min(wide) } else { thick };
                    let (x, y) = (middle - thick / 2.0, area.y - QUEUE_GAP - long);
                    let more = Rect::new(area.x, y - MORE, wide, MORE);
                    place.queue = Some(QueuePlace { area: Rect::new(x, y, thick, long), grid, more });
                    place.entry.y = y - 4.0 - if grid.long { MORE } else { 0.0 };
                }
                places.push(place);
            }
            y = bottom;
        }
        Self { down: true, places, frames: Vec::new(), height: y - inner.y + 2.0 * MARGIN }.framed()
    }
}

/// Height of the workers of a node that stands in a row of its tier.
pub(super) fn worker_rows(total: u32, size: Size) -> f32 {
    worker_grid(total, size).map_or(8.0, |(_, rows, edge)| rows as f32 * edge)
}

fn columns(room: f32, pitch: f32) -> usize {
    ((room / pitch) as usize).max(1)
}

/// Cell `k` of `n` in a grid `room` wide, from the grid's upper left corner.
fn cell(k: usize, n: usize, room: f32, size: Size, (w, h): (f32, f32)) -> Rect {
    let gap = size.cell_gap();
    let columns = columns(room + gap, w + gap).min(n.max(1));
    let left = (room - columns as f32 * (w + gap) + gap).max(0.0) / 2.0;
    let (row, column) = (k / columns, k % columns);
    Rect::new(left + column as f32 * (w + gap), row as f32 * (h + gap), w.min(room), h)
}

fn links_within_a_tier(flow: &Flow) -> bool {
    let mut tiers: Vec<_> = flow
        .tiers
        .iter()
        .enumerate()
        .flat_map(|(number, tier)| tier.nodes.iter().map(move |node| (node.entity, number)))
        .collect();
    sort_by_key(&mut tiers, |tier| *tier);
    let tier =
        |entity| tiers.binary_search_by_key(&entity, |(node, _)| *node).ok().map(|found| tiers[found].1);
    flow.links.iter().any(|link| tier(link.from).is_some() && tier(link.from) == tier(link.to))
}
