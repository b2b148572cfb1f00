//! Values that are made of named things, and texts. The written form of the first is made of the things' ids: `a,c` for
//! some of them, `b,a,c` for an order, `a:east,b:west` for an assignment to groups. A text is written as it is; where it
//! stands in an address, it is percent-encoded.

use super::control::{ControlKind, Options, clip};
use super::value::Value;
use std::borrow::Cow;

type Things = [(Cow<'static, str>, Cow<'static, str>)];

/// Stands for the group of a thing that was not mentioned, until [`check`] says so.
const NO_GROUP: u16 = u16::MAX;

/// Reads a value of one of these kinds; whether the control takes it, [`check`] says.
///
/// # Errors
/// What is wrong, and what is allowed.
pub(super) fn read(kind: &ControlKind, text: &str) -> Result<Value, String> {
    let wrong = |what: String| sentence(&what, kind);
    let place = |id: &str, things: &Things| place(id, things).ok_or_else(|| wrong(unknown(id)));
    match kind {
        ControlKind::Several { things, .. } => {
            let mut list = parts(text).map(|id| place(id, things)).collect::<Result<Vec<u16>, _>>()?;
            crate::sim::sort::sort_by_key(&mut list, |n| *n);
            Ok(Value::Several(list))
        }
        ControlKind::Order { things, .. } => {
            Ok(Value::Order(parts(text).map(|id| place(id, things)).collect::<Result<_, _>>()?))
        }
        ControlKind::Assignment { things, groups, .. } => {
            let mut list = vec![NO_GROUP; things.len()];
            for part in parts(text) {
                let (thing, group) =
                    part.split_once(':').ok_or_else(|| wrong(quoted(part, " is in no group")))?;
                let (at, group) = (place(thing.trim(), things)?, place(group.trim(), groups)?);
                let seat = &mut list[usize::from(at)];
                if *seat != NO_GROUP {
                    return Err(wrong(quoted(thing.trim(), " appears twice")));
                }
                *seat = group;
            }
            Ok(Value::Assignment(list))
        }
        ControlKind::Text { rows, .. } => {
            let text = text.replace("\r\n", "\n");
            Ok(Value::Text(if *rows > 1 { text } else { text.trim().to_owned() }))
        }
        _ => Ok(Value::None),
    }
}

/// Whether a control of one of these kinds takes a value.
///
/// # Errors
/// What is wrong, and what is allowed.
pub(super) fn check(kind: &ControlKind, value: &Value) -> Result<(), String> {
    let wrong = |what: String| Err(sentence(&what, kind));
    match (kind, value) {
        (ControlKind::Several { things, at_least, at_most, .. }, Value::Several(list)) => {
            if let Some(what) = misplaced(list, things) {
                return wrong(what);
            }
            // An equal number has been found twice by now, so this is a value that nobody has written.
            if !value.is_sound() {
                return wrong("they are out of order".into());
            }
            let n = list.len();
            if n < usize::from(*at_least) || n > usize::from(*at_most) {
                return wrong(
                    [n.to_string().as_str(), if n == 1 { " is chosen" } else { " are chosen" }].concat(),
                );
            }
            Ok(())
        }
        (ControlKind::Order { things, .. }, Value::Order(list)) => {
            if let Some(what) = misplaced(list, things) {
                return wrong(what);
            }
            let missing = (0..things.len()).find(|n| !list.contains(&(*n as u16)));
            missing.map_or(Ok(()), |n| wrong(quoted(&things[n].0, " is missing")))
        }
        (ControlKind::Assignment { things, groups, .. }, Value::Assignment(list)) => {
            for (n, (thing, _)) in things.iter().enumerate() {
                if list.get(n).is_none_or(|group| usize::from(*group) >= groups.len()) {
                    return wrong(quoted(thing, " is in no group"));
                }
            }
            if list.len() > things.len() { wrong("there are fewer things".into()) } else { Ok(()) }
        }
        (ControlKind::Text { limit, rows, .. }, Value::Text(text)) => {
            let strange = |c: char| c.is_control() && (c != '\n' || *rows <= 1);
            let n = text.chars().count();
            if n > usize::from(*limit) || !value.is_sound() {
                return wrong([&n.to_string(), " characters are too many"].concat());
            }
            if text.contains(strange) {
                wrong("it holds a character that can't be typed".into())
            } else {
                Ok(())
            }
        }
        _ => wrong("that is another kind of value".into()),
    }
}

/// The value as people read it.
pub(super) fn show(kind: &ControlKind, value: &Value) -> String {
    match (kind, value) {
        (ControlKind::Several { .. }, Value::Several(list)) if list.is_empty() => "none".to_owned(),
        (ControlKind::Several { things, .. }, Value::Several(list))
        | (ControlKind::Order { things, .. }, Value::Order(list)) => {
            list.iter().map(|&n| label(things, n)).collect::<Vec<_>>().join(", ")
        }
        (ControlKind::Assignment { things, groups, .. }, Value::Assignment(list)) => {
            let group = |(n, (_, name)): (usize, &(_, Cow<'static, str>))| {
                let within = members(list, n as u16).map(|thing| label(things, thing));
                let within = within.collect::<Vec<_>>().join(", ");
                [name.as_ref(), ": ", if within.is_empty() { "–" } else { &within }].concat()
            };
            groups.iter().enumerate().map(group).collect::<Vec<_>>().join("; ")
        }
        (_, Value::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

/// The value as [`read`] reads it.
pub(super) fn write(kind: &ControlKind, value: &Value) -> String {
    match (kind, value) {
        (ControlKind::Several { things, .. }, Value::Several(list))
        | (ControlKind::Order { things, .. }, Value::Order(list)) => {
            list.iter().map(|&n| id(things, n)).collect::<Vec<_>>().join(",")
        }
        (ControlKind::Assignment { things, groups, .. }, Value::Assignment(list)) => {
            let pair = |(n, group): (usize, &u16)| [id(things, n as u16), ":", id(groups, *group)].concat();
            list.iter().enumerate().map(pair).collect::<Vec<_>>().join(",")
        }
        (_, Value::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

/// Another value that a control of one of these kinds takes: one thing more or less, the first two exchanged, the first
/// thing in the next group. Of a text nobody can say which would do.
pub(super) fn another(kind: &ControlKind, value: &Value) -> Option<Value> {
    let other = match (kind, value) {
        (ControlKind::Several { things, .. }, Value::Several(list)) => {
            let absent = (0..things.len() as u16).find(|n| !list.contains(n));
            let more = absent.map(|n| toggled(list, n));
            let fewer = list.first().map(|&n| toggled(list, n));
            let moved = list.first().zip(absent).map(|(&gone, new)| {
                let Value::Several(rest) = toggled(list, gone) else { return Value::None };
                toggled(&rest, new)
            });
            return [more, fewer, moved].into_iter().flatten().find(|value| check(kind, value).is_ok());
        }
        (ControlKind::Order { .. }, Value::Order(list)) if list.len() > 1 => moved(list, list[1], 0),
        (ControlKind::Assignment { groups, .. }, Value::Assignment(list)) if groups.len() > 1 => {
            let next = (list.first()? + 1) % groups.len() as u16;
            assigned(list, 0, next)
        }
        _ => return None,
    };
    check(kind, &other).is_ok().then_some(other)
}

/// A value drawn at random; of a text the one at the start. `below` draws a whole number below the one given.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn drawn(kind: &ControlKind, below: &mut dyn FnMut(u32) -> u32) -> Value {
    let mut shuffled = |things: &Things| {
        let mut list: Vec<u16> = (0..things.len() as u16).collect();
        for n in (1..list.len()).rev() {
            list.swap(n, below(n as u32 + 1) as usize);
        }
        list
    };
    match kind {
        ControlKind::Several { things, at_least, at_most, .. } => {
            let mut list = shuffled(things);
            let (least, most) = (usize::from(*at_least), usize::from(*at_most).min(list.len()));
            list.truncate(least + below((most.saturating_sub(least)) as u32 + 1) as usize);
            list.sort_unstable();
            Value::Several(list)
        }
        ControlKind::Order { things, .. } => Value::Order(shuffled(things)),
        ControlKind::Assignment { things, groups, .. } => {
            Value::Assignment(things.iter().map(|_| below(groups.len() as u32) as u16).collect())
        }
        ControlKind::Text { default, .. } => Value::Text(default.to_string()),
        _ => Value::None,
    }
}

/// The same things with one more, or without it if it was one of them.
pub(crate) fn toggled(list: &[u16], thing: u16) -> Value {
    let mut list: Vec<u16> = list.to_vec();
    match list.binary_search(&thing) {
        Ok(at) => drop(list.remove(at)),
        Err(at) => list.insert(at, thing),
    }
    Value::Several(list)
}

/// The same order with a thing at another place, from zero; at the end where there is no such place.
pub(crate) fn moved(list: &[u16], thing: u16, to: usize) -> Value {
    let mut list: Vec<u16> = list.iter().copied().filter(|&other| other != thing).collect();
    list.insert(to.min(list.len()), thing);
    Value::Order(list)
}

/// The same assignment with a thing in another group.
pub(crate) fn assigned(list: &[u16], thing: u16, group: u16) -> Value {
    let mut list = list.to_vec();
    if let Some(seat) = list.get_mut(usize::from(thing)) {
        *seat = group;
    }
    Value::Assignment(list)
}

/// The things in a group.
pub(crate) fn members(list: &[u16], group: u16) -> impl Iterator<Item = u16> {
    list.iter().enumerate().filter(move |(_, of)| **of == group).map(|(thing, _)| thing as u16)
}

/// The number of the thing of this id.
pub(crate) fn place(id: &str, things: &Things) -> Option<u16> {
    things.iter().position(|(other, _)| other == id).map(|n| n as u16)
}

/// What a control of this kind takes, for a sentence: 'it takes …'.
pub(super) fn allowed(kind: &ControlKind) -> String {
    let ids = |things: &Options| things.iter().map(|(id, _)| id.as_ref()).collect::<Vec<&str>>().join(", ");
    match kind {
        ControlKind::Number { .. } => "a number".into(),
        ControlKind::Choice { .. } => "an option's id".into(),
        ControlKind::Flag { .. } => "on or off".into(),
        ControlKind::Several { things, at_least, at_most, .. } => {
            let least = at_least.to_string();
            let most =
                if at_least == at_most { String::new() } else { [" to ", &at_most.to_string()].concat() };
            [&least, most.as_str(), " of ", &ids(things)].concat()
        }
        ControlKind::Order { things, .. } => ["each of ", &ids(things), " once, in any order"].concat(),
        ControlKind::Assignment { things, groups, .. } => {
            let example = things.first().zip(groups.first());
            let example = example.map(|((thing, _), (group, _))| [thing, ":", group].concat());
            [
                "a group (",
                &ids(groups),
                ") for each of ",
                &ids(things),
                ", written like ",
                &example.unwrap_or_default(),
            ]
            .concat()
        }
        ControlKind::Text { limit, rows, .. } => {
            let lines = if *rows > 1 { "" } else { " on one line" };
            ["a text of at most ", &limit.to_string(), " characters", lines].concat()
        }
    }
}

fn sentence(what: &str, kind: &ControlKind) -> String {
    [what, "; it takes ", &allowed(kind)].concat()
}

fn quoted(id: &str, what: &str) -> String {
    ["'", &clip(id), "'", what].concat()
}

fn unknown(id: &str) -> String {
    if id.is_empty() { "there is an empty name".into() } else { quoted(id, " is not among them") }
}

/// What is wrong with a list of things of which each may stand once.
fn misplaced(list: &[u16], things: &Things) -> Option<String> {
    let known = |n: u16| usize::from(n) < things.len();
    if !list.iter().all(|&n| known(n)) {
        return Some("there are fewer things".into());
    }
    let twice = |(at, n): (usize, &u16)| list[..at].contains(n);
    let n = list.iter().enumerate().find(|&it| twice(it)).map(|(_, &n)| n)?;
    Some(quoted(id(things, n), " appears twice"))
}

/// What stands between commas; nothing in a blank text.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let all = (!text.trim().is_empty()).then(|| text.split(','));
    all.into_iter().flatten().map(str::trim)
}

fn id(things: &Things, n: u16) -> &str {
    things.get(usize::from(n)).map_or("", |(id, _)| id)
}

fn label(things: &Things, n: u16) -> &str {
    things.get(usize::from(n)).map_or("", |(_, label)| label)
}

#[cfg(test)]
mod tests {
    use crate::pick::cases;
    use crate::player::{ChoiceOptions, Control, ControlKind, FromValue, Value};
    use crate::{choices, controls};
    use proptest::prelude::*;
    use std::borrow::Cow;

    choices! {
        /// Things.
        pub enum Thing { A = "a", "Alpha"; B = "b", "Beta"; C = "c", "Gamma" }
    }
    choices! {
        /// Groups.
        pub enum Group { East = "east", "East"; West = "west", "West" }
    }
    controls! {
        /// One of each kind.
        pub struct All {
            /// Some.
            pub some: Vec<Thing> = Control::several("some", "Some", Thing::OPTIONS, (1, 2), "c"),
            /// In order.
            pub order: Vec<Thing> = Control::order("order", "Order", Thing::OPTIONS, "b,a,c"),
            /// In groups.
            pub zone: Vec<Group> =
                Control::assignment("zone", "Zone", Thing::OPTIONS, Group::OPTIONS, "a:east,b:west,c:east"),
            /// A line.
            pub rule: String = Control::text("rule", "Rule", 12, "p99 > 1s"),
            /// Some lines.
            pub program: String = Control::text("program", "Program", 30, "load\nstore").rows(3),
        }
    }
    use crate::player::Controls;

    const ONE: ChoiceOptions = &[(Cow::Borrowed("a"), Cow::Borrowed("A"))];

    fn control(id: &str) -> &'static Control {
        All::ALL.iter().find(|control| control.id == id).unwrap()
    }

    /// The sentence of a refusal.
    fn refusal(id: &str, text: &str) -> String {
        let msg = control(id).parse(text).expect_err(text);
        msg.args.iter().map(|(_, arg)| format!("{arg:?}")).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn fields_are_typed_and_start_as_declared() {
        let values: Vec<Value> = All::ALL.iter().map(Control::default).collect();
        let all = All::from_values(&values);
        assert_eq!((all.some, all.order), (vec![Thing::C], vec![Thing::B, Thing::A, Thing::C]));
        assert_eq!(all.zone, [Group::East, Group::West, Group::East]);
        assert_eq!((all.rule.as_str(), all.program.as_str()), ("p99 > 1s", "load\nstore"));
        // What was never accepted becomes nothing rather than a panic.
        assert_eq!(Vec::<Thing>::from_value(&Value::Order(vec![7, 1])), [Thing::B]);
        assert_eq!(Vec::<Thing>::from_value(&Value::None), []);
    }

    #[test]
    fn values_are_written_by_ids_and_shown_by_labels() {
        for (id, typed, written, shown) in [
            ("some", " c, a ", "a,c", "Alpha, Gamma"),
            ("order", "c,b,a", "c,b,a", "Gamma, Beta, Alpha"),
            ("zone", "c:west,a:west,b:west", "a:west,b:west,c:west", "East: –; West: Alpha, Beta, Gamma"),
            ("rule", "  p99 > 2s ", "p99 > 2s", "p99 > 2s"),
            ("program", "load\r\n store", "load\n store", "load\n store"),
        ] {
            let value = control(id).parse(typed).unwrap();
            assert_eq!(
                (control(id).written(&value), control(id).show(&value)),
                (written.into(), shown.into())
            );
        }
    }

    #[test]
    fn a_refusal_says_what_is_wrong_and_what_is_allowed() {
        for (id, text, wrong, allowed) in [
            ("some", "", "0 are chosen", "1 to 2 of a, b, c"),
            ("some", "a,b,c", "3 are chosen", "1 to 2 of a, b, c"),
            ("some", "a,a", "'a' appears twice", "1 to 2"),
            ("some", "a,,b", "there is an empty name", "a, b, c"),
            ("some", "d", "'d' is not among them", "a, b, c"),
            ("order", "a,b", "'c' is missing", "each of a, b, c once"),
            ("order", "a,b,b", "'b' appears twice", "in any order"),
            ("zone", "a:east,b:west", "'c' is in no group", "a group (east, west) for each of a, b, c"),
            ("zone", "a,b,c", "'a' is in no group", "written like a:east"),
            ("zone", "a:north", "'north' is not among them", "east, west"),
            ("zone", "a:east,a:west", "'a' appears twice", "each of"),
            ("rule", "p99 > 1234567", "13 characters are too many", "at most 12 characters on one line"),
            ("rule", "a\nb", "a character that can't be typed", "one line"),
            ("program", "a\u{7}", "a character that can't be typed", "at most 30 characters"),
        ] {
            let says = refusal(id, text);
            assert!(says.contains(wrong) && says.contains(allowed), "{id} '{text}': {says}");
        }
        for (id, value) in [
            ("some", Value::Several(vec![1, 0])),
            ("some", Value::Order(vec![0])),
            ("order", Value::Order(vec![0, 1, 9])),
            ("order", Value::Order(vec![0; 5_000])),
            ("zone", Value::Assignment(vec![0, 1])),
            ("zone", Value::Assignment(vec![0, 1, 0, 1])),
            ("zone", Value::Assignment(vec![0, 1, 2])),
            ("rule", Value::Text("x".repeat(5_000))),
            ("rule", Value::Number(1.0)),
        ] {
            assert!(control(id).accept(&value).is_err(), "{id}: {value:?}");
        }
    }

    #[test]
    fn another_value_is_another_and_taken() {
        for control in All::ALL {
            let mut value = control.default();
            for _ in 0..8 {
                let Some(next) = control.another(&value) else {
                    assert!(matches!(control.kind, ControlKind::Text { .. }), "{}", control.id);
                    break;
                };
                assert_ne!(next, value, "{}", control.id);
                assert_eq!(control.accept(&next), Ok(next.clone()), "{}", control.id);
                value = next;
            }
        }
        let only = Control::order("only", "Only", ONE, "a");
        assert_eq!(only.another(&only.default()), None);
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn what_is_written_is_read_again(id in prop::sample::select(vec!["some", "order", "zone"]), mut seed: u32) {
            let value = control(id).kind.drawn(&mut |below| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 8) % below
            });
            prop_assert_eq!(control(id).accept(&value), Ok(value.clone()));
            prop_assert_eq!(control(id).parse(&control(id).written(&value)), Ok(value));
        }

        #[test]
        fn a_text_is_taken_as_it_is_or_refused(text in ".{0,14}") {
            if let Ok(value) = control("rule").parse(&text) {
                prop_assert_eq!(control("rule").written(&value), text.trim());
                prop_assert_eq!(control("rule").parse(&text), Ok(value));
            } else {
                prop_assert!(text.trim().chars().count() > 12 || text.contains(char::is_control));
            }
        }

        #[test]
        fn no_text_panics(id in prop::sample::select(vec!["some", "order", "zone", "rule"]), text in "[a-c:, ä🦦]{0,20}") {
            let _ = control(id).parse(&text);
        }
    }
}
