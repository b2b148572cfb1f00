//! The settings: how the site looks and how figures play. They are kept beside the record, where `public/theme.js` finds them
//! before anything is painted, and go along with an export of it.

use engine::learner::{Millis, Setting};
use engine::page::dom;
use leptos::prelude::*;

/// A setting: its name, what it is called, and what may be chosen, the default first: value and words.
struct Offer {
    name: &'static str,
    title: &'static str,
    choices: &'static [(&'static str, &'static str)],
}

/// As `public/theme.js` has them.
const OFFERS: [Offer; 4] = [
    Offer {
        name: "theme",
        title: "Light or dark",
        choices: &[("auto", "As the system"), ("light", "Light"), ("dark", "Dark")],
    },
    Offer {
        name: "text",
        title: "Size of text",
        choices: &[("normal", "As the browser has it"), ("large", "Larger"), ("larger", "Larger still")],
    },
    Offer {
        name: "motion",
        title: "Motion",
        choices: &[("auto", "As the system"), ("less", "Figures go on in steps")],
    },
    Offer {
        name: "speed",
        title: "Figures play",
        choices: &[
            ("normal", "At the speed that the lesson suggests"),
            ("slower", "A step slower"),
            ("faster", "A step faster"),
        ],
    },
];

/// The settings, as groups of choices.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let said = RwSignal::new(String::new());
    let groups = OFFERS.map(|offer| {
        let chosen = chosen(&offer);
        let choices = offer.choices.iter().map(|&(value, words)| {
            let choose = move |_| {
                said.set(if keep(offer.name, value) {
                    format!("{}: {}.", offer.title, words.to_lowercase())
                } else {
                    "This browser keeps nothing for this site, so the choice can't be kept.".to_owned()
                });
            };
            view! {
                <label>
                    <input type="radio" name=offer.name value=value checked=value == chosen on:change=choose />
                    <span>{words}</span>
                </label>
            }
        });
        view! { <fieldset><legend>{offer.title}</legend>{choices.collect_view()}</fieldset> }
    });
    view! {
        <div class="learn-settings">
            {groups}
            <p role="status">{move || said.get()}</p>
        </div>
    }
}

/// What is chosen; the default, where nothing is or where it can't be read.
fn chosen(offer: &Offer) -> &'static str {
    let kept = dom::local_storage().and_then(|storage| storage.get_item(offer.name).ok().flatten());
    let known = offer.choices.iter().find(|(value, _)| kept.as_deref() == Some(value));
    known.unwrap_or(&offer.choices[0]).0
}

/// Keeps a choice and lets the page follow; whether it could be kept.
fn keep(name: &str, value: &str) -> bool {
    let kept = dom::local_storage().is_some_and(|storage| storage.set_item(name, value).is_ok());
    if let Ok(event) = web_sys::Event::new("settingchange") {
        let _ = dom::document().dispatch_event(&event);
    }
    kept
}

/// All that was chosen, for an export.
pub fn current(now: Millis) -> Vec<Setting> {
    let set = OFFERS.iter().filter(|offer| chosen(offer) != offer.choices[0].0);
    set.map(|offer| Setting { name: offer.name.to_owned(), value: chosen(offer).to_owned(), when: now })
        .collect()
}

/// Takes over what a file says, as far as it is known here.
pub fn take_over(settings: &[Setting]) {
    for setting in settings {
        let offer = OFFERS.iter().find(|offer| offer.name == setting.name);
        if offer.is_some_and(|offer| offer.choices.iter().any(|(value, _)| *value == setting.value)) {
            keep(&setting.name, &setting.value);
        }
    }
}
