//! The page of reviews, as it is read without scripts; `src/learn/review` fills its place.

use maud::{Markup, html};

/// The page's own part.
pub fn body() -> Markup {
    html! {
        article.review-page {
            h1 { "Review" }
            div data-learn="review" {
                p { "The cards are asked by a script; scripts are off here, or this one hasn’t come. Each lesson has its cards at its end, under ‘To remember’." }
            }
            h2 { "How it works" }
            p {
                "Each lesson has a few cards, and a prediction that you got wrong becomes one. A card comes back when you are about \
                 to forget it, and after longer each time that you know it. Ten minutes now and then are enough. "
                a href="@root/statistics/" { "Your statistics" } " say how much you keep."
            }
        }
    }
}
