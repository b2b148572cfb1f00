//! What is selected: what can be done to it, what it is and does, and what happened to it and why.

use super::live::Live;
use super::transport::clock;
use super::{dom, text};
use crate::player::{Action, Explanation, Pace, Value, ValueKind};
use crate::sim::{Entity, Step};
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// Steps shown at first: the latest.
const STEPS: usize = 40;

/// The panel; empty while nothing is selected.
pub fn view(live: Live) -> AnyView {
    let selected = Memo::new(move |_| {
        live.explained.track();
        live.with(|state| state.selected)
    });
    let panel = move || selected.get().map(|entity| panel(live, entity));
    view! { {panel} }.into_any()
}

fn panel(live: Live, entity: Entity) -> AnyView {
    let heading = NodeRef::<leptos::html::H4>::new();
    heading.on_load(|heading| dom::focus(&heading));
    let name = live.with(|state| upper(&state.facts.words.name(entity)));
    let close = move |_| close(live);
    let escape = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            self::close(live);
        }
    };
    let story = move || {
        live.explained.track();
        live.with(|state| state.explanation.clone()).map(|explanation| story(live, explanation))
    };
    view! {
        <aside class="fig-explain" aria-label=name.clone() on:keydown=escape>
            <div class="fig-explain-head">
                <h4 tabindex="-1" node_ref=heading>{name.clone()}</h4>
                <button type="button" class="quiet" on:click=close>{text::CLOSE}</button>
            </div>
            {actions(live, entity)}
            {story}
        </aside>
    }
    .into_any()
}

fn close(live: Live) {
    live.select(None);
    super::picture::focus(live);
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What can be done to it, right there.
fn actions(live: Live, entity: Entity) -> AnyView {
    let apply: Vec<Action> = live.with(|state| {
        let all = state.spec().actions.iter();
        all.filter(|action| action.on.contains(&entity.kind)).cloned().collect()
    });
    let buttons: Vec<AnyView> = apply.iter().map(|action| deed(live, entity, action)).collect();
    view! { <div class="fig-actions">{buttons}</div> }.into_any()
}

fn deed(live: Live, entity: Entity, action: &Action) -> AnyView {
    let id = action.id.to_string();
    let label = action.label.to_string();
    match action.arg {
        ValueKind::None => {
            let act = move |_| live.act(&id, vec![entity], Value::None);
            view! { <button type="button" on:click=act>{label}</button> }.into_any()
        }
        ValueKind::Number(unit, min, max, offered) => {
            let error = RwSignal::new(String::new());
            let field = NodeRef::<leptos::html::Input>::new();
            let act = move || {
                let typed = field.get_untracked().map_or_else(String::new, |field| field.value());
                match unit.parse(&typed) {
                    Ok(n) if (min..=max).contains(&n) => {
                        error.set(String::new());
                        live.act(&id, vec![entity], Value::Number(n));
                    }
                    Ok(_) => error.set(text::put(text::FROM_TO, &[&unit.format(min), &unit.format(max)])),
                    Err(why) => error.set(why.to_string()),
                }
            };
            let by_enter = act.clone();
            let enter = move |event: KeyboardEvent| {
                if event.key() == "Enter" {
                    by_enter();
                }
            };
            view! {
                <span class="fig-action-with">
                    <button type="button" on:click=move |_| act()>{label.clone()}</button>
                    <input type="text" autocomplete="off" aria-label=[&label, ", ", unit.noun()].concat()
                        node_ref=field value=unit.format(offered) on:keydown=enter />
                    <span class="fig-error" role="status">{error}</span>
                </span>
            }
            .into_any()
        }
    }
}

fn story(live: Live, explanation: Explanation) -> AnyView {
    let pace = live.with(|state| state.spec().pace);
    let Explanation { says, related, steps, .. } = explanation;
    let nothing = says.is_empty() && steps.is_empty();
    let says: Vec<AnyView> = says.iter().map(|msg| view! { <p>{live.say(msg)}</p> }.into_any()).collect();
    let related: Vec<AnyView> =
        related.into_iter().flat_map(|who| [" ".into_any(), link(live, who)]).collect();
    let related = (!related.is_empty()).then(|| {
        view! { <p class="fig-related">{text::RELATED}{related}</p> }
    });
    let left_out = steps.len().saturating_sub(STEPS);
    let steps = (!steps.is_empty()).then(|| {
        let earlier = (left_out > 0)
            .then(|| view! { <li>{text::put(text::STEPS_LEFT_OUT, &[&left_out.to_string()])}</li> });
        let items: Vec<AnyView> = steps.into_iter().skip(left_out).map(|one| step(live, pace, one)).collect();
        view! { <h5>{text::STEPS}</h5><ol class="fig-history">{earlier}{items}</ol> }
    });
    let nothing = nothing.then(|| view! { <p>{text::NOTHING_KNOWN}</p> });
    view! { <div class="fig-story">{says}{related}{steps}{nothing}</div> }.into_any()
}

/// One step: when, what, where, and why, with whoever had a part in it.
fn step(live: Live, pace: Pace, step: Step) -> AnyView {
    let at = step.time;
    let what = upper(&live.say(&step.what));
    let place = step.place.map(|place| view! { " · " {link(live, place)} });
    let because = step.because.map(|because| {
        let why = text::put(text::BECAUSE, &[&live.say(&because.rule)]);
        let party = because.party.map(|party| link(live, party));
        view! { <span class="fig-because">{why}" "{party}</span> }
    });
    view! {
        <li>
            <button type="button" class="quiet fig-when" on:click=move |_| live.seek(at)>{clock_fine(at, pace)}</button>
            <span class="fig-what">{what}{place}{because}</span>
        </li>
    }
    .into_any()
}

/// Steps of a request lie milliseconds apart.
fn clock_fine(at: crate::sim::Time, pace: Pace) -> String {
    match pace {
        Pace::Steps(_) => clock(at, pace),
        Pace::Continuous => {
            let millis = at.nanos() / 1_000_000;
            format!("{:02}:{:02}.{:03}", millis / 60_000, millis / 1000 % 60, millis % 1000)
        }
    }
}

fn link(live: Live, entity: Entity) -> AnyView {
    let name = live.with(|state| state.facts.words.name(entity));
    view! { <button type="button" class="fig-entity" on:click=move |_| live.select(Some(entity))>{name}</button> }
        .into_any()
}
