//! What a learner does besides reading, in each stage: the sections of real lessons, answered.

use super::{Specimen, specimen};
use crate::course::blocks::{Body, Quiz};
use crate::desk::protocol::page_selector;
use crate::desk::{Patch, Selector, UserAction, text};
use crate::player::{
    AnswerKind, CURVE_POINTS, Challenge, Figure, Grading, Prediction, Setting, StartSettings, Value,
};
use crate::site::applied::Applied;
use crate::site::operated::{Lessons, Operated, action_on, action_with};
use maud::{Markup, html};

/// The figure whose challenges are shown; its lesson has a prediction of each kind.
const FIGURE: &str = "slow-server";
/// One whose lesson has the kind of question that is missing there.
const OTHER: &str = "two-threads";
/// Height of a sketch in its own units.
const HEIGHT: f64 = 1_000.0;

/// All of them.
pub fn all(lessons: &Lessons) -> Vec<Specimen> {
    let figure = lessons.open(FIGURE).figure;
    let mut all: Vec<Specimen> = figure.challenges.iter().map(|it| challenge(lessons, it)).collect();
    let pages = [FIGURE, OTHER].map(|figure| (lessons.page(figure), lessons.context(figure).lesson));
    for (page, block) in pages.iter().flat_map(|(page, lesson)| lesson.blocks().map(move |it| (page, it))) {
        let id = &block.id;
        let (name, says, stages) = match &block.body {
            Body::Predict(it) => {
                // A block may show a figure under another name; those of the first lesson are enough.
                let Some((_, figure)) = crate::lessons::figure(&it.figure.text) else { continue };
                let it = figure.prediction(id).expect("it is registered");
                all.extend(prediction(lessons, figure, it, &all));
                continue;
            }
            Body::Quiz(quiz) => {
                let name = if quiz.correct.len() > 1 { "Question: several answers" } else { "Question" };
                (name, "Each answer says why it is right or wrong.", answers(page, "quiz", id, quiz))
            }
            Body::Incident(it) => ("Incident", "What is wrong?", answers(page, "incident", id, &it.causes)),
            Body::Card(_) => ("Card", "Something to be remembered.", folded(page, "card", id)),
            Body::Interview(_) => ("Interview question", "A strong answer.", folded(page, "interview", id)),
            _ => continue,
        };
        // One of each.
        if all.iter().all(|it| it.name != name) {
            all.push(Specimen { name, says, body: stages_of(&stages) });
        }
    }
    all
}

/// Each stage under its name.
fn stages_of(all: &[(&str, Markup)]) -> Markup {
    html! { div.stages { @for (name, stage) in all { div { p.state-name { (name) } (stage) } } } }
}

/// Closed and opened.
fn folded(page: &Applied, kind: &str, id: &str) -> Vec<(&'static str, Markup)> {
    let (css, opened) = (format!("[data-{kind}={id}]"), page.clone());
    opened.select(&css).iter().for_each(|it| it.set_attr("open", ""));
    vec![("closed", specimen(page, &css, "closed")), ("opened", specimen(&opened, &css, "opened"))]
}

/// Each stage that a prediction can be in, if no other of its kind is shown already.
fn prediction(
    lessons: &Lessons,
    figure: &'static Figure,
    prediction: &'static Prediction,
    shown: &[Specimen],
) -> Option<Specimen> {
    let name = match prediction.answer_kind {
        AnswerKind::Choice(_) => "Prediction: choice",
        AnswerKind::Number { .. } => "Prediction: number",
        AnswerKind::Order(_) => "Prediction: order",
        AnswerKind::Curve { .. } => "Prediction: curve",
    };
    if shown.iter().any(|it| it.name == name) {
        return None;
    }
    let id = prediction.id;
    let open = || lessons.masked(&figure.spec.id, 720);
    let commit = |value: &Value| {
        let (written, fields) = answer(prediction, value);
        let filled = open().changed(fields);
        if let Some(list) = filled.page.select(&format!("[data-predict={id}] .answer-order")).first() {
            for thing in written.split(',') {
                let thing = format!("[data-predict={id}] [data-option={thing}]");
                list.append_child(&filled.page.select(&thing)[0]);
            }
        }
        filled.does(action_with("commit", id, &written))
    };
    let truth = truth(&open(), prediction);
    let (right, wrong) = (commit(&truth), commit(&mistaken(&prediction.answer_kind, &truth)));
    let css = format!("[data-predict={id}]");
    let take = |it: &Operated, stage: &str| specimen(&it.page, &css, stage);
    let mut stages = vec![
        ("open", take(&open(), "open")),
        ("nothing was answered", take(&open().does(action_with("commit", id, "")), "nothing")),
    ];
    stages.push(("right", take(&right, "right")));
    stages.push(("wrong", take(&wrong, "wrong")));
    stages.push(("skipped", take(&open().does(action_on("skip", id)), "skipped")));
    Some(Specimen { name, says: "To commit to before the run, and graded by it.", body: stages_of(&stages) })
}

/// What the runs say.
fn truth(it: &Operated, prediction: &'static Prediction) -> Value {
    let grading = Grading::start(it.figure, prediction, &it.view().run);
    let mut grading = grading.expect("a figure takes its own run");
    std::iter::repeat_with(|| grading.work(u64::MAX)).flatten().next().expect("it comes to an end").value
}

/// An answer that is wrong.
fn mistaken(asks: &AnswerKind, truth: &Value) -> Value {
    match (asks, truth) {
        (AnswerKind::Choice(options), Value::Choice(right)) => {
            let other = options.iter().find(|option| *option != right);
            Value::Choice((*other.expect("there is a choice")).to_owned())
        }
        (_, Value::Number(right)) => Value::Number(2.0 * right),
        (_, Value::Order(right)) => Value::Order(right.iter().rev().copied().collect()),
        (AnswerKind::Curve { y, .. }, Value::Curve(right)) => Value::Curve(vec![y.to as f32; right.len()]),
        _ => unreachable!("a truth is of the kind that is asked for"),
    }
}

/// An answer as the page writes it, and what stands in the page's fields before it is handed over.
fn answer(prediction: &Prediction, answer: &Value) -> (String, Vec<Patch>) {
    let of = |css: &str| page_selector(format!("[data-predict={}] {css}", prediction.id));
    match (&prediction.answer_kind, answer) {
        (_, Value::Choice(option)) => {
            (option.clone(), vec![Patch::Checked(of(&format!("[value={option}]")), true)])
        }
        (AnswerKind::Number { unit, .. }, Value::Number(number)) => {
            let (field, value) = (of(".answer-number input"), unit.format(*number));
            (value.clone(), vec![Patch::Value { field, value, forced: true }])
        }
        (AnswerKind::Order(things), Value::Order(order)) => {
            let things: Vec<&str> = order.iter().map(|&n| things[usize::from(n)]).collect();
            (things.join(","), Vec::new())
        }
        (AnswerKind::Curve { y, .. }, Value::Curve(heights)) => {
            let share = |&height: &f32| (f64::from(height) - y.from) / (y.to - y.from);
            let heights: Vec<f64> = heights.iter().map(|height| (share(height) * HEIGHT).round()).collect();
            let step = HEIGHT / (CURVE_POINTS - 1) as f64;
            let point = |(n, height): (usize, &f64)| format!("{},{}", step * n as f64, HEIGHT - height);
            let place =
                |(n, height): (usize, &f64)| Patch::SliderPosition(of(&format!("[data-n=\"{n}\"]")), *height);
            let line: Vec<String> = heights.iter().enumerate().map(point).collect();
            let mut fields: Vec<Patch> = heights.iter().enumerate().map(place).collect();
            fields.push(Patch::Attribute(of(".yours"), "points".into(), Some(line.join(" "))));
            (heights.iter().map(f64::to_string).collect::<Vec<_>>().join(","), fields)
        }
        _ => unreachable!("an answer is of the kind that is asked for"),
    }
}

/// A challenge or a repair, judged with its reference, with a setting that tempts, and with one that is too dear.
fn challenge(lessons: &Lessons, challenge: &'static Challenge) -> Specimen {
    let id = challenge.id;
    let open = || lessons.open(FIGURE);
    let dear = |setting: &Setting| {
        let it = open();
        let mut run = it.view().run;
        run.set_all(it.figure.spec, setting).is_ok()
            && (challenge.cost)(&StartSettings::of(it.figure.spec, &run)) > challenge.budget
    };
    let mut stages = vec![("judging", challenge.reference, 5), ("passed", challenge.reference, usize::MAX)];
    let tempting = || challenge.tempting.iter().map(|(_, setting)| *setting);
    stages.extend(tempting().next().map(|it| ("failed", it, usize::MAX)));
    stages.extend(tempting().find(dear).map(|it| ("over the budget", it, usize::MAX)));
    // A repair is asked for once the cause has been named.
    let named = || attr(page_selector(format!("[data-quiz={id}]")), "data-stage", "right");
    let take = |stage: &'static str, it: Operated| {
        let page = it.changed([named()]).page;
        (stage, specimen(&page, &format!("#challenge-{id}, #incident-{id}"), &super::id(stage)))
    };
    let judged = |(stage, setting, most): (&'static str, Setting, usize)| {
        let set = |(control, to): &(&str, &str)| UserAction {
            number: f64::from(*to == "on"),
            ..action_with("control", control, to)
        };
        let set_up = open().does(action_on("set-up", id));
        let set = setting.iter().map(set).fold(set_up, Operated::does);
        take(stage, set.does(action_on("judge", id)).jobs(most))
    };
    let stages: Vec<_> = [take("idle", open())].into_iter().chain(stages.into_iter().map(judged)).collect();
    let says = "A goal within a budget; the model judges the setting on many seeds.";
    let name = if challenge.incident.is_some() { "Incident: repair" } else { "Challenge" };
    Specimen { name, says, body: stages_of(&stages) }
}

/// Each stage that a question can be in.
fn answers(page: &Applied, kind: &str, id: &str, quiz: &Quiz) -> Vec<(&'static str, Markup)> {
    let right: Vec<&str> = quiz.correct.iter().map(|id| id.text.as_str()).collect();
    let last = quiz.options.last().map(|option| option.id.text.as_str());
    let wrong: Vec<&str> = right.iter().skip(1).copied().chain(last).collect();
    let take = |page: &Applied, stage| (stage, specimen(page, &format!("#{kind}-{id}"), &super::id(stage)));
    let mut stages = vec![take(page, "open")];
    for (stage, chosen) in [("nothing was answered", vec![]), ("right", right), ("wrong", wrong)] {
        let mut page = page.clone();
        for patch in check(id, quiz, &chosen) {
            page.apply("", &patch);
        }
        stages.push(take(&page, stage));
    }
    stages
}

/// What the page does when a question is answered.
fn check(id: &str, quiz: &Quiz, chosen: &[&str]) -> Vec<Patch> {
    let of = |css: &str| page_selector(format!("[data-quiz={id}]{css}"));
    if chosen.is_empty() {
        return vec![Patch::Text(of(" .answer-error"), text::ANSWER_FIRST.into())];
    }
    let mut out = vec![attr(of(" input"), "disabled", "")];
    let is_right = |option: &str| quiz.correct.iter().any(|right| right.text == option);
    let options = || quiz.options.iter().map(|option| option.id.text.as_str());
    for option in options() {
        let words = match (chosen.contains(&option), is_right(option)) {
            (true, true) => text::QUIZ_YOURS_RIGHT,
            (true, false) => text::QUIZ_YOURS_WRONG,
            (false, true) => text::QUIZ_RIGHT,
            (false, false) => "",
        };
        out.push(Patch::Text(of(&format!(" [data-option={option}] .mark")), words.into()));
        out.push(Patch::Checked(of(&format!(" [value={option}]")), chosen.contains(&option)));
    }
    let all = options().all(|option| chosen.contains(&option) == is_right(option));
    let (stage, words) = if all { ("right", text::RIGHT) } else { ("wrong", text::QUIZ_WRONG) };
    out.extend([attr(of(""), "data-stage", stage), Patch::Text(of(" .answer-verdict"), words.into())]);
    out
}

fn attr(of: Selector, name: &'static str, value: &str) -> Patch {
    Patch::Attribute(of, name.into(), Some(value.into()))
}
