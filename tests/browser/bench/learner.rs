//! What the learner's side takes: a keystroke in the search, and the statistics of years.

use super::{Sorted, measure, open};
use crate::harness::site;
use playground::learner::{Attempt, CardId, Entry, Grade, Guess, Key, Rating, Record, Review, Task, Visit};
use playground::lessons;
use playground::sim::Unit;
use serde_json::json;

const KEYSTROKE_BAR_MS: f64 = 16.0;
const STATISTICS_BAR_MS: f64 = 100.0;
const CARDS: usize = 1_000;
const ATTEMPTS: usize = 10_000;
const TIMES: usize = 9;

/// Types each query letter by letter; how long each letter took until its results stood in the page. A timer's task begins when
/// all that the letter has set going is through.
const TYPES: &str = "const done = arguments[arguments.length - 1]; (async () => { \
    const field = document.querySelector('input[type=search]'), took = []; \
    const task = () => new Promise((go) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = go; port2.postMessage(0); }); \
    for (const query of arguments[0]) for (let n = 1; n <= query.length; n++) { \
      const begun = performance.now(); \
      field.value = query.slice(0, n); field.dispatchEvent(new Event('input', { bubbles: true })); \
      await task(); document.body.offsetHeight; took.push(performance.now() - begun); \
    } return took; })().then(done);";
/// Has the statistics made anew, from the record in the store to the last number in the page; how long that took.
const COUNTS: &str = "const done = arguments[arguments.length - 1]; (async () => { \
    const place = document.createElement('div'); place.dataset.learn = 'statistics'; \
    document.querySelector('main').append(place); const begun = performance.now(); \
    document.dispatchEvent(new Event('learn')); \
    while (place.querySelectorAll('canvas').length < 2) await new Promise((go) => setTimeout(go)); \
    document.body.offsetHeight; const took = performance.now() - begun; place.remove(); return took; })().then(done);";
/// Imports a record as the page's field does.
const IMPORTS: &str = "const files = new DataTransfer(); files.items.add(new File([arguments[0]], 'record.json')); \
    const field = document.querySelector('.learn-record input[type=file]'); field.files = files.files; \
    field.dispatchEvent(new Event('change', { bubbles: true })); return 0";

fn key(n: usize) -> Key {
    Key::new((n as u128).to_be_bytes())
}

/// Three years of a diligent learner's: each card reviewed eight times.
fn years() -> Record {
    const DAY: u64 = 86_400_000;
    let begun = 1_700_000_000_000;
    let paths: Vec<&str> = lessons::all().map(|(lesson, _)| lesson).collect();
    let lesson = |n: usize| paths[n % paths.len()].to_owned();
    let attempt = |n: usize| Attempt {
        task: Task::Prediction,
        id: format!("question-{}", n % CARDS),
        answer: "500".to_owned(),
        grade: if n.is_multiple_of(3) { Grade::Wrong } else { Grade::Right },
        run: None,
        guess: Some(Guess { unit: Unit::Count, guessed: 500.0, was: 700.0 }.to_text()),
    };
    let entry = |n: usize| Entry {
        key: key(n),
        lesson: lesson(n % CARDS),
        when: begun + DAY / 20 * n as u64,
        attempt: attempt(n),
    };
    let review = |n: usize| Review {
        key: key(100_000 + n),
        card: CardId::new(&lesson(n % CARDS), &format!("card-{}", n % CARDS)),
        when: begun + DAY * (4 << (n / CARDS)) + n as u64,
        rating: if n.is_multiple_of(7) { Rating::Again } else { Rating::Good },
    };
    let visit = |n: usize| Visit {
        key: key(200_000 + n),
        lesson: lesson(n),
        when: begun + DAY * n as u64,
        seconds: 1_200,
    };
    Record {
        attempts: (0..ATTEMPTS).map(entry).collect(),
        reviews: (0..8 * CARDS).map(review).collect(),
        visits: (0..500).map(visit).collect(),
        ..Record::default()
    }
}

fn said(what: &str, took: Vec<f64>, bar: f64) {
    let (all, took) = (took.len(), Sorted::new(took));
    println!(
        "{what}: {:.1} ms median of {all}, {:.1} ms at the 95th percentile, {:.1} ms at most; bar {bar:.0} ms",
        took.at(0.5),
        took.at(0.95),
        took.at(1.0)
    );
}

pub fn a_keystroke_in_the_search_and_the_statistics_of_years() {
    let home = site();
    measure(async || {
        let browser = open().await;
        browser.goto(&format!("{home}search/")).await;
        browser.until("document.querySelector('input[type=search]')").await;
        let queries = json!(["load balancing", "cirucit breaker", "thundering herd", "xyzzy", "cap"]);
        let took = browser.wait_for(TYPES, vec![queries]).await;
        let took = took.as_array().expect("a list").iter().filter_map(serde_json::Value::as_f64).collect();
        said("a keystroke in the search", took, KEYSTROKE_BAR_MS);

        browser.goto(&format!("{home}record/")).await;
        browser.until("document.querySelector('.learn-record input[type=file]')").await;
        let _: u32 = browser.run_with(IMPORTS, vec![years().to_json().into()]).await;
        browser.until("/10.?000/.test(document.querySelector('.learn-record').innerText)").await;
        browser.goto(&format!("{home}statistics/")).await;
        browser.until("document.querySelectorAll('canvas').length > 1").await;
        let mut took = Vec::new();
        for _ in 0..TIMES {
            took.extend(browser.wait_for(COUNTS, Vec::new()).await.as_f64());
        }
        said(&format!("statistics of {CARDS} cards and {ATTEMPTS} attempts"), took, STATISTICS_BAR_MS);
    });
}
