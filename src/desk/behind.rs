//! From a number to those who made it what it is.

use super::action_kind::ActionKind;
use super::markup::{class, inside};
use super::protocol::{Patch, button, find, node, part};
use super::state::State;
use super::{Desk, explain, moments, text, transport};
use crate::player::{Answer, Ask};
use crate::sim::{Ending, Unit};

/// Writes who it is, in the place where somebody is explained.
pub(super) fn write(state: &State, out: &mut Vec<Patch>) {
    let Some((reading, endings)) = &state.makers else { return };
    let reading = &state.spec.readings[*reading];
    let value = state
        .frame
        .as_ref()
        .and_then(|frame| Some(reading.unit.format(*frame.readings.get(state.spec.reading(&reading.id)?)?)));
    let name = text::put(text::BEHIND, &[&reading.label, &value.unwrap_or_default()]);
    let head = node("div", "fig-explain-head").with([
        node("h3", "").attr("tabindex", "-1").text(&name),
        button("quiet", ActionKind::CloseExplanation, text::CLOSE),
    ]);
    let item = |it: &Ending| {
        let took = text::put(text::TOOK, &[&Unit::Time.format(it.took.secs())]);
        node("li", "").with([
            moments::seek(it.time, "quiet fig-when", &transport::clock_to_millis(it.time)),
            node("span", "fig-what").with([explain::named(state, it.entity)]).text(" ").text(&took),
        ])
    };
    let list = if endings.is_empty() {
        node("p", "").text(text::NOBODY_BEHIND)
    } else {
        node("ol", "fig-history").with(endings.iter().map(item))
    };
    out.push(super::shown(part(class::EXPLAIN), true));
    out.push(Patch::Attr(part(class::EXPLAIN), "aria-label".into(), Some(name)));
    out.push(Patch::Fill(part(class::EXPLAIN), vec![head, node("div", class::STORY).with([list])]));
}

impl Desk {
    /// Asks who is behind a reading.
    pub(super) fn behind(&mut self, id: &str) {
        let Some(reading) = self.state.spec.reading(id) else { return };
        self.pause();
        let at = self.state.at;
        if let Answer::Behind(endings) = self.ask(Ask::Behind { reading, at }) {
            self.select(None);
            self.state.makers = Some((reading, endings));
            self.changed.explained = true;
            self.extra.push(Patch::Focus(find(inside(class::EXPLAIN, "h3"))));
        }
    }
}
