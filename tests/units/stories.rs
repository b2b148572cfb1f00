//! How stories are told: each once, what failed once more, and none for ever. Without a browser.

use crate::runner::{self, AGAIN, Outcome, Story, Telling, note};
use crate::shared::pick;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

/// Tells them two at a time; what came of it, and what was written.
fn told(stories: Vec<Story>, only: &[&str]) -> (Outcome, String) {
    let only = only.iter().map(ToString::to_string).collect();
    let telling = Telling { only, at_once: 2, limit: Duration::from_millis(300), cut_off: |_| () };
    let mut out = Vec::new();
    let outcome = runner::tell(stories, &telling, &mut out);
    (outcome, String::from_utf8(out).expect("plain text"))
}

/// A story that fails the first so many times, and how often it was told.
fn failing(name: &str, times: usize) -> (Story, Arc<AtomicUsize>) {
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    let tell = move || assert!(count.fetch_add(1, SeqCst) >= times, "the driver lost an answer");
    (Story::new(name, tell), told)
}

fn outcome(passed: usize, unsteady: &[&str], failed: &[&str]) -> Outcome {
    let names = |all: &[&str]| all.iter().map(ToString::to_string).collect();
    Outcome { passed, unsteady: names(unsteady), failed: names(failed) }
}

#[test]
fn what_passes_is_told_once_what_fails_twice_and_what_then_passes_is_named() {
    let (passes, passed) = failing("it passes in Chromium", 0);
    let (fails, failed) = failing("it fails in Firefox", 2);
    let (shakes, shaken) = failing("it shakes in WebKit", 1);
    let (came, text) = told(vec![passes, fails, shakes], &[]);
    assert_eq!(came, outcome(2, &["it shakes in WebKit"], &["it fails in Firefox"]));
    assert_eq!([passed, failed, shaken].map(|count| count.load(SeqCst)), [1, 2, 2]);
    assert!(text.contains("unsteady: it shakes in WebKit\n"), "{text}");
    assert!(text.contains("\ntest result: FAILED. 2 passed; 1 failed; "), "{text}");
    assert_eq!(text.matches("the driver lost an answer").count(), 3, "every failure says why: {text}");
}

#[test]
fn an_unsteady_story_is_no_failure() {
    let (came, text) = told(vec![failing("it shakes", 1).0], &[]);
    assert_eq!(came, outcome(1, &["it shakes"], &[]));
    assert!(text.contains("\ntest result: ok. 1 passed; 0 failed; "), "{text}");
}

#[test]
fn what_failed_is_told_again_when_all_others_have_ended() {
    let (busy, disturbed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let beside = |n: usize| {
        let busy = Arc::clone(&busy);
        Story::new(format!("long {n}"), move || {
            busy.fetch_add(1, SeqCst);
            thread::sleep(Duration::from_millis(60));
            busy.fetch_sub(1, SeqCst);
        })
    };
    let shaky = |n: usize| {
        let (busy, disturbed, first) = (Arc::clone(&busy), Arc::clone(&disturbed), AtomicBool::new(true));
        Story::new(format!("shaky {n}"), move || {
            assert!(!first.swap(false, SeqCst), "the first time");
            disturbed.fetch_or(busy.fetch_add(1, SeqCst) > 0, SeqCst);
            thread::sleep(Duration::from_millis(20));
            busy.fetch_sub(1, SeqCst);
        })
    };
    let (mut came, _) = told(vec![shaky(1), shaky(2), beside(1), beside(2), beside(3)], &[]);
    came.unsteady.sort();
    assert_eq!(came.unsteady, ["shaky 1", "shaky 2"]);
    assert!(!disturbed.load(SeqCst), "it was told beside another");
}

#[test]
fn a_story_that_hangs_is_cut_off_and_fails() {
    static CUT: AtomicUsize = AtomicUsize::new(0);
    let hangs = Story::new("it hangs", || {
        let before = CUT.load(SeqCst);
        note("what was found so far");
        while CUT.load(SeqCst) == before {
            thread::sleep(Duration::from_millis(5));
        }
        panic!("the driver is gone");
    });
    let cut_off = |_| {
        CUT.fetch_add(1, SeqCst);
    };
    let telling = Telling { only: vec![], at_once: 1, limit: Duration::from_millis(100), cut_off };
    let mut out = Vec::new();
    let came = runner::tell(vec![hangs, Story::new("another", || ())], &telling, &mut out);
    assert_eq!(came, outcome(1, &[], &["it hangs"]));
    assert_eq!(CUT.load(SeqCst), 2, "both times");
    let text = String::from_utf8(out).expect("plain text");
    for part in ["not within 100ms", "what was found so far", "the driver is gone"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn where_many_fail_none_is_told_again() {
    let (stories, counts): (Vec<_>, Vec<_>) = (0..=AGAIN).map(|n| failing(&format!("number {n}"), 1)).unzip();
    let (came, text) = told(stories, &[]);
    assert_eq!((came.passed, came.failed.len()), (0, AGAIN + 1));
    assert!(counts.iter().all(|count| count.load(SeqCst) == 1), "each once");
    assert!(text.contains("none is told again"), "{text}");
}

#[test]
fn a_filter_leaves_out_what_it_does_not_name() {
    let stories = ["opens in Firefox", "opens in WebKit", "plays in Firefox"];
    let stories = || -> Vec<Story> { stories.iter().map(|name| failing(name, 0).0).collect() };
    let all: Vec<Story> = stories();
    assert_eq!(all[0].name(), "opens in Firefox");
    assert_eq!(told(all, &["Firefox"]).0.passed, 2);
    assert_eq!(told(stories(), &["opens", "plays"]).0.passed, 3);
    let (came, text) = told(stories(), &["nobody"]);
    assert_eq!(came, outcome(0, &[], &[]));
    assert!(text.contains("3 filtered out"), "{text}");
}

#[test]
fn a_share_is_a_part_that_differs_and_in_turn_leaves_nothing_out() {
    let pages: Vec<u32> = (0..56).collect();
    let shares: Vec<Vec<u32>> = (0..6).map(|seed| pick::share_from(pages.clone(), 6, seed)).collect();
    assert!(shares.iter().all(|share| (9..=10).contains(&share.len())), "{shares:?}");
    let mut all = shares.concat();
    all.sort_unstable();
    assert_eq!(all, pages, "each has its turn, once in six");
    assert_eq!(pick::share_from(vec!["alone"], 6, 5), ["alone"], "at least one");
    assert_eq!(pick::share_from(Vec::<u32>::new(), 6, 5), [0; 0]);
}

#[test]
fn one_commit_always_picks_the_same() {
    assert_eq!(pick::seed("x"), pick::seed("x"));
    assert_ne!(pick::seed("x"), pick::seed("y"), "two purposes don't draw the same");
    let some = pick::share((0..56).collect(), 6);
    assert_eq!(some, pick::share((0..56).collect(), 6));
    assert!(if pick::all() { some.len() == 56 } else { some.len() < 11 });
}
