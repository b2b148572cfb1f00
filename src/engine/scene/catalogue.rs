//! The texts of the describer: table heads, statuses, kinds of packets. A figure's words may replace any of them under
//! the same id.

use super::panel::{PacketKind, Status};

/// Id and pattern, ascending by id.
const PATTERNS: &[(&str, &str)] = &[
    ("scene-answer", "answer"),
    ("scene-arrives", "Arrives"),
    ("scene-busy", "Workers busy"),
    ("scene-busy-of", "{busy} of {total}"),
    ("scene-cells", "Cells"),
    ("scene-code", "Code"),
    ("scene-count", "Count"),
    ("scene-done", "What it did"),
    ("scene-expected", "Expected"),
    ("scene-failure", "failure"),
    ("scene-first", "Waits longest"),
    ("scene-flow", "Parties"),
    ("scene-from", "From"),
    ("scene-line", "Line"),
    ("scene-links", "Links"),
    ("scene-lost", "Lost here"),
    ("scene-mark", "Marked at {value}"),
    ("scene-marked", "Marked"),
    ("scene-marked-of", "{marked} of {cells}"),
    ("scene-most", "Highest"),
    ("scene-name", "Name"),
    ("scene-next", "runs next"),
    ("scene-note", "Note"),
    ("scene-now", "Latest"),
    ("scene-packets", "Under way"),
    ("scene-probe", "health check"),
    ("scene-request", "request"),
    ("scene-state", "State"),
    ("scene-state-active", "active"),
    ("scene-state-down", "down"),
    ("scene-state-draining", "draining"),
    ("scene-state-normal", "normal"),
    ("scene-state-quiet", "quiet"),
    ("scene-state-trouble", "in trouble"),
    ("scene-state-warming", "warming up"),
    ("scene-to", "To"),
    ("scene-until", "Until"),
    ("scene-value", "Value"),
    ("scene-waiting", "Waiting"),
    ("scene-waiting-of", "{waiting} of {capacity}"),
    ("scene-what", "What"),
];

pub(super) fn pattern(id: &str) -> Option<&'static str> {
    PATTERNS.binary_search_by_key(&id, |(known, _)| known).ok().map(|found| PATTERNS[found].1)
}

pub(super) const fn state(state: Status) -> &'static str {
    match state {
        Status::Normal => "scene-state-normal",
        Status::Quiet => "scene-state-quiet",
        Status::Active => "scene-state-active",
        Status::Trouble => "scene-state-trouble",
        Status::Down => "scene-state-down",
        Status::Draining => "scene-state-draining",
        Status::Warming => "scene-state-warming",
    }
}

pub(super) const fn shape(shape: PacketKind) -> &'static str {
    match shape {
        PacketKind::Request => "scene-request",
        PacketKind::Answer => "scene-answer",
        PacketKind::Failure => "scene-failure",
        PacketKind::Probe => "scene-probe",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_ascend() {
        assert!(super::PATTERNS.is_sorted_by(|a, b| a.0 < b.0));
    }
}
