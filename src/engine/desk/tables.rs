//! The picture as tables, for those who read rather than see it.

use super::markup::class;
use super::protocol::{NewElement, Patch, element, selector};
use super::state::FigureState;
use super::{explain, text};
use crate::player::Frame;
use crate::scene::{RowView, Scene, TableView, describe};

/// Most rows of a table that are written.
const ROWS: usize = 60;

/// The frame and the charts of one run.
type FrameAndCharts<'a> = (Option<&'a Frame>, Option<&'a Scene>);

/// Writes the tables while they are open, with those of the compared run.
pub(super) fn write(state: &FigureState, compared: Option<FrameAndCharts>, out: &mut Vec<Patch>) {
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
        for mut one in describe(scene, &state.words).tables {
            one.title.insert_str(0, of);
            out.push(table(&one));
        }
    }
}

fn table(table: &TableView) -> NewElement {
    let heads = table.columns.iter().map(|head| element("th", "").attr("scope", "col").text(head));
    let rows = table.rows.iter().take(ROWS).map(row);
    let whole = element("table", "").with([
        element("caption", "").text(&table.title),
        element("thead", "").with([element("tr", "").with(heads)]),
        element("tbody", "").with(rows),
    ]);
    element("div", "table")
        .attr("role", "region")
        .attr("aria-label", &table.title)
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
