//! Panels that no lesson has yet, for the gallery: messages over time, and state machines.

use crate::scene::{
    Bar, Label, Ladder, LadderMessage, Loss, MachineState, PacketKind, Panel, Party, PartyNote, States,
    Status, Token, Transition,
};
use crate::sim::{Entity, Span, Time};

/// The moment that they show.
pub const NOW: Time = Time::from_secs(43);
/// The kind of what is sent.
pub const REQUEST: u8 = 9;
/// What is to be looked at where every state is shown.
pub const STATES: &str = "States are told by outline and pattern as well as by colour.";

/// All of them: name, what to look at, panel.
pub fn all() -> [(&'static str, &'static str, Panel); 6] {
    [
        ("Ladder: a connection", "A segment is lost and sent again; another is under way.", connection()),
        ("Ladder: states", STATES, messages_of_each_state()),
        ("Ladder: five parties", "Labels without room are left to the tables.", election()),
        ("States: a row", "Who is in a state is told by a thick border and a disc.", breaker()),
        ("States: several machines", "Each has a token with its name.", roles()),
        ("States: states", STATES, machine_of_each_state()),
    ]
}

/// A text as a label.
pub fn plain(text: impl Into<String>) -> Label {
    Label::Plain(text.into())
}

/// A state's name.
pub fn name(state: Status) -> Label {
    plain(format!("{state:?}").to_lowercase())
}

/// Something of each state, with its number.
pub fn each<T>(states: &[Status], make: impl Fn(u32, Status) -> T) -> Vec<T> {
    states.iter().zip(0..).map(|(&state, n)| make(n, state)).collect()
}

/// The n-th of the parties.
pub fn server(n: u32) -> Entity {
    Entity::new(1, n)
}

/// Milliseconds after the start of the window that ladders show.
fn after(millis: u64) -> Time {
    NOW.back(Span::from_millis(1_600)) + Span::from_millis(millis)
}

fn ladder(parties: Vec<Party>, messages: Vec<LadderMessage>) -> Panel {
    Panel::Ladder(
        Ladder {
            title: plain("Who sent what"),
            from: after(0),
            until: after(2_000),
            step: None,
            parties,
            messages,
        }
        .into(),
    )
}

fn party(n: u32, label: &str) -> Party {
    Party {
        entity: server(n),
        label: plain(label),
        status: Status::Normal,
        spans: Vec::new(),
        notes: Vec::new(),
    }
}

/// What a party was at between two moments, in milliseconds.
fn span(n: u32, (from, until): (u64, u64), label: &str, status: Status) -> Bar {
    Bar { entity: Entity::new(4, n), from: after(from), until: after(until), label: plain(label), status }
}

/// A message between two of the parties, sent and arriving so many milliseconds into the window.
fn message(n: u32, (from, to): (u32, u32), (sent, arrives): (u64, u64), label: &str) -> LadderMessage {
    LadderMessage {
        entity: Entity::new(REQUEST, n),
        from: server(from),
        to: server(to),
        sent: after(sent),
        arrives: after(arrives),
        lost: None,
        label: plain(label),
        kind: PacketKind::Request,
        status: Status::Normal,
    }
}

fn connection() -> Panel {
    let lost = Some(Loss { at: after(930), why: Some(plain("queue full")) });
    let spans = |n, opening, open, from: u64, since: u64| {
        vec![
            span(n, (from, since), opening, Status::Warming),
            span(n + 1, (since, 2_000), open, Status::Active),
        ]
    };
    let client = Party { spans: spans(0, "SYN_SENT", "ESTABLISHED", 100, 420), ..party(0, "client") };
    let server = Party { spans: spans(2, "SYN_RECEIVED", "ESTABLISHED", 260, 580), ..party(1, "server") };
    let timeout = PartyNote { at: after(1_200), label: plain("timeout"), status: Status::Trouble };
    let messages = vec![
        message(0, (0, 1), (100, 260), "SYN"),
        message(1, (1, 0), (260, 420), "SYN, ACK"),
        message(2, (0, 1), (420, 580), "ACK"),
        message(3, (0, 1), (620, 780), "seq 1"),
        LadderMessage { lost, ..message(4, (0, 1), (850, 1_010), "seq 2") },
        LadderMessage { status: Status::Active, ..message(5, (0, 1), (1_200, 1_360), "seq 2 again") },
        LadderMessage { kind: PacketKind::Answer, ..message(6, (1, 0), (1_450, 1_800), "ACK 3") },
    ];
    ladder(vec![Party { notes: vec![timeout], ..client }, server], messages)
}

fn messages_of_each_state() -> Panel {
    let spans = each(&Status::ALL, |n, status| {
        let from = u64::from(n) * 220;
        span(n, (from + 60, from + 200), &format!("{status:?}").to_lowercase(), status)
    });
    let notes = each(&Status::ALL, |n, status| PartyNote {
        at: after(u64::from(n) * 220 + 130),
        label: name(status),
        status,
    });
    let messages = each(&Status::ALL, |n, status| {
        let sent = u64::from(n) * 220 + 60;
        let label = format!("{status:?}").to_lowercase();
        LadderMessage { status, ..message(n, (0, 1), (sent, sent + 90), &label) }
    });
    let a_name_too_long = "Donaudampfschifffahrtsgesellschaft";
    let last = Party { notes, ..party(2, a_name_too_long) };
    ladder(vec![party(0, "client"), Party { spans, ..party(1, "server") }, last], messages)
}

fn election() -> Panel {
    let names = ["A", "B", "C", "D", "E"];
    let mut parties: Vec<Party> = names.iter().zip(0..).map(|(name, n)| party(n, name)).collect();
    parties[0].spans =
        vec![span(0, (0, 300), "leader", Status::Active), span(1, (300, 2_000), "down", Status::Down)];
    parties[0].status = Status::Down;
    parties[2].spans = vec![
        span(2, (620, 960), "candidate", Status::Warming),
        span(3, (960, 2_000), "leader", Status::Active),
    ];
    parties[2].notes = vec![PartyNote { at: after(620), label: plain("timeout"), status: Status::Trouble }];
    let mut messages = Vec::new();
    for (k, to) in (0_u32..).zip([1, 2, 3, 4]) {
        messages.push(message(k, (0, to), (150, 230 + u64::from(k) * 25), "append"));
    }
    for (k, to) in (0_u32..).zip([0, 1, 3, 4]) {
        let delay = 110 + u64::from(to) * 20;
        let lost = (to == 0).then(|| Loss { at: after(690), why: Some(plain("down")) });
        messages.push(LadderMessage { lost, ..message(10 + k, (2, to), (620, 620 + delay), "vote?") });
        if to > 0 {
            let arrives = 960 + 90 * u64::from(k - 1);
            let answer = message(20 + k, (to, 2), (640 + delay, arrives), "yes");
            messages.push(LadderMessage { kind: PacketKind::Answer, ..answer });
        }
        if to > 0 {
            messages.push(message(30 + k, (2, to), (1_480, 1_560 + u64::from(to) * 40), "append"));
        }
    }
    ladder(parties, messages)
}

fn machine(states: &[(&str, Status)], ways: &[(usize, usize, &str)], tokens: Vec<Token>) -> States {
    let state = |(&(label, status), n): (&(&str, Status), u32)| MachineState {
        entity: Some(Entity::new(5, n)),
        label: plain(label),
        status,
    };
    let way = |(&(from, to, label), n): (&(usize, usize, &str), u32)| Transition {
        entity: Some(Entity::new(6, n)),
        from,
        to,
        label: plain(label),
        taken: None,
    };
    let states = states.iter().zip(0..).map(state).collect();
    let transitions = ways.iter().zip(0..).map(way).collect();
    States { title: plain("State machine"), states, transitions, tokens }
}

fn token(n: u32, label: &str, state: usize, status: Status) -> Token {
    Token { entity: server(n), state, label: plain(label), since: None, status }
}

fn breaker() -> Panel {
    let states = [("closed", Status::Normal), ("open", Status::Trouble), ("half-open", Status::Warming)];
    let ways = [
        (0, 0, "success"),
        (0, 1, "5 failures"),
        (1, 2, "after 5 s"),
        (2, 1, "failure"),
        (2, 0, "3 successes"),
    ];
    let since = Some(NOW.back(Span::from_millis(3_200)));
    let mut machine = machine(&states, &ways, vec![Token { since, ..token(0, "", 1, Status::Trouble) }]);
    machine.transitions[1].taken = since;
    Panel::States(machine.into())
}

fn roles() -> Panel {
    let normal = |label| (label, Status::Normal);
    let states = ["follower", "candidate", "leader"].map(normal);
    let ways = [
        (0, 1, "timeout"),
        (1, 1, "split vote"),
        (1, 2, "majority"),
        (1, 0, "higher term"),
        (2, 0, "higher term"),
    ];
    let tokens = vec![
        token(0, "A", 0, Status::Normal),
        token(1, "B", 2, Status::Active),
        token(2, "C", 0, Status::Normal),
        token(3, "D", 0, Status::Down),
        token(4, "E", 1, Status::Warming),
    ];
    let mut machine = machine(&states, &ways, tokens);
    machine.transitions[2].taken = Some(NOW);
    Panel::States(machine.into())
}

fn machine_of_each_state() -> Panel {
    let names: Vec<String> = Status::ALL.iter().map(|status| format!("{status:?}").to_lowercase()).collect();
    let states: Vec<(&str, Status)> = names.iter().map(String::as_str).zip(Status::ALL).collect();
    let last = states.len() - 1;
    let mut ways: Vec<(usize, usize, &str)> = (0..last).map(|n| (n, n + 1, "next")).collect();
    ways.extend([(last, 0, "again"), (0, 3, "falls"), (3, 0, "comes up"), (2, 2, "stays"), (5, 5, "stays")]);
    let names = ["A", "B", "C", "D", "E", "F", "G"];
    let tokens = each(&Status::ALL, |n, status| token(n, names[n as usize], n as usize, status));
    Panel::States(machine(&states, &ways, tokens).into())
}
