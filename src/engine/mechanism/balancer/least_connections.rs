//! Least connections.
//!
//! Source: nginx, `src/http/modules/ngx_http_upstream_least_conn_module.c`: the fewest requests under way per weight,
//! compared by cross-multiplication; those that tie take smooth weighted turns among themselves.

use super::decision::{Decision, Rule};
use super::servers::Servers;
use super::smooth_weighted::SmoothWeighted;

pub(super) fn pick(servers: &Servers, turns: &mut SmoothWeighted) -> Option<Decision> {
    // The minimum of connections ÷ weight, kept as a pair.
    let load = |server: u32| (i64::from(servers.connections(server)), servers.weight(server));
    let (&first, rest) = servers.open().split_first()?;
    let mut least = load(first);
    let mut tied = 1;
    for &server in rest {
        let (connections, weight) = load(server);
        match (connections * least.1).cmp(&(least.0 * weight)) {
            core::cmp::Ordering::Less => (least, tied) = ((connections, weight), 1),
            core::cmp::Ordering::Equal => tied += 1,
            core::cmp::Ordering::Greater => {}
        }
    }
    let is_least = |server: &u32| {
        let (connections, weight) = load(*server);
        connections * least.1 == least.0 * weight
    };
    let server = if tied == 1 {
        // No turn is taken: nginx leaves the current weights alone then.
        servers.open().iter().copied().find(is_least)?
    } else {
        let candidates = servers.open().iter().copied().filter(is_least);
        turns.turn(candidates.map(|server| (server, servers.weight(server))))?.server
    };
    let connections = servers.connections(server);
    Some(Decision { server: server as usize, rule: Rule::FewestConnections { connections, tied } })
}
