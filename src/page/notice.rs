//! What a figure has to tell: why it stopped, what a link says, what can be done about it.

use super::live::Live;
use super::{dom, text};
use leptos::prelude::*;

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

/// The figure's notice, where there is one.
pub fn view(live: Live) -> AnyView {
    let notice = move || {
        live.noticed.track();
        live.with(|state| state.notice.clone()).map(|notice| show(live, notice))
    };
    view! { <div class="fig-notice-place" role="status">{notice}</div> }.into_any()
}

fn show(live: Live, notice: Notice) -> AnyView {
    let list = (!notice.list.is_empty()).then(|| {
        let items: Vec<_> = notice.list.into_iter().map(|item| view! { <li>{item}</li> }).collect();
        view! { <ul>{items}</ul> }
    });
    let link = notice.link.map(|(words, address)| view! { <a href=address>{words}</a> });
    let way = notice.way.map(|way| {
        let words = match way {
            Way::TryAgain => text::TRY_AGAIN,
            Way::Reload => text::RELOAD,
        };
        let go = move |_| match way {
            Way::TryAgain => live.try_again(),
            Way::Reload => drop(dom::window().location().reload()),
        };
        view! { <button type="button" class="quiet" on:click=go>{words}</button> }
    });
    let close = move |_| live.notify(None);
    view! {
        <div class="fig-notice">
            <div><p>{notice.text}</p>{list}</div>
            <div class="fig-notice-ways">
                {link}{way}
                <button type="button" class="quiet" on:click=close>{text::CLOSE}</button>
            </div>
        </div>
    }
    .into_any()
}
