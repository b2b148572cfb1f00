//! Specimens of what a learner does besides reading, in each stage: the sections of a sample lesson, answered.

use super::operated::{Operated, deed_on, deed_with};
use super::sample::{TOP, knee};
use super::tree::{Element, read};
use super::{Sample, Specimen};
use crate::course::blocks::{Answer, Block, Body, Challenge, Predict, Quiz};
use crate::desk::protocol::{nth, part};
use crate::desk::{Patch, text};
use crate::player::CURVE_POINTS;
use crate::site::activity;
use maud::{Markup, html};

/// Height of a sketch in its own units.
const HEIGHT: f64 = 1_000.0;

/// All of them.
pub fn all(sample: &Sample) -> Vec<Specimen> {
    sample.lesson.blocks().filter_map(|block| one(sample, block)).collect()
}

fn one(sample: &Sample, block: &Block) -> Option<Specimen> {
    let (name, made_by, says, body) = match &block.body {
        Body::Predict(predict) => {
            let name = match &predict.answer {
                Answer::Choice(_) => "Prediction: choice",
                Answer::Number => "Prediction: number",
                Answer::Order(_) => "Prediction: order",
                Answer::Curve { .. } => "Prediction: curve",
            };
            let says = "To commit to before the run, and graded by it.";
            (name, "course::blocks::Predict", says, predictions(sample, block, predict))
        }
        Body::Challenge(challenge) => {
            let says = "A goal within a budget; the model judges the setting on many seeds.";
            ("Challenge", "course::blocks::Challenge", says, challenges(sample, block, challenge))
        }
        Body::Quiz(quiz) => {
            let name = if quiz.correct.len() > 1 { "Question: several answers" } else { "Question" };
            (
                name,
                "course::blocks::Quiz",
                "Each answer says why it is right or wrong.",
                quizzes(sample, block, quiz),
            )
        }
        Body::Card(card) => {
            let markup = activity::card(&sample.context(), block, card);
            ("Card", "course::blocks::Card", "Something to be remembered.", folded(&markup))
        }
        Body::Interview(interview) => {
            let markup = activity::interview(&sample.context(), block, interview);
            let says = "A question that interviewers ask, and what a strong answer holds.";
            ("Interview question", "course::blocks::Interview", says, folded(&markup))
        }
        Body::Figure(_) | Body::Words(_) | Body::Aside(_) | Body::RealSystems(_) | Body::LeavesOut(_) => {
            return None;
        }
    };
    Some(Specimen { id: format!("activity-{}", block.id), name, made_by, says, body })
}

/// Each stage under its name.
fn stages(id: &str, all: Vec<(&str, Element)>) -> Markup {
    html! {
        div.stages {
            @for (n, (name, stage)) in all.into_iter().enumerate() {
                div { p.state-name { (name) } (stage.specimen(&format!("{id}-{n}"))) }
            }
        }
    }
}

/// Closed and opened.
fn folded(markup: &Markup) -> Markup {
    let closed = read(markup);
    let mut opened = closed.clone();
    opened.each("details", |it| it.set("open", Some("")));
    html! { (closed.specimen("closed")) (opened.specimen("opened")) }
}

/// An answer: what stands in the page, and how it is handed over.
struct Given {
    patches: Vec<Patch>,
    /// Things stand in the opposite order.
    turned: bool,
    written: String,
}

fn given(answer: &Answer, right: bool) -> Given {
    let none = Given { patches: Vec::new(), turned: false, written: String::new() };
    match answer {
        Answer::Choice(options) => {
            let option = &options[usize::from(right)].id.text;
            let patches = vec![Patch::Checked(nth(format!("[value={option}]"), 0), true)];
            Given { patches, written: option.clone(), ..none }
        }
        Answer::Number => {
            let written = if right { "80 ms" } else { "20 ms" }.to_owned();
            let field = part(".answer-number input");
            Given {
                patches: vec![Patch::Value { part: field, value: written.clone(), forced: true }],
                written,
                ..none
            }
        }
        Answer::Order(things) => {
            let mut ids: Vec<&str> = things.iter().map(|thing| thing.id.text.as_str()).collect();
            if !right {
                ids.reverse();
            }
            Given { written: ids.join(","), turned: !right, ..none }
        }
        Answer::Curve { .. } => curve(right),
    }
}

fn curve(right: bool) -> Given {
    let height = |n: usize| {
        let share = if right { knee(n) / TOP + 0.03 } else { 0.05 + 0.08 * n as f64 };
        (share.clamp(0.0, 1.0) * HEIGHT).round()
    };
    let heights: Vec<f64> = (0..CURVE_POINTS).map(height).collect();
    let step = HEIGHT / (CURVE_POINTS - 1) as f64;
    let point = |(n, y): (usize, &f64)| format!("{},{}", step * n as f64, HEIGHT - y);
    let line: Vec<String> = heights.iter().enumerate().map(point).collect();
    let mut patches: Vec<Patch> =
        heights.iter().enumerate().map(|(n, y)| Patch::Place(nth("[type=range]".into(), n), *y)).collect();
    patches.push(Patch::Attr(part(".yours"), "points".into(), Some(line.join(" "))));
    let written: Vec<String> = heights.iter().map(f64::to_string).collect();
    Given { patches, turned: false, written: written.join(",") }
}

fn predictions(sample: &Sample, block: &Block, predict: &Predict) -> Markup {
    let (id, cx) = (block.id.as_str(), sample.context());
    let markup = activity::predict(&cx, block, predict);
    let open = || Operated::open(sample.shown(), &markup, 720);
    let commit = |right| {
        let given = given(&predict.answer, right);
        let mut filled = open().changed(given.patches);
        if given.turned {
            filled.page.each(".answer-order", Element::turn_round);
        }
        filled.does(deed_with("commit", id, &given.written))
    };
    stages(
        id,
        vec![
            ("open", open().page),
            ("nothing was answered", open().does(deed_with("commit", id, "")).page),
            ("committed", commit(true).page),
            ("right", commit(true).goes(16.0).page),
            ("wrong", commit(false).goes(16.0).page),
            ("skipped", open().does(deed_on("skip", id)).page),
        ],
    )
}

fn challenges(sample: &Sample, block: &Block, challenge: &Challenge) -> Markup {
    let (id, cx) = (block.id.as_str(), sample.context());
    let markup = activity::challenge(&cx, block, challenge);
    let judged = |service: &str, most| {
        let set = Operated::open(sample.shown(), &markup, 720).does(deed_with("control", "service", service));
        set.does(deed_on("judge", id)).errands(most).page
    };
    let idle = Operated::open(sample.shown(), &markup, 720).goes(1.0);
    stages(
        id,
        vec![
            ("idle", idle.page),
            ("judging", judged("7 ms", 5)),
            ("passed", judged("7 ms", usize::MAX)),
            ("failed, by a tempting setting", judged("10 ms", usize::MAX)),
            ("failed, over the budget", judged("4 ms", usize::MAX)),
        ],
    )
}

fn quizzes(sample: &Sample, block: &Block, quiz: &Quiz) -> Markup {
    let page = || read(&activity::quiz(&sample.context(), block, quiz));
    let right: Vec<&str> = quiz.correct.iter().map(|id| id.text.as_str()).collect();
    let last = quiz.options.last().map(|option| option.id.text.as_str());
    let wrong: Vec<&str> = right.iter().skip(1).copied().chain(last).collect();
    let answered = |chosen: &[&str]| {
        let mut page = page();
        for patch in check(quiz, chosen) {
            page.apply(&patch);
        }
        page
    };
    stages(
        &block.id,
        vec![
            ("open", page()),
            ("nothing was answered", answered(&[])),
            ("right", answered(&right)),
            ("wrong", answered(&wrong)),
        ],
    )
}

/// What the page does when a question is answered.
fn check(quiz: &Quiz, chosen: &[&str]) -> Vec<Patch> {
    if chosen.is_empty() {
        return vec![Patch::Text(part(".answer-error"), text::ANSWER_FIRST.into())];
    }
    let mut out = Vec::new();
    let mut all = true;
    for option in &quiz.options {
        let id = option.id.text.as_str();
        let (mine, right) = (chosen.contains(&id), quiz.correct.iter().any(|right| right.text == id));
        all &= mine == right;
        let words = match (mine, right) {
            (true, true) => text::QUIZ_YOURS_RIGHT,
            (true, false) => text::QUIZ_YOURS_WRONG,
            (false, true) => text::QUIZ_RIGHT,
            (false, false) => "",
        };
        let field = || nth(format!("[value={id}]"), 0);
        out.push(Patch::Text(nth(format!("[data-option={id}] .mark"), 0), words.into()));
        // Several answers are ticked one by one: their fields share a name too.
        out.push(Patch::Attr(field(), "checked".into(), mine.then(String::new)));
        out.push(Patch::Attr(field(), "disabled".into(), Some(String::new())));
    }
    out.push(Patch::Attr(part("[data-do=check]"), "hidden".into(), Some(String::new())));
    let (stage, words) = if all { ("right", text::RIGHT) } else { ("wrong", text::QUIZ_WRONG) };
    out.push(Patch::Attr(part("section"), "data-stage".into(), Some(stage.into())));
    out.push(Patch::Text(part(".answer-verdict"), words.into()));
    out
}
