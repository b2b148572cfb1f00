//! What the test binaries have in common: what a run of them picks, and runs through their protocol.

pub mod pick;
pub mod watched;

use playground::player::{Frame, Query, Reply, Request, Run, Session};
use playground::sim::Time;

/// Asks a session.
pub fn ask(session: &mut Session, ask: Query) -> Reply {
    session.handle(Request { id: 0, query: ask }).reply
}

/// Opens a run.
pub fn open(session: &mut Session, run: &Run) {
    let answer = ask(session, Query::Open(run.clone()));
    assert!(matches!(answer, Reply::Opened(_)), "{run:?}: {answer:?}");
}

/// The open run at a moment, however many slices that takes.
pub fn frame(session: &mut Session, at: Time) -> Frame {
    for _ in 0..100_000 {
        match ask(session, Query::Frame { at, reach: at }) {
            Reply::Frame(frame) if frame.reached => return *frame,
            Reply::Frame(_) => {}
            other => panic!("{other:?}"),
        }
    }
    panic!("{at} is never there");
}
