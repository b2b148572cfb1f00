//! Pictures: whatever the scene, labels don't meet, text can be read, nothing is outside, and all readers agree.

mod scenes;

use playground::scene::*;

/// Phone, tablet, page, and the picture's column of a page.
const WIDTHS: [f32; 5] = [240.0, 360.0, 768.0, 860.0, 1280.0];

#[test]
fn every_sample_is_a_good_picture_at_every_width() {
    for (name, scene) in scenes::all() {
        for width in WIDTHS {
            let picture = Picture::new(&scene, &scenes::words(), width, &Options::default());
            let problems = picture.problems();
            assert!(problems.is_empty(), "{name} at {width} px: {problems:#?}");
        }
    }
}

/// With PICTURES=folder, writes the samples there as SVG in a page, to be looked at.
#[test]
fn samples_can_be_looked_at() {
    let Some(folder) = std::env::var_os("PICTURES") else { return };
    let folder = std::path::PathBuf::from(folder);
    for (name, scene) in scenes::all() {
        for width in [360.0, 860.0] {
            let picture = Picture::new(&scene, &scenes::words(), width, &Options::default());
            let still = Still { id: name, title: name, ..Still::default() };
            std::fs::write(folder.join(format!("{name}-{width}.svg")), svg(&picture, &still)).unwrap();
        }
    }
}
