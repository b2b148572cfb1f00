//! The reviews: a card, its answer, a rating; ten at a time. What is asked when, and for how long a rating can be taken back,
//! is decided by `engine::learner::Sitting`.

pub mod keeper;

use super::known::{self, Known, Loading};
use super::record;
use engine::learner::{AnkiNote, CardId, ROUND, Rating, Sitting, Syllabus, to_anki, when_again};
use engine::page::dom;
use keeper::Keeper;
use leptos::ev;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// The file of the cards.
const ANKI: &str = "backend-playground-cards.txt";
/// Where a key is typed rather than pressed.
const FIELDS: &str = "input, textarea, select, [contenteditable]";

/// The page of reviews.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let loading = known::read();
    move || {
        loading.with(|loading| match loading {
            Loading::OnItsWay => view! { <p>"Looking for your cards…"</p> }.into_any(),
            Loading::Missing => {
                view! { <p>"The cards can’t be loaded. Reload the page once you are connected again."</p> }
                    .into_any()
            }
            Loading::There(known) => review(known),
        })
    }
}

/// What the learner operates.
#[derive(Clone, Copy)]
struct Desk {
    sitting: RwSignal<Sitting, LocalStorage>,
    /// Whether the answer is shown.
    shown: RwSignal<bool>,
    keeper: StoredValue<Keeper, LocalStorage>,
}

impl Desk {
    /// Keeps what was rated: from now on it can't be taken back.
    fn keep(self) {
        if self.sitting.with_untracked(Sitting::can_undo)
            && let Some(new) = self.sitting.try_update(Sitting::to_keep)
        {
            self.keeper.with_value(|keeper| keeper.keep(new));
        }
    }

    /// The page is left, or is out of view: whoever does that has said what they meant.
    fn leave(self) {
        let waits = self.sitting.with_untracked(Sitting::can_undo);
        let focus = dom::document().active_element();
        self.keep();
        // The button that takes back goes, and all around it is made anew.
        if waits && focus.is_some_and(|it| it.closest(".learn-review").ok().flatten().is_some()) {
            focus_soon(".learn-card");
        }
    }

    fn show(self) {
        self.keep();
        self.shown.set(true);
        focus_soon(".learn-back");
    }

    fn rate(self, rating: Rating) {
        self.sitting.update(|sitting| sitting.rate(store::new_key(), known::now(), rating));
        self.shown.set(false);
        if self.sitting.with_untracked(|sitting| sitting.asked().is_none()) {
            self.keep();
        }
        focus_soon(".learn-card");
    }

    fn undo(self) {
        self.sitting.update(Sitting::undo);
        self.shown.set(false);
        focus_soon(".learn-card");
    }

    fn go_on(self) {
        self.sitting.update(|sitting| sitting.next_round(known::now()));
        focus_soon(".learn-card");
    }

    /// Keys act where the review has the focus. What has a use for a key of its own, such as a button, keeps it.
    fn press(self, event: &ev::KeyboardEvent) {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let is_in = |css: &str| target.as_ref().is_some_and(|it| it.closest(css).ok().flatten().is_some());
        if event.ctrl_key() || event.meta_key() || event.alt_key() || is_in(FIELDS) {
            return;
        }
        let shown = self.shown.get_untracked();
        let asked = self.sitting.with_untracked(|sitting| sitting.asked().is_some());
        let rated = Rating::ALL.into_iter().zip(["1", "2", "3", "4"]).find(|(_, key)| *key == event.key());
        match (rated, event.key().as_str()) {
            (Some((rating, _)), _) if asked && shown => self.rate(rating),
            (None, " " | "Enter") if asked && !shown && !is_in("a, button, summary") => self.show(),
            _ => return,
        }
        event.prevent_default();
    }
}

/// Puts the focus on what comes with the next frame, where a screen reader begins to read. Until then the review keeps it,
/// so that no key is lost when the button that was pressed goes.
fn focus_soon(css: &'static str) {
    let focus = |css: &str| dom::query_page(css).iter().for_each(dom::focus);
    focus(".learn-review");
    dom::request_frame(move |_| focus(css));
}

fn review(known: &Known) -> AnyView {
    let Known { record, syllabus, trouble } = known.clone();
    let sitting = Sitting::new(known::calendar(), record, &syllabus, known::now());
    let keeper = Keeper::new();
    let (asks, not_kept) = (sitting.asked().is_some(), keeper.trouble);
    let desk = Desk {
        sitting: RwSignal::new_local(sitting),
        shown: RwSignal::new(false),
        keeper: StoredValue::new_local(keeper),
    };
    desk.keeper.with_value(Keeper::open);
    if asks {
        dom::listen::<ev::Event>(&dom::window(), "pagehide", move |_| desk.leave());
        dom::listen::<ev::Event>(&dom::document(), "visibilitychange", move |_| {
            if dom::document().hidden() {
                desk.leave();
            }
        });
        // The page is for this: who has not gone elsewhere on it yet can begin with a key.
        if dom::document().active_element().is_none_or(|on| on.tag_name() == "BODY") {
            focus_soon(".learn-card");
        }
    }
    let begin = known.clone();
    let texts = Arc::clone(&syllabus);
    let part = move || {
        desk.sitting.with(|sitting| match sitting.asked() {
            Some(asked) => card(desk, sitting, &texts, &asked),
            None if sitting.cards() > 0 => round_over(desk, sitting, &texts),
            None => nothing_due(sitting, &begin),
        })
    };
    let failed = move || {
        let why = not_kept.get().map(record::sentence);
        why.map(|why| format!("What you rated isn’t kept yet, and is tried again with the next card. {why}"))
    };
    view! {
        {trouble.map(|trouble| view! { <p class="learn-trouble">{record::sentence(trouble)}</p> })}
        <div class="learn-review" role="group" aria-label="Review" tabindex="-1" on:keydown=move |event| desk.press(&event)>
            {part}
        </div>
        <p class="learn-trouble" role="alert">{failed}</p>
        {anki(syllabus)}
    }
    .into_any()
}

/// The card that is asked.
fn card(desk: Desk, sitting: &Sitting, syllabus: &Syllabus, asked: &CardId) -> AnyView {
    let (all, ahead) = (sitting.cards(), sitting.ahead());
    let title = syllabus.lesson(asked.lesson()).map(|lesson| lesson.title.clone());
    let (front, back) = syllabus.card(asked).map(|card| (card.front, card.back)).unwrap_or_default();
    let front = known::on_this_page(&front);
    let answer = if desk.shown.get() {
        let intervals = sitting.intervals(known::now()).unwrap_or_default();
        let back = known::on_this_page(&back);
        view! {
            <div class="learn-back" role="group" aria-label="Answer" tabindex="-1">
                <div inner_html=back></div>
                <p class="learn-place"><a href=known::address(syllabus, asked)>"In its lesson"</a></p>
            </div>
            <div class="learn-ratings" role="group" aria-label="How well did you know it?">
                {Rating::ALL.into_iter().zip(intervals).enumerate().map(|(n, (rating, days))| view! {
                    <button on:click=move |_| desk.rate(rating)>
                        <kbd>{n + 1}</kbd> <b>{name(rating)}</b> <span>{when_again(days)}</span>
                    </button>
                }).collect_view()}
            </div>
        }
        .into_any()
    } else {
        view! {
            <div class="learn-buttons">
                <button on:click=move |_| desk.show()>"Show the answer"</button>
                <span class="learn-hint">"Space or Enter"</span>
            </div>
        }
        .into_any()
    };
    view! {
        <p class="learn-count">
            <span>{format!("{} of {all} known", all - ahead)}</span>
            {sitting.can_undo().then(|| view! { <button class="quiet" on:click=move |_| desk.undo()>"Undo the last rating"</button> })}
        </p>
        <div class="learn-card" role="group" aria-label="Question" tabindex="-1">
            <p class="learn-from">{title}</p>
            <p class="learn-front" inner_html=front></p>
        </div>
        {answer}
    }
    .into_any()
}

fn name(rating: Rating) -> &'static str {
    match rating {
        Rating::Again => "Not known",
        Rating::Hard => "With effort",
        Rating::Good => "Well",
        Rating::Easy => "At once",
    }
}

/// What a round has brought.
fn round_over(desk: Desk, sitting: &Sitting, syllabus: &Syllabus) -> AnyView {
    let now = known::now();
    let missed: Vec<_> = sitting.missed().collect();
    let (all, waiting) = (sitting.cards(), sitting.today(now).len());
    let at_first = all - missed.len();
    let missed = missed.into_iter().filter_map(|card| {
        let front = known::on_this_page(&syllabus.card(card)?.front);
        let address = known::address(syllabus, card);
        Some(view! { <li><span inner_html=front></span> " " <a href=address>"In its lesson"</a></li> })
    });
    let missed = missed.collect_view();
    let rest = if waiting > 0 {
        let next = format!("The next {}", cards(waiting.min(ROUND)));
        view! {
            <p>{format!("Left for today: {}. ", cards(waiting))} {next_day(sitting)}</p>
            <div class="learn-buttons">
                <button on:click=move |_| desk.go_on()>{next}</button>
                <a href=known::root()>"Stop here"</a>
            </div>
        }
        .into_any()
    } else {
        view! { <p>"That was all for today. " {next_day(sitting)}</p> }.into_any()
    };
    view! {
        <div class="learn-card" role="group" aria-label="The round is over" tabindex="-1">
            <p class="learn-front">{format!("You knew {at_first} of {all} at the first try.")}</p>
            {(at_first < all).then(|| view! { <p>"To look at again:"</p> })}
            <ul>{missed}</ul>
        </div>
        {rest}
    }
    .into_any()
}

/// Nothing is asked today: what comes next, and where to begin.
fn nothing_due(sitting: &Sitting, known: &Known) -> AnyView {
    let begun = !known.record.begun().is_empty();
    let first = if begun {
        "No card is due."
    } else {
        "There are no cards yet: they come from the lessons that you begin."
    };
    let where_to = if begun { "Meanwhile: " } else { "Begin with " };
    view! {
        <p>{first} " " {next_day(sitting)}</p>
        <p>{where_to} {known::next_lesson(known)} "."</p>
    }
    .into_any()
}

/// When cards come next.
fn next_day(sitting: &Sitting) -> Option<String> {
    let (days, all) = sitting.next_day(known::now())?;
    let come = if all == 1 { "One card comes".to_owned() } else { format!("{all} cards come") };
    Some(format!("{come} {}.", when_again(days)))
}

/// So many cards, in words.
fn cards(all: usize) -> String {
    if all == 1 { "one card".to_owned() } else { format!("{all} cards") }
}

/// All cards as a file for Anki.
fn anki(syllabus: Arc<Syllabus>) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let download = move |_| {
        // In Anki a link has to be whole.
        let here = dom::document().base_uri().ok().flatten().unwrap_or_default();
        let home = web_sys::Url::new_with_base(&known::root(), &here);
        let home = home.map(|home| home.href()).unwrap_or_default();
        let whole = |html: String| html.replace("@root/", &home);
        let notes: Vec<AnkiNote> = syllabus
            .cards()
            .filter_map(|id| syllabus.card(&id).map(|card| (id, card)))
            .map(|(id, card)| AnkiNote { id, front: whole(card.front), back: whole(card.back) })
            .collect();
        dom::download(ANKI, "text/plain", to_anki(&notes).as_bytes());
        said.set(format!("{ANKI} holds {}. In Anki: File, Import.", cards(notes.len())));
    };
    view! {
        <div class="learn-buttons learn-aside">
            <button on:click=download>"Cards for Anki"</button>
            <span role="status">{move || said.get()}</span>
        </div>
    }
}
