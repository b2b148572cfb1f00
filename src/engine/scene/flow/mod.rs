//! The flow panel: nodes in tiers, their queues and workers, the links between them.
//!
//! [`plan`] decides where everything stands, from the structure alone (tiers, bounds of queues, numbers of workers,
//! names), so that nothing moves when a number changes. [`draw`] puts the marks there. [`ring`] is a panel of its own, in which
//! the nodes stand as peers.

mod draw;
mod plan;
pub(super) mod ring;

use super::builder::PictureBuilder;
use super::curve::Curve;
use super::mark::{Ink, Rect, Role};
use super::panel::Flow;
use plan::{Place, Plan};

/// Lays the flow out within `area` (its height is what is needed) and returns the height used.
pub(super) fn lay_out(flow: &Flow, area: Rect, builder: &mut PictureBuilder) -> f32 {
    put(flow, &Plan::new(flow, area, builder.words), draw::way, builder)
}

/// Puts the marks where the plan wants them, links on the way that `way` finds from node to node.
fn put(
    flow: &Flow,
    plan: &Plan,
    way: fn(&Place, &Place, bool) -> Curve,
    builder: &mut PictureBuilder,
) -> f32 {
    for frame in &plan.frames {
        builder.rect(None, *frame, 10.0, Ink::line(Role::Line, 1.0));
    }
    let lines = draw::links(flow, plan, way, builder);
    for place in &plan.places {
        draw::node(place, builder);
    }
    draw::link_regions(lines, builder);
    plan.height
}
