//! The picture as tables: the same, to be read.

use super::markup::class;
use super::protocol::{Node, Patch, node, part};
use super::state::State;
use super::{explain, text};
use crate::player::Frame;
use crate::scene::{RowView, Scene, TableView, describe};

/// Rows of a table that are written at most.
const ROWS: usize = 60;

/// Pictures and charts.
type Shown<'a> = (Option<&'a Frame>, Option<&'a Scene>);

/// Writes the tables, only while they are open; those of a rival too, if there is one.
pub(super) fn write(state: &State, rival: Option<Shown>, out: &mut Vec<Patch>) {
    if !state.tables || state.masked {
        return;
    }
    let mut tables = Vec::new();
    add("", (state.frame.as_deref(), state.charts.as_ref()), state, &mut tables);
    if let Some(rival) = rival {
        add(text::OF_B_FIRST, rival, state, &mut tables);
    }
    out.push(Patch::Fill(part(class::TABLES_ALL), tables));
}

fn add(of: &str, (frame, charts): Shown, state: &State, out: &mut Vec<Node>) {
    for scene in frame.map(|frame| &frame.scene).into_iter().chain(charts) {
        for mut one in describe(scene, &state.words).tables {
            one.title.insert_str(0, of);
            out.push(table(&one));
        }
    }
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
