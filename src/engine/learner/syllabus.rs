//! What the learner's side knows of the lessons: written when the site is built, read in the browser as it lies.

use super::{CardId, Task};
use crate::sim::sort::set_of;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// All lessons, in the order in which they are taught.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Syllabus {
    /// The lessons of all chapters.
    pub lessons: Vec<LessonOutline>,
}

/// A lesson in outline.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LessonOutline {
    /// `chapter/slug`; its page lies there, from the site's root.
    pub path: String,
    /// Its title.
    pub title: String,
    /// Whether it can be opened.
    pub ready: bool,
    /// What is asked of the learner in it, in its order.
    pub tasks: Vec<TaskOutline>,
    /// Its review cards.
    pub cards: Vec<CardText>,
}

/// A prediction, question, challenge or incident in outline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskOutline {
    /// Its kind.
    pub task: Task,
    /// Its id in its lesson.
    pub id: String,
    /// What it is called or what it asks, as HTML of a phrase.
    pub asks: String,
    /// What a prediction's run shows, as HTML of blocks; empty for the others.
    pub shows: String,
}

/// A review card, or a prediction that was wrong and comes back as one. `@root/` in its links stands for the site's root.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardText {
    /// Its id in its lesson.
    pub id: String,
    /// The question, as HTML of a phrase.
    pub front: String,
    /// The answer, as HTML of blocks.
    pub back: String,
}

impl Syllabus {
    /// Reads a syllabus; `None` if the bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }

    /// As bytes, for a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Plain data can't fail.
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// A lesson by its path.
    pub fn lesson(&self, path: &str) -> Option<&LessonOutline> {
        self.lessons.iter().find(|lesson| lesson.path == path)
    }

    /// The text of a card, or of a prediction that comes back as one; `None` if the lessons no longer have it.
    pub fn card(&self, id: &CardId) -> Option<CardText> {
        let lesson = self.lesson(id.lesson())?;
        let card = lesson.cards.iter().find(|card| card.id == id.own()).cloned();
        let is_it = |it: &&TaskOutline| it.task == Task::Prediction && it.id == id.own();
        card.or_else(|| {
            let it = lesson.tasks.iter().find(is_it)?;
            Some(CardText { id: it.id.clone(), front: it.asks.clone(), back: it.shows.clone() })
        })
    }

    /// Where a card stands, from the site's root; `None` if the lessons no longer have it.
    pub fn place(&self, id: &CardId) -> Option<String> {
        let lesson = self.lesson(id.lesson())?;
        let kind = if lesson.cards.iter().any(|card| card.id == id.own()) { "card" } else { "predict" };
        Some(format!("{}/#{kind}-{}", lesson.path, id.own()))
    }

    /// Every card that can be asked: those of lessons' own, and the predictions.
    pub fn all_cards(&self) -> BTreeSet<CardId> {
        let ready = self.lessons.iter().filter(|lesson| lesson.ready);
        let predictions = ready.flat_map(|lesson| {
            let tasks = lesson.tasks.iter().filter(|it| it.task == Task::Prediction);
            tasks.map(|it| CardId::new(&lesson.path, &it.id))
        });
        set_of(self.cards().chain(predictions))
    }

    /// The cards of lessons' own, in the order in which they are taught.
    pub fn cards(&self) -> impl Iterator<Item = CardId> + '_ {
        let ready = self.lessons.iter().filter(|lesson| lesson.ready);
        ready.flat_map(|lesson| lesson.cards.iter().map(|card| CardId::new(&lesson.path, &card.id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_found_and_so_is_a_prediction_that_was_wrong() {
        let text = |id: &str| CardText { id: id.into(), front: "Why?".into(), back: "So.".into() };
        let task =
            |task, id: &str| TaskOutline { task, id: id.into(), asks: "Why?".into(), shows: "So.".into() };
        let lesson = LessonOutline {
            path: "a/b".into(),
            ready: true,
            tasks: vec![task(Task::Prediction, "rush"), task(Task::Quiz, "which")],
            cards: vec![text("c")],
            ..LessonOutline::default()
        };
        let syllabus = Syllabus { lessons: vec![lesson] };
        let syllabus = Syllabus::from_bytes(&syllabus.to_bytes()).expect("a syllabus");
        assert_eq!(syllabus.card(&CardId::new("a/b", "c")), Some(text("c")));
        assert_eq!(syllabus.card(&CardId::new("a/b", "rush")), Some(text("rush")));
        assert_eq!(syllabus.card(&CardId::new("a/b", "which")), None);
        assert_eq!(syllabus.card(&CardId::new("a/x", "c")), None);
        assert_eq!(syllabus.place(&CardId::new("a/b", "c")).as_deref(), Some("a/b/#card-c"));
        assert_eq!(syllabus.place(&CardId::new("a/b", "rush")).as_deref(), Some("a/b/#predict-rush"));
        let all = [CardId::new("a/b", "c"), CardId::new("a/b", "rush")];
        assert_eq!(syllabus.all_cards().into_iter().collect::<Vec<_>>(), all);
        assert_eq!(syllabus.cards().collect::<Vec<_>>(), [CardId::new("a/b", "c")]);
        assert!(Syllabus::from_bytes(b"\xff\xff\xff\xff").is_none());
    }
}
