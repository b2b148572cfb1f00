use super::{MOST, Rules, Variables, Vocabulary};
use crate::pick::cases;
use proptest::prelude::*;

const WORDS: Vocabulary = Vocabulary {
    events: &["insert", "hit"],
    inputs: &["now", "evicted"],
    results: &["rank"],
    commands: &["open"],
};

/// What `rank` is after one run of `on insert: rank = …`.
fn value(expression: &str) -> f64 {
    let rules = Rules::parse(&format!("on insert: rank = {expression}"), &WORDS).unwrap();
    let mut own = Variables::default();
    rules.run(0, &[7.0, 2.0], &mut own, &mut Variables::default());
    own.get(0)
}

fn error(text: &str) -> String {
    Rules::parse(text, &WORDS).unwrap_err().to_string()
}

#[test]
fn expressions_bind_as_everybody_expects() {
    for (expression, expected) in [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("8 - 2 - 1", 5.0),
        ("-now + 10", 3.0),
        ("now / 2 / 2", 1.75),
        ("min(now, 3) + max(evicted, 5)", 8.0),
        ("1 < 2 and 2 <= 2 or 1 / 0", 1.0),
        ("not 1 > 2", 1.0),
        ("not not 1 > 2 and 1", 0.0),
        ("now >= 7 and now != 8 and evicted == 2", 1.0),
        ("now > 7", 0.0),
        ("1 / 0", 0.0),
        ("0 - 9007199254740992 * 9", -MOST),
    ] {
        assert_eq!(value(expression), expected, "{expression}");
    }
}

#[test]
fn blocks_conditions_and_commands_run_for_their_events() {
    let text = "shared all # one for every entry\non insert, hit:\n  uses = uses + 1\n  all = all + 1\n  rank = uses * 10\n\
                on hit:\n  if uses > 2: if all > 5: open\n  rank = rank + 1";
    let rules = Rules::parse(text, &WORDS).unwrap();
    let (mut a, mut b, mut all) = (Variables::default(), Variables::default(), Variables::default());
    assert_eq!(rules.run(0, &[0.0, 0.0], &mut a, &mut all), None);
    assert_eq!(a.get(0), 10.0);
    for _ in 0..3 {
        assert_eq!(rules.run(1, &[0.0, 0.0], &mut b, &mut all), None);
    }
    assert_eq!((b.get(0), all.get(0)), (31.0, 4.0));
    rules.run(1, &[0.0, 0.0], &mut a, &mut all);
    assert_eq!(rules.run(1, &[0.0, 0.0], &mut a, &mut all), Some(0));
    assert_eq!(a.get(0), 30.0, "what comes after a command isn't reached");
}

#[test]
fn errors_say_where_and_what_is_allowed() {
    for (text, expected) in [
        ("", "line 1, column 1: ‘rank’ has to be set somewhere"),
        ("rank = 1", "line 1, column 1: ‘on’ and what happens (insert, hit) is expected, not ‘rank’"),
        ("on insrt: rank = 1", "line 1, column 4: insert or hit is expected, not ‘insrt’"),
        ("on insert\nrank = 1", "line 1, column 10: ‘:’ is missing"),
        ("on insert:\n  rank = 1 +", "line 2, column 13: a number or a name is missing"),
        (
            "on insert:\n  rank = uses",
            "line 2, column 10: ‘uses’ is set nowhere; there are now, evicted, rank",
        ),
        ("on insert:\n  now = 1", "line 2, column 3: ‘now’ can’t be set"),
        ("on insert:\n  rank = 1 2", "line 2, column 12: the end of the line is expected, not ‘2’"),
        ("on insert: rank = (1", "line 1, column 21: ‘)’ is missing"),
        ("on insert: rank = open", "line 1, column 19: a number or a name is expected, not ‘open’"),
        ("on insert: rank = 1 ? 2", "line 1, column 21: ‘?’ can’t be read"),
        ("on insert: rank = 1.2.3", "line 1, column 19: ‘1.2.3’ can’t be read"),
        ("on insert: rank == 1", "line 1, column 12: ‘name = …’, ‘if …: …’, ‘open’ is expected, not ‘rank’"),
        ("on insert: if now > 1 rank = 1", "line 1, column 23: ‘:’ is expected, not ‘rank’"),
    ] {
        assert_eq!(error(text), expected, "{text}");
    }
    assert!(
        error(&format!("on insert: rank = {}1", "(".repeat(500))).contains("brackets are nested too deeply")
    );
    let many: Vec<String> = (0..40).map(|n| format!("v{n} = 1")).collect();
    assert!(error(&format!("on insert:\n{}", many.join("\n"))).contains("too many variables"));
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn no_text_stops_it(words in prop::collection::vec(
        prop::sample::select(vec![
            "on", "insert", "hit", ":", ",", "\n", "rank", "=", "uses", "if", "shared", "1", "0", "+", "-", "*", "/", "(",
            ")", "min", "max", "and", "not", "<", ">=", "now", "open", "9e9", "é", "#", "..", "99999999999999999999",
        ]), 0..60,
    )) {
        let text = format!("on insert, hit: rank = 1\n{}", words.join(" "));
        if let Ok(rules) = Rules::parse(&text, &WORDS) {
            let (mut own, mut shared) = (Variables::default(), Variables::default());
            for event in [0, 1, 1, 2] {
                rules.run(event, &[1e300, f64::NAN], &mut own, &mut shared);
            }
            prop_assert!(own.values().iter().chain(shared.values()).all(|value| value.abs() <= MOST));
        }
    }
}
