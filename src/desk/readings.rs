//! The numbers beside the picture and in the text, and the sentences under them.

use super::protocol::{Patch, nth, on_page, part};
use super::state::State;
use super::text;

/// Seconds between sentences that are spoken while time passes.
const SPOKEN_EVERY: f64 = 12.0;

pub(super) fn write(state: &mut State, out: &mut Vec<Patch>) {
    let Some(frame) = &state.frame else { return };
    for (n, (reading, &value)) in state.spec.readings.iter().zip(&frame.readings).enumerate() {
        let (number, unit) = reading.unit.parts(value);
        let (number, unit) = if state.masked { (text::MASKED.to_owned(), "") } else { (number, unit) };
        let trouble = !state.masked && reading.trouble.is_some_and(|bound| value >= bound);
        out.push(Patch::Text(nth(".fig-reading b", n), number));
        out.push(Patch::Text(nth(".fig-reading b + span", n), unit.to_owned()));
        out.push(Patch::Class(nth(".fig-reading", n), "trouble".into(), trouble));
        let css = [
            "span.live[data-figure=\"",
            &state.page_id,
            "\"][data-reading=\"",
            &reading.id,
            "\"]:not([data-at])",
        ];
        if !state.masked {
            out.push(Patch::Text(on_page(css.concat()), reading.unit.format(value)));
        }
    }
    let says = if state.masked {
        text::PREDICT_FIRST.to_owned()
    } else {
        let says: Vec<String> = frame.scene.says.iter().map(|msg| state.say(msg)).collect();
        says.join(" ")
    };
    // The same for screen readers, who hear it when something has settled, and now and then while time passes.
    if !state.playing || state.unspoken >= SPOKEN_EVERY {
        state.unspoken = 0.0;
        out.push(Patch::Text(part(".fig-spoken"), says.clone()));
    }
    out.push(Patch::Text(part(".fig-says"), says));
}
