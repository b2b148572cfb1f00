//! Challenges: other workers run the learner's setting on many seeds, and the verdict says what failed and when.

use super::jobs::{Batch, Progress};
use super::markup::{attr, class, css, with};
use super::protocol::{NewElement, Patch, Selector, element, page_selector};
use super::state::FigureState;
use super::{Desk, text, tools, transport};
use crate::learner::{Attempt, Grade, Task};
use crate::player::{Challenge, Judge, Run, StartSettings, Verdict, View, encode_view};
use crate::sim::Time;

/// A setting being judged.
pub(super) struct Judging {
    pub challenge: &'static Challenge,
    pub judge: Judge,
    /// The setting, as a link holds it.
    setting: String,
}

/// What a selector finds in the challenge's section.
fn challenge_selector(id: &str, selector: &str) -> Selector {
    page_selector([&section(id), " ", selector].concat())
}

/// The challenge's section itself.
fn section(id: &str) -> String {
    with(attr::CHALLENGE, id)
}

/// Shows a text as the challenge's result.
pub(super) fn result_message(id: &str, words: &str) -> Patch {
    Patch::Children(challenge_selector(id, &css(class::JUDGE_RESULT)), vec![element("p", "").text(words)])
}

/// Resets the challenge's section when judging has ended.
pub(super) fn idle(id: &str, out: &mut Vec<Patch>) {
    out.push(Patch::Attribute(page_selector(section(id)), attr::STAGE.into(), Some("idle".into())));
    out.push(Patch::Text(challenge_selector(id, &css(class::JUDGE_PROGRESS)), String::new()));
}

impl Desk {
    /// Sets the figure up for a challenge: at its start, or at the moment of an incident.
    pub(super) fn set_up(&mut self, id: &str) {
        let figure = self.figure();
        let Ok(challenge) = figure.challenge(id) else { return };
        let mut begins = Run::new(figure.spec, self.state.run.seed);
        // The figure accepts a challenge's own values; a test checks that for every challenge.
        let _ = begins.set_all(figure.spec, challenge.begins_with());
        self.set_up_with(challenge, &begins);
    }

    /// Sets the figure up for a challenge, with the free controls of a run.
    fn set_up_with(&mut self, challenge: &'static Challenge, of: &Run) {
        let Ok(run) = challenge.run(self.state.spec, of) else { return };
        let at = challenge.incident.map_or(Time::ZERO, |incident| incident.at);
        // An open drawer would lie over what is asked about.
        self.extra_patches.extend(tools::close_drawers());
        self.state.lead_to(&run);
        self.open_view(View { run, compared_controls: Vec::new(), at });
        self.state.untouched = false;
        self.state.set_up_for = Some(challenge);
        self.dirty.run = true;
    }

    /// Judges the figure's present setting. A figure that isn't set up for the challenge is first, so that it shows what is judged.
    pub(super) fn judge(&mut self, id: &str) {
        let figure = self.figure();
        let Ok(challenge) = figure.challenge(id) else { return };
        if self.state.set_up_for.is_none_or(|it| it.id != id) {
            self.set_up_with(challenge, &self.state.setting());
        }
        match Judge::new(figure, challenge, &self.state.setting()) {
            Err(why) => self.extra_patches.push(result_message(id, &self.state.say(&why))),
            Ok(judge) => {
                let run = judge.run(0);
                self.state.judged_controls.retain(|(judged, _)| *judged != id);
                self.state.judged_controls.push((challenge.id, run.controls.clone()));
                let setting = encode_view(&View { run, ..View::default() });
                let trials: Vec<_> = judge.trials().enumerate().collect();
                self.start_batch(Batch::Judging(Judging { challenge, judge, setting }), trials);
                let out = &mut self.extra_patches;
                out.push(Patch::Attribute(
                    page_selector(section(id)),
                    attr::STAGE.into(),
                    Some("judging".into()),
                ));
                for says in [class::JUDGE_RESULT, class::JUDGE_RUN] {
                    out.push(Patch::Children(challenge_selector(id, &css(says)), Vec::new()));
                }
                for verdict in challenge.tempting.iter().map(|(id, _)| *id).chain(["pass"]) {
                    out.push(verdict_visible(id, verdict, false));
                }
            }
        }
    }

    /// Shows the progress, or the verdict if there is one.
    pub(super) fn update_judging(&mut self, seconds: f64) {
        let Some(Batch::Judging(judging)) = &self.current_batch else { return };
        let id = judging.challenge.id;
        let progress =
            Progress { done: judging.judge.done(), total: judging.challenge.seeds.into(), seconds };
        match judging.judge.verdict() {
            None => self.extra_patches.push(Patch::Text(
                challenge_selector(id, &css(class::JUDGE_PROGRESS)),
                progress_text(&progress),
            )),
            Some(verdict) => {
                let (challenge, setting) = (judging.challenge, judging.setting.clone());
                self.cancel_batch();
                self.show_verdict(challenge, &verdict, setting);
            }
        }
    }

    fn show_verdict(&mut self, challenge: &Challenge, verdict: &Verdict, setting: String) {
        let id = challenge.id;
        let grade = if verdict.passed { Grade::Right } else { Grade::Wrong };
        self.state.judged.push(id.to_owned());
        let attempt = self.state.judged.iter().filter(|judged| *judged == id).count();
        let state = &self.state;
        let held = verdict.judged - verdict.failures;
        let (held, judged) = (held.to_string(), verdict.judged.to_string());
        let counted = match (verdict.first.is_some(), held.as_str()) {
            (true, "0") => text::fill(text::JUDGED_NONE, &[&judged]),
            (true, held) => text::fill(text::JUDGED_FAILED, &[held, &judged]),
            (false, held) => text::fill(text::JUDGED, &[held, &judged]),
        };
        let costs = [challenge.unit.format(verdict.cost), challenge.unit.format(challenge.budget)];
        let money = match challenge.budget {
            budget if !budget.is_finite() => "",
            budget if verdict.cost > budget => text::TOO_DEAR,
            _ => text::COSTS,
        };
        let attempted = text::fill(text::ATTEMPT, &[&attempt.to_string()]);
        let costs = text::fill(money, &[&costs[0], &costs[1]]);
        let parts: Vec<NewElement> = vec![
            element("p", "judge-grade").text(if verdict.passed { text::PASSED } else { text::FAILED }),
            element("p", "").text(&[&attempted, &counted, &costs].map(String::as_str).join(" ")),
        ];
        // The run that failed first, or else one that met the goal, from where its fault sets in.
        let (run, at, mut words) = match (&verdict.first, &verdict.met) {
            (Some((run, failure)), _) => {
                (Some(run), failure.at, text::fill(text::FAILED_BY, &[&state.say(&failure.why)]))
            }
            (None, met) => (met.as_ref(), challenge.telling_moment(), String::new()),
        };
        if verdict.first.is_some() && at < challenge.until {
            words += &text::fill(text::SHOWS_AT, &[&transport::clock(at, state.spec.pace)]);
        }
        let go = run.map(|run| {
            let view = encode_view(&View { run: run.clone(), compared_controls: Vec::new(), at });
            tools::view_button(&view, text::SEE_IN_FIGURE)
        });
        let shown: Vec<NewElement> = [element("span", "").text(&words)].into_iter().chain(go).collect();
        let out = &mut self.extra_patches;
        let stage = if verdict.passed { "passed" } else { "failed" };
        out.push(Patch::Attribute(page_selector(section(id)), attr::STAGE.into(), Some(stage.into())));
        out.push(Patch::Children(challenge_selector(id, &css(class::JUDGE_RESULT)), parts));
        out.push(Patch::Children(challenge_selector(id, &css(class::JUDGE_RUN)), shown));
        if let Some(diagnosis) = verdict.diagnosis {
            out.push(verdict_visible(id, diagnosis, true));
        }
        let attempt = Attempt {
            task: Task::Challenge,
            id: id.to_owned(),
            answer: String::new(),
            grade,
            run: Some(setting),
            guess: None,
        };
        self.attempts.push(attempt);
    }

    /// Writes what the present setting costs in each challenge, and whether the verdict there is about another one.
    pub(super) fn write_costs(&self, out: &mut Vec<Patch>) {
        let figure = self.figure();
        for challenge in figure.challenges {
            let run = challenge.run(figure.spec, &self.state.setting());
            let Ok(run) = run else { continue };
            if let Some((id, judged)) = self.state.judged_controls.iter().find(|(id, _)| *id == challenge.id)
            {
                let words = if *judged == run.controls { "" } else { text::JUDGED_OTHERS };
                out.push(Patch::Text(challenge_selector(id, &css(class::JUDGE_PROGRESS)), words.to_owned()));
            }
            // A repair may be free.
            if !challenge.budget.is_finite() {
                continue;
            }
            let cost = (challenge.cost)(&StartSettings::of(figure.spec, &run));
            let with = [challenge.unit.format(cost), challenge.unit.format(challenge.budget)];
            let words = text::fill(text::COSTS, &[&with[0], &with[1]]);
            out.push(Patch::Text(challenge_selector(challenge.id, &css(class::JUDGE_COST)), words));
            let dear = cost > challenge.budget;
            out.push(Patch::Class(
                challenge_selector(challenge.id, &css(class::JUDGE_COST)),
                "trouble".into(),
                dear,
            ));
        }
    }
}

impl FigureState {
    /// A run that starts with the controls as they are at the moment shown, without later inputs.
    pub(super) fn setting(&self) -> Run {
        let mut run = Run { inputs: Vec::new(), ..self.run.clone() };
        for control in self.spec.controls.iter() {
            // The control has accepted it before.
            let _ = run.set(self.spec, &control.id, &self.value(control));
        }
        run
    }
}

fn verdict_visible(id: &str, verdict: &str, shown: bool) -> Patch {
    super::set_visible(challenge_selector(id, &with(attr::VERDICT, verdict)), shown)
}

/// '37 of 200 runs, about 4 s left'.
pub(super) fn progress_text(progress: &Progress) -> String {
    let Progress { done, total, .. } = progress;
    let (done, total) = (done.to_string(), total.to_string());
    if progress.seconds.is_nan() {
        return text::fill(text::SO_MANY, &[&done, &total]);
    }
    let left = crate::sim::Unit::Time.format(libm::ceil(progress.left()));
    text::fill(text::SO_FAR, &[&done, &total, &left])
}
