//! A page without a browser: it tells a desk what is done, and keeps what the desk says is to be shown.

#![allow(dead_code, missing_docs, clippy::missing_panics_doc)]

use playground::course::Course;
use playground::course::words::patterns;
use playground::desk::{
    ActionKind, Desk, DeskCommand, DeskEvent, NewChild, NewElement, OpenFigure, Patch, Update, UserAction,
    encode_words,
};
use playground::learner::Attempt;
use playground::lessons;
use playground::player::{Figure, Run, View, encode_view};
use playground::scene::Words;
use playground::sim::Seed;
use playground::site::sample;
use std::path::Path;

/// A desk, and what its page shows.
pub struct Page {
    pub desk: Desk,
    /// Texts by selector and place.
    pub texts: Vec<(String, String)>,
    /// Attributes by selector and name.
    pub attrs: Vec<(String, String)>,
    pub playing: bool,
    pub masked: bool,
    /// Whether the desk still owes an answer.
    pub owes: bool,
    pub now: String,
    /// The learner's own runs that there is a way back to.
    pub own_runs: Vec<String>,
    pub tried: Vec<(String, String)>,
    pub attempts: Vec<Attempt>,
    views: Vec<String>,
    pub saved: Vec<(String, String)>,
    /// Pictures that were asked for as files of pixels.
    pub images: u32,
    /// Jobs that other workers would run now.
    pub jobs: Vec<Vec<u8>>,
    /// Elements that were put somewhere.
    pub placed: Vec<String>,
    focused: String,
    figure: &'static Figure,
}

impl Page {
    pub fn of(id: &str) -> Self {
        Self::opened(id, None)
    }

    /// A page that has opened a figure, perhaps from a link.
    pub fn opened(id: &str, link: Option<String>) -> Self {
        let (lesson, figure) = lessons::figure(id).expect("it is registered");
        Self::with(lesson, figure, link, &[], &[])
    }

    /// A page with the figure that has every kind of control.
    pub fn sample() -> Self {
        Self::with("", &sample::FIGURE, None, &[], &[])
    }

    /// A page on which predictions come before the figure, some of them attempted already.
    pub fn after(id: &str, after: &[&str], done: &[Attempt]) -> Self {
        let (lesson, figure) = lessons::figure(id).expect("it is registered");
        Self::with(lesson, figure, None, after, done)
    }

    /// A page whose first figure this is: it plays by itself, and invites its reader to look at a thing.
    pub fn first(id: &str, invites: &str) -> Self {
        let (lesson, figure) = lessons::figure(id).expect("it is registered");
        Self::opening(
            figure,
            OpenFigure { invites: invites.to_owned(), plays: true, ..opening(lesson, figure) },
        )
    }

    /// A page on which these were attempted on an earlier visit, so that it shows nothing of them yet.
    pub fn revisited(id: &str, after: &[&str], done: &[Attempt]) -> Self {
        let (lesson, figure) = lessons::figure(id).expect("it is registered");
        let (gated_by, attempts) = (after.iter().map(|&id| id.to_owned()).collect(), done.to_vec());
        let opening = OpenFigure { gated_by, attempts, restores: true, ..opening(lesson, figure) };
        let mut page = Self::opening(figure, opening);
        page.rest();
        page
    }

    /// The same page after its worker has been replaced.
    pub fn resumed(&self) -> Self {
        let (lesson, figure) = lessons::figure(&self.figure.spec.id).expect("it is registered");
        let (view, own_runs) = (Some(self.now.clone()), self.own_runs.clone());
        Self::opening(figure, OpenFigure { view, own_runs, ..opening(lesson, figure) })
    }

    /// A page with a figure that need not be registered.
    pub fn with(
        lesson: &str,
        figure: &'static Figure,
        link: Option<String>,
        after: &[&str],
        done: &[Attempt],
    ) -> Self {
        let (from_link, attempts) = (link.is_some(), done.to_vec());
        let gated_by = after.iter().map(|&id| id.to_owned()).collect();
        let opening = OpenFigure { from_link, view: link, gated_by, attempts, ..opening(lesson, figure) };
        Self::opening(figure, opening)
    }

    fn opening(figure: &'static Figure, opening: OpenFigure) -> Self {
        let mut page = Self {
            desk: Desk::new([figure]),
            texts: Vec::new(),
            attrs: Vec::new(),
            playing: false,
            masked: false,
            owes: false,
            now: String::new(),
            own_runs: Vec::new(),
            tried: Vec::new(),
            attempts: Vec::new(),
            views: Vec::new(),
            saved: Vec::new(),
            images: 0,
            jobs: Vec::new(),
            placed: Vec::new(),
            focused: String::new(),
            figure,
        };
        page.tell(DeskCommand::Resize { picture: 700, charts: 280 });
        page.tell(DeskCommand::Open(Box::new(opening)));
        page
    }

    pub fn tell(&mut self, tell: DeskCommand) {
        let tried = &mut self.tried;
        let told = self.desk.handle(tell, &mut |told| {
            if let DeskEvent::ChangeStarting { culprit, fallback } = told {
                tried.push((culprit, fallback));
            }
        });
        self.hear(told);
    }

    fn hear(&mut self, told: DeskEvent) {
        let DeskEvent::Update(shown) = told else { return };
        let Update { patches, playing, resume_point, masked, owes, attempts, jobs, image, .. } = *shown;
        self.images += u32::from(image.is_some());
        self.playing = playing;
        self.masked = masked;
        self.owes = owes;
        self.attempts.extend(attempts);
        if let Some(jobs) = jobs {
            self.jobs = jobs;
        }
        if let Some(resume_point) = resume_point {
            self.now = resume_point.now;
            self.own_runs = resume_point.own_runs;
        }
        for patch in patches {
            let (field, text) = match patch {
                Patch::Text(field, text) => (field, text),
                Patch::Value { field, value, .. } => (field, value),
                Patch::Address(field, code) => (field, code),
                Patch::Checked(field, checked) => (field, checked.to_string()),
                Patch::Children(field, nodes) => {
                    let views: Vec<String> = nodes.iter().flat_map(views).collect();
                    if !views.is_empty() {
                        self.views = views;
                    }
                    (field, nodes.iter().map(read).collect())
                }
                Patch::Place { element, .. } => {
                    self.placed.push(element.selector);
                    continue;
                }
                Patch::Focus(on) => {
                    self.focused = on.selector;
                    continue;
                }
                Patch::Download { name, text } => {
                    self.saved.push((name, text));
                    continue;
                }
                Patch::Attribute(field, name, value) => {
                    let place = format!("{} {name}", field.selector);
                    self.attrs.retain(|(css, _)| *css != place);
                    self.attrs.extend(value.map(|value| (place, value)));
                    continue;
                }
                _ => continue,
            };
            let place =
                if field.nth == 0 { field.selector } else { format!("{} {}", field.selector, field.nth) };
            self.texts.retain(|(css, _)| *css != place);
            self.texts.push((place, text));
        }
    }

    /// Does something, and lets the desk finish what it has begun.
    pub fn does(&mut self, action: UserAction) {
        self.tell(DeskCommand::UserAction(action));
        self.rest();
    }

    /// Lets time pass until the figure stops playing.
    pub fn play_to_rest(&mut self) {
        for _ in 0..10_000 {
            if !self.playing {
                return;
            }
            self.tell(DeskCommand::Tick(0.1));
            self.rest();
        }
        panic!("it plays on and on");
    }

    /// The codes of the runs that the buttons which were written last lead to.
    pub fn views(&self) -> &[String] {
        &self.views
    }

    pub fn rest(&mut self) {
        for _ in 0..10_000 {
            match self.desk.work() {
                (_, Some(told)) => self.hear(told),
                _ => return,
            }
        }
    }

    /// Runs the next jobs in a worker of their own, at most so many.
    pub fn run_errands(&mut self, most: usize) {
        let mut other = Desk::new([self.figure]);
        for _ in 0..most {
            if self.jobs.is_empty() {
                return;
            }
            let job = self.jobs.remove(0);
            let DeskEvent::JobResult(bytes) = other.handle(DeskCommand::RunJob(job), &mut |_| {}) else {
                panic!("a job is run")
            };
            self.tell(DeskCommand::JobDone { bytes: Some(bytes), seconds: 1.0 });
        }
    }

    /// The attribute that was last set at a selector.
    pub fn attr(&self, css: &str, name: &str) -> &str {
        let place = format!("{css} {name}");
        self.attrs.iter().find(|(css, _)| *css == place).map_or("", |(_, value)| value)
    }

    /// Whether an attribute is set at a selector.
    pub fn has_attr(&self, css: &str, name: &str) -> bool {
        let place = format!("{css} {name}");
        self.attrs.iter().any(|(css, _)| *css == place)
    }

    /// Whether the invitation on the picture has not been hidden.
    pub fn invites(&self) -> bool {
        !self.attrs.iter().any(|(place, _)| place == ".fig-invitation hidden")
    }

    /// The element that was given the keyboard's focus last.
    pub fn focused(&self) -> &str {
        &self.focused
    }

    /// Goes to a moment, in seconds.
    pub fn go(&mut self, seconds: f64) {
        self.does(UserAction { number: seconds * 1e9, ..action("seek") });
    }

    pub fn act(&mut self, way: &str, on: &str, text: &str) {
        self.does(UserAction { variant: way.into(), target: on.into(), text: text.into(), ..action("act") });
    }

    pub fn says(&self, css: &str) -> &str {
        self.texts.iter().find(|(place, _)| place == css).map_or("", |(_, text)| text)
    }

    pub fn readings(&self) -> Vec<String> {
        let of = |n: usize| if n == 0 { ".fig-reading b".into() } else { format!(".fig-reading b {n}") };
        (0..6).map(|n| self.says(&of(n)).to_owned()).collect()
    }
}

pub fn action(does: &str) -> UserAction {
    UserAction::of(ActionKind::parse(does).unwrap_or_else(|| panic!("there is no kind '{does}'")))
}

/// The runs that buttons in an element lead to.
fn views(node: &NewElement) -> Vec<String> {
    let attr = |name: &str| node.attrs.iter().find(|(is, _)| is == name).map(|(_, value)| value.clone());
    let own = attr("data-text").filter(|_| attr("data-do").as_deref() == Some("view"));
    let within = node.children.iter().flat_map(|child| match child {
        NewChild::Element(node) => views(node),
        NewChild::Text(_) => Vec::new(),
    });
    own.into_iter().chain(within).collect()
}

fn read(node: &NewElement) -> String {
    let child = |child: &NewChild| match child {
        NewChild::Text(text) => text.clone(),
        NewChild::Element(node) => read(node),
    };
    let title = node.attrs.iter().filter(|(name, _)| name == "title").map(|(_, text)| text.clone());
    title.chain(node.children.iter().map(child)).collect::<Vec<_>>().join(" ") + "\n"
}

/// The words of a lesson's figure, as its page holds them.
pub fn told_by(lesson: &str, figure: &Figure) -> String {
    encode_words(&words(lesson, figure))
}

fn words(lesson: &str, figure: &Figure) -> Words {
    let (course, _) = Course::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons"));
    if figure.spec.id == sample::FIGURE.spec.id {
        return sample::words(&course);
    }
    let Some(lesson) = course.lesson(lesson) else {
        return Words { kinds: figure.spec.naming(), ..Words::default() };
    };
    let patterns = patterns(&course, lesson, &figure.spec.id).into_iter().collect();
    Words { patterns, kinds: figure.spec.naming() }
}

/// A figure as its page opens it where nothing has been done and nothing is special.
fn opening(lesson: &str, figure: &Figure) -> OpenFigure {
    OpenFigure {
        page_id: figure.spec.id.to_string(),
        words: encode_words(&words(lesson, figure)),
        initial_view: first(figure),
        ..OpenFigure::default()
    }
}

fn first(figure: &Figure) -> String {
    let run = Run::new(figure.spec, Seed(7));
    encode_view(&View { run, compared_controls: Vec::new(), at: figure.spec.still_at })
}
