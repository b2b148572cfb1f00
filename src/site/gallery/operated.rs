//! The sample figure operated from a desk, as a page operates it: what the desk says is applied to the elements.

use super::sample::FIGURE;
use super::tree::{Element, read};
use crate::desk::{ActionKind, Deed, Desk, Opening, Patch, Piece, Tell, Told, facts};
use crate::player::encode_view;
use crate::scene::Picture;
use crate::site::still::Shown;
use maud::Markup;

/// A figure's elements, and the desk that it is operated from.
pub struct Operated {
    desk: Desk,
    /// The elements as they are now.
    pub page: Element,
    errands: Vec<Vec<u8>>,
}

impl Operated {
    /// Opens it with these elements, the figure's or others that a desk writes to, and a picture of this width.
    pub fn open(shown: &Shown, elements: &Markup, picture: u16) -> Self {
        let desk = Desk::new([&FIGURE]);
        let mut it = Self { desk, page: read(elements), errands: Vec::new() };
        // What the page does with a figure whose desk has answered.
        it.page.each("[disabled]", |waiting| waiting.set("disabled", None));
        it.page.each(".fig-tools", |tools| tools.set("hidden", None));
        it.tell(Tell::Sized { picture, charts: 288 });
        it.tell(Tell::Open(Opening {
            page_id: "sample".into(),
            facts: facts(&shown.words),
            first: encode_view(&shown.view),
            ..Opening::default()
        }));
        it.rest();
        it
    }

    fn tell(&mut self, tell: Tell) {
        let told = self.desk.tell(tell, &mut |_| {});
        self.hear(told);
    }

    fn hear(&mut self, told: Told) {
        if let Told::Shown(shown) = told {
            shown.patches.iter().for_each(|patch| self.page.apply(patch));
            if let Some(errands) = shown.errands {
                self.errands = errands;
            }
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
    pub fn does(mut self, deed: Deed) -> Self {
        self.tell(Tell::Deed(deed));
        self.rest();
        self
    }

    /// It goes to a moment, in seconds.
    #[must_use]
    pub fn goes(self, seconds: f64) -> Self {
        self.does(Deed { number: seconds * 1e9, ..deed("seek") })
    }

    /// Of the errands that were sent out, so many are run and come back.
    #[must_use]
    pub fn errands(mut self, most: usize) -> Self {
        for (n, errand) in std::mem::take(&mut self.errands).into_iter().take(most).enumerate() {
            let bytes = match self.desk.tell(Tell::Errand(errand), &mut |_| {}) {
                Told::Errand(bytes) => Some(bytes),
                _ => None,
            };
            self.tell(Tell::Returned { bytes, seconds: 0.1 * (n + 1) as f64 });
        }
        self.rest();
        self
    }

    /// A file of the learner's comes, as a whole or up to here.
    #[must_use]
    pub fn reads(mut self, text: &str, last: bool) -> Self {
        let (name, bytes) = ("access.log".to_owned(), text.as_bytes().to_vec());
        let size = if last { bytes.len() } else { 3 * bytes.len() } as f64;
        self.tell(Tell::Data(Piece { name, size, bytes, first: true, last, new: true }));
        self.rest();
        self
    }

    /// The page is changed by itself, without the desk.
    #[must_use]
    pub fn changed(mut self, patches: impl IntoIterator<Item = Patch>) -> Self {
        patches.into_iter().for_each(|patch| self.page.apply(&patch));
        self
    }

    /// Picture and charts as they would be painted now.
    pub fn pictures(&self) -> &[Picture; 2] {
        self.desk.pictures()
    }
}

/// What an element does when it is pressed, moved or typed in.
pub fn deed(does: &str) -> Deed {
    Deed::of(ActionKind::parse(does).expect("a kind"))
}

/// The same, done to something.
pub fn deed_on(does: &str, on: &str) -> Deed {
    Deed { on: on.into(), ..deed(does) }
}

/// The same, with what was typed or chosen.
pub fn deed_with(does: &str, on: &str, text: &str) -> Deed {
    Deed { text: text.into(), ..deed_on(does, on) }
}
