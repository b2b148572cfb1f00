//! The page of the settings, as it is read without scripts; `src/learn/settings` fills its place.

use maud::{Markup, html};

/// The page's own part.
pub(super) fn body() -> Markup {
    html! {
        article.settings-page {
            h1 { "Settings" }
            div data-learn="settings" {
                p { "Settings are kept by a script; scripts are off here, or this one hasn’t come. The site follows what your system says about light and dark, motion and the size of text." }
            }
            p { "They hold in this browser, and go along when you export " a href="@root/record/" { "your record" } "." }
        }
    }
}
