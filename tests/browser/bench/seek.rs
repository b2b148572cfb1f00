//! Seeking in ten minutes of heavy traffic, and what they take of the worker's memory.

use super::{Sorted, measure, open};
use crate::harness::copy_of_site;
use crate::remote::{RemoteDesk, worker_of};
use crate::server;
use playground::desk::{ActionKind, DeskCommand, OpenFigure, UserAction, encode_words};
use playground::lessons;
use playground::player::{Input, InputKind, Query, Reply, Request, Run, Session, Value, View, encode_view};
use playground::scene::Words;
use playground::sim::{Draws, Entity, Purpose, Seed, Time};
use std::fs;
use std::time::Instant;

const BAR_MS: f64 = 100.0;
const MIB: f64 = 1024.0 * 1024.0;
const BAR_MIB: f64 = 64.0;
const SEEKS: usize = 50;
const SERVER: u8 = 1;

fn act(action: &str, server: u32, arg: Value) -> InputKind {
    InputKind::Act { action: action.into(), targets: vec![Entity::new(SERVER, server)], arg }
}

fn set(control: &str, value: Value) -> InputKind {
    InputKind::Set { control: control.into(), value }
}

/// Ten minutes at a thousand requests a second, with faults and changes.
fn busy_run() -> Run {
    let (_, figure) = lessons::figure("your-traffic").expect("the lesson has it");
    let mut run = Run::new(figure.spec, Seed(6897));
    run.set(figure.spec, "load", &Value::Number(1000.0)).expect("it takes a thousand a second");
    let input = |secs, change| Input { at: Time::from_secs(secs), change };
    run.inputs = vec![
        input(100, set("policy", Value::Choice("two-choices".into()))),
        input(180, act("slow", 0, Value::Number(8.0))),
        input(260, act("kill", 1, Value::None)),
        input(420, act("restore", 1, Value::None)),
    ];
    run
}

pub fn seeking_in_ten_minutes_of_a_thousand_requests_a_second() {
    let (lesson, figure) = lessons::figure("your-traffic").expect("the lesson has it");
    let root = copy_of_site("seek-site");
    let script = worker_of(lessons::set_of("your-traffic").expect("it is in a set"));
    let door = format!("{}importScripts('./{script}');\n", include_str!("door.js"));
    fs::write(root.join("door.js"), door).expect("written");
    let home = server::serve(root, "/");
    let until = figure.spec.until;
    measure(async || {
        let browser = open().await;
        browser.goto(&format!("{home}{lesson}/")).await;
        let there = RemoteDesk::start(&browser, &format!("{home}door.js")).await;
        let empty = there.memory().await;
        let mut run = busy_run();
        let seek = |at: Time| UserAction { number: at.nanos() as f64, ..UserAction::of(ActionKind::Seek) };
        there.tell(DeskCommand::Resize { picture: 720, charts: 280 }).await;
        let initial_view =
            encode_view(&View { run: run.clone(), compared_controls: Vec::new(), at: Time::ZERO });
        there
            .tell(DeskCommand::Open(Box::new(OpenFigure {
                initial_view,
                words: encode_words(&Words::default()),
                ..OpenFigure::default()
            })))
            .await;
        let took = there.does(seek(until)).await;
        let whole = there.probe(None).await;
        println!(
            "your-traffic at 1,000/s computed whole: {} events in {:.2} s, {:.1} M events/s; longest silence {:.0} ms",
            whole.events,
            took.ms / 1e3,
            whole.events as f64 / took.ms / 1e3,
            took.longest_ms
        );
        // A fork in the middle drops what came after, and that is computed anew.
        let at = Time::from_secs(300);
        there.does(seek(at)).await;
        let load = UserAction {
            target: "load".into(),
            text: "900/s".into(),
            ..UserAction::of(ActionKind::SetControl)
        };
        there.does(load).await;
        run.inputs.retain(|input| input.at <= at);
        run.inputs.push(Input { at, change: set("load", Value::Number(900.0)) });
        there.does(seek(until)).await;
        let whole = there.probe(None).await;

        let mut draws = Draws::new(1, Purpose::named("moment"), Entity::new(0, 0));
        let moments: Vec<Time> =
            (0..SEEKS).map(|_| Time::from_nanos((until.nanos() as f64 * draws.unit()) as u64)).collect();
        let (mut took, mut longest, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
        for at in &moments {
            let sought = there.does(seek(*at)).await;
            took.push(sought.ms);
            longest.push(sought.longest_ms);
            let probed = there.probe(None).await;
            hashes.push((*at, probed.events, probed.hash));
        }
        let memory = there.memory().await;
        let (took, longest) = (Sorted::new(took), Sorted::new(longest));
        println!(
            "seeking, {SEEKS} moments: {:.1} ms mean, {:.1} ms p95, {:.1} ms max; bar {BAR_MS:.0} ms; longest answer {:.1} ms",
            took.mean(),
            took.at(0.95),
            took.at(1.0),
            longest.at(1.0)
        );
        println!(
            "the worker's memory: {:.1} MiB of which {:.1} before the run; bar {BAR_MIB:.0} MiB",
            memory as f64 / MIB,
            empty as f64 / MIB
        );

        // The same moments, played one after the other here.
        hashes.push((until, whole.events, whole.hash));
        hashes.sort_unstable();
        let start = Instant::now();
        let mut here = Session::new([figure]);
        assert!(matches!(here.handle(Request { id: 1, query: Query::Open(run) }).reply, Reply::Opened(_)));
        for (at, events, hash) in hashes {
            loop {
                let asked = Request { id: 1, query: Query::Frame { at, reach: at } };
                let Reply::Frame(frame) = here.handle(asked).reply else { panic!("a frame") };
                if frame.reached {
                    assert_eq!((frame.events, frame.hash), (events, hash), "at {at}");
                    break;
                }
            }
        }
        println!(
            "all {} hashes are those of playing natively ({:.1} s)",
            SEEKS + 1,
            start.elapsed().as_secs_f64()
        );
    });
}
