//! Play, step, the time line with what happened on it, the end, the speed.

use super::live::Live;
use super::text;
use crate::player::{Action, Change, MarkerKind, Pace, Value};
use crate::scene::{Listing, Panel};
use crate::sim::{Entity, Time};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlInputElement, KeyboardEvent};

/// Places of the slider: fine enough for a pixel each.
const PLACES: f64 = 2_000.0;
/// Most marks drawn on the time line; of more, those that fall together with others are left out.
const MARKS: usize = 200;
/// Model seconds in a second that can be chosen.
const SPEEDS: [f64; 12] = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 600.0];

/// The time as a clock shows it: `00:43.2`, or a step's number.
pub fn clock(at: Time, pace: Pace) -> String {
    match pace {
        Pace::Steps(step) => (at.nanos() / step.nanos()).to_string(),
        Pace::Continuous => {
            let tenths = at.nanos() / 100_000_000;
            let (minutes, seconds, tenth) = (tenths / 600, tenths / 10 % 60, tenths % 10);
            format!("{minutes:02}:{seconds:02}.{tenth}")
        }
    }
}

/// The figure's transport.
pub fn view(live: Live) -> AnyView {
    let (until, pace) = live.with(|state| (state.spec().until, state.spec().pace));
    let by_steps = matches!(pace, Pace::Steps(_));
    let playing = move || {
        live.mode.track();
        live.with(|state| state.playing)
    };
    let play_label = move || {
        live.shown.track();
        let from_start = live.with(|state| state.untouched || state.at >= state.spec().until);
        match (playing(), from_start) {
            (true, _) => text::PAUSE,
            (false, true) => text::PLAY_FROM_START,
            (false, false) => text::PLAY,
        }
    };
    let play_label = Memo::new(move |_| play_label());
    let icon = move || if playing() { "icon-pause" } else { "icon-play" };
    let (back, on) = if by_steps {
        (text::STEP_BACK_BY_STEP, text::STEP_ON_BY_STEP)
    } else {
        (text::STEP_BACK, text::STEP_ON)
    };
    let now = Memo::new(move |_| {
        live.shown.track();
        live.mode.track();
        live.with(|state| clock(state.at, pace))
    });
    let end = clock(until, pace);
    view! {
        <div class="fig-transport">
            <button type="button" class="fig-play" aria-label=play_label title=play_label
                on:click=move |_| live.toggle()>
                <span class=icon></span>
            </button>
            <button type="button" class="fig-step" aria-label=back title=back on:click=move |_| live.step(false)>
                <span class="icon-back"></span>
            </button>
            <button type="button" class="fig-step" aria-label=on title=on on:click=move |_| live.step(true)>
                <span class="icon-on"></span>
            </button>
            {by_steps.then(|| deeds(live))}
            <span class="fig-time">{now}</span>
            {line(live, until, pace)}
            <span class="fig-end">{end}</span>
            {speed(live)}
        </div>
    }
    .into_any()
}

/// Where a run goes by steps, what takes a step stands beside the other ways through time: each action, for each thing in
/// the picture that it applies to.
fn deeds(live: Live) -> AnyView {
    let actors = Memo::new(move |_| {
        live.shown.track();
        live.with(|state| {
            let scene = state.frame.as_ref().map(|frame| &frame.scene);
            let mut actors: Vec<Entity> = Vec::new();
            for panel in scene.into_iter().flat_map(|scene| &scene.panels) {
                if let Panel::Listing(Listing { entity, .. }) = panel
                    && !actors.contains(entity)
                {
                    actors.push(*entity);
                }
            }
            actors
        })
    });
    let buttons = move || {
        let actions = live.with(|state| state.spec().actions.to_vec());
        let all = actors.get().into_iter().flat_map(move |who| {
            let apply = actions.clone().into_iter().filter(move |action| action.on.contains(&who.kind));
            apply.map(move |action| deed(live, &action, who))
        });
        all.collect::<Vec<AnyView>>()
    };
    view! { <span class="fig-deeds">{buttons}</span> }.into_any()
}

fn deed(live: Live, action: &Action, who: Entity) -> AnyView {
    let name = live.with(|state| state.facts.words.name(who));
    let what = text::put(text::DEED, &[&name, &action.label]);
    let id = action.id.to_string();
    let act = move |_| live.act(&id, vec![who], Value::None);
    view! { <button type="button" title=what.clone() aria-label=what on:click=act>{name}</button> }.into_any()
}

fn line(live: Live, until: Time, pace: Pace) -> AnyView {
    let places = match pace {
        Pace::Steps(step) => (until.nanos() / step.nanos()) as f64,
        Pace::Continuous => PLACES,
    };
    let place = Memo::new(move |_| {
        live.shown.track();
        live.mode.track();
        live.with(|state| {
            let at = if state.playing { state.at } else { state.target };
            (at.secs() / until.secs() * places).round()
        })
    });
    let field = NodeRef::<leptos::html::Input>::new();
    let drag = move |event: leptos::ev::Event| {
        let to: f64 = event_target::<HtmlInputElement>(&event).value_as_number();
        live.seek(Time::from_nanos((until.nanos() as f64 * (to / places)) as u64));
    };
    // Arrow keys go by a hundredth of the run rather than by a pixel.
    let keys = move |event: KeyboardEvent| {
        let by: f64 = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => -0.01,
            "ArrowRight" | "ArrowUp" => 0.01,
            "PageDown" => -0.1,
            "PageUp" => 0.1,
            _ => return,
        };
        event.prevent_default();
        let by = match pace {
            Pace::Steps(step) => by.signum() * step.secs(),
            Pace::Continuous => by * until.secs(),
        };
        let from = live.with(|state| state.target.secs());
        live.seek(Time::from_secs_f64((from + by).max(0.0)));
    };
    let spoken = move || {
        let _ = place.get();
        live.with(|state| match pace {
            Pace::Steps(_) => clock(state.target, pace),
            Pace::Continuous => state.target.to_string(),
        })
    };
    let seen = move || {
        live.shown.track();
        live.with(|state| percent(state.seen, until))
    };
    view! {
        <div class="fig-line">
            <div class="fig-line-seen" style:width=Memo::new(move |_| seen())></div>
            <div class="fig-line-done" style:width=move || percents(place.get() / places)></div>
            <input type="range" min="0" max=places step="1" aria-label=text::MOMENT aria-valuetext=spoken
                node_ref=field prop:value=move || place.get() on:input=drag on:keydown=keys />
            {marks(live, until, pace)}
        </div>
    }
    .into_any()
}

fn percents(share: f64) -> String {
    // Two decimals are a tenth of a pixel.
    let hundredths = (share.clamp(0.0, 1.0) * 10_000.0).round() as u32;
    [&(hundredths / 100).to_string(), ".", &format!("{:02}", hundredths % 100), "%"].concat()
}

fn percent(at: Time, until: Time) -> String {
    percents(at.secs() / until.secs())
}

/// A mark on the time line: what it looks like, when, and what it says.
struct Mark {
    class: &'static str,
    at: Time,
    says: String,
}

/// What happened so far: changes of controls as ticks, faults as diamonds, what the model calls notable as dots.
fn marks(live: Live, until: Time, pace: Pace) -> AnyView {
    let all = move || {
        live.marked.track();
        live.changed.track();
        let mut marks = live.with(|state| {
            let inputs = state.run.inputs.iter().map(|input| {
                let (class, what) = match &input.change {
                    Change::Set { control: id, value } => {
                        let what = state.spec().control(id).map(|(_, control)| {
                            let (when, value) = (clock(input.at, pace), control.show(value));
                            text::put(text::CHANGED_AT, &[&when, &control.label, &value])
                        });
                        ("fig-mark tick", what)
                    }
                    Change::Act { action: id, on, .. } => {
                        let what = state.spec().action(id).map(|(_, action)| {
                            let names: Vec<String> =
                                on.iter().map(|who| state.facts.words.name(*who)).collect();
                            text::put(
                                text::DONE_AT,
                                &[&clock(input.at, pace), &action.label, &names.join(", ")],
                            )
                        });
                        ("fig-mark fault", what)
                    }
                };
                Mark { class, at: input.at, says: what.unwrap_or_default() }
            });
            let events = state.markers.iter().filter(|m| m.kind != MarkerKind::Input && m.time <= state.seen);
            let events = events.map(|marker| Mark {
                class: if marker.kind == MarkerKind::Refused { "fig-mark refused" } else { "fig-mark event" },
                at: marker.time,
                says: [&clock(marker.time, pace), ": ", &state.facts.words.say(&marker.what)].concat(),
            });
            inputs.chain(events).collect::<Vec<Mark>>()
        });
        thin_out(&mut marks, until);
        let show = |mark: Mark| {
            let at = mark.at;
            view! {
                <span class=mark.class title=mark.says style:left=percent(at, until)
                    on:click=move |_| live.seek(at)></span>
            }
            .into_any()
        };
        marks.into_iter().map(show).collect::<Vec<AnyView>>()
    };
    // The menu has the same as a list, for those who don't see it.
    view! { <div class="fig-marks" aria-hidden="true">{all}</div> }.into_any()
}

/// Of events that fall on the same place the first stays; what the learner did always does.
fn thin_out(marks: &mut Vec<Mark>, until: Time) {
    let apart = until.nanos() / MARKS as u64;
    let mut last = None;
    marks.retain(|mark| {
        if mark.class != "fig-mark event" {
            return true;
        }
        let free = last.is_none_or(|last: u64| mark.at.nanos() >= last + apart);
        if free {
            last = Some(mark.at.nanos());
        }
        free
    });
}

fn speed(live: Live) -> AnyView {
    let own = live.with(|state| state.spec().speed);
    let mut speeds = SPEEDS.to_vec();
    if !speeds.contains(&own) {
        speeds.push(own);
        speeds.sort_by(f64::total_cmp);
    }
    let options: Vec<AnyView> = speeds
        .iter()
        .map(|speed| {
            let chosen = *speed == own;
            view! { <option value=speed.to_string() selected=chosen>{[&speed.to_string(), "×"].concat()}</option> }
                .into_any()
        })
        .collect();
    let choose = move |event: leptos::ev::Event| {
        if let Ok(speed) = event_target_value(&event).parse() {
            live.set_speed(speed);
        }
    };
    let slow = Memo::new(move |_| {
        live.mode.track();
        live.shown.track();
        live.with(|state| state.slow)
    });
    view! {
        <span class="fig-speed" class:slow=slow title=move || if slow.get() { text::SLOWER } else { "" }>
            <select aria-label=text::SPEED on:change=choose>{options}</select>
        </span>
    }
    .into_any()
}

/// Changing the past drops what came after; that can be taken back. Stands among the caption's tools, where it moves
/// nothing.
pub fn aftermath(live: Live) -> AnyView {
    let pace = live.with(|state| state.spec().pace);
    let what = move || {
        live.changed.track();
        live.mode.track();
        let (can, dropped) = live.with(|state| (state.can_take_back, state.dropped_after));
        can.then(|| {
            let words = dropped.map(|at| text::put(text::DROPPED, &[&clock(at, pace)]));
            view! {
                <span class="fig-dropped">{words}</span>
                <button type="button" class="quiet" on:click=move |_| live.take_back()>{text::TAKE_BACK}</button>
            }
            .into_any()
        })
    };
    view! { <div class="fig-aftermath" role="status">{what}</div> }.into_any()
}

fn event_target<T: JsCast>(event: &leptos::ev::Event) -> T {
    event.target().expect("an event that is heard has a target").unchecked_into()
}
