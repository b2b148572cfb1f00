//! What every registered challenge and prediction has to be, and that judges, grades and sweeps do what they promise.

use crate::budget::Budget;
use crate::played::draws;
use crate::shared::{frame, open, pick};
use playground::lab::judged::{self, JudgedChallenge, MAY_PASS, SETTINGS};
use playground::lab::{Terminal, pool};
use playground::lessons;
use playground::player::{
    AnswerKind, CURVE_POINTS, Challenge, Data, Figure, Frame, Grading, Incident, Judge, Prediction, Run,
    Session, Setting, Sweep, Trial, TrialResult, Value, Verdict,
};
use playground::sim::{Draws, Entity, Purpose, Seed, Time};
use std::collections::HashSet;

/// Challenges that are judged by all their seeds although they are as they were judged before.
const JUDGED: Budget = Budget { what: "challenges judged again", full: 1, least: 0, total: 3 };
/// Seeds by which the truth of each prediction about a figure is looked at.
const TRUTHS: Budget = Budget { what: "truths of predictions", full: 3, least: 1, total: 140 };

/// What was judged before.
const RECORDS: &str = include_str!("../judged.toml");

fn figure(id: &str) -> &'static Figure {
    lessons::figure(id).unwrap().1
}

fn run(figure: &Figure, seed: u64, setting: Setting) -> Run {
    let mut run = Run::new(figure.spec, Seed(seed));
    run.set_all(figure.spec, setting).unwrap();
    run
}

/// What is wrong with the records, as `lab golden` says it.
fn unrecorded(text: &str) -> Vec<String> {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut terminal = Terminal { out: &mut out, err: &mut err, watched: false };
    judged::compare(text, false, &mut terminal).expect("the records can be read").1
}

fn is_judged_as_it_is(_: &str, figure: &'static Figure) {
    for challenge in judged::all().filter(|judged| judged.figure.spec.id == figure.spec.id) {
        let name = challenge.name();
        let recorded = RECORDS.contains(&challenge.fingerprint().unwrap());
        let names: Vec<String> = judged::all().map(JudgedChallenge::name).collect();
        if !recorded || JUDGED.among(names.iter().map(String::as_str), &name) > 0 {
            assert_eq!(challenge.wrong(), [""; 0]);
        }
        // How far luck goes takes a minute to judge: of one that is as it was judged only where nothing is left out.
        if !recorded || pick::all() {
            let passed = challenge.lucky(|_| ()).unwrap();
            println!("{name}: {passed} of {SETTINGS} random settings pass");
            assert!(passed <= MAY_PASS, "{}", challenge.too_lucky(passed));
        }
        assert!(recorded, "{name}: is not recorded as it is now; run `lab golden --write`");
    }
}
by_chapter!(is_judged_as_it_is);

/// `keep-the-promise` with something changed.
fn changed(change: impl Fn(&mut Challenge)) -> JudgedChallenge {
    let registered = figure("slow-server");
    let mut challenge = *registered.challenge("keep-the-promise").unwrap();
    change(&mut challenge);
    let challenges: &'static [Challenge] = Box::leak(Box::new([challenge]));
    JudgedChallenge {
        figure: Box::leak(Box::new(registered.challenged(challenges))),
        challenge: &challenges[0],
    }
}

#[test]
fn a_challenge_that_is_not_what_it_has_to_be_is_told() {
    type Change = fn(&mut Challenge);
    let cases: [(&[&str], Change); 8] = [
        (&["the reference fails"], |c| c.reference = &[("workers", "1")]),
        (&["the reference fails"], |c| c.budget = 25.0),
        (&["begins with passes", "'only-counting' passes", "minimum passes", "maximum passes"], |c| {
            c.seeds = 11;
            c.budget = f64::INFINITY;
            c.pass = |_| Ok(());
        }),
        (&["the tempting answer 'only-counting' is told to be None"], |c| {
            c.diagnose = |settings, _| settings.is("policy", "round-robin").then_some("more-workers");
        }),
        (&["reference moves 'load', which is not free"], |c| c.reference = &[("load", "10")]),
        (&["'policy' is given and free"], |c| c.fixed = &[("policy", "random")]),
        (&["runs end at 10"], |c| c.until = Time::from_secs(10)),
        (&["cause 'nobody' is no tempting answer", "is shown at 70"], |c| {
            c.incident = Some(Incident { cause: "nobody", at: Time::from_secs(70) });
        }),
    ];
    for (says, change) in cases {
        let quick = changed(|c| {
            c.seeds = 100;
            change(c);
        });
        let wrong = quick.wrong().join("\n");
        assert!(says.iter().all(|says| wrong.contains(says)), "{says:?}: {wrong}");
    }
    // How long it would take is told by eleven failures as well.
    let long = changed(|c| (c.seeds, c.reference) = (20_000, &[("workers", "1")]));
    assert!(long.wrong().iter().any(|says| says.contains("60000000 are the most")));
    assert_eq!(changed(|c| c.seeds = 100).wrong(), [""; 0]);
}

#[test]
fn what_a_record_is_of_is_told_by_its_hash() {
    let hash = |change: fn(&mut Challenge)| changed(change).fingerprint().unwrap();
    let own = hash(|_| ());
    assert!(RECORDS.contains(&own), "the challenge as it is has its record");
    let changes: [fn(&mut Challenge); 6] = [
        |c| c.budget = 41.0,
        |c| c.seeds = 201,
        |c| c.free = &["policy", "queue"],
        |c| c.cost = |_| 1.0,
        |c| c.pass = |_| Ok(()),
        |c| c.scripted_inputs = Vec::new,
    ];
    let mut all: Vec<String> = changes.into_iter().map(hash).chain([own.clone()]).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 7, "every change makes another hash");
    let of_nothing =
        "\n[[challenge]]\nfigure = \"slow-server\"\nid = \"break-the-promise\"\nhash = \"0\"\npassed = 0\n";
    let says = unrecorded(&(RECORDS.replace(&own, "0123456789abcdef") + of_nothing));
    for wrong in
        ["keep-the-promise: is not recorded as it is now", "break-the-promise, which is no challenge"]
    {
        assert!(says.iter().any(|says| says.contains(wrong)), "{says:?}");
    }
}

/// Runs of a setting of `keep-the-promise`, as they come back.
fn tried(setting: Setting) -> (Judge, Vec<(usize, TrialResult)>) {
    let figure = figure("slow-server");
    let challenge = figure.challenge("keep-the-promise").unwrap();
    let judge = Judge::new(figure, challenge, &run(figure, 1, setting)).unwrap();
    let trials: Vec<(usize, Trial)> = judge.trials().enumerate().collect();
    let mut tried = Vec::new();
    pool::trials(figure, &Data::default(), trials.into_iter(), |n, one| {
        tried.push((n, one));
        true
    })
    .unwrap();
    assert_eq!(tried.len(), 200);
    (judge, tried)
}

fn judged_in(setting: Setting, order: &[(usize, TrialResult)]) -> Verdict {
    let figure = figure("slow-server");
    let challenge = figure.challenge("keep-the-promise").unwrap();
    let mut judge = Judge::new(figure, challenge, &run(figure, 1, setting)).unwrap();
    for (n, tried) in order {
        judge.add_result(*n, tried.clone());
        if let Some(verdict) = judge.verdict() {
            return verdict;
        }
    }
    panic!("no verdict after {} runs", judge.done());
}

#[test]
fn a_verdict_does_not_depend_on_the_order_in_which_runs_come_back() {
    let settings: [Setting; 3] = [
        &[("policy", "peak-ewma"), ("queue", "16")],
        // Fails in some runs and not in others.
        &[("policy", "peak-ewma"), ("queue", "11")],
        &[("queue", "80")],
    ];
    for setting in settings {
        let (_, mut order) = tried(setting);
        order.sort_by_key(|(n, _)| *n);
        let first = judged_in(setting, &order);
        let mut draws = Draws::new(7, Purpose::named("shuffle"), Entity::new(0, 0));
        for _ in 0..5 {
            for n in (1..order.len()).rev() {
                order.swap(n, draws.below(n as u32 + 1) as usize);
            }
            assert_eq!(judged_in(setting, &order), first);
        }
        order.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
        assert_eq!(judged_in(setting, &order), first);
    }
}

#[test]
fn a_judge_stops_at_the_eleventh_failure_and_names_the_first() {
    let setting: Setting = &[("policy", "peak-ewma"), ("queue", "10")];
    let (judge, mut order) = tried(setting);
    order.sort_by_key(|(n, _)| *n);
    let verdict = judged_in(setting, &order);
    let failed: Vec<usize> = order.iter().filter(|(_, t)| t.failed.is_some()).map(|(n, _)| *n).collect();
    assert!(failed.len() > 11, "it would have failed more often: {}", failed.len());
    assert_eq!((verdict.passed, verdict.failures, verdict.judged), (false, 11, failed[10] + 1));
    let (run, failure) = verdict.first.expect("a run that failed");
    assert_eq!(run, judge.run(failed[0] as u16));
    assert_eq!(Some(failure), order[failed[0]].1.failed);
    assert!(!run.inputs.is_empty(), "what befalls every run is in it");
}

#[test]
fn only_free_controls_are_judged_and_what_is_given_is_given() {
    let figure = figure("slow-server");
    let challenge = figure.challenge("keep-the-promise").unwrap();
    let moved =
        run(figure, 5, &[("load", "10"), ("slower", "1"), ("policy", "peak-ewma"), ("patience", "1")]);
    let judged = Judge::new(figure, challenge, &moved).unwrap().run(0);
    let expected = run(figure, 0, &[("load", "140"), ("slower", "4"), ("policy", "peak-ewma")]);
    assert_eq!(judged.controls, expected.controls);
    assert_eq!(judged.seed, challenge.seed(0));
}

/// The truth of a prediction, given the figure's own run.
fn truth(figure: &'static Figure, prediction: &'static Prediction, run: &Run) -> Value {
    let mut grading = Grading::start(figure, prediction, run).unwrap();
    loop {
        if let Some(truth) = grading.work(50_000) {
            return truth.value;
        }
    }
}

fn asked(of: &str, id: &str, setting: Setting) -> (AnswerKind, Value) {
    let figure = figure(of);
    let prediction = figure.prediction(id).unwrap();
    (prediction.answer_kind, truth(figure, prediction, &run(figure, 1, setting)))
}

fn truth_of(of: &str, id: &str, seed: u64) -> Value {
    let figure = figure(of);
    truth(figure, figure.prediction(id).unwrap(), &run(figure, seed, &[]))
}

fn choice(id: &str) -> Value {
    Value::Choice(id.into())
}

fn truths_are_answers_to_what_is_asked(_: &str, figure: &'static Figure) {
    for prediction in figure.predictions {
        assert!(prediction.at <= figure.spec.until, "{} is seen in the run", prediction.id);
        let mut draws = draws(prediction.id, figure);
        for _ in 0..TRUTHS.of(&figure.spec.id) {
            let truth = truth(figure, prediction, &run(figure, draws.bits(), &[]));
            assert!(prediction.answer_kind.accepts(&truth), "{}: {truth:?}", prediction.id);
            assert!(prediction.answer_kind.is_right(&truth, &truth), "{}: {truth:?}", prediction.id);
            if let (AnswerKind::Curve { y, .. }, Value::Curve(heights)) = (&prediction.answer_kind, &truth) {
                let shows = |height: &f32| (y.from..=y.to).contains(&f64::from(*height));
                assert!(heights.iter().all(shows), "{}: the axis shows {heights:?}", prediction.id);
            }
        }
        if let AnswerKind::Curve { x, y, .. } = prediction.answer_kind {
            assert!(x.to > x.from && y.to > y.from, "{} has axes", prediction.id);
            assert_eq!(prediction.runs.len(), CURVE_POINTS, "{}", prediction.id);
            // What varies from run to run is what the axis along says.
            for (n, setting) in prediction.runs.iter().enumerate() {
                let (control, value) = setting[0];
                let (_, control) = figure.spec.control(control).expect("the figure has it");
                let along = Value::Number(x.at(n, CURVE_POINTS));
                assert_eq!(control.parse(value), Ok(along), "{}: run {n}", prediction.id);
            }
        }
    }
}
by_chapter!(truths_are_answers_to_what_is_asked);

#[test]
fn every_kind_of_question_is_asked() {
    let predictions = lessons::all().flat_map(|(_, figure)| figure.predictions);
    let kinds: HashSet<_> =
        predictions.map(|prediction| std::mem::discriminant(&prediction.answer_kind)).collect();
    assert_eq!(kinds.len(), 4);
}

#[test]
fn another_setting_makes_another_answer_right() {
    let (asks, longest) = asked("power-of-two", "longest-with-two", &[]);
    assert!(asks.is_right(&Value::Number(5.0), &longest), "{longest:?}");
    assert!(!asks.is_right(&Value::Number(10.0), &longest), "{longest:?}");
    let (_, longest) = asked("power-of-two", "longest-with-two", &[("old", "1")]);
    assert!(!asks.is_right(&Value::Number(5.0), &longest), "with old news: {longest:?}");
    for seed in 1..6 {
        let moved = truth_of("what-a-hash-keeps", "modulo-loses-one", seed);
        assert!(matches!(moved, Value::Number(moved) if (moved - 0.8).abs() < 0.05), "{moved:?}");
        assert_eq!(truth_of("who-notices", "what-helps-most", seed), choice("drain"));
    }

    let (asks, order) = asked("slow-server", "policies-by-p99", &[]);
    assert_eq!(order, Value::Order(vec![3, 1, 2, 0]));
    let (_, calm) =
        asked("slow-server", "policies-by-p99", &[("slower", "1"), ("load", "10"), ("sizes", "fixed")]);
    assert!(!asks.is_right(&order, &calm), "without a slow server none is better: {calm:?}");

    let (asks, curve) = asked("slow-server", "lost-over-load", &[]);
    let quarter = |load: f64| (0.25 - 12.5 / load).max(0.0) as f32;
    let guess = (0..CURVE_POINTS).map(|n| quarter(20.0 + 16.0 * n as f64)).collect();
    assert!(asks.is_right(&Value::Curve(guess), &curve), "{curve:?}");
    let Value::Curve(truth) = &curve else { panic!("{curve:?}") };
    let line = (0..CURVE_POINTS).map(|n| truth[CURVE_POINTS - 1] * n as f32 / 10.0).collect();
    assert!(!asks.is_right(&Value::Curve(line), &curve), "it has a knee: {curve:?}");
    assert!(!asks.is_right(&Value::Curve(vec![0.4; CURVE_POINTS]), &curve), "{curve:?}");
}

/// A run's end, as playing shows it.
fn played(figure: &'static Figure, run: &Run) -> Frame {
    let mut session = Session::new([figure]);
    open(&mut session, run);
    frame(&mut session, figure.spec.until)
}

#[test]
fn a_prediction_about_other_settings_is_graded_by_runs_with_those() {
    let figure = figure("two-threads");
    let prediction = figure.prediction("where-x-ends").unwrap();
    let x = figure.spec.reading("x").unwrap();
    let (mut right, mut lost) = (0, 0);
    for seed in 0..400 {
        // By hand nothing ever runs: the prediction sets who schedules, and how often each thread adds.
        let truth = truth(figure, prediction, &run(figure, seed, &[("times", "1")]));
        let scheduled = run(figure, seed, &[("scheduler", "random"), ("times", "2")]);
        let at_end = played(figure, &scheduled).readings[x];
        let id = if at_end == 4.0 { "four" } else { "two-or-three" };
        assert!(at_end >= 2.0, "x is {at_end} with seed {seed}");
        assert_eq!(truth, choice(id), "x is {at_end} with seed {seed}");
        if at_end == 4.0 { right += 1 } else { lost += 1 }
    }
    assert!(right > 0 && lost > right, "{right} schedules are right, {lost} are not");
}

#[test]
fn the_first_seed_of_a_sweep_is_the_run_itself() {
    let figure = figure("slow-server");
    let own = run(figure, 6_897, &[("policy", "two-choices"), ("load", "100")]);
    let (_, load) = figure.spec.control("load").unwrap();
    let values = [Value::Number(60.0), load.parse("100/s").unwrap()];
    let mut sweep = Sweep::new(figure, &own, "load", values.to_vec(), 3).unwrap();
    assert_eq!(sweep.run(1, 0), own);
    assert_eq!(sweep.run(1, 2).seed, Seed(6_899));
    let trials = sweep.trials();
    assert_eq!(trials.len(), 6);
    pool::trials(figure, &Data::default(), trials.into_iter(), |n, tried| {
        sweep.add_result(n, tried);
        true
    })
    .unwrap();
    assert_eq!(sweep.done(), (6, 6));
    let alone = Trial { run: own, challenge: None }.compute(figure, &Data::default()).unwrap();
    let reading = figure.spec.reading("p99").unwrap();
    let points = sweep.points(reading);
    assert_eq!((points[1].value.clone(), points[1].seeds), (Value::Number(100.0), 3));
    let first = alone.values[reading];
    assert!(points[1].low <= first && first <= points[1].high, "{first} in {points:?}");
    let mut single =
        Sweep::new(figure, &run(figure, 6_897, &[("policy", "two-choices")]), "load", values.to_vec(), 1)
            .unwrap();
    single.add_result(1, alone);
    assert_eq!((single.points(reading)[1].mean, single.points(reading)[0].seeds), (first, 0));
}

#[test]
fn a_trial_reads_what_playing_shows() {
    let figure = figure("slow-server");
    let own = run(figure, 3, &[("policy", "random")]);
    let end = played(figure, &own);
    let tried = Trial { run: own, challenge: None }.compute(figure, &Data::default()).unwrap();
    let place = figure.spec.reading("lost-share").unwrap();
    assert!((tried.values[place] - end.readings[place]).abs() < 1e-6, "the last value of what is 'so far'");
    assert_eq!(tried.events, end.events);
}
