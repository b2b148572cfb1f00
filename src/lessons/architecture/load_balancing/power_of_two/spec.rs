//! What can be turned, measured, said and asked.

use crate::lessons::prelude::*;

/// The policies, one farm each: one choice, two, three, and all servers looked at.
pub(super) const FARMS: usize = 4;
/// Kinds: requests of farm 0, 1, 2, 3, then their servers, then the farms themselves.
pub(super) const SERVERS: u8 = FARMS as u8;
pub(super) const ANSWERED: EndKind = EndKind(0);
/// From so many requests at one server on, its queue is called long.
pub(super) const LONG: u32 = 10;

kinds! {
    pub(super) KINDS;
    REQUEST_ONE = "request-one", Numbers; REQUEST_TWO = "request-two", Numbers;
    REQUEST_THREE = "request-three", Numbers; REQUEST_ALL = "request-all", Numbers;
    SERVER_ONE = "server-one", Numbers; SERVER_TWO = "server-two", Numbers;
    SERVER_THREE = "server-three", Numbers; SERVER_ALL = "server-all", Numbers;
    FARM = "farm", Words(NAMES);
}

const NAMES: &[Cow<'static, str>] = &[
    Cow::Borrowed("one-choice"),
    Cow::Borrowed("two-choices"),
    Cow::Borrowed("three-choices"),
    Cow::Borrowed("all-servers"),
];

controls! {
    /// What can be turned.
    pub struct ControlValues {
        pub load: f64 = Control::number("load", "Load", Unit::Share, (0.5, 0.99), 0.01, 0.9)
            .help("Work that arrives, as a share of what the servers of a farm can handle.").primary(),
        pub old: Span = Control::number("old", "Queues read every", Unit::Time, (0.0, 5.0), 0.1, 0.0)
            .help("The balancer reads the queue lengths off a board that is updated this often. At 0 they are always fresh.").primary(),
        pub servers: u32 = Control::number("servers", "Servers per farm", Unit::Count, (10.0, 200.0), 10.0, 60.0)
            .help("Servers in each of the four farms; more of them get more requests."),
        pub theory: bool = Control::flag("theory", "Show the formula", false)
            .help("Draws what Mitzenmacher's formula expects of very many servers, while queue lengths are fresh."),
    }
}

const fn p99(id: &'static str, label: &'static str, farm: u8) -> Reading {
    Reading::measured(
        id,
        label,
        Statistic::Quantile(0.99),
        "99 % of this farm's answers of the last 20 s took at most this long.",
    )
    .of(farm, &[ANSWERED])
    .last(20.0)
}

const fn longest(id: &'static str, label: &'static str) -> Reading {
    Reading::new(
        id,
        label,
        Unit::Count,
        "Requests at the server of this farm that has the most, the one in service included.",
    )
    .trouble_from(LONG as f64)
}

readings! {
    READINGS;
    longest(LONGEST[0], "longest 1");
    longest(LONGEST[1], "longest 2");
    longest(LONGEST[2], "longest 3");
    longest(LONGEST[3], "longest all");
    p99("p99-one", "p99 1", REQUEST_ONE);
    p99("p99-two", "p99 2", REQUEST_TWO);
    p99("p99-three", "p99 3", REQUEST_THREE);
    p99("p99-all", "p99 all", REQUEST_ALL);
}

/// Ids of the longest queues, farm by farm.
pub(super) const LONGEST: [&str; FARMS] = ["longest-one", "longest-two", "longest-three", "longest-all"];

messages! {
    pub(super) MESSAGES;
    one_choice(); two_choices(); three_choices(); all_servers();
    note_longest(longest: u32); grid_servers(full: u32); key_requests(); key_longest();
    chart_at_least(); axis_requests(); axis_share();
    says_level(longest: u32); says_worst(farm: Entity, longest: u32); says_herd(old: Span, longest: u32);
    says_longest(one: u32, two: u32, three: u32, all: u32);
    step_sent(server: Entity, there: u32);
    why_one(); why_two(a: u32, x: u32, b: u32, y: u32, age: Span);
    why_three(a: u32, x: u32, b: u32, y: u32, c: u32, z: u32, age: Span);
    why_all(shortest: u32, tied: u32, age: Span);
    about_server(requests: usize); about_board(seen: u32, age: Span); about_farm(requests: usize, servers: u32); about_worst(server: Entity, requests: u32);
    about_in_service(server: Entity); about_answered();
}

pub(super) const SPEC: &FigureSpec =
    &FigureSpec::new("power-of-two", Time::from_secs(120), ControlValues::ALL, READINGS, KINDS)
        .version(2)
        .still_at(Time::from_secs(20))
        .warm_up(Time::from_secs(30));

/// What learners predict of the figure.
pub const PREDICTIONS: &[Prediction] = &[Prediction {
    id: "longest-with-two",
    answer_kind: AnswerKind::Number { unit: Unit::Count, tolerance: 0.34 },
    at: Time::from_secs(20),
    // Of the run that the page then plays.
    runs: &[],
    truth: |runs| Value::Number(runs[0].at(LONGEST[1], Time::from_secs(20))).into(),
}];
