//! A visit to every page: it opens and comes alive, nothing goes wrong in it, it looks as the system wishes, fits its
//! window, loads what the size report lists, and axe finds nothing.
//!
//! A page is opened once for each way of looking at it, and everything that holds of all pages is looked at then. In
//! Chromium every page is visited on a wide light desk and on a narrow dark phone, there below a sub-path; in the other
//! browsers a part of the pages that differs from commit to commit, in one of the two ways.

use crate::harness::{
    Browser, Kind, PATIENCE, Setup, Theme, pages_with_figures_and_without, picked, site, site_below, tell,
};
use crate::pick;
use crate::runner::{Story, note};
use crate::{loads, theme};
use serde::Deserialize;

/// In browsers other than Chromium, one page in so many.
const PART: usize = 6;
/// Pages in a story. What fails is told again, so a story is not too long.
const PAGES: usize = 10;

/// How a page is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    /// A desk, light, at `/`.
    WideLight,
    /// A phone, dark, below a sub-path.
    NarrowDark,
}

impl Look {
    const ALL: [Self; 2] = [Self::WideLight, Self::NarrowDark];

    fn name(self) -> &'static str {
        match self {
            Self::WideLight => "wide and light",
            Self::NarrowDark => "narrow and dark",
        }
    }

    fn setup(self, kind: Kind) -> Setup {
        match self {
            Self::WideLight => Setup::desk(kind),
            Self::NarrowDark => Setup::phone(kind).dark(),
        }
    }

    fn home(self) -> String {
        match self {
            Self::WideLight => site(),
            Self::NarrowDark => site_below("/some/where/"),
        }
    }

    /// The ways in which pages are looked at in a browser. Firefox and WebKit take one each, not the same.
    fn all(kind: Kind) -> Vec<Self> {
        let chosen = Self::ALL[(pick::seed("setups") as usize / 7 + kind as usize) % 2];
        if kind == Kind::Chromium || pick::all() { Self::ALL.to_vec() } else { vec![chosen] }
    }
}

/// The pages to visit in a browser; some with figures, some without.
fn pages(kind: Kind) -> Vec<String> {
    let (with, without) = pages_with_figures_and_without();
    [with, without].into_iter().flat_map(|pages| picked(kind, pages, PART)).collect()
}

/// The visits to make in a browser, some pages to a story.
pub fn stories(kind: Kind) -> Vec<Story> {
    let pages = pages(kind);
    let mut stories = Vec::new();
    for look in Look::all(kind) {
        let parts = pages.chunks(PAGES);
        let all = parts.len();
        for (n, part) in parts.enumerate() {
            let name = format!("visit::pages_are_whole ({}, {} of {all}) in {kind:?}", look.name(), n + 1);
            let part = part.to_vec();
            stories.push(Story::new(name, move || tell(pages_are_whole(kind, look, &part))));
        }
    }
    stories
}

async fn pages_are_whole(kind: Kind, look: Look, pages: &[String]) {
    let (home, setup) = (look.home(), look.setup(kind));
    let browser = Browser::open(setup).await;
    let mut wrong = 0;
    for (n, page) in pages.iter().enumerate() {
        let mut found = visit(&browser, setup, &home, page).await;
        if n == 0 {
            found.extend(theme::wrong_in_a_round(&browser, setup, &format!("{home}{page}")).await);
            found.extend(browser.errors().await.into_iter().map(|error| format!("error: {error}")));
        }
        wrong += found.len();
        // At once, in case that the driver fails at a later page.
        for what in found {
            note(&format!("/{page}, {} in {kind:?}: {what}", look.name()));
        }
    }
    assert!(wrong == 0, "{wrong} findings on {} pages", pages.len());
}

/// What the page says of itself.
#[derive(Deserialize)]
struct Seen {
    title: String,
    width: u32,
    dark: bool,
    /// The page's own width.
    needs: u32,
    /// Elements of figures that stand out of the window.
    out: Vec<String>,
    /// Controls of figures that are too small to be hit.
    small: Vec<String>,
    /// Figures whose picture, readings and bar don't fit into a small window together.
    high: Vec<String>,
}

const SEEN: &str = "const of = (css, is) => [...document.querySelectorAll(css)].filter((e) => e.checkVisibility() && is(e)).map((e) => e.outerHTML.slice(0, 120)); \
    return { title: document.title, width: innerWidth, dark: matchMedia('(prefers-color-scheme: dark)').matches, \
    needs: document.documentElement.scrollWidth, \
    out: of('.figure *', (e) => !e.closest('.sr-only, .table, .fig-marks') && e.getBoundingClientRect().right > innerWidth + 0.5), \
    small: of('.figure :is(button, select, input, summary)', (e) => e.getBoundingClientRect().height < 24 && e.type != 'radio' && e.type != 'checkbox' && !e.closest('.fig-walk')), \
    high: innerWidth < 1280 ? [] : of('.figure:not([data-asks]) .fig-bar', (e) => e.getBoundingClientRect().bottom - e.closest('.figure').getBoundingClientRect().top > 650) }";

/// Opens a page; everything that is wrong with it.
async fn visit(browser: &Browser, setup: Setup, home: &str, page: &str) -> Vec<String> {
    browser.goto(&format!("{home}{page}")).await;
    let mut wrong = Vec::new();
    let mut unless = |fine: bool, what: String| wrong.extend((!fine).then_some(what));
    let live = browser.comes_within("document.documentElement.hasAttribute('data-live')", PATIENCE).await;
    unless(live, format!("does not come alive within {PATIENCE:?}"));

    let Seen { title, width, dark, needs, out, small, high } = browser.run(SEEN).await;
    unless(!title.is_empty(), "has no title".to_owned());
    let wished = (setup.width, setup.theme == Theme::Dark);
    unless((width, dark) == wished, format!("is {width} wide, dark: {dark}; wished for was {wished:?}"));
    unless(needs <= width, format!("scrolls sideways: it is {needs} wide in a window of {width}"));
    wrong.extend(out.into_iter().map(|what| format!("stands out of the window: {what}")));
    wrong.extend(small.into_iter().map(|what| format!("is lower than 24 pixels: {what}")));
    wrong.extend(
        high.into_iter().map(|what| format!("ends more than 650 pixels below its figure's top: {what}")),
    );
    wrong.extend(theme::wrong(browser, setup, 0).await);
    if setup.theme == Theme::Light {
        browser.picture(&format!("page {}", page.replace('/', " ")).trim_end().replace(' ', "-")).await;
    }
    wrong.extend(browser.axe().await.into_iter().map(|found| format!("axe: {found}")));
    // Last, so that what comes late is seen too.
    wrong.extend(loads::wrong(browser, setup.kind, home, loads::listed(page)).await);
    wrong.extend(browser.errors().await.into_iter().map(|error| format!("error: {error}")));
    wrong
}
