//! One case of a suite: JSON read with sentences for errors.

use serde_json::Value;

/// A case, for reading its inputs.
#[derive(Clone, Copy)]
pub struct Case<'a>(pub &'a Value);

impl<'a> Case<'a> {
    /// A field that may be absent; null counts as absent.
    pub fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A field that must be there.
    pub fn need(self, name: &str) -> Result<&'a Value, String> {
        self.get(name).ok_or_else(|| format!("the field `{name}` is missing"))
    }

    /// A number that must be there, within a range.
    pub fn number(self, name: &str, low: f64, high: f64) -> Result<f64, String> {
        in_range(name, self.need(name)?, low, high)
    }

    /// A number that may be absent, within a range.
    pub fn optional(self, name: &str, low: f64, high: f64) -> Result<Option<f64>, String> {
        self.get(name).map(|value| in_range(name, value, low, high)).transpose()
    }

    /// A whole number that must be there, within a range.
    pub fn count(self, name: &str, low: u32, high: u32) -> Result<u32, String> {
        whole(name, self.number(name, low.into(), high.into())?)
    }

    /// A list that must be there.
    pub fn list(self, name: &str) -> Result<&'a [Value], String> {
        let value = self.need(name)?;
        value.as_array().map(Vec::as_slice).ok_or_else(|| format!("`{name}` is not a list"))
    }

    /// How many entries a list has; none if it is absent.
    pub fn len(self, name: &str) -> usize {
        self.get(name).and_then(Value::as_array).map_or(0, Vec::len)
    }

    /// A list of numbers that must be there.
    pub fn numbers(self, name: &str, low: f64, high: f64) -> Result<Vec<f64>, String> {
        self.list(name)?.iter().map(|value| in_range(name, value, low, high)).collect()
    }

    /// A list of whole numbers that must be there.
    pub fn counts(self, name: &str, low: u32, high: u32) -> Result<Vec<u32>, String> {
        let numbers = self.numbers(name, low.into(), high.into())?;
        numbers.into_iter().map(|number| whole(name, number)).collect()
    }

    /// The names of an object's fields, in the order of the file; none if it is absent.
    pub fn keys(self, name: &str) -> impl Iterator<Item = &'a str> {
        self.get(name).and_then(Value::as_object).into_iter().flat_map(|map| map.keys().map(String::as_str))
    }

    /// A text, empty if it is absent.
    pub fn text(self, name: &str) -> &'a str {
        self.get(name).and_then(Value::as_str).unwrap_or("")
    }
}

fn in_range(name: &str, value: &Value, low: f64, high: f64) -> Result<f64, String> {
    let number = value.as_f64().ok_or_else(|| format!("`{name}` holds {value}, which is not a number"))?;
    if number >= low && number <= high {
        Ok(number)
    } else {
        Err(format!("`{name}` is {number}; it can be {low} to {high} here"))
    }
}

fn whole(name: &str, number: f64) -> Result<u32, String> {
    if libm::floor(number) == number {
        Ok(number as u32)
    } else {
        Err(format!("`{name}` is {number}, which is not a whole number"))
    }
}
