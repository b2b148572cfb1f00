//! What was computed or rendered by an earlier build, kept by what it was made from: while one writes a lesson, only that
//! lesson's page is rendered anew, and none of its runs is computed again.
//!
//! A key is a hash over the sources of the code and the data that a result depends on. Which code that is follows from the
//! layers: a frame of a run depends on its lesson's folder and the layers below `lessons`, a page on these, on `site` and
//! on `course`.

use crate::course::{Course, Lesson};
use crate::lessons;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use xxhash_rust::xxh64::xxh64;

/// Folders of `src` that a frame of a run is computed by, beside its lesson's own.
const MODEL: &[&str] = &[
    "engine/sim/",
    "engine/mechanism/",
    "engine/parts/",
    "engine/scene/",
    "engine/player/",
    "lessons/mod.rs",
    "Cargo.lock",
];
/// What a page's HTML is rendered by, beside that.
const PAGE: &[&str] = &["site/", "engine/course/", "engine/desk/", "engine/learner/"];

/// Results by their keys, one file each.
#[derive(Debug, Default)]
pub struct Cache {
    /// `None`: nothing is kept.
    folder: Option<PathBuf>,
    /// The sources, by their paths in `src`, with a hash of what is in each.
    sources: Vec<(String, u64)>,
    /// The sources are those that this program was built from. If one has changed since, its results must not be kept
    /// under the new key.
    current: bool,
    used: RefCell<BTreeSet<String>>,
}

impl Cache {
    /// The results in `folder`, for the package whose root is `root`.
    ///
    /// # Errors
    /// If a source can't be read.
    pub fn open(folder: PathBuf, root: &Path) -> Result<Self, String> {
        let mut sources = Vec::new();
        let mut newest = SystemTime::UNIX_EPOCH;
        let mut add = |path: &str, whole: PathBuf| {
            let read = fs::read(&whole).and_then(|bytes| Ok((bytes, fs::metadata(&whole)?.modified()?)));
            let (bytes, modified) = read.map_err(|error| format!("{path}: {error}"))?;
            newest = newest.max(modified);
            sources.push((path.to_owned(), xxh64(&bytes, 0)));
            Ok::<(), String>(())
        };
        for file in super::finish::files(&root.join("src"))?.iter().filter(|file| file.ends_with(".rs")) {
            add(file, root.join("src").join(file))?;
        }
        add("Cargo.lock", root.join("Cargo.lock"))?;
        let built = std::env::current_exe().and_then(|own| fs::metadata(own)?.modified());
        let current = built.is_ok_and(|built| newest <= built);
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self { folder: Some(folder), sources, current, used: RefCell::default() })
    }

    /// The result of this key, or, where there is none, the one that is made now.
    pub fn get_or<T: Serialize + DeserializeOwned>(&self, key: &str, make: impl FnOnce() -> T) -> T {
        let Some(folder) = &self.folder else { return make() };
        let path = folder.join(key);
        self.used.borrow_mut().insert(key.to_owned());
        if let Ok(bytes) = fs::read(&path)
            && let Ok(kept) = postcard::from_bytes(&bytes)
        {
            return kept;
        }
        let made = make();
        if self.current
            && let Ok(bytes) = postcard::to_allocvec(&made)
        {
            // Written beside and moved: another build may be reading. What can't be kept is made again next time.
            let beside = folder.join(format!("{key}.{}", std::process::id()));
            let _ = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, &path));
        }
        made
    }

    /// Removes what this build had no use for.
    pub fn prune(&self) {
        let Some(folder) = &self.folder else { return };
        let used = self.used.borrow();
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if !entry.file_name().to_str().is_some_and(|name| used.contains(name)) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// The key of a lesson's page.
    pub fn page_key(&self, course: &Course, lesson: &Lesson) -> String {
        let mut code = self.code(MODEL);
        code.extend(self.code(PAGE));
        let shown = lesson.figures().filter_map(|(_, block)| lessons::figure(&block.shows.text));
        code.extend(shown.map(|(of, _)| self.model(of)));
        // Of other lessons a page has titles and links.
        let others: Vec<String> =
            course.lessons.iter().map(|it| format!("{} {:?}", it.path(), it.front)).collect();
        let (own, shared) = (format!("{lesson:?}"), format!("{:?} {:?}", course.chapters, course.words));
        hash("page", &[&format!("{code:?}"), &own, &shared, &others.join("\n")])
    }

    /// The key of a frame: the figure of a lesson (its path), and run and moment as a link holds them.
    pub fn frame_key(&self, lesson: &str, view: &str) -> String {
        hash("frame", &[&self.model(lesson).to_string(), view])
    }

    /// One hash over the code that computes a lesson's figures.
    fn model(&self, lesson: &str) -> u64 {
        let own = format!("lessons/{}/", lesson.replace('-', "_"));
        let mut code = self.code(MODEL);
        code.extend(self.code(&[&own]));
        xxh64(format!("{code:?}").as_bytes(), 0)
    }

    /// The hashes of the sources whose paths begin with one of these.
    fn code(&self, beginnings: &[&str]) -> Vec<u64> {
        let of = |(path, _): &&(String, u64)| beginnings.iter().any(|start| path.starts_with(start));
        self.sources.iter().filter(of).map(|(_, hash)| *hash).collect()
    }
}

fn hash(kind: &str, parts: &[&str]) -> String {
    let hashes: Vec<u64> = parts.iter().map(|part| xxh64(part.as_bytes(), 0)).collect();
    format!("{kind}-{:016x}", xxh64(format!("{hashes:?}").as_bytes(), 0))
}
