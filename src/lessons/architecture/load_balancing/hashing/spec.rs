//! What can be turned and measured.

use crate::mechanism::balancer::Policy;
use crate::player::{
    Action, Control, Controls, EntityKind, EntityNames, FigureSpec, Message, Needs, Pace, Reading,
};
use crate::sim::{EndKind, Entity, Span, Time, Unit};
use crate::{choices, controls};
use std::borrow::Cow;

pub(super) const REQUEST: u8 = 0;
pub(super) const SERVER: u8 = 1;
pub(super) const KEY: u8 = 2;

/// Most servers that the tier can have.
pub(super) const MOST: u32 = 8;
/// Keys that are asked for.
pub(super) const KEYS: u32 = 1_000;
/// Of each server's keys every so many-th stands in the picture.
pub(super) const EVERY_NTH: usize = 8;
/// The key that `hot` is about, and the most wanted one of Zipf's law.
pub(super) const HOT: Entity = Entity::new(KEY, 0);
/// Answering from memory, and fetching from the database.
pub(super) const HIT_TAKES: Span = Span::from_millis(1);
pub(super) const MISS_TAKES: Span = Span::from_millis(50);
/// Slots of Maglev's table: a prime far more than 100 times the servers, as the paper has it. (Envoy's default of 65,537
/// is meant for hundreds of servers.)
pub(super) const TABLE_SIZE: u32 = 4_093;

pub(super) const HIT: EndKind = EndKind(0);
pub(super) const MISS: EndKind = EndKind(1);
pub(super) const NO_SERVER: EndKind = EndKind(2);

choices! {
    /// How a key leads to its server.
    pub enum Rule {
        Modulo = "modulo", "Hash modulo servers";
        Ring = "ring", "Ring";
        Maglev = "maglev", "Maglev";
    }
}

impl Rule {
    /// The balancer's policy.
    pub(super) fn policy(self) -> Policy {
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
        /// How a key leads to its server.
        pub rule: Rule = Control::choice("rule", "Rule", Rule::OPTIONS, "modulo")
            .help("How the balancer finds a key's server.").primary(),
        /// Servers of the tier.
        pub servers: u32 = Control::number("servers", "Servers", Unit::Count, (2.0, MOST as f64), 1.0, 5.0)
            .help("Cache servers: a new one starts empty; it is the last one that goes.").primary(),
        /// Virtual nodes of each server.
        pub points: u32 = Control::log_number("points", "Virtual nodes (ring)", Unit::Count, (1.0, 256.0), 160.0)
            .by(1.0).help("Points that each server has on the ring; 160 in nginx and in ketama."),
        /// From one restart to the next.
        pub every: Span = Control::number("every", "A restart every", Unit::Time, (0.0, 60.0), 1.0, 12.0)
            .help("One server after the other is restarted, and is away for a third of this time; 0 for never."),
        /// Share of the requests that ask for one key.
        pub hot: f64 = Control::number("hot", "One hot key", Unit::Share, (0.0, 0.6), 0.05, 0.0)
            .help("Share of all requests that ask for key 0, beyond those that Zipf's law gives it."),
        /// Zipf's exponent.
        pub skew: f64 = Control::number("skew", "Skew of the keys", Unit::Count, (0.0, 1.2), 0.1, 0.6)
            .help("Exponent of Zipf's law: at 0 all keys are asked for equally often."),
        /// Requests a second.
        pub load: f64 = Control::number("load", "Load", Unit::Rate, (200.0, 2000.0), 100.0, 500.0)
            .help("Requests that arrive in a second."),
    }
}

/// Actions, by their place in the declaration.
pub(super) const TAKE_OUT: usize = 0;
const ACTIONS: &[Action] = &[
    Action::new("take-out", "Take it out", &[SERVER]),
    Action::new("bring-back", "Bring it back", &[SERVER]),
];

const KINDS: &[EntityKind] = &[
    EntityKind::new("request", EntityNames::Numbers),
    EntityKind::new("server", EntityNames::Letters),
    EntityKind::new("key", EntityNames::Numbers),
];

const READINGS: &[Reading] = &[
    Reading::new("moved", "moved", Unit::Share, "Share of all keys that the last change gave another server.")
        .trouble_from(0.5),
    Reading::new(
        "least",
        "had to move",
        Unit::Share,
        "Share of all keys whose old server went away with that change, or whose new server came with it.",
    ),
    Reading::new("misses", "misses", Unit::Rate, "Fetches from the database over the last second.")
        .trouble_from(100.0)
        .contributed_by(REQUEST, &[MISS], 1.0),
    Reading::new(
        "hit-share",
        "hits",
        Unit::Share,
        "Share of the answers of the last second that came from a server's memory.",
    )
    .contributed_by(REQUEST, &[HIT], 1.0),
    Reading::new(
        "busiest",
        "busiest by requests",
        Unit::Factor,
        "Requests of the busiest server over the last two seconds, as a multiple of the mean of all that are there.",
    )
    .trouble_from(1.5),
    Reading::new(
        "keys-busiest",
        "busiest by keys",
        Unit::Factor,
        "Keys of the server that has most, as a multiple of the mean.",
    )
    .trouble_from(1.5),
];

/// What the figure can say.
pub(super) const MESSAGES: &[Message] = &[
    ("change-left", &["server", "moved", "keys", "least"]),
    ("change-back", &["server", "moved", "keys", "least"]),
    ("change-servers", &["servers", "moved", "keys", "least"]),
    ("change-rule", &["moved", "keys"]),
    ("change-points", &["moved", "keys"]),
    ("no-change", &["servers", "keys"]),
    ("says-nobody", &[]),
    ("says-misses", &["misses", "hits"]),
    ("says-no-misses", &[]),
    ("says-busiest", &["server", "share", "factor"]),
    ("says-hot", &["key", "hot", "server", "share"]),
    ("grid-keys", &["nth", "keys"]),
    ("note-away", &[]),
    ("chart-misses", &[]),
    ("misses", &[]),
    ("chart-balance", &["servers"]),
    ("axis-points", &[]),
    ("axis-busiest", &[]),
    ("this-ring", &[]),
    ("typical-ring", &[]),
    ("step-hit", &["key", "server"]),
    ("step-miss", &["key", "server"]),
    ("step-no-server", &["key"]),
    ("step-answered", &[]),
    ("step-fetched", &[]),
    ("step-fetched-late", &["server"]),
    ("why-ring", &["hash", "point"]),
    ("why-maglev", &["slot", "size"]),
    ("why-modulo", &["slot", "size"]),
    ("about-hit", &["server"]),
    ("about-miss", &["server", "since"]),
    ("about-ended", &[]),
    ("about-server", &["keys", "held", "share"]),
    ("about-away", &[]),
    ("about-owner", &["server", "held"]),
    ("about-no-owner", &[]),
    ("about-asked", &["asked"]),
    ("in-memory", &[]),
    ("not-in-memory", &[]),
    ("is-away", &["server"]),
    ("is-there", &["server"]),
    ("no-such-entity", &["entity"]),
    ("model-fault", &["why"]),
];

/// The declaration.
pub(super) const SPEC: &FigureSpec = &FigureSpec {
    id: Cow::Borrowed("what-a-hash-keeps"),
    version: 1,
    until: Time::from_secs(40),
    still_at: Time::from_millis(5_000),
    warm_up: Time::from_secs(4),
    pace: Pace::Continuous,
    speed: 1.0,
    controls: Cow::Borrowed(ControlValues::ALL),
    readings: Cow::Borrowed(READINGS),
    actions: Cow::Borrowed(ACTIONS),
    kinds: Cow::Borrowed(KINDS),
    needs: Needs::Nothing,
};
