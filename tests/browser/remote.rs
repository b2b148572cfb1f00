//! A session in a worker of the built site, asked from a test: the same questions and answers as a
//! [`Session`](playground::player::Session) next door.

use crate::harness::{Browser, dist};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use playground::player::{Answer, Ask, Frame, Request, Response};
use playground::sim::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fs;

/// What runs in the page: starts the worker and hands messages through.
const THROUGH: &str = include_str!("remote.js");

/// What a worker says, as `playground::worker` has it, which only the browser compiles.
#[derive(Debug, Serialize, Deserialize)]
enum FromWorker {
    Hello { build: String },
    Answer(Response),
    Panicked(String),
}

/// A run that was sought: the frame, how long the page waited for it, and for the longest of its answers.
pub struct Sought {
    pub frame: Frame,
    pub took_ms: f64,
    pub longest_ms: f64,
}

/// A worker that has said hello, in the page that is open. It ends with the page.
pub struct RemoteSession<'a> {
    browser: &'a Browser,
}

impl<'a> RemoteSession<'a> {
    /// Starts the worker at `address`, which is of the page's origin.
    ///
    /// # Panics
    /// If it doesn't start, or isn't of the page's build.
    pub async fn start(browser: &'a Browser, address: &str) -> Self {
        let session = Self { browser };
        let hello = session.call(THROUGH, vec![address.into()]).await;
        let build: String = browser.run("return document.querySelector('meta[name=build-id]').content").await;
        match message(&hello) {
            FromWorker::Hello { build: its } => assert_eq!(its, build, "page and worker are of one build"),
            other => panic!("{address} does not say hello but {other:?}"),
        }
        session
    }

    /// Answers one request.
    ///
    /// # Panics
    /// If the worker panics, or its answer can't be read.
    pub async fn handle(&self, request: Request) -> Response {
        let bytes = STANDARD.encode(postcard::to_allocvec(&request).expect("plain data"));
        response(&self.call("remote.handle(...arguments)", vec![bytes.into()]).await)
    }

    /// Asks.
    pub async fn ask(&self, ask: Ask) -> Answer {
        self.handle(Request { id: 1, ask }).await.answer
    }

    /// The run at a moment; asked again, from within the page, until it is there.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn seek(&self, at: Time, reach: Time) -> Sought {
        let request = Request { id: 1, ask: Ask::Frame { at, reach } };
        let bytes = STANDARD.encode(postcard::to_allocvec(&request).expect("plain data"));
        let said = self.call("remote.seek(...arguments)", vec![bytes.into()]).await;
        let ms = |name: &str| said[name].as_f64().expect("milliseconds");
        match response(&said).answer {
            Answer::Frame(frame) => Sought { frame: *frame, took_ms: ms("took"), longest_ms: ms("longest") },
            other => panic!("the frame at {at}: {other:?}"),
        }
    }

    /// Bytes of the worker's memory, which only one behind [`door`] tells.
    ///
    /// # Panics
    /// If it doesn't say.
    pub async fn memory(&self) -> u64 {
        self.call("remote.memory(...arguments)", vec![]).await.as_u64().expect("a number of bytes")
    }

    async fn call(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.browser.wait_for(script, arguments).await
    }
}

fn message(said: &Value) -> FromWorker {
    let bytes = said["bytes"].as_str().unwrap_or_else(|| panic!("the worker fails: {said}"));
    let bytes = STANDARD.decode(bytes).expect("what btoa writes");
    postcard::from_bytes(&bytes).unwrap_or_else(|e| panic!("{e} in {said}"))
}

fn response(said: &Value) -> Response {
    match message(said) {
        FromWorker::Answer(response) => response,
        other => panic!("{other:?}"),
    }
}

/// The file in the built site of the worker that carries a lesson, as its page names it.
///
/// # Panics
/// If no worker carries it.
pub fn worker_of(lesson: &str) -> String {
    let page = fs::read_to_string(dist().join(lesson).join("index.html"));
    let page = page.unwrap_or_else(|e| panic!("the page of {lesson}: {e}"));
    let mut workers =
        page.split("<meta name=\"worker\"").skip(1).map(|meta| meta.split_once('>').unwrap_or((meta, "")).0);
    let named = workers.find(|meta| meta.split(['"', ' ']).any(|word| word == lesson));
    let address = named.and_then(|meta| meta.split("content=\"").nth(1)?.split('"').next());
    address.unwrap_or_else(|| panic!("no worker carries {lesson}")).trim_start_matches("../").to_owned()
}
