//! Where a figure is operated: what is pressed, moved and typed comes in ([`Tell`]), what the page has to show goes out
//! ([`Told`]).
//!
//! A [`Desk`] holds a session with the run, the words of its lesson and the layout of its picture. It knows no browser: a
//! worker hands it what the page tells, a test does the same natively. The page is left with what only a browser can do:
//! it hears events, changes elements and paints. So all that is needed to run a figure is in one WASM module, once; and
//! nothing that a model does, hanging included, can stop the page.
//!
//! - [`protocol`] is what is said; [`state`] what is known of the figure now, [`deeds`] all that can be done to it.
//! - The other modules write what is to be shown: each a function from the desk to patches of the page, called when one of
//!   the things has changed that it is about, see [`Changed`].

pub mod action_kind;
mod behind;
mod compare;
mod controls;
mod data;
mod deeds;
mod errands;
mod explain;
mod judge;
pub mod markup;
mod moments;
mod notice;
mod opening;
mod picture;
mod playback;
mod predict;
mod prose;
pub mod protocol;
mod readings;
mod save;
mod state;
mod sweep;
mod tables;
pub mod text;
mod transport;

pub use action_kind::ActionKind;
pub use notice::{Notice, Way, none as no_notice};
pub use opening::facts;
pub use protocol::{
    Child, Deed, FromWorker, Keep, Node, Opening, Part, Patch, Piece, Probed, Shown, Tell, ToWorker, Told,
};
pub use transport::{PLACES as LINE_PLACES, clock};

use crate::learner::Attempt;
use crate::player::{Answer, Ask, DataReader, Figure, Frame, Request, Session, decode_view};
use state::State;

/// What has changed since it was last shown.
// They are independent facts, not the states of one machine.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Changed {
    /// Moment and picture.
    shown: bool,
    /// What is to be read of them: not at every picture while time passes.
    read: bool,
    /// The run, and what can be taken back.
    run: bool,
    /// Playing and speed.
    mode: bool,
    /// Markers.
    marks: bool,
    /// Selection and explanation.
    explained: bool,
    /// The notice.
    notice: bool,
}

/// Called with what is about to be tried, before it is: it may never come back.
pub type Trying<'a> = &'a mut dyn FnMut(Told);

/// A figure that is operated.
pub struct Desk {
    figures: Vec<&'static Figure>,
    session: Session,
    state: State,
    changed: Changed,
    /// What was laid out has not been painted yet.
    unpainted: bool,
    /// A file that is being read, and how many bytes of it have been.
    reader: DataReader,
    taken: f64,
    /// Patches that no change of the state explains: focus, files.
    extra: Vec<Patch>,
    /// The run that is compared with.
    rival: Option<compare::Rival>,
    /// What other workers are at, and the number of its batch of errands.
    undertaking: Option<errands::Undertaking>,
    batch: u32,
    own: errands::Own,
    /// What the page is to be asked for with the next answer.
    errands: Option<Vec<Vec<u8>>>,
    attempts: Vec<Attempt>,
    image: Option<String>,
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
            state: State::of(spec),
            changed: Changed::default(),
            unpainted: false,
            reader: DataReader::default(),
            taken: 0.0,
            extra: Vec::new(),
            rival: None,
            undertaking: None,
            batch: 0,
            own: errands::Own::default(),
            errands: None,
            attempts: Vec::new(),
            image: None,
        }
    }

    /// Does what the page tells, and says what has to be shown then.
    pub fn tell(&mut self, tell: Tell, trying: Trying) -> Told {
        match tell {
            Tell::Open(opening) => self.open(opening),
            Tell::Sized { picture, charts } => {
                self.state.widths = (picture, charts);
                self.changed.shown = true;
            }
            Tell::Calm(calm) => self.state.calm = calm,
            Tell::Tick(seconds) => self.tick(seconds),
            Tell::Deed(deed) => self.deed(&deed, trying),
            Tell::Data(piece) => self.data(&piece),
            Tell::Errand(bytes) => return Told::Errand(self.run_errand(&bytes)),
            Tell::Returned { bytes, seconds } => self.returned(bytes.as_deref(), seconds),
            Tell::Probe { view } => return Told::Probed(self.probe(view.as_deref())),
        }
        Told::Shown(Box::new(self.show()))
    }

    /// Computes on, one slice: first to what is wanted, then ahead. Whether there is more to do, and what has to be shown.
    pub fn work(&mut self) -> (bool, Option<Told>) {
        if self.state.stale && self.state.frame.is_some() {
            self.go_on();
            return (true, Some(Told::Shown(Box::new(self.show()))));
        }
        if self.grade() || self.run_own() {
            self.changed.shown = true;
            return (true, Some(Told::Shown(Box::new(self.show()))));
        }
        (self.session.run_ahead(), None)
    }

    /// Checks the laws of the model at the moment shown.
    ///
    /// # Errors
    /// Which law is broken.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn laws(&self) -> Result<(), String> {
        self.session.laws()
    }

    /// The figure that is operated.
    fn figure(&self) -> &'static Figure {
        let operated = |figure: &&&'static Figure| figure.spec.id == self.state.spec.id;
        self.figures.iter().find(operated).expect("a desk operates one of its figures")
    }

    fn ask(&mut self, ask: Ask) -> Answer {
        self.session.handle(Request { id: 0, ask }).answer
    }

    /// Everything that is to be shown of what has changed.
    fn show(&mut self) -> Shown {
        let changed = core::mem::take(&mut self.changed);
        let mut out = Vec::new();
        if changed.shown {
            self.lay_out(&mut out);
        }
        if changed.read {
            readings::write(&mut self.state, &mut out);
            let rival = self.rival.as_ref();
            let rival = rival.map(|rival| (rival.frame.as_deref(), rival.charts.as_ref()));
            tables::write(&self.state, rival, &mut out);
        }
        let state = &self.state;
        if changed.shown || changed.mode {
            transport::write(state, changed.read || changed.mode || changed.run, &mut out);
        }
        if changed.run || (changed.read && !state.run.inputs.is_empty()) {
            controls::write(state, &mut out);
            prose::write_controls(state, &mut out);
        }
        if changed.marks || changed.run {
            transport::write_marks(state, &mut out);
            moments::write(state, &mut out);
        }
        if changed.run || changed.mode {
            moments::write_aftermath(state, &mut out);
        }
        if changed.run {
            prose::write_stale(state, &mut out);
        }
        if changed.explained {
            explain::write(&mut self.state, &mut out);
        }
        if changed.explained || changed.shown {
            self.write_walk(&mut out);
        }
        if changed.notice {
            match &self.state.notice {
                Some(notice) => out.extend(notice.patches()),
                None => out.push(notice::none()),
            }
        }
        if changed.shown {
            predict::write(&mut self.state, &mut out);
        }
        if changed.run {
            compare::write(&self.state, &mut out);
            self.write_costs(&mut out);
        }
        if let Some(rival) = &self.rival {
            if changed.read {
                compare::write_readings(&self.state, rival, &mut out);
            }
            if changed.explained {
                compare::write_story(&self.state, rival, &mut out);
            }
        } else if changed.run {
            compare::write_no_readings(&self.state, &mut out);
        }
        if changed.explained {
            behind::write(&self.state, &mut out);
        }
        out.append(&mut self.extra);
        let state = &self.state;
        Shown {
            there: !state.stale,
            patches: out,
            playing: state.playing,
            keep: (changed.read || changed.run).then(|| state.keep()),
            ready: state.frame.is_some() || state.notice.is_some(),
            masked: state.masked,
            attempts: core::mem::take(&mut self.attempts),
            errands: self.errands.take(),
            image: self.image.take(),
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
        let mut ask = |ask| session.handle(Request { id: 0, ask }).answer;
        if let Answer::Refused(why) = ask(Ask::Open(view.run)) {
            return Err(self.state.say(&why));
        }
        loop {
            match ask(Ask::Frame { at: view.at, reach: view.at }) {
                Answer::Frame(frame) if frame.there => return Ok(probed(&frame)),
                Answer::Frame(_) => {}
                _ => return Err("there is no frame".into()),
            }
        }
    }
}

/// Shows or hides an element.
fn shown(part: Part, shown: bool) -> Patch {
    Patch::Attr(part, "hidden".into(), (!shown).then(String::new))
}

/// A length for a style, to a tenth of a pixel.
fn px(length: f32) -> String {
    [crate::sim::decimal::written(length.into(), 1).as_str(), "px"].concat()
}

/// A share as a percentage for a style, to a hundredth: a tenth of a pixel on a wide screen.
fn percent(share: f64) -> String {
    [crate::sim::decimal::written(crate::sim::within(share, 0.0, 1.0) * 100.0, 2).as_str(), "%"].concat()
}
