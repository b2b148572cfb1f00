//! What can be wrong with a rule.

use core::fmt;

/// Where a rule is wrong and why. Shown, it is a sentence that says what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The line, from 1; one past the last where something is missing.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What is wrong there.
    pub what: What,
}

/// What is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A sign or number that the language doesn't have.
    Unreadable(String),
    /// Something else belongs here.
    Expected {
        /// What.
        wanted: String,
        /// What stands there, if anything does.
        found: Option<String>,
    },
    /// A variable that is read and set nowhere.
    NeverSet {
        /// Its name.
        name: String,
        /// What could be read instead.
        known: String,
    },
    /// A word that can't be set, for the language or the mechanism has it.
    Taken(String),
    /// A result that is set nowhere.
    NoResult(String),
    /// Brackets within brackets, too many.
    TooDeep,
    /// More variables than a rule may have.
    TooMany,
}

impl RuleError {
    pub(super) fn new(line: u32, column: u32, what: What) -> Self {
        Self { line, column, what }
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.what)
    }
}
impl core::error::Error for RuleError {}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(text) => write!(f, "‘{text}’ can’t be read"),
            Self::Expected { wanted, found: Some(found) } => write!(f, "{wanted} is expected, not ‘{found}’"),
            Self::Expected { wanted, found: None } => write!(f, "{wanted} is missing"),
            Self::NeverSet { name, known } => write!(f, "‘{name}’ is set nowhere; there are {known}"),
            Self::Taken(name) => write!(f, "‘{name}’ can’t be set"),
            Self::NoResult(name) => write!(f, "‘{name}’ has to be set somewhere"),
            Self::TooDeep => f.write_str("brackets are nested too deeply"),
            Self::TooMany => f.write_str("too many variables"),
        }
    }
}
