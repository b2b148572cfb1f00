//! The flow panel: nodes in tiers, their queues and workers, the links between them.
//!
//! [`plan`] decides where everything stands, from the structure alone (tiers, bounds of queues, numbers of workers,
//! names), so that nothing moves when a number changes. [`draw`] puts the marks there.

mod draw;
mod plan;

use super::builder::PictureBuilder;
use super::mark::{Ink, Rect, Role};
use super::panel::Flow;

/// Lays the flow out within `area` (its height is what is needed) and returns the height used.
pub(super) fn lay_out(flow: &Flow, area: Rect, builder: &mut PictureBuilder) -> f32 {
    let plan = plan::Plan::new(flow, area, builder.words);
    for frame in &plan.frames {
        builder.rect(None, *frame, 10.0, Ink::line(Role::Line, 1.0));
    }
    let lines = draw::links(flow, &plan, builder);
    for place in &plan.places {
        draw::node(place, builder);
    }
    draw::link_regions(lines, builder);
    plan.height
}
