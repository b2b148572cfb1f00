//! Play, the time line with what happened on it, the speed.

use super::dom::{self, Make, make};
use super::live::{Live, State};
use super::text;
use crate::player::{Change, MarkerKind, Pace};
use crate::sim::Time;
use web_sys::{Element, Event, KeyboardEvent};

/// Most marks drawn on the time line; of more, those that fall together with others are left out.
const MARKS: u64 = 200;

/// The time as a clock shows it: `00:43.2`, or a step's number.
pub fn clock(at: Time, pace: Pace) -> String {
    match pace {
        Pace::Steps(step) => (at.nanos() / step.nanos()).to_string(),
        Pace::Continuous => minutes(at.nanos() / 100_000_000, 10),
    }
}

/// The time as a clock shows it that also has milliseconds: `00:43.217`.
pub fn clock_to_millis(at: Time) -> String {
    minutes(at.nanos() / 1_000_000, 1000)
}

/// Minutes and seconds of so many parts, of which a second has a power of ten.
fn minutes(parts: u64, of: u64) -> String {
    let padded = |number: u64, digits: usize| {
        let number = number.to_string();
        [&"000"[..digits.saturating_sub(number.len())], &number].concat()
    };
    let fraction = padded(parts % of, if of == 10 { 1 } else { 3 });
    [&padded(parts / of / 60, 2), ":", &padded(parts / of % 60, 2), ".", &fraction].concat()
}

/// Keeps the transport up to date, and lets the time line and the speed be moved.
pub fn attach(live: Live, root: &Element) {
    let Some(transport) = dom::find(root, ".fig-transport") else { return };
    let part = |css| dom::find(&transport, css);
    if let (Some(play), Some(time)) = (part(".fig-play"), part(".fig-time")) {
        dom::follow(&[live.shown, live.mode], move || {
            live.with(|state| {
                let from_start = state.untouched || state.at >= state.spec().until;
                let (words, icon) = match (state.playing, from_start) {
                    (true, _) => (text::PAUSE, "icon-pause"),
                    (false, true) => (text::PLAY_FROM_START, "icon-play"),
                    (false, false) => (text::PLAY, "icon-play"),
                };
                dom::set(&play, "aria-label", words);
                dom::set(&play, "title", words);
                if let Some(sign) = play.first_element_child() {
                    sign.set_class_name(icon);
                }
                dom::set_text(&time, &clock(state.at, state.spec().pace));
            });
        });
    }
    if let Some(line) = part(".fig-line") {
        time_line(live, &line);
    }
    if let Some(speed) = part(".fig-speed") {
        self::speed(live, &speed);
    }
}

fn time_line(live: Live, line: &Element) {
    let part = |css| dom::find(line, css);
    let (Some(slider), Some(seen), Some(done), Some(marks)) =
        (part("input"), part(".fig-line-seen"), part(".fig-line-done"), part(".fig-marks"))
    else {
        return;
    };
    let places = slider.get_attribute("max").map_or(1.0, |max| dom::number(&max));
    let (until, pace) = live.with(|state| (state.spec().until, state.spec().pace));
    dom::listen::<Event>(&slider, "input", {
        let slider = slider.clone();
        move |_| {
            let to = dom::field(&slider).value_as_number() / places;
            live.seek(Time::from_nanos((until.nanos() as f64 * to) as u64));
        }
    });
    dom::listen::<KeyboardEvent>(&slider, "keydown", move |event| {
        if let Some(by) = stride(&event.key(), until, pace) {
            event.prevent_default();
            let from = live.with(|state| state.target.secs());
            live.seek(Time::from_secs_f64((from + by).max(0.0)));
        }
    });
    dom::follow(&[live.shown, live.mode], move || {
        live.with(|state| {
            let at = if state.playing { state.at } else { state.target };
            let share = at.secs() / until.secs();
            dom::field(&slider).set_value_as_number((share * places).round());
            let spoken = match pace {
                Pace::Steps(_) => clock(at, pace),
                Pace::Continuous => at.to_string(),
            };
            dom::set(&slider, "aria-valuetext", &spoken);
            dom::style(&done, "width", &dom::percent(share));
            dom::style(&seen, "width", &percent(state.seen, until));
        });
    });
    dom::follow(&[live.marked, live.changed], move || {
        dom::fill(&marks, live.with(self::marks).into_iter().map(|mark| mark.drawn(until)));
    });
}

/// Arrow keys go by a hundredth of the run rather than by a pixel. Seconds.
fn stride(key: &str, until: Time, pace: Pace) -> Option<f64> {
    let by: f64 = match key {
        "ArrowLeft" | "ArrowDown" => -0.01,
        "ArrowRight" | "ArrowUp" => 0.01,
        "PageDown" => -0.1,
        "PageUp" => 0.1,
        _ => return None,
    };
    Some(match pace {
        Pace::Steps(step) => by.signum() * step.secs(),
        Pace::Continuous => by * until.secs(),
    })
}

fn percent(at: Time, until: Time) -> String {
    dom::percent(at.secs() / until.secs())
}

/// A mark on the time line: what it looks like, when, and what it says.
struct Mark {
    class: &'static str,
    at: Time,
    says: String,
}

impl Mark {
    fn drawn(self, until: Time) -> Make {
        let mark = make("span", self.class)
            .attr("title", &self.says)
            .attr("data-do", "seek")
            .attr("data-at", &self.at.nanos().to_string());
        mark.style("left", &percent(self.at, until))
    }
}

/// What happened so far: changes of controls as ticks, faults as diamonds, what the model calls notable as dots.
fn marks(state: &State) -> Vec<Mark> {
    let (spec, words) = (state.spec(), &state.facts.words);
    let input = |input: &crate::player::Input| {
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
        Mark { class, at: input.at, says: says.unwrap_or_default() }
    };
    let mut marks: Vec<Mark> = state.run.inputs.iter().map(input).collect();
    // Of events that fall on the same place the first stays.
    let apart = spec.until.nanos() / MARKS;
    let mut free = 0;
    for marker in state.markers.iter().filter(|m| m.kind != MarkerKind::Input && m.time <= state.seen) {
        let class = if marker.kind == MarkerKind::Refused { "fig-mark refused" } else { "fig-mark event" };
        if marker.kind == MarkerKind::Event {
            if marker.time.nanos() < free {
                continue;
            }
            free = marker.time.nanos() + apart;
        }
        let says = [&clock(marker.time, spec.pace), ": ", &words.say(&marker.what)].concat();
        marks.push(Mark { class, at: marker.time, says });
    }
    marks
}

fn speed(live: Live, place: &Element) {
    let Some(select) = dom::find(place, "select") else { return };
    dom::listen::<Event>(&select, "change", {
        let select = select.clone();
        move |_| live.set_speed(dom::number(&dom::field(&select).value()))
    });
    let place = place.clone();
    dom::follow(&[live.mode, live.shown], move || {
        let slow = live.with(|state| state.slow);
        dom::class(&place, "slow", slow);
        dom::set(&place, "title", if slow { text::SLOWER } else { "" });
    });
}
