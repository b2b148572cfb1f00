//! Numbers in the lesson's text that belong to the figure: a `span.live` shows a reading (see `readings`), a
//! `span.drag` can be dragged to move a control.

use super::markup::{attr, class, css, with};
use super::protocol::{Patch, UserAction, page_selector};
use super::state::FigureState;
use super::{BeforeChange, Desk, text};
use crate::player::{Control, InputKind, Slider, Value};

/// Says of the numbers that were read off the page's first run that they are of that run, while another is open.
pub(super) fn write_first_run_titles(state: &FigureState, out: &mut Vec<Patch>) {
    let selector = [&css(class::LIVE), &with(attr::FIGURE, &state.page_id), "[", attr::AT, "]"].concat();
    let title = (state.run != state.initial_view.run).then(|| text::OF_FIRST_RUN.to_owned());
    out.push(Patch::Attribute(page_selector(selector), "title".into(), title));
}

/// Writes the draggable numbers. The text's own number stays until its control is moved.
pub(super) fn write_controls(state: &FigureState, out: &mut Vec<Patch>) {
    for control in state.spec.controls.iter() {
        let (Some(slider), Value::Number(n)) = (Slider::of(control), state.value(control)) else { continue };
        let selector =
            [css(class::DRAG), with(attr::FIGURE, &state.page_id), with(attr::CONTROL, &control.id)].concat();
        let set = |name: &'static str, value: &str| {
            Patch::Attribute(page_selector(selector.clone()), name.into(), Some(value.to_owned()))
        };
        let says = control.show(&Value::Number(n));
        for (name, value) in [
            ("role", "slider"),
            ("tabindex", "0"),
            ("aria-label", &control.label),
            ("aria-valuemin", &plain(slider.min)),
            ("aria-valuemax", &plain(slider.max)),
            ("aria-valuenow", &plain(n)),
            ("aria-valuetext", &says),
        ] {
            out.push(set(name, value));
        }
        if state.run != state.initial_view.run {
            out.push(Patch::Text(page_selector(selector), says));
        }
    }
}

fn plain(n: f64) -> String {
    crate::sim::decimal::format(n, 3)
}

impl Desk {
    /// Starts dragging a number.
    pub(super) fn start_drag(&mut self, id: &str) {
        self.state.drag_start = self.state.number(id).map(|(_, n)| (id.to_owned(), n));
    }

    /// Drags a number: by so many steps from where the drag began.
    pub(super) fn drag(&mut self, action: &UserAction, before_change: BeforeChange) {
        let Some((id, from)) = self.state.drag_start.clone() else { return };
        if id == action.target
            && let Some((slider, _)) = self.state.number(&id)
        {
            self.set_number(id, slider.stepped(from, action.number), before_change);
        }
    }

    /// Moves a number by a key.
    pub(super) fn move_by_key(&mut self, action: &UserAction, before_change: BeforeChange) {
        let Some((slider, n)) = self.state.number(&action.target) else { return };
        let to = match action.text.as_str() {
            "ArrowLeft" | "ArrowDown" => slider.stepped(n, -1.0),
            "ArrowRight" | "ArrowUp" => slider.stepped(n, 1.0),
            "PageDown" => slider.stepped(n, -10.0),
            "PageUp" => slider.stepped(n, 10.0),
            "Home" => slider.min,
            "End" => slider.max,
            _ => return,
        };
        self.set_number(action.target.clone(), to, before_change);
    }

    fn set_number(&mut self, control: String, to: f64, before_change: BeforeChange) {
        self.apply_change(InputKind::Set { control, value: Value::Number(to) }, before_change);
    }
}

impl FigureState {
    /// A control that is a number, and its value.
    fn number(&self, id: &str) -> Option<(Slider, f64)> {
        let (_, control): (usize, &Control) = self.spec.control(id)?;
        let Value::Number(n) = self.value(control) else { return None };
        Some((Slider::of(control)?, n))
    }
}
