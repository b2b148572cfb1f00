//! What is to be seen and said of the four farms.

use super::choice::DRAWN;
use super::farm::{DEEPEST, Sent};
use super::spec::{LONG, NAMES, RULE, RULES, SERVERS, Sizes};
use super::theory::OverLoad;
use super::{Dot, PowerOfTwo, W, request, rule, server};
use crate::mechanism::queueing::supermarket_tail;
use crate::player::About;
use crate::scene::{Axis, Cell, Chart, CurveLine, Curves, Grid, GridRow, Label, Panel, Scene, Status};
use crate::sim::{Arg, Entity, Msg, Span, Time, Unit};

const ROWS: [&str; RULES] = ["row-one", "row-two", "row-three", "row-all"];
const LINES: [&str; RULES] = ["line-one", "line-two", "line-three", "line-all"];
/// How each rule's curves look, in both charts.
const LOOKS: [Status; RULES] = [Status::Trouble, Status::Active, Status::Normal, Status::Quiet];
const ABOUT: [&str; RULES] = ["about-rule-one", "about-rule-two", "about-rule-three", "about-rule-all"];
/// Names of the arguments that are one number for each rule.
const EACH: [&str; RULES] = ["one", "two", "three", "all"];
/// Most who are named as concerned.
const RELATED: usize = 12;

/// Points of a curve.
type Points = Vec<(f32, f32)>;

/// Why a farm's request went where it went.
pub(super) fn reason(farm: usize, drawn: [u32; DRAWN], sent: &Sent, age: Span) -> Msg {
    const WHY: [&str; RULES] = ["why-one", "why-two", "why-three", "why-all"];
    const NUMBERS: [(&str, &str); DRAWN] = [("a", "at-a"), ("b", "at-b"), ("c", "at-c")];
    let mut why = Msg::new(WHY[farm]).count("server", sent.server.into());
    match farm {
        0 => return why,
        DRAWN => {
            let (shortest, tied) = sent.shortest;
            why = why.count("shortest", shortest.into()).count("tied", tied.into());
        }
        _ => {
            for k in 0..=farm {
                let (name, length) = NUMBERS[k];
                why = why.count(name, drawn[k].into()).count(length, sent.seen[k].into());
            }
        }
    }
    why.span("age", age)
}

impl PowerOfTwo {
    pub(super) fn picture(&self, w: &W, scene: &mut Scene) {
        let now = w.now();
        let longest: [(u32, u32); RULES] =
            core::array::from_fn(|k| self.farms[k].longest(self.controls.servers));
        scene.panels.push(self.grid(&longest, now));
        scene.panels.push(self.at_least(now));
        let service = self.controls.service.secs();
        let (p99, longest_of) = (|dot: &Dot| dot.p99, |dot: &Dot| dot.longest);
        let dots = self.dots_so_far(now);
        let axis = |label, unit, ends| Axis { label: Label::words(label), unit, ends, log: true };
        let y = axis("axis-p99", Unit::Time, (service, 1_000.0 * service));
        scene.panels.push(self.over_load("chart-p99", y, &dots, p99, (&self.theory.p99, service)));
        let y = axis("axis-longest", Unit::Count, (1.0, 1_000.0));
        scene.panels.push(self.over_load("chart-longest", y, &dots, longest_of, (&self.theory.longest, 1.0)));
        self.say(longest.map(|(_, longest)| longest), scene);
    }

    fn grid(&self, longest: &[(u32, u32); RULES], now: Time) -> Panel {
        let (servers, scale) = (self.controls.servers, self.scale(now));
        let row = |k: usize| {
            let (worst, most) = longest[k];
            let cell = |n: u32| Cell {
                entity: server(k, n),
                level: (f64::from(self.farms[k].at(n)) / scale) as f32,
                status: if n == worst && most > 0 { Status::Trouble } else { Status::Normal },
            };
            GridRow {
                entity: rule(k),
                label: Label::words(ROWS[k]),
                note: Some(Label::Words(Msg::new("note-longest").count("longest", most.into()))),
                status: if most >= LONG { Status::Trouble } else { Status::Normal },
                cells: (0..servers).map(cell).collect(),
            }
        };
        let full = Arg::Number(libm::ceil(scale), Unit::Count);
        Panel::Grid(
            Grid {
                title: Label::Words(Msg::new("grid-servers").with("full", full)),
                rows: (0..RULES).map(row).collect(),
                columns: servers,
                tall: true,
            }
            .into(),
        )
    }

    /// The model's curves hold for exponential service times, and for news that is fresh.
    fn has_theory(&self) -> bool {
        self.controls.sizes == Sizes::Exponential
    }

    /// The name of an axis along, which also says what lines are, where there are any.
    fn along(&self, [alone, with_theory]: [&'static str; 2]) -> Label {
        Label::words(if self.has_theory() { with_theory } else { alone })
    }

    /// Adds what was measured of a rule, and right behind it what the model says, where it says something.
    fn add(&self, lines: &mut Vec<CurveLine>, k: usize, measured: Points, expected: Points) {
        let status = LOOKS[k];
        lines.push(CurveLine { label: Label::words(LINES[k]), status, points: measured, dots: true });
        if k < DRAWN && self.has_theory() {
            let label = Label::Plain(String::new());
            lines.push(CurveLine { label, status, points: expected, dots: false });
        }
    }

    fn at_least(&self, now: Time) -> Panel {
        let mut lines = Vec::new();
        for k in 0..RULES {
            let (mut measured, mut expected) = (Vec::new(), Vec::new());
            for n in 1..=DEEPEST {
                let share = self.farms[k].share(n, self.controls.servers, self.from, now);
                // What never was is no point on a logarithmic axis.
                if share > 0.0 {
                    measured.push((n as f32, share as f32));
                }
                expected.push((n as f32, supermarket_tail(self.load, k as u32 + 1, n as u32) as f32));
            }
            self.add(&mut lines, k, measured, expected);
        }
        let label = self.along(["axis-requests", "axis-requests-theory"]);
        let x = Axis { label, unit: Unit::Count, ends: (1.0, DEEPEST as f64), log: false };
        let y = Axis { label: Label::words("axis-share"), unit: Unit::Share, ends: (1e-3, 1.0), log: true };
        Panel::Chart(Chart::Curves(
            Curves { title: Label::words("chart-at-least"), x, y, lines, now: None }.into(),
        ))
    }

    /// What was measured at each load, and what is expected there, in units of so much.
    fn over_load(
        &self,
        title: &'static str,
        y: Axis,
        dots: &[Dot],
        value: fn(&Dot) -> [f32; RULES],
        (theory, of): (&OverLoad, f64),
    ) -> Panel {
        let mut lines = Vec::new();
        for k in 0..RULES {
            let (mut measured, mut expected) = (Vec::new(), Vec::new());
            for dot in dots {
                measured.push((dot.load as f32, value(dot)[k]));
            }
            for &(load, value) in theory.get(k).into_iter().flatten() {
                expected.push((load, value * of as f32));
            }
            self.add(&mut lines, k, measured, expected);
        }
        let label = self.along(["axis-load", "axis-load-theory"]);
        let x = Axis { label, unit: Unit::Share, ends: (0.5, 1.0), log: false };
        Panel::Chart(Chart::Curves(
            Curves { title: Label::words(title), x, y, lines, now: Some(self.load) }.into(),
        ))
    }

    /// The anomaly, its figure, the trend.
    fn say(&self, longest: [u32; RULES], scene: &mut Scene) {
        let worst = (0..RULES).fold(0, |worst, k| if longest[k] > longest[worst] { k } else { worst });
        let most = Msg::new(if longest[worst] < LONG {
            "says-level"
        } else if worst == DRAWN && self.controls.old > Span::ZERO {
            "says-herd"
        } else {
            "says-worst"
        });
        let most = most.count("longest", longest[worst].into());
        scene.sentences.push(match most.id.as_ref() {
            "says-herd" => most.span("old", self.controls.old),
            "says-worst" => most.word("rule", NAMES[worst]),
            _ => most,
        });
        let mut all = Msg::new("says-longest");
        let mut p99 = Msg::new("says-p99").with("load", Arg::Number(self.load, Unit::Share));
        for k in 0..RULES {
            all = all.count(EACH[k], longest[k].into());
            let seconds = self.farms[k].p99().map_or(f64::NAN, Span::secs);
            p99 = p99.with(EACH[k], Arg::Number(seconds, Unit::Time));
        }
        scene.sentences.extend([all, p99]);
    }

    pub(super) fn tell(&self, entity: Entity, w: &W) -> Option<About> {
        let now = w.now();
        let servers = self.controls.servers;
        match entity.kind {
            SERVERS..RULE => {
                let farm = usize::from(entity.kind - SERVERS);
                let line = self.farms[farm].lines.get(entity.n as usize)?;
                let mut sentences = vec![Msg::new("about-server").count("requests", line.len() as u64)];
                if entity.n >= servers {
                    sentences.push(Msg::new("about-taken-out"));
                } else if self.controls.old > Span::ZERO {
                    let seen =
                        Msg::new("about-board").count("seen", self.farms[farm].believed(entity.n).into());
                    sentences.push(seen.span("age", self.age(now)));
                }
                let related = line.iter().take(RELATED).map(|job| request(farm, job.request)).collect();
                Some(About { sentences, related })
            }
            RULE if (entity.n as usize) < RULES => {
                let k = entity.n as usize;
                let farm = &self.farms[k];
                let (worst, longest) = farm.longest(servers);
                let p99 = farm.p99().map_or(f64::NAN, Span::secs);
                let here = Msg::new("about-rule-now")
                    .count("requests", farm.lines.iter().map(|line| line.len() as u64).sum())
                    .count("servers", servers.into())
                    .count("longest", longest.into())
                    .with("p99", Arg::Number(p99, Unit::Time));
                Some(About { sentences: vec![Msg::new(ABOUT[k]), here], related: vec![server(k, worst)] })
            }
            kind if kind < SERVERS && w.tally(kind).opened() > u64::from(entity.n) => {
                Some(self.tell_request(entity, w))
            }
            _ => None,
        }
    }

    /// Where request `n` of a farm is: its server, how many are ahead of it, and its service time.
    fn find(&self, farm: usize, n: u32) -> Option<(u32, u64, Span)> {
        (0..).zip(&self.farms[farm].lines).find_map(|(at, line)| {
            let ahead = line.iter().position(|job| job.request == n)?;
            Some((at, ahead as u64, line[ahead].takes))
        })
    }

    fn tell_request(&self, entity: Entity, w: &W) -> About {
        let farm = usize::from(entity.kind);
        let (mut sentences, mut related) = (Vec::new(), Vec::new());
        if let Some((at, ahead, size)) = self.find(farm, entity.n) {
            let at = server(farm, at);
            sentences.push(match ahead {
                0 => Msg::new("about-served").of("server", at),
                _ => Msg::new("about-waiting").of("server", at).count("ahead", ahead),
            });
            let since = w.tally(entity.kind).opened_at(entity.n).unwrap_or(w.now());
            sentences.push(Msg::new("about-age").span("age", w.now().since(since)).span("size", size));
            related.push(at);
        } else {
            sentences.push(Msg::new("about-answered"));
        }
        for twin in (0..RULES).filter(|&k| k != farm).map(|k| request(k, entity.n)) {
            sentences.push(match self.find(twin.kind.into(), twin.n) {
                Some((at, ahead, _)) => {
                    related.push(twin);
                    Msg::new("about-twin").of("twin", twin).count("server", at.into()).count("ahead", ahead)
                }
                None => Msg::new("about-twin-answered").of("twin", twin),
            });
        }
        About { sentences, related }
    }
}
