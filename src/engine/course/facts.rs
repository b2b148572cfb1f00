//! What the check has to know of the figures that are registered, without knowing any simulation: filled from their
//! specifications by whoever knows those.

use super::problem::one_of;
use crate::player::{
    Action, AnswerKind, Challenge, Control, ControlKind, EntityKind, Figure, Prediction, Scale,
};
use crate::sim::{Time, Unit};

/// A registered figure.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureFacts {
    /// Its id.
    pub id: String,
    /// The lesson that it belongs to: `chapter/slug`.
    pub lesson: String,
    /// How long its run is.
    pub until: Time,
    /// What can be set.
    pub controls: Vec<ControlFacts>,
    /// What can be done to it, and the kinds of things in it.
    pub actions: Vec<Action>,
    /// See `actions`.
    pub kinds: Vec<EntityKind>,
    /// What can be read: ids.
    pub readings: Vec<String>,
    /// Whether a way to a state that must never be can be searched for.
    pub is_searched: bool,
    /// Its predictions.
    pub predictions: Vec<PredictionFacts>,
    /// Its challenges.
    pub challenges: Vec<ChallengeFacts>,
    /// All that it speaks: every message and every single word; `None` where that isn't known, and then the ids of its
    /// sentences are not checked.
    pub messages: Option<Vec<MessageFacts>>,
}

/// A control.
#[derive(Clone, Debug, PartialEq)]
pub struct ControlFacts {
    /// Its id.
    pub id: String,
    /// What it can be set to.
    pub allows: Allows,
}

/// What a control can be set to.
#[derive(Clone, Debug, PartialEq)]
pub enum Allows {
    /// On or off.
    Switch,
    /// One of these ids.
    Choice(Vec<String>),
    /// A number, in the unit's base.
    Number {
        /// Its unit.
        unit: Unit,
        /// The least.
        min: f64,
        /// The most.
        max: f64,
        /// Values are `min` plus whole steps; `None` allows all between.
        step: Option<f64>,
    },
    /// What is made of named things, or a text: as the control itself says.
    Composed(ControlKind),
}

/// A prediction's logic.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictionFacts {
    /// Its id.
    pub id: String,
    /// `choice`, `number`, `order` or `curve`.
    pub kind: &'static str,
    /// Ids of the options that the truth is one of (choice) or consists of (order).
    pub options: Vec<String>,
}

/// A challenge's logic.
#[derive(Clone, Debug, PartialEq)]
pub struct ChallengeFacts {
    /// Its id.
    pub id: String,
    /// Ids of the tempting wrong answers that it tells apart.
    pub tempting: Vec<String>,
    /// For an incident, the id of the right cause.
    pub cause: Option<String>,
    /// Whether a setting has a price.
    pub priced: bool,
}

impl ChallengeFacts {
    /// The kind of the block that has its words.
    pub fn kind(&self) -> &'static str {
        if self.cause.is_some() { "incident" } else { "challenge" }
    }
}

/// A message that a figure speaks.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageFacts {
    /// Its id.
    pub id: String,
    /// The names of its arguments.
    pub args: Vec<String>,
}

impl FigureFacts {
    /// What is known of a registered figure.
    pub fn of(lesson: &str, figure: &Figure) -> Self {
        let spec = figure.spec;
        let message = |id: &str, args: &[&str]| MessageFacts {
            id: id.to_owned(),
            args: args.iter().map(|&arg| arg.to_owned()).collect(),
        };
        let kinds = spec.kinds.iter().map(|kind| message(&kind.id, &[]));
        let says = figure.messages.iter().flat_map(|table| table.iter());
        let control = |c: &Control| ControlFacts { id: c.id.to_string(), allows: Allows::of(&c.kind) };
        Self {
            id: spec.id.to_string(),
            lesson: lesson.to_owned(),
            until: spec.until,
            controls: spec.controls.iter().map(control).collect(),
            actions: spec.actions.to_vec(),
            kinds: spec.kinds.to_vec(),
            readings: spec.readings.iter().map(|reading| reading.id.to_string()).collect(),
            is_searched: figure.search.is_some(),
            predictions: figure.predictions.iter().map(PredictionFacts::of).collect(),
            challenges: figure.challenges.iter().map(ChallengeFacts::of).collect(),
            messages: Some(says.map(|(id, args)| message(id, args)).chain(kinds).collect()),
        }
    }
}

impl PredictionFacts {
    fn of(prediction: &Prediction) -> Self {
        let (kind, options): (_, &[&str]) = match prediction.answer_kind {
            AnswerKind::Choice(options) => ("choice", options),
            AnswerKind::Number { .. } => ("number", &[]),
            AnswerKind::Order(things) => ("order", things),
            AnswerKind::Curve { .. } => ("curve", &[]),
        };
        let options = options.iter().map(|&id| id.to_owned()).collect();
        Self { id: prediction.id.to_owned(), kind, options }
    }
}

impl ChallengeFacts {
    fn of(challenge: &Challenge) -> Self {
        let tempting = challenge.tempting.iter().map(|(id, _)| (*id).to_owned()).collect();
        let cause = challenge.incident.map(|incident| incident.cause.to_owned());
        Self { id: challenge.id.to_owned(), tempting, cause, priced: challenge.budget.is_finite() }
    }
}

impl Allows {
    fn of(kind: &ControlKind) -> Self {
        match kind {
            ControlKind::Flag { .. } => Self::Switch,
            ControlKind::Choice { options, .. } => {
                Self::Choice(options.iter().map(|(id, _)| id.to_string()).collect())
            }
            &ControlKind::Number { unit, min, max, step, scale, .. } => {
                Self::Number { unit, min, max, step: (scale == Scale::Linear).then_some(step) }
            }
            ControlKind::Several { .. }
            | ControlKind::Order { .. }
            | ControlKind::Assignment { .. }
            | ControlKind::Text { .. } => Self::Composed(kind.clone()),
        }
    }

    /// Whether a text is a value that the control takes.
    ///
    /// # Errors
    /// A sentence that says what is allowed.
    pub fn check(&self, text: &str) -> Result<(), String> {
        match self {
            Self::Switch if matches!(text, "true" | "false" | "on" | "off") => Ok(()),
            Self::Switch => Err(format!("'{text}' is not allowed; it can be 'on' or 'off'")),
            Self::Composed(kind) => kind.read(text).map(|_| ()),
            Self::Choice(ids) if ids.iter().any(|id| id == text) => Ok(()),
            Self::Choice(ids) => Err(format!("'{text}' is not allowed; it can be {}", one_of(ids))),
            Self::Number { unit, min, max, step } => {
                let value = unit.parse(text).map_err(|error| error.to_string())?;
                let (low, high) = (unit.format(*min), unit.format(*max));
                if !(*min..=*max).contains(&value) {
                    return Err(format!("'{text}' is out of range; it can be {low} to {high}"));
                }
                match step {
                    Some(step) if !on_step(value - min, *step) => {
                        let step = unit.format(*step);
                        Err(format!(
                            "'{text}' lies between two steps; it can be {low} to {high} in steps of {step}"
                        ))
                    }
                    _ => Ok(()),
                }
            }
        }
    }
}

/// Whether a distance is a whole number of steps, but for what decimals lose.
fn on_step(distance: f64, step: f64) -> bool {
    let steps = distance / step;
    step <= 0.0 || libm::fabs(steps - libm::round(steps)) < 1e-6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_take_what_they_allow_and_say_so_otherwise() {
        let load = Allows::Number { unit: Unit::Rate, min: 10.0, max: 1000.0, step: Some(10.0) };
        assert_eq!(load.check("480/s"), Ok(()));
        for (bad, why) in [("485", "steps of"), ("2k/s", "10/s to 1000/s"), ("fast", "is not a rate")] {
            assert!(load.check(bad).unwrap_err().contains(why), "{bad}");
        }
        let policy = Allows::Choice(vec!["random".into(), "sticky".into()]);
        assert_eq!(policy.check("sticky"), Ok(()));
        assert!(policy.check("stickiest").unwrap_err().contains("'random' or 'sticky'"));
    }
}
