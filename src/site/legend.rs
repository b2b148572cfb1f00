//! The legend of a figure's picture, made from its scene: what its marks stand for, and only those that it can show. What
//! lanes and cells stand for is the figure's to say; of programs and ladders it is always the same.

use crate::scene::{Flow, Label, PacketKind, Panel, Scene, Shape, Status, Words};
use maud::{Markup, html};

/// A sign, and what it stands for.
type Entry = (Markup, String);

/// The legend of a scene on whose links packets of these kinds are seen; `None` where the picture needs none.
pub(super) fn legend(scene: &Scene, packets: &[PacketKind], words: &Words) -> Option<Markup> {
    let mut entries: Vec<Entry> = Vec::new();
    for (sign, says) in scene.panels.iter().flat_map(|panel| of_panel(panel, packets, words)) {
        // Two listings, say, have the same signs.
        if entries.iter().all(|(_, other)| *other != says) {
            entries.push((sign, says));
        }
    }
    let list = html! {
        ul { @for (sign, says) in &entries { li { (sign) " " (says) } } }
    };
    (!entries.is_empty()).then_some(list)
}

fn of_panel(panel: &Panel, packets: &[PacketKind], words: &Words) -> Vec<Entry> {
    let keyed = |key: &[(Label, Status)], look: fn(Status) -> Markup| {
        key.iter().map(|(label, status)| (sign(&look(*status)), words.label(label))).collect()
    };
    let fixed = |all: Vec<(Markup, &str)>| all.into_iter().map(|(sign, says)| (sign, says.into())).collect();
    match panel {
        Panel::Flow(flow) => fixed(of_flow(flow, packets)),
        Panel::Ring(ring) => {
            let cut = html! { path."s-muted" d="M1 9h6M13 9h6" stroke-width="1.5" {} path."s-ink" d="M7 5v8M13 5v8" stroke-width="2" {} };
            fixed([of_flow(&ring.0, packets), vec![(sign(&cut), "a link that is cut")]].concat())
        }
        Panel::Lanes(lanes) if lanes.step.is_some() => fixed(vec![
            (sign(&bar(Status::Active)), "an instruction, when it ran"),
            (sign(&bar(Status::Trouble)), "one that did harm"),
        ]),
        Panel::Lanes(lanes) => keyed(&lanes.key, bar),
        Panel::Grid(grid) => keyed(&grid.key, if grid.tall { column } else { cell }),
        Panel::Frames(frames) => keyed(&frames.0.key, cell),
        Panel::Values(_) => fixed(vec![(
            sign(&bar(Status::Active)),
            "a value that some thread sees differently, or the next store to reach memory",
        )]),
        Panel::Listing(_) => fixed(vec![
            (sign(&html! { path."f-accent" d="M7 4l7 5l-7 5z" {} }), "the line that runs next"),
            (sign(&html! { path."s-muted" d="M5 9l3.5 4l6-8" stroke-width="1.5" {} }), "a line that has run"),
        ]),
        Panel::Ladder(_) => fixed(vec![
            (
                sign(&html! { path."s-ink" d="M2 4l15 9m-6 0h6l-3-5.5" stroke-width="1.5" {} }),
                "a message, from when it was sent until it arrived",
            ),
            (
                sign(&html! { path."s-trouble" d="M6 5l8 8M14 5l-8 8" stroke-width="2" {} }),
                "where one was lost",
            ),
        ]),
        _ => Vec::new(),
    }
}

/// The looks of bars in lanes, of cells, and of cells whose height counts, as the layout has them.
fn bar(status: Status) -> Markup {
    let (fill, line, width, dash) = match status {
        Status::Normal => ("f-raised", "s-ink", 1.25, ""),
        Status::Quiet => ("f-soft", "s-muted", 1.0, ""),
        Status::Active => ("f-accent-tint", "s-accent", 1.5, ""),
        Status::Trouble => ("f-trouble-tint", "s-trouble", 2.5, ""),
        Status::Down => ("f-soft", "s-muted", 1.25, "dashed"),
        Status::Draining => ("f-raised", "s-ink", 1.25, "dashed"),
        Status::Warming => ("f-raised", "s-accent", 1.5, "dotted"),
    };
    html! { rect class={ (fill) " " (line) " " (dash) } x="2" y="3" width="16" height="12" rx="3" stroke-width=(width) {} }
}

fn cell(status: Status) -> Markup {
    let (class, full) = match status {
        Status::Normal => ("f-soft s-muted", false),
        Status::Quiet => ("f-line", false),
        Status::Active => ("f-accent", true),
        Status::Trouble => ("f-trouble", true),
        Status::Down => ("s-muted dashed", true),
        Status::Draining => ("f-raised s-ink dashed", true),
        Status::Warming => ("f-raised s-accent dotted", false),
    };
    let (y, height) = if full { (4, 12) } else { (9, 7) };
    html! {
        rect class=(class) x="5" y=(y) width="10" height=(height) {}
        @if status == Status::Trouble { path."s-ink" d="M5 2h10" stroke-width="1.5" {} }
        @if status == Status::Down { path."s-muted" d="M5 16l10-12" {} }
    }
}

fn column(status: Status) -> Markup {
    if status == Status::Normal {
        html! { rect."f-accent" x="5" y="5" width="10" height="11" {} }
    } else {
        cell(status)
    }
}

fn of_flow(flow: &Flow, packets: &[PacketKind]) -> Vec<(Markup, &'static str)> {
    let nodes = || flow.tiers.iter().flat_map(|tier| &tier.nodes);
    let shaped = |shape| nodes().any(|node| node.shape == shape);
    let mut all = Vec::new();
    for (kind, says) in [
        (PacketKind::Request, "a request"),
        (PacketKind::Answer, "its answer"),
        (PacketKind::Failure, "a refusal or an error"),
    ] {
        all.push((packet(kind), says));
    }
    for (kind, says) in [
        (PacketKind::Probe, "a health check or a heartbeat"),
        (PacketKind::Write, "a request that changes something"),
        (PacketKind::Copy, "a copy for another replica of the data"),
    ] {
        if packets.contains(&kind) {
            all.push((packet(kind), says));
        }
    }
    if nodes().any(|node| node.queue.is_some()) {
        let slots = html! {
            rect."f-accent" x="1" y="3" width="6" height="12" rx="1.5" {}
            rect."s-muted" x="10.5" y="3.5" width="5" height="11" rx="1.5" {}
        };
        all.push((sign(&slots), "places in a queue: taken, free"));
    }
    if nodes().any(|node| node.workers.is_some()) {
        let workers = html! {
            rect."f-ink" x="1" y="5" width="8" height="8" rx="2" {}
            rect."s-muted" x="11.5" y="5.5" width="7" height="7" rx="2" {}
        };
        all.push((sign(&workers), "workers: busy, idle"));
    }
    for (shape, says) in [
        (Shape::Client, "clients"),
        (Shape::Balancer, "a balancer"),
        (Shape::Server, "a server"),
        (Shape::Database, "a database"),
        (Shape::Cache, "a cache"),
        (Shape::Queue, "a queue"),
        (Shape::Disk, "a disk"),
    ] {
        if shaped(shape) {
            all.push((sign(&silhouette(shape)), says));
        }
    }
    let trouble = html! { path."s-trouble dotted" d="M1 9h18" stroke-width="2" {} };
    all.push((sign(&trouble), "a link or a node in trouble"));
    let dead = html! { rect."s-muted dashed" x="1.5" y="3.5" width="17" height="11" rx="2" {} };
    all.push((sign(&dead), "dead, cut off or restarting"));
    all
}

fn packet(kind: PacketKind) -> Markup {
    sign(&match kind {
        PacketKind::Request => html! { circle."f-accent" cx="10" cy="9" r="4.5" {} },
        PacketKind::Answer => html! { circle."s-accent" cx="10" cy="9" r="3.75" stroke-width="2" {} },
        PacketKind::Failure => html! { path."s-trouble" d="M6 5l8 8M14 5l-8 8" stroke-width="2" {} },
        PacketKind::Write => html! { path."f-second" d="M10 3.5l5.5 5.5l-5.5 5.5l-5.5-5.5z" {} },
        PacketKind::Copy => html! { path."f-third" d="M5.5 4.5l10 4.5l-10 4.5z" {} },
        PacketKind::Probe => html! { rect."f-muted" x="7" y="6" width="6" height="6" {} },
    })
}

fn silhouette(shape: Shape) -> Markup {
    let path = match shape {
        Shape::Balancer => "M1 9l4-6h10l4 6l-4 6h-10z",
        Shape::Database => "M2 5a8 2.5 0 0 1 16 0v8a8 2.5 0 0 1-16 0zM2 5a8 2.5 0 0 0 16 0",
        Shape::Client => "M2 2h16v10h-16zM10 12v4M6 16h8",
        Shape::Cache => "M2 5h16v8h-16zM5 2v3M10 2v3M15 2v3M5 13v3M10 13v3M15 13v3",
        Shape::Queue => "M2 3h16v12h-16M14.5 5v8",
        Shape::Disk => "M7 4h6a5 5 0 0 1 0 10h-6a5 5 0 0 1 0-10z",
        _ => "M2 3h16v12h-16zM4 6h2M8 6h2",
    };
    html! { path."s-ink" d=(path) stroke-width="1.5" {} }
}

fn sign(marks: &Markup) -> Markup {
    html! { svg.picture viewBox="0 0 20 18" aria-hidden="true" { (marks) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_look_has_a_sign_of_its_own() {
        for look in [bar, cell] {
            let signs = Status::ALL.map(|status| look(status).into_string());
            for (n, sign) in signs.iter().enumerate() {
                assert!(!signs[..n].contains(sign), "{sign}");
            }
        }
    }
}
