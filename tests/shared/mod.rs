//! What the test binaries have in common: what a run of them picks, and runs through their protocol.

pub mod pick;

use playground::player::{Answer, Ask, Frame, Request, Run, Session};
use playground::sim::Time;

/// Asks a session.
pub fn ask(session: &mut Session, ask: Ask) -> Answer {
    session.handle(Request { id: 0, ask }).answer
}

/// Opens a run.
pub fn open(session: &mut Session, run: &Run) {
    let answer = ask(session, Ask::Open(run.clone()));
    assert!(matches!(answer, Answer::Opened(_)), "{run:?}: {answer:?}");
}

/// The open run at a moment, however many slices that takes.
pub fn frame(session: &mut Session, at: Time) -> Frame {
    for _ in 0..100_000 {
        match ask(session, Ask::Frame { at, reach: at }) {
            Answer::Frame(frame) if frame.there => return *frame,
            Answer::Frame(_) => {}
            other => panic!("{other:?}"),
        }
    }
    panic!("{at} is never there");
}
