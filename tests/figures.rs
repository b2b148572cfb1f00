//! What holds for every registered figure: played at random, it keeps its laws, says only what it declares, and gives
//! the same run when its record is played again.

use playground::lessons;
use playground::player::{
    Answer, Ask, Change, ControlKind, Data, Figure, Frame, Judge, Request, Run, Session, Value, ValueKind,
};
use playground::sim::{Draws, Entity, Purpose, Seed, Time};
use std::collections::{BTreeMap, BTreeSet};

fn ask(session: &mut Session, ask: Ask) -> Answer {
    session.handle(Request { id: 0, ask }).answer
}

fn frame(session: &mut Session, at: Time) -> Frame {
    loop {
        match ask(session, Ask::Frame { at, reach: at }) {
            Answer::Frame(frame) if frame.there => return *frame,
            Answer::Frame(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

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

/// A random change that the figure declares.
fn some_change(figure: &Figure, draws: &mut Draws) -> Change {
    let spec = figure.spec;
    let of = |n: usize, draws: &mut Draws| draws.below(n.max(1) as u32) as usize;
    if !spec.actions.is_empty() && draws.chance(0.4) {
        let action = &spec.actions[of(spec.actions.len(), draws)];
        let on = action.on.first().map(|&kind| Entity::new(kind, draws.below(5)));
        let arg = match action.arg {
            ValueKind::None => Value::None,
            ValueKind::Number(_, min, max, _) => Value::Number(min + (max - min) * draws.unit()),
        };
        return Change::Act { action: action.id.to_string(), on: on.into_iter().collect(), arg };
    }
    let control = &spec.controls[of(spec.controls.len(), draws)];
    let value = match &control.kind {
        ControlKind::Number { min, max, .. } => Value::Number(min + (max - min) * draws.unit()),
        ControlKind::Choice { options, .. } => Value::Choice(options[of(options.len(), draws)].0.to_string()),
        ControlKind::Flag { .. } => Value::Flag(draws.chance(0.5)),
    };
    Change::Set { control: control.id.to_string(), value }
}

/// Plays a figure with random changes and looks; hands every answer to `see`.
fn play(figure: &'static Figure, seed: u64, steps: u32, see: &mut dyn FnMut(&Answer)) {
    let mut draws = Draws::new(seed, Purpose::named("monkey"), Entity::new(0, 0));
    let mut session = Session::new([figure]);
    ask(&mut session, Ask::Open(Run::new(figure.spec, Seed(seed))));
    let mut run = Run::new(figure.spec, Seed(seed));
    let mut at = Time::ZERO;
    for _ in 0..steps {
        if draws.chance(0.5) {
            let change = some_change(figure, &mut draws);
            let answer = ask(&mut session, Ask::Change { at, change });
            see(&answer);
            if let Answer::Changed { run: now, at: next, .. } = answer {
                (run, at) = (now, next);
            }
        }
        if draws.chance(0.1) {
            at = Time::from_nanos((at.nanos() as f64 * draws.unit()) as u64);
        } else {
            let step = figure.spec.until.nanos() / 60;
            at = Time::from_nanos(at.nanos() + u64::from(draws.below(1 + step as u32 % u32::MAX)))
                .min(figure.spec.until);
        }
        let shown = frame(&mut session, at);
        assert_eq!(session.laws(), Ok(()), "{} at {at}, seed {seed}", figure.spec.id);
        let opened: Vec<Entity> = (0..figure.spec.kinds.len() as u8)
            .flat_map(|kind| [Entity::new(kind, draws.below(6)), Entity::new(kind, draws.below(400))])
            .collect();
        see(&Answer::Frame(Box::new(shown)));
        for entity in opened {
            see(&ask(&mut session, Ask::Explain { entity, at }));
        }
    }
    see(&ask(&mut session, Ask::Markers));
    let last = frame(&mut session, at);
    let mut again = Session::new([figure]);
    assert!(matches!(ask(&mut again, Ask::Open(run.clone())), Answer::Opened(_)), "{run:?}");
    assert_eq!(
        frame(&mut again, at).hash,
        last.hash,
        "{}: the record of seed {seed} gives another run",
        figure.spec.id
    );
}

#[test]
fn played_at_random_every_figure_keeps_its_laws_and_its_record() {
    for (_, figure) in lessons::all() {
        for seed in 0..3 {
            play(figure, seed, 40, &mut |_| {});
        }
    }
}

/// What the judges of a figure's challenges say against the settings that are known to be wrong, and against some at
/// random.
fn failures(figure: &'static Figure) -> Vec<serde_json::Value> {
    let mut draws = Draws::new(1, Purpose::named("failures"), Entity::new(0, 0));
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
        for _ in 0..40 {
            let mut run = Run::new(figure.spec, Seed(1));
            for _ in 0..3 {
                if let Change::Set { control, value } = some_change(figure, &mut draws) {
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

#[test]
fn a_figure_says_what_it_declares_and_nothing_else() {
    for (_, figure) in lessons::all() {
        let mut said = BTreeMap::new();
        for seed in 100..118 {
            play(figure, seed, 30, &mut |answer| {
                messages(&serde_json::to_value(answer).unwrap(), &mut said);
            });
        }
        for failure in failures(figure) {
            messages(&failure, &mut said);
        }
        // What the player itself says is in the words that all figures share.
        let shared = ["nothing-to-take-back", "not-computed-yet", "no-such-entity", "input-after-end"];
        let declared: BTreeMap<&str, BTreeSet<&str>> =
            figure.messages.iter().map(|(id, args)| (*id, args.iter().copied().collect())).collect();
        for (id, args) in &said {
            if shared.contains(&id.as_str()) {
                continue;
            }
            let Some(names) = declared.get(id.as_str()) else {
                panic!("{} says '{id}', undeclared", figure.spec.id)
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
}
