//! The picture as tables: the same, to be read.

use super::explain;
use super::protocol::{Node, Patch, node, part};
use super::state::State;
use crate::scene::{RowView, TableView, describe};

/// Rows of a table that are written at most.
const ROWS: usize = 60;

/// Writes the tables, only while they are open.
pub(super) fn write(state: &State, out: &mut Vec<Patch>) {
    if !state.tables {
        return;
    }
    let scenes = state.frame.iter().map(|frame| &frame.scene).chain(&state.charts);
    let tables = scenes.flat_map(|scene| describe(scene, &state.words).tables);
    out.push(Patch::Fill(part(".fig-tables-all"), tables.map(|one| table(&one)).collect()));
}

fn table(table: &TableView) -> Node {
    let heads = table.columns.iter().map(|head| node("th", "").attr("scope", "col").text(head));
    let rows = table.rows.iter().take(ROWS).map(row);
    let whole = node("table", "").with([
        node("caption", "").text(&table.title),
        node("thead", "").with([node("tr", "").with(heads)]),
        node("tbody", "").with(rows),
    ]);
    node("div", "table")
        .attr("role", "region")
        .attr("aria-label", &table.title)
        .attr("tabindex", "0")
        .with([whole])
}

fn row(row: &RowView) -> Node {
    let cell = |(n, text): (usize, &String)| {
        let cell = if n == 0 { node("th", "").attr("scope", "row") } else { node("td", "") };
        match row.entity.filter(|_| n == 0) {
            Some(entity) => cell.with([explain::link(entity, text)]),
            None => cell.text(text),
        }
    };
    node("tr", "").with(row.cells.iter().enumerate().map(cell))
}
