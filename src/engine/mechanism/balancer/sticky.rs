//! Sticky by client: the first server that serves a client keeps it.
//!
//! Source: `HAProxy`, `cookie … insert` with `option redispatch`: a client without a cookie takes the (smooth weighted)
//! turn; a bound one goes to its server while that is up *or draining*; when it is down the client is bound anew, and
//! does not return when the old server does. The binding is the client's cookie, so it never expires here.

use super::decision::{Decision, Rule};
use super::servers::{Servers, Standing};
use super::smooth_weighted::SmoothWeighted;
use crate::sim::Numbering;

#[derive(Clone, Debug)]
pub(super) struct Sticky {
    clients: Numbering,
    /// The server that each is bound to.
    bound: Vec<u32>,
    pub(super) turns: SmoothWeighted,
}

impl Sticky {
    pub(super) fn new(servers: usize) -> Self {
        Self { clients: Numbering::default(), bound: Vec::new(), turns: SmoothWeighted::new(servers) }
    }

    pub(super) fn pick(&mut self, servers: &Servers, client: u32) -> Option<Decision> {
        let number = self.clients.get(client.into());
        let bound = number.map(|number| self.bound[number as usize]);
        if let Some(server) = bound {
            let state = &servers.all[server as usize];
            if state.standing != Standing::Down && !state.ejected {
                let draining = !servers.is_open(server);
                return Some(Decision { server: server as usize, rule: Rule::Bound { draining } });
            }
        }
        let candidates = servers.open().iter().map(|&server| (server, servers.weight(server)));
        let server = self.turns.turn(candidates)?.server;
        match self.clients.number(client.into()) as usize {
            number if number < self.bound.len() => self.bound[number] = server,
            _ => self.bound.push(server),
        }
        Some(Decision { server: server as usize, rule: Rule::NewlyBound { instead_of: bound } })
    }
}
