//! Registered figures operated from their desks, as a browser operates them: on the real pages of their lessons, with what
//! the desks say applied to them. The gallery is made of this, and tests hold a desk against the page by it.

use super::applied::{Applied, parts};
use super::lesson;
use super::prose::Context;
use super::still::Still;
use crate::course::Course;
use crate::desk::markup::class;
use crate::desk::{
    ActionKind, Desk, DeskCommand, DeskEvent, FileChunk, OpenFigure, Patch, UserAction, encode_words,
};
use crate::lessons;
use crate::player::{Figure, View, decode_view};
use crate::scene::{Picture, Scene, Words};
use dom_query::NodeRef;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The pages of the lessons that figures are taken from.
pub struct Lessons<'a> {
    pages: BTreeMap<&'static str, Built<'a>>,
}

/// A lesson's page as it is built.
struct Built<'a> {
    page: Applied,
    context: Context<'a>,
}

/// A figure, its lesson's page as it stands now, and the desk that it is operated from.
pub struct Operated {
    desk: Desk,
    /// The whole page.
    pub page: Applied,
    /// What is registered.
    pub figure: &'static Figure,
    /// Its sentences and names.
    pub words: Words,
    /// Selectors of parts of the figure that the desk has named and the page lacks.
    pub missing: BTreeSet<String>,
    jobs: Vec<Vec<u8>>,
    /// Run and moment, as a link holds them.
    now: String,
}

impl<'a> Lessons<'a> {
    /// Those that these figures are registered for.
    ///
    /// # Panics
    /// If one isn't registered or its lesson isn't in the course.
    pub fn of(course: &'a Course, figures: impl IntoIterator<Item = &'static str>) -> Self {
        let mut pages = BTreeMap::new();
        for figure in figures {
            let (path, _) =
                lessons::figure(figure).unwrap_or_else(|| panic!("no figure {figure} is registered"));
            let lesson = course.lesson(path).unwrap_or_else(|| panic!("there is no lesson {path}"));
            pages.entry(path).or_insert_with(|| {
                let context = Context::new(course, lesson, &Rc::default());
                Built { page: Applied::parse(&lesson::markup(&context).0), context }
            });
        }
        Self { pages }
    }

    /// The same lessons with another page: for tests of what a desk does when its page isn't what it should be.
    #[must_use]
    pub fn changed(mut self, change: impl Fn(String) -> String) -> Self {
        for built in self.pages.values_mut() {
            built.page = Applied::parse(&change(built.page.html()));
        }
        self
    }

    fn built(&self, figure: &str) -> &Built<'a> {
        let page = lessons::figure(figure).and_then(|(path, _)| self.pages.get(path));
        page.unwrap_or_else(|| panic!("the lesson of {figure} isn't among these"))
    }

    /// What a lesson's prose and activities have to know.
    pub(super) fn context(&self, figure: &str) -> &Context<'a> {
        &self.built(figure).context
    }

    /// The page before any script has run.
    pub fn page(&self, figure: &str) -> Applied {
        self.built(figure).page.clone()
    }

    /// A figure that its desk has just opened; what is to be predicted first has been skipped.
    pub fn open(&self, id: &str) -> Operated {
        self.open_at(id, 720)
    }

    /// The same, with a picture of this width.
    pub fn open_at(&self, id: &str, width: u16) -> Operated {
        let it = self.masked(id, width);
        let after = it.page.select(&root(id))[0].attr("data-after").unwrap_or_default();
        let predictions = after.split(',').filter(|id| !id.is_empty());
        predictions.fold(it, |it, prediction| it.does(action_on("skip", prediction)))
    }

    /// The same, with its predictions open.
    pub fn masked(&self, id: &str, width: u16) -> Operated {
        let built = self.built(id);
        let shown: &Still = built.context.stills.get(id).unwrap_or_else(|| panic!("{id} shows nothing"));
        Operated::of(built.page.clone(), shown, id, width)
    }
}

impl Operated {
    /// A figure on a page that has its element under an id, just opened by its desk.
    pub(super) fn of(page: Applied, shown: &Still, id: &str, width: u16) -> Self {
        let root = root(id);
        let said = |name: &str| page.select(&root)[0].attr(name).map(String::from);
        let opening = OpenFigure {
            page_id: id.to_owned(),
            words: encode_words(&shown.words),
            initial_view: said("data-view").unwrap_or_default(),
            gated_by: said("data-after").iter().flat_map(|all| all.split(',')).map(str::to_owned).collect(),
            ..OpenFigure::default()
        };
        let desk = Desk::new([shown.figure]);
        let (words, missing) = (shown.words.clone(), BTreeSet::new());
        let (jobs, now) = (Vec::new(), String::new());
        let mut it = Self { desk, page, figure: shown.figure, words, missing, jobs, now };
        // A browser measures nothing where there is no place for charts.
        let has_charts = !it.page.select(&format!("{root} .{}", class::CHARTS)).is_empty();
        it.tell(DeskCommand::Resize { picture: width, charts: if has_charts { 288 } else { 0 } });
        it.tell(DeskCommand::Open(Box::new(opening)));
        it.rest();
        it
    }

    fn tell(&mut self, tell: DeskCommand) {
        let told = self.desk.handle(tell, &mut |_| {});
        self.hear(told);
    }

    fn hear(&mut self, told: DeskEvent) {
        if let DeskEvent::Update(shown) = told {
            self.change(shown.patches);
            if shown.ready && !shown.masked {
                self.enable();
            }
            if let Some(jobs) = shown.jobs {
                self.jobs = jobs;
            }
            if let Some(keep) = shown.resume_point {
                self.now = keep.now;
            }
        }
    }

    /// What the page does with a figure that can be operated from now on.
    fn enable(&self) {
        let id = &self.figure.spec.id;
        let root = root(id);
        if !self.page.select(&format!("{root}:not([data-live])")).is_empty() {
            for live in self.page.select(&format!("span.masked[data-figure=\"{id}\"]")) {
                live.set_text(live.attr_or("data-says", ""));
                live.remove_class("masked");
            }
            let each = |css: &str, change: &dyn Fn(&NodeRef)| self.page.select(css).iter().for_each(change);
            each(&root, &|figure| figure.set_attr("data-live", ""));
            each(&format!("{root} [disabled]"), &|waiting| waiting.remove_attr("disabled"));
            each(&format!("{root} :is(.fig-tools, .fig-walk)"), &|tools| tools.remove_attr("hidden"));
        }
    }

    fn change(&mut self, patches: impl IntoIterator<Item = Patch>) {
        for patch in patches {
            let found = self.page.apply(&self.figure.spec.id, &patch);
            // What is said to the whole page is for as many as there are.
            let named = parts(&patch).into_iter().filter(|part| !part.in_whole_page);
            self.missing.extend(named.filter(|_| found == 0).map(|part| part.selector.clone()));
        }
    }

    /// Lets the desk finish what it has begun.
    fn rest(&mut self) {
        loop {
            match self.desk.work() {
                (_, Some(told)) => self.hear(told),
                (true, None) => {}
                (false, None) => return,
            }
        }
    }

    /// Something is done to it.
    #[must_use]
    pub fn does(mut self, action: UserAction) -> Self {
        self.tell(DeskCommand::UserAction(action));
        self.rest();
        self
    }

    /// It goes to a moment, in seconds.
    #[must_use]
    pub fn goes(self, seconds: f64) -> Self {
        self.does(UserAction { number: seconds * 1e9, ..action("seek") })
    }

    /// Of the jobs that were sent out, so many are run and come back, until nothing waits for them.
    #[must_use]
    pub fn jobs(mut self, most: usize) -> Self {
        for n in 1..=most {
            if self.jobs.is_empty() {
                break;
            }
            let job = self.jobs.remove(0);
            let bytes = match self.desk.handle(DeskCommand::RunJob(job), &mut |_| {}) {
                DeskEvent::JobResult(bytes) => Some(bytes),
                _ => None,
            };
            self.tell(DeskCommand::JobDone { bytes, seconds: 0.1 * n as f64 });
        }
        self.rest();
        self
    }

    /// A file of the learner's comes, as a whole or up to here.
    #[must_use]
    pub fn reads(mut self, text: &str, last: bool) -> Self {
        let (name, bytes) = ("access.log".to_owned(), text.as_bytes().to_vec());
        let size = if last { bytes.len() } else { 3 * bytes.len() } as f64;
        self.tell(DeskCommand::FileChunk(FileChunk { name, size, bytes, first: true, last, replay: true }));
        self.rest();
        self
    }

    /// The page is changed by itself, without the desk.
    #[must_use]
    pub fn changed(mut self, patches: impl IntoIterator<Item = Patch>) -> Self {
        self.change(patches);
        self
    }

    /// The run, and the moment that is shown.
    pub fn view(&self) -> View {
        decode_view(&self.now).expect("a desk writes links that it can read")
    }

    /// What is to be seen now.
    pub fn scene(&self) -> Scene {
        let view = self.view();
        let at = view.at;
        let frame = Still::of(self.figure, self.words.clone(), view).and_then(|shown| shown.frame(at));
        frame.expect("the desk shows it too").scene
    }

    /// Picture and charts as they would be painted now.
    pub fn pictures(&self) -> &[Picture; 2] {
        self.desk.pictures()
    }
}

/// Where a figure is on its page.
pub fn root(id: &str) -> String {
    format!("figure[data-figure=\"{id}\"]")
}

/// What an element does when it is pressed, moved or typed in.
///
/// # Panics
/// If there is no action of this name.
pub fn action(does: &str) -> UserAction {
    UserAction::of(ActionKind::parse(does).unwrap_or_else(|| panic!("there is no action '{does}'")))
}

/// The same, done to something.
pub fn action_on(does: &str, on: &str) -> UserAction {
    UserAction { target: on.into(), ..action(does) }
}

/// The same, with what was typed or chosen.
pub fn action_with(does: &str, on: &str, text: &str) -> UserAction {
    UserAction { text: text.into(), ..action_on(does, on) }
}
