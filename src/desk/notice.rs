//! What a figure has to tell: why it stopped, what a link says, what can be done about it.

use super::action_kind::ActionKind;
use super::markup::{class, inside};
use super::protocol::{Node, Part, Patch, button, find, node, part};
use super::text;
use serde::{Deserialize, Serialize};

/// What can be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// Start the model again.
    TryAgain,
    /// Load the page again.
    Reload,
}

/// Something a figure has to tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The sentences.
    pub text: String,
    /// More of it, as a list.
    pub list: Vec<String>,
    /// A link to a run: its code.
    pub link: Option<String>,
    /// What can be done about it.
    pub way: Option<Way>,
}

impl Notice {
    /// Only words.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Shows it.
    pub fn patches(&self) -> impl Iterator<Item = Patch> + use<> {
        let link = self.link.clone().map(|code| Patch::Address(find(inside(class::NOTICE, "a")), code));
        [Patch::Fill(place(), vec![self.node()])].into_iter().chain(link)
    }

    fn node(&self) -> Node {
        let list = (!self.list.is_empty())
            .then(|| node("ul", "").with(self.list.iter().map(|item| node("li", "").text(item))));
        let link = self.link.is_some().then(|| node("a", "").text(text::REPRODUCE));
        let way = self.way.map(|way| match way {
            Way::TryAgain => button("quiet", ActionKind::TryAgain, text::TRY_AGAIN),
            Way::Reload => button("quiet", ActionKind::Reload, text::RELOAD),
        });
        let close = button("quiet", ActionKind::CloseNotice, text::CLOSE);
        node("div", class::NOTICE).with([
            node("div", "").with([node("p", "").text(&self.text)]).with(list),
            node("div", "fig-notice-ways").with(link).with(way).with([close]),
        ])
    }
}

/// Takes a notice away.
pub fn none() -> Patch {
    Patch::Fill(place(), Vec::new())
}

fn place() -> Part {
    part(class::NOTICE_PLACE)
}
