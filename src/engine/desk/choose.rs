//! Choosing several entities in the picture for an action that takes them: its button begins the choice, then a click or
//! Enter on an entity chooses it or lets it go, and a second button does the action. So it works in the same way by
//! pointer, by touch and by keyboard.

use super::action_kind::ActionKind;
use super::markup::{attr, class, css, inside};
use super::picture::bounds;
use super::protocol::{Patch, UserAction, button, element, find, nth, selector};
use super::state::FigureState;
use super::{BeforeChange, Desk, explain, text};
use crate::player::{Action, InputKind, Value, ValueKind};
use crate::scene::capitalize;
use crate::sim::Entity;

/// The entities that are being chosen.
pub(super) struct Choosing {
    action: &'static Action,
    target: Entity,
    chosen: Vec<Entity>,
}

impl Choosing {
    /// Kind, and how many at least and at most.
    fn bounds(&self) -> (u8, usize, usize) {
        match self.action.arg {
            ValueKind::Entities { kind, at_least, at_most } => (kind, at_least.into(), at_most.into()),
            _ => (0, 0, 0),
        }
    }

    /// '2', or '1 to 3'.
    fn how_many(&self) -> String {
        let (_, least, most) = self.bounds();
        let (least, most) = (least.to_string(), most.to_string());
        if least == most { least } else { text::fill(text::CHOOSE_TO, &[&least, &most]) }
    }

    /// Whether an entity is chosen.
    pub fn has(&self, who: Entity) -> bool {
        self.chosen.contains(&who)
    }
}

impl Desk {
    /// Begins to choose. The keyboard goes to the picture.
    pub(super) fn begin_choosing(&mut self, action: &UserAction) {
        let spec = self.state.spec;
        let (Some(target), Some((_, action))) =
            (explain::parse_entity(&action.target), spec.action(&action.variant))
        else {
            return;
        };
        let takes = matches!(action.arg, ValueKind::Entities { .. });
        if !takes || !action.applies_to.contains(&target.kind) {
            return;
        }
        if self.state.selected != Some(target) {
            self.select(Some(target));
        }
        let choosing = Choosing { action, target, chosen: Vec::new() };
        let kind = spec.kinds.get(usize::from(choosing.bounds().0)).map_or("", |kind| kind.id.as_ref());
        let says =
            text::fill(text::CHOOSE, &[&action.label, &choosing.how_many(), &self.state.words.word(kind)]);
        let parts = vec![
            element("p", "").text(&says),
            element("p", class::CHOICE).attr("role", "status").text(text::CHOSEN_NONE),
            button("", ActionKind::Chosen, &action.label),
            button("quiet", ActionKind::CloseExplanation, text::CANCEL),
        ];
        self.state.choosing = Some(choosing);
        self.dirty.picture = true;
        self.extra_patches.push(Patch::Children(selector(class::ACTIONS), parts));
        self.extra_patches.push(Patch::Focus(nth(css(class::SPOT), self.state.focused_button)));
    }

    /// Chooses an entity, or lets it go. False where nothing is being chosen.
    pub(super) fn choose(&mut self, who: Entity) -> bool {
        let state = &mut self.state;
        let Some(choosing) = &mut state.choosing else { return false };
        let (kind, _, most) = choosing.bounds();
        let says = if choosing.has(who) {
            choosing.chosen.retain(|other| *other != who);
            None
        } else if who.kind == kind && choosing.chosen.len() < most {
            choosing.chosen.push(who);
            None
        } else {
            let kind = state.spec.kinds.get(usize::from(kind)).map_or("", |kind| kind.id.as_ref());
            let (kind, who) = (state.words.word(kind), capitalize(state.words.name(who)));
            Some(text::fill(text::NOT_CHOOSABLE, &[&who, &choosing.how_many(), &kind]))
        };
        let names: Vec<String> = choosing.chosen.iter().map(|who| state.words.name(*who)).collect();
        let chosen = if names.is_empty() {
            text::CHOSEN_NONE.to_owned()
        } else {
            text::fill(text::CHOSEN, &[&names.join(", ")])
        };
        let says = [chosen.as_str(), says.as_deref().unwrap_or_default()].join(". ");
        self.say_chosen(says.trim_end_matches(". "));
        self.dirty.picture = true;
        true
    }

    fn say_chosen(&mut self, says: &str) {
        self.extra_patches.push(Patch::Text(selector(class::CHOICE), says.to_owned()));
    }

    /// Does the action with what was chosen, or says that it isn't enough.
    pub(super) fn act_on_chosen(&mut self, before_change: BeforeChange) {
        let Some(choosing) = &self.state.choosing else { return };
        let arg = Value::Entities(choosing.chosen.clone());
        if !choosing.action.arg.allows(&arg) {
            let says = text::fill(text::CHOOSE_MORE, &[&choosing.how_many()]);
            return self.say_chosen(&says);
        }
        let change =
            InputKind::Act { action: choosing.action.id.to_string(), targets: vec![choosing.target], arg };
        self.end_choosing();
        self.apply_change(change, before_change);
    }

    /// Ends the choice. The keyboard goes back to the button that began it.
    pub(super) fn end_choosing(&mut self) {
        let Some(choosing) = self.state.choosing.take() else { return };
        self.dirty.picture = true;
        self.extra_patches.push(Patch::Children(selector(class::CHOSEN), Vec::new()));
        if self.state.selected == Some(choosing.target) {
            let actions = explain::actions(&self.state, choosing.target);
            self.extra_patches.push(Patch::Children(selector(class::ACTIONS), actions));
            let way = super::markup::with(attr::WAY, &choosing.action.id);
            self.extra_patches.push(Patch::Focus(find(inside(class::ACTIONS, &way))));
        }
    }
}

/// The rings around what is chosen.
pub(super) fn write(state: &FigureState, out: &mut Vec<Patch>) {
    let Some(choosing) = &state.choosing else { return };
    let areas = choosing.chosen.iter().filter_map(|who| state.pictures[0].area_of(*who));
    let rings = areas.map(|area| {
        let ring = element("div", class::RING);
        bounds(area.grow(4.0)).into_iter().fold(ring, |ring, (side, length)| ring.styled(side, length))
    });
    out.push(Patch::Children(selector(class::CHOSEN), rings.collect()));
}
