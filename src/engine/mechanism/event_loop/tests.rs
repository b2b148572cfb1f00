use super::*;
use crate::sim::Span;
use proptest::prelude::*;

fn millis(n: u64) -> Span {
    Span::from_millis(n)
}

fn at(n: u64) -> Time {
    Time::from_millis(n)
}

fn new(host: Host, tasks: &[&[Op]]) -> EventLoop {
    EventLoop::new(Program::new(tasks).unwrap(), Config { host, ..Config::default() }).unwrap()
}

fn node(tasks: &[&[Op]]) -> EventLoop {
    new(Host::Node, tasks)
}

fn log_on(host: Host, tasks: &[&[Op]]) -> Vec<u16> {
    new(host, tasks).run_alone(Time::ZERO, 10_000).into_iter().map(|it| it.1).collect()
}

fn log(tasks: &[&[Op]]) -> Vec<u16> {
    log_on(Host::Node, tasks)
}

/// `log(n)` as a task of its own: tasks 1 to n log their number.
const LOGS: [&[Op]; 9] = [
    &[Op::Log(1)],
    &[Op::Log(2)],
    &[Op::Log(3)],
    &[Op::Log(4)],
    &[Op::Log(5)],
    &[Op::Log(6)],
    &[Op::Log(7)],
    &[Op::Log(8)],
    &[Op::Log(9)],
];

fn then(on: Slot, task: Task, gives: Slot) -> Op {
    Op::Then { on, task, gives: Some(gives) }
}

fn after(main: &[Op], more: &[&[Op]]) -> Vec<u16> {
    let tasks: Vec<&[Op]> = [main].into_iter().chain(LOGS).chain(more.iter().copied()).collect();
    let browser = new_or_none(&tasks).map(|mut browser| browser.run_alone(Time::ZERO, 10_000));
    let log = log(&tasks);
    // What a browser can run as well it runs in the same order.
    if let Some(browser) = browser {
        assert_eq!(browser.into_iter().map(|it| it.1).collect::<Vec<_>>(), log);
    }
    log
}

fn new_or_none(tasks: &[&[Op]]) -> Option<EventLoop> {
    let config = Config { host: Host::Browser, ..Config::default() };
    EventLoop::new(Program::new(tasks).unwrap(), config).ok()
}

// The programs that were run by Node.js 20.20.2, by hand.

#[test]
fn the_script_then_microtasks_then_timers() {
    // log(1); setTimeout(() => log(2), 0); Promise.resolve().then(() => log(3)); log(4)
    let main = [Op::Log(1), Op::Timeout(2, Span::ZERO), Op::Resolve(0), then(0, 3, 1), Op::Log(4)];
    assert_eq!(after(&main, &[]), [1, 4, 3, 2]);
    // setTimeout(() => log(1), 0); Promise.resolve().then(() => log(2)); process.nextTick(() => log(3)); log(4)
    let main = [Op::Timeout(1, Span::ZERO), Op::Resolve(0), then(0, 2, 1), Op::NextTick(3), Op::Log(4)];
    assert_eq!(after(&main, &[]), [4, 3, 2, 1]);
}

#[test]
fn microtasks_are_drained_between_two_timers() {
    let main = [Op::Timeout(10, Span::ZERO), Op::Timeout(11, Span::ZERO)];
    let timers: [&[Op]; 2] = [&[Op::Log(1), Op::Microtask(2)], &[Op::Log(3), Op::Microtask(4)]];
    assert_eq!(after(&main, &timers), [1, 2, 3, 4]);
}

#[test]
fn a_microtask_of_a_microtask_is_behind_those_that_were_there() {
    // Promise.resolve().then(() => { log(1); Promise.resolve().then(() => log(2)) }).then(() => log(3));
    // queueMicrotask(() => log(4))
    let main = [Op::Resolve(0), then(0, 10, 1), then(1, 3, 2), Op::Microtask(4)];
    let first: &[Op] = &[Op::Log(1), Op::Promise(3), Op::Resolve(3), then(3, 2, 4)];
    assert_eq!(after(&main, &[first]), [1, 4, 2, 3]);
}

#[test]
fn await_suspends_the_function_and_not_its_caller() {
    // async function f() { log(2); await null; log(4) }  log(1); f(); log(3); Promise.resolve().then(() => log(5))
    let main = [Op::Log(1), Op::Call(10, None), Op::Log(3), Op::Resolve(0), then(0, 5, 1)];
    let f: &[Op] = &[Op::Log(2), Op::Await(Awaited::Nothing), Op::Log(4)];
    assert_eq!(after(&main, &[f]), [1, 2, 3, 4, 5]);
}

#[test]
fn a_promise_that_is_returned_costs_three_microtasks() {
    // async function g() { return Promise.resolve() }  g().then(() => log(9));
    // Promise.resolve().then(() => log(1)).then(() => log(2)).then(() => log(3)).then(() => log(4))
    let g: &[Op] = &[Op::Resolve(0), Op::Return(0)];
    let chain = [Op::Resolve(3), then(3, 1, 4), then(4, 2, 5), then(5, 3, 6), then(6, 4, 7)];
    let main: Vec<Op> = [Op::Call(10, Some(1)), then(1, 9, 2)].into_iter().chain(chain).collect();
    assert_eq!(after(&main, &[g]), [1, 2, 9, 3, 4]);
    // `return await` is shorter by two: the log of 9 is before that of 2.
    let g: &[Op] = &[Op::Resolve(0), Op::Await(Awaited::Promise(0))];
    assert_eq!(after(&main, &[g]), [1, 9, 2, 3, 4]);
}

#[test]
fn a_callback_of_then_that_awaits_is_waited_for() {
    // Promise.resolve().then(async () => { await null }).then(() => log(9));
    // Promise.resolve().then(() => log(1)).then(() => log(2)) … .then(() => log(5))
    let chain = [Op::Resolve(3), then(3, 1, 4), then(4, 2, 5), then(5, 3, 6), then(6, 4, 7), then(7, 5, 8)];
    let main: Vec<Op> = [Op::Resolve(0), then(0, 10, 1), then(1, 9, 2)].into_iter().chain(chain).collect();
    assert_eq!(after(&main, &[&[Op::Await(Awaited::Nothing)]]), [1, 2, 3, 9, 4, 5]);
}

#[test]
fn async_functions_interleave_at_their_awaits() {
    let turns = |from| {
        let wait = Op::Await(Awaited::Nothing);
        [wait, Op::Log(from), wait, Op::Log(from + 1), wait, Op::Log(from + 2)]
    };
    let main = [Op::Call(10, None), Op::Call(11, None)];
    assert_eq!(after(&main, &[&turns(10), &turns(20)]), [10, 20, 11, 21, 12, 22]);
}

#[test]
fn timers_run_by_their_delays() {
    let main = [20, 5, 0, 10].map(|delay| Op::Timeout(1 + delay / 5, millis(delay.into())));
    assert_eq!(after(&main, &[]), [1, 2, 3, 5]);
}

// What the documents of Node.js, libuv, HTML and epoll promise beyond that.

#[test]
fn timers_of_one_delay_stay_together_in_node_and_are_by_due_time_in_a_browser() {
    // Set at 0, 1 and 5 ms with delays of 4, 5 and 4; all are due before the script ends.
    let set = |task, delay| Op::Timeout(task, millis(delay));
    let main = [set(1, 4), Op::Run(millis(1)), set(2, 5), Op::Run(millis(4)), set(3, 4), Op::Run(millis(10))];
    let tasks: Vec<&[Op]> = [&main[..]].into_iter().chain(LOGS).collect();
    assert_eq!(log(&tasks), [1, 3, 2]);
    assert_eq!(log_on(Host::Browser, &tasks), [1, 2, 3]);
}

#[test]
fn phases_come_in_their_order_and_a_phase_leaves_newcomers_to_the_next_turn() {
    // In a callback of I/O the immediate is before the timer; closing is last of the turn, deferred work first after timers.
    let main: &[Op] = &[Op::Io(10, millis(1))];
    let io: &[Op] = &[
        Op::Timeout(1, Span::ZERO),
        Op::Deferred(2),
        Op::Close(3),
        Op::Immediate(11),
        Op::NextTick(5),
        Op::Microtask(6),
        Op::Run(millis(2)),
    ];
    let again: &[Op] = &[Op::Log(7), Op::Immediate(8), Op::NextTick(9)];
    assert_eq!(after(main, &[io, again]), [5, 6, 7, 9, 3, 1, 2, 8]);
}

#[test]
fn ticks_of_microtasks_wait_until_there_is_no_microtask() {
    let main = [Op::Microtask(10), Op::Microtask(2), Op::NextTick(1)];
    assert_eq!(after(&main, &[&[Op::NextTick(4), Op::Microtask(3)]]), [1, 2, 3, 4]);
}

#[test]
fn microtasks_can_starve_the_loop_and_timers_cannot() {
    let (microtasks, timers): ([&[Op]; 3], [&[Op]; 3]) = (
        [
            &[Op::Timeout(2, Span::ZERO), Op::Microtask(1)],
            &[Op::Run(millis(1)), Op::Microtask(1)],
            &[Op::Log(2)],
        ],
        [
            &[Op::Timeout(2, Span::ZERO), Op::Timeout(1, Span::ZERO)],
            &[Op::Run(millis(1)), Op::Timeout(1, Span::ZERO)],
            &[Op::Log(2)],
        ],
    );
    assert_eq!((log(&microtasks), log(&timers)), (vec![], vec![2]));
}

#[test]
fn a_timer_nested_deep_is_slowed_down_by_a_browser() {
    let tasks: [&[Op]; 2] = [&[Op::Timeout(1, Span::ZERO)], &[Op::Log(1), Op::Timeout(1, Span::ZERO)]];
    let times: Vec<Time> =
        new(Host::Browser, &tasks).run_alone(Time::ZERO, 40).iter().map(|it| it.0).collect();
    assert_eq!(times[..9], [0, 0, 0, 0, 0, 0, 4, 8, 12].map(at));
    let times: Vec<Time> = node(&tasks).run_alone(Time::ZERO, 20).iter().map(|it| it.0).collect();
    assert_eq!(times[..4], [1, 2, 3, 4].map(at));
}

#[test]
fn one_blocking_call_freezes_everybody_and_a_worker_doesn_t() {
    let requests = |slow: Op| {
        let mut server = node(&[&[], &[Op::Run(millis(1)), Op::Log(1)], &[slow, Op::Log(2)]]);
        server.deliver(2, 1, at(0));
        (1..4).for_each(|n| server.deliver(1, n + 1, at(n.into())));
        server
            .run_alone(at(3), 1_000)
            .into_iter()
            .map(|(time, log)| (time.nanos() / 1_000_000, log))
            .collect()
    };
    let log: Vec<(u64, u16)> = requests(Op::Block(millis(100)));
    assert_eq!(log, [(103, 2), (104, 1), (105, 1), (106, 1)]);
    let log: Vec<(u64, u16)> = requests(Op::Await(Awaited::Work(millis(100))));
    assert_eq!(log, [(4, 1), (5, 1), (6, 1), (103, 2)]);
}

#[test]
fn a_fifth_piece_of_work_waits_for_a_thread_of_the_pool() {
    let main = [Op::Work(1, millis(10)); 5];
    let tasks: Vec<&[Op]> = [&main[..]].into_iter().chain(LOGS).collect();
    let times: Vec<Time> = node(&tasks).run_alone(Time::ZERO, 100).iter().map(|it| it.0).collect();
    assert_eq!(times, [10, 10, 10, 10, 20].map(at));
}

#[test]
fn who_leaves_bytes_behind_hangs_when_edge_triggered() {
    let server = |trigger, read| {
        let mut server = node(&[&[Op::Watch(0, 1, trigger)], &[read, Op::Log(1)]]);
        assert_eq!(server.run_alone(at(0), 100), []);
        server.arrives(0, 250, at(1));
        let log = server.run_alone(at(1), 100).len();
        (log, server.descriptors().received(0), server.step(at(2)))
    };
    let asleep = Step::Sleeps { until: None };
    assert_eq!(server(Trigger::Level, Op::Read(0, 100)), (3, 0, asleep));
    assert_eq!(server(Trigger::Edge, Op::Read(0, 100)), (1, 150, asleep));
    assert_eq!(server(Trigger::Edge, Op::Drain(0)), (1, 0, asleep));
    assert_eq!(server(Trigger::OneShot, Op::Read(0, 100)), (1, 150, asleep));
}

#[test]
fn the_four_ways_to_wait_for_a_byte() {
    let way = |main: &[Op]| {
        let mut program = node(&[main, &[Op::Read(0, 9), Op::Log(1)]]);
        program.run_alone(at(0), 1);
        let before = [program.step(at(0)), program.step(at(0))].map(|_| program.activity())[1];
        (0..10).for_each(|n| _ = program.step(at(n)));
        program.arrives(0, 9, at(10));
        (before, program.run_alone(at(10), 10).first().map(|it| it.0))
    };
    let in_time = Some(at(10));
    assert_eq!(way(&[Op::BlockingRead(0, 9), Op::Log(1)]), (Activity::Blocked, in_time));
    assert_eq!(way(&[Op::SpinningRead(0, 9, millis(1)), Op::Log(1)]), (Activity::Running, in_time));
    assert_eq!(way(&[Op::Select(0), Op::Read(0, 9), Op::Log(1)]), (Activity::Blocked, in_time));
    assert_eq!(way(&[Op::Watch(0, 1, Trigger::Level)]), (Activity::Idle, in_time));
}

#[test]
fn what_a_request_sets_off_has_its_context() {
    let mut server = node(&[
        &[],
        &[Op::Await(Awaited::Io(millis(1))), Op::Call(2, None)],
        &[Op::NextTick(3)],
        &[Op::Log(3)],
    ]);
    server.deliver(1, 7, at(0));
    let mut now = at(0);
    let contexts: Vec<(u32, u16)> = (0..30)
        .filter_map(|_| match server.step(now) {
            Step::Ran { line, until, .. } => {
                now = until;
                Some((line.context, line.task))
            }
            Step::Sleeps { until: Some(until) } => {
                now = until;
                None
            }
            _ => None,
        })
        .collect();
    assert_eq!(contexts, [(7, 1), (7, 1), (7, 2), (7, 3)]);
}

#[test]
fn promises_that_no_slot_holds_are_forgotten() {
    let tasks: [&[Op]; 3] = [
        &[Op::Timeout(1, Span::ZERO)],
        &[Op::Call(2, Some(0)), Op::Timeout(1, Span::ZERO)],
        &[Op::Await(Awaited::Timeout(millis(3)))],
    ];
    let mut program = node(&tasks);
    program.run_alone(at(0), 20_000);
    assert!(program.promises.len() < 10, "{}", program.promises.len());
}

#[test]
fn a_program_that_cannot_run_is_refused() {
    let refused = |tasks: &[&[Op]]| Program::new(tasks).unwrap_err().to_string();
    assert!(refused(&[]).contains("at least one task"));
    assert!(refused(&[&[Op::Microtask(1)]]).contains("names a task"));
    assert!(refused(&[&[Op::Resolve(10_000)]]).contains("slots"));
    assert!(refused(&[&[Op::SpinningRead(0, 1, Span::ZERO)]]).contains("microsecond"));
    let tick = Program::new(&[&[Op::NextTick(0)]]).unwrap();
    let browser = Config { host: Host::Browser, ..Config::default() };
    assert!(EventLoop::new(tick, browser).unwrap_err().to_string().contains("no next ticks"));
}

const TASKS: u16 = 4;

fn op() -> impl Strategy<Value = Op> {
    let task = || 0..TASKS;
    let slot = || 0..3u16;
    let span = || (0..4u64).prop_map(millis);
    let awaited = prop_oneof![
        Just(Awaited::Nothing),
        slot().prop_map(Awaited::Promise),
        span().prop_map(Awaited::Timeout),
        span().prop_map(Awaited::Io),
        span().prop_map(Awaited::Work),
    ];
    prop_oneof![
        (0..9u16).prop_map(Op::Log),
        span().prop_map(Op::Run),
        prop_oneof![
            task().prop_map(Op::NextTick),
            task().prop_map(Op::Microtask),
            task().prop_map(Op::Close)
        ],
        prop_oneof![task().prop_map(Op::Immediate), task().prop_map(Op::Deferred)],
        (task(), span()).prop_map(|(task, span)| Op::Timeout(task, span)),
        (task(), span()).prop_map(|(task, span)| Op::Io(task, span)),
        (task(), span()).prop_map(|(task, span)| Op::Work(task, span)),
        (task(), proptest::option::of(slot())).prop_map(|(task, slot)| Op::Call(task, slot)),
        (slot(), task(), proptest::option::of(slot())).prop_map(|(on, task, gives)| Op::Then {
            on,
            task,
            gives
        }),
        prop_oneof![slot().prop_map(Op::Promise), slot().prop_map(Op::Resolve), slot().prop_map(Op::Return)],
        (slot(), slot()).prop_map(|(one, other)| Op::Follow(one, other)),
        awaited.prop_map(Op::Await),
        (0..2u16, task(), prop_oneof![Just(Trigger::Level), Just(Trigger::Edge), Just(Trigger::OneShot)])
            .prop_map(|(fd, task, trigger)| Op::Watch(fd, task, trigger)),
        (0..2u16).prop_flat_map(|fd| prop_oneof![
            Just(Op::Unwatch(fd)),
            Just(Op::Read(fd, 3)),
            Just(Op::Drain(fd)),
            Just(Op::BlockingRead(fd, 2)),
            Just(Op::SpinningRead(fd, 1, millis(1))),
            Just(Op::Select(fd)),
        ]),
    ]
}

proptest! {
    #![proptest_config(crate::pick::cases(300))]

    /// Whatever the program: no step panics, a callback begins only when no tick and no microtask is left, and none while
    /// another one is under way.
    #[test]
    fn any_program_keeps_the_order_of_queues(
        tasks in proptest::collection::vec(proptest::collection::vec(op(), 0..7), usize::from(TASKS)),
    ) {
        let tasks: Vec<&[Op]> = tasks.iter().map(|ops| &ops[..]).collect();
        let mut program = node(&tasks);
        let mut now = Time::ZERO;
        for n in 0..600 {
            let queued = program.ticks.len() + program.microtasks.len();
            let stack = program.stack().len();
            match program.step(now) {
                Step::Began { from, .. } => {
                    prop_assert_eq!(stack, 0);
                    prop_assert!(queued == 0 || !matches!(from, Queue::Phase(_)));
                }
                Step::Ran { until, .. } | Step::Busy { until } | Step::Sleeps { until: Some(until) } => {
                    prop_assert!(until >= now);
                    now = until;
                }
                Step::Sleeps { until: None } | Step::Blocked { .. } | Step::Ended => {
                    program.arrives(n % 2, 5, now);
                    program.deliver(1 + n % 3, n.into(), now);
                }
            }
            let _ = program.waiting(Queue::Phase(program.phase()));
        }
    }
}

#[test]
fn workers_that_are_looked_at_change_nothing() {
    // Two jobs for one worker while the loop computes, and an answer of the kernel between their ends.
    let main = [Op::Work(1, millis(4)), Op::Work(2, millis(4)), Op::Io(3, millis(6)), Op::Run(millis(20))];
    let tasks: Vec<&[Op]> = [&main[..]].into_iter().chain(LOGS).collect();
    let config = Config { workers: 1, ..Config::default() };
    let mut looked_at = EventLoop::new(Program::new(&tasks).unwrap(), config).unwrap();
    let mut left_alone = looked_at.clone();
    while !matches!(looked_at.step(Time::ZERO), Step::Busy { .. }) {}
    looked_at.let_workers_go_on(at(5));
    assert_eq!(looked_at.workers().flatten().map(|it| (it.0, it.1)).collect::<Vec<_>>(), [(at(4), at(8))]);
    assert_eq!(looked_at.waiting(Queue::Phase(Phase::Poll)).len(), 2);
    looked_at.let_workers_go_on(at(15));
    let logged =
        |it: &mut EventLoop| it.run_alone(at(20), 100).into_iter().map(|it| it.1).collect::<Vec<_>>();
    assert_eq!(logged(&mut looked_at), [1, 3, 2]);
    while !matches!(left_alone.step(Time::ZERO), Step::Busy { .. }) {}
    assert_eq!(logged(&mut left_alone), [1, 3, 2]);
}
