//! The figure's own tables, and the picture as tables, for those who read rather than see it.

use super::markup::{class, css, inside};
use super::protocol::{NewElement, Patch, element, nth, selector};
use super::state::FigureState;
use super::{explain, text};
use crate::player::Frame;
use crate::scene::{Panel, Row, RowView, Scene, Status, Table, TableView, describe};

/// Most rows that are written of a table of the figure's own, and of one that tells the picture.
const OWN_ROWS: usize = 60;
const ROWS: usize = 24;

/// The frame and the charts of one run.
type FrameAndCharts<'a> = (Option<&'a Frame>, Option<&'a Scene>);

/// Writes the figure's own tables; and the picture as tables, while these are open. Both with those of the compared run.
pub(super) fn write(state: &FigureState, compared: Option<FrameAndCharts>, out: &mut Vec<Patch>) {
    let other = compared.and_then(|(frame, _)| frame);
    for (n, table) in own_tables(state.frame.as_deref()).enumerate() {
        let name = nth(inside(class::OWN_TABLE, "summary"), n);
        out.push(Patch::Text(name, state.words.label(&table.title)));
        let beside = own_tables(other).nth(n).map(|table| own_table(state, table, text::IN_B));
        let tables = [own_table(state, table, "")].into_iter().chain(beside).collect();
        out.push(Patch::Children(nth(css(class::OWN_ROWS), n), tables));
    }
    if !state.tables_open || state.masked {
        return;
    }
    let mut tables = Vec::new();
    add("", (state.frame.as_deref(), state.charts.as_ref()), state, &mut tables);
    if let Some(compared) = compared {
        add(text::OF_B_FIRST, compared, state, &mut tables);
    }
    out.push(Patch::Children(selector(class::TABLES_ALL), tables));
}

fn add(of: &str, (frame, charts): FrameAndCharts, state: &FigureState, out: &mut Vec<NewElement>) {
    for scene in frame.map(|frame| &frame.scene).into_iter().chain(charts) {
        let own = |view: &TableView| matches!(scene.panels[view.panel], Panel::Table(_));
        for mut one in describe(scene, &state.words).tables.into_iter().filter(|view| !own(view)) {
            one.title.insert_str(0, of);
            out.push(table(&one));
        }
    }
}

fn own_tables(frame: Option<&Frame>) -> impl Iterator<Item = &Table> {
    frame.into_iter().flat_map(|frame| frame.scene.tables())
}

/// A table of the figure's own: how a row fares is said by a sign and its ground, and in the first column by its colour.
fn own_table(state: &FigureState, table: &Table, caption: &str) -> NewElement {
    let heads = table.columns.iter().map(|head| {
        let text = state.words.label(head);
        element("th", "").attr("scope", "col").text(&text)
    });
    let row = |row: &Row| {
        let cells = row.cells.iter().enumerate().map(|(n, cell)| {
            let text = state.words.label(cell);
            match n {
                0 => {
                    let name = explain::entity_button_named(row.entity, &text);
                    element("th", "").attr("scope", "row").with([name])
                }
                _ => element("td", "").text(&text),
            }
        });
        element("tr", if row.status == Status::Trouble { "trouble" } else { "" }).with(cells)
    };
    element("table", "").with([
        element("caption", "").text(caption),
        element("thead", "").with([element("tr", "").with(heads)]),
        element("tbody", "").with(table.rows.iter().take(OWN_ROWS).map(row)),
    ])
}

fn table(table: &TableView) -> NewElement {
    let heads = table.columns.iter().map(|head| element("th", "").attr("scope", "col").text(head));
    let rows = table.rows.iter().take(ROWS).map(row);
    let all = table.rows.len();
    let title = if all > ROWS {
        text::fill(text::FIRST_ROWS, &[&table.title, &ROWS.to_string(), &all.to_string()])
    } else {
        table.title.clone()
    };
    let whole = element("table", "").with([
        element("caption", "").text(&title),
        element("thead", "").with([element("tr", "").with(heads)]),
        element("tbody", "").with(rows),
    ]);
    element("div", "table")
        .attr("role", "region")
        .attr("aria-label", &title)
        .attr("tabindex", "0")
        .with([whole])
}

fn row(row: &RowView) -> NewElement {
    let cell = |(n, text): (usize, &String)| {
        let cell = if n == 0 { element("th", "").attr("scope", "row") } else { element("td", "") };
        match row.entity.filter(|_| n == 0) {
            Some(entity) => cell.with([explain::entity_button_named(entity, text)]),
            None => cell.text(text),
        }
    };
    element("tr", "").with(row.cells.iter().enumerate().map(cell))
}
