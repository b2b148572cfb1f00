//! How far the learner is with each lesson.

use super::{Grade, LessonOutline, Millis, Record, Syllabus, Task};

/// How far the learner is with a lesson.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Predictions and questions that were answered, and how many there are.
    pub answered: (usize, usize),
    /// Challenges and incidents that were passed, and how many there are.
    pub passed: (usize, usize),
    /// When something was last done there; `None` if nothing ever was.
    pub last: Option<Millis>,
}

impl Standing {
    /// With one lesson.
    pub fn of(lesson: &LessonOutline, record: &Record) -> Self {
        // Gone through once for each task: of a long record only what is about this lesson.
        let attempts: Vec<_> = record.attempts.iter().filter(|it| it.lesson == lesson.path).collect();
        let visits = record.visits.iter().filter(|it| it.lesson == lesson.path);
        let places = record.places.iter().filter(|it| it.lesson == lesson.path);
        let last = attempts
            .iter()
            .map(|it| it.when)
            .chain(visits.map(|it| it.when + 1_000 * Millis::from(it.seconds)))
            .chain(places.map(|it| it.when))
            .max();
        let mut standing = Self { last, ..Self::default() };
        for task in &lesson.tasks {
            let mut tried = attempts.iter().filter(|it| it.attempt.id == task.id);
            // The repair of an incident is judged as a challenge of the same id.
            let (count, done) = match task.task {
                Task::Prediction | Task::Quiz => (
                    &mut standing.answered,
                    tried.any(|it| it.attempt.task == task.task && it.attempt.grade != Grade::Skipped),
                ),
                Task::Challenge | Task::Incident => (
                    &mut standing.passed,
                    tried.any(|it| it.attempt.task == Task::Challenge && it.attempt.grade == Grade::Right),
                ),
            };
            count.0 += usize::from(done);
            count.1 += 1;
        }
        standing
    }

    /// Something was done there.
    pub fn is_begun(&self) -> bool {
        self.last.is_some()
    }

    /// Everything was answered and passed.
    pub fn is_done(&self) -> bool {
        self.is_begun() && self.answered.0 == self.answered.1 && self.passed.0 == self.passed.1
    }
}

/// The lesson to go on with: of those that were begun and aren't done the one that was used last; else the first that is new;
/// `None` if all are done.
pub fn go_on_with<'a>(syllabus: &'a Syllabus, record: &Record) -> Option<(&'a LessonOutline, Standing)> {
    let with = |lesson: &'a LessonOutline| (lesson, Standing::of(lesson, record));
    let all = || syllabus.lessons.iter().filter(|lesson| lesson.ready).map(with);
    let open = all().filter(|(_, standing)| standing.is_begun() && !standing.is_done());
    open.max_by_key(|(_, standing)| standing.last)
        .or_else(|| all().find(|(_, standing)| !standing.is_begun()))
}

#[cfg(test)]
mod tests {
    use super::super::tests_support::entry;
    use super::super::{Entry, TaskOutline, Visit};
    use super::*;

    fn syllabus() -> Syllabus {
        let task =
            |task, id: &str| TaskOutline { task, id: id.into(), asks: String::new(), shows: String::new() };
        let lesson = |path: &str, ready| LessonOutline {
            path: path.into(),
            ready,
            tasks: vec![task(Task::Prediction, "rush"), task(Task::Incident, "repair")],
            ..LessonOutline::default()
        };
        let lessons = vec![lesson("a/planned", false), lesson("a/one", true), lesson("a/two", true)];
        Syllabus { lessons }
    }

    fn repaired(n: u8, when: Millis) -> Entry {
        let mut entry = entry(n, "a/one", "repair", when, Grade::Right);
        entry.attempt.task = Task::Challenge;
        entry
    }

    #[test]
    fn a_lesson_is_done_when_everything_is_answered_and_passed() {
        let syllabus = syllabus();
        let one = &syllabus.lessons[1];
        let mut record = Record::default();
        assert!(!Standing::of(one, &record).is_begun());
        record.attempts.push(entry(1, "a/one", "rush", 5, Grade::Skipped));
        let skipped = Standing::of(one, &record);
        assert_eq!((skipped.answered, skipped.passed, skipped.last), ((0, 1), (0, 1), Some(5)));
        record.attempts.push(entry(2, "a/one", "rush", 9, Grade::Wrong));
        assert!(!Standing::of(one, &record).is_done());
        record.attempts.push(repaired(3, 20));
        assert!(Standing::of(one, &record).is_done());
        assert_eq!(
            Standing::of(&syllabus.lessons[2], &record),
            Standing { answered: (0, 1), passed: (0, 1), last: None }
        );
    }

    #[test]
    fn one_goes_on_where_one_was_or_with_the_next_that_is_new() {
        let syllabus = syllabus();
        let next = |record: &Record| {
            go_on_with(&syllabus, record).map(|(lesson, _)| lesson.path.as_str().to_owned())
        };
        let mut record = Record::default();
        assert_eq!(next(&record).as_deref(), Some("a/one"));
        let key = repaired(9, 0).key;
        record.visits.push(Visit { key, lesson: "a/two".into(), when: 10, seconds: 60 });
        assert_eq!(next(&record).as_deref(), Some("a/two"));
        record.attempts.extend([entry(2, "a/one", "rush", 99_000, Grade::Right), repaired(3, 100_000)]);
        assert_eq!(next(&record).as_deref(), Some("a/two"), "the other one is done");
        record.attempts.push(entry(4, "a/two", "rush", 1, Grade::Right));
        let passed = repaired(5, 2);
        record.attempts.push(Entry { lesson: "a/two".into(), ..passed });
        assert_eq!(next(&record), None);
    }
}
