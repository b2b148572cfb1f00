//! The markup of a figure. It is complete before any script runs: caption, still, readings, sentences, and disabled
//! controls. The page's script enables and updates these elements rather than replacing them, so nothing moves when it
//! starts, and the page's WASM contains no markup.
//!
//! What the page reads: `data-figure`, the id on this page; `data-view`, run and moment of the still, as a link holds
//! them; `data-do`, on whatever can be pressed, what pressing it does; and the figure's facts, see [`words`].

use super::activity;
use super::controls;
use super::prose::Context;
use super::still::Still;
use crate::course::blocks::{Block, Body, FigureBlock};
use crate::course::done;
use crate::desk::markup::class;
use crate::desk::{ActionKind, SHORTCUTS, clock, figure_clock};
use crate::lessons;
use crate::player::{Control, ControlKind, FigureSpec, Frame, Needs, Pace, encode_view, sweep_values};
use crate::scene::{
    Chart, Choice, Description, LayoutOptions, Panel, Picture, Scene, Status, SvgOptions, Table, TableView,
    Words, describe, svg,
};
use crate::sim::Time;
use maud::{Markup, PreEscaped, html};
use std::cell::RefCell;
use xxhash_rust::xxh64::xxh64;

/// Widths that stills are laid out for, in CSS pixels: the picture's column and a phone; and the column of readings.
const WIDE: f32 = 720.0;
const NARROW: f32 = 340.0;
const SIDE: f32 = 248.0;
/// Height of a row of readings, and what a letter of the sentences under them adds to the side column.
const READING_ROW: f32 = 50.0;
const LETTER: f32 = 0.6;

/// Whether the charts stand below the picture rather than beside it, under the readings: where that makes the figure lower,
/// by more than a few lines. `rest` is what else stands in the side column.
fn charts_below(picture: f32, (beside, below): (f32, f32), rest: f32) -> bool {
    let (when_beside, when_below) = (picture.max(rest + beside), (picture + below).max(rest));
    when_below + 40.0 < when_beside
}

/// Model seconds in a second that can be chosen.
const SPEEDS: [f64; 12] = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 600.0];

/// What the markup of a figure needs beyond the run that it shows.
#[derive(Clone, Debug)]
pub struct Caption<'a> {
    /// Its id on the page.
    pub id: &'a str,
    /// Its place among the page's figures, from one.
    pub number: usize,
    /// The caption as it is shown.
    pub markup: Markup,
    /// The caption as plain text.
    pub text: &'a str,
    /// Ids of the predictions that gate it, because its run would give them away.
    pub gated_by: Vec<&'a str>,
    /// The question that gates it, which stands in the figure.
    pub question: Option<Markup>,
    /// What the picture invites to do first.
    pub invitation: Option<Invitation>,
    /// Controls, options (`guard:none`) and readings that it doesn't offer: they are there for the desk, and hidden.
    pub without: Vec<&'a str>,
    /// Readings that are shown while it is set up for a challenge.
    pub goal: Vec<&'a str>,
    /// The set of figures that it belongs to, which tells its worker; none where no worker is to show it.
    pub set: Option<&'a str>,
    /// Where its stills and its facts go if they are files beside the page: those of a page's first figure are in the
    /// page itself, the others come when they are scrolled to.
    pub files: Option<&'a RefCell<Vec<(String, String)>>>,
}

/// An invitation on a picture.
#[derive(Clone, Debug)]
pub struct Invitation {
    says: Markup,
    /// The thing that it is about, as an attribute holds it.
    on: String,
    /// The action that pressing it takes; without one it selects the thing.
    does: Option<String>,
}

/// The element of a lesson's figure. `number` is its place among the page's figures.
pub fn element(cx: &Context, block: &Block, figure: &FigureBlock, number: usize) -> Markup {
    let shown = cx.stills.get(&block.id);
    let invitation = figure.invite.as_ref().zip(shown).and_then(|(invite, shown)| {
        let spec = shown.spec();
        let (on, does) = done::invitation(&invite.on.text, &spec.actions, &spec.kinds).ok()?;
        Some(Invitation { says: cx.phrase(&invite.says), on: format!("{}:{}", on.kind, on.n), does })
    });
    let question = cx.stills.gating_predictions(&block.id).first().and_then(|id| {
        let block = cx.lesson.blocks().find(|block| block.id == **id)?;
        let Body::Predict(predict) = &block.body else { return None };
        Some(activity::predict(cx, block, predict))
    });
    let caption = Caption {
        id: &block.id,
        question,
        invitation,
        number,
        markup: cx.phrase(&figure.caption),
        text: &figure.caption.text,
        gated_by: cx.stills.gating_predictions(&block.id),
        without: figure.without.iter().map(|name| name.text.as_str()).collect(),
        goal: figure.goal.iter().map(|name| name.text.as_str()).collect(),
        set: lessons::set_of(&figure.shows.text),
        files: (number > 1).then_some(&cx.files),
    };
    markup(&caption, shown)
}

/// The file beside a lesson's page with what its first figure shows, for cards that lead there.
pub const CARD: &str = "card.svg";

/// That picture, whole and small: what it says is read on its own page.
pub fn card(shown: &Still, caption: &str) -> Option<String> {
    let frame = shown.frame(shown.view.at)?;
    let panels = frame.scene.panels.into_iter().filter(|panel| !matches!(panel, Panel::Chart(_))).collect();
    let scene = Scene { time: frame.scene.time, panels, ..Scene::default() };
    let options = LayoutOptions { handles: shown.spec().acted_on(), ..LayoutOptions::default() };
    let picture = Picture::new(&scene, &shown.words, WIDE, &options);
    let options = SvgOptions { id: "card", title: caption, standalone: true, ..SvgOptions::default() };
    Some(svg(&picture, &options))
}

/// The markup of a figure; only the caption if there is nothing to show yet.
pub fn markup(caption: &Caption, shown: Option<&Still>) -> Markup {
    let masked = !caption.gated_by.is_empty();
    let at = |shown: &Still| if masked { Time::ZERO } else { shown.view.at };
    let frame = shown.and_then(|shown| Some((shown, shown.frame(at(shown))?)));
    let legend = frame.as_ref().and_then(|(shown, frame)| {
        super::legend::legend(&frame.scene, &shown.packets_from(at(shown)), &shown.words)
    });
    let plays =
        caption.number == 1 && !masked && shown.is_some_and(|shown| shown.spec().pace == Pace::Continuous);
    html! {
        figure.figure id={ "fig-" (caption.id) } data-figure=(caption.id) data-figure-set=[caption.set]
            data-view=[shown.map(|shown| encode_view(&shown.view))] data-after=[masked.then(|| caption.gated_by.join(","))]
            tabindex="0" data-asks=[caption.question.is_some().then_some("open")] data-plays[plays]
            data-facts-at=[shown.and_then(|shown| words_file(caption, shown))] {
            figcaption {
                span.fig-number-of { "Figure " (caption.number) }
                span.fig-title { (caption.markup) }
                (tools(shown.map(|shown| (shown.spec(), &*caption.without)), caption.question.is_some(), legend.is_some()))
            }
            @if let Some((shown, frame)) = frame { (parts(caption, shown, frame, legend, masked)) }
            noscript { p.fig-note { "This figure is a simulation. It runs where scripts are on; without them it stays as it is here." } }
        }
    }
}

/// The lesson's words for a figure's desk, as a template in the page.
pub fn words(id: &str, shown: &Still) -> Markup {
    html! { template data-facts-of=(id) data-facts=(PreEscaped(crate::desk::encode_words(&shown.words))) {} }
}

/// The same as a file beside the page; its name, which contains a hash of the words. `None` if everything goes into the
/// page.
fn words_file(caption: &Caption, shown: &Still) -> Option<String> {
    let facts = crate::desk::encode_words(&shown.words);
    let name = format!("{}-{:016x}.txt", caption.id, xxh64(facts.as_bytes(), 0));
    caption.files?.borrow_mut().push((name.clone(), facts));
    Some(name)
}

/// The tools beside the caption. A comparison begins with the first control that this place of the figure offers.
fn tools(offers: Option<(&FigureSpec, &[&str])>, asks: bool, legend: bool) -> Markup {
    let compared = offers.and_then(|(spec, without)| {
        let is_hidden = |control: &&Control| without.contains(&control.id.as_ref());
        // Where nothing is hidden, the desk finds it by itself.
        spec.controls.iter().find(is_hidden)?;
        spec.controls.iter().filter(|it| !is_hidden(it)).min_by_key(|it| !it.primary).map(|it| it.id.as_ref())
    });
    html! {
        div.fig-docked {
            button.quiet data-do=(ActionKind::BackToText.name()) { "Back to the text" }
            button.quiet data-do=(ActionKind::Undock.name()) data-way="go" { "To the figure" }
            button.quiet data-do=(ActionKind::Undock.name()) { "Close" }
        }
        div.(class::TOOLS) hidden {
            div.(class::AFTERMATH) role="status" {}
            @if asks { button.quiet data-do=(ActionKind::Question.name()) { "Question" } }
            button.quiet data-do=(ActionKind::Compare.name()) data-on=[compared] aria-pressed="false" { "Compare" }
            button.quiet data-do=(ActionKind::Drawer.name()) data-on="sweep" data-drawer="sweep" aria-expanded="false" { "Sweep" }
            button.quiet data-do=(ActionKind::Drawer.name()) data-on="share" data-drawer="share" aria-expanded="false" { "Share" }
            button.quiet data-do=(ActionKind::Drawer.name()) data-on="legend" data-drawer="legend" aria-expanded="false" hidden[!legend] { "Legend" }
            button.quiet data-do=(ActionKind::Drawer.name()) data-on="more" data-drawer="more" aria-expanded="false" aria-label="More" title="More" { "⋯" }
        }
    }
}

/// The drawers that the tools open.
fn drawers(id: &str, spec: &FigureSpec, without: &[&str]) -> Markup {
    html! {
        div.(class::NOTICE_PLACE) role="status" {}
        div.(class::DRAWER).fig-share data-drawer-of="share" hidden {
            p { "This link opens the same run at the same moment, on every machine." }
            div.(class::COPY) {
                input type="text" readonly aria-label="Link";
                button data-do=(ActionKind::CopyLink.name()) { "Copy" }
            }
        }
        div.(class::DRAWER).fig-share data-drawer-of="file" hidden {
            p { "This run is too long for a link: send it as a file instead. Opened from the menu, it shows the same run." }
            button data-do=(ActionKind::SaveRun.name()) { "Save the run as a file" }
        }
        div.(class::DRAWER).fig-menu data-drawer-of="more" hidden {
            div.fig-menu-buttons {
                button data-do=(ActionKind::Reset.name()) { "Back to the run the page opened with" }
                button data-do=(ActionKind::Drawer.name()) data-on="keys" data-drawer="keys" aria-expanded="false" { "Keys" }
                button data-do=(ActionKind::SavePicture.name()) data-way="svg" { "Picture as SVG" }
                button data-do=(ActionKind::SavePicture.name()) data-way="png" { "Picture as PNG" }
                button data-do=(ActionKind::SaveNumbers.name()) { "Numbers as CSV" }
                button data-do=(ActionKind::SaveRun.name()) { "Save the run as a file" }
                button data-do=(ActionKind::ChooseRunFile.name()) { "Open a run from a file …" }
                input.(class::RUN_FILE) type="file" hidden;
            }
            p.fig-menu-head { "What happened so far" }
            ol.(class::MOMENTS) {}
        }
        (sweep(spec, without))
        (keys())
        div.(class::COMPARE) hidden {
            fieldset {
                legend { "The controls change" }
                div.fig-segments {
                    label { input type="radio" name={ (id) "-side" } value="a"; span { "A and B" } }
                    label { input type="radio" name={ (id) "-side" } value="b" checked; span { "only B" } }
                }
            }
            p { "Same arrivals, same seed, same faults." }
            button.quiet data-do=(ActionKind::Swap.name()) { "Swap" }
            button.quiet data-do=(ActionKind::Compare.name()) { "End the comparison" }
        }
    }
}

/// The sweep's drawer.
fn sweep(spec: &FigureSpec, without: &[&str]) -> Markup {
    let offers = |id: &str| !without.contains(&id);
    let varied = spec.controls.iter().filter(|it| offers(&it.id) && !sweep_values(it, 2).is_empty());
    let plotted = spec.readings.iter().filter(|it| offers(&it.id));
    // Of a choice or a switch all values are tried: styles hide the ends of a range while one is chosen.
    let is_range = |it: &Control| matches!(it.kind, ControlKind::Number { .. });
    html! {
        div.(class::DRAWER).(class::SWEEP) data-drawer-of="sweep" hidden {
            p { "Runs the figure to its end with several values of a control, and several seeds for each." }
            div.(class::SWEEP_FIELDS) {
                label { "Vary " select { @for it in varied { option value=(it.id) data-whole[!is_range(it)] { (it.label) } } } }
                label { "from " input type="text" autocomplete="off" placeholder="lowest"; }
                label { "to " input type="text" autocomplete="off" placeholder="highest"; }
                label { "and plot " select { @for it in plotted { option value=(it.id) { (it.label) } } } }
                label { "over " select { @for n in [3, 5, 10, 20] { option value=(n) selected[n == 5] { (n) " seeds" } } } }
                button data-do=(ActionKind::Sweep.name()) data-fields=(class::SWEEP_FIELDS) { "Run" }
                button.quiet data-do=(ActionKind::CallOff.name()) hidden { "Stop" }
            }
            p.(class::SWEEP_PROGRESS) role="status" {}
            div.(class::SWEEP_RESULT) {}
        }
    }
}

/// The list of keyboard shortcuts.
fn keys() -> Markup {
    let elsewhere = [
        ("Space", "play and pause"),
        ("Arrow keys", "move in the picture and on the timeline"),
        ("Escape", "close what is open"),
    ];
    let keys = elsewhere.into_iter().chain(SHORTCUTS.iter().map(|it| (it.key, it.says)));
    html! {
        div.(class::DRAWER).fig-keys data-drawer-of="keys" hidden {
            dl { @for (key, does) in keys { dt { kbd { (key) } } dd { (does) } } }
        }
    }
}

// A page's markup from top to bottom.
#[allow(clippy::too_many_lines)]
fn parts(caption: &Caption, shown: &Still, frame: Frame, legend: Option<Markup>, masked: bool) -> Markup {
    let id = caption.id;
    let Description { mut sentences, mut tables } = describe(&frame.scene, &shown.words);
    // The figure's own tables stand for themselves.
    tables.retain(|table| !matches!(frame.scene.panels[table.panel], Panel::Table(_)));
    let said: usize = sentences.iter().map(String::len).sum();
    if masked {
        sentences = vec![crate::desk::text::PREDICT_FIRST.to_owned()];
    }
    let spec = shown.spec();
    let (charts, panels): (Vec<Panel>, _) =
        frame.scene.panels.into_iter().partition(|panel| matches!(panel, Panel::Chart(_)));
    // What a text says of curves that stand for a theory is seen only there.
    let curves = charts.iter().any(|chart| matches!(chart, Panel::Chart(Chart::Curves(_))));
    let part = |panels| Scene { time: frame.scene.time, panels, ..Scene::default() };
    let (main, charts): (Scene, Scene) = (part(panels), part(charts));
    let options = LayoutOptions { handles: spec.acted_on(), ..LayoutOptions::default() };
    let lay_out = |scene: &Scene, width| Picture::new(scene, &shown.words, width, &options);
    let below = charts_below(
        lay_out(&main, WIDE).height,
        (lay_out(&charts, SIDE).height, lay_out(&charts, WIDE).height),
        spec.readings.len().div_ceil(2) as f32 * READING_ROW + said as f32 * LETTER,
    );
    let picture = |scene: &Scene, part: &str, class: &str, width: f32| -> Markup {
        let picture = lay_out(scene, width);
        let (id, describes) = (format!("{id}-{part}"), sentences.join(" "));
        let beside = caption.files.is_some();
        let still =
            SvgOptions { id: &id, title: caption.text, description: &describes, class, standalone: beside };
        let drawn = svg(&picture, &still);
        let Some(files) = caption.files else { return PreEscaped(drawn) };
        let file = format!("{id}.svg");
        files.borrow_mut().push((file.clone(), drawn));
        html! {
            img class={ "picture " (class) } src=(file) loading="lazy" width=(picture.width) height=(picture.height)
                alt={ (caption.text) ": " (describes) };
        }
    };
    html! {
        (drawers(id, spec, &caption.without))
        div.fig-stage.below[below] {
            div.(class::PICTURE) data-draws=[spec.actions.iter().find(|action| action.by_drawing).map(|action| &action.id)] {
                (picture(&main, "wide", "wide", WIDE)) (picture(&main, "narrow", "narrow", NARROW))
                canvas.fig-canvas aria-hidden="true" hidden {}
                span.(class::SIDE_NAME) {} span.(class::SIDE_NAME) {}
                div.(class::RING) hidden {} div.(class::RING) hidden {}
                div.(class::CHOSEN) {}
                @if spec.actions.iter().any(|action| action.by_drawing) {
                    svg.(class::STROKE) aria-hidden="true" { polyline points="" {} }
                }
                @if let Some(Invitation { says, on, does }) = &caption.invitation {
                    @let kind = if does.is_some() { ActionKind::Act } else { ActionKind::Select };
                    button.(class::INVITATION) data-do=(kind.name()) data-way=[does] data-on=(on) hidden { (says) }
                }
                div.(class::WALK) role="group" aria-label="Picture: arrow keys walk through it, Enter explains" hidden {
                    // Two buttons, and the focus alternates between them: a screen reader announces an element that
                    // gets the focus, but not a change of its label.
                    button.(class::SPOT) tabindex="0" aria-label="Picture" data-do=(ActionKind::Select.name()) {}
                    button.(class::SPOT) tabindex="-1" aria-label="Picture" data-do=(ActionKind::Select.name()) {}
                }
            }
            @if below && !charts.panels.is_empty() {
                div.(class::CHARTS).curves[curves] {
                    (picture(&charts, "charts", "wide", WIDE)) (picture(&charts, "charts-narrow", "narrow", NARROW))
                    canvas.fig-canvas aria-hidden="true" hidden {}
                }
            }
            div.fig-side {
                @if let Some(question) = &caption.question { div.fig-question { (question) } }
                dl.(class::READINGS) aria-label="Readings" {
                    @for (reading, value) in spec.readings.iter().zip(&frame.readings) {
                        @let (number, unit) = reading.unit.parts(*value);
                        div.(class::READING) .trouble[reading.is_trouble(*value)] .goal[caption.goal.contains(&reading.id.as_ref())]
                            data-reading=(reading.id) title=(reading.help) hidden[caption.without.contains(&reading.id.as_ref())] {
                            dt {
                                @if reading.contributors.is_some() {
                                    button data-do=(ActionKind::Contributors.name()) data-on=(reading.id) disabled { (reading.label) }
                                } @else { (reading.label) }
                            }
                            dd { b { (number) } " " span { (unit) } span.(class::AGAINST) {} }
                        }
                    }
                }
                div.fig-under {
                    @if !below && !charts.panels.is_empty() {
                        div.(class::CHARTS).curves[curves] {
                            (picture(&charts, "charts", "", SIDE))
                            canvas.fig-canvas aria-hidden="true" hidden {}
                        }
                    }
                    p.(class::SAYS) tabindex="0" { (sentences.join(" ")) }
                    p.(class::SPOKEN).sr-only aria-live="polite" {}
                    div.fig-over.fig-legend data-drawer-of="legend" hidden { @if let Some(legend) = legend { (legend) } }
                    aside.fig-over.(class::EXPLAIN) hidden {}
                }
            }
        }
        (choices(shown, &frame.scene.choices))
        div.(class::BAR) {
            (transport(shown, frame.scene.time))
            (controls::controls(id, shown, &caption.without))
        }
        @if spec.needs == Needs::AccessLog { (log(id)) }
        @for table in main.tables() { (own_table(table, &shown.words)) }
        (tables_markup(if masked { &[] } else { &tables }))
    }
}

/// A button for each thing that can happen next, where the learner chooses it, and one that searches for a way to go wrong
/// where there may be one.
fn choices(shown: &Still, choices: &[Choice]) -> Markup {
    let searched = shown.figure.search.is_some();
    html! {
        @if searched || !choices.is_empty() {
            div.fig-next role="group" aria-label="What happens next" {
                span aria-hidden="true" { "What happens next" }
                span.(class::CHOICES) {
                    @for choice in choices {
                        button data-do=(ActionKind::Act.name()) data-way=(choice.action)
                            data-on={ (choice.on.kind) ":" (choice.on.n) } disabled { (shown.words.say(&choice.says)) }
                    }
                }
                @if searched {
                    button data-do=(ActionKind::Search.name()) disabled
                        title="The shortest way to a state that must never occur, as a run" { "Find a bad schedule" }
                }
            }
        }
    }
}

/// The place for a log of the learner's own.
fn log(id: &str) -> Markup {
    html! {
        div.(class::DATA) {
            label for={ (id) "-log" } { "Replay an access log of your own" }
            input type="file" id={ (id) "-log" } disabled;
            p.fig-help {
                "An access log from nginx, Apache, HAProxy, Envoy, Traefik, Caddy, IIS or AWS, as lines or as JSON, or a CSV file of arrival times and keys. It is read here, in your browser, and sent nowhere."
            }
            div.(class::DATA_SAYS) role="status" {}
        }
    }
}

/// A speed in words.
fn pace(speed: f64, pace: Pace) -> String {
    let times = |n: f64| format!("{} ×", libm::round(n * 100.0) / 100.0);
    match pace {
        Pace::Steps(_) if speed == 1.0 => "a step a second".to_owned(),
        Pace::Steps(_) => format!("{speed} steps a second"),
        Pace::Continuous if speed == 1.0 => "as fast as life".to_owned(),
        Pace::Continuous if speed < 1.0 => format!("{} slower than life", times(1.0 / speed)),
        Pace::Continuous => format!("{} faster than life", times(speed)),
    }
}

fn transport(shown: &Still, at: Time) -> Markup {
    let spec = shown.spec();
    let (places, back, on) = match spec.pace {
        Pace::Steps(step) => ((spec.until.nanos() / step.nanos()) as f64, "Previous step", "Next step"),
        Pace::Continuous => {
            (crate::desk::TIMELINE_POSITIONS, "Previous important event", "Next important event")
        }
    };
    let place = libm::round(at.secs() / spec.until.secs() * places);
    let mut speeds = SPEEDS.to_vec();
    if !speeds.contains(&spec.speed) {
        speeds.push(spec.speed);
        speeds.sort_by(f64::total_cmp);
    }
    html! {
        div.fig-transport {
            button.(class::PLAY) aria-label="Play from the start" title="Play from the start" data-do=(ActionKind::Play.name()) disabled { span.icon-play {} }
            button.fig-step aria-label=(back) title=(back) data-do=(ActionKind::StepBack.name()) disabled { span.icon-back {} }
            button.fig-step aria-label=(on) title=(on) data-do=(ActionKind::StepForward.name()) disabled { span.icon-on {} }
            span.(class::TIME) { (figure_clock(at, spec)) }
            div.(class::LINE) {
                div.(class::LINE_SEEN) {}
                div.(class::LINE_DONE) {}
                input type="range" min="0" max=(places) step="1" value=(place) aria-label="Moment of the run" disabled;
                // The menu has the same as a list, for screen readers.
                div.(class::MARKS) aria-hidden="true" {}
            }
            span.fig-end { (clock(spec.until, spec.pace)) }
            span.(class::SPEED) {
                select aria-label="Speed" disabled {
                    @for speed in speeds { option value=(speed) selected[speed == spec.speed] { (pace(speed, spec.pace)) } }
                }
            }
            button.fig-sheet-button data-do=(ActionKind::Sheet.name()) disabled { "Controls" }
        }
    }
}

/// A table of the figure's own, folded away unless its point is in there.
fn own_table(table: &Table, words: &Words) -> Markup {
    let title = words.label(&table.title);
    html! {
        details.(class::OWN_TABLE) open[table.unfolded] {
            summary { (title) }
            div.(class::OWN_ROWS).table role="group" aria-label=(title) tabindex="0" {
                table {
                    thead { tr { @for column in &table.columns { th scope="col" { (words.label(column)) } } } }
                    tbody {
                        @for row in &table.rows {
                            tr.trouble[row.status == Status::Trouble] {
                                @for (n, cell) in row.cells.iter().enumerate() {
                                    @let text = words.label(cell);
                                    @if n == 0 { th scope="row" { (text) } } @else { td { (text) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn tables_markup(tables: &[TableView]) -> Markup {
    html! {
        details.(class::TABLES) {
            summary { "The picture as tables" }
            div.(class::TABLES_ALL) {
                @for table in tables {
                    div.table role="region" aria-label=(table.title) tabindex="0" {
                        table {
                            caption { (table.title) }
                            thead { tr { @for column in &table.columns { th scope="col" { (column) } } } }
                            tbody {
                                @for row in &table.rows {
                                    tr {
                                        @for (n, cell) in row.cells.iter().enumerate() {
                                            @if n == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
