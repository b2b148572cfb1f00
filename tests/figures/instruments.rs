//! A figure's instruments, used as a page uses them, without a browser.

use crate::page::{Page, action};
use playground::desk::{DeskCommand, FileChunk, UserAction};
use playground::learner::{Attempt, Grade, Guess, Task};
use playground::lessons;
use playground::player::{Value, decode_view};

fn control(id: &str, text: &str) -> UserAction {
    UserAction { target: id.into(), variant: "text".into(), text: text.into(), ..action("control") }
}

/// What is to be read there, with ordinary spaces.
fn said(page: &Page, css: &str) -> String {
    page.says(css).replace('\u{a0}', " ")
}

fn against(page: &Page, n: usize) -> String {
    let css = if n == 0 { ".fig-against".into() } else { format!(".fig-against {n}") };
    said(page, &css)
}

#[test]
fn two_settings_run_side_by_side_on_the_same_arrivals() {
    let mut page = Page::of("slow-server");
    page.go(20.0);
    let alone = page.readings();
    page.does(action("compare"));
    assert_eq!(page.readings(), alone, "A is the run as it was");
    assert_eq!(said(&page, ".fig-side-name"), "A · Round robin");
    assert_eq!(said(&page, ".fig-side-name 1"), "B · Least connections");
    // B is what a run with that policy gives.
    let b = against(&page, 1);
    let mut other = Page::of("slow-server");
    other.does(control("policy", "least-connections"));
    other.go(20.0);
    let p99 = format!("B: {} ms", other.readings()[1]);
    assert!(b.starts_with(&p99) && b.contains('−'), "{b} against {p99}");
    // What is moved moves in B only, then in both.
    page.does(control("load", "200/s"));
    assert_eq!(page.readings(), alone);
    assert!(said(&page, "[data-control=\"load\"] .fig-differs").contains("A: 120/s · B: 200/s"));
    page.does(UserAction { text: "a".into(), ..action("side") });
    page.does(control("slower", "8"));
    assert_eq!(decode_view(&page.now).unwrap().run.inputs.len(), 1, "an input of the run, and so of both");
    assert_eq!(said(&page, "[data-control=\"slower\"] .fig-differs"), "");
    // A fault befalls both.
    page.act("kill", "1:0", "");
    page.go(26.0);
    let says = said(&page, ".fig-says");
    let (a, b) = says.split_once(" B: ").expect("both are told");
    assert!(a.contains("A is dead"), "{a}");
    assert!(b.contains("dead"), "{b}");
    // A link holds the comparison.
    let view = decode_view(&page.now).unwrap();
    assert_eq!(view.compared_controls.len(), 2);
    let mut opened = Page::opened("slow-server", Some(page.now.clone()));
    opened.rest();
    assert_eq!((opened.readings(), against(&opened, 1)), (page.readings(), against(&page, 1)));
    assert!(said(&opened, ".fig-notice-place").contains("Compared with"));
    // Swapped and swapped back it is the same.
    let (a, b) = (page.readings(), against(&page, 1));
    page.does(action("swap"));
    assert!(b.starts_with(&format!("B: {}", page.readings()[1])) || page.readings()[1] != a[1]);
    page.does(action("swap"));
    page.does(action("compare"));
    assert_eq!(against(&page, 1), "");
    assert_eq!(decode_view(&page.now).unwrap().compared_controls, Vec::new());
}

#[test]
fn the_same_request_is_explained_in_both() {
    let mut page = Page::of("slow-server");
    page.go(20.0);
    page.does(action("compare"));
    page.does(UserAction { target: "0:2000".into(), ..action("select") });
    let story = said(&page, ".fig-story");
    let (a, b) = story.split_once("In B").expect("both are told");
    assert!(a.contains("In A") && a.contains("Was sent on to") && b.contains("Was sent on to"), "{story}");
    assert!(
        a.contains("server’s turn") && b.contains("fewest connections"),
        "each by its own policy: {story}"
    );
}

#[test]
fn a_sweep_draws_every_value_and_its_runs_open() {
    let mut page = Page::of("one-server");
    page.does(UserAction { text: "load,30 %,90 %,mean,2".into(), ..action("sweep") });
    let all = page.jobs.len();
    assert_eq!(all, 22);
    page.run_errands(all - 1);
    assert!(
        said(&page, ".fig-sweep-progress").contains("21 of 22"),
        "{}",
        said(&page, ".fig-sweep-progress")
    );
    page.run_errands(1);
    assert_eq!(said(&page, ".fig-sweep-progress"), "");
    let table = said(&page, ".fig-sweep-result");
    assert!(table.contains("30 %") && table.contains("90 %"), "{table}");
    // Nonsense is refused with a sentence; what is under way is called off by the next one.
    page.does(UserAction { text: "load,fast,,mean,2".into(), ..action("sweep") });
    assert!(said(&page, ".fig-sweep-progress").contains("fast"), "{}", said(&page, ".fig-sweep-progress"));
    page.does(UserAction { text: "load,,,mean,2".into(), ..action("sweep") });
    let late = page.jobs[0].clone();
    page.does(action("call-off"));
    assert!(page.jobs.is_empty());
    page.jobs = vec![late];
    page.run_errands(1);
    assert_eq!(said(&page, ".fig-sweep-progress"), "", "what comes back too late is of no account");
}

#[test]
fn a_number_leads_to_those_who_made_it() {
    let mut page = Page::of("slow-server");
    page.go(30.0);
    page.does(UserAction { target: "p99".into(), ..action("behind") });
    let panel = said(&page, ".fig-explain");
    assert!(panel.contains("Behind p99") && panel.contains("took"), "{panel}");
    // They took as long as the reading says, or just longer.
    let p99: f64 = page.readings()[1].parse().unwrap();
    let unit = if panel.contains("p99, ") && panel.split("p99, ").nth(1).unwrap().contains(" ms") {
        1e3
    } else {
        1.0
    };
    let first = panel.split("took ").nth(1).unwrap();
    let took: f64 = first.split_whitespace().next().unwrap().parse().unwrap();
    let took = if first.split_whitespace().nth(1) == Some("ms") { took / 1e3 } else { took };
    assert!((took - p99 / unit).abs() < 0.1 * took, "{took} s, p99 {p99}");
    page.does(UserAction { target: "lost".into(), ..action("behind") });
    assert!(said(&page, ".fig-explain").contains("request"), "{}", said(&page, ".fig-explain"));
    // One of them is asked about, and the panel is its.
    let panel = said(&page, ".fig-explain");
    let who = panel.split("request ").nth(1).unwrap();
    let who = who.split_whitespace().next().unwrap().to_owned();
    page.does(UserAction { target: format!("0:{who}"), ..action("select") });
    assert!(said(&page, ".fig-story").contains("refus"), "{}", said(&page, ".fig-story"));
}

#[test]
fn picture_and_numbers_are_taken_along() {
    let mut page = Page::of("slow-server");
    page.go(20.0);
    page.does(UserAction { variant: "svg".into(), ..action("picture") });
    page.does(action("numbers"));
    let (svg, csv) = (&page.saved[0], &page.saved[1]);
    assert_eq!((svg.0.as_str(), csv.0.as_str()), ("slow-server.svg", "slow-server.csv"));
    assert!(svg.1.starts_with("<svg") && svg.1.contains("balancer"));
    let lines: Vec<&str> = csv.1.lines().collect();
    assert_eq!(lines[0], "seconds,p50,p99,answered,lost,longest-queue,lost-share");
    assert!(lines.len() > 200 && lines[200].split(',').count() == 7, "{}", lines.len());
    page.does(action("compare"));
    page.does(action("numbers"));
    assert!(page.saved[2].1.starts_with("seconds,p50") && page.saved[2].1.contains(",b-p99,"));
}

/// A figure, and the prediction that gates it: about its own run at 20 s.
const GATED: &str = "power-of-two";
const FIRST: &str = "longest-with-two";

fn commit(id: &str, text: &str) -> UserAction {
    UserAction { target: id.into(), text: text.into(), ..action("commit") }
}

fn stage(page: &Page, id: &str) -> String {
    page.attr(&format!("[data-predict=\"{id}\"]"), "data-stage").to_owned()
}

#[test]
fn a_figure_gives_nothing_away_until_its_prediction_is_committed() {
    let mut page = Page::after(GATED, &[FIRST], &[]);
    assert!(page.masked);
    // It shows its system before anything has happened.
    let at_start = page.readings();
    let mut start = Page::of(GATED);
    start.does(UserAction { number: 0.0, ..action("seek") });
    assert_eq!(at_start, start.readings());
    assert!(said(&page, ".fig-says").contains("answered its question"));
    // Nothing leads around it.
    for does in ["play", "on", "seek", "compare", "numbers", "view", "tables"] {
        page.does(UserAction { number: 4e10, ..action(does) });
    }
    page.does(UserAction { text: "load=70%".into(), number: 3e10, ..action("go") });
    assert!(page.masked);
    assert_eq!(page.readings(), at_start);
    assert_eq!((page.says(".fig-time"), page.saved.len(), page.playing), ("00:00.0", 0, false));
    assert!(page.attempts.is_empty());
    // What is typed is told as it is understood, and an answer that is none is told.
    let card = |class: &str| format!("[data-predict=\"{FIRST}\"] {class}");
    page.does(UserAction { target: FIRST.into(), text: "1,500".into(), ..action("understand") });
    assert_eq!(said(&page, &card(".answer-read")), "Read as 1500.");
    page.does(commit(FIRST, "of course"));
    assert!(page.masked && !said(&page, &card(".answer-error")).is_empty());
}

#[test]
fn what_was_committed_is_graded_in_its_card_and_can_be_answered_again() {
    let mut page = Page::after(GATED, &[FIRST], &[]);
    page.does(commit(FIRST, "20"));
    assert!(!page.masked && page.playing, "committed, it runs");
    assert_eq!(stage(&page, FIRST), "wrong");
    let attempt = page.attempts[0].clone();
    assert_eq!((attempt.id.as_str(), attempt.answer.as_str(), attempt.grade), (FIRST, "20", Grade::Wrong));
    // The verdict's button leads to the run that was asked about.
    let verdict = format!("[data-predict=\"{FIRST}\"] .answer-verdict");
    let see = page.views()[0].clone();
    page.does(UserAction { text: see, ..action("view") });
    page.play_to_rest();
    assert_eq!(page.says(".fig-time"), "00:20.0");
    let longest = page.readings()[1].clone();
    let told = said(&page, &verdict);
    assert!(told.contains(&format!("says {longest};")), "the picture shows it: {longest}, {told}");
    // A second answer needs to be asked for.
    page.does(commit(FIRST, &longest));
    page.does(UserAction { target: FIRST.into(), ..action("skip") });
    assert_eq!((page.attempts.len(), stage(&page, FIRST).as_str()), (1, "wrong"));
    page.does(UserAction { target: FIRST.into(), ..action("again") });
    page.does(commit(FIRST, &longest));
    assert_eq!(stage(&page, FIRST), "right");
    // A worker that is started anew knows that it is done.
    let again = Page::after(GATED, &[FIRST], &page.attempts);
    assert!(!again.masked);
}

#[test]
fn a_desk_says_that_it_owes_an_answer_until_it_has_given_it() {
    let mut page = Page::after(GATED, &[FIRST], &[]);
    assert!(!page.owes, "nothing has been asked");
    page.tell(DeskCommand::UserAction(commit(FIRST, "20")));
    assert!(page.owes && page.attempts.is_empty(), "the run is being computed");
    page.rest();
    assert!(!page.owes && page.attempts.len() == 1, "the verdict is there");
    let guess = page.attempts[0].guess.as_deref().and_then(Guess::from_text).expect("a number was asked for");
    assert_eq!(guess.guessed, 20.0);
    assert!(
        said(&page, &format!("[data-predict=\"{FIRST}\"] .answer-verdict"))
            .contains(&guess.unit.format(guess.was))
    );
    let mut page = Page::of("one-server");
    page.does(UserAction { text: "load,30 %,90 %,mean,2".into(), ..action("sweep") });
    assert!(page.owes, "other workers have jobs to do");
    page.run_errands(100);
    assert!(!page.owes, "the sweep is there");
}

#[test]
fn a_prediction_of_an_earlier_visit_is_graded_anew_and_leaves_the_figure_where_it_is() {
    let attempt = |task, id: &str, answer: &str, grade, run| {
        let (id, answer) = (id.to_owned(), answer.to_owned());
        Attempt { task, id, answer, grade, run, guess: None }
    };
    // Graded anew: what the record believes of it doesn't matter.
    let answered = attempt(Task::Prediction, FIRST, "20", Grade::Right, None);
    let page = Page::revisited(GATED, &[FIRST], &[answered]);
    assert!(!page.masked && !page.playing);
    assert_eq!(stage(&page, FIRST), "wrong");
    assert!(said(&page, &format!("[data-predict=\"{FIRST}\"] .answer-verdict")).contains("you said"));
    assert!(page.focused().is_empty());
    // An answer that the question doesn't take any more is asked anew.
    let old = attempt(Task::Prediction, FIRST, "as many as before", Grade::Wrong, None);
    let page = Page::revisited(GATED, &[FIRST], &[old]);
    assert_eq!(stage(&page, FIRST), "");
}

#[test]
fn a_prediction_that_is_skipped_plays_the_figure_from_its_start() {
    let mut page = Page::after(GATED, &[FIRST], &[]);
    page.does(UserAction { target: FIRST.into(), ..action("skip") });
    assert!(!page.masked && page.playing);
    assert_eq!((page.attempts[0].grade, stage(&page, FIRST).as_str()), (Grade::Skipped, "skipped"));
    assert_eq!(page.says(".fig-time"), "00:00.0");
}

#[test]
fn every_kind_of_answer_is_read_graded_and_shown() {
    let figure_of = |id: &str| match id {
        "modulo-loses-one" => "what-a-hash-keeps",
        "what-helps-most" => "who-notices",
        _ => "slow-server",
    };
    let told = |id: &str, text: &str| {
        let mut page = Page::of(figure_of(id));
        page.does(commit(id, text));
        (
            page.attempts.first().map(|attempt| attempt.grade),
            said(&page, &format!("[data-predict=\"{id}\"] .answer-verdict")),
            page,
        )
    };
    // A number, with its unit.
    let (grade, says, _) = told("modulo-loses-one", "20 %");
    assert_eq!(grade, Some(Grade::Wrong));
    let truth = says
        .split("asked about says ")
        .nth(1)
        .and_then(|rest| rest.split(';').next())
        .expect("the run's number")
        .to_owned();
    let (grade, says, _) = told("modulo-loses-one", &truth);
    assert_eq!(grade, Some(Grade::Right), "{says}");
    assert_eq!(told("modulo-loses-one", "much").0, None);
    // A choice.
    let (grade, _, page) = told("what-helps-most", "fall");
    let marks = |option: &str| {
        said(&page, &format!("[data-predict=\"what-helps-most\"] [data-option=\"{option}\"] .mark"))
    };
    assert_eq!(grade, Some(Grade::Wrong));
    // Each option says what was measured of it.
    let lost = |option: &str| -> f64 {
        let marks = marks(option);
        let number = marks.rsplit(": ").next().and_then(|number| number.strip_suffix(" lost so far"));
        number
            .and_then(|number| number.parse().ok())
            .unwrap_or_else(|| panic!("a number of requests: {marks}"))
    };
    assert!(marks("fall").starts_with("your answer: ") && marks("drain").starts_with("what happens: "));
    assert!(["interval", "fall", "slow-start"].iter().all(|other| lost(other) > lost("drain")));
    assert_eq!(told("what-helps-most", "of course").0, None);
    // An order.
    let (_, says, page) = told("policies-by-p99", "round-robin,least-connections,two-choices,peak-ewma");
    // There is a button to each of the runs that were measured, which says which one it is.
    for policy in ["Round robin", "Least connections", "Two choices", "Peak EWMA"] {
        assert!(says.contains(&format!("Policy: {policy}")), "{says}");
    }
    let place = |thing: &str| {
        said(&page, &format!("[data-predict=\"policies-by-p99\"] [data-option=\"{thing}\"] .mark"))
    };
    let mut things = ["round-robin", "least-connections", "two-choices", "peak-ewma"];
    things.sort_by_key(|thing| place(thing));
    assert_eq!(told("policies-by-p99", &things.join(",")).0, Some(Grade::Right));
    assert_eq!(told("policies-by-p99", "round-robin").0, None, "not all of them");
    // A curve: its own truth, read off the line that is drawn, is right.
    let (grade, _, page) = told("lost-over-load", &["1000"; 11].join(","));
    assert_eq!(grade, Some(Grade::Wrong));
    let points = page.attr("[data-predict=\"lost-over-load\"] .truth", "points");
    let heights: Vec<String> = points
        .split_whitespace()
        .map(|point| (1_000 - point.split(',').nth(1).unwrap().parse::<i32>().unwrap()).to_string())
        .collect();
    assert_eq!(told("lost-over-load", &heights.join(",")).0, Some(Grade::Right));
}

#[test]
fn an_incident_is_met_at_its_moment_and_what_happened_is_named_when_its_cause_is() {
    let id = "half-of-everything";
    let incident = |does: &str| UserAction { target: id.into(), ..action(does) };
    let told = |page: &Page| [".fig-marks", ".fig-moments"].map(|css| said(page, css));
    let mut page = Page::of("slow-server");
    page.does(incident("set-up"));
    assert_eq!(said(&page, ".fig-time"), "00:20.0");
    let view = decode_view(&page.now).unwrap();
    assert!(view.run.controls.contains(&("policy".into(), Value::Choice("least-connections".into()))));
    assert!(said(&page, ".fig-says").contains("still sends"), "its instruments work");
    for told in told(&page) {
        assert!(
            told.contains("Something happened") && !told.contains("Kill") && !told.contains("killed"),
            "{told}"
        );
    }
    page.does(incident("check"));
    let [marks, moments] = told(&page);
    assert!(marks.contains("Kill server B") && moments.contains("was killed"), "{marks} {moments}");
    // What the learner does is the learner's own, at whatever moment; and who has answered once needs no riddle.
    let mut page = Page::of("slow-server");
    page.go(7.0);
    page.act("kill", "1:1", "");
    assert!(told(&page)[0].contains("Kill server"), "{:?}", told(&page));
    let (task, grade) = (Task::Incident, Grade::Wrong);
    let before = Attempt { task, id: id.into(), answer: "too-few".into(), grade, run: None, guess: None };
    let mut page = Page::after("slow-server", &[], &[before]);
    page.does(incident("set-up"));
    assert!(told(&page)[0].contains("Kill server"), "{:?}", told(&page));
}

#[test]
fn a_setting_is_judged_and_the_verdict_leads_to_what_failed() {
    let id = "keep-the-promise";
    let of = |css: &str| format!("[data-challenge=\"{id}\"]{css}");
    let mut page = Page::of("slow-server");
    page.does(UserAction { target: id.into(), ..action("set-up") });
    assert!(said(&page, &of(" .judge-cost")).contains("budget"), "{}", said(&page, &of(" .judge-cost")));
    page.does(UserAction { target: id.into(), ..action("judge") });
    assert_eq!(page.jobs.len(), 200);
    page.run_errands(3);
    assert!(said(&page, &of(" .judge-progress")).contains("3 of 200 runs"));
    page.run_errands(200);
    let result = said(&page, &of(" .judge-result"));
    assert!(result.contains("Not yet") && result.contains("of the first "), "{result}");
    assert!(page.jobs.is_empty(), "nobody computes what nobody waits for");
    assert_eq!((page.attempts[0].id.as_str(), page.attempts[0].grade), (id, Grade::Wrong));
    // A tempting answer is told to be one.
    page.does(control("policy", "random"));
    assert!(said(&page, &of(" .judge-progress")).contains("other settings"), "the verdict is about others");
    page.does(UserAction { target: id.into(), ..action("judge") });
    page.run_errands(200);
    assert_eq!(said(&page, &of(" .judge-progress")), "");
    assert_eq!(page.attr(&of(" [data-verdict=\"not-looking\"]"), "hidden"), "");
    assert!(
        page.attrs.iter().all(|(place, _)| !place.starts_with(&of(" [data-verdict=\"not-looking\"]"))),
        "it is shown"
    );
    let told = said(&page, &of(" .judge-run"));
    assert!(told.contains("By the end of the first run that failed"), "{told}");
}

#[test]
fn a_setting_that_passes_can_be_seen_as_it_was_judged() {
    let id = "keep-the-promise";
    let mut page = Page::of("slow-server");
    // The figure is set up for it by being judged.
    for (id, to) in [("load", "100"), ("policy", "peak-ewma"), ("queue", "16")] {
        page.does(control(id, to));
    }
    page.does(UserAction { target: id.into(), ..action("judge") });
    let run = |page: &Page| decode_view(&page.now).unwrap().run;
    let figure = lessons::figure("slow-server").unwrap().1;
    let challenge = figure.challenge(id).unwrap();
    let is = run(&page);
    assert_eq!(is, challenge.run(figure.spec, &is).unwrap());
    page.run_errands(200);
    page.does(UserAction { text: page.views()[0].clone(), ..action("view") });
    let first = run(&page);
    assert_eq!((first.seed, &first.controls), (challenge.seed(0), &is.controls));
}

/// Two minutes of a log.
fn a_log() -> String {
    let line = |n: u32| {
        let (client, minute, second, page) = (n % 9, n / 480, n / 8 % 60, n % 7);
        format!(
            "10.0.0.{client} - - [03/Mar/2025:10:{minute:02}:{second:02} +0000] \"GET /a{page} HTTP/1.1\" 200 5\n"
        )
    };
    (0..900).map(line).collect()
}

#[test]
fn a_sweep_over_a_log_of_ones_own_runs_where_the_log_is() {
    let mut page = Page::of("your-traffic");
    let (name, log) = ("my.log".to_owned(), a_log());
    let size = log.len() as f64;
    page.tell(DeskCommand::FileChunk(FileChunk {
        name,
        size,
        bytes: log.into_bytes(),
        first: true,
        last: true,
        replay: true,
    }));
    page.does(control("compress", "8"));
    page.does(UserAction { text: "policy,,,p99,2".into(), ..action("sweep") });
    assert!(page.jobs.is_empty(), "other workers have no such file");
    page.rest();
    assert_eq!(said(&page, ".fig-sweep-progress"), "");
    let result = said(&page, ".fig-sweep-result");
    for policy in ["Round robin", "Least connections", "Peak EWMA", "Maglev", "Sticky by client"] {
        assert!(result.contains(policy), "{policy}: {result}");
    }
}
