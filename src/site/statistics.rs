//! The page of statistics, as it is read without scripts; `src/learn/statistics` fills its place.

use maud::{Markup, html};

/// The page's own part.
pub fn body() -> Markup {
    html! {
        article.statistics-page {
            h1 { "Statistics" }
            p.lead { "What your record says about what you learn." }
            div data-learn="statistics" {
                p { "The numbers are computed by a script from the record in this browser; scripts are off here, or this one hasn’t come." }
            }
            p { "They come from " a href="@root/record/" { "your record" } ", and leave this browser only with it." }
        }
    }
}
