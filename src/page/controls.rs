//! The widgets of a figure's controls, made from their declarations; and the seed.

use super::live::Live;
use super::{share, text};
use crate::player::{Control, ControlKind, Scale, Value};
use crate::sim::{Seed, Unit};
use leptos::prelude::*;

/// Options of a choice, and letters in their labels, up to which they stand side by side.
const SIDE_BY_SIDE: (usize, usize) = (4, 56);
/// Seeds with the shortest names: what a reshuffle draws from.
const SHORT_SEEDS: f64 = 16_384.0;

/// All controls of the figure, the primary ones first and always in view.
pub fn view(live: Live) -> AnyView {
    let controls = live.with(|state| state.spec().controls.to_vec());
    let (primary, others): (Vec<Control>, Vec<Control>) =
        controls.into_iter().partition(|control| control.primary);
    let widgets =
        |controls: &[Control]| controls.iter().map(|control| widget(live, control)).collect::<Vec<AnyView>>();
    let more = (!others.is_empty()).then(|| {
        view! {
            <details class="fig-more-controls">
                <summary>{text::MORE_CONTROLS}</summary>
                <div class="fig-control-grid">{widgets(&others)}</div>
            </details>
        }
    });
    view! {
        <div class="fig-controls" role="group" aria-label=text::CONTROLS>
            <div class="fig-control-grid">{widgets(&primary)}{seed(live)}</div>
            {more}
        </div>
    }
    .into_any()
}

/// Id of an element that belongs to a control.
fn id_of(live: Live, control: &Control, part: &str) -> String {
    live.with(|state| [&state.facts.page_id, "-", control.id.as_ref(), "-", part].concat())
}

fn widget(live: Live, control: &Control) -> AnyView {
    let of = control.clone();
    let value = Memo::new(move |_| {
        live.changed.track();
        live.shown.track();
        live.mode.track();
        live.with(|state| state.value(&of))
    });
    match &control.kind {
        &ControlKind::Number { min, max, step, scale, .. } => {
            number(live, control, value, Range { min, max, step, scale })
        }
        ControlKind::Choice { options, .. } => {
            let letters: usize = options.iter().map(|(_, label)| label.len()).sum();
            let few = options.len() <= SIDE_BY_SIDE.0 && letters <= SIDE_BY_SIDE.1;
            let options = options.iter().map(|(id, label)| (id.to_string(), label.to_string())).collect();
            if few { segments(live, control, value, options) } else { select(live, control, value, options) }
        }
        ControlKind::Flag { .. } => flag(live, control, value),
    }
}

/// Where a number's values lie on its slider.
#[derive(Clone, Copy)]
struct Range {
    min: f64,
    max: f64,
    step: f64,
    scale: Scale,
}

impl Range {
    /// Places of the slider after the first.
    fn places(self) -> f64 {
        match self.scale {
            Scale::Linear => ((self.max - self.min) / self.step).round(),
            Scale::Log => (libm::log(self.max / self.min) / libm::log1p(self.step)).round(),
        }
        .max(1.0)
    }
    fn place(self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear => (value - self.min) / (self.max - self.min),
            Scale::Log => libm::log(value / self.min) / libm::log(self.max / self.min),
        };
        (share * self.places()).round()
    }
    fn value(self, place: f64) -> f64 {
        let share = (place / self.places()).clamp(0.0, 1.0);
        match self.scale {
            Scale::Linear => self.min + share * (self.max - self.min),
            Scale::Log => self.min * libm::pow(self.max / self.min, share),
        }
        .clamp(self.min, self.max)
    }
}

fn number(live: Live, control: &Control, value: Memo<Value>, range: Range) -> AnyView {
    let (slider_id, help_id) = (id_of(live, control, "slider"), id_of(live, control, "help"));
    let error = RwSignal::new(String::new());
    let (shows, reads, moves) = (control.clone(), control.clone(), control.id.to_string());
    let shown = Memo::new(move |_| shows.show(&value.get()));
    let place = Memo::new(move |_| if let Value::Number(n) = value.get() { range.place(n) } else { 0.0 });
    let drag = move |event: leptos::ev::Event| {
        let Ok(place) = event_target_value(&event).parse() else { return };
        error.set(String::new());
        live.set(&moves, Value::Number(range.value(place)));
    };
    let typed = move |event: leptos::ev::Event| match reads.parse(&event_target_value(&event)) {
        Ok(value) => {
            error.set(String::new());
            live.set(&reads.id, value);
        }
        Err(why) => error.set(live.say(&why)),
    };
    let filled = move || [&((place.get() / range.places() * 100.0).round() as u32).to_string(), "%"].concat();
    let label = control.label.to_string();
    view! {
        <div class="fig-control number" title=control.help.to_string()>
            <label for=slider_id.clone()>{label.clone()}</label>
            <input type="text" class="fig-number" inputmode="text" autocomplete="off" spellcheck="false"
                aria-label=[&label, ", ", unit_word(control)].concat() aria-describedby=help_id.clone()
                aria-invalid=move || (!error.read().is_empty()).then_some("true")
                prop:value=move || shown.get() on:change=typed />
            <span class="fig-slider">
                <span class="fig-slider-filled" style:width=filled></span>
                <input type="range" id=slider_id min="0" max=range.places() step="1"
                    aria-valuetext=move || shown.get() prop:value=move || place.get() on:input=drag />
            </span>
            <span class="fig-error" id=help_id role="status">{error}</span>
        </div>
    }
    .into_any()
}

fn unit_word(control: &Control) -> &'static str {
    if let ControlKind::Number { unit, .. } = &control.kind { Unit::noun(*unit) } else { "" }
}

type Options = Vec<(String, String)>;

fn segments(live: Live, control: &Control, value: Memo<Value>, options: Options) -> AnyView {
    let name = id_of(live, control, "of");
    let options: Vec<AnyView> = options
        .into_iter()
        .map(|(id, label)| {
            let (mine, control) = (Value::Choice(id.clone()), control.id.to_string());
            let chosen = mine.clone();
            let choose = move |_| live.set(&control, mine.clone());
            view! {
                <label>
                    <input type="radio" name=name.clone() value=id prop:checked=move || value.get() == chosen
                        on:change=choose />
                    <span>{label}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    view! {
        <fieldset class="fig-control choice" title=control.help.to_string()>
            <legend>{control.label.to_string()}</legend>
            <div class="fig-segments">{options}</div>
        </fieldset>
    }
    .into_any()
}

fn select(live: Live, control: &Control, value: Memo<Value>, options: Options) -> AnyView {
    let id = id_of(live, control, "select");
    let name = control.id.to_string();
    let choose = move |event: leptos::ev::Event| live.set(&name, Value::Choice(event_target_value(&event)));
    let options: Vec<AnyView> = options
        .into_iter()
        .map(|(id, label)| {
            let mine = Value::Choice(id.clone());
            view! { <option value=id prop:selected=move || value.get() == mine>{label}</option> }.into_any()
        })
        .collect();
    view! {
        <div class="fig-control choice" title=control.help.to_string()>
            <label for=id.clone()>{control.label.to_string()}</label>
            <select id=id on:change=choose>{options}</select>
        </div>
    }
    .into_any()
}

fn flag(live: Live, control: &Control, value: Memo<Value>) -> AnyView {
    let name = control.id.to_string();
    let turn = move |event: leptos::ev::Event| live.set(&name, Value::Flag(event_target_checked(&event)));
    view! {
        <div class="fig-control flag" title=control.help.to_string()>
            <label>
                <input type="checkbox" prop:checked=move || value.get() == Value::Flag(true) on:change=turn />
                <span>{control.label.to_string()}</span>
            </label>
        </div>
    }
    .into_any()
}

fn seed(live: Live) -> AnyView {
    let id = live.with(|state| [&state.facts.page_id, "-seed"].concat());
    let error = RwSignal::new(String::new());
    let copied = RwSignal::new(false);
    let name = Memo::new(move |_| {
        live.changed.track();
        live.with(|state| state.run.seed.to_string())
    });
    let typed = move |event: leptos::ev::Event| match event_target_value(&event).parse::<Seed>() {
        Ok(seed) => {
            error.set(String::new());
            copied.set(false);
            live.reseed(seed);
        }
        Err(why) => error.set(why.to_string()),
    };
    let reshuffle = move |_| {
        copied.set(false);
        live.reseed(Seed((js_sys::Math::random() * SHORT_SEEDS) as u64));
    };
    let copy = move |_| share::copy(&name.get_untracked(), copied);
    let copy_label = move || if copied.get() { text::COPIED } else { text::COPY };
    view! {
        <div class="fig-control seed" title=text::SEED_HELP>
            <label for=id.clone()>{text::SEED}</label>
            <span class="fig-seed">
                <input type="text" id=id autocomplete="off" spellcheck="false" prop:value=move || name.get()
                    on:change=typed />
                <button type="button" class="quiet" on:click=copy>{copy_label}</button>
                <button type="button" class="quiet" aria-label=text::RESHUFFLE title=text::RESHUFFLE
                    on:click=reshuffle>
                    <span class="icon-shuffle"></span>
                </button>
            </span>
            <span class="fig-error" role="status">{error}</span>
        </div>
    }
    .into_any()
}
