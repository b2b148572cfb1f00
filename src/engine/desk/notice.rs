//! A notice over a figure: why it stopped, or how a link's run differs, and what the learner can do.

use super::action_kind::ActionKind;
use super::markup::{class, inside};
use super::protocol::{NewElement, Patch, Selector, button, element, find, selector};
use super::text;
use serde::{Deserialize, Serialize};

/// What the learner can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NoticeAction {
    /// Start the model again.
    TryAgain,
    /// Load the page again.
    Reload,
}

/// A notice over a figure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// The sentences.
    pub text: String,
    /// More of it, as a list.
    pub list: Vec<String>,
    /// A link to a run: its code.
    pub link: Option<String>,
    /// What the learner can do about it.
    pub action: Option<NoticeAction>,
}

impl Notice {
    /// A notice with a text and nothing else.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// The patches that show it.
    pub fn patches(&self) -> impl Iterator<Item = Patch> + use<> {
        let link = self.link.clone().map(|code| Patch::Address(find(inside(class::NOTICE, "a")), code));
        [Patch::Children(notice_place(), vec![self.element()])].into_iter().chain(link)
    }

    fn element(&self) -> NewElement {
        let list = (!self.list.is_empty())
            .then(|| element("ul", "").with(self.list.iter().map(|item| element("li", "").text(item))));
        let link = self.link.is_some().then(|| element("a", "").text(text::REPRODUCE));
        let way = self.action.map(|way| match way {
            NoticeAction::TryAgain => button("quiet", ActionKind::TryAgain, text::TRY_AGAIN),
            NoticeAction::Reload => button("quiet", ActionKind::Reload, text::RELOAD),
        });
        let close = button("quiet", ActionKind::CloseNotice, text::CLOSE);
        element("div", class::NOTICE).with([
            element("div", "").with([element("p", "").text(&self.text)]).with(list),
            element("div", "fig-notice-ways").with(link).with(way).with([close]),
        ])
    }
}

/// The patch that removes a notice.
pub fn clear_notice() -> Patch {
    Patch::Children(notice_place(), Vec::new())
}

fn notice_place() -> Selector {
    selector(class::NOTICE_PLACE)
}
