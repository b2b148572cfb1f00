//! The page of the learner's own record, as it is read without scripts; `src/learn/record` fills its place.

use maud::{Markup, html};

/// The page's own part.
pub fn body() -> Markup {
    html! {
        article.record-page {
            h1 { "Your record" }
            p.lead { "What you did here, kept in this browser and nowhere else." }
            div data-learn="record" { p { "Your record is read by a script; scripts are off here, or this one hasn’t come." } }
            p { a href="@root/statistics/" { "Your statistics" } " say what you keep, what you guess and where your time goes." }
            h2 { "What is kept" }
            p {
                "Your answers, the runs that graded them, the challenges that you passed, where you left each figure, and how long \
                 you stayed. Browsers delete such records with the site’s data, and some of them after weeks without a visit. \
                 An export is a file of your own: import it here, in another browser or on another device, and both records \
                 become one. Nothing is counted twice."
            }
        }
    }
}
