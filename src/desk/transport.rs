//! Play, the time line with what happened on it, the speed.

use super::action_kind::ActionKind;
use super::markup::{attr, class, inside};
use super::protocol::{Node, Patch, find, node, part};
use super::state::State;
use super::{percent, text};
use crate::player::{Change, Input, MarkerKind, Pace};
use crate::sim::Time;

/// Most marks drawn on the time line; of more, those that fall together with others are left out.
const MARKS: u64 = 200;
/// Places of the time line's slider, where time is continuous: fine enough for a pixel each.
pub const PLACES: f64 = 2_000.0;

/// The time as a clock shows it: `00:43.2`, or a step's number.
pub fn clock(at: Time, pace: Pace) -> String {
    match pace {
        Pace::Steps(step) => (at.nanos() / step.nanos()).to_string(),
        Pace::Continuous => minutes(at.nanos() / 100_000_000, 10),
    }
}

/// The time as a clock shows it that also has milliseconds: `00:43.217`.
pub(super) fn clock_to_millis(at: Time) -> String {
    minutes(at.nanos() / 1_000_000, 1000)
}

/// Minutes and seconds of so many parts, of which a second has ten or a thousand.
fn minutes(parts: u64, of: u64) -> String {
    let padded = |number: u64, digits: usize| {
        let number = number.to_string();
        [&"000"[..digits.saturating_sub(number.len())], &number].concat()
    };
    let fraction = padded(parts % of, if of == 10 { 1 } else { 3 });
    [&padded(parts / of / 60, 2), ":", &padded(parts / of % 60, 2), ".", &fraction].concat()
}

impl State {
    fn places(&self) -> f64 {
        match self.spec.pace {
            Pace::Steps(step) => (self.spec.until.nanos() / step.nanos()) as f64,
            Pace::Continuous => PLACES,
        }
    }

    /// The moment at a place of the time line's slider.
    pub fn on_line(&self, place: f64) -> Time {
        let share = crate::sim::within(place / self.places(), 0.0, 1.0);
        Time::from_nanos((self.spec.until.nanos() as f64 * share) as u64)
    }

    /// Where a key leads on the time line: arrow keys go by a hundredth of the run rather than by a pixel.
    pub fn stride(&self, key: &str) -> Option<Time> {
        let by = match key {
            "ArrowLeft" | "ArrowDown" => -0.01,
            "ArrowRight" | "ArrowUp" => 0.01,
            "PageDown" => -0.1,
            "PageUp" => 0.1,
            "Home" => return Some(Time::ZERO),
            "End" => return Some(self.spec.until),
            _ => return None,
        };
        let by = match self.spec.pace {
            Pace::Steps(step) if by < 0.0 => -step.secs(),
            Pace::Steps(step) => step.secs(),
            Pace::Continuous => by * self.spec.until.secs(),
        };
        Some(Time::from_secs_f64((self.target.secs() + by).max(0.0)))
    }
}

pub(super) fn write(state: &State, read: bool, out: &mut Vec<Patch>) {
    let spec = state.spec;
    let at = if state.playing { state.at } else { state.target };
    let share = at.secs() / spec.until.secs();
    out.push(Patch::Text(part(class::TIME), clock(state.at, spec.pace)));
    out.push(Patch::Style(part(class::LINE_DONE), "width".into(), percent(share)));
    if !read {
        return;
    }
    let from_start = state.untouched || state.at >= spec.until;
    let (words, icon) = match (state.playing, from_start) {
        (true, _) => (text::PAUSE, "icon-pause"),
        (false, true) => (text::PLAY_FROM_START, "icon-play"),
        (false, false) => (text::PLAY, "icon-play"),
    };
    for name in ["aria-label", "title"] {
        out.push(Patch::Attr(part(class::PLAY), name.into(), Some(words.to_owned())));
    }
    out.push(Patch::Attr(find(inside(class::PLAY, "span")), "class".into(), Some(icon.to_owned())));
    let line = || find(inside(class::LINE, "input"));
    // The browser's own slider is dear to move: not at every picture.
    out.push(Patch::Place(line(), libm::round(share * state.places())));
    let spoken = match spec.pace {
        Pace::Steps(_) => clock(at, spec.pace),
        Pace::Continuous => at.to_string(),
    };
    out.push(Patch::Attr(line(), "aria-valuetext".into(), Some(spoken)));
    let seen = percent(state.seen.secs() / spec.until.secs());
    out.push(Patch::Style(part(class::LINE_SEEN), "width".into(), seen));
    out.push(Patch::Class(part(class::SPEED), "slow".into(), state.slow));
    let title = if state.slow { text::SLOWER } else { "" };
    out.push(Patch::Attr(part(class::SPEED), "title".into(), Some(title.to_owned())));
}

/// What happened so far: changes of controls as ticks, faults as diamonds, what the model calls notable as dots.
pub(super) fn write_marks(state: &State, out: &mut Vec<Patch>) {
    let (spec, words) = (state.spec, &state.words);
    let mark = |class: &'static str, at: Time, says: &str| -> Node {
        node("span", class)
            .attr("title", says)
            .attr(attr::DO, ActionKind::Seek.name())
            .attr(attr::NUMBER, &at.nanos().to_string())
            .styled("left", percent(at.secs() / spec.until.secs()))
    };
    let input = |input: &Input| {
        let when = clock(input.at, spec.pace);
        let (class, says) = match &input.change {
            Change::Set { control: id, value } => {
                let control = spec.control(id).map(|(_, control)| control);
                let says =
                    control.map(|of| text::put(text::CHANGED_AT, &[&when, &of.label, &of.show(value)]));
                ("fig-mark tick", says)
            }
            Change::Act { action: id, on, .. } => {
                let names: Vec<String> = on.iter().map(|who| words.name(*who)).collect();
                let action = spec.action(id).map(|(_, action)| action);
                let says = action.map(|of| text::put(text::DONE_AT, &[&when, &of.label, &names.join(", ")]));
                ("fig-mark fault", says)
            }
        };
        mark(class, input.at, &says.unwrap_or_default())
    };
    let mut marks: Vec<Node> = state.run.inputs.iter().map(input).collect();
    // Of events that fall on the same place the first stays.
    let apart = spec.until.nanos() / MARKS;
    let mut free = 0;
    for marker in state.markers.iter().filter(|m| m.kind != MarkerKind::Input && m.time <= state.seen) {
        let refused = marker.kind == MarkerKind::Refused;
        if !refused {
            if marker.time.nanos() < free {
                continue;
            }
            free = marker.time.nanos() + apart;
        }
        let says = [&clock(marker.time, spec.pace), ": ", &words.say(&marker.what)].concat();
        marks.push(mark(if refused { "fig-mark refused" } else { "fig-mark event" }, marker.time, &says));
    }
    out.push(Patch::Fill(part(class::MARKS), marks));
}
