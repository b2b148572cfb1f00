//! The lesson's first figure, operated as a learner does.

use crate::harness::{Browser, Kind, PATIENCE, Setup, site};
use fantoccini::Locator;
use std::time::{Duration, Instant};

/// The page with four servers.
pub const LESSON: &str = "architecture/load-balancing/";
/// Its first figure.
const FIGURE: &str = "#fig-slow-server";

/// A figure on an open page.
pub struct Figure<'a> {
    pub browser: &'a Browser,
    pub css: &'a str,
}

impl Figure<'_> {
    /// Waits until the still has come to life, and takes it back to how the page shows it at first: one that is the first of
    /// its page plays at once, and so does one whose prediction is skipped.
    pub async fn ready(&self) {
        self.awake().await;
        let back = format!(
            "const figure = document.querySelector('{}'); figure.removeAttribute('data-asks'); \
             figure.querySelector('[data-do=reset]').click(); return 0",
            self.css
        );
        let _: u32 = self.browser.run(&back).await;
        self.browser.until(&format!("document.querySelector('{} .fig-play[title^=Play]')", self.css)).await;
    }

    /// Plays for a moment and pauses, as one who wants to look closely: what is done then doesn't make the figure play on.
    pub async fn hold(&self) {
        self.click(".fig-play").await;
        self.browser.until(&format!("document.querySelector('{} .fig-play[title^=Pause]')", self.css)).await;
        self.click(".fig-play").await;
        self.browser.until(&format!("document.querySelector('{} .fig-play[title^=Play]')", self.css)).await;
    }

    /// Waits until the still has come to life; predictions that come before it are skipped.
    pub async fn awake(&self) {
        // A figure out of view is not woken. What loads above it can push it out of view again: WebKit doesn't hold on to
        // what is seen while the page grows.
        let show = format!("document.querySelector('{}').scrollIntoView()", self.css);
        let _: u32 = self.browser.run(&format!("{show}; return 0")).await;
        let away = format!("document.querySelector('{}').getBoundingClientRect()", self.css);
        let away = format!("({away}.bottom < 0 || {away}.top > innerHeight)");
        let live = Self::is_live(self.css);
        self.browser.until(&format!("({away} && {show}, {live})")).await;
        let skip = format!(
            "const figure = document.querySelector('{}'); \
             for (const id of (figure.hasAttribute('data-live') ? '' : figure.dataset.after ?? '').split(',').filter(Boolean)) \
               document.querySelector(`[data-predict=\"${{id}}\"] [data-do=skip]`).click(); return 0",
            self.css
        );
        let _: u32 = self.browser.run(&skip).await;
        self.browser.until(&format!("document.querySelector('{}[data-live]')", self.css)).await;
    }

    /// The condition, in JavaScript, that the figure lives, or waits for a prediction to be made.
    pub fn is_live(css: &str) -> String {
        format!("document.querySelector('{css}:is([data-live], [data-waits])')")
    }

    /// Clicks the first element that matches within the figure.
    pub async fn click(&self, css: &str) {
        let css = format!("{} {css}", self.css);
        self.click_at(Locator::Css(&css)).await;
    }

    /// Clicks the button that says this.
    pub async fn press(&self, words: &str) {
        let path = format!("//figure[@id='{}']//button[contains(., '{words}')]", &self.css[1..]);
        self.click_at(Locator::XPath(&path)).await;
    }

    /// What was done a moment ago may still have to come back from the worker: the element may not be there yet, have
    /// something above it, or be another one when it is to be clicked.
    async fn click_at(&self, locator: Locator<'_>) {
        let start = Instant::now();
        let click =
            async || self.browser.client().wait().at_most(PATIENCE).for_element(locator).await?.click().await;
        while let Err(e) = click().await {
            assert!(start.elapsed() < PATIENCE, "{locator:?}: {e}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Types into the element that matches.
    pub async fn keys(&self, css: &str, keys: &str) {
        let css = format!("{} {css}", self.css);
        let element =
            self.browser.client().find(Locator::Css(&css)).await.unwrap_or_else(|e| panic!("{css}: {e}"));
        element.send_keys(keys).await.unwrap_or_else(|e| panic!("{css}: {e}"));
    }

    /// Replaces what stands in a field, and leaves it with Enter.
    pub async fn fill(&self, css: &str, text: &str) {
        let whole = format!("{} {css}", self.css);
        // WebKit's driver doesn't scroll to every field.
        let show =
            format!("document.querySelector(\"{whole}\").scrollIntoView({{ block: 'center' }}); return 0");
        let _: u32 = self.browser.run(&show).await;
        let field = self.browser.client().find(Locator::Css(&whole)).await;
        let field = field.unwrap_or_else(|e| panic!("{whole}: {e}"));
        field.clear().await.unwrap_or_else(|e| panic!("{whole}: {e}"));
        self.keys(css, &format!("{text}\u{e007}")).await;
    }

    /// The text of the first element that matches.
    pub async fn text(&self, css: &str) -> String {
        self.browser.text(&format!("{} {css}", self.css)).await
    }

    /// Waits until the text of an element matches a regular expression.
    pub async fn says(&self, css: &str, pattern: &str) {
        let css = format!("{} {css}", self.css);
        let there = format!("/{pattern}/.test(document.querySelector('{css}')?.innerText)");
        self.browser.until(&there).await;
    }

    /// The link that Share offers.
    pub async fn link(&self) -> String {
        self.press("Share").await;
        let field = format!("document.querySelector('{} .fig-copy input')?.value", self.css);
        self.browser.until(&field).await;
        self.browser.run(&format!("return {field}")).await
    }

    /// Waits until nothing changes any more, and returns moment and readings.
    pub async fn settled(&self) -> (String, String) {
        let mut before = (String::new(), String::new());
        loop {
            tokio::time::sleep(Duration::from_millis(250)).await;
            let now = (self.text(".fig-time").await, self.text(".fig-readings").await);
            if now == before {
                return now;
            }
            before = now;
        }
    }

    /// Waits until it comes to rest at this moment and these readings. A new worker computes from the
    /// start of the run, and a slow one rests on the way.
    pub async fn settles_at(&self, wanted: &(String, String)) {
        let start = Instant::now();
        loop {
            let now = self.settled().await;
            if now == *wanted {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "it rests at {now:?}, not {wanted:?}");
        }
    }

    /// Selects a server in the picture by keyboard, from the first thing on.
    pub async fn walk_to(&self, name: &str) {
        let focus =
            format!("document.querySelector('{} .fig-spot[tabindex=\"0\"]').focus(); return 0", self.css);
        let _: u32 = self.browser.run(&focus).await;
        let mut key = "\u{e011}";
        for _ in 0..60 {
            let at = self.walked(key).await;
            if at == name {
                return self
                    .browser
                    .client()
                    .active_element()
                    .await
                    .expect("it has focus")
                    .send_keys("\u{e007}")
                    .await
                    .expect("Enter");
            }
            key = "\u{e014}";
        }
        panic!("no {name} within sixty arrow keys");
    }

    /// Presses a key in the picture, and says whom the keyboard is at when the figure has answered: the next press would
    /// go on from there.
    async fn walked(&self, key: &str) -> String {
        const SPOT: &str = "document.activeElement.closest('.fig-walk') ? [...document.activeElement.parentNode.children].indexOf(document.activeElement) : -1";
        let before: i32 = self.browser.run(&format!("return {SPOT}")).await;
        let active = self.browser.client().active_element().await.expect("something has focus");
        active.send_keys(key).await.expect("a key");
        self.browser.until(&format!("({SPOT}) != {before}")).await;
        let at: String =
            self.browser.run("return document.activeElement.getAttribute('aria-label') ?? ''").await;
        at.replace('\u{a0}', " ")
    }
}

async fn open(browser: &Browser, home: &str) {
    browser.goto(&format!("{home}{LESSON}")).await;
    Figure { browser, css: FIGURE }.ready().await;
}

pub async fn a_learner_plays_turns_kills_goes_back_and_asks_why(kind: Kind) {
    let home = site();
    let browser = Browser::open(Setup::desk(kind)).await;
    open(&browser, &home).await;
    let figure = Figure { browser: &browser, css: FIGURE };

    // It plays from the start; what the page shows first is a later moment.
    figure.click(".fig-play").await;
    figure.says(".fig-time", "00:00.[3-9]").await;
    figure.click(".fig-play").await;
    let paused = figure.settled().await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(figure.settled().await, paused, "paused means that nothing passes");

    // By Home and PageUp to a moment of the past, and on to another.
    figure.keys(".fig-line input", "\u{e011}").await;
    figure.says(".fig-time", "00:00.0").await;
    figure.keys(".fig-line input", "\u{e00e}\u{e00e}").await;
    figure.says(".fig-time", "00:12.0").await;
    let before = figure.settled().await;

    // Another policy from here on, then server C dies.
    let policy = format!("{FIGURE} .fig-control.choice select");
    let select = browser.client().find(Locator::Css(&policy)).await.expect("policies are a choice");
    select.select_by_value("least-connections").await.expect("it has this policy");
    figure.walk_to("server C").await;
    figure.says(".fig-explain h3", "Server.C").await;
    figure.press("Kill").await;
    figure.says(".fig-says", "dead").await;
    figure.keys(".fig-line input", "\u{e00e}").await;
    figure.says(".fig-time", "00:18.0").await;
    let killed = figure.settled().await;
    let marks: Vec<u32> = browser
        .run(&format!(
            "return ['tick', 'fault'].map(k => document.querySelectorAll('{FIGURE} .fig-mark.' + k).length)"
        ))
        .await;
    assert_eq!(marks, [1, 1], "one change and one fault on the time line");

    // Back to before, and forward again: the same run, exactly.
    figure.keys(".fig-line input", "\u{e00f}").await;
    figure.says(".fig-time", "00:12.0").await;
    figure.settled().await;
    figure.keys(".fig-line input", "\u{e00e}").await;
    figure.says(".fig-time", "00:18.0").await;
    assert_eq!(figure.settled().await, killed);

    // A request says why it was late.
    let named = ".fig-explain p .fig-entity[data-on^='0:']";
    let has_one = format!("return !!document.querySelector(\"#fig-slow-server {named}\")");
    for server in ["A", "B", "D"] {
        figure.walk_to(&format!("server {server}")).await;
        figure.says(".fig-explain h3", &format!("Server.{server}")).await;
        // One that has a request just now.
        if browser.run::<bool>(&has_one).await {
            break;
        }
    }
    // WebKit's driver doesn't scroll within what scrolls by itself.
    let show = format!("document.querySelector(\"#fig-slow-server {named}\").scrollIntoView(); return 0");
    let _: u32 = browser.run(&show).await;
    figure.click(named).await;
    figure.says(".fig-explain h3", "Request").await;
    figure.says(".fig-history", "because").await;

    // What was dropped comes back.
    figure.press("Take back").await;
    figure.says(".fig-says", "^((?!dead).)*$").await;
    figure.press("Take back").await;
    figure.says(".fig-time", "00:12.0").await;
    assert_eq!(figure.settled().await, before);
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}

pub async fn everything_is_reached_and_nothing_overflows_on_a_phone(kind: Kind) {
    let home = site();
    let browser = Browser::open(Setup::phone(kind)).await;
    open(&browser, &home).await;
    let figure = Figure { browser: &browser, css: FIGURE };
    figure.click(".fig-play").await;
    figure.says(".fig-time", "00:00.[3-9]").await;
    figure.click(".fig-play").await;
    figure.press("⋯").await;
    figure.press("⋯").await;
    figure.press("Share").await;
    let wider: Vec<String> = browser
            .run(
                "return [...document.querySelectorAll('.figure *')].filter(e => !e.closest('.sr-only, .table, .fig-marks') && e.checkVisibility() \
                 && e.getBoundingClientRect().right > innerWidth + 0.5).map(e => e.outerHTML.slice(0, 120))",
            )
            .await;
    assert_eq!(wider, Vec::<String>::new());
    let small: Vec<String> = browser
            .run(
                "return [...document.querySelectorAll('.figure :is(button, select, input, summary)')].filter(e => e.checkVisibility() && \
                 Math.min(e.getBoundingClientRect().height, 24) < 24 && e.type != 'radio' && e.type != 'checkbox' && !e.closest('.fig-walk')) \
                 .map(e => e.outerHTML.slice(0, 120))",
            )
            .await;
    assert_eq!(small, Vec::<String>::new(), "targets are at least 24 pixels high");
    let scrolls: bool = browser.run("return document.documentElement.scrollWidth > innerWidth").await;
    assert!(!scrolls, "the page does not scroll sideways");
    assert_eq!(browser.errors().await, Vec::<String>::new(), "{kind:?}");
}

pub async fn an_island_takes_the_stills_place_without_moving_the_page(kind: Kind) {
    let home = site();
    let browser = Browser::open(Setup::desk(kind)).await;
    browser.goto(&format!("{home}{LESSON}")).await;
    // What is pressed stands only where scripts are on, and the note that they are off only where they are.
    let below = "const height = (css) => document.querySelector(css)?.getBoundingClientRect().height ?? 0; \
                     return ['', ' .fig-bar', ' .fig-note'].map(it => height('#fig-slow-server' + it)) \
                       .reduce((whole, part) => whole - part)";
    Figure { browser: &browser, css: FIGURE }.ready().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let alive: f64 = browser.run(below).await;
    drop(browser);
    let still = Browser::open(Setup::desk(kind).without_scripts()).await;
    still.goto(&format!("{home}{LESSON}")).await;
    let was: f64 = still.run(below).await;
    assert!((was - alive).abs() <= 8.0, "{kind:?}: from {was} to {alive} pixels");
}
