//! The transport bar: play button, time line with markers, speed.

use super::action_kind::ActionKind;
use super::markup::{attr, class, inside};
use super::protocol::{NewElement, Patch, element, find, selector};
use super::state::FigureState;
use super::{percent, text};
use crate::player::{FigureSpec, Input, InputKind, MarkerKind, Pace};
use crate::sim::Time;

/// Most marks on the time line. Events that would overlap an earlier mark are left out.
const MARKS: u64 = 200;
/// Positions of the time line's slider where time is continuous; about one per pixel.
pub const TIMELINE_POSITIONS: f64 = 2_000.0;

/// The time as a clock shows it: `00:43.2`, or a step's number.
pub fn clock(at: Time, pace: Pace) -> String {
    match pace {
        Pace::Steps(step) => (at.nanos() / step.nanos()).to_string(),
        Pace::Continuous => format_minutes(at.nanos() / 100_000_000, 10),
    }
}

/// The time as a figure's clock shows it: with milliseconds where it plays so slowly that a tenth of a second takes long.
pub fn figure_clock(at: Time, spec: &FigureSpec) -> String {
    match spec.pace {
        Pace::Continuous if spec.speed <= 0.05 => clock_to_millis(at),
        pace => clock(at, pace),
    }
}

/// The time as a clock shows it that also has milliseconds: `00:43.217`.
pub(super) fn clock_to_millis(at: Time) -> String {
    format_minutes(at.nanos() / 1_000_000, 1000)
}

/// Minutes and seconds of so many parts, of which a second has ten or a thousand.
fn format_minutes(parts: u64, of: u64) -> String {
    let padded = |number: u64, digits: usize| {
        let number = number.to_string();
        [&"000"[..digits.saturating_sub(number.len())], &number].concat()
    };
    let fraction = padded(parts % of, if of == 10 { 1 } else { 3 });
    [&padded(parts / of / 60, 2), ":", &padded(parts / of % 60, 2), ".", &fraction].concat()
}

impl FigureState {
    fn last_position(&self) -> f64 {
        match self.spec.pace {
            Pace::Steps(step) => (self.spec.until.nanos() / step.nanos()) as f64,
            Pace::Continuous => TIMELINE_POSITIONS,
        }
    }

    /// The moment at a position of the time line's slider.
    pub fn time_at_position(&self, place: f64) -> Time {
        let share = crate::sim::clamp(place / self.last_position(), 0.0, 1.0);
        Time::from_nanos((self.spec.until.nanos() as f64 * share) as u64)
    }

    /// The moment that a key moves the time line to. Arrow keys move by a hundredth of the run rather than by a pixel.
    pub fn time_after_key(&self, key: &str) -> Option<Time> {
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

/// Writes the bar; while a figure plays only clock and filled line at every picture, the rest where `whole_bar` is set.
pub(super) fn write(state: &FigureState, whole_bar: bool, out: &mut Vec<Patch>) {
    let spec = state.spec;
    let at = if state.playing { state.at } else { state.target };
    let share = at.secs() / spec.until.secs();
    out.push(Patch::Text(selector(class::TIME), figure_clock(state.at, spec)));
    out.push(Patch::Style(selector(class::LINE_DONE), "width".into(), percent(share)));
    if !whole_bar {
        return;
    }
    let from_start = state.untouched || state.at >= spec.until;
    let (words, icon) = match (state.playing, from_start) {
        (true, _) => (text::PAUSE, "icon-pause"),
        (false, true) => (text::PLAY_FROM_START, "icon-play"),
        (false, false) => (text::PLAY, "icon-play"),
    };
    let disabled = state.waits_for_choice().then_some("true");
    for (name, says) in [("aria-label", Some(words)), ("title", Some(words)), ("aria-disabled", disabled)] {
        out.push(Patch::Attribute(selector(class::PLAY), name.into(), says.map(str::to_owned)));
    }
    out.push(Patch::Attribute(find(inside(class::PLAY, "span")), "class".into(), Some(icon.to_owned())));
    let line = || find(inside(class::LINE, "input"));
    // Moving the browser's slider is slow, so it isn't done at every frame.
    out.push(Patch::SliderPosition(line(), libm::round(share * state.last_position())));
    let spoken = match spec.pace {
        Pace::Steps(_) => clock(at, spec.pace),
        Pace::Continuous => at.to_string(),
    };
    out.push(Patch::Attribute(line(), "aria-valuetext".into(), Some(spoken)));
    let seen = percent(state.seen.secs() / spec.until.secs());
    out.push(Patch::Style(selector(class::LINE_SEEN), "width".into(), seen));
    out.push(Patch::Class(selector(class::SPEED), "slow".into(), state.slow));
    let title = if state.slow { text::SLOWER } else { "" };
    out.push(Patch::Attribute(selector(class::SPEED), "title".into(), Some(title.to_owned())));
}

/// Writes the marks of the time line: ticks for control changes and steps, diamonds for faults, dots for notable events.
pub(super) fn write_marks(state: &FigureState, out: &mut Vec<Patch>) {
    let (spec, words) = (state.spec, &state.words);
    let mark = |class: &'static str, at: Time, says: &str| -> NewElement {
        element("span", class)
            .attr("title", says)
            .attr(attr::DO, ActionKind::Seek.name())
            .attr(attr::NUMBER, &at.nanos().to_string())
            .styled("left", percent(at.secs() / spec.until.secs()))
    };
    let named = |at: Time, says: String| {
        if state.hides(at) { [&clock(at, spec.pace), ": ", text::SOMETHING].concat() } else { says }
    };
    let input = |input: &Input| {
        let is_set = matches!(input.change, InputKind::Set { .. });
        let at = if is_set { input.at } else { state.shown_from(input.at) };
        let when = clock(at, spec.pace);
        let (class, says) = match &input.change {
            InputKind::Set { control: id, value } => {
                let control = spec.control(id).map(|(_, control)| control);
                let says =
                    control.map(|of| text::fill(text::CHANGED_AT, &[&when, &of.label, &of.show(value)]));
                ("fig-mark tick", says)
            }
            InputKind::Act { action: id, targets, .. } => {
                let names: Vec<String> = targets.iter().map(|who| words.name(*who)).collect();
                let action = spec.action(id).map(|(_, action)| action);
                let says = action.map(|of| text::fill(text::DONE_AT, &[&when, &of.label, &names.join(", ")]));
                // Steps that the learner chooses are no faults.
                (if spec.pace == Pace::Continuous { "fig-mark fault" } else { "fig-mark tick" }, says)
            }
        };
        mark(class, at, &named(input.at, says.unwrap_or_default()))
    };
    let mut marks: Vec<NewElement> = state.run.inputs.iter().map(input).collect();
    // Of events at the same place only the first is drawn.
    let apart = spec.until.nanos() / MARKS;
    let mut free = 0;
    for marker in state.markers.iter().filter(|m| m.kind != MarkerKind::Input) {
        let at = state.shown_from(marker.time);
        if at > state.seen {
            continue;
        }
        let refused = marker.kind == MarkerKind::Refused;
        if !refused {
            if at.nanos() < free {
                continue;
            }
            free = at.nanos() + apart;
        }
        let says = state.say_of(marker.time, words.say(&marker.what));
        let says = [&clock(at, spec.pace), ": ", &says].concat();
        marks.push(mark(if refused { "fig-mark refused" } else { "fig-mark event" }, at, &says));
    }
    out.push(Patch::Children(selector(class::MARKS), marks));
}
