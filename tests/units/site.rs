//! The pages, as they stand before any script runs.

use playground::course::front_matter::LessonStatus;
use playground::course::{Course, Lesson};
use playground::site::render::{Page, checked, pages};
use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;
use std::sync::LazyLock;

const TEMPLATE: &str = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>x</title>\
    <link rel=\"stylesheet\" href=\"/page.css\"></head>\n<body>\n</body></html>\n";

fn course() -> Course {
    let (course, problems) = checked(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/lessons")));
    assert!(problems.is_empty(), "{problems:?}");
    course
}

/// The whole site, rendered once for all tests.
fn all() -> &'static (Course, Vec<Page>) {
    static SITE: LazyLock<(Course, Vec<Page>)> = LazyLock::new(|| {
        let course = course();
        let pages = pages(&course, &[], TEMPLATE, &Rc::default()).unwrap();
        (course, pages)
    });
    &SITE
}

fn page<'a>(pages: &'a [Page], path: &str) -> &'a str {
    &pages.iter().find(|page| page.path == path).unwrap_or_else(|| panic!("no page {path}")).html
}

/// A course of one lesson with this text.
fn lesson_page(text: &str) -> String {
    let (lesson, _) = Lesson::parse("architecture", "sample", text);
    let course = Course { lessons: vec![lesson], ..Course::default() };
    let pages = pages(&course, &[], TEMPLATE, &Rc::default()).unwrap();
    page(&pages, "architecture/sample/index.html").to_owned()
}

#[test]
fn every_lesson_stands_on_the_front_page_and_on_the_map_and_planned_ones_lead_no_further() {
    let (course, pages) = all();
    let (home, map) = (page(pages, "index.html"), page(pages, "map/index.html"));
    for lesson in &course.lessons {
        let (path, title) = (lesson.path(), lesson.front.title.text.replace('&', "&amp;"));
        let ready = lesson.front.status != LessonStatus::Planned;
        for html in [home, map] {
            assert!(html.contains(&title), "{path}");
            assert_eq!(html.contains(&format!("href=\"@root/{path}/\"")), ready, "{path}");
        }
        assert_eq!(pages.iter().any(|page| page.path == format!("{path}/index.html")), ready, "{path}");
        let id = format!("{}-{}", lesson.chapter, lesson.slug);
        assert_eq!(map.matches(&format!("id=\"{id}\"")).count(), 1, "{path}");
        assert_eq!(home.contains(&format!("href=\"@root/map/#{id}\"")), !ready, "{path}");
        assert!(map.contains(&format!("data-lesson=\"{path}\"")), "{path}");
    }
}

#[test]
fn every_page_is_whole_and_has_ids_once_and_no_inline_style_or_script() {
    let (_, pages) = all();
    assert!(pages.len() >= 4);
    for Page { path, html, .. } in pages {
        for part in
            ["<!doctype html>", "<title>", "name=\"description\"", "<main id=\"main\"", "<h1>", "</html>"]
        {
            // Pictures have titles of their own.
            let within = if part == "<title>" { html.split("</head>").next().unwrap() } else { html };
            assert_eq!(within.matches(part).count(), 1, "{path}: {part}");
        }
        assert!(!html.contains("style=\"") && !html.contains("onclick"), "{path}");
        let scripts: Vec<&str> = html.split("<script").skip(1).collect();
        assert!(scripts.iter().all(|script| script.starts_with(" src=")), "{path}");
        let mut ids = BTreeSet::new();
        for id in html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(ids.insert(id), "{path}: id '{id}' stands twice");
        }
        for place in html.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(ids.contains(place), "{path}: nothing has the id '{place}'");
        }
    }
}

#[test]
fn headings_go_down_one_level_at_a_time() {
    let (_, pages) = all();
    for Page { path, html, .. } in pages {
        let levels = html.split("<h").filter_map(|rest| {
            rest.chars().next()?.to_digit(10).filter(|_| matches!(rest.as_bytes().get(1), Some(b'>' | b' ')))
        });
        let mut before = 0;
        for level in levels {
            assert!(level <= before + 1, "{path}: a heading of level {level} after one of level {before}");
            before = level;
        }
    }
}

#[test]
fn a_figure_stands_on_its_page_with_still_readings_sentence_controls_and_tables() {
    let (_, pages) = all();
    let html = page(pages, "architecture/load-balancing/index.html");
    let (_, rest) = html
        .split_once("<figure class=\"figure\" id=\"fig-slow-server\" data-figure=\"slow-server\"")
        .unwrap();
    let figure = rest.split("</figure>").next().unwrap();
    for part in [
        "data-view=\"a",
        "Round robin meets a slow server",
        "class=\"picture wide\"",
        "class=\"picture narrow\"",
        "class=\"fig-readings\"",
        "data-do=\"behind\" data-on=\"p99\" disabled>p99</button>",
        "class=\"fig-says\" tabindex=\"0\">",
        "disabled",
        "Least connections",
        "The picture as tables",
        "<noscript>",
    ] {
        assert!(figure.contains(part), "{part}");
    }
    assert!(html.contains("<template data-facts-of=\"slow-server\" data-facts=\""), "its facts");
    assert!(!figure.contains("model-fault") && !figure.contains("says-"), "a message has no sentence");
}

#[test]
fn live_prose_stands_with_its_values() {
    let (_, pages) = all();
    let html = page(pages, "architecture/load-balancing/index.html");
    let live = html.split(
        "<span class=\"live masked\" data-figure=\"what-a-hash-keeps\" data-reading=\"moved\" data-at=\"5000000000\" data-says=\"",
    );
    let (value, shown) = live.last().unwrap().split_once("\">").unwrap();
    assert!(value.ends_with('%'), "{value}");
    assert!(shown.starts_with("…<"), "a number that would give a prediction away is not shown");
    for part in [
        "<span class=\"drag\" data-figure=\"slow-server\" data-control=\"load\" data-value=\"120/s\">120/s</span>",
        "<a class=\"run\" href=\"#fig-slow-server\" data-run data-figure=\"slow-server\" data-set=\"policy=two-choices\" data-at=\"24000000000\">",
    ] {
        assert!(html.contains(part), "{part}");
    }
}

#[test]
fn every_kind_of_block_has_its_place_on_the_page() {
    let html = lesson_page(include_str!("course/sample.md"));
    for part in [
        "id=\"predict-who-waits\" data-predict=\"who-waits\" data-figure=\"servers\" data-stage=\"open\"",
        "data-option=\"all\"",
        "<p class=\"reason\">A quarter.</p>",
        "aria-label=\"Your number, number\"",
        "id=\"challenge-keep-p99\"",
        "id=\"incident-one-dead\"",
        "id=\"term-herd\"",
        "href=\"#term-herd\"",
        "Many do <em>the same</em> at once.",
        "data-verdict=\"pass\"",
        "data-correct=\"two\"",
        "id=\"card-utilisation\"",
        "A <em>share</em>.",
        "id=\"interview-l4-or-l7\"",
        "<aside class=\"note\">",
        "id=\"left-out\"",
        "id=\"in-real-systems\"",
        "<h2 id=\"the-herd\">",
        "data-after=\"who-waits\"",
        "<div class=\"table\" role=\"group\"",
        "SELECT 1; -- &lt;b&gt;not markup&lt;/b&gt;",
        "and {{literal}} is not live",
    ] {
        assert!(html.contains(part), "{part}\n{html}");
    }
}

#[test]
fn markup_in_a_lesson_never_becomes_markup_of_the_page() {
    let evil = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    let sample = include_str!("course/sample.md");
    for (was, is) in [
        ("Plain prose", evil),
        ("Plain prose", "[x](javascript:alert(1)) [y](run:?set=a\"onclick=x:1)"),
        ("Servers\"", "<script>alert(1)</script>\""),
        ("What is utilisation?", evil.split_at(25).0),
        ("title = \"Sample\"", "title = \"</title><script>alert(1)</script>\""),
        ("one sentence.", "one \\\"><script>alert(1)</script>."),
        ("A paper", "<script>alert(1)</script>"),
    ] {
        let html = lesson_page(&sample.replacen(was, is, 1));
        let scripts = html.matches("<script").count();
        assert_eq!(scripts, html.matches("<script src=\"@root/").count(), "{is}");
        assert!(
            !html.contains("<img") && !html.contains("href=\"javascript:") && !html.contains("\"onclick"),
            "{is}"
        );
    }
}

#[test]
fn a_template_without_its_places_is_refused() {
    for lacking in ["<title>", "</head>", "<body>"] {
        let error =
            pages(&Course::default(), &[], &TEMPLATE.replace(lacking, ""), &Rc::default()).unwrap_err();
        assert!(error.contains(lacking), "{error}");
    }
}

#[test]
fn the_syllabus_has_every_lesson_and_its_texts_can_stand_on_any_page() {
    let (course, pages) = all();
    let syllabus = playground::site::syllabus::syllabus(course, &Rc::default());
    assert_eq!(syllabus.lessons.len(), course.lessons.len());
    for card in syllabus.all_cards() {
        let place = syllabus.place(&card).unwrap_or_default();
        let (lesson, id) = place.split_once("/#").expect("a place in a lesson");
        assert!(page(pages, &format!("{lesson}/index.html")).contains(&format!("id=\"{id}\"")), "{place}");
    }
    for lesson in syllabus.lessons.iter().filter(|lesson| lesson.ready) {
        assert!(!lesson.tasks.is_empty() && !lesson.cards.is_empty(), "{}", lesson.path);
        let cards = lesson.cards.iter().flat_map(|card| [&card.front, &card.back]);
        let tasks = lesson.tasks.iter().flat_map(|task| [&task.asks, &task.shows]);
        for html in cards.chain(tasks) {
            let alien = ["href=\"#", "<script", "<svg", "id=\""].into_iter().find(|it| html.contains(it));
            assert_eq!(alien, None, "{}: {html}", lesson.path);
        }
    }
}
