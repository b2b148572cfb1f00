//! What a request brings along.

use super::spec::ControlValues;
use crate::sim::{Dist, Entity, Purpose, Span, World, Zipf};

const KEY: Purpose = Purpose::named("key");
const CLIENT: Purpose = Purpose::named("client");
const SIZE: Purpose = Purpose::named("size");
const PATIENCE: Purpose = Purpose::named("patience");

/// How many keys there are, and how unevenly they are asked for (Zipf's exponent).
pub(super) const KEYS: (u32, f64) = (1_000, 0.9);
/// Who sends how much: web, mobile, jobs.
const CLIENT_SHARES: [f64; 3] = [0.5, 0.8, 1.0];

/// What a request brings along. It depends on the seed and the request's number alone, not on any policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand {
    /// What it asks for; a hash policy sends equal keys to the same server.
    pub key: u64,
    /// Which of the clients it comes from.
    pub client: u32,
    /// Which of a client's users it comes from: sticky balancing keeps them apart.
    pub user: u32,
    /// How long it keeps a worker of a server at full speed.
    pub size: Span,
    /// How long its sender waits for the answer.
    pub patience: Span,
}

impl Demand {
    /// What request `n` brings along: the key and the user that a log names, or those that are drawn for it.
    pub(super) fn of<E>(
        n: u32,
        logged: Option<(u64, u32)>,
        controls: &ControlValues,
        keys: &Zipf,
        world: &World<E>,
    ) -> Self {
        let draw = |purpose| world.draws(purpose, Entity::new(0, n));
        let size = controls.sizes.dist(controls.service.secs()).span(&mut draw(SIZE));
        // Patience is spread by a half around its mean, so that those who gave up don't all give up together.
        let patience = controls.patience.scale(Dist::Uniform(0.5, 1.5).sample(&mut draw(PATIENCE)));
        let (key, user, client) = if let Some((key, user)) = logged {
            (key, user, user % CLIENT_SHARES.len() as u32)
        } else {
            let mut client = draw(CLIENT);
            let share = client.unit();
            let from = CLIENT_SHARES.iter().position(|&upper| share < upper).unwrap_or(0);
            (keys.sample(&mut draw(KEY)).into(), client.below(200), from as u32)
        };
        Self { key, client, user, size, patience }
    }
}
