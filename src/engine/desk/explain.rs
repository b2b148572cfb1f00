//! The explanation panel: actions on the selected entity, what it is doing, and what happened to it and why.

use super::action_kind::ActionKind;
use super::markup::{attr, class, css, inside, with};
use super::protocol::{NewElement, Patch, UserAction, button, element, find, selector};
use super::state::FigureState;
use super::tools::{moment_button, seek_button};
use super::{text, transport};
use crate::player::{Action, Explanation, InputKind, Pace, Value, ValueKind};
use crate::scene::Piece;
use crate::sim::{Entity, HistoryStep, Msg};

/// Steps shown: the latest.
const STEPS: usize = 40;

pub(super) fn write(state: &mut FigureState, out: &mut Vec<Patch>) {
    let panel = || selector(class::EXPLAIN);
    out.push(super::set_visible(panel(), state.selected.is_some()));
    let was = core::mem::replace(&mut state.explained_entity, state.selected);
    let Some(entity) = state.selected else { return };
    if was != Some(entity) {
        let name = state.title(entity);
        out.push(Patch::Attribute(panel(), "aria-label".into(), Some(name.clone())));
        let head = element("div", "fig-explain-head").with([
            element("h3", "").attr("tabindex", "-1").text(&name),
            button("quiet", ActionKind::CloseExplanation, text::CLOSE),
        ]);
        let actions = element("div", class::ACTIONS).with(actions(state, entity));
        out.push(Patch::Children(panel(), vec![head, actions, element("div", class::STORY)]));
        out.push(Patch::Focus(find(inside(class::EXPLAIN, "h3"))));
        state.reveals = true;
    }
    write_refusals(state, entity, out);
    let story = state.explanation.as_ref().map(|explanation| story(state, explanation));
    out.push(Patch::Children(selector(class::STORY), story.unwrap_or_default()));
}

/// Tells of each action that would be refused now why, on its button.
fn write_refusals(state: &mut FigureState, entity: Entity, out: &mut Vec<Patch>) {
    let refused = state.explanation.as_ref().map_or(&[][..], |told| &told.refused);
    let (were, are) = (state.refusals_shown, !refused.is_empty());
    // While somebody chooses for an action, other buttons stand there.
    if (!were && !are) || state.choosing.is_some() {
        return;
    }
    for (n, action) in (0..).zip(state.spec.actions.iter()) {
        if !action.applies_to.contains(&entity.kind) {
            continue;
        }
        let why = refused.iter().find(|(refused, _)| *refused == n).map(|(_, why)| state.say(why));
        let button = || find([&css(class::ACTIONS), " ", &with(attr::WAY, &action.id)].concat());
        let disabled = why.as_ref().map(|_| "true".to_owned());
        out.push(Patch::Attribute(button(), "aria-disabled".into(), disabled));
        out.push(Patch::Attribute(button(), "title".into(), why));
    }
    state.refusals_shown = are;
}

impl FigureState {
    /// What is said of an entity that isn't there at the moment shown: nothing can be done to it either.
    pub(super) fn absence_of(&self, entity: Entity) -> Explanation {
        let why = Msg::new("about-absent");
        let actions = 0..self.spec.actions.len() as u8;
        let refused = actions.map(|n| (n, why.clone())).collect();
        Explanation { entity, sentences: vec![why], steps: Vec::new(), refused }
    }
}

/// What can be done to the entity.
pub(super) fn actions(state: &FigureState, entity: Entity) -> Vec<NewElement> {
    let all = state.spec.actions.iter().filter(|action| action.applies_to.contains(&entity.kind));
    all.map(|action| action_button(entity, action)).collect()
}

/// A button for an action on the entity, with a field for the action's argument.
fn action_button(entity: Entity, action: &Action) -> NewElement {
    let does =
        if matches!(action.arg, ValueKind::Entities { .. }) { ActionKind::Choose } else { ActionKind::Act };
    let press =
        button("", does, &action.label).attr(attr::WAY, &action.id).attr(attr::ON, &entity_attribute(entity));
    let (offered, label, class) = match &action.arg {
        ValueKind::None | ValueKind::Entities { .. } => return press,
        ValueKind::Number(unit, _, _, offered) => {
            (unit.format(*offered), [&action.label, ", ", unit.noun()].concat(), "")
        }
        ValueKind::Text(_, offered) => (offered.to_string(), action.label.to_string(), "fig-text-field"),
    };
    element("span", "fig-action-with").with([
        press.attr(attr::WITH, &action.id),
        element("input", class)
            .attr("type", "text")
            .attr("autocomplete", "off")
            .attr("aria-label", &label)
            .attr(attr::WITH_OF, &action.id)
            .attr("value", &offered),
        element("span", class::ERROR).attr("role", "status").attr(attr::ERROR_OF, &action.id),
    ])
}

/// An entity as an attribute holds it.
pub(super) fn entity_attribute(entity: Entity) -> String {
    [&entity.kind.to_string(), ":", &entity.n.to_string()].concat()
}

/// The entity that an attribute holds.
pub(super) fn parse_entity(id: &str) -> Option<Entity> {
    let (kind, n) = id.split_once(':')?;
    Some(Entity::new(kind.parse().ok()?, n.parse().ok()?))
}

/// Reads an action from its button and the field beside it. A value that the action doesn't take is reported at the
/// field.
pub(super) fn parse_action(
    state: &FigureState,
    user_action: &UserAction,
    out: &mut Vec<Patch>,
) -> Option<InputKind> {
    let entity = parse_entity(&user_action.target)?;
    let (_, action) = state.spec.action(&user_action.variant)?;
    let typed = user_action.text.as_str();
    let arg = match &action.arg {
        ValueKind::None => Ok(Value::None),
        &ValueKind::Number(unit, min, max, _) => match unit.parse(typed) {
            Ok(n) if min <= n && n <= max => Ok(Value::Number(n)),
            Ok(_) => Err(text::fill(text::FROM_TO, &[&unit.format(min), &unit.format(max)])),
            Err(why) => Err(why.to_string()),
        },
        ValueKind::Text(limit, _) => {
            let value = Value::Text(typed.trim().to_owned());
            let too_long = || text::fill(text::TEXT_LIMIT, &[&limit.to_string()]);
            if action.arg.allows(&value) { Ok(value) } else { Err(too_long()) }
        }
        // They are chosen in the picture, which doesn't come by here.
        ValueKind::Entities { .. } => return None,
    };
    if !matches!(action.arg, ValueKind::None) {
        let place = find(with(attr::ERROR_OF, &action.id));
        out.push(Patch::Text(place, arg.as_ref().err().cloned().unwrap_or_default()));
    }
    let arg = arg.ok()?;
    Some(InputKind::Act { action: user_action.variant.clone(), targets: vec![entity], arg })
}

pub(super) fn story(state: &FigureState, explanation: &Explanation) -> Vec<NewElement> {
    let Explanation { sentences, steps, .. } = explanation;
    let words = &state.words;
    let mut parts: Vec<NewElement> =
        sentences.iter().map(|msg| sentence(element("p", ""), &words.pieces(msg))).collect();
    if !steps.is_empty() {
        let left_out = steps.len().saturating_sub(STEPS);
        let earlier = (left_out > 0)
            .then(|| element("li", "").text(&text::fill(text::STEPS_LEFT_OUT, &[&left_out.to_string()])));
        parts.push(element("h4", "").text(text::STEPS));
        let items = steps.iter().skip(left_out).map(|one| step(state, one));
        parts.push(element("ol", "fig-history").with(earlier).with(items));
    }
    if parts.is_empty() {
        parts.push(element("p", "").text(text::NOTHING_KNOWN));
    }
    parts
}

/// A sentence; what it names can be selected.
fn sentence(line: NewElement, pieces: &[Piece]) -> NewElement {
    pieces.iter().fold(line, |line, (text, who)| match who {
        Some(who) => line.with([entity_button_named(*who, text)]),
        None => line.text(text),
    })
}

/// One step of the history: when, what, and why.
fn step(state: &FigureState, step: &HistoryStep) -> NewElement {
    let words = &state.words;
    let mut what = sentence(element("span", "fig-what"), &words.sentence_pieces(&step.what));
    if let Some(why) = &step.why {
        let because = element("span", "fig-because").text(text::BECAUSE);
        what = what.with([sentence(because, &words.pieces(why))]);
    }
    let at = match state.spec.pace {
        Pace::Steps(_) => moment_button(state, step.time, "quiet fig-when"),
        // Steps of a request lie milliseconds apart.
        Pace::Continuous => seek_button(step.time, "quiet fig-when", &transport::clock_to_millis(step.time)),
    };
    element("li", "").with([at, what])
}

pub(super) fn entity_button(state: &FigureState, entity: Entity) -> NewElement {
    entity_button_named(entity, &state.words.name(entity))
}

/// A button that selects an entity.
pub(super) fn entity_button_named(entity: Entity, name: &str) -> NewElement {
    button("fig-entity", ActionKind::Select, name).attr(attr::ON, &entity_attribute(entity))
}
