//! What is selected: what can be done to it, what it is and does, and what happened to it and why.

use super::action_kind::ActionKind;
use super::markup::{attr, class, inside, with};
use super::moments::{moment, seek};
use super::protocol::{Deed, Node, Patch, button, find, node, part};
use super::state::State;
use super::{text, transport};
use crate::player::{Action, Change, Explanation, Pace, Value, ValueKind};
use crate::scene::capital;
use crate::sim::{Entity, Step};

/// Steps shown at first: the latest.
const STEPS: usize = 40;

pub(super) fn write(state: &mut State, out: &mut Vec<Patch>) {
    let panel = || part(class::EXPLAIN);
    out.push(super::shown(panel(), state.selected.is_some()));
    let was = core::mem::replace(&mut state.panel_of, state.selected);
    let Some(entity) = state.selected else { return };
    if was != Some(entity) {
        let name = state.title(entity);
        out.push(Patch::Attr(panel(), "aria-label".into(), Some(name.clone())));
        let actions = state.spec.actions.iter().filter(|action| action.on.contains(&entity.kind));
        let head = node("div", "fig-explain-head").with([
            node("h3", "").attr("tabindex", "-1").text(&name),
            button("quiet", ActionKind::CloseExplanation, text::CLOSE),
        ]);
        let actions = node("div", "fig-actions").with(actions.map(|action| deed(entity, action)));
        out.push(Patch::Fill(panel(), vec![head, actions, node("div", class::STORY)]));
        out.push(Patch::Focus(find(inside(class::EXPLAIN, "h3"))));
    }
    let story = state.explanation.as_ref().map(|explanation| story(state, explanation));
    out.push(Patch::Fill(part(class::STORY), story.unwrap_or_default()));
}

/// What can be done to it, right there.
fn deed(entity: Entity, action: &Action) -> Node {
    let press =
        button("", ActionKind::Act, &action.label).attr(attr::WAY, &action.id).attr(attr::ON, &id_of(entity));
    match action.arg {
        ValueKind::None => press,
        ValueKind::Number(unit, _, _, offered) => node("span", "fig-action-with").with([
            press.attr(attr::WITH, &action.id),
            node("input", "")
                .attr("type", "text")
                .attr("autocomplete", "off")
                .attr("aria-label", &[&action.label, ", ", unit.noun()].concat())
                .attr(attr::WITH_OF, &action.id)
                .attr("value", &unit.format(offered)),
            node("span", class::ERROR).attr("role", "status").attr(attr::ERROR_OF, &action.id),
        ]),
    }
}

/// An entity as an attribute holds it.
pub(super) fn id_of(entity: Entity) -> String {
    [&entity.kind.to_string(), ":", &entity.n.to_string()].concat()
}

/// The entity that an attribute holds.
pub(super) fn entity(id: &str) -> Option<Entity> {
    let (kind, n) = id.split_once(':')?;
    Some(Entity::new(kind.parse().ok()?, n.parse().ok()?))
}

/// The action that a button names, with what stands in the field beside it; if that is none, it is said there.
pub(super) fn action(state: &State, deed: &Deed, out: &mut Vec<Patch>) -> Option<Change> {
    let entity = entity(&deed.on)?;
    let (_, action) = state.spec.action(&deed.way)?;
    let arg = match action.arg {
        ValueKind::None => Value::None,
        ValueKind::Number(unit, min, max, _) => {
            let number = match unit.parse(&deed.text) {
                Ok(n) if min <= n && n <= max => Ok(n),
                Ok(_) => Err(text::put(text::FROM_TO, &[&unit.format(min), &unit.format(max)])),
                Err(why) => Err(why.to_string()),
            };
            let place = find(with(attr::ERROR_OF, &action.id));
            out.push(Patch::Text(place, number.as_ref().err().cloned().unwrap_or_default()));
            Value::Number(number.ok()?)
        }
    };
    Some(Change::Act { action: deed.way.clone(), on: vec![entity], arg })
}

pub(super) fn story(state: &State, explanation: &Explanation) -> Vec<Node> {
    let Explanation { says, related, steps, .. } = explanation;
    let mut parts: Vec<Node> = says.iter().map(|msg| node("p", "").text(&state.say(msg))).collect();
    if !related.is_empty() {
        let line = node("p", "fig-related").text(text::RELATED);
        parts.push(related.iter().fold(line, |line, who| line.text(" ").with([named(state, *who)])));
    }
    if !steps.is_empty() {
        let left_out = steps.len().saturating_sub(STEPS);
        let earlier = (left_out > 0)
            .then(|| node("li", "").text(&text::put(text::STEPS_LEFT_OUT, &[&left_out.to_string()])));
        parts.push(node("h4", "").text(text::STEPS));
        let items = steps.iter().skip(left_out).map(|one| step(state, one));
        parts.push(node("ol", "fig-history").with(earlier).with(items));
    }
    if parts.is_empty() {
        parts.push(node("p", "").text(text::NOTHING_KNOWN));
    }
    parts
}

/// One step: when, what, where, and why, with whoever had a part in it.
fn step(state: &State, step: &Step) -> Node {
    let mut what = node("span", "fig-what").text(&capital(state.say(&step.what)));
    if let Some(place) = step.place {
        what = what.text(" · ").with([named(state, place)]);
    }
    if let Some(because) = &step.because {
        let why = text::put(text::BECAUSE, &[&state.say(&because.rule)]);
        let party = because.party.map(|party| named(state, party));
        what = what.with([node("span", "fig-because").text(&why).text(" ").with(party)]);
    }
    let at = match state.spec.pace {
        Pace::Steps(_) => moment(state, step.time, "quiet fig-when"),
        // Steps of a request lie milliseconds apart.
        Pace::Continuous => seek(step.time, "quiet fig-when", &transport::clock_to_millis(step.time)),
    };
    node("li", "").with([at, what])
}

pub(super) fn named(state: &State, entity: Entity) -> Node {
    link(entity, &state.words.name(entity))
}

/// A button that asks about an entity.
pub(super) fn link(entity: Entity, name: &str) -> Node {
    button("fig-entity", ActionKind::Select, name).attr(attr::ON, &id_of(entity))
}
