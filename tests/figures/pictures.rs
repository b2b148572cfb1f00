//! Every registered figure is a good picture: at random moments, under random controls and faults, at every width.

use crate::budget::Budget;
use crate::played::{draws, some_change};
use crate::shared::{ask, frame, open};
use playground::course::Course;
use playground::course::words::patterns;
use playground::lessons;
use playground::player::{Figure, Query, Reply, Run, Session};
use playground::scene::{
    Label, LayoutOptions, Panel, Picture, Scene, Status, SvgOptions, Words, describe, svg,
};
use playground::sim::{Seed, Time};
use std::path::Path;
use std::sync::LazyLock;

/// Moments that are looked at, at four widths: a phone, beside the text, a tablet, a desk.
const LOOKED_AT: Budget = Budget { what: "moments of pictures", full: 100, least: 4, total: 800 };

/// The lesson's words and those that all figures share.
fn words(lesson: &str, figure: &Figure) -> Words {
    static COURSE: LazyLock<Course> =
        LazyLock::new(|| Course::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/lessons"))).0);
    let own = COURSE.lesson(lesson).into_iter().flat_map(|own| patterns(&COURSE, own, &figure.spec.id));
    Words { patterns: own.collect(), kinds: figure.spec.naming() }
}

/// How a bar or a cell looks that the legend says nothing of. What steps look like is the same in all figures.
fn unexplained(scene: &Scene) -> Option<Status> {
    let unknown = |key: &[(Label, Status)], mut looks: Box<dyn Iterator<Item = Status> + '_>| {
        looks.find(|look| key.iter().all(|(_, known)| known != look))
    };
    scene.panels.iter().find_map(|panel| match panel {
        Panel::Lanes(it) if it.step.is_none() => {
            let bars = it.lanes.iter().flat_map(|lane| &lane.bars);
            unknown(&it.key, Box::new(bars.map(|bar| bar.status)))
        }
        Panel::Frames(it) => {
            let cells = it.0.rows.iter().flat_map(|row| &row.cells);
            unknown(&it.0.key, Box::new(cells.map(|cell| cell.status)))
        }
        Panel::Grid(it) => {
            let cells = it.rows.iter().flat_map(|row| &row.cells);
            unknown(&it.key, Box::new(cells.map(|cell| cell.status)))
        }
        _ => None,
    })
}

fn can_be_read_at_random_moments(lesson: &str, figure: &'static Figure) {
    let words = words(lesson, figure);
    let mut draws = draws(LOOKED_AT.what, figure);
    for moments in LOOKED_AT.pieces(&figure.spec.id, 10) {
        let mut session = Session::new([figure]);
        let mut run = Run::new(figure.spec, Seed(draws.bits()));
        open(&mut session, &run);
        // The start is the moment at which a figure most easily has nothing to say.
        let mut moments: Vec<f64> = core::iter::once(0.0).chain((0..moments).map(|_| draws.unit())).collect();
        moments.sort_by(f64::total_cmp);
        for moment in moments {
            let at = Time::from_secs_f64(figure.spec.until.secs() * moment);
            let scene = frame(&mut session, at).scene;
            for width in [360.0, 520.0, 768.0, 1280.0] {
                let picture = Picture::new(&scene, &words, width, &LayoutOptions::default());
                let problems = picture.problems();
                assert!(problems.is_empty(), "{} at {at}, {width} px: {problems:#?} {run:?}", figure.spec.id);
            }
            assert_eq!(unexplained(&scene), None, "{}: a look that its legend doesn't know", figure.spec.id);
            assert!(!describe(&scene, &words).sentences.is_empty(), "{} says nothing", figure.spec.id);
            // A change that the model refuses is as good as none here.
            let change = some_change(figure, &mut draws);
            if let Reply::Changed { run: now, .. } = ask(&mut session, Query::Change { at, change }) {
                run = now;
            }
        }
    }
}
by_chapter!(can_be_read_at_random_moments);

/// With PICTURES=folder, writes each figure's still there as SVG, to be looked at.
#[test]
fn stills_can_be_looked_at() {
    let Some(folder) = std::env::var_os("PICTURES") else { return };
    for (lesson, figure) in lessons::all() {
        let words = words(lesson, figure);
        let mut session = Session::new([figure]);
        open(&mut session, &Run::new(figure.spec, Seed(1)));
        let scene = frame(&mut session, figure.spec.still_at).scene;
        for width in [360.0, 860.0] {
            let picture = Picture::new(&scene, &words, width, &LayoutOptions::default());
            let id = figure.spec.id.as_ref();
            let still = SvgOptions { id, title: id, ..SvgOptions::default() };
            let file = Path::new(&folder).join(format!("{id}-{width}.svg"));
            std::fs::write(file, svg(&picture, &still)).unwrap();
        }
    }
}
