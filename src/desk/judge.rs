//! Challenges: a setting is judged on many seeds by other workers, and the verdict names what failed and where.

use super::errands::{Progress, Undertaking};
use super::markup::{attr, class, css, with};
use super::protocol::{Node, Part, Patch, node, on_page};
use super::state::State;
use super::{Desk, moments, text, transport};
use crate::learner::{Attempt, Grade, Task};
use crate::player::{Challenge, Judge, Run, Settings, Verdict, View, encode_view};
use crate::sim::Time;

/// A setting under judgement.
pub(super) struct Judging {
    pub challenge: &'static Challenge,
    pub judge: Judge,
    /// The setting, as a link holds it.
    setting: String,
}

/// What a selector finds in the challenge's section.
fn of(id: &str, selector: &str) -> Part {
    on_page([&section(id), " ", selector].concat())
}

/// The challenge's section itself.
fn section(id: &str) -> String {
    with(attr::CHALLENGE, id)
}

/// Something is said in the challenge's section.
pub(super) fn says(id: &str, words: &str) -> Patch {
    Patch::Fill(of(id, &css(class::JUDGE_RESULT)), vec![node("p", "").text(words)])
}

/// Nothing is being judged any more.
pub(super) fn idle(id: &str, out: &mut Vec<Patch>) {
    out.push(Patch::Attr(on_page(section(id)), attr::STAGE.into(), Some("idle".into())));
    out.push(Patch::Text(of(id, &css(class::JUDGE_PROGRESS)), String::new()));
}

impl Desk {
    /// The figure is set up as the challenge has it.
    pub(super) fn set_up(&mut self, id: &str) {
        let figure = self.figure();
        let Ok(challenge) = figure.challenge(id) else { return };
        let mut run = Run::new(figure.spec, self.state.run.seed);
        // What a challenge gives, its figure takes: a test sets every one of them up.
        let _ = run.set_all(figure.spec, challenge.given);
        run.inputs = (challenge.befalls)();
        self.take_up(View { run, against: Vec::new(), at: Time::ZERO });
        self.state.untouched = false;
        self.changed.run = true;
    }

    /// The setting that the figure has now is judged.
    pub(super) fn judge(&mut self, id: &str) {
        let figure = self.figure();
        let Ok(challenge) = figure.challenge(id) else { return };
        match Judge::new(figure, challenge, &self.state.setting()) {
            Err(why) => self.extra.push(says(id, &self.state.say(&why))),
            Ok(judge) => {
                let setting = encode_view(&View { run: judge.run(0), ..View::default() });
                let trials: Vec<_> = judge.trials().enumerate().collect();
                self.send_out(Undertaking::Judging(Judging { challenge, judge, setting }), trials);
                let out = &mut self.extra;
                out.push(Patch::Attr(on_page(section(id)), attr::STAGE.into(), Some("judging".into())));
                out.push(Patch::Fill(of(id, &css(class::JUDGE_RESULT)), Vec::new()));
                for verdict in challenge.tempting.iter().map(|(id, _)| *id).chain(["pass"]) {
                    out.push(shown(id, verdict, false));
                }
            }
        }
    }

    /// One more run was judged.
    pub(super) fn judged(&mut self, seconds: f64) {
        let Some(Undertaking::Judging(judging)) = &self.undertaking else { return };
        let id = judging.challenge.id;
        let progress = Progress { done: judging.judge.done(), of: judging.challenge.seeds.into(), seconds };
        match judging.judge.verdict() {
            None => self.extra.push(Patch::Text(of(id, &css(class::JUDGE_PROGRESS)), so_far(&progress))),
            Some(verdict) => {
                let (challenge, setting) = (judging.challenge, judging.setting.clone());
                self.call_off();
                self.tell_verdict(challenge, &verdict, setting);
            }
        }
    }

    fn tell_verdict(&mut self, challenge: &Challenge, verdict: &Verdict, setting: String) {
        let id = challenge.id;
        let grade = if verdict.passed { Grade::Right } else { Grade::Wrong };
        self.state.judged.push(id.to_owned());
        let attempt = self.state.judged.iter().filter(|judged| *judged == id).count();
        let state = &self.state;
        let held = verdict.judged - verdict.failures;
        let counts = [&held.to_string(), &verdict.judged.to_string()];
        let pattern = if verdict.first.is_some() { text::JUDGED_FAILED } else { text::JUDGED };
        let costs = [challenge.unit.format(verdict.cost), challenge.unit.format(challenge.budget)];
        let money = if verdict.cost > challenge.budget { text::TOO_DEAR } else { text::COSTS };
        let mut parts: Vec<Node> = vec![
            node("p", "judge-grade").text(if verdict.passed { text::PASSED } else { text::FAILED }),
            node("p", "").text(&text::put(text::ATTEMPT, &[&attempt.to_string()])),
            node("p", "")
                .text(&text::put(pattern, &[counts[0], counts[1]]))
                .text(" ")
                .text(&text::put(money, &[&costs[0], &costs[1]])),
        ];
        if let Some((run, failure)) = &verdict.first {
            let at = transport::clock(failure.at, state.spec.pace);
            let view = encode_view(&View { run: run.clone(), against: Vec::new(), at: failure.at });
            let words = text::put(text::FAILED_AT, &[&at, &state.say(&failure.why)]);
            let go = moments::open_view(&view, text::SEE_IT);
            parts.push(node("p", "").text(&words).text(" ").with([go]));
        }
        let out = &mut self.extra;
        let stage = if verdict.passed { "passed" } else { "failed" };
        out.push(Patch::Attr(on_page(section(id)), attr::STAGE.into(), Some(stage.into())));
        out.push(Patch::Fill(of(id, &css(class::JUDGE_RESULT)), parts));
        if let Some(diagnosis) = verdict.diagnosis {
            out.push(shown(id, diagnosis, true));
        }
        let attempt = Attempt {
            task: Task::Challenge,
            id: id.to_owned(),
            answer: String::new(),
            grade,
            run: Some(setting),
        };
        self.attempts.push(attempt);
    }

    /// What the present setting costs in each challenge of the figure.
    pub(super) fn write_costs(&self, out: &mut Vec<Patch>) {
        let figure = self.figure();
        for challenge in figure.challenges {
            let run = challenge.run(figure.spec, &self.state.setting());
            let Ok(run) = run else { continue };
            let cost = (challenge.cost)(&Settings::of(figure.spec, &run));
            let with = [challenge.unit.format(cost), challenge.unit.format(challenge.budget)];
            let words = text::put(text::COSTS, &[&with[0], &with[1]]);
            out.push(Patch::Text(of(challenge.id, &css(class::JUDGE_COST)), words));
            let dear = cost > challenge.budget;
            out.push(Patch::Class(of(challenge.id, &css(class::JUDGE_COST)), "trouble".into(), dear));
        }
    }
}

impl State {
    /// The run with the controls as they stand at the moment shown: what a learner means by 'this setting'.
    pub(super) fn setting(&self) -> Run {
        let mut run = Run { inputs: Vec::new(), ..self.run.clone() };
        for control in self.spec.controls.iter() {
            // The control has accepted it before.
            let _ = run.set(self.spec, &control.id, &self.value(control));
        }
        run
    }
}

fn shown(id: &str, verdict: &str, shown: bool) -> Patch {
    super::shown(of(id, &with(attr::VERDICT, verdict)), shown)
}

/// '37 of 200, 4 s left'.
pub(super) fn so_far(progress: &Progress) -> String {
    let Progress { done, of, .. } = progress;
    let (done, of) = (done.to_string(), of.to_string());
    if progress.seconds.is_nan() {
        return text::put(text::SO_MANY, &[&done, &of]);
    }
    let left = crate::sim::Unit::Time.format(libm::ceil(progress.left()));
    text::put(text::SO_FAR, &[&done, &of, &left])
}
