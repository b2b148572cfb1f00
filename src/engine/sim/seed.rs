//! Seeds with names that people can read out: `k7-otter`.

use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};

/// The number from which all randomness of a run is drawn.
///
/// Written as a name: the last part is one of 64 animals (6 bits), every part before it a letter and a digit (8 bits:
/// 26 letters × 10 digits hold 260). `k7-otter` stands for a seed below 16,384; larger seeds have more parts. Names and
/// numbers are in one-to-one correspondence, and either is accepted wherever a seed is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Seed(pub u64);

/// Why a text names no seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedError(String);

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "'{}' is not a seed; a seed is a whole number up to 2^64 − 1 or a name like k7-otter",
            self.0
        )
    }
}
impl core::error::Error for SeedError {}

const ANIMALS: [&str; 64] = [
    "ant", "badger", "bat", "bear", "bee", "bison", "boar", "camel", "cat", "cobra", "cod", "crab", "crane",
    "crow", "deer", "dog", "dove", "duck", "eagle", "eel", "elk", "emu", "finch", "fox", "frog", "gecko",
    "goat", "goose", "gull", "hare", "hawk", "heron", "horse", "ibex", "jackal", "jay", "kiwi", "koala",
    "lark", "lemur", "lion", "lizard", "llama", "lynx", "mole", "moose", "moth", "mouse", "newt", "otter",
    "owl", "panda", "perch", "puma", "quail", "rabbit", "raven", "robin", "seal", "shark", "sloth", "swan",
    "toad", "wolf",
];

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let animal = ANIMALS[(self.0 % 64) as usize];
        let mut parts = Vec::new();
        let mut rest = self.0 / 64;
        while rest > 0 || parts.is_empty() {
            let part = (rest % 256) as u8;
            parts.push(format!("{}{}", char::from(b'a' + part / 10), part % 10));
            rest /= 256;
        }
        parts.reverse();
        write!(f, "{}-{animal}", parts.join("-"))
    }
}

impl FromStr for Seed {
    type Err = SeedError;

    fn from_str(text: &str) -> Result<Self, SeedError> {
        let fail = || SeedError(text.chars().take(40).collect());
        let text = text.trim();
        if let Ok(number) = text.parse() {
            return Ok(Self(number));
        }
        let lower = text.to_ascii_lowercase();
        let (parts, animal) = lower.rsplit_once('-').ok_or_else(fail)?;
        let animal = ANIMALS.iter().position(|a| *a == animal).ok_or_else(fail)? as u64;
        let mut rest: u64 = 0;
        for part in parts.split('-') {
            let &[letter @ b'a'..=b'z', digit @ b'0'..=b'9'] = part.as_bytes() else { return Err(fail()) };
            let value = u64::from(letter - b'a') * 10 + u64::from(digit - b'0');
            if value > 255 {
                return Err(fail());
            }
            rest = rest.checked_mul(256).and_then(|r| r.checked_add(value)).ok_or_else(fail)?;
        }
        let seed = rest.checked_mul(64).and_then(|r| r.checked_add(animal)).map(Self).ok_or_else(fail)?;
        // Leading zeros would give one seed several names.
        if seed.to_string() == lower { Ok(seed) } else { Err(fail()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pick::cases;
    use proptest::prelude::*;

    #[test]
    fn names_read_well() {
        assert_eq!(Seed(0).to_string(), "a0-ant");
        assert_eq!("k7-otter".parse(), Ok(Seed(107 * 64 + 49)));
        for text in
            ["", "otter", "k7", "k7-unicorn", "z9-otter", "a0-a0-ant", "-1", "99999999999999999999999"]
        {
            assert!(text.parse::<Seed>().is_err(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn every_seed_has_one_name(n: u64) {
            prop_assert_eq!(Seed(n).to_string().parse(), Ok(Seed(n)));
            prop_assert_eq!(n.to_string().parse(), Ok(Seed(n)));
        }
        #[test]
        fn no_text_panics(text in ".{0,60}") {
            let _ = text.parse::<Seed>();
        }
    }
}
