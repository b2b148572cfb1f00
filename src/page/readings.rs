//! The numbers beside the picture, and the sentences under them.

use super::live::Live;
use super::{dom, text};
use crate::player::Reading;
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// Milliseconds between new numbers while time passes: faster than that nobody reads them.
const EVERY: f64 = 120.0;
/// Milliseconds of quiet before the sentences are spoken, and between spoken sentences while time passes.
const QUIET: u32 = 700;
const SPOKEN_EVERY: f64 = 12_000.0;

/// Counts up when the numbers should be read anew.
pub fn ticks(live: Live) -> Memo<u32> {
    let last = StoredValue::new(0.0);
    Memo::new(move |before: Option<&u32>| {
        let shown = live.shown.get();
        live.mode.track();
        let now = dom::now_ms();
        let due = !live.with(|state| state.playing) || now - last.get_value() >= EVERY;
        if due {
            last.set_value(now);
        }
        match before {
            Some(before) if !due => *before,
            _ => shown,
        }
    })
}

/// The figure's readings.
pub fn view(live: Live) -> AnyView {
    let readings = live.with(|state| state.spec().readings.to_vec());
    let tick = ticks(live);
    let rows: Vec<AnyView> =
        readings.iter().enumerate().map(|(at, reading)| row(live, tick, at, reading)).collect();
    view! { <dl class="fig-readings" aria-label=text::READINGS>{rows}</dl> }.into_any()
}

fn row(live: Live, tick: Memo<u32>, at: usize, reading: &Reading) -> AnyView {
    let value = move || {
        let _ = tick.get();
        live.with(|state| state.frame.as_ref().and_then(|frame| frame.readings.get(at).copied()))
            .unwrap_or(f64::NAN)
    };
    let unit = reading.unit;
    let parts = Memo::new(move |_| unit.parts(value()));
    let trouble = reading.trouble;
    let bad = Memo::new(move |_| trouble.is_some_and(|bound| value() >= bound));
    view! {
        <div class="fig-reading" class:trouble=bad title=reading.help.to_string() data-reading=reading.id.to_string()>
            <dt>{reading.label.to_string()}</dt>
            <dd><b>{move || parts.get().0}</b>" "<span>{move || parts.get().1}</span></dd>
        </div>
    }
    .into_any()
}

fn says(live: Live) -> String {
    live.with(|state| {
        let Some(frame) = &state.frame else { return String::new() };
        let says: Vec<String> = frame.scene.says.iter().map(|msg| state.facts.words.say(msg)).collect();
        says.join(" ")
    })
}

/// The state in a sentence or three; and the same for screen readers, who hear it when something has settled.
pub fn sentences(live: Live) -> AnyView {
    let tick = ticks(live);
    let shown = Memo::new(move |_| {
        let _ = tick.get();
        says(live)
    });
    let spoken = RwSignal::new(String::new());
    let last = StoredValue::new(0.0);
    let waiting = StoredValue::new_local(None::<Timeout>);
    Effect::new(move |_| {
        let _ = shown.get();
        live.mode.track();
        let playing = live.with(|state| state.playing);
        if playing && dom::now_ms() - last.get_value() < SPOKEN_EVERY {
            return;
        }
        last.set_value(dom::now_ms());
        waiting.set_value(Some(Timeout::new(QUIET, move || spoken.set(shown.get_untracked()))));
    });
    view! {
        <p class="fig-says">{shown}</p>
        <p class="sr-only" aria-live="polite">{spoken}</p>
    }
    .into_any()
}
