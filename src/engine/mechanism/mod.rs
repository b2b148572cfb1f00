//! Mechanisms: the algorithms as real systems have them, apart from any world around them.
//!
//! What lives here: plain state machines. Time is passed in, randomness is a stream that is handed in, nothing is
//! scheduled; each names the system, paper or standard whose rule it follows, and its defaults. What never does:
//! events, figures, sentences. An experiment (in `lessons`) puts a mechanism into a world; here it is held against
//! outside truths on its own.
//!
//! Begin with [`balancer`].

pub mod access_log;
pub mod balancer;
pub mod breaker;
pub mod bulkhead;
pub mod cache;
pub mod codel;
pub mod congestion;
pub mod connection_pool;
pub mod event_loop;
pub mod limiter;
pub mod linearizability;
pub mod overload;
pub mod queueing;
pub mod quorum;
pub mod registry;
pub mod retry;
pub mod rules;
pub mod scalability;
pub mod scheduling;
pub mod swim;
pub mod version_vector;
