//! What a lesson is: its words, read from Markdown and checked against the logic of its figures.
//!
//! All words of a lesson live in `lessons/<chapter>/<slug>.md` under ids, all logic in Rust under the same ids;
//! [`check`](check::check) demands that they agree, both ways. What lives here: the grammar of a lesson's file, the
//! catalogue of all lessons, and the check. What never does: HTML, simulations, the browser. Native only: the page gets
//! HTML that `site` made from this.
//!
//! Begin with [`Course::load`] and [`check::check`].
//!
//! # The grammar
//!
//! A file is TOML between two lines `+++` ([`front_matter`]), then Markdown: CommonMark with tables and
//! `## Heading {#id}`; no raw HTML, no pictures. Code listings name a language of [`markdown::LANGUAGES`].
//!
//! ## Blocks
//!
//! A fenced block at the top level whose first word is one of these ([`blocks`]). Ids are lower-case words joined by
//! hyphens, stand once in a lesson, and are permanent: learners' records refer to them.
//!
//! ````text
//! ```figure slow-server                    a live figure; its id on this page
//! shows = "slow-server"                    the registered figure, if its id is another
//! caption = "Round robin meets a slow server"
//! set = { policy = "random", load = 480 }  controls it begins with, other than the defaults
//! do = ["8s:kill:server:A"]                what has been done in the run it begins with, and when
//! at = "43 s"                              the moment of its still, other than the figure's own
//! drives = true                            prose that names no figure drives this one
//! invite = "Click C and kill it"           what the picture invites to do first,
//! invite_on = "server:C"                   and the thing that it points to
//! ```
//! ```predict after-a-minute                a prediction; its logic has the same id
//! figure = "slow-server"
//! kind = "choice"                          choice | number | order | curve
//! question = "After one minute, what do customers see?"
//! shows = "…"                              what the run shows, said after the commit whatever the answer was
//! [[options]]                              choice and order; `reason` only for choice
//! id = "all-slower"
//! text = "All requests get slower together"
//! reason = "Only a quarter of them ever meet the slow server."
//! ```
//! A number needs no more: its unit, and what is near enough, are logic. A curve has x = "load" and y = "p99", what its
//! axes measure.
//!
//! ```challenge keep-p99                    a challenge; its logic has the same id
//! figure = "slow-server"
//! title = "Keep the promise"
//! goal = "…"
//! budget = "…"
//! hint = "…"
//! [verdicts]                               what the judge says: pass, and one for each tempting wrong answer
//! pass = "…"
//! more-servers = "…"
//! ```
//! ```incident slow-mornings               a failure to explain and to repair; its logic is a challenge of the same id
//! figure = "slow-server"
//! title = "…"
//! question = "…"                           symptoms, and no causes
//! correct = ["cold"]
//! repair = "…"
//! budget = "…"                             where the repair has a price
//! hint = "…"
//! [[causes]]
//! id = "cold"
//! text = "…"
//! reason = "…"
//! [verdicts]                               as a challenge's; one of them has the right cause's id: nothing was repaired
//! pass = "…"
//! cold = "…"
//! ```
//! ```quiz why-two
//! question = "…"
//! correct = ["fresh"]
//! [[options]]
//! id = "fresh"
//! text = "…"
//! reason = "…"
//! ```
//! ```card utilisation
//! front = "…"
//! back = "…"
//! ```
//! ```interview l4-or-l7
//! question = "…"
//! points = ["…", "…"]                      what a strong answer contains
//! ```
//! ```term utilisation                     an entry of the glossary, which links reach as #term-utilisation
//! term = "utilisation"
//! also = ["load factor"]                   other names, if there are any
//! meaning = "…"
//! ```
//! ```words slow-server your-traffic        what the figures' models speak: message id = sentence
//! queue-full = "{server} is full: queue {length} of {capacity}"
//! ```
//! ```aside                                 a note in the margin of the paragraph that follows; Markdown
//! ```real-systems                          how real systems do it, with names and defaults; Markdown
//! ```leaves-out                            what the model leaves out; Markdown
//! ````
//!
//! Texts in these blocks are Markdown too, but for `words`: plain text in which `{name}` is an argument, and `{{` and
//! `}}` are braces. What every figure says stands in `lessons/words.toml`.
//!
//! ## Inline
//!
//! - `{{slow-server.p99}}` is what a figure reads now, `{{slow-server.p99@43s}}` what it reads at a moment of its run.
//! - `{{slow-server.load=480/s}}` is a number that one drags and that moves a control.
//! - `[the cure](run:slow-server?set=policy:least-connections&at=43s)` takes a figure to a setting (`set`, as often as
//!   needed) or a moment.
//! - `[hash rings](lesson:architecture/clusters#rings)`, `[above](#what-happened)` and `[RFC](https://…)` are the other
//!   links; there are no more.
//!
//! The figure may be left out (`{{p99}}`, `run:?at=43s`): then the one with `drives = true` is meant, else the nearest
//! above, else the first below.
//!
//! Escapes: `\{{` is a literal `{{`; code spans and listings are left alone; else as in Markdown.

pub mod blocks;
pub mod catalogue;
pub mod check;
mod contract;
pub mod done;
pub mod facts;
mod fields;
pub mod front_matter;
pub mod lesson;
pub mod markdown;
mod problem;
pub mod words;

pub use catalogue::{Chapter, Course, StudyPath};
pub use check::check;
pub use facts::FigureFacts;
pub use lesson::{Lesson, Part};
pub use problem::{Problem, Text, is_id};
