//! Scheduling of a processor: which of the jobs that are ready runs, and for how long.
//!
//! ```text
//!   admit ──► ready ──► dispatch ──► running ──► done            goes_on_until · preempted by a job that is due
//!               ▲                        │
//!               └────────────────────────┘ quantum is over, or a better job came (preemptive policies)
//! ```
//!
//! [`Scheduler`] is the ready queue and its rule, with time passed in; [`schedule`] runs it over a list of jobs and gives the
//! chart. Source: Silberschatz, Galvin, Gagne, *Operating System Concepts*, chapter *CPU Scheduling*. Threads of a world that
//! share several cores in time slices, and sleep, are in `parts::program`.
//!
//! Ties, where books leave them open: of jobs that are equal by the policy, the one that arrived first runs, and of those that
//! arrived at one moment the one with the lower index. A running job isn't preempted by its equal. A job that arrives at the
//! moment in which a quantum ends is queued before the job that is preempted. Switches take no time.

mod chart;
#[cfg(test)]
mod tests;

pub use chart::{Schedule, Slice, schedule};

use crate::sim::{Span, Time};

/// By which rule a processor picks a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// First come, first served.
    Fcfs,
    /// Shortest job first: of the jobs that are ready the one with the shortest burst, up to its end.
    Sjf,
    /// Shortest remaining time first: preemptive shortest job first.
    Srtf,
    /// Round robin: one after the other, each for a quantum (at least a nanosecond) at most.
    RoundRobin(Span),
    /// Lowest number first, up to its end. Numbers are Unix's: a low one is a high priority.
    Priority,
    /// Lowest number first, at any moment.
    PreemptivePriority,
}

impl Policy {
    /// All of them, round robin with a given quantum, in the order in which they are best met.
    pub const fn all(quantum: Span) -> [Self; 6] {
        [
            Self::Fcfs,
            Self::Sjf,
            Self::Srtf,
            Self::RoundRobin(quantum),
            Self::Priority,
            Self::PreemptivePriority,
        ]
    }

    /// Permanent id, in kebab-case.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Fcfs => "fcfs",
            Self::Sjf => "sjf",
            Self::Srtf => "srtf",
            Self::RoundRobin(_) => "round-robin",
            Self::Priority => "priority",
            Self::PreemptivePriority => "preemptive-priority",
        }
    }

    /// What makes a job better than others; less is better. None where only the order of the queue counts.
    fn rank(self, job: &Ready) -> u64 {
        match self {
            Self::Fcfs | Self::RoundRobin(_) => 0,
            Self::Sjf => job.burst.nanos(),
            Self::Srtf => job.left.nanos(),
            Self::Priority | Self::PreemptivePriority => job.priority.into(),
        }
    }

    fn is_preemptive(self) -> bool {
        matches!(self, Self::Srtf | Self::PreemptivePriority)
    }
}

/// A job for a processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Job {
    /// When it is ready.
    pub arrival: Time,
    /// How long it computes.
    pub burst: Span,
    /// Its priority: a lower number goes first.
    pub priority: u32,
}

/// A job that is ready or runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Ready {
    index: u32,
    arrival: Time,
    burst: Span,
    left: Span,
    priority: u32,
}

/// A processor and the jobs that are ready for it.
///
/// ```
/// use engine::mechanism::scheduling::{Job, Policy, Scheduler};
/// use engine::sim::{Span, Time};
///
/// let mut cpu = Scheduler::new(Policy::Srtf);
/// let job = |arrival, burst| Job { arrival: Time::from_secs(arrival), burst: Span::from_secs(burst), priority: 0 };
/// cpu.admit(0, job(0, 8));
/// assert_eq!(cpu.step(Time::ZERO), None);
/// assert_eq!((cpu.running(), cpu.until()), (Some(0), Some(Time::from_secs(8))));
/// // After a second comes a job that is shorter than what is left.
/// cpu.admit(1, job(1, 4));
/// assert_eq!(cpu.step(Time::from_secs(1)), None);
/// assert_eq!((cpu.running(), cpu.until()), (Some(1), Some(Time::from_secs(5))));
/// // It is done, and the first one goes on.
/// assert_eq!(cpu.step(Time::from_secs(5)), Some(1));
/// assert_eq!((cpu.running(), cpu.until()), (Some(0), Some(Time::from_secs(12))));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scheduler {
    policy: Policy,
    /// In the order in which they came or came back.
    ready: Vec<Ready>,
    running: Option<Running>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Running {
    job: Ready,
    /// Up to when its time has been counted.
    since: Time,
    /// When its quantum is over.
    quantum_ends: Time,
}

impl Scheduler {
    /// An idle processor. A quantum of no time is taken as a nanosecond.
    pub fn new(policy: Policy) -> Self {
        let policy = match policy {
            Policy::RoundRobin(quantum) => Policy::RoundRobin(quantum.max(Span::from_nanos(1))),
            other => other,
        };
        Self { policy, ready: Vec::new(), running: None }
    }

    /// A job arrives; admit all that arrive at a moment, in the order of their indices, before [`Scheduler::step`].
    pub fn admit(&mut self, index: u32, job: Job) {
        let Job { arrival, burst, priority } = job;
        self.ready.push(Ready { index, arrival, burst, left: burst, priority });
    }

    /// Counts what has run, and picks who runs from now on: the job that is done, if one is. Step whenever jobs have arrived, and
    /// at [`Scheduler::until`].
    pub fn step(&mut self, now: Time) -> Option<u32> {
        let mut done = None;
        if let Some(running) = &mut self.running {
            running.job.left = running.job.left - now.since(running.since);
            running.since = now;
            let running = *running;
            if running.job.left == Span::ZERO {
                (self.running, done) = (None, Some(running.job.index));
            } else if self.gives_way(running, now) {
                self.running = None;
                self.ready.push(running.job);
            }
        }
        if self.running.is_none()
            && let Some(best) = self.best()
        {
            let job = self.ready.remove(best);
            let quantum = if let Policy::RoundRobin(quantum) = self.policy { quantum } else { Span::MAX };
            self.running = Some(Running { job, since: now, quantum_ends: now + quantum });
        }
        done
    }

    fn gives_way(&self, running: Running, now: Time) -> bool {
        if self.policy.is_preemptive() {
            let rank = |job| self.policy.rank(job);
            self.best().and_then(|best| self.ready.get(best)).is_some_and(|it| rank(it) < rank(&running.job))
        } else {
            now >= running.quantum_ends
        }
    }

    /// Where the job that is to run next stands.
    fn best(&self) -> Option<usize> {
        if let Policy::RoundRobin(_) = self.policy {
            return (!self.ready.is_empty()).then_some(0);
        }
        let key = |job: &Ready| (self.policy.rank(job), job.arrival, job.index);
        self.ready.iter().enumerate().min_by_key(|(_, job)| key(job)).map(|(n, _)| n)
    }

    /// Who runs.
    pub fn running(&self) -> Option<u32> {
        self.running.map(|it| it.job.index)
    }

    /// When the running job is done or its quantum is over, unless something arrives.
    pub fn until(&self) -> Option<Time> {
        self.running.map(|it| (it.since + it.job.left).min(it.quantum_ends))
    }

    /// Who is ready, in the order in which they came or came back, each with what is left.
    pub fn ready(&self) -> impl ExactSizeIterator<Item = (u32, Span)> {
        self.ready.iter().map(|job| (job.index, job.left))
    }
}
