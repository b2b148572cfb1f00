//! What is selected: what can be done to it, what it is and does, and what happened to it and why.

use super::dom::{self, Make, button, make};
use super::live::{Live, State};
use super::menu::moment;
use super::{picture, text, transport};
use crate::player::{Action, Explanation, Pace, Value, ValueKind};
use crate::sim::{Entity, Step};
use web_sys::Element;

/// Steps shown at first: the latest.
const STEPS: usize = 40;

/// Shows the panel while something is selected.
pub fn attach(live: Live, root: &Element) {
    let Some(panel) = dom::find(root, ".fig-explain") else { return };
    let mut of = None;
    dom::follow(&[live.explained], move || {
        let selected = live.with(|state| state.selected);
        dom::show(&panel, selected.is_some());
        let Some(entity) = selected else {
            of = None;
            return dom::fill(&panel, []);
        };
        if of.replace(entity) != Some(entity) {
            let name = live.with(|state| {
                dom::fill(&panel, frame(state, entity));
                upper(&state.facts.words.name(entity))
            });
            dom::set(&panel, "aria-label", &name);
            if let Some(heading) = dom::find(&panel, "h3") {
                dom::focus(&heading);
            }
        }
        if let Some(place) = dom::find(&panel, ".fig-story") {
            let story = live.with(|state| state.explanation.as_ref().map(|it| story(state, it)));
            dom::fill(&place, story.into_iter().flatten());
        }
    });
}

/// Ends the selection, and gives the keyboard back to the picture.
pub fn close(live: Live) {
    live.select(None);
    picture::focus(live);
}

fn upper(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// Name and actions; the story comes when it is known.
fn frame(state: &State, entity: Entity) -> [Make; 3] {
    let name = upper(&state.facts.words.name(entity));
    let actions = state.spec().actions.iter().filter(|action| action.on.contains(&entity.kind));
    [
        make("div", "fig-explain-head")
            .with([make("h3", "").attr("tabindex", "-1").text(&name), button("quiet", "close", text::CLOSE)]),
        make("div", "fig-actions").with(actions.map(|action| deed(entity, action))),
        make("div", "fig-story"),
    ]
}

/// What can be done to it, right there.
fn deed(entity: Entity, action: &Action) -> Make {
    let press =
        button("", "act", &action.label).attr("data-action", &action.id).attr("data-entity", &id_of(entity));
    match action.arg {
        ValueKind::None => press,
        ValueKind::Number(unit, _, _, offered) => make("span", "fig-action-with").with([
            press,
            make("input", "")
                .attr("type", "text")
                .attr("autocomplete", "off")
                .attr("aria-label", &[&action.label, ", ", unit.noun()].concat())
                .attr("value", &unit.format(offered)),
            make("span", "fig-error").attr("role", "status"),
        ]),
    }
}

/// An entity as an attribute holds it.
pub fn id_of(entity: Entity) -> String {
    [&entity.kind.to_string(), ":", &entity.n.to_string()].concat()
}

/// The entity that an element names.
pub fn entity_of(element: &Element) -> Option<Entity> {
    let name = element.get_attribute("data-entity")?;
    let (kind, n) = name.split_once(':')?;
    Some(Entity::new(kind.parse().ok()?, n.parse().ok()?))
}

/// Does the action that a button names, with what stands in the field beside it.
pub fn act(live: Live, by: &Element) {
    let Some(entity) = entity_of(by) else { return };
    let id = by.get_attribute("data-action").unwrap_or_default();
    let arg = live.with(|state| state.spec().action(&id).map(|(_, action)| action.arg.clone()));
    let Some(arg) = arg else { return };
    let value = match arg {
        ValueKind::None => Value::None,
        ValueKind::Number(unit, min, max, _) => {
            let Some(place) = by.parent_element() else { return };
            let typed =
                dom::find(&place, "input").map_or_else(String::new, |field| dom::field(&field).value());
            let number = match unit.parse(&typed) {
                Ok(n) if min <= n && n <= max => Ok(n),
                Ok(_) => Err(text::put(text::FROM_TO, &[&unit.format(min), &unit.format(max)])),
                Err(why) => Err(why.to_string()),
            };
            if let Some(error) = dom::find(&place, ".fig-error") {
                dom::set_text(&error, number.as_ref().err().map_or("", String::as_str));
            }
            let Ok(number) = number else { return };
            Value::Number(number)
        }
    };
    live.act(&id, vec![entity], value);
}

fn story(state: &State, explanation: &Explanation) -> Vec<Make> {
    let Explanation { says, related, steps, .. } = explanation;
    let mut parts: Vec<Make> =
        says.iter().map(|msg| make("p", "").text(&state.facts.words.say(msg))).collect();
    if !related.is_empty() {
        let mut line = make("p", "fig-related").text(text::RELATED);
        for who in related {
            line = line.text(" ").with([named(state, *who)]);
        }
        parts.push(line);
    }
    if !steps.is_empty() {
        let left_out = steps.len().saturating_sub(STEPS);
        let earlier = (left_out > 0)
            .then(|| make("li", "").text(&text::put(text::STEPS_LEFT_OUT, &[&left_out.to_string()])));
        parts.push(make("h4", "").text(text::STEPS));
        let items = steps.iter().skip(left_out).map(|one| step(state, one));
        parts.push(make("ol", "fig-history").with(earlier).with(items));
    }
    if parts.is_empty() {
        parts.push(make("p", "").text(text::NOTHING_KNOWN));
    }
    parts
}

/// One step: when, what, where, and why, with whoever had a part in it.
fn step(state: &State, step: &Step) -> Make {
    let words = &state.facts.words;
    let mut what = make("span", "fig-what").text(&upper(&words.say(&step.what)));
    if let Some(place) = step.place {
        what = what.text(" · ").with([named(state, place)]);
    }
    if let Some(because) = &step.because {
        let why = text::put(text::BECAUSE, &[&words.say(&because.rule)]);
        let party = because.party.map(|party| named(state, party));
        what = what.with([make("span", "fig-because").text(&why).text(" ").with(party)]);
    }
    let at = match state.spec().pace {
        Pace::Steps(_) => moment(state, step.time, "quiet fig-when"),
        // Steps of a request lie milliseconds apart.
        Pace::Continuous => button("quiet fig-when", "seek", &transport::clock_to_millis(step.time))
            .attr("data-at", &step.time.nanos().to_string()),
    };
    make("li", "").with([at, what])
}

fn named(state: &State, entity: Entity) -> Make {
    link(entity, &state.facts.words.name(entity))
}

/// A button that asks about an entity.
pub fn link(entity: Entity, name: &str) -> Make {
    button("fig-entity", "select", name).attr("data-entity", &id_of(entity))
}
