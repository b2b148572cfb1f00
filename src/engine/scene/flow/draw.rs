//! The marks of a flow, where the plan wants them.

use super::plan::{
    BESIDE, Place, Plan, QueuePlace, Size, name_size, worker_grid, worker_rows, workers_width,
};
use crate::scene::builder::{NOTE, PictureBuilder, SMALL, TextStyle, fill_role, link_ink, text_role};
use crate::scene::curve::Curve;
use crate::scene::mark::{Anchor, Ink, Point, Rect, Role, at};
use crate::scene::metrics::{self, Face};
use crate::scene::panel::{Badge, Flow, Slots, Status, Workers};
use crate::sim::Entity;
use crate::sim::sort::sort_by_key;

/// Half of the gap in a link that is cut, half a stroke across its end, and the shortest link that has one.
const GAP: f32 = 6.0;
const ACROSS: f32 = 6.0;
const CUT_FROM: f32 = 30.0;
/// Half the edge of the place around a link's middle that the keyboard goes to.
const MIDDLE: f32 = 12.0;

/// Draws the links, and returns the lines of those that are entities.
pub(super) fn links(
    flow: &Flow,
    plan: &Plan,
    way: fn(&Place, &Place, bool) -> Curve,
    builder: &mut PictureBuilder,
) -> Vec<(Entity, Curve)> {
    let mut lines: Vec<(usize, Entity, Curve)> = Vec::new();
    let mut by_entity: Vec<&Place> = plan.places.iter().collect();
    sort_by_key(&mut by_entity, |place| place.node.entity);
    let find = |entity| {
        let found = by_entity.binary_search_by_key(&entity, |place| place.node.entity).ok()?;
        Some(by_entity[found])
    };
    // Calm ones first, so that trouble lies on top.
    let mut links: Vec<_> = flow.links.iter().enumerate().collect();
    sort_by_key(&mut links, |(_, link)| match link.status {
        Status::Trouble => 2,
        Status::Down => 1,
        _ => 0,
    });
    let mut drawn = Vec::new();
    for (place, link) in links {
        let (Some(from), Some(to)) = (find(link.from), find(link.to)) else { continue };
        if link.from == link.to {
            continue;
        }
        let curve = way(from, to, plan.down);
        builder.links.add(link.from, link.to, curve);
        lines.extend(link.entity.map(|entity| (place, entity, curve)));
        // Links into a row of a grid end at the same place; one of them is drawn.
        let ends = (curve.points[0], curve.points[3], link.status);
        if from.size.is_cell() || to.size.is_cell() {
            if drawn.contains(&ends) {
                continue;
            }
            drawn.push(ends);
        }
        if link.status == Status::Down && link.entity.is_some() && curve.whole() >= CUT_FROM {
            cut(link.entity, &curve, builder);
            continue;
        }
        builder.curve(link.entity, &curve, link_ink(link.status));
    }
    for place in &plan.places {
        builder.links.node(place.node.entity, place.area.centre());
    }
    // The keyboard meets them in the flow's order, whatever their status.
    sort_by_key(&mut lines, |(place, ..)| *place);
    lines.into_iter().map(|(_, entity, curve)| (entity, curve)).collect()
}

/// A link that is cut: a gap in its middle, and a stroke across each end.
fn cut(entity: Option<Entity>, curve: &Curve, builder: &mut PictureBuilder) {
    let half = GAP / curve.whole();
    for (from, to, end) in [(0.0, 0.5 - half, 0.5 - half), (0.5 + half, 1.0, 0.5 + half)] {
        builder.curve(entity, &curve.part(from, to), Ink::line(Role::Muted, 1.5));
        let (p, direction) = curve.along(end);
        let by = ACROSS / libm::hypotf(direction.x, direction.y).max(f32::MIN_POSITIVE);
        let (dx, dy) = (-direction.y * by, direction.x * by);
        builder.path(entity, &[at(p.x - dx, p.y - dy), at(p.x + dx, p.y + dy)], Ink::line(Role::Ink, 2.0));
    }
}

/// Gives links that are entities their place in the focus order: behind all nodes.
pub(super) fn link_regions(lines: Vec<(Entity, Curve)>, builder: &mut PictureBuilder) {
    for (entity, curve) in &lines {
        let middle = curve.along(0.5).0;
        builder.region(*entity, Rect::new(middle.x, middle.y, 0.0, 0.0).grow(MIDDLE));
    }
    builder.lines.extend(lines);
}

pub(super) fn way(from: &Place, to: &Place, down: bool) -> Curve {
    if from.tier == to.tier {
        // Around the outside, from the far side of one to the far side of the other.
        let (a, b) = (from.exit, to.exit);
        let out = 36.0;
        return if down {
            Curve::new([a, at(a.x, a.y + out), at(b.x, b.y + out), b])
        } else {
            Curve::new([a, at(a.x + out, a.y), at(b.x + out, b.y), b])
        };
    }
    if from.tier < to.tier {
        bend(from.exit, to.entry, to.straight, down)
    } else {
        // Against the flow, on the way that a link with the flow would take.
        let there = bend(to.exit, from.entry, from.straight, down).points;
        Curve::new([there[3], there[2], there[1], there[0]])
    }
}

/// From `a` to `b` with both ends in the direction of the flow, bent before `straight` where that is nearer than `b`.
fn bend(a: Point, b: Point, straight: f32, down: bool) -> Curve {
    if down {
        let middle = f32::midpoint(a.y, b.y.min(straight));
        Curve::new([a, at(a.x, middle), at(b.x, middle), b])
    } else {
        let middle = f32::midpoint(a.x, b.x.min(straight));
        Curve::new([a, at(middle, a.y), at(middle, b.y), b])
    }
}

/// Height of a badge, and how far it lies over its box.
const BADGE: f32 = 15.0;
const OVER: f32 = 4.0;

pub(super) fn node(place: &Place, builder: &mut PictureBuilder) {
    let node = place.node;
    let area = place.area;
    let round = match place.size {
        Size::Full => 9.0,
        Size::Compact => 7.0,
        Size::Cell => 5.0,
        Size::Dot => 3.0,
    };
    // With the badge that hangs at its edge: a ring goes around both.
    let hangs = if node.badge.is_some() && place.size == Size::Full { BADGE - OVER } else { 0.0 };
    let above = if place.badge_above { hangs } else { 0.0 };
    builder.region(node.entity, Rect { y: area.y - above, h: area.h + hangs, ..area });
    if place.size == Size::Dot {
        let ink = match node.status {
            Status::Normal => Ink::line(Role::Muted, 1.0).on(Role::Raised),
            state => Ink::line(text_role(state), 1.0).on(fill_role(state)),
        };
        builder.rect(node.entity, area, round, ink);
        return;
    }
    builder.status_box(node.entity, area, round, node.status, node.shape);
    if matches!(place.size, Size::Full | Size::Compact) {
        builder.handle(node.entity, area, node.shape);
    }
    match place.size {
        Size::Full | Size::Compact if place.exit.y == area.bottom() && area.w < BESIDE => {
            below(place, builder);
        }
        Size::Full | Size::Compact => beside(place, builder),
        _ => cell(place, builder),
    }
    if let (Some(slots), Some(queue)) = (&node.queue, &place.queue) {
        let along_x = place.exit.y != area.bottom();
        draw_queue(place, slots, queue, along_x, builder);
    }
    if let Some(badge) = &node.badge {
        draw_badge(place, badge, builder);
    }
}

/// A cross and a few words that hang at an edge of a box. Where they don't fit, the first of them, which is the
/// number; on a small box only that, at its upper corner.
fn draw_badge(place: &Place, badge: &Badge, builder: &mut PictureBuilder) {
    /// Room for the cross, with its distance to both sides.
    const CROSS: f32 = 13.0;
    let (area, entity) = (place.area, place.node.entity);
    let full = place.size == Size::Full;
    if !full && place.size != Size::Compact {
        return;
    }
    let words = builder.say(&badge.label);
    let first = words.split(' ').next().unwrap_or_default();
    let wide = |text| metrics::width(text, SMALL.size, SMALL.face) + CROSS + 5.0;
    // What goes on downwards leaves from the middle of that edge.
    let down = !place.badge_above && place.exit.y == area.bottom();
    let room = if down { area.w / 2.0 - 8.0 } else { area.w };
    let text = if full && wide(&words) <= room { &words } else { first };
    // The number is shown whole, even if a line leaves behind it.
    let wide = wide(text).min(if full && text == first { area.w } else { room });
    let spot = if full {
        let x = if down { area.right() - wide } else { area.centre().x - wide / 2.0 };
        let y = if place.badge_above { area.y + OVER - BADGE } else { area.bottom() - OVER };
        Rect::new(libm::roundf(x), y, wide, BADGE)
    } else {
        Rect::new(area.right() - wide, area.y - 6.0, wide, BADGE)
    };
    let ink = match badge.status {
        Status::Trouble => Ink::line(Role::Trouble, 1.5).on(Role::TroubleTint),
        _ => Ink::line(Role::Line, 1.0).on(Role::Raised),
    };
    let role = text_role(badge.status);
    builder.rect(entity, spot, 4.0, ink);
    let y = spot.centre().y;
    builder.cross(entity, at(spot.x + CROSS / 2.0, y), 3.0, Ink::line(role, 1.5));
    builder.text(entity, at(spot.x + CROSS, y + 4.0), spot.w - CROSS, text, SMALL.role(role));
}

/// Name over note on the left, workers on the right.
fn beside(place: &Place, builder: &mut PictureBuilder) {
    let (node, area) = (place.node, place.area);
    let full = place.size == Size::Full;
    let total = node.workers.as_ref().map_or(0, |workers| workers.total);
    let name_type = TextStyle::new(name_size(place.size), Face::Bold, Role::Ink).role(text_role(node.status));
    let room = area.w - if total > 0 { workers_width(total, place.size) + 28.0 } else { 12.0 };
    let note = node.note.as_ref().filter(|_| full).map(|note| builder.say(note));
    let name = builder.say(&node.label);
    // A box without workers reads best with its words in the middle.
    let (x, anchor) =
        if total > 0 { (area.x + 12.0, Anchor::Start) } else { (area.centre().x, Anchor::Middle) };
    let middle = area.centre().y;
    match note {
        None => builder.text(node.entity, at(x, middle + 5.0), room, &name, name_type.anchor(anchor)),
        Some(note) => {
            let (first, second) = metrics::fit_two(&note, NOTE.size, NOTE.face, room);
            let top = if second.is_some() { middle - 12.0 } else { middle - 4.0 };
            builder.text(node.entity, at(x, top), room, &name, name_type.anchor(anchor));
            note_lines(place, builder, &note, (first, second), at(x, top + 17.0), anchor);
        }
    }
    if let Some(workers) = &node.workers
        && total > 0
    {
        let w = workers_width(total, place.size);
        let h = match worker_grid(total, place.size) {
            Some(_) => worker_rows(total, place.size).min(area.h - 8.0),
            None => area.h - 20.0,
        };
        let spot = Rect::new(area.right() - 10.0 - w, middle - h / 2.0, w, h);
        draw_workers(place, workers, spot, builder);
    }
}

/// Name, note and workers under each other, in the middle.
fn below(place: &Place, builder: &mut PictureBuilder) {
    let (node, area) = (place.node, place.area);
    let full = place.size == Size::Full;
    let room = area.w - 8.0;
    let x = area.centre().x;
    let total = node.workers.as_ref().map_or(0, |workers| workers.total);
    let rows = if total > 0 { worker_rows(total, place.size) + 4.0 } else { 0.0 };
    let words = Rect::new(area.x, area.y, area.w, area.h - rows);
    let name_type = TextStyle::new(name_size(place.size), Face::Bold, Role::Ink)
        .role(text_role(node.status))
        .anchor(Anchor::Middle);
    let name = builder.say(&node.label);
    let middle = words.centre().y;
    match node.note.as_ref().filter(|_| full).map(|note| builder.say(note)) {
        None => builder.text(node.entity, at(x, middle + 5.0), room, &name, name_type),
        Some(note) => {
            let (first, second) = metrics::fit_two(&note, SMALL.size, SMALL.face, room);
            let top = if second.is_some() { middle - 8.0 } else { middle - 2.0 };
            builder.text(node.entity, at(x, top), room, &name, name_type);
            note_lines(place, builder, &note, (first, second), at(x, top + 15.0), Anchor::Middle);
        }
    }
    if let Some(workers) = &node.workers
        && total > 0
    {
        let w = workers_width(total, place.size).min(area.w - 12.0);
        let w = if worker_grid(total, place.size).is_none() { area.w - 16.0 } else { w };
        let spot = Rect::new(x - w / 2.0, area.bottom() - rows - 2.0, w, rows - 4.0);
        draw_workers(place, workers, spot, builder);
    }
}

fn note_lines(
    place: &Place,
    builder: &mut PictureBuilder,
    note: &str,
    (first, second): (String, Option<String>),
    spot: Point,
    anchor: Anchor,
) {
    let down = place.exit.y == place.area.bottom();
    let set = if down { SMALL } else { NOTE }.anchor(anchor);
    let set = if place.node.status == Status::Trouble { set.role(Role::Trouble) } else { set };
    let cut = format!("{first}{}", second.as_deref().unwrap_or_default());
    let cut = cut.ends_with('…');
    builder.text(place.node.entity, spot, f32::INFINITY, &first, set);
    if let Some(second) = second {
        builder.text(place.node.entity, at(spot.x, spot.y + set.size * 1.2), f32::INFINITY, &second, set);
    }
    if cut {
        builder.last_text_in_full(note);
    }
}

/// A cell of a grid: its name, and two gauges: how full its queue is, how busy its workers are.
fn cell(place: &Place, builder: &mut PictureBuilder) {
    let (node, area) = (place.node, place.area);
    let name = builder.say(&node.label);
    let set = SMALL.role(text_role(node.status)).anchor(Anchor::Middle);
    let gauges = node.queue.is_some() || node.workers.is_some();
    let y = if gauges { area.y + 14.0 } else { area.centre().y + 4.0 };
    builder.text(node.entity, at(area.centre().x, y), area.w - 6.0, &name, set);
    let gauge = |builder: &mut PictureBuilder, y: f32, share: f32, role: Role| {
        let all = Rect::new(area.x + 6.0, y, area.w - 12.0, 4.0);
        builder.rect(node.entity, all, 2.0, Ink::fill(Role::Line));
        if share > 0.0 {
            let taken = Rect { w: (all.w * share.min(1.0)).max(3.0), ..all };
            builder.rect(node.entity, taken, 2.0, Ink::fill(role));
        }
    };
    if let Some(workers) = node.workers.as_ref().filter(|workers| workers.total > 0) {
        let share = workers.busy.len() as f32 / workers.total as f32;
        gauge(builder, area.bottom() - 7.0, share, Role::Ink);
    }
    if let Some(slots) = &node.queue {
        let share = slots.waiting.len() as f32 / slots.capacity.unwrap_or(20).max(1) as f32;
        gauge(builder, area.bottom() - 14.0, share, fill_role(slots.status));
    }
}

/// The slots of a queue; the next to be served stands nearest to the box and wears a cap, for it has waited longest.
fn draw_queue(place: &Place, slots: &Slots, queue: &QueuePlace, along_x: bool, builder: &mut PictureBuilder) {
    let grid = queue.grid;
    let capacity = slots.capacity.unwrap_or(u32::MAX);
    let drawn = (grid.along * grid.columns).min(capacity) as usize;
    let (long, thick) = if along_x { (queue.area.w, queue.area.h) } else { (queue.area.h, queue.area.w) };
    let (step, lane) = (long / grid.along as f32, thick / grid.columns as f32);
    let gap = (step * 0.22).min(3.0);
    let slot = |k: usize| {
        let (behind, side) =
            ((k as u32 / grid.columns) as f32, (grid.columns - 1 - k as u32 % grid.columns) as f32);
        // From the box's side backwards.
        let (a, b) = (
            long - (behind + 1.0) * step + gap / 2.0,
            side * lane + gap / 2.0 * (grid.columns > 1) as u8 as f32,
        );
        let (l, t) = (step - gap, lane - gap * (grid.columns > 1) as u8 as f32);
        if along_x {
            Rect::new(queue.area.x + a, queue.area.y + b, l, t)
        } else {
            Rect::new(queue.area.x + b, queue.area.y + a, t, l)
        }
    };
    let role = fill_role(slots.status);
    let empty = Ink::line(Role::Muted, 1.0);
    for k in slots.waiting.len()..drawn {
        builder.rect(place.node.entity, slot(k).grow(-0.5), 2.0, empty);
    }
    for (k, &who) in slots.waiting.iter().take(drawn).enumerate() {
        builder.rect(who, slot(k), 2.0, Ink::fill(role));
        builder.region(who, slot(k));
    }
    if let Some(&first) = slots.waiting.first() {
        let head = slot(0);
        let cap = if along_x {
            [at(head.x, head.bottom() + 3.0), at(head.right(), head.bottom() + 3.0)]
        } else {
            [at(head.right() + 3.0, head.y), at(head.right() + 3.0, head.bottom())]
        };
        builder.path(first, &cap, Ink::line(Role::Ink, 2.0));
    }
    let beyond = slots.waiting.len().saturating_sub(drawn);
    if beyond > 0 && grid.long {
        let text = format!("+{beyond}");
        let set = SMALL.role(text_role(slots.status));
        if along_x && place.size == Size::Compact {
            let spot = at(queue.more.right(), queue.more.centre().y + 4.0);
            builder.text(place.node.entity, spot, queue.more.w, &text, set.anchor(Anchor::End));
        } else if along_x {
            builder.text(
                place.node.entity,
                at(queue.more.x, queue.more.bottom() - 4.0),
                queue.more.w,
                &text,
                set,
            );
        } else {
            let spot = at(queue.more.centre().x, queue.more.bottom() - 4.0);
            builder.text(place.node.entity, spot, queue.more.w, &text, set.anchor(Anchor::Middle));
        }
    }
}

fn draw_workers(place: &Place, workers: &Workers, spot: Rect, builder: &mut PictureBuilder) {
    let node = place.node;
    let (busy_role, idle_role) = match node.status {
        Status::Down => (Role::Muted, Role::Muted),
        _ => (Role::Ink, Role::Muted),
    };
    let Some((columns, _, edge)) = worker_grid(workers.total, place.size) else {
        // Too many to draw: a gauge, filled from its beginning.
        let share = (workers.busy.len() as f32 / workers.total as f32).min(1.0);
        builder.rect(node.entity, spot, 3.0, Ink::line(idle_role, 1.0));
        let filled = if spot.w > spot.h {
            Rect { w: spot.w * share, ..spot }
        } else {
            Rect::new(spot.x, spot.bottom() - spot.h * share, spot.w, spot.h * share)
        };
        if share > 0.0 {
            builder.rect(node.entity, filled, 3.0, Ink::fill(busy_role));
        }
        return;
    };
    let size = edge * 0.8;
    for k in 0..workers.total {
        let (row, column) = (k / columns, k % columns);
        let square =
            Rect::new(spot.x + column as f32 * edge, spot.y + row as f32 * edge + edge * 0.1, size, size);
        match workers.busy.get(k as usize) {
            Some(&(who, _)) => {
                builder.rect(who, square, 2.5, Ink::fill(busy_role));
                builder.region(who, square);
            }
            None => builder.rect(node.entity, square.grow(-0.5), 2.5, Ink::line(idle_role, 1.0)),
        }
    }
}
