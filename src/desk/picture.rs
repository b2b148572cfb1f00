//! The picture: laid out for the widths that there are, and asked about by pointer, touch and keyboard.

use super::markup::{attr, class, css, inside};
use super::protocol::{Patch, find, nth};
use super::state::State;
use super::{Desk, explain};
use crate::player::Names;
use crate::scene::{Options, Picture, Rect, Scene, Words};
use crate::sim::Entity;

/// How far beside a thing a click still means it, in CSS pixels: targets of 24.
const REACH: f32 = 12.0;
/// Where picture and charts are painted, each on a canvas.
const PLACES: [&str; 2] = [class::PICTURE, class::CHARTS];

fn laid_out(scene: Option<&Scene>, words: &Words, width: u16) -> Option<Picture> {
    let scene = scene.filter(|scene| !scene.panels.is_empty() && width > 0)?;
    Some(Picture::new(scene, words, width.into(), &Options::default()))
}

impl Desk {
    /// Lays picture and charts out anew.
    pub(super) fn lay_out(&mut self, out: &mut Vec<Patch>) {
        let others = super::compare::pictures(self, out);
        let state = &self.state;
        let scene = state.frame.as_ref().map(|frame| &frame.scene);
        let own = [(scene, state.widths.0), (state.charts.as_ref(), state.widths.1)];
        let pictures = others.into_iter().zip(own).map(|(other, (scene, width))| {
            other.or_else(|| laid_out(scene, &state.words, width)).unwrap_or_default()
        });
        let pictures: [Picture; 2] =
            pictures.collect::<Vec<_>>().try_into().unwrap_or_else(|_| Default::default());
        for (place, (now, was)) in PLACES.into_iter().zip(pictures.iter().zip(&self.state.pictures)) {
            if (now.width, now.height) != (was.width, was.height) {
                out.push(Patch::Style(find(inside(place, "canvas")), "width".into(), super::px(now.width)));
                out.push(Patch::Style(find(inside(place, "canvas")), "height".into(), super::px(now.height)));
            }
        }
        self.state.pictures = pictures;
        self.unpainted = true;
    }

    /// Picture and charts, to be painted; `None` if they are those that were painted last.
    pub fn to_paint(&mut self) -> Option<&[Picture; 2]> {
        core::mem::take(&mut self.unpainted).then_some(&self.state.pictures)
    }

    /// The same whether or not they were painted: the colours may have changed.
    pub fn pictures(&self) -> &[Picture; 2] {
        &self.state.pictures
    }

    /// Selects what was chosen. What is gone in a moment stops time, so that it can be looked at.
    pub(super) fn choose(&mut self, who: Entity) {
        let spec = self.state.spec;
        let numbered = spec.kinds.get(usize::from(who.kind)).is_some_and(|kind| kind.names == Names::Numbers);
        if numbered && !spec.actions.iter().any(|action| action.on.contains(&who.kind)) && self.state.playing
        {
            self.pause();
        }
        self.select(Some(who));
    }

    /// Ends the selection, and gives the keyboard back to the picture.
    pub(super) fn close(&mut self) {
        self.select(None);
        self.extra.push(Patch::Focus(nth(css(class::SPOT), self.state.spot)));
    }

    pub(super) fn select(&mut self, who: Option<Entity>) {
        self.state.makers = None;
        self.state.selected = who;
        self.state.explanation = None;
        self.state.unexplained = f64::INFINITY;
        self.changed.explained = true;
        self.explain_again();
    }

    /// The keyboard's way through the picture: arrow keys go from thing to thing.
    pub(super) fn walk(&mut self, key: &str) {
        let state = &mut self.state;
        // A rival shows the same things, and the panel tells of both.
        let regions = &state.pictures[0].regions;
        let regions = &regions[..regions.len().min(state.own.0)];
        let here =
            state.spots[state.spot].and_then(|who| regions.iter().position(|region| region.entity == who));
        let Some(last) = regions.len().checked_sub(1) else { return };
        let to = match (key, here) {
            ("ArrowRight" | "ArrowDown", Some(here)) => (here + 1).min(last),
            ("ArrowLeft" | "ArrowUp", Some(here)) => here.saturating_sub(1),
            ("End", _) => last,
            ("Home" | "ArrowRight" | "ArrowDown" | "ArrowLeft" | "ArrowUp", _) => 0,
            _ => return,
        };
        let (who, area) = (regions[to].entity, regions[to].area);
        let (from, to) = (state.spot, 1 - state.spot);
        state.spot = to;
        state.spots[to] = Some(who);
        let placed = state.spot_at(to, who, area);
        self.extra.extend(placed);
        self.extra.extend(in_order(from, to));
        self.extra.push(Patch::Focus(nth(css(class::SPOT), to)));
    }

    /// The page may still have the order of a desk before this one.
    pub(super) fn begin_walk(&mut self) {
        self.extra.extend(in_order(1, 0));
    }

    /// Spot and ring stay with what they are about.
    pub(super) fn write_walk(&mut self, out: &mut Vec<Patch>) {
        let state = &mut self.state;
        let (picture, own) = (&state.pictures[0], state.own);
        let chosen = [(0, 0), own].map(|from| state.selected.and_then(|who| picture.find_from(who, from)));
        for (n, chosen) in chosen.into_iter().enumerate() {
            let ring = move || nth(css(class::RING), n);
            out.push(super::shown(ring(), chosen.is_some()));
            if let Some(area) = chosen {
                out.extend(laid(ring, area.grow(4.0)));
            }
        }
        let n = state.spot;
        let there = state.spots[n].and_then(|who| Some((who, state.pictures[0].find(who)?)));
        let first = || state.pictures[0].regions.first().map(|region| (region.entity, region.area));
        if let Some((who, area)) = there.or_else(first) {
            state.spots[n] = Some(who);
            out.extend(state.spot_at(n, who, area));
        }
    }
}

/// Of the two spots the second one stands in the page's order.
fn in_order(out: usize, within: usize) -> [Patch; 2] {
    let index =
        |n: usize, index: &str| Patch::Attr(nth(css(class::SPOT), n), "tabindex".into(), Some(index.into()));
    [index(out, "-1"), index(within, "0")]
}

impl State {
    pub fn pointed_at(&self, (x, y): (f32, f32)) -> Option<Entity> {
        self.pictures[0].at(x, y, REACH)
    }

    fn spot_at(&self, n: usize, who: Entity, area: Rect) -> impl Iterator<Item = Patch> + use<> {
        let area = area.grow((24.0 - area.w.min(area.h)).max(0.0) / 2.0);
        let set = |name: &'static str, value: String| {
            Patch::Attr(nth(css(class::SPOT), n), name.into(), Some(value))
        };
        [set("aria-label", self.words.name(who)), set(attr::ON, explain::id_of(who))]
            .into_iter()
            .chain(laid(move || nth(css(class::SPOT), n), area))
    }
}

/// Puts an element over a part of the picture.
fn laid<F: Fn() -> super::Part>(of: F, area: Rect) -> impl Iterator<Item = Patch> + use<F> {
    let sides = [("left", area.x), ("top", area.y), ("width", area.w), ("height", area.h)];
    sides.into_iter().map(move |(side, length)| Patch::Style(of(), side.into(), super::px(length)))
}
