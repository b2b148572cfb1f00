//! The texts of the describer: table heads, statuses, kinds of packets. A figure's words may replace any of them under
//! the same id.

use super::panel::{PacketKind, Status};

/// Id and pattern, ascending by id.
const PATTERNS: &[(&str, &str)] = &[
    ("scene-answer", "answer"),
    ("scene-arrived", "arrived at {at}"),
    ("scene-arrives", "Arrives"),
    ("scene-at", "When"),
    ("scene-at-now", "now"),
    ("scene-busy", "Workers busy"),
    ("scene-busy-of", "{busy} of {total}"),
    ("scene-cells", "Cells"),
    ("scene-code", "Code"),
    ("scene-copy", "copy"),
    ("scene-count", "Count"),
    ("scene-done", "What it did"),
    ("scene-expected", "Expected"),
    ("scene-failure", "failure"),
    ("scene-first", "Waits longest"),
    ("scene-flow", "Nodes"),
    ("scene-for", "for {span}"),
    ("scene-from", "From"),
    ("scene-in-it", "In it"),
    ("scene-in-it-for", "{name} for {span}"),
    ("scene-lasts", "until {at}"),
    ("scene-line", "Line"),
    ("scene-links", "Links"),
    ("scene-lost", "lost at {at}"),
    ("scene-lost-here", "Lost here"),
    ("scene-lost-why", "lost at {at}: {why}"),
    ("scene-mark", "Marked at {value}"),
    ("scene-marked", "Marked"),
    ("scene-marked-of", "{marked} of {cells}"),
    ("scene-most", "Highest"),
    ("scene-name", "Name"),
    ("scene-next", "runs next"),
    ("scene-note", "Note"),
    ("scene-now", "Latest"),
    ("scene-outcome", "Outcome"),
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
    ("scene-taken", "Last taken"),
    ("scene-to", "To"),
    ("scene-transitions", "Transitions"),
    ("scene-under-way", "under way"),
    ("scene-until", "Until"),
    ("scene-value", "Value"),
    ("scene-waiting", "Waiting"),
    ("scene-waiting-of", "{waiting} of {capacity}"),
    ("scene-what", "What"),
    ("scene-write", "write"),
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
        PacketKind::Write => "scene-write",
        PacketKind::Copy => "scene-copy",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_ascend() {
        assert!(super::PATTERNS.is_sorted_by(|a, b| a.0 < b.0));
    }
}
