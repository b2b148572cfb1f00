//! The statistics: a few numbers, and two charts with the same numbers as tables.

mod chart;

use super::known::{self, Known, Loading};
use super::record;
use chart::{Bar, Shape, chart};
use engine::learner::{Day, Schedule, Share, Statistics};
use leptos::prelude::*;

/// The page of statistics.
#[component]
pub fn StatisticsPage() -> impl IntoView {
    let loading = known::read();
    move || {
        loading.with(|loading| match loading {
            Loading::OnItsWay => view! { <p>"Looking for your record…"</p> }.into_any(),
            Loading::Missing => {
                view! { <p>"The lessons can’t be loaded. Reload the page once you are connected again."</p> }
                    .into_any()
            }
            Loading::There(Known { trouble: Some(trouble), .. }) => {
                view! { <p class="learn-trouble">{record::sentence(*trouble)}</p> }.into_any()
            }
            Loading::There(known) => statistics(known),
        })
    }
}

fn statistics(known: &Known) -> AnyView {
    let Known { record, syllabus, .. } = known;
    if record.begun().is_empty() && record.reviews.is_empty() {
        return view! { <p>"There is nothing to count yet. Begin with " {known::next_lesson(known)} "."</p> }
            .into_any();
    }
    let calendar = known::calendar();
    let (today, exist) = (calendar.day(known::now()), syllabus.all_cards());
    let schedule = Schedule::replay(calendar, &record.attempts, &record.reviews);
    let statistics = Statistics::of(&schedule, record, today, |card| exist.contains(card));
    let numbers = [
        ("Cards kept, of those reviewed in the last 30 days", share(statistics.kept)),
        ("Cards due today", statistics.due.to_string()),
        ("Predictions right at first", share(statistics.predicted)),
    ];
    let title = |path: &str| {
        // A lesson that is gone keeps its name of old.
        syllabus.lesson(path).map_or_else(|| path.to_owned(), |lesson| lesson.title.clone())
    };
    let ahead = statistics.forecast.iter().enumerate().map(|(n, cards)| Bar {
        label: day(today, n as u32),
        value: *cards as f64,
        said: cards.to_string(),
    });
    let time = statistics.time.iter().map(|(lesson, seconds)| Bar {
        label: title(lesson),
        value: *seconds as f64,
        said: minutes(*seconds),
    });
    let (ahead, time): (Vec<_>, Vec<_>) = (ahead.collect(), time.collect());
    let all: usize = statistics.forecast.iter().sum();
    let most = statistics.forecast.iter().max().copied().unwrap_or(0);
    let guesses = statistics.calibration.iter().map(|it| view! { <p>{it.sentence()}</p> }).collect_view();
    view! {
        <dl class="learn-numbers">
            {numbers.map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })}
        </dl>
        {(statistics.due > 0).then(|| view! { <p><a href=[known::root(), "review/".to_owned()].concat()>"Review them"</a></p> })}
        {(!statistics.calibration.is_empty()).then(|| view! { <h2>"What you guess"</h2> })}
        {guesses}
        <h2>"Cards of the next 14 days"</h2>
        <p>{format!("{all} in all, {most} on the fullest day, if you know all of them when they come.")}</p>
        {chart(Shape::Upright, "Cards of the next 14 days", ["Day", "Cards"], ahead)}
        {(!time.is_empty()).then(|| view! {
            <h2>"Where your time went"</h2>
            {chart(Shape::Lying, "Time by lesson", ["Lesson", "Time"], time)}
        })}
    }
    .into_any()
}

fn share(share: Share) -> String {
    if share.all == 0 { "none yet".to_owned() } else { format!("{} of {}", share.of_them, share.all) }
}

fn minutes(seconds: u64) -> String {
    match seconds.div_ceil(60) {
        minutes if minutes < 120 => format!("{minutes} min"),
        minutes => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

/// A day from now, as its chart says it.
fn day(today: Day, ahead: u32) -> String {
    if ahead == 0 { "today".to_owned() } else { today.plus(ahead).weekday().to_owned() }
}
