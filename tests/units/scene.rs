//! Pictures: whatever the scene, labels don't meet, text can be read, nothing is outside, and all readers agree.

mod random;

use crate::scenes;
use playground::scene::*;
use playground::sim::{Entity, Span, Time};

/// Phone, tablet, page, and the picture's column of a page.
const WIDTHS: [f32; 5] = [240.0, 360.0, 768.0, 860.0, 1280.0];

#[test]
fn every_sample_is_a_good_picture_at_every_width() {
    for (name, scene) in scenes::all() {
        for width in WIDTHS {
            let picture = Picture::new(&scene, &scenes::words(), width, &LayoutOptions::default());
            let problems = picture.problems();
            assert!(problems.is_empty(), "{name} at {width} px: {problems:#?}");
        }
    }
}

#[test]
fn nothing_moves_when_numbers_change() {
    // The same servers, idle and overloaded: places of nodes and the height stay.
    let places = |scene: &Scene, width| {
        let picture = Picture::new(scene, &scenes::words(), width, &LayoutOptions::default());
        let nodes: Vec<Region> =
            picture.regions.iter().filter(|region| region.entity.kind < 3).copied().collect();
        (nodes, picture.height)
    };
    let mut idle = scenes::all_states();
    let Panel::Flow(flow) = &mut idle.panels[0] else { panic!("the sample is a flow") };
    flow.packets.clear();
    for node in flow.tiers.iter_mut().flat_map(|tier| &mut tier.nodes) {
        node.note = None;
        node.status = Status::Normal;
        if let (Some(queue), Some(workers)) = (&mut node.queue, &mut node.workers) {
            queue.waiting.clear();
            workers.busy.clear();
        }
    }
    for width in WIDTHS {
        assert_eq!(places(&scenes::all_states(), width), places(&idle, width));
    }
}

#[test]
fn a_phone_reads_downwards_and_a_page_to_the_right() {
    let place = |width, entity| {
        let picture =
            Picture::new(&scenes::four_servers(), &scenes::words(), width, &LayoutOptions::default());
        picture.area_of(entity).expect("every node has a region").centre()
    };
    let (balancer, server) = (scenes::balancer(), scenes::server(0));
    assert!(place(360.0, balancer).y < place(360.0, server).y - 100.0);
    assert!(place(860.0, balancer).x < place(860.0, server).x - 100.0);
}

#[test]
fn what_is_under_the_pointer_is_found() {
    let picture = Picture::new(&scenes::four_servers(), &scenes::words(), 860.0, &LayoutOptions::default());
    let dot = picture.dots[0];
    assert_eq!(picture.entity_at(dot.at.x, dot.at.y, 12.0), Some(dot.entity), "a packet lies over its link");
    let slot = picture.regions.iter().find(|region| region.entity == scenes::request(2003)).unwrap();
    let middle = slot.area.centre();
    assert_eq!(picture.entity_at(middle.x, middle.y, 12.0), Some(slot.entity), "a slot, however small");
    let node = picture.area_of(scenes::server(1)).unwrap();
    assert_eq!(picture.entity_at(node.x + 3.0, node.y + 3.0, 12.0), Some(scenes::server(1)), "a node");
    assert_eq!(
        picture.entity_at(node.x + 3.0, node.y - 8.0, 12.0),
        Some(scenes::server(1)),
        "a little beside it"
    );
    assert_eq!(picture.entity_at(4.0, 4.0, 0.0), None);
}

#[test]
fn a_packet_travels_from_its_start_to_its_end() {
    let mut scene = scenes::four_servers();
    let Panel::Flow(flow) = &mut scene.panels[0] else { panic!("the sample is a flow") };
    let (left, arrives) = (Time::from_millis(100), Time::from_millis(300));
    let (from, to) = (scenes::balancer(), scenes::server(3));
    let packet = Packet { entity: scenes::request(7), from, to, left, arrives, kind: PacketKind::Request };
    flow.packets = vec![packet];
    let packets = flow.packets.clone();
    let mut picture = Picture::new(&scene, &scenes::words(), 860.0, &LayoutOptions::default());
    let mut at = |millis| {
        picture.place_packets(&packets, Time::from_millis(millis));
        picture.dots.first().map(|dot| dot.at)
    };
    assert_eq!(at(99), None, "not yet under way");
    let (start, middle, end) = (at(100).unwrap(), at(200).unwrap(), at(300).unwrap());
    assert!(start.x < middle.x && middle.x < end.x && start.y < middle.y && middle.y < end.y);
    assert_eq!(at(301), None, "there");
}

#[test]
fn a_still_escapes_names_and_says_what_it_shows() {
    let mut scene = scenes::four_servers();
    let Panel::Flow(flow) = &mut scene.panels[0] else { panic!("the sample is a flow") };
    flow.tiers[0].nodes[0].label = Label::Plain("<b>&\"".into());
    let picture = Picture::new(&scene, &scenes::words(), 860.0, &LayoutOptions::default());
    let still = SvgOptions { id: "f1", title: "A & B", description: "C is <full>", ..SvgOptions::default() };
    let text = svg(&picture, &still);
    for part in
        ["role=\"img\"", "<title id=\"f1-t\">A &amp; B</title>", "C is &lt;full&gt;", "&lt;b&gt;&amp;&quot;"]
    {
        assert!(text.contains(part), "{part}");
    }
    assert!(!text.contains("<style>"));
    let file = svg(&picture, &SvgOptions { standalone: true, ..still });
    assert!(file.contains("<style>") && file.contains(".f-accent{fill:#0b6b64}"));
}

#[test]
fn the_text_says_what_the_picture_shows() {
    let description = describe(&scenes::four_servers(), &scenes::words());
    assert_eq!(
        description.sentences,
        ["Server\u{a0}C has 9 requests waiting and gets more than it can finish."]
    );
    let parties = &description.tables[0];
    assert_eq!(parties.columns, ["Name", "State", "Note", "Waiting", "Waits longest", "Workers busy"]);
    let slow = parties.rows.iter().find(|row| row.entity == Some(scenes::server(2))).unwrap();
    let cells = ["server\u{a0}C", "in trouble", "4 × slower", "9 of 10", "request\u{a0}2000", "2 of 2"];
    assert_eq!(slow.cells, cells);
    let links = &description.tables[1];
    assert_eq!(links.rows[0].cells, ["balancer", "server\u{a0}C", "in trouble"]);
    let Panel::Flow(flow) = &scenes::four_servers().panels[0] else { panic!("the sample is a flow") };
    let packets = &description.tables[2];
    assert_eq!((packets.rows.len(), flow.packets.len()), (8, 26), "there can be hundreds");
    assert_eq!(packets.title, "Under way (8/26)");
}

#[test]
fn every_table_has_a_cell_for_each_column() {
    for (name, scene) in scenes::all() {
        for table in describe(&scene, &scenes::words()).tables {
            assert!(!table.title.is_empty() && !table.rows.is_empty(), "{name}");
            for row in &table.rows {
                assert_eq!(row.cells.len(), table.columns.len(), "{name}: {}", table.title);
            }
        }
    }
}

fn picture(scene: &Scene, width: f32) -> Picture {
    Picture::new(scene, &scenes::words(), width, &LayoutOptions::default())
}

/// The line of a message or a transition.
fn line_of(picture: &Picture, entity: Entity) -> [Point; 2] {
    let region = picture.regions.iter().find(|region| region.entity == entity);
    region.expect("it is in the picture").line.expect("it is a line")
}

#[test]
fn a_message_slopes_from_when_it_was_sent_to_when_it_arrives() {
    for width in WIDTHS {
        let picture = picture(&scenes::ladder(2), width);
        let [first, second] = [0, 1].map(|n| picture.area_of(scenes::server(n)).unwrap().centre().x);
        let [start, end] = line_of(&picture, scenes::request(0));
        assert!(
            (start.x - first).abs() < 8.0 && (end.x - second).abs() < 8.0 && start.y < end.y,
            "{start:?}"
        );
        // From 300 to 600 ms of a window of 2 s, which is as long as a lifeline.
        let lifeline = picture.panels[0].area.h;
        let share = (end.y - start.y) / lifeline;
        assert!((0.1..0.16).contains(&share), "{share}");
        // What is lost ends half-way, and what isn't sent yet isn't there.
        let [start, end] = line_of(&picture, scenes::request(1));
        assert!(((start.x - end.x) / (second - first) - 0.5).abs() < 0.1, "{start:?} {end:?}");
        assert_eq!(picture.area_of(scenes::request(4)), None);
    }
}

#[test]
fn a_message_that_is_under_way_ends_where_it_is_now() {
    let mut scene = scenes::ladder(2);
    let dots = |scene: &Scene| {
        let picture = picture(scene, 860.0);
        let dots = picture.dots.iter().map(|dot| (dot.entity, dot.at.y)).collect::<Vec<_>>();
        (dots, picture.marks.len())
    };
    let (here, marks) = dots(&scene);
    assert_eq!(here.iter().map(|dot| dot.0).collect::<Vec<_>>(), [scenes::request(2), scenes::request(3)]);
    assert!(here[0].1 == here[1].1, "both are at the line of now");
    // Nothing tells that one of them will be lost.
    let Panel::Ladder(ladder) = &mut scene.panels[0] else { panic!("the sample is a ladder") };
    ladder.messages[3].lost = None;
    assert_eq!(dots(&scene), (here, marks));
    let mut later = scenes::ladder(2);
    later.time += Span::from_millis(60);
    assert_eq!(dots(&later).0.len(), 1, "now it is lost");
}

#[test]
fn messages_are_found_along_their_lines_and_in_the_order_of_time() {
    let picture = picture(&scenes::ladder(2), 860.0);
    let [start, end] = line_of(&picture, scenes::request(0));
    let (x, y) = (f32::midpoint(start.x, end.x), f32::midpoint(start.y, end.y));
    assert_eq!(picture.entity_at(x, y, 12.0), Some(scenes::request(0)));
    assert_eq!(picture.entity_at(x, y - 9.0, 12.0), Some(scenes::request(0)), "a little beside it");
    let corner = (end.x - 30.0, start.y);
    assert_eq!(picture.entity_at(corner.0, corner.1, 12.0), None, "in its area, but far from its line");
    let order: Vec<Entity> = picture.regions.iter().map(|region| region.entity).collect();
    let events = [0, 7, 1, 2, 3].map(scenes::request);
    assert_eq!(order, [&[scenes::server(0), scenes::server(1)][..], &events].concat());
}

/// Where no text may stand: lines of more than a point, but not those within boxes.
fn lines(picture: &Picture) -> Vec<[Point; 2]> {
    let mut lines = Vec::new();
    for mark in &picture.marks {
        match &mark.form {
            Form::Path(points) => lines.extend(points.windows(2).map(|pair| [pair[0], pair[1]])),
            Form::Curve(points) => {
                let curve = Curve::new(*points);
                let points: Vec<Point> = (0..=40_u8).map(|k| curve.along(f32::from(k) / 40.0).0).collect();
                lines.extend(points.windows(2).map(|pair| [pair[0], pair[1]]));
            }
            _ => {}
        }
    }
    lines
}

#[test]
fn no_label_of_a_ladder_or_a_machine_stands_on_a_line() {
    for (name, scene) in scenes::all() {
        if !matches!(scene.panels[0], Panel::Ladder(_) | Panel::States(_)) {
            continue;
        }
        for width in WIDTHS {
            let picture = picture(&scene, width);
            let lines = lines(&picture);
            let texts = picture.marks.iter().filter_map(|mark| match &mark.form {
                Form::Text(text) => Some(text),
                _ => None,
            });
            for text in texts {
                let crossed = lines.iter().find(|line| text.bounds().clip(**line).is_some());
                assert!(crossed.is_none(), "{name} at {width} px: '{}' on {crossed:?}", text.text);
            }
        }
    }
}

#[test]
fn a_ladder_by_steps_numbers_them() {
    let mut scene = scenes::ladder(2);
    let Panel::Ladder(ladder) = &mut scene.panels[0] else { panic!("the sample is a ladder") };
    ladder.step = Some(Span::from_millis(100));
    let told = &describe(&scene, &scenes::words()).tables[1];
    // The first step is 1, on the axis and as text: what begins at 418 steps is in the 419th.
    assert_eq!(told.rows[0].cells[0], "419");
    let written = picture(&scene, 860.0).marks.into_iter().filter_map(|mark| match mark.form {
        Form::Text(text) => Some(text.text),
        _ => None,
    });
    let numbers: Vec<String> = written.filter(|text| text.parse::<u32>().is_ok()).collect();
    assert_eq!(
        numbers,
        ["416", "418", "420", "422", "424", "426", "428", "432", "434"],
        "all but where now is"
    );
}

#[test]
fn a_ladder_is_told_in_the_order_of_time() {
    let tables = describe(&scenes::ladder(2), &scenes::words()).tables;
    assert_eq!(tables[0].rows.len(), 2, "its parties");
    let told = &tables[1];
    assert_eq!(told.columns, ["When", "What", "From", "To", "Outcome", "State"]);
    let cells: Vec<&[String]> = told.rows.iter().map(|row| &row.cells[..5]).collect();
    let (a, b) = ("server\u{a0}A", "server\u{a0}B");
    let rows = [
        ["41.8\u{a0}s", "ask", a, b, "arrived at 42.1\u{a0}s"],
        ["42\u{a0}s", "asleep", "B", "–", "until 42.7\u{a0}s"],
        ["42.2\u{a0}s", "tell", b, a, "lost at 42.35\u{a0}s: link cut"],
        ["42.6\u{a0}s", "timeout", "A", "–", "–"],
        ["42.8\u{a0}s", "tell", b, a, "under way"],
        ["42.9\u{a0}s", "commit", a, b, "under way"],
    ];
    assert_eq!(cells, rows);
}

/// Boxes with a thick border: the states that somebody is in.
fn current(picture: &Picture) -> Vec<Rect> {
    let thick = |mark: &&Mark| mark.ink.width >= 3.0;
    picture.marks.iter().filter(thick).map(|mark| mark.form.bounds()).collect()
}

#[test]
fn the_current_state_is_told_by_a_border_and_a_marker_and_nothing_moves() {
    for width in WIDTHS {
        let places = |picture: &Picture| [0, 1, 2].map(|n| picture.area_of(scenes::client(n)).unwrap());
        let before = picture(&scenes::machine(&[0], None), width);
        for state in 0..3 {
            let picture = picture(&scenes::machine(&[state], None), width);
            assert_eq!((places(&picture), picture.height), (places(&before), before.height));
            let [border] = current(&picture)[..] else { panic!("one state is current") };
            let place = places(&picture)[state];
            assert!(border.encloses(&place, 0.0) && border.w < place.w + 10.0);
            let marker = picture.area_of(scenes::server(0)).unwrap();
            assert!(place.encloses(&marker, 0.0), "{marker:?} in {place:?}");
            let middle = marker.centre();
            assert_eq!(picture.entity_at(middle.x, middle.y, 12.0), Some(scenes::server(0)));
        }
    }
}

#[test]
fn each_of_several_machines_has_a_token_in_its_state() {
    for width in WIDTHS {
        let states = [0, 2, 0, 0, 0];
        let picture = picture(&scenes::machine(&states, None), width);
        assert!(current(&picture).is_empty(), "tokens say who is where");
        let tokens: Vec<Rect> = (0..5).map(|n| picture.area_of(scenes::server(n)).unwrap()).collect();
        for (k, (token, state)) in tokens.iter().zip(states).enumerate() {
            assert!(picture.area_of(scenes::client(state as u32)).unwrap().encloses(token, 0.0));
            assert!(tokens[k + 1..].iter().all(|other| !other.overlaps(token)));
        }
    }
}

#[test]
fn the_transition_that_was_taken_last_is_thicker_and_all_are_told() {
    let scene = scenes::machine(&[1], Some(0));
    for width in WIDTHS {
        let picture = picture(&scene, width);
        let curve = |mark: &&Mark| matches!(mark.form, Form::Curve(_));
        let thick: Vec<&Mark> =
            picture.marks.iter().filter(curve).filter(|mark| mark.ink.width > 2.0).collect();
        assert_eq!(thick.iter().map(|mark| mark.entity).collect::<Vec<_>>(), [Some(scenes::request(0))]);
        let [a, b] = line_of(&picture, scenes::request(0));
        let middle = (f32::midpoint(a.x, b.x), f32::midpoint(a.y, b.y));
        assert_eq!(picture.entity_at(middle.0, middle.1, 12.0), Some(scenes::request(0)));
    }
    let tables = describe(&scene, &scenes::words()).tables;
    assert_eq!(tables[0].rows[1].cells, ["open", "normal", "A for 2\u{a0}s"]);
    assert_eq!(tables[1].rows.len(), 5);
    assert_eq!(tables[1].rows[0].cells, ["closed", "open", "5 failures", "41\u{a0}s"]);
    assert_eq!(tables[1].rows[1].cells[3], "–");
}

/// With PICTURES=folder, writes the samples there as SVG in a page, to be looked at.
#[test]
fn samples_can_be_looked_at() {
    let Some(folder) = std::env::var_os("PICTURES") else { return };
    let folder = std::path::PathBuf::from(folder);
    for (name, scene) in scenes::all() {
        for width in [360.0, 860.0] {
            let picture = Picture::new(&scene, &scenes::words(), width, &LayoutOptions::default());
            let still = SvgOptions { id: name, title: name, ..SvgOptions::default() };
            std::fs::write(folder.join(format!("{name}-{width}.svg")), svg(&picture, &still)).unwrap();
        }
    }
}

#[test]
fn peers_stand_in_a_ring_and_a_line_across_it_parts_them() {
    let peer = |n| Entity::new(0, n);
    for (peers, width) in (3..=8).flat_map(|n| [(n, 860.0), (n, 328.0)]) {
        let pairs = (0..peers).flat_map(|a| (a + 1..peers).map(move |b| (a, b)));
        let links: Vec<Link> = pairs
            .map(|(a, b)| Link::new(peer(a), peer(b), Status::Normal).of(Entity::new(1, a * 8 + b)))
            .collect();
        let badge = || Some(Badge { label: Label::Plain("9 lost".into()), status: Status::Trouble });
        let node =
            |n| Node { label: Label::Plain(format!("peer {n}")), badge: badge(), ..Node::new(peer(n)) };
        let tiers = vec![Tier { nodes: (0..peers).map(node).collect() }];
        let ring = Ring(Flow { tiers, links: links.clone(), packets: Vec::new() });
        let scene = Scene { panels: vec![Panel::Ring(ring.into())], ..Scene::default() };
        let picture = Picture::new(&scene, &scenes::words(), width, &LayoutOptions::default());
        assert_eq!(picture.problems(), [""; 0], "{peers} in {width}");
        let areas: Vec<Rect> = (0..peers).map(|n| picture.area_of(peer(n)).unwrap()).collect();
        for (n, a) in areas.iter().enumerate() {
            assert!(areas[n + 1..].iter().all(|b| !a.overlaps(b)), "{peers} in {width}");
        }
        if peers == 5 {
            // No badge lies on the middle of a link, where it is cut.
            let badges = picture.marks.iter().filter_map(|mark| match &mark.form {
                Form::Text(text) if text.text.contains("lost") => Some(text.bounds()),
                _ => None,
            });
            let middles = links.iter().filter_map(|link| picture.area_of(link.entity?));
            let middles: Vec<Rect> = middles.collect();
            assert_eq!(badges.clone().count(), 5);
            assert!(badges.flat_map(|it| middles.iter().map(move |m| it.overlaps(m))).all(|meet| !meet));
        }
        // Whoever stands left of a line from top to bottom is cut off from whoever stands right of it, and nobody else is.
        let x = width / 2.0 + 60.0;
        if (peers, width) != (5, 860.0) {
            continue;
        }
        let line = [Point { x, y: 0.0 }, Point { x, y: picture.height }];
        let left = |who: Entity| areas[who.n as usize].centre().x < x;
        let apart = links.iter().filter(|link| left(link.from) != left(link.to));
        let apart: Vec<Entity> = apart.filter_map(|link| link.entity).collect();
        assert_eq!(apart.len(), 6);
        assert_eq!(picture.crossed(&line), apart, "{peers} in {width}");
    }
}
