//! The picture as tables: the same, to be read.

use super::dom::{self, Make, make};
use super::explain;
use super::live::Live;
use crate::scene::{RowView, TableView, describe};
use web_sys::{Element, Event};

/// Rows of a table that are written at most.
const ROWS: usize = 60;

/// Writes the tables, only while they are open.
pub fn attach(live: Live, root: &Element) {
    let (Some(details), Some(place)) = (dom::find(root, ".fig-tables"), dom::find(root, ".fig-tables-all"))
    else {
        return;
    };
    let write = {
        let details = details.clone();
        move || {
            if details.has_attribute("open") && live.with(|state| state.frame.is_some()) {
                dom::fill(&place, tables(live));
            }
        }
    };
    dom::listen::<Event>(&details, "toggle", {
        let write = write.clone();
        move |_| write()
    });
    dom::follow(&[live.read], write);
}

fn tables(live: Live) -> Vec<Make> {
    live.with(|state| {
        let scenes = state.frame.iter().map(|frame| &frame.scene).chain(&state.charts);
        scenes.flat_map(|scene| describe(scene, &state.facts.words).tables).map(|one| table(&one)).collect()
    })
}

fn table(table: &TableView) -> Make {
    let head =
        make("tr", "").with(table.columns.iter().map(|head| make("th", "").attr("scope", "col").text(head)));
    let rows = table.rows.iter().take(ROWS).map(row);
    make("div", "table").attr("role", "region").attr("aria-label", &table.title).attr("tabindex", "0").with([
        make("table", "").with([
            make("caption", "").text(&table.title),
            make("thead", "").with([head]),
            make("tbody", "").with(rows),
        ]),
    ])
}

fn row(row: &RowView) -> Make {
    let cell = |(n, text): (usize, &String)| match (n, row.entity) {
        (0, Some(entity)) => make("th", "").attr("scope", "row").with([explain::link(entity, text)]),
        (0, None) => make("th", "").attr("scope", "row").text(text),
        _ => make("td", "").text(text),
    };
    make("tr", "").with(row.cells.iter().enumerate().map(cell))
}
