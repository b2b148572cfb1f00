//! A small language in which a learner writes a rule of their own: which key a cache evicts, when a breaker opens.
//!
//! ```text
//! on insert, hit:          # what has happened; several share a block
//!   uses = uses + 1        # a variable of one's own; it is 0 until it is set
//!   rank = uses            # a result, which the mechanism reads
//!   if uses > 9: rank = 9  # one assignment or command that depends on a condition
//! ```
//!
//! A block holds until the next `on`. An expression has numbers, `+ - * /`, `min(a, b)`, `max(a, b)`, comparisons,
//! `and`, `or`, `not` and brackets; a condition that holds is 1, one that doesn't is 0. A line `shared age` at the top
//! makes `age` one variable for all entries instead of one for each. What follows `#` is a comment.
//!
//! [`Vocabulary`] is what a mechanism offers: its events, what can be read at each, the results that it reads, and
//! commands. [`Rules::parse`] makes a program of a text, or says where it is wrong and what is allowed there.
//!
//! Invariants: there are no loops, so a run takes no more steps than the text has words; every value is a finite number
//! (division by zero gives 0, and what grows beyond [`MOST`] stays there), so nothing that a learner writes stops a
//! figure or makes two runs differ.
//!
//! ```
//! use engine::mechanism::rules::{Rules, Variables, Vocabulary};
//! const WORDS: Vocabulary =
//!     Vocabulary { events: &["success", "failure"], inputs: &["now"], results: &[], commands: &["open"] };
//! let text = "on success: failures = 0\non failure: failures = failures + 1\nif failures >= 2: open";
//! let rules = Rules::parse(text, &WORDS).unwrap();
//! let (mut own, mut shared) = (Variables::default(), Variables::default());
//! let mut failure = || rules.run(1, &[0.0], &mut own, &mut shared);
//! assert_eq!([failure(), failure()], [None, Some(0)]);
//! ```

mod error;
mod parse;
mod run;
#[cfg(test)]
mod tests;
mod token;

pub use error::{RuleError, What};
pub use run::{MOST, Variables};

use run::Op;

/// The words that a mechanism gives a rule. None may be a word of the language itself.
#[derive(Clone, Copy, Debug)]
pub struct Vocabulary {
    /// What happens, each the head of a block.
    pub events: &'static [&'static str],
    /// Numbers that can be read and not set.
    pub inputs: &'static [&'static str],
    /// Variables that the mechanism reads; each has to be set somewhere.
    pub results: &'static [&'static str],
    /// What a rule can order. The first one that is reached ends the run.
    pub commands: &'static [&'static str],
}

/// Rules that can be run.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// By event, what happens then.
    blocks: Vec<Vec<Op>>,
    /// Of the variables that each thing has for itself, in their order.
    names: Vec<String>,
}

impl Rules {
    /// Reads rules.
    ///
    /// # Errors
    /// Where the text is wrong, and what is allowed there.
    pub fn parse(text: &str, words: &Vocabulary) -> Result<Self, RuleError> {
        let (blocks, names) = parse::parse(text, words)?;
        Ok(Self { blocks, names })
    }

    /// The variables of a thing by name, results first.
    pub fn named<'a>(&'a self, own: &'a Variables) -> impl Iterator<Item = (&'a str, f64)> {
        self.names.iter().enumerate().map(|(n, name)| (name.as_str(), own.get(n)))
    }

    /// An event has happened (its number in the vocabulary). `inputs` are those of the vocabulary, in its order; `own`
    /// are the variables of what it happened to, results first, `shared` those of all. Returns the number of a command,
    /// if one was reached.
    pub fn run(
        &self,
        event: usize,
        inputs: &[f64],
        own: &mut Variables,
        shared: &mut Variables,
    ) -> Option<usize> {
        run::run(self.blocks.get(event)?, inputs, own, shared)
    }
}
