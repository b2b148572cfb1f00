//! Sticky by client: the first server that serves a client keeps it.
//!
//! Source: `HAProxy`, `cookie … insert` with `option redispatch`: a client without a cookie takes the (smooth weighted)
//! turn; a bound one goes to its server while that is up *or draining*; when it is down the client is bound anew, and
//! does not return when the old server does. The binding is the client's cookie, so it never expires here.

use super::decision::{Decision, Rule};
use super::servers::{Servers, Standing};
use super::smooth_weighted::SmoothWeighted;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub(super) struct Sticky {
    bound: BTreeMap<u32, u32>,
    pub(super) turns: SmoothWeighted,
}

impl Sticky {
    pub(super) fn new(servers: usize) -> Self {
        Self { bound: BTreeMap::new(), turns: SmoothWeighted::new(servers) }
    }

    pub(super) fn pick(&mut self, servers: &Servers, client: u32) -> Option<Decision> {
        let bound = self.bound.get(&client).copied();
        if let Some(server) = bound {
            let state = &servers.all[server as usize];
            if state.standing != Standing::Down && !state.ejected {
                let draining = !servers.is_open(server);
                return Some(Decision { server: server as usize, rule: Rule::Bound { draining } });
            }
        }
        let candidates = servers.open().iter().map(|&server| (server, servers.weight(server)));
        let server = self.turns.turn(candidates)?.server;
        self.bound.insert(client, server);
        Some(Decision { server: server as usize, rule: Rule::NewlyBound { instead_of: bound } })
    }
}
