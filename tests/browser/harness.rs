//! A browser as a story sees it.

use std::cell::Cell;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fantoccini::wd::{TimeoutConfiguration, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub use crate::driver::Kind;
use crate::driver::{Driver, mini_browser};
use crate::pick;
use crate::server;

/// Light or dark, as the system says to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

/// How to open a browser: a fresh profile, a window of this size in CSS pixels, a theme, scripts on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    pub kind: Kind,
    pub width: u32,
    pub height: u32,
    pub theme: Theme,
    pub scripts: bool,
    pub reduced_motion: bool,
}

impl Setup {
    /// A desk: 1280 by 900, light, scripts on.
    pub fn desk(kind: Kind) -> Self {
        Self { kind, width: 1280, height: 900, theme: Theme::Light, scripts: true, reduced_motion: false }
    }

    /// A phone: 360 by 740.
    pub fn phone(kind: Kind) -> Self {
        Self { width: 360, height: 740, ..Self::desk(kind) }
    }

    /// The same in the dark.
    pub fn dark(self) -> Self {
        Self { theme: Theme::Dark, ..self }
    }

    /// The same with scripts off.
    pub fn without_scripts(self) -> Self {
        Self { scripts: false, ..self }
    }
}

/// How long a story waits for what is to come before it counts as never coming. No measurement: a slow engine on a busy
/// machine takes tens of seconds to start a worker, and the figures of speed stand in the benchmarks.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// Goes through a story to its end.
///
/// # Panics
/// When the story does.
pub fn tell(story: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(story);
}

/// The built site.
///
/// # Panics
/// If it isn't there.
pub fn dist() -> PathBuf {
    let dist = std::env::var_os("DIST")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("dist"), PathBuf::from);
    assert!(
        dist.join("index.html").is_file(),
        "there is no built site in {}: run './dev test'",
        dist.display()
    );
    dist
}

/// Serves the built site at `/`; returns its home page's address.
pub fn site() -> String {
    server::serve(dist(), "/")
}

/// Serves the built site below a sub-path (`/sub/`).
pub fn site_below(mount: &'static str) -> String {
    server::serve(dist(), mount)
}

/// A place for a file or a folder of a story's own, of this name.
pub fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// A copy of the built site in a folder of this name, to put something into that is not part of it.
///
/// # Panics
/// If it can't be copied.
pub fn copy_of_site(name: &str) -> PathBuf {
    let root = scratch(name);
    let _ = fs::remove_dir_all(&root);
    copy(&dist(), &root);
    root
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("readable").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("copied");
        }
    }
}

/// The paths of all pages of the built site, as a link from the home page would name them: nothing for
/// itself, `chapter/lesson/`.
pub fn pages() -> Vec<String> {
    let files = playground::site::finish::files(&dist()).expect("dist can be read");
    files.iter().filter_map(|f| f.strip_suffix("index.html")).map(str::to_owned).collect()
}

/// Those of them with figures, and those without.
///
/// # Panics
/// If a page can't be read.
pub fn pages_with_figures_and_without() -> (Vec<String>, Vec<String>) {
    let with = |page: &String| {
        let html = fs::read_to_string(dist().join(page).join("index.html")).expect("a page can be read");
        html.contains(" data-figure-set=")
    };
    pages().into_iter().partition(with)
}

/// A list from another place on in each browser, so that what is then picked of it is not the same in all.
pub fn turned<T>(kind: Kind, mut list: Vec<T>) -> Vec<T> {
    let by = 2 * kind as usize % list.len().max(1);
    list.rotate_left(by);
    list
}

/// What is tested in a browser: everything in Chromium, one in so many in the others.
pub fn picked<T>(kind: Kind, list: Vec<T>, part: usize) -> Vec<T> {
    if kind == Kind::Chromium { list } else { pick::share(turned(kind, list), part) }
}

/// An open browser. It closes when dropped.
pub struct Browser {
    client: Client,
    driver: Driver,
    kind: Kind,
    /// How much of what the driver said has been looked through.
    read: Cell<usize>,
}

impl Browser {
    /// Opens a browser with a fresh profile.
    ///
    /// # Panics
    /// If it can't be driven, with what it said.
    pub async fn open(setup: Setup) -> Self {
        let mut driver = Driver::start(setup.kind, setup.reduced_motion);
        let Value::Object(capabilities) = capabilities(setup) else { unreachable!("it is an object") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&driver.address())
            .await
            .unwrap_or_else(|e| panic!("{:?} does not open: {e}\n{}", setup.kind, driver.said()));
        if let Ok(Some(session)) = client.session_id().await {
            driver.owns(session);
        }
        let timeouts =
            TimeoutConfiguration::new(Some(Duration::from_mins(2)), Some(Duration::from_mins(2)), None);
        client.update_timeouts(timeouts).await.expect("timeouts are plain");
        let browser = Self { client, driver, kind: setup.kind, read: Cell::new(0) };
        if setup.kind != Kind::Chromium && setup.width < NARROW {
            browser.move_to_popup().await;
        }
        browser.resize(setup.width, setup.height).await;
        if setup.kind == Kind::Chromium {
            let (theme, motion) = media(setup);
            let features = json!([
                { "name": "prefers-color-scheme", "value": theme },
                { "name": "prefers-reduced-motion", "value": motion },
            ]);
            browser.cdp("Emulation.setEmulatedMedia", json!({ "features": features })).await;
            browser.cdp("Emulation.setScriptExecutionDisabled", json!({ "value": !setup.scripts })).await;
        }
        browser
    }

    /// What fantoccini offers beyond this.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Goes on in a popup, which has no toolbars, and closes the first window.
    async fn move_to_popup(&self) {
        let open = "window.open('about:blank', '', 'popup,width=400,height=400'); return 0";
        let _: u32 = self.run(open).await;
        let go = async {
            let first = self.client.window().await?;
            let all = self.client.windows().await?;
            self.client.close_window().await?;
            let popup = all.into_iter().find(|w| *w != first).expect("a popup opened");
            self.client.switch_to_window(popup).await
        };
        go.await.expect("windows can be switched");
    }

    /// Makes the page's window this large, in CSS pixels.
    ///
    /// # Panics
    /// If the browser refuses.
    pub async fn resize(&self, width: u32, height: u32) {
        if self.kind == Kind::Chromium {
            let phone = width < 700;
            let metrics =
                json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
            self.cdp("Emulation.setDeviceMetricsOverride", metrics).await;
            self.cdp("Emulation.setTouchEmulationEnabled", json!({ "enabled": phone })).await;
            return;
        }
        // The window has a frame, and gets its size a moment after it was asked for; what counts is what the page sees.
        let mut asked = (width, height);
        for _ in 0..10 {
            self.client.set_window_size(asked.0, asked.1).await.expect("a window can be resized");
            let inner = self.inner_size_at_rest().await;
            if inner == (width, height) {
                return;
            }
            let corrected = |asked: u32, wanted: u32, inner: u32| (asked + wanted).saturating_sub(inner);
            asked = (corrected(asked.0, width, inner.0), corrected(asked.1, height, inner.1));
        }
    }

    /// What the page sees of its window, once that doesn't change any more.
    async fn inner_size_at_rest(&self) -> (u32, u32) {
        let mut before = (0, 0);
        loop {
            let now: (u32, u32) = self.run("return [innerWidth, innerHeight]").await;
            if now == before {
                return now;
            }
            before = now;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Opens an address and waits until it has loaded.
    ///
    /// # Panics
    /// If it can't be reached.
    pub async fn goto(&self, address: &str) {
        self.client.goto(address).await.unwrap_or_else(|e| panic!("{address}: {e}"));
        // WebKit's driver doesn't wait for the end of it.
        self.until("document.readyState === 'complete'").await;
    }

    /// Runs a script in the page; what it returns.
    ///
    /// # Panics
    /// If it throws or returns something of another type.
    pub async fn run<T: DeserializeOwned>(&self, script: &str) -> T {
        self.run_with(script, vec![]).await
    }

    /// Runs a script with `arguments`.
    ///
    /// # Panics
    /// If it throws or returns something of another type.
    pub async fn run_with<T: DeserializeOwned>(&self, script: &str, arguments: Vec<Value>) -> T {
        let mut attempts = 0;
        let value = loop {
            match self.client.execute(script, arguments.clone()).await {
                Ok(value) => break value,
                // WebKit's driver loses an answer now and then on a busy machine. What only reads is asked again.
                Err(e)
                    if attempts < 20
                        && script.starts_with("return ")
                        && e.to_string().contains("Could not parse script result") =>
                {
                    attempts += 1;
                    tokio::time::sleep(Duration::from_millis(250)).await;
                }
                Err(e) => panic!("{script}: {e}"),
            }
        };
        serde_json::from_value(value.clone()).unwrap_or_else(|e| panic!("{script} returned {value}: {e}"))
    }

    /// Runs a script whose last argument is what it calls with its result when it has one.
    ///
    /// # Panics
    /// If it throws, or hasn't called within two minutes.
    pub async fn wait_for(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute_async(script, arguments).await.unwrap_or_else(|e| panic!("{script}: {e}"))
    }

    /// Waits until `condition`, a JavaScript expression, is true, as long as [`PATIENCE`].
    ///
    /// # Panics
    /// If it never is.
    pub async fn until(&self, condition: &str) {
        self.until_within(condition, PATIENCE).await;
    }

    /// Waits until `condition` is true, at most this long.
    ///
    /// # Panics
    /// If it never is.
    pub async fn until_within(&self, condition: &str, limit: Duration) {
        let came = self.comes_within(condition, limit).await;
        assert!(came, "{:?}: not within {limit:?}: {condition}", self.kind);
    }

    /// Whether `condition` is true within this time, as soon as it is known.
    ///
    /// # Panics
    /// If the browser doesn't say.
    pub async fn comes_within(&self, condition: &str, limit: Duration) -> bool {
        let start = Instant::now();
        let script = format!("return !!({condition})");
        while !self.run::<bool>(&script).await {
            if start.elapsed() > limit {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        true
    }

    /// The text of the page's first element that matches.
    ///
    /// # Panics
    /// If there is none.
    pub async fn text(&self, css: &str) -> String {
        self.run_with("return document.querySelector(arguments[0]).innerText", vec![css.into()]).await
    }

    /// What went wrong in the page since this was last asked: errors on the console and uncaught exceptions; in Chromium
    /// also loads that failed or that the policy blocked, in WebKit those of elements.
    ///
    /// # Panics
    /// If the browser doesn't say.
    pub async fn errors(&self) -> Vec<String> {
        match self.kind {
            Kind::Chromium => {
                let log = self.issue("se/log", json!({ "type": "browser" })).await;
                let entries = log.as_array().cloned().unwrap_or_default();
                let severe = entries.iter().filter(|e| e["level"] == "SEVERE");
                severe.map(|e| e["message"].as_str().unwrap_or_default().to_owned()).collect()
            }
            Kind::Firefox => {
                // Firefox writes its own troubles there too, without quotes or with files of its own; blocked loads it
                // keeps to itself.
                let signs = ["console.error: \"", "console.error: (", "JavaScript error: http"];
                let said = self.driver.said();
                let new = said.get(self.read.replace(said.len())..).unwrap_or_default();
                let told = |l: &&str| signs.iter().any(|s| l.starts_with(s)) && !l.contains("\"resource://");
                new.lines().filter(told).map(str::to_owned).collect()
            }
            Kind::WebKit => self.run(server::WRONG_SO_FAR).await,
        }
    }

    /// Saves a picture of the window as `target/tmp/shots/NAME-BROWSER.png`, for people to look at.
    ///
    /// # Panics
    /// If it can't.
    pub async fn picture(&self, name: &str) {
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("shots");
        fs::create_dir_all(&dir).expect("a folder for pictures");
        let png = self.client.screenshot().await.expect("a picture");
        fs::write(dir.join(format!("{name}-{:?}.png", self.kind).to_lowercase()), png)
            .expect("a picture can be written");
    }

    /// What axe finds against WCAG 2.2 AA and best practice on the page as it is now: one line for each element.
    ///
    /// # Panics
    /// If axe isn't there or breaks.
    pub async fn axe(&self) -> Vec<String> {
        let path = std::env::var("AXE").expect("AXE, the path of axe.min.js, is set by './dev test'");
        let axe = fs::read_to_string(&path).unwrap_or_else(|e| panic!("AXE, {path}: {e}"));
        let script = format!(
            "const done = arguments[arguments.length - 1]; {axe}\n;(window.axe ?? globalThis.axe ?? axe).run(document, {{
                runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'],
            }}).then(r => done(r.violations), e => done([{{ id: String(e), nodes: [{{ html: '' }}] }}]))"
        );
        let found = self.wait_for(&script, vec![]).await;
        let mut lines = Vec::new();
        for violation in found.as_array().expect("axe returns a list") {
            for node in violation["nodes"].as_array().into_iter().flatten() {
                let mut line = String::new();
                let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
                let _ = write!(line, "{}: {}", text(&violation["id"]), text(&node["html"]));
                let _ = write!(line, " ({})", text(&node["failureSummary"]).replace('\n', " "));
                lines.push(line);
            }
        }
        lines
    }

    /// A command of Chromium's own protocol.
    ///
    /// # Panics
    /// If Chromium refuses it, or this isn't Chromium.
    pub async fn cdp(&self, command: &str, parameters: Value) -> Value {
        assert_eq!(self.kind, Kind::Chromium, "{command} is Chromium's");
        self.issue("goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }

    async fn issue(&self, path: &'static str, body: Value) -> Value {
        let command = Extension { path, body };
        self.client.issue_cmd(command).await.unwrap_or_else(|e| panic!("{path}: {e}"))
    }
}

/// A POST below the session that is not in the standard.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

/// A window of Firefox or WebKit with toolbars is never narrower than this.
const NARROW: u32 = 500;

fn media(setup: Setup) -> (&'static str, &'static str) {
    let theme = if setup.theme == Theme::Dark { "dark" } else { "light" };
    (theme, if setup.reduced_motion { "reduce" } else { "no-preference" })
}

fn capabilities(setup: Setup) -> Value {
    match setup.kind {
        Kind::Chromium => json!({
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "args": [
                "--headless", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
            ] },
        }),
        Kind::Firefox => {
            json!({ "moz:firefoxOptions": { "args": ["-headless"], "prefs": {
                "layout.css.prefers-color-scheme.content-override": i32::from(setup.theme == Theme::Light),
                "ui.prefersReducedMotion": i32::from(setup.reduced_motion),
                "dom.disable_open_during_load": false,
                "javascript.enabled": setup.scripts,
                "devtools.console.stdout.content": true,
                "browser.dom.window.dump.enabled": true,
            } } })
        }
        Kind::WebKit => {
            let scripts = format!("--enable-javascript={}", setup.scripts);
            let mut args = vec!["--automation", "--javascript-can-open-windows-automatically=true", &scripts];
            args.extend((setup.theme == Theme::Dark).then_some("--dark-mode"));
            json!({
                "browserName": "MiniBrowser",
                "webkitgtk:browserOptions": { "binary": mini_browser(), "args": args },
            })
        }
    }
}
