//! Tests over all figures, one for each chapter, so that both cores have something to do.

use playground::lessons;
use playground::player::Figure;
use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

/// Does something with the chapters that have tests: **a new chapter is one word here**, its id with underscores.
macro_rules! chapters {
    ($does:ident $($with:tt)*) => {
        $does! {
            [$($with)*]
            software_design architecture network faults monitoring governance testing release
        }
    };
}

/// A test for each chapter: `by_chapter!(is_a_good_picture)` has `is_a_good_picture(lesson, figure)` called for every
/// figure of a chapter, in tests named `is_a_good_picture::architecture` and so on.
macro_rules! by_chapter {
    ($check:ident) => { chapters! { by_chapter $check } };
    ([$check:ident] $($chapter:ident)*) => {
        mod $check {
            $(#[test] fn $chapter() {
                $crate::chapters::each(stringify!($check), stringify!($chapter), super::$check);
            })*
        }
    };
}

macro_rules! names {
    ([] $($chapter:ident)*) => { &[$(stringify!($chapter)),*] };
}

/// The chapters that have tests.
const CHAPTERS: &[&str] = chapters! { names };

/// The chapter of a lesson's path, as tests are named by it.
fn chapter_of(lesson: &str) -> String {
    lesson.split('/').next().unwrap_or_default().replace('-', "_")
}

/// Checks every registered figure of a chapter, given the path of its lesson. With `TEST_COSTS=FILE`, a line is added there
/// for each: seconds, check, figure.
pub fn each(name: &str, chapter: &str, check: fn(&'static str, &'static Figure)) {
    for (lesson, figure) in lessons::all().filter(|(lesson, _)| chapter_of(lesson) == chapter) {
        let begun = Instant::now();
        check(lesson, figure);
        if let Some(file) = std::env::var_os("TEST_COSTS") {
            let line = format!("{:.2}\t{name}\t{}\n", begun.elapsed().as_secs_f64(), figure.spec.id);
            let file = OpenOptions::new().create(true).append(true).open(file);
            file.and_then(|mut file| file.write_all(line.as_bytes())).expect("TEST_COSTS can be written");
        }
    }
}

#[test]
fn every_chapter_has_its_tests() {
    let (course, _) =
        playground::course::Course::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/lessons")));
    let listed: BTreeSet<String> = CHAPTERS.iter().map(|&chapter| chapter.to_owned()).collect();
    let of_the_course = course.chapters.iter().map(|chapter| chapter_of(&chapter.id.text));
    assert_eq!(of_the_course.collect::<BTreeSet<_>>(), listed, "the list in tests/figures/chapters.rs");
    for (lesson, figure) in lessons::all() {
        assert!(listed.contains(&chapter_of(lesson)), "no test has {} of {lesson}", figure.spec.id);
    }
}
