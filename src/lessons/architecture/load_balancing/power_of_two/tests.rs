use super::*;
use crate::mechanism::queueing::{supermarket_longest, supermarket_quantile, supermarket_tail};
use crate::player::{Control, Controls, Grading, Run};
use crate::sim::statistics::Interval;
use crate::sim::{HistoryStep, Seed};

/// The default settings, changed.
fn controls(change: impl FnOnce(&mut ControlValues)) -> ControlValues {
    let defaults: Vec<Value> = ControlValues::ALL.iter().map(Control::default).collect();
    let mut controls = ControlValues::from_values(&defaults);
    change(&mut controls);
    controls
}

fn start(controls: &ControlValues, seed: u64) -> (PowerOfTwo, W) {
    let mut world = World::new(seed);
    let model = PowerOfTwo::new(controls, &Data::default(), &mut world).unwrap();
    (model, world)
}

fn advance(model: &mut PowerOfTwo, world: &mut W, until: Time) {
    while let Some(event) = world.next(until) {
        model.handle(event, world);
    }
    world.settle(until);
    assert_eq!(model.invariants(world), Ok(()), "at {until}");
}

fn run(controls: &ControlValues, seed: u64, until: u64) -> (PowerOfTwo, W) {
    let (mut model, mut world) = start(controls, seed);
    advance(&mut model, &mut world, Time::from_secs(until));
    (model, world)
}

fn p99(model: &PowerOfTwo) -> [f64; RULES] {
    model.dot(Time::ZERO).p99.map(f64::from)
}

#[test]
fn the_longest_queue_is_as_long_as_many_independent_ones_would_make_it() {
    let (mut model, mut world) = run(&controls(|it| (it.load, it.servers) = (0.7, 100)), 1, 20);
    let mut means = Vec::new();
    for n in 1..=BATCHES {
        let from = world.now();
        model.measure(from);
        advance(&mut model, &mut world, Time::from_secs(20 + 10 * n));
        means.push(model.dot(world.now()).longest.map(f64::from));
    }
    for k in 0..3 {
        let measured = Interval::of(&means.iter().map(|of| of[k]).collect::<Vec<_>>()).unwrap();
        let expected = supermarket_longest(0.7, k as u32 + 1, 100);
        // With one choice the queues are independent. With more a hundred of them are nearly so: a tenth of a request.
        let finite = if k == 0 { 0.0 } else { 0.1 };
        let apart = libm::fabs(measured.mean - expected);
        assert!(apart <= 2.0 * measured.half_width + finite, "{k}: {measured:?} for {expected}");
    }
}

/// Batches of a long run, measured one by one.
const BATCHES: u64 = 16;

/// Of each batch, the share of servers with at least so many requests: by rule, then by length from one on.
type Shares = Vec<[[f64; 12]; 3]>;

fn batches(load: f64, servers: u32, warm: u64, batch: u64) -> (Shares, Vec<[f64; RULES]>) {
    let (mut model, mut world) = run(&controls(|it| (it.load, it.servers) = (load, servers)), 1, warm);
    let (mut shares, mut times) = (Vec::new(), Vec::new());
    for n in 1..=BATCHES {
        let from = world.now();
        model.measure(from);
        advance(&mut model, &mut world, Time::from_secs(warm + n * batch));
        let share = |k: usize, n| model.farms[k].share(n + 1, servers, from, world.now());
        shares.push(core::array::from_fn(|k| core::array::from_fn(|n| share(k, n))));
        times.push(p99(&model));
    }
    (shares, times)
}

#[test]
fn queues_and_p99_are_those_of_the_supermarket_model() {
    // The warm-up is several relaxation times of M/M/1, s ÷ (1 − √ρ)²; a batch is about one.
    for (load, warm, batch) in [(0.5, 10, 10), (0.7, 20, 10), (0.9, 150, 40)] {
        let (shares, times) = batches(load, 200, warm, batch);
        for k in 0..3 {
            let choices = k as u32 + 1;
            // The model is the limit of many servers: what 200 of them are off by is of the order of 1/200, and nothing
            // with one choice, where each server is M/M/1.
            let finite = if k == 0 { 1e-4 } else { 1.0 / 200.0 };
            for n in 0..12 {
                let measured = Interval::of(&shares.iter().map(|s| s[k][n]).collect::<Vec<_>>()).unwrap();
                let expected = supermarket_tail(load, choices, n as u32 + 1);
                // Twice the half-width of 95 % is some four standard errors.
                let apart = libm::fabs(measured.mean - expected);
                assert!(
                    apart <= 2.0 * measured.half_width + finite,
                    "{choices} at {load}, {}: {measured:?} for {expected}",
                    n + 1
                );
            }
            let measured = Interval::of(&times.iter().map(|t| t[k]).collect::<Vec<_>>()).unwrap();
            let expected = 0.1 * supermarket_quantile(load, choices, 0.99);
            // The histogram's error, and a shift of the queues by 1/200 of the servers.
            let off = 0.03 * expected;
            let apart = libm::fabs(measured.mean - expected);
            assert!(
                apart <= 2.0 * measured.half_width + off,
                "{choices} at {load}: {measured:?} for {expected}"
            );
        }
    }
}

#[test]
fn what_a_finite_farm_is_off_by_shrinks_with_its_size() {
    // Three choices at 90 %: the share of servers with four requests or more.
    let excess = |servers| {
        let (shares, _) = batches(0.9, servers, 50, 40);
        shares.iter().map(|share| share[2][3]).sum::<f64>() / BATCHES as f64 - supermarket_tail(0.9, 3, 4)
    };
    let (few, many) = (excess(50), excess(200));
    // Four times as many servers: a quarter, give or take what the runs scatter.
    assert!(many > 0.0 && few > 2.0 * many && few < 8.0 * many, "{few} {many}");
}

#[test]
fn a_second_choice_flattens_the_queues_and_more_add_little() {
    let (model, _) = run(&controls(|_| {}), 1, 10);
    let longest: Vec<u32> = model.farms.iter().map(|farm| farm.longest(60).1).collect();
    assert!(longest[0] >= 3 * longest[1] && longest[1] <= 7, "within ten seconds: {longest:?}");
    let (model, _) = run(&controls(|_| {}), 1, 120);
    let [one, two, three, all] = p99(&model);
    assert!(one > 3.0 * two && two > three && three > all && two - all < 0.2 * (one - two));
}

#[test]
fn old_news_makes_a_herd_of_those_who_look_at_all() {
    let at = |old: f64| p99(&run(&controls(|it| it.old = Span::from_secs_f64(old)), 2, 120).0);
    let [fresh, half, second, five] = [0.0, 0.5, 1.0, 5.0].map(at);
    assert!(fresh[3] < fresh[2] && fresh[2] < fresh[1]);
    // Two choices degrade gently and are best; more look, and are worse; looking at all is worst.
    assert!(half[1] < half[2] && half[2] < half[3]);
    assert!(second[1] < 2.5 * fresh[1] && second[3] > 10.0 * fresh[3], "{fresh:?} {second:?}");
    assert!(second[1] < second[2] && second[2] < second[0] && second[0] < second[3], "{second:?}");
    // From some age on any look does harm, and who draws blindly has never noticed.
    assert!(five[0] < five[1] && five[1] < five[2] && five[2] < five[3], "{five:?}");
    assert_eq!((fresh[0], half[0]), (second[0], five[0]));
}

#[test]
fn the_board_stands_still_until_it_is_renewed() {
    let (mut model, mut world) = start(&controls(|it| it.old = Span::from_secs(5)), 1);
    advance(&mut model, &mut world, Time::from_millis(4_999));
    assert!(model.farms.iter().all(|farm| farm.board == [0; 60]));
    advance(&mut model, &mut world, Time::from_secs(5));
    let lengths =
        model.farms.iter().map(|farm| (0..60).map(|n| farm.at(n)).collect()).collect::<Vec<Vec<u32>>>();
    advance(&mut model, &mut world, Time::from_millis(9_000));
    assert_eq!(model.age(world.now()), Span::from_secs(4));
    // The first event of that moment is the renewal: nothing else falls on it.
    assert!(model.farms.iter().zip(&lengths).all(|(farm, lengths)| farm.board == *lengths));
    model.set(&controls(|_| {}), &mut world).unwrap();
    assert!(model.farms.iter().all(|farm| farm.board.is_empty()));
}

/// What happened to a request of a farm in ten seconds.
fn life(farm: usize, n: u32) -> Vec<HistoryStep> {
    let (mut model, mut world) = start(&controls(|_| {}), 1);
    world.record_from_here(request(farm, n));
    advance(&mut model, &mut world, Time::from_secs(10));
    world.take_recording()
}

#[test]
fn all_farms_get_the_same_requests() {
    let (model, world) = run(&controls(|_| {}), 1, 30);
    let jobs = |k: usize| model.farms[k].lines.iter().flatten().copied();
    for k in 1..RULES {
        let mut twins = 0;
        for job in jobs(k) {
            let opened = |k: usize| world.tally(k as u8).opened_at(job.request);
            if let Some(twin) = jobs(0).find(|twin| twin.request == job.request) {
                assert_eq!((twin.takes, opened(0)), (job.takes, opened(k)));
                twins += 1;
            }
        }
        assert!(twins > 20, "{twins}");
    }
    // The farm of two looks at the first two servers that the farm of three looks at, the farm of one at the first.
    for n in [7, 500, 2_000] {
        let sent = |farm| life(farm, n)[0].cause.clone().unwrap().rule;
        let number =
            |msg: &Msg, name: &str| msg.args.iter().find(|arg| arg.0 == name).map(|arg| arg.1.clone());
        let [one, two, three] = [sent(0), sent(1), sent(2)];
        assert_eq!(number(&one, "server"), number(&three, "a"));
        assert_eq!(["a", "b"].map(|at| number(&two, at)), ["a", "b"].map(|at| number(&three, at)));
        assert_eq!(life(2, n).len(), 3, "sent, served, answered");
    }
}

#[test]
fn another_setting_leaves_the_requests_untouched() {
    // The farm of one choice never looks at the board, so nothing at all may differ there.
    let at = |old: u64| run(&controls(|it| it.old = Span::from_secs(old)), 3, 20).0.farms[0].lines.clone();
    assert_eq!(at(0), at(2));
}

#[test]
fn a_rising_load_leaves_a_dot_at_each_step() {
    let (model, world) = run(&controls(|it| it.rises = true), 1, 119);
    let loads: Vec<f64> = model.dots.iter().map(|dot| dot.load).collect();
    assert_eq!(loads, [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9]);
    assert_eq!(model.load, 0.95);
    for dot in &model.dots {
        let (steady, p99) = (0.1 * supermarket_quantile(dot.load, 2, 0.99), f64::from(dot.p99[1]));
        assert!(libm::fabs(p99 / steady - 1.0) < 0.2, "two choices settle within a step: {dot:?} {steady}");
    }
    assert!(model.dots[8].p99[0] > 3.0 * model.dots[8].p99[1]);
    let mut scene = Scene { time: world.now(), ..Scene::default() };
    model.draw(&world, &mut scene);
    assert_eq!((scene.panels.len(), scene.sentences.len()), (4, 3));
}

#[test]
fn dots_are_of_one_world_and_servers_come_and_go() {
    let (mut model, mut world) = run(&controls(|_| {}), 1, 11);
    model.set(&controls(|it| it.load = 0.8), &mut world).unwrap();
    assert_eq!(model.dots.iter().map(|dot| dot.load).collect::<Vec<_>>(), [0.9]);
    // Not measured for long enough to leave anything.
    advance(&mut model, &mut world, Time::from_secs(14));
    model.set(&controls(|it| it.load = 0.7), &mut world).unwrap();
    assert_eq!(model.dots.len(), 1);
    model
        .set(&controls(|it| (it.load, it.servers, it.old) = (0.7, 10, Span::from_secs(2))), &mut world)
        .unwrap();
    assert!(model.dots.is_empty());
    advance(&mut model, &mut world, Time::from_secs(40));
    assert!(model.farms.iter().all(|farm| (10..60).all(|n| farm.at(n) == 0)), "they finished what they had");
    model.set(&controls(|it| it.servers = 200), &mut world).unwrap();
    advance(&mut model, &mut world, Time::from_secs(60));
    assert!(model.farms[0].lines[150..].iter().any(|line| !line.is_empty()));
}

#[test]
fn predictions_have_the_same_answer_under_every_seed() {
    let set = super::super::further::FIGURES;
    let figure = set.iter().find(|figure| figure.spec.id == "power-of-two").unwrap();
    for seed in 1..5 {
        let truth = |n: usize| {
            let run = Run::new(PowerOfTwo::SPEC, Seed(seed));
            Grading::start(figure, &PREDICTIONS[n], &run).unwrap().work(u64::MAX)
        };
        assert_eq!(truth(0), Some(Value::Number(5.0)));
        assert_eq!(truth(1), Some(Value::Order(vec![1, 2, 0, 3])));
    }
}
