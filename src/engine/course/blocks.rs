//! The grammar of fenced blocks: what each kind is made of, and how it is read. `mod.rs` shows one of each.

use super::fields::{Fields, not_an_id};
use super::markdown::moment;
use super::problem::{Notes, Text, is_id, one_of};
use crate::sim::Time;

/// A fenced block of a lesson.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its line in the file, counted from 1.
    pub line: u32,
    /// Its id: permanent, unique in the lesson. Blank for texts (`aside`) and words.
    pub id: String,
    /// What it is.
    pub body: Body,
}

/// What a block is, and what it says.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A live figure.
    Figure(FigureBlock),
    /// A prediction to commit to.
    Predict(PredictBlock),
    /// A challenge that the model judges.
    Challenge(ChallengeBlock),
    /// A failure to explain and to repair.
    Incident(IncidentBlock),
    /// A question with its answers.
    Quiz(Quiz),
    /// A review card.
    Card(Card),
    /// A question that interviewers ask.
    Interview(Interview),
    /// An entry of the glossary.
    Term(Term),
    /// The sentences that the models of some figures speak.
    Words(Words),
    /// A note in the margin, in Markdown.
    Aside(Text),
    /// How real systems do it, with their names and defaults, in Markdown.
    RealSystems(Text),
    /// What the model leaves out, in Markdown.
    LeavesOut(Text),
}

/// A figure in a page.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureBlock {
    /// The registered figure that it shows; the block's own id if nothing else is said.
    pub shows: Text,
    /// What stands over it.
    pub caption: Text,
    /// Controls that it begins with, other than the defaults.
    pub set: Vec<(String, Text)>,
    /// What has been done in the run that it opens with, and when: `step:client:reader`.
    pub does: Vec<(Time, Text)>,
    /// Controls, options (`guard:none`) and readings that it doesn't offer, because its point needs none of them.
    pub without: Vec<Text>,
    /// Readings that only the goal of a challenge is about: they are offered while the figure is set up for one.
    pub goal: Vec<Text>,
    /// The moment of its still, if not the figure's own.
    pub at: Option<Time>,
    /// Prose that names no figure drives this one, wherever it stands.
    pub drives: bool,
    /// What the picture invites to do first.
    pub invite: Option<Invite>,
}

/// An invitation on a figure's picture: 'Click C and kill it'.
#[derive(Clone, Debug, PartialEq)]
pub struct Invite {
    /// What it says, in a few words.
    pub says: Text,
    /// What of the picture it is about: `server:C`.
    pub on: Text,
}

/// A prediction.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictBlock {
    /// The figure's block that the answer is read off.
    pub figure: Text,
    /// The question.
    pub question: Text,
    /// What kind of answer it wants.
    pub answer: PredictAnswer,
    /// What the run shows, said after the commit whatever the answer was.
    pub shows: Text,
}

/// What a prediction asks for. Units, axes and what is near enough are logic; here are the words.
#[derive(Clone, Debug, PartialEq)]
pub enum PredictAnswer {
    /// One of a few options.
    Choice(Vec<Choice>),
    /// A number.
    Number,
    /// All options, put in order.
    Order(Vec<Choice>),
    /// A curve drawn over two axes.
    Curve {
        /// What the axis along measures.
        x: Text,
        /// What the axis upwards measures.
        y: Text,
    },
}

impl PredictAnswer {
    /// The kind's name: `choice`, `number`, `order` or `curve`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Choice(_) => "choice",
            Self::Number => "number",
            Self::Order(_) => "order",
            Self::Curve { .. } => "curve",
        }
    }

    /// The options to choose from or to put in order.
    pub fn options(&self) -> &[Choice] {
        match self {
            Self::Choice(options) | Self::Order(options) => options,
            Self::Number | Self::Curve { .. } => &[],
        }
    }
}

/// One of several answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Its id, unique in its block.
    pub id: Text,
    /// What it says.
    pub text: Text,
    /// Why it is right or wrong; blank for things to be ordered.
    pub reason: Text,
}

/// A challenge.
#[derive(Clone, Debug, PartialEq)]
pub struct ChallengeBlock {
    /// The figure's block that it is solved in.
    pub figure: Text,
    /// Its name.
    pub title: Text,
    /// What has to be reached.
    pub goal: Text,
    /// What it may cost.
    pub budget: Text,
    /// A hint for those who ask for it.
    pub hint: Text,
    /// What the judge says: `pass`, and one for each tempting wrong answer.
    pub verdicts: Vec<(String, Text)>,
}

/// A running figure in which something is wrong: the learner says what, and repairs it.
#[derive(Clone, Debug, PartialEq)]
pub struct IncidentBlock {
    /// The figure's block that shows it.
    pub figure: Text,
    /// Its name.
    pub title: Text,
    /// The symptoms, and what may be the cause of them.
    pub causes: Quiz,
    /// What a repair has to reach.
    pub repair: Text,
    /// What it may cost; `None` where it has no price.
    pub budget: Option<Text>,
    /// A hint for those who ask for it.
    pub hint: Text,
    /// What the judge says: `pass`, and one for each tempting wrong repair.
    pub verdicts: Vec<(String, Text)>,
}

/// What challenges and incidents have in common.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// The block's kind.
    pub kind: &'static str,
    /// The figure's block whose setting is judged.
    pub figure: &'a Text,
    /// What the judge says, by id.
    pub verdicts: &'a [(String, Text)],
}

/// Sentences of figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    /// The registered figures that speak them.
    pub figures: Vec<String>,
    /// Message id and pattern.
    pub sentences: Vec<(String, Text)>,
}

/// A question with its answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Quiz {
    /// The question.
    pub question: Text,
    /// The answers to choose from.
    pub options: Vec<Choice>,
    /// Ids of those that are right.
    pub correct: Vec<Text>,
}

/// A review card.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// What it asks.
    pub front: Text,
    /// What it answers.
    pub back: Text,
}

/// An interview question.
#[derive(Clone, Debug, PartialEq)]
pub struct Interview {
    /// The question, as it is asked.
    pub question: Text,
    /// What a strong answer contains.
    pub points: Vec<Text>,
}

/// An entry of the glossary.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The term, as people write it.
    pub term: Text,
    /// What it is called besides.
    pub also: Vec<Text>,
    /// What it means, in a sentence or two.
    pub meaning: Text,
}

/// Where a term's entry is in its lesson's page.
pub fn term_anchor(id: &str) -> String {
    format!("term-{id}")
}

const WITH_ID: &[&str] = &["figure", "predict", "challenge", "incident", "quiz", "card", "interview", "term"];
const WITHOUT_ID: &[&str] = &["aside", "real-systems", "leaves-out"];
const WORDS: &str = "words";
/// Whether a word at the head of a fence begins one of our blocks.
pub fn is_kind(word: &str) -> bool {
    WITH_ID.contains(&word) || WITHOUT_ID.contains(&word) || word == WORDS
}

/// Reads a block. `info` stands behind the fence at byte `at` of the file, `text` is its body at byte `base`.
pub fn read(info: &str, at: usize, text: &str, base: usize, notes: &mut Notes) -> Option<Block> {
    let mut ids = info.split_whitespace();
    let kind = ids.next().unwrap_or("");
    let ids: Vec<String> = ids.map(str::to_owned).collect();
    let path = std::iter::once(kind).chain(ids.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
    let says = match ids.as_slice() {
        [] if kind == WORDS => {
            Some("needs the figures that speak them: ```words slow-server your-traffic".to_owned())
        }
        [] if WITH_ID.contains(&kind) => Some(format!("needs an id after its kind: ```{kind} slow-server")),
        [_, ..] if WITHOUT_ID.contains(&kind) => Some("takes no id".to_owned()),
        [_, _, ..] if kind != WORDS => {
            Some("one word too many after the fence; it takes a kind and an id".to_owned())
        }
        ids => ids.iter().find(|id| !is_id(id)).map(|id| not_an_id(id)),
    };
    if let Some(says) = says {
        notes.at(at, path.clone(), says);
    }
    let id = if kind == WORDS { String::new() } else { ids.first().cloned().unwrap_or_default() };
    let line = notes.line(at);
    let body = match kind {
        "aside" => Body::Aside(markdown(text, base, &path, notes)),
        "real-systems" => Body::RealSystems(markdown(text, base, &path, notes)),
        "leaves-out" => Body::LeavesOut(markdown(text, base, &path, notes)),
        _ => {
            let mut fields = Fields::read(text, base, at, &path, notes);
            let body = match kind {
                "figure" => Body::Figure(figure(&id, line, &mut fields, notes)),
                "predict" => Body::Predict(predict(&mut fields, notes)),
                "challenge" => Body::Challenge(challenge(&mut fields, notes)),
                "incident" => Body::Incident(incident(&mut fields, notes)),
                "quiz" => Body::Quiz(quiz(&mut fields, "options", notes)),
                "card" => Body::Card(Card {
                    front: fields.text("front", "what the card asks", notes),
                    back: fields.text("back", "what the card answers", notes),
                }),
                "interview" => Body::Interview(interview(&mut fields, notes)),
                "term" => Body::Term(Term {
                    term: fields.text("term", "the term as people write it", notes),
                    also: fields.texts("also", notes),
                    meaning: fields.text("meaning", "what it means, in a sentence or two", notes),
                }),
                WORDS => Body::Words(Words { figures: ids, sentences: fields.rest(notes) }),
                _ => return None,
            };
            fields.finish(notes);
            body
        }
    };
    Some(Block { line, id, body })
}

fn markdown(text: &str, base: usize, path: &str, notes: &mut Notes) -> Text {
    if text.trim().is_empty() {
        notes.at(base, path, "is empty; write Markdown in it or leave it out");
    }
    Text { text: text.to_owned(), line: notes.line(base), field: path.to_owned() }
}

fn figure(id: &str, line: u32, fields: &mut Fields, notes: &mut Notes) -> FigureBlock {
    let own = Text { text: id.to_owned(), line, field: fields.name("shows") };
    let shows = fields.maybe_text("shows", notes).unwrap_or(own);
    let caption = fields.text("caption", "what the figure shows", notes);
    let set = fields.table("set", notes).map(|mut table| table.rest(notes)).unwrap_or_default();
    let does = fields.texts("do", notes).into_iter().filter_map(|text| done(text, notes)).collect();
    let without = fields.texts("without", notes);
    let goal = fields.texts("goal", notes);
    let at = time(fields, "at", notes);
    let drives = fields.flag("drives", notes);
    let invite = fields.maybe_text("invite", notes).map(|says| Invite {
        says,
        on: fields.text(
            "invite_on",
            "what in the picture the invitation points to, as `server:C` or `kill:server:C`",
            notes,
        ),
    });
    FigureBlock { shows, caption, set, does, without, goal, at, drives, invite }
}

/// A moment and what is done then, as in a link.
fn done(text: Text, notes: &mut Notes) -> Option<(Time, Text)> {
    let parts = text.text.split_once(':').ok_or_else(|| "has no moment: \"3s:kill:server:C\"".to_owned());
    match parts.and_then(|(when, what)| Ok((moment(when)?, what.to_owned()))) {
        Ok((when, what)) => Some((when, Text { text: what, ..text })),
        Err(why) => {
            notes.on(&text, why);
            None
        }
    }
}

fn time(fields: &mut Fields, key: &'static str, notes: &mut Notes) -> Option<Time> {
    let text = fields.maybe_text(key, notes)?;
    moment(&text.text).map_err(|why| notes.on(&text, why)).ok()
}

const WHICH_FIGURE: &str = "which figure of this page it is about";
const HINT: &str = "what helps those who are stuck";

fn predict(fields: &mut Fields, notes: &mut Notes) -> PredictBlock {
    let figure = fields.id("figure", WHICH_FIGURE, notes);
    let question = fields.text("question", "what is to be predicted", notes);
    let kind = fields.text("kind", "what kind of answer it wants", notes);
    let answer = match kind.text.as_str() {
        "number" => PredictAnswer::Number,
        "order" => PredictAnswer::Order(choices(fields, "options", false, notes)),
        "curve" => PredictAnswer::Curve {
            x: fields.text("x", "what the horizontal axis measures", notes),
            y: fields.text("y", "what the vertical axis measures", notes),
        },
        other => {
            if other != "choice" {
                let allowed = one_of(["choice", "number", "order", "curve"]);
                notes.on(&kind, format!("is '{other}'; it can be {allowed}"));
            }
            PredictAnswer::Choice(choices(fields, "options", true, notes))
        }
    };
    let shows = fields.text("shows", "in a sentence what the run shows", notes);
    PredictBlock { figure, question, answer, shows }
}

/// Two options at least, with ids that differ. `reasons`: each says why it is right or wrong.
fn choices(fields: &mut Fields, key: &'static str, reasons: bool, notes: &mut Notes) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for mut table in fields.tables(key, notes) {
        let id = table.id("id", "the option's permanent id", notes);
        let text = table.text("text", "what the option says", notes);
        let reason =
            if reasons { table.text("reason", "why it is right or wrong", notes) } else { Text::default() };
        table.finish(notes);
        if choices.iter().any(|other| other.id.text == id.text && !id.text.is_empty()) {
            notes.on(&id, format!("'{}' appears twice in this block", id.text));
        }
        choices.push(Choice { id, text, reason });
    }
    if choices.len() < 2 {
        let says = format!("has {}; at least two are needed, each as [[{key}]]", choices.len());
        notes.at(fields.offset(), fields.name(key), says);
    }
    choices
}

/// What the judge says, by id.
fn verdicts(fields: &mut Fields, notes: &mut Notes) -> Vec<(String, Text)> {
    let verdicts = fields.table("verdicts", notes).map(|mut table| table.rest(notes)).unwrap_or_default();
    if !verdicts.iter().any(|(id, _)| id == "pass") {
        let says = "has no 'pass': what the judge says of a setting that passes";
        notes.at(fields.offset(), fields.name("verdicts"), says);
    }
    verdicts
}

fn challenge(fields: &mut Fields, notes: &mut Notes) -> ChallengeBlock {
    ChallengeBlock {
        figure: fields.id("figure", WHICH_FIGURE, notes),
        title: fields.text("title", "what the challenge is called", notes),
        goal: fields.text("goal", "what has to be reached", notes),
        budget: fields.text("budget", "what it may cost", notes),
        hint: fields.text("hint", HINT, notes),
        verdicts: verdicts(fields, notes),
    }
}

fn incident(fields: &mut Fields, notes: &mut Notes) -> IncidentBlock {
    IncidentBlock {
        figure: fields.id("figure", WHICH_FIGURE, notes),
        title: fields.text("title", "what the incident is called", notes),
        causes: quiz(fields, "causes", notes),
        repair: fields.text("repair", "what a repair has to reach", notes),
        budget: fields.maybe_text("budget", notes),
        hint: fields.text("hint", HINT, notes),
        verdicts: verdicts(fields, notes),
    }
}

/// A question with its answers, each in a table named `key`.
fn quiz(fields: &mut Fields, key: &'static str, notes: &mut Notes) -> Quiz {
    let question = fields.text("question", "what is asked", notes);
    let options = choices(fields, key, true, notes);
    let correct = fields.texts("correct", notes);
    for right in &correct {
        if !options.iter().any(|option| option.id.text == right.text) {
            let allowed = one_of(options.iter().map(|option| &option.id.text));
            notes.on(right, format!("'{}' is none of the {key}; allowed: {allowed}", right.text));
        }
    }
    if correct.is_empty() {
        let says = format!("is missing; list the ids of the right {key}");
        notes.at(fields.offset(), fields.name("correct"), says);
    }
    Quiz { question, options, correct }
}

fn interview(fields: &mut Fields, notes: &mut Notes) -> Interview {
    let question = fields.text("question", "what is asked", notes);
    let points = fields.texts("points", notes);
    if points.is_empty() {
        notes.at(fields.offset(), fields.name("points"), "is missing; list what a strong answer contains");
    }
    Interview { question, points }
}

impl Body {
    /// What the model judges: a challenge, or the repair of an incident.
    pub fn judged(&self) -> Option<Judged<'_>> {
        let (kind, figure, verdicts) = match self {
            Self::Challenge(it) => ("challenge", &it.figure, &it.verdicts),
            Self::Incident(it) => ("incident", &it.figure, &it.verdicts),
            _ => return None,
        };
        Some(Judged { kind, figure, verdicts })
    }

    /// All its Markdown, for the checks that every Markdown goes through. (Words are plain text and not among it.)
    pub fn texts(&self) -> Vec<&Text> {
        fn of(choices: &[Choice]) -> impl Iterator<Item = &Text> {
            choices.iter().flat_map(|c| [&c.text, &c.reason])
        }
        match self {
            Self::Figure(figure) => vec![&figure.caption],
            Self::Predict(predict) => {
                let axes: &[&Text] = match &predict.answer {
                    PredictAnswer::Curve { x, y } => &[x, y],
                    _ => &[],
                };
                let words = [&predict.question, &predict.shows];
                words.into_iter().chain(axes.iter().copied()).chain(of(predict.answer.options())).collect()
            }
            Self::Challenge(c) => {
                let fixed = [&c.title, &c.goal, &c.budget, &c.hint];
                fixed.into_iter().chain(c.verdicts.iter().map(|(_, text)| text)).collect()
            }
            Self::Incident(it) => {
                let fixed = [&it.title, &it.causes.question, &it.repair, &it.hint];
                let verdicts = it.verdicts.iter().map(|(_, text)| text);
                fixed.into_iter().chain(&it.budget).chain(of(&it.causes.options)).chain(verdicts).collect()
            }
            Self::Quiz(quiz) => std::iter::once(&quiz.question).chain(of(&quiz.options)).collect(),
            Self::Card(card) => vec![&card.front, &card.back],
            Self::Interview(i) => std::iter::once(&i.question).chain(&i.points).collect(),
            Self::Term(term) => vec![&term.meaning],
            Self::Words(_) => Vec::new(),
            Self::Aside(text) | Self::RealSystems(text) | Self::LeavesOut(text) => vec![text],
        }
    }
}
