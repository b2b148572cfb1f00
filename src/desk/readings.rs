//! The numbers beside the picture and in the text, and the sentences under them.

use super::markup::{attr, class, css, inside, with};
use super::protocol::{Patch, nth, on_page, part};
use super::state::State;
use super::text;
use crate::scene::{Chart, Line, Panel};

/// Seconds between sentences that are spoken while time passes.
const SPOKEN_EVERY: f64 = 12.0;
/// A trend is told from so much of the run back to now, and from a change by this factor.
const BACK: f64 = 0.05;
const GOES: f64 = 1.3;

pub(super) fn write(state: &mut State, out: &mut Vec<Patch>) {
    let Some(frame) = &state.frame else { return };
    for (n, (reading, &value)) in state.spec.readings.iter().zip(&frame.readings).enumerate() {
        let (number, unit) = reading.unit.parts(value);
        let (number, unit) = if state.masked { (text::MASKED.to_owned(), "") } else { (number, unit) };
        let trouble = !state.masked && reading.trouble.is_some_and(|bound| value >= bound);
        out.push(Patch::Text(nth(inside(class::READING, "b"), n), number));
        out.push(Patch::Text(nth(inside(class::READING, "b + span"), n), unit.to_owned()));
        out.push(Patch::Class(nth(css(class::READING), n), "trouble".into(), trouble));
        let live = [
            &css(class::LIVE),
            &with(attr::FIGURE, &state.page_id),
            &with(attr::READING, &reading.id),
            ":not([",
            attr::AT,
            "])",
        ];
        if !state.masked {
            out.push(Patch::Text(on_page(live.concat()), reading.unit.format(value)));
        }
    }
    let says = if state.masked {
        text::PREDICT_FIRST.to_owned()
    } else {
        let says = frame.scene.says.iter().map(|msg| state.say(msg));
        let says: Vec<String> = says.chain(state.trend()).collect();
        says.join(" ")
    };
    // The same for screen readers, who hear it when something has settled, and now and then while time passes.
    if !state.playing || state.unspoken >= SPOKEN_EVERY {
        state.unspoken = 0.0;
        out.push(Patch::Text(part(class::SPOKEN), says.clone()));
    }
    out.push(Patch::Text(part(class::SAYS), says));
}

impl State {
    /// Where the first of the charts' numbers that can be trouble is going, if it goes anywhere.
    fn trend(&self) -> Option<String> {
        let charts = self.charts.iter().flat_map(|charts| &charts.panels);
        let mut lines = charts.flat_map(|panel| match panel {
            Panel::Chart(Chart::Series(series)) => series.lines.as_slice(),
            _ => &[],
        });
        let reading = |line: &Line| {
            let reading = &self.spec.readings[self.spec.reading(&line.reading)?];
            reading.trouble.map(|_| reading)
        };
        let (line, reading) = lines.find_map(|line| Some((line, reading(line)?)))?;
        let (at, back) = (self.at.secs() as f32, (self.spec.until.secs() * BACK) as f32);
        let until = |moment: f32| line.points.iter().take_while(|(time, _)| *time <= moment).last();
        let (now, then) = (f64::from(until(at)?.1), f64::from(until(at - back)?.1));
        let pattern = match now / then {
            by if by > GOES => text::RISING,
            by if by < 1.0 / GOES => text::FALLING,
            _ => return None,
        };
        let [now, then] = [now, then].map(|value| reading.unit.format(value));
        Some(text::put(pattern, &[&reading.label, &now, &then]))
    }
}
