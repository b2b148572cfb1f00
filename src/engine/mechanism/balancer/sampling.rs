//! Policies that draw: one at random, or the least loaded of several.
//!
//! Sources: nginx, `src/http/modules/ngx_http_upstream_random_module.c` (a server that doesn't take requests is drawn
//! again, which amounts to drawing from the others); Envoy, `least_request_lb.cc`: `choice_count` draws with
//! replacement among healthy hosts, ties go to the first drawn. M. Mitzenmacher, *The Power of Two Choices in
//! Randomized Load Balancing*, IEEE TPDS 2001.

use super::decision::{Decision, Rule};
use super::servers::Servers;
use crate::sim::Draws;

/// One server at random, in proportion to the weights.
pub(super) fn random(servers: &Servers, draws: &mut Draws) -> Option<Decision> {
    let total: i64 = servers.open().iter().map(|&server| servers.weight(server)).sum();
    let mut left = (draws.unit() * total as f64) as i64;
    let last = *servers.open().last()?;
    let hit = servers.open().iter().copied().find(|&server| {
        left -= servers.weight(server);
        left < 0
    });
    let of = servers.open().len() as u32;
    Some(Decision { server: hit.unwrap_or(last) as usize, rule: Rule::Drawn { of } })
}

/// The least loaded of `choices` servers drawn with replacement.
///
/// Load is (requests under way + 1) ÷ weight, the measure by which Envoy schedules hosts of unequal weight; with equal
/// weights the requests under way decide.
pub(super) fn least_of(servers: &Servers, choices: u8, draws: &mut Draws) -> Option<Decision> {
    let open = servers.open();
    if open.is_empty() {
        return None;
    }
    let load = |server: u32| (i64::from(servers.connections(server)) + 1, servers.weight(server));
    let less = |a: u32, b: u32| {
        let (a, b) = (load(a), load(b));
        a.0 * b.1 < b.0 * a.1
    };
    let mut draw = || open[draws.below(open.len() as u32) as usize];
    let mut best = draw();
    let mut other = None;
    for _ in 1..choices {
        let next = draw();
        let loser = if less(next, best) { core::mem::replace(&mut best, next) } else { next };
        if other.is_none_or(|other| less(loser, other)) {
            other = Some(loser);
        }
    }
    let other = other.unwrap_or(best);
    let rule = Rule::LeastOfDrawn {
        connections: servers.connections(best),
        other,
        other_connections: servers.connections(other),
        choices,
    };
    Some(Decision { server: best as usize, rule })
}
