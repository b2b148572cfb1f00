//! Scenes as no lesson would make them.

use crate::scenes;
use crate::shared::pick::cases;
use playground::scene::*;
use playground::sim::{Entity, Msg, Span, Time, Unit};
use proptest::prelude::*;

fn entity() -> impl Strategy<Value = Entity> {
    (0u8..5, 0u32..10).prop_map(|(kind, n)| Entity::new(kind, n))
}
fn state() -> impl Strategy<Value = Status> {
    use Status::{Active, Down, Draining, Normal, Quiet, Trouble, Warming};
    prop::sample::select(vec![Normal, Quiet, Active, Trouble, Down, Draining, Warming])
}
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => 0.0..1e4f64,
        2 => -1e9..1e9f64,
        1 => prop::sample::select(vec![0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, 1e-300]),
    ]
}
fn unit() -> impl Strategy<Value = Unit> {
    prop::sample::select(vec![Unit::Time, Unit::Rate, Unit::Share, Unit::Bytes, Unit::Count, Unit::Money])
}
fn text() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-zA-Z0-9 ]{0,12}", 1 => "[a-z ]{30,60}", 1 => "\\PC{0,20}"]
}
fn label() -> impl Strategy<Value = Label> {
    prop_oneof![
        entity().prop_map(Label::Name),
        (number(), unit()).prop_map(|(value, unit)| Label::Value(value, unit)),
        text().prop_map(Label::Plain),
        Just(Label::Words(Msg::new("rr"))),
    ]
}
fn time() -> impl Strategy<Value = Time> {
    prop_oneof![
        6 => (0u64..100_000).prop_map(Time::from_millis),
        1 => prop::sample::select(vec![Time::ZERO, Time::MAX, Time::from_nanos(1)]),
    ]
}

fn slots() -> impl Strategy<Value = Slots> {
    let capacity = prop_oneof![Just(None), (0u32..60).prop_map(Some), Just(Some(u32::MAX))];
    (prop::collection::vec(entity(), 0..60), capacity, state()).prop_map(|(waiting, capacity, state)| Slots {
        waiting,
        capacity,
        status: state,
    })
}
fn workers() -> impl Strategy<Value = Workers> {
    (prop::collection::vec((entity(), time()), 0..20), 0u32..40)
        .prop_map(|(busy, total)| Workers { busy, total })
}
fn node() -> impl Strategy<Value = Node> {
    (
        entity(),
        label(),
        prop::option::of(label()),
        state(),
        prop::option::of(slots()),
        prop::option::of(workers()),
        prop::option::of((label(), state())),
        prop::sample::select(Shape::ALL.to_vec()),
    )
        .prop_map(|(entity, label, note, state, queue, workers, badge, shape)| Node {
            shape,
            entity,
            label,
            note,
            status: state,
            queue,
            workers,
            badge: badge.map(|(label, status)| Badge { label, status }),
        })
}
fn flow() -> impl Strategy<Value = Flow> {
    let tier = prop_oneof![5 => 0usize..6, 2 => 6usize..16, 1 => 16usize..180]
        .prop_flat_map(|n| prop::collection::vec(node(), n).prop_map(|nodes| Tier { nodes }));
    let kind = prop::sample::select(vec![
        PacketKind::Request,
        PacketKind::Answer,
        PacketKind::Failure,
        PacketKind::Probe,
        PacketKind::Write,
        PacketKind::Copy,
    ]);
    let packet = (entity(), entity(), entity(), time(), time(), kind)
        .prop_map(|(entity, from, to, left, arrives, kind)| Packet { entity, from, to, left, arrives, kind });
    (
        prop::collection::vec(tier, 0..6),
        prop::collection::vec((entity(), entity(), state()), 0..30),
        prop::collection::vec(packet, 0..40),
    )
        .prop_map(|(tiers, links, packets)| {
            let links = links.into_iter().map(|(from, to, state)| Link::new(from, to, state)).collect();
            Flow { tiers, links, packets }
        })
}
fn series() -> impl Strategy<Value = Chart> {
    let points = prop::collection::vec((number(), number()), 0..30)
        .prop_map(|points| points.into_iter().map(|(t, v)| (t as f32, v as f32)).collect());
    let line = (label(), state(), points).prop_map(|(label, state, points)| SeriesLine {
        reading: "x".into(),
        label,
        status: state,
        points,
    });
    (label(), unit(), prop::collection::vec(line, 0..12), time())
        .prop_map(|(title, unit, lines, until)| Chart::Series(Series { title, unit, lines, until }))
}
fn histogram() -> impl Strategy<Value = Chart> {
    let bars = prop::collection::vec((number(), number(), 0u64..1000), 0..30);
    let marks = prop::collection::vec((label(), number(), state()), 0..6);
    (label(), unit(), bars, marks).prop_map(|(title, unit, bars, marks)| {
        Chart::Histogram(Histogram { title, unit, bars, marks }.into())
    })
}
fn curves() -> impl Strategy<Value = Chart> {
    let axis = || {
        (label(), unit(), (number(), number()), any::<bool>()).prop_map(|(label, unit, ends, log)| Axis {
            label,
            unit,
            ends,
            log,
        })
    };
    let points = prop::collection::vec((number(), number()), 0..30)
        .prop_map(|points| points.into_iter().map(|(x, y)| (x as f32, y as f32)).collect());
    let line = (label(), state(), points, any::<bool>()).prop_map(|(label, state, points, dots)| CurveLine {
        label,
        status: state,
        points,
        dots,
    });
    let now = prop::option::of(number());
    (label(), axis(), axis(), prop::collection::vec(line, 0..12), now)
        .prop_map(|(title, x, y, lines, now)| Chart::Curves(Curves { title, x, y, lines, now }.into()))
}
fn key() -> impl Strategy<Value = Vec<(Label, Status)>> {
    prop::collection::vec((label(), state()), 0..8)
}
fn grid() -> impl Strategy<Value = Grid> {
    let cell = (entity(), number(), state()).prop_map(|(entity, level, state)| Cell {
        entity,
        level: level as f32,
        status: state,
    });
    let cells = prop::collection::vec(cell, 0..40);
    let row = (entity(), label(), prop::option::of(label()), state(), cells).prop_map(
        |(entity, label, note, state, cells)| GridRow { entity, label, note, status: state, cells },
    );
    (label(), prop::collection::vec(row, 0..8), 0u32..200, any::<bool>(), key())
        .prop_map(|(title, rows, columns, tall, key)| Grid { title, rows, columns, tall, key })
}
fn table() -> impl Strategy<Value = Table> {
    let row = (entity(), prop::collection::vec(label(), 0..9), state())
        .prop_map(|(entity, cells, state)| Row { entity, cells, status: state });
    (label(), prop::collection::vec(label(), 0..9), prop::collection::vec(row, 0..12))
        .prop_map(|(title, columns, rows)| Table { title, columns, rows, unfolded: false })
}
fn lanes() -> impl Strategy<Value = Lanes> {
    let lane = (entity(), label(), prop::collection::vec(bar(), 0..2))
        .prop_map(|(entity, label, bars)| Lane { entity, label, bars });
    let step = prop::option::of((0u64..10_000).prop_map(Span::from_millis));
    (label(), time(), time(), step, prop::collection::vec(lane, 0..6), key())
        .prop_map(|(title, from, until, step, lanes, key)| Lanes { title, from, until, step, lanes, key })
}
fn values() -> impl Strategy<Value = Values> {
    let value =
        (entity(), text(), state()).prop_map(|(entity, text, status)| ValueBox { entity, text, status });
    let row = (prop::option::of((entity(), label())), prop::collection::vec(value, 0..12))
        .prop_map(|(name, boxes)| ValueRow { name, boxes });
    (label(), prop::option::of((label(), state())), prop::collection::vec(row, 0..6))
        .prop_map(|(title, verdict, rows)| Values { title, verdict, rows })
}
fn listing() -> impl Strategy<Value = Listing> {
    let line = (entity(), text(), prop::option::of(label()), state())
        .prop_map(|(entity, code, note, state)| ListingLine { entity, code, note, status: state });
    (entity(), label(), prop::collection::vec(line, 0..12)).prop_map(|(entity, title, lines)| Listing {
        entity,
        title,
        lines,
    })
}
/// Some of few entities, so that what names another often finds it.
fn one_of_few() -> impl Strategy<Value = Entity> {
    (0u8..2, 0u32..3).prop_map(|(kind, n)| Entity::new(kind, n))
}
fn bar() -> impl Strategy<Value = Bar> {
    (entity(), time(), time(), label(), state()).prop_map(|(entity, from, until, label, status)| Bar {
        entity,
        from,
        until,
        label,
        status,
    })
}
fn party() -> impl Strategy<Value = Party> {
    let note = (time(), label(), state()).prop_map(|(at, label, status)| PartyNote { at, label, status });
    let (spans, notes) = (prop::collection::vec(bar(), 0..4), prop::collection::vec(note, 0..4));
    (one_of_few(), label(), state(), spans, notes).prop_map(|(entity, label, status, spans, notes)| Party {
        entity,
        label,
        status,
        spans,
        notes,
    })
}
fn ladder() -> impl Strategy<Value = Ladder> {
    let lost = prop::option::of((time(), prop::option::of(label())));
    let kind = prop::sample::select(PacketKind::ALL.to_vec());
    let message = (entity(), (one_of_few(), one_of_few()), (time(), time()), lost, label(), (kind, state()))
        .prop_map(|(entity, (from, to), (sent, arrives), lost, label, (kind, status))| {
            let lost = lost.map(|(at, why)| Loss { at, why });
            LadderMessage { entity, from, to, sent, arrives, lost, label, kind, status }
        });
    let parties =
        prop_oneof![5 => 0usize..6, 1 => 6usize..12].prop_flat_map(|n| prop::collection::vec(party(), n));
    (label(), time(), time(), parties, prop::collection::vec(message, 0..30)).prop_map(
        |(title, from, until, parties, messages)| Ladder {
            title,
            from,
            until,
            step: None,
            parties,
            messages,
        },
    )
}
fn states() -> impl Strategy<Value = States> {
    let one = (prop::option::of(entity()), label(), state())
        .prop_map(|(entity, label, status)| MachineState { entity, label, status });
    let way = (prop::option::of(entity()), 0usize..9, 0usize..9, label(), prop::option::of(time()))
        .prop_map(|(entity, from, to, label, taken)| Transition { entity, from, to, label, taken });
    let token = (entity(), 0usize..9, label(), prop::option::of(time()), state())
        .prop_map(|(entity, state, label, since, status)| Token { entity, state, label, since, status });
    (
        label(),
        prop::collection::vec(one, 0..9),
        prop::collection::vec(way, 0..20),
        prop::collection::vec(token, 0..8),
    )
        .prop_map(|(title, states, transitions, tokens)| States { title, states, transitions, tokens })
}
fn panel() -> impl Strategy<Value = Panel> {
    prop_oneof![
        4 => flow().prop_map(Panel::Flow),
        1 => series().prop_map(Panel::Chart),
        1 => histogram().prop_map(Panel::Chart),
        1 => table().prop_map(Panel::Table),
        1 => lanes().prop_map(|it| Panel::Lanes(it.into())),
        1 => listing().prop_map(|it| Panel::Listing(it.into())),
        1 => curves().prop_map(Panel::Chart),
        1 => grid().prop_map(|it| Panel::Grid(it.into())),
        1 => grid().prop_map(|it| Panel::Frames(Frames(it).into())),
        1 => values().prop_map(|it| Panel::Values(it.into())),
        2 => ladder().prop_map(|it| Panel::Ladder(it.into())),
        2 => states().prop_map(|it| Panel::States(it.into())),
    ]
}
fn scene() -> impl Strategy<Value = Scene> {
    (time(), prop::collection::vec(panel(), 0..4)).prop_map(|(time, panels)| Scene {
        time,
        panels,
        ..Scene::default()
    })
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn any_scene_is_a_good_picture(scene in scene(), width in prop_oneof![
        Just(360.0f32), Just(768.0), Just(1280.0), 0.0..2000.0f32, Just(f32::NAN)
    ]) {
        let words = scenes::words();
        let picture = Picture::new(&scene, &words, width, &LayoutOptions::default());
        let problems = picture.problems();
        prop_assert!(problems.is_empty(), "{:#?}", &problems[..problems.len().min(3)]);
        let text = svg(&picture, &SvgOptions::default());
        // Every mark and packet is an element; texts are escaped, so a '<' or '"' can only be ours.
        let elements: usize = ["<rect", "<circle", "<path", "<text"].iter().map(|tag| text.matches(tag).count()).sum();
        prop_assert_eq!(elements, picture.marks.len() + picture.dots.len());
        prop_assert!(!text.contains(" style=\""), "the page's policy forbids style attributes");
        describe(&scene, &words);
    }
}
