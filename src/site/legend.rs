//! The legend of a figure's picture, made from its scene: what its marks stand for, and only those that it can show.

use crate::scene::{Flow, PacketKind, Panel, Scene, Shape};
use maud::{Markup, html};

/// The legend's entries: a sign each, and what it stands for. Empty where the picture needs none.
pub(super) fn legend(scene: &Scene) -> Option<Markup> {
    let flows = scene.panels.iter().filter_map(|panel| match panel {
        Panel::Flow(flow) => Some(flow),
        _ => None,
    });
    let entries: Vec<(Markup, &str)> = flows.flat_map(entries).collect();
    let list = html! {
        ul { @for (sign, says) in &entries { li { (sign) " " (says) } } }
    };
    (!entries.is_empty()).then_some(list)
}

fn entries(flow: &Flow) -> Vec<(Markup, &'static str)> {
    let nodes = || flow.tiers.iter().flat_map(|tier| &tier.nodes);
    let shaped = |shape| nodes().any(|node| node.shape == shape);
    let mut all = Vec::new();
    for (kind, says) in [
        (PacketKind::Request, "a request on its way"),
        (PacketKind::Answer, "its answer"),
        (PacketKind::Failure, "a refusal or an error on its way back"),
    ] {
        all.push((packet(kind), says));
    }
    for (kind, says) in [
        (PacketKind::Probe, "a health check or a heartbeat"),
        (PacketKind::Write, "a request that changes something"),
        (PacketKind::Copy, "a copy for another keeper of the data"),
    ] {
        if flow.packets.iter().any(|packet| packet.kind == kind) {
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
    let trouble = html! { path."s-trouble" d="M1 9h18" stroke-width="2" stroke-dasharray="0.01 4" stroke-linecap="round" {} };
    all.push((sign(&trouble), "a link or a node in trouble"));
    let dead =
        html! { rect."s-muted" x="1.5" y="3.5" width="17" height="11" rx="2" stroke-dasharray="4 2.5" {} };
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
        _ => "M2 3h16v12h-16zM5 6h0.01M8 6h0.01",
    };
    html! { path."s-ink" d=(path) stroke-width="1.5" stroke-linecap="round" {} }
}

fn sign(marks: &Markup) -> Markup {
    html! { svg.picture viewBox="0 0 20 18" width="20" height="18" aria-hidden="true" { (marks) } }
}
