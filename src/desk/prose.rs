//! Numbers of the text that are tied to the figure: `span.live` tells what it reads (see `readings`), `span.drag` is a
//! number that one drags, and that moves a control.

use super::markup::{attr, class, css, with};
use super::protocol::{Deed, Patch, on_page};
use super::state::State;
use super::{Desk, Trying, text};
use crate::player::{Change, Control, Slider, Value};

/// The numbers that tell of the run that the page opened with: whether they still do.
pub(super) fn write_stale(state: &State, out: &mut Vec<Patch>) {
    let other = state.run != state.first.run;
    let selector = [&css(class::LIVE), &with(attr::FIGURE, &state.page_id), "[", attr::AT, "]"].concat();
    out.push(Patch::Class(on_page(selector.clone()), "stale".into(), other));
    let title = if other { text::OF_FIRST_RUN } else { "" };
    out.push(Patch::Attr(on_page(selector), "title".into(), Some(title.to_owned())));
}

/// The numbers that are dragged. The text's own number stands until the control is moved.
pub(super) fn write_controls(state: &State, out: &mut Vec<Patch>) {
    for control in state.spec.controls.iter() {
        let (Some(slider), Value::Number(n)) = (Slider::of(control), state.value(control)) else { continue };
        let selector =
            [css(class::DRAG), with(attr::FIGURE, &state.page_id), with(attr::CONTROL, &control.id)].concat();
        let set = |name: &'static str, value: &str| {
            Patch::Attr(on_page(selector.clone()), name.into(), Some(value.to_owned()))
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
        if state.run != state.first.run {
            out.push(Patch::Text(on_page(selector), says));
        }
    }
}

fn plain(n: f64) -> String {
    crate::sim::decimal::written(n, 3)
}

impl Desk {
    /// A number of the text is taken hold of.
    pub(super) fn hold(&mut self, id: &str) {
        self.state.held = self.state.number(id).map(|(_, n)| (id.to_owned(), n));
    }

    /// It is dragged: so many steps from where it was then.
    pub(super) fn drag(&mut self, deed: &Deed, trying: Trying) {
        let Some((id, from)) = self.state.held.clone() else { return };
        if id == deed.on
            && let Some((slider, _)) = self.state.number(&id)
        {
            self.set_number(id, slider.moved(from, deed.number), trying);
        }
    }

    /// It is moved by a key.
    pub(super) fn nudge(&mut self, deed: &Deed, trying: Trying) {
        let Some((slider, n)) = self.state.number(&deed.on) else { return };
        let to = match deed.text.as_str() {
            "ArrowLeft" | "ArrowDown" => slider.moved(n, -1.0),
            "ArrowRight" | "ArrowUp" => slider.moved(n, 1.0),
            "PageDown" => slider.moved(n, -10.0),
            "PageUp" => slider.moved(n, 10.0),
            "Home" => slider.min,
            "End" => slider.max,
            _ => return,
        };
        self.set_number(deed.on.clone(), to, trying);
    }

    fn set_number(&mut self, control: String, to: f64, trying: Trying) {
        self.change(Change::Set { control, value: Value::Number(to) }, trying);
    }
}

impl State {
    /// A control that is a number, and its value.
    fn number(&self, id: &str) -> Option<(Slider, f64)> {
        let (_, control): (usize, &Control) = self.spec.control(id)?;
        let Value::Number(n) = self.value(control) else { return None };
        Some((Slider::of(control)?, n))
    }
}
