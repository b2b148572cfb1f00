//! The readings beside the picture and in the text, and the sentences under the picture.

use super::markup::{attr, class, css, inside, with};
use super::protocol::{Patch, nth, page_selector, selector};
use super::state::FigureState;
use super::text;
use crate::scene::{Chart, Panel, SeriesLine, capitalize};

/// Seconds between announcements to screen readers while playing.
const SPOKEN_EVERY: f64 = 12.0;
/// A trend compares now with a moment earlier by this share of the run, and is reported from this factor on.
const TREND_WINDOW: f64 = 0.05;
const TREND_FACTOR: f64 = 1.3;

pub(super) fn write(state: &mut FigureState, out: &mut Vec<Patch>) {
    let Some(frame) = &state.frame else { return };
    for (n, (reading, &value)) in state.spec.readings.iter().zip(&frame.readings).enumerate() {
        let (number, unit) = reading.unit.parts(value);
        let trouble = reading.is_trouble(value);
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
            out.push(Patch::Text(page_selector(live.concat()), reading.unit.format(value)));
        }
    }
    let says = if state.masked {
        text::PREDICT_FIRST.to_owned()
    } else {
        let says = frame.scene.sentences.iter().map(|msg| state.say(msg));
        let says: Vec<String> = says.chain(state.trend()).collect();
        says.join(" ")
    };
    // The same in a live region for screen readers: at once while paused, now and then while playing.
    if !state.playing || state.since_spoken >= SPOKEN_EVERY {
        state.since_spoken = 0.0;
        out.push(Patch::Text(selector(class::SPOKEN), says.clone()));
    }
    out.push(Patch::Text(selector(class::SAYS), says));
}

impl FigureState {
    /// A sentence on the trend of the first charted reading that has a trouble bound, if it rises or falls.
    fn trend(&self) -> Option<String> {
        let charts = self.charts.iter().flat_map(|charts| &charts.panels);
        let mut lines = charts.flat_map(|panel| match panel {
            Panel::Chart(Chart::Series(series)) => series.lines.as_slice(),
            _ => &[],
        });
        let place = |line: &SeriesLine| {
            let place = self.spec.reading(&line.reading)?;
            self.spec.readings[place].trouble.map(|_| place)
        };
        let (line, place) = lines.find_map(|line| Some((line, place(line)?)))?;
        let (reading, back) = (&self.spec.readings[place], self.spec.until.secs() * TREND_WINDOW);
        let moment = (self.at.secs() - back) as f32;
        let (_, then) = *line.points.iter().take_while(|(time, _)| *time <= moment).last()?;
        // The value now is that of the sentences before, not that of the chart's last sample.
        let (now, then) = (self.frame.as_ref()?.readings[place], f64::from(then));
        let pattern = match now / then {
            by if by > TREND_FACTOR => text::RISING,
            by if by < 1.0 / TREND_FACTOR => text::FALLING,
            _ => return None,
        };
        let [now, then] = [now, then].map(|value| reading.unit.format(value));
        Some(capitalize(text::fill(pattern, &[&reading.label, &then, &now])))
    }
}
