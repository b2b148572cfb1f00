//! What can be turned, done, measured, said and asked.

use crate::lessons::prelude::*;
use crate::mechanism::balancer::Policy;

kinds! {
    pub(super) KINDS;
    REQUEST = "request", Numbers;
    SERVER = "server", Letters;
    KEY = "key", Numbers;
}

/// Most servers that the tier can have.
pub(super) const MOST: u32 = 8;
/// The key that `hot` is about, and the most wanted one of Zipf's law.
pub(super) const HOT: Entity = Entity::new(KEY, 0);

pub(super) const HIT: EndKind = EndKind(0);
pub(super) const MISS: EndKind = EndKind(1);
pub(super) const NO_SERVER: EndKind = EndKind(2);

choices! {
    /// How a key leads to its server.
    pub enum Rule {
        Modulo = "modulo", "Modulo";
        Ring = "ring", "Ring";
        Maglev = "maglev", "Maglev";
    }
}

impl Rule {
    /// The balancer's policy.
    pub fn policy(self) -> Policy {
        match self {
            Self::Modulo => Policy::Modulo,
            Self::Ring => Policy::RingHash,
            Self::Maglev => Policy::Maglev,
        }
    }
}

controls! {
    /// What can be turned.
    pub struct ControlValues {
        pub rule: Rule = Control::choice("rule", "Policy", Rule::OPTIONS, "modulo")
            .help("How the balancer finds a key's server: its hash modulo the number of servers, the next point on a ring, or a slot in Maglev's table.").primary(),
        pub servers: u32 = Control::number("servers", "Servers", Unit::Count, (2.0, MOST as f64), 1.0, 5.0)
            .help("Cache servers. A new one starts empty; the last one is the first to go.").primary(),
        pub points: u32 = Control::log_number("points", "Virtual nodes (ring)", Unit::Count, (1.0, 256.0), 160.0)
            .by(1.0).help("Points that each server has on the ring: 160 in nginx and in ketama."),
        pub every: Span = Control::number("every", "Restart every", Unit::Time, (0.0, 60.0), 1.0, 12.0)
            .help("The servers are restarted one by one, each away for a third of this time; 0 for never."),
        pub hot: f64 = Control::number("hot", "One hot key", Unit::Share, (0.0, 0.6), 0.05, 0.0)
            .help("Share of all requests that ask for key 0, on top of those that ask for it anyway."),
    }
}

/// Actions, by their place in the declaration.
pub(super) const TAKE_OUT: usize = 0;
const ACTIONS: &[Action] =
    &[Action::new("take-out", "Take out", &[SERVER]), Action::new("bring-back", "Bring back", &[SERVER])];

readings! {
    READINGS;
    Reading::new("moved", "moved", Unit::Share, "Share of all keys that the last change gave to another server.")
        .trouble_from(0.5);
    Reading::new("least", "had to move", Unit::Share, "Share of all keys whose old server went away with that change, or whose new one came with it.");
    Reading::measured("misses", "misses", Statistic::Rate, "Fetches from the database, over the last second.")
        .of(REQUEST, &[MISS]).last(1.0).trouble_from(100.0);
    Reading::measured("hit-share", "hits", Statistic::Share, "Share of the requests of the last second that were answered from a server's memory.")
        .of(REQUEST, &[HIT]).last(1.0);
    Reading::new("busiest", "most requests", Unit::Factor, "Requests to the busiest server over the last two seconds, as a multiple of the mean of all that are there.")
        .trouble_from(1.5);
    Reading::new("keys-busiest", "most keys", Unit::Factor, "Keys of the server that has the most, as a multiple of the mean.")
        .trouble_from(1.5);
}

messages! {
    pub(super) MESSAGES;
    says_unmoved(servers: u32); says_rearranged(moved: u32);
    says_left(server: Entity, moved: u32, least: u32); says_back(server: Entity, moved: u32, least: u32);
    says_resized(servers: u32, moved: u32, least: u32);
    says_nobody(); says_no_misses(); says_misses(misses: (f64, Unit));
    says_busiest(server: Entity, share: (f64, Unit), factor: (f64, Unit));
    says_hot(key: Entity, hot: (f64, Unit), server: Entity, share: (f64, Unit));
    grid_keys(nth: u32); key_held(); key_missing(); key_moved(); key_hot(); note_away(); chart_misses(); misses();
    table_servers(); column_server(); column_keys(); column_held(); column_requests();
    step_hit(key: Entity, server: Entity); step_miss(key: Entity, server: Entity); step_no_server(key: Entity);
    step_answered(server: Entity); step_kept(server: Entity); step_not_kept(server: Entity);
    why_modulo(slot: u32, size: u32); why_maglev(slot: u32, size: u32); why_ring(hash: (f64, Unit), point: (f64, Unit));
    about_modulo(slot: u32, size: u32); about_maglev(slot: u32, size: u32); about_ring(hash: (f64, Unit), point: (f64, Unit));
    about_hit(server: Entity); about_fetching(server: Entity, since: Span); about_ended();
    about_server(keys: u32, held: u32, share: (f64, Unit)); about_away();
    about_held(server: Entity); about_not_held(server: Entity); about_no_owner(); about_asked(asked: u32);
    nothing_changes(server: Entity);
}

pub(super) const SPEC: &FigureSpec =
    &FigureSpec::new("what-a-hash-keeps", Time::from_secs(40), ControlValues::ALL, READINGS, KINDS)
        .still_at(Time::from_secs(5))
        .warm_up(Time::from_secs(4))
        .actions(ACTIONS);

/// What learners predict of the figure.
pub const PREDICTIONS: &[Prediction] = &[Prediction {
    id: "modulo-loses-one",
    answer_kind: AnswerKind::Number { unit: Unit::Share, tolerance: 0.05 },
    at: Time::from_secs(5),
    runs: &[&[("rule", "modulo"), ("servers", "5"), ("every", "12")]],
    // Each server leaves and comes back; the same keys move both times.
    truth: |runs| Value::Number(runs[0].mean("moved")).into(),
}];
