//! A page without a browser: it tells a desk what is done, and keeps what the desk says is to be shown.

#![allow(dead_code, missing_docs, clippy::missing_panics_doc)]

use playground::course::Course;
use playground::course::words::patterns;
use playground::desk::{ActionKind, Child, Deed, Desk, Node, Opening, Patch, Shown, Tell, Told, facts};
use playground::learner::Attempt;
use playground::lessons;
use playground::player::{Figure, Run, View, encode_view};
use playground::scene::Words;
use playground::sim::Seed;
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
    pub now: String,
    pub tried: Vec<(String, String)>,
    pub attempts: Vec<Attempt>,
    pub saved: Vec<(String, String)>,
    /// Pictures that were asked for as files of pixels.
    pub images: u32,
    /// Errands that other workers would run now.
    pub errands: Vec<Vec<u8>>,
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

    /// A page on which predictions come before the figure, some of them attempted already.
    pub fn after(id: &str, after: &[&str], done: &[Attempt]) -> Self {
        let (lesson, figure) = lessons::figure(id).expect("it is registered");
        Self::with(lesson, figure, None, after, done)
    }

    /// A page with a figure that need not be registered.
    pub fn with(
        lesson: &str,
        figure: &'static Figure,
        link: Option<String>,
        after: &[&str],
        done: &[Attempt],
    ) -> Self {
        let mut page = Self {
            desk: Desk::new([figure]),
            texts: Vec::new(),
            attrs: Vec::new(),
            playing: false,
            masked: false,
            now: String::new(),
            tried: Vec::new(),
            attempts: Vec::new(),
            saved: Vec::new(),
            images: 0,
            errands: Vec::new(),
            figure,
        };
        page.tell(Tell::Sized { picture: 700, charts: 280 });
        page.tell(Tell::Open(Opening {
            page_id: figure.spec.id.to_string(),
            facts: facts(&words(lesson, figure)),
            first: first(figure),
            linked: link.is_some(),
            view: link,
            notice: None,
            after: after.iter().map(|&id| id.to_owned()).collect(),
            done: done.to_vec(),
        }));
        page
    }

    pub fn tell(&mut self, tell: Tell) {
        let tried = &mut self.tried;
        let told = self.desk.tell(tell, &mut |told| {
            if let Told::Trying { culprit, back } = told {
                tried.push((culprit, back));
            }
        });
        self.hear(told);
    }

    fn hear(&mut self, told: Told) {
        let Told::Shown(shown) = told else { return };
        let Shown { patches, playing, keep, masked, attempts, errands, image, .. } = *shown;
        self.images += u32::from(image.is_some());
        (self.playing, self.masked) = (playing, masked);
        self.attempts.extend(attempts);
        if let Some(errands) = errands {
            self.errands = errands;
        }
        if let Some(keep) = keep {
            self.now = keep.now;
        }
        for patch in patches {
            let (part, text) = match patch {
                Patch::Text(part, text) => (part, text),
                Patch::Value { part, value, .. } => (part, value),
                Patch::Address(part, code) => (part, code),
                Patch::Fill(part, nodes) => (part, nodes.iter().map(read).collect()),
                Patch::Save { name, text } => {
                    self.saved.push((name, text));
                    continue;
                }
                Patch::Attr(part, name, value) => {
                    let place = format!("{} {name}", part.css);
                    self.attrs.retain(|(css, _)| *css != place);
                    self.attrs.extend(value.map(|value| (place, value)));
                    continue;
                }
                _ => continue,
            };
            let place = if part.n == 0 { part.css } else { format!("{} {}", part.css, part.n) };
            self.texts.retain(|(css, _)| *css != place);
            self.texts.push((place, text));
        }
    }

    /// Does something, and lets the desk finish what it has begun.
    pub fn does(&mut self, deed: Deed) {
        self.tell(Tell::Deed(deed));
        self.rest();
    }

    pub fn rest(&mut self) {
        for _ in 0..10_000 {
            match self.desk.work() {
                (_, Some(told)) => self.hear(told),
                _ => return,
            }
        }
    }

    /// Runs the next errands in a worker of their own, at most so many.
    pub fn run_errands(&mut self, most: usize) {
        let mut other = Desk::new([self.figure]);
        for _ in 0..most {
            if self.errands.is_empty() {
                return;
            }
            let errand = self.errands.remove(0);
            let Told::Errand(bytes) = other.tell(Tell::Errand(errand), &mut |_| {}) else {
                panic!("an errand is run")
            };
            self.tell(Tell::Returned { bytes: Some(bytes), seconds: 1.0 });
        }
    }

    /// The attribute that was last set at a selector.
    pub fn attr(&self, css: &str, name: &str) -> &str {
        let place = format!("{css} {name}");
        self.attrs.iter().find(|(css, _)| *css == place).map_or("", |(_, value)| value)
    }

    /// Goes to a moment, in seconds.
    pub fn go(&mut self, seconds: f64) {
        self.does(Deed { number: seconds * 1e9, ..deed("seek") });
    }

    pub fn act(&mut self, way: &str, on: &str, text: &str) {
        self.does(Deed { way: way.into(), on: on.into(), text: text.into(), ..deed("act") });
    }

    pub fn says(&self, css: &str) -> &str {
        self.texts.iter().find(|(place, _)| place == css).map_or("", |(_, text)| text)
    }

    pub fn readings(&self) -> Vec<String> {
        let of = |n: usize| if n == 0 { ".fig-reading b".into() } else { format!(".fig-reading b {n}") };
        (0..6).map(|n| self.says(&of(n)).to_owned()).collect()
    }
}

pub fn deed(does: &str) -> Deed {
    Deed::of(ActionKind::parse(does).unwrap_or_else(|| panic!("there is no kind '{does}'")))
}

fn read(node: &Node) -> String {
    let child = |child: &Child| match child {
        Child::Text(text) => text.clone(),
        Child::Node(node) => read(node),
    };
    let title = node.attrs.iter().filter(|(name, _)| name == "title").map(|(_, text)| text.clone());
    title.chain(node.children.iter().map(child)).collect::<Vec<_>>().join(" ") + "\n"
}

/// The words of a lesson's figure, as its page holds them.
pub fn told_by(lesson: &str, figure: &Figure) -> String {
    facts(&words(lesson, figure))
}

fn words(lesson: &str, figure: &Figure) -> Words {
    let (course, _) = Course::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons"));
    let Some(lesson) = course.lesson(lesson) else {
        return Words { kinds: figure.spec.naming(), ..Words::default() };
    };
    let patterns = patterns(&course, lesson, &figure.spec.id).into_iter().collect();
    Words { patterns, kinds: figure.spec.naming() }
}

fn first(figure: &Figure) -> String {
    let run = Run::new(figure.spec, Seed(7));
    encode_view(&View { run, against: Vec::new(), at: figure.spec.still })
}
