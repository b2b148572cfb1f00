//! A scene laid out: one result for painting, hit test, focus order, stills and forced colours.

use super::builder::{PictureBuilder, Region};
use super::curve::{Curve, Dot, Links};
use super::mark::{Form, Mark, Point, Rect, at};
use super::metrics;
use super::panel::{Packet, Panel, Scene};
use super::words::Words;
use super::{chart, flow};
use crate::sim::{Entity, Time, clamp};

/// Room between two panels.
const GAP: f32 = 20.0;
/// Narrowest and widest picture; what is asked for beyond is cut to these.
const WIDTHS: (f32, f32) = (240.0, 4000.0);

/// What is to be laid out, beyond the scene itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LayoutOptions {
    /// Only the panel of this number; `None`: all of them. The page sets charts in another column than the flow.
    pub only: Option<usize>,
    /// Kinds of things that something can be done to, as a set of bits: their nodes wear a handle.
    pub handles: u64,
}

/// One panel of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelArea {
    /// Number of the scene's panel.
    pub panel: usize,
    /// Where it is.
    pub area: Rect,
    /// Which of the picture's marks are its own.
    pub marks: core::ops::Range<usize>,
}

/// A scene laid out for a width, in CSS pixels from the upper left corner.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// Width.
    pub width: f32,
    /// Height; depends on width and structure, not on values.
    pub height: f32,
    /// The panels.
    pub panels: Vec<PanelArea>,
    /// All that is painted but packets, first to last.
    pub marks: Vec<Mark>,
    /// Where every entity is, in reading order: this is also the focus order. An entity can be in several places.
    pub regions: Vec<Region>,
    /// Packets under way, painted over the marks.
    pub dots: Vec<Dot>,
    /// The lines of the links that are entities. Each also has a region, a small one around its middle.
    pub lines: Vec<(Entity, Curve)>,
    links: Links,
}

impl Picture {
    /// Lays `scene` out for a picture `width` CSS pixels wide (240 to 4,000).
    pub fn new(scene: &Scene, words: &Words, width: f32, options: &LayoutOptions) -> Self {
        let width = if width.is_finite() { clamp(width, WIDTHS.0, WIDTHS.1) } else { WIDTHS.0 };
        let mut builder =
            PictureBuilder { handles: options.handles, ..PictureBuilder::new(words, scene.time) };
        let mut areas = Vec::new();
        let chosen: Vec<(usize, &Panel)> = scene
            .panels
            .iter()
            .enumerate()
            .filter(|(k, _)| options.only.is_none_or(|only| only == *k))
            .filter(|(_, panel)| !matches!(panel, Panel::Table(_)))
            .collect();
        let mut y = 0.0;
        let mut rest = chosen.as_slice();
        while let Some((_, first)) = rest.first() {
            let widths = side_by_side(first, rest, width);
            let (row, after) = rest.split_at(widths.len());
            rest = after;
            if !areas.is_empty() {
                y += GAP;
            }
            let mut x = 0.0;
            let mut tallest: f32 = 0.0;
            for (w, &(panel, what)) in widths.into_iter().zip(row) {
                let marks = builder.marks.len();
                builder.panel = panel;
                let area = Rect::new(x, y, w, 0.0);
                x += w + GAP;
                let h = lay_out(what, area, &mut builder);
                areas.push(PanelArea { panel, area: Rect { h, ..area }, marks: marks..builder.marks.len() });
                tallest = tallest.max(h);
            }
            y += tallest;
        }
        builder.links.sort();
        let PictureBuilder { marks, regions, links, dots, lines, .. } = builder;
        let mut picture =
            Self { width, height: y.max(1.0), panels: areas, marks, regions, lines, links, dots };
        for (_, panel) in chosen {
            if let Some(flow) = panel.flow() {
                picture.add_packets(&flow.packets, scene.time);
            }
        }
        picture
    }

    /// Inserts another picture with its upper left corner at a point. Lookups find entities of this picture first.
    pub fn insert(&mut self, other: Self, dx: f32, dy: f32) {
        let marks = self.marks.len();
        // Its panels are others than those here.
        let panels = self.panels.iter().map(|panel| panel.panel + 1).max().unwrap_or(0);
        self.width = self.width.max(other.width + dx);
        self.height = self.height.max(other.height + dy);
        self.panels.extend(other.panels.into_iter().map(|panel| PanelArea {
            panel: panel.panel + panels,
            area: panel.area.shifted(dx, dy),
            marks: panel.marks.start + marks..panel.marks.end + marks,
        }));
        self.marks.extend(other.marks.into_iter().map(|mut mark| {
            mark.form.shift(dx, dy);
            mark
        }));
        let shifted = |p: Point| at(p.x + dx, p.y + dy);
        self.regions.extend(other.regions.into_iter().map(|it| Region {
            entity: it.entity,
            area: it.area.shifted(dx, dy),
            panel: it.panel + panels,
            line: it.line.map(|line| line.map(shifted)),
        }));
        self.lines.extend(other.lines.into_iter().map(|(entity, line)| (entity, line.shifted(dx, dy))));
        self.dots.extend(other.dots.into_iter().map(|dot| Dot { at: shifted(dot.at), ..dot }));
    }

    /// Takes the packets away and places these, as they are at `now`. Allocates nothing once there have been as many
    /// before: this is what an animation calls between two scenes.
    pub fn place_packets(&mut self, packets: &[Packet], now: Time) {
        self.dots.clear();
        self.add_packets(packets, now);
    }

    fn add_packets(&mut self, packets: &[Packet], now: Time) {
        self.dots.extend(packets.iter().filter_map(|packet| self.links.place(packet, now)));
    }

    /// The entity at a point: a packet before what is under it, a smaller area before a larger one, a link only where
    /// nothing else is. `reach` pixels beside still count (12 makes a target of 24), but what is hit exactly goes first.
    pub fn entity_at(&self, x: f32, y: f32, reach: f32) -> Option<Entity> {
        let p = at(x, y);
        let distance = |q: Point| libm::hypotf(q.x - p.x, q.y - p.y);
        let nearest = self.dots.iter().map(|dot| (distance(dot.at), dot.entity));
        let nearest = nearest.min_by(|a, b| a.0.total_cmp(&b.0));
        if let Some((d, entity)) = nearest
            && d <= 6.0
        {
            return Some(entity);
        }
        let within = |by: f32| {
            let hit = self.regions.iter().filter(move |region| region.distance(p) <= by);
            let hit = hit.filter(|region| !self.is_line(region.entity));
            hit.min_by(|a, b| a.size(p).total_cmp(&b.size(p))).map(|region| region.entity)
        };
        within(0.0)
            .or(nearest.filter(|(d, _)| *d <= reach).map(|(_, entity)| entity))
            .or_else(|| within(reach))
            .or_else(|| {
                let lines = self.lines.iter().map(|(entity, line)| (line.distance(p), *entity));
                let nearest = lines.min_by(|a, b| a.0.total_cmp(&b.0));
                nearest.filter(|(d, _)| *d <= reach).map(|(_, entity)| entity)
            })
    }

    fn is_line(&self, entity: Entity) -> bool {
        self.lines.iter().any(|(other, _)| *other == entity)
    }

    /// Whether something other than a link stands at a point.
    pub fn is_taken(&self, p: Point) -> bool {
        self.regions.iter().any(|region| region.area.contains(p) && !self.is_line(region.entity))
    }

    /// The links that are entities and that a line drawn from point to point crosses, each once, in the picture's order.
    pub fn crossed(&self, drawn: &[Point]) -> Vec<Entity> {
        let mut all = Vec::new();
        for (entity, line) in &self.lines {
            if !all.contains(entity) && drawn.windows(2).any(|piece| line.crosses(piece[0], piece[1])) {
                all.push(*entity);
            }
        }
        all
    }

    /// Where the entity is: its first region, else its packet.
    pub fn area_of(&self, entity: Entity) -> Option<Rect> {
        self.area_of_after(entity, (0, 0))
    }

    /// The same, without the first regions and packets.
    pub fn area_of_after(&self, entity: Entity, (regions, dots): (usize, usize)) -> Option<Rect> {
        let mut rest = self.regions.iter().skip(regions);
        let region = rest.find(|region| region.entity == entity).map(|region| region.area);
        region.or_else(|| {
            let dot = self.dots.iter().skip(dots).find(|dot| dot.entity == entity)?;
            Some(Rect::new(dot.at.x, dot.at.y, 0.0, 0.0).grow(6.0))
        })
    }

    /// What is wrong with the picture: labels that meet, text that is too small, marks or regions outside their panel,
    /// numbers that are none. Empty for a good picture; a property that tests hold over random scenes and every figure.
    pub fn problems(&self) -> Vec<String> {
        let mut found = Vec::new();
        let all = Rect::new(0.0, 0.0, self.width, self.height);
        for panel in &self.panels {
            if !panel.area.is_finite() || !all.encloses(&panel.area, 0.5) {
                found.push(format!("panel {} lies outside the picture: {:?}", panel.panel, panel.area));
            }
            let marks = &self.marks[panel.marks.clone()];
            for mark in marks {
                let bounds = mark.form.bounds();
                if !bounds.is_finite() || !mark.ink.width.is_finite() {
                    found.push(format!("panel {}: a mark that is nowhere: {mark:?}", panel.panel));
                } else if !panel.area.encloses(&bounds, 0.5) {
                    found.push(format!("panel {}: outside {:?}: {mark:?}", panel.panel, panel.area));
                }
            }
            let texts: Vec<_> = marks
                .iter()
                .filter_map(|mark| match &mark.form {
                    Form::Text(text) => Some((text, text.bounds())),
                    _ => None,
                })
                .collect();
            for (k, (text, bounds)) in texts.iter().enumerate() {
                if text.size < metrics::SMALLEST {
                    found.push(format!("'{}' is set in {} px", text.text, text.size));
                }
                for (other, others) in &texts[k + 1..] {
                    if bounds.grow(-0.25).overlaps(&others.grow(-0.25)) {
                        found.push(format!("'{}' meets '{}' at {bounds:?}", text.text, other.text));
                    }
                }
            }
            for region in self.regions.iter().filter(|region| region.panel == panel.panel) {
                if !region.area.is_finite() || !panel.area.encloses(&region.area, 0.5) {
                    found.push(format!("panel {}: a region outside: {region:?}", panel.panel));
                }
            }
        }
        for dot in &self.dots {
            if !(dot.at.x.is_finite() && dot.at.y.is_finite() && all.grow(0.5).contains(dot.at)) {
                found.push(format!("a packet outside: {dot:?}"));
            }
        }
        found
    }
}

/// Widths of the next panels that stand beside each other: panels of the same kind, programs and the values that they work
/// on, or peers in a ring and the cells that they hold, as many as find the room that they need. What is left over is shared
/// out.
fn side_by_side(first: &Panel, rest: &[(usize, &Panel)], width: f32) -> Vec<f32> {
    let need = |panel: &Panel| match panel {
        Panel::Listing(it) => super::listing::least_width(it).min(width),
        Panel::Values(_) => super::values::LEAST_WIDTH.min(width),
        Panel::Chart(_) => 300.0,
        Panel::Ring(_) => 280.0,
        Panel::Grid(_) if matches!(first, Panel::Ring(_)) => 340.0,
        Panel::Flow(_)
        | Panel::Table(_)
        | Panel::Lanes(_)
        | Panel::Grid(_)
        | Panel::Ladder(_)
        | Panel::States(_) => width,
    };
    let same = |(_, other): &&(usize, &Panel)| {
        core::mem::discriminant(*other) == core::mem::discriminant(first)
            || matches!(
                (first, other),
                (Panel::Listing(_), Panel::Values(_)) | (Panel::Ring(_), Panel::Grid(_))
            )
    };
    let mut needs: Vec<f32> = Vec::new();
    let mut left = width;
    for (_, panel) in rest.iter().take_while(same) {
        let more = need(panel) + if needs.is_empty() { 0.0 } else { GAP };
        if more > left && !needs.is_empty() {
            break;
        }
        needs.push(need(panel));
        left -= more;
    }
    let share = left / needs.len() as f32;
    needs.into_iter().map(|need| libm::floorf(need + share)).collect()
}

fn lay_out(panel: &Panel, area: Rect, builder: &mut PictureBuilder) -> f32 {
    match panel {
        Panel::Flow(flow) => flow::lay_out(flow, area, builder),
        Panel::Ring(it) => it.lay_out(area, builder),
        Panel::Chart(chart) => chart::lay_out(chart, area, builder),
        // Tables stand beside the picture, as text.
        Panel::Table(_) => 0.0,
        Panel::Lanes(it) => it.lay_out(area, builder),
        Panel::Listing(it) => it.lay_out(area, builder),
        Panel::Grid(it) => it.lay_out(area, builder),
        Panel::Values(it) => it.lay_out(area, builder),
        Panel::Ladder(it) => it.lay_out(area, builder),
        Panel::States(it) => it.lay_out(area, builder),
    }
}
