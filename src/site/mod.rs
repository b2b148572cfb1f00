//! From lessons and trunk's output to the site. Native only.
//!
//! [`render`] makes a complete page of every lesson, readable without scripts; [`finish`] makes a site of what trunk and
//! the renderer left: links, names of files, policy; [`weigh`] says what a first visit loads. What never lives here: what
//! a lesson may say (that is `course`), and what a figure does once scripts run (that is `page`).
//!
//! HTML is written by maud, which escapes whatever it is handed; prose goes through pulldown-cmark, whose raw HTML is
//! shown as text. Links from the site's root are written `@root/…` and made relative by [`finish`].

mod activity;
pub mod applied;
pub mod cache;
mod controls;
pub mod figure;
pub mod finish;
pub mod gallery;
mod glossary;
mod home;
mod install;
mod legend;
mod lesson;
mod map;
pub mod offline;
pub mod operated;
mod picture;
mod prose;
mod record;
pub mod render;
mod review;
pub mod sample;
pub mod search;
mod settings;
pub mod share;
mod shell;
mod statistics;
pub mod still;
pub mod syllabus;
pub mod tags;
pub mod weigh;
pub mod workers;
