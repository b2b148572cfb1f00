//! What the front page tells who returns: where they were, and what is due.

use super::known::{self, Known, Loading};
use engine::learner::{LessonOutline, Schedule, Standing, go_on_with};
use leptos::prelude::*;

/// Where the learner goes on, and what is due; nothing, if the record can't be read: the page has the ways in without it, and the
/// record's own page says what is wrong.
#[component]
pub fn Return() -> impl IntoView {
    let loading = known::read();
    move || match loading.get() {
        Loading::There(known) if known.trouble.is_none() => back(&known),
        _ => ().into_any(),
    }
}

fn back(known: &Known) -> AnyView {
    let next = go_on_with(&known.syllabus, &known.record).map(|(lesson, standing)| {
        let address = [&known::root(), &*lesson.path, "/"].concat();
        view! { <p><a class="button" href=address>{begin_or_go_on(lesson, standing)}</a>" "{where_one_is(standing)}</p> }
    });
    let due = due(known);
    let cards = (due > 0).then(|| {
        let address = [&known::root(), "review/"].concat();
        view! { <p><a href=address>{cards(due)}</a></p> }
    });
    view! { <div class="learn-return">{next}{cards}</div> }.into_any()
}

/// How many cards are due today.
fn due(known: &Known) -> usize {
    let calendar = known::calendar();
    let schedule = Schedule::replay(calendar, &known.record.attempts, &known.record.reviews);
    let all = known.syllabus.all_cards();
    schedule.due(calendar.day(known::now()), |card| all.contains(card)).len()
}

fn begin_or_go_on(lesson: &LessonOutline, standing: Standing) -> String {
    let verb = if standing.is_begun() { "Go on with" } else { "Next:" };
    let mut letters = lesson.title.chars();
    // 'circuit breakers', and 'CAP and BASE'.
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            format!("{verb} {}{second}{}", first.to_lowercase(), letters.as_str())
        }
        _ => format!("{verb} {}", lesson.title),
    }
}

fn where_one_is(standing: Standing) -> String {
    let (answered, asked) = standing.answered;
    let (passed, challenges) = standing.passed;
    match (standing.is_begun(), asked, challenges) {
        (false, ..) | (_, 0, 0) => String::new(),
        (_, _, 0) => format!("{answered} of {asked} questions answered"),
        (_, 0, _) => format!("{passed} of {challenges} challenges passed"),
        _ => format!("{answered} of {asked} questions answered, {passed} of {challenges} challenges passed"),
    }
}

fn cards(due: usize) -> String {
    if due == 1 { "One card is due".to_owned() } else { format!("{due} cards are due") }
}
