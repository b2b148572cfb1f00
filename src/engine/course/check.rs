//! What a lesson's words and a figure's logic have to agree on, and what a finished lesson has to have.
//!
//! Words are in Markdown, logic is in Rust, under the same ids: here both directions are demanded. The logic is known
//! only by its [`FigureFacts`].

use super::blocks::{Block, Body, FigureBlock, IncidentBlock, Judged, PredictAnswer, Words};
use super::catalogue::Course;
use super::contract;
use super::done;
use super::facts::{Allows, ChallengeFacts, FigureFacts, PredictionFacts};
use super::front_matter::LessonStatus;
use super::lesson::{Lesson, Part};
use super::markdown::{self, Item, Live, Target};
use super::problem::{Problem, Text, one_of};
use super::words::placeholders;
use crate::sim::Time;
use std::collections::{BTreeMap, BTreeSet};

/// All that is wrong with the lessons of a course, given the figures that are registered; in the order of files and
/// lines. (What is wrong with a file by itself, [`Course::load`] has found already.)
pub fn check(course: &Course, figures: &[FigureFacts]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for lesson in &course.lessons {
        let own: Vec<&FigureFacts> = figures.iter().filter(|facts| facts.lesson == lesson.path()).collect();
        let mut check = Check { course, lesson, figures: own, problems: Vec::new() };
        check.lesson();
        problems.append(&mut check.problems);
    }
    for facts in figures.iter().filter(|facts| course.lesson(&facts.lesson).is_none()) {
        let says =
            format!("figure '{}' is registered for '{}', which isn't a lesson", facts.id, facts.lesson);
        problems.push(Problem { file: format!("{}.md", facts.lesson), line: 1, field: String::new(), says });
    }
    problems.sort();
    problems
}

struct Check<'a> {
    course: &'a Course,
    lesson: &'a Lesson,
    /// The registered figures of this lesson.
    figures: Vec<&'a FigureFacts>,
    problems: Vec<Problem>,
}

impl<'a> Check<'a> {
    fn note(&mut self, line: u32, field: impl Into<String>, says: impl Into<String>) {
        let file = self.lesson.file.clone();
        self.problems.push(Problem { file, line, field: field.into(), says: says.into() });
    }

    fn on(&mut self, text: &Text, says: impl Into<String>) {
        self.problems.push(text.problem(&self.lesson.file, says));
    }

    fn lesson(&mut self) {
        let lesson = self.lesson;
        if lesson.front.status == LessonStatus::Planned {
            if let Some(part) = lesson.parts.first() {
                let line = match part {
                    Part::Prose(text) => text.line,
                    Part::Block(block) => block.line,
                };
                self.note(
                    line,
                    "status",
                    "a planned lesson has no page, so this text is never seen; make it a draft",
                );
            }
            for facts in self.figures.clone() {
                let says =
                    format!("figure '{}' is registered for this lesson, which is only planned", facts.id);
                self.note(1, "status", says);
            }
            return;
        }
        if lesson.front.sources.is_empty() {
            self.note(1, "sources", "there are none; a lesson with a page says where its facts come from");
        }
        self.ids();
        self.terms();
        for part in &lesson.parts {
            match part {
                Part::Prose(text) => self.markdown(text),
                Part::Block(block) => {
                    for text in block.body.texts() {
                        self.markdown(text);
                    }
                    self.block(block);
                }
            }
        }
        for (name, anchor) in &lesson.front.anchors {
            if !lesson.anchors().any(|(id, _)| id == anchor.text) {
                self.on(
                    anchor,
                    format!("no heading of this lesson has the id '{}', which '{name}' needs", anchor.text),
                );
            }
        }
        for facts in self.figures.clone() {
            self.registered(facts);
        }
        if lesson.front.status == LessonStatus::Ready {
            self.problems.extend(contract::problems(lesson));
        }
    }

    /// Ids stand once: blocks share one namespace, what a link can lead to (headings, terms) another.
    fn ids(&mut self) {
        let mut seen: BTreeMap<(bool, String), u32> = BTreeMap::new();
        let named = |b: &&Block| !b.id.is_empty() && !matches!(b.body, Body::Term(_));
        let blocks = self.lesson.blocks().filter(named);
        let blocks = blocks.map(|b| ((false, b.id.clone()), b.line));
        let all: Vec<_> = blocks.chain(self.lesson.anchors().map(|(id, line)| ((true, id), line))).collect();
        for ((heading, id), line) in all {
            let what = if heading { "a heading" } else { "a block" };
            match seen.get(&(heading, id.clone())) {
                Some(first) => {
                    let says = format!(
                        "{what} with the id '{id}' already stands in line {first}; an id is used once"
                    );
                    self.note(line, "", says);
                }
                None => {
                    seen.insert((heading, id), line);
                }
            }
        }
        // A figure waits for a question that stands before it, which is shown in it: there is room for one.
        for (figure, _) in self.lesson.figures() {
            let before = self.lesson.blocks().take_while(|block| block.line < figure.line);
            let asks =
                |block: &&Block| matches!(&block.body, Body::Predict(it) if it.figure.text == figure.id);
            if let Some(second) = before.filter(asks).nth(1) {
                let says = format!(
                    "figure '{}' already waits for a prediction before it; put this one after the figure",
                    figure.id
                );
                self.note(second.line, "", says);
            }
        }
        let driving: Vec<u32> =
            self.lesson.figures().filter(|(_, f)| f.drives).map(|(b, _)| b.line).collect();
        for line in driving.iter().skip(1) {
            let says = format!("the figure in line {} already says drives = true; only one may", driving[0]);
            self.note(*line, "drives", says);
        }
    }

    fn markdown(&mut self, text: &Text) {
        for (item, range) in markdown::items(&text.text) {
            let line = text.line + text.text[..range.start].matches('\n').count() as u32;
            let found = match item {
                Item::Live(live) => live.and_then(|live| self.live(&live, line)),
                Item::Link(target) => target.and_then(|target| self.target(&target, line)),
                Item::Refused(why, what) => {
                    let shown: String = what.trim().chars().take(40).collect();
                    Err(if shown.is_empty() { why.to_owned() } else { format!("'{shown}': {why}") })
                }
                Item::Heading(_, id) if id.is_empty() => {
                    Err("this heading needs an id, as its text has no letters: ## … {#id}".to_owned())
                }
                Item::Heading(..) | Item::Markup(_) => Ok(()),
            };
            if let Err(says) = found {
                self.note(line, text.field.clone(), says);
            }
        }
    }

    /// The registered figure that text in a line means.
    fn meant(&self, name: Option<&str>, line: u32) -> Result<&'a FigureFacts, String> {
        let ids = || one_of(self.lesson.figures().map(|(block, _)| &block.id));
        let (_, figure) = self.lesson.figure(name, line).ok_or_else(|| match name {
            Some(name) => format!("there is no figure '{name}' on this page; allowed: {}", ids()),
            None => "there is no figure on this page that this could drive".to_owned(),
        })?;
        self.facts(figure)
    }

    fn facts(&self, figure: &FigureBlock) -> Result<&'a FigureFacts, String> {
        let ids = || one_of(self.figures.iter().map(|facts| &facts.id));
        let found = self.figures.iter().find(|facts| facts.id == figure.shows.text);
        found.copied().ok_or_else(|| {
            format!("no figure '{}' is registered for this lesson; allowed: {}", figure.shows.text, ids())
        })
    }

    fn live(&self, live: &Live, line: u32) -> Result<(), String> {
        match live {
            Live::Reading { figure, reading, at } => {
                let facts = self.meant(figure.as_deref(), line)?;
                if !facts.readings.contains(reading) {
                    let allowed = one_of(&facts.readings);
                    return Err(format!(
                        "figure '{}' has no reading '{reading}'; allowed: {allowed}",
                        facts.id
                    ));
                }
                within(facts, *at)
            }
            Live::Control { figure, control, value } => {
                let facts = self.meant(figure.as_deref(), line)?;
                setting(facts, control, value)?;
                match facts.controls.iter().find(|c| c.id == *control).map(|c| &c.allows) {
                    Some(Allows::Number { .. }) => Ok(()),
                    _ => Err(format!(
                        "'{control}' is not a number, so it can't be dragged; use a link run:?set=…"
                    )),
                }
            }
        }
    }

    fn target(&self, target: &Target, line: u32) -> Result<(), String> {
        match target {
            Target::Web(_) => Ok(()),
            Target::Run { figure, set, does, finds, sweep, at } => {
                let facts = self.meant(figure.as_deref(), line)?;
                set.iter().try_for_each(|(control, value)| setting(facts, control, value))?;
                for (when, what) in does {
                    within(facts, Some(*when))?;
                    done::change(what, &facts.actions, &facts.kinds)?;
                }
                if *finds && !facts.is_searched {
                    return Err(format!(
                        "figure '{}' has no state that must never occur; find=wrong is for those that have one",
                        facts.id
                    ));
                }
                if let Some((control, reading)) = sweep {
                    swept(facts, control, reading)?;
                }
                within(facts, *at)
            }
            Target::Here(id) => heading_in(self.lesson, id),
            Target::Lesson { lesson: path, heading } => {
                let lesson =
                    self.course.lesson(path).ok_or_else(|| format!("there is no lesson '{path}'"))?;
                match heading {
                    Some(_) if lesson.front.status == LessonStatus::Planned => {
                        Err(format!("'{path}' is only planned: it has no headings yet; link to the lesson"))
                    }
                    Some(id) => heading_in(lesson, id),
                    None => Ok(()),
                }
            }
        }
    }

    fn block(&mut self, block: &Block) {
        let line = block.line;
        match &block.body {
            Body::Figure(figure) => match self.facts(figure) {
                Err(says) => self.on(&figure.shows, says),
                Ok(facts) => {
                    for (control, value) in &figure.set {
                        if let Err(says) = setting(facts, control, &value.text) {
                            self.on(value, says);
                        }
                    }
                    for (when, what) in &figure.does {
                        let done = within(facts, Some(*when))
                            .and_then(|()| done::change(&what.text, &facts.actions, &facts.kinds));
                        if let Err(says) = done {
                            self.on(what, says);
                        }
                    }
                    for name in &figure.goal {
                        if !facts.readings.contains(&name.text) {
                            self.on(name, format!("there is no reading '{}'", name.text));
                        }
                    }
                    for name in &figure.without {
                        if let Err(says) = offered(facts, &name.text) {
                            self.on(name, says);
                        }
                    }
                    if let Err(says) = within(facts, figure.at) {
                        self.note(line, format!("figure {}.at", block.id), says);
                    }
                    if let Some(invite) = &figure.invite
                        && let Err(says) = done::invitation(&invite.on.text, &facts.actions, &facts.kinds)
                    {
                        self.on(&invite.on, says);
                    }
                }
            },
            Body::Predict(predict) => {
                let found = self.meant(Some(&predict.figure.text), line).and_then(|facts| {
                    let ids = || one_of(facts.predictions.iter().map(|p| &p.id));
                    let logic = facts.predictions.iter().find(|p| p.id == block.id);
                    logic.ok_or_else(|| {
                        format!("figure '{}' has no prediction '{}'; allowed: {}", facts.id, block.id, ids())
                    })
                });
                match found {
                    Err(says) => self.on(&predict.figure, says),
                    Ok(logic) => self.prediction(block, &predict.answer, logic),
                }
            }
            Body::Challenge(_) | Body::Incident(_) => self.judged(block),
            Body::Words(words) => self.words(block, words),
            _ => {}
        }
    }

    /// A challenge or an incident and its logic say the same verdicts.
    fn judged(&mut self, block: &Block) {
        let Some(Judged { kind, figure, verdicts }) = block.body.judged() else { return };
        let found = self.meant(Some(&figure.text), block.line).and_then(|facts| {
            let of_kind = || facts.challenges.iter().filter(|logic| logic.kind() == kind);
            of_kind().find(|logic| logic.id == block.id).ok_or_else(|| {
                let allowed = one_of(of_kind().map(|logic| &logic.id));
                format!("figure '{}' has no {kind} '{}'; allowed: {allowed}", facts.id, block.id)
            })
        });
        match found {
            Err(says) => self.on(figure, says),
            Ok(logic) => {
                let tempting = logic.tempting.iter().map(String::as_str);
                let wanted: Vec<&str> = std::iter::once("pass").chain(tempting).collect();
                let have = verdicts.iter().map(|(id, _)| id.as_str());
                self.same(block.line, &format!("{kind} {}.verdicts", block.id), have, &wanted, "verdict");
                if let Body::Incident(incident) = &block.body {
                    self.incident(block, incident, logic);
                }
            }
        }
    }

    /// The right cause is the one that the logic begins with, and a price is named if there is one.
    fn incident(&mut self, block: &Block, incident: &IncidentBlock, logic: &ChallengeFacts) {
        let field = |name: &str| format!("incident {}.{name}", block.id);
        let correct = incident.causes.correct.iter().map(|id| id.text.as_str());
        if let Some(cause) = logic.cause.as_deref()
            && !correct.eq([cause])
        {
            let says = format!("names other causes than the logic, which begins with '{cause}'");
            self.note(block.line, field("correct"), says);
        }
        match &incident.budget {
            Some(budget) if !logic.priced => self.on(budget, "is named, but the repair has no price"),
            None if logic.priced => {
                self.note(block.line, field("budget"), "is missing; it has to say what the repair may cost");
            }
            _ => {}
        }
    }

    /// A term has one entry in a lesson, whichever of its names it is looked up by.
    fn terms(&mut self) {
        let lesson = self.lesson;
        let mut taken = BTreeSet::new();
        for (_, term) in lesson.terms() {
            for name in std::iter::once(&term.term).chain(&term.also) {
                if !taken.insert(name.text.to_lowercase()) {
                    self.on(name, format!("'{}' appears twice among the terms of this lesson", name.text));
                }
            }
        }
    }

    fn prediction(&mut self, block: &Block, answer: &PredictAnswer, logic: &PredictionFacts) {
        let field = format!("predict {}", block.id);
        let (kind, options) = (answer.kind(), answer.options());
        if kind != logic.kind {
            self.note(
                block.line,
                format!("{field}.kind"),
                format!("is '{kind}', but its logic gives '{}'", logic.kind),
            );
        } else if !logic.options.is_empty() {
            let wanted: Vec<&str> = logic.options.iter().map(String::as_str).collect();
            let have = options.iter().map(|option| option.id.text.as_str());
            self.same(block.line, &format!("{field}.options"), have, &wanted, "option");
        }
    }

    fn words(&mut self, block: &Block, words: &Words) {
        let mut speakers = Vec::new();
        for id in &words.figures {
            if let Some(facts) = self.figures.iter().copied().find(|facts| facts.id == *id) {
                speakers.push(facts);
            } else {
                let allowed = one_of(self.figures.iter().map(|facts| &facts.id));
                let says = format!("no figure '{id}' is registered for this lesson; allowed: {allowed}");
                self.note(block.line, "words", says);
            }
        }
        let all_known =
            speakers.len() == words.figures.len() && speakers.iter().all(|f| f.messages.is_some());
        for (id, text) in &words.sentences {
            let names = match placeholders(text) {
                Ok(names) => names,
                Err(says) => {
                    self.on(text, says);
                    continue;
                }
            };
            let mut said = speakers.iter().filter_map(|f| f.messages.iter().flatten().find(|m| m.id == *id));
            match said.next() {
                None if all_known => {
                    self.on(text, format!("no figure of this block says '{id}'; delete the line"));
                }
                None => {}
                Some(message) => {
                    for name in names.into_iter().filter(|name| !message.args.iter().any(|arg| arg == name)) {
                        let allowed = one_of(&message.args);
                        self.on(text, format!("'{id}' has no argument '{{{name}}}'; allowed: {allowed}"));
                    }
                }
            }
        }
    }

    /// A registered figure is shown, worded, and its predictions and challenges are asked.
    fn registered(&mut self, facts: &FigureFacts) {
        let lesson = self.lesson;
        let Some((shown, _)) = lesson.figures().find(|(_, figure)| figure.shows.text == facts.id) else {
            return self.note(
                1,
                "figure",
                format!("figure '{}' is registered but not on the page", facts.id),
            );
        };
        let about =
            |name: &Text| lesson.figure(Some(&name.text), 0).is_some_and(|(_, f)| f.shows.text == facts.id);
        let asked = |id: &str| {
            lesson.blocks().any(|b| b.id == id && matches!(&b.body, Body::Predict(p) if about(&p.figure)))
        };
        for prediction in facts.predictions.iter().filter(|p| !asked(&p.id)) {
            let says = format!(
                "prediction '{}' of figure '{}' has no block ```predict {0}",
                prediction.id, facts.id
            );
            self.note(shown.line, "predict", says);
        }
        let posed = |logic: &&ChallengeFacts| {
            let of = |it: Judged| it.kind == logic.kind() && about(it.figure);
            lesson.blocks().any(|b| b.id == logic.id && b.body.judged().is_some_and(of))
        };
        for logic in facts.challenges.iter().filter(|logic| !posed(logic)) {
            let (kind, id) = (logic.kind(), &logic.id);
            let says = format!("{kind} '{id}' of figure '{}' has no block ```{kind} {id}", facts.id);
            self.note(shown.line, kind, says);
        }
        let worded =
            |id: &String| lesson.words(&facts.id).chain(&self.course.words).any(|(word, _)| word == id);
        let silent: Vec<_> = facts.messages.iter().flatten().filter(|m| !worded(&m.id)).collect();
        for message in silent {
            let args = if message.args.is_empty() { "none".to_owned() } else { message.args.join(", ") };
            let says = format!(
                "figure '{}' says '{}', which has no sentence here; its arguments: {args}",
                facts.id, message.id
            );
            self.note(shown.line, "words", says);
        }
    }

    /// Both lists hold the same ids.
    fn same<'b>(
        &mut self,
        line: u32,
        field: &str,
        have: impl Iterator<Item = &'b str>,
        wanted: &[&str],
        what: &str,
    ) {
        let have: Vec<&str> = have.collect();
        for id in have.iter().filter(|id| !wanted.contains(id)) {
            self.note(
                line,
                field,
                format!("there is no {what} '{id}' in the logic; allowed: {}", one_of(wanted)),
            );
        }
        for id in wanted.iter().filter(|id| !have.contains(id)) {
            self.note(line, field, format!("the logic has a {what} '{id}', which has no words here"));
        }
    }
}

/// What a phrase sweeps.
fn swept(facts: &FigureFacts, control: &str, reading: &str) -> Result<(), String> {
    if !facts.controls.iter().any(|it| it.id == control) {
        let allowed = one_of(facts.controls.iter().map(|it| &it.id));
        return Err(format!("figure '{}' has no control '{control}'; allowed: {allowed}", facts.id));
    }
    if !facts.readings.iter().any(|it| it == reading) {
        let allowed = one_of(&facts.readings);
        return Err(format!("figure '{}' has no reading '{reading}'; allowed: {allowed}", facts.id));
    }
    Ok(())
}

fn setting(facts: &FigureFacts, control: &str, value: &str) -> Result<(), String> {
    let Some(found) = facts.controls.iter().find(|c| c.id == control) else {
        let allowed = one_of(facts.controls.iter().map(|c| &c.id));
        return Err(format!("figure '{}' has no control '{control}'; allowed: {allowed}", facts.id));
    };
    found.allows.check(value).map_err(|why| format!("control '{control}': {why}"))
}

/// Whether a figure offers something that can be left out: a control, an option of one, or a reading.
fn offered(facts: &FigureFacts, name: &str) -> Result<(), String> {
    let (id, option) = name.split_once(':').map_or((name, None), |(id, option)| (id, Some(option)));
    let control = facts.controls.iter().find(|control| control.id == id);
    match (control.map(|control| &control.allows), option) {
        (Some(Allows::Choice(ids)), Some(option)) if ids.iter().any(|id| id == option) => Ok(()),
        (Some(_), None) => Ok(()),
        (None, None) if facts.readings.iter().any(|reading| reading == id) => Ok(()),
        _ => Err(format!("figure '{}' has no control, option or reading '{name}'", facts.id)),
    }
}

fn within(facts: &FigureFacts, at: Option<Time>) -> Result<(), String> {
    match at {
        Some(at) if at > facts.until => {
            Err(format!("{at} is past the end of figure '{}', whose run is {} long", facts.id, facts.until))
        }
        _ => Ok(()),
    }
}

fn heading_in(lesson: &Lesson, id: &str) -> Result<(), String> {
    if lesson.anchors().any(|(anchor, _)| anchor == id) {
        return Ok(());
    }
    let allowed = one_of(lesson.anchors().map(|(id, _)| id));
    Err(format!("{} has no heading '#{id}'; allowed: {allowed}", lesson.path()))
}
