//! Inputs of every kind of value, on the figure that has them all: as a page gives them, without a browser.

use crate::page::{Page, action};
use playground::desk::UserAction;
use playground::player::{InputKind, Value, decode_view};
use playground::sim::Entity;
use playground::site::sample;

const EVERYBODY: [&str; 4] = ["shop", "search", "cache", "database"];

fn set(control: &str, text: &str) -> UserAction {
    UserAction { target: control.into(), text: text.into(), ..action("control") }
}

fn tick(thing: &str, on: bool) -> UserAction {
    UserAction { variant: "checkbox".into(), number: f64::from(on), ..set("canary", thing) }
}

fn place(control: &str, thing: &str, text: &str, number: f64) -> UserAction {
    let target = control.into();
    UserAction { target, variant: thing.into(), text: text.into(), number, ..action("place") }
}

/// The value of a control in the run that the page would share now, as it is written; of the last input that moved it.
fn value(page: &Page, id: &str) -> String {
    let run = decode_view(&page.now).unwrap().run;
    let (at, control) = sample::FIGURE.spec.control(id).unwrap();
    let moved = run.inputs.iter().rev().find_map(|input| match &input.change {
        InputKind::Set { control, value } if control == id => Some(value.clone()),
        _ => None,
    });
    control.written(&moved.unwrap_or_else(|| run.values(sample::FIGURE.spec)[at].clone()))
}

fn error<'a>(page: &'a Page, control: &str) -> &'a str {
    page.says(&format!("[data-control=\"{control}\"] .fig-error"))
}

fn inputs(page: &Page) -> usize {
    decode_view(&page.now).unwrap().run.inputs.len()
}

#[test]
fn boxes_are_ticked_within_their_bounds() {
    let mut page = Page::sample();
    page.go(10.0);
    page.does(tick("cache", true));
    assert_eq!((value(&page, "canary"), error(&page, "canary")), ("search,cache".into(), ""));
    page.does(tick("shop", true));
    assert!(error(&page, "canary").contains("0 to 2 of shop, search"), "{}", error(&page, "canary"));
    assert_eq!(value(&page, "canary"), "search,cache", "what was in force still is");
    assert_eq!(
        page.says("[data-control=\"canary\"] [type=checkbox][value=\"shop\"]"),
        "false",
        "and is shown"
    );
    page.does(tick("search", false));
    page.does(tick("search", false));
    assert_eq!((value(&page, "canary"), error(&page, "canary")), ("cache".into(), ""));
}

#[test]
fn things_are_put_in_order_by_buttons_and_by_dragging() {
    let mut page = Page::sample();
    page.go(10.0);
    let said = "[data-control=\"order\"] .fig-announced";
    page.does(place("order", "database", "up", 0.0));
    assert_eq!(value(&page, "order"), "shop,search,database,cache");
    assert_eq!(page.says(said), "Database: place 3 of 4");
    assert_eq!(page.focused(), "[data-control=\"order\"] [data-option=\"database\"] [data-text=\"up\"]");
    page.does(place("order", "database", "", 0.0));
    assert_eq!(
        (value(&page, "order"), page.says(said)),
        ("database,shop,search,cache".into(), "Database: place 1 of 4")
    );
    assert!(page.focused().ends_with("[data-text=\"down\"]"), "at an end the other button takes the focus");
    // Beyond an end, and whatever is no thing, changes nothing.
    for beyond in [
        place("order", "database", "up", 0.0),
        place("order", "shop", "", 1.0),
        place("order", "x", "up", 0.0),
    ] {
        page.does(beyond);
        assert_eq!(value(&page, "order"), "database,shop,search,cache");
    }
    page.does(place("order", "shop", "", f64::NAN));
    assert_eq!(value(&page, "order"), "shop,database,search,cache");
    page.does(place("order", "shop", "", 77.0));
    assert_eq!(value(&page, "order"), "database,search,cache,shop");
    // The order is what happens: by now nothing has started anew, a second later the database has.
    assert_eq!(page.readings()[0], "0");
    page.go(11.5);
    assert_eq!(page.readings()[0], "1");
}

#[test]
fn things_are_put_in_groups() {
    let mut page = Page::sample();
    page.go(10.0);
    let before = page.readings()[1].clone();
    page.does(place("zone", "cache", "east", 0.0));
    assert_eq!(value(&page, "zone"), "shop:east,search:east,cache:east,database:east");
    assert_eq!(page.says("[data-control=\"zone\"] .fig-announced"), "Cache: East");
    assert_eq!(page.focused(), "[data-control=\"zone\"] [data-option=\"cache\"] select");
    assert_ne!(page.readings()[1], before, "calls within a zone are faster");
    page.does(place("zone", "cache", "north", 0.0));
    assert_eq!(value(&page, "zone"), "shop:east,search:east,cache:east,database:east");
}

#[test]
fn a_text_that_the_experiment_refuses_is_said_beside_it_and_kept_to_be_mended() {
    let field = "[data-control=\"rule\"] .fig-typed";
    for moment in [0.0, 10.0] {
        let mut page = Page::sample();
        if moment > 0.0 {
            page.go(moment);
        }
        page.does(set("rule", "calls > 1 ms"));
        assert_eq!((page.says(field), value(&page, "rule")), ("calls > 1 ms", "calls > 1 ms".into()));
        page.texts.retain(|(css, _)| css != field);
        page.does(set("rule", "calls are slow"));
        let told = error(&page, "rule").to_owned();
        assert!(told.contains("'calls are slow' is no rule; write one like"), "{told}");
        assert_eq!(page.attr(field, "aria-invalid"), "true");
        assert_eq!(page.says(".fig-notice-place"), "", "beside the field, not elsewhere");
        assert_eq!(value(&page, "rule"), "calls > 1 ms", "the old rule is in force");
        page.go(moment + 5.0);
        assert_eq!(page.says(field), "", "the field still holds what was typed");
        page.does(set("rule", "calls > 1 s"));
        assert_eq!((error(&page, "rule"), page.attr(field, "aria-invalid")), ("", ""));
        page.does(action("take-back"));
        assert_eq!(page.says(field), "calls > 1 ms", "what was refused took nothing from the history");
    }
    let mut page = Page::sample();
    page.does(set("rule", &"x".repeat(41)));
    assert!(error(&page, "rule").contains("at most 40 characters"), "{}", error(&page, "rule"));
}

#[test]
fn a_comparison_outlives_a_refused_text() {
    let mut page = Page::sample();
    page.does(action("compare"));
    page.does(set("rule", "nonsense"));
    assert!(error(&page, "rule").contains("is no rule"), "{}", error(&page, "rule"));
    page.does(set("rule", "calls > 3 ms"));
    let compared = decode_view(&page.now).unwrap().compared_controls;
    assert!(compared.contains(&("rule".into(), Value::Text("calls > 3 ms".into()))), "{compared:?}");
    assert_eq!(compared[0].0, "order", "it began with another order");
    assert!(
        page.says("[data-control=\"order\"] .fig-differs").contains("Search, Shop"),
        "by the things' labels"
    );
}

#[test]
fn a_link_holds_values_of_all_kinds() {
    let mut page = Page::sample();
    page.go(4.0);
    for change in [
        place("order", "cache", "", 0.0),
        place("zone", "shop", "west", 0.0),
        tick("database", true),
        set("rule", "calls > 7 ms"),
    ] {
        page.does(change);
    }
    page.go(12.0);
    let again = Page::with("", &sample::FIGURE, Some(page.now.clone()), &[], &[]);
    assert_eq!(again.readings(), page.readings());
    assert_eq!(again.says("[data-control=\"rule\"] .fig-typed"), "calls > 7 ms");
    // A phrase of a lesson's text sets them too; a text stands there percent-encoded.
    let mut page = Page::sample();
    page.does(UserAction {
        text: "canary=&order=database,cache,search,shop&rule=calls%20%3E%209%20ms".into(),
        ..action("go")
    });
    assert_eq!(value(&page, "order"), "database,cache,search,shop");
    assert_eq!((value(&page, "rule"), value(&page, "canary")), ("calls > 9 ms".into(), String::new()));
}

/// A line from point to point.
fn draws(page: &mut Page, points: &[(f32, f32)]) {
    let text: Vec<String> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
    page.does(UserAction { variant: "cut".into(), text: text.join(" "), ..action("draw-across") });
}

/// The links that were cut by the last input.
fn cut(page: &Page) -> Vec<u32> {
    match decode_view(&page.now).unwrap().run.inputs.last().map(|input| input.change.clone()) {
        Some(InputKind::Act { action, targets, .. }) if action == "cut" => {
            targets.iter().map(|it| it.n).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn links_are_hit_focused_explained_and_cut() {
    let mut page = Page::sample();
    page.go(10.0);
    let picture = &page.desk.pictures()[0];
    let (link, line) = picture.lines[0];
    assert_eq!(link, Entity::new(1, 0));
    // A quarter of the way it is away from the others; 12 pixels beside it is still hit, 14 aren't.
    let (p, direction) = line.along(0.2);
    let flat = direction.y.abs() < direction.x.abs();
    let beside = |by: f32| if flat { (p.x, p.y - by) } else { (p.x - by, p.y) };
    let hit = |(x, y): (f32, f32)| picture.entity_at(x, y, 12.0);
    assert_eq!((hit(beside(0.0)), hit(beside(11.0)), hit(beside(15.0))), (Some(link), Some(link), None));
    // At its end stands a node, which goes first.
    let end = line.points[0];
    assert_eq!(hit((end.x - 1.0, end.y)), Some(Entity::new(0, 0)));
    assert_eq!(hit((end.x + 2.0, end.y)), Some(Entity::new(0, 0)));
    // The keyboard comes to it behind the nodes.
    let order: Vec<u8> = picture.regions.iter().map(|region| region.entity.kind).collect();
    assert_eq!(order, [0, 0, 0, 0, 1, 1, 1, 1]);
    let marks = picture.marks.len();

    page.does(UserAction { point: beside(5.0), ..action("point") });
    let panel = page.says(".fig-explain").to_owned();
    assert!(panel.contains("Shop–Cache") && panel.contains("Cut"), "{panel}");
    page.act("cut", "1:0", "");
    assert!(page.has_attr(".fig-explain", "hidden"), "what explains it makes room for the effect");
    page.does(UserAction { target: "1:0".into(), ..action("select") });
    assert!(page.says(".fig-story").contains("It is cut"), "{}", page.says(".fig-story"));
    // Not by colour alone: in two parts, with a stroke across each end, and in the table.
    assert_eq!(page.desk.pictures()[0].marks.len(), marks + 3);
    page.does(UserAction { number: 1.0, ..action("tables") });
    let table = page.says(".fig-tables-all").to_owned();
    assert!(table.split("Cache").nth(1).is_some() && table.contains("down"), "{table}");
    page.act("join", "1:0", "");
    page.act("join", "1:0", "");
    assert!(page.says(".fig-notice-place").contains("is not cut"), "{}", page.says(".fig-notice-place"));
}

#[test]
fn a_line_drawn_across_links_cuts_them_all_at_once() {
    let mut page = Page::sample();
    page.go(10.0);
    let picture = &page.desk.pictures()[0];
    let (shop, height) = (picture.regions[0].area, picture.height);
    let right =
        picture.regions.iter().filter(|it| it.entity.kind == 0).map(|it| it.area.x).fold(0.0, f32::max);
    let between = f32::midpoint(shop.right(), right);
    // What begins on a node is about that node; what crosses nothing does nothing.
    draws(&mut page, &[(shop.x + 5.0, shop.y + 5.0), (between, 2.0), (between, height - 2.0)]);
    draws(&mut page, &[(between, 2.0), (between + 30.0, 2.0)]);
    draws(&mut page, &[]);
    assert_eq!(inputs(&page), 0);
    draws(&mut page, &[(shop.right() + 8.0, 2.0), (shop.right() + 8.0, height / 2.0 - 4.0)]);
    assert_eq!(cut(&page), [0, 1], "both links of the shop");
    page.does(action("take-back"));
    draws(&mut page, &[(between, 2.0), (between, height - 2.0)]);
    assert_eq!((cut(&page), inputs(&page)), (vec![0, 1, 2, 3], 1));
    page.does(action("take-back"));
    // Not every action is done like that.
    page.does(UserAction {
        variant: "join".into(),
        text: format!("{between},2 {between},{}", height - 2.0),
        ..action("draw-across")
    });
    assert_eq!(inputs(&page), 0);
}

#[test]
fn several_are_chosen_in_the_picture_for_an_action() {
    let mut page = Page::sample();
    page.go(10.0);
    let select = |who: &str| UserAction { target: who.into(), ..action("select") };
    let choose = UserAction { variant: "restart".into(), target: "0:0".into(), ..action("choose") };
    page.does(select("0:0"));
    page.does(choose.clone());
    assert!(page.says(".fig-actions").contains("choose 1 to 2"), "{}", page.says(".fig-actions"));
    assert!(page.focused().starts_with(".fig-spot"), "the keyboard goes to the picture");
    page.does(action("chosen"));
    assert!(page.says(".fig-choice").contains("1 to 2"), "not enough: {}", page.says(".fig-choice"));
    for who in ["0:2", "0:3", "0:2"] {
        page.does(select(who));
    }
    assert!(page.says(".fig-choice").ends_with("Database"), "{}", page.says(".fig-choice"));
    page.does(select("1:0"));
    assert!(page.says(".fig-choice").contains("can’t be chosen: choose"), "{}", page.says(".fig-choice"));
    page.does(action("chosen"));
    let run = decode_view(&page.now).unwrap().run;
    let (on, others) = (vec![Entity::new(0, 0)], Value::Entities(vec![Entity::new(0, 3)]));
    let restart = InputKind::Act { action: "restart".into(), targets: on, arg: others };
    assert_eq!(run.inputs.iter().map(|input| &input.change).collect::<Vec<_>>(), [&restart]);
    assert_eq!(page.readings()[0], "1", "of the two that were up the database is down for a second");
    // Given up: nothing is done, and a click selects again.
    page.does(choose);
    page.does(select("0:1"));
    page.does(action("close"));
    assert_eq!(inputs(&page), 1);
    assert!(page.says(".fig-actions").contains("Put a note on it"), "{}", page.says(".fig-actions"));
    page.does(select("0:1"));
    assert!(page.says(".fig-explain").contains("Search"), "{}", page.says(".fig-explain"));
}

#[test]
fn an_action_takes_a_text() {
    let mut page = Page::sample();
    page.does(UserAction { target: "0:1".into(), ..action("select") });
    page.act("note", "0:1", "much too long a note");
    assert_eq!(page.says("[data-error-of=\"note\"]"), "at most 12 characters");
    assert_eq!(inputs(&page), 0);
    page.act("note", "0:1", "mine");
    assert_eq!((inputs(&page), page.says("[data-error-of=\"note\"]")), (1, ""));
    page.does(UserAction { number: 1.0, ..action("tables") });
    assert!(page.says(".fig-tables-all").contains("mine"));
}

#[test]
fn everything_that_is_placed_has_a_place() {
    // The page's own order of things is the declaration's, so the desk has to place each of them.
    let page = Page::sample();
    for thing in EVERYBODY {
        for control in ["order", "zone"] {
            let css = format!("[data-control=\"{control}\"] [data-option=\"{thing}\"]");
            assert!(page.placed.contains(&css), "{css}");
        }
    }
}
