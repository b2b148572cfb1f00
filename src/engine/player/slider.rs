//! Maps a number's values to a slider's positions; used when pages are built and while figures run.

use super::control::{Control, ControlKind, Scale};
use super::value::Value;

/// The slider of a number: places 0, 1, …, [`Slider::last_position`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slider {
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    step: f64,
    scale: Scale,
}

impl Slider {
    /// The slider of a control, if it is a number.
    pub fn of(control: &Control) -> Option<Self> {
        match control.kind {
            ControlKind::Number { min, max, step, scale, .. } => Some(Self { min, max, step, scale }),
            _ => None,
        }
    }

    /// Number of the last place.
    pub fn last_position(self) -> f64 {
        let places = match self.scale {
            Scale::Linear => (self.max - self.min) / self.step,
            Scale::Log => libm::log(self.max / self.min) / libm::log1p(self.step),
        };
        libm::fmax(libm::round(places), 1.0)
    }

    /// The place of a value; the first one for what is no number.
    pub fn position(self, value: &Value) -> f64 {
        let Value::Number(value) = *value else { return 0.0 };
        let share = match self.scale {
            Scale::Linear => (value - self.min) / (self.max - self.min),
            Scale::Log => libm::log(value / self.min) / libm::log(self.max / self.min),
        };
        libm::round(share * self.last_position())
    }

    /// The value at a place.
    pub fn value(self, place: f64) -> f64 {
        let share = place / self.last_position();
        self.clamped(match self.scale {
            Scale::Linear => self.min + share * (self.max - self.min),
            Scale::Log => self.min * libm::pow(self.max / self.min, share),
        })
    }

    /// The value some steps on from another.
    pub fn stepped(self, from: f64, steps: f64) -> f64 {
        self.clamped(match self.scale {
            Scale::Linear => from + steps * self.step,
            Scale::Log => from * libm::pow(1.0 + self.step, steps),
        })
    }

    fn clamped(self, value: f64) -> f64 {
        libm::fmin(libm::fmax(value, self.min), self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Unit;

    #[test]
    fn every_place_is_that_of_its_value() {
        for control in [
            Control::number("load", "Load", Unit::Rate, (10.0, 200.0), 10.0, 90.0),
            Control::log_number("compress", "Faster", Unit::Factor, (1.0, 1e5), 1.0),
        ] {
            let slider = Slider::of(&control).unwrap();
            for place in 0..=slider.last_position() as u32 {
                let value = slider.value(place.into());
                assert_eq!(slider.position(&Value::Number(value)), f64::from(place), "{}", control.id);
            }
            assert_eq!(slider.value(-3.0), slider.min);
            assert_eq!(slider.value(1e9), slider.max);
            assert_eq!(slider.stepped(slider.max, 1.0), slider.max);
        }
    }
}
