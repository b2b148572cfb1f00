//! The numbers beside the picture, and the sentences under them.

use super::dom;
use super::live::{Live, State};
use gloo_timers::callback::Timeout;
use web_sys::Element;

/// Milliseconds of quiet before the sentences are spoken, and between spoken sentences while time passes.
const QUIET: u32 = 700;
const SPOKEN_EVERY: f64 = 12_000.0;

/// Keeps the figure's readings and sentences up to date.
pub fn attach(live: Live, root: &Element) {
    let rows: Vec<[Element; 3]> = dom::find_all(root, ".fig-reading")
        .into_iter()
        .filter_map(|row| {
            let (number, unit) = (dom::find(&row, "b")?, dom::find(&row, "span")?);
            Some([row, number, unit])
        })
        .collect();
    dom::follow(&[live.read], move || {
        live.with(|state| {
            let Some(frame) = &state.frame else { return };
            for ((row, reading), &value) in rows.iter().zip(state.spec().readings.iter()).zip(&frame.readings)
            {
                let [row, number, unit] = row;
                let parts = reading.unit.parts(value);
                dom::set_text(number, &parts.0);
                dom::set_text(unit, parts.1);
                dom::class(row, "trouble", reading.trouble.is_some_and(|bound| value >= bound));
            }
        });
    });
    if let (Some(shown), Some(spoken)) = (dom::find(root, ".fig-says"), dom::find(root, ".fig-spoken")) {
        sentences(live, shown, spoken);
    }
}

fn says(state: &State) -> Option<String> {
    let says = state.frame.as_ref()?.scene.says.iter();
    Some(says.map(|msg| state.facts.words.say(msg)).collect::<Vec<String>>().join(" "))
}

/// The state in a sentence or three; and the same for screen readers, who hear it when something has settled.
fn sentences(live: Live, shown: Element, spoken: Element) {
    let mut last = 0.0;
    let mut waiting: Option<Timeout> = None;
    dom::follow(&[live.read, live.mode], move || {
        let Some(says) = live.with(says) else { return };
        if shown.text_content().as_deref() == Some(&says) && waiting.is_some() {
            return;
        }
        dom::set_text(&shown, &says);
        let now = dom::now_ms();
        if live.with(|state| state.playing) && now - last < SPOKEN_EVERY {
            return;
        }
        last = now;
        let (from, to) = (shown.clone(), spoken.clone());
        waiting = Some(Timeout::new(QUIET, move || {
            dom::set_text(&to, &from.text_content().unwrap_or_default());
        }));
    });
}
