//! Checks of challenges: the reference passes, wrong answers fail and are told apart, and random settings rarely pass.
//! The last takes long, so a file records for which challenges it was checked; `lab golden` maintains it.

use super::{CommandError, Terminal, pool};
use crate::lessons;
use crate::player::{
    Challenge, Control, ControlKind, Data, Figure, Input, Judge, Run, Setting, Slider, TrialResult, Value,
    Verdict,
};
use crate::sim::{Draws, Entity, Msg, Purpose, Seed, Time};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh64::xxh64;

/// Where the records are in the project's folder.
pub(super) const FILE: &str = "tests/judged.toml";
const HEAD: &str = "\
# Challenges that were judged, and how many of 2,000 random settings pass. `hash` is over what each challenge is and what a
# few of its runs give. Written by `lab golden --write`, which judges those that have no record or another hash.
";

/// Most events of all runs that judge a setting.
const EVENTS: u64 = 60_000_000;
/// Random settings that are judged, and how many of them may pass.
pub const SETTINGS: u32 = 2_000;
/// See [`SETTINGS`].
pub const MAY_PASS: u32 = SETTINGS / 50;
/// Seeds by which the fingerprint of a challenge is taken.
const FINGERPRINT_SEEDS: usize = 3;

/// All records.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Records {
    #[serde(default)]
    challenge: Vec<Record>,
}

/// A challenge as it was judged.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Record {
    figure: String,
    id: String,
    hash: String,
    passed: u32,
}

/// Holds the registered challenges against the text of a file. Answers the text with what may be written, if anything,
/// and what is wrong. To write means to judge what has changed.
///
/// # Errors
/// If the text can't be read, or a figure refuses a setting.
pub fn compare(
    text: &str,
    write: bool,
    terminal: &mut Terminal,
) -> Result<(Option<String>, Vec<String>), CommandError> {
    let mut records: Records = toml::from_str(text)
        .map_err(|error| CommandError::Refused(format!("{FILE}: {}", error.message())))?;
    let (mut wrong, mut changed) = (Vec::new(), false);
    records.challenge.retain(|record| {
        let known = all().any(|judged| record.is_of(judged));
        changed |= !known;
        if !known && !write {
            let name = format!("{} {}", record.figure, record.id);
            wrong.push(format!(
                "{FILE} has a record of {name}, which is no challenge; run `lab golden --write`"
            ));
        }
        known
    });
    for judged in all() {
        let name = judged.name();
        let refused = |msg: Msg| CommandError::Refused(format!("{name}: a setting is refused: {msg:?}"));
        let hash = judged.fingerprint().map_err(refused)?;
        let record = records.challenge.iter().position(|record| record.is_of(judged));
        if record.is_some_and(|at| records.challenge[at].hash == hash) {
            continue;
        }
        if !write {
            wrong.push(format!("{name}: is not recorded as it is now; run `lab golden --write`"));
            continue;
        }
        let told = judged.wrong();
        if !told.is_empty() {
            wrong.extend(told);
            continue;
        }
        let lucky = judged.lucky(|n| terminal.progress(&format!("{name}: {n} of {SETTINGS} settings")));
        terminal.progress("");
        let passed = lucky.map_err(refused)?;
        if passed > MAY_PASS {
            wrong.push(judged.too_lucky(passed));
            continue;
        }
        changed = true;
        let (figure, id) = (judged.figure.spec.id.to_string(), judged.challenge.id.to_owned());
        let now = Record { figure, id, hash, passed };
        match record {
            Some(at) => records.challenge[at] = now,
            None => records.challenge.push(now),
        }
    }
    let text = (write && changed).then(|| {
        let records = toml::to_string(&records).expect("records are tables of texts and numbers");
        format!("{HEAD}\n{records}")
    });
    Ok((text, wrong))
}

/// Every registered challenge.
pub fn all() -> impl Iterator<Item = JudgedChallenge> {
    let figures = lessons::all().map(|(_, figure)| figure);
    figures.flat_map(|figure| {
        figure.challenges.iter().map(move |challenge| JudgedChallenge { figure, challenge })
    })
}

impl Record {
    fn is_of(&self, judged: JudgedChallenge) -> bool {
        self.figure == judged.figure.spec.id && self.id == judged.challenge.id
    }
}

/// What goes into a challenge's fingerprint. Its functions are represented by their results.
#[derive(Serialize)]
struct Fingerprint<'a> {
    figure: (&'a str, u16),
    id: &'a str,
    seeds: u16,
    until: Time,
    given: Setting,
    free: &'a [&'a str],
    befalls: Vec<Input>,
    budget: (crate::sim::Unit, f64),
    tempting: Vec<&'a str>,
    /// Each known setting: itself, its cost, and what came of its first runs.
    settings: Vec<(Setting, f64, Vec<TrialResult>)>,
}

/// A challenge of a figure.
#[derive(Clone, Copy)]
pub struct JudgedChallenge {
    /// The figure.
    pub figure: &'static Figure,
    /// The challenge.
    pub challenge: &'static Challenge,
}

impl JudgedChallenge {
    /// Its name: figure and challenge.
    pub fn name(self) -> String {
        format!("{} {}", self.figure.spec.id, self.challenge.id)
    }

    /// Everything that is wrong with it, as sentences, apart from how many random settings pass.
    pub fn wrong(self) -> Vec<String> {
        let mut wrong = self.badly_declared();
        if wrong.is_empty() {
            wrong = self.known_settings();
        }
        wrong.into_iter().map(|says| format!("{}: {says}", self.name())).collect()
    }

    /// A hash over its declaration and the results of its first runs, in hexadecimal.
    ///
    /// # Errors
    /// The figure's refusal of one of the settings.
    pub fn fingerprint(self) -> Result<String, Msg> {
        let (spec, challenge) = (self.figure.spec, self.challenge);
        let tempting = challenge.tempting.iter();
        let known = tempting.clone().map(|(_, setting)| *setting).chain([challenge.reference, &[]]);
        let tried = |setting: Setting| {
            let mut run = Run::new(spec, Seed(0));
            run.set_all(spec, setting)?;
            let judge = Judge::new(self.figure, challenge, &run)?;
            let tried = judge
                .trials()
                .take(FINGERPRINT_SEEDS)
                .map(|trial| trial.compute(self.figure, &Data::default()).map(without_moment));
            Ok((setting, judge.cost(), tried.collect::<Result<_, Msg>>()?))
        };
        let print = Fingerprint {
            figure: (&spec.id, spec.version),
            id: challenge.id,
            seeds: challenge.seeds,
            until: challenge.until,
            given: challenge.fixed,
            free: challenge.free,
            befalls: (challenge.scripted_inputs)(),
            budget: (challenge.unit, challenge.budget),
            tempting: tempting.map(|(id, _)| *id).collect(),
            settings: known.map(tried).collect::<Result<_, Msg>>()?,
        };
        let bytes = postcard::to_allocvec(&print).expect("a challenge is plain data");
        Ok(format!("{:016x}", xxh64(&bytes, 0)))
    }

    /// What is said when too many random settings pass.
    pub fn too_lucky(self, passed: u32) -> String {
        format!("{}: {passed} of {SETTINGS} random settings pass; {MAY_PASS} are the most", self.name())
    }

    fn badly_declared(self) -> Vec<String> {
        let (spec, challenge) = (self.figure.spec, self.challenge);
        let mut wrong = Vec::new();
        for id in challenge.free.iter().filter(|id| spec.control(id).is_none()) {
            wrong.push(format!("'{id}' is free, but is no control"));
        }
        for (id, _) in challenge.fixed.iter().filter(|(id, _)| challenge.free.contains(id)) {
            wrong.push(format!("'{id}' is given and free"));
        }
        let settings = challenge.tempting.iter().copied().chain([("reference", challenge.reference)]);
        for (name, setting) in settings.chain([("given", challenge.fixed)]) {
            if let Err(msg) = Run::new(spec, Seed(0)).set_all(spec, setting) {
                wrong.push(format!("{name} can't be set: {msg:?}"));
            }
            let moved = setting.iter().map(|(id, _)| *id).filter(|_| name != "given");
            for id in moved.filter(|id| !challenge.free.contains(id)) {
                wrong.push(format!("{name} moves '{id}', which is not free"));
            }
        }
        if let Some(incident) = challenge.incident {
            if !challenge.tempting.iter().any(|(id, _)| *id == incident.cause) {
                let cause = incident.cause;
                wrong.push(format!(
                    "its cause '{cause}' is no tempting answer, so it has no setting to begin with"
                ));
            }
            if incident.at > spec.until {
                wrong.push(format!("is shown at {}; the run ends at {}", incident.at, spec.until));
            }
        }
        if challenge.tempting.len() < 2 {
            wrong.push("tells fewer than two tempting wrong answers apart".into());
        }
        if challenge.until <= spec.warm_up || challenge.until > spec.until {
            let (warm, until) = (spec.warm_up, spec.until);
            wrong.push(format!(
                "runs end at {}; they can end after {warm} and up to {until}",
                challenge.until
            ));
        }
        wrong
    }

    fn known_settings(self) -> Vec<String> {
        let challenge = self.challenge;
        let mut wrong = Vec::new();
        let mut judge = |name: &str, run: &Run, right: Option<&str>| {
            let (verdict, events) = match self.judge(run) {
                Ok(judged) => judged,
                Err(msg) => return wrong.push(format!("{name} is refused: {msg:?}")),
            };
            let all = events * u64::from(challenge.seeds);
            if all > EVENTS {
                wrong.push(format!("all runs of {name} take {all} events; {EVENTS} are the most"));
            }
            if verdict.passed != (right == Some("pass")) {
                let verb = if verdict.passed { "passes" } else { "fails" };
                wrong.push(format!("{name} {verb}: {verdict:?}"));
            } else if right.is_some() && verdict.diagnosis != right {
                wrong.push(format!("{name} is told to be {:?}", verdict.diagnosis));
            }
        };
        judge("the reference", &self.run(challenge.reference), Some("pass"));
        judge("the setting that it begins with", &self.run(challenge.begins_with()), None);
        for (id, setting) in challenge.tempting {
            judge(&format!("the tempting answer '{id}'"), &self.run(setting), Some(id));
        }
        judge("everything at its minimum", &self.at_ends(false), None);
        judge("everything at its maximum", &self.at_ends(true), None);
        wrong
    }

    /// How many of [`SETTINGS`] random settings of the free controls pass. `done` hears of each.
    ///
    /// # Errors
    /// The figure's refusal of one of them.
    pub fn lucky(self, mut done: impl FnMut(u32)) -> Result<u32, Msg> {
        let (mut passed, mut judged) = (0, 0);
        let mut refused = Ok(());
        let settings = (0..SETTINGS).map(|n| self.random(n));
        pool::each(
            settings,
            |run| self.passes(&run),
            |passes| {
                judged += 1;
                done(judged);
                passed += u32::from(matches!(passes, Ok(true)));
                refused = passes.map(|_| ());
                refused.is_ok()
            },
        );
        refused.map(|()| passed)
    }

    /// A run with a setting of the free controls.
    fn run(self, setting: Setting) -> Run {
        let mut run = Run::new(self.figure.spec, Seed(0));
        run.set_all(self.figure.spec, setting).expect("the settings of a challenge were looked at before");
        run
    }

    fn free(self) -> impl Iterator<Item = &'static Control> {
        let free = self.challenge.free;
        self.figure.spec.controls.iter().filter(move |control| free.contains(&control.id.as_ref()))
    }

    fn with(self, mut value: impl FnMut(&Control) -> Value) -> Run {
        let mut run = Run::new(self.figure.spec, Seed(0));
        for control in self.free() {
            run.set(self.figure.spec, &control.id, &value(control)).expect("a control takes its own values");
        }
        run
    }

    fn at_ends(self, high: bool) -> Run {
        self.with(|control| match &control.kind {
            ControlKind::Number { min, max, .. } => Value::Number(if high { *max } else { *min }),
            ControlKind::Choice { options, .. } => {
                let end = if high { options.last() } else { options.first() };
                Value::Choice(end.map(|(id, _)| id.to_string()).unwrap_or_default())
            }
            ControlKind::Flag { .. } => Value::Flag(high),
            kind => kind.drawn(&mut |below| if high { below - 1 } else { 0 }),
        })
    }

    /// The n-th random setting: every place of a slider, every option and both sides of a switch are as likely.
    fn random(self, n: u32) -> Run {
        let mut draws = Draws::new(1, Purpose::named("settings"), Entity::new(0, n));
        self.with(|control| match (&control.kind, Slider::of(control)) {
            (_, Some(slider)) => {
                let place = draws.below(slider.last_position() as u32 + 1);
                Value::Number(slider.value(place.into()))
            }
            (ControlKind::Choice { options, .. }, None) => {
                Value::Choice(options[draws.below(options.len() as u32) as usize].0.to_string())
            }
            (ControlKind::Flag { .. }, None) => Value::Flag(draws.chance(0.5)),
            (kind, None) => kind.drawn(&mut |below| draws.below(below)),
        })
    }

    /// The verdict on a setting, and how many events a run of it has.
    fn judge(self, run: &Run) -> Result<(Verdict, u64), Msg> {
        let mut judge = Judge::new(self.figure, self.challenge, run)?;
        let mut events = 0;
        let verdict = pool::verdict(self.figure, &mut judge, |_, tried| events += tried.events)?;
        Ok((verdict, events / judge.done() as u64))
    }

    /// Whether a setting passes, on one core.
    fn passes(self, run: &Run) -> Result<bool, Msg> {
        let mut judge = Judge::new(self.figure, self.challenge, run)?;
        if judge.cost() > self.challenge.budget {
            return Ok(false);
        }
        let trials: Vec<_> = judge.trials().collect();
        for (n, trial) in trials.iter().enumerate() {
            judge.add_result(n, trial.compute(self.figure, &Data::default())?);
            if let Some(verdict) = judge.verdict() {
                return Ok(verdict.passed);
            }
        }
        Ok(false)
    }
}

/// A result without the moment at which a failure shows: that is for those who look at it, and decides nothing.
fn without_moment(mut result: TrialResult) -> TrialResult {
    result.failed.iter_mut().for_each(|failure| failure.at = Time::ZERO);
    result
}
