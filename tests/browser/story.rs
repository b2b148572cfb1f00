//! The story of the product: break a system, go back, ask why; then bring traffic of one's own. And the terminal says
//! the same of the same run.

use crate::figure::{Figure, LESSON};
use crate::harness::{Browser, Kind, Setup, scratch, site};
use fantoccini::Locator;
use playground::lab::{self, Exit};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const BROKEN_ONE: &str = "#fig-slow-server";
const OWN_TRAFFIC: &str = "#fig-your-traffic";
/// Lines of the log, and every how many of them is none of a log.
const LINES: u32 = 600;
const BROKEN_EVERY: u32 = 50;

/// An access log of five minutes, with a rush every minute and lines that are none.
fn access_log(kind: Kind) -> PathBuf {
    let mut log = String::new();
    for n in 0..LINES {
        if n % BROKEN_EVERY == 7 {
            log.push_str("=== the log was rotated here ===\n");
            continue;
        }
        // A third of each minute's requests come within three seconds.
        let (minute, k) = (n / 120, n % 120);
        let second = if k < 40 { k / 14 } else { 3 + (k - 40) * 57 / 80 };
        let _ = writeln!(
            log,
            "10.0.0.{} - - [12/May/2024:08:{minute:02}:{second:02} +0000] \"GET /item/{} HTTP/1.1\" 200 {}",
            n % 9,
            n * n % 31,
            200 + n % 700
        );
    }
    let path = scratch(&format!("story-{kind:?}.log"));
    fs::write(&path, log).expect("a log can be written");
    path
}

/// What the terminal prints as JSON.
fn terminal(line: &[&str]) -> Value {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = lab::run(std::iter::once("lab").chain(line.iter().copied()), &mut out, &mut err);
    assert_eq!(exit, Exit::Fine, "{line:?}: {}", String::from_utf8_lossy(&err));
    serde_json::from_slice(&out).expect("--json prints JSON")
}

/// The readings that the terminal printed, as people read them.
fn told(report: &Value) -> Vec<String> {
    let readings = report["readings"].as_array().expect("a report has readings");
    readings.iter().map(|reading| plain(reading["text"].as_str().expect("a reading has a text"))).collect()
}

/// The readings that a figure shows.
async fn shown(figure: &Figure<'_>) -> Vec<String> {
    let all = format!(
        "return [...document.querySelectorAll('{} .fig-readings dd')].map(e => e.innerText)",
        figure.css
    );
    let readings: Vec<String> = figure.browser.run(&all).await;
    readings.iter().map(|reading| plain(reading)).collect()
}

/// Without spaces: the page sets a number apart from its unit, and breaks lines, in its own way.
fn plain(text: &str) -> String {
    text.split_whitespace().collect()
}

pub async fn what_a_learner_breaks_and_brings_is_the_same_in_the_terminal(kind: Kind) {
    let home = site();
    let log = access_log(kind);
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&format!("{home}{LESSON}")).await;
    breaks_goes_back_and_asks_why(&browser).await;
    brings_a_log(&browser, &log).await;
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}

async fn breaks_goes_back_and_asks_why(browser: &Browser) {
    let figure = Figure { browser, css: BROKEN_ONE };
    figure.ready().await;
    figure.hold().await;
    // By Home and PageUp to a moment; there another policy, and B becomes eight times slower.
    figure.keys(".fig-line input", "\u{e011}\u{e00e}\u{e00e}").await;
    figure.says(".fig-time", "00:12.0").await;
    let policy = format!("{BROKEN_ONE} .fig-control.choice select");
    let select = browser.client().find(Locator::Css(&policy)).await.expect("policies are a choice");
    select.select_by_value("two-choices").await.expect("it has this policy");
    figure.walk_to("server B").await;
    figure.says(".fig-explain h3", "Server.B").await;
    figure.fill(".fig-action-with input", "8").await;
    // Its panel makes room for the effect, and says so when one asks again.
    browser.until(&format!("document.querySelector('{BROKEN_ONE} .fig-explain[hidden]')")).await;
    figure.walk_to("server B").await;
    figure.says(".fig-explain", "8.*times|8.?×").await;
    let slowed = figure.settled().await;

    // Six seconds later A is killed, and six seconds later still that shows.
    figure.keys(".fig-line input", "\u{e00e}").await;
    figure.says(".fig-time", "00:18.0").await;
    figure.settled().await;
    figure.walk_to("server A").await;
    // B's panel, with a button of the same name, gives way to A's: a click on what is just going is lost.
    figure.says(".fig-explain h3", "Server.A").await;
    figure.press("Kill").await;
    figure.says(".fig-says", "dead").await;
    figure.keys(".fig-line input", "\u{e00e}").await;
    figure.says(".fig-time", "00:24.0").await;
    figure.settled().await;

    // The terminal says the same of the run and the moment that the link holds.
    let link = figure.link().await;
    let report = &terminal(&["open", &link, "--json"])[0];
    assert_eq!((report["at"].as_f64(), report["inputs"].as_array().map(Vec::len)), (Some(24.0), Some(3)));
    assert_eq!(shown(&figure).await, told(report));

    // Back to before the kill: as it was, and nobody is dead.
    figure.keys(".fig-line input", "\u{e00f}\u{e00f}").await;
    figure.says(".fig-time", "00:12.0").await;
    figure.says(".fig-says", "^((?!dead).)*$").await;
    assert_eq!(figure.settled().await, slowed);

    // A request at the slow server says what it waited for.
    figure.keys(".fig-line input", "\u{e00e}").await;
    figure.says(".fig-time", "00:18.0").await;
    figure.settled().await;
    figure.walk_to("server B").await;
    figure.says(".fig-explain h3", "Server.B").await;
    figure.click(".fig-explain p .fig-entity[data-on^='0:']").await;
    figure.says(".fig-explain h3", "Request").await;
    figure.says(".fig-history", "because").await;
}

async fn brings_a_log(browser: &Browser, log: &Path) {
    let figure = Figure { browser, css: OWN_TRAFFIC };
    figure.ready().await;
    let path = log.to_str().expect("a path in UTF-8");
    figure.keys(".fig-data input[type=file]", path).await;
    let broken = LINES / BROKEN_EVERY;
    let read = format!("{} requests read from {LINES} lines", LINES - broken);
    figure.says(".fig-data", &read).await;
    let unread = format!("{broken} lines could not be read; the first is line 8:.*the log was rotated here");
    figure.says(".fig-data", &unread).await;

    // It plays at once. Faster than it was written it plays from the start again, and what it does comes from the log.
    figure.says(".fig-time", "00:0(0.[3-9]|[1-9])").await;
    figure.click(".fig-play").await;
    figure.keys(".fig-line input", "\u{e011}").await;
    figure.says(".fig-time", "00:00.0").await;
    let open = format!("document.querySelector('{OWN_TRAFFIC} .fig-more-controls').open = true; return 0");
    let _: u32 = browser.run(&open).await;
    let compress: String = browser
        .run(&format!(
            "const of = [...document.querySelectorAll('{OWN_TRAFFIC} .fig-control.number')].find(e => /Log runs/.test(e.innerText)); \
             const field = of.querySelector('.fig-number'); field.id ||= 'compress-field'; return field.id"
        ))
        .await;
    figure.fill(&format!("#{compress}"), "4").await;
    figure.click(".fig-play").await;
    figure.says(".fig-time", "00:0(0.[3-9]|[1-9])").await;
    figure.click(".fig-play").await;
    let seed: String = browser
        .run(&format!("return document.querySelector('{OWN_TRAFFIC} .fig-control.seed input').value"))
        .await;
    figure.keys(".fig-line input", "\u{e011}\u{e00e}").await;
    figure.says(".fig-time", "01:00.0").await;
    figure.settled().await;

    let replay = ["--set", "arrivals=replay", "--set", "compress=4", "--until", "60s", "--json"];
    let report = terminal(&[&["run", "your-traffic", "--seed", &seed, "--log", path], &replay[..]].concat());
    let answered =
        report["readings"].as_array().and_then(|all| all.iter().find(|one| one["id"] == "answered"));
    let rate = answered.and_then(|one| one["value"].as_f64()).expect("answers are counted");
    assert!(rate > 0.5, "the log still goes on: {rate} a second");
    assert_eq!(shown(&figure).await, told(&report));
    let note = report["notes"][0].as_str().expect("a note on the file");
    assert_eq!(plain(&figure.text(".fig-data li").await), plain(note));
}
