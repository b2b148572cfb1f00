//! Stories in real browsers over the built site. `./dev test` builds `dist/`, installs the browsers and runs them;
//! without it: `BROWSERS="chromium firefox webkit" cargo test --features browser-tests --test browser` over an existing
//! `dist/`. A part of a story's name as an argument tells only those that have it, `--list` names all, and `--ignored`
//! measures instead (`./dev bench`).
//!
//! One file a story, and a table of them here. Each is told once in every browser, two at a time; one that fails is told
//! once more, alone, and named as unsteady if it then passes: see [`runner`]. Nothing else is tried twice.

mod driver;
mod harness;
#[path = "../shared/pick.rs"]
mod pick;
mod remote;
mod runner;
mod server;

mod along;
mod bench;
mod broken;
mod drag;
mod figure;
mod instruments;
mod kept;
mod loads;
mod look;
mod monkey;
mod offline;
mod paper;
mod parked;
mod plain;
mod reach;
mod reviewed;
mod same_run;
mod share;
mod story;
mod theme;
mod visit;
mod wander;
mod wrong;

use harness::{Kind, tell};
use runner::{Story, Telling};
use std::io::stdout;
use std::process::ExitCode;
use std::time::Duration;

/// As many browsers at a time as a small machine has cores.
const AT_ONCE: usize = 2;
/// No story takes this long, not even in an engine that interprets WASM on a busy machine.
const LIMIT: Duration = Duration::from_mins(10);

/// Stories of these paths, told in one browser.
macro_rules! told_in {
    ($kind:expr, $($story:path),* $(,)?) => {
        [$(Story::new(format!("{} in {:?}", stringify!($story), $kind), move || tell($story($kind)))),*]
    };
}

/// Stories of these paths, told without a browser or with one of their own.
macro_rules! told {
    ($($story:path),* $(,)?) => { vec![$(Story::new(stringify!($story), $story)),*] };
}

/// The long ones first, so that none is left alone at the end.
fn in_browser(kind: Kind) -> Vec<Story> {
    let mut stories = Vec::from(told_in![
        kind,
        instruments::a_challenge_is_judged_on_a_phone_and_a_question_answered,
        instruments::two_settings_are_compared_and_a_control_is_swept,
        instruments::a_prediction_is_made_by_keyboard_and_graded_by_the_run,
        story::what_a_learner_breaks_and_brings_is_the_same_in_the_terminal,
        broken::a_model_that_panics_or_hangs_is_taken_back_to_before_it_and_the_page_goes_on,
        broken::a_link_to_what_fails_says_so_and_leaves_the_figure_as_the_page_shows_it,
        broken::a_link_that_hung_is_not_started_again_before_the_learner_says_so,
        broken::a_second_failure_in_a_row_stops_the_figure_until_the_learner_starts_it_again,
    ]);
    stories.extend(same_run::stories(kind));
    stories.extend(visit::stories(kind));
    stories.extend(told_in![
        kind,
        monkey::nothing_that_a_monkey_does_to_a_page_breaks_it,
        wander::nothing_that_a_monkey_does_to_the_site_breaks_it_or_loses_the_record,
        parked::a_figure_that_was_out_of_view_goes_on_where_it_was,
        parked::a_log_that_was_chosen_is_still_replayed_afterwards,
        share::a_shared_link_opens_the_same_moment_of_the_same_run_in_another_browser,
        drag::things_are_dragged_and_links_are_cut_by_a_line_across_them,
        along::the_first_figure_plays_invites_and_comes_along_with_its_reader,
        figure::a_learner_plays_turns_kills_goes_back_and_asks_why,
        figure::everything_is_reached_and_nothing_overflows_on_a_phone,
        figure::an_island_takes_the_stills_place_without_moving_the_page,
        kept::what_was_done_is_there_after_a_reload_in_both_of_two_tabs,
        kept::what_one_figure_was_asked_is_not_graded_by_another_with_the_same_model,
        kept::a_record_of_a_newer_version_is_left_as_it_is,
        kept::a_record_is_deleted_and_brought_back,
        reviewed::what_was_learned_is_asked_again_and_what_was_rated_is_kept,
        look::a_picture_is_painted_anew_when_the_theme_or_the_width_changes,
        plain::every_page_reads_with_scripts_off,
        wrong::what_goes_wrong_is_told,
    ]);
    if kind != Kind::WebKit {
        stories.extend(told_in![
            kind,
            offline::the_site_is_read_without_a_network_after_the_first_visit,
            offline::a_newer_release_is_taken_whole_and_when_the_learner_says_so,
            offline::a_lesson_beyond_what_is_kept_is_kept_when_it_was_visited,
        ]);
    }
    // The other drivers can't show a page as it is on paper.
    if kind == Kind::Chromium {
        stories.extend(told_in![kind, paper::a_page_prints_its_figures_scrolled_to_or_not]);
    }
    stories
}

/// Everything, the slowest browser first.
fn stories() -> Vec<Story> {
    let mut kinds = Kind::all();
    kinds.sort_unstable_by_key(|kind| std::cmp::Reverse(*kind as usize));
    let mut stories: Vec<Story> = kinds.into_iter().flat_map(in_browser).collect();
    stories.extend(told![
        reach::a_worker_loads_its_own_wasm_and_reaches_nothing_else,
        reach::a_worker_carries_its_own_figures_and_no_others,
    ]);
    stories
}

/// What is measured, and only when it is asked for.
fn measurements() -> Vec<Story> {
    told![
        bench::first_figure::from_navigation_until_the_first_figure_lives,
        bench::frames::a_frame_with_a_crowd_in_view,
        bench::kernel::events_a_second_of_the_kernel_and_of_plain_javascript,
        bench::learner::a_keystroke_in_the_search_and_the_statistics_of_years,
        bench::lighthouse::what_lighthouse_says_of_a_phone,
        bench::seek::seeking_in_ten_minutes_of_a_thousand_requests_a_second,
    ]
}

fn main() -> ExitCode {
    let (mut only, mut list, mut measure, mut at_once) = (Vec::new(), false, false, AT_ONCE);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--list" => list = true,
            "--ignored" => (measure, at_once) = (true, 1),
            // Nothing here is kept back, and little is said.
            "--nocapture" | "--quiet" | "-q" => {}
            "--test-threads" => match arguments.next().map(|n| n.parse()) {
                Some(Ok(n)) => at_once = n,
                _ => return misused("--test-threads needs a number"),
            },
            other if other.starts_with('-') => return misused(&format!("there is no {other}")),
            part => only.push(part.to_owned()),
        }
    }
    let stories = if measure { measurements() } else { stories() };
    if list {
        for story in stories {
            println!("{}: test", story.name());
        }
        return ExitCode::SUCCESS;
    }
    let telling = Telling { only, at_once, limit: LIMIT, cut_off: driver::cut_off };
    let outcome = runner::tell(stories, &telling, &mut stdout());
    if outcome.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn misused(why: &str) -> ExitCode {
    eprintln!(
        "{why}; allowed are parts of names, --list, --ignored, --test-threads N, --nocapture and --quiet"
    );
    ExitCode::FAILURE
}
