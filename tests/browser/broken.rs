//! A model that panics, and one that never answers, end one figure and not the page.

#[path = "broken/model.rs"]
mod model;

use crate::figure::{Figure, LESSON};
use crate::harness::{Browser, Kind, Setup, copy_of_site};
use crate::server;
use maud::PreEscaped;
use model::Broken;
use playground::course::Course;
use playground::player::{Experiment, Input, InputKind, Run, Value, View, encode_view};
use playground::scene::Words;
use playground::sim::{Entity, Seed, Time};
use playground::site::figure::{self, Caption};
use playground::site::sample;
use playground::site::still::Still;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

const FIGURE: &str = "#fig-slow-server";
static BROKEN: playground::player::Figure = playground::player::Figure::of::<Broken>();

/// The address of a page of the built site that has the broken figure in the place of the lesson's first. There is one
/// such site for all stories.
pub fn site_with_broken_figure() -> &'static str {
    static PAGE: LazyLock<String> = LazyLock::new(build);
    &PAGE
}

/// Puts the broken figure and its worker into a copy of the built site.
fn build() -> String {
    let built = std::env::var_os("BROKEN").map(PathBuf::from);
    let built = built.expect("BROKEN, the folder of the broken figure's worker, is set by './dev test'");
    let root = copy_of_site("broken-site");
    let page = fs::read_to_string(root.join(LESSON).join("index.html")).expect("the lesson is built");
    let build = between(&page, "<meta name=\"build-id\" content=\"", "\"").to_owned();
    let glue = fs::read_to_string(built.join("broken-worker.js")).expect("the worker is built");
    let script = format!(
        "globalThis.BUILD_ID = '{build}';\n{glue}\n\
         wasm_bindgen({{ module_or_path: new URL('./broken-worker_bg.wasm', self.location.href) }});\n"
    );
    fs::write(root.join("broken-worker.js"), script).expect("written");
    fs::copy(built.join("broken-worker_bg.wasm"), root.join("broken-worker_bg.wasm")).expect("copied");

    let words = Words {
        patterns: [("ticking".to_owned(), "It ticks.".to_owned())].into_iter().collect(),
        kinds: Broken::SPEC.naming(),
    };
    let run = Run::new(Broken::SPEC, Seed(1));
    let view = View { run, compared_controls: Vec::new(), at: Broken::SPEC.still_at };
    let shown = Still::of(&BROKEN, words, view).expect("it opens");
    let caption = Caption {
        question: None,
        invitation: None,
        id: "slow-server",
        number: 1,
        markup: PreEscaped("It breaks".to_owned()),
        text: "It breaks",
        gated_by: Vec::new(),
        without: Vec::new(),
        goal: Vec::new(),
        set: Some("tests/broken"),
        files: None,
    };
    let element = figure::markup(&caption, Some(&shown)).into_string();
    let facts = figure::words("slow-server", &shown).into_string();
    let start = page.find("<figure").expect("the page has a figure");
    let end = page.find("</figure>").expect("it ends") + "</figure>".len();
    let sampled = sample::still(&Course::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/lessons"))).0);
    let sample_facts = figure::words("services", &sampled).into_string();
    let sample = sample::element("services", Some("tests/broken"), &sampled);
    let page = [&page[..start], &facts, &element, &sample_facts, &sample, &page[end..]].concat();
    let meta =
        "<meta name=\"worker\" data-sets=\"tests/broken\" content=\"../../broken-worker.js\">\n</head>";
    let page = page.replacen("</head>", meta, 1);
    fs::write(root.join(LESSON).join("index.html"), page).expect("written");
    format!("{}{LESSON}", server::serve(root, "/"))
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split_once(before).and_then(|(_, rest)| rest.split_once(after)).expect("the page has it").0
}

pub async fn a_model_that_panics_or_hangs_is_taken_back_to_before_it_and_the_page_goes_on(kind: Kind) {
    let page = site_with_broken_figure();
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(page).await;
    let figure = Figure { browser: &browser, css: FIGURE };
    figure.ready().await;
    for (action, notice) in [("Panic", "failed"), ("Hang", "did not answer")] {
        figure.keys(".fig-line input", "\u{e011}\u{e00e}").await;
        figure.says(".fig-time", "00:06.0").await;
        let before = figure.settled().await;
        figure.walk_to("thing A").await;
        figure.press(action).await;
        let told = format!("/{notice}/.test(document.querySelector('{FIGURE} .fig-notice')?.innerText)");
        browser.until(&told).await;
        let link: String = browser.run("return document.querySelector('.fig-notice a').href").await;
        assert!(link.contains("#slow-server="), "{link}");
        figure.settles_at(&before).await;
        // It is alive: it plays on.
        figure.click(".fig-play").await;
        figure.says(".fig-time", "00:0[7-9]").await;
        figure.click(".fig-play").await;
        // And so is everything else on the page.
        let other: bool = browser
                .run("document.querySelector('[data-theme-switch]').click(); return document.documentElement.hasAttribute('data-theme')")
                .await;
        assert!(other || action == "Hang", "the page's own buttons work");
    }
    browser.errors().await;
}

/// A link to the broken figure at a moment, to which something is done at each of these seconds.
fn link(page: &str, action: &str, seconds: &[u64], at: u64) -> String {
    let mut run = Run::new(Broken::SPEC, Seed(1));
    let change = InputKind::Act { action: action.into(), targets: vec![Entity::new(0, 0)], arg: Value::None };
    let input = |secs: &u64| Input { at: Time::from_secs(*secs), change: change.clone() };
    run.inputs = seconds.iter().map(input).collect();
    let view = View { run, compared_controls: Vec::new(), at: Time::from_secs(at) };
    format!("{page}#slow-server={}", encode_view(&view))
}

/// Plays, and pauses again.
async fn plays(figure: &Figure<'_>) {
    let at = figure.settled().await.0;
    figure.click(".fig-play").await;
    figure.browser.until(&format!("document.querySelector('{FIGURE} .fig-time').innerText !== '{at}'")).await;
    figure.click(".fig-play").await;
}

pub async fn a_link_to_what_fails_says_so_and_leaves_the_figure_as_the_page_shows_it(kind: Kind) {
    let page = site_with_broken_figure();
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&link(page, "panic", &[5], 10)).await;
    let figure = Figure { browser: &browser, css: FIGURE };
    figure.says(".fig-notice", "failed").await;
    figure.says(".fig-time", "00:01.0").await;
    plays(&figure).await;
    browser.errors().await;
}

pub async fn a_link_that_hung_is_not_started_again_before_the_learner_says_so(kind: Kind) {
    let page = site_with_broken_figure();
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&link(page, "hang", &[5], 10)).await;
    // The learner does not wait for the end of that.
    tokio::time::sleep(Duration::from_secs(1)).await;
    browser.client().refresh().await.expect("a page can be loaded again");
    let figure = Figure { browser: &browser, css: FIGURE };
    figure.says(".fig-notice", "stopped the figure last time").await;
    figure.press("Restart the model").await;
    // It hangs again, and what the page shows goes on.
    let told = format!("/did not answer/.test(document.querySelector('{FIGURE} .fig-notice')?.innerText)");
    browser.until(&told).await;
    figure.says(".fig-time", "00:01.0").await;
    plays(&figure).await;
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}

pub async fn a_second_failure_in_a_row_stops_the_figure_until_the_learner_starts_it_again(kind: Kind) {
    let page = site_with_broken_figure();
    let browser = Browser::open(Setup::desk(kind)).await;
    // It fails when it computes ahead; and before the last thing that was done there is one at which it fails too.
    browser.goto(&link(page, "panic", &[20, 30], 10)).await;
    let figure = Figure { browser: &browser, css: FIGURE };
    figure.says(".fig-notice", "failed[^]*Restart the model").await;
    // Nothing else starts it: not a pointer that moves over it.
    let hover = format!(
        "const at = {{ bubbles: true, clientX: 5, clientY: 5 }}; \
             document.querySelector('{FIGURE} .fig-picture').dispatchEvent(new MouseEvent('mousemove', at)); return 0"
    );
    let _: u32 = browser.run(&hover).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    figure.says(".fig-notice", "failed[^]*Restart the model").await;
    figure.press("Restart the model").await;
    figure.says(".fig-time", "00:01.0").await;
    plays(&figure).await;
    browser.errors().await;
}
