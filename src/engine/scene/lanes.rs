//! The lanes panel: who did what, when.

use super::builder::{PictureBuilder, SMALL, TextStyle};
use super::mark::{Anchor, Dash, Ink, Rect, Role, at};
use super::metrics::{self, Face};
use super::panel::{Bar, Lanes, Status};
use crate::sim::{Span, Time, Unit};

const LANE: f32 = 36.0;
/// Height of a name over its lane, where there is no room beside it.
const OVER: f32 = 18.0;
/// From this width on names stand beside their lanes.
const WIDE: f32 = 480.0;
const BAR: f32 = 26.0;
const AXIS: f32 = 20.0;
const NAME: TextStyle = TextStyle::new(13.0, Face::Bold, Role::Ink);

pub(super) fn lay_out(lanes: &Lanes, area: Rect, builder: &mut PictureBuilder) -> f32 {
    let top = area.y + builder.title(&lanes.title, area);
    let names =
        lanes.lanes.iter().map(|lane| metrics::width(&builder.say(&lane.label), NAME.size, NAME.face));
    let beside = area.w >= WIDE;
    let left = if beside { names.fold(24.0, f32::max).min(area.w * 0.28) + 14.0 } else { 8.0 };
    let over = if beside { 0.0 } else { OVER };
    let tall = (LANE + over) * lanes.lanes.len() as f32;
    let plot = Rect::new(area.x + left, top, (area.w - left - 8.0).max(1.0), tall);
    let window = Window { from: lanes.from, until: lanes.until, plot };
    axis(lanes, &window, area, builder);
    for (k, lane) in lanes.lanes.iter().enumerate() {
        let y = top + (LANE + over) * k as f32;
        let place = Rect::new(area.x, y, area.w, LANE + over);
        builder.region(lane.entity, place);
        let name = builder.say(&lane.label);
        if beside {
            builder.text(lane.entity, at(area.x, y + LANE / 2.0 + 4.5), left - 10.0, &name, NAME);
        } else {
            builder.text(lane.entity, at(area.x + left + 5.0, y + 15.0), area.w - left - 5.0, &name, NAME);
        }
        let rule = y + over + LANE - 0.5;
        builder.path(None, &[at(area.x, rule), at(plot.right(), rule)], Ink::line(Role::Line, 1.0));
        for bar in &lane.bars {
            self::bar(bar, &window, y + over + (LANE - BAR) / 2.0, builder);
        }
    }
    if builder.now >= lanes.from && builder.now <= lanes.until {
        let x = window.x(builder.now);
        builder.path(None, &[at(x, plot.y), at(x, plot.bottom() + 5.0)], Ink::line(Role::Ink, 1.5));
    }
    plot.bottom() + AXIS - area.y + 2.0
}

struct Window {
    from: Time,
    until: Time,
    plot: Rect,
}

impl Window {
    /// The place of a time, kept within the plot.
    fn x(&self, time: Time) -> f32 {
        let whole = self.until.since(self.from).nanos().max(1);
        let gone = time.since(self.from).nanos().min(whole);
        self.plot.x + self.plot.w * (gone as f64 / whole as f64) as f32
    }
}

/// Ticks at whole steps or at round times, as many as their numbers find room beside each other.
fn axis(lanes: &Lanes, window: &Window, area: Rect, builder: &mut PictureBuilder) {
    let whole = lanes.until.since(lanes.from);
    let most = (window.plot.w / 56.0) as u64;
    let step = match lanes.step {
        Some(step) => {
            step * round_up(whole.nanos() / step.nanos().max(1) / (window.plot.w / 26.0).max(1.0) as u64)
        }
        None => Span::from_nanos(round_up(whole.nanos() / most.max(1))),
    };
    if step == Span::ZERO || whole == Span::ZERO {
        return;
    }
    let mut tick = lanes.from.nanos().div_ceil(step.nanos()).saturating_mul(step.nanos());
    let mut free = f32::NEG_INFINITY;
    while tick <= lanes.until.nanos() {
        let time = Time::from_nanos(tick);
        let x = window.x(time);
        let end = window.plot.bottom() + 4.0;
        builder.path(None, &[at(x, window.plot.y), at(x, end)], Ink::line(Role::Line, 1.0));
        let text = match lanes.step {
            Some(one) => (tick / one.nanos().max(1)).to_string(),
            None => Unit::Time.format(time.secs()),
        };
        let w = metrics::width(&text, SMALL.size, SMALL.face);
        let centre = x.min(area.right() - w / 2.0).max(area.x + w / 2.0);
        if centre - w / 2.0 > free {
            builder.text(None, at(centre, end + 11.0), f32::INFINITY, &text, SMALL.anchor(Anchor::Middle));
            free = centre + w / 2.0 + 4.0;
        }
        match tick.checked_add(step.nanos()) {
            Some(next) => tick = next,
            None => break,
        }
    }
}

/// The next of 1, 2, 5, 10, 20, …; at least 1.
fn round_up(n: u64) -> u64 {
    let mut size: u64 = 1;
    while size < n / 10 {
        size *= 10;
    }
    [1, 2, 5, 10, 20, 50].into_iter().map(|m| size.saturating_mul(m)).find(|&m| m >= n).unwrap_or(size)
}

fn bar(bar: &Bar, window: &Window, y: f32, builder: &mut PictureBuilder) {
    if bar.until < window.from || bar.from > window.until {
        return;
    }
    let (start, end) = (window.x(bar.from), window.x(bar.until));
    let start = start.min(window.plot.right() - 2.0);
    let place = Rect::new(start, y, (end - start - 1.0).max(2.0), BAR);
    let round = 4.0_f32.min(place.w / 2.0);
    let (ink, text) = match bar.status {
        Status::Normal => (Ink::line(Role::Ink, 1.25).on(Role::Raised), Role::Ink),
        Status::Quiet => (Ink::line(Role::Muted, 1.0).on(Role::Soft), Role::Muted),
        Status::Active => (Ink::line(Role::Accent, 1.5).on(Role::AccentTint), Role::Ink),
        Status::Trouble => (Ink::line(Role::Trouble, 2.5).on(Role::TroubleTint), Role::Trouble),
        Status::Down => (Ink::line(Role::Muted, 1.25).on(Role::Soft).dash(Dash::Dashed), Role::Muted),
        Status::Draining => (Ink::line(Role::Ink, 1.25).on(Role::Raised).dash(Dash::Dashed), Role::Ink),
        Status::Warming => (Ink::line(Role::Accent, 1.5).on(Role::Raised).dash(Dash::Dotted), Role::Ink),
    };
    builder.rect(bar.entity, place, round, ink);
    builder.region(bar.entity, place);
    let label = builder.say(&bar.label);
    let set = SMALL.role(text).anchor(Anchor::Middle);
    let room = place.w - 6.0;
    // One letter and a '…' say nothing; the describer and the explain panel say all.
    if metrics::fit(&label, set.size, set.face, room).chars().count() >= label.chars().count().min(3) {
        builder.text(bar.entity, at(place.centre().x, y + BAR / 2.0 + 4.0), room, &label, set);
    }
}
