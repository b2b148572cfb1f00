//! What must hold of any network, and what one says.

use super::*;
use crate::pick::cases;
use crate::scene::Label;
use crate::scene::Status;
use crate::sim::Dist;
use crate::sim::EndKind;
use proptest::prelude::*;

const ARRIVED: EndKind = EndKind(0);
const LOST: EndKind = EndKind(1);
const MESSAGE: u8 = 0;

const fn node(n: u32) -> Entity {
    Entity::new(1, n)
}
const NODES: [Entity; 4] = [node(0), node(1), node(2), node(3)];

/// A message has ended; or one is to be sent, from one node to another.
#[derive(Clone, Copy, Debug, Hash)]
enum Event {
    Ended(Entity),
    Send(u32, u32),
}

/// What a run has heard of: who arrived where in which order, copies too.
#[derive(Debug, Default, PartialEq)]
struct Heard {
    arrived: Vec<(Entity, Time)>,
    again: u64,
    lost: Vec<Entity>,
}

fn advance(net: &mut Net, world: &mut World<Event>, until: Time, heard: &mut Heard) {
    while let Some(event) = world.next(until) {
        match event {
            Event::Send(from, to) => {
                let message = world.open(MESSAGE, None);
                net.send(Outgoing::new(message, node(from), node(to)), world, Event::Ended(message));
            }
            Event::Ended(message) => match net.ended(message, world) {
                Some(Ended::Arrived { .. }) => {
                    heard.arrived.push((message, world.now()));
                    world.close(message, ARRIVED);
                }
                Some(Ended::Again { .. }) => heard.again += 1,
                Some(Ended::Lost) => {
                    heard.lost.push(message);
                    world.close(message, LOST);
                }
                None => {}
            },
        }
        net.invariants().unwrap();
    }
    world.settle(until);
}

/// `count` messages from node 0 to node 1, a hundredth of a second after each other.
fn stream(line: &Line, count: u64, seed: u64) -> (Net, Heard) {
    let (mut net, mut world, mut heard) = (Net::full(&NODES, line), World::new(seed), Heard::default());
    for k in 0..count {
        world.schedule(Span::from_millis(10 * k), Event::Send(0, 1));
    }
    advance(&mut net, &mut world, Time::from_secs(1_000), &mut heard);
    (net, heard)
}

fn line() -> impl Strategy<Value = Line> {
    (0.0..0.6_f64, 0.0..0.6_f64, any::<bool>()).prop_map(|(loss, copies, in_order)| {
        let line = Line::new(Dist::Exponential(0.4)).losing(loss).copying(copies);
        if in_order { line.in_order() } else { line }
    })
}

/// What is done to a network between two messages.
#[derive(Clone, Debug)]
enum Move {
    Cut(u32, u32),
    Join(u32, u32),
    Partition(usize),
    Heal,
    Line(Line),
    Wait(u64),
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        2 => (0..4_u32, 0..4_u32).prop_map(|(a, b)| Move::Cut(a, b)),
        2 => (0..4_u32, 0..4_u32).prop_map(|(a, b)| Move::Join(a, b)),
        1 => (0..4_usize).prop_map(Move::Partition),
        1 => Just(Move::Heal),
        1 => line().prop_map(Move::Line),
        6 => (0..900_u64).prop_map(Move::Wait),
    ]
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn every_message_arrives_or_is_lost_whatever_is_cut_and_joined(
        line in line(),
        sends in proptest::collection::vec((0..4_u32, 0..4_u32, 0..200_u64), 1..60),
        moves in proptest::collection::vec(moves(), 0..30),
        seed in any::<u64>(),
    ) {
        let (mut net, mut world, mut heard) = (Net::full(&NODES, &line), World::new(seed), Heard::default());
        let (mut at, mut sent) = (0, 0);
        for (from, to, gap) in sends {
            at += gap;
            if from != to {
                world.schedule(Span::from_millis(at), Event::Send(from, to));
                sent += 1;
            }
        }
        for it in moves {
            match it {
                Move::Cut(a, b) => {
                    net.cut(node(a), node(b), &mut world);
                    prop_assert!(!net.is_up(node(a), node(b)));
                }
                Move::Join(a, b) => {
                    net.join(node(a), node(b), &mut world);
                    prop_assert_eq!(net.is_up(node(a), node(b)), a != b);
                }
                Move::Partition(at) => net.partition(&[&NODES[..at], &NODES[at..]], &mut world),
                Move::Heal => net.heal(&mut world),
                Move::Line(line) => net.set_lines(&line),
                Move::Wait(millis) => {
                    let until = world.now() + Span::from_millis(millis);
                    advance(&mut net, &mut world, until, &mut heard);
                }
            }
            net.invariants().map_err(TestCaseError::fail)?;
            let open = net.under_way.iter().filter(|(passage, _)| !passage.copy).count();
            prop_assert_eq!(world.tally(MESSAGE).under_way(), open as u64);
        }
        advance(&mut net, &mut world, Time::from_secs(10_000), &mut heard);
        prop_assert_eq!(heard.arrived.len() + heard.lost.len(), sent);
        prop_assert!(net.under_way.is_empty());
        let all = net.wires.iter().map(|wire| wire.counts);
        let all = all.fold(Counts::default(), |sum, it| Counts {
            sent: sum.sent + it.sent,
            copies: sum.copies + it.copies,
            arrived: sum.arrived + it.arrived,
            lost: sum.lost + it.lost,
        });
        prop_assert_eq!(all.sent as usize, sent);
        prop_assert_eq!(all.arrived, heard.arrived.len() as u64 + heard.again);
    }

    #[test]
    fn a_message_fares_the_same_whatever_else_is_sent(seed in any::<u64>(), others in 1..6_u32) {
        // The same messages to one node, alone or beside others to another one.
        let line = Line::new(Dist::Exponential(0.3)).losing(0.3);
        let run = |beside: bool| {
            let (mut net, mut world) = (Net::full(&NODES, &line), World::new(seed));
            let mut fates = Vec::new();
            for n in 0..20 {
                let message = Entity::new(MESSAGE, n);
                let out = Outgoing::new(message, node(0), node(1));
                fates.push(net.send(out, &mut world, Event::Ended(message)));
                for k in (0..others).filter(|_| beside) {
                    let other = Entity::new(MESSAGE, 100 + n * others + k);
                    net.send(Outgoing::new(other, node(0), node(1 + k % 3)), &mut world, Event::Ended(other));
                }
            }
            fates
        };
        prop_assert_eq!(run(false), run(true));
    }

    #[test]
    fn a_partition_leaves_each_side_to_itself(cut in 1..4_usize) {
        let (mut net, mut world) = (Net::full(&NODES, &Line::new(Dist::Fixed(0.1))), World::<Event>::new(1));
        net.partition(&[&NODES[..cut], &NODES[cut..]], &mut world);
        for (a, one) in NODES.iter().enumerate() {
            for (b, other) in NODES.iter().enumerate().filter(|(b, _)| *b != a) {
                prop_assert_eq!(net.is_up(*one, *other), (a < cut) == (b < cut));
            }
        }
        net.heal(&mut world);
        prop_assert!(net.links(world.now()).iter().all(|link| link.status == Status::Normal));
        let marks: Vec<String> = world.take_notables().iter().map(|it| it.what.id.to_string()).collect();
        prop_assert_eq!(marks, ["mark-partition", "mark-healed"]);
    }
}

#[test]
fn the_share_that_is_lost_is_the_one_that_was_set() {
    for (loss, seed) in [(0.01, 1), (0.1, 2), (0.5, 3)] {
        let sent = 20_000;
        let (net, heard) = stream(&Line::new(Dist::Fixed(0.02)).losing(loss), sent, seed);
        // Four standard deviations of a binomial count: exceeded once in 15,000 runs, and these are always the same.
        let (mean, deviation) = (sent as f64 * loss, libm::sqrt(sent as f64 * loss * (1.0 - loss)));
        assert!((heard.lost.len() as f64 - mean).abs() < 4.0 * deviation, "{} of {mean}", heard.lost.len());
        assert_eq!(net.counts(node(0), node(1)).unwrap().lost, heard.lost.len() as u64);
    }
}

#[test]
fn copies_arrive_in_their_share() {
    let (_, heard) = stream(&Line::new(Dist::Exponential(0.05)).copying(0.2), 20_000, 4);
    assert!((heard.again as f64 - 4_000.0).abs() < 4.0 * libm::sqrt(20_000.0 * 0.2 * 0.8), "{}", heard.again);
    assert_eq!(heard.arrived.len(), 20_000);
}

#[test]
fn order_is_kept_only_where_the_link_keeps_it() {
    let numbers = |line: &Line| -> Vec<u32> {
        stream(line, 300, 5).1.arrived.iter().map(|(message, _)| message.n).collect()
    };
    let line = Line::new(Dist::Exponential(0.1)).losing(0.1);
    let (free, in_order) = (numbers(&line), numbers(&line.clone().in_order()));
    assert!(!free.is_sorted() && in_order.is_sorted());
    // It is the same messages that arrive, and none earlier than on its own.
    let mut sorted = free.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, in_order);
    let when = |line: &Line| {
        let mut arrived = stream(line, 300, 5).1.arrived;
        arrived.sort_unstable();
        arrived
    };
    let (alone, waiting) = (when(&line), when(&line.clone().in_order()));
    assert!(alone.iter().zip(&waiting).all(|(a, b)| a.0 == b.0 && a.1 <= b.1));
    assert!(alone.iter().zip(&waiting).any(|(a, b)| a.1 < b.1), "some waited");
}

/// A net of two nodes, and one message that takes two seconds from one to the other.
fn one_under_way(line: &Line) -> (Net, World<Event>, Entity) {
    let (mut net, mut world) = (Net::new(&[(node(0), node(1))], line), World::new(1));
    world.record_from_here(Entity::new(MESSAGE, 0));
    let message = world.open(MESSAGE, None);
    net.send(Outgoing::new(message, node(0), node(1)), &mut world, Event::Ended(message));
    (net, world, message)
}

#[test]
fn a_cut_loses_what_is_on_the_link_at_once() {
    let (mut net, mut world, message) = one_under_way(&Line::new(Dist::Fixed(2.0)));
    let mut heard = Heard::default();
    advance(&mut net, &mut world, Time::from_secs(1), &mut heard);
    assert_eq!(net.packets().len(), 1);
    assert!(net.cut(node(1), node(0), &mut world) && !net.cut(node(0), node(1), &mut world));
    advance(&mut net, &mut world, Time::from_secs(2), &mut heard);
    assert_eq!((heard.lost, net.packets().len()), (vec![message], 0));
    let shown = net.messages(Time::ZERO);
    let lost = shown[0].lost.as_ref().unwrap();
    assert_eq!((lost.at, &lost.why), (Time::from_secs(1), &Some(Label::Words(note_cut()))));
    assert_eq!((shown[0].sent, shown[0].arrives), (Time::ZERO, Time::from_secs(2)));
    assert_eq!(net.links(world.now())[0].status, Status::Down);
    // What is sent now is lost, too, and its sender isn't told at once.
    let next = world.open(MESSAGE, None);
    assert_eq!(net.send(Outgoing::new(next, node(0), node(1)), &mut world, Event::Ended(next)), Sent::Cut);
    let says = net.about_message(next, world.now()).unwrap();
    assert_eq!(says.id, "about-under-way");
    assert!(net.join(node(0), node(1), &mut world));
    let third = world.open(MESSAGE, None);
    let sent = net.send(Outgoing::new(third, node(0), node(1)), &mut world, Event::Ended(third));
    assert_eq!(sent, Sent::Arrives(Time::from_secs(4)), "the link is back");
    assert_eq!(
        net.send(Outgoing::new(node(9), node(0), node(7)), &mut world, Event::Send(0, 1)),
        Sent::NoLink
    );
}

#[test]
fn a_history_says_what_happened_and_why() {
    let history = |line: &Line, cut: bool| -> Vec<(String, Option<String>)> {
        let (mut net, mut world, _) = one_under_way(line);
        if cut {
            net.cut(node(0), node(1), &mut world);
        }
        advance(&mut net, &mut world, Time::from_secs(60), &mut Heard::default());
        let steps = world.take_recording();
        let id = |msg: &crate::sim::Msg| msg.id.to_string();
        steps.iter().map(|it| (id(&it.what), it.why.as_ref().map(id))).collect()
    };
    let step = |what: &str, why: Option<&str>| (what.to_owned(), why.map(str::to_owned));
    let line = Line::new(Dist::Fixed(2.0));
    let left = step("step-left", None);
    assert_eq!(history(&line, false), [left.clone(), step("step-arrived", None)]);
    assert_eq!(history(&line, true), [left.clone(), step("step-lost", Some("why-cut"))]);
    let loses_all = line.clone().losing(1.0);
    assert_eq!(history(&loses_all, false), [left.clone(), step("step-lost", Some("why-lost"))]);
    let copies_all = line.copying(1.0);
    let arrives = [left, step("step-arrived", None), step("step-arrived-again", None)];
    assert_eq!(history(&copies_all, false), arrives);
}

#[test]
fn what_waits_for_the_one_before_it_says_so() {
    let line = Line::new(Dist::Exponential(0.5)).in_order();
    let (mut net, mut world) = (Net::full(&NODES, &line), World::new(1));
    let send = |net: &mut Net, world: &mut World<Event>, n| {
        let message = Entity::new(MESSAGE, n);
        net.send(Outgoing::new(message, node(0), node(1)), world, Event::Ended(message))
    };
    let sent: Vec<Sent> = (0..20).map(|n| send(&mut net, &mut world, n)).collect();
    let late = sent.windows(2).position(|pair| pair[0] == pair[1]).unwrap() + 1;
    let passage = net.passage(Entity::new(MESSAGE, late as u32)).unwrap();
    assert_eq!(passage.behind, Some(Entity::new(MESSAGE, late as u32 - 1)));
}

#[test]
fn what_it_says_and_shows_fits_what_it_is() {
    let (mut net, mut world, message) = one_under_way(&Line::new(Dist::Fixed(2.0)).losing(1.0).in_order());
    let says = net.about_message(message, Time::from_millis(500)).unwrap();
    let under_way = about_under_way(node(0), node(1), Span::from_millis(500));
    assert_eq!(says, under_way, "nothing tells that it will be lost");
    // It is lost between three tenths and seven tenths of its way.
    advance(&mut net, &mut world, Time::from_millis(1_450), &mut Heard::default());
    let loses = (1.0, Unit::Share);
    let says = net.about_message(message, world.now()).unwrap();
    assert_eq!(says, about_lost(node(0), node(1), loses));
    let link = [about_link(node(0), node(1), 1, 0, 1), about_link_loses(loses), about_link_in_order()];
    assert_eq!(net.about_link(node(1), node(0)), link);
    assert_eq!(net.links(world.now())[0].status, Status::Trouble);
    assert_eq!(net.links(world.now() + Span::from_secs(2))[0].status, Status::Normal);
    let marks: Vec<String> = world.take_notables().iter().map(|it| it.what.id.to_string()).collect();
    assert_eq!(marks, ["mark-lost"]);
    assert_eq!(net.messages(Time::from_secs(2)), [], "it ended before");
    // Long afterwards it is forgotten, once something else is sent.
    world.settle(Time::from_secs(20));
    let next = world.open(MESSAGE, None);
    net.send(Outgoing::new(next, node(0), node(1)), &mut world, Event::Ended(next));
    assert_eq!((net.about_message(message, world.now()), net.about_link(node(0), node(5))), (None, vec![]));
}

#[test]
fn several_links_are_cut_at_once_with_one_mark() {
    let mut world = World::<Event>::new(1);
    let mut net = Net::full(&NODES, &Line::new(Dist::Fixed(0.05)));
    let links = [(node(0), node(2)), (node(3), node(0)), (node(0), Entity::new(9, 9))];
    assert_eq!(net.cut_all(&links, &mut world), 2);
    assert!(!net.is_up(node(2), node(0)) && !net.is_up(node(0), node(3)) && net.is_up(node(0), node(1)));
    assert_eq!(net.cut_all(&links, &mut world), 0);
    assert_eq!(net.cut_all(&[(node(0), node(1)), links[0]], &mut world), 1);
    let marks: Vec<String> = world.take_notables().into_iter().map(|mark| mark.what.id.to_string()).collect();
    assert_eq!(marks, ["mark-cuts", "mark-cut"]);
}
