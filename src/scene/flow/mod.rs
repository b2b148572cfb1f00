//! The flow panel: nodes in tiers, their queues and workers, the links between them.
//!
//! [`plan`] decides where everything stands, from the structure alone (tiers, bounds of queues, numbers of workers,
//! names), so that nothing moves when a number changes. [`draw`] puts the marks there.

mod draw;
mod plan;

use super::mark::{Ink, Rect, Role};
use super::panel::Flow;
use super::sheet::Sheet;

/// Lays the flow out within `area` (its height is what is needed) and returns the height used.
pub(super) fn lay(flow: &Flow, area: Rect, sheet: &mut Sheet) -> f32 {
    let plan = plan::Plan::new(flow, area, sheet.words);
    for frame in &plan.frames {
        sheet.rect(None, *frame, 10.0, Ink::line(Role::Line, 1.0));
    }
    draw::links(flow, &plan, sheet);
    for place in &plan.places {
        draw::node(place, sheet);
    }
    plan.height
}
