use super::*;
use proptest::prelude::*;

fn job(arrival: u64, burst: u64, priority: u32) -> Job {
    Job { arrival: Time::from_secs(arrival), burst: Span::from_secs(burst), priority }
}

fn waits(policy: Policy, jobs: &[Job]) -> Vec<u64> {
    schedule(policy, jobs).wait.iter().map(|wait| wait.nanos() / 1_000_000_000).collect()
}

#[test]
fn a_short_job_behind_a_long_one_waits_under_fcfs_only() {
    let jobs = [job(0, 24, 0), job(0, 3, 0), job(0, 3, 0)];
    assert_eq!(waits(Policy::Fcfs, &jobs), [0, 24, 27]);
    assert_eq!(waits(Policy::Sjf, &jobs), [6, 0, 3]);
    assert_eq!(waits(Policy::RoundRobin(Span::from_secs(4)), &jobs), [6, 4, 7]);
}

#[test]
fn who_arrives_as_a_quantum_ends_is_before_the_preempted() {
    let chart = schedule(Policy::RoundRobin(Span::from_secs(2)), &[job(0, 4, 0), job(2, 1, 0)]);
    let slices: Vec<_> = chart.slices.iter().map(|it| (it.job, it.from.nanos() / 1_000_000_000)).collect();
    assert_eq!(slices, [(0, 0), (1, 2), (0, 3)]);
    assert_eq!((chart.switches(), chart.order()), (2, vec![0, 1]));
}

#[test]
fn preemption_is_by_what_is_better_only() {
    // The second has the same number, the third a lower one.
    let jobs = [job(0, 5, 2), job(1, 1, 2), job(2, 1, 1)];
    assert_eq!(waits(Policy::PreemptivePriority, &jobs), [1, 5, 0]);
    assert_eq!(waits(Policy::Priority, &jobs), [0, 5, 3]);
    // Five are left of the first when five come: it goes on, in one slice.
    let chart = schedule(Policy::Srtf, &[job(0, 8, 0), job(3, 5, 0)]);
    assert_eq!(chart.slices.len(), 2);
}

fn jobs() -> impl Strategy<Value = Vec<Job>> {
    proptest::collection::vec((0..20u64, 0..12u64, 0..4u32), 0..9)
        .prop_map(|all| all.into_iter().map(|(a, b, p)| job(a, b, p)).collect())
}

proptest! {
    #![proptest_config(crate::pick::cases(300))]

    /// Each job gets its burst, after its arrival, one at a time; the processor is idle only when nothing is ready; the mean wait
    /// of the shortest remaining time first is the least of all.
    #[test]
    fn a_chart_holds_together(jobs in jobs(), quantum in 1..6u64) {
        let best = schedule(Policy::Srtf, &jobs).mean_wait();
        for policy in Policy::all(Span::from_secs(quantum)) {
            let chart = schedule(policy, &jobs);
            let ends = |n: usize| chart.slices.iter().filter(move |it| it.job as usize == n);
            for (n, job) in jobs.iter().enumerate() {
                let got: u64 = ends(n).map(|it| it.to.since(it.from).nanos()).sum();
                prop_assert_eq!(got, job.burst.nanos());
                prop_assert!(ends(n).all(|it| it.from >= job.arrival));
                prop_assert_eq!(chart.turnaround[n], chart.wait[n] + job.burst);
                prop_assert!(chart.response[n] <= chart.wait[n]);
            }
            for pair in chart.slices.windows(2) {
                prop_assert!(pair[0].to <= pair[1].from);
                let idle = pair[0].to < pair[1].from;
                let next = jobs.iter().map(|job| job.arrival).filter(|at| *at > pair[0].to).min();
                prop_assert!(!idle || next == Some(pair[1].from));
            }
            prop_assert!(best <= chart.mean_wait() + 1e-9);
        }
    }
}
