//! What a model claims about a case, and how an expectation is held against it.

use super::simulate::Estimate;
use serde_json::Value;
use std::collections::BTreeMap;

/// One claim about one expectation.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// The model's value; an expectation may differ by a share of itself and an amount.
    Exact {
        /// The value.
        value: f64,
        /// Allowed difference, relative to the expectation.
        relative: f64,
        /// Allowed difference in any case.
        absolute: f64,
    },
    /// A simulation's value; an expectation may differ by its tolerance, by a share of itself and an amount.
    Near {
        /// The value, with its standard error.
        estimate: Estimate,
        /// Allowed difference, relative to the expectation, where the formula is a limit.
        relative: f64,
        /// Allowed difference in any case.
        absolute: f64,
    },
    /// A simulation's value, where the expectation is the mean of another simulation: it may differ by four standard
    /// errors of the two together.
    Alike {
        /// The value, with its standard error.
        estimate: Estimate,
        /// Standard error of the expectation.
        theirs: f64,
    },
    /// The model's value, rounded like the table that the expectation stands in.
    Rounded {
        /// The value.
        value: f64,
        /// Decimals of the table.
        decimals: u32,
    },
    /// The expectation is true or false, as this is.
    Flag(bool),
    /// The expectation is a text, this one.
    Text(String),
    /// The expectation is a lower bound for the model's value.
    AtLeast(f64),
    /// The expectation is an upper bound for the model's value.
    AtMost(f64),
    /// The expectation is a list of this length.
    Length(usize),
    /// There is no such value: the expectation is null.
    Null,
    /// Not an expectation after all, but an input.
    Given,
}

impl Claim {
    /// What is wrong with an expectation, if anything.
    fn judge(&self, expected: &Value) -> Option<String> {
        let number = expected.as_f64().unwrap_or(f64::NAN);
        let size = number.abs();
        match *self {
            Self::Exact { value, relative, absolute } => {
                ((value - number).abs() > relative * size + absolute || !(value - number).is_finite())
                    .then(|| format!("the model gives {value}"))
            }
            Self::Near { estimate, relative, absolute } => {
                let tolerance = estimate.tolerance() + relative * size + absolute;
                let close = (estimate.mean - number).abs() <= tolerance;
                (!close).then(|| format!("the simulation gives {} ± {tolerance}", estimate.mean))
            }
            Self::Alike { estimate, theirs } => {
                let tolerance = 4.0 * libm::sqrt(estimate.error * estimate.error + theirs * theirs);
                let close = (estimate.mean - number).abs() <= tolerance;
                (!close).then(|| format!("the simulation gives {} ± {tolerance}", estimate.mean))
            }
            Self::Rounded { value, decimals } => {
                let places = libm::pow(10.0, f64::from(decimals));
                // A value half-way between two may be printed as either.
                let close = (value - number).abs() * places <= 0.5 + 1e-6;
                (!close).then(|| format!("the model gives {value}"))
            }
            Self::Flag(flag) => (expected.as_bool() != Some(flag)).then(|| format!("the model gives {flag}")),
            Self::Text(ref text) => {
                (expected.as_str() != Some(text)).then(|| format!("the model gives \"{text}\""))
            }
            Self::AtLeast(value) => {
                (value < number || number.is_nan()).then(|| format!("the model gives {value}, which is less"))
            }
            Self::AtMost(value) => {
                (value > number || number.is_nan()).then(|| format!("the model gives {value}, which is more"))
            }
            Self::Length(n) => {
                (expected.as_array().map(Vec::len) != Some(n)).then(|| format!("the model gives {n} entries"))
            }
            Self::Null => (!expected.is_null()).then(|| "the model gives none".to_owned()),
            Self::Given => None,
        }
    }
}

/// All claims about a case, by the path of the expectation in it: field names and indices, joined by slashes.
#[derive(Clone, Debug, Default)]
pub struct Measured(BTreeMap<String, Vec<Claim>>);

impl Measured {
    /// Adds a claim.
    pub fn claim(&mut self, path: impl Into<String>, claim: Claim) {
        self.0.entry(path.into()).or_default().push(claim);
    }
    /// Adds the value of a closed formula: relative 10⁻⁹.
    pub fn exact(&mut self, path: impl Into<String>, value: f64) {
        self.claim(path, Claim::Exact { value, relative: 1e-9, absolute: 0.0 });
    }
    /// Adds a number that must be met to the last digit.
    pub fn integer(&mut self, path: impl Into<String>, value: f64) {
        self.claim(path, Claim::Exact { value, relative: 0.0, absolute: 0.0 });
    }
    /// Adds a value that is true or false.
    pub fn flag(&mut self, path: impl Into<String>, value: bool) {
        self.claim(path, Claim::Flag(value));
    }
    /// Adds a list of numbers that must be met to the last digit, and have this length.
    pub fn list(&mut self, path: &str, values: impl ExactSizeIterator<Item = f64>) {
        self.claim(path, Claim::Length(values.len()));
        for (i, value) in values.enumerate() {
            self.integer(format!("{path}/{i}"), value);
        }
    }
    /// Adds a simulation's value.
    pub fn near(&mut self, path: impl Into<String>, estimate: Estimate) {
        self.claim(path, Claim::Near { estimate, relative: 0.0, absolute: 0.0 });
    }
    /// The claims about one expectation.
    pub fn of(&self, path: &str) -> &[Claim] {
        self.0.get(path).map_or(&[], Vec::as_slice)
    }
    /// Only what was simulated.
    #[must_use]
    pub fn simulated(&self) -> Self {
        let near = |claims: &[Claim]| -> Vec<Claim> {
            claims.iter().filter(|claim| matches!(claim, Claim::Near { .. })).cloned().collect()
        };
        Self(self.0.iter().map(|(path, claims)| (path.clone(), near(claims))).collect())
    }

    /// Whether anything that a case expects is claimed: without that nothing can be wrong with it.
    pub fn judges(&self, case: &Value, inputs: &[&str]) -> bool {
        let judged = |path: &String| self.of(path).iter().any(|claim| !matches!(claim, Claim::Given));
        expectations(case, inputs).iter().any(judged)
    }

    /// Holds a case against the claims: one sentence for each expectation that isn't met. Paths that match `inputs` aren't
    /// expectations.
    pub fn compare(&self, case: &Value, inputs: &[&str]) -> Vec<String> {
        let mut complaints = Vec::new();
        for path in expectations(case, inputs) {
            let value = at(case, &path).unwrap_or(&Value::Null);
            let wrong = self.of(&path).iter().filter_map(|claim| claim.judge(value));
            complaints.extend(wrong.map(|wrong| format!("`{path}` is {value}, {wrong}")));
        }
        complaints
    }

    /// Paths of what a case may expect and nothing is claimed about. Texts without a claim are comments.
    pub fn unread(&self, case: &Value, inputs: &[&str]) -> Vec<String> {
        let mut paths = expectations(case, inputs);
        paths.retain(|path| {
            !self.0.contains_key(path) && at(case, path).is_some_and(|it| !it.is_string() && !it.is_array())
        });
        paths
    }
}

/// The value at a path.
pub fn at<'a>(case: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/').try_fold(case, |value, part| match value {
        Value::Array(list) => list.get(part.parse::<usize>().ok()?),
        Value::Object(map) => map.get(part),
        _ => None,
    })
}

/// The paths of everything in a case that isn't an input: lists, and what can't be taken apart.
pub fn expectations(case: &Value, inputs: &[&str]) -> Vec<String> {
    fn walk(value: &Value, path: &str, inputs: &[&str], found: &mut Vec<String>) {
        if inputs.iter().any(|pattern| matches(pattern, path)) {
            return;
        }
        let under = |part: &str| if path.is_empty() { part.to_owned() } else { format!("{path}/{part}") };
        match value {
            Value::Object(map) => {
                map.iter().for_each(|(name, value)| walk(value, &under(name), inputs, found));
            }
            Value::Array(list) => {
                found.push(path.to_owned());
                for (i, value) in list.iter().enumerate() {
                    walk(value, &under(&i.to_string()), inputs, found);
                }
            }
            _ => found.push(path.to_owned()),
        }
    }
    let mut found = Vec::new();
    walk(case, "", inputs, &mut found);
    found
}

/// Whether a path is one of a pattern, in which `*` stands for any one part.
fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    pattern.split('/').all(|wanted| parts.next().is_some_and(|part| wanted == "*" || wanted == part))
}
