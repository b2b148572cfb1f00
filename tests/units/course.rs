//! What a lesson's file may say, and what the check says when it says something else.

use crate::shared::pick::cases;
use playground::course::facts::{Allows, ChallengeFacts, ControlFacts, MessageFacts, PredictionFacts};
use playground::course::markdown::LANGUAGES;
use playground::course::{Course, FigureFacts, Lesson, Problem, check};
use playground::lessons;
use playground::player::{Action, EntityKind, EntityNames};
use playground::sim::{Time, Unit};
use proptest::prelude::*;
use std::path::Path;

/// A lesson with one of everything that the grammar has.
const SAMPLE: &str = include_str!("course/sample.md");
/// The grammar as authors read it.
const README: &str = include_str!("../../lessons/README.md");

fn figure() -> FigureFacts {
    let load = Allows::Number { unit: Unit::Rate, min: 10.0, max: 1000.0, step: Some(10.0) };
    let policy = Allows::Choice(vec!["random".into(), "least".into()]);
    let prediction = |id: &str, kind, options: &[&str]| PredictionFacts {
        id: id.into(),
        kind,
        options: options.iter().map(|&o| o.into()).collect(),
    };
    let challenge = |id: &str, tempting: &[&str], cause: Option<&str>| ChallengeFacts {
        id: id.into(),
        tempting: tempting.iter().map(|&id| id.into()).collect(),
        cause: cause.map(str::to_owned),
        priced: true,
    };
    FigureFacts {
        actions: vec![Action::new("kill", "Kill it", &[0])],
        kinds: vec![EntityKind::new("server", EntityNames::Letters)],
        id: "servers".into(),
        lesson: "architecture/sample".into(),
        until: Time::from_secs(60),
        controls: vec![
            ControlFacts { id: "load".into(), allows: load },
            ControlFacts { id: "policy".into(), allows: policy },
        ],
        readings: vec!["p99".into()],
        is_searched: false,
        predictions: vec![
            prediction("who-waits", "choice", &["all", "some"]),
            prediction("how-long", "number", &[]),
            prediction("which-first", "order", &["random", "least"]),
            prediction("the-knee", "curve", &[]),
        ],
        challenges: vec![
            challenge("keep-p99", &["more", "longer"], None),
            challenge("one-dead", &["lured", "more"], Some("lured")),
        ],
        messages: Some(vec![
            MessageFacts { id: "queue-full".into(), args: vec!["server".into(), "n".into()] },
            MessageFacts { id: "kind-server".into(), args: Vec::new() },
        ]),
    }
}

/// All problems of a text as the only lesson of a course.
fn problems(text: &str) -> Vec<Problem> {
    let (lesson, mut problems) = Lesson::parse("architecture", "sample", text);
    let course = Course { lessons: vec![lesson], ..Course::default() };
    problems.extend(check(&course, &[figure()]));
    problems
}

fn said(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn a_whole_lesson_has_no_problems() {
    let problems = problems(SAMPLE);
    assert!(problems.is_empty(), "{}", said(&problems));
}

/// The examples of the README, one after the other: a lesson.
fn example() -> String {
    let examples = README.split("\n````lesson\n").skip(1).map(|rest| rest.split("\n````\n").next().unwrap());
    examples.collect::<Vec<_>>().join("\n\n")
}

#[test]
fn the_examples_of_the_readme_are_a_lesson_without_problems() {
    let problems = problems(&example());
    assert!(problems.is_empty(), "{}", said(&problems));
}

#[test]
fn the_readme_names_every_field_and_every_language() {
    let example = example();
    let inside = |line: &str| line.starts_with("```") && line.contains(' ') && !line.starts_with("```words");
    let mut seen = 0;
    for (n, _) in example.lines().enumerate().filter(|(_, line)| inside(line) || *line == "+++") {
        let mut lines: Vec<&str> = example.lines().collect();
        lines.insert(n + 1, "nonsense = 1");
        for problem in problems(&lines.join("\n")).iter().filter(|p| p.field.ends_with("nonsense")) {
            let (_, allowed) = problem.says.split_once("allowed: ").expect("it says what is allowed");
            for field in allowed.split('\'').skip(1).step_by(2) {
                let written = [format!("`{field}`"), format!("\n{field} = "), format!("[{field}]")];
                let named = written.iter().any(|name| README.contains(name));
                assert!(named, "{}: `{field}` is not in the README", problem.field);
                seen += 1;
            }
        }
    }
    assert!(seen > 40, "fields are found: {seen}");
    for language in LANGUAGES {
        assert!(README.contains(&format!("`{language}`")), "{language}");
    }
}

/// What is replaced by what in the sample, and what the problem's field and sentence must contain. `@` marks a problem
/// that is reported in the replaced line.
const MISTAKES: &[(&str, &str, &str, &str)] = &[
    // front matter
    ("minutes = 14", "minutes = 140", "minutes", "1 to 90"),
    ("minutes = 14", "minutes = \"14\"", "minutes", "a number from 1 to 90"),
    ("minutes = 14\n", "", "minutes", "is missing"),
    ("status = \"draft\"", "status = \"done\"", "status", "'planned', 'draft' or 'ready'"),
    ("status = \"draft\"", "status = \"planned\"", "status", "never seen"),
    ("status = \"draft\"", "stauts = \"draft\"", "stauts", "no such field; allowed: 'title'"),
    ("title = \"Sample\"", "title = \"\"", "title", "is empty"),
    ("title = \"Sample\"", "title = Sample", "", "not TOML"),
    ("names = [\"LB\"]", "names = \"LB\"", "names", "write a list"),
    ("names = [\"LB\"]", "names = [3]", "names[0]", "a text in quotes"),
    ("one sentence.", "one sentence", "summary", "ends like one"),
    ("https://example.org/paper", "http://example.org/paper", "sources[0].link", "https://"),
    ("\"LB\" = \"the-herd\"", "\"LB\" = \"a-herd\"", "anchors.LB", "no heading of this lesson"),
    ("\"LB\" = \"the-herd\"", "\"BL\" = \"the-herd\"", "anchors.BL", "not among this lesson's names"),
    ("+++\ntitle", "---\ntitle", "", "begins with its front matter"),
    // blocks
    ("```figure servers", "```figure Servers", "figure Servers", "is not an id"),
    ("```figure servers", "```figure servers big", "figure servers big", "one word too many"),
    ("```figure servers", "```figuer servers", "", "no such block"),
    ("caption = \"Servers\"", "", "figure servers.caption", "is missing"),
    ("load = 480 }", "load = 485 }", "figure servers.set.load", "in steps of 10/s"),
    (
        "load = 480 }",
        "speed = 480 }",
        "figure servers.set.speed",
        "no control 'speed'; allowed: 'load' or 'policy'",
    ),
    ("at = \"43 s\"", "at = \"90 s\"", "figure servers.at", "past the end"),
    ("at = \"43 s\"", "at = \"soon\"", "figure servers.at", "'soon' is not a time"),
    ("\"8s:kill:server:A\"", "\"8s:hit:server:A\"", "figure servers.do[0]", "no action 'hit'"),
    ("\"8s:kill:server:A\"", "\"80s:kill:server:A\"", "figure servers.do[0]", "past the end"),
    ("\"8s:kill:server:A\"", "\"kill\"", "figure servers.do[0]", "has no moment"),
    ("drives = true", "drives = 1", "figure servers.drives", "true or false"),
    ("invite_on = \"server:C\"\n", "", "figure servers.invite_on", "is missing"),
    ("invite = \"Click C\"\n", "", "figure servers.invite_on", "no such field"),
    ("\"server:C\"", "\"client:C\"", "figure servers.invite_on", "no kind 'client'; allowed: 'server'"),
    ("\"server:C\"", "\"server:third\"", "figure servers.invite_on", "doesn't say which server"),
    ("```figure again", "```figure servers", "", "already stands in line"),
    ("shows = \"servers\"", "shows = \"server\"", "figure again.shows", "no figure 'server' is registered"),
    (
        "kind = \"choice\"",
        "kind = \"guess\"",
        "predict who-waits.kind",
        "'choice', 'number', 'order' or 'curve'",
    ),
    ("kind = \"choice\"", "kind = \"order\"", "predict who-waits.kind", "its logic gives 'choice'"),
    (
        "```predict who-waits",
        "```predict who-wins",
        "predict who-wins.figure",
        "has no prediction 'who-wins'",
    ),
    ("id = \"all\"", "id = \"none\"", "predict who-waits.options", "no option 'none' in the logic"),
    ("id = \"all\"", "id = \"some\"", "predict who-waits.options[1].id", "appears twice"),
    ("reason = \"A quarter.\"", "", "predict who-waits.options[0].reason", "is missing"),
    ("shows = \"Long.\"\n", "", "predict how-long.shows", "is missing; it has to say"),
    ("{{p99@20s}}", "{{p99@2h}}", "predict who-waits.shows", "past the end"),
    ("shows = \"Long.\"", "shows = \"Long.\"\nunit = \"time\"", "predict how-long.unit", "no such field"),
    (
        "text = \"Random\"",
        "text = \"Random\"\nreason = \"Why.\"",
        "predict which-first.options[0].reason",
        "no such field; allowed: 'id' or 'text'",
    ),
    ("x = \"load\"\n", "", "predict the-knee.x", "is missing"),
    ("y = \"p99\"", "y = 99", "predict the-knee.y", "a text in quotes"),
    ("more = \"", "less = \"", "challenge keep-p99.verdicts", "no verdict 'less' in the logic"),
    ("pass = \"", "passed = \"", "challenge keep-p99.verdicts", "has no 'pass'"),
    ("```challenge keep-p99", "```incident keep-p99", "incident keep-p99.figure", "allowed: 'one-dead'"),
    ("correct = [\"lured\"]", "correct = [\"overload\"]", "incident one-dead.correct", "begins with 'lured'"),
    ("correct = [\"lured\"]", "correct = [\"cold\"]", "incident one-dead.correct[0]", "none of the causes"),
    ("lured = \"Still", "lurid = \"Still", "incident one-dead.verdicts", "the logic has a verdict 'lured'"),
    ("budget = \"four servers\"\n", "", "incident one-dead.budget", "what the repair may cost"),
    ("reason = \"Nobody waits.\"", "", "incident one-dead.causes[1].reason", "is missing"),
    ("also = [\"stampede\"]", "also = [\"Thundering herd\"]", "term herd.also[0]", "appears twice"),
    ("meaning = \"", "means = \"", "term herd.meaning", "is missing; it has to say what it means"),
    ("(#term-herd)", "(#term-heard)", "aside", "no heading '#term-heard'"),
    ("## Thundering {#the-herd}", "## Thundering {#term-herd}", "", "already stands in line"),
    ("correct = [\"two\"]", "correct = [\"three\"]", "quiz why-two.correct[0]", "allowed: 'one' or 'two'"),
    ("correct = [\"two\"]", "", "quiz why-two.correct", "is missing"),
    ("points = [\"Say so.\"]", "points = []", "interview l4-or-l7.points", "is missing"),
    ("queue-full = ", "queue-ful = ", "words servers.queue-ful", "no figure of this block says 'queue-ful'"),
    ("queue-full = ", "queue-ful = ", "words", "figure 'servers' says 'queue-full'"),
    (
        "{server} is",
        "{sever} is",
        "words servers.queue-full",
        "no argument '{sever}'; allowed: 'server' or 'n'",
    ),
    ("{server} is", "{server is", "words servers.queue-full", "not an argument"),
    ("```aside\n", "```aside note\n", "aside note", "takes no id"),
    ("```leaves-out\nTime.\n```", "```leaves-out\nTime.\n", "leaves-out", "doesn't end"),
    // inline
    ("{{p99}}", "{{p98}}", "", "no reading 'p98'; allowed: 'p99'"),
    ("{{again.p99@43s}}", "{{again.p99@2h}}", "", "past the end"),
    (
        "{{again.p99@43s}}",
        "{{agin.p99@43s}}",
        "",
        "no figure 'agin' on this page; allowed: 'servers' or 'again'",
    ),
    ("{{load=480/s}}", "{{load=4/s}}", "", "10/s to 1000/s"),
    ("{{load=480/s}}", "{{policy=least}}", "", "can't be dragged"),
    ("{{load=480/s}}", "{{load=480/s", "", "doesn't end"),
    ("run:?set=policy:least&at=43s", "run:?find=wrong", "", "no state that must never occur"),
    ("run:?set=policy:least", "run:?set=policy:most", "", "it can be 'random' or 'least'"),
    ("run:?set=policy:least", "javascript:alert(1)", "", "a link can't lead to 'javascript:alert(1)&at=43s'"),
    (
        "(#the-herd)",
        "(#the-heard)",
        "",
        "no heading '#the-heard'; allowed: 'what-happened', 'the-herd' or 'term-herd'",
    ),
    ("lesson:architecture/sample", "lesson:architecture/simple", "aside", "no lesson 'architecture/simple'"),
    ("Plain prose", "<b onclick=x>Plain</b> prose", "", "HTML is not allowed"),
    ("Plain prose", "![Plain](x) prose", "", "pictures are figures"),
    ("back = \"A *share*.\"", "back = \"<i>x</i>\"", "card utilisation.back", "HTML is not allowed"),
    ("```sql", "```cobol", "", "no such block, nor such a language"),
];

#[test]
fn each_mistake_is_named_with_its_file_line_field_and_what_is_allowed() {
    for (was, is, field, says) in MISTAKES {
        assert!(SAMPLE.contains(was), "the sample has no '{was}'");
        let found = problems(&SAMPLE.replacen(was, is, 1));
        let named = found.iter().any(|p| p.field == *field && p.says.contains(says));
        assert!(named, "'{was}' → '{is}' should say '{field}: …{says}…' but says:\n{}", said(&found));
        let lines = SAMPLE.lines().count() as u32;
        assert!(
            found.iter().all(|p| p.file == "architecture/sample.md" && (1..=lines + 1).contains(&p.line))
        );
    }
}

#[test]
fn a_problem_names_the_line_where_it_stands() {
    let line_of = |text: &str, of: &str| text.lines().position(|l| l.contains(of)).unwrap() as u32 + 1;
    for (was, is) in [
        ("{{p99}}", "{{p98}}"),
        ("load = 480 }", "load = 485 }"),
        ("minutes = 14", "minutes = 140"),
        ("{server} is", "{sever} is"),
        ("correct = [\"two\"]", "correct = [\"three\"]"),
        ("Plain prose", "<b>Plain</b> prose"),
    ] {
        let text = SAMPLE.replacen(was, is, 1);
        let found = problems(&text);
        assert!(
            found.iter().any(|p| p.line == line_of(&text, is)),
            "'{is}' stands elsewhere:\n{}",
            said(&found)
        );
    }
}

#[test]
fn all_mistakes_are_named_at_once() {
    let text = SAMPLE
        .replace("minutes = 14", "minutes = 140")
        .replace("{{p99}}", "{{p98}}")
        .replace("id = \"all\"", "id = \"none\"");
    assert_eq!(problems(&text).len(), 4, "{}", said(&problems(&text)));
}

#[test]
fn logic_without_words_is_a_problem_too() {
    let cut = |from: &str, to: &str| {
        let (head, rest) = SAMPLE.split_once(from).unwrap();
        format!("{head}{}", rest.split_once(to).unwrap().1)
    };
    for (text, says) in [
        (cut("```predict the-knee", "```\n"), "prediction 'the-knee' of figure 'servers' has no block"),
        (cut("```challenge keep-p99", "```\n"), "challenge 'keep-p99' of figure 'servers' has no block"),
        (cut("```incident one-dead", "```\n"), "incident 'one-dead' of figure 'servers' has no block"),
        (cut("```words servers", "```\n"), "says 'kind-server', which has no sentence here"),
    ] {
        let found = problems(&text);
        assert!(found.iter().any(|p| p.says.contains(says)), "{says}:\n{}", said(&found));
    }
}

#[test]
fn a_ready_lesson_keeps_the_whole_contract() {
    let found = said(&problems(&SAMPLE.replace("status = \"draft\"", "status = \"ready\"")));
    for lack in [
        "interview: a ready lesson has at least 3",
        "card: a ready lesson has at least 4",
        "term: a ready lesson has at least 3",
        "700 to 1500",
    ] {
        assert!(found.contains(lack), "{lack}:\n{found}");
    }
    assert!(!found.contains("figure:"), "it has figures:\n{found}");
}

#[test]
fn prerequisites_are_lessons_and_have_no_cycles() {
    let lesson = |slug: &str, before: &str| {
        let head =
            format!("+++\ntitle = \"{slug}\"\nsummary = \"S.\"\nnames = [\"{slug} name\"]\nminutes = 5\n");
        (slug.to_owned(), format!("{head}prerequisites = [{before}]\nstatus = \"planned\"\n+++\n"))
    };
    let folder = std::env::temp_dir().join(format!("course-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("c")).unwrap();
    let files = [
        lesson("a", "\"c/b\""),
        lesson("b", "\"c/d\""),
        lesson("d", "\"c/a\""),
        lesson("e", "\"c/x\", \"c/a\""),
    ];
    for (slug, text) in &files {
        std::fs::write(folder.join(format!("c/{slug}.md")), text).unwrap();
    }
    let order = "[[chapters]]\nid = \"c\"\ntitle = \"C\"\nsummary = \"S\"\nlessons = [\"a\", \"b\", \"d\", \"gone\"]\n\
        [[paths]]\nid = \"p\"\ntitle = \"P\"\nsummary = \"S\"\nlessons = [\"c/a\", \"c/a\", \"c/gone\", \"c/b\"]\n";
    std::fs::write(folder.join("course.toml"), order).unwrap();
    std::fs::write(folder.join("words.toml"), "late = \"{late\"\n").unwrap();
    let (_, found) = Course::load(&folder);
    std::fs::remove_dir_all(&folder).unwrap();
    let found = said(&found);
    for says in [
        "c/a.md:6: prerequisites[0]: these lessons are prerequisites of each other: c/a, c/b, c/d",
        "words.toml:1: late: has '{late'",
        "c/e.md:1: no chapter in course.toml lists this lesson",
        "course.toml:5: chapters[0].lessons[3]: c/gone.md: there is no such file",
        "course.toml:10: paths[0].lessons[0]: 'c/a' builds on 'c/b', which comes later",
        "course.toml:10: paths[0].lessons[1]: 'c/a' appears twice",
        "course.toml:10: paths[0].lessons[2]: there is no lesson 'c/gone'; write chapter/slug",
    ] {
        assert!(found.contains(says), "{says}:\n{found}");
    }
}

#[test]
fn the_course_has_its_51_lessons_in_8_chapters_and_nothing_wrong_with_them() {
    let (course, mut found) = Course::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/lessons")));
    let facts: Vec<FigureFacts> =
        lessons::all().map(|(lesson, figure)| FigureFacts::of(lesson, figure)).collect();
    found.extend(check(&course, &facts));
    assert!(found.is_empty(), "{}", said(&found));
    assert_eq!((course.chapters.len(), course.lessons.len()), (8, 51));
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn no_text_makes_the_check_panic(text in "\\PC{0,400}") {
        problems(&text);
    }

    #[test]
    fn no_mangled_lesson_makes_the_check_panic(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..40_usize, "[`+\\[\\]{}=\"\n#a-z.@:|<>&\\\\\r\u{e9}\u{1F600}-]{0,12}"), 1..6),
    ) {
        let mut text: Vec<char> = SAMPLE.chars().collect();
        for (at, length, put) in cuts {
            let at = at.index(text.len());
            let end = (at + length).min(text.len());
            text.splice(at..end, put.chars());
            if text.is_empty() {
                break;
            }
        }
        let text: String = text.into_iter().collect();
        let lines = text.matches('\n').count() as u32 + 1;
        for problem in problems(&text) {
            prop_assert!((1..=lines).contains(&problem.line) && !problem.says.is_empty(), "{problem}");
        }
    }
}
