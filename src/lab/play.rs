//! Plays a run to a moment, through the session's protocol alone.

use super::words::{say, words_for};
use super::{CommandError, Terminal, inputs};
use crate::lessons;
use crate::player::{
    Data, Explanation, FigureSpec, FileReader, Frame, LogReader, Marker, MarkerKind, Needs, Opened, Query,
    Reply, Request, Run, Session,
};
use crate::scene::Words;
use crate::sim::{Entity, Time, Unit};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes of a file that are handed over in one request.
const CHUNK: usize = 1 << 18;
/// A model that makes no progress in so many slices schedules events for the same moment for ever.
const STUCK: u32 = 2_000;

/// A session with one run open.
pub struct Player {
    session: Session,
    /// The figure of the run.
    pub spec: &'static FigureSpec,
    /// What the figure's messages are worded with.
    pub words: Words,
    asked: u32,
}

impl Player {
    /// A session for a figure.
    ///
    /// # Errors
    /// If there is no such figure.
    pub fn new(figure: &str) -> Result<Self, CommandError> {
        let figure = inputs::figure(figure)?;
        let session = Session::new([figure]);
        Ok(Self { session, spec: figure.spec, words: words_for(figure.spec), asked: 0 })
    }

    /// What runs may replay here.
    pub fn data(&self) -> &Data {
        self.session.data()
    }

    fn ask(&mut self, ask: Query) -> Result<Reply, CommandError> {
        self.asked = self.asked.wrapping_add(1);
        match self.session.handle(Request { id: self.asked, query: ask }).reply {
            Reply::Refused(msg) => Err(CommandError::Refused(say(&self.words, &msg))),
            answer => Ok(answer),
        }
    }

    /// Loads a file for runs to replay; returns its fingerprint and a report.
    ///
    /// # Errors
    /// If the figure takes none, it can't be read, or nothing in it can be replayed.
    pub fn load(&mut self, path: &Path, terminal: &mut Terminal) -> Result<(u64, Vec<String>), CommandError> {
        if self.spec.needs == Needs::Nothing {
            let all = lessons::all().map(|(_, figure)| figure);
            let takes: Vec<&str> =
                all.filter(|f| f.spec.needs != Needs::Nothing).map(|f| f.spec.id.as_ref()).collect();
            return Err(CommandError::Refused(format!(
                "{} replays no file; these do: {}",
                self.spec.id,
                takes.join(", ")
            )));
        }
        let unreadable =
            |error| CommandError::Refused(format!("the file {} can't be read: {error}", path.display()));
        let mut file = File::open(path).map_err(unreadable)?;
        let size = file.metadata().map_or(0, |meta| meta.len());
        let mut read = 0;
        let mut reader = LogReader::default();
        loop {
            let mut bytes = vec![0; CHUNK];
            let got = file.read(&mut bytes).map_err(unreadable)?;
            bytes.truncate(got);
            read += got as u64;
            let last = got == 0;
            let share = (read * 100).checked_div(size).unwrap_or(100);
            terminal.progress(&format!("reading {}: {share} %", path.display()));
            reader.push(&bytes);
            if last {
                terminal.progress("");
                let data = reader.finish().map_err(|why| CommandError::Refused(say(&self.words, &why)))?;
                let says = reader.report(&data).iter().map(|msg| say(&self.words, msg)).collect();
                let nothing = || CommandError::Refused(format!("{} replays no files", self.spec.id));
                let fingerprint = data.fingerprint().ok_or_else(nothing)?;
                self.session.set_data(data);
                return Ok((fingerprint, says));
            }
        }
    }

    /// Takes a run up.
    ///
    /// # Errors
    /// The figure's refusal.
    pub fn open(&mut self, run: Run) -> Result<Opened, CommandError> {
        match self.ask(Query::Open(run))? {
            Reply::Opened(opened) => Ok(opened),
            other => Err(unexpected(&other)),
        }
    }

    /// The run at a moment.
    ///
    /// # Errors
    /// If nothing is open, or the model never gets there.
    pub fn frame(&mut self, at: Time, terminal: &mut Terminal) -> Result<Frame, CommandError> {
        let mut idle = 0;
        let mut known = Time::ZERO;
        loop {
            let frame = match self.ask(Query::Frame { at, reach: at })? {
                Reply::Frame(frame) => *frame,
                other => return Err(unexpected(&other)),
            };
            if frame.reached {
                terminal.progress("");
                return Ok(frame);
            }
            idle = if frame.computed > known { 0 } else { idle + 1 };
            known = frame.computed;
            if idle > STUCK {
                return Err(CommandError::Refused(format!("the model makes no headway at {known}")));
            }
            terminal.progress(&format!("{}: {known} of {at}", self.spec.id));
        }
    }

    /// What happened to an entity, seen from a moment that has been computed.
    ///
    /// # Errors
    /// If there is no such entity.
    pub fn explain(&mut self, entity: Entity, at: Time) -> Result<Explanation, CommandError> {
        match self.ask(Query::Explain { entity, at })? {
            Reply::Explained(told) => Ok(told),
            other => Err(unexpected(&other)),
        }
    }

    /// The moments that matter, up to `at`.
    ///
    /// # Errors
    /// If nothing is open.
    pub fn markers(&mut self, at: Time) -> Result<Vec<Marker>, CommandError> {
        match self.ask(Query::Markers)? {
            Reply::Markers(markers) => Ok(markers.into_iter().filter(|marker| marker.time <= at).collect()),
            other => Err(unexpected(&other)),
        }
    }

    /// A reading as people read it.
    pub fn reading(&self, at: usize, value: f64) -> String {
        let unit = self.spec.readings.get(at).map_or(Unit::Count, |reading| reading.unit);
        unit.format(value)
    }
}

/// The inputs that the model refused, as sentences.
pub fn refusals(markers: &[Marker], words: &Words) -> Vec<String> {
    let refused = markers.iter().filter(|marker| marker.kind == MarkerKind::Refused);
    refused.map(|marker| format!("at {}: {}", marker.time, say(words, &marker.what))).collect()
}

/// An answer that the protocol doesn't allow.
fn unexpected(answer: &Reply) -> CommandError {
    let name = format!("{answer:?}");
    CommandError::Refused(format!("the session answered out of turn: {}", inputs::clip(&name)))
}
