//! Controls, declared once: the widget, the link, the validation, the flag and the sweep's axis all read this.

use super::options::{allowed, another, check, read, show, write};
use super::slider::Slider;
use super::value::Value;
use crate::sim::{Arg, Msg, Unit, clamp, decimal};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How a number is laid out on a slider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scale {
    /// Equal steps add.
    Linear,
    /// Equal steps multiply; the range is positive.
    Log,
}

/// What values a control takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ControlKind {
    /// A number. On a linear scale the values are `min`, `min + step`, …; on a logarithmic one a step is a share of the
    /// value and values are kept to three significant digits, counts to whole numbers.
    Number {
        /// Unit of the bounds, the step and the default.
        unit: Unit,
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
        /// Smallest change.
        step: f64,
        /// Layout on a slider.
        scale: Scale,
        /// Value at the start.
        default: f64,
    },
    /// One of some options.
    Choice {
        /// Ids and labels.
        options: Cow<'static, [(Cow<'static, str>, Cow<'static, str>)]>,
        /// Id of the option at the start.
        default: Cow<'static, str>,
    },
    /// On or off.
    Flag {
        /// State at the start.
        default: bool,
    },
    /// Some of some things.
    Several {
        /// Ids and labels of the things.
        things: Options,
        /// How many at least.
        at_least: u16,
        /// How many at most.
        at_most: u16,
        /// What is chosen at the start, as it is written.
        default: Cow<'static, str>,
    },
    /// Some things in an order.
    Order {
        /// Ids and labels of the things.
        things: Options,
        /// The order at the start, as it is written.
        default: Cow<'static, str>,
    },
    /// Each of some things in one of some groups.
    Assignment {
        /// Ids and labels of the things.
        things: Options,
        /// Ids and labels of the groups.
        groups: Options,
        /// Where they are at the start, as it is written.
        default: Cow<'static, str>,
    },
    /// A short text. What it has to say is the experiment's business, which may refuse it in [`Experiment::new`] and
    /// [`Experiment::set`] with a sentence of its own.
    ///
    /// [`Experiment::new`]: super::Experiment::new
    /// [`Experiment::set`]: super::Experiment::set
    Text {
        /// How many characters it has at most.
        limit: u16,
        /// How many lines its field shows. With one there is no line break in it.
        rows: u8,
        /// The text at the start.
        default: Cow<'static, str>,
    },
}

/// One thing that can be turned while a figure runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Control {
    /// Permanent id, kebab-case: in links, flags and lessons.
    pub id: Cow<'static, str>,
    /// Its name beside the widget.
    pub label: Cow<'static, str>,
    /// One sentence on what it does.
    pub help: Cow<'static, str>,
    /// What it takes.
    pub kind: ControlKind,
    /// Whether it stands first: a figure has one or two of these.
    pub primary: bool,
    /// Another control, and those of its values with which alone this one has an effect.
    pub only_with: Option<(Cow<'static, str>, Cow<'static, str>)>,
}

/// Ids and labels of a choice, as the `choices!` macro makes them.
pub type ChoiceOptions = &'static [(Cow<'static, str>, Cow<'static, str>)];
/// The same, as a declaration holds them.
pub type Options = Cow<'static, [(Cow<'static, str>, Cow<'static, str>)]>;

impl ControlKind {
    /// Reads a value that is made of named things, or a text.
    ///
    /// # Errors
    /// What is wrong, and what is allowed.
    pub fn read(&self, text: &str) -> Result<Value, String> {
        let value = read(self, text)?;
        check(self, &value).map(|()| value)
    }

    /// What it takes, for a sentence.
    pub fn allowed(&self) -> String {
        allowed(self)
    }

    /// A value that is made of named things, drawn at random; of a text the one at the start. `below` draws a whole number
    /// below the one given.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn drawn(&self, below: &mut dyn FnMut(u32) -> u32) -> Value {
        super::options::drawn(self, below)
    }

    /// Whether its values are made of named things: some of them, an order, an assignment.
    pub const fn is_made_of_things(&self) -> bool {
        matches!(self, Self::Several { .. } | Self::Order { .. } | Self::Assignment { .. })
    }

    /// Whether it is a choice of so few and so short options that they stand in a row rather than in a list: four, with
    /// 56 letters in all.
    pub fn stands_in_a_row(&self) -> bool {
        let Self::Choice { options, .. } = self else { return false };
        options.len() <= 4 && options.iter().map(|(_, label)| label.len()).sum::<usize>() <= 56
    }
}

impl Control {
    const fn new(id: &'static str, label: &'static str, kind: ControlKind) -> Self {
        Self {
            id: Cow::Borrowed(id),
            label: Cow::Borrowed(label),
            help: Cow::Borrowed(""),
            kind,
            primary: false,
            only_with: None,
        }
    }

    /// A number between `range`'s ends in steps of `step`, on a linear scale.
    pub const fn number(
        id: &'static str,
        label: &'static str,
        unit: Unit,
        range: (f64, f64),
        step: f64,
        default: f64,
    ) -> Self {
        let (min, max) = range;
        Self::new(id, label, ControlKind::Number { unit, min, max, step, scale: Scale::Linear, default })
    }

    /// A number between `range`'s ends, both positive, on a logarithmic scale.
    pub const fn log_number(
        id: &'static str,
        label: &'static str,
        unit: Unit,
        range: (f64, f64),
        default: f64,
    ) -> Self {
        let (min, max) = range;
        Self::new(id, label, ControlKind::Number { unit, min, max, step: 0.05, scale: Scale::Log, default })
    }

    /// One of some options, by their ids.
    pub const fn choice(
        id: &'static str,
        label: &'static str,
        options: ChoiceOptions,
        default: &'static str,
    ) -> Self {
        let (options, default) = (Cow::Borrowed(options), Cow::Borrowed(default));
        Self::new(id, label, ControlKind::Choice { options, default })
    }

    /// Some of some things: how many at least and at most, and those at the start: `"a,c"`.
    pub const fn several(
        id: &'static str,
        label: &'static str,
        things: ChoiceOptions,
        bounds: (u16, u16),
        default: &'static str,
    ) -> Self {
        let (at_least, at_most) = bounds;
        let (things, default) = (Cow::Borrowed(things), Cow::Borrowed(default));
        Self::new(id, label, ControlKind::Several { things, at_least, at_most, default })
    }

    /// Some things in an order, with the one at the start: `"b,a,c"`.
    pub const fn order(
        id: &'static str,
        label: &'static str,
        things: ChoiceOptions,
        default: &'static str,
    ) -> Self {
        let (things, default) = (Cow::Borrowed(things), Cow::Borrowed(default));
        Self::new(id, label, ControlKind::Order { things, default })
    }

    /// Each of some things in one of some groups, with where they are at the start: `"a:east,b:west"`.
    pub const fn assignment(
        id: &'static str,
        label: &'static str,
        things: ChoiceOptions,
        groups: ChoiceOptions,
        default: &'static str,
    ) -> Self {
        let (things, groups) = (Cow::Borrowed(things), Cow::Borrowed(groups));
        Self::new(id, label, ControlKind::Assignment { things, groups, default: Cow::Borrowed(default) })
    }

    /// A text of one line, with so many characters at most (1,000), and the one at the start.
    pub const fn text(id: &'static str, label: &'static str, limit: u16, default: &'static str) -> Self {
        Self::new(id, label, ControlKind::Text { limit, rows: 1, default: Cow::Borrowed(default) })
    }

    /// The same, a text whose field shows so many lines.
    #[must_use]
    pub const fn rows(mut self, lines: u8) -> Self {
        if let ControlKind::Text { rows, .. } = &mut self.kind {
            *rows = lines;
        }
        self
    }

    /// On or off.
    pub const fn flag(id: &'static str, label: &'static str, default: bool) -> Self {
        Self::new(id, label, ControlKind::Flag { default })
    }

    /// The same with another smallest change: on a logarithmic scale a share of the value, so 1 doubles it.
    #[must_use]
    pub const fn by(mut self, smallest: f64) -> Self {
        if let ControlKind::Number { step, .. } = &mut self.kind {
            *step = smallest;
        }
        self
    }

    /// The same with a sentence on what it does.
    #[must_use]
    pub const fn help(mut self, help: &'static str) -> Self {
        // A constant function can't drop what it replaces.
        core::mem::forget(core::mem::replace(&mut self.help, Cow::Borrowed(native_only(help))));
        self
    }

    /// The same, standing first.
    #[must_use]
    pub const fn primary(mut self) -> Self {
        self.primary = true;
        self
    }

    /// The same, having an effect only while another control has one of these values, or one of these among its own:
    /// `"calls,seconds"`, as links write them. Else it says so, and can't be moved.
    #[must_use]
    pub const fn only_with(mut self, control: &'static str, values: &'static str) -> Self {
        let with = Some((Cow::Borrowed(control), Cow::Borrowed(values)));
        core::mem::forget(core::mem::replace(&mut self.only_with, with));
        self
    }

    /// Whether it has an effect while the control that it depends on has this value.
    pub fn works_with(&self, other: &Self, value: &Value) -> bool {
        let Some((_, values)) = &self.only_with else { return true };
        let is = other.written(value);
        is.split(',').any(|is| values.split(',').any(|value| value == is))
    }

    /// The value at the start.
    pub fn default(&self) -> Value {
        match &self.kind {
            ControlKind::Number { default, .. } => Value::Number(*default),
            ControlKind::Choice { default, .. } => Value::Choice(default.to_string()),
            ControlKind::Flag { default } => Value::Flag(*default),
            kind @ (ControlKind::Several { default, .. }
            | ControlKind::Order { default, .. }
            | ControlKind::Assignment { default, .. }
            | ControlKind::Text { default, .. }) => {
                let value = kind.read(default);
                debug_assert!(value.is_ok(), "control {}: {value:?}", self.id);
                value.unwrap_or_default()
            }
        }
    }

    /// The value as the control takes it: within the range, on a step.
    ///
    /// # Errors
    /// A sentence that says what is wrong and what is allowed.
    pub fn accept(&self, value: &Value) -> Result<Value, Msg> {
        let base = |id| Msg::new(id).text("control", self.id.as_ref());
        match (&self.kind, value) {
            (&ControlKind::Number { unit, min, max, step, scale, .. }, &Value::Number(n)) => {
                // Bounds are met up to rounding, so that '85 %' may be typed as 0.8500000001.
                let slack = step * 1e-6;
                if !n.is_finite() || n < min - slack || n > max + slack {
                    return Err(Msg::new("control-out-of-range")
                        .text("control", self.label.as_ref())
                        .with("min", Arg::Number(min, unit))
                        .with("max", Arg::Number(max, unit)));
                }
                let stepped = match scale {
                    Scale::Linear => min + libm::round((n - min) / step) * step,
                    // Half a thing can't be counted.
                    Scale::Log if unit == Unit::Count => libm::round(three_digits(n)),
                    Scale::Log => three_digits(n),
                };
                // A step of 0.1 taken seven times is 0.7000000000000001: cut what no step is fine enough to mean.
                Ok(Value::Number(clamp(tidy(stepped), min, max)))
            }
            (ControlKind::Choice { options, .. }, Value::Choice(id)) => {
                if options.iter().any(|(option, _)| option == id) {
                    Ok(value.clone())
                } else {
                    let allowed: Vec<&str> = options.iter().map(|(id, _)| id.as_ref()).collect();
                    Err(base("control-no-such-option")
                        .text("value", clip(id))
                        .text("allowed", allowed.join(", ")))
                }
            }
            (ControlKind::Flag { .. }, Value::Flag(_)) => Ok(value.clone()),
            (ControlKind::Several { .. }, Value::Several(_))
            | (ControlKind::Order { .. }, Value::Order(_))
            | (ControlKind::Assignment { .. }, Value::Assignment(_))
            | (ControlKind::Text { .. }, Value::Text(_)) => match check(&self.kind, value) {
                Ok(()) => Ok(value.clone()),
                Err(why) => Err(self.not_readable(why)),
            },
            (kind, _) => Err(base("control-wrong-kind").text("allowed", allowed(kind))),
        }
    }

    fn not_readable(&self, why: String) -> Msg {
        Msg::new("control-not-readable").text("control", self.id.as_ref()).text("why", why)
    }

    /// Reads a value from a text, as in a link or a flag.
    ///
    /// # Errors
    /// As [`Control::accept`].
    pub fn parse(&self, text: &str) -> Result<Value, Msg> {
        let value = match &self.kind {
            ControlKind::Number { unit, .. } => {
                unit.parse(text).map(Value::Number).map_err(|error| self.not_readable(error.to_string()))?
            }
            ControlKind::Choice { .. } => Value::Choice(text.trim().to_owned()),
            ControlKind::Flag { .. } => match text.trim() {
                "on" | "true" | "1" | "yes" => Value::Flag(true),
                "off" | "false" | "0" | "no" => Value::Flag(false),
                other => {
                    return Err(Msg::new("control-no-such-option")
                        .text("control", self.id.as_ref())
                        .text("value", clip(other))
                        .text("allowed", "on, off"));
                }
            },
            kind => read(kind, text).map_err(|why| self.not_readable(why))?,
        };
        self.accept(&value)
    }

    /// The value as people read it.
    pub fn show(&self, value: &Value) -> String {
        match (&self.kind, value) {
            (ControlKind::Number { unit, .. }, Value::Number(n)) => unit.format(*n),
            (ControlKind::Choice { options, .. }, Value::Choice(id)) => options
                .iter()
                .find(|(option, _)| option == id)
                .map_or_else(|| id.clone(), |(_, label)| label.to_string()),
            (_, Value::Flag(on)) => if *on { "on" } else { "off" }.to_owned(),
            (kind, value) => show(kind, value),
        }
    }

    /// The value as links, flags and lessons write it; [`Control::parse`] reads it.
    pub fn written(&self, value: &Value) -> String {
        match (&self.kind, value) {
            (_, Value::Choice(id)) => id.clone(),
            (ControlKind::Number { .. } | ControlKind::Flag { .. }, _) => {
                self.show(value).replace('\u{a0}', "")
            }
            (kind, value) => write(kind, value),
        }
    }

    /// Another value that it takes, near this one; `None` where there is none, or nobody can say which.
    pub fn another(&self, value: &Value) -> Option<Value> {
        match (&self.kind, value) {
            (ControlKind::Choice { options, .. }, Value::Choice(id)) => {
                let at = options.iter().position(|(option, _)| option == id)?;
                Some(Value::Choice(options[(at + 1) % options.len()].0.to_string()))
            }
            (ControlKind::Flag { .. }, Value::Flag(on)) => Some(Value::Flag(!on)),
            (ControlKind::Number { .. }, _) => {
                let slider = Slider::of(self)?;
                let (place, places) = (slider.position(value), slider.last_position());
                let by = libm::ceil(places / 4.0);
                Some(Value::Number(slider.value(if place + by <= places { place + by } else { place - by })))
            }
            (kind, value) => another(kind, value),
        }
    }
}

/// A text that is only needed when pages are built; in WASM it is empty, so that no worker carries it.
pub(super) const fn native_only(text: &'static str) -> &'static str {
    if cfg!(target_arch = "wasm32") { "" } else { text }
}

/// The start of a text from outside, short enough for a sentence.
pub(super) fn clip(text: &str) -> String {
    text.chars().take(40).collect()
}

fn three_digits(n: f64) -> f64 {
    if n == 0.0 {
        return 0.0;
    }
    let size = libm::pow(10.0, libm::floor(libm::log10(libm::fabs(n))) - 2.0);
    libm::round(n / size) * size
}

/// Twelve significant digits, the rest is rounding noise.
fn tidy(n: f64) -> f64 {
    decimal::significant(n, 12)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use proptest::prelude::*;

    const LOAD: Control = Control::number("load", "Load", Unit::Rate, (10.0, 200.0), 10.0, 90.0);
    const SPEED: Control = Control::log_number("speed", "Speed", Unit::Factor, (0.1, 1e5), 1.0);

    const POINTS: Control = Control::log_number("points", "Points", Unit::Count, (1.0, 256.0), 160.0).by(1.0);

    #[test]
    fn what_depends_on_another_control_works_with_some_of_its_values() {
        let things: ChoiceOptions =
            &[(Cow::Borrowed("a"), Cow::Borrowed("A")), (Cow::Borrowed("b"), Cow::Borrowed("B"))];
        for (other, works, idle) in [
            (Control::choice("other", "Other", things, "a"), "b", "a"),
            (Control::several("other", "Other", things, (0, 2), ""), "a,b", "a"),
            (Control::flag("other", "Other", false), "on", "off"),
        ] {
            let depends = SPEED.only_with("other", if works == "on" { "on" } else { "b,c" });
            let at = |text| depends.works_with(&other, &other.parse(text).unwrap());
            assert_eq!((at(works), at(idle)), (true, false), "{other:?}");
            assert!(LOAD.works_with(&other, &other.default()));
        }
    }

    #[test]
    fn counts_are_whole_on_a_logarithmic_scale_too() {
        assert_eq!(POINTS.parse("2.7"), Ok(Value::Number(3.0)));
        let slider = crate::player::Slider::of(&POINTS).unwrap();
        let places: Vec<f64> =
            (0..=slider.last_position() as u32).map(|place| slider.value(place.into())).collect();
        assert_eq!(places, [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0]);
    }

    #[test]
    fn values_are_held_to_range_and_step() {
        assert_eq!(LOAD.parse("94/s"), Ok(Value::Number(90.0)));
        assert_eq!(SPEED.parse("1234.5"), Ok(Value::Number(1230.0)));
        let error = LOAD.parse("1k/s").unwrap_err();
        assert_eq!(error.id, "control-out-of-range");
        assert_eq!(LOAD.accept(&Value::Flag(true)).unwrap_err().id, "control-wrong-kind");
        assert_eq!(LOAD.parse("fast").unwrap_err().id, "control-not-readable");
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn accepted_values_are_accepted_again_unchanged(n in any::<f64>()) {
            for control in [LOAD, SPEED, POINTS] {
                if let Ok(value) = control.accept(&Value::Number(n)) {
                    prop_assert_eq!(control.accept(&value), Ok(value.clone()));
                }
            }
        }
    }
}
