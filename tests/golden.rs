//! Recorded runs still give what they gave: the same bytes, or a figure's version that says they differ.

use playground::lab::{self, Exit, golden};

fn lab(line: &[&str]) -> (Exit, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = lab::run(std::iter::once("lab").chain(line.iter().copied()), &mut out, &mut err);
    (exit, String::from_utf8([out, err].concat()).unwrap())
}

/// What is wrong with records of this text.
fn wrong(text: &str) -> Vec<String> {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut terminal = lab::Terminal { out: &mut out, err: &mut err, watched: false };
    golden::compare(text, true, &mut terminal).expect("the records can be played").1
}

const RECORDS: &str = include_str!("golden.toml");

#[test]
fn every_recorded_run_gives_what_it_gave() {
    let (exit, said) = lab(&["golden"]);
    assert_eq!(exit, Exit::Fine, "{said}");
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
