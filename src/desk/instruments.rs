//! What a desk can do with a figure beyond operating it: compare, sweep, predict, judge, tell who is behind a number, save,
//! read a file of the learner's.
//!
//! A worker with all that is a quarter heavier, and most visits begin by pressing play. So a figure is first operated from
//! a plain desk. Pressed for more, that says so ([`Shown::more`](super::Shown::more)); the page then ends its worker, and
//! starts one that is equipped, where the run is. A plain worker's code names no instrument, so it carries none: all ways
//! to them lead through [`Instruments`].

use super::protocol::{Deed, Patch, Piece};
use super::{Changed, Desk, behind, compare, predict, tables};
use crate::player::Value;
use crate::scene::Picture;
use crate::sim::Time;

/// Deeds that take an instrument.
const DEEDS: [&str; 11] = [
    "commit", "set-up", "judge", "call-off", "sweep", "compare", "swap", "side", "behind", "picture",
    "numbers",
];

/// Whether a deed takes an instrument.
pub(super) fn takes(deed: &Deed) -> bool {
    DEEDS.contains(&deed.does.as_str())
}

/// The ways to the instruments.
pub struct Instruments {
    pub(super) deed: fn(&mut Desk, &Deed),
    /// The run is another one now.
    pub(super) run_changed: fn(&mut Desk),
    /// The run was taken to a moment; whether everything else is there too.
    pub(super) go_on: fn(&mut Desk, Time, Time) -> bool,
    /// A control is moved; whether that was an instrument's affair alone.
    pub(super) turn: fn(&mut Desk, &str, &Value) -> bool,
    /// Computes on, one slice; whether there was something to do.
    pub(super) work: fn(&mut Desk) -> bool,
    /// Somebody is asked about.
    pub(super) explain: fn(&mut Desk),
    /// The pictures, if they are other ones than the run's own.
    pub(super) pictures: fn(&mut Desk, &mut Vec<Patch>) -> [Option<Picture>; 2],
    /// What is to be shown, after the desk's own.
    pub(super) write: fn(&mut Desk, Changed, &mut Vec<Patch>),
    /// A piece of a learner's file.
    pub(super) data: fn(&mut Desk, &Piece),
    pub(super) errand: fn(&Desk, &[u8]) -> Vec<u8>,
    pub(super) returned: fn(&mut Desk, Option<&[u8]>, f64),
}

/// All instruments.
pub static INSTRUMENTS: Instruments = Instruments {
    deed,
    run_changed: Desk::rival_again,
    go_on: Desk::rival_on,
    turn: Desk::turn_rival,
    work: |desk| desk.grade() || desk.run_own(),
    explain: Desk::explain_rival,
    pictures: compare::pictures,
    write,
    data: Desk::data,
    errand: Desk::run_errand,
    returned: Desk::returned,
};

fn deed(desk: &mut Desk, deed: &Deed) {
    match deed.does.as_str() {
        "commit" => desk.commit(deed),
        "set-up" => desk.set_up(&deed.on),
        "judge" => desk.judge(&deed.on),
        "call-off" => desk.call_off(),
        "sweep" => desk.sweep(&deed.text),
        "compare" => desk.compare(),
        "swap" => desk.swap(),
        "side" => desk.take_side(&deed.text),
        "behind" => desk.behind(&deed.on),
        "picture" => desk.save_picture(&deed.way),
        "numbers" => desk.save_numbers(),
        _ => {}
    }
}

fn write(desk: &mut Desk, changed: Changed, out: &mut Vec<Patch>) {
    if changed.shown {
        predict::write(&mut desk.state, out);
    }
    if changed.run {
        compare::write(&desk.state, out);
        desk.write_costs(out);
    }
    if let Some(rival) = &desk.rival {
        if changed.read {
            compare::write_readings(&desk.state, rival, out);
            let theirs = (rival.frame.as_deref(), rival.charts.as_ref());
            tables::write(&desk.state, Some(theirs), out);
        }
        if changed.explained {
            compare::write_story(&desk.state, rival, out);
        }
    } else if changed.run {
        compare::write_no_readings(&desk.state, out);
    }
    if changed.explained {
        behind::write(&desk.state, out);
    }
}
