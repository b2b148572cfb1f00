//! Whoever types what a lesson is called finds it first, and whoever mistypes it finds it nearly first.

use playground::course::Course;
use playground::search::Search;
use playground::site::search::index;
use std::path::Path;

fn course() -> Course {
    let (course, problems) = Course::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/lessons")));
    assert!(problems.is_empty(), "{problems:?}");
    course
}

fn place(search: &Search, typed: &str, lesson: &str) -> usize {
    let found = search.find(typed, 10);
    found.iter().position(|page| page.path.trim_end_matches('/') == lesson).unwrap_or(usize::MAX)
}

/// Shorter than this, a name that lost a letter is another's.
const SHORTEST: usize = 4;

#[test]
fn every_lesson_comes_first_for_each_of_its_names_and_among_three_when_one_is_mistyped() {
    let course = course();
    let search = Search::from_bytes(&index(&course).to_bytes()).expect("an index");
    let mut wrong = Vec::new();
    for lesson in &course.lessons {
        let path = lesson.path();
        let names = [&lesson.front.title].into_iter().chain(&lesson.front.names);
        for name in names.map(|name| name.text.as_str()) {
            if place(&search, name, &path) != 0 {
                wrong.push(format!("{name}: {path} is not the first"));
            }
            let letters: Vec<char> = name.chars().collect();
            if letters.len() < SHORTEST {
                continue;
            }
            for at in 0..letters.len() {
                let mut dropped = letters.clone();
                dropped.remove(at);
                let mut swapped = letters.clone();
                swapped.swap(at, (at + 1).min(letters.len() - 1));
                for typed in [dropped, swapped] {
                    let typed: String = typed.into_iter().collect();
                    if place(&search, &typed, &path) > 2 {
                        wrong.push(format!("{typed} for {name}: {path} is not among three"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
