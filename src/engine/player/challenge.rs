//! Challenges: a goal, a price, and a judge that recomputes the learner's setting on seeds of its own.

use super::figure::Figure;
use super::run::{Input, Run};
use super::spec::FigureSpec;
use super::trial::{RunOutcome, Setting, StartSettings, Trial, TrialResult};
use crate::sim::{Msg, Seed, Time, Unit};
use serde::{Deserialize, Serialize};

/// So many runs may fail; with one more the setting fails.
pub const FAILURES: usize = 10;

/// Something to reach with some of a figure's controls. The words stand in the lesson, under the same ids.
#[derive(Clone, Copy, Debug)]
pub struct Challenge {
    /// Permanent id, kebab-case, unique in its lesson.
    pub id: &'static str,
    /// Runs that judge a setting.
    pub seeds: u16,
    /// Where each ends: all of them together take 60 million events at most.
    pub until: Time,
    /// Controls with fixed values, which the learner can't move.
    pub fixed: Setting,
    /// The controls that may be moved; all others are as given, or at their defaults.
    pub free: &'static [&'static str],
    /// Inputs that every run gets, whatever the setting: a deployment, a failure.
    pub scripted_inputs: fn() -> Vec<Input>,
    /// What the price is measured in.
    pub unit: Unit,
    /// The most that a setting may cost; infinite where nothing has a price.
    pub budget: f64,
    /// What a setting costs.
    pub cost: fn(&StartSettings) -> f64,
    /// Judges a run: what is wrong with it, and when.
    pub pass: fn(&RunOutcome) -> Result<(), Failure>,
    /// Which tempting wrong answer this is, by its id, given the setting and the runs judged so far.
    pub diagnose: fn(&StartSettings, &[TrialResult]) -> Option<&'static str>,
    /// A setting that passes.
    pub reference: Setting,
    /// Wrong answers that tempt, each with a setting that must be told to be one.
    pub tempting: &'static [(&'static str, Setting)],
    /// What makes it an incident, if it is one.
    pub incident: Option<Incident>,
}

/// A challenge that begins in the middle of a failure: the learner says what is wrong, and the setting that is judged is
/// the repair. What went wrong is in the challenge's fixed controls and scripted inputs.
#[derive(Clone, Copy, Debug)]
pub struct Incident {
    /// What is wrong: the id of the right cause in the lesson. It is also the id of a tempting answer, the one that leaves
    /// everything as it is: the figure begins with its setting, which has to fail for this very cause.
    pub cause: &'static str,
    /// The moment that the learner is shown.
    pub at: Time,
}

/// What is wrong with a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// What, in the figure's words.
    pub why: Msg,
    /// The moment at which it shows.
    pub at: Time,
}

/// What the judge says.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Whether the setting passes.
    pub passed: bool,
    /// What it costs.
    pub cost: f64,
    /// How many runs were judged, and how many of them failed.
    pub judged: usize,
    /// See `judged`.
    pub failures: usize,
    /// Id of the verdict's sentence: `pass`, a tempting wrong answer's, or none of these.
    pub diagnosis: Option<&'static str>,
    /// The first run that failed, and what is wrong with it.
    pub first: Option<(Run, Failure)>,
    /// The first run that met the goal, if the setting passes.
    pub met: Option<Run>,
}

impl Challenge {
    /// The free controls as the learner finds them, where they aren't at their defaults.
    pub fn begins_with(&self) -> Setting {
        let begins = |(id, _): &&(&str, Setting)| self.incident.is_some_and(|it| it.cause == *id);
        self.tempting.iter().find(begins).map_or(&[], |(_, setting)| *setting)
    }

    /// The run that is judged for a learner's run: its free controls, and all else as the challenge has it.
    ///
    /// # Errors
    /// If the figure doesn't take one of the values.
    pub fn run(&self, spec: &FigureSpec, of: &Run) -> Result<Run, Msg> {
        let mut run = Run::new(spec, of.seed);
        run.set_all(spec, self.fixed)?;
        for (id, value) in &of.controls {
            if self.free.contains(&id.as_str()) {
                run.set(spec, id, value)?;
            }
        }
        run.inputs = (self.scripted_inputs)();
        Ok(run)
    }

    /// The moment at which a run that meets the goal is shown: where its fault sets in, or, without one, the end.
    pub fn telling_moment(&self) -> Time {
        let fault = (self.scripted_inputs)().first().map(|input| input.at);
        self.incident.map(|incident| incident.at).or(fault).unwrap_or(self.until)
    }

    /// The n-th seed that it judges by: always the same ones, and not those that a learner sees first.
    pub fn seed(&self, n: u16) -> Seed {
        let id = self.id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Seed((id >> 24) + u64::from(n))
    }
}

/// Judges a setting. The verdict doesn't depend on the order in which results come back.
pub struct Judge {
    challenge: &'static Challenge,
    settings: StartSettings,
    run: Run,
    cost: f64,
    /// Results by seed. Those after a gap don't count until the gap is filled.
    results: Vec<Option<TrialResult>>,
}

impl Judge {
    /// Judges the setting of a learner's run.
    ///
    /// # Errors
    /// If the figure doesn't take it.
    pub fn new(figure: &'static Figure, challenge: &'static Challenge, of: &Run) -> Result<Self, Msg> {
        let run = challenge.run(figure.spec, of)?;
        let settings = StartSettings::of(figure.spec, &run);
        let cost = (challenge.cost)(&settings);
        Ok(Self { challenge, settings, run, cost, results: vec![None; challenge.seeds.into()] })
    }

    /// What the setting costs.
    pub fn cost(&self) -> f64 {
        self.cost
    }

    /// The run of the n-th seed.
    pub fn run(&self, n: u16) -> Run {
        Run { seed: self.challenge.seed(n), ..self.run.clone() }
    }

    /// All runs to be tried, in the order of their seeds.
    pub fn trials(&self) -> impl Iterator<Item = Trial> {
        let challenge = Some(self.challenge.id.to_owned());
        (0..self.challenge.seeds).map(move |n| Trial { run: self.run(n), challenge: challenge.clone() })
    }

    /// Adds the result of the n-th trial.
    pub fn add_result(&mut self, n: usize, tried: TrialResult) {
        if let Some(place) = self.results.get_mut(n) {
            *place = Some(tried);
        }
    }

    /// How many results there are.
    pub fn done(&self) -> usize {
        self.results.iter().flatten().count()
    }

    /// The verdict, once there is one: every run was judged, or too many have failed.
    pub fn verdict(&self) -> Option<Verdict> {
        let mut judged: Vec<TrialResult> = self.results.iter().map_while(Clone::clone).collect();
        let failed = |tried: &TrialResult| tried.failed.is_some();
        // Results behind the deciding run don't count, because which of them exist depends on timing.
        if let Some((decided, _)) = judged.iter().enumerate().filter(|(_, tried)| failed(tried)).nth(FAILURES)
        {
            judged.truncate(decided + 1);
        } else if judged.len() < self.results.len() {
            return None;
        }
        let failures = judged.iter().filter(|tried| failed(tried)).count();
        let affordable = self.cost <= self.challenge.budget;
        let passed = affordable && failures <= FAILURES;
        let first = judged.iter().position(failed).filter(|_| failures > FAILURES);
        let first = first.and_then(|n| Some((self.run(n as u16), judged[n].failed.clone()?)));
        let met = judged.iter().position(|tried| !failed(tried)).filter(|_| passed);
        let met = met.map(|n| self.run(n as u16));
        let diagnosis =
            if passed { Some("pass") } else { (self.challenge.diagnose)(&self.settings, &judged) };
        Some(Verdict { passed, cost: self.cost, judged: judged.len(), failures, diagnosis, first, met })
    }
}
