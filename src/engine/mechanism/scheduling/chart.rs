//! A list of jobs scheduled to its end, and the chart that comes of it.

use super::{Job, Policy, Scheduler};
use crate::sim::sort::sort_by_key;
use crate::sim::{Span, Time};

/// A stretch of time in which a job runs: from one dispatch to the end of its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slice {
    /// Which job.
    pub job: u32,
    /// From when.
    pub from: Time,
    /// Until when.
    pub to: Time,
}

/// How a list of jobs was scheduled (a Gantt chart), and how the jobs fared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Schedule {
    /// Who ran when, in the order of time. A job that goes on after its quantum for want of others begins a new slice.
    pub slices: Vec<Slice>,
    /// By job: from its arrival to its end (turnaround).
    pub turnaround: Vec<Span>,
    /// By job: from its arrival to its first slice.
    pub response: Vec<Span>,
    /// By job: how long it was ready and didn't run.
    pub wait: Vec<Span>,
}

impl Schedule {
    /// The jobs in the order of their first slices.
    pub fn order(&self) -> Vec<u32> {
        let mut order = Vec::new();
        let mut seen = vec![false; self.wait.len()];
        for slice in &self.slices {
            if let Some(seen) = seen.get_mut(slice.job as usize)
                && !core::mem::replace(seen, true)
            {
                order.push(slice.job);
            }
        }
        order
    }

    /// Mean wait in seconds; zero without jobs.
    pub fn mean_wait(&self) -> f64 {
        let sum: f64 = self.wait.iter().map(|wait| wait.secs()).sum();
        sum / (self.wait.len().max(1) as f64)
    }

    /// How often another job was dispatched than the one that ran before.
    pub fn switches(&self) -> usize {
        self.slices.windows(2).filter(|pair| pair[0].job != pair[1].job).count()
    }
}

/// Most slices of a chart: with a small quantum a long job would fill the memory.
const MOST: usize = 1_000_000;

/// Schedules jobs on one processor until all are done, or a chart of a million slices is full; jobs that aren't done by then
/// have no turnaround and no wait.
pub fn schedule(policy: Policy, jobs: &[Job]) -> Schedule {
    let mut arrivals: Vec<u32> = (0..jobs.len() as u32).collect();
    sort_by_key(&mut arrivals, |&n| jobs[n as usize].arrival);
    let mut arrivals = arrivals.into_iter().peekable();
    let mut cpu = Scheduler::new(policy);
    let mut chart = Schedule {
        turnaround: vec![Span::ZERO; jobs.len()],
        response: vec![Span::ZERO; jobs.len()],
        wait: vec![Span::ZERO; jobs.len()],
        ..Schedule::default()
    };
    let mut started = vec![false; jobs.len()];
    loop {
        let next = arrivals.peek().map(|&n| jobs[n as usize].arrival);
        let Some(now) = [cpu.until(), next].into_iter().flatten().min() else { return chart };
        while let Some(&n) = arrivals.peek()
            && jobs[n as usize].arrival <= now
        {
            cpu.admit(n, jobs[n as usize]);
            arrivals.next();
        }
        // A new slice begins unless the same job simply goes on.
        let turn_is_over = cpu.until().is_none_or(|until| until <= now);
        let before = cpu.running();
        let done = cpu.step(now);
        if let Some(last) = chart.slices.last_mut().filter(|_| before.is_some()) {
            last.to = now;
        }
        if let Some(n) = done {
            let job = &jobs[n as usize];
            let turnaround = now.since(job.arrival);
            chart.turnaround[n as usize] = turnaround;
            chart.wait[n as usize] = turnaround - job.burst;
        }
        if let Some(n) = cpu.running().filter(|_| turn_is_over || cpu.running() != before) {
            if chart.slices.len() >= MOST {
                return chart;
            }
            chart.slices.push(Slice { job: n, from: now, to: now });
            if !core::mem::replace(&mut started[n as usize], true) {
                chart.response[n as usize] = now.since(jobs[n as usize].arrival);
            }
        }
    }
}
