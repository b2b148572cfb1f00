//! Tells stories: a few at a time, each on a thread of its own and within a bound of time; what failed once more, alone.
//!
//! The standard test harness can't tell a story again, nor tell one in several browsers at once. What this prints ends
//! like what that prints, so that whoever counts results needs to know of no difference. Knows nothing of browsers.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// A story in the browser that it is told in, or one that needs none.
pub struct Story {
    name: String,
    tell: Arc<dyn Fn() + Send + Sync>,
}

impl Story {
    /// A story that fails when `tell` panics.
    pub fn new(name: impl Into<String>, tell: impl Fn() + Send + Sync + 'static) -> Self {
        Self { name: name.into(), tell: Arc::new(tell) }
    }

    /// What it is called in results.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// How to tell them.
pub struct Telling {
    /// Only those whose name contains one of these; all, if there are none.
    pub only: Vec<String>,
    /// How many at a time.
    pub at_once: usize,
    /// A story that takes longer has failed.
    pub limit: Duration,
    /// Ends what a thread has started and waits for, so that the thread ends too.
    pub cut_off: fn(ThreadId),
}

/// How many failed stories are told again. More are no accident.
pub const AGAIN: usize = 10;
/// How long a thread may take to end when what it waited for is gone. Then it is left to itself.
const LAST_WORDS: Duration = Duration::from_secs(20);

/// What came of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many passed; those that are [`Self::unsteady`] too.
    pub passed: usize,
    /// Names of those that failed and passed when they were told again.
    pub unsteady: Vec<String>,
    /// Names of those that failed.
    pub failed: Vec<String>,
}

thread_local! {
    /// What a story on this thread has to say should it fail; nothing on a thread that tells none.
    static SAID: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Something that the story on this thread is to be heard with should it fail.
pub fn note(text: &str) {
    let kept = SAID.with_borrow_mut(|said| said.as_mut().map(|said| said.extend([text, "\n"])));
    if kept.is_none() {
        eprintln!("{text}");
    }
}

/// Tells the stories, and writes how each went as soon as it is known.
///
/// # Panics
/// If `out` can't be written.
pub fn tell(stories: Vec<Story>, telling: &Telling, out: &mut (impl Write + Send)) -> Outcome {
    set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        note(&format!("{place}: {}", info.payload_as_str().unwrap_or("a panic without words")));
    }));
    let start = Instant::now();
    let all = stories.len();
    let wanted =
        |story: &Story| telling.only.is_empty() || telling.only.iter().any(|part| story.name.contains(part));
    let wanted: VecDeque<Story> = stories.into_iter().filter(wanted).collect();
    let left_out = all - wanted.len();
    let queue = Mutex::new(wanted);
    let told = Mutex::new((&mut *out, Outcome::default(), Vec::new()));
    thread::scope(|scope| {
        for _ in 0..telling.at_once.max(1) {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some(story) = next else { break };
                    let (came, took) = timed(&story, telling);
                    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                    let (out, outcome, failed) = &mut *told;
                    let word = if came.is_ok() { "ok    " } else { "FAILED" };
                    writeln!(out, "{word} {took:6.1} s  {}", story.name).expect("it can be written");
                    match came {
                        Ok(()) => outcome.passed += 1,
                        Err(why) => {
                            writeln!(out, "{}", why.trim_end()).expect("it can be written");
                            failed.push(story);
                        }
                    }
                }
            });
        }
    });
    let (out, mut outcome, failed) = told.into_inner().unwrap_or_else(PoisonError::into_inner);
    again(failed, telling, out, &mut outcome);
    for (word, names) in [("unsteady", &outcome.unsteady), ("failed", &outcome.failed)] {
        for name in names {
            writeln!(out, "{word}: {name}").expect("it can be written");
        }
    }
    writeln!(
        out,
        "\ntest result: {}. {} passed; {} failed; 0 ignored; 0 measured; {left_out} filtered out; finished in {:.2}s\n",
        if outcome.failed.is_empty() { "ok" } else { "FAILED" },
        outcome.passed,
        outcome.failed.len(),
        start.elapsed().as_secs_f64()
    )
    .expect("it can be written");
    outcome
}

/// Tells once more what failed, with nothing beside it: a machine that was busy or a driver that lost an answer is no
/// failure of ours, but it is told of.
fn again(failed: Vec<Story>, telling: &Telling, out: &mut impl Write, outcome: &mut Outcome) {
    if failed.len() > AGAIN {
        writeln!(out, "none is told again: {} failures are no accident", failed.len())
            .expect("it can be written");
        outcome.failed.extend(failed.into_iter().map(|story| story.name));
        return;
    }
    for story in failed {
        let (came, took) = timed(&story, telling);
        let word = if came.is_ok() { "passes" } else { "FAILS" };
        writeln!(out, "told again, alone: it {word} {took:6.1} s  {}", story.name)
            .expect("it can be written");
        match came {
            Ok(()) => {
                outcome.passed += 1;
                outcome.unsteady.push(story.name);
            }
            Err(why) => {
                writeln!(out, "{}", why.trim_end()).expect("it can be written");
                outcome.failed.push(story.name);
            }
        }
    }
}

/// Tells a story on a thread of its own; what it said, if it failed, and the seconds that it took.
fn timed(story: &Story, telling: &Telling) -> (Result<(), String>, f64) {
    let (done, ended) = mpsc::channel();
    let tell = Arc::clone(&story.tell);
    let start = Instant::now();
    let thread = thread::spawn(move || {
        SAID.set(Some(String::new()));
        let told = catch_unwind(AssertUnwindSafe(|| tell()));
        let said = SAID.take().unwrap_or_default();
        // Nobody may be listening any more.
        let _ = done.send(told.map_err(|_| said));
    });
    let came = ended.recv_timeout(telling.limit).unwrap_or_else(|wait| {
        assert_eq!(wait, RecvTimeoutError::Timeout, "a story's thread says how it ended");
        (telling.cut_off)(thread.thread().id());
        let said = match ended.recv_timeout(LAST_WORDS) {
            Ok(Err(said)) => said,
            _ => String::new(),
        };
        Err(format!("not within {:?}\n{said}", telling.limit))
    });
    (came, start.elapsed().as_secs_f64())
}
