//! Charts and grids of the gallery's exhibits, in every state.

use super::panels::{REQUEST, plain, server, state_name};
use crate::scene::{
    Axis, Cell, Chart, Curves, Grid, GridRow, Histogram, Label, Line, Panel, Plotted, Series, State,
};
use crate::sim::{Entity, Time, Unit};

pub(super) fn series(title: &str, measured: bool) -> Panel {
    let line = |(&state, n): (&State, u32)| {
        let value = |k: u32| {
            let wobble = ((k * 7919 + n * 31) % 101) as f32 / 101.0 - 0.5;
            let gap = state == State::Active && (12..17).contains(&k);
            let rise = if state == State::Trouble { k as f32 } else { 0.0 };
            if gap { f32::NAN } else { (10.0 + 14.0 * n as f32 + 6.0 * wobble + rise) * 1e-3 }
        };
        let points = if measured { 0..44 } else { 0..0 };
        Line {
            reading: "".into(),
            label: plain(state_name(state)),
            state,
            points: points.map(|k| (k as f32, value(k))).collect(),
        }
    };
    Panel::Chart(Chart::Series(Series {
        title: plain(title),
        unit: Unit::Time,
        lines: State::ALL.iter().zip(0..).map(line).collect(),
        until: Time::from_secs(60),
    }))
}

pub(super) fn histogram(title: &str, bars: u32, factor: f64) -> Panel {
    let bar = |k: u32| {
        let low = 0.004 * libm::pow(factor, k.into());
        let n = 900.0 * libm::exp(-libm::pow((f64::from(k) - 5.0) / 4.0, 2.0));
        (low, low * factor, n as u64 + if k > 18 { 40 } else { 0 })
    };
    let at = |k: f64| 0.004 * libm::pow(factor, k);
    let marks = vec![
        (plain("p50"), at(5.0), State::Normal),
        (plain("p99"), at(9.0), State::Trouble),
        (plain("the bound that was promised"), at(9.5), State::Quiet),
    ];
    Panel::Chart(Chart::Histogram(Histogram {
        title: plain(title),
        unit: Unit::Time,
        bars: (0..bars).map(bar).collect(),
        marks: if bars > 0 { marks } else { Vec::new() },
    }))
}

pub(super) fn curves() -> Panel {
    let axis = |label: &str, unit, ends, log| Axis { label: plain(label), unit, ends, log };
    let line = |(&state, n): (&State, u32)| {
        let value = |k: u32| libm::pow(0.95, f64::from(k * (n + 1))) as f32;
        Plotted {
            label: plain(state_name(state)),
            state,
            points: (0..40).map(|k| (k as f32, value(k))).collect(),
            dots: state == State::Active,
        }
    };
    Panel::Chart(Chart::Curves(Curves {
        title: plain("Share of servers where so many wait"),
        x: axis("requests that wait", Unit::Count, (0.0, 40.0), false),
        y: axis("share of servers", Unit::Share, (1e-4, 1.0), true),
        lines: State::ALL.iter().zip(0..).map(line).collect(),
        now: Some(12.0),
    }))
}

pub(super) fn grid(title: &str, tall: bool) -> Panel {
    let cell = |row: u32, n: u32, state| Cell {
        entity: Entity::new(REQUEST, row * 100 + n),
        level: ((n * 7919) % 101) as f32 / 100.0,
        state,
    };
    let row = |n: u32, label: &str, note: Option<Label>, state, cells: Vec<Cell>| GridRow {
        entity: server(n),
        label: plain(label),
        note,
        state,
        cells,
    };
    let states = State::ALL.iter().zip(0..).map(|(&state, n)| cell(0, n, state)).collect();
    let many = (0..60).map(|n| cell(1, n, if n % 9 == 4 { State::Active } else { State::Normal })).collect();
    let trouble = (0..24).map(|n| cell(2, n, if n == 5 { State::Trouble } else { State::Normal })).collect();
    Panel::Grid(Grid {
        title: plain(title),
        rows: vec![
            row(0, "every state", None, State::Normal, states),
            row(1, "many", Some(Label::Value(60.0, Unit::Count)), State::Active, many),
            row(2, "one in trouble", Some(Label::Value(0.24, Unit::Share)), State::Trouble, trouble),
            row(
                3,
                "none, and a name that is too long for its place",
                Some(plain("away")),
                State::Down,
                vec![],
            ),
        ],
        across: 60,
        tall,
    })
}
