//! A run is a value: this, and nothing else, determines it.

use super::control::clip;
use super::spec::FigureSpec;
use super::value::Value;
use crate::sim::sort::sort_by_key;
use crate::sim::{Entity, Msg, Seed, Time};
use serde::{Deserialize, Serialize};

/// Most inputs that a run keeps.
const INPUT_LIMIT: usize = 10_000;

/// All that determines a run. Equal runs give equal bytes on every machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Id of the figure.
    pub figure: String,
    /// The figure's version when the run was made.
    pub version: u16,
    /// Where its randomness comes from.
    pub seed: Seed,
    /// The controls at the start that differ from their defaults, by id, in the figure's order.
    pub controls: Vec<(String, Value)>,
    /// What was done to it, ascending in time; of equal times, in this order.
    pub inputs: Vec<Input>,
    /// Fingerprint of the learner's file that it replays, if any.
    pub data: Option<u64>,
}

/// An input to a run at a moment. It is applied before the events of that moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// When.
    pub at: Time,
    /// What.
    pub change: InputKind,
}

/// What can be done to a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum InputKind {
    /// A control is moved.
    Set {
        /// Its id.
        control: String,
        /// To this value.
        value: Value,
    },
    /// An action.
    Act {
        /// Its id.
        action: String,
        /// On these entities.
        targets: Vec<Entity>,
        /// With this argument.
        arg: Value,
    },
}

pub(super) fn after_end() -> Msg {
    Msg::new("input-after-end")
}

impl InputKind {
    /// An action without an argument.
    pub fn act(action: &str, targets: Vec<Entity>) -> Self {
        Self::Act { action: action.to_owned(), targets, arg: Value::None }
    }
}

/// What a link holds: a run, one to compare it with, and a moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The run.
    pub run: Run,
    /// The controls of the run it is compared with, where those differ from `run`'s.
    pub compared_controls: Vec<(String, Value)>,
    /// The moment.
    pub at: Time,
}

impl Run {
    /// The run of a figure with its defaults.
    pub fn new(spec: &FigureSpec, seed: Seed) -> Self {
        Self { figure: spec.id.to_string(), version: spec.version, seed, ..Self::default() }
    }

    /// The same run with a control at another value from the start; at its default it is left out.
    ///
    /// # Errors
    /// A sentence, if the figure has no such control or it doesn't take the value.
    pub fn set(&mut self, spec: &FigureSpec, id: &str, value: &Value) -> Result<(), Msg> {
        let (_, control) = spec.control(id).ok_or_else(|| no_control(spec, id))?;
        let value = control.accept(value)?;
        self.controls.retain(|(other, _)| other != id);
        if value != control.default() {
            self.controls.push((id.to_owned(), value));
            sort_by_key(&mut self.controls, |(id, _)| spec.control(id).map(|(at, _)| at));
        }
        Ok(())
    }

    /// The same run with several controls at other values, each as a link or a flag writes it.
    ///
    /// # Errors
    /// As [`Run::set`] and [`Control::parse`](super::Control::parse).
    pub fn set_all(&mut self, spec: &FigureSpec, setting: &[(&str, &str)]) -> Result<(), Msg> {
        for (id, text) in setting {
            let (_, control) = spec.control(id).ok_or_else(|| no_control(spec, id))?;
            self.set(spec, id, &control.parse(text)?)?;
        }
        Ok(())
    }

    /// The run that this one is compared with: other controls, from the start and for good, and all else the same.
    ///
    /// # Errors
    /// As [`Run::set`].
    pub fn with_controls(&self, spec: &FigureSpec, controls: &[(String, Value)]) -> Result<Self, Msg> {
        let mut run = self.clone();
        for (id, value) in controls {
            run.set(spec, id, value)?;
            run.inputs.retain(|input| !input.change.sets(id));
        }
        Ok(run)
    }

    /// The value of every control at the start, in the figure's order.
    pub fn values(&self, spec: &FigureSpec) -> Vec<Value> {
        let value =
            |id: &str| self.controls.iter().find(|(other, _)| other == id).map(|(_, value)| value.clone());
        spec.controls.iter().map(|control| value(&control.id).unwrap_or_else(|| control.default())).collect()
    }

    /// The run as the figure takes it: values held to their ranges and steps, inputs sorted and within the run.
    ///
    /// # Errors
    /// A sentence on the first thing that the figure doesn't know or take.
    pub fn validated(&self, spec: &FigureSpec) -> Result<Self, Msg> {
        if self.figure != spec.id {
            return Err(Msg::new("run-other-figure").text("figure", clip(&self.figure)));
        }
        if self.version > spec.version {
            return Err(Msg::new("run-from-the-future").count("version", self.version.into()));
        }
        if self.inputs.len() > INPUT_LIMIT {
            return Err(Msg::new("run-too-many-inputs").count("limit", INPUT_LIMIT as u64));
        }
        let mut run = Self { controls: Vec::new(), inputs: Vec::new(), ..self.clone() };
        for (id, value) in &self.controls {
            run.set(spec, id, value)?;
        }
        for input in &self.inputs {
            if input.at > spec.until {
                return Err(after_end());
            }
            run.inputs.push(Input { at: input.at, change: input.change.validated(spec)? });
        }
        sort_by_key(&mut run.inputs, |input| input.at);
        Ok(run)
    }
}

impl InputKind {
    /// Whether it moves the control of this id.
    pub fn sets(&self, id: &str) -> bool {
        matches!(self, Self::Set { control, .. } if control == id)
    }

    /// The change as the figure takes it.
    ///
    /// # Errors
    /// A sentence, if the figure has no such control or action, or it doesn't take the value or the entities.
    pub fn validated(&self, spec: &FigureSpec) -> Result<Self, Msg> {
        match self {
            Self::Set { control: id, value } => {
                let (_, control) = spec.control(id).ok_or_else(|| no_control(spec, id))?;
                Ok(Self::Set { control: id.clone(), value: control.accept(value)? })
            }
            Self::Act { action: id, targets, arg } => {
                let Some((_, action)) = spec.action(id) else {
                    let allowed: Vec<&str> = spec.actions.iter().map(|action| action.id.as_ref()).collect();
                    return Err(Msg::new("no-such-action")
                        .text("action", clip(id))
                        .text("allowed", allowed.join(", ")));
                };
                let known = |entity: &Entity| action.applies_to.contains(&entity.kind);
                if targets.is_empty() != action.applies_to.is_empty()
                    || !targets.iter().all(known)
                    || targets.len() > 100
                {
                    let kinds =
                        action.applies_to.iter().filter_map(|&kind| spec.kinds.get(usize::from(kind)));
                    let allowed: Vec<&str> = kinds.map(|kind| kind.id.as_ref()).collect();
                    return Err(Msg::new("action-on-wrong-kind")
                        .text("action", clip(id))
                        .text("allowed", allowed.join(", ")));
                }
                if !arg.is_sound() || !action.arg.allows(arg) {
                    return Err(Msg::new("action-wrong-argument").text("action", clip(id)));
                }
                Ok(self.clone())
            }
        }
    }
}

fn no_control(spec: &FigureSpec, id: &str) -> Msg {
    let allowed: Vec<&str> = spec.controls.iter().map(|control| control.id.as_ref()).collect();
    Msg::new("no-such-control").text("control", clip(id)).text("allowed", allowed.join(", "))
}
