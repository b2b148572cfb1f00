//! What a figure is, without running it: pure data that the page, the terminal and the checks read.

use super::control::{Control, native_only};
use super::run::{Input, InputKind};
#[cfg(not(target_arch = "wasm32"))]
use super::value::Value;
use super::value::ValueKind;
use crate::scene::Naming;
#[cfg(not(target_arch = "wasm32"))]
use crate::sim::Entity;
use crate::sim::{EndKind, Endings, Span, Time, Unit};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A figure's declaration. In a lesson it is a constant; over the protocol it travels as it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FigureSpec {
    /// Permanent id, kebab-case, unique over all lessons.
    pub id: Cow<'static, str>,
    /// Raised whenever the same run would give other numbers than before.
    pub version: u16,
    /// Length of a run.
    pub until: Time,
    /// The moment that the still in the page shows.
    pub still_at: Time,
    /// End of the warm-up: judges and sweeps read from here.
    pub warm_up: Time,
    /// What a moment is.
    pub pace: Pace,
    /// Model seconds in a second of playing, at first: so that what matters can be followed by eye.
    pub speed: f64,
    /// The controls.
    pub controls: Cow<'static, [Control]>,
    /// What is measured.
    pub readings: Cow<'static, [Reading]>,
    /// What a learner can do to the system.
    pub actions: Cow<'static, [Action]>,
    /// What the system consists of; an [`Entity`](crate::sim::Entity)'s kind is an index into this.
    pub kinds: Cow<'static, [EntityKind]>,
    /// What the figure takes beyond its controls.
    pub needs: Needs,
}

/// What a moment of a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pace {
    /// Model time that passes by itself.
    Continuous,
    /// Steps, this far apart: an action takes one, and the moment after it is the next step's.
    Steps(crate::sim::Span),
}

impl Pace {
    /// Whether the state at a moment has an input in it. A control has been moved at once; an action takes a step, and is in
    /// the state at the next one.
    pub(super) fn has_applied(self, input: &Input, at: Time) -> bool {
        let takes_a_step = self != Self::Continuous && matches!(input.change, InputKind::Act { .. });
        input.at < at || (input.at == at && !takes_a_step)
    }
}

/// A number read off the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Permanent id, kebab-case.
    pub id: Cow<'static, str>,
    /// Its name beside the number.
    pub label: Cow<'static, str>,
    /// Its unit.
    pub unit: Unit,
    /// One sentence on how it is measured.
    pub help: Cow<'static, str>,
    /// From this value on (upwards) the number is shown as trouble; `None` for numbers that are never bad by themselves.
    pub trouble: Option<f64>,
    /// Whether it is about the run so far, so that its last value stands for a whole run; else it is about a moment or a
    /// window, and its mean does.
    pub so_far: bool,
    /// Which entities make up the number, if that can be shown.
    pub contributors: Option<Contributors>,
    /// What the world makes of them by itself; `None` where the model puts the value.
    pub statistic: Option<Statistic>,
}

/// What a world measures of entities that end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Statistic {
    /// The smallest time under way that at least this share of them did not exceed.
    Quantile(f64),
    /// Their mean time under way.
    Mean,
    /// How many of them have ended since the run began.
    Count,
    /// How many of them end in a second.
    Rate,
    /// Which share they are of all of their kind that end.
    Share,
}

/// The entities that make up a reading: those of a kind that ended recently in certain ways.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contributors {
    /// The kind of these entities.
    pub kind: u8,
    /// The ways of ending that count.
    pub end_kinds: Cow<'static, [EndKind]>,
    /// The reading's window in seconds: entities that ended earlier don't count.
    pub window_secs: f64,
}

/// Entities that make up a number about the whole run are shown from the last minute only.
const SHOWN_SECS: f64 = 60.0;

impl Reading {
    /// A reading, with the sentence on how it is measured.
    pub const fn new(id: &'static str, label: &'static str, unit: Unit, help: &'static str) -> Self {
        Self {
            id: Cow::Borrowed(id),
            label: Cow::Borrowed(label),
            unit,
            help: Cow::Borrowed(native_only(help)),
            trouble: None,
            so_far: false,
            contributors: None,
            statistic: None,
        }
    }
    /// A reading that the world measures: of which entities, and over which time, say [`Self::of`] and [`Self::last`] or
    /// [`Self::so_far`].
    pub const fn measured(
        id: &'static str,
        label: &'static str,
        statistic: Statistic,
        help: &'static str,
    ) -> Self {
        let unit = match statistic {
            Statistic::Quantile(_) | Statistic::Mean => Unit::Time,
            Statistic::Count => Unit::Count,
            Statistic::Rate => Unit::Rate,
            Statistic::Share => Unit::Share,
        };
        let mut reading = Self::new(id, label, unit, help);
        reading.statistic = Some(statistic);
        reading
    }
    /// The same, about entities of a kind that end in one of these ways.
    #[must_use]
    pub const fn of(self, kind: u8, end_kinds: &'static [EndKind]) -> Self {
        self.contributed_by(kind, end_kinds, SHOWN_SECS)
    }
    /// The same, over the last seconds.
    ///
    /// # Panics
    /// If it isn't known of which entities ([`Self::of`]): in a constant, when it is compiled.
    #[must_use]
    pub const fn last(mut self, seconds: f64) -> Self {
        let contributors =
            self.contributors.as_mut().expect("a reading says of which entities, then over what time");
        contributors.window_secs = seconds;
        self
    }
    /// The same, about the run so far rather than a moment or a window.
    #[must_use]
    pub const fn so_far(mut self) -> Self {
        self.so_far = true;
        self
    }
    /// The same, made up of entities of a kind that ended in one of these ways within the last seconds.
    #[must_use]
    pub const fn contributed_by(mut self, kind: u8, end_kinds: &'static [EndKind], window_secs: f64) -> Self {
        // A constant function can't drop what it replaces.
        core::mem::forget(self.contributors.replace(Contributors {
            kind,
            end_kinds: Cow::Borrowed(end_kinds),
            window_secs,
        }));
        self
    }
    /// The endings that the world measures for it, if it does.
    pub fn endings(&'static self) -> Option<(Statistic, Endings)> {
        let (statistic, of) = (self.statistic?, self.contributors.as_ref()?);
        let window = (!self.so_far).then(|| Span::from_secs_f64(of.window_secs));
        Some((statistic, Endings { kind: of.kind, end_kinds: &of.end_kinds, window }))
    }
    /// The same, shown as trouble from `bound` upwards.
    #[must_use]
    pub const fn trouble_from(mut self, bound: f64) -> Self {
        self.trouble = Some(bound);
        self
    }
    /// The same, shown as trouble at zero alone: what it counts down to is here.
    #[must_use]
    pub const fn trouble_at_zero(self) -> Self {
        self.trouble_from(0.0)
    }
    /// Whether a value of it is shown as trouble.
    pub fn is_trouble(&self, value: f64) -> bool {
        self.trouble.is_some_and(|bound| if bound > 0.0 { value >= bound } else { value == 0.0 })
    }
}

/// Something that a learner can do to the system: kill, cut, slow, step a thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// Permanent id, kebab-case.
    pub id: Cow<'static, str>,
    /// A verb, for the menu on the thing itself.
    pub label: Cow<'static, str>,
    /// The kinds that it applies to, as indices into the figure's kinds.
    pub applies_to: Cow<'static, [u8]>,
    /// Its argument.
    pub arg: ValueKind,
    /// Whether it is also done by drawing a line across the links that it applies to.
    pub by_drawing: bool,
}

impl Action {
    /// Reads its argument as a link in a text or a flag writes it; blank for what is offered. `entity` knows what the
    /// entities of a kind are called.
    ///
    /// # Errors
    /// What it takes.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn parse_argument(
        &self,
        text: &str,
        entity: &dyn Fn(u8, &str) -> Result<Entity, String>,
    ) -> Result<Value, String> {
        let text = text.trim();
        match &self.arg {
            ValueKind::Entities { kind, at_least, at_most } => {
                let names = text.split(',').filter(|name| !name.trim().is_empty());
                let all = names.map(|name| entity(*kind, name.trim())).collect::<Result<Vec<_>, _>>()?;
                let value = Value::Entities(all);
                if self.arg.allows(&value) {
                    return Ok(value);
                }
                Err(format!(
                    "action {} takes {at_least} to {at_most} of them, each once, joined by commas",
                    self.id
                ))
            }
            ValueKind::Text(_, offered) if text.is_empty() => Ok(Value::Text(offered.to_string())),
            ValueKind::Text(limit, _) => {
                let value = Value::Text(text.to_owned());
                if self.arg.allows(&value) {
                    return Ok(value);
                }
                Err(format!("action {} takes a text of at most {limit} characters on one line", self.id))
            }
            ValueKind::None if text.is_empty() => Ok(Value::None),
            ValueKind::None => {
                let shown: String = super::control::clip(text)
                    .chars()
                    .map(|c| if c.is_control() { '·' } else { c })
                    .collect();
                Err(format!("action {} takes no argument; leave ':{shown}' out", self.id))
            }
            ValueKind::Number(_, _, _, offered) if text.is_empty() => Ok(Value::Number(*offered)),
            &ValueKind::Number(unit, min, max, _) => {
                let number = unit.parse(text).map_err(|error| format!("action {}: {error}", self.id))?;
                if (min..=max).contains(&number) {
                    return Ok(Value::Number(number));
                }
                let [number, min, max] = [number, min, max].map(|n| unit.format(n));
                Err(format!("action {} can't take {number}; it takes {min} to {max}", self.id))
            }
        }
    }

    /// An action without argument on entities of these kinds.
    pub const fn new(id: &'static str, label: &'static str, on: &'static [u8]) -> Self {
        Self {
            id: Cow::Borrowed(id),
            label: Cow::Borrowed(label),
            applies_to: Cow::Borrowed(on),
            arg: ValueKind::None,
            by_drawing: false,
        }
    }
    /// The same with a number as argument: unit, smallest, largest, and the one offered.
    #[must_use]
    pub const fn with_number(mut self, unit: Unit, range: (f64, f64), offered: f64) -> Self {
        self.set_argument(ValueKind::Number(unit, range.0, range.1, offered));
        self
    }
    /// The same with entities of a kind as argument, so many at least and at most, which are chosen in the picture.
    #[must_use]
    pub const fn with_entities(mut self, kind: u8, bounds: (u16, u16)) -> Self {
        self.set_argument(ValueKind::Entities { kind, at_least: bounds.0, at_most: bounds.1 });
        self
    }
    /// The same with a text as argument: how many characters at most, and the one offered.
    #[must_use]
    pub const fn with_text(mut self, limit: u16, offered: &'static str) -> Self {
        self.set_argument(ValueKind::Text(limit, Cow::Borrowed(offered)));
        self
    }
    /// The same, also done by drawing a line across links in the picture: to all of them at once.
    #[must_use]
    pub const fn by_drawing_across(mut self) -> Self {
        self.by_drawing = true;
        self
    }
    const fn set_argument(&mut self, arg: ValueKind) {
        // A constant function can't drop what it replaces.
        core::mem::forget(core::mem::replace(&mut self.arg, arg));
    }
}

/// One kind of entities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntityKind {
    /// Permanent id, kebab-case; also the id of its word in the lesson's words.
    pub id: Cow<'static, str>,
    /// How its members are named.
    pub names: EntityNames,
}

/// How the members of a kind are named.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum EntityNames {
    /// A, B, C, …
    Letters,
    /// 0, 1, 2, …
    Numbers,
    /// By words of the lesson.
    Words(Cow<'static, [Cow<'static, str>]>),
    /// There is only one, named as the kind is.
    Only,
    /// By the row and the column that meet there: the kinds of these, and how many columns a row has.
    Pairs(Cow<'static, (u8, u8, u32)>),
}

impl EntityKind {
    /// A kind with this id and these names.
    pub const fn new(id: &'static str, names: EntityNames) -> Self {
        Self { id: Cow::Borrowed(id), names }
    }
}

/// Declares the kinds of entities: a constant with its number for each, and the table for [`FigureSpec::kinds`].
///
/// ```
/// use engine::kinds;
/// kinds! {
///     /// What the shop consists of.
///     KINDS;
///     REQUEST = "request", Numbers;
///     TILL = "till", Letters;
///     CLIENT = "client", Words(&[std::borrow::Cow::Borrowed("web"), std::borrow::Cow::Borrowed("mobile")]);
/// }
/// assert_eq!((REQUEST, TILL, CLIENT), (0, 1, 2));
/// assert_eq!(KINDS[1].id, "till");
/// ```
#[macro_export]
macro_rules! kinds {
    ($(#[$meta:meta])* $vis:vis $table:ident; $($kind:ident = $id:literal, $names:ident $(($words:expr))?);* $(;)?) => {
        // The compiler counts.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, dead_code)]
        enum KindNumber { $($kind),* }
        $(#[doc = concat!("The number of the kind `", $id, "`.")]
        $vis const $kind: u8 = KindNumber::$kind as u8;)*
        $(#[$meta])*
        $vis const $table: &[$crate::player::EntityKind] = &[$($crate::player::EntityKind::new(
            $id,
            $crate::player::EntityNames::$names $((std::borrow::Cow::Borrowed($words)))?,
        )),*];
    };
}

/// Declares readings, a table of which each takes a line or two.
///
/// ```
/// use engine::player::{Reading, Statistic};
/// use engine::sim::{EndKind, Unit};
/// use engine::readings;
/// readings! {
///     /// What is measured of the shop.
///     READINGS;
///     Reading::new("waiting", "waiting", Unit::Count, "Requests in the queue now.");
///     Reading::measured("answered", "answered", Statistic::Rate, "Answers a second over the last 5 s.")
///         .of(0, &[EndKind(0)]).last(5.0);
/// }
/// assert_eq!(READINGS[1].id, "answered");
/// ```
#[macro_export]
macro_rules! readings {
    ($(#[$meta:meta])* $vis:vis $table:ident; $($reading:expr);* $(;)?) => {
        $(#[$meta])*
        $vis const $table: &[$crate::player::Reading] = &[$($reading),*];
    };
}

/// What a figure takes beyond its controls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Needs {
    /// Nothing.
    #[default]
    Nothing,
    /// It can replay an access log of the learner's own.
    AccessLog,
}

impl FigureSpec {
    /// A figure whose run lasts until then, in model time that passes by itself. What else there is to say follows: it begins
    /// with version 1, no actions, a still of the start, no warm-up, and model seconds as long as real ones.
    pub const fn new(
        id: &'static str,
        until: Time,
        controls: &'static [Control],
        readings: &'static [Reading],
        kinds: &'static [EntityKind],
    ) -> Self {
        Self {
            id: Cow::Borrowed(id),
            version: 1,
            until,
            still_at: Time::ZERO,
            warm_up: Time::ZERO,
            pace: Pace::Continuous,
            speed: 1.0,
            controls: Cow::Borrowed(controls),
            readings: Cow::Borrowed(readings),
            actions: Cow::Borrowed(&[]),
            kinds: Cow::Borrowed(kinds),
            needs: Needs::Nothing,
        }
    }
    /// The same in another version.
    #[must_use]
    pub const fn version(mut self, version: u16) -> Self {
        self.version = version;
        self
    }
    /// The same with its still picture of this moment.
    #[must_use]
    pub const fn still_at(mut self, at: Time) -> Self {
        self.still_at = at;
        self
    }
    /// The same, read by judges and sweeps from this moment on.
    #[must_use]
    pub const fn warm_up(mut self, until: Time) -> Self {
        self.warm_up = until;
        self
    }
    /// The same, played at so many model seconds a second.
    #[must_use]
    pub const fn speed(mut self, speed: f64) -> Self {
        self.speed = speed;
        self
    }
    /// The same by steps that are so far apart, instead of time that passes.
    #[must_use]
    pub const fn by_steps(mut self, step: Span) -> Self {
        self.pace = Pace::Steps(step);
        self
    }
    /// The same with these actions.
    #[must_use]
    pub const fn actions(mut self, actions: &'static [Action]) -> Self {
        // A constant function can't drop what it replaces.
        core::mem::forget(core::mem::replace(&mut self.actions, Cow::Borrowed(actions)));
        self
    }

    /// The control of this id, with its place.
    pub fn control(&self, id: &str) -> Option<(usize, &Control)> {
        self.controls.iter().enumerate().find(|(_, control)| control.id == id)
    }
    /// The action of this id, with its place.
    pub fn action(&self, id: &str) -> Option<(usize, &Action)> {
        self.actions.iter().enumerate().find(|(_, action)| action.id == id)
    }
    /// The kinds of things that something can be done to, as a set of bits.
    pub fn acted_on(&self) -> u64 {
        let kinds = self.actions.iter().flat_map(|action| action.applies_to.iter());
        kinds.fold(0, |set, kind| set | 1 << (*kind).min(63))
    }
    /// Whether something can be done to things of this kind.
    pub fn is_acted_on(&self, kind: u8) -> bool {
        self.acted_on() >> kind.min(63) & 1 == 1
    }
    /// The place of the reading of this id.
    pub fn reading(&self, id: &str) -> Option<usize> {
        self.readings.iter().position(|reading| reading.id == id)
    }
    /// The kinds as a catalogue of words wants them.
    pub fn naming(&self) -> Vec<(String, Naming)> {
        let naming = |names: &EntityNames| match names {
            EntityNames::Letters => Naming::Letters,
            EntityNames::Numbers => Naming::Numbers,
            EntityNames::Words(words) => Naming::Names(words.to_vec()),
            EntityNames::Only => Naming::Only,
            EntityNames::Pairs(pairs) => Naming::Pairs(**pairs),
        };
        self.kinds.iter().map(|kind| (kind.id.to_string(), naming(&kind.names))).collect()
    }
}
