//! What the learner can have happen next, and the search for the shortest way to a state that must never be.

use super::action_kind::ActionKind;
use super::explain::entity_attribute;
use super::markup::{attr, class, inside, with};
use super::notice::Notice;
use super::protocol::{NewElement, Patch, button, find, selector};
use super::state::FigureState;
use super::{Desk, text};
use crate::player::SearchResult;
use crate::scene::Choice;
use crate::sim::Entity;

/// States that a search goes on from at once.
const SLICE: usize = 200;

/// Writes a button for each choice. Buttons stay where they are while the run goes on, so that the focus does: what can't
/// happen now says so when it is pressed, only a choice that was never there before adds one, and those about what isn't in
/// the picture any more are hidden.
pub(super) fn write(state: &mut FigureState, out: &mut Vec<Patch>) {
    let Some(frame) = &state.frame else { return };
    let choices = &frame.scene.choices;
    if *choices == state.choices {
        return;
    }
    state.choices.clone_from(choices);
    let is_new = |choice: &&Choice| !state.choice_buttons.iter().any(|known| is_for(known, choice));
    let new: Vec<(String, Entity)> =
        choices.iter().filter(is_new).map(|choice| (choice.action.to_string(), choice.on)).collect();
    if !new.is_empty() {
        state.choice_buttons.extend(new);
        let all = state.choice_buttons.iter().map(|(action, on)| choice_button(action, *on)).collect();
        out.push(Patch::Children(selector(class::CHOICES), all));
    }
    for (action, on) in &state.choice_buttons {
        let place = || {
            let button = [with(attr::WAY, action), with(attr::ON, &entity_attribute(*on))].concat();
            find(inside(class::CHOICES, &button))
        };
        let choice = choices.iter().find(|choice| choice.action == *action && choice.on == *on);
        // What isn't in the picture any more isn't there, as a third thread when there are two.
        let picture = &state.pictures[0];
        let is_gone = choice.is_none() && !picture.regions.is_empty() && picture.area_of(*on).is_none();
        out.push(super::set_visible(place(), !is_gone));
        let disabled = choice.is_none().then(|| "true".to_owned());
        out.push(Patch::Attribute(place(), "aria-disabled".into(), disabled));
        let says = choice.map_or_else(|| state.words.name(*on), |choice| state.words.say(&choice.says));
        out.push(Patch::Text(place(), says));
    }
}

fn is_for((action, on): &(String, Entity), choice: &Choice) -> bool {
    choice.action == *action && choice.on == *on
}

fn choice_button(action: &str, on: Entity) -> NewElement {
    button("", ActionKind::Act, "").attr(attr::WAY, action).attr(attr::ON, &entity_attribute(on))
}

impl Desk {
    /// Begins to search for the shortest way to a state that must never be.
    pub(super) fn search(&mut self) {
        // From the start, and with the controls as they are now.
        let (spec, mut run) = (self.state.spec, self.state.run.clone());
        for control in spec.controls.iter() {
            let _ = run.set(spec, &control.id, &self.state.value(control));
        }
        let Some(begin) = self.figure().search else { return };
        match begin(self.figure(), &run) {
            Ok(search) => {
                self.search = Some(search);
                self.set_notice(Notice::plain(text::SEARCHING));
            }
            Err(why) => {
                let why = self.state.say(&why);
                self.set_notice(Notice::plain(why));
            }
        }
    }

    /// Searches on for a slice; whether there was something to do.
    pub(super) fn search_on(&mut self) -> bool {
        let Some(search) = &mut self.search else { return false };
        let Some(result) = search(SLICE) else { return true };
        self.search = None;
        let notice = match result {
            SearchResult::NoChoice => Notice::plain(text::NO_CHOICE),
            SearchResult::Never { states } => Notice::plain(text::fill(text::NO_WAY, &[&states.to_string()])),
            SearchResult::TooMany { states } => {
                Notice::plain(text::fill(text::TOO_MANY_WAYS, &[&states.to_string()]))
            }
            SearchResult::Way { view, steps, wrong } => {
                self.show_view(view);
                Notice::plain(text::fill(text::SHORTEST_WAY, &[&steps.to_string(), &self.state.say(&wrong)]))
            }
        };
        self.set_notice(notice);
        true
    }
}
