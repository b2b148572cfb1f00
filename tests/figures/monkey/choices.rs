//! What the monkey chooses to do next.

use super::Monkey;
use crate::page::action;
use playground::desk::{ActionKind, DeskCommand, OpenFigure, UserAction};
use playground::player::{
    Action, AnswerKind, CURVE_POINTS, Control, ControlKind, Options, Slider, ValueKind,
};
impl Monkey {
    /// What to do next: its name in the table of what was covered, and what is told.
    pub(super) fn choose(&mut self) -> (String, DeskCommand) {
        if let Some((name, action)) = self.planned.pop() {
            return (name, DeskCommand::UserAction(action));
        }
        let kind = self.below(100);
        let (name, action) = match kind {
            0..=24 => self.control(),
            25..=34 => self.act(),
            35..=49 => self.time(),
            50..=61 => self.picture(),
            62..=77 => self.instrument(),
            78..=89 => self.surroundings(),
            90..=92 => {
                let (picture, charts) = (self.below(1_400) as u16, self.below(500) as u16);
                return ("page: resize".into(), DeskCommand::Resize { picture, charts });
            }
            93 => return ("page: calm".into(), DeskCommand::ReduceMotion(self.below(2) == 0)),
            94..=95 => return ("time: tick".into(), DeskCommand::Tick(self.share() * 0.3)),
            _ => return self.link(),
        };
        (name, DeskCommand::UserAction(action))
    }

    fn control(&mut self) -> (String, UserAction) {
        let spec = self.figure.spec;
        let control = &spec.controls[self.below(spec.controls.len())];
        let target = control.id.to_string();
        let share = self.share();
        let action = match (&control.kind, Slider::of(control)) {
            (ControlKind::Number { .. }, Some(slider)) if self.below(3) > 0 => UserAction {
                variant: "range".into(),
                number: (share * slider.last_position()).round(),
                ..action("control")
            },
            (ControlKind::Number { unit, .. }, Some(slider)) => match self.below(3) {
                0 => UserAction { text: "no number".into(), variant: "text".into(), ..action("control") },
                1 => UserAction {
                    text: self.one(&["ArrowRight", "ArrowLeft", "PageUp", "Home", "End"]).into(),
                    ..action("nudge")
                },
                _ => {
                    let text = unit.format(slider.value((share * slider.last_position()).round()));
                    UserAction { text, variant: "text".into(), ..action("control") }
                }
            },
            (ControlKind::Choice { options, .. }, _) => {
                UserAction { text: options[self.below(options.len())].0.to_string(), ..action("control") }
            }
            (ControlKind::Flag { .. }, _) => UserAction { number: self.below(2) as f64, ..action("control") },
            (kind, _) => self.composed(control, kind),
        };
        (format!("control: {target}"), UserAction { target, ..action })
    }

    /// Boxes are ticked, things are put somewhere, and values of all kinds come as texts, good and bad.
    fn composed(&mut self, control: &Control, kind: &ControlKind) -> UserAction {
        let some = |all: &Options, n: usize| all[n % all.len()].0.to_string();
        let (n, m) = (self.below(1_000), self.below(1_000));
        match (kind, self.below(4)) {
            (ControlKind::Several { things, .. }, 1..) => UserAction {
                variant: "checkbox".into(),
                text: some(things, n),
                number: (m % 2) as f64,
                ..action("control")
            },
            (ControlKind::Order { things, .. }, 1..) => UserAction {
                variant: some(things, n),
                text: self.one(&["up", "down", "", "sideways"]).into(),
                number: m as f64 / 100.0 - 2.0,
                ..action("place")
            },
            (ControlKind::Assignment { things, groups, .. }, 1..) => {
                UserAction { variant: some(things, n), text: some(groups, m), ..action("place") }
            }
            (_, 0) => {
                let text =
                    self.one(&["", ",", "a:b:c,", "shop,shop", "x:y", "🦦", "calls > 3 ms", "calls >"]);
                UserAction { text: text.into(), ..action("control") }
            }
            _ => {
                let drawn = kind.drawn(&mut |below| self.below(below as usize) as u32);
                UserAction { text: control.written(&drawn), ..action("control") }
            }
        }
    }

    /// A line across the picture, or a choice of entities, which half of the time is gone through with.
    fn several(&mut self) -> (String, UserAction) {
        let mut point = || format!("{},{}", self.share() * 700.0, self.share() * 300.0);
        let text = [point(), point(), point()].join(" ");
        let does = self.one(&["draw-across", "choose", "chosen"]);
        let mut fitting = self.figure.spec.actions.iter().filter(|it| match does {
            "draw-across" => it.by_drawing,
            _ => matches!(it.arg, ValueKind::Entities { .. }),
        });
        let way = fitting.next();
        if let Some(ValueKind::Entities { kind, at_least, .. }) = way.map(|action| &action.arg)
            && does == "choose"
            && self.below(2) == 0
        {
            self.planned.push(("several: chosen".into(), action("chosen")));
            for n in 0..*at_least {
                let target = format!("{kind}:{n}");
                self.planned.push(("panel: select".into(), UserAction { target, ..action("select") }));
            }
        }
        let way = way.map_or_else(String::new, |action| action.id.to_string());
        let target = format!("{}:{}", self.below(2), self.below(5));
        (format!("several: {does}"), UserAction { variant: way, target, text, ..action(does) })
    }

    fn act(&mut self) -> (String, UserAction) {
        let spec = self.figure.spec;
        if spec.actions.is_empty() {
            return self.control();
        }
        let composed = |it: &Action| it.by_drawing || matches!(it.arg, ValueKind::Entities { .. });
        if spec.actions.iter().any(composed) && self.below(2) == 0 {
            return self.several();
        }
        let of_figure = &spec.actions[self.below(spec.actions.len())];
        let kind = of_figure.applies_to.first().copied().unwrap_or(0);
        let n = if self.below(10) == 0 { 77 } else { self.below(4) };
        let text = match of_figure.arg {
            ValueKind::Number(unit, min, max, _) => unit.format(min + (max - min) * self.share()),
            ValueKind::Text(..) => self.one(&["on call", "", "a note that is far too long for it"]).into(),
            ValueKind::None | ValueKind::Entities { .. } => String::new(),
        };
        let variant = of_figure.id.to_string();
        (
            format!("action: {variant}"),
            UserAction { variant, target: format!("{kind}:{n}"), text, ..action("act") },
        )
    }

    fn time(&mut self) -> (String, UserAction) {
        let until = self.figure.spec.until.nanos() as f64;
        let action = match self.below(7) {
            0 => action("play"),
            1 => action(self.one(&["back", "on"])),
            2 => UserAction { number: self.share() * until * 1.1, ..action("seek") },
            3 => UserAction { number: self.share() * 2_000.0, ..action("line") },
            4 => {
                let text = self.one(&["ArrowLeft", "ArrowRight", "PageUp", "PageDown", "Home", "End"]).into();
                UserAction { text, ..action("line-key") }
            }
            5 => UserAction { text: self.one(&["0.1", "1", "10", "600"]).into(), ..action("speed") },
            _ => UserAction { number: self.share() * until, text: "nonsense=1&&=".into(), ..action("go") },
        };
        let key =
            if action.kind == ActionKind::TimeLineKey { format!(" {}", action.text) } else { String::new() };
        (format!("time: {}{key}", action.kind.name()), action)
    }

    fn picture(&mut self) -> (String, UserAction) {
        let regions = &self.page.desk.pictures()[0].regions;
        let regions: Vec<_> =
            regions.iter().map(|region| (region.entity, region.area, region.panel)).collect();
        if regions.is_empty() {
            return self.time();
        }
        let (who, area, panel) = regions[self.below(regions.len())];
        match self.below(5) {
            0 => {
                let point = (area.x + area.w / 2.0, area.y + area.h / 2.0);
                (format!("panel {panel}: point"), UserAction { point, ..action("point") })
            }
            1 => (
                format!("panel {panel}: select"),
                UserAction { target: format!("{}:{}", who.kind, who.n), ..action("select") },
            ),
            2 => {
                let text = self.one(&["ArrowLeft", "ArrowRight", "Home", "End"]);
                (format!("key: {text} in the picture"), UserAction { text: text.into(), ..action("walk") })
            }
            3 => ("panel: close".into(), action("close")),
            _ => {
                let target = format!("{}:{}", self.below(5), self.below(3_000));
                ("panel: whoever".into(), UserAction { target, ..action("select") })
            }
        }
    }

    fn instrument(&mut self) -> (String, UserAction) {
        let spec = self.figure.spec;
        let reading = spec.readings[self.below(spec.readings.len())].id.to_string();
        let control = spec.controls[self.below(spec.controls.len())].id.to_string();
        let action = match self.below(12) {
            0..=2 => action("compare"),
            3 => UserAction { text: self.one(&["a", "b"]).into(), ..action("side") },
            4 => action("swap"),
            5..=6 => UserAction { target: reading, ..action("behind") },
            7 => UserAction { text: format!("{control},,,{reading},{}", self.below(4)), ..action("sweep") },
            8 => action("call-off"),
            9 => UserAction { variant: self.one(&["svg", "png"]).into(), ..action("picture") },
            10 => action("numbers"),
            _ => return self.task(),
        };
        (format!("instrument: {}", action.kind.name()), action)
    }

    fn task(&mut self) -> (String, UserAction) {
        let (predictions, challenges) = (self.figure.predictions, self.figure.challenges);
        if predictions.is_empty() || (self.below(2) == 0 && !challenges.is_empty()) {
            let Some(challenge) = challenges.first() else { return self.time() };
            let does = self.one(&["set-up", "judge"]);
            return (
                format!("task: {does} {}", challenge.id),
                UserAction { target: challenge.id.into(), ..action(does) },
            );
        }
        let prediction = &predictions[self.below(predictions.len())];
        let text = match prediction.answer_kind {
            AnswerKind::Choice(options) => self.one(options).to_owned(),
            AnswerKind::Number { .. } => self.one(&["3", "200 ms", "?", ""]).to_owned(),
            AnswerKind::Order(things) => things.join(","),
            AnswerKind::Curve { .. } => ["500"; CURVE_POINTS].join(","),
        };
        let does = self.one(&["commit", "commit", "skip"]);
        (
            format!("task: {does} {}", prediction.id),
            UserAction { target: prediction.id.into(), text, ..action(does) },
        )
    }

    fn surroundings(&mut self) -> (String, UserAction) {
        let drawer = self.one(&["share", "sweep", "more", "keys", ""]);
        let seed = self.one(&["k7-otter", "b3-otter", "no seed", "🦦"]);
        let action = match self.below(9) {
            0..=1 => UserAction { target: drawer.into(), ..action("drawer") },
            2 => UserAction { text: seed.into(), ..action("seed") },
            3 => UserAction { number: self.share() * 16_384.0, ..action("reshuffle") },
            4 => action("take-back"),
            5 => action(self.one(&["reset", "save"])),
            6 => UserAction { number: self.below(2) as f64, ..action("tables") },
            7 => UserAction { text: self.hostile(), ..action("open-run") },
            _ => UserAction { text: self.page.now.clone(), ..action("view") },
        };
        (format!("around: {}", action.kind.name()), action)
    }

    /// A link that nobody made: cut, turned around, swapped, or out of the air.
    fn hostile(&mut self) -> String {
        let mut link = if self.below(2) == 0 { self.page.now.clone() } else { self.first.clone() };
        // Half of the time at an end, where readers of links forget to look.
        let at = match self.below(4) {
            0 => self.below(2),
            1 => link.len() - 1 - self.below(2),
            _ => self.below(link.len()),
        };
        match self.below(5) {
            0 => link.truncate(at),
            1 => link.insert(at, '🙈'),
            2 => link = link.chars().rev().collect(),
            3 => link.replace_range(at..=at, "A"),
            _ => {
                link = ["", "a", "a-", "aé", "b123", "%00", "a====", "aAAAAAAAAAAAAAAAAAAAA"][self.below(8)]
                    .into();
            }
        }
        (self.decodes)(&link);
        link
    }

    fn link(&mut self) -> (String, DeskCommand) {
        let hostile = self.below(3) > 0;
        let view = if hostile { self.hostile() } else { self.page.now.clone() };
        let spec = self.figure.spec;
        let opening = OpenFigure {
            page_id: spec.id.to_string(),
            words: crate::page::told_by(self.lesson, self.figure),
            initial_view: self.first.clone(),
            view: Some(view),
            from_link: true,
            ..OpenFigure::default()
        };
        (if hostile { "link: hostile" } else { "link: sound" }.into(), DeskCommand::Open(Box::new(opening)))
    }
}
