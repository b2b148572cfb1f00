//! What a figure has to tell: why it stopped, what a link says, what can be done about it.

use super::dom::{self, Make, button, make};
use super::live::Live;
use super::text;
use web_sys::Element;

/// What can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Start the model again.
    TryAgain,
    /// Load the page again.
    Reload,
}

/// Something a figure has to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// The sentences.
    pub text: String,
    /// More of it, as a list.
    pub list: Vec<String>,
    /// A link: its words and its address.
    pub link: Option<(&'static str, String)>,
    /// What can be done about it.
    pub way: Option<Way>,
}

impl Notice {
    /// Only words.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// Shows the figure's notice, where there is one.
pub fn attach(live: Live, root: &Element) {
    let Some(place) = dom::find(root, ".fig-notice-place") else { return };
    dom::follow(&[live.noticed], move || {
        dom::fill(&place, live.with(|state| state.notice.as_ref().map(written)));
    });
}

fn written(notice: &Notice) -> Make {
    let list = (!notice.list.is_empty())
        .then(|| make("ul", "").with(notice.list.iter().map(|item| make("li", "").text(item))));
    let link = notice.link.as_ref().map(|(words, address)| make("a", "").attr("href", address).text(words));
    let way = notice.way.map(|way| match way {
        Way::TryAgain => button("quiet", "try-again", text::TRY_AGAIN),
        Way::Reload => button("quiet", "reload", text::RELOAD),
    });
    make("div", "fig-notice").with([
        make("div", "").with([make("p", "").text(&notice.text)]).with(list),
        make("div", "fig-notice-ways").with(link).with(way).with([button(
            "quiet",
            "close-notice",
            text::CLOSE,
        )]),
    ])
}
