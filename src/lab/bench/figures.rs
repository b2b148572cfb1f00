//! Default runs of every figure through a session, checkpoints and all.

use crate::lab::play::Player;
use crate::lab::{CommandError, Terminal};
use crate::lessons;
use crate::player::Run;
use crate::sim::Seed;
use serde::Serialize;
use std::time::{Duration, Instant};

/// A figure is run, seed after seed, for at least so long.
const ENOUGH: Duration = Duration::from_millis(300);

/// How fast a figure is.
#[derive(Debug, Serialize)]
pub struct FigureRate {
    /// Its id.
    pub id: String,
    /// Events a second; null for a figure where nothing happens by itself.
    pub rate: Option<f64>,
}

/// Every figure's rate.
pub fn rates(terminal: &mut Terminal) -> Result<Vec<FigureRate>, CommandError> {
    let mut rates = Vec::new();
    for figure in lessons::all().map(|(_, figure)| figure) {
        let (spec, mut events, mut seed) = (figure.spec, 0, 0);
        let start = Instant::now();
        while start.elapsed() < ENOUGH {
            seed += 1;
            let mut player = Player::new(&spec.id)?;
            player.open(Run::new(spec, Seed(seed)))?;
            events += player.frame(spec.until, terminal)?.events;
        }
        let rate = (events > 0).then(|| events as f64 / start.elapsed().as_secs_f64());
        rates.push(FigureRate { id: spec.id.to_string(), rate });
    }
    Ok(rates)
}
