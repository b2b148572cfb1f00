//! What a learner does besides reading: predictions, challenges, questions, cards. As they stand before scripts run:
//! whole and readable, with answers folded away. Scripts find options, reasons and verdicts by their ids.

use super::prose::Context;
use crate::course::blocks::{Answer, Block, Card, Challenge, Choice, Interview, Predict, Quiz};
use maud::{Markup, html};

/// A prediction.
pub fn predict(cx: &Context, block: &Block, predict: &Predict) -> Markup {
    let kind = predict.answer.kind();
    html! {
        section.activity.predict id={ "predict-" (block.id) } data-predict=(block.id) data-figure=(predict.figure.text)
            data-kind=(kind) {
            p.activity-kind { "Predict first" }
            h3 { (cx.phrase(&predict.question)) }
            @match &predict.answer {
                Answer::Choice(options) => { (choices(cx, options)) (reasons(cx, options, "What each answer overlooks, or sees")) }
                Answer::Order(options) => (choices(cx, options)),
                Answer::Number => p.asks { "Name a number." },
                Answer::Curve { x, y } => p.asks { "Draw " (cx.phrase(y)) " over " (cx.phrase(x)) "." },
            }
            details.answer { summary { "What the run shows" } p { (cx.phrase(&predict.shows)) } }
        }
    }
}

fn choices(cx: &Context, options: &[Choice]) -> Markup {
    html! { ul.options { @for option in options { li data-option=(option.id.text) { (cx.phrase(&option.text)) } } } }
}

fn reasons(cx: &Context, options: &[Choice], summary: &str) -> Markup {
    html! {
        details.answer {
            summary { (summary) }
            dl {
                @for option in options {
                    dt { (cx.phrase(&option.text)) }
                    dd data-reason=(option.id.text) { (cx.phrase(&option.reason)) }
                }
            }
        }
    }
}

/// A challenge.
pub fn challenge(cx: &Context, block: &Block, challenge: &Challenge) -> Markup {
    html! {
        section.activity.challenge id={ "challenge-" (block.id) } data-challenge=(block.id)
            data-figure=(challenge.figure.text) {
            p.activity-kind { "Challenge" }
            h3 { (cx.phrase(&challenge.title)) }
            dl.terms {
                dt { "Goal" } dd { (cx.phrase(&challenge.goal)) }
                dt { "Budget" } dd { (cx.phrase(&challenge.budget)) }
            }
            details.hint { summary { "A hint" } p { (cx.phrase(&challenge.hint)) } }
            dl.verdicts hidden {
                @for (id, says) in &challenge.verdicts { dt { (id) } dd data-verdict=(id) { (cx.phrase(says)) } }
            }
        }
    }
}

/// A question with its answers.
pub fn quiz(cx: &Context, block: &Block, quiz: &Quiz) -> Markup {
    let right: Vec<&str> = quiz.correct.iter().map(|id| id.text.as_str()).collect();
    let is_right = |option: &&Choice| right.contains(&option.id.text.as_str());
    html! {
        section.activity.quiz id={ "quiz-" (block.id) } data-quiz=(block.id) data-correct=(right.join(" ")) {
            h3 { (cx.phrase(&quiz.question)) }
            (choices(cx, &quiz.options))
            details.answer {
                summary { "The answer" }
                dl {
                    @for option in quiz.options.iter().filter(is_right) { (answer(cx, option, "Right: ")) }
                    @for option in quiz.options.iter().filter(|o| !is_right(o)) { (answer(cx, option, "Not: ")) }
                }
            }
        }
    }
}

fn answer(cx: &Context, option: &Choice, verdict: &str) -> Markup {
    html! {
        dt { span.verdict { (verdict) } (cx.phrase(&option.text)) }
        dd data-reason=(option.id.text) { (cx.phrase(&option.reason)) }
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
