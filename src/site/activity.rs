//! Activities: predictions, challenges, incidents, questions and cards. Without scripts they can be read, with the reason for each
//! option. With scripts they can be answered in these elements; `data-stage` has the state.

use super::prose::Context;
use crate::course::Text;
use crate::course::blocks::{
    Block, Card, ChallengeBlock, Choice, IncidentBlock, Interview, PredictAnswer, PredictBlock, Quiz,
};
use crate::desk::markup::class;
use crate::desk::{ActionKind, HEIGHT_STEP, HEIGHTS, apart};
use crate::player::{AnswerKind, CURVE_POINTS, CurveAxis};
use crate::sim::Unit;
use maud::{Markup, html};

/// A prediction.
pub fn predict(cx: &Context, block: &Block, predict: &PredictBlock) -> Markup {
    let id = &block.id;
    let shown = cx.stills.get(&predict.figure.text);
    let asks = shown.and_then(|shown| shown.figure.prediction(id)).map(|prediction| prediction.answer_kind);
    html! {
        section.(class::ACTIVITY).predict id={ "predict-" (id) } data-predict=(id) data-figure=(predict.figure.text) data-stage="open" {
            p.activity-kind { "Your prediction" }
            h3 { (cx.phrase(&predict.question)) }
            @match &predict.answer {
                PredictAnswer::Choice(options) => (choices(cx, id, options, &[])),
                PredictAnswer::Order(things) => (order(cx, things)),
                PredictAnswer::Number => (number(asks)),
                PredictAnswer::Curve { x, y } => (sketch(asks, x, y)),
            }
            p.(class::ANSWER_ERROR) role="status" {}
            div.(class::ANSWER_BUTTONS) {
                button.primary data-do=(ActionKind::Commit.name()) data-on=(id) { "Commit" }
                button.quiet data-do=(ActionKind::Skip.name()) data-on=(id) {
                    "Skip" span.and-play { " and play" }
                }
            }
            div.(class::ANSWER_VERDICT) tabindex="-1" role="status" {}
            div.shows { (cx.blocks(&predict.shows)) }
        }
    }
}

/// Options to choose from; of several right ones, all are wanted.
fn choices(cx: &Context, id: &str, options: &[Choice], right: &[&str]) -> Markup {
    let several = right.len() > 1;
    html! {
        fieldset.options {
            legend.sr-only { @if several { "Your answers" } @else { "Your answer" } }
            @for option in options {
                div.option data-option=(option.id.text) data-right[right.contains(&option.id.text.as_str())] {
                    label {
                        input type=(if several { "checkbox" } else { "radio" }) name={ "answer-" (id) } value=(option.id.text);
                        span { (cx.phrase(&option.text)) " " span.(class::MARK) {} }
                    }
                    @if !option.reason.text.is_empty() { p.reason { (cx.phrase(&option.reason)) } }
                }
            }
        }
    }
}

/// Things to be put in order.
fn order(cx: &Context, things: &[Choice]) -> Markup {
    html! {
        ol.(class::ANSWER_ORDER) {
            @for thing in things {
                li data-option=(thing.id.text) {
                    span.grip aria-hidden="true" {} span.thing { (cx.phrase(&thing.text)) } " " span.(class::MARK) {}
                    span.moves {
                        button data-do=(ActionKind::MoveUp.name()) aria-label={ "Up: " (thing.text.text) } { "↑" }
                        button data-do=(ActionKind::MoveDown.name()) aria-label={ "Down: " (thing.text.text) } { "↓" }
                    }
                }
            }
        }
    }
}

fn number(asks: Option<AnswerKind>) -> Markup {
    let (noun, within) = match asks {
        Some(AnswerKind::Number { unit, tolerance }) => (unit.noun(), within(unit, tolerance)),
        _ => ("number", "Only the exact number".to_owned()),
    };
    html! {
        label.answer-number { "Your number " input type="text" autocomplete="off" spellcheck="false" placeholder=(noun) aria-label={ "Your number, " (noun) }; }
        p.(class::ANSWER_READ) role="status" {}
        p.asks { (within) " counts as right." }
    }
}

/// Parts that have a name.
const PARTS: [(f64, &str); 6] = [
    (0.05, "a twentieth"),
    (0.1, "a tenth"),
    (0.2, "a fifth"),
    (0.25, "a quarter"),
    (0.34, "a third"),
    (0.5, "half"),
];

/// How near is near enough, in words.
fn within(unit: Unit, tolerance: f64) -> String {
    if unit == Unit::Share {
        return format!("Within {} points of what the run says", libm::round(tolerance * 100.0));
    }
    match PARTS.iter().find(|(part, _)| libm::fabs(part - tolerance) < 0.015) {
        Some((_, part)) => format!("Within {part} of what the run says"),
        None => format!("Within {} of what the run says", Unit::Share.format(tolerance)),
    }
}

/// A place to draw a curve: by pointer and touch over it, by keyboard with a slider for each point.
fn sketch(asks: Option<AnswerKind>, x: &Text, y: &Text) -> Markup {
    let Some(AnswerKind::Curve { x: along, y: up, tolerance }) = asks else { return html! {} };
    let end = |axis: &CurveAxis, n| axis.unit.format(axis.at(n, CURVE_POINTS));
    let last = CURVE_POINTS - 1;
    let height = |share: f64| up.from + share * (up.to - up.from);
    // What the sliders say, step by step: the page knows no units.
    let steps: Vec<String> = (0..=HEIGHTS as u16)
        .step_by(HEIGHT_STEP)
        .map(|n| up.unit.format(height(f64::from(n) / HEIGHTS)))
        .collect();
    let off = apart(up.unit, tolerance * (up.to - up.from));
    html! {
        p.asks { "Draw it with the pointer or a finger, or point by point with the arrow keys. Within " (off) " of the run, on average, counts as right." }
        div.sketch {
            span.sketch-y { (y.text) }
            span.sketch-top { (end(&up, last)) }
            span.sketch-middle { (up.unit.format(height(0.5))) }
            p.(class::ANSWER_READ) role="status" {}
            div.(class::SKETCH_AREA) data-steps=(steps.join("|")) {
                svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true" {
                    path.grid d="M0 250H1000M0 500H1000M0 750H1000" {}
                    polyline.(class::TRUTH) points="" {}
                    polyline.(class::YOURS) points="" {}
                }
                @for n in 0..CURVE_POINTS {
                    input type="range" min="0" max="1000" step=(HEIGHT_STEP) value="0" data-n=(n) aria-valuetext=(steps[0])
                        aria-label={ (y.text) ", " (x.text) " " (along.unit.format(along.at(n, CURVE_POINTS))) };
                }
            }
            span.sketch-bottom { (end(&up, 0)) }
            span.sketch-ends { span { (end(&along, 0)) } span { (x.text) } span { (end(&along, last)) } }
            span.sketch-key { span.key-yours { "your curve" } span.key-truth { "the run's" } }
        }
    }
}

/// A challenge.
pub fn challenge(cx: &Context, block: &Block, challenge: &ChallengeBlock) -> Markup {
    let id = &block.id;
    html! {
        section.(class::ACTIVITY).challenge id={ "challenge-" (id) } data-challenge=(id) data-figure=(challenge.figure.text) data-stage="idle" {
            p.activity-kind { "Challenge" }
            h3 { (cx.phrase(&challenge.title)) }
            (judged(cx, id, &challenge.goal, Some(&challenge.budget), &challenge.hint, &challenge.verdicts))
        }
    }
}

/// What is to be reached with a setting, and what the judge says of it.
fn judged(
    cx: &Context,
    id: &str,
    goal: &Text,
    budget: Option<&Text>,
    hint: &Text,
    verdicts: &[(String, Text)],
) -> Markup {
    html! {
        dl.terms {
            dt { "Goal" } dd { (cx.phrase(goal)) }
            @if let Some(budget) = budget { dt { "Budget" } dd { (cx.phrase(budget)) } }
        }
        details.hint { summary { "A hint" } p { (cx.phrase(hint)) } }
        div.(class::ANSWER_BUTTONS) {
            button data-do=(ActionKind::SetUp.name()) data-on=(id) { "Set up the figure" }
            button.primary data-do=(ActionKind::Judge.name()) data-on=(id) { "Judge my settings" }
            button.quiet.judging data-do=(ActionKind::CallOff.name()) { "Stop" }
        }
        @if budget.is_some() { p.(class::JUDGE_COST) role="status" {} }
        p.(class::JUDGE_PROGRESS) {}
        div.(class::JUDGE_RESULT) role="status" {
            // A verdict of this visit takes its place.
            div.(class::PASSED_BEFORE) hidden {
                p.judge-grade { "You passed this before." }
                button data-do=(ActionKind::OpenView.name()) { "See the setting in the figure" }
            }
        }
        @for (verdict, says) in verdicts { div.verdict-says data-verdict=(verdict) role="status" hidden { (cx.blocks(says)) } }
        p.(class::JUDGE_RUN) {}
    }
}

/// An incident: a figure in trouble, the question what is wrong with it, and the repair. The repair is shown once the
/// question has been answered, because its goal and its hint may name the cause.
pub fn incident(cx: &Context, block: &Block, incident: &IncidentBlock) -> Markup {
    let id = &block.id;
    let IncidentBlock { figure, title, causes, repair, budget, hint, verdicts } = incident;
    html! {
        section.(class::ACTIVITY).incident id={ "incident-" (id) } data-figure=(figure.text) {
            p.activity-kind { "Incident" }
            h3 { (cx.phrase(title)) }
            p { (cx.phrase(&causes.question)) }
            p { button data-do=(ActionKind::SetUp.name()) data-on=(id) { "Look at it in the figure" } }
            (question(cx, id, causes))
            div.repair data-challenge=(id) data-stage="idle" {
                h4 { "Repair it" }
                (judged(cx, id, repair, budget.as_ref(), hint, verdicts))
            }
        }
    }
}

/// A question with its answers.
pub fn quiz(cx: &Context, block: &Block, quiz: &Quiz) -> Markup {
    html! {
        section.(class::ACTIVITY).quiz id={ "quiz-" (block.id) } {
            h3 { (cx.phrase(&quiz.question)) }
            (question(cx, &block.id, quiz))
        }
    }
}

/// The answers to a question, checked on the page.
fn question(cx: &Context, id: &str, quiz: &Quiz) -> Markup {
    let right: Vec<&str> = quiz.correct.iter().map(|id| id.text.as_str()).collect();
    html! {
        div.question data-quiz=(id) data-correct=(right.join(",")) data-stage="open" {
            (choices(cx, id, &quiz.options, &right))
            p.(class::ANSWER_ERROR) role="status" {}
            div.(class::ANSWER_BUTTONS) { button.primary data-do=(ActionKind::Check.name()) { "Check" } }
            div.(class::ANSWER_VERDICT) tabindex="-1" role="status" {}
            button.quiet.again data-do=(ActionKind::AnswerAgain.name()) { "Answer again" }
        }
    }
}

/// A review card.
pub fn card(cx: &Context, block: &Block, card: &Card) -> Markup {
    html! {
        details.card id={ "card-" (block.id) } data-card=(block.id) {
            summary { (cx.phrase(&card.front)) }
            div { (cx.blocks(&card.back)) }
        }
    }
}

/// A question that interviewers ask.
pub fn interview(cx: &Context, block: &Block, interview: &Interview) -> Markup {
    html! {
        details.card id={ "interview-" (block.id) } data-interview=(block.id) {
            summary { (cx.phrase(&interview.question)) }
            div {
                p { "A strong answer:" }
                ul { @for point in &interview.points { li { (cx.phrase(point)) } } }
            }
        }
    }
}
