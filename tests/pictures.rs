//! Every registered figure is a good picture: at random moments, under random controls and faults, at every width.

use playground::course::Course;
use playground::lessons;
use playground::player::{Answer, Ask, Change, ControlKind, Figure, Request, Run, Session, Value, ValueKind};
use playground::scene::{Options, Picture, Scene, Still, Words, describe, svg};
use playground::sim::{Draws, Entity, Purpose, Seed, Time};
use std::path::Path;

/// The lesson's words and those that all figures share.
fn words(course: &Course, lesson: &str, figure: &Figure) -> Words {
    let own = course.lesson(lesson).into_iter().flat_map(|lesson| lesson.words(&figure.spec.id));
    let patterns = course.words.iter().chain(own).map(|(id, text)| (id.clone(), text.text.clone()));
    Words { patterns: patterns.collect(), kinds: figure.spec.naming() }
}

fn scene(session: &mut Session, at: Time) -> Scene {
    loop {
        match session.handle(Request { id: 0, ask: Ask::Frame { at, reach: at } }).answer {
            Answer::Frame(frame) if frame.there => return frame.scene,
            Answer::Frame(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// A control set to one of its ends or in between, or a fault.
fn change(figure: &Figure, draws: &mut Draws) -> Change {
    let spec = figure.spec;
    let pick = |n: usize, draws: &mut Draws| draws.below(n as u32) as usize;
    if !spec.actions.is_empty() && (spec.controls.is_empty() || draws.chance(0.5)) {
        let action = &spec.actions[pick(spec.actions.len(), draws)];
        let on = action.on.first().map(|&kind| Entity::new(kind, draws.below(4)));
        let arg = match action.arg {
            ValueKind::None => Value::None,
            ValueKind::Number(_, min, max, _) => Value::Number(min + (max - min) * draws.unit()),
        };
        return Change::Act { action: action.id.to_string(), on: on.into_iter().collect(), arg };
    }
    let control = &spec.controls[pick(spec.controls.len(), draws)];
    let value = match &control.kind {
        ControlKind::Number { min, max, .. } => {
            Value::Number([*min, *max, min + (max - min) * draws.unit()][pick(3, draws)])
        }
        ControlKind::Choice { options, .. } => {
            Value::Choice(options[pick(options.len(), draws)].0.to_string())
        }
        ControlKind::Flag { .. } => Value::Flag(draws.chance(0.5)),
    };
    Change::Set { control: control.id.to_string(), value }
}

#[test]
fn labels_of_every_figure_can_be_read_at_a_hundred_random_moments() {
    let (course, _) = Course::load(Path::new("lessons"));
    for (lesson, figure) in lessons::all() {
        let words = words(&course, lesson, figure);
        let mut draws = Draws::new(7, Purpose::named("moments"), Entity::new(0, 0));
        for seed in 0..10 {
            let mut session = Session::new([figure]);
            session.handle(Request { id: 0, ask: Ask::Open(Run::new(figure.spec, Seed(seed))) });
            let mut moments: Vec<f64> = (0..10).map(|_| draws.unit()).collect();
            moments.sort_by(f64::total_cmp);
            for moment in moments {
                let at = Time::from_secs_f64(figure.spec.until.secs() * moment);
                let scene = scene(&mut session, at);
                for width in [360.0, 768.0, 1280.0] {
                    let picture = Picture::new(&scene, &words, width, &Options::default());
                    let problems = picture.problems();
                    assert!(
                        problems.is_empty(),
                        "{} seed {seed} at {at}, {width} px: {problems:#?}",
                        figure.spec.id
                    );
                }
                assert!(!describe(&scene, &words).says.is_empty(), "{} says nothing", figure.spec.id);
                // A change that the model refuses is as good as none here.
                session
                    .handle(Request { id: 0, ask: Ask::Change { at, change: change(figure, &mut draws) } });
            }
        }
    }
}

/// With PICTURES=folder, writes each figure's still there as SVG, to be looked at.
#[test]
fn stills_can_be_looked_at() {
    let Some(folder) = std::env::var_os("PICTURES") else { return };
    let (course, _) = Course::load(Path::new("lessons"));
    for (lesson, figure) in lessons::all() {
        let words = words(&course, lesson, figure);
        let mut session = Session::new([figure]);
        session.handle(Request { id: 0, ask: Ask::Open(Run::new(figure.spec, Seed(1))) });
        let scene = scene(&mut session, figure.spec.still);
        for width in [360.0, 860.0] {
            let picture = Picture::new(&scene, &words, width, &Options::default());
            let id = figure.spec.id.as_ref();
            let still = Still { id, title: id, ..Still::default() };
            let file = Path::new(&folder).join(format!("{id}-{width}.svg"));
            std::fs::write(file, svg(&picture, &still)).unwrap();
        }
    }
}
