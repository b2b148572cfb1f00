//! `lab judge`: a setting judged for a challenge, on all cores.

use super::args::JudgeArgs;
use super::report::{from_json, json, print_json, setting, unit_id};
use super::words::{plain, say, words_for};
use super::{CommandError, Terminal, inputs, open, pool, project};
use crate::lessons;
use crate::player::{Challenge, Figure, Judge, Run, Verdict, View, encode_view};
use crate::scene::Words;
use crate::sim::Seed;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io;

/// A verdict, as `lab judge --json` prints it. Times are in seconds, all other numbers in their unit's base.
#[derive(Debug, Serialize)]
struct VerdictReport {
    /// Id of the figure.
    figure: String,
    /// Id of the challenge.
    challenge: String,
    /// Whether the setting passes.
    passed: bool,
    /// Id of the verdict's sentence: `pass`, a tempting wrong answer's, or null.
    diagnosis: Option<&'static str>,
    /// The sentence.
    says: String,
    /// The free controls as they were judged, by id.
    controls: BTreeMap<String, serde_json::Value>,
    /// What the setting costs.
    cost: f64,
    /// The most that it may cost.
    budget: f64,
    /// What both are measured in.
    unit: &'static str,
    /// Runs that were judged: all, or as many as it took to see that too many fail.
    judged: usize,
    /// How many of them failed.
    failures: usize,
    /// The first run that failed.
    first: Option<FailureReport>,
}

/// A run that failed.
#[derive(Debug, Serialize)]
struct FailureReport {
    /// Its seed.
    seed: u64,
    /// Its seed's name.
    seed_name: String,
    /// When it shows.
    at: f64,
    /// What is wrong with it.
    why: String,
    /// The link's code for the run at this moment.
    link: String,
}

pub(super) fn judge(args: &JudgeArgs, terminal: &mut Terminal) -> Result<(), CommandError> {
    let figure = inputs::figure(&args.figure)?;
    let (spec, words) = (figure.spec, words_for(figure.spec));
    let refused = |msg| CommandError::Refused(say(&words, &msg));
    if figure.challenges.is_empty() {
        return Err(CommandError::Refused(format!("{} has no challenges; {}", spec.id, those_there_are())));
    }
    let challenge = figure.challenge(&args.challenge).map_err(refused)?;
    let mut run = match &args.link {
        Some(link) => open::run_of(link, &spec.id)?,
        None => Run::new(spec, Seed::default()),
    };
    for (id, value) in inputs::settings(&args.set, spec, &words)? {
        if !challenge.free.contains(&id.as_str()) {
            let free = challenge.free.join(", ");
            let says = format!("challenge {} doesn't let '{id}' be moved; free are: {free}", challenge.id);
            return Err(CommandError::Refused(says));
        }
        run.set(spec, &id, &value).map_err(refused)?;
    }
    let mut judge = Judge::new(figure, challenge, &run).map_err(refused)?;
    let verdict = pool::verdict(figure, &mut judge, |judge, _| {
        terminal.progress(&format!("{} of {} runs", judge.done(), challenge.seeds));
    })
    .map_err(refused)?;
    terminal.progress("");
    let report = report(figure, challenge, &judge.run(0), &verdict, &words);
    if args.json {
        print_json(&report, terminal.out)?;
    } else {
        report.print(figure, challenge, terminal)?;
    }
    if verdict.passed { Ok(()) } else { Err(CommandError::Told) }
}

fn those_there_are() -> String {
    let figures = lessons::all().map(|(_, figure)| figure);
    let all: Vec<String> = figures
        .flat_map(|figure| figure.challenges.iter().map(|c| format!("{} {}", figure.spec.id, c.id)))
        .collect();
    if all.is_empty() { "no figure has".into() } else { format!("there are: {}", all.join(", ")) }
}

fn report(
    figure: &Figure,
    challenge: &Challenge,
    judged: &Run,
    verdict: &Verdict,
    words: &Words,
) -> VerdictReport {
    let spec = figure.spec;
    let values = judged.values(spec);
    let controls = spec.controls.iter().zip(values).filter(|(c, _)| challenge.free.contains(&c.id.as_ref()));
    let failure = |(run, failure): &(Run, crate::player::Failure)| FailureReport {
        seed: run.seed.0,
        seed_name: run.seed.to_string(),
        at: failure.at.secs(),
        why: say(words, &failure.why),
        link: encode_view(&View { run: run.clone(), compared_controls: Vec::new(), at: failure.at }),
    };
    VerdictReport {
        figure: spec.id.to_string(),
        challenge: challenge.id.to_owned(),
        passed: verdict.passed,
        diagnosis: verdict.diagnosis,
        says: sentence(&spec.id, challenge, verdict),
        controls: controls.map(|(control, value)| (control.id.to_string(), json(&value))).collect(),
        cost: verdict.cost,
        budget: challenge.budget,
        unit: unit_id(challenge.unit),
        judged: verdict.judged,
        failures: verdict.failures,
        first: verdict.first.as_ref().map(failure),
    }
}

/// The verdict in the lesson's words; in ours, where the lesson has none for it or is not at hand.
fn sentence(figure: &str, challenge: &Challenge, verdict: &Verdict) -> String {
    let lesson = || project::course()?.lesson(lessons::figure(figure)?.0);
    let worded = |id: &str| {
        let block = lesson()?.blocks().find(|block| block.id == challenge.id)?;
        let verdicts = block.body.judged()?.verdicts;
        verdicts.iter().find(|(verdict, _)| verdict == id).map(|(_, text)| plain(&text.text))
    };
    verdict.diagnosis.and_then(worded).unwrap_or_else(|| {
        let says = match verdict {
            Verdict { passed: true, .. } => "It passes.",
            Verdict { cost, .. } if *cost > challenge.budget => "It costs too much.",
            _ => "Too many runs fail.",
        };
        says.to_owned()
    })
}

impl VerdictReport {
    fn print(&self, figure: &Figure, challenge: &Challenge, terminal: &mut Terminal) -> io::Result<()> {
        let (spec, out) = (figure.spec, &mut *terminal.out);
        writeln!(
            out,
            "{} of {}: {}",
            self.challenge,
            self.figure,
            if self.passed { "passed" } else { "failed" }
        )?;
        writeln!(out, "{}\n", self.says)?;
        for control in spec.controls.iter() {
            if let Some(value) = self.controls.get(control.id.as_ref()) {
                writeln!(out, "  set {} = {}", control.id, setting(spec, &control.id, &from_json(value)))?;
            }
        }
        let money = |amount| challenge.unit.format(amount);
        let over = if self.cost > self.budget { ": too much" } else { "" };
        writeln!(out, "\ncost      {} of {}{over}", money(self.cost), money(self.budget))?;
        writeln!(out, "runs      {} of {} judged, {} failed", self.judged, challenge.seeds, self.failures)?;
        if let Some(first) = &self.first {
            let at = crate::sim::Time::from_secs_f64(first.at);
            writeln!(out, "the first seed {} at {at}: {}", first.seed_name, first.why)?;
            writeln!(out, "\n#{}={}", self.figure, first.link)?;
        }
        Ok(())
    }
}
