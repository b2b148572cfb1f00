//! A figure operated from its desk, as a page operates it, without a browser.

use crate::page::{Page, action};
use crate::shared::pick::cases;
use playground::desk::{ActionKind, DeskCommand, DeskEvent, FileChunk, UserAction};
use playground::lessons;
use playground::player::decode_view;
use playground::sim::Unit;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[test]
fn a_learner_kills_a_server_goes_back_and_finds_the_same_run_again() {
    let mut page = Page::of("slow-server");
    page.go(12.0);
    let before = (page.readings(), page.now.clone());
    page.act("kill", "1:2", "");
    page.go(18.0);
    assert!(page.says(".fig-says").contains("dead"), "{}", page.says(".fig-says"));
    assert!(page.says(".fig-marks").contains("Kill server\u{a0}C"), "{}", page.says(".fig-marks"));
    let killed = page.readings();
    page.go(3.0);
    page.go(18.0);
    assert_eq!(page.readings(), killed);
    page.does(action("take-back"));
    assert_eq!((page.readings(), page.now.clone()), before);
}

#[test]
fn what_is_about_to_be_tried_is_said_before_it_is() {
    let mut page = Page::of("slow-server");
    page.go(5.0);
    page.act("slow", "1:0", "9");
    let (culprit, back) = page.tried.pop().expect("it was said");
    let (culprit, back) = (decode_view(&culprit).unwrap(), decode_view(&back).unwrap());
    assert_eq!(culprit.run.inputs.len(), 1);
    assert_eq!((back.run.inputs.len(), back.at.secs()), (0, 5.0));
}

#[test]
fn a_link_opens_what_was_shared_and_says_how_it_differs() {
    let mut page = Page::of("slow-server");
    page.does(UserAction {
        target: "policy".into(),
        variant: String::new(),
        text: "random".into(),
        ..action("control")
    });
    page.does(UserAction { text: "b3-otter".into(), ..action("seed") });
    page.go(21.0);
    page.does(UserAction { target: "share".into(), ..action("drawer") });
    let link = page.says(".fig-copy input").to_owned();
    let other = Page::opened("slow-server", Some(link.clone()));
    assert_eq!(other.readings(), page.readings());
    let notice = other.says(".fig-notice-place");
    for told in ["Opened from a link.", "Policy: Random", "Seed: b3-otter"] {
        assert!(notice.contains(told), "{notice}");
    }
    let cut = Page::opened("slow-server", Some(link[..link.len() - 5].to_owned()));
    assert!(cut.says(".fig-notice-place").contains("damaged"), "{}", cut.says(".fig-notice-place"));
    assert_ne!(cut.readings(), page.readings());
}

#[test]
fn what_is_typed_wrong_is_told_where_it_was_typed() {
    let mut page = Page::of("slow-server");
    let load = |text: &str| UserAction {
        target: "load".into(),
        variant: "text".into(),
        text: text.into(),
        ..action("control")
    };
    page.does(load("fast"));
    let told = page.says("[data-control=\"load\"] .fig-error").to_owned();
    assert!(told.contains("fast") && told.contains("480/s"), "{told}");
    page.does(load("200/s"));
    assert_eq!(page.says("[data-control=\"load\"] .fig-error"), "");
    assert_eq!(page.says("[data-control=\"load\"] .fig-number"), "200/s");
    page.act("slow", "1:0", "0.5");
    assert!(
        page.says("[data-error-of=\"slow\"]").contains("from 1"),
        "{}",
        page.says("[data-error-of=\"slow\"]")
    );
    page.does(UserAction { text: "nobody".into(), ..action("seed") });
    assert!(page.says(".seed .fig-error").contains("k7-otter"));
}

#[test]
fn a_request_says_why_it_was_late() {
    let mut page = Page::of("slow-server");
    page.go(20.0);
    page.does(UserAction { target: "1:2".into(), ..action("select") });
    let panel = page.says(".fig-explain").to_owned();
    assert!(panel.contains("Server\u{a0}C") && panel.contains("Kill"), "{panel}");
    let story = page.says(".fig-story").to_owned();
    assert!(story.contains("Waiting: 10") && story.contains("Places in the queue: 10"), "{story}");
    let request =
        story.split("request\u{a0}").nth(1).and_then(|rest| rest.split_whitespace().next()).unwrap();
    page.does(UserAction { target: format!("0:{request}"), ..action("select") });
    assert!(page.says(".fig-story").contains("because"), "{}", page.says(".fig-story"));
}

#[test]
fn playing_passes_model_time_at_its_speed_and_stops_at_the_end() {
    let mut page = Page::of("slow-server");
    page.does(action("play"));
    assert!(page.playing);
    for _ in 0..100 {
        page.tell(DeskCommand::Tick(0.02));
    }
    assert_eq!(page.says(".fig-time"), "00:00.5");
    page.does(UserAction { text: "60".into(), ..action("speed") });
    for _ in 0..100 {
        page.tell(DeskCommand::Tick(0.02));
    }
    assert_eq!((page.says(".fig-time"), page.playing), ("01:00.0", false));
}

#[test]
fn counts_are_of_the_same_moment_as_the_picture_while_it_plays_slowly() {
    let mut page = Page::of("cut-the-cable");
    let busy = "mode=quorum&r=1&w=1&rate=5&delay=0.2";
    page.does(UserAction { text: busy.into(), number: 2e9, ..action("go") });
    page.play_to_rest();
    page.does(action("play"));
    for _ in 0..400 {
        page.tell(DeskCommand::Tick(0.02));
        page.rest();
        let DeskEvent::Probed(Ok(shown)) = page.desk.handle(DeskCommand::Probe { view: None }, &mut |_| {})
        else {
            panic!("a figure that plays shows something")
        };
        assert_eq!(page.readings()[5], Unit::Count.format(shown.readings[5]), "{}", page.says(".fig-time"));
    }
    assert_ne!(page.readings()[5], "0");
}

#[test]
fn a_pages_first_figure_plays_by_itself_and_its_invitation_goes_with_the_first_thing_done() {
    let mut page = Page::first("slow-server", "1:2");
    page.rest();
    let from = page.says(".fig-time").to_owned();
    for _ in 0..100 {
        page.tell(DeskCommand::Tick(0.02));
        page.rest();
    }
    assert!(page.playing && page.says(".fig-time") != from, "it plays on from {from}");
    assert!(page.invites());
    page.does(UserAction { point: (1.0, 1.0), ..action("hover") });
    page.does(UserAction { variant: "cut".into(), text: "1,1 30,1".into(), ..action("draw-across") });
    page.does(action("play"));
    assert_eq!((page.playing, page.invites()), (false, true));
    page.does(UserAction { target: "1:2".into(), ..action("select") });
    assert!(!page.invites());
}

#[test]
fn the_clock_stands_while_a_slider_is_held_and_all_of_its_moves_are_one_change() {
    let mut page = Page::of("slow-server");
    page.act("kill", "1:2", "");
    assert!(page.playing, "what was done to a figure that nobody had played is seen");
    page.does(action("play"));
    page.go(10.0);
    let load = "[data-control=\"load\"] .fig-number";
    let was = page.says(load).to_owned();
    let before = (page.readings(), page.now.clone());
    page.does(action("play"));
    let slide = |place: f64| UserAction {
        target: "load".into(),
        variant: "range".into(),
        number: place,
        ..action("control")
    };
    for place in [2.0, 3.0, 4.0] {
        page.does(slide(place));
        page.tell(DeskCommand::Tick(0.1));
        page.rest();
    }
    assert_eq!(page.says(".fig-time"), "00:10.0");
    page.does(action("let-go"));
    for _ in 0..20 {
        page.tell(DeskCommand::Tick(0.1));
        page.rest();
    }
    assert!(page.playing);
    assert_ne!(page.says(".fig-time"), "00:10.0");
    page.does(action("play"));
    assert_ne!(page.says(load), was);
    page.does(action("take-back"));
    assert_eq!(page.says(load), was, "one step back is before all of it");
    page.go(10.0);
    assert_eq!((page.readings(), page.now.clone()), before);
}

#[test]
fn a_phrase_plays_into_its_moment_beside_what_was_shown_before() {
    let mut page = Page::of("slow-server");
    page.go(20.0);
    let was = page.readings();
    page.does(UserAction { text: "policy=random".into(), number: 20e9, ..action("go") });
    assert!(page.playing);
    let (_, began) = page.says(".fig-time").split_once(':').expect("minutes and seconds");
    assert!(began < "20.0", "it begins before the moment: {began}");
    page.play_to_rest();
    assert_eq!(page.says(".fig-time"), "00:20.0");
    let against = page.says(".fig-against").to_owned();
    assert!(against.starts_with("was ") && against.contains(&was[0]), "{against}, and it was {was:?}");
    page.does(UserAction { text: "random".into(), target: "policy".into(), ..action("control") });
    assert_eq!(page.says(".fig-against"), "", "what it stands against is told of one step only");
    page.go(5.0);
    page.does(UserAction { text: "policy=sticky".into(), number: 20e9, ..action("go") });
    page.play_to_rest();
    assert_eq!(page.says(".fig-against"), "", "another moment is no comparison");
}

#[test]
fn what_explains_a_thing_is_of_the_moment_at_which_playing_stopped() {
    let mut page = Page::of("pool-or-loop");
    // A loop lets in all requests, so that what the database works on changes all the time.
    page.does(UserAction { text: "style=loop&load=180".into(), number: 3e9, ..action("go") });
    page.does(UserAction { target: "4:0".into(), ..action("select") });
    page.play_to_rest();
    let told = page.says(".fig-story").to_owned();
    page.go(3.0);
    assert_eq!(page.says(".fig-story"), told);
}

#[test]
fn what_is_set_at_the_end_of_a_run_plays_it_again_from_the_start() {
    let mut page = Page::of("slow-server");
    page.act("kill", "1:2", "");
    page.go(60.0);
    page.does(UserAction { text: "random".into(), target: "policy".into(), ..action("control") });
    assert!(page.playing);
    let view = decode_view(&page.now).expect("it is a view");
    assert_eq!(
        (view.run.controls.len(), view.run.inputs.len()),
        (1, 1),
        "the policy from the start, and the kill"
    );
}

#[test]
fn a_phrase_waits_for_a_moment_that_takes_long_to_compute() {
    let mut page = Page::of("power-of-two");
    page.tell(DeskCommand::UserAction(UserAction { text: "old=1s".into(), number: 85e9, ..action("go") }));
    // Without rest, so that only what is asked for is computed.
    let mut ticks = 0;
    while page.playing && ticks < 900 {
        page.tell(DeskCommand::Tick(0.1));
        ticks += 1;
    }
    assert_eq!(page.says(".fig-time"), "01:25.0");
    assert!(ticks < 300, "it plays the whole run, for {ticks} tenths of a second");
}

#[test]
fn what_a_challenge_fixes_stays_and_the_figure_says_how_to_be_free_of_it() {
    let mut page = Page::of("three-tiers");
    page.does(UserAction { target: "idle-database".into(), ..action("set-up") });
    let load = "[data-control=\"load\"] .fig-number";
    let fixed = page.says(load).to_owned();
    let set = |to: &str| UserAction {
        target: "load".into(),
        variant: "text".into(),
        text: to.into(),
        ..action("control")
    };
    page.does(set("200"));
    assert_eq!(page.says(load), fixed);
    let said = page.says(".fig-notice-place");
    assert!(said.contains("'Load'") && said.contains("Back to the run the page opened with"), "{said}");
    // Runs that keep to what it fixes can be looked at meanwhile, as those that its verdict leads to.
    let link = page.now.clone();
    page.does(UserAction { text: link, ..action("view") });
    page.does(set("200"));
    assert_eq!(page.says(load), fixed);
    page.does(action("reset"));
    page.does(set("200"));
    assert_eq!(page.says(load), "200/s");
}

#[test]
fn what_befalls_a_challenge_stays_whatever_is_set_before_it() {
    let mut page = Page::of("slow-dependency");
    page.does(UserAction { target: "keep-the-shop-open".into(), ..action("set-up") });
    let run = |page: &Page| decode_view(&page.now).expect("it is a view").run;
    let befalls = run(&page).inputs;
    let set = |control: &str, to: &str| UserAction {
        target: control.into(),
        variant: "text".into(),
        text: to.into(),
        ..action("control")
    };
    page.does(set("timeout", "500 ms"));
    assert_eq!((run(&page).inputs, befalls.len()), (befalls.clone(), 4), "at the start");
    page.go(15.0);
    page.does(set("bulkhead", "8"));
    let inputs = run(&page).inputs;
    let kept = inputs.iter().filter(|input| befalls.contains(input)).count();
    assert_eq!((inputs.len(), kept, inputs[2].at.secs()), (5, 4, 15.0), "between the two outages");
    assert!(page.says(".fig-marks").contains("Payments are becomes Slow"), "{}", page.says(".fig-marks"));
    page.does(action("take-back"));
    assert_eq!(run(&page).inputs, befalls);
    page.does(action("reset"));
    page.does(set("timeout", "500 ms"));
    assert_eq!(run(&page).inputs, []);
}

#[test]
fn the_way_back_to_a_run_of_ones_own_stays_until_it_is_taken() {
    let mut page = Page::of("slow-server");
    let phrase = || UserAction { text: "policy=random".into(), number: 20e9, ..action("go") };
    let offers = |page: &Page| page.says(".fig-aftermath").contains("Back to your run");
    let run = |code: &str| decode_view(code).expect("it is a run").run;
    page.does(phrase());
    assert!(!offers(&page), "nothing of the learner's own was left");
    page.does(action("reset"));
    page.go(12.0);
    page.act("kill", "1:2", "");
    let own = run(&page.now);
    page.does(phrase());
    assert!(offers(&page) && run(&page.now) != own);
    // What is done there doesn't lose it, nor does another phrase or another worker.
    page.act("kill", "1:0", "");
    let second = run(&page.now);
    page.does(UserAction { text: "policy=two-choices".into(), number: 20e9, ..action("go") });
    let mut page = page.resumed();
    let kept: Vec<_> = page.own_runs.iter().map(|code| run(code)).collect();
    assert_eq!(kept, [own.clone(), second.clone()]);
    let shown = run(&page.now);
    for back in [&second, &own] {
        assert!(offers(&page));
        let code = page.views()[0].clone();
        page.does(UserAction { text: code, ..action("view") });
        assert_eq!(run(&page.now), *back);
    }
    assert!(!page.own_runs.iter().any(|code| run(code) == shown), "the phrase's run isn't the learner's");
    page.does(action("reset"));
    assert!(!offers(&page), "who starts anew has left it");
}

#[test]
fn a_notice_goes_with_what_it_is_about() {
    let mut page = Page::of("two-threads");
    let notice = |page: &Page| page.says(".fig-notice-place").to_owned();
    let set = |control: &str, to: &str| UserAction {
        target: control.into(),
        variant: "text".into(),
        text: to.into(),
        ..action("control")
    };
    let refused = |page: &mut Page| {
        page.does(UserAction { number: 0.0, ..action("seek") });
        for _ in 0..4 {
            page.act("step", "0:0", "");
        }
        assert!(notice(page).contains("has run all its instructions"), "{}", notice(page));
    };
    // Another moment, a change that is taken back, another seed.
    for leaves in [action("back"), action("take-back"), UserAction { number: 9.0, ..action("reshuffle") }] {
        refused(&mut page);
        page.does(leaves.clone());
        assert_eq!(notice(&page), "", "after {leaves:?}");
    }
    // What a search has found is about the run that it shows, at all of its moments.
    page.does(action("search"));
    assert!(notice(&page).contains("Found"), "{}", notice(&page));
    page.play_to_rest();
    page.does(action("back"));
    assert!(notice(&page).contains("Found"));
    page.does(set("times", "2"));
    assert_eq!(notice(&page), "");
    // A control that a challenge fixes is free when the challenge is left.
    let mut page = Page::of("three-tiers");
    page.does(UserAction { target: "idle-database".into(), ..action("set-up") });
    page.does(set("load", "200"));
    assert!(notice(&page).contains("'Load'"));
    page.does(UserAction { text: "load=100/s".into(), number: 20e9, ..action("go") });
    assert_eq!(notice(&page), "");
}

#[test]
fn nothing_is_offered_for_what_is_not_there() {
    let mut page = Page::of("two-threads");
    let threads = |n: &str| UserAction {
        target: "threads".into(),
        variant: "text".into(),
        text: n.into(),
        ..action("control")
    };
    page.does(threads("3"));
    page.does(UserAction { target: "0:2".into(), ..action("select") });
    let (panel, choice) =
        (".fig-actions [data-way=\"step\"]", ".fig-choices [data-way=\"step\"][data-on=\"0:2\"]");
    assert_eq!((page.attr(panel, "aria-disabled"), page.has_attr(choice, "hidden")), ("", false));
    page.does(threads("2"));
    let story = page.says(".fig-story");
    assert!(story.contains("It doesn’t exist at this moment."), "{story}");
    assert_eq!((page.attr(panel, "aria-disabled"), page.has_attr(choice, "hidden")), ("true", true));
    page.does(threads("3"));
    assert_eq!((page.attr(panel, "aria-disabled"), page.has_attr(choice, "hidden")), ("", false));
}

#[test]
fn numbers_of_the_text_say_so_while_the_figure_shows_another_run() {
    let mut page = Page::of("slow-server");
    let numbers = ".live[data-figure=\"slow-server\"][data-at]";
    assert!(!page.has_attr(numbers, "title"));
    page.act("kill", "1:2", "");
    assert!(page.attr(numbers, "title").contains("another"), "{}", page.attr(numbers, "title"));
    page.does(action("take-back"));
    assert!(!page.has_attr(numbers, "title"));
}

#[test]
fn an_answer_that_is_read_off_several_runs_leads_to_each_of_them() {
    let mut page = Page::of("slow-server");
    let answer = "round-robin,least-connections,two-choices,peak-ewma";
    page.does(UserAction { target: "policies-by-p99".into(), text: answer.into(), ..action("commit") });
    let verdict = page.says("[data-predict=\"policies-by-p99\"] .answer-verdict").to_owned();
    for policy in ["Round robin", "Least connections", "Two choices", "Peak EWMA"] {
        assert!(verdict.contains(&format!("Policy: {policy}")), "{verdict}");
    }
    let runs: Vec<_> = page.views().iter().map(|code| decode_view(code).expect("it is a view")).collect();
    let policies: BTreeSet<String> = runs.iter().map(|view| format!("{:?}", view.run.controls)).collect();
    assert_eq!((policies.len(), runs[0].at.secs()), (4, 60.0));
}

#[test]
fn a_figure_that_waits_for_its_question_says_so_to_whoever_wants_something_of_it() {
    let mut page = Page::after("slow-server", &["policies-by-p99"], &[]);
    let error = "[data-predict=\"policies-by-p99\"] .answer-error";
    for idle in ["hover", "point", "walk", "speed"] {
        page.does(action(idle));
        assert_eq!(page.says(error), "", "'{idle}' wants nothing");
    }
    page.does(UserAction { text: "policy=random".into(), number: -1.0, ..action("go") });
    assert!(page.says(error).contains("or skip it"), "{}", page.says(error));
}

#[test]
fn a_log_is_replayed_and_what_could_not_be_read_is_told() {
    let line = |n: u32| {
        let (client, second, page) = (n % 9, n / 4, n % 7);
        format!("10.0.0.{client} - - [03/Mar/2025:10:00:{second:02} +0000] \"GET /a{page} HTTP/1.1\" 200 5\n")
    };
    let mut log: String = (0..200).map(line).collect();
    log += "not a line of a log\n";
    let mut page = Page::of("your-traffic");
    let (half, rest) = log.as_bytes().split_at(5_000);
    // The first attempt is given up half-way.
    for (bytes, first, last) in [(half, true, false), (half, true, false), (rest, false, true)] {
        let (name, size) = ("my.log".to_owned(), log.len() as f64);
        page.tell(DeskCommand::FileChunk(FileChunk {
            name,
            size,
            bytes: bytes.to_vec(),
            first,
            last,
            replay: true,
        }));
    }
    let told = page.says(".fig-data-says").to_owned();
    assert!(told.contains("my.log") && told.contains("200") && told.contains("1 "), "{told}");
    assert!(page.playing, "it runs at once");
    page.does(action("play"));
    page.go(15.0);
    assert_eq!(page.says("[data-control=\"arrivals\"] [value=replay][type=radio]"), "true");
    assert_ne!(page.readings()[2], "0", "requests are answered");
    // It decides how many come, whatever the load's control is told.
    let load = "[data-control=\"load\"] .fig-number";
    assert_eq!(page.says(load), "logged");
    let set = |id: &str, to: &str| UserAction {
        target: id.into(),
        variant: "text".into(),
        text: to.into(),
        ..action("control")
    };
    page.does(set("load", "300"));
    let said = page.says(".fig-notice-place");
    assert!(said.contains("The log decides"), "{said}");
    // A phrase of the text is about the log, too.
    page.does(UserAction { text: "policy=least-connections".into(), number: 15e9, ..action("go") });
    let run = decode_view(&page.now).unwrap().run;
    assert!(run.data.is_some() && run.controls.iter().any(|(id, _)| id == "policy"), "{run:?}");
    assert_eq!(page.says(load), "logged");
    page.does(set("arrivals", "poisson"));
    page.does(set("load", "300"));
    assert_eq!(page.says(load), "300/s");
}

#[test]
fn two_threads_are_stepped_by_hand_and_lose_an_update() {
    let mut page = Page::of("two-threads");
    page.does(UserAction { number: 0.0, ..action("seek") });
    for thread in ["0:0", "0:1", "0:0", "0:1", "0:0", "0:1"] {
        page.act("step", thread, "");
    }
    assert!(page.says(".fig-says").contains("lost"), "{}", page.says(".fig-says"));
}

#[test]
fn a_press_on_a_threads_next_line_runs_it_and_one_on_another_line_explains_it() {
    let mut page = Page::of("two-threads");
    let press = |page: &mut Page, line: u32| {
        page.does(UserAction { target: format!("1:{line}"), ..action("select") });
    };
    for line in [1, 4, 5, 6] {
        press(&mut page, line);
    }
    assert_eq!(page.readings()[..2], ["1", "1"], "B has read, added and stored");
    press(&mut page, 1);
    assert_eq!((page.says(".fig-time"), page.readings()[1].as_str()), ("4", "1"), "that line has run");
    let told = page.says(".fig-story").to_owned();
    assert!(told.contains("copies x") && told.contains("Ran r = x: read x=0"), "{told}");
    for line in [2, 3] {
        press(&mut page, line);
    }
    assert!(page.says(".fig-says").contains("lost"), "{}", page.says(".fig-says"));
}

#[test]
fn play_says_that_somebody_has_to_choose_and_plays_what_was_chosen() {
    let mut page = Page::of("two-threads");
    page.does(action("play"));
    assert!(!page.playing && page.says(".fig-notice-place").contains("Choose"));
    for thread in ["0:0", "0:1"] {
        page.act("step", thread, "");
    }
    page.does(action("play"));
    assert!(!page.playing, "somebody has to choose again");
    page.does(UserAction { number: 0.0, ..action("seek") });
    page.does(action("play"));
    assert!(page.playing);
    for _ in 0..100 {
        page.tell(DeskCommand::Tick(0.05));
    }
    assert_eq!((page.playing, page.says(".fig-time")), (false, "2"), "it stops after what was chosen");
}

#[test]
fn one_store_can_wipe_out_two_increments() {
    let mut page = Page::of("two-threads");
    page.does(UserAction {
        target: "times".into(),
        variant: "text".into(),
        text: "2".into(),
        ..action("control")
    });
    page.does(UserAction { number: 0.0, ..action("seek") });
    // A reads; B does both of its increments; A goes on with what it has read.
    for thread in ["0:0", "0:1", "0:1", "0:1", "0:1", "0:1", "0:1", "0:0", "0:0"] {
        page.act("step", thread, "");
    }
    assert_eq!(page.readings()[..3], ["1", "3", "2"], "x, increments done, updates lost");
    page.desk.invariants().expect("none is broken");
}

#[test]
fn keys_walk_through_the_picture_and_along_the_time_line() {
    let mut page = Page::of("slow-server");
    for key in ["Home", "ArrowRight", "ArrowRight", "ArrowLeft", "End"] {
        page.does(UserAction { text: key.into(), ..action("walk") });
    }
    page.does(UserAction { text: "PageUp".into(), ..action("line-key") });
    page.does(UserAction { text: "End".into(), ..action("line-key") });
    assert_eq!(page.says(".fig-time"), "01:00.0");
    page.does(UserAction { text: "Home".into(), ..action("line-key") });
    assert_eq!(page.says(".fig-time"), "00:00.0");
}

#[test]
fn keys_go_along_a_row_and_from_row_to_row_where_cells_are_called_by_row_and_column() {
    let mut page = Page::of("matrix");
    page.go(16.0);
    let keys =
        ["Home", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowLeft"];
    let walk = |key: &str| {
        page.does(UserAction { text: key.into(), ..action("walk") });
        page.attr(".fig-spot", "aria-label").to_owned()
    };
    let walked = keys.map(walk).to_vec();
    let (first, second) = ("front page deleted", "all expire");
    let cell = |row: &str, column: &str| format!("{row}, {column}");
    let expected = [
        "nothing".to_owned(),
        cell("nothing", first),
        cell("nothing", second),
        cell("single flight", second),
        cell("serve stale", second),
        cell("single flight", second),
        cell("single flight", first),
        "single flight".to_owned(),
    ];
    assert_eq!(walked, expected);
}

#[test]
fn keys_go_on_from_where_somebody_was_who_is_gone() {
    let mut page = Page::of("slow-server");
    let walk = |page: &mut Page, key: &str| {
        page.does(UserAction { text: key.into(), ..action("walk") });
        page.attr(".fig-spot", "aria-label").to_owned()
    };
    page.go(24.0);
    let first = walk(&mut page, "Home");
    let waiting = (0..40).map(|_| walk(&mut page, "ArrowRight")).find(|it| it.starts_with("request"));
    assert!(waiting.is_some(), "C has a queue");
    page.go(50.0);
    let next = walk(&mut page, "ArrowRight");
    assert!(next != first && Some(&next) != waiting.as_ref(), "{next} after {waiting:?}");
}

#[test]
fn a_step_leads_to_the_next_thing_that_matters_and_back() {
    let mut page = Page::of("slow-server");
    page.go(0.0);
    page.does(action("on"));
    let first = page.says(".fig-time").to_owned();
    assert!(page.says(".fig-moments").contains(&first), "{first} in {}", page.says(".fig-moments"));
    page.does(action("on"));
    let second = page.says(".fig-time").to_owned();
    assert!(second > first, "{second} after {first}");
    page.does(action("back"));
    assert_eq!(page.says(".fig-time"), first);
    page.does(action("back"));
    assert_eq!(page.says(".fig-time"), "00:00.0");
}

/// Whatever a page could ever tell, sound or not.
fn anything() -> impl Strategy<Value = DeskCommand> {
    let does = prop::sample::select(ActionKind::ALL);
    let target = prop_oneof![
        prop::sample::select(vec![
            "policy", "load", "slower", "compress", "arrivals", "checks", "share", "more"
        ])
        .prop_map(str::to_owned),
        (0..5_u8, 0..40_u32).prop_map(|(kind, n)| format!("{kind}:{n}")),
        ".{0,6}",
    ];
    let variant =
        prop::sample::select(vec!["kill", "slow", "drain", "restore", "step", "range", "text", "?"]);
    let text = prop_oneof![
        prop::sample::select(vec![
            "ArrowRight",
            "End",
            "PageUp",
            "random",
            "replay",
            "300/s",
            "4",
            "policy=maglev&load=900/s",
            "b3-otter"
        ])
        .prop_map(str::to_owned),
        ".{0,12}",
    ];
    let number = prop_oneof![-5.0..2_000.0_f64, 0.0..6e10_f64, any::<f64>()];
    let point = (-10.0..800.0_f32, -10.0..600.0_f32);
    let action = (does, target, variant, text, number, point).prop_map(
        |(does, target, variant, text, number, point)| {
            let variant = variant.to_owned();
            DeskCommand::UserAction(UserAction { kind: does, target, variant, text, number, point })
        },
    );
    prop_oneof![
        8 => action,
        3 => (0.0..0.3_f64).prop_map(DeskCommand::Tick),
        1 => (0..1_500_u16, 0..400_u16).prop_map(|(picture, charts)| DeskCommand::Resize { picture, charts }),
        1 => any::<bool>().prop_map(DeskCommand::ReduceMotion),
        1 => any::<f64>().prop_map(DeskCommand::Tick),
        1 => prop::collection::vec(any::<u8>(), 0..200).prop_map(|bytes| DeskCommand::FileChunk(FileChunk {
            name: "x".into(), size: 1.0, bytes, first: true, last: true, replay: true
        })),
    ]
}

fn all_ids() -> Vec<&'static str> {
    lessons::all().map(|(_, figure)| figure.spec.id.as_ref()).collect()
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn nothing_that_a_page_could_tell_makes_a_desk_panic_or_breaks_a_law(
        figure in prop::sample::select(all_ids()),
        all in prop::collection::vec(anything(), 1..60),
    ) {
        let mut page = Page::of(figure);
        for tell in all {
            page.tell(tell);
            let _ = page.desk.work();
            page.desk.invariants().map_err(TestCaseError::fail)?;
            for picture in page.desk.pictures() {
                prop_assert_eq!(picture.problems(), Vec::<String>::new());
            }
        }
        // What is kept opens again; what replays a file waits for that, which the page hands over first.
        let replays = decode_view(&page.now).is_ok_and(|view| view.run.data.is_some());
        let again = Page::opened(figure, Some(page.now.clone()));
        prop_assert!(!again.says(".fig-notice-place").contains("can’t be opened") || page.now.is_empty() || replays);
    }
}
