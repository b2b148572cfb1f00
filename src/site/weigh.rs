//! Measures how many bytes a first visit to each page loads: the size report of `./dev build`.
//!
//! The list comes from the built files themselves: tags and metas of the page; from there fonts that a stylesheet names,
//! and scripts and WASM that a script names. It is an upper bound: a browser may leave a font alone that no text uses.
//! A page's first worker is the one of its first figure; what others weigh, which are started when their figures come
//! near the view, stands apart.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::{fmt, fs};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use super::finish::{files, is_page, resolve};
use super::{offline, tags};

/// Most bytes that a page's first visit may load, gzipped; and the front page's, which has pictures of all lessons.
pub const MAX_FIRST_VISIT: usize = 350_000;
const MAX_FIRST_VISIT_HOME: usize = 450_000;
/// No worker may weigh more, gzipped: then its figures go into two.
pub const WORKER_BAR: usize = 230_000;

/// Most bytes, gzipped, that are kept without being asked for, for when there is no network.
pub const MAX_KEPT: usize = 6_000_000;

/// The kinds of files in the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// The page itself.
    Html,
    /// A stylesheet.
    Css,
    /// A font.
    Font,
    /// A script of the page.
    Js,
    /// WASM of the page.
    Wasm,
    /// Script and WASM of a worker.
    Worker,
    /// Icons, pictures, manifest.
    Other,
}

impl FileKind {
    const ALL: [Self; 7] =
        [Self::Html, Self::Css, Self::Font, Self::Js, Self::Wasm, Self::Worker, Self::Other];

    fn of(path: &str, from: Option<Self>) -> Self {
        let extension = path.rsplit('.').next().unwrap_or("");
        match extension {
            "js" | "wasm" if from == Some(Self::Worker) => Self::Worker,
            "html" => Self::Html,
            "css" => Self::Css,
            "woff2" => Self::Font,
            "js" => Self::Js,
            "wasm" => Self::Wasm,
            _ => Self::Other,
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Html => "html",
            Self::Css => "css",
            Self::Font => "font",
            Self::Js => "js",
            Self::Wasm => "wasm",
            Self::Worker => "worker",
            Self::Other => "other",
        })
    }
}

/// A file that a page loads.
#[derive(Debug, Clone, Serialize)]
pub struct LoadedFile {
    /// Where it lies, from the site's root.
    pub path: String,
    /// What it is.
    pub kind: FileKind,
    /// Its bytes.
    pub raw: usize,
    /// Its bytes, `gzip -9`; never more than `raw`, for a server doesn't compress what that makes larger.
    pub gzip: usize,
}

/// A page and all that a first visit to it loads.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Where it lies, from the site's root.
    pub path: String,
    /// The sum of its files.
    pub raw: usize,
    /// The sum of its files, gzipped.
    pub gzip: usize,
    /// Gzipped bytes of further workers, which are loaded when the page's other figures come near the view.
    pub later: usize,
    /// Itself first.
    pub files: Vec<LoadedFile>,
}

/// The weights of a built site.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Every worker's script and WASM together, gzipped, by name.
    pub workers: BTreeMap<String, usize>,
    /// Every page, by path.
    pub pages: Vec<Page>,
    /// What is kept, without being asked for, for when there is no network: the sum of these files, gzipped.
    pub kept: usize,
    /// How many lessons beyond that are kept only when they are visited.
    pub kept_when_visited: usize,
}

impl Report {
    /// What is over its bar: paths of pages, names of workers.
    pub fn heavy(&self) -> Vec<&str> {
        let pages =
            self.pages.iter().filter(|page| page.gzip > bar(&page.path)).map(|page| page.path.as_str());
        let workers =
            self.workers.iter().filter(|(_, gzip)| **gzip > WORKER_BAR).map(|(name, _)| name.as_str());
        let kept = (self.kept > MAX_KEPT).then_some("what is kept for when there is no network");
        pages.chain(workers).chain(kept).collect()
    }
}

/// A table, a line for each page: kB gzip for each kind, then both sums.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut head = format!("{:44}", "first visit loads, kB gzip");
        for kind in FileKind::ALL {
            write!(head, "{kind:>8}")?;
        }
        writeln!(f, "{head}{:>8}{:>8}{:>8}", "all", "raw", "later")?;
        let kb = |bytes: usize| format!("{:.1}", bytes as f64 / 1000.0);
        for page in &self.pages {
            write!(f, "{:44}", page.path.trim_end_matches("index.html"))?;
            for kind in FileKind::ALL {
                let sum = page.files.iter().filter(|l| l.kind == kind).map(|l| l.gzip).sum();
                write!(f, "{:>8}", kb(sum))?;
            }
            let over = if page.gzip > bar(&page.path) { "  over the bar" } else { "" };
            writeln!(f, "{:>8}{:>8}{:>8}{over}", kb(page.gzip), kb(page.raw), kb(page.later))?;
        }
        for (name, gzip) in &self.workers {
            let over = if *gzip > WORKER_BAR { "  over the bar" } else { "" };
            writeln!(f, "{name:44}{:>8}{over}", kb(*gzip))?;
        }
        write!(f, "{:44}{:>8}", "kept for when there is no network", kb(self.kept))?;
        writeln!(f, "  and {} lessons when they are visited", self.kept_when_visited)?;
        let bars = [MAX_FIRST_VISIT, MAX_FIRST_VISIT_HOME, WORKER_BAR, MAX_KEPT].map(|bar| bar / 1000);
        let [page, home, worker, kept] = bars;
        write!(
            f,
            "the bar for each page: {page} kB gzip, for the front page {home}, for each worker {worker}, for what is kept {kept}"
        )
    }
}

/// What a page may weigh.
fn bar(page: &str) -> usize {
    if page == "index.html" { MAX_FIRST_VISIT_HOME } else { MAX_FIRST_VISIT }
}

/// Weighs every page of the site in `dist`. `Err` names a file that a page needs and that isn't there.
pub fn weigh(dist: &Path) -> Result<Report, String> {
    let all: BTreeSet<String> = files(dist)?.into_iter().collect();
    let mut weights = BTreeMap::new();
    let mut pages = Vec::new();
    for path in all.iter().filter(|f| is_page(f) && *f != "404.html") {
        let (mut files, mut later) = (Vec::new(), 0);
        let first = loads(dist, path, &all, 1)?;
        for (file, kind) in loads(dist, path, &all, usize::MAX)? {
            let (raw, gzip) = match weights.get(&file) {
                Some(&weight) => weight,
                None => *weights.entry(file.clone()).or_insert(weight(&dist.join(&file))?),
            };
            if first.iter().any(|(it, _)| *it == file) {
                files.push(LoadedFile { path: file, kind, raw, gzip });
            } else {
                later += gzip;
            }
        }
        let (raw, gzip) = files.iter().fold((0, 0), |(r, g), l| (r + l.raw, g + l.gzip));
        pages.push(Page { path: path.clone(), raw, gzip, later, files });
    }
    let mut workers = BTreeMap::new();
    for file in all.iter().filter(|file| file.starts_with("worker-")) {
        // `worker-NAME-HASH.js`, `worker-NAME-HASH_bg.wasm`.
        let name = file.rsplit_once('-').map_or(file.as_str(), |(name, _)| name);
        *workers.entry(name.to_owned()).or_insert(0) += weight(&dist.join(file))?.1;
    }
    let kept = offline::Kept::of(dist, MAX_KEPT)?;
    Ok(Report { workers, pages, kept: kept.unasked_bytes, kept_when_visited: kept.with_page.len() })
}

/// The files that a page loads at once with so many of its workers, itself first.
pub(super) fn loads(
    dist: &Path,
    page: &str,
    all: &BTreeSet<String>,
    workers: usize,
) -> Result<Vec<(String, FileKind)>, String> {
    let mut found: Vec<(String, FileKind)> = vec![(page.to_owned(), FileKind::Html)];
    let mut next = 0;
    while let Some((path, kind)) = found.get(next).cloned() {
        next += 1;
        let wanted = match kind {
            FileKind::Html => of_page(&text(dist, &path)?, workers),
            FileKind::Css => of_css(&text(dist, &path)?),
            FileKind::Other if path.ends_with(super::install::MANIFEST) => of_manifest(&text(dist, &path)?),
            FileKind::Js | FileKind::Worker if path.ends_with(".js") => {
                // A script names its parts by plain strings; one that isn't a file is just a string.
                let mut parts = of_script(&text(dist, &path)?);
                // The service worker and all that it keeps come later, and are counted by themselves.
                parts.retain(|(part, _)| {
                    part != offline::WORKER && resolve(&path, part).is_some_and(|p| all.contains(&p))
                });
                parts
            }
            _ => Vec::new(),
        };
        for (link, as_worker) in wanted {
            let file = resolve(&path, &link).filter(|f| all.contains(f));
            let file = file.ok_or_else(|| format!("{path}: '{link}' is not in the site"))?;
            let inside = (as_worker || kind == FileKind::Worker).then_some(FileKind::Worker);
            if found.iter().all(|(f, _)| *f != file) {
                found.push((file.clone(), FileKind::of(&file, inside)));
            }
        }
    }
    Ok(found)
}

/// What a page's tags load at once, with so many of its workers, and whether as a worker.
fn of_page(html: &str, mut workers: usize) -> Vec<(String, bool)> {
    let loading = ["stylesheet", "modulepreload", "preload", "icon", "apple-touch-icon", "manifest"];
    let mut links = Vec::new();
    let attributes = tags::attributes(html);
    // What the learner's side reads where it has a place: the search its index, all but the record the lessons in outline.
    let places = || attributes.iter().filter(|a| a.name == "data-learn").map(|a| a.value);
    let reads = |data: &str| match data {
        "search" => places().any(|place| place == "search"),
        "syllabus" => places().any(|place| !matches!(place, "search" | "record")),
        _ => false,
    };
    for a in &attributes {
        let said = |name| tags::value(a.whole, name).unwrap_or("");
        let now = match (a.tag, a.name) {
            ("link", "href") => said("rel").split_whitespace().any(|rel| loading.contains(&rel)),
            ("script" | "img" | "source", "src") => said("loading") != "lazy",
            ("meta", "content") if said("name") == "worker" => {
                let wanted = workers > 0;
                workers = workers.saturating_sub(1);
                wanted
            }
            ("meta", "content") => reads(said("name")),
            _ => false,
        };
        if now && !a.value.starts_with("data:") {
            links.push((a.value.to_owned(), said("name") == "worker"));
        }
    }
    links
}

/// A manifest's icons.
fn of_manifest(manifest: &str) -> Vec<(String, bool)> {
    manifest.split('"').filter(|text| text.ends_with(".png")).map(|icon| (icon.to_owned(), false)).collect()
}

/// What a stylesheet's `url(…)` name.
fn of_css(css: &str) -> Vec<(String, bool)> {
    css.split("url(")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(|url| (url.trim_matches(['"', '\'', ' ']).to_owned(), false))
        .filter(|(url, _)| !url.starts_with("data:"))
        .collect()
}

/// The strings of a script that end like a script or WASM.
fn of_script(script: &str) -> Vec<(String, bool)> {
    let is_part = |s: &&str| s.ends_with(".js") || s.ends_with(".wasm");
    script.split(['\'', '"', '`']).filter(is_part).map(|s| (s.to_owned(), false)).collect()
}

/// A file's bytes, and its bytes gzipped; never more than those, for a server doesn't compress what that makes larger.
pub(super) fn weight(path: &Path) -> Result<(usize, usize), String> {
    let measure = || {
        let bytes = fs::read(path)?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(&bytes)?;
        Ok((bytes.len(), gzip.finish()?.len().min(bytes.len())))
    };
    measure().map_err(|e: std::io::Error| format!("{}: {e}", path.display()))
}

fn text(dist: &Path, path: &str) -> Result<String, String> {
    fs::read_to_string(dist.join(path)).map_err(|e| format!("{path}: {e}"))
}
