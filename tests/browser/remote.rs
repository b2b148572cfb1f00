//! A desk in a worker of the built site, told things from a test.

use crate::harness::{Browser, dist};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use playground::desk::{DeskCommand, DeskEvent, FromWorker, Probed, ToWorker, UserAction};
use serde_json::Value;
use std::fs;

/// What runs in the page: starts the worker and hands messages through.
const THROUGH: &str = include_str!("remote.js");

/// How long the page waited for something, and for the longest of the worker's messages on the way.
pub struct Took {
    pub ms: f64,
    pub longest_ms: f64,
}

/// A worker that has said hello, in the page that is open. It ends with the page.
pub struct RemoteDesk<'a> {
    browser: &'a Browser,
}

impl<'a> RemoteDesk<'a> {
    /// Starts the worker at `address`, which is of the page's origin.
    ///
    /// # Panics
    /// If it doesn't start, or isn't of the page's build.
    pub async fn start(browser: &'a Browser, address: &str) -> Self {
        let desk = Self { browser };
        let hello = browser.wait_for(THROUGH, vec![address.into()]).await;
        let build: String = browser.run("return document.querySelector('meta[name=build-id]').content").await;
        match message(&hello) {
            FromWorker::Ready { build: its } => assert_eq!(its, build, "page and worker are of one build"),
            other => panic!("{address} does not say hello but {other:?}"),
        }
        desk
    }

    /// Tells the desk something; its answer.
    ///
    /// # Panics
    /// If the worker panics, or its answer can't be read.
    pub async fn tell(&self, tell: DeskCommand) -> DeskEvent {
        let said = self.call("remote.tell(...arguments)", tell).await;
        match message(&said) {
            FromWorker::Reply(told) => told,
            other => panic!("{other:?}"),
        }
    }

    /// Does something, and waits until the moment that is then wanted is shown.
    ///
    /// # Panics
    /// If the worker fails.
    pub async fn does(&self, action: UserAction) -> Took {
        let said = self.call("remote.shown(...arguments)", DeskCommand::UserAction(action)).await;
        let ms = |name: &str| said[name].as_f64().unwrap_or_else(|| panic!("milliseconds: {said}"));
        Took { ms: ms("took"), longest_ms: ms("longest") }
    }

    /// Where a run is at a moment, as a link holds them; `None`: those that are shown.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn probe(&self, view: Option<String>) -> Probed {
        match self.tell(DeskCommand::Probe { view }).await {
            DeskEvent::Probed(probed) => probed.unwrap_or_else(|why| panic!("it is refused: {why}")),
            other => panic!("{other:?}"),
        }
    }

    /// Bytes of the worker's memory, which only one behind a door tells: see `door.js`.
    ///
    /// # Panics
    /// If it doesn't say.
    pub async fn memory(&self) -> u64 {
        let said = self.browser.wait_for("remote.memory(...arguments)", vec![]).await;
        said.as_u64().expect("a number of bytes")
    }

    async fn call(&self, script: &str, tell: DeskCommand) -> Value {
        let bytes = postcard::to_allocvec(&ToWorker::Command(tell)).expect("plain data");
        self.browser.wait_for(script, vec![STANDARD.encode(bytes).into()]).await
    }
}

fn message(said: &Value) -> FromWorker {
    let bytes = said["bytes"].as_str().unwrap_or_else(|| panic!("the worker fails: {said}"));
    let bytes = STANDARD.decode(bytes).expect("what btoa writes");
    postcard::from_bytes(&bytes).unwrap_or_else(|e| panic!("{e} in {said}"))
}

/// The file in the built site of the worker that carries a set of figures, as its page names it.
///
/// # Panics
/// If no worker carries it.
pub fn worker_of(set: &str) -> String {
    let lesson: Vec<&str> = set.splitn(3, '/').take(2).collect();
    let page = fs::read_to_string(dist().join(lesson.join("/")).join("index.html"));
    let page = page.unwrap_or_else(|e| panic!("the page of {set}: {e}"));
    let mut workers =
        page.split("<meta name=\"worker\"").skip(1).map(|meta| meta.split_once('>').unwrap_or((meta, "")).0);
    let named = workers.find(|meta| meta.split(['"', ' ']).any(|word| word == set));
    let address = named.and_then(|meta| meta.split("content=\"").nth(1)?.split('"').next());
    address.unwrap_or_else(|| panic!("no worker carries {set}")).trim_start_matches("../").to_owned()
}
