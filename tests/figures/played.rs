//! What holds for every registered figure: played at random, it keeps its invariants, says only what it declares, gives the same
//! run when its record is played again, and explains what it explains to whoever opens that run.

use crate::budget::Budget;
use crate::shared::{ask, frame, open, pick};
use playground::player::{
    ControlKind, Data, Explanation, Figure, Frame, InputKind, Judge, Query, Reply, Run, Session, Value,
    ValueKind,
};
use playground::scene::Panel;
use playground::sim::{Arg, Draws, Entity, Msg, Purpose, Seed, Span, Time};
use std::collections::{BTreeMap, BTreeSet};

/// Changes and looks after which the invariants are checked.
const INVARIANTS: Budget = Budget { what: "looks at invariants", full: 120, least: 10, total: 1_200 };
/// Changes and looks at what is said.
const HEARD: Budget = Budget { what: "looks at messages", full: 540, least: 20, total: 4_320 };
/// Settings at random that a figure's challenges are judged by, for what their judges say.
const REFUSED: Budget = Budget { what: "wrong settings", full: 40, least: 3, total: 400 };
/// Moments at which something is asked about.
const ASKED: Budget = Budget { what: "moments of explanations", full: 40, least: 2, total: 320 };

/// The numbers that something at random about a figure follows from.
pub fn draws(purpose: &str, figure: &Figure) -> Draws {
    Draws::new(
        pick::seed(&format!("{purpose} of {}", figure.spec.id)),
        Purpose::named("tests"),
        Entity::new(0, 0),
    )
}

/// A change at random that the figure declares, often to an end of what a control takes.
pub fn some_change(figure: &Figure, draws: &mut Draws) -> InputKind {
    let spec = figure.spec;
    let of = |n: usize, draws: &mut Draws| draws.below(n.max(1) as u32) as usize;
    if !spec.actions.is_empty() && (spec.controls.is_empty() || draws.chance(0.4)) {
        let action = &spec.actions[of(spec.actions.len(), draws)];
        let on = action.applies_to.first().map(|&kind| Entity::new(kind, draws.below(5)));
        let arg = match &action.arg {
            ValueKind::None => Value::None,
            ValueKind::Number(_, min, max, _) => Value::Number(min + (max - min) * draws.unit()),
            &ValueKind::Entities { kind, at_least, at_most } => {
                let n = u32::from(at_least) + draws.below(u32::from(at_most - at_least) + 1);
                Value::Entities((0..n).map(|n| Entity::new(kind, n)).collect())
            }
            ValueKind::Text(_, offered) => Value::Text(offered.to_string()),
        };
        return InputKind::Act { action: action.id.to_string(), targets: on.into_iter().collect(), arg };
    }
    let control = &spec.controls[of(spec.controls.len(), draws)];
    let value = match &control.kind {
        ControlKind::Number { min, max, .. } => {
            let between = min + (max - min) * draws.unit();
            Value::Number([*min, *max, between, between][of(4, draws)])
        }
        ControlKind::Choice { options, .. } => Value::Choice(options[of(options.len(), draws)].0.to_string()),
        ControlKind::Flag { .. } => Value::Flag(draws.chance(0.5)),
        kind => kind.drawn(&mut |below| draws.below(below)),
    };
    InputKind::Set { control: control.id.to_string(), value }
}

/// A few of every kind that a figure has, early ones and later ones.
fn some_of_all(figure: &Figure, draws: &mut Draws) -> Vec<Entity> {
    let kinds = 0..figure.spec.kinds.len() as u8;
    kinds.flat_map(|kind| [6, 400].map(|most| Entity::new(kind, draws.below(most)))).collect()
}

/// Plays a figure with changes and looks at random; hands every answer to `see`.
fn play(figure: &'static Figure, draws: &mut Draws, steps: u32, see: &mut dyn FnMut(&Reply)) {
    let seed = Seed(draws.bits());
    let mut session = Session::new([figure]);
    let mut run = Run::new(figure.spec, seed);
    open(&mut session, &run);
    let mut at = Time::ZERO;
    for _ in 0..steps {
        if draws.chance(0.5) {
            let change = some_change(figure, draws);
            let answer = ask(&mut session, Query::Change { at, change });
            see(&answer);
            if let Reply::Changed { run: now, at: next, .. } = answer {
                run = now;
                at = next;
            }
        }
        if draws.chance(0.1) {
            at = Time::from_nanos((at.nanos() as f64 * draws.unit()) as u64);
        } else {
            let step = figure.spec.until.secs() / 60.0;
            at = (at + Span::from_secs_f64(step * draws.unit())).min(figure.spec.until);
        }
        let shown = frame(&mut session, at);
        assert_eq!(session.invariants(), Ok(()), "{} at {at}: {run:?}", figure.spec.id);
        see(&Reply::Frame(Box::new(shown)));
        for entity in some_of_all(figure, draws) {
            see(&ask(&mut session, Query::Explain { entity, at }));
        }
    }
    see(&ask(&mut session, Query::Markers));
    let last = frame(&mut session, at);
    let mut again = Session::new([figure]);
    open(&mut again, &run);
    assert_eq!(
        frame(&mut again, at).hash,
        last.hash,
        "{}: the record gives another run: {run:?}",
        figure.spec.id
    );
}

fn keeps_its_laws_and_its_record(_: &str, figure: &'static Figure) {
    let mut draws = draws(INVARIANTS.what, figure);
    for steps in INVARIANTS.pieces(&figure.spec.id, 40) {
        play(figure, &mut draws, steps, &mut |_| {});
    }
}
by_chapter!(keeps_its_laws_and_its_record);

/// Every message in an answer: id and names of arguments.
fn messages(value: &serde_json::Value, into: &mut BTreeMap<String, BTreeSet<String>>) {
    match value {
        serde_json::Value::Object(map) => {
            if let (Some(serde_json::Value::String(id)), Some(serde_json::Value::Array(args))) =
                (map.get("id"), map.get("args"))
            {
                let names = args.iter().filter_map(|arg| arg.get(0)?.as_str().map(str::to_owned));
                into.insert(id.clone(), names.collect());
            }
            map.values().for_each(|value| messages(value, into));
        }
        serde_json::Value::Array(list) => list.iter().for_each(|value| messages(value, into)),
        _ => {}
    }
}

/// What the judges of a figure's challenges say against the settings that are known to be wrong, and against some at
/// random.
fn failures(figure: &'static Figure) -> Vec<serde_json::Value> {
    let mut draws = draws(REFUSED.what, figure);
    let mut said = Vec::new();
    for challenge in figure.challenges {
        let known = challenge.tempting.iter().map(|(_, setting)| *setting).chain([&[][..]]);
        let mut wrong: Vec<Run> = known
            .map(|setting| {
                let mut run = Run::new(figure.spec, Seed(1));
                run.set_all(figure.spec, setting).unwrap();
                run
            })
            .collect();
        for _ in 0..REFUSED.of(&figure.spec.id) {
            let mut run = Run::new(figure.spec, Seed(1));
            for _ in 0..3 {
                if let InputKind::Set { control, value } = some_change(figure, &mut draws) {
                    run.set(figure.spec, &control, &value).unwrap();
                }
            }
            wrong.push(run);
        }
        for run in wrong {
            let judge = Judge::new(figure, challenge, &run).unwrap();
            for trial in judge.trials().take(3) {
                let failed = trial.compute(figure, &Data::default()).unwrap().failed;
                said.extend(failed.map(|failure| serde_json::to_value(failure).unwrap()));
            }
        }
        assert!(!said.is_empty(), "{} of {} lets everything pass", challenge.id, figure.spec.id);
    }
    said
}

fn says_what_it_declares_and_nothing_else(_: &str, figure: &'static Figure) {
    let mut said = BTreeMap::new();
    let mut draws = draws(HEARD.what, figure);
    for steps in HEARD.pieces(&figure.spec.id, 30) {
        play(figure, &mut draws, steps, &mut |answer| {
            messages(&serde_json::to_value(answer).unwrap(), &mut said);
        });
    }
    for failure in failures(figure) {
        messages(&failure, &mut said);
    }
    // What the player itself says is in the words that all figures share.
    let shared = ["nothing-to-take-back", "not-computed-yet", "no-such-entity", "input-after-end"];
    let declared: BTreeMap<&str, BTreeSet<&str>> = figure
        .messages
        .iter()
        .flat_map(|table| table.iter())
        .map(|(id, args)| (*id, args.iter().copied().collect()))
        .collect();
    for (id, args) in &said {
        if shared.contains(&id.as_str()) {
            continue;
        }
        let Some(names) = declared.get(id.as_str()) else {
            panic!(
                "{} says '{id}', which its MESSAGES don't declare; a reading in a chart needs a message of its id as well",
                figure.spec.id
            )
        };
        assert_eq!(
            args.iter().map(String::as_str).collect::<BTreeSet<_>>(),
            *names,
            "{} '{id}'",
            figure.spec.id
        );
    }
    let silent: Vec<&&str> = declared.keys().filter(|id| !said.contains_key(**id)).collect();
    println!("{}: {} messages, not heard: {silent:?}", figure.spec.id, said.len());
}
by_chapter!(says_what_it_declares_and_nothing_else);

/// What there is to say of an entity, with the steps that belong to it for certain: of what has always been there, those
/// of the last seconds; a replay may begin earlier.
fn explained(
    session: &mut Session,
    entity: Entity,
    at: Time,
    all_of_it: bool,
) -> Result<Explanation, Box<Reply>> {
    match ask(session, Query::Explain { entity, at }) {
        Reply::Explained(mut told) => {
            told.steps.retain(|step| all_of_it || step.time >= at.back(Span::from_secs(5)));
            Ok(told)
        }
        refused => Err(Box::new(refused)),
    }
}

/// Opens a run in a session that has seen nothing of it.
fn unseen(figure: &'static Figure, run: &Run) -> Session {
    let mut session = Session::new([figure]);
    open(&mut session, run);
    session
}

/// Wherever a session has been before, picture, readings and explanations are those of the moment that is shown.
fn tells_of_the_moment_shown_and_of_no_other(_: &str, figure: &'static Figure) {
    let mut draws = draws(ASKED.what, figure);
    let end = figure.spec.until.secs();
    let moment = |draws: &mut Draws| Time::from_secs_f64(end * draws.unit());
    let mut run = Run::new(figure.spec, Seed(draws.bits()));
    let mut travelled = unseen(figure, &run);
    // Something has happened to the run that is asked about.
    for share in [0.2, 0.4, 0.6] {
        let at = Time::from_secs_f64(end * share);
        frame(&mut travelled, at);
        let change = some_change(figure, &mut draws);
        if let Reply::Changed { run: now, .. } = ask(&mut travelled, Query::Change { at, change }) {
            run = now;
        }
    }
    // A comparison asks a session beside this one, about the same run under another control.
    let mut compared = run.clone();
    if let InputKind::Set { control, value } = some_change(figure, &mut draws) {
        compared.set(figure.spec, &control, &value).unwrap();
    }
    let mut beside = travelled.sibling();
    if matches!(ask(&mut beside, Query::Open(compared.clone())), Reply::Refused(_)) {
        // What would need the learner's log, for one.
        compared = run.clone();
        open(&mut beside, &compared);
    }
    while travelled.run_ahead() || beside.run_ahead() {}
    for n in 0..ASKED.of(&figure.spec.id) {
        let at = moment(&mut draws);
        frame(&mut travelled, moment(&mut draws));
        if n % 4 == 3 {
            // The past is changed, so that what was known after it is not this run's.
            let change = some_change(figure, &mut draws);
            if let Reply::Changed { run: now, .. } = ask(&mut travelled, Query::Change { at, change }) {
                run = now;
            }
        }
        for (session, run) in [(&mut travelled, &run), (&mut beside, &compared)] {
            let mut fresh = unseen(figure, run);
            let (shown, expected) = (frame(session, at), frame(&mut fresh, at));
            let context = format!("{} at {at}: {run:?}", figure.spec.id);
            assert_eq!(shown.hash, expected.hash, "{context}");
            assert_eq!(as_pictured(&shown), as_pictured(&expected), "{context}");
            for entity in some_of_all(figure, &mut draws) {
                // In a session that has seen nothing of the run, what is there at its start has always been there.
                let begins_later = explained(&mut unseen(figure, run), entity, Time::ZERO, true).is_err();
                let explanation = explained(session, entity, at, begins_later);
                if let Ok(explanation) = &explanation {
                    assert!(!names_itself(explanation), "{explanation:?} of {context}");
                }
                // As text, in which a number that isn't known yet equals another such.
                let fresh = explained(&mut fresh, entity, at, begins_later);
                assert_eq!(format!("{explanation:?}"), format!("{fresh:?}"), "{entity:?} of {context}");
            }
        }
    }
}
by_chapter!(tells_of_the_moment_shown_and_of_no_other);

/// Whether an explanation speaks of whom it is about by name, as if of somebody else.
fn names_itself(of: &Explanation) -> bool {
    let names = |msg: &Msg| {
        msg.args.iter().any(|(_, arg)| match arg {
            Arg::Entity(who) => *who == of.entity,
            Arg::Entities(all) => all.contains(&of.entity),
            _ => false,
        })
    };
    of.sentences.iter().chain(of.steps.iter().map(|step| &step.what)).any(names)
}

/// Readings and panels, as text; without charts, which go on as far as the run was seen.
fn as_pictured(frame: &Frame) -> String {
    let panels = frame.scene.panels.iter().filter(|panel| !matches!(panel, Panel::Chart(_)));
    format!("{:?} {:?}", frame.readings, panels.collect::<Vec<_>>())
}
