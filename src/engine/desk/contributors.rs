//! From a reading to the entities that contributed to it.

use super::action_kind::ActionKind;
use super::markup::{class, inside};
use super::protocol::{Patch, button, element, find, selector};
use super::state::FigureState;
use super::{Desk, explain, text, tools, transport};
use crate::player::{Query, Reply};
use crate::sim::{Ending, Unit};

/// Lists the contributors in the explanation panel.
pub(super) fn write(state: &FigureState, out: &mut Vec<Patch>) {
    let Some((name, endings)) = &state.contributors else { return };
    let head = element("div", "fig-explain-head").with([
        element("h3", "").attr("tabindex", "-1").text(name),
        button("quiet", ActionKind::CloseExplanation, text::CLOSE),
    ]);
    let item = |it: &Ending| {
        let took = text::fill(text::TOOK, &[&Unit::Time.format(it.took.secs())]);
        element("li", "").with([
            tools::seek_button(it.time, "quiet fig-when", &transport::clock_to_millis(it.time)),
            element("span", "fig-what")
                .with([explain::entity_button(state, it.entity)])
                .text(" ")
                .text(&took),
        ])
    };
    let list = if endings.is_empty() {
        element("p", "").text(text::NOBODY_BEHIND)
    } else {
        element("ol", "fig-history").with(endings.iter().map(item))
    };
    out.push(super::set_visible(selector(class::EXPLAIN), true));
    out.push(Patch::Attribute(selector(class::EXPLAIN), "aria-label".into(), Some(name.clone())));
    out.push(Patch::Children(
        selector(class::EXPLAIN),
        vec![head, element("div", class::STORY).with([list])],
    ));
}

impl Desk {
    /// Shows the contributors of a reading.
    pub(super) fn show_contributors(&mut self, id: &str) {
        let Some(reading) = self.state.spec.reading(id) else { return };
        self.pause();
        let at = self.state.at;
        if let Reply::Contributors(endings) = self.ask(Query::Contributors { reading, at }) {
            self.select(None);
            let state = &mut self.state;
            let (declared, frame) = (&state.spec.readings[reading], state.frame.as_ref());
            let value = frame.and_then(|frame| frame.readings.get(reading).copied()).unwrap_or(f64::NAN);
            let when = transport::clock(at, state.spec.pace);
            let name = text::fill(text::BEHIND, &[&declared.label, &declared.unit.format(value), &when]);
            state.contributors = Some((name, endings));
            self.dirty.explanation = true;
            self.extra_patches.push(Patch::Focus(find(inside(class::EXPLAIN, "h3"))));
        }
    }
}
