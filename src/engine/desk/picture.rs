//! The picture: its layout, and selecting in it by pointer, touch and keyboard.

use super::markup::{attr, class, css, inside};
use super::protocol::{Patch, UserAction, find, nth, selector};
use super::state::FigureState;
use super::{ActionKind, BeforeChange, Desk, explain};
use crate::player::{EntityNames, InputKind};
use crate::scene::{Choice, LayoutOptions, Packet, Panel, Picture, Rect, Region, Scene, Words, at};
use crate::sim::{Entity, Span, Time, decimal};

/// How far from an entity a click still selects it, in CSS pixels. It makes targets of 24 pixels.
const REACH: f32 = 12.0;
/// Points of a drawn line that are looked at, and links that it does something to.
const MOST_POINTS: usize = 2_000;
const MOST_CROSSED: usize = 100;
/// What an invitation with its tip takes above a thing, as far as the picture's margin hasn't room for it; and how much of that
/// may lie over the thing itself.
const INVITATION: f32 = 36.0;
const OVER: f32 = 6.0;
/// What is so many times as wide as high is a line of text.
const LINE: f32 = 6.0;
/// Where picture and charts are painted, each on a canvas.
const PLACES: [&str; 2] = [class::PICTURE, class::CHARTS];

/// How fast the mean number of packets on a way follows what is there, a picture.
const SMOOTHING: f64 = 0.08;
/// Ways that a stream's dots go in a second, and most dots on one.
const STREAM_SPEED: f64 = 0.5;
const MOST_IN_STREAM: f64 = 16.0;

fn lay_out(scene: Option<&Scene>, words: &Words, width: u16, options: &LayoutOptions) -> Option<Picture> {
    let scene = scene.filter(|scene| !scene.panels.is_empty() && width > 0)?;
    Some(Picture::new(scene, words, width.into(), options))
}

impl Desk {
    /// Lays out picture and charts.
    pub(super) fn lay_out(&mut self, out: &mut Vec<Patch>) {
        let others = super::compare::pictures(self, out);
        let state = &self.state;
        let scene = state.frame.as_ref().map(|frame| &frame.scene);
        let own = [(scene, state.widths.0), (state.charts.as_ref(), state.widths.1)];
        let pictures = others.into_iter().zip(own).map(|(other, (scene, width))| {
            other.or_else(|| lay_out(scene, &state.words, width, &state.layout())).unwrap_or_default()
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
        self.state.draw_streams();
        self.unpainted = true;
    }

    /// Picture and charts, if they have changed since they were last taken for painting.
    pub fn take_unpainted(&mut self) -> Option<&[Picture; 2]> {
        core::mem::take(&mut self.unpainted).then_some(&self.state.pictures)
    }

    /// Picture and charts, for painting them again with other colours.
    pub fn pictures(&self) -> &[Picture; 2] {
        &self.state.pictures
    }

    /// Makes happen what an entity stands for, else selects it. Short-lived ones such as requests pause the figure, so that
    /// there is time to look at them.
    pub(super) fn press_entity(&mut self, who: Entity, before_change: BeforeChange) {
        if self.choose(who) {
            return;
        }
        if let Some(choice) = self.state.choice_at(who) {
            let change = InputKind::act(&choice.action, vec![choice.on]);
            return self.apply_change(change, before_change);
        }
        let spec = self.state.spec;
        let numbered =
            spec.kinds.get(usize::from(who.kind)).is_some_and(|kind| kind.names == EntityNames::Numbers);
        if numbered
            && !spec.actions.iter().any(|action| action.applies_to.contains(&who.kind))
            && self.state.playing
        {
            self.pause();
        }
        // The legend, say, would lie over what is said of it.
        self.extra_patches.extend(super::tools::close_drawers());
        self.select(Some(who));
    }

    /// Ends the selection and moves the focus back to the picture.
    pub(super) fn close_explanation(&mut self) {
        // The focus goes to what was explained.
        let state = &mut self.state;
        let button = state.focused_button;
        state.button_entities[button] = state.selected.or(state.button_entities[button]);
        self.select(None);
        self.extra_patches.push(Patch::Focus(nth(css(class::SPOT), button)));
    }

    pub(super) fn select(&mut self, who: Option<Entity>) {
        self.end_choosing();
        self.state.contributors = None;
        self.state.selected = who;
        self.state.explanation = None;
        self.state.since_explanation = f64::INFINITY;
        self.dirty.explanation = true;
        self.refresh_explanation();
    }

    /// Moves the focus from entity to entity with arrow keys.
    pub(super) fn move_focus(&mut self, key: &str) {
        let state = &mut self.state;
        // The compared run has the same entities, and the panel explains both.
        let regions = &state.pictures[0].regions;
        let regions = &regions[..regions.len().min(state.own_counts.0)];
        // Who is in several places is stopped at once, at the first.
        let is_first = |k: &usize| regions[..*k].iter().all(|other| other.entity != regions[*k].entity);
        let stops: Vec<usize> = (0..regions.len()).filter(is_first).collect();
        let Some(last) = stops.len().checked_sub(1) else { return };
        // Who is gone has left its place to the next.
        let here = state.button_entities[state.focused_button].map(|who| {
            let place = stops.iter().position(|&k| regions[k].entity == who);
            place.map_or_else(|| (state.focused_stop.min(last), true), |place| (place, false))
        });
        let row = here.and_then(|(here, _)| next_row(regions, &stops, here, key));
        let to = match (row, key, here) {
            (Some(row), ..) => row,
            (_, "ArrowRight" | "ArrowDown", Some((here, gone))) => (here + usize::from(!gone)).min(last),
            (_, "ArrowLeft" | "ArrowUp", Some((here, _))) => here.saturating_sub(1),
            (_, "End", _) => last,
            (_, "Home" | "ArrowRight" | "ArrowDown" | "ArrowLeft" | "ArrowUp", _) => 0,
            _ => return,
        };
        state.focused_stop = to;
        let (who, area) = (regions[stops[to]].entity, regions[stops[to]].area);
        let (from, to) = (state.focused_button, 1 - state.focused_button);
        state.focused_button = to;
        state.button_entities[to] = Some(who);
        let placed = state.focus_button_patches(to, who, area);
        self.extra_patches.extend(placed);
        self.extra_patches.extend(swap_tab_order(from, to));
        self.extra_patches.push(Patch::Focus(nth(css(class::SPOT), to)));
    }

    /// Does an action to all links that a line across the picture crosses, if there are any. The line begins on empty ground:
    /// what begins on a node is about that node.
    pub(super) fn draw_across(&mut self, user_action: &UserAction, before_change: BeforeChange) -> bool {
        let Some((_, action)) = self.state.spec.action(&user_action.variant) else { return false };
        if !action.by_drawing {
            return false;
        }
        let point = |pair: &str| {
            let (x, y) = pair.split_once(',')?;
            let (x, y) = (decimal::parse(x)? as f32, decimal::parse(y)? as f32);
            (x.is_finite() && y.is_finite()).then(|| at(x, y))
        };
        let line: Vec<_> = user_action.text.split(' ').take(MOST_POINTS).filter_map(point).collect();
        let picture = &self.state.pictures[0];
        if line.first().is_none_or(|first| picture.is_taken(*first)) {
            return false;
        }
        let mut targets = picture.crossed(&line);
        targets.retain(|who| action.applies_to.contains(&who.kind));
        targets.truncate(MOST_CROSSED);
        let any = !targets.is_empty();
        if any {
            self.take_up_invitation(ActionKind::Act);
            self.apply_change(InputKind::act(&action.id, targets), before_change);
        }
        any
    }

    /// Resets the tab order, which an earlier desk may have changed.
    pub(super) fn reset_focus(&mut self) {
        self.extra_patches.extend(swap_tab_order(1, 0));
    }

    /// Moves focus button and selection ring along with their entities.
    pub(super) fn write_focus(&mut self, out: &mut Vec<Patch>) {
        let state = &mut self.state;
        let (picture, own) = (&state.pictures[0], state.own_counts);
        let chosen =
            [(0, 0), own].map(|from| state.selected.and_then(|who| picture.area_of_after(who, from)));
        for (n, chosen) in chosen.into_iter().enumerate() {
            let ring = move || nth(css(class::RING), n);
            out.push(super::set_visible(ring(), chosen.is_some()));
            if let Some(area) = chosen {
                out.extend(set_bounds(ring, area.grow(4.0)));
            }
        }
        if core::mem::take(&mut state.reveals) {
            out.push(Patch::Reveal(nth(css(class::RING), 0)));
        }
        if let Some(area) = state.invites.and_then(|who| state.pictures[0].area_of(who)) {
            let invitation = || selector(class::INVITATION);
            // Below it where there is no room above, and not over the heading of a line of text.
            let below = area.y < INVITATION - OVER;
            let top = if below { area.bottom() } else { area.y.max(INVITATION) };
            for (class, is) in [("aside", area.w > LINE * area.h), ("below", below)] {
                out.push(Patch::Class(invitation(), class.into(), is));
            }
            for (side, at) in [("left", area.centre().x), ("top", top)] {
                out.push(Patch::Style(invitation(), side.into(), super::px(at)));
            }
            out.push(super::set_visible(invitation(), !state.masked));
        }
        super::choose::write(state, out);
        let n = state.focused_button;
        let there = state.button_entities[n].and_then(|who| Some((who, state.pictures[0].area_of(who)?)));
        // Who has gone leaves the focus to who has its place now.
        let regions = &state.pictures[0].regions;
        let next =
            || regions.get(state.focused_stop).or(regions.last()).map(|region| (region.entity, region.area));
        if let Some((who, area)) = there.or_else(next) {
            state.button_entities[n] = Some(who);
            out.extend(state.focus_button_patches(n, who, area));
        }
    }
}

/// Where Up and Down lead from a stop: to the nearest that lies wholly above or below. `None` where none does, and for other
/// keys: they go back and on.
fn next_row(regions: &[Region], stops: &[usize], here: usize, key: &str) -> Option<usize> {
    let from = regions[stops[here]].area;
    let mut nearest: Option<(f32, usize)> = None;
    for (k, &stop) in stops.iter().enumerate() {
        let to = regions[stop].area;
        let gap = match key {
            "ArrowDown" => to.y - from.bottom(),
            "ArrowUp" => from.y - to.bottom(),
            _ => return None,
        };
        let far = gap + (to.centre().x - from.centre().x).abs();
        if gap >= -1.0 && nearest.is_none_or(|(least, _)| far < least) {
            nearest = Some((far, k));
        }
    }
    nearest.map(|(_, k)| k)
}

/// Takes one button out of the tab order and puts the other in.
fn swap_tab_order(out: usize, within: usize) -> [Patch; 2] {
    let index = |n: usize, index: &str| {
        Patch::Attribute(nth(css(class::SPOT), n), "tabindex".into(), Some(index.into()))
    };
    [index(out, "-1"), index(within, "0")]
}

impl FigureState {
    /// Above life speed a packet would be here in one picture and there in the next. So streams are drawn instead: dots
    /// that move at a speed that the eye can follow, as dense as what is under way is on average.
    fn draw_streams(&mut self) {
        let fast = self.playing && self.speed > 1.0 && self.compared_controls.is_none();
        let frame = self.frame.as_ref().filter(|_| fast && !self.reduced_motion);
        let Some(frame) = frame else { return self.streams.clear() };
        for (_, mean) in &mut self.streams {
            *mean *= 1.0 - SMOOTHING;
        }
        let flows = frame.scene.panels.iter().filter_map(Panel::flow).map(|flow| &flow.packets);
        let now = frame.scene.time;
        for packet in flows.flatten().filter(|packet| packet.left <= now && now < packet.arrives) {
            let way = (packet.from, packet.to, packet.kind);
            match self.streams.iter_mut().find(|(other, _)| *other == way) {
                Some((_, mean)) => *mean += SMOOTHING,
                None => self.streams.push((way, SMOOTHING)),
            }
        }
        let (second, clock) = (Span::from_secs(1), Time::from_secs(1));
        let moved = self.play_position / self.speed * STREAM_SPEED;
        let mut dots = Vec::new();
        for &((from, to, kind), mean) in self.streams.iter().filter(|(_, mean)| *mean > SMOOTHING) {
            let count = libm::ceil(mean).min(MOST_IN_STREAM);
            for n in 0..count as u32 {
                let share = libm::fmod(moved + f64::from(n) / count, 1.0);
                let left = clock.back(Span::from_secs_f64(share));
                dots.push(Packet { entity: from, from, to, left, arrives: left + second, kind });
            }
        }
        self.pictures[0].place_packets(&dots, clock);
    }

    /// How its pictures are laid out.
    pub fn layout(&self) -> LayoutOptions {
        LayoutOptions { handles: self.spec.acted_on(), ..LayoutOptions::default() }
    }

    pub fn entity_at(&self, (x, y): (f32, f32)) -> Option<Entity> {
        self.pictures[0].entity_at(x, y, REACH)
    }

    /// What an entity stands for, in words: what pressing it makes happen, if anything.
    pub fn says_choice(&self, who: Entity) -> Option<String> {
        self.choice_at(who).map(|choice| self.say(&choice.says))
    }

    /// What can happen next and is made to by pressing an entity.
    fn choice_at(&self, who: Entity) -> Option<&Choice> {
        self.frame.as_ref()?.scene.choices.iter().find(|choice| choice.pressed == who)
    }

    fn focus_button_patches(&self, n: usize, who: Entity, area: Rect) -> impl Iterator<Item = Patch> + use<> {
        let area = area.grow((24.0 - area.w.min(area.h)).max(0.0) / 2.0);
        let set = |name: &'static str, value: String| {
            Patch::Attribute(nth(css(class::SPOT), n), name.into(), Some(value))
        };
        let chosen = self.choosing.as_ref().map(|choosing| choosing.has(who).to_string());
        let pressed = Patch::Attribute(nth(css(class::SPOT), n), "aria-pressed".into(), chosen);
        let label = self.says_choice(who).unwrap_or_else(|| self.words.name(who));
        [set("aria-label", label), set(attr::ON, explain::entity_attribute(who)), pressed]
            .into_iter()
            .chain(set_bounds(move || nth(css(class::SPOT), n), area))
    }
}

/// Patches that place an element over an area of the picture.
fn set_bounds<F: Fn() -> super::Selector>(of: F, area: Rect) -> impl Iterator<Item = Patch> + use<F> {
    bounds(area).into_iter().map(move |(side, length)| Patch::Style(of(), side.into(), length))
}

/// The style that places an element over an area of the picture.
pub(super) fn bounds(area: Rect) -> [(&'static str, String); 4] {
    [("left", area.x), ("top", area.y), ("width", area.w), ("height", area.h)]
        .map(|(side, length)| (side, super::px(length)))
}
