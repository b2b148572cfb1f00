//! Recorded runs still give what they gave: the same bytes, or a figure's version that says they differ.

use crate::lab::lab;
use playground::lab::{Exit, Terminal, golden};

/// What is wrong with records of this text.
fn wrong(text: &str) -> Vec<String> {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut terminal = Terminal { out: &mut out, err: &mut err, watched: false };
    golden::compare(text, true, &mut terminal).expect("the records can be played").1
}

const RECORDS: &str = include_str!("../golden.toml");

#[test]
fn every_recorded_run_gives_what_it_gave() {
    let said = lab(&["golden"]);
    assert_eq!(said.exit, Exit::Fine, "{}{}", said.out, said.err);
}

#[test]
fn a_changed_hash_without_a_raised_version_is_told_and_not_overwritten() {
    let at = RECORDS.find("hash = \"").expect("there are records") + 8;
    let digit = if RECORDS[at..].starts_with('0') { "1" } else { "0" };
    let mut changed = RECORDS.to_owned();
    changed.replace_range(at..=at, digit);
    let sentences = wrong(&changed);
    assert_eq!(sentences.len(), 1, "{sentences:?}");
    assert!(sentences[0].contains("raise `version`"), "{sentences:?}");
}
