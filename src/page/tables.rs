//! The picture as tables: the same, to be read.

use super::live::Live;
use super::{readings, text};
use crate::scene::{RowView, TableView, describe};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Rows of a table that are written at most.
const ROWS: usize = 60;

/// The tables, written only while they are open.
pub fn view(live: Live) -> AnyView {
    let open = RwSignal::new(false);
    let tables = move || open.get().then(|| tables(live));
    let toggled = move |event: leptos::ev::Event| {
        let details: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
        open.set(details.is_some_and(|details| details.has_attribute("open")));
    };
    view! {
        <details class="fig-tables" on:toggle=toggled>
            <summary>{text::TABLES}</summary>
            {tables}
        </details>
    }
    .into_any()
}

fn tables(live: Live) -> AnyView {
    let tick = readings::ticks(live);
    let all = move || {
        let _ = tick.get();
        let scenes = live.with(|state| {
            let scenes = state.frame.iter().map(|frame| &frame.scene).chain(&state.charts);
            scenes.flat_map(|scene| describe(scene, &state.facts.words).tables).collect::<Vec<TableView>>()
        });
        scenes.into_iter().map(|one| table(live, one)).collect::<Vec<AnyView>>()
    };
    view! { <div>{all}</div> }.into_any()
}

fn table(live: Live, table: TableView) -> AnyView {
    let TableView { title, columns, rows, .. } = table;
    let heads: Vec<AnyView> =
        columns.into_iter().map(|head| view! { <th scope="col">{head}</th> }.into_any()).collect();
    let rows: Vec<AnyView> = rows.into_iter().take(ROWS).map(|one| row(live, one)).collect();
    view! {
        <div class="table" role="region" aria-label=title.clone() tabindex="0">
            <table>
                <caption>{title.clone()}</caption>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(live: Live, row: RowView) -> AnyView {
    let mut cells = row.cells.into_iter();
    let first = cells.next().unwrap_or_default();
    let head = match row.entity {
        Some(entity) => {
            let ask = move |_| live.select(Some(entity));
            view! { <button type="button" class="fig-entity" on:click=ask>{first}</button> }.into_any()
        }
        None => first.into_any(),
    };
    let cells: Vec<AnyView> = cells.map(|cell| view! { <td>{cell}</td> }.into_any()).collect();
    view! { <tr><th scope="row">{head}</th>{cells}</tr> }.into_any()
}
