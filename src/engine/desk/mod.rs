//! Operates a figure: the page's commands come in ([`DeskCommand`]), and events with patches of the page go out
//! ([`DeskEvent`]).
//!
//! A [`Desk`] holds a session with the run, the words of its lesson and the layout of its picture. It knows no browser:
//! in the site a worker passes commands on to it, natively a test does. The page only does what needs a browser: it
//! listens to events, changes elements and paints. So everything that runs a figure is in one WASM module, and nothing
//! that a model does, not even hanging, can block the page.
//!
//! - [`protocol`] is the messages, [`state`] what is known of the figure now, [`actions`] all that can be done to it.
//! - The other modules write patches for the page, each for the part of the figure that it is about. They are called
//!   when that part has changed; see [`Dirty`].

pub mod action_kind;
mod actions;
mod choices;
mod choose;
mod compare;
mod contributors;
mod controls;
mod data;
mod explain;
mod jobs;
mod judge;
pub mod markup;

mod notice;
mod opening;
mod picture;
mod playback;
mod predict;
mod prose;
pub mod protocol;
mod readings;
mod save;
mod shortcuts;
mod state;
mod sweep;
mod tables;
pub mod text;
mod tools;
mod transport;

pub use action_kind::ActionKind;
pub use notice::{Notice, NoticeAction, clear_notice};
pub use opening::encode_words;
pub use predict::{HEIGHT_STEP, HEIGHTS, apart};
pub use protocol::{
    DeskCommand, DeskEvent, FileChunk, FromWorker, NewChild, NewElement, OpenFigure, Patch, Probed,
    ResumePoint, Selector, ToWorker, Update, UserAction,
};
pub use shortcuts::{SHORTCUTS, Shortcut};
pub use transport::{TIMELINE_POSITIONS, clock, figure_clock};

use crate::learner::Attempt;
use crate::player::{Figure, FileReader, Frame, Query, Reply, Request, Searching, Session, decode_view};
use state::FigureState;

/// What has changed since the last update and has to be shown anew.
// These flags are independent of each other.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Dirty {
    /// Moment and picture.
    picture: bool,
    /// Readings and sentences. While the figure plays they change less often than the picture.
    readings: bool,
    /// The run, and whether a change can be undone.
    run: bool,
    /// Playing and speed.
    playback: bool,
    /// Markers.
    markers: bool,
    /// Selection and explanation.
    explanation: bool,
    /// The notice.
    notice: bool,
}

/// Called before a change of the run is tried, because the model may panic or hang on it.
pub type BeforeChange<'a> = &'a mut dyn FnMut(DeskEvent);

/// A figure in operation.
pub struct Desk {
    figures: Vec<&'static Figure>,
    session: Session,
    state: FigureState,
    dirty: Dirty,
    /// Whether the pictures have been laid out and not yet painted.
    unpainted: bool,
    /// The reader of the learner's file, and how many bytes it has read.
    reader: Option<Box<dyn FileReader>>,
    bytes_read: f64,
    /// Patches that don't follow from the state, such as moving the focus or offering a file.
    extra_patches: Vec<Patch>,
    /// The second run of a comparison.
    compared: Option<compare::Compared>,
    /// The batch of jobs under way, and its number: results of earlier batches are ignored.
    current_batch: Option<jobs::Batch>,
    batch_id: u32,
    local_jobs: jobs::LocalJobs,
    /// The search under way.
    search: Option<Searching>,
    /// Jobs to send to the page with the next update.
    new_jobs: Option<Vec<Vec<u8>>>,
    attempts: Vec<Attempt>,
    image_name: Option<String>,
}

impl Desk {
    /// A desk that can operate one of these figures.
    ///
    /// # Panics
    /// If there are none.
    pub fn new(figures: impl IntoIterator<Item = &'static Figure>) -> Self {
        let figures: Vec<&'static Figure> = figures.into_iter().collect();
        let spec = figures[0].spec;
        let session = Session::new(figures.iter().copied());
        Self {
            figures,
            session,
            state: FigureState::of(spec),
            dirty: Dirty::default(),
            unpainted: false,
            reader: None,
            bytes_read: 0.0,
            extra_patches: Vec::new(),
            compared: None,
            current_batch: None,
            batch_id: 0,
            local_jobs: jobs::LocalJobs::default(),
            search: None,
            new_jobs: None,
            attempts: Vec::new(),
            image_name: None,
        }
    }

    /// Carries out a command and returns what the page has to show.
    pub fn handle(&mut self, tell: DeskCommand, before_change: BeforeChange) -> DeskEvent {
        match tell {
            DeskCommand::Open(opening) => self.open(*opening),
            DeskCommand::Resize { picture, charts } => {
                self.dirty.picture |= self.state.widths != (picture, charts);
                self.state.widths = (picture, charts);
            }
            DeskCommand::ReduceMotion(calm) => self.state.reduced_motion = calm,
            DeskCommand::Tick(seconds) => self.tick(seconds),
            DeskCommand::UserAction(action) => self.apply_action(&action, before_change),
            DeskCommand::FileChunk(chunk) => self.read_chunk(&chunk),
            DeskCommand::RunJob(bytes) => return DeskEvent::JobResult(self.run_job(&bytes)),
            DeskCommand::JobDone { bytes, seconds } => self.job_done(bytes.as_deref(), seconds),
            DeskCommand::Probe { view } => return DeskEvent::Probed(self.probe(view.as_deref())),
        }
        DeskEvent::Update(Box::new(self.update()))
    }

    /// Computes one slice: first towards the moment that was asked for, then ahead of it. Returns whether there is more
    /// to do, and an event if there is something to show.
    pub fn work(&mut self) -> (bool, Option<DeskEvent>) {
        if self.state.stale && self.state.frame.is_some() {
            self.advance();
            return (true, Some(DeskEvent::Update(Box::new(self.update()))));
        }
        if self.grade() || self.search_on() || self.run_local_jobs() {
            self.dirty.picture = true;
            return (true, Some(DeskEvent::Update(Box::new(self.update()))));
        }
        (self.session.run_ahead(), None)
    }

    /// Checks the model's invariants at the moment shown.
    ///
    /// # Errors
    /// Which invariant is broken.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn invariants(&self) -> Result<(), String> {
        self.session.invariants()
    }

    /// The open figure.
    fn figure(&self) -> &'static Figure {
        let operated = |figure: &&&'static Figure| figure.spec.id == self.state.spec.id;
        self.figures.iter().find(operated).expect("a desk operates one of its figures")
    }

    fn ask(&mut self, ask: Query) -> Reply {
        self.session.handle(Request { id: 0, query: ask }).reply
    }

    /// Collects the patches for everything that has changed.
    fn update(&mut self) -> Update {
        let changed = core::mem::take(&mut self.dirty);
        let mut out = Vec::new();
        if changed.picture {
            self.lay_out(&mut out);
        }
        if changed.readings {
            readings::write(&mut self.state, &mut out);
            let compared = self.compared.as_ref();
            let compared = compared.map(|compared| (compared.frame.as_deref(), compared.charts.as_ref()));
            tables::write(&self.state, compared, &mut out);
        }
        if changed.picture {
            choices::write(&mut self.state, &mut out);
        }
        let state = &self.state;
        if changed.picture || changed.playback {
            transport::write(state, changed.readings || changed.playback || changed.run, &mut out);
        }
        if changed.run || (changed.readings && !state.run.inputs.is_empty()) {
            controls::write(&mut self.state, &mut out);
            prose::write_controls(&self.state, &mut out);
        }
        let state = &self.state;
        if changed.markers || changed.run {
            transport::write_marks(state, &mut out);
            tools::write(state, &mut out);
        }
        if changed.run || changed.playback {
            tools::write_ways_back(state, &mut out);
        }
        if changed.run {
            prose::write_first_run_titles(state, &mut out);
        }
        if changed.explanation {
            explain::write(&mut self.state, &mut out);
        }
        if changed.explanation || changed.picture {
            self.write_focus(&mut out);
        }
        if changed.notice {
            match &self.state.notice {
                Some(notice) => out.extend(notice.patches()),
                None => out.push(notice::clear_notice()),
            }
        }
        if changed.run {
            compare::write(&self.state, &mut out);
            self.write_costs(&mut out);
        }
        if let Some(compared) = &self.compared {
            if changed.readings {
                compare::write_readings(&self.state, compared, &mut out);
            }
            if changed.explanation {
                compare::write_story(&self.state, compared, &mut out);
            }
        } else if changed.run {
            compare::write_no_readings(&self.state, &mut out);
        }
        if changed.explanation {
            contributors::write(&self.state, &mut out);
        }
        out.append(&mut self.extra_patches);
        let state = &self.state;
        Update {
            reached: !state.stale,
            patches: out,
            playing: state.playing,
            resume_point: (changed.readings || changed.run).then(|| state.resume_point()),
            ready: state.frame.is_some() || state.notice.is_some(),
            masked: state.masked,
            owes: !state.committed.is_empty() || self.search.is_some() || self.current_batch.is_some(),
            attempts: core::mem::take(&mut self.attempts),
            jobs: self.new_jobs.take(),
            image: self.image_name.take(),
        }
    }

    fn probe(&mut self, view: Option<&str>) -> Result<Probed, String> {
        let probed = |frame: &Frame| Probed {
            events: frame.events,
            hash: frame.hash,
            readings: frame.readings.clone(),
        };
        let Some(code) = view else {
            return self.state.frame.as_deref().map(probed).ok_or_else(|| "nothing is shown".into());
        };
        let view = decode_view(code).map_err(|error| error.to_string())?;
        let mut session = Session::new(self.figures.iter().copied());
        let mut ask = |ask| session.handle(Request { id: 0, query: ask }).reply;
        if let Reply::Refused(why) = ask(Query::Open(view.run)) {
            return Err(self.state.say(&why));
        }
        loop {
            match ask(Query::Frame { at: view.at, reach: view.at }) {
                Reply::Frame(frame) if frame.reached => return Ok(probed(&frame)),
                Reply::Frame(_) => {}
                _ => return Err("there is no frame".into()),
            }
        }
    }
}

/// Shows or hides an element.
fn set_visible(part: Selector, shown: bool) -> Patch {
    Patch::Attribute(part, "hidden".into(), (!shown).then(String::new))
}

/// A length of a picture as one of the page, to a tenth of a pixel. The page shows pictures larger where text is larger.
fn px(length: f32) -> String {
    ["calc(var(--zoom,1)*", crate::sim::decimal::format(length.into(), 1).as_str(), "px)"].concat()
}

/// A share as a CSS percentage. Two decimals are a tenth of a pixel on a wide screen.
fn percent(share: f64) -> String {
    [crate::sim::decimal::format(crate::sim::clamp(share, 0.0, 1.0) * 100.0, 2).as_str(), "%"].concat()
}
